/* SPDX-License-Identifier: Apache-2.0 */
/* simd: whole Comity daemons under seeded faults in virtual time. One seed and one commit replay
 * any run. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sim/daemons/minimize.h"
#include "sim/daemons/world.h"

enum { COUNT_TURNS, COUNT_FRAMES, COUNT_BLOCKS, COUNT_ACTS, COUNT_ACKED, COUNT_CRASHES };

struct options {
    uint64_t first, last;
    uint32_t jobs;
    bool keep_going, no_minimize;
    struct simd_case one;
};

static int usage(void)
{
    fputs("usage: simd [--seeds A..B|N] [--jobs N] [--n 1..195] [--profile NAME] [--keep-going]\n"
          "            [--no-minimize] [--faults MASK] [--drop-faults LIST] [--lies MASK]\n"
          "            [--chaos MS] [--ops N] [--signatures real|simulated] [--replay] [--trace]\n"
          "       simd --sweep N [--seeds A..B]\n"
          "profiles: calm lossy partition crash power disk sleep clock byzantine long mixed\n"
          "          journal beyond\n"
          "It stops at a failure, makes it smaller and prints the command that runs it again.\n"
          "--drop-faults 3,7-9 leaves those numbers of the seed's list out; --replay runs each\n"
          "seed twice and compares the traces; --sweep N lets each of N daemons, and all, die at\n"
          "every effect of a short run, in every way.\n",
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
    struct filter *filter = &options->one.filter;
    uint32_t number = (uint32_t)strtoul(value, NULL, 0);
    if (strcmp(name, "--seeds") == 0)
        return parse_seeds(value, options);
    if (strcmp(name, "--drop-faults") == 0)
        return workers_parse_list(value, filter->dropped, SIMD_STRIKES_MAX);
    if (strcmp(name, "--signatures") == 0) {
        filter->signatures = strcmp(value, "real") == 0 ? 1 : 2;
        return filter->signatures == 1 || strcmp(value, "simulated") == 0;
    }
    if (strcmp(name, "--profile") == 0) {
        options->one.profile = value;
        return plan_has_profile(value);
    }
    if (strcmp(name, "--n") == 0)
        filter->n = number;
    else if (strcmp(name, "--faults") == 0)
        filter->faults = number;
    else if (strcmp(name, "--lies") == 0)
        filter->lies = number;
    else if (strcmp(name, "--chaos") == 0)
        filter->chaos_ms = number;
    else if (strcmp(name, "--ops") == 0)
        filter->ops = number;
    else if (strcmp(name, "--jobs") == 0)
        options->jobs = number;
    else if (strcmp(name, "--sweep") == 0)
        options->one.sweep_n = number;
    else
        return false;
    return filter->n <= SIMD_SEATS_MAX && options->one.sweep_n <= SIMD_SEATS_MAX;
}

static bool parse(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            options->one.trace = true;
        else if (strcmp(argv[i], "--replay") == 0)
            options->one.replay = true;
        else if (strcmp(argv[i], "--keep-going") == 0)
            options->keep_going = true;
        else if (strcmp(argv[i], "--no-minimize") == 0)
            options->no_minimize = true;
        else if (i + 1 >= argc || !parse_value(argv[i], argv[i + 1], options))
            return false;
        else
            i++;
    }
    return true;
}

void simd_print_command(FILE *file, const struct simd_case *self, uint64_t seed)
{
    const struct filter *filter = &self->filter;
    struct plan plan;
    fprintf(file, "  simd");
    if (self->sweep_n > 0)
        fprintf(file, " --sweep %u", self->sweep_n);
    fprintf(file, " --seeds %llu..%llu", (unsigned long long)seed, (unsigned long long)seed);
    plan_draw(&plan, seed, self->profile, filter);
    if (self->sweep_n == 0)
        fprintf(file, " --profile %s", plan.profile);
    if (filter->n > 0)
        fprintf(file, " --n %u", filter->n);
    if (filter->faults != SIMD_ALL)
        fprintf(file, " --faults 0x%x", filter->faults);
    if (filter->lies != LIE_ALL)
        fprintf(file, " --lies 0x%x", filter->lies);
    if (filter->chaos_ms > 0)
        fprintf(file, " --chaos %lld", (long long)filter->chaos_ms);
    if (filter->ops > 0)
        fprintf(file, " --ops %u", filter->ops);
    if (filter->signatures > 0)
        fprintf(file, " --signatures %s", filter->signatures == 1 ? "real" : "simulated");
    workers_print_list(file, " --drop-faults ", filter->dropped, SIMD_STRIKES_MAX);
    fprintf(file, " --trace\n");
    fflush(file);
}

static void draw(const struct simd_case *self, uint64_t seed, struct plan *ret_plan)
{
    if (self->sweep_n > 0)
        plan_sweep(ret_plan, seed, self->sweep_n);
    else
        plan_draw(ret_plan, seed, self->profile, &self->filter);
}

void simd_run(void *context, uint64_t seed, struct finding *ret_finding)
{
    const struct simd_case *self = context;
    struct plan plan;
    struct result result;
    draw(self, seed, &plan);
    world_run(&plan, self->trace, &result);
    if (self->replay && result.passed) {
        struct result again;
        world_run(&plan, false, &again);
        if (again.trace != result.trace) {
            result.passed = false;
            (void)snprintf(result.failure, sizeof result.failure,
                           "the same seed gives another trace");
        }
    }
    *ret_finding = (struct finding){.passed = result.passed,
                                    .trace = result.trace,
                                    .virtual_ms = result.virtual_ms,
                                    .failed_ms = result.failed_ms};
    memcpy(ret_finding->failure, result.failure, sizeof ret_finding->failure);
    ret_finding->counts[COUNT_TURNS] = result.turns;
    ret_finding->counts[COUNT_FRAMES] = result.frames;
    ret_finding->counts[COUNT_BLOCKS] = result.blocks;
    ret_finding->counts[COUNT_ACTS] = result.acts;
    ret_finding->counts[COUNT_ACKED] = result.acked;
    ret_finding->counts[COUNT_CRASHES] = result.crashes;
}

static void report(void *context, uint64_t seed, const struct finding *finding)
{
    const struct simd_case *self = context;
    struct plan plan;
    draw(self, seed, &plan);
    printf("seed %llu (%s, n %u, orderers %u, liars %u, faults 0x%x): %s\n",
           (unsigned long long)seed, plan.profile, plan.n, plan.orderers, plan.liars, plan.faults,
           finding->failure);
    simd_print_command(stdout, self, seed);
}

/* As many cases as effects were seen in a run without a crash. */
static void count_sweep(struct options *options)
{
    struct plan plan;
    struct result result;
    plan_sweep(&plan, 1, options->one.sweep_n);
    plan.swept_effect = 0;
    world_run(&plan, false, &result);
    options->last = plan_sweep_count(options->one.sweep_n, result.effects);
    printf("%llu effects, %llu cases\n", (unsigned long long)result.effects,
           (unsigned long long)options->last);
}

