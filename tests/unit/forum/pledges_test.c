/* SPDX-License-Identifier: Apache-2.0 */
/* Pledges, reports, attestations and the fund of an agreement, act by act; and that pledge and
 * review differs from a binding agreement in the charter alone. */
#include "said.h"

#include "forum/compliance.h"
#include "forum/state.h"

enum { A, B, C, D, SEATS };

static void plan(struct room *room)
{
    room_plan(room, SEATS, "yes >= 2");
    room->rules[0].has_fund = true;
    room->rules[0].fund.spent_by = "spending";
    room->rules[0].fund.issue = "fund";
    room->rules[0].fund.unit = "USD";
    room->rules[0].attestations = 1;
    room->rules[1] = room->rules[0];
    room->rules[1].name = "spending";
    room->rules[1].hash = (struct hash){{8}};
    room->rules[1].has_fund = false;
    room->charter.rules_count = 2;
    room->rules[0].has_breach = true;
    room->rules[0].breach.ruled_by = "spending";
}

static const struct pledge text_pledges[] = {{B, "CO2", 30, "Mt", 0}, {C, "CO2", 20, "Mt", 0}};
static const struct goal text_goals[] = {{"CO2", 100, "Mt", 0}, {"fund", 100, "USD", 0}};

/* A1: A and B are parties at once, C is not; the text pledges for B and C. */
static void adopt(struct room *room)
{
    room_open(room, SEATS);
    struct act *act = room_propose(room, A, "1. Less.\n", true);
    act->as.propose.pledges = text_pledges;
    act->as.propose.pledges_count = 2;
    act->as.propose.goals = text_goals;
    act->as.propose.goals_count = 2;
    room_block(room);
    room_assert_accepted(room);
    room_ballot(room, A, 1, ANSWER_YES);
    room_ballot(room, B, 1, ANSWER_YES);
    room_ballot(room, C, 1, ANSWER_ABSTAIN);
    room_ballot(room, D, 1, ANSWER_NO);
    room_block(room);
    assert_int_equal(forum_agreements_count(room->forum), 1);
}

static void start(struct room *room)
{
    plan(room);
    adopt(room);
}

static struct act *say(struct room *room, uint32_t seat, enum act_kind kind, int64_t quantity,
                       const char *due)
{
    struct act *act = room_say(room, seat, kind);
    act->as.pledge.proposal = forum_proposal(room->forum, 1)->id;
    act->as.pledge.issue = "CO2";
    act->as.pledge.unit = "Mt";
    act->as.pledge.quantity = quantity;
    act->as.pledge.due_ms = due == NULL ? 0 : day(due);
    return act;
}

static void pay(struct room *room, uint32_t seat, uint64_t quantity)
{
    struct act *act = room_say(room, seat, ACT_CONTRIBUTE);
    act->as.contribute.proposal = forum_proposal(room->forum, 1)->id;
    act->as.contribute.quantity = quantity;
}

static void attest(struct room *room, uint32_t seat, uint32_t report, bool disputes)
{
    struct act *act = room_say(room, seat, ACT_ATTEST);
    act->as.attest.report = forum_agreement(room->forum, 1)->accounts->reports[report - 1].id;
    act->as.attest.disputes = disputes;
}

static struct act *spend(struct room *room, uint32_t seat, uint64_t quantity, const char *rule)
{
    struct act *act = room_propose(room, seat, "Spend it.", false);
    act->as.propose.rule = rule;
    act->as.propose.effect = (struct effect){.kind = EFFECT_SPEND,
                                             .subject = forum_proposal(room->forum, 1)->id,
                                             .seat = D,
                                             .quantity = quantity,
                                             .name = ""};
    return act;
}

static void end(struct room *room)
{
    room_block(room);
    forum_check(room->forum);
}

static const struct forum_accounts *accounts(const struct room *room)
{
    return forum_agreement(room->forum, 1)->accounts;
}

static const struct compliance *computed(struct room *room)
{
    struct compliance *out;
    assert_int_equal(
        forum_compliance(room->forum, forum_agreement(room->forum, 1), &room->arena, &out),
        COMITY_OK);
    return out;
}

static void assert_line(const struct room *room, enum outcome_kind kind, const char *line)
{
    assert_string_equal(room_outcome(room, kind)->line, line);
}

