/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - the instrument: what the daemon gives, and the acts from the record. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "codec/strict.h"
#include "commands.h"
#include "instrument.pb-c.h"

enum { ITEMS_MAX = 1 << 16, EXPORT_BYTES_MAX = 256 << 20 };

/* The acts an instrument still lacks, in its order. */
struct gathering {
    struct arena arena;
    const Comity__V1__InstrumentFile *file;
    ProtobufCBinaryData *acts; /* file->n_acts of them; data is NULL while one is missing. */
    size_t found;
};

static enum comity_error keep_act(struct gathering *self, const Comity__V1__RecordAct *act)
{
    for (size_t i = 0; i < self->file->n_acts; i++) {
        const ProtobufCBinaryData *id = &self->file->acts[i];
        if (self->acts[i].data != NULL || id->len != act->id.len || id->len == 0 ||
            memcmp(id->data, act->id.data, id->len) != 0)
            continue;
        struct bytes copy =
            arena_bytes(&self->arena, bytes_of(act->signed_act.data, act->signed_act.len));
        if (copy.data == NULL)
            return COMITY_MEMORY;
        self->acts[i] = (ProtobufCBinaryData){copy.size, (uint8_t *)(uintptr_t)copy.data};
        self->found++;
    }
    return COMITY_OK;
}

/* Read the record until nothing is missing. */
static enum comity_error gather(struct cli *cli, struct gathering *self, struct fault *fault)
{
    uint64_t height = self->file->first_height > 0 ? self->file->first_height : 1;
    enum comity_error error = COMITY_OK;
    while (error == COMITY_OK && self->found < self->file->n_acts &&
           height <= self->file->last_height) {
        struct comity_reply reply;
        error = comity_get_record(cli->daemon, height, true, &reply, fault);
        if (error != COMITY_OK)
            return error;
        const Comity__V1__RecordPage *record = reply.response->record;
        for (size_t i = 0; i < record->n_blocks && error == COMITY_OK; i++) {
            const Comity__V1__RecordBlock *block = record->blocks[i];
            for (size_t j = 0; j < block->n_acts && error == COMITY_OK; j++)
                error = keep_act(self, block->acts[j]);
        }
        uint64_t next =
            record->n_blocks > 0 ? record->blocks[record->n_blocks - 1]->height + 1 : height;
        comity_reply_free(&reply);
        if (next <= height)
            break;
        height = next;
    }
    if (error == COMITY_OK && self->found < self->file->n_acts)
        error = fault_set(fault, COMITY_NOT_FOUND,
                          "%zu of the %zu acts the instrument needs are not in this daemon's "
                          "record",
                          self->file->n_acts - self->found, self->file->n_acts);
    return error;
}

static enum comity_error complete(struct cli *cli, struct gathering *self,
                                  struct buffer *ret_bytes, struct fault *fault)
{
    self->acts = arena_array(&self->arena, self->file->n_acts + 1, sizeof *self->acts);
    if (self->acts == NULL)
        return COMITY_MEMORY;
    enum comity_error error = gather(cli, self, fault);
    if (error != COMITY_OK)
        return error;
    ProtobufCMessage *message = NULL;
    const ProtobufCBinaryData *bytes = &self->file->instrument;
    error = strict_unpack(&comity__v1__instrument__descriptor, bytes_of(bytes->data, bytes->len),
                          ITEMS_MAX, &self->arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    Comity__V1__Instrument *instrument = (Comity__V1__Instrument *)message;
    instrument->n_acts = self->file->n_acts;
    instrument->acts = self->acts;
    return strict_pack(&instrument->base, ret_bytes);
}

static enum cli_exit write_instrument(struct cli *cli, const struct arguments *arguments,
                                      const char *name, struct bytes bytes)
{
    char path[CLI_NAME_SIZE + 16];
    struct fault fault = {{0}};
    const char *output = options_value(arguments, "output");
    (void)snprintf(path, sizeof path, "%s.comity", name);
    if (output == NULL)
        output = path;
    if (cli->json) {
        ProtobufCBinaryData data = {bytes.size, (uint8_t *)(uintptr_t)bytes.data};
        Comity__V1__InstrumentFile file = COMITY__V1__INSTRUMENT_FILE__INIT;
        file.instrument = data;
        return cli_print_json(cli, &file.base, CLI_OK);
    }
    enum comity_error error = cli_write_file(cli, output, bytes, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    if (strcmp(output, "-") != 0)
        cli_note(cli, "%zu bytes in %.200s; anyone can check it with `comity verify %.200s`",
                 bytes.size, output, output);
    return CLI_OK;
}

enum cli_exit command_export(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    enum comity_error error = cli_target(arguments->words[0], "AP", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    Comity__V1__GetInstrument body = COMITY__V1__GET_INSTRUMENT__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    body.subject = name;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_INSTRUMENT;
    request.get_instrument = &body;
    struct comity_reply reply;
    error = comity_ask(cli->daemon, &request, COMITY__V1__RESPONSE__RESPONSE_INSTRUMENT, &reply,
                       &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    struct gathering gathering = {.file = reply.response->instrument};
    struct buffer bytes = {0};
    arena_init(&gathering.arena, EXPORT_BYTES_MAX);
    error = complete(cli, &gathering, &bytes, &fault);
    end = error == COMITY_OK ? write_instrument(cli, arguments, name, buffer_bytes(&bytes))
                             : cli_fail(cli, error, &fault);
    buffer_free(&bytes);
    arena_free(&gathering.arena);
    comity_reply_free(&reply);
    return end;
}
