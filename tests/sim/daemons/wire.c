/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - the daemon's links: frames go through the world. */
#include "wire/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "codec/peer.h"
#include "sim/daemons/world.h"

enum { GREET_MS = 3000 };

enum comity_error wire_open(const struct wire_config *config, struct wire **ret_wire,
                            struct fault *fault)
{
    struct wire *self = &daemon_now->wire;
    (void)config;
    (void)fault;
    *self = (struct wire){.owner = daemon_now};
    for (uint32_t i = 0; i < SIMD_SEATS_MAX; i++) {
        self->heard_ms[i] = INT64_MIN / 2;
        self->sent_ms[i] = INT64_MIN / 2;
    }
    *ret_wire = self;
    return COMITY_OK;
}

void wire_close(struct wire **self)
{
    if (*self != NULL) {
        free((*self)->last);
        (*self)->last = NULL;
    }
    *self = NULL;
}

/* As a rule no two of a world's keys begin alike. */
static uint32_t seat_of(const struct world *world, const uint8_t key[KEY_SIZE])
{
    uint32_t seat = world->seats[key[0] | key[1] << 8];
    if (seat < world->plan.n &&
        memcmp(identity_key(world->daemons[seat].identity), key, KEY_SIZE) == 0)
        return seat;
    for (uint32_t i = 0; i < world->plan.n; i++) {
        if (memcmp(identity_key(world->daemons[i].identity), key, KEY_SIZE) == 0)
            return i;
    }
    return UINT32_MAX;
}

enum comity_error wire_add_peer(struct wire *self, const uint8_t key[KEY_SIZE], const char *address,
                                struct fault *fault)
{
    uint32_t seat = seat_of(self->owner->world, key);
    (void)address;
    (void)fault;
    assert(seat != UINT32_MAX && seat != self->owner->index);
    self->known[seat] = true;
    return COMITY_OK;
}

size_t wire_fds(const struct wire *self, int *ret_fds, size_t max)
{
    (void)self;
    (void)max;
    ret_fds[0] = SIMD_STOP_FD + 1;
    return 1;
}

enum comity_error wire_receive(struct wire *self, uint8_t ret_key[KEY_SIZE],
                               struct bytes *ret_frame)
{
    struct daemon *owner = self->owner;
    while (owner->inbox_count > 0) {
        struct frame *frame = owner->inbox[owner->inbox_first];
        owner->inbox_first = (owner->inbox_first + 1) % SIMD_INBOX_MAX;
        owner->inbox_count--;
        free(self->last);
        self->last = frame;
        if (!self->known[frame->from])
            continue;
        self->heard_ms[frame->from] = daemon_steady(owner);
        if (frame->size == 0)
            continue; /* A greeting. */
        memcpy(ret_key, identity_key(owner->world->daemons[frame->from].identity), KEY_SIZE);
        *ret_frame = bytes_of(frame->data, frame->size);
        return COMITY_OK;
    }
    return COMITY_PENDING;
}

/* A vote of the kind it is to die with; a proposal is a vote to notarize. */
static bool is_own_vote(const struct daemon *owner, struct bytes frame)
{
    struct arena arena;
    struct peer_message message;
    bool found = false;
    arena_init(&arena, 0);
    if (peer_message_decode(frame, owner->world->plan.orderers, &arena, &message, NULL) ==
        COMITY_OK) {
        found = (message.kind == PEER_VOTE && message.as.vote.kind == owner->dies_with_vote) ||
                (message.kind == PEER_PROPOSAL && owner->dies_with_vote == VOTE_NOTARIZE);
    }
    arena_free(&arena);
    return found;
}

enum comity_error wire_send(struct wire *self, const uint8_t key[KEY_SIZE],
                            enum wire_urgency urgency, struct bytes frame)
{
    struct daemon *owner = self->owner;
    uint32_t to = seat_of(owner->world, key);
    (void)urgency;
    assert(to != UINT32_MAX);
    if (!self->known[to])
        return COMITY_NOT_FOUND;
    if (owner->dies_with_vote != 0 && is_own_vote(owner, frame)) {
        owner->dies_with_vote = 0;
        owner->disk.boundaries = 1;
    }
    if (!disk_effect())
        return COMITY_OK;
    assert(frame.size <= FRAME_SIZE_MAX);
    self->sent_ms[to] = daemon_steady(owner);
    if (is_liar(owner)) {
        liar_send(owner, to, frame);
        return COMITY_OK;
    }
    check_sent(owner, frame);
    world_post(owner->world, owner->index, to, frame.data, frame.size);
    return COMITY_OK;
}

void wire_flush(struct wire *self, int64_t now_ms)
{
    struct daemon *owner = self->owner;
    for (uint32_t i = 0; i < owner->world->plan.n; i++) {
        if (!self->known[i] || now_ms - self->sent_ms[i] < GREET_MS || owner->disk.dead)
            continue;
        self->sent_ms[i] = now_ms;
        world_post(owner->world, owner->index, i, NULL, 0);
    }
}

bool wire_heard(const struct wire *self, const uint8_t key[KEY_SIZE], int64_t now_ms,
                int64_t within_ms)
{
    uint32_t seat = seat_of(self->owner->world, key);
    return seat != UINT32_MAX && now_ms - self->heard_ms[seat] <= within_ms;
}

enum comity_error wire_link_at(const struct wire *self, size_t index, int64_t now_ms,
                               struct wire_link *ret_link)
{
    (void)self;
    (void)index;
    (void)now_ms;
    (void)ret_link;
    return COMITY_NOT_FOUND;
}

/* Liars are heard to the end: the simulator wants to see what they do. */
void wire_ignore(struct wire *self, const uint8_t key[KEY_SIZE], int64_t until_ms)
{
    (void)self;
    (void)key;
    (void)until_ms;
}

const char *wire_refused_reason(const struct wire *self)
{
    (void)self;
    return "";
}

uint64_t wire_accepted_count(const struct wire *self)
{
    (void)self;
    return 0;
}

const char *wire_accepted_from(const struct wire *self)
{
    (void)self;
    return "";
}

uint64_t wire_failed_count(const struct wire *self)
{
    (void)self;
    return 0;
}

const char *wire_failed_reason(const struct wire *self)
{
    (void)self;
    return "";
}

uint64_t wire_refused_count(const struct wire *self)
{
    (void)self;
    return 0;
}
