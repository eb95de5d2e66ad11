/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - public keys as people name them. */
#ifndef COMITY_CLI_KEYS_H
#define COMITY_CLI_KEYS_H

#include "cli.h"
#include "model/limits.h"

/* 64 hex digits, or the path of a key file (its public part is in clear). */
COMITY_MUST_CHECK enum comity_error key_read(struct cli *cli, const char *word,
                                             uint8_t ret_key[KEY_SIZE], struct fault *fault);

#endif
