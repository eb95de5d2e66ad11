/* SPDX-License-Identifier: Apache-2.0 */
/* What a party does: consent, give notice, take either back; and what happens on its dates. */
#include "base/calendar.h"
#include "forum/agreement.h"
#include "forum/clock.h"
#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/pledge.h"

enum { NOTICE_MONTHS_DEFAULT = 12 }; /* Vienna Convention, article 56. */

static enum comity_error find_agreement(const struct forum *self, struct step *step,
                                        const struct hash *id)
{
    struct proposal *proposal = index_find_proposal(self, id);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    if (proposal->is.agreement == 0)
        return fault_set(step->fault, COMITY_REFUSED, "P%u is no agreement",
                         (unsigned)proposal->is.number);
    if (!forum_is_member(self, step->act->seat))
        return fault_set(step->fault, COMITY_REFUSED, "only a member can be a party");
    step->proposal = proposal;
    step->agreement = self->agreements[proposal->is.agreement - 1];
    if (step->agreement->is.status == AGREEMENT_ENDED)
        return fault_set(step->fault, COMITY_CLOSED, "A%u has ended",
                         (unsigned)step->agreement->is.number);
    return COMITY_OK;
}

/* Ratifying and acceding differ in what they say of the past, not in what they do. */
enum comity_error consent_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    enum comity_error error = find_agreement(self, step, &act->as.consent.proposal);
    if (error != COMITY_OK)
        return error;
    unsigned number = step->agreement->is.number;
    if (!hash_equal(&act->as.consent.text_hash, &step->proposal->is.text.hash))
        return fault_set(step->fault, COMITY_CONFLICT, "it consents to another text than A%u's",
                         number);
    switch (step->agreement->is.parties[act->seat].status) {
    case PARTY_NONE:
    case PARTY_LEFT:
        return COMITY_OK;
    case PARTY_CONSENTED:
    case PARTY_BOUND:
        return fault_set(step->fault, COMITY_EXISTS, "the seat has consented to A%u already",
                         number);
    case PARTY_SUSPENDED:
        return fault_set(step->fault, COMITY_REFUSED, "A%u is suspended towards the seat", number);
    case PARTY_LEAVING:
        break;
    }
    return fault_set(step->fault, COMITY_CONFLICT,
                     "its notice of withdrawal from A%u runs: it may be taken back", number);
}

static void party_count(struct forum *self, const struct agreement *agreement, uint32_t seat,
                        enum conduct_kind kind, int delta)
{
    conduct_count(self, seat, agreement->proposal->is.topic, kind, delta);
}

void consent_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct agreement *agreement = step->agreement;
    const struct charter_rule *rule = step->proposal->is.rule;
    int64_t since_ms = FORUM_NEVER;
    if (agreement->is.in_force_ms != FORUM_NEVER) {
        /* Too late to count for the threshold: its own delay, never before the agreement's day. */
        since_ms =
            rule->has_in_force ? date_delayed(self->now_ms, rule->in_force.late) : self->now_ms;
        if (since_ms < agreement->is.in_force_ms)
            since_ms = agreement->is.in_force_ms;
        since_ms = time_clamp(since_ms);
    }
    agreement->is.parties[act->seat] = (struct forum_party){
        .status = PARTY_CONSENTED,
        .consent_ms = self->now_ms,
        .since_ms = since_ms,
        .until_ms = FORUM_NEVER,
        .home = act->as.consent.home,
    };
    party_count(self, agreement, act->seat, CONDUCT_CONSENTED, 1);
    forum_note_agreement_act(self, agreement, &act->id);
    agreement_refresh(self, agreement);
}

enum comity_error withdraw_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    enum comity_error error = find_agreement(self, step, &act->as.withdraw.proposal);
    if (error != COMITY_OK)
        return error;
    enum party_status status = step->agreement->is.parties[act->seat].status;
    unsigned number = step->agreement->is.number;
    if (act->as.withdraw.taken_back)
        return status == PARTY_LEAVING ? COMITY_OK
                                       : fault_set(step->fault, COMITY_NOT_FOUND,
                                                   "no notice of the seat's from A%u runs", number);
    if (status == PARTY_LEAVING)
        return fault_set(step->fault, COMITY_EXISTS, "its notice from A%u runs already", number);
    if (status != PARTY_CONSENTED && status != PARTY_BOUND)
        return fault_set(step->fault, COMITY_REFUSED, "the seat is no party to A%u", number);
    return COMITY_OK;
}

