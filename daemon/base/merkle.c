/* SPDX-License-Identifier: Apache-2.0 */
/* merkle.c - the incremental tree of hash.h. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct hash merkle_leaf(struct bytes leaf)
{
    return hash_of("comity/merkle-leaf/v1", leaf);
}

static struct hash merkle_node(const struct hash *left, const struct hash *right)
{
    struct hasher hasher;
    hasher_init(&hasher, "comity/merkle-node/v1");
    hasher_add(&hasher, left->bytes, HASH_SIZE);
    hasher_add(&hasher, right->bytes, HASH_SIZE);
    return hasher_finish(&hasher);
}

static enum comity_error level_set(struct merkle *self, size_t level, size_t index,
                                   struct hash node)
{
    assert(level < MERKLE_LEVELS_MAX && index <= self->levels[level].count);
    if (index == self->levels[level].capacity) {
        size_t capacity = index == 0 ? 16 : index * 2;
        struct hash *nodes = realloc(self->levels[level].nodes, capacity * sizeof *nodes);
        if (nodes == NULL)
            return COMITY_MEMORY;
        self->levels[level].nodes = nodes;
        self->levels[level].capacity = capacity;
    }
    self->levels[level].nodes[index] = node;
    if (index == self->levels[level].count)
        self->levels[level].count++;
    return COMITY_OK;
}

enum comity_error merkle_set(struct merkle *self, size_t index, struct hash leaf)
{
    enum comity_error error = level_set(self, 0, index, leaf);
    for (size_t level = 0; error == COMITY_OK && self->levels[level].count > 1; level++) {
        const struct hash *nodes = self->levels[level].nodes;
        size_t left = index & ~(size_t)1;
        bool paired = left + 1 < self->levels[level].count;
        index /= 2;
        error = level_set(self, level + 1, index,
                          paired ? merkle_node(&nodes[left], &nodes[left + 1]) : nodes[left]);
    }
    return error;
}

struct hash merkle_root_of(struct hash *leaves, size_t count)
{
    if (count == 0)
        return hash_of("comity/merkle-empty/v1", bytes_of(NULL, 0));
    for (; count > 1; count = (count + 1) / 2) {
        for (size_t i = 0; i < count; i += 2)
            leaves[i / 2] = i + 1 < count ? merkle_node(&leaves[i], &leaves[i + 1]) : leaves[i];
    }
    return leaves[0];
}

size_t merkle_count(const struct merkle *self)
{
    return self->levels[0].count;
}

struct hash merkle_root(const struct merkle *self)
{
    if (self->levels[0].count == 0)
        return hash_of("comity/merkle-empty/v1", bytes_of(NULL, 0));
    size_t level = 0;
    while (self->levels[level].count > 1)
        level++;
    return self->levels[level].nodes[0];
}

size_t merkle_path(const struct merkle *self, size_t index, struct hash *ret_path)
{
    assert(index < self->levels[0].count);
    size_t path_count = 0;
    for (size_t level = 0; self->levels[level].count > 1; level++, index /= 2) {
        size_t sibling = index ^ 1;
        if (sibling < self->levels[level].count)
            ret_path[path_count++] = self->levels[level].nodes[sibling];
    }
    return path_count;
}

enum comity_error merkle_root_from_path(struct hash leaf, size_t index, size_t count,
                                        const struct hash *path, size_t path_count,
                                        struct hash *ret_root)
{
    if (index >= count)
        return COMITY_INVALID;
    size_t used = 0;
    struct hash node = leaf;
    for (; count > 1; count = (count + 1) / 2, index /= 2) {
        if ((index ^ 1) >= count)
            continue;
        if (used == path_count)
            return COMITY_INVALID;
        node = index & 1 ? merkle_node(&path[used], &node) : merkle_node(&node, &path[used]);
        used++;
    }
    if (used != path_count)
        return COMITY_INVALID;
    *ret_root = node;
    return COMITY_OK;
}

void merkle_free(struct merkle *self)
{
    for (size_t level = 0; level < MERKLE_LEVELS_MAX; level++)
        free(self->levels[level].nodes);
    *self = (struct merkle){0};
}
