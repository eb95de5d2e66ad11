/* SPDX-License-Identifier: Apache-2.0 */
/* guard_test.c - the last check before an own vote is signed. */
#include "cluster.h"

static const struct hash a_block = {{1}}, b_block = {{2}}, none;

struct row {
    enum vote_kind first;
    const struct hash *first_hash;
    enum vote_kind second;
    const struct hash *second_hash;
    enum comity_error expected;
};

static void two_votes_of_one_view_may_or_may_not_both_be_signed(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {VOTE_NOTARIZE, &a_block, VOTE_NOTARIZE, &a_block, COMITY_OK},
        {VOTE_NOTARIZE, &a_block, VOTE_NOTARIZE, &b_block, COMITY_CONFLICT},
        {VOTE_NOTARIZE, &a_block, VOTE_NULLIFY, &none, COMITY_OK},
        {VOTE_NOTARIZE, &a_block, VOTE_FINALIZE, &a_block, COMITY_OK},
        {VOTE_NOTARIZE, &a_block, VOTE_FINALIZE, &b_block, COMITY_OK},
        {VOTE_NULLIFY, &none, VOTE_NULLIFY, &none, COMITY_OK},
        {VOTE_NULLIFY, &none, VOTE_NOTARIZE, &a_block, COMITY_CONFLICT},
        {VOTE_NULLIFY, &none, VOTE_FINALIZE, &a_block, COMITY_CONFLICT},
        {VOTE_FINALIZE, &a_block, VOTE_NOTARIZE, &a_block, COMITY_OK},
        {VOTE_FINALIZE, &a_block, VOTE_NOTARIZE, &b_block, COMITY_CONFLICT},
        {VOTE_FINALIZE, &a_block, VOTE_NULLIFY, &none, COMITY_CONFLICT},
        {VOTE_FINALIZE, &a_block, VOTE_FINALIZE, &a_block, COMITY_OK},
        {VOTE_FINALIZE, &a_block, VOTE_FINALIZE, &b_block, COMITY_CONFLICT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena arena;
        struct guard *guard = NULL;
        arena_init(&arena, 0);
        assert_int_equal(guard_init(&arena, 8, &guard), COMITY_OK);
        assert_int_equal(guard_record(guard, rows[i].first, 5, rows[i].first_hash), COMITY_OK);
        assert_int_equal(guard_check(guard, rows[i].second, 5, rows[i].second_hash),
                         rows[i].expected);
        assert_int_equal(guard_record(guard, rows[i].second, 5, rows[i].second_hash),
                         rows[i].expected);
        assert_int_equal(guard_record(guard, rows[i].second, 6, rows[i].second_hash), COMITY_OK);
        arena_free(&arena);
    }
}

static void a_notarize_may_be_signed_again_after_the_nullify_that_followed_it(void **state)
{
    (void)state;
    struct arena arena;
    struct guard *guard = NULL;
    arena_init(&arena, 0);
    assert_int_equal(guard_init(&arena, 8, &guard), COMITY_OK);
    assert_int_equal(guard_record(guard, VOTE_NOTARIZE, 5, &a_block), COMITY_OK);
    assert_int_equal(guard_record(guard, VOTE_NULLIFY, 5, &none), COMITY_OK);
    assert_int_equal(guard_check(guard, VOTE_NOTARIZE, 5, &a_block), COMITY_OK);
    assert_int_equal(guard_check(guard, VOTE_NOTARIZE, 5, &b_block), COMITY_CONFLICT);
    arena_free(&arena);
}

static void nothing_is_signed_at_or_below_the_final_view_for_ever(void **state)
{
    (void)state;
    struct arena arena;
    struct guard *guard = NULL;
    arena_init(&arena, 0);
    assert_int_equal(guard_init(&arena, 8, &guard), COMITY_OK);
    assert_int_equal(guard_record(guard, VOTE_NOTARIZE, 5, &a_block), COMITY_OK);
    guard_finalize(guard, 5);
    guard_finalize(guard, 3); /* Never decreases. */
    for (uint64_t view = 1; view <= 5; view++)
        for (uint32_t kind = VOTE_NOTARIZE; kind <= VOTE_FINALIZE; kind++)
            assert_int_equal(guard_check(guard, (enum vote_kind)kind, view,
                                         kind == VOTE_NULLIFY ? &none : &a_block),
                             COMITY_CLOSED);
    assert_int_equal(guard_check(guard, VOTE_NULLIFY, 6, &none), COMITY_OK);
    arena_free(&arena);
}

static void a_view_whose_room_went_to_a_later_one_is_closed(void **state)
{
    (void)state;
    struct arena arena;
    struct guard *guard = NULL;
    arena_init(&arena, 0);
    assert_int_equal(guard_init(&arena, 4, &guard), COMITY_OK);
    for (uint64_t view = 1; view <= 10; view++)
        assert_int_equal(guard_record(guard, VOTE_NULLIFY, view, &none), COMITY_OK);
    for (uint64_t view = 1; view <= 6; view++)
        assert_int_equal(guard_check(guard, VOTE_FINALIZE, view, &a_block), COMITY_LIMIT);
    assert_int_equal(guard_check(guard, VOTE_FINALIZE, 7, &a_block), COMITY_CONFLICT);
    assert_int_equal(guard_check(guard, VOTE_NULLIFY, 10, &none), COMITY_OK);
    arena_free(&arena);
}

static void an_unknown_kind_is_refused(void **state)
{
    (void)state;
    struct arena arena;
    struct guard *guard = NULL;
    arena_init(&arena, 0);
    assert_int_equal(guard_init(&arena, 0, &guard), COMITY_INVALID);
    assert_int_equal(guard_init(&arena, 4, &guard), COMITY_OK);
    assert_int_equal(guard_record(guard, (enum vote_kind)4, 1, &a_block), COMITY_CONFLICT);
    arena_free(&arena);
}

static void memory_that_is_refused_is_reported_and_nothing_is_returned(void **state)
{
    (void)state;
    struct consensus_config config = config_made(4, 0);
    for (size_t limit = 1; limit < 1 << 21; limit += 40000) {
        struct arena arena;
        struct guard *guard = NULL;
        struct consensus *consensus = NULL;
        arena_init(&arena, limit);
        enum comity_error error = guard_init(&arena, 1 << 14, &guard);
        assert_true(error == COMITY_OK ? guard != NULL : error == COMITY_MEMORY && guard == NULL);
        error = consensus_init(&arena, &config, &consensus);
        assert_true(error == COMITY_OK ? consensus != NULL
                                       : error == COMITY_MEMORY && consensus == NULL);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_votes_of_one_view_may_or_may_not_both_be_signed),
        cmocka_unit_test(a_notarize_may_be_signed_again_after_the_nullify_that_followed_it),
        cmocka_unit_test(nothing_is_signed_at_or_below_the_final_view_for_ever),
        cmocka_unit_test(a_view_whose_room_went_to_a_later_one_is_closed),
        cmocka_unit_test(an_unknown_kind_is_refused),
        cmocka_unit_test(memory_that_is_refused_is_reported_and_nothing_is_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
