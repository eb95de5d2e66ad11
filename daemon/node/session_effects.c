/* SPDX-License-Identifier: Apache-2.0 */
/* session_effects.c - obeys what consensus asks for: persist, send, deliver. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "codec/block.h"
#include "node/session_state.h"

static void obey_bodies(struct session *self, const struct consensus_effects *effects)
{
    for (uint32_t i = 0; i < effects->bodies_count; i++) {
        struct body *body = bodies_find(&self->bodies, &effects->bodies[i]);
        if (body == NULL || body->journaled)
            continue; /* Executed meanwhile: the store has it. Or once is enough. */
        body->journaled = true;
        buffer_clear(&self->payload);
        enum comity_error error = buffer_append(&self->payload, body->header, BLOCK_HEADER_SIZE);
        if (error == COMITY_OK)
            error = buffer_append(&self->payload, body->encoded.data, body->encoded.size);
        if (error == COMITY_OK)
            error = session_journal(self, JOURNAL_BODY, body->block.header.view, 0,
                                    buffer_bytes(&self->payload));
        if (error != COMITY_OK)
            session_halt(self, "a block could not be journaled");
    }
}

static void obey_certs(struct session *self, const struct consensus_effects *effects)
{
    for (uint32_t i = 0; i < effects->certs_count; i++) {
        const struct cert *cert = &effects->certs[i];
        buffer_clear(&self->payload);
        enum comity_error error = cert_encode(cert, self->charter->orderers_count, &self->payload);
        if (error == COMITY_OK)
            error =
                session_journal(self, JOURNAL_CERT, cert->view, 0, buffer_bytes(&self->payload));
        /* Consensus forgets nullifications in a long row of them; who was away needs each, and
         * later they name culprits, should two chains ever conflict. */
        if (error == COMITY_OK && cert->kind == VOTE_NULLIFY &&
            store_put_view_cert(self->env.store, &self->charter->id, 0, cert->view, VOTE_NULLIFY,
                                buffer_bytes(&self->payload)) != COMITY_OK)
            log_line(LOG_WARNING, "store", "forum=%s a nullification was not kept", self->name);
        if (error != COMITY_OK)
            session_halt(self, "a certificate could not be journaled");
    }
}

/* The one place where a vote of ours is signed; the guard has the last word. */
static void sign_vote(struct session *self, const struct vote *wanted)
{
    if (self->observing || self->halted)
        return;
    struct vote vote = *wanted;
    enum comity_error error = guard_record(self->guard, vote.kind, vote.view, &vote.hash);
    if (error != COMITY_OK) {
        log_line(LOG_ERROR, "ordering", "forum=%s the guard refused a vote in view %llu: %s",
                 self->name, (unsigned long long)vote.view, error_text(error));
        return;
    }
    uint8_t message[VOTE_SIGN_SIZE];
    vote_sign_bytes(&self->domain, vote.kind, vote.view, &vote.hash, message);
    identity_sign(self->env.identity, "vote", bytes_of(message, sizeof message), vote.signature);
    buffer_clear(&self->payload);
    error = vote_encode(&vote, &self->payload);
    if (error == COMITY_OK)
        error = session_journal(self, JOURNAL_VOTE, vote.view, 0, buffer_bytes(&self->payload));
    if (error == COMITY_OK && self->signed_count == self->signed_capacity) {
        uint32_t capacity = self->signed_capacity == 0 ? 16 : self->signed_capacity * 2;
        struct vote *votes = realloc(self->signed_votes, capacity * sizeof *votes);
        error = votes == NULL ? COMITY_MEMORY : COMITY_OK;
        if (votes != NULL) {
            self->signed_votes = votes;
            self->signed_capacity = capacity;
        }
    }
    if (error != COMITY_OK) {
        session_halt(self, "an own vote could not be journaled");
        return;
    }
    if (vote.view > self->voted_view)
        self->voted_view = vote.view;
    self->signed_votes[self->signed_count++] = vote;
}

static void send_proposal(struct session *self, const struct consensus_send *send)
{
    const struct body *body = bodies_find(&self->bodies, &send->hash);
    if (body == NULL)
        return;
    struct peer_message message = {.kind = PEER_PROPOSAL};
    message.as.proposal.header = bytes_of(body->header, BLOCK_HEADER_SIZE);
    message.as.proposal.body = body->encoded;
    message.as.proposal.vote = send->vote;
    session_send(self, send->to, WIRE_URGENT, &message);
}

