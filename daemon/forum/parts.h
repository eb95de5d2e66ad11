/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what a forum holds, as others may see it: proposals, agreements and their parties,
 * reservations, allegations, acts alone. Part of forum.h; all is the forum's and only read.
 * Pure. */
#ifndef COMITY_FORUM_PARTS_H
#define COMITY_FORUM_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/act.h"
#include "model/charter.h"
#include "model/verdict.h"

enum seat_standing { STANDING_MEMBER, STANDING_EXPELLED, STANDING_LEFT };
enum proposal_status {
    PROPOSAL_OPEN,
    PROPOSAL_CLOSED /* in its grace */,
    PROPOSAL_DECIDED,
    PROPOSAL_RETRACTED
};
/* Why a seat stands on the list of those who defected (DESIGN.md section 2, conduct). */
enum defection {
    DEFECTION_NONE,
    DEFECTION_WITHDREW_IN_LOCK,
    DEFECTION_EQUIVOCATED,
    DEFECTION_BREACHED,
    DEFECTION_HOLLOW_RESERVATION
};
#define DEFECTION_BIT(defection) (1u << (defection))
enum { DEFECTION_BITS = 31 };

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
    bool binding, by_part; /* By part: does the clause stay? */
    enum proposal_status status;
    struct forum_text text;    /* An amendment's: what the draft's would become. */
    const struct bytes *texts; /* What it said before, the first first: versions 1 ... */
    uint32_t texts_count;
    const struct term *terms;
    const struct pledge *pledges;
    const struct goal *goals;
    uint32_t terms_count, pledges_count, goals_count;
    const uint32_t *reservable; /* Operative clauses, where the rule lists them. */
    uint32_t reservable_count;
    struct effect effect; /* What its adoption does. */
    const char *undone;   /* Adopted, and the effect did not fit any more: why; NULL: it did. */
    bool has_carried;     /* It was put elsewhere before. */
    struct hash carried_forum, carried_proposal;
    uint64_t sponsors[SEATS_MAX / 64];
    uint64_t roll[SEATS_MAX / 64];    /* Present when it was opened: frozen. */
    uint64_t members[SEATS_MAX / 64]; /* Had a vote when it was opened: frozen. */
    uint32_t accused;    /* Of the breach it rules on, and abstains; UINT32_MAX: nobody. */
    struct hash weights; /* Hash of the weights that decided; zero before, or if there are none. */
    uint64_t must_abstain[SEATS_MAX / 64]; /* Parties to the dispute, as the proposal says. */
    struct forum_ballot *ballots;          /* By seat: seats_count of them. */
    int64_t opened_ms, closes_ms;          /* Forum time; closes_ms INT64_MAX: open-ended. */
    int64_t closed_ms, decided_ms;         /* Forum time; meaningful by status. */
    int64_t decided_block_ms;              /* Block time of the decision. */
    uint64_t decided_height;
    enum verdict verdict;
    const char *line;        /* The arithmetic; also while open. */
    bool tied, can_change;   /* Closed, the chair's ruling decides; an answer can change it. */
    uint32_t agreement;      /* A number, or 0. */
    const struct hash *acts; /* Every act that touched it, in the record's order. */
    uint32_t acts_count;
    uint64_t endorsed[SEATS_MAX / 64], condemned[SEATS_MAX / 64];
    const struct forum_first *first; /* The ballot before this one (forum.h); NULL: none. */
};

enum agreement_status {
    AGREEMENT_PENDING,
    AGREEMENT_IN_FORCE,
    AGREEMENT_ENDED,
    AGREEMENT_SUSPENDED /* In force, and no obligation runs. */
};
enum party_status {
    PARTY_NONE,
    PARTY_CONSENTED /* Not bound yet. */,
    PARTY_BOUND,
    PARTY_LEAVING /* Bound; notice runs. */,
    PARTY_LEFT,
    PARTY_SUSPENDED /* Bound, and by a ruling the agreement does not run towards it. */
};
struct forum_party {
    enum party_status status;
    int64_t consent_ms; /* Forum time of the deposit that counts. */
    int64_t since_ms;   /* Bound from (day it takes effect); INT64_MAX: not known yet. */
    int64_t notice_ms;  /* Of the running notice. */
    int64_t until_ms;   /* Bound until; INT64_MAX: no end in sight. */
    enum home_verdict home;
    uint32_t defections;      /* DEFECTION_BITs. */
    enum defection defection; /* The gravest of them, or DEFECTION_NONE. */
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
    const struct forum_accounts *accounts; /* Pledges, reports, fund: accounts.h. */
};

enum reservation_status {
    RESERVATION_MADE, /* Its maker has not consented yet. */
    RESERVATION_EFFECTIVE,
    RESERVATION_TAKEN_BACK,
    RESERVATION_REPLACED,
    RESERVATION_LAPSED /* Another text, or its maker is no party any more. */
};
struct forum_reservation {
    uint32_t number; /* R number, from 1. */
    struct hash id;
    uint32_t seat;
    uint32_t proposal; /* P number. */
    uint32_t clause;   /* Operative; 0: the whole. */
    struct bytes text;
    enum reservation_status status;
    int64_t made_ms, effective_ms, ended_ms; /* INT64_MAX, 0: not. */
    uint64_t objected[SEATS_MAX / 64];       /* Bound on everything but the clause. */
    uint64_t refused[SEATS_MAX / 64];        /* No relations with its maker. */
};
/* Between two parties, from good to bad. */
enum relation {
    RELATION_OUT, /* Not both are parties, or it is one and the same. */
    RELATION_FULL,
    RELATION_MODIFIED, /* By a reservation that is accepted, or may still be objected to. */
    RELATION_REST,     /* Objected to: bound on the rest, article 21(3). */
    RELATION_NONE      /* Relations refused. */
};

enum allegation_status { ALLEGATION_OPEN, ALLEGATION_FOUND, ALLEGATION_NOT_FOUND };
struct forum_allegation {
    uint32_t number; /* L number, from 1. */
    struct hash id;
    uint32_t agreement; /* A number. */
    uint32_t by, accused;
    uint32_t clause;      /* Operative; 0: the whole. */
    uint32_t reservation; /* R number, said to be hollow; 0: none. */
    struct bytes text;
    enum allegation_status status;
    uint32_t ruling; /* P number; 0: none yet. */
    enum response response;
    int64_t made_ms, ruled_ms;
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

struct forum_shift {         /* A question taken to another forum. */
    uint32_t proposal, seat; /* P number; who took it. */
    struct hash forum;       /* There. */
    const char *name;
    int64_t time_ms; /* Forum time. */
};

/* "in-force", "suspended", "withdrew-in-lock"; "" for DEFECTION_NONE. */
const char *agreement_status_word(enum agreement_status status);
const char *party_status_word(enum party_status status);
const char *defection_word(enum defection defection);
/* "taken-back"; "not-found"; "rest", "" for RELATION_OUT. */
const char *reservation_status_word(enum reservation_status status);
const char *allegation_status_word(enum allegation_status status);
const char *relation_word(enum relation relation);

#endif
