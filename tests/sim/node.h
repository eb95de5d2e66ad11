/* SPDX-License-Identifier: Apache-2.0 */
/* node.h - one running copy: a state machine with clock, journal, guard and application, and
 * the obedience to its effects. */
#ifndef COMITY_SIM_NODE_H
#define COMITY_SIM_NODE_H

#include "sim/queue.h"
#include "sim/world.h"

void sim_node_open(struct sim_world *world, struct sim_node *node);
void sim_node_close(struct sim_node *node);
/* One step and whatever the application has to say after it. Fills in the event's clocks. */
void sim_node_step(struct sim_world *world, struct sim_node *node, struct consensus_event *event);
void sim_node_receive(struct sim_world *world, struct sim_node *node, struct sim_message *message);
/* Everything but messages. */
void sim_node_handle(struct sim_world *world, struct sim_node *node, const struct sim_event *event);
/* Lose memory and the unsynced tail. */
void sim_node_crash(struct sim_world *world, struct sim_node *node);
void sim_node_restart(struct sim_world *world, struct sim_node *node);
void sim_node_sleep(struct sim_world *world, struct sim_node *node);
void sim_node_wake(struct sim_world *world, struct sim_node *node);
void sim_node_issue(struct sim_world *world, struct sim_node *node); /* One more act. */
void sim_node_deliver(struct sim_world *world, struct sim_node *node, uint32_t block,
                      struct sim_cert *finalization);
bool sim_node_holds(const struct sim_node *node, uint32_t block);
void sim_node_hold(struct sim_node *node, uint32_t block);
void sim_node_forget(struct sim_world *world, struct sim_node *node); /* Bodies not needed. */
int64_t sim_node_utc(const struct sim_world *world, const struct sim_node *node);
/* Send the delivered blocks from `height` on up to the next direct finalization. */
void sim_node_send_range(struct sim_world *world, struct sim_node *node, uint32_t seat,
                         uint64_t height);

/* obey.c: carry out effects; false if the node died on the way. */
bool sim_node_obey(struct sim_world *world, struct sim_node *node,
                   const struct consensus_effects *effects);

#endif
