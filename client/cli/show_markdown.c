/* SPDX-License-Identifier: Apache-2.0 */
/* show_markdown.c - a proposal as Markdown, for a wiki, a mail, or another tool. */
#include <inttypes.h>
#include <string.h>

#include "markdown.h"
#include "show.h"

static void add_list(struct page *page, const char *label, char *const *names, size_t count)
{
    if (count == 0)
        return;
    page_format(page, "%s: ", label);
    for (size_t i = 0; i < count; i++) {
        page_add(page, i > 0 ? ", " : "");
        markdown_escape(page, names[i]);
    }
    page_add(page, ".\n\n");
}

static void add_roll(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    page_add(page, "\n## Record of the vote\n\n");
    for (int column = 0; column < ROLL_COLUMNS; column++) {
        page_format(page, "- %s:", roll_title((enum roll_column)column));
        size_t count = 0;
        for (size_t i = 0; i < proposal->n_ballots; i++) {
            if ((int)roll_column_of(proposal->ballots[i]) != column)
                continue;
            page_add(page, count++ > 0 ? ", " : " ");
            markdown_escape(page, proposal->ballots[i]->seat);
        }
        page_add(page, count > 0 ? "\n" : " none\n");
    }
    page_add(page, "\n**");
    show_verdict(page, proposal, markdown_escape);
    page_add(page, "**\n\nRule ");
    markdown_escape(page, proposal->rule);
    page_add(page, ": ");
    markdown_escape(page, proposal->rule_sentence);
    page_add(page, "\n\n");
    show_stage_markdown(page, proposal);
}

static void add_goals(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    for (size_t i = 0; i < proposal->n_goals; i++) {
        const Comity__V1__Goal *goal = proposal->goals[i];
        page_format(page, "- Goal: %" PRId64 " ", goal->quantity);
        markdown_escape(page, goal->unit);
        page_add(page, goal->unit[0] != '\0' ? " of " : "of ");
        markdown_escape(page, goal->issue);
        if (goal->due_ms != 0) {
            page_add(page, " by ");
            page_time(page, goal->due_ms);
        }
        page_add(page, "\n");
    }
}

static void add_terms(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    if (proposal->n_terms + proposal->n_pledges + proposal->n_goals > 0)
        page_add(page, "\n## Terms and pledges\n\n");
    add_goals(page, proposal);
    for (size_t i = 0; i < proposal->n_terms; i++) {
        struct page value;
        page_init(&value, false);
        show_term_value(&value, proposal->terms[i]);
        page_add(page, "- ");
        markdown_escape(page, proposal->terms[i]->issue);
        page_add(page, ": ");
        markdown_escape(page, page_text(&value));
        page_add(page, "\n");
        page_free(&value);
    }
    for (size_t i = 0; i < proposal->n_pledges; i++) {
        const Comity__V1__PledgeInfo *pledge = proposal->pledges[i];
        page_add(page, "- ");
        markdown_escape(page, pledge->seat);
        page_add(page, " pledges ");
        markdown_escape(page, pledge->issue);
        page_format(page, " %" PRId64 " ", pledge->quantity);
        markdown_escape(page, pledge->unit);
        if (pledge->due_ms != 0) {
            page_add(page, " by ");
            page_time(page, pledge->due_ms);
        }
        page_add(page, "\n");
    }
}

void show_proposal_markdown(struct page *page, const Comity__V1__ProposalInfo *proposal,
                            const show_forum *forum)
{
    page_add(page, "# ");
    markdown_escape(page, proposal->title);
    page_format(page, "\n\nP%" PRIu32, proposal->number);
    if (forum != NULL) {
        page_add(page, " of ");
        markdown_escape(page, forum->title[0] != '\0' ? forum->title : forum->name);
    }
    page_add(page, ", proposed by ");
    markdown_escape(page, proposal->proposer);
    page_add(page, ".\n\n");
    add_list(page, "Sponsors", proposal->sponsors, proposal->n_sponsors);
    page_lines(page, proposal->text, 0, 0);
    show_effect_markdown(page, proposal);
    add_terms(page, proposal);
    add_roll(page, proposal);
    add_list(page, "Formed by", proposal->formed_by, proposal->n_formed_by);
    add_list(page, "Stayed out", proposal->stayed_out, proposal->n_stayed_out);
}
