/* SPDX-License-Identifier: Apache-2.0 */
/* act.c - signed acts: the envelope around the signed bytes and its text. */
#include "codec/act.h"

#include "codec/act_body.h"
#include "codec/strict.h"

struct hash act_id(struct bytes act_bytes)
{
    return hash_of("comity/act/v1", act_bytes);
}

struct hash act_text_hash(struct bytes text)
{
    return hash_of("comity/text/v1", text);
}

enum comity_error signed_act_encode(struct bytes act_bytes, const uint8_t signature[SIGNATURE_SIZE],
                                    struct bytes text, struct buffer *ret_bytes)
{
    Comity__V1__SignedAct message = COMITY__V1__SIGNED_ACT__INIT;
    if (act_bytes.size > ACT_SIZE_MAX || text.size > ACT_SIZE_MAX)
        return COMITY_LIMIT;
    message.act = data_from_bytes(act_bytes);
    message.signature = data_from_bytes(bytes_of(signature, SIGNATURE_SIZE));
    message.text = data_from_bytes(text);
    if (protobuf_c_message_get_packed_size(&message.base) > ACT_SIZE_MAX)
        return COMITY_LIMIT;
    return strict_pack(&message.base, ret_bytes);
}

enum comity_error act_parts_read(struct bytes encoded, struct arena *arena,
                                 struct act_parts *ret_parts, struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    if (encoded.size > ACT_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT, "an act of %zu bytes: %d at most", encoded.size,
                         (int)ACT_SIZE_MAX);
    enum comity_error error =
        strict_borrow(&comity__v1__signed_act__descriptor, encoded, 0, arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__SignedAct *parts = (const Comity__V1__SignedAct *)message;
    if (parts->act.len == 0)
        return fault_set(fault, COMITY_INVALID, "SignedAct.act: missing");
    if (parts->signature.len != SIGNATURE_SIZE)
        return fault_set(fault, COMITY_INVALID, "SignedAct.signature: %zu bytes, expected 64",
                         parts->signature.len);
    *ret_parts = (struct act_parts){.act = bytes_from_data(&parts->act),
                                    .text = bytes_from_data(&parts->text),
                                    .signature = parts->signature.data};
    return COMITY_OK;
}

/* The envelope and the act inside, with everything that ties them together. */
static enum comity_error envelope_read(struct bytes encoded, struct arena *arena, bool hash_text,
                                       struct act_parts *ret_parts, const Comity__V1__Act **ret_act,
                                       struct fault *fault)
{
    struct act_parts parts = {.signature = NULL};
    ProtobufCMessage *message = NULL;
    enum comity_error error = act_parts_read(encoded, arena, &parts, fault);
    if (error != COMITY_OK)
        return error;
    error = strict_borrow(&comity__v1__act__descriptor, parts.act, ACT_ITEMS_MAX, arena, &message,
                          fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__Act *act = (const Comity__V1__Act *)message;
    if (parts.act.size > ACT_SIGNED_MAX && act->body_case != COMITY__V1__ACT__BODY_EVIDENCE)
        return fault_set(fault, COMITY_LIMIT, "signed bytes: %zu, %d at most", parts.act.size,
                         (int)ACT_SIGNED_MAX);
    if (parts.text.size > 0 && hash_text) {
        struct hash hash = act_text_hash(parts.text);
        if (!bytes_equal(bytes_from_data(&act->text_hash), bytes_of(hash.bytes, HASH_SIZE)))
            return fault_set(fault, COMITY_INVALID,
                             "SignedAct.text: not the text whose hash the act names");
        if (!utf8_is_valid(parts.text))
            return fault_set(fault, COMITY_INVALID,
                             "SignedAct.text: not UTF-8, or with a zero byte");
    }
    *ret_parts = parts;
    *ret_act = act;
    return COMITY_OK;
}

static enum comity_error decode(struct bytes encoded, const struct hash *known, struct arena *arena,
                                struct signed_act *ret_act, struct fault *fault)
{
    struct act_parts parts = {.signature = NULL};
    const Comity__V1__Act *message = NULL;
    struct act act = {.seat = 0};
    enum comity_error error = envelope_read(encoded, arena, known == NULL, &parts, &message, fault);
    if (error == COMITY_OK)
        error = act_from_message(message, arena, &act, fault);
    if (error != COMITY_OK)
        return error;
    act.id = known == NULL ? act_id(parts.act) : *known;
    act.text = parts.text;
    *ret_act = (struct signed_act){
        .act = act, .act_bytes = parts.act, .encoded = encoded, .signature = parts.signature};
    return COMITY_OK;
}

enum comity_error signed_act_decode(struct bytes encoded, struct arena *arena,
                                    struct signed_act *ret_act, struct fault *fault)
{
    return decode(encoded, NULL, arena, ret_act, fault);
}

enum comity_error signed_act_decode_known(struct bytes encoded, const struct hash *id,
                                          struct arena *arena, struct signed_act *ret_act,
                                          struct fault *fault)
{
    return decode(encoded, id, arena, ret_act, fault);
}

enum comity_error signed_act_slot(struct bytes encoded, struct arena *arena, uint32_t *ret_seat,
                                  uint64_t *ret_seq)
{
    struct act_parts parts = {.signature = NULL};
    const Comity__V1__Act *message = NULL;
    enum comity_error error = envelope_read(encoded, arena, false, &parts, &message, NULL);
    if (error != COMITY_OK)
        return error;
    if (message->seat >= SEATS_MAX || message->seq == 0)
        return COMITY_INVALID;
    *ret_seat = message->seat;
    *ret_seq = message->seq;
    return COMITY_OK;
}

enum comity_error signed_act_peek(struct bytes encoded, struct arena *arena, struct hash *ret_id,
                                  uint32_t *ret_seat, uint64_t *ret_seq)
{
    struct act_parts parts = {.signature = NULL};
    const Comity__V1__Act *message = NULL;
    enum comity_error error = envelope_read(encoded, arena, true, &parts, &message, NULL);
    if (error != COMITY_OK)
        return error;
    if (message->protocol != PROTOCOL_VERSION || message->forum.len != HASH_SIZE ||
        message->seat >= SEATS_MAX || message->seq == 0)
        return COMITY_INVALID;
    *ret_id = act_id(parts.act);
    *ret_seat = message->seat;
    *ret_seq = message->seq;
    return COMITY_OK;
}
