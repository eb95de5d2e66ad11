/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - BLAKE2b-256 (RFC 7693) under a domain tag, and the Merkle tree of RFC 6962 section 2.1
 * with that hash. Every hash in Comity names its kind and protocol, so that bytes of one kind
 * never pass for another. */
#ifndef COMITY_BASE_HASH_H
#define COMITY_BASE_HASH_H

#include <sodium/crypto_generichash_blake2b.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { HASH_SIZE = 32, HASH_HEX_SIZE = 65 };

struct hash {
    uint8_t bytes[HASH_SIZE];
};

struct hasher {
    crypto_generichash_blake2b_state state;
};

/* The tag enters with a length byte in front; at most 255 characters. */
void hasher_init(struct hasher *self, const char *tag);
void hasher_add(struct hasher *self, const void *data, size_t size);
struct hash hasher_finish(struct hasher *self);

struct hash hash_of(const char *tag, struct bytes bytes);
bool hash_equal(const struct hash *left, const struct hash *right);
int hash_compare(const struct hash *left, const struct hash *right); /* As memcmp. */
bool hash_is_zero(const struct hash *hash);
void hash_to_hex(const struct hash *hash, char ret_text[HASH_HEX_SIZE]);

/* An incremental Merkle tree: leaves are appended or replaced, each in O(log n) hashes.
 * Leaf = H("comity/merkle-leaf/v1", bytes); node = H("comity/merkle-node/v1", left ‖ right);
 * an odd node rises unchanged. The root of no leaves is H("comity/merkle-empty/v1", ""). */
enum { MERKLE_LEVELS_MAX = 33 };
struct merkle {
    struct {
        struct hash *nodes; /* malloc. */
        size_t count;
        size_t capacity;
    } levels[MERKLE_LEVELS_MAX];
};

struct hash merkle_leaf(struct bytes leaf);
/* index ≤ the number of leaves; equal appends. COMITY_MEMORY: the tree must be freed. */
COMITY_MUST_CHECK enum comity_error merkle_set(struct merkle *self, size_t index, struct hash leaf);
/* The root of these leaves without keeping a tree; uses up the array. */
struct hash merkle_root_of(struct hash *leaves, size_t count);
size_t merkle_count(const struct merkle *self);
struct hash merkle_root(const struct merkle *self);
/* The sibling hashes from leaf to root; ret_path has room for MERKLE_LEVELS_MAX. Returns how
 * many. index < merkle_count. */
size_t merkle_path(const struct merkle *self, size_t index, struct hash *ret_path);
/* The root that this leaf and path lead to. COMITY_INVALID: the path's length does not fit. */
COMITY_MUST_CHECK enum comity_error merkle_root_from_path(struct hash leaf, size_t index,
                                                          size_t count, const struct hash *path,
                                                          size_t path_count, struct hash *ret_root);
void merkle_free(struct merkle *self); /* Leaves an empty tree. */

#endif
