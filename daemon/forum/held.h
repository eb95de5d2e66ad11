/* SPDX-License-Identifier: Apache-2.0 */
/* held.h - the things a forum holds, from the inside. Part of state.h. */
#ifndef COMITY_FORUM_HELD_H
#define COMITY_FORUM_HELD_H

#include "forum/accounts.h"
#include "forum/parts.h"
#include "rules/verdict.h"

enum { SEAT_WORDS = SEATS_MAX / 64 };

struct forum_rule {
    const struct charter_rule *charter;
    struct rule_settings settings;
    const struct rule *in_force; /* NULL: in force at adoption. */
    struct seat_set no_abstain;
    struct seat_set must_abstain; /* Who may be named as a party to a dispute. */
    int32_t adopted, failed;      /* Index of the rule of the next ballot, or RULE_LAST. */
};
enum { RULE_LAST = -1 };

/* What only a proposal that is not decided yet needs. */
struct question {
    uint8_t answers[SEATS_MAX]; /* enum answer, as verdict_settle reads them. */
    char line[VERDICT_LINE_MAX];
};

struct proposal {
    struct forum_proposal is;
    struct question *question; /* NULL once decided or retracted. */
    uint32_t rule_index;
    uint32_t record;
    uint32_t acts_capacity;
    struct bytes *texts; /* is.texts, ours to grow. */
    uint32_t texts_capacity;
    struct hash *acts; /* is.acts */
    int64_t close_ms;  /* Block time of the close; FORUM_NEVER while open. */
    /* Members that had not joined when it was opened: nobody asked them, so their silence is no
     * consent; they stay unreachable under silence until they answer. */
    uint64_t unasked[SEAT_WORDS];
    uint64_t received[SEAT_WORDS]; /* Who signed that the text has reached it. */
    bool revoted;                  /* A tie led to a second ballot. */
    enum answer casting;           /* The chair's ruling on a tie, while it is applied. */
    bool touched;          /* In forum.touched: the verdict is looked at when the block ends. */
    struct hash base_text; /* Of an amendment: the text it changes. */
    uint32_t weights;      /* Version of the weights when it was opened (membership.h). */
    struct forum_reservation **reservations; /* Of this text, past ones too, as they were made. */
    uint32_t reservations_count, reservations_capacity;
};

struct allegation {
    struct forum_allegation is;
};

struct agreement {
    struct forum_agreement is;
    struct proposal *proposal;
    uint32_t record;
    uint32_t acts_capacity;
    struct hash *acts;
    char *line;       /* is.line, RULE_LINE_MAX characters; NULL if it is fixed. */
    int64_t next_ms;  /* Forum time of its next date; FORUM_NEVER: none. */
    bool waiting;     /* In forum.waiting. */
    uint32_t weights; /* Version of the weights at its adoption. */
    struct allegation **allegations;
    uint32_t allegations_count, allegations_capacity;
    struct accounts accounts;
};

/* One weight has other values from then on. */
struct reweigh {
    uint32_t weight;
    uint32_t proposal; /* P number of the ruling. */
    int64_t time_ms;
    const uint64_t *values; /* By seat. */
    struct hash hash;       /* Of all weights from then on. */
};

struct report_place {
    uint32_t agreement, report; /* Numbers. */
};

struct record {
    uint32_t proposal;  /* P number, or 0. */
    uint32_t agreement; /* A number, or 0. */
    bool changed;
};

struct seat {
    bool joined;
    enum seat_standing standing;
    bool votes_suspended;
    uint64_t seq;
    uint32_t questions_count; /* Its open proposals and amendments. */
    uint32_t evidence_count;
};

/* Who is no member any more, and by what: a seat goes once. */
struct departure {
    uint32_t seat;
    struct hash act;        /* Its leave, or the ruling that expelled it. */
    bool is_breach;         /* That ruling found a breach: */
    struct hash allegation; /* of this. */
};

struct slot {
    uint32_t seat;
    uint64_t seq;
};

/* An amendment that applied at once has no number of its own: its id stands for its draft. */
struct alias {
    struct hash id;
    uint32_t proposal;
};

#endif
