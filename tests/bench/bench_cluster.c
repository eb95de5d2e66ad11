/* SPDX-License-Identifier: Apache-2.0 */
/* bench_cluster - real daemons on this machine, measured: how long a verdict takes, how many acts
 * become final, what that costs beside the signature checks nobody can avoid, and what memory a
 * daemon takes. Prints sentences; with --numbers FILE also `name value` lines for a script. */
#include <getopt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure.h"

enum { WAITS_MAX = 1 << 20, ROUNDS_MAX = 10000, SIGNED_ACT_SIZE = 240 };

static const uint32_t client_counts[] = {1, 16, 64, 256};

struct options {
    const char *place, *program, *numbers_path;
    uint32_t daemons, many, rounds, payload, clients; /* clients 0: each count in turn. */
    double seconds;
    bool keep; /* The folders stay, with the daemons' logs. */
    FILE *numbers;
};

static void note(const struct options *options, const char *name, double value)
{
    if (options->numbers != NULL)
        (void)fprintf(options->numbers, "%s %.6g\n", name, value);
}

/* What the daemons together must verify: DESIGN.md section 11. */
static double checks(const struct parley *parley, uint64_t acts, uint64_t blocks)
{
    double n = parley->count;
    return (n - 1) * (double)acts + 2 * (parley_quorum(parley) - 1.0) * n * (double)blocks;
}

static enum comity_error measure_rounds(const struct options *options, struct parley *parley,
                                        uint32_t count, struct fault *fault)
{
    static double first[ROUNDS_MAX];
    static double every[ROUNDS_MAX];
    struct rounds rounds = {.first_ms = {.values = first, .capacity = ROUNDS_MAX},
                            .every_ms = {.values = every, .capacity = ROUNDS_MAX}};
    struct verify_rate rate;
    char name[64];
    verify_rate_measure(0.5, SIGNED_ACT_SIZE, &rate);
    enum comity_error error = rounds_run(parley, count, &rounds, fault);
    if (error != COMITY_OK)
        return error;
    double need_s = checks(parley, rounds.acts, rounds.blocks) * rate.cpu_us / 1e6;
    (void)printf("%u daemons, %u agreements: last ballot handed in -> verdict in every feed: "
                 "median %.2f ms, p95 %.2f ms (first feed: median %.2f ms)\n",
                 parley->count, count, sample_at(&rounds.every_ms, 0.5),
                 sample_at(&rounds.every_ms, 0.95), sample_at(&rounds.first_ms, 0.5));
    (void)printf("  CPU of one agreement, all daemons: %.2f ms; %.2f blocks, %.1f acts; checks it "
                 "cannot avoid: %.2f ms; ratio %.2f\n",
                 rounds.cpu_s / count * 1e3, (double)rounds.blocks / count,
                 (double)rounds.acts / count, need_s / count * 1e3, rounds.cpu_s / need_s);
    (void)snprintf(name, sizeof name, "verdict_ms_%s",
                   parley->count == options->daemons ? "few" : "many");
    note(options, name, sample_at(&rounds.every_ms, 0.5));
    (void)snprintf(name, sizeof name, "agreement_cpu_ratio_%s",
                   parley->count == options->daemons ? "few" : "many");
    note(options, name, rounds.cpu_s / need_s);
    return COMITY_OK;
}

static enum comity_error measure_load(const struct options *options, struct parley *parley,
                                      uint32_t clients, double *waits, struct fault *fault)
{
    struct load load = {.clients = clients,
                        .payload = options->payload,
                        .seconds = options->seconds,
                        .wait_ms = {.values = waits, .capacity = WAITS_MAX}};
    struct verify_rate before;
    struct verify_rate after;
    char name[64];
    verify_rate_measure(0.5, SIGNED_ACT_SIZE, &before);
    enum comity_error error = load_run(parley, &load, fault);
    if (error != COMITY_OK)
        return error;
    verify_rate_measure(0.5, SIGNED_ACT_SIZE, &after);
    /* What else the machine does makes checks look dear and us cheap: take the better ones. */
    double cpu_us = before.cpu_us < after.cpu_us ? before.cpu_us : after.cpu_us;
    double rate = before.per_s > after.per_s ? before.per_s : after.per_s;
    double need_s = checks(parley, load.acts, load.blocks) * cpu_us / 1e6;
    double share = load.acts_per_s / (rate / (parley->count - 1.0));
    (void)printf("%4u clients: %7.0f acts/s final; wait median %6.2f ms, p95 %6.2f ms; %5.1f acts "
                 "a block; CPU %4.0f us an act (and %.0f of the client), checks %4.0f us, ratio "
                 "%.2f; of the checks' bound "
                 "%.2f (a check: %.1f us, %.0f/s)\n",
                 clients, load.acts_per_s, sample_at(&load.wait_ms, 0.5),
                 sample_at(&load.wait_ms, 0.95), (double)load.acts / (double)load.blocks,
                 load.cpu_s / (double)load.acts * 1e6, load.own_cpu_s / (double)load.acts * 1e6,
                 need_s / (double)load.acts * 1e6, load.cpu_s / need_s, share, cpu_us, rate);
    (void)snprintf(name, sizeof name, "acts_per_s_%u", clients);
    note(options, name, load.acts_per_s);
    (void)snprintf(name, sizeof name, "bound_share_%u", clients);
    note(options, name, share);
    (void)snprintf(name, sizeof name, "load_cpu_ratio_%u", clients);
    note(options, name, load.cpu_s / need_s);
    return COMITY_OK;
}

