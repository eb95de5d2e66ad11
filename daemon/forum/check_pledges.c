/* SPDX-License-Identifier: Apache-2.0 */
/* What is true of an agreement's accounts between blocks. */
#include <assert.h>

#include "forum/membership.h"
#include "forum/pledge.h"

static void check_sums(const struct forum *self, const struct forum_accounts *accounts)
{
    unsigned __int128 paid = 0;
    unsigned __int128 spent = 0;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++)
        paid += accounts->paid == NULL ? 0 : accounts->paid[seat];
    for (uint32_t i = 0; i < accounts->spendings_count; i++)
        spent += accounts->spendings[i].quantity;
    assert(paid == accounts->paid_sum && spent == accounts->spent_sum);
    assert(accounts->spent_sum <= accounts->paid_sum); /* Nobody spends what is not there. */
}

static void check_pledge(const struct forum *self, const struct agreement *agreement,
                         const struct forum_pledge *pledge)
{
    const struct forum_accounts *accounts = &agreement->accounts.is;
    assert(membership_was_member(self, pledge->seat) && self->seats[pledge->seat].joined);
    assert(accounts_find(accounts, pledge->seat, pledge->issue, pledge->unit, pledge->due_ms) ==
           pledge);
    assert(pledge->report <= accounts->reports_count);
    assert(pledge->review != REVIEW_NONE || pledge->review_ms > self->now_ms);
    if (pledge->due == DUE_AHEAD)
        assert(pledge->review == REVIEW_NONE &&
               (pledge->review_ms == FORUM_NEVER || pledge->due_ms > self->now_ms));
    else
        assert(pledge->due_ms <= self->now_ms);
    if (pledge->review != REVIEW_NONE)
        assert((pledge->due == DUE_FREE) == (pledge->review == REVIEW_RESTED));
    assert(pledge->review == REVIEW_NONE || agreement->proposal->is.rule->breach.shortfall);
    if (pledge->review != REVIEW_NONE && pledge->review != REVIEW_RESTED)
        assert((accounts_short_by(pledge, pledge->reviewed) > 0) ==
               (pledge->review == REVIEW_SHORT));
}

void accounts_check(const struct forum *self, const struct agreement *agreement)
{
    const struct forum_accounts *accounts = &agreement->accounts.is;
    for (uint32_t i = 0; i < accounts->pledges_count; i++)
        check_pledge(self, agreement, &accounts->pledges[i]);
    for (uint32_t i = 0; i < accounts->reports_count; i++) {
        const struct forum_report *report = &accounts->reports[i];
        assert(accounts_find(accounts, report->seat, report->issue, report->unit, report->due_ms) !=
               NULL);
        for (uint32_t word = 0; word < SEAT_WORDS; word++)
            assert((report->vouched[word] & report->disputed[word]) == 0);
        assert(!mask_has(report->vouched, report->seat) &&
               !mask_has(report->disputed, report->seat));
    }
    check_sums(self, accounts);
    assert(agreement->is.accounts == accounts);
    assert(agreement->next_ms <= reviews_next(agreement));
}
