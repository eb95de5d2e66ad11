/* SPDX-License-Identifier: Apache-2.0 */
/* test.h - the exact arithmetic of one test, shared inside this room.
 *
 * Pure. Both sides of a comparison stay below 2^97: sums are below 2^64, P and Q at most 2^32. */
#ifndef COMITY_RULES_TEST_H
#define COMITY_RULES_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/rule.h"

/* The count or multiplier on the right: p, scaled by the roster's nominal size if it is a count
 * of seats. members_count: of the roster. */
uint64_t rule_test_amount(const struct rule_test *test, const struct rule_roster *roster,
                          uint64_t members_count);
/* Whether that scaling applies to this test. */
bool rule_test_is_scaled(const struct rule_test *test, const struct rule_roster *roster);
bool rule_test_has_base(const struct rule_test *test);
/* left * q - amount * base, or left - amount. */
__int128 rule_test_difference(const struct rule_test *test, uint64_t amount, uint64_t left,
                              uint64_t base);
/* What the comparison says of a difference: the sign alone matters. */
bool rule_compare_holds(enum rule_compare compare, __int128 difference);
/* The comparison under `not`: >= becomes <, = becomes RULE_NE; and back. */
enum rule_compare rule_compare_negated(enum rule_compare compare);
/* Difference and empty base together. */
bool rule_test_holds(const struct rule_test *test, uint64_t amount, uint64_t left, uint64_t base);
/* amount * base / q rounded down, UINT64_MAX when it is more; *ret_exact: nothing was lost. */
uint64_t rule_test_share(const struct rule_test *test, uint64_t base, bool *ret_exact);
/* `no` or `objections`, counted by seats, none allowed: one answer alone makes it fail. */
bool rule_test_is_veto(const struct rule_test *test, enum rule_compare compare, uint64_t amount);

#endif
