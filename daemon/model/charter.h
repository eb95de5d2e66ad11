/* SPDX-License-Identifier: Apache-2.0 */
/* charter.h - what founds a forum, as the pure rooms see it: proto/charter.proto decoded into
 * plain structs and checked (charter/charter.h). Owned by the arena it was decoded into. */
#ifndef COMITY_MODEL_CHARTER_H
#define COMITY_MODEL_CHARTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/act.h"
#include "model/answer.h"
#include "model/limits.h"
#include "model/verdict.h"

enum seat_role { SEAT_MEMBER = 1, SEAT_CHAIR, SEAT_OBSERVER };
enum charter_closes { CLOSES_ALL_ANSWERED = 1, CLOSES_PRESIDING, CLOSES_AFTER };
enum charter_silence { CHARTER_SILENCE_IGNORE = 1, CHARTER_SILENCE_NO, CHARTER_SILENCE_YES };
enum charter_binds { BINDS_ALL = 1, BINDS_CONSENTING };
enum charter_clock { CLOCK_REAL = 1, CLOCK_SCALED, CLOCK_PRESIDED };
enum charter_notes { NOTES_NONE = 1, NOTES_FLOOR };
enum charter_tie { TIE_REJECT, TIE_PRESIDING };
enum charter_reservations { RESERVATIONS_ANY = 1, RESERVATIONS_NONE, RESERVATIONS_LISTED };
enum charter_alleged_by { ALLEGED_BY_PARTIES, ALLEGED_BY_MEMBERS };
/* Which responses to a breach a rule knows: sums of these. */
#define RESPONSE_BIT(response) (1u << ((response)-RESPONSE_SUSPEND_VOTES))
enum { RESPONSE_BITS = 15 };
/* What proposals under a rule may do: sums of these. */
enum charter_may {
    MAY_SUSPEND_VOTES = 1,
    MAY_RESTORE = 2,
    MAY_EXPEL = 4,
    MAY_SUSPEND = 8, /* And resume, an agreement. */
    MAY_END = 16,
    MAY_REWEIGH = 32,
    MAY_BITS = 63
};
enum charter_freeze { FREEZE_OPENING, FREEZE_ADOPTION, FREEZE_DATE };

/* Stands for every member where a setting names a group. */
#define CHARTER_MEMBERS "members"

struct charter_seat {
    const char *name;
    const char *title;
    uint8_t key[KEY_SIZE];
    enum seat_role role;
    int32_t represents; /* Group index, or -1. */
    int32_t carries;    /* Group index, or -1. */
};

struct charter_group {
    const char *name;
    uint64_t seats[SEATS_MAX / 64];
};

struct charter_weight {
    const char *name;
    const uint64_t *values; /* seats_count of them. */
};

/* So many calendar days (UTC) or whole months later, then the first day of the n-th month after
 * that. */
struct charter_delay {
    uint32_t days;
    uint32_t months;      /* 0: the day itself. */
    uint32_t span_months; /* The same day of the month, or its last; 0: `days`. */
};

struct charter_rule {
    const char *name;
    const char *sentence;      /* Canonical. */
    const char *quorum_open;   /* NULL: none. */
    const char *quorum_decide; /* NULL: none. */
    enum charter_closes closes;
    int64_t closes_ms; /* Forum time; 0: none. */
    enum charter_silence silence;
    bool absent_blocks;
    bool revise_never;
    enum charter_binds binds;
    bool has_in_force;
    struct {
        const char *sentence;
        struct charter_delay delay;
        int64_t not_before_ms; /* 0: none. */
        struct charter_delay late;
    } in_force;
    bool has_exit;
    struct {
        uint32_t lock_days, lock_months; /* Whichever is not 0. */
        uint32_t notice_days, notice_months;
        bool final;    /* A notice may not be taken back. */
        bool no_later; /* Nor name a later day. */
    } exit;
    uint32_t answers;         /* ANSWER_BITs that may be given; 0: yes, no, object and abstain. */
    const char *no_abstain;   /* A group's name or CHARTER_MEMBERS; NULL: nobody. */
    const char *must_abstain; /* Who may be named as party to a dispute; as above. */
    uint32_t pass_turns;      /* 0 or 1. */
    bool receipt_required;
    enum charter_tie tie;
    int64_t revote_ms; /* Forum time; 0: no second ballot after a tie. */
    enum charter_freeze freeze;
    int64_t freeze_ms;
    /* The first ballot is taken under this rule's own settings, which are those of `first`. */
    bool has_stages;
    struct {
        const char *first;
        const char *adopted; /* The rule that follows; NULL: adopted for good. */
        const char *failed;
        uint32_t failed_if; /* VERDICT_BITs. */
    } stages;
    enum charter_reservations reservations;
    uint32_t window_days, window_months; /* To object to one; months if not 0. */
    bool has_breach;
    struct {
        const char *ruled_by; /* A rule's name. */
        enum charter_alleged_by alleged_by;
        uint32_t responses; /* RESPONSE_BITs. */
        bool accused_votes;
        bool shortfall; /* A pledge not delivered in time is a breach without a ruling. */
        uint32_t review_days;
    } breach;
    bool has_fund;
    struct {
        const char *spent_by; /* A rule's name. */
        const char *issue;
        const char *unit;
        const char *by;      /* A weight's name; NULL: equal shares, or by the key. */
        const uint64_t *key; /* By seat; NULL: none. */
    } fund;
    uint32_t attestations;
    uint32_t may;      /* MAY_ bits. */
    uint32_t sponsors; /* A draft with fewer is a working paper; 0 and 1: its proposer is enough. */
    struct hash hash;  /* H("comity/rule/v1", encoded Rule): what ballots name. */
};

struct charter {
    struct hash id; /* Of the exact bytes. */
    uint8_t nonce[16];
    const char *name;
    const char *title;
    uint32_t seats_count;
    const struct charter_seat *seats;
    uint32_t groups_count;
    const struct charter_group *groups;
    uint32_t weights_count;
    const struct charter_weight *weights;
    uint32_t rules_count;
    const struct charter_rule *rules;
    uint32_t topics_count;
    const char *const *topics;
    uint32_t orderers_count;      /* At least 1. */
    uint32_t orderers[SEATS_MAX]; /* Seat of each orderer, in roster order. */
    const char *procedure;
    enum charter_clock clock;
    int64_t clock_starts_ms;
    int64_t clock_day_ms;
    int64_t pace_ms;
    int64_t tolerance_ms;
    int64_t grace_ms;
    enum charter_notes notes;
    uint32_t nominal; /* See rules/roster.h; 0: counts are as they are. */
};

#endif
