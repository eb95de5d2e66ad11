/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static const uint64_t ones[SEATS_MAX] = {1};

static void forum(struct rule_roster *ret_roster)
{
    roster_of(ret_roster, 15);
    roster_add_group(ret_roster, "P5", 0, 5);
    roster_add_group(ret_roster, "annex2", 5, 5);
    roster_add_weight(ret_roster, "ghg", ones);
    roster_add_weight(ret_roster, "votes", ones);
}

/* text, canonical text */
static const char *const valid[][2] = {
    {"yes >= 9 and no in P5 = 0", NULL},
    {"yes >= 55 and yes by ghg >= 55% of members", NULL},
    {"yes by votes >= 85% of members", NULL},
    {"yes >= 55% of members and (yes by votes >= 65% of members or not-yes < 4)", NULL},
    {"objections = 0", NULL},
    {"yes in annex2 = all members", NULL},
    {"yes > 1/2 of voting", NULL},
    {"present >= 1/3 of members", NULL},
    {"yes in P5 by ghg > 4294967296/4294967296 of not-yes", NULL},
    {"silent = 18446744073709551615", NULL},
    {"abstain < 0", NULL},
    {"cast <= 0/1 of present", NULL},
    {"not yes >= 9", NULL},
    {"not not yes >= 9", NULL},
    {"not (yes >= 9 and no = 0)", NULL},
    {"(yes >= 9 or no = 0) and not (cast = 1 or cast = 2)", NULL},
    {"(yes>=9)and no in P5=0", "yes >= 9 and no in P5 = 0"},
    {"  yes\t>\n1 / 2\r\nof voting  ", "yes > 1/2 of voting"},
    {"yes by ghg >= 55 % of members", "yes by ghg >= 55% of members"},
    {"((yes >= 9))", "yes >= 9"},
    {"not (yes >= 9)", "not yes >= 9"},
    {"not (not (yes >= 9))", "not not yes >= 9"},
    {"(yes = 1 and no = 1) and (no = 2 and no = 3)", "yes = 1 and no = 1 and no = 2 and no = 3"},
    {"yes = 1 or (no = 2 or no = 3)", "yes = 1 or no = 2 or no = 3"},
    {"(yes = 1 and no = 1) or no = 2", "yes = 1 and no = 1 or no = 2"},
    {"yes = 1 and (((no = 1) or no = 2))", "yes = 1 and (no = 1 or no = 2)"},
};

static void text_to_tree_to_text_is_the_identity_on_canonical_text(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    forum(&roster);
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        const char *canonical = valid[i][1] != NULL ? valid[i][1] : valid[i][0];
        const struct rule *rule = must_parse(&arena, valid[i][0], &roster);
        const struct rule *again = must_parse(&arena, rule->text, &roster);
        const struct rule *unresolved = must_parse(&arena, valid[i][0], NULL);
        assert_string_equal(rule->text, canonical);
        assert_string_equal(again->text, canonical);
        assert_string_equal(unresolved->text, canonical);
        assert_true(rule->resolved);
        assert_false(unresolved->resolved);
    }
    arena_free(&arena);
}

/* RULES.md section 3: what institutions need a sentence for; each is canonical. */
static void the_institutions_speak_this_language(void **state)
{
    static const char *const sentences[] = {
        "yes > 1/2 of voting",                               /* General Assembly, simple. */
        "yes >= 2/3 of voting",                              /* Important questions. */
        "present >= 1/3 of members",                         /* Its quorum to open, */
        "present > 1/2 of members",                          /* and to decide. */
        "yes >= 2/3 of members and yes in P5 = all members", /* Charter amendment. */
        "yes >= 9",                                          /* Security Council. */
        "yes >= 9 and no in P5 = 0",
        "objections = 0",             /* NATO, WTO, silence procedures. */
        "yes = all members",          /* G7, the Vienna default. */
        "yes >= 3/4 of members",      /* WTO waiver. */
        "yes by votes > 1/2 of cast", /* IMF. */
        "yes by votes >= 70% of members",
        "yes > 1/2 of members and yes by votes >= 85% of members",
        "yes >= 3/5 of members and yes by votes >= 85% of members", /* World Bank. */
        "yes >= 55% of members and (yes by population >= 65% of members or not-yes < 4)",
        "no = 0",                                               /* Council, unanimity. */
        "yes >= 55 and yes by ghg >= 55% of members",           /* Paris. */
        "yes >= 55 and yes in annex1 by ghg >= 55% of members", /* Kyoto. */
        "yes in annex2 = all members",                          /* CTBT. */
        "yes >= 50",                                            /* TPNW. */
        "yes >= 7/8 of members",                                /* Rome Statute amendments. */
        "yes >= 2/3 of voting and yes in annex1 > 1/2 of voting and yes in annex2 > 1/2 of voting",
        "yes >= 3", /* A coalition of the willing. */
    };
    static const uint64_t weight[15] = {1};
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    forum(&roster);
    roster_add_group(&roster, "annex1", 0, 4);
    roster_add_weight(&roster, "population", weight);
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        assert_string_equal(must_parse(&arena, sentences[i], &roster)->text, sentences[i]);
    arena_free(&arena);
}

