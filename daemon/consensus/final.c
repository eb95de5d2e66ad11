/* SPDX-License-Identifier: Apache-2.0 */
/* final.c - finality and delivery. A finalization names one block; its ancestors down to the
 * last delivered block follow from parent hashes. Ancestors found wait in `trail`, by height.
 * Whoever was away fetches forwards instead: `range` holds blocks that merely continue what was
 * delivered, until a finalization of one of them, or reaching the known chain, proves them. One
 * finalization can cover hundreds of blocks. Anybody can make up blocks, so only the first of
 * those unproven keep their bodies; the others are fetched a second time, once proven. */
#include "consensus/rules.h"

#include <assert.h>
#include <string.h>

bool final_is_delivered(const struct consensus *self)
{
    return self->final.known && hash_equal(&self->final.delivered.hash, &self->final.hash);
}

static struct consensus_block *trail_slot(const struct finality *final, uint64_t height)
{
    return &final->trail[height % final->span_max];
}

static const struct consensus_block *trail_at(const struct finality *final, uint64_t height)
{
    const struct consensus_block *block = trail_slot(final, height);
    return block->header.height == height && height > final->delivered.header.height ? block : NULL;
}

static void trail_put(struct finality *final, const struct consensus_block *block)
{
    uint64_t height = block->header.height;
    if (height > final->delivered.header.height &&
        height - final->delivered.header.height <= final->span_max)
        *trail_slot(final, height) = *block;
}

/* A body among what belongs to the final chain or may come to: not the views above F. */
const struct consensus_block *final_find(const struct consensus *self, const struct hash *hash)
{
    const struct finality *final = &self->final;
    if (final->known && hash_equal(hash, &final->block.hash))
        return &final->block;
    if (hash_equal(hash, &final->delivered.hash))
        return &final->delivered;
    if (final_is_delivered(self))
        return NULL;
    for (uint32_t i = 0; i < final->range_bodies; i++)
        if (hash_equal(hash, &final->range[i].hash))
            return &final->range[i];
    for (uint32_t i = 0; i < final->span_max; i++)
        if (final->trail[i].header.height > final->delivered.header.height &&
            hash_equal(hash, &final->trail[i].hash))
            return &final->trail[i];
    return NULL;
}

/* An ancestor wherever we may hold it; the records of views below F stay until reused. */
static const struct consensus_block *
find_ancestor(const struct consensus *self, const struct hash *hash, uint64_t view, uint64_t height)
{
    const struct finality *final = &self->final;
    const struct consensus_block *block = trail_at(final, height);
    if (block != NULL && hash_equal(hash, &block->hash))
        return block;
    const struct held_block *held = views_block(&self->views, view, hash);
    if (held != NULL)
        return &held->block;
    for (uint32_t i = 0; i < final->range_bodies; i++)
        if (hash_equal(hash, &final->range[i].hash))
            return &final->range[i];
    if (hash_equal(hash, &final->delivered.hash))
        return &final->delivered;
    return NULL;
}

static void set_gap(struct finality *final, const struct hash *hash, uint64_t view)
{
    final->gap = true;
    final->gap_hash = *hash;
    final->gap_view = view;
    final->gap_height_known = false;
    final->gap_height = 0;
}

