/* SPDX-License-Identifier: Apache-2.0 */
/* submit.c - handing in an act, and saying what became of it. */
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "show.h"

/* Whom the record waits for, in the daemon's own sentence. */
static void add_waiting(struct cli *cli, struct page *page)
{
    struct comity_reply reply;
    if (comity_get_status(cli->daemon, &reply, NULL) != COMITY_OK)
        return;
    const Comity__V1__ForumStatus *forum =
        comity_find_forum(reply.response->status, comity_forum(cli->daemon));
    if (forum != NULL && forum->waiting[0] != '\0') {
        page_add(page, "  ");
        page_plain(page, forum->waiting);
        page_add(page, "\n");
    }
    comity_reply_free(&reply);
}

/* How the question stands now: `P3 open: 6 of the 9 yes needed`. */
static void add_verdict(struct cli *cli, uint32_t number, struct page *page)
{
    char name[CLI_NAME_SIZE];
    (void)snprintf(name, sizeof name, "P%" PRIu32, number);
    struct comity_reply reply;
    if (comity_get_proposal(cli->daemon, name, &reply, NULL) != COMITY_OK)
        return;
    const Comity__V1__ProposalInfo *proposal = reply.response->proposal;
    page_format(page, "  %s ", name);
    page_styled(page, STYLE_BOLD, proposal->title);
    page_add(page, "\n  ");
    if (strncmp(proposal->line, proposal->verdict, strlen(proposal->verdict)) != 0) {
        page_plain(page, proposal->verdict);
        page_add(page, ": ");
    }
    page_plain(page, proposal->line);
    page_add(page, "\n");
    if (proposal->first != NULL) {
        page_add(page, "  first ballot ");
        show_first(page, proposal->first, page_plain);
        page_add(page, "; now by rule ");
        page_plain(page, proposal->rule);
        page_add(page, "\n");
    } else if (proposal->asked[0] != '\0') {
        page_add(page, "  ");
        page_plain(page, proposal->asked);
        page_add(page, "\n");
    }
    comity_reply_free(&reply);
}

static enum cli_exit report(struct cli *cli, const Comity__V1__Submitted *done, const char *what,
                            bool verdict)
{
    struct page page;
    page_init(&page, cli->color);
    if (!done->final) {
        page_format(&page, "Handed in as your act %" PRIu64 ", not final yet: ", done->seq);
        page_plain(&page, what);
        page_add(&page, "\n");
        add_waiting(cli, &page);
        if (cli->wait_ms > 0)
            page_add(&page, "  It is kept and goes on by itself; `comity watch` shows when.\n");
        return cli_print(cli, &page, cli->wait_ms > 0 ? CLI_PENDING : CLI_OK);
    }
    if (!done->accepted) {
        page_style(&page, STYLE_BAD);
        page_add(&page, "Refused");
        page_style(&page, STYLE_NONE);
        page_format(&page, " at height %" PRIu64 ": ", done->height);
        page_plain(&page, done->line[0] != '\0' ? done->line : what);
        page_add(&page, "\n");
        return cli_print(cli, &page, CLI_REFUSED);
    }
    page_style(&page, STYLE_GOOD);
    page_add(&page, "Final");
    page_style(&page, STYLE_NONE);
    page_format(&page, " at height %" PRIu64 ": ", done->height);
    page_plain(&page, done->line[0] != '\0' ? done->line : what);
    page_add(&page, "\n");
    if (done->proposal != 0 && verdict)
        add_verdict(cli, done->proposal, &page);
    return cli_print(cli, &page, CLI_OK);
}

enum cli_exit cli_submit(struct cli *cli, Comity__V1__Submit *submit, const char *what)
{
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    submit->wait_ms = cli->wait_ms;
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_submit(cli->daemon, submit, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__Submitted *done = reply.response->submitted;
    if (cli->json) {
        end = !done->final ? (cli->wait_ms > 0 ? CLI_PENDING : CLI_OK)
                           : (done->accepted ? CLI_OK : CLI_REFUSED);
        end = cli_print_json(cli, &done->base, end);
    } else {
        end = report(cli, done, what,
                     submit->act_case == COMITY__V1__SUBMIT__ACT_BALLOT ||
                         submit->act_case == COMITY__V1__SUBMIT__ACT_PROPOSE ||
                         submit->act_case == COMITY__V1__SUBMIT__ACT_AMEND);
    }
    comity_reply_free(&reply);
    return end;
}
