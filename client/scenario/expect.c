/* SPDX-License-Identifier: Apache-2.0 */
/* expect.c - `expect`: what must be so at the end of a day, or at the end. */
#include <string.h>

#include "model/conduct.h"
#include "scenario/reader.h"

struct subject {
    struct scenario *scenario;
    struct expectation model; /* Place, day, label, seat. */
    struct fault *fault;
};

static const char *const verdict_words[] = {"open",   "adopted",   "rejected",
                                            "lapsed", "inquorate", NULL};
static const char *const agreement_words[] = {"none",      "pending", "in-force",
                                              "suspended", "ended",   NULL};
static const char *const party_words[] = {"none", "consented", "bound", "leaving",
                                          "left", "suspended", NULL};
static const char *const defection_words[] = {"none",     "withdrew-in-lock",   "equivocated",
                                              "breached", "hollow-reservation", NULL};
static enum comity_error add(struct subject *self, const struct yaml_node *node,
                             enum expectation_kind kind, const struct expectation *value)
{
    struct expectation item = *value;
    item.place = scenario_place_of(node);
    item.when_ms = self->model.when_ms;
    item.label = self->model.label;
    item.seat = self->model.seat;
    item.kind = kind;
    return scenario_add_expectation(self->scenario, &item);
}

static enum comity_error add_word(struct subject *self, const struct yaml_node *node,
                                  enum expectation_kind kind, const char *const *words)
{
    size_t index;
    enum comity_error error = yaml_word(node, expectation_word(kind), words, &index, self->fault);
    return error ? error : add(self, node, kind, &(struct expectation){.text = words[index]});
}

static enum comity_error add_text(struct subject *self, const struct yaml_node *node,
                                  enum expectation_kind kind)
{
    struct expectation value = {0};
    enum comity_error error = yaml_text(node, "words of the line", 1023, &value.text, self->fault);
    return error ? error : add(self, node, kind, &value);
}

/* A day, or `never`. */
static enum comity_error add_time(struct subject *self, const struct yaml_node *node,
                                  enum expectation_kind kind)
{
    struct expectation value = {.time_ms = INT64_MAX};
    enum comity_error error = COMITY_OK;
    if (node->kind != YAML_SCALAR || strcmp(node->text, "never") != 0)
        error = yaml_time(node, "a day or `never`", &value.time_ms, self->fault);
    return error ? error : add(self, node, kind, &value);
}

static enum comity_error add_seats(struct subject *self, const struct yaml_node *node,
                                   enum expectation_kind kind)
{
    struct expectation value = {0};
    enum comity_error error = scenario_read_set(self->scenario, node, &value.seats, self->fault);
    return error ? error : add(self, node, kind, &value);
}

static enum comity_error add_number(struct subject *self, const struct yaml_node *node,
                                    enum expectation_kind kind)
{
    uint64_t number;
    enum comity_error error =
        yaml_u64(node, "a number of seats", 0, UINT32_MAX, &number, self->fault);
    return error ? error : add(self, node, kind, &(struct expectation){.number = (uint32_t)number});
}

static bool is_number(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->text[0] &&
           strspn(node->text, "0123456789") == strlen(node->text);
}

/* `party: {USA: {status: bound, since: 2016-11-04}}` */
static enum comity_error read_party(struct subject *self, struct yaml_node *map)
{
    static const char *const keys[] = {"status", "since", "until", "defection", NULL};
    enum comity_error error = yaml_expect(map, YAML_MAP, "`party`", self->fault);
    for (size_t i = 0; !error && i < map->count; i++) {
        struct subject party = *self;
        struct yaml_node *what = map->items[i];
        error = scenario_read_seat(self->scenario, map->keys[i], map->keys[i]->text,
                                   &party.model.seat, self->fault);
        if (!error)
            error = yaml_expect(what, YAML_MAP, "a party", self->fault);
        if (error)
            break;
        struct yaml_node *node;
        if ((node = yaml_get(what, "status")))
            error = add_word(&party, node, EXPECT_STATUS, party_words);
        if (!error && (node = yaml_get(what, "since")))
            error = add_time(&party, node, EXPECT_SINCE);
        if (!error && (node = yaml_get(what, "until")))
            error = add_time(&party, node, EXPECT_UNTIL);
        if (!error && (node = yaml_get(what, "defection")))
            error = add_word(&party, node, EXPECT_DEFECTION, defection_words);
        if (!error)
            error = yaml_map_done(what, keys, self->fault);
    }
    return error;
}

