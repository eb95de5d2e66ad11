/* SPDX-License-Identifier: Apache-2.0 */
#include "base/calendar.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Days since 1970-01-01. Years are counted from March, so that the leap day comes last. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int64_t calendar_ms_from_date(struct date date)
{
    return days_from_civil(date.year, date.month, date.day) * CALENDAR_DAY_MS;
}

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

struct date calendar_date_from_ms(int64_t ms)
{
    int64_t days = floor_div(ms, CALENDAR_DAY_MS) + 719468;
    int64_t era = floor_div(days, 146097);
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    return (struct date){
        .year = (int32_t)(year_of_era + era * 400 + (month >= 10 ? 1 : 0)),
        .month = (int32_t)(month < 10 ? month + 3 : month - 9),
        .day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

int64_t calendar_first_of_month(int64_t ms, int32_t months)
{
    struct date date = calendar_date_from_ms(ms);
    int64_t index = (int64_t)date.year * 12 + date.month - 1 + months;
    int64_t year = floor_div(index, 12);
    return days_from_civil(year, index - year * 12 + 1, 1) * CALENDAR_DAY_MS;
}

/* Exactly `count` digits at *at; moves on. -1 if they are not there. */
static int32_t take_digits(const char **at, int count)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if ((*at)[i] < '0' || (*at)[i] > '9')
            return -1;
        value = value * 10 + ((*at)[i] - '0');
    }
    *at += count;
    return value;
}

static enum comity_error parse_time_of_day(const char *at, int64_t *ret_ms)
{
    int32_t hour = take_digits(&at, 2);
    if (hour < 0 || hour > 23 || *at++ != ':')
        return COMITY_INVALID;
    int32_t minute = take_digits(&at, 2);
    if (minute < 0 || minute > 59)
        return COMITY_INVALID;
    int32_t second = 0;
    int32_t ms = 0;
    if (*at == ':') {
        at++;
        second = take_digits(&at, 2);
        if (second < 0 || second > 59)
            return COMITY_INVALID;
        if (*at == '.') {
            at++;
            ms = take_digits(&at, 3);
            if (ms < 0)
                return COMITY_INVALID;
        }
    }
    if (strcmp(at, "Z") != 0)
        return COMITY_INVALID;
    *ret_ms = ((int64_t)hour * 3600 + (int64_t)minute * 60 + second) * 1000 + ms;
    return COMITY_OK;
}

enum comity_error calendar_parse(const char *text, int64_t *ret_ms)
{
    const char *at = text;
    struct date date = {.year = take_digits(&at, 4)};
    if (date.year < 0 || *at++ != '-')
        return COMITY_INVALID;
    date.month = take_digits(&at, 2);
    if (date.month < 1 || date.month > 12 || *at++ != '-')
        return COMITY_INVALID;
    date.day = take_digits(&at, 2);
    if (date.day < 1 || date.day > 31)
        return COMITY_INVALID;
    int64_t midnight = calendar_ms_from_date(date);
    struct date back = calendar_date_from_ms(midnight);
    if (back.day != date.day || back.month != date.month)
        return COMITY_INVALID; /* Such as 30 February. */
    int64_t time_of_day = 0;
    if (*at == 'T') {
        enum comity_error error = parse_time_of_day(at + 1, &time_of_day);
        if (error != COMITY_OK)
            return error;
    } else if (*at != '\0') {
        return COMITY_INVALID;
    }
    *ret_ms = midnight + time_of_day;
    return COMITY_OK;
}

void calendar_format_date(int64_t ms, char ret_text[CALENDAR_TEXT_SIZE])
{
    struct date date = calendar_date_from_ms(ms);
    (void)snprintf(ret_text, CALENDAR_TEXT_SIZE, "%04d-%02d-%02d", (int)date.year, (int)date.month,
                   (int)date.day);
}

void calendar_format(int64_t ms, char ret_text[CALENDAR_TEXT_SIZE])
{
    calendar_format_date(ms, ret_text);
    int64_t rest = ms - floor_div(ms, CALENDAR_DAY_MS) * CALENDAR_DAY_MS;
    if (rest == 0)
        return;
    size_t used = strlen(ret_text);
    int hour = (int)(rest / 3600000);
    int minute = (int)(rest / 60000 % 60);
    int second = (int)(rest / 1000 % 60);
    int milli = (int)(rest % 1000);
    if (milli == 0) {
        (void)snprintf(ret_text + used, CALENDAR_TEXT_SIZE - used, "T%02d:%02d:%02dZ", hour, minute,
                       second);
    } else {
        (void)snprintf(ret_text + used, CALENDAR_TEXT_SIZE - used, "T%02d:%02d:%02d.%03dZ", hour,
                       minute, second, milli);
    }
}

enum comity_error calendar_parse_length(const char *text, int64_t *ret_ms)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {
        {"ms", 1},
        {"s", 1000},
        {"second", 1000},
        {"seconds", 1000},
        {"min", 60000},
        {"minute", 60000},
        {"minutes", 60000},
        {"h", 3600000},
        {"hour", 3600000},
        {"hours", 3600000},
        {"d", CALENDAR_DAY_MS},
        {"day", CALENDAR_DAY_MS},
        {"days", CALENDAR_DAY_MS},
    };
    int64_t value = 0;
    const char *at = text;
    if (*at < '0' || *at > '9')
        return COMITY_INVALID;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (value > INT64_MAX / 10 / CALENDAR_DAY_MS - 1)
            return COMITY_INVALID;
        value = value * 10 + (*at - '0');
    }
    while (*at == ' ')
        at++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(at, units[i].name) == 0) {
            *ret_ms = value * units[i].ms;
            return COMITY_OK;
        }
    }
    return COMITY_INVALID;
}
