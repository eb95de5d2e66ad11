/* SPDX-License-Identifier: Apache-2.0 */
/* conduct.h - what each seat did, counted by kind (model/conduct.h), per seat and topic. Pure.
 *
 * A notice that is taken back undoes what it was counted as; nothing else is undone. Silence,
 * abstention and amendments are activity: they commit nobody and break nothing. */
#ifndef COMITY_FORUM_CONDUCT_H
#define COMITY_FORUM_CONDUCT_H

#include "forum/state.h"

/* Counts of one seat on one topic; there is a row only where something was counted. */
struct conduct_row {
    uint32_t counts[CONDUCT_KINDS_COUNT];
};

/* The seat did this once more; -1 takes it back. A topic the charter does not list counts as none;
 * NULL is "". */
void conduct_count(struct forum *self, uint32_t seat, const char *topic, enum conduct_kind kind,
                   int delta);
/* A question was decided, or tied up with its draft (`early`: before balloting closed). */
void conduct_count_verdict(struct forum *self, const struct proposal *proposal, bool early);
void conduct_check(const struct forum *self); /* Asserts what is always true. */

#endif
