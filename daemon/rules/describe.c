/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of a rule in one line. Integers only: a share is shown as the count it needs of
 * the base it has now. A failing clause shows what fails; a clause that holds shows all of it. */
#include "rules/tally.h"

#include <assert.h>
#include <stddef.h>

#include "rules/test.h"
#include "rules/words.h"

struct describer {
    const struct rule_tally *tally;
    const char *const *seat_names;
    struct text *out;
};

/* One test as its parents see it. */
struct view {
    const struct rule_test *test;
    enum rule_compare compare; /* After negation. */
    uint64_t amount;
    uint64_t left;
    uint64_t base;
    bool empty; /* It has a base, and that is empty. */
    bool holds;
    bool veto;
};

static struct view view_test(const struct describer *self, const struct rule_test *test,
                             bool negated)
{
    const struct rule_tally *tally = self->tally;
    struct view view = {.test = test, .compare = test->compare};
    view.amount = rule_test_amount(test, tally->roster, tally->members_count);
    view.left = tally->sums[test->left_slot];
    view.base = rule_test_has_base(test) ? tally->sums[test->base_slot] : 0;
    view.empty = rule_test_has_base(test) && view.base == 0;
    view.holds = rule_test_holds(test, view.amount, view.left, view.base) != negated;
    if (negated)
        view.compare = rule_compare_negated(test->compare);
    view.veto = rule_test_is_veto(test, view.compare, view.amount);
    return view;
}

static void add_veto(const struct describer *self, const struct view *view)
{
    const struct rule_tally *tally = self->tally;
    const char *word = view->test->left == RULE_CLASS_NO ? "veto" : "objection";
    struct seat_set seats = {{0}};
    for (uint32_t seat = 0; seat < tally->roster->seats_count; seat++) {
        bool inside = view->test->group == ROSTER_NONE ||
                      seat_set_has(&tally->roster->groups[view->test->group].seats, seat);
        if (inside && (rule_class_mask(view->test->left) >> tally->answers[seat] & 1) != 0)
            seat_set_add(&seats, seat);
    }
    text_add(self->out, view->holds ? "no " : "");
    text_add(self->out, word);
    if (!view->holds) {
        text_add(self->out, " by ");
        rule_add_seats(self->out, &seats, self->seat_names);
    }
}

/* `yes in P5`. */
static void add_subject(struct text *out, const struct rule_test *test)
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
}

/* `14 yes`, `yes by votes: 8490`. */
static void add_left(struct text *out, const struct view *view)
{
    if (view->test->weight_name == NULL) {
        text_add_u64(out, view->left);
        text_add_char(out, ' ');
        add_subject(out, view->test);
    } else {
        add_subject(out, view->test);
        text_add(out, ": ");
        text_add_u64(out, view->left);
    }
}

/* The least (>= >) or the bound (<= <) the left side is held to, in whole units. */
static uint64_t bound_of(const struct view *view, bool *ret_exact)
{
    *ret_exact = true;
    uint64_t bound = view->amount;
    if (rule_test_has_base(view->test))
        bound = rule_test_share(view->test, view->base, ret_exact);
    bool up = view->compare == RULE_GT || (view->compare == RULE_GE && !*ret_exact) ||
              (view->compare == RULE_LT && !*ret_exact);
    return up && bound < UINT64_MAX ? bound + 1 : bound;
}

/* ` of 10`, and after the verb ` (2/3 of voting)`. */
static void add_of_base(struct text *out, const struct view *view)
{
    if (!rule_test_has_base(view->test) || view->test->amount == RULE_AMOUNT_ALL)
        return;
    text_add(out, " of ");
    text_add_u64(out, view->base);
}

static void add_reason(const struct describer *self, const struct view *view)
{
    struct text *out = self->out;
    if (rule_test_has_base(view->test)) {
        text_add(out, view->compare == RULE_GT   ? " (more than "
                      : view->compare == RULE_LT ? " (less than "
                                                 : " (");
        rule_add_share(out, view->test);
        text_add_char(out, ')');
    } else if (rule_test_is_scaled(view->test, self->tally->roster) &&
               view->amount != view->test->p) {
        text_add(out, " (");
        text_add_u64(out, view->test->p);
        text_add(out, " scaled from ");
        text_add_u64(out, self->tally->roster->nominal);
        text_add(out, " seats)");
    }
}

