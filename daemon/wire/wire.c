/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - opening and closing, peers, and what others ask. */
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "wire/wire_inside.h"

enum { QUEUE_BYTES_DEFAULT = 2 * 1024 * 1024 };

static enum comity_error fail(struct fault *fault, const char *what, const char *where)
{
    return fault_set(fault, COMITY_NETWORK, "%s: %s: %s", where, what, zmq_strerror(errno));
}

static enum comity_error open_poller(struct wire *self)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = self};
    self->poller = epoll_create1(EPOLL_CLOEXEC);
    self->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->poller < 0 || self->waker < 0 ||
        epoll_ctl(self->poller, EPOLL_CTL_ADD, self->waker, &event) != 0)
        return COMITY_NETWORK;
    return COMITY_OK;
}

/* Bind, and note where. */
static enum comity_error bind_to(struct wire *self, const char *listen, struct fault *fault)
{
    size_t size = sizeof self->endpoint;
    if (zmq_bind(self->router.socket, listen) != 0 ||
        zmq_getsockopt(self->router.socket, ZMQ_LAST_ENDPOINT, self->endpoint, &size) != 0)
        return fail(fault, "cannot listen", listen);
    return COMITY_OK;
}

/* The proof comes first and at a place of its own: a peer that knocks while nobody is known here
 * yet would be turned away. Who knocks after that waits for its answer until peers are added. */
static enum comity_error bind_router(struct wire *self, const char *listen, struct fault *fault)
{
    int one = 1;
    int ipv6 = strchr(listen, '[') != NULL;
    void *socket = zmq_socket(self->context, ZMQ_ROUTER);
    if (socket == NULL)
        return fail(fault, "cannot open a socket", listen);
    self->router.socket = socket;
    if (wire_socket_options(socket, self->identity) != COMITY_OK ||
        zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &one, sizeof one) != 0 ||
        zmq_setsockopt(socket, ZMQ_ROUTER_MANDATORY, &one, sizeof one) != 0 ||
        zmq_setsockopt(socket, ZMQ_IPV6, &ipv6, sizeof ipv6) != 0)
        return fail(fault, "libzmq lacks an option that keeps strangers out", listen);
    if (wire_watch(self, &self->router, socket) != COMITY_OK)
        return fail(fault, "cannot be polled", listen);
    enum comity_error error =
        bind_to(self, ipv6 != 0 ? "tcp://[::1]:*" : "tcp://127.0.0.1:*", fault);
    if (error == COMITY_OK)
        error = wire_zap_prove(self, fault);
    if (error != COMITY_OK)
        return error;
    if (zmq_unbind(socket, self->endpoint) != 0)
        return fail(fault, "cannot be left", self->endpoint);
    if (wire_monitor_open(self) != COMITY_OK)
        return fail(fault, "cannot be watched", listen);
    return bind_to(self, listen, fault);
}

static uint32_t files_bound(uint32_t asked)
{
    struct rlimit limit;
    if (asked != 0)
        return asked;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > WIRE_FILES_COUNTED)
        return 0;
    return (uint32_t)limit.rlim_cur;
}

