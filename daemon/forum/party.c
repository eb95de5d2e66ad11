/* SPDX-License-Identifier: Apache-2.0 */
/* What a party does: consent, give notice, take either back; and what happens on its dates. */
#include "base/calendar.h"
#include "forum/agreement.h"
#include "forum/clock.h"
#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/membership.h"
#include "forum/reservation.h"

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
    if (!membership_was_member(self, step->act->seat))
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
    /* Who broke it and comes back is bound anew, and has broken it all the same. */
    uint32_t defections =
        agreement->is.parties[act->seat].defections & DEFECTION_BIT(DEFECTION_BREACHED);
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
        .defections = defections,
    };
    party_show_defection(&agreement->is.parties[act->seat]);
    party_count(self, agreement, act->seat, CONDUCT_CONSENTED, 1);
    forum_note_agreement_act(self, agreement, &act->id);
    reservations_take_effect(self, agreement, act->seat);
    agreement_refresh(self, agreement);
}

/* The earliest day a notice given now lets the party leave. */
static int64_t earliest_ms(const struct forum *self, const struct charter_rule *rule)
{
    return time_clamp(
        rule->has_exit ? date_after(self->now_ms, rule->exit.notice_days, rule->exit.notice_months)
                       : date_after(self->now_ms, 0, NOTICE_MONTHS_DEFAULT));
}

static bool has_notice(const struct forum_party *party)
{
    return party->status == PARTY_LEAVING ||
           (party->status == PARTY_SUSPENDED && party->until_ms != FORUM_NEVER);
}

static enum comity_error check_day(int64_t asked_ms, int64_t least_ms, struct fault *fault)
{
    if (asked_ms > FORUM_TIME_MAX)
        return fault_set(fault, COMITY_LIMIT, "the calendar ends with year 9999");
    if (asked_ms == 0 || asked_ms >= least_ms)
        return COMITY_OK;
    char date[CALENDAR_TEXT_SIZE];
    calendar_format(least_ms, date);
    return fault_set(fault, COMITY_REFUSED, "it may leave on %s at the earliest", date);
}

/* A notice runs: it may be taken back, or put off. */
static enum comity_error check_notice(const struct agreement *agreement, const struct act *act,
                                      struct fault *fault)
{
    const struct charter_rule *rule = agreement->proposal->is.rule;
    const struct forum_party *party = &agreement->is.parties[act->seat];
    int64_t asked_ms = act->as.withdraw.effect_ms;
    unsigned number = agreement->is.number;
    if (act->as.withdraw.taken_back)
        return rule->has_exit && rule->exit.final
                   ? fault_set(fault, COMITY_REFUSED, "under rule %s a notice is final", rule->name)
                   : COMITY_OK;
    if (asked_ms == 0 || asked_ms == party->until_ms)
        return fault_set(fault, COMITY_EXISTS, "its notice from A%u runs already", number);
    if (rule->has_exit && rule->exit.no_later)
        return fault_set(fault, COMITY_REFUSED, "under rule %s a notice cannot be put off",
                         rule->name);
    return check_day(asked_ms, party->until_ms, fault);
}

enum comity_error withdraw_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    enum comity_error error = find_agreement(self, step, &act->as.withdraw.proposal);
    if (error != COMITY_OK)
        return error;
    const struct forum_party *party = &step->agreement->is.parties[act->seat];
    unsigned number = step->agreement->is.number;
    if (has_notice(party))
        return check_notice(step->agreement, act, step->fault);
    if (act->as.withdraw.taken_back)
        return fault_set(step->fault, COMITY_NOT_FOUND, "no notice of the seat's from A%u runs",
                         number);
    if (party->status == PARTY_CONSENTED)
        return act->as.withdraw.effect_ms == 0
                   ? COMITY_OK
                   : fault_set(step->fault, COMITY_REFUSED,
                               "A%u does not bind it yet: its consent is taken back at once",
                               number);
    if (party->status != PARTY_BOUND && party->status != PARTY_SUSPENDED)
        return fault_set(step->fault, COMITY_REFUSED, "the seat is no party to A%u", number);
    return check_day(act->as.withdraw.effect_ms, earliest_ms(self, step->proposal->is.rule),
                     step->fault);
}

void party_forget(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    if ((party->defections & DEFECTION_BIT(DEFECTION_HOLLOW_RESERVATION)) != 0)
        party_undo_defection(self, agreement, seat, DEFECTION_HOLLOW_RESERVATION);
    *party = (struct forum_party){.since_ms = FORUM_NEVER, .until_ms = FORUM_NEVER};
    reservations_lapse(self, agreement, seat);
}

static void take_consent_back(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    party_forget(self, agreement, seat);
    party_count(self, agreement, seat, CONDUCT_TOOK_BACK, 1);
    forum_tell(self, OUTCOME_OUT, seat, agreement->proposal, agreement)->line =
        "consent taken back before it bound";
}

void party_show_defection(struct forum_party *party)
{
    static const enum defection gravest_first[] = {DEFECTION_BREACHED, DEFECTION_HOLLOW_RESERVATION,
                                                   DEFECTION_WITHDREW_IN_LOCK};
    party->defection = DEFECTION_NONE;
    for (uint32_t i = 0; i < 3 && party->defection == DEFECTION_NONE; i++) {
        if ((party->defections & DEFECTION_BIT(gravest_first[i])) != 0)
            party->defection = gravest_first[i];
    }
}

