/* SPDX-License-Identifier: Apache-2.0 */
/* act.h - an act as the pure rooms see it: proto/acts.proto decoded into plain structs. Strings
 * and arrays are borrowed from whoever decoded the act (codec/act.h). */
#ifndef COMITY_MODEL_ACT_H
#define COMITY_MODEL_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "model/answer.h"
#include "model/limits.h"
#include "model/proposal.h"

/* name, number in acts.proto, word people write */
#define ACT_KINDS(X) \
    X(ACT_CONVENE, 10, "convene") \
    X(ACT_JOIN, 11, "join") \
    X(ACT_PROPOSE, 12, "propose") \
    X(ACT_AMEND, 13, "amend") \
    X(ACT_COSPONSOR, 14, "cosponsor") \
    X(ACT_BALLOT, 15, "ballot") \
    X(ACT_RETRACT, 16, "retract") \
    X(ACT_RATIFY, 17, "ratify") \
    X(ACT_ACCEDE, 18, "accede") \
    X(ACT_WITHDRAW, 19, "withdraw") \
    X(ACT_NOTE, 20, "note") \
    X(ACT_ALONE, 21, "act-alone") \
    X(ACT_ENDORSE, 22, "endorse") \
    X(ACT_CONDEMN, 23, "condemn") \
    X(ACT_PROCEDURE, 24, "procedure") \
    X(ACT_EVIDENCE, 25, "evidence") \
    X(ACT_RECEIPT, 26, "receipt") \
    X(ACT_RESERVE, 27, "reserve") \
    X(ACT_OBJECT_RESERVATION, 28, "object-reservation") \
    X(ACT_PLEDGE, 29, "pledge") \
    X(ACT_CONTRIBUTE, 30, "contribute") \
    X(ACT_REPORT, 31, "report") \
    X(ACT_ATTEST, 32, "attest") \
    X(ACT_ALLEGE, 33, "allege") \
    X(ACT_LEAVE, 34, "leave") \
    X(ACT_SHIFT, 35, "shift")

enum act_kind {
#define X(name, number, word) name = number,
    ACT_KINDS(X)
#undef X
};

enum amend_operation { AMEND_ADD = 1, AMEND_STRIKE, AMEND_REPLACE, AMEND_MOVE, AMEND_PART };
enum home_verdict { HOME_UNTOLD, HOME_YES, HOME_NO };
enum ruling {
    RULING_CLOSE = 1,
    RULING_ADVANCE,
    RULING_ROLL_CALL,
    RULING_SUSPEND,
    RULING_RESUME,
    RULING_TIE
};

struct act {
    struct hash id;
    struct hash forum;
    uint32_t seat;
    uint64_t seq;
    int64_t signed_ms;
    enum act_kind kind;
    bool has_text; /* text_hash is set. */
    struct hash text_hash;
    struct bytes text; /* Empty if purged. */
    union {
        struct {
            struct hash charter_hash;
        } join; /* Also convene. */
        struct {
            const char *title;
            const char *rule;
            const char *topic; /* "" if none. */
            bool binding;
            int64_t closes_ms;
            const struct term *terms;
            uint32_t terms_count;
            const struct pledge *pledges;
            uint32_t pledges_count;
            uint64_t must_abstain[SEATS_MAX / 64];
            const struct goal *goals;
            uint32_t goals_count;
            const uint32_t *reservable; /* Operative clauses, ascending. */
            uint32_t reservable_count;
            struct effect effect;
            bool has_carried; /* It was put elsewhere before. */
            struct hash carried_forum;
            struct hash carried_proposal;
        } propose;
        struct {
            struct hash proposal;
            struct hash base_text;
            enum amend_operation operation;
            uint32_t clause;
            uint32_t to;
        } amend;
        struct {
            struct hash proposal;
            struct hash text_hash;
        } cosponsor; /* Also receipt. */
        struct {
            struct hash proposal;
            struct hash text_hash;
            struct hash rule_hash;
            enum answer answer; /* YES, NO, OBJECT, ABSTAIN or PASS. */
        } ballot;
        struct {
            struct hash proposal;
        } retract;
        struct {
            struct hash proposal;
            struct hash text_hash;
            enum home_verdict home;
        } consent; /* ratify, accede */
        struct {
            struct hash proposal;
            bool taken_back;
            int64_t effect_ms; /* 0: as soon as the rule lets it. */
        } withdraw;
        struct {
            struct hash proposal;
            uint32_t clause; /* 0: the whole. */
            bool taken_back;
        } reserve;
        struct {
            struct hash reservation;
            bool refuses_relations;
            bool taken_back;
        } objection; /* object-reservation */
        struct {
            struct hash proposal;
            const char *issue;
            int64_t quantity;
            const char *unit;
            int64_t due_ms;
        } pledge; /* Also report. */
        struct {
            struct hash proposal;
            uint64_t quantity;
        } contribute;
        struct {
            struct hash report;
            bool disputes;
        } attest;
        struct {
            struct hash proposal;
            uint32_t seat;
            uint32_t clause; /* 0: the whole. */
            bool has_reservation;
            struct hash reservation;
        } allege;
        struct {
            struct hash proposal;
            struct hash forum;
            const char *name;
        } shift;
        struct {
            bool has_about;
            struct hash about;
        } note;
        struct {
            const char *title;
            const char *topic;
            const struct hash *relies_on;
            uint32_t relies_on_count;
        } alone;
        struct {
            struct hash target;
        } opinion; /* endorse, condemn */
        struct {
            enum ruling ruling;
            struct hash proposal;
            int64_t time_ms;
            uint64_t present[SEATS_MAX / 64];
            enum answer answer; /* YES or NO on a tie; else SILENT. */
        } procedure;
        struct {
            uint32_t seat; /* The slot both acts are of: signatures were checked by codec's */
            uint64_t seq;  /* caller before the act may enter a block. */
            struct hash first;
            struct hash second;
            struct bytes first_signed; /* Encoded SignedAct each, for that check. */
            struct bytes second_signed;
        } evidence;
    } as;
};

/* The word of a kind, "ballot"; NULL if there is no such kind. Static storage. */
const char *act_kind_word(enum act_kind kind);
const char *answer_word(enum answer answer);
/* ANSWERS_COUNT if the word names no answer a seat may give (yes, no, object, abstain, pass). */
enum answer answer_from_word(const char *word);

#endif
