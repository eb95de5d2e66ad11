/* SPDX-License-Identifier: Apache-2.0 */
/* Agreements: entering into force, each party's days, leaving and coming back. */
#include "said.h"

/* Members, then a chair; a presided clock, so that a test says what day it is. */
static void plan(struct room *room, uint32_t members)
{
    room_plan(room, members + 1, "yes >= 1");
    room->seats[members].role = SEAT_CHAIR;
    room->charter.clock = CLOCK_PRESIDED;
    room->charter.clock_starts_ms = day("2000-01-10");
}

/* A proposal that the first seat's yes adopts. */
static const struct forum_agreement *adopt(struct room *room)
{
    uint32_t chair = room->charter.seats_count - 1;
    room_open(room, chair + 1);
    room_put(room, 0, true);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_rule(room, chair, RULING_CLOSE)->as.procedure.proposal =
        forum_proposal(room->forum, 1)->id;
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_proposal(room->forum, 1)->agreement, 1);
    return forum_agreement(room->forum, 1);
}

static void advance(struct room *room, const char *date)
{
    room_rule(room, room->charter.seats_count - 1, RULING_ADVANCE)->as.procedure.time_ms =
        day(date);
    room_block(room);
    room_assert_accepted(room);
}

static void in_force_at_adoption_binds_who_said_yes_and_who_accedes(void **state)
{
    struct room *room = *state;
    plan(room, 3);
    const struct forum_agreement *agreement = adopt(room);
    assert_int_equal(agreement->status, AGREEMENT_IN_FORCE);
    assert_true(agreement->in_force_ms == day("2000-01-10"));
    assert_int_equal(agreement->parties[0].status, PARTY_BOUND);
    assert_int_equal(agreement->parties[1].status, PARTY_NONE);
    advance(room, "2000-02-01");
    struct act *act = room_consent(room, 1, 1);
    act->kind = ACT_ACCEDE;
    act->as.consent.home = HOME_NO;
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(agreement->parties[1].status, PARTY_BOUND);
    assert_true(agreement->parties[1].since_ms == day("2000-02-01"));
    assert_int_equal(agreement->parties[1].home, HOME_NO);
    assert_int_equal(agreement->parties_count, 2);
}

static void binding_all_binds_every_member_that_signed_the_charter(void **state)
{
    struct room *room = *state;
    plan(room, 5);
    room->rules[0].binds = BINDS_ALL;
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = DAY;
    room_open(room, 3); /* D and E have not joined; the chair is F. */
    room_join(room, 5);
    room_put(room, 0, true);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_ballot(room, 1, 1, ANSWER_NO);
    room_block(room);
    advance(room, "2000-01-11");
    const struct forum_agreement *agreement = forum_agreement(room->forum, 1);
    for (uint32_t seat = 0; seat < 6; seat++)
        assert_int_equal(agreement->parties[seat].status, seat < 3 ? PARTY_BOUND : PARTY_NONE);
    assert_int_equal(forum_seat_conduct(room->forum, 1).dissent, 1);
    assert_int_equal(forum_seat_conduct(room->forum, 1).joined, 0);
    assert_int_equal(forum_seat_conduct(room->forum, 2).joined, 1);
    /* Who comes later is not bound by what was adopted before; it may accede. */
    room_join(room, 3);
    room_consent(room, 3, 1);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(agreement->parties[3].status, PARTY_BOUND);
}

static void ratified_by_enough_it_may_bind_all(void **state)
{
    struct room *room = *state;
    plan(room, 4);
    room->rules[0].binds = BINDS_ALL;
    room->rules[0].has_in_force = true;
    room->rules[0].in_force.sentence = "yes >= 2/3 of members";
    const struct forum_agreement *agreement = adopt(room);
    assert_int_equal(agreement->status, AGREEMENT_PENDING);
    assert_string_not_equal(agreement->line, "");
    room_consent(room, 0, 1);
    room_consent(room, 1, 1);
    room_block(room);
    assert_int_equal(agreement->status, AGREEMENT_PENDING);
    advance(room, "2000-03-01");
    room_consent(room, 2, 1);
    room_block(room);
    assert_int_equal(agreement->status, AGREEMENT_IN_FORCE);
    assert_int_equal(agreement->parties_count, 4);
    assert_true(agreement->parties[1].consent_ms == day("2000-01-10")); /* Its own day stays. */
    assert_true(agreement->parties[3].consent_ms == day("2000-03-01"));
    assert_int_equal(agreement->parties[3].status, PARTY_BOUND);
}

