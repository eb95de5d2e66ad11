/* SPDX-License-Identifier: Apache-2.0 */
/* lint_ballot.c - settings of a ballot that are valid and probably do not do what was meant. */
#include <string.h>

#include "charter/parts.h"

static uint32_t answers_of(const struct charter_rule *rule)
{
    return rule->answers == 0 ? 15u << ANSWER_YES : rule->answers;
}

static bool is_weighted(const struct charter_rule *rule)
{
    return strstr(rule->sentence, " by ") != NULL;
}

/* Who may answer what. */
static void lint_answers(const struct charter_rule *rule, charter_tell *tell, const void *context)
{
    uint32_t answers = answers_of(rule);
    if (strstr(rule->sentence, "objections") != NULL && (answers & ANSWER_BIT(ANSWER_OBJECT)) == 0)
        tell(context, rule->name, "counts objections, and nobody may object");
    if (rule->no_abstain != NULL && (answers & ANSWER_BIT(ANSWER_ABSTAIN)) == 0)
        tell(context, rule->name, "`no-abstain` adds nothing: nobody may abstain");
    if (rule->must_abstain != NULL)
        tell(context, rule->name,
             "`must-abstain`: who proposes says who is a party to the dispute, and so whose yes or "
             "no is taken away");
    if (rule->pass_turns == 1 && rule->silence == CHARTER_SILENCE_YES)
        tell(context, rule->name, "a pass that is left at the close counts as consent");
}

static bool has_chair(const struct charter *charter)
{
    uint32_t i = 0;
    while (i < charter->seats_count && charter->seats[i].role != SEAT_CHAIR)
        i++;
    return i < charter->seats_count;
}

static void lint_end(const struct charter *charter, const struct charter_rule *rule,
                     charter_tell *tell, const void *context)
{
    if (rule->closes == CLOSES_PRESIDING && rule->closes_ms == 0 && !has_chair(charter))
        tell(context, rule->name,
             "waits for the chair to close the question, and there is no chair: what stays "
             "undecided stays open for ever");
    if (rule->receipt_required && rule->silence != CHARTER_SILENCE_YES)
        tell(context, rule->name,
             "`receipt: required` where silence is no consent: who signs none is not even present");
    if ((rule->tie == TIE_PRESIDING || rule->revote_ms != 0) && is_weighted(rule))
        tell(context, rule->name,
             "a tie is counted by seats, and the rule counts weights: the chair has none");
    if (rule->revote_ms != 0 && rule->silence == CHARTER_SILENCE_YES)
        tell(context, rule->name, "`revote`: silence procedures end without a tie");
    if (rule->freeze != FREEZE_OPENING && !is_weighted(rule))
        tell(context, rule->name, "`freeze` changes nothing: the rule counts no weights");
}

static void lint_stages(const struct charter *charter, const struct charter_rule *rule,
                        charter_tell *tell, const void *context)
{
    const struct charter_rule *failed = charter_find_rule(charter, rule->stages.failed);
    const char *other = rule->stages.adopted;
    const struct charter_rule *second = other == NULL ? rule : charter_find_rule(charter, other);
    if (strcmp(failed->sentence, second->sentence) == 0)
        tell(context, rule->name, "both of its rules say the same sentence");
    if (other != NULL && strstr(rule->sentence, "no in ") != NULL)
        tell(context, rule->name,
             "who can veto `class-by` decides the class, and may veto the matter too (the double "
             "veto)");
}

void charter_lint_ballot(const struct charter *charter, const struct charter_rule *rule,
                         charter_tell *tell, const void *context)
{
    if (rule->has_stages) { /* The rest is said of its first rule. */
        lint_stages(charter, rule, tell, context);
        return;
    }
    lint_answers(rule, tell, context);
    lint_end(charter, rule, tell, context);
}
