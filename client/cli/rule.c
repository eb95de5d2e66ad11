/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c - rule check, explain, evaluate and power: try a sentence before a charter depends on
 * it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "charters.h"
#include "commands.h"
#include "model/act.h"
#include "rule_power.h"
#include "rules/tally.h"

/* A rule and whom it is asked about. */
struct trial {
    struct arena arena;
    struct charter_file file; /* With --charter. */
    bool has_charter;
    const struct rule *rule;
    const struct rule_roster *roster; /* NULL: names are not checked. */
    struct rule_roster made;          /* Without a charter: so many members. */
    uint8_t answers[SEATS_MAX];
    const char *names[SEATS_MAX];
};

/* The answer a word names, of all seven a seat can be in. */
static bool find_answer(const char *word, size_t size, enum answer *ret_answer)
{
    for (int i = 0; i < ANSWER_NOT_MEMBER; i++) {
        const char *own = answer_word((enum answer)i);
        if (strlen(own) == size && strncmp(own, word, size) == 0) {
            *ret_answer = (enum answer)i;
            return true;
        }
    }
    return false;
}

static enum comity_error bad_word(const char *word, struct fault *fault)
{
    return fault_set(fault, COMITY_USAGE,
                     "`%.40s` is neither a count such as yes=9 nor a seat's answer such as "
                     "FRA=yes",
                     word);
}

static bool read_count(const char *text, uint32_t *ret_count)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text) || strlen(text) > 9)
        return false;
    *ret_count = (uint32_t)strtoul(text, NULL, 10);
    return true;
}

/* Counts without a charter make a roster of that many; `members=15` makes more, silent. */
static enum comity_error count_members(const struct arguments *arguments, uint32_t *ret_count,
                                       struct fault *fault)
{
    uint32_t sum = 0, members = 0;
    for (size_t i = 2; i < arguments->count; i++) {
        const char *word = arguments->words[i];
        const char *equals = strchr(word, '=');
        uint32_t count = 0;
        enum answer answer;
        if (equals == NULL || !read_count(equals + 1, &count))
            return bad_word(word, fault);
        if (strncmp(word, "members=", 8) == 0)
            members = count;
        else if (find_answer(word, (size_t)(equals - word), &answer))
            sum = count > SEATS_MAX || sum > SEATS_MAX ? SEATS_MAX + 1 : sum + count;
        else
            return fault_set(fault, COMITY_USAGE,
                             "`%.40s` names no answer; a seat's name needs --charter", word);
    }
    *ret_count = members > sum ? members : sum;
    if (*ret_count > SEATS_MAX || (members > 0 && members < sum))
        return fault_set(fault, COMITY_USAGE,
                         "%" PRIu32 " members, %" PRIu32 " of whom answer: there are at most %d, "
                         "and no fewer than answer",
                         members, sum, SEATS_MAX);
    return COMITY_OK;
}

/* Give so many seats that are still silent this answer, in the roster's order. */
static enum comity_error set_count(struct trial *self, enum answer answer, uint32_t count,
                                   struct fault *fault)
{
    for (uint32_t i = 0; i < self->rule->slots_count && self->has_charter; i++) {
        if (self->rule->slots[i].group != ROSTER_NONE || self->rule->slots[i].weight != ROSTER_NONE)
            return fault_set(fault, COMITY_USAGE,
                             "this rule looks at groups or weights, so say who answers what, as "
                             "in FRA=yes, and others=no");
    }
    for (uint32_t seat = 0; seat < self->roster->seats_count && count > 0; seat++) {
        if (!seat_set_has(&self->roster->members, seat) || self->answers[seat] != ANSWER_SILENT)
            continue;
        self->answers[seat] = (uint8_t)answer;
        count--;
    }
    return count == 0 || answer == ANSWER_SILENT
               ? COMITY_OK
               : fault_set(fault, COMITY_USAGE, "there are not so many members");
}

static enum comity_error set_seat(struct trial *self, const char *word, const char *equals,
                                  bool others, struct fault *fault)
{
    enum answer answer;
    char name[SEAT_NAME_MAX + 1];
    size_t size = (size_t)(equals - word);
    if (size > SEAT_NAME_MAX || !find_answer(equals + 1, strlen(equals + 1), &answer))
        return bad_word(word, fault);
    memcpy(name, word, size);
    name[size] = '\0';
    if (strcmp(name, "others") == 0) {
        for (uint32_t i = 0; others && i < self->roster->seats_count; i++) {
            if (seat_set_has(&self->roster->members, i) && self->answers[i] == ANSWER_SILENT)
                self->answers[i] = (uint8_t)answer;
        }
        return COMITY_OK;
    }
    int32_t seat = charter_find_seat(self->file.charter, name);
    if (seat < 0)
        return fault_set(fault, COMITY_USAGE, "the charter has no seat %s", name);
    if (!others)
        self->answers[seat] = (uint8_t)answer;
    return COMITY_OK;
}

