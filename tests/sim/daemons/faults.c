/* SPDX-License-Identifier: Apache-2.0 */
/* faults.c - what the strikes of a plan do to the daemons, and when they let go. */
#include <string.h>

#include "node/session_state.h"
#include "sim/daemons/world.h"
#include "store/journal_file.h"

/* --- Links: cut or clogged while a strike lasts --- */

static uint32_t leader_now(const struct world *self)
{
    uint64_t view = 0;
    for (uint32_t i = 0; i < self->plan.n; i++) {
        const struct session *session = daemon_session(&self->daemons[i]);
        if (session != NULL && consensus_view(session->consensus) > view)
            view = consensus_view(session->consensus);
    }
    return (uint32_t)(view % self->plan.orderers);
}

/* Groups as bit sets: who shares none does not hear each other. */
static void draw_groups(struct world *self, struct chance *chance, uint32_t leader,
                        uint8_t ret_groups[SIMD_SEATS_MAX])
{
    uint32_t n = self->plan.n, shape = chance_below(chance, 6);
    uint32_t alone = shape == 0 ? leader : chance_below(chance, n);
    for (uint32_t i = 0; i < n; i++) {
        if (shape <= 1)
            ret_groups[i] = i == alone ? 2 : 1; /* The leader, or somebody. */
        else
            ret_groups[i] = (uint8_t)(1U << chance_below(chance, shape <= 3 ? 2 : 3));
    }
    if (shape == 5)
        ret_groups[alone] = 7; /* A bridge between islands. */
}

static void cut_links(struct world *self, const struct strike *strike, uint32_t leader)
{
    struct chance chance = {strike->seed};
    uint8_t groups[SIMD_SEATS_MAX];
    uint32_t n = self->plan.n;
    bool one_way = (self->plan.faults & SIMD_ONE_WAY) != 0;
    bool swizzle = chance_hit(&chance, 200);
    uint32_t many = chance_below(&chance, 700);
    draw_groups(self, &chance, leader, groups);
    for (uint32_t a = 0; a < n; a++) {
        for (uint32_t b = 0; b < n; b++) {
            bool cut = (groups[a] & groups[b]) == 0;
            bool hit = chance_hit(&chance, swizzle ? many : 150);
            int64_t from = strike->length_ms * chance_between(&chance, 0, 500) / 1000;
            int64_t to = strike->length_ms * chance_between(&chance, 500, 1000) / 1000;
            int64_t age = self->now_ms - strike->at_ms;
            if (swizzle) /* Links go one by one and come back in another order. */
                cut = hit && age >= from && age < to;
            else if (one_way && hit)
                cut = !cut;
            struct link *link = link_of(self, a, b);
            link->cut = link->cut || cut;
        }
    }
}

static void clog_links(struct world *self, const struct strike *strike)
{
    struct chance chance = {strike->seed};
    uint32_t many = chance_below(&chance, 500);
    for (uint32_t a = 0; a < self->plan.n; a++) {
        for (uint32_t b = 0; b < self->plan.n; b++) {
            if (chance_hit(&chance, many))
                link_of(self, a, b)->clogged_ms = strike->at_ms + strike->length_ms;
        }
    }
}

static void free_links(struct world *self)
{
    for (uint32_t i = 0; i < self->plan.n * self->plan.n; i++) {
        self->links[i].cut = false;
        self->links[i].clogged_ms = 0;
    }
}

static void renew_links(struct world *self)
{
    free_links(self);
    for (uint32_t i = 0; i < self->plan.strikes_count; i++) {
        const struct strike *strike = &self->plan.strikes[i];
        if (!self->strike_runs[i])
            continue;
        if (strike->fault == SIMD_PARTITION)
            cut_links(self, strike, self->strike_leader[i]);
        else if (strike->fault == SIMD_CLOG)
            clog_links(self, strike);
    }
}

/* --- Crashes --- */

static void schedule_crash(struct daemon *daemon, struct chance *chance, bool power)
{
    if (daemon->has_crash)
        return;
    daemon->has_crash = true;
    daemon->crash =
        power ? (enum crash)chance_between(chance, CRASH_LOST, CRASH_PREFIX) : CRASH_KILLED;
    if (daemon->node == NULL || chance_hit(chance, 700)) {
        /* At one of the next effects; also while it starts. */
        daemon->disk.boundaries = 1 + chance_below(chance, chance_hit(chance, 500) ? 12 : 150);
    } else if (!power && chance_hit(chance, 300)) {
        daemon->has_crash = false;
        daemon->farewell = true;
        world_wake(daemon->world, daemon, daemon->world->now_ms);
    } else {
        daemon_die(daemon);
    }
}

static void all_down(struct world *self, struct chance *chance)
{
    uint32_t shape = chance_below(chance, 3);
    uint32_t kind = VOTE_NOTARIZE + chance_below(chance, 3);
    bool power = chance_hit(chance, 500);
    for (uint32_t i = 0; i < self->plan.n; i++) {
        struct daemon *daemon = &self->daemons[i];
        if (daemon->has_crash || daemon->node == NULL)
            continue;
        daemon->has_crash = true;
        daemon->crash =
            power ? (enum crash)chance_between(chance, CRASH_LOST, CRASH_PREFIX) : CRASH_KILLED;
        if (shape == 0)
            daemon_die(daemon);
        else if (shape == 1) /* Durable, but nobody has heard it. */
            daemon->dies_with_vote = (uint8_t)kind;
        else
            daemon->disk.boundaries = 1 + chance_below(chance, 40);
    }
}

