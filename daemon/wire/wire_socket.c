/* SPDX-License-Identifier: Apache-2.0 */
/* wire_socket.c - options, file descriptors, addresses. */
#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "wire/wire_inside.h"

/* Left out of Debian's zmq.h as a draft; the library knows it. Without it, a socket whose ZAP
 * handler is missing lets everybody in. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

static const struct {
    int option;
    int value;
} common_options[] = {
    {ZMQ_LINGER, 0},
    {ZMQ_SNDHWM, WIRE_SEND_MARK},
    {ZMQ_RCVHWM, WIRE_RECEIVE_MARK},
    {ZMQ_HANDSHAKE_IVL, 5000},
    /* What a sleeping laptop left half open is closed by TCP, and dialled again by wire_redial. No
     * ZMQ_HEARTBEAT: in 4.3.4 its timer writes to an engine whose connection broke while our
     * reading lagged (stream_engine_base.cpp, `!_io_error`), and that aborts the daemon after
     * any long pause. Our greetings tell who is there. */
    {ZMQ_TCP_KEEPALIVE, 1},
    {ZMQ_TCP_KEEPALIVE_IDLE, 10},
    {ZMQ_TCP_KEEPALIVE_INTVL, 5},
    {ZMQ_TCP_KEEPALIVE_CNT, 3},
    {ZMQ_ZAP_ENFORCE_DOMAIN, 1},
};

enum comity_error wire_socket_options(void *socket, const struct identity *identity)
{
    int64_t message_size_max = WIRE_MESSAGE_SIZE_MAX; /* Before authentication, too. */
    uint8_t secret[CURVE_KEY_SIZE];
    uint8_t curve[CURVE_KEY_SIZE];
    bool good =
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_size_max, sizeof message_size_max) == 0 &&
        zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, WIRE_ZAP_DOMAIN, strlen(WIRE_ZAP_DOMAIN)) == 0;
    for (size_t i = 0; i < sizeof common_options / sizeof *common_options && good; i++)
        good = zmq_setsockopt(socket, common_options[i].option, &common_options[i].value,
                              sizeof common_options[i].value) == 0;
    if (!good || identity_curve_key(identity_key(identity), curve) != COMITY_OK)
        return COMITY_NETWORK;
    identity_curve_secret(identity, secret);
    good = zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, curve, sizeof curve) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret) == 0;
    sodium_memzero(secret, sizeof secret);
    return good ? COMITY_OK : COMITY_NETWORK;
}

enum comity_error wire_watch(struct wire *self, struct wire_socket *owner, void *socket)
{
    int file = -1;
    size_t size = sizeof file;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = owner};
    if (zmq_getsockopt(socket, ZMQ_FD, &file, &size) != 0 ||
        epoll_ctl(self->poller, EPOLL_CTL_ADD, file, &event) != 0)
        return COMITY_NETWORK;
    return COMITY_OK;
}

void wire_unwatch(struct wire *self, void *socket)
{
    int file = -1;
    size_t size = sizeof file;
    if (zmq_getsockopt(socket, ZMQ_FD, &file, &size) == 0)
        (void)epoll_ctl(self->poller, EPOLL_CTL_DEL, file, NULL);
}

static bool is_port(const char *text)
{
    unsigned value = 0;
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
        if (value > UINT16_MAX)
            return false;
    }
    return size > 0 && size <= 5 && value > 0;
}

/* A name would be looked up by libzmq's thread at each attempt, and all links wait meanwhile. */
enum comity_error wire_endpoint_from_address(const char *address, char *ret_endpoint, size_t size)
{
    char host[WIRE_ADDRESS_SIZE];
    uint8_t binary[sizeof(struct in6_addr)];
    if (strncmp(address, "tcp://", 6) == 0)
        address += 6;
    const char *colon = strrchr(address, ':');
    if (colon == NULL || (size_t)(colon - address) >= sizeof host || !is_port(colon + 1))
        return COMITY_INVALID;
    size_t host_size = (size_t)(colon - address);
    memcpy(host, address, host_size);
    host[host_size] = '\0';
    bool numeric = false;
    if (host[0] == '[' && host_size > 2 && host[host_size - 1] == ']') {
        host[host_size - 1] = '\0';
        numeric = inet_pton(AF_INET6, host + 1, binary) == 1;
        host[host_size - 1] = ']';
    } else {
        numeric = inet_pton(AF_INET, host, binary) == 1;
    }
    if (!numeric || 6 + strlen(address) >= size)
        return COMITY_INVALID;
    (void)snprintf(ret_endpoint, size, "tcp://%s%s", host, colon);
    return COMITY_OK;
}
