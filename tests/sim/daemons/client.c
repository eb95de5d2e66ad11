/* SPDX-License-Identifier: Apache-2.0 */
/* client.c - the daemon's client socket, and a client at it: it hands in acts one after another,
 * again under the same key when no answer comes, and follows the feed of events. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sim/daemons/world.h"

enum { PATIENCE_MS = 15000, FEED_WAIT_MS = 5000, ASK_OP = 1, ASK_FEED, ASK_FORUM };

enum comity_error api_open(const char *path, struct api_server **ret_server, struct fault *fault)
{
    (void)path;
    (void)fault;
    *ret_server = &daemon_now->api;
    return COMITY_OK;
}

void api_close(struct api_server **self)
{
    *self = NULL;
}

int api_fd(const struct api_server *self)
{
    (void)self;
    return (1 << 19) + 2;
}

/* --- Requests --- */

static char *text_of(struct arena *arena, const char *prefix, uint32_t number)
{
    char *text = arena_alloc(arena, 24);
    (void)snprintf(text, 24, "%s%u", prefix, (unsigned)number);
    return text;
}

#define NEW(arena, Type, INIT) memcpy(arena_alloc(arena, sizeof(Type)), &(Type)INIT, sizeof(Type))

static void fill_consent(struct arena *arena, const struct op *op, Comity__V1__Submit *ret_submit)
{
    if (op->kind == OP_RATIFY) {
        Comity__V1__DraftConsent *draft =
            NEW(arena, Comity__V1__DraftConsent, COMITY__V1__DRAFT_CONSENT__INIT);
        draft->agreement = text_of(arena, "A", op->number);
        ret_submit->act_case =
            op->value % 2 ? COMITY__V1__SUBMIT__ACT_ACCEDE : COMITY__V1__SUBMIT__ACT_RATIFY;
        ret_submit->ratify = draft; /* A union of pointers. */
        return;
    }
    Comity__V1__DraftWithdraw *draft =
        NEW(arena, Comity__V1__DraftWithdraw, COMITY__V1__DRAFT_WITHDRAW__INIT);
    draft->agreement = text_of(arena, "A", op->number);
    draft->taken_back = op->value % 4 == 0;
    ret_submit->act_case = COMITY__V1__SUBMIT__ACT_WITHDRAW;
    ret_submit->withdraw = draft;
}

static void fill_propose(struct arena *arena, const struct op *op, Comity__V1__Submit *ret_submit)
{
    static const char *const rules[] = {"most", "all", "treaty", "some"};
    if (op->kind == OP_ALONE) {
        Comity__V1__DraftAlone *draft =
            NEW(arena, Comity__V1__DraftAlone, COMITY__V1__DRAFT_ALONE__INIT);
        draft->title = (char *)(uintptr_t)op->text;
        ret_submit->act_case = COMITY__V1__SUBMIT__ACT_ACT_ALONE;
        ret_submit->act_alone = draft;
        return;
    }
    Comity__V1__DraftPropose *draft =
        NEW(arena, Comity__V1__DraftPropose, COMITY__V1__DRAFT_PROPOSE__INIT);
    draft->title = (char *)(uintptr_t)op->text;
    draft->rule = (char *)(uintptr_t)rules[op->value % 4];
    draft->binding = op->value % 3 != 0;
    if (op->value % 5 == 0)
        draft->closes_ms = clock_utc_ms() + 1000 + (int64_t)(op->value % 60) * 1000;
    ret_submit->act_case = COMITY__V1__SUBMIT__ACT_PROPOSE;
    ret_submit->propose = draft;
}

static void fill_named(struct arena *arena, const struct op *op, Comity__V1__Submit *ret_submit)
{
    Comity__V1__DraftTarget *target =
        NEW(arena, Comity__V1__DraftTarget, COMITY__V1__DRAFT_TARGET__INIT);
    ret_submit->note = target;
    switch (op->kind) {
    case OP_JOIN:
        ret_submit->act_case = COMITY__V1__SUBMIT__ACT_JOIN;
        return;
    case OP_ENDORSE:
        target->target = text_of(arena, "P", op->number);
        ret_submit->act_case =
            op->value % 2 ? COMITY__V1__SUBMIT__ACT_ENDORSE : COMITY__V1__SUBMIT__ACT_CONDEMN;
        return;
    case OP_RETRACT:
        target->target = text_of(arena, "P", op->number);
        ret_submit->act_case =
            op->value % 2 ? COMITY__V1__SUBMIT__ACT_RETRACT : COMITY__V1__SUBMIT__ACT_COSPONSOR;
        return;
    default:
        ret_submit->act_case = COMITY__V1__SUBMIT__ACT_NOTE;
        return;
    }
}

