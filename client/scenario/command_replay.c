/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "identity/identity.h"
#include "scenario/commands.h"
#include "scenario/narrate.h"
#include "scenario/replay.h"
#include "scenario/report.h"

static const char usage[] =
    "usage: comity replay FILE... [--choice NAME] [--json] [--verbose] [--narrate]\n"
    "\n"
    "Play a scenario, comity-scenario(5), in this process, and check what it expects.\n"
    "\n"
    "  --choice NAME  play this choice of the file\n"
    "  --json         the table as JSON\n"
    "  --verbose      every proposal and every party, also where there are many\n"
    "  --narrate      tell the story step by step\n"
    "\n"
    "Exit code: 0 as expected, 1 something differs, 2 wrong use or a file that does not read,\n"
    "3 it could not be played.\n";

struct replay_arguments {
    char *const *files; /* Ends with NULL. */
    const char *choice;
    bool json, verbose, narrate;
};

/* 0: go on; else exit with this code less one. */
static int read_arguments(int argc, char **argv, struct replay_arguments *ret_arguments)
{
    static const struct option options[] = {
        {"choice", required_argument, NULL, 'c'}, {"json", no_argument, NULL, 'j'},
        {"verbose", no_argument, NULL, 'v'},      {"narrate", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int option;
    optind = 0;
    while ((option = getopt_long(argc, argv, "c:jvnh", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            ret_arguments->choice = optarg;
            break;
        case 'j':
            ret_arguments->json = true;
            break;
        case 'v':
            ret_arguments->verbose = true;
            break;
        case 'n':
            ret_arguments->narrate = true;
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return 1;
        default:
            (void)fputs(usage, stderr);
            return 3;
        }
    }
    if (optind >= argc) {
        (void)fputs(usage, stderr);
        return 3;
    }
    ret_arguments->files = &argv[optind];
    return 0;
}

/* One forum of the file. */
struct side {
    const struct scenario *scenario;
    struct replay *replay;
    struct play play;
    struct narrator narrator;
    bool opened; /* The play is. */
};

static enum comity_error open_side(struct side *self, const struct scenario *scenario,
                                   const struct side *main,
                                   const struct replay_arguments *arguments, bool colour,
                                   struct fault *fault)
{
    self->scenario = scenario;
    narrator_init(&self->narrator, scenario, stdout, colour);
    struct play_watch watch = narrator_watch(&self->narrator);
    enum comity_error error = replay_open(scenario, &self->replay, fault);
    if (!error)
        error = play_open(scenario, replay_stage(self->replay), arguments->narrate ? &watch : NULL,
                          &self->play);
    self->opened = !error;
    self->narrator.play = &self->play;
    self->play.main = main ? &main->play : NULL;
    return error;
}

static void close_sides(struct side *sides, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (sides[i].opened)
            play_close(&sides[i].play);
        replay_close(&sides[i].replay);
    }
}

static void print_head(const struct scenario *scenario)
{
    (void)printf("%s\n", scenario->title);
    (void)printf("%u seats, %u acts%s%s\n", scenario->charter->seats_count, scenario->acts_count,
                 scenario->choice ? ", choice " : "", scenario->choice ? scenario->choice : "");
    for (uint32_t i = 0; i < scenario->others_count; i++)
        (void)printf("beside it the forum %s: %u seats, %u acts\n", scenario->others[i]->name,
                     scenario->others[i]->charter->seats_count, scenario->others[i]->acts_count);
    (void)putchar('\n');
}

static enum comity_error report_side(struct side *self, const struct replay_arguments *arguments,
                                     int64_t started_ms, struct fault *fault)
{
    char footer[160];
    struct report_style style = {.colour = isatty(STDOUT_FILENO) == 1,
                                 .verbose = arguments->verbose};
    (void)snprintf(footer, sizeof footer, "replayed: %u acts in %llu blocks, %lld ms",
                   self->play.acts_done, (unsigned long long)replay_blocks(self->replay),
                   (long long)(clock_steady_ms() - started_ms));
    if (self->scenario->main && !arguments->json)
        (void)printf("\nThe forum %s\n\n", self->scenario->name);
    return arguments->json ? report_json(&self->play, "replay", stdout, fault)
                           : report_print(&self->play, style, footer, stdout, fault);
}

static enum comity_error play_it(const struct scenario *scenario,
                                 const struct replay_arguments *arguments, bool *ret_differs,
                                 struct fault *fault)
{
    struct side sides[1 + SCENARIO_OTHERS_MAX] = {{0}};
    struct play *plays[1 + SCENARIO_OTHERS_MAX];
    uint32_t count = 1 + scenario->others_count;
    bool colour = isatty(STDOUT_FILENO) == 1;
    int64_t started_ms = clock_steady_ms();
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < count; i++) {
        error = open_side(&sides[i], i ? scenario->others[i - 1] : scenario, i ? &sides[0] : NULL,
                          arguments, colour, fault);
        plays[i] = &sides[i].play;
    }
    if (error) {
        close_sides(sides, count);
        return error;
    }
    if (!arguments->json)
        print_head(scenario);
    error = play_run_all(plays, count, fault);
    for (uint32_t i = 0; arguments->narrate && i < count; i++)
        narrator_end(&sides[i].narrator);
    for (uint32_t i = 0; !error && i < count; i++)
        error = report_side(&sides[i], arguments, started_ms, fault);
    for (uint32_t i = 0; i < count; i++) {
        if (error)
            report_differences(plays[i], stderr); /* They may be why. */
        *ret_differs = *ret_differs || plays[i]->differences_count > 0;
    }
    close_sides(sides, count);
    return error;
}

static int replay_file(const char *file, const struct replay_arguments *arguments)
{
    struct scenario *scenario = NULL;
    struct fault fault = {""};
    bool differs = false;
    struct scenario_options options = {.choice = arguments->choice};
    enum comity_error error = scenario_read(file, &options, &scenario, &fault);
    int code = error ? 2 : 3;
    if (!error)
        error = play_it(scenario, arguments, &differs, &fault);
    if (error == COMITY_INVALID || error == COMITY_LIMIT)
        code = 2; /* An act of the file that cannot be one. */
    scenario_free(&scenario);
    if (!error)
        return differs ? 1 : 0;
    (void)fflush(stdout);
    (void)fprintf(stderr, "comity replay: %s\n", fault.text[0] ? fault.text : error_text(error));
    return code;
}

int command_replay(int argc, char **argv)
{
    struct replay_arguments arguments = {0};
    int worst = 0, stop = read_arguments(argc, argv, &arguments);
    if (stop)
        return stop - 1;
    if (identity_setup() != COMITY_OK)
        return 3;
    for (char *const *file = arguments.files; *file; file++) {
        int code = replay_file(*file, &arguments);
        worst = code > worst ? code : worst;
        if (file[1] && !arguments.json)
            (void)putchar('\n');
    }
    return worst;
}
