/* SPDX-License-Identifier: Apache-2.0 */
/* sync.c - what brings laggards forward: fetching with backoff, answers to the stale, Status as
 * anti-entropy, and pushing new certificates. Every answer to a peer is rationed per peer. */
#include "consensus/rules.h"

#include <string.h>

/* ---- Fetching what is missing. */

static bool same_fetch(const struct consensus_fetch *a, const struct consensus_fetch *b)
{
    return a->kind == b->kind && a->first == b->first && a->last == b->last &&
           hash_equal(&a->hash, &b->hash);
}

static bool is_candidate(const struct consensus *self, const struct fetch_slot *slot, uint32_t peer,
                         uint32_t strictness)
{
    if (peer == self->config.self)
        return false;
    if (strictness >= 1 && self->peers[peer].link != PEER_UP)
        return false;
    return strictness < 2 || bit_get(slot->holders, peer);
}

/* The preferred peer first, then round all; every third time beyond the known holders. */
static uint32_t choose_peer(const struct consensus *self, const struct fetch_slot *slot,
                            uint32_t turn)
{
    if (turn == 0 && slot->preferred < self->n && slot->preferred != self->config.self &&
        self->peers[slot->preferred].link != PEER_DOWN)
        return slot->preferred;
    uint32_t start = (is_voter(self) ? self->config.self + 1 : 0) + turn;
    for (uint32_t strictness = turn % 3 == 2 ? 1 : 2;; strictness--) {
        for (uint32_t i = 0; i < self->n; i++) {
            uint32_t peer = (start + i) % self->n;
            if (is_candidate(self, slot, peer, strictness))
                return peer;
        }
        if (strictness == 0)
            return CONSENSUS_FOLLOWER; /* Alone. */
    }
}

static void back_off(const struct consensus *self, struct fetch_slot *slot)
{
    int64_t longest_ms = 30 * self->config.delta_ms;
    slot->interval_ms += slot->interval_ms / 2;
    if (slot->interval_ms > longest_ms)
        slot->interval_ms = longest_ms;
}

/* Ask now if it is time; the caller filled target, preferred and holders. */
static void fetch(struct consensus *self, struct fetch_slot *slot,
                  const struct consensus_fetch *target, uint32_t preferred, const uint64_t *holders)
{
    if (!slot->wanted || !same_fetch(&slot->target, target)) {
        *slot = (struct fetch_slot){.wanted = true, .target = *target, .preferred = preferred};
        slot->interval_ms = self->config.delta_ms / 2 + 1;
        slot->next_ms = self->now_ms;
    }
    if (holders != NULL)
        memcpy(slot->holders, holders, sizeof(slot->holders));
    if (self->now_ms < slot->next_ms)
        return;
    uint32_t peer = choose_peer(self, slot, slot->attempts);
    if (peer != CONSENSUS_FOLLOWER)
        effects_send_fetch(self, peer, target);
    slot->attempts++;
    slot->next_ms = self->now_ms + slot->interval_ms;
    back_off(self, slot);
}

static void fetch_certs(struct consensus *self)
{
    struct fetch_slot *slot = &self->fetch_certs;
    struct consensus_fetch target = {.kind = FETCH_CERTS};
    struct proposal proposal = chain_proposal(self);
    if (proposal.state == PROPOSAL_NO_CERT) {
        target.first = proposal.first_view;
        target.last = proposal.last_view;
        fetch(self, slot, &target, consensus_leader(self, self->view), NULL);
        return;
    }
    struct tip tip = chain_tip(self);
    if (tip.state != TIP_NO_CERT) {
        slot->wanted = false;
        return;
    }
    target.first = target.last = tip.view;
    while (target.first - 1 > self->final.view && target.last - target.first < RANGE_MAX - 1 &&
           !views_has(&self->views, VOTE_NOTARIZE, target.first - 1) &&
           !views_has(&self->views, VOTE_NULLIFY, target.first - 1))
        target.first--;
    fetch(self, slot, &target, CONSENSUS_TO_ALL, NULL);
}

static void fetch_body(struct consensus *self)
{
    self->fetch_body.wanted = self->fetch_body.wanted && self->missing;
    if (!self->missing)
        return;
    struct consensus_fetch target = {
        .kind = FETCH_BLOCK, .first = self->missing_view, .hash = self->missing_hash};
    fetch(self, &self->fetch_body, &target, consensus_leader(self, self->missing_view),
          self->missing_signers);
}

