/* SPDX-License-Identifier: Apache-2.0 */
#include "power_checks.h"

#include "weights.h"

static enum comity_error try_power(struct arena *arena, const char *text,
                                   const struct rule_roster *roster, const struct power **ret_power,
                                   struct fault *fault)
{
    return rule_power(arena, must_parse(arena, text, roster), roster, ret_power, fault);
}

static const struct power *must_power(struct arena *arena, const char *text,
                                      const struct rule_roster *roster)
{
    const struct power *power = NULL;
    struct fault fault = {{0}};
    if (try_power(arena, text, roster, &power, &fault) != COMITY_OK)
        fail_msg("%s: %s", text, fault.text);
    return power;
}

static void assert_fraction(const struct fraction *fraction, const char *expected)
{
    char line[2 * BIG_DIGITS_MAX + 2];
    struct text text;
    text_init(&text, line, sizeof line);
    fraction_print(fraction, &text);
    assert_string_equal(line, expected);
}

static void assert_decimal(const struct fraction *fraction, const char *expected)
{
    char line[16];
    struct text text;
    text_init(&text, line, sizeof line);
    fraction_print_decimal(fraction, &text);
    assert_string_equal(line, expected);
}

static void assert_big(const struct big *big, const char *expected)
{
    char line[BIG_DIGITS_MAX + 1];
    struct text text;
    text_init(&text, line, sizeof line);
    big_print(big, &text);
    assert_string_equal(line, expected);
}

/* Small weighted games, [quota; weights], whose indices one counts by hand. */
static void small_games_have_the_indices_one_counts_by_hand(void **state)
{
    static const struct {
        const char *rule;
        uint64_t weights[4];
        uint32_t seats_count;
        const char *holding;
        const char *banzhaf[4];
        const char *shapley[4];
    } rows[] = {
        {"yes by w >= 4",
         {2, 1, 1, 1},
         4,
         "1/4",
         {"2/5", "1/5", "1/5", "1/5"},
         {"1/2", "1/6", "1/6", "1/6"}},
        {"yes by w >= 51", {50, 49, 1}, 3, "3/8", {"3/5", "1/5", "1/5"}, {"2/3", "1/6", "1/6"}},
        /* A dictator and dummies; all alike; everybody a veto. */
        {"yes by w >= 5", {5, 2, 1}, 3, "1/2", {"1/1", "0/1", "0/1"}, {"1/1", "0/1", "0/1"}},
        {"yes by w >= 3", {2, 2, 2}, 3, "1/2", {"1/3", "1/3", "1/3"}, {"1/3", "1/3", "1/3"}},
        {"yes = all members", {1, 1, 1}, 3, "1/8", {"1/3", "1/3", "1/3"}, {"1/3", "1/3", "1/3"}},
        {"objections = 0", {1, 1, 1}, 3, "1/8", {"1/3", "1/3", "1/3"}, {"1/3", "1/3", "1/3"}},
        {"yes by w > 1/2 of voting",
         {3, 2, 2, 1},
         4,
         "7/16",
         {"5/12", "1/4", "1/4", "1/12"},
         {"5/12", "1/4", "1/4", "1/12"}},
        {"yes in G >= 1 or not not-yes by w >= 1",
         {1, 1, 1},
         3,
         "1/2",
         {"1/1", "0/1", "0/1"},
         {"1/1", "0/1", "0/1"}},
        /* Never and always: nobody has power. */
        {"yes >= 5", {1, 1, 1}, 3, "0/1", {"0/1", "0/1", "0/1"}, {"0/1", "0/1", "0/1"}},
        {"abstain = 0", {1, 1, 1}, 3, "1/1", {"0/1", "0/1", "0/1"}, {"0/1", "0/1", "0/1"}},
        {"yes by w >= 0% of voting",
         {0, 0, 0},
         3,
         "0/1",
         {"0/1", "0/1", "0/1"},
         {"0/1", "0/1", "0/1"}},
        {"yes by w >= 1", {7}, 1, "1/2", {"1/1"}, {"1/1"}},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rule_roster roster;
        roster_of(&roster, rows[i].seats_count);
        roster_add_weight(&roster, "w", rows[i].weights);
        roster_add_group(&roster, "G", 0, 1);
        const struct power *power = must_power(&arena, rows[i].rule, &roster);
        assert_sums(power);
        assert_fraction(&power->holding, rows[i].holding);
        for (uint32_t seat = 0; seat < rows[i].seats_count; seat++) {
            assert_fraction(&class_of(power, seat)->banzhaf, rows[i].banzhaf[seat]);
            assert_fraction(&class_of(power, seat)->shapley, rows[i].shapley[seat]);
        }
    }
    arena_free(&arena);
}

