/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rule.h"

#include <assert.h>
#include <stddef.h>

static const struct {
    const char *word;
    uint32_t mask;
} classes[] = {
#define X(name, word, mask) {word, (mask)},
    RULE_CLASSES(X)
#undef X
};

const char *rule_class_word(enum rule_class class)
{
    assert((unsigned)class < RULE_CLASSES_COUNT);
    return classes[class].word;
}

uint32_t rule_class_mask(enum rule_class class)
{
    assert((unsigned)class < RULE_CLASSES_COUNT);
    return classes[class].mask;
}

const char *rule_compare_word(enum rule_compare compare)
{
    static const char *const words[] = {">=", "<", ">", "<=", "=", "!="};
    assert((unsigned)compare < sizeof words / sizeof *words);
    return words[compare];
}

static void print_test(const struct rule_test *test, struct text *out)
{
    text_add(out, rule_class_word(test->left));
    if (test->group_name != NULL) {
        text_add(out, " in ");
        text_add(out, test->group_name);
    }
    if (test->weight_name != NULL) {
        text_add(out, " by ");
        text_add(out, test->weight_name);
    }
    text_add_char(out, ' ');
    text_add(out, rule_compare_word(test->compare));
    text_add_char(out, ' ');
    if (test->amount == RULE_AMOUNT_ALL) {
        text_add(out, "all ");
    } else {
        text_add_u64(out, test->p);
    }
    if (test->amount == RULE_AMOUNT_SHARE) {
        text_add_char(out, '/');
        text_add_u64(out, test->q);
        text_add(out, " of ");
    } else if (test->amount == RULE_AMOUNT_PERCENT) {
        text_add(out, "% of ");
    }
    if (test->amount != RULE_AMOUNT_COUNT)
        text_add(out, rule_class_word(test->base));
}

/* Parentheses only where the tree needs them: enum rule_kind is ordered by how tightly a node
 * binds, and a child that binds more loosely than its parent is wrapped. */
static void print_node(const struct rule_node *node, enum rule_kind parent, struct text *out)
{
    bool wrapped = node->kind < parent;
    if (wrapped)
        text_add_char(out, '(');
    if (node->kind == RULE_TEST) {
        print_test(&node->test, out);
    } else if (node->kind == RULE_NOT) {
        text_add(out, "not ");
        print_node(node->child, RULE_NOT, out);
    } else {
        for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
            if (child != node->child)
                text_add(out, node->kind == RULE_AND ? " and " : " or ");
            print_node(child, node->kind, out);
        }
    }
    if (wrapped)
        text_add_char(out, ')');
}

void rule_print(const struct rule_node *root, struct text *out)
{
    print_node(root, RULE_OR, out);
}