static enum comity_error measure_loads(const struct options *options, struct parley *parley,
                                       struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    double *waits = calloc(WAITS_MAX, sizeof *waits);
    if (waits == NULL)
        return COMITY_MEMORY;
    if (options->clients != 0)
        error = measure_load(options, parley, options->clients, waits, fault);
    for (size_t i = 0; options->clients == 0 && error == COMITY_OK && i < 4; i++)
        error = measure_load(options, parley, client_counts[i], waits, fault);
    free(waits);
    return error;
}

static void print_memory(const struct options *options, const struct parley *parley)
{
    double most = 0;
    for (uint32_t seat = 0; seat < parley->count; seat++) {
        double mib = parley_anonymous_mib(parley, seat);
        most = mib > most ? mib : most;
    }
    (void)printf("%u daemons: anonymous memory of the largest: %.2f MiB\n", parley->count, most);
    note(options, parley->count == options->daemons ? "anonymous_mib_few" : "anonymous_mib_many",
         most);
}

static enum comity_error measure_few(const struct options *options, struct fault *fault)
{
    static struct parley parley;
    enum comity_error error =
        parley_open(&parley, options->daemons, options->place, options->program, fault);
    if (error == COMITY_OK && options->rounds > 0)
        error = measure_rounds(options, &parley, options->rounds, fault);
    if (error == COMITY_OK && options->seconds > 0)
        error = measure_loads(options, &parley, fault);
    if (error == COMITY_OK)
        print_memory(options, &parley);
    parley.machine.keep = options->keep;
    parley_close(&parley);
    return error;
}

static enum comity_error measure_many(const struct options *options, struct fault *fault)
{
    static struct parley parley;
    double start_s = bench_now_s();
    enum comity_error error =
        parley_open(&parley, options->many, options->place, options->program, fault);
    if (error == COMITY_OK)
        (void)printf("%u daemons started and convened in %.2f s\n", options->many,
                     bench_now_s() - start_s);
    if (error == COMITY_OK)
        error = measure_rounds(options, &parley, 1, fault);
    if (error == COMITY_OK)
        print_memory(options, &parley);
    if (error == COMITY_OK)
        error = measure_rounds(options, &parley, 20, fault);
    parley.machine.keep = options->keep;
    parley_close(&parley);
    return error;
}

static void usage(FILE *file)
{
    (void)fputs("usage: bench_cluster [--daemons N] [--many N] [--rounds N] [--seconds S]\n"
                "                     [--clients N] [--payload BYTES] [--place FOLDER]\n"
                "                     [--comityd PROGRAM] [--numbers FILE] [--keep]\n"
                "0 leaves that part out: --many 0, --rounds 0, --seconds 0, --daemons 0\n",
                file);
}

static int read_options(int argc, char **argv, struct options *ret)
{
    static const struct option known[] = {
        {"daemons", required_argument, NULL, 'd'}, {"many", required_argument, NULL, 'm'},
        {"rounds", required_argument, NULL, 'r'},  {"seconds", required_argument, NULL, 's'},
        {"payload", required_argument, NULL, 'b'}, {"place", required_argument, NULL, 'p'},
        {"comityd", required_argument, NULL, 'c'}, {"numbers", required_argument, NULL, 'n'},
        {"clients", required_argument, NULL, 'C'}, {"keep", no_argument, NULL, 'k'},

        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    int option;
    *ret = (struct options){
        .place = "/var/tmp", .daemons = 4, .many = 15, .rounds = 200, .payload = 100, .seconds = 5};
    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        uint32_t number = optarg == NULL ? 0 : (uint32_t)strtoul(optarg, NULL, 10);
        switch (option) {
        case 'd':
            ret->daemons = number;
            break;
        case 'm':
            ret->many = number;
            break;
        case 'r':
            ret->rounds = number;
            break;
        case 's':
            ret->seconds = number;
            break;
        case 'b':
            ret->payload = number;
            break;
        case 'C':
            ret->clients = number;
            break;
        case 'p':
            ret->place = optarg;
            break;
        case 'c':
            ret->program = optarg;
            break;
        case 'n':
            ret->numbers_path = optarg;
            break;
        case 'k':
            ret->keep = true;
            break;
        case 'h':
            usage(stdout);
            exit(0);
        default:
            usage(stderr);
            return 3;
        }
    }
    if (optind != argc || ret->daemons > SEATS_MAX || ret->many > SEATS_MAX ||
        ret->rounds > ROUNDS_MAX || ret->daemons == 1) {
        usage(stderr);
        return 3;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct options options;
    struct fault fault = {{0}};
    int bad = read_options(argc, argv, &options);
    if (bad != 0)
        return bad;
    if (options.numbers_path != NULL) {
        options.numbers = fopen(options.numbers_path, "we");
        if (options.numbers == NULL) {
            perror(options.numbers_path);
            return 1;
        }
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    machine_catch_signals();
    enum comity_error error = identity_setup();
    if (error == COMITY_OK && options.daemons > 0)
        error = measure_few(&options, &fault);
    if (error == COMITY_OK && options.many > 0)
        error = measure_many(&options, &fault);
    if (error != COMITY_OK)
        (void)fprintf(stderr, "bench_cluster: %s\n",
                      fault.text[0] != '\0' ? fault.text : error_text(error));
    if (options.numbers != NULL)
        (void)fclose(options.numbers);
    return error == COMITY_OK ? 0 : 1;
}
