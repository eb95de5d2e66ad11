/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "rules/lint.h"

struct row {
    const char *rule;
    const char *quorum_decide;
    enum rule_silence silence;
    bool receipt;
    const char *warnings; /* Joined by " | ". */
};

static void what_an_author_did_not_mean_is_named(void **state)
{
    static const uint64_t votes[] = {10, 20, 30, 40, 0, 0, 0, 0};
    static const struct row rows[] = {
        {"yes >= 8", NULL, RULE_SILENCE_IGNORE, false, ""},
        {"yes > 1/2 of voting", "present > 1/2 of members", RULE_SILENCE_IGNORE, false, ""},
        {"yes in P5 = all members", NULL, RULE_SILENCE_IGNORE, false, ""},
        {"yes >= 9", NULL, RULE_SILENCE_IGNORE, false,
         "nobody can reach yes >= 9: there are only 8"},
        {"yes > 8", NULL, RULE_SILENCE_IGNORE, false, "nobody can reach yes > 8: there are only 8"},
        {"yes in P5 >= 6", NULL, RULE_SILENCE_IGNORE, false,
         "nobody can reach yes >= 6: there are only 5"},
        {"yes by votes >= 101", NULL, RULE_SILENCE_IGNORE, false,
         "nobody can reach yes >= 101: there are only 100"},
        {"yes >= 3/2 of members", NULL, RULE_SILENCE_IGNORE, false,
         "the share 3/2 of members is more than all of them"},
        {"yes >= 101% of voting", NULL, RULE_SILENCE_IGNORE, false,
         "the share 101% of voting is more than all of them"},
        {"yes in none >= 1", NULL, RULE_SILENCE_IGNORE, false, "no member is in the group none"},
        {"yes > all members", NULL, RULE_SILENCE_IGNORE, false,
         "no set of answers satisfies this rule"},
        {"yes >= 2 and yes < 2", NULL, RULE_SILENCE_IGNORE, false,
         "no set of answers satisfies all that is asked of yes"},
        {"yes >= 5 or no >= 1 and no = 0", NULL, RULE_SILENCE_IGNORE, false,
         "no set of answers satisfies all that is asked of no"},
        {"yes by votes > 20 and yes by votes <= 20", NULL, RULE_SILENCE_IGNORE, false,
         "no set of answers satisfies all that is asked of yes"},
        {"yes >= 2 and yes <= 2 and yes in P5 < 2", NULL, RULE_SILENCE_IGNORE, false, ""},
        {"yes >= 0", NULL, RULE_SILENCE_IGNORE, false, "every set of answers satisfies this rule"},
        {"yes > 1/2 of voting", "cast >= 4", RULE_SILENCE_IGNORE, false,
         "a quorum over ballots rewards staying away: count those present"},
        {"yes > 1/2 of voting", "present >= 2 and (members >= 1 or not voting < 3)",
         RULE_SILENCE_IGNORE, false,
         "a quorum over ballots rewards staying away: count those present"},
        {"yes > 1/2 of voting", "present >= 2 and present >= 1/2 of members", RULE_SILENCE_IGNORE,
         false, ""},
        {"yes > 1/2 of voting", "present >= 9", RULE_SILENCE_IGNORE, false,
         "nobody can reach present >= 9: there are only 8"},
        {"objections = 0", NULL, RULE_SILENCE_IGNORE, false,
         "consensus without quorum: one seat, alone in the room, adopts"},
        {"objections = 0", "present > 1/2 of members", RULE_SILENCE_IGNORE, false, ""},
        {"objections = 0", "present > 1/2 of members", RULE_SILENCE_YES, true, ""},
        {"objections = 0", "present > 1/2 of members", RULE_SILENCE_YES, false,
         "silence counts as consent, also of a seat that may never have heard"},
    };
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 8);
    roster_add_group(&roster, "P5", 0, 5);
    roster_add_group(&roster, "none", 0, 0);
    roster_add_weight(&roster, "votes", votes);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rule_warnings warnings = {0};
        char joined[1024] = "";
        struct rule_settings settings = {.rule = must_parse(&arena, rows[i].rule, &roster),
                                         .silence = rows[i].silence,
                                         .receipt_required = rows[i].receipt};
        if (rows[i].quorum_decide != NULL)
            settings.quorum_decide = must_parse(&arena, rows[i].quorum_decide, &roster);
        rule_settings_lint(&settings, &roster, &warnings);
        for (uint32_t j = 0; j < warnings.count; j++) {
            strcat(joined, j > 0 ? " | " : "");
            strcat(joined, warnings.items[j].text);
        }
        assert_string_equal(joined, rows[i].warnings);
    }
    arena_free(&arena);
}

static void a_rule_over_consents_counts_yes_alone(void **state)
{
    static const struct {
        const char *rule;
        uint32_t warnings;
    } rows[] = {{"no >= 1", 1},
                {"yes >= 2", 0},
                {"yes >= 2 and no = 0", 0},
                {"abstain >= 1 or no >= 1", 1},
                {"not-yes < 3", 0},
                {"yes = all members", 0}};
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 8);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rule_warnings warnings = {0};
        rule_consents_lint(must_parse(&arena, rows[i].rule, &roster), &roster, &warnings);
        assert_int_equal(warnings.count, rows[i].warnings);
        if (warnings.count > 0)
            assert_int_equal(warnings.items[0].kind, RULE_WARNS_NEVER);
    }
    arena_free(&arena);
}

static void more_warnings_than_fit_are_dropped(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    struct rule_warnings warnings = {0};
    char text[1024] = "yes >= 9";
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 3);
    for (int i = 0; i < 40; i++)
        strcat(text, " and yes >= 9");
    rule_lint(must_parse(&arena, text, &roster), &roster, &warnings);
    assert_int_equal(warnings.count, RULE_WARNINGS_MAX);
    arena_free(&arena);
}

static void names_a_rule_cannot_say_are_refused(void **state)
{
    static const struct {
        const char *name;
        bool valid;
    } rows[] = {
        {"P5", true},
        {"annex2", true},
        {"not-yes2", true},
        {"a", true},
        {"A_b-c", true},
        {"", false},
        {"5P", false},
        {"-a", false},
        {"a b", false},
        {"\xC3\xA9", false},
        {"yes", false},
        {"not-yes", false},
        {"members", false},
        {"and", false},
        {"all", false},
        {"abcdefghijklmnopqrstuvwxyz-1234", true},
        {"abcdefghijklmnopqrstuvwxyz-12345", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(rule_name_is_valid(bytes_of_text(rows[i].name)), rows[i].valid);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_author_did_not_mean_is_named),
        cmocka_unit_test(a_rule_over_consents_counts_yes_alone),
        cmocka_unit_test(more_warnings_than_fit_are_dropped),
        cmocka_unit_test(names_a_rule_cannot_say_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
