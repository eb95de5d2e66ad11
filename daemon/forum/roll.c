/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/journal.h"
#include "forum/roll.h"

void roll_present(const struct forum *self, uint64_t ret_present[SEAT_WORDS])
{
    for (uint32_t i = 0; i < SEAT_WORDS; i++)
        ret_present[i] = 0;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (forum_seat_present(self, seat))
            mask_add(ret_present, seat);
    }
}

enum answer roll_answer(const struct forum *self, const uint64_t *members, const uint64_t *roll,
                        uint32_t seat)
{
    if (!mask_has(members, seat))
        return ANSWER_NOT_MEMBER;
    if (!self->seats[seat].joined)
        return ANSWER_UNREACHABLE;
    if (!forum_is_member(self, seat))
        return ANSWER_ABSENT; /* It has left, and can say nothing more. */
    return mask_has(roll, seat) ? ANSWER_SILENT : ANSWER_ABSENT;
}

enum answer roll_answer_to(const struct forum *self, const struct proposal *proposal, uint32_t seat)
{
    enum answer answer = roll_answer(self, proposal->is.members, proposal->is.roll, seat);
    if (answer == ANSWER_SILENT && mask_has(proposal->unasked, seat) &&
        proposal->is.rule->silence == CHARTER_SILENCE_YES)
        return ANSWER_UNREACHABLE;
    if (answer == ANSWER_SILENT && proposal->is.rule->receipt_required &&
        !mask_has(proposal->received, seat))
        return ANSWER_UNREACHABLE;
    return answer;
}

enum comity_error join_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    if (!hash_equal(&act->as.join.charter_hash, &self->charter->id))
        return fault_set(step->fault, COMITY_CONFLICT, "it signs another charter");
    if (self->seats[act->seat].joined)
        return fault_set(step->fault, COMITY_EXISTS, "the seat has joined already");
    return COMITY_OK;
}

void join_apply(struct forum *self, struct step *step)
{
    uint32_t seat = step->act->seat;
    self->seats[seat].joined = true;
    mask_add(self->present, seat); /* Until the next roll call. */
    forum_tell(self, OUTCOME_JOINED, seat, NULL, NULL);
    if (!forum_is_member(self, seat))
        return;
    /* It can answer what is open now, and may be waited for. */
    for (uint32_t i = 0; i < self->open_count; i++) {
        struct proposal *proposal = forum_get_proposal(self, self->open[i]);
        mask_add(proposal->is.roll, seat);
        proposal->question->answers[seat] = (uint8_t)roll_answer_to(self, proposal, seat);
        forum_touch(self, proposal);
    }
}

bool forum_seat_joined(const struct forum *self, uint32_t seat)
{
    return seat < self->charter->seats_count && self->seats[seat].joined;
}

uint64_t forum_seat_seq(const struct forum *self, uint32_t seat)
{
    return seat < self->charter->seats_count ? self->seats[seat].seq : 0;
}

bool forum_seat_present(const struct forum *self, uint32_t seat)
{
    return forum_seat_joined(self, seat) && mask_has(self->present, seat);
}
