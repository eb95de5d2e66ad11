/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - what goes into the consensus state machine: one struct consensus_event a step, with
 * its clocks. Everything it points to is borrowed for the call. */
#ifndef COMITY_CONSENSUS_EVENT_H
#define COMITY_CONSENSUS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/block.h"

/* What is known of a block besides its header; computed by the caller from the body. */
enum { BLOCK_HAS_ACTS = 1, BLOCK_IS_TICK = 2 };
struct consensus_block {
    struct block_header header;
    struct hash hash; /* Of the header, as the caller computed it: never a peer's word. */
    uint32_t flags;   /* BLOCK_HAS_ACTS, BLOCK_IS_TICK. */
};

struct consensus_status {
    uint64_t final_view;     /* F */
    uint64_t view;           /* cur */
    uint64_t height;         /* Finalized and delivered. */
    uint64_t last_seen_view; /* Highest view of a vote seen from the receiver. */
    int64_t utc_ms;          /* The sender's clock. */
    bool going_away;         /* About to sleep: skip my leader slots. */
    bool asks_votes;         /* Just started: send me what you hold of my votes (1.6 rule 7). */
};

enum consensus_fetch_kind {
    FETCH_CERTS = 1, /* Notarizations/nullifications of views [first, last] (≤ 64). */
    FETCH_BLOCK,     /* The body of `hash` (view `first` if known, else 0). */
    FETCH_RANGE      /* Final blocks from height `first` on; then the last one's finalization. */
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
    EVENT_TICK = 1,  /* Time passed. */
    EVENT_PROPOSAL,  /* `block` and the leader's own NOTARIZE in `vote`, verified. */
    EVENT_VOTE,      /* `vote`, verified. */
    EVENT_CERT,      /* `cert`, verified. */
    EVENT_STATUS,    /* `status` of `peer`. */
    EVENT_BLOCK,     /* `block`: a body asked for is held now. */
    EVENT_FETCH,     /* FETCH_CERTS of `peer`; what is not held here the store may have. */
    EVENT_PERSISTED, /* `vote`: an own vote asked for, signed and durable. */
    EVENT_WORK,      /* `has_work` on top of `hash`, the tip; when tip or pool changed. */
    EVENT_APP,       /* `due_ms`, `uncommitted` of the final state (P3, P4); after deliveries. */
    EVENT_BUILT,     /* `block`: answer to effects.build; view tells which. */
    EVENT_VALIDATED, /* `hash`, `validity`: answer to effects.validate. */
    EVENT_LINK,      /* `peer`, `link`: heard or not over any path; anew after RESUME. */
    EVENT_RESUME     /* The machine slept or just started: distrust timers and links. */
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

#endif
