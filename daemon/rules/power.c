/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/power.h"

#include <assert.h>
#include <string.h>

#include "rules/swings.h"

static struct big power_of_two(uint32_t exponent)
{
    struct big power = {{0}};
    assert(exponent < 64 * BIG_WORDS);
    power.words[exponent / 64] = UINT64_C(1) << exponent % 64;
    return power;
}

static struct big factorial(uint32_t of)
{
    struct big product = big_of(1);
    for (uint32_t i = 2; i <= of; i++)
        big_multiply_u64(&product, i);
    return product;
}

/* Of the members! orders, size! * (members - 1 - size)! have a given coalition of this size in
 * front of the seat and all others behind it. */
static struct big pivots_of(const struct swings *swings, uint32_t class)
{
    struct big orders = factorial(swings->sizes - 1);
    struct big pivots = big_of(0);
    for (uint32_t size = 0; size < swings->sizes; size++) {
        struct big count = big_of_words(swings_of(swings, class, size), swings->words);
        if (size > 0) {
            big_multiply_u64(&orders, size);
            uint64_t rest = big_divide_u64(&orders, swings->sizes - size);
            assert(rest == 0);
        }
        big_add_product(&pivots, &count, &orders);
    }
    return pivots;
}

static struct big sum_of(const uint64_t *counts, uint32_t counts_count, uint32_t words)
{
    struct big sum = big_of(0);
    for (uint32_t i = 0; i < counts_count; i++) {
        struct big count = big_of_words(counts + (size_t)i * words, words);
        big_add(&sum, &count);
    }
    return sum;
}

/* Equals stay in the roster's order. */
static void put_in_order(struct power *self, uint32_t seats_count)
{
    uint32_t count = 0;
    for (uint32_t seat = 0; seat < seats_count; seat++) {
        if (self->class_of[seat] < 0)
            continue;
        const struct power_class *class = &self->classes[self->class_of[seat]];
        uint32_t at = count++;
        for (; at > 0; at--) {
            const struct power_class *before = &self->classes[self->class_of[self->order[at - 1]]];
            int than = big_compare(&class->pivots, &before->pivots);
            if (than < 0 || (than == 0 && big_compare(&class->swings, &before->swings) <= 0))
                break;
            self->order[at] = self->order[at - 1];
        }
        self->order[at] = seat;
    }
}

static void fill(struct power *self, const struct game *game, const struct swings *swings)
{
    struct big all = power_of_two(game->members_count);
    struct big orders = factorial(game->members_count);
    struct big holding = sum_of(swings->winning, swings->sizes + 1, swings->words);
    struct big total = big_of(0);
    self->members_count = game->members_count;
    self->holding = fraction_of(&holding, &all);
    self->classes_count = game->classes_count;
    memcpy(self->class_of, game->class_of, sizeof self->class_of);
    for (uint32_t class = 0; class < game->classes_count; class ++) {
        struct power_class *of = &self->classes[class];
        of->seats_count = game->classes[class].seats_count;
        of->swings = sum_of(swings_of(swings, class, 0), swings->sizes, swings->words);
        of->pivots = pivots_of(swings, class);
        of->shapley = fraction_of(&of->pivots, &orders);
        struct big seats = big_of(of->seats_count);
        big_add_product(&total, &of->swings, &seats);
    }
    self->is_constant = big_is_zero(&total);
    struct big base = self->is_constant ? big_of(1) : total;
    for (uint32_t class = 0; class < game->classes_count; class ++)
        self->classes[class].banzhaf = fraction_of(&self->classes[class].swings, &base);
    put_in_order(self, game->roster->seats_count);
}

enum comity_error rule_power(struct arena *arena, const struct rule *rule,
                             const struct rule_roster *roster, const struct power **ret_power,
                             struct fault *fault)
{
    struct power *power = arena_alloc(arena, sizeof *power);
    struct game *game = arena_alloc(arena, sizeof *game);
    struct swings swings;
    if (power == NULL || game == NULL)
        return COMITY_MEMORY;
    enum comity_error error = game_init(game, arena, rule, roster, fault);
    if (error != COMITY_OK)
        return error;
    if (game->members_count == 0)
        return fault_set(fault, COMITY_INVALID, "there is no member that could have power");
    error = swings_count(game, arena, &swings, fault);
    if (error != COMITY_OK)
        return error;
    fill(power, game, &swings);
    *ret_power = power;
    return COMITY_OK;
}
