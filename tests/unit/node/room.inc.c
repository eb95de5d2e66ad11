/* SPDX-License-Identifier: Apache-2.0 */
/* room.inc.c - see room.h; included by the tests that need a room. */
#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charter/charter.h"
#include "node/chain.h"

static void room_send(void *context, const uint8_t key[KEY_SIZE], enum wire_urgency urgency,
                      struct bytes frame)
{
    struct room_seat *from = context;
    struct room *room = from->room;
    (void)urgency;
    for (uint32_t to = 0; to < room->count; to++) {
        if (memcmp(identity_key(room->seats[to].identity), key, KEY_SIZE) != 0)
            continue;
        struct room_frame *copy = malloc(sizeof *copy + frame.size);
        assert_non_null(copy);
        *copy = (struct room_frame){.from = from->index, .to = to, .size = frame.size};
        memcpy(copy->data, frame.data, frame.size);
        *room->last = copy;
        room->last = &copy->next;
    }
}

static bool room_heard(void *context, const uint8_t key[KEY_SIZE], int64_t within_ms)
{
    struct room_seat *from = context;
    struct room *room = from->room;
    (void)within_ms;
    for (uint32_t i = 0; i < room->count; i++) {
        if (memcmp(identity_key(room->seats[i].identity), key, KEY_SIZE) == 0)
            return room->seats[i].session != NULL && !room->cut[i] && !room->cut[from->index];
    }
    return false;
}

static enum comity_error seat_key(void *context, const char *name, uint8_t ret_key[KEY_SIZE])
{
    struct room *room = context;
    memcpy(ret_key, identity_key(room->seats[name[1] - '0'].identity), KEY_SIZE);
    return COMITY_OK;
}

static enum comity_error keep_record(void *context, const struct journal_record *record)
{
    struct room_seat *seat = context;
    seat->records = realloc(seat->records, (seat->records_count + 1) * sizeof *seat->records);
    assert_non_null(seat->records);
    seat->records[seat->records_count] = *record;
    seat->records[seat->records_count++].payload = arena_bytes(&seat->restored, record->payload);
    return COMITY_OK;
}

static struct session_time room_time(const struct room *self)
{
    return (struct session_time){.now_ms = self->now_ms, .utc_ms = 1700000000000 + self->now_ms};
}

enum comity_error room_start(struct room *self, uint32_t index, struct fault *fault)
{
    struct room_seat *seat = &self->seats[index];
    char path[300];
    seat->records_count = 0;
    arena_init(&seat->restored, 0);
    (void)snprintf(path, sizeof path, "%s/votes.journal", seat->directory);
    enum comity_error error = journal_open(path, keep_record, seat, &seat->journal, fault);
    seat->env = (struct session_env){.identity = seat->identity,
                                     .context = seat,
                                     .send = room_send,
                                     .heard = room_heard,
                                     .observing = error == COMITY_DAMAGED};
    if (error != COMITY_OK && error != COMITY_DAMAGED)
        return error;
    (void)snprintf(path, sizeof path, "%s/record.sqlite", seat->directory);
    error = store_open(path, &seat->store, fault);
    seat->env.journal = seat->journal;
    seat->env.store = seat->store;
    struct session_restored restored = {.records = seat->records, .count = seat->records_count};
    struct hash forum = charter_id(buffer_bytes(&self->charter));
    if (error == COMITY_OK) {
        error = store_put_forum(seat->store, &forum, "room", buffer_bytes(&self->charter));
        error = error == COMITY_EXISTS ? COMITY_OK : error;
    }
    if (error == COMITY_OK)
        error = session_open(&seat->env, "room", buffer_bytes(&self->charter), &restored,
                             room_time(self), &seat->session, fault);
    arena_free(&seat->restored);
    return error;
}

void room_kill(struct room *self, uint32_t index)
{
    struct room_seat *seat = &self->seats[index];
    session_close(&seat->session);
    journal_close(&seat->journal);
    store_close(&seat->store);
    free(seat->records);
    seat->records = NULL;
}

