/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what the machine grants this process, looked at before anything depends on it. */
#ifndef COMITY_SYSTEM_LIMITS_H
#define COMITY_SYSTEM_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Take all the open files that the hard limit allows. COMITY_LIMIT: fewer than a daemon with so
 * many links needs; libzmq would abort in the middle of things. */
COMITY_MUST_CHECK enum comity_error limits_open_files(uint32_t links, struct fault *fault);
/* No memory of this process in a file, and none shown to others of the same user. */
void limits_hide_memory(void);
/* Can a secret be kept out of the swap? False: *ret_bytes is the limit that forbids it. */
bool limits_lock_memory(uint64_t *ret_bytes);
/* A file that may not grow answers with an error, as a full disk does, and kills nobody. */
void limits_survive_full_files(void);

#endif
