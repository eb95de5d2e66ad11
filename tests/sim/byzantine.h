/* SPDX-License-Identifier: Apache-2.0 */
/* byzantine.h - seats that lie. Each runs a real machine without journal or guard, so that it
 * knows what there is to know, and bends what goes out. */
#ifndef COMITY_SIM_BYZANTINE_H
#define COMITY_SIM_BYZANTINE_H

#include "sim/world.h"

bool sim_lie_withholds(struct sim_world *world, struct sim_node *node, uint32_t seat,
                       const struct sim_message *message);
void sim_lie_on_message(struct sim_world *world, struct sim_node *node,
                        struct sim_message *message);
/* Its machine asked for a block: say something else, or something more. */
void sim_lie_on_build(struct sim_world *world, struct sim_node *node, uint32_t block);
void sim_lie_now_and_then(struct sim_world *world, struct sim_node *node);

#endif
