/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.h - borrowed bytes, a growable buffer that owns its memory, and a big-endian writer and
 * reader for the fixed layouts that are signed or hashed.
 *
 * A reader never reads past its end: it turns `failed` and yields zeros, so a caller reads a
 * whole layout and checks once. A writer over caller memory turns `failed` when full. */
#ifndef COMITY_BASE_BYTES_H
#define COMITY_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Bytes somebody else owns. */
struct bytes {
    const uint8_t *data; /* NULL only if size is 0. */
    size_t size;
};

struct bytes bytes_of(const void *data, size_t size);
/* The characters of a string, without its final zero. */
struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes left, struct bytes right);

/* Growable; owns `data` (malloc). All zeros is a valid empty buffer. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

/* COMITY_MEMORY: nothing changed. */
COMITY_MUST_CHECK enum comity_error buffer_append(struct buffer *self, const void *data,
                                                  size_t size);
COMITY_MUST_CHECK enum comity_error buffer_reserve(struct buffer *self, size_t more);
void buffer_clear(struct buffer *self); /* Keeps the memory. */
void buffer_free(struct buffer *self);  /* NULL-safe; leaves an empty buffer. */
struct bytes buffer_bytes(const struct buffer *self);

/* Writes into memory of the caller. */
struct writer {
    uint8_t *data;
    size_t capacity;
    size_t size;
    bool failed; /* Something did not fit; size stops growing. */
};

void writer_init(struct writer *self, void *data, size_t capacity);
void writer_u8(struct writer *self, uint8_t value);
void writer_u16(struct writer *self, uint16_t value);
void writer_u32(struct writer *self, uint32_t value);
void writer_u64(struct writer *self, uint64_t value);
void writer_i64(struct writer *self, int64_t value);
void writer_raw(struct writer *self, const void *data, size_t size);
void writer_bytes(struct writer *self, struct bytes bytes); /* u32 length, then the bytes. */
void writer_text(struct writer *self, const char *text);    /* As writer_bytes; NULL is "". */

struct reader {
    const uint8_t *data;
    size_t size;
    size_t at;
    bool failed;
};

void reader_init(struct reader *self, struct bytes bytes);
uint8_t reader_u8(struct reader *self);
uint16_t reader_u16(struct reader *self);
uint32_t reader_u32(struct reader *self);
uint64_t reader_u64(struct reader *self);
int64_t reader_i64(struct reader *self);
void reader_raw(struct reader *self, void *ret_data, size_t size); /* Zeros on failure. */
struct bytes reader_take(struct reader *self, size_t size);        /* Borrowed. */
struct bytes reader_bytes(struct reader *self);                    /* u32 length first. */
bool reader_done(const struct reader *self); /* Everything read, nothing failed. */

/* Lower-case hexadecimal; `ret_text` has 2*size+1 characters. */
void hex_from_bytes(const void *data, size_t size, char *ret_text);
/* Exactly 2*size hexadecimal digits, upper or lower case. COMITY_INVALID otherwise. */
COMITY_MUST_CHECK enum comity_error hex_to_bytes(const char *text, void *ret_data, size_t size);
/* Well-formed UTF-8 (RFC 3629) without zero bytes. */
bool utf8_is_valid(struct bytes bytes);

#endif