void room_open(struct room *self, uint32_t count, const char *charter)
{
    memset(self, 0, sizeof *self);
    self->count = count;
    self->last = &self->first;
    self->now_ms = 1000;
    (void)snprintf(self->directory, sizeof self->directory, "/tmp/comity-room-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    assert_int_equal(identity_setup(), COMITY_OK);
    for (uint32_t i = 0; i < count; i++) {
        struct room_seat *seat = &self->seats[i];
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        *seat = (struct room_seat){.room = self, .index = i};
        assert_int_equal(identity_from_seed(seed, &seat->identity), COMITY_OK);
        (void)snprintf(seat->directory, sizeof seat->directory, "%s/%u", self->directory,
                       (unsigned)i);
        assert_int_equal(mkdir(seat->directory, 0700), 0);
    }
    static const uint8_t nonce[16] = {7};
    struct charter_options options = {.key_source = seat_key, .context = self, .nonce = nonce};
    struct arena arena;
    struct yaml_node *root;
    struct fault fault = {{0}};
    arena_init(&arena, 0);
    enum comity_error error =
        yaml_parse("room.yaml", bytes_of_text(charter), &arena, &root, &fault);
    if (error == COMITY_OK)
        error = charter_compile(root, &options, NULL, NULL, &self->charter, &fault);
    if (error != COMITY_OK)
        fail_msg("%s", fault.text);
    arena_free(&arena);
    for (uint32_t i = 0; i < count; i++) {
        if (room_start(self, i, &fault) != COMITY_OK)
            fail_msg("%s", fault.text);
    }
}

static int remove_path(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

void room_close(struct room *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        room_kill(self, i);
        identity_close(&self->seats[i].identity);
    }
    while (self->first != NULL) {
        struct room_frame *frame = self->first;
        self->first = frame->next;
        free(frame);
    }
    buffer_free(&self->charter);
    (void)nftw(self->directory, remove_path, 16, FTW_DEPTH | FTW_PHYS);
}

/* One turn of one daemon's loop, as node.c does it. */
static void seat_turn(struct room *self, struct room_seat *seat)
{
    struct session_time time = room_time(self);
    session_tick(seat->session, time);
    session_settle(seat->session, time);
    for (int round = 0; round < 16 && journal_is_dirty(seat->journal); round++) {
        if (journal_sync(seat->journal) != COMITY_OK)
            break;
        session_persisted(seat->session, time);
    }
    session_finish(seat->session, time);
}

static void deliver_frames(struct room *self)
{
    struct room_frame *frame = self->first;
    self->first = NULL;
    self->last = &self->first;
    while (frame != NULL) {
        struct room_frame *next = frame->next;
        struct room_seat *to = &self->seats[frame->to];
        if (to->session != NULL && !self->cut[frame->to] && !self->cut[frame->from])
            session_receive(to->session, identity_key(self->seats[frame->from].identity),
                            bytes_of(frame->data, frame->size), room_time(self));
        free(frame);
        frame = next;
    }
}

void room_run(struct room *self, int64_t ms)
{
    enum { STEP_MS = 10 };
    for (int64_t end = self->now_ms + ms; self->now_ms < end; self->now_ms += STEP_MS) {
        deliver_frames(self);
        for (uint32_t i = 0; i < self->count; i++) {
            if (self->seats[i].session != NULL)
                seat_turn(self, &self->seats[i]);
        }
    }
}

struct hash room_submit(struct room *self, uint32_t seat, struct act act, const char *text)
{
    struct hash id;
    uint64_t seq;
    struct fault fault = {{0}};
    enum comity_error error = session_submit(self->seats[seat].session, &act, bytes_of_text(text),
                                             bytes_of(NULL, 0), room_time(self), &id, &seq, &fault);
    if (error != COMITY_OK)
        fail_msg("seat %u: %s", (unsigned)seat, fault.text);
    return id;
}

void room_join_all(struct room *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        struct act act = {.kind = ACT_JOIN};
        act.as.join.charter_hash = session_charter(self->seats[i].session)->id;
        (void)room_submit(self, i, act, "");
    }
    room_run(self, 3000);
}

uint64_t room_same_record(struct room *self)
{
    const struct chain *first = NULL;
    for (uint32_t i = 0; i < self->count; i++) {
        if (self->seats[i].session == NULL)
            continue;
        const struct chain *chain = session_chain(self->seats[i].session);
        if (first == NULL)
            first = chain;
        assert_int_equal(chain->now.height, first->now.height);
        assert_true(hash_equal(&chain->block_hash, &first->block_hash));
        assert_true(hash_equal(&chain->now.state_hash, &first->now.state_hash));
        assert_true(hash_equal(&chain->now.outcomes_root, &first->now.outcomes_root));
    }
    return first == NULL ? 0 : first->now.height;
}

const struct forum *room_forum(struct room *self, uint32_t seat)
{
    return session_forum(self->seats[seat].session);
}
