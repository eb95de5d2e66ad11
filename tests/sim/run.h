/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - one seed from the first message to the last check. */
#ifndef COMITY_SIM_RUN_H
#define COMITY_SIM_RUN_H

#include "sim/world.h"

struct sim_result {
    bool passed;
    uint64_t trace;
    uint64_t steps;
    int64_t virtual_ms;
    int64_t heal_ms; /* From healing to convergence. */
    size_t blocks;
    char failure[256];
};

void sim_run(const struct sim_plan *plan, bool print, struct sim_result *ret_result);
/* Events up to this time; false if a promise was broken. */
bool sim_run_until(struct sim_world *world, int64_t time_ms);
/* Until converged or late; L1 and L2. */
bool sim_run_to_convergence(struct sim_world *world);

/* twins.c: every scenario of n = 4 and three views: partition per view and twin seat. Returns
 * failures; `stride` > 1 takes every so many-th scenario. */
uint32_t sim_twins(uint32_t stride, bool print, uint64_t *ret_count);

#endif
