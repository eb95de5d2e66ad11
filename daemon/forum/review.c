/* SPDX-License-Identifier: Apache-2.0 */
/* Where the charter says `shortfall`, what was pledged is looked at when its day and the days of
 * review are past: what is not confirmed by then is a breach, without anybody's ruling. */
#include "base/text.h"
#include "forum/agreement.h"
#include "forum/clock.h"
#include "forum/conduct.h"
#include "forum/journal.h"
#include "forum/pledge.h"

int64_t review_day(const struct forum *self, const struct charter_rule *rule, int64_t due_ms)
{
    /* A day that was past when it was pledged can be met by nobody. */
    if (!rule->has_breach || !rule->breach.shortfall || due_ms == 0 || due_ms <= self->now_ms)
        return FORUM_NEVER;
    int64_t day_ms = date_after(due_ms, rule->breach.review_days, 0);
    return day_ms > FORUM_TIME_MAX ? FORUM_NEVER : day_ms;
}

int64_t reviews_next(const struct agreement *agreement)
{
    int64_t next = FORUM_NEVER;
    for (uint32_t i = 0; i < agreement->accounts.is.pledges_count; i++) {
        const struct forum_pledge *pledge = &agreement->accounts.pledges[i];
        if (pledge->review != REVIEW_NONE || pledge->review_ms == FORUM_NEVER)
            continue;
        int64_t date = pledge->due == DUE_AHEAD ? pledge->due_ms : pledge->review_ms;
        if (date < next)
            next = date;
    }
    return next;
}

static bool is_bound(const struct agreement *agreement, uint32_t seat)
{
    enum party_status status = agreement->is.parties[seat].status;
    return agreement->is.status == AGREEMENT_IN_FORCE &&
           (status == PARTY_BOUND || status == PARTY_LEAVING);
}

static void tell(struct forum *self, struct agreement *agreement, const struct forum_pledge *pledge,
                 uint64_t short_by)
{
    char buffer[320];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    text_add(&line, "pledged ");
    pledge_words(&line, pledge->quantity, pledge->unit, pledge->issue, pledge->due_ms);
    text_add(&line, ", confirmed ");
    text_add_i64(&line, pledge->reviewed);
    if (short_by > 0) {
        text_add(&line, ": ");
        text_add_u64(&line, short_by);
        text_add(&line, " short");
    }
    struct outcome *outcome = forum_tell(self, short_by > 0 ? OUTCOME_DEFECTION : OUTCOME_KEPT,
                                         pledge->seat, agreement->proposal, agreement);
    outcome->value = short_by > 0 ? (uint64_t)DEFECTION_BREACHED : 0;
    outcome->line = forum_line(self, buffer);
}

static void review(struct forum *self, struct agreement *agreement, struct forum_pledge *pledge)
{
    const struct forum_proposal *draft = &agreement->proposal->is;
    pledge->reviewed = accounts_delivery(&agreement->accounts.is, draft->rule, pledge).confirmed;
    uint64_t short_by = accounts_short_by(pledge, pledge->reviewed);
    if (pledge->due != DUE_BOUND) {
        pledge->review = REVIEW_RESTED;
        return;
    }
    pledge->review = short_by > 0 ? REVIEW_SHORT : REVIEW_KEPT;
    struct forum_party *party = &agreement->is.parties[pledge->seat];
    if (short_by > 0 && party->status != PARTY_NONE) {
        party->defections |= DEFECTION_BIT(DEFECTION_BREACHED);
        party_show_defection(party);
    }
    if (short_by > 0)
        conduct_count(self, pledge->seat, draft->topic, CONDUCT_BREACHED, 1);
    tell(self, agreement, pledge, short_by);
}

void reviews_pass(struct forum *self, struct agreement *agreement)
{
    for (uint32_t i = 0; i < agreement->accounts.is.pledges_count; i++) {
        struct forum_pledge *pledge = &agreement->accounts.pledges[i];
        if (pledge->due == DUE_AHEAD && pledge->review_ms != FORUM_NEVER &&
            pledge->due_ms <= self->now_ms)
            pledge->due = is_bound(agreement, pledge->seat) ? DUE_BOUND : DUE_FREE;
        if (pledge->review == REVIEW_NONE && pledge->review_ms <= self->now_ms)
            review(self, agreement, pledge);
    }
}
