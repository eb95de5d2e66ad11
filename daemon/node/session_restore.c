/* SPDX-License-Identifier: Apache-2.0 */
/* session_restore.c - what the files know of this forum, given back to consensus; and what of it
 * the journal must carry over when it is rotated. */
#include <stdlib.h>
#include <string.h>

#include "codec/block.h"
#include "node/session_state.h"

/* Remember a record that a rotation of the journal must carry over. */
enum comity_error session_keep_live(struct session *self, enum journal_kind kind, uint64_t view,
                                    uint64_t seq, struct bytes payload)
{
    struct live_record *live = malloc(sizeof *live + payload.size);
    if (live == NULL)
        return COMITY_MEMORY;
    *live = (struct live_record){.kind = kind, .view = view, .seq = seq, .size = payload.size};
    memcpy(live->payload, payload.data, payload.size);
    /* In the order they were made: a rotated journal is replayed like the first one. */
    struct live_record **end = self->live == NULL ? &self->live : &self->live_last->next;
    *end = live;
    self->live_last = live;
    return COMITY_OK;
}

/* The floor comes first: what is not carried over has been, and is not forgotten. */
static struct journal_record floor_record(const struct session *self, uint8_t ret_payload[16])
{
    struct writer writer;
    writer_init(&writer, ret_payload, 16);
    writer_u64(&writer, self->voted_view);
    writer_u64(&writer, self->journaled_seq);
    return (struct journal_record){
        .kind = JOURNAL_FINAL, .forum = self->charter->id, .payload = bytes_of(ret_payload, 16)};
}

size_t session_live_records(struct session *self, struct journal_record *ret_records, size_t max)
{
    size_t count = 0;
    if (max > 0)
        ret_records[0] = floor_record(self, self->floor);
    count++;
    for (const struct live_record *live = self->live; live != NULL; live = live->next) {
        if (count < max)
            ret_records[count] =
                (struct journal_record){.kind = live->kind,
                                        .forum = self->charter->id,
                                        .payload = bytes_of(live->payload, live->size)};
        count++;
    }
    return count;
}

size_t session_durable_acts(const struct session *self, struct journal_record *ret_records,
                            size_t max)
{
    size_t count = 0;
    for (const struct live_record *live = self->live; live != NULL; live = live->next) {
        if (live->kind != JOURNAL_ACT || live->seq > self->durable_seq)
            continue;
        if (count < max)
            ret_records[count] =
                (struct journal_record){.kind = live->kind,
                                        .forum = self->charter->id,
                                        .payload = bytes_of(live->payload, live->size)};
        count++;
    }
    return count;
}

/* The last block with a certificate of its own: those after it, if any, were final by a descendant
 * that a crash kept out of the store, and will be delivered again (and found executed). */
static enum comity_error find_last_cert(struct session *self, struct store_block *ret_block)
{
    for (uint64_t height = self->chain.now.height; height > 0; height--) {
        enum comity_error error =
            store_get_block(self->env.store, &self->charter->id, height, &self->scratch, ret_block);
        if (error != COMITY_OK || ret_block->cert.size > 0)
            return error;
    }
    return COMITY_NOT_FOUND;
}

enum comity_error session_restore_final(struct session *self, struct fault *fault)
{
    struct store_block stored;
    struct cert cert;
    struct consensus_block block = {0};
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++)
        pool_finalize(self->pool, seat, forum_seat_seq(self->chain.forum, seat));
    enum comity_error error = find_last_cert(self, &stored);
    if (error == COMITY_NOT_FOUND)
        return COMITY_OK; /* An empty record. */
    if (error == COMITY_OK)
        error = block_header_decode(stored.header, &block.header);
    if (error == COMITY_OK)
        error =
            cert_decode(stored.cert, self->charter->orderers_count, &self->scratch, &cert, fault);
    block.hash = stored.hash;
    if (error == COMITY_OK &&
        (cert.kind != VOTE_FINALIZE || cert.view != block.header.view ||
         !hash_equal(&cert.hash, &block.hash) || !session_cert_is_signed(self, &cert)))
        error = fault_set(fault, COMITY_DAMAGED, "its certificate does not verify");
    if (error != COMITY_OK)
        return fault_prefix(fault, error,
                            "block %llu of the record: ", (unsigned long long)stored.height);
    consensus_restore_final(self->consensus, &block, &cert);
    guard_finalize(self->guard, block.header.view);
    return COMITY_OK;
}

/* What a rotation says was there before it: votes up to a view, acts up to a seq. */
static void restore_floor(struct session *self, struct bytes payload)
{
    struct reader reader;
    reader_init(&reader, payload);
    uint64_t view = reader_u64(&reader);
    uint64_t seq = reader_u64(&reader);
    if (!reader_done(&reader))
        return;
    if (view > self->voted_view)
        self->voted_view = view;
    if (seq > self->journaled_seq)
        self->journaled_seq = seq;
}

