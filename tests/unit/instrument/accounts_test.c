/* SPDX-License-Identifier: Apache-2.0 */
/* An instrument proves what was pledged, reported, attested and paid: it is made anew from the
 * acts, and whatever its bearer leaves out or orderers lie about shows. */
#include "made.h"

enum { A, B, C, D, SEATS };

static const char charter[] =
    "name: climate\n"
    "title: Test climate\n"
    "seats: [A, B, C, D]\n"
    "rules:\n"
    "  treaty: {sentence: \"yes >= 2\", closes: all-answered, binds: consenting,\n"
    "    attestations: 1, breach: {ruled-by: spending, shortfall: breach, review: 10 days},\n"
    "    fund: {spent-by: spending, issue: fund, unit: USD, shares: equal}}\n"
    "  locked: {sentence: \"yes >= 2\", closes: all-answered, binds: consenting,\n"
    "    breach: {ruled-by: spending, shortfall: breach}, exit: {lock: 10 years}}\n"
    "  spending: {sentence: \"yes >= 2\", closes: all-answered, binds: consenting}\n"
    "grace: 1ms\n"
    "pace: 250ms\n";

static const struct pledge text_pledges[] = {{B, "CO2", 30, "Mt", 0}, {C, "CO2", 20, "Mt", 0}};
static const struct goal text_goals[] = {{"CO2", 100, "Mt", 0}, {"fund", 90, "USD", 0}};

static int setup(void **state)
{
    struct world *self = calloc(1, sizeof *self);
    *state = self;
    if (self == NULL)
        return -1;
    world_open(self, charter);
    world_join(self, SEATS);
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

static struct act delivery(struct world *self, enum act_kind kind, int64_t quantity, int64_t due_ms)
{
    return (struct act){.kind = kind,
                        .as.pledge = {.proposal = forum_proposal(self->forum, 1)->id,
                                      .issue = "CO2",
                                      .unit = "Mt",
                                      .quantity = quantity,
                                      .due_ms = due_ms}};
}

static void pay(struct world *self, uint32_t seat, uint64_t quantity)
{
    world_say(self, seat,
              (struct act){.kind = ACT_CONTRIBUTE,
                           .as.contribute = {.proposal = forum_proposal(self->forum, 1)->id,
                                             .quantity = quantity}});
}

static void spend(struct world *self, uint64_t quantity)
{
    world_say_text(
        self, A,
        (struct act){.kind = ACT_PROPOSE,
                     .as.propose = {.title = "Spend",
                                    .rule = "spending",
                                    .topic = "",
                                    .effect = {.kind = EFFECT_SPEND,
                                               .subject = forum_proposal(self->forum, 1)->id,
                                               .seat = D,
                                               .quantity = quantity,
                                               .name = ""}}},
        "1. Spends.\n");
    world_block(self, 10);
    for (uint32_t seat = 0; seat < SEATS; seat++)
        world_vote(self, seat, 2, ANSWER_YES);
    world_block(self, 10);
    world_block(self, 10);
}

static struct hash report_id;

/* A, B are parties at adoption, C accedes, D stays out. A pledges 30 by a day and raises it to 35,
 * reports 30, B vouches; C pays 60, of which 25 go to D. Then the day and its review pass. */
static void live(struct world *self)
{
    int64_t due_ms = self->now_ms + 100 * DAY;
    world_say_text(self, A,
                   (struct act){.kind = ACT_PROPOSE,
                                .as.propose = {.title = "Less",
                                               .rule = "treaty",
                                               .topic = "",
                                               .binding = true,
                                               .pledges = text_pledges,
                                               .pledges_count = 2,
                                               .goals = text_goals,
                                               .goals_count = 2,
                                               .effect = {.name = ""}}},
                   "1. Less.\n");
    world_block(self, 10);
    for (uint32_t seat = 0; seat < SEATS; seat++)
        world_vote(self, seat, 1, seat < C ? ANSWER_YES : ANSWER_ABSTAIN);
    world_block(self, 10);
    world_block(self, 10);
    const struct forum_proposal *proposal = forum_proposal(self->forum, 1);
    world_say(
        self, C,
        (struct act){.kind = ACT_ACCEDE,
                     .as.consent = {.proposal = proposal->id, .text_hash = proposal->text.hash}});
    world_say(self, A, delivery(self, ACT_PLEDGE, 30, due_ms));
    world_say(self, A, delivery(self, ACT_PLEDGE, 35, due_ms));
    world_block(self, DAY);
    report_id = world_say(self, A, delivery(self, ACT_REPORT, 30, due_ms));
    world_say(self, B, (struct act){.kind = ACT_ATTEST, .as.attest = {.report = report_id}});
    pay(self, C, 40);
    pay(self, C, 20);
    world_block(self, DAY);
    spend(self, 25);
    world_block(self, 110 * DAY);
}

static void a_lowered_pledge_is_proved_with_what_it_was_lowered_by(void **state)
{
    struct world *self = *state;
    int64_t due_ms = self->now_ms + 100 * DAY;
    world_propose(self, A, "spending", true, "1. Less, if it suits.\n");
    world_block(self, 10);
    for (uint32_t seat = 0; seat < SEATS; seat++)
        world_vote(self, seat, 1, ANSWER_YES);
    world_block(self, 10);
    world_block(self, 10);
    world_say(self, A, delivery(self, ACT_PLEDGE, 40, due_ms));
    world_say(self, A, delivery(self, ACT_PLEDGE, 35, due_ms));
    world_block(self, DAY);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.compliance->pledges[0].pledge->lowered_by, 5);
}

