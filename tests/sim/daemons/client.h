/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - a daemon's client: what it wants done, and how far it has read the feed. */
#ifndef COMITY_SIM_DAEMONS_CLIENT_H
#define COMITY_SIM_DAEMONS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "sim/chance.h"

enum { CLIENT_OPS_MAX = 256 };

struct op {          /* Wanted once, however often it is asked for. */
    uint32_t kind;   /* Line of the table in client_acts.c. */
    uint32_t number; /* Of the proposal or agreement. */
    uint32_t value;  /* Answer, rule, ... */
    uint8_t key[16];
    char text[64];
    uint32_t tries;
    bool done, known; /* `known`: an answer named its act. */
    struct hash act;
    uint64_t seq;
};

struct feed_event {
    uint64_t height;
    uint32_t index;
    uint64_t word; /* Hash of its kind. */
};

struct client {
    struct op ops[CLIENT_OPS_MAX];
    uint32_t ops_count, ops_planned, at;
    bool busy, wants_forum;
    uint64_t request_id;
    int64_t next_ms, patience_ms;
    bool feed_busy;
    uint64_t feed_id;
    int64_t feed_patience_ms;
    uint64_t feed_height;
    uint32_t feed_index;
    struct feed_event *feed;
    size_t feed_count, feed_capacity;
    struct feed_event checked; /* The last one that was compared. */
    uint64_t queue[4];         /* Request ids not read by the daemon yet: 1 op, 2 feed, 3 forum. */
    uint32_t queue_count;
    uint64_t requests;
    struct chance chance;
};

#endif
