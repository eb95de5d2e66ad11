/* SPDX-License-Identifier: Apache-2.0 */
/* carried.h - organisations that answer for their members (`carries`): once one has answered, its
 * answer is that of every member of its group, whatever they said; its own is never counted.
 * Pure. */
#ifndef COMITY_FORUM_CARRIED_H
#define COMITY_FORUM_CARRIED_H

#include "forum/state.h"

/* Whom a question counts: its members, and no organisation that carries. */
struct seat_set carried_members(const struct forum *self, const struct proposal *proposal);
/* The organisation whose answer counts as this seat's, or OUTCOME_NONE. */
uint32_t carried_by(const struct forum *self, const struct proposal *proposal, uint32_t seat);
/* The answers as they count, in `counted` where they are not the question's own; what they may
 * still become is added to `open`, of which `allowed` is what each seat may answer. */
const uint8_t *carried_answers(const struct forum *self, const struct proposal *proposal,
                               const uint8_t *allowed, bool may_revise, uint8_t *counted,
                               uint8_t *open);

#endif
