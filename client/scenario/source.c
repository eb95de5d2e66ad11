/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - `acts-from`: acts in tables. A source with `act` has a row per act; one with `yes` a
 * row per ballot question (questions.c). */
#include <string.h>

#include "base/calendar.h"
#include "scenario/reader.h"

enum comity_error source_filter_read(struct scenario *self, struct yaml_node *map,
                                     const struct csv *table, struct source_filter *ret_filter,
                                     struct fault *fault)
{
    struct source_filter filter = {.from_ms = INT64_MIN, .to_ms = INT64_MAX, .limit = UINT64_MAX};
    struct yaml_node *date = yaml_get(map, "date");
    struct yaml_node *from = yaml_get(map, "from"), *to = yaml_get(map, "to");
    struct yaml_node *limit = yaml_get(map, "limit"), *where = yaml_get(map, "where");
    if (!date)
        return yaml_fault(map, fault, "a source needs `date`: the column of the days");
    enum comity_error error = csv_column(table, date, &filter.date_column, fault);
    if (!error && from)
        error = yaml_time(from, "a day", &filter.from_ms, fault);
    if (!error && to)
        error = yaml_time(to, "a day", &filter.to_ms, fault);
    if (!error && limit)
        error = yaml_u64(limit, "a number of rows", 1, UINT32_MAX, &filter.limit, fault);
    if (!error && where)
        error = yaml_expect(where, YAML_MAP, "`where`, columns and their values", fault);
    if (!error && where) {
        filter.where = where;
        filter.columns = arena_array(&self->arena, where->count, sizeof *filter.columns);
        if (!filter.columns)
            return COMITY_MEMORY;
        for (size_t i = 0; !error && i < where->count; i++)
            error = csv_column(table, where->keys[i], &filter.columns[i], fault);
    }
    if (!error)
        *ret_filter = filter;
    return error;
}

static bool holds(const struct yaml_node *values, const char *cell)
{
    if (values->kind == YAML_SCALAR)
        return strcmp(values->text, cell) == 0;
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i]->kind == YAML_SCALAR && strcmp(values->items[i]->text, cell) == 0)
            return true;
    return false;
}

enum comity_error source_filter_row(struct source_filter *self, const struct csv *table,
                                    const struct csv_row *row, bool *ret_wanted,
                                    int64_t *ret_time_ms, struct fault *fault)
{
    int64_t time_ms;
    if (calendar_parse(row->cells[self->date_column], &time_ms))
        return csv_fault(table, row, fault, "\"%s\" is no date such as 2016-10-05",
                         row->cells[self->date_column]);
    bool wanted = self->limit > 0 && time_ms >= self->from_ms && time_ms <= self->to_ms;
    for (size_t i = 0; wanted && self->where && i < self->where->count; i++)
        wanted = holds(self->where->items[i], row->cells[self->columns[i]]);
    if (wanted)
        self->limit--;
    *ret_wanted = wanted;
    *ret_time_ms = time_ms;
    return COMITY_OK;
}

/* What the words of the act column mean: NULL for `nothing`. */
struct meaning {
    const char *word;
    bool acts;
    struct scenario_act act;
};

static enum comity_error read_meanings(struct scenario *self, struct yaml_node *map,
                                       struct meaning **ret_meanings, size_t *ret_count,
                                       struct fault *fault)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "`means`, words and their acts", fault);
    if (error)
        return error;
    struct meaning *meanings = arena_array(&self->arena, map->count, sizeof *meanings);
    if (!meanings)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < map->count; i++) {
        struct yaml_node *value = map->items[i];
        meanings[i].word = map->keys[i]->text;
        meanings[i].acts = value->kind != YAML_SCALAR || strcmp(value->text, "nothing") != 0;
        if (meanings[i].acts)
            error = act_read(self, value, &meanings[i].act, fault);
        if (!error && meanings[i].acts && meanings[i].act.label != SCENARIO_NONE)
            error = yaml_fault(value, fault, "an act of many rows has no `as`");
    }
    *ret_meanings = meanings;
    *ret_count = map->count;
    return error;
}

static enum comity_error find_meaning(const struct meaning *meanings, size_t count,
                                      const struct csv *table, const struct csv_row *row,
                                      const char *word, const struct meaning **ret_meaning,
                                      struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(meanings[i].word, word) == 0) {
            *ret_meaning = &meanings[i];
            return COMITY_OK;
        }
    }
    return csv_fault(table, row, fault, "`means` does not say what \"%s\" is", word);
}

/* What a row's `effective` cell says: the party is bound, or free, from that day. */
static enum comity_error expect_effect(struct scenario *self, const struct csv *table,
                                       const struct csv_row *row, const struct scenario_act *act,
                                       uint32_t seat, const char *cell, struct fault *fault)
{
    struct expectation item = {.place = {table->path, row->line},
                               .label = act->target,
                               .seat = seat,
                               .kind = EXPECT_SINCE};
    if (!*cell)
        return COMITY_OK;
    if (calendar_parse(cell, &item.time_ms))
        return csv_fault(table, row, fault, "\"%s\" is no date such as 2016-10-05", cell);
    if (act->target == SCENARIO_NONE)
        return csv_fault(table, row, fault, "this act has no effect on an agreement");
    if (act->act.kind == ACT_WITHDRAW)
        item.kind = EXPECT_UNTIL;
    item.when_ms = item.time_ms;
    enum comity_error error = scenario_add_step(self, item.when_ms, STEP_CHECK, NULL);
    return error ? error : scenario_add_expectation(self, &item);
}

/* Rows of one day are handed in together as long as no seat comes twice. */
struct batch {
    int64_t time_ms;
    struct seat_set seats;
    struct scenario_act *acts; /* SEATS_MAX of them. */
    uint32_t count;
};

