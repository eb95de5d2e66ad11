/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - what a seed draws: faults, liars, and what clients want. */
#ifndef COMITY_SIM_DAEMONS_PLAN_H
#define COMITY_SIM_DAEMONS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

enum { SIMD_SEATS_MAX = 64, SIMD_OPS_MAX = 256, SIMD_INBOX_MAX = 2048 };

enum simd_fault {
    SIMD_LOSS = 1 << 0,
    SIMD_DUPLICATE = 1 << 1,
    SIMD_DELAY = 1 << 2,
    SIMD_PARTITION = 1 << 3,
    SIMD_ONE_WAY = 1 << 4,
    SIMD_KILL = 1 << 5,  /* The process: what was written stays. */
    SIMD_POWER = 1 << 6, /* The machine: what was not synced is lost or torn. */
    SIMD_FULL = 1 << 7,
    SIMD_PAUSE = 1 << 8,
    SIMD_SLEEP = 1 << 9,
    SIMD_CLOCK = 1 << 10,
    SIMD_BYZANTINE = 1 << 11,
    SIMD_ROTATE = 1 << 12, /* Journals are rotated all the time. */
    SIMD_RETRY = 1 << 13,  /* Answers to clients are lost. */
    SIMD_ROT = 1 << 14,    /* A stored snapshot has changed when its daemon starts again. */
    SIMD_EIO = 1 << 15,    /* A sync fails once: then only a restart helps. */
    SIMD_ALL = (1 << 16) - 1
};

enum simd_lie {
    LIE_EQUIVOCATE = 1 << 0, /* Another block, vote or act to some. */
    LIE_GARBAGE = 1 << 1,
    LIE_STATUS = 1 << 2,
    LIE_WITHHOLD = 1 << 3,
    LIE_REPLAY = 1 << 4,
    LIE_FORGE = 1 << 5, /* Acts of others, certificates, evidence. */
    LIE_STATE = 1 << 6, /* Headers that commit to another state. */
    LIE_ORDER = 1 << 7, /* Acts in a block out of order, twice or with gaps. */
    LIE_ALL = (1 << 8) - 1
};

struct plan {
    uint64_t seed;
    const char *profile;
    uint32_t n, orderers, faults;
    uint32_t lies[SIMD_SEATS_MAX];
    uint32_t liars;
    int64_t pace_ms;
    int64_t chaos_ms, step_ms;
    uint32_t loss, duplicate; /* Per mille. */
    int64_t delay_min_ms, delay_max_ms;
    uint32_t ops; /* Of each client. */
    int64_t op_pause_ms;
};

/* What a client wants done, once. */
enum op_kind {
    OP_JOIN,
    OP_NOTE,
    OP_PROPOSE,
    OP_BALLOT,
    OP_RATIFY,
    OP_WITHDRAW,
    OP_AMEND,
    OP_ALONE,
    OP_ENDORSE,
    OP_RETRACT,
    OP_KINDS
};
struct op {
    enum op_kind kind;
    uint32_t number; /* Of the proposal or agreement. */
    uint32_t value;  /* Answer, rule, ... */
    uint8_t key[16];
    char text[64];
    uint32_t tries;
    bool done, known; /* `known`: an answer named its act. */
    struct hash act;
    uint64_t seq;
};

struct feed_event {
    uint64_t height;
    uint32_t index;
    uint64_t word; /* Hash of its kind. */
};

struct client {
    struct op ops[SIMD_OPS_MAX];
    uint32_t ops_count, ops_planned, at;
    bool busy, wants_forum;
    uint64_t request_id;
    int64_t next_ms, patience_ms;
    bool feed_busy;
    uint64_t feed_id;
    int64_t feed_patience_ms;
    uint64_t feed_height;
    uint32_t feed_index;
    struct feed_event *feed;
    size_t feed_count, feed_capacity;
    struct feed_event checked; /* The last one that was compared. */
    uint64_t queue[4];         /* Request ids not read by the daemon yet: 1 op, 2 feed, 3 forum. */
    uint32_t queue_count;
};

void plan_draw(struct plan *self, uint64_t seed, const char *profile, uint32_t n, uint32_t faults);
bool plan_has_profile(const char *profile);

#endif
