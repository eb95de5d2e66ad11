/* SPDX-License-Identifier: Apache-2.0 */
/* compile_rule.c - one rule of a charter's YAML, with what surrounds its sentence. */
#include <string.h>

#include "charter/parts.h"
#include "rules/rule.h"

static const char *const rule_keys[] = {
    "sentence",   "quorum", "answers",      "no-abstain", "must-abstain",
    "pass-turns", "closes", "silence",      "receipt",    "absent",
    "revise",     "tie",    "revote",       "first",      "class-by",
    "freeze",     "binds",  "in-force",     "exit",       "reservations",
    "breach",     "fund",   "attestations", "may",        "sponsors",
    NULL};

static enum comity_error compile_sentence(const struct compile_rules *self,
                                          const struct yaml_node *node, const char *what,
                                          const char **ret_sentence)
{
    const char *text = NULL;
    const struct rule *rule = NULL;
    struct fault inner;
    enum comity_error error = yaml_text(node, what, RULE_TEXT_MAX, &text, self->fault);
    if (error != COMITY_OK)
        return error;
    error = rule_parse(self->arena, bytes_of_text(text), self->roster, &rule, &inner);
    if (error == COMITY_MEMORY)
        return error;
    if (error != COMITY_OK) {
        (void)yaml_fault(node, self->fault, "%s: %s", what, inner.text);
        return error;
    }
    *ret_sentence = rule->text;
    return COMITY_OK;
}

static enum comity_error compile_quorum(const struct compile_rules *self, struct yaml_node *node,
                                        struct charter_rule *rule)
{
    static const char *const keys[] = {"open", "decide", NULL};
    enum comity_error error = yaml_expect(node, YAML_MAP, "quorum", self->fault);
    if (error != COMITY_OK)
        return error;
    struct yaml_node *opening = yaml_get(node, "open");
    struct yaml_node *deciding = yaml_get(node, "decide");
    if (opening != NULL)
        error = compile_sentence(self, opening, "quorum.open", &rule->quorum_open);
    if (error == COMITY_OK && deciding != NULL)
        error = compile_sentence(self, deciding, "quorum.decide", &rule->quorum_decide);
    if (error == COMITY_OK)
        error = yaml_map_done(node, keys, self->fault);
    if (error == COMITY_OK && node->count == 0)
        return yaml_fault(node, self->fault, "expected quorum.open or quorum.decide");
    return error;
}

static enum comity_error compile_limit(const struct compile_rules *self,
                                       const struct yaml_node *node, int64_t *ret_ms)
{
    int64_t ms = 0;
    enum comity_error error = yaml_length(node, "closes", &ms, self->fault);
    if (error != COMITY_OK)
        return error;
    if (ms < 1 || ms > CHARTER_LENGTH_MAX_MS)
        return yaml_fault(node, self->fault,
                          "closes: expected a length from 1ms to a hundred years");
    *ret_ms = ms;
    return COMITY_OK;
}

/* `all-answered`, `presiding`, a length, or one of the first two with its limit. */
static enum comity_error compile_closes(const struct compile_rules *self, struct yaml_node *node,
                                        struct charter_rule *rule)
{
    static const char *const keys[] = {"all-answered", "presiding", NULL};
    rule->closes_ms = 0;
    if (node->kind == YAML_MAP) {
        struct yaml_node *limit = yaml_get(node, "all-answered");
        struct yaml_node *presiding = yaml_get(node, "presiding");
        enum comity_error error = yaml_map_done(node, keys, self->fault);
        if (error != COMITY_OK)
            return error;
        if ((limit == NULL) == (presiding == NULL))
            return yaml_fault(node, self->fault,
                              "closes: expected all-answered or presiding, with a limit");
        rule->closes = limit != NULL ? CLOSES_ALL_ANSWERED : CLOSES_PRESIDING;
        return compile_limit(self, limit != NULL ? limit : presiding, &rule->closes_ms);
    }
    for (size_t i = 0; node->kind == YAML_SCALAR && keys[i] != NULL; i++) {
        if (strcmp(node->text, keys[i]) == 0) {
            rule->closes = (enum charter_closes)(CLOSES_ALL_ANSWERED + i);
            return COMITY_OK;
        }
    }
    if (node->kind != YAML_SCALAR || node->text[0] < '0' || node->text[0] > '9')
        return yaml_fault(node, self->fault,
                          "closes: expected all-answered, presiding or a length such as 72h");
    rule->closes = CLOSES_AFTER;
    return compile_limit(self, node, &rule->closes_ms);
}

