/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.c - runs the cluster of cluster.h; a test program includes it, since each is one file. */
#include "cluster.h"

static inline void cluster_boot(struct cluster *self, uint32_t i)
{
    struct node *node = &self->nodes[i];
    struct consensus_config config = config_made(self->n, i);
    config.peers_count = self->count;
    config.views_max = self->views_max;
    arena_init(&node->arena, 0);
    assert_int_equal(consensus_init(&node->arena, &config, &node->consensus), COMITY_OK);
    assert_int_equal(guard_init(&node->arena, self->views_max, &node->guard), COMITY_OK);
    node->deadline_ms = INT64_MAX;
    node->told = false;
}

static inline struct cluster *cluster_new(uint32_t n, uint32_t followers)
{
    struct cluster *self = calloc(1, sizeof(*self));
    assert_non_null(self);
    self->queue = calloc(MESSAGES_MAX, sizeof(*self->queue));
    assert_non_null(self->queue);
    self->n = n;
    self->count = n + followers;
    self->views_max = 64;
    self->now_ms = 1000;
    self->delay_ms = DELAY_MS;
    for (uint32_t i = 0; i < self->count; i++) {
        self->nodes[i].due_ms = INT64_MAX;
        cluster_boot(self, i);
    }
    return self;
}

static inline void cluster_free(struct cluster *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        arena_free(&self->nodes[i].arena);
        for (uint32_t j = 0; j < LOG_MAX; j++)
            free(self->nodes[i].log_signatures[j]);
    }
    free(self->queue);
    free(self);
}

static inline void node_step(struct cluster *self, uint32_t i, struct consensus_event event);

static inline void cluster_post(struct cluster *self, uint32_t from, uint32_t to,
                                const struct consensus_send *send, bool is_body)
{
    assert_true(self->queue_count < MESSAGES_MAX);
    struct message *message = &self->queue[self->queue_count];
    *message = (struct message){.at_ms = self->now_ms + self->delay_ms,
                                .order = self->order++,
                                .from = from,
                                .to = to,
                                .send = *send,
                                .is_body = is_body};
    if (send->kind == SEND_CERT && !is_body)
        memcpy(message->signatures, send->cert.signatures,
               (size_t)send->cert.signatures_count * SIGNATURE_SIZE);
    if (self->cut[from][to] || (self->drop != NULL && self->drop(self, message)))
        return;
    self->queue_count++;
}

static inline void node_answer_fetch(struct cluster *self, uint32_t i, uint32_t peer,
                                     const struct consensus_fetch *fetch)
{
    struct node *node = &self->nodes[i];
    struct consensus_send send = {.kind = SEND_BLOCK};
    if (fetch->kind == FETCH_BLOCK) {
        int body = body_find(self, &fetch->hash);
        send.hash = fetch->hash;
        if (body >= 0 && node->bodies[body])
            cluster_post(self, i, peer, &send, true);
        return;
    }
    uint64_t last = fetch->first - 1;
    for (uint64_t h = fetch->first; h <= node->height && h < fetch->first + 64; h++)
        if (hash_equal(&node->log_certs[h - 1].hash, &self->bodies[node->log[h - 1]].block.hash))
            last = h; /* The answer ends where a finalization of its own proves it. */
    for (uint64_t h = fetch->first; h <= last; h++) {
        send.hash = self->bodies[node->log[h - 1]].block.hash;
        cluster_post(self, i, peer, &send, true);
    }
    if (last >= fetch->first) {
        send.kind = SEND_CERT;
        send.cert = node->log_certs[last - 1];
        cluster_post(self, i, peer, &send, false);
    }
}

static inline uint64_t acts_in_chain(struct cluster *self, uint32_t i,
                                     const struct consensus_block *tip)
{
    struct node *node = &self->nodes[i];
    struct consensus_block block = *tip;
    uint64_t acts = 0;
    while (block.header.height > node->height) {
        int body = body_find(self, &block.hash);
        assert_true(body >= 0);
        acts |= self->bodies[body].acts;
        if (block.header.height == node->height + 1)
            break;
        assert_true(consensus_block(node->consensus, &block.header.parent_hash, &block));
    }
    for (uint64_t h = 0; h < node->height; h++)
        acts |= self->bodies[node->log[h]].acts;
    return acts;
}

