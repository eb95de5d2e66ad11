/* SPDX-License-Identifier: Apache-2.0 */
/* session_serve.c - blocks and certificates for peers that ask, and for followers. */
#include "base/log.h"
#include "codec/block.h"
#include "node/session_state.h"

enum { RANGE_BYTES_MAX = 1 << 20, RANGE_BLOCKS_MAX = 64 };

static bool spend_token(struct session *self, uint32_t peer)
{
    struct session_peer *asker = &self->peers[peer];
    if (self->time.now_ms - asker->tokens_ms >= 1000) {
        asker->tokens_ms = self->time.now_ms;
        asker->tokens = 20;
    }
    if (asker->tokens == 0)
        return false;
    asker->tokens--;
    return true;
}

/* A block, held or stored; bytes live in scratch or in the set of bodies. */
static bool load_block(struct session *self, const struct hash *hash, uint64_t height,
                       struct peer_block *ret_block)
{
    struct store_block stored;
    const struct body *body = hash == NULL ? NULL : bodies_find(&self->bodies, hash);
    *ret_block = (struct peer_block){0};
    if (body != NULL) {
        ret_block->header = bytes_of(body->header, BLOCK_HEADER_SIZE);
        ret_block->body = body->encoded;
        return true;
    }
    enum comity_error error =
        hash != NULL
            ? store_find_block(self->env.store, &self->charter->id, hash, &self->scratch, &stored)
            : store_get_block(self->env.store, &self->charter->id, height, &self->scratch, &stored);
    if (error == COMITY_DAMAGED)
        session_found_damaged(self, hash == NULL ? height : 0);
    if (error != COMITY_OK)
        return false;
    ret_block->header = stored.header;
    ret_block->body = stored.body;
    ret_block->has_cert = stored.cert.size > 0 &&
                          cert_decode(stored.cert, self->charter->orderers_count, &self->scratch,
                                      &ret_block->cert, NULL) == COMITY_OK &&
                          hash_equal(&ret_block->cert.hash, &stored.hash);
    if (stored.cert.size > 0 && !ret_block->has_cert)
        session_found_damaged(self, stored.height);
    return true;
}

static void send_blocks(struct session *self, uint32_t peer, uint64_t id,
                        const struct peer_block *blocks, size_t count)
{
    struct peer_message message = {.kind = PEER_BLOCKS};
    message.as.blocks.id = id;
    message.as.blocks.blocks = blocks;
    message.as.blocks.count = count;
    session_send(self, peer, WIRE_BULK, &message);
}

void session_send_block(struct session *self, uint32_t peer, const struct hash *hash)
{
    struct peer_block block;
    /* Deliveries of this turn may not be in the store yet. */
    if (chain_flush(&self->chain) != COMITY_OK)
        return;
    struct store_block stored;
    if (store_find_block(self->env.store, &self->charter->id, hash, &self->scratch, &stored) ==
        COMITY_OK) {
        if (load_block(self, NULL, stored.height, &block))
            send_blocks(self, peer, 0, &block, 1);
    }
}

struct served_certs {
    struct session *session;
    uint32_t peer;
    uint64_t last;
    uint32_t left;
};

/* Nullifications that consensus holds no more. What it does hold it has sent itself. */
static enum comity_error serve_cert(void *context, uint64_t view, uint8_t kind,
                                    struct bytes encoded)
{
    struct served_certs *served = context;
    struct session *self = served->session;
    struct cert cert;
    uint64_t verify[SEATS_MAX / 64];
    if (view > served->last || served->left == 0)
        return COMITY_CLOSED; /* Enough. */
    if (kind != VOTE_NULLIFY ||
        cert_decode(encoded, self->charter->orderers_count, &self->scratch, &cert, NULL) !=
            COMITY_OK ||
        !consensus_wants_cert(self->consensus, &cert, verify))
        return COMITY_OK;
    struct peer_message message = {.kind = PEER_CERT};
    message.as.cert = cert;
    session_send(self, served->peer, WIRE_BULK, &message);
    served->left--;
    return COMITY_OK;
}

static void serve_certs(struct session *self, uint32_t peer, const struct consensus_fetch *fetch)
{
    uint64_t final_view = consensus_final_view(self->consensus);
    struct served_certs served = {
        .session = self, .peer = peer, .last = fetch->last, .left = RANGE_BLOCKS_MAX};
    struct consensus_event event = {.kind = EVENT_FETCH, .peer = peer, .fetch = fetch};
    session_step(self, &event);
    if (fetch->first == 0 || fetch->last < fetch->first || fetch->last <= final_view)
        return;
    uint64_t above = fetch->first - 1 > final_view ? fetch->first - 1 : final_view;
    enum comity_error error =
        store_each_view_cert(self->env.store, &self->charter->id, 0, above, serve_cert, &served);
    if (error != COMITY_OK && error != COMITY_CLOSED)
        log_line(LOG_WARNING, "store", "forum=%s certificates cannot be read: %s", self->name,
                 error_text(error));
}

/* Finalized blocks from a height on; several frames, so that each stays below the limit. */
static void serve_range(struct session *self, uint32_t peer, uint64_t first, uint64_t id)
{
    size_t total = 0;
    bool proven = false; /* The last block sent had a finalization of its own. */
    for (uint32_t i = 0; i < RANGE_BLOCKS_MAX && (total < RANGE_BYTES_MAX || !proven); i++) {
        struct peer_block block;
        if (first + i > self->chain.now.height - self->chain.unstored_count ||
            !load_block(self, NULL, first + i, &block))
            return;
        total += block.body.size + BLOCK_HEADER_SIZE;
        proven = block.has_cert;
        send_blocks(self, peer, id, &block, 1);
        arena_reset(&self->scratch);
    }
}

void session_take_fetch(struct session *self, uint32_t peer, const struct peer_message *message)
{
    struct peer_block block;
    struct consensus_fetch fetch = {
        .kind = (enum consensus_fetch_kind)message->as.fetch.kind,
        .first = message->as.fetch.first,
        .last = message->as.fetch.last,
        .hash = message->as.fetch.hash,
    };
    uint64_t id = message->as.fetch.id;
    if (!spend_token(self, peer)) {
        session_report(self, peer, "asks for more than its ration of blocks and certificates");
        return;
    }
    if (fetch.kind == FETCH_CERTS) {
        serve_certs(self, peer, &fetch);
    } else if (fetch.kind == FETCH_BLOCK) {
        if (load_block(self, &fetch.hash, 0, &block))
            send_blocks(self, peer, id, &block, 1);
    } else if (fetch.kind == FETCH_RANGE && fetch.first > 0) {
        serve_range(self, peer, fetch.first, id);
    }
}
