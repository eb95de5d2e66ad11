/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms of overlays over given links: every message is carried at once, time is virtual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "overlay/overlay.h"

enum { PEERS_MAX = 32, WORDS = SEATS_MAX / 64, STEP_MS = 500 };

struct room {
    struct arena arena;
    uint32_t count;
    struct overlay *peers[PEERS_MAX];
    bool links[PEERS_MAX][PEERS_MAX];
    int64_t now_ms;
    uint32_t messages; /* Of the overlay's own. */
};
static struct room room;

static void open_room(uint32_t count)
{
    memset(&room, 0, sizeof room);
    arena_init(&room.arena, 0);
    room.count = count;
    room.now_ms = 1000000;
    for (uint32_t i = 0; i < count; i++) {
        room.peers[i] = overlay_create(&room.arena, count, i);
        assert_non_null(room.peers[i]);
    }
}

static int close_room(void **state)
{
    (void)state;
    arena_free(&room.arena);
    return 0;
}

static void set_link(uint32_t a, uint32_t b, bool up)
{
    room.links[a][b] = room.links[b][a] = up;
}

/* One neighbour's turn: it is asked, or answered. */
static void speak(uint32_t from, uint32_t to)
{
    uint64_t peers[WORDS];
    uint8_t hops[SEATS_MAX];
    if (!room.links[from][to])
        return;
    if (overlay_ask(room.peers[from], to, room.now_ms, peers)) {
        room.messages++;
        overlay_asked(room.peers[to], from, peers, room.now_ms);
    }
    if (overlay_answer(room.peers[from], to, room.now_ms, peers, hops)) {
        room.messages++;
        overlay_told(room.peers[to], from, peers, hops, room.now_ms);
    }
}

static void pass(int64_t length_ms)
{
    for (int64_t end = room.now_ms + length_ms; room.now_ms < end; room.now_ms += STEP_MS) {
        for (uint32_t i = 0; i < room.count; i++) {
            for (uint32_t k = 0; k < room.count; k++) {
                if (i != k)
                    (void)overlay_set_direct(room.peers[i], k, room.links[i][k], room.now_ms);
            }
        }
        for (uint32_t i = 0; i < room.count; i++) {
            for (uint32_t k = 0; k < room.count; k++)
                speak(i, k);
        }
    }
}

/* Hops of the way from one to the other, or 0: it leads nowhere. */
static uint32_t walk(uint32_t from, uint32_t to)
{
    uint32_t hops = 0;
    for (uint32_t at = from; at != to; hops++) {
        uint32_t next = overlay_next(room.peers[at], to, room.now_ms);
        if (next == OVERLAY_NONE || hops > OVERLAY_HOPS_MAX)
            return 0;
        assert_true(room.links[at][next]);
        at = next;
    }
    return hops;
}

static void all_reach_all_in(uint32_t most)
{
    for (uint32_t i = 0; i < room.count; i++) {
        for (uint32_t k = 0; k < room.count; k++) {
            if (i == k)
                continue;
            uint32_t hops = walk(i, k);
            assert_in_range(hops, 1, most);
        }
    }
}

/* Carry a relay everywhere, each peer forwarding it once: how often did each receive it new? */
static void carry(uint32_t origin, const uint64_t to[WORDS], uint64_t id,
                  uint32_t ret_received[PEERS_MAX], uint32_t *ret_sent)
{
    struct {
        uint32_t at, from, hops;
    } queue[4096];
    uint32_t head = 0, tail = 0;
    memset(ret_received, 0, PEERS_MAX * sizeof *ret_received);
    *ret_sent = 0;
    queue[tail].at = origin;
    queue[tail].from = OVERLAY_NONE;
    queue[tail++].hops = 0;
    while (head < tail) {
        uint64_t next[WORDS];
        uint32_t at = queue[head].at, from = queue[head].from, hops = queue[head++].hops;
        if ((at == origin && hops > 0) || overlay_was_seen(room.peers[at], origin, id))
            continue;
        overlay_see(room.peers[at], origin, id);
        ret_received[at]++;
        if (hops >= OVERLAY_HOPS_MAX)
            continue;
        overlay_forward(room.peers[at], to, from, room.now_ms, next);
        for (uint32_t k = 0; k < room.count; k++) {
            if ((next[k / 64] >> (k % 64) & 1) == 0)
                continue;
            assert_true(room.links[at][k]);
            (*ret_sent)++;
            assert_true(tail < 4096);
            queue[tail].at = k;
            queue[tail].from = at;
            queue[tail++].hops = hops + 1;
        }
    }
}

