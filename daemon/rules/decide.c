/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/decide.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include "rules/test.h"

struct decider {
    const struct rule_roster *roster;
    const uint8_t *answers;
    const uint8_t *open; /* May be NULL. */
    uint64_t members_count;
};

/* What the completions can make of a test or a node. */
struct possible {
    bool hold;
    bool fail;
};

static uint32_t options_of(const struct decider *self, uint32_t seat)
{
    uint32_t open = self->open != NULL ? self->open[seat] : 0;
    return open | ANSWER_BIT(self->answers[seat]);
}

/* The most that a choice among options adds to a test's difference; `some` is false when there is
 * no such option. */
struct gain {
    bool some;
    __int128 most;
};

static void gain_add(struct gain *self, bool possible, __int128 value)
{
    if (possible && (!self->some || value > self->most))
        *self = (struct gain){.some = true, .most = value};
}

/* What the seat counts for on either side of the test; 0 if it counts on neither. */
static uint64_t weight_of(const struct decider *self, const struct rule_test *test, uint32_t seat)
{
    if (!seat_set_has(&self->roster->members, seat))
        return 0;
    if (test->group != ROSTER_NONE && !seat_set_has(&self->roster->groups[test->group].seats, seat))
        return 0;
    return test->weight == ROSTER_NONE ? 1 : self->roster->weights[test->weight].values[seat];
}

/* The greatest value of sign * difference over all completions whose base is not empty. `some` is
 * false if every completion leaves the base empty. Take each seat's best option, preferring one
 * in the base; if none of them is, the seat that loses least by it must enter the base. */
static struct gain extreme(const struct decider *self, const struct rule_test *test, int sign)
{
    uint32_t left = rule_class_mask(test->left);
    uint32_t base = rule_test_has_base(test) ? rule_class_mask(test->base) : 0;
    uint64_t amount = rule_test_amount(test, self->roster, self->members_count);
    bool filled = !rule_test_has_base(test);
    struct gain least_loss = {.some = false}; /* Negated: the greatest -loss. */
    __int128 total = filled ? rule_test_difference(test, amount, 0, 0) * sign : 0;
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        uint64_t weight = weight_of(self, test, seat);
        uint32_t options = options_of(self, seat);
        struct gain out = {.some = false};
        struct gain in = {.some = false};
        if (weight == 0)
            continue;
        __int128 if_left = (__int128)weight * (__int128)test->q * sign;
        __int128 if_base = -(__int128)weight * (__int128)amount * sign;
        gain_add(&out, (options & ~left & ~base) != 0, 0);
        gain_add(&out, (options & left & ~base) != 0, if_left);
        gain_add(&in, (options & ~left & base) != 0, if_base);
        gain_add(&in, (options & left & base) != 0, if_left + if_base);
        if (in.some && (!out.some || in.most >= out.most)) {
            filled = true;
            total += in.most;
        } else {
            total += out.most;
            gain_add(&least_loss, in.some, in.most - out.most);
        }
    }
    if (!filled)
        total += least_loss.most; /* Zero if there is none. */
    return (struct gain){.some = filled || least_loss.some, .most = total};
}

/* Whether some completion leaves the test's base empty. */
static bool may_be_empty(const struct decider *self, const struct rule_test *test)
{
    if (!rule_test_has_base(test))
        return false;
    uint32_t base = rule_class_mask(test->base);
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        if ((options_of(self, seat) & ~base) == 0 && weight_of(self, test, seat) != 0)
            return false;
    }
    return true;
}

static struct possible possible_test(const struct decider *self, const struct rule_test *test)
{
    struct gain up = extreme(self, test, 1);
    struct gain down = extreme(self, test, -1);
    struct possible possible = {.hold = false, .fail = true};
    if (!up.some)
        return possible; /* Always empty. */
    __int128 most = up.most;
    __int128 least = -down.most;
    if (test->compare == RULE_EQ) {
        possible.hold = least <= 0 && most >= 0;
        possible.fail = least != 0 || most != 0;
    } else {
        possible.hold =
            rule_compare_holds(test->compare, most) || rule_compare_holds(test->compare, least);
        possible.fail =
            !rule_compare_holds(test->compare, most) || !rule_compare_holds(test->compare, least);
    }
    possible.fail = possible.fail || may_be_empty(self, test);
    return possible;
}

static struct possible possible_node(const struct decider *self, const struct rule_node *node)
{
    if (node->kind == RULE_TEST)
        return possible_test(self, &node->test);
    if (node->kind == RULE_NOT) {
        struct possible child = possible_node(self, node->child);
        return (struct possible){.hold = child.fail, .fail = child.hold};
    }
    bool is_or = node->kind == RULE_OR;
    struct possible all = {.hold = !is_or, .fail = is_or};
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        struct possible one = possible_node(self, child);
        all.hold = is_or ? all.hold || one.hold : all.hold && one.hold;
        all.fail = is_or ? all.fail && one.fail : all.fail || one.fail;
    }
    return all;
}

enum rule_fate rule_fate(const struct rule *rule, const struct rule_roster *roster,
                         const uint8_t *answers, const uint8_t *open)
{
    struct decider decider = {.roster = roster,
                              .answers = answers,
                              .open = open,
                              .members_count = rule_roster_count(roster, ROSTER_NONE)};
    assert(rule->resolved);
    struct possible possible = possible_node(&decider, rule->root);
    if (possible.hold && possible.fail)
        return RULE_FATE_OPEN;
    /* Each node can do at least one of the two in three-valued logic. */
    assert(possible.hold || possible.fail);
    return possible.hold ? RULE_FATE_HOLDS : RULE_FATE_FAILS;
}
