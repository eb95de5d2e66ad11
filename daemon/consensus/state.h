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
    RANGE_MAX = 64,       /* Blocks of one FETCH_RANGE reply, views of one FETCH_CERTS. */
    PUSHES_MAX = 8,       /* Certificates that wait for their lazy push. */
    EAGER_PUSH_MAX = 16,  /* Up to this n a new certificate goes to all at once. */
    RESEND_FINALIZE_MAX = 8,
    GROW_ONE = 1000,      /* `grow` is in thousandths. */
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
    uint32_t attempts;
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
    uint32_t trail_max;
    struct consensus_block range[RANGE_MAX]; /* After delivered; unproven. */
    uint32_t range_count;
    uint8_t (*proof)[SIGNATURE_SIZE]; /* Of the finalization of a range. */
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
    struct hash work_hash; /* EVENT_WORK */
    bool work_known, has_work;
    int64_t due_ms; /* EVENT_APP */
    bool uncommitted, app_fresh;
    uint64_t uncommitted_height;
    bool missing; /* A body without which nothing can be built or judged: */
    uint64_t missing_view;
    struct hash missing_hash;
    uint64_t missing_signers[SIGNER_WORDS]; /* Who certainly held it; none if unknown. */
    int64_t recheck_ms; /* When a body whose verdict is PENDING is asked about again. */
    uint64_t build_view; /* A block was asked for: */
    struct hash build_parent;
    struct finality final;
    struct views views;
    struct peer *peers;
    struct fetch_slot fetch_certs, fetch_body, fetch_final;
    struct push pushes[PUSHES_MAX];
    struct consensus_effects effects;
};

enum tip_state { TIP_READY, TIP_NO_CERT, TIP_NO_BODY, TIP_UNCHECKED };
struct tip {
    enum tip_state state;
    uint64_t view;
    const struct consensus_block *block; /* TIP_READY */
};

enum proposal_state {
    PROPOSAL_NONE,
    PROPOSAL_BAD,
    PROPOSAL_NO_CERT, /* first_view..last_view */
    PROPOSAL_NO_BODY, /* Of the parent, in first_view. */
    PROPOSAL_UNCHECKED,
    PROPOSAL_EARLY, /* Its time is in our future. */
    PROPOSAL_GOOD
};
struct proposal {
    enum proposal_state state;
    const struct consensus_block *block;
    uint64_t first_view, last_view;
    int64_t wait_ms; /* PROPOSAL_EARLY: until then. */
};

/* effects.c */
void effects_reset(struct consensus *self);
bool effects_ask_vote(struct consensus *self, enum vote_kind kind, uint64_t view,
                      const struct hash *hash);
void effects_keep_body(struct consensus *self, const struct hash *hash);
void effects_keep_cert(struct consensus *self, const struct cert *cert);
void effects_expose(struct consensus *self, const struct vote *first, const struct vote *second);
void effects_send_vote(struct consensus *self, uint32_t to, const struct vote *vote);
void effects_send_cert(struct consensus *self, uint32_t to, const struct cert *cert);
void effects_send_proposal(struct consensus *self, uint32_t to, const struct vote *vote);
void effects_send_block(struct consensus *self, uint32_t to, const struct hash *hash,
                        const struct cert *finalization);
void effects_send_acts(struct consensus *self);
void effects_send_status(struct consensus *self, uint32_t to);
void effects_send_fetch(struct consensus *self, uint32_t to, const struct consensus_fetch *fetch);
void effects_halt(struct consensus *self, enum consensus_halt halt);

/* chain.c */
struct tip chain_tip(const struct consensus *self);
struct proposal chain_proposal(const struct consensus *self);
const struct held_block *chain_proposed(const struct consensus *self);
bool chain_lookup(const struct consensus *self, const struct hash *hash,
                  struct consensus_block *ret_block);
void chain_validate(struct consensus *self);
int64_t chain_clock(const struct consensus *self);
bool chain_is_active(const struct consensus *self);
bool chain_has_work(const struct consensus *self);
/* What a leader should do on this tip now. */
enum chain_task { TASK_ASK, TASK_ACTS, TASK_EMPTY, TASK_EMPTY_LATER, TASK_NOTHING };
enum chain_task chain_task(const struct consensus *self, const struct tip *tip);
uint32_t chain_nullify_count(const struct consensus *self, uint64_t view);

/* own.c */
struct own_vote *own_find(const struct consensus *self, enum vote_kind kind, uint64_t view);
bool own_asked(const struct consensus *self, enum vote_kind kind, uint64_t view);
bool own_sendable(const struct consensus *self, enum vote_kind kind, uint64_t view,
                  struct vote *ret_vote);
void own_nullify(struct consensus *self);
void own_notarize(struct consensus *self);
void own_finalize(struct consensus *self);
void own_propose(struct consensus *self);
void own_built(struct consensus *self, const struct consensus_block *block);

/* certs.c */
void certs_count(struct consensus *self, const struct vote *vote);
void certs_certify(struct consensus *self, enum vote_kind kind, uint64_t view,
                   const struct hash *hash);
void certs_take(struct consensus *self, const struct cert *cert);
void certs_enter(struct consensus *self);
void certs_pace(struct consensus *self, struct view_record *record);
bool certs_is_sound(const struct consensus *self, const struct cert *cert);

/* final.c */
void final_take(struct consensus *self, const struct cert *cert);
void final_take_block(struct consensus *self, const struct consensus_block *block);
void final_take_range_cert(struct consensus *self, const struct cert *cert);
int final_find_range(const struct consensus *self, const struct cert *cert);
void final_deliver(struct consensus *self);
bool final_is_delivered(const struct consensus *self);
const struct consensus_block *final_find(const struct consensus *self, const struct hash *hash);

/* timers.c */
void timers_disarm(struct consensus *self);
void timers_arm(struct consensus *self);
void timers_fire(struct consensus *self);
void timers_resume(struct consensus *self);
void timers_retransmit(struct consensus *self);
bool timers_leader_absent(const struct consensus *self);
int64_t timers_deadline(const struct consensus *self);

/* sync.c */
void sync_fetch(struct consensus *self);
void sync_answer_fetch(struct consensus *self, uint32_t peer, const struct consensus_fetch *fetch);
bool sync_may_reply(const struct consensus *self, uint32_t peer);
bool sync_may_status(const struct consensus *self, uint32_t peer);
void sync_reply(struct consensus *self, uint32_t peer, uint64_t view);
void sync_status(struct consensus *self, uint32_t peer);
void sync_idle(struct consensus *self);
void sync_push(struct consensus *self, const struct cert *cert);
void sync_push_due(struct consensus *self);

/* handlers.c */
struct transition {
    enum consensus_event_kind kind;
    const char *event;
    const char *precondition;
    const char *effect;
    bool (*allowed)(const struct consensus *self, const struct consensus_event *event);
    void (*handle)(struct consensus *self, const struct consensus_event *event);
};
const struct transition *handlers_table(uint32_t *ret_count);

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
