/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.c - one daemon: node.c runs turn by turn between two calls of poll; its clocks and its
 * death are here. */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sim/daemons/world.h"

enum { UTC_START = 1700000000 };

struct daemon *daemon_now;
static int polls;
static int poll_wait_ms;

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
uint64_t __wrap_journal_size(const struct journal *journal);
uint64_t __real_journal_size(const struct journal *journal);
void __wrap_session_begin(struct session *self, struct session_time time);
void __real_session_begin(struct session *self, struct session_time time);

/* One turn of node_run lies between two calls: the second one ends it. */
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    assert(count > 0 && fds[0].fd == SIMD_STOP_FD);
    for (nfds_t i = 0; i < count; i++)
        fds[i].revents = 0;
    if (polls++ == 0) {
        fds[0].revents = daemon_now->farewell ? POLLIN : 0;
        return daemon_now->farewell ? 1 : 0;
    }
    poll_wait_ms = timeout_ms;
    errno = ENXIO;
    return -1;
}

/* The loop begins once in a life, though each turn enters node_run. */
void __wrap_session_begin(struct session *self, struct session_time time)
{
    if (!daemon_now->has_begun)
        __real_session_begin(self, time);
}

uint64_t __wrap_journal_size(const struct journal *journal)
{
    uint64_t size = __real_journal_size(journal);
    return world_now->plan.faults & SIMD_ROTATE ? size * 2048 : size;
}

/* --- Clocks --- */

int64_t daemon_steady(const struct daemon *self)
{
    int64_t passed = self->world->now_ms - self->steady_base_ms;
    return self->steady_ms + passed + passed * self->skew / 1000000;
}

int64_t clock_steady_ms(void)
{
    return daemon_now == NULL ? 0 : daemon_steady(daemon_now);
}

int64_t clock_boottime_ms(void)
{
    return daemon_now == NULL ? 0 : daemon_steady(daemon_now) + daemon_now->slept_ms;
}

int64_t clock_utc_ms(void)
{
    if (daemon_now == NULL)
        return 0;
    return (int64_t)UTC_START * 1000 + daemon_now->world->now_ms + daemon_now->utc_offset_ms;
}

/* --- Life and death --- */

struct session *daemon_session(const struct daemon *self)
{
    return self->node == NULL || self->node->sessions_count == 0 ? NULL : self->node->sessions[0];
}

void daemon_init(struct world *world, uint32_t index)
{
    struct daemon *self = &world->daemons[index];
    uint8_t seed[32] = {(uint8_t)(index + 1), 0x5d};
    self->world = world;
    self->index = index;
    if (identity_from_seed(seed, &self->identity) != COMITY_OK)
        abort();
    const uint8_t *key = identity_key(self->identity);
    world->seats[key[0] | key[1] << 8] = (uint8_t)index;
    self->config = (struct config){.data_path = "/d", .socket_path = "/d/socket"};
    self->disk.chance.state = mix64(world->plan.seed * 131 + index);
    self->chance.state = mix64(world->plan.seed * 137 + index);
    self->lie_chance.state = mix64(world->plan.seed * 139 + index);
    self->client.chance.state = mix64(world->plan.seed * 149 + index);
    self->steady_ms = 1000 + chance_below(&self->chance, 100000);
    self->wire.owner = self;
    self->api.owner = self;
    self->client.next_ms = chance_below(&self->chance, 2000);
    if (world->plan.sweep &&
        (world->plan.swept_seat == index || world->plan.swept_seat == world->plan.n)) {
        self->has_crash = true;
        self->crash = (enum crash)world->plan.swept_crash;
        self->disk.boundaries = (int64_t)world->plan.swept_effect;
    }
}

static void drop_inbox(struct daemon *self)
{
    while (self->inbox_count > 0) {
        free(self->inbox[self->inbox_first]);
        self->inbox_first = (self->inbox_first + 1) % SIMD_INBOX_MAX;
        self->inbox_count--;
    }
}

void daemon_free(struct daemon *self)
{
    daemon_now = self;
    disk_now = &self->disk;
    self->disk.dead = true;
    node_close(&self->node);
    drop_inbox(self);
    disk_free(&self->disk);
    disk_free(&self->backup);
    identity_close(&self->identity);
    free(self->client.feed);
    free(self->votes);
    free(self->acts_sent);
    daemon_now = NULL;
}

void daemon_die(struct daemon *self)
{
    struct world *world = self->world;
    daemon_now = self;
    disk_now = &self->disk;
    self->disk.dead = true;
    node_close(&self->node);
    drop_inbox(self);
    disk_crash(&self->disk, self->has_crash ? self->crash : CRASH_KILLED);
    world_trace(world, "%u dies, %d", self->index, (int)self->crash);
    self->has_crash = false;
    self->farewell = false;
    self->dies_with_vote = 0;
    self->seen_height = 0;
    self->stored_height = 0;
    world->crashes++;
    client_disconnect(self);
    int64_t down = chance_between(&self->chance, 10, world->plan.sweep ? 1000 : 20000);
    if (world->healed)
        down = 500;
    self->up_ms = world->now_ms + down;
    daemon_now = NULL;
    world_wake(world, self, self->up_ms);
}