enum { BACKWARDS_MAX = 16 }; /* Blocks: a short gap is filled by hash, a long one by height. */

/* Whatever is tried first, the other way has its turn when nothing comes: those who do not have
 * delivered these blocks either may hold them. */
static bool fetches_by_hash(const struct consensus *self)
{
    const struct finality *final = &self->final;
    uint64_t span = final->gap_height - final->delivered.header.height;
    if (final->gap_height_known && span > final->span_max)
        return false; /* It could not be remembered. */
    bool is_short = !final->gap_height_known || span <= BACKWARDS_MAX;
    return is_short == (self->fetch_final.attempts % 2 == 0);
}

/* What was asked for last has come, or nothing will: whoever sends goes on, as long as it does.
 * A range that its sender did not prove may be garbage. */
static void judge_answer(struct consensus *self)
{
    struct finality *final = &self->final;
    struct fetch_slot *slot = &self->fetch_final;
    bool silent = slot->asked && slot->answers == 0;
    bool endless = final->range_proven == 0 && final->range_count == final->span_max;
    if (silent)
        back_off(self, slot);
    if (silent || endless)
        slot->attempts += endless ? 2 : 1;
    if ((silent || endless) && final->range_proven == 0)
        final_forget_range(self);
    slot->asked = true;
    slot->answers = 0;
}

static void fetch_final(struct consensus *self)
{
    const struct finality *final = &self->final;
    struct fetch_slot *slot = &self->fetch_final;
    if (!final->gap) {
        slot->wanted = false;
        return;
    }
    if (!slot->wanted) {
        *slot = (struct fetch_slot){.wanted = true, .preferred = CONSENSUS_TO_ALL};
        slot->interval_ms = self->config.delta_ms / 2 + 1;
        slot->next_ms = self->now_ms;
        if (!is_voter(self) && self->config.self != CONSENSUS_FOLLOWER)
            slot->preferred = (self->config.self - self->n) % self->n;
    }
    if (self->now_ms < slot->next_ms)
        return;
    memcpy(slot->holders, final->cert.signers, sizeof(slot->holders));
    judge_answer(self);
    slot->target = (struct consensus_fetch){
        .kind = FETCH_BLOCK, .first = final->gap_view, .hash = final->gap_hash};
    if (!fetches_by_hash(self)) {
        uint32_t held = final->range_proven > 0 ? final->range_bodies : final->range_count;
        slot->target = (struct consensus_fetch){.kind = FETCH_RANGE,
                                                .first = final->delivered.header.height + 1 + held};
    }
    uint32_t peer = choose_peer(self, slot, slot->attempts / 2);
    if (peer != CONSENSUS_FOLLOWER)
        effects_send_fetch(self, peer, &slot->target);
    slot->next_ms = self->now_ms + slot->interval_ms;
}

void sync_final_came(struct consensus *self, bool more)
{
    struct fetch_slot *slot = &self->fetch_final;
    int64_t longest_ms = 4 * self->config.delta_ms;
    slot->answers++;
    slot->next_ms = self->now_ms;
    if (more && slot->answers % RANGE_MAX != 0)
        slot->next_ms += slot->interval_ms < longest_ms ? slot->interval_ms : longest_ms;
}

void sync_fetch(struct consensus *self)
{
    fetch_final(self);
    if (!is_voter(self))
        return; /* Who does not vote needs nothing above F. */
    fetch_certs(self);
    fetch_body(self);
}

/* ---- Answering. */

static void send_certs_of(struct consensus *self, uint32_t peer, uint64_t view)
{
    struct cert cert;
    if (view <= self->final.view)
        return;
    if (views_cert(&self->views, VOTE_NOTARIZE, view, &cert))
        effects_send_cert(self, peer, &cert);
    if (views_cert(&self->views, VOTE_NULLIFY, view, &cert))
        effects_send_cert(self, peer, &cert);
}

void sync_answer_fetch(struct consensus *self, uint32_t peer, const struct consensus_fetch *asked)
{
    struct peer *from = &self->peers[peer];
    int64_t earned = (self->now_ms - from->tokens_ms) * FETCH_TOKENS_MAX / 1000;
    if (earned > 0) {
        from->tokens_ms = self->now_ms;
        from->tokens = earned + from->tokens >= FETCH_TOKENS_MAX ? FETCH_TOKENS_MAX
                                                                 : from->tokens + (uint32_t)earned;
    }
    if (from->tokens == 0)
        return;
    from->tokens--;
    if (asked->first <= self->final.view && self->final.view > 0)
        effects_send_cert(self, peer, &self->final.cert);
    uint64_t first = asked->first > self->final.view ? asked->first : self->final.view + 1;
    for (uint32_t i = 0; i < RANGE_MAX / 2 && first <= asked->last && first < self->view + 1; i++)
        send_certs_of(self, peer, first++);
}

