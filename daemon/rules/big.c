/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/big.h"

#include <assert.h>
#include <stddef.h>

enum { DECIMALS = 1000000, DECIMALS_COUNT = 6, CHUNK_DIGITS = 18 };
#define CHUNK UINT64_C(1000000000000000000) /* 10^18: the most digits of one division. */

struct big big_of(uint64_t value)
{
    return (struct big){.words = {value}};
}

struct big big_of_words(const uint64_t *words, uint32_t words_count)
{
    struct big big = {{0}};
    assert(words_count <= BIG_WORDS);
    for (uint32_t i = 0; i < words_count; i++)
        big.words[i] = words[i];
    return big;
}

static uint32_t words_used(const struct big *self)
{
    uint32_t count = BIG_WORDS;
    while (count > 0 && self->words[count - 1] == 0)
        count--;
    return count;
}

static uint32_t bits_used(const struct big *self)
{
    uint32_t count = words_used(self);
    if (count == 0)
        return 0;
    return 64 * count - (uint32_t)__builtin_clzll(self->words[count - 1]);
}

bool big_is_zero(const struct big *self)
{
    return words_used(self) == 0;
}

int big_compare(const struct big *self, const struct big *other)
{
    for (uint32_t i = BIG_WORDS; i > 0; i--) {
        if (self->words[i - 1] != other->words[i - 1])
            return self->words[i - 1] < other->words[i - 1] ? -1 : 1;
    }
    return 0;
}

void big_add(struct big *self, const struct big *other)
{
    unsigned __int128 carry = 0;
    for (uint32_t i = 0; i < BIG_WORDS; i++) {
        carry += (unsigned __int128)self->words[i] + other->words[i];
        self->words[i] = (uint64_t)carry;
        carry >>= 64;
    }
    assert(carry == 0);
}

void big_subtract(struct big *self, const struct big *other)
{
    uint64_t borrow = 0;
    for (uint32_t i = 0; i < BIG_WORDS; i++) {
        unsigned __int128 taken = (unsigned __int128)other->words[i] + borrow;
        borrow = self->words[i] < taken;
        self->words[i] = (uint64_t)(self->words[i] - taken);
    }
    assert(borrow == 0);
}

void big_multiply_u64(struct big *self, uint64_t factor)
{
    unsigned __int128 carry = 0;
    for (uint32_t i = 0; i < BIG_WORDS; i++) {
        carry += (unsigned __int128)self->words[i] * factor;
        self->words[i] = (uint64_t)carry;
        carry >>= 64;
    }
    assert(carry == 0);
}

/* Digits of 32 bits would divide by less than 2^32 only; with 64 the compiler's 128-bit division
 * does it, and few enough are made. */
uint64_t big_divide_u64(struct big *self, uint64_t divisor)
{
    unsigned __int128 rest = 0;
    assert(divisor > 0);
    for (uint32_t i = words_used(self); i > 0; i--) {
        rest = rest << 64 | self->words[i - 1];
        self->words[i - 1] = (uint64_t)(rest / divisor);
        rest %= divisor;
    }
    return (uint64_t)rest;
}

