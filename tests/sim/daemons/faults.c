/* SPDX-License-Identifier: Apache-2.0 */
/* faults.c - what a seed does to the daemons, and when it lets go. */
#include <string.h>

#include "model/block.h"
#include "sim/daemons/world.h"
#include "store/journal_file.h"

static const struct {
    const char *name;
    uint32_t sometimes, always;
} profiles[] = {
    {"calm", 0, 0},
    {"lossy", SIMD_DUPLICATE | SIMD_DELAY | SIMD_RETRY, SIMD_LOSS},
    {"partition", SIMD_LOSS | SIMD_DELAY | SIMD_ONE_WAY | SIMD_RETRY, SIMD_PARTITION},
    {"crash", SIMD_LOSS | SIMD_DELAY | SIMD_ROTATE | SIMD_RETRY | SIMD_PARTITION, SIMD_KILL},
    {"power", SIMD_LOSS | SIMD_ROTATE | SIMD_RETRY | SIMD_KILL | SIMD_PARTITION, SIMD_POWER},
    {"disk", SIMD_LOSS | SIMD_ROTATE | SIMD_KILL | SIMD_POWER | SIMD_EIO, SIMD_FULL},
    {"sleep", SIMD_LOSS | SIMD_PAUSE | SIMD_CLOCK, SIMD_SLEEP},
    {"clock", SIMD_LOSS | SIMD_PAUSE | SIMD_PARTITION, SIMD_CLOCK},
    {"byzantine", SIMD_LOSS | SIMD_DELAY | SIMD_PARTITION | SIMD_KILL, SIMD_BYZANTINE},
    {"long", SIMD_KILL | SIMD_POWER | SIMD_ROTATE | SIMD_ROT | SIMD_RETRY, 0},
    {"mixed", SIMD_ALL & ~SIMD_ROT, 0},
};
enum { PROFILES = sizeof profiles / sizeof *profiles };

bool plan_has_profile(const char *profile)
{
    for (int i = 0; i < PROFILES; i++) {
        if (strcmp(profiles[i].name, profile) == 0)
            return true;
    }
    return false;
}

static uint32_t draw_seats(struct chance *chance)
{
    static const uint8_t usual[] = {1, 2, 3, 4, 4, 4, 4, 4, 5, 5, 6, 7};
    if (chance_hit(chance, 3))
        return 17 + chance_below(chance, 48);
    if (chance_hit(chance, 20))
        return 8 + chance_below(chance, 9);
    return usual[chance_below(chance, sizeof usual)];
}

static void draw_liars(struct plan *self, struct chance *chance)
{
    if (!(self->faults & SIMD_BYZANTINE))
        return;
    uint32_t most = quorum_faults(self->orderers);
    for (uint32_t i = 0; i < most; i++) {
        uint32_t seat = chance_below(chance, self->orderers);
        if (self->lies[seat] != 0 || (i > 0 && chance_hit(chance, 300)))
            continue;
        self->lies[seat] = (uint32_t)chance_next(chance) & LIE_ALL;
        if (self->lies[seat] == 0)
            self->lies[seat] = LIE_EQUIVOCATE;
        self->liars++;
    }
}

void plan_draw(struct plan *self, uint64_t seed, const char *profile, uint32_t n, uint32_t faults)
{
    static const int64_t paces[] = {100, 250, 250, 1000};
    int which = (int)(seed % PROFILES);
    for (int i = 0; i < PROFILES && profile != NULL; i++) {
        if (strcmp(profiles[i].name, profile) == 0)
            which = i;
    }
    struct chance chance = {mix64(seed ^ (uint64_t)which << 56)};
    *self = (struct plan){.seed = seed, .profile = profiles[which].name};
    self->faults = profiles[which].sometimes & (uint32_t)chance_next(&chance);
    if (strcmp(self->profile, "mixed") == 0)
        self->faults &= (uint32_t)chance_next(&chance) | (uint32_t)chance_next(&chance);
    self->faults = (self->faults | profiles[which].always) & faults;
    self->n = draw_seats(&chance);
    if (self->faults & SIMD_BYZANTINE)
        self->n = self->n < 4 ? 4 + chance_below(&chance, 4) : self->n;
    if (strcmp(self->profile, "long") == 0)
        self->n = 1 + chance_below(&chance, 4);
    self->n = n > 0 ? n : self->n;
    self->orderers = self->n;
    if (self->n > 1 && chance_hit(&chance, 150)) /* The rest follow. */
        self->orderers = self->n - 1 - chance_below(&chance, self->n / 3 + 1);
    self->orderers = self->orderers < 1 ? 1 : self->orderers;
    draw_liars(self, &chance);
    self->pace_ms = paces[chance_below(&chance, 4)];
    self->chaos_ms = chance_between(&chance, 20, 90) * 1000;
    self->step_ms = chance_between(&chance, 500, 8000);
    if (self->faults & SIMD_SLEEP) {
        self->chaos_ms = chance_between(&chance, 300, 7200) * 1000;
        self->step_ms = self->chaos_ms / chance_between(&chance, 8, 30);
    }
    self->delay_min_ms = 1;
    self->delay_max_ms = 1 + self->pace_ms / 4;
    if (self->faults & SIMD_DELAY)
        self->delay_max_ms = self->pace_ms * chance_between(&chance, 1, 8);
    self->loss = self->faults & SIMD_LOSS ? chance_below(&chance, 300) : 0;
    self->duplicate = self->faults & SIMD_DUPLICATE ? chance_below(&chance, 300) : 0;
    self->ops = self->n > 16 ? 3 : 4 + chance_below(&chance, 16);
    self->op_pause_ms = 4000;
    if (strcmp(self->profile, "long") == 0) { /* Records with snapshots in them. */
        self->pace_ms = 100;
        self->chaos_ms = chance_between(&chance, 60, 240) * 1000;
        self->step_ms = self->chaos_ms / chance_between(&chance, 5, 20);
        self->ops = SIMD_OPS_MAX;
        self->op_pause_ms = 600;
    }
}

