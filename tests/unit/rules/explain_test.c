/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static const uint64_t ones[SEATS_MAX] = {1};

static void a_rule_reads_as_one_english_sentence(void **state)
{
    static const char *const rows[][2] = {
        {"yes >= 9 and no in P5 = 0", "at least 9 yes, and no member of P5 votes no"},
        {"yes > 1/2 of voting", "more than 1/2 of those voting yes or no vote yes"},
        {"yes >= 2/3 of present", "at least 2/3 of those present vote yes"},
        {"yes >= 55 and yes by ghg >= 55% of members",
         "at least 55 yes, and the members that vote yes hold at least 55% of the ghg of the "
         "members"},
        {"yes by ghg >= 500", "the members that vote yes hold at least 500 of ghg"},
        {"no by ghg < 500", "the members that vote no hold less than 500 of ghg"},
        {"yes in P5 by ghg = all members",
         "the members in P5 that vote yes hold all of the ghg of the members in P5"},
        {"yes >= 55% of members and (yes by ghg >= 65% of members or not-yes < 4)",
         "at least 55% of the members vote yes, and (the members that vote yes hold at least 65% "
         "of the ghg of the members, or fewer than 4 members not voting yes)"},
        {"objections = 0", "nobody objects"},
        {"objections in P5 <= 0", "no member of P5 objects"},
        {"no < 1", "nobody votes no"},
        {"yes in P5 = all members", "all of the members in P5 vote yes"},
        {"not yes in P5 = all members", "not all of the members in P5 vote yes"},
        {"yes > all voting", "more than all of those voting yes or no vote yes"},
        {"yes <= 3", "at most 3 yes"},
        {"not (yes <= 3 and no = 0)", "more than 3 yes, or not exactly 0 no"},
        {"not not abstain = 3", "exactly 3 abstentions"},
        {"present >= 1/3 of members", "at least 1/3 of the members are present"},
        {"silent < 1/4 of not-yes", "less than 1/4 of those not voting yes stay silent"},
        {"cast > 4 or voting > 4 or members > 4 or silent > 4 or present > 4",
         "more than 4 ballots cast, or more than 4 yes and no votes, or more than 4 members, or "
         "more than 4 silent seats, or more than 4 seats present"},
    };
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 15);
    roster_add_group(&roster, "P5", 0, 5);
    roster_add_weight(&roster, "ghg", ones);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sentence[512];
        struct text out;
        text_init(&out, sentence, sizeof sentence);
        rule_explain(must_parse(&arena, rows[i][0], &roster), &out);
        assert_string_equal(sentence, rows[i][1]);
        text_init(&out, sentence, sizeof sentence);
        rule_explain(must_parse(&arena, rows[i][0], NULL), &out);
        assert_string_equal(sentence, rows[i][1]); /* Without a roster too. */
    }
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_reads_as_one_english_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
