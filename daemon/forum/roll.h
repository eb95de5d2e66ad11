/* SPDX-License-Identifier: Apache-2.0 */
/* roll.h - who has joined, who is in the room. Pure. */
#ifndef COMITY_FORUM_ROLL_H
#define COMITY_FORUM_ROLL_H

#include "forum/state.h"

/* Every joined seat, or those of the last roll call that joined. */
void roll_present(const struct forum *self, uint64_t ret_present[SEAT_WORDS]);
/* What the seat says before it answers a question with these members and this roll: silent,
 * absent, unreachable, or not-member. */
enum answer roll_answer(const struct forum *self, const uint64_t *members, const uint64_t *roll,
                        uint32_t seat);
/* The same of a proposal: who was not asked, or gave no receipt that the rule requires, is no
 * consenting silence. */
enum answer roll_answer_to(const struct forum *self, const struct proposal *proposal,
                           uint32_t seat);

enum comity_error join_check(const struct forum *self, struct step *step);
void join_apply(struct forum *self, struct step *step);

#endif
