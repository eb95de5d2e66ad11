/* SPDX-License-Identifier: Apache-2.0 */
/* requests.c - which request goes where, and requests that wait. */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "node/node_state.h"

enum { REQUESTS_PER_TURN = 1024, REQUESTS_MS_PER_TURN = 10 };

typedef void forum_request(struct node *self, const struct api_call *call, struct session *session);

static forum_request *find_handler(Comity__V1__Request__RequestCase kind)
{
    switch (kind) {
    case COMITY__V1__REQUEST__REQUEST_SUBMIT:
        return request_submit;
    case COMITY__V1__REQUEST__REQUEST_GET_DOCKET:
        return request_docket;
    case COMITY__V1__REQUEST__REQUEST_GET_PROPOSAL:
        return request_proposal;
    case COMITY__V1__REQUEST__REQUEST_GET_AGREEMENT:
        return request_agreement;
    case COMITY__V1__REQUEST__REQUEST_GET_RECORD:
        return request_record;
    case COMITY__V1__REQUEST__REQUEST_GET_EVENTS:
        return request_events;
    case COMITY__V1__REQUEST__REQUEST_GET_INSTRUMENT:
        return request_instrument;
    case COMITY__V1__REQUEST__REQUEST_GET_CHARTER:
        return request_charter;
    case COMITY__V1__REQUEST__REQUEST_GET_CONDUCT:
        return request_conduct;
    default:
        return NULL;
    }
}

static void dispatch(struct node *self, const struct api_call *call)
{
    struct fault fault = {{0}};
    Comity__V1__Request__RequestCase kind = call->request->request_case;
    if (kind == COMITY__V1__REQUEST__REQUEST_GET_STATUS) {
        request_status(self, call);
        return;
    }
    if (kind == COMITY__V1__REQUEST__REQUEST_GET_BACKUP) {
        request_backup(self, call);
        return;
    }
    if (kind == COMITY__V1__REQUEST__REQUEST_ADD_FORUM) {
        request_add_forum(self, call);
        return;
    }
    if (kind >= COMITY__V1__REQUEST__REQUEST_OPEN_LOBBY &&
        kind <= COMITY__V1__REQUEST__REQUEST_ADD_PEER) {
        request_lobby(self, call);
        return;
    }
    forum_request *handler = find_handler(kind);
    if (handler == NULL) {
        api_fail(self->api, &call->route, COMITY_INVALID, "the request asks for nothing");
        return;
    }
    struct session *session = node_find_session(self, call->request->forum, &fault);
    if (session == NULL) {
        api_fail(self->api, &call->route, COMITY_NOT_FOUND, fault.text);
        return;
    }
    if (kind == COMITY__V1__REQUEST__REQUEST_SUBMIT && session_is_asking(session))
        requests_keep_for_later(self, call, session);
    else
        handler(self, call, session);
}

void requests_receive(struct node *self, bool *ret_busy)
{
    struct api_call call;
    /* Peers and timers wait meanwhile; what is left comes next turn. */
    int64_t end_ms = clock_steady_ms() + REQUESTS_MS_PER_TURN;
    for (int i = 0; i < REQUESTS_PER_TURN && clock_steady_ms() <= end_ms; i++) {
        if (api_receive(self->api, &self->scratch, &call) != COMITY_OK)
            break;
        *ret_busy = true;
        if (call.request != NULL)
            dispatch(self, &call);
        arena_reset(&self->scratch);
    }
    arena_reset(&self->scratch);
}

static bool same_client(const struct api_route *left, const struct api_route *right)
{
    return left->id_size == right->id_size && memcmp(left->id, right->id, left->id_size) == 0;
}

void requests_drop_feed(struct node *self, const struct api_call *call, struct session *session)
{
    for (uint32_t i = 0; i < NODE_PARKED_MAX && self->parked_count > 0; i++) {
        struct parked *parked = &self->parked[i];
        if (!parked->used || parked->is_submit || parked->session != session ||
            !same_client(&parked->route, &call->route))
            continue;
        (void)request_answer_events(self, &parked->route, session, parked->height, parked->index,
                                    parked->max, true);
        parked->used = false;
        self->parked_count--;
    }
}

bool requests_may_park(const struct node *self, const struct api_call *call)
{
    uint32_t share = 0;
    uint32_t left = self->parked_count;
    for (uint32_t i = 0; i < NODE_PARKED_MAX && left > 0; i++) {
        if (!self->parked[i].used)
            continue;
        left--;
        if (same_client(&self->parked[i].route, &call->route))
            share++;
    }
    return self->parked_count < NODE_PARKED_MAX && share < NODE_PARKED_SHARE;
}

struct parked *requests_park(struct node *self, const struct api_call *call,
                             struct session *session, uint32_t wait_ms)
{
    for (uint32_t i = 0; i < NODE_PARKED_MAX && requests_may_park(self, call); i++) {
        struct parked *parked = &self->parked[i];
        if (parked->used)
            continue;
        *parked = (struct parked){.used = true,
                                  .route = call->route,
                                  .session = session,
                                  .until_ms = self->time.now_ms + wait_ms};
        self->parked_count++;
        return parked;
    }
    return NULL;
}

static bool answer_parked(struct node *self, const struct parked *parked, bool durable)
{
    bool late = self->time.now_ms >= parked->until_ms;
    if (parked->is_submit)
        return request_answer_submit(self, parked, late && durable);
    return request_answer_events(self, &parked->route, parked->session, parked->height,
                                 parked->index, parked->max, late);
}

void requests_answer_parked(struct node *self, bool durable)
{
    uint32_t left = self->parked_count;
    for (uint32_t i = 0; i < NODE_PARKED_MAX && left > 0; i++) {
        struct parked *parked = &self->parked[i];
        if (!parked->used)
            continue;
        left--;
        if (answer_parked(self, parked, durable)) {
            parked->used = false;
            self->parked_count--;
        }
        arena_reset(&self->scratch);
    }
}

int64_t requests_deadline_ms(const struct node *self)
{
    int64_t deadline = INT64_MAX;
    uint32_t left = self->parked_count;
    for (uint32_t i = 0; i < NODE_PARKED_MAX && left > 0; i++) {
        if (!self->parked[i].used)
            continue;
        left--;
        if (self->parked[i].until_ms < deadline)
            deadline = self->parked[i].until_ms;
    }
    return deadline;
}

/* What is in the journal is said to be pending: it goes on at the next start. What was not read
 * yet is refused as if we were gone already: its client asks again, with the same key. */
void requests_say_farewell(struct node *self)
{
    struct api_call call;
    requests_forget_later(self);
    for (uint32_t i = 0; i < NODE_PARKED_MAX && self->parked_count > 0; i++) {
        struct parked *parked = &self->parked[i];
        if (!parked->used)
            continue;
        bool answered = parked->is_submit ? request_answer_submit(self, parked, true)
                                          : request_answer_events(self, &parked->route,
                                                                  parked->session, parked->height,
                                                                  parked->index, parked->max, true);
        if (!answered)
            api_fail(self->api, &parked->route, COMITY_NETWORK, REQUESTS_GONE);
        parked->used = false;
        self->parked_count--;
        arena_reset(&self->scratch);
    }
    for (int i = 0; i < REQUESTS_PER_TURN; i++) {
        if (api_receive(self->api, &self->scratch, &call) != COMITY_OK)
            break;
        if (call.request != NULL)
            api_fail(self->api, &call.route, COMITY_NETWORK, REQUESTS_GONE);
    }
    arena_reset(&self->scratch);
}
