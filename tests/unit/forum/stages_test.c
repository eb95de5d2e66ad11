/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that are asked under one rule and then under another. */
#include "settings.h"

/* One more rule beside the first. */
static struct charter_rule *add_rule(struct room *room, const char *name, const char *sentence)
{
    uint32_t index = room->charter.rules_count++;
    struct charter_rule *rule = &room->rules[index];
    *rule = room->rules[0];
    rule->name = name;
    rule->sentence = sentence;
    rule->hash = (struct hash){{(uint8_t)(7 + index)}};
    return rule;
}

/* Consensus, else a majority; the rule with stages repeats the settings of its first. */
static void plan_first(struct room *room)
{
    plan(room, "objections = 0");
    room->rules[0].has_stages = true;
    room->rules[0].stages.first = "consensus";
    room->rules[0].stages.failed = "vote";
    room->rules[0].stages.failed_if = VERDICT_BIT(VERDICT_REJECTED);
    struct charter_rule *consensus = add_rule(room, "consensus", "objections = 0");
    consensus->has_stages = false;
    struct charter_rule *vote = add_rule(room, "vote", "yes > 1/2 of members");
    vote->has_stages = false;
    vote->closes = CLOSES_AFTER;
    vote->closes_ms = 3 * DAY;
    room_open(room, 5);
    room_put(room, 0, true);
}

static void what_fails_by_the_first_rule_is_asked_by_the_second_21(void **state)
{
    struct room *room = *state;
    plan_first(room);
    struct act before = *room_ballot(room, 1, 1, ANSWER_YES);
    for (uint32_t seat = 0; seat < 4; seat++) {
        if (seat != 1)
            room_ballot(room, seat, 1, seat == 3 ? ANSWER_OBJECT : ANSWER_YES);
    }
    room_block(room);
    const struct outcome *stage = room_outcome(room, OUTCOME_STAGE);
    assert_int_equal(stage->value, VERDICT_REJECTED);
    assert_non_null(strstr(stage->line, "; now by rule vote"));
    assert_string_equal(p1(room)->rule->name, "vote");
    assert_int_equal(p1(room)->status, PROPOSAL_OPEN);
    assert_true(p1(room)->closes_ms == room->now_ms + 3 * DAY);
    for (int times = 0; times < 2; times++) { /* Before and after a snapshot. */
        const struct forum_first *first = p1(room)->first;
        assert_non_null(first);
        assert_ptr_equal(first->rule, &room->rules[0]);
        assert_int_equal(first->verdict, VERDICT_REJECTED);
        assert_non_null(strstr(stage->line, first->line));
        assert_int_equal(first->answers[1], ANSWER_YES);
        assert_int_equal(first->answers[3], ANSWER_OBJECT);
        if (times == 0)
            reload(room);
    }
    for (uint32_t seat = 0; seat < 4; seat++) /* No answer moves to another rule. */
        assert_int_equal(p1(room)->ballots[seat].answer, ANSWER_SILENT);
    struct act *late = room_say(room, 1, ACT_BALLOT);
    late->as.ballot = before.as.ballot;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    for (uint32_t seat = 0; seat < 4; seat++)
        room_ballot(room, seat, 1, seat == 3 ? ANSWER_OBJECT : ANSWER_YES);
    room_block(room);
    room_block_at(room, forum_due(room->forum));
    assert_verdict(room, VERDICT_ADOPTED, "3 yes");
    assert_int_equal(p1(room)->agreement, 1);
}

static void what_the_first_rule_adopts_is_not_asked_again(void **state)
{
    struct room *room = *state;
    plan_first(room);
    for (uint32_t seat = 0; seat < 4; seat++)
        room_ballot(room, seat, 1, ANSWER_YES);
    room_block(room);
    assert_int_equal(p1(room)->verdict, VERDICT_ADOPTED);
    assert_int_equal(room_told(room, OUTCOME_STAGE), 0);
    assert_null(p1(room)->first);
    assert_int_equal(p1(room)->agreement, 1);
}

static void a_failure_that_is_not_named_is_final(void **state)
{
    struct room *room = *state;
    plan(room, "objections = 0");
    plan_first(room);
    room_rule(room, CHAIR, RULING_ROLL_CALL)->as.procedure.present[0] = 1 << CHAIR;
    room_block(room);
    room_propose(room, 0, "1. War.\n", false);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* Nobody is there to open it. */
    assert_int_equal(p1(room)->status, PROPOSAL_OPEN);
}

/* Is the matter procedural? Decided by the substantive rule, with its veto: the double veto. */
static void a_ballot_decides_of_what_class_the_matter_is(void **state)
{
    struct room *room = *state;
    static const struct {
        enum answer class_of_a, matter_of_a;
        const char *rule;
        enum verdict verdict;
    } rows[] = {
        {ANSWER_YES, ANSWER_NO, "procedural", VERDICT_ADOPTED},
        {ANSWER_NO, ANSWER_NO, "substantive", VERDICT_REJECTED},
        {ANSWER_NO, ANSWER_YES, "substantive", VERDICT_ADOPTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        plan(room, "yes >= 3 and no in G = 0");
        room->rules[0].has_stages = true;
        room->rules[0].stages.first = "substantive";
        room->rules[0].stages.adopted = "procedural";
        room->rules[0].stages.failed = "substantive";
        room->rules[0].stages.failed_if = VERDICT_FAILURES;
        add_rule(room, "substantive", "yes >= 3 and no in G = 0")->has_stages = false;
        add_rule(room, "procedural", "yes >= 3")->has_stages = false;
        room_open(room, 5);
        room_put(room, 0, false);
        for (uint32_t seat = 0; seat < 4; seat++)
            room_ballot(room, seat, 1, seat == 0 ? rows[i].class_of_a : ANSWER_YES);
        room_block(room);
        assert_string_equal(p1(room)->rule->name, rows[i].rule);
        for (uint32_t seat = 0; seat < 4; seat++)
            room_ballot(room, seat, 1, seat == 0 ? rows[i].matter_of_a : ANSWER_YES);
        room_block(room);
        assert_int_equal(p1(room)->verdict, rows[i].verdict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(what_fails_by_the_first_rule_is_asked_by_the_second_21),
        room_test(what_the_first_rule_adopts_is_not_asked_again),
        room_test(a_failure_that_is_not_named_is_final),
        room_test(a_ballot_decides_of_what_class_the_matter_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
