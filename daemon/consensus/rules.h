/* SPDX-License-Identifier: Apache-2.0 */
/* rules.h - what the files of this room do for each other, by file. Rules look at the whole state
 * and may be run at any time. */
#ifndef COMITY_CONSENSUS_RULES_H
#define COMITY_CONSENSUS_RULES_H

#include "consensus/state.h"

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
bool own_is_unknown(const struct consensus *self, const struct vote *vote);
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
void final_forget_range(struct consensus *self);
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
/* A block that is final or may be: do those who send such have `more` of them on its way? */
void sync_final_came(struct consensus *self, bool more);
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

#endif
