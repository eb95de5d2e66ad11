/* SPDX-License-Identifier: Apache-2.0 */
/* drafts.c - propose and amend. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "codec/strict.h"
#include "charter.pb-c.h"
#include "commands.h"
#include "life.h"
#include "markdown.h"
#include "model/limits.h"
#include "terms.h"

/* Everything a proposal is made of, and the memory it lives in. */
struct draft {
    struct arena arena;
    struct buffer file;
    const char *seats[PLEDGES_MAX]; /* Of each pledge, by name. */
    char *parties[SEATS_MAX];       /* To the dispute. */
    Comity__V1__DraftPropose propose;
};

static void draft_free(struct draft *self)
{
    arena_free(&self->arena);
    buffer_free(&self->file);
    free(self);
}

static enum comity_error read_terms(struct draft *self, const struct arguments *arguments,
                                    struct fault *fault)
{
    Comity__V1__DraftPropose *propose = &self->propose;
    propose->terms = arena_array(&self->arena, TERMS_MAX, sizeof(void *));
    propose->pledges = arena_array(&self->arena, PLEDGES_MAX, sizeof(void *));
    propose->goals = arena_array(&self->arena, GOALS_MAX, sizeof(void *));
    if (propose->terms == NULL || propose->pledges == NULL || propose->goals == NULL)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    const char *word;
    enum comity_error error = COMITY_OK;
    while (error == COMITY_OK &&
           (word = options_value_at(arguments, "term", propose->n_terms)) != NULL) {
        if (propose->n_terms == TERMS_MAX)
            return fault_set(fault, COMITY_LIMIT, "a proposal has at most %d terms", TERMS_MAX);
        error = term_parse(word, &self->arena, &propose->terms[propose->n_terms], fault);
        propose->n_terms++;
    }
    while (error == COMITY_OK &&
           (word = options_value_at(arguments, "pledge", propose->n_pledges)) != NULL) {
        if (propose->n_pledges == PLEDGES_MAX)
            return fault_set(fault, COMITY_LIMIT, "a proposal has at most %d pledges", PLEDGES_MAX);
        error = pledge_parse(word, &self->arena, &self->seats[propose->n_pledges],
                             &propose->pledges[propose->n_pledges], fault);
        propose->n_pledges++;
    }
    while (error == COMITY_OK &&
           (word = options_value_at(arguments, "goal", propose->n_goals)) != NULL) {
        if (propose->n_goals == GOALS_MAX)
            return fault_set(fault, COMITY_LIMIT, "a proposal has at most %d goals", GOALS_MAX);
        error = goal_parse(word, &self->arena, &propose->goals[propose->n_goals], fault);
        propose->n_goals++;
    }
    word = options_value(arguments, "spend");
    if (error == COMITY_OK && word != NULL)
        error = spend_parse(word, &self->arena, &propose->effect, fault);
    return error;
}

/* A seat's index is its place in the charter. */
static enum comity_error find_seats(struct cli *cli, struct draft *self, struct fault *fault)
{
    if (self->propose.n_pledges == 0)
        return COMITY_OK;
    struct comity_reply reply;
    enum comity_error error = comity_get_charter(cli->daemon, &reply, fault);
    if (error != COMITY_OK)
        return error;
    const ProtobufCBinaryData *bytes = &reply.response->charter->charter;
    ProtobufCMessage *message = NULL;
    error = strict_unpack(&comity__v1__charter__descriptor, bytes_of(bytes->data, bytes->len),
                          1 << 16, &self->arena, &message, fault);
    const Comity__V1__Charter *charter = (const Comity__V1__Charter *)message;
    for (size_t i = 0; i < self->propose.n_pledges && error == COMITY_OK; i++) {
        size_t seat = 0;
        while (seat < charter->n_seats && strcmp(charter->seats[seat]->name, self->seats[i]) != 0)
            seat++;
        if (seat == charter->n_seats)
            error = fault_set(fault, COMITY_NOT_FOUND,
                              "no seat is called %.40s; `comity status` lists the seats",
                              self->seats[i]);
        self->propose.pledges[i]->seat = (uint32_t)seat;
    }
    comity_reply_free(&reply);
    return error;
}

/* A date, or a length such as 72h from the forum's now. */
static enum comity_error find_close(struct cli *cli, const char *word, int64_t *ret_ms,
                                    struct fault *fault)
{
    int64_t length_ms = 0;
    if (word == NULL || calendar_parse(word, ret_ms) == COMITY_OK)
        return COMITY_OK;
    if (calendar_parse_length(word, &length_ms) != COMITY_OK || length_ms <= 0)
        return fault_set(fault, COMITY_USAGE,
                         "--closes takes a time such as 2016-10-05T12:30Z, or a length such as "
                         "72h, not `%.40s`",
                         word);
    struct comity_reply reply;
    enum comity_error error = comity_get_docket(cli->daemon, &reply, fault);
    if (error != COMITY_OK)
        return error;
    *ret_ms = reply.response->docket->forum_ms + length_ms;
    comity_reply_free(&reply);
    return COMITY_OK;
}

/* The title is given, or the text's first heading, which then leaves the text. */
static enum comity_error read_title(struct draft *self, const struct arguments *arguments,
                                    const char **ret_text, struct fault *fault)
{
    const char *text = (const char *)self->file.data;
    const char *title = options_value(arguments, "title");
    if (title == NULL) {
        char *heading = arena_alloc(&self->arena, TITLE_MAX + 1);
        if (heading == NULL)
            return fault_set(fault, COMITY_MEMORY, "out of memory");
        if (!markdown_take_title(&text, heading, TITLE_MAX + 1))
            return fault_set(fault, COMITY_USAGE,
                             "the text has no title of 1 to %d bytes: begin it with a line "
                             "`# Title`, or give --title",
                             TITLE_MAX);
        title = heading;
    }
    if (title[0] == '\0' || strlen(title) > TITLE_MAX)
        return fault_set(fault, COMITY_USAGE, "a title has 1 to %d bytes", TITLE_MAX);
    self->propose.title = (char *)title;
    *ret_text = text;
    return COMITY_OK;
}

