/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - seats, groups and labels as people write them, and the lists a scenario grows. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/reader.h"

const char *expectation_word(enum expectation_kind kind)
{
    static const char *const words[] = {
#define X(name, word) word,
        EXPECTATIONS(X)
#undef X
    };
    return words[kind];
}

struct scenario_place scenario_place_of(const struct yaml_node *node)
{
    return (struct scenario_place){node->file, node->line};
}

const char *scenario_beside(struct scenario *self, const char *file)
{
    const char *slash = strrchr(self->path, '/');
    int folder = file[0] == '/' || !slash ? 0 : (int)(slash - self->path + 1);
    size_t size = (size_t)folder + strlen(file) + 1;
    char *path = arena_alloc(&self->arena, size);
    if (path)
        (void)snprintf(path, size, "%.*s%s", folder, self->path, file);
    return path;
}

/* Room for one more in a malloc'ed array. */
static enum comity_error grow(void **items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return COMITY_OK;
    uint32_t wanted = *capacity ? 2 * *capacity : 64;
    void *more = reallocarray(*items, wanted, size);
    if (!more)
        return COMITY_MEMORY;
    *items = more;
    *capacity = wanted;
    return COMITY_OK;
}

enum comity_error scenario_add_step(struct scenario *self, int64_t time_ms,
                                    enum scenario_step_kind kind, struct scenario_step **ret_step)
{
    void *items = self->steps;
    enum comity_error error =
        grow(&items, self->steps_count, &self->steps_capacity, sizeof *self->steps);
    self->steps = items;
    if (error)
        return error;
    struct scenario_step *step = &self->steps[self->steps_count];
    *step = (struct scenario_step){.time_ms = time_ms, .order = self->steps_count++, .kind = kind};
    if (ret_step)
        *ret_step = step;
    return COMITY_OK;
}

enum comity_error scenario_add_expectation(struct scenario *self, const struct expectation *item)
{
    void *items = self->expectations;
    enum comity_error error = grow(&items, self->expectations_count, &self->expectations_capacity,
                                   sizeof *self->expectations);
    self->expectations = items;
    if (!error)
        self->expectations[self->expectations_count++] = *item;
    return error;
}

static uint32_t find_label(const struct scenario *self, const char *name)
{
    for (uint32_t i = self->labels_count; i > 0; i--) /* The last made is the likeliest. */
        if (strcmp(self->labels[i - 1].name, name) == 0)
            return i - 1;
    return SCENARIO_NONE;
}

static enum comity_error add_label(struct scenario *self, const char *name,
                                   struct scenario_place place, uint32_t *ret_label,
                                   struct fault *fault)
{
    size_t size = strlen(name);
    bool fine = size > 0 && size <= SCENARIO_LABEL_MAX && strcmp(name, "on") != 0 &&
                strcmp(name, "conduct") != 0;
    for (size_t i = 0; i < size; i++)
        fine = fine && (isalnum((unsigned char)name[i]) || strchr("-_./()", name[i]));
    if (!fine)
        return fault_set(fault, COMITY_INVALID,
                         "%s:%u: \"%s\" is no label: letters, digits and - _ . / ( ), not `on` "
                         "or `conduct`",
                         place.file, place.line, name);
    void *items = self->labels;
    enum comity_error error =
        grow(&items, self->labels_count, &self->labels_capacity, sizeof *self->labels);
    self->labels = items;
    char *kept = error ? NULL : arena_text(&self->arena, bytes_of_text(name));
    if (!kept)
        return COMITY_MEMORY;
    self->labels[self->labels_count] = (struct scenario_label){.name = kept, .place = place};
    *ret_label = self->labels_count++;
    return COMITY_OK;
}

enum comity_error scenario_make_label(struct scenario *self, const char *name,
                                      struct scenario_place place, bool declaration,
                                      uint32_t *ret_label, struct fault *fault)
{
    uint32_t label = find_label(self, name);
    enum comity_error error = COMITY_OK;
    if (label == SCENARIO_NONE)
        error = add_label(self, name, place, &label, fault);
    else if (self->labels[label].made)
        return fault_set(fault, COMITY_INVALID, "%s:%u: \"%s\" is made already in line %u",
                         place.file, place.line, name, self->labels[label].place.line);
    if (error)
        return error;
    self->labels[label].made = true;
    self->labels[label].place = place;
    self->labels[label].declaration = declaration;
    *ret_label = label;
    return COMITY_OK;
}

