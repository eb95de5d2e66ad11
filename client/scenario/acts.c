/* SPDX-License-Identifier: Apache-2.0 */
/* acts.c - the days of `acts`, their steps, and acts written as a sentence or a map. */
#include <string.h>

#include "base/calendar.h"
#include "scenario/reader.h"

/* What a verb takes after it. */
enum verb_object {
    OBJECT_LABEL,
    OBJECT_TITLE,
    OBJECT_TEXT,
    OBJECT_SEATS,
    OBJECT_AMOUNT, /* And a label. */
    OBJECT_SUM,    /* And a label. */
    OBJECT_NOTHING
};
struct verb {
    const char *word;
    enum act_kind kind;
    enum verb_object object;
    int detail; /* The answer, the ruling, or 1 for a notice taken back. */
};
static const struct verb verbs[] = {
    {"join", ACT_JOIN, OBJECT_NOTHING, 0},
    {"propose", ACT_PROPOSE, OBJECT_TITLE, 0},
    {"amend", ACT_AMEND, OBJECT_LABEL, 0},
    {"cosponsor", ACT_COSPONSOR, OBJECT_LABEL, 0},
    {"yes", ACT_BALLOT, OBJECT_LABEL, ANSWER_YES},
    {"no", ACT_BALLOT, OBJECT_LABEL, ANSWER_NO},
    {"object", ACT_BALLOT, OBJECT_LABEL, ANSWER_OBJECT},
    {"abstain", ACT_BALLOT, OBJECT_LABEL, ANSWER_ABSTAIN},
    {"pass", ACT_BALLOT, OBJECT_LABEL, ANSWER_PASS},
    {"receipt", ACT_RECEIPT, OBJECT_LABEL, 0},
    {"retract", ACT_RETRACT, OBJECT_LABEL, 0},
    {"ratify", ACT_RATIFY, OBJECT_LABEL, 0},
    {"accede", ACT_ACCEDE, OBJECT_LABEL, 0},
    {"withdraw", ACT_WITHDRAW, OBJECT_LABEL, 0},
    {"take-back", ACT_WITHDRAW, OBJECT_LABEL, 1},
    {"note", ACT_NOTE, OBJECT_TEXT, 0},
    {"act-alone", ACT_ALONE, OBJECT_TITLE, 0},
    {"shift", ACT_SHIFT, OBJECT_LABEL, 0},
    {"endorse", ACT_ENDORSE, OBJECT_LABEL, 0},
    {"condemn", ACT_CONDEMN, OBJECT_LABEL, 0},
    {"pledge", ACT_PLEDGE, OBJECT_AMOUNT, 0},
    {"report", ACT_REPORT, OBJECT_AMOUNT, 0},
    {"contribute", ACT_CONTRIBUTE, OBJECT_SUM, 0},
    {"attest", ACT_ATTEST, OBJECT_LABEL, 0},
    {"dispute", ACT_ATTEST, OBJECT_LABEL, 1},
    {"reserve", ACT_RESERVE, OBJECT_LABEL, 0},
    {"object-reservation", ACT_OBJECT_RESERVATION, OBJECT_LABEL, 0},
    {"allege", ACT_ALLEGE, OBJECT_LABEL, 0},
    {"leave", ACT_LEAVE, OBJECT_NOTHING, 0},
    {"close", ACT_PROCEDURE, OBJECT_LABEL, RULING_CLOSE},
    {"roll-call", ACT_PROCEDURE, OBJECT_SEATS, RULING_ROLL_CALL},
    {"suspend", ACT_PROCEDURE, OBJECT_NOTHING, RULING_SUSPEND},
    {"resume", ACT_PROCEDURE, OBJECT_NOTHING, RULING_RESUME},
    {"tie-yes", ACT_PROCEDURE, OBJECT_LABEL, RULING_TIE},
    {"tie-no", ACT_PROCEDURE, OBJECT_LABEL, RULING_TIE},
};
#define VERB_WORDS \
    "propose, amend, cosponsor, yes, no, object, abstain, pass, receipt, retract, ratify, " \
    "accede, withdraw, take-back, note, act-alone, shift, endorse, condemn, pledge, report, " \
    "contribute, attest, dispute, reserve, object-reservation, allege, leave, close, roll-call, " \
    "suspend, resume, tie-yes, tie-no, join"

static const struct verb *find_verb(const char *word, size_t size)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strlen(verbs[i].word) == size && memcmp(verbs[i].word, word, size) == 0)
            return &verbs[i];
    return NULL;
}

