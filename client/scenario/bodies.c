/* SPDX-License-Identifier: Apache-2.0 */
/* bodies.c - what the map form of an act says besides its verb. */
#include <string.h>

#include "scenario/reader.h"

#define ALWAYS "refused"

static enum comity_error read_text(struct yaml_node *map, const char *key, size_t size_max,
                                   const char **ret_text, struct fault *fault)
{
    struct yaml_node *node = yaml_get(map, key);
    return node ? yaml_text(node, key, size_max, ret_text, fault) : COMITY_OK;
}

static enum comity_error read_markdown(struct yaml_node *map, struct act *act, struct fault *fault)
{
    const char *text = NULL;
    enum comity_error error = read_text(map, "text", ACT_SIZE_MAX, &text, fault);
    if (!error && text)
        act->text = bytes_of_text(text);
    return error;
}

/* `tariff: {share: 1/3}` and its like. */
static enum comity_error read_term(struct yaml_node *map, struct term *term, struct fault *fault)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "a term", fault);
    if (error)
        return error;
    struct yaml_node *choice = yaml_get(map, "choice"), *integer = yaml_get(map, "integer");
    struct yaml_node *date = yaml_get(map, "date"), *share = yaml_get(map, "share");
    term->unit = term->text = "";
    if (!!choice + !!integer + !!date + !!share != 1)
        return yaml_fault(map, fault, "a term has one of choice, integer, date, share");
    if (choice) {
        term->kind = TERM_CHOICE;
        error = yaml_text(choice, "a choice", TITLE_MAX, &term->text, fault);
    } else if (integer) {
        term->kind = TERM_INTEGER;
        error = yaml_i64(integer, "an integer", &term->number, fault);
        if (!error)
            error = read_text(map, "unit", NAME_MAX_SIZE, &term->unit, fault);
    } else if (date) {
        term->kind = TERM_DATE;
        error = yaml_time(date, "a date", &term->number, fault);
    } else {
        term->kind = TERM_SHARE;
        error = yaml_i64(share, "a share's numerator", &term->number, fault);
        struct yaml_node *of = yaml_get(map, "of");
        if (!error && !of)
            error = yaml_fault(map, fault, "a share needs `of`, its denominator");
        if (!error)
            error = yaml_u64(of, "a share's denominator", 1, UINT64_MAX, &term->of, fault);
    }
    return error ? error
                 : yaml_map_done(map,
                                 (const char *const[]){"choice", "integer", "unit", "date", "share",
                                                       "of", NULL},
                                 fault);
}

static enum comity_error read_terms(struct scenario *self, struct yaml_node *map, struct act *act,
                                    struct fault *fault)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "terms", fault);
    if (error)
        return error;
    struct term *terms = arena_array(&self->arena, map->count, sizeof *terms);
    if (!terms)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < map->count; i++) {
        error = yaml_text(map->keys[i], "an issue", NAME_MAX_SIZE, &terms[i].issue, fault);
        if (!error)
            error = read_term(map->items[i], &terms[i], fault);
    }
    act->as.propose.terms = terms;
    act->as.propose.terms_count = (uint32_t)map->count;
    return error;
}

/* `FRA: 40 Mt of CO2 by 2030-01-01` */
static enum comity_error read_short_pledge(struct scenario *self, struct yaml_node *map,
                                           struct pledge *pledge, struct fault *fault)
{
    const char *text;
    uint32_t seat = 0;
    enum comity_error error =
        scenario_read_seat(self, map->keys[0], map->keys[0]->text, &seat, fault);
    if (!error)
        error = yaml_text(map->items[0], "a pledge", TITLE_MAX, &text, fault);
    if (!error)
        error = amount_read(self, map->items[0], text, pledge, fault);
    pledge->seat = seat;
    return error;
}

static enum comity_error read_pledge(struct scenario *self, struct yaml_node *map,
                                     struct pledge *pledge, struct fault *fault)
{
    static const char *const keys[] = {"seat", "issue", "quantity", "unit", "due", NULL};
    const char *seat = NULL;
    pledge->unit = "";
    enum comity_error error = yaml_expect(map, YAML_MAP, "a pledge", fault);
    if (!error && map->count == 1 && !yaml_get(map, "seat"))
        return read_short_pledge(self, map, pledge, fault);
    if (!error)
        error = read_text(map, "seat", SEAT_NAME_MAX, &seat, fault);
    if (!error)
        error = read_text(map, "issue", NAME_MAX_SIZE, &pledge->issue, fault);
    if (!error && (!seat || !pledge->issue || !yaml_get(map, "quantity")))
        error = yaml_fault(map, fault, "a pledge needs `seat`, `issue` and `quantity`");
    if (!error)
        error = scenario_read_seat(self, yaml_get(map, "seat"), seat, &pledge->seat, fault);
    if (!error)
        error = yaml_i64(yaml_get(map, "quantity"), "a quantity", &pledge->quantity, fault);
    if (!error)
        error = read_text(map, "unit", NAME_MAX_SIZE, &pledge->unit, fault);
    if (!error && yaml_get(map, "due"))
        error = yaml_time(yaml_get(map, "due"), "a day", &pledge->due_ms, fault);
    return error ? error : yaml_map_done(map, keys, fault);
}

