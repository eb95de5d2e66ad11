/* SPDX-License-Identifier: Apache-2.0 */
/* Joining, acts alone, opinions, notes, and what a block should never carry. */
#include "said.h"

static void convening_joins_whenever_the_record_orders_it(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room_open(room, 0);
    room_say(room, 1, ACT_CONVENE)->as.join.charter_hash = room->charter.id;
    room_block(room);
    room_assert_accepted(room);
    assert_true(forum_seat_joined(room->forum, 1));
    room_say(room, 1, ACT_CONVENE)->as.join.charter_hash = room->charter.id;
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    room_say(room, 0, ACT_JOIN)->as.join.charter_hash = (struct hash){{1}};
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    room_join(room, 1);
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    room_join(room, 0);
    room_block(room);
    room_assert_accepted(room);
}

static void what_a_block_should_never_carry_is_refused(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    room_say(room, 0, ACT_NOTE)->seq += 1; /* A gap. */
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    assert_int_equal(forum_seat_seq(room->forum, 0), 1);
    room->seqs[0] = 1;
    room_say(room, 0, ACT_NOTE)->seq = 1; /* Again. */
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    room_say(room, 0, ACT_NOTE)->forum.bytes[0] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_FOREIGN);
    room_say(room, 0, ACT_NOTE)->seat = 2;
    room_block(room);
    room_assert_refused(room, COMITY_INVALID);
    room_say(room, 0, (enum act_kind)3);
    room_block(room);
    room_assert_refused(room, COMITY_INVALID);
    room_say(room, 0, (enum act_kind)99);
    room_block(room);
    room_assert_refused(room, COMITY_INVALID);
    assert_int_equal(forum_seat_seq(room->forum, 0), 1);
}

static void acting_alone_needs_nobody(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room_open(room, 1);
    struct act *act = room_say(room, 2, ACT_ALONE); /* It has not even joined. */
    act->as.alone.title = "Recognizes the new state";
    act->as.alone.topic = "recognition";
    struct hash id = act->id;
    room_block(room);
    room_assert_accepted(room);
    assert_string_equal(room_outcome(room, OUTCOME_ALONE)->line, "Recognizes the new state");
    assert_int_equal(forum_declarations_count(room->forum), 1);
    const struct forum_declaration *declaration = forum_declaration(room->forum, 0);
    assert_true(hash_equal(&declaration->id, &id));
    assert_int_equal(declaration->seat, 2);
    assert_string_equal(declaration->topic, "recognition");
    assert_int_equal(forum_seat_conduct(room->forum, 2).alone, 1);
    assert_null(forum_declaration(room->forum, 1));
    room_say(room, 0, ACT_CONDEMN)->as.opinion.target = id;
    room_block(room);
    room_assert_accepted(room);
    assert_true(listed(forum_declaration(room->forum, 0)->condemned, 0));
}

static void what_speaks_of_no_proposal_there_is_finds_none(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room->seats[1].role = SEAT_CHAIR;
    room_open(room, 2);
    static const enum act_kind kinds[] = {ACT_AMEND,    ACT_COSPONSOR, ACT_BALLOT,
                                          ACT_RETRACT,  ACT_RATIFY,    ACT_ACCEDE,
                                          ACT_WITHDRAW, ACT_ENDORSE,   ACT_CONDEMN};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        room_say(room, 0, kinds[i]);
        room_block(room);
        room_assert_refused(room, COMITY_NOT_FOUND);
    }
    room_rule(room, 1, RULING_CLOSE);
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
    room_rule(room, 1, (enum ruling)9);
    room_block(room);
    room_assert_refused(room, COMITY_INVALID);
}

static void many_long_refusals_keep_their_reasons(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    static char name[300];
    memset(name, 'n', sizeof name - 1);
    for (int again = 0; again < 2; again++) {
        for (int i = 0; i < 400; i++) {
            struct act *act = room_propose(room, 0, "1. Peace.", false);
            name[0] = (char)('a' + i % 26);
            act->as.propose.rule = name;
        }
        room_block(room);
        assert_int_equal(room_told(room, OUTCOME_REFUSED), 400);
        for (uint32_t i = 0; i < room->outcomes.count; i++)
            assert_int_equal(strlen(room->outcomes.items[i].line), 299 + 24);
    }
}

