/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/daemons/plan.h"

#include <string.h>

#include "model/block.h"
#include "sim/chance.h"
#include "sim/daemons/disk.h"

static const struct {
    const char *name;
    uint32_t sometimes, always;
} profiles[] = {
    {"calm", 0, 0},
    {"lossy", SIMD_DUPLICATE | SIMD_DELAY | SIMD_RETRY | SIMD_CLOG, SIMD_LOSS},
    {"partition", SIMD_LOSS | SIMD_DELAY | SIMD_ONE_WAY | SIMD_RETRY | SIMD_CLOG, SIMD_PARTITION},
    {"crash", SIMD_LOSS | SIMD_DELAY | SIMD_ROTATE | SIMD_RETRY | SIMD_PARTITION | SIMD_ALL_DOWN,
     SIMD_KILL},
    {"power", SIMD_LOSS | SIMD_ROTATE | SIMD_RETRY | SIMD_KILL | SIMD_PARTITION | SIMD_ALL_DOWN,
     SIMD_POWER},
    {"disk", SIMD_LOSS | SIMD_ROTATE | SIMD_KILL | SIMD_POWER | SIMD_EIO, SIMD_FULL},
    {"sleep", SIMD_LOSS | SIMD_PAUSE | SIMD_CLOCK, SIMD_SLEEP},
    {"clock", SIMD_LOSS | SIMD_PAUSE | SIMD_PARTITION, SIMD_CLOCK},
    {"byzantine", SIMD_LOSS | SIMD_DELAY | SIMD_PARTITION | SIMD_KILL, SIMD_BYZANTINE},
    {"long", SIMD_KILL | SIMD_POWER | SIMD_ROTATE | SIMD_ROT | SIMD_RETRY, 0},
    {"mixed", SIMD_ALL & ~SIMD_ROT & ~SIMD_BEYOND, 0},
    {"journal", SIMD_LOSS | SIMD_KILL | SIMD_POWER | SIMD_PARTITION | SIMD_ROTATE, SIMD_JOURNAL},
    {"beyond", SIMD_LOSS | SIMD_DELAY | SIMD_PARTITION | SIMD_KILL | SIMD_POWER,
     SIMD_BYZANTINE | SIMD_BEYOND},
};
enum { PROFILES = sizeof profiles / sizeof *profiles };

static const char *const fault_names[] = {"loss",  "duplicate", "delay",  "partition", "one-way",
                                          "kill",  "power",     "full",   "pause",     "sleep",
                                          "clock", "liars",     "rotate", "retry",     "rot",
                                          "eio",   "all-down",  "clog",   "journal",   "beyond"};

const struct filter filter_none = {.faults = SIMD_ALL, .lies = LIE_ALL};

const char *plan_fault_name(enum simd_fault fault)
{
    int bit = 0;
    while (((uint32_t)fault >> bit) > 1)
        bit++;
    return fault_names[bit];
}

bool plan_has_profile(const char *profile)
{
    for (int i = 0; i < PROFILES; i++) {
        if (strcmp(profiles[i].name, profile) == 0)
            return true;
    }
    return false;
}

/* Each part of a plan has its own chance. */
static struct chance part(const struct plan *self, uint64_t number)
{
    return (struct chance){mix64(self->seed ^ number << 48) ^
                           mix_bytes(number, self->profile, strlen(self->profile))};
}

static uint32_t draw_seats(struct chance *chance)
{
    static const uint8_t usual[] = {1, 2, 3, 4, 4, 4, 4, 4, 5, 5, 6, 7};
    if (chance_hit(chance, 1))
        return 17 + chance_below(chance, 48);
    if (chance_hit(chance, 20))
        return 8 + chance_below(chance, 9);
    return usual[chance_below(chance, sizeof usual)];
}

static void draw_sizes(struct plan *self, uint32_t n)
{
    struct chance chance = part(self, 1);
    self->n = draw_seats(&chance);
    if (self->faults & (SIMD_BYZANTINE | SIMD_JOURNAL))
        self->n = self->n < 4 ? 4 + chance_below(&chance, 4) : self->n;
    if (strcmp(self->profile, "long") == 0)
        self->n = 1 + chance_below(&chance, 4);
    self->n = n > 0 ? n : self->n;
    self->orderers = self->n;
    if (self->n > 1 && chance_hit(&chance, 150)) /* The rest follow. */
        self->orderers = self->n - 1 - chance_below(&chance, self->n / 3 + 1);
    self->orderers = self->orderers < 1 ? 1 : self->orderers;
    self->chaired = self->n > 2 && chance_hit(&chance, 250);
    self->presided = self->chaired && chance_hit(&chance, 400);
}

