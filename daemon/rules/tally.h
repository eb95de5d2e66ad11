/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h - counts answers for one rule, seat by seat, and says whether the rule holds.
 *
 * Pure; allocates nothing. Setting one answer costs one step per distinct (class, group, weight)
 * the rule mentions, whatever the number of seats. A share is compared exactly, as
 * `left * Q COMPARE P * base` in 128 bits; an empty base (no seat, or weights that sum to zero)
 * makes its test false. */
#ifndef COMITY_RULES_TALLY_H
#define COMITY_RULES_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/rule.h"

/* A value, but it points at its rule and roster: they must outlive it and not change. */
struct rule_tally {
    const struct rule *rule;
    const struct rule_roster *roster;
    uint32_t members_count;
    /* What lies beyond seats_count and slots_count is not initialised. */
    uint8_t answers[SEATS_MAX];    /* enum answer, by seat. Non-members: ANSWER_NOT_MEMBER. */
    uint64_t sums[RULE_SLOTS_MAX]; /* By slot of the rule: seats, or the sum of their weights. */
};

/* Every member is silent. The rule must have been parsed against this roster, or one with the
 * same groups and weights in the same order. */
void rule_tally_init(struct rule_tally *self, const struct rule *rule,
                     const struct rule_roster *roster);
/* The seat's answer from now on; a seat that is no member stays uncounted. */
void rule_tally_set(struct rule_tally *self, uint32_t seat, enum answer answer);
bool rule_tally_holds(const struct rule_tally *self);

enum { RULE_LINE_MAX = 512 };

/* What a rule says about one set of answers. */
struct rule_outcome {
    bool holds;
    char line[RULE_LINE_MAX]; /* Its arithmetic: `8 of the 9 yes needed`. Ends in "..." if cut. */
};

/* One shot: answers[seats_count] (enum answer by seat) in, outcome out. A veto (`no in P5 = 0`,
 * `objections = 0`) is named, by seat, only if everything beside it in its clause holds:
 * 8-1 with a P5 no is too few, not a veto. seat_names may be NULL: then `seat 3`. */
void rule_evaluate(const struct rule *rule, const struct rule_roster *roster,
                   const uint8_t *answers, const char *const *seat_names,
                   struct rule_outcome *ret_outcome);
/* Append the same arithmetic for answers already tallied. */
void rule_tally_describe(const struct rule_tally *self, const char *const *seat_names,
                         struct text *out);

#endif
