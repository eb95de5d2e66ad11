/* SPDX-License-Identifier: Apache-2.0 */
/* A stance is an exact fraction of counted acts, or nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "model/stance.h"

struct row {
    uint32_t consented, objected, withdrew, alone, relying, locked, said;
    bool enough;
    uint64_t number, of;
};

static void a_stance_is_the_mean_place_of_counted_acts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {.consented = 3, .enough = true, .number = 1, .of = 1},
        {.alone = 3, .enough = true, .number = 0, .of = 1},
        {.consented = 2, .of = 1},             /* Two acts say nothing. */
        {.consented = 2, .said = 40, .of = 1}, /* Activity is no act of this kind. */
        {.consented = 1, .objected = 1, .alone = 1, .enough = true, .number = 1, .of = 2},
        {.consented = 2, .relying = 1, .enough = true, .number = 5, .of = 6},
        {.consented = 1, .withdrew = 2, .enough = true, .number = 1, .of = 3},
        {.consented = 3, .locked = 7, .enough = true, .number = 1, .of = 1}, /* Another axis. */
        {.consented = UINT32_MAX, .alone = UINT32_MAX, .enough = true, .number = 1, .of = 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        uint32_t counts[CONDUCT_KINDS_COUNT] = {
            [CONDUCT_CONSENTED] = row->consented,   [CONDUCT_OBJECTED] = row->objected,
            [CONDUCT_WITHDREW] = row->withdrew,     [CONDUCT_ALONE] = row->alone,
            [CONDUCT_ALONE_RELYING] = row->relying, [CONDUCT_WITHDREW_IN_LOCK] = row->locked,
            [CONDUCT_SAID_YES] = row->said,
        };
        struct stance stance;
        assert_int_equal(stance_compute(&stance_places_default, counts, &stance, NULL), COMITY_OK);
        assert_int_equal(stance.enough, row->enough);
        assert_true(stance.number == row->number && stance.of == row->of);
    }
}

static void weights_are_fractions_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum comity_error error;
    } rows[] = {
        {"", COMITY_OK},
        {"  # nothing\n", COMITY_OK},
        {"alone 1/3", COMITY_OK},
        {"alone 0\n", COMITY_OK},
        {"alone - # out", COMITY_OK},
        {"missed 1/4", COMITY_OK},
        {"alone 1/1", COMITY_OK},
        {"alone", COMITY_INVALID},
        {"alone 2", COMITY_INVALID},
        {"alone 1/0", COMITY_INVALID},
        {"alone 0.5", COMITY_INVALID},
        {"alone -1", COMITY_INVALID},
        {"alone 1/2/3", COMITY_INVALID},
        {"alone 1 2", COMITY_INVALID},
        {"treason 0", COMITY_INVALID},
        {"alone 1/9999999999999", COMITY_INVALID},
        {"a-name-that-is-much-longer-than-any-kind-has 0", COMITY_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stance_places places = stance_places_default;
        struct fault fault = {""};
        assert_int_equal(stance_read_line(&places, rows[i].line, &fault), rows[i].error);
        assert_int_equal(fault.text[0] != '\0', rows[i].error != COMITY_OK);
    }
}

static void other_weights_give_another_stance_or_none(void **state)
{
    (void)state;
    struct stance_places places = stance_places_default;
    uint32_t counts[CONDUCT_KINDS_COUNT] = {[CONDUCT_CONSENTED] = 2, [CONDUCT_ALONE] = 2};
    struct stance stance;
    assert_int_equal(stance_read_line(&places, "alone 1/3", NULL), COMITY_OK);
    assert_int_equal(stance_compute(&places, counts, &stance, NULL), COMITY_OK);
    assert_true(stance.acts == 4 && stance.number == 2 && stance.of == 3);
    assert_int_equal(stance_read_line(&places, "alone -", NULL), COMITY_OK);
    assert_int_equal(stance_compute(&places, counts, &stance, NULL), COMITY_OK);
    assert_true(stance.acts == 2 && !stance.enough);
    assert_int_equal(stance_read_line(&places, "alone 1/999983", NULL), COMITY_OK);
    struct fault fault = {""};
    assert_int_equal(stance_compute(&places, counts, &stance, &fault), COMITY_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stance_is_the_mean_place_of_counted_acts),
        cmocka_unit_test(weights_are_fractions_and_nothing_else),
        cmocka_unit_test(other_weights_give_another_stance_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
