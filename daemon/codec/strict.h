/* SPDX-License-Identifier: Apache-2.0 */
/* strict.h - unpacks a protobuf message only if it is exactly what its .proto file says.
 *
 * protobuf-c keeps unknown fields, lets the last of a repeated singular win and allocates by what
 * the wire says; so we unpack by its descriptors ourselves. A message has one encoding, the one
 * that every protoc writes: fields in ascending order, repeated scalars packed, no field that
 * carries its default (outside a oneof), shortest varints. Refused are: anything else, unknown
 * fields and enum values, a singular field twice, two members of a oneof, wrong wire types,
 * ill-formed UTF-8 or a zero byte in strings, trailing bytes, nesting deeper than
 * STRICT_DEPTH_MAX and more than `items_max` repeated elements in all. So what is unpacked, packed
 * again, gives the same bytes, and the memory it takes is bounded by their number. */
#ifndef COMITY_CODEC_STRICT_H
#define COMITY_CODEC_STRICT_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

enum { STRICT_DEPTH_MAX = 8 };

/* The message's memory comes from the arena: never call its free_unpacked. COMITY_INVALID: the
 * fault names the field; COMITY_LIMIT; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error
strict_unpack(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes, uint32_t items_max,
              struct arena *arena, ProtobufCMessage **ret_message, struct fault *fault);
/* The same, but fields of type `bytes` point into `bytes`, which must outlive the message. */
COMITY_MUST_CHECK enum comity_error
strict_borrow(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes, uint32_t items_max,
              struct arena *arena, ProtobufCMessage **ret_message, struct fault *fault);
/* Pack and append. COMITY_MEMORY: nothing appended. */
COMITY_MUST_CHECK enum comity_error strict_pack(const ProtobufCMessage *message,
                                                struct buffer *ret_bytes);

#endif