static void restore_vote(struct session *self, struct bytes payload)
{
    struct vote vote;
    if (vote_decode(payload, &vote, NULL) != COMITY_OK)
        return;
    if (vote.signer != self->self) { /* A file of another daemon, put in the place of ours. */
        self->foreign_journal = true;
        return;
    }
    if (vote.view > self->voted_view)
        self->voted_view = vote.view;
    /* What the journal has was signed, whatever the guard thinks of it: consensus must know. */
    if (guard_record(self->guard, vote.kind, vote.view, &vote.hash) == COMITY_CLOSED)
        return;
    consensus_restore_vote(self->consensus, &vote);
    (void)!session_keep_live(self, JOURNAL_VOTE, vote.view, 0, payload);
}

static void restore_body(struct session *self, struct bytes payload)
{
    struct body *body;
    if (payload.size < BLOCK_HEADER_SIZE)
        return;
    struct bytes header = bytes_of(payload.data, BLOCK_HEADER_SIZE);
    struct bytes encoded =
        bytes_of(payload.data + BLOCK_HEADER_SIZE, payload.size - BLOCK_HEADER_SIZE);
    enum comity_error error =
        bodies_add(&self->bodies, self->charter, self->pool, header, encoded, &body, NULL);
    if (error == COMITY_OK && body->block.header.view > consensus_final_view(self->consensus)) {
        session_flag_tick(self, body);
        body->journaled = true;
        consensus_restore_block(self->consensus, &body->block);
        (void)!session_keep_live(self, JOURNAL_BODY, body->block.header.view, 0, payload);
    }
}

static void restore_cert(struct session *self, struct bytes payload)
{
    struct cert cert;
    if (cert_decode(payload, self->charter->orderers_count, &self->scratch, &cert, NULL) !=
            COMITY_OK ||
        cert.view <= consensus_final_view(self->consensus) || !session_cert_is_signed(self, &cert))
        return;
    consensus_restore_cert(self->consensus, &cert);
    (void)!session_keep_live(self, JOURNAL_CERT, cert.view, 0, payload);
}

static void restore_act(struct session *self, struct bytes payload)
{
    if (payload.size < 1 || payload.size < 1u + payload.data[0])
        return;
    size_t at = 1u + payload.data[0];
    struct bytes encoded = bytes_of(payload.data + at, payload.size - at);
    struct hash id;
    uint32_t seat;
    uint64_t seq;
    if (signed_act_peek(encoded, &self->scratch, &id, &seat, &seq) != COMITY_OK)
        return;
    if ((int64_t)seat != self->seat) {
        self->foreign_journal = true;
        return;
    }
    if (seq > self->journaled_seq)
        self->journaled_seq = seq;
    if (seq >= self->next_seq)
        self->next_seq = seq + 1;
    if (payload.data[0] <= SESSION_KEY_MAX)
        session_remember_request(self, bytes_of(payload.data + 1, payload.data[0]), &id, seq);
    session_take_act(self, self->self, encoded, true);
    if (pool_find(self->pool, seat, seq) != NULL)
        (void)!session_keep_live(self, JOURNAL_ACT, 0, seq, payload);
}

/* The record in the store shows what this key signed and the journal must have known: a journal
 * that was cut off or swapped for an older one does not. */
static void check_journal_age(struct session *self)
{
    struct store_block stored;
    struct cert cert;
    if (self->seat < 0)
        return;
    bool older = forum_seat_seq(self->chain.forum, (uint32_t)self->seat) > self->journaled_seq;
    if (self->self < self->charter->orderers_count && find_last_cert(self, &stored) == COMITY_OK &&
        cert_decode(stored.cert, self->charter->orderers_count, &self->scratch, &cert, NULL) ==
            COMITY_OK &&
        cert_has_signer(&cert, self->self) && cert.view > self->voted_view)
        older = true;
    if (older)
        session_rolled_back(self, "votes.journal lacks what the record shows");
}

/* Certificates need their bodies, votes need both: kinds in this order. */
void session_restore_journal(struct session *self, const struct session_restored *restored)
{
    static const enum journal_kind order[] = {JOURNAL_FINAL, JOURNAL_BODY, JOURNAL_CERT,
                                              JOURNAL_VOTE, JOURNAL_ACT};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < restored->count; i++) {
            const struct journal_record *record = &restored->records[i];
            if (record->kind != order[k])
                continue;
            if (record->kind == JOURNAL_FINAL)
                restore_floor(self, record->payload);
            if (record->kind == JOURNAL_BODY)
                restore_body(self, record->payload);
            if (record->kind == JOURNAL_CERT)
                restore_cert(self, record->payload);
            if (record->kind == JOURNAL_VOTE)
                restore_vote(self, record->payload);
            if (record->kind == JOURNAL_ACT)
                restore_act(self, record->payload);
        }
    }
    check_journal_age(self);
    if (self->foreign_journal)
        session_rolled_back(self, "votes.journal holds what another key signed");
    self->durable_seq = self->next_seq - 1;
    self->sent_seq = self->next_seq - 1; /* Re-gossip goes by links, see watch_links. */
}
