/* SPDX-License-Identifier: Apache-2.0 */
#include "node/node.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/peer.h"
#include "node/chain.h"
#include "node/node_state.h"

enum {
    NODE_FRAMES_PER_TURN = 512,
    NODE_TICK_MS = 500,
    NODE_STRANGERS_MS = 5000,
    NODE_FLOOD = 1000,  /* So many connections within that time are more than peers make. */
    NODE_SHARE_MS = 20, /* Of one turn, for peers: timers and clients wait meanwhile. */
    NODE_ROTATE_BYTES = 16 << 20,
    NODE_LIVE_MAX = 65536,
    NODE_SLEPT_MS = 5000,
    NODE_SYNC_BLOCKS = 16,
    NODE_SYNC_MS = 1000,
    NODE_VERSION_MS = 60000,
};

static void node_read_clocks(struct node *self)
{
    self->time = (struct session_time){.now_ms = clock_steady_ms(), .utc_ms = clock_utc_ms()};
}

/* --- What sessions need of the node --- */

static void node_send(void *context, const uint8_t key[KEY_SIZE], enum wire_urgency urgency,
                      struct bytes frame)
{
    struct node *self = context;
    /* Lossy by contract: what the wire refuses is sent again by the protocol. */
    (void)!wire_send(self->wire, key, urgency, frame);
}

static bool node_heard(void *context, const uint8_t key[KEY_SIZE], int64_t within_ms)
{
    struct node *self = context;
    return wire_heard(self->wire, key, self->time.now_ms, within_ms);
}

static void node_ignore(void *context, const uint8_t key[KEY_SIZE], int64_t until_ms)
{
    struct node *self = context;
    wire_ignore(self->wire, key, until_ms);
}

/* --- Opening --- */

static enum comity_error open_wire(struct node *self, struct fault *fault)
{
    struct wire_config config = {.identity = self->identity, .listen = self->config->listen};
    enum comity_error error = resolver_open(self->config, &self->resolver, fault);
    if (error == COMITY_OK)
        error = wire_open(&config, &self->wire, fault);
    for (uint32_t i = 0; error == COMITY_OK && i < self->config->peers_count; i++) {
        const struct config_peer *peer = &self->config->peers[i];
        bool numeric = peer->address == NULL || resolver_is_numeric(self->resolver, peer->key);
        if (memcmp(peer->key, identity_key(self->identity), KEY_SIZE) != 0)
            error = wire_add_peer(self->wire, peer->key, numeric ? peer->address : NULL, fault);
    }
    return error;
}

static bool is_configured(const struct node *self, const uint8_t key[KEY_SIZE])
{
    for (uint32_t i = 0; i < self->config->peers_count; i++) {
        if (memcmp(self->config->peers[i].key, key, KEY_SIZE) == 0)
            return true;
    }
    return reception_knows(&self->reception, key);
}

/* Every seat may dial us; those with a configured address are dialled already. */
static enum comity_error admit_seats(struct node *self, const struct charter *charter,
                                     struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t seat = 0; error == COMITY_OK && seat < charter->seats_count; seat++) {
        const uint8_t *key = charter->seats[seat].key;
        if (memcmp(key, identity_key(self->identity), KEY_SIZE) != 0 && !is_configured(self, key))
            error = wire_add_peer(self->wire, key, NULL, fault);
    }
    return error;
}

