/* SPDX-License-Identifier: Apache-2.0 */
/* compile_life.c - what a rule's YAML says of an agreement's life: reservations, breach, a fund,
 * reports, and what else a proposal under the rule may do. */
#include <string.h>

#include "charter/parts.h"

/* A word, or a map of it and the window. */
static enum comity_error compile_reservations(const struct compile_rules *self,
                                              struct yaml_node *node, struct charter_rule *rule)
{
    static const char *const keys[] = {"allowed", "window", NULL};
    const struct yaml_node *allowed = node;
    const struct yaml_node *window = NULL;
    size_t word = 0;
    enum comity_error error = COMITY_OK;
    if (node->kind == YAML_MAP) {
        allowed = yaml_get(node, "allowed");
        window = yaml_get(node, "window");
        error = yaml_map_done(node, keys, self->fault);
        if (error == COMITY_OK && allowed == NULL)
            return yaml_fault(node, self->fault,
                              "reservations: expected `allowed`, any, none or listed");
    }
    if (error == COMITY_OK)
        error = yaml_word(allowed, "reservations", charter_reservation_words, &word, self->fault);
    if (error != COMITY_OK)
        return error;
    rule->reservations = (enum charter_reservations)(RESERVATIONS_ANY + word);
    if (rule->reservations == RESERVATIONS_NONE)
        rule->window_months = 0;
    if (window == NULL)
        return COMITY_OK;
    if (rule->reservations == RESERVATIONS_NONE)
        return yaml_fault(window, self->fault, "reservations.window: there are none to object to");
    return compile_span(self, window, "reservations.window", &rule->window_days,
                        &rule->window_months);
}

/* Whole days: a review starts at a day that a pledge names. */
static enum comity_error compile_review(const struct compile_rules *self,
                                        const struct yaml_node *node, uint32_t *ret_days)
{
    uint32_t months = 0;
    if (node->kind == YAML_SCALAR && span_parse(node->text, ret_days, &months) == COMITY_OK &&
        months == 0)
        return COMITY_OK;
    return yaml_fault(node, self->fault, "breach.review: expected `60 days` or `8 weeks`");
}

static enum comity_error compile_breach(const struct compile_rules *self, struct yaml_node *node,
                                        struct charter_rule *rule)
{
    static const char *const keys[] = {"ruled-by",  "alleged-by", "responses", "accused",
                                       "shortfall", "review",     NULL};
    static const char *const accusers[] = {"parties", "members", NULL};
    static const char *const accused_words[] = {"abstains", "votes", NULL};
    static const char *const shortfalls[] = {"note", "breach", NULL};
    enum comity_error error = yaml_expect(node, YAML_MAP, "breach", self->fault);
    if (error != COMITY_OK)
        return error;
    const struct yaml_node *ruled_by = yaml_get(node, "ruled-by");
    struct yaml_node *responses = yaml_get(node, "responses");
    const struct yaml_node *review = yaml_get(node, "review");
    const struct {
        const char *key;
        const char *const *words;
    } settings[] = {
        {"alleged-by", accusers}, {"accused", accused_words}, {"shortfall", shortfalls}};
    size_t chosen[3] = {0};
    if (ruled_by == NULL)
        return yaml_fault(node, self->fault,
                          "breach: expected `ruled-by`, the rule under which one is found");
    error =
        yaml_text(ruled_by, "breach.ruled-by", NAME_MAX_SIZE, &rule->breach.ruled_by, self->fault);
    for (size_t i = 0; error == COMITY_OK && i < 3; i++) {
        const struct yaml_node *value = yaml_get(node, settings[i].key);
        if (value != NULL)
            error = yaml_word(value, settings[i].key, settings[i].words, &chosen[i], self->fault);
    }
    if (error == COMITY_OK && responses != NULL)
        error = compile_set(self, responses, "breach.responses", charter_response_words,
                            &rule->breach.responses);
    if (error == COMITY_OK && review != NULL)
        error = compile_review(self, review, &rule->breach.review_days);
    rule->has_breach = true;
    rule->breach.alleged_by = (enum charter_alleged_by)(ALLEGED_BY_PARTIES + chosen[0]);
    rule->breach.accused_votes = chosen[1] == 1;
    rule->breach.shortfall = chosen[2] == 1;
    return error != COMITY_OK ? error : yaml_map_done(node, keys, self->fault);
}

