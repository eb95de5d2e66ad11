/* SPDX-License-Identifier: Apache-2.0 */
/* sim: drives many Comity orderers through seeded faults in virtual time. One seed and one
 * commit replay any run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/run.h"
#include "sim/workers.h"

struct options {
    uint64_t first, last;
    uint32_t n;
    uint32_t faults;
    int profile; /* -1: by the seed. */
    bool trace, replay, twins, keep_going, no_minimize;
    uint32_t stride, jobs;
    int64_t chaos_ms;                 /* At most; 0: as drawn. */
    uint8_t dropped[SIM_STRIKES_MAX]; /* By number of the strike. */
};

enum { COUNT_STEPS, COUNT_BLOCKS };

static int usage(void)
{
    fputs("usage: sim [--seeds A..B|N] [--jobs N] [--n 1..64] [--profile NAME] [--keep-going]\n"
          "           [--no-minimize] [--faults MASK] [--drop-faults LIST] [--chaos MS]\n"
          "           [--replay] [--trace]\n"
          "       sim --twins [STRIDE]\n"
          "profiles: calm lossy partition crash sleep clock byzantine twins mixed quorum long\n"
          "It stops at a failure, makes it smaller and prints the command that runs it again.\n"
          "--drop-faults 3,7-9 leaves those strikes out; --replay runs each seed twice and\n"
          "compares the traces; --twins runs the exhaustive scenarios of four orderers and three\n"
          "views.\n",
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
    if (options->chaos_ms > 0 && options->chaos_ms < ret_plan->chaos_ms)
        ret_plan->chaos_ms = options->chaos_ms;
    memcpy(ret_plan->dropped, options->dropped, sizeof ret_plan->dropped);
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
    if (strcmp(name, "--drop-faults") == 0)
        return workers_parse_list(value, options->dropped, SIM_STRIKES_MAX);
    if (strcmp(name, "--chaos") == 0) {
        options->chaos_ms = strtoll(value, NULL, 10);
        return true;
    }
    if (strcmp(name, "--jobs") == 0) {
        options->jobs = (uint32_t)strtoul(value, NULL, 10);
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
        } else if (strcmp(argv[i], "--replay") == 0) {
            options->replay = true;
        } else if (strcmp(argv[i], "--keep-going") == 0) {
            options->keep_going = true;
        } else if (strcmp(argv[i], "--no-minimize") == 0) {
            options->no_minimize = true;
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

static void print_command(const struct options *options, uint64_t seed)
{
    struct sim_plan plan;
    plan_of(options, seed, &plan);
    printf("  sim --seeds %llu..%llu --profile %s", (unsigned long long)seed,
           (unsigned long long)seed, sim_profile_name(plan.profile));
    if (options->n > 0)
        printf(" --n %u", options->n);
    if (options->faults != FAULT_ALL)
        printf(" --faults 0x%x", options->faults);
    if (options->chaos_ms > 0)
        printf(" --chaos %lld", (long long)options->chaos_ms);
    workers_print_list(stdout, " --drop-faults ", options->dropped, SIM_STRIKES_MAX);
    printf(" --trace\n");
    fflush(stdout);
}

static void run_seed(void *context, uint64_t seed, struct finding *ret_finding)
{
    const struct options *options = context;
    struct sim_plan plan;
    struct sim_result result;
    plan_of(options, seed, &plan);
    sim_run(&plan, options->trace, &result);
    if (options->replay && result.passed) {
        struct sim_result again;
        sim_run(&plan, false, &again);
        if (again.trace != result.trace) {
            result.passed = false;
            (void)snprintf(result.failure, sizeof result.failure,
                           "the same seed gives another trace");
        }
    }
    *ret_finding = (struct finding){.passed = result.passed,
                                    .trace = result.trace,
                                    .virtual_ms = result.virtual_ms,
                                    .failed_ms = result.passed ? 0 : result.virtual_ms};
    memcpy(ret_finding->failure, result.failure, sizeof result.failure);
    ret_finding->counts[COUNT_STEPS] = result.steps;
    ret_finding->counts[COUNT_BLOCKS] = result.blocks;
}

static void report(void *context, uint64_t seed, const struct finding *finding)
{
    const struct options *options = context;
    struct sim_plan plan;
    plan_of(options, seed, &plan);
    printf("seed %llu (%s, n %u, liars %u, twins %u, faults 0x%x): %s\n", (unsigned long long)seed,
           sim_profile_name(plan.profile), plan.orderers_count, plan.liars_count, plan.twins_count,
           plan.faults, finding->failure);
    print_command(options, seed);
}

static bool fails_too(struct options *options, const struct options *attempt, uint64_t seed,
                      const struct finding *failure)
{
    struct options copy = *attempt;
    struct finding finding;
    workers_try(run_seed, &copy, seed, &finding);
    if (!finding_is_same(&finding, failure))
        return false;
    *options = *attempt;
    return true;
}

/* Fewer faults, shorter, fewer orderers, as long as it fails in the same way. */
static void minimize(struct options options, uint64_t seed, const struct finding *failure)
{
    struct sim_plan plan;
    plan_of(&options, seed, &plan);
    options.profile = (int)plan.profile;
    for (uint32_t bit = 1; bit < FAULT_ALL; bit <<= 1) {
        struct options attempt = options;
        attempt.faults &= ~bit;
        if (plan.faults & bit)
            (void)fails_too(&options, &attempt, seed, failure);
    }
    for (uint32_t n = 1; n < plan.orderers_count; n++) {
        struct options attempt = options;
        attempt.n = n;
        if (fails_too(&options, &attempt, seed, failure))
            break;
    }
    for (int64_t eighths = 1; eighths < 8; eighths++) {
        struct options attempt = options;
        attempt.chaos_ms = plan.chaos_ms * eighths / 8;
        if (fails_too(&options, &attempt, seed, failure))
            break;
    }
    for (uint32_t size = SIM_STRIKES_MAX / 2; size > 0; size /= 2) {
        for (uint32_t first = 0; first < SIM_STRIKES_MAX; first += size) {
            struct options attempt = options;
            if (options.dropped[first] && size > 1)
                continue;
            memset(attempt.dropped + first, 1, size);
            (void)fails_too(&options, &attempt, seed, failure);
        }
    }
    printf("minimized:\n");
    print_command(&options, seed);
}

int main(int argc, char **argv)
{
    static struct options options = {
        .first = 1, .last = 100, .faults = FAULT_ALL, .profile = -1, .stride = 1};
    static struct workers_sum sum;
    if (!parse(argc, argv, &options))
        return usage();
    if (options.twins) {
        uint64_t count = 0;
        uint32_t failed = sim_twins(options.stride, options.trace, &count);
        printf("%llu scenarios, %u failed\n", (unsigned long long)count, failed);
        return failed > 0 ? 1 : 0;
    }
    struct workers workers = {.run = run_seed,
                              .report = report,
                              .context = &options,
                              .first = options.first,
                              .last = options.last,
                              .jobs = options.jobs,
                              .keep_going = options.keep_going,
                              .inside = options.trace};
    workers_all(&workers, &sum);
    if (sum.failed > 0 && !options.trace && !options.keep_going && !options.no_minimize)
        minimize(options, sum.first_failed, &sum.failure);
    printf("%llu steps, %llu blocks\n", (unsigned long long)sum.counts[COUNT_STEPS],
           (unsigned long long)sum.counts[COUNT_BLOCKS]);
    workers_print(&sum);
    return sum.failed > 0 ? 1 : 0;
}
