/* SPDX-License-Identifier: Apache-2.0 */
/* The edge cases of RULES.md section 4 that concern the sentence and the verdict, with their
 * numbers. */
#include "fixture.h"

#include "rules/verdict.h"

static const char *const names[] = {"CHN", "FRA", "RUS", "GBR", "USA", "DZA", "GUY", "PAK",
                                    "PAN", "KOR", "SLE", "SVN", "DNK", "GRC", "SOM"};

enum when { WHEN_RUNNING, WHEN_CLOSED, WHEN_HARD_LIMIT };

struct body {
    const char *rule;
    const char *quorum_decide; /* NULL: none. */
    enum rule_silence silence;
    bool absent_blocks;
    bool revise;
};

struct row {
    const char *name; /* The claim. */
    const struct body *body;
    const char *answers;
    enum when when;
    enum verdict verdict;
    const char *line;
};

static void settle(struct arena *arena, const struct rule_roster *roster, const struct row *row,
                   struct verdict_result *ret_result)
{
    uint8_t answers[SEATS_MAX] = {0};
    uint8_t open[SEATS_MAX];
    struct rule_settings settings = {
        .rule = must_parse(arena, row->body->rule, roster),
        .silence = row->body->silence,
        .absent_blocks = row->body->absent_blocks,
        .revise_until_close = row->body->revise,
    };
    if (row->body->quorum_decide != NULL)
        settings.quorum_decide = must_parse(arena, row->body->quorum_decide, roster);
    assert_int_equal(answers_of(row->answers, answers), roster->seats_count);
    verdict_open_answers(&settings, roster, answers, open);
    struct verdict_question question = {.answers = answers,
                                        .open = open,
                                        .seat_names = names,
                                        .closed = row->when == WHEN_CLOSED,
                                        .hard_limit = row->when == WHEN_HARD_LIMIT};
    verdict_settle(&settings, roster, &question, ret_result);
}

static void check_all(const struct rule_roster *roster, const struct row *rows, size_t count)
{
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < count; i++) {
        struct verdict_result result;
        settle(&arena, roster, &rows[i], &result);
        if (result.verdict != rows[i].verdict || strcmp(result.line, rows[i].line) != 0)
            fail_msg("%s: %s", rows[i].name, result.line);
        assert_int_equal(result.can_change, result.verdict == VERDICT_OPEN);
    }
    arena_free(&arena);
}

static const struct body simple = {.rule = "yes > 1/2 of voting", .revise = true};
static const struct body two_thirds = {.rule = "yes >= 2/3 of voting"};
static const struct body two_thirds_present = {.rule = "yes >= 2/3 of present"};
static const struct body majority_quorum = {.rule = "yes > 1/2 of voting",
                                            .quorum_decide = "present > 1/2 of members"};

