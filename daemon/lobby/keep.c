/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c - a lobby as bytes, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/line.h"
#include "codec/strict.h"
#include "lobby/desk.h"

static ProtobufCBinaryData data_of(const void *data, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = (uint8_t *)(uintptr_t)data};
}

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static enum comity_error seats_write(const struct lobby *self, struct arena *arena,
                                     Comity__V1__LobbyState *state)
{
    Comity__V1__LobbySeat *seats = arena_array(arena, self->seats_count, sizeof *seats);
    state->seats = arena_array(arena, self->seats_count, sizeof *state->seats);
    if (seats == NULL || state->seats == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < self->seats_count; i++) {
        comity__v1__lobby_seat__init(&seats[i]);
        seats[i].name = self->seats[i].name;
        seats[i].title = self->seats[i].title;
        state->seats[i] = &seats[i];
    }
    state->n_seats = self->seats_count;
    return COMITY_OK;
}

static enum comity_error tickets_write(const struct lobby *self, struct arena *arena,
                                       Comity__V1__LobbyState *state)
{
    Comity__V1__LobbyTicket *tickets = arena_array(arena, self->tickets_count, sizeof *tickets);
    state->tickets = arena_array(arena, self->tickets_count, sizeof *state->tickets);
    if (tickets == NULL || state->tickets == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < self->tickets_count; i++) {
        const struct ticket *from = &self->tickets[i];
        comity__v1__lobby_ticket__init(&tickets[i]);
        tickets[i].id = data_of(from->id, sizeof from->id);
        tickets[i].secret_hash = data_of(from->secret_hash.bytes, HASH_SIZE);
        tickets[i].seat = text_of(from->seat);
        tickets[i].expires_ms = from->expires_ms;
        if (from->is_used)
            tickets[i].used_by = data_of(from->used_by, KEY_SIZE);
        state->tickets[i] = &tickets[i];
    }
    state->n_tickets = self->tickets_count;
    return COMITY_OK;
}

static enum comity_error applicants_write(const struct lobby *self, struct arena *arena,
                                          Comity__V1__LobbyState *state)
{
    size_t count = self->applicants_count;
    Comity__V1__LobbyApplicant *applicants = arena_array(arena, count, sizeof *applicants);
    state->applicants = arena_array(arena, count, sizeof *state->applicants);
    if (applicants == NULL || state->applicants == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct lobby_applicant *from = &self->applicants[i];
        comity__v1__lobby_applicant__init(&applicants[i]);
        applicants[i].key = data_of(from->key, KEY_SIZE);
        applicants[i].seat = text_of(from->seat);
        applicants[i].address = text_of(from->address);
        applicants[i].state = (Comity__V1__LobbyAnswer__State)from->standing;
        applicants[i].line = text_of(from->line);
        applicants[i].asked_ms = from->asked_ms;
        state->applicants[i] = &applicants[i];
    }
    state->n_applicants = count;
    return COMITY_OK;
}

enum comity_error lobby_save(const struct lobby *self, struct buffer *ret_bytes)
{
    Comity__V1__LobbyState state = COMITY__V1__LOBBY_STATE__INIT;
    struct arena arena;
    arena_init(&arena, 0);
    state.version = 1;
    state.forum = text_of(self->forum);
    state.title = text_of(self->title);
    state.rules = self->rules;
    state.listen = text_of(self->listen);
    state.dial = text_of(self->dial);
    state.admits_all = self->admits_all;
    state.charter = data_of(self->charter.data, self->charter.size);
    enum comity_error error = seats_write(self, &arena, &state);
    if (error == COMITY_OK)
        error = tickets_write(self, &arena, &state);
    if (error == COMITY_OK)
        error = applicants_write(self, &arena, &state);
    if (error == COMITY_OK)
        error = strict_pack(&state.base, ret_bytes);
    arena_free(&arena);
    return error;
}

