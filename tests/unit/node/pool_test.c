/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "node/pool.h"

/* An act as the pool looks at it: slot, id, bytes. `mark` makes two acts of one slot differ. */
static struct signed_act make_act(uint32_t seat, uint64_t seq, uint8_t mark, uint8_t *bytes)
{
    memset(bytes, mark, 32);
    struct signed_act act = {.encoded = bytes_of(bytes, 32)};
    act.act.seat = seat;
    act.act.seq = seq;
    act.act.kind = ACT_NOTE;
    act.act.id.bytes[0] = mark;
    act.act.id.bytes[1] = (uint8_t)seat;
    memcpy(act.act.id.bytes + 8, &seq, sizeof seq);
    return act;
}

static enum comity_error add(struct pool *pool, uint32_t seat, uint64_t seq, uint8_t mark)
{
    uint8_t bytes[32];
    const struct pool_act *other = NULL;
    struct signed_act act = make_act(seat, seq, mark, bytes);
    enum comity_error error = pool_add(pool, &act, false, &other);
    assert_true((error == COMITY_CONFLICT) == (other != NULL));
    return error;
}

static void the_first_act_of_a_slot_stays_and_the_second_is_a_conflict(void **state)
{
    struct pool *pool;
    uint8_t bytes[32];
    (void)state;
    assert_int_equal(pool_create(4, &pool), COMITY_OK);
    assert_int_equal(add(pool, 1, 1, 7), COMITY_OK);
    assert_int_equal(add(pool, 1, 1, 7), COMITY_EXISTS);
    assert_int_equal(add(pool, 1, 1, 8), COMITY_CONFLICT);
    struct signed_act act = make_act(1, 1, 7, bytes);
    assert_non_null(pool_match(pool, 1, 1, act.encoded));
    bytes[5] ^= 1;
    assert_null(pool_match(pool, 1, 1, act.encoded));
    assert_null(pool_match(pool, 99, 1, act.encoded));
    assert_int_equal(pool_count(pool), 1);
    pool_destroy(&pool);
    assert_null(pool);
}

static void a_final_slot_takes_no_act_and_a_seat_has_its_share_only(void **state)
{
    static const struct {
        uint64_t seq;
        enum comity_error expected;
    } rows[] = {
        {0, COMITY_CLOSED},
        {5, COMITY_CLOSED},
        {6, COMITY_OK},
        {5 + POOL_ACTS_MAX / 4, COMITY_OK},
        {6 + POOL_ACTS_MAX / 4, COMITY_LIMIT},
        {UINT64_MAX, COMITY_LIMIT},
    };
    struct pool *pool;
    (void)state;
    assert_int_equal(pool_create(4, &pool), COMITY_OK);
    pool_finalize(pool, 2, 5);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(pool_wants(pool, 2, rows[i].seq), rows[i].expected == COMITY_OK);
        assert_int_equal(add(pool, 2, rows[i].seq, 1), rows[i].expected);
    }
    assert_int_equal(pool_final_seq(pool, 2), 5);
    pool_destroy(&pool);
}

static void finality_drops_what_it_passes_however_far_it_jumps(void **state)
{
    struct pool *pool;
    (void)state;
    assert_int_equal(pool_create(2, &pool), COMITY_OK);
    for (uint64_t seq = 1; seq <= 100; seq++)
        assert_int_equal(add(pool, 0, seq, 1), COMITY_OK);
    pool_finalize(pool, 0, 40);
    assert_int_equal(pool_count(pool), 60);
    assert_null(pool_find(pool, 0, 40));
    assert_non_null(pool_find(pool, 0, 41));
    pool_finalize(pool, 0, 30); /* Never back. */
    assert_int_equal(pool_final_seq(pool, 0), 40);
    pool_finalize(pool, 0, UINT64_MAX - 1);
    assert_int_equal(pool_count(pool), 0);
    pool_destroy(&pool);
}

static void acts_are_listed_by_seat_and_seq_whatever_came_first(void **state)
{
    static const struct {
        uint32_t seat;
        uint64_t seq;
    } order[] = {{0, 2}, {0, 9}, {2, 1}, {2, 3}};
    struct pool *pool;
    uint64_t cursor = 0;
    (void)state;
    assert_int_equal(pool_create(3, &pool), COMITY_OK);
    for (size_t i = 4; i-- > 0;)
        assert_int_equal(add(pool, order[i].seat, order[i].seq, 1), COMITY_OK);
    for (size_t i = 0; i < 4; i++) {
        const struct pool_act *act = pool_next(pool, &cursor);
        assert_non_null(act);
        assert_int_equal(act->seat, order[i].seat);
        assert_int_equal(act->seq, order[i].seq);
    }
    assert_null(pool_next(pool, &cursor));
    pool_destroy(&pool);
}

/* Acts of this size, in the seat's slot; `own` are never refused. */
static enum comity_error add_large(struct pool *pool, uint64_t seq, size_t size, bool own)
{
    static uint8_t bytes[ACT_SIZE_MAX];
    const struct pool_act *other = NULL;
    struct signed_act act = make_act(1, seq, (uint8_t)seq, bytes);
    act.encoded.size = size;
    return pool_add(pool, &act, own, &other);
}

static void a_seats_acts_have_a_share_of_bytes_and_later_ones_make_way(void **state)
{
    struct pool *pool;
    uint64_t most = POOL_BYTES_MAX / 4 / ACT_SIZE_MAX;
    (void)state;
    assert_int_equal(pool_create(4, &pool), COMITY_OK);
    assert_true(pool_has_room(pool, 1));
    for (uint64_t seq = 10; seq < 10 + most; seq++)
        assert_int_equal(add_large(pool, seq, ACT_SIZE_MAX, false), COMITY_OK);
    assert_false(pool_has_room(pool, 1));
    assert_true(pool_has_room(pool, 2));
    /* There is none behind it that could make way. */
    assert_int_equal(add_large(pool, 500, 100, false), COMITY_LIMIT);
    assert_null(pool_find(pool, 1, 500));
    /* The one that can be ordered is worth more than the last that cannot yet. */
    assert_int_equal(add_large(pool, 1, ACT_SIZE_MAX, false), COMITY_OK);
    assert_non_null(pool_find(pool, 1, 1));
    assert_null(pool_find(pool, 1, 10 + most - 1));
    assert_non_null(pool_find(pool, 1, 10 + most - 2));
    assert_int_equal(add_large(pool, 501, ACT_SIZE_MAX, true), COMITY_OK);
    pool_finalize(pool, 1, 600);
    assert_int_equal(pool_count(pool), 0);
    assert_true(pool_has_room(pool, 1));
    assert_int_equal(add_large(pool, 601, ACT_SIZE_MAX, false), COMITY_OK);
    pool_destroy(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seats_acts_have_a_share_of_bytes_and_later_ones_make_way),
        cmocka_unit_test(the_first_act_of_a_slot_stays_and_the_second_is_a_conflict),
        cmocka_unit_test(a_final_slot_takes_no_act_and_a_seat_has_its_share_only),
        cmocka_unit_test(finality_drops_what_it_passes_however_far_it_jumps),
        cmocka_unit_test(acts_are_listed_by_seat_and_seq_whatever_came_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
