/* SPDX-License-Identifier: Apache-2.0 */
/* edge_days.h - the edge cases in which days pass, each as a play of several blocks;
 * edge_cases_test.c has the table. A play leaves its room to its caller. */
#ifndef COMITY_TESTS_FORUM_EDGE_DAYS_H
#define COMITY_TESTS_FORUM_EDGE_DAYS_H

#include "said.h"

/* Four states of 30, 20, 9 and 1, their union, which represents the first two, and a chair. */
static inline void plan_treaty(struct room *room)
{
    static const uint64_t weights[6] = {30, 20, 9, 1, 50, 0};
    room_plan(room, 6, "objections = 0");
    room->seats[5].role = SEAT_CHAIR;
    room->seats[4].represents = 0;
    room->groups[0] = (struct charter_group){.name = "union", .seats = {3}};
    room->charter.groups_count = 1;
    room->weights[0] = (struct charter_weight){.name = "ghg", .values = weights};
    room->charter.weights_count = 1;
    room->charter.clock = CLOCK_PRESIDED;
    room->charter.clock_starts_ms = day("2016-04-22");
    struct charter_rule *rule = &room->rules[0];
    rule->closes = CLOSES_PRESIDING;
    rule->has_in_force = true;
    rule->in_force.sentence = "yes >= 3 and yes by ghg >= 55% of members";
    rule->in_force.delay.days = 30;
    rule->in_force.late.days = 30;
    rule->has_exit = true;
    rule->exit.notice_days = 10;
}

static inline const struct forum_agreement *adopt_treaty(struct room *room)
{
    room_open(room, 6);
    room_put(room, 0, true);
    room_rule(room, 5, RULING_CLOSE)->as.procedure.proposal = forum_proposal(room->forum, 1)->id;
    room_block(room);
    room_assert_accepted(room);
    return forum_agreement(room->forum, 1);
}

static inline void on_day(struct room *room, const char *date)
{
    room_rule(room, 5, RULING_ADVANCE)->as.procedure.time_ms = day(date);
    room_block(room);
    room_assert_accepted(room);
}

static inline void deposit(struct room *room, const char *date, uint32_t seat)
{
    on_day(room, date);
    room_consent(room, seat, 1);
    room_block(room);
    room_assert_accepted(room);
}

/* A comes back under a later date: only the log knows when it came first. */
static inline void a_log_of_events_keeps_the_day(struct room *room)
{
    plan_treaty(room);
    const struct forum_agreement *treaty = adopt_treaty(room);
    deposit(room, "2016-10-01", 2);
    deposit(room, "2016-10-03", 0);
    deposit(room, "2016-10-05", 1);
    room_withdraw(room, 0, 1, false);
    room_block(room);
    deposit(room, "2016-11-08", 0);
    assert_true(treaty->threshold_ms == day("2016-10-05"));
    assert_true(treaty->in_force_ms == day("2016-11-04"));
    /* And the same dates from the table of 8 November, where A's first deposit is overwritten. */
    plan_treaty(room);
    treaty = adopt_treaty(room);
    deposit(room, "2016-10-01", 2);
    deposit(room, "2016-10-05", 1);
    deposit(room, "2016-11-08", 0);
    assert_true(treaty->threshold_ms == day("2016-11-08"));
}

static inline void an_organisation_adds_nothing(struct room *room)
{
    plan_treaty(room);
    const struct forum_agreement *treaty = adopt_treaty(room);
    deposit(room, "2016-10-04", 4);
    deposit(room, "2016-10-04", 2);
    deposit(room, "2016-10-04", 3);
    assert_true(treaty->threshold_ms == INT64_MAX); /* With it: 3 of 3, and 60 of 110. */
    deposit(room, "2016-10-05", 0);
    assert_true(treaty->threshold_ms == day("2016-10-05"));
    on_day(room, "2016-11-04");
    assert_int_equal(treaty->parties_count, 3);
    assert_int_equal(treaty->parties[4].status, PARTY_BOUND);
}

