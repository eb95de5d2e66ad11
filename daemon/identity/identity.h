/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - a delegation's Ed25519 key (RFC 8032): kept in a 0600 file, optionally under a
 * passphrase, in locked memory while in use; signs and verifies under a domain tag; gives the
 * CURVE transport key that is derived from it, so that there is one fingerprint to compare. */
#ifndef COMITY_IDENTITY_IDENTITY_H
#define COMITY_IDENTITY_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "model/limits.h"

struct identity; /* Owns locked memory. */

enum {
    FINGERPRINT_TEXT_SIZE = 48,
    CURVE_KEY_SIZE = 32,
    IDENTITY_MESSAGE_MAX = FRAME_SIZE_MAX, /* Bytes that can be signed. */
};

/* Once per process, before anything else here. COMITY_IO: libsodium cannot start. */
COMITY_MUST_CHECK enum comity_error identity_setup(void);

/* A new random key. */
COMITY_MUST_CHECK enum comity_error identity_generate(struct identity **ret_identity);
/* The same key from the same 32-byte seed (scenarios, tests). */
COMITY_MUST_CHECK enum comity_error identity_from_seed(const uint8_t seed[32],
                                                       struct identity **ret_identity);
/* Write to a new file, mode 0600, synced with its directory. passphrase empty: stored in clear.
 * COMITY_EXISTS: the file is there already and stays as it is. COMITY_IO, COMITY_FULL. */
COMITY_MUST_CHECK enum comity_error identity_save(const struct identity *self, const char *path,
                                                  struct bytes passphrase, struct fault *fault);
/* COMITY_PASSPHRASE: wrong, or one is needed. COMITY_REFUSED: others may read the file.
 * COMITY_DAMAGED, COMITY_FOREIGN (not a key file), COMITY_NOT_FOUND, COMITY_IO. */
COMITY_MUST_CHECK enum comity_error identity_load(const char *path, struct bytes passphrase,
                                                  struct identity **ret_identity,
                                                  struct fault *fault);
/* Does the file ask for a passphrase? Errors as identity_load. */
COMITY_MUST_CHECK enum comity_error identity_file_is_locked(const char *path, bool *ret_locked,
                                                            struct fault *fault);
/* Until *ret_file is closed no other process holds this file: two daemons with one key would
 * contradict each other. COMITY_BUSY: one does. Other errors as identity_load. */
COMITY_MUST_CHECK enum comity_error identity_file_hold(const char *path, int *ret_file,
                                                       struct fault *fault);
void identity_close(struct identity **self); /* Wipes; NULL-safe and nulling. */

const uint8_t *identity_key(const struct identity *self); /* Public key, KEY_SIZE bytes. */
/* Ed25519 over "comity/" tag "/v1" with a zero byte, then the message. No heap; asserts that the
 * message is at most IDENTITY_MESSAGE_MAX. */
void identity_sign(const struct identity *self, const char *tag, struct bytes message,
                   uint8_t ret_signature[SIGNATURE_SIZE]);
/* COMITY_SIGNATURE. Refuses small-order keys and non-canonical signatures. */
COMITY_MUST_CHECK enum comity_error identity_verify(const uint8_t key[KEY_SIZE], const char *tag,
                                                    struct bytes message,
                                                    const uint8_t signature[SIGNATURE_SIZE]);
/* The X25519 public key of a delegation. COMITY_INVALID: the key does not convert. */
COMITY_MUST_CHECK enum comity_error identity_curve_key(const uint8_t key[KEY_SIZE],
                                                       uint8_t ret_curve[CURVE_KEY_SIZE]);
/* Our own X25519 secret; the caller wipes it (sodium_memzero). */
void identity_curve_secret(const struct identity *self, uint8_t ret_secret[CURVE_KEY_SIZE]);
/* What people compare aloud: 20 bytes of H(key) as eight groups of four letters and digits
 * without look-alikes (Crockford base 32): `4K7M-29QX-...`. 160 bits. */
void fingerprint_format(const uint8_t key[KEY_SIZE], char ret_text[FINGERPRINT_TEXT_SIZE]);

#endif
