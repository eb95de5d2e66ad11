/* SPDX-License-Identifier: Apache-2.0 */
/* session_peers.c - what peers send and what is sent to them. Bytes of a peer are decoded, asked
 * for by consensus (wants), verified, and only then stepped. */
#include <string.h>

#include "base/log.h"
#include "codec/block.h"
#include "node/session_relay.h"
#include "node/session_state.h"

enum {
    ACTS_FRAME_MAX = 48 * 1024,
    GOSSIP_BYTES_MAX = 256 * 1024,
    STORE_RETRY_MS = 1000,
};

static void send_to(struct session *self, uint32_t peer, enum wire_urgency urgency)
{
    if (peer < self->peers_count && peer != self->self && !session_relay_takes(self, peer))
        self->env.send(self->env.context, session_peer_key(self, peer), urgency,
                       buffer_bytes(&self->frame));
}

void session_send(struct session *self, uint32_t peer, enum wire_urgency urgency,
                  const struct peer_message *message)
{
    struct peer_message tagged = *message;
    memcpy(tagged.forum_tag, self->tag, FORUM_TAG_SIZE);
    buffer_clear(&self->frame);
    enum comity_error error =
        peer_message_encode(&tagged, self->charter->orderers_count, &self->frame);
    if (error != COMITY_OK) {
        log_line(LOG_WARNING, "wire", "forum=%s a message could not be encoded: %s", self->name,
                 error_text(error));
        return;
    }
    for (uint32_t i = 0; i < self->charter->orderers_count && peer == CONSENSUS_TO_ALL; i++)
        send_to(self, i, urgency);
    if (peer != CONSENSUS_TO_ALL)
        send_to(self, peer, urgency);
    session_relay_out(self, urgency);
}

/* Declarations go to everybody: they must be seen even where nothing is ordered. */
static void flush_acts(struct session *self, uint32_t peer, const struct bytes *acts, size_t count,
                       bool declares)
{
    struct peer_message message = {.kind = PEER_ACTS};
    message.as.acts.acts = acts;
    message.as.acts.count = count;
    session_send(self, peer, WIRE_BULK, &message);
    if (peer != CONSENSUS_TO_ALL || !declares)
        return;
    for (uint32_t i = self->charter->orderers_count; i < self->peers_count; i++)
        send_to(self, i, WIRE_BULK);
    session_relay_out(self, WIRE_BULK);
}

/* Acts on their way to one receiver, in frames of a bounded size. */
struct acts_batch {
    uint32_t peer;
    struct bytes acts[BLOCK_ACTS_MAX];
    size_t count, size, total;
    bool declares;
};

static void batch_flush(struct session *self, struct acts_batch *batch)
{
    if (batch->count > 0)
        flush_acts(self, batch->peer, batch->acts, batch->count, batch->declares);
    batch->count = 0;
    batch->size = 0;
    batch->declares = false;
}

static void batch_add(struct session *self, struct acts_batch *batch, const struct pool_act *act)
{
    if (batch->size + act->encoded.size > ACTS_FRAME_MAX || batch->count == BLOCK_ACTS_MAX)
        batch_flush(self, batch);
    batch->acts[batch->count++] = act->encoded;
    batch->size += act->encoded.size;
    batch->total += act->encoded.size;
    batch->declares = batch->declares || act->kind == ACT_ALONE || act->kind == ACT_WITHDRAW;
}

/* Everything here that is not final, whoever signed it: an act that one orderer alone holds keeps
 * that one asking for a block, and its author may be gone. Own acts first. */
void session_send_acts(struct session *self, uint32_t peer)
{
    static struct acts_batch batch; /* 64 KiB; one loop, one thread. */
    batch = (struct acts_batch){.peer = peer};
    for (int own = 1; own >= 0; own--) {
        uint64_t cursor = 0;
        const struct pool_act *act;
        while ((act = pool_next(self->pool, &cursor)) != NULL && batch.total < GOSSIP_BYTES_MAX) {
            bool durable = !act->own || act->seq <= self->durable_seq;
            if (durable && act->own == (own == 1))
                batch_add(self, &batch, act);
        }
    }
    batch_flush(self, &batch);
}

