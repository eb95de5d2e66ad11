/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - what every part of a charter must fulfil, whoever wrote it. */
#include <string.h>

#include "charter/parts.h"
#include "codec/act.h"
#include "codec/line.h"
#include "rules/rule.h"

const char *const charter_role_words[] = {"member", "chair", "observer", NULL};
const char *const charter_silence_words[] = {"ignore", "no", "yes", NULL};
const char *const charter_binds_words[] = {"all", "consenting", NULL};
const char *const charter_notes_words[] = {"none", "floor", NULL};
const char *const charter_procedures[] = {"open-floor", NULL};

static enum comity_error refuse(struct fault *fault, const char *what, const char *name)
{
    return fault_set(fault, COMITY_INVALID, "%s \"%.80s\"", what, name);
}

/* Letters, digits, `-` and `_`: what can stand on a command line and in a file's name. */
static bool word_is_valid(const char *text, size_t most)
{
    size_t size = strnlen(text, most + 1);
    if (size == 0 || size > most || text[0] == '-')
        return false;
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == size;
}

enum comity_error check_heading(const struct charter *self, struct fault *fault)
{
    if (!word_is_valid(self->name, NAME_MAX_SIZE))
        return refuse(
            fault,
            "a forum's name has 1 to 31 letters, digits, `-` or `_`; this is not one:", self->name);
    if (!line_is_valid(self->title, 0, TITLE_MAX))
        return fault_set(fault, COMITY_INVALID,
                         "a title is one line of at most 255 bytes without control characters");
    return COMITY_OK;
}

enum comity_error check_seat(const struct charter *self, uint32_t index, struct fault *fault)
{
    const struct charter_seat *seat = &self->seats[index];
    if (!word_is_valid(seat->name, SEAT_NAME_MAX) || strcmp(seat->name, "default") == 0)
        return refuse(fault,
                      "a seat's name has 1 to 15 letters, digits, `-` or `_` and is not `default`; "
                      "this is not one:",
                      seat->name);
    if (!line_is_valid(seat->title, 0, TITLE_MAX))
        return fault_set(fault, COMITY_INVALID,
                         "a title is one line of at most 255 bytes without control characters");
    if (seat->role < SEAT_MEMBER || seat->role > SEAT_OBSERVER)
        return refuse(fault, "no role for seat", seat->name);
    for (uint32_t i = 0; i < index; i++) {
        const struct charter_seat *other = &self->seats[i];
        if (strcmp(seat->name, other->name) == 0)
            return refuse(fault, "two seats are called", seat->name);
        if (memcmp(seat->key, other->key, KEY_SIZE) == 0)
            return fault_set(fault, COMITY_INVALID, "seats \"%s\" and \"%s\" have one key",
                             other->name, seat->name);
        if (seat->role == SEAT_CHAIR && other->role == SEAT_CHAIR)
            return fault_set(fault, COMITY_INVALID,
                             "a forum has one chair at most: \"%s\" or \"%s\"", other->name,
                             seat->name);
    }
    return COMITY_OK;
}

enum comity_error check_seats(const struct charter *self, struct fault *fault)
{
    for (uint32_t i = 0; i < self->seats_count; i++) {
        if (self->seats[i].role == SEAT_MEMBER)
            return COMITY_OK;
    }
    return fault_set(fault, COMITY_INVALID, "a forum needs a member");
}

static enum comity_error check_label(const char *name, const char *what, struct fault *fault)
{
    if (rule_name_is_valid(bytes_of_text(name)))
        return COMITY_OK;
    return fault_set(fault, COMITY_INVALID,
                     "%s \"%.80s\" cannot be named in a rule: a letter, then letters, digits, `-` "
                     "or `_`, 31 at most, and no word of the language of rules",
                     what, name);
}

enum comity_error check_group(const struct charter *self, uint32_t index, struct fault *fault)
{
    const struct charter_group *group = &self->groups[index];
    enum comity_error error = check_label(group->name, "group", fault);
    if (error != COMITY_OK)
        return error;
    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(group->name, self->groups[i].name) == 0)
            return refuse(fault, "two groups are called", group->name);
    }
    for (uint32_t i = 0; i < self->seats_count; i++) {
        if (charter_group_has(group, i) && self->seats[i].role == SEAT_MEMBER)
            return COMITY_OK;
    }
    return refuse(fault, "no member is in group", group->name);
}