#define CLASSES " (yes, no, objections, abstain, silent, voting, cast, present, members or not-yes)"
#define WHAT "expected what is counted, \"not\" or \"(\", found "
#define COMPARISON "expected a comparison (>= > <= < =), found "
#define NUMBER "expected a number, a share such as 2/3, or \"all\", found "
#define BASE "expected what the share is of, found "

static const char *const invalid[][2] = {
    {"", "line 1, column 1: " WHAT "the end" CLASSES},
    {"   \n ", "line 2, column 2: " WHAT "the end" CLASSES},
    {"yse >= 9", "line 1, column 1: " WHAT "\"yse\"" CLASSES},
    {"Yes >= 9", "line 1, column 1: " WHAT "\"Yes\"" CLASSES},
    {"9 yes", "line 1, column 1: " WHAT "\"9\"" CLASSES},
    {"and", "line 1, column 1: " WHAT "\"and\"" CLASSES},
    {"not", "line 1, column 4: " WHAT "the end" CLASSES},
    {"(", "line 1, column 2: " WHAT "the end" CLASSES},
    {")", "line 1, column 1: " WHAT "\")\"" CLASSES},
    {"()", "line 1, column 2: " WHAT "\")\"" CLASSES},
    {"yes >= 9 and", "line 1, column 13: " WHAT "the end" CLASSES},
    {"yes >= 9 or or no = 0", "line 1, column 13: " WHAT "\"or\"" CLASSES},
    {"yes >= 9 and\n  nay = 0", "line 2, column 3: " WHAT "\"nay\"" CLASSES},
    {"\xE2\x89\xA5", "line 1, column 1: " WHAT "\"\xE2\x89\xA5\"" CLASSES},
    {"\xFF", "line 1, column 1: " WHAT "\"\\xff\"" CLASSES},
    {"\x01", "line 1, column 1: " WHAT "\"\\x01\"" CLASSES},
    {"yes", "line 1, column 4: " COMPARISON "the end"},
    {"yes 9", "line 1, column 5: " COMPARISON "\"9\""},
    {"yes == 9", "line 1, column 5: " COMPARISON "\"==\""},
    {"yes => 9", "line 1, column 5: " COMPARISON "\"=>\""},
    {"yes != 9", "line 1, column 5: " COMPARISON "\"!=\""},
    {"yes \xE2\x89\xA5 9", "line 1, column 5: " COMPARISON "\"\xE2\x89\xA5\""},
    {"not-yesterday < 4", "line 1, column 1: " WHAT "\"not-yesterday\"" CLASSES},
    {"yes of members", "line 1, column 5: " COMPARISON "\"of\""},
    {"yes by ghg in P5 = 1", "line 1, column 12: " COMPARISON "\"in\""},
    {"yes >=", "line 1, column 7: " NUMBER "the end"},
    {"yes >= -1", "line 1, column 8: " NUMBER "\"-\""},
    {"yes >= nine", "line 1, column 8: " NUMBER "\"nine\""},
    {"yes >= 9x", "line 1, column 8: " NUMBER "\"9x\""},
    {"yes >= no", "line 1, column 8: " NUMBER "\"no\""},
    {"yes >= %", "line 1, column 8: " NUMBER "\"%\""},
    {"yes >= 09", "line 1, column 8: expected a number without leading zeros, found \"09\""},
    {"yes >= 66.7% of voting", "line 1, column 8: expected a whole number, found \"66.7\" (write "
                               "a share as a fraction, such as 667/1000)"},
    {"yes >= 18446744073709551616", "line 1, column 8: expected a number up to "
                                    "18446744073709551615, found \"18446744073709551616\""},
    {"yes >= 4294967297% of cast", "line 1, column 8: expected a number up to 4294967296 in a "
                                   "share, found \"4294967297\""},
    {"yes >= 4294967297/2 of cast", "line 1, column 8: expected a number up to 4294967296 in a "
                                    "share, found \"4294967297\""},
    {"yes >= 1/4294967297 of cast", "line 1, column 10: expected a number up to 4294967296, "
                                    "found \"4294967297\""},
    {"yes >= 1/0 of cast", "line 1, column 10: expected a number from 1 up, found \"0\""},
    {"yes >= 1/ of cast", "line 1, column 11: expected a number after \"/\", found \"of\""},
    {"yes >= 1/2.5 of cast", "line 1, column 10: expected a whole number, found \"2.5\" (write a "
                             "share as a fraction, such as 667/1000)"},
    {"yes >= 1/2", "line 1, column 11: expected \"of\", found the end"},
    {"yes >= 55%", "line 1, column 11: expected \"of\", found the end"},
    {"yes >= 55% members", "line 1, column 12: expected \"of\", found \"members\""},
    {"yes >= 1/2 of", "line 1, column 14: " BASE "the end" CLASSES},
    {"yes >= 1/2 of seats", "line 1, column 15: " BASE "\"seats\"" CLASSES},
    {"yes >= 1/2 of P5", "line 1, column 15: " BASE "\"P5\"" CLASSES},
    {"yes = all", "line 1, column 10: expected all of what, found the end" CLASSES},
    {"yes = all P5", "line 1, column 11: expected all of what, found \"P5\"" CLASSES},
    {"yes in = 3", "line 1, column 8: expected a group's name, found \"=\""},
    {"yes in and = 3", "line 1, column 8: expected a group's name, found \"and\""},
    {"yes in yes = 3", "line 1, column 8: expected a group's name, found \"yes\""},
    {"yes in P6 = 3", "line 1, column 8: expected a group's name, found \"P6\" (known: P5, "
                      "annex2)"},
    {"yes in p5 = 3", "line 1, column 8: expected a group's name, found \"p5\" (known: P5, "
                      "annex2)"},
    {"yes in ghg = 3", "line 1, column 8: expected a group's name, found \"ghg\" (known: P5, "
                       "annex2)"},
    {"yes by money = 3", "line 1, column 8: expected a weight's name, found \"money\" (known: "
                         "ghg, votes)"},
    {"yes by 5 = 3", "line 1, column 8: expected a weight's name, found \"5\""},
    {"yes in abcdefghijklmnopqrstuvwxyz-123456 = 3",
     "line 1, column 8: expected a group's name, found \"abcdefghijklmnopqrstuvwxyz-123456\""},
    {"(yes >= 9", "line 1, column 10: expected \"and\", \"or\" or \")\", found the end"},
    {"(yes >= 9 no = 0)", "line 1, column 11: expected \"and\", \"or\" or \")\", found \"no\""},
    {"yes >= 9 no = 0", "line 1, column 10: expected \"and\", \"or\" or the end, found \"no\""},
    {"yes >= 9)", "line 1, column 9: expected \"and\", \"or\" or the end, found \")\""},
    {"yes >= 9 , no = 0", "line 1, column 10: expected \"and\", \"or\" or the end, found \",\""},
    {"yes >= 9 // as in the Charter", "line 1, column 11: expected a number after \"/\", found "
                                      "\"/\""},
    {"yes >= 9 of members", "line 1, column 10: expected \"and\", \"or\" or the end, found "
                            "\"of\""},
};