static void fill_submit(struct daemon *daemon, struct arena *arena, const struct op *op,
                        Comity__V1__Submit *ret_submit)
{
    ret_submit->key =
        (ProtobufCBinaryData){.len = sizeof op->key, .data = (uint8_t *)(uintptr_t)op->key};
    ret_submit->wait_ms = chance_below(&daemon->world->chance, 3) * 4000;
    if (op->kind == OP_NOTE || op->kind == OP_PROPOSE || op->kind == OP_AMEND ||
        op->kind == OP_ALONE) {
        ret_submit->text = arena_alloc(arena, 160);
        (void)snprintf(ret_submit->text, 160, "We note:\n\n1. Clause %s.\n2. Another.\n", op->text);
        if (op->kind == OP_NOTE || op->kind == OP_AMEND)
            (void)snprintf(ret_submit->text, 160, "Clause %s.", op->text);
    }
    switch (op->kind) {
    case OP_PROPOSE:
    case OP_ALONE:
        fill_propose(arena, op, ret_submit);
        return;
    case OP_RATIFY:
    case OP_WITHDRAW:
        fill_consent(arena, op, ret_submit);
        return;
    case OP_BALLOT:
        ret_submit->ballot = NEW(arena, Comity__V1__DraftBallot, COMITY__V1__DRAFT_BALLOT__INIT);
        ret_submit->ballot->proposal = text_of(arena, "P", op->number);
        ret_submit->ballot->answer = (Comity__V1__Answer)op->value;
        ret_submit->act_case = COMITY__V1__SUBMIT__ACT_BALLOT;
        return;
    case OP_AMEND:
        ret_submit->amend = NEW(arena, Comity__V1__DraftAmend, COMITY__V1__DRAFT_AMEND__INIT);
        ret_submit->amend->proposal = text_of(arena, "P", op->number);
        ret_submit->amend->operation = COMITY__V1__AMEND__OPERATION__AMEND_REPLACE;
        ret_submit->amend->clause = 1;
        ret_submit->act_case = COMITY__V1__SUBMIT__ACT_AMEND;
        return;
    default:
        fill_named(arena, op, ret_submit);
        return;
    }
}

enum comity_error api_receive(struct api_server *self, struct arena *arena,
                              struct api_call *ret_call)
{
    struct daemon *daemon = self->owner;
    struct client *client = &daemon->client;
    if (client->queue_count == 0)
        return COMITY_PENDING;
    uint64_t id = client->queue[0];
    memmove(client->queue, client->queue + 1, --client->queue_count * sizeof *client->queue);
    Comity__V1__Request *request = NEW(arena, Comity__V1__Request, COMITY__V1__REQUEST__INIT);
    request->id = id;
    if (id % 4 == ASK_FORUM) {
        request->request_case = COMITY__V1__REQUEST__REQUEST_ADD_FORUM;
        request->add_forum = NEW(arena, Comity__V1__AddForum, COMITY__V1__ADD_FORUM__INIT);
        request->add_forum->charter = (ProtobufCBinaryData){
            .len = daemon->world->charter_bytes.size, .data = daemon->world->charter_bytes.data};
    } else if (id % 4 == ASK_FEED) {
        request->request_case = COMITY__V1__REQUEST__REQUEST_GET_EVENTS;
        request->get_events = NEW(arena, Comity__V1__GetEvents, COMITY__V1__GET_EVENTS__INIT);
        request->get_events->height = client->feed_height;
        request->get_events->index = client->feed_index;
        request->get_events->max = 1 + chance_below(&daemon->world->chance, 40);
        request->get_events->wait_ms = FEED_WAIT_MS;
    } else {
        request->request_case = COMITY__V1__REQUEST__REQUEST_SUBMIT;
        request->submit = NEW(arena, Comity__V1__Submit, COMITY__V1__SUBMIT__INIT);
        fill_submit(daemon, arena, &client->ops[client->at], request->submit);
    }
    *ret_call = (struct api_call){.route = {.request_id = id}, .request = request};
    return COMITY_OK;
}

