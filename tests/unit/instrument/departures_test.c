/* SPDX-License-Identifier: Apache-2.0 */
/* An in-force rule waits for no seat that is no member any more, and the instrument proves from the
 * acts alone whom it counted: whether the seat left or was expelled, before the treaty or after. */
#include "made.h"

enum { A, B, C, D, SEATS };
enum way { WAY_LEAVES, WAY_EXPELLED, WAY_BREACHED };

static const char charter[] =
    "name: treaty\n"
    "title: Test treaty\n"
    "seats: [A, B, C, D]\n"
    "weights: {quota: {A: 10, B: 10, C: 10, D: 70}}\n"
    "rules:\n"
    "  old: {sentence: \"yes >= 4\", closes: all-answered, revise: never, binds: consenting,\n"
    "    breach: {ruled-by: court, responses: [expel]}}\n"
    "  pact: {sentence: \"yes >= 2\", closes: all-answered, revise: never, binds: consenting,\n"
    "    in-force: {when: \"yes = all members and yes by quota = all members\"}}\n"
    "  court: {sentence: \"yes >= 2\", closes: all-answered, revise: never, may: [expel]}\n"
    "grace: 1ms\n"
    "pace: 250ms\n";

/* A1: the old treaty, of all four. */
static int setup(void **state)
{
    struct world *self = calloc(1, sizeof *self);
    *state = self;
    if (self == NULL)
        return -1;
    world_open(self, charter);
    world_join(self, SEATS);
    world_propose(self, A, "old", true, "1. Peace.\n2. Trade.\n");
    world_block(self, 1000);
    for (uint32_t seat = A; seat < SEATS; seat++)
        world_vote(self, seat, 1, ANSWER_YES);
    world_block(self, 1000);
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}
#define world_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static uint32_t last(const struct world *self)
{
    return forum_proposals_count(self->forum);
}

static void adopt(struct world *self, uint32_t number)
{
    world_vote(self, A, number, ANSWER_YES);
    world_vote(self, B, number, ANSWER_YES);
    world_block(self, 1000);
    assert_int_equal(forum_proposal(self->forum, number)->verdict, VERDICT_ADOPTED);
}

static void ratify(struct world *self, uint32_t seat, uint32_t number)
{
    const struct forum_proposal *proposal = forum_proposal(self->forum, number);
    world_say(
        self, seat,
        (struct act){.kind = ACT_RATIFY,
                     .as.consent = {.proposal = proposal->id, .text_hash = proposal->text.hash}});
    world_block(self, 1000);
}

static uint32_t open_pact(struct world *self)
{
    world_propose(self, A, "pact", true, "1. Fish.\n");
    world_block(self, 1000);
    adopt(self, last(self));
    return last(self);
}

/* What makes D go, but for the votes of A and B; the P number of the ruling, or 0. */
static uint32_t ask(struct world *self, enum way way)
{
    struct effect effect = {.kind = EFFECT_EXPEL, .seat = D, .name = ""};
    if (way == WAY_LEAVES)
        return 0;
    if (way == WAY_BREACHED) {
        effect = (struct effect){.kind = EFFECT_BREACH, .response = RESPONSE_EXPEL, .name = ""};
        effect.subject = world_say_text(
            self, C,
            (struct act){.kind = ACT_ALLEGE,
                         .as.allege = {.proposal = forum_proposal(self->forum, 1)->id, .seat = D}},
            "Look.");
        world_block(self, 1000);
    }
    world_say_text(
        self, A,
        (struct act){
            .kind = ACT_PROPOSE,
            .as.propose = {.title = "Out", .rule = "court", .topic = "", .effect = effect}},
        "1. So be it.\n");
    world_block(self, 1000);
    return last(self);
}

static void go(struct world *self, uint32_t ruling)
{
    if (ruling != 0) {
        adopt(self, ruling);
    } else {
        world_say(self, D, (struct act){.kind = ACT_LEAVE});
        world_block(self, 1000);
    }
    assert_int_not_equal(forum_seat_standing(self->forum, D), STANDING_MEMBER);
}

static void expect(struct world *self, uint32_t pact, enum agreement_status status)
{
    const struct forum_proposal *proposal = forum_proposal(self->forum, pact);
    assert_int_equal(forum_agreement(self->forum, proposal->agreement)->status, status);
    struct instrument instrument = world_export(self, pact);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.agreement->status, status);
}

static void gone_before_the_treaty(struct world *self, enum way way)
{
    go(self, ask(self, way));
    uint32_t pact = open_pact(self);
    expect(self, pact, AGREEMENT_PENDING);
    ratify(self, A, pact);
    ratify(self, B, pact);
    expect(self, pact, AGREEMENT_PENDING);
    ratify(self, C, pact);
    world_block(self, 1000);
    expect(self, pact, AGREEMENT_IN_FORCE);
}

static void gone_while_it_waits(struct world *self, enum way way)
{
    uint32_t pact = open_pact(self);
    uint32_t ruling = ask(self, way);
    /* Who put the ruling consents before it is decided. */
    ratify(self, A, pact);
    ratify(self, B, pact);
    ratify(self, C, pact);
    expect(self, pact, AGREEMENT_PENDING);
    go(self, ruling);
    world_block(self, 1000);
    expect(self, pact, AGREEMENT_IN_FORCE);
}

static void gone_with_its_consent(struct world *self, enum way way)
{
    uint32_t pact = open_pact(self);
    uint32_t ruling = ask(self, way);
    ratify(self, D, pact);
    go(self, ruling);
    ratify(self, A, pact);
    ratify(self, B, pact);
    expect(self, pact, AGREEMENT_PENDING);
    ratify(self, C, pact);
    world_block(self, 1000);
    expect(self, pact, AGREEMENT_IN_FORCE);
    /* What it signed it is party to. */
    const struct forum_proposal *proposal = forum_proposal(self->forum, pact);
    assert_int_equal(forum_agreement(self->forum, proposal->agreement)->parties[D].status,
                     PARTY_BOUND);
}

#define ROW(story, way) \
    static void story##_##way(void **state) \
    { \
        story(*state, way); \
    }
ROW(gone_before_the_treaty, WAY_LEAVES)
ROW(gone_before_the_treaty, WAY_EXPELLED)
ROW(gone_before_the_treaty, WAY_BREACHED)
ROW(gone_while_it_waits, WAY_LEAVES)
ROW(gone_while_it_waits, WAY_EXPELLED)
ROW(gone_while_it_waits, WAY_BREACHED)
ROW(gone_with_its_consent, WAY_LEAVES)
ROW(gone_with_its_consent, WAY_EXPELLED)
ROW(gone_with_its_consent, WAY_BREACHED)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(gone_before_the_treaty_WAY_LEAVES),
        world_test(gone_before_the_treaty_WAY_EXPELLED),
        world_test(gone_before_the_treaty_WAY_BREACHED),
        world_test(gone_while_it_waits_WAY_LEAVES),
        world_test(gone_while_it_waits_WAY_EXPELLED),
        world_test(gone_while_it_waits_WAY_BREACHED),
        world_test(gone_with_its_consent_WAY_LEAVES),
        world_test(gone_with_its_consent_WAY_EXPELLED),
        world_test(gone_with_its_consent_WAY_BREACHED),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
