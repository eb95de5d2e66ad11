/* SPDX-License-Identifier: Apache-2.0 */
/* accounts.c - what is pledged under an agreement, paid, reported and vouched for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "commands.h"
#include "model/amount.h"

enum { AMOUNT_TEXT_MAX = 256 };

/* `40 Mt of CO2 by 2030-01-01`, in one word or in many. */
static enum comity_error join_words(const struct arguments *arguments, size_t from,
                                    char ret_text[AMOUNT_TEXT_MAX], struct fault *fault)
{
    size_t size = 0;
    for (size_t i = from; i < arguments->count; i++) {
        size_t more = strlen(arguments->words[i]);
        if (size + more + 2 > AMOUNT_TEXT_MAX)
            return fault_set(fault, COMITY_USAGE, "so many words are no amount");
        if (size > 0)
            ret_text[size++] = ' ';
        memcpy(ret_text + size, arguments->words[i], more);
        size += more;
    }
    ret_text[size] = '\0';
    return COMITY_OK;
}

static enum comity_error copy_name(const char *option, const char *value,
                                   char ret_name[NAME_MAX_SIZE + 1], struct fault *fault)
{
    if (strlen(value) > NAME_MAX_SIZE)
        return fault_set(fault, COMITY_USAGE, "--%s takes at most %d bytes", option, NAME_MAX_SIZE);
    memcpy(ret_name, value, strlen(value) + 1);
    return COMITY_OK;
}

/* --issue, --quantity, --unit, --due instead of words. */
static enum comity_error read_flags(const struct arguments *arguments, struct amount *amount,
                                    struct fault *fault)
{
    const char *issue = options_value(arguments, "issue");
    const char *quantity = options_value(arguments, "quantity");
    const char *unit = options_value(arguments, "unit");
    const char *due = options_value(arguments, "due");
    if (issue == NULL || issue[0] == '\0' || quantity == NULL)
        return fault_set(fault, COMITY_USAGE,
                         "say how much of what by when: \"40 Mt of CO2 by 2030-01-01\", or "
                         "--quantity 40 --unit Mt --issue CO2 --due 2030-01-01");
    char *end = NULL;
    errno = 0;
    amount->quantity = strtoll(quantity, &end, 10);
    if (errno != 0 || end == quantity || *end != '\0')
        return fault_set(fault, COMITY_USAGE, "--quantity takes a whole number, not `%.40s`",
                         quantity);
    if (due != NULL && calendar_parse(due, &amount->due_ms) != COMITY_OK)
        return fault_set(fault, COMITY_USAGE, "--due takes a day such as 2030-01-01, not `%.40s`",
                         due);
    enum comity_error error = copy_name("issue", issue, amount->issue, fault);
    return error != COMITY_OK || unit == NULL ? error
                                              : copy_name("unit", unit, amount->unit, fault);
}

static enum comity_error read_amount(const struct arguments *arguments, struct amount *ret_amount,
                                     struct fault *fault)
{
    struct amount amount = {.quantity = 0};
    char text[AMOUNT_TEXT_MAX];
    bool flags = options_has(arguments, "issue") || options_has(arguments, "quantity") ||
                 options_has(arguments, "unit") || options_has(arguments, "due");
    if (flags && arguments->count > 1)
        return fault_set(fault, COMITY_USAGE, "either words or --quantity and its like, not both");
    enum comity_error error;
    if (flags || arguments->count < 2) {
        error = read_flags(arguments, &amount, fault);
    } else {
        error = join_words(arguments, 1, text, fault);
        if (error == COMITY_OK && amount_parse(text, &amount, fault) != COMITY_OK)
            error = COMITY_USAGE;
    }
    if (error == COMITY_OK)
        *ret_amount = amount;
    return error;
}

