/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.h - one daemon of the world: node.c and everything under it, with the wire, the client
 * socket, the clocks and the disk that are put under it. */
#ifndef COMITY_SIM_DAEMONS_DAEMON_H
#define COMITY_SIM_DAEMONS_DAEMON_H

#include "model/block.h"
#include "node/node_state.h"
#include "sim/daemons/client.h"
#include "sim/daemons/disk.h"
#include "sim/daemons/plan.h"

struct world;

/* What came of a daemon's files; such a key counts as one of the f. */
enum forgetting {
    FORGOT_NOTHING,
    FORGOT_JOURNAL,     /* The file is gone. */
    FORGOT_JOURNAL_OLD, /* An older one lies beside the newer database. */
    FORGOT_BOTH_OLD,    /* All files are those of a backup. */
    FORGOT_FLIPPED,     /* A bit of the journal. */
    FORGOT_STORE,       /* The database is gone. */
    FORGOT_ALL,         /* A new machine with the old key. */
    FORGOT_KINDS
};

enum { SIMD_INBOX_MAX = 2048, SIMD_STOP_FD = 1 << 19 };

struct frame {
    uint32_t from;
    size_t size;
    uint8_t data[];
};

struct sent_view { /* Own votes that left, over the whole life of a key. */
    struct hash notarize, finalize;
    uint8_t kinds;
};

struct wire {
    struct daemon *owner;
    bool known[SIMD_SEATS_MAX];
    int64_t heard_ms[SIMD_SEATS_MAX], sent_ms[SIMD_SEATS_MAX];
    struct frame *last;
};

struct api_server {
    struct daemon *owner;
};

struct daemon {
    struct world *world;
    uint32_t index;
    struct identity *identity;
    struct config config;
    struct disk disk;
    struct node *node; /* NULL while it is down. */
    struct wire wire;
    struct api_server api;
    struct client client;
    struct frame *inbox[SIMD_INBOX_MAX];
    uint32_t inbox_first, inbox_count;
    uint64_t wake_order; /* Of the only wake that counts. */
    int64_t wake_ms;
    int64_t up_ms;     /* When it starts again. */
    int64_t paused_ms; /* Until then it does not run. */
    bool asleep;       /* The steady clock stands still meanwhile. */
    int64_t steady_ms, steady_base_ms, slept_ms, utc_offset_ms;
    int64_t skew; /* Millionths. */
    enum crash crash;
    bool has_crash;
    bool has_begun;               /* Its loop, in this life. */
    bool farewell;                /* Stopped in an orderly way. */
    uint8_t dies_with_vote;       /* enum vote_kind: once it would send one; 0: none. */
    bool rots;                    /* Its snapshot, at its next start. */
    enum forgetting loss, forgot; /* About to; has. */
    bool must_observe;            /* Its database remembers another journal. */
    bool contradicted;            /* After that, it signed what it had signed otherwise. */
    uint64_t effects;             /* Over all its lives. */
    bool refuses;                 /* To start at all: its journal is none any more. */
    struct disk backup;
    struct chance chance, lie_chance; /* Its own: what others do changes nothing about them. */
    /* For the checks. */
    struct sent_view *votes;
    size_t votes_count;
    struct hash *acts_sent; /* By seq. */
    size_t acts_sent_count;
    uint64_t seen_height, stored_height;
    uint64_t last_frame;
};

void daemon_init(struct world *world, uint32_t index);
void daemon_free(struct daemon *self);
void daemon_start(struct daemon *self);
void daemon_turn(struct daemon *self);
void daemon_die(struct daemon *self);  /* Its effects end here. */
void daemon_lose(struct daemon *self); /* Dies, and its files are what `loss` says. */
struct session *daemon_session(const struct daemon *self);
int64_t daemon_steady(const struct daemon *self);

#endif
