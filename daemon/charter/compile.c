/* SPDX-License-Identifier: Apache-2.0 */
/* compile.c - a charter from the YAML that people write. */
#include "charter/compile.h"

#include <string.h>

#include "model/block.h"

static const char *const charter_keys[] = {"name",    "title", "nonce",     "seats",    "groups",
                                           "weights", "rules", "topics",    "orderers", "procedure",
                                           "clock",   "pace",  "tolerance", "grace",    "notes",
                                           "nominal", NULL};

enum comity_error compile_place(struct compiling *self, const struct yaml_node *node,
                                enum comity_error error)
{
    return fault_prefix(self->fault, error, "%s:%u:%u: ", node->file, node->line, node->column);
}

enum comity_error compile_get(struct compiling *self, const char *key, enum yaml_kind kind,
                              size_t most, struct yaml_node **ret_node)
{
    struct yaml_node *node = yaml_get(self->root, key);
    enum comity_error error = node == NULL ? COMITY_OK : yaml_expect(node, kind, key, self->fault);
    if (error != COMITY_OK)
        return error;
    if (node != NULL && node->count > most) {
        (void)yaml_fault(node, self->fault, "%zu %s: %zu at most", node->count, key, most);
        return COMITY_LIMIT;
    }
    *ret_node = node;
    return COMITY_OK;
}

enum comity_error compile_find_seat(struct compiling *self, const struct yaml_node *node,
                                    uint32_t *ret_seat)
{
    const char *name = NULL;
    enum comity_error error = yaml_text(node, "a seat's name", TITLE_MAX, &name, self->fault);
    if (error != COMITY_OK)
        return error;
    int32_t seat = charter_find_seat(&self->charter, name);
    if (seat < 0)
        return yaml_fault(node, self->fault, "no seat is called \"%.40s\"", name);
    *ret_seat = (uint32_t)seat;
    return COMITY_OK;
}

static enum comity_error compile_heading(struct compiling *self)
{
    const struct yaml_node *name = yaml_get(self->root, "name");
    const struct yaml_node *title = yaml_get(self->root, "title");
    if (name == NULL)
        return yaml_fault(self->root, self->fault, "expected `name`, one word for the forum");
    self->charter.title = "";
    enum comity_error error = yaml_text(name, "name", TITLE_MAX, &self->charter.name, self->fault);
    if (error == COMITY_OK && title != NULL)
        error = yaml_text(title, "title", TITLE_MAX, &self->charter.title, self->fault);
    if (error != COMITY_OK)
        return error;
    error = check_heading(&self->charter, self->fault);
    if (error != COMITY_OK)
        return compile_place(self, title != NULL ? title : name, error);
    return COMITY_OK;
}

static enum comity_error compile_nonce(struct compiling *self)
{
    const struct yaml_node *node = yaml_get(self->root, "nonce");
    size_t size = sizeof self->charter.nonce;
    if (node == NULL && self->options != NULL && self->options->nonce != NULL) {
        memcpy(self->charter.nonce, self->options->nonce, size);
        return COMITY_OK;
    }
    if (node == NULL)
        return yaml_fault(self->root, self->fault,
                          "expected `nonce`: 32 hexadecimal digits that tell this forum from "
                          "another with equal terms");
    if (node->kind != YAML_SCALAR || hex_to_bytes(node->text, self->charter.nonce, size) != 0)
        return yaml_fault(node, self->fault, "nonce: expected 32 hexadecimal digits");
    return COMITY_OK;
}

/* A rule with stages repeats the settings of the first one it names, wherever that stands. */
static enum comity_error fill_stages(struct compiling *self, const struct yaml_node *map,
                                     struct charter_rule *rules)
{
    for (size_t i = 0; i < map->count; i++) {
        if (!rules[i].has_stages)
            continue;
        const struct charter_rule stages = rules[i];
        const struct charter_rule *first = charter_find_rule(&self->charter, stages.stages.first);
        if (first == NULL || first->has_stages)
            return yaml_fault(map->keys[i], self->fault,
                              "rule \"%.40s\": no rule with one ballot is called \"%.40s\"",
                              stages.name, stages.stages.first);
        rules[i] = *first;
        rules[i].name = stages.name;
        rules[i].has_stages = true;
        rules[i].stages = stages.stages;
    }
    return COMITY_OK;
}

static enum comity_error check_rules(struct compiling *self, const struct yaml_node *map,
                                     const struct rule_roster *roster)
{
    for (uint32_t i = 0; i < map->count; i++) {
        enum comity_error error = check_rule(&self->charter, i, roster, self->arena, self->fault);
        if (error == COMITY_OK)
            error = check_stages(&self->charter, i, self->fault);
        if (error == COMITY_OK)
            error = check_life_rules(&self->charter, i, self->fault);
        if (error != COMITY_OK)
            return compile_place(self, map->keys[i], error);
    }
    return COMITY_OK;
}

