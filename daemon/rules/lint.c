/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/lint.h"

#include <stddef.h>

#include "rules/decide.h"
#include "rules/test.h"
#include "rules/words.h"

/* The place for one more warning's text; one that is thrown away when the list is full. */
static struct text begin(struct rule_warnings *self, enum rule_warning_kind kind,
                         struct rule_warning *spare)
{
    struct rule_warning *warning = spare;
    struct text text;
    if (self->count < RULE_WARNINGS_MAX)
        warning = &self->items[self->count++];
    warning->kind = kind;
    text_init(&text, warning->text, sizeof warning->text);
    return text;
}

static void warn(struct rule_warnings *self, enum rule_warning_kind kind, const char *words)
{
    struct rule_warning spare;
    struct text text = begin(self, kind, &spare);
    text_add(&text, words);
}

/* The most the left side can count: seats, or the sum of their weights. */
static uint64_t most_of(const struct rule_test *test, const struct rule_roster *roster)
{
    uint64_t sum = 0;
    for (uint32_t seat = 0; seat < roster->seats_count; seat++) {
        if (!seat_set_has(&roster->members, seat) ||
            (test->group != ROSTER_NONE && !seat_set_has(&roster->groups[test->group].seats, seat)))
            continue;
        sum += test->weight == ROSTER_NONE ? 1 : roster->weights[test->weight].values[seat];
    }
    return sum;
}

static void lint_test(const struct rule_test *test, const struct rule_roster *roster,
                      struct rule_warnings *ret_warnings)
{
    struct rule_warning spare;
    struct text text;
    bool needs = test->compare == RULE_GE || test->compare == RULE_GT || test->compare == RULE_EQ;
    uint64_t most = most_of(test, roster);
    if (test->group != ROSTER_NONE && rule_roster_count(roster, test->group) == 0) {
        text = begin(ret_warnings, RULE_WARNS_EMPTY_GROUP, &spare);
        text_add(&text, "no member is in the group ");
        text_add(&text, test->group_name);
    } else if (needs && !rule_test_has_base(test)) {
        uint64_t amount = rule_test_amount(test, roster, rule_roster_count(roster, ROSTER_NONE));
        if (amount < most || (amount == most && test->compare != RULE_GT))
            return;
        text = begin(ret_warnings, RULE_WARNS_OUT_OF_REACH, &spare);
        text_add(&text, "nobody can reach ");
        text_add(&text, rule_class_word(test->left));
        text_add_char(&text, ' ');
        text_add(&text, rule_compare_word(test->compare));
        text_add_char(&text, ' ');
        text_add_u64(&text, amount);
        text_add(&text, ": there are only ");
        text_add_u64(&text, most);
    } else if (needs && test->p > test->q) {
        text = begin(ret_warnings, RULE_WARNS_SHARE_ABOVE_ONE, &spare);
        text_add(&text, "the share ");
        rule_add_share(&text, test);
        text_add(&text, " is more than all of them");
    }
}

/* From both sides of a test of a plain number: what its count may be. */
struct span {
    uint64_t least, most;
};

static struct span span_of(const struct rule_test *test, const struct rule_roster *roster)
{
    struct span span = {0, UINT64_MAX};
    uint64_t amount = rule_test_amount(test, roster, rule_roster_count(roster, ROSTER_NONE));
    if (rule_test_has_base(test))
        return span;
    if (test->compare == RULE_GE || test->compare == RULE_EQ)
        span.least = amount;
    else if (test->compare == RULE_GT)
        span.least = amount == UINT64_MAX ? amount : amount + 1;
    if (test->compare == RULE_LE || test->compare == RULE_EQ)
        span.most = amount;
    else if (test->compare == RULE_LT && amount > 0)
        span.most = amount - 1;
    return span;
}

/* `yes >= 2 and yes < 2`: each can hold, never both. */
static void lint_pairs(const struct rule_node *node, const struct rule_roster *roster,
                       struct rule_warnings *ret_warnings)
{
    for (const struct rule_node *left = node->child; left != NULL; left = left->next) {
        for (const struct rule_node *right = left->next; right != NULL; right = right->next) {
            if (left->kind != RULE_TEST || right->kind != RULE_TEST ||
                left->test.left != right->test.left || left->test.group != right->test.group ||
                left->test.weight != right->test.weight)
                continue;
            struct span one = span_of(&left->test, roster);
            struct span other = span_of(&right->test, roster);
            if (one.least <= other.most && other.least <= one.most)
                continue;
            struct rule_warning spare;
            struct text text = begin(ret_warnings, RULE_WARNS_NEVER, &spare);
            text_add(&text, "no set of answers satisfies all that is asked of ");
            text_add(&text, rule_class_word(left->test.left));
            return;
        }
    }
}

