/* SPDX-License-Identifier: Apache-2.0 */
/* instrument.h - a file that proves a verdict or an agreement to anyone, with no network, no
 * daemon and no trust in whoever brings it (proto/instrument.proto).
 *
 * Proved by the finalization, a quorum of the charter's orderers over one header: that the records
 * say what they say, that the acts they name were accepted, in this order, at these dates. Proved
 * by replay, without trusting the orderers: that every act was signed by its seat; who answered
 * what, on which text and under which rule; the text itself, through every amendment; the verdict
 * and its arithmetic; the day an agreement enters into force, by the deposits and the charter's
 * delays; and that no seat is shown as a party without an act of its own: a yes that binds, a
 * deposit, or its signature on a charter whose rule binds all; what was pledged, reported, attested
 * and paid.
 *
 * Proved by the rulings in it, each with its own record, acts and verdict: that an agreement was
 * suspended, resumed or ended, that a party broke it and what followed, and by which weights
 * something was decided where they were not the charter's any more. Reservations and who objects to
 * them follow from their acts.
 *
 * Only believed of the orderers: block times; the roll (who had joined and was present) and whose
 * votes were suspended; that a ruling did what it says when it was adopted; when an
 * amendment put to the floor was adopted; what of the fund was spent by which other proposal; how
 * much of a pledge was confirmed when it was reviewed; and that no act was left out of the record
 * itself.
 *
 * One file has one encoding, so that a changed byte is a changed instrument: strict protobuf;
 * each record's `index` has bit k set where the k-th hash of its path stands left, and `count` is
 * 2 to the length of the path (the outcomes root does not commit to the true ones). The acts are
 * those the first two records name, in their order, then by seat the convene or join of each
 * party that only the charter binds, then those of each ruling. Rulings that changed weights come
 * first, in their order, then those the agreement's acts name, in theirs. */
#ifndef COMITY_INSTRUMENT_INSTRUMENT_H
#define COMITY_INSTRUMENT_INSTRUMENT_H

#include "base/arena.h"
#include "forum/compliance.h"
#include "instrument/record.h"
#include "model/act.h"
#include "model/block.h"
#include "model/charter.h"

enum { INSTRUMENT_VERSION = 1, INSTRUMENT_SIZE_MAX = 4 << 20, INSTRUMENT_RECORDS_MAX = 64 };

struct instrument_record {
    struct bytes record;     /* Canonical bytes (record.h). */
    uint64_t index, count;   /* See above; as the daemon hands it out: leaf and leaves. */
    const struct hash *path; /* Leaf to root. */
    uint32_t path_count;
};

/* The parts as they stand in the file; all borrowed. */
struct instrument {
    struct bytes charter;
    struct bytes header;
    struct bytes cert; /* Encoded Cert. */
    struct instrument_record records[INSTRUMENT_RECORDS_MAX];
    uint32_t records_count;
    const struct bytes *acts; /* Encoded SignedAct each. */
    uint32_t acts_count;
};

/* Strict; `bytes` must outlive the instrument, which is the arena's. COMITY_INVALID: the fault
 * names the field; COMITY_LIMIT, COMITY_FOREIGN (another version), COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error instrument_read(struct bytes bytes, struct arena *arena,
                                                    struct instrument **ret_instrument,
                                                    struct fault *fault);
/* Append. COMITY_MEMORY, COMITY_INVALID: the certificate is none. */
COMITY_MUST_CHECK enum comity_error instrument_write(const struct instrument *self,
                                                     struct buffer *ret_bytes);

/* Where acts come from: encoded SignedActs that outlive the instrument; no bytes if unknown. */
struct instrument_source {
    void *context;
    struct bytes (*find_act)(void *context, const struct hash *id);
    struct bytes (*find_join)(void *context, uint32_t seat); /* Its convene or join. */
};
/* From what the daemon hands out to a whole instrument: bring the records' places into their one
 * form and find the acts. COMITY_NOT_FOUND: an act is missing; COMITY_INVALID, COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error instrument_complete(struct instrument *self,
                                                        const struct instrument_source *source,
                                                        struct arena *arena, struct fault *fault);

/* Who is who, by somebody who compared fingerprints: `NAME FINGERPRINT` or `NAME HEXKEY` lines;
 * `#` begins a comment. */
struct instrument_key {
    const char *name;
    const char *key; /* As written. */
};
struct instrument_keys {
    const struct instrument_key *items;
    uint32_t count;
};
/* COMITY_INVALID: the fault names the line. */
COMITY_MUST_CHECK enum comity_error instrument_keys_read(struct bytes text, struct arena *arena,
                                                         struct instrument_keys *ret_keys,
                                                         struct fault *fault);

struct instrument_seat {
    char fingerprint[48];
    bool orders, signed_order; /* Orders; signed the finalization. */
    bool confirmed;            /* By the keys. */
    bool in_roll;
    const struct act *ballot;  /* That counts; NULL: none. */
    const struct act *consent; /* What made it a party: ballot, ratify, accede, join; or NULL. */
};

/* A ruling that it proves, by its own record, acts and verdict. */
struct instrument_ruling {
    const struct record_proposal *record;
    const struct act *propose;
    const struct charter_rule *rule; /* It was put under. */
};

struct instrument_report {
    const struct charter *charter;
    struct block_header header;
    uint32_t signatures_count, quorum;
    const struct record_proposal *proposal;
    const struct record_agreement *agreement; /* NULL: a verdict only. */
    const struct act *propose;                /* Title, topic, terms, pledges. */
    const struct charter_rule *rule;
    struct bytes text;                   /* As it was decided. */
    const struct instrument_seat *seats; /* By the charter's index. */
    /* Of an agreement; NULL: not told. Shares of a fund go by the charter's weights, though these
     * may have been changed since. */
    const struct instrument_ruling *rulings; /* As they stand in the file. */
    uint32_t rulings_count;
    const struct compliance *compliance;
    const struct forum_accounts *accounts;
    bool knows_time; /* The forum's clock is UTC: compliance knows which days are past. */
    bool has_keys;
    uint32_t confirmed_count;
};

/* Everything above, in order; `keys` may be NULL. What the report points to is the arena's, the
 * keys' or the instrument's. On failure the fault says what is wrong, in one sentence:
 * COMITY_FOREIGN: another forum or protocol; COMITY_SIGNATURE: a signature, a quorum, a key;
 * COMITY_NOT_FOUND: something was left out; COMITY_CONFLICT: acts and records disagree;
 * COMITY_INVALID: malformed; COMITY_LIMIT, COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error
instrument_verify(const struct instrument *self, const struct instrument_keys *keys,
                  struct arena *arena, struct instrument_report *ret_report, struct fault *fault);

#endif
