/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - what one seed will do to the machines: sizes, faults and their strength, all drawn
 * from the seed and the profile before anything runs. */
#ifndef COMITY_SIM_PLAN_H
#define COMITY_SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum sim_profile {
    PROFILE_CALM,
    PROFILE_LOSSY,
    PROFILE_PARTITION,
    PROFILE_CRASH,
    PROFILE_SLEEP,
    PROFILE_CLOCK,
    PROFILE_BYZANTINE,
    PROFILE_TWINS,
    PROFILE_MIXED,
    PROFILE_QUORUM, /* Exactly q are ever up. */
    PROFILE_LONG,   /* Hundreds of blocks become final at once while some sleep. */
    PROFILES_COUNT
};

/* Fault classes; --faults MASK leaves only some, which is how a failure is minimized. */
enum {
    FAULT_LOSS = 1 << 0,
    FAULT_DUPLICATE = 1 << 1,
    FAULT_DELAY = 1 << 2,
    FAULT_PARTITION = 1 << 3,
    FAULT_ONE_WAY = 1 << 4,
    FAULT_CRASH = 1 << 5,
    FAULT_SLEEP = 1 << 6,
    FAULT_CLOCK = 1 << 7,
    FAULT_SLOW_APP = 1 << 8,
    FAULT_SLOW_DISK = 1 << 9,
    FAULT_BYZANTINE = 1 << 10,
    FAULT_TWINS = 1 << 11,
    FAULT_JOURNAL = 1 << 12, /* Rolled back or lost: the key observes from then on. */
    FAULT_CORE = 1 << 13,    /* After healing, all but q stay dead for ever (L5). */
    FAULT_FEW = 1 << 14,     /* An outage with fewer than q up (L4). */
    FAULT_AWAY = 1 << 15,    /* All but q never start. */
    FAULT_LONG = 1 << 16,    /* Liars keep what is notarized from becoming final. */
    FAULT_ALL = (1 << 17) - 1
};

/* Habits of a byzantine seat, any mixture. */
enum {
    LIE_SILENT = 1 << 0,
    LIE_EQUIVOCATE = 1 << 1,   /* Two proposals in one view. */
    LIE_VOTE_ALL = 1 << 2,     /* Signs every kind for everything. */
    LIE_SELECTIVE = 1 << 3,    /* Sends to random subsets only. */
    LIE_SELF_NULLIFY = 1 << 4, /* Nullifies its own view, with or without a proposal. */
    LIE_REPLAY = 1 << 5,       /* Old, future and foreign messages. */
    LIE_PARENT = 1 << 6,       /* Wrong parent, skip without proof. */
    LIE_INVALID = 1 << 7,      /* Blocks that break the rules of the application or of time. */
    LIE_WITHHOLD = 1 << 8,     /* Does not answer fetches; bodies to few. */
    LIE_STATUS = 1 << 9,       /* Status and fetch replies out of thin air. */
    LIE_CERT = 1 << 10,        /* Certificates with bad, foreign or missing signatures. */
    LIE_COUNT = 11,            /* Those below are not drawn by chance: */
    LIE_NO_FINALIZE = 1 << 11, /* Keeps FINALIZE to itself for a time. */
    LIE_RANGE = 1 << 12        /* Answers FETCH_RANGE with blocks it made up. */
};

enum { SIM_STRIKES_MAX = 512 }; /* Those beyond cannot be left out. */

struct sim_plan {
    uint64_t seed;
    enum sim_profile profile;
    uint32_t faults; /* FAULT_* that are on. */
    uint32_t orderers_count;
    uint32_t followers_count;
    uint32_t liars_count;
    uint32_t twins_count;
    uint32_t lies[64];   /* By seat; 0 for the honest. */
    bool twin[64];       /* By seat. */
    bool away[68];       /* By seat: never starts, or with FAULT_LONG asleep for most of it. */
    bool beyond;         /* More than f lie: safety only. */
    bool bounded_clocks; /* Wrong clocks and liars together are at most f. */
    int64_t delta_ms;
    int64_t tolerance_ms;
    uint32_t views_max;
    int64_t chaos_ms;      /* How long faults go on. */
    int64_t hold_ms;       /* Until when liars keep their FINALIZE. */
    int64_t chaos_step_ms; /* Mean time between two of them. */
    uint32_t loss;         /* Per mille, while faults go on. */
    uint32_t duplicate;    /* Per mille. */
    int64_t delay_min_ms;
    int64_t delay_max_ms;             /* While faults go on. */
    int64_t calm_delay_ms;            /* At most, afterwards. */
    int64_t sync_max_ms;              /* Of one fsync. */
    int64_t app_max_ms;               /* Of one validation or build. */
    uint32_t pending;                 /* Per mille of validations that are PENDING first. */
    uint32_t acts_count;              /* In all. */
    uint32_t deadline_acts;           /* Per mille of acts that open a deadline. */
    uint8_t dropped[SIM_STRIKES_MAX]; /* By number of the strike: it does not happen. */
};

/* `n` 0: drawn as well. `faults` are and-ed in. */
void sim_plan_draw(struct sim_plan *self, uint64_t seed, enum sim_profile profile, uint32_t n,
                   uint32_t faults);
const char *sim_profile_name(enum sim_profile profile);

#endif
