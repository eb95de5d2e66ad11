/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - memory that is given back all at once. The pure rooms allocate only from one.
 *
 * Memory comes zeroed. An arena has a limit in bytes, so that what a peer can make us allocate
 * is bounded; at the limit arena_alloc returns NULL and the caller returns COMITY_MEMORY. */
#ifndef COMITY_BASE_ARENA_H
#define COMITY_BASE_ARENA_H

#include <stddef.h>

#include "base/bytes.h"

struct arena_chunk;
struct arena {
    struct arena_chunk *chunks; /* Newest first. */
    size_t used;                /* Bytes of all chunks. */
    size_t limit;               /* Bytes; 0 means no limit. */
};

void arena_init(struct arena *self, size_t limit);
/* Zeroed and aligned for any type; NULL when memory or the limit is exhausted. size 0 gives a
 * valid pointer. */
void *arena_alloc(struct arena *self, size_t size);
/* count*size without overflow. */
void *arena_array(struct arena *self, size_t count, size_t size);
/* A copy with a final zero added; NULL as above. */
char *arena_text(struct arena *self, struct bytes text);
/* A copy; data is NULL when memory is exhausted and bytes.size > 0. */
struct bytes arena_bytes(struct arena *self, struct bytes bytes);
void arena_reset(struct arena *self); /* Keeps one chunk. */
void arena_free(struct arena *self);  /* Gives everything back; the arena can be used again. */

#endif