static inline void who_comes_between_has_its_own_thirty_days(struct room *room)
{
    plan_treaty(room);
    const struct forum_agreement *treaty = adopt_treaty(room);
    deposit(room, "2016-10-05", 0);
    deposit(room, "2016-10-05", 1);
    deposit(room, "2016-10-05", 2);
    deposit(room, "2016-10-06", 3);
    on_day(room, "2016-11-04");
    assert_int_equal(treaty->status, AGREEMENT_IN_FORCE);
    assert_int_equal(treaty->parties[3].status, PARTY_CONSENTED);
    assert_true(treaty->parties[3].since_ms == day("2016-11-05"));
    on_day(room, "2016-11-05");
    assert_int_equal(treaty->parties[3].status, PARTY_BOUND);
}

static inline void falling_below_ends_nothing(struct room *room)
{
    plan_treaty(room);
    const struct forum_agreement *treaty = adopt_treaty(room);
    deposit(room, "2016-10-05", 0);
    deposit(room, "2016-10-05", 1);
    deposit(room, "2016-10-05", 2);
    on_day(room, "2016-11-04");
    room_withdraw(room, 0, 1, false);
    room_withdraw(room, 1, 1, false);
    room_block(room);
    on_day(room, "2016-11-14");
    assert_int_equal(treaty->parties_count, 1);
    assert_int_equal(treaty->status, AGREEMENT_IN_FORCE);
}

static inline void days_are_of_the_calendar_whatever_the_clock(struct room *room)
{
    static const struct {
        struct charter_delay delay;
        const char *not_before, *met, *expected;
    } rows[] = {
        {{30, 0, 0}, NULL, "2016-10-05", "2016-11-04"},
        {{90, 0, 0}, NULL, "2004-11-18", "2005-02-16"},
        {{60, 1, 0}, NULL, "2002-04-11", "2002-07-01"},
        {{0, 6, 0}, NULL, "1998-09-16", "1999-03-01"},
        {{0, 0, 6}, NULL, "2007-09-21", "2008-03-21"},
        {{0, 1, 3}, NULL, "2014-04-22", "2014-08-01"},
        {{0, 0, 0}, "2019-01-01", "2017-11-17", "2019-01-01"},
        {{30, 0, 0}, "2016-06-01", "2016-05-20", "2016-06-19"}, /* The later of the two. */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        plan_treaty(room);
        room->charter.clock_starts_ms = day("1998-01-01");
        struct charter_rule *rule = &room->rules[0];
        rule->in_force.sentence = "yes >= 1";
        rule->in_force.delay = rows[i].delay;
        rule->in_force.not_before_ms = rows[i].not_before == NULL ? 0 : day(rows[i].not_before);
        const struct forum_agreement *treaty = adopt_treaty(room);
        deposit(room, rows[i].met, 0);
        assert_true(treaty->in_force_ms == day(rows[i].expected));
        assert_int_equal(treaty->status, AGREEMENT_PENDING);
        on_day(room, rows[i].expected);
        assert_int_equal(treaty->status, AGREEMENT_IN_FORCE);
    }
    /* A scaled clock: thirty days of it pass in thirty of its day's length. */
    plan_treaty(room);
    room->charter.clock = CLOCK_SCALED;
    room->charter.clock_day_ms = 50;
    room->rules[0].in_force.sentence = "yes >= 1";
    const struct forum_agreement *treaty = adopt_treaty(room);
    room_consent(room, 0, 1);
    room_block(room);
    int64_t due = forum_due(room->forum);
    assert_true(due > room->now_ms + 29 * 50 - 50 && due <= room->now_ms + 30 * 50);
    room_block_at(room, due - 1);
    assert_int_equal(treaty->status, AGREEMENT_PENDING);
    room_block_at(room, due);
    assert_int_equal(treaty->status, AGREEMENT_IN_FORCE);
}

#endif