/* --- Answers --- */

static void op_finish(struct client *client, struct world *world)
{
    struct op *op = &client->ops[client->at];
    op->done = true;
    client->at = client->ops_count; /* The next one is drawn when it is due. */
    client->next_ms = world->now_ms + chance_between(&world->chance, 10, world->plan.op_pause_ms);
}

static void op_answered(struct daemon *daemon, const Comity__V1__Response *response)
{
    struct client *client = &daemon->client;
    struct op *op = &client->ops[client->at];
    int64_t now_ms = daemon->world->now_ms;
    client->busy = false;
    if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_SUBMITTED) {
        check_answer(daemon, op, response->submitted);
        if (response->submitted->final)
            op_finish(client, daemon->world);
        else
            client->next_ms = now_ms + 2000; /* Ask what became of it. */
        return;
    }
    const char *code = response->failure->code;
    world_trace(daemon->world, "%u op %u refused: %s", daemon->index, op->kind,
                response->failure->text);
    if (strcmp(code, "COMITY_BUSY") == 0 || strcmp(code, "COMITY_FULL") == 0) {
        client->next_ms = now_ms + 1000;
    } else if (strcmp(code, "COMITY_NOT_FOUND") == 0 && daemon_session(daemon) == NULL) {
        client->wants_forum = true;
        client->next_ms = now_ms + 100;
    } else {
        check_refusal(daemon, op, code);
        op_finish(client, daemon->world);
    }
}

static void feed_answered(struct daemon *daemon, const Comity__V1__Events *events)
{
    struct client *client = &daemon->client;
    for (size_t i = 0; i < events->n_events; i++) {
        const Comity__V1__Event *event = events->events[i];
        if (event->height == 0)
            continue; /* Declared, not in the record. */
        client->feed = world_grow(client->feed, &client->feed_capacity, client->feed_count + 1,
                                  sizeof *client->feed);
        client->feed[client->feed_count++] =
            (struct feed_event){.height = event->height,
                                .index = event->index,
                                .word = mix_bytes(1, event->kind, strlen(event->kind))};
    }
    client->feed_height = events->height;
    client->feed_index = events->index;
}

void api_reply(struct api_server *self, const struct api_route *route,
               Comity__V1__Response *response)
{
    struct daemon *daemon = self->owner;
    struct world *world = daemon->world;
    struct client *client = &daemon->client;
    uint64_t id = route->request_id;
    if (!disk_effect() ||
        ((world->plan.faults & SIMD_RETRY) && !world->healed && chance_hit(&world->chance, 200)))
        return;
    world_digest(world, id ^ (uint64_t)response->response_case << 32);
    if (id == client->request_id && client->busy && id % 4 == ASK_OP) {
        op_answered(daemon, response);
    } else if (id == client->request_id && client->busy && id % 4 == ASK_FORUM) {
        client->busy = false;
        client->next_ms = world->now_ms + 10;
        client->wants_forum = response->response_case != COMITY__V1__RESPONSE__RESPONSE_ADDED;
    } else if (id == client->feed_id && client->feed_busy) {
        client->feed_busy = false;
        if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_EVENTS)
            feed_answered(daemon, response->events);
    }
}

void api_fail(struct api_server *self, const struct api_route *route, enum comity_error error,
              const char *text)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Failure failure = COMITY__V1__FAILURE__INIT;
    failure.code = (char *)(uintptr_t)error_name(error);
    failure.text = (char *)(uintptr_t)(text[0] != '\0' ? text : error_text(error));
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_FAILURE;
    response.failure = &failure;
    api_reply(self, route, &response);
}

/* --- What it wants --- */

