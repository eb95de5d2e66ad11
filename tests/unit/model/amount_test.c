/* SPDX-License-Identifier: Apache-2.0 */
/* What people write of amounts: each row is read as it stands, or refused with its reason. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/calendar.h"
#include "model/amount.h"

static const struct {
    const char *text;
    int64_t quantity;
    const char *unit, *issue, *day;
} rows[] = {
    {"40 Mt of CO2 by 2030-01-01", 40, "Mt", "CO2", "2030-01-01"},
    {"40Mt of CO2", 40, "Mt", "CO2", NULL},
    {"  -200  Mt  of coal  by  2030-12-31 ", -200, "Mt", "coal", "2030-12-31"},
    {"40 Mt CO2 by 2030-01-01", 40, "Mt", "CO2", "2030-01-01"},
    {"+7 trees", 7, "", "trees", NULL},
    {"7 of trees", 7, "", "trees", NULL},
    {"100 USD of climate finance by 2025-06-30", 100, "USD", "climate finance", "2025-06-30"},
    {"5 days of work of art", 5, "days of work", "art", NULL},
    {"9 by-products", 9, "", "by-products", NULL},
    {"9223372036854775807 of x", INT64_MAX, "", "x", NULL},
    {"-9223372036854775808 of x", INT64_MIN, "", "x", NULL},
    {"1 x by 2030-01-01T12:30Z", 1, "", "x", "2030-01-01T12:30Z"},
};

static void an_amount_is_read_as_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct amount amount;
        struct fault fault = {""};
        int64_t day_ms = 0;
        if (rows[i].day != NULL)
            assert_int_equal(calendar_parse(rows[i].day, &day_ms), COMITY_OK);
        if (amount_parse(rows[i].text, &amount, &fault) != COMITY_OK)
            fail_msg("%s: %s", rows[i].text, fault.text);
        assert_string_equal(amount.unit, rows[i].unit);
        assert_string_equal(amount.issue, rows[i].issue);
        assert_true(amount.quantity == rows[i].quantity && amount.due_ms == day_ms);
    }
}

static const struct {
    const char *text, *reason;
} refused[] = {
    {"", "whole number"},
    {"many Mt of CO2", "whole number"},
    {"-", "whole number"},
    {"1.5 Mt of CO2", "whole number, without separators"},
    {"1,500 Mt of CO2", "whole number, without separators"},
    {"5% of CO2", "whole number, without separators"},
    {"9223372036854775808 of x", "past 64 bits"},
    {"-9223372036854775809 of x", "past 64 bits"},
    {"40", "of what"},
    {"40 Mt of CO2 by 2030", "no day such as"},
    {"40 Mt of CO2 by next year", "no day such as"},
    {"40 Mt of CO2 by 2030-02-30", "no day such as"},
    {"40 by 2030-01-01", "of what"},
    {"40 Mt of 0123456789012345678901234567890x", "more than 31 bytes"},
};

static void what_is_no_amount_is_refused_with_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct amount amount;
        struct fault fault = {""};
        enum comity_error error = amount_parse(refused[i].text, &amount, &fault);
        if (error != COMITY_INVALID || strstr(fault.text, refused[i].reason) == NULL)
            fail_msg("\"%s\": %s", refused[i].text, fault.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_is_read_as_it_stands),
        cmocka_unit_test(what_is_no_amount_is_refused_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
