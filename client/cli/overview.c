/* SPDX-License-Identifier: Apache-2.0 */
/* overview.c - where I sit, what waits for me, what I may do next; and status. */
#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "table.h"

/* Show this one: the forum named with -f, or all where none is named. */
static bool is_meant(const struct cli *cli, const Comity__V1__DaemonStatus *status, size_t index)
{
    return cli->forum == NULL || cli->forum[0] == '\0' ||
           comity_find_forum(status, cli->forum) == status->forums[index];
}

static const Comity__V1__SeatStatus *own_seat(const Comity__V1__ForumStatus *forum)
{
    for (size_t i = 0; i < forum->n_seats; i++) {
        if (strcmp(forum->seats[i]->name, forum->seat) == 0)
            return forum->seats[i];
    }
    return NULL;
}

/* Why the seat may do less than the charter says. */
static void add_standing(struct page *page, const Comity__V1__ForumStatus *forum)
{
    const Comity__V1__SeatStatus *own = own_seat(forum);
    const char *words = own == NULL ? "" : own->standing;
    if (strcmp(words, "votes suspended") == 0)
        page_add(page, "  Your votes are suspended: you may propose, and are asked nothing.\n");
    else if (words[0] != '\0')
        page_format(page, "  You %s it; agreements bind you until you withdraw.\n",
                    strcmp(words, "left") == 0 ? "have left" : "were expelled from");
    if (forum->suspended)
        page_add(page, "  " DOCKET_SUSPENDED);
}

static bool may_propose(const Comity__V1__ForumStatus *forum)
{
    const Comity__V1__SeatStatus *own = own_seat(forum);
    return !forum->suspended && own != NULL && strcmp(own->role, "member") == 0 &&
           (own->standing[0] == '\0' || strcmp(own->standing, "votes suspended") == 0);
}

static void add_forum_line(struct page *page, const Comity__V1__ForumStatus *forum)
{
    page_styled(page, STYLE_BOLD, forum->name);
    if (forum->title[0] != '\0') {
        page_add(page, "  ");
        page_plain(page, forum->title);
    }
    page_add(page, "\n  ");
    if (forum->seat[0] != '\0') {
        page_add(page, "You sit as ");
        page_styled(page, STYLE_BOLD, forum->seat);
    } else {
        page_add(page, "You read along");
    }
    size_t joined = 0, up = 0;
    for (size_t i = 0; i < forum->n_seats; i++) {
        joined += forum->seats[i]->joined ? 1 : 0;
        up += forum->seats[i]->up ? 1 : 0;
    }
    page_format(page, ". %zu of %zu seats have joined, %zu are here now. ", joined, forum->n_seats,
                up);
    if (forum->forum_ms != 0) {
        page_add(page, "It is ");
        page_time(page, forum->forum_ms);
        page_add(page, " in the forum.");
    }
    page_add(page, "\n");
    add_standing(page, forum);
    if (forum->alarm[0] != '\0') {
        page_add(page, "  ");
        page_styled(page, STYLE_BAD, "Ordering has halted: ");
        page_plain(page, forum->alarm);
        page_add(page, "\n");
    }
    if (forum->observing)
        page_add(
            page,
            "  This daemon orders nothing: its files are older than what its key has signed.\n");
    if (forum->waiting[0] != '\0') {
        page_add(page, "  ");
        page_styled(page, STYLE_WAITING, forum->waiting);
        page_add(page, "\n");
    }
}

/* The daemon's sentences name what waits: `vote on P3: ...`. */
static bool waits(const Comity__V1__Docket *docket, const char *verb, char letter, uint32_t number)
{
    char begin[64];
    (void)snprintf(begin, sizeof begin, "%s %c%" PRIu32 ":", verb, letter, number);
    for (size_t i = 0; i < docket->n_todo; i++) {
        if (strncmp(docket->todo[i], begin, strlen(begin)) == 0)
            return true;
    }
    return false;
}

static void add_suggestion(struct page *page, const char *what, uint32_t number, const char *rest)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%s%" PRIu32 "%s", what, number, rest);
    page_format(page, "  comity %-15s ", text);
}

