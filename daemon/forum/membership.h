/* SPDX-License-Identifier: Apache-2.0 */
/* membership.h - which seats are members, which of them have votes, and what weights they carry, as
 * rulings change it. Pure.
 *
 * A question is counted by the members that had votes when it was opened, and by the weights its
 * rule's `freeze` names. A seat whose votes are suspended is in no roll and no base of later
 * questions and may do everything else. One that left or was expelled is no member any more: it
 * stays party to what it is party to, and does only what that needs; no in-force rule that is not
 * met yet counts it or waits for it. */
#ifndef COMITY_FORUM_MEMBERSHIP_H
#define COMITY_FORUM_MEMBERSHIP_H

#include "forum/effect.h"

/* A member by the charter, whatever became of it. */
static inline bool membership_was_member(const struct forum *self, uint32_t seat)
{
    return self->charter->seats[seat].role == SEAT_MEMBER;
}
/* It answers questions opened now; one that has not joined too, once it has. */
static inline bool membership_has_votes(const struct forum *self, uint32_t seat)
{
    return forum_is_member(self, seat) && !self->seats[seat].votes_suspended;
}
/* Its own answer is never counted: it is that of its group's members. */
static inline bool membership_carries(const struct forum *self, uint32_t seat)
{
    return self->charter->seats[seat].carries >= 0;
}

/* Those who answer questions opened now. */
void membership_members(const struct forum *self, uint64_t ret_members[SEAT_WORDS]);
/* Members or votes changed: whom questions opened from here on count. */
void membership_refresh(struct forum *self);

enum comity_error leave_check(const struct forum *self, struct step *step);
void leave_apply(struct forum *self, struct step *step);
void membership_suspend_votes(struct forum *self, uint32_t seat, const struct proposal *ruling);
void membership_expel(struct forum *self, uint32_t seat, const struct proposal *ruling);

extern const struct effect_row membership_suspend_row, membership_restore_row, membership_expel_row;

/* weights.c */
/* How many times weights had changed by then: what a question opened, an agreement adopted then
 * is counted with. */
uint32_t weights_version_at(const struct forum *self, int64_t forum_ms);
/* The one its rule wants now. */
uint32_t weights_version_of(const struct forum *self, const struct proposal *proposal);
/* Of all weights then; zero if the charter has none. */
struct hash weights_hash(const struct forum *self, uint32_t version);
/* The roster with these members and weights: `base` itself where that is what it has, else
 * `scratch`. */
const struct rule_roster *weights_roster(const struct forum *self, const struct rule_roster *base,
                                         const uint64_t *members, uint32_t version,
                                         struct rule_roster *scratch);
/* The sum is below 2^64 and every value belongs to a seat. For loading too. */
bool weights_are_valid(const struct forum *self, const uint64_t *values);
/* Their hash follows from those before: in order, each once. */
void weights_add(struct forum *self, uint32_t weight, const uint64_t *values, uint32_t proposal,
                 int64_t time_ms);
int weights_find(const struct forum *self, const char *name); /* -1: none. */
/* The values it has now; NULL: there is none such. */
const uint64_t *weights_now(const struct forum *self, const char *name);
void weights_init(struct forum *self);
extern const struct effect_row weights_reweigh_row;

#endif
