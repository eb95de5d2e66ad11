/* SPDX-License-Identifier: Apache-2.0 */
/* strict.h - unpacks a protobuf message only if it is exactly what its .proto file says.
 *
 * protobuf-c keeps unknown fields, lets the last of a repeated singular win and allocates by what
 * the wire says; so a scan of the bytes against the descriptor comes first. It refuses unknown
 * fields, a singular field twice, two members of a oneof, wrong wire types, over-long varints,
 * ill-formed UTF-8 in strings, trailing bytes, nesting deeper than 8 and more than `items_max`
 * repeated elements in all, and so bounds what unpacking can allocate. */
#ifndef COMITY_CODEC_STRICT_H
#define COMITY_CODEC_STRICT_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

/* The message's memory comes from the arena: never call its free_unpacked. COMITY_INVALID: the
 * fault names the field; COMITY_LIMIT; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error strict_unpack(const ProtobufCMessageDescriptor *descriptor,
                                                  struct bytes bytes, uint32_t items_max,
                                                  struct arena *arena,
                                                  ProtobufCMessage **ret_message,
                                                  struct fault *fault);
/* Pack and append. */
COMITY_MUST_CHECK enum comity_error strict_pack(const ProtobufCMessage *message,
                                                struct buffer *ret_bytes);

#endif
