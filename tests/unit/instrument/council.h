/* SPDX-License-Identifier: Apache-2.0 */
/* council.h - the forum of these tests, and what is mostly proved in it. */
#ifndef COMITY_TESTS_INSTRUMENT_COUNCIL_H
#define COMITY_TESTS_INSTRUMENT_COUNCIL_H

#include "made.h"

static const char council[] =
    "name: council\n"
    "title: Test council\n"
    "seats: [A, B, C, D]\n"
    "groups: {great: [A, B]}\n"
    "rules:\n"
    "  substantive: {sentence: \"yes >= 3 and no in great = 0\", closes: all-answered,\n"
    "    binds: consenting}\n"
    "  binding-all: {sentence: \"yes >= 3\", closes: all-answered, binds: all}\n"
    "  treaty: {sentence: \"yes >= 2\", closes: all-answered, binds: consenting,\n"
    "    in-force: {when: \"yes >= 2\", after: 30 days, late: 10 days},\n"
    "    exit: {lock: 6 months, notice: 3 months}}\n"
    "grace: 1ms\n"
    "pace: 250ms\n";

static const char draft[] = "Recalling much,\n\n1. Founds a fund.\n\n2. Asks for money.\n";

static inline int setup(void **state)
{
    struct world *self = calloc(1, sizeof *self);
    *state = self;
    if (self == NULL)
        return -1;
    world_open(self, council);
    world_join(self, 4);
    return 0;
}

static inline int teardown(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

/* P1 adopted by A, B, C after C had first abstained; D answers no. A1 binds the three. */
static inline void adopt(struct world *self)
{
    world_propose(self, 0, "substantive", true, draft);
    world_block(self, 10);
    world_vote(self, 2, 1, ANSWER_ABSTAIN);
    world_vote(self, 3, 1, ANSWER_NO);
    world_block(self, 10);
    world_vote(self, 2, 1, ANSWER_YES);
    world_vote(self, 0, 1, ANSWER_YES);
    world_block(self, 10);
    world_vote(self, 1, 1, ANSWER_YES);
    world_block(self, 10);
    world_block(self, 10);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
