/* SPDX-License-Identifier: Apache-2.0 */
/* big.h - unsigned integers of fixed capacity, and fractions of them: large enough for the
 * factorial of SEATS_MAX, which exact power indices need.
 *
 * Pure; allocates nothing. To exceed the capacity is a mistake of the caller and asserted. */
#ifndef COMITY_RULES_BIG_H
#define COMITY_RULES_BIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* 256! has 1684 bits, and printing decimals multiplies by 2^20. */
enum { BIG_WORDS = 28, BIG_DIGITS_MAX = 540 };

struct big {
    uint64_t words[BIG_WORDS]; /* The least significant first. */
};

struct fraction {
    struct big numerator;
    struct big denominator; /* Never 0. */
};

struct big big_of(uint64_t value);
/* words_count words, the least significant first. */
struct big big_of_words(const uint64_t *words, uint32_t words_count);
bool big_is_zero(const struct big *self);
/* Below, at or above 0, as self is less than, equal to or more than other. */
int big_compare(const struct big *self, const struct big *other);
void big_add(struct big *self, const struct big *other);
/* other is not more than self. */
void big_subtract(struct big *self, const struct big *other);
void big_multiply_u64(struct big *self, uint64_t factor);
/* Rounded down; returns the remainder. divisor > 0. */
uint64_t big_divide_u64(struct big *self, uint64_t divisor);
/* self += left * right. */
void big_add_product(struct big *self, const struct big *left, const struct big *right);
/* Rounded down. divisor is not 0. */
struct big big_divide(const struct big *self, const struct big *divisor);
/* Not both 0. */
struct big big_gcd(const struct big *left, const struct big *right);
void big_print(const struct big *self, struct text *out);

/* Lowest terms; 0 is 0/1. The denominator is not 0. */
struct fraction fraction_of(const struct big *numerator, const struct big *denominator);
/* `421/2145`. */
void fraction_print(const struct fraction *self, struct text *out);
/* `0.196270`: six decimals, rounded to the nearest, a half up. The fraction is at most 1. */
void fraction_print_decimal(const struct fraction *self, struct text *out);

#endif
