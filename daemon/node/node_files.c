/* SPDX-License-Identifier: Apache-2.0 */
/* node_files.c - the directory of a daemon: whose it is, whether journal and record belong
 * together, and what a restored backup may do. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/log.h"
#include "node/node_state.h"
#include "store/backup.h"

static enum comity_error restored_add(void *context, const struct journal_record *record)
{
    struct node_restored *restored = context;
    if (restored->count == restored->capacity) {
        size_t capacity = restored->capacity == 0 ? 256 : restored->capacity * 2;
        struct journal_record *records = realloc(restored->records, capacity * sizeof *records);
        if (records == NULL)
            return COMITY_MEMORY;
        restored->records = records;
        restored->capacity = capacity;
    }
    struct journal_record *copy = &restored->records[restored->count];
    *copy = *record;
    copy->payload = arena_bytes(&restored->arena, record->payload);
    if (copy->payload.data == NULL && record->payload.size > 0)
        return COMITY_MEMORY;
    restored->count++;
    return COMITY_OK;
}

/* On disk before anything is signed: an empty database beside a full journal then proves a
 * loss. */
static enum comity_error put_instance(struct node *self, const uint8_t instance[16])
{
    enum comity_error error =
        store_put_setting(self->store, "journal-instance", bytes_of(instance, 16));
    return error != COMITY_OK ? error : store_sync(self->store);
}

/* One key, one record: another key would find votes in it that are not its own. */
static enum comity_error check_key(struct node *self, struct fault *fault)
{
    struct bytes known;
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    const uint8_t *key = identity_key(self->identity);
    enum comity_error error = store_get_setting(self->store, "key", &self->scratch, &known);
    if (error == COMITY_NOT_FOUND)
        error = store_put_setting(self->store, "key", bytes_of(key, KEY_SIZE));
    else if (error == COMITY_OK && known.size == KEY_SIZE &&
             memcmp(known.data, key, KEY_SIZE) != 0) {
        fingerprint_format(known.data, fingerprint);
        return fault_set(fault, COMITY_FOREIGN,
                         "%s belongs to another key, %s: give this key a directory of its own",
                         self->config->data_path, fingerprint);
    }
    return error != COMITY_OK ? fault_set(fault, error, "the database cannot be read") : COMITY_OK;
}

/* The store remembers which journal it grew up with: another one means that votes may be
 * forgotten (a lost file, a restored backup), and then this key must not vote. */
static enum comity_error check_instance(struct node *self, struct fault *fault)
{
    uint8_t instance[16];
    struct bytes known;
    journal_instance(self->journal, instance);
    enum comity_error error =
        store_get_setting(self->store, "journal-instance", &self->scratch, &known);
    if (error == COMITY_NOT_FOUND && self->restored.count > 0) {
        self->env.observing = true;
        log_line(LOG_ERROR, "store",
                 "votes.journal has records, but the database knows nothing: it was lost. This "
                 "daemon observes and signs nothing; put the database back, or see comityd(8)");
        error = COMITY_OK;
    } else if (error == COMITY_NOT_FOUND)
        error = put_instance(self, instance);
    else if (error == COMITY_OK && !bytes_equal(known, bytes_of(instance, sizeof instance))) {
        self->env.observing = true;
        log_line(LOG_ERROR, "store",
                 "votes.journal is not the one this database was written with: this daemon "
                 "observes and signs nothing");
    }
    return error != COMITY_OK ? fault_set(fault, error, "the database cannot be read") : COMITY_OK;
}

/* --- A restored backup --- */

struct adoption {
    struct node *node;
    struct fault *fault;
};

static enum comity_error keep_from_voting(void *context, const struct hash *forum, const char *name,
                                          struct bytes charter)
{
    struct adoption *adoption = context;
    (void)charter;
    log_line(LOG_WARNING, "store",
             "forum=%s restored from a backup: this daemon orders nothing there any more, and its "
             "acts wait until other daemons have told what they hold of this key",
             name);
    return session_remember_observing(adoption->node->store, forum, true);
}