/* --- Each step of the chaos --- */

static void partition(struct world *self, struct chance *chance)
{
    uint32_t groups[SIMD_SEATS_MAX];
    uint32_t count = 1 + chance_below(chance, 3);
    memset(self->cut, 0, sizeof self->cut);
    if (chance_hit(chance, 300))
        return; /* It heals for a while. */
    for (uint32_t i = 0; i < self->plan.n; i++)
        groups[i] = chance_below(chance, count);
    for (uint32_t a = 0; a < self->plan.n; a++) {
        for (uint32_t b = 0; b < self->plan.n; b++) {
            self->cut[a][b] = groups[a] != groups[b];
            if ((self->plan.faults & SIMD_ONE_WAY) && chance_hit(chance, 150))
                self->cut[a][b] = !self->cut[a][b];
        }
    }
    world_trace(self, "partition into %u", count);
}

static void schedule_crash(struct daemon *daemon, struct chance *chance)
{
    uint32_t faults = daemon->world->plan.faults;
    bool power = (faults & SIMD_POWER) && (!(faults & SIMD_KILL) || chance_hit(chance, 500));
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

static void pause(struct daemon *daemon, struct chance *chance)
{
    struct world *world = daemon->world;
    bool sleeps = (world->plan.faults & SIMD_SLEEP) != 0 && chance_hit(chance, 700);
    if (daemon->paused_ms > world->now_ms)
        return;
    int64_t length = chance_between(chance, 50, sleeps ? world->plan.step_ms * 2 : 15000);
    daemon->paused_ms = world->now_ms + length;
    world_trace(world, "%u %s for %lld ms", daemon->index, sleeps ? "sleeps" : "pauses",
                (long long)length);
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

static void disturb(struct daemon *daemon, struct chance *chance)
{
    struct world *world = daemon->world;
    uint32_t faults = world->plan.faults;
    if ((faults & (SIMD_KILL | SIMD_POWER)) && !daemon->has_crash && chance_hit(chance, 250))
        schedule_crash(daemon, chance);
    if (faults & SIMD_FULL) {
        daemon->disk.full = chance_hit(chance, daemon->disk.full ? 400 : 200);
        world_trace(world, "%u: disk %s", daemon->index, daemon->disk.full ? "full" : "free");
    }
    if (daemon->node != NULL && daemon->node->journal->broken) {
        world_trace(world, "%u: somebody restarts it", daemon->index);
        daemon_die(daemon);
    }
    if ((faults & SIMD_EIO) && chance_hit(chance, 100))
        daemon->disk.sync_fails = true;
    if ((faults & (SIMD_PAUSE | SIMD_SLEEP)) && chance_hit(chance, 200))
        pause(daemon, chance);
    if ((faults & SIMD_CLOCK) && chance_hit(chance, 300)) {
        static const int64_t steps[] = {100, 3000, 60000, 3600000};
        int64_t most = steps[chance_below(chance, 4)];
        daemon->utc_offset_ms = chance_between(chance, -most, most);
        set_skew(daemon, chance_between(chance, -100000, 100000));
    }
}

void faults_step(struct world *self)
{
    if ((self->plan.faults & SIMD_PARTITION) && chance_hit(&self->chance, 500))
        partition(self, &self->chance);
    for (uint32_t i = 0; i < self->plan.n && !self->failed; i++)
        disturb(&self->daemons[i], &self->chance);
}

void faults_heal(struct world *self)
{
    world_trace(self, "healed");
    memset(self->cut, 0, sizeof self->cut);
    for (uint32_t i = 0; i < self->plan.n; i++) {
        struct daemon *daemon = &self->daemons[i];
        daemon->disk.full = false;
        daemon->disk.sync_fails = false;
        daemon->disk.boundaries = 0;
        daemon->has_crash = false;
        daemon->utc_offset_ms = chance_between(&self->chance, -50, 50);
        set_skew(daemon, 0);
        if (daemon->node != NULL && daemon->node->journal->broken)
            daemon_die(daemon);
        if (daemon->up_ms > self->now_ms + 1000 && daemon->node == NULL) {
            daemon->up_ms = self->now_ms + 1000;
            world_wake(self, daemon, daemon->up_ms);
        }
    }
}
