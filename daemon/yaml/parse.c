/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - libyaml's events into a tree of nodes with places. */
#include <yaml.h>

#include <stdio.h>
#include <string.h>

#include "yaml/yaml.h"

enum { TEXT_SIZE_MAX = 4 * 1024 * 1024, DEPTH_MAX = 32, NODES_MAX = 262144, KEYS_MAX = 4096 };

struct reading {
    yaml_parser_t parser;
    const char *file;
    struct bytes text;
    struct arena *arena;
    struct fault *fault;
    size_t nodes_left;
};

/* A list under construction: doubles inside the arena. */
struct growing {
    struct yaml_node **items;
    size_t count;
    size_t capacity;
};

static enum comity_error refuse_at(struct reading *self, yaml_mark_t mark, const char *what)
{
    return fault_set(self->fault, COMITY_INVALID, "%s:%zu:%zu: %s", self->file, mark.line + 1,
                     mark.column + 1, what);
}

/* The line of a byte, and the byte's column in it. */
static yaml_mark_t mark_of(struct bytes text, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < text.size; i++) {
        mark.column++;
        if (text.data[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

static enum comity_error next_event(struct reading *self, yaml_event_t *event)
{
    if (yaml_parser_parse(&self->parser, event))
        return COMITY_OK;
    if (self->parser.error == YAML_MEMORY_ERROR)
        return COMITY_MEMORY;
    /* The reader knows an offset only: a byte that is no UTF-8, or a control character. */
    if (self->parser.error == YAML_READER_ERROR)
        return refuse_at(self, mark_of(self->text, self->parser.problem_offset),
                         self->parser.problem);
    return refuse_at(self, self->parser.problem_mark,
                     self->parser.problem != NULL ? self->parser.problem : "not YAML");
}

static enum comity_error grow(struct reading *self, struct growing *list, struct yaml_node *node)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        struct yaml_node **items = arena_array(self->arena, capacity, sizeof(struct yaml_node *));
        if (items == NULL)
            return COMITY_MEMORY;
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof(struct yaml_node *));
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = node;
    return COMITY_OK;
}

/* Anchors, aliases and tags make a file mean something else than what it shows. */
static enum comity_error check_plainness(struct reading *self, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse_at(self, event->start_mark, "an alias (`*name`) is not allowed here");
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (anchor != NULL)
        return refuse_at(self, event->start_mark, "an anchor (`&name`) is not allowed here");
    if (tag != NULL)
        return refuse_at(self, event->start_mark, "a tag (`!name`) is not allowed here");
    return COMITY_OK;
}

static enum comity_error new_node(struct reading *self, const yaml_event_t *event,
                                  enum yaml_kind kind, struct yaml_node **ret_node)
{
    if (self->nodes_left == 0)
        return fault_set(self->fault, COMITY_LIMIT, "%s: more than %d values", self->file,
                         (int)NODES_MAX);
    self->nodes_left--;
    struct yaml_node *node = arena_alloc(self->arena, sizeof *node);
    if (node == NULL)
        return COMITY_MEMORY;
    *node = (struct yaml_node){.kind = kind,
                               .file = self->file,
                               .line = (uint32_t)event->start_mark.line + 1,
                               .column = (uint32_t)event->start_mark.column + 1,
                               .text = ""};
    *ret_node = node;
    return COMITY_OK;
}

static enum comity_error read_scalar(struct reading *self, const yaml_event_t *event,
                                     struct yaml_node **ret_node)
{
    struct yaml_node *node = NULL;
    struct bytes text = bytes_of(event->data.scalar.value, event->data.scalar.length);
    if (!utf8_is_valid(text))
        return refuse_at(self, event->start_mark, "a zero byte is not allowed in a text");
    enum comity_error error = new_node(self, event, YAML_SCALAR, &node);
    if (error != COMITY_OK)
        return error;
    node->text = arena_text(self->arena, text);
    if (node->text == NULL)
        return COMITY_MEMORY;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    *ret_node = node;
    return COMITY_OK;
}

static enum comity_error read_node(struct reading *self, yaml_event_t *event, uint32_t depth,
                                   struct yaml_node **ret_node);

static enum comity_error read_list(struct reading *self, struct yaml_node *list, uint32_t depth)
{
    struct growing items = {0};
    for (;;) {
        yaml_event_t event;
        struct yaml_node *item = NULL;
        enum comity_error error = next_event(self, &event);
        if (error != COMITY_OK)
            return error;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        error = read_node(self, &event, depth, &item);
        if (error == COMITY_OK)
            error = grow(self, &items, item);
        if (error != COMITY_OK)
            return error;
    }
    list->items = items.items;
    list->count = items.count;
    return COMITY_OK;
}

static enum comity_error check_key(struct reading *self, const struct growing *keys,
                                   const struct yaml_node *key)
{
    if (key->kind != YAML_SCALAR)
        return yaml_fault(key, self->fault, "expected a key, found a list or a map");
    for (size_t i = 0; i < keys->count; i++) {
        if (strcmp(keys->items[i]->text, key->text) == 0)
            return yaml_fault(key, self->fault, "\"%.64s\" is given twice; first in line %u",
                              key->text, keys->items[i]->line);
    }
    if (keys->count == KEYS_MAX)
        return fault_set(self->fault, COMITY_LIMIT, "%s:%u:%u: more than %d keys", key->file,
                         key->line, key->column, (int)KEYS_MAX);
    return COMITY_OK;
}

static enum comity_error read_map(struct reading *self, struct yaml_node *map, uint32_t depth)
{
    struct growing keys = {0};
    struct growing values = {0};
    for (;;) {
        yaml_event_t event;
        struct yaml_node *node = NULL;
        enum comity_error error = next_event(self, &event);
        if (error != COMITY_OK)
            return error;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        error = read_node(self, &event, depth, &node);
        if (error == COMITY_OK && keys.count == values.count)
            error = check_key(self, &keys, node);
        if (error == COMITY_OK)
            error = grow(self, keys.count == values.count ? &keys : &values, node);
        if (error != COMITY_OK)
            return error;
    }
    map->keys = keys.items;
    map->items = values.items;
    map->count = keys.count;
    map->asked = arena_array(self->arena, map->count, sizeof *map->asked);
    return map->asked == NULL ? COMITY_MEMORY : COMITY_OK;
}

/* Takes the event over. */
static enum comity_error read_node(struct reading *self, yaml_event_t *event, uint32_t depth,
                                   struct yaml_node **ret_node)
{
    struct yaml_node *node = NULL;
    yaml_event_type_t type = event->type;
    enum comity_error error = check_plainness(self, event);
    if (error == COMITY_OK && depth > DEPTH_MAX)
        error =
            fault_set(self->fault, COMITY_LIMIT, "%s:%zu:%zu: nested deeper than %d", self->file,
                      event->start_mark.line + 1, event->start_mark.column + 1, (int)DEPTH_MAX);
    if (error == COMITY_OK && type == YAML_SCALAR_EVENT)
        error = read_scalar(self, event, &node);
    else if (error == COMITY_OK)
        error =
            new_node(self, event, type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST, &node);
    yaml_event_delete(event);
    if (error == COMITY_OK && type == YAML_SEQUENCE_START_EVENT)
        error = read_list(self, node, depth + 1);
    if (error == COMITY_OK && type == YAML_MAPPING_START_EVENT)
        error = read_map(self, node, depth + 1);
    if (error == COMITY_OK)
        *ret_node = node;
    return error;
}

/* Skip what may stand before a document, and see that nothing comes after it. */
static enum comity_error read_document(struct reading *self, struct yaml_node **ret_root)
{
    struct yaml_node *root = NULL;
    for (;;) {
        yaml_event_t event;
        enum comity_error error = next_event(self, &event);
        if (error != COMITY_OK)
            return error;
        yaml_mark_t mark = event.start_mark;
        yaml_event_type_t type = event.type;
        bool directive = type == YAML_DOCUMENT_START_EVENT &&
                         (event.data.document_start.version_directive != NULL ||
                          event.data.document_start.tag_directives.start !=
                              event.data.document_start.tag_directives.end);
        if (type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
            type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT)
            error = read_node(self, &event, 1, &root);
        else
            yaml_event_delete(&event);
        if (error != COMITY_OK)
            return error;
        if (directive)
            return refuse_at(self, mark, "a directive (`%...`) is not allowed here");
        if (type == YAML_DOCUMENT_START_EVENT && root != NULL)
            return refuse_at(self, mark, "a second document (`---`) is not allowed here");
        if (type == YAML_STREAM_END_EVENT)
            break;
    }
    if (root == NULL)
        return fault_set(self->fault, COMITY_INVALID, "%s:1:1: the file is empty", self->file);
    *ret_root = root;
    return COMITY_OK;
}

enum comity_error yaml_parse(const char *file, struct bytes text, struct arena *arena,
                             struct yaml_node **ret_root, struct fault *fault)
{
    static const unsigned char nothing[1];
    struct reading self = {
        .file = file, .text = text, .arena = arena, .fault = fault, .nodes_left = NODES_MAX};
    if (text.size > TEXT_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT, "%s: larger than 4 MiB", file);
    if (!yaml_parser_initialize(&self.parser))
        return COMITY_MEMORY;
    yaml_parser_set_encoding(&self.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&self.parser, text.size > 0 ? text.data : nothing, text.size);
    enum comity_error error = read_document(&self, ret_root);
    yaml_parser_delete(&self.parser);
    if (error == COMITY_MEMORY)
        return fault_set(fault, error, "%s: %s", file, error_text(error));
    return error;
}

enum comity_error yaml_read(const char *path, struct arena *arena, struct yaml_node **ret_root,
                            struct fault *fault)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "%s: cannot be opened", path);
    struct buffer text = {0};
    enum comity_error error = COMITY_OK;
    while (error == COMITY_OK && text.size <= TEXT_SIZE_MAX) {
        error = buffer_reserve(&text, 65536);
        if (error != COMITY_OK)
            break;
        size_t size = fread(text.data + text.size, 1, 65536, file);
        text.size += size;
        if (size == 0)
            break;
    }
    if (error == COMITY_OK && ferror(file))
        error = fault_set(fault, COMITY_IO, "%s: cannot be read", path);
    (void)fclose(file);
    const char *name = error == COMITY_OK ? arena_text(arena, bytes_of_text(path)) : NULL;
    if (error == COMITY_OK && name == NULL)
        error = COMITY_MEMORY;
    if (error == COMITY_OK)
        error = yaml_parse(name, buffer_bytes(&text), arena, ret_root, fault);
    buffer_free(&text);
    return error;
}
