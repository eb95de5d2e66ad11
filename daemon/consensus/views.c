/* SPDX-License-Identifier: Apache-2.0 */
#include "consensus/views.h"

#include <assert.h>
#include <string.h>

static bool share_signatures(struct views *self, struct arena *arena)
{
    size_t pairs = (size_t)self->capacity + self->kept_max + SPARES_MAX;
    uint8_t(*signatures)[SIGNATURE_SIZE] = arena_array(arena, pairs * 2 * self->q, SIGNATURE_SIZE);
    if (signatures == NULL)
        return false;
    for (uint32_t i = 0; i < pairs; i++) {
        uint8_t(*first)[SIGNATURE_SIZE] = signatures + (size_t)i * 2 * self->q;
        if (i >= self->capacity + self->kept_max) {
            uint32_t spare = i - self->capacity - self->kept_max;
            self->spares[spare][0] = first;
            self->spares[spare][1] = first + self->q;
            continue;
        }
        struct view_record *record =
            i < self->capacity ? &self->ring[i] : &self->kept[i - self->capacity];
        record->notarization.signatures = first;
        record->nullification.signatures = first + self->q;
    }
    return true;
}

enum comity_error views_init(struct views *self, struct arena *arena, uint32_t n, uint32_t capacity)
{
    *self = (struct views){.n = n, .q = quorum_size(n), .capacity = capacity};
    self->tallies_count = capacity < TALLIES_MAX ? capacity : TALLIES_MAX;
    self->kept_max = capacity < KEPT_MIN ? KEPT_MIN : capacity;
    self->ring = arena_array(arena, capacity, sizeof(*self->ring));
    self->kept = arena_array(arena, self->kept_max, sizeof(*self->kept));
    self->skipped = arena_array(arena, SPAN_MAX / 64, sizeof(uint64_t));
    self->closed = arena_array(arena, SPAN_MAX / 64, sizeof(uint64_t));
    if (self->ring == NULL || self->kept == NULL || self->skipped == NULL || self->closed == NULL ||
        !share_signatures(self, arena))
        return COMITY_MEMORY;
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
    if (view == 0)
        return NULL;
    if (record->view == view)
        return record;
    for (uint32_t i = 0; i < self->kept_count; i++)
        if (self->kept[i].view == view)
            return &self->kept[i];
    return NULL;
}

static bool get_bit(const uint64_t *bits, uint64_t view)
{
    return bit_get(bits, (uint32_t)(view % SPAN_MAX));
}

static void put_bit(uint64_t *bits, uint64_t view)
{
    bit_set(bits, (uint32_t)(view % SPAN_MAX));
}

static bool has_kept_room(const struct views *self, uint64_t final_view)
{
    for (uint32_t i = 0; i < self->kept_count; i++)
        if (self->kept[i].view <= final_view)
            return true;
    return self->kept_count < self->kept_max;
}

bool views_fits(const struct views *self, uint64_t view, uint64_t final_view)
{
    if (view <= final_view || view - final_view > SPAN_MAX)
        return false;
    const struct view_record *record = &self->ring[view % self->capacity];
    if (views_find(self, view) != NULL || record->view <= final_view)
        return true;
    bool droppable = record->view < view && !record->notarization.held;
    return droppable || has_kept_room(self, final_view);
}

static void make_empty(struct view_record *record, uint64_t view)
{
    uint8_t(*notarization)[SIGNATURE_SIZE] = record->notarization.signatures;
    uint8_t(*nullification)[SIGNATURE_SIZE] = record->nullification.signatures;
    memset(record, 0, sizeof(*record));
    record->view = view;
    record->notarization.signatures = notarization;
    record->nullification.signatures = nullification;
}

static struct view_record *kept_slot(struct views *self, uint64_t final_view)
{
    for (uint32_t i = 0; i < self->kept_count; i++)
        if (self->kept[i].view <= final_view)
            return &self->kept[i];
    assert(self->kept_count < self->kept_max);
    return &self->kept[self->kept_count++];
}

