/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the record that are no longer what was written: found, asked of peers, written anew. */
#include "room.inc.c"

#include "codec/block.h"
#include "node/session_state.h"
#include "store/store_sql.h"

static const char charter_text[] = "name: room\n"
                                   "title: A room\n"
                                   "pace: 100ms\n"
                                   "grace: 0s\n"
                                   "seats:\n"
                                   "  - {name: S0, title: Zero}\n"
                                   "  - {name: S1, title: One}\n"
                                   "  - {name: S2, title: Two}\n"
                                   "  - {name: S3, title: Three}\n"
                                   "rules:\n"
                                   "  most: {sentence: \"yes > 1/2 of members\"}\n"
                                   "topics: [climate]\n";

static void open_with_notes(struct room *room)
{
    room_open(room, 4, charter_text);
    room_join_all(room);
    for (int i = 0; i < 6; i++) {
        (void)room_submit(room, 0, (struct act){.kind = ACT_NOTE}, "for the record");
        room_run(room, 1000);
    }
    assert_true(room_same_record(room) > 6);
}

static void damage(struct room *room, uint32_t seat, uint64_t height, const char *set)
{
    sqlite3 *database = room->seats[seat].store->database;
    char text[200];
    (void)snprintf(text, sizeof text, "UPDATE block SET %s WHERE (id & 0xffffffffff) = %llu", set,
                   (unsigned long long)height);
    assert_int_equal(sqlite3_exec(database, text, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(database), 1);
}

static enum comity_error read_row(struct room *room, uint32_t seat, uint64_t height,
                                  struct arena *arena, struct store_block *ret_block)
{
    const struct hash forum = session_charter(room->seats[seat].session)->id;
    return store_get_block(room->seats[seat].store, &forum, height, arena, ret_block);
}

static void check_row(struct room *room, uint64_t height, const struct store_block *before)
{
    struct arena arena;
    struct store_block now;
    struct cert cert;
    arena_init(&arena, 0);
    assert_int_equal(read_row(room, 1, height, &arena, &now), COMITY_OK);
    assert_true(hash_equal(&now.hash, &before->hash));
    assert_true(hash_equal(&now.state_hash, &before->state_hash));
    assert_int_equal(now.view, before->view);
    assert_true(bytes_equal(now.header, before->header));
    assert_true(bytes_equal(now.body, before->body));
    assert_true(bytes_equal(now.outcomes, before->outcomes));
    assert_int_equal(now.cert.size > 0, before->cert.size > 0);
    assert_int_equal(cert_decode(now.cert, 4, &arena, &cert, NULL), COMITY_OK);
    assert_true(session_cert_is_signed(room->seats[1].session, &cert));
    arena_free(&arena);
}

/* As a peer does that catches up. */
static void fetch_all(struct room *room)
{
    struct peer_message message = {.kind = PEER_FETCH};
    message.as.fetch.kind = FETCH_RANGE;
    message.as.fetch.first = 1;
    message.as.fetch.last = 64;
    message.as.fetch.id = 1;
    session_take_fetch(room->seats[1].session, 0, &message);
}

/* The lowest block from 3 on that has a certificate of its own, and a block after it. */
static uint64_t pick(struct room *room, struct arena *arena, struct store_block *ret_block)
{
    uint64_t height = 3;
    while (read_row(room, 1, height, arena, ret_block) == COMITY_OK && ret_block->cert.size == 0)
        height++;
    assert_true(ret_block->cert.size > 0);
    assert_true(height + 1 < forum_height(room_forum(room, 1)));
    return height;
}

static void each_column_that_is_damaged_is_good_again_after_a_fetch_found_it(void **state)
{
    static const char *const ways[] = {
        "body = zeroblob(length(body))",
        "body = x''",
        "header = zeroblob(length(header))",
        "outcomes = x'ff' || outcomes",
        "state_hash = zeroblob(32)",
        "crc = crc + 1",
        "view = view + 1",
        "cert = zeroblob(length(cert))",
        "hash = zeroblob(32), outcomes = x'00', body = x'00', cert = x'00'",
    };
    struct room room;
    struct arena arena;
    struct store_block before;
    (void)state;
    open_with_notes(&room);
    arena_init(&arena, 0);
    uint64_t height = pick(&room, &arena, &before);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        print_message("%s\n", ways[i]);
        damage(&room, 1, height, ways[i]);
        fetch_all(&room);
        assert_int_equal(room.seats[1].session->mend.count, 1);
        room_run(&room, 3000);
        assert_int_equal(room.seats[1].session->mend.count, 0);
        check_row(&room, height, &before);
    }
    arena_free(&arena);
    room_close(&room);
}

static void the_newest_blocks_and_two_neighbours_are_mended_too(void **state)
{
    struct room room;
    struct arena arena;
    struct store_block rows[3];
    (void)state;
    open_with_notes(&room);
    arena_init(&arena, 0);
    uint64_t last = forum_height(room_forum(&room, 1));
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(read_row(&room, 1, last - i, &arena, &rows[i]), COMITY_OK);
        damage(&room, 1, last - i, "body = x'00'");
        session_found_damaged(room.seats[1].session, last - i);
    }
    room_run(&room, 10000);
    for (uint64_t i = 0; i < 3; i++) {
        struct store_block now;
        assert_int_equal(read_row(&room, 1, last - i, &arena, &now), COMITY_OK);
        assert_true(bytes_equal(now.body, rows[i].body));
    }
    arena_free(&arena);
    room_close(&room);
}

static void without_peers_it_waits_and_a_false_block_mends_nothing(void **state)
{
    struct room room;
    struct arena arena;
    struct store_block before, other;
    (void)state;
    open_with_notes(&room);
    arena_init(&arena, 0);
    uint64_t height = pick(&room, &arena, &before);
    assert_int_equal(read_row(&room, 1, height + 1, &arena, &other), COMITY_OK);
    damage(&room, 1, height, "body = x'00'");
    for (uint32_t i = 0; i < 4; i++)
        room.cut[i] = i != 1;
    fetch_all(&room);
    room_run(&room, 5000);
    assert_int_equal(read_row(&room, 1, height, &arena, &other), COMITY_DAMAGED);
    assert_int_equal(read_row(&room, 1, height + 1, &arena, &other), COMITY_OK);
    struct session *session = room.seats[1].session;
    assert_int_equal(session->mend.height, height);
    struct peer_block lie = {.header = other.header, .body = other.body};
    assert_false(session_mend(session, &lie)); /* Another block. */
    lie = (struct peer_block){.header = before.header, .body = other.body};
    assert_false(session_mend(session, &lie)); /* Its header with another's acts. */
    assert_int_equal(read_row(&room, 1, height, &arena, &other), COMITY_DAMAGED);
    for (uint32_t i = 0; i < 4; i++)
        room.cut[i] = false;
    room_run(&room, 6000);
    check_row(&room, height, &before);
    arena_free(&arena);
    room_close(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_column_that_is_damaged_is_good_again_after_a_fetch_found_it),
        cmocka_unit_test(the_newest_blocks_and_two_neighbours_are_mended_too),
        cmocka_unit_test(without_peers_it_waits_and_a_false_block_mends_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