enum comity_error check_weight(const struct charter *self, uint32_t index, struct fault *fault)
{
    const struct charter_weight *weight = &self->weights[index];
    uint64_t sum = 0;
    bool members = false;
    enum comity_error error = check_label(weight->name, "weight", fault);
    if (error != COMITY_OK)
        return error;
    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(weight->name, self->weights[i].name) == 0)
            return refuse(fault, "two weights are called", weight->name);
    }
    for (uint32_t i = 0; i < self->seats_count; i++) {
        if (weight->values[i] > UINT64_MAX - sum)
            return refuse(fault, "the sum is not below 2^64 in weight", weight->name);
        sum += weight->values[i];
        members = members || (self->seats[i].role == SEAT_MEMBER && weight->values[i] > 0);
    }
    return members ? COMITY_OK : refuse(fault, "every member has 0 of weight", weight->name);
}

static enum comity_error check_sentence(const char *sentence, const struct rule_roster *roster,
                                        struct arena *arena, struct fault *fault)
{
    const struct rule *rule = NULL;
    enum comity_error error = rule_parse(arena, bytes_of_text(sentence), roster, &rule, fault);
    if (error == COMITY_OK && strcmp(rule->text, sentence) != 0)
        return refuse(fault, "expected a rule's canonical text, which is", rule->text);
    return error;
}

static bool span_is_valid(uint32_t days, uint32_t months)
{
    return days <= SPAN_DAYS_MAX && months <= SPAN_MONTHS_MAX;
}

static bool delay_is_valid(struct charter_delay delay)
{
    return span_is_valid(delay.days, delay.months) && span_is_valid(0, delay.span_months);
}

static bool time_is_valid(int64_t ms)
{
    return ms >= ACT_TIME_MIN && ms <= ACT_TIME_MAX;
}

static enum comity_error check_settings(const struct charter_rule *rule, struct fault *fault)
{
    if (rule->closes < CLOSES_ALL_ANSWERED || rule->closes > CLOSES_AFTER || rule->closes_ms < 0 ||
        rule->closes_ms > CHARTER_LENGTH_MAX_MS ||
        (rule->closes == CLOSES_AFTER && rule->closes_ms == 0))
        return refuse(fault, "no valid close in rule", rule->name);
    if (rule->silence < CHARTER_SILENCE_IGNORE || rule->silence > CHARTER_SILENCE_YES)
        return refuse(fault, "no valid silence in rule", rule->name);
    if (rule->binds < BINDS_ALL || rule->binds > BINDS_CONSENTING)
        return refuse(fault, "not said whom it binds in rule", rule->name);
    if (rule->has_in_force &&
        (!delay_is_valid(rule->in_force.delay) || !delay_is_valid(rule->in_force.late) ||
         !time_is_valid(rule->in_force.not_before_ms)))
        return refuse(fault, "a time beyond a hundred years in rule", rule->name);
    if (rule->has_exit && (!span_is_valid(rule->exit.lock_days, rule->exit.lock_months) ||
                           !span_is_valid(rule->exit.notice_days, rule->exit.notice_months)))
        return refuse(fault, "a time beyond a hundred years in rule", rule->name);
    if (rule->revote_ms < 0 || rule->revote_ms > CHARTER_LENGTH_MAX_MS)
        return refuse(fault, "a time beyond a hundred years in rule", rule->name);
    if (rule->has_in_force &&
        ((rule->in_force.delay.days > 0 && rule->in_force.delay.span_months > 0) ||
         (rule->in_force.late.days > 0 && rule->in_force.late.span_months > 0)))
        return refuse(fault, "days and months together in rule", rule->name);
    if (rule->has_exit && ((rule->exit.lock_days > 0 && rule->exit.lock_months > 0) ||
                           (rule->exit.notice_days > 0 && rule->exit.notice_months > 0)))
        return refuse(fault, "days and months together in rule", rule->name);
    return COMITY_OK;
}

