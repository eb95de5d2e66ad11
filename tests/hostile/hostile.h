/* SPDX-License-Identifier: Apache-2.0 */
/* hostile.h - a small cluster of honest daemons, one key that is not, and what it does with it.
 *
 * Four seats: A, B and C are honest and run real daemons; EVE's key is the attacker's. Four
 * orderers need three, so nothing is decided unless all three honest daemons work. An attack runs
 * in a process of its own until it is killed; meanwhile the honest ones propose and answer, and
 * are looked at: do they live, do they decide, how much memory and time do they take, and whom do
 * their logs name. */
#ifndef COMITY_HOSTILE_HOSTILE_H
#define COMITY_HOSTILE_HOSTILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "codec/peer.h"
#include "comity.h"
#include "identity/identity.h"
#include "model/charter.h"

enum { HONEST = 3, SEATS = 4, EVE = 3, LOG_MAX = 8 << 20 };

struct daemon {
    pid_t process;
    int log;            /* What it says on stderr comes here. */
    struct buffer said; /* All of it. */
    struct comity *client;
    struct comity_feed feed;
    char directory[300];
    char socket[340];
    uint16_t port;
    int64_t anonymous_before; /* KiB. */
    int64_t anonymous_most;
    int64_t ticks_before;
};

struct cluster {
    char directory[256];
    const char *program;
    struct identity *identities[SEATS];
    struct buffer charter_bytes;
    struct arena arena;
    const struct charter *charter;
    struct vote_domain domain;
    struct daemon daemons[HONEST];
    uint16_t eve_port;
    uint32_t proposals;
    bool spoke; /* The last line that was waited for was said. */
};

/* Shared with the attacking process. */
struct counts {
    uint64_t sent;   /* Messages, connections or requests that left. */
    uint64_t failed; /* That did not. */
    uint64_t ready;  /* It has begun for good. */
};

/* cluster.c; every failure ends the program with a sentence. */
void cluster_open(struct cluster *self, const char *program);
void cluster_close(struct cluster *self);
void die(const char *format, ...) COMITY_PRINTF(1, 2) __attribute__((noreturn));
/* Read what daemons said, without waiting; look at memory; die if one is gone. */
void cluster_look(struct cluster *self);
/* Did any daemon say a line with both texts since `from` bytes of its log? */
bool cluster_said(struct cluster *self, const size_t from[HONEST], const char *one,
                  const char *other);
int64_t now_ms(void);
int64_t read_ticks(pid_t process); /* Of the processor, in milliseconds. */
int64_t read_anonymous_kib(pid_t process);

/* pulse.c: A proposes, all three say yes, and each of the three feeds shows the verdict. Dies
 * after `limit_ms`. Returns how long it took. */
int64_t pulse(struct cluster *self, int64_t limit_ms);

/* One attack; it goes on until it is killed. */
typedef void attack(const struct cluster *cluster, struct counts *counts);
attack tcp_half, tcp_loris, tcp_giant, tcp_garbage, tcp_flood, tcp_hold, tcp_replay;
attack key_none, key_wrong;
attack seat_garbage, seat_giant, seat_crumbs, seat_foreign, seat_replay, seat_forged_votes,
    seat_forged_acts, seat_relayed, seat_future, seat_certs, seat_clock, seat_blocks, seat_halves,
    seat_fetch, seat_status;
attack acts_gaps, acts_notes, acts_two, votes_two;
attack client_garbage, client_giant, client_flood, client_deaf, client_idle;

/* link.c: EVE's links to the honest daemons, on raw ZeroMQ. */
struct eve {
    const struct cluster *cluster;
    struct counts *counts;
    void *context;
    void *dealers[HONEST];
    uint64_t random;
    struct buffer frame, message;
    struct comity *spy; /* A client of A's daemon: EVE knows the view and who is proposing what. */
};
void eve_open(struct eve *self, const struct cluster *cluster, struct counts *counts);
/* A socket of this key, or of none, to one daemon. */
void *eve_dial(const struct eve *self, const struct identity *identity, uint16_t port);
uint32_t eve_below(struct eve *self, uint32_t limit);
/* Frames gather in `message` until they are sent to everybody, or to one. */
void eve_add(struct eve *self, const struct peer_message *message);
void eve_add_frame(struct eve *self, struct bytes frame);
void eve_send(struct eve *self, uint32_t daemon);
void eve_send_all(struct eve *self);
void eve_nap(int ms); /* A flood need not starve the machine it shares with its victims. */
void eve_sign_vote(const struct eve *self, struct vote *vote);
/* An act of EVE's, signed; valid until the next. `text` may be empty. */
struct bytes eve_act(struct eve *self, struct act *act, const char *text);
/* What A's daemon knows of the forum. */
void eve_spy(struct eve *self, uint64_t *ret_view, uint64_t *ret_height, uint64_t *ret_seq);

#endif
