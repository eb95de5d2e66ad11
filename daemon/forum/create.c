/* SPDX-License-Identifier: Apache-2.0 */
/* An empty forum from its charter: rosters, rules. */
#include <string.h>

#include "forum/membership.h"

static void copy_name(char ret_name[NAME_MAX_SIZE + 1], const char *name)
{
    size_t size = strlen(name);
    if (size > NAME_MAX_SIZE)
        size = NAME_MAX_SIZE;
    memcpy(ret_name, name, size);
    ret_name[size] = '\0';
}

static void fill_roster(struct rule_roster *roster, const struct charter *charter)
{
    roster->seats_count = charter->seats_count;
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        if (charter->seats[seat].role == SEAT_MEMBER)
            seat_set_add(&roster->members, seat);
    }
    roster->groups_count = charter->groups_count;
    for (uint32_t i = 0; i < charter->groups_count; i++) {
        copy_name(roster->groups[i].name, charter->groups[i].name);
        memcpy(roster->groups[i].seats.bits, charter->groups[i].seats,
               sizeof roster->groups[i].seats.bits);
    }
    roster->nominal = charter->nominal;
    roster->weights_count = charter->weights_count;
    for (uint32_t i = 0; i < charter->weights_count; i++) {
        copy_name(roster->weights[i].name, charter->weights[i].name);
        roster->weights[i].values = charter->weights[i].values;
    }
}

static uint32_t questions_share(uint32_t members_count)
{
    uint32_t share = QUESTIONS_MAX / (members_count == 0 ? 1 : members_count);
    if (share < QUESTIONS_PER_SEAT_MIN)
        return QUESTIONS_PER_SEAT_MIN;
    return share > QUESTIONS_PER_SEAT_MAX ? QUESTIONS_PER_SEAT_MAX : share;
}

static void fill_rosters(struct forum *self)
{
    const struct charter *charter = self->charter;
    fill_roster(&self->roster, charter);
    self->chair = OUTCOME_NONE;
    self->consents = self->roster;
    self->consents.members = (struct seat_set){{0}};
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        self->names[seat] = charter->seats[seat].name;
        if (charter->seats[seat].role == SEAT_CHAIR) {
            self->has_chair = true;
            self->chair = seat;
        }
        if (seat_set_has(&self->roster.members, seat) && charter->seats[seat].represents < 0)
            seat_set_add(&self->consents.members, seat);
    }
    self->questions_share = questions_share(seat_set_count(&self->roster.members));
    for (uint32_t seat = 0; seat < charter->seats_count; seat++)
        self->has_carriers = self->has_carriers || charter->seats[seat].carries >= 0;
}

/* No sentence, no rule. */
static enum comity_error parse(struct forum *self, const char *sentence,
                               const struct rule_roster *roster, const struct rule **ret_rule,
                               struct fault *fault)
{
    if (sentence == NULL || sentence[0] == '\0')
        return COMITY_OK;
    return rule_parse(self->pool.arena, bytes_of_text(sentence), roster, ret_rule, fault);
}

static enum rule_silence silence_of(const struct charter_rule *charter)
{
    switch (charter->silence) {
    case CHARTER_SILENCE_NO:
        return RULE_SILENCE_NO;
    case CHARTER_SILENCE_YES:
        return RULE_SILENCE_YES;
    case CHARTER_SILENCE_IGNORE:
        break;
    }
    return RULE_SILENCE_IGNORE;
}

/* A group of the charter, every member, or nobody. */
static enum comity_error find_group(const struct forum *self, const char *name,
                                    struct seat_set *ret_seats, struct fault *fault)
{
    if (name == NULL)
        return COMITY_OK;
    if (strcmp(name, CHARTER_MEMBERS) == 0) {
        *ret_seats = self->roster.members;
        return COMITY_OK;
    }
    int group = rule_roster_find_group(&self->roster, bytes_of_text(name));
    if (group == ROSTER_NONE)
        return fault_set(fault, COMITY_INVALID, "no group %s", name);
    *ret_seats = self->roster.groups[group].seats;
    return COMITY_OK;
}

