/* SPDX-License-Identifier: Apache-2.0 */
/* span.c - lengths of time as treaties write them: `30 days`, `first of 6th month`. */
#include <string.h>

#include "charter/parts.h"

/* Digits without a leading zero, then as many spaces as there are; moves on. */
static bool take_number(const char **at, uint32_t most, uint32_t *ret_value)
{
    uint64_t value = 0;
    const char *start = *at;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        value = 10 * value + (uint64_t)(**at - '0');
        if (value > most || *at - start > 8)
            return false;
    }
    if (*at == start || (start[0] == '0' && *at - start > 1))
        return false;
    *ret_value = (uint32_t)value;
    return true;
}

static bool take_word(const char **at, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(*at, word, size) != 0)
        return false;
    *at += size;
    return true;
}

enum comity_error span_parse(const char *text, uint32_t *ret_days, uint32_t *ret_months)
{
    static const struct {
        const char *name;
        uint32_t days;
        uint32_t months;
    } units[] = {{"day", 1, 0}, {"week", 7, 0}, {"month", 0, 1}, {"year", 0, 12}};
    uint32_t count;
    if (!take_number(&text, SPAN_DAYS_MAX, &count) || !take_word(&text, " "))
        return COMITY_INVALID;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const char *rest = text;
        if (!take_word(&rest, units[i].name) || (rest[0] == 's' ? rest[1] : rest[0]) != '\0')
            continue;
        if (count * units[i].days > SPAN_DAYS_MAX || count * units[i].months > SPAN_MONTHS_MAX)
            return COMITY_INVALID;
        *ret_days = count * units[i].days;
        *ret_months = count * units[i].months;
        return COMITY_OK;
    }
    return COMITY_INVALID;
}

enum comity_error delay_parse(const char *text, struct charter_delay *ret_delay)
{
    struct charter_delay delay = {.months = 1};
    if (!take_word(&text, "first of ")) {
        delay.months = 0;
        enum comity_error error = span_parse(text, &delay.days, &delay.span_months);
        if (error == COMITY_OK)
            *ret_delay = delay;
        return error;
    }
    if (take_number(&text, SPAN_MONTHS_MAX, &delay.months) &&
        (delay.months == 0 || !(take_word(&text, "st ") || take_word(&text, "nd ") ||
                                take_word(&text, "rd ") || take_word(&text, "th "))))
        return COMITY_INVALID;
    if (!take_word(&text, "month"))
        return COMITY_INVALID;
    if (take_word(&text, " after ")) {
        if (span_parse(text, &delay.days, &delay.span_months) != COMITY_OK)
            return COMITY_INVALID;
    } else if (text[0] != '\0') {
        return COMITY_INVALID;
    }
    *ret_delay = delay;
    return COMITY_OK;
}

static void print_count(uint32_t count, const char *unit, struct text *out)
{
    text_add_u64(out, count);
    text_add_char(out, ' ');
    text_add(out, unit);
    text_add(out, count == 1 ? "" : "s");
}

void span_print(uint32_t days, uint32_t months, struct text *out)
{
    if (months == 0)
        print_count(days, "day", out);
    else if (months % 12 == 0)
        print_count(months / 12, "year", out);
    else
        print_count(months, "month", out);
}

static const char *ordinal(uint32_t number)
{
    uint32_t tens = number / 10 % 10;
    if (tens == 1)
        return "th";
    switch (number % 10) {
    case 1:
        return "st";
    case 2:
        return "nd";
    case 3:
        return "rd";
    default:
        return "th";
    }
}

void delay_print(struct charter_delay delay, struct text *out)
{
    if (delay.months == 0) {
        span_print(delay.days, delay.span_months, out);
        return;
    }
    text_add(out, "first of ");
    if (delay.months > 1) {
        text_add_u64(out, delay.months);
        text_add(out, ordinal(delay.months));
        text_add_char(out, ' ');
    }
    text_add(out, "month");
    if (delay.days > 0 || delay.span_months > 0) {
        text_add(out, " after ");
        span_print(delay.days, delay.span_months, out);
    }
}

void length_print(int64_t ms, struct text *out)
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = {{86400000, " days"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}, {1, "ms"}};
    size_t i = 0;
    while (ms % units[i].ms != 0 || ms < units[i].ms) {
        if (++i == sizeof units / sizeof *units - 1)
            break;
    }
    text_add_i64(out, ms / units[i].ms);
    text_add(out, units[i].unit);
}
