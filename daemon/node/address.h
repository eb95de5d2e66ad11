/* SPDX-License-Identifier: Apache-2.0 */
/* address.h - `host:port` as people write it: `192.0.2.7:4750`, `[2001:db8::7]:4750`,
 * `aldmark.example:4750`, `tcp://` in front or not. */
#ifndef COMITY_NODE_ADDRESS_H
#define COMITY_NODE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum { ADDRESS_HOST_SIZE = 256 };

struct address {
    char host[ADDRESS_HOST_SIZE]; /* Without brackets. */
    uint16_t port;                /* Never 0. */
    bool numeric;                 /* An IPv4 or IPv6 address, no name to look up. */
};

/* COMITY_INVALID: *ret_why is what is wrong, a phrase in static storage. */
COMITY_MUST_CHECK enum comity_error address_parse(const char *text, struct address *ret_address,
                                                  const char **ret_why);
/* The same for a place to listen at: `tcp://` is required, the host may be `*`. */
COMITY_MUST_CHECK enum comity_error
address_parse_listen(const char *text, struct address *ret_address, const char **ret_why);

#endif
