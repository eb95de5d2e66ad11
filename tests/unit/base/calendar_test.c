/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"

static bool is_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t days_in(int32_t year, int32_t month)
{
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Every day counts one more than the day before, and comes back, from its first to its last
 * millisecond, as date and as text. */
static void every_day_from_1900_to_2200_goes_there_and_back(void **state)
{
    (void)state;
    int64_t expected = -25567 * CALENDAR_DAY_MS; /* 1 January 1900. */
    for (int32_t year = 1900; year <= 2200; year++) {
        for (int32_t month = 1; month <= 12; month++) {
            for (int32_t day = 1; day <= days_in(year, month); day++) {
                struct date date = {.year = year, .month = month, .day = day};
                char text[CALENDAR_TEXT_SIZE];
                int64_t parsed = 0;
                int64_t ms = calendar_ms_from_date(date);
                assert_true(ms == expected);
                struct date last = calendar_date_from_ms(ms + CALENDAR_DAY_MS - 1);
                struct date first = calendar_date_from_ms(ms);
                assert_memory_equal(&first, &date, sizeof date);
                assert_memory_equal(&last, &date, sizeof date);
                calendar_format(ms, text);
                assert_int_equal(strlen(text), 10);
                assert_int_equal(calendar_parse(text, &parsed), COMITY_OK);
                assert_true(parsed == ms);
                expected += CALENDAR_DAY_MS;
            }
            char text[CALENDAR_TEXT_SIZE];
            int64_t parsed = 42;
            (void)snprintf(text, sizeof text, "%04d-%02d-%02d", (int)year, (int)month,
                           (int)days_in(year, month) + 1);
            assert_int_equal(calendar_parse(text, &parsed), COMITY_INVALID);
            assert_true(parsed == 42);
        }
    }
}

static void texts_and_milliseconds_agree(void **state)
{
    (void)state;
    static const struct {
        const char *read;
        int64_t ms;
        const char *written;
    } rows[] = {
        {"1970-01-01", 0, "1970-01-01"},
        {"1970-01-01T00:00Z", 0, "1970-01-01"},
        {"2016-10-05", 1475625600000, "2016-10-05"},
        {"2016-10-05T12:30Z", 1475670600000, "2016-10-05T12:30:00Z"},
        {"2016-10-05T12:30:15Z", 1475670615000, "2016-10-05T12:30:15Z"},
        {"2016-10-05T12:30:15.250Z", 1475670615250, "2016-10-05T12:30:15.250Z"},
        {"2000-02-29T23:59:59.999Z", 951868799999, "2000-02-29T23:59:59.999Z"},
        {"1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"},
        {"0000-01-01", -62167219200000, "0000-01-01"},
        {"0000-02-29", -62162121600000, "0000-02-29"},
        {"9999-12-31", 253402214400000, "9999-12-31"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[CALENDAR_TEXT_SIZE];
        int64_t ms = 7;
        assert_int_equal(calendar_parse(rows[i].read, &ms), COMITY_OK);
        assert_true(ms == rows[i].ms);
        calendar_format(ms, text);
        assert_string_equal(text, rows[i].written);
        calendar_format_date(ms, text);
        assert_int_equal(strlen(text), 10);
        assert_memory_equal(text, rows[i].written, 10);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "2016",
        "2016-10",
        "2016-1-05",
        "16-10-05",
        "2016-00-10",
        "2016-13-10",
        "2016-10-00",
        "2015-02-29",
        "1900-02-29",
        "2016-04-31",
        "2016-10-05 ",
        " 2016-10-05",
        "2016-10-05T",
        "2016-10-05T12",
        "2016-10-05T12:30",
        "2016-10-05T24:00Z",
        "2016-10-05T12:60Z",
        "2016-10-05T12:30:60Z",
        "2016-10-05T12:30:15.25Z",
        "2016-10-05T12:30:15.2500Z",
        "2016-10-05T12:30:15+02:00",
        "2016-10-05t12:30z",
        "2016-10-05T12:30ZZ",
        "2016/10/05",
        "-001-10-05",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = 7;
        assert_int_equal(calendar_parse(rows[i], &ms), COMITY_INVALID);
        assert_true(ms == 7);
    }
}

static void the_first_of_a_later_month_crosses_years(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int32_t months;
        const char *first;
    } rows[] = {
        {"2016-10-05T12:30Z", 0, "2016-10-01"},
        {"2016-10-31", 1, "2016-11-01"},
        {"2016-10-31", 3, "2017-01-01"},
        {"2016-01-31", 1, "2016-02-01"},
        {"2016-12-31T23:59:59.999Z", 1, "2017-01-01"},
        {"2016-01-01", -1, "2015-12-01"},
        {"1970-01-01", -1, "1969-12-01"},
        {"2016-02-29", 48, "2020-02-01"},
        {"2016-05-01", -17, "2014-12-01"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[CALENDAR_TEXT_SIZE];
        int64_t ms = 0;
        assert_int_equal(calendar_parse(rows[i].from, &ms), COMITY_OK);
        calendar_format(calendar_first_of_month(ms, rows[i].months), text);
        assert_string_equal(text, rows[i].first);
    }
}

static void lengths_have_a_unit_and_do_not_overflow(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused. */
    } rows[] = {
        {"0s", 0},
        {"250ms", 250},
        {"90s", 90000},
        {"15min", 900000},
        {"15 minutes", 900000},
        {"72h", 259200000},
        {"30d", 2592000000},
        {"30 days", 2592000000},
        {"1 day", 86400000},
        {"", -1},
        {"5", -1},
        {"s", -1},
        {"-5s", -1},
        {"+5s", -1},
        {"5 s ", -1},
        {"5S", -1},
        {"1.5h", -1},
        {"12 months", -1},
        {"1 year", -1},
        {"99999999999999999999d", -1},
        {"9223372036854775807d", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = -7;
        enum comity_error error = calendar_parse_length(rows[i].text, &ms);
        assert_int_equal(error, rows[i].ms < 0 ? COMITY_INVALID : COMITY_OK);
        assert_true(ms == (rows[i].ms < 0 ? -7 : rows[i].ms));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_from_1900_to_2200_goes_there_and_back),
        cmocka_unit_test(texts_and_milliseconds_agree),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(the_first_of_a_later_month_crosses_years),
        cmocka_unit_test(lengths_have_a_unit_and_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
