/* SPDX-License-Identifier: Apache-2.0 */
/* session_relay.h - peers that are reached through others (session_relay.c), for the session_*.c
 * files only. */
#ifndef COMITY_NODE_SESSION_RELAY_H
#define COMITY_NODE_SESSION_RELAY_H

#include "node/session_state.h"

enum comity_error session_open_overlay(struct session *self);
/* What is not sent to `peer` directly but goes out with session_relay_out; false: send it. */
bool session_relay_takes(struct session *self, uint32_t peer);
void session_relay_out(struct session *self, enum wire_urgency urgency);
void session_take_relay(struct session *self, uint32_t peer, const struct peer_message *message);
void session_take_routes(struct session *self, uint32_t peer, const struct peer_message *message);
/* Is the peer heard over any path? */
bool session_hears(struct session *self, uint32_t peer);
void session_tend_overlay(struct session *self);

#endif
