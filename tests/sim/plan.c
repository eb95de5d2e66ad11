/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/plan.h"

#include <string.h>

#include "model/block.h"
#include "sim/chance.h"

static const struct {
    const char *name;
    uint32_t faults; /* Each drawn with one half, except what the profile is named for. */
    uint32_t always;
} profiles[PROFILES_COUNT] = {
    [PROFILE_CALM] = {"calm", 0, 0},
    [PROFILE_LOSSY] = {"lossy", FAULT_DUPLICATE | FAULT_DELAY | FAULT_SLOW_APP | FAULT_SLOW_DISK,
                       FAULT_LOSS},
    [PROFILE_PARTITION] = {"partition",
                           FAULT_LOSS | FAULT_DELAY | FAULT_ONE_WAY | FAULT_CORE | FAULT_FEW,
                           FAULT_PARTITION},
    [PROFILE_CRASH] = {"crash",
                       FAULT_LOSS | FAULT_DELAY | FAULT_SLOW_DISK | FAULT_JOURNAL | FAULT_CORE |
                           FAULT_FEW | FAULT_PARTITION,
                       FAULT_CRASH},
    [PROFILE_SLEEP] = {"sleep", FAULT_LOSS | FAULT_CLOCK | FAULT_CORE | FAULT_FEW, FAULT_SLEEP},
    [PROFILE_CLOCK] = {"clock", FAULT_LOSS | FAULT_SLEEP | FAULT_PARTITION, FAULT_CLOCK},
    [PROFILE_BYZANTINE] = {"byzantine",
                           FAULT_LOSS | FAULT_DELAY | FAULT_PARTITION | FAULT_CRASH |
                               FAULT_SLOW_APP,
                           FAULT_BYZANTINE},
    [PROFILE_TWINS] = {"twins", FAULT_LOSS | FAULT_DELAY | FAULT_PARTITION, FAULT_TWINS},
    [PROFILE_MIXED] = {"mixed", FAULT_ALL & ~FAULT_AWAY & ~FAULT_LONG, 0},
    [PROFILE_QUORUM] = {"quorum",
                        FAULT_LOSS | FAULT_DUPLICATE | FAULT_DELAY | FAULT_PARTITION |
                            FAULT_ONE_WAY | FAULT_CRASH | FAULT_SLOW_APP | FAULT_SLOW_DISK,
                        FAULT_AWAY},
    [PROFILE_LONG] = {"long", FAULT_LOSS | FAULT_DELAY | FAULT_CRASH, FAULT_LONG},
};

const char *sim_profile_name(enum sim_profile profile)
{
    return profiles[profile].name;
}

static uint32_t draw_orderers(struct chance *chance)
{
    static const uint8_t usual[] = {1, 2, 3, 4, 4, 4, 4, 5, 5, 6, 7, 7, 7, 10, 10, 13};
    if (chance_hit(chance, 15))
        return 14 + chance_below(chance, 51);
    return usual[chance_below(chance, sizeof usual)];
}

static void draw_liars(struct sim_plan *self, struct chance *chance)
{
    uint32_t n = self->orderers_count, f = quorum_faults(n), q = quorum_size(n);
    uint32_t most = f, count;
    if (!(self->faults & (FAULT_BYZANTINE | FAULT_TWINS)))
        return;
    if (n > 1 && 2 * q - n - 1 > f && chance_hit(chance, 200)) {
        most = 2 * q - n - 1;
        self->beyond = true;
    }
    if (most == 0)
        return;
    count = 1 + chance_below(chance, most);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t seat = chance_below(chance, n);
        if (self->lies[seat] || self->twin[seat])
            continue;
        bool twin = (self->faults & FAULT_TWINS) &&
                    (!(self->faults & FAULT_BYZANTINE) || chance_hit(chance, 400));
        if (twin) {
            self->twin[seat] = true;
            self->twins_count++;
            continue;
        }
        while (self->lies[seat] == 0)
            self->lies[seat] =
                (uint32_t)(chance_next(chance) & chance_next(chance)) & ((1U << LIE_COUNT) - 1);
        if (!chance_hit(chance, 100))
            self->lies[seat] &= ~(uint32_t)LIE_SILENT;
        if (self->lies[seat] == 0)
            self->lies[seat] = LIE_EQUIVOCATE;
        self->liars_count++;
    }
    self->beyond = self->beyond && self->liars_count + self->twins_count > f;
}

