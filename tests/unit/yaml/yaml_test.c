/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml/yaml.h"

static struct arena arena;
static struct fault fault;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    memset(&fault, 0, sizeof fault);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct yaml_node *parsed(const char *text)
{
    struct yaml_node *root = NULL;
    assert_int_equal(yaml_parse("a.yaml", bytes_of_text(text), &arena, &root, &fault), COMITY_OK);
    return root;
}

static void a_tree_knows_where_each_value_stands(void **state)
{
    (void)state;
    struct yaml_node *root = parsed("# A comment.\n"
                                    "name: unsc\n"
                                    "seats:\n"
                                    "  - {name: NO, key: \"12\"}\n"
                                    "  - FRA\n"
                                    "empty:\n");
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 3);
    struct yaml_node *seats = yaml_get(root, "seats");
    assert_int_equal(seats->kind, YAML_LIST);
    assert_int_equal(seats->count, 2);
    struct yaml_node *name = yaml_get(seats->items[0], "name");
    assert_string_equal(name->text, "NO"); /* A delegation, not a truth value. */
    assert_int_equal(name->line, 4);
    assert_int_equal(name->column, 12);
    assert_true(yaml_get(seats->items[0], "key")->quoted);
    assert_string_equal(seats->items[1]->text, "FRA");
    assert_string_equal(yaml_get(root, "empty")->text, "");
    assert_null(yaml_get(root, "nothing"));
}

static void what_means_something_else_than_it_shows_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *fault;
    } rows[] = {
        {"a: 1\nb: 2\na: 3\n", "a.yaml:3:1: \"a\" is given twice; first in line 1"},
        {"a: &x 1\nb: *x\n", "a.yaml:1:4: an anchor (`&name`) is not allowed here"},
        {"b: *x\n", "a.yaml:1:4: an alias (`*name`) is not allowed here"},
        {"a: !!int 1\n", "a.yaml:1:4: a tag (`!name`) is not allowed here"},
        {"a: !x [1]\n", "a.yaml:1:4: a tag (`!name`) is not allowed here"},
        {"a: 1\n---\nb: 1\n", "a.yaml:2:1: a second document (`---`) is not allowed here"},
        {"%YAML 1.1\n---\na: 1\n", "a.yaml:1:1: a directive (`%...`) is not allowed here"},
        {"", "a.yaml:1:1: the file is empty"},
        {"# Nothing\n", "a.yaml:1:1: the file is empty"},
        {"? [a]\n: 1\n", "a.yaml:1:3: expected a key, found a list or a map"},
        {"a: [1\n", "a.yaml:2:1: did not find expected ',' or ']'"},
        {"a: \"\\0\"\n", "a.yaml:1:4: a zero byte is not allowed in a text"},
        {"a: 1\n\tb: 2\n", "a.yaml:2:1: found a tab character that violates indentation"},
        {"a: \xff\n", "a.yaml:1:4: invalid leading UTF-8 octet"},
        {"a: b\nc: d\xfe\n", "a.yaml:2:5: invalid leading UTF-8 octet"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct yaml_node *root = NULL;
        assert_int_equal(yaml_parse("a.yaml", bytes_of_text(rows[i].text), &arena, &root, &fault),
                         COMITY_INVALID);
        assert_string_equal(fault.text, rows[i].fault);
        assert_null(root);
    }
}

static void depth_size_and_keys_have_limits(void **state)
{
    (void)state;
    struct yaml_node *root;
    char deep[80];
    memset(deep, '[', 33);
    memset(deep + 33, ']', 33);
    assert_int_equal(yaml_parse("a", bytes_of(deep, 66), &arena, &root, &fault), COMITY_LIMIT);
    assert_string_equal(fault.text, "a:1:33: nested deeper than 32");
    assert_int_equal(yaml_parse("a", bytes_of(deep + 1, 64), &arena, &root, &fault), COMITY_OK);
    size_t size = 4 * 1024 * 1024 + 1;
    char *big = malloc(size);
    memset(big, ' ', size);
    assert_int_equal(yaml_parse("a", bytes_of(big, size), &arena, &root, &fault), COMITY_LIMIT);
    size_t used = 0;
    for (int i = 0; i < 4097; i++)
        used += (size_t)sprintf(big + used, "k%d: 1\n", i);
    assert_int_equal(yaml_parse("a", bytes_of(big, used), &arena, &root, &fault), COMITY_LIMIT);
    assert_string_equal(fault.text, "a:4097:1: more than 4096 keys");
    free(big);
}

static void a_key_nobody_asked_for_is_an_error(void **state)
{
    (void)state;
    static const char *const known[] = {"name", "title", NULL};
    struct yaml_node *root = parsed("name: a\ntitel: b\n");
    assert_non_null(yaml_get(root, "name"));
    assert_int_equal(yaml_map_done(root, known, &fault), COMITY_INVALID);
    assert_string_equal(fault.text, "a.yaml:2:1: unknown key \"titel\"; known here: name, title");
    assert_non_null(yaml_get(root, "titel"));
    assert_int_equal(yaml_map_done(root, known, &fault), COMITY_OK);
}