static void an_error_names_line_column_and_what_was_expected(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    forum(&roster);
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        const struct rule *rule = NULL;
        struct fault fault = {{0}};
        struct bytes text = bytes_of_text(invalid[i][0]);
        assert_int_equal(rule_parse(&arena, text, &roster, &rule, &fault), COMITY_INVALID);
        assert_string_equal(fault.text, invalid[i][1]);
        assert_null(rule);
        assert_int_equal(rule_parse(&arena, text, &roster, &rule, NULL), COMITY_INVALID);
    }
    arena_free(&arena);
}

static void a_zero_byte_is_no_end(void **state)
{
    const struct rule *rule = NULL;
    struct fault fault;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(rule_parse(&arena, bytes_of("yes = 1\0", 8), NULL, &rule, &fault),
                     COMITY_INVALID);
    assert_string_equal(fault.text, "line 1, column 8: expected \"and\", \"or\" or the end, found "
                                    "\"\\x00\"");
    arena_free(&arena);
}

static void names_are_checked_for_form_only_without_a_roster(void **state)
{
    const struct rule *rule = NULL;
    struct fault fault;
    struct arena arena;
    struct rule_roster empty;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&empty, 3);
    rule = must_parse(&arena, "yes in whoever by whatever = 3", NULL);
    assert_string_equal(rule->text, "yes in whoever by whatever = 3");
    assert_int_equal(rule_parse(&arena, bytes_of_text("yes in P5 = 3"), &empty, &rule, &fault),
                     COMITY_INVALID);
    assert_string_equal(fault.text, "line 1, column 8: expected a group's name, found \"P5\" (no "
                                    "groups are known)");
    assert_int_equal(rule_parse(&arena, bytes_of_text("yes by w = 3"), &empty, &rule, &fault),
                     COMITY_INVALID);
    assert_string_equal(fault.text, "line 1, column 8: expected a weight's name, found \"w\" (no "
                                    "weights are known)");
    arena_free(&arena);
}