static void goals_pledges_and_deliveries_are_proved(void **state)
{
    struct world *self = *state;
    live(self);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    const struct compliance *out = report.compliance;
    assert_int_equal(out->goals_count, 2);
    assert_int_equal(out->goals[0].goal, 100);
    assert_int_equal(out->goals[0].pledged, 35 + 30 + 20);
    assert_int_equal(out->goals[0].confirmed, 30);
    assert_int_equal(out->goals[0].ambition_gap, 15);
    assert_int_equal(out->goals[0].delivery_gap, 55);
    assert_int_equal(out->goals[1].confirmed, 60);
    assert_true(out->balance == 35 && out->spent_sum == 25 && out->shares[C] == 30);
    assert_true(out->pledges[0].past && report.knows_time);
    assert_int_equal(out->pledges[0].pledge->review, REVIEW_SHORT);
    assert_int_equal(report.agreement->parties[A].defection, DEFECTION_BREACHED);
    assert_int_equal(report.accounts->spendings[0].proposal, 2);
}

static void what_is_proved_is_what_the_forum_computes(void **state)
{
    struct world *self = *state;
    live(self);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    struct compliance *own;
    assert_int_equal(
        forum_compliance(self->forum, forum_agreement(self->forum, 1), &self->arena, &own),
        COMITY_OK);
    assert_int_equal(own->goals_count, report.compliance->goals_count);
    for (uint32_t i = 0; i < own->goals_count; i++) {
        assert_true(own->goals[i].pledged == report.compliance->goals[i].pledged);
        assert_true(own->goals[i].reported == report.compliance->goals[i].reported);
        assert_true(own->goals[i].confirmed == report.compliance->goals[i].confirmed);
    }
    assert_memory_equal(own->shares, report.compliance->shares, sizeof own->shares);
    assert_memory_equal(own->paid, report.compliance->paid, sizeof own->paid);
    for (uint32_t i = 0; i < own->pledges_count; i++)
        assert_true(own->pledges[i].short_by == report.compliance->pledges[i].short_by);
}

