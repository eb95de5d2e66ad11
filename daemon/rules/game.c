/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/game.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "rules/test.h"

enum { BREAKS_PER_TEST = 3 };

static uint64_t weight_of(const struct game *self, const struct game_dim *dim, uint32_t seat)
{
    if (dim->group != ROSTER_NONE && !seat_set_has(&self->roster->groups[dim->group].seats, seat))
        return 0;
    return dim->weight == ROSTER_NONE ? 1 : self->roster->weights[dim->weight].values[seat];
}

static uint64_t common_divisor(uint64_t left, uint64_t right)
{
    while (right != 0) {
        uint64_t rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

static enum comity_error find_dim(struct game *self, const struct rule_slot *slot, int *ret_dim,
                                  struct fault *fault)
{
    if (slot->group == ROSTER_NONE && slot->weight == ROSTER_NONE) {
        *ret_dim = GAME_SIZE;
        return COMITY_OK;
    }
    for (uint32_t i = 0; i < self->dims_count; i++) {
        if (self->dims[i].group == slot->group && self->dims[i].weight == slot->weight) {
            *ret_dim = (int)i;
            return COMITY_OK;
        }
    }
    if (self->dims_count == GAME_DIMS_MAX)
        return fault_set(fault, COMITY_LIMIT,
                         "the rule looks at more than %d groups and weights: too many to count "
                         "voting power",
                         GAME_DIMS_MAX);
    struct game_dim *dim = &self->dims[self->dims_count];
    *dim = (struct game_dim){.group = slot->group, .weight = slot->weight};
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        if (seat_set_has(&self->roster->members, seat))
            dim->unit = common_divisor(weight_of(self, dim, seat), dim->unit);
    }
    dim->unit = dim->unit == 0 ? 1 : dim->unit;
    *ret_dim = (int)self->dims_count++;
    return COMITY_OK;
}

static void find_class(struct game *self, uint32_t seat)
{
    struct game_class made = {.seats_count = 1};
    uint32_t at = 0;
    for (uint32_t i = 0; i < self->dims_count; i++) {
        made.weights[i] = weight_of(self, &self->dims[i], seat) / self->dims[i].unit;
        self->dims[i].total += made.weights[i];
    }
    while (at < self->classes_count &&
           memcmp(self->classes[at].weights, made.weights, sizeof made.weights) != 0)
        at++;
    if (at == self->classes_count)
        self->classes[self->classes_count++] = made;
    else
        self->classes[at].seats_count++;
    self->class_of[seat] = (int)at;
}

/* The first dimension that differs decides; of few classes an insertion sort is quick. */
static bool is_heavier(const struct game_class *left, const struct game_class *right)
{
    for (uint32_t i = 0; i < GAME_DIMS_MAX; i++) {
        if (left->weights[i] != right->weights[i])
            return left->weights[i] > right->weights[i];
    }
    return false;
}

static void sort_classes(struct game *self)
{
    int place[SEATS_MAX]; /* By class as found: where it goes. */
    uint32_t order[SEATS_MAX];
    struct game_class sorted[SEATS_MAX];
    for (uint32_t i = 0; i < self->classes_count; i++) {
        uint32_t at = i;
        for (; at > 0 && is_heavier(&self->classes[i], &self->classes[order[at - 1]]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (uint32_t i = 0; i < self->classes_count; i++) {
        sorted[i] = self->classes[order[i]];
        place[order[i]] = (int)i;
    }
    memcpy(self->classes, sorted, self->classes_count * sizeof *sorted);
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        if (self->class_of[seat] >= 0)
            self->class_of[seat] = place[self->class_of[seat]];
    }
}

/* A slot's sum when the yes of its dimension are `yes` of `total`. */
static uint64_t slot_sum(const struct rule_slot *slot, uint64_t yes, uint64_t total)
{
    return ((slot->mask & ANSWER_BIT(ANSWER_YES)) != 0 ? yes : 0) +
           ((slot->mask & ANSWER_BIT(ANSWER_OBJECT)) != 0 ? total - yes : 0);
}

/* What decides a test: the difference above zero, at least zero, and the base empty. Each of the
 * three changes at most once as the sum grows. */
static bool aspect(const struct game *self, const struct rule_test *test,
                   const struct game_dim *dim, int which, uint64_t sum)
{
    const struct rule_slot *slots = self->rule->slots;
    uint64_t yes = sum * dim->unit;
    uint64_t total = dim->total * dim->unit;
    uint64_t amount = rule_test_amount(test, self->roster, self->members_count);
    uint64_t left = slot_sum(&slots[test->left_slot], yes, total);
    uint64_t base = rule_test_has_base(test) ? slot_sum(&slots[test->base_slot], yes, total) : 0;
    if (which == 2)
        return base == 0;
    __int128 difference = rule_test_difference(test, amount, left, base);
    return which == 0 ? difference > 0 : difference >= 0;
}

static void add_break(struct game_dim *dim, uint64_t sum)
{
    uint32_t at = dim->breaks_count;
    for (uint32_t i = 0; i < dim->breaks_count; i++) {
        if (dim->breaks[i] == sum)
            return;
    }
    for (; at > 0 && dim->breaks[at - 1] > sum; at--)
        dim->breaks[at] = dim->breaks[at - 1];
    dim->breaks[at] = sum;
    dim->breaks_count++;
}

static void find_breaks(struct game *self, const struct rule_node *node)
{
    int at = node->kind == RULE_TEST ? self->dim_of_slot[node->test.left_slot] : GAME_SIZE;
    for (int which = 0; at != GAME_SIZE && which < BREAKS_PER_TEST; which++) {
        struct game_dim *dim = &self->dims[at];
        bool low = aspect(self, &node->test, dim, which, 0);
        uint64_t same = 0;
        uint64_t changed = dim->total;
        if (aspect(self, &node->test, dim, which, changed) == low)
            continue;
        while (changed - same > 1) {
            uint64_t middle = same + (changed - same) / 2;
            if (aspect(self, &node->test, dim, which, middle) == low)
                same = middle;
            else
                changed = middle;
        }
        add_break(dim, changed);
    }
    for (const struct rule_node *child = node->child; child != NULL; child = child->next)
        find_breaks(self, child);
}

enum comity_error game_init(struct game *self, struct arena *arena, const struct rule *rule,
                            const struct rule_roster *roster, struct fault *fault)
{
    assert(rule->resolved);
    *self = (struct game){.rule = rule, .roster = roster};
    rule_tally_init(&self->tally, rule, roster);
    self->members_count = self->tally.members_count;
    for (uint32_t i = 0; i < rule->slots_count; i++) {
        enum comity_error error = find_dim(self, &rule->slots[i], &self->dim_of_slot[i], fault);
        if (error != COMITY_OK)
            return error;
    }
    for (uint32_t seat = 0; seat < roster->seats_count; seat++) {
        self->class_of[seat] = -1;
        if (seat_set_has(&roster->members, seat))
            find_class(self, seat);
    }
    sort_classes(self);
    for (uint32_t i = 0; i < self->dims_count; i++) {
        self->dims[i].breaks =
            arena_array(arena, (size_t)BREAKS_PER_TEST * RULE_NODES_MAX, sizeof(uint64_t));
        if (self->dims[i].breaks == NULL)
            return COMITY_MEMORY;
    }
    find_breaks(self, rule->root);
    return COMITY_OK;
}

bool game_wins(struct game *self, const uint64_t *sums, uint32_t size)
{
    for (uint32_t i = 0; i < self->rule->slots_count; i++) {
        int at = self->dim_of_slot[i];
        const struct game_dim *dim = at == GAME_SIZE ? NULL : &self->dims[at];
        uint64_t yes = dim == NULL ? size : sums[at] * dim->unit;
        uint64_t total = dim == NULL ? self->members_count : dim->total * dim->unit;
        self->tally.sums[i] = slot_sum(&self->rule->slots[i], yes, total);
    }
    return rule_tally_holds(&self->tally);
}
