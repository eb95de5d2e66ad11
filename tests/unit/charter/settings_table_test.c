/* SPDX-License-Identifier: Apache-2.0 */
/* docs/rules.md has every key the compiler knows, and no other; every edge case, and every file it
 * names is there. The keys are asked of the compiler: each map with a wrong one names its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "charter/charter.h"

#define PAGE COMITY_SOURCE_DIR "/docs/rules.md"
#define HEAD "name: f\nnonce: 000102030405060708090a0b0c0d0e0f\n"
#define RULE HEAD "seats: [A]\nrules:\n  r: {sentence: yes >= 1, "

enum { KEYS_MAX = 160, KEY_MAX = 64 };

static char page[65536];
static char keys[KEYS_MAX][KEY_MAX];
static size_t keys_count;

static const struct {
    const char *prefix;
    const char *yaml;
} maps[] = {
    {"", HEAD "seats: [A]\nrules: {r: yes >= 1}\nxx: 1\n"},
    {"seats.", HEAD "seats: [{name: A, xx: 1}]\n"},
    {"rules.", RULE "xx: 1}\n"},
    {"rules.", HEAD "seats: [A]\nrules: {r: {first: [a, b], xx: 1}}\n"},
    {"rules.", HEAD "seats: [A]\nrules: {r: {class-by: a, classes: [b, c], xx: 1}}\n"},
    {"rules.quorum.", RULE "quorum: {xx: 1}}\n"},
    {"rules.closes.", RULE "closes: {xx: 1}}\n"},
    {"rules.in-force.", RULE "in-force: {when: yes >= 1, xx: 1}}\n"},
    {"rules.exit.", RULE "exit: {xx: 1}}\n"},
    {"rules.reservations.", RULE "reservations: {allowed: any, xx: 1}}\n"},
    {"rules.breach.", RULE "breach: {ruled-by: r, xx: 1}}\n"},
    {"rules.fund.", RULE "fund: {spent-by: r, issue: i, xx: 1}}\n"},
    {"clock.", HEAD "seats: [A]\nrules: {r: yes >= 1}\nclock: {xx: 1}\n"},
};

static enum comity_error key_of_name(void *context, const char *seat_name,
                                     uint8_t ret_key[KEY_SIZE])
{
    (void)context;
    struct hash hash = hash_of("test/key", bytes_of_text(seat_name));
    memcpy(ret_key, hash.bytes, KEY_SIZE);
    return COMITY_OK;
}

static bool is_key(const char *key)
{
    for (size_t i = 0; i < keys_count; i++) {
        if (strcmp(keys[i], key) == 0)
            return true;
    }
    return false;
}

static void note_keys(const char *prefix, const char *list)
{
    while (*list != '\0') {
        size_t size = strcspn(list, ", ");
        char key[KEY_MAX];
        (void)snprintf(key, sizeof key, "%s%.*s", prefix, (int)size, list);
        assert_true(keys_count < KEYS_MAX);
        if (!is_key(key))
            memcpy(keys[keys_count++], key, sizeof key);
        list += size;
        list += strspn(list, ", ");
    }
}

static void ask_the_compiler(void)
{
    const struct charter_options options = {.key_source = key_of_name};
    keys_count = 0;
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        struct arena arena;
        struct fault fault = {{0}};
        struct buffer bytes = {0};
        struct yaml_node *root = NULL;
        arena_init(&arena, 0);
        assert_int_equal(yaml_parse("c", bytes_of_text(maps[i].yaml), &arena, &root, &fault),
                         COMITY_OK);
        assert_int_equal(charter_compile(root, &options, NULL, NULL, &bytes, &fault),
                         COMITY_INVALID);
        const char *list = strstr(fault.text, "known here: ");
        if (list == NULL || strstr(fault.text, "unknown key \"xx\"") == NULL)
            fail_msg("%s%s", maps[i].prefix, fault.text);
        note_keys(maps[i].prefix, list + strlen("known here: "));
        arena_free(&arena);
    }
}

static int set_up(void **state)
{
    (void)state;
    FILE *file = fopen(PAGE, "rb");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    (void)fclose(file);
    ask_the_compiler();
    return 0;
}

static void every_key_the_compiler_knows_has_a_row(void **state)
{
    (void)state;
    assert_true(keys_count > 60);
    for (size_t i = 0; i < keys_count; i++) {
        char row[KEY_MAX + 8];
        (void)snprintf(row, sizeof row, "\n| `%.60s` | ", keys[i]);
        const char *found = strstr(page, row);
        if (found == NULL)
            fail_msg("%s is missing in docs/rules.md", keys[i]);
        if (strstr(found + 1, row) != NULL)
            fail_msg("%s is there twice", keys[i]);
        const char *end = strchr(found + 1, '\n');
        uint32_t cells = 0;
        for (const char *at = found + 1; at < end; at++)
            cells += *at == '|' ? 1 : 0;
        if (cells != 4) /* A bar inside a cell would be one more. */
            fail_msg("the row of %s has not three cells", keys[i]);
    }
}

static void every_row_is_of_a_key_the_compiler_knows(void **state)
{
    (void)state;
    uint32_t rows = 0;
    for (const char *at = strstr(page, "\n| `"); at != NULL; at = strstr(at + 1, "\n| `")) {
        char key[KEY_MAX] = "";
        size_t size = strcspn(at + 4, "`");
        assert_true(size < sizeof key);
        memcpy(key, at + 4, size);
        if (!is_key(key))
            fail_msg("docs/rules.md has a row of %s, and the compiler does not know it", key);
        rows++;
    }
    assert_int_equal(rows, keys_count);
}

static void every_edge_case_is_claimed_by_files_that_are_there(void **state)
{
    (void)state;
    for (int number = 1; number <= 29; number++) {
        char row[32];
        (void)snprintf(row, sizeof row, "\n| %d | ", number);
        const char *found = strstr(page, row);
        if (found == NULL)
            fail_msg("case %d is missing in docs/rules.md", number);
        const char *end = strchr(found + 1, '\n');
        uint32_t files = 0;
        for (const char *at = strchr(found, '`'); at != NULL && at < end; at = strchr(at, '`')) {
            char path[256];
            size_t size = strcspn(at + 1, "`");
            (void)snprintf(path, sizeof path, COMITY_SOURCE_DIR "/%.*s", (int)size, at + 1);
            if (access(path, R_OK) != 0)
                fail_msg("case %d: there is no %s", number, path);
            at += size + 2;
            files++;
        }
        assert_true(files >= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_the_compiler_knows_has_a_row),
        cmocka_unit_test(every_row_is_of_a_key_the_compiler_knows),
        cmocka_unit_test(every_edge_case_is_claimed_by_files_that_are_there),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
