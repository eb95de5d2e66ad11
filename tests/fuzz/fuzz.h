/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what the fuzz targets share: a claim that stops the fuzzer when it is false. */
#ifndef COMITY_FUZZ_FUZZ_H
#define COMITY_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void claim(int holds)
{
    if (!holds)
        abort();
}

#endif
