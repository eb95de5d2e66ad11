/* SPDX-License-Identifier: Apache-2.0 */
/* room.h - a small forum for tests: a charter built from a few words, acts said by seats, blocks
 * applied at chosen times. Included by each test of this folder. */
#ifndef COMITY_TESTS_FORUM_ROOM_H
#define COMITY_TESTS_FORUM_ROOM_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "forum/forum.h"

enum { ROOM_ACTS_MAX = 4096 };
#define MINUTE ((int64_t)60000)
#define DAY CALENDAR_DAY_MS

struct room {
    struct arena arena;
    struct charter charter;
    struct charter_seat seats[SEATS_MAX];
    char names[SEATS_MAX][SEAT_NAME_MAX + 1];
    struct charter_rule rules[RULES_MAX];
    struct charter_group groups[GROUPS_MAX];
    struct charter_weight weights[WEIGHTS_MAX];
    struct forum *forum;
    uint64_t seqs[SEATS_MAX];
    struct act acts[ROOM_ACTS_MAX];
    uint32_t acts_count;
    uint64_t ids;
    uint64_t height;
    int64_t now_ms; /* Block time. */
    struct outcomes outcomes;
};

/* `seats` members named A, B ... and one rule, `sentence`, that closes when all have answered. */
static inline void room_plan(struct room *self, uint32_t seats, const char *sentence)
{
    memset(self, 0, sizeof *self);
    arena_init(&self->arena, 0);
    for (uint32_t i = 0; i < seats; i++) {
        if (i < 26)
            snprintf(self->names[i], sizeof self->names[i], "%c", (char)('A' + i));
        else
            snprintf(self->names[i], sizeof self->names[i], "S%u", (unsigned)i);
        self->seats[i] = (struct charter_seat){
            .name = self->names[i], .title = "", .role = SEAT_MEMBER, .represents = -1};
    }
    self->rules[0] = (struct charter_rule){
        .name = "rule",
        .sentence = sentence,
        .closes = CLOSES_ALL_ANSWERED,
        .silence = CHARTER_SILENCE_IGNORE,
        .binds = BINDS_CONSENTING,
        .hash = {{7}},
    };
    self->charter = (struct charter){
        .id = {{42}},
        .name = "room",
        .title = "",
        .seats_count = seats,
        .seats = self->seats,
        .groups = self->groups,
        .weights = self->weights,
        .rules = self->rules,
        .rules_count = 1,
        .procedure = "open-floor",
        .clock = CLOCK_REAL,
        .grace_ms = 0,
        .notes = NOTES_FLOOR,
    };
    assert_int_equal(calendar_parse("2016-04-22", &self->now_ms), COMITY_OK);
}

static inline void room_close(struct room *self)
{
    arena_free(&self->arena);
}

/* Apply what was said, at this block time; ids stay valid in `acts` until the next say. */
static inline void room_block_at(struct room *self, int64_t time_ms)
{
    self->now_ms = time_ms;
    struct forum_block block = {.height = ++self->height,
                                .time_ms = time_ms,
                                .acts = self->acts,
                                .acts_count = self->acts_count};
    assert_int_equal(forum_apply(self->forum, &block, &self->outcomes), COMITY_OK);
    self->acts_count = 0;
}

static inline void room_block(struct room *self)
{
    room_block_at(self, self->now_ms + 1);
}

/* The next act of a seat; the caller fills in the body. */
static inline struct act *room_say(struct room *self, uint32_t seat, enum act_kind kind)
{
    assert_true(self->acts_count < ROOM_ACTS_MAX);
    struct act *act = &self->acts[self->acts_count++];
    *act = (struct act){.seat = seat, .kind = kind, .forum = self->charter.id,
                        .seq = ++self->seqs[seat], .signed_ms = self->now_ms};
    self->ids++;
    memcpy(act->id.bytes, &self->ids, sizeof self->ids);
    act->id.bytes[31] = 1;
    return act;
}

static inline void room_join(struct room *self, uint32_t seat)
{
    room_say(self, seat, ACT_JOIN)->as.join.charter_hash = self->charter.id;
}

