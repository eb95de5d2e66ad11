/* SPDX-License-Identifier: Apache-2.0 */
/* What is paid into an agreement's fund, and what is spent of it. */
#include <string.h>

#include "base/text.h"
#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/pledge.h"

enum comity_error contribute_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    enum comity_error error = accounts_of(self, step, &act->as.contribute.proposal);
    if (error != COMITY_OK)
        return error;
    unsigned number = step->agreement->is.number;
    if (!step->proposal->is.rule->has_fund)
        return fault_set(step->fault, COMITY_REFUSED, "A%u has no fund", number);
    if (step->agreement->is.status == AGREEMENT_ENDED)
        return fault_set(step->fault, COMITY_CLOSED, "A%u has ended", number);
    if (!accounts_may_take(&step->agreement->accounts.is, act->as.contribute.quantity))
        return fault_set(step->fault, COMITY_LIMIT, "the books of A%u end at 2^64 - 1", number);
    return COMITY_OK;
}

/* "500 USD; 1500 USD there" */
static const char *money_line(struct forum *self, const struct agreement *agreement,
                              uint64_t quantity)
{
    const char *unit = agreement->proposal->is.rule->fund.unit;
    char buffer[160];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    text_format(&line, "%llu %s; %llu %s there", (unsigned long long)quantity, unit,
                (unsigned long long)accounts_balance(&agreement->accounts.is), unit);
    return forum_line(self, buffer);
}

void contribute_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    uint64_t quantity = act->as.contribute.quantity;
    struct agreement *agreement = step->agreement;
    forum_note_agreement_act(self, agreement, &act->id);
    accounts_pay(&agreement->accounts, &self->pool, self->charter->seats_count, act->seat,
                 quantity);
    conduct_count(self, act->seat, step->proposal->is.topic, CONDUCT_CONTRIBUTED, 1);
    struct outcome *outcome =
        forum_tell(self, OUTCOME_CONTRIBUTED, act->seat, step->proposal, agreement);
    outcome->value = quantity;
    outcome->line = money_line(self, agreement, quantity);
}

static struct agreement *fund_of(const struct forum *self, const struct hash *id)
{
    struct proposal *proposal = index_find_proposal(self, id);
    if (proposal == NULL || proposal->is.agreement == 0 || !proposal->is.rule->has_fund)
        return NULL;
    return self->agreements[proposal->is.agreement - 1];
}

enum comity_error spend_check(const struct forum *self, const struct effect *effect,
                              const struct charter_rule *rule, struct fault *fault)
{
    const struct agreement *agreement = fund_of(self, &effect->subject);
    if (agreement == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "it is to be spent of no agreement's fund");
    const struct charter_rule *of = agreement->proposal->is.rule;
    unsigned number = agreement->is.number;
    if (rule != NULL && strcmp(rule->name, of->fund.spent_by) != 0)
        return fault_set(fault, COMITY_REFUSED, "the fund of A%u is spent by rule %s, not %s",
                         number, of->fund.spent_by, rule->name);
    if (effect->seat >= self->charter->seats_count || effect->quantity == 0)
        return fault_set(fault, COMITY_NOT_FOUND, "it says not to whom, or how much");
    uint64_t balance = accounts_balance(&agreement->accounts.is);
    if (effect->quantity > balance)
        return fault_set(fault, COMITY_REFUSED, "%sonly %llu %s there",
                         rule == NULL ? "nothing was spent: " : "the fund has less: ",
                         (unsigned long long)balance, of->fund.unit);
    return COMITY_OK;
}

void spend_apply(struct forum *self, struct proposal *ruling)
{
    const struct effect *effect = &ruling->is.effect;
    struct agreement *agreement = fund_of(self, &effect->subject);
    accounts_spend(&agreement->accounts, &self->pool,
                   &(struct forum_spending){
                       .proposal = ruling->is.number,
                       .ruling = ruling->is.id,
                       .seat = effect->seat,
                       .quantity = effect->quantity,
                       .time_ms = self->now_ms,
                   });
    forum_change_record(self, agreement->record);
    struct outcome *outcome = forum_tell(self, OUTCOME_SPENT, effect->seat, ruling, agreement);
    outcome->value = effect->quantity;
    outcome->line = money_line(self, agreement, effect->quantity);
}
