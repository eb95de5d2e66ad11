/* SPDX-License-Identifier: Apache-2.0 */
/* effects.h - what comes out of the consensus state machine: bounded arrays, owned by it and
 * valid until the next step, to be obeyed in the order of the fields. */
#ifndef COMITY_CONSENSUS_EFFECTS_H
#define COMITY_CONSENSUS_EFFECTS_H

#include "consensus/event.h"

enum { CONSENSUS_FOLLOWER = UINT32_MAX, CONSENSUS_TO_ALL = UINT32_MAX };

enum consensus_send_kind {
    SEND_PROPOSAL = 1, /* Body of `hash` with the own NOTARIZE `vote`. */
    SEND_VOTE,
    SEND_CERT,
    SEND_STATUS,
    SEND_FETCH,
    SEND_BLOCK, /* Push to a follower: body of `hash`, then its finalization `cert`. */
    SEND_ACTS   /* Re-gossip unfinalized acts, also those of authors who sleep now. */
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
    HALT_CONFLICTING_CERTS, /* Two certificates that need more than f liars. */
    HALT_INVALID_NOTARIZED  /* A quorum notarized what is invalid here: bug or > f liars. */
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

#endif