static void delays_and_dates_before_which_nothing_enters_into_force_11(void **state)
{
    static const struct {
        uint32_t days, months;
        const char *not_before, *met, *expected;
    } rows[] = {
        {30, 0, NULL, "2016-10-05", "2016-11-04"},
        {90, 0, NULL, "2004-11-18", "2005-02-16"},
        {60, 1, NULL, "2002-04-11", "2002-07-01"},
        {0, 0, "2016-06-01", "2016-02-01", "2016-06-01"},
        {30, 0, "2016-06-01", "2016-05-20", "2016-06-19"},
        {0, 0, NULL, "2016-05-20T10:00Z", "2016-05-20T10:00Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct room *room = *state;
        plan(room, 2);
        struct charter_rule *rule = &room->rules[0];
        rule->has_in_force = true;
        rule->in_force.sentence = "yes >= 1";
        rule->in_force.delay = (struct charter_delay){rows[i].days, rows[i].months, 0};
        rule->in_force.not_before_ms = rows[i].not_before == NULL ? 0 : day(rows[i].not_before);
        const struct forum_agreement *agreement = adopt(room);
        advance(room, rows[i].met);
        room_consent(room, 0, 1);
        room_block(room);
        room_assert_accepted(room);
        assert_true(agreement->threshold_ms == day(rows[i].met));
        assert_true(agreement->in_force_ms == day(rows[i].expected));
        advance(room, rows[i].expected);
        assert_int_equal(agreement->status, AGREEMENT_IN_FORCE);
        assert_int_equal(agreement->parties[0].status, PARTY_BOUND);
    }
}

static void a_later_party_has_its_own_delay_never_before_the_agreements_day_9(void **state)
{
    struct room *room = *state;
    plan(room, 3);
    struct charter_rule *rule = &room->rules[0];
    rule->has_in_force = true;
    rule->in_force.sentence = "yes >= 1";
    rule->in_force.delay.days = 90;
    rule->in_force.late.days = 30;
    const struct forum_agreement *agreement = adopt(room);
    room_consent(room, 0, 1); /* 10 January: in force on 9 April. */
    room_block(room);
    assert_true(agreement->in_force_ms == day("2000-04-09"));
    advance(room, "2000-02-01");
    room_consent(room, 1, 1);
    room_block(room);
    assert_true(agreement->parties[1].since_ms == day("2000-04-09"));
    advance(room, "2000-04-01");
    room_consent(room, 2, 1);
    room_block(room);
    assert_true(agreement->parties[2].since_ms == day("2000-05-01"));
    advance(room, "2000-12-31"); /* Several dates pass at once, each told with its own. */
    assert_int_equal(room_told(room, OUTCOME_BOUND), 3);
    assert_true(room_outcome(room, OUTCOME_IN_FORCE)->time_ms == day("2000-04-09"));
    assert_int_equal(room_outcome(room, OUTCOME_IN_FORCE)->act, OUTCOME_NONE);
}

static void a_date_beyond_the_calendar_is_its_end(void **state)
{
    struct room *room = *state;
    plan(room, 1);
    room->rules[0].has_in_force = true;
    room->rules[0].in_force.sentence = "yes >= 1";
    room->rules[0].in_force.not_before_ms = INT64_MAX;
    const struct forum_agreement *agreement = adopt(room);
    room_consent(room, 0, 1);
    room_block(room);
    assert_true(agreement->in_force_ms == day("9999-12-31T23:59:59.999Z"));
}

static void it_enters_into_force_before_it_binds_anybody(void **state)
{
    struct room *room = *state;
    plan(room, 3);
    room->rules[0].has_in_force = true;
    room->rules[0].in_force.sentence = "yes >= 2";
    (void)adopt(room);
    room_consent(room, 1, 1);
    room_consent(room, 0, 1);
    room_block(room);
    const enum outcome_kind order[] = {OUTCOME_ACCEPTED, OUTCOME_ACCEPTED, OUTCOME_THRESHOLD,
                                       OUTCOME_IN_FORCE, OUTCOME_BOUND,    OUTCOME_BOUND};
    assert_int_equal(room->outcomes.count, 6);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(room->outcomes.items[i].kind, order[i]);
    assert_int_equal(room->outcomes.items[4].seat, 0); /* At one moment, in order of seats. */
}

static void a_yes_stands_with_those_who_form_it_until_it_is_in_force(void **state)
{
    struct room *room = *state;
    plan(room, 3);
    room->rules[0].has_in_force = true;
    room->rules[0].in_force.sentence = "yes >= 2";
    (void)adopt(room); /* The first seat said yes; the two others ratify. */
    struct forum_lists lists;
    room_consent(room, 1, 1);
    room_block(room);
    forum_proposal_lists(room->forum, forum_proposal(room->forum, 1), &lists);
    assert_true(listed(lists.formed, 0) && listed(lists.formed, 1));
    assert_true(listed(lists.stayed_out, 2));
    room_consent(room, 2, 1);
    room_block(room);
    forum_proposal_lists(room->forum, forum_proposal(room->forum, 1), &lists);
    assert_true(listed(lists.formed, 1) && listed(lists.formed, 2));
    assert_true(listed(lists.stayed_out, 0) && !listed(lists.formed, 0));
}

static void a_consent_taken_back_in_time_does_not_count(void **state)
{
    struct room *room = *state;
    plan(room, 3);
    struct charter_rule *rule = &room->rules[0];
    rule->has_in_force = true;
    rule->in_force.sentence = "yes >= 2";
    rule->in_force.delay.days = 30;
    const struct forum_agreement *agreement = adopt(room);
    room_consent(room, 0, 1);
    room_withdraw(room, 0, 1, false);
    room_consent(room, 1, 1);
    room_block(room);
    room_assert_accepted(room);
    assert_true(agreement->threshold_ms == INT64_MAX);
    assert_int_equal(agreement->parties[0].status, PARTY_NONE);
    assert_int_equal(forum_seat_conduct(room->forum, 0).exit, 1);
    room_consent(room, 0, 1);
    room_block(room);
    assert_true(agreement->threshold_ms == day("2000-01-10"));
    /* Once met it stays met, even if everybody has second thoughts: nobody is left to bind. */
    room_withdraw(room, 0, 1, false);
    room_withdraw(room, 1, 1, false);
    room_block(room);
    assert_int_equal(agreement->status, AGREEMENT_PENDING);
    advance(room, "2000-03-01");
    assert_int_equal(room_told(room, OUTCOME_IN_FORCE), 1);
    assert_int_equal(agreement->status, AGREEMENT_ENDED);
}

static void falling_below_the_threshold_later_ends_nothing_10(void **state)
{
    struct room *room = *state;
    plan(room, 3);
    struct charter_rule *rule = &room->rules[0];
    rule->has_in_force = true;
    rule->in_force.sentence = "yes >= 2";
    rule->has_exit = true;
    rule->exit.notice_days = 10;
    const struct forum_agreement *agreement = adopt(room);
    room_consent(room, 0, 1);
    room_consent(room, 1, 1);
    room_block(room);
    assert_int_equal(agreement->parties_count, 2);
    room_withdraw(room, 0, 1, false);
    room_block(room);
    advance(room, "2000-01-20");
    assert_int_equal(agreement->parties[0].status, PARTY_LEFT);
    assert_int_equal(agreement->parties_count, 1);
    assert_int_equal(agreement->status, AGREEMENT_IN_FORCE);
    room_withdraw(room, 1, 1, false);
    room_block(room);
    advance(room, "2000-01-30");
    assert_int_equal(agreement->status, AGREEMENT_ENDED);
    assert_int_equal(room_told(room, OUTCOME_ENDED), 1);
    room_consent(room, 2, 1);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
}

static void notice_runs_may_be_taken_back_and_takes_effect_at_its_own_time(void **state)
{
    struct room *room = *state;
    plan(room, 2);
    const struct forum_agreement *agreement = adopt(room); /* No exit clause: twelve months. */
    room_withdraw(room, 0, 1, true);
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
    room_withdraw(room, 1, 1, false);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* B never joined it. */
    room_withdraw(room, 0, 1, false);
    room_block(room);
    assert_true(room_outcome(room, OUTCOME_NOTICE)->time_ms == day("2001-01-10"));
    assert_int_equal(agreement->parties[0].status, PARTY_LEAVING);
    assert_int_equal(agreement->parties_count, 1); /* Bound while notice runs. */
    assert_int_equal(forum_seat_conduct(room->forum, 0).exit, 1);
    room_withdraw(room, 0, 1, false);
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    room_consent(room, 0, 1);
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    advance(room, "2001-01-09");
    room_withdraw(room, 0, 1, true);
    room_block(room);
    assert_int_equal(room_told(room, OUTCOME_NOTICE_TAKEN_BACK), 1);
    assert_int_equal(forum_seat_conduct(room->forum, 0).exit, 0);
    assert_true(agreement->parties[0].until_ms == INT64_MAX);
    advance(room, "2001-01-10");
    assert_int_equal(agreement->parties[0].status, PARTY_BOUND);
    room_withdraw(room, 0, 1, false);
    room_block(room);
    advance(room, "2005-01-01");
    assert_int_equal(agreement->parties[0].status, PARTY_LEFT);
    assert_true(room_outcome(room, OUTCOME_OUT)->time_ms == day("2002-01-10"));
}

static void notice_inside_the_lock_takes_effect_and_is_a_defection(void **state)
{
    struct room *room = *state;
    plan(room, 3);
    room->rules[0].has_exit = true;
    room->rules[0].exit.lock_months = 36;
    room->rules[0].exit.notice_days = 30;
    const struct forum_agreement *agreement = adopt(room);
    room_consent(room, 1, 1);
    room_consent(room, 2, 1);
    room_block(room);
    advance(room, "2003-01-09"); /* One day early. */
    room_withdraw(room, 0, 1, false);
    room_withdraw(room, 1, 1, false);
    room_block(room);
    assert_int_equal(room_told(room, OUTCOME_DEFECTION), 2);
    assert_int_equal(room_outcome(room, OUTCOME_DEFECTION)->value, DEFECTION_WITHDREW_IN_LOCK);
    assert_int_equal(forum_seat_conduct(room->forum, 0).defection, 1);
    room_withdraw(room, 1, 1, true); /* Thinks better of it. */
    room_block(room);
    assert_int_equal(forum_seat_conduct(room->forum, 1).defection, 0);
    advance(room, "2003-01-10");
    room_withdraw(room, 2, 1, false); /* The lock has opened. */
    room_block(room);
    assert_int_equal(room_told(room, OUTCOME_DEFECTION), 0);
    assert_int_equal(forum_seat_conduct(room->forum, 2).exit, 1);
    advance(room, "2003-02-08");
    assert_int_equal(agreement->parties[0].status, PARTY_LEFT);
    struct forum_lists lists;
    forum_proposal_lists(room->forum, forum_proposal(room->forum, 1), &lists);
    assert_true(listed(lists.defected, 0) && !listed(lists.stayed_out, 0));
    assert_true(listed(lists.formed, 1) && listed(lists.formed, 2));
    room_consent(room, 0, 1); /* Coming back is a new commitment. */
    room_block(room);
    forum_proposal_lists(room->forum, forum_proposal(room->forum, 1), &lists);
    assert_true(listed(lists.formed, 0) && !listed(lists.defected, 0));
    assert_int_equal(forum_seat_conduct(room->forum, 0).defection, 1);
    assert_int_equal(forum_seat_conduct(room->forum, 0).joined, 2);
}

static void consent_is_to_this_agreements_text_and_given_once(void **state)
{
    struct room *room = *state;
    plan(room, 3);
    room_open(room, 4);
    room_put(room, 0, true);
    room_consent(room, 1, 1);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* Not adopted yet. */
    room_ballot(room, 0, 1, ANSWER_YES);
    room_rule(room, 3, RULING_CLOSE)->as.procedure.proposal = forum_proposal(room->forum, 1)->id;
    room_block(room);
    room_consent(room, 1, 1)->as.consent.text_hash.bytes[3] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    room_consent(room, 0, 1);
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    room_consent(room, 3, 1);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* The chair is no member. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(in_force_at_adoption_binds_who_said_yes_and_who_accedes),
        room_test(binding_all_binds_every_member_that_signed_the_charter),
        room_test(ratified_by_enough_it_may_bind_all),
        room_test(delays_and_dates_before_which_nothing_enters_into_force_11),
        room_test(a_later_party_has_its_own_delay_never_before_the_agreements_day_9),
        room_test(a_date_beyond_the_calendar_is_its_end),
        room_test(it_enters_into_force_before_it_binds_anybody),
        room_test(a_yes_stands_with_those_who_form_it_until_it_is_in_force),
        room_test(a_consent_taken_back_in_time_does_not_count),
        room_test(falling_below_the_threshold_later_ends_nothing_10),
        room_test(notice_runs_may_be_taken_back_and_takes_effect_at_its_own_time),
        room_test(notice_inside_the_lock_takes_effect_and_is_a_defection),
        room_test(consent_is_to_this_agreements_text_and_given_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
