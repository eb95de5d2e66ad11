/* SPDX-License-Identifier: Apache-2.0 */
#include "terms.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/calendar.h"
#include "model/amount.h"
#include "model/limits.h"

/* A whole number at the front; *ret_rest is what follows. */
static bool take_integer(const char *text, int64_t *ret_number, const char **ret_rest)
{
    const char *digits = text[0] == '-' || text[0] == '+' ? text + 1 : text;
    if (digits[0] < '0' || digits[0] > '9')
        return false;
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno != 0)
        return false;
    *ret_number = number;
    *ret_rest = end;
    return true;
}

/* `5%` and `1/3`. */
static bool take_share(const char *text, Comity__V1__Term *term)
{
    int64_t number = 0;
    int64_t of = 0;
    const char *rest = NULL;
    if (!take_integer(text, &number, &rest))
        return false;
    if (strcmp(rest, "%") == 0) {
        term->number = number;
        term->of = 100;
        return true;
    }
    if (rest[0] != '/' || !take_integer(rest + 1, &of, &rest) || rest[0] != '\0' || of < 1)
        return false;
    term->number = number;
    term->of = (uint64_t)of;
    return true;
}

/* `1200 Mt`, `1200Mt`, `1200`: a unit has no digits and at most one word. */
static bool take_quantity(const char *text, Comity__V1__Term *term)
{
    const char *rest = NULL;
    if (!take_integer(text, &term->number, &rest))
        return false;
    rest += strspn(rest, " ");
    if (strpbrk(rest, "0123456789 .,-:") != NULL || strlen(rest) > NAME_MAX_SIZE)
        return false;
    term->unit = (char *)rest;
    return true;
}

static void set_value(Comity__V1__Term *term, const char *value)
{
    Comity__V1__Term quantity = COMITY__V1__TERM__INIT;
    if (calendar_parse(value, &term->number) == COMITY_OK) {
        term->kind = COMITY__V1__TERM__KIND__TERM_DATE;
    } else if (take_share(value, term)) {
        term->kind = COMITY__V1__TERM__KIND__TERM_SHARE;
    } else if (take_quantity(value, &quantity)) {
        term->kind = COMITY__V1__TERM__KIND__TERM_INTEGER;
        term->number = quantity.number;
        term->unit = quantity.unit;
    } else {
        term->kind = COMITY__V1__TERM__KIND__TERM_CHOICE;
        term->text = (char *)value;
    }
}

