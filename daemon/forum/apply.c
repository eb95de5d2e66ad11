/* SPDX-License-Identifier: Apache-2.0 */
/* From a block to outcomes: deadlines, then each act by its kind, then what they decide. */
#include <string.h>

#include "forum/agreement.h"
#include "forum/amendment.h"
#include "forum/breach.h"
#include "forum/clock.h"
#include "forum/evidence.h"
#include "forum/floor.h"
#include "forum/journal.h"
#include "forum/membership.h"
#include "forum/pledge.h"
#include "forum/proposal.h"
#include "forum/reservation.h"
#include "forum/roll.h"
#include "forum/shift.h"
#include "forum/standing.h"

/* `check` says whether the act fits and changes nothing; `apply` then cannot fail. */
struct handler {
    enum comity_error (*check)(const struct forum *self, struct step *step);
    void (*apply)(struct forum *self, struct step *step);
    bool before_joining; /* A seat may do this before it has joined. */
    bool in_session;     /* Not while the forum is suspended. */
    bool after_leaving;  /* Who left or was expelled may: its agreements need it. */
};

static const struct handler handlers[] = {
    [ACT_CONVENE] = {join_check, join_apply, true, false, false},
    [ACT_JOIN] = {join_check, join_apply, true, false, false},
    [ACT_PROPOSE] = {propose_check, propose_apply, false, true, false},
    [ACT_AMEND] = {amend_check, amend_apply, false, true, false},
    [ACT_COSPONSOR] = {cosponsor_check, cosponsor_apply, false, true, false},
    [ACT_BALLOT] = {ballot_check, ballot_apply, false, true, false},
    [ACT_RETRACT] = {retract_check, retract_apply, false, false, false},
    [ACT_RATIFY] = {consent_check, consent_apply, false, false, false},
    [ACT_ACCEDE] = {consent_check, consent_apply, false, false, false},
    [ACT_WITHDRAW] = {withdraw_check, withdraw_apply, false, false, true},
    [ACT_NOTE] = {note_check, note_apply, false, false, true},
    [ACT_ALONE] = {alone_check, alone_apply, true, false, true},
    [ACT_ENDORSE] = {opinion_check, opinion_apply, false, false, false},
    [ACT_CONDEMN] = {opinion_check, opinion_apply, false, false, false},
    [ACT_PROCEDURE] = {procedure_check, procedure_apply, false, false, false},
    [ACT_EVIDENCE] = {evidence_check, evidence_apply, false, false, true},
    [ACT_RECEIPT] = {receipt_check, receipt_apply, false, false, false},
    [ACT_RESERVE] = {reserve_check, reserve_apply, false, false, true},
    [ACT_OBJECT_RESERVATION] = {objection_check, objection_apply, false, false, true},
    [ACT_PLEDGE] = {pledge_check, pledge_apply, false, false, true},
    [ACT_CONTRIBUTE] = {contribute_check, contribute_apply, false, false, true},
    [ACT_REPORT] = {report_check, report_apply, false, false, true},
    [ACT_ATTEST] = {attest_check, attest_apply, false, false, true},
    [ACT_ALLEGE] = {allege_check, allege_apply, false, false, false},
    [ACT_LEAVE] = {leave_check, leave_apply, false, false, false},
    [ACT_SHIFT] = {shift_check, shift_apply, false, false, false},
};
enum { HANDLERS_COUNT = sizeof handlers / sizeof *handlers };

static enum comity_error check_act(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    const struct handler *handler = &handlers[act->kind];
    if (!handler->before_joining && !self->seats[act->seat].joined)
        return fault_set(step->fault, COMITY_REFUSED, "the seat has not joined");
    if (!handler->after_leaving && self->seats[act->seat].standing != STANDING_MEMBER)
        return fault_set(step->fault, COMITY_REFUSED, "the seat %s and is no member any more",
                         self->seats[act->seat].standing == STANDING_LEFT ? "left the forum"
                                                                          : "was expelled");
    if (handler->in_session && self->suspended)
        return fault_set(step->fault, COMITY_REFUSED, FORUM_IS_SUSPENDED);
    return handler->check(self, step);
}

/* What a block should never carry: it is checked before it is ordered. */
static enum comity_error check_form(const struct forum *self, const struct act *act,
                                    struct fault *fault)
{
    if (act->seat >= self->charter->seats_count)
        return fault_set(fault, COMITY_INVALID, "the charter has no such seat");
    if ((unsigned)act->kind >= HANDLERS_COUNT || handlers[act->kind].check == NULL)
        return fault_set(fault, COMITY_INVALID, "it is no kind of act");
    if (!hash_equal(&act->forum, &self->charter->id))
        return fault_set(fault, COMITY_FOREIGN, "it was signed for another forum");
    return COMITY_OK;
}

