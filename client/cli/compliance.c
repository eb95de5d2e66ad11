/* SPDX-License-Identifier: Apache-2.0 */
#include "compliance.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "commands.h"
#include "sheet.h"
#include "table.h"

static void add_day(struct page *page, int64_t ms)
{
    char day[CALENDAR_TEXT_SIZE];
    calendar_format(ms, day);
    page_add(page, day);
}

void show_what(struct page *page, const char *issue, const char *unit, int64_t due_ms)
{
    page_plain(page, issue);
    if (due_ms != 0) {
        page_add(page, " by ");
        add_day(page, due_ms);
    }
    if (unit[0] == '\0')
        return;
    page_add(page, " (");
    page_plain(page, unit);
    page_add(page, ")");
}

static void table_add_what(struct table *table, const char *issue, const char *unit, int64_t due_ms)
{
    struct page page;
    page_init(&page, false);
    show_what(&page, issue, unit, due_ms);
    table_add(table, page_text(&page));
    page_free(&page);
}

/* A gap that is open stands out; one that is closed, or more than that, does not. */
static void table_add_gap(struct table *table, int64_t gap, int64_t towards)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, gap);
    bool open = towards < 0 ? gap < 0 : gap > 0;
    table_add_right(table, open ? STYLE_BAD : STYLE_GOOD, text);
}

static void add_goals(struct page *page, const Comity__V1__Compliance *compliance)
{
    static const char *const headers[] = {"goal",      "asked",    "pledged", "reported",
                                          "confirmed", "ambition", "delivery"};
    struct table table;
    table_init(&table, headers, 7);
    for (size_t i = 0; i < compliance->n_goals; i++) {
        const Comity__V1__GoalInfo *goal = compliance->goals[i];
        table_add_what(&table, goal->issue, goal->unit, goal->due_ms);
        if (goal->stated)
            table_add_i64(&table, goal->goal);
        else
            table_add_right(&table, STYLE_DIM, "-");
        table_add_i64(&table, goal->pledged);
        table_add_i64(&table, goal->reported);
        table_add_i64(&table, goal->confirmed);
        if (goal->stated)
            table_add_gap(&table, goal->ambition_gap, goal->goal);
        else
            table_add_right(&table, STYLE_DIM, "-");
        table_add_gap(&table, goal->delivery_gap, goal->pledged);
    }
    table_print(&table, page, 0);
    table_free(&table);
    if (compliance->n_goals > 0)
        page_add(page, "Gaps: ambition is asked less pledged, delivery is pledged less "
                       "confirmed.\n");
}

const char *pledge_state_word(const Comity__V1__Compliance *compliance,
                              const Comity__V1__PledgeState *pledge)
{
    if (strcmp(pledge->review, "short") == 0)
        return "breach";
    if (strcmp(pledge->review, "rested") == 0)
        return "rests";
    if (!pledge->counts)
        return "not counted";
    if (pledge->short_by == 0)
        return "kept";
    (void)compliance;
    return pledge->past ? "short" : "to come";
}

static enum style style_of_state(const char *word)
{
    if (strcmp(word, "kept") == 0)
        return STYLE_GOOD;
    if (strcmp(word, "to come") == 0)
        return STYLE_WAITING;
    return strcmp(word, "short") == 0 || strcmp(word, "breach") == 0 ? STYLE_BAD : STYLE_DIM;
}

static void add_pledges(struct page *page, const Comity__V1__Compliance *compliance)
{
    static const char *const headers[] = {"party",     "pledge", "pledged", "reported",
                                          "confirmed", "short",  "state"};
    struct table table;
    table_init(&table, headers, 7);
    for (size_t i = 0; i < compliance->n_pledges; i++) {
        const Comity__V1__PledgeState *pledge = compliance->pledges[i];
        const char *state = pledge_state_word(compliance, pledge);
        table_add_styled(&table, STYLE_BOLD, pledge->seat);
        table_add_what(&table, pledge->issue, pledge->unit, pledge->due_ms);
        table_add_i64(&table, pledge->quantity);
        table_add_i64(&table, pledge->reported);
        table_add_i64(&table, pledge->confirmed);
        table_add_u64(&table, pledge->short_by);
        table_add_styled(&table, style_of_state(state), state);
    }
    page_add(page, compliance->n_pledges > 0 ? "\n" : "");
    table_print(&table, page, 0);
    table_free(&table);
    for (size_t i = 0; i < compliance->n_pledges; i++) {
        const Comity__V1__PledgeState *pledge = compliance->pledges[i];
        if (pledge->lowered_count == 0)
            continue;
        page_plain(page, pledge->seat);
        page_add(page, " lowered ");
        show_what(page, pledge->issue, pledge->unit, pledge->due_ms);
        page_format(page, " by %" PRIu64, pledge->lowered_by);
        if (pledge->lowered_count > 1)
            page_format(page, ", in %" PRIu32 " steps", pledge->lowered_count);
        page_add(page, ".\n");
    }
}

