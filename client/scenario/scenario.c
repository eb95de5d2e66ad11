/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/scenario.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "identity/identity.h"
#include "scenario/reader.h"
#include "shipped.h"

static const char *const known_keys[] = {"name",     "title",  "about",     "roster", "charter",
                                         "unjoined", "acts",   "acts-from", "expect", "choices",
                                         "choice",   "verify", "lesson",    "forums", NULL};
static const char *const choice_keys[] = {"about",  "acts",   "acts-from", "expect",
                                          "verify", "assume", NULL};

struct parts {
    struct yaml_node *acts, *sources, *expect, *verify;
};

/* The seat's key is that of a seed everybody can compute: a replay has no secrets. */
static enum comity_error derive_key(void *context, const char *seat_name, uint8_t ret_key[KEY_SIZE])
{
    (void)context;
    struct hash seed = hash_of("comity/scenario-key/v1", bytes_of_text(seat_name));
    struct identity *identity = NULL;
    enum comity_error error = identity_from_seed(seed.bytes, &identity);
    if (!error)
        memcpy(ret_key, identity_key(identity), KEY_SIZE);
    identity_close(&identity);
    return error;
}

static enum comity_error read_charter_file(struct scenario *self, const struct yaml_node *node,
                                           struct yaml_node **ret_charter, struct fault *fault)
{
    char shipped[PATH_MAX];
    const char *name;
    enum comity_error error = yaml_text(node, "a charter's file", 4095, &name, fault);
    const char *path = error ? NULL : scenario_beside(self, name);
    if (!error && !path)
        error = COMITY_MEMORY;
    if (!error && access(path, R_OK) != 0 && /* An institution's name. */
        shipped_find("forums", name, shipped, sizeof shipped) == COMITY_OK)
        path = arena_text(&self->arena, bytes_of_text(shipped));
    if (!error && !path)
        error = COMITY_MEMORY;
    return error ? error : yaml_read(path, &self->arena, ret_charter, fault);
}

enum comity_error scenario_read_charter(struct scenario *self, struct yaml_node *root,
                                        const struct scenario_options *options, struct fault *fault)
{
    static const uint8_t no_nonce[16];
    struct yaml_node *charter = yaml_get(root, "charter");
    struct yaml_node *roster = yaml_get(root, "roster");
    if (!charter)
        return yaml_fault(root, fault, "a scenario needs a `charter`");
    enum comity_error error = COMITY_OK;
    if (charter->kind == YAML_SCALAR) /* A charter's file. */
        error = read_charter_file(self, charter, &charter, fault);
    if (!error)
        error = yaml_expect(charter, YAML_MAP, "the charter", fault);
    if (error)
        return error;
    char pace[16];
    struct text text;
    text_init(&text, pace, sizeof pace);
    text_format(&text, "%ums", options->pace_ms);
    bool has_pace = yaml_get(charter, "pace") != NULL;
    charter = node_widen(&self->arena, charter, 4);
    if (!charter)
        return COMITY_MEMORY;
    if (options->pace_ms && !has_pace &&
        !node_put(
            &self->arena, charter, "pace",
            node_scalar(&self->arena, charter, arena_text(&self->arena, bytes_of_text(pace)))))
        return COMITY_MEMORY;
    if (roster)
        error = roster_merge(self, roster, charter, fault);
    struct charter_options compile = {
        .key_source = options->key_source ? options->key_source : derive_key,
        .no_key = options->no_key,
        .context = options->key_context,
        .nonce = options->nonce ? options->nonce : no_nonce,
    };
    if (!error)
        error = charter_compile(charter, &compile, NULL, NULL, &self->charter_bytes, fault);
    if (!error)
        error =
            charter_decode(buffer_bytes(&self->charter_bytes), &self->arena, &self->charter, fault);
    if (!error)
        error = charter_roster(self->charter, &self->arena, &self->roster);
    self->chair = SCENARIO_NONE;
    for (uint32_t i = 0; !error && i < self->charter->seats_count; i++)
        if (self->charter->seats[i].role == SEAT_CHAIR && self->chair == SCENARIO_NONE)
            self->chair = i;
    return error;
}

