/* SPDX-License-Identifier: Apache-2.0 */
/* Suspended, a forum's time stands still and no deadline passes, whatever its clock. */
#include "said.h"

enum { CHAIR = 3 };

static void plan(struct room *room, enum charter_clock clock)
{
    room_plan(room, 4, "objections = 0");
    room->seats[CHAIR].role = SEAT_CHAIR;
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = 2 * DAY;
    room->charter.clock = clock;
    room->charter.clock_starts_ms = clock == CLOCK_REAL ? 0 : day("1914-06-28");
    room->charter.clock_day_ms = clock == CLOCK_SCALED ? 50 : 0;
    room_open(room, 4);
}

/* A block of its own, so much later. */
static void rule(struct room *room, enum ruling ruling, int64_t later_ms)
{
    room_rule(room, CHAIR, ruling);
    room_block_at(room, room->now_ms + later_ms);
    room_assert_accepted(room);
}

static void reload(struct room *room)
{
    static uint8_t bytes[65536];
    struct fault fault;
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    forum_save(room->forum, &writer);
    assert_int_equal(forum_load(&room->arena, &room->charter, bytes_of(bytes, writer.size),
                                &room->forum, &fault),
                     COMITY_OK);
}

static void time_and_deadlines_go_on_from_where_they_stood(void **state)
{
    static const struct {
        enum charter_clock clock;
        int64_t a_day_ms; /* Of block time. */
    } rows[] = {{CLOCK_REAL, DAY}, {CLOCK_SCALED, 50}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct room *room = *state;
        int64_t a_day = rows[i].a_day_ms;
        plan(room, rows[i].clock);
        room_put(room, 0, true);
        int64_t closes = forum_proposal(room->forum, 1)->closes_ms;
        int64_t due = forum_due(room->forum);
        rule(room, RULING_SUSPEND, a_day);
        assert_true(forum_is_suspended(room->forum));
        int64_t stood = forum_now(room->forum);
        assert_true(forum_due(room->forum) == INT64_MAX);
        reload(room);
        room_block_at(room, room->now_ms + 7 * a_day);
        assert_true(forum_now(room->forum) == stood);
        assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
        rule(room, RULING_RESUME, 0);
        assert_int_equal(room_told(room, OUTCOME_RESUMED), 1);
        assert_true(forum_now(room->forum) == stood);
        assert_true(forum_due(room->forum) == due + 7 * a_day);
        assert_true(forum_proposal(room->forum, 1)->closes_ms == closes);
        reload(room);
        room_block_at(room, forum_due(room->forum) - 1);
        assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
        room_block_at(room, forum_due(room->forum));
        assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
        assert_true(forum_proposal(room->forum, 1)->closed_ms == closes);
    }
}

static void a_second_suspension_adds_to_the_first(void **state)
{
    struct room *room = *state;
    plan(room, CLOCK_REAL);
    int64_t first = room->now_ms;
    for (int i = 0; i < 3; i++) {
        rule(room, RULING_SUSPEND, DAY);
        rule(room, RULING_RESUME, 10 * DAY);
    }
    assert_true(room->now_ms == first + 33 * DAY);
    assert_true(forum_now(room->forum) == first + 3 * DAY);
}

static void nothing_is_decided_in_the_grace_while_suspended(void **state)
{
    struct room *room = *state;
    plan(room, CLOCK_REAL);
    room->charter.grace_ms = MINUTE;
    room_put(room, 0, false);
    room_block_at(room, forum_due(room->forum));
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_CLOSED);
    rule(room, RULING_SUSPEND, 1);
    room_block_at(room, room->now_ms + DAY);
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_CLOSED);
    rule(room, RULING_RESUME, 0);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
}

