/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.h - turns the host names of configured peers into numeric addresses, beside the loop
 * (glibc's getaddrinfo_a), because the wire takes numeric ones only and a lookup may hang. A peer
 * that is not heard is looked up again now and then: it may have moved. */
#ifndef COMITY_NODE_RESOLVE_H
#define COMITY_NODE_RESOLVE_H

#include "base/error.h"
#include "node/config.h"
#include "wire/wire.h"

struct resolver;

/* One entry per configured peer with an address. COMITY_MEMORY; COMITY_INVALID: an address is not
 * host:port. */
COMITY_MUST_CHECK enum comity_error
resolver_open(const struct config *config, struct resolver **ret_resolver, struct fault *fault);
/* Is the peer's address numeric already? Then the wire may dial it at once. */
bool resolver_is_numeric(const struct resolver *self, const uint8_t key[KEY_SIZE]);
void resolver_close(struct resolver **self);
/* Call now and then: starts lookups that are due, gives what was found to the wire. */
void resolver_turn(struct resolver *self, struct wire *wire, int64_t now_ms);

#endif