/* `others=` is read last, whatever its place. */
static enum comity_error read_answers(struct trial *self, const struct arguments *arguments,
                                      struct fault *fault)
{
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++)
        self->answers[seat] =
            seat_set_has(&self->roster->members, seat) ? ANSWER_SILENT : ANSWER_NOT_MEMBER;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 2; i < arguments->count; i++) {
            const char *word = arguments->words[i];
            const char *equals = strchr(word, '=');
            uint32_t count = 0;
            enum answer answer;
            enum comity_error error = COMITY_OK;
            if (equals == NULL)
                return bad_word(word, fault);
            if (strncmp(word, "members=", 8) == 0)
                continue;
            if (!read_count(equals + 1, &count) && self->has_charter)
                error = set_seat(self, word, equals, pass == 1, fault);
            else if (!find_answer(word, (size_t)(equals - word), &answer))
                error = bad_word(word, fault);
            else if (pass == 0)
                error = set_count(self, answer, count, fault);
            if (error != COMITY_OK)
                return error;
        }
    }
    return COMITY_OK;
}

/* One word is no sentence: it was meant as a rule's name, and these there are. */
static enum comity_error no_such_rule(const struct charter *charter, const char *word,
                                      struct fault *fault)
{
    char names[512];
    struct text text;
    text_init(&text, names, sizeof names);
    for (uint32_t i = 0; i < charter->rules_count; i++)
        text_format(&text, "%s%s", i == 0 ? "" : ", ", charter->rules[i].name);
    return fault_set(fault, COMITY_NOT_FOUND, "%s has no rule %.40s; it has %.400s", charter->name,
                     word, names);
}

/* The sentence itself, or the charter's rule of this name. */
static const char *find_sentence(const struct trial *self, const char *word)
{
    const struct charter *charter = self->has_charter ? self->file.charter : NULL;
    for (uint32_t i = 0; charter != NULL && i < charter->rules_count; i++) {
        if (strcmp(charter->rules[i].name, word) == 0)
            return charter->rules[i].sentence;
    }
    return word;
}

/* The charter's rule of this name, if it asks twice; else NULL. */
static const struct charter_rule *find_staged(const struct trial *self, const char *word)
{
    const struct charter *charter = self->has_charter ? self->file.charter : NULL;
    for (uint32_t i = 0; charter != NULL && i < charter->rules_count; i++) {
        if (charter->rules[i].has_stages && strcmp(charter->rules[i].name, word) == 0)
            return &charter->rules[i];
    }
    return NULL;
}

static enum comity_error trial_open(struct trial *self, struct cli *cli,
                                    const struct arguments *arguments, struct fault *fault)
{
    const char *path = options_value(arguments, "charter");
    bool evaluate = strcmp(arguments->words[0], "evaluate") == 0;
    bool power = strcmp(arguments->words[0], "power") == 0;
    enum comity_error error = COMITY_OK;
    if (path != NULL) {
        error = charter_file_read(cli, path, NULL, true, &self->file, fault);
        if (error != COMITY_OK)
            return error;
        self->has_charter = true;
        for (uint32_t i = 0; i < self->file.charter->seats_count; i++)
            self->names[i] = self->file.charter->seats[i].name;
        error = charter_roster(self->file.charter, &self->arena, &self->roster);
    } else if (evaluate || power) {
        error = count_members(arguments, &self->made.seats_count, fault);
        for (uint32_t i = 0; error == COMITY_OK && i < self->made.seats_count; i++)
            seat_set_add(&self->made.members, i);
        self->roster = &self->made;
    }
    if (error != COMITY_OK)
        return error;
    const char *word = arguments->words[1], *sentence = find_sentence(self, word);
    if (self->has_charter && sentence == word && rule_name_is_valid(bytes_of_text(word)))
        return no_such_rule(self->file.charter, word, fault);
    return rule_parse(&self->arena, bytes_of_text(sentence), self->roster, &self->rule, fault);
}

static enum cli_exit evaluate_rule(struct cli *cli, struct trial *self)
{
    struct rule_outcome outcome = {0};
    rule_evaluate(self->rule, self->roster, self->answers, self->has_charter ? self->names : NULL,
                  &outcome);
    struct page page;
    page_init(&page, cli->color);
    enum cli_exit end = outcome.holds ? CLI_OK : CLI_REFUSED;
    if (cli->json) {
        page_format(&page, "{\"holds\": %s, \"line\": \"", outcome.holds ? "true" : "false");
        page_plain(&page, outcome.line); /* Names and numbers: nothing JSON would escape. */
        page_add(&page, "\"}\n");
        return cli_print(cli, &page, end);
    }
    page_styled(&page, outcome.holds ? STYLE_GOOD : STYLE_BAD,
                outcome.holds ? "holds" : "does not hold");
    page_add(&page, ": ");
    page_plain(&page, outcome.line);
    page_add(&page, "\n");
    return cli_print(cli, &page, end);
}

