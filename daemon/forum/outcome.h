/* SPDX-License-Identifier: Apache-2.0 */
/* outcome.h - what one finalized block did to the forum, event by event. Their canonical bytes
 * are chained into the state hash and are what clients' event feed shows. Pure. */
#ifndef COMITY_FORUM_OUTCOME_H
#define COMITY_FORUM_OUTCOME_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

/* name, number (never reused), word in feeds */
#define OUTCOMES(X) \
    X(OUTCOME_ACCEPTED, 1, "accepted") /* An act took effect; value: its kind. */ \
    X(OUTCOME_REFUSED, 2, "refused")   /* An act changed nothing; line: why. */ \
    X(OUTCOME_JOINED, 3, "joined") \
    X(OUTCOME_PROPOSED, 4, "proposed")   /* Proposal or amendment; line: title. */ \
    X(OUTCOME_TEXT, 5, "text")           /* A new text; value: version. */ \
    X(OUTCOME_BALLOT, 6, "ballot")       /* Counted; value: enum answer. */ \
    X(OUTCOME_VERDICT, 7, "verdict")     /* Decided; value: enum verdict; line. */ \
    X(OUTCOME_AGREEMENT, 8, "agreement") /* Formed, pending or in force. */ \
    X(OUTCOME_THRESHOLD, 9, "threshold") /* In-force rule met; time: that day. */ \
    X(OUTCOME_IN_FORCE, 10, "in-force")  /* time: the day. */ \
    X(OUTCOME_BOUND, 11, "bound")        /* seat is a party from time on. */ \
    X(OUTCOME_NOTICE, 12, "notice")      /* Withdrawal; time: when it takes effect. */ \
    X(OUTCOME_NOTICE_TAKEN_BACK, 13, "taken-back") \
    X(OUTCOME_OUT, 14, "out")     /* seat is no party from time on. */ \
    X(OUTCOME_ENDED, 15, "ended") /* The agreement has no party left. */ \
    X(OUTCOME_ALONE, 16, "acted-alone") \
    X(OUTCOME_DEFECTION, 17, "defection") /* value: enum defection; line. */ \
    X(OUTCOME_CLOCK, 18, "clock")         /* Forum time moved by the chair. */ \
    X(OUTCOME_CLOSED, 19, "closed")       /* Balloting closed; verdict after grace. */ \
    X(OUTCOME_LATE, 20, "late")           /* A ballot ordered after the grace. */ \
    X(OUTCOME_VOIDED, 21, "voided")       /* Equivocation voided a ballot. */ \
    X(OUTCOME_RETRACTED, 22, "retracted") \
    X(OUTCOME_REVOTE, 23, "revote")       /* A tie; time: the second ballot's close. */ \
    X(OUTCOME_STAGE, 24, "stage")         /* value: verdict of the first ballot; line. */ \
    X(OUTCOME_TIE, 25, "tie")             /* The chair decides; line. */ \
    X(OUTCOME_RECEIPT, 26, "receipt")     /* The text has reached the seat. */ \
    X(OUTCOME_SUSPENDED, 27, "suspended") /* Forum time stands still. */ \
    X(OUTCOME_RESUMED, 28, "resumed") \
    X(OUTCOME_EFFECT, 29, "effect")       /* value: enum effect_kind of the proposal. */ \
    X(OUTCOME_NO_EFFECT, 30, "no-effect") /* It did not fit any more; line: why. */ \
    X(OUTCOME_ALLEGED, 31, "alleged")     /* Against seat; value: L number; line. */ \
    X(OUTCOME_RULED, 32, "ruled")         /* On it; value: L number; line: found, or not. */ \
    X(OUTCOME_VOTES_SUSPENDED, 33, "votes-suspended") \
    X(OUTCOME_RESTORED, 34, "restored") /* Votes, and agreements suspended towards it. */ \
    X(OUTCOME_EXPELLED, 35, "expelled") \
    X(OUTCOME_LEFT_FORUM, 36, "left") \
    X(OUTCOME_REWEIGHED, 37, "reweighed")             /* line: the weight's name. */ \
    X(OUTCOME_RESERVED, 38, "reserved")               /* value: R number; line: the clause. */ \
    X(OUTCOME_RESERVATION_OUT, 39, "reservation-out") /* value: R number; line: why. */ \
    X(OUTCOME_OBJECTED, 40, "reservation-objected")   /* value: R number; line. */ \
    X(OUTCOME_OBJECTION_OUT, 41, "objection-taken-back") \
    X(OUTCOME_PARTY_SUSPENDED, 42, "party-suspended") \
    X(OUTCOME_AGREEMENT_SUSPENDED, 43, "agreement-suspended") \
    X(OUTCOME_AGREEMENT_RESUMED, 44, "agreement-resumed") \
    X(OUTCOME_PLEDGED, 45, "pledged")         /* value: lowered by so much; line. */ \
    X(OUTCOME_REPORTED, 46, "reported")       /* value: the report's number; line. */ \
    X(OUTCOME_ATTESTED, 47, "attested")       /* value: 1 if it disputes; line. */ \
    X(OUTCOME_CONTRIBUTED, 48, "contributed") /* value: quantity; line. */ \
    X(OUTCOME_SPENT, 49, "spent")             /* value: quantity, to seat; line. */ \
    X(OUTCOME_KEPT, 50, "kept")               /* A pledge, when it was reviewed; line. */ \
    X(OUTCOME_RELIED_ON, 55, "relied-on") /* seat acted on what is gone; value: D number; line. */ \
    X(OUTCOME_SHIFTED, 56, "shifted")     /* The question goes to another forum; line: its name. */

enum outcome_kind {
#define X(name, number, word) name = number,
    OUTCOMES(X)
#undef X
};

/* A block's outcomes have no number that bounds them (one block may end a long sleep, and many
 * deadlines with it); the bytes they are decoded from do. */
#define OUTCOME_NONE UINT32_MAX

struct outcome {
    enum outcome_kind kind;
    uint32_t act;       /* Index in the block, or OUTCOME_NONE (a deadline). */
    uint32_t seat;      /* Or OUTCOME_NONE. */
    uint32_t proposal;  /* Number from 1 (see forum.h), or 0. */
    uint32_t agreement; /* Number from 1, or 0. */
    uint64_t value;
    int64_t time_ms;         /* Forum time. */
    enum comity_error error; /* Of a refused act. */
    const char *line;        /* Never NULL; "" if nothing to say. */
};

struct outcomes {
    const struct outcome *items;
    uint32_t count;
};

const char *outcome_word(enum outcome_kind kind); /* NULL if there is no such kind. */
/* Canonical bytes of a block's outcomes: u32 count, then each with fixed big-endian fields and
 * its line (u32 length, bytes). writer->failed if it does not fit. */
void outcomes_encode(const struct outcomes *self, struct writer *writer);
size_t outcomes_size(const struct outcomes *self);
/* COMITY_INVALID, COMITY_MEMORY. Lines are copied to the arena. */
COMITY_MUST_CHECK enum comity_error outcomes_decode(struct bytes bytes, struct arena *arena,
                                                    struct outcomes *ret_outcomes);

#endif
