/* SPDX-License-Identifier: Apache-2.0 */
/* state.h - the inside of a forum, shared by the files of this room and by nobody else.
 *
 * Memory comes from the pool alone. When it is exhausted `failed` is set, what was being done is
 * left half done, and forum_apply returns COMITY_MEMORY: the state is not used further. So no
 * function below returns an error for want of memory. */
#ifndef COMITY_FORUM_STATE_H
#define COMITY_FORUM_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forum/forum.h"
#include "forum/held.h"
#include "forum/mask.h"
#include "forum/pool.h"

enum {
    /* Open proposals and amendments, shared out among the members; a seat's share is at least
     * and at most the other two. Deadlines are looked for among the open ones. */
    QUESTIONS_MAX = 4096,
    QUESTIONS_PER_SEAT_MIN = 16,
    QUESTIONS_PER_SEAT_MAX = 1024,
    AMENDMENTS_PER_DRAFT_MAX = 64,
    EVIDENCE_PER_SEAT_MAX = 64,
    FORUM_TEXT_MAX = 4 * ACT_SIZE_MAX, /* What amendments may make a text grow to. */
};
/* 0000-01-01 and 9999-12-31T23:59:59.999Z: no forum time lies outside. */
#define FORUM_TIME_MIN INT64_C(-62167219200000)
#define FORUM_TIME_MAX INT64_C(253402300799999)
#define FORUM_NEVER INT64_MAX

enum index_kind {
    INDEX_NONE,
    INDEX_PROPOSAL,
    INDEX_DECLARATION,
    INDEX_ALIAS,
    INDEX_REPORT,
    INDEX_RESERVATION,
    INDEX_ALLEGATION
};
struct index_entry {
    uint32_t kind;   /* enum index_kind */
    uint32_t number; /* Where things have numbers: from 1; else an index. */
};

struct line_chunk {
    struct line_chunk *next;
    uint32_t used;
    char data[16384];
};

/* Vectors: items, count, capacity; grown by pool_vector. */
struct forum {
    struct pool pool;
    const struct charter *charter;
    struct rule_roster roster;   /* Whom and what questions opened now are counted by. */
    struct rule_roster consents; /* The charter's members but organisations (`represents`). */
    bool has_carriers;           /* Some organisation answers for others. */
    struct hash weights_hash;    /* Of the charter's. */
    struct forum_rule *rules;    /* As the charter's. */
    const char **names;          /* By seat. */
    bool has_chair;
    uint32_t chair;           /* OUTCOME_NONE: none. */
    uint32_t questions_share; /* Open questions a seat may have. */

    bool started;               /* A block was applied. */
    int64_t first_ms, block_ms; /* Block time. */
    int64_t now_ms;             /* Forum time. */
    bool suspended;             /* Forum time stands still, since the block at suspended_ms. */
    int64_t suspended_ms;
    int64_t paused_ms; /* Block time spent so before. */
    uint64_t height;

    struct seat seats[SEATS_MAX];
    struct departure departures[SEATS_MAX]; /* In their order. */
    uint32_t departures_count;
    struct conduct_row **conduct; /* By seat, then by topic: topics_count + 1, the last: none. */
    uint64_t present[SEAT_WORDS]; /* By the last roll call, and who joined since. */

    struct proposal **proposals;
    uint32_t proposals_count, proposals_capacity;
    struct agreement **agreements;
    uint32_t agreements_count, agreements_capacity;
    struct forum_declaration *declarations;
    uint32_t declarations_count, declarations_capacity;
    struct forum_shift *shifts;
    uint32_t shifts_count, shifts_capacity;
    struct record *records;
    uint32_t records_count, records_capacity;
    struct slot *evidence;
    uint32_t evidence_count, evidence_capacity;
    struct forum_reservation **reservations;
    uint32_t reservations_count, reservations_capacity;
    struct allegation **allegations;
    uint32_t allegations_count, allegations_capacity;
    struct reweigh *reweighs;
    uint32_t reweighs_count, reweighs_capacity;
    struct alias *aliases;
    uint32_t aliases_count, aliases_capacity;
    struct report_place *reports;
    uint32_t reports_count, reports_capacity;
    uint32_t *open; /* Numbers of undecided proposals, ascending. */
    uint32_t open_count, open_capacity;
    uint32_t *waiting; /* Numbers of agreements with a date to come, ascending. */
    uint32_t waiting_count, waiting_capacity;
    struct index_entry *index;
    uint32_t index_count, index_size; /* A power of two. */

    /* Of the block being applied, or last applied. */
    uint32_t act_index; /* OUTCOME_NONE: a deadline. */
    struct outcome *outcomes;
    uint32_t outcomes_count, outcomes_capacity;
    struct outcome lost; /* Where an outcome is written when memory is out. */
    uint32_t *touched;
    uint32_t touched_count, touched_capacity;
    bool recount; /* Something changed for every open question. */
    uint32_t *changed;
    uint32_t changed_count, changed_capacity;
    struct line_chunk *lines, *line; /* All; the one being filled. */
};

/* One act on its way through check and apply; check finds what apply then changes. */
struct step {
    const struct act *act;
    struct proposal *proposal;
    struct agreement *agreement;
    struct fault *fault;
};

/* By the charter, and still: who left or was expelled is none (membership.h). */
static inline bool forum_is_member(const struct forum *self, uint32_t seat)
{
    return self->charter->seats[seat].role == SEAT_MEMBER &&
           self->seats[seat].standing == STANDING_MEMBER;
}
static inline struct proposal *forum_get_proposal(const struct forum *self, uint32_t number)
{
    return self->proposals[number - 1];
}

void forum_check(const struct forum *self); /* check.c: asserts what is always true. */

#endif
