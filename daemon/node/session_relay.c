/* SPDX-License-Identifier: Apache-2.0 */
/* session_relay.c - peers that are reached through others (overlay/overlay.h). What goes through
 * others is signed by its origin: a relay can hold it back, and cannot change it or make it up.
 * Only seats of the forum relay its frames, so nobody else sees what is in them. */
#include <string.h>

#include "node/session_relay.h"

enum {
    TEND_MS = 250,
    RELAY_BYTES_BURST = 4 << 20, /* Carried for one link at once, */
    RELAY_BYTES_PER_MS = 1024,   /* and on. */
    URGENT_MAX = 4096,           /* Votes and certificates are smaller, blocks and acts larger. */
};

static bool has(const uint64_t mask[SEATS_MAX / 64], uint32_t peer)
{
    return (mask[peer / 64] >> (peer % 64) & 1) != 0;
}

enum comity_error session_open_overlay(struct session *self)
{
    self->overlay = overlay_create(&self->order_arena, self->peers_count, self->self);
    /* Never twice, also after a restart: a clock that goes back by less than it ran. */
    self->relay_id = (uint64_t)self->time.utc_ms << 20;
    return self->overlay == NULL ? COMITY_MEMORY : COMITY_OK;
}

bool session_hears(struct session *self, uint32_t peer)
{
    bool direct =
        self->env.heard(self->env.context, session_peer_key(self, peer), SESSION_HEARD_MS);
    (void)overlay_set_direct(self->overlay, peer, direct, self->time.now_ms);
    return overlay_next(self->overlay, peer, self->time.now_ms) != OVERLAY_NONE;
}

static void send_routes(struct session *self, uint32_t peer, struct peer_message *message)
{
    memcpy(message->forum_tag, self->tag, FORUM_TAG_SIZE);
    buffer_clear(&self->relay);
    if (peer_message_encode(message, self->charter->orderers_count, &self->relay) == COMITY_OK)
        self->env.send(self->env.context, session_peer_key(self, peer), WIRE_URGENT,
                       buffer_bytes(&self->relay));
}

static void answer(struct session *self, uint32_t peer)
{
    struct peer_message message = {.kind = PEER_ROUTES};
    if (overlay_answer(self->overlay, peer, self->time.now_ms, message.as.routes.peers,
                       message.as.routes.hops))
        send_routes(self, peer, &message);
}

void session_tend_overlay(struct session *self)
{
    if (self->self >= self->peers_count || self->time.now_ms - self->overlay_ms < TEND_MS)
        return;
    self->overlay_ms = self->time.now_ms;
    for (uint32_t i = 0; i < self->peers_count; i++) {
        struct peer_message message = {.kind = PEER_ROUTES_WANTED};
        if (i == self->self || !overlay_is_direct(self->overlay, i))
            continue;
        if (overlay_ask(self->overlay, i, self->time.now_ms, message.as.routes.peers))
            send_routes(self, i, &message);
        answer(self, i);
    }
}

void session_take_routes(struct session *self, uint32_t peer, const struct peer_message *message)
{
    if (self->self >= self->peers_count)
        return;
    if (message->kind == PEER_ROUTES) {
        overlay_told(self->overlay, peer, message->as.routes.peers, message->as.routes.hops,
                     self->time.now_ms);
        return;
    }
    overlay_asked(self->overlay, peer, message->as.routes.peers, self->time.now_ms);
    answer(self, peer);
}

/* --- Our own frames --- */

bool session_relay_takes(struct session *self, uint32_t peer)
{
    if (self->self >= self->peers_count || overlay_is_direct(self->overlay, peer) ||
        overlay_next(self->overlay, peer, self->time.now_ms) == OVERLAY_NONE)
        return false;
    self->relay_to[peer / 64] |= (uint64_t)1 << (peer % 64);
    return true;
}

