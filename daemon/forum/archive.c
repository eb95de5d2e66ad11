/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/archive.h"

#include <string.h>

#define ARCHIVE_FIELD(bits, bytes_count, type) \
    self->size += (bytes_count); \
    if (self->writer != NULL) \
        writer_##bits(self->writer, *field); \
    if (self->reader != NULL) \
    *field = (type)reader_##bits(self->reader)

void archive_u8(struct archive *self, uint8_t *field)
{
    ARCHIVE_FIELD(u8, 1, uint8_t);
}

void archive_u32(struct archive *self, uint32_t *field)
{
    ARCHIVE_FIELD(u32, 4, uint32_t);
}

void archive_u64(struct archive *self, uint64_t *field)
{
    ARCHIVE_FIELD(u64, 8, uint64_t);
}

void archive_i64(struct archive *self, int64_t *field)
{
    ARCHIVE_FIELD(i64, 8, int64_t);
}

void archive_bool(struct archive *self, bool *field)
{
    *field = archive_word(self, *field, 1) != 0;
}

void archive_raw(struct archive *self, void *field, size_t size)
{
    self->size += size;
    if (self->writer != NULL)
        writer_raw(self->writer, field, size);
    if (self->reader != NULL)
        reader_raw(self->reader, field, size);
}

void archive_mask(struct archive *self, uint64_t field[SEATS_MAX / 64])
{
    for (uint32_t i = 0; i < self->mask_words; i++)
        archive_u64(self, &field[i]);
}

void archive_text(struct archive *self, const char **field)
{
    if (self->reader == NULL) {
        self->size += 4 + strlen(*field);
        if (self->writer != NULL)
            writer_text(self->writer, *field);
        return;
    }
    *field = "";
    struct bytes text = reader_bytes(self->reader);
    if (text.size == 0)
        return;
    if (!utf8_is_valid(text)) {
        self->failed = true;
        return;
    }
    const char *copy = arena_text(self->pool->arena, text);
    if (copy == NULL)
        self->pool->failed = true;
    else
        *field = copy;
}

void archive_bytes(struct archive *self, struct bytes *field)
{
    self->size += 4 + field->size;
    if (self->writer != NULL)
        writer_bytes(self->writer, *field);
    if (self->reader != NULL)
        *field = pool_bytes(self->pool, reader_bytes(self->reader));
}

void archive_count(struct archive *self, uint32_t *field, size_t least)
{
    archive_u32(self, field);
    if (self->reader != NULL && *field > (self->reader->size - self->reader->at) / least) {
        self->failed = true;
        *field = 0;
    }
}

uint32_t archive_word(struct archive *self, uint32_t value, uint32_t last)
{
    uint8_t byte = (uint8_t)value;
    archive_u8(self, &byte);
    if (byte > last) {
        self->failed = true;
        return 0;
    }
    return byte;
}
