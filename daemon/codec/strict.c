/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/strict.h"

#include <stdbool.h>
#include <string.h>

enum wire { WIRE_VARINT = 0, WIRE_BYTES = 2 };

/* What is shared by all levels of one message. */
struct strict {
    struct arena *arena;
    struct fault *fault;
    uint32_t items_left;
    bool borrow;
};

struct span {
    const uint8_t *at;
    const uint8_t *end;
};

static enum comity_error message_read(struct strict *self,
                                      const ProtobufCMessageDescriptor *descriptor,
                                      struct span span, uint32_t depth,
                                      ProtobufCMessage **ret_message);

static enum comity_error refuse(struct strict *self, const ProtobufCMessageDescriptor *descriptor,
                                const ProtobufCFieldDescriptor *field, const char *why)
{
    return fault_set(self->fault, COMITY_INVALID, "%s%s%s: %s", descriptor->short_name,
                     field != NULL ? "." : "", field != NULL ? field->name : "", why);
}

/* The shortest form only: at most ten bytes, the last not zero. */
static bool varint_read(struct span *span, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && span->at < span->end; shift += 7) {
        uint8_t byte = *span->at++;
        if (shift == 63 && byte > 1)
            return false;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return byte != 0 || shift == 0;
        }
    }
    return false;
}

static bool bytes_read(struct span *span, struct span *ret_inner)
{
    uint64_t size;
    if (!varint_read(span, &size) || size > (uint64_t)(span->end - span->at))
        return false;
    *ret_inner = (struct span){.at = span->at, .end = span->at + size};
    span->at += size;
    return true;
}

static bool type_is_scalar(ProtobufCType type)
{
    return type != PROTOBUF_C_TYPE_STRING && type != PROTOBUF_C_TYPE_BYTES &&
           type != PROTOBUF_C_TYPE_MESSAGE;
}

static size_t type_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    default:
        return sizeof(uint32_t);
    }
}

/* Store a varint as the field's type. NULL, or why it cannot be. */
static const char *scalar_store(const ProtobufCFieldDescriptor *field, uint64_t value,
                                void *ret_member)
{
    uint32_t narrow = (uint32_t)value;
    switch (field->type) {
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
        memcpy(ret_member, &value, sizeof value);
        return NULL;
    case PROTOBUF_C_TYPE_SINT64:
        value = value >> 1 ^ (0 - (value & 1));
        memcpy(ret_member, &value, sizeof value);
        return NULL;
    case PROTOBUF_C_TYPE_UINT32:
        if (value > UINT32_MAX)
            return "above 32 bits";
        memcpy(ret_member, &narrow, sizeof narrow);
        return NULL;
    case PROTOBUF_C_TYPE_BOOL:
        if (value > 1)
            return "neither true nor false";
        *(protobuf_c_boolean *)ret_member = (protobuf_c_boolean)value;
        return NULL;
    case PROTOBUF_C_TYPE_ENUM:
        if (value > INT32_MAX ||
            protobuf_c_enum_descriptor_get_value(field->descriptor, (int)value) == NULL)
            return "a value this version does not know";
        memcpy(ret_member, &narrow, sizeof narrow);
        return NULL;
    default:
        return "of a type this protocol does not use";
    }
}

