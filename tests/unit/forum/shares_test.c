/* SPDX-License-Identifier: Apache-2.0 */
/* One sum in whole shares: hand-computed rows, and that nothing is ever lost or made. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "forum/shares.h"

static const struct {
    uint64_t sum;
    uint64_t keys[5];
    uint64_t shares[5];
} rows[] = {
    /* 100 in three: 33 each, the one left to the first of equal remainders. */
    {100, {1, 1, 1, 0, 0}, {34, 33, 33, 0, 0}},
    /* 7 by 10:20:30 is 1 1/6, 2 1/3, 3 1/2: the last has the largest remainder. */
    {7, {10, 20, 30, 0, 0}, {1, 2, 4, 0, 0}},
    /* UN scale of 2022 to 2024, in thousandths of a percent, of three: 22000 15254 8033. */
    {1000, {22000, 15254, 8033, 0, 0}, {486, 337, 177, 0, 0}},
    {0, {1, 2, 3, 4, 5}, {0, 0, 0, 0, 0}},
    {1, {0, 0, 1, 1, 1}, {0, 0, 1, 0, 0}},
    {9, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}}, /* Nobody has a key. */
    {UINT64_MAX, {1, 1, 0, 0, 0}, {UINT64_MAX / 2 + 1, UINT64_MAX / 2, 0, 0, 0}},
    {UINT64_MAX, {UINT64_MAX, 0, 0, 0, 0}, {UINT64_MAX, 0, 0, 0, 0}},
    {UINT64_MAX, {UINT64_MAX - 1, 1, 0, 0, 0}, {UINT64_MAX - 1, 1, 0, 0, 0}},
    /* The second's part is just below a half. */
    {INT64_MAX, {UINT64_MAX - 1, 1, 0, 0, 0}, {INT64_MAX, 0, 0, 0, 0}},
};

static void shares_are_those_of_the_largest_remainders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t shares[5];
        shares_cut(rows[i].sum, rows[i].keys, 5, shares);
        for (size_t seat = 0; seat < 5; seat++) {
            if (shares[seat] != rows[i].shares[seat])
                fail_msg("row %zu, seat %zu: %llu, not %llu", i, seat,
                         (unsigned long long)shares[seat],
                         (unsigned long long)rows[i].shares[seat]);
        }
    }
}

static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void shares_add_up_and_no_one_pays_a_unit_more_than_its_part(void **state)
{
    (void)state;
    uint64_t chance = 2026;
    for (int round = 0; round < 20000; round++) {
        uint64_t keys[SEATS_MAX];
        uint64_t shares[SEATS_MAX];
        uint32_t count = 1 + (uint32_t)(next(&chance) % SEATS_MAX);
        unsigned __int128 total = 0;
        int narrow = (int)(next(&chance) % 56);
        for (uint32_t i = 0; i < count; i++) {
            keys[i] = next(&chance) % 4 == 0 ? 0 : (next(&chance) >> 8) >> narrow;
            total += keys[i];
        }
        uint64_t sum = next(&chance) >> (next(&chance) % 64);
        shares_cut(sum, keys, count, shares);
        unsigned __int128 given = 0;
        for (uint32_t i = 0; i < count; i++) {
            given += shares[i];
            if (total == 0)
                continue;
            uint64_t down = (uint64_t)((unsigned __int128)sum * keys[i] / total);
            bool fair = shares[i] == down || (shares[i] == down + 1 && keys[i] > 0);
            if (!fair)
                fail_msg("round %d: seat %u has %llu for %llu", round, (unsigned)i,
                         (unsigned long long)shares[i], (unsigned long long)down);
        }
        if (given != (total == 0 ? 0 : sum))
            fail_msg("round %d: the shares do not add up", round);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_those_of_the_largest_remainders),
        cmocka_unit_test(shares_add_up_and_no_one_pays_a_unit_more_than_its_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
