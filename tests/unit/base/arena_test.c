/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"

static void memory_comes_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena arena;
    uint8_t *before = NULL;
    size_t before_size = 0;
    arena_init(&arena, 0);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 3000; size += 37) {
            uint8_t *memory = arena_alloc(&arena, size);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(memory[i], 0);
            memset(memory, 0xff, size);
            assert_true(before == NULL || memory >= before + before_size || memory < before);
            before = memory;
            before_size = size;
        }
        arena_reset(&arena);
        before = NULL;
    }
    arena_free(&arena);
    assert_int_equal(arena.used, 0);
}

static void the_limit_holds_for_small_and_large_pieces(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 16, 1000, 64 * 1024, 200 * 1024};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct arena arena;
        size_t total = 0;
        arena_init(&arena, 256 * 1024);
        while (arena_alloc(&arena, pieces[i]) != NULL) {
            total += pieces[i];
            assert_true(total <= 256 * 1024);
        }
        assert_true(arena.used <= 256 * 1024);
        assert_true(total > 0);
        assert_null(arena_alloc(&arena, 256 * 1024));
        arena_reset(&arena);
        assert_non_null(arena_alloc(&arena, pieces[i]));
        arena_free(&arena);
    }
}

static void sizes_that_overflow_give_nothing(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX - 15));
    assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(arena_array(&arena, 3, SIZE_MAX / 2));
    assert_non_null(arena_array(&arena, 0, 8));
    assert_non_null(arena_array(&arena, 8, 0));
    arena_free(&arena);
}

static void copies_are_copies(void **state)
{
    (void)state;
    struct arena arena;
    char source[] = "agreed";
    arena_init(&arena, 0);
    char *text = arena_text(&arena, bytes_of(source, 5));
    struct bytes bytes = arena_bytes(&arena, bytes_of(source, 6));
    memset(source, 'x', 6);
    assert_string_equal(text, "agree");
    assert_true(bytes_equal(bytes, bytes_of_text("agreed")));
    bytes = arena_bytes(&arena, bytes_of(NULL, 0));
    assert_true(bytes.size == 0 && bytes.data != NULL);
    assert_string_equal(arena_text(&arena, bytes_of(NULL, 0)), "");
    arena_free(&arena);
}

static void a_reset_arena_keeps_no_more_than_one_chunk(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    for (int i = 0; i < 100; i++)
        assert_non_null(arena_alloc(&arena, 30000));
    size_t full = arena.used;
    arena_reset(&arena);
    assert_true(arena.used <= 64 * 1024 && arena.used < full);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_comes_zeroed_aligned_and_apart),
        cmocka_unit_test(the_limit_holds_for_small_and_large_pieces),
        cmocka_unit_test(sizes_that_overflow_give_nothing),
        cmocka_unit_test(copies_are_copies),
        cmocka_unit_test(a_reset_arena_keeps_no_more_than_one_chunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
