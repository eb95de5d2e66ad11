/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium/randombytes.h>

#include "base/clock.h"
#include "scenario/cluster.h"
#include "scenario/commands.h"
#include "scenario/narrate.h"
#include "scenario/report.h"

enum { PACE_MS = 100 };

static const char usage[] =
    "usage: comity cluster run FILE [--choice NAME] [--narrate] [--json] [--verbose]\n"
    "                               [--keep DIR] [--base-port N] [--daemons PATH]\n"
    "\n"
    "Play a scenario, comity-scenario(5), with one real daemon for each seat on this machine;\n"
    "check what it expects, and that every daemon holds the same record.\n"
    "\n"
    "  --choice NAME    play this choice of the file\n"
    "  --narrate        tell the story step by step\n"
    "  --json           the table as JSON\n"
    "  --verbose        every proposal and every party, also where there are many\n"
    "  --keep DIR       keys, configurations, records and logs go there and stay\n"
    "  --base-port N    ports from N on; else whatever is free\n"
    "  --daemons PATH   the comityd to run\n"
    "\n"
    "Exit code: 0 as expected, 1 something differs, 2 wrong use or a file that does not read,\n"
    "3 it could not be played.\n";

struct cluster_arguments {
    const char *file, *choice, *keep, *program;
    uint16_t base_port;
    bool json, verbose, narrate;
};

static int wrong_use(void)
{
    (void)fputs(usage, stderr);
    return 3;
}

static bool take_option(int option, struct cluster_arguments *arguments)
{
    char *end;
    unsigned long port;
    switch (option) {
    case 'c':
        arguments->choice = optarg;
        return true;
    case 'n':
        arguments->narrate = true;
        return true;
    case 'j':
        arguments->json = true;
        return true;
    case 'v':
        arguments->verbose = true;
        return true;
    case 'k':
        arguments->keep = optarg;
        return true;
    case 'd':
        arguments->program = optarg;
        return true;
    case 'b':
        port = strtoul(optarg, &end, 10);
        arguments->base_port = (uint16_t)port;
        return *optarg && !*end && port >= 1024 && port <= UINT16_MAX;
    default:
        return false;
    }
}

/* 0: go on; else exit with this code less one. */
static int read_arguments(int argc, char **argv, struct cluster_arguments *ret_arguments)
{
    static const struct option options[] = {{"choice", required_argument, NULL, 'c'},
                                            {"narrate", no_argument, NULL, 'n'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"keep", required_argument, NULL, 'k'},
                                            {"daemons", required_argument, NULL, 'd'},
                                            {"base-port", required_argument, NULL, 'b'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option;
    optind = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h') {
            (void)fputs(usage, stdout);
            return 1;
        }
        if (!take_option(option, ret_arguments))
            return wrong_use();
    }
    if (optind + 2 != argc || strcmp(argv[optind], "run") != 0)
        return wrong_use();
    ret_arguments->file = argv[optind + 1];
    return 0;
}

/* What is told while it plays: a story, or one line that is written over. */
struct showing {
    struct narrator narrator;
    const struct scenario *scenario;
    bool terminal;
    int64_t last_ms;
    uint32_t last_done;
};

static void tell_start(void *context, const char *line)
{
    (void)context;
    (void)fprintf(stderr, "%s\n", line);
}

static void tell_progress(void *context, uint32_t acts_done)
{
    struct showing *self = context;
    int64_t now_ms = clock_steady_ms();
    bool done = acts_done == self->scenario->acts_count;
    int64_t often_ms = self->terminal ? 100 : 2000;
    if (acts_done == self->last_done || (!done && now_ms - self->last_ms < often_ms))
        return;
    self->last_ms = now_ms;
    self->last_done = acts_done;
    (void)fprintf(stderr, "%s%u of %u acts are final%s", self->terminal ? "\r" : "", acts_done,
                  self->scenario->acts_count, !self->terminal || done ? "\n" : "");
}

static void tell_line(void *context, const char *line)
{
    (void)context;
    (void)printf("%s\n\n", line);
}

/* One forum of the file. */
struct side {
    const struct scenario *scenario;
    struct cluster *cluster; /* The main one's is borrowed. */
    struct play play;
    struct showing showing;
    bool opened; /* The play is. */
};

static enum comity_error open_side(struct side *self, const struct side *main,
                                   const struct cluster_arguments *arguments)
{
    self->showing =
        (struct showing){.scenario = self->scenario, .terminal = isatty(STDERR_FILENO) == 1};
    struct play_watch watch = {.context = &self->showing, .progress = tell_progress};
    narrator_init(&self->showing.narrator, self->scenario, stdout, isatty(STDOUT_FILENO) == 1);
    if (arguments->narrate)
        watch = narrator_watch(&self->showing.narrator);
    enum comity_error error =
        play_open(self->scenario, cluster_stage(self->cluster), &watch, &self->play);
    self->opened = !error;
    self->play.main = main ? &main->play : NULL;
    self->showing.narrator.play = &self->play;
    return error;
}