static enum comity_error compile_nominal(struct compiling *self)
{
    const struct yaml_node *node = yaml_get(self->root, "nominal");
    uint64_t nominal = 0;
    enum comity_error error =
        node == NULL ? COMITY_OK : yaml_u64(node, "nominal", 1, NOMINAL_MAX, &nominal, self->fault);
    self->charter.nominal = (uint32_t)nominal;
    return error;
}

static enum comity_error compile_rules(struct compiling *self)
{
    struct yaml_node *map = NULL;
    struct compile_rules reader = {
        .charter = &self->charter, .arena = self->arena, .fault = self->fault};
    enum comity_error error = compile_get(self, "rules", YAML_MAP, RULES_MAX, &map);
    if (error != COMITY_OK)
        return error;
    if (map == NULL || map->count == 0)
        return yaml_fault(map != NULL ? map : self->root, self->fault,
                          "expected `rules`, a map with at least one");
    struct charter_rule *rules = arena_array(self->arena, map->count, sizeof *rules);
    if (rules == NULL)
        return COMITY_MEMORY;
    self->charter.rules = rules;
    error = charter_roster(&self->charter, self->arena, &reader.roster);
    for (uint32_t i = 0; error == COMITY_OK && i < map->count; i++) {
        error = compile_rule(&reader, map->keys[i]->text, map->items[i], &rules[i]);
        if (error != COMITY_OK)
            return error;
        self->charter.rules_count++;
    }
    if (error == COMITY_OK)
        error = fill_stages(self, map, rules);
    return error != COMITY_OK ? error : check_rules(self, map, reader.roster);
}

static enum comity_error compile_topics(struct compiling *self)
{
    struct yaml_node *list = NULL;
    enum comity_error error = compile_get(self, "topics", YAML_LIST, TOPICS_MAX, &list);
    if (error != COMITY_OK || list == NULL)
        return error;
    const char **topics = arena_array(self->arena, list->count, sizeof *topics);
    if (topics == NULL)
        return COMITY_MEMORY;
    self->charter.topics = topics;
    for (uint32_t i = 0; i < list->count; i++) {
        error = yaml_text(list->items[i], "a topic", TITLE_MAX, &topics[i], self->fault);
        if (error != COMITY_OK)
            return error;
        self->charter.topics_count++;
        error = check_topic(&self->charter, i, self->fault);
        if (error != COMITY_OK)
            return compile_place(self, list->items[i], error);
    }
    return COMITY_OK;
}

/* Named in any order; kept in the order of their seats. */
static enum comity_error compile_orderers(struct compiling *self)
{
    struct yaml_node *list = NULL;
    bool orders[SEATS_MAX] = {false};
    enum comity_error error = compile_get(self, "orderers", YAML_LIST, SEATS_MAX, &list);
    if (error != COMITY_OK)
        return error;
    charter_order_by_all(&self->charter);
    if (list == NULL)
        return COMITY_OK;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t seat = 0;
        error = compile_find_seat(self, list->items[i], &seat);
        if (error != COMITY_OK)
            return error;
        if (orders[seat])
            return yaml_fault(list->items[i], self->fault, "seat \"%.40s\" orders twice",
                              list->items[i]->text);
        orders[seat] = true;
    }
    self->charter.orderers_count = 0;
    for (uint32_t i = 0; i < self->charter.seats_count; i++) {
        if (orders[i])
            self->charter.orderers[self->charter.orderers_count++] = i;
    }
    error = check_orderers(&self->charter, self->fault);
    return error == COMITY_OK ? error : compile_place(self, list, error);
}

static enum comity_error compile_clock_map(struct compiling *self, struct yaml_node *map)
{
    static const char *const keys[] = {"starts", "day", "presided", NULL};
    struct charter *charter = &self->charter;
    struct yaml_node *starts = yaml_get(map, "starts");
    struct yaml_node *day = yaml_get(map, "day");
    struct yaml_node *presided = yaml_get(map, "presided");
    enum comity_error error = yaml_map_done(map, keys, self->fault);
    if (error != COMITY_OK)
        return error;
    if (presided != NULL && starts == NULL && day == NULL) {
        charter->clock = CLOCK_PRESIDED;
        return yaml_time(presided, "clock.presided", &charter->clock_starts_ms, self->fault);
    }
    if (presided != NULL || starts == NULL || day == NULL)
        return yaml_fault(map, self->fault,
                          "clock: expected `starts` and `day`, or `presided` alone");
    charter->clock = CLOCK_SCALED;
    error = yaml_time(starts, "clock.starts", &charter->clock_starts_ms, self->fault);
    if (error == COMITY_OK)
        error = yaml_length(day, "clock.day", &charter->clock_day_ms, self->fault);
    return error;
}