static inline void node_deliver(struct cluster *self, uint32_t i,
                                const struct consensus_deliver *deliver)
{
    struct node *node = &self->nodes[i];
    int body = body_find(self, &deliver->hash);
    assert_true(body >= 0 && node->bodies[body]);
    assert_int_equal(deliver->height, node->height + 1);
    for (uint32_t other = 0; other < self->count; other++)
        if (self->nodes[other].height > node->height)
            assert_int_equal(self->nodes[other].log[node->height], body);
    uint8_t(*signatures)[SIGNATURE_SIZE] = calloc(SEATS_MAX, SIGNATURE_SIZE);
    assert_non_null(signatures);
    assert_true(deliver->finalization.signatures_count >= quorum_size(self->n));
    memcpy(signatures, deliver->finalization.signatures,
           (size_t)deliver->finalization.signatures_count * SIGNATURE_SIZE);
    free(node->log_signatures[node->height]);
    node->log_signatures[node->height] = signatures;
    node->log_certs[node->height] = deliver->finalization;
    node->log_certs[node->height].signatures = (const void *)signatures;
    node->log[node->height++] = (uint32_t)body;
    if (self->bodies[body].block.header.time_ms >= node->due_ms)
        node->due_ms = INT64_MAX; /* The deadline has passed in forum time. */
}

static inline void node_build(struct cluster *self, uint32_t i, uint64_t view,
                              struct consensus_block parent, int64_t time_ms, bool empty)
{
    struct node *node = &self->nodes[i];
    uint64_t acts = empty ? 0 : node->pool & ~acts_in_chain(self, i, &parent);
    struct consensus_block block = block_made(self, &parent, view, time_ms, acts, i + 1);
    if (acts == 0 && time_ms >= node->due_ms)
        block.flags |= BLOCK_IS_TICK;
    block.header.state_height = node->height;
    int body = body_find(self, &block.hash);
    self->bodies[body].block = block;
    node->bodies[body] = true;
    node_step(self, i, (struct consensus_event){.kind = EVENT_BUILT, .block = &block});
}

static inline void node_tell_work(struct cluster *self, uint32_t i)
{
    struct node *node = &self->nodes[i];
    struct consensus_block tip;
    if (!consensus_tip(node->consensus, &tip))
        return;
    bool work = (node->pool & ~acts_in_chain(self, i, &tip)) != 0;
    if (node->told && hash_equal(&node->told_tip, &tip.hash) && node->told_work == work)
        return;
    node->told = true;
    node->told_tip = tip.hash;
    node->told_work = work;
    node_step(self, i,
              (struct consensus_event){.kind = EVENT_WORK, .hash = tip.hash, .has_work = work});
}

static inline void node_send(struct cluster *self, uint32_t i, const struct consensus_send *send)
{
    struct node *node = &self->nodes[i];
    node->sent[send->kind]++;
    if (send->kind == SEND_BLOCK) {
        cluster_post(self, i, send->to, send, true);
        struct consensus_send cert = *send;
        cert.kind = SEND_CERT;
        cluster_post(self, i, send->to, &cert, false);
        return;
    }
    for (uint32_t to = 0; to < self->n; to++)
        if (to != i && (send->to == to || send->to == CONSENSUS_TO_ALL))
            cluster_post(self, i, to, send, false);
    if (send->to >= self->n && send->to < self->count)
        cluster_post(self, i, send->to, send, false);
}

/* Obey in field order. Votes come back durable at once, after the sends of this step. */
static inline void node_obey(struct cluster *self, uint32_t i,
                             const struct consensus_effects *borrowed)
{
    struct node *node = &self->nodes[i];
    struct consensus_effects *effects = malloc(sizeof(*effects));
    assert_non_null(effects);
    *effects = *borrowed;
    node->deadline_ms = effects->more ? self->now_ms : effects->deadline_ms;
    node->halt = effects->halt;
    node->evidence_count += effects->evidence_count;
    for (uint32_t k = 0; k < effects->sends_count; k++)
        node_send(self, i, &effects->sends[k]);
    for (uint32_t k = 0; k < effects->delivers_count; k++)
        node_deliver(self, i, &effects->delivers[k]);
    guard_finalize(node->guard, consensus_final_view(node->consensus));
    for (uint32_t k = 0; k < effects->validates_count; k++)
        node_step(self, i,
                  (struct consensus_event){.kind = EVENT_VALIDATED,
                                           .hash = effects->validates[k],
                                           .validity =
                                               node->never_valid ? VALIDITY_INVALID : VALIDITY_OK});
    for (uint32_t k = 0; k < effects->votes_count && !node->deaf_disk; k++) {
        struct vote vote = effects->votes[k];
        enum comity_error error = guard_record(node->guard, vote.kind, vote.view, &vote.hash);
        if (error == COMITY_CLOSED)
            continue; /* Final meanwhile. */
        assert_int_equal(error, COMITY_OK);
        vote = vote_made(vote.kind, vote.view, &vote.hash, i);
        assert_true(node->journal_count < JOURNAL_MAX);
        node->journal[node->journal_count++] = vote;
        node_step(self, i, (struct consensus_event){.kind = EVENT_PERSISTED, .vote = &vote});
    }
    if (effects->build)
        node_build(self, i, effects->build_view, effects->build_parent, effects->build_time_ms,
                   effects->build_empty);
    if (effects->delivers_count > 0)
        node_step(self, i,
                  (struct consensus_event){
                      .kind = EVENT_APP, .due_ms = node->due_ms, .uncommitted = node->uncommitted});
    free(effects);
    node_tell_work(self, i);
}