/* Own acts that were signed and not final when the backup was taken: the same bytes again are no
 * contradiction, and whoever handed them in was told that they would not be lost. */
static enum comity_error adopt_act(void *context, struct bytes value)
{
    struct adoption *adoption = context;
    struct journal_record record = {.kind = JOURNAL_ACT};
    if (value.size <= HASH_SIZE)
        return COMITY_DAMAGED;
    memcpy(record.forum.bytes, value.data, HASH_SIZE);
    record.payload = bytes_of(value.data + HASH_SIZE, value.size - HASH_SIZE);
    enum comity_error error = journal_append(adoption->node->journal, &record);
    return error != COMITY_OK ? error : restored_add(&adoption->node->restored, &record);
}

/* CONSENSUS.md 1.6 rule 7: what this key signed after the backup was taken is in no file, so it
 * votes no more. The acts are in the journal before the record forgets them; done twice after a
 * crash, this does the same. */
static enum comity_error adopt_backup(struct node *self, struct fault *fault)
{
    struct adoption adoption = {.node = self, .fault = fault};
    int64_t taken_ms = 0;
    char day[CALENDAR_TEXT_SIZE];
    uint8_t instance[16];
    enum comity_error error = store_backup_taken(self->store, &self->scratch, &taken_ms);
    if (error == COMITY_NOT_FOUND)
        return COMITY_OK; /* It is none. */
    calendar_format(taken_ms, day);
    log_line(LOG_WARNING, "store", "%s is a backup of %s", self->config->data_path, day);
    if (error == COMITY_OK)
        error = store_backup_each_act(self->store, adopt_act, &adoption);
    if (error == COMITY_OK)
        error = journal_sync(self->journal);
    if (error == COMITY_OK)
        error = store_begin(self->store);
    if (error == COMITY_OK)
        error = store_each_forum(self->store, keep_from_voting, &adoption);
    journal_instance(self->journal, instance);
    if (error == COMITY_OK)
        error = store_put_setting(self->store, "journal-instance", bytes_of(instance, 16));
    if (error == COMITY_OK)
        error = store_backup_forget(self->store);
    if (error == COMITY_OK)
        error = store_commit(self->store);
    else
        store_rollback(self->store);
    if (error == COMITY_OK)
        error = store_sync(self->store);
    return error != COMITY_OK
               ? fault_set(fault, error, "the restored backup cannot be taken over: %s",
                           error_text(error))
               : COMITY_OK;
}

enum comity_error node_make_data(const struct config *config, struct fault *fault)
{
    if (mkdir(config->data_path, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, errno == ENOSPC ? COMITY_FULL : COMITY_IO, "%s: %s",
                         config->data_path, strerror(errno));
    return COMITY_OK;
}

enum comity_error node_open_files(struct node *self, struct fault *fault)
{
    char path[1100];
    enum comity_error error = node_make_data(self->config, fault);
    if (error != COMITY_OK)
        return error;
    (void)snprintf(path, sizeof path, "%s/" BACKUP_PART, self->config->data_path);
    (void)unlink(path); /* Of a daemon that ended while it was taken. */
    (void)snprintf(path, sizeof path, "%s/votes.journal", self->config->data_path);
    error = journal_open(path, restored_add, &self->restored, &self->journal, fault);
    if (error == COMITY_DAMAGED && self->journal != NULL) {
        self->env.observing = true;
        log_line(LOG_ERROR, "store", "%s: this daemon observes and signs nothing", fault->text);
    } else if (error != COMITY_OK) {
        return error;
    }
    (void)snprintf(path, sizeof path, "%s/record.sqlite", self->config->data_path);
    error = store_open(path, &self->store, fault);
    if (error == COMITY_OK)
        error = check_key(self, fault);
    if (error == COMITY_OK && !self->env.observing)
        error = adopt_backup(self, fault);
    return error != COMITY_OK ? error : check_instance(self, fault);
}
