/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped charters are tests: each compiles, comes back and prints as itself. */
#include <dirent.h>

#include "made.h"

#define FORUMS COMITY_SOURCE_DIR "/configs/forums"

static const struct charter *compiled(const char *file, struct buffer *bytes)
{
    static const uint8_t nonce[16] = {1, 2, 3};
    const struct charter_options options = {.key_source = key_of_name, .nonce = nonce};
    char path[512];
    struct yaml_node *root;
    const struct charter *charter = NULL;
    (void)snprintf(path, sizeof path, FORUMS "/%s", file);
    if (yaml_read(path, &arena, &root, &fault) != COMITY_OK ||
        charter_compile(root, &options, note_warning, NULL, bytes, &fault) != COMITY_OK ||
        charter_decode(buffer_bytes(bytes), &arena, &charter, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    return charter;
}

static void every_shipped_charter_prints_as_itself(void **state)
{
    (void)state;
    DIR *directory = opendir(FORUMS);
    assert_non_null(directory);
    uint32_t count = 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (strstr(entry->d_name, ".yaml") == NULL)
            continue;
        struct buffer bytes = {0};
        struct buffer text = {0};
        struct buffer again = {0};
        struct yaml_node *root;
        arena_init(&arena, 0);
        warnings[0] = '\0';
        const struct charter *charter = compiled(entry->d_name, &bytes);
        if (strstr(warnings, "nobody can reach") != NULL || strstr(warnings, "group") != NULL)
            fail_msg("%s: %s", entry->d_name, warnings);
        assert_int_equal(charter_print(charter, &text), COMITY_OK);
        assert_int_equal(yaml_parse("printed", buffer_bytes(&text), &arena, &root, &fault),
                         COMITY_OK);
        if (charter_compile(root, NULL, NULL, NULL, &again, &fault) != COMITY_OK)
            fail_msg("%s: %s", entry->d_name, fault.text);
        assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&bytes)));
        buffer_free(&again);
        buffer_free(&text);
        buffer_free(&bytes);
        arena_free(&arena);
        count++;
    }
    (void)closedir(directory);
    assert_true(count >= 23);
}

static void a_class_is_ordered_by_its_chair_alone(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    arena_init(&arena, 0);
    const struct charter *charter = compiled("classroom.yaml", &bytes);
    assert_int_equal(charter->orderers_count, 1);
    assert_int_equal(charter->seats[charter->orderers[0]].role, SEAT_CHAIR);
    assert_int_equal(charter->grace_ms, 750);
    buffer_free(&bytes);
    arena_free(&arena);
}

static void paris_says_when_it_enters_into_force(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    arena_init(&arena, 0);
    const struct charter *charter = compiled("paris-agreement.yaml", &bytes);
    const struct charter_rule *rule = &charter->rules[0];
    assert_true(rule->has_in_force);
    assert_int_equal(rule->in_force.delay.days, 30);
    assert_int_equal(rule->in_force.late.days, 30);
    assert_int_equal(rule->exit.lock_months, 36);
    assert_int_equal(rule->exit.notice_months, 12);
    assert_int_equal(charter->clock, CLOCK_SCALED);
    assert_int_equal(charter->seats[charter_find_seat(charter, "EUU")].represents, 0);
    buffer_free(&bytes);
    arena_free(&arena);
}

/* The manual opens with a charter that can be copied from it. */
static void the_example_in_the_manual_compiles(void **state)
{
    (void)state;
    static char page[65536];
    FILE *file = fopen(COMITY_SOURCE_DIR "/docs/man/comity-charter.5", "rb");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    (void)fclose(file);
    char *start = strstr(page, ".Bd -literal\n");
    assert_non_null(start);
    start = strchr(start, '\n') + 1;
    char *end = strstr(start, ".Ed");
    assert_non_null(end);
    struct buffer bytes = {0};
    struct yaml_node *root;
    arena_init(&arena, 0);
    struct bytes example = bytes_of(start, (size_t)(end - start));
    if (yaml_parse("example", example, &arena, &root, &fault) != COMITY_OK ||
        charter_compile(root, NULL, NULL, NULL, &bytes, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    buffer_free(&bytes);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_charter_prints_as_itself),
        cmocka_unit_test(a_class_is_ordered_by_its_chair_alone),
        cmocka_unit_test(the_example_in_the_manual_compiles),
        cmocka_unit_test(paris_says_when_it_enters_into_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
