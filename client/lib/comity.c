/* SPDX-License-Identifier: Apache-2.0 */
/* comity.c - one connection: requests out, answers in. */
#include "comity.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"
#include "codec/strict.h"
#include "parts.h"

enum { FORUM_SIZE = 72, ITEMS_MAX = 1 << 18, ARENA_SIZE_MAX = 64 << 20 };

struct comity {
    void *context;
    void *socket;  /* DEALER; NULL after the daemon went away. */
    void *monitor; /* PAIR: tells when the connection of `socket` breaks. */
    unsigned sockets_count;
    char endpoint[COMITY_ENDPOINT_MAX];
    char forum[FORUM_SIZE];
    int64_t timeout_ms;
    uint64_t last_id;
};

void comity_reply_free(struct comity_reply *self)
{
    arena_free(&self->arena);
    self->response = NULL;
}

static enum comity_error zmq_fault(struct fault *fault, const char *what)
{
    int number = zmq_errno();
    return fault_set(fault, number == ENOMEM ? COMITY_MEMORY : COMITY_NETWORK, "%s: %s", what,
                     zmq_strerror(number));
}

static enum comity_error set_option(void *socket, int option, int value, struct fault *fault)
{
    if (zmq_setsockopt(socket, option, &value, sizeof value) != 0)
        return zmq_fault(fault, "cannot set up the socket");
    return COMITY_OK;
}

static void socket_close(struct comity *self)
{
    if (self->socket != NULL)
        (void)zmq_close(self->socket);
    if (self->monitor != NULL)
        (void)zmq_close(self->monitor);
    self->socket = NULL;
    self->monitor = NULL;
}

/* A request that was on its way when the daemon stopped is lost; only a monitor tells so, because
 * libzmq connects again by itself. */
static enum comity_error monitor_open(struct comity *self, void *socket, struct fault *fault)
{
    char endpoint[64];
    (void)snprintf(endpoint, sizeof endpoint, "inproc://monitor-%u", self->sockets_count++);
    void *monitor = zmq_socket(self->context, ZMQ_PAIR);
    if (monitor == NULL)
        return zmq_fault(fault, "cannot make a socket");
    if (zmq_socket_monitor(socket, endpoint, ZMQ_EVENT_DISCONNECTED) != 0 ||
        zmq_connect(monitor, endpoint) != 0) {
        enum comity_error error = zmq_fault(fault, "cannot watch the connection");
        (void)zmq_close(monitor);
        return error;
    }
    self->monitor = monitor;
    return COMITY_OK;
}

static enum comity_error socket_open(struct comity *self, struct fault *fault)
{
    enum comity_error error = discover_probe(self->endpoint, fault);
    if (error != COMITY_OK)
        return error;
    void *socket = zmq_socket(self->context, ZMQ_DEALER);
    if (socket == NULL)
        return zmq_fault(fault, "cannot make a socket");
    error = set_option(socket, ZMQ_LINGER, 0, fault);
    int64_t size_max = 2 * (int64_t)COMITY_ANSWER_SIZE_MAX; /* Refused below, with a sentence. */
    if (error == COMITY_OK &&
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &size_max, sizeof size_max) != 0)
        error = zmq_fault(fault, "cannot set up the socket");
    if (error == COMITY_OK)
        error = monitor_open(self, socket, fault);
    if (error == COMITY_OK && zmq_connect(socket, self->endpoint) != 0)
        error = fault_set(fault, COMITY_INVALID,
                          "%s is not an endpoint (%s): write a path, or ipc://PATH", self->endpoint,
                          zmq_strerror(zmq_errno()));
    self->socket = socket;
    if (error != COMITY_OK)
        socket_close(self);
    return error;
}

