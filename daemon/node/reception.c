/* SPDX-License-Identifier: Apache-2.0 */
#include "node/reception.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "wire/door.h"

enum { CALLERS_PER_TURN = 64 };

static enum comity_error put(struct reception *self, const char *name, struct bytes value)
{
    enum comity_error error = store_put_setting(self->store, name, value);
    return error != COMITY_OK ? error : store_sync(self->store);
}

enum comity_error reception_keep(struct reception *self)
{
    struct buffer bytes = {0};
    enum comity_error error = self->lobby == NULL ? COMITY_OK : lobby_save(self->lobby, &bytes);
    if (error == COMITY_OK)
        error = put(self, "lobby", buffer_bytes(&bytes));
    buffer_free(&bytes);
    return error;
}

/* --- Peers that were learned: key, then address, each --- */

bool reception_knows(const struct reception *self, const uint8_t key[KEY_SIZE])
{
    for (size_t i = 0; i < self->learned_count; i++) {
        if (memcmp(self->learned[i], key, KEY_SIZE) == 0)
            return true;
    }
    return false;
}

static enum comity_error learn(struct reception *self, const uint8_t key[KEY_SIZE])
{
    if (reception_knows(self, key))
        return COMITY_OK;
    uint8_t(*learned)[KEY_SIZE] =
        reallocarray(self->learned, self->learned_count + 1, sizeof *learned);
    if (learned == NULL)
        return COMITY_MEMORY;
    self->learned = learned;
    memcpy(learned[self->learned_count++], key, KEY_SIZE);
    return COMITY_OK;
}

static enum comity_error add_kept_peers(struct reception *self, struct bytes bytes)
{
    struct reader reader;
    reader_init(&reader, bytes);
    while (!reader_done(&reader)) {
        char address[LOBBY_ADDRESS_MAX + 1];
        uint8_t key[KEY_SIZE];
        reader_raw(&reader, key, sizeof key);
        struct bytes text = reader_bytes(&reader);
        if (text.size == 0 || text.size > LOBBY_ADDRESS_MAX)
            return COMITY_DAMAGED;
        memcpy(address, text.data, text.size);
        address[text.size] = '\0';
        /* A bad one is only not dialled. */
        if (wire_add_peer(self->wire, key, address, NULL) == COMITY_OK &&
            learn(self, key) != COMITY_OK)
            return COMITY_MEMORY;
    }
    return COMITY_OK;
}

/* What is kept without this peer, and this peer behind it. */
static enum comity_error peers_with(struct bytes kept, const uint8_t key[KEY_SIZE],
                                    const char *address, struct buffer *ret_bytes)
{
    uint8_t entry[KEY_SIZE + 4 + LOBBY_ADDRESS_MAX];
    struct reader reader;
    struct writer writer;
    enum comity_error error = COMITY_OK;
    reader_init(&reader, kept);
    while (error == COMITY_OK && !reader_done(&reader)) {
        uint8_t other[KEY_SIZE];
        reader_raw(&reader, other, sizeof other);
        struct bytes text = reader_bytes(&reader);
        if (text.size == 0 || text.size > LOBBY_ADDRESS_MAX)
            break;
        writer_init(&writer, entry, sizeof entry);
        writer_raw(&writer, other, sizeof other);
        writer_bytes(&writer, text);
        if (memcmp(other, key, sizeof other) != 0)
            error = buffer_append(ret_bytes, entry, sizeof other + 4 + text.size);
    }
    writer_init(&writer, entry, sizeof entry);
    writer_raw(&writer, key, KEY_SIZE);
    writer_text(&writer, address);
    if (error == COMITY_OK)
        error = buffer_append(ret_bytes, entry, KEY_SIZE + 4 + strlen(address));
    return error;
}

