/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/effect.h"

#include <string.h>

#include "forum/journal.h"
#include "forum/pledge.h"

static enum comity_error not_yet(const struct forum *self, const struct effect *effect,
                                 const struct charter_rule *rule, struct fault *fault)
{
    (void)self;
    (void)rule;
    return fault_set(fault, COMITY_REFUSED, "this forum does not know the effect %s yet",
                     effect_word(effect->kind));
}

static const struct effect_row rows[EFFECT_KINDS_COUNT] = {
    [EFFECT_BREACH] = {0, not_yet, NULL},
    [EFFECT_SPEND] = {0, spend_check, spend_apply},
    [EFFECT_SUSPEND_VOTES] = {MAY_SUSPEND_VOTES, not_yet, NULL},
    [EFFECT_RESTORE] = {MAY_RESTORE, not_yet, NULL},
    [EFFECT_EXPEL] = {MAY_EXPEL, not_yet, NULL},
    [EFFECT_SUSPEND] = {MAY_SUSPEND, not_yet, NULL},
    [EFFECT_RESUME] = {MAY_SUSPEND, not_yet, NULL},
    [EFFECT_END] = {MAY_END, not_yet, NULL},
    [EFFECT_REWEIGH] = {MAY_REWEIGH, not_yet, NULL},
};

enum comity_error effect_check(const struct forum *self, const struct act *act,
                               const struct charter_rule *rule, struct fault *fault)
{
    const struct effect *effect = &act->as.propose.effect;
    if (effect->kind == EFFECT_NONE)
        return COMITY_OK;
    if ((unsigned)effect->kind >= EFFECT_KINDS_COUNT)
        return fault_set(fault, COMITY_INVALID, "it is no effect");
    if (act->as.propose.binding)
        return fault_set(
            fault, COMITY_REFUSED,
            "a proposal with an effect is done when it is adopted: it cannot bind too");
    const struct effect_row *row = &rows[effect->kind];
    if (row->may != 0 && (rule->may & row->may) == 0)
        return fault_set(fault, COMITY_REFUSED, "nothing adopted by rule %s may %s", rule->name,
                         effect_word(effect->kind));
    return row->check(self, effect, rule, fault);
}

static const char *weight_name(const struct forum *self, const char *name)
{
    for (uint32_t i = 0; i < self->charter->weights_count; i++) {
        if (strcmp(self->charter->weights[i].name, name) == 0)
            return self->charter->weights[i].name;
    }
    return "";
}

static void copy_goals(struct forum *self, struct forum_proposal *is, const struct act *act)
{
    uint32_t count = act->as.propose.goals_count;
    struct goal *goals = count == 0 ? NULL : pool_keep(&self->pool, count * sizeof *goals);
    if (goals == NULL)
        return;
    for (uint32_t i = 0; i < count; i++) {
        goals[i] = act->as.propose.goals[i];
        goals[i].issue = pool_text(&self->pool, goals[i].issue);
        goals[i].unit = pool_text(&self->pool, goals[i].unit);
    }
    is->goals = goals;
    is->goals_count = count;
}

static const void *copy_array(struct forum *self, const void *items, size_t size)
{
    if (size == 0)
        return NULL;
    void *copy = pool_keep(&self->pool, size);
    if (copy != NULL)
        memcpy(copy, items, size);
    return copy;
}

void effect_copy(struct forum *self, struct proposal *proposal, const struct act *act)
{
    struct forum_proposal *is = &proposal->is;
    copy_goals(self, is, act);
    is->reservable = copy_array(self, act->as.propose.reservable,
                                act->as.propose.reservable_count * sizeof *is->reservable);
    is->reservable_count = is->reservable == NULL ? 0 : act->as.propose.reservable_count;
    is->effect = act->as.propose.effect;
    is->effect.name = is->effect.kind == EFFECT_REWEIGH ? weight_name(self, is->effect.name) : "";
    is->effect.values =
        copy_array(self, is->effect.values, is->effect.values_count * sizeof *is->effect.values);
    if (is->effect.values == NULL)
        is->effect.values_count = 0;
    is->has_carried = act->as.propose.has_carried;
    if (is->has_carried) {
        is->carried_forum = act->as.propose.carried_forum;
        is->carried_proposal = act->as.propose.carried_proposal;
    }
}

void effect_carry_out(struct forum *self, struct proposal *ruling)
{
    const struct effect *effect = &ruling->is.effect;
    if (effect->kind == EFFECT_NONE)
        return;
    const struct effect_row *row = &rows[effect->kind];
    struct fault fault = {""};
    if (row->check(self, effect, NULL, &fault) != COMITY_OK) {
        struct outcome *outcome = forum_tell(self, OUTCOME_NO_EFFECT, OUTCOME_NONE, ruling, NULL);
        outcome->value = (uint64_t)effect->kind;
        outcome->line = forum_line(self, fault.text);
        return;
    }
    forum_tell(self, OUTCOME_EFFECT, OUTCOME_NONE, ruling, NULL)->value = (uint64_t)effect->kind;
    row->apply(self, ruling);
}
