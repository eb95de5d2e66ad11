/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/clock.h"

#include "base/calendar.h"

enum { MONTHS_MAX = 120000 }; /* Ten thousand years: past every forum time. */

int64_t time_add(int64_t left, int64_t right)
{
    int64_t sum;
    if (!__builtin_add_overflow(left, right, &sum))
        return sum;
    return right > 0 ? INT64_MAX : INT64_MIN;
}

int64_t time_clamp(int64_t forum_ms)
{
    if (forum_ms < FORUM_TIME_MIN)
        return FORUM_TIME_MIN;
    return forum_ms > FORUM_TIME_MAX ? FORUM_TIME_MAX : forum_ms;
}

int64_t forum_time(const struct forum *self, int64_t block_ms)
{
    const struct charter *charter = self->charter;
    if (self->suspended)
        return self->now_ms;
    block_ms = time_add(block_ms, -self->paused_ms);
    if (charter->clock == CLOCK_REAL)
        return time_clamp(block_ms);
    if (charter->clock == CLOCK_PRESIDED)
        return self->started ? self->now_ms : time_clamp(charter->clock_starts_ms);
    if (!self->started)
        return time_clamp(charter->clock_starts_ms);
    __int128 passed = ((__int128)block_ms - self->first_ms) * CALENDAR_DAY_MS;
    __int128 time = passed / charter->clock_day_ms;
    if (passed % charter->clock_day_ms < 0)
        time--; /* Floor. */
    time += charter->clock_starts_ms;
    if (time < FORUM_TIME_MIN)
        return FORUM_TIME_MIN;
    return time > FORUM_TIME_MAX ? FORUM_TIME_MAX : (int64_t)time;
}

int64_t clock_block_ms(const struct forum *self, int64_t forum_ms)
{
    const struct charter *charter = self->charter;
    if (self->suspended)
        return FORUM_NEVER;
    if (charter->clock == CLOCK_REAL)
        return time_add(forum_ms, self->paused_ms);
    if (charter->clock == CLOCK_PRESIDED || forum_ms > FORUM_TIME_MAX)
        return FORUM_NEVER;
    __int128 product = ((__int128)forum_ms - charter->clock_starts_ms) * charter->clock_day_ms;
    __int128 block = product / CALENDAR_DAY_MS;
    if (product % CALENDAR_DAY_MS > 0)
        block++; /* Ceiling. */
    block += (__int128)self->first_ms + self->paused_ms;
    if (block < INT64_MIN)
        return INT64_MIN;
    return block > INT64_MAX ? INT64_MAX : (int64_t)block;
}

int64_t clock_axis(const struct forum *self, int64_t forum_ms)
{
    if (forum_ms == FORUM_NEVER || self->charter->clock == CLOCK_PRESIDED)
        return forum_ms;
    return clock_block_ms(self, forum_ms);
}

int64_t clock_axis_time(const struct forum *self, int64_t axis)
{
    return self->charter->clock == CLOCK_PRESIDED ? axis : forum_time(self, axis);
}

int64_t date_midnight(int64_t ms)
{
    int64_t rest = ms % CALENDAR_DAY_MS;
    return ms - (rest < 0 ? rest + CALENDAR_DAY_MS : rest);
}

static int32_t bounded_months(uint32_t months)
{
    return months > MONTHS_MAX ? MONTHS_MAX : (int32_t)months;
}

int64_t date_after(int64_t ms, uint32_t days, uint32_t months)
{
    if (months == 0)
        return days == 0 ? ms : time_add(date_midnight(ms), (int64_t)days * CALENDAR_DAY_MS);
    int32_t count = bounded_months(months);
    int64_t first = calendar_first_of_month(ms, count);
    int64_t length = calendar_first_of_month(ms, count + 1) - first;
    int64_t into = date_midnight(ms) - calendar_first_of_month(ms, 0);
    return first + (into < length ? into : length - CALENDAR_DAY_MS);
}

int64_t date_delayed(int64_t ms, struct charter_delay delay)
{
    int64_t day = date_after(ms, delay.days, delay.span_months);
    if (delay.months > 0)
        day = calendar_first_of_month(time_clamp(day), bounded_months(delay.months));
    return day;
}
