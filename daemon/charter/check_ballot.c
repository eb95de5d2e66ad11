/* SPDX-License-Identifier: Apache-2.0 */
/* check_ballot.c - what a rule says of its ballot must fit together: who may answer what, what a
 * tie leads to, and which rule is tried after which. */
#include <string.h>

#include "charter/parts.h"
#include "codec/act.h"

const char *const charter_answer_words[] = {"yes", "no", "object", "abstain", NULL};
const char *const charter_failure_words[] = {"rejected", "lapsed", "inquorate", NULL};

enum {
    ALL_ANSWERS = ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_NO) | ANSWER_BIT(ANSWER_OBJECT) |
                  ANSWER_BIT(ANSWER_ABSTAIN)
};

static enum comity_error refuse(struct fault *fault, const struct charter_rule *rule,
                                const char *what)
{
    return fault_set(fault, COMITY_INVALID, "rule \"%.40s\": %s", rule->name, what);
}

const struct charter_rule *charter_find_rule(const struct charter *self, const char *name)
{
    for (uint32_t i = 0; i < self->rules_count; i++) {
        if (strcmp(self->rules[i].name, name) == 0)
            return &self->rules[i];
    }
    return NULL;
}

static bool names_group(const struct charter *self, const char *name)
{
    if (name == NULL || strcmp(name, CHARTER_MEMBERS) == 0)
        return true;
    for (uint32_t i = 0; i < self->groups_count; i++) {
        if (strcmp(self->groups[i].name, name) == 0)
            return true;
    }
    return false;
}

static bool has_chair(const struct charter *self)
{
    for (uint32_t i = 0; i < self->seats_count; i++) {
        if (self->seats[i].role == SEAT_CHAIR)
            return true;
    }
    return false;
}

enum comity_error check_ballot(const struct charter *self, const struct charter_rule *rule,
                               struct fault *fault)
{
    uint32_t answers = rule->answers == 0 ? ALL_ANSWERS : rule->answers;
    uint32_t against = ANSWER_BIT(ANSWER_NO) | ANSWER_BIT(ANSWER_OBJECT);
    if (rule->answers == ALL_ANSWERS || (answers & ~(uint32_t)ALL_ANSWERS) != 0)
        return refuse(fault, rule, "its answers are not written as a rule's answers are");
    if ((answers & ANSWER_BIT(ANSWER_YES)) == 0 || (answers & against) == 0)
        return refuse(fault, rule, "`answers` must hold yes, and no or object");
    if (!names_group(self, rule->no_abstain) || !names_group(self, rule->must_abstain))
        return refuse(fault, rule, "`no-abstain` or `must-abstain` names no group of the charter");
    if (rule->must_abstain != NULL && (answers & ANSWER_BIT(ANSWER_ABSTAIN)) == 0)
        return refuse(fault, rule, "`must-abstain` needs abstain among its `answers`");
    if (rule->pass_turns > 1)
        return refuse(fault, rule, "`pass-turns` is 0 or 1");
    if (rule->pass_turns == 1 && (answers & ANSWER_BIT(ANSWER_NO)) == 0)
        return refuse(fault, rule, "who passed answers yes or no: `answers` must hold both");
    if (rule->tie < TIE_REJECT || rule->tie > TIE_PRESIDING)
        return refuse(fault, rule, "not said what a tie leads to");
    if (rule->tie == TIE_PRESIDING && !has_chair(self))
        return refuse(fault, rule, "`tie: presiding` needs a chair");
    if (rule->freeze < FREEZE_OPENING || rule->freeze > FREEZE_DATE ||
        rule->freeze_ms < ACT_TIME_MIN || rule->freeze_ms > ACT_TIME_MAX ||
        (rule->freeze != FREEZE_DATE && rule->freeze_ms != 0))
        return refuse(fault, rule, "`freeze` is opening, adoption or a date");
    return COMITY_OK;
}

static bool same_text(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

static bool same_delay(struct charter_delay left, struct charter_delay right)
{
    return left.days == right.days && left.months == right.months &&
           left.span_months == right.span_months;
}

bool charter_same_agreement(const struct charter *self, const struct charter_rule *left,
                            const struct charter_rule *right)
{
    if (left->has_in_force != right->has_in_force || left->has_exit != right->has_exit ||
        left->binds != right->binds)
        return false;
    return same_text(left->in_force.sentence, right->in_force.sentence) &&
           same_delay(left->in_force.delay, right->in_force.delay) &&
           left->in_force.not_before_ms == right->in_force.not_before_ms &&
           same_delay(left->in_force.late, right->in_force.late) &&
           left->exit.lock_days == right->exit.lock_days &&
           left->exit.lock_months == right->exit.lock_months &&
           left->exit.notice_days == right->exit.notice_days &&
           left->exit.notice_months == right->exit.notice_months &&
           charter_same_life(self, left, right);
}

/* All that decides a ballot; names and stages apart. */
static bool same_settings(const struct charter *self, const struct charter_rule *left,
                          const struct charter_rule *right)
{
    return same_text(left->sentence, right->sentence) &&
           same_text(left->quorum_open, right->quorum_open) &&
           same_text(left->quorum_decide, right->quorum_decide) && left->closes == right->closes &&
           left->closes_ms == right->closes_ms && left->silence == right->silence &&
           left->absent_blocks == right->absent_blocks &&
           left->revise_never == right->revise_never && left->answers == right->answers &&
           same_text(left->no_abstain, right->no_abstain) &&
           same_text(left->must_abstain, right->must_abstain) &&
           left->pass_turns == right->pass_turns &&
           left->receipt_required == right->receipt_required && left->tie == right->tie &&
           left->revote_ms == right->revote_ms && left->freeze == right->freeze &&
           left->freeze_ms == right->freeze_ms && charter_same_agreement(self, left, right);
}

/* A rule a stage names: another one, and with one ballot only. */
static bool is_stage(const struct charter *self, const char *name)
{
    const struct charter_rule *rule = charter_find_rule(self, name);
    return rule != NULL && !rule->has_stages;
}

enum comity_error check_stages(const struct charter *self, uint32_t index, struct fault *fault)
{
    const struct charter_rule *rule = &self->rules[index];
    if (!rule->has_stages)
        return COMITY_OK;
    if (!is_stage(self, rule->stages.first) || !is_stage(self, rule->stages.failed) ||
        (rule->stages.adopted != NULL && !is_stage(self, rule->stages.adopted)))
        return refuse(fault, rule,
                      "it names a rule the charter lacks, or one that is decided in stages itself");
    if (!same_settings(self, rule, charter_find_rule(self, rule->stages.first)))
        return refuse(fault, rule, "it does not repeat the settings of its first rule");
    if (rule->stages.adopted == NULL && strcmp(rule->stages.first, rule->stages.failed) == 0)
        return refuse(fault, rule, "`first` names one rule twice");
    if (rule->stages.failed_if == 0 || rule->stages.failed_if > VERDICT_FAILURES ||
        (rule->stages.adopted != NULL && rule->stages.failed_if != VERDICT_FAILURES))
        return refuse(fault, rule, "not said which failure leads to the second rule");
    return COMITY_OK;
}

enum comity_error check_nominal(const struct charter *self, struct fault *fault)
{
    if (self->nominal <= NOMINAL_MAX)
        return COMITY_OK;
    return fault_set(fault, COMITY_INVALID, "expected a nominal size of at most %d",
                     (int)NOMINAL_MAX);
}
