/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.h - slots a seat signed twice. The first act in the record stands for order; before
 * the verdict evidence voids the answer given in that slot, later it is conduct alone. Pure. */
#ifndef COMITY_FORUM_EVIDENCE_H
#define COMITY_FORUM_EVIDENCE_H

#include "forum/state.h"

/* Is it proven that this slot was signed twice? */
bool evidence_has(const struct forum *self, uint32_t seat, uint64_t seq);
enum comity_error evidence_check(const struct forum *self, struct step *step);
void evidence_apply(struct forum *self, struct step *step);

#endif