static enum comity_error read_verify(struct scenario *self, struct yaml_node *list,
                                     struct fault *fault)
{
    enum comity_error error = yaml_expect(list, YAML_LIST, "`verify`", fault);
    if (error)
        return error;
    uint32_t *labels = arena_array(&self->arena, self->verify_count + list->count, sizeof *labels);
    if (!labels)
        return COMITY_MEMORY;
    if (self->verify_count)
        memcpy(labels, self->verify, self->verify_count * sizeof *labels);
    self->verify = labels;
    for (size_t i = 0; !error && i < list->count; i++) {
        const char *name;
        error = yaml_text(list->items[i], "a label", SCENARIO_LABEL_MAX, &name, fault);
        if (!error)
            error = scenario_use_label(self, name, scenario_place_of(list->items[i]),
                                       &labels[self->verify_count], fault);
        if (!error)
            self->verify_count++;
    }
    return error;
}

enum comity_error scenario_read_parts(struct scenario *self, struct yaml_node *map,
                                      struct fault *fault)
{
    struct parts parts = {yaml_get(map, "acts"), yaml_get(map, "acts-from"),
                          yaml_get(map, "expect"), yaml_get(map, "verify")};
    enum comity_error error = COMITY_OK;
    if (parts.acts)
        error = acts_read(self, parts.acts, fault);
    if (!error && parts.sources)
        error = sources_read(self, parts.sources, fault);
    if (!error && parts.expect)
        error = expect_read(self, parts.expect, fault);
    if (!error && parts.verify)
        error = read_verify(self, parts.verify, fault);
    return error;
}

/* Every choice is named by the file; the one that is made is read. */
static enum comity_error read_choice(struct scenario *self, struct yaml_node *root,
                                     const char *wanted, struct fault *fault)
{
    struct yaml_node *choices = yaml_get(root, "choices");
    struct yaml_node *by_default = yaml_get(root, "choice");
    enum comity_error error = COMITY_OK;
    if (choices)
        error = yaml_expect(choices, YAML_MAP, "`choices`", fault);
    if (!error && by_default && !wanted)
        error = yaml_text(by_default, "a choice", SCENARIO_LABEL_MAX, &wanted, fault);
    if (error || !wanted)
        return error;
    struct yaml_node *chosen = choices ? yaml_get(choices, wanted) : NULL;
    if (!chosen) {
        char known[256];
        struct text text;
        text_init(&text, known, sizeof known);
        for (size_t i = 0; choices && i < choices->count; i++)
            text_format(&text, "%s%s", i ? ", " : "", choices->keys[i]->text);
        return fault_set(fault, COMITY_USAGE, "%s has no choice \"%s\"; it has %s", self->path,
                         wanted, known[0] ? known : "none");
    }
    error = yaml_expect(chosen, YAML_MAP, "a choice", fault);
    self->choice = arena_text(&self->arena, bytes_of_text(wanted));
    if (!error)
        (void)(yaml_get(chosen, "about"), yaml_get(chosen, "assume"));
    if (!error)
        error = scenario_read_parts(self, chosen, fault);
    if (!error)
        error = yaml_map_done(chosen, choice_keys, fault);
    return error;
}

static enum comity_error read_names(struct scenario *self, struct yaml_node *root,
                                    struct fault *fault)
{
    struct yaml_node *name = yaml_get(root, "name"), *title = yaml_get(root, "title");
    struct yaml_node *about = yaml_get(root, "about");
    if (!name || !title)
        return yaml_fault(root, fault, "a scenario needs `name` and `title`");
    enum comity_error error = yaml_text(name, "the name", NAME_MAX_SIZE, &self->name, fault);
    if (!error)
        error = yaml_text(title, "the title", TITLE_MAX, &self->title, fault);
    self->about = "";
    if (!error && about)
        error = yaml_text(about, "`about`", 8191, &self->about, fault);
    return error;
}

