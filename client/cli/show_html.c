/* SPDX-License-Identifier: Apache-2.0 */
/* show_html.c - a page to print in the layout of a resolution of the United Nations: masthead,
 * distribution block, title, the text, and below it the record of the vote. Self-contained: it
 * loads nothing and runs nothing, whatever its text says (Content-Security-Policy). */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "markdown.h"
#include "show.h"

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n";

static const char style[] =
    "<style>\n"
    "@page { size: A4; margin: 22mm 24mm 22mm 24mm; }\n"
    "html { background: #ececec; }\n"
    "body { max-width: 40rem; margin: 2rem auto; padding: 3.2rem 4rem; background: #fff;\n"
    "  color: #000; font: 11.5pt/1.45 'Times New Roman', Tinos, 'Liberation Serif', serif; }\n"
    "@media print { html { background: #fff; }\n"
    "  body { max-width: none; margin: 0; padding: 0; } }\n"
    "@media (max-width: 34rem) { body { margin: 0; padding: 1.2rem; } }\n"
    "p { margin: 0 0 .75em; overflow-wrap: break-word; }\n"
    ".top { display: flex; justify-content: space-between; align-items: baseline;\n"
    "  border-bottom: 1px solid #000; padding-bottom: .2rem; }\n"
    ".top .symbol { font-size: 1.25rem; white-space: nowrap; padding-left: 1rem; text-transform: "
    "uppercase; }\n"
    ".masthead { display: flex; justify-content: space-between; gap: 2rem;\n"
    "  border-bottom: 3px solid #000; padding: .6rem 0 1.1rem; margin-bottom: 1.6rem; }\n"
    ".masthead .organ { font: bold 1.55rem/1.15 Arial, 'Liberation Sans', sans-serif;\n"
    "  overflow-wrap: anywhere; }\n"
    ".masthead .distr { flex: none; width: 12.5rem; }\n"
    ".masthead .distr div { margin-bottom: .15rem; }\n"
    "h1 { font-size: 1.2rem; text-align: center; margin: 0 2rem .4rem;\n"
    "  overflow-wrap: break-word; }\n"
    ".kind { text-align: center; font-weight: bold; margin-bottom: .35rem; }\n"
    ".sponsors { text-align: center; margin: 0 2rem 1.5rem; }\n"
    ".text { margin-top: 1.5rem; }\n"
    ".text > p { text-indent: 2.6rem; text-align: justify; hyphens: auto; }\n"
    ".text ol, .text ul { padding: 0; margin: 0 0 .75em; }\n"
    ".text ol { list-style: none; }\n"
    ".text ul { padding-left: 4.2rem; }\n"
    ".text > ol > li { text-align: justify; hyphens: auto; margin-bottom: .75em; }\n"
    ".text > ol > li::before { content: counter(list-item) '.'; display: inline-block;\n"
    "  min-width: 2rem; margin-left: 2.6rem; }\n"
    ".text > ol > li > p:first-child { display: inline; }\n"
    ".text > ol > li > p + * { margin-top: .75em; }\n"
    ".text ol ol { padding-left: 6.7rem; margin: .6em 0; }\n"
    ".text ol ol > li { margin-bottom: .4em; position: relative; }\n"
    ".text ol ol > li::before { content: '(' counter(list-item, lower-alpha) ')';\n"
    "  position: absolute; left: -2.2rem; }\n"
    ".text h1, .text h2, .text h3, .text h4 { font-size: 1.05rem; text-align: center;\n"
    "  margin: 1.2em 0 .6em; }\n"
    ".text pre, .text code { font-size: .85em; white-space: pre-wrap; }\n"
    ".text blockquote { margin: 0 0 .75em 2.6rem; }\n"
    ".end { width: 8rem; border-top: 1px solid #000; margin: 2rem auto 1.6rem; }\n"
    "h2 { font-size: 1rem; margin: 1.4rem 0 .4rem; break-after: avoid; }\n"
    "table { border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.35;\n"
    "  break-inside: avoid; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0;\n"
    "  overflow-wrap: anywhere; }\n"
    "thead th { border-bottom: 1px solid #000; }\n"
    "tbody tr + tr td { border-top: 1px solid #ccc; }\n"
    ".roll td { width: 25%; border: 0; } .roll div { margin-bottom: .1rem; }\n"
    "td.number, th.number { text-align: right; padding-right: 1.2rem; }\n"
    ".verdict { font-size: 1.02rem; margin: .4rem 0; }\n"
    ".verdict::first-letter { text-transform: uppercase; }\n"
    ".small { font-size: .82rem; line-height: 1.4; }\n"
    ".print { font: .78rem/1.35 'Liberation Mono', 'Courier New', monospace;\n"
    "  overflow-wrap: anywhere; white-space: nowrap; }\n"
    ".ids { margin-top: .8rem; }\n"
    ".notes { border-top: 1px solid #000; margin-top: 1.6rem; padding-top: .5rem; }\n"
    "</style>\n";

