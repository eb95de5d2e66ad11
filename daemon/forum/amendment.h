/* SPDX-License-Identifier: Apache-2.0 */
/* amendment.h - changes of a draft. By its only sponsor, at once; otherwise a question of its own,
 * adopted when every sponsor of the draft signs it, or balloted under the draft's rule. Pure.
 *
 * A new text clears the draft's ballots, keeps as sponsors only those who signed it, and makes
 * moot whatever else was written against the old one. */
#ifndef COMITY_FORUM_AMENDMENT_H
#define COMITY_FORUM_AMENDMENT_H

#include "forum/state.h"

enum comity_error amend_check(const struct forum *self, struct step *step);
void amend_apply(struct forum *self, struct step *step);
/* Adopted, the draft gets the amendment's text; of a part, rejected. */
void amendment_decided(struct forum *self, struct proposal *amendment);
/* Adopt the amendment if every sponsor of its draft has signed it. */
void amendment_try_friendly(struct forum *self, struct proposal *amendment);
/* The same for every open amendment of the draft, when a sponsor has left. */
void amendments_try_friendly(struct forum *self, struct proposal *draft);
/* Every open amendment of the draft lapses. */
void amendments_moot(struct forum *self, struct proposal *draft, const char *line);

#endif
