/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c - what the desk says to a newcomer. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "codec/line.h"
#include "codec/strict.h"
#include "lobby/desk.h"

enum comity_error desk_signed_bytes(const uint8_t desk[KEY_SIZE], struct bytes invitation,
                                    const char *seat, struct buffer *ret_bytes)
{
    enum comity_error error = buffer_append(ret_bytes, desk, KEY_SIZE);
    if (error == COMITY_OK)
        error = buffer_append(ret_bytes, invitation.data, invitation.size);
    if (error == COMITY_OK)
        error = buffer_append(ret_bytes, seat, strlen(seat));
    return error;
}

struct answering {
    struct lobby *lobby;
    const uint8_t *desk;
    const uint8_t *curve;
    const char *host;
    int64_t now_ms;
    const Comity__V1__LobbyRequest *request;
    Comity__V1__LobbyAnswer answer;
    char line[256];
    bool changed;
};

static void say(struct answering *self, Comity__V1__LobbyAnswer__State state, const char *line,
                const char *word)
{
    (void)snprintf(self->line, sizeof self->line, line, word);
    self->answer.state = state;
    self->answer.line = self->line;
}

static bool form_is_good(const Comity__V1__LobbyRequest *request)
{
    return request->version == 1 && request->invitation.len == LOBBY_ID_SIZE &&
           request->secret.len == LOBBY_SECRET_SIZE && request->key.len == KEY_SIZE &&
           request->signature.len == SIGNATURE_SIZE &&
           line_is_valid(request->seat, 0, SEAT_NAME_MAX) &&
           line_is_valid(request->address, 0, LOBBY_ADDRESS_MAX);
}

/* The key it names is the one it came with, and signed for this seat at this desk. */
static bool is_itself(const struct answering *self)
{
    const Comity__V1__LobbyRequest *request = self->request;
    uint8_t curve[CURVE_KEY_SIZE];
    struct buffer bytes = {0};
    if (identity_curve_key(request->key.data, curve) != COMITY_OK ||
        memcmp(curve, self->curve, sizeof curve) != 0)
        return false;
    bool good =
        desk_signed_bytes(self->desk, bytes_of(request->invitation.data, request->invitation.len),
                          request->seat, &bytes) == COMITY_OK &&
        identity_verify(request->key.data, LOBBY_TAG, buffer_bytes(&bytes),
                        request->signature.data) == COMITY_OK;
    buffer_free(&bytes);
    return good;
}

/* Whoever guesses an id learns nothing from how long the secret took to compare. */
static struct ticket *find_ticket(const struct answering *self)
{
    struct hash hash = desk_secret_hash(self->request->secret.data);
    for (uint32_t i = 0; i < self->lobby->tickets_count; i++) {
        struct ticket *ticket = &self->lobby->tickets[i];
        if (memcmp(ticket->id, self->request->invitation.data, LOBBY_ID_SIZE) == 0)
            return sodium_memcmp(ticket->secret_hash.bytes, hash.bytes, HASH_SIZE) == 0 ? ticket
                                                                                        : NULL;
    }
    return NULL;
}

static const char *first_free_seat(const struct lobby *lobby)
{
    for (uint32_t i = 0; i < lobby->seats_count; i++) {
        bool asked = false;
        for (uint32_t k = 0; k < lobby->applicants_count && !asked; k++)
            asked = lobby->applicants[k].standing != LOBBY_STANDS_REFUSED &&
                    strcmp(lobby->applicants[k].seat, lobby->seats[i].name) == 0;
        if (!asked)
            return lobby->seats[i].name;
    }
    return NULL;
}

/* Which seat is asked for? NULL: it was refused. */
static const char *choose_seat(struct answering *self, const struct ticket *ticket)
{
    const struct lobby *lobby = self->lobby;
    const char *wanted = self->request->seat[0] != '\0' ? self->request->seat : ticket->seat;
    if (ticket->seat[0] != '\0' && strcmp(wanted, ticket->seat) != 0) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED,
            "this invitation is for the seat %s only", ticket->seat);
        return NULL;
    }
    if (wanted[0] == '\0')
        wanted = first_free_seat(lobby);
    if (wanted == NULL) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "%s", "every seat is taken");
        return NULL;
    }
    if (desk_find_seat(lobby, wanted) < 0) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED,
            "there is no seat %s that could be taken", wanted);
        return NULL;
    }
    if (desk_holder(lobby, wanted) != NULL) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "the seat %s is taken", wanted);
        return NULL;
    }
    return wanted;
}

static bool ticket_is_good(struct answering *self, const struct ticket *ticket)
{
    if (ticket->expires_ms != 0 && self->now_ms > ticket->expires_ms) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "%s",
            "this invitation has expired: ask for a new one");
        return false;
    }
    if (ticket->is_used && memcmp(ticket->used_by, self->request->key.data, KEY_SIZE) != 0) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "%s",
            "this invitation was used by another key");
        return false;
    }
    return true;
}

/* `:4750` is a port at the host it came from. */
static void set_address(const struct answering *self, struct lobby_applicant *applicant)
{
    const char *address = self->request->address;
    bool v6 = strchr(self->host, ':') != NULL;
    if (address[0] == ':' && self->host[0] != '\0')
        (void)snprintf(applicant->address, sizeof applicant->address, "%s%s%s%s", v6 ? "[" : "",
                       self->host, v6 ? "]" : "", address);
    else if (address[0] != ':')
        (void)snprintf(applicant->address, sizeof applicant->address, "%s", address);
}

