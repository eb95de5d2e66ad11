/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c - a message from JSON, by reflection over its descriptor. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/calendar.h"
#include "comity_json.h"
#include "json_fields.h"

struct reading {
    struct arena *arena;
    struct fault *fault;
    int depth;
};

static enum comity_error out_of_memory(const struct reading *self)
{
    return fault_set(self->fault, COMITY_MEMORY, "out of memory");
}

static enum comity_error expected(const struct reading *self, const char *key, const char *what)
{
    return fault_set(self->fault, COMITY_INVALID, "\"%s\": expected %s", key, what);
}

static enum comity_error read_message(struct reading *self, const json_t *json,
                                      const ProtobufCMessageDescriptor *descriptor,
                                      ProtobufCMessage **ret_message);

static enum comity_error read_text(struct reading *self, const json_t *json, const char *key,
                                   const char **ret_text)
{
    if (!json_is_string(json))
        return expected(self, key, "a string");
    const char *text =
        arena_text(self->arena, bytes_of(json_string_value(json), json_string_length(json)));
    if (text == NULL)
        return out_of_memory(self);
    *ret_text = text;
    return COMITY_OK;
}

static enum comity_error read_bytes(struct reading *self, const json_t *json, const char *key,
                                    ProtobufCBinaryData *ret_data)
{
    size_t size = json_is_string(json) ? json_string_length(json) : 1;
    if (size % 2 != 0)
        return expected(self, key, "hexadecimal digits, two for each byte");
    uint8_t *data = arena_alloc(self->arena, size / 2 + 1);
    if (data == NULL)
        return out_of_memory(self);
    if (hex_to_bytes(json_string_value(json), data, size / 2) != COMITY_OK)
        return expected(self, key, "hexadecimal digits, two for each byte");
    *ret_data = (ProtobufCBinaryData){.len = size / 2, .data = data};
    return COMITY_OK;
}

static enum comity_error read_enum(struct reading *self, const json_t *json, const char *key,
                                   const ProtobufCEnumDescriptor *descriptor, int *ret_value)
{
    char words[256] = "one of";
    for (unsigned i = 0; i < descriptor->n_values; i++) {
        char word[JSON_WORD_SIZE];
        json_enum_word(descriptor, &descriptor->values[i], word);
        if (word[0] == '\0')
            continue;
        if (json_is_string(json) && strcmp(json_string_value(json), word) == 0) {
            *ret_value = descriptor->values[i].value;
            return COMITY_OK;
        }
        if (strlen(words) + strlen(word) + 2 < sizeof words) {
            strcat(words, " ");
            strcat(words, word);
        }
    }
    return expected(self, key, words);
}

static enum comity_error read_signed(struct reading *self, const json_t *json,
                                     const ProtobufCFieldDescriptor *field, const char *key,
                                     int64_t *ret_value)
{
    if (json_is_integer(json)) {
        *ret_value = json_integer_value(json);
        return COMITY_OK;
    }
    if (!json_field_is_time(field))
        return expected(self, key, "a whole number");
    if (!json_is_string(json) || calendar_parse(json_string_value(json), ret_value) != COMITY_OK)
        return expected(self, key, "a time such as 2016-10-05 or 2016-10-05T12:30Z");
    return COMITY_OK;
}

static enum comity_error read_unsigned(struct reading *self, const json_t *json, const char *key,
                                       uint64_t most, uint64_t *ret_value)
{
    uint64_t value = 0;
    bool good = false;
    if (json_is_integer(json) && json_integer_value(json) >= 0) {
        value = (uint64_t)json_integer_value(json);
        good = true;
    } else if (json_is_string(json) && json_string_value(json)[0] >= '0' &&
               json_string_value(json)[0] <= '9') {
        char *end = NULL;
        errno = 0;
        value = strtoull(json_string_value(json), &end, 10);
        good = errno == 0 && *end == '\0';
    }
    if (!good || value > most)
        return expected(self, key, "a whole number that is not negative and not too large");
    *ret_value = value;
    return COMITY_OK;
}

