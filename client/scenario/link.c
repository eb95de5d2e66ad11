/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/link.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum comity_error link_open(struct cluster *self, uint32_t seat, struct fault *fault)
{
    char path[PATH_MAX];
    int64_t end_ms = clock_steady_ms() + LINK_PATIENCE_MS;
    machine_socket(self->machine, self->daemons[seat], path);
    for (;;) {
        struct comity_reply reply;
        enum comity_error error = machine_check(self->machine, fault);
        if (error)
            return error;
        error = comity_open(path, &self->links[seat], fault);
        if (!error)
            error = comity_set_forum(self->links[seat], self->scenario->charter->name, fault);
        if (!error) {
            error = link_status(self, seat, &reply, fault);
            if (!error)
                comity_reply_free(&reply);
            return error;
        }
        if (clock_steady_ms() >= end_ms)
            return error;
        machine_wait_folder(self->machine, 50);
    }
}

enum comity_error link_send(struct cluster *self, uint32_t seat, Comity__V1__Request *request,
                            uint64_t *ret_id, struct fault *fault)
{
    if (!self->links[seat])
        return fault_set(fault, COMITY_NETWORK, "the daemon of %s does not run",
                         scenario_seat_name(self->scenario, seat));
    enum comity_error error = comity_send(self->links[seat], request, fault);
    if (!error)
        *ret_id = request->id;
    return error;
}

/* The answer's error, if it is a failure or of another kind. */
static enum comity_error judge(const struct comity_reply *reply,
                               Comity__V1__Response__ResponseCase expected, struct fault *fault)
{
    if (reply->response->response_case == expected)
        return COMITY_OK;
    if (reply->response->response_case == COMITY__V1__RESPONSE__RESPONSE_FAILURE)
        return comity_failure(reply->response->failure, fault);
    return fault_set(fault, COMITY_INVALID, "a daemon answered something else than was asked");
}

enum comity_error link_receive(struct cluster *self, uint32_t seat, uint64_t id,
                               Comity__V1__Response__ResponseCase expected,
                               struct comity_reply *ret_reply, struct fault *fault)
{
    int64_t end_ms = clock_steady_ms() + LINK_PATIENCE_MS;
    enum comity_error interrupted = machine_check(self->machine, fault);
    if (interrupted) /* Also where every answer comes at once. */
        return interrupted;
    for (;;) {
        struct comity_reply reply;
        enum comity_error error = comity_receive(self->links[seat], LINK_SLICE_MS, &reply, fault);
        if (error == COMITY_PENDING) {
            error = machine_check(self->machine, fault);
            if (!error && clock_steady_ms() >= end_ms)
                error =
                    fault_set(fault, COMITY_PENDING, "the daemon of %s gave no answer in %d s",
                              scenario_seat_name(self->scenario, seat), LINK_PATIENCE_MS / 1000);
            if (error)
                return error;
            continue;
        }
        if (error)
            return error;
        if (reply.response->id != id) {
            comity_reply_free(&reply); /* Of a question that was given up. */
            continue;
        }
        error = judge(&reply, expected, fault);
        if (error)
            comity_reply_free(&reply);
        else
            *ret_reply = reply;
        return error;
    }
}

enum comity_error link_ask(struct cluster *self, uint32_t seat, Comity__V1__Request *request,
                           Comity__V1__Response__ResponseCase expected,
                           struct comity_reply *ret_reply, struct fault *fault)
{
    uint64_t id;
    enum comity_error error = link_send(self, seat, request, &id, fault);
    return error ? error : link_receive(self, seat, id, expected, ret_reply, fault);
}

uint32_t link_reader(const struct cluster *self)
{
    uint32_t chair = self->scenario->chair;
    if (chair != SCENARIO_NONE && self->links[chair] && self->seated[chair])
        return chair;
    for (uint32_t i = 0; i < self->machine->daemons_count; i++)
        if (self->links[i] && self->seated[i])
            return i;
    return 0;
}