static enum comity_error finish_side(struct side *self, const struct cluster_arguments *arguments,
                                     int64_t started_ms, struct fault *fault)
{
    struct report_style style = {.colour = isatty(STDOUT_FILENO) == 1,
                                 .verbose = arguments->verbose};
    struct stage stage = self->play.stage;
    char same[STAGE_LINE_MAX], footer[STAGE_LINE_MAX + 64];
    if (self->scenario->main && !arguments->json)
        (void)printf("\nThe forum %s\n\n", self->scenario->name);
    enum comity_error error =
        play_verify(&self->play, arguments->json ? tell_start : tell_line, NULL, fault);
    if (!error)
        error = stage.ops->compare(stage.self, same, fault);
    if (error)
        return error;
    (void)snprintf(footer, sizeof footer, "%s; %u acts in %.1f s", same, self->play.acts_done,
                   (double)(clock_steady_ms() - started_ms) / 1000);
    return arguments->json ? report_json(&self->play, "cluster", stdout, fault)
                           : report_print(&self->play, style, footer, stdout, fault);
}

static enum comity_error play_sides(struct side *sides, uint32_t count,
                                    const struct cluster_arguments *arguments, struct fault *fault)
{
    struct play *plays[1 + SCENARIO_OTHERS_MAX];
    int64_t started_ms = clock_steady_ms();
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < count; i++) {
        error = open_side(&sides[i], i ? &sides[0] : NULL, arguments);
        plays[i] = &sides[i].play;
    }
    if (!error)
        error = play_run_all(plays, count, fault);
    for (uint32_t i = 0; arguments->narrate && i < count; i++)
        if (sides[i].opened)
            narrator_end(&sides[i].showing.narrator);
    for (uint32_t i = 0; !error && i < count; i++)
        error = finish_side(&sides[i], arguments, started_ms, fault);
    return error;
}

static enum comity_error play_it(struct cluster *cluster, const struct scenario *scenario,
                                 const struct cluster_arguments *arguments, bool *ret_differs,
                                 struct fault *fault)
{
    struct side sides[1 + SCENARIO_OTHERS_MAX] = {{.scenario = scenario, .cluster = cluster}};
    struct cluster_progress progress = {.tell = tell_start};
    uint32_t count = 1 + scenario->others_count;
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 1; !error && i < count; i++) {
        sides[i].scenario = scenario->others[i - 1];
        error = cluster_open_other(cluster, sides[i].scenario, &progress, &sides[i].cluster, fault);
    }
    if (!error)
        error = play_sides(sides, count, arguments, fault);
    for (uint32_t i = 0; i < count; i++) {
        if (error && sides[i].opened)
            report_differences(&sides[i].play, stderr); /* They may be why. */
        *ret_differs = *ret_differs || sides[i].play.differences_count > 0;
        if (sides[i].opened)
            play_close(&sides[i].play);
        if (i > 0)
            cluster_close(&sides[i].cluster);
    }
    return error;
}

static enum comity_error run(const struct cluster_arguments *arguments, struct machine *machine,
                             bool *ret_differs, bool *ret_read, struct fault *fault)
{
    uint8_t nonce[16];
    struct scenario *scenario = NULL;
    struct cluster *cluster = NULL;
    struct cluster_progress progress = {.tell = tell_start};
    randombytes_buf(nonce, sizeof nonce);
    struct scenario_options options = {.choice = arguments->choice,
                                       .key_source = machine_make_key,
                                       .key_context = machine,
                                       .nonce = nonce,
                                       .pace_ms = PACE_MS};
    enum comity_error error = scenario_read(arguments->file, &options, &scenario, fault);
    if (error)
        return error;
    *ret_read = true;
    if (!arguments->json)
        (void)printf("%s\n%s\n", scenario->title, arguments->narrate ? "" : scenario->about);
    (void)fflush(stdout);
    error = machine_configure(machine, scenario, fault);
    if (!error)
        error = cluster_open(machine, scenario, &progress, &cluster, fault);
    if (!error)
        error = play_it(cluster, scenario, arguments, ret_differs, fault);
    cluster_close(&cluster);
    scenario_free(&scenario);
    return error;
}

int command_cluster(int argc, char **argv)
{
    struct cluster_arguments arguments = {0};
    struct machine *machine = calloc(1, sizeof *machine);
    struct fault fault = {""};
    bool differs = false, read = false;
    int stop = read_arguments(argc, argv, &arguments);
    if (stop || !machine) {
        free(machine);
        return stop ? stop - 1 : 3;
    }
    machine_catch_signals();
    enum comity_error error = identity_setup();
    if (!error)
        error =
            machine_open(machine, arguments.keep, arguments.program, arguments.base_port, &fault);
    if (!error)
        error = run(&arguments, machine, &differs, &read, &fault);
    machine_close(machine);
    free(machine);
    if (error) {
        (void)fflush(stdout);
        (void)fprintf(stderr, "comity cluster: %s\n",
                      fault.text[0] ? fault.text : error_text(error));
        if (machine_signal)
            return 128 + machine_signal;
        return read ? 3 : 2;
    }
    return differs ? 1 : 0;
}
