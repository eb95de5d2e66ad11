/* SPDX-License-Identifier: Apache-2.0 */
/* handlers.c - takes in what one event says; what follows from it is left to the rules. A
 * handler whose precondition fails is not called: peers can send anything. */
#include "consensus/rules.h"

#include <string.h>

static void heard(struct consensus *self, uint32_t peer)
{
    if (!is_peer(self, peer))
        return;
    self->peers[peer].answered = true;
    if (self->peers[peer].link == PEER_UNKNOWN)
        self->peers[peer].link = PEER_UP;
}

static void raise(uint64_t *value, uint64_t to)
{
    if (to > *value)
        *value = to;
}

/* Two votes of one signer that no honest orderer makes; the first stays counted. */
static bool expose(struct consensus *self, struct tally *tally, const struct vote *vote)
{
    enum vote_kind against = vote->kind;
    if (vote->kind == VOTE_NULLIFY ||
        (vote->kind == VOTE_FINALIZE && !tally_has(tally, VOTE_FINALIZE, vote->signer)))
        against = vote->kind == VOTE_NULLIFY ? VOTE_FINALIZE : VOTE_NULLIFY;
    if (!tally_has(tally, against, vote->signer))
        return false;
    struct vote first = tally_vote(tally, against, vote->signer);
    if (against == vote->kind && hash_equal(&first.hash, &vote->hash))
        return false;
    if (!bit_get(tally->exposed, vote->signer)) {
        bit_set(tally->exposed, vote->signer);
        effects_expose(self, &first, vote);
    }
    struct view_record *record = views_find(&self->views, vote->view);
    if (vote->kind == VOTE_NOTARIZE && record != NULL &&
        vote->signer == consensus_leader(self, vote->view))
        record->equivocated = true;
    return true;
}

static void take_vote(struct consensus *self, const struct vote *vote)
{
    raise(&self->peers[vote->signer].voted_view, vote->view);
    raise(&self->peers[vote->signer].shown_view, vote->view);
    if (vote->view <= self->final.view)
        return;
    struct tally *tally = tally_find(&self->views, vote->view);
    if (tally != NULL && expose(self, tally, vote))
        return;
    if (tally != NULL && tally_has(tally, vote->kind, vote->signer))
        return;
    if (vote->kind != VOTE_FINALIZE && views_has(&self->views, vote->kind, vote->view))
        return;
    certs_count(self, vote);
}

/* False: nothing to count. Sends to the sender what its message shows it lacks. */
static bool admit(struct consensus *self, uint32_t peer, uint64_t view, bool is_stale)
{
    if (view > self->view &&
        (view - self->view > 1 || !views_fits(&self->views, view, self->final.view))) {
        sync_status(self, peer);
        return false;
    }
    if (is_stale)
        sync_reply(self, peer, view);
    if (!views_fits(&self->views, view, self->final.view))
        return false; /* Woken after a long sleep: newer views hold all the room. */
    /* Old views that have no record any more need no more counting. */
    return view > self->final.view && !views_is_past(&self->views, view, self->final.view);
}

static void on_vote(struct consensus *self, const struct consensus_event *event)
{
    const struct vote *vote = event->vote;
    heard(self, event->peer);
    if (vote->signer == self->config.self) {
        if (own_is_unknown(self, vote))
            consensus_forbid_votes(self);
        return;
    }
    bool stale = vote->kind == VOTE_NULLIFY ? vote->view < self->view : vote->view < self->view - 1;
    if (admit(self, event->peer, vote->view, stale))
        take_vote(self, vote);
}

static void buffer_proposal(struct consensus *self, const struct consensus_block *block)
{
    struct view_record *record = views_make(&self->views, block->header.view, self->final.view);
    if (record == NULL)
        return;
    if (record->proposed) {
        if (record->notarization.held && hash_equal(&record->notarization.hash, &block->hash))
            (void)views_keep_block(record, block);
        return;
    }
    if (views_keep_block(record, block) == NULL)
        return;
    record->proposed = true;
    record->proposal = block->hash;
    if (block->header.view == self->view)
        self->lead_ms = INT64_MAX;
    certs_pace(self, record); /* It may have come after its view was given up. */
}

static void on_proposal(struct consensus *self, const struct consensus_event *event)
{
    const struct vote *vote = event->vote;
    uint64_t view = event->block->header.view;
    heard(self, event->peer);
    if (vote->signer == self->config.self) {
        if (own_is_unknown(self, vote))
            consensus_forbid_votes(self);
        return;
    }
    if (!admit(self, event->peer, view, view < self->view))
        return;
    buffer_proposal(self, event->block);
    take_vote(self, vote);
}

static void on_cert(struct consensus *self, const struct consensus_event *event)
{
    const struct cert *cert = event->cert;
    heard(self, event->peer);
    if (is_peer(self, event->peer))
        raise(&self->peers[event->peer].shown_view, cert->view + 1);
    certs_take(self, cert);
}

static const int64_t CLOCK_MAX_MS = (int64_t)1 << 50; /* No clock of a peer may overflow sums. */

