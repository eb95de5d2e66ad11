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
#include "forum/records.h"
#include "model/act.h"
#include "model/charter.h"
#include "model/verdict.h"

struct forum;

struct forum_block {
    uint64_t height;
    int64_t time_ms; /* Block time, UTC. */
    const struct act *acts;
    uint32_t acts_count;
};

enum proposal_status {
    PROPOSAL_OPEN,
    PROPOSAL_CLOSED /* in its grace */,
    PROPOSAL_DECIDED,
    PROPOSAL_RETRACTED
};
/* Why a seat stands on the list of those who defected (DESIGN.md section 2, conduct). */
enum defection { DEFECTION_NONE, DEFECTION_WITHDREW_IN_LOCK, DEFECTION_EQUIVOCATED };

struct forum_ballot {
    uint8_t answer;      /* enum answer; ANSWER_SILENT if none counts. */
    bool voided, passed; /* By evidence of equivocation; once, so yes or no only from then on. */
    int64_t signed_ms;
    struct hash act; /* Id of the act that counts. */
};

struct forum_text { /* Markdown: preambular, then operative clauses `1. `, `2. ` ... */
    struct bytes bytes;
    struct hash hash;
    uint32_t version; /* 1 as proposed. */
};

struct forum_proposal {
    uint32_t number; /* P number, from 1. */
    uint32_t amends; /* P number of the draft it amends, or 0. */
    struct hash id;  /* Of the propose or amend act. */
    uint32_t proposer;
    const char *title;
    const char *topic; /* "" if none. */
    const struct charter_rule *rule;
    bool binding;
    enum proposal_status status;
    struct forum_text text;    /* An amendment's: what the draft's would become. */
    const struct bytes *texts; /* What it said before, the first first: versions 1 ... */
    uint32_t texts_count;
    const struct term *terms;
    const struct pledge *pledges;
    uint32_t terms_count, pledges_count;
    uint64_t sponsors[SEATS_MAX / 64];
    uint64_t roll[SEATS_MAX / 64];         /* Present when it was opened: frozen. */
    uint64_t must_abstain[SEATS_MAX / 64]; /* Parties to the dispute, as the proposal says. */
    struct forum_ballot *ballots;          /* By seat: seats_count of them. */
    int64_t opened_ms, closes_ms;          /* Forum time; closes_ms INT64_MAX: open-ended. */
    int64_t closed_ms, decided_ms;         /* Forum time; meaningful by status. */
    int64_t decided_block_ms;              /* Block time of the decision. */
    uint64_t decided_height;
    enum verdict verdict;
    const char *line;        /* The arithmetic; also while open. */
    bool tied;               /* Closed, and the chair's ruling decides. */
    bool can_change;         /* Can an answer still change the verdict? */
    uint32_t agreement;      /* A number, or 0. */
    const struct hash *acts; /* Every act that touched it, in the record's order. */
    uint32_t acts_count;
    uint64_t endorsed[SEATS_MAX / 64], condemned[SEATS_MAX / 64];
};

enum agreement_status { AGREEMENT_PENDING, AGREEMENT_IN_FORCE, AGREEMENT_ENDED };
enum party_status {
    PARTY_NONE,
    PARTY_CONSENTED /* Not bound yet. */,
    PARTY_BOUND,
    PARTY_LEAVING /* Bound; notice runs. */,
    PARTY_LEFT
};
struct forum_party {
    enum party_status status;
    int64_t consent_ms; /* Forum time of the deposit that counts. */
    int64_t since_ms;   /* Bound from (day it takes effect); INT64_MAX: not known yet. */
    int64_t notice_ms;  /* Of the running notice. */
    int64_t until_ms;   /* Bound until; INT64_MAX: no end in sight. */
    enum home_verdict home;
    enum defection defection;
};
struct forum_agreement {
    uint32_t number;   /* A number, from 1. */
    uint32_t proposal; /* P number. */
    enum agreement_status status;
    int64_t threshold_ms;        /* Day the in-force rule was met; INT64_MAX: not yet. */
    int64_t in_force_ms;         /* INT64_MAX: not known yet. */
    const char *line;            /* The in-force rule's arithmetic. */
    struct forum_party *parties; /* By seat: seats_count of them. */
    uint32_t parties_count;      /* Bound now; an organisation (`represents`) adds nothing. */
    const struct hash *acts;     /* Every act that touched it, in the record's order. */
    uint32_t acts_count;
    uint64_t endorsed[SEATS_MAX / 64], condemned[SEATS_MAX / 64]; /* As its proposal's. */
};

struct forum_declaration { /* A unilateral act. */
    struct hash id;
    uint32_t seat;
    const char *title;
    const char *topic;
    int64_t signed_ms;
    int64_t time_ms;              /* Forum time at which it entered the record. */
    const struct hash *relies_on; /* Agreements it relies on, as it says: proposals' ids. */
    uint32_t relies_on_count;
    uint64_t endorsed[SEATS_MAX / 64], condemned[SEATS_MAX / 64];
};

struct forum_conduct { /* Counts, per seat. */
    uint32_t joined, dissent, exit, alone, defection;
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

uint32_t forum_proposals_count(const struct forum *self);
/* Numbers count from 1; NULL if there is none. */
const struct forum_proposal *forum_proposal(const struct forum *self, uint32_t number);
const struct forum_proposal *forum_find_proposal(const struct forum *self, const struct hash *id);
uint32_t forum_agreements_count(const struct forum *self);
const struct forum_agreement *forum_agreement(const struct forum *self, uint32_t number);
uint32_t forum_declarations_count(const struct forum *self);
const struct forum_declaration *forum_declaration(const struct forum *self, uint32_t index);

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
