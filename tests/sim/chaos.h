/* SPDX-License-Identifier: Apache-2.0 */
/* chaos.h - the faults of a run: one at a time at random moments, then healing. */
#ifndef COMITY_SIM_CHAOS_H
#define COMITY_SIM_CHAOS_H

#include "sim/world.h"

void sim_chaos_strike(struct sim_world *world); /* One fault, and the next one's appointment. */
/* Ends all faults but those that stay within what may fail for ever (L5). */
void sim_chaos_heal(struct sim_world *world);
/* Take nodes down until fewer than q are up; false if that is not possible. */
bool sim_chaos_outage(struct sim_world *world);

#endif
