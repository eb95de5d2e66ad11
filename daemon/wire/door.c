/* SPDX-License-Identifier: Apache-2.0 */
/* door.c - the lobby's sockets: a ROUTER of its own that lets any key in, for requests of a few
 * hundred bytes, and the DEALER of a newcomer. What comes here never counts as a peer's. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "wire/wire_inside.h"

enum { DOOR_REQUEST_MAX = 1024, DOOR_MARK = 64 };

static enum comity_error fail(struct fault *fault, const char *what, const char *where)
{
    return fault_set(fault, COMITY_NETWORK, "%s: %s: %s", where, what, zmq_strerror(errno));
}

static bool set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

enum comity_error wire_door_open(struct wire *self, const char *listen, struct fault *fault)
{
    int64_t size_max = DOOR_REQUEST_MAX + 512; /* Encrypted it is a little more. */
    wire_door_close(self);
    void *socket = zmq_socket(self->context, ZMQ_ROUTER);
    if (socket == NULL)
        return fail(fault, "cannot open a socket", listen);
    size_t size = sizeof self->door_endpoint;
    enum comity_error error = COMITY_OK;
    if (wire_socket_options(socket, self->identity) != COMITY_OK ||
        !set_int(socket, ZMQ_CURVE_SERVER, 1) || !set_int(socket, ZMQ_SNDHWM, DOOR_MARK) ||
        !set_int(socket, ZMQ_IPV6, strchr(listen, '[') != NULL) ||
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &size_max, sizeof size_max) != 0 ||
        zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, WIRE_DOOR_DOMAIN, strlen(WIRE_DOOR_DOMAIN)) != 0)
        error = fail(fault, "libzmq lacks an option", listen);
    else if (zmq_bind(socket, listen) != 0 ||
             zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, self->door_endpoint, &size) != 0)
        error = fail(fault, "cannot listen", listen);
    else if (wire_watch(self, NULL, socket) != COMITY_OK)
        error = fail(fault, "cannot be polled", listen);
    if (error != COMITY_OK) {
        (void)zmq_close(socket);
        self->door_endpoint[0] = '\0';
        return error;
    }
    self->door = socket;
    return COMITY_OK;
}

static void close_door(struct wire *self, void **socket)
{
    if (*socket == NULL)
        return;
    wire_unwatch(self, *socket);
    (void)zmq_close(*socket);
    *socket = NULL;
}

void wire_door_close(struct wire *self)
{
    close_door(self, &self->door);
    self->door_endpoint[0] = '\0';
}

const char *wire_door_endpoint(const struct wire *self)
{
    return self->door_endpoint;
}

/* Size of the part, or -1: there is none. What does not fit is cut, and refused by its size. */
static int read_part(void *socket, uint8_t *data, size_t size, bool *ret_more)
{
    int more = 0;
    size_t more_size = sizeof more;
    int got = zmq_recv(socket, data, size, ZMQ_DONTWAIT);
    if (got < 0)
        return -1;
    *ret_more = zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size) == 0 && more != 0;
    return got;
}

static void drop_rest(void *socket, bool more)
{
    uint8_t ignored[1];
    while (more && read_part(socket, ignored, sizeof ignored, &more) >= 0)
        ;
}

static bool read_caller(struct wire *self, struct wire_caller *ret_caller)
{
    const char *user = zmq_msg_gets(&self->door_message, "User-Id");
    const char *host = zmq_msg_gets(&self->door_message, "Peer-Address");
    (void)snprintf(ret_caller->host, sizeof ret_caller->host, "%s", host == NULL ? "" : host);
    return user != NULL &&
           hex_to_bytes(user, ret_caller->curve, sizeof ret_caller->curve) == COMITY_OK;
}

enum comity_error wire_door_receive(struct wire *self, struct wire_caller *ret_caller,
                                    struct bytes *ret_request)
{
    while (self->door != NULL) {
        bool more = false;
        int size = read_part(self->door, ret_caller->route, sizeof ret_caller->route, &more);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return COMITY_PENDING;
        ret_caller->route_size = (size_t)size;
        if (!more || zmq_msg_recv(&self->door_message, self->door, ZMQ_DONTWAIT) < 0)
            continue;
        drop_rest(self->door, zmq_msg_more(&self->door_message) != 0);
        if ((size_t)size > sizeof ret_caller->route || !read_caller(self, ret_caller) ||
            zmq_msg_size(&self->door_message) > DOOR_REQUEST_MAX)
            continue;
        *ret_request =
            bytes_of(zmq_msg_data(&self->door_message), zmq_msg_size(&self->door_message));
        return COMITY_OK;
    }
    return COMITY_PENDING;
}

void wire_door_answer(struct wire *self, const struct wire_caller *caller, struct bytes answer)
{
    if (self->door == NULL ||
        zmq_send(self->door, caller->route, caller->route_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return;
    (void)!zmq_send(self->door, answer.data, answer.size, ZMQ_DONTWAIT); /* It asks again. */
}

enum comity_error wire_knock(struct wire *self, const uint8_t key[KEY_SIZE], const char *address,
                             struct fault *fault)
{
    uint8_t curve[CURVE_KEY_SIZE];
    char endpoint[WIRE_ADDRESS_SIZE];
    wire_knock_end(self);
    if (identity_curve_key(key, curve) != COMITY_OK)
        return fault_set(fault, COMITY_INVALID, "the invitation's key is none that links can use");
    if (wire_endpoint_from_address(address, endpoint, sizeof endpoint) != COMITY_OK)
        return fault_set(fault, COMITY_INVALID,
                         "`%.100s` is not a numeric address such as 192.0.2.7:4751", address);
    void *socket = zmq_socket(self->context, ZMQ_DEALER);
    if (socket == NULL)
        return fail(fault, "cannot open a socket", endpoint);
    bool good = wire_socket_options(socket, self->identity) == COMITY_OK &&
                set_int(socket, ZMQ_IPV6, strchr(endpoint, '[') != NULL) &&
                set_int(socket, ZMQ_IMMEDIATE, 1) && set_int(socket, ZMQ_RECONNECT_IVL, 500) &&
                set_int(socket, ZMQ_RECONNECT_IVL_MAX, 3000) &&
                zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, curve, sizeof curve) == 0;
    if (!good || zmq_connect(socket, endpoint) != 0 ||
        wire_watch(self, NULL, socket) != COMITY_OK) {
        enum comity_error error = fail(fault, "cannot connect", endpoint);
        (void)zmq_close(socket);
        return error;
    }
    self->knocking = socket;
    return COMITY_OK;
}

void wire_knock_end(struct wire *self)
{
    close_door(self, &self->knocking);
}

enum comity_error wire_knock_ask(struct wire *self, struct bytes request)
{
    if (self->knocking == NULL)
        return COMITY_NOT_FOUND;
    return zmq_send(self->knocking, request.data, request.size, ZMQ_DONTWAIT) < 0 ? COMITY_BUSY
                                                                                  : COMITY_OK;
}

enum comity_error wire_knock_receive(struct wire *self, struct bytes *ret_answer)
{
    if (self->knocking == NULL ||
        zmq_msg_recv(&self->door_message, self->knocking, ZMQ_DONTWAIT) < 0)
        return COMITY_PENDING;
    drop_rest(self->knocking, zmq_msg_more(&self->door_message) != 0);
    *ret_answer = bytes_of(zmq_msg_data(&self->door_message), zmq_msg_size(&self->door_message));
    return COMITY_OK;
}
