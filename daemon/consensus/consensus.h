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
#include "model/block.h"

struct consensus;
struct text;

enum { CONSENSUS_FOLLOWER = UINT32_MAX, CONSENSUS_TO_ALL = UINT32_MAX };

struct consensus_config {
    uint32_t orderers_count;  /* n, 1..SEATS_MAX. */
    uint32_t peers_count;     /* n + followers, at least n. */
    uint32_t self;            /* Own peer number; as orderer below n, or CONSENSUS_FOLLOWER. */
    struct hash genesis_hash; /* Hash of view 0, implicitly final. */
    uint64_t genesis_height;  /* 0 in epoch 0. */
    int64_t genesis_time_ms;  /* Lower bound of block time. */
    int64_t delta_ms;         /* Pace Δ, ≥ 1. */
    int64_t tolerance_ms;     /* Clock tolerance for proposals from the future. */
    uint32_t views_max;       /* Views above the last final one that are held in full. */
};

/* What is known of a block besides its header; computed by the caller from the body. */
enum { BLOCK_HAS_ACTS = 1, BLOCK_IS_TICK = 2 };
struct consensus_block {
    struct block_header header;
    struct hash hash;
    uint32_t flags; /* BLOCK_HAS_ACTS, BLOCK_IS_TICK. */
};

struct consensus_status {
    uint64_t final_view;     /* F */
    uint64_t view;           /* cur */
    uint64_t height;         /* Finalized and delivered. */
    uint64_t last_seen_view; /* Highest view of a vote seen from the receiver. */
    int64_t utc_ms;          /* The sender's clock. */
    bool going_away;         /* About to sleep: skip my leader slots. */
};

enum consensus_fetch_kind {
    FETCH_CERTS = 1, /* Notarizations/nullifications of views [first, last] (≤ 64). */
    FETCH_BLOCK,     /* The body of `hash` (view `first` if known, else 0). */
    FETCH_RANGE      /* Finalized blocks from height `first` on, with a finalization. */
};
struct consensus_fetch {
    enum consensus_fetch_kind kind;
    uint64_t first;
    uint64_t last;
    struct hash hash;
};

enum consensus_link { LINK_DOWN, LINK_UP, LINK_AWAY };
enum consensus_validity { VALIDITY_OK, VALIDITY_INVALID, VALIDITY_PENDING };

enum consensus_event_kind {
    EVENT_TICK = 1,    /* Time passed. */
    EVENT_PROPOSAL,    /* `block` and the leader's own NOTARIZE in `vote`, verified. */
    EVENT_VOTE,        /* `vote`, verified. */
    EVENT_CERT,        /* `cert`, verified. */
    EVENT_STATUS,      /* `status` of `peer`. */
    EVENT_BLOCK,       /* `block`: a body asked for is held now. */
    EVENT_FETCH,       /* `fetch` of `peer`: answered here for FETCH_CERTS only. */
    EVENT_PERSISTED,   /* `vote`: an own vote asked for, signed and durable. */
    EVENT_WORK,        /* `has_work` on top of `hash`, the tip (see consensus_tip). */
    EVENT_APP,         /* `due_ms` and `uncommitted` of the finalized state (P3, P4). */
    EVENT_BUILT,       /* `block`: answer to effects.build; view tells which. */
    EVENT_VALIDATED,   /* `hash`, `validity`: answer to effects.validate. */
    EVENT_LINK,        /* `peer`, `link`: heard or not heard over any path. */
    EVENT_RESUME       /* The machine slept or just started: distrust timers and links. */
};

struct consensus_event {
    enum consensus_event_kind kind;
    int64_t now_ms; /* Steady clock; never decreases from event to event. */
    int64_t utc_ms; /* Wall clock. */
    uint32_t peer;  /* Authenticated sender, for what peers send. */
    const struct consensus_block *block;
    const struct vote *vote;
    const struct cert *cert;
    const struct consensus_status *status;
    const struct consensus_fetch *fetch;
    struct hash hash;
    bool has_work;
    bool uncommitted; /* A decided verdict that no finalized header commits. */
    int64_t due_ms;   /* UTC; INT64_MAX if nothing is due. */
    enum consensus_validity validity;
    enum consensus_link link;
};

