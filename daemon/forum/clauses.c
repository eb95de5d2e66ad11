/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/clauses.h"

#include <stdbool.h>
#include <string.h>

enum { NUMBER_DIGITS_MAX = 9 };

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct bytes trimmed(struct bytes text)
{
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    while (text.size > 0 && is_space(text.data[0])) {
        text.data++;
        text.size--;
    }
    return text.size == 0 ? bytes_of(NULL, 0) : text;
}

/* The size of `12. ` at the start of the bytes, 0 if there is none. */
static size_t marker_size(const uint8_t *data, size_t size)
{
    size_t digits = 0;
    while (digits < size && digits <= NUMBER_DIGITS_MAX && data[digits] >= '0' &&
           data[digits] <= '9')
        digits++;
    if (digits == 0 || digits > NUMBER_DIGITS_MAX || digits + 1 >= size || data[digits] != '.' ||
        (data[digits + 1] != ' ' && data[digits + 1] != '\t'))
        return 0;
    return digits + 2;
}

/* Where the next clause starts, at or after `from`, which is the start of a line; else the end. */
static size_t next_clause(struct bytes text, size_t from)
{
    size_t at = from;
    while (at < text.size && marker_size(text.data + at, text.size - at) == 0) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
        at = end == NULL ? text.size : (size_t)(end - text.data) + 1;
    }
    return at;
}

/* The start of the line after the one that contains `from`. */
static size_t next_line(struct bytes text, size_t from)
{
    const uint8_t *end = memchr(text.data + from, '\n', text.size - from);
    return end == NULL ? text.size : (size_t)(end - text.data) + 1;
}

/* Without white space around, but what an indent alone keeps from being a clause keeps a blank: the
 * text is written anew after an amendment, and must then say the same. */
static struct bytes preamble_of(struct bytes text)
{
    struct bytes preamble = trimmed(text);
    if (marker_size(preamble.data, preamble.size) == 0)
        return preamble;
    return bytes_of(preamble.data - 1, preamble.size + 1);
}

enum comity_error clauses_parse(struct bytes text, struct clauses *ret_clauses, struct fault *fault)
{
    size_t at = next_clause(text, 0);
    struct bytes preamble = preamble_of(bytes_of(text.data, at));
    uint32_t count = 0;
    while (at < text.size) {
        if (count == CLAUSES_MAX)
            return fault_set(fault, COMITY_LIMIT, "more than %d operative clauses",
                             (int)CLAUSES_MAX);
        size_t end = next_clause(text, next_line(text, at));
        size_t marker = marker_size(text.data + at, text.size - at);
        ret_clauses->bodies[count++] =
            trimmed(bytes_of(text.data + at + marker, end - at - marker));
        at = end;
    }
    ret_clauses->preamble = preamble;
    ret_clauses->count = count;
    return COMITY_OK;
}

/* The text of one clause, with or without a number of its own. */
static enum comity_error one_clause(struct bytes text, struct bytes *ret_body, struct fault *fault)
{
    struct bytes body = trimmed(text);
    if (body.size > 0) {
        size_t marker = marker_size(body.data, body.size);
        body = trimmed(bytes_of(body.data + marker, body.size - marker));
    }
    if (body.size == 0)
        return fault_set(fault, COMITY_INVALID, "a clause needs a text");
    if (!utf8_is_valid(body))
        return fault_set(fault, COMITY_INVALID, "the clause is not UTF-8");
    if (marker_size(body.data, body.size) != 0 || next_clause(body, next_line(body, 0)) < body.size)
        return fault_set(fault, COMITY_INVALID, "one clause at a time");
    *ret_body = body;
    return COMITY_OK;
}

static void take_out(struct clauses *self, uint32_t place)
{
    self->count--;
    memmove(&self->bodies[place], &self->bodies[place + 1],
            (self->count - place) * sizeof *self->bodies);
}