/* `12 November 2026`. */
static void add_day(struct page *page, int64_t ms)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct date date = calendar_date_from_ms(ms);
    page_format(page, "%d %s %d", (int)date.day, months[date.month - 1], (int)date.year);
}

static const char *kind_of(const Comity__V1__ProposalInfo *proposal)
{
    if (strcmp(proposal->status, "retracted") == 0)
        return "Retracted draft resolution";
    if (strcmp(proposal->verdict, "adopted") == 0)
        return proposal->amends != 0 ? "Adopted amendment" : "Resolution";
    return proposal->amends != 0 ? "Draft amendment" : "Draft resolution";
}

/* `UNSC/P3`. */
static void add_symbol(struct page *page, const Comity__V1__ProposalInfo *proposal,
                       const show_forum *forum)
{
    if (forum != NULL && forum->name[0] != '\0') {
        page_html(page, forum->name);
        page_add(page, "/");
    }
    page_format(page, "P%" PRIu32, proposal->number);
    if (proposal->text_version > 1)
        page_format(page, "/Rev.%" PRIu32, proposal->text_version - 1);
}

static const char *title_of(const show_forum *forum)
{
    if (forum == NULL)
        return "Comity";
    return forum->title[0] != '\0' ? forum->title : forum->name;
}

/* The name people know a seat by. */
static void add_seat(struct page *page, const show_forum *forum, const char *name)
{
    for (size_t i = 0; forum != NULL && i < forum->n_seats; i++) {
        if (strcmp(forum->seats[i]->name, name) == 0 && forum->seats[i]->title[0] != '\0') {
            page_html(page, forum->seats[i]->title);
            return;
        }
    }
    page_html(page, name);
}

static void add_seats(struct page *page, const show_forum *forum, char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        page_add(page, i == 0 ? "" : i + 1 == count ? " and " : ", ");
        add_seat(page, forum, names[i]);
    }
}

static void add_masthead(struct page *page, const Comity__V1__ProposalInfo *proposal,
                         const show_forum *forum)
{
    page_add(page, "<div class=\"top\"><div>Comity</div><div class=\"symbol\">");
    add_symbol(page, proposal, forum);
    page_add(page, "</div></div>\n<div class=\"masthead\"><div class=\"organ\">");
    page_html(page, title_of(forum));
    page_add(page, "</div><div class=\"distr\"><div>Distr.: General</div><div>");
    int64_t day = proposal->decided_ms != 0 ? proposal->decided_ms : proposal->opened_ms;
    if (day != 0)
        add_day(page, day);
    page_add(page, "</div><div>Proposed by ");
    add_seat(page, forum, proposal->proposer);
    page_add(page, "</div>");
    if (proposal->topic[0] != '\0') {
        page_add(page, "<div>Agenda item: ");
        page_html(page, proposal->topic);
        page_add(page, "</div>");
    }
    page_add(page, "</div></div>\n");
}

static void add_title(struct page *page, const Comity__V1__ProposalInfo *proposal,
                      const show_forum *forum)
{
    page_add(page, "<div class=\"sponsors\">");
    if (proposal->n_sponsors > 0)
        add_seats(page, forum, proposal->sponsors, proposal->n_sponsors);
    else
        add_seat(page, forum, proposal->proposer);
    page_format(page, ": %s</div>\n", proposal->amends != 0 ? "amendment" : "draft resolution");
    page_format(page, "<div class=\"kind\">%s P%" PRIu32 "</div>\n<h1>", kind_of(proposal),
                proposal->number);
    page_html(page, proposal->title);
    page_add(page, "</h1>\n");
    if (proposal->decided_ms == 0)
        return;
    page_add(page, "<p class=\"sponsors\"><em>");
    page_add(page, strcmp(proposal->verdict, "adopted") == 0    ? "Adopted on "
                   : strcmp(proposal->verdict, "rejected") == 0 ? "Rejected on "
                                                                : "Decided on ");
    add_day(page, proposal->decided_ms);
    page_format(page, ", at height %" PRIu64 " of the record</em></p>\n", proposal->decided_height);
}