static enum comity_error read_pledges(struct scenario *self, struct yaml_node *list,
                                      struct act *act, struct fault *fault)
{
    enum comity_error error = yaml_expect(list, YAML_LIST, "pledges", fault);
    if (error)
        return error;
    struct pledge *pledges = arena_array(&self->arena, list->count, sizeof *pledges);
    if (!pledges)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < list->count; i++)
        error = read_pledge(self, list->items[i], &pledges[i], fault);
    act->as.propose.pledges = pledges;
    act->as.propose.pledges_count = (uint32_t)list->count;
    return error;
}

static enum comity_error read_propose(struct scenario *self, struct yaml_node *map,
                                      struct scenario_act *from, struct fault *fault)
{
    struct act *act = &from->act;
    const struct charter *charter = self->charter;
    act->as.propose.topic = "";
    act->as.propose.rule = charter->rules_count == 1 ? charter->rules[0].name : NULL;
    enum comity_error error = read_text(map, "rule", NAME_MAX_SIZE, &act->as.propose.rule, fault);
    if (!error && !act->as.propose.rule)
        return yaml_fault(map, fault, "a proposal needs `rule`: the charter has several");
    bool known = false;
    for (uint32_t i = 0; !error && i < charter->rules_count; i++)
        known = known || strcmp(charter->rules[i].name, act->as.propose.rule) == 0;
    if (!error && !known)
        return yaml_fault(yaml_get(map, "rule"), fault, "the charter has no rule \"%s\"",
                          act->as.propose.rule);
    if (!error)
        error = read_text(map, "topic", NAME_MAX_SIZE, &act->as.propose.topic, fault);
    if (!error && yaml_get(map, "binding"))
        error = yaml_bool(yaml_get(map, "binding"), "`binding`", &act->as.propose.binding, fault);
    if (!error && yaml_get(map, "closes"))
        error = yaml_time(yaml_get(map, "closes"), "a day", &act->as.propose.closes_ms, fault);
    if (!error && yaml_get(map, "terms"))
        error = read_terms(self, yaml_get(map, "terms"), act, fault);
    if (!error && yaml_get(map, "must-abstain")) {
        struct seat_set set = {0};
        error = scenario_read_set(self, yaml_get(map, "must-abstain"), &set, fault);
        memcpy(act->as.propose.must_abstain, set.bits, sizeof set.bits);
    }
    if (!error && yaml_get(map, "pledges"))
        error = read_pledges(self, yaml_get(map, "pledges"), act, fault);
    if (!error && yaml_get(map, "goals"))
        error = goals_read(self, yaml_get(map, "goals"), act, fault);
    if (!error)
        error = effects_read(self, map, from, fault);
    if (!error && yaml_get(map, "spend"))
        error = spend_read(self, yaml_get(map, "spend"), from, fault);
    if (!error)
        error = carried_read(self, map, from, fault);
    if (!error)
        error = read_markdown(map, act, fault);
    if (!error && act->text.size == 0) /* A draft is never empty: its title is its text. */
        act->text = bytes_of_text(act->as.propose.title);
    return error;
}

static enum comity_error read_amend(struct yaml_node *map, struct act *act, struct fault *fault)
{
    static const char *const words[] = {"add", "strike", "replace", "move", "part"};
    uint64_t clause = 0, to = 0;
    enum comity_error error = read_markdown(map, act, fault);
    for (int i = 0; !error && i < 5; i++) {
        struct yaml_node *node = yaml_get(map, words[i]);
        if (!node)
            continue;
        if (act->as.amend.operation)
            return yaml_fault(node, fault, "one of add, strike, replace, move, part");
        act->as.amend.operation = (enum amend_operation)(AMEND_ADD + i);
        error = yaml_u64(node, "a clause's number", 1, UINT32_MAX, &clause, fault);
    }
    if (!error && !act->as.amend.operation)
        return yaml_fault(map, fault, "an amendment needs one of add, strike, replace, move, part");
    if (!error && yaml_get(map, "to"))
        error = yaml_u64(yaml_get(map, "to"), "a clause's number", 1, UINT32_MAX, &to, fault);
    act->as.amend.clause = (uint32_t)clause;
    act->as.amend.to = (uint32_t)to;
    return error;
}

static enum comity_error read_alone(struct scenario *self, struct yaml_node *map,
                                    struct scenario_act *act, struct fault *fault)
{
    act->act.as.alone.topic = "";
    enum comity_error error =
        read_text(map, "topic", NAME_MAX_SIZE, &act->act.as.alone.topic, fault);
    struct yaml_node *list = yaml_get(map, "relies-on");
    if (error || !list)
        return error ? error : read_markdown(map, &act->act, fault);
    error = yaml_expect(list, YAML_LIST, "`relies-on`", fault);
    if (error)
        return error;
    uint32_t *labels = arena_array(&self->arena, list->count, sizeof *labels);
    if (!labels)
        return COMITY_MEMORY;
    for (size_t i = 0; !error && i < list->count; i++) {
        const char *name;
        error = yaml_text(list->items[i], "a label", SCENARIO_LABEL_MAX, &name, fault);
        if (!error)
            error = scenario_use_label(self, name, act->place, &labels[i], fault);
    }
    act->relies_on = labels;
    act->act.as.alone.relies_on_count = (uint32_t)list->count;
    return error ? error : read_markdown(map, &act->act, fault);
}

