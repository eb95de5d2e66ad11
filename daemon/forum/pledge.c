/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/pledge.h"

#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "forum/agreement.h"
#include "forum/compliance.h"
#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"

void pledge_words(struct text *text, int64_t quantity, const char *unit, const char *issue,
                  int64_t due_ms)
{
    text_add_i64(text, quantity);
    if (unit[0] != '\0') {
        text_add_char(text, ' ');
        text_add(text, unit);
    }
    text_add(text, " of ");
    text_add(text, issue);
    if (due_ms == 0)
        return;
    char day[CALENDAR_TEXT_SIZE];
    calendar_format(due_ms, day);
    text_add(text, " by ");
    text_add(text, day);
}

static enum comity_error check_draft_pledge(const struct forum *self,
                                            const struct charter_rule *rule, const struct act *act,
                                            uint32_t index, struct fault *fault)
{
    const struct pledge *pledge = &act->as.propose.pledges[index];
    unsigned number = index + 1;
    if (pledge->seat >= self->charter->seats_count || !forum_is_member(self, pledge->seat))
        return fault_set(fault, COMITY_NOT_FOUND, "pledge %u is of no member", number);
    if (pledge->quantity < 0 && accounts_is_to_fund(rule, pledge->issue, pledge->unit))
        return fault_set(fault, COMITY_INVALID, "pledge %u would take out of the fund", number);
    for (uint32_t i = 0; i < index; i++) {
        const struct pledge *other = &act->as.propose.pledges[i];
        if (other->seat == pledge->seat && other->due_ms == pledge->due_ms &&
            strcmp(other->issue, pledge->issue) == 0 && strcmp(other->unit, pledge->unit) == 0)
            return fault_set(fault, COMITY_INVALID,
                             "pledges %u and %u are of one seat, issue, unit and day",
                             (unsigned)(i + 1), number);
    }
    return COMITY_OK;
}

enum comity_error pledges_check_draft(const struct forum *self, const struct charter_rule *rule,
                                      const struct act *act, struct fault *fault)
{
    uint64_t fund_goal;
    for (uint32_t i = 0; i < act->as.propose.pledges_count; i++) {
        enum comity_error error = check_draft_pledge(self, rule, act, i, fault);
        if (error != COMITY_OK)
            return error;
    }
    if (!compliance_fund_goal(rule, act->as.propose.goals, act->as.propose.goals_count, &fund_goal))
        return fault_set(fault, COMITY_INVALID,
                         "what the fund should hold is below 0, or past 2^63 in all");
    return COMITY_OK;
}

static bool may_pledge(enum party_status status)
{
    return status == PARTY_CONSENTED || status == PARTY_BOUND || status == PARTY_LEAVING;
}

/* Where falling short is a breach it is a promise: it is not taken back in part. */
static enum comity_error check_lowering(const struct step *step, const struct forum_pledge *old)
{
    const struct charter_rule *rule = step->proposal->is.rule;
    if (old == NULL || !rule->has_breach || !rule->breach.shortfall ||
        accounts_short_by(old, step->act->as.pledge.quantity) == 0)
        return COMITY_OK;
    char buffer[256];
    struct text pledged;
    text_init(&pledged, buffer, sizeof buffer);
    pledge_words(&pledged, old->quantity, old->unit, old->issue, old->due_ms);
    return fault_set(
        step->fault, COMITY_REFUSED,
        "under rule %s falling short is a breach: what was pledged (%s) may be raised, "
        "not lowered",
        rule->name, buffer);
}