void daemon_lose(struct daemon *self)
{
    enum forgetting loss = self->loss;
    if (self->node != NULL) {
        self->has_crash = true;
        self->crash = CRASH_KILLED;
        daemon_die(self);
    }
    world_trace(self->world, "%u loses files, %d", self->index, (int)loss);
    self->loss = FORGOT_NOTHING;
    self->forgot = loss;
    self->must_observe =
        loss == FORGOT_JOURNAL && (self->acts_sent_count > 0 || self->votes_count > 0);
    if (loss == FORGOT_JOURNAL || loss == FORGOT_ALL)
        disk_remove(&self->disk, "votes.journal");
    if (loss == FORGOT_JOURNAL_OLD || loss == FORGOT_BOTH_OLD)
        disk_restore(&self->disk, &self->backup, "votes.journal");
    if (loss == FORGOT_FLIPPED)
        (void)disk_flip(&self->disk, "votes.journal", chance_next(&self->chance));
    if (loss == FORGOT_STORE || loss == FORGOT_ALL || loss == FORGOT_BOTH_OLD) {
        static const char *const names[] = {"record.sqlite", "record.sqlite-wal",
                                            "record.sqlite-journal"};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            if (loss == FORGOT_BOTH_OLD)
                disk_restore(&self->disk, &self->backup, names[i]);
            else
                disk_remove(&self->disk, names[i]);
        }
        self->client.wants_forum = true;
        self->client.feed_height = 0;
        self->client.feed_index = 0;
        self->client.checked = (struct feed_event){0};
        self->client.feed_count = 0;
        self->seen_height = 0;
        self->stored_height = 0;
    }
}

/* Bit rot: what the database gives back is not what it was given. */
static void rot_snapshot(struct daemon *self)
{
    struct world *world = self->world;
    struct store *store;
    struct bytes state;
    struct arena arena;
    uint64_t height;
    if (!disk_exists(&self->disk, "record.sqlite") || self->disk.boundaries > 0 ||
        store_open("/d/record.sqlite", &store, NULL) != COMITY_OK)
        return;
    arena_init(&arena, 0);
    if (store_get_snapshot(store, &world->forum, &arena, &height, &state) == COMITY_OK &&
        state.size > 0) {
        uint8_t *changed = arena_alloc(&arena, state.size);
        memcpy(changed, state.data, state.size);
        changed[chance_below(&self->chance, (uint32_t)state.size)] ^= 1;
        world_trace(world, "%u: its snapshot of height %llu rots", self->index,
                    (unsigned long long)height);
        (void)!store_put_snapshot(store, &world->forum, height, bytes_of(changed, state.size));
    }
    arena_free(&arena);
    store_close(&store);
}

void daemon_start(struct daemon *self)
{
    struct world *world = self->world;
    struct fault fault = {{0}};
    daemon_now = self;
    disk_now = &self->disk;
    self->has_begun = false;
    if (self->rots)
        rot_snapshot(self);
    self->rots = false;
    enum comity_error error = node_open(&self->config, self->identity, &self->node, &fault);
    if (error != COMITY_OK)
        self->node = NULL;
    if (self->disk.dead) {
        daemon_die(self);
        return;
    }
    world_trace(world, "%u starts: %s %s", self->index, error_text(error), fault.text);
    if (error != COMITY_OK) {
        daemon_now = NULL;
        bool full = error == COMITY_FULL && self->disk.full;
        bool failed = error == COMITY_IO && (world->plan.faults & SIMD_EIO) != 0;
        self->refuses = self->forgot != FORGOT_NOTHING && error == COMITY_FOREIGN;
        if (!full && !failed && self->forgot == FORGOT_NOTHING)
            world_fail(world, "seat %u cannot start: %s", self->index, fault.text);
        self->up_ms = world->now_ms + 5000;
        world_wake(world, self, self->up_ms);
        return;
    }
    check_daemon(self);
    daemon_now = NULL;
    world_wake(world, self, world->now_ms);
}

void daemon_turn(struct daemon *self)
{
    struct world *world = self->world;
    daemon_now = self;
    disk_now = &self->disk;
    polls = 0;
    poll_wait_ms = 0;
    client_turn(self);
    enum comity_error error = node_run(self->node, SIMD_STOP_FD, NULL, NULL);
    self->has_begun = true;
    assert(self->farewell ? error == COMITY_OK : error == COMITY_IO);
    world->turns++;
    if (self->farewell && !self->disk.dead) {
        node_close(&self->node); /* As main does it, with the last writes of the store. */
        self->has_crash = true;
        self->crash = CRASH_KILLED;
    }
    if (self->farewell || self->disk.dead) {
        daemon_die(self);
        return;
    }
    check_daemon(self);
    daemon_now = NULL;
    int64_t due = client_due_ms(self);
    int64_t wait = world->now_ms + (poll_wait_ms > 0 ? poll_wait_ms : 1);
    world_wake(world, self, due < wait ? (due > world->now_ms ? due : world->now_ms + 1) : wait);
}
