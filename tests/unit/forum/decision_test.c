/* SPDX-License-Identifier: Apache-2.0 */
/* How questions end: by answers, by the chair, by time. The arithmetic itself is rules/'s. */
#include "said.h"

static void answer_all(struct room *room, uint32_t number, uint32_t yes, uint32_t no,
                       uint32_t abstain)
{
    for (uint32_t seat = 0; seat < yes + no + abstain; seat++)
        room_ballot(room, seat, number,
                    seat < yes        ? ANSWER_YES
                    : seat < yes + no ? ANSWER_NO
                                      : ANSWER_ABSTAIN);
    room_block(room);
    room_assert_accepted(room);
}

static void verdicts_are_as_the_rule_says_1_2_3(void **state)
{
    static const struct {
        const char *sentence;
        uint32_t yes, no, abstain;
        enum verdict verdict;
    } rows[] = {
        {"yes > 1/2 of voting", 5, 5, 0, VERDICT_REJECTED},
        {"yes > 1/2 of voting", 5, 4, 1, VERDICT_ADOPTED},
        {"yes > 1/2 of voting", 0, 0, 10, VERDICT_REJECTED},
        {"yes >= 2/3 of voting", 2, 1, 7, VERDICT_ADOPTED},
        {"yes >= 2/3 of present", 2, 1, 7, VERDICT_REJECTED},
        {"yes >= 50% of members", 5, 5, 0, VERDICT_ADOPTED},
        {"yes > 50% of members", 5, 5, 0, VERDICT_REJECTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct room *room = *state;
        room_plan(room, 10, rows[i].sentence);
        room_open(room, 10);
        room_put(room, 0, false);
        answer_all(room, 1, rows[i].yes, rows[i].no, rows[i].abstain);
        assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_DECIDED);
        assert_int_equal(forum_proposal(room->forum, 1)->verdict, rows[i].verdict);
        assert_false(forum_proposal(room->forum, 1)->can_change);
    }
}

static void plan_security_council(struct room *room)
{
    room_plan(room, 15, "yes >= 9 and no in P5 = 0");
    room->groups[0] = (struct charter_group){.name = "P5", .seats = {0x1f}};
    room->charter.groups_count = 1;
    room->rules[0].revise_never = true;
    room_open(room, 15);
    room_put(room, 5, true);
}

static void a_veto_decides_at_once_and_nine_yes_do_not_13(void **state)
{
    struct room *room = *state;
    plan_security_council(room);
    const struct forum_proposal *is = forum_proposal(room->forum, 1);
    for (uint32_t seat = 5; seat < 14; seat++)
        room_ballot(room, seat, 1, ANSWER_YES);
    room_block(room);
    assert_int_equal(is->status, PROPOSAL_OPEN);
    assert_true(is->can_change);
    room_ballot(room, 0, 1, ANSWER_NO);
    room_block(room);
    assert_int_equal(is->verdict, VERDICT_REJECTED);
    assert_non_null(strstr(is->line, "veto"));
    assert_non_null(strstr(is->line, "A"));
    assert_int_equal(is->agreement, 0);
}

static void too_few_yes_is_no_veto_12(void **state)
{
    struct room *room = *state;
    plan_security_council(room);
    const struct forum_proposal *is = forum_proposal(room->forum, 1);
    room_ballot(room, 0, 1, ANSWER_NO);
    for (uint32_t seat = 7; seat < 15; seat++)
        room_ballot(room, seat, 1, ANSWER_YES);
    for (uint32_t seat = 1; seat < 7; seat++)
        room_ballot(room, seat, 1, ANSWER_ABSTAIN);
    room_block(room);
    assert_int_equal(is->verdict, VERDICT_REJECTED);
    assert_null(strstr(is->line, "veto"));
}

static void nobody_present_is_no_quorum_and_opens_nothing_1(void **state)
{
    struct room *room = *state;
    room_plan(room, 5, "yes >= 1");
    room->seats[4].role = SEAT_CHAIR;
    room->rules[0].quorum_open = "present >= 1/2 of members";
    room->rules[0].quorum_decide = "present >= 3/4 of members";
    room_open(room, 5);
    room_rule(room, 4, RULING_ROLL_CALL)->as.procedure.present[0] = 0x1;
    room_propose(room, 0, "1. Peace.", false);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_rule(room, 4, RULING_ROLL_CALL)->as.procedure.present[0] = 0x3;
    room_put(room, 0, false);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_INQUORATE);
}

