/* SPDX-License-Identifier: Apache-2.0 */
/* pack.c - finds a lesson: a file, or one of those that come with Comity. */
#include <string.h>

#include "scenario/commands.h"
#include "shipped.h"

enum comity_error pack_find(const char *pack, char *ret_path, size_t size, struct fault *fault)
{
    if (shipped_find("scenarios", pack, ret_path, size) == COMITY_OK)
        return COMITY_OK;
    if (strpbrk(pack, "/.") != NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "there is no file %s", pack);
    return fault_set(fault, COMITY_NOT_FOUND,
                     "no lesson \"%s\" came with Comity, and no such file is here", pack);
}
