/* SPDX-License-Identifier: Apache-2.0 */
/* A recursive descent over one token of lookahead; its depth is bounded before it recurses. */
#include "rules/rule.h"

#include <assert.h>
#include <string.h>

#include "rules/lex.h"

struct parser {
    struct lexer lexer;
    struct token token; /* The lookahead. */
    struct arena *arena;
    const struct rule_roster *roster; /* May be NULL. */
    struct rule *rule;
    struct fault *fault;
    enum comity_error error; /* The first; set whenever a node comes back NULL. */
    uint32_t depth;
    uint32_t nodes_count;
};

static struct rule_node *parse_rule(struct parser *self);

static void fail(struct parser *self, enum comity_error error, const char *expected,
                 const char *hint)
{
    char found[TOKEN_SHOWN_MAX];
    if (self->error != COMITY_OK)
        return;
    rule_token_show(&self->token, found);
    self->error = fault_set(self->fault, error, "line %u, column %u: expected %s, found %s%s",
                            self->token.line, self->token.column, expected, found, hint);
}

static void fail_limit(struct parser *self, const char *what)
{
    if (self->error != COMITY_OK)
        return;
    self->error = fault_set(self->fault, COMITY_LIMIT, "line %u, column %u: %s", self->token.line,
                            self->token.column, what);
}

static void advance(struct parser *self)
{
    self->token = rule_lexer_next(&self->lexer);
}

static bool is_word(const struct parser *self, const char *word)
{
    return self->token.kind == TOKEN_WORD && bytes_equal(self->token.text, bytes_of_text(word));
}

static bool accept_word(struct parser *self, const char *word)
{
    if (!is_word(self, word))
        return false;
    advance(self);
    return true;
}

static struct rule_node *new_node(struct parser *self, enum rule_kind kind)
{
    if (++self->nodes_count > RULE_NODES_MAX) {
        fail_limit(self, "the rule has more than 256 parts");
        return NULL;
    }
    struct rule_node *node = arena_alloc(self->arena, sizeof *node);
    if (node == NULL) {
        if (self->error == COMITY_OK)
            self->error = fault_set(self->fault, COMITY_MEMORY, "out of memory");
        return NULL;
    }
    node->kind = kind;
    return node;
}

static bool parse_class(struct parser *self, const char *expected, const char *hint,
                        enum rule_class *ret_class)
{
    for (int i = 0; i < RULE_CLASSES_COUNT; i++) {
        if (accept_word(self, rule_class_word((enum rule_class)i))) {
            *ret_class = (enum rule_class)i;
            return true;
        }
    }
    fail(self, COMITY_INVALID, expected, hint);
    return false;
}

#define CLASS_WORDS \
    "yes, no, objections, abstain, silent, voting, cast, present, members or not-yes"

/* ` (known: P5, annex2)`: what a person who mistyped a name needs. */
static void known_names(const struct parser *self, bool groups, struct text *out)
{
    uint32_t count = groups ? self->roster->groups_count : self->roster->weights_count;
    text_add(out, count > 0 ? " (known: "
                  : groups  ? " (no groups are known"
                            : " (no weights are known");
    for (uint32_t i = 0; i < count; i++) {
        if (out->size > 200) {
            text_add(out, ", ...");
            break;
        }
        text_add(out, i > 0 ? ", " : "");
        text_add(out, groups ? self->roster->groups[i].name : self->roster->weights[i].name);
    }
    text_add_char(out, ')');
}

/* The name after `in` or `by`. */
static bool parse_name(struct parser *self, bool groups, const char **ret_name, int *ret_index)
{
    char hint_data[256];
    struct text hint;
    const char *expected = groups ? "a group's name" : "a weight's name";
    text_init(&hint, hint_data, sizeof hint_data);
    if (self->token.kind != TOKEN_WORD || !rule_name_is_valid(self->token.text)) {
        fail(self, COMITY_INVALID, expected, "");
        return false;
    }
    int index = ROSTER_NONE;
    if (self->roster != NULL) {
        index = groups ? rule_roster_find_group(self->roster, self->token.text)
                       : rule_roster_find_weight(self->roster, self->token.text);
        if (index == ROSTER_NONE) {
            known_names(self, groups, &hint);
            fail(self, COMITY_INVALID, expected, hint_data);
            return false;
        }
    }
    const char *name = arena_text(self->arena, self->token.text);
    if (name == NULL) {
        self->error = fault_set(self->fault, COMITY_MEMORY, "out of memory");
        return false;
    }
    advance(self);
    *ret_name = name;
    *ret_index = index;
    return true;
}