static void long_words_and_long_lists_of_names_are_shortened(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    const struct rule *rule = NULL;
    struct fault fault;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 3);
    for (int i = 0; i < GROUPS_MAX; i++) {
        char name[NAME_MAX_SIZE + 1];
        (void)snprintf(name, sizeof name, "a-long-group-%d", i);
        roster_add_group(&roster, name, 0, 1);
    }
    assert_int_equal(rule_parse(&arena, bytes_of_text("yes in P5 = 3"), &roster, &rule, &fault),
                     COMITY_INVALID);
    assert_non_null(strstr(fault.text, "(known: a-long-group-0, a-long-group-1, "));
    assert_non_null(strstr(fault.text, ", ...)"));
    assert_null(strstr(fault.text, "a-long-group-31"));
    assert_int_equal(
        rule_parse(&arena,
                   bytes_of_text("onewordthatneverendsandneverendsandneverendsandneverends"),
                   &roster, &rule, &fault),
        COMITY_INVALID);
    assert_non_null(strstr(fault.text, "found \"onewordthatneverendsandneverendsandnever...\" ("));
    arena_free(&arena);
}

/* `count` times `open`, the middle, `count` times `close`. */
static char *repeated(const char *open, const char *middle, const char *close, int count)
{
    size_t size = strlen(middle) + (strlen(open) + strlen(close)) * (size_t)count + 1;
    char *text = calloc(1, size);
    assert_non_null(text);
    for (int i = 0; i < count; i++)
        strcat(text, open);
    strcat(text, middle);
    for (int i = 0; i < count; i++)
        strcat(text, close);
    return text;
}

static void depth_parts_and_length_are_limited(void **state)
{
    static const struct {
        const char *open, *middle, *close;
        int count;
        const char *fault; /* NULL: valid. */
    } rows[] = {
        {"(", "yes = 1", ")", 32, NULL},
        {"(", "yes = 1", ")", 33, "line 1, column 33: the rule is nested more than 32 deep"},
        {"not ", "yes = 1", "", 32, NULL},
        {"not ", "yes = 1", "", 33, "line 1, column 129: the rule is nested more than 32 deep"},
        {"(no = 0 or no = 1 and ", "yes = 1", ")", 32, NULL},
        {"", "yes = 1", " or no = 2", 254, NULL}, /* 255 tests and one `or`. */
        {"", "yes = 1", " or no = 2", 255, "line 1, column 2558: the rule has more than 256 parts"},
        {" ", "yes = 1", "", 4089, NULL},
        {" ", "yes = 1", "", 4090, "the rule is longer than 4096 bytes"},
        {"(yes in aaaa=1)and ", "yes=1", "", 214, "the rule is longer than 4096 bytes"},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct rule *rule = NULL;
        struct fault fault = {{0}};
        char *text = repeated(rows[i].open, rows[i].middle, rows[i].close, rows[i].count);
        enum comity_error error = rule_parse(&arena, bytes_of_text(text), NULL, &rule, &fault);
        assert_string_equal(fault.text, rows[i].fault != NULL ? rows[i].fault : "");
        assert_int_equal(error, rows[i].fault != NULL ? COMITY_LIMIT : COMITY_OK);
        if (rule != NULL)
            assert_string_equal(must_parse(&arena, rule->text, NULL)->text, rule->text);
        free(text);
    }
    arena_free(&arena);
}