/* Create the forum; every seat below `joined` joins. */
static inline void room_open(struct room *self, uint32_t joined)
{
    struct fault fault = {""};
    enum comity_error error = forum_create(&self->arena, &self->charter, &self->forum, &fault);
    if (error != COMITY_OK)
        fail_msg("%s", fault.text);
    for (uint32_t i = 0; i < joined; i++)
        room_join(self, i);
    room_block(self);
}

static inline struct act *room_propose(struct room *self, uint32_t seat, const char *text,
                                       bool binding)
{
    struct act *act = room_say(self, seat, ACT_PROPOSE);
    act->as.propose.title = "a draft";
    act->as.propose.rule = self->rules[0].name;
    act->as.propose.topic = "";
    act->as.propose.binding = binding;
    act->has_text = true;
    act->text = bytes_of_text(text);
    act->text_hash = hash_of("comity/text/v1", act->text);
    return act;
}

/* Propose in a block of its own; its P number. */
static inline uint32_t room_put(struct room *self, uint32_t seat, bool binding)
{
    room_propose(self, seat, "1. Peace.\n", binding);
    room_block(self);
    return forum_proposals_count(self->forum);
}

static inline struct act *room_ballot(struct room *self, uint32_t seat, uint32_t number,
                                      enum answer answer)
{
    const struct forum_proposal *proposal = forum_proposal(self->forum, number);
    struct act *act = room_say(self, seat, ACT_BALLOT);
    act->as.ballot.proposal = proposal->id;
    act->as.ballot.text_hash = proposal->text.hash;
    act->as.ballot.rule_hash = proposal->rule->hash;
    act->as.ballot.answer = answer;
    return act;
}

static inline struct act *room_consent(struct room *self, uint32_t seat, uint32_t number)
{
    const struct forum_proposal *proposal = forum_proposal(self->forum, number);
    struct act *act = room_say(self, seat, ACT_RATIFY);
    act->as.consent.proposal = proposal->id;
    act->as.consent.text_hash = proposal->text.hash;
    return act;
}

static inline struct act *room_withdraw(struct room *self, uint32_t seat, uint32_t number,
                                        bool taken_back)
{
    struct act *act = room_say(self, seat, ACT_WITHDRAW);
    act->as.withdraw.proposal = forum_proposal(self->forum, number)->id;
    act->as.withdraw.taken_back = taken_back;
    return act;
}

static inline struct act *room_rule(struct room *self, uint32_t seat, enum ruling ruling)
{
    struct act *act = room_say(self, seat, ACT_PROCEDURE);
    act->as.procedure.ruling = ruling;
    return act;
}

/* How many outcomes of this kind the last block had. */
static inline uint32_t room_told(const struct room *self, enum outcome_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->outcomes.count; i++)
        count += self->outcomes.items[i].kind == kind ? 1 : 0;
    return count;
}

/* The first outcome of this kind; the test fails if there is none. */
static inline const struct outcome *room_outcome(const struct room *self, enum outcome_kind kind)
{
    for (uint32_t i = 0; i < self->outcomes.count; i++) {
        if (self->outcomes.items[i].kind == kind)
            return &self->outcomes.items[i];
    }
    fail_msg("the block has no outcome %s", outcome_word(kind));
    return NULL;
}

/* The last block refused one act, for this reason. */
static inline void room_assert_refused(const struct room *self, enum comity_error error)
{
    assert_int_equal(room_told(self, OUTCOME_REFUSED), 1);
    const struct outcome *outcome = room_outcome(self, OUTCOME_REFUSED);
    assert_string_not_equal(outcome->line, "");
    assert_string_equal(error_name(outcome->error), error_name(error));
}

static inline void room_assert_accepted(const struct room *self)
{
    for (uint32_t i = 0; i < self->outcomes.count; i++) {
        if (self->outcomes.items[i].kind == OUTCOME_REFUSED)
            fail_msg("refused: %s", self->outcomes.items[i].line);
    }
}

static inline int64_t day(const char *text)
{
    int64_t ms = 0;
    assert_int_equal(calendar_parse(text, &ms), COMITY_OK);
    return ms;
}

static inline bool listed(const uint64_t *mask, uint32_t seat)
{
    return (mask[seat / 64] >> (seat % 64) & 1) != 0;
}

#endif