static bool parse_compare(struct parser *self, enum rule_compare *ret_compare)
{
    for (int i = 0; self->token.kind == TOKEN_COMPARE && i <= RULE_EQ; i++) {
        const char *word = rule_compare_word((enum rule_compare)i);
        if (bytes_equal(self->token.text, bytes_of_text(word))) {
            *ret_compare = (enum rule_compare)i;
            advance(self);
            return true;
        }
    }
    fail(self, COMITY_INVALID, "a comparison (>= > <= < =)", "");
    return false;
}

static bool parse_number(struct parser *self, const char *expected, uint64_t max,
                         uint64_t *ret_number)
{
    if (self->token.kind == TOKEN_DECIMAL) {
        fail(self, COMITY_INVALID, "a whole number",
             " (write a share as a fraction, such as 667/1000)");
    } else if (self->token.kind != TOKEN_NUMBER) {
        fail(self, COMITY_INVALID, expected, "");
    } else if (self->token.text.size > 1 && self->token.text.data[0] == '0') {
        fail(self, COMITY_INVALID, "a number without leading zeros", "");
    } else if (self->token.overflow || self->token.number > max) {
        fail(self, COMITY_INVALID,
             max == UINT64_MAX ? "a number up to 18446744073709551615"
                               : "a number up to 4294967296",
             "");
    } else {
        *ret_number = self->token.number;
        advance(self);
        return true;
    }
    return false;
}

static bool parse_base(struct parser *self, struct rule_test *test)
{
    if (!accept_word(self, "of")) {
        fail(self, COMITY_INVALID, "\"of\"", "");
        return false;
    }
    return parse_class(self, "what the share is of", " (" CLASS_WORDS ")", &test->base);
}

/* The number was too big for a share: the error has to point at it, not at what follows. */
static bool check_share(struct parser *self, const struct token *number)
{
    if (number->number <= (uint64_t)1 << RULE_SHARE_MAX_LOG2)
        return true;
    self->token = *number;
    fail(self, COMITY_INVALID, "a number up to 4294967296 in a share", "");
    return false;
}

static bool parse_amount(struct parser *self, struct rule_test *test)
{
    test->q = 1;
    test->amount = RULE_AMOUNT_ALL;
    test->p = 1;
    if (accept_word(self, "all"))
        return parse_class(self, "all of what", " (" CLASS_WORDS ")", &test->base);
    struct token number = self->token;
    test->amount = RULE_AMOUNT_COUNT;
    if (!parse_number(self, "a number, a share such as 2/3, or \"all\"", UINT64_MAX, &test->p))
        return false;
    if (self->token.kind == TOKEN_PERCENT) {
        test->amount = RULE_AMOUNT_PERCENT;
        test->q = 100;
        advance(self);
        return check_share(self, &number) && parse_base(self, test);
    }
    if (self->token.kind != TOKEN_SLASH)
        return true;
    test->amount = RULE_AMOUNT_SHARE;
    advance(self);
    if (!check_share(self, &number))
        return false;
    if (self->token.kind == TOKEN_NUMBER && !self->token.overflow && self->token.number == 0) {
        fail(self, COMITY_INVALID, "a number from 1 up", "");
        return false;
    }
    return parse_number(self, "a number after \"/\"", (uint64_t)1 << RULE_SHARE_MAX_LOG2,
                        &test->q) &&
           parse_base(self, test);
}

static uint32_t find_slot(struct rule *rule, enum rule_class class, const struct rule_test *test)
{
    struct rule_slot slot = {rule_class_mask(class), test->group, test->weight};
    for (uint32_t i = 0; i < rule->slots_count; i++) {
        const struct rule_slot *known = &rule->slots[i];
        if (known->mask == slot.mask && known->group == slot.group && known->weight == slot.weight)
            return i;
    }
    assert(rule->slots_count < RULE_SLOTS_MAX); /* Two per node at most. */
    rule->slots[rule->slots_count] = slot;
    return rule->slots_count++;
}

