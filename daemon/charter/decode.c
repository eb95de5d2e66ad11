/* SPDX-License-Identifier: Apache-2.0 */
/* decode.c - a charter from bytes, which may come from a stranger. */
#include <string.h>

#include "charter/parts.h"

struct decoding {
    const Comity__V1__Charter *message;
    struct arena *arena;
    struct fault *fault;
};

static enum comity_error too_many(struct decoding *self, const char *what)
{
    return fault_set(self->fault, COMITY_LIMIT, "charter: too many %s", what);
}

/* A length in the bytes; what is above the limits of every length is as bad as any number. */
static int64_t length_of(uint64_t ms)
{
    return ms > INT64_MAX ? INT64_MAX : (int64_t)ms;
}

static enum comity_error read_seats(struct decoding *self, struct charter *charter)
{
    const Comity__V1__Charter *message = self->message;
    if (message->n_seats > SEATS_MAX)
        return too_many(self, "seats");
    struct charter_seat *seats = arena_array(self->arena, message->n_seats, sizeof *seats);
    if (seats == NULL)
        return COMITY_MEMORY;
    charter->seats = seats;
    for (size_t i = 0; i < message->n_seats; i++) {
        const Comity__V1__Seat *seat = message->seats[i];
        if (seat->key.len != KEY_SIZE)
            return fault_set(self->fault, COMITY_INVALID, "charter: a key of %zu bytes",
                             seat->key.len);
        seats[i].name = seat->name;
        seats[i].title = seat->title;
        seats[i].role = (enum seat_role)seat->role;
        seats[i].represents = -1;
        seats[i].carries = -1;
        memcpy(seats[i].key, seat->key.data, KEY_SIZE);
        charter->seats_count++;
        enum comity_error error = check_seat(charter, (uint32_t)i, self->fault);
        if (error != COMITY_OK)
            return error;
    }
    return check_seats(charter, self->fault);
}

static enum comity_error read_groups(struct decoding *self, struct charter *charter)
{
    const Comity__V1__Charter *message = self->message;
    if (message->n_groups > GROUPS_MAX)
        return too_many(self, "groups");
    struct charter_group *groups = arena_array(self->arena, message->n_groups, sizeof *groups);
    if (groups == NULL)
        return COMITY_MEMORY;
    charter->groups = groups;
    for (size_t i = 0; i < message->n_groups; i++) {
        const Comity__V1__Group *group = message->groups[i];
        groups[i].name = group->name;
        for (size_t j = 0; j < group->n_seats; j++) {
            uint32_t seat = group->seats[j];
            if (seat >= charter->seats_count || (j > 0 && seat <= group->seats[j - 1]))
                return fault_set(self->fault, COMITY_INVALID,
                                 "charter: expected a group's seats in ascending order");
            groups[i].seats[seat / 64] |= (uint64_t)1 << (seat % 64);
        }
        charter->groups_count++;
        enum comity_error error = check_group(charter, (uint32_t)i, self->fault);
        if (error != COMITY_OK)
            return error;
    }
    return COMITY_OK;
}

/* -1 if the name is empty. */
static enum comity_error find_group(struct decoding *self, const struct charter *charter,
                                    const char *name, int32_t *ret_group)
{
    int32_t group = -1;
    for (uint32_t i = 0; i < charter->groups_count; i++) {
        if (strcmp(charter->groups[i].name, name) == 0)
            group = (int32_t)i;
    }
    if (name[0] != '\0' && group < 0)
        return fault_set(self->fault, COMITY_INVALID,
                         "charter: a seat represents or carries an unknown group");
    *ret_group = group;
    return COMITY_OK;
}

/* Seats name groups, which name seats: so this comes after both. */
static enum comity_error read_represents(struct decoding *self, struct charter *charter,
                                         struct charter_seat *seats)
{
    enum comity_error error = COMITY_OK;
    for (size_t i = 0; error == COMITY_OK && i < charter->seats_count; i++) {
        const Comity__V1__Seat *seat = self->message->seats[i];
        error = find_group(self, charter, seat->represents, &seats[i].represents);
        if (error == COMITY_OK)
            error = find_group(self, charter, seat->carries, &seats[i].carries);
    }
    for (uint32_t i = 0; error == COMITY_OK && i < charter->seats_count; i++)
        error = check_carries(charter, i, self->fault);
    return error;
}

static enum comity_error read_weights(struct decoding *self, struct charter *charter)
{
    const Comity__V1__Charter *message = self->message;
    if (message->n_weights > WEIGHTS_MAX)
        return too_many(self, "weights");
    struct charter_weight *weights = arena_array(self->arena, message->n_weights, sizeof *weights);
    if (weights == NULL)
        return COMITY_MEMORY;
    charter->weights = weights;
    for (size_t i = 0; i < message->n_weights; i++) {
        const Comity__V1__Weight *weight = message->weights[i];
        if (weight->n_values != charter->seats_count)
            return fault_set(self->fault, COMITY_INVALID,
                             "charter: expected a weight for each seat");
        weights[i] = (struct charter_weight){.name = weight->name, .values = weight->values};
        charter->weights_count++;
        enum comity_error error = check_weight(charter, (uint32_t)i, self->fault);
        if (error != COMITY_OK)
            return error;
    }
    return COMITY_OK;
}

