/* SPDX-License-Identifier: Apache-2.0 */
/* show_standing.c - how a thing stands with others: legitimacy, what relies on it, and the forums
 * its question was taken to or carried from. */
#include "show_standing.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"

enum { ID_SIZE = 32, ID_DIGITS = 12 };

void show_label(struct page *page, const char *label)
{
    page_style(page, STYLE_DIM);
    page_format(page, "%-11s ", label); /* A longer one takes its space along. */
    page_style(page, STYLE_NONE);
}

void show_legitimacy(struct page *page, const Comity__V1__Legitimacy *legitimacy)
{
    if (legitimacy == NULL)
        return;
    show_label(page, "at home");
    page_plain(page, legitimacy->home);
    page_add(page, "\n");
    show_label(page, "abroad");
    page_plain(page, legitimacy->abroad);
    page_add(page, "\n");
}

void show_relied_on(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    for (size_t i = 0; i < agreement->n_relied_on_by; i++) {
        const Comity__V1__Relying *relying = agreement->relied_on_by[i];
        show_label(page, i == 0 ? "relied on by" : "");
        page_format(page, "%sD%" PRIu32 " ", i == 0 ? " " : "", relying->number);
        page_plain(page, relying->seat);
        page_add(page, ": ");
        page_plain(page, relying->title);
        page_add(page, "\n");
    }
}

void show_relies(struct page *page, const Comity__V1__DeclarationInfo *declaration)
{
    for (size_t i = 0; i < declaration->n_relies_on; i++) {
        show_label(page, i == 0 ? "relies on" : "");
        page_plain(page, declaration->relies_on[i]);
        if (declaration->relies_on[i][0] != 'A')
            page_add(page, " (no agreement here)");
        page_add(page, "\n");
    }
}

static const Comity__V1__ForumStatus *find_by_id(const Comity__V1__DaemonStatus *status,
                                                 const ProtobufCBinaryData *id)
{
    for (size_t i = 0; i < status->n_forums; i++) {
        const ProtobufCBinaryData *here = &status->forums[i]->id;
        if (bytes_equal(bytes_of(here->data, here->len), bytes_of(id->data, id->len)))
            return status->forums[i];
    }
    return NULL;
}

static void hex_of(const ProtobufCBinaryData *id, char ret_hex[2 * ID_SIZE + 1])
{
    ret_hex[0] = '\0';
    for (size_t i = 0; i < id->len && i < ID_SIZE; i++)
        (void)snprintf(ret_hex + 2 * i, 3, "%02x", id->data[i]);
}

/* The number there of what was carried here; 0: it is not known. */
static uint32_t number_there(struct cli *cli, const char *forum, const ProtobufCBinaryData *id)
{
    char hex[2 * ID_SIZE + 1];
    struct comity_reply reply;
    hex_of(id, hex);
    if (comity_set_forum(cli->daemon, forum, NULL) != COMITY_OK ||
        comity_get_proposal(cli->daemon, hex, &reply, NULL) != COMITY_OK)
        return 0;
    uint32_t number = reply.response->proposal->number;
    comity_reply_free(&reply);
    return number;
}

/* The proposal there that says it was carried from this one; 0: there is none yet. */
static uint32_t number_carried(struct cli *cli, const char *forum, const ProtobufCBinaryData *id)
{
    struct comity_reply reply;
    uint32_t number = 0;
    if (comity_set_forum(cli->daemon, forum, NULL) != COMITY_OK ||
        comity_get_docket(cli->daemon, &reply, NULL) != COMITY_OK)
        return 0;
    const Comity__V1__Docket *docket = reply.response->docket;
    for (size_t i = 0; i < docket->n_proposals && number == 0; i++) {
        const ProtobufCBinaryData *carried = &docket->proposals[i]->carried_proposal;
        if (bytes_equal(bytes_of(carried->data, carried->len), bytes_of(id->data, id->len)))
            number = docket->proposals[i]->number;
    }
    comity_reply_free(&reply);
    return number;
}

static void add_there(struct page *page, const char *forum, uint32_t number)
{
    if (number == 0)
        return;
    page_format(page, ", P%" PRIu32 " there (`comity -f ", number);
    page_plain(page, forum);
    page_format(page, " show P%" PRIu32 "`)", number);
}

static void add_carried(struct cli *cli, struct page *page,
                        const Comity__V1__ProposalInfo *proposal,
                        const Comity__V1__DaemonStatus *status)
{
    const Comity__V1__ForumStatus *from = find_by_id(status, &proposal->carried_forum);
    char hex[2 * ID_SIZE + 1];
    show_label(page, "carried");
    if (from == NULL) {
        hex_of(&proposal->carried_forum, hex);
        page_format(page, "from the forum %.*s, in which you do not sit\n", ID_DIGITS, hex);
        return;
    }
    page_add(page, "from ");
    page_plain(page, from->name);
    add_there(page, from->name, number_there(cli, from->name, &proposal->carried_proposal));
    page_add(page, "\n");
}

static void add_shifted(struct cli *cli, struct page *page, const Comity__V1__Shifted *shifted,
                        const Comity__V1__ProposalInfo *proposal,
                        const Comity__V1__DaemonStatus *status)
{
    const Comity__V1__ForumStatus *to = find_by_id(status, &shifted->forum);
    page_plain(page, shifted->seat);
    page_add(page, " to ");
    page_plain(page, shifted->name);
    page_add(page, " on ");
    page_time(page, shifted->forum_ms);
    if (to != NULL)
        add_there(page, to->name, number_carried(cli, to->name, &proposal->id));
    page_add(page, "\n");
}

void show_moves(struct cli *cli, struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    struct comity_reply reply;
    char here[128];
    if (proposal->n_shifted == 0 && proposal->carried_forum.len == 0)
        return;
    (void)snprintf(here, sizeof here, "%s", comity_forum(cli->daemon));
    if (comity_get_status(cli->daemon, &reply, NULL) != COMITY_OK)
        return;
    const Comity__V1__DaemonStatus *status = reply.response->status;
    if (proposal->carried_forum.len > 0)
        add_carried(cli, page, proposal, status);
    for (size_t i = 0; i < proposal->n_shifted; i++) {
        show_label(page, i == 0 ? "taken" : "");
        add_shifted(cli, page, proposal->shifted[i], proposal, status);
    }
    comity_reply_free(&reply);
    if (comity_set_forum(cli->daemon, here, NULL) != COMITY_OK)
        page->failed = true; /* Never: it was this one before. */
}
