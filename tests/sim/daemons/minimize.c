/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/daemons/minimize.h"

#include <string.h>

enum { TRIES_MAX = 500 };

struct search {
    struct simd_case best;
    uint64_t seed;
    struct finding failure;
    uint32_t tries;
};

static bool still_fails(struct search *self, const struct simd_case *attempt)
{
    struct finding finding;
    struct simd_case copy = *attempt;
    if (self->tries >= TRIES_MAX)
        return false;
    self->tries++;
    workers_try(simd_run, &copy, self->seed, &finding);
    if (!finding_is_same(&finding, &self->failure))
        return false;
    self->failure = finding;
    self->best = *attempt;
    return true;
}

static void plan_of(const struct search *self, struct plan *ret_plan)
{
    plan_draw(ret_plan, self->seed, self->best.profile, &self->best.filter);
}

static bool fewer_bits(struct search *self, bool lies)
{
    bool better = false;
    for (uint32_t bit = 1; bit < (lies ? LIE_ALL : SIMD_ALL); bit <<= 1) {
        struct simd_case attempt = self->best;
        uint32_t *mask = lies ? &attempt.filter.lies : &attempt.filter.faults;
        struct plan plan;
        uint32_t used = 0;
        plan_of(self, &plan);
        for (uint32_t i = 0; i < plan.n; i++)
            used |= plan.lies[i];
        if (!(*mask & bit) || !((lies ? used : plan.faults) & bit))
            continue;
        *mask &= ~bit;
        better = still_fails(self, &attempt) || better;
    }
    return better;
}

/* Halves of the faults that are left, then quarters, and so on. */
static bool fewer_strikes(struct search *self)
{
    bool better = false;
    uint32_t numbers[SIMD_STRIKES_MAX];
    for (uint32_t pieces = 1; pieces <= SIMD_STRIKES_MAX; pieces *= 2) {
        struct plan plan;
        uint32_t count = 0;
        plan_of(self, &plan);
        for (uint32_t i = 0; i < plan.strikes_count; i++) {
            if (!plan.strikes[i].dropped && plan.strikes[i].at_ms < plan.chaos_ms)
                numbers[count++] = i;
        }
        for (uint32_t piece = 0; piece < pieces && piece < count; piece++) {
            struct simd_case attempt = self->best;
            for (uint32_t i = piece * count / pieces; i < (piece + 1) * count / pieces; i++)
                attempt.filter.dropped[numbers[i]] = 1;
            better = still_fails(self, &attempt) || better;
        }
        if (pieces >= count)
            break;
    }
    return better;
}

static bool shorter(struct search *self)
{
    bool better = false;
    for (int64_t eighths = 1; eighths < 8; eighths++) {
        struct plan plan;
        struct simd_case attempt = self->best;
        plan_of(self, &plan);
        attempt.filter.chaos_ms = plan.chaos_ms * eighths / 8;
        if (self->failure.failed_ms > 0 && self->failure.failed_ms < plan.chaos_ms && eighths == 1)
            attempt.filter.chaos_ms = self->failure.failed_ms + 1;
        better = still_fails(self, &attempt) || better;
    }
    return better;
}

static bool fewer_seats(struct search *self)
{
    struct plan plan;
    plan_of(self, &plan);
    for (uint32_t n = 1; n < plan.n; n++) {
        struct simd_case attempt = self->best;
        attempt.filter.n = n;
        if (still_fails(self, &attempt))
            return true;
    }
    return false;
}

static bool fewer_ops(struct search *self)
{
    struct plan plan;
    plan_of(self, &plan);
    for (uint32_t ops = 1; ops < plan.ops && ops < 20; ops++) {
        struct simd_case attempt = self->best;
        attempt.filter.ops = ops;
        if (still_fails(self, &attempt))
            return true;
    }
    return false;
}

void simd_minimize(const struct simd_case *self, uint64_t seed, const struct finding *failure)
{
    struct search search = {.best = *self, .seed = seed, .failure = *failure};
    struct plan plan;
    bool better = true;
    search.best.trace = false;
    if (self->sweep_n > 0)
        return; /* One crash is the least there is. */
    if (!still_fails(&search, &search.best)) {
        printf("minimizing: seed %llu does not fail in the same way again\n",
               (unsigned long long)seed);
        return;
    }
    plan_of(&search, &plan);
    search.best.profile = plan.profile; /* By name from here on. */
    while (better && search.tries < TRIES_MAX) {
        better = fewer_bits(&search, false);
        better = fewer_seats(&search) || better;
        better = shorter(&search) || better;
        better = fewer_strikes(&search) || better;
        better = fewer_bits(&search, true) || better;
        better = fewer_ops(&search) || better;
    }
    plan_of(&search, &plan);
    printf("minimized in %u runs: n %u, orderers %u, liars %u, %u ops each; %s\n", search.tries,
           plan.n, plan.orderers, plan.liars, plan.ops, search.failure.failure);
    for (uint32_t i = 0; i < plan.strikes_count; i++) {
        const struct strike *strike = &plan.strikes[i];
        if (!strike->dropped && strike->at_ms < plan.chaos_ms)
            printf("  fault %u at %.3f s: %s, seat %u, for %.3f s\n", i,
                   (double)strike->at_ms / 1000, plan_fault_name(strike->fault), strike->seat,
                   (double)strike->length_ms / 1000);
    }
    search.best.trace = true;
    simd_print_command(stdout, &search.best, seed);
}
