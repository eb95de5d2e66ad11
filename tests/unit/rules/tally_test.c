/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "rules/tally.h"

static const char *const names[] = {"CHN", "FRA", "RUS", "GBR", "USA", "DZA", "GUY", "PAK",
                                    "PAN", "KOR", "SLE", "SVN", "DNK", "GRC", "SOM"};

struct row {
    const char *rule;
    const char *answers;
    bool holds;
    const char *line;
};

static void check(struct arena *arena, const struct rule_roster *roster, const struct row *row)
{
    uint8_t answers[SEATS_MAX] = {0};
    struct rule_outcome outcome;
    assert_int_equal(answers_of(row->answers, answers), roster->seats_count);
    rule_evaluate(must_parse(arena, row->rule, roster), roster, answers,
                  roster->seats_count <= 15 ? names : NULL, &outcome);
    if (outcome.holds != row->holds || strcmp(outcome.line, row->line) != 0)
        fail_msg("%s / %s: %s, \"%s\"", row->rule, row->answers, outcome.holds ? "holds" : "fails",
                 outcome.line);
}

static void check_all(struct rule_roster *roster, const struct row *rows, size_t count)
{
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < count; i++)
        check(&arena, roster, &rows[i]);
    arena_free(&arena);
}

#define SIMPLE "yes > 1/2 of voting"