static void send_new_acts(struct session *self)
{
    static struct acts_batch batch;
    batch = (struct acts_batch){.peer = CONSENSUS_TO_ALL};
    for (uint64_t seq = self->sent_seq + 1; seq <= self->durable_seq; seq++) {
        const struct pool_act *act = pool_find(self->pool, (uint32_t)self->seat, seq);
        if (act != NULL)
            batch_add(self, &batch, act);
    }
    batch_flush(self, &batch);
    self->sent_seq = self->durable_seq;
}

void session_finish(struct session *self, struct session_time time)
{
    self->time = time;
    if (self->seat >= 0 && self->sent_seq < self->durable_seq)
        send_new_acts(self);
    if (time.now_ms < self->store_retry_ms)
        return;
    enum comity_error error = chain_flush(&self->chain);
    if (error == COMITY_OK)
        return;
    self->store_retry_ms = time.now_ms + STORE_RETRY_MS;
    log_line(LOG_ERROR, "store", "forum=%s %u blocks wait to be written: %s", self->name,
             (unsigned)self->chain.unstored_count, error_text(error));
}

/* --- Verifying --- */

static bool vote_is_signed(const struct session *self, const struct vote *vote)
{
    uint8_t message[VOTE_SIGN_SIZE];
    vote_sign_bytes(&self->domain, vote->kind, vote->view, &vote->hash, message);
    return identity_verify(session_peer_key(self, vote->signer), "vote",
                           bytes_of(message, sizeof message), vote->signature) == COMITY_OK;
}

/* True if every signature asked for (all where `verify` is NULL) is good. */
static bool cert_signatures_hold(const struct session *self, const struct cert *cert,
                                 const uint64_t *verify)
{
    uint8_t message[VOTE_SIGN_SIZE];
    uint32_t at = 0;
    vote_sign_bytes(&self->domain, cert->kind, cert->view, &cert->hash, message);
    for (uint32_t i = 0; i < self->charter->orderers_count; i++) {
        if (!cert_has_signer(cert, i))
            continue;
        const uint8_t *signature = cert->signatures[at++];
        if ((verify == NULL || (verify[i / 64] >> (i % 64) & 1) != 0) &&
            identity_verify(session_peer_key(self, i), "vote", bytes_of(message, sizeof message),
                            signature) != COMITY_OK)
            return false;
    }
    return true;
}

bool session_cert_is_signed(const struct session *self, const struct cert *cert)
{
    return cert->signatures_count >= quorum_size(self->charter->orderers_count) &&
           cert_signatures_hold(self, cert, NULL);
}

void session_verify_cert(struct session *self, uint32_t peer, const struct cert *cert)
{
    uint64_t verify[SEATS_MAX / 64];
    if (!consensus_wants_cert(self->consensus, cert, verify))
        return;
    if (!cert_signatures_hold(self, cert, verify)) {
        session_offend(self, peer, "sent a certificate with a forged signature");
        return;
    }
    struct consensus_event event = {.kind = EVENT_CERT, .peer = peer, .cert = cert};
    session_step(self, &event);
}

/* --- Receiving --- */

static void take_vote(struct session *self, uint32_t peer, const struct vote *vote)
{
    if (!consensus_wants_vote(self->consensus, peer, vote))
        return;
    if (!vote_is_signed(self, vote)) {
        session_offend(self, peer, "sent a vote with a forged signature");
        return;
    }
    struct consensus_event event = {.kind = EVENT_VOTE, .peer = peer, .vote = vote};
    session_step(self, &event);
}

