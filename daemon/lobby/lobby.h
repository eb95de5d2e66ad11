/* SPDX-License-Identifier: Apache-2.0 */
/* lobby.h - the desk before a forum exists: invitations are written, newcomers ask for seats, the
 * convener says yes or no, and when the charter is sealed whoever was admitted gets it
 * (proto/lobby.proto, DESIGN.md section 8). No sockets, no clock, no files: the node lends those.
 *
 * Whoever asks is a stranger until its invitation, its signature and its transport key agree;
 * what it sends is decoded strictly and reaches no assertion. */
#ifndef COMITY_LOBBY_LOBBY_H
#define COMITY_LOBBY_LOBBY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "identity/identity.h"
#include "model/limits.h"

enum {
    LOBBY_ID_SIZE = 8,
    LOBBY_SECRET_SIZE = 16,
    LOBBY_TICKETS_MAX = 512,
    LOBBY_APPLICANTS_MAX = 512,
    LOBBY_LINE_MAX = 512,    /* Characters of an invitation. */
    LOBBY_ADDRESS_MAX = 127, /* `192.0.2.7:4751` */
    LOBBY_RULES_MAX = 64 * 1024,
    LOBBY_FRAME_MAX = 1024, /* Of a request. */
};

struct lobby;

struct lobby_seat {
    const char *name, *title;
};

struct lobby_template {
    const char *forum, *title, *rules;
    const char *listen;
    const struct lobby_seat *seats; /* Those without a key. */
    uint32_t seats_count;
    bool admits_all;
};

enum lobby_standing { LOBBY_STANDS_WAITING = 1, LOBBY_STANDS_ADMITTED, LOBBY_STANDS_REFUSED };

struct lobby_applicant {
    uint8_t key[KEY_SIZE];
    char seat[SEAT_NAME_MAX + 1];
    char address[LOBBY_ADDRESS_MAX + 1]; /* Empty: it dials. */
    enum lobby_standing standing;
    char line[160]; /* Why refused. */
    int64_t asked_ms;
};

/* The convener's own words of invitation, and the line they make. */
struct lobby_invitation {
    uint8_t key[KEY_SIZE];
    char address[LOBBY_ADDRESS_MAX + 1];
    uint8_t id[LOBBY_ID_SIZE];
    uint8_t secret[LOBBY_SECRET_SIZE];
    char forum[NAME_MAX_SIZE + 1];
    char seat[SEAT_NAME_MAX + 1]; /* Empty: any. */
    int64_t expires_ms;           /* UTC; 0: with the lobby. */
};

/* `comity1:...`. COMITY_LIMIT: the line would not fit. */
COMITY_MUST_CHECK enum comity_error lobby_line_write(const struct lobby_invitation *invitation,
                                                     char ret_line[LOBBY_LINE_MAX + 1]);
/* White space around it is no matter. COMITY_INVALID, COMITY_FOREIGN: of a newer version. */
COMITY_MUST_CHECK enum comity_error
lobby_line_read(const char *line, struct lobby_invitation *ret_invitation, struct fault *fault);

void lobby_draw(struct lobby_invitation *invitation); /* A new id and a new secret. */

/* COMITY_INVALID: a seat twice or no seat; COMITY_LIMIT; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error lobby_open(const struct lobby_template *from,
                                               struct lobby **ret_lobby, struct fault *fault);
void lobby_close(struct lobby **self); /* NULL-safe and nulling. */

/* What lobby_load gives back the same. COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error lobby_save(const struct lobby *self, struct buffer *ret_bytes);
COMITY_MUST_CHECK enum comity_error lobby_load(struct bytes bytes, struct lobby **ret_lobby,
                                               struct fault *fault);

/* Enter a ticket for `invitation`, whose id and secret the caller drew. COMITY_NOT_FOUND: no such
 * seat; COMITY_CONFLICT: it is taken; COMITY_CLOSED: the charter is sealed; COMITY_LIMIT. */
COMITY_MUST_CHECK enum comity_error
lobby_invite(struct lobby *self, const struct lobby_invitation *invitation, struct fault *fault);
/* Answer a request that came from `curve`, as `desk` (the convener) at now_ms (UTC); `host` is
 * where it came from, for an address that is only `:PORT`. False: it is no request, nothing is
 * answered. ret_changed: what lobby_save gives is another. The answer is appended. */
bool lobby_answer(struct lobby *self, const uint8_t desk[KEY_SIZE], struct bytes request,
                  const uint8_t curve[CURVE_KEY_SIZE], const char *host, int64_t now_ms,
                  struct buffer *ret_answer, bool *ret_changed);
/* COMITY_NOT_FOUND: nobody asks for that seat or has that key; COMITY_CONFLICT: another has been
 * admitted to the seat; COMITY_CLOSED: the charter is sealed. */
COMITY_MUST_CHECK enum comity_error lobby_admit(struct lobby *self, const uint8_t key[KEY_SIZE],
                                                struct fault *fault);
COMITY_MUST_CHECK enum comity_error lobby_refuse(struct lobby *self, const uint8_t key[KEY_SIZE],
                                                 const char *why, struct fault *fault);
/* The charter is this, and names each who was admitted. `dial` is how the convener is reached;
 * empty: not. The caller checked the charter against the applicants. COMITY_CLOSED: it is
 * sealed. */
COMITY_MUST_CHECK enum comity_error lobby_seal(struct lobby *self, struct bytes charter,
                                               const char *dial, struct fault *fault);

const char *lobby_forum(const struct lobby *self);
const char *lobby_title(const struct lobby *self);
const char *lobby_rules(const struct lobby *self);
const char *lobby_listen(const struct lobby *self);
bool lobby_admits_all(const struct lobby *self);
bool lobby_is_sealed(const struct lobby *self);
uint32_t lobby_seats_count(const struct lobby *self);
struct lobby_seat lobby_seat_at(const struct lobby *self, uint32_t index);
uint32_t lobby_tickets_count(const struct lobby *self);
uint32_t lobby_applicants_count(const struct lobby *self);
const struct lobby_applicant *lobby_applicant_at(const struct lobby *self, uint32_t index);

/* The newcomer's side: the frame to ask with, and what an answer says (strings in the arena). */
COMITY_MUST_CHECK enum comity_error lobby_request(const struct identity *identity,
                                                  const struct lobby_invitation *invitation,
                                                  const char *seat, const char *address,
                                                  struct buffer *ret_frame);
enum lobby_state { LOBBY_WAITS = 1, LOBBY_ADMITS, LOBBY_REFUSES, LOBBY_SEALS };
struct lobby_peer {
    const uint8_t *key;
    const char *address;
};
struct lobby_reply {
    enum lobby_state state;
    const char *line, *seat, *forum, *title, *rules;
    struct bytes charter;
    struct lobby_peer *peers;
    uint32_t peers_count;
};
COMITY_MUST_CHECK enum comity_error lobby_reply_read(struct bytes frame, struct arena *arena,
                                                     struct lobby_reply *ret_reply,
                                                     struct fault *fault);

#endif