static enum comity_error read_consent(struct yaml_node *map, struct act *act, struct fault *fault)
{
    struct yaml_node *home = yaml_get(map, "home");
    bool agreed = false;
    enum comity_error error = home ? yaml_bool(home, "`home`", &agreed, fault) : COMITY_OK;
    if (!error && home)
        act->as.consent.home = agreed ? HOME_YES : HOME_NO;
    return error;
}

/* `as`, and the words a refusal must contain. */
static enum comity_error read_common(struct scenario *self, struct yaml_node *map,
                                     struct scenario_act *act, struct fault *fault)
{
    struct yaml_node *as = yaml_get(map, "as");
    const char *name;
    enum comity_error error = read_text(map, "refused", TITLE_MAX, &act->refused, fault);
    if (error || !as)
        return error;
    error = yaml_text(as, "a label", SCENARIO_LABEL_MAX, &name, fault);
    return error ? error
                 : scenario_make_label(self, name, scenario_place_of(as),
                                       act->act.kind == ACT_ALONE, &act->label, fault);
}

/* What each act may say in a map. */
static const char *const propose_keys[] = {
    "propose",        "as",       "rule",       "topic",    "binding",
    "closes",         "terms",    "pledges",    "goals",    "spend",
    "must-abstain",   "text",     "carried",    "finds",    "responds",
    "suspends-votes", "restores", "expels",     "suspends", "resumes",
    "ends",           "reweighs", "reservable", ALWAYS,     NULL};
static const char *const reserve_keys[] = {"reserve", "as",   "clause", "taken-back",
                                           "text",    ALWAYS, NULL};
static const char *const objection_keys[] = {"object-reservation", "refuses", "taken-back", ALWAYS,
                                             NULL};
static const char *const allege_keys[] = {"allege",      "as",   "of",   "clause",
                                          "reservation", "text", ALWAYS, NULL};
static const char *const withdraw_keys[] = {"withdraw", "on", ALWAYS, NULL};
static const char *const report_keys[] = {"report", "as", ALWAYS, NULL};
static const char *const amend_keys[] = {"amend", "as", "add",  "strike", "replace", "move",
                                         "part",  "to", "text", ALWAYS,   NULL};
static const char *const alone_keys[] = {"act-alone", "as",   "topic", "relies-on",
                                         "text",      ALWAYS, NULL};
static const char *const note_keys[] = {"note", ALWAYS, NULL};
static const char *const shift_keys[] = {"shift", "to", ALWAYS, NULL};

enum comity_error body_read(struct scenario *self, struct yaml_node *map, const char *verb,
                            struct scenario_act *act, struct fault *fault)
{
    const char *const consent[] = {verb, "home", ALWAYS, NULL};
    const char *const plain[] = {verb, ALWAYS, NULL};
    const char *const *known = plain;
    enum comity_error error = COMITY_OK;
    switch (act->act.kind) {
    case ACT_PROPOSE:
        error = read_propose(self, map, act, fault);
        known = propose_keys;
        break;
    case ACT_AMEND:
        error = read_amend(map, &act->act, fault);
        known = amend_keys;
        break;
    case ACT_ALONE:
        error = read_alone(self, map, act, fault);
        known = alone_keys;
        break;
    case ACT_RATIFY:
    case ACT_ACCEDE:
        error = read_consent(map, &act->act, fault);
        known = consent;
        break;
    case ACT_RESERVE:
        error = reserve_read(map, &act->act, fault);
        known = reserve_keys;
        break;
    case ACT_OBJECT_RESERVATION:
        error = objection_read(map, &act->act, fault);
        known = objection_keys;
        break;
    case ACT_ALLEGE:
        error = allege_read(self, map, act, fault);
        known = allege_keys;
        break;
    case ACT_WITHDRAW:
        if (!act->act.as.withdraw.taken_back)
            known = withdraw_keys;
        error = withdraw_read(map, &act->act, fault);
        break;
    case ACT_NOTE:
        known = note_keys;
        break;
    case ACT_SHIFT:
        error = shift_read(map, &act->act, fault);
        known = shift_keys;
        break;
    case ACT_REPORT:
        known = report_keys;
        break;
    default:
        break;
    }
    bool names = known == propose_keys || known == amend_keys || known == alone_keys ||
                 known == report_keys || known == reserve_keys || known == allege_keys;
    if (!error && (names || yaml_get(map, "refused")))
        error = read_common(self, map, act, fault);
    return error ? error : yaml_map_done(map, known, fault);
}
