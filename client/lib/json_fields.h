/* SPDX-License-Identifier: Apache-2.0 */
/* json_fields.h - what both directions of JSON agree on: names of fields and of enum values. */
#ifndef COMITY_LIB_JSON_FIELDS_H
#define COMITY_LIB_JSON_FIELDS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

enum { JSON_KEY_SIZE = 64, JSON_DEPTH_MAX = 16, JSON_WORD_SIZE = 64 };

/* A signed 64-bit number called `x_ms`. */
bool json_field_is_time(const ProtobufCFieldDescriptor *field);
/* `closes_at` for a time `closes_ms`, else the field's own name. */
void json_field_key(const ProtobufCFieldDescriptor *field, char ret_key[JSON_KEY_SIZE]);
/* `roll-call` for RULING_ROLL_CALL; "" for ..._UNSPECIFIED. */
void json_enum_word(const ProtobufCEnumDescriptor *descriptor, const ProtobufCEnumValue *value,
                    char ret_word[JSON_WORD_SIZE]);

#endif