static void send_fetch(struct session *self, const struct consensus_send *send)
{
    struct peer_message message = {.kind = PEER_FETCH};
    self->fetch_id++;
    self->fetch_ids[self->fetch_id % SESSION_FETCHES_MAX] = self->fetch_id;
    self->fetch_peers[self->fetch_id % SESSION_FETCHES_MAX] = send->to;
    message.as.fetch.kind = (uint32_t)send->fetch.kind;
    message.as.fetch.first = send->fetch.first;
    message.as.fetch.last = send->fetch.last;
    message.as.fetch.hash = send->fetch.hash;
    message.as.fetch.id = self->fetch_id;
    session_send(self, send->to, WIRE_URGENT, &message);
}

/* The highest seq of a seat's acts that is known here, final or not. */
static uint64_t known_seq(const struct session *self, uint32_t seat)
{
    uint64_t seq = forum_seat_seq(self->chain.forum, seat);
    uint64_t cursor = 0;
    const struct pool_act *act;
    while ((act = pool_next(self->pool, &cursor)) != NULL) {
        if (act->seat == seat && act->seq > seq)
            seq = act->seq;
    }
    return seq;
}

void session_send_status(struct session *self, uint32_t peer, const struct consensus_status *status)
{
    struct peer_message message = {.kind = PEER_STATUS};
    message.as.status.final_view = status->final_view;
    message.as.status.view = status->view;
    message.as.status.height = status->height;
    message.as.status.last_seen_view = status->last_seen_view;
    message.as.status.your_seq = known_seq(self, self->peers[peer].seat);
    message.as.status.utc_ms = status->utc_ms;
    message.as.status.going_away = status->going_away;
    message.as.status.asks_votes = status->asks_votes;
    session_send(self, peer, WIRE_URGENT, &message);
}

/* To all: each is told something else of itself. */
static void send_status(struct session *self, const struct consensus_send *send)
{
    if (send->to != CONSENSUS_TO_ALL) {
        session_send_status(self, send->to, &send->status);
        return;
    }
    for (uint32_t i = 0; i < self->charter->orderers_count; i++) {
        if (i != self->self)
            session_send_status(self, i, &send->status);
    }
}

static void obey_send(struct session *self, const struct consensus_send *send)
{
    struct peer_message message = {0};
    switch (send->kind) {
    case SEND_PROPOSAL:
        send_proposal(self, send);
        return;
    case SEND_VOTE:
        message.kind = PEER_VOTE;
        message.as.vote = send->vote;
        session_send(self, send->to, WIRE_URGENT, &message);
        return;
    case SEND_CERT:
        message.kind = PEER_CERT;
        message.as.cert = send->cert;
        session_send(self, send->to, WIRE_URGENT, &message);
        return;
    case SEND_STATUS:
        send_status(self, send);
        return;
    case SEND_FETCH:
        send_fetch(self, send);
        return;
    case SEND_BLOCK: /* After the deliveries, see session_obey. */
        return;
    case SEND_ACTS:
        session_send_acts(self, send->to);
        return;
    }
}

static void live_prune(struct session *self, uint64_t final_view)
{
    uint64_t final_seq = self->seat < 0 ? 0 : pool_final_seq(self->pool, (uint32_t)self->seat);
    struct live_record **at = &self->live;
    self->live_last = NULL;
    while (*at != NULL) {
        struct live_record *record = *at;
        bool gone =
            record->kind == JOURNAL_ACT ? record->seq <= final_seq : record->view <= final_view;
        if (gone) {
            *at = record->next;
            free(record);
        } else {
            self->live_last = record;
            at = &record->next;
        }
    }
}

/* False: nothing new was executed. */
static bool execute(struct session *self, const struct consensus_deliver *deliver)
{
    if (deliver->height <= self->chain.now.height)
        return false; /* Executed before a restart that knew no certificate of it. */
    const struct body *body = bodies_find(&self->bodies, &deliver->hash);
    struct bytes cert = {0};
    struct fault fault = {{0}};
    enum comity_error error = body == NULL ? COMITY_NOT_FOUND : COMITY_OK;
    buffer_clear(&self->payload);
    if (error == COMITY_OK && hash_equal(&deliver->finalization.hash, &deliver->hash)) {
        error = cert_encode(&deliver->finalization, self->charter->orderers_count, &self->payload);
        cert = buffer_bytes(&self->payload);
    }
    struct outcomes outcomes;
    if (error == COMITY_OK)
        error = chain_execute(&self->chain, body, cert, deliver->view, &outcomes, &fault);
    if (error != COMITY_OK) {
        session_halt(self, fault.text[0] != '\0' ? fault.text : error_text(error));
        return false;
    }
    session_acts_final(self, body, &outcomes);
    return true;
}

