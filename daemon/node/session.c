/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - opens a forum from store and journal, runs its turns, and answers about it. */
#include "node/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "charter/charter.h"
#include "codec/block.h"
#include "node/session_relay.h"
#include "node/session_state.h"

enum { STALL_BLOCKS = 64 };
static_assert(BODIES_MAX > 8 * SESSION_VIEWS_MAX + 3, "room for all that consensus refers to");

const uint8_t *session_peer_key(const struct session *self, uint32_t peer)
{
    assert(peer < self->peers_count);
    return self->charter->seats[self->peers[peer].seat].key;
}

uint32_t session_find_peer(const struct session *self, const uint8_t key[KEY_SIZE])
{
    int32_t seat = charter_find_key(self->charter, key);
    return seat < 0 ? UINT32_MAX : self->peer_of_seat[seat];
}

void session_halt(struct session *self, const char *why)
{
    if (self->halted)
        return;
    self->halted = true;
    struct text alarm;
    text_init(&alarm, self->alarm, sizeof self->alarm);
    text_add(&alarm, why);
    log_line(LOG_ERROR, "ordering", "forum=%s ordering stopped: %s", self->name, why);
}

enum comity_error session_journal(struct session *self, enum journal_kind kind, uint64_t view,
                                  uint64_t seq, struct bytes payload)
{
    struct journal_record record = {.kind = kind, .forum = self->charter->id, .payload = payload};
    if (self->env.observing)
        return COMITY_OK; /* The damaged file is kept as it is, and nothing here is signed. */
    enum comity_error error = journal_append(self->env.journal, &record);
    return error != COMITY_OK ? error : session_keep_live(self, kind, view, seq, payload);
}

void session_step(struct session *self, struct consensus_event *event)
{
    if (self->halted)
        return;
    event->now_ms = self->time.now_ms;
    event->utc_ms = self->time.utc_ms;
    session_obey(self, consensus_step(self->consensus, event));
    if (!self->observing && self->seat >= 0 && !consensus_may_vote(self->consensus))
        session_rolled_back(self, "a peer holds a vote of this key that is not in the journal");
}

bool session_is_stalled(const struct session *self)
{
    return self->chain.unstored_count > STALL_BLOCKS;
}

uint64_t session_durable_seq(const struct session *self)
{
    return self->durable_seq;
}

/* --- Turns --- */

/* True if any was answered. */
static bool settle_validates(struct session *self)
{
    struct hash waiting[SESSION_VALIDATES_MAX];
    uint32_t waiting_count = self->validates_count;
    memcpy(waiting, self->validates, sizeof waiting);
    bool answered = false;
    self->validates_count = 0;
    for (uint32_t i = 0; i < waiting_count; i++) {
        const struct body *body = bodies_find(&self->bodies, &waiting[i]);
        if (body == NULL)
            continue;
        struct consensus_event event = {.kind = EVENT_VALIDATED, .hash = waiting[i]};
        event.validity = session_validate(self, body);
        if (event.validity == VALIDITY_INVALID)
            session_report(self,
                           (uint32_t)(body->block.header.view % self->charter->orderers_count),
                           "made a proposal that is invalid");
        if (event.validity == VALIDITY_PENDING && self->validates_count < SESSION_VALIDATES_MAX) {
            self->validates[self->validates_count++] = waiting[i]; /* Ask again next time. */
            continue;
        }
        session_step(self, &event);
        answered = true;
    }
    return answered;
}

static void tell_app(struct session *self)
{
    struct consensus_event event = {.kind = EVENT_APP,
                                    .due_ms = forum_due(self->chain.forum),
                                    .uncommitted = chain_is_uncommitted(&self->chain)};
    self->app_changed = false;
    session_step(self, &event);
}

static void tell_work(struct session *self)
{
    struct consensus_block tip;
    if (!consensus_tip(self->consensus, &tip))
        return;
    uint64_t added = pool_added(self->pool);
    if (self->work_known && self->work_added == added && hash_equal(&self->work_tip, &tip.hash))
        return;
    bool has_work = session_has_work(self, &tip.hash);
    self->work_known = true;
    self->work_added = added;
    self->work_tip = tip.hash;
    self->work_value = has_work;
    struct consensus_event event = {.kind = EVENT_WORK, .hash = tip.hash, .has_work = has_work};
    session_step(self, &event);
}

