/* SPDX-License-Identifier: Apache-2.0 */
/* voices.c - what is said without asking: note, act-alone, endorse, condemn; and the chair's
 * rulings, procedure. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "commands.h"

enum { RELIES_ON_MAX = 16 };

/* Words joined by spaces, or standard input for `-`. The caller frees. */
static enum comity_error read_words(struct cli *cli, const struct arguments *arguments, size_t from,
                                    struct buffer *ret_text, struct fault *fault)
{
    if (arguments->count == from + 1 && strcmp(arguments->words[from], "-") == 0)
        return cli_read_text(cli, "-", ret_text, fault);
    struct buffer text = {0};
    enum comity_error error = COMITY_OK;
    for (size_t i = from; i < arguments->count && error == COMITY_OK; i++) {
        if (i > from)
            error = buffer_append(&text, " ", 1);
        if (error == COMITY_OK)
            error = buffer_append(&text, arguments->words[i], strlen(arguments->words[i]));
    }
    if (error == COMITY_OK)
        error = buffer_append(&text, "", 1);
    if (error == COMITY_OK && !utf8_is_valid(bytes_of(text.data, text.size - 1)))
        error = fault_set(fault, COMITY_INVALID, "the text is not UTF-8");
    if (error != COMITY_OK)
        buffer_free(&text);
    else
        *ret_text = text;
    return error;
}

