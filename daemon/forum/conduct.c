/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/conduct.h"

/* Whether adoption itself is this seat's commitment; with an in-force rule consent comes later. */
static bool adoption_joins(const struct forum *self, const struct forum_proposal *is, uint32_t seat)
{
    enum answer answer = (enum answer)is->ballots[seat].answer;
    if (!is->binding)
        return answer == ANSWER_YES;
    if (is->rule->has_in_force || !self->seats[seat].joined)
        return false;
    if (is->rule->binds == BINDS_ALL)
        return answer != ANSWER_NO && answer != ANSWER_OBJECT;
    return answer == ANSWER_YES;
}

void conduct_count_verdict(struct forum *self, const struct proposal *draft)
{
    const struct forum_proposal *is = &draft->is;
    bool adopted = is->verdict == VERDICT_ADOPTED;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (!forum_is_member(self, seat))
            continue;
        struct forum_conduct *conduct = &self->seats[seat].conduct;
        enum answer answer = (enum answer)is->ballots[seat].answer;
        if (answer == ANSWER_OBJECT || (adopted && answer == ANSWER_NO))
            conduct->dissent++;
        if (adopted && adoption_joins(self, is, seat))
            conduct->joined++;
    }
}

struct forum_conduct forum_seat_conduct(const struct forum *self, uint32_t seat)
{
    return seat < self->charter->seats_count ? self->seats[seat].conduct
                                             : (struct forum_conduct){0};
}