static void lose_journal(struct daemon *daemon, struct chance *chance)
{
    if (daemon->forgot != FORGOT_NOTHING || daemon->loss != FORGOT_NOTHING)
        return;
    daemon->loss = (enum forgetting)(1 + chance_below(chance, FORGOT_KINDS - 1));
    disk_copy(&daemon->backup, &daemon->disk); /* For those that come back with one. */
}

static void pause(struct daemon *daemon, int64_t length, bool sleeps)
{
    struct world *world = daemon->world;
    if (daemon->paused_ms > world->now_ms)
        return;
    daemon->paused_ms = world->now_ms + length;
    if (!sleeps)
        return;
    daemon->steady_ms = daemon_steady(daemon);
    daemon->steady_base_ms = daemon->paused_ms;
    daemon->slept_ms += length;
    world_wake(world, daemon, daemon->paused_ms);
}

static void set_skew(struct daemon *daemon, int64_t skew)
{
    if (daemon->paused_ms > daemon->world->now_ms)
        return; /* Its base lies in the future. */
    daemon->steady_ms = daemon_steady(daemon);
    daemon->steady_base_ms = daemon->world->now_ms;
    daemon->skew = skew;
}

static void set_clock(struct daemon *daemon, struct chance *chance)
{
    static const int64_t steps[] = {100, 3000, 60000, 3600000};
    int64_t most = steps[chance_below(chance, 4)];
    daemon->utc_offset_ms = chance_between(chance, -most, most);
    set_skew(daemon, chance_between(chance, -100000, 100000));
}

/* --- When a strike begins and ends --- */

void faults_begin(struct world *self, uint32_t number)
{
    const struct strike *strike = &self->plan.strikes[number];
    struct daemon *daemon = &self->daemons[strike->seat < self->plan.n ? strike->seat : 0];
    struct chance chance = {mix64(strike->seed)};
    if (strike->dropped || self->healed)
        return;
    self->strike_runs[number] = true;
    world_trace(self, "fault %u: %s, seat %u, for %lld ms", number, plan_fault_name(strike->fault),
                strike->seat, (long long)strike->length_ms);
    switch (strike->fault) {
    case SIMD_PARTITION:
        self->strike_leader[number] = leader_now(self);
        renew_links(self);
        break;
    case SIMD_CLOG:
        renew_links(self);
        break;
    case SIMD_KILL:
    case SIMD_POWER:
        schedule_crash(daemon, &chance, strike->fault == SIMD_POWER);
        break;
    case SIMD_ALL_DOWN:
        all_down(self, &chance);
        break;
    case SIMD_FULL:
        daemon->disk.full = true;
        break;
    case SIMD_EIO:
        daemon->disk.sync_fails = true;
        break;
    case SIMD_PAUSE:
        pause(daemon, strike->length_ms < 15000 ? strike->length_ms : 15000, false);
        break;
    case SIMD_SLEEP:
        pause(daemon, strike->length_ms, true);
        break;
    case SIMD_CLOCK:
        set_clock(daemon, &chance);
        break;
    case SIMD_ROT:
        daemon->rots = true; /* At its next start, which is soon. */
        schedule_crash(daemon, &chance, false);
        break;
    case SIMD_JOURNAL:
        lose_journal(daemon, &chance);
        break;
    default:
        break;
    }
}

void faults_end(struct world *self, uint32_t number)
{
    const struct strike *strike = &self->plan.strikes[number];
    struct daemon *daemon = &self->daemons[strike->seat < self->plan.n ? strike->seat : 0];
    if (!self->strike_runs[number])
        return;
    self->strike_runs[number] = false;
    if (strike->fault == SIMD_PARTITION || strike->fault == SIMD_CLOG)
        renew_links(self);
    else if (strike->fault == SIMD_FULL)
        daemon->disk.full = false;
    else if (strike->fault == SIMD_JOURNAL && daemon->loss != FORGOT_NOTHING)
        daemon_lose(daemon);
    if (daemon->node != NULL && daemon->node->journal->broken) {
        world_trace(self, "%u: somebody restarts it", daemon->index);
        daemon_die(daemon);
    }
}

/* Links of a swizzle change while it lasts. */
void faults_step(struct world *self)
{
    renew_links(self);
    for (uint32_t i = 0; i < self->plan.n; i++) {
        struct daemon *daemon = &self->daemons[i];
        if (daemon->node != NULL && daemon->node->journal->broken) {
            world_trace(self, "%u: somebody restarts it", i);
            daemon_die(daemon);
        }
    }
}

void faults_heal(struct world *self)
{
    world_trace(self, "healed");
    for (uint32_t i = 0; i < self->plan.strikes_count; i++)
        faults_end(self, i);
    free_links(self);
    for (uint32_t i = 0; i < self->plan.n; i++) {
        struct daemon *daemon = &self->daemons[i];
        daemon->disk.full = false;
        daemon->disk.sync_fails = false;
        daemon->disk.boundaries = 0;
        daemon->dies_with_vote = 0;
        daemon->has_crash = false;
        daemon->utc_offset_ms = chance_between(&daemon->chance, -50, 50);
        set_skew(daemon, 0);
        if (daemon->node != NULL && daemon->node->journal->broken)
            daemon_die(daemon);
        if (daemon->up_ms > self->now_ms + 1000 && daemon->node == NULL) {
            daemon->up_ms = self->now_ms + 1000;
            world_wake(self, daemon, daemon->up_ms);
        }
    }
}
