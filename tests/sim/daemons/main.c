/* SPDX-License-Identifier: Apache-2.0 */
/* simd: whole Comity daemons under seeded faults in virtual time. One seed and one commit replay
 * any run. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "sim/daemons/world.h"

struct options {
    uint64_t first, last;
    uint32_t n, faults;
    const char *profile;
    bool trace, replay, first_only;
};

static char current[160]; /* The command that runs this seed again. */

static int usage(void)
{
    fputs("usage: simd [--seeds A..B|N] [--n 1..64] [--profile NAME] [--faults MASK] [--trace]\n"
          "            [--replay] [--first]\n"
          "profiles: calm lossy partition crash power disk sleep clock byzantine long mixed\n"
          "--replay runs each seed twice and compares the traces; --first stops at a failure.\n",
          stderr);
    return 2;
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
        return options->n >= 1 && options->n <= SIMD_SEATS_MAX;
    }
    if (strcmp(name, "--faults") == 0) {
        options->faults = (uint32_t)strtoul(value, NULL, 0);
        return true;
    }
    options->profile = value;
    return strcmp(name, "--profile") == 0 && plan_has_profile(value);
}

static bool parse(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            options->trace = true;
        else if (strcmp(argv[i], "--replay") == 0)
            options->replay = true;
        else if (strcmp(argv[i], "--first") == 0)
            options->first_only = true;
        else if (i + 1 >= argc || !parse_value(argv[i], argv[i + 1], options))
            return false;
        else
            i++;
    }
    return true;
}

/* An assertion or a sanitizer's report: say which seed it was. */
static void died(int number)
{
    (void)!write(STDOUT_FILENO, current, strlen(current));
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void remember_command(const struct plan *plan, const struct options *options)
{
    char n[24] = "";
    char faults[24] = "";
    if (options->n > 0)
        (void)snprintf(n, sizeof n, " --n %u", options->n);
    if (options->faults != SIMD_ALL)
        (void)snprintf(faults, sizeof faults, " --faults 0x%x", options->faults);
    (void)snprintf(current, sizeof current, "  simd --seeds %llu..%llu --profile %s%s%s --trace\n",
                   (unsigned long long)plan->seed, (unsigned long long)plan->seed, plan->profile, n,
                   faults);
}

static bool run_seed(const struct options *options, uint64_t seed, struct result *ret_result)
{
    struct plan plan;
    plan_draw(&plan, seed, options->profile, options->n, options->faults);
    remember_command(&plan, options);
    world_run(&plan, options->trace, ret_result);
    if (options->replay && ret_result->passed) {
        struct result again;
        world_run(&plan, false, &again);
        if (again.trace != ret_result->trace) {
            ret_result->passed = false;
            (void)snprintf(ret_result->failure, sizeof ret_result->failure,
                           "the same seed gives another trace");
        }
    }
    if (ret_result->passed)
        return true;
    printf("seed %llu (%s, n %u, orderers %u, liars %u, faults 0x%x): %s\n%s",
           (unsigned long long)seed, plan.profile, plan.n, plan.orderers, plan.liars, plan.faults,
           ret_result->failure, current);
    fflush(stdout);
    return false;
}

int main(int argc, char **argv)
{
    struct options options = {.first = 1, .last = 20, .faults = SIMD_ALL};
    struct timespec from, to;
    struct result sum = {0};
    uint64_t passed = 0, failed = 0;
    if (!parse(argc, argv, &options))
        return usage();
    if (identity_setup() != COMITY_OK)
        return 2;
    (void)signal(SIGABRT, died);
    (void)signal(SIGSEGV, died);
    log_setup(options.trace ? LOG_DEBUG : (enum log_level)(LOG_ERROR + 1), false);
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (uint64_t seed = options.first; seed <= options.last; seed++) {
        struct result result;
        if (run_seed(&options, seed, &result))
            passed++;
        else
            failed++;
        sum.turns += result.turns;
        sum.blocks += result.blocks;
        sum.acts += result.acts;
        sum.crashes += result.crashes;
        sum.frames += result.frames;
        sum.acked += result.acked;
        sum.virtual_ms += result.virtual_ms;
        sum.trace = mix64(sum.trace ^ result.trace);
        if (failed > 0 && options.first_only)
            break;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    if (seconds < 1e-3)
        seconds = 1e-3;
    printf("%.2f seeds/s, %.2f simulated hours/s, %llu turns, %llu frames, %llu blocks, %llu acts "
           "(%llu told to clients), %llu crashes, trace %016llx\n",
           (double)(passed + failed) / seconds, (double)sum.virtual_ms / 3600000.0 / seconds,
           (unsigned long long)sum.turns, (unsigned long long)sum.frames,
           (unsigned long long)sum.blocks, (unsigned long long)sum.acts,
           (unsigned long long)sum.acked, (unsigned long long)sum.crashes,
           (unsigned long long)sum.trace);
    printf("%llu passed, %llu failed\n", (unsigned long long)passed, (unsigned long long)failed);
    return failed > 0 ? 1 : 0;
}
