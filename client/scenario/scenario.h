/* SPDX-License-Identifier: Apache-2.0 */
/* scenario.h - a scenario file (comity-scenario(5)) as it is played: a charter, steps in the order
 * of their dates, and what is expected of them. One choice is made when the file is read. */
#ifndef COMITY_SCENARIO_SCENARIO_H
#define COMITY_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "charter/charter.h"
#include "model/act.h"
#include "model/charter.h"
#include "rules/roster.h"
#include "scenario/figures.h"
#include "scenario/lesson.h"

enum {
    SCENARIO_NONE = UINT32_MAX,
    SCENARIO_LABEL_MAX = 63,
    SCENARIO_ACTS_MAX = 1000000,
    SCENARIO_OTHERS_MAX = 7, /* Forums beside the main one. */
};

/* Where something is written, for messages. */
struct scenario_place {
    const char *file;
    uint32_t line;
};

/* A name the file gives to a proposal, an amendment or an act alone. */
struct scenario_label {
    const char *name;
    struct scenario_place place;
    bool made;        /* An act of the file makes it. */
    bool declaration; /* An act alone. */
};

struct scenario_act {
    struct scenario_place place;
    struct act act;            /* seat, kind and body; ids and hashes are found in playing. */
    uint32_t label;            /* What it makes, or SCENARIO_NONE. */
    uint32_t target;           /* Label it speaks of, or SCENARIO_NONE. */
    const uint32_t *relies_on; /* Labels; act.as.alone.relies_on_count of them. */
    uint32_t subject;          /* Label a proposal's effect is about; only where it has one. */
    uint32_t carried;          /* Label of the main forum: where a proposal was put before. */
    const char *refused;       /* NULL: must be accepted; else words its refusal contains. */
};

enum scenario_step_kind {
    STEP_ACTS,  /* Handed in together; all final before the next step. */
    STEP_SAY,   /* Told to who watches. */
    STEP_KILL,  /* The daemons of these seats die (kill -9). Nothing in a replay. */
    STEP_START, /* They are started again. */
    STEP_CHECK, /* End of a day: expectations of that date. */
};
struct scenario_step {
    int64_t time_ms; /* Forum time. */
    uint32_t order;  /* Among the steps of one time. */
    enum scenario_step_kind kind;
    struct scenario_act *acts;
    uint32_t acts_count;
    const char *text;      /* STEP_SAY. */
    struct seat_set seats; /* STEP_KILL, STEP_START. */
};

#define EXPECTATIONS(X) \
    X(EXPECT_VERDICT, "verdict")       /* text */ \
    X(EXPECT_LINE, "line")             /* text */ \
    X(EXPECT_VETO, "veto")             /* seats; empty: none */ \
    X(EXPECT_DECIDED, "decided")       /* time */ \
    X(EXPECT_FORMED, "formed-by")      /* seats */ \
    X(EXPECT_STAYED_OUT, "stayed-out") /* seats */ \
    X(EXPECT_DEFECTED, "defected")     /* seats */ \
    X(EXPECT_AGREEMENT, "agreement")   /* text: its status, or `none` */ \
    X(EXPECT_THRESHOLD, "threshold")   /* time */ \
    X(EXPECT_IN_FORCE, "in-force")     /* time */ \
    X(EXPECT_PARTIES, "parties")       /* seats */ \
    X(EXPECT_COUNT, "parties")         /* number */ \
    X(EXPECT_CONSENTS, "consents")     /* number: parties and those who will be */ \
    X(EXPECT_STATUS, "status")         /* seat, text */ \
    X(EXPECT_SINCE, "since")           /* seat, time */ \
    X(EXPECT_UNTIL, "until")           /* seat, time */ \
    X(EXPECT_DEFECTION, "defection")   /* seat, text */ \
    X(EXPECT_CONDUCT, "conduct")       /* seat, text: its class, number */ \
    X(EXPECT_FIGURE, "figure")         /* row, figure, value */
enum expectation_kind {
#define X(name, word) name,
    EXPECTATIONS(X)
#undef X
        EXPECTATIONS_COUNT
};
const char *expectation_word(enum expectation_kind kind);

/* One thing that must be so at the end of a day, or of the scenario. */
struct expectation {
    struct scenario_place place;
    enum expectation_kind kind;
    int64_t when_ms; /* INT64_MAX: at the end. */
    uint32_t label;  /* Or SCENARIO_NONE. */
    uint32_t seat;   /* Or SCENARIO_NONE. */
    const char *text;
    int64_t time_ms; /* INT64_MAX: never. */
    uint32_t number;
    struct seat_set seats;
    struct figure_query row; /* EXPECT_FIGURE */
    enum figure figure;
    int64_t value;
};

struct scenario {
    struct arena arena;
    const char *path;
    const char *name;
    const char *title;
    const char *about;
    const char *choice;          /* NULL: none was made. */
    const struct lesson *lesson; /* NULL: it is none. */
    struct buffer charter_bytes;
    const struct charter *charter;
    const struct rule_roster *roster; /* Groups and members, for `all` and group names. */
    uint32_t chair;                   /* Seat, or SCENARIO_NONE. */
    struct seat_set unjoined;         /* Seats that join by an act of their own, or never. */
    struct scenario_step *steps;      /* In the order they are played. */
    uint32_t steps_count, steps_capacity;
    struct scenario_label *labels;
    uint32_t labels_count, labels_capacity;
    struct expectation *expectations;
    uint32_t expectations_count, expectations_capacity;
    uint32_t *verify; /* Labels whose instruments are exported and verified at the end. */
    uint32_t verify_count;
    uint32_t acts_count;
    const struct scenario *main; /* NULL: this is the main forum. */
    struct scenario **others;    /* Owned: the forums beside it, under `forums`. */
    uint32_t others_count;
};

struct scenario_options {
    const char *choice;             /* NULL: the file's default. */
    bool no_choice;                 /* Only what all choices share. */
    charter_key_source *key_source; /* For seats without a key; NULL: derived from the names. */
    const char *no_key;             /* As in struct charter_options. */
    void *key_context;
    const uint8_t *nonce; /* 16 bytes; NULL: zeros. */
    uint32_t pace_ms;     /* Used if the charter names none; 0: the charter's default. */
};

/* Read and check a file. The fault names file and line. COMITY_NOT_FOUND, COMITY_IO,
 * COMITY_INVALID, COMITY_LIMIT, COMITY_MEMORY; COMITY_USAGE: there is no such choice. */
COMITY_MUST_CHECK enum comity_error scenario_read(const char *path,
                                                  const struct scenario_options *options,
                                                  struct scenario **ret_scenario,
                                                  struct fault *fault);
void scenario_free(struct scenario **self); /* NULL-safe and nulling. */

const char *scenario_seat_name(const struct scenario *self, uint32_t seat);
bool scenario_seat_is_member(const struct scenario *self, uint32_t seat);
/* The label's name; "" for SCENARIO_NONE. */
const char *scenario_label_name(const struct scenario *self, uint32_t label);

#endif
