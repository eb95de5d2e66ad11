/* SPDX-License-Identifier: Apache-2.0 */
/* world.c - what happens when: frames, turns of daemons, faults, the end. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "charter/charter.h"
#include "sim/daemons/world.h"

enum { PROGRESS_MS = 240000, CHECK_EVERY_MS = 500, CALM_DELAY_MS = 40 };

enum event_kind { EVENT_ARRIVES, EVENT_WAKES, EVENT_FAULTS };
struct event {
    int64_t at_ms;
    uint64_t order;
    enum event_kind kind;
    uint32_t to;
    struct frame *frame;
};

struct world *world_now;

void *world_grow(void *array, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return array;
    size_t more = *capacity == 0 ? 64 : *capacity * 2;
    if (more < need)
        more = need;
    array = realloc(array, more * size);
    if (array == NULL)
        abort();
    memset((uint8_t *)array + *capacity * size, 0, (more - *capacity) * size);
    *capacity = more;
    return array;
}

void world_fail(struct world *self, const char *format, ...)
{
    if (self->failed)
        return;
    self->failed = true;
    int size =
        snprintf(self->failure, sizeof self->failure, "at %.3f s: ", (double)self->now_ms / 1000);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(self->failure + size, sizeof self->failure - (size_t)size, format, args);
    va_end(args);
}

void world_trace(struct world *self, const char *format, ...)
{
    if (!self->print)
        return;
    va_list args;
    va_start(args, format);
    printf("%10.3f ", (double)self->now_ms / 1000);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    fflush(stdout);
}

/* --- The queue: a heap by time, then by number --- */

static bool is_before(const struct event *left, const struct event *right)
{
    return left->at_ms != right->at_ms ? left->at_ms < right->at_ms : left->order < right->order;
}

static uint64_t push(struct world *self, struct event event)
{
    self->events = world_grow(self->events, &self->events_capacity, self->events_count + 1,
                              sizeof *self->events);
    event.order = ++self->events_number;
    size_t at = self->events_count++;
    while (at > 0 && is_before(&event, &self->events[(at - 1) / 2])) {
        self->events[at] = self->events[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    self->events[at] = event;
    return event.order;
}

static struct event pop(struct world *self)
{
    struct event first = self->events[0];
    struct event last = self->events[--self->events_count];
    size_t at = 0;
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= self->events_count)
            break;
        if (child + 1 < self->events_count &&
            is_before(&self->events[child + 1], &self->events[child]))
            child++;
        if (!is_before(&self->events[child], &last))
            break;
        self->events[at] = self->events[child];
        at = child;
    }
    if (self->events_count > 0)
        self->events[at] = last;
    return first;
}

void world_wake(struct world *self, struct daemon *daemon, int64_t at_ms)
{
    daemon->wake_ms = at_ms < self->now_ms ? self->now_ms : at_ms;
    daemon->wake_order = push(
        self, (struct event){.at_ms = daemon->wake_ms, .kind = EVENT_WAKES, .to = daemon->index});
}

void world_post(struct world *self, uint32_t from, uint32_t to, const void *data, size_t size)
{
    const struct plan *plan = &self->plan;
    int copies = 1;
    self->frames++;
    if (self->cut[from][to] || (!self->healed && chance_hit(&self->chance, plan->loss)))
        return;
    if (!self->healed && chance_hit(&self->chance, plan->duplicate))
        copies = 2;
    for (int i = 0; i < copies; i++) {
        struct frame *frame = malloc(sizeof *frame + size);
        if (frame == NULL)
            abort();
        frame->from = from;
        frame->size = size;
        if (size > 0)
            memcpy(frame->data, data, size);
        int64_t most = self->healed ? CALM_DELAY_MS : plan->delay_max_ms;
        int64_t delay = chance_between(&self->chance, plan->delay_min_ms, most);
        (void)push(self, (struct event){.at_ms = self->now_ms + delay,
                                        .kind = EVENT_ARRIVES,
                                        .to = to,
                                        .frame = frame});
    }
}

