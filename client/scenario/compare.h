/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h - the choices of a lesson side by side. */
#ifndef COMITY_SCENARIO_COMPARE_H
#define COMITY_SCENARIO_COMPARE_H

#include <stdio.h>

#include "scenario/measures.h"

enum { COMPARE_CHOICES_MAX = 8 };

/* `measures` by choice of the lesson; `chosen` one of them or SCENARIO_NONE. */
void compare_print(const struct scenario *scenario, const struct measures *measures,
                   uint32_t chosen, bool colour, FILE *out);
/* COMITY_MEMORY, COMITY_IO. */
COMITY_MUST_CHECK enum comity_error compare_json(const struct scenario *scenario,
                                                 const struct measures *measures, uint32_t chosen,
                                                 FILE *out);

#endif
