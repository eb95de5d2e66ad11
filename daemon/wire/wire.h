/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - authenticated ZeroMQ links to peers: one ROUTER bound, one DEALER per peer, CURVE with
 * keys derived from identities, ZAP refusing everyone else (CONSENSUS.md section 3).
 *
 * A peer is known by its Ed25519 key. Every frame received is attributed to the CURVE-
 * authenticated key (User-Id), never to a routing id. Sending is lossy: each peer has its own
 * queue bounded in bytes, votes before bulk; what does not fit is dropped and counted, and the
 * protocol retransmits. No threads but libzmq's own. Peers' bytes never reach an assertion. */
#ifndef COMITY_WIRE_WIRE_H
#define COMITY_WIRE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "identity/identity.h"

struct wire;

enum wire_urgency { WIRE_URGENT /* Votes, certificates, status. */, WIRE_BULK };

struct wire_config {
    const struct identity *identity; /* Outlives the wire. */
    const char *listen;              /* `tcp://0.0.0.0:4750`; NULL: connects only. */
    size_t queue_bytes_max;          /* Per peer; 0 means 2 MiB. */
    /* Files this process may have open, 0: what the system allows. With more than three quarters of
     * them `listen` is shut until they are fewer than half, because libzmq aborts where a client of
     * ours finds none left. Above WIRE_FILES_COUNTED nobody counts. */
    uint32_t files_max;
};

struct wire_link { /* For `status`. */
    uint8_t key[KEY_SIZE];
    char address[256]; /* As configured; empty: it dials us. */
    bool up;           /* Heard within three heartbeats of the wire. */
    int64_t heard_ms;  /* Steady time; 0: never. */
    uint64_t sent_bytes, received_bytes, dropped_frames;
};

/* Binds ZAP first, then the ROUTER, then proves by a real handshake on loopback (inproc ZAP,
 * ipc or tcp socket of its own) that an unknown key is refused. COMITY_NETWORK: cannot bind, or
 * the self-test let a stranger in; the fault says which. */
COMITY_MUST_CHECK enum comity_error wire_open(const struct wire_config *config,
                                              struct wire **ret_wire, struct fault *fault);
void wire_close(struct wire **self);

/* Admit a peer and, with an address, dial it (NULL or empty: it dials us). Calling again changes
 * the address. COMITY_INVALID: the key does not convert or is our own, or address is not numeric
 * host:port, `tcp://` in front or not (resolve names before: a lookup would block libzmq's
 * thread). COMITY_CONFLICT: another peer has the same transport key. COMITY_NETWORK,
 * COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error wire_add_peer(struct wire *self, const uint8_t key[KEY_SIZE],
                                                  const char *address, struct fault *fault);
/* Frames of a removed peer are dropped at once, also on links that are still open. */
void wire_remove_peer(struct wire *self, const uint8_t key[KEY_SIZE]);

/* File descriptors to poll for reading (one: an epoll of all sockets). When it is readable, call
 * wire_receive until COMITY_PENDING, then wire_flush. Returns how many, at most `max`. */
size_t wire_fds(const struct wire *self, int *ret_fds, size_t max);
/* Next frame. ret_frame is borrowed until the next wire_receive. Answers ZAP on the way. An empty
 * frame: what that peer sent goes on as no frame does, and the rest of it was dropped.
 * COMITY_PENDING: nothing there. */
COMITY_MUST_CHECK enum comity_error wire_receive(struct wire *self, uint8_t ret_key[KEY_SIZE],
                                                 struct bytes *ret_frame);
/* Queue a frame (copied) for a peer. Small frames wait for wire_flush, so that those of one turn
 * travel together; what finds no way for five seconds is dropped. COMITY_NOT_FOUND: no such peer.
 * COMITY_LIMIT: frame above FRAME_SIZE_MAX. COMITY_BUSY: its queue is full; the frame is dropped
 * (an urgent one displaces bulk first). */
COMITY_MUST_CHECK enum comity_error wire_send(struct wire *self, const uint8_t key[KEY_SIZE],
                                              enum wire_urgency urgency, struct bytes frame);
/* Push queued frames on, greet silent peers; call each loop turn and at least every second. */
void wire_flush(struct wire *self, int64_t now_ms);
/* Drop what this peer sends unread until then (steady time); it counts as heard all the same. */
void wire_ignore(struct wire *self, const uint8_t key[KEY_SIZE], int64_t until_ms);
/* Any bytes from this peer in the last `within_ms`? */
bool wire_heard(const struct wire *self, const uint8_t key[KEY_SIZE], int64_t now_ms,
                int64_t within_ms);
/* Links for display, in the order added; index out of range: COMITY_NOT_FOUND. */
COMITY_MUST_CHECK enum comity_error wire_link_at(const struct wire *self, size_t index,
                                                 int64_t now_ms, struct wire_link *ret_link);
/* Handshakes refused since start, and why the last one was (for doctor and logs). */
uint64_t wire_refused_count(const struct wire *self);
const char *wire_refused_reason(const struct wire *self); /* Empty: none was. */
/* Connections since start, by whomever, and the address of one of the last. */
/* Shut for the time being, because of a flood of connections? */
bool wire_is_shut(const struct wire *self);
uint64_t wire_accepted_count(const struct wire *self);
const char *wire_accepted_from(const struct wire *self); /* Empty: none was. */
/* Connections since start whose handshake failed or took too long, before any key was shown, and
 * where the last one came from. */
uint64_t wire_failed_count(const struct wire *self);
const char *wire_failed_reason(const struct wire *self); /* Empty: none was. */
/* Where the router is bound, `tcp://127.0.0.1:4750`; empty if it is not. */
const char *wire_endpoint(const struct wire *self);

#endif
