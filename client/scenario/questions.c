/* SPDX-License-Identifier: Apache-2.0 */
/* questions.c - a table with a row per ballot question: who said yes, no, abstained; a member in
 * none of these columns was absent, and the chair's roll call says so. */
#include <string.h>

#include "base/calendar.h"
#include "scenario/reader.h"

/* Whom a name in the table stands for, in which days. */
struct holder {
    const char *name;
    uint32_t seat;
    int64_t from_ms, to_ms;
};

struct questions {
    struct scenario *scenario;
    const struct csv *table;
    struct fault *fault;
    struct source_filter filter;
    const struct holder *holders; /* NULL: the table names seats. */
    uint32_t holders_count;
    uint32_t label, title, yes, no, abstain; /* Columns. */
    const char *rule, *topic;
    struct yaml_node *verdict_means; /* Or NULL. */
    uint32_t verdict_column;
    bool has_veto;
    uint32_t veto_column;
    struct seat_set roll; /* As last called. */
};

static enum comity_error read_holder_row(struct questions *self, const struct csv *table,
                                         const struct csv_row *row, const uint32_t columns[4],
                                         struct holder *holder)
{
    int32_t seat = charter_find_seat(self->scenario->charter, row->cells[columns[0]]);
    if (seat < 0)
        return csv_fault(table, row, self->fault, "the charter has no seat \"%s\"",
                         row->cells[columns[0]]);
    *holder = (struct holder){.name = row->cells[columns[1]],
                              .seat = (uint32_t)seat,
                              .from_ms = INT64_MIN,
                              .to_ms = INT64_MAX};
    const char *from = row->cells[columns[2]], *to = row->cells[columns[3]];
    if ((*from && calendar_parse(from, &holder->from_ms)) ||
        (*to && calendar_parse(to, &holder->to_ms)))
        return csv_fault(table, row, self->fault, "expected dates such as 1999-12-31, or nothing");
    return COMITY_OK;
}

/* `names: {file: ..., seat: ..., name: ..., from: ..., to: ...}` */
static enum comity_error read_holders(struct questions *self, struct yaml_node *map)
{
    static const char *const keys[] = {"file", "seat", "name", "from", "to", NULL};
    struct arena *arena = &self->scenario->arena;
    uint32_t columns[4];
    const char *file = "";
    enum comity_error error = yaml_expect(map, YAML_MAP, "`names`", self->fault);
    for (int i = 0; !error && keys[i]; i++)
        if (!yaml_get(map, keys[i]))
            error = yaml_fault(map, self->fault, "`names` needs `%s`", keys[i]);
    if (!error)
        error = yaml_map_done(map, keys, self->fault);
    if (!error)
        error = yaml_text(yaml_get(map, "file"), "a file", 4095, &file, self->fault);
    struct csv *table = arena_alloc(arena, sizeof *table);
    const char *path = error ? NULL : scenario_beside(self->scenario, file);
    if (!error)
        error = table && path ? csv_read(path, arena, table, self->fault) : COMITY_MEMORY;
    for (int i = 0; !error && i < 4; i++)
        error = csv_column(table, yaml_get(map, keys[i + 1]), &columns[i], self->fault);
    if (error)
        return error;
    struct holder *holders = arena_array(arena, table->rows_count, sizeof *holders);
    if (!holders)
        return COMITY_MEMORY;
    for (uint32_t i = 0; !error && i < table->rows_count; i++)
        error = read_holder_row(self, table, &table->rows[i], columns, &holders[i]);
    self->holders = holders;
    self->holders_count = table->rows_count;
    return error;
}