static enum comity_error read_as(char how, const struct yaml_node *node)
{
    static const char *const words[] = {"ignore", "no", "yes", NULL};
    const char *text;
    uint64_t u;
    int64_t i;
    bool b;
    size_t index;
    switch (how) {
    case 't':
        return yaml_text(node, "a title", 8, &text, &fault);
    case 'u':
        return yaml_u64(node, "a count", 1, 100, &u, &fault);
    case 'i':
        return yaml_i64(node, "an amount", &i, &fault);
    case 'b':
        return yaml_bool(node, "a switch", &b, &fault);
    case 'd':
        return yaml_time(node, "a start", &i, &fault);
    case 'l':
        return yaml_length(node, "a pace", &i, &fault);
    case 'm':
        return yaml_expect(node, YAML_MAP, "groups", &fault);
    default:
        return yaml_word(node, "silence", words, &index, &fault);
    }
}

static void a_value_that_does_not_fit_says_what_was_expected(void **state)
{
    (void)state;
    static const struct {
        char how;
        const char *text;
        const char *fault; /* NULL: it fits. */
    } rows[] = {
        {'t', "short", NULL},
        {'t', "\"\"", NULL},
        {'t', "123", NULL},
        {'t', "[a]", "expected a title, a text, found a list"},
        {'t', "much too long", "expected a title, at most 8 bytes, found 13"},
        {'u', "100", NULL},
        {'u', "101", "expected a count, a whole number from 1 to 100, found \"101\""},
        {'u', "007", "expected a count, a whole number from 1 to 100, found \"007\""},
        {'u', "\"7\"", "expected a count, a whole number from 1 to 100, found \"7\""},
        {'u', "99999999999999999999",
         "expected a count, a whole number from 1 to 100, found \"99999999999999999999\""},
        {'u', "1.5", "expected a count, a whole number from 1 to 100, found \"1.5\""},
        {'i', "-9223372036854775808", NULL},
        {'i', "9223372036854775808",
         "expected an amount, a whole number, found \"9223372036854775808\""},
        {'i', "-0", "expected an amount, a whole number, found \"-0\""},
        {'i', "{a: 1}", "expected an amount, a whole number, found a map"},
        {'b', "yes", NULL},
        {'b', "maybe", "expected a switch, yes or no, found \"maybe\""},
        {'d', "2016-04-22", NULL},
        {'d', "2016-02-30",
         "expected a start, a date such as 2016-04-22 or 2016-04-22T12:30Z, "
         "found \"2016-02-30\""},
        {'l', "30 days", NULL},
        {'l', "30 moons",
         "expected a pace, a length such as 250ms, 72h or 30 days, found \"30 moons\""},
        {'m', "[]", "expected groups, a map, found a list"},
        {'w', "no", NULL},
        {'w', "perhaps", "expected silence, ignore, no or yes, found \"perhaps\""},
        {'w', "\"a\\e[2Jb\"", "expected silence, ignore, no or yes, found \"a\\x1b[2Jb\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct yaml_node *node = parsed(rows[i].text);
        char expected[FAULT_TEXT_MAX] = "a.yaml:1:1: ";
        enum comity_error error = read_as(rows[i].how, node);
        assert_int_equal(error, rows[i].fault == NULL ? COMITY_OK : COMITY_INVALID);
        if (rows[i].fault != NULL) {
            strcat(expected, rows[i].fault);
            assert_string_equal(fault.text, expected);
        }
    }
}

static void a_missing_file_is_not_found(void **state)
{
    (void)state;
    struct yaml_node *root;
    assert_int_equal(yaml_read("/nonexistent/x.yaml", &arena, &root, &fault), COMITY_NOT_FOUND);
    assert_string_equal(fault.text, "/nonexistent/x.yaml: cannot be opened");
    assert_int_equal(yaml_read("/", &arena, &root, &fault), COMITY_IO);
}

/* Whatever the bytes, the answer is a tree or an error. */
static void no_flipped_bit_crashes_the_reader(void **state)
{
    (void)state;
    char text[] = "a: {b: [1, \"x\\u00e9\", 'y'], c: |\n    text\n  }\nd: >-\n  folded\n# end\n";
    size_t size = sizeof text - 1;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        struct yaml_node *root;
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << (bit % 8));
        enum comity_error error = yaml_parse("a", bytes_of(text, size), &arena, &root, &fault);
        assert_true(error == COMITY_OK || error == COMITY_INVALID);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << (bit % 8));
        arena_reset(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(a_tree_knows_where_each_value_stands),
        T(what_means_something_else_than_it_shows_is_refused),
        T(depth_size_and_keys_have_limits),
        T(a_key_nobody_asked_for_is_an_error),
        T(a_value_that_does_not_fit_says_what_was_expected),
        T(a_missing_file_is_not_found),
        T(no_flipped_bit_crashes_the_reader),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