/* To the next hops of those it is for; `from` is the neighbour it came from, or OVERLAY_NONE. */
static void forward(struct session *self, const struct peer_message *message, uint32_t from,
                    enum wire_urgency urgency)
{
    uint64_t next[SEATS_MAX / 64];
    overlay_forward(self->overlay, message->as.relay.to, from, self->time.now_ms, next);
    buffer_clear(&self->relay);
    if (peer_message_encode(message, self->charter->orderers_count, &self->relay) != COMITY_OK)
        return; /* Too long to be wrapped: only large blocks are, and those are asked for again. */
    for (uint32_t i = 0; i < self->peers_count; i++) {
        if (!has(next, i))
            continue;
        self->env.send(self->env.context, session_peer_key(self, i), urgency,
                       buffer_bytes(&self->relay));
    }
}

void session_relay_out(struct session *self, enum wire_urgency urgency)
{
    static const uint64_t nobody[SEATS_MAX / 64];
    struct peer_message message = {.kind = PEER_RELAY};
    uint8_t signature[SIGNATURE_SIZE];
    if (memcmp(self->relay_to, nobody, sizeof nobody) == 0)
        return;
    memcpy(message.forum_tag, self->tag, FORUM_TAG_SIZE);
    memcpy(message.as.relay.to, self->relay_to, sizeof self->relay_to);
    memset(self->relay_to, 0, sizeof self->relay_to);
    message.as.relay.origin = self->self;
    message.as.relay.id = ++self->relay_id;
    message.as.relay.frame = buffer_bytes(&self->frame);
    message.as.relay.signature = signature;
    buffer_clear(&self->relay);
    if (relay_sign_bytes(self->tag, &message, &self->relay) != COMITY_OK)
        return;
    identity_sign(self->env.identity, "relay", buffer_bytes(&self->relay), signature);
    forward(self, &message, OVERLAY_NONE, urgency);
}

/* --- Others' --- */

static bool may_carry(struct session *self, uint32_t peer, size_t size)
{
    struct session_peer *link = &self->peers[peer];
    int64_t passed = self->time.now_ms - link->relay_ms;
    uint64_t tokens = RELAY_BYTES_BURST;
    if (link->relay_ms != 0 && passed < RELAY_BYTES_BURST / RELAY_BYTES_PER_MS)
        tokens = link->relay_tokens + (uint64_t)passed * RELAY_BYTES_PER_MS;
    link->relay_ms = self->time.now_ms;
    link->relay_tokens = (uint32_t)(tokens > RELAY_BYTES_BURST ? RELAY_BYTES_BURST : tokens);
    if (link->relay_tokens < size)
        return false;
    link->relay_tokens -= (uint32_t)size;
    return true;
}

static bool is_signed(struct session *self, const struct peer_message *message)
{
    buffer_clear(&self->relay);
    return relay_sign_bytes(self->tag, message, &self->relay) == COMITY_OK &&
           identity_verify(session_peer_key(self, message->as.relay.origin), "relay",
                           buffer_bytes(&self->relay), message->as.relay.signature) == COMITY_OK;
}

void session_take_relay(struct session *self, uint32_t peer, const struct peer_message *message)
{
    uint32_t origin = message->as.relay.origin;
    if (self->self >= self->peers_count || origin >= self->peers_count || origin == self->self)
        return;
    /* Whoever floods a relay has its own link's share of us, whomever it names as the origin. */
    if (!may_carry(self, peer, message->as.relay.frame.size))
        return;
    if (overlay_was_seen(self->overlay, origin, message->as.relay.id))
        return;
    if (!is_signed(self, message)) {
        session_offend(self, peer, "relays what its origin has not signed");
        return;
    }
    overlay_see(self->overlay, origin, message->as.relay.id);
    struct peer_message onward = *message;
    onward.as.relay.hops++;
    if (onward.as.relay.hops < PEER_HOPS_MAX)
        forward(self, &onward, peer,
                message->as.relay.frame.size <= URGENT_MAX ? WIRE_URGENT : WIRE_BULK);
    if (has(message->as.relay.to, self->self))
        session_take_frame(self, origin, message->as.relay.frame, true);
}
