/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - the instrument: what the daemon gives, and the acts from the record. Nothing is
 * written that does not verify. */
#include <string.h>

#include "base/clock.h"
#include "charter/charter.h"
#include "commands.h"
#include "identity/identity.h"
#include "instrument/instrument.h"

enum { EXPORT_BYTES_MAX = 256 << 20, EXPORT_RETRY_MS = 250 };

/* The acts an instrument still lacks, out of the record. */
struct gathering {
    struct arena arena;
    const Comity__V1__InstrumentFile *file;
    const struct charter *charter;
    struct bytes *acts; /* In the order of file->acts; empty while one is missing. */
    struct bytes joins[SEATS_MAX];
};

static enum comity_error copy_act(struct gathering *self, const Comity__V1__RecordAct *act,
                                  struct bytes *ret_bytes)
{
    struct bytes copy =
        arena_bytes(&self->arena, bytes_of(act->signed_act.data, act->signed_act.len));
    if (copy.data == NULL)
        return COMITY_MEMORY;
    *ret_bytes = copy;
    return COMITY_OK;
}

static enum comity_error keep_act(struct gathering *self, const Comity__V1__RecordAct *act)
{
    bool joins = strcmp(act->kind, "join") == 0 || strcmp(act->kind, "convene") == 0;
    int32_t seat = joins ? charter_find_seat(self->charter, act->seat) : -1;
    enum comity_error error = COMITY_OK;
    if (seat >= 0 && self->joins[seat].size == 0 && act->accepted)
        error = copy_act(self, act, &self->joins[seat]);
    for (size_t i = 0; i < self->file->n_acts && error == COMITY_OK; i++) {
        const ProtobufCBinaryData *id = &self->file->acts[i];
        if (self->acts[i].size == 0 &&
            bytes_equal(bytes_of(id->data, id->len), bytes_of(act->id.data, act->id.len)))
            error = copy_act(self, act, &self->acts[i]);
    }
    return error;
}

/* Read the record once, from the first block that matters to the last. */
static enum comity_error gather(struct cli *cli, struct gathering *self, struct fault *fault)
{
    uint64_t height = self->file->first_height > 0 ? self->file->first_height : 1;
    enum comity_error error = COMITY_OK;
    while (error == COMITY_OK && height <= self->file->last_height) {
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
    return error;
}

static struct bytes find_act(void *context, const struct hash *id)
{
    const struct gathering *self = context;
    for (size_t i = 0; i < self->file->n_acts; i++) {
        const ProtobufCBinaryData *own = &self->file->acts[i];
        if (own->len == HASH_SIZE && memcmp(own->data, id->bytes, HASH_SIZE) == 0)
            return self->acts[i];
    }
    return (struct bytes){NULL, 0};
}

static struct bytes find_join(void *context, uint32_t seat)
{
    const struct gathering *self = context;
    return seat < SEATS_MAX ? self->joins[seat] : (struct bytes){NULL, 0};
}

static enum comity_error complete(struct cli *cli, struct gathering *self, struct buffer *ret_bytes,
                                  struct fault *fault)
{
    struct instrument *instrument = NULL;
    const ProtobufCBinaryData *data = &self->file->instrument;
    self->acts = arena_array(&self->arena, self->file->n_acts + 1, sizeof *self->acts);
    if (self->acts == NULL)
        return COMITY_MEMORY;
    enum comity_error error =
        instrument_read(bytes_of(data->data, data->len), &self->arena, &instrument, fault);
    if (error == COMITY_OK)
        error = charter_decode(instrument->charter, &self->arena, &self->charter, fault);
    if (error == COMITY_OK)
        error = gather(cli, self, fault);
    if (error != COMITY_OK)
        return error;
    const struct instrument_source source = {self, find_act, find_join};
    error = instrument_complete(instrument, &source, &self->arena, fault);
    if (error == COMITY_OK)
        error = instrument_write(instrument, ret_bytes);
    if (error != COMITY_OK)
        return error;
    struct instrument_report report;
    error = instrument_read(buffer_bytes(ret_bytes), &self->arena, &instrument, fault);
    if (error == COMITY_OK)
        error = instrument_verify(instrument, NULL, &self->arena, &report, fault);
    if (error == COMITY_OK || error == COMITY_MEMORY)
        return error;
    /* The daemon's fault or ours, never the reader's: COMITY_SIGNATURE ends as "unverified". */
    return fault_prefix(fault, COMITY_SIGNATURE, "what the daemon gave does not verify: ");
}

/* A verdict is proved by the block after it, which the daemons make by themselves: wait for it. */
static enum comity_error ask(struct cli *cli, char *name, struct comity_reply *ret_reply,
                             struct fault *fault)
{
    Comity__V1__GetInstrument body = COMITY__V1__GET_INSTRUMENT__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    int64_t end_ms = clock_steady_ms() + cli->wait_ms;
    body.subject = name;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_INSTRUMENT;
    request.get_instrument = &body;
    for (;;) {
        enum comity_error error = comity_ask(
            cli->daemon, &request, COMITY__V1__RESPONSE__RESPONSE_INSTRUMENT, ret_reply, fault);
        if (error != COMITY_PENDING || clock_steady_ms() >= end_ms)
            return error;
        /* No event lies there: what comes back is the daemon's answer to a wait. */
        struct comity_feed feed = {.height = INT64_MAX, .wait_ms = EXPORT_RETRY_MS};
        struct comity_reply events;
        error = comity_feed_next(cli->daemon, &feed, &events, fault);
        if (error != COMITY_OK)
            return error;
        comity_reply_free(&events);
    }
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
    struct comity_reply reply;
    error = ask(cli, name, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    struct gathering gathering = {.file = reply.response->instrument};
    struct buffer bytes = {0};
    arena_init(&gathering.arena, EXPORT_BYTES_MAX);
    error = identity_setup();
    if (error == COMITY_OK)
        error = complete(cli, &gathering, &bytes, &fault);
    end = error == COMITY_OK ? write_instrument(cli, arguments, name, buffer_bytes(&bytes))
                             : cli_fail(cli, error, &fault);
    buffer_free(&bytes);
    arena_free(&gathering.arena);
    comity_reply_free(&reply);
    return end;
}