/* Effects of this step may borrow the signatures: the record goes on with spare memory. */
static void drop(struct views *self, struct view_record *record)
{
    if (record->nullification.held)
        put_bit(self->skipped, record->view);
    put_bit(self->closed, record->view);
    uint8_t(*notarization)[SIGNATURE_SIZE] = record->notarization.signatures;
    uint8_t(*nullification)[SIGNATURE_SIZE] = record->nullification.signatures;
    record->notarization.signatures = self->spares[self->spare][0];
    record->nullification.signatures = self->spares[self->spare][1];
    self->spares[self->spare][0] = notarization;
    self->spares[self->spare][1] = nullification;
    self->spare = (self->spare + 1) % SPARES_MAX;
}

struct view_record *views_make(struct views *self, uint64_t view, uint64_t final_view)
{
    struct view_record *found = views_find(self, view);
    if (found != NULL)
        return found;
    if (!views_fits(self, view, final_view))
        return NULL;
    struct view_record *record = &self->ring[view % self->capacity];
    if (record->view > final_view) {
        if (record->view < view && !record->notarization.held) {
            drop(self, record);
        } else {
            struct view_record *slot = kept_slot(self, final_view);
            if (record->view < view) {
                struct view_record older = *record;
                *record = *slot; /* For its signature memory. */
                *slot = older;
            } else {
                record = slot; /* The older of the two is the one that moves aside. */
            }
        }
    }
    make_empty(record, view);
    if (get_bit(self->closed, view))
        record->own[VOTE_NULLIFY - 1].asked = true; /* Bars NOTARIZE and FINALIZE. */
    return record;
}

void views_skip(struct views *self, uint64_t view)
{
    put_bit(self->skipped, view);
    put_bit(self->closed, view);
}

void views_close(struct views *self, uint64_t view)
{
    put_bit(self->closed, view);
}

bool views_is_closed(const struct views *self, uint64_t view)
{
    return get_bit(self->closed, view);
}

bool views_is_past(const struct views *self, uint64_t view, uint64_t final_view)
{
    const struct view_record *record = &self->ring[view % self->capacity];
    return view > final_view && view - final_view <= SPAN_MAX && record->view > view &&
           views_find(self, view) == NULL;
}

uint32_t views_records(const struct views *self)
{
    return self->capacity + self->kept_count;
}

struct view_record *views_record(const struct views *self, uint32_t index)
{
    return index < self->capacity ? &self->ring[index] : &self->kept[index - self->capacity];
}

void views_finalize(struct views *self, uint64_t old_final_view, uint64_t final_view)
{
    if (final_view - old_final_view >= SPAN_MAX) {
        memset(self->skipped, 0, SPAN_MAX / 8);
        memset(self->closed, 0, SPAN_MAX / 8);
        return;
    }
    for (uint64_t view = old_final_view + 1; view <= final_view; view++) {
        uint64_t mask = ~((uint64_t)1 << (view % 64));
        self->skipped[view % SPAN_MAX / 64] &= mask;
        self->closed[view % SPAN_MAX / 64] &= mask;
    }
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

struct held_block *views_keep_block(struct view_record *record, const struct consensus_block *block)
{
    struct held_block *slot = record_block(record, &block->hash);
    if (slot != NULL)
        return slot;
    for (uint32_t i = 0; i < VIEW_BLOCKS_MAX && slot == NULL; i++)
        if (!record->blocks[i].held)
            slot = &record->blocks[i];
    for (uint32_t i = 0; i < VIEW_BLOCKS_MAX && slot == NULL; i++)
        if (!record->blocks[i].ancestor && !is_referred_to(record, &record->blocks[i].block.hash))
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
    if (record != NULL && record_cert(record, kind)->held)
        return true;
    return kind == VOTE_NULLIFY && get_bit(self->skipped, view);
}

bool views_cert(const struct views *self, enum vote_kind kind, uint64_t view, struct cert *ret_cert)
{
    const struct view_record *record = views_find(self, view);
    if (record == NULL || !record_cert(record, kind)->held)
        return false;
    const struct held_cert *held = record_cert(record, kind);
    *ret_cert = (struct cert){.kind = kind,
                              .view = view,
                              .hash = held->hash,
                              .signatures_count = self->q,
                              .signatures = (const uint8_t(*)[SIGNATURE_SIZE])held->signatures};
    memcpy(ret_cert->signers, held->signers, sizeof(ret_cert->signers));
    return true;
}