/* The highest vote we counted of a peer that seems to have forgotten it. */
static void remind(struct consensus *self, uint32_t peer, const struct consensus_status *status)
{
    uint64_t view = self->peers[peer].voted_view;
    const struct tally *tally = tally_find(&self->views, view);
    /* Who just started asks for what it may have forgotten: also of the view it is back in. */
    bool forgot = status->asks_votes ? view >= status->view : view > status->view;
    if (!forgot || view <= self->final.view || tally == NULL)
        return;
    for (uint32_t kind = VOTE_NOTARIZE; kind <= VOTE_KINDS; kind++) {
        if (tally_has(tally, (enum vote_kind)kind, peer)) {
            struct vote vote = tally_vote(tally, (enum vote_kind)kind, peer);
            effects_send_vote(self, peer, &vote);
        }
    }
}

static void on_status(struct consensus *self, const struct consensus_event *event)
{
    const struct consensus_status *status = event->status;
    struct peer *peer = &self->peers[event->peer];
    heard(self, event->peer);
    if (status->going_away)
        peer->link = PEER_AWAY;
    else if (peer->link == PEER_AWAY)
        peer->link = PEER_UP;
    raise(&peer->shown_view, status->view);
    if (status->utc_ms >= 0 && status->utc_ms < CLOCK_MAX_MS) {
        peer->clock_known = true;
        peer->clock_offset_ms = status->utc_ms - self->now_ms;
    }
    bool reply = sync_may_reply(self, event->peer);
    if (status->final_view < self->final.view || status->view < self->view)
        sync_reply(self, event->peer, status->view);
    if ((reply || status->asks_votes) && event->peer < self->n)
        remind(self, event->peer, status);
    if (status->final_view > self->final.view || status->view > self->view)
        sync_status(self, event->peer);
}

/* A body we asked for, or one pushed to a follower ahead of its finalization. */
static void on_block(struct consensus *self, const struct consensus_event *event)
{
    const struct consensus_block *block = event->block;
    uint64_t view = block->header.view;
    heard(self, event->peer);
    if (views_fits(&self->views, view, self->final.view)) {
        struct view_record *record = views_find(&self->views, view);
        bool notarized = record != NULL && record->notarization.held &&
                         hash_equal(&record->notarization.hash, &block->hash);
        notarized = notarized || (self->fetch_body.wanted &&
                                  hash_equal(&self->fetch_body.target.hash, &block->hash));
        bool pushed = !is_voter(self) && view - self->final.view <= self->views.capacity;
        if (record == NULL && (notarized || pushed))
            record = views_make(&self->views, view, self->final.view);
        if (record != NULL && (notarized || !is_voter(self)) &&
            views_keep_block(record, block) != NULL && notarized)
            effects_keep_body(self, &block->hash);
    }
    final_take_block(self, block);
}

static void on_fetch(struct consensus *self, const struct consensus_event *event)
{
    heard(self, event->peer);
    sync_answer_fetch(self, event->peer, event->fetch);
}

/* Durable: now it counts and leaves. */
static void on_persisted(struct consensus *self, const struct consensus_event *event)
{
    const struct vote *vote = event->vote;
    struct own_vote *own = own_find(self, vote->kind, vote->view);
    if (vote->view <= self->final.view || own == NULL || !own->asked || own->durable ||
        !hash_equal(&own->hash, &vote->hash))
        return;
    own->durable = true;
    memcpy(own->signature, vote->signature, SIGNATURE_SIZE);
    if (vote->kind == VOTE_NOTARIZE && vote->view == self->view &&
        consensus_leader(self, vote->view) == self->config.self)
        effects_send_proposal(self, CONSENSUS_TO_ALL, vote);
    else
        effects_send_vote(self, CONSENSUS_TO_ALL, vote);
    certs_count(self, vote);
}

static void on_work(struct consensus *self, const struct consensus_event *event)
{
    self->work_known = true;
    self->work_hash = event->hash;
    self->has_work = event->has_work;
}

static void on_app(struct consensus *self, const struct consensus_event *event)
{
    self->due_ms = event->due_ms;
    const struct block_header *last = &self->final.delivered.header;
    if (event->uncommitted &&
        (!self->uncommitted || last->state_height >= self->uncommitted_height))
        self->uncommitted_height = last->height;
    self->uncommitted = event->uncommitted;
    self->app_fresh = true;
}

static void on_built(struct consensus *self, const struct consensus_event *event)
{
    own_built(self, event->block);
}

static void on_validated(struct consensus *self, const struct consensus_event *event)
{
    for (uint64_t view = self->final.view + 1; view <= self->view; view++) {
        struct held_block *held = views_block(&self->views, view, &event->hash);
        if (held == NULL || held->check == CHECK_OK || held->check == CHECK_INVALID)
            continue;
        held->check = event->validity == VALIDITY_OK        ? CHECK_OK
                      : event->validity == VALIDITY_INVALID ? CHECK_INVALID
                                                            : CHECK_PENDING;
        held->answered_ms = self->now_ms;
    }
}

