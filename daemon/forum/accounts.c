/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/accounts.h"

#include <string.h>

#include "forum/mask.h"

/* By seat, then day, those without one last; then issue and unit. */
static int compare(const struct forum_pledge *pledge, uint32_t seat, const char *issue,
                   const char *unit, int64_t due_ms)
{
    if (pledge->seat != seat)
        return pledge->seat < seat ? -1 : 1;
    if (pledge->due_ms != due_ms) {
        if (pledge->due_ms == 0 || due_ms == 0)
            return pledge->due_ms == 0 ? 1 : -1;
        return pledge->due_ms < due_ms ? -1 : 1;
    }
    int order = strcmp(pledge->issue, issue);
    return order != 0 ? order : strcmp(pledge->unit, unit);
}

/* The first that does not come before it. */
static uint32_t place_of(const struct forum_accounts *self, uint32_t seat, const char *issue,
                         const char *unit, int64_t due_ms)
{
    uint32_t low = 0;
    uint32_t high = self->pledges_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(&self->pledges[middle], seat, issue, unit, due_ms) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct forum_pledge *accounts_find(const struct forum_accounts *self, uint32_t seat,
                                         const char *issue, const char *unit, int64_t due_ms)
{
    uint32_t place = place_of(self, seat, issue, unit, due_ms);
    bool there = place < self->pledges_count &&
                 compare(&self->pledges[place], seat, issue, unit, due_ms) == 0;
    return there ? &self->pledges[place] : NULL;
}

uint32_t accounts_pledges_of(const struct forum_accounts *self, uint32_t seat)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->pledges_count; i++)
        count += self->pledges[i].seat == seat;
    return count;
}

/* |left - right|, which always fits. */
static uint64_t distance(int64_t left, int64_t right)
{
    return left < right ? (uint64_t)right - (uint64_t)left : (uint64_t)left - (uint64_t)right;
}

uint64_t accounts_short_by(const struct forum_pledge *pledge, int64_t confirmed)
{
    bool kept =
        pledge->quantity >= 0 ? confirmed >= pledge->quantity : confirmed <= pledge->quantity;
    return kept ? 0 : distance(pledge->quantity, confirmed);
}

/* The new quantity asks less than the old one. */
static uint64_t replace(struct forum_pledge *old, const struct forum_pledge *pledge)
{
    uint64_t lowered_by = accounts_short_by(old, pledge->quantity);
    old->quantity = pledge->quantity;
    if (lowered_by == 0)
        return 0;
    old->lowered_count++;
    if (__builtin_add_overflow(old->lowered_by, lowered_by, &old->lowered_by))
        old->lowered_by = UINT64_MAX;
    return lowered_by;
}

uint64_t accounts_pledge(struct accounts *self, struct pool *pool,
                         const struct forum_pledge *pledge)
{
    uint32_t place = place_of(&self->is, pledge->seat, pledge->issue, pledge->unit, pledge->due_ms);
    uint32_t count = self->is.pledges_count;
    if (place < count && compare(&self->pledges[place], pledge->seat, pledge->issue, pledge->unit,
                                 pledge->due_ms) == 0)
        return replace(&self->pledges[place], pledge);
    if (!pool_vector(pool, (void **)&self->pledges, count, &self->pledges_capacity,
                     sizeof *self->pledges))
        return 0;
    memmove(&self->pledges[place + 1], &self->pledges[place],
            (count - place) * sizeof *self->pledges);
    self->pledges[place] = *pledge;
    self->pledges[place].issue = pool_text(pool, pledge->issue);
    self->pledges[place].unit = pool_text(pool, pledge->unit);
    self->is.pledges = self->pledges;
    self->is.pledges_count++;
    return 0;
}

uint32_t accounts_report(struct accounts *self, struct pool *pool, uint32_t seat,
                         const struct pledge *report, const struct hash *id, int64_t time_ms)
{
    uint32_t place = place_of(&self->is, seat, report->issue, report->unit, report->due_ms);
    struct forum_pledge *pledge = &self->pledges[place];
    if (!pool_vector(pool, (void **)&self->reports, self->is.reports_count, &self->reports_capacity,
                     sizeof *self->reports))
        return 0;
    self->reports[self->is.reports_count++] = (struct forum_report){
        .id = *id,
        .seat = seat,
        .issue = pledge->issue,
        .unit = pledge->unit,
        .due_ms = pledge->due_ms,
        .quantity = report->quantity,
        .time_ms = time_ms,
    };
    self->is.reports = self->reports;
    pledge->report = self->is.reports_count;
    return pledge->report;
}

void accounts_attest(struct accounts *self, uint32_t report, uint32_t seat, bool disputes)
{
    struct forum_report *is = &self->reports[report - 1];
    mask_add(disputes ? is->disputed : is->vouched, seat);
    mask_remove(disputes ? is->vouched : is->disputed, seat);
}

bool accounts_report_counts(const struct forum_accounts *self, uint32_t report)
{
    const struct forum_report *is = &self->reports[report - 1];
    const struct forum_pledge *pledge =
        accounts_find(self, is->seat, is->issue, is->unit, is->due_ms);
    return pledge != NULL && pledge->report == report;
}

bool accounts_may_take(const struct forum_accounts *self, uint64_t quantity)
{
    return quantity <= UINT64_MAX - self->paid_sum;
}

