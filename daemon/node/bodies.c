/* SPDX-License-Identifier: Apache-2.0 */
#include "node/bodies.h"

#include <stdlib.h>
#include <string.h>

#include "codec/block.h"
#include "identity/identity.h"

struct body *bodies_find(const struct bodies *self, const struct hash *hash)
{
    for (struct body *body = self->first; body != NULL; body = body->next) {
        if (hash_equal(&body->block.hash, hash))
            return body;
    }
    return NULL;
}

static void body_free(struct body *body)
{
    if (body == NULL)
        return;
    arena_free(&body->arena);
    free(body);
}

/* The order of acts in a block is fixed (seat, then consecutive seq), so that one set of acts has
 * one block. */
static bool act_follows(const struct act *act, const struct act *previous)
{
    if (previous == NULL || act->seat > previous->seat)
        return true;
    return act->seat == previous->seat && act->seq == previous->seq + 1;
}

static bool act_is_signed(const struct charter *charter, struct pool *pool,
                          const struct signed_act *act)
{
    const struct charter_seat *seat = &charter->seats[act->act.seat];
    const struct pool_act *other;
    if (identity_verify(seat->key, ACT_SIGN_TAG, act->act_bytes, act->signature) != COMITY_OK)
        return false;
    (void)!pool_add(pool, act, false, &other); /* If it does not fit there, no harm is done. */
    return true;
}

/* Evidence carries two signed acts of one slot. The pure rooms cannot verify signatures, so it is
 * done here, for every block: a leader must not frame a seat with acts it made up. */
bool evidence_is_sound(const struct charter *charter, const struct act *act, struct arena *arena)
{
    struct signed_act acts[2];
    const struct bytes encoded[2] = {act->as.evidence.first_signed, act->as.evidence.second_signed};
    for (int i = 0; i < 2; i++) {
        if (signed_act_decode(encoded[i], arena, &acts[i], NULL) != COMITY_OK ||
            acts[i].act.seat >= charter->seats_count ||
            !hash_equal(&acts[i].act.forum, &charter->id) ||
            identity_verify(charter->seats[acts[i].act.seat].key, ACT_SIGN_TAG, acts[i].act_bytes,
                            acts[i].signature) != COMITY_OK)
            return false;
    }
    return acts[0].act.seat == acts[1].act.seat && acts[0].act.seq == acts[1].act.seq &&
           acts[0].act.seat == act->as.evidence.seat && acts[0].act.seq == act->as.evidence.seq &&
           hash_equal(&acts[0].act.id, &act->as.evidence.first) &&
           hash_equal(&acts[1].act.id, &act->as.evidence.second) &&
           !hash_equal(&acts[0].act.id, &acts[1].act.id);
}

/* An act that the pool holds byte for byte was hashed and verified when it came. */
static enum comity_error decode_act(const struct pool *pool, struct bytes encoded,
                                    struct arena *arena, struct signed_act *ret_act,
                                    bool *ret_known, struct fault *fault)
{
    uint32_t seat;
    uint64_t seq;
    const struct pool_act *held = NULL;
    if (signed_act_slot(encoded, arena, &seat, &seq) == COMITY_OK)
        held = pool_match(pool, seat, seq, encoded);
    *ret_known = held != NULL;
    return held == NULL ? signed_act_decode(encoded, arena, ret_act, fault)
                        : signed_act_decode_known(encoded, &held->id, arena, ret_act, fault);
}

