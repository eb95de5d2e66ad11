/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - what a node finds again after a crash. Records are appended in order; an fsync
 * makes a prefix durable; a crash loses some or all of what follows it. */
#ifndef COMITY_SIM_JOURNAL_H
#define COMITY_SIM_JOURNAL_H

#include "sim/world.h"

void sim_journal_append(struct sim_world *world, struct sim_node *node,
                        const struct sim_record *record);
/* Let an fsync begin: at once for votes, some time for the rest. */
void sim_journal_sync(struct sim_world *world, struct sim_node *node, bool urgent);
/* The fsync of the first `count` records ended: hand the votes among them back. */
void sim_journal_synced(struct sim_world *world, struct sim_node *node, size_t count);
void sim_journal_crash(struct sim_world *world, struct sim_node *node);
/* Feed everything to a fresh machine. False: the guard refuses its own journal. */
bool sim_journal_restore(struct sim_world *world, struct sim_node *node);

#endif
