/* SPDX-License-Identifier: Apache-2.0 */
/* bot_line.h - one line of a bot, {"id": 1, "ballot": {"proposal": "P3", "answer": "yes"}}, as a
 * request. The keys are those of Request in proto/client.proto; the acts of Submit may stand
 * directly in it, with "text" beside them. */
#ifndef COMITY_CLI_BOT_LINE_H
#define COMITY_CLI_BOT_LINE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "client.pb-c.h"

/* The request is the arena's. *ret_id is the line's "id", or NULL; it is set also on failure, as
 * far as it was found, and the caller owns it (json_decref). COMITY_INVALID: no JSON object, a key
 * that is wrong, or nothing asked for; COMITY_LIMIT, COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error bot_line_read(const char *text, size_t size,
                                                  struct arena *arena, json_t **ret_id,
                                                  Comity__V1__Request **ret_request,
                                                  struct fault *fault);

#endif
