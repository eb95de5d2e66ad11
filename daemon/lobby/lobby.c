/* SPDX-License-Identifier: Apache-2.0 */
#include "lobby/lobby.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lobby/desk.h"

struct hash desk_secret_hash(const uint8_t secret[LOBBY_SECRET_SIZE])
{
    return hash_of("comity/lobby-secret/v1", bytes_of(secret, LOBBY_SECRET_SIZE));
}

int32_t desk_find_seat(const struct lobby *self, const char *name)
{
    for (uint32_t i = 0; i < self->seats_count; i++) {
        if (strcmp(self->seats[i].name, name) == 0)
            return (int32_t)i;
    }
    return -1;
}

struct lobby_applicant *desk_find_applicant(struct lobby *self, const uint8_t key[KEY_SIZE])
{
    for (uint32_t i = 0; i < self->applicants_count; i++) {
        if (memcmp(self->applicants[i].key, key, KEY_SIZE) == 0)
            return &self->applicants[i];
    }
    return NULL;
}

const struct lobby_applicant *desk_holder(const struct lobby *self, const char *seat)
{
    for (uint32_t i = 0; i < self->applicants_count; i++) {
        const struct lobby_applicant *applicant = &self->applicants[i];
        if (applicant->standing == LOBBY_STANDS_ADMITTED && strcmp(applicant->seat, seat) == 0)
            return applicant;
    }
    return NULL;
}

static enum comity_error copy_seats(struct lobby *self, const struct lobby_template *from,
                                    struct fault *fault)
{
    for (uint32_t i = 0; i < from->seats_count; i++) {
        const struct lobby_seat *seat = &from->seats[i];
        if (seat->name[0] == '\0' || strlen(seat->name) > SEAT_NAME_MAX ||
            strlen(seat->title) > TITLE_MAX)
            return fault_set(fault, COMITY_INVALID, "seat %u: its name or title is too long",
                             (unsigned)i + 1);
        if (desk_find_seat(self, seat->name) >= 0)
            return fault_set(fault, COMITY_INVALID, "seat %s is there twice", seat->name);
        struct desk_seat *to = &self->seats[self->seats_count++];
        (void)snprintf(to->name, sizeof to->name, "%s", seat->name);
        (void)snprintf(to->title, sizeof to->title, "%s", seat->title);
    }
    return COMITY_OK;
}

