/* SPDX-License-Identifier: Apache-2.0 */
/* answers.c - what a seat may answer: by the charter's rule, as a party to the dispute, and after
 * it has passed. */
#include <string.h>

#include "instrument/proof.h"

static bool is_in(const struct proof *self, const char *group, uint32_t seat)
{
    if (group == NULL)
        return false;
    if (strcmp(group, CHARTER_MEMBERS) == 0)
        return self->charter->seats[seat].role == SEAT_MEMBER;
    for (uint32_t i = 0; i < self->charter->groups_count; i++) {
        if (strcmp(self->charter->groups[i].name, group) == 0)
            return record_has(self->charter->groups[i].seats, seat);
    }
    return false;
}

uint32_t proof_allowed(const struct proof *self, uint32_t seat)
{
    uint32_t allowed = self->rule->answers;
    if (allowed == 0)
        allowed = ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_NO) | ANSWER_BIT(ANSWER_OBJECT) |
                  ANSWER_BIT(ANSWER_ABSTAIN);
    if (seat == self->proposal->accused)
        return ANSWER_BIT(ANSWER_ABSTAIN);
    if (record_has(self->must_abstain, seat) && is_in(self, self->rule->must_abstain, seat))
        return ANSWER_BIT(ANSWER_ABSTAIN);
    if (is_in(self, self->rule->no_abstain, seat))
        allowed &= ~ANSWER_BIT(ANSWER_ABSTAIN);
    if (record_has(self->passed, seat))
        allowed &= ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_NO);
    return allowed;
}
