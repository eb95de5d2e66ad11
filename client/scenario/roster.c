/* SPDX-License-Identifier: Apache-2.0 */
/* roster.c - puts the seats, groups and weights of `roster` into the charter's map, as if a person
 * had written them there; the charter's reader then checks all of it. */
#include <string.h>

#include "scenario/reader.h"

struct merge {
    struct scenario *scenario;
    struct yaml_node *roster;
    struct yaml_node *seats;   /* List. */
    struct yaml_node *groups;  /* Map of lists. */
    struct yaml_node *weights; /* Map of maps. */
    struct yaml_node *represents;
    struct fault *fault;
};

static struct yaml_node *find_key(const struct yaml_node *map, const char *key)
{
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    return NULL;
}

static enum comity_error add_seat(struct merge *self, const struct yaml_node *at, const char *name,
                                  const char *title)
{
    struct arena *arena = &self->scenario->arena;
    struct yaml_node *seat = node_map(arena, at, 3);
    if (!node_put(arena, seat, "name", node_scalar(arena, at, name)))
        return COMITY_MEMORY;
    if (title && title[0] && !node_put(arena, seat, "title", node_scalar(arena, at, title)))
        return COMITY_MEMORY;
    struct yaml_node *group = self->represents ? yaml_get(self->represents, name) : NULL;
    if (group && !node_put(arena, seat, "represents", group))
        return COMITY_MEMORY;
    return node_push(self->seats, seat) ? COMITY_OK : COMITY_MEMORY;
}

/* The seats of `seats: {FRA: France}`. */
static enum comity_error add_inline(struct merge *self, struct yaml_node *map)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "the roster's seats", self->fault);
    if (error)
        return error;
    self->seats = node_widen(&self->scenario->arena, self->seats, map->count);
    if (!self->seats)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < map->count; i++) {
        const char *title;
        error = yaml_text(map->items[i], "a seat's title", TITLE_MAX, &title, self->fault);
        if (!error)
            error = add_seat(self, map->keys[i], map->keys[i]->text, title);
    }
    return error;
}

/* A place in the table, so that the charter's complaints name the row. */
static struct yaml_node *row_place(struct merge *self, const struct csv *table,
                                   const struct csv_row *row)
{
    struct yaml_node *place = node_scalar(&self->scenario->arena, self->roster, "");
    if (place) {
        place->file = table->path;
        place->line = row->line;
        place->column = 1;
    }
    return place;
}

static enum comity_error add_weight(struct merge *self, const struct csv *table, const char *name,
                                    uint32_t seat_column, uint32_t column)
{
    struct arena *arena = &self->scenario->arena;
    struct yaml_node *values = node_map(arena, self->roster, table->rows_count);
    for (uint32_t i = 0; values && i < table->rows_count; i++) {
        const struct csv_row *row = &table->rows[i];
        struct yaml_node *place = row_place(self, table, row);
        const char *cell = row->cells[column];
        if (!place || !node_put(arena, values, row->cells[seat_column],
                                node_scalar(arena, place, cell[0] ? cell : "0")))
            return COMITY_MEMORY;
    }
    return node_put(arena, self->weights, name, values) ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error add_weights(struct merge *self, const struct csv *table,
                                     uint32_t seat_column, struct yaml_node *map)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "the roster's weights", self->fault);
    if (error)
        return error;
    self->weights = node_widen(&self->scenario->arena, self->weights, map->count);
    if (!self->weights)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < map->count; i++) {
        uint32_t column;
        error = csv_column(table, map->items[i], &column, self->fault);
        if (!error)
            error = add_weight(self, table, map->keys[i]->text, seat_column, column);
    }
    return error;
}

/* `P5: {column: status, is: permanent}` */
static enum comity_error add_group(struct merge *self, const struct csv *table,
                                   uint32_t seat_column, const char *name, struct yaml_node *map)
{
    struct arena *arena = &self->scenario->arena;
    enum comity_error error = yaml_expect(map, YAML_MAP, "a group of the roster", self->fault);
    if (error)
        return error;
    struct yaml_node *column_name = yaml_get(map, "column");
    struct yaml_node *is = yaml_get(map, "is");
    if (!column_name || !is)
        return yaml_fault(map, self->fault, "a group of the roster needs `column` and `is`");
    uint32_t column;
    const char *value;
    error = csv_column(table, column_name, &column, self->fault);
    if (!error)
        error = yaml_text(is, "a cell", 255, &value, self->fault);
    if (!error)
        error = yaml_map_done(map, (const char *const[]){"column", "is", NULL}, self->fault);
    if (error)
        return error;
    struct yaml_node *members = node_list(arena, map, table->rows_count);
    for (uint32_t i = 0; members && i < table->rows_count; i++) {
        if (strcmp(table->rows[i].cells[column], value) != 0)
            continue;
        if (!node_push(members, node_scalar(arena, map, table->rows[i].cells[seat_column])))
            return COMITY_MEMORY;
    }
    return node_put(arena, self->groups, name, members) ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error add_groups(struct merge *self, const struct csv *table,
                                    uint32_t seat_column, struct yaml_node *map)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "the roster's groups", self->fault);
    if (error)
        return error;
    self->groups = node_widen(&self->scenario->arena, self->groups, map->count);
    if (!self->groups)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < map->count; i++)
        error = add_group(self, table, seat_column, map->keys[i]->text, map->items[i]);
    return error;
}