static void draw_strength(struct sim_plan *self, struct chance *chance)
{
    static const int64_t deltas[] = {50, 250, 250, 1000, 1000, 1000};
    self->delta_ms = deltas[chance_below(chance, 6)];
    self->tolerance_ms = chance_hit(chance, 700) ? 10000 : 500;
    self->chaos_ms = self->delta_ms * chance_between(chance, 40, 200);
    self->chaos_step_ms = self->delta_ms * chance_between(chance, 1, 20);
    self->delay_min_ms = 1 + self->delta_ms / 50;
    self->calm_delay_ms = self->delta_ms / 4;
    if (chance_hit(chance, 50)) /* The pace is set too fast for these links: `grow` must help. */
        self->calm_delay_ms = self->delta_ms * chance_between(chance, 1, 2);
    self->delay_max_ms = self->calm_delay_ms;
    if (self->faults & FAULT_LOSS)
        self->loss = chance_below(chance, 401);
    if (self->faults & FAULT_DUPLICATE)
        self->duplicate = chance_below(chance, 300);
    if (self->faults & FAULT_DELAY)
        self->delay_max_ms = self->delta_ms * chance_between(chance, 1, 10);
    self->sync_max_ms = self->faults & FAULT_SLOW_DISK ? self->delta_ms * 2 : 3;
    self->app_max_ms = self->faults & FAULT_SLOW_APP ? self->delta_ms * 4 : 2;
    self->pending = self->faults & FAULT_SLOW_APP ? 500 : 20;
    if (self->faults & FAULT_SLEEP) {
        self->chaos_ms = chance_between(chance, 600, 6 * 3600) * 1000;
        self->chaos_step_ms = self->chaos_ms / chance_between(chance, 8, 40);
    }
    self->bounded_clocks = chance_hit(chance, 600);
    self->views_max = chance_hit(chance, 200) ? 8 + chance_below(chance, 40) : 256;
    self->acts_count = 1 + chance_below(chance, 40);
    self->deadline_acts = chance_hit(chance, 500) ? chance_below(chance, 600) : 0;
}

static void draw_away(struct sim_plan *self, struct chance *chance)
{
    uint32_t n = self->orderers_count, left = n - quorum_size(n);
    while (left > 0) {
        uint32_t seat = chance_below(chance, n);
        if (self->away[seat] || self->lies[seat])
            continue;
        self->away[seat] = true;
        left--;
    }
}

/* With all but q asleep, one liar decides when something becomes final. */
static void draw_long(struct sim_plan *self, struct chance *chance)
{
    static const uint8_t sizes[] = {4, 4, 4, 5, 7, 10};
    if (self->orderers_count < 4 || self->orderers_count > 10)
        self->orderers_count = sizes[chance_below(chance, sizeof sizes)];
    self->liars_count = 1 + chance_below(chance, quorum_faults(self->orderers_count));
    for (uint32_t i = 0; i < self->liars_count; i++)
        self->lies[(self->seed + i) % self->orderers_count] =
            LIE_NO_FINALIZE | (chance_hit(chance, 500) ? LIE_RANGE : 0);
    draw_away(self, chance);
    for (uint32_t i = 0; i < self->followers_count; i++)
        self->away[self->orderers_count + i] = chance_hit(chance, 500);
    self->loss /= 8; /* Most views are to succeed. */
    self->delay_max_ms = self->calm_delay_ms;
    self->views_max = chance_hit(chance, 200) ? 32 + chance_below(chance, 40) : 256;
    self->chaos_step_ms = 10 * self->delta_ms;
    self->chaos_ms = self->delta_ms * chance_between(chance, 100, 800);
    self->hold_ms = self->chaos_ms * chance_between(chance, 50, 99) / 100;
}

void sim_plan_draw(struct sim_plan *self, uint64_t seed, enum sim_profile profile, uint32_t n,
                   uint32_t faults)
{
    struct chance chance = {mix64(seed ^ (uint64_t)profile << 56)};
    memset(self, 0, sizeof *self);
    self->seed = seed;
    self->profile = profile;
    self->faults = profiles[profile].faults & (uint32_t)chance_next(&chance);
    if (profile == PROFILE_MIXED) /* A third of all classes is harsher than half of them. */
        self->faults &= (uint32_t)chance_next(&chance) | (uint32_t)chance_next(&chance);
    self->faults = (self->faults | profiles[profile].always) & faults;
    self->orderers_count = draw_orderers(&chance);
    if (n > 0)
        self->orderers_count = n;
    if (profile == PROFILE_TWINS || profile == PROFILE_BYZANTINE)
        self->orderers_count = self->orderers_count < 2 ? 4 : self->orderers_count;
    self->followers_count = chance_hit(&chance, 300) ? 1 + chance_below(&chance, 3) : 0;
    draw_liars(self, &chance);
    draw_strength(self, &chance);
    if (self->faults & FAULT_LONG)
        draw_long(self, &chance);
    else if (self->faults & FAULT_AWAY)
        draw_away(self, &chance);
}
