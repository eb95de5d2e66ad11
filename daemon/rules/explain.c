/* SPDX-License-Identifier: Apache-2.0 */
/* A rule in plain English, for a delegate who has never seen the grammar. */
#include "rules/rule.h"

#include <assert.h>
#include <stddef.h>

#include "rules/test.h"
#include "rules/words.h"

/* By class: what is counted, what those seats do, and who they are as the base of a share. */
static const struct {
    const char *count;
    const char *verb;
    const char *base;
} phrases[RULE_CLASSES_COUNT] = {
    [RULE_CLASS_YES] = {"yes", "vote yes", "those voting yes"},
    [RULE_CLASS_NO] = {"no", "vote no", "those voting no"},
    [RULE_CLASS_OBJECTIONS] = {"objections", "object", "those objecting"},
    [RULE_CLASS_ABSTAIN] = {"abstentions", "abstain", "those abstaining"},
    [RULE_CLASS_SILENT] = {"silent seats", "stay silent", "the silent seats"},
    [RULE_CLASS_VOTING] = {"yes and no votes", "vote yes or no", "those voting yes or no"},
    [RULE_CLASS_CAST] = {"ballots cast", "cast a ballot", "those casting a ballot"},
    [RULE_CLASS_PRESENT] = {"seats present", "are present", "those present"},
    [RULE_CLASS_MEMBERS] = {"members", "are members", "the members"},
    [RULE_CLASS_NOT_YES] = {"members not voting yes", "do not vote yes", "those not voting yes"},
};

static void add_group(struct text *out, const struct rule_test *test)
{
    if (test->group_name == NULL)
        return;
    text_add(out, " in ");
    text_add(out, test->group_name);
}

static void explain_veto(const struct rule_test *test, struct text *out)
{
    if (test->group_name == NULL) {
        text_add(out, "nobody");
    } else {
        text_add(out, "no member of ");
        text_add(out, test->group_name);
    }
    text_add(out, test->left == RULE_CLASS_NO ? " votes no" : " objects");
}

static void add_amount(enum rule_compare compare, const struct rule_test *test, struct text *out)
{
    static const char *const words[] = {
        [RULE_GE] = "at least ", [RULE_LT] = "fewer than ", [RULE_GT] = "more than ",
        [RULE_LE] = "at most ",  [RULE_EQ] = "exactly ",    [RULE_NE] = "not exactly ",
    };
    bool all = test->amount == RULE_AMOUNT_ALL;
    if (all && (compare == RULE_GE || compare == RULE_EQ)) {
        text_add(out, "all");
        return;
    }
    if (all && (compare == RULE_LT || compare == RULE_NE)) {
        text_add(out, "not all");
        return;
    }
    bool counted = test->amount == RULE_AMOUNT_COUNT && test->weight_name == NULL;
    text_add(out, compare == RULE_LT && !counted ? "less than " : words[compare]);
    if (all) {
        text_add(out, "all");
        return;
    }
    text_add_u64(out, test->p);
    if (test->amount == RULE_AMOUNT_PERCENT)
        text_add_char(out, '%');
    if (test->amount == RULE_AMOUNT_SHARE) {
        text_add_char(out, '/');
        text_add_u64(out, test->q);
    }
}

static void explain_test(const struct rule_test *test, bool negated, struct text *out)
{
    enum rule_compare compare = negated ? rule_compare_negated(test->compare) : test->compare;
    if (rule_test_is_veto(test, compare, test->p)) {
        explain_veto(test, out);
    } else if (test->weight_name != NULL) {
        text_add(out, "the members");
        add_group(out, test);
        text_add(out, " that ");
        text_add(out, phrases[test->left].verb);
        text_add(out, " hold ");
        add_amount(compare, test, out);
        text_add(out, rule_test_has_base(test) ? " of the " : " of ");
        text_add(out, test->weight_name);
        if (rule_test_has_base(test)) {
            text_add(out, " of ");
            text_add(out, phrases[test->base].base);
            add_group(out, test);
        }
    } else if (rule_test_has_base(test)) {
        add_amount(compare, test, out);
        text_add(out, " of ");
        text_add(out, phrases[test->base].base);
        add_group(out, test);
        text_add_char(out, ' ');
        text_add(out, phrases[test->left].verb);
    } else {
        add_amount(compare, test, out);
        text_add_char(out, ' ');
        text_add(out, phrases[test->left].count);
        add_group(out, test);
    }
}

static void explain(const struct rule_node *node, bool negated, bool inside, struct text *out)
{
    for (; node->kind == RULE_NOT; node = node->child)
        negated = !negated;
    if (node->kind == RULE_TEST) {
        explain_test(&node->test, negated, out);
        return;
    }
    const char *word = rule_kind_under(node, negated) == RULE_AND ? ", and " : ", or ";
    text_add(out, inside ? "(" : "");
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        text_add(out, child == node->child ? "" : word);
        explain(child, negated, true, out);
    }
    text_add(out, inside ? ")" : "");
}

void rule_explain(const struct rule *self, struct text *out)
{
    explain(self->root, false, false, out);
}
