/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - pieces of an arena that can be given back one by one: sizes are rounded up to powers of
 * two and what is given back is handed out again. Pure; memory comes zeroed. */
#ifndef COMITY_FORUM_POOL_H
#define COMITY_FORUM_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { POOL_CLASSES = 40 };

struct pool {
    struct arena *arena;
    void *free[POOL_CLASSES]; /* Chains; the first word of a piece points to the next. */
    bool failed;              /* Memory was exhausted once. */
};

/* NULL when memory is exhausted; `failed` then stays set. */
void *pool_alloc(struct pool *self, size_t size);
/* `size` as it was asked for; NULL is fine. */
void pool_free(struct pool *self, void *piece, size_t size);
/* The same, once and for good: not rounded, never given back. */
void *pool_keep(struct pool *self, size_t size);
/* Room for one more item: false when memory is exhausted. */
bool pool_vector(struct pool *self, void **items, uint32_t count, uint32_t *capacity, size_t size);
/* Copies that are kept. */
const char *pool_text(struct pool *self, const char *text);
struct bytes pool_bytes(struct pool *self, struct bytes bytes);

#endif