static enum comity_error end_batch(struct scenario *self, struct batch *batch)
{
    struct scenario_step *step;
    if (batch->count == 0)
        return COMITY_OK;
    enum comity_error error = scenario_add_step(self, batch->time_ms, STEP_ACTS, &step);
    if (error)
        return error;
    step->acts = arena_array(&self->arena, batch->count, sizeof *step->acts);
    if (!step->acts)
        return COMITY_MEMORY;
    memcpy(step->acts, batch->acts, batch->count * sizeof *step->acts);
    step->acts_count = batch->count;
    self->acts_count += batch->count;
    batch->count = 0;
    batch->seats = (struct seat_set){0};
    return COMITY_OK;
}

static enum comity_error add_to_batch(struct scenario *self, struct batch *batch,
                                      const struct csv *table, const struct csv_row *row,
                                      int64_t time_ms, const struct meaning *meaning, uint32_t seat)
{
    if (batch->count && (batch->time_ms != time_ms || seat_set_has(&batch->seats, seat))) {
        enum comity_error error = end_batch(self, batch);
        if (error)
            return error;
    }
    batch->time_ms = time_ms;
    seat_set_add(&batch->seats, seat);
    batch->acts[batch->count] = meaning->act;
    batch->acts[batch->count].place = (struct scenario_place){table->path, row->line};
    batch->acts[batch->count++].act.seat = seat;
    return COMITY_OK;
}

struct rows {
    const struct csv *table;
    struct source_filter filter;
    struct meaning *meanings;
    size_t meanings_count;
    uint32_t seat, act, effective; /* Columns. */
    bool has_effective;
    struct batch batch;
};

static enum comity_error read_row(struct scenario *self, struct rows *rows,
                                  const struct csv_row *row, struct fault *fault)
{
    const struct meaning *meaning;
    bool wanted;
    int64_t time_ms;
    enum comity_error error =
        source_filter_row(&rows->filter, rows->table, row, &wanted, &time_ms, fault);
    if (error || !wanted)
        return error;
    error = find_meaning(rows->meanings, rows->meanings_count, rows->table, row,
                         row->cells[rows->act], &meaning, fault);
    if (error || !meaning->acts)
        return error;
    int32_t seat = charter_find_seat(self->charter, row->cells[rows->seat]);
    if (seat < 0)
        return csv_fault(rows->table, row, fault, "the charter has no seat \"%s\"",
                         row->cells[rows->seat]);
    error = add_to_batch(self, &rows->batch, rows->table, row, time_ms, meaning, (uint32_t)seat);
    if (!error && rows->has_effective)
        error = expect_effect(self, rows->table, row, &meaning->act, (uint32_t)seat,
                              row->cells[rows->effective], fault);
    return error;
}

static enum comity_error read_rows(struct scenario *self, struct yaml_node *map,
                                   const struct csv *table, struct fault *fault)
{
    static const char *const keys[] = {"file",  "date", "seat", "act",   "means", "effective",
                                       "where", "from", "to",   "limit", NULL};
    struct yaml_node *seat_name = yaml_get(map, "seat"), *act_name = yaml_get(map, "act");
    struct yaml_node *means = yaml_get(map, "means"), *effective = yaml_get(map, "effective");
    struct rows rows = {.table = table};
    if (!seat_name || !means)
        return yaml_fault(map, fault, "a source with `act` needs `seat` and `means`");
    enum comity_error error = source_filter_read(self, map, table, &rows.filter, fault);
    if (!error)
        error = csv_column(table, seat_name, &rows.seat, fault);
    if (!error)
        error = csv_column(table, act_name, &rows.act, fault);
    rows.has_effective = effective != NULL;
    if (!error && effective)
        error = csv_column(table, effective, &rows.effective, fault);
    if (!error)
        error = read_meanings(self, means, &rows.meanings, &rows.meanings_count, fault);
    if (!error)
        error = yaml_map_done(map, keys, fault);
    rows.batch.acts = arena_array(&self->arena, SEATS_MAX, sizeof *rows.batch.acts);
    if (!error && !rows.batch.acts)
        error = COMITY_MEMORY;
    for (uint32_t i = 0; !error && i < table->rows_count; i++)
        error = read_row(self, &rows, &table->rows[i], fault);
    return error ? error : end_batch(self, &rows.batch);
}

enum comity_error sources_read(struct scenario *self, struct yaml_node *list, struct fault *fault)
{
    enum comity_error error = yaml_expect(list, YAML_LIST, "`acts-from`", fault);
    for (size_t i = 0; !error && i < list->count; i++) {
        struct yaml_node *map = list->items[i];
        struct csv *table = arena_alloc(&self->arena, sizeof *table);
        const char *file = "";
        if (!table)
            return COMITY_MEMORY;
        error = yaml_expect(map, YAML_MAP, "a source of acts", fault);
        if (!error && !yaml_get(map, "file"))
            error = yaml_fault(map, fault, "a source of acts needs `file`");
        if (!error)
            error = yaml_text(yaml_get(map, "file"), "a file", 4095, &file, fault);
        const char *path = error ? NULL : scenario_beside(self, file);
        if (!error)
            error = path ? csv_read(path, &self->arena, table, fault) : COMITY_MEMORY;
        if (error)
            return error;
        if (!yaml_get(map, "act") == !yaml_get(map, "yes"))
            return yaml_fault(map, fault,
                              "a source has either `act` (a row per act) or `yes` "
                              "(a row per question)");
        error = yaml_get(map, "act") ? read_rows(self, map, table, fault)
                                     : questions_read(self, map, table, fault);
    }
    return error;
}
