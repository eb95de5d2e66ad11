/* SPDX-License-Identifier: Apache-2.0 */
/* decide.h - whether a rule's answer is already certain while seats may still answer or revise.
 *
 * Pure; allocates nothing. For each test the extremes over all completions are exact, because
 * seats contribute to it independently; the tests are then joined in three-valued logic. So:
 * HOLDS and FAILS are always right, for every rule. OPEN is exact too (some completion holds and
 * some fails) if all tests of the rule, those under `not` reversed, improve together as a seat
 * moves object -> no -> silent -> abstain -> yes, and each `=` has its line at an end of its
 * range (`no = 0`, `yes = all members`). Of other rules OPEN may be said though they are certain
 * already, at the latest until nobody may change: then every rule's fate is known. */
#ifndef COMITY_RULES_DECIDE_H
#define COMITY_RULES_DECIDE_H

#include <stdint.h>

#include "rules/rule.h"

enum rule_fate {
    RULE_FATE_OPEN,  /* What may still come can change it. */
    RULE_FATE_HOLDS, /* Holds in every completion. */
    RULE_FATE_FAILS, /* Fails in every completion. */
};

/* answers[seats_count]: enum answer by seat, as things stand. open[seats_count]: by seat the
 * ANSWER_BITs its answer may still turn into; to stay as it is is always possible, so 0 means it
 * may not change. NULL: none may. */
enum rule_fate rule_fate(const struct rule *rule, const struct rule_roster *roster,
                         const uint8_t *answers, const uint8_t *open);

#endif
