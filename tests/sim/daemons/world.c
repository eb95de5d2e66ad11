/* SPDX-License-Identifier: Apache-2.0 */
/* world.c - what happens when: frames, turns of daemons, faults, the end. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "charter/charter.h"
#include "sim/daemons/world.h"

enum {
    CHECK_EVERY_MS = 500,
    CALM_DELAY_MS = 40,
    GROW_MAX = 32,        /* Of consensus: see CONSENSUS.md 1.5. */
    CATCH_UP_MS = 120000, /* Links, clients who ask again, blocks that were missed. */
    BEYOND_MS = 30000,    /* How long one looks on where nothing is promised but safety. */
    TURNS_MAX = 20000000,
};

enum event_kind { EVENT_ARRIVES, EVENT_WAKES, EVENT_FAULTS, EVENT_BEGINS, EVENT_ENDS };
struct event {
    int64_t at_ms;
    uint64_t order;
    enum event_kind kind;
    uint32_t to; /* Or the number of a strike. */
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

/* Each link has its own chance, so that what happens on one changes nothing on the others. */
void world_post(struct world *self, uint32_t from, uint32_t to, const void *data, size_t size)
{
    const struct plan *plan = &self->plan;
    struct link *link = link_of(self, from, to);
    struct chance *chance = &link->chance;
    if (chance->state == 0)
        chance->state = mix64(plan->seed * 7919 + from * 256 + to + 1);
    bool lost = chance_hit(chance, plan->loss) && !self->healed;
    int copies = chance_hit(chance, plan->duplicate) && !self->healed ? 2 : 1;
    self->frames++;
    if (link->cut || lost)
        return;
    for (int i = 0; i < copies; i++) {
        struct frame *frame = malloc(sizeof *frame + size);
        if (frame == NULL)
            abort();
        frame->from = from;
        frame->size = size;
        if (size > 0)
            memcpy(frame->data, data, size);
        int64_t most = self->healed ? CALM_DELAY_MS : plan->delay_max_ms;
        int64_t at = self->now_ms + chance_between(chance, plan->delay_min_ms, most);
        if (at < link->clogged_ms)
            at = link->clogged_ms + chance_between(chance, 0, 3);
        (void)push(self,
                   (struct event){.at_ms = at, .kind = EVENT_ARRIVES, .to = to, .frame = frame});
    }
}

static void arrive(struct world *self, const struct event *event)
{
    struct daemon *daemon = &self->daemons[event->to];
    if (daemon->node == NULL || daemon->inbox_count == SIMD_INBOX_MAX ||
        link_of(self, event->frame->from, event->to)->cut) {
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
                      "grace: 0s\nclock: %s\nseats:\n",
                      (long long)self->plan.pace_ms,
                      self->plan.presided ? "{presided: 2023-11-14}" : "real");
    for (uint32_t i = 0; i < self->plan.n; i++) {
        bool chair = self->plan.chaired && i + 1 == self->plan.n;
        at += snprintf(text + at, sizeof text - (size_t)at, "  - {name: S%u, title: Seat%s}\n", i,
                       chair ? ", role: chair" : "");
    }
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
                   "  whole: {sentence: \"yes > 1/2 of members\", binds: all}\n"
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
    self->plan = *plan;
    self->print = print;
    self->chance.state = mix64(plan->seed + 77);
    self->daemons = calloc(plan->n, sizeof *self->daemons);
    self->links = calloc((size_t)plan->n * plan->n, sizeof *self->links);
    if (self->daemons == NULL || self->links == NULL)
        abort();
    arena_init(&self->arena, 0);
    vfs_setup(plan->seed);
    signatures_setup(plan->real_signatures);
    self->now_ms = 1000;
    self->record_height = 0;
    for (uint32_t i = 0; i < plan->n; i++)
        daemon_init(self, i);
    make_charter(self);
    self->heights = world_grow(self->heights, &self->heights_capacity, 64, sizeof *self->heights);
    for (uint32_t i = 0; i < plan->n; i++) {
        self->daemons[i].client.ops_planned =
            plan->ops < CLIENT_OPS_MAX ? plan->ops : CLIENT_OPS_MAX;
        self->daemons[i].up_ms = self->now_ms + chance_between(&self->chance, 0, 3000);
        world_wake(self, &self->daemons[i], self->daemons[i].up_ms);
    }
    (void)push(self, (struct event){.at_ms = self->now_ms + plan->step_ms, .kind = EVENT_FAULTS});
    for (uint32_t i = 0; i < plan->strikes_count; i++) {
        int64_t at = plan->strikes[i].at_ms;
        int64_t end = at + plan->strikes[i].length_ms;
        if (plan->strikes[i].dropped)
            continue;
        (void)push(self, (struct event){.at_ms = at, .kind = EVENT_BEGINS, .to = i});
        (void)push(self, (struct event){.at_ms = end, .kind = EVENT_ENDS, .to = i});
    }
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
    free(self->daemons);
    free(self->links);
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
    case EVENT_BEGINS:
        faults_begin(self, event.to);
        return;
    case EVENT_ENDS:
        if (!self->healed)
            faults_end(self, event.to);
        return;
    }
}

static void run_until(struct world *self, int64_t end_ms)
{
    while (!self->failed && self->events_count > 0 && self->events[0].at_ms < end_ms) {
        step(self);
        if (self->turns > TURNS_MAX)
            world_fail(self, "it spins");
    }
}

/* CONSENSUS.md section 2, L1: from the moment the last one is awake. */
static int64_t progress_bound_ms(const struct world *self)
{
    int64_t f = quorum_faults(self->plan.orderers);
    int64_t from = self->now_ms;
    for (uint32_t i = 0; i < self->plan.n; i++) {
        if (self->daemons[i].paused_ms > from)
            from = self->daemons[i].paused_ms;
    }
    return from + ((f + 2) * 3 * GROW_MAX + 10) * self->plan.pace_ms + CATCH_UP_MS;
}

static void run_healed(struct world *self)
{
    char why[700] = "";
    faults_heal(self);
    self->healed = true;
    self->healed_ms = self->now_ms;
    if (self->plan.promise != PROMISE_ALL) {
        run_until(self, self->now_ms + BEYOND_MS);
        return;
    }
    int64_t end = progress_bound_ms(self);
    for (int64_t until = self->now_ms; !self->failed && self->events_count > 0;) {
        until += CHECK_EVERY_MS;
        run_until(self, until);
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
    run_until(self, plan->chaos_ms);
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
                                  .virtual_ms = self->now_ms,
                                  .failed_ms = self->failed ? self->now_ms : 0};
    for (uint32_t i = 0; i < plan->n; i++) {
        if (self->daemons[i].disk.effects > ret_result->effects)
            ret_result->effects = self->daemons[i].disk.effects;
    }
    (void)snprintf(ret_result->failure, sizeof ret_result->failure, "%s", self->failure);
    world_close(self);
    free(self);
    world_now = NULL;
}