enum comity_error reception_add_peer(struct reception *self, const uint8_t key[KEY_SIZE],
                                     const char *address, struct fault *fault)
{
    struct arena arena;
    struct bytes kept = {0};
    struct buffer bytes = {0};
    if (memcmp(key, identity_key(self->identity), KEY_SIZE) == 0)
        return COMITY_OK;
    enum comity_error error = wire_add_peer(self->wire, key, address, fault);
    if (error == COMITY_OK)
        error = learn(self, key);
    if (error != COMITY_OK)
        return error;
    arena_init(&arena, 0);
    error = store_get_setting(self->store, "peers", &arena, &kept);
    if (error == COMITY_NOT_FOUND || error == COMITY_OK)
        error = peers_with(kept, key, address, &bytes);
    if (error == COMITY_OK)
        error = put(self, "peers", buffer_bytes(&bytes));
    arena_free(&arena);
    buffer_free(&bytes);
    return error;
}

/* --- The convener's side --- */

enum comity_error reception_start(struct reception *self, const struct lobby_template *from,
                                  struct fault *fault)
{
    struct lobby *lobby;
    if (self->lobby != NULL && !lobby_is_sealed(self->lobby))
        return fault_set(fault, COMITY_EXISTS,
                         "the lobby of %s is open: begin with it, or close it, before another",
                         lobby_forum(self->lobby));
    enum comity_error error = lobby_open(from, &lobby, fault);
    if (error == COMITY_OK)
        error = wire_door_open(self->wire, from->listen, fault);
    if (error != COMITY_OK) {
        if (error != COMITY_MEMORY && wire_door_endpoint(self->wire)[0] == '\0')
            lobby_close(&lobby);
        return error;
    }
    lobby_close(&self->lobby);
    self->lobby = lobby;
    log_line(LOG_INFO, "lobby", "forum=%s the lobby is open at %s", lobby_forum(lobby),
             wire_door_endpoint(self->wire));
    return reception_keep(self);
}

enum comity_error reception_end(struct reception *self)
{
    wire_door_close(self->wire);
    lobby_close(&self->lobby);
    return put(self, "lobby", bytes_of(NULL, 0));
}

enum comity_error reception_invite(struct reception *self, const char *seat, const char *host,
                                   int64_t expires_ms, char ret_line[LOBBY_LINE_MAX + 1],
                                   struct fault *fault)
{
    struct lobby_invitation invitation = {.expires_ms = expires_ms};
    const char *port = strrchr(wire_door_endpoint(self->wire), ':');
    if (self->lobby == NULL || port == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "no lobby is open here: `comity lobby open`");
    int size = snprintf(invitation.address, sizeof invitation.address, "%s%s", host, port);
    if (size < 0 || (size_t)size >= sizeof invitation.address || strlen(seat) > SEAT_NAME_MAX)
        return fault_set(fault, COMITY_LIMIT, "the address or the seat's name is too long");
    memcpy(invitation.key, identity_key(self->identity), KEY_SIZE);
    (void)snprintf(invitation.seat, sizeof invitation.seat, "%s", seat);
    (void)snprintf(invitation.forum, sizeof invitation.forum, "%s", lobby_forum(self->lobby));
    lobby_draw(&invitation);
    enum comity_error error = lobby_invite(self->lobby, &invitation, fault);
    if (error == COMITY_OK)
        error = reception_keep(self); /* Before anybody can come with it. */
    return error != COMITY_OK ? error : lobby_line_write(&invitation, ret_line);
}

static void answer_callers(struct reception *self, int64_t utc_ms)
{
    struct buffer answer = {0};
    for (int i = 0; i < CALLERS_PER_TURN; i++) {
        struct wire_caller caller;
        struct bytes request;
        bool changed = false;
        if (wire_door_receive(self->wire, &caller, &request) != COMITY_OK)
            break;
        buffer_clear(&answer);
        bool answers = lobby_answer(self->lobby, identity_key(self->identity), request,
                                    caller.curve, caller.host, utc_ms, &answer, &changed);
        if (changed)
            log_line(LOG_INFO, "lobby", "forum=%s somebody at %s asks for a seat",
                     lobby_forum(self->lobby), caller.host);
        if (changed && reception_keep(self) != COMITY_OK)
            continue; /* It asks again, and finds itself on the list. */
        if (answers)
            wire_door_answer(self->wire, &caller, buffer_bytes(&answer));
    }
    buffer_free(&answer);
}