static void only_the_chair_closes_where_there_is_one(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes >= 1");
    room->seats[3].role = SEAT_CHAIR;
    room->rules[0].closes = CLOSES_PRESIDING;
    room->charter.grace_ms = MINUTE;
    room_open(room, 4);
    room_put(room, 0, false);
    const struct forum_proposal *is = forum_proposal(room->forum, 1);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_rule(room, 0, RULING_CLOSE)->as.procedure.proposal = is->id;
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_rule(room, 3, RULING_CLOSE)->as.procedure.proposal = is->id;
    room_block(room);
    room_assert_accepted(room);
    int64_t close = room->now_ms;
    assert_int_equal(is->status, PROPOSAL_CLOSED);
    assert_int_equal(room_told(room, OUTCOME_CLOSED), 1);
    assert_true(forum_due(room->forum) == close + MINUTE + 1);
    room_ballot(room, 1, 1, ANSWER_NO)->signed_ms = close;
    room_ballot(room, 2, 1, ANSWER_NO)->signed_ms = close + 1;
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
    assert_int_equal(room_told(room, OUTCOME_BALLOT), 1);
    room_rule(room, 3, RULING_CLOSE)->as.procedure.proposal = is->id;
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
    room_block_at(room, close + MINUTE + 1);
    assert_int_equal(is->verdict, VERDICT_ADOPTED);
    assert_true(is->closed_ms == close && is->decided_ms == close + MINUTE);
}

static void without_a_chair_the_proposer_closes_what_is_to_be_presided(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room->rules[0].closes = CLOSES_PRESIDING;
    room_open(room, 3);
    room_put(room, 0, false);
    const struct forum_proposal *is = forum_proposal(room->forum, 1);
    room_rule(room, 1, RULING_CLOSE)->as.procedure.proposal = is->id;
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_rule(room, 0, RULING_CLOSE)->as.procedure.proposal = is->id;
    room_block(room);
    assert_int_equal(is->verdict, VERDICT_REJECTED); /* No grace: at once. */
    room_rule(room, 0, RULING_ROLL_CALL);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room->rules[0].closes = CLOSES_ALL_ANSWERED; /* That one closes by itself. */
    room_put(room, 0, false);
    room_rule(room, 0, RULING_CLOSE)->as.procedure.proposal = forum_proposal(room->forum, 2)->id;
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void a_chair_ends_a_ballot_that_has_a_deadline(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room->seats[2].role = SEAT_CHAIR;
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = 3 * DAY;
    room_open(room, 3);
    room_put(room, 0, false);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_rule(room, 2, RULING_CLOSE)->as.procedure.proposal = forum_proposal(room->forum, 1)->id;
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
}

static void nobody_closes_a_silence_procedure_early_nor_shortens_it(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "objections = 0");
    room->seats[2].role = SEAT_CHAIR;
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = 3 * DAY;
    room->rules[0].silence = CHARTER_SILENCE_YES;
    room_open(room, 3);
    room_propose(room, 0, "1. Peace.", false)->as.propose.closes_ms = room->now_ms + 2 * DAY;
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_propose(room, 0, "1. Peace.", false)->as.propose.closes_ms = room->now_ms + 4 * DAY;
    room_block(room);
    room_assert_accepted(room);
    room_rule(room, 2, RULING_CLOSE)->as.procedure.proposal = forum_proposal(room->forum, 1)->id;
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void deadlines_are_in_the_future_and_within_the_rules_limit(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room->rules[0].closes_ms = 5 * DAY;
    room_open(room, 3);
    static const struct {
        int64_t after;
        bool accepted;
    } rows[] = {{-1, false}, {2, true}, {5 * DAY, true}, {6 * DAY, false}, {INT64_MAX / 2, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        room_propose(room, 0, "1. Peace.", false)->as.propose.closes_ms =
            room->now_ms + rows[i].after;
        room_block(room);
        if (rows[i].accepted)
            room_assert_accepted(room);
        else
            room_assert_refused(room, COMITY_REFUSED);
    }
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = 0;
    room_propose(room, 0, "1. Peace.", false);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* Neither the rule nor the act says when. */
}

static void deadlines_pass_in_order_each_at_its_own_time_after_a_long_sleep(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = DAY;
    room->rules[0].has_in_force = true;
    room->rules[0].in_force.sentence = "members >= 1"; /* At once; then thirty days. */
    room->rules[0].in_force.delay.days = 30;
    room->charter.grace_ms = MINUTE;
    room_open(room, 2);
    int64_t opened = room->now_ms + 1;
    room_put(room, 0, true);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_block(room);
    room_block_at(room, room->now_ms + 365 * DAY);
    const enum outcome_kind order[] = {OUTCOME_CLOSED,    OUTCOME_VERDICT,  OUTCOME_AGREEMENT,
                                       OUTCOME_THRESHOLD, OUTCOME_IN_FORCE, OUTCOME_ENDED};
    assert_int_equal(room->outcomes.count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(room->outcomes.items[i].kind, order[i]);
        assert_int_equal(room->outcomes.items[i].act, OUTCOME_NONE);
        assert_true(i == 0 ||
                    room->outcomes.items[i].time_ms >= room->outcomes.items[i - 1].time_ms);
    }
    const struct forum_proposal *is = forum_proposal(room->forum, 1);
    assert_true(is->closed_ms == opened + DAY);
    assert_true(is->decided_ms == opened + DAY + MINUTE);
    assert_true(is->decided_block_ms == room->now_ms);
    int64_t in_force = forum_agreement(room->forum, 1)->in_force_ms;
    assert_true(in_force == day("2016-04-23") + 30 * DAY);
}

static void at_one_moment_questions_are_decided_in_their_order(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = DAY;
    room_open(room, 2);
    for (int i = 0; i < 3; i++)
        room_propose(room, 0, "1. Peace.", false);
    room_block(room);
    room_block_at(room, forum_due(room->forum));
    uint32_t number = 0;
    for (uint32_t i = 0; i < room->outcomes.count; i++) {
        if (room->outcomes.items[i].kind == OUTCOME_VERDICT)
            assert_int_equal(room->outcomes.items[i].proposal, ++number);
    }
    assert_int_equal(number, 3);
}

static void a_no_to_what_failed_is_no_dissent_and_an_objection_always_is(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room_open(room, 3);
    room_put(room, 0, false);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_ballot(room, 1, 1, ANSWER_NO);
    room_ballot(room, 2, 1, ANSWER_OBJECT);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_REJECTED);
    assert_int_equal(forum_seat_conduct(room->forum, 0).joined, 0);
    assert_int_equal(forum_seat_conduct(room->forum, 1).dissent, 0);
    assert_int_equal(forum_seat_conduct(room->forum, 2).dissent, 1);
}

static void a_decided_proposal_keeps_little_memory(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes >= 4");
    room_open(room, 4);
    enum { PROPOSALS = 4000 };
    for (uint32_t number = 1; number <= PROPOSALS; number++) {
        room_put(room, 0, false);
        for (uint32_t seat = 0; seat < 4; seat++)
            room_ballot(room, seat, number, ANSWER_YES);
        room_block(room);
    }
    assert_int_equal(forum_proposal(room->forum, PROPOSALS)->verdict, VERDICT_ADOPTED);
    assert_true(room->arena.used < PROPOSALS * 1500 + 1000000);
}

static void a_proposal_is_found_by_its_id_alone(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    for (uint32_t number = 1; number <= 300; number++) {
        struct hash id = room_propose(room, 0, "1. Peace.", false)->id;
        room_block(room);
        assert_int_equal(forum_find_proposal(room->forum, &id)->number, number);
        id.bytes[30] ^= 1;
        assert_null(forum_find_proposal(room->forum, &id));
    }
    assert_null(forum_proposal(room->forum, 0));
    assert_null(forum_proposal(room->forum, 301));
    assert_null(forum_agreement(room->forum, 1));
}

static void a_retracted_proposal_is_answered_no_more(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    room_put(room, 0, false);
    struct hash id = forum_proposal(room->forum, 1)->id;
    room_say(room, 1, ACT_RETRACT)->as.retract.proposal = id;
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_say(room, 0, ACT_RETRACT)->as.retract.proposal = id;
    room_block(room);
    assert_int_equal(room_told(room, OUTCOME_RETRACTED), 1);
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_RETRACTED);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
    room_say(room, 0, ACT_RETRACT)->as.retract.proposal = id;
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
    assert_int_equal(forum_seat_conduct(room->forum, 0).joined, 0);
}

