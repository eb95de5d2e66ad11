/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/effect.h"

#include <string.h>

#include "forum/breach.h"
#include "forum/journal.h"
#include "forum/membership.h"
#include "forum/pledge.h"

static const struct effect_row spend_row = {0, spend_check, spend_apply};
static const struct effect_row *const rows[EFFECT_KINDS_COUNT] = {
    [EFFECT_BREACH] = &breach_row,
    [EFFECT_SPEND] = &spend_row,
    [EFFECT_SUSPEND_VOTES] = &membership_suspend_row,
    [EFFECT_RESTORE] = &membership_restore_row,
    [EFFECT_EXPEL] = &membership_expel_row,
    [EFFECT_SUSPEND] = &agreement_suspend_row,
    [EFFECT_RESUME] = &agreement_resume_row,
    [EFFECT_END] = &agreement_end_row,
    [EFFECT_REWEIGH] = &weights_reweigh_row,
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
    const struct effect_row *row = rows[effect->kind];
    if (row->may != 0 && (rule->may & row->may) == 0)
        return fault_set(fault, COMITY_REFUSED, "nothing adopted by rule %s may %s", rule->name,
                         effect_word(effect->kind));
    return row->check(self, effect, rule, fault);
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
    is->effect.name = is->effect.kind == EFFECT_REWEIGH
                          ? self->charter->weights[weights_find(self, is->effect.name)].name
                          : "";
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
    const struct effect_row *row = rows[effect->kind];
    struct fault fault = {""};
    if (row->check(self, effect, NULL, &fault) != COMITY_OK) {
        ruling->is.undone = pool_text(&self->pool, fault.text);
        forum_change_record(self, ruling->record);
        struct outcome *outcome = forum_tell(self, OUTCOME_NO_EFFECT, OUTCOME_NONE, ruling, NULL);
        outcome->value = (uint64_t)effect->kind;
        outcome->line = forum_line(self, fault.text);
        return;
    }
    forum_tell(self, OUTCOME_EFFECT, OUTCOME_NONE, ruling, NULL)->value = (uint64_t)effect->kind;
    row->apply(self, ruling);
}
