/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

static void a_sentence_grows(void **state)
{
    (void)state;
    char data[128];
    struct text text;
    text_init(&text, data, sizeof data);
    text_add(&text, "needs ");
    text_add_u64(&text, 9);
    text_add_char(&text, ',');
    text_add_part(&text, " has it", 4);
    text_format(&text, " %d%s", 8, " yes");
    assert_string_equal(data, "needs 9, has 8 yes");
    assert_int_equal(text.size, strlen(data));
    assert_false(text.cut);
}

static void numbers_are_written_to_their_ends(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {-1, "-1"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    char data[32];
    struct text text;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text_init(&text, data, sizeof data);
        text_add_i64(&text, rows[i].value);
        assert_string_equal(data, rows[i].text);
    }
    text_init(&text, data, sizeof data);
    text_add_u64(&text, UINT64_MAX);
    assert_string_equal(data, "18446744073709551615");
}

/* Whatever the room: zero-terminated, nothing behind it, and honest about it. */
static void what_does_not_fit_is_cut_and_said_so(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity < 20; capacity++) {
        for (int way = 0; way < 3; way++) {
            char data[24];
            struct text text;
            memset(data, 'x', sizeof data);
            text_init(&text, data, capacity);
            text_add(&text, "0123");
            if (way == 0)
                text_add(&text, "456789");
            else if (way == 1)
                text_format(&text, "%s", "456789");
            else
                text_add_u64(&text, 456789);
            assert_int_equal(text.cut, capacity < 11);
            assert_int_equal(text.size, capacity < 11 ? capacity - 1 : 10);
            assert_int_equal(strlen(data), text.size);
            assert_memory_equal(data, "0123456789", text.size);
            for (size_t i = capacity; i < sizeof data; i++)
                assert_int_equal(data[i], 'x');
            text_add(&text, "more");
            assert_true(text.size < capacity);
        }
    }
}

static void every_error_has_a_name_and_a_text(void **state)
{
    (void)state;
    assert_string_equal(error_name(COMITY_OK), "COMITY_OK");
    assert_string_equal(error_name(COMITY_PASSPHRASE), "COMITY_PASSPHRASE");
    assert_string_equal(error_name(COMITY_ERRORS_COUNT), "COMITY_UNKNOWN");
    for (int i = 0; i < COMITY_ERRORS_COUNT; i++)
        assert_true(strlen(error_text((enum comity_error)i)) > 3);
}

static void a_fault_says_where_and_is_cut_rather_than_overflows(void **state)
{
    (void)state;
    struct fault fault;
    char longer[FAULT_TEXT_MAX * 2];
    memset(longer, 'a', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(fault_set(NULL, COMITY_IO, "nobody listens"), COMITY_IO);
    assert_int_equal(fault_set(&fault, COMITY_LIMIT, "%d seats", 300), COMITY_LIMIT);
    assert_int_equal(fault_prefix(&fault, COMITY_LIMIT, "charter.yaml:%d: ", 12), COMITY_LIMIT);
    assert_string_equal(fault.text, "charter.yaml:12: 300 seats");
    (void)fault_prefix(&fault, COMITY_LIMIT, "%s", longer);
    assert_int_equal(strlen(fault.text), FAULT_TEXT_MAX - 1);
    (void)fault_set(&fault, COMITY_LIMIT, "%s", longer);
    assert_int_equal(strlen(fault.text), FAULT_TEXT_MAX - 1);
    (void)fault_prefix(&fault, COMITY_LIMIT, "first: ");
    assert_int_equal(strlen(fault.text), FAULT_TEXT_MAX - 1);
    assert_memory_equal(fault.text, "first: aaa", 10);
    assert_int_equal(fault_prefix(NULL, COMITY_IO, "x"), COMITY_IO);
}

/* What the log wrote for `message` on its one line. */
static size_t log_and_read(const char *message, bool json, char *ret_line, size_t capacity)
{
    char path[] = "/tmp/comity-log-XXXXXX";
    int file = mkstemp(path);
    int kept = dup(STDERR_FILENO);
    assert_true(file >= 0 && kept >= 0);
    assert_int_equal(unlink(path), 0);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    log_setup(LOG_INFO, json);
    log_line(LOG_DEBUG, "test", "never seen");
    log_line(LOG_WARNING, "test", "%s", message);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    (void)close(kept);
    ssize_t size = pread(file, ret_line, capacity - 1, 0);
    (void)close(file);
    assert_true(size > 0);
    ret_line[size] = '\0';
    return (size_t)size;
}

static void a_peers_text_cannot_forge_a_line_of_the_log(void **state)
{
    (void)state;
    char line[8192];
    char longest[5000];
    memset(longest, '\n', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    for (int json = 0; json < 2; json++) {
        size_t size = log_and_read("a\nlevel=error \"\\\x1b[2J\x7f", json != 0, line, sizeof line);
        assert_ptr_equal(strchr(line, '\n'), line + size - 1);
        assert_non_null(strstr(line, "a\\u000alevel=error \\\"\\\\\\u001b[2J\\u007f"));
        assert_null(strstr(line, "never seen"));
        assert_non_null(
            strstr(line, json != 0 ? "\"level\":\"warning\"" : "level=warning mod=test"));
        size = log_and_read(longest, json != 0, line, sizeof line);
        assert_ptr_equal(strchr(line, '\n'), line + size - 1);
    }
    log_setup(LOG_INFO, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_grows),
        cmocka_unit_test(numbers_are_written_to_their_ends),
        cmocka_unit_test(what_does_not_fit_is_cut_and_said_so),
        cmocka_unit_test(every_error_has_a_name_and_a_text),
        cmocka_unit_test(a_fault_says_where_and_is_cut_rather_than_overflows),
        cmocka_unit_test(a_peers_text_cannot_forge_a_line_of_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