static void add_goals(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    if (proposal->n_goals > 0)
        page_add(page, "<h2>Goals</h2>\n<table><thead><tr><th>Issue</th>"
                       "<th class=\"number\">Quantity</th><th>Unit</th><th>Due</th></tr></thead>"
                       "<tbody>\n");
    for (size_t i = 0; i < proposal->n_goals; i++) {
        const Comity__V1__Goal *goal = proposal->goals[i];
        page_add(page, "<tr><td>");
        page_html(page, goal->issue);
        page_format(page, "</td><td class=\"number\">%" PRId64 "</td><td>", goal->quantity);
        page_html(page, goal->unit);
        page_add(page, "</td><td>");
        if (goal->due_ms != 0)
            add_day(page, goal->due_ms);
        page_add(page, "</td></tr>\n");
    }
    page_add(page, proposal->n_goals > 0 ? "</tbody></table>\n" : "");
}

static void add_terms(struct page *page, const Comity__V1__ProposalInfo *proposal,
                      const show_forum *forum)
{
    if (proposal->n_terms > 0)
        page_add(page, "<h2>Terms</h2>\n<table><tbody>\n");
    for (size_t i = 0; i < proposal->n_terms; i++) {
        struct page value;
        page_init(&value, false);
        show_term_value(&value, proposal->terms[i]);
        page_add(page, "<tr><td>");
        page_html(page, proposal->terms[i]->issue);
        page_add(page, "</td><td>");
        page_html(page, page_text(&value));
        page_add(page, "</td></tr>\n");
        page_free(&value);
    }
    page_add(page, proposal->n_terms > 0 ? "</tbody></table>\n" : "");
    if (proposal->n_pledges > 0)
        page_add(page, "<h2>Pledges</h2>\n<table><thead><tr><th>Party</th><th>Issue</th>"
                       "<th class=\"number\">Quantity</th><th>Unit</th><th>Due</th></tr></thead>"
                       "<tbody>\n");
    for (size_t i = 0; i < proposal->n_pledges; i++) {
        const Comity__V1__PledgeInfo *pledge = proposal->pledges[i];
        page_add(page, "<tr><td>");
        add_seat(page, forum, pledge->seat);
        page_add(page, "</td><td>");
        page_html(page, pledge->issue);
        page_format(page, "</td><td class=\"number\">%" PRId64 "</td><td>", pledge->quantity);
        page_html(page, pledge->unit);
        page_add(page, "</td><td>");
        if (pledge->due_ms != 0)
            add_day(page, pledge->due_ms);
        page_add(page, "</td></tr>\n");
    }
    page_add(page, proposal->n_pledges > 0 ? "</tbody></table>\n" : "");
}

static void add_roll_column(struct page *page, const Comity__V1__ProposalInfo *proposal,
                            const show_forum *forum, enum roll_column column)
{
    page_add(page, "<td>");
    size_t count = 0;
    for (size_t i = 0; i < proposal->n_ballots; i++) {
        const Comity__V1__SeatAnswer *ballot = proposal->ballots[i];
        if (roll_column_of(ballot) != column)
            continue;
        count++;
        page_add(page, "<div>");
        add_seat(page, forum, ballot->seat);
        if (ballot->voided)
            page_add(page, " <em>(voided)</em>");
        else if (strcmp(ballot->answer, "object") == 0)
            page_add(page, " <em>(objects)</em>");
        else if (column == ROLL_NOT_VOTING && strcmp(ballot->answer, "silent") != 0) {
            page_add(page, " <em>(");
            page_html(page, ballot->answer);
            page_add(page, ")</em>");
        }
        page_add(page, "</div>");
    }
    page_add(page, count == 0 ? "<div>&mdash;</div></td>" : "</td>");
}