static void on_link(struct consensus *self, const struct consensus_event *event)
{
    struct peer *peer = &self->peers[event->peer];
    bool was_up = peer->link == PEER_UP;
    peer->link = event->link == LINK_UP     ? PEER_UP
                 : event->link == LINK_DOWN ? PEER_DOWN
                                            : PEER_AWAY;
    if (peer->link == PEER_UP) {
        peer->answered = true;
        if (!was_up)
            sync_status(self, event->peer);
    }
}

static void on_resume(struct consensus *self, const struct consensus_event *event)
{
    (void)event;
    timers_resume(self);
    if (is_voter(self)) {
        effects_send_status(self, CONSENSUS_TO_ALL);
    } else if (self->config.self != CONSENSUS_FOLLOWER) {
        effects_send_status(self, (self->config.self - self->n) % self->n);
        effects_send_status(self, (self->config.self - self->n + 1) % self->n);
    } else {
        effects_send_status(self, CONSENSUS_TO_ALL);
    }
}

static void on_tick(struct consensus *self, const struct consensus_event *event)
{
    (void)event;
    timers_fire(self);
}

static bool any(const struct consensus *self, const struct consensus_event *event)
{
    (void)self;
    (void)event;
    return true;
}
static bool has_proposal(const struct consensus *self, const struct consensus_event *event)
{
    const struct vote *vote = event->vote;
    return event->block != NULL && vote != NULL && vote->kind == VOTE_NOTARIZE &&
           vote->view == event->block->header.view && vote->view > 0 && vote->signer < self->n &&
           hash_equal(&vote->hash, &event->block->hash) &&
           vote->signer == consensus_leader(self, vote->view);
}
static bool has_vote(const struct consensus *self, const struct consensus_event *event)
{
    const struct vote *vote = event->vote;
    return vote != NULL && vote->kind >= VOTE_NOTARIZE && vote->kind <= VOTE_FINALIZE &&
           vote->view > 0 && vote->signer < self->n &&
           (vote->kind != VOTE_NULLIFY || hash_is_zero(&vote->hash));
}
static bool has_own_vote(const struct consensus *self, const struct consensus_event *event)
{
    return has_vote(self, event) && event->vote->signer == self->config.self;
}
static bool has_cert(const struct consensus *self, const struct consensus_event *event)
{
    return event->cert != NULL && certs_is_sound(self, event->cert);
}
static bool has_status(const struct consensus *self, const struct consensus_event *event)
{
    return event->status != NULL && is_peer(self, event->peer) && event->peer != self->config.self;
}
static bool has_block(const struct consensus *self, const struct consensus_event *event)
{
    (void)self;
    return event->block != NULL && event->block->header.view > 0;
}
static bool has_fetch(const struct consensus *self, const struct consensus_event *event)
{
    return event->fetch != NULL && event->fetch->kind == FETCH_CERTS &&
           is_peer(self, event->peer) && event->peer != self->config.self;
}
static bool has_link(const struct consensus *self, const struct consensus_event *event)
{
    return is_peer(self, event->peer) && event->peer != self->config.self;
}

#define ROW(kind, allowed, handle, precondition, effect) \
    { \
        kind, #kind, precondition, effect, allowed, handle \
    }

const struct transition *handlers_table(uint32_t *ret_count)
{
    static const struct transition rows[] = {
        ROW(EVENT_TICK, any, on_tick, "time passed", "expired timers nullify or retransmit"),
        ROW(EVENT_PROPOSAL, has_proposal, on_proposal,
            "block of leader(view) with its NOTARIZE of the same view and hash",
            "buffer the first, expose a second, count the vote"),
        ROW(EVENT_VOTE, has_vote, on_vote, "signer of the roster, view above 0",
            "count once per (kind, view, signer); expose a contradiction; answer the stale"),
        ROW(EVENT_CERT, has_cert, on_cert, "at least q distinct signers of the roster",
            "hold, push, advance; a finalization moves F; a contradiction halts"),
        ROW(EVENT_STATUS, has_status, on_status, "from a peer",
            "hear its clock; certificates to one behind, own Status to one ahead"),
        ROW(EVENT_BLOCK, has_block, on_block, "view above 0",
            "hold the body of a notarized or final block"),
        ROW(EVENT_FETCH, has_fetch, on_fetch, "FETCH_CERTS from a peer",
            "answer within its ration"),
        ROW(EVENT_PERSISTED, has_own_vote, on_persisted, "own vote that was asked for",
            "send and count it"),
        ROW(EVENT_WORK, any, on_work, "-", "remember P1 for that tip"),
        ROW(EVENT_APP, any, on_app, "-", "remember P3 and P4"),
        ROW(EVENT_BUILT, has_block, on_built, "own view, asked for, no own vote in it",
            "ask for the own NOTARIZE"),
        ROW(EVENT_VALIDATED, any, on_validated, "-", "remember the verdict on that body"),
        ROW(EVENT_LINK, has_link, on_link, "a peer", "remember; Status on link-up"),
        ROW(EVENT_RESUME, any, on_resume, "-",
            "disarm, forget links and clocks, Status to all, wait for q-1 or 2 delta"),
    };
    *ret_count = sizeof(rows) / sizeof(*rows);
    return rows;
}