enum comity_error comity_open(const char *name, struct comity **ret_self, struct fault *fault)
{
    struct comity *self = calloc(1, sizeof *self);
    if (self == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    self->timeout_ms = COMITY_TIMEOUT_MS;
    enum comity_error error = comity_discover(name, self->endpoint, fault);
    if (error == COMITY_OK)
        error = comity_set_forum(self, getenv("COMITY_FORUM"), fault);
    if (error == COMITY_OK) {
        self->context = zmq_ctx_new();
        if (self->context == NULL)
            error = zmq_fault(fault, "cannot start ZeroMQ");
    }
    if (error == COMITY_OK)
        error = socket_open(self, fault);
    if (error != COMITY_OK)
        comity_close(&self);
    else
        *ret_self = self;
    return error;
}

void comity_close(struct comity **self)
{
    if (*self == NULL)
        return;
    socket_close(*self);
    if ((*self)->context != NULL)
        (void)zmq_ctx_term((*self)->context);
    free(*self);
    *self = NULL;
}

const char *comity_endpoint(const struct comity *self)
{
    return self->endpoint;
}

enum comity_error comity_set_forum(struct comity *self, const char *forum, struct fault *fault)
{
    if (forum == NULL)
        forum = "";
    if (strlen(forum) >= FORUM_SIZE)
        return fault_set(fault, COMITY_LIMIT,
                         "a forum's name has at most 31 characters, its id 64: %.40s... has more",
                         forum);
    (void)snprintf(self->forum, sizeof self->forum, "%s", forum);
    return COMITY_OK;
}

const char *comity_forum(const struct comity *self)
{
    return self->forum;
}

void comity_set_timeout(struct comity *self, int64_t timeout_ms)
{
    assert(timeout_ms >= 0);
    self->timeout_ms = timeout_ms;
}

enum comity_error comity_send(struct comity *self, Comity__V1__Request *request,
                              struct fault *fault)
{
    if (self->socket == NULL) {
        enum comity_error error = socket_open(self, fault);
        if (error != COMITY_OK)
            return error;
    }
    request->id = ++self->last_id;
    if (request->forum == NULL || request->forum[0] == '\0')
        request->forum = self->forum;
    size_t size = comity__v1__request__get_packed_size(request);
    if (size > COMITY_REQUEST_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT, "the request has %zu bytes; at most %d are allowed",
                         size, COMITY_REQUEST_SIZE_MAX);
    uint8_t *data = malloc(size > 0 ? size : 1);
    if (data == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    (void)comity__v1__request__pack(request, data);
    int sent = zmq_send(self->socket, data, size, ZMQ_DONTWAIT);
    free(data);
    if (sent < 0)
        return zmq_fault(fault, "the daemon does not take the request");
    return COMITY_OK;
}

static enum comity_error decode(zmq_msg_t *frame, struct comity_reply *ret_reply,
                                struct fault *fault)
{
    size_t size = zmq_msg_size(frame);
    if (size > COMITY_ANSWER_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT,
                         "the daemon's answer has %zu bytes; at most %d are read", size,
                         COMITY_ANSWER_SIZE_MAX);
    struct arena arena;
    arena_init(&arena, ARENA_SIZE_MAX);
    ProtobufCMessage *message = NULL;
    enum comity_error error =
        strict_unpack(&comity__v1__response__descriptor, bytes_of(zmq_msg_data(frame), size),
                      ITEMS_MAX, &arena, &message, fault);
    if (error != COMITY_OK) {
        arena_free(&arena);
        return fault_prefix(fault, error,
                            "the daemon's answer is malformed (is it of another version?): ");
    }
    ret_reply->arena = arena;
    ret_reply->response = (const Comity__V1__Response *)message;
    return COMITY_OK;
}

/* Whatever follows the first frame of a message is no part of the protocol. */
static bool drain(void *socket, bool more)
{
    bool any = false;
    while (more) {
        any = true;
        zmq_msg_t frame;
        (void)zmq_msg_init(&frame);
        more = zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&frame) != 0;
        (void)zmq_msg_close(&frame);
    }
    return any;
}

/* The daemon stopped, or dropped the connection: what was asked is not answered any more. */
static enum comity_error went_away(struct comity *self, struct fault *fault)
{
    struct fault why;
    socket_close(self);
    if (discover_probe(self->endpoint, &why) != COMITY_OK)
        return fault_set(fault, COMITY_NETWORK, "%s", why.text);
    return fault_set(fault, COMITY_NETWORK, "the daemon at %s dropped the connection",
                     self->endpoint);
}

enum comity_error comity_wait(struct comity *self, int fd, int64_t timeout_ms, bool *ret_answer,
                              bool *ret_fd, struct fault *fault)
{
    if (self->socket == NULL)
        return fault_set(fault, COMITY_NETWORK, "the daemon at %s is away", self->endpoint);
    int64_t end_ms = clock_steady_ms() + timeout_ms;
    zmq_pollitem_t items[3] = {{.socket = self->socket, .events = ZMQ_POLLIN},
                               {.socket = self->monitor, .events = ZMQ_POLLIN},
                               {.fd = fd, .events = ZMQ_POLLIN}};
    int ready;
    do {
        int64_t left_ms = end_ms - clock_steady_ms();
        ready = zmq_poll(items, fd >= 0 ? 3 : 2, (long)(left_ms > 0 ? left_ms : 0));
    } while (ready < 0 && zmq_errno() == EINTR);
    if (ready < 0)
        return zmq_fault(fault, "cannot wait for the daemon");
    if (ready == 0)
        return fault_set(fault, COMITY_PENDING, "no answer from %s within %lld ms", self->endpoint,
                         (long long)timeout_ms);
    if (items[1].revents != 0 && items[0].revents == 0)
        return went_away(self, fault);
    *ret_answer = items[0].revents != 0;
    *ret_fd = fd >= 0 && items[2].revents != 0;
    return COMITY_OK;
}

enum comity_error comity_receive(struct comity *self, int64_t timeout_ms,
                                 struct comity_reply *ret_reply, struct fault *fault)
{
    bool answer = false;
    bool ignored = false;
    enum comity_error error = comity_wait(self, -1, timeout_ms, &answer, &ignored, fault);
    if (error != COMITY_OK)
        return error;
    zmq_msg_t frame;
    (void)zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) < 0) {
        (void)zmq_msg_close(&frame);
        return zmq_fault(fault, "cannot read the daemon's answer");
    }
    if (drain(self->socket, zmq_msg_more(&frame) != 0))
        error = fault_set(fault, COMITY_INVALID,
                          "the daemon's answer is malformed: more than one frame");
    else
        error = decode(&frame, ret_reply, fault);
    (void)zmq_msg_close(&frame);
    return error;
}

