/* SPDX-License-Identifier: Apache-2.0 */
#include "model/amount.h"

#include <stdbool.h>
#include <string.h>

#include "base/calendar.h"

/* A piece of the text; trimmed, it may be empty. */
struct piece {
    const char *data;
    size_t size;
};

static struct piece trim(const char *data, size_t size)
{
    while (size > 0 && (*data == ' ' || *data == '\t')) {
        data++;
        size--;
    }
    while (size > 0 && (data[size - 1] == ' ' || data[size - 1] == '\t'))
        size--;
    return (struct piece){data, size};
}

/* Where the word stands last, with something behind it; SIZE_MAX: nowhere. */
static size_t find_word(struct piece piece, const char *word)
{
    size_t size = strlen(word);
    for (size_t at = piece.size; at-- > 0;) {
        bool begins = at == 0 || piece.data[at - 1] == ' ';
        bool ends = at + size < piece.size && piece.data[at + size] == ' ';
        if (begins && ends && memcmp(piece.data + at, word, size) == 0)
            return at;
    }
    return SIZE_MAX;
}

static enum comity_error refuse(struct fault *fault, const char *text, const char *why)
{
    return fault_set(fault, COMITY_INVALID,
                     "`%.80s` %s: write it as in `40 Mt of CO2 by 2030-01-01`", text, why);
}

/* Digits with a sign in front or not; *piece is what follows. */
static bool take_number(struct piece *piece, int64_t *ret_number, bool *ret_fits)
{
    size_t at = 0;
    bool minus = piece->size > 0 && piece->data[0] == '-';
    at += minus || (piece->size > 0 && piece->data[0] == '+');
    size_t first = at;
    int64_t number = 0;
    *ret_fits = true;
    for (; at < piece->size && piece->data[at] >= '0' && piece->data[at] <= '9'; at++) {
        int64_t digit = piece->data[at] - '0';
        if (__builtin_mul_overflow(number, (int64_t)10, &number) ||
            __builtin_add_overflow(number, minus ? -digit : digit, &number))
            *ret_fits = false;
    }
    if (at == first)
        return false;
    *ret_number = number;
    *piece = trim(piece->data + at, piece->size - at);
    return true;
}

static bool copy(struct piece piece, char ret_name[NAME_MAX_SIZE + 1])
{
    if (piece.size > NAME_MAX_SIZE)
        return false;
    memcpy(ret_name, piece.data, piece.size);
    ret_name[piece.size] = '\0';
    return true;
}

static enum comity_error take_day(const char *text, struct piece *piece, struct amount *amount,
                                  struct fault *fault)
{
    size_t at = find_word(*piece, "by");
    char day[CALENDAR_TEXT_SIZE] = "";
    if (at == SIZE_MAX)
        return COMITY_OK;
    struct piece written = trim(piece->data + at + 2, piece->size - at - 2);
    if (written.size < sizeof day)
        memcpy(day, written.data, written.size);
    if (calendar_parse(day, &amount->due_ms) != COMITY_OK)
        return refuse(fault, text, "has no day such as 2030-12-31 after `by`");
    *piece = trim(piece->data, at);
    return COMITY_OK;
}

enum comity_error amount_parse(const char *text, struct amount *ret_amount, struct fault *fault)
{
    struct amount amount = {.due_ms = 0};
    struct piece piece = trim(text, strlen(text));
    bool fits;
    if (!take_number(&piece, &amount.quantity, &fits))
        return refuse(fault, text, "does not begin with a whole number");
    if (!fits)
        return refuse(fault, text, "begins with a number past 64 bits");
    if (piece.size > 0 && (piece.data[0] == '.' || piece.data[0] == ',' || piece.data[0] == '%'))
        return refuse(fault, text, "does not begin with a whole number, without separators");
    enum comity_error error = take_day(text, &piece, &amount, fault);
    if (error != COMITY_OK)
        return error;
    struct piece unit = {piece.data, 0};
    struct piece issue = piece;
    size_t of = find_word(piece, "of");
    if (of != SIZE_MAX) {
        unit = trim(piece.data, of);
        issue = trim(piece.data + of + 2, piece.size - of - 2);
    } else {
        for (size_t i = piece.size; i-- > 0;) {
            if (piece.data[i] != ' ')
                continue;
            unit = trim(piece.data, i);
            issue = trim(piece.data + i + 1, piece.size - i - 1);
            break;
        }
    }
    if (issue.size == 0)
        return refuse(fault, text, "does not say of what");
    if (!copy(unit, amount.unit) || !copy(issue, amount.issue))
        return refuse(fault, text, "has a unit or an issue of more than 31 bytes");
    *ret_amount = amount;
    return COMITY_OK;
}
