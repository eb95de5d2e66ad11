/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.h - dates and times in UTC, as milliseconds since 1970-01-01T00:00:00Z, in the
 * proleptic Gregorian calendar, without leap seconds. Pure: reads no clock. */
#ifndef COMITY_BASE_CALENDAR_H
#define COMITY_BASE_CALENDAR_H

#include <stdint.h>

#include "base/error.h"

#define CALENDAR_DAY_MS ((int64_t)86400000)
enum { CALENDAR_TEXT_SIZE = 32 };

struct date {
    int32_t year;  /* 0 to 9999 */
    int32_t month; /* 1 to 12 */
    int32_t day;   /* 1 to 31 */
};

int64_t calendar_ms_from_date(struct date date); /* Midnight. */
struct date calendar_date_from_ms(int64_t ms);   /* The day that contains ms. */
/* The first day of the month `months` after the month of ms, at midnight. */
int64_t calendar_first_of_month(int64_t ms, int32_t months);
/* `2016-10-05`, `2016-10-05T12:30Z`, `2016-10-05T12:30:15Z`, `...15.250Z`. COMITY_INVALID for
 * anything else, also for days that do not exist. */
COMITY_MUST_CHECK enum comity_error calendar_parse(const char *text, int64_t *ret_ms);
/* `2016-10-05` at midnight, else `2016-10-05T12:30:15Z`, with milliseconds where there are any. */
void calendar_format(int64_t ms, char ret_text[CALENDAR_TEXT_SIZE]);
void calendar_format_date(int64_t ms, char ret_text[CALENDAR_TEXT_SIZE]);
/* `250ms`, `90s`, `15min`, `72h`, `30d`/`30 days`, `12 months` is not a length: COMITY_INVALID. */
COMITY_MUST_CHECK enum comity_error calendar_parse_length(const char *text, int64_t *ret_ms);

#endif