static void add_needed(const struct describer *self, const struct view *view)
{
    struct text *out = self->out;
    bool exact;
    uint64_t bound = bound_of(view, &exact);
    bool whole = view->test->amount == RULE_AMOUNT_ALL;
    if (!rule_test_has_base(view->test) && view->left <= bound && view->compare != RULE_EQ) {
        /* `8 of the 9 yes needed`, `yes by votes: 8 of the 9 needed`. */
        if (view->test->weight_name != NULL) {
            add_subject(out, view->test);
            text_add(out, ": ");
        }
        text_add_u64(out, view->left);
        text_add(out, " of the ");
        text_add_u64(out, bound);
        if (view->test->weight_name == NULL) {
            text_add_char(out, ' ');
            add_subject(out, view->test);
        }
    } else {
        add_left(out, view);
        text_add(out, view->compare != RULE_EQ ? ", " : whole ? ", all " : ", exactly ");
        if (whole && view->compare == RULE_GE)
            text_add(out, "all ");
        if (view->compare == RULE_EQ && !exact) {
            text_add_u64(out, view->test->p);
            text_add_char(out, '/');
            text_add_u64(out, view->test->q);
        } else {
            text_add_u64(out, bound);
        }
        add_of_base(out, view);
    }
    text_add(out, " needed");
    add_reason(self, view);
}

static void add_allowed(const struct describer *self, const struct view *view)
{
    bool exact;
    uint64_t bound = bound_of(view, &exact);
    add_left(self->out, view);
    text_add(self->out, view->compare == RULE_LT   ? ", fewer than "
                        : view->compare == RULE_LE ? ", at most "
                                                   : ", any number but ");
    text_add_u64(self->out, bound);
    add_of_base(self->out, view);
    text_add(self->out, " allowed");
    add_reason(self, view);
}

static void add_test(const struct describer *self, const struct view *view)
{
    if (view->empty) {
        text_add(self->out, "nobody");
        if (view->test->group_name != NULL) {
            text_add(self->out, " in ");
            text_add(self->out, view->test->group_name);
        }
        if (view->test->weight_name != NULL) {
            text_add(self->out, " with ");
            text_add(self->out, view->test->weight_name);
        }
        text_add(self->out, " counts as ");
        text_add(self->out, rule_class_word(view->test->base));
    } else if (view->veto) {
        add_veto(self, view);
    } else if (view->compare == RULE_GE || view->compare == RULE_GT || view->compare == RULE_EQ) {
        add_needed(self, view);
    } else {
        add_allowed(self, view);
    }
}

static bool node_is(const struct describer *self, const struct rule_node *node, bool negated,
                    bool *ret_veto)
{
    bool holds;
    for (; node->kind == RULE_NOT; node = node->child)
        negated = !negated;
    *ret_veto = false;
    if (node->kind == RULE_TEST) {
        struct view view = view_test(self, &node->test, negated);
        *ret_veto = view.veto;
        return view.holds;
    }
    bool is_or = rule_kind_under(node, negated) == RULE_OR;
    holds = !is_or;
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        bool veto;
        if (node_is(self, child, negated, &veto) == is_or)
            holds = is_or;
    }
    return holds;
}

static void describe(const struct describer *self, const struct rule_node *node, bool negated,
                     enum rule_kind parent);

/* Too few beats a veto: only if everything else holds is the veto what stopped it. */
static void describe_and(const struct describer *self, const struct rule_node *node, bool negated)
{
    bool veto;
    bool too_few = false;
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        bool holds = node_is(self, child, negated, &veto);
        too_few = too_few || (!holds && !veto);
    }
    bool first = true;
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        bool holds = node_is(self, child, negated, &veto);
        if (too_few && (holds || veto))
            continue;
        text_add(self->out, first ? "" : "; ");
        first = false;
        describe(self, child, negated, RULE_AND);
    }
}

/* What carries it, or everything that did not. */
static void describe_or(const struct describer *self, const struct rule_node *node, bool negated)
{
    bool veto;
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        if (node_is(self, child, negated, &veto)) {
            describe(self, child, negated, RULE_AND);
            return;
        }
    }
    for (const struct rule_node *child = node->child; child != NULL; child = child->next) {
        text_add(self->out, child == node->child ? "" : " or ");
        describe(self, child, negated, RULE_OR);
    }
}

static void describe(const struct describer *self, const struct rule_node *node, bool negated,
                     enum rule_kind parent)
{
    for (; node->kind == RULE_NOT; node = node->child)
        negated = !negated;
    if (node->kind == RULE_TEST) {
        struct view view = view_test(self, &node->test, negated);
        add_test(self, &view);
        return;
    }
    bool is_and = rule_kind_under(node, negated) == RULE_AND;
    bool wrapped = is_and && parent == RULE_OR;
    text_add(self->out, wrapped ? "(" : "");
    if (is_and) {
        describe_and(self, node, negated);
    } else {
        describe_or(self, node, negated);
    }
    text_add(self->out, wrapped ? ")" : "");
}

void rule_tally_describe(const struct rule_tally *self, const char *const *seat_names,
                         struct text *out)
{
    struct describer describer = {.tally = self, .seat_names = seat_names, .out = out};
    describe(&describer, self->rule->root, false, RULE_AND);
}
