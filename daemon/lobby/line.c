/* SPDX-License-Identifier: Apache-2.0 */
/* line.c - an invitation as one line that can be read aloud, mailed, or shown as a QR code. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "codec/line.h"
#include "codec/strict.h"
#include "lobby/desk.h"

#define LOBBY_PREFIX "comity1:"
enum {
    PREFIX_SIZE = sizeof LOBBY_PREFIX - 1,
    SUM_SIZE = 4,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING
};

/* A line that lost its end in a chat window is not taken for a shorter invitation. */
static struct hash sum_of(struct bytes bytes)
{
    return hash_of("comity/invitation/v1", bytes);
}

static ProtobufCBinaryData data_of(const uint8_t *data, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = (uint8_t *)(uintptr_t)data};
}

void lobby_draw(struct lobby_invitation *invitation)
{
    randombytes_buf(invitation->id, sizeof invitation->id);
    randombytes_buf(invitation->secret, sizeof invitation->secret);
}

enum comity_error lobby_line_write(const struct lobby_invitation *invitation,
                                   char ret_line[LOBBY_LINE_MAX + 1])
{
    Comity__V1__Invitation message = COMITY__V1__INVITATION__INIT;
    struct buffer bytes = {0};
    message.version = 1;
    message.key = data_of(invitation->key, KEY_SIZE);
    message.address = (char *)(uintptr_t)invitation->address;
    message.id = data_of(invitation->id, LOBBY_ID_SIZE);
    message.secret = data_of(invitation->secret, LOBBY_SECRET_SIZE);
    message.forum = (char *)(uintptr_t)invitation->forum;
    message.seat = (char *)(uintptr_t)invitation->seat;
    message.expires_ms = invitation->expires_ms;
    enum comity_error error = strict_pack(&message.base, &bytes);
    if (error == COMITY_OK)
        error = buffer_append(&bytes, sum_of(buffer_bytes(&bytes)).bytes, SUM_SIZE);
    if (error == COMITY_OK &&
        PREFIX_SIZE + sodium_base64_encoded_len(bytes.size, BASE64) > LOBBY_LINE_MAX + 1)
        error = COMITY_LIMIT;
    if (error == COMITY_OK) {
        memcpy(ret_line, LOBBY_PREFIX, PREFIX_SIZE);
        (void)sodium_bin2base64(ret_line + PREFIX_SIZE, LOBBY_LINE_MAX + 1 - PREFIX_SIZE,
                                bytes.data, bytes.size, BASE64);
    }
    buffer_free(&bytes);
    return error;
}

static bool is_space(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

static enum comity_error check(const Comity__V1__Invitation *message, struct fault *fault)
{
    if (message->version != 1)
        return fault_set(fault, COMITY_FOREIGN, "this invitation is of a newer Comity");
    if (message->key.len != KEY_SIZE || message->id.len != LOBBY_ID_SIZE ||
        message->secret.len != LOBBY_SECRET_SIZE ||
        !line_is_valid(message->address, 1, LOBBY_ADDRESS_MAX) ||
        !line_is_valid(message->forum, 1, NAME_MAX_SIZE) ||
        !line_is_valid(message->seat, 0, SEAT_NAME_MAX))
        return fault_set(fault, COMITY_INVALID, "this invitation is malformed");
    return COMITY_OK;
}

static enum comity_error unpack(struct bytes bytes, struct arena *arena,
                                struct lobby_invitation *ret_invitation, struct fault *fault)
{
    ProtobufCMessage *unpacked = NULL;
    if (strict_unpack(&comity__v1__invitation__descriptor, bytes, 1, arena, &unpacked, NULL) !=
        COMITY_OK)
        return fault_set(fault, COMITY_INVALID, "this invitation is incomplete or was changed");
    const Comity__V1__Invitation *message = (const Comity__V1__Invitation *)unpacked;
    enum comity_error error = check(message, fault);
    if (error != COMITY_OK)
        return error;
    struct lobby_invitation to = {.expires_ms = message->expires_ms};
    memcpy(to.key, message->key.data, KEY_SIZE);
    memcpy(to.id, message->id.data, LOBBY_ID_SIZE);
    memcpy(to.secret, message->secret.data, LOBBY_SECRET_SIZE);
    (void)snprintf(to.address, sizeof to.address, "%s", message->address);
    (void)snprintf(to.forum, sizeof to.forum, "%s", message->forum);
    (void)snprintf(to.seat, sizeof to.seat, "%s", message->seat);
    *ret_invitation = to;
    return COMITY_OK;
}

enum comity_error lobby_line_read(const char *line, struct lobby_invitation *ret_invitation,
                                  struct fault *fault)
{
    uint8_t bytes[LOBBY_LINE_MAX];
    size_t size = 0;
    while (is_space(*line))
        line++;
    size_t length = strlen(line);
    while (length > 0 && is_space(line[length - 1]))
        length--;
    if (length < PREFIX_SIZE || memcmp(line, LOBBY_PREFIX, PREFIX_SIZE) != 0)
        return fault_set(fault, COMITY_INVALID, "an invitation begins with `%s`", LOBBY_PREFIX);
    if (length > LOBBY_LINE_MAX ||
        sodium_base642bin(bytes, sizeof bytes, line + PREFIX_SIZE, length - PREFIX_SIZE, NULL,
                          &size, NULL, BASE64) != 0 ||
        size < SUM_SIZE ||
        memcmp(sum_of(bytes_of(bytes, size - SUM_SIZE)).bytes, bytes + size - SUM_SIZE, SUM_SIZE) !=
            0)
        return fault_set(fault, COMITY_INVALID, "this invitation is incomplete or was changed");
    struct arena arena;
    arena_init(&arena, 0);
    enum comity_error error =
        unpack(bytes_of(bytes, size - SUM_SIZE), &arena, ret_invitation, fault);
    arena_free(&arena);
    return error;
}