void session_settle(struct session *self, struct session_time time)
{
    self->time = time;
    for (int round = 0; round < 64 && !self->halted; round++) {
        bool progress = settle_validates(self);
        if (self->app_changed) {
            tell_app(self);
            progress = true;
        }
        tell_work(self);
        if (self->build) {
            session_build(self);
            progress = true;
        }
        if (self->more) {
            struct consensus_event event = {.kind = EVENT_TICK};
            session_step(self, &event);
            progress = true;
        }
        if (!progress)
            break;
    }
    arena_reset(&self->scratch);
}

static void watch_links(struct session *self)
{
    for (uint32_t i = 0; i < self->peers_count; i++) {
        if (i == self->self)
            continue;
        bool up = session_hears(self, i);
        if (up == self->peers[i].up)
            continue;
        self->peers[i].up = up;
        log_line(LOG_DEBUG, "wire", "forum=%s %s is %s", self->name,
                 self->charter->seats[self->peers[i].seat].name, up ? "up" : "not heard");
        struct consensus_event event = {
            .kind = EVENT_LINK, .peer = i, .link = up ? LINK_UP : LINK_DOWN};
        session_step(self, &event);
        if (up)
            session_send_acts(self, i);
    }
}

void session_tick(struct session *self, struct session_time time)
{
    self->time = time;
    if (session_is_stalled(self))
        return;
    watch_links(self);
    session_tend_overlay(self);
    session_mend_turn(self);
    struct consensus_event event = {.kind = EVENT_TICK};
    session_step(self, &event);
    uint64_t final_view = consensus_final_view(self->consensus);
    if (self->bodies.grown || final_view != self->swept_view)
        bodies_sweep(&self->bodies, self->consensus);
    self->swept_view = final_view;
}

void session_persisted(struct session *self, struct session_time time)
{
    self->time = time;
    self->durable_seq = self->next_seq - 1;
    uint32_t count = self->signed_count;
    struct vote *votes = self->signed_votes;
    self->signed_votes = NULL;
    self->signed_count = 0;
    self->signed_capacity = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct consensus_event event = {.kind = EVENT_PERSISTED, .vote = &votes[i]};
        session_step(self, &event);
    }
    free(votes);
    session_settle(self, time);
}

void session_resume(struct session *self, struct session_time time)
{
    self->time = time;
    for (uint32_t i = 0; i < self->peers_count; i++)
        self->peers[i].up = false;
    struct consensus_event event = {.kind = EVENT_RESUME};
    session_step(self, &event);
}

void session_say_farewell(struct session *self, struct session_time time)
{
    self->time = time;
    for (uint32_t i = 0; i < self->peers_count; i++) {
        if (i == self->self)
            continue;
        struct consensus_status status = consensus_own_status(self->consensus, i, time.utc_ms);
        status.going_away = true;
        session_send_status(self, i, &status);
    }
}

int64_t session_deadline_ms(const struct session *self)
{
    return self->more && !self->halted ? self->time.now_ms : self->deadline_ms;
}

/* --- Opening --- */

static void number_peers(struct session *self)
{
    const struct charter *charter = self->charter;
    bool orders[SEATS_MAX] = {false};
    for (uint32_t i = 0; i < charter->orderers_count; i++) {
        uint32_t seat = charter->orderers[i];
        orders[seat] = true;
        self->peers[i].seat = seat;
        self->peer_of_seat[seat] = i;
    }
    self->peers_count = charter->orderers_count;
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        if (orders[seat])
            continue;
        self->peers[self->peers_count].seat = seat;
        self->peer_of_seat[seat] = self->peers_count++;
    }
    self->seat = charter_find_key(charter, identity_key(self->env.identity));
    self->self = self->seat < 0 ? UINT32_MAX : self->peer_of_seat[self->seat];
}

static void make_domain(struct session *self)
{
    struct hasher hasher;
    hasher_init(&hasher, "comity/roster/v1");
    for (uint32_t i = 0; i < self->charter->orderers_count; i++)
        hasher_add(&hasher, session_peer_key(self, i), KEY_SIZE);
    self->domain =
        (struct vote_domain){.forum = self->charter->id, .roster_hash = hasher_finish(&hasher)};
    self->genesis = chain_genesis(self->charter, &self->domain.roster_hash);
    forum_tag(&self->charter->id, 0, self->tag);
}

