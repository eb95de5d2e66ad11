/* SPDX-License-Identifier: Apache-2.0 */
/* command_play.c - a lesson: the story up to its decision point, both sides, a question, then every
 * choice played and laid side by side. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "identity/identity.h"
#include "scenario/commands.h"
#include "scenario/compare.h"
#include "scenario/narrate.h"
#include "scenario/replay.h"
#include "scenario/report.h"

static const char usage[] =
    "usage: comity play PACK [--choose NAME] [--roles] [--brief] [--json]\n"
    "\n"
    "Play a lesson, comity-scenario(5): the story up to its decision point, both sides of the\n"
    "argument, and then what each choice comes to, side by side. PACK is a file, or the name of\n"
    "one that comes with Comity. Without a terminal and without --choose no choice is told, and\n"
    "all are compared.\n"
    "\n"
    "  --choose NAME  instead of asking\n"
    "  --roles        print the role sheets, one a page, and end\n"
    "  --brief        only the comparison\n"
    "  --json         only the comparison, as JSON\n"
    "\n"
    "Exit code: 0 played, 1 a choice did not go as its pack expects, 2 wrong use or a file that\n"
    "does not read, 3 it could not be played.\n";

struct play_arguments {
    const char *pack, *choose;
    bool roles, brief, json;
};

/* 0: go on; else exit with this code less one. */
static int read_arguments(int argc, char **argv, struct play_arguments *ret_arguments)
{
    static const struct option options[] = {
        {"choose", required_argument, NULL, 'c'}, {"roles", no_argument, NULL, 'r'},
        {"brief", no_argument, NULL, 'b'},        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int option;
    optind = 0;
    while ((option = getopt_long(argc, argv, "c:rbjh", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            ret_arguments->choose = optarg;
            break;
        case 'r':
            ret_arguments->roles = true;
            break;
        case 'b':
            ret_arguments->brief = true;
            break;
        case 'j':
            ret_arguments->json = true;
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return 1;
        default:
            (void)fputs(usage, stderr);
            return 3;
        }
    }
    if (optind + 1 != argc) {
        (void)fputs(usage, stderr);
        return 3;
    }
    ret_arguments->pack = argv[optind];
    return 0;
}

/* What is told starts at the decision point: before it, the story has been told already. */
struct teller {
    struct narrator narrator;
    struct play_watch watch;
    FILE *nowhere;
    int64_t from_ms;
};

static void tell_day_from(void *context, int64_t time_ms)
{
    struct teller *self = context;
    if (time_ms >= self->from_ms && self->narrator.out != stdout) {
        narrator_end(&self->narrator);
        self->narrator.out = stdout;
    }
    self->watch.day(&self->narrator, time_ms);
}

#define FORWARD(name, arguments, ...) \
    static void name##_on arguments \
    { \
        struct teller *self = context; \
        self->watch.name(&self->narrator, __VA_ARGS__); \
    }
FORWARD(say, (void *context, const char *text), text)
FORWARD(act, (void *context, const struct scenario_act *one, const struct stage_result *result),
        one, result)
FORWARD(verdict, (void *context, const struct stage_proposal *proposal), proposal)
FORWARD(agreement,
        (void *context, const struct stage_proposal *proposal, const struct stage_agreement *before,
         const struct stage_agreement *now),
        proposal, before, now)
#undef FORWARD

/* Play `scenario` up to stop_ms; tell what happens from from_ms on, INT64_MAX: nothing. */
static enum comity_error play_part(const struct scenario *scenario, int64_t from_ms,
                                   int64_t stop_ms, const struct lesson_choice *choice,
                                   struct measures *ret_measures, bool *ret_differs,
                                   struct fault *fault)
{
    struct replay *replay = NULL;
    struct play play = {0};
    struct teller teller = {.from_ms = from_ms, .nowhere = fopen("/dev/null", "we")};
    if (!teller.nowhere)
        return fault_set(fault, COMITY_IO, "cannot open /dev/null");
    bool colour = isatty(STDOUT_FILENO) == 1;
    narrator_init(&teller.narrator, scenario, teller.nowhere, colour);
    teller.watch = narrator_watch(&teller.narrator);
    struct play_watch watch = {.context = &teller,
                               .day = tell_day_from,
                               .say = say_on,
                               .act = act_on,
                               .verdict = verdict_on,
                               .agreement = agreement_on};
    enum comity_error error = replay_open(scenario, &replay, fault);
    if (!error)
        error = play_open(scenario, replay_stage(replay), &watch, &play);
    if (!error) {
        play.stop_ms = stop_ms;
        teller.narrator.play = &play;
        error = play_run(&play, fault);
        narrator_end(&teller.narrator);
        report_differences(&play, stderr);
        *ret_differs = *ret_differs || play.differences_count > 0;
        if (!error && choice)
            error = measures_take(replay_forum(replay), &play, choice, ret_measures);
        play_close(&play);
    }
    replay_close(&replay);
    (void)fclose(teller.nowhere);
    return error;
}

static void print_block(const char *title, const char *text, bool colour)
{
    (void)printf("%s%s%s\n", colour ? "\033[1m" : "", title, colour ? "\033[0m" : "");
    narrate_text(text, 2, stdout);
    (void)putchar('\n');
}

static void print_roles(const struct scenario *scenario)
{
    const struct lesson *lesson = scenario->lesson;
    for (uint32_t i = 0; i < lesson->roles_count; i++) {
        const char *name = lesson->roles[i].name, *title = "";
        for (uint32_t seat = 0; seat < scenario->charter->seats_count; seat++)
            if (strcmp(scenario_seat_name(scenario, seat), name) == 0)
                title = scenario->charter->seats[seat].title;
        (void)printf("%s%s\n%s%s%s\n\n", i ? "\f" : "", scenario->title, name, title[0] ? ", " : "",
                     title);
        narrate_text(lesson->roles[i].text, 0, stdout);
        (void)putchar('\n');
    }
}

static void print_sides(const struct lesson *lesson, bool colour)
{
    for (uint32_t i = 0; i < lesson->sides_count; i++)
        print_block(lesson->sides[i].name, lesson->sides[i].text, colour);
    for (uint32_t i = 0; i < lesson->choices_count; i++) {
        char title[SCENARIO_LABEL_MAX + 16];
        (void)snprintf(title, sizeof title, "%u  %s", i + 1, lesson->choices[i].name);
        print_block(title, lesson->choices[i].about, colour);
    }
}

/* By number or by name; SCENARIO_NONE if it is neither. */
static uint32_t find_choice(const struct lesson *lesson, const char *word)
{
    for (uint32_t i = 0; i < lesson->choices_count; i++) {
        char number[12];
        (void)snprintf(number, sizeof number, "%u", i + 1);
        if (strcmp(word, lesson->choices[i].name) == 0 || strcmp(word, number) == 0)
            return i;
    }
    return SCENARIO_NONE;
}

/* SCENARIO_NONE when whoever is asked says nothing more. */
static uint32_t ask(const struct lesson *lesson)
{
    char line[128];
    for (;;) {
        (void)printf("%s [1-%u] ", lesson->question, lesson->choices_count);
        (void)fflush(stdout);
        if (!fgets(line, sizeof line, stdin)) {
            (void)putchar('\n');
            return SCENARIO_NONE;
        }
        line[strcspn(line, "\r\n")] = '\0';
        uint32_t choice = find_choice(lesson, line);
        if (choice != SCENARIO_NONE)
            return choice;
        (void)printf("There is no choice \"%s\".\n", line);
    }
}

static enum comity_error play_choices(const char *path, const struct lesson *lesson,
                                      uint32_t chosen, bool tell, struct measures *measures,
                                      bool *ret_differs, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < lesson->choices_count; i++) {
        struct scenario *scenario = NULL;
        struct scenario_options options = {.choice = lesson->choices[i].name};
        error = scenario_read(path, &options, &scenario, fault);
        if (!error)
            error =
                play_part(scenario, tell && i == chosen ? lesson->decide_ms : INT64_MAX, INT64_MAX,
                          &scenario->lesson->choices[i], &measures[i], ret_differs, fault);
        scenario_free(&scenario);
    }
    return error;
}

static void print_end(const struct scenario *scenario, const struct measures *measures,
                      uint32_t chosen, bool colour)
{
    const struct lesson *lesson = scenario->lesson;
    (void)printf("%sSide by side%s\n", colour ? "\033[1m" : "", colour ? "\033[0m" : "");
    compare_print(scenario, measures, chosen, colour, stdout);
    (void)puts("Comity names no winner: which of these lines matters most is the question.");
    if (lesson->discuss_count)
        (void)printf("\n%sTo discuss%s\n", colour ? "\033[1m" : "", colour ? "\033[0m" : "");
    for (uint32_t i = 0; i < lesson->discuss_count; i++)
        narrate_text(lesson->discuss[i], 2, stdout);
}

static int play_pack(const struct scenario *scenario, const struct play_arguments *arguments,
                     const char *path, struct fault *fault)
{
    const struct lesson *lesson = scenario->lesson;
    struct measures measures[COMPARE_CHOICES_MAX];
    bool colour = isatty(STDOUT_FILENO) == 1, differs = false;
    bool tell = !arguments->brief && !arguments->json;
    uint32_t chosen = SCENARIO_NONE;
    if (arguments->choose) {
        chosen = find_choice(lesson, arguments->choose);
        if (chosen == SCENARIO_NONE) {
            char names[512];
            struct text text;
            text_init(&text, names, sizeof names);
            for (uint32_t i = 0; i < lesson->choices_count; i++)
                text_format(&text, "%s%s", i ? ", " : "", lesson->choices[i].name);
            (void)fault_set(fault, COMITY_USAGE, "%s has no choice \"%s\"; it has %s", path,
                            arguments->choose, names);
            return 2;
        }
    }
    if (tell) {
        (void)printf("%s%s%s\n\n", colour ? "\033[1m" : "", scenario->title,
                     colour ? "\033[0m" : "");
        narrate_text(scenario->about, 0, stdout);
        if (play_part(scenario, INT64_MIN, lesson->decide_ms, NULL, NULL, &differs, fault))
            return 3;
        print_sides(lesson, colour);
        if (!arguments->choose && isatty(STDIN_FILENO) == 1)
            chosen = ask(lesson);
    }
    if (play_choices(path, lesson, chosen, tell, measures, &differs, fault))
        return 3;
    if (arguments->json) {
        if (compare_json(scenario, measures, chosen, stdout))
            return 3;
    } else {
        print_end(scenario, measures, chosen, colour);
    }
    return differs ? 1 : 0;
}

int command_play(int argc, char **argv)
{
    struct play_arguments arguments = {0};
    int stop = read_arguments(argc, argv, &arguments);
    if (stop)
        return stop - 1;
    if (identity_setup() != COMITY_OK)
        return 3;
    char path[4096];
    struct scenario *scenario = NULL;
    struct fault fault = {""};
    struct scenario_options options = {.no_choice = true};
    int code = 2;
    enum comity_error error = pack_find(arguments.pack, path, sizeof path, &fault);
    if (!error)
        error = scenario_read(path, &options, &scenario, &fault);
    if (!error && !scenario->lesson)
        error =
            fault_set(&fault, COMITY_USAGE,
                      "%s: it is no lesson: it has no `lesson`; `comity replay` plays it", path);
    else if (!error && scenario->lesson->choices_count > COMPARE_CHOICES_MAX)
        error = fault_set(
            &fault, COMITY_USAGE, "%s: it is no lesson: of %u choices %d are too many", path,
            scenario->lesson->choices_count, scenario->lesson->choices_count - COMPARE_CHOICES_MAX);
    if (!error && arguments.roles) {
        print_roles(scenario);
        code = 0;
    } else if (!error) {
        code = play_pack(scenario, &arguments, path, &fault);
    }
    scenario_free(&scenario);
    if (fault.text[0]) {
        (void)fflush(stdout);
        (void)fprintf(stderr, "comity play: %s\n", fault.text);
    }
    return code;
}
