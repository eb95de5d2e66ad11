/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - what a seed draws before anything runs: sizes, liars, and the list of faults with their
 * times. Each part is drawn from its own chance, and each fault brings its own: what a filter
 * leaves out changes nothing about the rest, which is how a failure is made smaller. */
#ifndef COMITY_SIM_DAEMONS_PLAN_H
#define COMITY_SIM_DAEMONS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIMD_SEATS_MAX = 195, SIMD_STRIKES_MAX = 1024 };

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
    SIMD_ROTATE = 1 << 12,   /* Journals are rotated all the time. */
    SIMD_RETRY = 1 << 13,    /* Answers to clients are lost. */
    SIMD_ROT = 1 << 14,      /* A stored snapshot has changed when its daemon starts again. */
    SIMD_EIO = 1 << 15,      /* A sync fails once: then only a restart helps. */
    SIMD_ALL_DOWN = 1 << 16, /* All at once, or each after its next vote of one kind. */
    SIMD_CLOG = 1 << 17,     /* Links that hold back what they carry, then let go. */
    SIMD_JOURNAL = 1 << 18,  /* Lost, damaged, or files restored from a backup. */
    SIMD_BEYOND = 1 << 19,   /* More than f lie. */
    SIMD_ALL = (1 << 20) - 1
};

enum simd_lie {
    LIE_EQUIVOCATE = 1 << 0, /* Another block, vote or act to some. */
    LIE_GARBAGE = 1 << 1,
    LIE_STATUS = 1 << 2,
    LIE_WITHHOLD = 1 << 3,
    LIE_REPLAY = 1 << 4,
    LIE_FORGE = 1 << 5,      /* Acts of others, certificates, evidence. */
    LIE_STATE = 1 << 6,      /* Headers that commit to another state. */
    LIE_ORDER = 1 << 7,      /* Acts in a block out of order, twice or with gaps. */
    LIE_TIME = 1 << 8,       /* Blocks of another time, far away or before their parents. */
    LIE_FUTURE = 1 << 9,     /* Votes, proposals and blocks of views and heights far ahead. */
    LIE_SELECTIVE = 1 << 10, /* Some hear everything, the others nothing. */
    LIE_FETCH = 1 << 11,     /* Blocks and certificates that were not asked for, or changed. */
    LIE_PARENT = 1 << 12,    /* Wrong parents, skips without proof. */
    LIE_NULLIFY = 1 << 13,   /* Nullifies its own view after proposing. */
    LIE_RESIGN = 1 << 14,    /* A second valid signature of the same vote. */
    LIE_ALL = (1 << 15) - 1
};

/* What still holds, by how many lie. */
enum simd_promise {
    PROMISE_ALL,    /* At most f. */
    PROMISE_SAFETY, /* At most 2q-n-1: nothing contradicts, but it may stand still. */
    PROMISE_CONSENT /* Any number. */
};

struct strike {
    int64_t at_ms, length_ms;
    enum simd_fault fault;
    uint32_t seat; /* What it is about, where it is about one. */
    uint64_t seed;
    bool dropped;
};

struct filter {
    uint32_t faults, lies;             /* Masks. */
    uint32_t n;                        /* 0: drawn. */
    int64_t chaos_ms;                  /* At most; 0: as drawn. */
    uint32_t ops;                      /* The same. */
    int signatures;                    /* 0: drawn, 1: Ed25519, 2: simulated. */
    uint8_t dropped[SIMD_STRIKES_MAX]; /* By number of the strike. */
};

struct plan {
    uint64_t seed;
    const char *profile;
    uint32_t n, orderers, faults;
    uint32_t lies[SIMD_SEATS_MAX];
    uint32_t liars;
    enum simd_promise promise;
    bool real_signatures; /* Else a keyed hash: see signatures.c. */
    bool chaired;         /* The last seat is a chair: it closes, suspends and resumes. */
    bool presided;        /* And moves the clock. */
    int64_t pace_ms;
    int64_t chaos_ms, step_ms;
    uint32_t loss, duplicate; /* Per mille. */
    int64_t delay_min_ms, delay_max_ms;
    uint32_t ops; /* Of each client. */
    int64_t op_pause_ms;
    bool sweep; /* One crash at one effect, nothing else: `swept_seat` dies at `swept_effect`. */
    uint32_t swept_seat; /* `n`: all do. */
    uint64_t swept_effect;
    int swept_crash; /* enum crash */
    struct strike strikes[SIMD_STRIKES_MAX];
    uint32_t strikes_count;
};

extern const struct filter filter_none;

void plan_draw(struct plan *self, uint64_t seed, const char *profile, const struct filter *filter);
/* A short run in which one crash is all that happens; cases count from 1. `effects`: so many does
 * the busiest daemon have without one. */
void plan_sweep(struct plan *self, uint64_t number, uint32_t n);
uint64_t plan_sweep_count(uint32_t n, uint64_t effects);
bool plan_has_profile(const char *profile);
const char *plan_fault_name(enum simd_fault fault);

#endif
