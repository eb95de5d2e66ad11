/* SPDX-License-Identifier: Apache-2.0 */
/* instrument.c - the file's bytes, both ways. */
#include "instrument/instrument.h"

#include <string.h>

#include "codec/strict.h"
#include "instrument.pb-c.h"

/* More elements than fit into INSTRUMENT_SIZE_MAX with an act each. */
enum { INSTRUMENT_ITEMS_MAX = INSTRUMENT_SIZE_MAX / 64 };

static struct bytes bytes_from(const ProtobufCBinaryData *data)
{
    return bytes_of(data->data, data->len);
}

static ProtobufCBinaryData data_from(struct bytes bytes)
{
    return (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data};
}

static enum comity_error read_record(const Comity__V1__InstrumentRecord *message,
                                     struct arena *arena, struct instrument_record *ret_record,
                                     struct fault *fault)
{
    if (message->n_path > MERKLE_LEVELS_MAX)
        return fault_set(fault, COMITY_LIMIT, "InstrumentRecord.path: %zu hashes, %d at most",
                         message->n_path, (int)MERKLE_LEVELS_MAX);
    struct hash *path = arena_array(arena, message->n_path, sizeof *path);
    if (path == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < message->n_path; i++) {
        if (message->path[i].len != HASH_SIZE)
            return fault_set(fault, COMITY_INVALID, "InstrumentRecord.path: expected 32 bytes");
        memcpy(path[i].bytes, message->path[i].data, HASH_SIZE);
    }
    *ret_record = (struct instrument_record){.record = bytes_from(&message->record),
                                             .index = message->index,
                                             .count = message->count,
                                             .path = path,
                                             .path_count = (uint32_t)message->n_path};
    return COMITY_OK;
}

/* Its one encoding, so the same bytes again. */
static enum comity_error repack(const ProtobufCMessage *message, struct arena *arena,
                                struct bytes *ret_bytes)
{
    struct buffer buffer = {0};
    enum comity_error error = strict_pack(message, &buffer);
    struct bytes copy = {0};
    if (error == COMITY_OK) {
        copy = arena_bytes(arena, buffer_bytes(&buffer));
        error = copy.data == NULL && buffer.size > 0 ? COMITY_MEMORY : COMITY_OK;
    }
    buffer_free(&buffer);
    if (error == COMITY_OK)
        *ret_bytes = copy;
    return error;
}

static enum comity_error read_message(const Comity__V1__Instrument *message, struct arena *arena,
                                      struct instrument *self, struct fault *fault)
{
    if (message->version != INSTRUMENT_VERSION)
        return fault_set(fault, COMITY_FOREIGN,
                         "an instrument of version %u: this program reads %d", message->version,
                         (int)INSTRUMENT_VERSION);
    if (message->finalization == NULL)
        return fault_set(fault, COMITY_INVALID, "Instrument.finalization: missing");
    if (message->n_records < 1 || message->n_records > INSTRUMENT_RECORDS_MAX)
        return fault_set(fault, COMITY_INVALID, "Instrument.records: expected 1 to %d",
                         (int)INSTRUMENT_RECORDS_MAX);
    self->charter = bytes_from(&message->charter);
    self->header = bytes_from(&message->header);
    enum comity_error error = repack(&message->finalization->base, arena, &self->cert);
    for (size_t i = 0; error == COMITY_OK && i < message->n_records; i++)
        error = read_record(message->records[i], arena, &self->records[i], fault);
    struct bytes *acts = arena_array(arena, message->n_acts, sizeof *acts);
    if (error != COMITY_OK || acts == NULL)
        return error != COMITY_OK ? error : COMITY_MEMORY;
    for (size_t i = 0; i < message->n_acts; i++)
        acts[i] = bytes_from(&message->acts[i]);
    self->records_count = (uint32_t)message->n_records;
    self->acts = acts;
    self->acts_count = (uint32_t)message->n_acts;
    return COMITY_OK;
}

enum comity_error instrument_read(struct bytes bytes, struct arena *arena,
                                  struct instrument **ret_instrument, struct fault *fault)
{
    ProtobufCMessage *message;
    if (bytes.size > INSTRUMENT_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT, "an instrument of %zu bytes: %d at most", bytes.size,
                         (int)INSTRUMENT_SIZE_MAX);
    enum comity_error error = strict_borrow(&comity__v1__instrument__descriptor, bytes,
                                            INSTRUMENT_ITEMS_MAX, arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    struct instrument *self = arena_alloc(arena, sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    error = read_message((const Comity__V1__Instrument *)message, arena, self, fault);
    if (error == COMITY_OK)
        *ret_instrument = self;
    return error;
}

static bool write_record(const struct instrument_record *record, struct arena *arena,
                         Comity__V1__InstrumentRecord *ret_message)
{
    comity__v1__instrument_record__init(ret_message);
    ret_message->record = data_from(record->record);
    ret_message->index = record->index;
    ret_message->count = record->count;
    ret_message->n_path = record->path_count;
    ret_message->path = arena_array(arena, record->path_count, sizeof *ret_message->path);
    for (uint32_t i = 0; ret_message->path != NULL && i < record->path_count; i++)
        ret_message->path[i] = data_from(bytes_of(record->path[i].bytes, HASH_SIZE));
    return ret_message->path != NULL;
}

static enum comity_error write_message(const struct instrument *self, struct arena *arena,
                                       struct buffer *ret_bytes)
{
    Comity__V1__Instrument message = COMITY__V1__INSTRUMENT__INIT;
    Comity__V1__InstrumentRecord records[INSTRUMENT_RECORDS_MAX];
    Comity__V1__InstrumentRecord *record_list[INSTRUMENT_RECORDS_MAX];
    ProtobufCMessage *cert;
    enum comity_error error =
        strict_borrow(&comity__v1__cert__descriptor, self->cert, 0, arena, &cert, NULL);
    if (error != COMITY_OK)
        return error;
    message.version = INSTRUMENT_VERSION;
    message.charter = data_from(self->charter);
    message.header = data_from(self->header);
    message.finalization = (Comity__V1__Cert *)cert;
    for (uint32_t i = 0; i < self->records_count; i++) {
        if (!write_record(&self->records[i], arena, &records[i]))
            return COMITY_MEMORY;
        record_list[i] = &records[i];
    }
    message.records = record_list;
    message.n_records = self->records_count;
    message.acts = arena_array(arena, self->acts_count, sizeof *message.acts);
    if (message.acts == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < self->acts_count; i++)
        message.acts[i] = data_from(self->acts[i]);
    message.n_acts = self->acts_count;
    return strict_pack(&message.base, ret_bytes);
}

enum comity_error instrument_write(const struct instrument *self, struct buffer *ret_bytes)
{
    struct arena arena;
    arena_init(&arena, 0);
    enum comity_error error = write_message(self, &arena, ret_bytes);
    arena_free(&arena);
    return error;
}