enum comity_error wire_open(const struct wire_config *config, struct wire **ret_wire,
                            struct fault *fault)
{
    struct wire *self = calloc(1, sizeof *self);
    if (self == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    self->poller = self->waker = -1;
    self->identity = config->identity;
    self->queue_bytes_max =
        config->queue_bytes_max == 0 ? QUEUE_BYTES_DEFAULT : config->queue_bytes_max;
    self->files_max = files_bound(config->files_max);
    (void)zmq_msg_init(&self->message);
    (void)zmq_msg_init(&self->door_message);
    self->ready = calloc(1, sizeof *self->ready); /* The router; one more per peer. */
    self->context = zmq_ctx_new();
    enum comity_error error = COMITY_OK;
    if (self->ready == NULL || self->context == NULL)
        error = fault_set(fault, COMITY_MEMORY, "out of memory");
    if (error == COMITY_OK && open_poller(self) != COMITY_OK)
        error = fail(fault, "cannot be polled", "epoll");
    /* Before anybody can knock: a gate without a keeper stands open. */
    if (error == COMITY_OK && wire_zap_open(self) != COMITY_OK)
        error = fail(fault, "cannot bind", WIRE_ZAP_ENDPOINT);
    if (error == COMITY_OK && config->listen != NULL)
        error = bind_router(self, config->listen, fault);
    if (error != COMITY_OK) {
        wire_close(&self);
        return error;
    }
    *ret_wire = self;
    return COMITY_OK;
}

/* libzmq's connections are files of this process: counting those is the one count that is right. */
static uint32_t files_open(uint32_t most)
{
    uint32_t count = 0;
    for (uint32_t file = 0; file < most; file++)
        count += fcntl((int)file, F_GETFD) >= 0 ? 1 : 0;
    return count;
}

void wire_guard_listening(struct wire *self)
{
    self->since_counted = 0;
    if (self->endpoint[0] == '\0' || self->files_max == 0)
        return;
    uint32_t count = files_open(self->files_max);
    if (!self->shut && count > self->files_max / 4 * 3)
        self->shut = zmq_unbind(self->router.socket, self->endpoint) == 0;
    /* What hangs in half a handshake is dropped by libzmq after five seconds. */
    else if (self->shut && count < self->files_max / 2)
        self->shut = zmq_bind(self->router.socket, self->endpoint) != 0;
}

bool wire_is_shut(const struct wire *self)
{
    return self->shut;
}

static void close_socket(struct wire *self, void **socket)
{
    if (*socket == NULL)
        return;
    wire_unwatch(self, *socket);
    (void)zmq_close(*socket);
    *socket = NULL;
}

static void hang_up(struct wire *self, struct wire_peer *peer)
{
    wire_forget_socket(self, &peer->dealer);
    close_socket(self, &peer->dealer.socket);
    peer->address[0] = '\0';
    peer->touched = false;
}

static void free_peer(struct wire *self, struct wire_peer *peer)
{
    hang_up(self, peer);
    wire_forget_sender(self, peer);
    queue_free(&peer->queue);
    free(peer);
}

/* A farewell should still leave; a peer that does not read must not hold us up. */
static void let_last_words_leave(void *socket)
{
    int linger_ms = WIRE_LINGER_MS;
    if (socket != NULL)
        (void)zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
}

void wire_close(struct wire **self)
{
    if (self == NULL || *self == NULL)
        return;
    struct wire *wire = *self;
    let_last_words_leave(wire->router.socket);
    for (size_t i = 0; i < wire->peers_count; i++)
        let_last_words_leave(wire->peers[i]->dealer.socket);
    for (size_t i = 0; i < wire->peers_count; i++)
        free_peer(wire, wire->peers[i]);
    wire_knock_end(wire);
    wire_door_close(wire);
    if (wire->router.socket != NULL)
        (void)zmq_socket_monitor(wire->router.socket, NULL, 0);
    close_socket(wire, &wire->monitor.socket);
    close_socket(wire, &wire->router.socket);
    close_socket(wire, &wire->zap);
    (void)zmq_msg_close(&wire->message);
    (void)zmq_msg_close(&wire->door_message);
    if (wire->context != NULL) {
        while (zmq_ctx_term(wire->context) != 0 && errno == EINTR)
            ;
    }
    if (wire->waker >= 0)
        (void)close(wire->waker);
    if (wire->poller >= 0)
        (void)close(wire->poller);
    free(wire->peers);
    free(wire->ready);
    free(wire->callers);
    free(wire);
    *self = NULL;
}

struct wire_peer *wire_find_peer(const struct wire *self, const uint8_t key[KEY_SIZE])
{
    for (size_t i = 0; i < self->peers_count; i++) {
        if (memcmp(self->peers[i]->key, key, KEY_SIZE) == 0)
            return self->peers[i];
    }
    return NULL;
}

struct wire_peer *wire_find_curve(const struct wire *self, const uint8_t curve[CURVE_KEY_SIZE])
{
    for (size_t i = 0; i < self->peers_count; i++) {
        if (memcmp(self->peers[i]->curve, curve, CURVE_KEY_SIZE) == 0)
            return self->peers[i];
    }
    return NULL;
}

static enum comity_error dial(struct wire *self, struct wire_peer *peer, const char *endpoint,
                              struct fault *fault)
{
    static const struct {
        int option;
        int value;
    } options[] = {
        {ZMQ_IMMEDIATE, 1}, /* Nothing waits in a socket that has no link. */
        {ZMQ_RECONNECT_IVL, 200},
        {ZMQ_RECONNECT_IVL_MAX, 3000},
    };
    int ipv6 = strchr(endpoint, '[') != NULL;
    void *socket = zmq_socket(self->context, ZMQ_DEALER);
    if (socket == NULL)
        return fail(fault, "cannot open a socket", endpoint);
    bool good = wire_socket_options(socket, self->identity) == COMITY_OK &&
                zmq_setsockopt(socket, ZMQ_IPV6, &ipv6, sizeof ipv6) == 0 &&
                zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, peer->curve, CURVE_KEY_SIZE) == 0;
    for (size_t i = 0; i < sizeof options / sizeof *options && good; i++)
        good = zmq_setsockopt(socket, options[i].option, &options[i].value,
                              sizeof options[i].value) == 0;
    if (!good || zmq_connect(socket, endpoint) != 0) {
        enum comity_error error = fail(fault, "cannot connect", endpoint);
        (void)zmq_close(socket);
        return error;
    }
    if (wire_watch(self, &peer->dealer, socket) != COMITY_OK) {
        (void)zmq_close(socket);
        return fault_set(fault, COMITY_NETWORK, "%s: cannot be polled", endpoint);
    }
    peer->dealer.socket = socket;
    peer->greet_at_ms = peer->retry_at_ms = 0;
    return COMITY_OK;
}

