/* SPDX-License-Identifier: Apache-2.0 */
/* roster.h - the frozen roster a rule is evaluated against: which seats are members, the groups
 * they form and the weights they carry.
 *
 * A value: the caller fills it and keeps it unchanged while anything refers to it; nothing here
 * allocates. Seats that are not members (the chair, observers) are counted by no rule, whatever
 * their group bits or weights say. The charter reader has checked that the sum of each weight
 * over all seats is below 2^64, which keeps every comparison exact in 128 bits. */
#ifndef COMITY_RULES_ROSTER_H
#define COMITY_RULES_ROSTER_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "model/answer.h"
#include "model/limits.h"

enum { ROSTER_WORDS = SEATS_MAX / 64, ROSTER_NONE = -1 };

/* A set of seats: bit (seat % 64) of word (seat / 64). */
struct seat_set {
    uint64_t bits[ROSTER_WORDS];
};

struct rule_group {
    char name[NAME_MAX_SIZE + 1];
    struct seat_set seats;
};

struct rule_weight {
    char name[NAME_MAX_SIZE + 1];
    const uint64_t *values; /* By seat, seats_count of them; borrowed (an arena's). */
};

struct rule_roster {
    uint32_t seats_count; /* 0..SEATS_MAX. */
    struct seat_set members;
    uint32_t nominal; /* `nominal: N`: a count n becomes ceil(n * members / N); 0: as it is. */
    uint32_t groups_count;
    struct rule_group groups[GROUPS_MAX];
    uint32_t weights_count;
    struct rule_weight weights[WEIGHTS_MAX];
};

/* seat < SEATS_MAX. Inline: rules ask it for every seat of every test. */
static inline bool seat_set_has(const struct seat_set *self, uint32_t seat)
{
    assert(seat < SEATS_MAX);
    return (self->bits[seat / 64] >> (seat % 64) & 1) != 0;
}
void seat_set_add(struct seat_set *self, uint32_t seat);
uint32_t seat_set_count(const struct seat_set *self);

/* The index, or ROSTER_NONE. */
int rule_roster_find_group(const struct rule_roster *self, struct bytes name);
int rule_roster_find_weight(const struct rule_roster *self, struct bytes name);
/* Members of the roster that are in the group; ROSTER_NONE means all members. */
uint32_t rule_roster_count(const struct rule_roster *self, int group);
/* Whether a rule can name it: a letter, then letters, digits, `-` and `_`; at most NAME_MAX_SIZE
 * characters; none of the grammar's own words (`yes`, `and`, `members`, ...). */
bool rule_name_is_valid(struct bytes name);

#endif
