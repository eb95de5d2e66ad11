/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void flight_release(struct queue_flight *flight)
{
    if (atomic_fetch_sub(&flight->holders, 1) == 1)
        free(flight);
}

enum comity_error queue_init(struct queue *self, size_t bytes_max)
{
    struct queue_flight *flight = malloc(sizeof *flight);
    if (flight == NULL)
        return COMITY_MEMORY;
    atomic_init(&flight->bytes, 0);
    atomic_init(&flight->holders, 1);
    *self = (struct queue){.bytes_max = bytes_max, .flight = flight};
    return COMITY_OK;
}

/* Called by libzmq, in whichever thread is done with the message. */
static void block_release(void *data, void *hint)
{
    struct queue_block *block = hint;
    (void)data;
    atomic_fetch_sub(&block->flight->bytes, block->size);
    flight_release(block->flight);
    free(block);
}

static struct queue_block *unlink_first(struct queue *self, enum wire_urgency lane)
{
    struct queue_block *block = self->lanes[lane].first;
    self->lanes[lane].first = block->next;
    if (block->next == NULL)
        self->lanes[lane].last = NULL;
    self->bytes -= block->size;
    return block;
}

uint64_t queue_clear(struct queue *self)
{
    uint64_t frames_count = 0;
    for (int lane = 0; lane < QUEUE_URGENCIES; lane++) {
        while (self->lanes[lane].first != NULL) {
            struct queue_block *block = unlink_first(self, (enum wire_urgency)lane);
            frames_count += block->frames_count;
            free(block);
        }
    }
    if (self->hand_size > 0) {
        frames_count += self->hand_frames_count;
        (void)zmq_msg_close(&self->hand);
        self->hand_size = 0;
    }
    return frames_count;
}

void queue_free(struct queue *self)
{
    if (self == NULL || self->flight == NULL)
        return;
    (void)queue_clear(self);
    flight_release(self->flight);
    *self = (struct queue){0};
}

bool queue_is_empty(const struct queue *self)
{
    return self->hand_size == 0 && self->lanes[WIRE_URGENT].first == NULL &&
           self->lanes[WIRE_BULK].first == NULL;
}

bool queue_is_ripe(const struct queue *self)
{
    for (int lane = 0; lane < QUEUE_URGENCIES; lane++) {
        const struct queue_block *first = self->lanes[lane].first;
        if (first != NULL && (first->next != NULL || first->size >= QUEUE_BLOCK_LARGE))
            return true;
    }
    return false;
}

size_t queue_flying(const struct queue *self)
{
    return atomic_load(&self->flight->bytes) - self->hand_size;
}

static bool has_room(const struct queue *self, size_t size)
{
    size_t held = self->bytes + atomic_load(&self->flight->bytes);
    return size <= self->bytes_max && held <= self->bytes_max - size;
}

static struct queue_block *add_block(struct queue *self, enum wire_urgency lane, size_t size)
{
    struct queue_block *last = self->lanes[lane].last;
    /* The first block of a turn is small, since most turns send a few votes. */
    size_t capacity = last == NULL ? QUEUE_BLOCK_SMALL : QUEUE_BLOCK_LARGE;
    if (capacity < size)
        capacity = size;
    struct queue_block *block = malloc(sizeof *block + capacity);
    if (block == NULL)
        return NULL;
    *block = (struct queue_block){.flight = self->flight, .capacity = capacity};
    if (last == NULL)
        self->lanes[lane].first = block;
    else
        last->next = block;
    self->lanes[lane].last = block;
    return block;
}

enum comity_error queue_push(struct queue *self, enum wire_urgency urgency, struct bytes frame,
                             uint64_t *ret_dropped)
{
    size_t size = QUEUE_FRAME_PREFIX + frame.size;
    *ret_dropped = 0;
    while (!has_room(self, size)) {
        if (urgency != WIRE_URGENT || self->lanes[WIRE_BULK].first == NULL)
            return COMITY_BUSY;
        /* The oldest bulk: whoever waits for it will ask again, and has waited longest. */
        struct queue_block *old = unlink_first(self, WIRE_BULK);
        *ret_dropped += old->frames_count;
        free(old);
    }
    struct queue_block *block = self->lanes[urgency].last;
    if (block == NULL || block->capacity - block->size < size)
        block = add_block(self, urgency, size);
    if (block == NULL)
        return COMITY_MEMORY;
    struct writer writer;
    writer_init(&writer, block->data + block->size, size);
    writer_bytes(&writer, frame);
    assert(!writer.failed && writer.size == size);
    block->size += size;
    block->frames_count++;
    self->bytes += size;
    return COMITY_OK;
}

zmq_msg_t *queue_next(struct queue *self)
{
    if (self->hand_size > 0)
        return &self->hand;
    enum wire_urgency lane = self->lanes[WIRE_URGENT].first != NULL ? WIRE_URGENT : WIRE_BULK;
    struct queue_block *block = self->lanes[lane].first;
    if (block == NULL ||
        zmq_msg_init_data(&self->hand, block->data, block->size, block_release, block) != 0)
        return NULL;
    (void)unlink_first(self, lane);
    self->hand_size = block->size;
    self->hand_frames_count = block->frames_count;
    atomic_fetch_add(&self->flight->bytes, block->size);
    atomic_fetch_add(&self->flight->holders, 1);
    return &self->hand;
}

/* The block belongs to libzmq now and may be gone already. */
void queue_sent(struct queue *self)
{
    assert(self->hand_size > 0);
    self->hand_size = 0;
}
