/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void hasher_init(struct hasher *self, const char *tag)
{
    size_t size = strlen(tag);
    assert(size <= UINT8_MAX);
    uint8_t length = (uint8_t)size;
    (void)crypto_generichash_blake2b_init(&self->state, NULL, 0, HASH_SIZE);
    hasher_add(self, &length, 1);
    hasher_add(self, tag, size);
}

void hasher_add(struct hasher *self, const void *data, size_t size)
{
    if (size > 0)
        (void)crypto_generichash_blake2b_update(&self->state, data, size);
}

struct hash hasher_finish(struct hasher *self)
{
    struct hash hash;
    (void)crypto_generichash_blake2b_final(&self->state, hash.bytes, HASH_SIZE);
    return hash;
}

struct hash hash_of(const char *tag, struct bytes bytes)
{
    struct hasher hasher;
    hasher_init(&hasher, tag);
    hasher_add(&hasher, bytes.data, bytes.size);
    return hasher_finish(&hasher);
}

bool hash_equal(const struct hash *left, const struct hash *right)
{
    return memcmp(left->bytes, right->bytes, HASH_SIZE) == 0;
}

int hash_compare(const struct hash *left, const struct hash *right)
{
    return memcmp(left->bytes, right->bytes, HASH_SIZE);
}

bool hash_is_zero(const struct hash *hash)
{
    static const struct hash zero;
    return hash_equal(hash, &zero);
}

void hash_to_hex(const struct hash *hash, char ret_text[HASH_HEX_SIZE])
{
    hex_from_bytes(hash->bytes, HASH_SIZE, ret_text);
}
