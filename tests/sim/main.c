/* SPDX-License-Identifier: Apache-2.0 */
/* sim: drives many Comity orderers through seeded faults in virtual time. One seed and one
 * commit replay any run. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/run.h"

struct options {
    uint64_t first, last;
    uint32_t n;
    uint32_t faults;
    int profile; /* -1: by the seed. */
    bool trace, minimize, replay, twins, first_only;
    uint32_t stride;
};

static int usage(void)
{
    fputs("usage: sim [--seeds A..B|N] [--n 1..64] [--profile NAME] [--faults MASK] [--trace]\n"
          "           [--minimize] [--replay] [--first] [--twins [STRIDE]]\n"
          "profiles: calm lossy partition crash sleep clock byzantine twins mixed quorum long\n"
          "--replay runs each seed twice and compares the traces; --first stops at a failure;\n"
          "--twins runs the exhaustive scenarios of four orderers and three views.\n",
          stderr);
    return 2;
}

static void plan_of(const struct options *options, uint64_t seed, struct sim_plan *ret_plan)
{
    /* Long runs, the last profile, are asked for by name. */
    enum sim_profile profile = (enum sim_profile)(seed % PROFILE_LONG);
    if (options->profile >= 0)
        profile = (enum sim_profile)options->profile;
    sim_plan_draw(ret_plan, seed, profile, options->n, options->faults);
}

static bool parse_seeds(const char *text, struct options *options)
{
    char *end = NULL;
    options->first = strtoull(text, &end, 10);
    if (end == text)
        return false;
    options->last = options->first;
    if (*end == '\0') { /* A number alone: that many seeds from 1 on. */
        options->first = 1;
        return options->last >= 1;
    }
    if (end[0] != '.' || end[1] != '.')
        return false;
    options->last = strtoull(end + 2, &end, 10);
    return *end == '\0' && options->last >= options->first;
}

static bool parse_value(const char *name, const char *value, struct options *options)
{
    if (strcmp(name, "--seeds") == 0)
        return parse_seeds(value, options);
    if (strcmp(name, "--n") == 0) {
        options->n = (uint32_t)strtoul(value, NULL, 10);
        return options->n >= 1 && options->n <= SIM_ORDERERS_MAX;
    }
    if (strcmp(name, "--faults") == 0) {
        options->faults = (uint32_t)strtoul(value, NULL, 0);
        return true;
    }
    if (strcmp(name, "--profile") != 0)
        return false;
    for (int i = 0; i < PROFILES_COUNT; i++)
        if (strcmp(value, sim_profile_name((enum sim_profile)i)) == 0)
            options->profile = i;
    return options->profile >= 0;
}

static bool parse(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0) {
            options->trace = true;
        } else if (strcmp(argv[i], "--minimize") == 0) {
            options->minimize = true;
        } else if (strcmp(argv[i], "--replay") == 0) {
            options->replay = true;
        } else if (strcmp(argv[i], "--first") == 0) {
            options->first_only = true;
        } else if (strcmp(argv[i], "--twins") == 0) {
            options->twins = true;
            if (i + 1 < argc && argv[i + 1][0] != '-')
                options->stride = (uint32_t)strtoul(argv[++i], NULL, 10);
        } else if (i + 1 >= argc || !parse_value(argv[i], argv[i + 1], options)) {
            return false;
        } else {
            i++;
        }
    }
    return options->stride > 0;
}

static void command_of(const struct sim_plan *plan, const struct options *options)
{
    printf("sim --seeds %llu..%llu --profile %s", (unsigned long long)plan->seed,
           (unsigned long long)plan->seed, sim_profile_name(plan->profile));
    if (options->n > 0)
        printf(" --n %u", options->n);
    if (options->faults != FAULT_ALL)
        printf(" --faults 0x%x", options->faults);
    printf(" --trace\n");
}

/* Fewer faults and fewer orderers, as long as it fails. */
static void minimize(struct options options, const struct sim_plan *plan)
{
    struct sim_plan smaller;
    struct sim_result result;
    options.profile = (int)plan->profile;
    options.faults = plan->faults;
    for (uint32_t bit = 1; bit < FAULT_ALL; bit <<= 1) {
        struct options attempt = options;
        attempt.faults &= ~bit;
        if (attempt.faults == options.faults)
            continue;
        plan_of(&attempt, plan->seed, &smaller);
        sim_run(&smaller, false, &result);
        if (!result.passed)
            options = attempt;
    }
    for (uint32_t n = 1; n < plan->orderers_count; n++) {
        struct options attempt = options;
        attempt.n = n;
        plan_of(&attempt, plan->seed, &smaller);
        sim_run(&smaller, false, &result);
        if (result.passed)
            continue;
        options = attempt;
        break;
    }
    printf("minimized: ");
    command_of(plan, &options);
}

static bool run_seed(const struct options *options, uint64_t seed, struct sim_result *ret_result)
{
    struct sim_plan plan;
    plan_of(options, seed, &plan);
    sim_run(&plan, options->trace, ret_result);
    if (options->replay && ret_result->passed) {
        struct sim_result again;
        sim_run(&plan, false, &again);
        if (again.trace != ret_result->trace) {
            ret_result->passed = false;
            snprintf(ret_result->failure, sizeof ret_result->failure,
                     "the same seed gives another trace");
        }
    }
    if (ret_result->passed)
        return true;
    printf("seed %llu (%s, n %u, liars %u, twins %u, faults 0x%x): %s\n  ",
           (unsigned long long)seed, sim_profile_name(plan.profile), plan.orderers_count,
           plan.liars_count, plan.twins_count, plan.faults, ret_result->failure);
    command_of(&plan, options);
    if (options->minimize)
        minimize(*options, &plan);
    fflush(stdout);
    return false;
}

int main(int argc, char **argv)
{
    struct options options = {
        .first = 1, .last = 100, .faults = FAULT_ALL, .profile = -1, .stride = 1};
    struct timespec from, to;
    uint64_t passed = 0, failed = 0, steps = 0, blocks = 0, trace = 0;
    double hours = 0;
    if (!parse(argc, argv, &options))
        return usage();
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (options.twins) {
        failed = sim_twins(options.stride, options.trace, &passed);
        passed -= failed;
    }
    for (uint64_t seed = options.first; seed <= options.last && !options.twins; seed++) {
        if (failed > 0 && options.first_only)
            break;
        struct sim_result result;
        if (run_seed(&options, seed, &result))
            passed++;
        else
            failed++;
        steps += result.steps;
        blocks += result.blocks;
        trace = mix64(trace ^ result.trace);
        hours += (double)result.virtual_ms / 3600000.0;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    if (seconds < 1e-3)
        seconds = 1e-3;
    printf("%.1f seeds/s, %.2f simulated hours/s, %llu steps, %llu blocks, trace %016llx\n",
           (double)(passed + failed) / seconds, hours / seconds, (unsigned long long)steps,
           (unsigned long long)blocks, (unsigned long long)trace);
    printf("%llu passed, %llu failed\n", (unsigned long long)passed, (unsigned long long)failed);
    return failed > 0 ? 1 : 0;
}
