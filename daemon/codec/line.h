/* SPDX-License-Identifier: Apache-2.0 */
/* line.h - texts of one line, as people see them in a list: a title, an issue, a unit.
 *
 * Pure. UTF-8 without C0 or C1 controls, which could rewrite the terminal that shows it. */
#ifndef COMITY_CODEC_LINE_H
#define COMITY_CODEC_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Of `least` to `most` bytes. NULL is a line of no bytes. */
bool line_is_valid(const char *text, size_t least, size_t most);

#endif
