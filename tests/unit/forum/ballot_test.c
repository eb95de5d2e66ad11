/* SPDX-License-Identifier: Apache-2.0 */
/* Which answers count. Numbers in names are the edge cases of docs on rules, section 4. */
#include "said.h"

static void a_ballot_names_the_text_and_the_rule_it_answers(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    room_put(room, 0, false);
    room_ballot(room, 0, 1, ANSWER_YES)->as.ballot.text_hash.bytes[0] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    room_ballot(room, 0, 1, ANSWER_YES)->as.ballot.rule_hash.bytes[0] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    room_ballot(room, 0, 1, ANSWER_YES)->as.ballot.proposal.bytes[9] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
    room_ballot(room, 0, 1, ANSWER_SILENT);
    room_block(room);
    room_assert_refused(room, COMITY_INVALID);
    room_ballot(room, 0, 1, ANSWER_ABSENT);
    room_block(room);
    room_assert_refused(room, COMITY_INVALID);
    assert_int_equal(forum_proposal(room->forum, 1)->ballots[0].answer, ANSWER_SILENT);
}

static void who_has_not_joined_casts_nothing(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room_open(room, 2);
    room_put(room, 0, true);
    room_ballot(room, 2, 1, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    assert_false(forum_seat_joined(room->forum, 2));
    assert_int_equal(forum_seat_seq(room->forum, 2), 1); /* Its slot is used all the same. */
}

static void chair_and_observers_answer_nothing_28(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes = all members");
    room->seats[2].role = SEAT_CHAIR;
    room->seats[3].role = SEAT_OBSERVER;
    room_open(room, 4);
    room_put(room, 0, false);
    for (uint32_t seat = 2; seat < 4; seat++) {
        room_ballot(room, seat, 1, ANSWER_YES);
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
        room_propose(room, seat, "1. Mine.", false);
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
        room_say(room, seat, ACT_NOTE); /* They may speak. */
        room_block(room);
        room_assert_accepted(room);
    }
    room_ballot(room, 0, 1, ANSWER_YES);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
    struct forum_lists lists;
    forum_proposal_lists(room->forum, forum_proposal(room->forum, 1), &lists);
    for (uint32_t seat = 0; seat < 4; seat++) {
        assert_int_equal(listed(lists.formed, seat), seat < 2);
        assert_false(listed(lists.stayed_out, seat) || listed(lists.defected, seat));
    }
}

static void the_last_ballot_before_the_close_counts_if_the_rule_allows_18(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room_open(room, 3);
    room_put(room, 0, false);
    room_ballot(room, 0, 1, ANSWER_NO);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_block(room);
    room_ballot(room, 1, 1, ANSWER_NO);
    room_block(room);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_ballot(room, 2, 1, ANSWER_NO);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
}

static void the_first_ballot_counts_if_the_rule_says_so_18(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room->rules[0].revise_never = true;
    room_open(room, 3);
    room_put(room, 0, false);
    room_ballot(room, 0, 1, ANSWER_NO);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
    room_ballot(room, 1, 1, ANSWER_NO);
    room_block(room);
    /* Two yes cannot come any more: decided while C has not answered. */
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_REJECTED);
    room_ballot(room, 2, 1, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
    assert_int_equal(room_told(room, OUTCOME_LATE), 0); /* Not held back: decided early. */
}

static void what_becomes_certain_within_a_block_hides_no_answer_of_it(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes >= 2");
    room->rules[0].revise_never = true;
    room_open(room, 4);
    room_put(room, 0, true);
    for (uint32_t seat = 0; seat < 4; seat++)
        room_ballot(room, seat, 1, seat == 3 ? ANSWER_NO : ANSWER_YES);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_agreement(room->forum, 1)->parties_count, 3);
    assert_int_equal(forum_proposal(room->forum, 1)->ballots[3].answer, ANSWER_NO);
}

/* Silence for an hour, a minute of grace; the clock real. */
static void plan_silence(struct room *room, uint32_t seats)
{
    room_plan(room, seats, "objections = 0");
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = 60 * MINUTE;
    room->rules[0].silence = CHARTER_SILENCE_YES;
    room->charter.grace_ms = MINUTE;
}

static void an_objection_signed_at_the_deadline_counts_within_the_grace_20(void **state)
{
    static const struct {
        int64_t signed_after, ordered_after; /* The deadline. */
        bool counts;
        bool late;
    } rows[] = {
        {0, 0, true, false},  {0, MINUTE, true, false},     {-1, MINUTE, true, false},
        {1, 1, false, false}, {0, MINUTE + 1, false, true}, {1, MINUTE + 1, false, false},
        {1, 0, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct room *room = *state;
        plan_silence(room, 3);
        room_open(room, 3);
        room_put(room, 0, false);
        int64_t close = room->now_ms + 60 * MINUTE;
        const struct forum_proposal *proposal = forum_proposal(room->forum, 1);
        assert_true(forum_due(room->forum) == close + 1);
        room_ballot(room, 2, 1, ANSWER_OBJECT)->signed_ms = close + rows[i].signed_after;
        room_block_at(room, close + rows[i].ordered_after);
        assert_int_equal(room_told(room, OUTCOME_BALLOT), rows[i].counts);
        assert_int_equal(room_told(room, OUTCOME_LATE), rows[i].late);
        if (!rows[i].counts)
            room_assert_refused(room, COMITY_CLOSED);
        room_block_at(room, close + MINUTE);
        if (proposal->status != PROPOSAL_DECIDED) {
            assert_int_equal(proposal->status, PROPOSAL_CLOSED);
            assert_true(forum_due(room->forum) == close + MINUTE + 1);
        }
        room_block_at(room, close + MINUTE + 1);
        assert_int_equal(proposal->verdict, rows[i].counts ? VERDICT_REJECTED : VERDICT_ADOPTED);
        assert_true(proposal->closed_ms == close);
        assert_int_equal(forum_seat_conduct(room->forum, 2).dissent, rows[i].counts);
    }
}

static void silence_of_a_seat_that_has_not_joined_lapses_20(void **state)
{
    struct room *room = *state;
    plan_silence(room, 3);
    room_open(room, 2);
    room_put(room, 0, false);
    room_block_at(room, room->now_ms + 62 * MINUTE);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_LAPSED);
}

