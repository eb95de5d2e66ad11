/* SPDX-License-Identifier: Apache-2.0 */
/* docket.c - everything on the table. */
#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "show.h"
#include "table.h"

static enum style verdict_style(const char *verdict)
{
    if (strcmp(verdict, "adopted") == 0 || strcmp(verdict, "in-force") == 0)
        return STYLE_GOOD;
    if (strcmp(verdict, "open") == 0 || strcmp(verdict, "pending") == 0)
        return STYLE_WAITING;
    return STYLE_BAD;
}

static void add_number(struct table *table, char letter, uint32_t number)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%c%" PRIu32, letter, number);
    table_add_styled(table, STYLE_BOLD, text);
}

/* The arithmetic alone: the verdict has its own column. */
static const char *without_verdict(const Comity__V1__ProposalInfo *proposal)
{
    size_t size = strlen(proposal->verdict);
    if (size > 0 && strncmp(proposal->line, proposal->verdict, size) == 0 &&
        strncmp(proposal->line + size, ": ", 2) == 0)
        return proposal->line + size + 2;
    return proposal->line;
}

static void add_proposals(struct page *page, const Comity__V1__Docket *docket)
{
    static const char *const headers[] = {"", "proposal", "by", "rule", "closes", "", ""};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (size_t i = 0; i < docket->n_proposals; i++) {
        const Comity__V1__ProposalInfo *proposal = docket->proposals[i];
        const char *state =
            strcmp(proposal->status, "retracted") == 0 ? proposal->status : proposal->verdict;
        char amends[32];
        (void)snprintf(amends, sizeof amends, "amends P%" PRIu32, proposal->amends);
        add_number(&table, 'P', proposal->number);
        table_add(&table,
                  proposal->title[0] == '\0' && proposal->amends != 0 ? amends : proposal->title);
        table_add(&table, proposal->proposer);
        table_add(&table, proposal->rule);
        table_add_time(&table, strcmp(state, "open") == 0 ? proposal->closes_ms : 0);
        table_add_styled(&table, verdict_style(state), state);
        table_add(&table, without_verdict(proposal));
    }
    table_print(&table, page, 0);
    table_free(&table);
}

/* What open questions would do besides adopting a text. */
static void add_effects(struct page *page, const Comity__V1__Docket *docket)
{
    bool any = false;
    for (size_t i = 0; i < docket->n_proposals; i++) {
        const Comity__V1__ProposalInfo *proposal = docket->proposals[i];
        if (proposal->effect == NULL || strcmp(proposal->verdict, "open") != 0 ||
            strcmp(proposal->status, "retracted") == 0)
            continue;
        page_add(page, any ? "" : "\nIf adopted\n");
        page_format(page, "  P%" PRIu32 "  ", proposal->number);
        page_plain(page, proposal->effect->line);
        page_add(page, "\n");
        any = true;
    }
}

/* Questions that are asked twice. */
static void add_stages(struct page *page, const Comity__V1__Docket *docket)
{
    bool any = false;
    for (size_t i = 0; i < docket->n_proposals; i++) {
        const Comity__V1__ProposalInfo *proposal = docket->proposals[i];
        bool open = strcmp(proposal->verdict, "open") == 0;
        if (proposal->asked[0] == '\0' && (proposal->first == NULL || !open))
            continue;
        page_add(page, any ? "" : "\nAsked twice\n");
        page_format(page, "  P%" PRIu32 "  ", proposal->number);
        if (proposal->first != NULL) {
            page_add(page, "first ballot ");
            show_first(page, proposal->first, page_plain);
            page_add(page, "; now by rule ");
            page_plain(page, proposal->rule);
        }
        page_plain(page, proposal->asked);
        page_add(page, "\n");
        any = true;
    }
}

static void add_agreements(struct page *page, const Comity__V1__Docket *docket)
{
    static const char *const headers[] = {"", "agreement", "parties", "in force", "", ""};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (size_t i = 0; i < docket->n_agreements; i++) {
        const Comity__V1__AgreementInfo *agreement = docket->agreements[i];
        add_number(&table, 'A', agreement->number);
        table_add(&table, agreement->title);
        table_add_u64(&table, agreement->parties_count);
        table_add_time(&table, agreement->in_force_ms);
        table_add_styled(&table, verdict_style(agreement->status), agreement->status);
        table_add(&table, agreement->line);
    }
    if (docket->n_agreements > 0)
        page_add(page, "\n");
    table_print(&table, page, 0);
    table_free(&table);
}

static void add_declarations(struct page *page, const Comity__V1__Docket *docket)
{
    static const char *const headers[] = {"", "alone", "by", "topic", "signed", ""};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (size_t i = 0; i < docket->n_declarations; i++) {
        const Comity__V1__DeclarationInfo *declaration = docket->declarations[i];
        if (declaration->number != 0)
            add_number(&table, 'D', declaration->number);
        else
            table_add(&table, "");
        table_add(&table, declaration->title[0] != '\0' ? declaration->title : declaration->kind);
        table_add(&table, declaration->seat);
        table_add(&table, declaration->topic);
        table_add_time(&table, declaration->signed_ms);
        table_add_styled(&table, STYLE_WAITING,
                         declaration->in_record ? "" : "declared, not yet in the record");
    }
    if (docket->n_declarations > 0)
        page_add(page, "\n");
    table_print(&table, page, 0);
    table_free(&table);
}

/* One name a line, for completion. */
static void add_names(struct page *page, const Comity__V1__Docket *docket)
{
    for (size_t i = 0; i < docket->n_proposals; i++)
        page_format(page, "P%" PRIu32 "\n", docket->proposals[i]->number);
    for (size_t i = 0; i < docket->n_agreements; i++)
        page_format(page, "A%" PRIu32 "\n", docket->agreements[i]->number);
    for (size_t i = 0; i < docket->n_declarations; i++) {
        if (docket->declarations[i]->number != 0)
            page_format(page, "D%" PRIu32 "\n", docket->declarations[i]->number);
    }
}

static void add_all(struct page *page, const Comity__V1__Docket *docket)
{
    if (docket->n_proposals + docket->n_agreements + docket->n_declarations == 0)
        page_add(page, "The table is empty. `comity propose FILE` puts a text on it.\n");
    add_proposals(page, docket);
    add_effects(page, docket);
    add_stages(page, docket);
    add_agreements(page, docket);
    add_declarations(page, docket);
    if (docket->n_todo > 0)
        page_add(page, "\nWaiting for you\n");
    for (size_t i = 0; i < docket->n_todo; i++) {
        page_add(page, "  ");
        page_plain(page, docket->todo[i]);
        page_add(page, "\n");
    }
}

enum cli_exit command_docket(struct cli *cli, const struct arguments *arguments)
{
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_docket(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__Docket *docket = reply.response->docket;
    if (cli->json) {
        end = cli_print_json(cli, &docket->base, CLI_OK);
    } else {
        struct page page;
        page_init(&page, cli->color);
        if (options_has(arguments, "names"))
            add_names(&page, docket);
        else
            add_all(&page, docket);
        if (docket->suspended && !options_has(arguments, "names"))
            page_add(&page, DOCKET_SUSPENDED);
        end = cli_print(cli, &page, CLI_OK);
    }
    comity_reply_free(&reply);
    return end;
}
