/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - builds a sentence in memory of the caller, always zero-terminated; what does not fit
 * is cut and `cut` says so. Pure: no locale-dependent formatting is used (integers and strings). */
#ifndef COMITY_BASE_TEXT_H
#define COMITY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct text {
    char *data;
    size_t capacity; /* With the final zero; at least 1. */
    size_t size;     /* Without it. */
    bool cut;
};

void text_init(struct text *self, char *data, size_t capacity);
void text_add(struct text *self, const char *more);
void text_add_char(struct text *self, char c);
void text_add_part(struct text *self, const char *more, size_t size);
void text_add_u64(struct text *self, uint64_t value);
void text_add_i64(struct text *self, int64_t value);
/* printf; use integers and strings only. */
void text_format(struct text *self, const char *format, ...) COMITY_PRINTF(2, 3);

#endif
