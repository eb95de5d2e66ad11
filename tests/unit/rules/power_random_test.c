/* SPDX-License-Identifier: Apache-2.0 */
#include "power_checks.h"

#include "rules/tally.h"

enum { BRUTE_SEATS_MAX = 10, ROUNDS = 1500 };

/* A random game small enough to go through all its coalitions. */
struct world {
    struct rule_roster roster;
    uint64_t small[BRUTE_SEATS_MAX];
    uint64_t large[BRUTE_SEATS_MAX];
    char text[1024];
    const struct rule *rule;
    uint64_t swings[BRUTE_SEATS_MAX];
    uint64_t pivots[BRUTE_SEATS_MAX];
    uint64_t holding;
    bool monotone;
};

/* Mostly tests that a yes can only help. */
static void random_upward(uint64_t *random, int depth, struct text *out)
{
    static const char *const left[] = {"yes",          "yes in G",          "yes by small",
                                       "yes by large", "yes in H by small", "yes in H by large"};
    static const char *const against[] = {"not-yes", "no in G", "objections by small",
                                          "no in H by large"};
    if (depth > 0 && random_below(random, 3) > 0) {
        text_add(out, "(");
        random_upward(random, depth - 1, out);
        text_add(out, random_below(random, 2) == 0 ? ") and (" : ") or (");
        random_upward(random, depth - 1, out);
        text_add(out, ")");
        return;
    }
    switch (random_below(random, 4)) {
    case 0:
        text_format(out, "%s >= %u", left[random_below(random, 6)], random_below(random, 12));
        break;
    case 1:
        text_format(out, "%s > %u%% of voting", left[random_below(random, 6)],
                    random_below(random, 100));
        break;
    case 2:
        text_format(out, "not %s >= %u/7 of members", against[random_below(random, 4)],
                    1 + random_below(random, 7));
        break;
    default:
        text_format(out, "%s < %u", against[random_below(random, 4)], 1 + random_below(random, 9));
    }
}

static void world_init(struct world *self, struct arena *arena, uint64_t *random)
{
    struct text text;
    uint32_t seats = 1 + random_below(random, BRUTE_SEATS_MAX);
    *self = (struct world){.monotone = true};
    roster_of(&self->roster, seats);
    if (seats > 1 && random_below(random, 4) == 0)
        self->roster.members.bits[0] &= ~(UINT64_C(1) << random_below(random, seats));
    if (random_below(random, 8) == 0)
        self->roster.nominal = 3 + random_below(random, 9);
    roster_add_group(&self->roster, "G", 0, random_below(random, seats + 1));
    roster_add_group(&self->roster, "H", seats / 2, seats - seats / 2);
    uint32_t unit = 1 + random_below(random, 3);
    uint32_t bound = random_below(random, 2) == 0 ? 4 : 2000000;
    for (uint32_t i = 0; i < seats; i++) {
        self->small[i] = random_below(random, 4) * unit;
        self->large[i] = (uint64_t)random_below(random, bound) * unit;
    }
    roster_add_weight(&self->roster, "small", self->small);
    roster_add_weight(&self->roster, "large", self->large);
    text_init(&text, self->text, sizeof self->text);
    if (random_below(random, 6) == 0)
        random_rule(random, &self->roster, 2, &text);
    else
        random_upward(random, (int)random_below(random, 4), &text);
    self->rule = must_parse(arena, self->text, &self->roster);
}

static uint64_t factorial(uint32_t of)
{
    return of <= 1 ? 1 : of * factorial(of - 1);
}

