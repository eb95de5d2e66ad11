/* SPDX-License-Identifier: Apache-2.0 */
/* show_stage.c - questions that are asked twice, on each kind of page. */
#include <string.h>

#include "markdown.h"
#include "show.h"
#include "show_standing.h"

void show_first(struct page *page, const Comity__V1__FirstBallot *first,
                void (*add)(struct page *page, const char *foreign))
{
    size_t size = strlen(first->verdict);
    page_add(page, "by rule ");
    add(page, first->by);
    page_add(page, ", ");
    if (strncmp(first->line, first->verdict, size) != 0) {
        add(page, first->verdict);
        page_add(page, ": ");
    }
    add(page, first->line);
}

/* `In favour: FRA, GBR`, by column; a row that is empty is left out. */
static void add_answers(struct page *page, const Comity__V1__FirstBallot *first, const char *before,
                        const char *after, void (*add)(struct page *page, const char *foreign))
{
    for (int column = 0; column < ROLL_COLUMNS; column++) {
        size_t count = 0;
        for (size_t i = 0; i < first->n_ballots; i++) {
            if ((int)roll_column_of(first->ballots[i]) != column)
                continue;
            if (count++ == 0) {
                page_add(page, before);
                page_add(page, roll_title((enum roll_column)column));
                page_add(page, ": ");
            } else {
                page_add(page, ", ");
            }
            add(page, first->ballots[i]->seat);
        }
        page_add(page, count > 0 ? after : "");
    }
}

void show_stage(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    if (proposal->asked[0] != '\0') {
        show_label(page, "asked now");
        page_plain(page, proposal->asked);
        page_add(page, "\n");
    }
    if (proposal->first == NULL)
        return;
    show_label(page, "first ballot");
    page_add(page, " ");
    show_first(page, proposal->first, page_plain);
    page_add(page, "\n");
    add_answers(page, proposal->first, "            ", "\n", page_plain);
}

void show_stage_html(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    if (proposal->asked[0] != '\0') {
        page_add(page, "<p class=\"small\"><strong>Asked now:</strong> ");
        page_html(page, proposal->asked);
        page_add(page, ".</p>\n");
    }
    if (proposal->first == NULL)
        return;
    page_add(page, "<p class=\"small\"><strong>First ballot</strong>, ");
    show_first(page, proposal->first, page_html);
    add_answers(page, proposal->first, "<br>", "", page_html);
    page_add(page, "</p>\n");
}

void show_stage_markdown(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    if (proposal->asked[0] != '\0') {
        page_add(page, "Asked now: ");
        markdown_escape(page, proposal->asked);
        page_add(page, ".\n\n");
    }
    if (proposal->first == NULL)
        return;
    page_add(page, "First ballot, ");
    show_first(page, proposal->first, markdown_escape);
    page_add(page, "\n\n");
    add_answers(page, proposal->first, "- ", "\n", markdown_escape);
    page_add(page, "\n");
}
