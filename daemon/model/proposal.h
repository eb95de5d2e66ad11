/* SPDX-License-Identifier: Apache-2.0 */
/* proposal.h - what a proposal carries besides its text (proto/acts.proto): typed terms, pledges,
 * goals, and an effect. Strings and arrays are borrowed. */
#ifndef COMITY_MODEL_PROPOSAL_H
#define COMITY_MODEL_PROPOSAL_H

#include <stdint.h>

#include "base/hash.h"

enum term_kind { TERM_CHOICE = 1, TERM_INTEGER, TERM_DATE, TERM_SHARE };
struct term {
    const char *issue;
    enum term_kind kind;
    int64_t number;
    uint64_t of;
    const char *unit; /* Never NULL. */
    const char *text; /* Never NULL. */
};

struct pledge {
    uint32_t seat;
    const char *issue;
    int64_t quantity;
    const char *unit;
    int64_t due_ms;
};

struct goal {
    const char *issue;
    int64_t quantity;
    const char *unit;
    int64_t due_ms;
};

/* number in acts.proto, word people write */
#define EFFECT_KINDS(X) \
    X(EFFECT_NONE, "none") \
    X(EFFECT_BREACH, "breach") \
    X(EFFECT_SPEND, "spend") \
    X(EFFECT_SUSPEND_VOTES, "suspend-votes") \
    X(EFFECT_RESTORE, "restore") \
    X(EFFECT_EXPEL, "expel") \
    X(EFFECT_SUSPEND, "suspend") \
    X(EFFECT_RESUME, "resume") \
    X(EFFECT_END, "end") \
    X(EFFECT_REWEIGH, "reweigh")

#define RESPONSES(X) \
    X(RESPONSE_NONE, "none") \
    X(RESPONSE_SUSPEND_VOTES, "suspend-votes") \
    X(RESPONSE_SUSPEND, "suspend") \
    X(RESPONSE_END, "end") \
    X(RESPONSE_EXPEL, "expel")

#define X(name, word) name,
enum effect_kind { EFFECT_KINDS(X) EFFECT_KINDS_COUNT };
enum response { RESPONSES(X) RESPONSES_COUNT };
#undef X

/* What adoption does besides adopting a text; members a kind has not are zero. */
struct effect {
    enum effect_kind kind;
    struct hash subject;    /* BREACH: an allege act; SPEND, SUSPEND, RESUME, END: a propose act. */
    uint32_t seat;          /* SPEND, SUSPEND_VOTES, RESTORE, EXPEL. */
    enum response response; /* BREACH. */
    uint64_t quantity;      /* SPEND. */
    const char *name;       /* REWEIGH: a weight's; never NULL. */
    const uint64_t *values; /* REWEIGH: by seat. */
    uint32_t values_count;
};

/* "breach", "suspend-votes"; NULL if there is none such. */
const char *effect_word(enum effect_kind kind);
const char *response_word(enum response response);
/* EFFECT_KINDS_COUNT, RESPONSES_COUNT if no such word is known. */
enum effect_kind effect_from_word(const char *word);
enum response response_from_word(const char *word);

#endif