static void every_act_of_the_accounts_is_needed(void **state)
{
    struct world *self = *state;
    live(self);
    uint32_t tried = 0;
    struct instrument good = world_export(self, 1);
    for (uint32_t i = 0; i < good.acts_count; i++) {
        struct signed_act act;
        assert_int_equal(signed_act_decode(good.acts[i], &self->arena, &act, NULL), COMITY_OK);
        if (act.act.kind < ACT_PLEDGE || act.act.kind > ACT_ATTEST)
            continue;
        struct instrument spoiled = good;
        struct bytes *acts = arena_array(&self->arena, good.acts_count, sizeof *acts);
        memcpy(acts, good.acts, good.acts_count * sizeof *acts);
        spoiled.acts_count--;
        memmove(&acts[i], &acts[i + 1], (spoiled.acts_count - i) * sizeof *acts);
        spoiled.acts = acts;
        struct instrument_report report;
        struct fault fault = {""};
        assert_int_not_equal(world_check(&spoiled, &self->arena, &report, &fault), COMITY_OK);
        assert_non_null(strstr(fault.text, "left out"));
        tried++;
    }
    assert_int_equal(tried, 6);
}

static void a_breach_inside_the_lock_is_proved_as_the_graver(void **state)
{
    struct world *self = *state;
    world_propose(self, A, "locked", true, "1. Less.\n");
    world_block(self, 10);
    for (uint32_t seat = 0; seat < SEATS; seat++)
        world_vote(self, seat, 1, ANSWER_YES);
    world_block(self, 10);
    world_block(self, 10);
    world_say(self, A, delivery(self, ACT_PLEDGE, 40, self->now_ms + 10 * DAY));
    world_block(self, DAY);
    world_say(self, A,
              (struct act){.kind = ACT_WITHDRAW,
                           .as.withdraw.proposal = forum_proposal(self->forum, 1)->id});
    world_block(self, DAY);
    struct instrument before = world_export(self, 1);
    struct instrument_report report = world_proves(&before, &self->arena);
    assert_int_equal(report.agreement->parties[A].defection, DEFECTION_WITHDREW_IN_LOCK);
    world_block(self, 10 * DAY);
    struct instrument after = world_export(self, 1);
    report = world_proves(&after, &self->arena);
    assert_int_equal(report.agreement->parties[A].defection, DEFECTION_BREACHED);
}

static uint32_t below(uint64_t *chance, uint32_t limit)
{
    uint64_t z = *chance += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % limit);
}

/* As world_block, and what does not fit is refused. */
static void any_block(struct world *self, int64_t later)
{
    struct act acts[WORLD_ACTS_MAX];
    struct outcomes outcomes;
    uint32_t count = 0;
    self->now_ms += later;
    for (; self->block_first < self->said_count; self->block_first++)
        acts[count++] = self->said[self->block_first].act;
    struct forum_block block = {
        .height = ++self->height, .time_ms = self->now_ms, .acts = acts, .acts_count = count};
    assert_int_equal(forum_apply(self->forum, &block, &outcomes), COMITY_OK);
    world_refresh(self);
}

static void say_anything(struct world *self, uint64_t *chance, const int64_t days[3])
{
    uint32_t seat = below(chance, SEATS);
    const struct forum_proposal *proposal = forum_proposal(self->forum, 1);
    const struct forum_accounts *accounts = forum_agreement(self->forum, 1)->accounts;
    uint32_t what = below(chance, 12);
    if (what < 4) {
        world_say(
            self, seat,
            delivery(self, ACT_PLEDGE, (int64_t)below(chance, 50) - 10, days[below(chance, 3)]));
    } else if (what < 7 && accounts->pledges_count > 0) {
        const struct forum_pledge *pledge =
            &accounts->pledges[below(chance, accounts->pledges_count)];
        world_say(self, pledge->seat,
                  delivery(self, ACT_REPORT, below(chance, 50), pledge->due_ms));
    } else if (what < 9 && accounts->reports_count > 0) {
        world_say(
            self, seat,
            (struct act){.kind = ACT_ATTEST,
                         .as.attest = {.report = accounts->reports[accounts->reports_count - 1].id,
                                       .disputes = below(chance, 3) == 0}});
    } else if (what == 9) {
        pay(self, seat, 1 + below(chance, 30));
    } else if (what == 10) {
        world_say(self, seat,
                  (struct act){
                      .kind = ACT_ACCEDE,
                      .as.consent = {.proposal = proposal->id, .text_hash = proposal->text.hash}});
    } else {
        world_say(self, seat,
                  (struct act){.kind = ACT_WITHDRAW,
                               .as.withdraw = {.proposal = proposal->id,
                                               .taken_back = below(chance, 2) == 0}});
    }
}

