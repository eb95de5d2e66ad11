/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/evidence.h"

#include "forum/conduct.h"
#include "forum/journal.h"
#include "forum/proposal.h"

bool evidence_has(const struct forum *self, uint32_t seat, uint64_t seq)
{
    if (self->seats[seat].evidence_count == 0)
        return false;
    for (uint32_t i = 0; i < self->evidence_count; i++) {
        if (self->evidence[i].seat == seat && self->evidence[i].seq == seq)
            return true;
    }
    return false;
}

enum comity_error evidence_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    uint32_t seat = act->as.evidence.seat;
    if (seat >= self->charter->seats_count)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no seat %u", (unsigned)seat);
    if (hash_equal(&act->as.evidence.first, &act->as.evidence.second))
        return fault_set(step->fault, COMITY_INVALID, "the same act twice proves nothing");
    if (evidence_has(self, seat, act->as.evidence.seq))
        return fault_set(step->fault, COMITY_EXISTS, "this slot's evidence is in the record");
    if (self->seats[seat].evidence_count >= EVIDENCE_PER_SEAT_MAX)
        return fault_set(step->fault, COMITY_LIMIT, "there is evidence enough against %s",
                         self->names[seat]);
    return COMITY_OK;
}

void evidence_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    uint32_t seat = act->as.evidence.seat;
    if (!pool_vector(&self->pool, (void **)&self->evidence, self->evidence_count,
                     &self->evidence_capacity, sizeof *self->evidence))
        return;
    self->evidence[self->evidence_count++] =
        (struct slot){.seat = seat, .seq = act->as.evidence.seq};
    self->seats[seat].evidence_count++;
    conduct_count(self, seat, "", CONDUCT_EQUIVOCATED, 1);
    struct outcome *outcome = forum_tell(self, OUTCOME_DEFECTION, seat, NULL, NULL);
    outcome->value = DEFECTION_EQUIVOCATED;
    outcome->line = "signed two acts in one slot";
    for (uint32_t i = 0; i < self->open_count; i++) {
        struct proposal *proposal = forum_get_proposal(self, self->open[i]);
        const struct forum_ballot *ballot = &proposal->is.ballots[seat];
        if (ballot->answer == ANSWER_SILENT ||
            (!hash_equal(&ballot->act, &act->as.evidence.first) &&
             !hash_equal(&ballot->act, &act->as.evidence.second)))
            continue;
        ballot_void(self, proposal, seat);
        forum_note_act(self, proposal, &act->id);
    }
}
