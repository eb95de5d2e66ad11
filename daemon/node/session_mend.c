/* SPDX-License-Identifier: Apache-2.0 */
/* session_mend.c - blocks of the record whose rows no longer are what was written.
 *
 * The hash of such a block stands in the block after it, so it is asked of the peers by that hash;
 * whatever comes proves itself by it, and nobody's word is taken. What peers do not send, outcomes
 * and state, is kept if the row's checksum vouches for it, or else executed anew. Meanwhile all
 * that comes before the damage, and every question about the state, is answered as ever. */
#include "base/log.h"
#include "codec/block.h"
#include "node/session_state.h"

enum { MEND_AGAIN_MS = 2000 };

void session_found_damaged(struct session *self, uint64_t height)
{
    for (uint32_t i = 0; i < self->mend.count; i++) {
        if (self->mend.heights[i] == height)
            return;
    }
    if (height == 0 || height > session_stored_height(self) ||
        self->mend.count == SESSION_MENDS_MAX)
        return; /* It will be found again. */
    self->mend.heights[self->mend.count++] = height;
    log_line(LOG_ERROR, "store",
             "forum=%s block %llu of the record is damaged on disk: it waits for a peer that sends "
             "it again; the rest is served meanwhile",
             self->name, (unsigned long long)height);
    self->mend.ask_ms = 0;
}

static void forget(struct session *self, uint64_t height)
{
    for (uint32_t i = 0; i < self->mend.count; i++) {
        if (self->mend.heights[i] == height)
            self->mend.heights[i--] = self->mend.heights[--self->mend.count];
    }
    self->mend.height = 0;
    self->mend.ask_ms = 0;
}

/* What the record says the block's hash is. The block after it may be damaged too: its header
 * is good if it has the hash that the next one names, and so on. */
static enum comity_error proven_hash(struct session *self, uint64_t height, uint32_t depth,
                                     struct hash *ret_hash)
{
    struct store_block next;
    struct block_header header;
    struct hash hash;
    uint32_t crc;
    if (height == self->chain.now.height) {
        *ret_hash = self->chain.block_hash;
        return COMITY_OK;
    }
    enum comity_error error =
        store_get_block(self->env.store, &self->charter->id, height + 1, &self->scratch, &next);
    bool damaged = error == COMITY_DAMAGED;
    if (damaged && depth < SESSION_MENDS_MAX) {
        session_found_damaged(self, height + 1);
        error = store_get_damaged(self->env.store, &self->charter->id, height + 1, &self->scratch,
                                  &next, &crc);
        if (error == COMITY_OK)
            error = proven_hash(self, height + 1, depth + 1, &hash);
    }
    if (error == COMITY_OK)
        error = block_header_decode(next.header, &header);
    if (error != COMITY_OK)
        return error;
    struct hash own = block_header_hash(&header);
    if (damaged && !hash_equal(&own, &hash))
        return COMITY_DAMAGED;
    *ret_hash = header.parent_hash;
    return COMITY_OK;
}

/* One after the other, from the highest down: one may wait for another. */
static uint64_t next_to_ask(const struct session *self)
{
    uint64_t highest = 0;
    uint64_t below = 0;
    for (uint32_t i = 0; i < self->mend.count; i++) {
        uint64_t height = self->mend.heights[i];
        highest = height > highest ? height : highest;
        below = height > below && height < self->mend.asked ? height : below;
    }
    return below > 0 ? below : highest;
}

void session_mend_turn(struct session *self)
{
    if (self->mend.count == 0 || self->time.now_ms < self->mend.ask_ms)
        return;
    self->mend.ask_ms = self->time.now_ms + MEND_AGAIN_MS;
    uint64_t height = next_to_ask(self);
    self->mend.asked = height;
    self->mend.height = 0;
    enum comity_error error = proven_hash(self, height, 0, &self->mend.hash);
    if (error == COMITY_OK) {
        self->mend.height = height;
        struct peer_message message = {.kind = PEER_FETCH};
        self->fetch_id++;
        self->fetch_ids[self->fetch_id % SESSION_FETCHES_MAX] = self->fetch_id;
        self->fetch_peers[self->fetch_id % SESSION_FETCHES_MAX] = CONSENSUS_TO_ALL;
        message.as.fetch.kind = FETCH_BLOCK;
        message.as.fetch.hash = self->mend.hash;
        message.as.fetch.id = self->fetch_id;
        session_send(self, CONSENSUS_TO_ALL, WIRE_BULK, &message);
    }
    arena_reset(&self->scratch);
}

