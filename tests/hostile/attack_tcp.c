/* SPDX-License-Identifier: Apache-2.0 */
/* attack_tcp.c - strangers on raw sockets, before any key is shown. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "hostile/hostile.h"

enum { SOCKETS = 240, HELD = 1500, GREETING = 64, CAPTURED_MAX = 4096 };

static int dial(const struct cluster *cluster, uint64_t turn)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_port = htons(cluster->daemons[turn % HONEST].port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (file < 0)
        return -1;
    if (connect(file, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(file);
        return -1;
    }
    (void)fcntl(file, F_SETFL, O_NONBLOCK);
    return file;
}

/* Signature, version 3.0, mechanism, as a client that means it. */
static void greeting(const char *mechanism, uint8_t ret_bytes[GREETING])
{
    memset(ret_bytes, 0, GREETING);
    ret_bytes[0] = 0xff;
    ret_bytes[8] = 1;
    ret_bytes[9] = 0x7f;
    ret_bytes[10] = 3;
    memcpy(ret_bytes + 12, mechanism, strlen(mechanism));
}

static bool push(int file, const void *data, size_t size, struct counts *counts)
{
    if (send(file, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size) {
        counts->sent++;
        return true;
    }
    counts->failed++;
    return false;
}

/* Is the other end still there? Reads and forgets what it says. */
static bool lives(int file)
{
    char part[512];
    ssize_t size;
    while ((size = recv(file, part, sizeof part, MSG_DONTWAIT)) > 0)
        ;
    return size < 0 && (errno == EAGAIN || errno == EINTR);
}

/* So many connections at once, each a step further each time, dialled again when dropped. */
typedef bool step(int file, uint64_t *at, struct counts *counts);

static void keep(const struct cluster *cluster, struct counts *counts, size_t count, step *move,
                 int nap_ms)
{
    static int files[HELD];
    static uint64_t places[HELD];
    for (size_t i = 0; i < count; i++)
        files[i] = -1;
    for (uint64_t turn = 0;; turn++) {
        for (size_t i = 0; i < count; i++) {
            if (files[i] >= 0 && lives(files[i]) && move(files[i], &places[i], counts))
                continue;
            if (files[i] >= 0)
                (void)close(files[i]);
            places[i] = 0;
            files[i] = dial(cluster, turn + i);
            counts->failed += files[i] < 0 ? 1 : 0;
            counts->sent += files[i] < 0 ? 0 : 1;
        }
        counts->ready = turn > 0;
        eve_nap(nap_ms);
    }
}

static bool say_half(int file, uint64_t *at, struct counts *counts)
{
    uint8_t bytes[GREETING];
    greeting("CURVE", bytes);
    return (*at)++ > 0 || push(file, bytes, 31, counts);
}

void tcp_half(const struct cluster *cluster, struct counts *counts)
{
    keep(cluster, counts, SOCKETS, say_half, 50);
}

static bool say_byte(int file, uint64_t *at, struct counts *counts)
{
    uint8_t bytes[GREETING];
    greeting("CURVE", bytes);
    if (*at < GREETING)
        (void)push(file, bytes + *at, 1, counts);
    (*at)++;
    return true;
}

void tcp_loris(const struct cluster *cluster, struct counts *counts)
{
    keep(cluster, counts, SOCKETS, say_byte, 60);
}

/* A greeting, then a command and a message whose length is 2^63 - 1. */
static bool say_giant(int file, uint64_t *at, struct counts *counts)
{
    static uint64_t turn;
    uint8_t bytes[GREETING + 9 + 64];
    if ((*at)++ > 0)
        return true; /* Until it is dropped. */
    turn++;
    greeting(turn % 2 == 0 ? "CURVE" : "NULL", bytes);
    bytes[GREETING] = turn % 4 < 2 ? 6 : 2; /* A long command, a long message. */
    memset(bytes + GREETING + 1, 0xff, 8 + 64);
    bytes[GREETING + 1] = 0x7f;
    return push(file, bytes, sizeof bytes, counts);
}

void tcp_giant(const struct cluster *cluster, struct counts *counts)
{
    keep(cluster, counts, SOCKETS / 4, say_giant, 20);
}

static bool say_garbage(int file, uint64_t *at, struct counts *counts)
{
    uint8_t bytes[700];
    static uint64_t seed = 1;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((seed = seed * 6364136223846793005 + 1442695040888963407) >> 33);
    if (*at % 3 != 0)
        greeting("CURVE", bytes);
    ++*at;
    return push(file, bytes, sizeof bytes, counts);
}

void tcp_garbage(const struct cluster *cluster, struct counts *counts)
{
    keep(cluster, counts, SOCKETS / 4, say_garbage, 20);
}

/* Connections that end at once. */
void tcp_flood(const struct cluster *cluster, struct counts *counts)
{
    struct linger reset = {.l_onoff = 1};
    for (uint64_t turn = 0;; turn++) {
        int file = dial(cluster, turn);
        counts->failed += file < 0 ? 1 : 0;
        counts->sent += file < 0 ? 0 : 1;
        if (file >= 0 && turn % 2 == 0)
            (void)setsockopt(file, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        if (file >= 0)
            (void)close(file);
        counts->ready = turn > 300;
        if (turn % 16 == 0)
            eve_nap(1);
    }
}

static bool say_nothing(int file, uint64_t *at, struct counts *counts)
{
    (void)file, (void)at, (void)counts;
    return true;
}

/* Connections that say nothing and stay. */
void tcp_hold(const struct cluster *cluster, struct counts *counts)
{
    keep(cluster, counts, HELD, say_nothing, 100);
}

/* A genuine handshake of EVE's own, as it went over the wire. */
static size_t capture(const struct cluster *cluster, uint8_t ret_bytes[CAPTURED_MAX])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    struct counts ignored = {0};
    struct eve eve;
    size_t count = 0;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 4) != 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        die("EVE cannot listen");
    eve_open(&eve, cluster, &ignored);
    /* The key is that of the daemon whose port is not found: set it for the first. */
    struct cluster fooled = *cluster;
    fooled.daemons[0].port = ntohs(address.sin_port);
    eve.cluster = &fooled;
    void *socket = eve_dial(&eve, cluster->identities[EVE], fooled.daemons[0].port);
    int from = accept(listener, NULL, NULL);
    int to = dial(cluster, 0);
    struct pollfd files[2] = {{.fd = from, .events = POLLIN}, {.fd = to, .events = POLLIN}};
    while (poll(files, 2, 1000) > 0 && count < CAPTURED_MAX / 2) {
        uint8_t part[CAPTURED_MAX / 2];
        for (int i = 0; i < 2; i++) {
            ssize_t got = recv(files[i].fd, part, sizeof part, MSG_DONTWAIT);
            if (got == 0)
                return count;
            if (got < 0)
                continue;
            if (send(files[1 - i].fd, part, (size_t)got, MSG_NOSIGNAL) != got)
                return count;
            if (i == 0 && count + (size_t)got <= CAPTURED_MAX) {
                memcpy(ret_bytes + count, part, (size_t)got);
                count += (size_t)got;
            }
        }
    }
    (void)zmq_close(socket);
    return count;
}

void tcp_replay(const struct cluster *cluster, struct counts *counts)
{
    static uint8_t bytes[CAPTURED_MAX];
    size_t size = capture(cluster, bytes);
    if (size < GREETING)
        die("EVE captured no handshake");
    for (uint64_t turn = 0;; turn++) {
        int file = dial(cluster, turn);
        if (file < 0) {
            counts->failed++;
            continue;
        }
        for (size_t at = 0; at < size; at += 200) /* In steps, as the other side answers. */
            (void)push(file, bytes + at, size - at < 200 ? size - at : 200, counts);
        for (int wait = 0; wait < 50 && lives(file); wait++)
            eve_nap(2);
        (void)close(file);
        counts->ready = turn > 20;
    }
}
