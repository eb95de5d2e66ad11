/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - whole daemons in one process and in virtual time: each is node.c and everything under
 * it, unchanged; wire, client socket, clocks and disk are the world's. One seed is one run. */
#ifndef COMITY_SIM_DAEMONS_WORLD_H
#define COMITY_SIM_DAEMONS_WORLD_H

#include "model/block.h"
#include "node/node_state.h"
#include "sim/daemons/disk.h"
#include "sim/daemons/plan.h"

struct frame {
    uint32_t from;
    size_t size;
    uint8_t data[];
};

struct sent_view { /* Own votes that left, over the whole life of a key. */
    struct hash notarize, finalize;
    uint8_t kinds;
};

struct wire {
    struct daemon *owner;
    bool known[SIMD_SEATS_MAX];
    int64_t heard_ms[SIMD_SEATS_MAX], sent_ms[SIMD_SEATS_MAX];
    struct frame *last;
};

struct api_server {
    struct daemon *owner;
};

struct daemon {
    struct world *world;
    uint32_t index;
    struct identity *identity;
    struct config config;
    struct disk disk;
    struct node *node; /* NULL while it is down. */
    struct wire wire;
    struct api_server api;
    struct client client;
    struct frame *inbox[SIMD_INBOX_MAX];
    uint32_t inbox_first, inbox_count;
    uint64_t wake_order; /* Of the only wake that counts. */
    int64_t wake_ms;
    int64_t up_ms;     /* When it starts again. */
    int64_t paused_ms; /* Until then it does not run. */
    bool asleep;       /* The steady clock stands still meanwhile. */
    int64_t steady_ms, steady_base_ms, slept_ms, utc_offset_ms;
    int64_t skew; /* Millionths. */
    enum crash crash;
    bool has_crash;
    bool farewell; /* Stopped in an orderly way. */
    /* For the checks. */
    struct sent_view *votes;
    size_t votes_count;
    struct hash *acts_sent; /* By seq. */
    size_t acts_sent_count;
    uint64_t seen_height, stored_height;
    uint64_t last_frame;
};

struct record_act {
    struct hash id, target; /* Target: of ballots and consents, the proposal. */
    uint32_t seat;
    uint64_t seq;
    uint8_t kind;
    bool yes;
    uint64_t mark;
};

struct record_height {
    bool state_known, block_known;
    struct hash state_hash, outcomes_root, block_hash;
    uint32_t first_act, acts_count;
    uint64_t *words; /* Of its outcomes. */
    uint32_t words_count;
};

struct event;
struct world {
    struct plan plan;
    struct chance chance;
    int64_t now_ms;
    bool healed, failed, print;
    char failure[300];
    struct daemon daemons[SIMD_SEATS_MAX];
    struct buffer charter_bytes;
    struct hash forum;
    struct arena arena;
    const struct charter *charter;
    struct vote_domain domain;
    bool cut[SIMD_SEATS_MAX][SIMD_SEATS_MAX];
    struct event *events;
    size_t events_count, events_capacity;
    uint64_t events_number;
    struct record_height *heights; /* [0] is genesis. */
    size_t heights_count, heights_capacity;
    uint64_t record_height; /* Blocks known up to here. */
    struct record_act *acts;
    size_t acts_count, acts_capacity;
    struct hash *signed_acts; /* Signed by honest daemons: an open hash set. */
    size_t signed_count, signed_capacity;
    struct frame *old[16]; /* What a liar may replay. */
    struct buffer old_act; /* The same: in a block. */
    uint64_t trace, turns, crashes, frames, acked;
};

extern struct world *world_now;
extern struct daemon *daemon_now; /* The one that runs. */

struct result {
    bool passed;
    char failure[300];
    uint64_t trace, turns, blocks, acts, crashes, frames, acked;
    int64_t virtual_ms;
};

void world_run(const struct plan *plan, bool print, struct result *ret_result);
void world_fail(struct world *self, const char *format, ...) COMITY_PRINTF(2, 3);
void world_trace(struct world *self, const char *format, ...) COMITY_PRINTF(2, 3);
static inline void world_digest(struct world *self, uint64_t value)
{
    self->trace = mix64(self->trace ^ value) + UINT64_C(0x9e3779b97f4a7c15);
}
/* Post a frame on its way to a seat; copies. */
void world_post(struct world *self, uint32_t from, uint32_t to, const void *data, size_t size);
void world_wake(struct world *self, struct daemon *daemon, int64_t at_ms);
void *world_grow(void *array, size_t *capacity, size_t need, size_t size);
static inline bool is_honest(const struct daemon *daemon)
{
    return daemon->world->plan.lies[daemon->index] == 0;
}

/* daemon.c */
void daemon_init(struct world *world, uint32_t index);
void daemon_free(struct daemon *self);
void daemon_start(struct daemon *self);
void daemon_turn(struct daemon *self);
void daemon_die(struct daemon *self); /* Its effects end here. */
struct session *daemon_session(const struct daemon *self);
int64_t daemon_steady(const struct daemon *self);

/* client.c */
void client_turn(struct daemon *daemon); /* Before the daemon's own turn. */
int64_t client_due_ms(const struct daemon *daemon);
bool client_is_done(const struct daemon *daemon);
void client_disconnect(struct daemon *daemon);

/* liar.c: what a liar's daemon wants to send, changed. */
void liar_send(struct daemon *daemon, uint32_t to, struct bytes frame);

/* faults.c */
void faults_step(struct world *self);
void faults_heal(struct world *self);

/* check_sent.c */
void check_sent(struct daemon *daemon, struct bytes frame);
void check_signed(struct world *world, const char *tag, struct bytes message);
bool check_was_signed(const struct world *world, const struct hash *id);
/* check_record.c */
void check_daemon(struct daemon *daemon);
void check_answer(struct daemon *daemon, struct op *op, const Comity__V1__Submitted *answer);
void check_refusal(struct daemon *daemon, const struct op *op, const char *code);
bool check_converged(struct world *world, char *ret_why, size_t size);
void check_end(struct world *world);

#endif