static inline void node_step(struct cluster *self, uint32_t i, struct consensus_event event)
{
    struct node *node = &self->nodes[i];
    event.now_ms = self->now_ms;
    event.utc_ms = UTC_START + self->now_ms + node->skew_ms;
    if (event.kind != EVENT_LINK && event.kind != EVENT_PROPOSAL && event.kind != EVENT_VOTE &&
        event.kind != EVENT_CERT && event.kind != EVENT_STATUS && event.kind != EVENT_FETCH)
        event.peer = UINT32_MAX;
    if (event.kind != EVENT_APP)
        event.due_ms = INT64_MAX;
    node_obey(self, i, consensus_step(node->consensus, &event));
}

static inline void node_body(struct cluster *self, uint32_t i, const struct hash *hash)
{
    int body = body_find(self, hash);
    assert_true(body >= 0);
    self->nodes[i].bodies[body] = true;
    node_step(self, i,
              (struct consensus_event){.kind = EVENT_BLOCK, .block = &self->bodies[body].block});
}

static inline void node_receive(struct cluster *self, const struct message *message)
{
    uint32_t i = message->to;
    struct consensus *consensus = self->nodes[i].consensus;
    const struct consensus_send *send = &message->send;
    struct consensus_event event = {.peer = message->from};
    struct consensus_block block;
    struct cert cert = send->cert;
    uint64_t verify[SEATS_MAX / 64];
    if (message->is_body) {
        node_body(self, i, &send->hash);
        return;
    }
    switch (send->kind) {
    case SEND_PROPOSAL:
        block = self->bodies[body_find(self, &send->hash)].block;
        if (!consensus_wants_proposal(consensus, message->from, &block, &send->vote))
            return;
        self->nodes[i].bodies[body_find(self, &send->hash)] = true;
        event.kind = EVENT_PROPOSAL;
        event.block = &block;
        event.vote = &send->vote;
        break;
    case SEND_VOTE:
        if (!consensus_wants_vote(consensus, message->from, &send->vote))
            return;
        event.kind = EVENT_VOTE;
        event.vote = &send->vote;
        break;
    case SEND_CERT:
        cert.signatures = message->signatures;
        if (!consensus_wants_cert(consensus, &cert, verify))
            return;
        event.kind = EVENT_CERT;
        event.cert = &cert;
        break;
    case SEND_STATUS:
        event.kind = EVENT_STATUS;
        event.status = &send->status;
        break;
    case SEND_FETCH:
        if (send->fetch.kind != FETCH_CERTS) {
            node_answer_fetch(self, i, message->from, &send->fetch);
            return;
        }
        event.kind = EVENT_FETCH;
        event.fetch = &send->fetch;
        break;
    case SEND_ACTS:
        self->nodes[i].pool |= self->nodes[message->from].pool;
        node_tell_work(self, i);
        return;
    case SEND_BLOCK:
        return;
    }
    node_step(self, i, event);
}

static inline void cluster_links(struct cluster *self, uint32_t i, enum consensus_link link)
{
    for (uint32_t j = 0; j < self->count; j++)
        if (j != i && !self->nodes[j].asleep)
            node_step(self, j,
                      (struct consensus_event){.kind = EVENT_LINK, .peer = i, .link = link});
}

