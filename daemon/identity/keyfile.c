/* SPDX-License-Identifier: Apache-2.0 */
/* keyfile.c - an identity on disk. A small text file, so that a person who opens it by mistake
 * reads first what it is:
 *
 *     comity identity, version 1: keep this file secret
 *     key <64 hex: public key>
 *     seed <64 hex>                                  in clear, or
 *     locked argon2id <operations> <bytes> <32 hex: salt> <48 hex: nonce> <96 hex: sealed seed>
 *
 * Each line ends in one newline; nothing else is accepted. The public key makes damage to a seed
 * visible; a sealed seed authenticates itself (XSalsa20-Poly1305). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "identity/identity.h"
#include "identity/secret.h"

#define KEYFILE_FAMILY "comity identity, version "
#define KEYFILE_TITLE KEYFILE_FAMILY "1: keep this file secret\n"

enum {
    KEYFILE_SIZE_MAX = 1024,
    SEALED_SIZE = SEED_SIZE + crypto_secretbox_MACBYTES,
    OPERATIONS = 3,
    OPERATIONS_MAX = 64,
};
#define MEMORY_BYTES ((uint64_t)64 << 20)
#define MEMORY_BYTES_MAX ((uint64_t)1 << 30) /* A file must not make us swap. */

/* A parsed file. Holds a secret while `locked` is false, so it lives in locked memory only. */
struct keyfile {
    uint8_t key[KEY_SIZE];
    bool locked;
    uint8_t seed[SEED_SIZE]; /* If not locked. */
    uint64_t operations;
    uint64_t memory_bytes;
    uint8_t salt[crypto_pwhash_SALTBYTES];
    uint8_t nonce[crypto_secretbox_NONCEBYTES];
    uint8_t sealed[SEALED_SIZE];
    char text[KEYFILE_SIZE_MAX + 1]; /* The file itself. */
};

/* libsodium places it against a guard page, so its size must keep what is in it aligned. */
static struct keyfile *keyfile_new(void)
{
    size_t size = (sizeof(struct keyfile) + 7) / 8 * 8;
    struct keyfile *file = sodium_malloc(size);
    if (file != NULL)
        memset(file, 0, size);
    return file;
}

static enum comity_error error_from_errno(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return COMITY_NOT_FOUND;
    case EEXIST:
        return COMITY_EXISTS;
    case ENOSPC:
    case EDQUOT:
        return COMITY_FULL;
    default:
        return COMITY_IO;
    }
}

static enum comity_error fail(struct fault *fault, const char *path, const char *verb)
{
    int number = errno;
    return fault_set(fault, error_from_errno(number), "%s: cannot %s: %s", path, verb,
                     strerror(number));
}

