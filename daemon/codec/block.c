/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/block.h"

#include <stdlib.h>
#include <string.h>

#include "codec/act_body.h"
#include "codec/block_parts.h"
#include "codec/strict.h"

static struct bytes *array_from_data(const ProtobufCBinaryData *items, size_t count,
                                     struct arena *arena)
{
    struct bytes *array = arena_array(arena, count, sizeof *array);
    for (size_t i = 0; array != NULL && i < count; i++)
        array[i] = bytes_from_data(&items[i]);
    return array;
}

enum comity_error acts_from_data(const ProtobufCBinaryData *items, size_t count,
                                 struct arena *arena, const struct bytes **ret_acts,
                                 struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].len == 0)
            return fault_set(fault, COMITY_INVALID, "acts: an empty one");
        if (items[i].len > ACT_SIZE_MAX)
            return fault_set(fault, COMITY_LIMIT, "acts: one of %zu bytes, %d at most",
                             items[i].len, (int)ACT_SIZE_MAX);
    }
    const struct bytes *acts = array_from_data(items, count, arena);
    if (acts == NULL)
        return COMITY_MEMORY;
    *ret_acts = acts;
    return COMITY_OK;
}

enum comity_error block_body_encode(const struct bytes *acts, size_t acts_count,
                                    struct buffer *ret_bytes)
{
    if (acts_count > BLOCK_ACTS_MAX)
        return COMITY_LIMIT;
    struct arena arena;
    arena_init(&arena, 0);
    Comity__V1__BlockBody message = COMITY__V1__BLOCK_BODY__INIT;
    message.acts = arena_array(&arena, acts_count, sizeof *message.acts);
    enum comity_error error = message.acts == NULL ? COMITY_MEMORY : COMITY_OK;
    for (size_t i = 0; error == COMITY_OK && i < acts_count; i++) {
        if (acts[i].size == 0)
            error = COMITY_INVALID;
        if (acts[i].size > ACT_SIZE_MAX)
            error = COMITY_LIMIT;
        message.acts[i] = data_from_bytes(acts[i]);
    }
    message.n_acts = acts_count;
    if (error == COMITY_OK && protobuf_c_message_get_packed_size(&message.base) > BLOCK_SIZE_MAX)
        error = COMITY_LIMIT;
    if (error == COMITY_OK)
        error = strict_pack(&message.base, ret_bytes);
    arena_free(&arena);
    return error;
}

enum comity_error block_body_decode(struct bytes body, struct arena *arena,
                                    const struct bytes **ret_acts, size_t *ret_acts_count,
                                    struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    if (body.size > BLOCK_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT, "a block body of %zu bytes: %d at most", body.size,
                         (int)BLOCK_SIZE_MAX);
    enum comity_error error = strict_borrow(&comity__v1__block_body__descriptor, body,
                                            BLOCK_ACTS_MAX, arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__BlockBody *block = (const Comity__V1__BlockBody *)message;
    error = acts_from_data(block->acts, block->n_acts, arena, ret_acts, fault);
    if (error == COMITY_OK)
        *ret_acts_count = block->n_acts;
    return error;
}

enum comity_error block_acts_root(const struct hash *ids, const uint8_t *const *signatures,
                                  size_t acts_count, struct hash *ret_root)
{
    struct hash few[64];
    struct hash *leaves = acts_count <= 64 ? few : malloc(acts_count * sizeof *leaves);
    if (leaves == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < acts_count; i++) {
        uint8_t leaf[HASH_SIZE + SIGNATURE_SIZE];
        memcpy(leaf, ids[i].bytes, HASH_SIZE);
        memcpy(leaf + HASH_SIZE, signatures[i], SIGNATURE_SIZE);
        leaves[i] = merkle_leaf(bytes_of(leaf, sizeof leaf));
    }
    *ret_root = merkle_root_of(leaves, acts_count);
    if (leaves != few)
        free(leaves);
    return COMITY_OK;
}