/* Safety holds while at most 2q-n-1 lie, which is more than f unless n = 3f + 1. */
static uint32_t draw_most_liars(struct plan *self, struct chance *chance)
{
    uint32_t n = self->orderers, f = quorum_faults(n);
    uint32_t safe = n < 2 ? 0 : 2 * quorum_size(n) - n - 1;
    if (!(self->faults & SIMD_BEYOND) || n < 2)
        return f;
    if (safe > f && chance_hit(chance, 500))
        return safe;
    return f + 1 + chance_below(chance, n - f - 1);
}

static void draw_liars(struct plan *self, uint32_t mask)
{
    struct chance chance = part(self, 2);
    uint32_t f = quorum_faults(self->orderers);
    uint32_t safe = self->orderers < 2 ? 0 : 2 * quorum_size(self->orderers) - self->orderers - 1;
    if (!(self->faults & SIMD_BYZANTINE))
        return;
    uint32_t most = draw_most_liars(self, &chance);
    for (uint32_t i = 0; i < most; i++) {
        uint32_t seat = chance_below(&chance, self->orderers);
        if (self->lies[seat] != 0 || (i > 0 && chance_hit(&chance, 300)))
            continue;
        self->lies[seat] = (uint32_t)(chance_next(&chance) & chance_next(&chance)) & LIE_ALL;
        if (self->lies[seat] == 0)
            self->lies[seat] = LIE_EQUIVOCATE;
        self->liars++;
        self->lies[seat] &= mask;
        self->lies[seat] |= (uint32_t)1 << 31; /* Still not honest. */
    }
    self->promise = self->liars <= f      ? PROMISE_ALL
                    : self->liars <= safe ? PROMISE_SAFETY
                                          : PROMISE_CONSENT;
}

static void draw_strength(struct plan *self)
{
    static const int64_t paces[] = {100, 250, 250, 1000};
    struct chance chance = part(self, 3);
    self->pace_ms = paces[chance_below(&chance, 4)];
    self->chaos_ms = chance_between(&chance, 10, 60) * 1000;
    self->step_ms = chance_between(&chance, 500, 6000);
    if (self->faults & SIMD_SLEEP) {
        self->chaos_ms = chance_between(&chance, 60, chance_hit(&chance, 100) ? 7200 : 600) * 1000;
        self->step_ms = self->chaos_ms / chance_between(&chance, 8, 30);
    }
    self->delay_min_ms = 1;
    self->delay_max_ms = 1 + self->pace_ms / 4;
    int64_t paces_late = chance_between(&chance, 1, 8);
    if (self->faults & SIMD_DELAY)
        self->delay_max_ms = self->pace_ms * paces_late;
    uint32_t loss = chance_below(&chance, 400), duplicate = chance_below(&chance, 300);
    self->loss = self->faults & SIMD_LOSS ? loss : 0;
    self->duplicate = self->faults & SIMD_DUPLICATE ? duplicate : 0;
    self->ops = 4 + chance_below(&chance, 16);
    if (self->n > 16)
        self->ops = 3;
    self->op_pause_ms = 4000;
    self->real_signatures = chance_hit(&chance, 100);
    if (strcmp(self->profile, "long") == 0) { /* Records with snapshots in them. */
        self->pace_ms = 100;
        self->chaos_ms = chance_between(&chance, 40, chance_hit(&chance, 200) ? 240 : 100) * 1000;
        self->step_ms = self->chaos_ms / chance_between(&chance, 5, 20);
        self->ops = UINT32_MAX;
        self->op_pause_ms = 600;
    }
}

/* How often, per mille of steps; of each seat, or of all together. */
static const struct {
    enum simd_fault fault;
    uint32_t often;
    bool each;
} habits[] = {
    {SIMD_PARTITION, 500, false}, {SIMD_CLOG, 300, false}, {SIMD_ALL_DOWN, 100, false},
    {SIMD_KILL, 220, true},       {SIMD_POWER, 150, true}, {SIMD_FULL, 120, true},
    {SIMD_EIO, 100, true},        {SIMD_PAUSE, 150, true}, {SIMD_SLEEP, 150, true},
    {SIMD_CLOCK, 300, true},      {SIMD_ROT, 150, true},   {SIMD_JOURNAL, 60, true},
};

static void add_strike(struct plan *self, struct chance *chance, int64_t at_ms,
                       enum simd_fault fault, uint32_t seat)
{
    if (self->strikes_count == SIMD_STRIKES_MAX)
        return;
    self->strikes[self->strikes_count++] = (struct strike){
        .at_ms = at_ms,
        .length_ms = chance_between(chance, self->step_ms / 4 + 1, 3 * self->step_ms),
        .fault = fault,
        .seat = seat,
        .seed = chance_next(chance)};
}