/* One key of a label's map. */
static enum comity_error read_key(struct subject *self, const struct yaml_node *key,
                                  struct yaml_node *value)
{
    if (strcmp(key->text, "party") == 0)
        return read_party(self, value);
    if (expect_is_of_figures(key->text))
        return expect_figures(self->scenario, key->text, value, &self->model, self->fault);
    if (strcmp(key->text, "parties") == 0)
        return is_number(value) ? add_number(self, value, EXPECT_COUNT)
                                : add_seats(self, value, EXPECT_PARTIES);
    for (int kind = 0; kind <= EXPECT_CONSENTS; kind++) {
        if (strcmp(key->text, expectation_word((enum expectation_kind)kind)) != 0)
            continue;
        switch (kind) {
        case EXPECT_VERDICT:
            return add_word(self, value, EXPECT_VERDICT, verdict_words);
        case EXPECT_AGREEMENT:
            return add_word(self, value, EXPECT_AGREEMENT, agreement_words);
        case EXPECT_LINE:
            return add_text(self, value, EXPECT_LINE);
        case EXPECT_DECIDED:
        case EXPECT_THRESHOLD:
        case EXPECT_IN_FORCE:
            return add_time(self, value, (enum expectation_kind)kind);
        case EXPECT_CONSENTS:
            return add_number(self, value, EXPECT_CONSENTS);
        default:
            return add_seats(self, value, (enum expectation_kind)kind);
        }
    }
    return yaml_fault(key, self->fault,
                      "unknown key \"%s\"; known here: verdict, line, veto, decided, formed-by, "
                      "stayed-out, defected, agreement, threshold, in-force, parties, consents, "
                      "party, goals, pledges, fund, paying",
                      key->text);
}

/* `dam: rejected`, or a map. */
static enum comity_error read_label(struct subject *self, const struct yaml_node *key,
                                    struct yaml_node *value)
{
    struct subject subject = *self;
    enum comity_error error = scenario_use_label(self->scenario, key->text, scenario_place_of(key),
                                                 &subject.model.label, self->fault);
    if (error)
        return error;
    if (value->kind == YAML_SCALAR)
        return add_word(&subject, value, EXPECT_VERDICT, verdict_words);
    error = yaml_expect(value, YAML_MAP, "a verdict, or a map of what is expected", self->fault);
    for (size_t i = 0; !error && i < value->count; i++)
        error = read_key(&subject, value->keys[i], value->items[i]);
    return error;
}

/* A class, or a kind. */
static bool is_conduct(const char *word)
{
    uint32_t class = 0;
    while (class < CLASS_ACTIVITY &&
           strcmp(conduct_class_word((enum conduct_class) class), word) != 0)
        class ++;
    return class < CLASS_ACTIVITY || conduct_from_word(word) < CONDUCT_KINDS_COUNT;
}

/* `conduct: {VEL: {defection: 1}}` */
static enum comity_error read_conduct(struct subject *self, struct yaml_node *map)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "`conduct`", self->fault);
    for (size_t i = 0; !error && i < map->count; i++) {
        struct subject seat = *self;
        struct yaml_node *counts = map->items[i];
        error = scenario_read_seat(self->scenario, map->keys[i], map->keys[i]->text,
                                   &seat.model.seat, self->fault);
        if (!error)
            error = yaml_expect(counts, YAML_MAP, "a seat's conduct", self->fault);
        for (size_t j = 0; !error && j < counts->count; j++) {
            const char *word = counts->keys[j]->text;
            uint64_t number;
            if (!is_conduct(word))
                return yaml_fault(counts->keys[j], self->fault,
                                  "\"%s\" is no class and no kind of conduct; the classes are "
                                  "joined, dissent, exit, alone, defection",
                                  word);
            error = yaml_u64(counts->items[j], "a count", 0, UINT32_MAX, &number, self->fault);
            if (!error)
                error = add(&seat, counts->items[j], EXPECT_CONDUCT,
                            &(struct expectation){.text = word, .number = (uint32_t)number});
        }
    }
    return error;
}

static enum comity_error read_part(struct subject *self, struct yaml_node *map);

static enum comity_error read_days(struct subject *self, struct yaml_node *map)
{
    enum comity_error error =
        yaml_expect(map, YAML_MAP, "`on`, days and what is so then", self->fault);
    if (!error && self->model.when_ms != INT64_MAX)
        error = yaml_fault(map, self->fault, "no `on` inside `on`");
    for (size_t i = 0; !error && i < map->count; i++) {
        struct subject day = *self;
        error = yaml_time(map->keys[i], "a day", &day.model.when_ms, self->fault);
        if (!error)
            error = scenario_add_step(self->scenario, day.model.when_ms, STEP_CHECK, NULL);
        if (!error)
            error = read_part(&day, map->items[i]);
    }
    return error;
}

static enum comity_error read_part(struct subject *self, struct yaml_node *map)
{
    enum comity_error error = yaml_expect(map, YAML_MAP, "expectations", self->fault);
    for (size_t i = 0; !error && i < map->count; i++) {
        if (strcmp(map->keys[i]->text, "on") == 0)
            error = read_days(self, map->items[i]);
        else if (strcmp(map->keys[i]->text, "conduct") == 0)
            error = read_conduct(self, map->items[i]);
        else
            error = read_label(self, map->keys[i], map->items[i]);
    }
    return error;
}

enum comity_error expect_read(struct scenario *self, struct yaml_node *map, struct fault *fault)
{
    struct subject subject = {
        .scenario = self,
        .model = {.when_ms = INT64_MAX, .label = SCENARIO_NONE, .seat = SCENARIO_NONE},
        .fault = fault,
    };
    return read_part(&subject, map);
}