/* What can be typed now, with the numbers filled in. */
static void add_next(struct page *page, const Comity__V1__ForumStatus *forum,
                     const Comity__V1__Docket *docket)
{
    unsigned shown = 0;
    for (size_t i = 0; i < docket->n_proposals && shown < 3; i++) {
        const Comity__V1__ProposalInfo *proposal = docket->proposals[i];
        if (!waits(docket, "vote on", 'P', proposal->number))
            continue;
        add_suggestion(page, "show P", proposal->number, "");
        page_plain(page, proposal->title);
        page_add(page, "\n");
        add_suggestion(page, "vote P", proposal->number, " yes");
        page_add(page, "or no, object, abstain\n");
        shown++;
    }
    for (size_t i = 0; i < docket->n_agreements && shown < 4; i++) {
        if (!waits(docket, "ratify or decline", 'A', docket->agreements[i]->number))
            continue;
        add_suggestion(page, "ratify A", docket->agreements[i]->number, "");
        page_add(page, "be bound: ");
        page_plain(page, docket->agreements[i]->title);
        page_add(page, "\n");
        shown++;
    }
    if (may_propose(forum))
        page_add(page, "  comity propose FILE    put a text to the forum\n");
    page_add(page, "  comity docket          everything on the table\n"
                   "  comity watch           see what happens, as it happens\n");
}

static void add_docket(struct cli *cli, struct page *page, const Comity__V1__ForumStatus *forum)
{
    struct comity_reply reply;
    struct fault fault = {{0}};
    if (comity_set_forum(cli->daemon, forum->name, NULL) != COMITY_OK)
        return;
    if (comity_get_docket(cli->daemon, &reply, &fault) != COMITY_OK) {
        page_add(page, "  ");
        page_plain(page, fault.text);
        page_add(page, "\n");
        return;
    }
    const Comity__V1__Docket *docket = reply.response->docket;
    page_add(page, docket->n_todo > 0 ? "\nWaiting for you\n" : "\nNothing waits for you.\n");
    for (size_t i = 0; i < docket->n_todo; i++) {
        page_add(page, "  ");
        page_plain(page, docket->todo[i]);
        page_add(page, "\n");
    }
    page_add(page, "\nYou may\n");
    add_next(page, forum, docket);
    comity_reply_free(&reply);
}

static void add_beginning(struct page *page, const Comity__V1__DaemonStatus *status)
{
    page_add(page, "Your delegation's fingerprint is ");
    page_styled(page, STYLE_BOLD, status->fingerprint);
    page_add(page, ".\nYou sit in no forum yet.\n\nYou may\n"
                   "  comity charter check FILE    see whether a charter is sound\n"
                   "  comity convene CHARTER       found the forum\n"
                   "  comity join CHARTER          take your seat in it\n");
}

enum cli_exit command_overview(struct cli *cli, const struct arguments *arguments)
{
    (void)arguments;
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK) {
        if (end == CLI_UNREACHABLE)
            (void)fputs("  New here? `comity help` shows the way; `comity keygen` comes first.\n",
                        cli->err);
        return end;
    }
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_status(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__DaemonStatus *status = reply.response->status;
    if (cli->json) {
        end = cli_print_json(cli, &status->base, CLI_OK);
        comity_reply_free(&reply);
        return end;
    }
    struct page page;
    page_init(&page, cli->color);
    size_t shown = 0;
    for (size_t i = 0; i < status->n_forums; i++) {
        if (!is_meant(cli, status, i))
            continue;
        if (shown++ > 0)
            page_add(&page, "\n");
        add_forum_line(&page, status->forums[i]);
        add_docket(cli, &page, status->forums[i]);
    }
    if (status->n_forums == 0)
        add_beginning(&page, status);
    else if (shown == 0)
        page_format(&page, "You sit in no forum of this name; `comity status` lists yours.\n");
    comity_reply_free(&reply);
    return cli_print(cli, &page, CLI_OK);
}

static void add_count(struct table *table, uint32_t count, enum style style)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%" PRIu32, count);
    table_add_styled(table, style, count > 0 ? text : "");
}

