/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/reader.h"

#include <string.h>

static struct yaml_node *make(struct arena *arena, const struct yaml_node *at, enum yaml_kind kind,
                              size_t capacity)
{
    struct yaml_node *node = arena_alloc(arena, sizeof *node);
    if (!node)
        return NULL;
    *node = (struct yaml_node){
        .kind = kind, .file = at->file, .line = at->line, .column = at->column, .text = ""};
    if (kind == YAML_SCALAR)
        return node;
    node->items = arena_array(arena, capacity, sizeof(struct yaml_node *));
    node->keys = arena_array(arena, capacity, sizeof(struct yaml_node *));
    node->asked = arena_array(arena, capacity, sizeof *node->asked);
    return node->items && node->keys && node->asked ? node : NULL;
}

struct yaml_node *node_scalar(struct arena *arena, const struct yaml_node *at, const char *text)
{
    struct yaml_node *node = make(arena, at, YAML_SCALAR, 0);
    if (!node || !text)
        return NULL;
    node->text = text;
    return node;
}

struct yaml_node *node_map(struct arena *arena, const struct yaml_node *at, size_t capacity)
{
    return make(arena, at, YAML_MAP, capacity);
}

struct yaml_node *node_list(struct arena *arena, const struct yaml_node *at, size_t capacity)
{
    return make(arena, at, YAML_LIST, capacity);
}

bool node_put(struct arena *arena, struct yaml_node *map, const char *key, struct yaml_node *value)
{
    if (!map || !value)
        return false;
    struct yaml_node *name = node_scalar(arena, value, key);
    if (!name)
        return false;
    map->keys[map->count] = name;
    map->items[map->count++] = value;
    return true;
}

bool node_push(struct yaml_node *list, struct yaml_node *item)
{
    if (!list || !item)
        return false;
    list->items[list->count++] = item;
    return true;
}

struct yaml_node *node_widen(struct arena *arena, const struct yaml_node *node, size_t more)
{
    struct yaml_node *wide = make(arena, node, node->kind, node->count + more);
    if (!wide)
        return NULL;
    wide->count = node->count;
    if (node->count)
        memcpy(wide->items, node->items, node->count * sizeof *node->items);
    if (node->kind == YAML_MAP && node->count)
        memcpy(wide->keys, node->keys, node->count * sizeof *node->keys);
    return wide;
}
