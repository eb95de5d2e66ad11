/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/outcome.h"

#include <string.h>

/* Everything but the line: kind and error, act, seat, proposal, agreement, value, time. */
enum { OUTCOME_FIXED_SIZE = 1 + 1 + 4 * 4 + 2 * 8 };

const char *outcome_word(enum outcome_kind kind)
{
    switch (kind) {
#define X(name, number, word) \
    case name: \
        return word;
        OUTCOMES(X)
#undef X
    }
    return NULL;
}

size_t outcomes_size(const struct outcomes *self)
{
    size_t size = 4;
    for (uint32_t i = 0; i < self->count; i++)
        size += OUTCOME_FIXED_SIZE + 4 + strlen(self->items[i].line);
    return size;
}

void outcomes_encode(const struct outcomes *self, struct writer *writer)
{
    writer_u32(writer, self->count);
    for (uint32_t i = 0; i < self->count; i++) {
        const struct outcome *outcome = &self->items[i];
        writer_u8(writer, (uint8_t)outcome->kind);
        writer_u8(writer, (uint8_t)outcome->error);
        writer_u32(writer, outcome->act);
        writer_u32(writer, outcome->seat);
        writer_u32(writer, outcome->proposal);
        writer_u32(writer, outcome->agreement);
        writer_u64(writer, outcome->value);
        writer_i64(writer, outcome->time_ms);
        writer_text(writer, outcome->line);
    }
}

static enum comity_error decode_one(struct reader *reader, struct arena *arena,
                                    struct outcome *ret_outcome)
{
    struct outcome outcome;
    outcome.kind = (enum outcome_kind)reader_u8(reader);
    outcome.error = (enum comity_error)reader_u8(reader);
    outcome.act = reader_u32(reader);
    outcome.seat = reader_u32(reader);
    outcome.proposal = reader_u32(reader);
    outcome.agreement = reader_u32(reader);
    outcome.value = reader_u64(reader);
    outcome.time_ms = reader_i64(reader);
    struct bytes line = reader_bytes(reader);
    if (reader->failed || outcome_word(outcome.kind) == NULL ||
        outcome.error >= COMITY_ERRORS_COUNT || (line.size > 0 && !utf8_is_valid(line)))
        return COMITY_INVALID;
    outcome.line = line.size == 0 ? "" : arena_text(arena, line);
    if (outcome.line == NULL)
        return COMITY_MEMORY;
    *ret_outcome = outcome;
    return COMITY_OK;
}

enum comity_error outcomes_decode(struct bytes bytes, struct arena *arena,
                                  struct outcomes *ret_outcomes)
{
    struct reader reader;
    reader_init(&reader, bytes);
    uint32_t count = reader_u32(&reader);
    /* What the bytes cannot hold is not allocated. */
    if (reader.failed || count > (bytes.size - reader.at) / (OUTCOME_FIXED_SIZE + 4))
        return COMITY_INVALID;
    struct outcome *items = arena_array(arena, count, sizeof *items);
    if (items == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        enum comity_error error = decode_one(&reader, arena, &items[i]);
        if (error != COMITY_OK)
            return error;
    }
    if (!reader_done(&reader))
        return COMITY_INVALID;
    *ret_outcomes = (struct outcomes){.items = items, .count = count};
    return COMITY_OK;
}
