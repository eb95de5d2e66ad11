/* SPDX-License-Identifier: Apache-2.0 */
/* complete.c - what is needed on this side of the file: making a whole instrument of what the
 * daemon hands out, and reading a list of known keys. */
#include <string.h>

#include "charter/charter.h"
#include "instrument/proof.h"

/* The place of a leaf by the sides its path takes alone, see instrument.h. */
static enum comity_error bring_into_form(struct instrument_record *record, struct fault *fault)
{
    uint64_t index = 0;
    uint32_t used = 0;
    uint64_t place = record->index;
    if (record->index >= record->count || record->path_count >= MERKLE_LEVELS_MAX)
        return fault_set(fault, COMITY_INVALID, "a record's place is none");
    for (uint64_t count = record->count; count > 1; count = (count + 1) / 2, place /= 2) {
        if ((place ^ 1) >= count)
            continue; /* Rises without a sibling. */
        if (used >= MERKLE_LEVELS_MAX - 1)
            return fault_set(fault, COMITY_INVALID, "a record's place is none");
        index |= (place & 1) << used++;
    }
    if (used != record->path_count)
        return fault_set(fault, COMITY_INVALID, "a record's path does not fit its place");
    record->index = index;
    record->count = UINT64_C(1) << used;
    return COMITY_OK;
}

static enum comity_error find_named(struct proof *self, const struct instrument_source *source,
                                    const struct record_acts *named, struct bytes *acts,
                                    uint32_t *count)
{
    for (uint32_t i = 0; i < named->count; i++) {
        struct bytes act = source->find_act(source->context, &named->ids[i]);
        char hex[HASH_HEX_SIZE];
        hash_to_hex(&named->ids[i], hex);
        if (act.size == 0)
            return fault_set(self->fault, COMITY_NOT_FOUND, "the record has no act %.16s", hex);
        enum comity_error error =
            signed_act_decode(act, self->arena, &self->acts[*count], self->fault);
        if (error != COMITY_OK)
            return error;
        acts[(*count)++] = act;
    }
    return COMITY_OK;
}

static enum comity_error find_acts(struct proof *self, const struct instrument_source *source,
                                   struct instrument *instrument)
{
    size_t most = (size_t)self->proposal->acts.count + self->charter->seats_count;
    if (self->agreement != NULL)
        most += self->agreement->acts.count;
    uint32_t of_rulings = 0;
    enum comity_error error = proof_rulings_size(self, &of_rulings);
    if (error != COMITY_OK)
        return error;
    most += of_rulings;
    struct bytes *acts = arena_array(self->arena, most, sizeof *acts);
    self->acts = arena_array(self->arena, most, sizeof *self->acts);
    if (acts == NULL || self->acts == NULL)
        return COMITY_MEMORY;
    uint32_t count = 0;
    error = find_named(self, source, &self->proposal->acts, acts, &count);
    if (error == COMITY_OK && self->agreement != NULL)
        error = find_named(self, source, &self->agreement->acts, acts, &count);
    for (uint32_t seat = 0; error == COMITY_OK && seat < self->charter->seats_count; seat++) {
        if (!proof_is_bound_by_charter(self, seat))
            continue;
        struct bytes join = source->find_join(source->context, seat);
        if (join.size == 0)
            return fault_set(self->fault, COMITY_NOT_FOUND, "the record has no join of %s",
                             proof_seat_name(self, seat));
        acts[count++] = join;
    }
    for (uint32_t i = 0; error == COMITY_OK && i < self->rulings_count; i++)
        error = find_named(self, source, &self->rulings[i].record->acts, acts, &count);
    instrument->acts = acts;
    instrument->acts_count = count;
    return error;
}

enum comity_error instrument_complete(struct instrument *instrument,
                                      const struct instrument_source *source, struct arena *arena,
                                      struct fault *fault)
{
    struct instrument draft = *instrument;
    struct proof *self = arena_alloc(arena, sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    *self = (struct proof){.file = &draft, .arena = arena, .fault = fault};
    enum comity_error error = charter_decode(draft.charter, arena, &self->charter, fault);
    for (uint32_t i = 0; error == COMITY_OK && i < draft.records_count; i++)
        error = bring_into_form(&draft.records[i], fault);
    if (error == COMITY_OK)
        error = proof_read_records(self);
    if (error == COMITY_OK)
        error = find_acts(self, source, &draft);
    if (error == COMITY_OK)
        *instrument = draft;
    return error;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line; empty at its end or at a comment. */
static struct bytes next_word(struct bytes *line)
{
    while (line->size > 0 && is_space(line->data[0]))
        *line = bytes_of(line->data + 1, line->size - 1);
    size_t size = 0;
    while (size < line->size && !is_space(line->data[size]) && line->data[0] != '#')
        size++;
    struct bytes word = bytes_of(line->data, size);
    *line = bytes_of(line->data + size, line->size - size);
    return word;
}

static enum comity_error read_key(struct bytes line, struct arena *arena,
                                  struct instrument_key *items, uint32_t *count, uint32_t number,
                                  struct fault *fault)
{
    struct bytes name = next_word(&line);
    struct bytes key = next_word(&line);
    if (name.size == 0)
        return COMITY_OK;
    if ((key.size != 39 && key.size != 2 * KEY_SIZE) || next_word(&line).size != 0)
        return fault_set(fault, COMITY_INVALID,
                         "line %u: expected `NAME FINGERPRINT` or `NAME` and a key of 64 digits",
                         (unsigned)number);
    struct instrument_key item = {.name = arena_text(arena, name), .key = arena_text(arena, key)};
    if (item.name == NULL || item.key == NULL)
        return COMITY_MEMORY;
    items[(*count)++] = item;
    return COMITY_OK;
}

enum comity_error instrument_keys_read(struct bytes text, struct arena *arena,
                                       struct instrument_keys *ret_keys, struct fault *fault)
{
    uint32_t lines = 1;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n';
    struct instrument_key *items = arena_array(arena, lines, sizeof *items);
    if (items == NULL)
        return COMITY_MEMORY;
    if (!utf8_is_valid(text))
        return fault_set(fault, COMITY_INVALID, "it is not text in UTF-8");
    struct instrument_keys keys = {.items = items};
    uint32_t count = 0;
    size_t at = 0;
    for (uint32_t number = 1; number <= lines; number++) {
        size_t end = at;
        while (end < text.size && text.data[end] != '\n')
            end++;
        enum comity_error error =
            read_key(bytes_of(text.data + at, end - at), arena, items, &count, number, fault);
        if (error != COMITY_OK)
            return error;
        at = end < text.size ? end + 1 : end;
    }
    keys.count = count;
    *ret_keys = keys;
    return COMITY_OK;
}
