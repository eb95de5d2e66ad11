/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "identity/identity.h"

#define GOLDEN COMITY_SOURCE_DIR "/tests/golden/identity.txt"

static char directory[64];
static char path[96];

static struct identity *from_counting_seed(void)
{
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    struct identity *self = NULL;
    assert_int_equal(identity_from_seed(seed, &self), COMITY_OK);
    return self;
}

/* The word after `name` in the golden file. */
static void golden(const char *name, char *ret_value, size_t capacity)
{
    char line[512];
    FILE *file = fopen(GOLDEN, "r");
    assert_non_null(file);
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        size_t size = strlen(name);
        if (strncmp(line, name, size) == 0 && line[size] == ' ') {
            line[strcspn(line, "\n")] = '\0';
            (void)snprintf(ret_value, capacity, "%s", line + size + 1);
            found = true;
        }
    }
    (void)fclose(file);
    assert_true(found);
}

static void write_text(const char *text, size_t size, mode_t mode)
{
    (void)unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, size), size);
    assert_int_equal(close(file), 0);
}

static size_t read_text(char *ret_text, size_t capacity)
{
    int file = open(path, O_RDONLY);
    assert_true(file >= 0);
    ssize_t size = read(file, ret_text, capacity - 1);
    assert_true(size > 0);
    assert_int_equal(close(file), 0);
    ret_text[size] = '\0';
    return (size_t)size;
}

static enum comity_error load_error(struct bytes passphrase)
{
    struct identity *none = NULL;
    struct fault fault = {""};
    enum comity_error error = identity_load(path, passphrase, &none, &fault);
    assert_null(none);
    assert_true(strstr(fault.text, path) != NULL); /* A person needs to know which file. */
    return error;
}

static const struct bytes no_passphrase;

static void signatures_and_fingerprints_never_change(void **state)
{
    (void)state;
    char expected[256];
    char text[FINGERPRINT_TEXT_SIZE];
    char hex[2 * SIGNATURE_SIZE + 1];
    uint8_t signature[SIGNATURE_SIZE];
    struct identity *self = from_counting_seed();
    hex_from_bytes(identity_key(self), KEY_SIZE, hex);
    golden("key", expected, sizeof expected);
    assert_string_equal(hex, expected);
    fingerprint_format(identity_key(self), text);
    golden("fingerprint", expected, sizeof expected);
    assert_string_equal(text, expected);
    identity_sign(self, "act", bytes_of_text("We the peoples"), signature);
    hex_from_bytes(signature, sizeof signature, hex);
    golden("signature", expected, sizeof expected);
    assert_string_equal(hex, expected);
    identity_close(&self);
}

static void any_size_signs_and_any_change_is_noticed(void **state)
{
    (void)state;
    static const size_t sizes[] = {
        0, 1, 200, ACT_SIZE_MAX, ACT_SIZE_MAX + 1, IDENTITY_MESSAGE_MAX,
    };
    struct identity *self = from_counting_seed();
    uint8_t *message = calloc(1, IDENTITY_MESSAGE_MAX + 1);
    assert_non_null(message);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t signature[SIGNATURE_SIZE];
        struct bytes bytes = bytes_of(message, sizes[i]);
        const uint8_t *key = identity_key(self);
        identity_sign(self, "act", bytes, signature);
        assert_int_equal(identity_verify(key, "act", bytes, signature), COMITY_OK);
        assert_int_equal(identity_verify(key, "acts", bytes, signature), COMITY_SIGNATURE);
        assert_int_equal(identity_verify(key, "act", bytes_of(message, sizes[i] + 1), signature),
                         COMITY_SIGNATURE);
        if (sizes[i] > 0) {
            message[sizes[i] - 1] ^= 1;
            assert_int_equal(identity_verify(key, "act", bytes, signature), COMITY_SIGNATURE);
            message[sizes[i] - 1] ^= 1;
        }
        signature[SIGNATURE_SIZE - 1] ^= 0x20; /* Not canonical any more. */
        assert_int_equal(identity_verify(key, "act", bytes, signature), COMITY_SIGNATURE);
    }
    free(message);
    identity_close(&self);
}

/* Points of order 1, 2, 4, 8, their second names above the prime, and what is no point. */
static const char *const bad_keys[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0200000000000000000000000000000000000000000000000000000000000000",
};

static void keys_that_do_not_convert_are_refused(void **state)
{
    (void)state;
    static const uint8_t zero_signature[SIGNATURE_SIZE] = {1};
    for (size_t i = 0; i < sizeof bad_keys / sizeof *bad_keys; i++) {
        uint8_t key[KEY_SIZE];
        uint8_t curve[CURVE_KEY_SIZE] = {9, 9};
        assert_int_equal(hex_to_bytes(bad_keys[i], key, sizeof key), COMITY_OK);
        assert_int_equal(identity_curve_key(key, curve), COMITY_INVALID);
        assert_int_equal(curve[0], 9);
        assert_int_equal(identity_verify(key, "act", bytes_of_text("x"), zero_signature),
                         COMITY_SIGNATURE);
    }
}

static void the_curve_secret_belongs_to_the_curve_key(void **state)
{
    (void)state;
    struct identity *self = from_counting_seed();
    uint8_t secret[CURVE_KEY_SIZE];
    uint8_t curve[CURVE_KEY_SIZE];
    uint8_t derived[CURVE_KEY_SIZE];
    identity_curve_secret(self, secret);
    assert_int_equal(identity_curve_key(identity_key(self), curve), COMITY_OK);
    assert_int_equal(crypto_scalarmult_base(derived, secret), 0);
    assert_memory_equal(derived, curve, sizeof curve);
    identity_close(&self);
    assert_null(self);
    identity_close(&self);
    identity_close(NULL);
}

