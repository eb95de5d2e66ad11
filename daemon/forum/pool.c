/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/pool.h"

#include <assert.h>
#include <string.h>

enum { POOL_CLASS_MIN = 5 };

static uint32_t class_of(size_t size)
{
    uint32_t class = POOL_CLASS_MIN;
    while (class < POOL_CLASSES && ((size_t)1 << class) < size)
        class ++;
    return class;
}

void *pool_alloc(struct pool *self, size_t size)
{
    uint32_t class = class_of(size);
    if (class >= POOL_CLASSES) {
        self->failed = true;
        return NULL;
    }
    void *piece = self->free[class];
    if (piece != NULL) {
        memcpy(&self->free[class], piece, sizeof(void *));
        return memset(piece, 0, (size_t)1 << class);
    }
    piece = arena_alloc(self->arena, (size_t)1 << class);
    if (piece == NULL)
        self->failed = true;
    return piece;
}

void pool_free(struct pool *self, void *piece, size_t size)
{
    if (piece == NULL)
        return;
    uint32_t class = class_of(size);
    assert(class < POOL_CLASSES); /* It was allocated with this size. */
    memcpy(piece, &self->free[class], sizeof(void *));
    self->free[class] = piece;
}

void *pool_keep(struct pool *self, size_t size)
{
    void *piece = arena_alloc(self->arena, size);
    if (piece == NULL)
        self->failed = true;
    return piece;
}

bool pool_vector(struct pool *self, void **items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    if (*capacity > UINT32_MAX / 2) {
        self->failed = true;
        return false;
    }
    uint32_t larger = *capacity == 0 ? 4 : *capacity * 2;
    void *grown = pool_alloc(self, (size_t)larger * size);
    if (grown == NULL)
        return false;
    if (count > 0)
        memcpy(grown, *items, (size_t)count * size);
    pool_free(self, *items, (size_t)*capacity * size);
    *items = grown;
    *capacity = larger;
    return true;
}

const char *pool_text(struct pool *self, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return "";
    const char *copy = arena_text(self->arena, bytes_of_text(text));
    if (copy == NULL)
        self->failed = true;
    return copy == NULL ? "" : copy;
}

struct bytes pool_bytes(struct pool *self, struct bytes bytes)
{
    if (bytes.size == 0)
        return bytes_of(NULL, 0);
    struct bytes copy = arena_bytes(self->arena, bytes);
    if (copy.data == NULL)
        self->failed = true;
    return copy;
}