enum comity_error comity_failure(const Comity__V1__Failure *failure, struct fault *fault)
{
    enum comity_error error = COMITY_INVALID;
    for (int i = COMITY_OK + 1; i < COMITY_ERRORS_COUNT; i++) {
        if (strcmp(error_name((enum comity_error)i), failure->code) == 0)
            error = (enum comity_error)i;
    }
    const char *text = failure->text[0] != '\0' ? failure->text : error_text(error);
    return fault_set(fault, error, "%s", text);
}

/* Nothing came. If the daemon is gone say so, and begin anew with the next request: what waits in
 * the old socket must not be sent to a later daemon. */
static enum comity_error give_up(struct comity *self, struct fault *fault)
{
    struct fault gone;
    if (discover_probe(self->endpoint, &gone) == COMITY_OK)
        return COMITY_PENDING;
    socket_close(self);
    return fault_set(fault, COMITY_NETWORK, "%s", gone.text);
}

/* A failure without an id is of a request the daemon could not tell by name: perhaps this one. */
static bool is_for_all(const Comity__V1__Response *response)
{
    return response->id == 0 && response->response_case == COMITY__V1__RESPONSE__RESPONSE_FAILURE;
}

/* comity_ask with its own time limit. */
static enum comity_error ask_within(struct comity *self, Comity__V1__Request *request,
                                    Comity__V1__Response__ResponseCase expected, int64_t timeout_ms,
                                    struct comity_reply *ret_reply, struct fault *fault)
{
    enum comity_error error = comity_send(self, request, fault);
    if (error != COMITY_OK)
        return error;
    int64_t end_ms = clock_steady_ms() + timeout_ms;
    struct comity_reply reply;
    for (;;) {
        int64_t left_ms = end_ms - clock_steady_ms();
        error = comity_receive(self, left_ms > 0 ? left_ms : 0, &reply, fault);
        if (error == COMITY_PENDING)
            return give_up(self, fault);
        if (error != COMITY_OK)
            return error;
        if (reply.response->id == request->id || is_for_all(reply.response))
            break;
        comity_reply_free(&reply); /* Of a request that was given up. */
    }
    if (reply.response->response_case == expected) {
        *ret_reply = reply;
        return COMITY_OK;
    }
    if (reply.response->response_case == COMITY__V1__RESPONSE__RESPONSE_FAILURE)
        error = comity_failure(reply.response->failure, fault);
    else
        error = fault_set(fault, COMITY_INVALID,
                          "the daemon answered something else than was asked (case %d, not %d)",
                          (int)reply.response->response_case, (int)expected);
    comity_reply_free(&reply);
    return error;
}

enum comity_error comity_ask(struct comity *self, Comity__V1__Request *request,
                             Comity__V1__Response__ResponseCase expected,
                             struct comity_reply *ret_reply, struct fault *fault)
{
    int64_t timeout_ms = self->timeout_ms;
    if (request->request_case == COMITY__V1__REQUEST__REQUEST_SUBMIT)
        timeout_ms += request->submit->wait_ms;
    else if (request->request_case == COMITY__V1__REQUEST__REQUEST_GET_EVENTS)
        timeout_ms += request->get_events->wait_ms;
    return ask_within(self, request, expected, timeout_ms, ret_reply, fault);
}
