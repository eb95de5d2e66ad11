/* SPDX-License-Identifier: Apache-2.0 */
/* lint.c - what is valid in a charter, but probably not meant. */
#include <string.h>

#include "base/text.h"
#include "charter/parts.h"
#include "rules/lint.h"
#include "rules/rule.h"

struct linting {
    const struct charter *charter;
    const struct rule_roster *roster;
    charter_warn *warn;
    void *context;
};

static void tell(const void *context, const char *rule, const char *what)
{
    const struct linting *self = context;
    char line[FAULT_TEXT_MAX];
    struct text text;
    text_init(&text, line, sizeof line);
    text_format(&text, "rule \"%s\": %s", rule, what);
    self->warn(self->context, line);
}

static enum comity_error parse(const struct linting *self, struct arena *arena,
                               const char *sentence, const struct rule **ret_rule)
{
    if (sentence == NULL)
        return COMITY_OK;
    return rule_parse(arena, bytes_of_text(sentence), self->roster, ret_rule, NULL);
}

static enum comity_error lint_sentences(const struct linting *self, struct arena *arena,
                                        const struct charter_rule *rule)
{
    struct rule_settings settings = {
        .silence = (enum rule_silence)(rule->silence - CHARTER_SILENCE_IGNORE),
        .absent_blocks = rule->absent_blocks,
        .answers = rule->answers,
        .receipt_required = rule->receipt_required,
        .revise_until_close = !rule->revise_never};
    const struct rule *in_force = NULL;
    enum comity_error error = parse(self, arena, rule->sentence, &settings.rule);
    if (error == COMITY_OK)
        error = parse(self, arena, rule->quorum_open, &settings.quorum_open);
    if (error == COMITY_OK)
        error = parse(self, arena, rule->quorum_decide, &settings.quorum_decide);
    if (error == COMITY_OK && rule->has_in_force)
        error = parse(self, arena, rule->in_force.sentence, &in_force);
    if (error != COMITY_OK)
        return error;
    struct rule_warnings warnings = {0};
    rule_settings_lint(&settings, self->roster, &warnings);
    for (uint32_t i = 0; i < warnings.count; i++)
        tell(self, rule->name, warnings.items[i].text);
    warnings.count = 0;
    if (in_force != NULL)
        rule_consents_lint(in_force, self->roster, &warnings);
    for (uint32_t i = 0; i < warnings.count; i++) {
        if (warnings.items[i].kind != RULE_WARNS_ALWAYS) /* No consents are waited for. */
            tell(self, rule->name, warnings.items[i].text);
    }
    return COMITY_OK;
}

static bool same_text(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

static void lint_pair(const struct linting *self, const struct charter_rule *rule,
                      const struct charter_rule *other)
{
    if (rule->has_stages || other->has_stages)
        return;
    if (same_text(rule->sentence, other->sentence) &&
        same_text(rule->quorum_open, other->quorum_open) &&
        same_text(rule->quorum_decide, other->quorum_decide) && rule->closes == other->closes &&
        rule->closes_ms == other->closes_ms && rule->silence == other->silence &&
        rule->absent_blocks == other->absent_blocks && rule->answers == other->answers &&
        same_text(rule->no_abstain, other->no_abstain) &&
        same_text(rule->must_abstain, other->must_abstain) &&
        rule->pass_turns == other->pass_turns &&
        rule->receipt_required == other->receipt_required && rule->tie == other->tie &&
        rule->revote_ms == other->revote_ms && charter_same_agreement(self->charter, rule, other))
        tell(self, rule->name, "decides as an earlier rule does; one of the two is for nothing");
}

enum comity_error charter_lint(const struct charter *charter, struct arena *arena,
                               charter_warn *warn, void *context)
{
    struct linting self = {.charter = charter, .warn = warn, .context = context};
    enum comity_error error = charter_roster(charter, arena, &self.roster);
    for (uint32_t i = 0; error == COMITY_OK && i < charter->rules_count; i++) {
        const struct charter_rule *rule = &charter->rules[i];
        charter_lint_ballot(charter, rule, tell, &self);
        if (rule->has_stages)
            continue;
        error = lint_sentences(&self, arena, rule);
        charter_lint_life(charter, rule, tell, &self);
        if (rule->closes == CLOSES_ALL_ANSWERED && rule->closes_ms == 0)
            tell(&self, rule->name,
                 "waits for every answer without a limit; one silent seat keeps it open (say "
                 "`closes: {all-answered: 30 days}`)");
        for (uint32_t j = 0; j < i; j++)
            lint_pair(&self, rule, &charter->rules[j]);
    }
    if (error == COMITY_OK && charter->nominal != 0 &&
        charter->nominal <= rule_roster_count(self.roster, ROSTER_NONE))
        warn(context, "`nominal` is no more than the members there are: no count becomes smaller");
    return error;
}
