/* SPDX-License-Identifier: Apache-2.0 */
/* effects.c - what a proposal does besides adopting a text, from the words of `comity propose`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "life.h"
#include "model/act.h"

static const struct {
    const char *option;
    enum effect_kind kind;
    char letter; /* What it is about; 0: a seat. */
} options[] = {
    {"find", EFFECT_BREACH, 'L'},     {"suspend-votes", EFFECT_SUSPEND_VOTES, 0},
    {"restore", EFFECT_RESTORE, 0},   {"expel", EFFECT_EXPEL, 0},
    {"suspend", EFFECT_SUSPEND, 'A'}, {"resume", EFFECT_RESUME, 'A'},
    {"end", EFFECT_END, 'A'},         {"reweigh", EFFECT_REWEIGH, 0},
};
enum { OPTIONS = sizeof options / sizeof options[0] };

/* `CHN:6`, `CHN 6`: one seat's value. */
static enum comity_error take_value(char *word, Comity__V1__DraftEffect *effect,
                                    struct fault *fault)
{
    size_t size = strcspn(word, ": \t");
    char *number = word + size + strspn(word + size, ": \t");
    char *end = NULL;
    if (effect->n_seats == SEATS_MAX)
        return fault_set(fault, COMITY_USAGE, "more values than there are seats");
    errno = 0;
    unsigned long long value = strtoull(number, &end, 10);
    if (size == 0 || number[0] < '0' || number[0] > '9' || errno != 0 ||
        end[strspn(end, " \t\r")] != '\0')
        return fault_set(fault, COMITY_USAGE, "`%.40s` is no SEAT:NUMBER", word);
    word[size] = '\0';
    for (size_t i = 0; i < effect->n_seats; i++) {
        if (strcmp(effect->seats[i], word) == 0)
            return fault_set(fault, COMITY_USAGE, "%.40s has a value already, %llu", word,
                             (unsigned long long)effect->values[i]);
    }
    effect->seats[effect->n_seats++] = word;
    effect->values[effect->n_values++] = value;
    return COMITY_OK;
}

/* A mistake is named with its place: the number of the line in the file, or of the value. */
static enum comity_error take_values(char *list, const char *file, Comity__V1__DraftEffect *effect,
                                     struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    const char *between = file != NULL ? "\n" : ",";
    char comment = file != NULL ? '#' : '\0';
    struct fault wrong = {{0}};
    unsigned place = 0;
    for (char *next = NULL, *at = list; at != NULL && error == COMITY_OK; at = next) {
        place++;
        next = strpbrk(at, between);
        if (next != NULL)
            *next++ = '\0';
        at += strspn(at, " \t\r");
        if (at[0] != '\0' && at[0] != comment)
            error = take_value(at, effect, &wrong);
    }
    if (error == COMITY_OK)
        return error;
    return file != NULL ? fault_set(fault, error, "%.200s:%u: %.200s", file, place, wrong.text)
                        : fault_set(fault, error, "--reweigh, value %u: %.200s", place, wrong.text);
}

