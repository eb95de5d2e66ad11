/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/store_sql.h"

static char directory[64];
static char path[96];
static char log_path[104];
static struct arena arena;

static struct hash hash_number(uint64_t number)
{
    return hash_of("test", bytes_of(&number, sizeof number));
}

static struct bytes text(const char *word)
{
    return bytes_of_text(word);
}

static void expect_text(struct bytes bytes, const char *word)
{
    assert_true(bytes_equal(bytes, bytes_of_text(word)));
}

static struct store *must_open(void)
{
    struct store *store = NULL;
    struct fault fault = {""};
    if (store_open(path, &store, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    return store;
}

static enum comity_error open_error(void)
{
    struct store *store = NULL;
    struct fault fault = {""};
    enum comity_error error = store_open(path, &store, &fault);
    assert_null(store);
    assert_true(strstr(fault.text, path) != NULL);
    return error;
}

static enum comity_error put_block(struct store *store, const struct hash *forum, uint64_t height,
                                   const char *cert)
{
    struct store_block block = {
        .height = height,
        .view = height * 2,
        .hash = hash_number(height),
        .header = text("header"),
        .body = text("body"),
        .cert = text(cert),
        .outcomes = text(""),
        .state_hash = hash_number(height + 1000),
    };
    return store_put_block(store, forum, &block);
}

static void what_is_stored_is_there_after_a_restart(void **state)
{
    (void)state;
    struct hash forum = hash_number(1);
    struct hash other = hash_number(2);
    struct store_block block;
    uint64_t height = 7;
    struct store *store = must_open();
    assert_int_equal(store_put_forum(store, &forum, "unsc", text("charter")), COMITY_OK);
    assert_int_equal(store_put_forum(store, &other, "g7", text("other")), COMITY_OK);
    assert_int_equal(store_last_height(store, &forum, &height), COMITY_OK);
    assert_int_equal(height, 0);
    assert_int_equal(store_begin(store), COMITY_OK);
    for (uint64_t i = 1; i <= 5; i++)
        assert_int_equal(put_block(store, &forum, i, i % 3 == 0 ? "cert" : ""), COMITY_OK);
    assert_int_equal(put_block(store, &other, 1, ""), COMITY_OK);
    assert_int_equal(store_commit(store), COMITY_OK);
    assert_int_equal(store_sync(store), COMITY_OK);
    store_close(&store);
    assert_null(store);
    store_close(&store);
    store_close(NULL);
    store = must_open();
    assert_int_equal(store_last_height(store, &forum, &height), COMITY_OK);
    assert_int_equal(height, 5);
    assert_int_equal(store_get_block(store, &forum, 3, &arena, &block), COMITY_OK);
    assert_int_equal(block.height, 3);
    assert_int_equal(block.view, 6);
    expect_text(block.header, "header");
    expect_text(block.body, "body");
    expect_text(block.cert, "cert");
    expect_text(block.outcomes, "");
    struct hash expected = hash_number(1003);
    assert_true(hash_equal(&block.state_hash, &expected));
    struct hash hash = hash_number(4);
    assert_int_equal(store_find_block(store, &forum, &hash, &arena, &block), COMITY_OK);
    assert_int_equal(block.height, 4);
    assert_int_equal(store_find_block(store, &other, &hash, &arena, &block), COMITY_NOT_FOUND);
    assert_int_equal(store_get_block(store, &forum, 6, &arena, &block), COMITY_NOT_FOUND);
    assert_int_equal(store_get_block(store, &expected, 1, &arena, &block), COMITY_NOT_FOUND);
    store_close(&store);
}

static void the_record_has_no_gaps_and_no_second_opinion(void **state)
{
    (void)state;
    struct hash forum = hash_number(1);
    struct store *store = must_open();
    assert_int_equal(put_block(store, &forum, 1, ""), COMITY_NOT_FOUND);
    assert_int_equal(store_put_forum(store, &forum, "unsc", text("charter")), COMITY_OK);
    assert_int_equal(put_block(store, &forum, 0, ""), COMITY_INVALID);
    assert_int_equal(put_block(store, &forum, 2, ""), COMITY_INVALID);
    assert_int_equal(put_block(store, &forum, 1, ""), COMITY_OK);
    assert_int_equal(put_block(store, &forum, 1, ""), COMITY_OK);
    struct store_block another = {.height = 1, .hash = hash_number(9)};
    assert_int_equal(store_put_block(store, &forum, &another), COMITY_CONFLICT);
    assert_int_equal(put_block(store, &forum, 3, ""), COMITY_INVALID);
    assert_int_equal(put_block(store, &forum, 2, ""), COMITY_OK);
    store_close(&store);
}

static void the_next_certificate_is_found_and_can_come_later(void **state)
{
    (void)state;
    struct hash forum = hash_number(1);
    uint64_t height = 0;
    struct store *store = must_open();
    assert_int_equal(store_put_forum(store, &forum, "unsc", text("charter")), COMITY_OK);
    for (uint64_t i = 1; i <= 6; i++)
        assert_int_equal(put_block(store, &forum, i, i == 4 ? "cert" : ""), COMITY_OK);
    static const struct {
        uint64_t from, found;
    } rows[] = {{0, 4}, {1, 4}, {4, 4}, {5, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        height = 0;
        assert_int_equal(store_find_cert(store, &forum, rows[i].from, &height),
                         rows[i].found == 0 ? COMITY_NOT_FOUND : COMITY_OK);
        assert_int_equal(height, rows[i].found);
    }
    assert_int_equal(store_put_cert(store, &forum, 6, text("late")), COMITY_OK);
    assert_int_equal(store_put_cert(store, &forum, 7, text("late")), COMITY_NOT_FOUND);
    assert_int_equal(store_find_cert(store, &forum, 5, &height), COMITY_OK);
    assert_int_equal(height, 6);
    store_close(&store);
}

static void a_rolled_back_transaction_leaves_nothing(void **state)
{
    (void)state;
    struct hash forum = hash_number(1);
    uint64_t height = 9;
    struct bytes value;
    struct store *store = must_open();
    assert_int_equal(store_begin(store), COMITY_OK);
    assert_int_equal(store_put_forum(store, &forum, "unsc", text("charter")), COMITY_OK);
    assert_int_equal(put_block(store, &forum, 1, ""), COMITY_OK);
    assert_int_equal(store_put_setting(store, "key", text("value")), COMITY_OK);
    assert_int_equal(store_sync(store), COMITY_BUSY);
    store_rollback(store);
    assert_int_equal(store_last_height(store, &forum, &height), COMITY_OK);
    assert_int_equal(height, 0);
    assert_int_equal(put_block(store, &forum, 1, ""), COMITY_NOT_FOUND);
    assert_int_equal(store_get_setting(store, "key", &arena, &value), COMITY_NOT_FOUND);
    assert_int_equal(store_sync(store), COMITY_OK);
    store_close(&store);
}

static enum comity_error count_forum(void *context, const struct hash *forum, const char *name,
                                     struct bytes charter)
{
    int *count = context;
    struct hash expected = hash_number((uint64_t)*count + 1);
    assert_true(hash_equal(forum, &expected));
    assert_string_equal(name, *count == 0 ? "unsc" : "g7");
    assert_int_equal(charter.size, *count == 0 ? 7 : 0);
    (*count)++;
    return COMITY_OK;
}

static enum comity_error stop_at_once(void *context, const struct hash *forum, const char *name,
                                      struct bytes charter)
{
    (void)forum;
    (void)name;
    (void)charter;
    ++*(int *)context;
    return COMITY_CLOSED;
}

static void forums_have_one_name_each_and_are_visited_in_order(void **state)
{
    (void)state;
    struct hash first = hash_number(1);
    struct hash second = hash_number(2);
    int count = 0;
    struct store *store = must_open();
    assert_int_equal(store_put_forum(store, &first, "unsc", text("charter")), COMITY_OK);
    assert_int_equal(store_put_forum(store, &first, "again", text("x")), COMITY_EXISTS);
    assert_int_equal(store_put_forum(store, &second, "unsc", text("x")), COMITY_EXISTS);
    assert_int_equal(store_put_forum(store, &second, "g7", text("")), COMITY_OK);
    assert_int_equal(store_each_forum(store, count_forum, &count), COMITY_OK);
    assert_int_equal(count, 2);
    count = 0;
    assert_int_equal(store_each_forum(store, stop_at_once, &count), COMITY_CLOSED);
    assert_int_equal(count, 1);
    store_close(&store);
}

static enum comity_error sum_views(void *context, uint64_t view, uint8_t kind, struct bytes cert)
{
    uint64_t *sum = context;
    assert_int_equal(cert.size, kind);
    *sum = *sum * 10 + view;
    return COMITY_OK;
}

static void certificates_of_views_come_back_in_order(void **state)
{
    (void)state;
    struct hash forum = hash_number(1);
    uint64_t sum = 0;
    struct store *store = must_open();
    assert_int_equal(store_put_forum(store, &forum, "unsc", text("charter")), COMITY_OK);
    static const uint64_t views[] = {5, 2, 9, 7};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(store_put_view_cert(store, &forum, 1, views[i], 2, text("ab")), COMITY_OK);
    assert_int_equal(store_put_view_cert(store, &forum, 1, 7, 2, text("cd")), COMITY_OK);
    assert_int_equal(store_put_view_cert(store, &forum, 1, 7, 3, text("abc")), COMITY_OK);
    assert_int_equal(store_put_view_cert(store, &forum, 2, 8, 1, text("a")), COMITY_OK);
    assert_int_equal(store_put_view_cert(store, &forum, 2, UINT64_MAX, 1, text("a")), COMITY_LIMIT);
    assert_int_equal(store_each_view_cert(store, &forum, 1, 2, sum_views, &sum), COMITY_OK);
    assert_int_equal(sum, 5779);
    store_close(&store);
}

static void snapshots_settings_and_requests_are_kept(void **state)
{
    (void)state;
    struct hash forum = hash_number(1);
    struct hash act = hash_number(5);
    struct hash found;
    uint64_t height = 0;
    struct bytes bytes;
    struct store *store = must_open();
    assert_int_equal(store_put_forum(store, &forum, "unsc", text("charter")), COMITY_OK);
    assert_int_equal(store_get_snapshot(store, &forum, &arena, &height, &bytes), COMITY_NOT_FOUND);
    assert_int_equal(store_put_snapshot(store, &forum, 3, text("old")), COMITY_OK);
    assert_int_equal(store_put_snapshot(store, &forum, 8, text("state")), COMITY_OK);
    assert_int_equal(store_get_snapshot(store, &forum, &arena, &height, &bytes), COMITY_OK);
    assert_int_equal(height, 8);
    expect_text(bytes, "state");
    assert_int_equal(store_drop_snapshot(store, &forum), COMITY_OK);
    assert_int_equal(store_get_snapshot(store, &forum, &arena, &height, &bytes), COMITY_NOT_FOUND);
    assert_int_equal(store_put_setting(store, "instance", text("a")), COMITY_OK);
    assert_int_equal(store_put_setting(store, "instance", text("")), COMITY_OK);
    assert_int_equal(store_get_setting(store, "instance", &arena, &bytes), COMITY_OK);
    expect_text(bytes, "");
    uint64_t found_seq = 0;
    assert_int_equal(store_get_request(store, &forum, text("k"), &found, &found_seq),
                     COMITY_NOT_FOUND);
    assert_int_equal(store_put_request(store, &forum, text("k"), &act, 7), COMITY_OK);
    assert_int_equal(store_put_request(store, &forum, text("k"), &act, 7), COMITY_OK);
    assert_int_equal(store_put_request(store, &forum, text("k"), &forum, 7), COMITY_CONFLICT);
    assert_int_equal(store_get_request(store, &forum, text("k"), &found, &found_seq), COMITY_OK);
    assert_int_equal(found_seq, 7);
    assert_true(hash_equal(&found, &act));
    assert_int_equal(store_add_evidence(store, &forum, text("two signatures")), COMITY_OK);
    store_close(&store);
}

static void a_killed_daemon_loses_no_committed_transaction(void **state)
{
    (void)state;
    struct hash forum = hash_number(1);
    uint64_t height = 0;
    struct stat status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *store = NULL;
        bool good = store_open(path, &store, NULL) == COMITY_OK &&
                    store_put_forum(store, &forum, "unsc", text("charter")) == COMITY_OK &&
                    put_block(store, &forum, 1, "") == COMITY_OK &&
                    store_begin(store) == COMITY_OK && put_block(store, &forum, 2, "") == COMITY_OK;
        _exit(good ? 0 : 1); /* Without closing. */
    }
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(log_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    struct store *store = must_open();
    assert_int_equal(store_last_height(store, &forum, &height), COMITY_OK);
    assert_int_equal(height, 1);
    store_close(&store);
}

static void a_second_daemon_is_told_so(void **state)
{
    (void)state;
    struct store *store = must_open();
    assert_int_equal(open_error(), COMITY_BUSY);
    store_close(&store);
}

static void write_at(const char *data, size_t size, off_t offset)
{
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, data, size, offset), size);
    assert_int_equal(close(file), 0);
}

static void run_sql(const char *sql)
{
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static void files_of_others_are_foreign(void **state)
{
    (void)state;
    char letter[200];
    memset(letter, 'a', sizeof letter);
    write_at(letter, sizeof letter, 0);
    assert_int_equal(open_error(), COMITY_FOREIGN);
    assert_int_equal(unlink(path), 0);
    run_sql("CREATE TABLE bookmarks(x)");
    assert_int_equal(open_error(), COMITY_FOREIGN);
    assert_int_equal(unlink(path), 0);
    struct store *store = must_open();
    store_close(&store);
    run_sql("PRAGMA user_version=0");
    assert_int_equal(open_error(), COMITY_DAMAGED);
}

static uint32_t checksum(void)
{
    uint8_t data[4096];
    uint32_t sum = 0;
    ssize_t got;
    int file = open(path, O_RDONLY);
    assert_true(file >= 0);
    while ((got = read(file, data, sizeof data)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            sum = sum * 31 + data[i];
    }
    assert_int_equal(close(file), 0);
    return sum;
}

static void an_older_daemon_refuses_a_newer_record_and_changes_nothing(void **state)
{
    (void)state;
    struct fault fault = {{0}};
    struct store *store = must_open();
    store_close(&store);
    run_sql("PRAGMA user_version=2");
    uint32_t before = checksum();
    assert_int_equal(store_open(path, &store, &fault), COMITY_FOREIGN);
    assert_non_null(strstr(fault.text, path));
    assert_non_null(strstr(fault.text, "version 2, and this comityd knows version 1"));
    assert_int_equal(checksum(), before);
}

static void a_newer_daemon_moves_an_older_record_on_or_leaves_it(void **state)
{
    (void)state;
    static const struct store_migration good[] = {
        {1, "CREATE TABLE later(x); INSERT INTO later VALUES(1);"},
        {2, "INSERT INTO later VALUES(2);"},
        {0, NULL}};
    static const struct store_migration bad[] = {
        {1, "CREATE TABLE later(x);"}, {2, "INSERT INTO nowhere VALUES(2);"}, {0, NULL}};
    static const struct store_migration gap[] = {{2, "SELECT 1;"}, {0, NULL}};
    struct store_schema third = store_schema_now;
    struct fault fault = {{0}};
    struct store *store = must_open();
    store_close(&store);
    third.version = 3;
    third.migrations = bad;
    assert_int_not_equal(store_open_as(&third, path, &store, &fault), COMITY_OK);
    store = must_open(); /* All of it, or nothing: it is of version 1 still. */
    store_close(&store);
    third.migrations = gap;
    assert_int_equal(store_open_as(&third, path, &store, &fault), COMITY_DAMAGED);
    third.migrations = good;
    assert_int_equal(store_open_as(&third, path, &store, &fault), COMITY_OK);
    store_close(&store);
    run_sql("SELECT CASE WHEN (SELECT sum(x) FROM later) = 3 THEN 1 ELSE json('') END");
    assert_int_equal(store_open(path, &store, &fault), COMITY_FOREIGN);
    assert_int_equal(store_open_as(&third, path, &store, &fault), COMITY_OK);
    store_close(&store);
}

/* Any damage in the first page is an error code, never a crash. */
static void a_damaged_header_is_noticed(void **state)
{
    (void)state;
    struct store *store = must_open();
    store_close(&store);
    write_at("\xff", 1, 3);
    assert_int_equal(open_error(), COMITY_DAMAGED);
    write_at("i", 1, 3);
    store = must_open();
    store_close(&store);
    char noise[4096 - 100];
    memset(noise, 0xa5, sizeof noise);
    write_at(noise, sizeof noise, 100);
    assert_int_equal(open_error(), COMITY_DAMAGED);
}

static void damage_to_a_page_is_found_after_an_unclean_end(void **state)
{
    (void)state;
    char noise[4096];
    struct hash forum = hash_number(1);
    struct store *store = must_open();
    assert_int_equal(store_put_forum(store, &forum, "unsc", text("charter")), COMITY_OK);
    for (uint64_t i = 1; i < 300; i++)
        assert_int_equal(put_block(store, &forum, i, ""), COMITY_OK);
    store_close(&store);
    run_sql("UPDATE session SET open = 1");
    memset(noise, 0x5a, sizeof noise);
    write_at(noise, sizeof noise, 4096 * 3); /* The tree of blocks. */
    assert_int_equal(open_error(), COMITY_DAMAGED);
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/comity-store-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/comity.db", directory);
    (void)snprintf(log_path, sizeof log_path, "%s-wal", path);
    arena_init(&arena, 0);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(log_path);
    arena_reset(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)clean(state);
    arena_free(&arena);
    return rmdir(directory);
}

#define CLEAN_TEST(name) cmocka_unit_test_setup(name, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEAN_TEST(what_is_stored_is_there_after_a_restart),
        CLEAN_TEST(the_record_has_no_gaps_and_no_second_opinion),
        CLEAN_TEST(the_next_certificate_is_found_and_can_come_later),
        CLEAN_TEST(a_rolled_back_transaction_leaves_nothing),
        CLEAN_TEST(forums_have_one_name_each_and_are_visited_in_order),
        CLEAN_TEST(certificates_of_views_come_back_in_order),
        CLEAN_TEST(snapshots_settings_and_requests_are_kept),
        CLEAN_TEST(a_killed_daemon_loses_no_committed_transaction),
        CLEAN_TEST(a_second_daemon_is_told_so),
        CLEAN_TEST(files_of_others_are_foreign),
        CLEAN_TEST(an_older_daemon_refuses_a_newer_record_and_changes_nothing),
        CLEAN_TEST(a_newer_daemon_moves_an_older_record_on_or_leaves_it),
        CLEAN_TEST(a_damaged_header_is_noticed),
        CLEAN_TEST(damage_to_a_page_is_found_after_an_unclean_end),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
