/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/shift.h"

#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"

enum comity_error shift_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = index_find_proposal(self, &act->as.shift.proposal);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    unsigned number = proposal->is.number;
    step->proposal = proposal;
    if (!forum_is_member(self, act->seat))
        return fault_set(step->fault, COMITY_REFUSED, "only a member takes a question elsewhere");
    if (proposal->is.amends != 0)
        return fault_set(step->fault, COMITY_REFUSED, "P%u is an amendment", number);
    if (proposal->is.verdict == VERDICT_ADOPTED)
        return fault_set(step->fault, COMITY_REFUSED, "P%u was adopted here", number);
    if (hash_equal(&act->as.shift.forum, &self->charter->id))
        return fault_set(step->fault, COMITY_REFUSED, "it names this very forum");
    for (uint32_t i = 0; i < self->shifts_count; i++) {
        const struct forum_shift *shift = &self->shifts[i];
        if (shift->seat == act->seat && shift->proposal == number &&
            hash_equal(&shift->forum, &act->as.shift.forum))
            return fault_set(step->fault, COMITY_EXISTS, "the seat has taken P%u there already",
                             number);
    }
    return COMITY_OK;
}

void shift_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = step->proposal;
    if (!pool_vector(&self->pool, (void **)&self->shifts, self->shifts_count,
                     &self->shifts_capacity, sizeof *self->shifts))
        return;
    const char *name = pool_text(&self->pool, act->as.shift.name);
    self->shifts[self->shifts_count++] = (struct forum_shift){.proposal = proposal->is.number,
                                                              .seat = act->seat,
                                                              .forum = act->as.shift.forum,
                                                              .name = name,
                                                              .time_ms = self->now_ms};
    conduct_count(self, act->seat, proposal->is.topic, CONDUCT_SHIFTED, 1);
    forum_note_act(self, proposal, &act->id);
    forum_tell(self, OUTCOME_SHIFTED, act->seat, proposal, NULL)->line = name;
}

uint32_t forum_shifts_count(const struct forum *self)
{
    return self->shifts_count;
}

const struct forum_shift *forum_shift(const struct forum *self, uint32_t index)
{
    return index >= self->shifts_count ? NULL : &self->shifts[index];
}