static void conduct_is_counted_by_topic(void **state)
{
    struct room *room = *state;
    static const char *const topics[] = {"climate", "trade"};
    room_plan(room, 2, "yes >= 1");
    room->charter.topics = topics;
    room->charter.topics_count = 2;
    room_open(room, 2);
    room_propose(room, 0, "1. Peace.", true)->as.propose.topic = "trade";
    room_block(room);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_ballot(room, 1, 1, ANSWER_NO);
    struct hash relied = forum_proposal(room->forum, 1)->id;
    const char *const alone[] = {"climate", "trade", "weather", ""};
    for (int i = 0; i < 4; i++) {
        struct act *act = room_say(room, 1, ACT_ALONE);
        act->as.alone.title = "goes alone";
        act->as.alone.topic = alone[i];
        act->as.alone.relies_on = &relied;
        act->as.alone.relies_on_count = 1;
    }
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_topic_conduct(room->forum, 0, 0).joined, 0);
    assert_int_equal(forum_topic_conduct(room->forum, 0, 1).joined, 1);
    assert_int_equal(forum_topic_conduct(room->forum, 1, 0).alone, 1);
    assert_int_equal(forum_topic_conduct(room->forum, 1, 1).alone, 1);
    assert_int_equal(forum_topic_conduct(room->forum, 1, 1).dissent, 1);
    assert_int_equal(forum_topic_conduct(room->forum, 1, 2).alone, 2);
    assert_int_equal(forum_topic_conduct(room->forum, 1, 3).alone, 0);
    assert_int_equal(forum_topic_conduct(room->forum, 2, 0).alone, 0);
    assert_int_equal(forum_seat_conduct(room->forum, 1).alone, 4);
    assert_int_equal(forum_declaration(room->forum, 3)->relies_on_count, 1);
    assert_true(hash_equal(&forum_declaration(room->forum, 3)->relies_on[0], &relied));
}

static void an_opinion_may_change_and_is_not_given_twice(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    room_put(room, 0, true);
    struct hash id = forum_proposal(room->forum, 1)->id;
    room_say(room, 1, ACT_ENDORSE)->as.opinion.target = id;
    room_block(room);
    assert_true(listed(forum_proposal(room->forum, 1)->endorsed, 1));
    room_say(room, 1, ACT_ENDORSE)->as.opinion.target = id;
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_ballot(room, 1, 1, ANSWER_NO);
    room_block(room);
    assert_true(listed(forum_agreement(room->forum, 1)->endorsed, 1)); /* Goes over. */
    room_say(room, 1, ACT_CONDEMN)->as.opinion.target = id;
    room_block(room);
    assert_true(listed(forum_agreement(room->forum, 1)->condemned, 1));
    assert_false(listed(forum_agreement(room->forum, 1)->endorsed, 1));
    room_say(room, 1, ACT_CONDEMN)->as.opinion.target = (struct hash){{8}};
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
}

static void notes_are_as_the_charter_says(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room->charter.notes = NOTES_NONE;
    room_open(room, 2);
    room_say(room, 0, ACT_NOTE);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void an_act_that_would_be_refused_is_known_beforehand(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 1);
    struct fault fault = {""};
    struct act *act = room_propose(room, 1, "1. Peace.", false);
    assert_int_equal(forum_check_act(room->forum, act, &fault), COMITY_REFUSED);
    assert_string_equal(fault.text, "the seat has not joined");
    assert_int_equal(forum_check_act(room->forum, act, NULL), COMITY_REFUSED);
    act->seat = 0;
    assert_int_equal(forum_check_act(room->forum, act, &fault), COMITY_OK);
    act->as.propose.rule = "another";
    assert_int_equal(forum_check_act(room->forum, act, &fault), COMITY_NOT_FOUND);
    act->as.propose.rule = "rule";
    act->as.propose.topic = "weather";
    assert_int_equal(forum_check_act(room->forum, act, &fault), COMITY_NOT_FOUND);
    act->as.propose.topic = "";
    struct pledge pledge = {.seat = 2, .issue = "x", .unit = ""};
    act->as.propose.pledges = &pledge;
    act->as.propose.pledges_count = 1;
    assert_int_equal(forum_check_act(room->forum, act, &fault), COMITY_NOT_FOUND);
    assert_int_equal(forum_proposals_count(room->forum), 0);
}

