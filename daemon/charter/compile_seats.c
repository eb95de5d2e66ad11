/* SPDX-License-Identifier: Apache-2.0 */
/* compile_seats.c - who sits in a charter's forum, in which groups and with which weights. */
#include <string.h>

#include "charter/compile.h"

static const char *const seat_keys[] = {"name",       "title",   "key", "role",
                                        "represents", "carries", NULL};

static enum comity_error compile_key(struct compiling *self, const struct yaml_node *item,
                                     const struct yaml_node *key, struct charter_seat *seat)
{
    const struct charter_options *options = self->options;
    if (key != NULL) {
        if (key->kind == YAML_SCALAR && hex_to_bytes(key->text, seat->key, KEY_SIZE) == COMITY_OK)
            return COMITY_OK;
        return yaml_fault(key, self->fault,
                          "the key of seat \"%.40s\": expected 64 hexadecimal digits", seat->name);
    }
    enum comity_error error = COMITY_NOT_FOUND;
    if (options != NULL && options->key_source != NULL)
        error = options->key_source(options->context, seat->name, seat->key);
    if (error == COMITY_NOT_FOUND && options != NULL && options->no_key != NULL)
        return yaml_fault(item, self->fault, "seat \"%.40s\" %s", seat->name, options->no_key);
    if (error == COMITY_NOT_FOUND)
        return yaml_fault(item, self->fault,
                          "no key for seat \"%.40s\": add `key:` and the 64 hexadecimal digits of "
                          "its delegation",
                          seat->name);
    return error;
}

static enum comity_error compile_seat(struct compiling *self, struct yaml_node *item,
                                      struct charter_seat *seat)
{
    size_t role = 0;
    *seat = (struct charter_seat){.title = "", .represents = -1, .carries = -1};
    enum comity_error error = COMITY_OK;
    const struct yaml_node *name = item;
    const struct yaml_node *key = NULL;
    if (item->kind == YAML_LIST)
        return yaml_fault(item, self->fault, "a seat: expected a name or a map, found a list");
    if (item->kind == YAML_MAP) {
        name = yaml_get(item, "name");
        key = yaml_get(item, "key");
        const struct yaml_node *title = yaml_get(item, "title");
        const struct yaml_node *word = yaml_get(item, "role");
        (void)yaml_get(item, "represents"); /* Once the groups are known; and so is the next. */
        (void)yaml_get(item, "carries");
        if (name == NULL)
            return yaml_fault(item, self->fault, "a seat: expected `name`");
        if (title != NULL)
            error = yaml_text(title, "a seat's title", TITLE_MAX, &seat->title, self->fault);
        if (error == COMITY_OK && word != NULL)
            error = yaml_word(word, "a seat's role", charter_role_words, &role, self->fault);
        if (error == COMITY_OK)
            error = yaml_map_done(item, seat_keys, self->fault);
    }
    if (error == COMITY_OK)
        error = yaml_text(name, "a seat's name", TITLE_MAX, &seat->name, self->fault);
    seat->role = (enum seat_role)(SEAT_MEMBER + role);
    return error != COMITY_OK ? error : compile_key(self, item, key, seat);
}

enum comity_error compile_seats(struct compiling *self)
{
    struct yaml_node *list = NULL;
    enum comity_error error = compile_get(self, "seats", YAML_LIST, SEATS_MAX, &list);
    if (error != COMITY_OK)
        return error;
    if (list == NULL)
        return yaml_fault(self->root, self->fault, "expected `seats`, a list");
    self->seats = arena_array(self->arena, list->count, sizeof *self->seats);
    if (self->seats == NULL)
        return COMITY_MEMORY;
    self->charter.seats = self->seats;
    for (uint32_t i = 0; i < list->count; i++) {
        error = compile_seat(self, list->items[i], &self->seats[i]);
        if (error != COMITY_OK)
            return error;
        self->charter.seats_count++;
        error = check_seat(&self->charter, i, self->fault);
        if (error != COMITY_OK)
            return compile_place(self, list->items[i], error);
    }
    error = check_seats(&self->charter, self->fault);
    return error == COMITY_OK ? error : compile_place(self, list, error);
}

enum comity_error compile_groups(struct compiling *self)
{
    struct yaml_node *map = NULL;
    enum comity_error error = compile_get(self, "groups", YAML_MAP, GROUPS_MAX, &map);
    if (error != COMITY_OK || map == NULL)
        return error;
    struct charter_group *groups = arena_array(self->arena, map->count, sizeof *groups);
    if (groups == NULL)
        return COMITY_MEMORY;
    self->charter.groups = groups;
    for (uint32_t i = 0; i < map->count; i++) {
        const struct yaml_node *list = map->items[i];
        groups[i].name = map->keys[i]->text;
        error = yaml_expect(list, YAML_LIST, "a group's seats", self->fault);
        for (size_t j = 0; error == COMITY_OK && j < list->count; j++) {
            uint32_t seat = 0;
            error = compile_find_seat(self, list->items[j], &seat);
            if (error != COMITY_OK)
                return error;
            if (charter_group_has(&groups[i], seat))
                return yaml_fault(list->items[j], self->fault,
                                  "seat \"%.40s\" is in group \"%.40s\" twice",
                                  list->items[j]->text, groups[i].name);
            groups[i].seats[seat / 64] |= (uint64_t)1 << (seat % 64);
        }
        if (error != COMITY_OK)
            return error;
        self->charter.groups_count++;
        error = check_group(&self->charter, i, self->fault);
        if (error != COMITY_OK)
            return compile_place(self, map->keys[i], error);
    }
    return COMITY_OK;
}

