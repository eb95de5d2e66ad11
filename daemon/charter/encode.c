/* SPDX-License-Identifier: Apache-2.0 */
/* encode.c - a charter's struct as the message that is packed, hashed and signed. */
#include <string.h>

#include "charter/parts.h"

/* protobuf-c has no const; packing only reads. */
static char *text_of(const char *text)
{
    static char empty[1];
    return text == NULL ? empty : (char *)(uintptr_t)text;
}

/* Who answers what, and what follows a ballot. */
static void ballot_to_message(const struct charter_rule *rule, Comity__V1__Stages *stages,
                              Comity__V1__Rule *message)
{
    message->answers = rule->answers >> 1; /* From yes on. */
    message->no_abstain = text_of(rule->no_abstain);
    message->must_abstain = text_of(rule->must_abstain);
    message->pass_turns = rule->pass_turns;
    message->receipt_required = rule->receipt_required;
    message->tie = (Comity__V1__Rule__Tie)rule->tie;
    message->revote_ms = (uint64_t)rule->revote_ms;
    message->freeze = (Comity__V1__Rule__Freeze)rule->freeze;
    message->freeze_ms = rule->freeze_ms;
    if (rule->has_stages) {
        comity__v1__stages__init(stages);
        stages->first = text_of(rule->stages.first);
        stages->adopted = text_of(rule->stages.adopted);
        stages->failed = text_of(rule->stages.failed);
        stages->failed_if = rule->stages.failed_if;
        message->stages = stages;
    }
}

static void rule_to_message(const struct charter_rule *rule, Comity__V1__InForce *in_force,
                            Comity__V1__Exit *rule_exit, Comity__V1__Rule *message)
{
    comity__v1__rule__init(message);
    message->name = text_of(rule->name);
    message->sentence = text_of(rule->sentence);
    message->quorum_open = text_of(rule->quorum_open);
    message->quorum_decide = text_of(rule->quorum_decide);
    message->closes = (Comity__V1__Rule__Closes)rule->closes;
    message->closes_ms = (uint64_t)rule->closes_ms;
    message->silence = (Comity__V1__Rule__Silence)rule->silence;
    message->absent_blocks = rule->absent_blocks;
    message->revise_never = rule->revise_never;
    message->binds = (Comity__V1__Rule__Binds)rule->binds;
    if (rule->has_in_force) {
        comity__v1__in_force__init(in_force);
        in_force->sentence = text_of(rule->in_force.sentence);
        in_force->delay_days = rule->in_force.delay.days;
        in_force->delay_months = rule->in_force.delay.months;
        in_force->delay_span_months = rule->in_force.delay.span_months;
        in_force->not_before_ms = rule->in_force.not_before_ms;
        in_force->late_days = rule->in_force.late.days;
        in_force->late_months = rule->in_force.late.months;
        in_force->late_span_months = rule->in_force.late.span_months;
        message->in_force = in_force;
    }
    if (rule->has_exit) {
        comity__v1__exit__init(rule_exit);
        rule_exit->lock_days = rule->exit.lock_days;
        rule_exit->lock_months = rule->exit.lock_months;
        rule_exit->notice_days = rule->exit.notice_days;
        rule_exit->notice_months = rule->exit.notice_months;
        rule_exit->final = rule->exit.final;
        rule_exit->no_later = rule->exit.no_later;
        message->exit = rule_exit;
    }
}

static enum comity_error seats_to_message(const struct charter *charter, struct arena *arena,
                                          Comity__V1__Charter *message)
{
    size_t count = charter->seats_count;
    Comity__V1__Seat *seats = arena_array(arena, count, sizeof *seats);
    message->seats = arena_array(arena, count, sizeof *message->seats);
    if (seats == NULL || message->seats == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct charter_seat *seat = &charter->seats[i];
        comity__v1__seat__init(&seats[i]);
        seats[i].name = text_of(seat->name);
        seats[i].title = text_of(seat->title);
        seats[i].key = (ProtobufCBinaryData){KEY_SIZE, (uint8_t *)(uintptr_t)seat->key};
        seats[i].role = (Comity__V1__Seat__Role)seat->role;
        if (seat->represents >= 0)
            seats[i].represents = text_of(charter->groups[seat->represents].name);
        if (seat->carries >= 0)
            seats[i].carries = text_of(charter->groups[seat->carries].name);
        message->seats[i] = &seats[i];
    }
    message->n_seats = count;
    return COMITY_OK;
}

