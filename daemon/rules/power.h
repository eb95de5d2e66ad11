/* SPDX-License-Identifier: Apache-2.0 */
/* power.h - the voting power a rule gives to each seat: the indices of Banzhaf (in what share of
 * coalitions a seat decides) and of Shapley and Shubik (in what share of orders in which the
 * seats might say yes it is the one that makes the rule hold).
 *
 * A coalition is the seats that say yes; every other member objects, which counts as a no too.
 * Nobody abstains, is silent or absent. Groups, weights, shares, `and`, `or` and `not` are all
 * taken as the rule has them.
 *
 * Pure; memory, some hundreds of MiB at worst, comes from the caller's arena. Everything is
 * exact: coalitions are counted, by sums and sizes and never one by one, in integers as large as
 * they need. What is bounded is the number of different sums: all rules over counts and groups,
 * weights that sum to some ten thousand over 190 seats, or any weights at all over 30. */
#ifndef COMITY_RULES_POWER_H
#define COMITY_RULES_POWER_H

#include "rules/big.h"
#include "rules/rule.h"

/* Seats no rule of these groups and weights can tell apart, which have the same power. */
struct power_class {
    uint32_t seats_count;
    struct big swings;       /* Coalitions of others that hold with one such seat, not without. */
    struct big pivots;       /* Of all members! orders: those in which it makes the rule hold. */
    struct fraction banzhaf; /* Its share of everybody's swings. */
    struct fraction shapley; /* pivots / members!; both indices of all seats sum to 1. */
};

struct power {
    uint32_t members_count;
    struct fraction holding; /* The share of all 2^members_count coalitions the rule holds for. */
    bool is_constant;        /* It holds for all or for none: every index is 0. */
    uint32_t classes_count;
    struct power_class classes[SEATS_MAX];
    int class_of[SEATS_MAX];   /* By seat; -1: no member. */
    uint32_t order[SEATS_MAX]; /* Members, the most powerful first (by Shapley and Shubik). */
};

/* The rule was parsed against this roster. *ret_power is in the arena, among what was needed to
 * find it. COMITY_INVALID: there is no member, or one more yes can make the rule fail;
 * COMITY_LIMIT: too many sums, see above; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error rule_power(struct arena *arena, const struct rule *rule,
                                               const struct rule_roster *roster,
                                               const struct power **ret_power, struct fault *fault);

#endif
