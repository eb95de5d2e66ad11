/* SPDX-License-Identifier: Apache-2.0 */
/* requests_backup.c - a backup goes to the client in parts: the daemon writes to no path but its
 * own, and copies only as fast as it is asked, a little in each turn. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "node/node_state.h"

enum { BACKUP_PART_BYTES = 256 * 1024, BACKUP_PATIENCE_MS = 60000 };

void backup_expire(struct node *self, bool now)
{
    struct node_backup *backup = &self->backup;
    if (backup->copy == NULL || (!now && self->time.now_ms - backup->asked_ms < BACKUP_PATIENCE_MS))
        return;
    store_backup_close(&backup->copy);
    if (backup->file >= 0)
        (void)close(backup->file);
    backup->file = -1;
}

static void part_path(const struct node *self, char ret_path[1100])
{
    (void)snprintf(ret_path, 1100, "%s/" BACKUP_PART, self->config->data_path);
}

static enum comity_error begin(struct node *self, struct fault *fault)
{
    char path[1100];
    if (self->backup.copy != NULL)
        return fault_set(fault, COMITY_BUSY, "another backup is being taken");
    part_path(self, path);
    enum comity_error error = store_backup_open(self->store, path, &self->backup.copy, fault);
    if (error == COMITY_OK)
        self->backup.id++;
    return error;
}

/* In the turn in which the last page was copied: the own acts that the copy of the record lacks. */
static enum comity_error add_acts(struct node *self)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; error == COMITY_OK && i < self->sessions_count; i++) {
        size_t count = session_durable_acts(self->sessions[i], NULL, 0);
        struct journal_record *records = calloc(count + 1, sizeof *records);
        if (records == NULL)
            return COMITY_MEMORY;
        (void)session_durable_acts(self->sessions[i], records, count);
        for (size_t k = 0; error == COMITY_OK && k < count; k++)
            error = store_backup_add_act(self->backup.copy, &records[k].forum, records[k].payload);
        free(records);
    }
    return error;
}

static enum comity_error copy_more(struct node *self, uint32_t *ret_percent)
{
    bool done = false;
    char path[1100];
    enum comity_error error = store_backup_step(self->backup.copy, &done, ret_percent);
    if (error != COMITY_OK || !done)
        return error;
    error = add_acts(self);
    if (error == COMITY_OK)
        error = store_backup_finish(self->backup.copy, self->time.utc_ms, &self->backup.size);
    if (error != COMITY_OK)
        return error;
    part_path(self, path);
    self->backup.file = open(path, O_RDONLY | O_CLOEXEC);
    return self->backup.file < 0 ? COMITY_IO : COMITY_OK;
}

static enum comity_error read_part(struct node *self, Comity__V1__BackupPart *part)
{
    uint8_t *data = arena_alloc(&self->scratch, BACKUP_PART_BYTES);
    if (data == NULL)
        return COMITY_MEMORY;
    ssize_t got = pread(self->backup.file, data, BACKUP_PART_BYTES, (off_t)part->offset);
    if (got <= 0)
        return COMITY_IO;
    part->size = self->backup.size;
    part->data = (ProtobufCBinaryData){.len = (size_t)got, .data = data};
    return COMITY_OK;
}

static enum comity_error answer(struct node *self, const Comity__V1__GetBackup *asked,
                                Comity__V1__BackupPart *part, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    if (asked->id == 0)
        error = begin(self, fault);
    else if (self->backup.copy == NULL || asked->id != self->backup.id)
        error = fault_set(fault, COMITY_NOT_FOUND, "that backup was given up: begin a new one");
    if (error != COMITY_OK)
        return error;
    self->backup.asked_ms = self->time.now_ms;
    part->id = self->backup.id;
    part->offset = asked->offset;
    if (self->backup.file < 0)
        error = copy_more(self, &part->percent);
    else if (asked->offset >= self->backup.size)
        return fault_set(fault, COMITY_INVALID, "a backup has no bytes behind its end");
    else
        error = read_part(self, part);
    if (error != COMITY_OK) {
        (void)fault_set(fault, error, "the backup cannot be taken: %s", error_text(error));
        log_line(LOG_ERROR, "store", "%s", fault->text);
        backup_expire(self, true);
    }
    return error;
}

void request_backup(struct node *self, const struct api_call *call)
{
    struct fault fault = {{0}};
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__BackupPart part = COMITY__V1__BACKUP_PART__INIT;
    enum comity_error error = answer(self, call->request->get_backup, &part, &fault);
    if (error != COMITY_OK) {
        api_fail(self->api, &call->route, error, fault.text);
        return;
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_BACKUP;
    response.backup = &part;
    api_reply(self->api, &call->route, &response);
    if (part.data.len > 0 && part.offset + part.data.len >= part.size) {
        log_line(LOG_INFO, "store", "a backup of %llu bytes was handed out",
                 (unsigned long long)part.size);
        backup_expire(self, true);
    }
}