/* Every coalition of the members, every seat that could join it. */
static void enumerate(struct world *self, const uint32_t *members, uint32_t count)
{
    static bool holds[1 << BRUTE_SEATS_MAX];
    struct rule_tally tally;
    rule_tally_init(&tally, self->rule, &self->roster);
    for (uint32_t set = 0; set < 1u << count; set++) {
        for (uint32_t i = 0; i < count; i++)
            rule_tally_set(&tally, members[i], (set >> i & 1) != 0 ? ANSWER_YES : ANSWER_OBJECT);
        holds[set] = rule_tally_holds(&tally);
        self->holding += holds[set];
    }
    for (uint32_t set = 0; set < 1u << count; set++) {
        uint32_t size = (uint32_t)__builtin_popcount(set);
        for (uint32_t i = 0; i < count; i++) {
            if ((set >> i & 1) != 0)
                continue;
            bool after = holds[set | 1u << i];
            self->monotone = self->monotone && (after || !holds[set]);
            if (holds[set] || !after)
                continue;
            self->swings[members[i]]++;
            self->pivots[members[i]] += factorial(size) * factorial(count - 1 - size);
        }
    }
}

/* The most powerful first, each member once. */
static void assert_order(const struct power *power)
{
    bool seen[SEATS_MAX] = {false};
    for (uint32_t i = 0; i < power->members_count; i++) {
        const struct power_class *now = class_of(power, power->order[i]);
        assert_false(seen[power->order[i]]);
        seen[power->order[i]] = true;
        if (i == 0)
            continue;
        const struct power_class *before = class_of(power, power->order[i - 1]);
        int than = big_compare(&now->pivots, &before->pivots);
        assert_true(than < 0 || big_compare(&now->swings, &before->swings) <= 0);
        assert_true(than <= 0);
        assert_true(than < 0 || before != now || power->order[i - 1] < power->order[i]);
    }
}

static void compare(const struct world *self, const struct power *power, const uint32_t *members,
                    uint32_t count)
{
    struct big all = big_of(factorial(count));
    struct big coalitions = big_of(UINT64_C(1) << count);
    struct big holding = big_of(self->holding);
    struct fraction share = fraction_of(&holding, &coalitions);
    assert_sums(power);
    assert_order(power);
    assert_memory_equal(&power->holding, &share, sizeof share);
    for (uint32_t i = 0; i < count; i++) {
        const struct power_class *class = class_of(power, members[i]);
        struct big swings = big_of(self->swings[members[i]]);
        struct big pivots = big_of(self->pivots[members[i]]);
        struct fraction shapley = fraction_of(&pivots, &all);
        if (big_compare(&class->swings, &swings) != 0 ||
            memcmp(&class->shapley, &shapley, sizeof shapley) != 0)
            fail_msg("%s: seat %u of %u", self->text, members[i], count);
    }
}

static void power_agrees_with_every_coalition_of_random_rules(void **state)
{
    uint64_t random = random_seed(11);
    struct arena arena;
    uint32_t measured = 0, refused = 0, constant = 0;
    (void)state;
    arena_init(&arena, 0);
    for (int round = 0; round < ROUNDS; round++) {
        static struct world world;
        uint32_t members[BRUTE_SEATS_MAX];
        uint32_t count = 0;
        const struct power *power = NULL;
        struct fault fault = {{0}};
        arena_reset(&arena);
        world_init(&world, &arena, &random);
        for (uint32_t seat = 0; seat < world.roster.seats_count; seat++) {
            if (seat_set_has(&world.roster.members, seat))
                members[count++] = seat;
        }
        enumerate(&world, members, count);
        enum comity_error error = rule_power(&arena, world.rule, &world.roster, &power, &fault);
        if (error != (world.monotone ? COMITY_OK : COMITY_INVALID))
            fail_msg("round %d, %s: %s %s", round, world.text, error_name(error), fault.text);
        refused += error != COMITY_OK;
        if (error != COMITY_OK)
            continue;
        compare(&world, power, members, count);
        measured++;
        constant += power->is_constant;
    }
    print_message("measured %u (%u constant), refused %u\n", measured, constant, refused);
    assert_true(measured - constant > ROUNDS / 3 && constant > 20 && refused > 20);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_agrees_with_every_coalition_of_random_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
