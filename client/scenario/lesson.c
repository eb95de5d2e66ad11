/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/lesson.h"

#include <string.h>

#include "scenario/reader.h"

enum { LESSON_TEXT_MAX = 8191, LESSON_LINE_MAX = 511 };

/* A map from names to texts. */
static enum comity_error read_texts(struct scenario *self, struct yaml_node *map, const char *what,
                                    struct lesson_text **ret_texts, uint32_t *ret_count,
                                    struct fault *fault)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, what, fault);
    if (error)
        return error;
    struct lesson_text *texts = arena_array(&self->arena, map->count, sizeof *texts);
    if (!texts)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < map->count; i++) {
        texts[i].name = map->keys[i]->text;
        (void)yaml_get(map, texts[i].name);
        error = yaml_text(map->items[i], what, LESSON_TEXT_MAX, &texts[i].text, fault);
    }
    *ret_texts = texts;
    *ret_count = (uint32_t)map->count;
    return error;
}

static enum comity_error read_roles(struct scenario *self, struct lesson *lesson,
                                    struct yaml_node *map, struct fault *fault)
{
    enum comity_error error =
        read_texts(self, map, "a role sheet", &lesson->roles, &lesson->roles_count, fault);
    for (uint32_t i = 0; !error && i < lesson->roles_count; i++) {
        uint32_t seat;
        error = scenario_read_seat(self, map->keys[i], lesson->roles[i].name, &seat, fault);
    }
    return error;
}

static enum comity_error read_discuss(struct scenario *self, struct lesson *lesson,
                                      struct yaml_node *list, struct fault *fault)
{
    enum comity_error error = yaml_expect(list, YAML_LIST, "`discuss`, questions", fault);
    if (error)
        return error;
    lesson->discuss = arena_array(&self->arena, list->count, sizeof *lesson->discuss);
    if (!lesson->discuss)
        return COMITY_MEMORY;
    lesson->discuss_count = (uint32_t)list->count;
    for (size_t i = 0; !error && i < list->count; i++)
        error =
            yaml_text(list->items[i], "a question", LESSON_LINE_MAX, &lesson->discuss[i], fault);
    return error;
}

static enum comity_error read_agreements(struct scenario *self, struct lesson *lesson,
                                         struct yaml_node *list, struct fault *fault)
{
    enum comity_error error = yaml_expect(list, YAML_LIST, "`agreements`, labels", fault);
    if (error)
        return error;
    lesson->agreements = arena_array(&self->arena, list->count, sizeof *lesson->agreements);
    if (!lesson->agreements)
        return COMITY_MEMORY;
    lesson->agreements_count = (uint32_t)list->count;
    for (size_t i = 0; !error && i < list->count; i++) {
        const char *name;
        error = yaml_text(list->items[i], "a label", SCENARIO_LABEL_MAX, &name, fault);
        if (!error)
            error = scenario_use_label(self, name, scenario_place_of(list->items[i]),
                                       &lesson->agreements[i], fault);
    }
    return error;
}

static enum comity_error read_measure(struct scenario *self, struct lesson *lesson,
                                      struct yaml_node *map, struct fault *fault)
{
    static const char *const keys[] = {"share", "issue", "unit", "goal", "agreements", NULL};
    enum comity_error error = yaml_expect(map, YAML_MAP, "`measure`", fault);
    if (error)
        return error;
    struct yaml_node *share = yaml_get(map, "share"), *issue = yaml_get(map, "issue");
    struct yaml_node *unit = yaml_get(map, "unit"), *goal = yaml_get(map, "goal");
    struct yaml_node *agreements = yaml_get(map, "agreements");
    const char *name = NULL;
    if (agreements)
        error = read_agreements(self, lesson, agreements, fault);
    if (!error && share)
        error = yaml_text(share, "a weight", NAME_MAX_SIZE, &name, fault);
    for (uint32_t i = 0; !error && share && i < self->charter->weights_count; i++)
        if (strcmp(self->charter->weights[i].name, name) == 0)
            lesson->weight = i;
    if (!error && share && lesson->weight == SCENARIO_NONE)
        return yaml_fault(share, fault, "the charter has no weight \"%s\"", name);
    if (!error && issue)
        error = yaml_text(issue, "an issue", NAME_MAX_SIZE, &lesson->issue, fault);
    if (!error && unit)
        error = yaml_text(unit, "a unit", NAME_MAX_SIZE, &lesson->unit, fault);
    lesson->has_goal = goal != NULL;
    if (!error && goal)
        error = yaml_i64(goal, "the goal", &lesson->goal, fault);
    if (!error && (goal || unit) && !issue)
        return yaml_fault(map, fault, "a goal or a unit needs `issue`");
    return error ? error : yaml_map_done(map, keys, fault);
}

