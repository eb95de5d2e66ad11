/* SPDX-License-Identifier: Apache-2.0 */
/* archive.h - one description of a layout for measuring, writing and reading it, so that the three
 * never disagree. Pure. Each function does one of the three with the field it is given; reading
 * past the end, or a value that is none, turns `failed` and leaves zeros. */
#ifndef COMITY_FORUM_ARCHIVE_H
#define COMITY_FORUM_ARCHIVE_H

#include "base/bytes.h"
#include "forum/pool.h"
#include "model/limits.h"

struct archive {
    size_t size;           /* Measured. */
    struct writer *writer; /* Writes if not NULL. */
    struct reader *reader; /* Reads if not NULL. */
    struct pool *pool;     /* For what is read. */
    uint32_t mask_words;   /* Of a mask of seats: SEATS_MAX / 64, or what the seats need. */
    bool failed;
};

void archive_u8(struct archive *self, uint8_t *field);
void archive_bool(struct archive *self, bool *field);
void archive_u32(struct archive *self, uint32_t *field);
void archive_u64(struct archive *self, uint64_t *field);
void archive_i64(struct archive *self, int64_t *field);
void archive_raw(struct archive *self, void *field, size_t size);
void archive_mask(struct archive *self, uint64_t field[SEATS_MAX / 64]);
void archive_text(struct archive *self, const char **field);
void archive_bytes(struct archive *self, struct bytes *field);
/* A count of items, each of at least `least` bytes: more than can follow is refused. */
void archive_count(struct archive *self, uint32_t *field, size_t least);
/* An enum kept in one byte, at most `last`. */
uint32_t archive_word(struct archive *self, uint32_t value, uint32_t last);

#endif
