/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of an arena that come back. */
#include "room.h"

#include "forum/pool.h"

static void what_is_given_back_is_handed_out_again_and_zeroed(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct pool pool = {.arena = &arena};
    uint8_t *first = pool_alloc(&pool, 100);
    memset(first, 0xff, 100);
    pool_free(&pool, first, 100);
    uint8_t *again = pool_alloc(&pool, 128); /* The same class. */
    assert_ptr_equal(again, first);
    for (int i = 0; i < 128; i++)
        assert_int_equal(again[i], 0);
    assert_ptr_not_equal(pool_alloc(&pool, 100), first);
    pool_free(&pool, NULL, 100);
    arena_free(&arena);
}

static void a_vector_grows_and_keeps_what_it_holds(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct pool pool = {.arena = &arena};
    uint32_t *items = NULL;
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        assert_true(pool_vector(&pool, (void **)&items, i, &capacity, sizeof *items));
        items[i] = i;
    }
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(items[i], i);
    assert_true(arena.used < 4 * 100000 * sizeof *items); /* Old halves came back. */
    arena_free(&arena);
}

static void exhausted_it_says_so_and_goes_on_saying_so(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    struct pool pool = {.arena = &arena};
    assert_non_null(pool_alloc(&pool, 1000));
    assert_false(pool.failed);
    assert_null(pool_alloc(&pool, 100000));
    assert_true(pool.failed);
    assert_null(pool_alloc(&pool, SIZE_MAX));
    assert_null(pool_keep(&pool, 100000));
    assert_string_equal(pool_text(&pool, ""), "");
    uint32_t *items = NULL;
    uint32_t capacity = UINT32_MAX - 1;
    assert_false(pool_vector(&pool, (void **)&items, capacity, &capacity, sizeof *items));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_given_back_is_handed_out_again_and_zeroed),
        cmocka_unit_test(a_vector_grows_and_keeps_what_it_holds),
        cmocka_unit_test(exhausted_it_says_so_and_goes_on_saying_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