/* The seat that this name held on that day. */
static enum comity_error find_holder(struct questions *self, const struct csv_row *row,
                                     const char *name, int64_t time_ms, uint32_t *ret_seat)
{
    char day[CALENDAR_TEXT_SIZE];
    calendar_format_date(time_ms, day);
    if (!self->holders) {
        int32_t seat = charter_find_seat(self->scenario->charter, name);
        if (seat < 0)
            return csv_fault(self->table, row, self->fault, "the charter has no seat \"%s\"", name);
        *ret_seat = (uint32_t)seat;
        return COMITY_OK;
    }
    for (uint32_t i = 0; i < self->holders_count; i++) {
        const struct holder *holder = &self->holders[i];
        if (strcmp(holder->name, name) == 0 && time_ms >= holder->from_ms &&
            time_ms <= holder->to_ms) {
            *ret_seat = holder->seat;
            return COMITY_OK;
        }
    }
    return csv_fault(self->table, row, self->fault, "\"%s\" held no seat on %s", name, day);
}

/* The seats in a cell of names with semicolons; adds to what is there. */
static enum comity_error read_cell(struct questions *self, const struct csv_row *row,
                                   uint32_t column, int64_t time_ms, struct seat_set *set)
{
    const char *at = row->cells[column];
    while (*at) {
        char name[TITLE_MAX + 1];
        size_t size = strcspn(at, ";");
        uint32_t seat;
        if (size == 0 || size >= sizeof name)
            return csv_fault(self->table, row, self->fault, "expected names with ; between them");
        memcpy(name, at, size);
        name[size] = '\0';
        enum comity_error error = find_holder(self, row, name, time_ms, &seat);
        if (error)
            return error;
        if (seat_set_has(set, seat))
            return csv_fault(self->table, row, self->fault, "\"%s\" answers twice", name);
        seat_set_add(set, seat);
        at += size + (at[size] == ';');
    }
    return COMITY_OK;
}

static enum comity_error add_roll_call(struct questions *self, const struct csv_row *row,
                                       int64_t time_ms, const struct seat_set *present)
{
    struct scenario *scenario = self->scenario;
    struct scenario_step *step;
    bool same = true;
    for (uint32_t i = 0; i < ROSTER_WORDS; i++)
        same = same && present->bits[i] == self->roll.bits[i];
    if (same)
        return COMITY_OK;
    if (scenario->chair == SCENARIO_NONE)
        return csv_fault(self->table, row, self->fault,
                         "a member did not take part, and the charter has no chair to call the "
                         "roll");
    enum comity_error error = scenario_add_step(scenario, time_ms, STEP_ACTS, &step);
    if (error)
        return error;
    step->acts = arena_alloc(&scenario->arena, sizeof *step->acts);
    if (!step->acts)
        return COMITY_MEMORY;
    *step->acts = (struct scenario_act){
        .place = {self->table->path, row->line}, .label = SCENARIO_NONE, .target = SCENARIO_NONE};
    step->acts->act.seat = scenario->chair;
    step->acts->act.kind = ACT_PROCEDURE;
    step->acts->act.as.procedure.ruling = RULING_ROLL_CALL;
    memcpy(step->acts->act.as.procedure.present, present->bits, sizeof present->bits);
    step->acts_count = 1;
    scenario->acts_count++;
    self->roll = *present;
    return COMITY_OK;
}

static enum comity_error add_proposal(struct questions *self, const struct csv_row *row,
                                      int64_t time_ms, uint32_t proposer, uint32_t *ret_label)
{
    struct scenario *scenario = self->scenario;
    struct scenario_step *step;
    struct scenario_place place = {self->table->path, row->line};
    enum comity_error error = scenario_make_label(scenario, row->cells[self->label], place, false,
                                                  ret_label, self->fault);
    if (!error)
        error = scenario_add_step(scenario, time_ms, STEP_ACTS, &step);
    if (error)
        return error;
    step->acts = arena_alloc(&scenario->arena, sizeof *step->acts);
    if (!step->acts)
        return COMITY_MEMORY;
    *step->acts =
        (struct scenario_act){.place = place, .label = *ret_label, .target = SCENARIO_NONE};
    struct act *act = &step->acts->act;
    act->seat = proposer;
    act->kind = ACT_PROPOSE;
    act->text = bytes_of_text(row->cells[self->title]);
    act->as.propose.title = row->cells[self->title];
    act->as.propose.rule = self->rule;
    act->as.propose.topic = self->topic;
    step->acts_count = 1;
    scenario->acts_count++;
    return COMITY_OK;
}

