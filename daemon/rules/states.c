/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/states.h"

#include <assert.h>
#include <string.h>

#include "model/limits.h"

enum { FIRST_CAPACITY = 64 };

void states_init(struct states *self, struct arena *arena, uint32_t dims_count, uint32_t words,
                 uint32_t sizes)
{
    *self = (struct states){
        .arena = arena, .dims_count = dims_count, .words = words, .sizes = sizes};
}

void states_clear(struct states *self)
{
    self->count = 0;
    if (self->slots != NULL)
        memset(self->slots, 0, self->slots_count * sizeof *self->slots);
}

const uint64_t *states_key(const struct states *self, uint32_t index)
{
    return self->keys + (size_t)index * self->dims_count;
}

static uint64_t *counts_of(const struct states *self, uint32_t index, uint32_t size)
{
    return self->counts + ((size_t)index * self->sizes + size) * self->words;
}

const uint64_t *states_counts(const struct states *self, uint32_t index, uint32_t size)
{
    assert(index < self->count && self->first[index] <= size && size <= self->last[index]);
    return counts_of(self, index, size);
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t find_slot(const struct states *self, const uint64_t *key)
{
    size_t key_size = self->dims_count * sizeof *key;
    uint64_t hash = 0;
    for (uint32_t i = 0; i < self->dims_count; i++) {
        hash = (hash ^ key[i]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    uint32_t slot = (uint32_t)hash & (self->slots_count - 1);
    while (self->slots[slot] != 0 &&
           memcmp(states_key(self, self->slots[slot] - 1), key, key_size) != 0)
        slot = (slot + 1) & (self->slots_count - 1);
    return slot;
}

/* The arena takes nothing back, so that a table's former selves cost as much again as it does. */
static enum comity_error grow(struct states *self)
{
    uint32_t capacity = self->capacity == 0 ? FIRST_CAPACITY : 2 * self->capacity;
    size_t stride = (size_t)self->sizes * self->words;
    struct states grown = *self;
    uint32_t most = (uint32_t)(STATES_WORDS_MAX / stride);
    capacity = capacity > most ? most : capacity;
    if (capacity <= self->capacity)
        return COMITY_LIMIT;
    grown.capacity = capacity;
    for (grown.slots_count = FIRST_CAPACITY; grown.slots_count < 2 * capacity;)
        grown.slots_count *= 2;
    grown.keys = arena_array(self->arena, (size_t)capacity * self->dims_count, sizeof *grown.keys);
    grown.counts = arena_array(self->arena, capacity * stride, sizeof *grown.counts);
    grown.first = arena_array(self->arena, capacity, sizeof *grown.first);
    grown.last = arena_array(self->arena, capacity, sizeof *grown.last);
    grown.slots = arena_array(self->arena, grown.slots_count, sizeof *grown.slots);
    if (grown.keys == NULL || grown.counts == NULL || grown.first == NULL || grown.last == NULL ||
        grown.slots == NULL)
        return COMITY_MEMORY;
    if (self->count > 0) {
        memcpy(grown.keys, self->keys, self->count * self->dims_count * sizeof *grown.keys);
        memcpy(grown.counts, self->counts, self->count * stride * sizeof *grown.counts);
        memcpy(grown.first, self->first, self->count * sizeof *grown.first);
        memcpy(grown.last, self->last, self->count * sizeof *grown.last);
    }
    *self = grown;
    for (uint32_t i = 0; i < self->count; i++)
        self->slots[find_slot(self, states_key(self, i))] = i + 1;
    return COMITY_OK;
}

static enum comity_error make_room(struct states *self)
{
    return self->count < self->capacity ? COMITY_OK : grow(self);
}

static uint32_t append(struct states *self, uint32_t slot, const uint64_t *key, uint32_t first,
                       uint32_t last)
{
    uint32_t index = self->count++;
    if (self->dims_count > 0)
        memcpy(self->keys + (size_t)index * self->dims_count, key,
               self->dims_count * sizeof *key);
    self->slots[slot] = index + 1;
    self->first[index] = first;
    self->last[index] = last;
    return index;
}

/* Counts outside first..last were never written: zero those that come in. */
static void widen(struct states *self, uint32_t index, uint32_t first, uint32_t last)
{
    size_t count_size = self->words * sizeof *self->counts;
    if (first < self->first[index]) {
        memset(counts_of(self, index, first), 0, (self->first[index] - first) * count_size);
        self->first[index] = first;
    }
    if (last > self->last[index]) {
        memset(counts_of(self, index, self->last[index] + 1), 0,
               (last - self->last[index]) * count_size);
        self->last[index] = last;
    }
}

static inline __attribute__((always_inline)) void add_each(uint64_t *to, const uint64_t *from,
                                                           size_t counts, uint32_t words)
{
    for (size_t i = 0; i < counts; i++) {
        uint64_t carry = 0;
        for (uint32_t word = 0; word < words; word++) {
            uint64_t sum = 0;
            uint64_t over = __builtin_add_overflow(to[word], from[word], &sum);
            carry = over | (uint64_t)__builtin_add_overflow(sum, carry, &sum);
            to[word] = sum;
        }
        assert(carry == 0); /* There are fewer than 2^members coalitions of one size. */
        to += words;
        from += words;
    }
}

/* The innermost loop of all: with a constant number of words it is unrolled. */
static void add_counts(uint64_t *to, const uint64_t *from, size_t counts, uint32_t words)
{
    static_assert(SEATS_MAX <= 256, "four words");
    switch (words) {
    case 1:
        add_each(to, from, counts, 1);
        return;
    case 2:
        add_each(to, from, counts, 2);
        return;
    case 3:
        add_each(to, from, counts, 3);
        return;
    default:
        assert(words == 4);
        add_each(to, from, counts, 4);
    }
}

enum comity_error states_add(struct states *self, const uint64_t *key, const struct states *from,
                             uint32_t index, uint32_t raise)
{
    uint32_t first = from->first[index] + raise;
    uint32_t last = from->last[index] + raise;
    const uint64_t *counts = states_counts(from, index, from->first[index]);
    enum comity_error error = make_room(self);
    if (error != COMITY_OK)
        return error;
    assert(last < self->sizes && self->words == from->words && self != from);
    uint32_t slot = find_slot(self, key);
    if (self->slots[slot] == 0) {
        uint32_t made = append(self, slot, key, first, last);
        memcpy(counts_of(self, made, first), counts,
               (last - first + 1) * self->words * sizeof *counts);
        return COMITY_OK;
    }
    uint32_t known = self->slots[slot] - 1;
    widen(self, known, first, last);
    add_counts(counts_of(self, known, first), counts, last - first + 1, self->words);
    return COMITY_OK;
}

enum comity_error states_add_empty(struct states *self)
{
    static const uint64_t nothing[16];
    enum comity_error error = make_room(self);
    assert(self->count == 0 || error != COMITY_OK);
    if (error != COMITY_OK)
        return error;
    assert(self->dims_count <= sizeof nothing / sizeof *nothing);
    uint32_t index = append(self, find_slot(self, nothing), nothing, 0, 0);
    memset(counts_of(self, index, 0), 0, self->words * sizeof *self->counts);
    counts_of(self, index, 0)[0] = 1;
    return COMITY_OK;
}
