/* SPDX-License-Identifier: Apache-2.0 */
#include "api/server.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "api/outbox.h"
#include "codec/strict.h"

static_assert((int)OUTBOX_ID_MAX == (int)API_ROUTE_MAX, "a route's client is a name in the outbox");

/* Messages in libzmq's own pipe to one client, whatever their size; the rest waits in the outbox,
 * where bytes are counted. */
enum { API_PIPE_MARK = 32, API_FLUSH_EVERY = 64 };

struct api_server {
    void *context;
    void *router;
    char path[512];
    struct buffer out;
    struct buffer refusal;
    struct outbox outbox;
    uint32_t received; /* Since the outbox was looked after. */
};

/* libzmq removes whatever has the path's name before it binds. Only what a dead daemon left may go:
 * never another kind of file, never the socket of a daemon that lives. */
static enum comity_error check_path(const char *path, struct fault *fault)
{
    struct stat status;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (lstat(path, &status) != 0)
        return COMITY_OK;
    if (!S_ISSOCK(status.st_mode))
        return fault_set(fault, COMITY_EXISTS,
                         "client socket %s: there is a file of that name; name another path", path);
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0 || strlen(path) >= sizeof address.sun_path)
        return fault_set(fault, COMITY_NETWORK, "client socket %s: cannot be looked at", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int answered = connect(probe, (const struct sockaddr *)&address, sizeof address);
    (void)close(probe);
    if (answered == 0)
        return fault_set(fault, COMITY_BUSY, "client socket %s: another daemon serves it", path);
    return COMITY_OK;
}

