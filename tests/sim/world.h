/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - everything one simulated run consists of: nodes with their journals, blocks, the
 * network's state and the queue of what happens next. One thread, virtual time only; memory
 * lives in the world's arena or in arrays it owns, until sim_world_close.
 *
 * A *seat* is a peer number (orderers first, then followers). A *node* is one running copy:
 * node i serves seat i, and the second copies of twins come after all seats. */
#ifndef COMITY_SIM_WORLD_H
#define COMITY_SIM_WORLD_H

#include "consensus/consensus.h"
#include "consensus/guard.h"
#include "sim/chance.h"
#include "sim/plan.h"

enum {
    SIM_ORDERERS_MAX = 64,
    SIM_SEATS_MAX = 68, /* With followers. */
    SIM_NODES_MAX = 96, /* With twins. */
    SIM_ACTS_MAX = 60,  /* Per author: sets of acts are 64-bit masks. */
    SIM_NONE = UINT32_MAX
};

/* A block with its body: author a's acts from[a] .. to[a]-1. Registered once per hash. */
struct sim_block {
    struct consensus_block block;
    uint8_t from[SIM_SEATS_MAX];
    uint8_t to[SIM_SEATS_MAX];
    uint32_t parent; /* Index, or SIM_NONE if no such block exists. */
};

/* A certificate with its own signatures; interned, so that equal bytes are one object. */
struct sim_cert {
    struct cert cert;
    uint64_t valid[SEATS_MAX / 64]; /* Signers whose signature verifies. */
    bool whole;                     /* At least q of them, and none that does not. */
    uint64_t digest;
    struct sim_cert *next; /* In its bucket. */
};

enum sim_message_kind {
    MESSAGE_PROPOSAL = 1,
    MESSAGE_VOTE,
    MESSAGE_CERT,
    MESSAGE_STATUS,
    MESSAGE_FETCH,
    MESSAGE_BLOCK,
    MESSAGE_RANGE, /* `count` blocks up to `block`, which `cert` makes final, or none. */
    MESSAGE_ACTS,
    MESSAGE_PUSH /* To a follower: body and finalization. */
};
struct sim_message {
    enum sim_message_kind kind;
    uint32_t from;  /* Node. */
    uint32_t block; /* Index. */
    uint32_t count; /* Of a range. */
    struct vote vote;
    struct sim_cert *cert;
    struct consensus_status status;
    struct consensus_fetch fetch;
    uint32_t author;
    uint64_t acts; /* Mask of `author`'s. */
    struct sim_message *free_next;
    uint32_t uses;
};

enum sim_record_kind { RECORD_BODY = 1, RECORD_CERT, RECORD_VOTE, RECORD_DELIVER };
struct sim_record {
    enum sim_record_kind kind;
    uint32_t block;
    struct sim_cert *cert;
    struct vote vote;
};

enum sim_state { NODE_UP, NODE_ASLEEP, NODE_DEAD };

struct sim_node {
    uint32_t index;
    uint32_t seat;
    bool honest;   /* Neither liar nor twin: invariants are about these. */
    bool observer; /* Lost its journal: consensus_forbid_votes. */
    uint32_t lie;  /* The last block a liar made up; 0 none. */
    bool gone;     /* Does not restart. */
    enum sim_state state;
    struct arena arena;
    struct consensus *consensus;
    struct guard *guard;
    uint32_t life; /* Counts restarts; what was scheduled for an earlier life is void. */
    /* Clocks: steady runs at `rate` per million off, and stands still in sleep. */
    int64_t steady_ms, steady_at_ms;
    int64_t utc_offset_ms;
    bool clock_wrong;
    int32_t rate;
    int64_t deadline_ms; /* Steady time of the tick asked for. */
    uint64_t tick;       /* Its number; others are void. */
    /* Journal: what of `records` is durable survives a crash, and some of the rest may. */
    struct sim_record *records;
    size_t records_count, records_capacity, durable_count;
    uint64_t sync; /* Number of the sync under way; 0 none. */
    bool sync_urgent;
    /* Bodies held in memory: one bit per registered block. */
    uint64_t *bodies;
    size_t bodies_words;
    /* Application: the delivered chain and the pool. */
    uint32_t *delivered;      /* Block index by height. */
    struct sim_cert **finals; /* Direct finalization by height, or NULL. */
    size_t delivered_count, delivered_capacity;
    uint64_t pool[SIM_SEATS_MAX];
    uint64_t issued;      /* Own acts. */
    struct hash told_tip; /* What the machine was told last. */
    int8_t told_work;
    size_t told_height;
    uint32_t crash_after; /* Boundaries until it dies; 0 never. */
    int64_t down_until_ms;
    uint64_t group; /* Partition it is in. */
    /* For checks. */
    struct sim_votes *votes;
    size_t votes_capacity;
    uint64_t final_view, view, height, sent;
    size_t arena_used;
    uint32_t inbox_full;
    struct sim_message *inbox[64]; /* What the sockets hold while asleep. */
    uint32_t inbox_count;
};

