/* SPDX-License-Identifier: Apache-2.0 */
/* power_checks.h - what the tests of voting power share. */
#ifndef COMITY_TESTS_RULES_POWER_CHECKS_H
#define COMITY_TESTS_RULES_POWER_CHECKS_H

#include "fixture.h"

#include "rules/power.h"

static inline const struct power_class *class_of(const struct power *power, uint32_t seat)
{
    assert_true(power->class_of[seat] >= 0);
    return &power->classes[power->class_of[seat]];
}

/* The indices of all seats sum to one, exactly; without power, to nothing. */
static inline void assert_sums(const struct power *power)
{
    struct big orders = big_of(1), swings = big_of(0);
    struct big shapley = big_of(0), banzhaf = big_of(0);
    for (uint32_t i = 2; i <= power->members_count; i++)
        big_multiply_u64(&orders, i);
    for (uint32_t i = 0; i < power->classes_count; i++) {
        struct big seats = big_of(power->classes[i].seats_count);
        big_add_product(&swings, &seats, &power->classes[i].swings);
    }
    for (uint32_t i = 0; i < power->classes_count; i++) {
        const struct power_class *class = &power->classes[i];
        struct big seats = big_of(class->seats_count);
        struct big pivotal = big_of(0), decided = big_of(0);
        struct big unit = big_divide(&orders, &class->shapley.denominator);
        big_add_product(&pivotal, &unit, &class->shapley.numerator);
        big_add_product(&shapley, &pivotal, &seats);
        unit = big_divide(&swings, &class->banzhaf.denominator);
        big_add_product(&decided, &unit, &class->banzhaf.numerator);
        big_add_product(&banzhaf, &decided, &seats);
    }
    assert_int_equal(power->is_constant, big_is_zero(&swings));
    assert_int_equal(big_compare(&shapley, power->is_constant ? &swings : &orders), 0);
    assert_int_equal(big_compare(&banzhaf, &swings), 0);
}

#endif
