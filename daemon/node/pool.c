/* SPDX-License-Identifier: Apache-2.0 */
#include "node/pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct pool_seat {
    uint64_t final_seq;      /* Slots up to here are final. */
    uint64_t last_seq;       /* No slot above was ever filled. */
    size_t bytes;            /* Of its acts. */
    struct pool_act **slots; /* Ring: seq at seq % share; allocated with the first act. */
    uint32_t count;
};

struct pool {
    uint32_t seats_count;
    uint32_t share;
    size_t bytes_share;
    uint32_t count;
    uint64_t added; /* So many ever. */
    struct pool_seat seats[];
};

enum comity_error pool_create(uint32_t seats_count, struct pool **ret_pool)
{
    assert(seats_count > 0 && seats_count <= SEATS_MAX);
    struct pool *self = calloc(1, sizeof *self + seats_count * sizeof self->seats[0]);
    if (self == NULL)
        return COMITY_MEMORY;
    self->seats_count = seats_count;
    self->share = POOL_ACTS_MAX / seats_count;
    self->bytes_share = POOL_BYTES_MAX / seats_count;
    if (self->bytes_share < POOL_BYTES_SEAT_MIN)
        self->bytes_share = POOL_BYTES_SEAT_MIN;
    *ret_pool = self;
    return COMITY_OK;
}

static void seat_drop(struct pool *self, struct pool_seat *seat, uint64_t seq)
{
    struct pool_act **slot = &seat->slots[seq % self->share];
    if (*slot == NULL || (*slot)->seq != seq)
        return;
    seat->bytes -= (*slot)->encoded.size;
    free(*slot);
    *slot = NULL;
    seat->count--;
    self->count--;
}

void pool_destroy(struct pool **self)
{
    if (self == NULL || *self == NULL)
        return;
    for (uint32_t i = 0; i < (*self)->seats_count; i++) {
        struct pool_seat *seat = &(*self)->seats[i];
        for (uint32_t k = 0; seat->slots != NULL && k < (*self)->share; k++)
            free(seat->slots[k]);
        free(seat->slots);
    }
    free(*self);
    *self = NULL;
}

const struct pool_act *pool_find(const struct pool *self, uint32_t seat, uint64_t seq)
{
    assert(seat < self->seats_count);
    const struct pool_seat *owner = &self->seats[seat];
    if (owner->slots == NULL || seq <= owner->final_seq)
        return NULL;
    const struct pool_act *act = owner->slots[seq % self->share];
    return act != NULL && act->seq == seq ? act : NULL;
}

const struct pool_act *pool_match(const struct pool *self, uint32_t seat, uint64_t seq,
                                  struct bytes encoded)
{
    if (seat >= self->seats_count)
        return NULL;
    const struct pool_act *act = pool_find(self, seat, seq);
    return act != NULL && bytes_equal(act->encoded, encoded) ? act : NULL;
}

static bool pool_in_share(const struct pool *self, uint32_t seat, uint64_t seq)
{
    uint64_t final_seq = self->seats[seat].final_seq;
    return seq > final_seq && seq - final_seq <= self->share;
}

bool pool_wants(const struct pool *self, uint32_t seat, uint64_t seq)
{
    return seat < self->seats_count && pool_in_share(self, seat, seq) &&
           pool_find(self, seat, seq) == NULL;
}

bool pool_has_room(const struct pool *self, uint32_t seat)
{
    assert(seat < self->seats_count);
    return self->seats[seat].bytes + ACT_SIZE_MAX <= self->bytes_share;
}

/* Later acts make way for an earlier one: only what follows without a gap can be ordered, and it
 * is the same seat that says both. Own acts are never lost. */
static bool make_room(struct pool *self, struct pool_seat *seat, uint64_t seq, size_t size)
{
    uint64_t last = seat->final_seq + self->share;
    for (uint64_t at = last; at > seq && seat->bytes + size > self->bytes_share; at--)
        seat_drop(self, seat, at);
    return seat->bytes + size <= self->bytes_share;
}

enum comity_error pool_add(struct pool *self, const struct signed_act *act, bool own,
                           const struct pool_act **ret_other)
{
    uint32_t index = act->act.seat;
    assert(index < self->seats_count);
    struct pool_seat *seat = &self->seats[index];
    if (act->act.seq <= seat->final_seq)
        return COMITY_CLOSED;
    const struct pool_act *other = pool_find(self, index, act->act.seq);
    if (other != NULL) {
        if (hash_equal(&other->id, &act->act.id))
            return COMITY_EXISTS;
        *ret_other = other;
        return COMITY_CONFLICT;
    }
    if (!pool_in_share(self, index, act->act.seq))
        return COMITY_LIMIT;
    if (seat->slots == NULL)
        seat->slots = calloc(self->share, sizeof *seat->slots);
    if (!own && seat->slots != NULL && !make_room(self, seat, act->act.seq, act->encoded.size))
        return COMITY_LIMIT;
    struct pool_act *copy = malloc(sizeof *copy + act->encoded.size);
    uint8_t *encoded = (uint8_t *)copy + sizeof *copy;
    if (seat->slots == NULL || copy == NULL) {
        free(copy);
        return COMITY_MEMORY;
    }
    memcpy(encoded, act->encoded.data, act->encoded.size);
    *copy = (struct pool_act){
        .id = act->act.id,
        .seat = index,
        .seq = act->act.seq,
        .kind = act->act.kind,
        .signed_ms = act->act.signed_ms,
        .encoded = bytes_of(encoded, act->encoded.size),
        .own = own,
    };
    seat->slots[copy->seq % self->share] = copy;
    if (copy->seq > seat->last_seq)
        seat->last_seq = copy->seq;
    seat->bytes += copy->encoded.size;
    seat->count++;
    self->count++;
    self->added++;
    return COMITY_OK;
}

void pool_finalize(struct pool *self, uint32_t seat, uint64_t seq)
{
    assert(seat < self->seats_count);
    struct pool_seat *owner = &self->seats[seat];
    if (seq <= owner->final_seq)
        return;
    if (owner->count > 0) {
        uint64_t last = seq - owner->final_seq > self->share ? owner->final_seq + self->share : seq;
        for (uint64_t at = owner->final_seq + 1; at <= last; at++)
            seat_drop(self, owner, at);
    }
    owner->final_seq = seq;
}

uint64_t pool_final_seq(const struct pool *self, uint32_t seat)
{
    assert(seat < self->seats_count);
    return self->seats[seat].final_seq;
}

uint32_t pool_count(const struct pool *self)
{
    return self->count;
}

uint64_t pool_added(const struct pool *self)
{
    return self->added;
}

/* The cursor is seat * 2^32 + offset from the seat's final seq. */
const struct pool_act *pool_next(const struct pool *self, uint64_t *cursor)
{
    uint32_t seat = (uint32_t)(*cursor >> 32);
    uint64_t offset = *cursor & UINT32_MAX;
    for (; seat < self->seats_count; seat++, offset = 0) {
        const struct pool_seat *owner = &self->seats[seat];
        for (; owner->count > 0 && owner->final_seq + offset < owner->last_seq; offset++) {
            const struct pool_act *act = pool_find(self, seat, owner->final_seq + 1 + offset);
            if (act == NULL)
                continue;
            *cursor = (uint64_t)seat << 32 | (offset + 1);
            return act;
        }
    }
    *cursor = (uint64_t)seat << 32;
    return NULL;
}
