/* SPDX-License-Identifier: Apache-2.0 */
/* crc32c.h - the Castagnoli CRC (RFC 3720 section 12.1), for finding torn and damaged records. */
#ifndef COMITY_STORE_CRC32C_H
#define COMITY_STORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continue from `crc` (0 at the start). Uses the processor's instruction where there is one. */
uint32_t crc32c(uint32_t crc, const void *data, size_t size);
/* The same without that instruction. */
uint32_t crc32c_portable(uint32_t crc, const void *data, size_t size);

#endif