enum comity_error node_add_session(struct node *self, const char *name, struct bytes charter,
                                   struct session **ret_session, struct fault *fault)
{
    if (self->sessions_count == NODE_FORUMS_MAX)
        return fault_set(fault, COMITY_LIMIT, "a daemon sits in at most %d forums",
                         NODE_FORUMS_MAX);
    struct hash id = hash_of("comity/charter/v1", charter);
    struct journal_record *records = calloc(self->restored.count + 1, sizeof *records);
    struct session_restored own = {.records = records};
    if (records == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < self->restored.count; i++) {
        if (hash_equal(&self->restored.records[i].forum, &id))
            records[own.count++] = self->restored.records[i];
    }
    struct session *session;
    enum comity_error error =
        session_open(&self->env, name, charter, &own, self->time, &session, fault);
    free(records);
    if (error != COMITY_OK)
        return fault_prefix(fault, error, "forum %s: ", name);
    error = admit_seats(self, session_charter(session), fault);
    if (error != COMITY_OK) {
        session_close(&session);
        return error;
    }
    self->synced_heights[self->sessions_count] = forum_height(session_forum(session));
    self->sessions[self->sessions_count++] = session;
    *ret_session = session;
    log_line(LOG_INFO, "forum", "forum=%s open at height %llu", name,
             (unsigned long long)forum_height(session_forum(session)));
    return COMITY_OK;
}

struct open_forums {
    struct node *node;
    struct fault *fault;
};

static enum comity_error open_forum(void *context, const struct hash *forum, const char *name,
                                    struct bytes charter)
{
    struct open_forums *opening = context;
    struct session *session;
    struct hash id = hash_of("comity/charter/v1", charter);
    if (!hash_equal(&id, forum))
        return fault_set(opening->fault, COMITY_DAMAGED,
                         "the database's charter of forum %s is damaged", name);
    enum comity_error error =
        node_add_session(opening->node, name, charter, &session, opening->fault);
    /* A limit or a clash of keys concerns this forum; damage concerns the files of all. */
    if (error == COMITY_LIMIT || error == COMITY_CONFLICT || error == COMITY_INVALID) {
        log_line(LOG_ERROR, "forum", "%s: it stays closed", opening->fault->text);
        return COMITY_OK;
    }
    return error;
}