static enum conduct_kind conduct_of_defection(enum defection defection)
{
    if (defection == DEFECTION_BREACHED)
        return CONDUCT_BREACHED;
    return defection == DEFECTION_HOLLOW_RESERVATION ? CONDUCT_HOLLOW_RESERVATION
                                                     : CONDUCT_WITHDREW_IN_LOCK;
}

void party_defect(struct forum *self, struct agreement *agreement, uint32_t seat,
                  enum defection defection, const char *line)
{
    struct forum_party *party = &agreement->is.parties[seat];
    party->defections |= DEFECTION_BIT(defection);
    party_show_defection(party);
    party_count(self, agreement, seat, conduct_of_defection(defection), 1);
    struct outcome *outcome =
        forum_tell(self, OUTCOME_DEFECTION, seat, agreement->proposal, agreement);
    outcome->value = (uint64_t)defection;
    outcome->line = line;
}

void party_undo_defection(struct forum *self, struct agreement *agreement, uint32_t seat,
                          enum defection defection)
{
    struct forum_party *party = &agreement->is.parties[seat];
    party->defections &= ~DEFECTION_BIT(defection);
    party_show_defection(party);
    party_count(self, agreement, seat, conduct_of_defection(defection), -1);
}

/* Until when the lock holds a party in: counted from the day the agreement bound it. */
static int64_t lock_end(const struct charter_rule *rule, const struct forum_party *party)
{
    if (!rule->has_exit)
        return party->since_ms;
    return date_after(party->since_ms, rule->exit.lock_days, rule->exit.lock_months);
}

static void tell_notice(struct forum *self, const struct agreement *agreement, uint32_t seat)
{
    forum_tell(self, OUTCOME_NOTICE, seat, agreement->proposal, agreement)->time_ms =
        agreement->is.parties[seat].until_ms;
}

static void give_notice(struct forum *self, struct agreement *agreement, uint32_t seat,
                        int64_t asked_ms)
{
    const struct charter_rule *rule = agreement->proposal->is.rule;
    struct forum_party *party = &agreement->is.parties[seat];
    if (party->status == PARTY_BOUND)
        party->status = PARTY_LEAVING; /* A suspended party stays suspended until it leaves. */
    party->notice_ms = self->now_ms;
    party->until_ms = asked_ms != 0 ? asked_ms : earliest_ms(self, rule);
    tell_notice(self, agreement, seat);
    int64_t locked_ms = lock_end(rule, party);
    if (self->now_ms >= locked_ms) {
        party_count(self, agreement, seat, CONDUCT_WITHDREW, 1);
        return;
    }
    char date[CALENDAR_TEXT_SIZE];
    calendar_format(time_clamp(locked_ms), date);
    char buffer[96];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    text_add(&line, "withdrew inside the lock, which ends ");
    text_add(&line, date);
    party_defect(self, agreement, seat, DEFECTION_WITHDREW_IN_LOCK, forum_line(self, buffer));
}

/* A notice taken back in time undoes what it was counted as. */
static void take_notice_back(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    if ((party->defections & DEFECTION_BIT(DEFECTION_WITHDREW_IN_LOCK)) != 0)
        party_undo_defection(self, agreement, seat, DEFECTION_WITHDREW_IN_LOCK);
    else
        party_count(self, agreement, seat, CONDUCT_WITHDREW, -1);
    if (party->status == PARTY_LEAVING)
        party->status = PARTY_BOUND;
    party->notice_ms = 0;
    party->until_ms = FORUM_NEVER;
    forum_tell(self, OUTCOME_NOTICE_TAKEN_BACK, seat, agreement->proposal, agreement);
}

void withdraw_apply(struct forum *self, struct step *step)
{
    struct agreement *agreement = step->agreement;
    uint32_t seat = step->act->seat;
    struct forum_party *party = &agreement->is.parties[seat];
    forum_note_agreement_act(self, agreement, &step->act->id);
    if (step->act->as.withdraw.taken_back) {
        take_notice_back(self, agreement, seat);
    } else if (party->status == PARTY_CONSENTED) {
        take_consent_back(self, agreement, seat);
    } else if (has_notice(party)) {
        party->until_ms = step->act->as.withdraw.effect_ms;
        tell_notice(self, agreement, seat);
    } else {
        give_notice(self, agreement, seat, step->act->as.withdraw.effect_ms);
    }
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

static void count_less(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    enum party_status status = agreement->is.parties[seat].status;
    if ((status == PARTY_BOUND || status == PARTY_LEAVING) && agreement_counts(self, seat))
        agreement->is.parties_count--;
}

void party_leave(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    count_less(self, agreement, seat);
    party->status = PARTY_LEFT;
    forum_tell(self, OUTCOME_OUT, seat, agreement->proposal, agreement)->time_ms = party->until_ms;
    reservations_lapse(self, agreement, seat);
}

void party_suspend(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    if (party->status != PARTY_BOUND && party->status != PARTY_LEAVING)
        return;
    count_less(self, agreement, seat);
    party->status = PARTY_SUSPENDED;
    forum_tell(self, OUTCOME_PARTY_SUSPENDED, seat, agreement->proposal, agreement);
}

void party_restore(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    party->status = party->until_ms == FORUM_NEVER ? PARTY_BOUND : PARTY_LEAVING;
    if (agreement_counts(self, seat))
        agreement->is.parties_count++;
}

void party_end(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct forum_party *party = &agreement->is.parties[seat];
    if (party->status != PARTY_BOUND && party->status != PARTY_LEAVING &&
        party->status != PARTY_SUSPENDED)
        return;
    party->until_ms = self->now_ms;
    party_leave(self, agreement, seat);
}
