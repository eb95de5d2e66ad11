/* SPDX-License-Identifier: Apache-2.0 */
/* harness.h - a few wires in one process, turned by hand: poll their descriptors, receive until
 * there is nothing more, flush. Nobody sleeps; whoever waits has a deadline. */
#ifndef COMITY_TESTS_WIRE_HARNESS_H
#define COMITY_TESTS_WIRE_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "wire/wire.h"

enum { NODES_MAX = 4, INBOX_MAX = 4096, WAIT_MS = 10000 };

struct node {
    struct identity *identity;
    struct wire *wire;
    size_t inbox_count;
    size_t inbox_bytes;
    struct {
        uint8_t from; /* First byte of the sender's seed, 0 if it is none of ours. */
        size_t size;
        char head[24]; /* The beginning, as text. */
    } inbox[INBOX_MAX];
};

static struct node nodes[NODES_MAX];

static inline const uint8_t *node_key(size_t index)
{
    return identity_key(nodes[index].identity);
}

static inline void node_identify(size_t index)
{
    uint8_t seed[32] = {(uint8_t)(index + 1)};
    assert_int_equal(identity_from_seed(seed, &nodes[index].identity), COMITY_OK);
}

static inline void node_open(size_t index, const char *listen, size_t queue_bytes_max)
{
    struct fault fault = {""};
    struct wire_config config = {
        .identity = nodes[index].identity,
        .listen = listen,
        .queue_bytes_max = queue_bytes_max,
    };
    if (wire_open(&config, &nodes[index].wire, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
}

static inline void node_add(size_t index, size_t other, const char *address)
{
    struct fault fault = {""};
    if (wire_add_peer(nodes[index].wire, node_key(other), address, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
}

static inline void node_take(struct node *node, const uint8_t key[KEY_SIZE], struct bytes frame)
{
    if (frame.size == 0)
        return; /* The wire tells of nonsense. */
    assert_true(node->inbox_count < INBOX_MAX);
    size_t at = node->inbox_count++;
    memset(&node->inbox[at], 0, sizeof node->inbox[at]);
    for (size_t i = 0; i < NODES_MAX; i++) {
        if (nodes[i].identity != NULL && memcmp(node_key(i), key, KEY_SIZE) == 0)
            node->inbox[at].from = (uint8_t)(i + 1);
    }
    size_t size = sizeof node->inbox[at].head - 1;
    memcpy(node->inbox[at].head, frame.data, frame.size < size ? frame.size : size);
    node->inbox[at].size = frame.size;
    node->inbox_bytes += frame.size;
}

/* One turn of every wire's loop. */
static int64_t skipped_ms; /* Added to the clock that wires are told. */

static inline void turn(int wait_ms)
{
    struct pollfd files[NODES_MAX];
    nfds_t count = 0;
    for (size_t i = 0; i < NODES_MAX; i++) {
        int file = -1;
        if (nodes[i].wire != NULL && wire_fds(nodes[i].wire, &file, 1) == 1)
            files[count++] = (struct pollfd){.fd = file, .events = POLLIN};
    }
    (void)poll(files, count, wait_ms);
    for (size_t i = 0; i < NODES_MAX; i++) {
        uint8_t key[KEY_SIZE];
        struct bytes frame;
        if (nodes[i].wire == NULL)
            continue;
        while (wire_receive(nodes[i].wire, key, &frame) == COMITY_OK)
            node_take(&nodes[i], key, frame);
        wire_flush(nodes[i].wire, clock_steady_ms() + skipped_ms);
    }
}

static inline enum comity_error say(size_t from, size_t to, enum wire_urgency urgency,
                                    const char *words)
{
    return wire_send(nodes[from].wire, node_key(to), urgency, bytes_of_text(words));
}

static inline bool has(size_t index, size_t from, const char *words)
{
    for (size_t i = 0; i < nodes[index].inbox_count; i++) {
        if (nodes[index].inbox[i].from == from + 1 &&
            strcmp(nodes[index].inbox[i].head, words) == 0)
            return true;
    }
    return false;
}

/* Say it again and again, as the protocol does, until it is there. */
static inline void deliver(size_t from, size_t to, const char *words)
{
    int64_t deadline_ms = clock_steady_ms() + WAIT_MS;
    int64_t again_ms = 0;
    while (!has(to, from, words)) {
        int64_t now_ms = clock_steady_ms();
        if (now_ms > deadline_ms)
            fail_msg("\"%s\" did not arrive", words);
        if (now_ms >= again_ms) {
            (void)say(from, to, WIRE_URGENT, words);
            again_ms = now_ms + 50;
        }
        turn(20);
    }
}

static inline void heard(size_t index, size_t from)
{
    int64_t deadline_ms = clock_steady_ms() + WAIT_MS;
    while (!wire_heard(nodes[index].wire, node_key(from), clock_steady_ms(), WAIT_MS)) {
        if (clock_steady_ms() > deadline_ms)
            fail_msg("%zu has not heard from %zu", index, from);
        turn(20);
    }
}

static inline int nodes_setup(void **state)
{
    (void)state;
    memset(nodes, 0, sizeof nodes);
    if (identity_setup() != COMITY_OK)
        return -1;
    for (size_t i = 0; i < NODES_MAX; i++)
        node_identify(i);
    return 0;
}

static inline int nodes_teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < NODES_MAX; i++) {
        wire_close(&nodes[i].wire);
        identity_close(&nodes[i].identity);
    }
    return 0;
}

#endif
