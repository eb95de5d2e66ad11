/* SPDX-License-Identifier: Apache-2.0 */
/* narrate.h - tells a play to a person as it happens. */
#ifndef COMITY_SCENARIO_NARRATE_H
#define COMITY_SCENARIO_NARRATE_H

#include <stdio.h>

#include "scenario/play.h"

struct narrator {
    const struct scenario *scenario;
    FILE *out;
    bool colour;
    bool after_text; /* The last line was prose: keep a space before the next kind. */
};

void narrator_init(struct narrator *self, const struct scenario *scenario, FILE *out,
                   bool colour);
/* `self` outlives it. */
struct play_watch narrator_watch(struct narrator *self);

#endif