static void only_the_rooms_business_waits(void **state)
{
    struct room *room = *state;
    plan(room, CLOCK_REAL);
    room_put(room, 0, false);
    rule(room, RULING_SUSPEND, 1);
    static const enum ruling refused[] = {RULING_SUSPEND, RULING_CLOSE, RULING_ADVANCE, RULING_TIE};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        room_rule(room, CHAIR, refused[i])->as.procedure.proposal =
            forum_proposal(room->forum, 1)->id;
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
    }
    room_ballot(room, 0, 1, ANSWER_OBJECT);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_propose(room, 1, "1. War.\n", false);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_rule(room, 0, RULING_RESUME);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* Not the chair's. */
    struct act *alone = room_say(room, 1, ACT_ALONE);
    alone->as.alone.title = "leaves the table";
    alone->as.alone.topic = "";
    room_say(room, 2, ACT_NOTE);
    room_rule(room, CHAIR, RULING_ROLL_CALL)->as.procedure.present[0] = 3;
    room_block(room);
    room_assert_accepted(room);
    rule(room, RULING_RESUME, 7 * DAY);
    room_rule(room, CHAIR, RULING_RESUME);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    /* Next week, another roll call: the frozen roll stands, the next question has the new one. */
    room_ballot(room, 2, 1, ANSWER_OBJECT);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(room_put(room, 0, false), 2);
    room_ballot(room, 2, 2, ANSWER_OBJECT);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void a_ballot_signed_after_the_resumption_is_in_time(void **state)
{
    struct room *room = *state;
    plan(room, CLOCK_REAL);
    room_put(room, 0, false);
    int64_t closes = forum_proposal(room->forum, 1)->closes_ms;
    rule(room, RULING_SUSPEND, 1);
    rule(room, RULING_RESUME, 7 * DAY);
    room_ballot(room, 1, 1, ANSWER_OBJECT); /* Signed after the close it first had. */
    assert_true(room->now_ms > closes);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_proposal(room->forum, 1)->acts_count, 3); /* The resumption, too. */
}

static void notices_and_locks_stand_still_too(void **state)
{
    struct room *room = *state;
    plan(room, CLOCK_REAL);
    room->rules[0].has_exit = true;
    room->rules[0].exit.notice_days = 10;
    room_put(room, 0, true);
    for (uint32_t seat = 0; seat < 3; seat++)
        room_ballot(room, seat, 1, ANSWER_YES);
    room_block(room);
    room_block_at(room, forum_due(room->forum));
    assert_int_equal(forum_agreement(room->forum, 1)->parties_count, 3);
    room_withdraw(room, 1, 1, false);
    room_block(room);
    int64_t until = forum_agreement(room->forum, 1)->parties[1].until_ms;
    rule(room, RULING_SUSPEND, DAY);
    rule(room, RULING_RESUME, 100 * DAY);
    assert_int_equal(forum_agreement(room->forum, 1)->parties[1].status, PARTY_LEAVING);
    assert_true(forum_agreement(room->forum, 1)->parties[1].until_ms == until);
    room_block_at(room, forum_due(room->forum));
    assert_int_equal(forum_agreement(room->forum, 1)->parties[1].status, PARTY_LEFT);
}

static void a_presided_clock_is_not_moved_while_suspended(void **state)
{
    struct room *room = *state;
    plan(room, CLOCK_PRESIDED);
    rule(room, RULING_SUSPEND, 1);
    room_rule(room, CHAIR, RULING_ADVANCE)->as.procedure.time_ms = day("1914-08-01");
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    rule(room, RULING_RESUME, DAY);
    assert_true(forum_now(room->forum) == day("1914-06-28"));
    room_rule(room, CHAIR, RULING_ADVANCE)->as.procedure.time_ms = day("1914-08-01");
    room_block(room);
    room_assert_accepted(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(time_and_deadlines_go_on_from_where_they_stood),
        room_test(a_second_suspension_adds_to_the_first),
        room_test(nothing_is_decided_in_the_grace_while_suspended),
        room_test(only_the_rooms_business_waits),
        room_test(a_ballot_signed_after_the_resumption_is_in_time),
        room_test(notices_and_locks_stand_still_too),
        room_test(a_presided_clock_is_not_moved_while_suspended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
