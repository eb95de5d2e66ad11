/* SPDX-License-Identifier: Apache-2.0 */
/* What an agreement meant, pledged and delivered: hand-computed figures, and that nothing depends
 * on the order in which the record tells it, or wraps at the ends of 64 bits. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "forum/compliance.h"

enum { A, B, C, D, SEATS };
enum { Y2025 = 1, Y2030 = 2 }; /* Days are only compared. */

struct bench {
    struct arena arena;
    struct pool pool;
    struct charter charter;
    struct charter_seat seats[SEATS];
    struct charter_rule rule;
    struct accounts accounts;
    struct goal goals[GOALS_MAX];
    struct compliance_input input;
    struct compliance *out;
    uint8_t ids;
};

static int setup(void **state)
{
    struct bench *self = calloc(1, sizeof *self);
    if (self == NULL)
        return -1;
    arena_init(&self->arena, 0);
    self->pool = (struct pool){.arena = &self->arena};
    for (int seat = 0; seat < SEATS; seat++)
        self->seats[seat] = (struct charter_seat){.role = SEAT_MEMBER, .represents = -1};
    self->charter = (struct charter){.seats_count = SEATS, .seats = self->seats};
    self->input = (struct compliance_input){.charter = &self->charter,
                                            .rule = &self->rule,
                                            .goals = self->goals,
                                            .accounts = &self->accounts.is,
                                            .inside = {(1 << SEATS) - 1},
                                            .now_ms = Y2025};
    for (int seat = 0; seat < SEATS; seat++)
        self->input.left_ms[seat] = INT64_MIN;
    *state = self;
    return 0;
}

static int teardown(void **state)
{
    struct bench *self = *state;
    arena_free(&self->arena);
    free(self);
    return 0;
}
#define bench_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void pledge(struct bench *self, uint32_t seat, int64_t quantity, int64_t due_ms)
{
    accounts_pledge(&self->accounts, &self->pool,
                    &(struct forum_pledge){.seat = seat,
                                           .issue = "CO2",
                                           .unit = "Mt",
                                           .quantity = quantity,
                                           .due_ms = due_ms,
                                           .review_ms = INT64_MAX});
}

static uint32_t report(struct bench *self, uint32_t seat, int64_t quantity, int64_t due_ms)
{
    struct pledge said = {
        .seat = seat, .issue = "CO2", .unit = "Mt", .quantity = quantity, .due_ms = due_ms};
    struct hash id = {{++self->ids}};
    return accounts_report(&self->accounts, &self->pool, seat, &said, &id, 0);
}

static void goal(struct bench *self, int64_t quantity, int64_t due_ms)
{
    self->goals[self->input.goals_count++] =
        (struct goal){.issue = "CO2", .unit = "Mt", .quantity = quantity, .due_ms = due_ms};
}

static const struct compliance *compute(struct bench *self)
{
    assert_int_equal(compliance_compute(&self->input, &self->arena, &self->out), COMITY_OK);
    return self->out;
}

static void plan_fund(struct bench *self)
{
    self->rule.has_fund = true;
    self->rule.fund.issue = "CO2";
    self->rule.fund.unit = "Mt";
}

static void goal_pledges_and_deliveries_stand_side_by_side_with_both_gaps(void **state)
{
    struct bench *self = *state;
    self->rule.attestations = 1;
    goal(self, 100, Y2030);
    pledge(self, A, 40, Y2030);
    pledge(self, B, 30, Y2025); /* Due earlier: counts towards the later goal. */
    accounts_attest(&self->accounts, report(self, A, 35, Y2030), B, false);
    report(self, B, 30, Y2025); /* Nobody vouches. */
    const struct compliance *out = compute(self);
    assert_int_equal(out->goals_count, 1);
    const struct compliance_goal *row = &out->goals[0];
    assert_int_equal(row->goal, 100);
    assert_int_equal(row->pledged, 70);
    assert_int_equal(row->reported, 65);
    assert_int_equal(row->confirmed, 35);
    assert_int_equal(row->ambition_gap, 30);
    assert_int_equal(row->delivery_gap, 35);
    assert_int_equal(row->pledges_count, 2);
    assert_false(row->past);
    assert_int_equal(out->pledges[0].short_by, 5);
    assert_int_equal(out->pledges[1].short_by, 30);
    assert_true(out->pledges[1].past && !out->pledges[0].past);
}

