/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/config.h"

#define KEY "3417a25a42f06a02e8f06130a35d9016252ba514fdaf4ae8ded90969a67d25e0"

static char path[64];

static enum comity_error read_text(const char *text, struct arena *arena, struct config *config,
                                   struct fault *fault)
{
    (void)snprintf(path, sizeof path, "/tmp/comity-config-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
    enum comity_error error = config_read(path, arena, config, fault);
    assert_int_equal(remove(path), 0);
    return error;
}

static void paths_are_relative_to_the_file_and_the_rest_has_defaults(void **state)
{
    struct arena arena;
    struct config config;
    struct fault fault = {{0}};
    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(
        read_text("key: a.key\ndata: /var/d\nsocket: a.sock\n", &arena, &config, &fault),
        COMITY_OK);
    assert_string_equal(config.key_path, "/tmp/a.key");
    assert_string_equal(config.data_path, "/var/d");
    assert_string_equal(config.socket_path, "/tmp/a.sock");
    assert_null(config.listen);
    assert_int_equal(config.peers_count, 0);
    assert_int_equal(config.log_level, LOG_INFO);
    arena_free(&arena);
}

static void what_is_printed_reads_back_the_same(void **state)
{
    struct arena arena;
    struct config config;
    struct fault fault = {{0}};
    struct buffer first = {0};
    struct buffer second = {0};
    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(read_text("key: \"/a: b # c\"\ndata: \"/'\\t\\\"{\\u2028\"\nsocket: "
                               "/s\nlisten: tcp://[::1]:4750\n"
                               "log: debug\nlog-format: json\npeers:\n"
                               "  - {key: " KEY ", address: \"fra.example:4750\"}\n"
                               "  - {key: " KEY "}\n",
                               &arena, &config, &fault),
                     COMITY_OK);
    assert_int_equal(config_print(&config, &first), COMITY_OK);
    assert_int_equal(buffer_append(&first, "", 1), COMITY_OK);
    assert_int_equal(read_text((const char *)first.data, &arena, &config, &fault), COMITY_OK);
    assert_int_equal(config_print(&config, &second), COMITY_OK);
    assert_int_equal(buffer_append(&second, "", 1), COMITY_OK);
    assert_string_equal((const char *)first.data, (const char *)second.data);
    assert_string_equal(config.key_path, "/a: b # c");
    assert_string_equal(config.data_path, "/'\t\"{\xe2\x80\xa8");
    buffer_free(&first);
    buffer_free(&second);
    arena_free(&arena);
}

static void a_mistake_is_named_with_its_place(void **state)
{
    static const struct {
        const char *text;
        const char *place;
        const char *expected;
    } rows[] = {
        {"key: k\ndata: d\n", ":1:", "`socket:`"},
        {"key: k\ndata: d\nsocket: s\nport: 5\n", ":4:", "port"},
        {"key: k\ndata: d\nsocket: s\nlisten: 0.0.0.0:4750\n", ":4:", "tcp://"},
        {"key: k\ndata: d\nsocket: s\nlog: loud\n", ":4:", "log level"},
        {"key: k\ndata: d\nsocket: s\npeers:\n  - {address: \"h:1\"}\n", ":5:", "`key:`"},
        {"key: k\ndata: d\nsocket: s\npeers:\n  - {key: abc}\n", ":5:", "64 hexadecimal"},
        {"key: k\ndata: d\nsocket: s\npeers: none\n", ":4:", "the peers, a list"},
        {"- key\n", ":1:", "configuration"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena;
        struct config config;
        struct fault fault = {{0}};
        arena_init(&arena, 0);
        assert_int_equal(read_text(rows[i].text, &arena, &config, &fault), COMITY_INVALID);
        if (strstr(fault.text, path) == NULL || strstr(fault.text, rows[i].place) == NULL ||
            strstr(fault.text, rows[i].expected) == NULL)
            fail_msg("row %zu says: %s", i, fault.text);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_relative_to_the_file_and_the_rest_has_defaults),
        cmocka_unit_test(what_is_printed_reads_back_the_same),
        cmocka_unit_test(a_mistake_is_named_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
