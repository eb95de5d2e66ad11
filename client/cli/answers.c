/* SPDX-License-Identifier: Apache-2.0 */
/* answers.c - vote, cosponsor, retract, ratify, accede, withdraw. */
#include <string.h>

#include "base/calendar.h"
#include "commands.h"

/* The first word as a proposal or agreement. */
static enum comity_error target(const struct arguments *arguments, const char *kinds,
                                char ret_name[CLI_NAME_SIZE], struct fault *fault)
{
    return cli_target(arguments->words[0], kinds, ret_name, fault);
}

static const struct {
    const char *word;
    Comity__V1__Answer answer;
} answers[] = {
    {"yes", COMITY__V1__ANSWER__ANSWER_YES},       {"no", COMITY__V1__ANSWER__ANSWER_NO},
    {"object", COMITY__V1__ANSWER__ANSWER_OBJECT}, {"abstain", COMITY__V1__ANSWER__ANSWER_ABSTAIN},
    {"pass", COMITY__V1__ANSWER__ANSWER_PASS},
};

enum cli_exit command_vote(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    enum comity_error error = target(arguments, "P", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    Comity__V1__DraftBallot draft = COMITY__V1__DRAFT_BALLOT__INIT;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (strcmp(arguments->words[1], answers[i].word) == 0)
            draft.answer = answers[i].answer;
    }
    if (draft.answer == COMITY__V1__ANSWER__ANSWER_UNSPECIFIED)
        return cli_usage(cli, "`%.40s` is no answer: say yes, no, object, abstain or pass",
                         arguments->words[1]);
    uint8_t hash[32];
    const char *if_text = options_value(arguments, "if-text");
    if (if_text != NULL) {
        if (strlen(if_text) != 2 * sizeof hash ||
            hex_to_bytes(if_text, hash, sizeof hash) != COMITY_OK)
            return cli_usage(cli,
                             "--if-text takes the 64 hex digits of text_hash, as in "
                             "`comity show %.20s --json`",
                             name);
        draft.if_text = (ProtobufCBinaryData){.len = sizeof hash, .data = hash};
    }
    draft.proposal = name;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_BALLOT;
    submit.ballot = &draft;
    char what[CLI_NAME_SIZE + 16];
    (void)snprintf(what, sizeof what, "%.8s to %s", arguments->words[1], name);
    return cli_submit(cli, &submit, what);
}

/* An act of which there is nothing to say but the draft it is about. */
static enum cli_exit say_of_draft(struct cli *cli, const struct arguments *arguments,
                                  Comity__V1__Submit__ActCase act_case, const char *verb)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    enum comity_error error = target(arguments, "P", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    Comity__V1__DraftTarget draft = COMITY__V1__DRAFT_TARGET__INIT;
    draft.target = name;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = act_case;
    submit.cosponsor = &draft; /* A oneof is a union, and these three have one type in it. */
    char what[CLI_NAME_SIZE + 16];
    (void)snprintf(what, sizeof what, "%s %s", verb, name);
    return cli_submit(cli, &submit, what);
}

enum cli_exit command_cosponsor(struct cli *cli, const struct arguments *arguments)
{
    return say_of_draft(cli, arguments, COMITY__V1__SUBMIT__ACT_COSPONSOR, "sponsors");
}

enum cli_exit command_receipt(struct cli *cli, const struct arguments *arguments)
{
    return say_of_draft(cli, arguments, COMITY__V1__SUBMIT__ACT_RECEIPT, "has received");
}

enum cli_exit command_retract(struct cli *cli, const struct arguments *arguments)
{
    return say_of_draft(cli, arguments, COMITY__V1__SUBMIT__ACT_RETRACT, "retracts");
}

static enum comity_error home_verdict(const struct arguments *arguments,
                                      Comity__V1__HomeVerdict *ret_home, struct fault *fault)
{
    const char *word = options_value(arguments, "home");
    if (word == NULL)
        return COMITY_OK;
    if (strcmp(word, "yes") == 0)
        *ret_home = COMITY__V1__HOME_VERDICT__HOME_YES;
    else if (strcmp(word, "no") == 0)
        *ret_home = COMITY__V1__HOME_VERDICT__HOME_NO;
    else
        return fault_set(fault, COMITY_USAGE,
                         "--home says what parliament said, yes or no, not `%.40s`", word);
    return COMITY_OK;
}

static enum cli_exit consent(struct cli *cli, const struct arguments *arguments, bool accede)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    Comity__V1__DraftConsent draft = COMITY__V1__DRAFT_CONSENT__INIT;
    enum comity_error error = target(arguments, "A", name, &fault);
    if (error == COMITY_OK)
        error = home_verdict(arguments, &draft.home, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    draft.agreement = name;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = accede ? COMITY__V1__SUBMIT__ACT_ACCEDE : COMITY__V1__SUBMIT__ACT_RATIFY;
    if (accede)
        submit.accede = &draft;
    else
        submit.ratify = &draft;
    char what[CLI_NAME_SIZE + 16];
    (void)snprintf(what, sizeof what, "%s %s", accede ? "accedes to" : "ratifies", name);
    return cli_submit(cli, &submit, what);
}

enum cli_exit command_ratify(struct cli *cli, const struct arguments *arguments)
{
    return consent(cli, arguments, false);
}

enum cli_exit command_accede(struct cli *cli, const struct arguments *arguments)
{
    return consent(cli, arguments, true);
}

enum cli_exit command_withdraw(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    enum comity_error error = target(arguments, "A", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    Comity__V1__DraftWithdraw draft = COMITY__V1__DRAFT_WITHDRAW__INIT;
    draft.agreement = name;
    draft.taken_back = options_has(arguments, "take-back");
    const char *on = options_value(arguments, "on");
    if (on != NULL && (draft.taken_back || calendar_parse(on, &draft.effect_ms) != COMITY_OK))
        return cli_usage(cli,
                         draft.taken_back ? "a notice taken back names no day"
                                          : "--on takes a date, 2027-01-31, not `%.40s`",
                         on);
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_WITHDRAW;
    submit.withdraw = &draft;
    char what[CLI_NAME_SIZE + 48];
    (void)snprintf(what, sizeof what, "%s %s",
                   draft.taken_back ? "takes back the notice of withdrawal from"
                                    : "gives notice of withdrawal from",
                   name);
    return cli_submit(cli, &submit, what);
}