static void a_saved_key_comes_back(void **state)
{
    (void)state;
    static const char *const passphrases[] = {"", "correct horse"};
    for (size_t i = 0; i < 2; i++) {
        struct bytes passphrase = bytes_of_text(passphrases[i]);
        struct identity *self = NULL;
        struct identity *back = NULL;
        struct fault fault;
        struct stat status;
        bool locked = i == 0;
        (void)unlink(path);
        assert_int_equal(identity_generate(&self), COMITY_OK);
        assert_int_equal(identity_save(self, path, passphrase, &fault), COMITY_OK);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        assert_int_equal(identity_file_is_locked(path, &locked, &fault), COMITY_OK);
        assert_int_equal(locked, i == 1);
        assert_int_equal(identity_load(path, passphrase, &back, &fault), COMITY_OK);
        assert_memory_equal(identity_key(self), identity_key(back), KEY_SIZE);
        if (locked) {
            assert_int_equal(load_error(no_passphrase), COMITY_PASSPHRASE);
            assert_int_equal(load_error(bytes_of_text("wrong")), COMITY_PASSPHRASE);
        }
        identity_close(&back);
        identity_close(&self);
    }
}

static void a_locked_file_does_not_hold_the_seed(void **state)
{
    (void)state;
    char text[2048];
    char seed[65];
    struct fault fault;
    struct identity *self = from_counting_seed();
    uint8_t counting[32];
    for (size_t i = 0; i < sizeof counting; i++)
        counting[i] = (uint8_t)i;
    hex_from_bytes(counting, sizeof counting, seed);
    (void)unlink(path);
    assert_int_equal(identity_save(self, path, bytes_of_text("p"), &fault), COMITY_OK);
    (void)read_text(text, sizeof text);
    assert_null(strstr(text, seed));
    identity_close(&self);
}

static void an_existing_file_is_never_replaced(void **state)
{
    (void)state;
    char text[64];
    struct fault fault;
    struct identity *self = from_counting_seed();
    write_text("precious", 8, 0600);
    assert_int_equal(identity_save(self, path, no_passphrase, &fault), COMITY_EXISTS);
    assert_int_equal(read_text(text, sizeof text), 8);
    assert_string_equal(text, "precious");
    identity_close(&self);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0666};
    struct fault fault;
    struct identity *self = from_counting_seed();
    (void)unlink(path);
    assert_int_equal(identity_save(self, path, no_passphrase, &fault), COMITY_OK);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(load_error(no_passphrase), COMITY_REFUSED);
    }
    identity_close(&self);
}

static void what_is_no_key_file_is_foreign_and_any_damage_is_seen(void **state)
{
    (void)state;
    char text[2048];
    struct fault fault;
    struct identity *self = from_counting_seed();
    (void)unlink(path);
    assert_int_equal(load_error(no_passphrase), COMITY_NOT_FOUND);
    assert_int_equal(identity_save(self, path, no_passphrase, &fault), COMITY_OK);
    size_t size = read_text(text, sizeof text);
    write_text("-----BEGIN KEY-----\n", 20, 0600);
    assert_int_equal(load_error(no_passphrase), COMITY_FOREIGN);
    write_text("comity identity, version 2: new\n", 32, 0600);
    assert_int_equal(load_error(no_passphrase), COMITY_FOREIGN);
    write_text(text, size - 1, 0600); /* A torn last line. */
    assert_int_equal(load_error(no_passphrase), COMITY_DAMAGED);
    /* Every byte, flipped in its lowest bit, is noticed. */
    for (size_t i = 0; i < size; i++) {
        char changed[2048];
        memcpy(changed, text, size);
        changed[i] = (char)(changed[i] ^ 1);
        write_text(changed, size, 0600);
        enum comity_error error = load_error(no_passphrase);
        assert_true(error == COMITY_DAMAGED || error == COMITY_FOREIGN);
    }
    identity_close(&self);
}

static void a_file_cannot_ask_for_all_our_memory(void **state)
{
    (void)state;
    char text[2048];
    char zeros[97];
    memset(zeros, '0', sizeof zeros - 1);
    zeros[sizeof zeros - 1] = '\0';
    int size = snprintf(text, sizeof text,
                        "comity identity, version 1: keep this file secret\nkey %.64s\n"
                        "locked argon2id 3 99999999999999 %.32s %.48s %.96s\n",
                        zeros, zeros, zeros, zeros);
    write_text(text, (size_t)size, 0600);
    assert_int_equal(load_error(bytes_of_text("p")), COMITY_DAMAGED);
    assert_int_equal(mkfifo(path, 0600), -1);
    (void)unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(load_error(no_passphrase), COMITY_FOREIGN);
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/comity-identity-XXXXXX");
    if (mkdtemp(directory) == NULL || identity_setup() != COMITY_OK)
        return -1;
    (void)snprintf(path, sizeof path, "%s/key", directory);
    (void)umask(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_and_fingerprints_never_change),
        cmocka_unit_test(any_size_signs_and_any_change_is_noticed),
        cmocka_unit_test(keys_that_do_not_convert_are_refused),
        cmocka_unit_test(the_curve_secret_belongs_to_the_curve_key),
        cmocka_unit_test(a_saved_key_comes_back),
        cmocka_unit_test(a_locked_file_does_not_hold_the_seed),
        cmocka_unit_test(an_existing_file_is_never_replaced),
        cmocka_unit_test(a_key_that_others_can_read_is_refused),
        cmocka_unit_test(what_is_no_key_file_is_foreign_and_any_damage_is_seen),
        cmocka_unit_test(a_file_cannot_ask_for_all_our_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