static enum comity_error add_ballots(struct questions *self, const struct csv_row *row,
                                     int64_t time_ms, uint32_t label, const struct seat_set sets[3])
{
    static const enum answer answers[3] = {ANSWER_YES, ANSWER_NO, ANSWER_ABSTAIN};
    struct scenario *scenario = self->scenario;
    struct scenario_step *step;
    enum comity_error error = scenario_add_step(scenario, time_ms, STEP_ACTS, &step);
    if (error)
        return error;
    step->acts = arena_array(&scenario->arena, scenario->charter->seats_count, sizeof *step->acts);
    if (!step->acts)
        return COMITY_MEMORY;
    for (uint32_t seat = 0; seat < scenario->charter->seats_count; seat++) {
        for (int i = 0; i < 3; i++) {
            if (!seat_set_has(&sets[i], seat))
                continue;
            struct scenario_act *act = &step->acts[step->acts_count++];
            *act = (struct scenario_act){
                .place = {self->table->path, row->line}, .label = SCENARIO_NONE, .target = label};
            act->act.seat = seat;
            act->act.kind = ACT_BALLOT;
            act->act.as.ballot.answer = answers[i];
            break;
        }
    }
    scenario->acts_count += step->acts_count;
    return COMITY_OK;
}

static enum comity_error add_expectations(struct questions *self, const struct csv_row *row,
                                          int64_t time_ms, uint32_t label)
{
    struct expectation item = {.place = {self->table->path, row->line},
                               .when_ms = INT64_MAX,
                               .label = label,
                               .seat = SCENARIO_NONE};
    enum comity_error error = COMITY_OK;
    if (self->verdict_means) {
        struct yaml_node *word = yaml_get(self->verdict_means, row->cells[self->verdict_column]);
        if (!word)
            return csv_fault(self->table, row, self->fault,
                             "`verdict` does not say what \"%s\" means",
                             row->cells[self->verdict_column]);
        item.kind = EXPECT_VERDICT;
        item.text = word->text;
        error = scenario_add_expectation(self->scenario, &item);
        item.kind = EXPECT_DECIDED;
        item.time_ms = time_ms;
        if (!error)
            error = scenario_add_expectation(self->scenario, &item);
    }
    if (!error && self->has_veto) {
        item.kind = EXPECT_VETO;
        error = read_cell(self, row, self->veto_column, time_ms, &item.seats);
        if (!error)
            error = scenario_add_expectation(self->scenario, &item);
    }
    return error;
}

static enum comity_error read_question(struct questions *self, const struct csv_row *row,
                                       int64_t time_ms)
{
    const uint32_t columns[3] = {self->yes, self->no, self->abstain};
    struct seat_set sets[3] = {0}, present = {0};
    uint32_t label, proposer = 0;
    enum comity_error error = COMITY_OK;
    for (int i = 0; !error && i < 3; i++) {
        error = read_cell(self, row, columns[i], time_ms, &sets[i]);
        for (uint32_t word = 0; word < ROSTER_WORDS; word++) {
            if (present.bits[word] & sets[i].bits[word])
                return csv_fault(self->table, row, self->fault, "a seat answers twice");
            present.bits[word] |= sets[i].bits[word];
        }
    }
    if (!error && seat_set_count(&present) == 0)
        error = csv_fault(self->table, row, self->fault, "nobody answers");
    const struct seat_set *drafters = seat_set_count(&sets[0]) ? &sets[0] : &present;
    while (!error && !seat_set_has(drafters, proposer))
        proposer++;
    if (!error)
        error = add_roll_call(self, row, time_ms, &present);
    if (!error)
        error = add_proposal(self, row, time_ms, proposer, &label);
    if (!error)
        error = add_ballots(self, row, time_ms, label, sets);
    if (!error)
        error = add_expectations(self, row, time_ms, label);
    if (!error)
        error = scenario_add_step(self->scenario, time_ms, STEP_CHECK, NULL);
    return error;
}

