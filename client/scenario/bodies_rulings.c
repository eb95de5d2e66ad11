/* SPDX-License-Identifier: Apache-2.0 */
/* bodies_rulings.c - reservations, allegations, notices with a day, and what a proposal does
 * besides adopting a text, as a scenario writes them. */
#include <string.h>

#include "scenario/reader.h"

static enum comity_error read_text(struct yaml_node *map, struct act *act, struct fault *fault)
{
    struct yaml_node *node = yaml_get(map, "text");
    const char *text = NULL;
    enum comity_error error =
        node ? yaml_text(node, "a text", ACT_SIZE_MAX, &text, fault) : COMITY_OK;
    if (!error && text)
        act->text = bytes_of_text(text);
    return error;
}

static enum comity_error read_clause(struct yaml_node *map, uint32_t *ret_clause,
                                     struct fault *fault)
{
    struct yaml_node *node = yaml_get(map, "clause");
    uint64_t clause = 0;
    enum comity_error error =
        node ? yaml_u64(node, "an operative clause", 1, UINT32_MAX, &clause, fault) : COMITY_OK;
    *ret_clause = (uint32_t)clause;
    return error;
}

static enum comity_error read_flag(struct yaml_node *map, const char *key, bool *ret_flag,
                                   struct fault *fault)
{
    struct yaml_node *node = yaml_get(map, key);
    return node ? yaml_bool(node, key, ret_flag, fault) : COMITY_OK;
}

enum comity_error reserve_read(struct yaml_node *map, struct act *act, struct fault *fault)
{
    enum comity_error error = read_clause(map, &act->as.reserve.clause, fault);
    if (!error)
        error = read_flag(map, "taken-back", &act->as.reserve.taken_back, fault);
    if (!error)
        error = read_text(map, act, fault);
    if (!error && !act->as.reserve.taken_back && act->text.size == 0)
        act->text = bytes_of_text("It is not bound by this.");
    return error;
}

enum comity_error objection_read(struct yaml_node *map, struct act *act, struct fault *fault)
{
    enum comity_error error =
        read_flag(map, "refuses", &act->as.objection.refuses_relations, fault);
    return error ? error : read_flag(map, "taken-back", &act->as.objection.taken_back, fault);
}

enum comity_error allege_read(struct scenario *self, struct yaml_node *map,
                              struct scenario_act *act, struct fault *fault)
{
    struct yaml_node *of = yaml_get(map, "of"), *reservation = yaml_get(map, "reservation");
    const char *text;
    if (!of)
        return yaml_fault(map, fault, "an allegation needs `of`, the seat it accuses");
    enum comity_error error = yaml_text(of, "a seat", SEAT_NAME_MAX, &text, fault);
    if (!error)
        error = scenario_read_seat(self, of, text, &act->act.as.allege.seat, fault);
    if (!error)
        error = read_clause(map, &act->act.as.allege.clause, fault);
    if (!error && reservation) {
        act->act.as.allege.has_reservation = true;
        error = yaml_text(reservation, "a label", SCENARIO_LABEL_MAX, &text, fault);
        if (!error)
            error = scenario_use_label(self, text, act->place, &act->subject, fault);
    }
    return error ? error : read_text(map, &act->act, fault);
}

enum comity_error withdraw_read(struct yaml_node *map, struct act *act, struct fault *fault)
{
    struct yaml_node *day = yaml_get(map, "on");
    return day ? yaml_time(day, "a day", &act->as.withdraw.effect_ms, fault) : COMITY_OK;
}

