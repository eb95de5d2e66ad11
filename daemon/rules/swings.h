/* SPDX-License-Identifier: Apache-2.0 */
/* swings.h - in how many coalitions, by their size, a seat's yes makes the rule hold: what both
 * power indices are made of. Used by power.c alone.
 *
 * Pure; memory comes from the caller's arena. The method, in short: coalitions of the other seats
 * are counted by their sums and size, one seat after another, and sums that no seat still to come
 * can tell apart are joined. To leave each class out once without beginning anew, the classes are
 * halved again and again: add one half, go down into the other. */
#ifndef COMITY_RULES_SWINGS_H
#define COMITY_RULES_SWINGS_H

#include "rules/game.h"

#define SWINGS_WORK_MAX (UINT64_C(1) << 32) /* Words added: some seconds. */

struct swings {
    uint32_t words;    /* Of a count, the least significant first. */
    uint32_t sizes;    /* The members' number: a coalition without the seat has 0..sizes-1 seats. */
    uint64_t *counts;  /* By class, then size. */
    uint64_t *winning; /* By size, 0..sizes: coalitions for which the rule holds. */
};

/* There is at least one member. COMITY_INVALID: a yes can also make the rule fail; COMITY_LIMIT:
 * too many sums to tell apart, the fault says so; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error swings_count(struct game *game, struct arena *arena,
                                                 struct swings *ret_swings, struct fault *fault);
const uint64_t *swings_of(const struct swings *self, uint32_t class, uint32_t size);

#endif