/* What is wrong with the quantity or the day. */
static enum comity_error check_terms(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    const struct forum_accounts *accounts = &step->agreement->accounts.is;
    unsigned number = step->agreement->is.number;
    int64_t due_ms = act->as.pledge.due_ms;
    if (due_ms != 0 && due_ms <= self->now_ms) {
        char day[CALENDAR_TEXT_SIZE];
        calendar_format(due_ms, day);
        return fault_set(step->fault, COMITY_REFUSED, "%s is past: nothing can be pledged for it",
                         day);
    }
    if (act->as.pledge.quantity < 0 &&
        accounts_is_to_fund(step->proposal->is.rule, act->as.pledge.issue, act->as.pledge.unit))
        return fault_set(step->fault, COMITY_REFUSED, "a pledge to the fund of A%u is not below 0",
                         number);
    const struct forum_pledge *old =
        accounts_find(accounts, act->seat, act->as.pledge.issue, act->as.pledge.unit, due_ms);
    if (old != NULL && old->quantity == act->as.pledge.quantity)
        return fault_set(step->fault, COMITY_EXISTS, "the seat has pledged just that under A%u",
                         number);
    if (old == NULL && accounts_pledges_of(accounts, act->seat) >= PLEDGES_PER_SEAT_MAX)
        return fault_set(step->fault, COMITY_LIMIT, "the seat has %d pledges under A%u already",
                         (int)PLEDGES_PER_SEAT_MAX, number);
    return check_lowering(step, old);
}

enum comity_error pledge_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    enum comity_error error = accounts_of(self, step, &act->as.pledge.proposal);
    if (error != COMITY_OK)
        return error;
    unsigned number = step->agreement->is.number;
    if (step->agreement->is.status == AGREEMENT_ENDED)
        return fault_set(step->fault, COMITY_CLOSED, "A%u has ended", number);
    if (!may_pledge(step->agreement->is.parties[act->seat].status))
        return fault_set(step->fault, COMITY_REFUSED,
                         "only a party to A%u pledges under it, or who has consented", number);
    return check_terms(self, step);
}

static void pledge_enter(struct forum *self, struct agreement *agreement,
                         const struct pledge *pledge)
{
    uint64_t lowered_by = accounts_pledge(
        &agreement->accounts, &self->pool,
        &(struct forum_pledge){
            .seat = pledge->seat,
            .issue = pledge->issue,
            .unit = pledge->unit,
            .due_ms = pledge->due_ms,
            .quantity = pledge->quantity,
            .review_ms = review_day(self, agreement->proposal->is.rule, pledge->due_ms),
        });
    const char *topic = agreement->proposal->is.topic;
    conduct_count(self, pledge->seat, topic, CONDUCT_PLEDGED, 1);
    if (lowered_by > 0)
        conduct_count(self, pledge->seat, topic, CONDUCT_LOWERED, 1);
    char buffer[256];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    pledge_words(&line, pledge->quantity, pledge->unit, pledge->issue, pledge->due_ms);
    if (lowered_by > 0) {
        text_add(&line, ", lowered by ");
        text_add_u64(&line, lowered_by);
    }
    struct outcome *outcome =
        forum_tell(self, OUTCOME_PLEDGED, pledge->seat, agreement->proposal, agreement);
    outcome->value = lowered_by;
    outcome->line = forum_line(self, buffer);
}

void pledge_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    forum_note_agreement_act(self, step->agreement, &act->id);
    pledge_enter(self, step->agreement,
                 &(struct pledge){.seat = act->seat,
                                  .issue = act->as.pledge.issue,
                                  .quantity = act->as.pledge.quantity,
                                  .unit = act->as.pledge.unit,
                                  .due_ms = act->as.pledge.due_ms});
    agreement_refresh(self, step->agreement);
}

void pledges_enter(struct forum *self, struct agreement *agreement)
{
    const struct forum_proposal *draft = &agreement->proposal->is;
    for (uint32_t i = 0; i < draft->pledges_count; i++) {
        const struct pledge *pledge = &draft->pledges[i];
        /* Who left and comes back finds its pledges as it left them. */
        if (agreement->is.parties[pledge->seat].status != PARTY_NONE &&
            accounts_find(&agreement->accounts.is, pledge->seat, pledge->issue, pledge->unit,
                          pledge->due_ms) == NULL)
            pledge_enter(self, agreement, pledge);
    }
}
