/* SPDX-License-Identifier: Apache-2.0 */
/* signatures.c - most of a simulator's time would go into Ed25519. Unless a seed draws the real
 * ones, a signature is a hash under a key that only this file knows: nobody can make one but
 * through here, with the identity that signs. As with Ed25519, one signer can make several valid
 * signatures of one message: the last byte is free. */
#include <sodium.h>
#include <string.h>

#include "sim/daemons/world.h"

static bool real;

void __wrap_identity_sign(const struct identity *self, const char *tag, struct bytes message,
                          uint8_t ret_signature[SIGNATURE_SIZE]);
void __real_identity_sign(const struct identity *self, const char *tag, struct bytes message,
                          uint8_t ret_signature[SIGNATURE_SIZE]);
enum comity_error __wrap_identity_verify(const uint8_t key[KEY_SIZE], const char *tag,
                                         struct bytes message,
                                         const uint8_t signature[SIGNATURE_SIZE]);
enum comity_error __real_identity_verify(const uint8_t key[KEY_SIZE], const char *tag,
                                         struct bytes message,
                                         const uint8_t signature[SIGNATURE_SIZE]);

void signatures_setup(bool is_real)
{
    real = is_real;
}

static void seal(const uint8_t key[KEY_SIZE], const char *tag, struct bytes message,
                 uint8_t ret_signature[SIGNATURE_SIZE])
{
    static const uint8_t secret[32] = "known to nobody outside of this";
    crypto_generichash_blake2b_state state;
    (void)crypto_generichash_blake2b_init(&state, secret, sizeof secret, SIGNATURE_SIZE);
    (void)crypto_generichash_blake2b_update(&state, key, KEY_SIZE);
    (void)crypto_generichash_blake2b_update(&state, (const uint8_t *)tag, strlen(tag) + 1);
    (void)crypto_generichash_blake2b_update(&state, message.data, message.size);
    (void)crypto_generichash_blake2b_final(&state, ret_signature, SIGNATURE_SIZE);
}

void __wrap_identity_sign(const struct identity *self, const char *tag, struct bytes message,
                          uint8_t ret_signature[SIGNATURE_SIZE])
{
    if (real)
        __real_identity_sign(self, tag, message, ret_signature);
    else
        seal(identity_key(self), tag, message, ret_signature);
    if (daemon_now != NULL)
        check_signed(daemon_now, tag, message);
}

enum comity_error __wrap_identity_verify(const uint8_t key[KEY_SIZE], const char *tag,
                                         struct bytes message,
                                         const uint8_t signature[SIGNATURE_SIZE])
{
    uint8_t made[SIGNATURE_SIZE];
    if (real)
        return __real_identity_verify(key, tag, message, signature);
    seal(key, tag, message, made);
    return memcmp(made, signature, SIGNATURE_SIZE - 1) == 0 ? COMITY_OK : COMITY_SIGNATURE;
}
