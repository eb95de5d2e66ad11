/* SPDX-License-Identifier: Apache-2.0 */
/* network.h - lossy, slow, duplicating, reordering links between nodes, cut in either way. */
#ifndef COMITY_SIM_NETWORK_H
#define COMITY_SIM_NETWORK_H

#include "sim/world.h"

/* From the world's pool, zeroed; given back when the last delivery is done. */
struct sim_message *sim_message_new(struct sim_world *world, enum sim_message_kind kind,
                                    uint32_t from);
void sim_message_drop(struct sim_world *world, struct sim_message *message);
/* To a seat (both copies of a twin) or CONSENSUS_TO_ALL orderers but the sender's seat. Takes
 * the message. */
void sim_send(struct sim_world *world, struct sim_node *from, uint32_t seat,
              struct sim_message *message);
/* To one node, once, whatever the sender's habits are. Keeps the message. */
void sim_post(struct sim_world *world, uint32_t from, uint32_t to, struct sim_message *message);
/* Is there a path of links between the two, over anybody who is up? */
bool sim_connected(const struct sim_world *world, uint32_t from, uint32_t to);
/* Everybody hears, after a while, how it stands with everybody else. */
void sim_links_refresh(struct sim_world *world);
void sim_links_refresh_of(struct sim_world *world, uint32_t node); /* About and by one node. */
void sim_links_cut_groups(struct sim_world *world); /* Cut between nodes of different groups. */
void sim_links_restore(struct sim_world *world);
/* The view a message speaks of; 0 if none. */
uint64_t sim_message_view(const struct sim_message *message);

#endif
