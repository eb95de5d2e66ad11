/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - the forum's clock. Real: block time. Scaled: a day passes in the charter's day_ms.
 * Presided: moves by the chair's ruling alone. Pure.
 *
 * Deadlines are kept in forum time and compared on the clock's axis: block time, or forum time
 * where the clock is presided, because there block time says nothing about the forum's.
 *
 * While the forum is suspended its time stands still and no deadline has a place on the axis; when
 * it is resumed all of them have moved by the time it was suspended. */
#ifndef COMITY_FORUM_CLOCK_H
#define COMITY_FORUM_CLOCK_H

#include "forum/state.h"

/* The earliest block time at which the forum's clock shows at least `forum_ms`; FORUM_NEVER for a
 * presided clock. */
int64_t clock_block_ms(const struct forum *self, int64_t forum_ms);
/* Where a date lies on the axis. */
int64_t clock_axis(const struct forum *self, int64_t forum_ms);
/* The forum time at a place of the axis. */
int64_t clock_axis_time(const struct forum *self, int64_t axis);

/* left + right, at the ends of 64 bits where it does not fit. */
int64_t time_add(int64_t left, int64_t right);
int64_t time_clamp(int64_t forum_ms); /* Into FORUM_TIME_MIN..FORUM_TIME_MAX. */
int64_t date_midnight(int64_t ms);    /* Of the day that contains ms. */
/* So many calendar days or whole months after the day of `ms`, then the first day of the n-th month
 * after that. A delay of nothing is the moment itself. */
int64_t date_delayed(int64_t ms, struct charter_delay delay);
/* So many months (if not 0; the same day of the month, or its last), else days, after the day of
 * `ms`. Nothing is the moment itself. */
int64_t date_after(int64_t ms, uint32_t days, uint32_t months);

#endif
