/* SPDX-License-Identifier: Apache-2.0 */
#include "consensus/consensus.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "consensus/rules.h"

enum { PEERS_MAX = 4096, VIEWS_MIN = 4 };

static bool config_is_valid(const struct consensus_config *config)
{
    return config->orderers_count >= 1 && config->orderers_count <= SEATS_MAX &&
           config->peers_count >= config->orderers_count && config->peers_count <= PEERS_MAX &&
           (config->self < config->peers_count || config->self == CONSENSUS_FOLLOWER) &&
           config->delta_ms >= 1 && config->delta_ms <= 24 * 3600 * 1000 &&
           config->tolerance_ms >= 0 && config->views_max >= VIEWS_MIN;
}

static enum comity_error final_init(struct consensus *self, struct arena *arena)
{
    struct finality *final = &self->final;
    /* All views that can be notarized above F, and what becomes final in the meantime. */
    uint32_t kept_max = self->config.views_max < KEPT_MIN ? KEPT_MIN : self->config.views_max;
    final->span_max = self->config.views_max + kept_max + RANGE_MAX;
    final->trail = arena_array(arena, final->span_max, sizeof(*final->trail));
    final->range = arena_array(arena, final->span_max, sizeof(*final->range));
    final->buffers[0] = arena_array(arena, self->q, SIGNATURE_SIZE);
    final->buffers[1] = arena_array(arena, self->q, SIGNATURE_SIZE);
    final->proof_signatures = arena_array(arena, self->n, SIGNATURE_SIZE);
    final->past_signatures = arena_array(arena, self->n, SIGNATURE_SIZE);
    if (final->trail == NULL || final->range == NULL || final->buffers[0] == NULL ||
        final->buffers[1] == NULL || final->proof_signatures == NULL ||
        final->past_signatures == NULL)
        return COMITY_MEMORY;
    final->hash = self->config.genesis_hash;
    final->known = true;
    final->block.hash = self->config.genesis_hash;
    final->block.header.height = self->config.genesis_height;
    final->block.header.time_ms = self->config.genesis_time_ms;
    final->delivered = final->block;
    return COMITY_OK;
}

enum comity_error consensus_init(struct arena *arena, const struct consensus_config *config,
                                 struct consensus **ret_consensus)
{
    if (!config_is_valid(config))
        return COMITY_INVALID;
    struct consensus *self = arena_alloc(arena, sizeof(*self));
    if (self == NULL)
        return COMITY_MEMORY;
    self->config = *config;
    self->n = config->orderers_count;
    self->q = quorum_size(self->n);
    self->f = quorum_faults(self->n);
    self->may_vote = true;
    self->view = 1;
    self->grow = GROW_ONE;
    self->due_ms = self->recheck_ms = INT64_MAX;
    self->idle_peer = config->self < self->n ? config->self : 0;
    self->peers = arena_array(arena, config->peers_count, sizeof(*self->peers));
    timers_disarm(self);
    if (self->peers == NULL)
        return COMITY_MEMORY;
    enum comity_error error = views_init(&self->views, arena, self->n, config->views_max);
    if (error == COMITY_OK)
        error = final_init(self, arena);
    if (error == COMITY_OK)
        *ret_consensus = self;
    return error;
}

/* ---- Restoring. */

void consensus_restore_final(struct consensus *self, const struct consensus_block *block,
                             const struct cert *finalization)
{
    struct finality *final = &self->final;
    assert(!self->started && certs_is_sound(self, finalization));
    uint8_t(*signatures)[SIGNATURE_SIZE] = final->buffers[final->buffer];
    final->cert = *finalization;
    final->cert.signatures_count = 0;
    memset(final->cert.signers, 0, sizeof(final->cert.signers));
    for (uint32_t i = 0; i < self->n && final->cert.signatures_count < self->q; i++) {
        if (!cert_has_signer(finalization, i))
            continue;
        memcpy(signatures[final->cert.signatures_count],
               finalization->signatures[final->cert.signatures_count], SIGNATURE_SIZE);
        final->cert.signatures_count++;
        bit_set(final->cert.signers, i);
    }
    final->cert.signatures = (const uint8_t(*)[SIGNATURE_SIZE])signatures;
    final->view = finalization->view;
    final->hash = finalization->hash;
    final->delivered = *block;
    final->known = hash_equal(&block->hash, &finalization->hash);
    final->block = *block;
    self->top_cert = final->view;
    certs_enter(self);
}

