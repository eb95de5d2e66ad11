/* SPDX-License-Identifier: Apache-2.0 */
/* stance.h - where a delegation stands between acting alone (0) and together (1), as an exact
 * fraction: the mean place of its counted acts. Pure.
 *
 * A place is given by the kind of an act. What commits with others stands at 1; dissent at 1/2: in
 * the room, and not along; leaving and acting alone at 0; a question taken to other seats, and an
 * act alone that relies on agreements, at 1/2. Not counted: defection, which is another axis (a
 * broken word is not a place on this one); what binds a seat by rule without its yes; activity,
 * silence and abstention, which commit nobody. */
#ifndef COMITY_MODEL_STANCE_H
#define COMITY_MODEL_STANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/conduct.h"

enum {
    STANCE_ACTS_MIN = 3,     /* Fewer say nothing. */
    STANCE_OF_MAX = 1000000, /* Also of all places' denominators together. */
};

struct stance_place {
    bool counted;
    uint32_t number, of; /* number / of, at most 1; of is 0 if not counted. */
};
struct stance_places {
    struct stance_place of[CONDUCT_KINDS_COUNT];
};

struct stance {
    uint64_t acts;       /* Counted ones. */
    bool enough;         /* At least STANCE_ACTS_MIN: else the fraction is 0 / 1. */
    uint64_t number, of; /* In lowest terms. */
};

extern const struct stance_places stance_places_default;

/* `broke-silence 1/2`, `missed 0`, `alone -` (not counted); a comment begins with #. Lines that
 * say nothing are fine. COMITY_INVALID: the fault says what was expected. */
COMITY_MUST_CHECK enum comity_error stance_read_line(struct stance_places *self, const char *line,
                                                     struct fault *fault);
/* COMITY_LIMIT: the places have no common denominator up to STANCE_OF_MAX. */
COMITY_MUST_CHECK enum comity_error stance_compute(const struct stance_places *self,
                                                   const uint32_t counts[CONDUCT_KINDS_COUNT],
                                                   struct stance *ret_stance, struct fault *fault);

#endif