/* 421/2145 and 4/2145 are in every textbook; 848 of 32768 coalitions pass. */
static void the_security_council_is_that_of_the_textbooks(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 16);
    roster.members.bits[0] &= ~(UINT64_C(1) << 15); /* The Secretariat. */
    roster_add_group(&roster, "P5", 0, 5);
    const struct power *power = must_power(&arena, "yes >= 9 and no in P5 = 0", &roster);
    assert_sums(power);
    assert_int_equal(power->members_count, 15);
    assert_int_equal(power->classes_count, 2);
    assert_int_equal(power->class_of[15], -1);
    assert_fraction(&power->holding, "53/2048");
    assert_fraction(&class_of(power, 0)->shapley, "421/2145");
    assert_fraction(&class_of(power, 14)->shapley, "4/2145");
    assert_decimal(&class_of(power, 4)->shapley, "0.196270");
    assert_decimal(&class_of(power, 5)->shapley, "0.001865");
    assert_big(&class_of(power, 0)->swings, "848");
    for (uint32_t i = 0; i < 15; i++)
        assert_int_equal(power->order[i], i);
    assert_big(&class_of(power, 5)->swings, "84");
    assert_fraction(&class_of(power, 0)->banzhaf, "106/635");
    assert_fraction(&class_of(power, 5)->banzhaf, "21/1270");
    arena_free(&arena);
}

/* Values from an enumeration of all 2^27 coalitions. */
static void the_council_of_the_union_is_counted_by_exact_population(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 27);
    roster_add_weight(&roster, "population", eu_population);
    const struct power *power = must_power(
        &arena, "yes >= 55% of members and (yes by population >= 65% of members or not-yes < 4)",
        &roster);
    assert_sums(power);
    assert_fraction(&power->holding, "17715329/134217728");
    assert_big(&class_of(power, 5)->swings, "14070363"); /* Germany. */
    assert_big(&class_of(power, 18)->swings, "2015101"); /* Malta. */
    assert_big(&class_of(power, 2)->swings, "2938679");  /* Bulgaria. */
    assert_fraction(&class_of(power, 5)->shapley, "7071722839/40156716600");
    assert_fraction(&class_of(power, 18)->shapley, "136945447/16062686640");
    assert_fraction(&class_of(power, 2)->shapley, "1530514451/80313433200");
    arena_free(&arena);
}

/* Values from another program, by the blocking side and arbitrary integers. */
static void the_monetary_fund_is_counted_with_190_members(void **state)
{
    static uint64_t votes[190];
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, imf_votes(votes));
    roster_add_weight(&roster, "votes", votes);
    const struct power *power = must_power(&arena, "yes by votes >= 85% of members", &roster);
    assert_sums(power);
    assert_big(&class_of(power, 0)->swings, "5035440637360814471015390901501277794146258358652945");
    assert_big(&class_of(power, 189)->swings, "85029423820464444555428802297203303532262827627917");
    assert_decimal(&class_of(power, 0)->shapley, "0.189243");
    assert_decimal(&class_of(power, 189)->shapley, "0.000280");
    /* 0.15 of the votes is a veto: nobody has more power than the only one who has that. */
    for (uint32_t i = 1; i < power->classes_count; i++) {
        assert_true(big_compare(&power->classes[i].swings, &class_of(power, 0)->swings) < 0);
        assert_true(big_compare(&power->classes[i].swings, &power->classes[i - 1].swings) <= 0);
    }
    /* To expel, a majority of members too: the small ones gain. */
    const struct power *both =
        must_power(&arena, "yes > 1/2 of members and yes by votes >= 85% of members", &roster);
    assert_sums(both);
    assert_true(big_compare(&class_of(both, 0)->swings, &class_of(power, 0)->swings) <= 0);
    arena_free(&arena);
}