enum comity_error lobby_open(const struct lobby_template *from, struct lobby **ret_lobby,
                             struct fault *fault)
{
    if (from->seats_count == 0 || from->seats_count > SEATS_MAX)
        return fault_set(fault, COMITY_INVALID, "a lobby needs a seat that has no key yet");
    if (strlen(from->forum) > NAME_MAX_SIZE || strlen(from->title) > TITLE_MAX ||
        strlen(from->rules) > LOBBY_RULES_MAX || strlen(from->listen) > LOBBY_ADDRESS_MAX)
        return fault_set(fault, COMITY_LIMIT, "the lobby's name, title or rules are too long");
    struct lobby *self = calloc(1, sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    self->rules = strdup(from->rules);
    self->seats = calloc(SEATS_MAX, sizeof *self->seats);
    self->tickets = calloc(LOBBY_TICKETS_MAX, sizeof *self->tickets);
    self->applicants = calloc(LOBBY_APPLICANTS_MAX, sizeof *self->applicants);
    enum comity_error error = COMITY_OK;
    if (self->rules == NULL || self->seats == NULL || self->tickets == NULL ||
        self->applicants == NULL)
        error = COMITY_MEMORY;
    (void)snprintf(self->forum, sizeof self->forum, "%s", from->forum);
    (void)snprintf(self->title, sizeof self->title, "%s", from->title);
    (void)snprintf(self->listen, sizeof self->listen, "%s", from->listen);
    self->admits_all = from->admits_all;
    if (error == COMITY_OK)
        error = copy_seats(self, from, fault);
    if (error != COMITY_OK) {
        lobby_close(&self);
        return error;
    }
    *ret_lobby = self;
    return COMITY_OK;
}

void lobby_close(struct lobby **self)
{
    if (self == NULL || *self == NULL)
        return;
    free((*self)->rules);
    free((*self)->seats);
    free((*self)->tickets);
    free((*self)->applicants);
    buffer_free(&(*self)->charter);
    free(*self);
    *self = NULL;
}

static enum comity_error still_open(const struct lobby *self, struct fault *fault)
{
    return lobby_is_sealed(self)
               ? fault_set(fault, COMITY_CLOSED,
                           "the charter of %s is sealed: nobody enters any more", self->forum)
               : COMITY_OK;
}

enum comity_error lobby_invite(struct lobby *self, const struct lobby_invitation *invitation,
                               struct fault *fault)
{
    enum comity_error error = still_open(self, fault);
    if (error != COMITY_OK)
        return error;
    if (invitation->seat[0] != '\0' && desk_find_seat(self, invitation->seat) < 0)
        return fault_set(fault, COMITY_NOT_FOUND, "%s has no free seat %s", self->forum,
                         invitation->seat);
    if (invitation->seat[0] != '\0' && desk_holder(self, invitation->seat) != NULL)
        return fault_set(fault, COMITY_CONFLICT, "seat %s is taken", invitation->seat);
    if (self->tickets_count == LOBBY_TICKETS_MAX)
        return fault_set(fault, COMITY_LIMIT, "there are %d invitations already",
                         LOBBY_TICKETS_MAX);
    struct ticket *ticket = &self->tickets[self->tickets_count++];
    *ticket = (struct ticket){.expires_ms = invitation->expires_ms,
                              .secret_hash = desk_secret_hash(invitation->secret)};
    memcpy(ticket->id, invitation->id, sizeof ticket->id);
    (void)snprintf(ticket->seat, sizeof ticket->seat, "%s", invitation->seat);
    return COMITY_OK;
}

enum comity_error lobby_admit(struct lobby *self, const uint8_t key[KEY_SIZE], struct fault *fault)
{
    enum comity_error error = still_open(self, fault);
    if (error != COMITY_OK)
        return error;
    struct lobby_applicant *applicant = desk_find_applicant(self, key);
    if (applicant == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "nobody with that key asks for a seat");
    const struct lobby_applicant *holder = desk_holder(self, applicant->seat);
    if (holder != NULL && holder != applicant)
        return fault_set(fault, COMITY_CONFLICT, "seat %s is taken", applicant->seat);
    applicant->standing = LOBBY_STANDS_ADMITTED;
    applicant->line[0] = '\0';
    return COMITY_OK;
}

enum comity_error lobby_refuse(struct lobby *self, const uint8_t key[KEY_SIZE], const char *why,
                               struct fault *fault)
{
    enum comity_error error = still_open(self, fault);
    if (error != COMITY_OK)
        return error;
    struct lobby_applicant *applicant = desk_find_applicant(self, key);
    if (applicant == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "nobody with that key asks for a seat");
    applicant->standing = LOBBY_STANDS_REFUSED;
    (void)snprintf(applicant->line, sizeof applicant->line, "%s",
                   why[0] != '\0' ? why : "the convener said no");
    return COMITY_OK;
}

enum comity_error lobby_seal(struct lobby *self, struct bytes charter, const char *dial,
                             struct fault *fault)
{
    enum comity_error error = still_open(self, fault);
    if (error == COMITY_OK)
        error = buffer_append(&self->charter, charter.data, charter.size);
    if (error == COMITY_OK)
        (void)snprintf(self->dial, sizeof self->dial, "%s", dial);
    return error;
}

const char *lobby_forum(const struct lobby *self)
{
    return self->forum;
}

const char *lobby_title(const struct lobby *self)
{
    return self->title;
}

const char *lobby_rules(const struct lobby *self)
{
    return self->rules;
}

const char *lobby_listen(const struct lobby *self)
{
    return self->listen;
}

bool lobby_admits_all(const struct lobby *self)
{
    return self->admits_all;
}

bool lobby_is_sealed(const struct lobby *self)
{
    return self->charter.size > 0;
}

uint32_t lobby_seats_count(const struct lobby *self)
{
    return self->seats_count;
}

struct lobby_seat lobby_seat_at(const struct lobby *self, uint32_t index)
{
    return (struct lobby_seat){self->seats[index].name, self->seats[index].title};
}

uint32_t lobby_tickets_count(const struct lobby *self)
{
    return self->tickets_count;
}

uint32_t lobby_applicants_count(const struct lobby *self)
{
    return self->applicants_count;
}

const struct lobby_applicant *lobby_applicant_at(const struct lobby *self, uint32_t index)
{
    return &self->applicants[index];
}
