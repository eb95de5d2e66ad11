/* SPDX-License-Identifier: Apache-2.0 */
/* view_compliance.c - what an agreement meant, pledged and delivered, as a message. */
#include "api/view_parts.h"

#include "base/text.h"
#include "forum/compliance.h"

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

char *view_report_name(uint32_t agreement, uint32_t report, struct arena *arena)
{
    char data[32];
    struct text text;
    text_init(&text, data, sizeof data);
    if (report != 0)
        text_format(&text, "A%u/r%u", (unsigned)agreement, (unsigned)report);
    return arena_text(arena, bytes_of_text(data));
}

static bool add_goals(const struct compliance *from, Comity__V1__Compliance *info,
                      struct arena *arena)
{
    info->goals = arena_array(arena, from->goals_count, sizeof *info->goals);
    for (uint32_t i = 0; info->goals != NULL && i < from->goals_count; i++) {
        const struct compliance_goal *goal = &from->goals[i];
        Comity__V1__GoalInfo *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__goal_info__init(copy);
        copy->issue = text_of(goal->issue);
        copy->unit = text_of(goal->unit);
        copy->due_ms = goal->due_ms;
        copy->stated = goal->stated;
        copy->past = goal->past;
        copy->goal = goal->goal;
        copy->pledged = goal->pledged;
        copy->reported = goal->reported;
        copy->confirmed = goal->confirmed;
        copy->ambition_gap = goal->ambition_gap;
        copy->delivery_gap = goal->delivery_gap;
        copy->pledges = goal->pledges_count;
        info->goals[info->n_goals++] = copy;
    }
    return info->goals != NULL;
}

static const char *review_word(enum review review)
{
    static const char *const words[] = {"", "kept", "short", "rested"};
    return words[review];
}

static Comity__V1__PledgeState *pledge_state(const struct forum *forum, uint32_t agreement,
                                             const struct compliance_pledge *row,
                                             struct arena *arena)
{
    const struct forum_pledge *pledge = row->pledge;
    Comity__V1__PledgeState *copy = arena_alloc(arena, sizeof *copy);
    if (copy == NULL)
        return NULL;
    comity__v1__pledge_state__init(copy);
    copy->seat = text_of(forum_charter(forum)->seats[pledge->seat].name);
    copy->issue = text_of(pledge->issue);
    copy->unit = text_of(pledge->unit);
    copy->due_ms = pledge->due_ms;
    copy->quantity = pledge->quantity;
    copy->counts = row->counts;
    copy->past = row->past;
    copy->lowered_count = pledge->lowered_count;
    copy->lowered_by = pledge->lowered_by;
    copy->reported = row->delivery.reported;
    copy->confirmed = row->delivery.confirmed;
    copy->vouches = row->delivery.vouches;
    copy->disputes = row->delivery.disputes;
    copy->short_by = row->short_by;
    copy->report = view_report_name(agreement, pledge->report, arena);
    copy->review = text_of(review_word(pledge->review));
    copy->review_ms = pledge->review_ms == INT64_MAX ? 0 : pledge->review_ms;
    return copy->report == NULL ? NULL : copy;
}

static bool add_pledges(const struct forum *forum, uint32_t agreement,
                        const struct compliance *from, Comity__V1__Compliance *info,
                        struct arena *arena)
{
    info->pledges = arena_array(arena, from->pledges_count, sizeof *info->pledges);
    for (uint32_t i = 0; info->pledges != NULL && i < from->pledges_count; i++) {
        Comity__V1__PledgeState *copy = pledge_state(forum, agreement, &from->pledges[i], arena);
        if (copy == NULL)
            return false;
        info->pledges[info->n_pledges++] = copy;
    }
    return info->pledges != NULL;
}