void wire_redial(struct wire *self, struct wire_peer *peer)
{
    char address[WIRE_ADDRESS_SIZE];
    char endpoint[WIRE_ADDRESS_SIZE];
    int64_t since = peer->heard_ms > peer->dialed_ms ? peer->heard_ms : peer->dialed_ms;
    if (peer->dialed_ms == 0) {
        peer->dialed_ms = self->now_ms;
        peer->redial_after_ms = WIRE_REDIAL_MS;
        return;
    }
    if (peer->heard_ms > peer->dialed_ms)
        peer->redial_after_ms = WIRE_REDIAL_MS;
    if (self->now_ms - since < peer->redial_after_ms + WIRE_GREETING_MS)
        return;
    memcpy(address, peer->address, sizeof address);
    if (wire_endpoint_from_address(address, endpoint, sizeof endpoint) != COMITY_OK)
        return;
    hang_up(self, peer);
    peer->dialed_ms = self->now_ms;
    peer->redial_after_ms = peer->redial_after_ms * 2 > WIRE_REDIAL_LONGEST_MS
                                ? WIRE_REDIAL_LONGEST_MS
                                : peer->redial_after_ms * 2;
    (void)!dial(self, peer, endpoint, NULL); /* Fails only for want of memory: next time, then. */
    memcpy(peer->address, address, sizeof address);
}

/* A peer with its key only, at the end of the list. */
static enum comity_error append_peer(struct wire *self, const uint8_t key[KEY_SIZE],
                                     const uint8_t curve[CURVE_KEY_SIZE],
                                     struct wire_peer **ret_peer)
{
    size_t count = self->peers_count;
    struct wire_peer **peers = realloc(self->peers, (count + 1) * sizeof(*peers));
    if (peers == NULL)
        return COMITY_MEMORY;
    self->peers = peers;
    struct wire_socket **ready = realloc(self->ready, (count + 2) * sizeof(*ready));
    if (ready == NULL)
        return COMITY_MEMORY;
    self->ready = ready;
    struct wire_peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL || queue_init(&peer->queue, self->queue_bytes_max) != COMITY_OK) {
        free(peer);
        return COMITY_MEMORY;
    }
    memcpy(peer->key, key, KEY_SIZE);
    memcpy(peer->curve, curve, CURVE_KEY_SIZE);
    self->peers[self->peers_count++] = peer;
    *ret_peer = peer;
    return COMITY_OK;
}

enum comity_error wire_add_peer(struct wire *self, const uint8_t key[KEY_SIZE], const char *address,
                                struct fault *fault)
{
    char endpoint[WIRE_ADDRESS_SIZE] = "";
    uint8_t curve[CURVE_KEY_SIZE];
    if (address == NULL)
        address = "";
    if (identity_curve_key(key, curve) != COMITY_OK)
        return fault_set(fault, COMITY_INVALID, "a peer's key is not one that links can use");
    if (memcmp(key, identity_key(self->identity), KEY_SIZE) == 0)
        return fault_set(fault, COMITY_INVALID, "a daemon cannot be its own peer");
    if (address[0] != '\0' &&
        wire_endpoint_from_address(address, endpoint, sizeof endpoint) != COMITY_OK)
        return fault_set(fault, COMITY_INVALID,
                         "`%.100s` is not a numeric address such as 192.0.2.7:4750", address);
    struct wire_peer *peer = wire_find_peer(self, key);
    if (peer == NULL && wire_find_curve(self, curve) != NULL)
        return fault_set(fault, COMITY_CONFLICT, "two peers have the same transport key");
    if (peer == NULL && append_peer(self, key, curve, &peer) != COMITY_OK)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    if (strcmp(peer->address, address) == 0)
        return COMITY_OK;
    hang_up(self, peer); /* libzmq would go on trying the old address. */
    peer->dialed_ms = 0;
    if (endpoint[0] == '\0')
        return COMITY_OK;
    enum comity_error error = dial(self, peer, endpoint, fault);
    if (error == COMITY_OK)
        (void)snprintf(peer->address, sizeof peer->address, "%s", address);
    return error;
}

