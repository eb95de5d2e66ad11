/* SPDX-License-Identifier: Apache-2.0 */
/* wire_inside.h - the wire's state and what its files lend each other. Not for other rooms. */
#ifndef COMITY_WIRE_WIRE_INSIDE_H
#define COMITY_WIRE_WIRE_INSIDE_H

#include <zmq.h>

#include "wire/door.h"
#include "wire/queue.h"
#include "wire/wire.h"

#define WIRE_ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define WIRE_ZAP_DOMAIN "comity"
#define WIRE_DOOR_DOMAIN "comity-lobby"

enum {
    WIRE_ROUTE_SIZE_MAX = 255,
    WIRE_ADDRESS_SIZE = 256,
    WIRE_GREETING_MS = 3000, /* An empty message when there was nothing else to say. */
    WIRE_LINGER_MS = 300,    /* For what is on its way when we close. */
    WIRE_HEARD_MS = 10000,   /* Three of them and a little patience. */
    WIRE_RETRY_MS = 100,     /* Unless libzmq tells us of a link before. */
    WIRE_STALE_MS = 5000,    /* What found no way for so long is better asked for again. */
    WIRE_REDIAL_MS = 5000,   /* At first, then twice as long each time, up to the longest. */
    WIRE_REDIAL_LONGEST_MS = 30000,
    WIRE_REASON_SIZE = 160,
    WIRE_FILES_COUNTED = 65536,
    WIRE_GUARD_MS = 500,
    WIRE_GUARD_CONNECTIONS = 16, /* After so many they are counted again. */
    /* Messages libzmq may hold per link: enough to keep its thread busy, few enough that a vote
     * does not stand behind much bulk. */
    WIRE_SEND_MARK = 4,
    WIRE_RECEIVE_MARK = 16,
    WIRE_ORIGINS_MAX = 32768, /* Descriptors whose callers are remembered. */
    /* A whole message: the largest frame with its prefix, or a block. libzmq compares what came
     * encrypted, which is a little more. */
    WIRE_MESSAGE_SIZE_MAX = FRAME_SIZE_MAX + 4 * 1024,
};

/* A socket that is read in turn with others. */
struct wire_socket {
    void *socket; /* NULL: none. */
    bool ready;   /* May have something to read; then it is in wire.ready. */
};

struct wire_peer {
    uint8_t key[KEY_SIZE];
    uint8_t curve[CURVE_KEY_SIZE];
    char address[WIRE_ADDRESS_SIZE]; /* As given; empty: it dials us. */
    struct wire_socket dealer;
    uint8_t route[WIRE_ROUTE_SIZE_MAX]; /* On our router; size 0: none is known. */
    size_t route_size;
    struct queue queue;
    bool touched;   /* Something was sent on the dealer since it was last looked at. */
    bool by_dealer; /* What was sent last. */
    int64_t greet_at_ms;
    int64_t retry_at_ms;     /* While there is no way to it. */
    int64_t no_way_since_ms; /* 0: there is one, or nobody tried. */
    int64_t heard_ms;        /* Steady; 0: never. */
    int64_t ignore_until_ms; /* What it sends before is dropped unread. */
    int64_t dialed_ms;       /* When its dealer was made; 0: before the first flush. */
    int64_t redial_after_ms; /* Without a word from it for so long the dealer is made anew. */
    uint64_t sent_bytes, received_bytes, dropped_frames;
};

/* Where a connection to our router comes from, by its descriptor. */
struct wire_origin {
    char address[46]; /* Numeric; "": not known. */
};

