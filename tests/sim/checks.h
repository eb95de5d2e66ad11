/* SPDX-License-Identifier: Apache-2.0 */
/* checks.h - the invariants I1..I14 and the liveness L1..L5 of the specification. */
#ifndef COMITY_SIM_CHECKS_H
#define COMITY_SIM_CHECKS_H

#include "sim/world.h"

struct sim_votes {               /* Own votes of one view, over the whole life of an honest node. */
    uint64_t notarize, finalize; /* Fingerprints of the hashes. */
    bool nullify;
    uint8_t durable; /* 1 << kind. */
};

/* After each step of any node, before its effects are obeyed. */
void sim_check_effects(struct sim_world *world, struct sim_node *node,
                       const struct consensus_effects *effects);
void sim_check_sent(struct sim_world *world, struct sim_node *node,
                    const struct consensus_send *send);
/* A NOTARIZE about to be signed: its parent is notarized, what it skips is nullified (I2). */
void sim_check_proof(struct sim_world *world, struct sim_node *node, const struct vote *vote);
void sim_check_durable(struct sim_world *world, struct sim_node *node, const struct vote *vote);
void sim_check_cert(struct sim_world *world, struct sim_node *node, struct sim_cert *cert);
void sim_check_delivered(struct sim_world *world, struct sim_node *node, uint32_t block,
                         uint64_t height, const struct sim_cert *finalization);
/* After a restart: what was lost may be voted anew, what was durable is remembered. */
void sim_check_restarted(struct sim_world *world, struct sim_node *node);
/* Everything delivered everywhere, and nothing left to do? */
bool sim_converged(const struct sim_world *world);
void sim_describe_stuck(struct sim_world *world);

#endif
