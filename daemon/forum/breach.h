/* SPDX-License-Identifier: Apache-2.0 */
/* breach.h - that a party broke an agreement: alleged by one, found or not by a question under the
 * rule the charter names, and what follows. Pure.
 *
 * An allegation is an accusation and nothing else until it is ruled on. */
#ifndef COMITY_FORUM_BREACH_H
#define COMITY_FORUM_BREACH_H

#include "forum/effect.h"

enum comity_error allege_check(const struct forum *self, struct step *step);
void allege_apply(struct forum *self, struct step *step);
/* One more of the agreement, empty; NULL when memory is out. */
struct allegation *allegation_add(struct forum *self, struct agreement *agreement);
/* Who is accused by the allegation a proposal rules on, and answers it only if the rule says so;
 * OUTCOME_NONE: nobody. */
uint32_t breach_accused(const struct forum *self, const struct effect *effect);
/* The proposal to find it was rejected. */
void breach_dismiss(struct forum *self, struct proposal *ruling);
extern const struct effect_row breach_row;

/* rulings.c: what a ruling does to a whole agreement. */
extern const struct effect_row agreement_suspend_row, agreement_resume_row, agreement_end_row;

#endif
