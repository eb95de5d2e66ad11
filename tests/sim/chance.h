/* SPDX-License-Identifier: Apache-2.0 */
/* chance.h - the simulator's only randomness: splitmix64 from the seed, so that one number
 * replays a run. Also the 64-bit mixing that traces and fake signatures use. */
#ifndef COMITY_SIM_CHANCE_H
#define COMITY_SIM_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct chance {
    uint64_t state;
};

static inline uint64_t mix64(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static inline uint64_t chance_next(struct chance *self)
{
    self->state += UINT64_C(0x9e3779b97f4a7c15);
    return mix64(self->state);
}

/* 0..limit-1; limit ≥ 1. */
static inline uint32_t chance_below(struct chance *self, uint32_t limit)
{
    return (uint32_t)(chance_next(self) % limit);
}

static inline int64_t chance_between(struct chance *self, int64_t low, int64_t high)
{
    return low + (int64_t)(chance_next(self) % (uint64_t)(high - low + 1));
}

/* True in `per_mille` of 1000 cases. */
static inline bool chance_hit(struct chance *self, uint32_t per_mille)
{
    return per_mille > 0 && chance_below(self, 1000) < per_mille;
}

/* A keyed hash good enough against bugs, not against people. */
static inline uint64_t mix_bytes(uint64_t key, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint64_t sum = mix64(key + size);
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, size - i < 8 ? size - i : 8);
        sum = mix64(sum ^ word) + UINT64_C(0x9e3779b97f4a7c15);
    }
    return sum;
}

#endif
