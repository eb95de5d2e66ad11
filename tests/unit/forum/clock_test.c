/* SPDX-License-Identifier: Apache-2.0 */
/* The three clocks, and calendar days. */
#include "said.h"

#include "forum/clock.h"

static void delays_are_calendar_days_in_utc(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        uint32_t days, months;
        const char *expected;
        uint32_t span_months;
    } rows[] = {
        {"2016-10-05T18:30Z", 30, 0, "2016-11-04", 0}, /* Paris: the thirtieth day after. */
        {"2016-10-06", 30, 0, "2016-11-05", 0},        /* Rwanda. */
        {"2002-04-11", 60, 1, "2002-07-01", 0},        /* Rome: first of the month after 60 days. */
        {"2002-05-02", 60, 1, "2002-08-01", 0},
        {"2004-11-18", 90, 0, "2005-02-16", 0}, /* Kyoto. */
        {"2016-10-05T18:30Z", 0, 0, "2016-10-05T18:30Z", 0},
        {"2016-12-31T23:59Z", 1, 0, "2017-01-01", 0},
        {"2016-10-05", 0, 3, "2017-01-01", 0},
        {"1998-11-30T12:00Z", 0, 0, "1999-05-30", 6}, /* Six months after the day. */
        {"2007-08-31", 0, 0, "2008-02-29", 6},        /* Or the last of a shorter month. */
        {"2007-02-28", 0, 0, "2008-02-28", 12},       /* A year is no 365 days. */
        {"2014-04-22", 0, 1, "2014-08-01", 3},        /* First of the month after three months: the
                                                  Istanbul Convention's tenth instrument. */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct charter_delay delay = {rows[i].days, rows[i].months, rows[i].span_months};
        assert_true(date_delayed(day(rows[i].from), delay) == day(rows[i].expected));
    }
}

static void months_keep_the_day_or_end_with_the_month(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        uint32_t days, months;
        const char *expected;
    } rows[] = {
        {"2019-11-04T09:00Z", 0, 12, "2020-11-04"},
        {"2016-11-04", 0, 36, "2019-11-04"},
        {"2020-01-31", 0, 1, "2020-02-29"},
        {"2019-01-31", 0, 1, "2019-02-28"},
        {"2020-02-29", 0, 12, "2021-02-28"},
        {"2020-03-31", 0, 1, "2020-04-30"},
        {"2020-01-10", 7, 0, "2020-01-17"},
        {"2020-01-10", 7, 1, "2020-02-10"},
        {"2020-01-10T10:00Z", 0, 0, "2020-01-10T10:00Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(date_after(day(rows[i].from), rows[i].days, rows[i].months) ==
                    day(rows[i].expected));
    assert_true(date_midnight(-1) == -DAY);
    assert_true(date_midnight(-DAY) == -DAY);
    assert_true(time_add(INT64_MAX, 1) == INT64_MAX);
    assert_true(time_add(INT64_MIN, -1) == INT64_MIN);
}

static void absurd_delays_end_with_the_calendar(void **state)
{
    (void)state;
    struct charter_delay delay = {UINT32_MAX, UINT32_MAX, 0};
    assert_true(time_clamp(date_delayed(FORUM_TIME_MAX, delay)) == FORUM_TIME_MAX);
    delay.span_months = UINT32_MAX;
    assert_true(time_clamp(date_delayed(FORUM_TIME_MAX, delay)) == FORUM_TIME_MAX);
    assert_true(time_clamp(date_after(FORUM_TIME_MAX, 0, UINT32_MAX)) == FORUM_TIME_MAX);
    assert_true(time_clamp(date_after(FORUM_TIME_MAX, UINT32_MAX, 0)) == FORUM_TIME_MAX);
}

static void a_real_clock_shows_block_time(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    assert_true(forum_now(room->forum) == room->now_ms);
    assert_true(forum_time(room->forum, 12345) == 12345);
    assert_true(forum_due(room->forum) == INT64_MAX);
    int64_t before = room->now_ms;
    room_block_at(room, before - DAY); /* The orderers let no such block pass; time stands. */
    assert_true(forum_now(room->forum) == before);
    assert_true(forum_time(room->forum, INT64_MIN) == FORUM_TIME_MIN);
}