enum comity_error scenario_use_label(struct scenario *self, const char *name,
                                     struct scenario_place place, uint32_t *ret_label,
                                     struct fault *fault)
{
    uint32_t label = find_label(self, name);
    if (label == SCENARIO_NONE) {
        enum comity_error error = add_label(self, name, place, &label, fault);
        if (error)
            return error;
    }
    *ret_label = label;
    return COMITY_OK;
}

const char *scenario_seat_name(const struct scenario *self, uint32_t seat)
{
    return seat < self->charter->seats_count ? self->charter->seats[seat].name : "";
}

bool scenario_seat_is_member(const struct scenario *self, uint32_t seat)
{
    return self->charter->seats[seat].role == SEAT_MEMBER;
}

const char *scenario_label_name(const struct scenario *self, uint32_t label)
{
    return label == SCENARIO_NONE ? "" : self->labels[label].name;
}

enum comity_error scenario_read_seat(const struct scenario *self, const struct yaml_node *node,
                                     const char *text, uint32_t *ret_seat, struct fault *fault)
{
    int32_t seat = charter_find_seat(self->charter, text);
    if (seat < 0)
        return yaml_fault(node, fault, "the charter has no seat \"%s\"", text);
    *ret_seat = (uint32_t)seat;
    return COMITY_OK;
}

/* A seat, a group, or `all`. */
static enum comity_error read_name(const struct scenario *self, const struct yaml_node *node,
                                   const char *name, struct seat_set *set, struct fault *fault)
{
    int32_t seat = charter_find_seat(self->charter, name);
    if (seat >= 0) {
        seat_set_add(set, (uint32_t)seat);
        return COMITY_OK;
    }
    for (uint32_t i = 0; i < self->charter->groups_count; i++) {
        if (strcmp(self->charter->groups[i].name, name) != 0)
            continue;
        for (uint32_t word = 0; word < ROSTER_WORDS; word++)
            set->bits[word] |= self->charter->groups[i].seats[word];
        return COMITY_OK;
    }
    if (strcmp(name, "all") != 0)
        return yaml_fault(node, fault, "the charter has no seat or group \"%s\"", name);
    for (uint32_t i = 0; i < self->charter->seats_count; i++)
        if (scenario_seat_is_member(self, i) && !seat_set_has(&self->unjoined, i))
            seat_set_add(set, i);
    return COMITY_OK;
}

/* Names with commas between them. */
static enum comity_error read_names(const struct scenario *self, const struct yaml_node *node,
                                    const char *text, size_t size, struct seat_set *ret_set,
                                    struct fault *fault)
{
    size_t at = 0;
    while (at <= size) {
        size_t end = at;
        while (end < size && text[end] != ',')
            end++;
        size_t first = at, last = end;
        while (first < last && text[first] == ' ')
            first++;
        while (last > first && text[last - 1] == ' ')
            last--;
        char name[64];
        if (last == first || last - first >= sizeof name)
            return yaml_fault(node, fault, "expected names of seats with commas between them");
        memcpy(name, text + first, last - first);
        name[last - first] = '\0';
        enum comity_error error = read_name(self, node, name, ret_set, fault);
        if (error)
            return error;
        at = end + 1;
    }
    return COMITY_OK;
}

enum comity_error scenario_read_seats(const struct scenario *self, const struct yaml_node *node,
                                      const char *text, struct seat_set *ret_seats,
                                      struct fault *fault)
{
    struct seat_set with = {0}, without = {0};
    const char *but = strstr(text, " but ");
    size_t size = but ? (size_t)(but - text) : strlen(text);
    enum comity_error error = read_names(self, node, text, size, &with, fault);
    if (!error && but)
        error = read_names(self, node, but + 5, strlen(but + 5), &without, fault);
    if (error)
        return error;
    for (uint32_t word = 0; word < ROSTER_WORDS; word++)
        ret_seats->bits[word] = with.bits[word] & ~without.bits[word];
    return COMITY_OK;
}

enum comity_error scenario_read_set(const struct scenario *self, const struct yaml_node *node,
                                    struct seat_set *ret_seats, struct fault *fault)
{
    struct seat_set set = {0};
    enum comity_error error = COMITY_OK;
    if (node->kind == YAML_LIST) {
        for (size_t i = 0; !error && i < node->count; i++) {
            const char *name;
            error = yaml_text(node->items[i], "a seat", SEAT_NAME_MAX, &name, fault);
            if (!error)
                error = read_name(self, node->items[i], name, &set, fault);
        }
    } else {
        const char *text;
        error = yaml_text(node, "seats", 8191, &text, fault);
        if (!error && strcmp(text, "none") != 0)
            error = scenario_read_seats(self, node, text, &set, fault);
    }
    if (!error)
        *ret_seats = set;
    return error;
}
