/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - whole daemons in one process and in virtual time: each is node.c and everything under
 * it, unchanged; wire, client socket, clocks and disk are the world's. One seed is one run. */
#ifndef COMITY_SIM_DAEMONS_WORLD_H
#define COMITY_SIM_DAEMONS_WORLD_H

#include "sim/daemons/daemon.h"
#include "sim/daemons/plan.h"

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

struct link {
    bool cut;
    int64_t clogged_ms; /* Frames wait until then. */
    struct chance chance;
};

struct event;
struct world {
    struct plan plan;
    struct chance chance; /* Of the beginning only. */
    int64_t now_ms, healed_ms;
    bool healed, failed, print;
    char failure[300];
    struct daemon *daemons; /* plan.n */
    struct buffer charter_bytes;
    struct hash forum;
    struct arena arena;
    const struct charter *charter;
    struct vote_domain domain;
    uint8_t seats[65536]; /* By the first two bytes of a key. */
    struct link *links;   /* From seat a to seat b: a * n + b. */
    bool strike_runs[SIMD_STRIKES_MAX];
    uint32_t strike_leader[SIMD_STRIKES_MAX];
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
    uint64_t trace, turns, blocks, acts, crashes, frames, acked, effects;
    int64_t virtual_ms, failed_ms;
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
static inline struct link *link_of(const struct world *self, uint32_t from, uint32_t to)
{
    return &self->links[(size_t)from * self->plan.n + to];
}
static inline bool is_liar(const struct daemon *daemon)
{
    return daemon->world->plan.lies[daemon->index] != 0;
}
/* Neither a liar nor one whose files were taken from it. */
static inline bool is_honest(const struct daemon *daemon)
{
    return !is_liar(daemon) && daemon->forgot == FORGOT_NOTHING;
}

/* client.c */
void client_turn(struct daemon *daemon); /* Before the daemon's own turn. */
int64_t client_due_ms(const struct daemon *daemon);
bool client_is_done(const struct daemon *daemon);
void client_disconnect(struct daemon *daemon);

/* client_acts.c: what clients want done, one line of a table for each kind. */
bool client_draw(struct daemon *daemon, struct op *ret_op); /* False: not now. */
void client_fill(const struct daemon *daemon, struct arena *arena, const struct op *op,
                 Comity__V1__Submit *ret_submit);

/* signatures.c: true signs as Ed25519 does, else a hash under a key that only it knows. */
void signatures_setup(bool real);

/* liar.c: what a liar's daemon wants to send, changed. */
void liar_send(struct daemon *daemon, uint32_t to, struct bytes frame);

/* faults.c */
void faults_begin(struct world *self, uint32_t number); /* Of a strike of the plan. */
void faults_end(struct world *self, uint32_t number);
void faults_step(struct world *self);
void faults_heal(struct world *self);

/* check_sent.c */
void check_sent(struct daemon *daemon, struct bytes frame);
void check_signed(struct daemon *daemon, const char *tag, struct bytes message);
bool check_has_consented(const struct world *world, uint32_t seat, const struct hash *proposal);
bool check_was_signed(const struct world *world, const struct hash *id);
/* check_record.c */
void check_daemon(struct daemon *daemon);
void check_answer(struct daemon *daemon, struct op *op, const Comity__V1__Submitted *answer);
void check_refusal(struct daemon *daemon, const struct op *op, const char *code);
bool check_converged(struct world *world, char *ret_why, size_t size);
void check_end(struct world *world);

#endif