struct wire {
    void *context;
    void *zap;
    struct wire_socket router;
    char endpoint[WIRE_ADDRESS_SIZE]; /* What the router is bound to. */
    const struct identity *identity;
    size_t queue_bytes_max;
    int poller;               /* epoll of all sockets: the one descriptor others wait for. */
    int waker;                /* eventfd in it: sending found something to read. */
    struct wire_peer **peers; /* In the order added. */
    size_t peers_count;
    struct wire_socket **ready; /* Room for all; oldest first. */
    size_t ready_count;
    uint32_t read_since_poll; /* Messages; others may have become ready meanwhile. */
    bool router_touched;
    bool proving;                /* Only our own stranger can knock. */
    zmq_msg_t message;           /* Being handed out frame by frame. */
    size_t message_at;           /* Its next frame; at its size when done. */
    struct wire_peer *sender;    /* NULL: nothing is being handed out. */
    int64_t now_ms;              /* Of the last flush. */
    struct wire_socket monitor;  /* Tells of connections to the router. */
    struct wire_origin *callers; /* WIRE_ORIGINS_MAX; NULL before the first. */
    bool failing;                /* A handshake failed; whose, is told next. */
    uint64_t accepted_count;     /* Connections to the router so far. */
    uint32_t files_max;          /* 0: not counted. */
    uint32_t since_counted;      /* Connections. */
    int64_t guard_ms;            /* When files were counted last. */
    bool shut;                   /* Nobody is listened to anew until they are fewer. */
    char accepted_from[46];      /* Where one of the last came from. */
    uint64_t failed_count;       /* Handshakes that led nowhere, before any key was shown. */
    char failed_reason[WIRE_REASON_SIZE];
    void *door; /* The lobby's; NULL: shut. */
    char door_endpoint[WIRE_ADDRESS_SIZE];
    void *knocking;         /* At somebody else's; NULL: no. */
    zmq_msg_t door_message; /* What came last, either way. */
    uint64_t refused_count;
    char refused_reason[WIRE_REASON_SIZE];
};

struct wire_peer *wire_find_peer(const struct wire *self, const uint8_t key[KEY_SIZE]);
struct wire_peer *wire_find_curve(const struct wire *self, const uint8_t curve[CURVE_KEY_SIZE]);

/* wire_socket.c: options that every socket to the outside has, then its file descriptor polled.
 * COMITY_NETWORK. */
COMITY_MUST_CHECK enum comity_error wire_socket_options(void *socket,
                                                        const struct identity *identity);
COMITY_MUST_CHECK enum comity_error wire_watch(struct wire *self, struct wire_socket *owner,
                                               void *socket);
void wire_unwatch(struct wire *self, void *socket);
/* To `host:port` with a numeric host, `tcp://` in front or not. COMITY_INVALID. */
COMITY_MUST_CHECK enum comity_error wire_endpoint_from_address(const char *address,
                                                               char *ret_endpoint, size_t size);

/* wire.c: leave the door's step while too many stand on it; come back when they are gone. */
void wire_guard_listening(struct wire *self);

/* wire.c: libzmq gives a connection up for good when the other side turned it away or was no
 * daemon at all (another program on that port, a peer that had not admitted us yet); dial again
 * from the start when there was nothing to be heard for long. */
void wire_redial(struct wire *self, struct wire_peer *peer);

/* wire_zap.c: answer what libzmq asks about newcomers, from the peers we know. */
COMITY_MUST_CHECK enum comity_error wire_zap_open(struct wire *self);
void wire_zap_answer(struct wire *self);
/* COMITY_NETWORK: our router let an unknown key in, or nobody asked us about it. */
COMITY_MUST_CHECK enum comity_error wire_zap_prove(struct wire *self, struct fault *fault);

/* wire_monitor.c. COMITY_NETWORK. */
COMITY_MUST_CHECK enum comity_error wire_monitor_open(struct wire *self);
void wire_monitor_read(struct wire *self);

/* wire_receive.c. A socket in `ready` is read before descriptors are asked again. */
void wire_mark_ready(struct wire *self, struct wire_socket *socket);
void wire_forget_socket(struct wire *self, struct wire_socket *socket);
void wire_forget_sender(struct wire *self, const struct wire_peer *peer);

/* wire_send.c: hand to libzmq what it takes. */
void wire_push(struct wire *self, struct wire_peer *peer);

#endif