static void arrive(struct world *self, const struct event *event)
{
    struct daemon *daemon = &self->daemons[event->to];
    if (daemon->node == NULL || daemon->inbox_count == SIMD_INBOX_MAX ||
        self->cut[event->frame->from][event->to]) {
        free(event->frame);
        return;
    }
    daemon->inbox[(daemon->inbox_first + daemon->inbox_count++) % SIMD_INBOX_MAX] = event->frame;
    if (daemon->wake_ms > self->now_ms && daemon->paused_ms <= self->now_ms)
        world_wake(self, daemon, self->now_ms);
}

static void wake(struct world *self, const struct event *event)
{
    struct daemon *daemon = &self->daemons[event->to];
    if (event->order != daemon->wake_order)
        return;
    if (daemon->paused_ms > self->now_ms)
        world_wake(self, daemon, daemon->paused_ms);
    else if (daemon->node != NULL)
        daemon_turn(daemon);
    else if (daemon->up_ms > self->now_ms)
        world_wake(self, daemon, daemon->up_ms);
    else
        daemon_start(daemon);
}

/* --- Beginning and end --- */

static enum comity_error seat_key(void *context, const char *name, uint8_t ret_key[KEY_SIZE])
{
    struct world *world = context;
    memcpy(ret_key, identity_key(world->daemons[atoi(name + 1)].identity), KEY_SIZE);
    return COMITY_OK;
}

static void make_charter(struct world *self)
{
    static char text[16384];
    int at = snprintf(text, sizeof text,
                      "name: simd\ntitle: A simulated forum\npace: %lldms\n"
                      "grace: 0s\nseats:\n",
                      (long long)self->plan.pace_ms);
    for (uint32_t i = 0; i < self->plan.n; i++)
        at += snprintf(text + at, sizeof text - (size_t)at, "  - {name: S%u, title: Seat}\n", i);
    at += snprintf(text + at, sizeof text - (size_t)at, "orderers: [S0");
    for (uint32_t i = 1; i < self->plan.orderers; i++)
        at += snprintf(text + at, sizeof text - (size_t)at, ", S%u", i);
    (void)snprintf(text + at, sizeof text - (size_t)at,
                   "]\nrules:\n"
                   "  most: {sentence: \"yes > 1/2 of members\", revise: never,\n"
                   "         exit: {notice: 1 days}}\n"
                   "  all: {sentence: \"yes = all members\", binds: consenting}\n"
                   "  treaty: {sentence: \"objections = 0\", closes: {all-answered: 1 hours},\n"
                   "           binds: consenting, in-force: \"yes >= 1/2 of members\",\n"
                   "           exit: {notice: 1 days}}\n"
                   "  some: {sentence: \"yes >= 1/3 of members\", binds: consenting}\n"
                   "topics: [climate]\n");
    static const uint8_t nonce[16] = {7};
    struct charter_options options = {.key_source = seat_key, .context = self, .nonce = nonce};
    struct fault fault = {{0}};
    struct yaml_node *root;
    enum comity_error error =
        yaml_parse("charter", bytes_of_text(text), &self->arena, &root, &fault);
    if (error == COMITY_OK)
        error = charter_compile(root, &options, NULL, NULL, &self->charter_bytes, &fault);
    if (error == COMITY_OK)
        error = charter_decode(buffer_bytes(&self->charter_bytes), &self->arena, &self->charter,
                               &fault);
    if (error != COMITY_OK) {
        fprintf(stderr, "%s\n", fault.text);
        exit(2);
    }
    self->forum = charter_id(buffer_bytes(&self->charter_bytes));
    struct hasher hasher;
    hasher_init(&hasher, "comity/roster/v1");
    for (uint32_t i = 0; i < self->plan.orderers; i++)
        hasher_add(&hasher, identity_key(self->daemons[i].identity), KEY_SIZE);
    self->domain =
        (struct vote_domain){.forum = self->forum, .roster_hash = hasher_finish(&hasher)};
}

