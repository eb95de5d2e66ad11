/* SPDX-License-Identifier: Apache-2.0 */
/* desk.h - the inside of a lobby, for the files of this room only. */
#ifndef COMITY_LOBBY_DESK_H
#define COMITY_LOBBY_DESK_H

#include "base/hash.h"
#include "lobby.pb-c.h"
#include "lobby/lobby.h"

#define LOBBY_TAG "lobby"

struct desk_seat {
    char name[SEAT_NAME_MAX + 1];
    char title[TITLE_MAX + 1];
};

struct ticket {
    uint8_t id[LOBBY_ID_SIZE];
    struct hash secret_hash;
    char seat[SEAT_NAME_MAX + 1];
    int64_t expires_ms;
    bool is_used; /* For one seat: by this key. */
    uint8_t used_by[KEY_SIZE];
};

struct lobby {
    char forum[NAME_MAX_SIZE + 1];
    char title[TITLE_MAX + 1];
    char listen[LOBBY_ADDRESS_MAX + 1];
    char *rules; /* malloc, as are the arrays. */
    bool admits_all;
    struct desk_seat *seats;
    uint32_t seats_count;
    struct ticket *tickets;
    uint32_t tickets_count;
    struct lobby_applicant *applicants;
    uint32_t applicants_count;
    struct buffer charter; /* Empty until sealed. */
    char dial[LOBBY_ADDRESS_MAX + 1];
};

struct hash desk_secret_hash(const uint8_t secret[LOBBY_SECRET_SIZE]);
/* -1: there is none. */
int32_t desk_find_seat(const struct lobby *self, const char *name);
struct lobby_applicant *desk_find_applicant(struct lobby *self, const uint8_t key[KEY_SIZE]);
/* Who was admitted to the seat, or NULL. */
const struct lobby_applicant *desk_holder(const struct lobby *self, const char *seat);
/* What a newcomer signs. */
COMITY_MUST_CHECK enum comity_error desk_signed_bytes(const uint8_t desk[KEY_SIZE],
                                                      struct bytes invitation, const char *seat,
                                                      struct buffer *ret_bytes);

#endif
