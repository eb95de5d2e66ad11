/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - the words people read for the model's numbers. */
#include <string.h>

#include "model/act.h"
#include "model/verdict.h"

const char *act_kind_word(enum act_kind kind)
{
    switch (kind) {
#define X(name, number, word) \
    case name: \
        return word;
        ACT_KINDS(X)
#undef X
    }
    return NULL;
}

const char *answer_word(enum answer answer)
{
    static const char *const words[] = {
#define X(name, word) word,
        ANSWERS(X)
#undef X
    };
    return (unsigned)answer < ANSWERS_COUNT ? words[answer] : "unknown";
}

static const char *const effects[] = {
#define X(name, word) word,
    EFFECT_KINDS(X)};
static const char *const responses[] = {RESPONSES(X)};
#undef X

static unsigned find_word(const char *const *words, unsigned count, const char *word)
{
    unsigned i = 0;
    while (i < count && strcmp(words[i], word) != 0)
        i++;
    return i;
}

const char *effect_word(enum effect_kind kind)
{
    return (unsigned)kind < EFFECT_KINDS_COUNT ? effects[kind] : NULL;
}

const char *response_word(enum response response)
{
    return (unsigned)response < RESPONSES_COUNT ? responses[response] : NULL;
}

enum effect_kind effect_from_word(const char *word)
{
    return (enum effect_kind)find_word(effects, EFFECT_KINDS_COUNT, word);
}

enum response response_from_word(const char *word)
{
    return (enum response)find_word(responses, RESPONSES_COUNT, word);
}

enum answer answer_from_word(const char *word)
{
    for (int i = ANSWER_YES; i <= ANSWER_ABSTAIN; i++) {
        if (strcmp(word, answer_word((enum answer)i)) == 0)
            return (enum answer)i;
    }
    if (strcmp(word, answer_word(ANSWER_PASS)) == 0)
        return ANSWER_PASS;
    return ANSWERS_COUNT;
}

const char *verdict_word(enum verdict verdict)
{
    static const char *const words[] = {
#define X(name, word) word,
        VERDICTS(X)
#undef X
    };
    return (unsigned)verdict < VERDICTS_COUNT ? words[verdict] : "unknown";
}
