/* SPDX-License-Identifier: Apache-2.0 */
/* requests_lobby.c - what clients ask about the lobby: the convener's desk, and asking for a
 * seat. */
#include <stdio.h>
#include <string.h>

#include "charter/charter.h"
#include "node/address.h"
#include "node/node_state.h"
#include "wire/door.h"

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text; /* Packing only reads. */
}

static enum comity_error open_it(struct node *self, const Comity__V1__OpenLobby *open,
                                 struct fault *fault)
{
    struct lobby_seat *seats = arena_array(&self->scratch, open->n_seats, sizeof *seats);
    if (seats == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < open->n_seats; i++)
        seats[i] = (struct lobby_seat){open->seats[i]->name, open->seats[i]->title};
    struct lobby_template from = {.forum = open->forum,
                                  .title = open->title,
                                  .rules = open->rules,
                                  .listen = open->listen,
                                  .seats = seats,
                                  .seats_count = (uint32_t)open->n_seats,
                                  .admits_all = open->admits_all != 0};
    struct address address;
    const char *why;
    if (strlen(open->listen) > LOBBY_ADDRESS_MAX ||
        address_parse_listen(open->listen, &address, &why) != COMITY_OK)
        return fault_set(fault, COMITY_INVALID,
                         "`%.100s` is no place to listen at, such as tcp://0.0.0.0:4751",
                         open->listen);
    return reception_start(&self->reception, &from, fault);
}

/* By fingerprint, or by a seat that one alone asks for. */
static enum comity_error find_applicant(const struct lobby *lobby, const char *who,
                                        const struct lobby_applicant **ret_found,
                                        struct fault *fault)
{
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    uint32_t waiting = 0, any = 0;
    const struct lobby_applicant *waits = NULL;
    for (uint32_t i = 0; i < lobby_applicants_count(lobby); i++) {
        const struct lobby_applicant *applicant = lobby_applicant_at(lobby, i);
        fingerprint_format(applicant->key, fingerprint);
        if (strcmp(fingerprint, who) == 0) {
            *ret_found = applicant;
            return COMITY_OK;
        }
        if (strcmp(applicant->seat, who) != 0)
            continue;
        any++;
        waiting += applicant->standing == LOBBY_STANDS_WAITING ? 1 : 0;
        if (waits == NULL || applicant->standing == LOBBY_STANDS_WAITING)
            waits = applicant;
    }
    if (any == 0)
        return fault_set(fault, COMITY_NOT_FOUND, "nobody asks for %.40s", who);
    if (waiting > 1)
        return fault_set(fault, COMITY_CONFLICT, "%u ask for %.40s: say which by its fingerprint",
                         (unsigned)waiting, who);
    *ret_found = waits;
    return COMITY_OK;
}

static enum comity_error decide(struct node *self, const Comity__V1__DecideSeat *decide_seat,
                                struct fault *fault)
{
    struct lobby *lobby = self->reception.lobby;
    const struct lobby_applicant *applicant = NULL;
    uint8_t key[KEY_SIZE];
    enum comity_error error = find_applicant(lobby, decide_seat->who, &applicant, fault);
    if (error != COMITY_OK)
        return error;
    memcpy(key, applicant->key, sizeof key);
    error = decide_seat->admit ? lobby_admit(lobby, key, fault)
                               : lobby_refuse(lobby, key, decide_seat->why, fault);
    return error != COMITY_OK ? error : reception_keep(&self->reception);
}

/* Whoever was admitted holds the seat it was admitted to. */
static enum comity_error check_sealed(const struct lobby *lobby, const struct charter *charter,
                                      struct fault *fault)
{
    for (uint32_t i = 0; i < lobby_applicants_count(lobby); i++) {
        const struct lobby_applicant *applicant = lobby_applicant_at(lobby, i);
        if (applicant->standing != LOBBY_STANDS_ADMITTED)
            continue;
        int32_t seat = charter_find_key(charter, applicant->key);
        if (seat < 0 || strcmp(charter->seats[seat].name, applicant->seat) != 0)
            return fault_set(fault, COMITY_REFUSED,
                             "the charter does not give the seat %s to the key that was admitted",
                             applicant->seat);
    }
    return strcmp(charter->name, lobby_forum(lobby)) == 0
               ? COMITY_OK
               : fault_set(fault, COMITY_REFUSED, "the charter is of %s, the lobby of %s",
                           charter->name, lobby_forum(lobby));
}