/* From the final block towards the last delivered one, as far as bodies are held. */
static void walk_down(struct consensus *self)
{
    struct finality *final = &self->final;
    final->gap = false;
    if (final_is_delivered(self) || self->halt != HALT_NONE)
        return;
    if (!final->known) {
        const struct consensus_block *block =
            find_ancestor(self, &final->hash, final->view, UINT64_MAX);
        if (block == NULL) {
            set_gap(final, &final->hash, final->view);
            return;
        }
        final->block = *block;
        final->known = true;
        if (final_is_delivered(self))
            return;
    }
    const struct consensus_block *block = &final->block;
    for (;;) {
        const struct block_header *header = &block->header;
        uint64_t base = final->delivered.header.height;
        if (header->height <= base || (header->height == base + 1 &&
                                       !hash_equal(&header->parent_hash, &final->delivered.hash))) {
            effects_halt(self, HALT_CONFLICTING_CERTS); /* It does not extend what was final. */
            return;
        }
        trail_put(final, block);
        effects_keep_body(self, &block->hash);
        if (header->height == base + 1)
            return;
        const struct consensus_block *parent =
            find_ancestor(self, &header->parent_hash, header->parent_view, header->height - 1);
        if (parent == NULL) {
            set_gap(final, &header->parent_hash, header->parent_view);
            final->gap_height_known = true;
            final->gap_height = header->height - 1;
            return;
        }
        if (parent->header.height != header->height - 1) {
            effects_halt(self, HALT_INVALID_NOTARIZED); /* A quorum signed a wrong height. */
            return;
        }
        block = parent;
    }
}

/* The first `count` of the range are final. What proves them is kept until they are delivered. */
static void prove_range(struct consensus *self, uint32_t count, const struct cert *cert)
{
    struct finality *final = &self->final;
    if (final->range_proven > 0)
        return;
    if (self->effects.delivers_count > 0) { /* They may borrow the signatures. */
        self->effects.more = true;
        return;
    }
    final->proof = *cert;
    final->proof.signatures = (const uint8_t(*)[SIGNATURE_SIZE]) final->proof_signatures;
    memcpy(final->proof_signatures, cert->signatures,
           (size_t)cert->signatures_count * SIGNATURE_SIZE);
    final->range_proven = count;
    effects_keep_cert(self, &final->proof);
}

/* What is missing of the known chain may have been passed on the way up, without its body. */
static void walk(struct consensus *self)
{
    const struct finality *final = &self->final;
    walk_down(self);
    for (uint32_t i = final->range_bodies; final->gap && i < final->range_count; i++)
        if (hash_equal(&final->range[i].hash, &final->gap_hash))
            prove_range(self, i + 1, &final->cert);
}

/* A new highest finalization; its signatures lie in our buffer. */
void final_take(struct consensus *self, const struct cert *cert)
{
    struct finality *final = &self->final;
    assert(cert->view > final->view);
    views_finalize(&self->views, final->view, cert->view);
    final->view = cert->view;
    final->hash = cert->hash;
    final->cert = *cert;
    final->known = false;
    self->grow = GROW_ONE;
    walk(self);
}

void final_forget_range(struct consensus *self)
{
    self->final.range_count = self->final.range_bodies = self->final.range_proven = 0;
}

/* What was delivered meanwhile. */
static void drop_range(struct consensus *self)
{
    struct finality *final = &self->final;
    uint32_t used = 0;
    while (used < final->range_count &&
           final->range[used].header.height <= final->delivered.header.height)
        used++;
    if (final_is_delivered(self) || used == final->range_count ||
        !hash_equal(&final->range[used].header.parent_hash, &final->delivered.hash)) {
        final_forget_range(self);
        return;
    }
    if (used == 0)
        return;
    final->range_count -= used;
    final->range_bodies -= used < final->range_bodies ? used : final->range_bodies;
    final->range_proven -= used < final->range_proven ? used : final->range_proven;
    memmove(final->range, final->range + used, final->range_count * sizeof(*final->range));
}

/* Either the next header, or a body that the range has only the header of. */
static void extend_range(struct consensus *self, const struct consensus_block *block)
{
    struct finality *final = &self->final;
    uint64_t base = final->delivered.header.height;
    uint64_t height = block->header.height;
    if (height <= base || height - base > final->span_max)
        return;
    uint32_t at = (uint32_t)(height - base - 1);
    const struct consensus_block *last = at == 0 ? &final->delivered : &final->range[at - 1];
    bool again = at < final->range_count;
    if (again ? at != final->range_bodies || !hash_equal(&block->hash, &final->range[at].hash)
              : at != final->range_count || !hash_equal(&block->header.parent_hash, &last->hash))
        return;
    if (again && at == RANGE_MAX)
        return;
    if (!again)
        final->range[final->range_count++] = *block;
    if (at == final->range_bodies && at < RANGE_MAX)
        final->range_bodies++;
    sync_final_came(self, true);
}

