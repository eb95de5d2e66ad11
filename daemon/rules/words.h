/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - small pieces of sentences, shared inside this room. Pure. */
#ifndef COMITY_RULES_WORDS_H
#define COMITY_RULES_WORDS_H

#include "base/text.h"
#include "rules/roster.h"
#include "rules/rule.h"

/* Mark a sentence that did not fit: its last characters become "...", never half a UTF-8
 * character. Nothing happens if all fitted. */
void rule_end_line(struct text *self);
/* `RUS`, or `seat 3` without names. */
void rule_add_seat(struct text *self, uint32_t seat, const char *const *seat_names);
/* `RUS, CHN and 5 more`: at most WORDS_SEATS_MAX by name. */
enum { WORDS_SEATS_MAX = 8 };
void rule_add_seats(struct text *self, const struct seat_set *seats, const char *const *seat_names);
/* `2/3 of voting`, `55% of members`, `all members`: a test's amount that has a base. */
void rule_add_share(struct text *self, const struct rule_test *test);
/* The kind a node has when its parents negate it: De Morgan. */
enum rule_kind rule_kind_under(const struct rule_node *node, bool negated);

#endif