/* The group a key of a seat names; -1 if it has no such key. */
static enum comity_error compile_organisation(struct compiling *self, struct yaml_node *item,
                                              const char *key, int32_t *ret_group)
{
    const struct yaml_node *node = item->kind == YAML_MAP ? yaml_get(item, key) : NULL;
    if (node == NULL)
        return COMITY_OK;
    for (uint32_t j = 0; node->kind == YAML_SCALAR && j < self->charter.groups_count; j++) {
        if (strcmp(self->charter.groups[j].name, node->text) == 0)
            *ret_group = (int32_t)j;
    }
    if (*ret_group < 0)
        return yaml_fault(node, self->fault, "%s: expected the name of a group", key);
    return COMITY_OK;
}

enum comity_error compile_represents(struct compiling *self)
{
    struct yaml_node *list = yaml_get(self->root, "seats");
    enum comity_error error = COMITY_OK;
    for (size_t i = 0; error == COMITY_OK && i < self->charter.seats_count; i++) {
        error =
            compile_organisation(self, list->items[i], "represents", &self->seats[i].represents);
        if (error == COMITY_OK)
            error = compile_organisation(self, list->items[i], "carries", &self->seats[i].carries);
    }
    for (uint32_t i = 0; error == COMITY_OK && i < self->charter.seats_count; i++) {
        error = check_carries(&self->charter, i, self->fault);
        if (error != COMITY_OK)
            return compile_place(self, list->items[i], error);
    }
    return error;
}

enum comity_error compile_values(const struct charter *charter, struct arena *arena,
                                 struct yaml_node *map, const char *what, const char *value,
                                 struct fault *fault, const uint64_t **ret_values)
{
    uint64_t *values = arena_array(arena, charter->seats_count, sizeof *values);
    uint64_t otherwise = 0;
    enum comity_error error = COMITY_OK;
    if (values == NULL)
        return COMITY_MEMORY;
    const struct yaml_node *fallback = yaml_get(map, "default");
    if (fallback != NULL)
        error = yaml_u64(fallback, value, 0, UINT64_MAX, &otherwise, fault);
    for (uint32_t i = 0; error == COMITY_OK && i < charter->seats_count; i++) {
        const struct charter_seat *seat = &charter->seats[i];
        const struct yaml_node *node = yaml_get(map, seat->name);
        if (node != NULL)
            error = yaml_u64(node, value, 0, UINT64_MAX, &values[i], fault);
        else if (seat->role == SEAT_MEMBER && fallback == NULL)
            error = yaml_fault(map, fault, "%s names no value for \"%.40s\" and no `default:`",
                               what, seat->name);
        else if (seat->role == SEAT_MEMBER)
            values[i] = otherwise;
    }
    for (size_t i = 0; error == COMITY_OK && i < map->count; i++) {
        if (!map->asked[i])
            error =
                yaml_fault(map->keys[i], fault, "no seat is called \"%.40s\"", map->keys[i]->text);
    }
    *ret_values = values;
    return error;
}

static enum comity_error compile_weight(struct compiling *self, struct yaml_node *map,
                                        struct charter_weight *weight)
{
    char line[64];
    struct text what;
    enum comity_error error = yaml_expect(map, YAML_MAP, "a weight", self->fault);
    text_init(&what, line, sizeof line);
    text_format(&what, "weight \"%.40s\"", weight->name);
    return error != COMITY_OK ? error
                              : compile_values(&self->charter, self->arena, map, line, "a weight",
                                               self->fault, &weight->values);
}

enum comity_error compile_weights(struct compiling *self)
{
    struct yaml_node *map = NULL;
    enum comity_error error = compile_get(self, "weights", YAML_MAP, WEIGHTS_MAX, &map);
    if (error != COMITY_OK || map == NULL)
        return error;
    struct charter_weight *weights = arena_array(self->arena, map->count, sizeof *weights);
    if (weights == NULL)
        return COMITY_MEMORY;
    self->charter.weights = weights;
    for (uint32_t i = 0; i < map->count; i++) {
        weights[i].name = map->keys[i]->text;
        error = compile_weight(self, map->items[i], &weights[i]);
        if (error != COMITY_OK)
            return error;
        self->charter.weights_count++;
        error = check_weight(&self->charter, i, self->fault);
        if (error != COMITY_OK)
            return compile_place(self, map->keys[i], error);
    }
    return COMITY_OK;
}
