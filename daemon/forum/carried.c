/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/carried.h"

#include <string.h>

static bool carries(const struct forum *self, const struct proposal *proposal,
                    uint32_t organisation, uint32_t seat)
{
    int32_t group = self->charter->seats[organisation].carries;
    return group >= 0 && organisation != seat && mask_has(proposal->is.members, organisation) &&
           seat_set_has(&self->roster.groups[group].seats, seat);
}

struct seat_set carried_members(const struct forum *self, const struct proposal *proposal)
{
    struct seat_set members;
    memcpy(members.bits, proposal->is.members, sizeof members.bits);
    for (uint32_t seat = 0; self->has_carriers && seat < self->charter->seats_count; seat++) {
        if (self->charter->seats[seat].carries >= 0)
            mask_remove(members.bits, seat);
    }
    return members;
}

uint32_t carried_by(const struct forum *self, const struct proposal *proposal, uint32_t seat)
{
    for (uint32_t i = 0; self->has_carriers && i < self->charter->seats_count; i++) {
        if (carries(self, proposal, i, seat) && proposal->is.ballots[i].answer != ANSWER_SILENT)
            return i;
    }
    return OUTCOME_NONE;
}

/* What an organisation may still say. */
static uint32_t open_of(const struct proposal *proposal, const uint8_t *allowed, bool may_revise,
                        uint32_t organisation)
{
    uint32_t answer = proposal->question->answers[organisation];
    if (proposal->is.ballots[organisation].voided || answer == ANSWER_ABSENT)
        return 0;
    if (answer == ANSWER_SILENT || answer == ANSWER_UNREACHABLE)
        return allowed[organisation] | ANSWER_BIT(ANSWER_SILENT);
    return may_revise ? allowed[organisation] : 0;
}

const uint8_t *carried_answers(const struct forum *self, const struct proposal *proposal,
                               const uint8_t *allowed, bool may_revise, uint8_t *counted,
                               uint8_t *open)
{
    if (!self->has_carriers)
        return proposal->question->answers;
    uint32_t seats_count = self->charter->seats_count;
    memcpy(counted, proposal->question->answers, seats_count);
    for (uint32_t i = 0; i < seats_count; i++) {
        if (self->charter->seats[i].carries < 0)
            continue;
        bool answered = proposal->is.ballots[i].answer != ANSWER_SILENT;
        uint32_t may = open_of(proposal, allowed, may_revise, i);
        for (uint32_t seat = 0; seat < seats_count; seat++) {
            if (!carries(self, proposal, i, seat) || !mask_has(proposal->is.members, seat))
                continue;
            /* Silent, it leaves each to itself. */
            if (answered)
                counted[seat] = proposal->is.ballots[i].answer;
            open[seat] = (uint8_t)(answered ? may : open[seat] | may);
        }
    }
    return counted;
}

uint32_t forum_carried_by(const struct forum *self, uint32_t number, uint32_t seat)
{
    return carried_by(self, forum_get_proposal(self, number), seat);
}