/* One value after its tag, into `ret_member`, which has the field's type. */
static enum comity_error value_read(struct strict *self,
                                    const ProtobufCMessageDescriptor *descriptor,
                                    const ProtobufCFieldDescriptor *field, struct span *span,
                                    uint32_t depth, void *ret_member)
{
    if (type_is_scalar(field->type)) {
        uint64_t value;
        if (!varint_read(span, &value))
            return refuse(self, descriptor, field, "cut off, or not the shortest varint");
        const char *why = scalar_store(field, value, ret_member);
        return why == NULL ? COMITY_OK : refuse(self, descriptor, field, why);
    }
    struct span inner;
    if (!bytes_read(span, &inner))
        return refuse(self, descriptor, field, "runs past the end");
    struct bytes bytes = bytes_of(inner.at, (size_t)(inner.end - inner.at));
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        ProtobufCMessage *message = NULL;
        enum comity_error error = message_read(self, field->descriptor, inner, depth + 1, &message);
        if (error == COMITY_OK)
            memcpy(ret_member, &message, sizeof message);
        return error;
    }
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        if (!utf8_is_valid(bytes))
            return refuse(self, descriptor, field, "not UTF-8, or with a zero byte");
        char *text = arena_text(self->arena, bytes);
        if (text == NULL)
            return COMITY_MEMORY;
        memcpy(ret_member, &text, sizeof text);
        return COMITY_OK;
    }
    if (!self->borrow)
        bytes = arena_bytes(self->arena, bytes);
    if (bytes.data == NULL && inner.at != inner.end)
        return COMITY_MEMORY;
    /* protobuf-c has no const; nobody writes through it. */
    ProtobufCBinaryData data = {.len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data};
    memcpy(ret_member, &data, sizeof data);
    return COMITY_OK;
}

static bool member_is_default(const ProtobufCFieldDescriptor *field, const uint8_t *member)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return false;
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData data;
        memcpy(&data, member, sizeof data);
        return data.len == 0;
    }
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text;
        memcpy(&text, member, sizeof text);
        return text[0] == '\0';
    }
    static const uint8_t zeros[sizeof(uint64_t)];
    return memcmp(member, zeros, type_size(field->type)) == 0;
}

/* How many elements follow: of a packed field, or of a run with one tag. Counted on the bytes, so
 * that what is allocated is bounded by what was received. */
static size_t count_packed(struct span span)
{
    size_t count = 0;
    for (; span.at < span.end; span.at++)
        count += *span.at < 0x80;
    return count;
}

static size_t count_run(struct span span, uint64_t tag)
{
    size_t count = 0;
    uint64_t next = tag;
    struct span inner;
    while (next == tag && bytes_read(&span, &inner)) {
        count++;
        if (span.at == span.end || !varint_read(&span, &next))
            break;
    }
    return count;
}

static enum comity_error repeated_read(struct strict *self,
                                       const ProtobufCMessageDescriptor *descriptor,
                                       const ProtobufCFieldDescriptor *field, uint64_t tag,
                                       struct span *span, uint32_t depth, uint8_t *message)
{
    bool packed = type_is_scalar(field->type);
    struct span run = *span;
    if (packed && (!bytes_read(span, &run) || run.at == run.end))
        return refuse(self, descriptor, field, "runs past the end, or is empty");
    size_t count = packed ? count_packed(run) : count_run(run, tag);
    if (count > self->items_left)
        return fault_set(self->fault, COMITY_LIMIT, "%s.%s: too many elements",
                         descriptor->short_name, field->name);
    self->items_left -= (uint32_t)count;
    size_t size = type_size(field->type);
    uint8_t *items = arena_array(self->arena, count, size);
    if (items == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        uint64_t again;
        if (!packed && i > 0 && !varint_read(&run, &again))
            return refuse(self, descriptor, field, "runs past the end");
        enum comity_error error =
            value_read(self, descriptor, field, &run, depth, items + i * size);
        if (error != COMITY_OK)
            return error;
    }
    if (packed ? run.at != run.end : count == 0)
        return refuse(self, descriptor, field, "runs past the end");
    if (!packed)
        *span = run;
    memcpy(message + field->quantifier_offset, &count, sizeof count);
    memcpy(message + field->offset, &items, sizeof items);
    return COMITY_OK;
}

static enum comity_error singular_read(struct strict *self,
                                       const ProtobufCMessageDescriptor *descriptor,
                                       const ProtobufCFieldDescriptor *field, struct span *span,
                                       uint32_t depth, uint8_t *message)
{
    uint8_t *member = message + field->offset;
    uint8_t *quantifier = message + field->quantifier_offset;
    bool in_oneof = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    uint32_t which = 0;
    if (in_oneof)
        memcpy(&which, quantifier, sizeof which);
    if (which != 0)
        return refuse(self, descriptor, field, "a second member of a oneof");
    enum comity_error error = value_read(self, descriptor, field, span, depth, member);
    if (error != COMITY_OK)
        return error;
    if (in_oneof) {
        memcpy(quantifier, &field->id, sizeof field->id);
    } else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && field->quantifier_offset != 0) {
        protobuf_c_boolean has = 1;
        memcpy(quantifier, &has, sizeof has);
    } else if (field->label == PROTOBUF_C_LABEL_NONE && member_is_default(field, member)) {
        return refuse(self, descriptor, field, "its default, which is left out");
    }
    return COMITY_OK;
}

