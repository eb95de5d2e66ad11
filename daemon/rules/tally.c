/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/tally.h"

#include <assert.h>
#include <stddef.h>

#include "rules/test.h"
#include "rules/words.h"

bool rule_test_has_base(const struct rule_test *test)
{
    return test->amount != RULE_AMOUNT_COUNT;
}

bool rule_test_is_scaled(const struct rule_test *test, const struct rule_roster *roster)
{
    return roster->nominal != 0 && !rule_test_has_base(test) && test->weight == ROSTER_NONE;
}

uint64_t rule_test_amount(const struct rule_test *test, const struct rule_roster *roster,
                          uint64_t members_count)
{
    if (!rule_test_is_scaled(test, roster))
        return test->p;
    /* ceil(p * members / nominal) with p split by nominal, so that 64 bits hold each part. A
     * count too big to scale stays out of reach. */
    uint64_t whole = test->p / roster->nominal;
    uint64_t rest = test->p % roster->nominal * members_count;
    if (whole > UINT64_MAX / 2 / SEATS_MAX)
        return UINT64_MAX;
    return whole * members_count + (rest + roster->nominal - 1) / roster->nominal;
}

__int128 rule_test_difference(const struct rule_test *test, uint64_t amount, uint64_t left,
                              uint64_t base)
{
    if (!rule_test_has_base(test))
        return (__int128)left - (__int128)amount;
    return (__int128)left * (__int128)test->q - (__int128)amount * (__int128)base;
}

bool rule_compare_holds(enum rule_compare compare, __int128 difference)
{
    switch (compare) {
    case RULE_GE:
        return difference >= 0;
    case RULE_GT:
        return difference > 0;
    case RULE_LE:
        return difference <= 0;
    case RULE_LT:
        return difference < 0;
    case RULE_EQ:
        return difference == 0;
    case RULE_NE:
        return difference != 0;
    }
    assert(false);
    return false;
}

enum rule_compare rule_compare_negated(enum rule_compare compare)
{
    return (enum rule_compare)((unsigned)compare ^ 1);
}

bool rule_test_holds(const struct rule_test *test, uint64_t amount, uint64_t left, uint64_t base)
{
    if (rule_test_has_base(test) && base == 0)
        return false;
    return rule_compare_holds(test->compare, rule_test_difference(test, amount, left, base));
}

/* Long division in digits of 32 bits: q is at most 2^32, so a remainder and a digit fit 64. */
uint64_t rule_test_share(const struct rule_test *test, uint64_t base, bool *ret_exact)
{
    unsigned __int128 product = (unsigned __int128)test->p * base;
    unsigned __int128 quotient = 0;
    uint64_t rest = 0;
    assert(test->q >= 1 && test->q <= (uint64_t)1 << RULE_SHARE_MAX_LOG2);
    for (int shift = 96; shift >= 0; shift -= 32) {
        uint64_t digit = (rest << 32) | (uint32_t)(product >> shift);
        quotient = (quotient << 32) | (digit / test->q);
        rest = digit % test->q;
    }
    *ret_exact = rest == 0;
    return quotient > UINT64_MAX ? UINT64_MAX : (uint64_t)quotient;
}

bool rule_test_is_veto(const struct rule_test *test, enum rule_compare compare, uint64_t amount)
{
    if (test->left != RULE_CLASS_NO && test->left != RULE_CLASS_OBJECTIONS)
        return false;
    if (rule_test_has_base(test) || test->weight != ROSTER_NONE)
        return false;
    return compare == RULE_LT ? amount == 1
                              : (compare == RULE_LE || compare == RULE_EQ) && amount == 0;
}

static void add(struct rule_tally *self, uint32_t seat, uint8_t before, uint8_t after)
{
    const struct rule *rule = self->rule;
    for (uint32_t i = 0; i < rule->slots_count; i++) {
        const struct rule_slot *slot = &rule->slots[i];
        uint32_t was = slot->mask >> before & 1;
        uint32_t is = slot->mask >> after & 1;
        if (was == is)
            continue;
        if (slot->group != ROSTER_NONE &&
            !seat_set_has(&self->roster->groups[slot->group].seats, seat))
            continue;
        uint64_t weight =
            slot->weight == ROSTER_NONE ? 1 : self->roster->weights[slot->weight].values[seat];
        self->sums[i] = is ? self->sums[i] + weight : self->sums[i] - weight;
    }
}

void rule_tally_init(struct rule_tally *self, const struct rule *rule,
                     const struct rule_roster *roster)
{
    assert(rule->resolved);
    assert(roster->seats_count <= SEATS_MAX);
    self->rule = rule;
    self->roster = roster;
    self->members_count = 0;
    for (uint32_t i = 0; i < rule->slots_count; i++)
        self->sums[i] = 0;
    for (uint32_t seat = 0; seat < roster->seats_count; seat++) {
        self->answers[seat] = ANSWER_NOT_MEMBER;
        if (!seat_set_has(&roster->members, seat))
            continue;
        self->members_count++;
        self->answers[seat] = ANSWER_SILENT;
        add(self, seat, ANSWER_NOT_MEMBER, ANSWER_SILENT);
    }
}

void rule_tally_set(struct rule_tally *self, uint32_t seat, enum answer answer)
{
    assert(seat < self->roster->seats_count);
    assert((unsigned)answer < ANSWERS_COUNT);
    uint8_t before = self->answers[seat];
    if (before == (uint8_t)answer || !seat_set_has(&self->roster->members, seat))
        return;
    self->answers[seat] = (uint8_t)answer;
    add(self, seat, before, (uint8_t)answer);
}

static bool node_holds(const struct rule_tally *self, const struct rule_node *node)
{
    if (node->kind == RULE_NOT)
        return !node_holds(self, node->child);
    if (node->kind == RULE_TEST) {
        const struct rule_test *test = &node->test;
        uint64_t amount = rule_test_amount(test, self->roster, self->members_count);
        uint64_t base = rule_test_has_base(test) ? self->sums[test->base_slot] : 0;
        return rule_test_holds(test, amount, self->sums[test->left_slot], base);
    }
    bool is_or = node->kind == RULE_OR;
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        if (node_holds(self, child) == is_or)
            return is_or;
    }
    return !is_or;
}

bool rule_tally_holds(const struct rule_tally *self)
{
    return node_holds(self, self->rule->root);
}

void rule_evaluate(const struct rule *rule, const struct rule_roster *roster,
                   const uint8_t *answers, const char *const *seat_names,
                   struct rule_outcome *ret_outcome)
{
    struct rule_tally tally;
    struct text line;
    rule_tally_init(&tally, rule, roster);
    for (uint32_t seat = 0; seat < roster->seats_count; seat++)
        rule_tally_set(&tally, seat, (enum answer)answers[seat]);
    text_init(&line, ret_outcome->line, sizeof ret_outcome->line);
    ret_outcome->holds = rule_tally_holds(&tally);
    rule_tally_describe(&tally, seat_names, &line);
    rule_end_line(&line);
}