static void take_consent_back(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    *party = (struct forum_party){.since_ms = FORUM_NEVER, .until_ms = FORUM_NEVER};
    party_count(self, agreement, seat, CONDUCT_TOOK_BACK, 1);
    forum_tell(self, OUTCOME_OUT, seat, agreement->proposal, agreement)->line =
        "consent taken back before it bound";
}

/* Until when the lock holds a party in: counted from the day the agreement bound it. */
static int64_t lock_end(const struct charter_rule *rule, const struct forum_party *party)
{
    if (!rule->has_exit)
        return party->since_ms;
    return date_after(party->since_ms, rule->exit.lock_days, rule->exit.lock_months);
}

static void give_notice(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    const struct charter_rule *rule = agreement->proposal->is.rule;
    struct forum_party *party = &agreement->is.parties[seat];
    party->status = PARTY_LEAVING;
    party->notice_ms = self->now_ms;
    party->until_ms = time_clamp(
        rule->has_exit ? date_after(self->now_ms, rule->exit.notice_days, rule->exit.notice_months)
                       : date_after(self->now_ms, 0, NOTICE_MONTHS_DEFAULT));
    forum_tell(self, OUTCOME_NOTICE, seat, agreement->proposal, agreement)->time_ms =
        party->until_ms;
    int64_t locked_ms = lock_end(rule, party);
    if (self->now_ms >= locked_ms) {
        party_count(self, agreement, seat, CONDUCT_WITHDREW, 1);
        return;
    }
    party->defection = DEFECTION_WITHDREW_IN_LOCK;
    party_count(self, agreement, seat, CONDUCT_WITHDREW_IN_LOCK, 1);
    char date[CALENDAR_TEXT_SIZE];
    calendar_format(time_clamp(locked_ms), date);
    char buffer[96];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    text_add(&line, "withdrew inside the lock, which ends ");
    text_add(&line, date);
    struct outcome *outcome =
        forum_tell(self, OUTCOME_DEFECTION, seat, agreement->proposal, agreement);
    outcome->value = DEFECTION_WITHDREW_IN_LOCK;
    outcome->line = forum_line(self, buffer);
}

/* A notice taken back in time undoes what it was counted as. */
static void take_notice_back(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    bool locked = party->defection == DEFECTION_WITHDREW_IN_LOCK;
    party_count(self, agreement, seat, locked ? CONDUCT_WITHDREW_IN_LOCK : CONDUCT_WITHDREW, -1);
    party->status = PARTY_BOUND;
    if (locked) /* A pledge it broke stays broken. */
        party->defection =
            reviews_found_short(agreement, seat) ? DEFECTION_BREACHED : DEFECTION_NONE;
    party->notice_ms = 0;
    party->until_ms = FORUM_NEVER;
    forum_tell(self, OUTCOME_NOTICE_TAKEN_BACK, seat, agreement->proposal, agreement);
}

void withdraw_apply(struct forum *self, struct step *step)
{
    struct agreement *agreement = step->agreement;
    uint32_t seat = step->act->seat;
    forum_note_agreement_act(self, agreement, &step->act->id);
    if (step->act->as.withdraw.taken_back)
        take_notice_back(self, agreement, seat);
    else if (agreement->is.parties[seat].status == PARTY_CONSENTED)
        take_consent_back(self, agreement, seat);
    else
        give_notice(self, agreement, seat);
    agreement_refresh(self, agreement);
}

void party_bind(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    party->status = PARTY_BOUND;
    if (agreement_counts(self, seat))
        agreement->is.parties_count++;
    forum_tell(self, OUTCOME_BOUND, seat, agreement->proposal, agreement)->time_ms =
        party->since_ms;
}

void party_leave(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    party->status = PARTY_LEFT;
    if (agreement_counts(self, seat))
        agreement->is.parties_count--;
    forum_tell(self, OUTCOME_OUT, seat, agreement->proposal, agreement)->time_ms = party->until_ms;
}
