/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/compliance.h"

#include <string.h>

#include "forum/mask.h"
#include "forum/membership.h"
#include "forum/shares.h"
#include "forum/state.h"

typedef __int128 wide;

static int64_t narrow(wide value)
{
    if (value > INT64_MAX)
        return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

static bool is_past(int64_t due_ms, int64_t now_ms)
{
    return due_ms != 0 && due_ms <= now_ms;
}

static void fill_pledges(const struct compliance_input *input, struct compliance *self)
{
    for (uint32_t i = 0; i < self->pledges_count; i++) {
        const struct forum_pledge *pledge = &input->accounts->pledges[i];
        struct delivery delivery = accounts_delivery(input->accounts, input->rule, pledge);
        bool due_before = pledge->due_ms != 0 && pledge->due_ms <= input->left_ms[pledge->seat];
        self->pledges[i] = (struct compliance_pledge){
            .pledge = pledge,
            .counts = mask_has(input->inside, pledge->seat) || due_before,
            .past = is_past(pledge->due_ms, input->now_ms),
            .delivery = delivery,
            .short_by = accounts_short_by(pledge, delivery.confirmed),
        };
    }
}

static bool is_of(const struct compliance_goal *goal, const struct forum_pledge *pledge)
{
    return strcmp(goal->issue, pledge->issue) == 0 && strcmp(goal->unit, pledge->unit) == 0;
}

static bool goal_takes(const struct compliance_goal *goal, const struct forum_pledge *pledge)
{
    bool in_time = goal->due_ms == 0 || (pledge->due_ms != 0 && pledge->due_ms <= goal->due_ms);
    return is_of(goal, pledge) && in_time;
}

/* Taken by no stated goal. */
static bool is_loose(const struct compliance *self, uint32_t stated,
                     const struct forum_pledge *pledge)
{
    for (uint32_t i = 0; i < stated; i++) {
        if (goal_takes(&self->goals[i], pledge))
            return false;
    }
    return true;
}

/* A row beside no goal for each issue and unit with a pledge that no goal takes. */
static void add_loose(struct compliance *self, uint32_t stated)
{
    for (uint32_t i = 0; i < self->pledges_count; i++) {
        const struct forum_pledge *pledge = self->pledges[i].pledge;
        if (!is_loose(self, stated, pledge))
            continue;
        uint32_t row = stated;
        while (row < self->goals_count && !is_of(&self->goals[row], pledge))
            row++;
        if (row == self->goals_count)
            self->goals[self->goals_count++] =
                (struct compliance_goal){.issue = pledge->issue, .unit = pledge->unit};
    }
}

static void sum_goal(const struct compliance_input *input, struct compliance *self, uint32_t stated,
                     struct compliance_goal *goal)
{
    wide pledged = 0;
    wide reported = 0;
    wide confirmed = 0;
    for (uint32_t i = 0; i < self->pledges_count; i++) {
        const struct compliance_pledge *row = &self->pledges[i];
        bool taken = goal->stated ? goal_takes(goal, row->pledge)
                                  : is_of(goal, row->pledge) && is_loose(self, stated, row->pledge);
        if (!taken || !row->counts)
            continue;
        goal->pledges_count++;
        pledged += row->pledge->quantity;
        reported += row->delivery.reported;
        confirmed += row->delivery.confirmed;
    }
    if (accounts_is_to_fund(input->rule, goal->issue, goal->unit))
        reported = confirmed = input->accounts->paid_sum;
    goal->past = is_past(goal->due_ms, input->now_ms);
    goal->pledged = narrow(pledged);
    goal->reported = narrow(reported);
    goal->confirmed = narrow(confirmed);
    goal->ambition_gap = goal->stated ? narrow((wide)goal->goal - pledged) : 0;
    goal->delivery_gap = narrow(pledged - confirmed);
}

static void fill_goals(const struct compliance_input *input, struct compliance *self)
{
    for (uint32_t i = 0; i < input->goals_count; i++) {
        const struct goal *goal = &input->goals[i];
        self->goals[i] = (struct compliance_goal){.issue = goal->issue,
                                                  .unit = goal->unit,
                                                  .due_ms = goal->due_ms,
                                                  .stated = true,
                                                  .goal = goal->quantity};
    }
    self->goals_count = input->goals_count;
    add_loose(self, input->goals_count);
    for (uint32_t i = 0; i < self->goals_count; i++)
        sum_goal(input, self, input->goals_count, &self->goals[i]);
}

bool compliance_fund_goal(const struct charter_rule *rule, const struct goal *goals,
                          uint32_t goals_count, uint64_t *ret_goal)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < goals_count; i++) {
        if (!accounts_is_to_fund(rule, goals[i].issue, goals[i].unit))
            continue;
        if (goals[i].quantity < 0 || sum + (uint64_t)goals[i].quantity > INT64_MAX)
            return false;
        sum += (uint64_t)goals[i].quantity;
    }
    *ret_goal = sum;
    return true;
}