bool sync_may_reply(const struct consensus *self, uint32_t peer)
{
    return is_peer(self, peer) && peer != self->config.self &&
           self->now_ms >= self->peers[peer].reply_ms;
}

bool sync_may_status(const struct consensus *self, uint32_t peer)
{
    return is_peer(self, peer) && peer != self->config.self &&
           self->now_ms >= self->peers[peer].status_ms;
}

/* To somebody whose message shows that it is still in `view`. */
void sync_reply(struct consensus *self, uint32_t peer, uint64_t view)
{
    if (!sync_may_reply(self, peer))
        return;
    self->peers[peer].reply_ms = self->now_ms + 3 * self->config.delta_ms / 10;
    if (self->final.view > 0)
        effects_send_cert(self, peer, &self->final.cert);
    send_certs_of(self, peer, view);
    if (view != self->view - 1)
        send_certs_of(self, peer, self->view - 1);
}

void sync_status(struct consensus *self, uint32_t peer)
{
    if (!sync_may_status(self, peer))
        return;
    self->peers[peer].status_ms = self->now_ms + 3 * self->config.delta_ms / 10;
    effects_send_status(self, peer);
}

static bool may_listen(enum peer_link link)
{
    return link == PEER_UP || link == PEER_UNKNOWN;
}

/* A quiet forum still compares notes, one peer at a time: links that the last waking left unknown
 * are tried as well, or who lost that one Status would stay behind. */
void sync_idle(struct consensus *self)
{
    if (self->now_ms < self->idle_ms)
        return;
    self->idle_ms = self->now_ms + 30 * self->config.delta_ms;
    bool anyone = true; /* Who is linked to nobody knocks everywhere. */
    for (uint32_t i = 0; i < self->n; i++)
        anyone = anyone && (i == self->config.self || !may_listen(self->peers[i].link));
    for (uint32_t i = 0; i < self->n; i++) {
        self->idle_peer = (self->idle_peer + 1) % self->n;
        if (self->idle_peer == self->config.self ||
            !(anyone || may_listen(self->peers[self->idle_peer].link)))
            continue;
        effects_send_status(self, self->idle_peer);
        return;
    }
}

/* ---- Pushing. Only latency depends on it. For rosters above 32 the overlay would carry these
 * and votes would go to the next leaders only; here everything goes to all. */

void sync_push(struct consensus *self, const struct cert *cert)
{
    if (!is_voter(self) || self->n == 1)
        return;
    /* Who signed it counts the others' votes too and will make it itself, as a rule. */
    uint32_t next = consensus_leader(self, cert->view + 1);
    if (cert->kind != VOTE_FINALIZE && !cert_has_signer(cert, next))
        effects_send_cert(self, next, cert);
    struct push *push = &self->pushes[0];
    for (uint32_t i = 0; i < PUSHES_MAX && push->kind != 0; i++)
        if (self->pushes[i].kind == 0 || self->pushes[i].view < push->view)
            push = &self->pushes[i];
    *push = (struct push){
        .kind = cert->kind, .view = cert->view, .at_ms = self->now_ms + self->config.delta_ms / 4};
}

static void push_one(struct consensus *self, const struct cert *cert)
{
    for (uint32_t i = 0; i < self->n; i++) {
        const struct peer *peer = &self->peers[i];
        /* Its vote may have reached us and others' not it: links break by pairs. */
        if (i != self->config.self && peer->link == PEER_UP && peer->shown_view <= cert->view)
            effects_send_cert(self, i, cert);
    }
}

void sync_push_due(struct consensus *self)
{
    for (uint32_t i = 0; i < PUSHES_MAX; i++) {
        struct push *push = &self->pushes[i];
        if (push->kind == 0 || push->at_ms > self->now_ms)
            continue;
        struct cert cert;
        if (push->kind == VOTE_FINALIZE) {
            if (push->view == self->final.view)
                push_one(self, &self->final.cert);
        } else if (push->view > self->final.view &&
                   views_cert(&self->views, push->kind, push->view, &cert)) {
            push_one(self, &cert);
        }
        push->kind = 0;
    }
}
