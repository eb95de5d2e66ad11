/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/parley.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "codec/strict.h"

enum { SLICE_MS = 200, ITEMS_MAX = 1 << 16, REQUEST_MAX = 300 * 1024 };

double bench_now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

uint32_t parley_quorum(const struct parley *self)
{
    return self->count - (self->count - 1) / 3;
}

enum comity_error parley_send(struct parley *self, uint32_t seat, uint64_t id,
                              Comity__V1__Request *request, struct fault *fault)
{
    static uint8_t bytes[REQUEST_MAX];
    request->id = id;
    size_t size = comity__v1__request__get_packed_size(request);
    if (size > sizeof bytes)
        return fault_set(fault, COMITY_LIMIT, "a request of %zu bytes", size);
    (void)comity__v1__request__pack(request, bytes);
    if (zmq_send(self->sockets[seat], bytes, size, 0) < 0)
        return fault_set(fault, COMITY_NETWORK, "seat %u: %s", seat, zmq_strerror(zmq_errno()));
    return COMITY_OK;
}

enum comity_error parley_submit(struct parley *self, uint32_t seat, uint64_t id,
                                Comity__V1__Submit *submit, struct fault *fault)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    uint8_t key[16] = {0};
    self->keys++;
    memcpy(key, &self->keys, sizeof self->keys);
    submit->key.data = key;
    submit->key.len = sizeof key;
    submit->wait_ms = PARLEY_PATIENCE_MS;
    request.request_case = COMITY__V1__REQUEST__REQUEST_SUBMIT;
    request.submit = submit;
    return parley_send(self, seat, id, &request, fault);
}

enum comity_error parley_listen(struct parley *self, uint32_t seat, struct fault *fault)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetEvents events = COMITY__V1__GET_EVENTS__INIT;
    events.height = self->feed_height[seat];
    events.index = self->feed_index[seat];
    events.wait_ms = PARLEY_PATIENCE_MS;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_EVENTS;
    request.get_events = &events;
    return parley_send(self, seat, PARLEY_FEED, &request, fault);
}

static enum comity_error read_answer(struct parley *self, uint32_t seat, zmq_msg_t *frame,
                                     struct parley_answer *ret_answer, struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    arena_reset(&self->answer);
    enum comity_error error = strict_unpack(&comity__v1__response__descriptor,
                                            bytes_of(zmq_msg_data(frame), zmq_msg_size(frame)),
                                            ITEMS_MAX, &self->answer, &message, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__Response *response = (const Comity__V1__Response *)message;
    if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_FAILURE)
        return fault_set(fault, COMITY_REFUSED, "daemon %u: %s", seat, response->failure->text);
    if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_EVENTS) {
        self->feed_height[seat] = response->events->height;
        self->feed_index[seat] = response->events->index;
    }
    *ret_answer = (struct parley_answer){.seat = seat, .response = response};
    return COMITY_OK;
}

enum comity_error parley_receive(struct parley *self, struct parley_answer *ret_answer,
                                 struct fault *fault)
{
    zmq_pollitem_t items[SEATS_MAX];
    double give_up_s = bench_now_s() + PARLEY_PATIENCE_MS / 1e3 + 5;
    for (;;) {
        for (uint32_t i = 0; i < self->count; i++) {
            uint32_t seat = self->next;
            zmq_msg_t frame;
            self->next = (self->next + 1) % self->count;
            (void)zmq_msg_init(&frame);
            bool came = zmq_msg_recv(&frame, self->sockets[seat], ZMQ_DONTWAIT) >= 0;
            enum comity_error error =
                came ? read_answer(self, seat, &frame, ret_answer, fault) : COMITY_PENDING;
            (void)zmq_msg_close(&frame);
            if (came)
                return error;
        }
        for (uint32_t seat = 0; seat < self->count; seat++)
            items[seat] = (zmq_pollitem_t){.socket = self->sockets[seat], .events = ZMQ_POLLIN};
        if (zmq_poll(items, (int)self->count, SLICE_MS) > 0)
            continue;
        enum comity_error error = machine_check(&self->machine, fault);
        if (error != COMITY_OK)
            return error;
        if (bench_now_s() > give_up_s)
            return fault_set(fault, COMITY_PENDING, "no answer in %d s", PARLEY_PATIENCE_MS / 1000);
    }
}

enum comity_error parley_check_final(const struct parley_answer *answer, struct fault *fault)
{
    if (answer->response->response_case != COMITY__V1__RESPONSE__RESPONSE_SUBMITTED)
        return fault_set(fault, COMITY_CONFLICT, "an answer to something else");
    const Comity__V1__Submitted *submitted = answer->response->submitted;
    if (!submitted->final)
        return fault_set(fault, COMITY_PENDING, "seat %u: act %llu is not final after %d s",
                         answer->seat, (unsigned long long)submitted->seq,
                         PARLEY_PATIENCE_MS / 1000);
    if (!submitted->accepted)
        return fault_set(fault, COMITY_REFUSED, "seat %u: act %llu at height %llu: %s",
                         answer->seat, (unsigned long long)submitted->seq,
                         (unsigned long long)submitted->height, submitted->line);
    return COMITY_OK;
}

enum comity_error parley_height(struct parley *self, uint32_t seat, uint64_t *ret_height,
                                struct fault *fault)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetStatus body = COMITY__V1__GET_STATUS__INIT;
    struct parley_answer answer;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_STATUS;
    request.get_status = &body;
    enum comity_error error = parley_send(self, seat, PARLEY_STATUS, &request, fault);
    if (error == COMITY_OK)
        error = parley_receive(self, &answer, fault);
    if (error == COMITY_OK &&
        (answer.response->id != PARLEY_STATUS || answer.response->status->n_forums == 0))
        error = fault_set(fault, COMITY_CONFLICT, "an answer to something else");
    if (error == COMITY_OK)
        *ret_height = answer.response->status->forums[0]->height;
    return error;
}

double parley_cpu_s(const struct parley *self)
{
    double sum = 0;
    for (uint32_t seat = 0; seat < self->count; seat++) {
        clockid_t clock;
        struct timespec used;
        if (clock_getcpuclockid(self->machine.daemons[seat].pid, &clock) == 0 &&
            clock_gettime(clock, &used) == 0)
            sum += (double)used.tv_sec + (double)used.tv_nsec / 1e9;
    }
    return sum;
}

double parley_anonymous_mib(const struct parley *self, uint32_t seat)
{
    char path[64];
    char line[256];
    unsigned long kib = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)self->machine.daemons[seat].pid);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "RssAnon: %lu kB", &kib) == 1)
            break;
    }
    if (file != NULL)
        (void)fclose(file);
    return (double)kib / 1024;
}
