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

/* The charter's weights, and as each ruling that changed them left them. */
struct weights {
    uint32_t count;                       /* Versions; the first is the charter's. */
    const struct charter_weight **values; /* By version: charter->weights_count of them. */
    struct hash *hashes;
    uint64_t *decided_heights;
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
    uint32_t acts_count;                /* Without those of rulings. */
    uint32_t charter_acts_first;        /* From here on convene and join. */

    const struct charter_rule *rule;
    /* The rule the proposal asked for, if its first ballot led to a second one, under `rule`. */
    const struct charter_rule *first_rule;
    bool resumed;                          /* The forum was suspended: dates have moved. */
    enum answer casting;                   /* The chair's ruling on a tie, or silent. */
    uint64_t must_abstain[SEATS_MAX / 64]; /* Parties to the dispute. */
    uint64_t members[SEATS_MAX / 64];      /* Who was asked. */
    const struct weights *weights;         /* As rulings in the file changed them. */
    uint64_t passed[SEATS_MAX / 64];
    uint64_t received[SEATS_MAX / 64]; /* Signed something about the last text. */
    struct bytes text;
    const struct act *ballots[SEATS_MAX];  /* That count. */
    const struct act *consents[SEATS_MAX]; /* What made it a party. */
    struct accounts accounts;              /* As the agreement's acts make them. */
    struct instrument_ruling *rulings;
    uint32_t rulings_count;
};

/* rulings.c: the proposals behind the first ones, each verified as if it stood alone; weights in
 * their order first, then what the agreement's acts name. Needs the records of this proof. */
COMITY_MUST_CHECK enum comity_error proof_check_rulings(struct proof *self);
/* How many acts of the file belong to them: they stand at its end. */
COMITY_MUST_CHECK enum comity_error proof_rulings_size(struct proof *self, uint32_t *ret_acts);
/* NULL: no record proves it. */
const struct instrument_ruling *proof_find_ruling(const struct proof *self, const struct hash *id);
/* turns.c: what the ruling that is this act of the agreement's did to a seat. */
enum turn_kind { TURN_NONE, TURN_SUSPEND, TURN_RESTORE, TURN_LEAVE, TURN_END };
struct turn {
    enum turn_kind kind;
    bool found, hollow; /* It broke the agreement; its reservation is hollow. */
    int64_t time_ms;
};
struct turn proof_turn(const struct proof *self, uint32_t index, uint32_t seat);
/* Whom this act made no member any more, by leaving or by an expulsion; OUTCOME_NONE: nobody. */
uint32_t proof_departure(const struct proof *self, uint32_t index);
/* It stands there only for a departure: a breach of another agreement, and its ruling. */
bool proof_is_elsewhere(const struct proof *self, uint32_t index);
/* The last that suspended, resumed or ended the whole; EFFECT_NONE. */
enum effect_kind proof_last_turn(const struct proof *self);
COMITY_MUST_CHECK enum comity_error proof_check_turn(struct proof *self, uint32_t index);
COMITY_MUST_CHECK enum comity_error proof_check_allegation(struct proof *self,
                                                           const struct act *act);
/* reservations.c: from the acts to the reservations the record shows. */
COMITY_MUST_CHECK enum comity_error proof_check_reservations(struct proof *self);
/* Do its reservations cover every operative clause? Did it make any? */
bool proof_is_hollow(const struct proof *self, uint32_t seat);
bool proof_has_reserved(const struct proof *self, uint32_t seat);
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