static void draw_strikes(struct plan *self)
{
    for (size_t k = 0; k < sizeof habits / sizeof *habits; k++) {
        struct chance chance = part(self, 16 + k);
        if (!(self->faults & (uint32_t)habits[k].fault))
            continue;
        int64_t at = 1000;
        for (;;) {
            at += chance_between(&chance, self->step_ms / 2, 3 * self->step_ms / 2);
            if (at >= self->chaos_ms)
                break;
            for (uint32_t seat = 0; seat < (habits[k].each ? self->n : 1); seat++) {
                if (chance_hit(&chance, habits[k].often))
                    add_strike(self, &chance, at + chance_between(&chance, 0, self->step_ms),
                               habits[k].fault, seat);
            }
        }
    }
}

/* A key that forgot what it signed is as bad as a liar: both together are at most f. */
static void limit_journals(struct plan *self)
{
    bool lost[SIMD_SEATS_MAX] = {false};
    uint32_t most = quorum_faults(self->orderers), used = self->liars;
    for (uint32_t i = 0; i < self->strikes_count; i++) {
        struct strike *strike = &self->strikes[i];
        if (strike->fault != SIMD_JOURNAL)
            continue;
        bool counts = strike->seat < self->orderers;
        if (lost[strike->seat] || self->lies[strike->seat] != 0 || (counts && used >= most)) {
            strike->dropped = true;
            continue;
        }
        lost[strike->seat] = true;
        used += counts;
    }
}

static void apply_filter(struct plan *self, const struct filter *filter)
{
    for (uint32_t i = 0; i < self->strikes_count; i++)
        self->strikes[i].dropped = self->strikes[i].dropped || filter->dropped[i] != 0;
    if (filter->chaos_ms > 0 && filter->chaos_ms < self->chaos_ms)
        self->chaos_ms = filter->chaos_ms;
    if (filter->ops > 0 && filter->ops < self->ops)
        self->ops = filter->ops;
    if (filter->signatures != 0)
        self->real_signatures = filter->signatures == 1;
}

void plan_draw(struct plan *self, uint64_t seed, const char *profile, const struct filter *filter)
{
    int which = (int)(seed % PROFILES);
    for (int i = 0; i < PROFILES && profile != NULL; i++) {
        if (strcmp(profiles[i].name, profile) == 0)
            which = i;
    }
    memset(self, 0, sizeof *self);
    self->seed = seed;
    self->profile = profiles[which].name;
    struct chance chance = part(self, 0);
    self->faults = profiles[which].sometimes & (uint32_t)chance_next(&chance);
    if (strcmp(self->profile, "mixed") == 0)
        self->faults &= (uint32_t)chance_next(&chance) | (uint32_t)chance_next(&chance);
    self->faults |= profiles[which].always;
    /* Sizes and strength are those of all its faults, whatever the mask leaves. */
    uint32_t all = self->faults;
    draw_sizes(self, filter->n);
    draw_liars(self, filter->lies);
    draw_strength(self);
    draw_strikes(self);
    self->faults = all & filter->faults;
    self->loss = self->faults & SIMD_LOSS ? self->loss : 0;
    self->duplicate = self->faults & SIMD_DUPLICATE ? self->duplicate : 0;
    if (!(self->faults & SIMD_DELAY))
        self->delay_max_ms = 1 + self->pace_ms / 4;
    if (!(self->faults & SIMD_BYZANTINE)) {
        memset(self->lies, 0, sizeof self->lies);
        self->liars = 0;
        self->promise = PROMISE_ALL;
    }
    for (uint32_t i = 0; i < self->strikes_count; i++)
        self->strikes[i].dropped = !(self->faults & (uint32_t)self->strikes[i].fault);
    apply_filter(self, filter);
    limit_journals(self);
}

/* --- Every effect of a short run: kind of crash, then seat (the last: all), then effect --- */

uint64_t plan_sweep_count(uint32_t n, uint64_t effects)
{
    return (uint64_t)(n + 1) * effects * CRASH_KINDS;
}

void plan_sweep(struct plan *self, uint64_t number, uint32_t n)
{
    uint64_t rest = number - 1;
    *self = (struct plan){.seed = 1, .profile = "sweep", .n = n, .orderers = n};
    self->sweep = true;
    self->swept_crash = (int)(rest % CRASH_KINDS);
    rest /= CRASH_KINDS;
    self->swept_seat = (uint32_t)(rest % (n + 1));
    self->swept_effect = 1 + rest / (n + 1);
    self->pace_ms = 100;
    self->chaos_ms = 6000;
    self->delay_min_ms = 1;
    self->delay_max_ms = 20;
    self->step_ms = 1000;
    self->ops = 3;
    self->op_pause_ms = 300;
}
