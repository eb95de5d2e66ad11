/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/chain.h"
#include "sim/node.h"
#include "sim/queue.h"

void *sim_grow(void *array, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return array;
    size_t bigger = *capacity < 16 ? 16 : *capacity * 2;
    if (bigger < need)
        bigger = need;
    uint8_t *grown = realloc(array, bigger * size);
    if (!grown)
        abort();
    memset(grown + *capacity * size, 0, (bigger - *capacity) * size);
    *capacity = bigger;
    return grown;
}

void sim_digest(struct sim_world *self, uint64_t value)
{
    self->trace = mix64(self->trace ^ value) + UINT64_C(0x9e3779b97f4a7c15);
}

void sim_trace(struct sim_world *self, const char *format, ...)
{
    if (!self->print)
        return;
    va_list arguments;
    va_start(arguments, format);
    printf("%10lld ", (long long)self->now_ms);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

void sim_fail(struct sim_world *self, const char *format, ...)
{
    va_list arguments;
    if (self->failed)
        return;
    self->failed = true;
    va_start(arguments, format);
    vsnprintf(self->failure, sizeof self->failure, format, arguments);
    va_end(arguments);
    sim_trace(self, "FAILED: %s", self->failure);
}

static void open_domain(struct sim_world *self)
{
    self->domain.forum = hash_of("sim/forum", bytes_of(&self->plan.seed, sizeof self->plan.seed));
    self->domain.epoch = self->plan.seed % 3;
    self->domain.roster_hash = hash_of("sim/roster", bytes_of_text("roster"));
    self->genesis = hash_of("sim/genesis", bytes_of(&self->domain, sizeof self->domain));
}

void sim_world_open(struct sim_world *self, const struct sim_plan *plan, bool print)
{
    memset(self, 0, sizeof *self);
    self->plan = *plan;
    self->print = print;
    self->chance.state = mix64(plan->seed) ^ UINT64_C(0x5157);
    arena_init(&self->arena, 0);
    open_domain(self);
    sim_chain_open(self);
    self->seats_count = plan->orderers_count + plan->followers_count;
    self->nodes_count = self->seats_count;
    for (uint32_t i = 0; i < plan->orderers_count; i++) {
        self->second[i] = SIM_NONE;
        if (plan->twin[i]) {
            self->second[i] = self->nodes_count;
            self->nodes[self->nodes_count++].seat = i;
        }
    }
    for (uint32_t i = 0; i < self->nodes_count; i++) {
        struct sim_node *node = &self->nodes[i];
        node->index = i;
        if (i < self->seats_count)
            node->seat = i;
        node->honest = node->seat >= plan->orderers_count ||
                       (!plan->lies[node->seat] && !plan->twin[node->seat]);
        sim_node_open(self, node);
    }
}

void sim_world_close(struct sim_world *self)
{
    for (uint32_t i = 0; i < self->nodes_count; i++)
        sim_node_close(&self->nodes[i]);
    sim_chain_close(self);
    free(self->events);
    free(self->views);
    arena_free(&self->arena);
}