void accounts_pay(struct accounts *self, struct pool *pool, uint32_t seats_count, uint32_t seat,
                  uint64_t quantity)
{
    if (self->paid == NULL)
        self->paid = pool_keep(pool, seats_count * sizeof *self->paid);
    if (self->paid == NULL)
        return;
    self->paid[seat] += quantity; /* At most the sum. */
    self->is.paid = self->paid;
    self->is.paid_sum += quantity;
}

uint64_t accounts_balance(const struct forum_accounts *self)
{
    return self->paid_sum - self->spent_sum;
}

void accounts_spend(struct accounts *self, struct pool *pool, const struct forum_spending *spending)
{
    if (!pool_vector(pool, (void **)&self->spendings, self->is.spendings_count,
                     &self->spendings_capacity, sizeof *self->spendings))
        return;
    self->spendings[self->is.spendings_count++] = *spending;
    self->is.spendings = self->spendings;
    self->is.spent_sum += spending->quantity;
}

bool accounts_is_to_fund(const struct charter_rule *rule, const char *issue, const char *unit)
{
    return rule->has_fund && strcmp(rule->fund.issue, issue) == 0 &&
           strcmp(rule->fund.unit, unit) == 0;
}

static uint32_t mask_count(const uint64_t *mask)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < SEATS_MAX / 64; i++)
        count += (uint32_t)__builtin_popcountll(mask[i]);
    return count;
}

/* What is left of the seat's payments for this pledge, the ones due before it being served. A
 * seat's pledges stand side by side. */
static int64_t paid_for(const struct forum_accounts *self, const struct charter_rule *rule,
                        const struct forum_pledge *pledge)
{
    uint64_t left = self->paid == NULL ? 0 : self->paid[pledge->seat];
    uint32_t own = (uint32_t)(pledge - self->pledges);
    bool is_last = true;
    for (uint32_t i = own; i > 0 && self->pledges[i - 1].seat == pledge->seat; i--) {
        const struct forum_pledge *other = &self->pledges[i - 1];
        if (!accounts_is_to_fund(rule, other->issue, other->unit))
            continue;
        uint64_t due = other->quantity > 0 ? (uint64_t)other->quantity : 0;
        left = left > due ? left - due : 0;
    }
    for (uint32_t i = own + 1; i < self->pledges_count && self->pledges[i].seat == pledge->seat;
         i++) {
        if (accounts_is_to_fund(rule, self->pledges[i].issue, self->pledges[i].unit))
            is_last = false;
    }
    uint64_t most = pledge->quantity > 0 ? (uint64_t)pledge->quantity : 0;
    if (is_last || most > left)
        most = left;
    return most > INT64_MAX ? INT64_MAX : (int64_t)most;
}

struct delivery accounts_delivery(const struct forum_accounts *self,
                                  const struct charter_rule *rule,
                                  const struct forum_pledge *pledge)
{
    if (accounts_is_to_fund(rule, pledge->issue, pledge->unit)) {
        int64_t paid = paid_for(self, rule, pledge);
        return (struct delivery){.reported = paid, .confirmed = paid};
    }
    if (pledge->report == 0)
        return (struct delivery){0};
    const struct forum_report *report = &self->reports[pledge->report - 1];
    struct delivery delivery = {
        .reported = report->quantity,
        .vouches = mask_count(report->vouched),
        .disputes = mask_count(report->disputed),
    };
    bool confirmed = rule->attestations == 0 ||
                     (delivery.vouches >= rule->attestations && delivery.disputes == 0);
    delivery.confirmed = confirmed ? report->quantity : 0;
    return delivery;
}

static void add_u32(struct hasher *hasher, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                        (uint8_t)value};
    hasher_add(hasher, bytes, sizeof bytes);
}

static void add_u64(struct hasher *hasher, uint64_t value)
{
    add_u32(hasher, (uint32_t)(value >> 32));
    add_u32(hasher, (uint32_t)value);
}

static void add_text(struct hasher *hasher, const char *text)
{
    uint32_t size = (uint32_t)strlen(text);
    add_u32(hasher, size);
    hasher_add(hasher, text, size);
}

static void add_mask(struct hasher *hasher, const uint64_t *mask)
{
    for (uint32_t i = 0; i < SEATS_MAX / 64; i++)
        add_u64(hasher, mask[i]);
}

struct hash accounts_hash(const struct forum_accounts *self, uint32_t seats_count)
{
    struct hasher hasher;
    hasher_init(&hasher, "comity/accounts/v1");
    add_u32(&hasher, self->pledges_count);
    for (uint32_t i = 0; i < self->pledges_count; i++) {
        const struct forum_pledge *pledge = &self->pledges[i];
        add_u32(&hasher, pledge->seat);
        add_text(&hasher, pledge->issue);
        add_text(&hasher, pledge->unit);
        add_u64(&hasher, (uint64_t)pledge->due_ms);
        add_u64(&hasher, (uint64_t)pledge->quantity);
        add_u32(&hasher, pledge->lowered_count);
        add_u64(&hasher, pledge->lowered_by);
        add_u32(&hasher, pledge->report);
        if (pledge->report == 0)
            continue;
        const struct forum_report *report = &self->reports[pledge->report - 1];
        add_u64(&hasher, (uint64_t)report->quantity);
        add_mask(&hasher, report->vouched);
        add_mask(&hasher, report->disputed);
    }
    for (uint32_t seat = 0; seat < seats_count; seat++)
        add_u64(&hasher, self->paid == NULL ? 0 : self->paid[seat]);
    return hasher_finish(&hasher);
}
