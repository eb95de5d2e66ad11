/* SPDX-License-Identifier: Apache-2.0 */
/* shares.h - one sum cut into whole shares that add up to it exactly: each gets its part rounded
 * down, and what is left goes one by one to the largest remainders, ties to the lower index
 * (Hamilton's method). Pure. */
#ifndef COMITY_FORUM_SHARES_H
#define COMITY_FORUM_SHARES_H

#include <stdint.h>

#include "model/limits.h"

/* At most SEATS_MAX keys, whose sum is below 2^64. Keys that are all 0 cut nothing: every share is
 * 0. */
void shares_cut(uint64_t sum, const uint64_t *keys, uint32_t count, uint64_t *ret_shares);

#endif