/* From each to all others: all have it once, and it passed each link once each way at most. */
static void a_relay_reaches_all_once(uint32_t links)
{
    uint32_t received[PEERS_MAX], sent;
    for (uint32_t origin = 0; origin < room.count; origin++) {
        uint64_t to[WORDS] = {0};
        for (uint32_t k = 0; k < room.count; k++) {
            if (k != origin)
                to[k / 64] |= (uint64_t)1 << (k % 64);
        }
        carry(origin, to, 7 + (uint64_t)room.now_ms, received, &sent);
        for (uint32_t k = 0; k < room.count; k++)
            assert_int_equal(received[k], 1);
        assert_true(sent <= 2 * links);
    }
}

static void where_everybody_hears_everybody_nothing_is_said(void **state)
{
    (void)state;
    open_room(12);
    for (uint32_t i = 0; i < 12; i++) {
        for (uint32_t k = 0; k < i; k++)
            set_link(i, k, true);
    }
    pass(60000);
    assert_int_equal(room.messages, 0);
    all_reach_all_in(1);
}

static void a_star_reaches_all_through_its_centre(void **state)
{
    (void)state;
    open_room(30);
    for (uint32_t i = 1; i < 30; i++)
        set_link(0, i, true);
    pass(10000);
    all_reach_all_in(2);
    a_relay_reaches_all_once(29);
    uint32_t before = room.messages;
    pass(60000); /* Kept fresh: each leaf asks, the centre answers. */
    assert_true(room.messages - before <= 29 * 2 * (60000 / OVERLAY_ASK_MS + 1));
}

static void a_line_of_five_and_of_eight_reach_end_to_end(void **state)
{
    (void)state;
    for (uint32_t count = 5; count <= 8; count += 3) {
        open_room(count);
        for (uint32_t i = 0; i + 1 < count; i++)
            set_link(i, i + 1, true);
        pass(40000);
        all_reach_all_in(count - 1);
        a_relay_reaches_all_once(count - 1);
        if (count == 5)
            arena_free(&room.arena);
    }
}

static void two_halves_are_joined_by_one_host(void **state)
{
    (void)state;
    open_room(13);
    for (uint32_t half = 0; half < 2; half++) {
        for (uint32_t i = 1 + half * 6; i < 7 + half * 6; i++) {
            set_link(0, i, true);
            for (uint32_t k = 1 + half * 6; k < i; k++)
                set_link(i, k, true);
        }
    }
    pass(10000);
    all_reach_all_in(2);
    a_relay_reaches_all_once(12 + 30);
}

static void a_link_that_is_cut_is_gone_round_and_used_again_when_it_heals(void **state)
{
    (void)state;
    open_room(6); /* A ring. */
    for (uint32_t i = 0; i < 6; i++)
        set_link(i, (i + 1) % 6, true);
    pass(20000);
    all_reach_all_in(3);
    set_link(0, 1, false);
    pass(OVERLAY_FRESH_MS + 4 * OVERLAY_ASK_MS);
    all_reach_all_in(5);
    assert_int_equal(walk(0, 1), 5);
    set_link(0, 1, true);
    pass(4 * OVERLAY_ASK_MS);
    all_reach_all_in(3);
    assert_int_equal(walk(0, 1), 1);
}

static void who_is_gone_is_given_up_and_no_loop_keeps_it_alive(void **state)
{
    (void)state;
    open_room(7);
    for (uint32_t i = 0; i < 6; i++) /* Six that all hear each other but for one pair, */
        for (uint32_t k = 0; k < i; k++)
            set_link(i, k, !(i == 5 && k == 0));
    set_link(3, 6, true); /* and a seventh behind one of them. */
    pass(20000);
    all_reach_all_in(2);
    set_link(3, 6, false);
    pass(OVERLAY_HOPS_MAX * (OVERLAY_FRESH_MS + OVERLAY_ASK_MS));
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(overlay_next(room.peers[i], 6, room.now_ms), OVERLAY_NONE);
    assert_int_equal(walk(5, 0), 2); /* The others are as before. */
}

static void a_neighbour_that_falls_silent_takes_its_routes_along(void **state)
{
    (void)state;
    open_room(3);
    set_link(0, 1, true);
    set_link(1, 2, true);
    pass(10000);
    assert_int_equal(walk(0, 2), 2);
    room.now_ms += OVERLAY_FRESH_MS + 1; /* It is heard, and says nothing of routes. */
    assert_int_equal(overlay_next(room.peers[0], 2, room.now_ms), OVERLAY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(where_everybody_hears_everybody_nothing_is_said, close_room),
        cmocka_unit_test_teardown(a_star_reaches_all_through_its_centre, close_room),
        cmocka_unit_test_teardown(a_line_of_five_and_of_eight_reach_end_to_end, close_room),
        cmocka_unit_test_teardown(two_halves_are_joined_by_one_host, close_room),
        cmocka_unit_test_teardown(a_link_that_is_cut_is_gone_round_and_used_again_when_it_heals,
                                  close_room),
        cmocka_unit_test_teardown(who_is_gone_is_given_up_and_no_loop_keeps_it_alive, close_room),
        cmocka_unit_test_teardown(a_neighbour_that_falls_silent_takes_its_routes_along, close_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