enum comity_error forum_check_act(const struct forum *self, const struct act *act,
                                  struct fault *fault)
{
    enum comity_error error = check_form(self, act, fault);
    if (error != COMITY_OK)
        return error;
    struct step step = {.act = act, .fault = fault};
    return check_act(self, &step);
}

static void refuse(struct forum *self, const struct act *act, enum comity_error error,
                   const struct proposal *proposal, const struct fault *fault)
{
    uint32_t seat = act->seat < self->charter->seats_count ? act->seat : OUTCOME_NONE;
    struct outcome *outcome = forum_tell(self, OUTCOME_REFUSED, seat, proposal, NULL);
    outcome->value = (uint64_t)act->kind;
    outcome->error = error;
    outcome->line = forum_line(self, fault->text);
}

static void apply_act(struct forum *self, const struct act *act)
{
    struct fault fault;
    enum comity_error error = check_form(self, act, &fault);
    if (error == COMITY_OK && act->seq != self->seats[act->seat].seq + 1)
        error = fault_set(&fault, COMITY_CONFLICT, "not the seat's next act");
    if (error != COMITY_OK) {
        refuse(self, act, error, NULL, &fault);
        return;
    }
    self->seats[act->seat].seq = act->seq; /* Refused or not, the slot is used. */
    struct step step = {.act = act, .fault = &fault};
    error = check_act(self, &step);
    if (error != COMITY_OK) {
        refuse(self, act, error, step.proposal, &fault);
        if (ballot_is_late(&step))
            forum_tell(self, OUTCOME_LATE, act->seat, step.proposal, NULL);
        return;
    }
    forum_tell(self, OUTCOME_ACCEPTED, act->seat, step.proposal, step.agreement)->value =
        (uint64_t)act->kind;
    handlers[act->kind].apply(self, &step);
}

/* Members or weights changed: every open question is counted anew. Each may end on the way. */
static void settle_open(struct forum *self)
{
    for (uint32_t i = 0; i < self->open_count;) {
        uint32_t number = self->open[i];
        struct proposal *proposal = forum_get_proposal(self, number);
        forum_change_record(self, proposal->record);
        proposal_settle(self, proposal);
        if (i < self->open_count && self->open[i] == number)
            i++;
    }
}

/* Amendments before drafts: an adopted one still reaches the draft it changes. */
static void settle_touched(struct forum *self)
{
    self->act_index = OUTCOME_NONE;
    for (int drafts = 0; drafts < 2; drafts++) {
        /* The list may grow on the way: a draft gets a new text. */
        for (uint32_t i = 0; i < self->touched_count; i++) {
            struct proposal *proposal = forum_get_proposal(self, self->touched[i]);
            if (proposal->question != NULL && (proposal->is.amends == 0) == (drafts == 1))
                proposal_settle(self, proposal);
        }
    }
    while (self->recount) {
        self->recount = false;
        settle_open(self);
    }
    for (uint32_t i = 0; i < self->touched_count; i++)
        forum_get_proposal(self, self->touched[i])->touched = false;
    self->touched_count = 0;
}

static void start(struct forum *self, int64_t block_ms)
{
    self->first_ms = block_ms;
    self->block_ms = block_ms;
    self->now_ms =
        time_clamp(self->charter->clock == CLOCK_REAL ? block_ms : self->charter->clock_starts_ms);
    self->started = true;
}

enum comity_error forum_apply(struct forum *self, const struct forum_block *block,
                              struct outcomes *ret_outcomes)
{
    forum_block_begin(self);
    if (!self->started)
        start(self, block->time_ms);
    /* Block time never goes back; the orderers see to that. */
    if (block->time_ms > self->block_ms)
        self->block_ms = block->time_ms;
    self->height = block->height;
    if (self->charter->clock != CLOCK_PRESIDED) {
        deadlines_pass(self, self->block_ms);
        self->now_ms = forum_time(self, self->block_ms);
    }
    for (uint32_t i = 0; i < block->acts_count && !self->pool.failed; i++) {
        self->act_index = i;
        apply_act(self, &block->acts[i]);
    }
    if (!self->pool.failed)
        settle_touched(self);
    if (!self->pool.failed)
        standing_tell_lost(self);
    if (self->pool.failed)
        return COMITY_MEMORY;
    *ret_outcomes = (struct outcomes){.items = self->outcomes, .count = self->outcomes_count};
    return COMITY_OK;
}

const struct charter *forum_charter(const struct forum *self)
{
    return self->charter;
}

int64_t forum_now(const struct forum *self)
{
    return self->started ? self->now_ms : forum_time(self, 0);
}

uint64_t forum_height(const struct forum *self)
{
    return self->height;
}