/* --- The newcomer's side --- */

static void forget_answer(struct asking *asking)
{
    buffer_free(&asking->rules);
    buffer_free(&asking->charter);
    *asking = (struct asking){0};
}

void reception_stop_asking(struct reception *self)
{
    wire_knock_end(self->wire);
    forget_answer(&self->asking);
    (void)!put(self, "asking", bytes_of(NULL, 0));
}

static enum comity_error follow(struct reception *self, const char *line, const char *seat,
                                const char *address, struct fault *fault)
{
    struct lobby_invitation invitation;
    enum comity_error error = lobby_line_read(line, &invitation, fault);
    if (error != COMITY_OK)
        return error;
    if (strlen(seat) > RECEPTION_SEAT_MAX || strlen(address) > LOBBY_ADDRESS_MAX)
        return fault_set(fault, COMITY_LIMIT, "the seat's name or the address is too long");
    if (memcmp(invitation.key, identity_key(self->identity), KEY_SIZE) == 0)
        return fault_set(fault, COMITY_INVALID, "this is an invitation of this daemon's own");
    error = wire_knock(self->wire, invitation.key, invitation.address, fault);
    if (error != COMITY_OK)
        return error;
    forget_answer(&self->asking);
    self->asking.active = true;
    self->asking.invitation = invitation;
    (void)snprintf(self->asking.seat, sizeof self->asking.seat, "%s", seat);
    (void)snprintf(self->asking.address, sizeof self->asking.address, "%s", address);
    return COMITY_OK;
}

enum comity_error reception_ask(struct reception *self, const char *line, const char *seat,
                                const char *address, struct fault *fault)
{
    uint8_t data[12 + LOBBY_LINE_MAX + RECEPTION_SEAT_MAX + LOBBY_ADDRESS_MAX];
    struct writer writer;
    enum comity_error error = follow(self, line, seat, address, fault);
    if (error != COMITY_OK)
        return error;
    writer_init(&writer, data, sizeof data);
    writer_text(&writer, line);
    writer_text(&writer, seat);
    writer_text(&writer, address);
    return put(self, "asking", bytes_of(data, 12 + strlen(line) + strlen(seat) + strlen(address)));
}

/* The charter names our key, or it is not for us; its peers are whom we can dial. */
static enum comity_error take_charter(struct reception *self, const struct lobby_reply *reply)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; error == COMITY_OK && i < reply->peers_count; i++)
        error = reception_add_peer(self, reply->peers[i].key, reply->peers[i].address, NULL);
    if (error == COMITY_INVALID || error == COMITY_CONFLICT)
        error = COMITY_OK; /* One address is bad: the others may do. */
    if (error == COMITY_OK && self->asking.charter.size == 0)
        error = buffer_append(&self->asking.charter, reply->charter.data, reply->charter.size);
    return error;
}

static void hear(struct reception *self, struct bytes frame)
{
    struct asking *asking = &self->asking;
    struct lobby_reply reply;
    struct arena arena;
    arena_init(&arena, 0);
    if (lobby_reply_read(frame, &arena, &reply, NULL) == COMITY_OK) {
        if (asking->state != reply.state)
            log_line(LOG_INFO, "lobby", "forum=%s %s", asking->invitation.forum, reply.line);
        asking->state = reply.state;
        (void)snprintf(asking->line, sizeof asking->line, "%s", reply.line);
        (void)snprintf(asking->given, sizeof asking->given, "%s", reply.seat);
        (void)snprintf(asking->title, sizeof asking->title, "%s", reply.title);
        if (reply.rules[0] != '\0') {
            buffer_clear(&asking->rules);
            (void)!buffer_append(&asking->rules, reply.rules, strlen(reply.rules));
        }
        bool over = reply.state == LOBBY_REFUSES;
        if (reply.state == LOBBY_SEALS)
            over = take_charter(self, &reply) == COMITY_OK;
        if (over)
            wire_knock_end(self->wire);
        if (over)
            asking->next_ms = INT64_MAX;
    }
    arena_free(&arena);
}

