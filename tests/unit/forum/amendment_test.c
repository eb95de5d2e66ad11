/* SPDX-License-Identifier: Apache-2.0 */
/* A draft changed on its way: by its sponsor, by agreement of its sponsors, by a ballot. */
#include "said.h"

static struct act *amend(struct room *room, uint32_t seat, uint32_t number,
                         enum amend_operation operation, uint32_t clause, const char *text)
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

static struct act *cosponsor(struct room *room, uint32_t seat, uint32_t number)
{
    const struct forum_proposal *draft = forum_proposal(room->forum, number);
    struct act *act = room_say(room, seat, ACT_COSPONSOR);
    act->as.cosponsor.proposal = draft->id;
    act->as.cosponsor.text_hash = draft->text.hash;
    return act;
}

static void open_room(struct room *room, uint32_t seats)
{
    room_plan(room, seats, "yes > 1/2 of voting");
    room_open(room, seats);
    room_propose(room, 0, "Whereas.\n1. One.\n2. Two.\n", false);
    room_block(room);
}

static void assert_text(const struct room *room, uint32_t number, const char *expected)
{
    struct bytes text = forum_proposal(room->forum, number)->text.bytes;
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
    struct hash hash = hash_of("comity/text/v1", text);
    assert_true(hash_equal(&hash, &forum_proposal(room->forum, number)->text.hash));
}

static void the_only_sponsor_amends_at_once_and_ballots_are_cleared_23(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_block(room);
    struct hash before = forum_proposal(room->forum, 1)->text.hash;
    amend(room, 0, 1, AMEND_REPLACE, 2, "Two and a half.");
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_proposals_count(room->forum), 1);
    assert_text(room, 1, "Whereas.\n\n1. One.\n\n2. Two and a half.\n");
    assert_int_equal(room_outcome(room, OUTCOME_TEXT)->value, 2);
    assert_int_equal(forum_proposal(room->forum, 1)->ballots[1].answer, ANSWER_SILENT);
    room_ballot(room, 1, 1, ANSWER_YES)->as.ballot.text_hash = before;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT); /* Old signatures do not move. */
    for (uint32_t seat = 0; seat < 3; seat++)
        room_ballot(room, seat, 1, ANSWER_NO);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_REJECTED);
}

static void anybody_elses_amendment_is_a_question_of_its_own(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    amend(room, 1, 1, AMEND_STRIKE, 1, "");
    room_block(room);
    room_assert_accepted(room);
    const struct forum_proposal *amendment = forum_proposal(room->forum, 2);
    assert_int_equal(amendment->amends, 1);
    assert_string_equal(amendment->title, "strike clause 1 of P1");
    assert_text(room, 2, "Whereas.\n\n1. Two.\n");
    assert_text(room, 1, "Whereas.\n1. One.\n2. Two.\n");
    room_ballot(room, 0, 2, ANSWER_NO);
    room_ballot(room, 1, 2, ANSWER_YES);
    room_ballot(room, 2, 2, ANSWER_YES);
    room_block(room);
    assert_int_equal(amendment->verdict, VERDICT_ADOPTED);
    assert_text(room, 1, "Whereas.\n\n1. Two.\n");
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
    assert_int_equal(forum_proposal(room->forum, 1)->sponsors[0], 0); /* A did not sign that. */
    assert_int_equal(forum_seat_conduct(room->forum, 0).dissent, 0);  /* Nor is it held against. */
}

static void a_draft_without_sponsors_has_none_to_be_friendly(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    amend(room, 1, 1, AMEND_STRIKE, 1, "");
    room_block(room);
    for (uint32_t seat = 0; seat < 3; seat++)
        room_ballot(room, seat, 2, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->sponsors[0], 0);
    amend(room, 0, 1, AMEND_ADD, 1, "More.");
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 3)->status, PROPOSAL_OPEN);
    assert_text(room, 1, "Whereas.\n\n1. Two.\n");
}

static void an_amendment_at_once_stands_for_its_draft_in_opinions(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    struct hash id = amend(room, 0, 1, AMEND_STRIKE, 1, "")->id;
    room_block(room);
    room_say(room, 2, ACT_ENDORSE)->as.opinion.target = id;
    room_block(room);
    room_assert_accepted(room);
    assert_true(listed(forum_proposal(room->forum, 1)->endorsed, 2));
    assert_null(forum_find_proposal(room->forum, &id)); /* It has no number of its own. */
}