static void silence_of_a_seat_that_joined_after_the_opening_is_no_consent_20(void **state)
{
    static const struct {
        bool answers;
        enum verdict verdict;
    } rows[] = {{false, VERDICT_LAPSED}, {true, VERDICT_ADOPTED}};
    for (size_t i = 0; i < 2; i++) {
        struct room *room = *state;
        plan_silence(room, 3);
        room_open(room, 2);
        room_put(room, 0, false);
        int64_t close = room->now_ms + 60 * MINUTE;
        room_block_at(room, close - 1); /* It comes in at the last moment. */
        room_join(room, 2);
        if (rows[i].answers)
            room_ballot(room, 2, 1, ANSWER_ABSTAIN);
        room_block(room);
        room_assert_accepted(room);
        room_block_at(room, close + MINUTE + 1);
        assert_int_equal(forum_proposal(room->forum, 1)->verdict, rows[i].verdict);
    }
}

static void consensus_waits_for_who_has_not_joined_until_the_hard_limit_20(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes = all members");
    room->rules[0].closes_ms = 30 * DAY;
    room_open(room, 2);
    room_put(room, 0, false);
    room_put(room, 0, false);
    for (uint32_t number = 1; number <= 2; number++) {
        room_ballot(room, 0, number, ANSWER_YES);
        room_ballot(room, 1, number, ANSWER_YES);
    }
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
    room_join(room, 2);
    room_ballot(room, 2, 1, ANSWER_YES); /* It answers the one, and not the other. */
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
    assert_int_equal(forum_proposal(room->forum, 2)->status, PROPOSAL_OPEN);
    room_block_at(room, forum_due(room->forum));
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_REJECTED);
}

static void a_frozen_roll_stands_and_the_next_ballot_uses_the_new_one_19(void **state)
{
    struct room *room = *state;
    room_plan(room, 5, "yes > 1/2 of present");
    room->seats[4].role = SEAT_CHAIR;
    room_open(room, 5);
    room_put(room, 0, false);
    room_rule(room, 4, RULING_ROLL_CALL)->as.procedure.present[0] = 0x3; /* A and B. */
    room_block(room);
    assert_false(forum_seat_present(room->forum, 2));
    room_put(room, 0, false);
    for (uint32_t seat = 0; seat < 4; seat++)
        room_ballot(room, seat, 1, seat < 2 ? ANSWER_YES : ANSWER_NO);
    room_block(room);
    room_assert_accepted(room); /* Who left may still answer what was open when it was here. */
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_REJECTED);
    room_ballot(room, 2, 2, ANSWER_NO);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_ballot(room, 0, 2, ANSWER_YES);
    room_ballot(room, 1, 2, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_ADOPTED);
}

static void absence_cannot_block_the_wto_nor_be_ignored_by_nato_21(void **state)
{
    static const struct {
        bool absent_blocks;
        enum verdict verdict;
    } rows[] = {{false, VERDICT_ADOPTED}, {true, VERDICT_LAPSED}};
    for (size_t i = 0; i < 2; i++) {
        struct room *room = *state;
        room_plan(room, 4, "objections = 0");
        room->rules[0].absent_blocks = rows[i].absent_blocks;
        room->rules[0].closes_ms = DAY;
        room->seats[3].role = SEAT_CHAIR;
        room_open(room, 4);
        room_rule(room, 3, RULING_ROLL_CALL)->as.procedure.present[0] = 0x3;
        room_put(room, 0, false);
        room_ballot(room, 0, 1, ANSWER_YES);
        room_ballot(room, 1, 1, ANSWER_YES);
        room_block(room);
        if (forum_proposal(room->forum, 1)->status != PROPOSAL_DECIDED)
            room_block_at(room, forum_due(room->forum));
        assert_int_equal(forum_proposal(room->forum, 1)->verdict, rows[i].verdict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(a_ballot_names_the_text_and_the_rule_it_answers),
        room_test(who_has_not_joined_casts_nothing),
        room_test(chair_and_observers_answer_nothing_28),
        room_test(the_last_ballot_before_the_close_counts_if_the_rule_allows_18),
        room_test(the_first_ballot_counts_if_the_rule_says_so_18),
        room_test(what_becomes_certain_within_a_block_hides_no_answer_of_it),
        room_test(an_objection_signed_at_the_deadline_counts_within_the_grace_20),
        room_test(silence_of_a_seat_that_has_not_joined_lapses_20),
        room_test(silence_of_a_seat_that_joined_after_the_opening_is_no_consent_20),
        room_test(consensus_waits_for_who_has_not_joined_until_the_hard_limit_20),
        room_test(a_frozen_roll_stands_and_the_next_ballot_uses_the_new_one_19),
        room_test(absence_cannot_block_the_wto_nor_be_ignored_by_nato_21),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
