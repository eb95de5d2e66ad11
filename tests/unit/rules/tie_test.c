/* SPDX-License-Identifier: Apache-2.0 */
/* Ties: nothing is decided early that a tie could still turn, and the chair turns only what its own
 * yes would carry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "rules/verdict.h"

enum { MEMBERS = 3, CHAIR = MEMBERS, STATES = 5 /* silent yes no object abstain */ };

static const struct rule_roster roster = {.seats_count = MEMBERS + 1, .members = {{7}}};

static void answers_of(uint32_t code, uint8_t *ret_answers)
{
    for (uint32_t seat = 0; seat < MEMBERS; seat++, code /= STATES)
        ret_answers[seat] = (uint8_t)(ANSWER_SILENT + code % STATES);
    ret_answers[CHAIR] = ANSWER_NOT_MEMBER;
}

/* Every member is as it was, or as it may become. */
static bool is_completion(const uint8_t *from, const uint8_t *open, const uint8_t *to)
{
    for (uint32_t seat = 0; seat < MEMBERS; seat++) {
        if (from[seat] != to[seat] && (open[seat] & ANSWER_BIT(to[seat])) == 0)
            return false;
    }
    return true;
}

/* Returns how often the early verdict was one. */
static uint32_t check_all(const struct rule_settings *settings)
{
    uint32_t decided = 0;
    for (uint32_t code = 0; code < STATES * STATES * STATES; code++) {
        uint8_t answers[MEMBERS + 1];
        uint8_t open[MEMBERS + 1];
        uint8_t then[MEMBERS + 1];
        answers_of(code, answers);
        verdict_open_answers(settings, &roster, answers, open);
        struct verdict_question early = {.answers = answers, .open = open, .chair = CHAIR};
        enum verdict verdict = verdict_decide(settings, &roster, &early);
        if (verdict == VERDICT_OPEN)
            continue;
        decided++;
        for (uint32_t to = 0; to < STATES * STATES * STATES; to++) {
            answers_of(to, then);
            if (!is_completion(answers, open, then))
                continue;
            struct verdict_question late = {
                .answers = then, .chair = CHAIR, .closed = true, .hard_limit = true};
            if (verdict_decide(settings, &roster, &late) != verdict)
                fail_msg("%s: %u, then %u", settings->rule->text, (unsigned)code, (unsigned)to);
        }
    }
    return decided;
}

static void nothing_is_decided_that_a_tie_could_turn(void **state)
{
    static const char *const sentences[] = {"yes > 1/2 of voting", "yes >= 2/3 of voting",
                                            "yes > 1/2 of members", "objections = 0", "yes >= 2"};
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        for (uint32_t bits = 0; bits < 8; bits++) {
            struct arena arena;
            struct rule_settings settings = {.revise_until_close = (bits & 1) != 0,
                                             .tie_presiding = (bits & 2) != 0,
                                             .revote = (bits & 4) != 0};
            arena_init(&arena, 0);
            assert_int_equal(
                rule_parse(&arena, bytes_of_text(sentences[i]), &roster, &settings.rule, NULL),
                COMITY_OK);
            uint32_t decided = check_all(&settings);
            assert_true(decided > 0 || settings.revise_until_close);
            arena_free(&arena);
        }
    }
}

static const struct {
    const char *sentence;
    uint8_t answers[MEMBERS];
    enum answer casting;
    bool tied;
    enum verdict verdict;
} rows[] = {
    {"yes > 1/2 of voting", {1, 2, 4}, ANSWER_SILENT, true, VERDICT_OPEN},
    {"yes > 1/2 of voting", {1, 2, 4}, ANSWER_YES, false, VERDICT_ADOPTED},
    {"yes > 1/2 of voting", {1, 2, 4}, ANSWER_NO, false, VERDICT_REJECTED},
    {"yes > 1/2 of voting", {1, 3, 0}, ANSWER_SILENT, true, VERDICT_OPEN}, /* An objection is no. */
    {"yes > 1/2 of voting", {1, 2, 2}, ANSWER_YES, false, VERDICT_REJECTED}, /* No tie. */
    {"yes > 1/2 of voting", {4, 4, 4}, ANSWER_YES, false, VERDICT_REJECTED}, /* None to none. */
    {"yes >= 2/3 of voting", {1, 2, 4}, ANSWER_YES, false, VERDICT_ADOPTED}, /* Two of three. */
    {"yes >= 3/4 of voting", {1, 2, 4}, ANSWER_YES, false, VERDICT_REJECTED},
    {"yes > 1/2 of members", {1, 2, 4}, ANSWER_YES, false, VERDICT_REJECTED}, /* Two of four. */
    {"objections = 0", {1, 3, 4}, ANSWER_YES, false, VERDICT_REJECTED},
};

static void the_chair_turns_what_its_own_yes_would_carry(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena;
        uint8_t answers[MEMBERS + 1];
        struct rule_settings settings = {.tie_presiding = true};
        struct verdict_result result;
        memcpy(answers, rows[i].answers, MEMBERS);
        answers[CHAIR] = ANSWER_NOT_MEMBER;
        arena_init(&arena, 0);
        assert_int_equal(
            rule_parse(&arena, bytes_of_text(rows[i].sentence), &roster, &settings.rule, NULL),
            COMITY_OK);
        struct verdict_question question = {.answers = answers,
                                            .chair = CHAIR,
                                            .casting = rows[i].casting,
                                            .closed = true,
                                            .hard_limit = true};
        verdict_settle(&settings, &roster, &question, &result);
        if (result.verdict != rows[i].verdict || result.tied != rows[i].tied)
            fail_msg("row %zu: %s", i, result.line);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_decided_that_a_tie_could_turn),
        cmocka_unit_test(the_chair_turns_what_its_own_yes_would_carry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
