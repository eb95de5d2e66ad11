/* SPDX-License-Identifier: Apache-2.0 */
/* expect_figures.c - what is expected of goals, pledges and the fund. */
#include <string.h>

#include "base/calendar.h"
#include "scenario/reader.h"

static const char *const review_words[] = {"none", "kept", "short", "rested", NULL};

/* `{pledged: 70, review: kept}` */
static enum comity_error read_row(struct scenario *self, struct yaml_node *map,
                                  const struct expectation *model, struct fault *fault)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "figures", fault);
    for (size_t i = 0; !error && i < map->count; i++) {
        struct expectation item = *model;
        struct yaml_node *value = map->items[i];
        item.place = scenario_place_of(map->keys[i]);
        item.kind = EXPECT_FIGURE;
        item.figure = figure_of_row(model->row.row, map->keys[i]->text);
        if (item.figure == FIGURES_COUNT)
            return yaml_fault(map->keys[i], fault, "there is no figure \"%s\" here",
                              map->keys[i]->text);
        size_t word = 0;
        if (item.figure == FIGURE_REVIEW)
            error = yaml_word(value, "a review", review_words, &word, fault);
        else
            error = yaml_i64(value, "a number", &item.value, fault);
        if (item.figure == FIGURE_REVIEW)
            item.value = (int64_t)word;
        if (!error)
            error = scenario_add_expectation(self, &item);
    }
    return error;
}

/* `CO2 by 2030-01-01`, or `CO2` for the first of it. */
static enum comity_error read_issue(struct scenario *self, const struct yaml_node *key,
                                    struct figure_query *row, struct fault *fault)
{
    char *issue = arena_text(&self->arena, bytes_of_text(key->text));
    if (!issue)
        return COMITY_MEMORY;
    char *by = strstr(issue, " by ");
    row->issue = issue;
    row->has_day = by != NULL;
    if (!by)
        return COMITY_OK;
    *by = '\0';
    if (calendar_parse(by + 4, &row->due_ms) != COMITY_OK)
        return yaml_fault(key, fault, "\"%s\" is no day such as 2030-12-31", by + 4);
    return COMITY_OK;
}

static enum comity_error read_issues(struct scenario *self, struct yaml_node *map,
                                     const struct expectation *model, struct fault *fault)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "issues and their figures", fault);
    for (size_t i = 0; !error && i < map->count; i++) {
        struct expectation item = *model;
        error = read_issue(self, map->keys[i], &item.row, fault);
        if (!error)
            error = read_row(self, map->items[i], &item, fault);
    }
    return error;
}

/* A map of seats, and what each has. */
static enum comity_error read_seats(struct scenario *self, struct yaml_node *map,
                                    const struct expectation *model, struct fault *fault)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "seats and their figures", fault);
    for (size_t i = 0; !error && i < map->count; i++) {
        struct expectation item = *model;
        error = scenario_read_seat(self, map->keys[i], map->keys[i]->text, &item.seat, fault);
        item.row.seat = item.seat;
        if (!error)
            error = model->row.row == ROW_PLEDGE ? read_issues(self, map->items[i], &item, fault)
                                                 : read_row(self, map->items[i], &item, fault);
    }
    return error;
}

bool expect_is_of_figures(const char *key)
{
    return strcmp(key, "goals") == 0 || strcmp(key, "pledges") == 0 || strcmp(key, "fund") == 0 ||
           strcmp(key, "paying") == 0;
}

enum comity_error expect_figures(struct scenario *self, const char *key, struct yaml_node *value,
                                 const struct expectation *model, struct fault *fault)
{
    struct expectation item = *model;
    item.row = (struct figure_query){.row = strcmp(key, "goals") == 0     ? ROW_GOAL
                                            : strcmp(key, "pledges") == 0 ? ROW_PLEDGE
                                            : strcmp(key, "fund") == 0    ? ROW_FUND
                                                                          : ROW_SEAT};
    if (item.row.row == ROW_FUND)
        return read_row(self, value, &item, fault);
    return item.row.row == ROW_GOAL ? read_issues(self, value, &item, fault)
                                    : read_seats(self, value, &item, fault);
}
