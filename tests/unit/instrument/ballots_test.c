/* SPDX-License-Identifier: Apache-2.0 */
/* Instruments of ballots with settings: what was passed, had to be an abstention, was a tie, needed
 * receipts, was asked by a second rule, or was held up by a suspension. The clock is real. */
#include "made.h"

static const char draft[] = "1. Does it.\n";

/* A to D are members, E the chair. */
static const char hall[] =
    "name: hall\n"
    "groups: {some: [A, B]}\n"
    "seats: [A, B, C, D, {name: E, role: chair}]\n"
    "grace: 0ms\n"
    "rules:\n"
    "  vote: {sentence: \"yes > 1/2 of voting\", closes: presiding, tie: presiding,\n"
    "    pass-turns: 1, must-abstain: some, no-abstain: members, binds: consenting}\n"
    "  again: {sentence: \"yes > 1/2 of voting\", closes: all-answered, revise: never,\n"
    "    revote: 3 days, binds: consenting}\n"
    "  silence: {sentence: \"objections = 0\", answers: [yes, object], closes: 3 days,\n"
    "    silence: \"yes\", receipt: required, binds: all}\n"
    "  consensus: {sentence: \"objections = 0\", closes: all-answered}\n"
    "  either: {first: [consensus, vote]}\n"
    "  matter: {class-by: consensus, classes: [again, vote]}\n";

static int setup(void **state)
{
    struct world *self = calloc(1, sizeof *self);
    *state = self;
    if (self == NULL)
        return -1;
    world_open(self, hall);
    world_join(self, 4);
    world_say(self, 4, (struct act){.kind = ACT_JOIN, .as.join.charter_hash = self->charter->id});
    world_block(self, 10);
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

static void rule_on(struct world *self, enum ruling ruling, enum answer answer)
{
    struct act act = {.kind = ACT_PROCEDURE, .as.procedure = {.ruling = ruling, .answer = answer}};
    if (ruling == RULING_CLOSE || ruling == RULING_TIE)
        act.as.procedure.proposal = forum_proposal(self->forum, 1)->id;
    world_say(self, 4, act);
    world_block(self, 10);
}

static void put(struct world *self, const char *rule)
{
    world_propose(self, 0, rule, true, draft);
    world_block(self, 10);
}

/* A letter a seat: y, n, o, a, p; `.` says nothing. */
static void answer(struct world *self, const char *answers)
{
    static const char letters[] = ".ynoa";
    for (uint32_t seat = 0; answers[seat] != '\0'; seat++) {
        if (answers[seat] == 'p')
            world_vote(self, seat, 1, ANSWER_PASS);
        else if (answers[seat] != '.')
            world_vote(self, seat, 1, (enum answer)(strchr(letters, answers[seat]) - letters));
    }
    world_block(self, 10);
}

static void receipt(struct world *self, uint32_t seat)
{
    const struct forum_proposal *proposal = forum_proposal(self->forum, 1);
    world_say(
        self, seat,
        (struct act){.kind = ACT_RECEIPT,
                     .as.cosponsor = {.proposal = proposal->id, .text_hash = proposal->text.hash}});
}

static void assert_proves(struct world *self, enum verdict verdict)
{
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_string_equal(verdict_word(report.proposal->verdict), verdict_word(verdict));
}

static void a_pass_and_the_chairs_casting_voice(void **state)
{
    struct world *self = *state;
    put(self, "vote");
    answer(self, "ypnp");
    answer(self, ".n.y");
    rule_on(self, RULING_CLOSE, ANSWER_SILENT);
    rule_on(self, RULING_TIE, ANSWER_YES);
    assert_proves(self, VERDICT_ADOPTED);
}

static void a_tie_the_chair_decides_against(void **state)
{
    struct world *self = *state;
    put(self, "vote");
    answer(self, "ynpp");
    rule_on(self, RULING_CLOSE, ANSWER_SILENT);
    rule_on(self, RULING_TIE, ANSWER_NO);
    assert_proves(self, VERDICT_REJECTED);
}

static void a_party_abstained_because_it_had_to(void **state)
{
    struct world *self = *state;
    struct act act = {.kind = ACT_PROPOSE};
    act.as.propose.title = "The pier";
    act.as.propose.rule = "vote";
    act.as.propose.topic = "";
    act.as.propose.must_abstain[0] = 2;
    world_say(self, 0, act);
    world_block(self, 10);
    answer(self, "yayn");
    rule_on(self, RULING_CLOSE, ANSWER_SILENT);
    assert_proves(self, VERDICT_ADOPTED);
}

static void a_second_ballot_after_a_tie(void **state)
{
    struct world *self = *state;
    put(self, "again");
    answer(self, "yynn");
    answer(self, "..y.");
    world_block(self, 4 * DAY);
    assert_proves(self, VERDICT_ADOPTED);
}

static void silence_with_every_receipt_and_without_one(void **state)
{
    struct world *self = *state;
    put(self, "silence");
    receipt(self, 1);
    receipt(self, 2);
    receipt(self, 3);
    world_block(self, 10);
    world_block(self, 4 * DAY);
    assert_proves(self, VERDICT_ADOPTED);
}

static void silence_without_a_receipt_lapsed(void **state)
{
    struct world *self = *state;
    put(self, "silence");
    receipt(self, 1);
    world_block(self, 10);
    answer(self, "..y.");
    world_block(self, 4 * DAY);
    assert_proves(self, VERDICT_LAPSED);
}

static void what_consensus_failed_a_majority_adopted(void **state)
{
    struct world *self = *state;
    put(self, "either");
    answer(self, "yyyo");
    answer(self, "yyyo");
    rule_on(self, RULING_CLOSE, ANSWER_SILENT);
    assert_proves(self, VERDICT_ADOPTED);
}

static void a_ballot_said_of_what_class_it_was(void **state)
{
    struct world *self = *state;
    put(self, "matter");
    answer(self, "yyyy");
    answer(self, "yyyn");
    assert_proves(self, VERDICT_ADOPTED);
}

static void a_suspension_moved_the_close(void **state)
{
    struct world *self = *state;
    put(self, "silence");
    rule_on(self, RULING_SUSPEND, ANSWER_SILENT);
    world_block(self, 7 * DAY);
    rule_on(self, RULING_RESUME, ANSWER_SILENT);
    answer(self, ".yyo"); /* Signed after the close it had at first. */
    world_block(self, 4 * DAY);
    assert_proves(self, VERDICT_REJECTED);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_pass_and_the_chairs_casting_voice),
        test(a_tie_the_chair_decides_against),
        test(a_party_abstained_because_it_had_to),
        test(a_second_ballot_after_a_tie),
        test(silence_with_every_receipt_and_without_one),
        test(silence_without_a_receipt_lapsed),
        test(what_consensus_failed_a_majority_adopted),
        test(a_ballot_said_of_what_class_it_was),
        test(a_suspension_moved_the_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
