/* SPDX-License-Identifier: Apache-2.0 */
/* What passes because time does. Only open questions and agreements with a date to come are looked
 * at, so a long docket of decided ones costs nothing. */
#include "forum/agreement.h"
#include "forum/clock.h"
#include "forum/floor.h"
#include "forum/proposal.h"

/* The next of all; *ret_proposal or *ret_agreement is set, neither if there is none. At one and
 * the same moment proposals go first, in their order. */
static int64_t next_deadline(const struct forum *self, struct proposal **ret_proposal,
                             struct agreement **ret_agreement)
{
    int64_t next = FORUM_NEVER;
    *ret_proposal = NULL;
    *ret_agreement = NULL;
    for (uint32_t i = 0; i < self->open_count; i++) {
        struct proposal *proposal = forum_get_proposal(self, self->open[i]);
        int64_t due = proposal_due(self, proposal);
        if (due < next) {
            next = due;
            *ret_proposal = proposal;
        }
    }
    for (uint32_t i = 0; i < self->waiting_count; i++) {
        struct agreement *agreement = self->agreements[self->waiting[i] - 1];
        int64_t due = clock_axis(self, agreement->next_ms);
        if (due < next) {
            next = due;
            *ret_proposal = NULL;
            *ret_agreement = agreement;
        }
    }
    return next;
}

void deadlines_pass(struct forum *self, int64_t axis)
{
    uint32_t act_index = self->act_index;
    self->act_index = OUTCOME_NONE;
    while (!self->pool.failed) {
        struct proposal *proposal;
        struct agreement *agreement;
        int64_t due = next_deadline(self, &proposal, &agreement);
        if (due == FORUM_NEVER || due > axis)
            break;
        /* It passes at its own time, however long the room slept after it. */
        int64_t at_ms = agreement != NULL                        ? agreement->next_ms
                        : self->charter->clock == CLOCK_PRESIDED ? due
                                                                 : clock_axis_time(self, due - 1);
        if (at_ms > self->now_ms)
            self->now_ms = at_ms;
        if (agreement != NULL)
            agreement_refresh(self, agreement);
        else
            proposal_pass_deadline(self, proposal);
    }
    self->act_index = act_index;
}

int64_t forum_due(const struct forum *self)
{
    if (self->charter->clock == CLOCK_PRESIDED)
        return FORUM_NEVER;
    struct proposal *proposal;
    struct agreement *agreement;
    return next_deadline(self, &proposal, &agreement);
}
