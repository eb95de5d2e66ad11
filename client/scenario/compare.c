/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/compare.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, CELL = 48 };

typedef void cell_writer(const struct lesson *lesson, const struct measures *of, struct text *cell);

static void effect_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    if (of->effect_ms == INT64_MAX)
        text_add(cell, "never");
    else
        text_format(cell, "%lld (%s)", (long long)((of->effect_ms - lesson->decide_ms) / DAY_MS),
                    of->effect);
}

static void bound_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    (void)lesson;
    text_format(cell, "%u of %u", of->bound, of->members);
}

static void alone_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    (void)lesson;
    text_format(cell, "%u", of->alone);
}

/* Tenths of a percent, rounded down, so that nothing looks reached that is not. */
static void share_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    (void)lesson;
    unsigned long long tenths =
        of->covered_of
            ? (unsigned long long)((unsigned __int128)of->covered * 1000 / of->covered_of)
            : 0;
    text_format(cell, "%llu.%llu %%", tenths / 10, tenths % 10);
}

static void burden_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    if (of->burdens_count == 0) {
        text_add(cell, "-");
        return;
    }
    text_format(cell, "%lld", (long long)of->burden_least);
    if (of->burden_least != of->burden_most)
        text_format(cell, " to %lld", (long long)of->burden_most);
    text_format(cell, "%s%s%s", lesson->unit[0] ? " " : "", lesson->unit,
                of->burden_assumed ? " *" : "");
}

static void home_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    (void)lesson;
    if (of->home_told == 0)
        text_add(cell, "-");
    else
        text_format(cell, "%u of %u", of->home_yes, of->home_told);
}

static void abroad_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    (void)lesson;
    if (of->endorsed == 0 && of->condemned == 0)
        text_add(cell, "-");
    else
        text_format(cell, "%u for, %u against", of->endorsed, of->condemned);
}

static void obligations_cell(const struct lesson *lesson, const struct measures *of,
                             struct text *cell)
{
    (void)lesson;
    text_format(cell, "%u", of->obligations);
}

static void goal_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    if (of->burdens_count == 0)
        text_add(cell, "-");
    else
        text_format(cell, "%lld of %lld%s", (long long)of->pledged, (long long)lesson->goal,
                    of->burden_assumed ? " *" : "");
}

static void reached_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    if (!of->has_reached)
        text_add(cell, "-");
    else
        text_format(cell, "%lld of %lld%s", (long long)of->reached, (long long)lesson->goal,
                    of->reached_assumed ? " *" : "");
}

static void broken_cell(const struct lesson *lesson, const struct measures *of, struct text *cell)
{
    (void)lesson;
    text_format(cell, "%u", of->broken);
}

struct row {
    const char *word;
    cell_writer *write;
    bool measured; /* Only where the lesson measures an issue, */
    bool goal;     /* and has a goal. */
};
static const struct row rows[] = {
    {"days to effect", effect_cell, false, false},
    {"parties bound", bound_cell, false, false},
    {"acting alone", alone_cell, false, false},
    {"share covered", share_cell, false, false},
    {"burden per party", burden_cell, true, false},
    {"goal: pledged", goal_cell, true, true},
    {"goal: reached", reached_cell, true, true},
    {"legitimacy at home", home_cell, false, false},
    {"legitimacy abroad", abroad_cell, false, false},
    {"obligations accepted", obligations_cell, false, false},
    {"broken commitments", broken_cell, false, false},
};

static bool row_applies(const struct row *row, const struct lesson *lesson)
{
    return (!row->measured || lesson->issue[0]) && (!row->goal || lesson->has_goal);
}

/* A column is as wide as its widest cell. */
static int width_of(const struct lesson *lesson, const struct measures *of, const char *name)
{
    int width = (int)strlen(name) + 2;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char data[CELL];
        struct text cell;
        text_init(&cell, data, sizeof data);
        rows[i].write(lesson, of, &cell);
        if (row_applies(&rows[i], lesson) && (int)cell.size > width)
            width = (int)cell.size;
    }
    return width;
}

