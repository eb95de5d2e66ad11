/* SPDX-License-Identifier: Apache-2.0 */
#include "overlay/overlay.h"

#include <string.h>

enum { WORDS = SEATS_MAX / 64 };

struct neighbour {
    bool direct, useless;    /* Heard; but it told that it reaches nobody we miss. */
    uint8_t told[SEATS_MAX]; /* Hops from it to each peer; 0: not reached through it. */
    int64_t told_ms;         /* When it said so; 0: never. */
    int64_t asked_ms;        /* When we asked it last; 0: never. */
    bool asks;               /* It wants to know of `wanted`, since asks_ms. */
    bool owed;               /* It was not answered since. */
    int64_t asks_ms;
    uint64_t wanted[WORDS];
    uint8_t answered[SEATS_MAX]; /* What it was told last. */
};

struct seen {
    uint64_t ids[OVERLAY_SEEN_MAX];
    uint32_t count, next;
};

struct overlay {
    struct arena *arena;
    uint32_t count, self;
    int64_t changed_ms; /* Of a link: who may know more is asked soon. */
    struct neighbour *neighbours;
    struct seen **seen; /* By origin; NULL: none yet. */
};

static bool has(const uint64_t mask[WORDS], uint32_t peer)
{
    return (mask[peer / 64] >> (peer % 64) & 1) != 0;
}

static void add(uint64_t mask[WORDS], uint32_t peer)
{
    mask[peer / 64] |= (uint64_t)1 << (peer % 64);
}

struct overlay *overlay_create(struct arena *arena, uint32_t count, uint32_t self)
{
    struct overlay *overlay = arena_alloc(arena, sizeof *overlay);
    if (overlay == NULL)
        return NULL;
    *overlay = (struct overlay){.arena = arena, .count = count, .self = self};
    overlay->neighbours = arena_array(arena, count, sizeof *overlay->neighbours);
    overlay->seen = arena_array(arena, count, sizeof(struct seen *));
    return overlay->neighbours == NULL || overlay->seen == NULL ? NULL : overlay;
}

bool overlay_set_direct(struct overlay *self, uint32_t peer, bool direct, int64_t now_ms)
{
    struct neighbour *neighbour = &self->neighbours[peer];
    if (peer == self->self || neighbour->direct == direct)
        return false;
    neighbour->direct = direct;
    self->changed_ms = now_ms;
    if (!direct) { /* What it told is of no use, and nobody answers it. */
        neighbour->told_ms = 0;
        neighbour->asks = false;
    }
    neighbour->asked_ms = 0;
    return true;
}

bool overlay_is_direct(const struct overlay *self, uint32_t peer)
{
    return self->neighbours[peer].direct;
}

static bool is_fresh(const struct neighbour *neighbour, int64_t now_ms)
{
    return neighbour->direct && neighbour->told_ms != 0 &&
           now_ms - neighbour->told_ms <= OVERLAY_FRESH_MS;
}

/* The shortest way that does not begin with `not_through`; of equal ones that of the lowest number,
 * so that it does not change without need. */
static uint32_t best(const struct overlay *self, uint32_t peer, uint32_t not_through,
                     int64_t now_ms, uint32_t *ret_hops)
{
    uint32_t next = OVERLAY_NONE, hops = OVERLAY_HOPS_MAX;
    for (uint32_t i = 0; i < self->count; i++) {
        const struct neighbour *neighbour = &self->neighbours[i];
        if (i == self->self || i == not_through || neighbour->told[peer] == 0 ||
            !is_fresh(neighbour, now_ms) || neighbour->told[peer] + 1u >= hops)
            continue;
        next = i;
        hops = neighbour->told[peer] + 1u;
    }
    *ret_hops = hops;
    return next;
}

uint32_t overlay_next(const struct overlay *self, uint32_t peer, int64_t now_ms)
{
    uint32_t hops;
    if (self->neighbours[peer].direct)
        return peer;
    return best(self, peer, OVERLAY_NONE, now_ms, &hops);
}