/* `{"rule": "yes >= 2", "words": "at least 2 yes"}` */
static enum cli_exit print_rule(struct cli *cli, const struct trial *self, bool explain)
{
    char words[4 * RULE_TEXT_MAX];
    struct text text;
    struct page page;
    text_init(&text, words, sizeof words);
    if (explain)
        rule_explain(self->rule, &text);
    page_init(&page, cli->color);
    if (cli->json) { /* Names, numbers and a rule's words: nothing JSON would escape. */
        page_add(&page, "{\"rule\": \"");
        page_plain(&page, self->rule->text);
        if (explain) {
            page_add(&page, "\", \"words\": \"");
            page_plain(&page, words);
        }
        page_add(&page, "\"}");
    } else {
        page_plain(&page, explain ? words : self->rule->text);
    }
    page_add(&page, "\n");
    return cli_print(cli, &page, CLI_OK);
}

static enum cli_exit measure_power(struct cli *cli, struct trial *self)
{
    struct fault fault = {{0}};
    const struct power *power = NULL;
    enum comity_error error = rule_power(&self->arena, self->rule, self->roster, &power, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    return rule_power_print(cli, self->rule, power, self->has_charter ? self->names : NULL);
}

static enum cli_exit print_own(struct cli *cli, const char *before, const char *name,
                               const char *after)
{
    struct page page;
    page_init(&page, cli->color);
    page_add(&page, before);
    page_plain(&page, name);
    page_add(&page, after);
    return cli_print(cli, &page, CLI_OK);
}

/* One of the rules that a rule with stages asks by. */
static enum cli_exit run_stage(struct cli *cli, struct trial *self, const char *name,
                               const char *which, bool power)
{
    struct fault fault = {{0}};
    char heading[64];
    enum comity_error error = rule_parse(&self->arena, bytes_of_text(find_sentence(self, name)),
                                         self->roster, &self->rule, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    (void)snprintf(heading, sizeof heading, ", %s: ", which);
    if (!cli->json) {
        enum cli_exit end = print_own(cli, power ? "\nrule " : "rule ", name, heading);
        if (end != CLI_OK)
            return end;
    }
    return power ? measure_power(cli, self) : print_rule(cli, self, true);
}

/* Explain, or measure, each ballot: the first, and those it may lead to. As JSON a list. */
static enum cli_exit run_stages(struct cli *cli, struct trial *self,
                                const struct charter_rule *rule, bool power)
{
    char words[3 * RULE_TEXT_MAX + 512];
    struct text text;
    const struct {
        const char *name, *which;
    } stages[] = {
        {rule->stages.first, "first ballot"},
        {rule->stages.adopted, "second ballot if the first carries"},
        {rule->stages.failed, "second ballot if the first does not carry"},
    };
    text_init(&text, words, sizeof words);
    charter_explain_stages(self->file.charter, rule, &text);
    enum cli_exit end =
        cli->json ? print_own(cli, "[", "", "") : print_own(cli, "Two ballots: ", words, ".\n");
    for (size_t i = 0; i < sizeof stages / sizeof stages[0] && end == CLI_OK; i++) {
        if (stages[i].name == NULL)
            continue;
        if (cli->json && i > 0)
            end = print_own(cli, ",", "", "");
        if (end == CLI_OK)
            end = run_stage(cli, self, stages[i].name, stages[i].which, power);
    }
    return end == CLI_OK && cli->json ? print_own(cli, "]\n", "", "") : end;
}

static enum cli_exit run_trial(struct cli *cli, const struct arguments *arguments,
                               struct trial *self)
{
    struct fault fault = {{0}};
    enum comity_error error = trial_open(self, cli, arguments, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const char *what = arguments->words[0];
    bool power = strcmp(what, "power") == 0;
    bool explain = strcmp(what, "explain") == 0;
    const struct charter_rule *staged = find_staged(self, arguments->words[1]);
    if (staged != NULL && (power || explain))
        return run_stages(cli, self, staged, power);
    if (staged != NULL)
        cli_note(cli, "rule %s asks twice; this is its first ballot, by rule %s", staged->name,
                 staged->stages.first);
    if (strcmp(what, "evaluate") == 0) {
        error = read_answers(self, arguments, &fault);
        return error == COMITY_OK ? evaluate_rule(cli, self) : cli_fail(cli, error, &fault);
    }
    if (power)
        return measure_power(cli, self);
    return print_rule(cli, self, explain);
}

enum cli_exit command_rule(struct cli *cli, const struct arguments *arguments)
{
    const char *what = arguments->words[0];
    bool evaluate = strcmp(what, "evaluate") == 0;
    bool power = strcmp(what, "power") == 0;
    bool counted = power && !options_has(arguments, "charter");
    if (!evaluate && !power && strcmp(what, "check") != 0 && strcmp(what, "explain") != 0)
        return cli_usage(cli,
                         "a rule can be checked, explained or evaluated, or its power measured; "
                         "not `%.40s`",
                         what);
    if (!evaluate && !counted && arguments->count > 2)
        return cli_usage(cli, "the whole rule is one word: put it in quotes");
    if (counted && arguments->count != 3)
        return cli_usage(cli, "whose power? --charter FILE, or how many: members=15");
    struct trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL)
        return cli_fail(cli, COMITY_MEMORY, NULL);
    arena_init(&trial->arena, 0);
    enum cli_exit end = run_trial(cli, arguments, trial);
    if (trial->has_charter)
        charter_file_free(&trial->file);
    arena_free(&trial->arena);
    free(trial);
    return end;
}
