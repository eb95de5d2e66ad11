/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - what a play came to: the same table on a terminal and in JSON. */
#ifndef COMITY_SCENARIO_REPORT_H
#define COMITY_SCENARIO_REPORT_H

#include <stdio.h>

#include "scenario/play.h"

struct report_style {
    bool colour;
    bool verbose; /* Every party, not only how many. */
};

/* Proposals, agreements, conduct, then the differences or that there are none. `footer` says
 * where and how fast; NULL: nothing. */
COMITY_MUST_CHECK enum comity_error report_print(struct play *play, struct report_style style,
                                                 const char *footer, FILE *out,
                                                 struct fault *fault);
COMITY_MUST_CHECK enum comity_error report_json(struct play *play, const char *how, FILE *out,
                                                struct fault *fault);
void report_differences(const struct play *play, FILE *out);
/* The names of a set, `FRA, GBR`; cut at the end of `out`. */
void report_seats(const struct scenario *scenario, const struct seat_set *set, char *out,
                  size_t size);
void report_day(int64_t ms, char *out, size_t size); /* `-` for never. */
/* The label a proposal was given, or "". */
const char *report_label(const struct play *play, uint32_t proposal);

#endif
