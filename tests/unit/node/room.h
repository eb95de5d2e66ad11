/* SPDX-License-Identifier: Apache-2.0 */
/* room.h - a room of whole sessions in one process: real consensus, signatures, journals and
 * databases in a temporary directory, over an in-memory network and a virtual clock. */
#ifndef COMITY_TESTS_NODE_ROOM_H
#define COMITY_TESTS_NODE_ROOM_H

#include <stdbool.h>

#include "node/session.h"

enum { ROOM_SEATS_MAX = 8 };

struct room_frame {
    struct room_frame *next;
    uint32_t from, to;
    size_t size;
    uint8_t data[];
};

struct room_seat {
    struct room *room;
    uint32_t index;
    struct identity *identity;
    struct journal *journal;
    struct store *store;
    struct session *session; /* NULL while it is away. */
    struct session_env env;
    struct journal_record *records;
    size_t records_count;
    struct arena restored;
    char directory[256];
};

struct room {
    char directory[200];
    uint32_t count;
    struct buffer charter;
    struct room_seat seats[ROOM_SEATS_MAX];
    struct room_frame *first, **last;
    int64_t now_ms;
    bool cut[ROOM_SEATS_MAX]; /* Not reachable by anybody. */
};

/* `charter` is YAML without seats' keys. Seats take their seats; nobody has joined yet. */
void room_open(struct room *self, uint32_t count, const char *charter);
void room_close(struct room *self); /* Removes the directory. */
enum comity_error room_start(struct room *self, uint32_t seat, struct fault *fault);
void room_kill(struct room *self, uint32_t seat); /* As kill -9 would: files as they are. */
/* Let so much time pass, turn by turn. */
void room_run(struct room *self, int64_t ms);
struct hash room_submit(struct room *self, uint32_t seat, struct act act, const char *text);
void room_join_all(struct room *self);
/* Everybody here has the same record; asserts. Returns its height. */
uint64_t room_same_record(struct room *self);
const struct forum *room_forum(struct room *self, uint32_t seat);

#endif
