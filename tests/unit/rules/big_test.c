/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "rules/big.h"

static struct big random_big(uint64_t *random, uint32_t words_max)
{
    uint64_t words[BIG_WORDS];
    uint32_t count = random_below(random, words_max + 1);
    for (uint32_t i = 0; i < count; i++)
        words[i] = random_below(random, 8) == 0 ? UINT64_MAX : random_next(random);
    return big_of_words(words, count);
}

static void assert_prints(const struct big *big, const char *expected)
{
    char line[BIG_DIGITS_MAX + 1];
    struct text text;
    text_init(&text, line, sizeof line);
    big_print(big, &text);
    assert_false(text.cut);
    assert_string_equal(line, expected);
}

static void numbers_are_printed_whole(void **state)
{
    struct big big = big_of(0);
    (void)state;
    assert_prints(&big, "0");
    big = big_of(UINT64_C(1000000000000000000));
    assert_prints(&big, "1000000000000000000");
    big = big_of(1);
    for (uint32_t i = 2; i <= 30; i++)
        big_multiply_u64(&big, i);
    assert_prints(&big, "265252859812191058636308480000000");
    for (uint32_t i = 31; i <= 256; i++)
        big_multiply_u64(&big, i);
    for (uint32_t i = 256; i >= 2; i--)
        assert_int_equal(big_divide_u64(&big, i), 0);
    assert_prints(&big, "1");
    memset(&big, 0xff, sizeof big);
    char line[BIG_DIGITS_MAX + 1];
    struct text text;
    text_init(&text, line, sizeof line);
    big_print(&big, &text);
    assert_int_equal(text.size, BIG_DIGITS_MAX);
}

/* dividend = quotient * divisor + rest, rest < divisor; and what one adds one can take away. */
static void division_undoes_multiplication(void **state)
{
    uint64_t random = random_seed(3);
    (void)state;
    for (int round = 0; round < 5000; round++) {
        struct big left = random_big(&random, 13);
        struct big right = random_big(&random, 13);
        struct big rest = random_big(&random, 13);
        struct big sum = rest;
        big_add_product(&sum, &left, &right);
        if (!big_is_zero(&right)) {
            struct big quotient = big_divide(&sum, &right);
            struct big again = big_of(0);
            big_add_product(&again, &quotient, &right);
            assert_true(big_compare(&again, &sum) <= 0);
            struct big over = sum;
            big_subtract(&over, &again);
            assert_true(big_compare(&over, &right) < 0);
            assert_true(big_compare(&rest, &right) >= 0 || big_compare(&quotient, &left) == 0);
        }
        struct big twice = sum;
        big_add(&twice, &sum);
        big_subtract(&twice, &sum);
        assert_int_equal(big_compare(&twice, &sum), 0);
        uint64_t small = 1 + random_below(&random, 1000000);
        uint64_t last = big_divide_u64(&twice, small);
        big_multiply_u64(&twice, small);
        struct big end = big_of(last);
        big_add(&twice, &end);
        assert_int_equal(big_compare(&twice, &sum), 0);
    }
}

static void fractions_are_in_lowest_terms(void **state)
{
    uint64_t random = random_seed(4);
    struct big one = big_of(1);
    (void)state;
    for (int round = 0; round < 500; round++) {
        struct big common = random_big(&random, 9);
        struct big above = random_big(&random, 9);
        struct big below = random_big(&random, 9);
        big_add(&common, &one);
        big_add(&below, &one);
        struct big top = big_of(0), bottom = big_of(0), crossed[2] = {{{0}}, {{0}}};
        big_add_product(&top, &above, &common);
        big_add_product(&bottom, &below, &common);
        struct fraction fraction = fraction_of(&top, &bottom);
        struct big left = big_gcd(&fraction.numerator, &fraction.denominator);
        assert_int_equal(big_compare(&left, &one), 0);
        big_add_product(&crossed[0], &fraction.numerator, &below);
        big_add_product(&crossed[1], &fraction.denominator, &above);
        assert_int_equal(big_compare(&crossed[0], &crossed[1]), 0);
    }
}

static void decimals_are_rounded_to_the_nearest(void **state)
{
    static const struct {
        uint64_t numerator, denominator;
        const char *decimal;
    } rows[] = {
        {0, 7, "0.000000"},
        {1, 1, "1.000000"},
        {1, 3, "0.333333"},
        {2, 3, "0.666667"},
        {421, 2145, "0.196270"},
        {4, 2145, "0.001865"},
        {1, 2000000, "0.000001"},
        {1, 2000001, "0.000000"},
        {3, 2000000, "0.000002"},
        {1999999, 2000000, "1.000000"},
        {999999, 1000000, "0.999999"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct big top = big_of(rows[i].numerator);
        struct big bottom = big_of(rows[i].denominator);
        struct fraction fraction = fraction_of(&top, &bottom);
        char line[16];
        struct text text;
        text_init(&text, line, sizeof line);
        fraction_print_decimal(&fraction, &text);
        assert_string_equal(line, rows[i].decimal);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_printed_whole),
        cmocka_unit_test(division_undoes_multiplication),
        cmocka_unit_test(fractions_are_in_lowest_terms),
        cmocka_unit_test(decimals_are_rounded_to_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
