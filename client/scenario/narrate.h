/* SPDX-License-Identifier: Apache-2.0 */
/* narrate.h - tells a play to a person as it happens. */
#ifndef COMITY_SCENARIO_NARRATE_H
#define COMITY_SCENARIO_NARRATE_H

#include <stdio.h>

#include "scenario/play.h"

enum { NARRATOR_AGREEMENTS_MAX = 256, NARRATOR_GROUP_MAX = 1024 };

struct narrator {
    const struct scenario *scenario;
    const struct play *play; /* Set before it runs: what labels stand for. */
    FILE *out;
    bool colour;
    bool day_told; /* A day's date is written with the first thing that happens on it. */
    int64_t day_ms;
    char who[NARRATOR_GROUP_MAX]; /* Delegations that did the same, until something else comes. */
    char what[NARRATOR_GROUP_MAX];
    uint32_t agreements[NARRATOR_AGREEMENTS_MAX]; /* By number of the proposal. */
};

void narrator_init(struct narrator *self, const struct scenario *scenario, FILE *out, bool colour);
void narrator_end(struct narrator *self); /* Whatever is not written yet. */
/* Words wrapped at the narrator's width, each line after so many spaces. */
void narrate_text(const char *text, int indent, FILE *out);
/* `self` outlives it. */
struct play_watch narrator_watch(struct narrator *self);

#endif