enum comity_error check_rule(const struct charter *self, uint32_t index,
                             const struct rule_roster *roster, struct arena *arena,
                             struct fault *fault)
{
    const struct charter_rule *rule = &self->rules[index];
    if (!word_is_valid(rule->name, NAME_MAX_SIZE))
        return refuse(
            fault,
            "a rule's name has 1 to 31 letters, digits, `-` or `_`; this is not one:", rule->name);
    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(rule->name, self->rules[i].name) == 0)
            return refuse(fault, "two rules are called", rule->name);
    }
    enum comity_error error = check_settings(rule, fault);
    if (error == COMITY_OK)
        error = check_ballot(self, rule, fault);
    if (error == COMITY_OK)
        error = check_life(self, rule, fault);
    const char *const sentences[] = {rule->sentence, rule->quorum_open, rule->quorum_decide,
                                     rule->has_in_force ? rule->in_force.sentence : NULL};
    for (size_t i = 0; error == COMITY_OK && i < 4; i++) {
        if (sentences[i] == NULL)
            continue;
        error = check_sentence(sentences[i], roster, arena, fault);
        if (error != COMITY_OK)
            return fault_prefix(fault, error, "rule \"%s\": ", rule->name);
    }
    return error;
}

enum comity_error check_topic(const struct charter *self, uint32_t index, struct fault *fault)
{
    if (!line_is_valid(self->topics[index], 1, NAME_MAX_SIZE))
        return fault_set(fault, COMITY_INVALID,
                         "a topic is one line of 1 to 31 bytes without control characters");
    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(self->topics[index], self->topics[i]) == 0)
            return refuse(fault, "a topic twice:", self->topics[i]);
    }
    return COMITY_OK;
}

enum comity_error check_orderers(const struct charter *self, struct fault *fault)
{
    if (self->orderers_count < 1)
        return fault_set(fault, COMITY_INVALID, "a forum needs an orderer");
    for (uint32_t i = 0; i < self->orderers_count; i++) {
        uint32_t seat = self->orderers[i];
        if (seat >= self->seats_count || (i > 0 && seat <= self->orderers[i - 1]))
            return fault_set(fault, COMITY_INVALID,
                             "expected orderers in the order of their seats, each once");
        if (self->seats[seat].role == SEAT_OBSERVER)
            return refuse(fault, "an observer cannot order:", self->seats[seat].name);
    }
    return COMITY_OK;
}

enum comity_error check_clock(const struct charter *self, struct fault *fault)
{
    bool starts = self->clock_starts_ms != 0;
    bool day = self->clock_day_ms != 0;
    if (!time_is_valid(self->clock_starts_ms) || self->clock_day_ms < 0 ||
        self->clock_day_ms > CHARTER_LENGTH_MAX_MS ||
        !((self->clock == CLOCK_REAL && !starts && !day) || (self->clock == CLOCK_SCALED && day) ||
          (self->clock == CLOCK_PRESIDED && !day)))
        return fault_set(fault, COMITY_INVALID,
                         "expected a clock: real, scaled with a day of at least 1ms, or presided");
    return COMITY_OK;
}

enum comity_error check_times(const struct charter *self, struct fault *fault)
{
    if (self->pace_ms < 1 || self->pace_ms > PACE_MAX_MS)
        return fault_set(fault, COMITY_INVALID, "expected a pace from 1ms to 60s");
    if (self->tolerance_ms < 0 || self->tolerance_ms > 86400000)
        return fault_set(fault, COMITY_INVALID, "expected a tolerance of at most 24h");
    if (self->grace_ms < 0 || self->grace_ms > CHARTER_LENGTH_MAX_MS)
        return fault_set(fault, COMITY_INVALID, "expected a grace of at most a hundred years");
    if (self->notes < NOTES_NONE || self->notes > NOTES_FLOOR)
        return fault_set(fault, COMITY_INVALID, "expected notes: none or floor");
    return COMITY_OK;
}

enum comity_error check_procedure(const struct charter *self, struct fault *fault)
{
    for (size_t i = 0; charter_procedures[i] != NULL; i++) {
        if (strcmp(self->procedure, charter_procedures[i]) == 0)
            return COMITY_OK;
    }
    return refuse(fault, "this version has no procedure", self->procedure);
}
