/* SPDX-License-Identifier: Apache-2.0 */
/* compliance.h - what an agreement meant to reach, what its parties pledged, and what they
 * delivered, side by side. Computed when asked for, from the agreement's accounts. Pure; memory is
 * the caller's arena.
 *
 * A pledge counts while its seat is a party or has consented, and after it left if the pledge was
 * due before; one whose obligations are suspended does not. It counts towards each goal of its
 * issue and unit that names the same day or a later one; a goal without a day counts all of them.
 * Pledges that no goal counts are summed by issue and unit, beside no goal. For the goal of a fund,
 * delivered is what was paid into it, by whomever; shares by a weight go by its values of now.
 *
 * Sums and gaps are taken in 128 bits and shown at the ends of 64 where they do not fit. */
#ifndef COMITY_FORUM_COMPLIANCE_H
#define COMITY_FORUM_COMPLIANCE_H

#include "base/arena.h"
#include "forum/accounts.h"
#include "forum/forum.h"

struct compliance_input {
    const struct charter *charter;
    const struct charter_rule *rule;
    const struct goal *goals;
    uint32_t goals_count;
    const struct forum_accounts *accounts;
    uint64_t inside[SEATS_MAX / 64]; /* Parties now, and who consented. */
    int64_t left_ms[SEATS_MAX];      /* Since when it is out; INT64_MIN: it never was in. */
    int64_t now_ms;                  /* Forum time. */
    const uint64_t *weights; /* By seat: the weight that shares go by, as it is now; NULL. */
};

struct compliance_goal {
    const char *issue;
    const char *unit;
    int64_t due_ms; /* 0: no day named. */
    bool stated;    /* A goal; else `goal` and `ambition_gap` are 0. */
    bool past;      /* The day is. */
    uint32_t pledges_count;
    int64_t goal, pledged, reported, confirmed;
    int64_t ambition_gap; /* goal - pledged */
    int64_t delivery_gap; /* pledged - confirmed */
};

struct compliance_pledge {
    const struct forum_pledge *pledge;
    bool counts;
    bool past; /* Its day is. */
    struct delivery delivery;
    uint64_t short_by; /* What is not confirmed of it. */
};

struct compliance {
    struct compliance_goal *goals;
    uint32_t goals_count;
    struct compliance_pledge *pledges; /* In the accounts' order. */
    uint32_t pledges_count;
    bool has_fund;
    uint64_t fund_goal;         /* What the fund should hold, by its goals; 0: none stated. */
    uint64_t shares[SEATS_MAX]; /* Of that, by seat. */
    uint64_t paid[SEATS_MAX];   /* By seat. */
    uint64_t paid_sum, spent_sum, balance;
};

/* COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error compliance_compute(const struct compliance_input *input,
                                                       struct arena *arena,
                                                       struct compliance **ret_compliance);
/* Of an agreement of the forum. */
COMITY_MUST_CHECK enum comity_error forum_compliance(const struct forum *forum,
                                                     const struct forum_agreement *agreement,
                                                     struct arena *arena,
                                                     struct compliance **ret_compliance);
/* Where a goal is of the rule's fund: what it asks to be paid, all of them together. False: one is
 * negative, or the sum is past what a quantity may be. */
bool compliance_fund_goal(const struct charter_rule *rule, const struct goal *goals,
                          uint32_t goals_count, uint64_t *ret_goal);

#endif
