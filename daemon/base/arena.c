/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_CHUNK_SIZE = 64 * 1024 - 64 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) uint8_t data[];
};

void arena_init(struct arena *self, size_t limit)
{
    *self = (struct arena){.limit = limit};
}

static struct arena_chunk *arena_grow(struct arena *self, size_t size)
{
    size_t capacity = size > ARENA_CHUNK_SIZE ? size : ARENA_CHUNK_SIZE;
    if (self->limit > 0 && capacity > self->limit - self->used)
        capacity = size; /* A last chunk that just fits. */
    if (self->limit > 0 && capacity > self->limit - self->used)
        return NULL;
    if (capacity > SIZE_MAX - sizeof(struct arena_chunk))
        return NULL;
    struct arena_chunk *chunk = malloc(sizeof *chunk + capacity);
    if (chunk == NULL)
        return NULL;
    *chunk = (struct arena_chunk){.next = self->chunks, .capacity = capacity};
    self->chunks = chunk;
    self->used += capacity;
    return chunk;
}

void *arena_alloc(struct arena *self, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        return NULL;
    size = size == 0 ? align : (size + align - 1) / align * align;
    struct arena_chunk *chunk = self->chunks;
    if (chunk == NULL || size > chunk->capacity - chunk->used)
        chunk = arena_grow(self, size);
    if (chunk == NULL)
        return NULL;
    void *memory = chunk->data + chunk->used;
    chunk->used += size;
    return memset(memory, 0, size);
}

void *arena_array(struct arena *self, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return arena_alloc(self, count * size);
}

char *arena_text(struct arena *self, struct bytes text)
{
    if (text.size == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(self, text.size + 1);
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.data, text.size);
    return copy;
}

struct bytes arena_bytes(struct arena *self, struct bytes bytes)
{
    uint8_t *copy = arena_alloc(self, bytes.size);
    if (copy == NULL)
        return bytes_of(NULL, 0);
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, bytes.size);
}

void arena_reset(struct arena *self)
{
    struct arena_chunk *kept = NULL;
    while (self->chunks != NULL) {
        struct arena_chunk *chunk = self->chunks;
        self->chunks = chunk->next;
        if (kept == NULL && chunk->capacity == ARENA_CHUNK_SIZE) {
            kept = chunk;
        } else {
            free(chunk);
        }
    }
    self->used = 0;
    if (kept != NULL) {
        kept->next = NULL;
        kept->used = 0;
        self->chunks = kept;
        self->used = kept->capacity;
    }
}

void arena_free(struct arena *self)
{
    while (self->chunks != NULL) {
        struct arena_chunk *chunk = self->chunks;
        self->chunks = chunk->next;
        free(chunk);
    }
    self->used = 0;
}