int main(int argc, char **argv)
{
    static struct options options = {.first = 1,
                                     .one.filter = {.faults = SIMD_ALL, .lies = LIE_ALL}};
    static struct workers_sum sum;
    if (!parse(argc, argv, &options))
        return usage();
    if (identity_setup() != COMITY_OK)
        return 2;
    log_setup(options.one.trace ? LOG_DEBUG : (enum log_level)(LOG_ERROR + 1), false);
    if (options.last == 0 && options.one.sweep_n > 0)
        count_sweep(&options);
    else if (options.last == 0)
        options.last = 20;
    struct workers workers = {.run = simd_run,
                              .report = report,
                              .context = &options.one,
                              .first = options.first,
                              .last = options.last,
                              .jobs = options.jobs,
                              .keep_going = options.keep_going,
                              .inside = options.one.trace};
    workers_all(&workers, &sum);
    if (sum.failed > 0 && !options.one.trace && !options.keep_going && !options.no_minimize)
        simd_minimize(&options.one, sum.first_failed, &sum.failure);
    printf(
        "%llu turns, %llu frames, %llu blocks, %llu acts (%llu told to clients), %llu crashes\n",
        (unsigned long long)sum.counts[COUNT_TURNS], (unsigned long long)sum.counts[COUNT_FRAMES],
        (unsigned long long)sum.counts[COUNT_BLOCKS], (unsigned long long)sum.counts[COUNT_ACTS],
        (unsigned long long)sum.counts[COUNT_ACKED], (unsigned long long)sum.counts[COUNT_CRASHES]);
    workers_print(&sum);
    return sum.failed > 0 ? 1 : 0;
}