static void the_arithmetic_of_an_open_question_follows_its_ballots(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes >= 3");
    room_open(room, 4);
    room_put(room, 0, false);
    char before[640];
    snprintf(before, sizeof before, "%s", forum_proposal(room->forum, 1)->line);
    assert_string_not_equal(before, "");
    room_ballot(room, 0, 1, ANSWER_YES);
    room_block(room);
    assert_string_not_equal(forum_proposal(room->forum, 1)->line, before);
}

static void the_questions_of_one_seat_are_bounded(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    for (int i = 0; i < 1024; i++)
        room_propose(room, 0, "1. Peace.", false);
    room_block(room);
    room_assert_accepted(room);
    room_propose(room, 0, "1. Peace.", false);
    room_propose(room, 1, "1. Peace.", false);
    room_block(room);
    room_assert_refused(room, COMITY_LIMIT);
    room_say(room, 0, ACT_RETRACT)->as.retract.proposal = forum_proposal(room->forum, 9)->id;
    room_propose(room, 0, "1. Peace.", false);
    room_block(room);
    room_assert_accepted(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(verdicts_are_as_the_rule_says_1_2_3),
        room_test(a_veto_decides_at_once_and_nine_yes_do_not_13),
        room_test(too_few_yes_is_no_veto_12),
        room_test(nobody_present_is_no_quorum_and_opens_nothing_1),
        room_test(only_the_chair_closes_where_there_is_one),
        room_test(without_a_chair_the_proposer_closes_what_is_to_be_presided),
        room_test(a_chair_ends_a_ballot_that_has_a_deadline),
        room_test(nobody_closes_a_silence_procedure_early_nor_shortens_it),
        room_test(deadlines_are_in_the_future_and_within_the_rules_limit),
        room_test(deadlines_pass_in_order_each_at_its_own_time_after_a_long_sleep),
        room_test(at_one_moment_questions_are_decided_in_their_order),
        room_test(a_no_to_what_failed_is_no_dissent_and_an_objection_always_is),
        room_test(a_decided_proposal_keeps_little_memory),
        room_test(a_proposal_is_found_by_its_id_alone),
        room_test(a_retracted_proposal_is_answered_no_more),
        room_test(the_arithmetic_of_an_open_question_follows_its_ballots),
        room_test(the_questions_of_one_seat_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