void wire_remove_peer(struct wire *self, const uint8_t key[KEY_SIZE])
{
    for (size_t i = 0; i < self->peers_count; i++) {
        struct wire_peer *peer = self->peers[i];
        if (memcmp(peer->key, key, KEY_SIZE) != 0)
            continue;
        self->peers_count--;
        memmove(&self->peers[i], &self->peers[i + 1],
                (self->peers_count - i) * sizeof(*self->peers));
        free_peer(self, peer);
        return;
    }
}

enum comity_error wire_send(struct wire *self, const uint8_t key[KEY_SIZE],
                            enum wire_urgency urgency, struct bytes frame)
{
    uint64_t displaced = 0;
    struct wire_peer *peer = wire_find_peer(self, key);
    if (peer == NULL)
        return COMITY_NOT_FOUND;
    if (frame.size > FRAME_SIZE_MAX || frame.size == 0)
        return COMITY_LIMIT;
    enum comity_error error = queue_push(&peer->queue, urgency, frame, &displaced);
    peer->dropped_frames += displaced + (error == COMITY_OK ? 0 : 1);
    if (error == COMITY_OK && queue_is_ripe(&peer->queue) && self->now_ms >= peer->retry_at_ms)
        wire_push(self, peer);
    return error;
}

void wire_ignore(struct wire *self, const uint8_t key[KEY_SIZE], int64_t until_ms)
{
    struct wire_peer *peer = wire_find_peer(self, key);
    if (peer == NULL)
        return;
    peer->ignore_until_ms = until_ms;
    wire_forget_sender(self, peer); /* Also the rest of its message. */
}

size_t wire_fds(const struct wire *self, int *ret_fds, size_t max)
{
    if (max > 0)
        ret_fds[0] = self->poller;
    return max > 0 ? 1 : 0;
}

static bool heard_within(const struct wire_peer *peer, int64_t now_ms, int64_t within_ms)
{
    return peer->heard_ms != 0 && now_ms - peer->heard_ms <= within_ms;
}

bool wire_heard(const struct wire *self, const uint8_t key[KEY_SIZE], int64_t now_ms,
                int64_t within_ms)
{
    const struct wire_peer *peer = wire_find_peer(self, key);
    return peer != NULL && heard_within(peer, now_ms, within_ms);
}

enum comity_error wire_link_at(const struct wire *self, size_t index, int64_t now_ms,
                               struct wire_link *ret_link)
{
    if (index >= self->peers_count)
        return COMITY_NOT_FOUND;
    const struct wire_peer *peer = self->peers[index];
    *ret_link = (struct wire_link){
        .up = heard_within(peer, now_ms, WIRE_HEARD_MS),
        .heard_ms = peer->heard_ms,
        .sent_bytes = peer->sent_bytes,
        .received_bytes = peer->received_bytes,
        .dropped_frames = peer->dropped_frames,
    };
    memcpy(ret_link->key, peer->key, KEY_SIZE);
    (void)snprintf(ret_link->address, sizeof ret_link->address, "%s", peer->address);
    return COMITY_OK;
}

uint64_t wire_refused_count(const struct wire *self)
{
    return self->refused_count;
}

const char *wire_refused_reason(const struct wire *self)
{
    return self->refused_reason;
}

uint64_t wire_accepted_count(const struct wire *self)
{
    return self->accepted_count;
}

const char *wire_accepted_from(const struct wire *self)
{
    return self->accepted_from;
}

uint64_t wire_failed_count(const struct wire *self)
{
    return self->failed_count;
}

const char *wire_failed_reason(const struct wire *self)
{
    return self->failed_reason;
}

const char *wire_endpoint(const struct wire *self)
{
    return self->endpoint;
}
