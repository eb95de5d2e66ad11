/* SPDX-License-Identifier: Apache-2.0 */
/* lint_life.c - settings of an agreement's life that are valid and probably do not do what was
 * meant. */
#include <string.h>

#include "charter/parts.h"

static bool some_rule_may(const struct charter *charter, uint32_t bit)
{
    for (uint32_t i = 0; i < charter->rules_count; i++) {
        if ((charter->rules[i].may & bit) != 0)
            return true;
    }
    return false;
}

static void lint_breach(const struct charter *charter, const struct charter_rule *rule,
                        charter_tell *tell, const void *context)
{
    const uint32_t rests = RESPONSE_BIT(RESPONSE_SUSPEND_VOTES) | RESPONSE_BIT(RESPONSE_SUSPEND);
    const struct charter_rule *ruling = charter_find_rule(charter, rule->breach.ruled_by);
    if (!rule->breach.accused_votes && strstr(ruling->sentence, "all members") != NULL)
        tell(context, rule->name,
             "a breach is found by all, and the accused can only abstain: none is ever found");
    if (rule->breach.accused_votes && strstr(ruling->sentence, "all members") != NULL)
        tell(context, rule->name, "the accused must find itself in breach");
    if ((rule->breach.responses & rests) != 0 && !some_rule_may(charter, MAY_RESTORE))
        tell(context, rule->name,
             "what a breach suspends comes back under no rule (say `may: [restore]`)");
    if (rule->breach.review_days != 0 && !rule->breach.shortfall)
        tell(context, rule->name, "`review` does nothing where a shortfall is a note");
    if (rule->binds == BINDS_ALL && (rule->breach.responses & RESPONSE_BIT(RESPONSE_END)) != 0)
        tell(context, rule->name,
             "ends the agreement towards who breaks it, and binds every member");
}

void charter_lint_life(const struct charter *charter, const struct charter_rule *rule,
                       charter_tell *tell, const void *context)
{
    if (rule->has_breach)
        lint_breach(charter, rule, tell, context);
    if (rule->binds == BINDS_ALL && rule->reservations == RESERVATIONS_LISTED)
        tell(context, rule->name, "binds every member, and who is bound so makes no reservation");
    if (rule->attestations >= charter->seats_count)
        tell(context, rule->name,
             "more `attestations` than there are other seats: no report is ever confirmed");
    uint32_t members = 0;
    for (uint32_t i = 0; i < charter->seats_count; i++)
        members += charter->seats[i].role == SEAT_MEMBER ? 1 : 0;
    if (rule->sponsors > members)
        tell(context, rule->name,
             "more `sponsors` than members: nothing is ever put to the ballot");
    if ((rule->may & MAY_SUSPEND_VOTES) != 0 && !some_rule_may(charter, MAY_RESTORE))
        tell(context, rule->name,
             "may suspend votes, and no rule restores them (say `may: [restore]`)");
    if ((rule->may & MAY_REWEIGH) != 0 && charter->weights_count == 0)
        tell(context, rule->name, "may change weights, and the charter has none");
    if (rule->freeze != FREEZE_OPENING && strstr(rule->sentence, " by ") != NULL &&
        !some_rule_may(charter, MAY_REWEIGH))
        tell(context, rule->name, "`freeze` changes nothing: no rule may change a weight");
}