/* What the verb alone says of the act. */
static void begin_act(const struct verb *verb, const struct yaml_node *node,
                      struct scenario_act *ret_act)
{
    *ret_act = (struct scenario_act){
        .place = scenario_place_of(node),
        .label = SCENARIO_NONE,
        .target = SCENARIO_NONE,
        .subject = SCENARIO_NONE,
        .carried = SCENARIO_NONE,
    };
    if (verb->kind == ACT_PROPOSE)
        ret_act->act.as.propose.effect.name = "";
    if (verb->kind == ACT_ATTEST)
        ret_act->act.as.attest.disputes = verb->detail != 0;
    ret_act->act.kind = verb->kind;
    if (verb->kind == ACT_BALLOT)
        ret_act->act.as.ballot.answer = (enum answer)verb->detail;
    else if (verb->kind == ACT_PROCEDURE)
        ret_act->act.as.procedure.ruling = (enum ruling)verb->detail;
    if (verb->kind == ACT_PROCEDURE && verb->detail == RULING_TIE)
        ret_act->act.as.procedure.answer =
            strcmp(verb->word, "tie-yes") == 0 ? ANSWER_YES : ANSWER_NO;
    if (verb->kind == ACT_WITHDRAW)
        ret_act->act.as.withdraw.taken_back = verb->detail != 0;
}

static size_t word_size(const char *text)
{
    return strcspn(text, " ");
}

/* `yes to dam`, `withdraw from river`, `join`. */
static enum comity_error read_sentence(struct scenario *self, const struct yaml_node *node,
                                       struct scenario_act *ret_act, struct fault *fault)
{
    static const char *const links[] = {"to", "on", "from", "for", "of", "with"};
    const char *text = node->text;
    size_t size = word_size(text);
    const struct verb *verb = find_verb(text, size);
    if (!verb)
        return yaml_fault(node, fault, "\"%.*s\" begins no act; one of " VERB_WORDS, (int)size,
                          text);
    begin_act(verb, node, ret_act);
    text += size;
    text += strspn(text, " ");
    if (verb->object == OBJECT_NOTHING)
        return *text ? yaml_fault(node, fault, "nothing follows `%s`", verb->word) : COMITY_OK;
    if (verb->object == OBJECT_SEATS) {
        struct seat_set set = {0};
        enum comity_error error = scenario_read_seats(self, node, text, &set, fault);
        memcpy(ret_act->act.as.procedure.present, set.bits, sizeof set.bits);
        return error;
    }
    if (verb->object == OBJECT_AMOUNT)
        return delivery_read(self, node, text, ret_act, fault);
    if (verb->object == OBJECT_SUM)
        return contribution_read(self, node, text, ret_act, fault);
    if (verb->object != OBJECT_LABEL || verb->kind == ACT_AMEND || verb->kind == ACT_RESERVE ||
        verb->kind == ACT_ALLEGE || verb->kind == ACT_SHIFT)
        return yaml_fault(node, fault, "`%s` is written as a map: {%s: ...}", verb->word,
                          verb->word);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (strlen(links[i]) == word_size(text) && strncmp(text, links[i], word_size(text)) == 0) {
            text += word_size(text);
            text += strspn(text, " ");
            break;
        }
    }
    if (!*text)
        return yaml_fault(node, fault, "`%s` what? A label is missing", verb->word);
    return scenario_use_label(self, text, ret_act->place, &ret_act->target, fault);
}

/* The one key of the map that is a verb. */
static enum comity_error find_map_verb(const struct yaml_node *map, const struct verb **ret_verb,
                                       struct yaml_node **ret_value, struct fault *fault)
{
    *ret_verb = NULL;
    for (size_t i = 0; i < map->count; i++) {
        const struct verb *verb = find_verb(map->keys[i]->text, strlen(map->keys[i]->text));
        if (!verb)
            continue;
        if (*ret_verb)
            return yaml_fault(map->keys[i], fault, "two acts in one map: `%s` and `%s`",
                              (*ret_verb)->word, verb->word);
        *ret_verb = verb;
        *ret_value = map->items[i];
        map->asked[i] = true;
    }
    return *ret_verb ? COMITY_OK : yaml_fault(map, fault, "no act in this map; one of " VERB_WORDS);
}

static enum comity_error read_map(struct scenario *self, struct yaml_node *map,
                                  struct scenario_act *ret_act, struct fault *fault)
{
    const struct verb *verb;
    struct yaml_node *value = NULL;
    const char *text = "";
    enum comity_error error = find_map_verb(map, &verb, &value, fault);
    if (error)
        return error;
    begin_act(verb, map, ret_act);
    if (verb->object == OBJECT_SEATS) {
        struct seat_set set = {0};
        error = scenario_read_set(self, value, &set, fault);
        memcpy(ret_act->act.as.procedure.present, set.bits, sizeof set.bits);
    } else if (verb->object == OBJECT_LABEL) {
        error = yaml_text(value, "a label", SCENARIO_LABEL_MAX, &text, fault);
        if (!error)
            error = scenario_use_label(self, text, ret_act->place, &ret_act->target, fault);
    } else if (verb->object == OBJECT_TITLE) {
        error = yaml_text(value, "a title", TITLE_MAX, &text, fault);
        if (verb->kind == ACT_PROPOSE)
            ret_act->act.as.propose.title = text;
        else
            ret_act->act.as.alone.title = text;
    } else if (verb->object == OBJECT_TEXT) {
        error = yaml_text(value, "a text", ACT_SIZE_MAX, &text, fault);
        ret_act->act.text = bytes_of_text(text);
    } else if (verb->object == OBJECT_AMOUNT || verb->object == OBJECT_SUM) {
        error = yaml_text(value, "how much, and under which label", TITLE_MAX, &text, fault);
        if (!error)
            error = verb->object == OBJECT_AMOUNT
                        ? delivery_read(self, value, text, ret_act, fault)
                        : contribution_read(self, value, text, ret_act, fault);
    }
    return error ? error : body_read(self, map, verb->word, ret_act, fault);
}

