/* SPDX-License-Identifier: Apache-2.0 */
#include "roster.h"

#include <string.h>

static const char *name_of(const struct yaml_node *seat)
{
    if (seat->kind == YAML_SCALAR)
        return seat->text;
    for (size_t i = 0; seat->kind == YAML_MAP && i < seat->count; i++) {
        if (strcmp(seat->keys[i]->text, "name") == 0 && seat->items[i]->kind == YAML_SCALAR)
            return seat->items[i]->text;
    }
    return "";
}

static const char *text_in(const struct yaml_node *map, const char *key, const char *otherwise)
{
    for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0 && map->items[i]->kind == YAML_SCALAR)
            return map->items[i]->text;
    }
    return otherwise;
}

static struct yaml_node *node_in(const struct yaml_node *map, const char *key)
{
    for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    }
    return NULL;
}

enum comity_error roster_read(struct yaml_node *root, struct roster *ret_roster,
                              struct fault *fault)
{
    enum comity_error error = yaml_expect(root, YAML_MAP, "a charter", fault);
    struct yaml_node *seats = error == COMITY_OK ? node_in(root, "seats") : NULL;
    if (error == COMITY_OK && seats == NULL)
        return yaml_fault(root, fault, "a charter needs `seats`");
    if (error == COMITY_OK)
        error = yaml_expect(seats, YAML_LIST, "`seats`", fault);
    if (error == COMITY_OK && seats->count > SEATS_MAX)
        return yaml_fault(seats, fault, "at most %d seats", SEATS_MAX);
    if (error != COMITY_OK)
        return error;
    ret_roster->forum = text_in(root, "name", "");
    ret_roster->title = text_in(root, "title", "");
    ret_roster->count = (uint32_t)seats->count;
    for (size_t i = 0; i < seats->count; i++) {
        const struct yaml_node *seat = seats->items[i];
        ret_roster->seats[i] =
            (struct roster_seat){.name = name_of(seat),
                                 .title = text_in(seat, "title", ""),
                                 .has_key = text_in(seat, "key", NULL) != NULL,
                                 .presides = strcmp(text_in(seat, "role", ""), "chair") == 0};
        if (ret_roster->seats[i].name[0] == '\0')
            return yaml_fault(seat, fault, "a seat needs a name");
    }
    return COMITY_OK;
}

/* Items (and keys) for which the seat is meant are closed up. */
static void strike_from(struct yaml_node *node, const char *seat)
{
    size_t kept = 0;
    for (size_t i = 0; node != NULL && i < node->count; i++) {
        const char *name = node->kind == YAML_MAP ? node->keys[i]->text : name_of(node->items[i]);
        if (strcmp(name, seat) == 0)
            continue;
        node->items[kept] = node->items[i];
        if (node->kind == YAML_MAP)
            node->keys[kept] = node->keys[i];
        kept++;
    }
    if (node != NULL)
        node->count = kept;
}

void roster_strike(struct yaml_node *root, const char *seat)
{
    static const char *const families[] = {"groups", "weights"};
    strike_from(node_in(root, "seats"), seat);
    strike_from(node_in(root, "orderers"), seat);
    for (int f = 0; f < 2; f++) {
        struct yaml_node *family = node_in(root, families[f]);
        for (size_t i = 0; family != NULL && family->kind == YAML_MAP && i < family->count; i++) {
            if (family->items[i]->kind != YAML_SCALAR)
                strike_from(family->items[i], seat);
        }
    }
}
