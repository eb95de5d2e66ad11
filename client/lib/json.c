/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - a message as JSON, by reflection over its descriptor. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/calendar.h"
#include "comity_json.h"
#include "json_fields.h"

bool json_field_is_time(const ProtobufCFieldDescriptor *field)
{
    size_t size = strlen(field->name);
    bool is_signed = field->type == PROTOBUF_C_TYPE_SINT64 || field->type == PROTOBUF_C_TYPE_INT64;
    return is_signed && size > 3 && strcmp(field->name + size - 3, "_ms") == 0;
}

void json_field_key(const ProtobufCFieldDescriptor *field, char ret_key[JSON_KEY_SIZE])
{
    if (json_field_is_time(field))
        (void)snprintf(ret_key, JSON_KEY_SIZE, "%.*s_at", (int)strlen(field->name) - 3,
                       field->name);
    else
        (void)snprintf(ret_key, JSON_KEY_SIZE, "%s", field->name);
}

/* What the names of all values begin with, up to and including the last underscore. */
static size_t prefix_size(const ProtobufCEnumDescriptor *descriptor)
{
    const char *first = descriptor->values[0].name;
    size_t shared = strlen(first);
    for (unsigned i = 1; i < descriptor->n_values; i++) {
        size_t same = 0;
        while (same < shared && first[same] == descriptor->values[i].name[same])
            same++;
        shared = same;
    }
    while (shared > 0 && first[shared - 1] != '_')
        shared--;
    return shared;
}

void json_enum_word(const ProtobufCEnumDescriptor *descriptor, const ProtobufCEnumValue *value,
                    char ret_word[JSON_WORD_SIZE])
{
    const char *name = value->name + prefix_size(descriptor);
    size_t at = 0;
    for (; name[at] != '\0' && at + 1 < JSON_WORD_SIZE; at++)
        ret_word[at] = name[at] == '_' ? '-' : (char)tolower((unsigned char)name[at]);
    ret_word[at] = '\0';
    if (strcmp(ret_word, "unspecified") == 0)
        ret_word[0] = '\0';
}

static json_t *from_message(const ProtobufCMessage *message, int depth);

static json_t *from_enum(const ProtobufCEnumDescriptor *descriptor, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(descriptor, number);
    if (value == NULL)
        return json_integer(number);
    char word[JSON_WORD_SIZE];
    json_enum_word(descriptor, value, word);
    return word[0] != '\0' ? json_string(word) : json_null();
}

static json_t *from_bytes(const ProtobufCBinaryData *data)
{
    char *hex = malloc(2 * data->len + 1);
    if (hex == NULL)
        return NULL;
    hex_from_bytes(data->data, data->len, hex);
    json_t *json = json_string(hex);
    free(hex);
    return json;
}

static json_t *from_time(int64_t ms)
{
    if (ms == 0)
        return json_null();
    char text[CALENDAR_TEXT_SIZE + 16];
    calendar_format(ms, text);
    if (strchr(text, 'T') == NULL)
        (void)snprintf(text + strlen(text), 16, "T00:00:00Z");
    return json_string(text);
}

static json_t *from_unsigned(uint64_t value)
{
    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    return json_string(text);
}

/* One value of a field; `at` points at it. NULL: out of memory. */
static json_t *from_value(const ProtobufCFieldDescriptor *field, const void *at, int depth)
{
    const char *text;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        if (json_field_is_time(field))
            return from_time(*(const int64_t *)at);
        return json_integer(*(const int64_t *)at);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return from_unsigned(*(const uint64_t *)at);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return json_integer(*(const int32_t *)at);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return json_integer(*(const uint32_t *)at);
    case PROTOBUF_C_TYPE_BOOL:
        return json_boolean(*(const protobuf_c_boolean *)at);
    case PROTOBUF_C_TYPE_ENUM:
        return from_enum(field->descriptor, *(const int *)at);
    case PROTOBUF_C_TYPE_STRING:
        text = *(char *const *)at;
        return json_string(text != NULL ? text : "");
    case PROTOBUF_C_TYPE_BYTES:
        return from_bytes(at);
    case PROTOBUF_C_TYPE_MESSAGE:
        if (*(ProtobufCMessage *const *)at == NULL)
            return json_null();
        return from_message(*(ProtobufCMessage *const *)at, depth + 1);
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        break; /* No message of ours has one. */
    }
    return json_null();
}

static size_t size_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_ENUM:
        return sizeof(int);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return 4;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    }
    return 0;
}

static json_t *from_array(const ProtobufCFieldDescriptor *field, const void *base, size_t count,
                          int depth)
{
    json_t *array = json_array();
    for (size_t i = 0; array != NULL && i < count; i++) {
        const char *at = (const char *)base + i * size_of(field->type);
        if (json_array_append_new(array, from_value(field, at, depth)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *from_message(const ProtobufCMessage *message, int depth)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    json_t *object = depth < JSON_DEPTH_MAX ? json_object() : NULL;
    for (unsigned i = 0; object != NULL && i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        const char *at = (const char *)message + field->offset;
        const char *quantifier = (const char *)message + field->quantifier_offset;
        json_t *value;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            value = from_array(field, *(void *const *)(const void *)at,
                               *(const size_t *)(const void *)quantifier, depth);
        } else {
            if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
                *(const uint32_t *)(const void *)quantifier != field->id)
                continue;
            value = from_value(field, at, depth);
        }
        char key[JSON_KEY_SIZE];
        json_field_key(field, key);
        if (json_object_set_new(object, key, value) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

enum comity_error comity_json_from(const ProtobufCMessage *message, json_t **ret_json)
{
    json_t *json = from_message(message, 0);
    if (json == NULL)
        return COMITY_MEMORY;
    *ret_json = json;
    return COMITY_OK;
}
