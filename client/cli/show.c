/* SPDX-License-Identifier: Apache-2.0 */
/* show.c - one thing, in the format asked for. */
#include "show.h"

#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "show_charter.h"
#include "show_standing.h"

static enum cli_exit print_proposal(struct cli *cli, const Comity__V1__ProposalInfo *proposal,
                                    const char *format)
{
    struct page page;
    page_init(&page, cli->color);
    if (strcmp(format, "text") == 0) {
        show_proposal(&page, proposal);
        show_moves(cli, &page, proposal);
        return cli_print(cli, &page, CLI_OK);
    }
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_status(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const show_forum *forum = comity_find_forum(reply.response->status, comity_forum(cli->daemon));
    page.color = false;
    if (strcmp(format, "html") == 0)
        show_proposal_html(&page, proposal, forum);
    else
        show_proposal_markdown(&page, proposal, forum);
    comity_reply_free(&reply);
    return cli_print(cli, &page, CLI_OK);
}

static enum cli_exit print_agreement(struct cli *cli, const char *name)
{
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_agreement(cli->daemon, name, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__AgreementInfo *agreement = reply.response->agreement;
    enum cli_exit end;
    if (cli->json) {
        end = cli_print_json(cli, &agreement->base, CLI_OK);
    } else {
        struct page page;
        page_init(&page, cli->color);
        show_agreement(&page, agreement);
        end = cli_print(cli, &page, CLI_OK);
    }
    comity_reply_free(&reply);
    return end;
}

static enum cli_exit print_declaration(struct cli *cli, const char *name)
{
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_docket(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__Docket *docket = reply.response->docket;
    const Comity__V1__DeclarationInfo *found = NULL;
    for (size_t i = 0; i < docket->n_declarations; i++) {
        char number[16];
        (void)snprintf(number, sizeof number, "D%" PRIu32, docket->declarations[i]->number);
        if (strcmp(number, name) == 0)
            found = docket->declarations[i];
    }
    enum cli_exit end;
    if (found == NULL) {
        (void)fault_set(&fault, COMITY_NOT_FOUND, "there is no declaration %s", name);
        end = cli_fail(cli, COMITY_NOT_FOUND, &fault);
    } else if (cli->json) {
        end = cli_print_json(cli, &found->base, CLI_OK);
    } else {
        struct page page;
        page_init(&page, cli->color);
        show_declaration(&page, found);
        end = cli_print(cli, &page, CLI_OK);
    }
    comity_reply_free(&reply);
    return end;
}

static enum cli_exit print_named(struct cli *cli, const char *name, const char *format)
{
    if (name[0] == 'D' && name[1] <= '9')
        return print_declaration(cli, name);
    if (name[0] == 'A' && name[1] <= '9')
        return print_agreement(cli, name);
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_proposal(cli->daemon, name, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__ProposalInfo *proposal = reply.response->proposal;
    enum cli_exit end = cli->json ? cli_print_json(cli, &proposal->base, CLI_OK)
                                  : print_proposal(cli, proposal, format);
    comity_reply_free(&reply);
    return end;
}

enum cli_exit command_show(struct cli *cli, const struct arguments *arguments)
{
    const char *format = options_value(arguments, "format");
    if (format == NULL)
        format = "text";
    if (strcmp(format, "text") != 0 && strcmp(format, "html") != 0 &&
        strcmp(format, "markdown") != 0)
        return cli_usage(cli, "--format is text, html or markdown, not `%.40s`", format);
    bool charter = strcmp(arguments->words[0], "charter") == 0;
    bool weights = strcmp(arguments->words[0], "weights") == 0;
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    enum comity_error error =
        charter || weights ? COMITY_OK : cli_target(arguments->words[0], "PAD", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    if (weights)
        return show_weights(cli);
    return charter ? show_charter(cli) : print_named(cli, name, format);
}
