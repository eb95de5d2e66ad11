/* SPDX-License-Identifier: Apache-2.0 */
/* game.h - a rule as a simple game: seats say yes, everybody else objects (which is a no too),
 * and the rule holds or not. Shared inside this room, for power.c and swings.c.
 *
 * With two answers each sum a rule looks at follows from the number of yes (the coalition's size)
 * and, for each group and weight the rule names, the sum of the yes in it: a *dimension*. Every
 * test is linear in one dimension, so its truth changes at a few *breaks* only. Seats that weigh
 * the same in every dimension are one *class*: no rule can tell them apart.
 *
 * Pure; memory comes from the caller's arena. */
#ifndef COMITY_RULES_GAME_H
#define COMITY_RULES_GAME_H

#include "rules/tally.h"

enum {
    GAME_DIMS_MAX = 8,
    GAME_DENSE_MAX = 1 << 16,  /* Up to this total, sums are taken as they come. */
    GAME_MARKS_MAX = 1 << 15,  /* Per dimension; with more, sums are taken as they come. */
    GAME_MARKS_SEATS_MAX = 14, /* With more seats to come, only sums above GAME_DENSE_MAX. */
    GAME_SIZE = -1,            /* In place of a dimension: the coalition's size. */
};

struct game_dim {
    int group;
    int weight;
    uint64_t unit;    /* Divides every seat's weight; all sums below count in it. */
    uint64_t total;   /* Of all members. */
    uint64_t *breaks; /* Ascending, 1..total: where some test's truth may change. */
    uint32_t breaks_count;
};

struct game_class {
    uint32_t seats_count;
    uint64_t weights[GAME_DIMS_MAX];
};

struct game {
    const struct rule *rule;
    const struct rule_roster *roster;
    struct rule_tally tally; /* Scratch: its sums are set directly. */
    uint32_t members_count;
    uint32_t dims_count;
    struct game_dim dims[GAME_DIMS_MAX];
    int dim_of_slot[RULE_SLOTS_MAX]; /* Or GAME_SIZE. */
    uint32_t classes_count;
    struct game_class classes[SEATS_MAX]; /* The heaviest first. */
    int class_of[SEATS_MAX];              /* By seat; -1: no member. */
};

/* The rule was parsed against this roster; both must outlive the game.
 * COMITY_LIMIT: more than GAME_DIMS_MAX dimensions; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error game_init(struct game *self, struct arena *arena,
                                              const struct rule *rule,
                                              const struct rule_roster *roster,
                                              struct fault *fault);
/* Whether the rule holds when `size` seats say yes, sums[dims_count] together. */
bool game_wins(struct game *self, const uint64_t *sums, uint32_t size);

/* What the seats that are still to come can make of a sum. Two sums with the same future may be
 * taken for one another; game_narrow gives all of them one representative. */
struct game_view {
    uint64_t rest[GAME_DIMS_MAX];        /* What they weigh together. */
    uint64_t *marks[GAME_DIMS_MAX];      /* Ascending: where the future changes. */
    uint32_t marks_count[GAME_DIMS_MAX]; /* 0: too many to list. */
    uint64_t *scratch[2];
};

COMITY_MUST_CHECK enum comity_error game_view_init(struct game_view *self, struct arena *arena);
/* left[classes_count]: how many seats of each class are still to come. */
void game_view_update(struct game_view *self, const struct game *game, const uint32_t *left);
uint64_t game_narrow(const struct game_view *self, const struct game *game, uint32_t dim,
                     uint64_t sum);

#endif
