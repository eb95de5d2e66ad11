/* SPDX-License-Identifier: Apache-2.0 */
/* edge_texts.h - the edge cases in which texts change and observers speak, as plays. */
#ifndef COMITY_TESTS_FORUM_EDGE_TEXTS_H
#define COMITY_TESTS_FORUM_EDGE_TEXTS_H

#include "said.h"

static inline struct act *amend_draft(struct room *room, uint32_t seat, uint32_t number,
                                      enum amend_operation operation, uint32_t clause,
                                      const char *text)
{
    const struct forum_proposal *draft = forum_proposal(room->forum, number);
    struct act *act = room_say(room, seat, ACT_AMEND);
    act->as.amend.proposal = draft->id;
    act->as.amend.base_text = draft->text.hash;
    act->as.amend.operation = operation;
    act->as.amend.clause = clause;
    act->text = bytes_of_text(text);
    return act;
}

static inline void sign_draft(struct room *room, uint32_t seat, uint32_t number)
{
    const struct forum_proposal *draft = forum_proposal(room->forum, number);
    struct act *act = room_say(room, seat, ACT_COSPONSOR);
    act->as.cosponsor.proposal = draft->id;
    act->as.cosponsor.text_hash = draft->text.hash;
    room_block(room);
    room_assert_accepted(room);
}

static inline void answer_all(struct room *room, uint32_t members, uint32_t number,
                              enum answer answer)
{
    for (uint32_t seat = 0; seat < members; seat++)
        room_ballot(room, seat, number, answer);
    room_block(room);
    room_assert_accepted(room);
}

static inline void open_draft(struct room *room, const char *text)
{
    room_plan(room, 4, "yes > 1/2 of voting");
    room_open(room, 4);
    room_propose(room, 0, text, false);
    room_block(room);
    room_assert_accepted(room);
}

static inline void a_new_text_and_no_signature_moves(struct room *room)
{
    open_draft(room, "1. One.\n2. Two.\n");
    sign_draft(room, 1, 1);
    room_ballot(room, 2, 1, ANSWER_YES);
    room_block(room);
    struct hash before = forum_proposal(room->forum, 1)->text.hash;
    amend_draft(room, 2, 1, AMEND_REPLACE, 2, "Two and a half.");
    room_block(room);
    sign_draft(room, 0, 2);
    assert_int_equal(forum_proposal(room->forum, 2)->status, PROPOSAL_OPEN); /* One is missing. */
    sign_draft(room, 1, 2);
    const struct forum_proposal *draft = forum_proposal(room->forum, 1);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_ADOPTED);
    assert_false(hash_equal(&draft->text.hash, &before));
    assert_int_equal(draft->ballots[2].answer, ANSWER_SILENT);
    assert_int_equal(draft->sponsors[0], 3);
    room_ballot(room, 2, 1, ANSWER_YES)->as.ballot.text_hash = before;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
}

/* One part stays, one leaves, and the last is the whole. */
static inline void rejected_parts_leave_the_text(struct room *room)
{
    open_draft(room, "1. Wanted.\n2. Not wanted.\n3. Nor this.\n");
    amend_draft(room, 0, 1, AMEND_PART, 1, ""); /* Its only sponsor asks as everybody does. */
    room_block(room);
    room_assert_accepted(room);
    const struct forum_proposal *draft = forum_proposal(room->forum, 1);
    struct hash before = draft->text.hash;
    answer_all(room, 4, 2, ANSWER_YES);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_ADOPTED);
    assert_true(hash_equal(&draft->text.hash, &before)); /* It stays, and so do the answers. */
    for (uint32_t number = 3; number <= 4; number++) {
        amend_draft(room, 3, 1, AMEND_PART, 2, "");
        room_block(room);
        sign_draft(room, 0, number); /* No sponsor's signature decides of a part. */
        assert_int_equal(forum_proposal(room->forum, number)->status, PROPOSAL_OPEN);
        answer_all(room, 4, number, ANSWER_NO);
        assert_int_equal(forum_proposal(room->forum, number)->verdict, VERDICT_REJECTED);
    }
    assert_true(bytes_equal(draft->text.bytes, bytes_of_text("1. Wanted.\n")));
    amend_draft(room, 3, 1, AMEND_PART, 1, "");
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    answer_all(room, 4, 1, ANSWER_NO);
    assert_int_equal(draft->verdict, VERDICT_REJECTED);
    forum_check(room->forum);
}