static struct lobby_applicant *enter(struct answering *self, struct ticket *ticket)
{
    struct lobby *lobby = self->lobby;
    const char *seat = choose_seat(self, ticket);
    if (seat == NULL)
        return NULL;
    if (lobby->applicants_count == LOBBY_APPLICANTS_MAX) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "%s", "the lobby is full");
        return NULL;
    }
    struct lobby_applicant *applicant = &lobby->applicants[lobby->applicants_count++];
    *applicant = (struct lobby_applicant){.standing = lobby->admits_all ? LOBBY_STANDS_ADMITTED
                                                                        : LOBBY_STANDS_WAITING,
                                          .asked_ms = self->now_ms};
    memcpy(applicant->key, self->request->key.data, KEY_SIZE);
    (void)snprintf(applicant->seat, sizeof applicant->seat, "%s", seat);
    set_address(self, applicant);
    if (ticket->seat[0] != '\0') {
        ticket->is_used = true;
        memcpy(ticket->used_by, self->request->key.data, KEY_SIZE);
    }
    self->changed = true;
    return applicant;
}

static void tell(struct answering *self, const struct lobby_applicant *applicant)
{
    self->answer.seat = (char *)(uintptr_t)applicant->seat;
    if (applicant->standing == LOBBY_STANDS_REFUSED)
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "%s", applicant->line);
    else if (applicant->standing == LOBBY_STANDS_WAITING && lobby_is_sealed(self->lobby))
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "%s",
            "the forum has begun without this seat");
    else if (applicant->standing == LOBBY_STANDS_WAITING)
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_WAITING,
            "the seat %s is asked for: the convener has still to say yes", applicant->seat);
    else if (lobby_is_sealed(self->lobby))
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_SEALED, "the charter of %s is sealed",
            self->lobby->forum);
    else
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_ADMITTED,
            "the seat %s is yours; the forum begins when the convener says so", applicant->seat);
}

static void decide(struct answering *self)
{
    struct ticket *ticket = find_ticket(self);
    if (ticket == NULL || !is_itself(self)) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "%s",
            ticket == NULL ? "this invitation is not known here"
                           : "the request is not signed by the key it came with");
        return;
    }
    struct lobby_applicant *applicant = desk_find_applicant(self->lobby, self->request->key.data);
    if (applicant == NULL && lobby_is_sealed(self->lobby)) {
        say(self, COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED, "%s",
            "the forum has begun: nobody enters any more");
        return;
    }
    /* Refused once, it may ask for another seat with another invitation. */
    if (applicant == NULL && ticket_is_good(self, ticket))
        applicant = enter(self, ticket);
    if (applicant != NULL)
        tell(self, applicant);
}

static enum comity_error add_sealed(struct answering *self, Comity__V1__LobbyPeer *peers,
                                    Comity__V1__LobbyPeer **list)
{
    struct lobby *lobby = self->lobby;
    size_t count = 0;
    for (uint32_t i = 0; i <= lobby->applicants_count; i++) {
        bool convener = i == 0;
        const struct lobby_applicant *applicant = convener ? NULL : &lobby->applicants[i - 1];
        const char *address = convener ? lobby->dial : applicant->address;
        if (address[0] == '\0' || (!convener && applicant->standing != LOBBY_STANDS_ADMITTED))
            continue;
        comity__v1__lobby_peer__init(&peers[count]);
        peers[count].key.data = (uint8_t *)(uintptr_t)(convener ? self->desk : applicant->key);
        peers[count].key.len = KEY_SIZE;
        peers[count].address = (char *)(uintptr_t)address;
        list[count] = &peers[count];
        count++;
    }
    self->answer.peers = list;
    self->answer.n_peers = count;
    self->answer.charter = (ProtobufCBinaryData){lobby->charter.size, lobby->charter.data};
    return COMITY_OK;
}

bool lobby_answer(struct lobby *self, const uint8_t desk[KEY_SIZE], struct bytes request,
                  const uint8_t curve[CURVE_KEY_SIZE], const char *host, int64_t now_ms,
                  struct buffer *ret_answer, bool *ret_changed)
{
    ProtobufCMessage *message = NULL;
    struct answering answering = {.lobby = self,
                                  .desk = desk,
                                  .curve = curve,
                                  .host = host,
                                  .now_ms = now_ms,
                                  .answer = COMITY__V1__LOBBY_ANSWER__INIT};
    struct arena arena;
    *ret_changed = false;
    if (request.size > LOBBY_FRAME_MAX)
        return false;
    arena_init(&arena, 0);
    bool good = strict_unpack(&comity__v1__lobby_request__descriptor, request, 1, &arena, &message,
                              NULL) == COMITY_OK &&
                form_is_good((const Comity__V1__LobbyRequest *)message);
    if (good) {
        answering.request = (const Comity__V1__LobbyRequest *)message;
        answering.answer.version = 1;
        decide(&answering);
        answering.answer.forum = self->forum;
        answering.answer.title = self->title;
        size_t most = (size_t)self->applicants_count + 1;
        Comity__V1__LobbyPeer *peers = arena_array(&arena, most, sizeof *peers);
        Comity__V1__LobbyPeer **list = arena_array(&arena, most, sizeof *list);
        good = peers != NULL && list != NULL;
        if (good && answering.answer.state == COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_SEALED)
            good = add_sealed(&answering, peers, list) == COMITY_OK;
        else if (answering.answer.state != COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED)
            answering.answer.rules = self->rules;
        good = good && strict_pack(&answering.answer.base, ret_answer) == COMITY_OK;
    }
    arena_free(&arena);
    *ret_changed = answering.changed;
    return good;
}
