/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/membership.h"

#include <string.h>

#include "forum/agreement.h"
#include "forum/conduct.h"
#include "forum/journal.h"
#include "forum/roll.h"

void membership_members(const struct forum *self, uint64_t ret_members[SEAT_WORDS])
{
    memset(ret_members, 0, SEAT_WORDS * sizeof *ret_members);
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (membership_has_votes(self, seat))
            mask_add(ret_members, seat);
    }
}

void membership_refresh(struct forum *self)
{
    self->roster.members = (struct seat_set){{0}};
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (membership_has_votes(self, seat) && !membership_carries(self, seat))
            seat_set_add(&self->roster.members, seat);
    }
}

static enum comity_error check_member(const struct forum *self, uint32_t seat, struct fault *fault)
{
    if (seat >= self->charter->seats_count || !forum_is_member(self, seat))
        return fault_set(fault, COMITY_REFUSED, "%s is no member",
                         seat < self->charter->seats_count ? self->names[seat] : "it");
    return COMITY_OK;
}

static enum comity_error suspend_check(const struct forum *self, const struct effect *effect,
                                       const struct charter_rule *rule, struct fault *fault)
{
    (void)rule;
    enum comity_error error = check_member(self, effect->seat, fault);
    if (error == COMITY_OK && self->seats[effect->seat].votes_suspended)
        return fault_set(fault, COMITY_EXISTS, "the votes of %s are suspended already",
                         self->names[effect->seat]);
    return error;
}

void membership_suspend_votes(struct forum *self, uint32_t seat, const struct proposal *ruling)
{
    if (self->seats[seat].votes_suspended || !forum_is_member(self, seat))
        return;
    self->seats[seat].votes_suspended = true;
    membership_refresh(self);
    forum_tell(self, OUTCOME_VOTES_SUSPENDED, seat, ruling, NULL);
}

static void suspend_apply(struct forum *self, struct proposal *ruling)
{
    membership_suspend_votes(self, ruling->is.effect.seat, ruling);
}

static bool is_suspended_party(const struct agreement *agreement, uint32_t seat)
{
    return agreement->is.parties[seat].status == PARTY_SUSPENDED;
}

static enum comity_error restore_check(const struct forum *self, const struct effect *effect,
                                       const struct charter_rule *rule, struct fault *fault)
{
    (void)rule;
    uint32_t seat = effect->seat;
    if (seat >= self->charter->seats_count)
        return fault_set(fault, COMITY_NOT_FOUND, "there is no seat %u", (unsigned)seat);
    if (self->seats[seat].votes_suspended)
        return COMITY_OK;
    for (uint32_t i = 0; i < self->agreements_count; i++) {
        if (is_suspended_party(self->agreements[i], seat))
            return COMITY_OK;
    }
    return fault_set(fault, COMITY_REFUSED, "nothing of %s is suspended", self->names[seat]);
}

static void restore_apply(struct forum *self, struct proposal *ruling)
{
    uint32_t seat = ruling->is.effect.seat;
    self->seats[seat].votes_suspended = false;
    membership_refresh(self);
    forum_tell(self, OUTCOME_RESTORED, seat, ruling, NULL);
    for (uint32_t i = 0; i < self->agreements_count; i++) {
        struct agreement *agreement = self->agreements[i];
        if (!is_suspended_party(agreement, seat))
            continue;
        party_restore(self, agreement, seat);
        forum_note_agreement_act(self, agreement, &ruling->is.id);
        agreement_refresh(self, agreement);
    }
}

static enum comity_error expel_check(const struct forum *self, const struct effect *effect,
                                     const struct charter_rule *rule, struct fault *fault)
{
    (void)rule;
    return check_member(self, effect->seat, fault);
}

/* Open questions keep whom they count, and wait for this seat no more: it is out of the room. */
static void go(struct forum *self, const struct departure *departure, enum seat_standing standing)
{
    uint32_t seat = departure->seat;
    self->seats[seat].standing = standing;
    self->departures[self->departures_count++] = *departure;
    membership_refresh(self);
    for (uint32_t i = 0; i < self->open_count; i++) {
        struct proposal *proposal = forum_get_proposal(self, self->open[i]);
        if (!mask_has(proposal->is.members, seat))
            continue;
        if (proposal->is.ballots[seat].answer != ANSWER_SILENT)
            continue;
        mask_remove(proposal->is.roll, seat);
        proposal->question->answers[seat] = (uint8_t)roll_answer_to(self, proposal, seat);
    }
    self->recount = true;
}

void membership_expel(struct forum *self, uint32_t seat, const struct proposal *ruling)
{
    if (!forum_is_member(self, seat))
        return;
    const struct effect *effect = &ruling->is.effect;
    struct departure departure = {
        .seat = seat, .act = ruling->is.id, .is_breach = effect->kind == EFFECT_BREACH};
    if (departure.is_breach)
        departure.allegation = effect->subject;
    go(self, &departure, STANDING_EXPELLED);
    forum_tell(self, OUTCOME_EXPELLED, seat, ruling, NULL);
    agreements_depart(self, &departure);
}

static void expel_apply(struct forum *self, struct proposal *ruling)
{
    membership_expel(self, ruling->is.effect.seat, ruling);
}

const struct effect_row membership_suspend_row = {MAY_SUSPEND_VOTES, suspend_check, suspend_apply};
const struct effect_row membership_restore_row = {MAY_RESTORE, restore_check, restore_apply};
const struct effect_row membership_expel_row = {MAY_EXPEL, expel_check, expel_apply};

enum comity_error leave_check(const struct forum *self, struct step *step)
{
    if (!forum_is_member(self, step->act->seat))
        return fault_set(step->fault, COMITY_REFUSED, "only a member may leave");
    return COMITY_OK;
}

void leave_apply(struct forum *self, struct step *step)
{
    uint32_t seat = step->act->seat;
    struct departure departure = {.seat = seat, .act = step->act->id};
    go(self, &departure, STANDING_LEFT);
    conduct_count(self, seat, "", CONDUCT_LEFT, 1);
    forum_tell(self, OUTCOME_LEFT_FORUM, seat, NULL, NULL);
    agreements_depart(self, &departure);
}

enum seat_standing forum_seat_standing(const struct forum *self, uint32_t seat)
{
    return seat < self->charter->seats_count ? self->seats[seat].standing : STANDING_MEMBER;
}

bool forum_seat_has_votes(const struct forum *self, uint32_t seat)
{
    return seat < self->charter->seats_count && membership_has_votes(self, seat);
}
