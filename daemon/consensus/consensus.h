/* SPDX-License-Identifier: Apache-2.0 */
/* consensus.h - Simplex for delegations that sleep: decides the order of blocks in one epoch of
 * one forum (CONSENSUS.md section 1; Chan and Pass, "Simplex Consensus", TCC 2023).
 *
 * Pure: an event goes in, effects come out. Time, verified messages and results of the
 * application arrive inside events; an event is borrowed for the call. Effects are bounded
 * arrays owned by the state machine, valid until the next step, to be obeyed in field order:
 * persist, then send, then deliver. A vote of our own is *asked for* in `votes`; the caller
 * signs it (through guard.h, which refuses a contradiction), makes it durable and hands it back
 * by EVENT_PERSISTED: only then is it counted and sent. Signatures are the caller's to verify:
 * consensus_wants_* says which messages are worth it and which signatures are new.
 *
 * Peers are numbered 0..n-1 for the orderers in roster order, n.. for followers and observers. */
#ifndef COMITY_CONSENSUS_CONSENSUS_H
#define COMITY_CONSENSUS_CONSENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "consensus/effects.h"
#include "consensus/event.h"
#include "model/block.h"

struct consensus;
struct text;

struct consensus_config {
    uint32_t orderers_count;  /* n, 1..SEATS_MAX. */
    uint32_t peers_count;     /* n + followers, at least n. */
    uint32_t self;            /* Own peer number; as orderer below n, or CONSENSUS_FOLLOWER. */
    struct hash genesis_hash; /* Hash of view 0, implicitly final. */
    uint64_t genesis_height;  /* 0 in epoch 0. */
    int64_t genesis_time_ms;  /* Lower bound of block time. */
    int64_t delta_ms;         /* Pace Δ, ≥ 1. */
    int64_t tolerance_ms;     /* Clock tolerance for proposals from the future. */
    uint32_t views_max;       /* Views above the last final one held in full, ≥ 4; should be
                                 ≥ 2n. Further skipped ones shrink to a bit each. */
};

/* Allocates all it will ever need from `arena`. COMITY_MEMORY, COMITY_INVALID (config). */
COMITY_MUST_CHECK enum comity_error consensus_init(struct arena *arena,
                                                   const struct consensus_config *config,
                                                   struct consensus **ret_consensus);
/* Restoring after a restart, before the first step and in this order: the finalized point;
 * bodies held above it; certificates above it; own votes above it (any order within a kind:
 * maxima are taken). What lies at or below the finalized point is ignored. */
void consensus_restore_final(struct consensus *self, const struct consensus_block *block,
                             const struct cert *finalization);
void consensus_restore_block(struct consensus *self, const struct consensus_block *block);
void consensus_restore_cert(struct consensus *self, const struct cert *cert);
void consensus_restore_vote(struct consensus *self, const struct vote *vote);
/* Observer mode (damaged or rolled-back journal): reads, syncs, serves, never votes. */
void consensus_forbid_votes(struct consensus *self);

/* Before verifying: is this message of any use? Pure, cheap, allocates nothing. */
bool consensus_wants_vote(const struct consensus *self, uint32_t peer, const struct vote *vote);
bool consensus_wants_proposal(const struct consensus *self, uint32_t peer,
                              const struct consensus_block *block, const struct vote *vote);
/* ret_verify: bit i set where the signature of signer i must be verified (it was not counted
 * yet). False: duplicate, too old, or fewer than q signers. Hand the certificate to the very next
 * step: a signature that was not verified because its vote is counted is not kept either. */
bool consensus_wants_cert(const struct consensus *self, const struct cert *cert,
                          uint64_t ret_verify[SEATS_MAX / 64]);

/* One step. The effects stay valid until the next step. */
const struct consensus_effects *consensus_step(struct consensus *self,
                                               const struct consensus_event *event);

/* The block that the next proposal would extend; false while something is missing. */
bool consensus_tip(const struct consensus *self, struct consensus_block *ret_tip);
/* Must the caller keep this body? (Above the last delivered block and referred to.) */
bool consensus_needs_body(const struct consensus *self, const struct hash *hash);
/* Parent of a block held above the final one; false if unknown. For walking to the tip. */
bool consensus_block(const struct consensus *self, const struct hash *hash,
                     struct consensus_block *ret_block);
uint64_t consensus_view(const struct consensus *self);         /* cur */
uint64_t consensus_final_view(const struct consensus *self);   /* F */
uint64_t consensus_final_height(const struct consensus *self); /* Delivered. */
uint32_t consensus_leader(const struct consensus *self, uint64_t view);
/* False once votes are forbidden: by the caller, or by a signed vote of ours that a peer showed
 * and we do not know (a lost or rolled-back journal). */
bool consensus_may_vote(const struct consensus *self);
bool consensus_is_active(const struct consensus *self);
/* Orderers whose vote or timely presence the current view waits for (for `status`): bits of
 * orderers not known up; returns how many more than f that is, 0 if progress is possible. */
uint32_t consensus_waiting_for(const struct consensus *self, uint64_t ret_missing[SEATS_MAX / 64]);
/* Print which event does what under which precondition, one a line: for documents. */
void consensus_transitions(struct text *text);
struct consensus_status consensus_own_status(const struct consensus *self, uint32_t peer,
                                             int64_t utc_ms);

#endif
