/* SPDX-License-Identifier: Apache-2.0 */
/* compile_ballot.c - what a rule's YAML says of its ballot: who may answer what, receipts, ties,
 * and the rules that are tried one after the other. */
#include <string.h>

#include "charter/parts.h"

enum comity_error compile_set(const struct compile_rules *self, struct yaml_node *node,
                              const char *what, const char *const *words, uint32_t *ret_bits)
{
    struct yaml_node *one[1] = {node};
    bool list = node->kind == YAML_LIST;
    size_t count = list ? node->count : 1;
    struct yaml_node *const *items = list ? node->items : one;
    uint32_t bits = 0;
    if (count == 0)
        return yaml_fault(node, self->fault, "%s: expected at least one", what);
    for (size_t i = 0; i < count; i++) {
        size_t word = 0;
        enum comity_error error = yaml_word(items[i], what, words, &word, self->fault);
        if (error != COMITY_OK)
            return error;
        if ((bits >> word & 1) != 0)
            return yaml_fault(items[i], self->fault, "%s: %s is there twice", what, words[word]);
        bits |= 1u << word;
    }
    *ret_bits = bits;
    return COMITY_OK;
}

static enum comity_error compile_answers(const struct compile_rules *self, struct yaml_node *node,
                                         struct charter_rule *rule)
{
    uint32_t bits = 0;
    enum comity_error error = compile_set(self, node, "answers", charter_answer_words, &bits);
    if (error == COMITY_OK)
        rule->answers = bits == 15 ? 0 : bits << ANSWER_YES; /* All four need not be said. */
    return error;
}

/* A group's name, or `members`. */
static enum comity_error compile_group(const struct compile_rules *self,
                                       const struct yaml_node *node, const char *what,
                                       const char **ret_name)
{
    const char *name = NULL;
    enum comity_error error = yaml_text(node, what, NAME_MAX_SIZE, &name, self->fault);
    if (error != COMITY_OK)
        return error;
    if (strcmp(name, CHARTER_MEMBERS) != 0 &&
        rule_roster_find_group(self->roster, bytes_of_text(name)) == ROSTER_NONE)
        return yaml_fault(node, self->fault, "%s: no group is called \"%.40s\"", what, name);
    *ret_name = name;
    return COMITY_OK;
}

static enum comity_error compile_revote(const struct compile_rules *self,
                                        const struct yaml_node *node, struct charter_rule *rule)
{
    enum comity_error error = yaml_length(node, "revote", &rule->revote_ms, self->fault);
    if (error != COMITY_OK)
        return error;
    if (rule->revote_ms < 1 || rule->revote_ms > CHARTER_LENGTH_MAX_MS)
        return yaml_fault(node, self->fault,
                          "revote: expected a length from 1ms to a hundred years");
    return COMITY_OK;
}

static enum comity_error compile_freeze(const struct compile_rules *self,
                                        const struct yaml_node *node, struct charter_rule *rule)
{
    static const char *const words[] = {"opening", "adoption", NULL};
    for (size_t i = 0; node->kind == YAML_SCALAR && words[i] != NULL; i++) {
        if (strcmp(node->text, words[i]) == 0) {
            rule->freeze = (enum charter_freeze)(FREEZE_OPENING + i);
            return COMITY_OK;
        }
    }
    if (node->kind != YAML_SCALAR || node->text[0] < '0' || node->text[0] > '9')
        return yaml_fault(node, self->fault, "freeze: expected opening, adoption or a date");
    rule->freeze = FREEZE_DATE;
    return yaml_time(node, "freeze", &rule->freeze_ms, self->fault);
}

static enum comity_error compile_tie(const struct compile_rules *self, struct yaml_node *map,
                                     struct charter_rule *rule)
{
    static const char *const words[] = {"reject", "presiding", NULL};
    const struct yaml_node *tie = yaml_get(map, "tie");
    const struct yaml_node *revote = yaml_get(map, "revote");
    const struct yaml_node *freeze = yaml_get(map, "freeze");
    size_t chosen = 0;
    enum comity_error error = COMITY_OK;
    if (tie != NULL)
        error = yaml_word(tie, "tie", words, &chosen, self->fault);
    rule->tie = (enum charter_tie)(TIE_REJECT + chosen);
    if (error == COMITY_OK && revote != NULL)
        error = compile_revote(self, revote, rule);
    if (error == COMITY_OK && freeze != NULL)
        error = compile_freeze(self, freeze, rule);
    return error;
}