enum comity_error term_parse(const char *word, struct arena *arena, Comity__V1__Term **ret_term,
                             struct fault *fault)
{
    char *copy = arena_text(arena, bytes_of_text(word));
    Comity__V1__Term *term = arena_alloc(arena, sizeof *term);
    if (copy == NULL || term == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    comity__v1__term__init(term);
    char *equals = strchr(copy, '=');
    if (equals == NULL || equals == copy || equals[1] == '\0')
        return fault_set(fault, COMITY_USAGE,
                         "the term `%.60s` should read issue=value, as in cap=1200Mt", word);
    *equals = '\0';
    term->issue = copy;
    if (strlen(copy) > NAME_MAX_SIZE)
        return fault_set(fault, COMITY_USAGE, "the issue `%.60s` has more than %d characters", copy,
                         NAME_MAX_SIZE);
    set_value(term, equals + 1);
    *ret_term = term;
    return COMITY_OK;
}

/* Strings into the arena. */
static enum comity_error take_amount(const char *text, struct arena *arena,
                                     struct amount *ret_amount, char **ret_issue, char **ret_unit,
                                     struct fault *fault)
{
    if (amount_parse(text, ret_amount, fault) != COMITY_OK)
        return COMITY_USAGE;
    *ret_issue = arena_text(arena, bytes_of_text(ret_amount->issue));
    *ret_unit = arena_text(arena, bytes_of_text(ret_amount->unit));
    return *ret_issue == NULL || *ret_unit == NULL
               ? fault_set(fault, COMITY_MEMORY, "out of memory")
               : COMITY_OK;
}

enum comity_error goal_parse(const char *word, struct arena *arena, Comity__V1__Goal **ret_goal,
                             struct fault *fault)
{
    struct amount amount;
    Comity__V1__Goal *goal = arena_alloc(arena, sizeof *goal);
    if (goal == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    comity__v1__goal__init(goal);
    enum comity_error error = take_amount(word, arena, &amount, &goal->issue, &goal->unit, fault);
    if (error != COMITY_OK)
        return error;
    goal->quantity = amount.quantity;
    goal->due_ms = amount.due_ms;
    *ret_goal = goal;
    return COMITY_OK;
}

enum comity_error spend_parse(const char *word, struct arena *arena,
                              Comity__V1__DraftEffect **ret_effect, struct fault *fault)
{
    char *copy = arena_text(arena, bytes_of_text(word));
    Comity__V1__DraftEffect *effect = arena_alloc(arena, sizeof *effect);
    if (copy == NULL || effect == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    comity__v1__draft_effect__init(effect);
    char *sum = strchr(copy, ':');
    char *seat = sum == NULL ? NULL : strchr(sum + 1, ':');
    int64_t quantity = 0;
    const char *rest = NULL;
    if (sum != NULL && seat != NULL)
        *sum = *seat = '\0';
    if (sum == NULL || seat == NULL || copy[0] == '\0' || seat[1] == '\0' ||
        !take_integer(sum + 1, &quantity, &rest) || rest[0] != '\0' || quantity < 1)
        return fault_set(fault, COMITY_USAGE,
                         "--spend reads agreement:sum:seat, as in A1:500:FJI, not `%.60s`", word);
    effect->kind = COMITY__V1__EFFECT__KIND__EFFECT_SPEND;
    effect->subject = copy;
    effect->quantity = (uint64_t)quantity;
    effect->seat = seat + 1;
    *ret_effect = effect;
    return COMITY_OK;
}

/* `CHN: -200 Mt of coal by 2030-12-31`, whose second part begins with a number. */
static bool is_in_words(const char *word)
{
    const char *at = strchr(word, ':');
    if (at == NULL || at == word)
        return false;
    at++;
    at += strspn(at, " ");
    return (*at >= '0' && *at <= '9') || *at == '-' || *at == '+';
}

static enum comity_error pledge_in_words(char *copy, struct arena *arena, const char **ret_seat,
                                         Comity__V1__Pledge *pledge, struct fault *fault)
{
    struct amount amount;
    char *colon = strchr(copy, ':');
    *colon = '\0';
    enum comity_error error =
        take_amount(colon + 1, arena, &amount, &pledge->issue, &pledge->unit, fault);
    if (error != COMITY_OK)
        return error;
    pledge->quantity = amount.quantity;
    pledge->due_ms = amount.due_ms;
    *ret_seat = copy;
    return COMITY_OK;
}

enum comity_error pledge_parse(const char *word, struct arena *arena, const char **ret_seat,
                               Comity__V1__Pledge **ret_pledge, struct fault *fault)
{
    enum { SEAT, ISSUE, QUANTITY, UNIT, DAY, PARTS };
    char *copy = arena_text(arena, bytes_of_text(word));
    Comity__V1__Pledge *pledge = arena_alloc(arena, sizeof *pledge);
    if (copy == NULL || pledge == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    comity__v1__pledge__init(pledge);
    if (is_in_words(copy)) {
        *ret_pledge = pledge;
        return pledge_in_words(copy, arena, ret_seat, pledge, fault);
    }
    char *parts[PARTS] = {NULL};
    char *at = copy;
    for (size_t i = 0; i < PARTS && at != NULL; i++) {
        parts[i] = at;
        at = i == DAY ? NULL : strchr(at, ':'); /* A day may have colons. */
        if (at != NULL)
            *at++ = '\0';
    }
    if (parts[QUANTITY] == NULL || parts[SEAT][0] == '\0' || parts[ISSUE][0] == '\0')
        return fault_set(fault, COMITY_USAGE,
                         "the pledge `%.60s` should read as in `CHN: -200 Mt of coal by "
                         "2030-12-31`, or CHN:coal:-200:Mt:2030-12-31",
                         word);
    const char *rest = NULL;
    if (!take_integer(parts[QUANTITY], &pledge->quantity, &rest) || rest[0] != '\0')
        return fault_set(fault, COMITY_USAGE,
                         "in the pledge `%.60s` the quantity `%.30s` is no whole number", word,
                         parts[QUANTITY]);
    if (parts[DAY] != NULL && parts[DAY][0] != '\0' &&
        calendar_parse(parts[DAY], &pledge->due_ms) != COMITY_OK)
        return fault_set(fault, COMITY_USAGE,
                         "in the pledge `%.60s` the day `%.30s` is no date such as 2030-12-31",
                         word, parts[DAY]);
    pledge->issue = parts[ISSUE];
    if (parts[UNIT] != NULL)
        pledge->unit = parts[UNIT];
    *ret_seat = parts[SEAT];
    *ret_pledge = pledge;
    return COMITY_OK;
}
