/* SPDX-License-Identifier: Apache-2.0 */
/* queue.h - what happens next: a heap of events by time, then by number, so that equal times
 * have one order in every run. */
#ifndef COMITY_SIM_QUEUE_H
#define COMITY_SIM_QUEUE_H

#include "sim/world.h"

enum sim_event_kind {
    SIM_MESSAGE = 1, /* `message` reaches `node`. */
    SIM_TICK,        /* `number` is the tick's. */
    SIM_SYNCED,      /* fsync `number` of `node` ends; `value` records are durable. */
    SIM_BUILT,       /* `value` is the block. */
    SIM_VALIDATED,   /* `value` is the block, `validity`. */
    SIM_LINK,        /* `node` learns how it stands with seat `value`. */
    SIM_PERSISTED,   /* A liar's vote: it keeps no journal. */
    SIM_RESTART,
    SIM_WAKE,
    SIM_CHAOS,
    SIM_ACT,
    SIM_LIE
};

struct sim_event {
    int64_t at_ms;
    uint64_t order;
    enum sim_event_kind kind;
    uint32_t node;
    uint32_t life; /* Of the node; an event of an earlier life is void. */
    uint64_t number, value;
    enum consensus_validity validity;
    struct sim_message *message; /* Or what carries a liar's vote. */
};

void sim_queue_push(struct sim_world *world, int64_t delay_ms, const struct sim_event *event);
/* False: nothing left. Moves the world's time. */
bool sim_queue_pop(struct sim_world *world, struct sim_event *ret_event);

#endif
