/* SPDX-License-Identifier: Apache-2.0 */
/* proof.h - an instrument while it is checked, shared by the files of this room: each fills in
 * what the next one relies on. All memory is the arena's. */
#ifndef COMITY_INSTRUMENT_PROOF_H
#define COMITY_INSTRUMENT_PROOF_H

#include "codec/act.h"
#include "forum/compliance.h"
#include "instrument/instrument.h"

/* A text the proposal had, or could have had. */
struct proof_text {
    struct bytes bytes;
    struct hash hash;
};

struct proof {
    const struct instrument *file;
    struct arena *arena;
    struct fault *fault;
    const struct charter *charter;
    struct block_header header;
    struct cert cert;
    struct record_proposal *proposal;
    struct record_agreement *agreement; /* NULL: a verdict only. */
    struct signed_act *acts;            /* As file->acts. */
    uint32_t charter_acts_first;        /* From here on convene and join. */

    const struct charter_rule *rule;
    /* The rule the proposal asked for, if its first ballot led to a second one, under `rule`. */
    const struct charter_rule *first_rule;
    bool resumed;                          /* The forum was suspended: dates have moved. */
    enum answer casting;                   /* The chair's ruling on a tie, or silent. */
    uint64_t must_abstain[SEATS_MAX / 64]; /* Parties to the dispute. */
    uint64_t passed[SEATS_MAX / 64];
    uint64_t received[SEATS_MAX / 64]; /* Signed something about the last text. */
    struct bytes text;
    const struct act *ballots[SEATS_MAX];  /* That count. */
    const struct act *consents[SEATS_MAX]; /* What made it a party. */
    struct accounts accounts;              /* As the agreement's acts make them. */
};

/* verify.c: the records, read and compared with each other and the charter. */
COMITY_MUST_CHECK enum comity_error proof_read_records(struct proof *self);
/* act.c: every act the records name is here, signed, in order. */
COMITY_MUST_CHECK enum comity_error proof_check_acts(struct proof *self);
/* Well-formed, of this forum, signed by its seat. `name` stands in the fault. */
COMITY_MUST_CHECK enum comity_error proof_decode_act(struct proof *self, struct bytes encoded,
                                                     const char *name, struct signed_act *ret_act);
/* replay.c: from the proposal's acts to its text, answers and sponsors. */
COMITY_MUST_CHECK enum comity_error proof_replay(struct proof *self);
/* answers.c: the ANSWER_BITs the seat may give under the rule, as things stand. */
uint32_t proof_allowed(const struct proof *self, uint32_t seat);
/* verdict.c: from the answers to the verdict and its arithmetic. */
COMITY_MUST_CHECK enum comity_error proof_check_verdict(struct proof *self);
/* accounts.c: from the agreement's acts to pledges, reports and fund; reviews and spendings as the
 * record has them. */
COMITY_MUST_CHECK enum comity_error proof_check_accounts(struct proof *self);
/* Did a review find a pledge of the seat short? */
bool proof_fell_short(const struct proof *self, uint32_t seat);
/* Goals, pledges and deliveries side by side, for the report. */
COMITY_MUST_CHECK enum comity_error proof_compliance(struct proof *self,
                                                     struct compliance **ret_compliance);
/* parties.c: from the agreement's acts to its dates and parties. */
COMITY_MUST_CHECK enum comity_error proof_check_parties(struct proof *self);

/* Does only the charter bind this seat? Then its convene or join belongs into the file. Needs the
 * records and, decoded, the acts they name. */
bool proof_is_bound_by_charter(const struct proof *self, uint32_t seat);

/* A time the calendar knows; a lying record may hold any number. */
static inline bool proof_is_time(int64_t ms)
{
    return ms >= ACT_TIME_MIN && ms <= ACT_TIME_MAX;
}

/* Forum time is block time, and no pause has moved it. */
static inline bool proof_knows_time(const struct proof *self)
{
    return self->charter->clock == CLOCK_REAL && !self->resumed;
}

/* What the acts of the two records are: acts[first .. first + count - 1] of the proof. */
static inline uint32_t proof_agreement_first(const struct proof *self)
{
    return self->proposal->acts.count;
}
static inline const char *proof_seat_name(const struct proof *self, uint32_t seat)
{
    return self->charter->seats[seat].name;
}

#endif