static void add_roll(struct page *page, const Comity__V1__ProposalInfo *proposal,
                     const show_forum *forum)
{
    page_add(page, "<h2>Record of the vote</h2>\n<table class=\"roll\"><thead><tr>");
    for (int i = 0; i < ROLL_COLUMNS; i++) {
        size_t count = 0;
        for (size_t j = 0; j < proposal->n_ballots; j++)
            count += (int)roll_column_of(proposal->ballots[j]) == i ? 1 : 0;
        page_format(page, "<th>%s: %zu</th>", roll_title((enum roll_column)i), count);
    }
    page_add(page, "</tr></thead>\n<tbody><tr>");
    for (int i = 0; i < ROLL_COLUMNS; i++)
        add_roll_column(page, proposal, forum, (enum roll_column)i);
    page_add(page, "</tr></tbody></table>\n<p class=\"verdict\"><strong>");
    show_verdict(page, proposal, page_html);
    page_add(page, proposal->can_change ? "</strong> (can still change)</p>\n" : "</strong></p>\n");
    page_add(page, "<p class=\"small\">Rule ");
    page_html(page, proposal->rule);
    page_add(page, ": <em>");
    page_html(page, proposal->rule_sentence);
    page_add(page, "</em>");
    if (proposal->rule_in_words[0] != '\0') {
        page_add(page, "; that is, ");
        page_html(page, proposal->rule_in_words);
    }
    page_add(page, ".</p>\n");
    show_stage_html(page, proposal);
}

static void add_outcome(struct page *page, const Comity__V1__ProposalInfo *proposal,
                        const show_forum *forum)
{
    if (proposal->n_formed_by > 0) {
        page_add(page, "<p class=\"small\"><strong>Formed by</strong> ");
        add_seats(page, forum, proposal->formed_by, proposal->n_formed_by);
        page_add(page, ".</p>\n");
    }
    if (proposal->n_stayed_out > 0) {
        page_add(page, "<p class=\"small\"><strong>Stayed out</strong> ");
        add_seats(page, forum, proposal->stayed_out, proposal->n_stayed_out);
        page_add(page, ".</p>\n");
    }
    for (size_t i = 0; i < proposal->n_defected; i++) {
        page_add(page, "<p class=\"small\"><strong>Defected</strong> ");
        add_seat(page, forum, proposal->defected[i]->seat);
        page_add(page, " (");
        page_html(page, proposal->defected[i]->kind);
        page_add(page, ").</p>\n");
    }
}

static void add_hex(struct page *page, const ProtobufCBinaryData *data)
{
    for (size_t i = 0; i < data->len; i++)
        page_format(page, "%02x", data->data[i]);
}

/* What a reader needs to check who and what this was. */
static void add_notes(struct page *page, const Comity__V1__ProposalInfo *proposal,
                      const show_forum *forum)
{
    page_add(page, "<div class=\"notes small\">\n<h2>Fingerprints</h2>\n");
    if (forum != NULL)
        page_add(page, "<table><tbody>\n");
    for (size_t i = 0; forum != NULL && i < forum->n_seats; i++) {
        const Comity__V1__SeatStatus *seat = forum->seats[i];
        page_add(page, "<tr><td>");
        page_html(page, seat->name);
        page_add(page, "</td><td>");
        page_html(page, seat->title);
        page_add(page, "</td><td class=\"print\">");
        page_html(page, seat->fingerprint);
        page_add(page, "</td></tr>\n");
    }
    page_add(page, forum != NULL ? "</tbody></table>\n<p class=\"ids\">Forum <span class=\"print\">"
                                 : "<p>");
    if (forum != NULL) {
        add_hex(page, &forum->id);
        page_add(page, "</span><br>");
    }
    page_add(page, "Text <span class=\"print\">");
    add_hex(page, &proposal->text_hash);
    page_add(page, "</span></p>\n<p>Every delegation holds this in its own record. The page proves "
                   "nothing by itself: compare the fingerprints with those the delegations show "
                   "you");
    if (proposal->agreement != 0)
        page_format(page,
                    ", and check the instrument that <em>comity export A%" PRIu32 "</em> writes",
                    proposal->agreement);
    page_add(page, ".</p>\n</div>\n");
}

void show_proposal_html(struct page *page, const Comity__V1__ProposalInfo *proposal,
                        const show_forum *forum)
{
    page_add(page, head);
    page_add(page, "<title>");
    add_symbol(page, proposal, forum);
    page_add(page, " ");
    page_html(page, proposal->title);
    page_add(page, "</title>\n");
    page_add(page, style);
    page_add(page, "</head>\n<body>\n");
    add_masthead(page, proposal, forum);
    add_title(page, proposal, forum);
    page_add(page, "<div class=\"text\">\n");
    markdown_html(page, proposal->text);
    page_add(page, "</div>\n<div class=\"end\"></div>\n");
    show_effect_html(page, proposal);
    add_goals(page, proposal);
    add_terms(page, proposal, forum);
    add_roll(page, proposal, forum);
    add_outcome(page, proposal, forum);
    add_notes(page, proposal, forum);
    page_add(page, "</body>\n</html>\n");
}
