/* SPDX-License-Identifier: Apache-2.0 */
/* session_mend.h - blocks of the record that are damaged on disk; for the session_*.c files. */
#ifndef COMITY_NODE_SESSION_MEND_H
#define COMITY_NODE_SESSION_MEND_H

#include "codec/peer.h"

enum { SESSION_MENDS_MAX = 16 };

struct session_mend {
    uint64_t heights[SESSION_MENDS_MAX]; /* Found damaged, not mended yet. */
    uint32_t count;
    uint64_t asked;  /* The one that was last. */
    uint64_t height; /* Waited for, by this hash; 0: none. */
    struct hash hash;
    int64_t ask_ms; /* Steady: when to ask again. */
};

struct session;
void session_mend_turn(struct session *self);
/* Is it the block that was asked for? Then the row is written anew. */
bool session_mend(struct session *self, const struct peer_block *block);

#endif