static enum comity_error seal(struct node *self, const Comity__V1__SealLobby *seal_lobby,
                              struct fault *fault)
{
    struct lobby *lobby = self->reception.lobby;
    struct bytes bytes = bytes_of(seal_lobby->charter.data, seal_lobby->charter.len);
    const struct charter *charter;
    char dial[LOBBY_ADDRESS_MAX + 1] = "";
    const char *port = strrchr(wire_endpoint(self->wire), ':');
    if (lobby_is_sealed(lobby))
        return fault_set(fault, COMITY_CLOSED, "the charter of %s is sealed already",
                         lobby_forum(lobby));
    enum comity_error error = charter_decode(bytes, &self->scratch, &charter, fault);
    if (error == COMITY_OK)
        error = check_sealed(lobby, charter, fault);
    if (error != COMITY_OK)
        return error;
    if (seal_lobby->host[0] != '\0' && port != NULL)
        (void)snprintf(dial, sizeof dial, "%s%s", seal_lobby->host, port);
    Comity__V1__AddForum add = COMITY__V1__ADD_FORUM__INIT;
    add.charter = seal_lobby->charter;
    add.convene = 1;
    error = request_take_seat(self, &add, &charter, fault);
    for (uint32_t i = 0; error == COMITY_OK && i < lobby_applicants_count(lobby); i++) {
        const struct lobby_applicant *applicant = lobby_applicant_at(lobby, i);
        if (applicant->standing == LOBBY_STANDS_ADMITTED && applicant->address[0] != '\0')
            (void)!reception_add_peer(&self->reception, applicant->key, applicant->address, NULL);
    }
    if (error == COMITY_OK)
        error = lobby_seal(lobby, bytes, dial, fault);
    return error != COMITY_OK ? error : reception_keep(&self->reception);
}

static enum comity_error fill_desk(struct node *self, Comity__V1__LobbyInfo *info)
{
    const struct lobby *lobby = self->reception.lobby;
    uint32_t seats = lobby_seats_count(lobby), count = lobby_applicants_count(lobby);
    Comity__V1__LobbySeatInfo *seat = arena_array(&self->scratch, seats, sizeof *seat);
    Comity__V1__LobbyApplicantInfo *one = arena_array(&self->scratch, count, sizeof *one);
    info->seats = arena_array(&self->scratch, seats, sizeof *info->seats);
    info->applicants = arena_array(&self->scratch, count, sizeof *info->applicants);
    if (seat == NULL || one == NULL || info->seats == NULL || info->applicants == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < seats; i++) {
        comity__v1__lobby_seat_info__init(&seat[i]);
        seat[i].name = text_of(lobby_seat_at(lobby, i).name);
        seat[i].title = text_of(lobby_seat_at(lobby, i).title);
        info->seats[i] = &seat[i];
    }
    for (uint32_t i = 0; i < count; i++) {
        static const char *const standing[] = {"", "waiting", "admitted", "refused"};
        const struct lobby_applicant *applicant = lobby_applicant_at(lobby, i);
        comity__v1__lobby_applicant_info__init(&one[i]);
        one[i].fingerprint = arena_alloc(&self->scratch, FINGERPRINT_TEXT_SIZE);
        if (one[i].fingerprint == NULL)
            return COMITY_MEMORY;
        fingerprint_format(applicant->key, one[i].fingerprint);
        one[i].seat = text_of(applicant->seat);
        one[i].key = (ProtobufCBinaryData){KEY_SIZE, (uint8_t *)(uintptr_t)applicant->key};
        one[i].address = text_of(applicant->address);
        one[i].standing = text_of(standing[applicant->standing]);
        one[i].line = text_of(applicant->line);
        one[i].asked_ms = applicant->asked_ms;
        info->applicants[i] = &one[i];
    }
    info->n_seats = seats;
    info->n_applicants = count;
    info->open = 1;
    info->forum = text_of(lobby_forum(lobby));
    info->title = text_of(lobby_title(lobby));
    info->endpoint = text_of(wire_door_endpoint(self->wire));
    info->admits_all = lobby_admits_all(lobby);
    info->sealed = lobby_is_sealed(lobby);
    info->invitations = lobby_tickets_count(lobby);
    info->rules = text_of(lobby_rules(lobby));
    return COMITY_OK;
}