enum comity_error compile_ballot(const struct compile_rules *self, struct yaml_node *map,
                                 struct charter_rule *rule)
{
    static const char *const receipts[] = {"none", "required", NULL};
    struct yaml_node *answers = yaml_get(map, "answers");
    const struct yaml_node *no_abstain = yaml_get(map, "no-abstain");
    const struct yaml_node *must_abstain = yaml_get(map, "must-abstain");
    const struct yaml_node *pass_turns = yaml_get(map, "pass-turns");
    const struct yaml_node *receipt = yaml_get(map, "receipt");
    uint64_t turns = 0;
    size_t required = 0;
    enum comity_error error = COMITY_OK;
    if (answers != NULL)
        error = compile_answers(self, answers, rule);
    if (error == COMITY_OK && no_abstain != NULL)
        error = compile_group(self, no_abstain, "no-abstain", &rule->no_abstain);
    if (error == COMITY_OK && must_abstain != NULL)
        error = compile_group(self, must_abstain, "must-abstain", &rule->must_abstain);
    if (error == COMITY_OK && pass_turns != NULL)
        error = yaml_u64(pass_turns, "pass-turns", 0, 1, &turns, self->fault);
    if (error == COMITY_OK && receipt != NULL)
        error = yaml_word(receipt, "receipt", receipts, &required, self->fault);
    rule->pass_turns = (uint32_t)turns;
    rule->receipt_required = required == 1;
    return error == COMITY_OK ? compile_tie(self, map, rule) : error;
}

bool compile_has_stages(struct yaml_node *map)
{
    return yaml_get(map, "first") != NULL || yaml_get(map, "class-by") != NULL;
}

/* `[A, B]` */
static enum comity_error compile_pair(const struct compile_rules *self,
                                      const struct yaml_node *node, const char *what,
                                      const char **ret_first, const char **ret_second)
{
    enum comity_error error = yaml_expect(node, YAML_LIST, what, self->fault);
    if (error != COMITY_OK)
        return error;
    if (node->count != 2)
        return yaml_fault(node, self->fault, "%s: expected two rules, as in [consensus, vote]",
                          what);
    error = yaml_text(node->items[0], what, NAME_MAX_SIZE, ret_first, self->fault);
    return error != COMITY_OK
               ? error
               : yaml_text(node->items[1], what, NAME_MAX_SIZE, ret_second, self->fault);
}

enum comity_error compile_stages(const struct compile_rules *self, struct yaml_node *map,
                                 struct charter_rule *rule)
{
    static const char *const first_keys[] = {"first", "if", NULL};
    static const char *const class_keys[] = {"class-by", "classes", NULL};
    const struct yaml_node *first = yaml_get(map, "first");
    enum comity_error error;
    rule->has_stages = true;
    rule->stages.failed_if = VERDICT_FAILURES;
    if (first != NULL) {
        struct yaml_node *how = yaml_get(map, "if");
        rule->stages.failed_if = VERDICT_BIT(VERDICT_REJECTED) | VERDICT_BIT(VERDICT_LAPSED);
        error = compile_pair(self, first, "first", &rule->stages.first, &rule->stages.failed);
        if (error == COMITY_OK && how != NULL)
            error = compile_set(self, how, "if", charter_failure_words, &rule->stages.failed_if);
        return error != COMITY_OK ? error : yaml_map_done(map, first_keys, self->fault);
    }
    const struct yaml_node *classes = yaml_get(map, "classes");
    error = yaml_text(yaml_get(map, "class-by"), "class-by", NAME_MAX_SIZE, &rule->stages.first,
                      self->fault);
    if (error != COMITY_OK)
        return error;
    if (classes == NULL)
        return yaml_fault(
            map, self->fault,
            "class-by: expected `classes`, the rule if it adopts and the rule if not");
    error = compile_pair(self, classes, "classes", &rule->stages.adopted, &rule->stages.failed);
    return error != COMITY_OK ? error : yaml_map_done(map, class_keys, self->fault);
}
