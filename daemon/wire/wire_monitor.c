/* SPDX-License-Identifier: Apache-2.0 */
/* wire_monitor.c - what libzmq tells of connections to our router: who came, whose handshake led
 * nowhere, who went. It names no address when it tells of a failure, but a connection's descriptor
 * just after; and descriptors we saw when they came. One thread of libzmq's tells all of it, so
 * the two stand next to each other. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/wire_inside.h"

#define MONITOR_ENDPOINT "inproc://comity.monitor"

enum {
    EVENT_SIZE = 2 + 4, /* Its number, a value: both as this machine writes them. */
    FAILURES = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
               ZMQ_EVENT_HANDSHAKE_FAILED_AUTH,
};

enum comity_error wire_monitor_open(struct wire *self)
{
    int zero = 0;
    if (zmq_socket_monitor(self->router.socket, MONITOR_ENDPOINT,
                           ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | FAILURES) != 0)
        return COMITY_NETWORK;
    self->monitor.socket = zmq_socket(self->context, ZMQ_PAIR);
    /* Without a bound: at one, libzmq's thread would wait for us with all links. */
    if (self->monitor.socket == NULL ||
        zmq_setsockopt(self->monitor.socket, ZMQ_LINGER, &zero, sizeof zero) != 0 ||
        zmq_setsockopt(self->monitor.socket, ZMQ_RCVHWM, &zero, sizeof zero) != 0 ||
        zmq_connect(self->monitor.socket, MONITOR_ENDPOINT) != 0)
        return COMITY_NETWORK;
    enum comity_error error = wire_watch(self, &self->monitor, self->monitor.socket);
    wire_monitor_read(self); /* Its descriptor tells nothing before it was once found empty. */
    return error;
}

/* Number and value; the address, which is our own, is dropped. False: none is there. */
static bool read_event(void *socket, uint16_t *ret_number, uint32_t *ret_value)
{
    uint8_t event[64];
    int more = 0;
    size_t size = sizeof more;
    int got = zmq_recv(socket, event, sizeof event, ZMQ_DONTWAIT);
    if (got < 0)
        return false;
    *ret_number = 0;
    if (got == EVENT_SIZE) {
        memcpy(ret_number, event, 2);
        memcpy(ret_value, event + 2, 4);
    }
    while (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) == 0 && more != 0) {
        if (zmq_recv(socket, event, sizeof event, ZMQ_DONTWAIT) < 0)
            break;
    }
    return true;
}

static struct wire_origin *caller_of(struct wire *self, uint32_t file)
{
    if (file >= WIRE_ORIGINS_MAX)
        return NULL;
    if (self->callers == NULL)
        self->callers = calloc(WIRE_ORIGINS_MAX, sizeof *self->callers);
    return self->callers == NULL ? NULL : &self->callers[file];
}

static void note_caller(struct wire *self, uint32_t file)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    struct wire_origin *caller = caller_of(self, file);
    self->accepted_count++;
    if (caller == NULL)
        return;
    *caller = (struct wire_origin){0};
    if (getpeername((int)file, (struct sockaddr *)&address, &size) != 0)
        return; /* Gone by now. */
    const void *from = address.ss_family == AF_INET
                           ? (const void *)&((struct sockaddr_in *)&address)->sin_addr
                           : (const void *)&((struct sockaddr_in6 *)&address)->sin6_addr;
    if (address.ss_family == AF_INET || address.ss_family == AF_INET6)
        (void)inet_ntop(address.ss_family, from, caller->address, sizeof caller->address);
    if (caller->address[0] != '\0')
        memcpy(self->accepted_from, caller->address, sizeof self->accepted_from);
}

static void note_failure(struct wire *self, uint32_t file)
{
    struct wire_origin *caller = caller_of(self, file);
    const char *address =
        caller == NULL || caller->address[0] == '\0' ? "somebody who is gone" : caller->address;
    self->failed_count++;
    (void)snprintf(self->failed_reason, sizeof self->failed_reason, "%s: its handshake led nowhere",
                   address);
}

/* Who cannot be reached back over the router any more, and is not dialled by us, shows when a
 * greeting is sent to it. */
static void greet_callers(struct wire *self)
{
    for (size_t i = 0; i < self->peers_count; i++) {
        if (self->peers[i]->route_size > 0)
            self->peers[i]->greet_at_ms = 0;
    }
}

void wire_monitor_read(struct wire *self)
{
    uint16_t number;
    uint32_t value;
    while (read_event(self->monitor.socket, &number, &value)) {
        if (number == ZMQ_EVENT_ACCEPTED) {
            note_caller(self, value);
            self->since_counted++;
        } else if ((number & FAILURES) != 0) {
            self->failing = true;
        } else if (number == ZMQ_EVENT_DISCONNECTED) {
            if (self->failing)
                note_failure(self, value);
            self->failing = false;
            greet_callers(self);
        }
        if (self->since_counted >= WIRE_GUARD_CONNECTIONS)
            wire_guard_listening(self);
    }
}