static enum comity_error compile_delay(const struct compile_rules *self, struct yaml_node *node,
                                       const char *what, struct charter_delay *ret_delay)
{
    if (node->kind == YAML_SCALAR && delay_parse(node->text, ret_delay) == COMITY_OK)
        return COMITY_OK;
    return yaml_fault(
        node, self->fault,
        "%s: expected `30 days`, `6 months`, `first of month after 60 days` or `first "
        "of 6th month`",
        what);
}

static enum comity_error compile_in_force(const struct compile_rules *self, struct yaml_node *node,
                                          struct charter_rule *rule)
{
    static const char *const keys[] = {"when", "after", "not-before", "late", NULL};
    rule->has_in_force = true;
    if (node->kind == YAML_SCALAR)
        return compile_sentence(self, node, "in-force", &rule->in_force.sentence);
    enum comity_error error = yaml_expect(node, YAML_MAP, "in-force", self->fault);
    if (error != COMITY_OK)
        return error;
    struct yaml_node *when = yaml_get(node, "when");
    struct yaml_node *after = yaml_get(node, "after");
    struct yaml_node *not_before = yaml_get(node, "not-before");
    struct yaml_node *late = yaml_get(node, "late");
    if (when == NULL)
        return yaml_fault(node, self->fault, "in-force: expected `when`, a rule over consents");
    error = compile_sentence(self, when, "in-force.when", &rule->in_force.sentence);
    if (error == COMITY_OK && after != NULL)
        error = compile_delay(self, after, "in-force.after", &rule->in_force.delay);
    if (error == COMITY_OK && not_before != NULL)
        error = yaml_time(not_before, "in-force.not-before", &rule->in_force.not_before_ms,
                          self->fault);
    rule->in_force.late = rule->in_force.delay;
    if (error == COMITY_OK && late != NULL)
        error = compile_delay(self, late, "in-force.late", &rule->in_force.late);
    return error != COMITY_OK ? error : yaml_map_done(node, keys, self->fault);
}

enum comity_error compile_span(const struct compile_rules *self, const struct yaml_node *node,
                               const char *what, uint32_t *ret_days, uint32_t *ret_months)
{
    if (node->kind == YAML_SCALAR && span_parse(node->text, ret_days, ret_months) == COMITY_OK)
        return COMITY_OK;
    return yaml_fault(node, self->fault,
                      "%s: expected `30 days`, `6 months` or `3 years`, a hundred years at most",
                      what);
}

static enum comity_error compile_exit(const struct compile_rules *self, struct yaml_node *node,
                                      struct charter_rule *rule)
{
    static const char *const keys[] = {"lock", "notice", "take-back", "extend", NULL};
    static const char *const words[] = {"yes", "no", NULL};
    size_t final = 0;
    size_t no_later = 0;
    rule->has_exit = true;
    rule->exit.notice_months = 12;
    enum comity_error error = yaml_expect(node, YAML_MAP, "exit", self->fault);
    if (error != COMITY_OK)
        return error;
    struct yaml_node *lock = yaml_get(node, "lock");
    struct yaml_node *notice = yaml_get(node, "notice");
    const struct yaml_node *take_back = yaml_get(node, "take-back");
    const struct yaml_node *extend = yaml_get(node, "extend");
    if (take_back != NULL)
        error = yaml_word(take_back, "exit.take-back", words, &final, self->fault);
    if (error == COMITY_OK && extend != NULL)
        error = yaml_word(extend, "exit.extend", words, &no_later, self->fault);
    rule->exit.final = final == 1;
    rule->exit.no_later = no_later == 1;
    if (error == COMITY_OK && lock != NULL)
        error =
            compile_span(self, lock, "exit.lock", &rule->exit.lock_days, &rule->exit.lock_months);
    if (error == COMITY_OK && notice != NULL)
        error = compile_span(self, notice, "exit.notice", &rule->exit.notice_days,
                             &rule->exit.notice_months);
    return error != COMITY_OK ? error : yaml_map_done(node, keys, self->fault);
}