static enum comity_error add_file(struct merge *self, struct yaml_node *file)
{
    const char *name;
    enum comity_error error = yaml_text(file, "the roster's file", 4095, &name, self->fault);
    if (error)
        return error;
    const char *path = scenario_beside(self->scenario, name);
    struct csv table = {0};
    if (!path)
        return COMITY_MEMORY;
    error = csv_read(path, &self->scenario->arena, &table, self->fault);
    if (error)
        return fault_prefix(self->fault, error, "%s:%u: ", file->file, file->line);
    struct yaml_node *seat = yaml_get(self->roster, "seat");
    struct yaml_node *title = yaml_get(self->roster, "title");
    struct yaml_node *weights = yaml_get(self->roster, "weights");
    struct yaml_node *groups = yaml_get(self->roster, "groups");
    if (!seat)
        return yaml_fault(self->roster, self->fault,
                          "a roster from a file needs `seat`: the column of the seats' names");
    uint32_t seat_column, title_column = 0;
    error = csv_column(&table, seat, &seat_column, self->fault);
    if (!error && title)
        error = csv_column(&table, title, &title_column, self->fault);
    if (error)
        return error;
    self->seats = node_widen(&self->scenario->arena, self->seats, table.rows_count);
    if (!self->seats)
        return COMITY_MEMORY;
    for (uint32_t i = 0; !error && i < table.rows_count; i++) {
        const struct csv_row *row = &table.rows[i];
        struct yaml_node *place = row_place(self, &table, row);
        error = place ? add_seat(self, place, row->cells[seat_column],
                                 title ? row->cells[title_column] : "")
                      : COMITY_MEMORY;
    }
    if (!error && weights)
        error = add_weights(self, &table, seat_column, weights);
    if (!error && groups)
        error = add_groups(self, &table, seat_column, groups);
    return error;
}

/* The charter's own part, or an empty one. */
static enum comity_error begin_part(struct merge *self, struct yaml_node *charter, const char *key,
                                    enum yaml_kind kind, struct yaml_node **ret_part)
{
    struct arena *arena = &self->scenario->arena;
    struct yaml_node *part = find_key(charter, key);
    if (part) {
        enum comity_error error = yaml_expect(part, kind, key, self->fault);
        if (error)
            return error;
        *ret_part = part;
    } else {
        *ret_part =
            kind == YAML_MAP ? node_map(arena, self->roster, 0) : node_list(arena, self->roster, 0);
    }
    return *ret_part ? COMITY_OK : COMITY_MEMORY;
}

static bool end_part(struct arena *arena, struct yaml_node *charter, const char *key,
                     struct yaml_node *part)
{
    for (size_t i = 0; i < charter->count; i++) {
        if (strcmp(charter->keys[i]->text, key) == 0) {
            charter->items[i] = part;
            return true;
        }
    }
    return part->count == 0 || node_put(arena, charter, key, part);
}

enum comity_error roster_merge(struct scenario *self, struct yaml_node *roster,
                               struct yaml_node *charter, struct fault *fault)
{
    struct merge merge = {.scenario = self, .roster = roster, .fault = fault};
    enum comity_error error = yaml_expect(roster, YAML_MAP, "the roster", fault);
    if (error)
        return error;
    struct yaml_node *seats = yaml_get(roster, "seats");
    struct yaml_node *file = yaml_get(roster, "file");
    merge.represents = yaml_get(roster, "represents");
    if (!seats == !file)
        return yaml_fault(roster, fault, "a roster needs either `seats` or `file`");
    if (merge.represents)
        error = yaml_expect(merge.represents, YAML_MAP, "`represents`", fault);
    if (!error)
        error = begin_part(&merge, charter, "seats", YAML_LIST, &merge.seats);
    if (!error)
        error = begin_part(&merge, charter, "groups", YAML_MAP, &merge.groups);
    if (!error)
        error = begin_part(&merge, charter, "weights", YAML_MAP, &merge.weights);
    if (!error)
        error = seats ? add_inline(&merge, seats) : add_file(&merge, file);
    if (!error)
        error = yaml_map_done(roster,
                              (const char *const[]){"seats", "file", "seat", "title", "weights",
                                                    "groups", "represents", NULL},
                              fault);
    if (!error && merge.represents) {
        for (size_t i = 0; i < merge.represents->count; i++)
            if (!merge.represents->asked[i])
                return yaml_fault(merge.represents->keys[i], fault, "the roster has no seat \"%s\"",
                                  merge.represents->keys[i]->text);
    }
    if (!error && !(end_part(&self->arena, charter, "seats", merge.seats) &&
                    end_part(&self->arena, charter, "groups", merge.groups) &&
                    end_part(&self->arena, charter, "weights", merge.weights)))
        error = COMITY_MEMORY;
    return error;
}
