/* SPDX-License-Identifier: Apache-2.0 */
/* verify_compliance.c - what an instrument proves of goals, pledges, deliveries and the fund. */
#include <inttypes.h>
#include <jansson.h>

#include "base/calendar.h"
#include "compliance.h"
#include "table.h"
#include "verify.h"

static void table_add_what(struct table *table, const char *issue, const char *unit, int64_t due_ms)
{
    struct page page;
    page_init(&page, false);
    show_what(&page, issue, unit, due_ms);
    table_add(table, page_text(&page));
    page_free(&page);
}

static void add_goals(struct page *page, const struct compliance *compliance)
{
    static const char *const headers[] = {"goal",      "asked",    "pledged", "reported",
                                          "confirmed", "ambition", "delivery"};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (uint32_t i = 0; i < compliance->goals_count; i++) {
        const struct compliance_goal *goal = &compliance->goals[i];
        table_add_what(&table, goal->issue, goal->unit, goal->due_ms);
        if (goal->stated)
            table_add_i64(&table, goal->goal);
        else
            table_add_right(&table, STYLE_DIM, "-");
        table_add_i64(&table, goal->pledged);
        table_add_i64(&table, goal->reported);
        table_add_i64(&table, goal->confirmed);
        if (goal->stated)
            table_add_i64(&table, goal->ambition_gap);
        else
            table_add_right(&table, STYLE_DIM, "-");
        table_add_i64(&table, goal->delivery_gap);
    }
    table_print(&table, page, 0);
    table_free(&table);
}

/* A pledge's state, as far as the file can tell; see pledge_state_word. */
static const char *state_word(const struct instrument_report *report,
                              const struct compliance_pledge *row)
{
    if (row->pledge->review == REVIEW_SHORT)
        return "breach";
    if (row->pledge->review == REVIEW_RESTED)
        return "rests";
    if (!row->counts)
        return "not counted";
    if (row->short_by == 0)
        return "kept";
    return report->knows_time && !row->past ? "to come" : "short";
}

static void add_pledges(struct page *page, const struct instrument_report *report)
{
    static const char *const headers[] = {"party",     "pledge", "pledged", "reported",
                                          "confirmed", "short",  "state"};
    const struct compliance *compliance = report->compliance;
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (uint32_t i = 0; i < compliance->pledges_count; i++) {
        const struct compliance_pledge *row = &compliance->pledges[i];
        table_add_styled(&table, STYLE_BOLD, report->charter->seats[row->pledge->seat].name);
        table_add_what(&table, row->pledge->issue, row->pledge->unit, row->pledge->due_ms);
        table_add_i64(&table, row->pledge->quantity);
        table_add_i64(&table, row->delivery.reported);
        table_add_i64(&table, row->delivery.confirmed);
        table_add_u64(&table, row->short_by);
        table_add(&table, state_word(report, row));
    }
    page_add(page, compliance->pledges_count > 0 ? "\n" : "");
    table_print(&table, page, 0);
    table_free(&table);
}

void verify_add_compliance(struct page *page, const struct instrument_report *report)
{
    const struct compliance *compliance = report->compliance;
    if (compliance == NULL || (compliance->goals_count == 0 && !compliance->has_fund))
        return;
    page_add(page, "\n");
    add_goals(page, compliance);
    add_pledges(page, report);
    if (compliance->has_fund) {
        page_add(page, "\nFund of ");
        page_plain(page, report->rule->fund.issue);
        page_format(page, ": paid %" PRIu64 ", spent %" PRIu64 ", there %" PRIu64 " ",
                    compliance->paid_sum, compliance->spent_sum, compliance->balance);
        page_plain(page, report->rule->fund.unit);
        page_add(page, "\n");
        for (uint32_t i = 0; i < report->accounts->spendings_count; i++) {
            const struct forum_spending *spending = &report->accounts->spendings[i];
            page_format(page, "  P%" PRIu32 " spent %" PRIu64 " on ", spending->proposal,
                        spending->quantity);
            page_plain(page, report->charter->seats[spending->seat].name);
            page_add(page, ", as the orderers say\n");
        }
    }
}