static enum comity_error api_bind(struct api_server *self, struct fault *fault)
{
    int linger = 200; /* Last answers may leave; then give up. */
    int inward = 1024;
    int outward = API_PIPE_MARK;
    int on = 1; /* Say that a client is gone or does not read, instead of dropping its answer. */
    int64_t size = API_REQUEST_SIZE_MAX;
    char endpoint[600];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", self->path);
    if (zmq_setsockopt(self->router, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_setsockopt(self->router, ZMQ_RCVHWM, &inward, sizeof inward) != 0 ||
        zmq_setsockopt(self->router, ZMQ_SNDHWM, &outward, sizeof outward) != 0 ||
        zmq_setsockopt(self->router, ZMQ_ROUTER_MANDATORY, &on, sizeof on) != 0 ||
        zmq_setsockopt(self->router, ZMQ_MAXMSGSIZE, &size, sizeof size) != 0)
        return fault_set(fault, COMITY_NETWORK, "client socket: %s", zmq_strerror(zmq_errno()));
    enum comity_error error = check_path(self->path, fault);
    if (error != COMITY_OK)
        return error;
    mode_t before = umask(0177);
    int bound = zmq_bind(self->router, endpoint);
    umask(before);
    if (bound != 0)
        return fault_set(fault, COMITY_NETWORK, "client socket %s: %s", self->path,
                         zmq_strerror(zmq_errno()));
    return COMITY_OK;
}

/* --- Outward --- */

static enum outbox_sent send_frame(void *context, struct bytes client, struct bytes frame)
{
    struct api_server *self = context;
    if (zmq_send(self->router, client.data, client.size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return zmq_errno() == EAGAIN ? OUTBOX_FULL : OUTBOX_GONE;
    return zmq_send(self->router, frame.data, frame.size, ZMQ_DONTWAIT) < 0 ? OUTBOX_GONE
                                                                            : OUTBOX_SENT;
}

static void fill_failure(Comity__V1__Response *response, Comity__V1__Failure *failure,
                         enum comity_error error, const char *text)
{
    failure->code = (char *)(uintptr_t)error_name(error);
    failure->text = (char *)(uintptr_t)(text[0] != '\0' ? text : error_text(error));
    response->response_case = COMITY__V1__RESPONSE__RESPONSE_FAILURE;
    response->failure = failure;
}

static enum outbox_sent send_refusal(void *context, struct bytes client, uint64_t request_id,
                                     uint64_t unnamed)
{
    struct api_server *self = context;
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Failure failure = COMITY__V1__FAILURE__INIT;
    char text[160] = "this client does not read its answers: read them, then ask again";
    if (unnamed > 0)
        (void)snprintf(text, sizeof text,
                       "this client does not read its answers: %llu of its requests got none; "
                       "ask again",
                       (unsigned long long)unnamed);
    response.id = request_id;
    fill_failure(&response, &failure, COMITY_BUSY, text);
    buffer_clear(&self->refusal);
    if (strict_pack(&response.base, &self->refusal) != COMITY_OK)
        return OUTBOX_FULL; /* No memory: later. */
    return send_frame(self, client, buffer_bytes(&self->refusal));
}

static struct bytes client_of(const struct api_route *route)
{
    return bytes_of(route->id, route->id_size);
}

enum comity_error api_open(const char *path, struct api_server **ret_server, struct fault *fault)
{
    struct api_server *self = calloc(1, sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    if (strlen(path) > 100) {
        free(self);
        return fault_set(fault, COMITY_LIMIT,
                         "client socket %s: the path is too long (at most "
                         "100 characters)",
                         path);
    }
    (void)snprintf(self->path, sizeof self->path, "%s", path);
    outbox_init(&self->outbox, &(struct outbox_door){send_frame, send_refusal, self});
    self->context = zmq_ctx_new();
    self->router = self->context == NULL ? NULL : zmq_socket(self->context, ZMQ_ROUTER);
    enum comity_error error = self->router == NULL ? COMITY_MEMORY : api_bind(self, fault);
    if (error != COMITY_OK) {
        api_close(&self);
        return error;
    }
    *ret_server = self;
    return COMITY_OK;
}

void api_close(struct api_server **self)
{
    if (self == NULL || *self == NULL)
        return;
    struct api_server *server = *self;
    if (server->router != NULL) {
        (void)outbox_flush(&server->outbox);
        (void)zmq_close(server->router);
    }
    outbox_free(&server->outbox);
    if (server->context != NULL)
        (void)zmq_ctx_term(server->context);
    buffer_free(&server->out);
    buffer_free(&server->refusal);
    free(server);
    *self = NULL;
}

int api_fd(const struct api_server *self)
{
    int fd = -1;
    size_t size = sizeof fd;
    (void)zmq_getsockopt(self->router, ZMQ_FD, &fd, &size);
    return fd;
}

/* Read one message: route, then exactly one frame. False: drop what came. */
static bool read_message(struct api_server *self, struct api_route *ret_route, zmq_msg_t *frame)
{
    int more = 0;
    int frames = 1;
    size_t size = sizeof more;
    bool good = zmq_msg_size(frame) <= API_ROUTE_MAX && zmq_msg_more(frame) != 0;
    if (good) {
        ret_route->id_size = zmq_msg_size(frame);
        memcpy(ret_route->id, zmq_msg_data(frame), ret_route->id_size);
    }
    while (zmq_msg_more(frame) != 0) {
        if (zmq_msg_recv(frame, self->router, ZMQ_DONTWAIT) < 0)
            return false;
        frames++;
        if (zmq_getsockopt(self->router, ZMQ_RCVMORE, &more, &size) != 0)
            return false;
    }
    return good && frames == 2;
}

/* The id of a request that is otherwise malformed (field 1, a varint, first in every encoding we
 * know), so that its client can match the complaint; 0 if it cannot be made out. */
static uint64_t peek_id(struct bytes bytes)
{
    uint64_t id = 0;
    if (bytes.size == 0 || bytes.data[0] != 0x08)
        return 0;
    for (size_t i = 1; i < bytes.size && i <= 10; i++) {
        id |= (uint64_t)(bytes.data[i] & 0x7f) << (7 * (i - 1));
        if ((bytes.data[i] & 0x80) == 0)
            return id;
    }
    return 0;
}

/* call->request stays NULL where the frame is refused or no request. */
static void take_request(struct api_server *self, zmq_msg_t *frame, struct arena *arena,
                         struct api_call *call)
{
    if (!read_message(self, &call->route, frame))
        return;
    struct bytes borrowed = bytes_of(zmq_msg_data(frame), zmq_msg_size(frame));
    if (outbox_is_full(&self->outbox, client_of(&call->route))) {
        outbox_refuse(&self->outbox, client_of(&call->route), peek_id(borrowed));
        return;
    }
    struct bytes bytes = arena_bytes(arena, borrowed);
    ProtobufCMessage *message;
    struct fault fault = {{0}};
    enum comity_error error =
        strict_unpack(&comity__v1__request__descriptor, bytes, 4096, arena, &message, &fault);
    if (error != COMITY_OK) {
        call->route.request_id = peek_id(bytes);
        api_fail(self, &call->route, error, fault.text);
        return;
    }
    call->request = (const Comity__V1__Request *)message;
    call->route.request_id = call->request->id;
}

/* A client that reads again is told by the descriptor's edge, which any call to libzmq may
 * swallow. So: once nothing comes, flush, look again, and flush once more; that last round comes
 * too soon after for libzmq to have taken further news. */
enum comity_error api_receive(struct api_server *self, struct arena *arena,
                              struct api_call *ret_call)
{
    bool looked_again = false;
    for (;;) {
        zmq_msg_t frame;
        if (++self->received % API_FLUSH_EVERY == 0)
            (void)outbox_flush(&self->outbox);
        (void)zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, self->router, ZMQ_DONTWAIT) < 0) {
            (void)zmq_msg_close(&frame);
            if (self->outbox.clients == NULL || (!outbox_flush(&self->outbox) && looked_again))
                return COMITY_PENDING;
            looked_again = true;
            continue;
        }
        struct api_call call = {0};
        take_request(self, &frame, arena, &call);
        (void)zmq_msg_close(&frame);
        *ret_call = call;
        return COMITY_OK;
    }
}

void api_reply(struct api_server *self, const struct api_route *route,
               Comity__V1__Response *response)
{
    response->id = route->request_id;
    buffer_clear(&self->out);
    if (strict_pack(&response->base, &self->out) != COMITY_OK)
        outbox_refuse(&self->outbox, client_of(route), route->request_id);
    else
        outbox_put(&self->outbox, client_of(route), route->request_id, buffer_bytes(&self->out));
}

void api_fail(struct api_server *self, const struct api_route *route, enum comity_error error,
              const char *text)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Failure failure = COMITY__V1__FAILURE__INIT;
    fill_failure(&response, &failure, error, text);
    api_reply(self, route, &response);
}