static bool tickets_read(struct lobby *self, const Comity__V1__LobbyState *state)
{
    for (size_t i = 0; i < state->n_tickets; i++) {
        const Comity__V1__LobbyTicket *from = state->tickets[i];
        struct ticket *to = &self->tickets[self->tickets_count++];
        if (from->id.len != LOBBY_ID_SIZE || from->secret_hash.len != HASH_SIZE ||
            !line_is_valid(from->seat, 0, SEAT_NAME_MAX) ||
            (from->used_by.len != 0 && from->used_by.len != KEY_SIZE))
            return false;
        memcpy(to->id, from->id.data, LOBBY_ID_SIZE);
        memcpy(to->secret_hash.bytes, from->secret_hash.data, HASH_SIZE);
        (void)snprintf(to->seat, sizeof to->seat, "%s", from->seat);
        to->expires_ms = from->expires_ms;
        to->is_used = from->used_by.len == KEY_SIZE;
        if (to->is_used)
            memcpy(to->used_by, from->used_by.data, KEY_SIZE);
    }
    return true;
}

static bool applicants_read(struct lobby *self, const Comity__V1__LobbyState *state)
{
    for (size_t i = 0; i < state->n_applicants; i++) {
        const Comity__V1__LobbyApplicant *from = state->applicants[i];
        struct lobby_applicant *to = &self->applicants[self->applicants_count++];
        if (from->key.len != KEY_SIZE || !line_is_valid(from->seat, 1, SEAT_NAME_MAX) ||
            !line_is_valid(from->address, 0, LOBBY_ADDRESS_MAX) ||
            !line_is_valid(from->line, 0, sizeof to->line - 1) ||
            from->state < COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_WAITING ||
            from->state > COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_REFUSED)
            return false;
        memcpy(to->key, from->key.data, KEY_SIZE);
        (void)snprintf(to->seat, sizeof to->seat, "%s", from->seat);
        (void)snprintf(to->address, sizeof to->address, "%s", from->address);
        (void)snprintf(to->line, sizeof to->line, "%s", from->line);
        to->standing = (enum lobby_standing)from->state;
        to->asked_ms = from->asked_ms;
    }
    return true;
}

static enum comity_error load(const Comity__V1__LobbyState *state, struct arena *arena,
                              struct lobby **ret_lobby, struct fault *fault)
{
    if (state->version != 1)
        return fault_set(fault, COMITY_FOREIGN, "the lobby was kept by a newer Comity");
    struct lobby_seat *seats = arena_array(arena, state->n_seats, sizeof *seats);
    if (seats == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < state->n_seats; i++)
        seats[i] = (struct lobby_seat){state->seats[i]->name, state->seats[i]->title};
    struct lobby_template from = {.forum = state->forum,
                                  .title = state->title,
                                  .rules = state->rules,
                                  .listen = state->listen,
                                  .seats = seats,
                                  .seats_count = (uint32_t)state->n_seats,
                                  .admits_all = state->admits_all != 0};
    struct lobby *self;
    enum comity_error error = lobby_open(&from, &self, fault);
    if (error != COMITY_OK)
        return error;
    if (state->n_tickets > LOBBY_TICKETS_MAX || state->n_applicants > LOBBY_APPLICANTS_MAX ||
        !line_is_valid(state->dial, 0, LOBBY_ADDRESS_MAX) || !tickets_read(self, state) ||
        !applicants_read(self, state))
        error = fault_set(fault, COMITY_DAMAGED, "the lobby that was kept is damaged");
    (void)snprintf(self->dial, sizeof self->dial, "%s", state->dial);
    if (error == COMITY_OK)
        error = buffer_append(&self->charter, state->charter.data, state->charter.len);
    if (error != COMITY_OK)
        lobby_close(&self);
    else
        *ret_lobby = self;
    return error;
}

enum comity_error lobby_load(struct bytes bytes, struct lobby **ret_lobby, struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    struct arena arena;
    arena_init(&arena, 0);
    enum comity_error error = strict_unpack(&comity__v1__lobby_state__descriptor, bytes,
                                            SEATS_MAX + LOBBY_TICKETS_MAX + LOBBY_APPLICANTS_MAX,
                                            &arena, &message, fault);
    if (error == COMITY_OK)
        error = load((const Comity__V1__LobbyState *)message, &arena, ret_lobby, fault);
    else if (error != COMITY_MEMORY)
        error = fault_set(fault, COMITY_DAMAGED, "the lobby that was kept is damaged");
    arena_free(&arena);
    return error;
}
