/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - the leaves outcomes_root commits to, read back: one proposal, one agreement. The
 * layout is written down where it is written, in forum/records.c. It is fixed, so what is read
 * without complaint has this one encoding. */
#ifndef COMITY_INSTRUMENT_RECORD_H
#define COMITY_INSTRUMENT_RECORD_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "forum/accounts.h"
#include "forum/forum.h"

struct record_acts {
    const struct hash *ids; /* In the record's order. */
    uint32_t count;
};

struct record_reservation {
    uint32_t number;
    struct hash id;
    uint32_t seat, clause;
    enum reservation_status status;
    int64_t effective_ms;
    uint64_t objected[SEATS_MAX / 64], refused[SEATS_MAX / 64];
};

struct record_proposal {
    uint32_t number, amends; /* P numbers. */
    struct hash id;
    uint32_t proposer;
    const char *title;
    bool binding;
    struct hash text_hash;
    uint32_t text_version;
    struct hash rule_hash;
    enum proposal_status status;
    enum verdict verdict;
    const char *line;
    int64_t opened_ms, closes_ms, closed_ms, decided_ms; /* Forum time. */
    int64_t decided_block_ms;
    uint64_t decided_height;
    uint32_t agreement; /* A number, or 0. */
    uint64_t sponsors[SEATS_MAX / 64], roll[SEATS_MAX / 64];
    uint64_t endorsed[SEATS_MAX / 64], condemned[SEATS_MAX / 64];
    uint32_t seats_count;
    uint8_t answers[SEATS_MAX]; /* enum answer */
    bool voided[SEATS_MAX];
    struct record_acts acts;
    bool has_more;                    /* Else every member of the charter was asked, and so on. */
    uint64_t members[SEATS_MAX / 64]; /* Who was asked. */
    uint32_t accused;                 /* OUTCOME_NONE: nobody. */
    struct hash weights;              /* That decided. */
    const char *undone;               /* Why its effect was not done; NULL: it was, or has none. */
    const struct record_reservation *reservations;
    uint32_t reservations_count;
};

struct record_party {
    enum party_status status;
    enum home_verdict home;
    enum defection defection;
    int64_t consent_ms, since_ms, notice_ms, until_ms; /* Forum time. */
};

/* What was found when a pledge was due, by its place among the agreement's. */
struct record_review {
    uint32_t pledge;
    enum review review;
    int64_t confirmed;
};

struct record_agreement {
    uint32_t number, proposal;
    struct hash id, text_hash, rule_hash; /* The proposal's. */
    enum agreement_status status;
    int64_t threshold_ms, in_force_ms;
    const char *line;
    uint32_t parties_count;
    uint32_t seats_count;
    struct record_party parties[SEATS_MAX];
    struct record_acts acts;
    bool has_accounts;    /* Not before agreements had any: then nothing below is told. */
    struct hash accounts; /* accounts_hash */
    const struct record_review *reviews;
    const struct forum_spending *spendings; /* Without their times. */
    uint32_t reviews_count, spendings_count;
};

static inline bool record_has(const uint64_t *mask, uint32_t seat)
{
    return (mask[seat / 64] >> (seat % 64) & 1) != 0;
}

/* COMITY_INVALID: not such a record, or not in its canonical form; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error record_proposal_read(struct bytes bytes, struct arena *arena,
                                                         struct record_proposal *ret_record,
                                                         struct fault *fault);
COMITY_MUST_CHECK enum comity_error record_agreement_read(struct bytes bytes, struct arena *arena,
                                                          struct record_agreement *ret_record,
                                                          struct fault *fault);

#endif
