/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h - the model application: blocks of acts (author, seq), what is valid on a parent, and
 * the state after each finalized height, with deadlines and verdicts (P3, P4). */
#ifndef COMITY_SIM_CHAIN_H
#define COMITY_SIM_CHAIN_H

#include "sim/world.h"

void sim_chain_open(struct sim_world *world);
void sim_chain_close(struct sim_world *world);
/* Fill in acts_root, hash and flags from the body and register; the index of the block. */
uint32_t sim_block_register(struct sim_world *world, struct sim_block *block);
uint32_t sim_block_find(const struct sim_world *world, const struct hash *hash);
/* A block of the acts in `pool` (masks by author; NULL: none) on `parent`. */
uint32_t sim_block_build(struct sim_world *world, uint32_t parent, uint64_t view, int64_t time_ms,
                         uint64_t state_height, const uint64_t *pool);
/* A pure function of (parent chain, block), but for the state not executed yet: PENDING. */
enum consensus_validity sim_block_judge(const struct sim_world *world, uint32_t block,
                                        uint64_t executed_height);
/* Execute a finalized block on top of the chain; checks it against what others executed. */
void sim_chain_execute(struct sim_world *world, uint32_t node, uint64_t height, uint32_t block);
bool sim_pool_has_work(const struct sim_world *world, const uint64_t *pool, uint32_t tip);

#endif
