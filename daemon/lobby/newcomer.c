/* SPDX-License-Identifier: Apache-2.0 */
/* newcomer.c - the other side of the desk. */
#include "codec/line.h"
#include "codec/strict.h"
#include "lobby/desk.h"

enum comity_error lobby_request(const struct identity *identity,
                                const struct lobby_invitation *invitation, const char *seat,
                                const char *address, struct buffer *ret_frame)
{
    Comity__V1__LobbyRequest request = COMITY__V1__LOBBY_REQUEST__INIT;
    uint8_t signature[SIGNATURE_SIZE];
    struct buffer bytes = {0};
    enum comity_error error =
        desk_signed_bytes(invitation->key, bytes_of(invitation->id, LOBBY_ID_SIZE), seat, &bytes);
    if (error == COMITY_OK) {
        identity_sign(identity, LOBBY_TAG, buffer_bytes(&bytes), signature);
        request.version = 1;
        request.invitation.data = (uint8_t *)(uintptr_t)invitation->id;
        request.invitation.len = LOBBY_ID_SIZE;
        request.secret.data = (uint8_t *)(uintptr_t)invitation->secret;
        request.secret.len = LOBBY_SECRET_SIZE;
        request.seat = (char *)(uintptr_t)seat;
        request.key.data = (uint8_t *)(uintptr_t)identity_key(identity);
        request.key.len = KEY_SIZE;
        request.address = (char *)(uintptr_t)address;
        request.signature.data = signature;
        request.signature.len = sizeof signature;
        error = strict_pack(&request.base, ret_frame);
    }
    buffer_free(&bytes);
    return error;
}

enum comity_error lobby_reply_read(struct bytes frame, struct arena *arena,
                                   struct lobby_reply *ret_reply, struct fault *fault)
{
    ProtobufCMessage *unpacked = NULL;
    enum comity_error error = strict_unpack(&comity__v1__lobby_answer__descriptor, frame,
                                            LOBBY_APPLICANTS_MAX + 1, arena, &unpacked, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__LobbyAnswer *answer = (const Comity__V1__LobbyAnswer *)unpacked;
    if (answer->version != 1)
        return fault_set(fault, COMITY_FOREIGN, "the lobby speaks a newer protocol");
    if (answer->state == COMITY__V1__LOBBY_ANSWER__STATE__LOBBY_UNSPECIFIED ||
        !line_is_valid(answer->line, 0, 255) || !line_is_valid(answer->forum, 0, NAME_MAX_SIZE) ||
        !line_is_valid(answer->title, 0, TITLE_MAX) ||
        !line_is_valid(answer->seat, 0, SEAT_NAME_MAX) || answer->charter.len > CHARTER_SIZE_MAX)
        return fault_set(fault, COMITY_INVALID, "the lobby's answer is malformed");
    struct lobby_peer *peers = arena_array(arena, answer->n_peers, sizeof *peers);
    if (peers == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < answer->n_peers; i++) {
        if (answer->peers[i]->key.len != KEY_SIZE ||
            !line_is_valid(answer->peers[i]->address, 1, LOBBY_ADDRESS_MAX))
            return fault_set(fault, COMITY_INVALID, "the lobby's answer has a malformed peer");
        peers[i] = (struct lobby_peer){answer->peers[i]->key.data, answer->peers[i]->address};
    }
    *ret_reply =
        (struct lobby_reply){.state = (enum lobby_state)answer->state,
                             .line = answer->line,
                             .seat = answer->seat,
                             .forum = answer->forum,
                             .title = answer->title,
                             .rules = answer->rules,
                             .charter = bytes_of(answer->charter.data, answer->charter.len),
                             .peers = peers,
                             .peers_count = (uint32_t)answer->n_peers};
    return COMITY_OK;
}