enum comity_error node_open(const struct config *config, const struct identity *identity,
                            struct node **ret_node, struct fault *fault)
{
    struct node *self = calloc(1, sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    self->config = config;
    self->identity = identity;
    self->backup.file = -1;
    arena_init(&self->scratch, 256 << 20);
    arena_init(&self->restored.arena, 0);
    node_read_clocks(self);
    self->sleep_offset_ms = clock_boottime_ms() - clock_steady_ms();
    enum comity_error error = node_open_files(self, fault);
    if (error == COMITY_OK)
        error = open_wire(self, fault);
    if (error == COMITY_OK) /* Before forums: it knows whom to dial. */
        error = reception_open(&self->reception, self->wire, self->store, identity, fault);
    if (error == COMITY_OK) {
        self->env.identity = identity;
        self->env.journal = self->journal;
        self->env.store = self->store;
        self->env.context = self;
        self->env.send = node_send;
        self->env.heard = node_heard;
        self->env.ignore = node_ignore;
        struct open_forums opening = {.node = self, .fault = fault};
        error = store_each_forum(self->store, open_forum, &opening);
    }
    if (error == COMITY_OK)
        error = api_open(config->socket_path, &self->api, fault);
    free(self->restored.records);
    arena_free(&self->restored.arena);
    self->restored = (struct node_restored){0};
    if (error != COMITY_OK) {
        node_close(&self);
        return error;
    }
    *ret_node = self;
    return COMITY_OK;
}

void node_close(struct node **self)
{
    if (self == NULL || *self == NULL)
        return;
    struct node *node = *self;
    requests_forget_later(node);
    for (uint32_t i = 0; i < node->sessions_count; i++)
        session_close(&node->sessions[i]);
    api_close(&node->api);
    backup_expire(node, true);
    resolver_close(&node->resolver);
    reception_close(&node->reception);
    wire_close(&node->wire);
    store_close(&node->store);
    journal_close(&node->journal);
    free(node->restored.records);
    arena_free(&node->restored.arena);
    arena_free(&node->scratch);
    free(node);
    *self = NULL;
}

void node_drop_last_session(struct node *self)
{
    session_close(&self->sessions[--self->sessions_count]);
}

/* --- The loop --- */

struct session *node_find_session(struct node *self, const char *forum, struct fault *fault)
{
    char hex[HASH_HEX_SIZE];
    if (forum[0] == '\0' && self->sessions_count == 1)
        return self->sessions[0];
    for (uint32_t i = 0; i < self->sessions_count; i++) {
        hash_to_hex(&session_charter(self->sessions[i])->id, hex);
        if (strcmp(forum, session_name(self->sessions[i])) == 0 || strcmp(forum, hex) == 0)
            return self->sessions[i];
    }
    if (self->sessions_count == 0) {
        (void)fault_set(fault, COMITY_NOT_FOUND,
                        "this daemon sits in no forum yet: `comity join CHARTER` takes a seat");
    } else if (forum[0] == '\0') {
        (void)fault_set(fault, COMITY_NOT_FOUND, "this daemon sits in %u forums: name one (-f)",
                        (unsigned)self->sessions_count);
    } else {
        (void)fault_set(fault, COMITY_NOT_FOUND, "this daemon does not sit in a forum \"%s\"",
                        forum);
    }
    return NULL;
}

/* The other side says the same of us: whoever reads either log knows what to do. */
static void tell_version(struct node *self, const uint8_t key[KEY_SIZE], uint32_t version)
{
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    int64_t *told_ms = &self->version_told_ms[key[0] % NODE_VERSION_SLOTS];
    if (*told_ms != 0 && self->time.now_ms - *told_ms < NODE_VERSION_MS)
        return;
    *told_ms = self->time.now_ms;
    fingerprint_format(key, fingerprint);
    log_line(LOG_WARNING, "wire",
             "the daemon of %s speaks version %u of the protocol and this one version %u: neither "
             "takes what the other says until the older of them is updated",
             fingerprint, version, peer_own_version());
}

/* Nobody's frame: some forum that this peer sits in counts it. */
static void note_junk(struct node *self, const uint8_t key[KEY_SIZE])
{
    for (uint32_t i = 0; i < self->sessions_count; i++) {
        if (session_is_admitted(self->sessions[i], key)) {
            session_note_junk(self->sessions[i], key, self->time);
            return;
        }
    }
}

static void receive_frames(struct node *self, bool *ret_busy)
{
    int64_t end_ms = clock_steady_ms() + NODE_SHARE_MS;
    for (int i = 0; i < NODE_FRAMES_PER_TURN && clock_steady_ms() <= end_ms; i++) {
        uint8_t key[KEY_SIZE];
        uint8_t tag[FORUM_TAG_SIZE];
        uint8_t own[FORUM_TAG_SIZE];
        struct bytes frame;
        if (wire_receive(self->wire, key, &frame) != COMITY_OK)
            return;
        *ret_busy = true;
        uint32_t version = peer_frame_version(frame);
        if (version != 0 && version != peer_own_version())
            tell_version(self, key, version);
        if (peer_message_tag(frame, tag) != COMITY_OK) {
            if (version == 0 || version == peer_own_version())
                note_junk(self, key);
            continue;
        }
        for (uint32_t k = 0; k < self->sessions_count; k++) {
            session_tag(self->sessions[k], own);
            if (memcmp(tag, own, sizeof own) == 0)
                session_receive(self->sessions[k], key, frame, self->time);
        }
    }
}

/* Journal first, then the votes go out; each round may ask for further votes (n = 1 makes three
 * in a row). Full disk: nothing is lost, nothing is sent, and it is tried again. */
static void persist(struct node *self)
{
    for (int round = 0; round < 16; round++) {
        if (!journal_must_sync(self->journal) || self->time.now_ms < self->journal_retry_ms)
            return;
        enum comity_error error = journal_sync(self->journal);
        if (error != COMITY_OK) {
            log_line(LOG_ERROR, "store",
                     "votes.journal cannot be written (%s): nothing is signed "
                     "until it can",
                     error_text(error));
            self->journal_retry_ms = self->time.now_ms + 1000;
            return;
        }
        for (uint32_t i = 0; i < self->sessions_count; i++)
            session_persisted(self->sessions[i], self->time);
    }
}

/* The journals give back the blocks of some views, not more: were every store of a forum many
 * blocks behind when the power goes in the whole building, nobody could serve what is missing. */
static void sync_store(struct node *self)
{
    uint64_t behind = 0;
    for (uint32_t i = 0; i < self->sessions_count; i++) {
        const struct chain *chain = session_chain(self->sessions[i]);
        uint64_t stored = chain->now.height - chain->unstored_count;
        if (stored > self->synced_heights[i] && stored - self->synced_heights[i] > behind)
            behind = stored - self->synced_heights[i];
    }
    if (behind == 0) {
        self->unsynced_since_ms = 0;
        return;
    }
    if (self->unsynced_since_ms == 0)
        self->unsynced_since_ms = self->time.now_ms;
    bool due =
        behind >= NODE_SYNC_BLOCKS || self->time.now_ms - self->unsynced_since_ms >= NODE_SYNC_MS;
    if (!due || store_sync(self->store) != COMITY_OK)
        return;
    for (uint32_t i = 0; i < self->sessions_count; i++) {
        const struct chain *chain = session_chain(self->sessions[i]);
        self->synced_heights[i] = chain->now.height - chain->unstored_count;
    }
    self->unsynced_since_ms = 0;
}

static void rotate_journal(struct node *self)
{
    for (uint32_t i = 0; i < self->sessions_count; i++) {
        if (session_chain(self->sessions[i])->unstored_count > 0)
            return; /* What the store lacks may stand in the journal alone. */
    }
    if (journal_size(self->journal) < NODE_ROTATE_BYTES || journal_must_sync(self->journal) ||
        journal_sync(self->journal) != COMITY_OK || store_sync(self->store) != COMITY_OK)
        return;
    size_t count = 0;
    for (uint32_t i = 0; i < self->sessions_count; i++)
        count += session_live_records(self->sessions[i], NULL, 0);
    struct journal_record *records = calloc(count + 1, sizeof *records);
    if (records == NULL)
        return;
    size_t at = 0;
    for (uint32_t i = 0; i < self->sessions_count; i++)
        at += session_live_records(self->sessions[i], records + at, count - at);
    enum comity_error error = journal_rotate(self->journal, records, count);
    if (error != COMITY_OK)
        log_line(LOG_ERROR, "store", "votes.journal cannot be rotated: %s", error_text(error));
    free(records);
}

/* A jump between the clock that sleeps and the one that does not: the lid was closed. */
static void notice_sleep(struct node *self)
{
    int64_t offset = clock_boottime_ms() - clock_steady_ms();
    bool slept = offset - self->sleep_offset_ms > NODE_SLEPT_MS;
    self->sleep_offset_ms = offset;
    if (!slept)
        return;
    log_line(LOG_INFO, "node", "the machine slept: asking the peers where they are");
    for (uint32_t i = 0; i < self->sessions_count; i++)
        session_resume(self->sessions[i], self->time);
}

static int poll_timeout(const struct node *self, bool busy)
{
    int64_t deadline = self->time.now_ms + NODE_TICK_MS;
    for (uint32_t i = 0; i < self->sessions_count; i++) {
        int64_t due = session_deadline_ms(self->sessions[i]);
        if (due < deadline)
            deadline = due;
    }
    int64_t asking = reception_deadline_ms(&self->reception);
    if (asking < deadline)
        deadline = asking;
    int64_t parked = requests_deadline_ms(self);
    if (parked < deadline)
        deadline = parked;
    int64_t wait = deadline - clock_steady_ms();
    return busy || wait <= 0 ? 0 : (int)wait;
}

/* Strangers at the door, looked after once in five seconds: how many, and where the last came
 * from. */
static void tell_strangers(struct node *self)
{
    uint64_t refused = wire_refused_count(self->wire);
    uint64_t failed = wire_failed_count(self->wire);
    uint64_t accepted = wire_accepted_count(self->wire);
    if (self->time.now_ms < self->strangers_ms)
        return;
    self->strangers_ms = self->time.now_ms + NODE_STRANGERS_MS;
    if (refused > self->refused_told)
        log_line(LOG_WARNING, "wire", "%llu links refused so far, the last of %s",
                 (unsigned long long)refused, wire_refused_reason(self->wire));
    if (failed > self->failed_told)
        log_line(LOG_WARNING, "wire",
                 "%llu connections without a good handshake so far, the last of %s",
                 (unsigned long long)failed, wire_failed_reason(self->wire));
    if (accepted > self->accepted_told + NODE_FLOOD)
        log_line(LOG_WARNING, "wire", "a flood of %llu connections, some from %s%s",
                 (unsigned long long)(accepted - self->accepted_told),
                 wire_accepted_from(self->wire),
                 wire_is_shut(self->wire) ? ": nobody new comes in until they are gone" : "");
    self->refused_told = refused;
    self->failed_told = failed;
    self->accepted_told = accepted;
}

static bool node_turn(struct node *self)
{
    bool busy = false;
    node_read_clocks(self);
    notice_sleep(self);
    receive_frames(self, &busy);
    requests_receive(self, &busy);
    for (uint32_t i = 0; i < self->sessions_count; i++) {
        session_tick(self->sessions[i], self->time);
        session_settle(self->sessions[i], self->time);
    }
    requests_do_later(self);
    /* What is final needs nothing that this turn signs: clients hear of it before the disk does
     * (a quorum holds it durably; CONSENSUS.md 1.5). */
    requests_answer_parked(self, false);
    persist(self);
    for (uint32_t i = 0; i < self->sessions_count; i++)
        session_finish(self->sessions[i], self->time);
    requests_answer_parked(self, true);
    resolver_turn(self->resolver, self->wire, self->time.now_ms);
    reception_turn(&self->reception, self->time.now_ms, self->time.utc_ms);
    wire_flush(self->wire, self->time.now_ms);
    tell_strangers(self);
    sync_store(self);
    rotate_journal(self);
    backup_expire(self, false);
    /* libzmq's descriptors are edge-triggered and sending may swallow an edge: look once more
     * before going to sleep. */
    busy = false;
    receive_frames(self, &busy);
    requests_receive(self, &busy);
    return busy;
}

/* No input is taken any more. What was taken is made durable, then told. */
static void farewell(struct node *self)
{
    node_read_clocks(self);
    persist(self);
    (void)!journal_sync(self->journal); /* Also what could have ridden along with the next vote. */
    requests_say_farewell(self);
    for (uint32_t i = 0; i < self->sessions_count; i++) {
        session_say_farewell(self->sessions[i], self->time);
        session_finish(self->sessions[i], self->time);
    }
    wire_flush(self->wire, self->time.now_ms);
    (void)!store_sync(self->store);
}

enum comity_error node_run(struct node *self, int stop_fd,
                           void (*alive)(void *context, int64_t now_ms), void *context)
{
    struct pollfd fds[16];
    int wire[8];
    bool busy = true;
    node_read_clocks(self);
    for (uint32_t i = 0; i < self->sessions_count; i++)
        session_begin(self->sessions[i], self->time);
    for (;;) {
        size_t wire_count = wire_fds(self->wire, wire, 8);
        size_t count = 0;
        fds[count++] = (struct pollfd){.fd = stop_fd, .events = POLLIN};
        fds[count++] = (struct pollfd){.fd = api_fd(self->api), .events = POLLIN};
        for (size_t i = 0; i < wire_count && i < 8; i++)
            fds[count++] = (struct pollfd){.fd = wire[i], .events = POLLIN};
        int ready = poll(fds, count, poll_timeout(self, busy));
        if (ready < 0 && errno != EINTR)
            return COMITY_IO;
        if (ready > 0 && fds[0].revents != 0) {
            farewell(self);
            return COMITY_OK;
        }
        busy = node_turn(self);
        if (alive != NULL)
            alive(context, self->time.now_ms);
    }
}