static bool add_reports(const struct forum *forum, const struct forum_agreement *agreement,
                        Comity__V1__Compliance *info, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    const struct forum_accounts *accounts = agreement->accounts;
    info->reports = arena_array(arena, accounts->reports_count, sizeof *info->reports);
    for (uint32_t i = 0; info->reports != NULL && i < accounts->reports_count; i++) {
        const struct forum_report *report = &accounts->reports[i];
        Comity__V1__ReportInfo *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__report_info__init(copy);
        copy->name = view_report_name(agreement->number, i + 1, arena);
        copy->id =
            (ProtobufCBinaryData){.len = HASH_SIZE, .data = (uint8_t *)(uintptr_t)report->id.bytes};
        copy->seat = text_of(charter->seats[report->seat].name);
        copy->issue = text_of(report->issue);
        copy->unit = text_of(report->unit);
        copy->due_ms = report->due_ms;
        copy->quantity = report->quantity;
        copy->forum_ms = report->time_ms;
        copy->counts = accounts_report_counts(accounts, i + 1);
        copy->vouched_by = view_seats(charter, report->vouched, arena, &copy->n_vouched_by);
        copy->disputed_by = view_seats(charter, report->disputed, arena, &copy->n_disputed_by);
        if (copy->name == NULL || copy->vouched_by == NULL || copy->disputed_by == NULL)
            return false;
        info->reports[info->n_reports++] = copy;
    }
    return info->reports != NULL;
}

static bool add_spendings(const struct charter *charter, const struct forum_accounts *accounts,
                          Comity__V1__FundInfo *fund, struct arena *arena)
{
    fund->spendings = arena_array(arena, accounts->spendings_count, sizeof *fund->spendings);
    for (uint32_t i = 0; fund->spendings != NULL && i < accounts->spendings_count; i++) {
        const struct forum_spending *spending = &accounts->spendings[i];
        Comity__V1__SpendingInfo *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__spending_info__init(copy);
        copy->proposal = spending->proposal;
        copy->seat = text_of(charter->seats[spending->seat].name);
        copy->quantity = spending->quantity;
        copy->forum_ms = spending->time_ms;
        fund->spendings[fund->n_spendings++] = copy;
    }
    return fund->spendings != NULL;
}

static char *shares_words(const struct charter_rule *rule, struct arena *arena)
{
    char data[NAME_MAX_SIZE + 8];
    struct text text;
    text_init(&text, data, sizeof data);
    if (rule->fund.key != NULL)
        text_add(&text, "by key");
    else if (rule->fund.by != NULL)
        text_format(&text, "by %s", rule->fund.by);
    else
        text_add(&text, "equal");
    return arena_text(arena, bytes_of_text(data));
}

static Comity__V1__FundInfo *fund_info(const struct charter *charter,
                                       const struct charter_rule *rule,
                                       const struct compliance *from, struct arena *arena)
{
    Comity__V1__FundInfo *fund = arena_alloc(arena, sizeof *fund);
    if (fund == NULL)
        return NULL;
    comity__v1__fund_info__init(fund);
    fund->issue = text_of(rule->fund.issue);
    fund->unit = text_of(rule->fund.unit);
    fund->spent_by = text_of(rule->fund.spent_by);
    fund->shares = shares_words(rule, arena);
    fund->goal = from->fund_goal;
    fund->paid = from->paid_sum;
    fund->spent = from->spent_sum;
    fund->balance = from->balance;
    fund->seats = arena_array(arena, charter->seats_count, sizeof *fund->seats);
    for (uint32_t seat = 0; fund->seats != NULL && seat < charter->seats_count; seat++) {
        if (from->shares[seat] == 0 && from->paid[seat] == 0)
            continue;
        Comity__V1__FundSeat *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return NULL;
        comity__v1__fund_seat__init(copy);
        copy->seat = text_of(charter->seats[seat].name);
        copy->share = from->shares[seat];
        copy->paid = from->paid[seat];
        fund->seats[fund->n_seats++] = copy;
    }
    return fund->seats == NULL || fund->shares == NULL ? NULL : fund;
}