static enum comity_error find_stage(const struct forum *self, const char *name, int32_t *ret_index,
                                    struct fault *fault)
{
    *ret_index = RULE_LAST;
    if (name == NULL)
        return COMITY_OK;
    for (uint32_t i = 0; i < self->charter->rules_count; i++) {
        if (strcmp(self->charter->rules[i].name, name) == 0)
            *ret_index = (int32_t)i;
    }
    if (*ret_index == RULE_LAST || self->charter->rules[*ret_index].has_stages)
        return fault_set(fault, COMITY_INVALID, "no rule %s with one ballot", name);
    return COMITY_OK;
}

/* What the settings name: groups, and the rules that are tried next. */
static enum comity_error find_names(struct forum *self, struct forum_rule *rule,
                                    struct fault *fault)
{
    const struct charter_rule *charter = rule->charter;
    rule->adopted = RULE_LAST;
    rule->failed = RULE_LAST;
    enum comity_error error = find_group(self, charter->no_abstain, &rule->no_abstain, fault);
    if (error == COMITY_OK)
        error = find_group(self, charter->must_abstain, &rule->must_abstain, fault);
    if (error == COMITY_OK && charter->has_stages)
        error = find_stage(self, charter->stages.adopted, &rule->adopted, fault);
    if (error == COMITY_OK && charter->has_stages)
        error = find_stage(self, charter->stages.failed, &rule->failed, fault);
    return error;
}

static enum comity_error parse_rule(struct forum *self, struct forum_rule *rule,
                                    const struct charter_rule *charter, struct fault *fault)
{
    rule->charter = charter;
    rule->settings = (struct rule_settings){
        .silence = silence_of(charter),
        .answers = charter->answers,
        .receipt_required = charter->receipt_required,
        .absent_blocks = charter->absent_blocks,
        .tie_presiding = charter->tie == TIE_PRESIDING,
        .revote = charter->revote_ms > 0,
        .revise_until_close = !charter->revise_never,
    };
    if (charter->sentence == NULL || charter->sentence[0] == '\0')
        return fault_set(fault, COMITY_INVALID, "rule %s has no sentence", charter->name);
    enum comity_error error =
        parse(self, charter->sentence, &self->roster, &rule->settings.rule, fault);
    if (error == COMITY_OK)
        error =
            parse(self, charter->quorum_open, &self->roster, &rule->settings.quorum_open, fault);
    if (error == COMITY_OK)
        error = parse(self, charter->quorum_decide, &self->roster, &rule->settings.quorum_decide,
                      fault);
    if (error == COMITY_OK && charter->has_in_force)
        error = parse(self, charter->in_force.sentence, &self->consents, &rule->in_force, fault);
    if (error == COMITY_OK && charter->has_in_force && rule->in_force == NULL)
        error = fault_set(fault, COMITY_INVALID, "no sentence says when it enters into force");
    if (error == COMITY_OK)
        error = find_names(self, rule, fault);
    if (error == COMITY_INVALID || error == COMITY_LIMIT)
        return fault_prefix(fault, COMITY_INVALID, "rule %s: ", charter->name);
    return error;
}

enum comity_error forum_create(struct arena *arena, const struct charter *charter,
                               struct forum **ret_forum, struct fault *fault)
{
    struct pool pool = {.arena = arena};
    struct forum *self = pool_keep(&pool, sizeof *self);
    uint32_t conducts = charter->seats_count * (charter->topics_count + 1);
    struct conduct_row **conduct = pool_keep(&pool, conducts * sizeof(struct conduct_row *));
    const char **names = pool_keep(&pool, charter->seats_count * sizeof *names);
    struct forum_rule *rules = pool_keep(&pool, charter->rules_count * sizeof *rules);
    if (self == NULL || conduct == NULL || names == NULL || rules == NULL)
        return COMITY_MEMORY;
    if (charter->clock == CLOCK_SCALED && charter->clock_day_ms < 1)
        return fault_set(fault, COMITY_INVALID, "a scaled clock's day has no length");
    self->pool = pool;
    self->charter = charter;
    self->conduct = conduct;
    self->names = names;
    self->rules = rules;
    self->act_index = OUTCOME_NONE;
    self->now_ms = charter->clock_starts_ms;
    fill_rosters(self);
    for (uint32_t i = 0; i < charter->rules_count; i++) {
        enum comity_error error = parse_rule(self, &rules[i], &charter->rules[i], fault);
        if (error != COMITY_OK)
            return error;
    }
    membership_refresh(self);
    weights_init(self);
    *ret_forum = self;
    return COMITY_OK;
}