/* Boot events and full links among all that are awake. */
static inline void cluster_start(struct cluster *self)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (!self->nodes[i].asleep)
            node_step(self, i, (struct consensus_event){.kind = EVENT_RESUME});
    for (uint32_t i = 0; i < self->count; i++)
        cluster_links(self, i, self->nodes[i].asleep ? LINK_DOWN : LINK_UP);
}

/* Run until a time; messages to who sleeps are lost. */
static inline void cluster_run(struct cluster *self, int64_t until_ms)
{
    for (;;) {
        int64_t next_ms = INT64_MAX;
        uint32_t message = UINT32_MAX, node = UINT32_MAX;
        for (uint32_t k = 0; k < self->queue_count; k++) {
            const struct message *m = &self->queue[k];
            if (m->at_ms < next_ms ||
                (m->at_ms == next_ms && m->order < self->queue[message].order)) {
                next_ms = m->at_ms;
                message = k;
            }
        }
        for (uint32_t i = 0; i < self->count; i++) {
            if (!self->nodes[i].asleep && self->nodes[i].deadline_ms < next_ms) {
                next_ms = self->nodes[i].deadline_ms;
                node = i;
            }
        }
        if (next_ms > until_ms)
            break;
        if (next_ms > self->now_ms)
            self->now_ms = next_ms;
        if (node != UINT32_MAX) {
            node_step(self, node, (struct consensus_event){.kind = EVENT_TICK});
            continue;
        }
        struct message taken = self->queue[message];
        self->queue[message] = self->queue[--self->queue_count];
        if (!self->nodes[taken.to].asleep)
            node_receive(self, &taken);
    }
    self->now_ms = until_ms;
}

static inline void cluster_for(struct cluster *self, int64_t span_ms)
{
    cluster_run(self, self->now_ms + span_ms);
}

/* An act reaches these nodes (bits) at once, as its author sends it to all. */
static inline void cluster_act(struct cluster *self, uint32_t act, uint64_t nodes)
{
    for (uint32_t i = 0; i < self->count; i++) {
        if (!(nodes >> i & 1) || self->nodes[i].asleep)
            continue;
        self->nodes[i].pool |= (uint64_t)1 << act;
        node_tell_work(self, i);
    }
}

static inline void cluster_sleep(struct cluster *self, uint32_t i)
{
    self->nodes[i].asleep = true;
    cluster_links(self, i, LINK_DOWN);
}

static inline void cluster_wake(struct cluster *self, uint32_t i)
{
    self->nodes[i].asleep = false;
    node_step(self, i, (struct consensus_event){.kind = EVENT_RESUME});
    for (uint32_t j = 0; j < self->count; j++)
        if (j != i)
            node_step(
                self, i,
                (struct consensus_event){.kind = EVENT_LINK,
                                         .peer = j,
                                         .link = self->nodes[j].asleep ? LINK_DOWN : LINK_UP});
    cluster_links(self, i, LINK_UP);
}

/* Crash: what was volatile is gone; journal, bodies and the log of blocks stay. */
static inline void cluster_restart(struct cluster *self, uint32_t i)
{
    struct node *node = &self->nodes[i];
    arena_free(&node->arena);
    cluster_boot(self, i);
    if (node->height > 0)
        consensus_restore_final(node->consensus, &self->bodies[node->log[node->height - 1]].block,
                                &node->log_certs[node->height - 1]);
    guard_finalize(node->guard, consensus_final_view(node->consensus));
    for (uint32_t k = 0; k < self->bodies_count; k++)
        if (node->bodies[k])
            consensus_restore_block(node->consensus, &self->bodies[k].block);
    for (uint32_t k = 0; k < node->journal_count; k++) {
        const struct vote *vote = &node->journal[k];
        consensus_restore_vote(node->consensus, vote);
        if (vote->view > consensus_final_view(node->consensus))
            assert_int_equal(guard_record(node->guard, vote->kind, vote->view, &vote->hash),
                             COMITY_OK);
    }
    cluster_wake(self, i);
}

static inline void assert_all_delivered(const struct cluster *self, uint64_t acts)
{
    for (uint32_t i = 0; i < self->count; i++) {
        const struct node *node = &self->nodes[i];
        uint64_t seen = 0;
        for (uint64_t h = 0; h < node->height; h++)
            seen |= self->bodies[node->log[h]].acts;
        assert_int_equal(node->halt, HALT_NONE);
        if (!node->asleep)
            assert_int_equal(seen & acts, acts);
    }
}
