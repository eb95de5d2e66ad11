/* SPDX-License-Identifier: Apache-2.0 */
#include "shipped.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const places[] = {
    "../share/comity", /* <prefix>/bin/comity */
    "../../../configs" /* build/<preset>/bin/comity */
};

static bool is_readable(const char *path, int size, size_t capacity)
{
    return size >= 0 && (size_t)size < capacity && access(path, R_OK) == 0;
}

enum comity_error shipped_folder(const char *folder, char *ret_path, size_t size)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash == NULL)
        return COMITY_NOT_FOUND;
    *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char path[2 * PATH_MAX];
        char real[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s/%s", program, places[i], folder);
        if (realpath(path, real) == NULL)
            continue;
        if (is_readable(real, snprintf(ret_path, size, "%s", real), size))
            return COMITY_OK;
    }
    return COMITY_NOT_FOUND;
}

enum comity_error shipped_find(const char *folder, const char *word, char *ret_path, size_t size)
{
    char path[PATH_MAX];
    if (is_readable(ret_path, snprintf(ret_path, size, "%s", word), size))
        return COMITY_OK;
    if (strpbrk(word, "/.") != NULL || shipped_folder(folder, path, sizeof path) != COMITY_OK)
        return COMITY_NOT_FOUND;
    int written = snprintf(ret_path, size, "%s/%s.yaml", path, word);
    return is_readable(ret_path, written, size) ? COMITY_OK : COMITY_NOT_FOUND;
}
