/* SPDX-License-Identifier: Apache-2.0 */
/* attack_client.c - clients of an honest daemon: its own user's programs, gone mad. */
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "codec/strict.h"
#include "hostile/hostile.h"

enum { IDLE = 400 };

static void *dial(void *context, const struct cluster *cluster, uint64_t turn)
{
    char endpoint[400];
    int zero = 0;
    void *socket = zmq_socket(context, ZMQ_DEALER);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", cluster->daemons[turn % HONEST].socket);
    (void)zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof zero);
    if (socket == NULL || zmq_connect(socket, endpoint) != 0)
        die("EVE: %s", zmq_strerror(zmq_errno()));
    return socket;
}

static void count(struct counts *counts, int sent)
{
    counts->sent += sent >= 0 ? 1 : 0;
    counts->failed += sent < 0 ? 1 : 0;
}

static void forget_answers(void *socket)
{
    while (zmq_recv(socket, NULL, 0, ZMQ_DONTWAIT) >= 0)
        ;
}

void client_garbage(const struct cluster *cluster, struct counts *counts)
{
    void *context = zmq_ctx_new();
    void *sockets[HONEST];
    uint64_t seed = 1;
    for (uint64_t i = 0; i < HONEST; i++)
        sockets[i] = dial(context, cluster, i);
    for (uint64_t turn = 0;; turn++) {
        uint8_t bytes[500];
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)((seed = seed * 6364136223846793005 + 1442695040888963407) >> 33);
        void *socket = sockets[turn % HONEST];
        count(counts, zmq_send(socket, bytes, seed % sizeof bytes,
                               ZMQ_DONTWAIT | (turn % 5 == 0 ? ZMQ_SNDMORE : 0)));
        forget_answers(socket);
        if (turn % 64 == 0)
            eve_nap(1);
        counts->ready = turn > 2000;
    }
}

void client_giant(const struct cluster *cluster, struct counts *counts)
{
    static uint8_t bytes[4 << 20];
    void *context = zmq_ctx_new();
    for (uint64_t turn = 0;; turn++) {
        void *socket = dial(context, cluster, turn);
        count(counts,
              zmq_send(socket, bytes, turn % 2 == 0 ? 500 * 1024 : sizeof bytes, ZMQ_DONTWAIT));
        eve_nap(10);
        (void)zmq_close(socket);
        counts->ready = turn > 30;
    }
}

static size_t pack(uint64_t id, bool record, uint8_t ret_bytes[64])
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetRecord body = COMITY__V1__GET_RECORD__INIT;
    Comity__V1__GetDocket docket = COMITY__V1__GET_DOCKET__INIT;
    body.from_height = 1;
    body.raw = true;
    request.id = id;
    request.request_case =
        record ? COMITY__V1__REQUEST__REQUEST_GET_RECORD : COMITY__V1__REQUEST__REQUEST_GET_DOCKET;
    if (record)
        request.get_record = &body;
    else
        request.get_docket = &docket;
    return comity__v1__request__pack(&request, ret_bytes);
}

static void ask(const struct cluster *cluster, struct counts *counts, bool reads)
{
    void *context = zmq_ctx_new();
    void *sockets[HONEST];
    for (uint64_t i = 0; i < HONEST; i++)
        sockets[i] = dial(context, cluster, i);
    for (uint64_t turn = 0;; turn++) {
        uint8_t bytes[64];
        size_t size = pack(turn + 1, turn % 4 != 0, bytes);
        int sent = zmq_send(sockets[turn % HONEST], bytes, size, ZMQ_DONTWAIT);
        count(counts, sent);
        if (reads)
            forget_answers(sockets[turn % HONEST]);
        if (turn % 32 == 0 || sent < 0)
            eve_nap(1);
        counts->ready = turn > 3000;
    }
}

/* Large answers, as fast as they come; and such as are never read. */
void client_flood(const struct cluster *cluster, struct counts *counts)
{
    ask(cluster, counts, true);
}

void client_deaf(const struct cluster *cluster, struct counts *counts)
{
    ask(cluster, counts, false);
}

void client_idle(const struct cluster *cluster, struct counts *counts)
{
    void *context = zmq_ctx_new();
    (void)zmq_ctx_set(context, ZMQ_MAX_SOCKETS, IDLE + 10);
    for (uint64_t i = 0; i < IDLE; i++) {
        uint8_t bytes[64];
        void *socket = dial(context, cluster, i);
        count(counts, zmq_send(socket, bytes, pack(i + 1, false, bytes), ZMQ_DONTWAIT));
    }
    counts->ready = 1;
    for (;;)
        eve_nap(1000);
}
