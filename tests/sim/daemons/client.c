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

#define NEW(arena, Type, INIT) memcpy(arena_alloc(arena, sizeof(Type)), &(Type)INIT, sizeof(Type))

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
        request->get_events->max = 1 + chance_below(&daemon->client.chance, 40);
        request->get_events->wait_ms = FEED_WAIT_MS;
    } else {
        request->request_case = COMITY__V1__REQUEST__REQUEST_SUBMIT;
        request->submit = NEW(arena, Comity__V1__Submit, COMITY__V1__SUBMIT__INIT);
        client_fill(daemon, arena, &client->ops[client->at], request->submit);
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
    client->next_ms = world->now_ms + chance_between(&client->chance, 10, world->plan.op_pause_ms);
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
    /* It is busy, its disk is full, or it just ends. */
    if (strcmp(code, "COMITY_BUSY") == 0 || strcmp(code, "COMITY_FULL") == 0 ||
        strcmp(code, "COMITY_NETWORK") == 0) {
        client->next_ms = now_ms + 1000;
    } else if (daemon_session(daemon) == NULL) {
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
        ((world->plan.faults & SIMD_RETRY) && !world->healed && chance_hit(&client->chance, 200)))
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
        client->request_id = ++client->requests * 4 + ASK_FORUM;
        ask(client, client->request_id);
        return;
    }
    if (client->at == client->ops_count) {
        /* Now and then somebody asks again for what was answered long ago. */
        if (client->ops_count > 1 && !world->healed && chance_hit(&client->chance, 100)) {
            client->at = chance_below(&client->chance, client->ops_count);
        } else if (client->ops_count < client->ops_planned && !world->healed &&
                   client_draw(daemon, &client->ops[client->ops_count])) {
            client->ops_count++;
        } else {
            client->next_ms = world->now_ms + 500;
            return;
        }
    }
    client->busy = true;
    client->ops[client->at].tries++;
    client->patience_ms = world->now_ms + PATIENCE_MS;
    client->request_id = ++client->requests * 4 + ASK_OP;
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
        client->feed_id = ++client->requests * 4 + ASK_FEED;
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
