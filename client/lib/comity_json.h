/* SPDX-License-Identifier: Apache-2.0 */
/* comity_json.h - libcomity: any message of proto/ as JSON and back, by reflection.
 *
 * Keys are the field names, in the order of their numbers. Bytes are hex. A signed number named
 * `x_ms` is a time: its key is `x_at`, its value an ISO 8601 string in UTC, null where it is 0.
 * Enums are lower-case words without their prefix (`roll-call`), null where unspecified. Numbers
 * above 2^63-1 are decimal strings. Messages that are not set are null; members of a oneof that
 * are not set are left out. */
#ifndef COMITY_JSON_H
#define COMITY_JSON_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "client.pb-c.h"

/* The caller owns the value (json_decref). COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error comity_json_from(const ProtobufCMessage *message,
                                                     json_t **ret_json);
/* What comity_json_from writes, read again; times also as `x_ms` in milliseconds; whatever is not
 * there stays unset. Strings and arrays are the arena's. COMITY_INVALID: the fault names the key
 * and what was expected; COMITY_LIMIT: nested too deep; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error
comity_json_to(const json_t *json, const ProtobufCMessageDescriptor *descriptor,
               struct arena *arena, ProtobufCMessage **ret_message, struct fault *fault);

#endif