bool overlay_ask(struct overlay *self, uint32_t neighbour, int64_t now_ms,
                 uint64_t ret_wanted[WORDS])
{
    struct neighbour *asked = &self->neighbours[neighbour];
    bool missing = false;
    if (!asked->direct)
        return false;
    int64_t pause = asked->useless ? OVERLAY_ASK_IDLE_MS : OVERLAY_ASK_MS;
    if (asked->asked_ms < self->changed_ms)
        pause = OVERLAY_ASK_SOON_MS;
    if (asked->asked_ms != 0 && now_ms - asked->asked_ms < pause)
        return false;
    memset(ret_wanted, 0, WORDS * sizeof *ret_wanted);
    for (uint32_t i = 0; i < self->count; i++) {
        if (i == self->self || self->neighbours[i].direct)
            continue;
        add(ret_wanted, i);
        missing = true;
    }
    if (missing)
        asked->asked_ms = now_ms;
    return missing;
}

void overlay_asked(struct overlay *self, uint32_t neighbour, const uint64_t wanted[WORDS],
                   int64_t now_ms)
{
    struct neighbour *asks = &self->neighbours[neighbour];
    asks->asks = asks->owed = true;
    asks->asks_ms = now_ms;
    memcpy(asks->wanted, wanted, sizeof asks->wanted);
}

bool overlay_answer(struct overlay *self, uint32_t neighbour, int64_t now_ms,
                    uint64_t ret_peers[WORDS], uint8_t ret_hops[SEATS_MAX])
{
    struct neighbour *asks = &self->neighbours[neighbour];
    if (!asks->asks || !asks->direct || now_ms - asks->asks_ms > OVERLAY_ASKS_MS)
        return false;
    memset(ret_peers, 0, WORDS * sizeof *ret_peers);
    memset(ret_hops, 0, SEATS_MAX);
    for (uint32_t i = 0; i < self->count; i++) {
        uint32_t hops = 1;
        if (i == self->self || i == neighbour || !has(asks->wanted, i))
            continue;
        if (!self->neighbours[i].direct && best(self, i, neighbour, now_ms, &hops) == OVERLAY_NONE)
            continue;
        if (hops >= OVERLAY_HOPS_MAX)
            continue;
        add(ret_peers, i);
        ret_hops[i] = (uint8_t)hops;
    }
    if (!asks->owed && memcmp(asks->answered, ret_hops, SEATS_MAX) == 0)
        return false;
    asks->owed = false;
    memcpy(asks->answered, ret_hops, SEATS_MAX);
    return true;
}

void overlay_told(struct overlay *self, uint32_t neighbour, const uint64_t peers[WORDS],
                  const uint8_t hops[SEATS_MAX], int64_t now_ms)
{
    struct neighbour *told = &self->neighbours[neighbour];
    told->useless = true;
    for (uint32_t i = 0; i < self->count; i++) {
        uint8_t now = has(peers, i) ? hops[i] : 0;
        told->told[i] = now;
        told->useless = told->useless && now == 0;
    }
    told->told_ms = now_ms;
}

bool overlay_was_seen(const struct overlay *self, uint32_t origin, uint64_t id)
{
    const struct seen *seen = self->seen[origin];
    for (uint32_t i = 0; seen != NULL && i < seen->count; i++) {
        if (seen->ids[i] == id)
            return true;
    }
    return false;
}

void overlay_see(struct overlay *self, uint32_t origin, uint64_t id)
{
    if (self->seen[origin] == NULL)
        self->seen[origin] = arena_alloc(self->arena, sizeof *self->seen[origin]);
    struct seen *seen = self->seen[origin];
    if (seen == NULL)
        return; /* No memory: the hops bound how often it goes round. */
    seen->ids[seen->next] = id;
    seen->next = (seen->next + 1) % OVERLAY_SEEN_MAX;
    seen->count = seen->count < OVERLAY_SEEN_MAX ? seen->count + 1 : OVERLAY_SEEN_MAX;
}

void overlay_forward(const struct overlay *self, const uint64_t to[WORDS], uint32_t from,
                     int64_t now_ms, uint64_t ret_next[WORDS])
{
    memset(ret_next, 0, WORDS * sizeof *ret_next);
    for (uint32_t i = 0; i < self->count; i++) {
        if (i == self->self || i == from || !has(to, i))
            continue;
        uint32_t next = overlay_next(self, i, now_ms);
        if (next != OVERLAY_NONE && next != from)
            add(ret_next, next);
    }
}
