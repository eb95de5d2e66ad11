/* SPDX-License-Identifier: Apache-2.0 */
/* wire_send.c - hands queues to libzmq: over our own link, else back over the peer's. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "wire/wire_inside.h"

enum sent { SENT, SENT_BLOCKED /* Later, on the same way. */, SENT_NO_WAY };

static enum sent send_by_dealer(struct wire_peer *peer, zmq_msg_t *message)
{
    if (peer->dealer.socket == NULL)
        return SENT_NO_WAY;
    peer->touched = true;
    if (zmq_msg_send(message, peer->dealer.socket, ZMQ_DONTWAIT) >= 0) {
        peer->by_dealer = true;
        return SENT;
    }
    /* With ZMQ_IMMEDIATE the same error says "no link" and "link full". Full means that libzmq
     * still holds something we gave it there; when a link breaks, it lets go of it. */
    return peer->by_dealer && queue_flying(&peer->queue) > 0 ? SENT_BLOCKED : SENT_NO_WAY;
}

static enum sent send_by_router(struct wire *self, struct wire_peer *peer, zmq_msg_t *message)
{
    if (self->router.socket == NULL || peer->route_size == 0)
        return SENT_NO_WAY;
    self->router_touched = true;
    if (zmq_send(self->router.socket, peer->route, peer->route_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) <
        0) {
        if (errno != EHOSTUNREACH)
            return SENT_BLOCKED;
        peer->route_size = 0; /* It is gone; it will dial again. */
        return SENT_NO_WAY;
    }
    if (zmq_msg_send(message, self->router.socket, ZMQ_DONTWAIT) < 0)
        return SENT_BLOCKED;
    peer->by_dealer = false;
    return SENT;
}

static enum sent send_message(struct wire *self, struct wire_peer *peer, zmq_msg_t *message)
{
    enum sent sent = send_by_dealer(peer, message);
    if (sent == SENT_NO_WAY)
        sent = send_by_router(self, peer, message);
    if (sent != SENT_NO_WAY) {
        peer->no_way_since_ms = 0;
        return sent;
    }
    if (peer->no_way_since_ms == 0)
        peer->no_way_since_ms = self->now_ms;
    peer->retry_at_ms = self->now_ms + WIRE_RETRY_MS;
    return sent;
}

/* Nothing, sent now and then, tells the other side that we are there and which way back works;
 * and tells us nothing if it fails. */
static void greet(struct wire *self, struct wire_peer *peer)
{
    zmq_msg_t empty;
    if (self->now_ms < peer->greet_at_ms)
        return;
    (void)zmq_msg_init(&empty);
    if (send_message(self, peer, &empty) == SENT)
        peer->greet_at_ms = self->now_ms + WIRE_GREETING_MS;
    (void)zmq_msg_close(&empty);
}

void wire_push(struct wire *self, struct wire_peer *peer)
{
    zmq_msg_t *message = NULL;
    while ((message = queue_next(&peer->queue)) != NULL) {
        size_t size = zmq_msg_size(message);
        enum sent sent = send_message(self, peer, message);
        if (sent == SENT_NO_WAY && self->now_ms - peer->no_way_since_ms > WIRE_STALE_MS)
            peer->dropped_frames += queue_clear(&peer->queue);
        if (sent != SENT)
            return;
        queue_sent(&peer->queue);
        peer->sent_bytes += size;
        peer->greet_at_ms = self->now_ms + WIRE_GREETING_MS;
    }
}

/* Sending lets libzmq work, and it may take in what would have made the descriptor readable. */
static void look_after_sending(struct wire *self, struct wire_socket *socket)
{
    int events = 0;
    size_t size = sizeof events;
    if (socket->socket != NULL && zmq_getsockopt(socket->socket, ZMQ_EVENTS, &events, &size) == 0 &&
        (events & ZMQ_POLLIN) != 0)
        wire_mark_ready(self, socket);
}

void wire_flush(struct wire *self, int64_t now_ms)
{
    self->now_ms = now_ms;
    if (self->shut && now_ms >= self->guard_ms + WIRE_GUARD_MS) {
        self->guard_ms = now_ms;
        wire_guard_listening(self);
    }
    for (size_t i = 0; i < self->peers_count; i++) {
        struct wire_peer *peer = self->peers[i];
        if (peer->address[0] != '\0')
            wire_redial(self, peer);
        if (now_ms < peer->retry_at_ms)
            continue;
        if (!queue_is_empty(&peer->queue))
            wire_push(self, peer);
        else
            greet(self, peer);
        if (peer->touched)
            look_after_sending(self, &peer->dealer);
        peer->touched = false;
    }
    if (self->router_touched)
        look_after_sending(self, &self->router);
    self->router_touched = false;
    if (self->ready_count > 0 || self->sender != NULL) {
        uint64_t one = 1;
        ssize_t size = write(self->waker, &one, sizeof one);
        (void)size; /* Full means readable all the same. */
    }
}