const Comity__V1__ForumStatus *link_forum(const struct cluster *self,
                                          const struct comity_reply *reply)
{
    return comity_find_forum(reply->response->status, self->scenario->charter->name);
}

uint32_t link_seat_of(const struct cluster *self, uint32_t daemon)
{
    uint32_t seat = 0;
    while (seat < self->scenario->charter->seats_count && self->daemons[seat] != daemon)
        seat++;
    return seat < self->scenario->charter->seats_count ? seat : SCENARIO_NONE;
}

enum comity_error link_status(struct cluster *self, uint32_t seat, struct comity_reply *ret_reply,
                              struct fault *fault)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetStatus body = COMITY__V1__GET_STATUS__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_STATUS;
    request.get_status = &body;
    return link_ask(self, seat, &request, COMITY__V1__RESPONSE__RESPONSE_STATUS, ret_reply, fault);
}

static enum comity_error send_wait(struct cluster *self, uint32_t seat, uint64_t height,
                                   uint32_t index, uint32_t wait_ms, uint64_t *ret_id,
                                   struct fault *fault)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetEvents body = COMITY__V1__GET_EVENTS__INIT;
    body.height = height;
    body.index = index;
    body.max = 1;
    body.wait_ms = wait_ms;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_EVENTS;
    request.get_events = &body;
    return link_send(self, seat, &request, ret_id, fault);
}

enum comity_error link_wait_event(struct cluster *self, uint32_t seat, uint64_t height,
                                  uint32_t index, uint32_t wait_ms, struct fault *fault)
{
    uint64_t id;
    struct comity_reply reply;
    enum comity_error error = send_wait(self, seat, height, index, wait_ms, &id, fault);
    if (!error)
        error = link_receive(self, seat, id, COMITY__V1__RESPONSE__RESPONSE_EVENTS, &reply, fault);
    if (!error)
        comity_reply_free(&reply);
    return error;
}

/* Not there yet after a wait: say whom it waits for. */
static enum comity_error complain(struct cluster *self, uint32_t seat, uint64_t height,
                                  struct fault *fault)
{
    struct comity_reply reply;
    enum comity_error error = link_status(self, seat, &reply, fault);
    if (error)
        return error;
    const Comity__V1__ForumStatus *forum = link_forum(self, &reply);
    error = fault_set(fault, COMITY_PENDING, "the daemon of %s stays at block %llu of %llu: %s",
                      scenario_seat_name(self->scenario, seat),
                      forum ? (unsigned long long)forum->height : 0, (unsigned long long)height,
                      forum && forum->alarm[0] ? forum->alarm
                      : forum                  ? forum->waiting
                                               : "it has no forum");
    comity_reply_free(&reply);
    return error;
}

static enum comity_error reach_one(struct cluster *self, uint32_t seat, uint64_t height,
                                   struct fault *fault)
{
    int64_t end_ms = clock_steady_ms() + LINK_PATIENCE_MS;
    for (;;) {
        struct comity_reply reply;
        enum comity_error error = link_status(self, seat, &reply, fault);
        if (error)
            return error;
        const Comity__V1__ForumStatus *forum = link_forum(self, &reply);
        uint64_t at = forum ? forum->height : 0;
        comity_reply_free(&reply);
        if (at >= height)
            return COMITY_OK;
        if (clock_steady_ms() >= end_ms)
            return complain(self, seat, height, fault);
        /* An event of a later block; a block without events wakes nobody, so not for long. */
        error = link_wait_event(self, seat, at, UINT32_MAX, 100, fault);
        if (error)
            return error;
    }
}

enum comity_error link_reach(struct cluster *self, uint64_t height, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < self->machine->daemons_count; i++)
        if (self->links[i] && self->seated[i])
            error = reach_one(self, i, height, fault);
    if (!error && height > self->height)
        self->height = height;
    return error;
}
