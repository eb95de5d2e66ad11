/* SPDX-License-Identifier: Apache-2.0 */
/* Instruments from rooms unlike the council: a chair that calls the roll, closes and moves the
 * clock, and orders alone; observers; seats that never joined; silence; verdicts before and after
 * the close. */
#include "made.h"

static const char draft[] = "1. Does it.\n";

/* A to D are members, E the chair, F an observer for the group `some`. */
static const char seats[] =
    "name: hall\n"
    "title: Test hall\n"
    "groups: {some: [A, B]}\n"
    "seats:\n"
    "  - A\n"
    "  - B\n"
    "  - C\n"
    "  - D\n"
    "  - {name: E, role: chair}\n"
    "  - {name: F, role: observer, represents: some}\n"
    "rules:\n"
    "  simple: {sentence: \"yes > 1/2 of voting\", closes: presiding, binds: consenting,\n"
    "    quorum: {decide: \"present >= 1/2 of members\"}}\n"
    "  silence: {sentence: \"objections = 0\", closes: 3 days, silence: \"yes\", binds: all}\n"
    "  alliance: {sentence: \"yes = all members\", closes: 3 days, absent: block,\n"
    "    binds: consenting}\n"
    "  once: {sentence: \"yes >= 2\", closes: 3 days, revise: never, binds: consenting,\n"
    "    in-force: {when: \"yes >= 1\", after: first of month after 20 days}}\n";

static void hall_open(struct world *self, const char *rest, uint32_t joined)
{
    char yaml[2048];
    (void)strcpy(yaml, seats);
    (void)strcat(yaml, rest);
    world_open(self, yaml);
    world_join(self, joined);
    world_say(self, 4, (struct act){.kind = ACT_JOIN, .as.join.charter_hash = self->charter->id});
    world_say(self, 5, (struct act){.kind = ACT_JOIN, .as.join.charter_hash = self->charter->id});
    world_block(self, 10);
}

static int setup(void **state)
{
    *state = calloc(1, sizeof(struct world));
    return *state == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

static void rule_on(struct world *self, enum ruling ruling, int64_t time_ms, uint64_t present)
{
    struct act act = {.kind = ACT_PROCEDURE,
                      .as.procedure = {.ruling = ruling, .time_ms = time_ms, .present = {present}}};
    if (ruling == RULING_CLOSE)
        act.as.procedure.proposal = forum_proposal(self->forum, 1)->id;
    world_say(self, 4, act);
    world_block(self, 10);
}

static struct instrument_report proves(struct world *self)
{
    struct instrument instrument = world_export(self, 1);
    return world_proves(&instrument, &self->arena);
}

static void a_chair_that_orders_alone_closes_with_absent_and_unjoined_seats(void **state)
{
    struct world *self = *state;
    hall_open(self, "orderers: [E]\ngrace: 1s\n", 3);
    rule_on(self, RULING_ROLL_CALL, 0, 0x33); /* C is absent, D has not joined. */
    struct hash id = world_propose(self, 0, "simple", false, draft);
    world_block(self, 10);
    world_vote(self, 0, 1, ANSWER_YES);
    world_say(self, 5, (struct act){.kind = ACT_ENDORSE, .as.opinion.target = id});
    world_block(self, 10);
    rule_on(self, RULING_CLOSE, 0, 0);
    world_block(self, 2000);
    struct instrument_report report = proves(self);
    assert_int_equal(report.proposal->verdict, VERDICT_ADOPTED);
    assert_int_equal(report.quorum, 1);
    assert_false(report.seats[2].in_roll);
}

static void too_few_present_is_inquorate(void **state)
{
    struct world *self = *state;
    hall_open(self, "orderers: [E]\ngrace: 0ms\n", 4);
    rule_on(self, RULING_ROLL_CALL, 0, 0x31);
    world_propose(self, 0, "simple", false, draft);
    world_block(self, 10);
    assert_int_equal(proves(self).proposal->verdict, VERDICT_INQUORATE);
}

static void silence_consents_and_the_charter_binds(void **state)
{
    struct world *self = *state;
    hall_open(self, "grace: 1s\n", 4);
    world_propose(self, 1, "silence", true, draft);
    world_block(self, 10);
    world_block(self, 3 * DAY + 5000);
    struct instrument_report report = proves(self);
    assert_int_equal(report.proposal->verdict, VERDICT_ADOPTED);
    assert_int_equal(report.agreement->parties_count, 4);
    assert_int_equal(report.seats[0].consent->kind, ACT_CONVENE);
    assert_null(report.seats[4].consent);
    assert_null(report.seats[5].consent);
}

static void an_objection_breaks_silence_before_the_close(void **state)
{
    struct world *self = *state;
    hall_open(self, "grace: 1s\n", 4);
    world_propose(self, 1, "silence", true, draft);
    world_block(self, 10);
    world_vote(self, 3, 1, ANSWER_OBJECT);
    world_block(self, 10);
    world_block(self, 4 * DAY);
    assert_int_equal(proves(self).proposal->verdict, VERDICT_REJECTED);
}

static void an_alliance_without_one_lapses(void **state)
{
    struct world *self = *state;
    hall_open(self, "grace: 1s\norderers: [A, B, C]\n", 3);
    world_propose(self, 0, "alliance", true, draft);
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 3; seat++)
        world_vote(self, seat, 1, ANSWER_YES);
    world_block(self, 10);
    world_block(self, 4 * DAY);
    assert_int_equal(proves(self).proposal->verdict, VERDICT_LAPSED);
}

