/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - files and copies that fuzz targets read from. */
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "fuzz/fuzz.h"

const char *fuzz_file(struct bytes bytes)
{
    static char path[64];
    static int file = -1;
    if (file < 0) {
        file = memfd_create("input", MFD_CLOEXEC);
        claim(file >= 0 && fchmod(file, 0600) == 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    claim(ftruncate(file, 0) == 0);
    claim(pwrite(file, bytes.data, bytes.size, 0) == (ssize_t)bytes.size);
    return path;
}

struct buffer fuzz_read(const char *path)
{
    struct buffer bytes = {0};
    char part[65536];
    size_t size;
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while ((size = fread(part, 1, sizeof part, file)) > 0)
        claim(buffer_append(&bytes, part, size) == COMITY_OK);
    (void)fclose(file);
    return bytes;
}

struct bytes fuzz_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    claim(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    return bytes_of(copy, size);
}

void fuzz_drop(struct bytes *copy)
{
    free((void *)(uintptr_t)copy->data);
    copy->data = NULL;
}

enum comity_error fuzz_key(void *context, const char *seat_name, uint8_t *ret_key)
{
    (void)context;
    struct hash hash = hash_of("fuzz/key", bytes_of_text(seat_name));
    memcpy(ret_key, hash.bytes, HASH_SIZE);
    return COMITY_OK;
}