static enum comity_error compile_words(const struct compile_rules *self, struct yaml_node *node,
                                       struct charter_rule *rule)
{
    static const char *const absent_words[] = {"ignore", "block", NULL};
    static const char *const revise_words[] = {"until-close", "never", NULL};
    const struct {
        const char *key;
        const char *const *words;
    } settings[] = {{"silence", charter_silence_words},
                    {"absent", absent_words},
                    {"revise", revise_words},
                    {"binds", charter_binds_words}};
    size_t chosen[4] = {0, 0, 0, 1};
    for (size_t i = 0; i < 4; i++) {
        const struct yaml_node *value = yaml_get(node, settings[i].key);
        if (value == NULL)
            continue;
        enum comity_error error =
            yaml_word(value, settings[i].key, settings[i].words, &chosen[i], self->fault);
        if (error != COMITY_OK)
            return error;
    }
    rule->silence = (enum charter_silence)(CHARTER_SILENCE_IGNORE + chosen[0]);
    rule->absent_blocks = chosen[1] == 1;
    rule->revise_never = chosen[2] == 1;
    rule->binds = (enum charter_binds)(BINDS_ALL + chosen[3]);
    return COMITY_OK;
}

enum comity_error compile_rule(const struct compile_rules *self, const char *name,
                               struct yaml_node *node, struct charter_rule *ret_rule)
{
    struct charter_rule rule = {.name = name,
                                .closes = CLOSES_ALL_ANSWERED,
                                .closes_ms = 30 * (int64_t)86400000,
                                .silence = CHARTER_SILENCE_IGNORE,
                                .binds = BINDS_CONSENTING,
                                .reservations = RESERVATIONS_ANY,
                                .window_months = RESERVATIONS_WINDOW_MONTHS};
    enum comity_error error = COMITY_OK;
    if (node->kind == YAML_LIST)
        return yaml_fault(node, self->fault, "a rule: expected a sentence or a map, found a list");
    if (node->kind == YAML_SCALAR) {
        error = compile_sentence(self, node, "a rule's sentence", &rule.sentence);
        if (error == COMITY_OK)
            *ret_rule = rule;
        return error;
    }
    if (compile_has_stages(node)) {
        error = compile_stages(self, node, &rule);
        if (error == COMITY_OK)
            *ret_rule = rule;
        return error;
    }
    struct yaml_node *sentence = yaml_get(node, "sentence");
    struct yaml_node *quorum = yaml_get(node, "quorum");
    struct yaml_node *closes = yaml_get(node, "closes");
    struct yaml_node *in_force = yaml_get(node, "in-force");
    struct yaml_node *rule_exit = yaml_get(node, "exit");
    if (sentence == NULL)
        return yaml_fault(node, self->fault, "a rule: expected `sentence`");
    error = compile_sentence(self, sentence, "sentence", &rule.sentence);
    if (error == COMITY_OK && quorum != NULL)
        error = compile_quorum(self, quorum, &rule);
    if (error == COMITY_OK && closes != NULL)
        error = compile_closes(self, closes, &rule);
    if (error == COMITY_OK)
        error = compile_words(self, node, &rule);
    if (error == COMITY_OK)
        error = compile_ballot(self, node, &rule);
    if (error == COMITY_OK && in_force != NULL)
        error = compile_in_force(self, in_force, &rule);
    if (error == COMITY_OK && rule_exit != NULL)
        error = compile_exit(self, rule_exit, &rule);
    if (error == COMITY_OK)
        error = compile_life(self, node, &rule);
    if (error == COMITY_OK)
        error = yaml_map_done(node, rule_keys, self->fault);
    if (error == COMITY_OK)
        *ret_rule = rule;
    return error;
}
