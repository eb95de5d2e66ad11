/* SPDX-License-Identifier: Apache-2.0 */
/* show_effect.c - what adoption does besides adopting the text, on each kind of page. */
#include <inttypes.h>
#include <string.h>

#include "markdown.h"
#include "show.h"
#include "show_standing.h"
#include "table.h"

static bool is_adopted(const Comity__V1__ProposalInfo *proposal)
{
    return strcmp(proposal->status, "decided") == 0 && strcmp(proposal->verdict, "adopted") == 0;
}

void show_effect(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    const Comity__V1__EffectInfo *effect = proposal->effect;
    if (effect == NULL)
        return;
    show_label(page, is_adopted(proposal) ? "effect" : "if adopted");
    page_plain(page, effect->line);
    if (effect->undone[0] != '\0') {
        page_add(page, "; not done: ");
        page_plain(page, effect->undone);
    }
    page_add(page, "\n");
}

void show_changes(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    const Comity__V1__EffectInfo *effect = proposal->effect;
    static const char *const headers[] = {"weight", "seat", "before", "after"};
    struct table table;
    if (effect == NULL || effect->n_changes == 0)
        return;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (size_t i = 0; i < effect->n_changes; i++) {
        table_add(&table, effect->name);
        table_add_styled(&table, STYLE_BOLD, effect->changes[i]->seat);
        table_add_u64(&table, effect->changes[i]->before);
        table_add_u64(&table, effect->changes[i]->after);
    }
    page_add(page, "\n");
    table_print(&table, page, 0);
    table_free(&table);
}

void show_effect_html(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    const Comity__V1__EffectInfo *effect = proposal->effect;
    if (effect == NULL)
        return;
    page_add(page, "<h2>Effect</h2>\n<p class=\"effect\">");
    page_add(page, is_adopted(proposal) ? "This decision " : "If adopted, this decision ");
    page_html(page, effect->line);
    if (effect->undone[0] != '\0') {
        page_add(page, "; not done: ");
        page_html(page, effect->undone);
    }
    page_add(page, ".</p>\n");
    if (effect->n_changes == 0)
        return;
    page_add(page, "<table><thead><tr><th>Seat</th><th class=\"number\">Before</th>"
                   "<th class=\"number\">After</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < effect->n_changes; i++) {
        page_add(page, "<tr><td>");
        page_html(page, effect->changes[i]->seat);
        page_format(page,
                    "</td><td class=\"number\">%" PRIu64 "</td><td class=\"number\">%" PRIu64
                    "</td></tr>\n",
                    effect->changes[i]->before, effect->changes[i]->after);
    }
    page_add(page, "</tbody></table>\n");
}

void show_effect_markdown(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    const Comity__V1__EffectInfo *effect = proposal->effect;
    if (effect == NULL)
        return;
    page_add(page, "\n## Effect\n\n");
    page_add(page, is_adopted(proposal) ? "This decision " : "If adopted, this decision ");
    markdown_escape(page, effect->line);
    if (effect->undone[0] != '\0') {
        page_add(page, "; not done: ");
        markdown_escape(page, effect->undone);
    }
    page_add(page, ".\n\n");
    for (size_t i = 0; i < effect->n_changes; i++) {
        page_add(page, "- ");
        markdown_escape(page, effect->changes[i]->seat);
        page_format(page, ": %" PRIu64 " (was %" PRIu64 ")\n", effect->changes[i]->after,
                    effect->changes[i]->before);
    }
}