static void an_assembly_of_ten_decides_by_those_voting(void **state)
{
    static const struct row rows[] = {
        {"1: a tie is no majority", &simple, "yyyyynnnnn", WHEN_CLOSED, VERDICT_REJECTED,
         "rejected: 5 yes, 6 of 10 needed (more than 1/2 of voting)"},
        {"1: five to four", &simple, "yyyyynnnna", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: 5 yes, 5 of 9 needed (more than 1/2 of voting)"},
        {"1: all abstain", &simple, "aaaaaaaaaa", WHEN_CLOSED, VERDICT_REJECTED,
         "rejected: nobody counts as voting"},
        {"1: nobody present", &simple, "----------", WHEN_CLOSED, VERDICT_INQUORATE,
         "inquorate: nobody is present"},
        {"1: nobody can come", &simple, "----------", WHEN_RUNNING, VERDICT_INQUORATE,
         "inquorate: nobody is present"},
        {"1: somebody may come", &simple, "uu--------", WHEN_RUNNING, VERDICT_OPEN,
         "open: nobody counts as voting; "
         "no quorum yet: nobody is present; waiting for CHN, FRA"},
        {"2: of those voting", &two_thirds, "yynaaaaaaa", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: 2 yes, 2 of 3 needed (2/3 of voting)"},
        {"2: of those present", &two_thirds_present, "yynaaaaaaa", WHEN_CLOSED, VERDICT_REJECTED,
         "rejected: 2 yes, 7 of 10 needed (2/3 of present)"},
        {"all answered, but any may revise", &simple, "yyyyyyyyyy", WHEN_RUNNING, VERDICT_OPEN,
         "open: 10 yes, 6 of 10 needed (more than 1/2 of voting)"},
        {"all that matters is answered for good", &two_thirds, "yyyyyyysss", WHEN_RUNNING,
         VERDICT_ADOPTED, "adopted: 7 yes, 5 of 7 needed (2/3 of voting)"},
        {"17: a pass left at the close is silent", &two_thirds, "yysnssssss", WHEN_CLOSED,
         VERDICT_ADOPTED, "adopted: 2 yes, 2 of 3 needed (2/3 of voting)"},
        {"a quorum that is missed", &majority_quorum, "yyyyy-----", WHEN_CLOSED, VERDICT_INQUORATE,
         "inquorate: 5 present, 6 of 10 needed (more than 1/2 of members)"},
        {"a quorum that one may still bring", &majority_quorum, "yyyyy----u", WHEN_RUNNING,
         VERDICT_OPEN,
         "open: 5 yes, 3 of 5 needed (more than 1/2 of voting); "
         "no quorum yet: 5 present, 6 of 10 needed "
         "(more than 1/2 of members); waiting for KOR"},
        {"an unreachable seat does not stop a majority", &majority_quorum, "yyyyyynnnu",
         WHEN_CLOSED, VERDICT_ADOPTED, "adopted: 6 yes, 5 of 9 needed (more than 1/2 of voting)"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 10);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

static const struct body substantive = {.rule = "yes >= 9 and no in P5 = 0"};
static const struct body substantive_revised = {.rule = "yes >= 9 and no in P5 = 0",
                                                .revise = true};
static const struct body procedural = {.rule = "yes >= 9"};

static void the_security_council_counts_nine_and_five(void **state)
{
    static const struct row rows[] = {
        {"12: all P5 abstain", &substantive, "aaaaayyyyyyyyya", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: 9 of the 9 yes needed; no veto"},
        {"12: a veto is named", &substantive, "yynyyyyyyyyyyyy", WHEN_CLOSED, VERDICT_REJECTED,
         "rejected: 14 yes, 9 needed; veto by RUS"},
        {"12: too few", &substantive, "yyyyyyyyaaaaaaa", WHEN_CLOSED, VERDICT_REJECTED,
         "rejected: 8 of the 9 yes needed"},
        {"12: procedural", &procedural, "yynyyyyyyynnnnn", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: 9 of the 9 yes needed"},
        {"12: eight to one is too few, not a veto", &substantive, "yynyyyyyyssssss", WHEN_CLOSED,
         VERDICT_REJECTED, "rejected: 8 of the 9 yes needed"},
        {"13: nine yes, a P5 silent", &substantive, "yyysyyyyyynnnnn", WHEN_RUNNING, VERDICT_OPEN,
         "open: 9 of the 9 yes needed; no veto; waiting for GBR"},
        {"13: nine yes, others silent", &substantive, "yyyyyyyyyssssss", WHEN_RUNNING,
         VERDICT_ADOPTED, "adopted: 9 of the 9 yes needed; no veto"},
        {"13: a P5 no is final", &substantive, "yynyyyyyyyssssy", WHEN_RUNNING, VERDICT_REJECTED,
         "rejected: 10 yes, 9 needed; veto by RUS"},
        {"13: unless it may be revised", &substantive_revised, "yynyyyyyyyyyyyy", WHEN_RUNNING,
         VERDICT_OPEN, "open: 14 yes, 9 needed; veto by RUS"},
        {"14: abstention does not lower nine", &procedural, "yyyyyyyyaaaaaaa", WHEN_RUNNING,
         VERDICT_REJECTED, "rejected: 8 of the 9 yes needed"},
        {"20: an objection at the deadline counts", &substantive, "yyyyoyyyyyyyyyy", WHEN_CLOSED,
         VERDICT_REJECTED, "rejected: 14 yes, 9 needed; veto by USA"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 15);
    roster_add_group(&roster, "P5", 0, 5);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

static const struct body wto = {.rule = "objections = 0",
                                .quorum_decide = "present > 1/2 of members"};
static const struct body nato = {
    .rule = "objections = 0", .silence = RULE_SILENCE_YES, .absent_blocks = true};
static const struct body everybody = {.rule = "yes = all members"};
static const struct body by_silence = {.rule = "yes >= 2/3 of members",
                                       .silence = RULE_SILENCE_YES};
static const struct body silence_is_no = {.rule = "yes > 1/2 of voting",
                                          .silence = RULE_SILENCE_NO};

static const struct body all_cast = {.rule = "cast = all members", .silence = RULE_SILENCE_NO};
static const struct body odd_quorum = {.rule = "yes = all members", .quorum_decide = "members = 6"};

static void consensus_waits_for_who_has_not_heard_and_lapses(void **state)
{
    static const struct row rows[] = {
        {"21: WTO: absence cannot block", &wto, "yyyss-", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: no objection"},
        {"21: WTO: an objection does", &wto, "yyoss-", WHEN_CLOSED, VERDICT_REJECTED,
         "rejected: objection by RUS"},
        {"21: WTO: while seats may object", &wto, "yyyss-", WHEN_RUNNING, VERDICT_OPEN,
         "open: no objection; waiting for GBR, USA"},
        {"21: NATO: absence cannot be ignored", &nato, "yyyss-", WHEN_CLOSED, VERDICT_OPEN,
         "open: no objection; waiting for DZA"},
        {"21: NATO: nor at the end", &nato, "yyyss-", WHEN_HARD_LIMIT, VERDICT_LAPSED,
         "lapsed: no answer from DZA"},
        {"21: NATO: silence broken", &nato, "yyyso-", WHEN_RUNNING, VERDICT_REJECTED,
         "rejected: objection by USA"},
        {"21: NATO: silence kept", &nato, "ssssss", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: no objection"},
        {"20: no receipt, after the close", &wto, "yyyssu", WHEN_CLOSED, VERDICT_OPEN,
         "open: no objection; waiting for DZA"},
        {"20: no receipt, at the hard limit", &wto, "yyyssu", WHEN_HARD_LIMIT, VERDICT_LAPSED,
         "lapsed: no answer from DZA"},
        {"20: not joined, unanimity", &everybody, "yyyyyu", WHEN_CLOSED, VERDICT_OPEN,
         "open: 5 yes, all 6 needed (all members); waiting for DZA"},
        {"20: not joined, unanimity, hard limit", &everybody, "yyyyyu", WHEN_HARD_LIMIT,
         VERDICT_LAPSED, "lapsed: no answer from DZA"},
        {"20: not joined, but refused by another", &everybody, "yyyyau", WHEN_CLOSED,
         VERDICT_REJECTED, "rejected: 4 yes, all 6 needed (all members)"},
        {"silence is consent of those who heard", &by_silence, "yyssnn", WHEN_CLOSED,
         VERDICT_ADOPTED, "adopted: 4 yes, 4 of 6 needed (2/3 of members)"},
        {"silence is not shown as consent before", &by_silence, "yyssns", WHEN_RUNNING,
         VERDICT_OPEN, "open: 2 yes, 4 of 6 needed (2/3 of members); waiting for RUS, GBR, DZA"},
        {"silence without receipt is no consent", &by_silence, "yysunn", WHEN_CLOSED, VERDICT_OPEN,
         "open: 3 yes, 4 of 6 needed (2/3 of members); waiting for GBR"},
        {"silence as consent, without those it does not need", &by_silence, "yyssun", WHEN_CLOSED,
         VERDICT_ADOPTED, "adopted: 4 yes, 4 of 6 needed (2/3 of members)"},
        {"silence counts as no", &silence_is_no, "yyysss", WHEN_CLOSED, VERDICT_REJECTED,
         "rejected: 3 yes, 4 of 6 needed (more than 1/2 of voting)"},
        {"silence as no is no silence at the close", &all_cast, "ssssss", WHEN_RUNNING,
         VERDICT_ADOPTED, "adopted: 6 cast, all 6 needed (all members)"},
        {"whatever the quorum says, somebody must come", &odd_quorum, "u-----", WHEN_RUNNING,
         VERDICT_OPEN,
         "open: 0 yes, all 6 needed (all members); "
         "no quorum yet: nobody is present; waiting for CHN"},
        {"and if nobody does, it is inquorate", &odd_quorum, "u-----", WHEN_CLOSED,
         VERDICT_INQUORATE, "inquorate: nobody is present"},
        {"silence as no may still become a yes", &silence_is_no, "yyysss", WHEN_RUNNING,
         VERDICT_OPEN,
         "open: 3 yes, 2 of 3 needed (more than 1/2 of voting); waiting for GBR, USA, DZA"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 6);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

/* 16: four of five governors with 40 % of the votes. */
static void governors_without_their_votes_are_no_quorum(void **state)
{
    static const uint64_t votes[] = {100, 100, 100, 100, 600};
    static const struct body imf = {
        .rule = "yes by votes > 1/2 of voting",
        .quorum_decide = "present > 1/2 of members and present by votes >= 2/3 of members"};
    static const struct row rows[] = {
        {"16: 4 of 5 governors", &imf, "yyyy-", WHEN_CLOSED, VERDICT_INQUORATE,
         "inquorate: present by votes: 400, 667 of 1000 needed (2/3 of members)"},
        {"16: 3 of 5 governors", &imf, "yn--y", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: yes by votes: 700, 401 of 800 needed (more than 1/2 of voting)"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 5);
    roster_add_weight(&roster, "votes", votes);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

/* 15: three large ones against and half of the people behind it. */
static void three_cannot_block_the_council_but_four_can(void **state)
{
    static const uint64_t people[27] = {200, 150, 150, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25,
                                        25,  25,  25,  20, 20, 20, 20, 10, 10, 10, 10, 5,  25};
    static const struct body council = {.rule =
                                            "yes >= 55% of members and "
                                            "(yes by population >= 65% of members or not-yes < 4)"};
    static const struct row rows[] = {
        {"15: three", &council, "nnnyyyyyyyyyyyyyyyyyyyyyyyy", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: 24 yes, 15 of 27 needed (55% of members); 3 not-yes, fewer than 4 allowed"},
        {"15: a fourth no", &council, "nnnyyyyyyyyyyyyyyyyyyyyyyny", WHEN_CLOSED, VERDICT_REJECTED,
         "rejected: yes by population: 495, 650 of 1000 needed (65% of members) or 4 not-yes, "
         "fewer than 4 allowed"},
        {"15: a fourth abstention", &council, "nnnyyyyyyyyyyyyyyyyyyyyyyay", WHEN_CLOSED,
         VERDICT_REJECTED,
         "rejected: yes by population: 495, 650 of 1000 needed (65% of members) or 4 not-yes, "
         "fewer than 4 allowed"},
    };
    struct rule_roster roster;
    uint64_t sum = 0;
    (void)state;
    for (size_t i = 0; i < 27; i++)
        sum += people[i];
    assert_int_equal(sum, 1000);
    roster_of(&roster, 27);
    roster_add_weight(&roster, "population", people);
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

/* 28: the first seat is the chair: it neither answers nor holds up anything. */
static void a_chair_that_is_no_member_holds_up_nothing(void **state)
{
    static const struct row rows[] = {
        {"28: unreachable chair", &wto, "uyyyyy", WHEN_CLOSED, VERDICT_ADOPTED,
         "adopted: no objection"},
        {"28: the chair's objection", &wto, "oyyyyy", WHEN_RUNNING, VERDICT_ADOPTED,
         "adopted: no objection"},
        {"28: unreachable chair and member", &wto, "uyyyyu", WHEN_HARD_LIMIT, VERDICT_LAPSED,
         "lapsed: no answer from DZA"},
        {"28: only the chair is there", &wto, "s-----", WHEN_CLOSED, VERDICT_INQUORATE,
         "inquorate: nobody is present"},
    };
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 6);
    roster.members.bits[0] &= ~(uint64_t)1;
    check_all(&roster, rows, sizeof rows / sizeof *rows);
}

/* 5: raw amounts decide; 6: other weights are another roster, and another verdict. */
static void raw_amounts_decide_not_rounded_percentages(void **state)
{
    static const uint64_t raw[] = {54999, 45001};
    static const uint64_t later[] = {55000, 45000};
    static const struct body paris = {.rule = "yes by ghg >= 55% of members"};
    static const struct row before = {
        "5: 54.999 %, published as 55.0",
        &paris,
        "ya",
        WHEN_CLOSED,
        VERDICT_REJECTED,
        "rejected: yes by ghg: 54999, 55000 of 100000 needed (55% of members)"};
    static const struct row after = {
        "6: with other weights",
        &paris,
        "ya",
        WHEN_CLOSED,
        VERDICT_ADOPTED,
        "adopted: yes by ghg: 55000, 55000 of 100000 needed (55% of members)"};
    struct rule_roster roster;
    (void)state;
    roster_of(&roster, 2);
    roster_add_weight(&roster, "ghg", raw);
    check_all(&roster, &before, 1);
    roster.weights[0].values = later;
    check_all(&roster, &after, 1);
}

static void who_has_not_answered_is_told_from_who_is_waited_for(void **state)
{
    static const struct row running = {"", &two_thirds, "yns-ua", WHEN_RUNNING, VERDICT_OPEN, ""};
    static const struct row closed = {"", &two_thirds, "yns-ua", WHEN_CLOSED, VERDICT_OPEN, ""};
    struct rule_roster roster;
    struct arena arena;
    struct verdict_result result;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 6);
    settle(&arena, &roster, &running, &result);
    assert_int_equal(result.verdict, VERDICT_OPEN);
    assert_true(result.can_change);
    assert_int_equal(result.unanswered.bits[0], 0x1C);
    assert_int_equal(result.waiting.bits[0], 0x14);
    assert_false(result.holds);
    settle(&arena, &roster, &closed, &result);
    assert_int_equal(result.verdict, VERDICT_REJECTED);
    assert_int_equal(result.unanswered.bits[0], 0x1C);
    assert_int_equal(result.waiting.bits[0], 0);
    arena_free(&arena);
}

static void only_a_rule_one_objection_stops_is_consensus(void **state)
{
    static const struct {
        const char *rule;
        bool consensus;
    } rows[] = {
        {"objections = 0", true},     {"yes = all members", true},
        {"yes >= all members", true}, {"yes >= 6", true},
        {"yes >= 5", false},          {"yes > 1/2 of voting", false},
        {"yes = all voting", true},   {"no = 0 and yes >= 2", true},
        {"no in G = 0", false},       {"yes >= 9", false},
        {"not objections > 0", true}, {"not-yes <= 1", false},
        {"yes >= 0", false},          {"objections = 0 or yes >= 5", false},
    };
    struct rule_roster roster;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 6);
    roster_add_group(&roster, "G", 0, 3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct rule *rule = must_parse(&arena, rows[i].rule, &roster);
        if (rule_is_consensus(rule, &roster) != rows[i].consensus)
            fail_msg("%s", rows[i].rule);
    }
    arena_free(&arena);
}

static void a_meeting_opens_with_its_quorum(void **state)
{
    struct rule_roster roster;
    struct arena arena;
    struct rule_outcome outcome;
    uint8_t answers[SEATS_MAX];
    (void)state;
    arena_init(&arena, 0);
    roster_of(&roster, 9);
    struct rule_settings settings = {.rule = must_parse(&arena, "yes >= 1", &roster)};
    answers_of("ss-------", answers);
    assert_true(verdict_may_open(&settings, &roster, answers, &outcome));
    assert_string_equal(outcome.line, "no quorum is required");
    settings.quorum_open = must_parse(&arena, "present >= 1/3 of members", &roster);
    assert_false(verdict_may_open(&settings, &roster, answers, &outcome));
    assert_string_equal(outcome.line, "2 present, 3 of 9 needed (1/3 of members)");
    answers_of("sys------", answers);
    assert_true(verdict_may_open(&settings, &roster, answers, &outcome));
    answers_of("---uuu---", answers);
    assert_false(verdict_may_open(&settings, &roster, answers, &outcome));
    assert_string_equal(outcome.line, "nobody is present");
    arena_free(&arena);
}

/* Whatever is answered next, a verdict once given stays, and every close ends in one. */
static void a_verdict_once_given_is_never_taken_back(void **state)
{
    uint64_t random = random_seed(3);
    struct arena arena;
    uint32_t early = 0;
    (void)state;
    arena_init(&arena, 0);
    for (int round = 0; round < 4000; round++) {
        struct rule_roster roster;
        uint8_t answers[SEATS_MAX], open[SEATS_MAX];
        char text[512];
        struct text out;
        struct verdict_result result;
        enum verdict given = VERDICT_OPEN;
        arena_reset(&arena);
        roster_of(&roster, 1 + random_below(&random, 6));
        text_init(&out, text, sizeof text);
        random_rule(&random, &roster, 2, &out);
        struct rule_settings settings = {.rule = must_parse(&arena, text, &roster),
                                         .silence = (enum rule_silence)random_below(&random, 3),
                                         .absent_blocks = random_below(&random, 4) == 0,
                                         .revise_until_close = random_below(&random, 4) == 0};
        if (random_below(&random, 2) == 0)
            settings.quorum_decide = must_parse(&arena, "present > 1/2 of members", &roster);
        for (uint32_t seat = 0; seat < roster.seats_count; seat++)
            answers[seat] = (uint8_t)answer_of("sssssu-"[random_below(&random, 7)]);
        struct verdict_question question = {.answers = answers, .open = open};
        for (int step = 0; step < 16; step++) {
            question.closed = step >= 14;
            question.hard_limit = step == 15;
            verdict_open_answers(&settings, &roster, answers, open);
            uint32_t seat = random_below(&random, roster.seats_count);
            uint32_t answer = random_below(&random, ANSWERS_COUNT);
            if (!question.closed && (open[seat] >> answer & 1) != 0)
                answers[seat] = (uint8_t)answer;
            verdict_open_answers(&settings, &roster, answers, open);
            verdict_settle(&settings, &roster, &question, &result);
            assert_int_equal(verdict_decide(&settings, &roster, &question), result.verdict);
            if (given != VERDICT_OPEN && result.verdict != given)
                fail_msg("round %d, step %d, %s: %s", round, step, text, result.line);
            early += step < 14 && given == VERDICT_OPEN && result.verdict != VERDICT_OPEN;
            given = result.verdict;
        }
        assert_int_not_equal(given, VERDICT_OPEN);
    }
    print_message("%u decided early\n", early);
    assert_true(early > 500);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_assembly_of_ten_decides_by_those_voting),
        cmocka_unit_test(the_security_council_counts_nine_and_five),
        cmocka_unit_test(consensus_waits_for_who_has_not_heard_and_lapses),
        cmocka_unit_test(governors_without_their_votes_are_no_quorum),
        cmocka_unit_test(three_cannot_block_the_council_but_four_can),
        cmocka_unit_test(a_chair_that_is_no_member_holds_up_nothing),
        cmocka_unit_test(raw_amounts_decide_not_rounded_percentages),
        cmocka_unit_test(who_has_not_answered_is_told_from_who_is_waited_for),
        cmocka_unit_test(only_a_rule_one_objection_stops_is_consensus),
        cmocka_unit_test(a_meeting_opens_with_its_quorum),
        cmocka_unit_test(a_verdict_once_given_is_never_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
