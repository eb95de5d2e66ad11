/* SPDX-License-Identifier: Apache-2.0 */
/* minimize.h - a failing seed made smaller: fewer faults, fewer lies, shorter, fewer seats, as long
 * as it fails in the same way. */
#ifndef COMITY_SIM_DAEMONS_MINIMIZE_H
#define COMITY_SIM_DAEMONS_MINIMIZE_H

#include <stdio.h>

#include "sim/daemons/plan.h"
#include "sim/workers.h"

struct simd_case { /* What `simd` runs for a seed. */
    const char *profile;
    struct filter filter;
    bool replay, trace;
    uint32_t sweep_n; /* Not 0: seeds are cases of the sweep. */
};

workers_run simd_run; /* `context` is a struct simd_case. */
/* The command that runs it again. */
void simd_print_command(FILE *file, const struct simd_case *self, uint64_t seed);
/* Prints what is left and its command. */
void simd_minimize(const struct simd_case *self, uint64_t seed, const struct finding *failure);

#endif