void compare_print(const struct scenario *scenario, const struct measures *measures,
                   uint32_t chosen, bool colour, FILE *out)
{
    const struct lesson *lesson = scenario->lesson;
    int widths[COMPARE_CHOICES_MAX];
    bool assumed = false;
    (void)fprintf(out, "%s%-20s", colour ? "\033[1m" : "", "");
    for (uint32_t i = 0; i < lesson->choices_count; i++) {
        char name[CELL];
        widths[i] = width_of(lesson, &measures[i], lesson->choices[i].name);
        assumed = assumed || measures[i].burden_assumed || measures[i].reached_assumed;
        (void)snprintf(name, sizeof name, "%s%s", i == chosen ? "> " : "", lesson->choices[i].name);
        (void)fprintf(out, "  %-*s", i + 1 == lesson->choices_count ? 0 : widths[i], name);
    }
    (void)fprintf(out, "%s\n", colour ? "\033[0m" : "");
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        if (!row_applies(&rows[row], lesson))
            continue;
        (void)fprintf(out, "%-20s", rows[row].word);
        for (uint32_t i = 0; i < lesson->choices_count; i++) {
            char data[CELL];
            struct text cell;
            text_init(&cell, data, sizeof data);
            rows[row].write(lesson, &measures[i], &cell);
            bool last = i + 1 == lesson->choices_count;
            (void)fprintf(out, "  %-*s", last ? 0 : widths[i], data);
        }
        (void)fputc('\n', out);
    }
    if (lesson->weight != SCENARIO_NONE)
        (void)fprintf(out, "\nThe share is of %s, by those who are bound or act alone.\n",
                      scenario->charter->weights[lesson->weight].name);
    if (assumed)
        (void)fputs("* as the pack assumes; everything else is counted from the record.\n", out);
}

static json_t *json_measures(const struct lesson *lesson, const struct measures *of)
{
    json_t *effect = of->effect_ms == INT64_MAX
                         ? json_null()
                         : json_integer((of->effect_ms - lesson->decide_ms) / DAY_MS);
    json_t *burden = of->burdens_count == 0
                         ? json_null()
                         : json_pack("{sI sI sI sb}", "least", (json_int_t)of->burden_least, "most",
                                     (json_int_t)of->burden_most, "sum", (json_int_t)of->pledged,
                                     "assumed", of->burden_assumed);
    json_t *reached = of->has_reached ? json_pack("{sI sb}", "quantity", (json_int_t)of->reached,
                                                  "assumed", of->reached_assumed)
                                      : json_null();
    return json_pack(
        "{so si si si s{sI sI} so so s{si si si} s{si si} si si}", "days-to-effect", effect,
        "members", (int)of->members, "bound", (int)of->bound, "alone", (int)of->alone, "share",
        "covered", (json_int_t)of->covered, "of", (json_int_t)of->covered_of, "burden", burden,
        "reached", reached, "home", "yes", (int)of->home_yes, "told", (int)of->home_told,
        "consents", (int)of->consents, "abroad", "endorsed", (int)of->endorsed, "condemned",
        (int)of->condemned, "obligations", (int)of->obligations, "broken", (int)of->broken);
}

enum comity_error compare_json(const struct scenario *scenario, const struct measures *measures,
                               uint32_t chosen, FILE *out)
{
    const struct lesson *lesson = scenario->lesson;
    json_t *choices = json_object();
    for (uint32_t i = 0; i < lesson->choices_count; i++)
        (void)json_object_set_new(choices, lesson->choices[i].name,
                                  json_measures(lesson, &measures[i]));
    json_t *root = json_pack(
        "{ss ss so so so}", "pack", scenario->name, "question", lesson->question, "goal",
        lesson->has_goal ? json_integer(lesson->goal) : json_null(), "chosen",
        chosen < lesson->choices_count ? json_string(lesson->choices[chosen].name) : json_null(),
        "choices", choices);
    if (!root)
        return COMITY_MEMORY;
    int failed = json_dumpf(root, out, JSON_INDENT(2));
    json_decref(root);
    return failed || fputc('\n', out) == EOF ? COMITY_IO : COMITY_OK;
}