static void assert_same(struct world *self, const struct compliance *proved)
{
    struct compliance *own;
    assert_int_equal(
        forum_compliance(self->forum, forum_agreement(self->forum, 1), &self->arena, &own),
        COMITY_OK);
    assert_int_equal(own->goals_count, proved->goals_count);
    for (uint32_t i = 0; i < own->goals_count; i++)
        assert_true(own->goals[i].pledged == proved->goals[i].pledged &&
                    own->goals[i].reported == proved->goals[i].reported &&
                    own->goals[i].confirmed == proved->goals[i].confirmed);
    assert_int_equal(own->pledges_count, proved->pledges_count);
    for (uint32_t i = 0; i < own->pledges_count; i++)
        assert_true(own->pledges[i].short_by == proved->pledges[i].short_by &&
                    own->pledges[i].counts == proved->pledges[i].counts &&
                    own->pledges[i].past == proved->pledges[i].past &&
                    own->pledges[i].pledge->review == proved->pledges[i].pledge->review);
    assert_true(own->balance == proved->balance);
}

static void whatever_seats_say_is_proved_as_the_forum_has_it(void **state)
{
    uint32_t reports = 0;
    uint32_t pledges = 0;
    for (uint64_t seed = 1; seed <= 25; seed++) {
        if (seed > 1) {
            assert_int_equal(teardown(state), 0);
            assert_int_equal(setup(state), 0);
        }
        struct world *self = *state;
        uint64_t chance = seed;
        live(self);
        const int64_t days[3] = {0, self->now_ms + 20 * DAY, self->now_ms + 40 * DAY};
        for (int i = 0; i < 30; i++) {
            for (uint32_t k = below(&chance, 4); k > 0; k--)
                say_anything(self, &chance, days);
            any_block(self, below(&chance, 5) * DAY);
        }
        struct instrument instrument = world_export(self, 1);
        struct fault fault = {""};
        struct instrument_report report;
        if (world_check(&instrument, &self->arena, &report, &fault) != COMITY_OK)
            fail_msg("seed %llu: %s", (unsigned long long)seed, fault.text);
        assert_same(self, report.compliance);
        reports += report.accounts->reports_count;
        pledges += report.accounts->pledges_count;
    }
    /* They are worth the name only if much of it is accepted. */
    assert_true(reports > 25 * 5 && pledges > 25 * 5);
}

struct lie {
    struct forum_agreement *agreement;
    struct accounts *accounts; /* What is.accounts is of: its first member. */
};

