/* SPDX-License-Identifier: Apache-2.0 */
/* shipped.h - the files that come with Comity, `forums` and `scenarios`: beside the program as it
 * is installed, or in the tree it was built in. */
#ifndef COMITY_LIB_SHIPPED_H
#define COMITY_LIB_SHIPPED_H

#include <stddef.h>

#include "base/error.h"

/* The path of what a user calls by `word`: the file of that name; else, for a word without `/` and
 * `.`, `<word>.yaml` of the folder. COMITY_NOT_FOUND: neither is there. */
COMITY_MUST_CHECK enum comity_error shipped_find(const char *folder, const char *word,
                                                 char *ret_path, size_t size);
/* COMITY_NOT_FOUND: none came with this program. */
COMITY_MUST_CHECK enum comity_error shipped_folder(const char *folder, char *ret_path, size_t size);

#endif