enum cli_exit command_note(struct cli *cli, const struct arguments *arguments)
{
    struct buffer text = {0};
    struct fault fault = {{0}};
    char name[CLI_NAME_SIZE] = "";
    const char *about = options_value(arguments, "about");
    enum comity_error error = about != NULL ? cli_target(about, "PAD", name, &fault) : COMITY_OK;
    if (error == COMITY_OK)
        error = read_words(cli, arguments, 0, &text, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    Comity__V1__DraftTarget draft = COMITY__V1__DRAFT_TARGET__INIT;
    draft.target = name;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.text = (char *)text.data;
    submit.act_case = COMITY__V1__SUBMIT__ACT_NOTE;
    submit.note = &draft;
    enum cli_exit end = cli_submit(cli, &submit, "a note to the floor");
    buffer_free(&text);
    return end;
}

enum cli_exit command_act_alone(struct cli *cli, const struct arguments *arguments)
{
    char names[RELIES_ON_MAX][CLI_NAME_SIZE];
    char *relies_on[RELIES_ON_MAX];
    struct fault fault = {{0}};
    Comity__V1__DraftAlone draft = COMITY__V1__DRAFT_ALONE__INIT;
    const char *word;
    while ((word = options_value_at(arguments, "relies-on", draft.n_relies_on)) != NULL) {
        if (draft.n_relies_on == RELIES_ON_MAX)
            return cli_usage(cli, "an act relies on at most %d agreements", RELIES_ON_MAX);
        enum comity_error error = cli_target(word, "A", names[draft.n_relies_on], &fault);
        if (error != COMITY_OK)
            return cli_fail(cli, error, &fault);
        relies_on[draft.n_relies_on] = names[draft.n_relies_on];
        draft.n_relies_on++;
    }
    struct buffer text = {0};
    if (arguments->count > 1) {
        enum comity_error error = read_words(cli, arguments, 1, &text, &fault);
        if (error != COMITY_OK)
            return cli_fail(cli, error, &fault);
    }
    const char *topic = options_value(arguments, "topic");
    draft.relies_on = relies_on;
    draft.title = (char *)arguments->words[0];
    draft.topic = (char *)(topic != NULL ? topic : "");
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.text = text.data != NULL ? (char *)text.data : (char *)protobuf_c_empty_string;
    submit.act_case = COMITY__V1__SUBMIT__ACT_ACT_ALONE;
    submit.act_alone = &draft;
    enum cli_exit end = cli_submit(cli, &submit, "acts alone");
    buffer_free(&text);
    return end;
}

static enum cli_exit opinion(struct cli *cli, const struct arguments *arguments, bool condemn)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    enum comity_error error = cli_target(arguments->words[0], "PAD", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    Comity__V1__DraftTarget draft = COMITY__V1__DRAFT_TARGET__INIT;
    draft.target = name;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = condemn ? COMITY__V1__SUBMIT__ACT_CONDEMN : COMITY__V1__SUBMIT__ACT_ENDORSE;
    if (condemn)
        submit.condemn = &draft;
    else
        submit.endorse = &draft;
    char what[CLI_NAME_SIZE + 16];
    (void)snprintf(what, sizeof what, "%s %s", condemn ? "condemns" : "endorses", name);
    return cli_submit(cli, &submit, what);
}

enum cli_exit command_endorse(struct cli *cli, const struct arguments *arguments)
{
    return opinion(cli, arguments, false);
}

enum cli_exit command_condemn(struct cli *cli, const struct arguments *arguments)
{
    return opinion(cli, arguments, true);
}

static enum cli_exit rule_on(struct cli *cli, Comity__V1__DraftProcedure *draft, const char *what)
{
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_PROCEDURE;
    submit.procedure = draft;
    return cli_submit(cli, &submit, what);
}

static enum cli_exit decide_tie(struct cli *cli, const struct arguments *arguments)
{
    Comity__V1__DraftProcedure draft = COMITY__V1__DRAFT_PROCEDURE__INIT;
    const char *word = arguments->words[2];
    char name[CLI_NAME_SIZE];
    char what[CLI_NAME_SIZE + 48];
    struct fault fault = {{0}};
    enum comity_error error = cli_target(arguments->words[1], "P", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    if (strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
        return cli_usage(cli, "a tie is decided by yes or no, not `%.40s`", word);
    draft.ruling = COMITY__V1__PROCEDURE__RULING__RULING_TIE;
    draft.answer =
        strcmp(word, "yes") == 0 ? COMITY__V1__ANSWER__ANSWER_YES : COMITY__V1__ANSWER__ANSWER_NO;
    draft.proposal = name;
    (void)snprintf(what, sizeof what, "decides %.4s in the tie on %s", word, name);
    return rule_on(cli, &draft, what);
}

enum cli_exit command_procedure(struct cli *cli, const struct arguments *arguments)
{
    Comity__V1__DraftProcedure draft = COMITY__V1__DRAFT_PROCEDURE__INIT;
    const char *ruling = arguments->words[0];
    const char *word = arguments->count > 1 ? arguments->words[1] : "";
    char name[CLI_NAME_SIZE];
    char what[CLI_NAME_SIZE + 48];
    struct fault fault = {{0}};
    if (strcmp(ruling, "close") == 0 && arguments->count == 2) {
        enum comity_error error = cli_target(word, "P", name, &fault);
        if (error != COMITY_OK)
            return cli_fail(cli, error, &fault);
        draft.ruling = COMITY__V1__PROCEDURE__RULING__RULING_CLOSE;
        draft.proposal = name;
        (void)snprintf(what, sizeof what, "closes balloting on %s", name);
        return rule_on(cli, &draft, what);
    }
    if (strcmp(ruling, "advance") == 0 && arguments->count == 2) {
        draft.ruling = COMITY__V1__PROCEDURE__RULING__RULING_ADVANCE;
        if (calendar_parse(word, &draft.time_ms) != COMITY_OK)
            return cli_usage(cli, "`%.40s` is no date: write 2016-10-05 or 2016-10-05T12:30Z",
                             word);
        (void)snprintf(what, sizeof what, "advances the clock to %.40s", word);
        return rule_on(cli, &draft, what);
    }
    if (strcmp(ruling, "roll-call") == 0 && arguments->count >= 2) {
        draft.ruling = COMITY__V1__PROCEDURE__RULING__RULING_ROLL_CALL;
        draft.n_present = arguments->count - 1;
        draft.present = (char **)(void *)(arguments->words + 1);
        return rule_on(cli, &draft, "calls the roll");
    }
    if (strcmp(ruling, "suspend") == 0 && arguments->count == 1) {
        draft.ruling = COMITY__V1__PROCEDURE__RULING__RULING_SUSPEND;
        return rule_on(cli, &draft, "suspends the forum");
    }
    if (strcmp(ruling, "resume") == 0 && arguments->count == 1) {
        draft.ruling = COMITY__V1__PROCEDURE__RULING__RULING_RESUME;
        return rule_on(cli, &draft, "resumes the forum");
    }
    if (strcmp(ruling, "tie") == 0 && arguments->count == 3)
        return decide_tie(cli, arguments);
    return cli_usage(cli, "a ruling is `close P3`, `advance 2016-10-05`, `roll-call SEAT...`, "
                          "`suspend`, `resume` or `tie P3 yes|no`");
}
