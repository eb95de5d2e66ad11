/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - how other machines reach this one. */
#ifndef COMITY_CLI_HOST_H
#define COMITY_CLI_HOST_H

#include "base/error.h"

enum { HOST_SIZE = 64 };

/* `wanted`, which must be numeric; NULL: the first address of this machine that is not loopback,
 * and not of a bridge where there is another; 127.0.0.1 if there is none. COMITY_USAGE. */
COMITY_MUST_CHECK enum comity_error host_choose(const char *wanted, char ret_host[HOST_SIZE],
                                                struct fault *fault);

#endif
