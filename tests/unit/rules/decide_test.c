/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "rules/decide.h"
#include "rules/tally.h"

enum { OPEN_ALL = RULE_ANSWERED | ANSWER_BIT(ANSWER_SILENT), SEATS = 6, TESTS = 16 };

static void certainty_comes_exactly_when_no_answer_matters(void **state)
{
    static const struct {
        const char *rule;
        const char *answers; /* As fixture.h; an s may still answer anything. */
        enum rule_fate fate;
    } rows[] = {
        /* 13: nine yes while a P5 has not answered; a P5 no; too few left to reach nine. */
        {"yes >= 9 and no in P5 = 0", "yyyysyyyyyaaaaa", RULE_FATE_OPEN},
        {"yes >= 9 and no in P5 = 0", "yyyyayyyyyssssa", RULE_FATE_HOLDS},
        {"yes >= 9 and no in P5 = 0", "yyyynssssssssss", RULE_FATE_FAILS},
        {"yes >= 9 and no in P5 = 0", "yyyyynnnnnnnsss", RULE_FATE_FAILS},
        {"yes >= 9 and no in P5 = 0", "yyyyynnnnnnssss", RULE_FATE_OPEN},
        {"yes > 1/2 of members", "yyyyyyyysssssss", RULE_FATE_HOLDS},
        {"yes > 1/2 of members", "yyyyyyyssssssss", RULE_FATE_OPEN},
        {"yes > 1/2 of voting", "yyyyyyyyaasssss", RULE_FATE_HOLDS},
        {"yes > 1/2 of voting", "nnnnnnnnaasssss", RULE_FATE_FAILS},
        {"yes > 1/2 of voting", "yyyyaaaaaaaaaaa", RULE_FATE_HOLDS},
        {"objections = 0", "yyyyyyyyyyyyyys", RULE_FATE_OPEN},
        {"objections = 0", "ossssssssssssss", RULE_FATE_FAILS},
        {"yes = all members", "yyyyyyyyyyyyyya", RULE_FATE_FAILS},
        {"yes = all members", "yyyyyyyyyyyyyyy", RULE_FATE_HOLDS},
        {"not no >= 3", "nnnssssssssssss", RULE_FATE_FAILS},
        {"not no >= 3", "nnyyyyyyyyyyyyy", RULE_FATE_HOLDS},
        {"yes >= 9 or objections = 0", "yyyyyyyyysssssy", RULE_FATE_HOLDS},
        /* Certain without being monotone. */
        {"yes = 16", "sssssssssssssss", RULE_FATE_FAILS},
        {"members = 15", "sssssssssssssss", RULE_FATE_HOLDS},
        {"yes = 3", "yyyssssssssssss", RULE_FATE_OPEN},
        {"yes = 3", "yyynnnnnnnnnnnn", RULE_FATE_HOLDS},
        /* The base is still empty, and may stay so. */
        {"yes >= 0% of voting", "sssssssssssssss", RULE_FATE_OPEN},
        {"yes >= 0% of voting", "nssssssssssssss", RULE_FATE_HOLDS},
    };
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 15);
    roster_add_group(&roster, "P5", 0, 5);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t answers[SEATS_MAX];
        uint8_t open[SEATS_MAX] = {0};
        answers_of(rows[i].answers, answers);
        for (uint32_t seat = 0; seat < 15; seat++)
            open[seat] = answers[seat] == ANSWER_SILENT ? OPEN_ALL : 0;
        enum rule_fate fate =
            rule_fate(must_parse(&arena, rows[i].rule, &roster), &roster, answers, open);
        if (fate != rows[i].fate)
            fail_msg("%s / %s: fate %d", rows[i].rule, rows[i].answers, (int)fate);
    }
    arena_free(&arena);
}

/* 14: compulsory abstention removes a possible yes; it does not lower nine. */
static void a_seat_that_must_abstain_is_a_yes_less(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    uint8_t answers[SEATS_MAX];
    uint8_t open[SEATS_MAX] = {0};
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 15);
    const struct rule *rule = must_parse(&arena, "yes >= 9", &roster);
    answers_of("yyyyyyyynnnnnns", answers);
    open[14] = OPEN_ALL;
    assert_int_equal(rule_fate(rule, &roster, answers, open), RULE_FATE_OPEN);
    open[14] = ANSWER_BIT(ANSWER_ABSTAIN);
    assert_int_equal(rule_fate(rule, &roster, answers, open), RULE_FATE_FAILS);
    assert_int_equal(rule_fate(rule, &roster, answers, NULL), RULE_FATE_FAILS);
    arena_free(&arena);
}

/* One random question, and the truth of its rule and tests in every completion. */
struct world {
    struct rule_roster roster;
    uint64_t weights[SEATS];
    char text[1024];
    const struct rule *rule;
    const struct rule_node *tests[TESTS];
    bool negated[TESTS]; /* Under an odd number of `not`. */
    uint32_t tests_count;
    uint8_t answers[SEATS_MAX];
    uint8_t open[SEATS_MAX];
    uint8_t options[SEATS][ANSWERS_COUNT]; /* From worst to best. */
    uint32_t options_count[SEATS];
    uint32_t completions;
    bool exact; /* No `=` with its line inside its range. */
};