void consensus_restore_block(struct consensus *self, const struct consensus_block *block)
{
    uint64_t view = block->header.view;
    assert(!self->started);
    if (views_fits(&self->views, view, self->final.view) &&
        !views_is_past(&self->views, view, self->final.view))
        (void)views_keep_block(views_make(&self->views, view, self->final.view), block); /* Fits. */
    else if (view <= self->final.view)
        final_take_block(self, block);
}

void consensus_restore_cert(struct consensus *self, const struct cert *cert)
{
    assert(!self->started && certs_is_sound(self, cert));
    if (cert->view > self->final.view)
        certs_take(self, cert);
    effects_reset(self);
}

static void restore_own(struct consensus *self, const struct vote *vote)
{
    struct view_record *record = views_make(&self->views, vote->view, self->final.view);
    struct own_vote *own = &record->own[vote->kind - 1];
    if (own->asked)
        return;
    own->asked = own->durable = true;
    own->hash = vote->hash;
    memcpy(own->signature, vote->signature, SIGNATURE_SIZE);
    struct held_block *held = views_block(&self->views, vote->view, &vote->hash);
    if (vote->kind != VOTE_NULLIFY && held != NULL)
        held->check = CHECK_OK; /* Or we had not voted. */
    if (vote->kind == VOTE_NOTARIZE && held != NULL && !record->proposed) {
        record->proposed = true;
        record->proposal = vote->hash;
    }
    /* We voted in this view, so we had entered it. */
    if (vote->kind != VOTE_FINALIZE && vote->view - 1 > self->top_cert)
        self->top_cert = vote->view - 1;
    certs_count(self, vote);
    certs_enter(self);
}

void consensus_restore_vote(struct consensus *self, const struct vote *vote)
{
    assert(!self->started && vote->signer == self->config.self && is_voter(self));
    if (views_is_past(&self->views, vote->view, self->final.view))
        views_close(&self->views, vote->view);
    else if (views_fits(&self->views, vote->view, self->final.view))
        restore_own(self, vote);
    effects_reset(self);
}

void consensus_forbid_votes(struct consensus *self)
{
    self->may_vote = false;
    timers_disarm(self);
}

/* ---- One step. */

static void end_quarantine(struct consensus *self)
{
    if (!self->resuming)
        return;
    uint32_t answered = 1;
    for (uint32_t i = 0; i < self->n; i++)
        answered += i != self->config.self && self->peers[i].answered;
    if (answered < self->q && self->now_ms < self->resume_ms)
        return;
    self->resuming = false;
    if (is_voter(self) && chain_is_active(self))
        timers_retransmit(self); /* A crash may have come between persisting and sending. */
}

/* What makes this view hopeless without waiting for a timer. */
static void nullify_hopeless(struct consensus *self)
{
    const struct view_record *record = views_find(&self->views, self->view);
    const struct tally *tally = tally_find(&self->views, self->view);
    uint32_t leader = consensus_leader(self, self->view);
    bool equivocated = record != NULL && record->equivocated;
    bool given_up = self->armed && tally != NULL && leader != self->config.self &&
                    tally_has(tally, VOTE_NULLIFY, leader);
    bool absent =
        self->armed && (record == NULL || !record->proposed) && timers_leader_absent(self);
    if (equivocated || given_up || absent)
        own_nullify(self);
}

/* Every rule once, from what is known to what is done about it. */
static void drive(struct consensus *self)
{
    certs_enter(self);
    chain_validate(self);
    final_deliver(self);
    if (self->halt != HALT_NONE)
        return;
    own_finalize(self);
    end_quarantine(self);
    timers_arm(self);
    own_propose(self);
    own_notarize(self);
    nullify_hopeless(self);
    sync_fetch(self);
    sync_push_due(self);
    sync_idle(self);
}

static void consensus_check(const struct consensus *self)
{
    const struct consensus_effects *effects = &self->effects;
    assert(self->view > self->final.view);
    assert(self->view - self->final.view <= SPAN_MAX);
    assert(self->top_cert >= self->final.view);
    assert(!self->final.known ||
           self->final.delivered.header.height <= self->final.block.header.height ||
           self->halt != HALT_NONE);
    assert(
        !(own_asked(self, VOTE_NULLIFY, self->view) && own_asked(self, VOTE_FINALIZE, self->view)));
    assert(self->armed || (self->lead_ms == INT64_MAX && self->view_ms == INT64_MAX &&
                           self->retry_ms == INT64_MAX));
    assert(self->grow >= GROW_ONE && self->grow <= GROW_MAX);
    assert(effects->votes_count == 0 || is_sending(self));
    assert(effects->sends_count <= EFFECT_SENDS_MAX);
}