static void put_in(struct clauses *self, uint32_t place, struct bytes body)
{
    memmove(&self->bodies[place + 1], &self->bodies[place],
            (self->count - place) * sizeof *self->bodies);
    self->bodies[place] = body;
    self->count++;
}

static enum comity_error check_place(const struct clauses *self, uint32_t clause, uint32_t last,
                                     struct fault *fault)
{
    if (clause >= 1 && clause <= last)
        return COMITY_OK;
    return fault_set(fault, COMITY_NOT_FOUND, "there is no clause %u; the text has %u",
                     (unsigned)clause, (unsigned)self->count);
}

enum comity_error clauses_change(struct clauses *self, const struct clause_change *change,
                                 struct fault *fault)
{
    bool adds = change->operation == AMEND_ADD;
    struct bytes body = bytes_of(NULL, 0);
    enum comity_error error =
        check_place(self, change->clause, adds ? self->count + 1 : self->count, fault);
    if (error == COMITY_OK && (adds || change->operation == AMEND_REPLACE))
        error = one_clause(change->text, &body, fault);
    if (error == COMITY_OK && change->operation == AMEND_MOVE)
        error = check_place(self, change->to, self->count, fault);
    if (error != COMITY_OK)
        return error;
    uint32_t place = change->clause - 1;
    switch (change->operation) {
    case AMEND_ADD:
        if (self->count == CLAUSES_MAX)
            return fault_set(fault, COMITY_LIMIT, "more than %d operative clauses",
                             (int)CLAUSES_MAX);
        put_in(self, place, body);
        return COMITY_OK;
    case AMEND_STRIKE:
        if (self->count == 1)
            return fault_set(fault, COMITY_REFUSED,
                             "without its last operative clause there is no draft");
        take_out(self, place);
        return COMITY_OK;
    case AMEND_PART: /* If it is rejected. */
        if (self->count == 1)
            return fault_set(fault, COMITY_REFUSED,
                             "the only operative clause is put with the draft itself");
        take_out(self, place);
        return COMITY_OK;
    case AMEND_REPLACE:
        self->bodies[place] = body;
        return COMITY_OK;
    case AMEND_MOVE:
        if (change->to == change->clause)
            return fault_set(fault, COMITY_INVALID, "it moves to where it is");
        body = self->bodies[place];
        take_out(self, place);
        put_in(self, change->to - 1, body);
        return COMITY_OK;
    }
    return fault_set(fault, COMITY_INVALID, "it is no way to amend");
}

bool clauses_have(struct bytes text, uint32_t clause)
{
    struct clauses clauses;
    return clause == 0 ||
           (clauses_parse(text, &clauses, NULL) == COMITY_OK && clause <= clauses.count);
}

static size_t digits_of(uint32_t number)
{
    size_t digits = 1;
    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

size_t clauses_size(const struct clauses *self)
{
    size_t size = self->preamble.size == 0 ? 0 : self->preamble.size + 1;
    for (uint32_t i = 0; i < self->count; i++) {
        size += i > 0 || self->preamble.size > 0 ? 1 : 0;
        size += digits_of(i + 1) + 2 + self->bodies[i].size + 1;
    }
    return size;
}

void clauses_write(const struct clauses *self, struct writer *writer)
{
    if (self->preamble.size > 0) {
        writer_raw(writer, self->preamble.data, self->preamble.size);
        writer_raw(writer, "\n", 1);
    }
    for (uint32_t i = 0; i < self->count; i++) {
        char digits[10];
        size_t count = digits_of(i + 1);
        uint32_t number = i + 1;
        for (size_t at = count; at > 0; number /= 10)
            digits[--at] = (char)('0' + number % 10);
        if (i > 0 || self->preamble.size > 0)
            writer_raw(writer, "\n", 1);
        writer_raw(writer, digits, count);
        writer_raw(writer, ". ", 2);
        if (self->bodies[i].size > 0)
            writer_raw(writer, self->bodies[i].data, self->bodies[i].size);
        writer_raw(writer, "\n", 1);
    }
}
