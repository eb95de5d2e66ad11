/* SPDX-License-Identifier: Apache-2.0 */
/* figures.h - one row of what an agreement meant, pledged and delivered, as expectations name its
 * figures; the same from a forum in this process and from a daemon's answer. */
#ifndef COMITY_SCENARIO_FIGURES_H
#define COMITY_SCENARIO_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "client.pb-c.h"
#include "forum/compliance.h"

/* A goal and what is laid beside it; a seat's pledge; the fund; a seat's part in it. */
enum figure_row { ROW_GOAL, ROW_PLEDGE, ROW_FUND, ROW_SEAT };

#define FIGURES(X) \
    X(FIGURE_GOAL, "goal") \
    X(FIGURE_PLEDGED, "pledged") \
    X(FIGURE_REPORTED, "reported") \
    X(FIGURE_CONFIRMED, "confirmed") \
    X(FIGURE_AMBITION_GAP, "ambition-gap") \
    X(FIGURE_DELIVERY_GAP, "delivery-gap") \
    X(FIGURE_SHORT_BY, "short-by") \
    X(FIGURE_LOWERED_BY, "lowered-by") \
    X(FIGURE_REVIEW, "review") /* A word: none, kept, short, rested. */ \
    X(FIGURE_PAID, "paid") \
    X(FIGURE_SPENT, "spent") \
    X(FIGURE_BALANCE, "balance") \
    X(FIGURE_SHARE, "share")
enum figure {
#define X(name, word) name,
    FIGURES(X)
#undef X
        FIGURES_COUNT
};
const char *figure_word(enum figure figure);
/* FIGURES_COUNT if the row has no such figure. */
enum figure figure_of_row(enum figure_row row, const char *word);

struct figure_query {
    enum figure_row row;
    uint32_t seat;     /* ROW_PLEDGE, ROW_SEAT */
    const char *issue; /* ROW_GOAL, ROW_PLEDGE */
    bool has_day;      /* Else any row of the issue, the first. */
    int64_t due_ms;
};

struct figures {
    bool found;
    int64_t values[FIGURES_COUNT]; /* Of review: enum review. Past 2^63: there. */
};

void figures_of_forum(const struct compliance *from, const struct figure_query *query,
                      struct figures *ret_figures);
/* `seat_name`: of query->seat. */
void figures_of_message(const Comity__V1__Compliance *from, const struct figure_query *query,
                        const char *seat_name, struct figures *ret_figures);

#endif
