/* SPDX-License-Identifier: Apache-2.0 */
/* node_state.h - the inside of the node, for node.c and requests*.c only. */
#ifndef COMITY_NODE_NODE_STATE_H
#define COMITY_NODE_NODE_STATE_H

#include "api/server.h"
#include "node/node.h"
#include "node/reception.h"
#include "node/resolve.h"
#include "node/session.h"
#include "store/backup.h"
#include "store/journal.h"
#include "store/store.h"
#include "wire/wire.h"

enum {
    NODE_FORUMS_MAX = 64,
    NODE_PARKED_MAX = 1024,
    NODE_PARKED_SHARE = 400,
    NODE_VERSION_SLOTS = 64
};

/* A request that waits: for events after a cursor, or for an own act to be final. */
struct parked {
    bool used;
    struct api_route route;
    struct session *session;
    int64_t until_ms; /* Steady. */
    bool is_submit;
    uint64_t height; /* Cursor of the feed. */
    uint32_t index;
    uint32_t max;
    uint64_t seq; /* Of the own act. */
    struct hash act;
};

/* An act handed in while its session still asks; see requests_later.c. */
struct later {
    struct later *next;
    struct session *session;
    struct api_route route;
    size_t size;
    uint8_t data[]; /* The request, encoded. */
};

struct node_restored { /* Journal records found at start-up; owns its memory. */
    struct journal_record *records;
    size_t count, capacity;
    struct arena arena;
};

/* The copy that a client is being given, see requests_backup.c. */
struct node_backup {
    struct store_backup *copy; /* NULL: none is being taken. */
    int file;                  /* The finished copy, from which parts are read; -1 before. */
    uint64_t id;               /* Of the last one begun. */
    uint64_t size;
    int64_t asked_ms; /* Steady: when the client asked last. */
};

#define BACKUP_PART "backup.part"

struct node {
    const struct config *config;
    const struct identity *identity;
    struct journal *journal;
    struct store *store;
    struct wire *wire;
    struct resolver *resolver;
    struct api_server *api;
    struct reception reception;
    struct session *sessions[NODE_FORUMS_MAX];
    uint32_t sessions_count;
    struct node_restored restored;
    struct session_env env;
    struct session_time time;
    int64_t sleep_offset_ms; /* CLOCK_BOOTTIME - CLOCK_MONOTONIC at the last turn. */
    struct parked parked[NODE_PARKED_MAX];
    uint32_t parked_count;
    struct later *later, **later_last; /* In order of arrival. */
    size_t later_bytes;
    int64_t journal_retry_ms;
    int64_t strangers_ms; /* When strangers are looked after again. */
    uint64_t refused_told, failed_told, accepted_told;
    uint64_t synced_heights[NODE_FORUMS_MAX]; /* By session: blocks up to here are on disk. */
    int64_t unsynced_since_ms;                /* 0: all are. */
    struct node_backup backup;
    /* Steady: by a peer's key, when its other version was last told; 0: never. */
    int64_t version_told_ms[NODE_VERSION_SLOTS];
    struct arena scratch;
};

/* node_files.c: journal and record, COMITY_BUSY, COMITY_FOREIGN, COMITY_DAMAGED ... */
enum comity_error node_open_files(struct node *self, struct fault *fault);

/* node.c */
enum comity_error node_add_session(struct node *self, const char *name, struct bytes charter,
                                   struct session **ret_session, struct fault *fault);
/* Undo node_add_session, before anything happened in it. */
void node_drop_last_session(struct node *self);
struct session *node_find_session(struct node *self, const char *forum, struct fault *fault);

/* requests.c */
void requests_receive(struct node *self, bool *ret_busy);
/* `durable`: this turn's acts are; only then may a client hear that its act was handed in. */
void requests_answer_parked(struct node *self, bool durable);
#define REQUESTS_GONE "this daemon is stopping: ask again when it is back"
/* Answer everybody who waits, refuse everybody who knocks; no act is taken any more. */
void requests_say_farewell(struct node *self);
int64_t requests_deadline_ms(const struct node *self);
/* A client waits for one thing at a time in a forum's feed: a new question ends the old one. */
void requests_drop_feed(struct node *self, const struct api_call *call, struct session *session);
bool requests_may_park(const struct node *self, const struct api_call *call);
/* NULL: the table is full, or this client has its share of it already. */
struct parked *requests_park(struct node *self, const struct api_call *call,
                             struct session *session, uint32_t wait_ms);

/* requests_later.c: keep an act until its session has asked enough; do what waited for that. */
void requests_keep_for_later(struct node *self, const struct api_call *call,
                             struct session *session);
void requests_do_later(struct node *self);
void requests_forget_later(struct node *self); /* Each is told so. */

/* requests_read.c, requests_act.c: each answers or parks the call. */
void request_status(struct node *self, const struct api_call *call);
void request_docket(struct node *self, const struct api_call *call, struct session *session);
void request_proposal(struct node *self, const struct api_call *call, struct session *session);
void request_agreement(struct node *self, const struct api_call *call, struct session *session);
void request_record(struct node *self, const struct api_call *call, struct session *session);
void request_events(struct node *self, const struct api_call *call, struct session *session);
void request_charter(struct node *self, const struct api_call *call, struct session *session);
void request_conduct(struct node *self, const struct api_call *call, struct session *session);
void request_instrument(struct node *self, const struct api_call *call, struct session *session);
void request_backup(struct node *self, const struct api_call *call);
/* Nobody has asked for the rest of it for long, or the node closes (`now`). */
void backup_expire(struct node *self, bool now);
void request_add_forum(struct node *self, const struct api_call *call);
/* Take the seat of this charter; *ret_charter is the session's. */
enum comity_error request_take_seat(struct node *self, const Comity__V1__AddForum *add,
                                    const struct charter **ret_charter, struct fault *fault);
/* requests_lobby.c */
void request_lobby(struct node *self, const struct api_call *call);
void request_submit(struct node *self, const struct api_call *call, struct session *session);
bool request_answer_events(struct node *self, const struct api_route *route,
                           struct session *session, uint64_t height, uint32_t index, uint32_t max,
                           bool even_if_none);
bool request_answer_submit(struct node *self, const struct parked *parked, bool even_if_pending);

#endif
