/* SPDX-License-Identifier: Apache-2.0 */
#include "model/stance.h"

#include <string.h>

#define PLACE(number, of) \
    { \
        true, number, of \
    }
const struct stance_places stance_places_default = {
    .of =
        {
            [CONDUCT_CONSENTED] = PLACE(1, 1),
            [CONDUCT_ADOPTED_YES] = PLACE(1, 1),
            [CONDUCT_OBJECTED] = PLACE(1, 2),
            [CONDUCT_BROKE_SILENCE] = PLACE(1, 2),
            [CONDUCT_DECLINED] = PLACE(1, 2),
            [CONDUCT_WITHDREW] = PLACE(0, 1),
            [CONDUCT_TOOK_BACK] = PLACE(0, 1),
            [CONDUCT_SHIFTED] = PLACE(1, 2),
            [CONDUCT_LEFT] = PLACE(0, 1),
            [CONDUCT_ALONE] = PLACE(0, 1),
            [CONDUCT_ALONE_RELYING] = PLACE(1, 2),
        },
};

static uint64_t common_divisor(uint64_t left, uint64_t right)
{
    while (right != 0) {
        uint64_t rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

static bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

static const char *skip_blank(const char *at)
{
    while (is_blank(*at))
        at++;
    return at;
}

/* Up to STANCE_OF_MAX; NULL if there is no number, or a larger one. */
static const char *read_number(const char *at, uint32_t *ret_number)
{
    uint32_t number = 0;
    if (*at < '0' || *at > '9')
        return NULL;
    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (uint32_t)(*at - '0');
        if (number > STANCE_OF_MAX)
            return NULL;
    }
    *ret_number = number;
    return at;
}

static bool read_place(const char *at, struct stance_place *ret_place)
{
    struct stance_place place = {true, 0, 1};
    if (*at == '-') {
        place = (struct stance_place){false, 0, 0};
        at++;
    } else {
        at = read_number(at, &place.number);
        if (at != NULL && *at == '/')
            at = read_number(at + 1, &place.of);
    }
    if (at == NULL || (place.counted && (place.of == 0 || place.number > place.of)))
        return false;
    at = skip_blank(at);
    *ret_place = place;
    return *at == '\0' || *at == '#';
}

enum comity_error stance_read_line(struct stance_places *self, const char *line,
                                   struct fault *fault)
{
    const char *at = skip_blank(line);
    char word[32];
    size_t size = 0;
    if (*at == '\0' || *at == '#')
        return COMITY_OK;
    for (; *at != '\0' && !is_blank(*at); at++) {
        if (size + 1 == sizeof word)
            return fault_set(fault, COMITY_INVALID, "no kind of conduct has so long a name");
        word[size++] = *at;
    }
    word[size] = '\0';
    enum conduct_kind kind = conduct_from_word(word);
    if (kind == CONDUCT_KINDS_COUNT)
        return fault_set(fault, COMITY_INVALID, "there is no kind of conduct \"%s\"", word);
    if (!read_place(skip_blank(at), &self->of[kind]))
        return fault_set(fault, COMITY_INVALID,
                         "%s: a place is a fraction from 0 to 1, such as 1/2, or - for not counted",
                         word);
    return COMITY_OK;
}

enum comity_error stance_compute(const struct stance_places *self,
                                 const uint32_t counts[CONDUCT_KINDS_COUNT],
                                 struct stance *ret_stance, struct fault *fault)
{
    uint64_t common = 1;
    for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++) {
        const struct stance_place *place = &self->of[kind];
        if (!place->counted)
            continue;
        common = common / common_divisor(common, place->of) * place->of;
        if (common > STANCE_OF_MAX)
            return fault_set(fault, COMITY_LIMIT,
                             "the places' denominators have no common multiple up to %d",
                             (int)STANCE_OF_MAX);
    }
    /* Below 2^32 * 2^20 * 2^6: nothing overflows. */
    uint64_t number = 0;
    uint64_t acts = 0;
    for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++) {
        const struct stance_place *place = &self->of[kind];
        if (!place->counted)
            continue;
        number += counts[kind] * (common / place->of) * place->number;
        acts += counts[kind];
    }
    struct stance stance = {.acts = acts, .enough = acts >= STANCE_ACTS_MIN, .of = 1};
    if (stance.enough) {
        uint64_t divisor = common_divisor(acts * common, number);
        stance.number = number / divisor;
        stance.of = acts * common / divisor;
    }
    *ret_stance = stance;
    return COMITY_OK;
}