static void take_proposal(struct session *self, uint32_t peer, const struct peer_message *message)
{
    struct block_header header;
    const struct vote *vote = &message->as.proposal.vote;
    if (block_header_decode(message->as.proposal.header, &header) != COMITY_OK ||
        !hash_equal(&header.forum, &self->charter->id))
        return;
    struct consensus_block block = {.header = header, .hash = block_header_hash(&header)};
    if (!hash_equal(&block.hash, &vote->hash)) {
        session_offend(self, peer, "sent a proposal whose vote is for another block");
        return;
    }
    if (!consensus_wants_proposal(self->consensus, peer, &block, vote))
        return;
    if (!vote_is_signed(self, vote)) {
        session_offend(self, peer, "sent a proposal with a forged signature");
        return;
    }
    struct body *body;
    struct fault fault = {{0}};
    enum comity_error error =
        bodies_add(&self->bodies, self->charter, self->pool, message->as.proposal.header,
                   message->as.proposal.body, &body, &fault);
    if (error != COMITY_OK && error != COMITY_EXISTS) {
        (void)fault_prefix(&fault, error, "sent a proposal that was dropped: ");
        session_offend(self, peer, fault.text);
        return;
    }
    session_flag_tick(self, body);
    struct consensus_event event = {
        .kind = EVENT_PROPOSAL, .peer = peer, .block = &body->block, .vote = vote};
    session_step(self, &event);
}

uint32_t session_tellers(const struct session *self)
{
    uint32_t agreeing = 0;
    for (uint32_t i = 0; i < self->charter->orderers_count; i++) {
        if (i != self->self && self->peers[i].told && self->peers[i].told_seq < self->next_seq)
            agreeing++;
    }
    return agreeing;
}

/* Once f+1 orderers know no more of our acts than we do. */
static bool next_slot_is_free(const struct session *self)
{
    return session_tellers(self) >= quorum_faults(self->charter->orderers_count) + 1;
}

bool session_is_asking(const struct session *self)
{
    return self->time.now_ms < self->asking_until_ms && !next_slot_is_free(self);
}

/* After a rollback. */
static void release_acts(struct session *self)
{
    if (!next_slot_is_free(self) ||
        session_remember_observing(self->env.store, &self->charter->id, false) != COMITY_OK)
        return;
    self->acts_held = false;
    log_line(LOG_INFO, "forum",
             "forum=%s enough daemons know this key's acts up to %llu: it may "
             "act again",
             self->name, (unsigned long long)(self->next_seq - 1));
}

/* It signs no act before it has heard what is known of its acts (session_is_asking). Once a pace:
 * two that start together would answer each other for ever. */
static void answer_who_started(struct session *self, uint32_t peer)
{
    struct session_peer *asker = &self->peers[peer];
    if (asker->answered_ms != 0 && self->time.now_ms - asker->answered_ms < self->charter->pace_ms)
        return;
    asker->answered_ms = self->time.now_ms;
    struct consensus_status own = consensus_own_status(self->consensus, peer, self->time.utc_ms);
    session_send_status(self, peer, &own);
}

static void take_status(struct session *self, uint32_t peer, const struct peer_message *message)
{
    struct consensus_status status = {
        .final_view = message->as.status.final_view,
        .view = message->as.status.view,
        .height = message->as.status.height,
        .last_seen_view = message->as.status.last_seen_view,
        .utc_ms = message->as.status.utc_ms,
        .going_away = message->as.status.going_away,
        .asks_votes = message->as.status.asks_votes,
    };
    if (status.going_away)
        log_line(LOG_DEBUG, "wire", "forum=%s %s is going away", self->name,
                 self->charter->seats[self->peers[peer].seat].name);
    self->peers[peer].told = true;
    self->peers[peer].told_seq = message->as.status.your_seq;
    if (self->acts_held)
        release_acts(self);
    struct consensus_event event = {.kind = EVENT_STATUS, .peer = peer, .status = &status};
    session_step(self, &event);
    if (status.asks_votes)
        answer_who_started(self, peer);
}

/* The answer of one whom we asked. What it says too late, or again, is no offence. */
static bool fetch_is_ours(struct session *self, uint32_t peer, uint64_t id)
{
    uint64_t slot = id % SESSION_FETCHES_MAX;
    if (id == 0 || self->fetch_ids[slot] != id)
        return false;
    return self->fetch_peers[slot] == peer || self->fetch_peers[slot] == CONSENSUS_TO_ALL;
}