static enum comity_error read_verdicts(struct questions *self, struct yaml_node *map)
{
    static const char *const words[] = {"adopted", "rejected", "lapsed", "inquorate", NULL};
    enum comity_error error = yaml_expect(map, YAML_MAP, "`verdict`", self->fault);
    if (error)
        return error;
    struct yaml_node *column = yaml_get(map, "column"), *means = yaml_get(map, "means");
    if (!column || !means)
        return yaml_fault(map, self->fault, "`verdict` needs `column` and `means`");
    error = csv_column(self->table, column, &self->verdict_column, self->fault);
    if (!error)
        error = yaml_expect(means, YAML_MAP, "`means`, words and their verdicts", self->fault);
    for (size_t i = 0; !error && i < means->count; i++) {
        size_t index;
        error = yaml_word(means->items[i], "a verdict", words, &index, self->fault);
    }
    self->verdict_means = means;
    return error ? error
                 : yaml_map_done(map, (const char *const[]){"column", "means", NULL}, self->fault);
}

static enum comity_error read_columns(struct questions *self, struct yaml_node *map)
{
    struct {
        const char *key;
        uint32_t *column;
    } rows[] = {{"label", &self->label},
                {"title", &self->title},
                {"yes", &self->yes},
                {"no", &self->no},
                {"abstain", &self->abstain}};
    enum comity_error error = COMITY_OK;
    for (size_t i = 0; !error && i < sizeof rows / sizeof rows[0]; i++) {
        struct yaml_node *node = yaml_get(map, rows[i].key);
        error = node ? csv_column(self->table, node, rows[i].column, self->fault)
                     : yaml_fault(map, self->fault, "a table of questions needs `%s`, a column",
                                  rows[i].key);
    }
    struct yaml_node *veto = yaml_get(map, "veto");
    self->has_veto = veto != NULL;
    if (!error && veto)
        error = csv_column(self->table, veto, &self->veto_column, self->fault);
    return error;
}

enum comity_error questions_read(struct scenario *self, struct yaml_node *map,
                                 const struct csv *table, struct fault *fault)
{
    static const char *const keys[] = {"file",    "date",  "label", "title", "yes",     "no",
                                       "abstain", "names", "rule",  "topic", "verdict", "veto",
                                       "where",   "from",  "to",    "limit", NULL};
    struct questions questions = {.scenario = self, .table = table, .fault = fault, .topic = ""};
    if (self->charter->rules_count == 1)
        questions.rule = self->charter->rules[0].name;
    for (uint32_t i = 0; i < self->charter->seats_count; i++)
        if (scenario_seat_is_member(self, i))
            seat_set_add(&questions.roll, i);
    enum comity_error error = source_filter_read(self, map, table, &questions.filter, fault);
    if (!error)
        error = read_columns(&questions, map);
    if (!error && yaml_get(map, "rule"))
        error = yaml_text(yaml_get(map, "rule"), "a rule's name", NAME_MAX_SIZE, &questions.rule,
                          fault);
    if (!error && !questions.rule)
        error = yaml_fault(map, fault, "questions need `rule`: the charter has several");
    if (!error && yaml_get(map, "topic"))
        error =
            yaml_text(yaml_get(map, "topic"), "a topic", NAME_MAX_SIZE, &questions.topic, fault);
    if (!error && yaml_get(map, "names"))
        error = read_holders(&questions, yaml_get(map, "names"));
    if (!error && yaml_get(map, "verdict"))
        error = read_verdicts(&questions, yaml_get(map, "verdict"));
    if (!error)
        error = yaml_map_done(map, keys, fault);
    for (uint32_t i = 0; !error && i < table->rows_count; i++) {
        bool wanted;
        int64_t time_ms;
        error =
            source_filter_row(&questions.filter, table, &table->rows[i], &wanted, &time_ms, fault);
        if (!error && wanted)
            error = read_question(&questions, &table->rows[i], time_ms);
    }
    return error;
}