static enum comity_error read_assumed(struct scenario *self, struct lesson_choice *choice,
                                      struct yaml_node *map, struct fault *fault)
{
    static const char *const keys[] = {"burden", "reached", NULL};
    enum comity_error error = yaml_expect(map, YAML_MAP, "`assume`", fault);
    if (error)
        return error;
    struct yaml_node *burden = yaml_get(map, "burden"), *reached = yaml_get(map, "reached");
    if (burden)
        error = yaml_expect(burden, YAML_MAP, "`burden`, seats and quantities", fault);
    if (!error && burden) {
        choice->burdens = arena_array(&self->arena, burden->count, sizeof *choice->burdens);
        if (!choice->burdens)
            return COMITY_MEMORY;
        choice->burdens_count = (uint32_t)burden->count;
    }
    for (uint32_t i = 0; !error && i < choice->burdens_count; i++) {
        error = scenario_read_seat(self, burden->keys[i], burden->keys[i]->text,
                                   &choice->burdens[i].seat, fault);
        if (!error)
            error = yaml_i64(burden->items[i], "a quantity", &choice->burdens[i].quantity, fault);
    }
    choice->has_reached = reached != NULL;
    if (!error && reached)
        error = yaml_i64(reached, "what is reached", &choice->reached, fault);
    return error ? error : yaml_map_done(map, keys, fault);
}

static enum comity_error read_choices(struct scenario *self, struct lesson *lesson,
                                      struct yaml_node *choices, struct fault *fault)
{
    enum comity_error error = yaml_expect(choices, YAML_MAP, "`choices`", fault);
    if (error)
        return error;
    lesson->choices = arena_array(&self->arena, choices->count, sizeof *lesson->choices);
    if (!lesson->choices)
        return COMITY_MEMORY;
    lesson->choices_count = (uint32_t)choices->count;
    for (size_t i = 0; !error && i < choices->count; i++) {
        struct yaml_node *map = choices->items[i];
        error = yaml_expect(map, YAML_MAP, "a choice", fault);
        struct yaml_node *about = error ? NULL : yaml_get(map, "about");
        struct yaml_node *assume = error ? NULL : yaml_get(map, "assume");
        lesson->choices[i].name = choices->keys[i]->text;
        lesson->choices[i].about = "";
        if (!error && about)
            error = yaml_text(about, "`about`", LESSON_TEXT_MAX, &lesson->choices[i].about, fault);
        if (!error && assume)
            error = read_assumed(self, &lesson->choices[i], assume, fault);
    }
    return error;
}

static bool acts_from(struct yaml_node *acts, int64_t decide_ms)
{
    int64_t day_ms;
    for (size_t i = 0; acts && acts->kind == YAML_MAP && i < acts->count; i++)
        if (yaml_time(acts->keys[i], "a day", &day_ms, NULL) == COMITY_OK && day_ms >= decide_ms)
            return true;
    return false;
}

/* A decision after all is over decides nothing, and everything would be measured as nothing. */
static enum comity_error check_decide(const struct scenario *self, const struct lesson *lesson,
                                      const struct yaml_node *decide, struct yaml_node *choices,
                                      struct fault *fault)
{
    for (uint32_t i = 0; i < self->steps_count; i++)
        if (self->steps[i].time_ms >= lesson->decide_ms)
            return COMITY_OK;
    for (size_t i = 0; i < choices->count; i++)
        if (yaml_get(choices->items[i], "acts-from") ||
            acts_from(yaml_get(choices->items[i], "acts"), lesson->decide_ms))
            return COMITY_OK;
    return yaml_fault(decide, fault, "the day of `decide` lies after the last act of every choice");
}

enum comity_error lesson_read(struct scenario *self, struct yaml_node *map,
                              struct yaml_node *choices, struct fault *fault)
{
    static const char *const keys[] = {"decide",  "question", "sides", "roles",
                                       "discuss", "measure",  NULL};
    enum comity_error error = yaml_expect(map, YAML_MAP, "`lesson`", fault);
    if (error)
        return error;
    struct lesson *lesson = arena_alloc(&self->arena, sizeof *lesson);
    if (!lesson)
        return COMITY_MEMORY;
    *lesson = (struct lesson){.question = "Which approach would you choose?",
                              .weight = SCENARIO_NONE,
                              .issue = "",
                              .unit = ""};
    struct yaml_node *decide = yaml_get(map, "decide"), *question = yaml_get(map, "question");
    struct yaml_node *sides = yaml_get(map, "sides"), *roles = yaml_get(map, "roles");
    struct yaml_node *discuss = yaml_get(map, "discuss"), *measure = yaml_get(map, "measure");
    error = yaml_map_done(map, keys, fault); /* First: a misspelt key explains what is missing. */
    if (!error && (!decide || !sides || !choices))
        return yaml_fault(
            map, fault, "a lesson needs `decide` (a day), `sides`, and `choices` of the scenario");
    if (!error)
        error = yaml_time(decide, "a day", &lesson->decide_ms, fault);
    if (!error && question)
        error = yaml_text(question, "the question", LESSON_LINE_MAX, &lesson->question, fault);
    if (!error)
        error = read_texts(self, sides, "a side", &lesson->sides, &lesson->sides_count, fault);
    if (!error && roles)
        error = read_roles(self, lesson, roles, fault);
    if (!error && discuss)
        error = read_discuss(self, lesson, discuss, fault);
    if (!error && measure)
        error = read_measure(self, lesson, measure, fault);
    if (!error)
        error = read_choices(self, lesson, choices, fault);
    if (!error)
        error = check_decide(self, lesson, decide, choices, fault);
    if (!error)
        self->lesson = lesson;
    return error;
}