static void collect(struct world *self, const struct rule_node *node, bool negated)
{
    if (node->kind == RULE_TEST) {
        const struct rule_test *test = &node->test;
        uint32_t left = rule_class_mask(test->left);
        bool end = test->amount == RULE_AMOUNT_ALL
                       ? (left & ~rule_class_mask(test->base)) == 0
                       : test->amount == RULE_AMOUNT_COUNT && test->p == 0;
        self->exact = self->exact && (test->compare != RULE_EQ || end);
        assert_true(self->tests_count < TESTS);
        self->negated[self->tests_count] = negated;
        self->tests[self->tests_count++] = node;
    }
    for (const struct rule_node *child = node->child; child != NULL; child = child->next)
        collect(self, child, negated != (node->kind == RULE_NOT));
}

static void world_init(struct world *self, struct arena *arena, uint64_t *random)
{
    static const uint8_t order[] = {ANSWER_UNREACHABLE, ANSWER_ABSENT,  ANSWER_OBJECT, ANSWER_NO,
                                    ANSWER_SILENT,      ANSWER_ABSTAIN, ANSWER_YES};
    struct text text;
    uint32_t seats = 1 + random_below(random, SEATS);
    *self = (struct world){.completions = 1, .exact = true};
    roster_of(&self->roster, seats);
    if (random_below(random, 4) == 0)
        self->roster.members.bits[0] &= ~((uint64_t)1 << random_below(random, seats));
    if (random_below(random, 8) == 0)
        self->roster.nominal = 3 + random_below(random, 9);
    roster_add_group(&self->roster, "G", 0, random_below(random, seats + 1));
    for (uint32_t i = 0; i < seats; i++)
        self->weights[i] = random_below(random, 4);
    roster_add_weight(&self->roster, "w", self->weights);
    text_init(&text, self->text, sizeof self->text);
    random_rule(random, &self->roster, (int)random_below(random, 4), &text);
    self->rule = must_parse(arena, self->text, &self->roster);
    collect(self, self->rule->root, false);
    for (uint32_t seat = 0; seat < seats; seat++) {
        bool free_seat = random_below(random, 3) > 0;
        uint32_t allowed = RULE_PRESENT & (uint32_t)random_next(random);
        self->answers[seat] = order[random_below(random, 7)];
        self->open[seat] = (uint8_t)(free_seat ? allowed : 0);
        uint32_t options = self->open[seat] | ANSWER_BIT(self->answers[seat]);
        for (size_t i = 0; i < sizeof order; i++) {
            if ((options >> order[i] & 1) != 0)
                self->options[seat][self->options_count[seat]++] = order[i];
        }
        self->completions *= self->options_count[seat];
    }
}

/* The truth of one node, evaluated by itself, in completion number `index`. */
static bool truth(const struct world *self, const struct rule_node *node, uint32_t index)
{
    struct rule rule = *self->rule;
    struct rule_tally tally;
    rule.root = node;
    rule_tally_init(&tally, &rule, &self->roster);
    for (uint32_t seat = 0; seat < self->roster.seats_count; seat++) {
        rule_tally_set(&tally, seat,
                       (enum answer)self->options[seat][index % self->options_count[seat]]);
        index /= self->options_count[seat];
    }
    return rule_tally_holds(&tally);
}

/* Whether every test, as its `not`s leave it, gets no worse as any one seat moves up. */
static bool is_monotone(const struct world *self)
{
    for (uint32_t i = 0; i < self->tests_count; i++) {
        for (uint32_t index = 0; index < self->completions; index++) {
            uint32_t stride = 1;
            bool now = truth(self, self->tests[i], index) != self->negated[i];
            for (uint32_t seat = 0; now && seat < self->roster.seats_count; seat++) {
                uint32_t at = index / stride % self->options_count[seat];
                if (at + 1 < self->options_count[seat] &&
                    truth(self, self->tests[i], index + stride) == self->negated[i])
                    return false;
                stride *= self->options_count[seat];
            }
        }
    }
    return true;
}

static void fate_agrees_with_every_completion_of_random_rules(void **state)
{
    uint64_t random = random_seed(7);
    struct arena arena;
    uint32_t fates[3] = {0};
    uint32_t exact = 0;
    (void)state;
    arena_init(&arena, 0);
    for (int round = 0; round < 20000; round++) {
        struct world world;
        uint32_t holding = 0;
        arena_reset(&arena);
        world_init(&world, &arena, &random);
        enum rule_fate fate = rule_fate(world.rule, &world.roster, world.answers, world.open);
        fates[fate]++;
        for (uint32_t index = 0; index < world.completions; index++)
            holding += truth(&world, world.rule->root, index);
        bool certain = holding == 0 || holding == world.completions;
        if ((fate == RULE_FATE_HOLDS && holding != world.completions) ||
            (fate == RULE_FATE_FAILS && holding != 0) ||
            (fate == RULE_FATE_OPEN && world.completions == 1))
            fail_msg("round %d, %s: fate %d, %u of %u hold", round, world.text, (int)fate, holding,
                     world.completions);
        if (!world.exact || (fate == RULE_FATE_OPEN && certain && !is_monotone(&world)))
            continue;
        exact++;
        if (fate == RULE_FATE_OPEN && certain)
            fail_msg("round %d, %s: open, %u of %u hold", round, world.text, holding,
                     world.completions);
    }
    print_message("open %u, holds %u, fails %u; exact in %u\n", fates[0], fates[1], fates[2],
                  exact);
    assert_true(fates[0] > 500 && fates[1] > 500 && fates[2] > 500);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(certainty_comes_exactly_when_no_answer_matters),
        cmocka_unit_test(a_seat_that_must_abstain_is_a_yes_less),
        cmocka_unit_test(fate_agrees_with_every_completion_of_random_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
