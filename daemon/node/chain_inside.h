/* SPDX-License-Identifier: Apache-2.0 */
/* chain_inside.h - what chain.c and chain_open.c lend each other. Not for other files. */
#ifndef COMITY_NODE_CHAIN_INSIDE_H
#define COMITY_NODE_CHAIN_INSIDE_H

#include "node/chain.h"

struct hash chain_state_hash_next(const struct hash *previous, struct bytes outcomes,
                                  const struct hash *snapshot);
struct hash chain_snapshot_hash(struct bytes snapshot);
enum comity_error chain_records_rebuild(struct chain *self);
/* The header must commit to our state at its state height. */
enum comity_error chain_check_header(const struct chain *self, const struct block_header *header,
                                     struct fault *fault);
/* Apply the acts and move the chain on by one; ret_snapshot is filled where one is due. */
enum comity_error chain_advance(struct chain *self, const struct block_header *header,
                                const struct hash *hash, const struct signed_act *acts,
                                uint32_t acts_count, struct outcomes *ret_outcomes,
                                struct buffer *ret_bytes, struct buffer *ret_snapshot);
void chain_remember_point(struct chain *self);

#endif