static struct rule_node *parse_test(struct parser *self)
{
    struct rule_test test = {.group = ROSTER_NONE, .weight = ROSTER_NONE};
    if (!parse_class(self, "what is counted, \"not\" or \"(\"", " (" CLASS_WORDS ")", &test.left))
        return NULL;
    if (accept_word(self, "in") && !parse_name(self, true, &test.group_name, &test.group))
        return NULL;
    if (accept_word(self, "by") && !parse_name(self, false, &test.weight_name, &test.weight))
        return NULL;
    if (!parse_compare(self, &test.compare) || !parse_amount(self, &test))
        return NULL;
    struct rule_node *node = new_node(self, RULE_TEST);
    if (node == NULL)
        return NULL;
    test.left_slot = find_slot(self->rule, test.left, &test);
    if (test.amount != RULE_AMOUNT_COUNT)
        test.base_slot = find_slot(self->rule, test.base, &test);
    node->test = test;
    return node;
}

static struct rule_node *parse_part(struct parser *self)
{
    bool negated = is_word(self, "not");
    if (!negated && self->token.kind != TOKEN_OPEN)
        return parse_test(self);
    if (self->depth == RULE_DEPTH_MAX) {
        fail_limit(self, "the rule is nested more than 32 deep");
        return NULL;
    }
    self->depth++;
    advance(self);
    struct rule_node *node;
    if (negated) {
        struct rule_node *child = parse_part(self);
        node = child != NULL ? new_node(self, RULE_NOT) : NULL;
        if (node != NULL)
            node->child = child;
    } else {
        node = parse_rule(self);
        if (node != NULL && self->token.kind != TOKEN_CLOSE) {
            fail(self, COMITY_INVALID, "\"and\", \"or\" or \")\"", "");
            node = NULL;
        } else if (node != NULL) {
            advance(self);
        }
    }
    self->depth--;
    return node;
}

/* A list of one is that one; a list inside a list of its own kind is spliced in, so that the
 * tree does not remember parentheses the canonical text will not show. */
static struct rule_node *parse_list(struct parser *self, enum rule_kind kind)
{
    const char *word = kind == RULE_OR ? "or" : "and";
    struct rule_node *list = NULL;
    struct rule_node *last = NULL;
    for (;;) {
        struct rule_node *item = kind == RULE_OR ? parse_list(self, RULE_AND) : parse_part(self);
        if (item == NULL)
            return NULL;
        if (list == NULL) {
            if (!is_word(self, word))
                return item;
            list = new_node(self, kind);
            if (list == NULL)
                return NULL;
        }
        if (item->kind == kind)
            item = item->child;
        if (last == NULL) {
            list->child = item;
        } else {
            last->next = item;
        }
        for (last = item; last->next != NULL;)
            last = last->next;
        if (!accept_word(self, word))
            return list;
    }
}

static struct rule_node *parse_rule(struct parser *self)
{
    return parse_list(self, RULE_OR);
}

enum comity_error rule_parse(struct arena *arena, struct bytes text,
                             const struct rule_roster *roster, const struct rule **ret_rule,
                             struct fault *fault)
{
    char canonical_data[RULE_TEXT_MAX + 1];
    struct text canonical;
    struct parser parser = {.arena = arena, .roster = roster, .fault = fault};
    if (text.size > RULE_TEXT_MAX)
        return fault_set(fault, COMITY_LIMIT, "the rule is longer than 4096 bytes");
    struct rule *rule = arena_alloc(arena, sizeof *rule);
    if (rule == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    parser.rule = rule;
    rule_lexer_init(&parser.lexer, text);
    advance(&parser);
    struct rule_node *root = parse_rule(&parser);
    if (root != NULL && parser.token.kind != TOKEN_END)
        fail(&parser, COMITY_INVALID, "\"and\", \"or\" or the end", "");
    if (parser.error != COMITY_OK)
        return parser.error;
    assert(root != NULL);
    text_init(&canonical, canonical_data, sizeof canonical_data);
    rule_print(root, &canonical);
    if (canonical.cut)
        return fault_set(fault, COMITY_LIMIT, "the rule is longer than 4096 bytes");
    rule->root = root;
    rule->resolved = roster != NULL;
    rule->text = arena_text(arena, bytes_of(canonical.data, canonical.size));
    if (rule->text == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    *ret_rule = rule;
    return COMITY_OK;
}