static bool draw_op(struct daemon *daemon, struct op *ret_op)
{
    struct chance *chance = &daemon->world->chance;
    const struct session *session = daemon_session(daemon);
    struct client *client = &daemon->client;
    static const uint8_t kinds[] = {OP_NOTE,   OP_NOTE,     OP_PROPOSE, OP_PROPOSE, OP_BALLOT,
                                    OP_BALLOT, OP_BALLOT,   OP_BALLOT,  OP_RATIFY,  OP_RATIFY,
                                    OP_AMEND,  OP_WITHDRAW, OP_ALONE,   OP_ENDORSE, OP_RETRACT};
    memset(ret_op, 0, sizeof *ret_op);
    ret_op->kind =
        client->ops_count == 0 ? OP_JOIN : (enum op_kind)kinds[chance_below(chance, sizeof kinds)];
    uint32_t proposals = session == NULL ? 0 : forum_proposals_count(session_forum(session));
    uint32_t agreements = session == NULL ? 0 : forum_agreements_count(session_forum(session));
    ret_op->value = chance_below(chance, 1000);
    switch (ret_op->kind) {
    case OP_BALLOT:
    case OP_AMEND:
    case OP_ENDORSE:
    case OP_RETRACT:
        if (proposals == 0)
            return false;
        ret_op->number = 1 + chance_below(chance, proposals);
        if (chance_hit(chance, 500)) /* What is new. */
            ret_op->number = proposals;
        break;
    case OP_RATIFY:
    case OP_WITHDRAW:
        if (agreements == 0)
            return false;
        ret_op->number = 1 + chance_below(chance, agreements);
        break;
    default:
        break;
    }
    if (ret_op->kind == OP_BALLOT)
        ret_op->value =
            chance_hit(chance, 700) ? ANSWER_YES : (uint32_t)chance_between(chance, ANSWER_YES, 4);
    for (size_t i = 0; i < sizeof ret_op->key; i++)
        ret_op->key[i] = (uint8_t)chance_next(chance);
    (void)snprintf(ret_op->text, sizeof ret_op->text, "of S%u, %u", (unsigned)daemon->index,
                   (unsigned)client->ops_count);
    return true;
}

static void ask(struct client *client, uint64_t id)
{
    client->queue[client->queue_count++] = id;
}

static void next_op(struct daemon *daemon)
{
    struct client *client = &daemon->client;
    struct world *world = daemon->world;
    if (client->wants_forum || daemon_session(daemon) == NULL) {
        client->busy = true;
        client->patience_ms = world->now_ms + PATIENCE_MS;
        client->request_id = ++world->events_number * 4 + ASK_FORUM;
        ask(client, client->request_id);
        return;
    }
    if (client->at == client->ops_count) {
        /* Now and then somebody asks again for what was answered long ago. */
        if (client->ops_count > 1 && !world->healed && chance_hit(&world->chance, 100)) {
            client->at = chance_below(&world->chance, client->ops_count);
        } else if (client->ops_count < client->ops_planned && !world->healed &&
                   draw_op(daemon, &client->ops[client->ops_count])) {
            client->ops_count++;
        } else {
            client->next_ms = world->now_ms + 500;
            return;
        }
    }
    client->busy = true;
    client->ops[client->at].tries++;
    client->patience_ms = world->now_ms + PATIENCE_MS;
    client->request_id = ++world->events_number * 4 + ASK_OP;
    ask(client, client->request_id);
}

void client_turn(struct daemon *daemon)
{
    struct client *client = &daemon->client;
    struct world *world = daemon->world;
    if (client->busy && world->now_ms >= client->patience_ms) {
        client->busy = false;
        client->next_ms = world->now_ms;
    }
    if (client->feed_busy && world->now_ms >= client->feed_patience_ms)
        client->feed_busy = false;
    if (!client->busy && world->now_ms >= client->next_ms && client->queue_count < 2)
        next_op(daemon);
    if (!client->feed_busy && daemon_session(daemon) != NULL && client->queue_count < 3) {
        client->feed_busy = true;
        client->feed_patience_ms = world->now_ms + 2 * FEED_WAIT_MS;
        client->feed_id = ++world->events_number * 4 + ASK_FEED;
        ask(client, client->feed_id);
    }
}

int64_t client_due_ms(const struct daemon *daemon)
{
    const struct client *client = &daemon->client;
    bool idle = client->at == client->ops_count &&
                (daemon->world->healed || client->ops_count >= client->ops_planned);
    if (!client->feed_busy)
        return daemon->world->now_ms;
    int64_t due = client->busy ? client->patience_ms : idle ? INT64_MAX : client->next_ms;
    return due < client->feed_patience_ms ? due : client->feed_patience_ms;
}

bool client_is_done(const struct daemon *daemon)
{
    return daemon->client.at == daemon->client.ops_count;
}

void client_disconnect(struct daemon *daemon)
{
    struct client *client = &daemon->client;
    client->queue_count = 0;
    client->feed_busy = false;
    if (client->busy)
        client->next_ms = daemon->world->now_ms + 1000;
    client->busy = false;
}
