/* SPDX-License-Identifier: Apache-2.0 */
/* wire_zap.c - the gate (ZAP, RFC 27): libzmq asks about each newcomer's key; the answer comes
 * from the peers in memory, in the one loop. */
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "wire/wire_inside.h"

enum {
    ZAP_PARTS = 7, /* Version, request id, domain, address, socket, mechanism, key. */
    ZAP_PART_SIZE_MAX = 255,
    PROOF_MS_MAX = 3000,
};

struct zap_request {
    size_t parts_count;
    uint8_t parts[ZAP_PARTS][ZAP_PART_SIZE_MAX + 1];
    size_t sizes[ZAP_PARTS];
};
enum { ZAP_VERSION, ZAP_ID, ZAP_DOMAIN, ZAP_ADDRESS, ZAP_SOCKET, ZAP_MECHANISM, ZAP_KEY };

enum comity_error wire_zap_open(struct wire *self)
{
    int linger = 0;
    self->zap = zmq_socket(self->context, ZMQ_REP);
    if (self->zap == NULL || zmq_setsockopt(self->zap, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_bind(self->zap, WIRE_ZAP_ENDPOINT) != 0)
        return COMITY_NETWORK;
    return wire_watch(self, NULL, self->zap);
}

/* Parts that are too long or too many are cut: then nothing will match. */
static bool read_request(void *socket, struct zap_request *ret_request)
{
    int more = 1;
    size_t more_size = sizeof more;
    memset(ret_request, 0, sizeof *ret_request);
    while (more != 0) {
        uint8_t part[ZAP_PART_SIZE_MAX];
        int size = zmq_recv(socket, part, sizeof part, ZMQ_DONTWAIT);
        if (size < 0)
            return false;
        size_t kept = (size_t)size < sizeof part ? (size_t)size : sizeof part;
        size_t index = ret_request->parts_count++;
        if (index < ZAP_PARTS) {
            memcpy(ret_request->parts[index], part, kept); /* A zero follows. */
            ret_request->sizes[index] = (size_t)size;
        }
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size) != 0)
            return false;
    }
    return true;
}

static bool part_is(const struct zap_request *request, size_t index, const char *word)
{
    return request->sizes[index] == strlen(word) &&
           memcmp(request->parts[index], word, strlen(word)) == 0;
}

/* Any key may stand in the lobby, but only there. */
static bool is_at_the_door(const struct wire *self, const struct zap_request *request)
{
    return self->door != NULL && request->parts_count == ZAP_PARTS &&
           part_is(request, ZAP_VERSION, "1.0") && part_is(request, ZAP_DOMAIN, WIRE_DOOR_DOMAIN) &&
           part_is(request, ZAP_MECHANISM, "CURVE") && request->sizes[ZAP_KEY] == CURVE_KEY_SIZE;
}

/* Whose key it is for us, or NULL. */
static const uint8_t *judge(struct wire *self, const struct zap_request *request)
{
    const struct wire_peer *peer = NULL;
    const char *why = "its key is not known here";
    if (is_at_the_door(self, request))
        return request->parts[ZAP_KEY];
    if (request->parts_count != ZAP_PARTS || !part_is(request, ZAP_VERSION, "1.0") ||
        !part_is(request, ZAP_DOMAIN, WIRE_ZAP_DOMAIN) ||
        !part_is(request, ZAP_MECHANISM, "CURVE") || request->sizes[ZAP_KEY] != CURVE_KEY_SIZE)
        why = "it did not identify itself by a key";
    else
        peer = wire_find_curve(self, request->parts[ZAP_KEY]);
    if (peer == NULL) {
        self->refused_count++;
        (void)snprintf(self->refused_reason, sizeof self->refused_reason, "%.64s: %s",
                       (const char *)request->parts[ZAP_ADDRESS], why);
    }
    return peer == NULL ? NULL : peer->key;
}

/* Not known is "300, not now" rather than "400, no": it keeps out just as well, but after a 400
 * libzmq never dials again, and who is not known now may be once its charter is here. The proof
 * needs the 400: libzmq may be slow to tell the newcomer of a 300. */