/* The finalized chain as all honest nodes must see it, with the state after each block. */
struct sim_height {
    uint32_t block;
    struct hash state_hash;
    int64_t due_ms;            /* INT64_MAX: nothing. */
    uint64_t verdict_height;   /* Of the last verdict; 0 none. */
    uint64_t committed_height; /* Highest state_height in a finalized header. */
};

struct sim_view {                  /* What certificates exist for a view, seen by anyone honest. */
    uint64_t notarized, finalized; /* Fingerprint of the hash; 0 none. */
    bool nullified;
    bool parent_known;
};

struct sim_event;
struct sim_world {
    struct sim_plan plan;
    uint32_t strikes; /* So far. */
    struct chance chance;
    struct arena arena;
    int64_t now_ms;
    bool healed, quieted;
    struct sim_node nodes[SIM_NODES_MAX];
    uint32_t nodes_count, seats_count;
    uint32_t second[SIM_ORDERERS_MAX]; /* The twin copy's node, or SIM_NONE. */
    struct vote_domain domain;
    struct hash genesis;
    struct sim_block *blocks;
    uint32_t blocks_count, blocks_capacity;
    uint32_t *block_slots;
    uint32_t block_slots_count;
    struct sim_cert *cert_buckets[1024];
    struct sim_height *heights;
    size_t heights_count, heights_capacity;
    struct sim_view *views;
    size_t views_capacity;
    struct sim_event *events;
    size_t events_count, events_capacity;
    uint64_t events_number;
    struct sim_message *free_messages;
    bool cut[SIM_NODES_MAX][SIM_NODES_MAX]; /* One way. */
    bool exhaustive;                        /* A Twins scenario: groups by view, no loss. */
    uint8_t groups[4][SIM_NODES_MAX];       /* By view, for the exhaustive Twins. */
    struct sim_message *old[32];            /* What a liar may replay. */
    uint32_t acts_left;
    uint64_t trace; /* Hash of everything that happened. */
    uint64_t steps;
    uint64_t sent_quiet; /* Non-Status messages of honest nodes since it is quiet. */
    bool print;
    bool failed;
    char failure[256];
};

void sim_world_open(struct sim_world *self, const struct sim_plan *plan, bool print);
void sim_world_close(struct sim_world *self);
/* Note the first broken promise; the run stops at the end of the step. */
void sim_fail(struct sim_world *self, const char *format, ...) COMITY_PRINTF(2, 3);
void sim_trace(struct sim_world *self, const char *format, ...) COMITY_PRINTF(2, 3);
void sim_digest(struct sim_world *self, uint64_t value);
static inline uint64_t fingerprint(const struct hash *hash)
{
    uint64_t value;
    memcpy(&value, hash->bytes, sizeof value);
    return value | 1;
}
/* Grow an array owned by the world or a node; zeroes what is new; aborts without memory. */
void *sim_grow(void *array, size_t *capacity, size_t need, size_t size);

#endif
