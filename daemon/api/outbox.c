/* SPDX-License-Identifier: Apache-2.0 */
#include "api/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct outbox_item {
    struct outbox_item *next;
    size_t size;
    uint8_t data[];
};

struct outbox_client {
    struct outbox_client *next;
    uint8_t id[OUTBOX_ID_MAX];
    size_t id_size;
    struct outbox_item *first;
    struct outbox_item *last; /* Of a list that is not empty. */
    size_t bytes;
    uint64_t *refused;
    size_t refused_count;
    size_t refused_capacity;
    size_t refused_told;
    uint64_t unnamed; /* Refused, and their ids not kept. */
};

void outbox_init(struct outbox *self, const struct outbox_door *door)
{
    *self = (struct outbox){.door = *door};
}

static struct bytes client_id(const struct outbox_client *client)
{
    return bytes_of(client->id, client->id_size);
}

static void drop_first(struct outbox *self, struct outbox_client *client)
{
    struct outbox_item *item = client->first;
    client->first = item->next;
    client->bytes -= sizeof *item + item->size;
    self->bytes -= sizeof *item + item->size;
    free(item);
}

static void remove_client(struct outbox *self, struct outbox_client **at)
{
    struct outbox_client *client = *at;
    *at = client->next;
    while (client->first != NULL)
        drop_first(self, client);
    free(client->refused);
    free(client);
}

void outbox_free(struct outbox *self)
{
    while (self->clients != NULL)
        remove_client(self, &self->clients);
    assert(self->bytes == 0);
}

static struct outbox_client *find(const struct outbox *self, struct bytes id)
{
    for (struct outbox_client *client = self->clients; client != NULL; client = client->next) {
        if (bytes_equal(client_id(client), id))
            return client;
    }
    return NULL;
}

static struct outbox_client *find_or_add(struct outbox *self, struct bytes id)
{
    struct outbox_client *client = find(self, id);
    if (client != NULL)
        return client;
    assert(id.size <= OUTBOX_ID_MAX);
    client = calloc(1, sizeof *client);
    if (client == NULL)
        return NULL;
    memcpy(client->id, id.data, id.size);
    client->id_size = id.size;
    client->next = self->clients;
    self->clients = client;
    return client;
}

static void note_refusal(struct outbox_client *client, uint64_t request_id)
{
    if (client->refused_count == client->refused_capacity) {
        size_t capacity = client->refused_capacity == 0 ? 64 : 2 * client->refused_capacity;
        uint64_t *refused =
            capacity > OUTBOX_REFUSED ? NULL : realloc(client->refused, capacity * sizeof *refused);
        if (refused == NULL) {
            client->unnamed++;
            return;
        }
        client->refused = refused;
        client->refused_capacity = capacity;
    }
    client->refused[client->refused_count++] = request_id;
}

void outbox_refuse(struct outbox *self, struct bytes client, uint64_t request_id)
{
    struct outbox_client *waiting = find(self, client);
    if (waiting == NULL &&
        self->door.refuse(self->door.context, client, request_id, 0) != OUTBOX_FULL)
        return;
    if (waiting == NULL)
        waiting = find_or_add(self, client);
    if (waiting != NULL) /* Not even memory for a name: it is as if it were gone. */
        note_refusal(waiting, request_id);
}

static bool has_room(const struct outbox *self, const struct outbox_client *client, size_t size)
{
    if (client->bytes > 0 && client->bytes + size > OUTBOX_CLIENT_BYTES)
        return false;
    return self->bytes + size <= OUTBOX_BYTES;
}

void outbox_put(struct outbox *self, struct bytes client, uint64_t request_id, struct bytes frame)
{
    struct outbox_client *waiting = find(self, client);
    if (waiting == NULL && self->door.send(self->door.context, client, frame) != OUTBOX_FULL)
        return;
    if (waiting == NULL)
        waiting = find_or_add(self, client);
    if (waiting == NULL)
        return;
    struct outbox_item *item = NULL;
    if (has_room(self, waiting, sizeof *item + frame.size))
        item = malloc(sizeof *item + frame.size);
    if (item == NULL) {
        note_refusal(waiting, request_id);
        return;
    }
    *item = (struct outbox_item){.size = frame.size};
    memcpy(item->data, frame.data, frame.size);
    if (waiting->first == NULL)
        waiting->first = item;
    else
        waiting->last->next = item;
    waiting->last = item;
    waiting->bytes += sizeof *item + frame.size;
    self->bytes += sizeof *item + frame.size;
}

bool outbox_is_full(const struct outbox *self, struct bytes client)
{
    const struct outbox_client *waiting = find(self, client);
    if (waiting == NULL)
        return false;
    /* Once refused, it reads all of it before it is served again. */
    return waiting->refused_count > 0 || waiting->unnamed > 0 ||
           waiting->bytes >= OUTBOX_CLIENT_BYTES || self->bytes >= OUTBOX_BYTES;
}

/* One answer or refusal of this client; OUTBOX_GONE also where nothing is left. */
static enum outbox_sent send_one(struct outbox *self, struct outbox_client *client)
{
    const struct outbox_door *door = &self->door;
    struct bytes id = client_id(client);
    enum outbox_sent sent = OUTBOX_GONE;
    if (client->first != NULL) {
        sent = door->send(door->context, id, bytes_of(client->first->data, client->first->size));
        if (sent == OUTBOX_SENT)
            drop_first(self, client);
    } else if (client->refused_told < client->refused_count) {
        sent = door->refuse(door->context, id, client->refused[client->refused_told], 0);
        client->refused_told += sent == OUTBOX_SENT ? 1 : 0;
        if (client->refused_told == client->refused_count)
            client->refused_told = client->refused_count = 0;
    } else if (client->unnamed > 0) {
        sent = door->refuse(door->context, id, 0, client->unnamed);
        client->unnamed = sent == OUTBOX_SENT ? 0 : client->unnamed;
    }
    return sent;
}

bool outbox_flush(struct outbox *self)
{
    bool any = false;
    struct outbox_client **at = &self->clients;
    while (*at != NULL) {
        enum outbox_sent sent;
        while ((sent = send_one(self, *at)) == OUTBOX_SENT)
            any = true;
        if (sent == OUTBOX_GONE)
            remove_client(self, at);
        else
            at = &(*at)->next;
    }
    return any;
}