static enum comity_error field_read(struct strict *self,
                                    const ProtobufCMessageDescriptor *descriptor, struct span *span,
                                    uint32_t depth, uint32_t *last_id, uint8_t *message)
{
    uint64_t tag;
    if (!varint_read(span, &tag) || tag > UINT32_MAX)
        return refuse(self, descriptor, NULL, "a malformed tag");
    uint32_t id = (uint32_t)tag >> 3;
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(descriptor, id);
    if (field == NULL)
        return fault_set(self->fault, COMITY_INVALID, "%s: unknown field %u",
                         descriptor->short_name, id);
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    unsigned wire = type_is_scalar(field->type) && !repeated ? WIRE_VARINT : WIRE_BYTES;
    if ((tag & 7) != wire)
        return refuse(self, descriptor, field, "the wrong wire type");
    if (id == *last_id)
        return refuse(self, descriptor, field, "twice");
    if (id < *last_id)
        return refuse(self, descriptor, field, "out of order");
    *last_id = id;
    return repeated ? repeated_read(self, descriptor, field, tag, span, depth, message)
                    : singular_read(self, descriptor, field, span, depth, message);
}

static enum comity_error message_read(struct strict *self,
                                      const ProtobufCMessageDescriptor *descriptor,
                                      struct span span, uint32_t depth,
                                      ProtobufCMessage **ret_message)
{
    if (depth > STRICT_DEPTH_MAX)
        return fault_set(self->fault, COMITY_LIMIT, "%s: nested deeper than %d",
                         descriptor->short_name, (int)STRICT_DEPTH_MAX);
    ProtobufCMessage *message = arena_alloc(self->arena, descriptor->sizeof_message);
    if (message == NULL)
        return COMITY_MEMORY;
    descriptor->message_init(message);
    uint32_t last_id = 0;
    while (span.at < span.end) {
        enum comity_error error =
            field_read(self, descriptor, &span, depth, &last_id, (uint8_t *)message);
        if (error != COMITY_OK)
            return error;
    }
    *ret_message = message;
    return COMITY_OK;
}

static enum comity_error unpack(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes,
                                uint32_t items_max, bool borrow, struct arena *arena,
                                ProtobufCMessage **ret_message, struct fault *fault)
{
    static const uint8_t nothing[1];
    struct strict self = {
        .arena = arena, .fault = fault, .items_left = items_max, .borrow = borrow};
    struct span span = {.at = nothing, .end = nothing};
    if (bytes.size > 0)
        span = (struct span){.at = bytes.data, .end = bytes.data + bytes.size};
    enum comity_error error = message_read(&self, descriptor, span, 1, ret_message);
    if (error == COMITY_MEMORY)
        return fault_set(fault, error, "%s: %s", descriptor->short_name, error_text(error));
    return error;
}

enum comity_error strict_unpack(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes,
                                uint32_t items_max, struct arena *arena,
                                ProtobufCMessage **ret_message, struct fault *fault)
{
    return unpack(descriptor, bytes, items_max, false, arena, ret_message, fault);
}

enum comity_error strict_borrow(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes,
                                uint32_t items_max, struct arena *arena,
                                ProtobufCMessage **ret_message, struct fault *fault)
{
    return unpack(descriptor, bytes, items_max, true, arena, ret_message, fault);
}

enum comity_error strict_pack(const ProtobufCMessage *message, struct buffer *ret_bytes)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    enum comity_error error = buffer_reserve(ret_bytes, size);
    if (error != COMITY_OK)
        return error;
    if (size > 0)
        size = protobuf_c_message_pack(message, ret_bytes->data + ret_bytes->size);
    ret_bytes->size += size;
    return COMITY_OK;
}
