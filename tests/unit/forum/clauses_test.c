/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts cut into clauses, and changed clause by clause. */
#include "room.h"

#include "forum/clauses.h"

static const char draft[] = "*Recalling* everything,\n"
                            "and more of it,\n"
                            "\n"
                            "1. Decides this;\n"
                            "   - with a detail\n"
                            "2. Calls for that\n"
                            "   and 3. is no clause of its own;\n"
                            "10. Remains seized.";

static void a_text_is_a_preamble_and_numbered_clauses(void **state)
{
    (void)state;
    struct clauses clauses;
    assert_int_equal(clauses_parse(bytes_of_text(draft), &clauses, NULL), COMITY_OK);
    assert_int_equal(clauses.count, 3);
    assert_true(
        bytes_equal(clauses.preamble, bytes_of_text("*Recalling* everything,\nand more of it,")));
    assert_true(bytes_equal(clauses.bodies[0], bytes_of_text("Decides this;\n   - with a detail")));
    assert_true(bytes_equal(clauses.bodies[2], bytes_of_text("Remains seized.")));
}

static void texts_without_clauses_or_preamble_are_texts_too(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t count;
        size_t preamble;
    } rows[] = {
        {"", 0, 0},
        {"\n\n", 0, 0},
        {"Only words.", 0, 11},
        {"1. One.", 1, 0},
        {"1. One.\n1. Two.", 2, 0},
        {"1.One.", 0, 6},
        {" 1. Indented.", 0, 13}, /* One blank stays, or it would be a clause when written anew. */
        {"\n\n \t1. Indented.\n1. One.", 1, 13},
        {"  Indented.", 0, 9},
        {"1) No.", 0, 6},
        {"1. ", 1, 0},
        {"1.", 0, 2},
        {"1234567890. Too long a number.", 0, 30},
        {"1.\tTab.", 1, 0},
        {"12", 0, 2},
        {"Year\n2016. was", 1, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clauses clauses;
        assert_int_equal(clauses_parse(bytes_of_text(rows[i].text), &clauses, NULL), COMITY_OK);
        assert_int_equal(clauses.count, rows[i].count);
        assert_int_equal(clauses.preamble.size, rows[i].preamble);
    }
}

