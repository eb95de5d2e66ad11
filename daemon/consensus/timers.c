/* SPDX-License-Identifier: Apache-2.0 */
/* timers.c - T_lead, T_view, T_retry and the quiet after waking. A timer expires only in
 * EVENT_TICK: after a sleep, messages and EVENT_RESUME are heard before time is believed. */
#include "consensus/rules.h"

enum {
    UNKNOWN_IS_ABSENT = 8, /* In Δ after EVENT_RESUME. */
    RELAY_MAX = 8          /* Votes of others in one retransmission. */
};

void timers_disarm(struct consensus *self)
{
    self->armed = false;
    self->lead_ms = self->view_ms = self->retry_ms = INT64_MAX;
    self->retry_interval_ms = 2 * self->config.delta_ms;
}

void timers_arm(struct consensus *self)
{
    if (self->armed || self->resuming || !chain_is_active(self))
        return;
    self->armed = true;
    if (!is_sending(self) || own_asked(self, VOTE_NULLIFY, self->view)) {
        self->retry_ms = self->now_ms + self->retry_interval_ms;
        return;
    }
    const struct view_record *record = views_find(&self->views, self->view);
    if (record == NULL || !record->proposed)
        self->lead_ms = self->now_ms + grown(self, 2 * self->config.delta_ms);
    self->view_ms = self->now_ms + grown(self, 3 * self->config.delta_ms);
}

static bool is_absent(const struct consensus *self, uint32_t peer)
{
    enum peer_link link = self->peers[peer].link;
    if (link == PEER_UNKNOWN)
        return self->now_ms - self->resumed_ms > UNKNOWN_IS_ABSENT * self->config.delta_ms;
    return link != PEER_UP;
}

/* The leader is away while enough others are here to nullify its view without it. */
bool timers_leader_absent(const struct consensus *self)
{
    uint32_t leader = consensus_leader(self, self->view);
    if (leader == self->config.self || !is_absent(self, leader))
        return false;
    uint32_t up = 0;
    for (uint32_t i = 0; i < self->n; i++)
        up += i != self->config.self && i != leader && self->peers[i].link == PEER_UP;
    return up + 1 >= self->q;
}

/* With f+1 NULLIFY of this view we hold a reason to go on that others may lack: a liar can show
 * its own to us alone, and we would ask them to join in vain for ever. A few each time, in turn:
 * the others count them all. */
static void relay_nullify(struct consensus *self)
{
    const struct tally *tally = tally_find(&self->views, self->view);
    if (tally == NULL || chain_nullify_count(self, self->view) < self->f + 1)
        return;
    uint32_t left = RELAY_MAX;
    for (uint32_t i = 0; i < self->n && left > 0; i++) {
        self->relayed = (self->relayed + 1) % self->n;
        if (self->relayed == self->config.self || !tally_has(tally, VOTE_NULLIFY, self->relayed))
            continue;
        struct vote vote = tally_vote(tally, VOTE_NULLIFY, self->relayed);
        effects_send_vote(self, CONSENSUS_TO_ALL, &vote);
        left--;
    }
}

/* The last of ours that others may lack, and what let us enter this view. */
void timers_retransmit(struct consensus *self)
{
    struct vote vote;
    struct cert cert;
    uint64_t view = self->view;
    if (is_sending(self)) {
        if (own_sendable(self, VOTE_NULLIFY, view, &vote))
            effects_send_vote(self, CONSENSUS_TO_ALL, &vote);
        if (own_sendable(self, VOTE_NOTARIZE, view, &vote)) {
            if (consensus_leader(self, view) == self->config.self)
                effects_send_proposal(self, CONSENSUS_TO_ALL, &vote);
            else
                effects_send_vote(self, CONSENSUS_TO_ALL, &vote);
        }
        uint32_t count = 0;
        for (uint64_t i = view - 1; i > self->final.view && count < RESEND_FINALIZE_MAX; i--) {
            if (own_sendable(self, VOTE_FINALIZE, i, &vote)) {
                effects_send_vote(self, CONSENSUS_TO_ALL, &vote);
                count++;
            }
        }
        if (view - 1 == self->final.view && self->final.view > 0)
            effects_send_cert(self, CONSENSUS_TO_ALL, &self->final.cert);
        if (views_cert(&self->views, VOTE_NOTARIZE, view - 1, &cert))
            effects_send_cert(self, CONSENSUS_TO_ALL, &cert);
        if (views_cert(&self->views, VOTE_NULLIFY, view - 1, &cert))
            effects_send_cert(self, CONSENSUS_TO_ALL, &cert);
        relay_nullify(self);
    }
    effects_send_acts(self);
}