/* `reweighs: {quota: {CHN: 6, IND: 3}}`: the other seats keep the charter's values. */
static enum comity_error read_reweigh(struct scenario *self, struct yaml_node *map,
                                      struct effect *effect, struct fault *fault)
{
    const struct charter *charter = self->charter;
    enum comity_error error = yaml_expect(map, YAML_MAP, "`reweighs`, a weight", fault);
    if (error || map->count != 1)
        return error ? error : yaml_fault(map, fault, "`reweighs` names one weight");
    uint32_t weight = 0;
    while (weight < charter->weights_count &&
           strcmp(charter->weights[weight].name, map->keys[0]->text) != 0)
        weight++;
    if (weight == charter->weights_count)
        return yaml_fault(map->keys[0], fault, "the charter has no weight \"%s\"",
                          map->keys[0]->text);
    struct yaml_node *seats = map->items[0];
    uint64_t *values = arena_array(&self->arena, charter->seats_count, sizeof *values);
    if (!values)
        return COMITY_MEMORY;
    memcpy(values, charter->weights[weight].values, charter->seats_count * sizeof *values);
    error = yaml_expect(seats, YAML_MAP, "seats and their values", fault);
    for (size_t i = 0; !error && i < seats->count; i++) {
        uint32_t seat = 0;
        error = scenario_read_seat(self, seats->keys[i], seats->keys[i]->text, &seat, fault);
        if (!error)
            error = yaml_u64(seats->items[i], "a weight", 0, UINT64_MAX, &values[seat], fault);
    }
    effect->name = charter->weights[weight].name;
    effect->values = values;
    effect->values_count = charter->seats_count;
    return error;
}

static const struct {
    const char *key;
    enum effect_kind kind;
    bool seat; /* Else a label. */
} effects[] = {
    {"finds", EFFECT_BREACH, false},     {"suspends-votes", EFFECT_SUSPEND_VOTES, true},
    {"restores", EFFECT_RESTORE, true},  {"expels", EFFECT_EXPEL, true},
    {"suspends", EFFECT_SUSPEND, false}, {"resumes", EFFECT_RESUME, false},
    {"ends", EFFECT_END, false},         {"reweighs", EFFECT_REWEIGH, false},
};

static enum comity_error read_effect(struct scenario *self, struct yaml_node *node,
                                     enum effect_kind kind, bool seat, struct scenario_act *act,
                                     struct fault *fault)
{
    struct effect *effect = &act->act.as.propose.effect;
    const char *text;
    if (effect->kind != EFFECT_NONE)
        return yaml_fault(node, fault, "a proposal does one thing");
    effect->kind = kind;
    if (kind == EFFECT_REWEIGH)
        return read_reweigh(self, node, effect, fault);
    enum comity_error error = yaml_text(node, seat ? "a seat" : "a label",
                                        seat ? SEAT_NAME_MAX : SCENARIO_LABEL_MAX, &text, fault);
    if (error)
        return error;
    return seat ? scenario_read_seat(self, node, text, &effect->seat, fault)
                : scenario_use_label(self, text, act->place, &act->subject, fault);
}

static enum comity_error read_reservable(struct scenario *self, struct yaml_node *list,
                                         struct act *act, struct fault *fault)
{
    enum comity_error error = yaml_expect(list, YAML_LIST, "clauses", fault);
    uint32_t *clauses = error ? NULL : arena_array(&self->arena, list->count, sizeof *clauses);
    if (!error && !clauses)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < list->count; i++) {
        uint64_t clause;
        error = yaml_u64(list->items[i], "a clause's number", 1, UINT32_MAX, &clause, fault);
        if (!error)
            clauses[i] = (uint32_t)clause;
    }
    act->as.propose.reservable = clauses;
    act->as.propose.reservable_count = error ? 0 : (uint32_t)list->count;
    return error;
}

enum comity_error effects_read(struct scenario *self, struct yaml_node *map,
                               struct scenario_act *act, struct fault *fault)
{
    struct effect *effect = &act->act.as.propose.effect;
    struct yaml_node *responds = yaml_get(map, "responds"), *list = yaml_get(map, "reservable");
    enum comity_error error = COMITY_OK;
    const char *text;
    for (size_t i = 0; !error && i < sizeof effects / sizeof effects[0]; i++) {
        struct yaml_node *node = yaml_get(map, effects[i].key);
        if (node)
            error = read_effect(self, node, effects[i].kind, effects[i].seat, act, fault);
    }
    if (!error && responds) {
        error = yaml_text(responds, "a response", NAME_MAX_SIZE, &text, fault);
        if (!error)
            effect->response = response_from_word(text);
        if (!error && (effect->kind != EFFECT_BREACH || effect->response == RESPONSES_COUNT))
            error = yaml_fault(responds, fault,
                               "`responds` goes with `finds` and says none, suspend-votes, "
                               "suspend, end or expel");
    }
    return error || !list ? error : read_reservable(self, list, &act->act, fault);
}