static inline void an_adopted_text_makes_the_next_moot(struct room *room)
{
    open_draft(room, "1. One.\n2. Two.\n");
    amend_draft(room, 1, 1, AMEND_REPLACE, 1, "First.");
    amend_draft(room, 2, 1, AMEND_REPLACE, 1, "Second.");
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 2)->proposer, 1); /* As they were submitted. */
    answer_all(room, 4, 3, ANSWER_YES);                            /* As the floor takes them. */
    assert_int_equal(forum_proposal(room->forum, 3)->verdict, VERDICT_ADOPTED);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_LAPSED);
    assert_non_null(strstr(forum_proposal(room->forum, 2)->line, "moot"));
}

static inline void retract_draft(struct room *room, uint32_t seat, uint32_t number)
{
    room_say(room, seat, ACT_RETRACT)->as.retract.proposal =
        forum_proposal(room->forum, number)->id;
    room_block(room);
    room_assert_accepted(room);
}

/* Two sponsors are needed; the second comes, goes, comes again, and goes after the first answer. */
static inline void a_sponsor_leaves_before_and_after_the_first_answer(struct room *room)
{
    room_plan(room, 4, "objections = 0");
    room->rules[0].closes = CLOSES_PRESIDING;
    room->rules[0].closes_ms = DAY;
    room->rules[0].sponsors = 2;
    room_open(room, 4);
    room_put(room, 0, false);
    const struct forum_proposal *draft = forum_proposal(room->forum, 1);
    assert_string_equal(draft->line, "a working paper: 1 of the 2 sponsors needed");
    for (int round = 0; round < 2; round++) {
        room_ballot(room, 2, 1, ANSWER_YES);
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
        room_rule(room, 0, RULING_CLOSE)->as.procedure.proposal = draft->id;
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
        sign_draft(room, 1, 1);
        if (round == 0)
            retract_draft(room, 1, 1); /* Back to a working paper. */
    }
    room_ballot(room, 2, 1, ANSWER_YES);
    room_block(room);
    retract_draft(room, 1, 1); /* Balloting has begun: nothing happens. */
    assert_int_equal(draft->ballots[2].answer, ANSWER_YES);
    room_ballot(room, 3, 1, ANSWER_YES);
    room_block(room);
    room_assert_accepted(room);
    room_rule(room, 0, RULING_CLOSE)->as.procedure.proposal = draft->id;
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(draft->verdict, VERDICT_ADOPTED);
    room_put(room, 0, false); /* Nobody joins in: nothing is adopted because nobody objected. */
    room_block_at(room, room->now_ms + 2 * DAY);
    assert_int_equal(forum_proposal(room->forum, 2)->status, PROPOSAL_RETRACTED);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_OPEN);
    forum_check(room->forum);
}

static inline void observers_speak_and_are_never_members(struct room *room)
{
    room_plan(room, 3, "yes >= 100% of members");
    room->seats[2].role = SEAT_OBSERVER;
    room_open(room, 3);
    room_put(room, 0, false);
    struct act *note = room_say(room, 2, ACT_NOTE);
    note->has_text = true;
    note->text = bytes_of_text("We would welcome this.");
    note->text_hash = hash_of("comity/text/v1", note->text);
    room_block(room);
    room_assert_accepted(room);
    room_ballot(room, 2, 1, ANSWER_NO);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    answer_all(room, 2, 1, ANSWER_YES);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
}

#endif
