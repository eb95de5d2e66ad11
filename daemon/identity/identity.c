/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - keys, signatures, conversion. The file format is in keyfile.c. */
#include "identity/identity.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/hash.h"
#include "identity/secret.h"

static_assert(KEY_SIZE == crypto_sign_PUBLICKEYBYTES, "an Ed25519 public key");
static_assert(SIGNATURE_SIZE == crypto_sign_BYTES, "an Ed25519 signature");
static_assert(CURVE_KEY_SIZE == crypto_scalarmult_curve25519_BYTES, "an X25519 key");
static_assert(SEED_SIZE == crypto_sign_SEEDBYTES, "an Ed25519 seed");

enum {
    PREFIX_SIZE_MAX = 64,
    /* Acts fit here; only what is rarer and larger pays for touching more of the stack. */
    SMALL_SIZE_MAX = ACT_SIZE_MAX,
};

/* Locked, guarded, read-only once filled (sodium_malloc). Bytes only: libsodium places it
 * against a guard page, so nothing in it may need alignment. */
struct identity {
    uint8_t secret[crypto_sign_SECRETKEYBYTES]; /* Seed, then the public key. */
    uint8_t key[KEY_SIZE];
};

enum comity_error identity_setup(void)
{
    return sodium_init() < 0 ? COMITY_IO : COMITY_OK;
}

enum comity_error identity_from_seed(const uint8_t seed[SEED_SIZE], struct identity **ret_identity)
{
    struct identity *self = sodium_malloc(sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    (void)crypto_sign_seed_keypair(self->key, self->secret, seed);
    (void)sodium_mprotect_readonly(self); /* A wish: not every system grants it. */
    *ret_identity = self;
    return COMITY_OK;
}

enum comity_error identity_generate(struct identity **ret_identity)
{
    uint8_t seed[SEED_SIZE];
    randombytes_buf(seed, sizeof seed);
    enum comity_error error = identity_from_seed(seed, ret_identity);
    sodium_memzero(seed, sizeof seed);
    return error;
}

void identity_close(struct identity **self)
{
    if (self == NULL || *self == NULL)
        return;
    sodium_free(*self); /* Wipes. */
    *self = NULL;
}

const uint8_t *identity_key(const struct identity *self)
{
    return self->key;
}

void identity_seed(const struct identity *self, uint8_t ret_seed[SEED_SIZE])
{
    memcpy(ret_seed, self->secret, SEED_SIZE);
}

/* "comity/" tag "/v1" and a zero byte: no tag is the beginning of another's. */
static size_t write_prefix(const char *tag, uint8_t *ret_prefix)
{
    struct writer writer;
    writer_init(&writer, ret_prefix, PREFIX_SIZE_MAX);
    writer_raw(&writer, "comity/", 7);
    writer_raw(&writer, tag, strlen(tag));
    writer_raw(&writer, "/v1", 4); /* With its zero. */
    assert(!writer.failed);        /* Tags are our own words. */
    return writer.size;
}

/* Both directions need prefix and message in one piece: libsodium signs incrementally only with
 * Ed25519ph, which is another signature. The piece lies on the stack, so that signing cannot
 * fail; it is not cleared before, since at 64 KiB that would cost as much as hashing it. */
struct piece {
    const struct identity *identity; /* NULL: verify. */
    const uint8_t *key;
    uint8_t *signature; /* Written when signing. */
    const uint8_t *signature_given;
};

static bool piece_run(const struct piece *self, uint8_t *scratch, const char *tag,
                      struct bytes message)
{
    size_t prefix_size = write_prefix(tag, scratch);
    if (message.size > 0)
        memcpy(scratch + prefix_size, message.data, message.size);
    size_t size = prefix_size + message.size;
    if (self->identity == NULL)
        return crypto_sign_verify_detached(self->signature_given, scratch, size, self->key) == 0;
    (void)crypto_sign_detached(self->signature, NULL, scratch, size, self->identity->secret);
    return true;
}

/* Apart, so that the common case does not reserve (and probe) a large frame. */
static __attribute__((noinline)) bool piece_run_large(const struct piece *self, const char *tag,
                                                      struct bytes message)
{
    uint8_t scratch[PREFIX_SIZE_MAX + IDENTITY_MESSAGE_MAX];
    return piece_run(self, scratch, tag, message);
}

static __attribute__((noinline)) bool piece_run_small(const struct piece *self, const char *tag,
                                                      struct bytes message)
{
    uint8_t scratch[PREFIX_SIZE_MAX + SMALL_SIZE_MAX];
    return piece_run(self, scratch, tag, message);
}

static bool piece_run_any(const struct piece *self, const char *tag, struct bytes message)
{
    return message.size <= SMALL_SIZE_MAX ? piece_run_small(self, tag, message)
                                          : piece_run_large(self, tag, message);
}

void identity_sign(const struct identity *self, const char *tag, struct bytes message,
                   uint8_t ret_signature[SIGNATURE_SIZE])
{
    assert(message.size <= IDENTITY_MESSAGE_MAX); /* We made it, and no frame could carry it. */
    struct piece piece = {.identity = self, .signature = ret_signature};
    bool done = piece_run_any(&piece, tag, message);
    assert(done);
}

enum comity_error identity_verify(const uint8_t key[KEY_SIZE], const char *tag,
                                  struct bytes message, const uint8_t signature[SIGNATURE_SIZE])
{
    if (message.size > IDENTITY_MESSAGE_MAX)
        return COMITY_SIGNATURE; /* Nobody can have signed this. */
    struct piece piece = {.key = key, .signature_given = signature};
    return piece_run_any(&piece, tag, message) ? COMITY_OK : COMITY_SIGNATURE;
}

enum comity_error identity_curve_key(const uint8_t key[KEY_SIZE], uint8_t ret_curve[CURVE_KEY_SIZE])
{
    /* The conversion alone accepts a y coordinate above the prime, which would give one point
     * two names; this refuses that, small orders and points outside the main subgroup. */
    if (crypto_core_ed25519_is_valid_point(key) != 1)
        return COMITY_INVALID;
    uint8_t curve[CURVE_KEY_SIZE];
    if (crypto_sign_ed25519_pk_to_curve25519(curve, key) != 0 ||
        sodium_is_zero(curve, sizeof curve))
        return COMITY_INVALID;
    memcpy(ret_curve, curve, sizeof curve);
    return COMITY_OK;
}

void identity_curve_secret(const struct identity *self, uint8_t ret_secret[CURVE_KEY_SIZE])
{
    (void)crypto_sign_ed25519_sk_to_curve25519(ret_secret, self->secret);
}

void fingerprint_format(const uint8_t key[KEY_SIZE], char ret_text[FINGERPRINT_TEXT_SIZE])
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford. */
    enum { FINGERPRINT_BYTES = 20, GROUP = 4 };
    struct hash hash = hash_of("comity/fingerprint/v1", bytes_of(key, KEY_SIZE));
    size_t used = 0;
    for (size_t bit = 0; bit < FINGERPRINT_BYTES * 8; bit += 5) {
        if (bit > 0 && bit / 5 % GROUP == 0)
            ret_text[used++] = '-';
        uint32_t pair = (uint32_t)hash.bytes[bit / 8] << 8 | hash.bytes[bit / 8 + 1];
        ret_text[used++] = letters[pair >> (11 - bit % 8) & 31];
    }
    ret_text[used] = '\0';
}
