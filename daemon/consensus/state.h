/* SPDX-License-Identifier: Apache-2.0 */
/* state.h - the inside of the consensus state machine, for the files of this room only.
 *
 * Handlers take in what an event says; then one pass of rules (`drive` in consensus.c) looks at
 * the whole state and does what is due. Rules are level-triggered: each may run at any time and
 * asks for nothing twice, so no order of events can lose one. */
#ifndef COMITY_CONSENSUS_STATE_H
#define COMITY_CONSENSUS_STATE_H

#include "consensus/consensus.h"
#include "consensus/views.h"

enum {
    RANGE_MAX = 64, /* Blocks of one FETCH_RANGE reply, views of one FETCH_CERTS. */
    PUSHES_MAX = 8, /* Certificates that wait for their lazy push. */
    RESEND_FINALIZE_MAX = 8,
    GROW_ONE = 1000, /* `grow` is in thousandths. */
    GROW_MAX = 32 * GROW_ONE,
    FETCH_TOKENS_MAX = 20 /* Per peer and second. */
};

/* Unknown: not heard since the machine started or woke. Not up, but not absent either. */
enum peer_link { PEER_UNKNOWN, PEER_DOWN, PEER_UP, PEER_AWAY };

struct peer {
    enum peer_link link;
    bool answered; /* Heard since the last EVENT_RESUME. */
    bool clock_known;
    int64_t clock_offset_ms; /* Its UTC minus our steady clock. */
    uint64_t voted_view;     /* Highest view of a vote seen from it. */
    uint64_t shown_view;     /* It is in this view or beyond. */
    int64_t reply_ms;        /* Not before: the next reply to something stale. */
    int64_t status_ms;       /* Not before: the next Status of ours. */
    int64_t tokens_ms;
    uint32_t tokens; /* FETCH_CERTS it may still ask. */
};

struct fetch_slot {
    bool wanted;
    struct consensus_fetch target;
    uint32_t preferred;             /* Asked first; CONSENSUS_TO_ALL: nobody in particular. */
    uint64_t holders[SIGNER_WORDS]; /* Asked before the others. */
    uint32_t attempts;              /* For what is final: those that brought nothing. */
    uint32_t answers;               /* Blocks that came since the last was sent. */
    bool asked;
    int64_t interval_ms;
    int64_t next_ms;
};

struct push {
    enum vote_kind kind; /* 0: free. */
    uint64_t view;
    int64_t at_ms;
};

struct finality {
    uint64_t view; /* F */
    struct hash hash;
    bool known; /* Its body is held: */
    struct consensus_block block;
    struct cert cert; /* Signatures in one of two buffers: effects may borrow the other. */
    uint8_t (*buffers[2])[SIGNATURE_SIZE];
    uint32_t buffer;
    bool gap; /* Delivered < F and this ancestor is missing: */
    bool gap_height_known;
    struct hash gap_hash;
    uint64_t gap_view;
    uint64_t gap_height;
    struct consensus_block delivered;
    struct consensus_block *trail; /* Ring by height: final, not yet delivered. */
    struct consensus_block *range; /* From delivered upwards, each the next one's parent: */
    uint32_t span_max;             /* Room of both: what one finalization can cover. */
    uint32_t range_count;
    uint32_t range_bodies; /* Leading ones whose bodies are kept, at most RANGE_MAX. */
    uint32_t range_proven; /* Leading ones that `proof` makes final; 0 while nothing does. */
    struct cert proof;
    uint8_t (*proof_signatures)[SIGNATURE_SIZE];
    uint8_t (*past_signatures)[SIGNATURE_SIZE]; /* Of a certificate only passed to the store. */
};

struct consensus {
    struct consensus_config config;
    uint32_t n, q, f;
    bool may_vote;
    bool started;
    enum consensus_halt halt;
    int64_t now_ms, utc_ms;
    uint64_t view;     /* cur */
    uint64_t top_cert; /* Highest view of any certificate held. */
    int64_t entered_ms;
    uint32_t grow;
    bool armed;
    int64_t lead_ms, view_ms, retry_ms; /* Timers, INT64_MAX when off. */
    int64_t retry_interval_ms;
    bool resuming;
    int64_t resume_ms; /* When the quarantine after EVENT_RESUME ends. */
    int64_t resumed_ms;
    int64_t idle_ms;
    uint32_t idle_peer;
    uint32_t relayed;      /* Whose NULLIFY was told on last. */
    struct hash work_hash; /* EVENT_WORK */
    bool work_known, has_work;
    int64_t due_ms; /* EVENT_APP */
    bool uncommitted, app_fresh;
    uint64_t uncommitted_height;
    bool missing; /* A body without which nothing can be built or judged: */
    uint64_t missing_view;
    struct hash missing_hash;
    uint64_t missing_signers[SIGNER_WORDS]; /* Who certainly held it; none if unknown. */
    int64_t recheck_ms;  /* When a body whose verdict is PENDING is asked about again. */
    uint64_t build_view; /* A block was asked for: */
    struct hash build_parent;
    struct finality final;
    struct views views;
    struct peer *peers;
    struct fetch_slot fetch_certs, fetch_body, fetch_final;
    struct push pushes[PUSHES_MAX];
    struct consensus_effects effects;
};

static inline bool is_peer(const struct consensus *self, uint32_t peer)
{
    return peer < self->config.peers_count;
}
static inline bool is_voter(const struct consensus *self)
{
    return self->config.self < self->n;
}
static inline bool is_sending(const struct consensus *self)
{
    return is_voter(self) && self->may_vote && self->halt == HALT_NONE;
}
static inline int64_t grown(const struct consensus *self, int64_t span_ms)
{
    return span_ms * self->grow / GROW_ONE;
}

#endif