static void add_seats(struct page *page, const Comity__V1__ForumStatus *forum)
{
    static const char *const headers[] = {"seat",   "",        "role", "here",  "acts",
                                          "joined", "dissent", "exit", "alone", "defection"};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (size_t i = 0; i < forum->n_seats; i++) {
        const Comity__V1__SeatStatus *seat = forum->seats[i];
        bool own = strcmp(seat->name, forum->seat) == 0;
        table_add_styled(&table, own ? STYLE_BOLD : STYLE_NONE, seat->name);
        table_add(&table, seat->title);
        table_add(&table, seat->standing[0] != '\0' ? seat->standing : seat->role);
        if (!seat->joined)
            table_add_styled(&table, STYLE_DIM, "not joined");
        else
            table_add_styled(&table, seat->up ? STYLE_GOOD : STYLE_WAITING,
                             own        ? "you"
                             : seat->up ? "yes"
                                        : "away");
        table_add_u64(&table, seat->seq);
        add_count(&table, seat->joined_count, STYLE_NONE);
        add_count(&table, seat->dissent, STYLE_NONE);
        add_count(&table, seat->exit, STYLE_NONE);
        add_count(&table, seat->alone, STYLE_NONE);
        add_count(&table, seat->defection, STYLE_BAD);
    }
    page_add(page, "\n");
    table_print(&table, page, 2);
    table_free(&table);
    for (size_t i = 0; i < forum->n_seats; i++) {
        const Comity__V1__SeatStatus *seat = forum->seats[i];
        if (seat->offences > 0)
            page_format(page, "%s %s; %" PRIu64 " such things since this daemon started.\n",
                        seat->name, seat->offence, seat->offences);
    }
}

static void add_links(struct page *page, const Comity__V1__DaemonStatus *status)
{
    static const char *const headers[] = {"link", "fingerprint", "", "heard", "sent", "received"};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (size_t i = 0; i < status->n_links; i++) {
        const Comity__V1__LinkStatus *link = status->links[i];
        char heard[32] = "never";
        if (link->heard_ms_ago >= 0)
            (void)snprintf(heard, sizeof heard, "%" PRId64 " ms ago", link->heard_ms_ago);
        table_add(&table, link->address);
        table_add(&table, link->fingerprint);
        table_add_styled(&table, link->up ? STYLE_GOOD : STYLE_WAITING, link->up ? "up" : "down");
        table_add(&table, heard);
        table_add_u64(&table, link->sent_bytes);
        table_add_u64(&table, link->received_bytes);
    }
    page_add(page, "\n");
    table_print(&table, page, 0);
    table_free(&table);
    if (status->refused_handshakes > 0)
        page_format(page, "%" PRIu64 " strangers were refused.\n", status->refused_handshakes);
}

static void add_ordering(struct page *page, const Comity__V1__ForumStatus *forum)
{
    page_format(page, "  The record is at height %" PRIu64, forum->height);
    if (forum->block_ms != 0) {
        page_add(page, ", of ");
        page_time(page, forum->block_ms);
    }
    page_format(page, "; %" PRIu32 " order it, %" PRIu32 " must agree.", forum->orderers,
                forum->quorum);
    if (forum->pending_acts > 0)
        page_format(page, " %" PRIu32 " acts are not final yet.", forum->pending_acts);
    page_add(page, "\n");
}

enum cli_exit command_status(struct cli *cli, const struct arguments *arguments)
{
    (void)arguments;
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_status(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__DaemonStatus *status = reply.response->status;
    if (cli->json) {
        end = cli_print_json(cli, &status->base, CLI_OK);
        comity_reply_free(&reply);
        return end;
    }
    struct page page;
    page_init(&page, cli->color);
    page_add(&page, "comityd ");
    page_plain(&page, status->version);
    page_format(&page, " at %s\nfingerprint ", comity_endpoint(cli->daemon));
    page_styled(&page, STYLE_BOLD, status->fingerprint);
    page_add(&page, "\n");
    for (size_t i = 0; i < status->n_forums; i++) {
        if (!is_meant(cli, status, i))
            continue;
        page_add(&page, "\n");
        add_forum_line(&page, status->forums[i]);
        add_ordering(&page, status->forums[i]);
        add_seats(&page, status->forums[i]);
    }
    add_links(&page, status);
    comity_reply_free(&reply);
    return cli_print(cli, &page, CLI_OK);
}