static bool derive_seal_key(const struct keyfile *file, struct bytes passphrase,
                            uint8_t ret_key[crypto_secretbox_KEYBYTES])
{
    /* libsodium wants a pointer even for an empty passphrase. */
    const char *text = passphrase.size == 0 ? "" : (const char *)passphrase.data;
    return crypto_pwhash(ret_key, crypto_secretbox_KEYBYTES, text, passphrase.size, file->salt,
                         file->operations, (size_t)file->memory_bytes,
                         crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static enum comity_error seal(struct keyfile *file, struct bytes passphrase)
{
    uint8_t seal_key[crypto_secretbox_KEYBYTES];
    file->operations = OPERATIONS;
    file->memory_bytes = MEMORY_BYTES;
    randombytes_buf(file->salt, sizeof file->salt);
    randombytes_buf(file->nonce, sizeof file->nonce);
    if (!derive_seal_key(file, passphrase, seal_key))
        return COMITY_MEMORY;
    (void)crypto_secretbox_easy(file->sealed, file->seed, SEED_SIZE, file->nonce, seal_key);
    sodium_memzero(seal_key, sizeof seal_key);
    sodium_memzero(file->seed, sizeof file->seed);
    return COMITY_OK;
}

static enum comity_error unseal(struct keyfile *file, struct bytes passphrase, const char *path,
                                struct fault *fault)
{
    uint8_t seal_key[crypto_secretbox_KEYBYTES];
    if (passphrase.size == 0)
        return fault_set(fault, COMITY_PASSPHRASE, "%s: this key asks for a passphrase", path);
    if (!derive_seal_key(file, passphrase, seal_key))
        return fault_set(fault, COMITY_MEMORY,
                         "%s: not enough memory to try the passphrase (%" PRIu64 " MiB)", path,
                         file->memory_bytes >> 20);
    int opened = crypto_secretbox_open_easy(file->seed, file->sealed, sizeof file->sealed,
                                            file->nonce, seal_key);
    sodium_memzero(seal_key, sizeof seal_key);
    if (opened != 0)
        return fault_set(fault, COMITY_PASSPHRASE, "%s: wrong passphrase", path);
    return COMITY_OK;
}

static size_t format(const struct keyfile *file, char ret_text[KEYFILE_SIZE_MAX])
{
    char key[2 * KEY_SIZE + 1];
    char seed[2 * SEED_SIZE + 1];
    char salt[2 * sizeof file->salt + 1];
    char nonce[2 * sizeof file->nonce + 1];
    char sealed[2 * SEALED_SIZE + 1];
    hex_from_bytes(file->key, sizeof file->key, key);
    int size = 0;
    if (file->locked) {
        hex_from_bytes(file->salt, sizeof file->salt, salt);
        hex_from_bytes(file->nonce, sizeof file->nonce, nonce);
        hex_from_bytes(file->sealed, sizeof file->sealed, sealed);
        size = snprintf(ret_text, KEYFILE_SIZE_MAX,
                        KEYFILE_TITLE "key %s\nlocked argon2id %" PRIu64 " %" PRIu64 " %s %s %s\n",
                        key, file->operations, file->memory_bytes, salt, nonce, sealed);
    } else {
        hex_from_bytes(file->seed, sizeof file->seed, seed);
        size = snprintf(ret_text, KEYFILE_SIZE_MAX, KEYFILE_TITLE "key %s\nseed %s\n", key, seed);
        sodium_memzero(seed, sizeof seed);
    }
    return (size_t)size;
}

/* `size` bytes of hexadecimal at *at, then `end`; moves on. */
static bool take_hex(char **at, char end, void *ret_data, size_t size)
{
    char *stop = strchr(*at, end);
    if (stop == NULL)
        return false;
    *stop = '\0';
    bool good = hex_to_bytes(*at, ret_data, size) == COMITY_OK;
    *stop = end;
    *at = stop + 1;
    return good;
}

static bool take_word(char **at, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(*at, word, size) != 0)
        return false;
    *at += size;
    return true;
}

/* A plain decimal number and a space. */
static bool take_number(char **at, uint64_t most, uint64_t *ret_value)
{
    uint64_t value = 0;
    char *start = *at;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        value = value * 10 + (uint64_t)(**at - '0');
        if (value > most)
            return false;
    }
    if (*at == start || *(*at)++ != ' ')
        return false;
    *ret_value = value;
    return true;
}

static bool parse(char *at, struct keyfile *ret_file)
{
    struct keyfile *file = ret_file;
    if (!take_word(&at, KEYFILE_TITLE "key ") || !take_hex(&at, '\n', file->key, KEY_SIZE))
        return false;
    if (take_word(&at, "seed "))
        return take_hex(&at, '\n', file->seed, SEED_SIZE) && *at == '\0';
    file->locked = true;
    return take_word(&at, "locked argon2id ") &&
           take_number(&at, OPERATIONS_MAX, &file->operations) &&
           take_number(&at, MEMORY_BYTES_MAX, &file->memory_bytes) &&
           file->operations >= crypto_pwhash_OPSLIMIT_MIN &&
           file->memory_bytes >= crypto_pwhash_MEMLIMIT_MIN &&
           take_hex(&at, ' ', file->salt, sizeof file->salt) &&
           take_hex(&at, ' ', file->nonce, sizeof file->nonce) &&
           take_hex(&at, '\n', file->sealed, sizeof file->sealed) && *at == '\0';
}

static enum comity_error parse_or_tell(char *text, size_t size, const char *path,
                                       struct keyfile *ret_file, struct fault *fault)
{
    const char *family = KEYFILE_FAMILY;
    if (strncmp(text, family, strlen(family)) != 0)
        return fault_set(fault, COMITY_FOREIGN, "%s: not a comity identity file", path);
    if (strncmp(text + strlen(family), "1:", 2) != 0)
        return fault_set(fault, COMITY_FOREIGN, "%s: written by another version of comity", path);
    if (strlen(text) != size || !parse(text, ret_file)) /* A zero byte inside hides the rest. */
        return fault_set(fault, COMITY_DAMAGED, "%s: the identity file is damaged", path);
    return COMITY_OK;
}

static enum comity_error check_mode(int file, const char *path, struct fault *fault)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return fail(fault, path, "read");
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, COMITY_FOREIGN, "%s: not a file", path);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fault_set(fault, COMITY_REFUSED,
                         "%s: others may read or change this secret key (mode %03o); make it "
                         "yours alone with: chmod 600 %s",
                         path, (unsigned)(status.st_mode & 0777), path);
    return COMITY_OK;
}

