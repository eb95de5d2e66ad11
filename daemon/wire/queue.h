/* SPDX-License-Identifier: Apache-2.0 */
/* queue.h - what waits for one peer, bounded in bytes, votes before bulk. Inside of the wire.
 *
 * Frames are copied once, into blocks that become ZeroMQ messages as they are: {size u32, frame}
 * one after the other. So frames of one turn of the loop share one message, one encryption and
 * one wake-up of libzmq's thread, and keep their order. */
#ifndef COMITY_WIRE_QUEUE_H
#define COMITY_WIRE_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zmq.h>

#include "base/bytes.h"
#include "wire/wire.h"

enum {
    QUEUE_FRAME_PREFIX = 4,
    QUEUE_BLOCK_SMALL = 4 * 1024 - 128, /* A turn's votes. */
    QUEUE_BLOCK_LARGE = 64 * 1024 - 128,
    QUEUE_URGENCIES = 2,
};

/* Bytes that libzmq holds for a peer. Its thread gives them back, maybe after the peer is gone:
 * so it lives as long as anyone refers to it. */
struct queue_flight {
    atomic_size_t bytes;
    atomic_size_t holders;
};

struct queue_block {
    struct queue_block *next;
    struct queue_flight *flight;
    uint32_t frames_count;
    size_t size;
    size_t capacity;
    uint8_t data[];
};

struct queue {
    struct {
        struct queue_block *first;
        struct queue_block *last;
    } lanes[QUEUE_URGENCIES]; /* By enum wire_urgency. */
    size_t bytes;             /* Of all blocks in the lanes. */
    size_t bytes_max;         /* Of these and those in flight. */
    struct queue_flight *flight;
    zmq_msg_t hand;   /* A block made a message, until libzmq takes it. */
    size_t hand_size; /* 0: none. */
    uint32_t hand_frames_count;
};

/* COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error queue_init(struct queue *self, size_t bytes_max);
void queue_free(struct queue *self);
/* COMITY_BUSY: no room; bulk that was displaced is in *ret_dropped all the same.
 * COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error queue_push(struct queue *self, enum wire_urgency urgency,
                                               struct bytes frame, uint64_t *ret_dropped);
/* Drop everything that libzmq does not hold; returns how many frames. */
uint64_t queue_clear(struct queue *self);
bool queue_is_empty(const struct queue *self);
/* Is there a block that nothing more fits in, so that waiting gains nothing? */
bool queue_is_ripe(const struct queue *self);
/* Bytes that libzmq holds. */
size_t queue_flying(const struct queue *self);
/* The message to send next; NULL if there is none or memory is exhausted. It comes again until
 * queue_sent says that libzmq took it. */
zmq_msg_t *queue_next(struct queue *self);
void queue_sent(struct queue *self);

#endif