static void a_charter_whose_rule_does_not_parse_makes_no_forum(void **state)
{
    struct room *room = *state;
    struct fault fault = {""};
    room_plan(room, 2, "yes >= many");
    assert_int_equal(forum_create(&room->arena, &room->charter, &room->forum, &fault),
                     COMITY_INVALID);
    assert_non_null(strstr(fault.text, "rule rule: "));
    room_plan(room, 2, "yes >= 1");
    room->rules[0].quorum_open = "present >=";
    assert_int_equal(forum_create(&room->arena, &room->charter, &room->forum, &fault),
                     COMITY_INVALID);
    room->rules[0].quorum_open = NULL;
    room->rules[0].sentence = "";
    assert_int_equal(forum_create(&room->arena, &room->charter, &room->forum, &fault),
                     COMITY_INVALID);
    room->rules[0].sentence = "yes >= 1";
    room->charter.clock = CLOCK_SCALED; /* Of no speed. */
    assert_int_equal(forum_create(&room->arena, &room->charter, &room->forum, &fault),
                     COMITY_INVALID);
    room->charter.clock = CLOCK_REAL;
    room->rules[0].has_in_force = true;
    assert_int_equal(forum_create(&room->arena, &room->charter, &room->forum, &fault),
                     COMITY_INVALID);
}

static void out_of_memory_is_an_error_and_never_a_crash(void **state)
{
    struct room *room = *state;
    bool fitted = false;
    for (size_t limit = 1; !fitted && limit < 64u << 20; limit = limit * 5 / 4 + 1) {
        room_plan(room, 3, "yes >= 2");
        room->arena.limit = limit;
        if (forum_create(&room->arena, &room->charter, &room->forum, NULL) == COMITY_MEMORY)
            continue;
        room->height = 0;
        enum comity_error error = COMITY_OK;
        for (uint32_t seat = 0; seat < 3; seat++)
            room_join(room, seat);
        for (uint32_t i = 0; i < 40; i++) {
            room_propose(room, 0, "1. Peace and quiet.\n", true);
            room_say(room, 1, ACT_ALONE)->as.alone.title = "goes alone";
            room->acts[room->acts_count - 1].as.alone.topic = "";
            room_say(room, 1, (enum act_kind)77);
            room->seqs[1]--;
        }
        for (int round = 0; round < 3 && error == COMITY_OK; round++) {
            struct forum_block block = {++room->height, room->now_ms, room->acts, room->acts_count};
            error = forum_apply(room->forum, &block, &room->outcomes);
            room->acts_count = 0;
            if (error != COMITY_OK)
                break;
            for (uint32_t number = 1; number <= 40; number++)
                room_ballot(room, (uint32_t)round, number, ANSWER_YES);
        }
        assert_true(error == COMITY_OK || error == COMITY_MEMORY);
        fitted = error == COMITY_OK;
    }
    assert_true(fitted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(convening_joins_whenever_the_record_orders_it),
        room_test(what_a_block_should_never_carry_is_refused),
        room_test(acting_alone_needs_nobody),
        room_test(what_speaks_of_no_proposal_there_is_finds_none),
        room_test(many_long_refusals_keep_their_reasons),
        room_test(conduct_is_counted_by_topic),
        room_test(an_opinion_may_change_and_is_not_given_twice),
        room_test(notes_are_as_the_charter_says),
        room_test(an_act_that_would_be_refused_is_known_beforehand),
        room_test(a_charter_whose_rule_does_not_parse_makes_no_forum),
        room_test(out_of_memory_is_an_error_and_never_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