static enum comity_error groups_to_message(const struct charter *charter, struct arena *arena,
                                           Comity__V1__Charter *message)
{
    size_t count = charter->groups_count;
    Comity__V1__Group *groups = arena_array(arena, count, sizeof *groups);
    message->groups = arena_array(arena, count, sizeof *message->groups);
    if (groups == NULL || message->groups == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        comity__v1__group__init(&groups[i]);
        groups[i].name = text_of(charter->groups[i].name);
        groups[i].seats = arena_array(arena, charter->seats_count, sizeof *groups[i].seats);
        if (groups[i].seats == NULL)
            return COMITY_MEMORY;
        for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
            if (charter_group_has(&charter->groups[i], seat))
                groups[i].seats[groups[i].n_seats++] = seat;
        }
        message->groups[i] = &groups[i];
    }
    message->n_groups = count;
    return COMITY_OK;
}

static enum comity_error weights_to_message(const struct charter *charter, struct arena *arena,
                                            Comity__V1__Charter *message)
{
    size_t count = charter->weights_count;
    Comity__V1__Weight *weights = arena_array(arena, count, sizeof *weights);
    message->weights = arena_array(arena, count, sizeof *message->weights);
    if (weights == NULL || message->weights == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        comity__v1__weight__init(&weights[i]);
        weights[i].name = text_of(charter->weights[i].name);
        weights[i].n_values = charter->seats_count;
        weights[i].values = (uint64_t *)(uintptr_t)charter->weights[i].values;
        message->weights[i] = &weights[i];
    }
    message->n_weights = count;
    return COMITY_OK;
}

static enum comity_error rules_to_message(const struct charter *charter, struct arena *arena,
                                          Comity__V1__Charter *message)
{
    size_t count = charter->rules_count;
    Comity__V1__Rule *rules = arena_array(arena, count, sizeof *rules);
    Comity__V1__InForce *in_force = arena_array(arena, count, sizeof *in_force);
    Comity__V1__Exit *exits = arena_array(arena, count, sizeof *exits);
    Comity__V1__Stages *stages = arena_array(arena, count, sizeof *stages);
    struct life_messages *lives = arena_array(arena, count, sizeof *lives);
    message->rules = arena_array(arena, count, sizeof *message->rules);
    if (rules == NULL || in_force == NULL || exits == NULL || stages == NULL || lives == NULL ||
        message->rules == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        rule_to_message(&charter->rules[i], &in_force[i], &exits[i], &rules[i]);
        ballot_to_message(&charter->rules[i], &stages[i], &rules[i]);
        life_to_message(&charter->rules[i], charter->seats_count, &lives[i], &rules[i]);
        message->rules[i] = &rules[i];
    }
    message->n_rules = count;
    return COMITY_OK;
}

static enum comity_error clock_to_message(const struct charter *charter, struct arena *arena,
                                          Comity__V1__Charter *message)
{
    message->clock = arena_alloc(arena, sizeof *message->clock);
    if (message->clock == NULL)
        return COMITY_MEMORY;
    comity__v1__clock__init(message->clock);
    message->clock->kind = (Comity__V1__Clock__Kind)charter->clock;
    message->clock->starts_ms = charter->clock_starts_ms;
    message->clock->day_ms = (uint64_t)charter->clock_day_ms;
    return COMITY_OK;
}

enum comity_error charter_to_message(const struct charter *charter, struct arena *arena,
                                     Comity__V1__Charter *ret_message)
{
    Comity__V1__Charter message = COMITY__V1__CHARTER__INIT;
    message.protocol = PROTOCOL_VERSION;
    message.semantics = SEMANTICS_VERSION;
    message.nonce =
        (ProtobufCBinaryData){sizeof charter->nonce, (uint8_t *)(uintptr_t)charter->nonce};
    message.name = text_of(charter->name);
    message.title = text_of(charter->title);
    message.procedure = text_of(charter->procedure);
    message.pace_ms = (uint64_t)charter->pace_ms;
    message.tolerance_ms = (uint64_t)charter->tolerance_ms;
    message.grace_ms = (uint64_t)charter->grace_ms;
    message.notes = (Comity__V1__Charter__Notes)charter->notes;
    message.nominal = charter->nominal;
    message.n_topics = charter->topics_count;
    message.topics = (char **)(uintptr_t)charter->topics;
    if (!charter_ordered_by_all(charter)) {
        message.n_orderers = charter->orderers_count;
        message.orderers = (uint32_t *)(uintptr_t)charter->orderers;
    }
    enum comity_error error = seats_to_message(charter, arena, &message);
    if (error == COMITY_OK)
        error = groups_to_message(charter, arena, &message);
    if (error == COMITY_OK)
        error = weights_to_message(charter, arena, &message);
    if (error == COMITY_OK)
        error = rules_to_message(charter, arena, &message);
    if (error == COMITY_OK)
        error = clock_to_message(charter, arena, &message);
    if (error == COMITY_OK)
        *ret_message = message;
    return error;
}