static void a_verdict_may_come_early_and_a_treaty_on_the_first_of_a_month(void **state)
{
    struct world *self = *state;
    hall_open(self, "grace: 1s\nclock: {starts: 2016-04-22, day: 50ms}\n", 4);
    world_propose(self, 1, "once", true, draft);
    world_block(self, 1);
    world_vote(self, 0, 1, ANSWER_YES);
    world_vote(self, 1, 1, ANSWER_YES);
    world_block(self, 1);
    struct instrument_report report = proves(self);
    assert_int_equal(report.proposal->verdict, VERDICT_ADOPTED);
    const struct forum_proposal *proposal = forum_proposal(self->forum, 1);
    world_say(self, 0,
              (struct act){.kind = ACT_RATIFY,
                           .as.consent = {.proposal = proposal->id,
                                          .text_hash = proposal->text.hash,
                                          .home = HOME_YES}});
    world_block(self, 100);
    assert_int_equal(proves(self).agreement->status, AGREEMENT_PENDING);
    world_block(self, 50 * 90);
    report = proves(self);
    assert_int_equal(report.agreement->status, AGREEMENT_IN_FORCE);
    assert_int_equal(calendar_date_from_ms(report.agreement->in_force_ms).day, 1);
    /* The representative counts for nobody, and may not consent. */
    assert_int_equal(report.agreement->parties_count, 1);
}

static void a_presided_clock_moves_by_the_chair(void **state)
{
    struct world *self = *state;
    int64_t day = 0;
    hall_open(self, "clock: {presided: 2016-04-22}\n", 4);
    world_propose(self, 1, "silence", false, draft);
    world_block(self, 10);
    assert_int_equal(calendar_parse("2016-04-26", &day), COMITY_OK);
    rule_on(self, RULING_ADVANCE, day, 0);
    struct instrument_report report = proves(self);
    assert_int_equal(report.proposal->verdict, VERDICT_ADOPTED);
    assert_int_equal(report.proposal->decided_ms, day - DAY);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        test(a_chair_that_orders_alone_closes_with_absent_and_unjoined_seats),
        test(too_few_present_is_inquorate),
        test(silence_consents_and_the_charter_binds),
        test(an_objection_breaks_silence_before_the_close),
        test(an_alliance_without_one_lapses),
        test(a_verdict_may_come_early_and_a_treaty_on_the_first_of_a_month),
        test(a_presided_clock_moves_by_the_chair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