static void obey_delivers(struct session *self, const struct consensus_effects *effects)
{
    bool executed = false;
    for (uint32_t i = 0; i < effects->delivers_count && !self->halted; i++) {
        executed = execute(self, &effects->delivers[i]) || executed;
    }
    if (!executed)
        return;
    self->app_changed = true;
    self->work_known = false;
    uint64_t final_view = self->chain.header.view;
    guard_finalize(self->guard, final_view);
    live_prune(self, final_view);
}

static void keep_evidence(struct session *self, const struct consensus_evidence *evidence)
{
    log_line(LOG_WARNING, "ordering",
             "forum=%s %s signed two conflicting votes in view %llu: kept as evidence", self->name,
             self->charter->seats[self->charter->orderers[evidence->first.signer]].name,
             (unsigned long long)evidence->first.view);
    buffer_clear(&self->payload);
    enum comity_error error = vote_encode(&evidence->first, &self->payload);
    struct buffer second = {0};
    if (error == COMITY_OK)
        error = vote_encode(&evidence->second, &second);
    uint8_t size[4];
    struct writer writer;
    writer_init(&writer, size, sizeof size);
    writer_u32(&writer, (uint32_t)self->payload.size);
    struct buffer both = {0};
    if (error == COMITY_OK)
        error = buffer_append(&both, size, sizeof size);
    if (error == COMITY_OK)
        error = buffer_append(&both, self->payload.data, self->payload.size);
    if (error == COMITY_OK)
        error = buffer_append(&both, second.data, second.size);
    if (error == COMITY_OK)
        error = store_add_evidence(self->env.store, &self->charter->id, buffer_bytes(&both));
    if (error != COMITY_OK)
        log_line(LOG_ERROR, "store", "forum=%s evidence could not be kept: %s", self->name,
                 error_text(error));
    buffer_free(&second);
    buffer_free(&both);
}

/* A quorum thinks otherwise. If it is about the state, then this daemon's has drifted. */
static void halt_invalid(struct session *self)
{
    char why[sizeof self->alarm];
    struct text text;
    text_init(&text, why, sizeof why);
    if (self->drift_height == 0)
        text_add(&text, "a quorum notarized a block that is invalid here");
    else
        text_format(&text,
                    "a quorum commits to another state of height %llu than this daemon's: stop it, "
                    "keep its files, compare `comity status --json` of the daemons",
                    (unsigned long long)self->drift_height);
    session_halt(self, why);
}

void session_obey(struct session *self, const struct consensus_effects *effects)
{
    obey_bodies(self, effects);
    obey_certs(self, effects);
    for (uint32_t i = 0; i < effects->votes_count; i++)
        sign_vote(self, &effects->votes[i]);
    for (uint32_t i = 0; i < effects->sends_count; i++)
        obey_send(self, &effects->sends[i]);
    obey_delivers(self, effects);
    for (uint32_t i = 0; i < effects->sends_count; i++) {
        if (effects->sends[i].kind == SEND_BLOCK)
            session_send_block(self, effects->sends[i].to, &effects->sends[i].hash);
    }
    for (uint32_t i = 0; i < effects->validates_count; i++) {
        if (self->validates_count < SESSION_VALIDATES_MAX)
            self->validates[self->validates_count++] = effects->validates[i];
    }
    if (effects->build) {
        self->build = true;
        self->build_empty = effects->build_empty;
        self->build_view = effects->build_view;
        self->build_parent = effects->build_parent;
        self->build_time_ms = effects->build_time_ms;
    }
    for (uint32_t i = 0; i < effects->evidence_count; i++)
        keep_evidence(self, &effects->evidence[i]);
    self->deadline_ms = effects->deadline_ms;
    self->more = effects->more;
    if (effects->halt == HALT_CONFLICTING_CERTS)
        session_halt(self, "two certificates contradict each other: more than a third lie");
    if (effects->halt == HALT_INVALID_NOTARIZED)
        halt_invalid(self);
}
