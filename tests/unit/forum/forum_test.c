/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a proposal, from joining to leaving, in a room of a few seats. */
#include "said.h"

static void an_adopted_proposal_that_binds_makes_an_agreement_of_who_said_yes(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes >= 2");
    room_open(room, 4);
    assert_int_equal(room_told(room, OUTCOME_JOINED), 4);
    uint32_t number = room_put(room, 0, true);
    assert_int_equal(number, 1);
    assert_int_equal(room_outcome(room, OUTCOME_PROPOSED)->proposal, 1);
    const enum answer answers[] = {ANSWER_YES, ANSWER_YES, ANSWER_NO};
    for (uint32_t seat = 0; seat < 3; seat++)
        room_ballot(room, seat, number, answers[seat]);
    room_block(room);
    room_assert_accepted(room);
    const struct forum_proposal *proposal = forum_proposal(room->forum, 1);
    assert_int_equal(proposal->status, PROPOSAL_OPEN); /* Who answered may still revise. */
    assert_true(proposal->can_change);
    room_ballot(room, 3, number, ANSWER_ABSTAIN);
    room_block(room);
    assert_int_equal(proposal->status, PROPOSAL_DECIDED);
    assert_int_equal(proposal->verdict, VERDICT_ADOPTED);
    assert_int_equal(proposal->decided_height, room->height);
    assert_int_equal(room_outcome(room, OUTCOME_VERDICT)->value, VERDICT_ADOPTED);
    assert_int_equal(proposal->agreement, 1);
    const struct forum_agreement *agreement = forum_agreement(room->forum, 1);
    assert_int_equal(agreement->status, AGREEMENT_IN_FORCE);
    assert_int_equal(agreement->parties_count, 2);
    assert_int_equal(room_told(room, OUTCOME_BOUND), 2);
    struct forum_lists lists;
    forum_proposal_lists(room->forum, proposal, &lists);
    for (uint32_t seat = 0; seat < 4; seat++) {
        assert_int_equal(listed(lists.formed, seat), seat < 2);
        assert_int_equal(listed(lists.stayed_out, seat), seat >= 2);
    }
    assert_int_equal(forum_seat_conduct(room->forum, 0).joined, 1);
    assert_int_equal(forum_seat_conduct(room->forum, 2).dissent, 1);
    assert_int_equal(forum_seat_conduct(room->forum, 3).dissent, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(an_adopted_proposal_that_binds_makes_an_agreement_of_who_said_yes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