const struct consensus_effects *consensus_step(struct consensus *self,
                                               const struct consensus_event *event)
{
    uint32_t count;
    const struct transition *rows = handlers_table(&count);
    effects_reset(self);
    if (!self->started || event->now_ms > self->now_ms)
        self->now_ms = event->now_ms;
    self->utc_ms = event->utc_ms;
    if (!self->started) {
        self->started = true;
        self->entered_ms = self->resumed_ms = self->now_ms;
        self->idle_ms = self->now_ms + 30 * self->config.delta_ms;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].kind != event->kind)
            continue;
        bool serves = event->kind == EVENT_FETCH || event->kind == EVENT_STATUS;
        if ((self->halt == HALT_NONE || serves) && rows[i].allowed(self, event))
            rows[i].handle(self, event);
    }
    if (self->halt == HALT_NONE)
        drive(self);
    if (self->halt != HALT_NONE) { /* Whoever met the impossible says nothing more. */
        self->effects.votes_count = 0;
        self->effects.build = false;
        timers_disarm(self);
    }
    self->effects.deadline_ms = timers_deadline(self);
    consensus_check(self);
    return &self->effects;
}

void consensus_transitions(struct text *text)
{
    uint32_t count;
    const struct transition *rows = handlers_table(&count);
    for (uint32_t i = 0; i < count; i++)
        text_format(text, "%-16s if %s: %s\n", rows[i].event, rows[i].precondition, rows[i].effect);
    text_add(text, "then, after every event: enter, validate, deliver, FINALIZE, arm, propose, "
                   "NOTARIZE, NULLIFY, fetch, push, idle Status\n");
}

/* ---- Questions. */

bool consensus_tip(const struct consensus *self, struct consensus_block *ret_tip)
{
    struct tip tip = chain_tip(self);
    if (tip.state == TIP_READY)
        *ret_tip = *tip.block;
    return tip.state == TIP_READY;
}

bool consensus_needs_body(const struct consensus *self, const struct hash *hash)
{
    const struct finality *final = &self->final;
    if (self->missing && hash_equal(hash, &self->missing_hash))
        return true;
    if (!final_is_delivered(self) &&
        (hash_equal(hash, &final->hash) || (final->gap && hash_equal(hash, &final->gap_hash))))
        return true;
    for (uint32_t i = 0; i < views_records(&self->views); i++) {
        const struct view_record *record = views_record(&self->views, i);
        if (record->view > final->view && record->notarization.held &&
            hash_equal(hash, &record->notarization.hash))
            return true;
    }
    struct consensus_block block;
    return chain_lookup(self, hash, &block) && !hash_equal(hash, &final->delivered.hash);
}

bool consensus_block(const struct consensus *self, const struct hash *hash,
                     struct consensus_block *ret_block)
{
    return chain_lookup(self, hash, ret_block);
}

uint64_t consensus_view(const struct consensus *self)
{
    return self->view;
}

uint64_t consensus_final_view(const struct consensus *self)
{
    return self->final.view;
}

uint64_t consensus_final_height(const struct consensus *self)
{
    return self->final.delivered.header.height;
}

uint32_t consensus_leader(const struct consensus *self, uint64_t view)
{
    return (uint32_t)(view % self->n);
}

bool consensus_may_vote(const struct consensus *self)
{
    return self->may_vote;
}

bool consensus_is_active(const struct consensus *self)
{
    return chain_is_active(self);
}

uint32_t consensus_waiting_for(const struct consensus *self, uint64_t ret_missing[SEATS_MAX / 64])
{
    uint32_t missing = 0;
    memset(ret_missing, 0, SIGNER_WORDS * sizeof(*ret_missing));
    for (uint32_t i = 0; i < self->n; i++) {
        if (i == self->config.self || self->peers[i].link == PEER_UP)
            continue;
        bit_set(ret_missing, i);
        missing++;
    }
    return missing > self->f ? missing - self->f : 0;
}

struct consensus_status consensus_own_status(const struct consensus *self, uint32_t peer,
                                             int64_t utc_ms)
{
    return (struct consensus_status){.final_view = self->final.view,
                                     .view = self->view,
                                     .height = self->final.delivered.header.height,
                                     .last_seen_view =
                                         peer < self->n ? self->peers[peer].voted_view : 0,
                                     .utc_ms = utc_ms,
                                     .asks_votes = self->resuming};
}
