/* SPDX-License-Identifier: Apache-2.0 */
/* said.h - what seats say in a test's room, and what the last block told of it. */
#ifndef COMITY_TESTS_FORUM_SAID_H
#define COMITY_TESTS_FORUM_SAID_H

#include "room.h"

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

#endif