enum consensus_send_kind {
    SEND_PROPOSAL = 1, /* Body of `hash` with the own NOTARIZE `vote`. */
    SEND_VOTE,
    SEND_CERT,
    SEND_STATUS,
    SEND_FETCH,
    SEND_BLOCK,        /* Push to a follower: body of `hash`, then its finalization `cert`. */
    SEND_ACTS          /* Re-gossip own unfinalized acts. */
};
struct consensus_send {
    enum consensus_send_kind kind;
    uint32_t to; /* Peer number, or CONSENSUS_TO_ALL: every orderer but self. */
    struct hash hash;
    struct vote vote;
    struct cert cert; /* Signatures borrowed from the state machine until the next step. */
    struct consensus_status status;
    struct consensus_fetch fetch;
};

struct consensus_evidence { /* Two signed votes of one signer that no honest node makes. */
    struct vote first;
    struct vote second;
};

struct consensus_deliver { /* In order of height, each once. */
    uint64_t height;
    struct hash hash;
    uint64_t view;
    struct cert finalization; /* Of this block, or of a descendant (then cert.hash != hash). */
};

enum consensus_halt {
    HALT_NONE,
    HALT_CONFLICTING_CERTS,   /* Two certificates that need more than f liars. */
    HALT_INVALID_NOTARIZED    /* A quorum notarized what is invalid here: bug or > f liars. */
};

enum {
    EFFECT_VOTES_MAX = 8,
    EFFECT_BODIES_MAX = 8,
    EFFECT_CERTS_MAX = 8,
    EFFECT_SENDS_MAX = 128,
    EFFECT_DELIVERS_MAX = 64, /* More are given out by the next steps (see `more`). */
    EFFECT_VALIDATES_MAX = 4,
    EFFECT_EVIDENCE_MAX = 4
};

struct consensus_effects {
    uint32_t bodies_count; /* Make these bodies durable before the votes. */
    struct hash bodies[EFFECT_BODIES_MAX];
    uint32_t certs_count; /* Likewise; signatures borrowed until the next step. */
    struct cert certs[EFFECT_CERTS_MAX];
    uint32_t votes_count; /* Sign, make durable, hand back by EVENT_PERSISTED. */
    struct vote votes[EFFECT_VOTES_MAX];
    uint32_t sends_count;
    struct consensus_send sends[EFFECT_SENDS_MAX];
    uint32_t delivers_count;
    struct consensus_deliver delivers[EFFECT_DELIVERS_MAX];
    uint32_t validates_count; /* Check these bodies on their parent; answer EVENT_VALIDATED. */
    struct hash validates[EFFECT_VALIDATES_MAX];
    bool build; /* Build a block for `build_view` on `build_parent`; answer EVENT_BUILT. */
    uint64_t build_view;
    struct consensus_block build_parent; /* Header of genesis: zero but hash, height, time. */
    int64_t build_time_ms;
    bool build_empty; /* No acts, even if the pool has some by now (P2, P4, tick). */
    uint32_t evidence_count;
    struct consensus_evidence evidence[EFFECT_EVIDENCE_MAX];
    int64_t deadline_ms; /* Step with EVENT_TICK at this steady time; INT64_MAX: none. */
    bool more;           /* Work was left: step again with EVENT_TICK at once. */
    enum consensus_halt halt;
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
 * yet). False: duplicate, too old, or fewer than q signers. */
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
bool consensus_is_active(const struct consensus *self);
/* Orderers whose vote or timely presence the current view waits for (for `status`): bits of
 * orderers not known up; returns how many more than f that is, 0 if progress is possible. */
uint32_t consensus_waiting_for(const struct consensus *self, uint64_t ret_missing[SEATS_MAX / 64]);
/* Print which event does what under which precondition, one a line: for documents. */
void consensus_transitions(struct text *text);
struct consensus_status consensus_own_status(const struct consensus *self, uint32_t peer,
                                             int64_t utc_ms);

#endif