/* `equal`, `by WEIGHT`, or numbers by seat. */
static enum comity_error compile_shares(const struct compile_rules *self, struct yaml_node *node,
                                        struct charter_rule *rule)
{
    if (node->kind == YAML_MAP)
        return compile_values(self->charter, self->arena, node, "fund.shares", "a share",
                              self->fault, &rule->fund.key);
    if (node->kind == YAML_SCALAR && strcmp(node->text, "equal") == 0)
        return COMITY_OK;
    if (node->kind != YAML_SCALAR || strncmp(node->text, "by ", 3) != 0)
        return yaml_fault(node, self->fault,
                          "fund.shares: expected equal, by a weight as in `by gdp`, or a number "
                          "for each seat");
    const char *name = node->text + 3;
    if (rule_roster_find_weight(self->roster, bytes_of_text(name)) == ROSTER_NONE)
        return yaml_fault(node, self->fault, "fund.shares: no weight is called \"%.40s\"", name);
    rule->fund.by = name;
    return COMITY_OK;
}

static enum comity_error compile_fund(const struct compile_rules *self, struct yaml_node *node,
                                      struct charter_rule *rule)
{
    static const char *const keys[] = {"spent-by", "issue", "unit", "shares", NULL};
    enum comity_error error = yaml_expect(node, YAML_MAP, "fund", self->fault);
    if (error != COMITY_OK)
        return error;
    const struct yaml_node *spent_by = yaml_get(node, "spent-by");
    const struct yaml_node *issue = yaml_get(node, "issue");
    const struct yaml_node *unit = yaml_get(node, "unit");
    struct yaml_node *shares = yaml_get(node, "shares");
    if (spent_by == NULL || issue == NULL)
        return yaml_fault(node, self->fault,
                          "fund: expected `spent-by`, the rule under which it is spent, and "
                          "`issue`, what it is for");
    rule->has_fund = true;
    rule->fund.unit = "";
    error = yaml_text(spent_by, "fund.spent-by", NAME_MAX_SIZE, &rule->fund.spent_by, self->fault);
    if (error == COMITY_OK)
        error = yaml_text(issue, "fund.issue", NAME_MAX_SIZE, &rule->fund.issue, self->fault);
    if (error == COMITY_OK && unit != NULL)
        error = yaml_text(unit, "fund.unit", NAME_MAX_SIZE, &rule->fund.unit, self->fault);
    if (error == COMITY_OK && shares != NULL)
        error = compile_shares(self, shares, rule);
    return error != COMITY_OK ? error : yaml_map_done(node, keys, self->fault);
}

enum comity_error compile_life(const struct compile_rules *self, struct yaml_node *map,
                               struct charter_rule *rule)
{
    struct yaml_node *reservations = yaml_get(map, "reservations");
    struct yaml_node *breach = yaml_get(map, "breach");
    struct yaml_node *fund = yaml_get(map, "fund");
    const struct yaml_node *attestations = yaml_get(map, "attestations");
    const struct yaml_node *sponsors = yaml_get(map, "sponsors");
    struct yaml_node *may = yaml_get(map, "may");
    uint64_t count = 0;
    uint64_t least = 1;
    enum comity_error error = COMITY_OK;
    if (sponsors != NULL)
        error = yaml_u64(sponsors, "sponsors", 1, SEATS_MAX, &least, self->fault);
    rule->sponsors = least == 1 ? 0 : (uint32_t)least; /* Its proposer need not be said. */
    if (error == COMITY_OK && reservations != NULL)
        error = compile_reservations(self, reservations, rule);
    if (error == COMITY_OK && breach != NULL)
        error = compile_breach(self, breach, rule);
    if (error == COMITY_OK && fund != NULL)
        error = compile_fund(self, fund, rule);
    if (error == COMITY_OK && attestations != NULL)
        error = yaml_u64(attestations, "attestations", 0, SEATS_MAX, &count, self->fault);
    if (error == COMITY_OK && may != NULL)
        error = compile_set(self, may, "may", charter_may_words, &rule->may);
    rule->attestations = (uint32_t)count;
    return error;
}
