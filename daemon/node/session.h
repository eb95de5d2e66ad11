/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - one forum at this daemon: its consensus, its acts not final yet, its executed
 * record. Bytes of peers and acts of the own seat go in; frames, journal records and news for
 * clients come out through the environment the node gives it.
 *
 * One turn of the node's loop: session_receive and session_submit as things arrive, session_tick
 * once, then session_settle; if the journal is dirty the node syncs it and calls
 * session_persisted, until it is clean; then session_finish. */
#ifndef COMITY_NODE_SESSION_H
#define COMITY_NODE_SESSION_H

#include "forum/forum.h"
#include "identity/identity.h"
#include "model/charter.h"
#include "store/journal.h"
#include "store/store.h"
#include "wire/wire.h"

struct session;

struct session_env {
    const struct identity *identity;
    struct journal *journal;
    struct store *store;
    bool observing; /* The journal is damaged or not the store's: never sign. */
    void *context;
    void (*send)(void *context, const uint8_t key[KEY_SIZE], enum wire_urgency urgency,
                 struct bytes frame);
    bool (*heard)(void *context, const uint8_t key[KEY_SIZE], int64_t within_ms);
    /* Do not listen to this peer until then (steady time); NULL: listen to everybody. */
    void (*ignore)(void *context, const uint8_t key[KEY_SIZE], int64_t until_ms);
};

struct session_time {
    int64_t now_ms; /* Steady. */
    int64_t utc_ms;
};

/* Journal records of this forum found at start-up, in the file's order. */
struct session_restored {
    const struct journal_record *records;
    size_t count;
};

/* This key votes no more in this forum, and acts only once f+1 orderers have told what they hold of
 * it (`acts_held`); for this run and all later ones. */
COMITY_MUST_CHECK enum comity_error
session_remember_observing(struct store *store, const struct hash *forum, bool acts_held);

/* `charter` bytes are copied. COMITY_INVALID, COMITY_DAMAGED, COMITY_DIVERGED ... with a fault. */
COMITY_MUST_CHECK enum comity_error session_open(const struct session_env *env, const char *name,
                                                 struct bytes charter,
                                                 const struct session_restored *restored,
                                                 struct session_time time,
                                                 struct session **ret_session, struct fault *fault);
void session_close(struct session **self);
/* The loop begins. What waits after a start counts from here, however long the files took. */
void session_begin(struct session *self, struct session_time time);

/* A frame of this forum from an authenticated peer. */
void session_receive(struct session *self, const uint8_t key[KEY_SIZE], struct bytes frame,
                     struct session_time time);
void session_tick(struct session *self, struct session_time time);
void session_settle(struct session *self, struct session_time time);
void session_persisted(struct session *self, struct session_time time);
/* Send acts that are durable now, write executed blocks to the store. */
void session_finish(struct session *self, struct session_time time);
/* The machine slept, or just woke. */
void session_resume(struct session *self, struct session_time time);
/* About to stop or sleep: tell the peers to skip this seat's turns. */
void session_say_farewell(struct session *self, struct session_time time);
int64_t session_deadline_ms(const struct session *self); /* Steady; INT64_MAX: none. */

/* Sign an act of the own seat: `act` lacks forum, seat, seq, time, id and text hash. It is in the
 * journal's buffer on return and goes out when the node has synced. `key` (may be empty) makes a
 * retry return the first act. COMITY_REFUSED: the record's state would refuse it, or this daemon
 * only observes; COMITY_BUSY: too many acts are not final yet. */
COMITY_MUST_CHECK enum comity_error session_submit(struct session *self, const struct act *act,
                                                   struct bytes text, struct bytes key,
                                                   struct session_time time, struct hash *ret_id,
                                                   uint64_t *ret_seq, struct fault *fault);
/* Was an act handed in under this key before? */
bool session_find_submitted(const struct session *self, struct bytes key, struct hash *ret_id,
                            uint64_t *ret_seq);
/* Highest seq of the own seat that is durable: acts beyond it were not sent or acknowledged. */
uint64_t session_durable_seq(const struct session *self);
/* The disk cannot take what is decided: nothing more is taken in until it can. */
bool session_is_stalled(const struct session *self);
/* Just started, and not sure yet that no act of this key is missing from its files: until f+1
 * orderers have told what they know of it, or for two paces, acts should wait to be signed. */
bool session_is_asking(const struct session *self);
/* What became of an own act. COMITY_PENDING: not final yet; COMITY_NOT_FOUND: too long ago. */
struct session_fate {
    struct hash id; /* The act that is final in the slot: not ours if the files were rolled back. */
    bool accepted;
    uint64_t height;
    uint32_t proposal, agreement;
    char line[256];
};
/* Fill in what a block's outcomes say of its act `index`; id and height are the caller's. */
void session_read_fate(const struct outcomes *outcomes, uint32_t index, struct session_fate *fate);
COMITY_MUST_CHECK enum comity_error session_act_fate(const struct session *self, uint64_t seq,
                                                     struct session_fate *ret_fate);
/* Where session_act_fate does not remember: read what the stored record says. COMITY_NOT_FOUND:
 * nothing; COMITY_DAMAGED and what the store fails with: it cannot be read. */
COMITY_MUST_CHECK enum comity_error session_find_old_fate(struct session *self, uint64_t seq,
                                                          struct session_fate *ret_fate);

/* For the client API. */
const char *session_name(const struct session *self);
struct bytes session_charter_bytes(const struct session *self);
const struct charter *session_charter(const struct session *self);
const struct forum *session_forum(const struct session *self);
int32_t session_seat(const struct session *self); /* Own seat, or -1. */
bool session_is_admitted(const struct session *self, const uint8_t key[KEY_SIZE]);
void session_tag(const struct session *self, uint8_t ret_tag[16]);
struct pool;
const struct pool *session_pool(const struct session *self);
struct chain;
const struct chain *session_chain(const struct session *self);
/* Up to here the record is in the store; it is executed further than that for moments, or while
 * the disk is full. */
uint64_t session_stored_height(const struct session *self);
/* The row of this block is not what was written: it is told, and asked of the peers until one sends
 * the block again. */
void session_found_damaged(struct session *self, uint64_t height);
struct session_state {
    uint64_t height, view;
    struct hash block_hash, state_hash, outcomes_root;
    int64_t block_ms, forum_ms;
    int64_t due_ms; /* UTC time of the next deadline; INT64_MAX: none. */
    uint32_t pending_acts;
    uint32_t orderers, quorum;
    bool observing, suspended;
    char waiting[512];
    char alarm[256];
};
void session_describe(const struct session *self, struct session_time time,
                      struct session_state *ret_state);
bool session_seat_is_up(const struct session *self, uint32_t seat);
/* What its daemon last did that no honest one does, "" if nothing; how often since the start. */
const char *session_seat_offence(const struct session *self, uint32_t seat, uint64_t *ret_count);
/* A peer sent something that is not even a frame. */
void session_note_junk(struct session *self, const uint8_t key[KEY_SIZE], struct session_time time);
/* What a rotation of the journal must carry over; borrowed. Returns how many there are in all. */
size_t session_live_records(struct session *self, struct journal_record *ret_records, size_t max);
/* Of them, the own acts that are on disk: for a backup. */
size_t session_durable_acts(const struct session *self, struct journal_record *ret_records,
                            size_t max);

#endif