Comity__V1__Compliance *view_compliance(const struct forum *forum,
                                        const struct forum_agreement *agreement,
                                        struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    const struct charter_rule *rule = forum_proposal(forum, agreement->proposal)->rule;
    struct compliance *from;
    Comity__V1__Compliance *info = arena_alloc(arena, sizeof *info);
    if (info == NULL || forum_compliance(forum, agreement, arena, &from) != COMITY_OK)
        return NULL;
    comity__v1__compliance__init(info);
    info->attestations = rule->attestations;
    info->shortfall = rule->has_breach && rule->breach.shortfall;
    info->forum_ms = forum_now(forum);
    if (!add_goals(from, info, arena) ||
        !add_pledges(forum, agreement->number, from, info, arena) ||
        !add_reports(forum, agreement, info, arena))
        return NULL;
    if (!from->has_fund)
        return info;
    info->fund = fund_info(charter, rule, from, arena);
    return info->fund != NULL && add_spendings(charter, agreement->accounts, info->fund, arena)
               ? info
               : NULL;
}

static bool has_seat(const uint64_t *mask, uint32_t seat)
{
    return (mask[seat / 64] >> (seat % 64) & 1) != 0;
}

/* A pledge of its own that is due and not delivered, before it is reviewed. */
static bool waits_for_report(const struct forum *forum, const struct forum_agreement *agreement,
                             const struct forum_pledge *pledge)
{
    const struct charter_rule *rule = forum_proposal(forum, agreement->proposal)->rule;
    struct delivery delivery = accounts_delivery(agreement->accounts, rule, pledge);
    return pledge->due_ms != 0 && pledge->due_ms <= forum_now(forum) &&
           pledge->review == REVIEW_NONE && accounts_short_by(pledge, delivery.reported) > 0;
}

/* A report that counts, is not confirmed yet, and of which the seat has said nothing. */
static bool waits_for_word(const struct forum *forum, const struct forum_agreement *agreement,
                           uint32_t number, uint32_t seat)
{
    const struct forum_accounts *accounts = agreement->accounts;
    const struct forum_report *report = &accounts->reports[number - 1];
    const struct charter_rule *rule = forum_proposal(forum, agreement->proposal)->rule;
    const struct forum_pledge *pledge =
        accounts_find(accounts, report->seat, report->issue, report->unit, report->due_ms);
    if (report->seat == seat || !accounts_report_counts(accounts, number) ||
        has_seat(report->vouched, seat) || has_seat(report->disputed, seat))
        return false;
    struct delivery delivery = accounts_delivery(accounts, rule, pledge);
    return delivery.vouches < rule->attestations && delivery.disputes == 0;
}

static void add_todo(Comity__V1__Docket *docket, const char *line, struct arena *arena)
{
    char *copy = arena_text(arena, bytes_of_text(line));
    if (copy != NULL)
        docket->todo[docket->n_todo++] = copy;
}

void view_add_deliveries(const struct forum *forum, const struct forum_agreement *agreement,
                         uint32_t seat, Comity__V1__Docket *docket, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    const struct forum_accounts *accounts = agreement->accounts;
    enum party_status status = agreement->parties[seat].status;
    uint32_t count = 0;
    if (status != PARTY_BOUND && status != PARTY_LEAVING)
        return;
    for (uint32_t i = 0; i < accounts->pledges_count; i++) {
        const struct forum_pledge *pledge = &accounts->pledges[i];
        if (pledge->seat != seat || !waits_for_report(forum, agreement, pledge) ||
            count == VIEW_DELIVERIES_MAX)
            continue;
        char data[256];
        struct text line;
        text_init(&line, data, sizeof data);
        text_format(&line, "report on your pledge under A%u: %lld %s%sof %s",
                    (unsigned)agreement->number, (long long)pledge->quantity, pledge->unit,
                    pledge->unit[0] != '\0' ? " " : "", pledge->issue);
        add_todo(docket, data, arena);
        count++;
    }
    for (uint32_t i = accounts->reports_count; i > 0 && count < VIEW_DELIVERIES_MAX; i--) {
        if (!waits_for_word(forum, agreement, i, seat))
            continue;
        char data[256];
        struct text line;
        text_init(&line, data, sizeof data);
        text_format(&line, "vouch for A%u/r%u of %s, or dispute it", (unsigned)agreement->number,
                    (unsigned)i, charter->seats[accounts->reports[i - 1].seat].name);
        add_todo(docket, data, arena);
        count++;
    }
}