static enum comity_error hash_rule(const Comity__V1__Rule *message, struct hash *ret_hash)
{
    struct buffer bytes = {0};
    enum comity_error error = strict_pack(&message->base, &bytes);
    if (error == COMITY_OK)
        *ret_hash = hash_of("comity/rule/v1", buffer_bytes(&bytes));
    buffer_free(&bytes);
    return error;
}

static const char *text_or_none(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static enum comity_error read_rule(const Comity__V1__Rule *message, uint32_t seats_count,
                                   struct charter_rule *ret_rule, struct fault *fault)
{
    struct charter_rule rule = {.name = message->name,
                                .sentence = message->sentence,
                                .quorum_open = text_or_none(message->quorum_open),
                                .quorum_decide = text_or_none(message->quorum_decide),
                                .closes = (enum charter_closes)message->closes,
                                .closes_ms = length_of(message->closes_ms),
                                .silence = (enum charter_silence)message->silence,
                                .absent_blocks = message->absent_blocks != 0,
                                .revise_never = message->revise_never != 0,
                                .binds = (enum charter_binds)message->binds};
    rule.answers = message->answers << 1; /* From yes on; check_ballot bounds it. */
    if (message->answers > 15)
        rule.answers = UINT32_MAX;
    rule.no_abstain = text_or_none(message->no_abstain);
    rule.must_abstain = text_or_none(message->must_abstain);
    rule.pass_turns = message->pass_turns;
    rule.receipt_required = message->receipt_required != 0;
    rule.tie = (enum charter_tie)message->tie;
    rule.revote_ms = length_of(message->revote_ms);
    rule.freeze = (enum charter_freeze)message->freeze;
    rule.freeze_ms = message->freeze_ms;
    if (message->stages != NULL) {
        rule.has_stages = true;
        rule.stages.first = message->stages->first;
        rule.stages.adopted = text_or_none(message->stages->adopted);
        rule.stages.failed = message->stages->failed;
        rule.stages.failed_if = message->stages->failed_if;
    }
    if (message->in_force != NULL) {
        rule.has_in_force = true;
        rule.in_force.sentence = message->in_force->sentence;
        rule.in_force.delay.days = message->in_force->delay_days;
        rule.in_force.delay.months = message->in_force->delay_months;
        rule.in_force.delay.span_months = message->in_force->delay_span_months;
        rule.in_force.not_before_ms = message->in_force->not_before_ms;
        rule.in_force.late.days = message->in_force->late_days;
        rule.in_force.late.months = message->in_force->late_months;
        rule.in_force.late.span_months = message->in_force->late_span_months;
    }
    if (message->exit != NULL) {
        rule.has_exit = true;
        rule.exit.lock_days = message->exit->lock_days;
        rule.exit.lock_months = message->exit->lock_months;
        rule.exit.notice_days = message->exit->notice_days;
        rule.exit.notice_months = message->exit->notice_months;
        rule.exit.final = message->exit->final != 0;
        rule.exit.no_later = message->exit->no_later != 0;
    }
    enum comity_error error = life_from_message(message, seats_count, &rule, fault);
    *ret_rule = rule;
    return error == COMITY_OK ? hash_rule(message, &ret_rule->hash) : error;
}

static enum comity_error read_rules(struct decoding *self, struct charter *charter)
{
    const Comity__V1__Charter *message = self->message;
    if (message->n_rules > RULES_MAX)
        return too_many(self, "rules");
    if (message->n_rules == 0)
        return fault_set(self->fault, COMITY_INVALID, "charter: a forum needs a rule");
    struct charter_rule *rules = arena_array(self->arena, message->n_rules, sizeof *rules);
    const struct rule_roster *roster = NULL;
    if (rules == NULL || charter_roster(charter, self->arena, &roster) != COMITY_OK)
        return COMITY_MEMORY;
    charter->rules = rules;
    struct arena scratch; /* The parsed rules are not kept. */
    arena_init(&scratch, 0);
    enum comity_error error = COMITY_OK;
    for (size_t i = 0; error == COMITY_OK && i < message->n_rules; i++) {
        error = read_rule(message->rules[i], charter->seats_count, &rules[i], self->fault);
        charter->rules_count++;
        if (error == COMITY_OK)
            error = check_rule(charter, (uint32_t)i, roster, &scratch, self->fault);
    }
    for (uint32_t i = 0; error == COMITY_OK && i < charter->rules_count; i++)
        error = check_stages(charter, i, self->fault);
    for (uint32_t i = 0; error == COMITY_OK && i < charter->rules_count; i++)
        error = check_life_rules(charter, i, self->fault);
    arena_free(&scratch);
    return error;
}

static enum comity_error read_topics(struct decoding *self, struct charter *charter)
{
    if (self->message->n_topics > TOPICS_MAX)
        return too_many(self, "topics");
    charter->topics = (const char *const *)self->message->topics;
    for (size_t i = 0; i < self->message->n_topics; i++) {
        charter->topics_count++;
        enum comity_error error = check_topic(charter, (uint32_t)i, self->fault);
        if (error != COMITY_OK)
            return error;
    }
    return COMITY_OK;
}

static enum comity_error read_orderers(struct decoding *self, struct charter *charter)
{
    const Comity__V1__Charter *message = self->message;
    if (message->n_orderers == 0) {
        charter_order_by_all(charter);
        return COMITY_OK;
    }
    if (message->n_orderers > SEATS_MAX)
        return too_many(self, "orderers");
    charter->orderers_count = (uint32_t)message->n_orderers;
    memcpy(charter->orderers, message->orderers, message->n_orderers * sizeof(uint32_t));
    enum comity_error error = check_orderers(charter, self->fault);
    if (error == COMITY_OK && charter_ordered_by_all(charter))
        return fault_set(self->fault, COMITY_INVALID,
                         "charter: every member orders, which is said by naming none");
    return error;
}

static enum comity_error read_rest(struct decoding *self, struct charter *charter)
{
    const Comity__V1__Charter *message = self->message;
    if (message->nonce.len != sizeof charter->nonce)
        return fault_set(self->fault, COMITY_INVALID, "charter: a nonce of %zu bytes",
                         message->nonce.len);
    memcpy(charter->nonce, message->nonce.data, sizeof charter->nonce);
    if (message->clock == NULL)
        return fault_set(self->fault, COMITY_INVALID, "charter: no clock");
    charter->clock = (enum charter_clock)message->clock->kind;
    charter->clock_starts_ms = message->clock->starts_ms;
    charter->clock_day_ms = length_of(message->clock->day_ms);
    charter->procedure = message->procedure;
    charter->pace_ms = length_of(message->pace_ms);
    charter->tolerance_ms = length_of(message->tolerance_ms);
    charter->grace_ms = length_of(message->grace_ms);
    charter->notes = (enum charter_notes)message->notes;
    enum comity_error error = check_clock(charter, self->fault);
    if (error == COMITY_OK)
        error = check_procedure(charter, self->fault);
    if (error == COMITY_OK)
        error = check_times(charter, self->fault);
    return error;
}

static enum comity_error read_charter(struct decoding *self, struct charter *charter)
{
    charter->name = self->message->name;
    charter->title = self->message->title;
    enum comity_error error = check_heading(charter, self->fault);
    if (error == COMITY_OK)
        error = read_seats(self, charter);
    charter->nominal = self->message->nominal;
    if (error == COMITY_OK)
        error = check_nominal(charter, self->fault);
    if (error == COMITY_OK)
        error = read_groups(self, charter);
    if (error == COMITY_OK) /* Ours from read_seats, still being filled. */
        error = read_represents(self, charter, (struct charter_seat *)(uintptr_t)charter->seats);
    if (error == COMITY_OK)
        error = read_weights(self, charter);
    if (error == COMITY_OK)
        error = read_rules(self, charter);
    if (error == COMITY_OK)
        error = read_topics(self, charter);
    if (error == COMITY_OK)
        error = read_orderers(self, charter);
    if (error == COMITY_OK)
        error = read_rest(self, charter);
    return error;
}

/* A newer charter may have fields we do not know; its first two say that it is newer. */
static bool is_foreign(struct bytes bytes)
{
    if (bytes.size < 4 || bytes.data[0] != (1 << 3) || bytes.data[1] == 0)
        return false;
    if (bytes.data[1] != PROTOCOL_VERSION)
        return true;
    return bytes.data[2] == (2 << 3) && bytes.data[3] > SEMANTICS_VERSION;
}

enum comity_error charter_decode(struct bytes bytes, struct arena *arena,
                                 const struct charter **ret_charter, struct fault *fault)
{
    if (bytes.size > CHARTER_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT, "a charter of %zu bytes: %d at most", bytes.size,
                         (int)CHARTER_SIZE_MAX);
    if (is_foreign(bytes))
        return fault_set(fault, COMITY_FOREIGN,
                         "a charter of a newer protocol or semantics than protocol %d, semantics "
                         "%d, which is what this comity knows: use a newer one",
                         PROTOCOL_VERSION, SEMANTICS_VERSION);
    ProtobufCMessage *message = NULL;
    enum comity_error error = strict_unpack(&comity__v1__charter__descriptor, bytes,
                                            CHARTER_ITEMS_MAX, arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    struct decoding self = {
        .message = (const Comity__V1__Charter *)message, .arena = arena, .fault = fault};
    if (self.message->protocol != PROTOCOL_VERSION || self.message->semantics != SEMANTICS_VERSION)
        return fault_set(fault, COMITY_INVALID, "charter: no protocol or semantics");
    struct charter *charter = arena_alloc(arena, sizeof *charter);
    error = charter == NULL ? COMITY_MEMORY : read_charter(&self, charter);
    if (error == COMITY_MEMORY)
        return fault_set(fault, error, "charter: %s", error_text(error));
    if (error != COMITY_OK)
        return error;
    charter->id = charter_id(bytes);
    *ret_charter = charter;
    return COMITY_OK;
}