static void fire_retry(struct consensus *self)
{
    if (!chain_has_work(self)) {
        timers_disarm(self);
        return;
    }
    timers_retransmit(self);
    int64_t longest_ms = 16 * self->config.delta_ms;
    self->retry_interval_ms += self->retry_interval_ms / 2;
    if (self->retry_interval_ms > longest_ms)
        self->retry_interval_ms = longest_ms;
    self->retry_ms = self->now_ms + self->retry_interval_ms;
}

void timers_fire(struct consensus *self)
{
    if (self->resuming || !self->armed)
        return;
    if (self->lead_ms <= self->now_ms || self->view_ms <= self->now_ms) {
        if (chain_is_active(self))
            own_nullify(self);
        else
            timers_disarm(self);
        if (self->lead_ms <= self->now_ms || self->view_ms <= self->now_ms) {
            self->lead_ms = INT64_MAX; /* Refused: no room in this step or in the ring. */
            self->view_ms = self->now_ms + self->config.delta_ms;
        }
    } else if (self->retry_ms <= self->now_ms) {
        fire_retry(self);
    }
}

/* The machine slept or just started: nothing that was known of time and links holds. */
void timers_resume(struct consensus *self)
{
    timers_disarm(self);
    for (uint32_t i = 0; i < self->config.peers_count; i++) {
        struct peer *peer = &self->peers[i];
        peer->link = PEER_UNKNOWN;
        peer->answered = peer->clock_known = false;
        peer->reply_ms = peer->status_ms = self->now_ms;
    }
    self->resuming = true;
    self->resumed_ms = self->now_ms;
    self->resume_ms = self->now_ms + 2 * self->config.delta_ms;
    self->idle_ms = self->now_ms + 30 * self->config.delta_ms; /* All are told now. */
    self->entered_ms = self->now_ms;
    self->fetch_certs.wanted = self->fetch_body.wanted = self->fetch_final.wanted = false;
}

static void sooner(int64_t *ret_ms, int64_t at_ms)
{
    if (at_ms < *ret_ms)
        *ret_ms = at_ms;
}

/* What waits for time itself: a verdict, a proposal from the future, an empty block, a due. */
static void add_waits(const struct consensus *self, int64_t *ret_ms)
{
    sooner(ret_ms, self->recheck_ms);
    if (!own_asked(self, VOTE_NOTARIZE, self->view) && !own_asked(self, VOTE_NULLIFY, self->view)) {
        struct proposal proposal = chain_proposal(self);
        if (proposal.state == PROPOSAL_EARLY)
            sooner(ret_ms, proposal.wait_ms);
        if (consensus_leader(self, self->view) == self->config.self &&
            self->build_view != self->view && chain_is_active(self)) {
            int64_t empty_ms = self->entered_ms + grown(self, self->config.delta_ms);
            if (empty_ms > self->now_ms)
                sooner(ret_ms, empty_ms);
        }
    }
    if (self->due_ms != INT64_MAX) {
        bool passed = self->utc_ms >= self->due_ms; /* Here; is it for q of us? */
        int64_t wait_ms = self->due_ms - (passed ? chain_clock(self) : self->utc_ms);
        if (wait_ms > 0)
            sooner(ret_ms, self->now_ms + wait_ms);
    }
}

int64_t timers_deadline(const struct consensus *self)
{
    int64_t deadline_ms = self->idle_ms;
    if (self->halt != HALT_NONE)
        return INT64_MAX;
    if (self->resuming)
        sooner(&deadline_ms, self->resume_ms);
    sooner(&deadline_ms, self->lead_ms);
    sooner(&deadline_ms, self->view_ms);
    sooner(&deadline_ms, self->retry_ms);
    const struct fetch_slot *slots[] = {&self->fetch_certs, &self->fetch_body, &self->fetch_final};
    for (uint32_t i = 0; i < 3; i++)
        if (slots[i]->wanted)
            sooner(&deadline_ms, slots[i]->next_ms);
    for (uint32_t i = 0; i < PUSHES_MAX; i++)
        if (self->pushes[i].kind != 0)
            sooner(&deadline_ms, self->pushes[i].at_ms);
    if (is_voter(self))
        add_waits(self, &deadline_ms);
    return deadline_ms;
}