static void a_scaled_clock_runs_a_day_in_a_blink(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room->charter.clock = CLOCK_SCALED;
    room->charter.clock_starts_ms = day("1914-06-28");
    room->charter.clock_day_ms = 50;
    room_open(room, 2);
    int64_t first = room->now_ms;
    assert_true(forum_now(room->forum) == day("1914-06-28"));
    assert_true(forum_time(room->forum, first + 50) == day("1914-06-29"));
    assert_true(forum_time(room->forum, first + 25) == day("1914-06-28T12:00Z"));
    assert_true(forum_time(room->forum, first - 50) == day("1914-06-27"));
    assert_true(forum_time(room->forum, first - 1) == day("1914-06-27T23:31:12Z"));
    room->charter.clock_day_ms = 7; /* Thirds of days and less: rounded down on either side. */
    assert_true(forum_time(room->forum, first + 1) == day("1914-06-28") + DAY / 7);
    assert_true(forum_time(room->forum, first - 1) == day("1914-06-28") - DAY / 7 - 1);
    room->charter.clock_day_ms = 50;
    assert_true(forum_time(room->forum, INT64_MAX) == FORUM_TIME_MAX);
    assert_true(forum_time(room->forum, INT64_MIN) == FORUM_TIME_MIN);
    room_propose(room, 0, "1. Peace.", false)->as.propose.closes_ms = day("1914-07-28");
    room_block(room);
    room_assert_accepted(room);
    assert_true(forum_due(room->forum) == first + 30 * 50 + 1);
    room_block_at(room, first + 30 * 50);
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
    room_block_at(room, forum_due(room->forum));
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_DECIDED);
    assert_true(forum_proposal(room->forum, 1)->closed_ms == day("1914-07-28"));
}

static void a_scaled_clock_loses_nothing_to_rounding(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room->charter.clock = CLOCK_SCALED;
    room->charter.clock_day_ms = 7777;
    room_open(room, 2);
    for (int64_t t = 0; t < 400 * DAY; t += 12345678) {
        int64_t block = clock_block_ms(room->forum, t);
        assert_true(forum_time(room->forum, block) >= t);
        assert_true(block == room->now_ms || forum_time(room->forum, block - 1) < t);
    }
}

static void a_presided_clock_moves_by_the_chair_alone_and_never_back(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room->charter.clock = CLOCK_PRESIDED;
    room->charter.clock_starts_ms = day("2016-04-22");
    room->seats[2].role = SEAT_CHAIR;
    room_open(room, 3);
    room_block_at(room, room->now_ms + 100 * DAY);
    assert_true(forum_now(room->forum) == day("2016-04-22"));
    room_propose(room, 0, "1. Peace.", false)->as.propose.closes_ms = day("2016-05-01");
    room_block(room);
    assert_true(forum_due(room->forum) == INT64_MAX);
    room_rule(room, 0, RULING_ADVANCE)->as.procedure.time_ms = day("2016-05-01");
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* No chair. */
    room_rule(room, 2, RULING_ADVANCE)->as.procedure.time_ms = day("2016-04-21");
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_rule(room, 2, RULING_ADVANCE)->as.procedure.time_ms = INT64_MAX;
    room_block(room);
    room_assert_refused(room, COMITY_LIMIT);
    /* In one block: what is said before the clock moves counts, what comes after is late. */
    room_ballot(room, 0, 1, ANSWER_YES);
    room_rule(room, 2, RULING_ADVANCE)->as.procedure.time_ms = day("2016-05-01");
    room_ballot(room, 1, 1, ANSWER_NO);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
    assert_int_equal(room_told(room, OUTCOME_CLOCK), 1);
    assert_true(forum_now(room->forum) == day("2016-05-01"));
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
}

static void a_clock_that_moves_by_itself_is_not_moved_by_the_chair(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room->seats[1].role = SEAT_CHAIR;
    room_open(room, 2);
    room_rule(room, 1, RULING_ADVANCE)->as.procedure.time_ms = day("2030-01-01");
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_are_calendar_days_in_utc),
        cmocka_unit_test(months_keep_the_day_or_end_with_the_month),
        cmocka_unit_test(absurd_delays_end_with_the_calendar),
        room_test(a_real_clock_shows_block_time),
        room_test(a_scaled_clock_runs_a_day_in_a_blink),
        room_test(a_scaled_clock_loses_nothing_to_rounding),
        room_test(a_presided_clock_moves_by_the_chair_alone_and_never_back),
        room_test(a_clock_that_moves_by_itself_is_not_moved_by_the_chair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