/* Who is inside shares; an organisation that adds nothing to its members' pays nothing either. */
static void fill_shares(const struct compliance_input *input, struct compliance *self)
{
    const struct charter *charter = input->charter;
    const uint64_t *by = input->rule->fund.key != NULL ? input->rule->fund.key : input->weights;
    uint64_t keys[SEATS_MAX] = {0};
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        if (mask_has(input->inside, seat) && charter->seats[seat].represents < 0)
            keys[seat] = by == NULL ? 1 : by[seat];
    }
    if (!compliance_fund_goal(input->rule, input->goals, input->goals_count, &self->fund_goal))
        self->fund_goal = 0; /* No such proposal is let in. */
    shares_cut(self->fund_goal, keys, charter->seats_count, self->shares);
    for (uint32_t seat = 0; seat < charter->seats_count && input->accounts->paid != NULL; seat++)
        self->paid[seat] = input->accounts->paid[seat];
    self->has_fund = true;
    self->paid_sum = input->accounts->paid_sum;
    self->spent_sum = input->accounts->spent_sum;
    self->balance = accounts_balance(input->accounts);
}

enum comity_error compliance_compute(const struct compliance_input *input, struct arena *arena,
                                     struct compliance **ret_compliance)
{
    uint32_t pledges_count = input->accounts->pledges_count;
    uint32_t goals_most = input->goals_count + pledges_count;
    struct compliance *self = arena_alloc(arena, sizeof *self);
    struct compliance_pledge *pledges = arena_array(arena, pledges_count, sizeof *pledges);
    struct compliance_goal *goals = arena_array(arena, goals_most, sizeof *goals);
    if (self == NULL || pledges == NULL || goals == NULL)
        return COMITY_MEMORY;
    *self = (struct compliance){.goals = goals, .pledges = pledges, .pledges_count = pledges_count};
    fill_pledges(input, self);
    fill_goals(input, self);
    if (input->rule->has_fund)
        fill_shares(input, self);
    *ret_compliance = self;
    return COMITY_OK;
}

enum comity_error forum_compliance(const struct forum *forum,
                                   const struct forum_agreement *agreement, struct arena *arena,
                                   struct compliance **ret_compliance)
{
    const struct forum_proposal *proposal = forum_proposal(forum, agreement->proposal);
    struct compliance_input *input = arena_alloc(arena, sizeof *input);
    if (input == NULL)
        return COMITY_MEMORY;
    *input = (struct compliance_input){
        .charter = forum_charter(forum),
        .rule = proposal->rule,
        .goals = proposal->goals,
        .goals_count = proposal->goals_count,
        .accounts = agreement->accounts,
        .now_ms = forum_now(forum),
    };
    if (proposal->rule->has_fund && proposal->rule->fund.by != NULL)
        input->weights = weights_now(forum, proposal->rule->fund.by);
    for (uint32_t seat = 0; seat < input->charter->seats_count; seat++) {
        const struct forum_party *party = &agreement->parties[seat];
        input->left_ms[seat] = party->status == PARTY_LEFT ? party->until_ms : INT64_MIN;
        if (party->status == PARTY_CONSENTED || party->status == PARTY_BOUND ||
            party->status == PARTY_LEAVING)
            mask_add(input->inside, seat);
    }
    return compliance_compute(input, arena, ret_compliance);
}
