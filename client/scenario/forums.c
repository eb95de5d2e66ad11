/* SPDX-License-Identifier: Apache-2.0 */
/* forums.c - forums beside the main one: the same delegations, another charter and record. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "scenario/reader.h"

static const char *const forum_keys[] = {"charter", "roster", "unjoined",  "acts",
                                         "expect",  "verify", "acts-from", NULL};

/* A delegation has one key in all forums. */
static enum comity_error find_key(void *context, const char *seat_name, uint8_t ret_key[KEY_SIZE])
{
    const struct scenario *main = context;
    int32_t seat = charter_find_seat(main->charter, seat_name);
    if (seat < 0)
        return COMITY_NOT_FOUND;
    memcpy(ret_key, main->charter->seats[seat].key, KEY_SIZE);
    return COMITY_OK;
}

/* Daemons are of the main forum's seats, and only it kills and starts them. */
static enum comity_error check_forum(const struct scenario *self, const struct yaml_node *key,
                                     struct fault *fault)
{
    const struct charter *main = self->main->charter;
    if (strcmp(self->charter->name, key->text) != 0 || strcmp(key->text, main->name) == 0)
        return yaml_fault(key, fault,
                          "a forum goes by its charter's name, \"%s\", and by no other's",
                          self->charter->name);
    for (uint32_t i = 0; i < self->charter->seats_count; i++) {
        int32_t seat = charter_find_seat(main, self->charter->seats[i].name);
        if (seat < 0 || memcmp(main->seats[seat].key, self->charter->seats[i].key, KEY_SIZE) != 0)
            return yaml_fault(key, fault, "%s is no delegation of the main forum",
                              self->charter->seats[i].name);
    }
    for (uint32_t i = 0; i < self->steps_count; i++)
        if (self->steps[i].kind == STEP_KILL || self->steps[i].kind == STEP_START)
            return yaml_fault(key, fault, "`kill` and `start` stand among the main forum's acts");
    return COMITY_OK;
}

static enum comity_error read_forum(struct scenario *self, const struct yaml_node *key,
                                    struct yaml_node *map, const struct scenario_options *options,
                                    struct fault *fault)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "a forum", fault);
    for (int i = 0; !error && forum_keys[i]; i++)
        (void)yaml_get(map, forum_keys[i]);
    if (!error)
        error = yaml_map_done(map, forum_keys, fault);
    if (!error)
        error = scenario_read_charter(self, map, options, fault);
    struct yaml_node *unjoined = error ? NULL : yaml_get(map, "unjoined");
    self->name = self->title = key->text;
    self->about = "";
    if (unjoined)
        error = scenario_read_set(self, unjoined, &self->unjoined, fault);
    if (!error)
        error = scenario_read_parts(self, map, fault);
    if (!error)
        error = check_forum(self, key, fault);
    return error ? error : scenario_order(self, fault);
}

enum comity_error forums_read(struct scenario *self, struct yaml_node *map,
                              const struct scenario_options *options, struct fault *fault)
{
    struct scenario_options beside = *options;
    beside.key_source = find_key;
    beside.no_key = "does not sit in the main forum, whose delegations alone have daemons here";
    beside.key_context = self;
    enum comity_error error = yaml_expect(map, YAML_MAP, "`forums`", fault);
    if (!error && map->count > SCENARIO_OTHERS_MAX)
        error =
            yaml_fault(map, fault, "at most %d forums beside the main one", SCENARIO_OTHERS_MAX);
    if (error)
        return error;
    self->others = arena_array(&self->arena, map->count, sizeof *self->others);
    for (size_t i = 0; !error && self->others && i < map->count; i++) {
        struct scenario *other = calloc(1, sizeof *other);
        if (!other)
            return COMITY_MEMORY;
        self->others[self->others_count++] = other;
        arena_init(&other->arena, 0);
        other->path = self->path;
        other->main = self;
        error = read_forum(other, map->keys[i], map->items[i], &beside, fault);
    }
    return !error && !self->others ? COMITY_MEMORY : error;
}

void forums_bind_shifts(struct scenario *self)
{
    for (uint32_t i = 0; i < self->steps_count; i++) {
        for (uint32_t j = 0; j < self->steps[i].acts_count; j++) {
            struct act *act = &self->steps[i].acts[j].act;
            if (act->kind != ACT_SHIFT)
                continue;
            /* A forum of which the file tells nothing more has some id. */
            act->as.shift.forum =
                hash_of("comity/scenario-forum/v1", bytes_of_text(act->as.shift.name));
            for (uint32_t k = 0; k < self->others_count; k++)
                if (strcmp(self->others[k]->name, act->as.shift.name) == 0)
                    act->as.shift.forum = self->others[k]->charter->id;
        }
    }
}

/* `carried: dam`, a label of the main forum. */
enum comity_error carried_read(struct scenario *self, struct yaml_node *map,
                               struct scenario_act *act, struct fault *fault)
{
    struct yaml_node *node = yaml_get(map, "carried");
    const char *name;
    if (!node)
        return COMITY_OK;
    if (!self->main)
        return yaml_fault(node, fault,
                          "a text is carried from the main forum into one of `forums`");
    enum comity_error error = yaml_text(node, "a label", SCENARIO_LABEL_MAX, &name, fault);
    for (uint32_t i = 0; !error && i < self->main->labels_count; i++)
        if (strcmp(self->main->labels[i].name, name) == 0 && !self->main->labels[i].declaration)
            act->carried = i;
    if (!error && act->carried == SCENARIO_NONE)
        error = yaml_fault(node, fault, "the main forum has no proposal \"%s\"", name);
    act->act.as.propose.has_carried = true;
    return error;
}

/* `{shift: dam, to: willing}` */
enum comity_error shift_read(struct yaml_node *map, struct act *act, struct fault *fault)
{
    struct yaml_node *to = yaml_get(map, "to");
    if (!to)
        return yaml_fault(map, fault, "a shift needs `to`, the name of the other forum");
    return yaml_text(to, "a forum's name", NAME_MAX_SIZE, &act->as.shift.name, fault);
}