static void world_open(struct world *self, const struct plan *plan, bool print)
{
    *self = (struct world){.plan = *plan, .print = print, .chance = {mix64(plan->seed + 77)}};
    arena_init(&self->arena, 0);
    vfs_setup(plan->seed);
    self->now_ms = 1000;
    self->record_height = 0;
    for (uint32_t i = 0; i < plan->n; i++)
        daemon_init(self, i);
    make_charter(self);
    self->heights = world_grow(self->heights, &self->heights_capacity, 64, sizeof *self->heights);
    for (uint32_t i = 0; i < plan->n; i++) {
        self->daemons[i].client.ops_planned = plan->ops;
        self->daemons[i].up_ms = self->now_ms + chance_between(&self->chance, 0, 3000);
        world_wake(self, &self->daemons[i], self->daemons[i].up_ms);
    }
    (void)push(self, (struct event){.at_ms = self->now_ms + plan->step_ms, .kind = EVENT_FAULTS});
}

static void world_close(struct world *self)
{
    for (uint32_t i = 0; i < self->plan.n; i++)
        daemon_free(&self->daemons[i]);
    for (size_t i = 0; i < self->events_count; i++)
        free(self->events[i].frame);
    for (size_t i = 0; i < self->heights_capacity; i++)
        free(self->heights[i].words);
    for (int i = 0; i < 16; i++)
        free(self->old[i]);
    free(self->heights);
    free(self->acts);
    free(self->signed_acts);
    free(self->events);
    buffer_free(&self->charter_bytes);
    buffer_free(&self->old_act);
    arena_free(&self->arena);
}

static void step(struct world *self)
{
    struct event event = pop(self);
    assert(event.at_ms >= self->now_ms);
    self->now_ms = event.at_ms;
    world_digest(self, (uint64_t)event.at_ms << 16 ^ event.to << 2 ^ event.kind);
    switch (event.kind) {
    case EVENT_ARRIVES:
        arrive(self, &event);
        return;
    case EVENT_WAKES:
        wake(self, &event);
        return;
    case EVENT_FAULTS:
        if (self->healed)
            return;
        faults_step(self);
        (void)push(
            self, (struct event){.at_ms = self->now_ms + self->plan.step_ms, .kind = EVENT_FAULTS});
        return;
    }
}

static void run_chaos(struct world *self)
{
    while (!self->failed && self->events_count > 0 && self->events[0].at_ms < self->plan.chaos_ms)
        step(self);
}

static void run_healed(struct world *self)
{
    char why[700] = "";
    faults_heal(self);
    self->healed = true;
    int64_t end = self->now_ms + PROGRESS_MS + 100 * self->plan.pace_ms;
    int64_t next_check = self->now_ms;
    for (uint32_t i = 0; i < self->plan.n; i++) {
        if (self->daemons[i].paused_ms + PROGRESS_MS > end)
            end = self->daemons[i].paused_ms + PROGRESS_MS;
    }
    while (!self->failed && self->events_count > 0) {
        step(self);
        if (self->now_ms < next_check)
            continue;
        next_check = self->now_ms + CHECK_EVERY_MS;
        if (check_converged(self, why, sizeof why))
            break;
        if (self->now_ms > end) {
            world_fail(self, "no progress: %s", why);
            break;
        }
    }
    if (!self->failed)
        check_end(self);
}

void world_run(const struct plan *plan, bool print, struct result *ret_result)
{
    struct world *self = calloc(1, sizeof *self);
    if (self == NULL)
        abort();
    world_now = self;
    world_open(self, plan, print);
    run_chaos(self);
    if (!self->failed)
        run_healed(self);
    *ret_result = (struct result){.passed = !self->failed,
                                  .trace = self->trace,
                                  .turns = self->turns,
                                  .blocks = self->record_height,
                                  .acts = self->acts_count,
                                  .crashes = self->crashes,
                                  .frames = self->frames,
                                  .acked = self->acked,
                                  .virtual_ms = self->now_ms};
    (void)snprintf(ret_result->failure, sizeof ret_result->failure, "%s", self->failure);
    world_close(self);
    free(self);
    world_now = NULL;
}
