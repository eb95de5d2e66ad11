/* SPDX-License-Identifier: Apache-2.0 */
/* check_life.c - what a charter says of an agreement's life must fit together: reservations, who
 * rules on a breach, who spends a fund, who speaks for whom. */
#include <string.h>

#include "charter/parts.h"
#include "codec/line.h"

const char *const charter_reservation_words[] = {"any", "none", "listed", NULL};
const char *const charter_response_words[] = {"suspend-votes", "suspend", "end", "expel", NULL};
const char *const charter_may_words[] = {"suspend-votes", "restore", "expel", "suspend",
                                         "end",           "reweigh", NULL};

static enum comity_error refuse(struct fault *fault, const struct charter_rule *rule,
                                const char *what)
{
    return fault_set(fault, COMITY_INVALID, "rule \"%.40s\": %s", rule->name, what);
}

static bool is_weight(const struct charter *self, const char *name)
{
    for (uint32_t i = 0; i < self->weights_count; i++) {
        if (strcmp(self->weights[i].name, name) == 0)
            return true;
    }
    return false;
}

static enum comity_error check_reservations(const struct charter_rule *rule, struct fault *fault)
{
    if (rule->reservations < RESERVATIONS_ANY || rule->reservations > RESERVATIONS_LISTED)
        return refuse(fault, rule, "`reservations` are any, none or listed");
    if (rule->window_days > SPAN_DAYS_MAX || rule->window_months > SPAN_MONTHS_MAX)
        return refuse(fault, rule, "a time to object of more than a hundred years");
    if (rule->window_days > 0 && rule->window_months > 0)
        return refuse(fault, rule, "a time to object in days and months together");
    if (rule->reservations == RESERVATIONS_NONE && (rule->window_days | rule->window_months) != 0)
        return refuse(fault, rule, "a time to object, and no reservations");
    return COMITY_OK;
}

/* As a weight: the sum fits, and some member has a share. */
static enum comity_error check_key(const struct charter *self, const struct charter_rule *rule,
                                   struct fault *fault)
{
    uint64_t sum = 0;
    bool members = false;
    for (uint32_t i = 0; i < self->seats_count; i++) {
        uint64_t value = rule->fund.key[i];
        if (value > UINT64_MAX - sum)
            return refuse(fault, rule, "the sum of the fund's shares is not below 2^64");
        sum += value;
        members = members || (self->seats[i].role == SEAT_MEMBER && value > 0);
    }
    return members ? COMITY_OK : refuse(fault, rule, "no member has a share of the fund");
}

static enum comity_error check_fund(const struct charter *self, const struct charter_rule *rule,
                                    struct fault *fault)
{
    if (!line_is_valid(rule->fund.issue, 1, NAME_MAX_SIZE) ||
        !line_is_valid(rule->fund.unit, 0, NAME_MAX_SIZE))
        return refuse(fault, rule,
                      "a fund's issue is one line of 1 to 31 bytes, and its unit of at most 31");
    if (rule->fund.by != NULL && rule->fund.key != NULL)
        return refuse(fault, rule, "a fund's shares go by a weight or by a key, not by both");
    if (rule->fund.by != NULL && !is_weight(self, rule->fund.by))
        return refuse(fault, rule, "a fund's shares go by a weight the charter lacks");
    return rule->fund.key == NULL ? COMITY_OK : check_key(self, rule, fault);
}

enum comity_error check_life(const struct charter *self, const struct charter_rule *rule,
                             struct fault *fault)
{
    enum comity_error error = check_reservations(rule, fault);
    if (error != COMITY_OK)
        return error;
    if (rule->attestations > SEATS_MAX)
        return refuse(fault, rule, "more `attestations` than a forum has seats");
    if (rule->sponsors == 1 || rule->sponsors > SEATS_MAX)
        return refuse(fault, rule, "`sponsors` are 2 to 256, where a proposer is not enough");
    if ((rule->may & ~(uint32_t)MAY_BITS) != 0)
        return refuse(fault, rule, "`may` names what this version does not know");
    if (rule->has_breach) {
        if (rule->breach.alleged_by > ALLEGED_BY_MEMBERS)
            return refuse(fault, rule, "not said who alleges a breach");
        if ((rule->breach.responses & ~(uint32_t)RESPONSE_BITS) != 0)
            return refuse(fault, rule, "a response to a breach that this version does not know");
        if (rule->breach.review_days > SPAN_DAYS_MAX)
            return refuse(fault, rule, "a review of more than a hundred years");
    }
    return rule->has_fund ? check_fund(self, rule, fault) : COMITY_OK;
}