/* `quota=CHN:6,IND:3`, or `quota=FILE` with a line `CHN 6` a seat. */
static enum comity_error read_reweigh(struct cli *cli, const char *word, struct arena *arena,
                                      Comity__V1__DraftEffect *effect, struct fault *fault)
{
    char *name = arena_text(arena, bytes_of_text(word));
    effect->seats = arena_array(arena, SEATS_MAX, sizeof *effect->seats);
    effect->values = arena_array(arena, SEATS_MAX, sizeof *effect->values);
    char *equals = name == NULL ? NULL : strchr(name, '=');
    if (name == NULL || effect->seats == NULL || effect->values == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    if (equals == NULL || equals == name || equals[1] == '\0')
        return fault_set(fault, COMITY_USAGE,
                         "--reweigh takes WEIGHT=SEAT:NUMBER,... or WEIGHT=FILE, not `%.40s`",
                         word);
    *equals = '\0';
    effect->name = name;
    char *list = equals + 1;
    if (strchr(list, ':') != NULL)
        return take_values(list, NULL, effect, fault);
    struct buffer file = {0};
    const char *path = list;
    enum comity_error error = cli_read_text(cli, path, &file, fault);
    list = error == COMITY_OK ? arena_text(arena, bytes_of_text((const char *)file.data)) : NULL;
    buffer_free(&file);
    if (error != COMITY_OK || list == NULL)
        return error != COMITY_OK ? error : fault_set(fault, COMITY_MEMORY, "out of memory");
    return take_values(list, path, effect, fault);
}

static enum comity_error read_one(struct cli *cli, size_t option, const char *word,
                                  struct arena *arena, Comity__V1__DraftEffect *effect,
                                  struct fault *fault)
{
    effect->kind = (Comity__V1__Effect__Kind)options[option].kind;
    if (options[option].kind == EFFECT_REWEIGH)
        return read_reweigh(cli, word, arena, effect, fault);
    if (options[option].letter == 0) {
        effect->seat = (char *)(uintptr_t)word;
        return COMITY_OK;
    }
    char kinds[] = {options[option].letter, '\0'};
    effect->subject = arena_alloc(arena, CLI_NAME_SIZE);
    if (effect->subject == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    return cli_target(word, kinds, effect->subject, fault);
}

static enum comity_error read_response(const char *word, Comity__V1__DraftEffect *effect,
                                       struct fault *fault)
{
    if (word == NULL)
        return COMITY_OK;
    enum response response = response_from_word(word);
    if (effect == NULL || effect->kind != (Comity__V1__Effect__Kind)EFFECT_BREACH ||
        response == RESPONSES_COUNT)
        return fault_set(fault, COMITY_USAGE,
                         "--respond goes with --find and says none, suspend-votes, suspend, end "
                         "or expel");
    effect->response = (Comity__V1__BreachResponse)response;
    return COMITY_OK;
}

enum comity_error effect_read(struct cli *cli, const struct arguments *arguments,
                              struct arena *arena, Comity__V1__DraftEffect **ret_effect,
                              struct fault *fault)
{
    Comity__V1__DraftEffect *effect = NULL;
    for (size_t i = 0; i < OPTIONS; i++) {
        const char *word = options_value(arguments, options[i].option);
        if (word == NULL)
            continue;
        if (effect != NULL || *ret_effect != NULL)
            return fault_set(fault, COMITY_USAGE,
                             "a proposal does one thing: --%s belongs to another",
                             options[i].option);
        effect = arena_alloc(arena, sizeof *effect);
        if (effect == NULL)
            return fault_set(fault, COMITY_MEMORY, "out of memory");
        comity__v1__draft_effect__init(effect);
        enum comity_error error = read_one(cli, i, word, arena, effect, fault);
        if (error != COMITY_OK)
            return error;
    }
    if (effect != NULL)
        *ret_effect = effect;
    return read_response(options_value(arguments, "respond"), effect, fault);
}

enum comity_error reservable_read(const struct arguments *arguments, struct arena *arena,
                                  Comity__V1__DraftPropose *propose, struct fault *fault)
{
    const char *at = options_value(arguments, "reservable");
    if (at == NULL)
        return COMITY_OK;
    propose->reservable = arena_array(arena, RESERVABLE_MAX, sizeof *propose->reservable);
    if (propose->reservable == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    for (;;) {
        char *end = NULL;
        unsigned long clause = at[0] >= '1' && at[0] <= '9' ? strtoul(at, &end, 10) : 0;
        size_t count = propose->n_reservable;
        if (clause == 0 || clause > 65535 || count == RESERVABLE_MAX ||
            (count > 0 && propose->reservable[count - 1] >= clause) ||
            (*end != '\0' && *end != ','))
            return fault_set(fault, COMITY_USAGE,
                             "--reservable takes clauses in ascending order, 2,5, at most %d",
                             (int)RESERVABLE_MAX);
        propose->reservable[propose->n_reservable++] = (uint32_t)clause;
        if (*end == '\0')
            return COMITY_OK;
        at = end + 1;
    }
}
