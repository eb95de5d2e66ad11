/* SPDX-License-Identifier: Apache-2.0 */
/* session_state.h - the inside of a session, for the session_*.c files only. */
#ifndef COMITY_NODE_SESSION_STATE_H
#define COMITY_NODE_SESSION_STATE_H

#include "codec/peer.h"
#include "consensus/consensus.h"
#include "consensus/guard.h"
#include "node/bodies.h"
#include "node/chain.h"
#include "node/pool.h"
#include "node/session.h"
#include "node/session_mend.h"
#include "overlay/overlay.h"

enum {
    SESSION_VIEWS_MAX = 64,
    SESSION_VALIDATES_MAX = 8,
    SESSION_FATES_MAX = 4096,
    SESSION_REQUESTS_MAX = 1024,
    SESSION_FETCHES_MAX = 8,
    SESSION_KEY_MAX = 32,
    SESSION_HEARD_MS = 10000, /* Three greetings of the wire and a little patience. */
};

/* A record the journal must keep when it is rotated. */
struct live_record {
    struct live_record *next;
    enum journal_kind kind;
    uint64_t view; /* Of a vote, body or certificate. */
    uint64_t seq;  /* Of an act. */
    size_t size;
    uint8_t payload[];
};

struct session_fate_slot {
    uint64_t seq;
    struct session_fate fate;
};

struct session_request {
    uint64_t head;
    uint8_t key[SESSION_KEY_MAX];
    uint8_t key_size;
    struct hash act;
    uint64_t seq;
};

struct session_peer {
    uint32_t seat;
    bool up;
    uint64_t offences; /* See session_offence.c. */
    char offence[128]; /* The last one; "" if there was none. */
    int64_t tell_ms, burst_ms, ignored_ms, ignored_until_ms;
    uint32_t burst;
    bool told; /* It said since the start how far it knows our acts: */
    uint64_t told_seq;
    int64_t answered_ms; /* When it was last told so itself, because it asked. */
    int64_t tokens_ms;
    uint32_t tokens;       /* Fetches it may still ask. */
    uint32_t relay_tokens; /* Bytes of others that are still carried for it now. */
    int64_t relay_ms;
};

struct session {
    struct session_env env;
    char name[NAME_MAX_SIZE + 1];
    struct arena charter_arena;
    struct bytes charter_bytes;
    const struct charter *charter;
    uint8_t tag[FORUM_TAG_SIZE];
    int32_t seat;  /* Own, or -1. */
    uint32_t self; /* Own peer number, or peers_count if none. */
    uint32_t peers_count;
    struct session_peer peers[SEATS_MAX];
    uint32_t peer_of_seat[SEATS_MAX];
    struct vote_domain domain;
    struct hash genesis;
    struct session_time time;

    struct arena order_arena; /* Consensus and guard live here. */
    struct consensus *consensus;
    struct guard *guard;
    int64_t deadline_ms;
    bool more, halted;
    uint64_t drift_height; /* A proposal commits to another state of this height; 0: none. */
    char alarm[256];
    bool observing;          /* Votes are forbidden. */
    uint64_t voted_view;     /* Highest view of an own vote ever journaled. */
    uint64_t journaled_seq;  /* Highest seq of an own act ever journaled. */
    uint8_t floor[16];       /* Both, encoded for a rotation. */
    int64_t asking_until_ms; /* Steady; after a start, see session_is_asking. */
    bool foreign_journal;    /* It holds what another seat signed. */
    bool acts_held;          /* Rolled back: acts wait for what f+1 orderers tell. */

    struct pool *pool;
    struct bodies bodies;
    uint64_t swept_view; /* Final when they were swept last. */
    struct chain chain;
    struct arena scratch; /* Decoding; reset after each message. */
    struct buffer frame, payload;

    struct overlay *overlay;
    uint64_t relay_to[SEATS_MAX / 64]; /* For whom `frame` goes through others. */
    uint64_t relay_id;
    int64_t overlay_ms; /* Steady: when neighbours were last spoken to about routes. */
    struct buffer relay;