static json_t *day_json(int64_t ms)
{
    char text[CALENDAR_TEXT_SIZE];
    if (ms == 0)
        return json_null();
    calendar_format(ms, text);
    return json_string(text);
}

static json_t *goals_json(const struct compliance *compliance)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < compliance->goals_count; i++) {
        const struct compliance_goal *goal = &compliance->goals[i];
        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "issue",
                            goal->issue, "unit", goal->unit, "due_at", day_json(goal->due_ms),
                            "stated", (int)goal->stated, "goal", (json_int_t)goal->goal, "pledged",
                            (json_int_t)goal->pledged, "reported", (json_int_t)goal->reported,
                            "confirmed", (json_int_t)goal->confirmed, "ambition_gap",
                            (json_int_t)goal->ambition_gap, "delivery_gap",
                            (json_int_t)goal->delivery_gap));
    }
    return list;
}

/* As the JSON of 64-bit numbers elsewhere: past 2^63 they are strings. */
static json_t *sum_json(uint64_t sum)
{
    char text[24];
    if (sum <= INT64_MAX)
        return json_integer((json_int_t)sum);
    (void)snprintf(text, sizeof text, "%" PRIu64, sum);
    return json_string(text);
}

static json_t *pledges_json(const struct instrument_report *report)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < report->compliance->pledges_count; i++) {
        const struct compliance_pledge *row = &report->compliance->pledges[i];
        (void)json_array_append_new(
            list,
            json_pack(
                "{s:s, s:s, s:s, s:o, s:I, s:o, s:I, s:I, s:I, s:I, s:o, s:s}", "seat",
                report->charter->seats[row->pledge->seat].name, "issue", row->pledge->issue, "unit",
                row->pledge->unit, "due_at", day_json(row->pledge->due_ms), "quantity",
                (json_int_t)row->pledge->quantity, "lowered_by", sum_json(row->pledge->lowered_by),
                "reported", (json_int_t)row->delivery.reported, "confirmed",
                (json_int_t)row->delivery.confirmed, "vouches", (json_int_t)row->delivery.vouches,
                "disputes", (json_int_t)row->delivery.disputes, "short_by", sum_json(row->short_by),
                "state", state_word(report, row)));
    }
    return list;
}

static json_t *fund_json(const struct instrument_report *report)
{
    const struct compliance *compliance = report->compliance;
    if (!compliance->has_fund)
        return json_null();
    json_t *paid = json_object();
    for (uint32_t seat = 0; seat < report->charter->seats_count; seat++) {
        if (compliance->paid[seat] > 0)
            (void)json_object_set_new(paid, report->charter->seats[seat].name,
                                      sum_json(compliance->paid[seat]));
    }
    json_t *spendings = json_array();
    for (uint32_t i = 0; i < report->accounts->spendings_count; i++) {
        const struct forum_spending *spending = &report->accounts->spendings[i];
        char ruling[HASH_HEX_SIZE];
        hash_to_hex(&spending->ruling, ruling);
        (void)json_array_append_new(spendings,
                                    json_pack("{s:I, s:s, s:s, s:o}", "proposal",
                                              (json_int_t)spending->proposal, "ruling", ruling,
                                              "seat", report->charter->seats[spending->seat].name,
                                              "quantity", sum_json(spending->quantity)));
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "issue", report->rule->fund.issue,
                     "unit", report->rule->fund.unit, "goal", sum_json(compliance->fund_goal),
                     "paid", sum_json(compliance->paid_sum), "spent",
                     sum_json(compliance->spent_sum), "balance", sum_json(compliance->balance),
                     "paid_by", paid, "spendings", spendings);
}

json_t *verify_compliance_json(const struct instrument_report *report)
{
    if (report->compliance == NULL)
        return json_null();
    return json_pack("{s:o, s:o, s:o}", "goals", goals_json(report->compliance), "pledges",
                     pledges_json(report), "fund", fund_json(report));
}