/* A rule with stages would begin a ruling again under another roll: one ballot must do. */
static enum comity_error check_named(const struct charter *self, const struct charter_rule *rule,
                                     const char *key, const char *name, struct fault *fault)
{
    const struct charter_rule *named = charter_find_rule(self, name);
    if (named != NULL && !named->has_stages)
        return COMITY_OK;
    return fault_set(fault, COMITY_INVALID,
                     "rule \"%.40s\": `%s`: no rule with one ballot is called \"%.40s\"",
                     rule->name, key, name);
}

enum comity_error check_life_rules(const struct charter *self, uint32_t index, struct fault *fault)
{
    const struct charter_rule *rule = &self->rules[index];
    enum comity_error error = COMITY_OK;
    if (rule->has_breach)
        error = check_named(self, rule, "breach.ruled-by", rule->breach.ruled_by, fault);
    if (error == COMITY_OK && rule->has_fund)
        error = check_named(self, rule, "fund.spent-by", rule->fund.spent_by, fault);
    return error;
}

enum comity_error check_carries(const struct charter *self, uint32_t index, struct fault *fault)
{
    const struct charter_seat *seat = &self->seats[index];
    if (seat->carries < 0)
        return COMITY_OK;
    const struct charter_group *group = &self->groups[seat->carries];
    if (seat->role != SEAT_MEMBER)
        return fault_set(fault, COMITY_INVALID,
                         "seat \"%s\" carries \"%s\", and only a member answers", seat->name,
                         group->name);
    for (uint32_t i = 0; i < self->seats_count; i++) {
        const struct charter_seat *other = &self->seats[i];
        if (charter_group_has(group, i) && other->carries >= 0)
            return fault_set(fault, COMITY_INVALID,
                             "seat \"%s\" carries \"%s\", which carries a group itself", seat->name,
                             other->name);
        for (uint32_t j = 0; j < index; j++) {
            if (charter_group_has(group, i) && self->seats[j].carries >= 0 &&
                charter_group_has(&self->groups[self->seats[j].carries], i))
                return fault_set(fault, COMITY_INVALID,
                                 "seat \"%s\" is carried by two: \"%s\" and \"%s\"", other->name,
                                 self->seats[j].name, seat->name);
        }
    }
    return COMITY_OK;
}

static bool same_text(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

/* The keys of one charter's rules: equal by value, and of one length. A key that repeats another
 * is the same pointer when a rule copies its first stage's; from bytes it is not. */
static bool same_fund(const struct charter_rule *left, const struct charter_rule *right,
                      uint32_t seats_count)
{
    if ((left->fund.key == NULL) != (right->fund.key == NULL))
        return false;
    return same_text(left->fund.spent_by, right->fund.spent_by) &&
           same_text(left->fund.issue, right->fund.issue) &&
           same_text(left->fund.unit, right->fund.unit) &&
           same_text(left->fund.by, right->fund.by) &&
           (left->fund.key == NULL ||
            memcmp(left->fund.key, right->fund.key, seats_count * sizeof *left->fund.key) == 0);
}

bool charter_same_life(const struct charter *self, const struct charter_rule *left,
                       const struct charter_rule *right)
{
    return left->reservations == right->reservations && left->window_days == right->window_days &&
           left->window_months == right->window_months && left->exit.final == right->exit.final &&
           left->exit.no_later == right->exit.no_later &&
           left->attestations == right->attestations && left->may == right->may &&
           left->sponsors == right->sponsors && left->has_breach == right->has_breach &&
           same_text(left->breach.ruled_by, right->breach.ruled_by) &&
           left->breach.alleged_by == right->breach.alleged_by &&
           left->breach.responses == right->breach.responses &&
           left->breach.accused_votes == right->breach.accused_votes &&
           left->breach.shortfall == right->breach.shortfall &&
           left->breach.review_days == right->breach.review_days &&
           left->has_fund == right->has_fund && same_fund(left, right, self->seats_count);
}
