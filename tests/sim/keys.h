/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - fake signatures with the structure of real ones: a nonce and a keyed hash of
 * vote_sign_bytes, so that they bind forum, epoch and roster, and one vote can have several
 * valid signatures. */
#ifndef COMITY_SIM_KEYS_H
#define COMITY_SIM_KEYS_H

#include "sim/world.h"

/* Signs as the seat vote->signer. nonce 0 is what honest seats use. */
void sim_sign(const struct sim_world *world, struct vote *vote, uint64_t nonce);
/* The same for another forum (or epoch): valid there, never here. */
void sim_sign_elsewhere(const struct sim_world *world, struct vote *vote);
bool sim_verify(const struct sim_world *world, const struct vote *vote);
/* One object per different bytes; its validity is judged once. */
struct sim_cert *sim_cert_intern(struct sim_world *world, const struct cert *cert);
/* May it be handed to a machine that asked for these signatures to be verified? */
bool sim_cert_verifies(const struct sim_world *world, const struct sim_cert *cert,
                       const uint64_t wanted[SEATS_MAX / 64]);

#endif
