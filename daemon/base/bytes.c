/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct bytes bytes_of(const void *data, size_t size)
{
    return (struct bytes){.data = data, .size = size};
}

struct bytes bytes_of_text(const char *text)
{
    return bytes_of(text, strlen(text));
}

bool bytes_equal(struct bytes left, struct bytes right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

enum comity_error buffer_reserve(struct buffer *self, size_t more)
{
    if (more > SIZE_MAX / 2 - self->size)
        return COMITY_MEMORY;
    size_t needed = self->size + more;
    if (needed <= self->capacity)
        return COMITY_OK;
    size_t capacity = self->capacity == 0 ? 64 : self->capacity;
    while (capacity < needed)
        capacity *= 2;
    uint8_t *data = realloc(self->data, capacity);
    if (data == NULL)
        return COMITY_MEMORY;
    self->data = data;
    self->capacity = capacity;
    return COMITY_OK;
}

enum comity_error buffer_append(struct buffer *self, const void *data, size_t size)
{
    enum comity_error error = buffer_reserve(self, size);
    if (error != COMITY_OK)
        return error;
    if (size > 0)
        memcpy(self->data + self->size, data, size);
    self->size += size;
    return COMITY_OK;
}

void buffer_clear(struct buffer *self)
{
    self->size = 0;
}

void buffer_free(struct buffer *self)
{
    if (self == NULL)
        return;
    free(self->data);
    *self = (struct buffer){0};
}

struct bytes buffer_bytes(const struct buffer *self)
{
    return bytes_of(self->data, self->size);
}

void writer_init(struct writer *self, void *data, size_t capacity)
{
    *self = (struct writer){.data = data, .capacity = capacity};
}

static void writer_big_endian(struct writer *self, uint64_t value, size_t size)
{
    uint8_t raw[8];
    assert(size <= sizeof raw);
    for (size_t i = 0; i < size; i++)
        raw[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    writer_raw(self, raw, size);
}

void writer_u8(struct writer *self, uint8_t value)
{
    writer_big_endian(self, value, 1);
}

void writer_u16(struct writer *self, uint16_t value)
{
    writer_big_endian(self, value, 2);
}

void writer_u32(struct writer *self, uint32_t value)
{
    writer_big_endian(self, value, 4);
}

void writer_u64(struct writer *self, uint64_t value)
{
    writer_big_endian(self, value, 8);
}

void writer_i64(struct writer *self, int64_t value)
{
    writer_big_endian(self, (uint64_t)value, 8);
}

void writer_raw(struct writer *self, const void *data, size_t size)
{
    if (self->failed || size > self->capacity - self->size) {
        self->failed = true;
        return;
    }
    if (size > 0)
        memcpy(self->data + self->size, data, size);
    self->size += size;
}

void writer_bytes(struct writer *self, struct bytes bytes)
{
    if (bytes.size > UINT32_MAX) {
        self->failed = true;
        return;
    }
    writer_u32(self, (uint32_t)bytes.size);
    writer_raw(self, bytes.data, bytes.size);
}

void writer_text(struct writer *self, const char *text)
{
    writer_bytes(self, text == NULL ? bytes_of(NULL, 0) : bytes_of_text(text));
}

void reader_init(struct reader *self, struct bytes bytes)
{
    *self = (struct reader){.data = bytes.data, .size = bytes.size};
}

struct bytes reader_take(struct reader *self, size_t size)
{
    if (self->failed || size > self->size - self->at) {
        self->failed = true;
        return bytes_of(NULL, 0);
    }
    struct bytes taken = bytes_of(size == 0 ? NULL : self->data + self->at, size);
    self->at += size;
    return taken;
}

static uint64_t reader_big_endian(struct reader *self, size_t size)
{
    struct bytes raw = reader_take(self, size);
    uint64_t value = 0;
    for (size_t i = 0; i < raw.size; i++)
        value = value << 8 | raw.data[i];
    return value;
}

uint8_t reader_u8(struct reader *self)
{
    return (uint8_t)reader_big_endian(self, 1);
}

uint16_t reader_u16(struct reader *self)
{
    return (uint16_t)reader_big_endian(self, 2);
}

uint32_t reader_u32(struct reader *self)
{
    return (uint32_t)reader_big_endian(self, 4);
}

uint64_t reader_u64(struct reader *self)
{
    return reader_big_endian(self, 8);
}

int64_t reader_i64(struct reader *self)
{
    return (int64_t)reader_big_endian(self, 8);
}

void reader_raw(struct reader *self, void *ret_data, size_t size)
{
    struct bytes raw = reader_take(self, size);
    memset(ret_data, 0, size);
    if (raw.size > 0)
        memcpy(ret_data, raw.data, raw.size);
}

struct bytes reader_bytes(struct reader *self)
{
    return reader_take(self, reader_u32(self));
}

bool reader_done(const struct reader *self)
{
    return !self->failed && self->at == self->size;
}

void hex_from_bytes(const void *data, size_t size, char *ret_text)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *raw = data;
    for (size_t i = 0; i < size; i++) {
        ret_text[2 * i] = digits[raw[i] >> 4];
        ret_text[2 * i + 1] = digits[raw[i] & 15];
    }
    ret_text[2 * size] = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum comity_error hex_to_bytes(const char *text, void *ret_data, size_t size)
{
    if (strlen(text) != 2 * size)
        return COMITY_INVALID;
    for (size_t i = 0; i < 2 * size; i++) {
        if (hex_digit(text[i]) < 0)
            return COMITY_INVALID;
    }
    uint8_t *raw = ret_data;
    for (size_t i = 0; i < size; i++)
        raw[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    return COMITY_OK;
}

/* Length of the well-formed sequence at the start, 0 if there is none (RFC 3629 section 4). */
static size_t utf8_sequence(const uint8_t *data, size_t size)
{
    uint8_t lead = data[0];
    size_t length = 0;
    if (lead < 0x80)
        length = 1;
    else if (lead >= 0xC2 && lead <= 0xDF)
        length = 2;
    else if (lead >= 0xE0 && lead <= 0xEF)
        length = 3;
    else if (lead >= 0xF0 && lead <= 0xF4)
        length = 4;
    if (length == 0 || length > size || lead == 0)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((data[i] & 0xC0) != 0x80)
            return 0;
    }
    if (lead == 0xE0 && data[1] < 0xA0)
        return 0;
    if (lead == 0xED && data[1] > 0x9F)
        return 0; /* A surrogate. */
    if (lead == 0xF0 && data[1] < 0x90)
        return 0;
    if (lead == 0xF4 && data[1] > 0x8F)
        return 0;
    return length;
}

bool utf8_is_valid(struct bytes bytes)
{
    size_t at = 0;
    while (at < bytes.size) {
        size_t length = utf8_sequence(bytes.data + at, bytes.size - at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}