static void add_names(struct table *table, char *const *names, size_t count)
{
    struct page page;
    page_init(&page, false);
    for (size_t i = 0; i < count && i < 6; i++) {
        page_add(&page, i > 0 ? ", " : "");
        page_plain(&page, names[i]);
    }
    if (count > 6)
        page_format(&page, " and %zu more", count - 6);
    table_add(table, page_text(&page));
    page_free(&page);
}

static void add_reports(struct page *page, const Comity__V1__Compliance *compliance)
{
    static const char *const headers[] = {"report", "of",          "so much",
                                          "what",   "vouched for", "disputed"};
    struct table table;
    table_init(&table, headers, 6);
    for (size_t i = 0; i < compliance->n_reports; i++) {
        const Comity__V1__ReportInfo *report = compliance->reports[i];
        if (!report->counts)
            continue;
        table_add(&table, report->name);
        table_add_styled(&table, STYLE_BOLD, report->seat);
        table_add_i64(&table, report->quantity);
        table_add_what(&table, report->issue, report->unit, report->due_ms);
        add_names(&table, report->vouched_by, report->n_vouched_by);
        add_names(&table, report->disputed_by, report->n_disputed_by);
    }
    page_add(page, compliance->n_reports > 0 ? "\n" : "");
    table_print(&table, page, 0);
    table_free(&table);
}

static void add_fund_line(struct page *page, const Comity__V1__FundInfo *fund)
{
    page_add(page, "Fund of ");
    page_plain(page, fund->issue);
    page_format(page, ": paid %" PRIu64 ", spent %" PRIu64 ", there %" PRIu64 " ", fund->paid,
                fund->spent, fund->balance);
    page_plain(page, fund->unit);
    page_add(page, "\n");
}

static void add_fund(struct page *page, const Comity__V1__FundInfo *fund)
{
    static const char *const headers[] = {"party", "share", "paid", "short"};
    struct table table;
    page_add(page, "\n");
    add_fund_line(page, fund);
    if (fund->goal > 0) {
        page_format(page, "It should hold %" PRIu64 " ", fund->goal);
        page_plain(page, fund->unit);
        page_add(page, strcmp(fund->shares, "equal") == 0 ? "; shares are " : "; shares go ");
        page_plain(page, fund->shares);
        page_add(page, ".\n");
    }
    page_add(page, "Spent under rule ");
    page_plain(page, fund->spent_by);
    page_add(page, ".\n");
    table_init(&table, headers, 4);
    for (size_t i = 0; i < fund->n_seats; i++) {
        const Comity__V1__FundSeat *seat = fund->seats[i];
        table_add_styled(&table, STYLE_BOLD, seat->seat);
        table_add_u64(&table, seat->share);
        table_add_u64(&table, seat->paid);
        table_add_u64(&table, seat->share > seat->paid ? seat->share - seat->paid : 0);
    }
    page_add(page, fund->n_seats > 0 ? "\n" : "");
    table_print(&table, page, 0);
    table_free(&table);
    for (size_t i = 0; i < fund->n_spendings; i++) {
        const Comity__V1__SpendingInfo *spending = fund->spendings[i];
        page_format(page, "P%" PRIu32 " spent %" PRIu64 " ", spending->proposal,
                    spending->quantity);
        page_plain(page, fund->unit);
        page_add(page, " on ");
        page_plain(page, spending->seat);
        page_add(page, ", ");
        page_time(page, spending->forum_ms);
        page_add(page, "\n");
    }
}

void show_compliance(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    const Comity__V1__Compliance *compliance = agreement->compliance;
    page_format(page, "A%" PRIu32 "  ", agreement->number);
    page_styled(page, STYLE_BOLD, agreement->title);
    page_add(page, "\nAs of ");
    page_time(page, compliance->forum_ms);
    page_add(page, compliance->shortfall ? ". Falling short is a breach.\n"
                                         : ". Falling short is a figure, and no breach.\n");
    if (compliance->attestations == 0)
        page_add(page, "Reports count as they stand.\n\n");
    else
        page_format(
            page, "A report counts when %" PRIu32 " other%s for it and none disputes it.\n\n",
            compliance->attestations, compliance->attestations == 1 ? " vouches" : "s vouch");
    if (compliance->n_goals == 0 && compliance->fund == NULL)
        page_add(page, "Nothing is pledged under it, and it names no goal.\n");
    add_goals(page, compliance);
    add_pledges(page, compliance);
    add_reports(page, compliance);
    if (compliance->fund != NULL)
        add_fund(page, compliance->fund);
}

void show_compliance_short(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    const Comity__V1__Compliance *compliance = agreement->compliance;
    if (compliance == NULL || (compliance->n_goals == 0 && compliance->fund == NULL))
        return;
    page_add(page, "\n");
    add_goals(page, compliance);
    if (compliance->fund != NULL)
        add_fund_line(page, compliance->fund);
    page_format(page,
                "`comity compliance A%" PRIu32 "` shows who has pledged and delivered what.\n",
                agreement->number);
}