static enum comity_error fill_asking(struct node *self, Comity__V1__LobbyInfo *info)
{
    static const char *const states[] = {"", "waiting", "admitted", "refused", "sealed"};
    const struct asking *asking = &self->reception.asking;
    info->asking = 1;
    info->asking_forum = text_of(asking->invitation.forum);
    info->asking_seat = text_of(asking->given[0] != '\0'  ? asking->given
                                : asking->seat[0] != '\0' ? asking->seat
                                                          : asking->invitation.seat);
    info->asking_state = text_of(states[asking->state]);
    info->asking_line = text_of(asking->line);
    info->asking_title = text_of(asking->title);
    info->asking_charter = (ProtobufCBinaryData){asking->charter.size, asking->charter.data};
    info->asking_fingerprint = arena_alloc(&self->scratch, FINGERPRINT_TEXT_SIZE);
    info->asking_rules = arena_text(&self->scratch, buffer_bytes(&asking->rules));
    if (info->asking_fingerprint == NULL || info->asking_rules == NULL)
        return COMITY_MEMORY;
    fingerprint_format(asking->invitation.key, info->asking_fingerprint);
    return COMITY_OK;
}

static enum comity_error reply_lobby(struct node *self, const struct api_call *call)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__LobbyInfo info = COMITY__V1__LOBBY_INFO__INIT;
    enum comity_error error = COMITY_OK;
    if (self->reception.lobby != NULL)
        error = fill_desk(self, &info);
    if (error == COMITY_OK && self->reception.asking.active)
        error = fill_asking(self, &info);
    if (error != COMITY_OK)
        return error;
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_LOBBY;
    response.lobby = &info;
    api_reply(self->api, &call->route, &response);
    return COMITY_OK;
}

static enum comity_error reply_invitation(struct node *self, const struct api_call *call,
                                          struct fault *fault)
{
    const Comity__V1__Invite *invite = call->request->invite;
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__InvitationLine info = COMITY__V1__INVITATION_LINE__INIT;
    char line[LOBBY_LINE_MAX + 1];
    enum comity_error error = reception_invite(&self->reception, invite->seat, invite->host,
                                               invite->expires_ms, line, fault);
    if (error != COMITY_OK)
        return error;
    info.line = line;
    info.address = text_of(wire_door_endpoint(self->wire));
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_INVITATION;
    response.invitation = &info;
    api_reply(self->api, &call->route, &response);
    return COMITY_OK;
}

static enum comity_error add_peer(struct node *self, const Comity__V1__AddPeer *peer,
                                  struct fault *fault)
{
    if (peer->key.len != KEY_SIZE || strlen(peer->address) > LOBBY_ADDRESS_MAX)
        return fault_set(fault, COMITY_INVALID, "a peer has a key of 32 bytes and an address");
    return reception_add_peer(&self->reception, peer->key.data, peer->address, fault);
}

static enum comity_error ask_seat(struct node *self, const Comity__V1__AskSeat *ask,
                                  struct fault *fault)
{
    if (ask->line[0] != '\0')
        return reception_ask(&self->reception, ask->line, ask->seat, ask->address, fault);
    reception_stop_asking(&self->reception);
    return COMITY_OK;
}

static enum comity_error act_on(struct node *self, const Comity__V1__Request *request,
                                struct fault *fault)
{
    bool at_the_desk = request->request_case == COMITY__V1__REQUEST__REQUEST_DECIDE_SEAT ||
                       request->request_case == COMITY__V1__REQUEST__REQUEST_SEAL_LOBBY;
    if (at_the_desk && self->reception.lobby == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "no lobby is open here: `comity lobby open`");
    switch (request->request_case) {
    case COMITY__V1__REQUEST__REQUEST_OPEN_LOBBY:
        return open_it(self, request->open_lobby, fault);
    case COMITY__V1__REQUEST__REQUEST_CLOSE_LOBBY:
        return reception_end(&self->reception);
    case COMITY__V1__REQUEST__REQUEST_DECIDE_SEAT:
        return decide(self, request->decide_seat, fault);
    case COMITY__V1__REQUEST__REQUEST_SEAL_LOBBY:
        return seal(self, request->seal_lobby, fault);
    case COMITY__V1__REQUEST__REQUEST_ASK_SEAT:
        return ask_seat(self, request->ask_seat, fault);
    case COMITY__V1__REQUEST__REQUEST_ADD_PEER:
        return add_peer(self, request->add_peer, fault);
    default:
        return COMITY_OK; /* GetLobby. */
    }
}

void request_lobby(struct node *self, const struct api_call *call)
{
    struct fault fault = {{0}};
    enum comity_error error;
    if (call->request->request_case == COMITY__V1__REQUEST__REQUEST_INVITE) {
        error = reply_invitation(self, call, &fault);
    } else {
        error = act_on(self, call->request, &fault);
        if (error == COMITY_OK)
            error = reply_lobby(self, call);
    }
    if (error != COMITY_OK)
        api_fail(self->api, &call->route, error,
                 fault.text[0] != '\0' ? fault.text : error_text(error));
}