static enum comity_error read_value(struct reading *self, const json_t *json,
                                    const ProtobufCFieldDescriptor *field, const char *key,
                                    void *ret_at)
{
    uint64_t number = 0;
    enum comity_error error;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
        return read_signed(self, json, field, key, ret_at);
    case PROTOBUF_C_TYPE_UINT64:
        return read_unsigned(self, json, key, UINT64_MAX, ret_at);
    case PROTOBUF_C_TYPE_UINT32:
        error = read_unsigned(self, json, key, UINT32_MAX, &number);
        if (error == COMITY_OK)
            *(uint32_t *)ret_at = (uint32_t)number;
        return error;
    case PROTOBUF_C_TYPE_BOOL:
        if (!json_is_boolean(json))
            return expected(self, key, "true or false");
        *(protobuf_c_boolean *)ret_at = json_is_true(json);
        return COMITY_OK;
    case PROTOBUF_C_TYPE_ENUM:
        return read_enum(self, json, key, field->descriptor, ret_at);
    case PROTOBUF_C_TYPE_STRING:
        return read_text(self, json, key, ret_at);
    case PROTOBUF_C_TYPE_BYTES:
        return read_bytes(self, json, key, ret_at);
    case PROTOBUF_C_TYPE_MESSAGE:
        error = read_message(self, json, field->descriptor, ret_at);
        return error == COMITY_INVALID ? fault_prefix(self->fault, error, "in \"%s\": ", key)
                                       : error;
    default: /* The kinds of number no message of ours has. */
        return expected(self, key, "nothing: this kind of field is not read");
    }
}

static enum comity_error read_array(struct reading *self, const json_t *json,
                                    const ProtobufCFieldDescriptor *field, const char *key,
                                    char *message)
{
    if (!json_is_array(json))
        return expected(self, key, "a list");
    size_t count = json_array_size(json);
    /* Eight bytes hold any element but bytes, which have two words. */
    size_t size = field->type == PROTOBUF_C_TYPE_BYTES    ? sizeof(ProtobufCBinaryData)
                  : field->type == PROTOBUF_C_TYPE_UINT32 ? sizeof(uint32_t)
                                                          : sizeof(uint64_t);
    if (field->type == PROTOBUF_C_TYPE_ENUM || field->type == PROTOBUF_C_TYPE_BOOL)
        return expected(self, key, "nothing: lists of this kind are not read");
    char *elements = arena_array(self->arena, count > 0 ? count : 1, size);
    if (elements == NULL)
        return out_of_memory(self);
    for (size_t i = 0; i < count; i++) {
        enum comity_error error =
            read_value(self, json_array_get(json, i), field, key, elements + i * size);
        if (error != COMITY_OK)
            return error;
    }
    *(void **)(void *)(message + field->offset) = elements;
    *(size_t *)(void *)(message + field->quantifier_offset) = count;
    return COMITY_OK;
}

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *descriptor,
                                                  const char *key)
{
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        char name[JSON_KEY_SIZE];
        json_field_key(&descriptor->fields[i], name);
        if (strcmp(key, name) == 0 || strcmp(key, descriptor->fields[i].name) == 0)
            return &descriptor->fields[i];
    }
    return NULL;
}

static enum comity_error read_field(struct reading *self, const json_t *json, const char *key,
                                    ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = find_field(message->descriptor, key);
    if (field == NULL)
        return fault_set(self->fault, COMITY_INVALID, "there is no \"%s\" in %s", key,
                         message->descriptor->short_name);
    if (json_is_null(json))
        return COMITY_OK;
    char *base = (char *)message;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_array(self, json, field, key, base);
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        uint32_t *which = (uint32_t *)(void *)(base + field->quantifier_offset);
        if (*which != 0)
            return fault_set(self->fault, COMITY_INVALID,
                             "\"%s\": only one thing can be said at a time in %s", key,
                             message->descriptor->short_name);
        *which = field->id;
    }
    return read_value(self, json, field, key, base + field->offset);
}

static enum comity_error read_message(struct reading *self, const json_t *json,
                                      const ProtobufCMessageDescriptor *descriptor,
                                      ProtobufCMessage **ret_message)
{
    if (!json_is_object(json))
        return fault_set(self->fault, COMITY_INVALID, "expected an object {...}");
    if (self->depth >= JSON_DEPTH_MAX)
        return fault_set(self->fault, COMITY_LIMIT, "nested deeper than %d", JSON_DEPTH_MAX);
    ProtobufCMessage *message = arena_alloc(self->arena, descriptor->sizeof_message);
    if (message == NULL)
        return out_of_memory(self);
    descriptor->message_init(message);
    self->depth++;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)json, key, value)
    {
        enum comity_error error = read_field(self, value, key, message);
        if (error != COMITY_OK)
            return error;
    }
    self->depth--;
    *ret_message = message;
    return COMITY_OK;
}

enum comity_error comity_json_to(const json_t *json, const ProtobufCMessageDescriptor *descriptor,
                                 struct arena *arena, ProtobufCMessage **ret_message,
                                 struct fault *fault)
{
    struct reading reading = {.arena = arena, .fault = fault};
    return read_message(&reading, json, descriptor, ret_message);
}
