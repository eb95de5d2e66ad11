/* SPDX-License-Identifier: Apache-2.0 */
/* accounts.h - what was pledged under one agreement, what was reported and paid, who vouches for
 * it. Pure. Whoever replays the same acts holds the same accounts: the forum, and whoever checks an
 * instrument. What they come to is compliance.h's.
 *
 * A pledge is kept by what it is about: seat, issue, unit and day; the newest replaces. A negative
 * quantity is a pledge downward, delivered when what was reported is no higher. Reports of one
 * agreement are numbered from 1 in the record's order: A1/r1, A1/r2 ... Money is counted in whole
 * units, never below zero, never past 2^64. */
#ifndef COMITY_FORUM_ACCOUNTS_H
#define COMITY_FORUM_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "forum/pool.h"
#include "model/act.h"
#include "model/charter.h"

enum { PLEDGES_PER_SEAT_MAX = 64 }; /* Under one agreement, besides those of its text. */

/* What the review of a pledge found, where the charter has `shortfall`. */
enum review {
    REVIEW_NONE,  /* Not yet, or never to be. */
    REVIEW_KEPT,  /* Confirmed in full. */
    REVIEW_SHORT, /* A breach. */
    REVIEW_RESTED /* On its day the seat was not bound, or its obligations rested. */
};
/* How its seat stood on the day the pledge was due, where there is a review: what came after
 * changes nothing of what it owed then (Vienna Convention, article 70(1)(b)). */
enum due_standing { DUE_AHEAD, DUE_BOUND, DUE_FREE };

struct forum_pledge {
    uint32_t seat;
    const char *issue;
    const char *unit;
    int64_t due_ms; /* Forum time; 0: no day named. */
    int64_t quantity;
    uint32_t lowered_count; /* How often, and by how much in all, at the ends of 64 bits if more. */
    uint64_t lowered_by;
    uint32_t report;   /* Number of the report that counts; 0: none. */
    int64_t review_ms; /* Forum time; INT64_MAX: never. */
    enum due_standing due;
    enum review review;
    int64_t reviewed; /* What was confirmed then. */
};

struct forum_report {
    struct hash id; /* Of the report act. */
    uint32_t seat;
    const char *issue; /* As in the pledge, and so on. */
    const char *unit;
    int64_t due_ms;
    int64_t quantity; /* Delivered so far, as the seat says. */
    int64_t time_ms;  /* Forum time. */
    uint64_t vouched[SEATS_MAX / 64], disputed[SEATS_MAX / 64];
};

struct forum_spending {
    uint32_t proposal;  /* P number of the question that decided it. */
    struct hash ruling; /* Its propose act. */
    uint32_t seat;
    uint64_t quantity;
    int64_t time_ms; /* Forum time. */
};

struct forum_accounts {
    const struct forum_pledge *pledges; /* By seat, day, issue, unit. */
    uint32_t pledges_count;
    const struct forum_report *reports; /* Number 1 first. */
    uint32_t reports_count;
    const struct forum_spending *spendings;
    uint32_t spendings_count;
    const uint64_t *paid; /* By seat; NULL: nobody has paid anything. */
    uint64_t paid_sum, spent_sum;
};

/* The same, growing. */
struct accounts {
    struct forum_accounts is;
    struct forum_pledge *pledges;
    struct forum_report *reports;
    struct forum_spending *spendings;
    uint64_t *paid;
    uint32_t pledges_capacity, reports_capacity, spendings_capacity;
};

/* The pledge of this seat, issue, unit and day; NULL: none. */
const struct forum_pledge *accounts_find(const struct forum_accounts *self, uint32_t seat,
                                         const char *issue, const char *unit, int64_t due_ms);
uint32_t accounts_pledges_of(const struct forum_accounts *self, uint32_t seat);
/* A new pledge, or the newest of an old one: then only its quantity counts. Texts are copied. How
 * much it lowers the old one, 0 if it does not. Nothing happens when memory is out. */
uint64_t accounts_pledge(struct accounts *self, struct pool *pool,
                         const struct forum_pledge *pledge);
/* Of a pledge that is there; the number, 0 when memory is out. */
uint32_t accounts_report(struct accounts *self, struct pool *pool, uint32_t seat,
                         const struct pledge *report, const struct hash *id, int64_t time_ms);
/* The seat's newest word on a report. */
void accounts_attest(struct accounts *self, uint32_t report, uint32_t seat, bool disputes);
/* Does it count still, or was it followed by another? */
bool accounts_report_counts(const struct forum_accounts *self, uint32_t report);
/* The sum stays below 2^64: see accounts_may_take. */
void accounts_pay(struct accounts *self, struct pool *pool, uint32_t seats_count, uint32_t seat,
                  uint64_t quantity);
bool accounts_may_take(const struct forum_accounts *self, uint64_t quantity);
uint64_t accounts_balance(const struct forum_accounts *self);
/* At most the balance. */
void accounts_spend(struct accounts *self, struct pool *pool,
                    const struct forum_spending *spending);

/* Is the pledge one to the rule's fund, delivered by paying? */
bool accounts_is_to_fund(const struct charter_rule *rule, const char *issue, const char *unit);
/* What stands against a pledge: as reported, and as confirmed. Paid sums fill the pledges of a seat
 * to the fund by their days, the earliest first, and what is left over counts for the last. */
struct delivery {
    int64_t reported, confirmed;
    uint32_t vouches, disputes;
};
struct delivery accounts_delivery(const struct forum_accounts *self,
                                  const struct charter_rule *rule,
                                  const struct forum_pledge *pledge);
/* How far `confirmed` is from the pledge, in the pledge's direction; 0: it is kept. */
uint64_t accounts_short_by(const struct forum_pledge *pledge, int64_t confirmed);

/* What the acts alone make of them: pledges, the reports that count, what was paid. Reviews and
 * spendings follow from other records too and are not in it. */
struct hash accounts_hash(const struct forum_accounts *self, uint32_t seats_count);

#endif
