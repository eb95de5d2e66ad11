/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h - rosters and answers for the tests of rules/. Answers are written one letter a seat:
 * y yes, n no, o object, a abstain, s silent, - absent, u unreachable, x no member. */
#ifndef COMITY_TESTS_RULES_FIXTURE_H
#define COMITY_TESTS_RULES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/rule.h"

static inline enum answer answer_of(char letter)
{
    switch (letter) {
    case 'y':
        return ANSWER_YES;
    case 'n':
        return ANSWER_NO;
    case 'o':
        return ANSWER_OBJECT;
    case 'a':
        return ANSWER_ABSTAIN;
    case 's':
        return ANSWER_SILENT;
    case '-':
        return ANSWER_ABSENT;
    case 'u':
        return ANSWER_UNREACHABLE;
    default:
        return ANSWER_NOT_MEMBER;
    }
}

/* Returns the number of seats. */
static inline uint32_t answers_of(const char *letters, uint8_t *ret_answers)
{
    uint32_t count = (uint32_t)strlen(letters);
    for (uint32_t i = 0; i < count; i++)
        ret_answers[i] = (uint8_t)answer_of(letters[i]);
    return count;
}

/* All seats members; no groups, no weights. */
static inline void roster_of(struct rule_roster *ret_roster, uint32_t seats_count)
{
    *ret_roster = (struct rule_roster){.seats_count = seats_count};
    for (uint32_t seat = 0; seat < seats_count; seat++)
        seat_set_add(&ret_roster->members, seat);
}

/* The group's seats are first..last. */
static inline void roster_add_group(struct rule_roster *self, const char *name, uint32_t first,
                                    uint32_t count)
{
    struct rule_group *group = &self->groups[self->groups_count++];
    (void)snprintf(group->name, sizeof group->name, "%s", name);
    for (uint32_t seat = first; seat < first + count; seat++)
        seat_set_add(&group->seats, seat);
}

static inline void roster_add_weight(struct rule_roster *self, const char *name,
                                     const uint64_t *values)
{
    struct rule_weight *weight = &self->weights[self->weights_count++];
    (void)snprintf(weight->name, sizeof weight->name, "%s", name);
    weight->values = values;
}

/* Parse what the test's author knows to be right. */
static inline const struct rule *must_parse(struct arena *arena, const char *text,
                                            const struct rule_roster *roster)
{
    const struct rule *rule = NULL;
    struct fault fault = {{0}};
    enum comity_error error = rule_parse(arena, bytes_of_text(text), roster, &rule, &fault);
    if (error != COMITY_OK)
        fail_msg("%s: %s", text, fault.text);
    return rule;
}

/* xorshift64*; the tests print their seed. */
static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1DULL;
}

static inline uint32_t random_below(uint64_t *state, uint32_t bound)
{
    return (uint32_t)((random_next(state) >> 32) % bound);
}

/* COMITY_SEED if set, so that a failure can be repeated with another. */
static inline uint64_t random_seed(uint64_t standard)
{
    const char *text = getenv("COMITY_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : standard;
    print_message("seed %llu\n", (unsigned long long)seed);
    return seed != 0 ? seed : 1;
}

static inline void random_test(uint64_t *random, const struct rule_roster *roster, struct text *out)
{
    static const char *const compares[] = {">=", ">", "<=", "<", "="};
    enum rule_class base = (enum rule_class)random_below(random, RULE_CLASSES_COUNT);
    text_add(out, rule_class_word((enum rule_class)random_below(random, RULE_CLASSES_COUNT)));
    if (roster->groups_count > 0 && random_below(random, 3) == 0)
        text_format(out, " in %s", roster->groups[random_below(random, roster->groups_count)].name);
    if (roster->weights_count > 0 && random_below(random, 3) == 0)
        text_format(out, " by %s",
                    roster->weights[random_below(random, roster->weights_count)].name);
    text_format(out, " %s ", compares[random_below(random, 5)]);
    switch (random_below(random, 4)) {
    case 0:
        text_format(out, "%u", random_below(random, roster->seats_count + 2));
        break;
    case 1:
        text_format(out, "all %s", rule_class_word(base));
        break;
    case 2:
        text_format(out, "%u%% of %s", random_below(random, 5) * 25, rule_class_word(base));
        break;
    default:
        text_format(out, "%u/%u of %s", random_below(random, 4), 1 + random_below(random, 4),
                    rule_class_word(base));
    }
}

/* A random sentence of the grammar, sometimes with more parentheses than it needs. */
static inline void random_rule(uint64_t *random, const struct rule_roster *roster, int depth,
                               struct text *out)
{
    uint32_t kind = depth == 0 ? 0 : random_below(random, 6);
    if (kind < 2) {
        random_test(random, roster, out);
    } else if (kind == 2) {
        text_add(out, "not (");
        random_rule(random, roster, depth - 1, out);
        text_add(out, ")");
    } else {
        text_add(out, "(");
        random_rule(random, roster, depth - 1, out);
        text_add(out, kind % 2 == 0 ? ") and (" : ") or (");
        random_rule(random, roster, depth - 1, out);
        text_add(out, ")");
    }
}

#endif
