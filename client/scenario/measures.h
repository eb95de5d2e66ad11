/* SPDX-License-Identifier: Apache-2.0 */
/* measures.h - what a choice came to, measured from its decision point on: the same questions for
 * acting together and for acting alone. It names no winner. */
#ifndef COMITY_SCENARIO_MEASURES_H
#define COMITY_SCENARIO_MEASURES_H

#include "forum/forum.h"
#include "scenario/play.h"

struct measures {
    int64_t effect_ms; /* First day something takes effect; INT64_MAX: nothing does. */
    char effect[8];    /* `A1`, `D1`. */
    uint32_t members;
    uint32_t bound; /* Members bound by an agreement made after the decision, at the end. */
    uint32_t alone; /* Members that acted alone. */
    uint64_t covered, covered_of; /* Of the lesson's weight: by whoever is bound or acts alone. */
    uint32_t burdens_count;       /* Seats that carry something. */
    int64_t burden_least, burden_most, pledged; /* In the lesson's unit; the last is the sum. */
    bool burden_assumed;                        /* By the pack. */
    bool has_reached, reached_assumed;
    int64_t reached;
    uint32_t home_yes, home_told, consents; /* Ratifications: parliament agreed; said; all. */
    uint32_t endorsed, condemned;           /* Delegations, by agreement and declaration. */
    uint32_t obligations;                   /* Operative clauses, each once for each party bound. */
    uint32_t broken;                        /* Commitments. */
};

/* `play` has played `choice` of its scenario's lesson to the end, in `forum`. COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error measures_take(const struct forum *forum,
                                                  const struct play *play,
                                                  const struct lesson_choice *choice,
                                                  struct measures *ret_measures);

#endif
