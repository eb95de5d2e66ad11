/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/states.h"

#include <assert.h>
#include <string.h>

#include "model/limits.h"

enum { FIRST_CAPACITY = 64 };

void states_init(struct states *self, struct arena *arena, uint32_t dims_count, uint32_t words)
{
    *self = (struct states){.arena = arena, .dims_count = dims_count, .words = words};
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

uint64_t *states_counts(const struct states *self, uint32_t index, uint32_t size)
{
    const struct state *state = &self->states[index];
    assert(index < self->count && state->first <= size && size <= state->last);
    return self->counts + state->at + (size_t)(size - state->first) * self->words;
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

/* Twice the room for states. */
static enum comity_error grow(struct states *self)
{
    struct states grown = *self;
    grown.capacity = self->capacity == 0 ? FIRST_CAPACITY : 2 * self->capacity;
    grown.slots_count = 2 * grown.capacity;
    if (grown.capacity > STATES_WORDS_MAX)
        return COMITY_LIMIT;
    grown.states = arena_array(self->arena, grown.capacity, sizeof *grown.states);
    grown.keys =
        arena_array(self->arena, (size_t)grown.capacity * self->dims_count, sizeof *grown.keys);
    grown.slots = arena_array(self->arena, grown.slots_count, sizeof *grown.slots);
    if (grown.states == NULL || grown.keys == NULL || grown.slots == NULL)
        return COMITY_MEMORY;
    if (self->count > 0) {
        memcpy(grown.states, self->states, self->count * sizeof *grown.states);
        memcpy(grown.keys, self->keys, (size_t)self->count * self->dims_count * sizeof(uint64_t));
    }
    *self = grown;
    for (uint32_t i = 0; i < self->count; i++)
        self->slots[find_slot(self, states_key(self, i))] = i + 1;
    return COMITY_OK;
}

enum comity_error states_announce(struct states *self, const uint64_t *key, uint32_t first,
                                  uint32_t last, uint32_t *ret_index)
{
    if (self->count == self->capacity) {
        enum comity_error error = grow(self);
        if (error != COMITY_OK)
            return error;
    }
    uint32_t slot = find_slot(self, key);
    if (self->slots[slot] == 0) {
        memcpy(self->keys + (size_t)self->count * self->dims_count, key,
               self->dims_count * sizeof *key);
        self->states[self->count] = (struct state){.first = first, .last = last};
        self->slots[slot] = ++self->count;
    }
    *ret_index = self->slots[slot] - 1;
    struct state *state = &self->states[*ret_index];
    state->first = first < state->first ? first : state->first;
    state->last = last > state->last ? last : state->last;
    return COMITY_OK;
}

enum comity_error states_place(struct states *self)
{
    uint32_t words = 0;
    for (uint32_t i = 0; i < self->count; i++) {
        struct state *state = &self->states[i];
        state->at = words;
        state->filled = false;
        words += (state->last - state->first + 1) * self->words;
        if (words > STATES_WORDS_MAX)
            return COMITY_LIMIT;
    }
    if (words <= self->counts_capacity)
        return COMITY_OK;
    /* Half as much again: the next seat will want more. */
    self->counts = arena_array(self->arena, words + words / 2, sizeof *self->counts);
    self->counts_capacity = self->counts != NULL ? words + words / 2 : 0;
    return self->counts != NULL ? COMITY_OK : COMITY_MEMORY;
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

void states_add(struct states *self, uint32_t index, const struct states *from, uint32_t other,
                uint32_t raise)
{
    struct state *state = &self->states[index];
    uint32_t first = from->states[other].first;
    uint32_t last = from->states[other].last;
    size_t count_size = self->words * sizeof *self->counts;
    const uint64_t *counts = states_counts(from, other, first);
    uint64_t *to = states_counts(self, index, first + raise);
    assert(last + raise <= state->last && self->words == from->words && self != from);
    if (state->filled) {
        add_counts(to, counts, last - first + 1, self->words);
        return;
    }
    state->filled = true;
    memset(states_counts(self, index, state->first), 0,
           (first + raise - state->first) * count_size);
    memcpy(to, counts, (last - first + 1) * count_size);
    if (last + raise < state->last)
        memset(states_counts(self, index, last + raise + 1), 0,
               (state->last - last - raise) * count_size);
}

enum comity_error states_start(struct states *self)
{
    static const uint64_t nothing[16];
    uint32_t index = 0;
    assert(self->count == 0 && self->dims_count <= sizeof nothing / sizeof *nothing);
    enum comity_error error = states_announce(self, nothing, 0, 0, &index);
    if (error == COMITY_OK)
        error = states_place(self);
    if (error != COMITY_OK)
        return error;
    memset(states_counts(self, index, 0), 0, self->words * sizeof *self->counts);
    states_counts(self, index, 0)[0] = 1;
    self->states[index].filled = true;
    return COMITY_OK;
}
