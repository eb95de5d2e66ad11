/* SPDX-License-Identifier: Apache-2.0 */
/* states.h - a table from sums to how many coalitions reach them, by the coalition's size.
 * Used by swings.c alone.
 *
 * First every state is announced with the sizes it will have, then all counts are given room at
 * once, without gaps; then counts are added. Pure; grows in the arena it was given, which takes
 * nothing back: a table's former selves cost about as much again. */
#ifndef COMITY_RULES_STATES_H
#define COMITY_RULES_STATES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

enum { STATES_WORDS_MAX = 1 << 22 }; /* Of counts in one table: 32 MiB. */

struct state {
    uint32_t first; /* The sizes it has counts of. */
    uint32_t last;
    uint32_t at; /* Of its first word among the counts. */
    bool filled;
};

struct states {
    struct arena *arena;
    uint32_t dims_count;
    uint32_t words; /* Of one count, the least significant first. */
    uint32_t count;
    uint32_t capacity;
    uint32_t slots_count; /* Of the hash table: a power of two, above capacity. */
    uint32_t counts_capacity;
    struct state *states;
    uint64_t *keys;   /* dims_count sums a state. */
    uint64_t *counts; /* By state, size and word. */
    uint32_t *slots;  /* State + 1, or 0. */
};

void states_init(struct states *self, struct arena *arena, uint32_t dims_count, uint32_t words);
void states_clear(struct states *self);
/* The state of these sums will have counts of sizes first..last, and those it was announced with
 * before. COMITY_LIMIT: STATES_WORDS_MAX; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error states_announce(struct states *self, const uint64_t *key,
                                                    uint32_t first, uint32_t last,
                                                    uint32_t *ret_index);
/* Give every state its room. COMITY_LIMIT, COMITY_MEMORY as above. */
COMITY_MUST_CHECK enum comity_error states_place(struct states *self);
/* Add the counts of one state of `from`, their sizes raised by `raise`. */
void states_add(struct states *self, uint32_t index, const struct states *from, uint32_t other,
                uint32_t raise);
/* An empty table becomes that of no seat at all: one coalition, sums of zero. */
COMITY_MUST_CHECK enum comity_error states_start(struct states *self);
const uint64_t *states_key(const struct states *self, uint32_t index);
/* first <= size <= last of that state. */
uint64_t *states_counts(const struct states *self, uint32_t index, uint32_t size);

#endif
