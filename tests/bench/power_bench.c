/* SPDX-License-Identifier: Apache-2.0 */
/* power_bench - how long the exact voting power of every seat takes. Prints a line a rule: ms,
 * MiB of the arena, members, and the indices of the heaviest seat. Asserts nothing. */
#include <stdio.h>
#include <time.h>

#include "rules/power.h"
#include "unit/rules/weights.h"

struct body {
    const char *name;
    uint32_t members;
    const uint64_t *weights;
    const char *rule;
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void fill(struct rule_roster *roster, const struct body *body)
{
    *roster =
        (struct rule_roster){.seats_count = body->members, .groups_count = 1, .weights_count = 1};
    for (uint32_t seat = 0; seat < body->members; seat++)
        seat_set_add(&roster->members, seat);
    for (uint32_t seat = 0; seat < 5; seat++)
        seat_set_add(&roster->groups[0].seats, seat);
    (void)snprintf(roster->groups[0].name, sizeof roster->groups[0].name, "P5");
    (void)snprintf(roster->weights[0].name, sizeof roster->weights[0].name, "w");
    roster->weights[0].values = body->weights;
}

static int measure(const struct body *body)
{
    struct rule_roster roster;
    struct arena arena;
    struct fault fault = {{0}};
    const struct rule *rule;
    const struct power *power;
    char shapley[16], banzhaf[16];
    struct text out;
    arena_init(&arena, 0);
    fill(&roster, body);
    enum comity_error error = rule_parse(&arena, bytes_of_text(body->rule), &roster, &rule, &fault);
    double start = now_ms();
    if (error == COMITY_OK)
        error = rule_power(&arena, rule, &roster, &power, &fault);
    double took_ms = now_ms() - start;
    if (error != COMITY_OK) {
        printf("%-20s %8.1f ms  %s\n", body->name, took_ms, fault.text);
        arena_free(&arena);
        return 1;
    }
    text_init(&out, shapley, sizeof shapley);
    fraction_print_decimal(&power->classes[0].shapley, &out);
    text_init(&out, banzhaf, sizeof banzhaf);
    fraction_print_decimal(&power->classes[0].banzhaf, &out);
    printf("%-20s %8.1f ms %6.1f MiB  %3u members  shapley %s  banzhaf %s  %s\n", body->name,
           took_ms, (double)arena.used / (1 << 20), body->members, shapley, banzhaf, body->rule);
    arena_free(&arena);
    return 0;
}

int main(void)
{
    static uint64_t votes[190], scattered[256];
    int status = 0;
    uint32_t members = imf_votes(votes);
    for (uint32_t seat = 0; seat < 256; seat++)
        scattered[seat] = 1 + seat * 7919 % 100;
    const struct body bodies[] = {
        {"Security Council", 15, scattered, "yes >= 9 and no in P5 = 0"},
        {"EU Council", 27, eu_population,
         "yes >= 55% of members and (yes by w >= 65% of members or not-yes < 4)"},
        {"IMF, 70 %", members, votes, "yes by w >= 70% of members"},
        {"IMF, 85 %", members, votes, "yes by w >= 85% of members"},
        {"IMF, expulsion", members, votes, "yes > 1/2 of members and yes by w >= 85% of members"},
        {"256 seats", 256, scattered, "yes >= 2/3 of members and yes by w > 1/2 of members"},
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        status |= measure(&bodies[i]);
    return status;
}
