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
    return proposal_refuse_paper(self, proposal, step->fault);
}

static enum comity_error check_tie(const struct forum *self, struct step *step)
{
    struct proposal *proposal = index_find_proposal(self, &step->act->as.procedure.proposal);
    enum answer answer = step->act->as.procedure.answer;
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    if (answer != ANSWER_YES && answer != ANSWER_NO)
        return fault_set(step->fault, COMITY_INVALID, "a tie is decided by yes or no");
    if (!proposal->is.tied)
        return fault_set(step->fault, COMITY_REFUSED, "P%u is not tied",
                         (unsigned)proposal->is.number);
    step->proposal = proposal;
    return COMITY_OK;
}

static enum comity_error check_advance(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    if (self->charter->clock != CLOCK_PRESIDED)
        return fault_set(step->fault, COMITY_REFUSED, "this forum's clock moves by itself");
    if (act->as.procedure.time_ms < self->now_ms)
        return fault_set(step->fault, COMITY_REFUSED, "a clock never goes back");
    if (act->as.procedure.time_ms > FORUM_TIME_MAX)
        return fault_set(step->fault, COMITY_LIMIT, "the calendar ends with year 9999");
    return COMITY_OK;
}

enum comity_error procedure_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    enum ruling ruling = act->as.procedure.ruling;
    bool is_chair = self->charter->seats[act->seat].role == SEAT_CHAIR;
    if (!is_chair && ruling != RULING_CLOSE)
        return fault_set(step->fault, COMITY_REFUSED, "only the chair may rule");
    if (self->suspended && ruling != RULING_RESUME && ruling != RULING_ROLL_CALL)
        return fault_set(step->fault, COMITY_REFUSED, FORUM_IS_SUSPENDED);
    switch (ruling) {
    case RULING_CLOSE:
        return check_close(self, step, is_chair);
    case RULING_ADVANCE:
        return check_advance(self, step);
    case RULING_ROLL_CALL:
    case RULING_SUSPEND:
        return COMITY_OK;
    case RULING_RESUME:
        if (!self->suspended)
            return fault_set(step->fault, COMITY_REFUSED, "the forum is not suspended");
        return COMITY_OK;
    case RULING_TIE:
        return check_tie(self, step);
    }
    return fault_set(step->fault, COMITY_INVALID, "it is no ruling");
}

/* Every deadline has moved: this act is of those that touched each open question. */
static void resume(struct forum *self, const struct act *act)
{
    self->suspended = false;
    self->paused_ms = time_add(self->paused_ms, self->block_ms - self->suspended_ms);
    for (uint32_t i = 0; i < self->open_count; i++) {
        struct proposal *proposal = forum_get_proposal(self, self->open[i]);
        forum_note_act(self, proposal, &act->id);
        forum_change_record(self, proposal->record);
    }
    forum_tell(self, OUTCOME_RESUMED, OUTCOME_NONE, NULL, NULL);
    /* The grace of a close before it is block time and may be over. */
    deadlines_pass(self, self->charter->clock == CLOCK_PRESIDED ? self->now_ms : self->block_ms);
}

bool forum_is_suspended(const struct forum *self)
{
    return self->suspended;
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
    case RULING_SUSPEND:
        self->suspended = true;
        self->suspended_ms = self->block_ms;
        forum_tell(self, OUTCOME_SUSPENDED, OUTCOME_NONE, NULL, NULL);
        return;
    case RULING_RESUME:
        resume(self, act);
        return;
    case RULING_TIE:
        forum_note_act(self, step->proposal, &act->id);
        proposal_settle_tie(self, step->proposal, act->as.procedure.answer);
        return;
    }
}
