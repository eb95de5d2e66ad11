/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what the fuzz targets share: a claim that stops the fuzzer when it is false, files made
 * of an input, and a program without libFuzzer that runs a target over a corpus (replay.c). */
#ifndef COMITY_FUZZ_FUZZ_H
#define COMITY_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define claim(holds) \
    do { \
        if (!(holds)) { \
            fprintf(stderr, "%s:%d: this must hold: %s\n", __FILE__, __LINE__, #holds); \
            abort(); \
        } \
    } while (0)

/* A file of mode 0600 that holds these bytes until the next call, always under the same name. */
const char *fuzz_file(struct bytes bytes);
/* A file of this tree, whole. The caller frees it. */
struct buffer fuzz_read(const char *path);
/* A copy of its exact size, so that a sanitizer sees who reads past the end. */
struct bytes fuzz_copy(const uint8_t *data, size_t size);
void fuzz_drop(struct bytes *copy);
/* A seat's key made from its name, and a rule for charters that lack keys. */
enum comity_error fuzz_key(void *context, const char *seat_name, uint8_t *ret_key);

#endif
