/* SPDX-License-Identifier: Apache-2.0 */
/* forum.h - a forum's state: what the record says is proposed, answered, agreed, declared and
 * broken. Final blocks go in, in order; outcomes come out. Every daemon that applies the same
 * blocks holds the same state, bit for bit.
 *
 * Pure: no I/O, no clock, no signatures, memory from the caller's arena only; the one hash it
 * computes is that of a text an amendment makes (amendment.c). Acts come decoded, their signatures
 * and text hashes already checked. An act that does not fit the state it meets is refused with a
 * reason and changes nothing. Time is the forum's: see forum_time. Proposals and amendments are
 * numbered P1, P2 ... and agreements A1 ... in the record's order. */
#ifndef COMITY_FORUM_FORUM_H
#define COMITY_FORUM_FORUM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "forum/outcome.h"
#include "forum/parts.h"
#include "forum/records.h"
#include "model/act.h"
#include "model/charter.h"
#include "model/conduct.h"
#include "model/verdict.h"

struct forum;

struct forum_block {
    uint64_t height;
    int64_t time_ms; /* Block time, UTC. */
    const struct act *acts;
    uint32_t acts_count;
};

struct forum_first { /* The first of two ballots, under a rule with stages, and over. */
    const struct charter_rule *rule;
    enum verdict verdict;
    const char *line; /* Its arithmetic. */
    int64_t decided_ms;
    const uint8_t *answers; /* enum answer, by seat. */
};

struct forum_conduct {                                /* Counts, per seat. */
    uint32_t joined, dissent, exit, alone, defection; /* The classes: sums of their kinds. */
    uint32_t kinds[CONDUCT_KINDS_COUNT];
};

/* `charter` outlives the forum. COMITY_MEMORY; COMITY_INVALID: a rule does not parse (a charter
 * that was decoded by charter/ never fails so). */
COMITY_MUST_CHECK enum comity_error forum_create(struct arena *arena, const struct charter *charter,
                                                 struct forum **ret_forum, struct fault *fault);
/* Apply the next final block: deadlines that its time passes first, each at its own forum time and
 * in their order, then its acts in order, then what they decide: a verdict that becomes certain
 * within a block is given when the block ends. Outcomes are valid until the next call.
 * COMITY_MEMORY: the state must not be used further. */
COMITY_MUST_CHECK enum comity_error forum_apply(struct forum *self, const struct forum_block *block,
                                                struct outcomes *ret_outcomes);
/* Would this act be accepted now? For a client's early error; COMITY_OK or the refusal. */
enum comity_error forum_check_act(const struct forum *self, const struct act *act,
                                  struct fault *fault);

const struct charter *forum_charter(const struct forum *self);
/* The forum's clock at a block time: real, scaled or presided. Monotone. */
int64_t forum_time(const struct forum *self, int64_t block_ms);
int64_t forum_now(const struct forum *self); /* Forum time of the last block. */
/* The block time (UTC ms) at which a deadline passes next; INT64_MAX: none. */
int64_t forum_due(const struct forum *self);
uint64_t forum_height(const struct forum *self);

bool forum_is_suspended(const struct forum *self);
/* Is the seat asked for a receipt? */
bool forum_wants_receipt(const struct forum *self, uint32_t number, uint32_t seat);
bool forum_seat_joined(const struct forum *self, uint32_t seat);
uint64_t forum_seat_seq(const struct forum *self, uint32_t seat); /* Last seq in the record. */
bool forum_seat_present(const struct forum *self, uint32_t seat); /* By the last roll call. */
struct forum_conduct forum_seat_conduct(const struct forum *self, uint32_t seat);
/* By place in the charter's topics; topics_count: of no topic the charter lists. */
struct forum_conduct forum_topic_conduct(const struct forum *self, uint32_t seat, uint32_t topic);

/* Whether it is still in the forum, and whether it would be asked now. */
enum seat_standing forum_seat_standing(const struct forum *self, uint32_t seat);
bool forum_seat_has_votes(const struct forum *self, uint32_t seat);
/* What it is now; 0 if there is no such weight or seat. */
uint64_t forum_weight(const struct forum *self, uint32_t weight, uint32_t seat);
struct forum_reweigh {         /* A weight got other values. */
    uint32_t weight, proposal; /* Place in the charter; P number of the ruling. */
    int64_t time_ms;           /* Forum time. */
};
/* What the weights were, and how they changed, in the record's order. */
uint32_t forum_reweighs_count(const struct forum *self);
struct forum_reweigh forum_reweigh(const struct forum *self, uint32_t index);
/* By seat, after the first `changes` of them; 0: as the charter has them. */
const uint64_t *forum_weight_values(const struct forum *self, uint32_t weight, uint32_t changes);
/* How many changes there were when it was decided, or are now if it is not: what its own values
 * are compared with. */
uint32_t forum_weights_before(const struct forum *self, const struct forum_proposal *proposal);

uint32_t forum_proposals_count(const struct forum *self);
/* Numbers count from 1; NULL if there is none. */
const struct forum_proposal *forum_proposal(const struct forum *self, uint32_t number);
const struct forum_proposal *forum_find_proposal(const struct forum *self, const struct hash *id);
/* The organisation whose answer counts as this seat's; OUTCOME_NONE: its own does. */
uint32_t forum_carried_by(const struct forum *self, uint32_t number, uint32_t seat);
uint32_t forum_agreements_count(const struct forum *self);
const struct forum_agreement *forum_agreement(const struct forum *self, uint32_t number);
uint32_t forum_reservations_count(const struct forum *self);
const struct forum_reservation *forum_reservation(const struct forum *self, uint32_t number);
/* Until when the seat may object to it; INT64_MIN: never. */
int64_t forum_objection_until(const struct forum *self, const struct forum_reservation *reservation,
                              uint32_t seat);
/* What two seats are to each other by this agreement on an operative clause; 0: at the worst. */
enum relation forum_relation(const struct forum *self, uint32_t agreement, uint32_t a, uint32_t b,
                             uint32_t clause);
uint32_t forum_allegations_count(const struct forum *self);
const struct forum_allegation *forum_allegation(const struct forum *self, uint32_t number);
uint32_t forum_declarations_count(const struct forum *self);
const struct forum_declaration *forum_declaration(const struct forum *self, uint32_t index);
uint32_t forum_shifts_count(const struct forum *self);
const struct forum_shift *forum_shift(const struct forum *self, uint32_t index);

/* The three lists of a decided proposal. A seat is in exactly one, or in none if no member. */
struct forum_lists {
    uint64_t formed[SEATS_MAX / 64], stayed_out[SEATS_MAX / 64], defected[SEATS_MAX / 64];
};
void forum_proposal_lists(const struct forum *self, const struct forum_proposal *proposal,
                          struct forum_lists *ret_lists);

/* Canonical snapshot of the whole state, and back. Loading gives a state that goes on exactly as
 * the saved one. COMITY_DAMAGED: the bytes are no snapshot of this charter. */
size_t forum_save_size(const struct forum *self);
void forum_save(const struct forum *self, struct writer *writer);
COMITY_MUST_CHECK enum comity_error forum_load(struct arena *arena, const struct charter *charter,
                                               struct bytes snapshot, struct forum **ret_forum,
                                               struct fault *fault);

#endif
