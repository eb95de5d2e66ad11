/* SPDX-License-Identifier: Apache-2.0 */
#include "consensus/views.h"

#include <assert.h>
#include <string.h>

enum comity_error views_init(struct views *self, struct arena *arena, uint32_t n,
                             uint32_t capacity)
{
    *self = (struct views){.n = n, .q = quorum_size(n), .capacity = capacity};
    self->tallies_count = capacity < TALLIES_MAX ? capacity : TALLIES_MAX;
    self->ring = arena_array(arena, capacity, sizeof(*self->ring));
    uint8_t(*signatures)[SIGNATURE_SIZE] =
        arena_array(arena, (size_t)capacity * 2 * self->q, SIGNATURE_SIZE);
    if (self->ring == NULL || signatures == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < capacity; i++) {
        self->ring[i].notarization.signatures = signatures + (size_t)i * 2 * self->q;
        self->ring[i].nullification.signatures = signatures + ((size_t)i * 2 + 1) * self->q;
    }
    for (uint32_t i = 0; i < self->tallies_count; i++) {
        for (uint32_t kind = 0; kind < VOTE_KINDS; kind++) {
            struct vote_box *box = &self->tallies[i].boxes[kind];
            box->hashes = arena_array(arena, n, sizeof(*box->hashes));
            box->signatures = arena_array(arena, n, SIGNATURE_SIZE);
            if (box->hashes == NULL || box->signatures == NULL)
                return COMITY_MEMORY;
        }
    }
    return COMITY_OK;
}

struct view_record *views_find(const struct views *self, uint64_t view)
{
    struct view_record *record = &self->ring[view % self->capacity];
    return view != 0 && record->view == view ? record : NULL;
}

struct view_record *views_make(struct views *self, uint64_t view, uint64_t final_view)
{
    assert(view > final_view && view - final_view <= self->capacity);
    struct view_record *record = &self->ring[view % self->capacity];
    if (record->view == view)
        return record;
    assert(record->view < view); /* Records are only replaced by later views. */
    uint8_t(*notarization)[SIGNATURE_SIZE] = record->notarization.signatures;
    uint8_t(*nullification)[SIGNATURE_SIZE] = record->nullification.signatures;
    memset(record, 0, sizeof(*record));
    record->view = view;
    record->notarization.signatures = notarization;
    record->nullification.signatures = nullification;
    return record;
}

static struct held_block *record_block(struct view_record *record, const struct hash *hash)
{
    for (uint32_t i = 0; i < VIEW_BLOCKS_MAX; i++)
        if (record->blocks[i].held && hash_equal(&record->blocks[i].block.hash, hash))
            return &record->blocks[i];
    return NULL;
}

struct held_block *views_block(const struct views *self, uint64_t view, const struct hash *hash)
{
    struct view_record *record = views_find(self, view);
    return record == NULL ? NULL : record_block(record, hash);
}

static bool is_referred_to(const struct view_record *record, const struct hash *hash)
{
    return (record->proposed && hash_equal(&record->proposal, hash)) ||
           (record->notarization.held && hash_equal(&record->notarization.hash, hash));
}

struct held_block *views_keep_block(struct view_record *record,
                                    const struct consensus_block *block)
{
    struct held_block *slot = record_block(record, &block->hash);
    if (slot != NULL)
        return slot;
    for (uint32_t i = 0; i < VIEW_BLOCKS_MAX && slot == NULL; i++)
        if (!record->blocks[i].held)
            slot = &record->blocks[i];
    for (uint32_t i = 0; i < VIEW_BLOCKS_MAX && slot == NULL; i++)
        if (!is_referred_to(record, &record->blocks[i].block.hash))
            slot = &record->blocks[i];
    if (slot != NULL)
        *slot = (struct held_block){.held = true, .block = *block};
    return slot;
}

static const struct held_cert *record_cert(const struct view_record *record, enum vote_kind kind)
{
    return kind == VOTE_NOTARIZE ? &record->notarization : &record->nullification;
}

bool views_has(const struct views *self, enum vote_kind kind, uint64_t view)
{
    const struct view_record *record = views_find(self, view);
    return record != NULL && record_cert(record, kind)->held;
}

bool views_cert(const struct views *self, enum vote_kind kind, uint64_t view,
                struct cert *ret_cert)
{
    if (!views_has(self, kind, view))
        return false;
    const struct held_cert *held = record_cert(views_find(self, view), kind);
    *ret_cert = (struct cert){.kind = kind,
                              .view = view,
                              .hash = held->hash,
                              .signatures_count = self->q,
                              .signatures = (const uint8_t(*)[SIGNATURE_SIZE])held->signatures};
    memcpy(ret_cert->signers, held->signers, sizeof(ret_cert->signers));
    return true;
}