static void lint_node(const struct rule_node *node, const struct rule_roster *roster,
                      struct rule_warnings *ret_warnings)
{
    if (node->kind == RULE_TEST)
        lint_test(&node->test, roster, ret_warnings);
    if (node->kind == RULE_AND)
        lint_pairs(node, roster, ret_warnings);
    for (const struct rule_node *child = node->child; child != NULL; child = child->next)
        lint_node(child, roster, ret_warnings);
}

void rule_lint(const struct rule *rule, const struct rule_roster *roster,
               struct rule_warnings *ret_warnings)
{
    uint8_t answers[SEATS_MAX];
    uint8_t open[SEATS_MAX];
    uint32_t before = ret_warnings->count;
    lint_node(rule->root, roster, ret_warnings);
    if (ret_warnings->count > before)
        return; /* What is named there already explains it. */
    for (uint32_t seat = 0; seat < SEATS_MAX; seat++) {
        answers[seat] = ANSWER_SILENT;
        open[seat] = RULE_MEMBERS;
    }
    enum rule_fate fate = rule_fate(rule, roster, answers, open);
    if (fate == RULE_FATE_FAILS)
        warn(ret_warnings, RULE_WARNS_NEVER, "no set of answers satisfies this rule");
    if (fate == RULE_FATE_HOLDS)
        warn(ret_warnings, RULE_WARNS_ALWAYS, "every set of answers satisfies this rule");
}

void rule_consents_lint(const struct rule *rule, const struct rule_roster *roster,
                        struct rule_warnings *ret_warnings)
{
    uint8_t answers[SEATS_MAX];
    uint8_t open[SEATS_MAX];
    uint32_t before = ret_warnings->count;
    rule_lint(rule, roster, ret_warnings);
    if (ret_warnings->count > before)
        return;
    for (uint32_t seat = 0; seat < SEATS_MAX; seat++) {
        answers[seat] = ANSWER_SILENT;
        open[seat] = ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_SILENT);
    }
    if (rule_fate(rule, roster, answers, open) == RULE_FATE_FAILS)
        warn(ret_warnings, RULE_WARNS_NEVER,
             "nothing ever enters into force so: a consent is a yes, and there is no other answer");
}

static bool counts_ballots(const struct rule_node *node)
{
    if (node->kind == RULE_TEST) {
        enum rule_class left = node->test.left;
        return left != RULE_CLASS_PRESENT && left != RULE_CLASS_MEMBERS;
    }
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        if (counts_ballots(child))
            return true;
    }
    return false;
}

static void lint_quorum(const struct rule *quorum, const struct rule_roster *roster,
                        struct rule_warnings *ret_warnings)
{
    if (quorum == NULL)
        return;
    rule_lint(quorum, roster, ret_warnings);
    if (counts_ballots(quorum->root))
        warn(ret_warnings, RULE_WARNS_QUORUM_BY_BALLOT,
             "a quorum over ballots rewards staying away: count those present");
}

void rule_settings_lint(const struct rule_settings *settings, const struct rule_roster *roster,
                        struct rule_warnings *ret_warnings)
{
    rule_lint(settings->rule, roster, ret_warnings);
    lint_quorum(settings->quorum_open, roster, ret_warnings);
    lint_quorum(settings->quorum_decide, roster, ret_warnings);
    if (settings->quorum_decide == NULL && !settings->absent_blocks) {
        /* With one seat present and content, and nobody else: would that adopt? */
        struct rule_tally tally;
        bool first = true;
        rule_tally_init(&tally, settings->rule, roster);
        for (uint32_t seat = 0; seat < roster->seats_count; seat++) {
            bool alone = first && seat_set_has(&roster->members, seat);
            rule_tally_set(&tally, seat, alone ? ANSWER_YES : ANSWER_ABSENT);
            first = first && !alone;
        }
        if (tally.members_count > 1 && rule_tally_holds(&tally) &&
            rule_is_consensus(settings->rule, roster))
            warn(ret_warnings, RULE_WARNS_NO_QUORUM,
                 "consensus without quorum: one seat, alone in the room, adopts");
    }
    if (settings->silence == RULE_SILENCE_YES && !settings->receipt_required)
        warn(ret_warnings, RULE_WARNS_NO_RECEIPT,
             "silence counts as consent, also of a seat that may never have heard");
}
