/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/hash.h"

enum { LEAVES_MAX = 70 };

static struct hash leaf_number(size_t number)
{
    uint8_t byte = (uint8_t)number;
    return merkle_leaf(bytes_of(&byte, 1));
}

/* The definition of RFC 6962, section 2.1, as it is written there. */
static struct hash naive_root(const struct hash *leaves, size_t count)
{
    if (count == 0)
        return hash_of("comity/merkle-empty/v1", bytes_of(NULL, 0));
    if (count == 1)
        return leaves[0];
    size_t split = 1;
    while (split * 2 < count)
        split *= 2;
    uint8_t both[2 * HASH_SIZE];
    struct hash left = naive_root(leaves, split);
    struct hash right = naive_root(leaves + split, count - split);
    memcpy(both, left.bytes, HASH_SIZE);
    memcpy(both + HASH_SIZE, right.bytes, HASH_SIZE);
    return hash_of("comity/merkle-node/v1", bytes_of(both, sizeof both));
}

static void expect_hash(struct hash got, struct hash expected)
{
    assert_memory_equal(got.bytes, expected.bytes, HASH_SIZE);
}

static void the_hash_never_changes(void **state)
{
    (void)state;
    char hex[HASH_HEX_SIZE];
    struct hash hash = hash_of("comity/test/v1", bytes_of_text("abc"));
    hash_to_hex(&hash, hex);
    assert_string_equal(hex, "6fa1269f75c38f82c21b0c89a719c7a71d2d20de95692252c20720bedb50a23d");
    hash = hash_of("", bytes_of(NULL, 0));
    hash_to_hex(&hash, hex);
    assert_string_equal(hex, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314");
}

static void tags_keep_kinds_apart_and_parts_do_not_matter(void **state)
{
    (void)state;
    struct hasher hasher;
    struct hash first = hash_of("ab", bytes_of_text("c"));
    struct hash second = hash_of("a", bytes_of_text("bc"));
    assert_false(hash_equal(&first, &second));
    hasher_init(&hasher, "a");
    hasher_add(&hasher, "b", 1);
    hasher_add(&hasher, NULL, 0);
    hasher_add(&hasher, "c", 1);
    expect_hash(hasher_finish(&hasher), second);
    assert_int_equal(hash_compare(&first, &first), 0);
    assert_true(hash_compare(&first, &second) * hash_compare(&second, &first) < 0);
    struct hash zero = {{0}};
    assert_true(hash_is_zero(&zero));
    zero.bytes[31] = 1;
    assert_false(hash_is_zero(&zero));
}

static void a_growing_tree_equals_the_naive_one(void **state)
{
    (void)state;
    struct merkle tree = {0};
    struct hash leaves[LEAVES_MAX] = {0};
    expect_hash(merkle_root(&tree), naive_root(leaves, 0));
    for (size_t i = 0; i < LEAVES_MAX; i++) {
        leaves[i] = leaf_number(i);
        assert_int_equal(merkle_set(&tree, i, leaves[i]), COMITY_OK);
        assert_int_equal(merkle_count(&tree), i + 1);
        expect_hash(merkle_root(&tree), naive_root(leaves, i + 1));
        struct hash copy[LEAVES_MAX];
        memcpy(copy, leaves, sizeof copy);
        expect_hash(merkle_root_of(copy, i + 1), naive_root(leaves, i + 1));
    }
    merkle_free(&tree);
    assert_int_equal(merkle_count(&tree), 0);
    expect_hash(merkle_root(&tree), naive_root(leaves, 0));
}

static void a_replaced_leaf_changes_the_root_as_it_should(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 20; count++) {
        struct merkle tree = {0};
        struct hash leaves[LEAVES_MAX];
        for (size_t i = 0; i < count; i++) {
            leaves[i] = leaf_number(i);
            assert_int_equal(merkle_set(&tree, i, leaves[i]), COMITY_OK);
        }
        for (size_t i = 0; i < count; i++) {
            leaves[i] = leaf_number(100 + i);
            assert_int_equal(merkle_set(&tree, i, leaves[i]), COMITY_OK);
            assert_int_equal(merkle_count(&tree), count);
            expect_hash(merkle_root(&tree), naive_root(leaves, count));
        }
        merkle_free(&tree);
    }
}

static void a_path_leads_from_its_leaf_to_the_root_and_from_no_other(void **state)
{
    (void)state;
    struct merkle tree = {0};
    for (size_t count = 1; count <= LEAVES_MAX; count++) {
        assert_int_equal(merkle_set(&tree, count - 1, leaf_number(count - 1)), COMITY_OK);
        struct hash root = merkle_root(&tree);
        for (size_t i = 0; i < count; i++) {
            struct hash path[MERKLE_LEVELS_MAX];
            struct hash found = {{0}};
            size_t size = merkle_path(&tree, i, path);
            assert_int_equal(merkle_root_from_path(leaf_number(i), i, count, path, size, &found),
                             COMITY_OK);
            expect_hash(found, root);
            assert_int_equal(
                merkle_root_from_path(leaf_number(i), i, count, path, size + 1, &found),
                COMITY_INVALID);
            if (size > 0) {
                assert_int_equal(
                    merkle_root_from_path(leaf_number(i), i, count, path, size - 1, &found),
                    COMITY_INVALID);
                path[size / 2].bytes[5] ^= 1;
            }
            enum comity_error error = merkle_root_from_path(leaf_number(size > 0 ? i : i + 1), i,
                                                            count, path, size, &found);
            assert_true(error == COMITY_OK && !hash_equal(&found, &root));
            assert_int_equal(
                merkle_root_from_path(leaf_number(i), count, count, path, size, &found),
                COMITY_INVALID);
        }
    }
    merkle_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_never_changes),
        cmocka_unit_test(tags_keep_kinds_apart_and_parts_do_not_matter),
        cmocka_unit_test(a_growing_tree_equals_the_naive_one),
        cmocka_unit_test(a_replaced_leaf_changes_the_root_as_it_should),
        cmocka_unit_test(a_path_leads_from_its_leaf_to_the_root_and_from_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
