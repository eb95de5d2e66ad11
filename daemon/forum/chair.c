/* SPDX-License-Identifier: Apache-2.0 */
/* Rulings: who may make them, and what they do. Where the charter has no chair, who put a question
 * may close it; nobody can call the roll or move a clock. */
#include <string.h>

#include "forum/clock.h"
#include "forum/floor.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/proposal.h"

static enum comity_error check_close(const struct forum *self, struct step *step, bool is_chair)
{
    struct proposal *proposal = index_find_proposal(self, &step->act->as.procedure.proposal);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    enum charter_closes closes = proposal->is.rule->closes;
    if (!is_chair &&
        (self->has_chair || step->act->seat != proposal->is.proposer || closes != CLOSES_PRESIDING))
        return fault_set(step->fault, COMITY_REFUSED, "only the chair may close it");
    if (closes == CLOSES_AFTER && proposal->is.rule->silence == CHARTER_SILENCE_YES)
        return fault_set(step->fault, COMITY_REFUSED,
                         "silence is consent under rule %s: nobody may cut its time short",
                         proposal->is.rule->name);
    if (proposal->is.status != PROPOSAL_OPEN)
        return fault_set(step->fault, COMITY_CLOSED, "P%u is closed",
                         (unsigned)proposal->is.number);
    step->proposal = proposal;
    return COMITY_OK;
}

enum comity_error procedure_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    bool is_chair = self->charter->seats[act->seat].role == SEAT_CHAIR;
    if (act->as.procedure.ruling == RULING_CLOSE)
        return check_close(self, step, is_chair);
    if (!is_chair)
        return fault_set(step->fault, COMITY_REFUSED, "only the chair may rule");
    if (act->as.procedure.ruling == RULING_ROLL_CALL)
        return COMITY_OK;
    if (act->as.procedure.ruling != RULING_ADVANCE)
        return fault_set(step->fault, COMITY_INVALID, "it is no ruling");
    if (self->charter->clock != CLOCK_PRESIDED)
        return fault_set(step->fault, COMITY_REFUSED, "this forum's clock moves by itself");
    if (act->as.procedure.time_ms < self->now_ms)
        return fault_set(step->fault, COMITY_REFUSED, "a clock never goes back");
    if (act->as.procedure.time_ms > FORUM_TIME_MAX)
        return fault_set(step->fault, COMITY_LIMIT, "the calendar ends with year 9999");
    return COMITY_OK;
}

void procedure_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    switch (act->as.procedure.ruling) {
    case RULING_CLOSE:
        forum_note_act(self, step->proposal, &act->id);
        proposal_close(self, step->proposal, self->block_ms);
        return;
    case RULING_ROLL_CALL:
        memcpy(self->present, act->as.procedure.present, sizeof self->present);
        return;
    case RULING_ADVANCE:
        deadlines_pass(self, act->as.procedure.time_ms);
        self->now_ms = act->as.procedure.time_ms;
        forum_tell(self, OUTCOME_CLOCK, OUTCOME_NONE, NULL, NULL);
        return;
    }
}
