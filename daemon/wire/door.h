/* SPDX-License-Identifier: Apache-2.0 */
/* door.h - the lobby's way in and out (lobby/lobby.h): a second listening socket that admits any
 * key, because whoever comes has none that is known yet, and the newcomer's end of it. CURVE all
 * the same: the newcomer knows the convener's key from its invitation, and the convener learns the
 * transport key of whoever asks. Requests are at most 1 KiB, answers as long as a frame. Nothing
 * that comes through the door reaches wire_receive. */
#ifndef COMITY_WIRE_DOOR_H
#define COMITY_WIRE_DOOR_H

#include "wire/wire.h"

struct wire_caller {
    uint8_t curve[CURVE_KEY_SIZE]; /* Proven by the handshake. */
    char host[64];                 /* Where it came from; empty: not known. */
    uint8_t route[255];
    size_t route_size;
};

/* Open, or open elsewhere: `tcp://0.0.0.0:4751`. COMITY_NETWORK. */
COMITY_MUST_CHECK enum comity_error wire_door_open(struct wire *self, const char *listen,
                                                   struct fault *fault);
void wire_door_close(struct wire *self);
const char *wire_door_endpoint(const struct wire *self); /* Empty: it is shut. */
/* The next request, borrowed until the next call. COMITY_PENDING: nobody asks. */
COMITY_MUST_CHECK enum comity_error
wire_door_receive(struct wire *self, struct wire_caller *ret_caller, struct bytes *ret_request);
/* Lossy: whoever asked asks again. */
void wire_door_answer(struct wire *self, const struct wire_caller *caller, struct bytes answer);

/* Knock at somebody's door: one at a time. `address` is numeric. COMITY_INVALID, COMITY_NETWORK. */
COMITY_MUST_CHECK enum comity_error wire_knock(struct wire *self, const uint8_t key[KEY_SIZE],
                                               const char *address, struct fault *fault);
void wire_knock_end(struct wire *self);
/* COMITY_BUSY: there is no link yet; COMITY_NOT_FOUND: nobody knocks. */
COMITY_MUST_CHECK enum comity_error wire_knock_ask(struct wire *self, struct bytes request);
COMITY_MUST_CHECK enum comity_error wire_knock_receive(struct wire *self, struct bytes *ret_answer);

#endif
