/* SPDX-License-Identifier: Apache-2.0 */
/* reception.h - where the lobby meets the daemon: it opens the door and answers there for the
 * convener, or knocks at somebody else's until there is a charter. What it knows is in the store,
 * so a restart loses nothing. Also keeps the addresses of peers that were learned so. */
#ifndef COMITY_NODE_RECEPTION_H
#define COMITY_NODE_RECEPTION_H

#include "identity/identity.h"
#include "lobby/lobby.h"
#include "store/store.h"
#include "wire/wire.h"

enum { RECEPTION_ASK_MS = 1000, RECEPTION_SEAT_MAX = SEAT_NAME_MAX };

/* What came of asking for a seat. */
struct asking {
    bool active; /* An invitation is being followed, or was answered for good. */
    struct lobby_invitation invitation;
    char seat[RECEPTION_SEAT_MAX + 1]; /* As asked for; empty: any. */
    char address[LOBBY_ADDRESS_MAX + 1];
    enum lobby_state state; /* 0: no answer yet. */
    char line[256], given[RECEPTION_SEAT_MAX + 1];
    char title[TITLE_MAX + 1];
    struct buffer rules, charter;
    int64_t next_ms; /* Steady: when to ask again. */
};

struct reception {
    struct wire *wire;
    struct store *store;
    const struct identity *identity;
    struct lobby *lobby;          /* The convener's; NULL: none. */
    uint8_t (*learned)[KEY_SIZE]; /* Peers with an address that is kept here. */
    size_t learned_count;
    struct asking asking;
};

/* Goes on where the store says. COMITY_NETWORK: the lobby's address cannot be bound now; it stays
 * shut and the log says so. Other errors: what is kept is damaged. */
COMITY_MUST_CHECK enum comity_error reception_open(struct reception *self, struct wire *wire,
                                                   struct store *store,
                                                   const struct identity *identity,
                                                   struct fault *fault);
void reception_close(struct reception *self);
/* Once a turn: answer who asks, ask again where we do. */
void reception_turn(struct reception *self, int64_t now_ms, int64_t utc_ms);
/* Steady time of its next turn that matters; INT64_MAX: none. */
int64_t reception_deadline_ms(const struct reception *self);

/* COMITY_EXISTS: there is a lobby that is not sealed. COMITY_NETWORK: the address cannot be
 * bound. */
COMITY_MUST_CHECK enum comity_error
reception_start(struct reception *self, const struct lobby_template *from, struct fault *fault);
COMITY_MUST_CHECK enum comity_error reception_end(struct reception *self);
/* `host`: how newcomers reach this machine. Draws the secret. */
COMITY_MUST_CHECK enum comity_error reception_invite(struct reception *self, const char *seat,
                                                     const char *host, int64_t expires_ms,
                                                     char ret_line[LOBBY_LINE_MAX + 1],
                                                     struct fault *fault);
/* After any change of the lobby by its own functions: on disk before it is told. */
COMITY_MUST_CHECK enum comity_error reception_keep(struct reception *self);
/* Follow this line. Replaces what was asked before. */
COMITY_MUST_CHECK enum comity_error reception_ask(struct reception *self, const char *line,
                                                  const char *seat, const char *address,
                                                  struct fault *fault);
void reception_stop_asking(struct reception *self);
/* Is it dialled because of what was learned here? */
bool reception_knows(const struct reception *self, const uint8_t key[KEY_SIZE]);
/* Dial a peer from now on, also after a restart. */
COMITY_MUST_CHECK enum comity_error reception_add_peer(struct reception *self,
                                                       const uint8_t key[KEY_SIZE],
                                                       const char *address, struct fault *fault);

#endif
