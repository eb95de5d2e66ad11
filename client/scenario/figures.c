/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/figures.h"

#include <string.h>

const char *figure_word(enum figure figure)
{
    static const char *const words[] = {
#define X(name, word) word,
        FIGURES(X)
#undef X
    };
    return words[figure];
}

#define BIT(figure) (1u << (figure))
static const uint32_t rows[] = {
    [ROW_GOAL] = BIT(FIGURE_GOAL) | BIT(FIGURE_PLEDGED) | BIT(FIGURE_REPORTED) |
                 BIT(FIGURE_CONFIRMED) | BIT(FIGURE_AMBITION_GAP) | BIT(FIGURE_DELIVERY_GAP),
    [ROW_PLEDGE] = BIT(FIGURE_PLEDGED) | BIT(FIGURE_REPORTED) | BIT(FIGURE_CONFIRMED) |
                   BIT(FIGURE_SHORT_BY) | BIT(FIGURE_LOWERED_BY) | BIT(FIGURE_REVIEW),
    [ROW_FUND] = BIT(FIGURE_GOAL) | BIT(FIGURE_PAID) | BIT(FIGURE_SPENT) | BIT(FIGURE_BALANCE),
    [ROW_SEAT] = BIT(FIGURE_SHARE) | BIT(FIGURE_PAID),
};

enum figure figure_of_row(enum figure_row row, const char *word)
{
    int figure = 0;
    while (figure < FIGURES_COUNT &&
           ((rows[row] & BIT(figure)) == 0 || strcmp(figure_word((enum figure)figure), word) != 0))
        figure++;
    return (enum figure)figure;
}

static int64_t narrow(uint64_t value)
{
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

static bool is_asked(const struct figure_query *query, const char *issue, int64_t due_ms)
{
    return strcmp(query->issue, issue) == 0 && (!query->has_day || query->due_ms == due_ms);
}

static void goal_of_forum(const struct compliance *from, const struct figure_query *query,
                          struct figures *figures)
{
    for (uint32_t i = 0; i < from->goals_count && !figures->found; i++) {
        const struct compliance_goal *goal = &from->goals[i];
        figures->found = is_asked(query, goal->issue, goal->due_ms);
        figures->values[FIGURE_GOAL] = goal->goal;
        figures->values[FIGURE_PLEDGED] = goal->pledged;
        figures->values[FIGURE_REPORTED] = goal->reported;
        figures->values[FIGURE_CONFIRMED] = goal->confirmed;
        figures->values[FIGURE_AMBITION_GAP] = goal->ambition_gap;
        figures->values[FIGURE_DELIVERY_GAP] = goal->delivery_gap;
    }
}

static void pledge_of_forum(const struct compliance *from, const struct figure_query *query,
                            struct figures *figures)
{
    for (uint32_t i = 0; i < from->pledges_count && !figures->found; i++) {
        const struct compliance_pledge *row = &from->pledges[i];
        figures->found = row->pledge->seat == query->seat &&
                         is_asked(query, row->pledge->issue, row->pledge->due_ms);
        figures->values[FIGURE_PLEDGED] = row->pledge->quantity;
        figures->values[FIGURE_REPORTED] = row->delivery.reported;
        figures->values[FIGURE_CONFIRMED] = row->delivery.confirmed;
        figures->values[FIGURE_SHORT_BY] = narrow(row->short_by);
        figures->values[FIGURE_LOWERED_BY] = narrow(row->pledge->lowered_by);
        figures->values[FIGURE_REVIEW] = row->pledge->review;
    }
}

void figures_of_forum(const struct compliance *from, const struct figure_query *query,
                      struct figures *ret_figures)
{
    struct figures figures = {.found = false};
    if (query->row == ROW_GOAL) {
        goal_of_forum(from, query, &figures);
    } else if (query->row == ROW_PLEDGE) {
        pledge_of_forum(from, query, &figures);
    } else if (query->row == ROW_FUND) {
        figures.found = from->has_fund;
        figures.values[FIGURE_GOAL] = narrow(from->fund_goal);
        figures.values[FIGURE_PAID] = narrow(from->paid_sum);
        figures.values[FIGURE_SPENT] = narrow(from->spent_sum);
        figures.values[FIGURE_BALANCE] = narrow(from->balance);
    } else {
        figures.found = from->has_fund;
        figures.values[FIGURE_SHARE] = narrow(from->shares[query->seat]);
        figures.values[FIGURE_PAID] = narrow(from->paid[query->seat]);
    }
    *ret_figures = figures;
}

static void goal_of_message(const Comity__V1__Compliance *from, const struct figure_query *query,
                            struct figures *figures)
{
    for (size_t i = 0; i < from->n_goals && !figures->found; i++) {
        const Comity__V1__GoalInfo *goal = from->goals[i];
        figures->found = is_asked(query, goal->issue, goal->due_ms);
        figures->values[FIGURE_GOAL] = goal->goal;
        figures->values[FIGURE_PLEDGED] = goal->pledged;
        figures->values[FIGURE_REPORTED] = goal->reported;
        figures->values[FIGURE_CONFIRMED] = goal->confirmed;
        figures->values[FIGURE_AMBITION_GAP] = goal->ambition_gap;
        figures->values[FIGURE_DELIVERY_GAP] = goal->delivery_gap;
    }
}

static enum review review_from(const char *word)
{
    static const char *const words[] = {"", "kept", "short", "rested"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(words[i], word) == 0)
            return (enum review)i;
    }
    return REVIEW_NONE;
}