static void a_report_is_confirmed_by_as_many_as_the_rule_asks_and_no_dispute(void **state)
{
    static const struct {
        uint32_t asked, vouch, dispute;
        bool confirmed;
    } rows[] = {
        {0, 0, 0, true},  {0, 0, 1, true},  {1, 0, 0, false}, {1, 1, 0, true},
        {1, 1, 1, false}, {2, 1, 0, false}, {2, 2, 0, true},  {2, 3, 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench *self = *state;
        self->rule.attestations = rows[i].asked;
        pledge(self, A, 10, 0);
        uint32_t number = report(self, A, 10, 0);
        for (uint32_t k = 0; k < rows[i].vouch; k++)
            accounts_attest(&self->accounts, number, B + k, false);
        for (uint32_t k = 0; k < rows[i].dispute; k++)
            accounts_attest(&self->accounts, number, D - k, true);
        const struct compliance *out = compute(self);
        if ((out->pledges[0].delivery.confirmed == 10) != rows[i].confirmed)
            fail_msg("row %zu", i);
        assert_int_equal(out->pledges[0].delivery.vouches, rows[i].vouch);
        assert_int_equal(out->pledges[0].delivery.disputes, rows[i].dispute);
    }
}

static void a_seat_changes_its_word_on_a_report_and_a_new_report_starts_without(void **state)
{
    struct bench *self = *state;
    self->rule.attestations = 1;
    pledge(self, A, 10, 0);
    uint32_t first = report(self, A, 4, 0);
    accounts_attest(&self->accounts, first, B, true);
    accounts_attest(&self->accounts, first, B, false);
    assert_int_equal(compute(self)->pledges[0].delivery.confirmed, 4);
    assert_int_equal(self->out->pledges[0].delivery.disputes, 0);
    report(self, A, 9, 0);
    assert_false(accounts_report_counts(&self->accounts.is, first));
    assert_int_equal(compute(self)->pledges[0].delivery.reported, 9);
    assert_int_equal(self->out->pledges[0].delivery.confirmed, 0);
}

static void the_newest_pledge_replaces_and_what_was_lowered_is_remembered(void **state)
{
    struct bench *self = *state;
    pledge(self, A, 40, 0);
    pledge(self, A, 30, 0); /* 10 less */
    pledge(self, A, 50, 0); /* more */
    pledge(self, A, 45, 0); /* 5 less */
    pledge(self, B, -40, 0);
    pledge(self, B, -25, 0); /* 15 less of a cut */
    pledge(self, B, 5, 0);   /* 30 more above zero */
    const struct compliance *out = compute(self);
    assert_int_equal(out->pledges_count, 2);
    assert_int_equal(out->pledges[0].pledge->quantity, 45);
    assert_int_equal(out->pledges[0].pledge->lowered_by, 15);
    assert_int_equal(out->pledges[0].pledge->lowered_count, 2);
    assert_int_equal(out->pledges[1].pledge->lowered_by, 45);
}

static void a_pledge_downward_is_kept_by_going_as_low(void **state)
{
    static const struct {
        int64_t quantity, confirmed;
        uint64_t short_by;
    } rows[] = {
        {40, 39, 1},
        {40, 40, 0},
        {40, 41, 0},
        {-40, 0, 40},
        {-40, -39, 1},
        {-40, -40, 0},
        {-40, -41, 0},
        {0, 0, 0},
        {0, -1, 1},
        {INT64_MAX, INT64_MIN, UINT64_MAX},
        {INT64_MIN, INT64_MAX, UINT64_MAX},
        {INT64_MIN, INT64_MIN, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct forum_pledge made = {.quantity = rows[i].quantity};
        if (accounts_short_by(&made, rows[i].confirmed) != rows[i].short_by)
            fail_msg("row %zu", i);
    }
}

static void a_pledge_counts_while_its_seat_is_in_or_was_when_it_was_due(void **state)
{
    struct bench *self = *state;
    goal(self, 100, 0);
    pledge(self, A, 10, Y2025);
    pledge(self, A, 20, Y2030);
    pledge(self, B, 40, 0);
    self->input.inside[0] &= ~(UINT64_C(1) << A | UINT64_C(1) << B);
    assert_int_equal(compute(self)->goals[0].pledged, 0);
    self->input.left_ms[A] = Y2025; /* It left on the day the first was due. */
    self->input.left_ms[B] = Y2030; /* Its pledge had no day. */
    assert_int_equal(compute(self)->goals[0].pledged, 10);
}

static void what_no_goal_takes_is_summed_beside_none(void **state)
{
    struct bench *self = *state;
    goal(self, 50, Y2025);
    pledge(self, A, 20, Y2025);
    pledge(self, A, 30, Y2030); /* After the goal's day. */
    pledge(self, B, 7, 0);      /* No day: it may come too late. */
    const struct compliance *out = compute(self);
    assert_int_equal(out->goals_count, 2);
    assert_int_equal(out->goals[0].pledged, 20);
    assert_int_equal(out->goals[0].ambition_gap, 30);
    assert_false(out->goals[1].stated);
    assert_int_equal(out->goals[1].pledged, 37);
    assert_int_equal(out->goals[1].ambition_gap, 0);
}

static void sums_past_64_bits_stop_at_the_ends(void **state)
{
    struct bench *self = *state;
    goal(self, INT64_MIN, 0);
    pledge(self, A, INT64_MAX, 0);
    pledge(self, B, INT64_MAX, 0);
    report(self, A, INT64_MIN, 0);
    report(self, B, INT64_MIN, 0);
    const struct compliance_goal *row = compute(self)->goals;
    assert_true(row->pledged == INT64_MAX && row->reported == INT64_MIN);
    assert_true(row->ambition_gap == INT64_MIN && row->delivery_gap == INT64_MAX);
    pledge(self, A, INT64_MIN, 0);
    pledge(self, A, INT64_MAX, 0);
    pledge(self, A, INT64_MIN, 0); /* Twice 2^64 - 1 */
    assert_true(compute(self)->pledges[0].pledge->lowered_by == UINT64_MAX);
}

static void a_fund_is_assessed_equally_by_weight_or_by_key_and_never_on_who_is_out(void **state)
{
    static const uint64_t values[SEATS] = {10, 20, 30, 40};
    static const uint64_t key[SEATS] = {0, 1, 1, 0};
    struct bench *self = *state;
    plan_fund(self);
    goal(self, 7, Y2025);
    goal(self, 3, Y2030);
    self->input.inside[0] = 7; /* D is no party. */
    const struct compliance *out = compute(self);
    assert_int_equal(out->fund_goal, 10);
    assert_memory_equal(out->shares, ((uint64_t[]){4, 3, 3, 0}), 4 * sizeof(uint64_t));
    self->input.weights = values; /* 10 by 10:20:30 is 1 2/3, 3 1/3, 5 */
    assert_memory_equal(compute(self)->shares, ((uint64_t[]){2, 3, 5, 0}), 4 * sizeof(uint64_t));
    self->rule.fund.key = key;
    assert_memory_equal(compute(self)->shares, ((uint64_t[]){0, 5, 5, 0}), 4 * sizeof(uint64_t));
    self->seats[B].represents = 0; /* An organisation: its members pay. */
    assert_memory_equal(compute(self)->shares, ((uint64_t[]){0, 0, 10, 0}), 4 * sizeof(uint64_t));
}

static void what_is_paid_delivers_the_pledges_to_the_fund_the_earliest_first(void **state)
{
    struct bench *self = *state;
    plan_fund(self);
    pledge(self, A, 100, Y2025);
    pledge(self, A, 50, Y2030);
    pledge(self, B, 10, Y2030);
    static const struct {
        uint64_t pay;
        int64_t first, second;
    } rows[] = {{60, 60, 0}, {50, 100, 10}, {90, 100, 100}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        accounts_pay(&self->accounts, &self->pool, SEATS, A, rows[i].pay);
        const struct compliance *out = compute(self);
        assert_int_equal(out->pledges[0].delivery.confirmed, rows[i].first);
        assert_int_equal(out->pledges[1].delivery.confirmed, rows[i].second);
        assert_int_equal(out->pledges[2].delivery.confirmed, 0);
    }
    accounts_pay(&self->accounts, &self->pool, SEATS, D, 5); /* Who gives without a pledge. */
    assert_int_equal(compute(self)->paid_sum, 205);
    goal(self, 200, Y2030);
    assert_int_equal(compute(self)->goals[0].confirmed, 205);
    assert_int_equal(self->out->goals[0].delivery_gap, 160 - 205);
}

static void books_end_where_64_bits_do(void **state)
{
    struct bench *self = *state;
    plan_fund(self);
    accounts_pay(&self->accounts, &self->pool, SEATS, A, UINT64_MAX - 1);
    assert_true(accounts_may_take(&self->accounts.is, 1));
    assert_false(accounts_may_take(&self->accounts.is, 2));
    accounts_pay(&self->accounts, &self->pool, SEATS, B, 1);
    assert_false(accounts_may_take(&self->accounts.is, 1));
    pledge(self, A, INT64_MAX, 0);
    assert_true(compute(self)->pledges[0].delivery.confirmed == INT64_MAX);
    accounts_spend(&self->accounts, &self->pool,
                   &(struct forum_spending){.quantity = UINT64_MAX, .seat = C});
    assert_true(accounts_balance(&self->accounts.is) == 0);
}

static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Each seat's acts in its own order, the seats' interleaved as chance has it. */
static struct hash tell(struct bench *self, uint64_t facts, uint64_t order, struct compliance **ret)
{
    enum { STEPS = 24 };
    uint64_t lots[SEATS];
    uint32_t told[SEATS] = {0};
    for (uint32_t seat = 0; seat < SEATS; seat++)
        lots[seat] = facts + seat * 77;
    self->accounts = (struct accounts){0};
    self->ids = 0;
    for (uint32_t i = 0; i < SEATS * STEPS;) {
        uint32_t seat = (uint32_t)(next(&order) % SEATS);
        if (told[seat] == STEPS)
            continue;
        told[seat]++;
        i++;
        int64_t due = (int64_t)(next(&lots[seat]) % 3);
        int64_t quantity = (int64_t)(next(&lots[seat]) % 100) - 20;
        if (accounts_find(&self->accounts.is, seat, "CO2", "Mt", due) != NULL &&
            next(&lots[seat]) % 2 == 0)
            (void)report(self, seat, quantity, due);
        else
            pledge(self, seat, quantity, due);
    }
    compute(self);
    *ret = self->out;
    return accounts_hash(&self->accounts.is, SEATS);
}

static void compliance_is_the_same_however_the_seats_acts_are_interleaved(void **state)
{
    struct bench *self = *state;
    goal(self, 500, 1);
    goal(self, 900, 2);
    for (uint64_t round = 0; round < 100; round++) {
        struct compliance *left;
        struct compliance *right;
        (void)tell(self, round * 1000, 1, &left);
        (void)tell(self, round * 1000, round + 2, &right);
        assert_int_equal(left->goals_count, right->goals_count);
        for (uint32_t i = 0; i < left->goals_count; i++) {
            const struct compliance_goal *a = &left->goals[i];
            const struct compliance_goal *b = &right->goals[i];
            if (a->pledged != b->pledged || a->confirmed != b->confirmed ||
                a->reported != b->reported || a->delivery_gap != b->delivery_gap)
                fail_msg("round %d, goal %u", (int)round, (unsigned)i);
        }
        for (uint32_t i = 0; i < left->pledges_count; i++)
            assert_true(left->pledges[i].short_by == right->pledges[i].short_by &&
                        left->pledges[i].delivery.reported == right->pledges[i].delivery.reported);
    }
}

static void the_hash_is_that_of_what_was_said_and_of_nothing_else(void **state)
{
    struct bench *self = *state;
    struct compliance *out;
    struct hash before = tell(self, 5, 5, &out);
    struct hash again = tell(self, 5, 5, &out);
    assert_true(hash_equal(&before, &again));
    pledge(self, A, 1, 7);
    uint32_t number = report(self, A, 1, 7);
    before = accounts_hash(&self->accounts.is, SEATS);
    assert_false(hash_equal(&before, &again));
    accounts_attest(&self->accounts, number, B, true);
    struct hash after = accounts_hash(&self->accounts.is, SEATS);
    assert_false(hash_equal(&before, &after));
    accounts_pay(&self->accounts, &self->pool, SEATS, A, 1);
    struct hash paid = accounts_hash(&self->accounts.is, SEATS);
    assert_false(hash_equal(&paid, &after));
    self->accounts.pledges[0].review = REVIEW_SHORT; /* Follows from time. */
    struct hash reviewed = accounts_hash(&self->accounts.is, SEATS);
    assert_true(hash_equal(&paid, &reviewed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bench_test(goal_pledges_and_deliveries_stand_side_by_side_with_both_gaps),
        bench_test(a_report_is_confirmed_by_as_many_as_the_rule_asks_and_no_dispute),
        bench_test(a_seat_changes_its_word_on_a_report_and_a_new_report_starts_without),
        bench_test(the_newest_pledge_replaces_and_what_was_lowered_is_remembered),
        bench_test(a_pledge_downward_is_kept_by_going_as_low),
        bench_test(a_pledge_counts_while_its_seat_is_in_or_was_when_it_was_due),
        bench_test(what_no_goal_takes_is_summed_beside_none),
        bench_test(sums_past_64_bits_stop_at_the_ends),
        bench_test(a_fund_is_assessed_equally_by_weight_or_by_key_and_never_on_who_is_out),
        bench_test(what_is_paid_delivers_the_pledges_to_the_fund_the_earliest_first),
        bench_test(books_end_where_64_bits_do),
        bench_test(compliance_is_the_same_however_the_seats_acts_are_interleaved),
        bench_test(the_hash_is_that_of_what_was_said_and_of_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
