/* SPDX-License-Identifier: Apache-2.0 */
/* wire_receive.c - reads the sockets in turn, splits messages into frames, attributes them. */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/wire_inside.h"

enum { EVENTS_MAX = 64, READS_PER_POLL = 64 };

void wire_mark_ready(struct wire *self, struct wire_socket *socket)
{
    if (socket->ready || socket->socket == NULL)
        return;
    socket->ready = true;
    self->ready[self->ready_count++] = socket;
}

static void unlist(struct wire *self, size_t index)
{
    self->ready[index]->ready = false;
    self->ready_count--;
    memmove(&self->ready[index], &self->ready[index + 1],
            (self->ready_count - index) * sizeof *self->ready);
}

void wire_forget_socket(struct wire *self, struct wire_socket *socket)
{
    for (size_t i = 0; i < self->ready_count; i++) {
        if (self->ready[i] == socket) {
            unlist(self, i);
            return;
        }
    }
}

/* The message may still be borrowed by the caller: it is closed when the next one comes. */
void wire_forget_sender(struct wire *self, const struct wire_peer *peer)
{
    if (self->sender == peer)
        self->sender = NULL;
}

/* Which sockets have something? libzmq's descriptors are edge-triggered in their own way: once
 * one is readable, the socket is read until it is empty, which also arms it again. */
static void poll_sockets(struct wire *self)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(self->poller, events, EVENTS_MAX, 0);
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == NULL) {
            wire_zap_answer(self);
        } else if (events[i].data.ptr == self) {
            uint64_t ignored = 0;
            ssize_t size = read(self->waker, &ignored, sizeof ignored);
            (void)size;
        } else if (events[i].data.ptr == &self->monitor) {
            wire_monitor_read(self);
        } else {
            wire_mark_ready(self, events[i].data.ptr);
        }
    }
}

/* Parts after the first are nobody's protocol. */
static void drop_parts(void *socket)
{
    int more = 0;
    size_t more_size = sizeof more;
    while (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size) == 0 && more != 0) {
        if (zmq_recv(socket, NULL, 0, ZMQ_DONTWAIT) < 0)
            return;
    }
}

/* Who sent what came in at the router? Only what ZAP said counts, and it is read from the
 * payload: libzmq 4.3.4 loses it on the routing id's part after polling. ZAP was asked once, at
 * the handshake; whether the key is still welcome is asked here, for every message. */
static struct wire_peer *find_sender(struct wire *self, const uint8_t *route, size_t route_size)
{
    uint8_t key[KEY_SIZE];
    const char *user = zmq_msg_gets(&self->message, "User-Id");
    if (user == NULL || hex_to_bytes(user, key, sizeof key) != COMITY_OK)
        return NULL;
    struct wire_peer *peer = wire_find_peer(self, key);
    if (peer != NULL &&
        (peer->route_size != route_size || memcmp(peer->route, route, route_size) != 0)) {
        memcpy(peer->route, route, route_size);
        peer->route_size = route_size;
        peer->greet_at_ms = 0; /* Let it know that the way back works. */
        peer->retry_at_ms = 0;
    }
    return peer;
}

/* False: there is nothing more. True with a NULL sender: something, for nobody. */
static bool read_router(struct wire *self, struct wire_peer **ret_sender)
{
    uint8_t route[WIRE_ROUTE_SIZE_MAX];
    int more = 0;
    size_t more_size = sizeof more;
    int size = zmq_recv(self->router.socket, route, sizeof route, ZMQ_DONTWAIT);
    if (size < 0)
        return errno == EINTR;
    *ret_sender = NULL;
    if (zmq_getsockopt(self->router.socket, ZMQ_RCVMORE, &more, &more_size) != 0 || more == 0)
        return true;
    if (zmq_msg_recv(&self->message, self->router.socket, ZMQ_DONTWAIT) < 0)
        return true;
    drop_parts(self->router.socket);
    if ((size_t)size <= sizeof route)
        *ret_sender = find_sender(self, route, (size_t)size);
    return true;
}

static struct wire_peer *dealer_owner(struct wire_socket *socket)
{
    return (struct wire_peer *)(void *)((char *)socket - offsetof(struct wire_peer, dealer));
}

/* The other end of a dealer has proven the key that we pinned, or nothing would come. */
static bool read_dealer(struct wire *self, struct wire_peer *peer, struct wire_peer **ret_sender)
{
    if (zmq_msg_recv(&self->message, peer->dealer.socket, ZMQ_DONTWAIT) < 0) {
        peer->retry_at_ms = 0; /* Not a message: then perhaps a link. */
        return errno == EINTR;
    }
    drop_parts(peer->dealer.socket);
    *ret_sender = peer;
    return true;
}

/* The next message of someone we know. False: nothing there. */
static bool next_message(struct wire *self)
{
    bool polled = false;
    for (;;) {
        if (self->ready_count == 0) {
            if (polled)
                return false;
            poll_sockets(self);
            polled = true;
            self->read_since_poll = 0;
            continue;
        }
        /* Whoever keeps one socket full must not keep newcomers and others waiting. */
        if (++self->read_since_poll >= READS_PER_POLL) {
            poll_sockets(self);
            self->read_since_poll = 0;
        }
        struct wire_socket *socket = self->ready[0];
        struct wire_peer *sender = NULL;
        bool got = socket == &self->router ? read_router(self, &sender)
                                           : read_dealer(self, dealer_owner(socket), &sender);
        /* Each in its turn; who had nothing waits until its descriptor says otherwise. */
        unlist(self, 0);
        if (!got)
            continue;
        wire_mark_ready(self, socket);
        if (sender == NULL)
            continue;
        sender->heard_ms = clock_steady_ms();
        sender->received_bytes += zmq_msg_size(&self->message);
        if (sender->heard_ms < sender->ignore_until_ms)
            continue;
        self->sender = sender;
        self->message_at = 0;
        return true;
    }
}

enum comity_error wire_receive(struct wire *self, uint8_t ret_key[KEY_SIZE],
                               struct bytes *ret_frame)
{
    for (;;) {
        if (self->sender == NULL && !next_message(self))
            return COMITY_PENDING;
        struct reader reader;
        reader_init(&reader, bytes_of(zmq_msg_data(&self->message), zmq_msg_size(&self->message)));
        reader.at = self->message_at;
        if (reader_done(&reader)) {
            self->sender = NULL;
            continue;
        }
        memcpy(ret_key, self->sender->key, KEY_SIZE);
        struct bytes frame = reader_bytes(&reader);
        /* Not a frame: a peer that sends nonsense loses the rest of it. */
        if (frame.size == 0 || frame.size > FRAME_SIZE_MAX) {
            self->sender = NULL;
            frame = bytes_of(NULL, 0);
        }
        self->message_at = reader.at;
        *ret_frame = frame;
        return COMITY_OK;
    }
}