static enum cli_exit deliver(struct cli *cli, const struct arguments *arguments, bool report)
{
    char name[CLI_NAME_SIZE];
    char what[AMOUNT_TEXT_MAX];
    struct amount amount;
    struct fault fault = {{0}};
    enum comity_error error = cli_target(arguments->words[0], "A", name, &fault);
    if (error == COMITY_OK)
        error = read_amount(arguments, &amount, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    Comity__V1__DraftDelivery draft = COMITY__V1__DRAFT_DELIVERY__INIT;
    draft.agreement = name;
    draft.issue = amount.issue;
    draft.quantity = amount.quantity;
    draft.unit = amount.unit;
    draft.due_ms = amount.due_ms;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = report ? COMITY__V1__SUBMIT__ACT_REPORT : COMITY__V1__SUBMIT__ACT_PLEDGE;
    if (report)
        submit.report = &draft;
    else
        submit.pledge = &draft;
    (void)snprintf(what, sizeof what, "%s %lld%s%s of %s under %s", report ? "reports" : "pledges",
                   (long long)amount.quantity, amount.unit[0] != '\0' ? " " : "", amount.unit,
                   amount.issue, name);
    return cli_submit(cli, &submit, what);
}

enum cli_exit command_pledge(struct cli *cli, const struct arguments *arguments)
{
    return deliver(cli, arguments, false);
}

enum cli_exit command_report(struct cli *cli, const struct arguments *arguments)
{
    return deliver(cli, arguments, true);
}

enum cli_exit command_contribute(struct cli *cli, const struct arguments *arguments)
{
    const char *sum = arguments->words[1];
    char name[CLI_NAME_SIZE];
    char what[CLI_NAME_SIZE + 64];
    struct fault fault = {{0}};
    enum comity_error error = cli_target(arguments->words[0], "A", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    char *end = NULL;
    errno = 0;
    unsigned long long quantity = strtoull(sum, &end, 10);
    if (errno != 0 || end == sum || *end != '\0' || sum[0] == '-' || quantity == 0)
        return cli_usage(cli,
                         "`%.40s` is no sum to pay: write a whole number, as in "
                         "`comity contribute A1 500`",
                         sum);
    Comity__V1__DraftContribute draft = COMITY__V1__DRAFT_CONTRIBUTE__INIT;
    draft.agreement = name;
    draft.quantity = quantity;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_CONTRIBUTE;
    submit.contribute = &draft;
    (void)snprintf(what, sizeof what, "pays %llu into the fund of %s", quantity, name);
    return cli_submit(cli, &submit, what);
}

/* `a1/r3`, `A1/R3` become `A1/r3`; a hex id stays. */
static bool read_report(const char *word, char ret_name[CLI_NAME_SIZE])
{
    static const char digits[] = "0123456789";
    if (strlen(word) == 64 && strspn(word, "0123456789abcdefABCDEF") == 64) {
        (void)snprintf(ret_name, CLI_NAME_SIZE, "%s", word);
        return true;
    }
    const char *at = word + (word[0] == 'A' || word[0] == 'a');
    size_t agreement = strspn(at, digits);
    const char *slash = at + agreement;
    if (agreement == 0 || agreement > 9 || slash[0] != '/')
        return false;
    const char *number = slash + 1 + (slash[1] == 'R' || slash[1] == 'r');
    size_t size = strspn(number, digits);
    if (size == 0 || size > 9 || number[size] != '\0')
        return false;
    (void)snprintf(ret_name, CLI_NAME_SIZE, "A%.*s/r%s", (int)agreement, at, number);
    return true;
}

enum cli_exit command_attest(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    char what[CLI_NAME_SIZE + 32];
    if (!read_report(arguments->words[0], name))
        return cli_usage(cli,
                         "`%.40s` is no report: reports are called A1/r1; `comity compliance A1` "
                         "lists them",
                         arguments->words[0]);
    Comity__V1__DraftAttest draft = COMITY__V1__DRAFT_ATTEST__INIT;
    draft.report = name;
    draft.disputes = options_has(arguments, "dispute");
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_ATTEST;
    submit.attest = &draft;
    (void)snprintf(what, sizeof what, "%s %s", draft.disputes ? "disputes" : "vouches for", name);
    return cli_submit(cli, &submit, what);
}
