/* SPDX-License-Identifier: Apache-2.0 */
/* amount.h - so much of something by a day, as people write it: `40 Mt of CO2 by 2030-01-01`. Pure.
 *
 *     NUMBER [UNIT] [of] ISSUE [by DAY]
 *
 * A whole number, also below 0; the unit may stand right behind it, `40Mt`. Without `of` the last
 * word is the issue. With it the issue may be several words. */
#ifndef COMITY_MODEL_AMOUNT_H
#define COMITY_MODEL_AMOUNT_H

#include <stdint.h>

#include "base/error.h"
#include "model/limits.h"

struct amount {
    int64_t quantity;
    char unit[NAME_MAX_SIZE + 1]; /* "" if none. */
    char issue[NAME_MAX_SIZE + 1];
    int64_t due_ms; /* 0: no day named. */
};

/* COMITY_INVALID: the fault says what was expected where. */
COMITY_MUST_CHECK enum comity_error amount_parse(const char *text, struct amount *ret_amount,
                                                 struct fault *fault);

#endif
