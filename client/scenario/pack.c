/* SPDX-License-Identifier: Apache-2.0 */
/* pack.c - where the lessons are that come with Comity: beside the program as it is installed, or
 * in the tree it was built in. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario/commands.h"

static const char *const places[] = {
    "../share/comity/scenarios", /* <prefix>/bin/comity */
    "../../../configs/scenarios" /* build/<preset>/bin/comity */
};

static bool is_there(const char *path)
{
    return access(path, R_OK) == 0;
}

enum comity_error pack_find(const char *pack, char *ret_path, size_t size, struct fault *fault)
{
    int written = snprintf(ret_path, size, "%s", pack);
    if (written >= 0 && (size_t)written < size && is_there(ret_path))
        return COMITY_OK;
    if (strpbrk(pack, "/.") != NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "there is no file %s", pack);
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash != NULL)
        *slash = '\0';
    for (size_t i = 0; slash != NULL && i < sizeof places / sizeof *places; i++) {
        written = snprintf(ret_path, size, "%s/%s/%s.yaml", program, places[i], pack);
        if (written >= 0 && (size_t)written < size && is_there(ret_path))
            return COMITY_OK;
    }
    return fault_set(fault, COMITY_NOT_FOUND,
                     "no lesson \"%s\" came with Comity, and no such file is here", pack);
}