static enum comity_error compile_clock(struct compiling *self)
{
    struct yaml_node *node = yaml_get(self->root, "clock");
    self->charter.clock = CLOCK_REAL;
    if (node == NULL || (node->kind == YAML_SCALAR && strcmp(node->text, "real") == 0))
        return COMITY_OK;
    if (node->kind != YAML_MAP)
        return yaml_fault(node, self->fault,
                          "clock: expected real, {starts: DATE, day: LENGTH} or {presided: DATE}");
    enum comity_error error = compile_clock_map(self, node);
    if (error != COMITY_OK)
        return error;
    error = check_clock(&self->charter, self->fault);
    return error == COMITY_OK ? error : compile_place(self, node, error);
}

/* After the orderers, whose number says how long silent leaders can hold a ballot back: each of f
 * costs its view's three paces before the next one leads. */
static enum comity_error compile_times(struct compiling *self)
{
    struct charter *charter = &self->charter;
    const char *const keys[] = {"pace", "tolerance", "grace"};
    int64_t *const values[] = {&charter->pace_ms, &charter->tolerance_ms, &charter->grace_ms};
    charter->pace_ms = 1000;
    charter->tolerance_ms = 10000;
    for (size_t i = 0; i < 3; i++) {
        if (i == 2)
            charter->grace_ms = 3 * charter->pace_ms * (quorum_faults(charter->orderers_count) + 1);
        const struct yaml_node *node = yaml_get(self->root, keys[i]);
        if (node == NULL)
            continue;
        /* `0` needs no unit. */
        bool zero = node->kind == YAML_SCALAR && strcmp(node->text, "0") == 0;
        enum comity_error error = COMITY_OK;
        if (zero)
            *values[i] = 0;
        else
            error = yaml_length(node, keys[i], values[i], self->fault);
        if (error != COMITY_OK)
            return error;
        error = check_times(charter, self->fault);
        if (error != COMITY_OK)
            return compile_place(self, node, error);
    }
    return COMITY_OK;
}

static enum comity_error compile_rest(struct compiling *self)
{
    const struct yaml_node *procedure = yaml_get(self->root, "procedure");
    const struct yaml_node *notes = yaml_get(self->root, "notes");
    size_t index = 0;
    size_t noted = 1;
    enum comity_error error = COMITY_OK;
    if (procedure != NULL)
        error = yaml_word(procedure, "procedure", charter_procedures, &index, self->fault);
    if (error == COMITY_OK && notes != NULL)
        error = yaml_word(notes, "notes", charter_notes_words, &noted, self->fault);
    self->charter.procedure = charter_procedures[index];
    self->charter.notes = (enum charter_notes)(NOTES_NONE + noted);
    return error;
}

static enum comity_error compile_all(struct compiling *self)
{
    static enum comity_error (*const parts[])(struct compiling *) = {
        compile_heading,    compile_nonce,   compile_nominal, compile_seats,  compile_groups,
        compile_represents, compile_weights, compile_rules,   compile_topics, compile_orderers,
        compile_clock,      compile_rest,    compile_times,
    };
    enum comity_error error = yaml_expect(self->root, YAML_MAP, "a charter", self->fault);
    for (size_t i = 0; error == COMITY_OK && i < sizeof parts / sizeof *parts; i++)
        error = parts[i](self);
    return error != COMITY_OK ? error : yaml_map_done(self->root, charter_keys, self->fault);
}

/* The bytes, decoded again: what we hand out, every other daemon accepts. */
static enum comity_error finish(struct compiling *self, charter_warn *warn, void *warn_context,
                                struct buffer *ret_bytes)
{
    struct buffer bytes = {0};
    Comity__V1__Charter message;
    const struct charter *charter = NULL;
    enum comity_error error = charter_to_message(&self->charter, self->arena, &message);
    if (error == COMITY_OK)
        error = strict_pack(&message.base, &bytes);
    if (error == COMITY_OK)
        error = charter_decode(buffer_bytes(&bytes), self->arena, &charter, self->fault);
    if (error == COMITY_OK && warn != NULL)
        error = charter_lint(charter, self->arena, warn, warn_context);
    if (error == COMITY_OK)
        error = buffer_append(ret_bytes, bytes.data, bytes.size);
    buffer_free(&bytes);
    return error;
}

enum comity_error charter_compile(struct yaml_node *root, const struct charter_options *options,
                                  charter_warn *warn, void *warn_context, struct buffer *ret_bytes,
                                  struct fault *fault)
{
    struct arena arena;
    struct fault unread = {.text = ""};
    struct compiling self = {.root = root,
                             .options = options,
                             .arena = &arena,
                             .fault = fault != NULL ? fault : &unread};
    arena_init(&arena, 0);
    enum comity_error error = compile_all(&self);
    if (error == COMITY_OK)
        error = finish(&self, warn, warn_context, ret_bytes);
    arena_free(&arena);
    if (error == COMITY_MEMORY)
        return fault_set(fault, error, "%s: %s", root->file, error_text(error));
    return error;
}