/* Write the changed text; its size must be what was promised. */
static void change(const char *from, const struct clause_change *by, const char *expected)
{
    struct clauses clauses;
    struct fault fault = {""};
    assert_int_equal(clauses_parse(bytes_of_text(from), &clauses, NULL), COMITY_OK);
    if (clauses_change(&clauses, by, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    char text[1024];
    struct writer writer;
    writer_init(&writer, text, sizeof text - 1);
    clauses_write(&clauses, &writer);
    assert_int_equal(writer.size, clauses_size(&clauses));
    text[writer.size] = '\0';
    assert_string_equal(text, expected);
}

static void an_amended_text_is_numbered_anew(void **state)
{
    (void)state;
    const char *from = "Whereas.\n1. A\n2. B\n\n\n3. C\n";
    static const struct {
        enum amend_operation operation;
        uint32_t clause, to;
        const char *text;
        const char *expected;
    } rows[] = {
        {AMEND_ADD, 1, 0, "New", "Whereas.\n\n1. New\n\n2. A\n\n3. B\n\n4. C\n"},
        {AMEND_ADD, 4, 0, "7. New\n", "Whereas.\n\n1. A\n\n2. B\n\n3. C\n\n4. New\n"},
        {AMEND_STRIKE, 2, 0, "", "Whereas.\n\n1. A\n\n2. C\n"},
        {AMEND_PART, 2, 0, "", "Whereas.\n\n1. A\n\n2. C\n"}, /* If it is rejected. */
        {AMEND_REPLACE, 2, 0, " \xc3\x89t\xc3\xa9\n- x ",
         "Whereas.\n\n1. A\n\n2. \xc3\x89t\xc3\xa9\n- x\n\n3. C\n"},
        {AMEND_MOVE, 1, 3, "", "Whereas.\n\n1. B\n\n2. C\n\n3. A\n"},
        {AMEND_MOVE, 3, 1, "", "Whereas.\n\n1. C\n\n2. A\n\n3. B\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clause_change by = {rows[i].operation, rows[i].clause, rows[i].to,
                                   bytes_of_text(rows[i].text)};
        change(from, &by, rows[i].expected);
    }
    struct clause_change first = {AMEND_ADD, 1, 0, bytes_of_text("First.")};
    change("", &first, "1. First.\n");
    change("Whereas.", &first, "Whereas.\n\n1. First.\n");
}

static void the_amended_text_cut_again_gives_the_same_clauses(void **state)
{
    (void)state;
    struct clauses clauses;
    struct clauses again;
    assert_int_equal(clauses_parse(bytes_of_text(draft), &clauses, NULL), COMITY_OK);
    for (uint32_t i = 0; i < 20; i++) { /* Numbers of two digits, too. */
        struct clause_change by = {AMEND_ADD, 2, 0, bytes_of_text("More.")};
        assert_int_equal(clauses_change(&clauses, &by, NULL), COMITY_OK);
    }
    uint8_t text[2048];
    struct writer writer;
    writer_init(&writer, text, sizeof text);
    clauses_write(&clauses, &writer);
    assert_int_equal(writer.size, clauses_size(&clauses));
    assert_int_equal(clauses_parse(bytes_of(text, writer.size), &again, NULL), COMITY_OK);
    assert_int_equal(again.count, clauses.count);
    assert_true(bytes_equal(again.preamble, clauses.preamble));
    for (uint32_t i = 0; i < again.count; i++)
        assert_true(bytes_equal(again.bodies[i], clauses.bodies[i]));
}

static void what_is_no_change_of_one_clause_is_refused(void **state)
{
    (void)state;
    static const struct {
        enum amend_operation operation;
        uint32_t clause, to;
        const char *text;
        enum comity_error error;
    } rows[] = {
        {AMEND_ADD, 0, 0, "New", COMITY_NOT_FOUND},
        {AMEND_ADD, 4, 0, "New", COMITY_NOT_FOUND},
        {AMEND_ADD, 1, 0, "", COMITY_INVALID},
        {AMEND_ADD, 1, 0, " \n ", COMITY_INVALID},
        {AMEND_ADD, 1, 0, "One\n2. Two", COMITY_INVALID},
        {AMEND_ADD, 1, 0, "1. 2. Two", COMITY_INVALID},
        {AMEND_ADD, 1, 0, "\xff", COMITY_INVALID},
        {AMEND_STRIKE, 3, 0, "", COMITY_NOT_FOUND},
        {AMEND_PART, 3, 0, "", COMITY_NOT_FOUND},
        {AMEND_REPLACE, 3, 0, "New", COMITY_NOT_FOUND},
        {AMEND_REPLACE, 1, 0, "", COMITY_INVALID},
        {AMEND_MOVE, 1, 0, "", COMITY_NOT_FOUND},
        {AMEND_MOVE, 1, 3, "", COMITY_NOT_FOUND},
        {AMEND_MOVE, 1, 1, "", COMITY_INVALID},
        {(enum amend_operation)9, 1, 1, "", COMITY_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clauses clauses;
        struct fault fault = {""};
        assert_int_equal(clauses_parse(bytes_of_text("1. A\n2. B\n"), &clauses, NULL), COMITY_OK);
        struct clause_change by = {rows[i].operation, rows[i].clause, rows[i].to,
                                   bytes_of_text(rows[i].text)};
        assert_int_equal(clauses_change(&clauses, &by, &fault), rows[i].error);
        assert_string_not_equal(fault.text, "");
        assert_int_equal(clauses.count, 2);
        assert_true(bytes_equal(clauses.bodies[0], bytes_of_text("A")));
    }
}

static void the_last_clause_cannot_be_struck_and_a_text_is_bounded(void **state)
{
    (void)state;
    struct clauses clauses;
    struct clause_change strike = {.operation = AMEND_STRIKE, .clause = 1};
    assert_int_equal(clauses_parse(bytes_of_text("1. A"), &clauses, NULL), COMITY_OK);
    assert_int_equal(clauses_change(&clauses, &strike, NULL), COMITY_REFUSED);
    char many[(CLAUSES_MAX + 1) * 5 + 1] = "";
    for (int i = 0; i < CLAUSES_MAX; i++)
        memcpy(many + (size_t)i * 5, "1. x\n", 5);
    assert_int_equal(clauses_parse(bytes_of_text(many), &clauses, NULL), COMITY_OK);
    struct clause_change add = {AMEND_ADD, 1, 0, bytes_of_text("y")};
    assert_int_equal(clauses_change(&clauses, &add, NULL), COMITY_LIMIT);
    memcpy(many + (size_t)CLAUSES_MAX * 5, "1. x\n", 5);
    assert_int_equal(clauses_parse(bytes_of_text(many), &clauses, NULL), COMITY_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_a_preamble_and_numbered_clauses),
        cmocka_unit_test(texts_without_clauses_or_preamble_are_texts_too),
        cmocka_unit_test(an_amended_text_is_numbered_anew),
        cmocka_unit_test(the_amended_text_cut_again_gives_the_same_clauses),
        cmocka_unit_test(what_is_no_change_of_one_clause_is_refused),
        cmocka_unit_test(the_last_clause_cannot_be_struck_and_a_text_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
