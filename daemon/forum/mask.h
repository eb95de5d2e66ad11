/* SPDX-License-Identifier: Apache-2.0 */
/* mask.h - a set of seats as plain words, SEATS_MAX / 64 of them. Pure. */
#ifndef COMITY_FORUM_MASK_H
#define COMITY_FORUM_MASK_H

#include <stdbool.h>
#include <stdint.h>

static inline bool mask_has(const uint64_t *mask, uint32_t seat)
{
    return (mask[seat / 64] >> (seat % 64) & 1) != 0;
}
static inline void mask_add(uint64_t *mask, uint32_t seat)
{
    mask[seat / 64] |= UINT64_C(1) << (seat % 64);
}
static inline void mask_remove(uint64_t *mask, uint32_t seat)
{
    mask[seat / 64] &= ~(UINT64_C(1) << (seat % 64));
}

#endif