static int compare_steps(const void *left, const void *right)
{
    const struct scenario_step *a = left, *b = right;
    if (a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms ? -1 : 1;
    if ((a->kind == STEP_CHECK) != (b->kind == STEP_CHECK))
        return a->kind == STEP_CHECK ? 1 : -1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* In the order of play, every label is made before it is used, and inside the clock. */
static enum comity_error check_order(struct scenario *self, struct fault *fault)
{
    bool *made = arena_array(&self->arena, self->labels_count + 1, sizeof *made);
    if (!made)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < self->labels_count; i++)
        if (!self->labels[i].made)
            return fault_set(fault, COMITY_INVALID, "%s:%u: no act is called \"%s\" (`as: %s`)",
                             self->labels[i].place.file, self->labels[i].place.line,
                             self->labels[i].name, self->labels[i].name);
    bool moves = self->steps_count > 0 && self->charter->clock == CLOCK_PRESIDED &&
                 self->steps[self->steps_count - 1].time_ms > self->charter->clock_starts_ms;
    if (moves && self->chair == SCENARIO_NONE)
        return fault_set(fault, COMITY_INVALID,
                         "%s: the charter's clock is presided, and no seat is the chair that "
                         "moves it (role: chair)",
                         self->path);
    for (uint32_t i = 0; i < self->steps_count; i++) {
        const struct scenario_step *step = &self->steps[i];
        for (uint32_t j = 0; j < step->acts_count; j++) {
            const struct scenario_act *act = &step->acts[j];
            if (act->target != SCENARIO_NONE && !made[act->target])
                return fault_set(fault, COMITY_INVALID,
                                 "%s:%u: \"%s\" is not there yet on that day", act->place.file,
                                 act->place.line, self->labels[act->target].name);
            if (self->charter->clock != CLOCK_REAL &&
                step->time_ms < self->charter->clock_starts_ms)
                return fault_set(fault, COMITY_INVALID,
                                 "%s:%u: an act before the charter's clock starts", act->place.file,
                                 act->place.line);
        }
        for (uint32_t j = 0; j < step->acts_count; j++)
            if (step->acts[j].label != SCENARIO_NONE)
                made[step->acts[j].label] = true;
    }
    return COMITY_OK;
}

enum comity_error scenario_order(struct scenario *self, struct fault *fault)
{
    if (self->steps_count)
        qsort(self->steps, self->steps_count, sizeof *self->steps, compare_steps);
    return check_order(self, fault);
}

static enum comity_error read_all(struct scenario *self, const char *path,
                                  const struct scenario_options *options, struct fault *fault)
{
    struct yaml_node *root;
    enum comity_error error = yaml_read(path, &self->arena, &root, fault);
    if (!error)
        error = yaml_expect(root, YAML_MAP, "a scenario", fault);
    for (int i = 0; !error && known_keys[i]; i++)
        (void)yaml_get(root, known_keys[i]);
    if (!error) /* First: a misspelt key explains whatever seems to be missing. */
        error = yaml_map_done(root, known_keys, fault);
    if (!error)
        error = read_names(self, root, fault);
    if (!error)
        error = scenario_read_charter(self, root, options, fault);
    struct yaml_node *unjoined = error ? NULL : yaml_get(root, "unjoined");
    if (unjoined)
        error = scenario_read_set(self, unjoined, &self->unjoined, fault);
    if (!error)
        error = scenario_read_parts(self, root, fault);
    struct yaml_node *lesson = error ? NULL : yaml_get(root, "lesson");
    if (lesson)
        error = lesson_read(self, lesson, yaml_get(root, "choices"), fault);
    if (!error && !options->no_choice)
        error = read_choice(self, root, options->choice, fault);
    if (error)
        return error;
    struct yaml_node *forums = yaml_get(root, "forums");
    if (forums)
        error = forums_read(self, forums, options, fault);
    if (!error)
        forums_bind_shifts(self);
    return error ? error : scenario_order(self, fault);
}

enum comity_error scenario_read(const char *path, const struct scenario_options *options,
                                struct scenario **ret_scenario, struct fault *fault)
{
    struct scenario *self = calloc(1, sizeof *self);
    if (!self)
        return COMITY_MEMORY;
    arena_init(&self->arena, 0);
    self->path = arena_text(&self->arena, bytes_of_text(path));
    enum comity_error error = self->path ? read_all(self, path, options, fault) : COMITY_MEMORY;
    if (error == COMITY_MEMORY)
        (void)fault_set(fault, error, "%s: out of memory", path);
    if (error)
        scenario_free(&self);
    else
        *ret_scenario = self;
    return error;
}

void scenario_free(struct scenario **self)
{
    if (!self || !*self)
        return;
    for (uint32_t i = 0; i < (*self)->others_count; i++)
        scenario_free(&(*self)->others[i]);
    arena_free(&(*self)->arena);
    buffer_free(&(*self)->charter_bytes);
    free((*self)->steps);
    free((*self)->labels);
    free((*self)->expectations);
    free(*self);
    *self = NULL;
}
