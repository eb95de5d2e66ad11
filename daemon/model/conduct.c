/* SPDX-License-Identifier: Apache-2.0 */
#include "model/conduct.h"

#include <string.h>

static const struct {
    enum conduct_class class;
    const char *word;
} kinds[] = {
#define X(name, class, word) {class, word},
    CONDUCT_KINDS(X)
#undef X
};

enum conduct_class conduct_class_of(enum conduct_kind kind)
{
    return kinds[kind].class;
}

const char *conduct_word(enum conduct_kind kind)
{
    return (unsigned)kind < CONDUCT_KINDS_COUNT ? kinds[kind].word : NULL;
}

const char *conduct_class_word(enum conduct_class class)
{
    static const char *const words[] = {
#define X(name, word) word,
        CONDUCT_CLASSES(X)
#undef X
    };
    return (unsigned)class < CONDUCT_CLASSES_COUNT ? words[class] : NULL;
}

enum conduct_kind conduct_from_word(const char *word)
{
    unsigned kind = 0;
    while (kind < CONDUCT_KINDS_COUNT && strcmp(kinds[kind].word, word) != 0)
        kind++;
    return (enum conduct_kind)kind;
}