static void take_block(struct session *self, uint32_t peer, const struct peer_block *block)
{
    struct body *body;
    struct fault fault = {{0}};
    enum comity_error error = bodies_add(&self->bodies, self->charter, self->pool, block->header,
                                         block->body, &body, &fault);
    if (error != COMITY_OK && error != COMITY_EXISTS) {
        (void)fault_prefix(&fault, error, "sent a block that was dropped: ");
        session_offend(self, peer, fault.text);
        return;
    }
    if (!hash_equal(&body->block.header.forum, &self->charter->id))
        return;
    session_flag_tick(self, body);
    struct consensus_event event = {.kind = EVENT_BLOCK, .peer = peer, .block = &body->block};
    session_step(self, &event);
    if (block->has_cert)
        session_verify_cert(self, peer, &block->cert);
}

static void take_blocks(struct session *self, uint32_t peer, const struct peer_message *message)
{
    bool orders = self->self < self->charter->orderers_count;
    bool pushed = message->as.blocks.id == 0 && !orders && peer < self->charter->orderers_count;
    if (!pushed && !fetch_is_ours(self, peer, message->as.blocks.id)) {
        /* Orderers are pushed nothing. An answer may come late, even to one who was restarted. */
        if (message->as.blocks.id == 0 && orders)
            session_offend(self, peer, "sent blocks that nobody asked for");
        else if (message->as.blocks.id > self->fetch_id)
            session_report(self, peer, "sent blocks that nobody asked for");
        return;
    }
    for (size_t i = 0; i < message->as.blocks.count && !self->halted; i++) {
        const struct peer_block *block = &message->as.blocks.blocks[i];
        /* A pushed block proves itself first: its body alone would be anybody's word. */
        if (pushed && block->has_cert)
            session_verify_cert(self, peer, &block->cert);
        if (!session_mend(self, block))
            take_block(self, peer, block);
        session_settle(self, self->time);
    }
    bodies_sweep(&self->bodies, self->consensus);
}

void session_take_frame(struct session *self, uint32_t peer, struct bytes frame, bool relayed)
{
    struct peer_message message;
    struct fault fault = {{0}};
    if (self->time.now_ms < self->peers[peer].ignored_until_ms)
        return;         /* The wire knows of its own link only. */
    struct arena arena; /* Scratch is used on the way; the message must outlive that. */
    arena_init(&arena, 8 << 20);
    enum comity_error error =
        peer_message_decode(frame, self->charter->orderers_count, &arena, &message, &fault);
    if (error != COMITY_OK) {
        (void)fault_prefix(&fault, error, "sent a frame that was dropped: ");
        session_offend(self, peer, fault.text);
        arena_free(&arena);
        return;
    }
    switch (message.kind) {
    case PEER_PROPOSAL:
        take_proposal(self, peer, &message);
        break;
    case PEER_VOTE:
        take_vote(self, peer, &message.as.vote);
        break;
    case PEER_CERT:
        session_verify_cert(self, peer, &message.as.cert);
        break;
    case PEER_STATUS:
        take_status(self, peer, &message);
        break;
    case PEER_FETCH:
        session_take_fetch(self, peer, &message);
        break;
    case PEER_BLOCKS:
        take_blocks(self, peer, &message);
        break;
    case PEER_ACTS:
        for (size_t i = 0; i < message.as.acts.count; i++)
            session_take_act(self, peer, message.as.acts.acts[i], false);
        break;
    case PEER_RELAY:
        if (!relayed)
            session_take_relay(self, peer, &message);
        break;
    case PEER_ROUTES_WANTED:
    case PEER_ROUTES:
        if (!relayed)
            session_take_routes(self, peer, &message);
        break;
    }
    arena_reset(&self->scratch);
    arena_free(&arena);
}

void session_receive(struct session *self, const uint8_t key[KEY_SIZE], struct bytes frame,
                     struct session_time time)
{
    uint32_t peer = session_find_peer(self, key);
    self->time = time;
    if (peer == UINT32_MAX || session_is_stalled(self))
        return; /* Admitted for another forum only; or the disk is full: it will be sent again. */
    session_take_frame(self, peer, frame, false);
}