void big_add_product(struct big *self, const struct big *left, const struct big *right)
{
    uint32_t left_count = words_used(left);
    uint32_t right_count = words_used(right);
    for (uint32_t i = 0; i < left_count; i++) {
        unsigned __int128 carry = 0;
        for (uint32_t j = 0; i + j < BIG_WORDS && (j < right_count || carry != 0); j++) {
            uint64_t digit = j < right_count ? right->words[j] : 0;
            /* At most (2^64-1)^2 + 2 * (2^64-1), which is 2^128-1. */
            carry += (unsigned __int128)left->words[i] * digit + self->words[i + j];
            self->words[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
        assert(carry == 0);
    }
}

static void shift_right(struct big *self)
{
    for (uint32_t i = 0; i < BIG_WORDS; i++) {
        uint64_t above = i + 1 < BIG_WORDS ? self->words[i + 1] << 63 : 0;
        self->words[i] = self->words[i] >> 1 | above;
    }
}

static void shift_left(struct big *self, uint32_t bits)
{
    uint32_t whole = bits / 64;
    uint32_t part = bits % 64;
    for (uint32_t i = BIG_WORDS; i > 0; i--) {
        uint32_t to = i - 1;
        uint64_t word = to >= whole ? self->words[to - whole] << part : 0;
        if (part > 0 && to >= whole + 1)
            word |= self->words[to - whole - 1] >> (64 - part);
        self->words[to] = word;
    }
}

/* Long division, bit by bit. */
struct big big_divide(const struct big *self, const struct big *divisor)
{
    struct big quotient = {{0}};
    struct big rest = *self;
    struct big shifted = *divisor;
    uint32_t above = bits_used(self);
    uint32_t below = bits_used(divisor);
    assert(below > 0);
    if (above < below)
        return quotient;
    shift_left(&shifted, above - below);
    for (uint32_t bit = above - below + 1; bit > 0; bit--) {
        if (big_compare(&rest, &shifted) >= 0) {
            big_subtract(&rest, &shifted);
            quotient.words[(bit - 1) / 64] |= UINT64_C(1) << (bit - 1) % 64;
        }
        shift_right(&shifted);
    }
    return quotient;
}

static bool is_even(const struct big *self)
{
    return (self->words[0] & 1) == 0;
}

/* Stein's: only shifts and subtractions. */
struct big big_gcd(const struct big *left, const struct big *right)
{
    struct big a = *left;
    struct big b = *right;
    uint32_t twos = 0;
    if (big_is_zero(&a) || big_is_zero(&b))
        return big_is_zero(&a) ? b : a;
    while (is_even(&a) && is_even(&b)) {
        shift_right(&a);
        shift_right(&b);
        twos++;
    }
    while (!big_is_zero(&a)) {
        while (is_even(&a))
            shift_right(&a);
        while (is_even(&b))
            shift_right(&b);
        if (big_compare(&a, &b) >= 0) {
            big_subtract(&a, &b);
        } else {
            struct big less = a;
            big_subtract(&b, &a);
            a = b;
            b = less;
        }
    }
    shift_left(&b, twos);
    return b;
}

void big_print(const struct big *self, struct text *out)
{
    uint64_t chunks[BIG_DIGITS_MAX / CHUNK_DIGITS + 1];
    uint32_t count = 0;
    struct big rest = *self;
    do {
        chunks[count++] = big_divide_u64(&rest, CHUNK);
    } while (!big_is_zero(&rest));
    text_add_u64(out, chunks[count - 1]);
    for (uint32_t i = count - 1; i > 0; i--) {
        char digits[CHUNK_DIGITS];
        uint64_t value = chunks[i - 1];
        for (size_t at = sizeof digits; at > 0; at--) {
            digits[at - 1] = (char)('0' + value % 10);
            value /= 10;
        }
        text_add_part(out, digits, sizeof digits);
    }
}

struct fraction fraction_of(const struct big *numerator, const struct big *denominator)
{
    assert(!big_is_zero(denominator));
    struct big common = big_gcd(numerator, denominator);
    return (struct fraction){big_divide(numerator, &common), big_divide(denominator, &common)};
}

void fraction_print(const struct fraction *self, struct text *out)
{
    big_print(&self->numerator, out);
    text_add_char(out, '/');
    big_print(&self->denominator, out);
}

/* floor((numerator * 10^6 + denominator / 2) / denominator); a half of an odd denominator rounds
 * down, which only a tie could tell apart, and an odd denominator has none. */
void fraction_print_decimal(const struct fraction *self, struct text *out)
{
    struct big scaled = self->numerator;
    struct big half = self->denominator;
    char digits[DECIMALS_COUNT];
    assert(big_compare(&self->numerator, &self->denominator) <= 0);
    big_multiply_u64(&scaled, DECIMALS);
    shift_right(&half);
    big_add(&scaled, &half);
    struct big quotient = big_divide(&scaled, &self->denominator);
    uint64_t value = quotient.words[0];
    text_add_u64(out, value / DECIMALS);
    text_add_char(out, '.');
    for (size_t at = sizeof digits; at > 0; at--) {
        digits[at - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    text_add_part(out, digits, sizeof digits);
}
