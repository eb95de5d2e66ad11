/* SPDX-License-Identifier: Apache-2.0 */
/* An agreement's accounts: pledges in their order, each report by the place of its pledge, what
 * each seat paid, what was spent. Sums are not saved. */
#include <string.h>

#include "forum/snapshot.h"

static void archive_pledge(struct archive *archive, struct forum_pledge *pledge)
{
    archive_u32(archive, &pledge->seat);
    archive_text(archive, &pledge->issue);
    archive_text(archive, &pledge->unit);
    archive_i64(archive, &pledge->due_ms);
    archive_i64(archive, &pledge->quantity);
    archive_u32(archive, &pledge->lowered_count);
    archive_u64(archive, &pledge->lowered_by);
    archive_u32(archive, &pledge->report);
    archive_i64(archive, &pledge->review_ms);
    pledge->due = (enum due_standing)archive_word(archive, pledge->due, DUE_FREE);
    pledge->review = (enum review)archive_word(archive, pledge->review, REVIEW_RESTED);
    archive_i64(archive, &pledge->reviewed);
}

/* Only what their order promises can be found again. */
static void check_pledges(struct archive *archive, const struct forum *forum,
                          const struct accounts *self)
{
    for (uint32_t i = 0; i < self->is.pledges_count; i++) {
        const struct forum_pledge *pledge = &self->pledges[i];
        if (pledge->seat >= forum->charter->seats_count ||
            accounts_find(&self->is, pledge->seat, pledge->issue, pledge->unit, pledge->due_ms) !=
                pledge)
            archive->failed = true;
    }
}

static void archive_report(struct archive *archive, const struct accounts *self,
                           struct forum_report *report)
{
    uint32_t place = 0;
    if (archive->reader == NULL)
        place = (uint32_t)(accounts_find(&self->is, report->seat, report->issue, report->unit,
                                         report->due_ms) -
                           self->pledges);
    archive_raw(archive, &report->id, sizeof report->id);
    archive_u32(archive, &place);
    archive_i64(archive, &report->quantity);
    archive_i64(archive, &report->time_ms);
    archive_mask(archive, report->vouched);
    archive_mask(archive, report->disputed);
    if (archive->reader == NULL)
        return;
    if (place >= self->is.pledges_count) {
        archive->failed = true;
        return;
    }
    report->seat = self->pledges[place].seat;
    report->issue = self->pledges[place].issue;
    report->unit = self->pledges[place].unit;
    report->due_ms = self->pledges[place].due_ms;
}

static void check_reports(struct archive *archive, const struct accounts *self)
{
    for (uint32_t i = 0; i < self->is.pledges_count; i++) {
        const struct forum_pledge *pledge = &self->pledges[i];
        uint32_t report = pledge->report;
        if (report == 0)
            continue;
        if (report > self->is.reports_count || self->reports[report - 1].issue != pledge->issue ||
            self->reports[report - 1].seat != pledge->seat)
            archive->failed = true;
    }
}

static void archive_paid(struct archive *archive, const struct forum *forum, struct accounts *self)
{
    uint32_t seats_count = forum->charter->seats_count;
    bool has_paid = self->paid != NULL;
    archive_bool(archive, &has_paid);
    if (!has_paid)
        return;
    if (archive->reader != NULL)
        self->paid = pool_keep(archive->pool, seats_count * sizeof *self->paid);
    for (uint32_t seat = 0; seat < seats_count && self->paid != NULL; seat++) {
        archive_u64(archive, &self->paid[seat]);
        if (archive->reader == NULL)
            continue;
        if (!accounts_may_take(&self->is, self->paid[seat])) {
            archive->failed = true;
            self->paid[seat] = 0;
        }
        self->is.paid_sum += self->paid[seat];
    }
    self->is.paid = self->paid;
}

static void archive_spendings(struct archive *archive, const struct forum *forum,
                              struct accounts *self)
{
    archive_vector(archive, (void **)&self->spendings, &self->is.spendings_count,
                   &self->spendings_capacity, sizeof *self->spendings, 4 + HASH_SIZE + 4 + 8 + 8);
    self->is.spendings = self->spendings;
    for (uint32_t i = 0; i < self->is.spendings_count; i++) {
        struct forum_spending *spending = &self->spendings[i];
        archive_u32(archive, &spending->proposal);
        archive_raw(archive, &spending->ruling, sizeof spending->ruling);
        archive_u32(archive, &spending->seat);
        archive_u64(archive, &spending->quantity);
        archive_i64(archive, &spending->time_ms);
        if (archive->reader == NULL)
            continue;
        if (spending->seat >= forum->charter->seats_count ||
            spending->quantity > accounts_balance(&self->is)) {
            archive->failed = true;
            spending->quantity = 0;
        }
        self->is.spent_sum += spending->quantity;
    }
}

void archive_accounts(struct archive *archive, const struct forum *forum, struct accounts *self)
{
    archive_vector(archive, (void **)&self->pledges, &self->is.pledges_count,
                   &self->pledges_capacity, sizeof *self->pledges, 4 + 4 + 4 + 8);
    self->is.pledges = self->pledges;
    for (uint32_t i = 0; i < self->is.pledges_count; i++)
        archive_pledge(archive, &self->pledges[i]);
    if (archive->reader != NULL)
        check_pledges(archive, forum, self);
    archive_vector(archive, (void **)&self->reports, &self->is.reports_count,
                   &self->reports_capacity, sizeof *self->reports, HASH_SIZE);
    self->is.reports = self->reports;
    for (uint32_t i = 0; i < self->is.reports_count; i++)
        archive_report(archive, self, &self->reports[i]);
    if (archive->reader != NULL)
        check_reports(archive, self);
    archive_paid(archive, forum, self);
    archive_spendings(archive, forum, self);
}