/* Any body handed in while something final is missing. */
void final_take_block(struct consensus *self, const struct consensus_block *block)
{
    struct finality *final = &self->final;
    if (final_is_delivered(self))
        return;
    if (!final->known && hash_equal(&block->hash, &final->hash)) {
        final->block = *block;
        final->known = true;
        sync_final_came(self, false);
    } else if (final->gap && hash_equal(&block->hash, &final->gap_hash)) {
        if (block->header.height != final->gap_height) {
            effects_halt(self, HALT_INVALID_NOTARIZED);
            return;
        }
        trail_put(final, block);
        sync_final_came(self, false);
    }
    extend_range(self, block);
    walk(self);
}

int final_find_range(const struct consensus *self, const struct cert *cert)
{
    for (uint32_t i = 0; i < self->final.range_count; i++)
        if (self->final.range[i].header.view == cert->view &&
            hash_equal(&self->final.range[i].hash, &cert->hash))
            return (int)i;
    return -1;
}

static void push_to_followers(struct consensus *self, const struct hash *hash)
{
    const struct cert *cert = &self->final.cert;
    uint32_t me = self->config.self;
    for (uint32_t i = self->n; is_voter(self) && i < self->config.peers_count; i++) {
        uint32_t first = (i - self->n) % self->n;
        bool mine = me == first || me == (first + 1) % self->n;
        if (mine && self->peers[i].link == PEER_UP)
            effects_send_block(self, i, hash, cert);
    }
}

static void deliver(struct consensus *self, const struct consensus_block *block,
                    const struct cert *finalization)
{
    struct finality *final = &self->final;
    struct consensus_effects *effects = &self->effects;
    assert(effects->delivers_count < EFFECT_DELIVERS_MAX);
    assert(block->header.height == final->delivered.header.height + 1);
    effects->delivers[effects->delivers_count++] =
        (struct consensus_deliver){.height = block->header.height,
                                   .hash = block->hash,
                                   .view = block->header.view,
                                   .finalization = *finalization};
    final->delivered = *block;
    self->app_fresh = false;
}

/* A finalization at or below F that proves the range up to its block. */
void final_take_range_cert(struct consensus *self, const struct cert *cert)
{
    int last = final_find_range(self, cert);
    if (last >= 0 && !final_is_delivered(self))
        prove_range(self, (uint32_t)last + 1, cert);
}

static void deliver_range(struct consensus *self)
{
    struct finality *final = &self->final;
    uint32_t count =
        final->range_proven < final->range_bodies ? final->range_proven : final->range_bodies;
    uint32_t room = EFFECT_DELIVERS_MAX - self->effects.delivers_count;
    if (count > room) {
        count = room;
        self->effects.more = true;
    }
    for (uint32_t i = 0; i < count; i++) {
        effects_keep_body(self, &final->range[i].hash);
        deliver(self, &final->range[i], &final->proof);
    }
    drop_range(self);
}

static void deliver_trail(struct consensus *self)
{
    struct finality *final = &self->final;
    uint32_t pushes = 0;
    for (;;) {
        const struct consensus_block *next = trail_at(final, final->delivered.header.height + 1);
        if (next == NULL || !hash_equal(&next->header.parent_hash, &final->delivered.hash))
            return;
        if (self->effects.delivers_count == EFFECT_DELIVERS_MAX) {
            self->effects.more = true;
            return;
        }
        struct consensus_block block = *next;
        deliver(self, &block, &final->cert);
        if (pushes++ < 4) /* Followers far behind fetch a range instead. */
            push_to_followers(self, &block.hash);
    }
}

void final_deliver(struct consensus *self)
{
    if (final_is_delivered(self) || self->halt != HALT_NONE)
        return;
    deliver_range(self);
    deliver_trail(self);
    drop_range(self);
    walk(self); /* Room in the trail, or nothing missing any more. */
}
