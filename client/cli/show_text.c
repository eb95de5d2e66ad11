/* SPDX-License-Identifier: Apache-2.0 */
/* show_text.c - for a terminal. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "life.h"
#include "show.h"
#include "compliance.h"
#include "show_standing.h"
#include "table.h"

enum roll_column roll_column_of(const Comity__V1__SeatAnswer *ballot)
{
    if (ballot->voided)
        return ROLL_NOT_VOTING;
    if (strcmp(ballot->answer, "yes") == 0)
        return ROLL_FAVOUR;
    if (strcmp(ballot->answer, "no") == 0 || strcmp(ballot->answer, "object") == 0)
        return ROLL_AGAINST;
    if (strcmp(ballot->answer, "abstain") == 0)
        return ROLL_ABSTAINING;
    return ROLL_NOT_VOTING;
}

const char *roll_title(enum roll_column column)
{
    static const char *const titles[ROLL_COLUMNS] = {
        [ROLL_FAVOUR] = "In favour",
        [ROLL_AGAINST] = "Against",
        [ROLL_ABSTAINING] = "Abstaining",
        [ROLL_NOT_VOTING] = "Not voting",
    };
    return titles[column];
}

void show_term_value(struct page *page, const Comity__V1__Term *term)
{
    char text[CALENDAR_TEXT_SIZE];
    switch (term->kind) {
    case COMITY__V1__TERM__KIND__TERM_INTEGER:
        page_format(page, "%" PRId64, term->number);
        if (term->unit[0] != '\0')
            page_add(page, " ");
        page_plain(page, term->unit);
        break;
    case COMITY__V1__TERM__KIND__TERM_DATE:
        calendar_format(term->number, text);
        page_add(page, text);
        break;
    case COMITY__V1__TERM__KIND__TERM_SHARE:
        if (term->of == 100)
            page_format(page, "%" PRId64 "%%", term->number);
        else
            page_format(page, "%" PRId64 "/%" PRIu64, term->number, term->of);
        break;
    default:
        page_plain(page, term->text);
    }
}

void show_verdict(struct page *page, const Comity__V1__ProposalInfo *proposal,
                  void (*add)(struct page *page, const char *foreign))
{
    size_t size = strlen(proposal->verdict);
    if (size == 0 || strncmp(proposal->line, proposal->verdict, size) != 0) {
        add(page, proposal->verdict);
        if (proposal->line[0] != '\0')
            page_add(page, ": ");
    }
    add(page, proposal->line);
}

static void add_names(struct page *page, const char *label, char *const *names, size_t count)
{
    if (count == 0)
        return;
    show_label(page, label);
    for (size_t i = 0; i < count; i++) {
        page_add(page, i > 0 ? ", " : "");
        page_plain(page, names[i]);
    }
    page_add(page, "\n");
}

static void add_roll(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    page_add(page, "\n");
    for (int column = 0; column < ROLL_COLUMNS; column++) {
        size_t count = 0;
        for (size_t i = 0; i < proposal->n_ballots; i++) {
            const Comity__V1__SeatAnswer *ballot = proposal->ballots[i];
            if ((int)roll_column_of(ballot) != column)
                continue;
            if (count++ == 0)
                show_label(page, roll_title((enum roll_column)column));
            else
                page_add(page, ", ");
            page_plain(page, ballot->seat);
            if (ballot->carried_by[0] != '\0') {
                page_add(page, " (counted as ");
                page_plain(page, ballot->carried_by);
                page_add(page, ")");
            } else if (ballot->voided)
                page_add(page, " (voided)");
            else if (strcmp(ballot->answer, "object") == 0)
                page_add(page, " (objects)");
            else if (column == ROLL_NOT_VOTING && strcmp(ballot->answer, "silent") != 0) {
                page_add(page, " (");
                page_plain(page, ballot->answer);
                page_add(page, ")");
            }
        }
        if (count > 0)
            page_add(page, "\n");
    }
}

static void add_terms(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    static const char *const term_headers[] = {"term", "value"};
    static const char *const pledge_headers[] = {"pledge of", "issue", "quantity", "unit", "due"};
    struct table table;
    table_init(&table, term_headers, 2);
    for (size_t i = 0; i < proposal->n_terms; i++) {
        struct page value;
        page_init(&value, false);
        show_term_value(&value, proposal->terms[i]);
        table_add(&table, proposal->terms[i]->issue);
        table_add(&table, page_text(&value));
        page_free(&value);
    }
    if (proposal->n_terms > 0)
        page_add(page, "\n");
    table_print(&table, page, 0);
    table_free(&table);
    table_init(&table, pledge_headers, 5);
    for (size_t i = 0; i < proposal->n_pledges; i++) {
        const Comity__V1__PledgeInfo *pledge = proposal->pledges[i];
        table_add(&table, pledge->seat);
        table_add(&table, pledge->issue);
        table_add_i64(&table, pledge->quantity);
        table_add(&table, pledge->unit);
        table_add_time(&table, pledge->due_ms);
    }
    if (proposal->n_pledges > 0)
        page_add(page, "\n");
    table_print(&table, page, 0);
    table_free(&table);
}

static void add_goals(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    for (size_t i = 0; i < proposal->n_goals; i++) {
        const Comity__V1__Goal *goal = proposal->goals[i];
        page_add(page, i == 0 ? "\n" : "");
        show_label(page, i == 0 ? "goal" : "");
        page_format(page, "%" PRId64 " of ", goal->quantity);
        show_what(page, goal->issue, goal->unit, goal->due_ms);
        page_add(page, "\n");
    }
}

static void add_rule(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    show_label(page, "rule");
    page_plain(page, proposal->rule);
    if (proposal->rule_sentence[0] != '\0') {
        page_add(page, ": ");
        page_plain(page, proposal->rule_sentence);
    }
    page_add(page, "\n");
    if (proposal->rule_in_words[0] != '\0') {
        show_label(page, "");
        page_plain(page, proposal->rule_in_words);
        page_add(page, "\n");
    }
}

static void add_heading(struct page *page, char letter, uint32_t number, const char *title)
{
    page_style(page, STYLE_BOLD);
    page_format(page, "%c%" PRIu32 "  ", letter, number);
    page_plain(page, title);
    page_style(page, STYLE_NONE);
    page_add(page, "\n");
}

static enum style style_of(const char *verdict)
{
    if (strcmp(verdict, "adopted") == 0 || strcmp(verdict, "in-force") == 0)
        return STYLE_GOOD;
    return strcmp(verdict, "open") == 0 || strcmp(verdict, "pending") == 0 ? STYLE_WAITING
                                                                           : STYLE_BAD;
}

static void add_defections(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    for (size_t i = 0; i < proposal->n_defected; i++) {
        show_label(page, i == 0 ? "defected" : "");
        page_plain(page, proposal->defected[i]->seat);
        page_add(page, " (");
        page_plain(page, proposal->defected[i]->kind);
        page_add(page, ")\n");
    }
}

void show_proposal(struct page *page, const Comity__V1__ProposalInfo *proposal)
{
    add_heading(page, 'P', proposal->number, proposal->title);
    show_label(page, "verdict");
    page_style(page, style_of(proposal->verdict));
    show_verdict(page, proposal, page_plain);
    page_style(page, STYLE_NONE);
    if (proposal->can_change)
        page_add(page, " (can still change)");
    page_add(page, "\n");
    if (proposal->amends != 0) {
        show_label(page, "amends");
        page_format(page, "P%" PRIu32 "\n", proposal->amends);
    }
    show_label(page, "status");
    page_plain(page, proposal->status);
    page_add(page, proposal->binding ? "; binding if adopted" : "; not binding");
    if (proposal->agreement != 0)
        page_format(page, "; made agreement A%" PRIu32, proposal->agreement);
    page_add(page, "\n");
    add_names(page, "proposed by", &((char *[]){proposal->proposer})[0], 1);
    add_names(page, "sponsors", proposal->sponsors, proposal->n_sponsors);
    add_names(page, "must abstain", proposal->must_abstain, proposal->n_must_abstain);
    if (proposal->topic[0] != '\0')
        add_names(page, "topic", &((char *[]){proposal->topic})[0], 1);
    show_effect(page, proposal);
    add_rule(page, proposal);
    show_stage(page, proposal);
    show_label(page, proposal->decided_ms != 0 ? "decided" : "closes");
    if (proposal->decided_ms == 0 && proposal->closes_ms == 0)
        page_add(page, "when all have answered, or the chair says so");
    else
        page_time(page, proposal->decided_ms != 0 ? proposal->decided_ms : proposal->closes_ms);
    page_add(page, "\n\n");
    page_lines(page, proposal->text, 2, 80);
    show_changes(page, proposal);
    add_goals(page, proposal);
    add_terms(page, proposal);
    life_add_reservations(page, proposal->reservations, proposal->n_reservations);
    add_roll(page, proposal);
    add_names(page, "waited for", proposal->unanswered, proposal->n_unanswered);
    add_names(page, "formed by", proposal->formed_by, proposal->n_formed_by);
    add_names(page, "stayed out", proposal->stayed_out, proposal->n_stayed_out);
    add_defections(page, proposal);
    if (proposal->text_version > 1)
        page_format(page,
                    "\nThis is version %" PRIu32 " of the text; `comity diff P%" PRIu32
                    "` shows what changed.\n",
                    proposal->text_version, proposal->number);
}

static void add_parties(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    static const char *const headers[] = {"party",  "status", "consented", "bound since",
                                          "notice", "until",  "home",      "defection"};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (size_t i = 0; i < agreement->n_parties; i++) {
        const Comity__V1__PartyInfo *party = agreement->parties[i];
        table_add_styled(&table, STYLE_BOLD, party->seat);
        table_add(&table, party->status);
        table_add_time(&table, party->consent_ms);
        table_add_time(&table, party->since_ms);
        table_add_time(&table, party->notice_ms);
        table_add_time(&table, party->until_ms);
        table_add(&table, party->home);
        table_add_styled(&table, STYLE_BAD, party->defection);
    }
    page_add(page, "\n");
    table_print(&table, page, 0);
    table_free(&table);
}

void show_agreement(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    add_heading(page, 'A', agreement->number, agreement->title);
    show_label(page, "status");
    page_styled(page, style_of(agreement->status), agreement->status);
    if (agreement->line[0] != '\0') {
        page_add(page, ": ");
        page_plain(page, agreement->line);
    }
    page_add(page, "\n");
    show_label(page, "text");
    page_format(page, "P%" PRIu32 " (`comity show P%" PRIu32 "`)\n", agreement->proposal,
                agreement->proposal);
    show_label(page, "threshold");
    page_add(page, agreement->threshold_ms != 0 ? "met " : "");
    page_time(page, agreement->threshold_ms);
    page_add(page, "\n");
    if (agreement->in_force_ms != 0) {
        show_label(page, "in force");
        page_time(page, agreement->in_force_ms);
        page_add(page, "\n");
    }
    add_names(page, "endorsed by", agreement->endorsed_by, agreement->n_endorsed_by);
    add_names(page, "condemned", agreement->condemned_by, agreement->n_condemned_by);
    show_legitimacy(page, agreement->legitimacy);
    show_relied_on(page, agreement);
    add_parties(page, agreement);
    life_add_reservations(page, agreement->reservations, agreement->n_reservations);
    life_add_allegations(page, agreement);
    show_compliance_short(page, agreement);
}

void show_declaration(struct page *page, const Comity__V1__DeclarationInfo *declaration)
{
    add_heading(page, 'D', declaration->number, declaration->title);
    show_label(page, "by");
    page_plain(page, declaration->seat);
    page_add(page, ", ");
    page_plain(page, declaration->kind);
    page_add(page, declaration->in_record ? "\n" : " (declared, not yet in the record)\n");
    if (declaration->topic[0] != '\0')
        add_names(page, "topic", &((char *[]){declaration->topic})[0], 1);
    show_label(page, "signed");
    page_time(page, declaration->signed_ms);
    page_add(page, "\n");
    add_names(page, "endorsed by", declaration->endorsed_by, declaration->n_endorsed_by);
    add_names(page, "condemned", declaration->condemned_by, declaration->n_condemned_by);
    show_legitimacy(page, declaration->legitimacy);
    show_relies(page, declaration);
}