static void a_pledge_lowered(struct lie lie)
{
    lie.accounts->pledges[0].quantity = 30;
}
static void a_lowering_invented(struct lie lie)
{
    lie.accounts->pledges[0].lowered_by = 5;
}
static void a_pledge_of_anothers_text(struct lie lie)
{
    lie.accounts->pledges[1].seat = D;
}
static void a_pledge_left_out(struct lie lie)
{
    lie.accounts->is.pledges_count--;
}
static void a_report_raised(struct lie lie)
{
    lie.accounts->reports[0].quantity = 35;
}
static void a_vouching_more(struct lie lie)
{
    lie.accounts->reports[0].vouched[0] |= 1 << C;
}
static void a_dispute(struct lie lie)
{
    lie.accounts->reports[0].disputed[0] |= 1 << C;
}
static void a_payment_of_another(struct lie lie)
{
    lie.accounts->paid[A] = lie.accounts->paid[C];
    lie.accounts->paid[C] = 0;
}
static void an_overdraft(struct lie lie)
{
    lie.accounts->spendings[0].quantity = 61;
}
static void a_spending_to_nobody(struct lie lie)
{
    lie.accounts->spendings[0].seat = SEATS;
}
static void a_short_pledge_kept(struct lie lie)
{
    lie.accounts->pledges[0].review = REVIEW_KEPT;
}
static void a_review_without_a_day(struct lie lie)
{
    lie.accounts->pledges[1].review = REVIEW_SHORT;
}
static void a_breach_without_a_review(struct lie lie)
{
    lie.agreement->parties[B].defection = DEFECTION_BREACHED;
}
static void a_breach_of_another(struct lie lie)
{
    lie.agreement->parties[A].defection = DEFECTION_NONE;
    lie.agreement->parties[C].defection = DEFECTION_BREACHED;
}

static const struct {
    const char *name;
    void (*tell)(struct lie lie);
    const char *reason;
} lies[] = {
    {"a pledge lowered", a_pledge_lowered, "what was pledged, reported and paid"},
    {"a lowering invented", a_lowering_invented, "what was pledged, reported and paid"},
    {"a pledge of another", a_pledge_of_anothers_text, "what was pledged, reported and paid"},
    {"a pledge left out", a_pledge_left_out, "what was pledged, reported and paid"},
    {"a report raised", a_report_raised, "what was pledged, reported and paid"},
    {"one more who vouches", a_vouching_more, "what was pledged, reported and paid"},
    {"a dispute", a_dispute, "what was pledged, reported and paid"},
    {"a payment of another", a_payment_of_another, "what was pledged, reported and paid"},
    {"an overdraft", an_overdraft, "more of the fund was spent than was there"},
    {"a spending to nobody", a_spending_to_nobody, "more of the fund was spent"},
    {"a short pledge kept", a_short_pledge_kept, "what its figures do not give"},
    {"a review without a day", a_review_without_a_day, "what its figures do not give"},
    {"a breach without a review", a_breach_without_a_review, "the dates of B as a party"},
    {"a breach of another", a_breach_of_another, "the dates of C as a party"},
};

static void what_lying_orderers_sign_of_accounts_is_refused(void **state)
{
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        if (i > 0) {
            assert_int_equal(teardown(state), 0);
            assert_int_equal(setup(state), 0);
        }
        struct world *self = *state;
        live(self);
        const struct forum_agreement *agreement = forum_agreement(self->forum, 1);
        struct lie lie = {.agreement = (struct forum_agreement *)(uintptr_t)agreement,
                          .accounts = (struct accounts *)(uintptr_t)agreement->accounts};
        lies[i].tell(lie);
        world_refresh(self);
        struct instrument instrument = world_export(self, 1);
        struct instrument_report report;
        struct fault fault = {""};
        enum comity_error error = world_check(&instrument, &self->arena, &report, &fault);
        if (error == COMITY_OK || strstr(fault.text, lies[i].reason) == NULL)
            fail_msg("%s: %s: %s", lies[i].name, error_name(error), fault.text);
    }
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_lowered_pledge_is_proved_with_what_it_was_lowered_by),
        test(goals_pledges_and_deliveries_are_proved),
        test(what_is_proved_is_what_the_forum_computes),
        test(every_act_of_the_accounts_is_needed),
        test(a_breach_inside_the_lock_is_proved_as_the_graver),
        test(whatever_seats_say_is_proved_as_the_forum_has_it),
        test(what_lying_orderers_sign_of_accounts_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