enum comity_error identity_file_hold(const char *path, int *ret_file, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return fail(fault, path, "open");
    /* A file system that knows no locks keeps nobody out; the journal's lock is left. */
    if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        (void)close(file);
        return fault_set(fault, COMITY_BUSY, "%s: another daemon serves this key", path);
    }
    *ret_file = file;
    return COMITY_OK;
}

/* ret_file is wiped by the caller, also after an error. */
static enum comity_error read_file(const char *path, struct keyfile *ret_file, struct fault *fault)
{
    char *text = ret_file->text;
    size_t size = 0;
    /* Without O_NONBLOCK a named pipe would hold us here. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return fail(fault, path, "open");
    enum comity_error error = check_mode(file, path, fault);
    ssize_t got = 1;
    while (error == COMITY_OK && got != 0 && size < KEYFILE_SIZE_MAX) {
        got = read(file, text + size, KEYFILE_SIZE_MAX - size);
        if (got > 0)
            size += (size_t)got;
        else if (got < 0 && errno != EINTR)
            error = fail(fault, path, "read");
    }
    (void)close(file);
    text[size] = '\0';
    if (error == COMITY_OK)
        error = parse_or_tell(text, size, path, ret_file, fault);
    return error;
}

enum comity_error identity_load(const char *path, struct bytes passphrase,
                                struct identity **ret_identity, struct fault *fault)
{
    struct identity *self = NULL;
    struct keyfile *file = keyfile_new();
    if (file == NULL)
        return fault_set(fault, COMITY_MEMORY, "%s: no locked memory for a key", path);
    enum comity_error error = read_file(path, file, fault);
    if (error == COMITY_OK && file->locked)
        error = unseal(file, passphrase, path, fault);
    if (error == COMITY_OK)
        error = identity_from_seed(file->seed, &self);
    if (error == COMITY_OK && memcmp(identity_key(self), file->key, KEY_SIZE) != 0) {
        identity_close(&self);
        error =
            fault_set(fault, COMITY_DAMAGED,
                      "%s: damaged: its secret and its public key do not belong together", path);
    }
    sodium_free(file); /* Wipes. */
    if (error == COMITY_OK)
        *ret_identity = self;
    return error;
}

enum comity_error identity_file_is_locked(const char *path, bool *ret_locked, struct fault *fault)
{
    struct keyfile *file = keyfile_new();
    if (file == NULL)
        return fault_set(fault, COMITY_MEMORY, "%s: no locked memory for a key", path);
    enum comity_error error = read_file(path, file, fault);
    if (error == COMITY_OK)
        *ret_locked = file->locked;
    sodium_free(file);
    return error;
}

static bool write_all(int file, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t done = write(file, data, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        data += done;
        size -= (size_t)done;
    }
    return true;
}

/* The file's name is durable only when its directory is. */
static bool sync_directory(const char *path)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(copy, path, strlen(path) + 1);
    int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return false;
    bool synced = fsync(directory) == 0;
    int number = errno;
    (void)close(directory);
    errno = number;
    return synced;
}

static enum comity_error write_file(const char *path, const char *text, size_t size,
                                    struct fault *fault)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file < 0)
        return fail(fault, path, "create");
    enum comity_error error = COMITY_OK;
    if (!write_all(file, text, size) || fsync(file) != 0)
        error = fail(fault, path, "write");
    if (close(file) != 0 && error == COMITY_OK)
        error = fail(fault, path, "write");
    if (error == COMITY_OK && !sync_directory(path))
        error = fail(fault, path, "write");
    if (error != COMITY_OK)
        (void)unlink(path); /* O_EXCL: it is ours, and half a key helps nobody. */
    return error;
}

enum comity_error identity_save(const struct identity *self, const char *path,
                                struct bytes passphrase, struct fault *fault)
{
    struct keyfile *file = keyfile_new();
    if (file == NULL)
        return fault_set(fault, COMITY_MEMORY, "%s: no locked memory for a key", path);
    file->locked = passphrase.size > 0;
    memcpy(file->key, identity_key(self), KEY_SIZE);
    identity_seed(self, file->seed);
    enum comity_error error = COMITY_OK;
    if (file->locked)
        error = seal(file, passphrase);
    if (error == COMITY_OK)
        error = write_file(path, file->text, format(file, file->text), fault);
    else
        error = fault_set(fault, error, "%s: not enough memory to lock the key", path);
    sodium_free(file); /* Wipes. */
    return error;
}