static enum cli_exit propose(struct cli *cli, const struct arguments *arguments, struct draft *self)
{
    struct fault fault = {{0}};
    const char *text = NULL;
    const char *rule = options_value(arguments, "rule");
    const char *topic = options_value(arguments, "topic");
    enum comity_error error = cli_read_text(cli, arguments->words[0], &self->file, &fault);
    if (error == COMITY_OK)
        error = read_title(self, arguments, &text, &fault);
    if (error == COMITY_OK)
        error = read_terms(self, arguments, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    error = effect_read(cli, arguments, &self->arena, &self->propose.effect, &fault);
    if (error == COMITY_OK)
        error = reservable_read(arguments, &self->arena, &self->propose, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    error = find_close(cli, options_value(arguments, "closes"), &self->propose.closes_ms, &fault);
    if (error == COMITY_OK)
        error = find_seats(cli, self, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    self->propose.rule = (char *)(rule != NULL ? rule : "");
    self->propose.topic = (char *)(topic != NULL ? topic : "");
    self->propose.binding = options_has(arguments, "binding");
    self->propose.must_abstain = self->parties;
    const char *party;
    while ((party = options_value_at(arguments, "must-abstain", self->propose.n_must_abstain)) !=
           NULL) {
        if (self->propose.n_must_abstain == SEATS_MAX)
            return cli_usage(cli, "more seats must abstain than there are");
        self->parties[self->propose.n_must_abstain++] = (char *)(uintptr_t)party;
    }
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.text = (char *)text;
    submit.act_case = COMITY__V1__SUBMIT__ACT_PROPOSE;
    submit.propose = &self->propose;
    return cli_submit(cli, &submit, self->propose.title);
}

enum cli_exit command_propose(struct cli *cli, const struct arguments *arguments)
{
    struct draft *draft = calloc(1, sizeof *draft);
    if (draft == NULL)
        return cli_fail(cli, COMITY_MEMORY, NULL);
    arena_init(&draft->arena, 0);
    comity__v1__draft_propose__init(&draft->propose);
    enum cli_exit end = propose(cli, arguments, draft);
    draft_free(draft);
    return end;
}

static bool read_clause(const char *word, uint32_t *ret_clause)
{
    if (word == NULL || strspn(word, "0123456789") != strlen(word) || strlen(word) > 5)
        return false;
    *ret_clause = (uint32_t)strtoul(word, NULL, 10);
    return *ret_clause > 0;
}

static const struct {
    const char *word;
    Comity__V1__Amend__Operation operation;
    bool takes_text;
} operations[] = {
    {"add", COMITY__V1__AMEND__OPERATION__AMEND_ADD, true},
    {"strike", COMITY__V1__AMEND__OPERATION__AMEND_STRIKE, false},
    {"replace", COMITY__V1__AMEND__OPERATION__AMEND_REPLACE, true},
    {"move", COMITY__V1__AMEND__OPERATION__AMEND_MOVE, false},
    {"part", COMITY__V1__AMEND__OPERATION__AMEND_PART, false},
};

enum cli_exit command_amend(struct cli *cli, const struct arguments *arguments)
{
    enum { OPERATIONS = sizeof operations / sizeof operations[0] };
    const char *to = options_value(arguments, "to");
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    enum comity_error error = cli_target(arguments->words[0], "P", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    Comity__V1__DraftAmend draft = COMITY__V1__DRAFT_AMEND__INIT;
    size_t i = 0;
    while (i < OPERATIONS && strcmp(operations[i].word, arguments->words[1]) != 0)
        i++;
    if (i == OPERATIONS)
        return cli_usage(cli, "`%.40s` is no amendment: say add, strike, replace, move or part",
                         arguments->words[1]);
    draft.proposal = name;
    draft.operation = operations[i].operation;
    if (!read_clause(arguments->words[2], &draft.clause))
        return cli_usage(cli, "`%.40s` is no clause's number", arguments->words[2]);
    if ((strcmp(operations[i].word, "move") == 0) != (to != NULL) ||
        (to != NULL && !read_clause(to, &draft.to)))
        return cli_usage(cli, "`move 3 --to 1` names both places, by number");
    if (operations[i].takes_text != (arguments->count == 4))
        return cli_usage(cli, operations[i].takes_text
                                  ? "the clause's text is missing: give it in quotes, or - to "
                                    "read it"
                                  : "no text belongs here");
    struct buffer text = {0};
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    if (operations[i].takes_text) {
        submit.text = (char *)arguments->words[3];
        if (strcmp(arguments->words[3], "-") == 0) {
            error = cli_read_text(cli, "-", &text, &fault);
            if (error != COMITY_OK)
                return cli_fail(cli, error, &fault);
            submit.text = (char *)text.data;
        } else if (!utf8_is_valid(bytes_of_text(arguments->words[3]))) {
            return cli_usage(cli, "the text is not UTF-8");
        }
    }
    submit.act_case = COMITY__V1__SUBMIT__ACT_AMEND;
    submit.amend = &draft;
    enum cli_exit end = cli_submit(cli, &submit, "an amendment");
    buffer_free(&text);
    return end;
}
