/* SPDX-License-Identifier: Apache-2.0 */
/* diff.h - what changed between two texts: whole lines, and the words within changed lines. */
#ifndef COMITY_CLI_DIFF_H
#define COMITY_CLI_DIFF_H

#include <stdbool.h>

#include "page.h"

enum { DIFF_CELLS_MAX = 4 << 20 }; /* Beyond this many comparisons a change is shown whole. */

/* Lines begin with two spaces, `- ` or `+ `; with `words` changed lines are one, with
 * [-removed-] and {+added+} in it. Returns whether the texts differ. The texts are foreign. */
bool diff_texts(struct page *page, const char *before, const char *after, bool words);

#endif
