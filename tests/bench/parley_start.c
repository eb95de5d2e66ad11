/* SPDX-License-Identifier: Apache-2.0 */
/* parley_start.c - from nothing to a convened forum of daemons, and back. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "bench/parley.h"

static enum comity_error make_charter(struct parley *self, struct fault *fault)
{
    static char text[32 * 1024];
    uint8_t nonce[16];
    struct yaml_node *root = NULL;
    struct charter_options options = {
        .key_source = machine_make_key, .context = &self->machine, .nonce = nonce};
    randombytes_buf(nonce, sizeof nonce);
    int size = snprintf(text, sizeof text,
                        "name: bench\nclock: real\npace: 250ms\n"
                        "rules:\n  most-of-members:\n    sentence: \"yes > 1/2 of members\"\n"
                        "    closes: all-answered\nseats:\n");
    for (uint32_t i = 0; i < self->count; i++)
        size += snprintf(text + size, sizeof text - (size_t)size, "  - {name: S%u}\n", i + 1);
    enum comity_error error =
        yaml_parse("bench", bytes_of(text, (size_t)size), &self->arena, &root, fault);
    if (error == COMITY_OK)
        error = charter_compile(root, &options, NULL, NULL, &self->scenario.charter_bytes, fault);
    if (error == COMITY_OK)
        error = charter_decode(buffer_bytes(&self->scenario.charter_bytes), &self->arena,
                               &self->scenario.charter, fault);
    return error;
}

static enum comity_error connect_to(struct parley *self, uint32_t seat, struct fault *fault)
{
    char path[PATH_MAX];
    char endpoint[PATH_MAX + 8];
    int linger = 0;
    int no_limit = 0;
    int retry_ms = 5;
    machine_socket(&self->machine, seat, path);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    void *socket = zmq_socket(self->context, ZMQ_DEALER);
    self->sockets[seat] = socket;
    if (socket == NULL || zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_setsockopt(socket, ZMQ_SNDHWM, &no_limit, sizeof no_limit) != 0 ||
        zmq_setsockopt(socket, ZMQ_RCVHWM, &no_limit, sizeof no_limit) != 0 ||
        zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &retry_ms, sizeof retry_ms) != 0 ||
        zmq_connect(socket, endpoint) != 0)
        return fault_set(fault, COMITY_NETWORK, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
    return COMITY_OK;
}

static enum comity_error take_seat(struct parley *self, uint32_t seat, struct fault *fault)
{
    struct parley_answer answer;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__AddForum body = COMITY__V1__ADD_FORUM__INIT;
    body.charter.data = self->scenario.charter_bytes.data;
    body.charter.len = self->scenario.charter_bytes.size;
    body.convene = seat == 0;
    request.request_case = COMITY__V1__REQUEST__REQUEST_ADD_FORUM;
    request.add_forum = &body;
    enum comity_error error = parley_send(self, seat, 0, &request, fault);
    return error != COMITY_OK ? error : parley_receive(self, &answer, fault);
}

/* One feed shows every seat's join; then each cursor is put behind what is there. */
static enum comity_error wait_joined(struct parley *self, struct fault *fault)
{
    uint32_t joined = 0;
    uint64_t height = 0;
    enum comity_error error = COMITY_OK;
    while (error == COMITY_OK && joined < self->count) {
        struct parley_answer answer;
        error = parley_listen(self, 0, fault);
        if (error == COMITY_OK)
            error = parley_receive(self, &answer, fault);
        for (size_t i = 0; error == COMITY_OK && i < answer.response->events->n_events; i++)
            joined += strcmp(answer.response->events->events[i]->kind, "joined") == 0;
    }
    uint64_t wanted = self->feed_height[0];
    double give_up_s = bench_now_s() + PARLEY_PATIENCE_MS / 1e3;
    for (uint32_t seat = 0; error == COMITY_OK && seat < self->count; seat++) {
        do {
            error = parley_height(self, seat, &height, fault);
            if (error == COMITY_OK && bench_now_s() > give_up_s)
                error = fault_set(fault, COMITY_PENDING, "a daemon does not catch up");
        } while (error == COMITY_OK && height < wanted);
        self->feed_height[seat] = height;
        self->feed_index[seat] = UINT32_MAX;
    }
    return error;
}

enum comity_error parley_open(struct parley *self, uint32_t count, const char *place,
                              const char *program, struct fault *fault)
{
    memset(self, 0, sizeof *self);
    arena_init(&self->arena, 0);
    arena_init(&self->answer, 0);
    self->count = count;
    (void)setenv("TMPDIR", place, 1);
    enum comity_error error = machine_open(&self->machine, NULL, program, 0, fault);
    if (error == COMITY_OK)
        error = make_charter(self, fault);
    if (error == COMITY_OK)
        error = machine_configure(&self->machine, &self->scenario, fault);
    for (uint32_t seat = 0; error == COMITY_OK && seat < count; seat++)
        error = machine_start(&self->machine, seat, fault);
    self->context = zmq_ctx_new();
    for (uint32_t seat = 0; error == COMITY_OK && seat < count; seat++)
        error = connect_to(self, seat, fault);
    for (uint32_t seat = 0; error == COMITY_OK && seat < count; seat++)
        error = take_seat(self, seat, fault);
    return error != COMITY_OK ? error : wait_joined(self, fault);
}

void parley_close(struct parley *self)
{
    for (uint32_t seat = 0; seat < self->count; seat++) {
        if (self->sockets[seat] != NULL)
            (void)zmq_close(self->sockets[seat]);
    }
    if (self->context != NULL)
        (void)zmq_ctx_term(self->context);
    machine_close(&self->machine);
    buffer_free(&self->scenario.charter_bytes);
    arena_free(&self->answer);
    arena_free(&self->arena);
}