/* Refused with a sentence, and soon. */
static void what_cannot_be_measured_is_refused(void **state)
{
    static uint64_t votes[SEATS_MAX];
    uint64_t random = 5;
    struct rule_roster roster;
    struct arena arena;
    const struct power *power = NULL;
    struct fault fault = {{0}};
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, SEATS_MAX);
    for (uint32_t i = 0; i < SEATS_MAX; i++)
        votes[i] = random_next(&random) >> 16;
    roster_add_weight(&roster, "votes", votes);
    assert_int_equal(try_power(&arena, "yes by votes >= 85% of members", &roster, &power, &fault),
                     COMITY_LIMIT);
    assert_non_null(strstr(fault.text, "256 members"));
    for (uint32_t i = 0; i < 9; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "G%u", i);
        roster_add_group(&roster, name, i, 2);
    }
    assert_int_equal(try_power(&arena,
                               "yes in G0 = 2 and yes in G1 = 2 and yes in G2 = 2 and "
                               "yes in G3 = 2 and yes in G4 = 2 and yes in G5 = 2 and "
                               "yes in G6 = 2 and yes in G7 = 2 and yes in G8 = 2",
                               &roster, &power, &fault),
                     COMITY_LIMIT);
    assert_int_equal(try_power(&arena, "yes <= 3", &roster, &power, &fault), COMITY_INVALID);
    roster = (struct rule_roster){.seats_count = 3};
    assert_int_equal(try_power(&arena, "yes >= 1", &roster, &power, &fault), COMITY_INVALID);
    assert_null(power);
    arena_free(&arena);
}

/* The greatest room: 256! and all of 2^256. */
static void a_full_room_is_counted(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, SEATS_MAX);
    roster_add_group(&roster, "G", 0, 3);
    const struct power *power = must_power(&arena, "yes > 1/2 of members and no in G = 0", &roster);
    assert_sums(power);
    assert_int_equal(power->classes_count, 2);
    power = must_power(&arena, "yes in G = all members or yes >= 1", &roster);
    assert_sums(power);
    assert_fraction(&class_of(power, 9)->shapley, "1/256");
    assert_big(&class_of(power, 9)->swings, "1");
    arena_free(&arena);
}

/* Whichever allocation fails, it is said, and nothing else happens. */
static void memory_may_end_anywhere(void **state)
{
    struct rule_roster roster;
    struct arena rules;
    (void)state;
    arena_init(&rules, 0);
    roster_of(&roster, 27);
    roster_add_weight(&roster, "population", eu_population);
    const struct rule *rule = must_parse(&rules, "yes by population >= 65% of members", &roster);
    enum comity_error error = COMITY_MEMORY;
    int tries = 0;
    for (size_t limit = 1 << 10; error == COMITY_MEMORY; limit += limit / 8, tries++) {
        struct arena arena;
        const struct power *power = NULL;
        arena_init(&arena, limit);
        error = rule_power(&arena, rule, &roster, &power, NULL);
        assert_int_equal(error == COMITY_OK, power != NULL);
        arena_free(&arena);
    }
    assert_int_equal(error, COMITY_OK);
    assert_true(tries > 20);
    arena_free(&rules);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_games_have_the_indices_one_counts_by_hand),
        cmocka_unit_test(the_security_council_is_that_of_the_textbooks),
        cmocka_unit_test(the_council_of_the_union_is_counted_by_exact_population),
        cmocka_unit_test(the_monetary_fund_is_counted_with_190_members),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
        cmocka_unit_test(a_full_room_is_counted),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