    /* Asked for by consensus, done by session_settle. */
    struct hash validates[SESSION_VALIDATES_MAX];
    uint32_t validates_count;
    bool build, build_empty;
    uint64_t build_view;
    struct consensus_block build_parent;
    int64_t build_time_ms;
    bool app_changed;
    bool work_known, work_value;
    uint64_t work_added; /* pool_added at that time. */
    struct hash work_tip;

    struct vote *signed_votes; /* Journaled, not yet handed back. */
    uint32_t signed_count, signed_capacity;

    uint64_t next_seq;    /* Of the own seat. */
    uint64_t sent_seq;    /* Own acts up to here were sent. */
    uint64_t durable_seq; /* Own acts up to here are on disk. */
    int64_t store_retry_ms;
    struct session_fate_slot *fates;
    struct session_request *requests; /* Ring. */
    uint32_t requests_count;
    uint32_t noted_count;                 /* Of them, how many went to the store. */
    struct live_record *live, *live_last; /* In the order they were made. */
    uint64_t fetch_ids[SESSION_FETCHES_MAX];
    uint32_t fetch_peers[SESSION_FETCHES_MAX]; /* Who was asked; CONSENSUS_TO_ALL: everybody. */
    uint64_t fetch_id;
    bool own_evidence_due;
    struct session_mend mend;
};

/* session.c */
void session_step(struct session *self, struct consensus_event *event);
enum comity_error session_journal(struct session *self, enum journal_kind kind, uint64_t view,
                                  uint64_t seq, struct bytes payload);
void session_halt(struct session *self, const char *why);
const uint8_t *session_peer_key(const struct session *self, uint32_t peer);
uint32_t session_find_peer(const struct session *self, const uint8_t key[KEY_SIZE]);

/* session_restore.c */
enum comity_error session_keep_live(struct session *self, enum journal_kind kind, uint64_t view,
                                    uint64_t seq, struct bytes payload);
enum comity_error session_restore_final(struct session *self, struct fault *fault);
void session_restore_journal(struct session *self, const struct session_restored *restored);

/* session_effects.c */
void session_obey(struct session *self, const struct consensus_effects *effects);

/* session_build.c */
bool session_last_seqs(const struct session *self, const struct hash *parent,
                       uint64_t ret_last[SEATS_MAX]);
enum consensus_validity session_validate(struct session *self, const struct body *body);
void session_build(struct session *self);
bool session_has_work(const struct session *self, const struct hash *tip);
void session_flag_tick(const struct session *self, struct body *body);

void session_send_status(struct session *self, uint32_t peer,
                         const struct consensus_status *status);

/* session_peers.c */
void session_send(struct session *self, uint32_t peer, enum wire_urgency urgency,
                  const struct peer_message *message);
void session_send_acts(struct session *self, uint32_t peer);
void session_send_block(struct session *self, uint32_t peer, const struct hash *hash);
/* At least a quorum, all signatures good: for what comes from our own files. */
bool session_cert_is_signed(const struct session *self, const struct cert *cert);
void session_verify_cert(struct session *self, uint32_t peer, const struct cert *cert);

/* Orderers that know no more of our acts than we do. */
uint32_t session_tellers(const struct session *self);

/* From a peer, over its own link or a relay. */
void session_take_frame(struct session *self, uint32_t peer, struct bytes frame, bool relayed);

/* session_offence.c: both tell; after a burst of session_offend a peer is not listened to. */
void session_report(struct session *self, uint32_t peer, const char *what);
void session_offend(struct session *self, uint32_t peer, const char *what);

/* session_serve.c */
void session_take_fetch(struct session *self, uint32_t peer, const struct peer_message *message);

/* session_acts.c */
void session_take_act(struct session *self, uint32_t peer, struct bytes encoded, bool own);
void session_remember_request(struct session *self, struct bytes key, const struct hash *id,
                              uint64_t seq);
void session_rolled_back(struct session *self, const char *why);
/* Did an earlier run find that this key must not vote, or not act, here? Forbid it again. */
void session_restore_observing(struct session *self);
void session_acts_final(struct session *self, const struct body *body,
                        const struct outcomes *outcomes);

#endif