static void ask_again(struct reception *self, int64_t now_ms)
{
    struct asking *asking = &self->asking;
    struct buffer request = {0};
    struct bytes frame;
    while (wire_knock_receive(self->wire, &frame) == COMITY_OK)
        hear(self, frame);
    if (now_ms < asking->next_ms)
        return;
    asking->next_ms = now_ms + RECEPTION_ASK_MS;
    if (lobby_request(self->identity, &asking->invitation, asking->seat, asking->address,
                      &request) == COMITY_OK &&
        wire_knock_ask(self->wire, buffer_bytes(&request)) != COMITY_OK && asking->state == 0)
        (void)snprintf(asking->line, sizeof asking->line, "no answer from %s yet",
                       asking->invitation.address);
    buffer_free(&request);
}

/* --- Both --- */

void reception_turn(struct reception *self, int64_t now_ms, int64_t utc_ms)
{
    if (self->lobby != NULL)
        answer_callers(self, utc_ms);
    if (self->asking.active && self->asking.next_ms != INT64_MAX)
        ask_again(self, now_ms);
}

int64_t reception_deadline_ms(const struct reception *self)
{
    return self->asking.active ? self->asking.next_ms : INT64_MAX;
}

static enum comity_error resume_lobby(struct reception *self, struct bytes bytes,
                                      struct fault *fault)
{
    struct fault why;
    enum comity_error error = lobby_load(bytes, &self->lobby, fault);
    if (error != COMITY_OK)
        return error;
    if (wire_door_open(self->wire, lobby_listen(self->lobby), &why) != COMITY_OK)
        log_line(LOG_ERROR, "lobby", "forum=%s %s: the lobby stays shut", lobby_forum(self->lobby),
                 why.text);
    return COMITY_OK;
}

static enum comity_error resume_asking(struct reception *self, struct bytes bytes)
{
    char texts[3][LOBBY_LINE_MAX + 1];
    struct reader reader;
    struct fault why;
    reader_init(&reader, bytes);
    for (int i = 0; i < 3; i++) {
        struct bytes text = reader_bytes(&reader);
        if (text.size > LOBBY_LINE_MAX)
            return COMITY_DAMAGED;
        memcpy(texts[i], text.data, text.size);
        texts[i][text.size] = '\0';
    }
    if (!reader_done(&reader))
        return COMITY_DAMAGED;
    if (follow(self, texts[0], texts[1], texts[2], &why) != COMITY_OK)
        log_line(LOG_ERROR, "lobby", "%s: nobody is asked for a seat", why.text);
    return COMITY_OK;
}

enum comity_error reception_open(struct reception *self, struct wire *wire, struct store *store,
                                 const struct identity *identity, struct fault *fault)
{
    static const char *const names[] = {"peers", "lobby", "asking"};
    enum comity_error error = COMITY_OK;
    *self = (struct reception){.wire = wire, .store = store, .identity = identity};
    for (int i = 0; error == COMITY_OK && i < 3; i++) {
        struct arena arena;
        struct bytes kept;
        arena_init(&arena, 0);
        error = store_get_setting(store, names[i], &arena, &kept);
        if (error == COMITY_NOT_FOUND || (error == COMITY_OK && kept.size == 0))
            error = COMITY_OK;
        else if (error == COMITY_OK)
            error = i == 0   ? add_kept_peers(self, kept)
                    : i == 1 ? resume_lobby(self, kept, fault)
                             : resume_asking(self, kept);
        if (error == COMITY_DAMAGED)
            error = fault_set(fault, error, "the database's setting \"%s\" is damaged", names[i]);
        arena_free(&arena);
    }
    return error;
}

void reception_close(struct reception *self)
{
    lobby_close(&self->lobby);
    forget_answer(&self->asking);
    free(self->learned);
    self->learned = NULL;
}
