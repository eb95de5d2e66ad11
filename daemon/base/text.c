/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_init(struct text *self, char *data, size_t capacity)
{
    assert(capacity > 0);
    *self = (struct text){.data = data, .capacity = capacity};
    data[0] = '\0';
}

void text_add_part(struct text *self, const char *more, size_t size)
{
    size_t space = self->capacity - 1 - self->size;
    if (size > space) {
        self->cut = true;
        size = space;
    }
    if (size > 0)
        memcpy(self->data + self->size, more, size);
    self->size += size;
    self->data[self->size] = '\0';
}

void text_add(struct text *self, const char *more)
{
    text_add_part(self, more, strlen(more));
}

void text_add_char(struct text *self, char c)
{
    text_add_part(self, &c, 1);
}

void text_add_u64(struct text *self, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    text_add_part(self, digits + at, sizeof digits - at);
}

void text_add_i64(struct text *self, int64_t value)
{
    if (value < 0)
        text_add_char(self, '-');
    text_add_u64(self, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void text_format(struct text *self, const char *format, ...)
{
    size_t space = self->capacity - self->size;
    va_list args;
    va_start(args, format);
    int size = vsnprintf(self->data + self->size, space, format, args);
    va_end(args);
    if (size < 0)
        return;
    if ((size_t)size >= space) {
        self->cut = true;
        self->size = self->capacity - 1;
    } else {
        self->size += (size_t)size;
    }
}
