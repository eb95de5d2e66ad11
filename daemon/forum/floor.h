/* SPDX-License-Identifier: Apache-2.0 */
/* floor.h - what a seat says without asking anybody: acts alone, opinions of others' acts, notes;
 * and what the chair rules. Pure. */
#ifndef COMITY_FORUM_FLOOR_H
#define COMITY_FORUM_FLOOR_H

#include "forum/state.h"

enum comity_error alone_check(const struct forum *self, struct step *step); /* Never refuses. */
void alone_apply(struct forum *self, struct step *step);
/* endorse and condemn */
enum comity_error opinion_check(const struct forum *self, struct step *step);
void opinion_apply(struct forum *self, struct step *step);
enum comity_error note_check(const struct forum *self, struct step *step);
void note_apply(struct forum *self, struct step *step);

/* chair.c */
#define FORUM_IS_SUSPENDED "the forum is suspended until the chair resumes it"
enum comity_error procedure_check(const struct forum *self, struct step *step);
void procedure_apply(struct forum *self, struct step *step);

/* deadlines.c */
/* Let pass every deadline up to this place of the clock's axis, in order of time, each at its own
 * forum time. */
void deadlines_pass(struct forum *self, int64_t axis);

#endif