static enum comity_error open_consensus(struct session *self, struct fault *fault)
{
    arena_init(&self->order_arena, 0);
    struct consensus_config config = {
        .orderers_count = self->charter->orderers_count,
        .peers_count = self->peers_count,
        .self = self->seat < 0 ? CONSENSUS_FOLLOWER : self->self,
        .genesis_hash = self->genesis,
        .delta_ms = self->charter->pace_ms,
        .tolerance_ms = self->charter->tolerance_ms,
        .views_max = SESSION_VIEWS_MAX,
    };
    enum comity_error error = consensus_init(&self->order_arena, &config, &self->consensus);
    if (error == COMITY_OK)
        error = guard_init(&self->order_arena, SESSION_VIEWS_MAX, &self->guard);
    self->bodies.consensus = self->consensus;
    if (error == COMITY_OK)
        error = session_open_overlay(self);
    if (error != COMITY_OK)
        return fault_set(fault, error, "forum %s: ordering cannot start: %s", self->name,
                         error_text(error));
    return COMITY_OK;
}

static enum comity_error session_start(struct session *self, struct bytes charter,
                                       const struct session_restored *restored, struct fault *fault)
{
    arena_init(&self->charter_arena, 0);
    arena_init(&self->scratch, 64 << 20);
    self->charter_bytes = arena_bytes(&self->charter_arena, charter);
    self->fates = calloc(SESSION_FATES_MAX, sizeof *self->fates);
    self->requests = calloc(SESSION_REQUESTS_MAX, sizeof *self->requests);
    if (self->charter_bytes.data == NULL || self->fates == NULL || self->requests == NULL)
        return COMITY_MEMORY;
    enum comity_error error =
        charter_decode(self->charter_bytes, &self->charter_arena, &self->charter, fault);
    if (error != COMITY_OK)
        return error;
    number_peers(self);
    make_domain(self);
    error = pool_create(self->charter->seats_count, &self->pool);
    if (error == COMITY_OK)
        error = chain_open(self->env.store, self->charter, &self->genesis, &self->chain, fault);
    if (error == COMITY_OK)
        error = open_consensus(self, fault);
    if (error == COMITY_OK)
        error = session_restore_final(self, fault);
    if (error != COMITY_OK)
        return error;
    self->next_seq =
        self->seat < 0 ? 1 : forum_seat_seq(self->chain.forum, (uint32_t)self->seat) + 1;
    session_restore_journal(self, restored);
    session_restore_observing(self);
    return COMITY_OK;
}

enum comity_error session_open(const struct session_env *env, const char *name,
                               struct bytes charter, const struct session_restored *restored,
                               struct session_time time, struct session **ret_session,
                               struct fault *fault)
{
    struct session *self = calloc(1, sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    self->env = *env;
    self->time = time;
    self->deadline_ms = INT64_MAX;
    self->next_seq = 1;
    struct text copy;
    text_init(&copy, self->name, sizeof self->name);
    text_add(&copy, name);
    enum comity_error error = session_start(self, charter, restored, fault);
    if (error != COMITY_OK) {
        session_close(&self);
        return error;
    }
    struct consensus_event event = {.kind = EVENT_RESUME};
    session_step(self, &event);
    bool alone = self->charter->orderers_count == 1 && self->self == 0;
    if (self->next_seq > 1 && !alone)
        self->asking_until_ms = time.now_ms + 2 * self->charter->pace_ms;
    self->app_changed = true;
    arena_reset(&self->scratch);
    *ret_session = self;
    return COMITY_OK;
}

void session_begin(struct session *self, struct session_time time)
{
    int64_t late_ms = time.now_ms - self->time.now_ms;
    if (late_ms <= 0)
        return;
    if (self->asking_until_ms > 0)
        self->asking_until_ms += late_ms;
    session_resume(self, time);
}

void session_close(struct session **self)
{
    if (self == NULL || *self == NULL)
        return;
    struct session *session = *self;
    while (session->live != NULL) {
        struct live_record *record = session->live;
        session->live = record->next;
        free(record);
    }
    bodies_clear(&session->bodies);
    pool_destroy(&session->pool);
    chain_close(&session->chain);
    arena_free(&session->order_arena);
    arena_free(&session->charter_arena);
    arena_free(&session->scratch);
    buffer_free(&session->frame);
    buffer_free(&session->relay);
    buffer_free(&session->payload);
    free(session->signed_votes);
    free(session->fates);
    free(session->requests);
    free(session);
    *self = NULL;
}
