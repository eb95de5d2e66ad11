/* SPDX-License-Identifier: Apache-2.0 */
/* states.h - a table from sums to how many coalitions reach them, by the coalition's size.
 * Used by swings.c alone.
 *
 * Pure; grows in the arena it was given. A count is `words` words, the least significant first. */
#ifndef COMITY_RULES_STATES_H
#define COMITY_RULES_STATES_H

#include "base/arena.h"
#include "base/error.h"

enum { STATES_WORDS_MAX = 1 << 22 }; /* Of counts in one table: 32 MiB. */

struct states {
    struct arena *arena;
    uint32_t dims_count;
    uint32_t words; /* Of one count. */
    uint32_t sizes; /* A state has counts for sizes 0..sizes-1. */
    uint32_t count;
    uint32_t capacity;
    uint32_t slots_count; /* Of the hash table; a power of two, above capacity. */
    uint64_t *keys;       /* dims_count a state. */
    uint64_t *counts;     /* sizes * words a state; meaningful from first to last only. */
    uint32_t *first;
    uint32_t *last;
    uint32_t *slots; /* State + 1, or 0. */
};

void states_init(struct states *self, struct arena *arena, uint32_t dims_count, uint32_t words,
                 uint32_t sizes);
void states_clear(struct states *self);
/* Add the counts of one state of `from` to the state of this key, their sizes raised by `raise`.
 * COMITY_LIMIT: STATES_WORDS_MAX; COMITY_MEMORY. Nothing was added then. */
COMITY_MUST_CHECK enum comity_error states_add(struct states *self, const uint64_t *key,
                                               const struct states *from, uint32_t index,
                                               uint32_t raise);
/* The one coalition of nobody: sums of zero. */
COMITY_MUST_CHECK enum comity_error states_add_empty(struct states *self);
const uint64_t *states_key(const struct states *self, uint32_t index);
/* first[index] <= size <= last[index]. */
const uint64_t *states_counts(const struct states *self, uint32_t index, uint32_t size);

#endif
