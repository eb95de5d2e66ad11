/* SPDX-License-Identifier: Apache-2.0 */
/* rule_bench - what one more ballot costs a rule over 195 seats (budget: 0.2 us). Prints, for
 * each rule, ns to set one answer and ask whether the rule holds, and us per rule_fate and per
 * one-shot rule_evaluate with its line; then ns per verdict of a bilateral, as a simulation asks
 * for it. Exit status 1 if a ballot is over the budget. */
#include <stdio.h>
#include <time.h>

#include "base/arena.h"
#include "rules/decide.h"
#include "rules/tally.h"
#include "rules/verdict.h"

enum { SEATS = 195, BALLOTS = 20 * 1000 * 1000, CALLS = 20 * 1000, BUDGET_NS = 200 };

static const char *const rules[] = {
    "yes > 1/2 of voting",
    "yes >= 9 and no in P5 = 0",
    "yes >= 55 and yes by ghg >= 55% of members",
    "yes >= 55% of members and (yes by ghg >= 65% of members or not-yes < 4)",
};

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void fill(struct rule_roster *roster, uint64_t *weights)
{
    *roster = (struct rule_roster){.seats_count = SEATS, .groups_count = 1, .weights_count = 1};
    for (uint32_t seat = 0; seat < SEATS; seat++) {
        seat_set_add(&roster->members, seat);
        weights[seat] = 1 + seat * 7919 % 1000;
        if (seat < 5)
            seat_set_add(&roster->groups[0].seats, seat);
    }
    snprintf(roster->groups[0].name, sizeof roster->groups[0].name, "P5");
    snprintf(roster->weights[0].name, sizeof roster->weights[0].name, "ghg");
    roster->weights[0].values = weights;
}

/* Seats answer in a scrambled order, over and over, with changing answers. */
static double ballot_ns(const struct rule *rule, const struct rule_roster *roster,
                        uint32_t *ret_held)
{
    static const uint8_t answers[] = {ANSWER_YES, ANSWER_NO,     ANSWER_YES, ANSWER_ABSTAIN,
                                      ANSWER_YES, ANSWER_OBJECT, ANSWER_YES};
    struct rule_tally tally;
    uint32_t held = 0;
    uint32_t seat = 0;
    rule_tally_init(&tally, rule, roster);
    double start = now_ns();
    for (uint32_t i = 0; i < BALLOTS; i++) {
        seat = seat + 77 < SEATS ? seat + 77 : seat + 77 - SEATS;
        rule_tally_set(&tally, seat, (enum answer)answers[i % sizeof answers]);
        held += rule_tally_holds(&tally);
    }
    *ret_held = held;
    return (now_ns() - start) / BALLOTS;
}

/* Two seats, one of which has not answered: what a simulated bilateral asks in every round. */
static void bench_bilateral(struct arena *arena)
{
    static const uint8_t answers[2] = {ANSWER_YES, ANSWER_SILENT};
    struct rule_roster roster = {.seats_count = 2};
    struct rule_settings settings = {0};
    struct verdict_result result;
    uint8_t open[2];
    uint32_t certain = 0;
    seat_set_add(&roster.members, 0);
    seat_set_add(&roster.members, 1);
    if (rule_parse(arena, bytes_of_text("yes = all members"), &roster, &settings.rule, NULL) !=
        COMITY_OK)
        return;
    verdict_open_answers(&settings, &roster, answers, open);
    struct verdict_question question = {.answers = answers, .open = open};
    double start = now_ns();
    for (int call = 0; call < 100 * CALLS; call++) {
        question.closed = call % 2 == 0;
        certain += verdict_decide(&settings, &roster, &question) != VERDICT_OPEN;
    }
    double decide_ns = (now_ns() - start) / CALLS / 100;
    start = now_ns();
    for (int call = 0; call < 10 * CALLS; call++)
        verdict_settle(&settings, &roster, &question, &result);
    printf("bilateral verdict %.0f ns, with its line %.0f ns  (%u)\n", decide_ns,
           (now_ns() - start) / CALLS / 10, certain);
}

int main(void)
{
    static struct rule_roster roster;
    static uint64_t weights[SEATS];
    uint8_t answers[SEATS_MAX];
    uint8_t open[SEATS_MAX];
    struct arena arena;
    int status = 0;
    arena_init(&arena, 0);
    fill(&roster, weights);
    for (uint32_t seat = 0; seat < SEATS_MAX; seat++) {
        answers[seat] = seat % 3 == 0 ? ANSWER_SILENT : ANSWER_YES;
        open[seat] = seat % 3 == 0 ? RULE_PRESENT : 0;
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *rule;
        struct fault fault;
        struct rule_outcome outcome;
        uint32_t held;
        uint32_t certain = 0;
        if (rule_parse(&arena, bytes_of_text(rules[i]), &roster, &rule, &fault) != COMITY_OK) {
            fprintf(stderr, "%s\n", fault.text);
            return 2;
        }
        double ns = ballot_ns(rule, &roster, &held);
        double start = now_ns();
        for (int call = 0; call < CALLS; call++)
            certain += rule_fate(rule, &roster, answers, open) != RULE_FATE_OPEN;
        double fate_us = (now_ns() - start) / CALLS / 1e3;
        start = now_ns();
        for (int call = 0; call < CALLS; call++)
            rule_evaluate(rule, &roster, answers, NULL, &outcome);
        double once_us = (now_ns() - start) / CALLS / 1e3;
        printf("ballot %.1f ns  fate %.2f us  one-shot %.2f us  seats %d  %s  (%u, %u)\n", ns,
               fate_us, once_us, SEATS, rules[i], held, certain);
        status |= ns > BUDGET_NS;
    }
    bench_bilateral(&arena);
    arena_free(&arena);
    return status;
}