/* --- As a sheet: rows of goals, pledges, and seats and the fund --- */

static void sheet_i64(struct page *page, int64_t value, bool last)
{
    page_format(page, "%" PRId64 "%s", value, last ? "\n" : ",");
}

static void sheet_none(struct page *page, unsigned count, bool last)
{
    for (unsigned i = 0; i < count; i++)
        page_add(page, last && i + 1 == count ? "\n" : ",");
}

static void sheet_begin(struct page *page, uint32_t agreement, const char *row, const char *seat,
                        const char *issue)
{
    page_format(page, "A%" PRIu32 ",%s,", agreement, row);
    sheet_text(page, seat, false);
    sheet_text(page, issue, false);
}

static void sheet_goal(struct page *page, uint32_t number, const Comity__V1__GoalInfo *goal)
{
    sheet_begin(page, number, "goal", "", goal->issue);
    sheet_text(page, goal->unit, false);
    sheet_time(page, goal->due_ms, false);
    if (goal->stated)
        sheet_i64(page, goal->goal, false);
    else
        sheet_none(page, 1, false);
    sheet_i64(page, goal->pledged, false);
    sheet_i64(page, goal->reported, false);
    sheet_i64(page, goal->confirmed, false);
    if (goal->stated)
        sheet_i64(page, goal->ambition_gap, false);
    else
        sheet_none(page, 1, false);
    sheet_i64(page, goal->delivery_gap, false);
    sheet_none(page, 8, true);
}

static void sheet_pledge(struct page *page, uint32_t number,
                         const Comity__V1__Compliance *compliance,
                         const Comity__V1__PledgeState *pledge)
{
    sheet_begin(page, number, "pledge", pledge->seat, pledge->issue);
    sheet_text(page, pledge->unit, false);
    sheet_time(page, pledge->due_ms, false);
    sheet_none(page, 1, false);
    sheet_i64(page, pledge->quantity, false);
    sheet_i64(page, pledge->reported, false);
    sheet_i64(page, pledge->confirmed, false);
    sheet_none(page, 2, false);
    sheet_u64(page, pledge->short_by, false);
    sheet_u64(page, pledge->lowered_by, false);
    sheet_u64(page, pledge->vouches, false);
    sheet_u64(page, pledge->disputes, false);
    page_format(page, "%s,", pledge_state_word(compliance, pledge));
    sheet_none(page, 3, true);
}

static void sheet_fund(struct page *page, uint32_t number, const Comity__V1__FundInfo *fund)
{
    for (size_t i = 0; i <= fund->n_seats; i++) {
        bool whole = i == fund->n_seats;
        sheet_begin(page, number, whole ? "fund" : "share", whole ? "" : fund->seats[i]->seat,
                    fund->issue);
        sheet_text(page, fund->unit, false);
        sheet_none(page, 12, false);
        sheet_u64(page, whole ? fund->goal : fund->seats[i]->share, false);
        sheet_u64(page, whole ? fund->paid : fund->seats[i]->paid, false);
        if (whole)
            sheet_u64(page, fund->spent, true);
        else
            sheet_none(page, 1, true);
    }
}

static void add_sheet(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    const Comity__V1__Compliance *compliance = agreement->compliance;
    page_add(page, "agreement,row,seat,issue,unit,due,goal,pledged,reported,confirmed,"
                   "ambition_gap,delivery_gap,short_by,lowered_by,vouches,disputes,state,share,"
                   "paid,spent\n");
    for (size_t i = 0; i < compliance->n_goals; i++)
        sheet_goal(page, agreement->number, compliance->goals[i]);
    for (size_t i = 0; i < compliance->n_pledges; i++)
        sheet_pledge(page, agreement->number, compliance, compliance->pledges[i]);
    if (compliance->fund != NULL)
        sheet_fund(page, agreement->number, compliance->fund);
}

enum cli_exit command_compliance(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    enum comity_error error = cli_target(arguments->words[0], "A", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    struct comity_reply reply;
    error = comity_get_agreement(cli->daemon, name, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__AgreementInfo *agreement = reply.response->agreement;
    if (agreement->compliance == NULL) {
        (void)fault_set(&fault, COMITY_FOREIGN, "this daemon tells nothing of compliance");
        end = cli_fail(cli, COMITY_FOREIGN, &fault);
    } else if (cli->json) {
        end = cli_print_json(cli, &agreement->compliance->base, CLI_OK);
    } else {
        struct page page;
        page_init(&page, cli->color);
        if (options_has(arguments, "csv"))
            add_sheet(&page, agreement);
        else
            show_compliance(&page, agreement);
        end = cli_print(cli, &page, CLI_OK);
    }
    comity_reply_free(&reply);
    return end;
}