static void counts_and_shares_of_ten_seats(void **state)
{
    static const struct row rows[] = {
        /* 1 */
        {SIMPLE, "yyyyynnnnn", false, "5 yes, 6 of 10 needed (more than 1/2 of voting)"},
        {SIMPLE, "yyyyynnnna", true, "5 yes, 5 of 9 needed (more than 1/2 of voting)"},
        {SIMPLE, "aaaaaaaaaa", false, "nobody counts as voting"},
        {SIMPLE, "----------", false, "nobody counts as voting"},
        /* 2 */
        {"yes >= 2/3 of voting", "yynaaaaaaa", true, "2 yes, 2 of 3 needed (2/3 of voting)"},
        {"yes >= 2/3 of present", "yynaaaaaaa", false, "2 yes, 7 of 10 needed (2/3 of present)"},
        /* 3 */
        {"yes >= 50% of members", "yyyyynnnnn", true, "5 yes, 5 of 10 needed (50% of members)"},
        /* 4 */
        {"yes >= 2/3 of members", "yyyyyynnnn", false, "6 yes, 7 of 10 needed (2/3 of members)"},
        {"yes >= 2/3 of members", "yyyyyyynnn", true, "7 yes, 7 of 10 needed (2/3 of members)"},
        /* The classes. */
        {"no = 2", "nosa-uyyyy", true, "2 no, exactly 2 needed"},
        {"objections <= 1", "nosa-uyyyy", true, "1 objections, at most 1 allowed"},
        {"abstain = 1", "nosa-uyyyy", true, "1 abstain, exactly 1 needed"},
        {"silent = 1", "nosa-uyyyy", true, "1 silent, exactly 1 needed"},
        {"voting = 6", "nosa-uyyyy", true, "6 voting, exactly 6 needed"},
        {"cast = 7", "nosa-uyyyy", true, "7 cast, exactly 7 needed"},
        {"present = 8", "nosa-uyyyy", true, "8 present, exactly 8 needed"},
        {"members = 10", "nosa-uyyyy", true, "10 members, exactly 10 needed"},
        {"not-yes = 6", "nosa-uyyyy", true, "6 not-yes, exactly 6 needed"},
        /* The sentences. */
        {"yes = all members", "yyyyyyyyyn", false, "9 yes, all 10 needed (all members)"},
        {"objections = 0", "yyyyyyyyyn", true, "no objection"},
        {"objections = 0", "yyyyyyyyoo", false, "objection by PAN, KOR"},
        {"not yes >= 3", "yynnnnnnnn", true, "2 yes, fewer than 3 allowed"},
        {"not yes = 2", "yynnnnnnnn", false, "2 yes, any number but 2 allowed"},
        {"not (yes >= 3 and no >= 1)", "yyynnnnnnn", false,
         "3 yes, fewer than 3 allowed or veto by GBR, USA, DZA, GUY, PAK, PAN, KOR"},
        {"no < 1/3 of voting", "yyyyyynnna", false,
         "3 no, fewer than 3 of 9 allowed "
         "(less than 1/3 of voting)"},
        {"yes >= 9 or (yes >= 7 and no = 0)", "yyyyyyynss", false,
         "7 of the 9 yes needed or (7 of the 7 yes needed; veto by PAK)"},
        {"yes >= 9 or (yes >= 7 and no = 0)", "yyyyyyysss", true, "7 of the 7 yes needed; no veto"},
        {"yes = 1/3 of members", "yyynnnnnnn", false,
         "3 yes, exactly 1/3 of 10 needed "
         "(1/3 of members)"},
        {"yes > all members", "yyyyyyyyyy", false, "10 yes, 11 needed (more than all members)"},
        {"yes >= 1 and yes >= 2", "nnnnnnnnnn", false,
         "0 of the 1 yes needed; 0 of the 2 yes needed"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 10);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

/* 28: the first two seats are the chair and an observer; what is said of them counts nowhere. */
static void seats_that_are_no_members_are_never_counted(void **state)
{
    static const uint64_t votes[] = {100, 100, 1, 1, 1};
    static const struct row rows[] = {
        {"members = 3", "nsyyy", true, "3 members, exactly 3 needed"},
        {"no in all-of-us = 0", "nnyyy", true, "no veto"},
        {"yes >= all members", "nsyyy", true, "3 yes, all 3 needed (all members)"},
        {"yes by votes >= 2/3 of members", "yyynn", false,
         "yes by votes: 1, 2 of 3 needed (2/3 of members)"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 5);
    roster.members.bits[0] &= ~(uint64_t)3;
    roster_add_group(&roster, "all-of-us", 0, 5);
    roster_add_weight(&roster, "votes", votes);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

#define SUBSTANTIVE "yes >= 9 and no in P5 = 0"

/* 12 and 13: the Security Council, whose first five seats are the P5. */
static void a_veto_is_named_only_if_it_is_what_stopped_the_proposal(void **state)
{
    static const struct row rows[] = {
        {SUBSTANTIVE, "aaaaayyyyyyyyya", true, "9 of the 9 yes needed; no veto"},
        {SUBSTANTIVE, "yynyyyyyyyyyyyy", false, "14 yes, 9 needed; veto by RUS"},
        {SUBSTANTIVE, "yyyyyyyyaaaaaaa", false, "8 of the 9 yes needed"},
        {"yes >= 9", "yynyyyyyyysssss", true, "9 of the 9 yes needed"},
        {SUBSTANTIVE, "yynyyyyyysssaaa", false, "8 of the 9 yes needed"},
        {SUBSTANTIVE, "nyoyyyyyyyyyyyy", false, "13 yes, 9 needed; veto by CHN, RUS"},
        {SUBSTANTIVE, "yyyyyyyyynnnnnn", true, "9 of the 9 yes needed; no veto"},
        {"not (yes < 9 or no in P5 > 0)", "yynyyyyyyyyyyyy", false,
         "14 yes, 9 needed; veto by RUS"},
        {"yes in P5 = all members", "aaaaayyyyyyyyya", false,
         "0 yes in P5, all 5 needed (all members)"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 15);
    roster_add_group(&roster, "P5", 0, 5);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

static void vetoes_of_many_seats_are_counted_after_the_eighth(void **state)
{
    static const struct row row = {
        "no = 0", "nnnnnnnnnnnnnnnnnnnn", false,
        "veto by seat 0, seat 1, seat 2, seat 3, seat 4, seat 5, seat 6, seat 7 and 12 more"};
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 20);
    check_all(&roster, &row, 1);
}

/* 15, 3, 4: the Council of the EU in 27 equal-sized numbers. Its largest four hold 14, 13, 12 and
 * 11 of 100; the others 50 together. */
static void the_council_needs_four_to_block(void **state)
{
#define QUALIFIED "yes >= 55% of members and (yes by population >= 65% of members or not-yes < 4)"
    static const uint64_t people[27] = {150, 180, 170, 110, 40, 40, 20, 20, 20, 20, 20, 20, 20, 20,
                                        15,  15,  15,  15,  15, 15, 10, 10, 10, 10, 10, 5,  5};
    static const struct row rows[] = {
        {QUALIFIED, "nnnyyyyyyyyyyyyyyyyyyyyyyyy", true,
         "24 yes, 15 of 27 needed (55% of members); 3 not-yes, fewer than 4 allowed"},
        {QUALIFIED, "nnnyyyyyyyyyyyyyyyyyyyyyyyn", false,
         "yes by population: 495, 650 of 1000 needed (65% of members) or 4 not-yes, fewer than 4 "
         "allowed"},
        {QUALIFIED, "nnnyyyyyyyyyyyyyyyyyyyyyyya", false,
         "yes by population: 495, 650 of 1000 needed (65% of members) or 4 not-yes, fewer than 4 "
         "allowed"},
        {"yes >= 72% of members", "yyyyyyyyyyyyyyyyyyynnnnnnnn", false,
         "19 yes, 20 of 27 needed (72% of members)"},
        {"yes >= 55% of members", "yyyyyyyyyyyyyynnnnnnnnnnnnn", false,
         "14 yes, 15 of 27 needed (55% of members)"},
        /* 65.0 % exactly passes. */
        {"yes by population >= 65% of members", "yyyyyaaaaaaaaaaaaaaaaaaaaaa", true,
         "yes by population: 650, 650 of 1000 needed (65% of members)"},
        {"yes by population > 65% of members", "yyyyyaaaaaaaaaaaaaaaaaaaaaa", false,
         "yes by population: 650, 651 of 1000 needed (more than 65% of members)"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 27);
    roster_add_weight(&roster, "population", people);
    uint64_t sum = 0;
    for (size_t i = 0; i < 27; i++)
        sum += people[i];
    assert_int_equal(sum, 1000);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

/* 16: a holder of 16.5 % blocks 85 %, not 70 %. */
static void a_sixth_of_the_votes_blocks_85_percent_alone(void **state)
{
    static const uint64_t votes[] = {1650, 3000, 3000, 2000, 350};
    static const struct row rows[] = {
        {"yes by votes >= 85% of members", "nyyyy", false,
         "yes by votes: 8350, 8500 of 10000 needed (85% of members)"},
        {"yes by votes >= 70% of members", "nyyyy", true,
         "yes by votes: 8350, 7000 of 10000 needed (70% of members)"},
        {"yes by votes >= 8500", "nyyyy", false, "yes by votes: 8350 of the 8500 needed"},
        {"yes by votes >= 8000", "nyyyy", true, "yes by votes: 8350, 8000 needed"},
        {"no by votes = 0", "nyyyy", false, "no by votes: 1650, exactly 0 needed"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 5);
    roster_add_weight(&roster, "votes", votes);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

/* 22; and a weight that is zero for everybody is an empty base too. */
static void an_empty_base_makes_its_test_false_whatever_it_compares(void **state)
{
    static const uint64_t nothing[3] = {0};
    static const char *const tests[] = {
        "yes in none >= 1/2 of members", "yes in none <= 1/2 of members",
        "yes in none < 1/2 of members",  "yes in none > 1/2 of members",
        "yes in none = all members",     "yes by nothing >= all members",
        "yes by nothing <= all members", "yes by nothing = 0/1 of members",
        "yes in none = 0/5 of members",  "yes >= 0% of silent",
    };
    struct rule_roster roster;
    struct arena arena;
    uint8_t answers[SEATS_MAX];
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 3);
    roster_add_group(&roster, "none", 0, 0);
    roster_add_weight(&roster, "nothing", nothing);
    answers_of("yyy", answers);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        struct rule_outcome outcome;
        rule_evaluate(must_parse(&arena, tests[i], &roster), &roster, answers, NULL, &outcome);
        assert_false(outcome.holds);
        assert_non_null(strstr(outcome.line, "counts as"));
    }
    arena_free(&arena);
}

/* Weights that fill 64 bits and the largest P and Q: one unit decides, in 128 bits. */
static void one_unit_in_two_to_the_64_decides(void **state)
{
    static const uint64_t huge[] = {UINT64_MAX / 2, UINT64_MAX / 2, 1};
    static const struct row rows[] = {
        {"yes by w > 1/2 of members", "ynn", false,
         "yes by w: 9223372036854775807, 9223372036854775808 of 18446744073709551615 needed "
         "(more than 1/2 of members)"},
        {"yes by w > 1/2 of members", "yny", true,
         "yes by w: 9223372036854775808, 9223372036854775808 of 18446744073709551615 needed "
         "(more than 1/2 of members)"},
        {"yes by w >= 4294967295/4294967296 of members", "yyn", true,
         "yes by w: 18446744073709551614, 18446744069414584320 of 18446744073709551615 needed "
         "(4294967295/4294967296 of members)"},
        {"yes by w >= 4294967296/4294967295 of members", "yyy", false,
         "yes by w: 18446744073709551615, 18446744073709551615 of 18446744073709551615 needed "
         "(4294967296/4294967295 of members)"},
        {"yes by w <= 4294967296/1 of members", "yyy", true,
         "yes by w: 18446744073709551615, at most 18446744073709551615 of 18446744073709551615 "
         "allowed (4294967296/1 of members)"},
        {"yes by w >= 18446744073709551615", "yyy", true,
         "yes by w: 18446744073709551615 of the 18446744073709551615 needed"},
        {"yes by w > 18446744073709551615", "yyy", false,
         "yes by w: 18446744073709551615 of the 18446744073709551615 needed"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 3);
    roster_add_weight(&roster, "w", huge);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

/* The sign of a/b - c/d by Euclid, in 64 bits alone: an oracle that multiplies nothing. */
static int compare_fractions(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    for (int sign = 1;; sign = -sign) {
        if (a / b != c / d)
            return a / b > c / d ? sign : -sign;
        a %= b;
        c %= d;
        if (a == 0 || c == 0)
            return a == c ? 0 : a > c ? sign : -sign;
        /* a/b > c/d as b/a < d/c. */
        uint64_t swap = a;
        a = b;
        b = swap;
        swap = c;
        c = d;
        d = swap;
    }
}

/* A number of a random size; often one less or more than a round one. */
static uint64_t random_number(uint64_t *random, uint32_t bits_max)
{
    uint64_t number = random_next(random) >> (64 - 1 - random_below(random, bits_max));
    if (random_below(random, 4) == 0)
        number = ((uint64_t)1 << random_below(random, bits_max)) - random_below(random, 2);
    return number;
}

static void shares_and_the_counts_shown_are_exact_for_any_numbers(void **state)
{
    static const char *const compares[] = {">=", "<", ">", "<=", "="};
    uint64_t random = random_seed(5);
    uint64_t weights[2];
    struct rule_roster roster;
    struct arena arena;
    const uint8_t answers[2] = {ANSWER_YES, ANSWER_NO};
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 2);
    roster_add_weight(&roster, "w", weights);
    for (int round = 0; round < 40000; round++) {
        char text[128], number[32];
        unsigned long long left = 0, needed = 0, base = 0;
        struct rule_outcome outcome;
        uint64_t p = random_number(&random, 33), q = random_number(&random, 33) | 1;
        uint32_t at = random_below(&random, 5);
        weights[0] = random_number(&random, 63);
        weights[1] = random_number(&random, 63);
        if (round % 4 == 0) { /* At the line, or one off it. */
            p %= q + 1;
            weights[0] = p * 1000000007 + random_below(&random, 3) - (p > 0);
            weights[1] = q * 1000000007 - weights[0];
        }
        if (p > (uint64_t)1 << 32 || q > (uint64_t)1 << 32 || weights[0] + weights[1] == 0)
            continue;
        (void)snprintf(text, sizeof text, "yes by w %s %llu/%llu of members", compares[at],
                       (unsigned long long)p, (unsigned long long)q);
        int sign = compare_fractions(weights[0], weights[0] + weights[1], p, q);
        const bool expected[] = {sign >= 0, sign<0, sign> 0, sign <= 0, sign == 0};
        rule_evaluate(must_parse(&arena, text, &roster), &roster, answers, NULL, &outcome);
        if (outcome.holds != expected[at])
            fail_msg("round %d: %s: %s", round, text, outcome.line);
        if ((at == 0 || at == 2) && p < q) {
            assert_int_equal(sscanf(outcome.line, "yes by w: %llu, %llu of %llu needed %31s", &left,
                                    &needed, &base, number),
                             4);
            assert_true(left == weights[0] && base == weights[0] + weights[1]);
            assert_int_equal(left >= needed, outcome.holds);
            /* One less would not do. */
            sign = compare_fractions(needed - 1, base, p, q);
            assert_true(needed == 0 || (at == 0 ? sign < 0 : sign <= 0));
        }
        if (round % 64 == 0)
            arena_reset(&arena);
    }
    arena_free(&arena);
}

/* 29: counts shrink with the room; vetoes, shares and weights do not. */
static void a_small_room_scales_counts_and_shows_it(void **state)
{
    static const uint64_t ghg[12] = {100, 1};
    static const struct row rows[] = {
        {"yes >= 55", "yyynnnnnnnnn", false, "3 of the 4 yes needed (55 scaled from 197 seats)"},
        {"yes >= 55", "yyyynnnnnnnn", true, "4 of the 4 yes needed (55 scaled from 197 seats)"},
        {"no = 0", "yyyyyyyyyyyn", false, "veto by SVN"},
        {"yes by ghg >= 55", "nynnnnnnnnnn", false, "yes by ghg: 1 of the 55 needed"},
        {"yes >= 1/2 of members", "yyyyynnnnnnn", false, "5 yes, 6 of 12 needed (1/2 of members)"},
        {"yes >= 18446744073709551615", "yyyyyyyyyyyy", false,
         "12 of the 18446744073709551615 yes needed"},
        {"yes >= 197", "yyyyyyyyyyyy", true, "12 of the 12 yes needed (197 scaled from 197 seats)"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 12);
    roster.nominal = 197;
    roster_add_weight(&roster, "ghg", ghg);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

static void a_long_line_is_cut_with_dots(void **state)
{
    char text[RULE_TEXT_MAX];
    struct rule_roster roster;
    struct arena arena;
    struct rule_outcome outcome;
    uint8_t answers[SEATS_MAX];
    size_t at = 0;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 2);
    answers_of("nn", answers);
    for (int i = 0; i < 60; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%syes >= 1", i > 0 ? " and " : "");
    rule_evaluate(must_parse(&arena, text, &roster), &roster, answers, NULL, &outcome);
    assert_false(outcome.holds);
    assert_int_equal(strlen(outcome.line), RULE_LINE_MAX - 1);
    assert_string_equal(outcome.line + RULE_LINE_MAX - 4, "...");
    arena_free(&arena);
}

static void a_tally_kept_seat_by_seat_equals_one_taken_at_once(void **state)
{
    static const char text[] = "yes in G by w >= 1/3 of voting or not (no by w > 7 and silent in H "
                               "<= 2) and cast >= 40% of present or not-yes by w = all members";
    uint64_t random = random_seed(11);
    uint64_t values[40];
    struct rule_roster roster;
    struct arena arena;
    struct rule_tally tally;
    uint8_t answers[SEATS_MAX];
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 40);
    roster.members.bits[0] &= ~(uint64_t)0x1010; /* Two seats are chairs. */
    roster_add_group(&roster, "G", 3, 20);
    roster_add_group(&roster, "H", 15, 20);
    for (size_t i = 0; i < 40; i++)
        values[i] = random_below(&random, 9);
    roster_add_weight(&roster, "w", values);
    const struct rule *rule = must_parse(&arena, text, &roster);
    rule_tally_init(&tally, rule, &roster);
    memset(answers, ANSWER_SILENT, sizeof answers);
    int held = 0;
    for (int i = 0; i < 20000; i++) {
        uint32_t seat = random_below(&random, 40);
        struct rule_tally fresh;
        answers[seat] = (uint8_t)random_below(&random, ANSWERS_COUNT - 1);
        rule_tally_set(&tally, seat, (enum answer)answers[seat]);
        rule_tally_init(&fresh, rule, &roster);
        for (uint32_t other = 0; other < 40; other++)
            rule_tally_set(&fresh, other, (enum answer)answers[other]);
        assert_memory_equal(tally.sums, fresh.sums, rule->slots_count * sizeof *fresh.sums);
        assert_int_equal(rule_tally_holds(&tally), rule_tally_holds(&fresh));
        held += rule_tally_holds(&tally);
    }
    assert_in_range(held, 1, 19999);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_shares_of_ten_seats),
        cmocka_unit_test(seats_that_are_no_members_are_never_counted),
        cmocka_unit_test(a_veto_is_named_only_if_it_is_what_stopped_the_proposal),
        cmocka_unit_test(vetoes_of_many_seats_are_counted_after_the_eighth),
        cmocka_unit_test(the_council_needs_four_to_block),
        cmocka_unit_test(a_sixth_of_the_votes_blocks_85_percent_alone),
        cmocka_unit_test(an_empty_base_makes_its_test_false_whatever_it_compares),
        cmocka_unit_test(one_unit_in_two_to_the_64_decides),
        cmocka_unit_test(shares_and_the_counts_shown_are_exact_for_any_numbers),
        cmocka_unit_test(a_small_room_scales_counts_and_shows_it),
        cmocka_unit_test(a_long_line_is_cut_with_dots),
        cmocka_unit_test(a_tally_kept_seat_by_seat_equals_one_taken_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