static void a_full_arena_is_an_error_and_leaves_the_output_alone(void **state)
{
    int refused = 0;
    (void)state;
    for (size_t limit = 1;; limit += 16) {
        const struct rule *rule = NULL;
        struct arena arena;
        struct fault fault;
        arena_init(&arena, limit);
        enum comity_error error =
            rule_parse(&arena, bytes_of_text("yes in P5 by w = 1 and (no = 0 or not no = 1)"), NULL,
                       &rule, &fault);
        arena_free(&arena);
        if (error == COMITY_OK)
            break;
        assert_int_equal(error, COMITY_MEMORY);
        assert_string_equal(fault.text, "out of memory");
        assert_null(rule);
        refused++;
    }
    assert_true(refused > 5);
}

/* A list has two parts or more and none of its own kind; `not` has one. */
static void check_tree(const struct rule_node *node)
{
    uint32_t count = 0;
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        count++;
        assert_true(node->kind == RULE_NOT || child->kind != node->kind);
        check_tree(child);
    }
    assert_true(node->kind == RULE_TEST ? count == 0 : (count == 1) == (node->kind == RULE_NOT));
}

/* Parse; if that succeeds, the printed tree is the canonical text and parses to itself. */
static int check_random(struct arena *arena, struct bytes text, const struct rule_roster *roster)
{
    const struct rule *rule = NULL;
    struct fault fault = {{0}};
    char again[RULE_TEXT_MAX + 1];
    struct text out;
    if (rule_parse(arena, text, roster, &rule, &fault) != COMITY_OK) {
        assert_true(fault.text[0] != '\0');
        return 0;
    }
    check_tree(rule->root);
    text_init(&out, again, sizeof again);
    rule_print(must_parse(arena, rule->text, roster)->root, &out);
    assert_string_equal(again, rule->text);
    return 1;
}

static size_t random_tokens(uint64_t *random, char *ret_text, size_t capacity)
{
    static const char *const tokens[] = {"yes",
                                         "no",
                                         "objections",
                                         "abstain",
                                         "silent",
                                         "voting",
                                         "cast",
                                         "present",
                                         "members",
                                         "not-yes",
                                         "in",
                                         "by",
                                         "of",
                                         "all",
                                         "and",
                                         "or",
                                         "not",
                                         "(",
                                         ")",
                                         ">=",
                                         ">",
                                         "<=",
                                         "<",
                                         "=",
                                         "/",
                                         "%",
                                         "0",
                                         "1",
                                         "9",
                                         "2/3",
                                         "55%",
                                         "1/2 of voting",
                                         "P5",
                                         "ghg",
                                         "annex2",
                                         "yes >= 9",
                                         "no in P5 = 0",
                                         "objections = 0",
                                         "\n",
                                         "\xC3\xA9",
                                         "4294967297",
                                         "66.7",
                                         "-"};
    size_t at = 0;
    ret_text[0] = '\0';
    for (uint32_t i = random_below(random, 12); i > 0; i--) {
        at += (size_t)snprintf(ret_text + at, capacity - at, "%s%s",
                               tokens[random_below(random, sizeof tokens / sizeof *tokens)],
                               random_below(random, 8) == 0 ? "" : " ");
    }
    return at;
}

static void random_tokens_never_crash_and_print_what_they_parse(void **state)
{
    uint64_t random = random_seed(20260101);
    struct rule_roster roster;
    struct arena arena;
    int parsed = 0;
    (void)state;
    forum(&roster);
    arena_init(&arena, 0);
    for (int round = 0; round < 200000; round++) {
        char text[4096];
        size_t size;
        if (round % 2 == 0) {
            size = random_tokens(&random, text, sizeof text);
        } else {
            struct text out;
            text_init(&out, text, sizeof text);
            random_rule(&random, &roster, 4, &out);
            size = out.size;
        }
        if (round % 4 == 3 && size > 0)
            text[random_below(&random, (uint32_t)size)] = (char)random_below(&random, 256);
        parsed += check_random(&arena, bytes_of(text, size), &roster);
        if (round % 64 == 0)
            arena_reset(&arena);
    }
    print_message("%d of 200000 parsed\n", parsed);
    assert_true(parsed > 50000);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_to_tree_to_text_is_the_identity_on_canonical_text),
        cmocka_unit_test(the_institutions_speak_this_language),
        cmocka_unit_test(an_error_names_line_column_and_what_was_expected),
        cmocka_unit_test(a_zero_byte_is_no_end),
        cmocka_unit_test(names_are_checked_for_form_only_without_a_roster),
        cmocka_unit_test(long_words_and_long_lists_of_names_are_shortened),
        cmocka_unit_test(depth_parts_and_length_are_limited),
        cmocka_unit_test(a_full_arena_is_an_error_and_leaves_the_output_alone),
        cmocka_unit_test(random_tokens_never_crash_and_print_what_they_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