static void reply(const struct wire *self, const struct zap_request *request, const uint8_t *known)
{
    void *socket = self->zap;
    char user[2 * KEY_SIZE + 1] = "";
    if (known != NULL)
        hex_from_bytes(known, KEY_SIZE, user);
    const char *status = known != NULL ? "200" : self->proving ? "400" : "300";
    const char *text = known != NULL ? "admitted" : "not known here";
    size_t id_size =
        request->sizes[ZAP_ID] < ZAP_PART_SIZE_MAX ? request->sizes[ZAP_ID] : ZAP_PART_SIZE_MAX;
    int flags = ZMQ_SNDMORE | ZMQ_DONTWAIT;
    /* Nothing to do about a failure: the newcomer is then refused by a timeout. */
    bool sent = zmq_send(socket, "1.0", 3, flags) >= 0 &&
                zmq_send(socket, request->parts[ZAP_ID], id_size, flags) >= 0 &&
                zmq_send(socket, status, 3, flags) >= 0 &&
                zmq_send(socket, text, strlen(text), flags) >= 0 &&
                zmq_send(socket, user, strlen(user), flags) >= 0 &&
                zmq_send(socket, "", 0, ZMQ_DONTWAIT) >= 0;
    (void)sent;
}

void wire_zap_answer(struct wire *self)
{
    struct zap_request request;
    while (read_request(self->zap, &request))
        reply(self, &request, judge(self, &request));
}

/* A stranger of our own making, who does everything right but is not known. */
static void *make_stranger(struct wire *self, const uint8_t server[CURVE_KEY_SIZE])
{
    uint8_t curve[CURVE_KEY_SIZE];
    uint8_t secret[CURVE_KEY_SIZE];
    int linger = 0;
    int ipv6 = strchr(self->endpoint, '[') != NULL;
    randombytes_buf(secret, sizeof secret);
    void *socket = zmq_socket(self->context, ZMQ_DEALER);
    if (socket == NULL)
        return NULL;
    if (crypto_scalarmult_base(curve, secret) != 0 ||
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_setsockopt(socket, ZMQ_IPV6, &ipv6, sizeof ipv6) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, curve, sizeof curve) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server, CURVE_KEY_SIZE) != 0 ||
        zmq_socket_monitor(socket, "inproc://comity.proof",
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) != 0) {
        (void)zmq_close(socket);
        return NULL;
    }
    return socket;
}

/* The event's number, 0 if none came. */
static unsigned read_event(void *monitor)
{
    uint8_t event[64];
    uint16_t number = 0;
    int more = 0;
    size_t more_size = sizeof more;
    int size = zmq_recv(monitor, event, sizeof event, ZMQ_DONTWAIT);
    if (size < (int)sizeof number)
        return 0;
    memcpy(&number, event, sizeof number);
    while (zmq_getsockopt(monitor, ZMQ_RCVMORE, &more, &more_size) == 0 && more != 0) {
        if (zmq_recv(monitor, event, sizeof event, ZMQ_DONTWAIT) < 0)
            break;
    }
    return number;
}

static unsigned await_event(struct wire *self, void *monitor)
{
    int64_t deadline_ms = clock_steady_ms() + PROOF_MS_MAX;
    unsigned event = 0;
    while (event == 0 && clock_steady_ms() < deadline_ms) {
        zmq_pollitem_t items[] = {{self->zap, 0, ZMQ_POLLIN, 0}, {monitor, 0, ZMQ_POLLIN, 0}};
        if (zmq_poll(items, 2, 100) < 0 && errno != EINTR)
            break;
        wire_zap_answer(self);
        event = read_event(monitor);
    }
    return event;
}

enum comity_error wire_zap_prove(struct wire *self, struct fault *fault)
{
    uint8_t server[CURVE_KEY_SIZE];
    int linger = 0;
    unsigned event = 0;
    uint64_t before = self->refused_count;
    if (identity_curve_key(identity_key(self->identity), server) != COMITY_OK)
        return fault_set(fault, COMITY_NETWORK, "this identity's key cannot be used for links");
    void *stranger = make_stranger(self, server);
    void *monitor = stranger == NULL ? NULL : zmq_socket(self->context, ZMQ_PAIR);
    if (monitor != NULL && zmq_setsockopt(monitor, ZMQ_LINGER, &linger, sizeof linger) == 0 &&
        zmq_connect(monitor, "inproc://comity.proof") == 0 &&
        zmq_connect(stranger, self->endpoint) == 0) {
        self->proving = true;
        event = await_event(self, monitor);
        self->proving = false;
    }
    if (stranger != NULL) {
        (void)zmq_socket_monitor(stranger, NULL, 0);
        (void)zmq_close(stranger);
    }
    if (monitor != NULL)
        (void)zmq_close(monitor);
    bool asked = self->refused_count > before;
    self->refused_count = before; /* It was only us. */
    self->refused_reason[0] = '\0';
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
        return fault_set(fault, COMITY_NETWORK,
                         "%s: an unknown key was let in; this libzmq does not enforce ZAP",
                         self->endpoint);
    if (event == 0 || !asked)
        return fault_set(fault, COMITY_NETWORK,
                         "%s: cannot prove that unknown keys are refused: %s", self->endpoint,
                         event == 0 ? "no answer from our own socket" : "ZAP was not asked");
    return COMITY_OK;
}