/* Outcomes and state: those in the row, if its checksum is right with them, or executed anew. */
static enum comity_error complete(struct session *self, struct store_block *block,
                                  struct redone *redone)
{
    struct store_block old;
    uint32_t crc;
    uint64_t stopped = 0;
    enum comity_error error = store_get_damaged(self->env.store, &self->charter->id, block->height,
                                                &self->scratch, &old, &crc);
    if (error == COMITY_OK) {
        block->outcomes = old.outcomes;
        block->state_hash = old.state_hash;
        if (store_block_crc(block) == crc)
            return COMITY_OK;
    }
    error = chain_redo(&self->chain, &self->genesis, block->header, block->body, redone, &stopped);
    if (error == COMITY_DAMAGED && stopped < block->height)
        session_found_damaged(self, stopped);
    if (error == COMITY_DAMAGED)
        self->mend.ask_ms = 0; /* That one first. */
    block->outcomes = buffer_bytes(&redone->outcomes);
    block->state_hash = redone->state_hash;
    return error;
}

/* The certificate of the row if it is good, else that of the peer; none where a later block's has
 * to do, as for most blocks that were final with a descendant. */
static void choose_cert(struct session *self, const struct peer_block *sent,
                        const struct block_header *header, struct store_block *block)
{
    struct store_block old;
    struct cert cert;
    uint32_t crc;
    if (store_get_damaged(self->env.store, &self->charter->id, block->height, &self->scratch, &old,
                          &crc) == COMITY_OK &&
        cert_decode(old.cert, self->charter->orderers_count, &self->scratch, &cert, NULL) ==
            COMITY_OK &&
        cert.kind == VOTE_FINALIZE && cert.view == header->view &&
        hash_equal(&cert.hash, &block->hash) && session_cert_is_signed(self, &cert)) {
        block->cert = old.cert;
        return;
    }
    buffer_clear(&self->payload);
    if (sent->has_cert && sent->cert.kind == VOTE_FINALIZE && sent->cert.view == header->view &&
        hash_equal(&sent->cert.hash, &block->hash) && session_cert_is_signed(self, &sent->cert) &&
        cert_encode(&sent->cert, self->charter->orderers_count, &self->payload) == COMITY_OK)
        block->cert = buffer_bytes(&self->payload);
}

static enum comity_error write_row(struct session *self, const struct store_block *block)
{
    enum comity_error error = store_begin(self->env.store);
    if (error == COMITY_OK)
        error = store_mend_block(self->env.store, &self->charter->id, block);
    if (error == COMITY_OK)
        error = store_commit(self->env.store);
    if (error != COMITY_OK)
        store_rollback(self->env.store);
    return error;
}

bool session_mend(struct session *self, const struct peer_block *sent)
{
    struct block_header header;
    struct bodies bodies = {0};
    struct body *body;
    struct redone redone = {0};
    if (self->mend.height == 0 || block_header_decode(sent->header, &header) != COMITY_OK)
        return false;
    struct store_block block = {.height = self->mend.height,
                                .view = header.view,
                                .hash = block_header_hash(&header),
                                .header = sent->header,
                                .body = sent->body};
    if (!hash_equal(&block.hash, &self->mend.hash))
        return false;
    if (bodies_add(&bodies, self->charter, self->pool, sent->header, sent->body, &body, NULL) !=
        COMITY_OK)
        return false; /* Another body than its header's: the sender's offence. */
    bodies_clear(&bodies);
    enum comity_error error = complete(self, &block, &redone);
    if (error == COMITY_OK) {
        choose_cert(self, sent, &header, &block);
        error = write_row(self, &block);
    }
    if (error == COMITY_OK) {
        log_line(LOG_INFO, "store", "forum=%s block %llu of the record is good again", self->name,
                 (unsigned long long)block.height);
        forget(self, block.height);
    } else if (error != COMITY_DAMAGED) {
        log_line(LOG_ERROR, "store", "forum=%s block %llu of the record cannot be mended: %s",
                 self->name, (unsigned long long)block.height, error_text(error));
    }
    buffer_free(&redone.outcomes);
    arena_reset(&self->scratch);
    return true;
}