static void pledge_of_message(const Comity__V1__Compliance *from, const struct figure_query *query,
                              const char *seat_name, struct figures *figures)
{
    for (size_t i = 0; i < from->n_pledges && !figures->found; i++) {
        const Comity__V1__PledgeState *row = from->pledges[i];
        figures->found =
            strcmp(row->seat, seat_name) == 0 && is_asked(query, row->issue, row->due_ms);
        figures->values[FIGURE_PLEDGED] = row->quantity;
        figures->values[FIGURE_REPORTED] = row->reported;
        figures->values[FIGURE_CONFIRMED] = row->confirmed;
        figures->values[FIGURE_SHORT_BY] = narrow(row->short_by);
        figures->values[FIGURE_LOWERED_BY] = narrow(row->lowered_by);
        figures->values[FIGURE_REVIEW] = review_from(row->review);
    }
}

static void seat_of_message(const Comity__V1__FundInfo *fund, const char *seat_name,
                            struct figures *figures)
{
    for (size_t i = 0; i < fund->n_seats; i++) {
        if (strcmp(fund->seats[i]->seat, seat_name) != 0)
            continue;
        figures->values[FIGURE_SHARE] = narrow(fund->seats[i]->share);
        figures->values[FIGURE_PAID] = narrow(fund->seats[i]->paid);
    }
}

void figures_of_message(const Comity__V1__Compliance *from, const struct figure_query *query,
                        const char *seat_name, struct figures *ret_figures)
{
    struct figures figures = {.found = false};
    const Comity__V1__FundInfo *fund = from == NULL ? NULL : from->fund;
    if (from != NULL && query->row == ROW_GOAL) {
        goal_of_message(from, query, &figures);
    } else if (from != NULL && query->row == ROW_PLEDGE) {
        pledge_of_message(from, query, seat_name, &figures);
    } else if (fund != NULL && query->row == ROW_FUND) {
        figures.values[FIGURE_GOAL] = narrow(fund->goal);
        figures.values[FIGURE_PAID] = narrow(fund->paid);
        figures.values[FIGURE_SPENT] = narrow(fund->spent);
        figures.values[FIGURE_BALANCE] = narrow(fund->balance);
    } else if (fund != NULL) {
        seat_of_message(fund, seat_name, &figures);
    }
    if (query->row == ROW_FUND || query->row == ROW_SEAT)
        figures.found = fund != NULL;
    *ret_figures = figures;
}