static void a_friendly_amendment_is_signed_again_by_every_sponsor_23(void **state)
{
    struct room *room = *state;
    open_room(room, 4);
    cosponsor(room, 1, 1);
    room_block(room);
    amend(room, 2, 1, AMEND_ADD, 3, "Three.");
    room_block(room);
    cosponsor(room, 0, 2);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 2)->status, PROPOSAL_OPEN);
    cosponsor(room, 1, 2);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_ADOPTED);
    assert_text(room, 1, "Whereas.\n\n1. One.\n\n2. Two.\n\n3. Three.\n");
    assert_int_equal(forum_proposal(room->forum, 1)->sponsors[0], 0x3); /* Both signed it. */
}

static void with_a_second_sponsor_nobody_amends_alone(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    cosponsor(room, 1, 1);
    room_block(room);
    amend(room, 0, 1, AMEND_MOVE, 2, "")->as.amend.to = 1;
    room_block(room);
    assert_int_equal(forum_proposals_count(room->forum), 2);
    assert_string_equal(forum_proposal(room->forum, 2)->title, "move clause 2 to 1 of P1");
    /* The other one leaves: what remains is signed by every sponsor. */
    struct act *act = room_say(room, 1, ACT_RETRACT);
    act->as.retract.proposal = forum_proposal(room->forum, 1)->id;
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_ADOPTED);
    assert_text(room, 1, "Whereas.\n\n1. Two.\n\n2. One.\n");
}

static void a_sponsor_who_did_not_sign_the_new_text_is_none_of_it(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    cosponsor(room, 1, 1);
    room_block(room);
    amend(room, 0, 1, AMEND_STRIKE, 2, "");
    room_block(room);
    for (uint32_t seat = 0; seat < 3; seat++)
        room_ballot(room, seat, 2, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->sponsors[0], 0x1);
    cosponsor(room, 1, 1);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_proposal(room->forum, 1)->sponsors[0], 0x3);
}

static void what_was_written_against_the_old_text_is_moot_26(void **state)
{
    struct room *room = *state;
    open_room(room, 4);
    amend(room, 1, 1, AMEND_STRIKE, 1, "");
    amend(room, 2, 1, AMEND_STRIKE, 2, "");
    room_block(room);
    for (uint32_t seat = 0; seat < 4; seat++)
        room_ballot(room, seat, 2, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_ADOPTED);
    assert_int_equal(forum_proposal(room->forum, 3)->verdict, VERDICT_LAPSED);
    assert_text(room, 1, "Whereas.\n\n1. Two.\n");
    amend(room, 2, 1, AMEND_REPLACE, 1, "2.")->as.amend.base_text.bytes[0] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
}

static void a_sponsor_signs_the_text_as_it_is_and_once(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes > 1/2 of voting");
    room->seats[3].role = SEAT_OBSERVER;
    room_open(room, 4);
    room_put(room, 0, false);
    cosponsor(room, 1, 1)->as.cosponsor.text_hash.bytes[0] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    cosponsor(room, 0, 1);
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    cosponsor(room, 3, 1);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    for (uint32_t seat = 0; seat < 3; seat++)
        room_ballot(room, seat, 1, ANSWER_YES);
    room_block(room);
    cosponsor(room, 1, 1);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
}

static void in_its_grace_a_draft_keeps_its_text(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes > 1/2 of voting");
    room->seats[3].role = SEAT_CHAIR;
    room->charter.grace_ms = MINUTE;
    room_open(room, 4);
    room_propose(room, 0, "1. One.\n2. Two.\n", false);
    room_block(room);
    amend(room, 1, 1, AMEND_STRIKE, 1, "");
    room_block(room);
    room_rule(room, 3, RULING_CLOSE)->as.procedure.proposal = forum_proposal(room->forum, 1)->id;
    for (uint32_t seat = 0; seat < 3; seat++)
        room_ballot(room, seat, 2, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_ADOPTED);
    assert_text(room, 1, "1. One.\n2. Two.\n");
    struct forum_lists lists; /* Amendments form nothing. */
    forum_proposal_lists(room->forum, forum_proposal(room->forum, 2), &lists);
    assert_int_equal(lists.formed[0], 0);
}

