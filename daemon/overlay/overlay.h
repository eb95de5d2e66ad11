/* SPDX-License-Identifier: Apache-2.0 */
/* overlay.h - ways to the peers of a forum that are not heard directly (DESIGN.md section 8): who
 * of our neighbours reaches them, in how many hops, and which relays were seen already. One for
 * each forum; peers are its seats, by the numbers daemons use between each other. Pure: links,
 * times and messages come in, decisions go out.
 *
 * A distance vector on demand: whoever misses peers asks its neighbours for just those
 * (RoutesWanted); they answer with what they hear themselves and with routes they have through
 * others, never through the one who asks. Where everybody hears everybody nothing is ever said.
 * A route counts while its neighbour is heard and has told of it within OVERLAY_FRESH_MS. */
#ifndef COMITY_OVERLAY_OVERLAY_H
#define COMITY_OVERLAY_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "model/limits.h"

enum {
    OVERLAY_HOPS_MAX = 8,        /* A route is at most one hop shorter. */
    OVERLAY_ASK_MS = 5000,       /* While somebody is missing, each neighbour is asked so often; */
    OVERLAY_ASK_SOON_MS = 500,   /* and so soon after something changed; */
    OVERLAY_ASK_IDLE_MS = 30000, /* so often if it knew of nobody. */
    OVERLAY_ASKS_MS = 40000,     /* So long it tells when it does. */
    OVERLAY_FRESH_MS = 16000,    /* Three times asked without an answer. */
    OVERLAY_SEEN_MAX = 512,      /* Relays of one origin that are remembered. */
    OVERLAY_NONE = UINT32_MAX,
};

struct overlay;

/* `self`: own number; peers count from 0 to count - 1. NULL: out of memory. */
struct overlay *overlay_create(struct arena *arena, uint32_t count, uint32_t self);

/* Is the peer heard directly? True: that changed. */
bool overlay_set_direct(struct overlay *self, uint32_t peer, bool direct, int64_t now_ms);
bool overlay_is_direct(const struct overlay *self, uint32_t peer);
/* The neighbour through which the peer is reached now; the peer itself if it is heard directly;
 * OVERLAY_NONE. */
uint32_t overlay_next(const struct overlay *self, uint32_t peer, int64_t now_ms);

/* Should `neighbour` be asked now? Then ret_wanted is for whom, and asking counts as done. */
bool overlay_ask(struct overlay *self, uint32_t neighbour, int64_t now_ms,
                 uint64_t ret_wanted[SEATS_MAX / 64]);
/* `neighbour` asks for these. */
void overlay_asked(struct overlay *self, uint32_t neighbour, const uint64_t wanted[SEATS_MAX / 64],
                   int64_t now_ms);
/* Should `neighbour` be answered now: because it asked, or because the answer is another by now?
 * Then ret_peers and ret_hops are the answer, and it counts as given. */
bool overlay_answer(struct overlay *self, uint32_t neighbour, int64_t now_ms,
                    uint64_t ret_peers[SEATS_MAX / 64], uint8_t ret_hops[SEATS_MAX]);
/* `neighbour` answers. */
void overlay_told(struct overlay *self, uint32_t neighbour, const uint64_t peers[SEATS_MAX / 64],
                  const uint8_t hops[SEATS_MAX], int64_t now_ms);

/* Was this relay of the origin taken before? */
bool overlay_was_seen(const struct overlay *self, uint32_t origin, uint64_t id);
/* It is taken now: only once its signature is known to be good. */
void overlay_see(struct overlay *self, uint32_t origin, uint64_t id);
/* Neighbours that a relay for `to`, which came from neighbour `from` (OVERLAY_NONE: it is our own),
 * goes to next; each once, never back. */
void overlay_forward(const struct overlay *self, const uint64_t to[SEATS_MAX / 64], uint32_t from,
                     int64_t now_ms, uint64_t ret_next[SEATS_MAX / 64]);

#endif