static enum comity_error body_decode(struct body *self, const struct charter *charter,
                                     struct pool *pool, struct fault *fault)
{
    const struct bytes *encoded;
    size_t count;
    enum comity_error error =
        block_body_decode(self->encoded, &self->arena, &encoded, &count, fault);
    if (error != COMITY_OK)
        return error;
    struct signed_act *acts = arena_array(&self->arena, count, sizeof *acts);
    struct hash *ids = arena_array(&self->arena, count, sizeof *ids);
    const uint8_t **signatures = arena_array(&self->arena, count, sizeof *signatures);
    bool *known = arena_array(&self->arena, count, sizeof *known);
    if (acts == NULL || ids == NULL || signatures == NULL || known == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        error = decode_act(pool, encoded[i], &self->arena, &acts[i], &known[i], fault);
        if (error != COMITY_OK)
            return error;
        /* The acts root does not cover texts (they can be purged later): a sender that leaves
         * one out of a new block must not pass for the leader. */
        if (acts[i].act.has_text && acts[i].act.text.size == 0)
            return fault_set(fault, COMITY_INVALID, "block: act %zu lacks its text", i);
        ids[i] = acts[i].act.id;
        signatures[i] = acts[i].signature;
    }
    struct hash root;
    error = block_acts_root(ids, signatures, count, &root);
    if (error != COMITY_OK)
        return error;
    if (!hash_equal(&root, &self->block.header.acts_root))
        return fault_set(fault, COMITY_INVALID, "block: the acts are not those of its header");
    self->is_sound = true;
    for (size_t i = 0; i < count && self->is_sound; i++) {
        const struct act *act = &acts[i].act;
        self->is_sound =
            act->seat < charter->seats_count && hash_equal(&act->forum, &charter->id) &&
            act_follows(act, i == 0 ? NULL : &acts[i - 1].act) &&
            (act->kind != ACT_EVIDENCE || evidence_is_sound(charter, act, &self->arena)) &&
            (known[i] || act_is_signed(charter, pool, &acts[i]));
    }
    self->acts = acts;
    self->acts_count = (uint32_t)count;
    return COMITY_OK;
}

enum comity_error bodies_add(struct bodies *self, const struct charter *charter, struct pool *pool,
                             struct bytes header, struct bytes encoded, struct body **ret_body,
                             struct fault *fault)
{
    struct block_header decoded;
    enum comity_error error = block_header_decode(header, &decoded);
    if (error != COMITY_OK)
        return fault_set(fault, error, "block header: wrong size or reserved bits");
    struct hash hash = block_header_hash(&decoded);
    struct body *held = bodies_find(self, &hash);
    if (held != NULL) {
        *ret_body = held;
        return COMITY_EXISTS;
    }
    if (self->count >= BODIES_MAX && self->consensus != NULL)
        bodies_sweep(self, self->consensus);
    if (self->count >= BODIES_MAX)
        return fault_set(fault, COMITY_LIMIT, "%u blocks wait already", (unsigned)self->count);
    struct body *body = calloc(1, sizeof *body);
    if (body == NULL)
        return COMITY_MEMORY;
    arena_init(&body->arena, 64 << 20);
    body->block = (struct consensus_block){.header = decoded, .hash = hash};
    memcpy(body->header, header.data, BLOCK_HEADER_SIZE);
    body->encoded = arena_bytes(&body->arena, encoded);
    error = body->encoded.data == NULL ? COMITY_MEMORY : body_decode(body, charter, pool, fault);
    if (error != COMITY_OK) {
        body_free(body);
        return error;
    }
    if (body->acts_count > 0)
        body->block.flags |= BLOCK_HAS_ACTS;
    body->next = self->first;
    self->first = body;
    self->count++;
    self->grown = true;
    *ret_body = body;
    return COMITY_OK;
}

void bodies_sweep(struct bodies *self, const struct consensus *consensus)
{
    struct body **at = &self->first;
    self->grown = false;
    while (*at != NULL) {
        struct body *body = *at;
        if (consensus_needs_body(consensus, &body->block.hash)) {
            at = &body->next;
        } else {
            *at = body->next;
            self->count--;
            body_free(body);
        }
    }
}

void bodies_clear(struct bodies *self)
{
    while (self->first != NULL) {
        struct body *body = self->first;
        self->first = body->next;
        body_free(body);
    }
    self->count = 0;
}