static void nobody_pledges_by_anothers_text_until_it_consents(void **state)
{
    struct room *room = *state;
    start(room);
    assert_int_equal(accounts(room)->pledges_count, 1);
    assert_int_equal(accounts(room)->pledges[0].seat, B);
    assert_int_equal(computed(room)->goals[0].pledged, 30);
    room_consent(room, C, 1);
    end(room);
    assert_int_equal(computed(room)->goals[0].pledged, 50);
    assert_int_equal(computed(room)->goals[0].ambition_gap, 50);
    assert_line(room, OUTCOME_PLEDGED, "20 Mt of CO2");
}

static void only_a_party_pledges_and_for_itself(void **state)
{
    struct room *room = *state;
    start(room);
    say(room, A, ACT_PLEDGE, 40, "2030-01-01");
    end(room);
    room_assert_accepted(room);
    assert_line(room, OUTCOME_PLEDGED, "40 Mt of CO2 by 2030-01-01");
    say(room, A, ACT_PLEDGE, 25, "2030-01-01");
    end(room);
    assert_line(room, OUTCOME_PLEDGED, "25 Mt of CO2 by 2030-01-01, lowered by 15");
    assert_int_equal(room_outcome(room, OUTCOME_PLEDGED)->value, 15);
    assert_int_equal(accounts(room)->pledges_count, 2);
    say(room, A, ACT_PLEDGE, 25, "2030-01-01");
    end(room);
    room_assert_refused(room, COMITY_EXISTS);
    say(room, C, ACT_PLEDGE, 5, NULL);
    end(room);
    room_assert_refused(room, COMITY_REFUSED);
    say(room, A, ACT_PLEDGE, 5, "2016-04-01"); /* Past. */
    end(room);
    room_assert_refused(room, COMITY_REFUSED);
    say(room, A, ACT_PLEDGE, 5, NULL)->as.pledge.proposal = room->charter.id;
    end(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
    struct act *act = say(room, A, ACT_PLEDGE, -5, NULL);
    act->as.pledge.issue = "fund";
    act->as.pledge.unit = "USD";
    end(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void a_seat_has_so_many_pledges_and_no_more(void **state)
{
    struct room *room = *state;
    start(room);
    for (int i = 0; i < PLEDGES_PER_SEAT_MAX; i++)
        say(room, A, ACT_PLEDGE, 1, "2030-01-01")->as.pledge.due_ms += i;
    end(room);
    room_assert_accepted(room);
    say(room, A, ACT_PLEDGE, 1, "2029-01-01");
    end(room);
    room_assert_refused(room, COMITY_LIMIT);
    say(room, A, ACT_PLEDGE, 2, "2030-01-01"); /* An old one may still change. */
    end(room);
    room_assert_accepted(room);
}

static void a_report_needs_a_pledge_and_others_vouch_for_it(void **state)
{
    struct room *room = *state;
    start(room);
    say(room, A, ACT_REPORT, 10, NULL);
    end(room);
    room_assert_refused(room, COMITY_NOT_FOUND); /* A pledged nothing. */
    say(room, B, ACT_REPORT, 10, NULL);
    end(room);
    assert_line(room, OUTCOME_REPORTED, "A1/r1: 10 Mt of CO2");
    attest(room, B, 1, false);
    end(room);
    room_assert_refused(room, COMITY_REFUSED); /* Its own. */
    assert_int_equal(computed(room)->goals[0].confirmed, 0);
    attest(room, D, 1, false); /* No party, and it may. */
    end(room);
    assert_line(room, OUTCOME_ATTESTED, "vouches for A1/r1 of B: 1 for, 0 against");
    assert_int_equal(computed(room)->goals[0].confirmed, 10);
    attest(room, D, 1, false);
    end(room);
    room_assert_refused(room, COMITY_EXISTS);
    attest(room, A, 1, true);
    end(room);
    assert_int_equal(computed(room)->goals[0].confirmed, 0);
    assert_int_equal(computed(room)->goals[0].reported, 10);
    attest(room, A, 1, false);
    end(room);
    assert_int_equal(computed(room)->goals[0].confirmed, 10);
    say(room, B, ACT_REPORT, 12, NULL);
    end(room);
    assert_int_equal(computed(room)->goals[0].reported, 12);
    assert_int_equal(computed(room)->goals[0].confirmed, 0);
    attest(room, A, 1, true);
    end(room);
    room_assert_refused(room, COMITY_CONFLICT);
    assert_string_equal(room_outcome(room, OUTCOME_REFUSED)->line, "A1/r1 was followed by A1/r2");
}

static void who_left_still_reports_and_its_pledge_does_not_count(void **state)
{
    struct room *room = *state;
    start(room);
    room_withdraw(room, B, 1, false);
    end(room);
    room_block_at(room, day("2017-04-23"));
    assert_int_equal(forum_agreement(room->forum, 1)->parties[B].status, PARTY_LEFT);
    say(room, B, ACT_REPORT, 7, NULL);
    end(room);
    room_assert_accepted(room);
    assert_int_equal(computed(room)->goals[0].pledged, 0);
    assert_false(computed(room)->pledges[0].counts);
    assert_int_equal(computed(room)->pledges[0].delivery.reported, 7);
    room_consent(room, B, 1); /* It comes back, and finds its pledge. */
    end(room);
    assert_int_equal(computed(room)->goals[0].pledged, 30);
    assert_int_equal(accounts(room)->pledges_count, 1);
}

static void contributions_add_up_and_deliver_pledges_to_the_fund(void **state)
{
    struct room *room = *state;
    start(room);
    struct act *act = say(room, A, ACT_PLEDGE, 60, NULL);
    act->as.pledge.issue = "fund";
    act->as.pledge.unit = "USD";
    pay(room, A, 40);
    pay(room, C, 25); /* Whoever gives, gives. */
    end(room);
    room_assert_accepted(room);
    const struct compliance *out = computed(room);
    assert_int_equal(out->balance, 65);
    assert_int_equal(out->shares[A], 50);
    assert_int_equal(out->paid[A], 40);
    assert_int_equal(out->goals[1].pledged, 60);
    assert_int_equal(out->goals[1].confirmed, 65);
    act = say(room, A, ACT_REPORT, 60, NULL);
    act->as.pledge.issue = "fund";
    act->as.pledge.unit = "USD";
    end(room);
    room_assert_refused(room, COMITY_REFUSED);
    pay(room, B, UINT64_MAX - 64);
    end(room);
    room_assert_refused(room, COMITY_LIMIT);
    pay(room, B, UINT64_MAX - 65);
    end(room);
    room_assert_accepted(room);
    assert_true(accounts(room)->paid_sum == UINT64_MAX);
}

static void without_a_fund_in_the_charter_nothing_is_paid(void **state)
{
    struct room *room = *state;
    plan(room);
    room->rules[0].has_fund = false;
    adopt(room);
    pay(room, A, 5);
    end(room);
    room_assert_refused(room, COMITY_REFUSED);
    spend(room, A, 1, "spending");
    end(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
}

static void two_pending_spends_never_overdraw(void **state)
{
    struct room *room = *state;
    start(room);
    pay(room, A, 100);
    end(room);
    spend(room, A, 60, "spending"); /* P2 */
    spend(room, B, 60, "spending"); /* P3 */
    end(room);
    room_assert_accepted(room);
    spend(room, B, 101, "spending");
    end(room);
    room_assert_refused(room, COMITY_REFUSED);
    assert_string_equal(room_outcome(room, OUTCOME_REFUSED)->line,
                        "the fund has less: only 100 USD there");
    for (uint32_t seat = A; seat <= D; seat++) {
        room_ballot(room, seat, 2, ANSWER_YES);
        room_ballot(room, seat, 3, ANSWER_YES);
    }
    end(room);
    assert_int_equal(room_told(room, OUTCOME_SPENT), 1);
    assert_line(room, OUTCOME_SPENT, "60 USD; 40 USD there");
    assert_line(room, OUTCOME_NO_EFFECT, "nothing was spent: only 40 USD there");
    assert_int_equal(forum_proposal(room->forum, 3)->verdict, VERDICT_ADOPTED);
    assert_true(accounts_balance(accounts(room)) == 40);
    assert_int_equal(accounts(room)->spendings[0].proposal, 2);
    assert_int_equal(accounts(room)->spendings[0].seat, D);
}

static void the_fund_is_spent_under_its_own_rule_alone(void **state)
{
    struct room *room = *state;
    start(room);
    pay(room, A, 100);
    end(room);
    spend(room, A, 60, "rule");
    end(room);
    room_assert_refused(room, COMITY_REFUSED);
    spend(room, A, 60, "spending");
    end(room);
    room_ballot(room, A, 2, ANSWER_NO);
    room_ballot(room, B, 2, ANSWER_NO);
    room_ballot(room, C, 2, ANSWER_NO);
    room_ballot(room, D, 2, ANSWER_NO);
    end(room);
    assert_true(accounts_balance(accounts(room)) == 100); /* Refused: nothing is spent. */
}

static void a_draft_that_contradicts_itself_is_refused(void **state)
{
    static const struct pledge twice[] = {{A, "CO2", 1, "Mt", 0}, {A, "CO2", 2, "Mt", 0}};
    static const struct pledge below[] = {{A, "fund", -1, "USD", 0}};
    static const struct goal negative[] = {{"fund", -1, "USD", 0}};
    static const struct goal above[] = {{"fund", INT64_MAX, "USD", 0}, {"fund", 1, "USD", 5}};
    struct room *room = *state;
    start(room);
    struct act *act = room_propose(room, A, "1. Less.\n", true);
    act->as.propose.pledges = twice;
    act->as.propose.pledges_count = 2;
    end(room);
    room_assert_refused(room, COMITY_INVALID);
    act = room_propose(room, A, "1. Less.\n", true);
    act->as.propose.pledges = below;
    act->as.propose.pledges_count = 1;
    end(room);
    room_assert_refused(room, COMITY_INVALID);
    act = room_propose(room, A, "1. Less.\n", true);
    act->as.propose.goals = negative;
    act->as.propose.goals_count = 1;
    end(room);
    room_assert_refused(room, COMITY_INVALID);
    act = room_propose(room, A, "1. Less.\n", true);
    act->as.propose.goals = above;
    act->as.propose.goals_count = 2;
    end(room);
    room_assert_refused(room, COMITY_INVALID);
}

/* The same acts under two charters: A keeps its pledge, B falls 10 short. */
static void play(struct room *room, bool shortfall)
{
    plan(room);
    room->rules[0].breach.shortfall = shortfall;
    room->rules[0].breach.review_days = 30;
    adopt(room);
    say(room, A, ACT_PLEDGE, 40, "2020-01-01");
    say(room, B, ACT_PLEDGE, 40, "2020-01-01");
    end(room);
    say(room, A, ACT_REPORT, 41, "2020-01-01");
    say(room, B, ACT_REPORT, 30, "2020-01-01");
    end(room);
    attest(room, C, 1, false);
    attest(room, C, 2, false);
    end(room);
    room_assert_accepted(room);
}

static void pledge_and_review_differs_from_a_binding_agreement_in_the_charter_alone(void **state)
{
    struct room *room = *state;
    play(room, false);
    assert_true(forum_due(room->forum) == INT64_MAX);
    room_block_at(room, day("2020-01-31"));
    forum_check(room->forum);
    assert_int_equal(room->outcomes.count, 0); /* A figure, no consequence. */
    struct compliance_goal figures = computed(room)->goals[1];
    uint64_t short_by = computed(room)->pledges[1].short_by;
    assert_int_equal(short_by, 10);
    assert_int_equal(forum_agreement(room->forum, 1)->parties[B].defection, DEFECTION_NONE);

    play(room, true);
    assert_true(forum_due(room->forum) == day("2020-01-01")); /* Who is bound then? */
    room_block_at(room, day("2020-01-31") - 1);
    assert_int_equal(room->outcomes.count, 0);
    assert_true(forum_due(room->forum) == day("2020-01-31"));
    room_block_at(room, day("2020-01-31"));
    forum_check(room->forum);
    assert_line(room, OUTCOME_KEPT, "pledged 40 Mt of CO2 by 2020-01-01, confirmed 41");
    assert_line(room, OUTCOME_DEFECTION,
                "pledged 40 Mt of CO2 by 2020-01-01, confirmed 30: 10 short");
    assert_int_equal(room_told(room, OUTCOME_DEFECTION), 1);
    const struct forum_agreement *is = forum_agreement(room->forum, 1);
    assert_int_equal(is->parties[A].defection, DEFECTION_NONE);
    assert_int_equal(is->parties[B].defection, DEFECTION_BREACHED);
    struct compliance_goal binding = computed(room)->goals[1];
    assert_true(figures.pledged == binding.pledged && figures.confirmed == binding.confirmed &&
                figures.delivery_gap == binding.delivery_gap);
    assert_true(computed(room)->pledges[1].short_by == short_by);
    room_block_at(room, day("2021-01-01")); /* Once. */
    assert_int_equal(room->outcomes.count, 0);
}

static void a_review_finds_what_was_confirmed_by_then_and_only_of_who_is_bound(void **state)
{
    struct room *room = *state;
    play(room, true);
    attest(room, D, 2, true); /* Disputed on the last day. */
    room_consent(room, C, 1);
    end(room);
    say(room, C, ACT_PLEDGE, 9, "2020-01-01");
    room_withdraw(room, C, 1, false);
    end(room);
    assert_int_equal(forum_agreement(room->forum, 1)->parties[C].status, PARTY_LEAVING);
    room_block_at(room, day("2017-05-01")); /* Out. */
    room_block_at(room, day("2020-01-31"));
    forum_check(room->forum);
    assert_line(room, OUTCOME_DEFECTION,
                "pledged 40 Mt of CO2 by 2020-01-01, confirmed 0: 40 short");
    assert_int_equal(room_told(room, OUTCOME_DEFECTION), 1);
    const struct forum_pledge *left =
        accounts_find(accounts(room), C, "CO2", "Mt", day("2020-01-01"));
    assert_int_equal(left->review, REVIEW_RESTED);
    attest(room, D, 2, false); /* Late: the figure follows, the breach stands. */
    end(room);
    assert_int_equal(computed(room)->pledges[1].short_by, 10);
    assert_int_equal(forum_agreement(room->forum, 1)->parties[B].defection, DEFECTION_BREACHED);
}

static void a_pledge_is_raised_not_lowered_where_falling_short_is_a_breach(void **state)
{
    static const struct {
        bool shortfall;
        int64_t first, then;
        enum comity_error error;
    } rows[] = {{true, 40, 39, COMITY_REFUSED},  {true, 40, 41, COMITY_OK},
                {true, -10, -9, COMITY_REFUSED}, {true, -10, 5, COMITY_REFUSED},
                {true, -10, -11, COMITY_OK},     {false, 40, 39, COMITY_OK}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct room *room = *state;
        plan(room);
        room->rules[0].breach.shortfall = rows[i].shortfall;
        adopt(room);
        say(room, A, ACT_PLEDGE, rows[i].first, "2020-01-01");
        end(room);
        room_assert_accepted(room);
        say(room, A, ACT_PLEDGE, rows[i].then, "2020-01-01");
        end(room);
        if (rows[i].error == COMITY_OK)
            room_assert_accepted(room);
        else
            room_assert_refused(room, rows[i].error);
        say(room, A, ACT_PLEDGE, 1, "2021-01-01"); /* A new one. */
        end(room);
        room_assert_accepted(room);
    }
}

/* Whoever leaves by this day, or between it and the review; and who comes only then. */
static void who_was_bound_on_the_day_is_judged_though_it_has_left_since(void **state)
{
    static const struct {
        const char *leaves;
        enum review review;
    } rows[] = {{"2019-12-31", REVIEW_RESTED},
                {"2020-01-01", REVIEW_RESTED},
                {"2020-01-02", REVIEW_SHORT},
                {"2020-01-31", REVIEW_SHORT},
                {"2020-02-01", REVIEW_SHORT}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct room *room = *state;
        play(room, true);
        room_withdraw(room, B, 1, false)->as.withdraw.effect_ms = day(rows[i].leaves);
        end(room);
        room_assert_accepted(room);
        room_block_at(room, day("2020-01-15"));
        forum_check(room->forum);
        room_consent(room, C, 1);
        end(room);
        room_block_at(room, day("2020-02-01"));
        forum_check(room->forum);
        const struct forum_party *party = &forum_agreement(room->forum, 1)->parties[B];
        bool is_short = rows[i].review == REVIEW_SHORT;
        assert_int_equal(accounts_find(accounts(room), B, "CO2", "Mt", day("2020-01-01"))->review,
                         rows[i].review);
        assert_int_equal(party->status, PARTY_LEFT);
        assert_int_equal(party->defection, is_short ? DEFECTION_BREACHED : DEFECTION_NONE);
        assert_int_equal(forum_seat_conduct(room->forum, B).kinds[CONDUCT_BREACHED], is_short);
    }
}

static void a_broken_pledge_stays_broken_when_a_notice_is_taken_back(void **state)
{
    struct room *room = *state;
    plan(room);
    room->rules[0].breach.shortfall = true;
    room->rules[0].has_exit = true;
    room->rules[0].exit.lock_days = 10000;
    room->rules[0].exit.notice_days = 10000;
    adopt(room);
    say(room, B, ACT_PLEDGE, 40, "2020-01-01");
    end(room);
    room_withdraw(room, B, 1, false);
    end(room);
    room_block_at(room, day("2020-01-01"));
    assert_int_equal(forum_agreement(room->forum, 1)->parties[B].defections,
                     DEFECTION_BIT(DEFECTION_WITHDREW_IN_LOCK) | DEFECTION_BIT(DEFECTION_BREACHED));
    room_withdraw(room, B, 1, true);
    end(room);
    assert_int_equal(forum_agreement(room->forum, 1)->parties[B].defection, DEFECTION_BREACHED);
}

static void put_effect(struct room *room, struct effect effect)
{
    struct act *act = room_propose(room, A, "Do it.", false);
    act->as.propose.rule = "spending";
    act->as.propose.effect = effect;
    act->as.propose.effect.name = effect.name == NULL ? "" : effect.name;
    end(room);
    uint32_t number = forum_proposals_count(room->forum);
    for (uint32_t seat = A; seat <= D; seat++)
        room_ballot(room, seat, number, ANSWER_YES);
    end(room);
    room_assert_accepted(room);
}

static void shares_go_by_a_weight_as_it_is_now(void **state)
{
    static const uint64_t before[] = {1, 1, 1, 1};
    static const uint64_t after[] = {3, 1, 1, 1};
    struct room *room = *state;
    plan(room);
    room->weights[0] = (struct charter_weight){.name = "gni", .values = before};
    room->charter.weights_count = 1;
    room->rules[0].fund.by = "gni";
    room->rules[1].may = MAY_REWEIGH;
    adopt(room);
    assert_int_equal(computed(room)->shares[A], 50);
    put_effect(
        room,
        (struct effect){.kind = EFFECT_REWEIGH, .name = "gni", .values = after, .values_count = 4});
    assert_int_equal(computed(room)->shares[A], 75);
    assert_int_equal(computed(room)->shares[B], 25);
}

static void while_an_agreement_is_suspended_no_pledge_is_judged(void **state)
{
    struct room *room = *state;
    play(room, true);
    room->rules[1].may = MAY_SUSPEND;
    put_effect(room, (struct effect){.kind = EFFECT_SUSPEND,
                                     .subject = forum_proposal(room->forum, 1)->id});
    assert_int_equal(forum_agreement(room->forum, 1)->status, AGREEMENT_SUSPENDED);
    room_block_at(room, day("2020-01-31"));
    forum_check(room->forum);
    assert_int_equal(room_told(room, OUTCOME_DEFECTION), 0);
    assert_int_equal(accounts(room)->pledges[0].review, REVIEW_RESTED);
    put_effect(room, (struct effect){.kind = EFFECT_RESUME,
                                     .subject = forum_proposal(room->forum, 1)->id});
    assert_int_equal(room_told(room, OUTCOME_DEFECTION), 0);
}

static void who_was_expelled_still_reports_and_pays(void **state)
{
    struct room *room = *state;
    start(room);
    room->rules[1].may = MAY_EXPEL;
    put_effect(room, (struct effect){.kind = EFFECT_EXPEL, .seat = B});
    say(room, B, ACT_REPORT, 7, NULL);
    pay(room, B, 5);
    end(room);
    room_assert_accepted(room);
    assert_int_equal(computed(room)->goals[0].reported, 7);
    assert_int_equal(computed(room)->balance, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(nobody_pledges_by_anothers_text_until_it_consents),
        room_test(only_a_party_pledges_and_for_itself),
        room_test(a_seat_has_so_many_pledges_and_no_more),
        room_test(a_report_needs_a_pledge_and_others_vouch_for_it),
        room_test(who_left_still_reports_and_its_pledge_does_not_count),
        room_test(contributions_add_up_and_deliver_pledges_to_the_fund),
        room_test(without_a_fund_in_the_charter_nothing_is_paid),
        room_test(two_pending_spends_never_overdraw),
        room_test(the_fund_is_spent_under_its_own_rule_alone),
        room_test(a_draft_that_contradicts_itself_is_refused),
        room_test(pledge_and_review_differs_from_a_binding_agreement_in_the_charter_alone),
        room_test(a_review_finds_what_was_confirmed_by_then_and_only_of_who_is_bound),
        room_test(a_broken_pledge_stays_broken_when_a_notice_is_taken_back),
        room_test(a_pledge_is_raised_not_lowered_where_falling_short_is_a_breach),
        room_test(who_was_bound_on_the_day_is_judged_though_it_has_left_since),
        room_test(shares_go_by_a_weight_as_it_is_now),
        room_test(while_an_agreement_is_suspended_no_pledge_is_judged),
        room_test(who_was_expelled_still_reports_and_pays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