static void a_text_does_not_grow_without_end(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    static char clause[ACT_SIZE_MAX];
    memset(clause, 'x', sizeof clause - 1);
    for (int i = 0; i < 3; i++) {
        amend(room, 0, 1, AMEND_ADD, 1, clause);
        room_block(room);
        room_assert_accepted(room);
    }
    amend(room, 0, 1, AMEND_ADD, 1, clause);
    room_block(room);
    room_assert_refused(room, COMITY_LIMIT);
}

static void a_decided_or_retracted_draft_takes_its_amendments_along(void **state)
{
    for (int retracts = 0; retracts < 2; retracts++) {
        struct room *room = *state;
        open_room(room, 3);
        amend(room, 1, 1, AMEND_STRIKE, 1, "");
        room_block(room);
        if (retracts == 1) {
            room_say(room, 0, ACT_RETRACT)->as.retract.proposal =
                forum_proposal(room->forum, 1)->id;
        } else {
            for (uint32_t seat = 0; seat < 3; seat++)
                room_ballot(room, seat, 1, ANSWER_YES);
        }
        room_block(room);
        room_assert_accepted(room);
        assert_int_equal(forum_proposal(room->forum, 1)->status,
                         retracts == 1 ? PROPOSAL_RETRACTED : PROPOSAL_DECIDED);
        assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_LAPSED);
        amend(room, 1, 1, AMEND_STRIKE, 1, "");
        room_block(room);
        room_assert_refused(room, COMITY_CLOSED);
        amend(room, 1, 2, AMEND_STRIKE, 1, "");
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED); /* Amendments are not amended. */
    }
}

static void amendment_and_draft_decided_in_one_block_the_text_goes_first(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    amend(room, 1, 1, AMEND_STRIKE, 1, "");
    room_block(room);
    for (uint32_t seat = 0; seat < 3; seat++) {
        room_ballot(room, seat, 1, ANSWER_YES);
        room_ballot(room, seat, 2, ANSWER_YES);
    }
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_ADOPTED);
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
    assert_int_equal(forum_proposal(room->forum, 1)->ballots[0].answer, ANSWER_SILENT);
}

static void a_new_text_under_silence_gets_the_whole_time_again(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "objections = 0");
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = DAY;
    room->rules[0].silence = CHARTER_SILENCE_YES;
    room_open(room, 2);
    room_propose(room, 0, "1. One.\n", false);
    room_block(room);
    room_block_at(room, room->now_ms + DAY / 2);
    room_join(room, 2);
    amend(room, 0, 1, AMEND_REPLACE, 1, "Something else.");
    room_block(room);
    assert_true(forum_proposal(room->forum, 1)->closes_ms == room->now_ms + DAY);
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
    /* And asks who came after the opening: its silence is consent now. */
    room_block_at(room, forum_due(room->forum));
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
}

static void the_number_of_open_amendments_is_bounded(void **state)
{
    struct room *room = *state;
    open_room(room, 3);
    for (int i = 0; i < 64; i++)
        amend(room, 1, 1, AMEND_STRIKE, 1, "");
    room_block(room);
    room_assert_accepted(room);
    amend(room, 2, 1, AMEND_STRIKE, 1, "");
    room_block(room);
    room_assert_refused(room, COMITY_LIMIT);
    amend(room, 0, 1, AMEND_STRIKE, 1, ""); /* Its only sponsor is not held up. */
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(room_told(room, OUTCOME_VERDICT), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(the_only_sponsor_amends_at_once_and_ballots_are_cleared_23),
        room_test(anybody_elses_amendment_is_a_question_of_its_own),
        room_test(a_draft_without_sponsors_has_none_to_be_friendly),
        room_test(an_amendment_at_once_stands_for_its_draft_in_opinions),
        room_test(a_friendly_amendment_is_signed_again_by_every_sponsor_23),
        room_test(with_a_second_sponsor_nobody_amends_alone),
        room_test(a_sponsor_who_did_not_sign_the_new_text_is_none_of_it),
        room_test(what_was_written_against_the_old_text_is_moot_26),
        room_test(a_sponsor_signs_the_text_as_it_is_and_once),
        room_test(in_its_grace_a_draft_keeps_its_text),
        room_test(a_text_does_not_grow_without_end),
        room_test(a_decided_or_retracted_draft_takes_its_amendments_along),
        room_test(amendment_and_draft_decided_in_one_block_the_text_goes_first),
        room_test(a_new_text_under_silence_gets_the_whole_time_again),
        room_test(the_number_of_open_amendments_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
