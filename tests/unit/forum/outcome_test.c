/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical bytes of a block's outcomes. */
#include "said.h"

static const struct outcome some[] = {
    {.kind = OUTCOME_ACCEPTED, .act = 0, .seat = 3, .value = ACT_BALLOT, .time_ms = -5, .line = ""},
    {.kind = OUTCOME_REFUSED,
     .act = 1,
     .seat = OUTCOME_NONE,
     .error = COMITY_CLOSED,
     .line = "it was signed after P1 closed"},
    {.kind = OUTCOME_VERDICT,
     .act = OUTCOME_NONE,
     .seat = OUTCOME_NONE,
     .proposal = 1,
     .agreement = 2,
     .value = UINT64_MAX,
     .time_ms = INT64_MAX,
     .line = "adopted: \xc3\xa9"},
};
static const struct outcomes all = {some, 3};

static void outcomes_survive_their_own_bytes(void **state)
{
    (void)state;
    uint8_t bytes[512];
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    outcomes_encode(&all, &writer);
    assert_false(writer.failed);
    assert_int_equal(writer.size, outcomes_size(&all));
    struct arena arena;
    arena_init(&arena, 0);
    struct outcomes back;
    assert_int_equal(outcomes_decode(bytes_of(bytes, writer.size), &arena, &back), COMITY_OK);
    assert_int_equal(back.count, all.count);
    for (uint32_t i = 0; i < all.count; i++) {
        assert_int_equal(back.items[i].kind, some[i].kind);
        assert_int_equal(back.items[i].act, some[i].act);
        assert_int_equal(back.items[i].seat, some[i].seat);
        assert_int_equal(back.items[i].proposal, some[i].proposal);
        assert_int_equal(back.items[i].agreement, some[i].agreement);
        assert_true(back.items[i].value == some[i].value);
        assert_true(back.items[i].time_ms == some[i].time_ms);
        assert_int_equal(back.items[i].error, some[i].error);
        assert_string_equal(back.items[i].line, some[i].line);
    }
    arena_free(&arena);
}

static void bytes_cut_short_or_too_long_are_no_outcomes(void **state)
{
    (void)state;
    uint8_t bytes[512];
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    outcomes_encode(&all, &writer);
    struct arena arena;
    arena_init(&arena, 0);
    struct outcomes back;
    for (size_t size = 0; size < writer.size; size++)
        assert_int_equal(outcomes_decode(bytes_of(bytes, size), &arena, &back), COMITY_INVALID);
    assert_int_equal(outcomes_decode(bytes_of(bytes, writer.size + 1), &arena, &back),
                     COMITY_INVALID);
    bytes[4] = 200; /* A kind that is none. */
    assert_int_equal(outcomes_decode(bytes_of(bytes, writer.size), &arena, &back), COMITY_INVALID);
    memset(bytes, 0xff, 4); /* More outcomes than there are bytes: nothing is allocated. */
    assert_int_equal(outcomes_decode(bytes_of(bytes, writer.size), &arena, &back), COMITY_INVALID);
    arena_free(&arena);
}

static void what_does_not_fit_is_not_written(void **state)
{
    (void)state;
    uint8_t bytes[512];
    struct writer writer;
    writer_init(&writer, bytes, outcomes_size(&all) - 1);
    outcomes_encode(&all, &writer);
    assert_true(writer.failed);
}

static void every_outcome_has_its_own_word(void **state)
{
    (void)state;
    for (int kind = 1; kind < 255; kind++) {
        const char *word = outcome_word((enum outcome_kind)kind);
        for (int other = 1; word != NULL && other < kind; other++) {
            const char *another = outcome_word((enum outcome_kind)other);
            assert_true(another == NULL || strcmp(word, another) != 0);
        }
    }
    assert_null(outcome_word((enum outcome_kind)0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_survive_their_own_bytes),
        cmocka_unit_test(bytes_cut_short_or_too_long_are_no_outcomes),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(every_outcome_has_its_own_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
