/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - the machine's clocks, in milliseconds. Not for the pure rooms. */
#ifndef COMITY_BASE_CLOCK_H
#define COMITY_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_utc_ms(void);      /* Wall clock since 1970; may jump. */
int64_t clock_steady_ms(void);   /* CLOCK_MONOTONIC: never goes back, stands still in sleep. */
int64_t clock_boottime_ms(void); /* As steady, but goes on while the machine sleeps. */

#endif
