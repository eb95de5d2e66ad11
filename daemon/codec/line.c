/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/line.h"

#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

bool line_is_valid(const char *text, size_t least, size_t most)
{
    if (text == NULL)
        return least == 0;
    size_t size = strnlen(text, most + 1);
    if (size < least || size > most || !utf8_is_valid(bytes_of(text, size)))
        return false;
    const uint8_t *at = (const uint8_t *)text;
    for (size_t i = 0; i < size; i++) {
        if (at[i] < 0x20 || at[i] == 0x7F || (at[i] == 0xC2 && at[i + 1] < 0xA0))
            return false;
    }
    return true;
}