enum comity_error act_read(struct scenario *self, struct yaml_node *node,
                           struct scenario_act *ret_act, struct fault *fault)
{
    if (node->kind == YAML_MAP)
        return read_map(self, node, ret_act, fault);
    const char *text;
    enum comity_error error = yaml_text(node, "an act", TITLE_MAX, &text, fault);
    return error ? error : read_sentence(self, node, ret_act, fault);
}

/* One act for each of these seats. */
static enum comity_error add_acts(struct scenario *self, int64_t time_ms,
                                  const struct seat_set *seats, const struct yaml_node *who,
                                  const struct scenario_act *model, struct fault *fault)
{
    struct scenario_step *step;
    uint32_t count = seat_set_count(seats), used = 0;
    if (count == 0)
        return yaml_fault(who, fault, "nobody is in \"%s\"", who->text);
    if (count > 1 && model->label != SCENARIO_NONE)
        return yaml_fault(who, fault, "`as` names one act, and here are %u", count);
    enum comity_error error = scenario_add_step(self, time_ms, STEP_ACTS, &step);
    if (error)
        return error;
    step->acts = arena_array(&self->arena, count, sizeof *step->acts);
    if (!step->acts)
        return COMITY_MEMORY;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (!seat_set_has(seats, seat))
            continue;
        step->acts[used] = *model;
        step->acts[used++].act.seat = seat;
    }
    step->acts_count = count;
    self->acts_count += count;
    return COMITY_OK;
}

/* An entry of a step's map: `say: ...`, `kill: FRA`, or `SEATS: ACT`. */
static enum comity_error read_entry(struct scenario *self, int64_t time_ms, struct yaml_node *key,
                                    struct yaml_node *value, struct fault *fault)
{
    struct scenario_step *step;
    struct seat_set seats = {0};
    struct scenario_act act;
    enum comity_error error;
    if (strcmp(key->text, "say") == 0) {
        const char *text;
        error = yaml_text(value, "what to say", 8191, &text, fault);
        if (!error)
            error = scenario_add_step(self, time_ms, STEP_SAY, &step);
        if (!error)
            step->text = text;
        return error;
    }
    if (strcmp(key->text, "kill") == 0 || strcmp(key->text, "start") == 0) {
        error = scenario_read_set(self, value, &seats, fault);
        if (!error)
            error = scenario_add_step(self, time_ms, key->text[0] == 'k' ? STEP_KILL : STEP_START,
                                      &step);
        if (!error)
            step->seats = seats;
        return error;
    }
    error = scenario_read_seats(self, key, key->text, &seats, fault);
    if (!error)
        error = act_read(self, value, &act, fault);
    return error ? error : add_acts(self, time_ms, &seats, key, &act, fault);
}

static enum comity_error read_day(struct scenario *self, const struct yaml_node *day,
                                  struct yaml_node *list, struct fault *fault)
{
    int64_t time_ms;
    enum comity_error error = yaml_time(day, "a day", &time_ms, fault);
    if (!error)
        error = yaml_expect(list, YAML_LIST, "the acts of a day", fault);
    if (!error)
        error = scenario_add_step(self, time_ms, STEP_CHECK, NULL); /* The day is reached. */
    for (size_t i = 0; !error && i < list->count; i++) {
        struct yaml_node *step = list->items[i];
        error = yaml_expect(step, YAML_MAP, "a step: `SEAT: act`, or `say: text`", fault);
        for (size_t j = 0; !error && j < step->count; j++)
            error = read_entry(self, time_ms, step->keys[j], step->items[j], fault);
    }
    return error;
}

enum comity_error acts_read(struct scenario *self, struct yaml_node *acts, struct fault *fault)
{
    enum comity_error error =
        yaml_expect(acts, YAML_MAP, "`acts`, days and what happens then", fault);
    for (size_t i = 0; !error && i < acts->count; i++)
        error = read_day(self, acts->keys[i], acts->items[i], fault);
    return error;
}
