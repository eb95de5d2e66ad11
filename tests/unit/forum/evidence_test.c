/* SPDX-License-Identifier: Apache-2.0 */
/* Two different acts in one slot (edge case 18). */
#include "said.h"

/* `by` shows that `seat` signed the slot twice; `first` is the one in the record. */
static struct act *show(struct room *room, uint32_t by, uint32_t seat, uint64_t seq,
                        struct hash first)
{
    struct act *act = room_say(room, by, ACT_EVIDENCE);
    act->as.evidence.seat = seat;
    act->as.evidence.seq = seq;
    act->as.evidence.first = first;
    act->as.evidence.second = first;
    act->as.evidence.second.bytes[20] ^= 1;
    return act;
}

static void evidence_before_the_verdict_voids_the_answer(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room_open(room, 3);
    room_put(room, 0, false);
    struct hash twice = room_ballot(room, 1, 1, ANSWER_YES)->id;
    uint64_t seq = room->seqs[1];
    room_ballot(room, 0, 1, ANSWER_YES);
    room_block(room);
    show(room, 0, 1, seq, twice);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(room_outcome(room, OUTCOME_VOIDED)->seat, 1);
    assert_int_equal(room_outcome(room, OUTCOME_DEFECTION)->value, DEFECTION_EQUIVOCATED);
    const struct forum_proposal *proposal = forum_proposal(room->forum, 1);
    assert_true(proposal->ballots[1].voided);
    assert_int_equal(proposal->ballots[1].answer, ANSWER_SILENT);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_ballot(room, 2, 1, ANSWER_NO); /* Everybody who still may has answered. */
    room_block(room);
    assert_int_equal(proposal->verdict, VERDICT_REJECTED);
    struct forum_lists lists;
    forum_proposal_lists(room->forum, proposal, &lists);
    assert_true(listed(lists.defected, 1) && !listed(lists.stayed_out, 1));
    assert_int_equal(forum_seat_conduct(room->forum, 1).defection, 1);
}

static void who_was_voided_can_change_nothing_any_more(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room->rules[0].revise_never = true;
    room_open(room, 3);
    room_put(room, 0, false);
    struct hash twice = room_ballot(room, 1, 1, ANSWER_YES)->id;
    show(room, 0, 1, room->seqs[1], twice);
    room_ballot(room, 0, 1, ANSWER_NO);
    room_block(room);
    /* C alone cannot make two. */
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_REJECTED);
}

static void evidence_after_the_verdict_is_conduct_alone(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 2");
    room_open(room, 2);
    room_put(room, 0, true);
    struct hash twice = room_ballot(room, 1, 1, ANSWER_YES)->id;
    room_ballot(room, 0, 1, ANSWER_YES);
    room_block(room);
    show(room, 0, 1, room->seqs[1], twice);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(room_told(room, OUTCOME_VOIDED), 0);
    assert_int_equal(forum_agreement(room->forum, 1)->parties_count, 2);
    assert_int_equal(forum_seat_conduct(room->forum, 1).defection, 1);
}

static void evidence_in_the_grace_still_voids(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "objections = 0");
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = DAY;
    room->charter.grace_ms = MINUTE;
    room_open(room, 3);
    room_put(room, 0, false);
    struct hash twice = room_ballot(room, 1, 1, ANSWER_OBJECT)->id;
    room_block(room);
    room_block_at(room, forum_due(room->forum));
    assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_CLOSED);
    show(room, 2, 1, room->seqs[1], twice);
    room_block(room);
    room_block_at(room, forum_due(room->forum));
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
}

static void evidence_that_comes_before_its_ballot_voids_it_too(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room_open(room, 3);
    room_put(room, 0, false);
    struct hash unseen = {{99}};
    show(room, 0, 1, room->seqs[1] + 1, unseen);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_block(room);
    assert_int_equal(room_told(room, OUTCOME_VOIDED), 1);
    assert_int_equal(room_told(room, OUTCOME_BALLOT), 0);
    assert_true(forum_proposal(room->forum, 1)->ballots[1].voided);
}

static void evidence_of_an_older_answer_leaves_the_newer_one(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room_open(room, 3);
    room_put(room, 0, false);
    struct hash older = room_ballot(room, 1, 1, ANSWER_NO)->id;
    uint64_t seq = room->seqs[1];
    room_ballot(room, 1, 1, ANSWER_YES);
    show(room, 0, 1, seq, older);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->ballots[1].answer, ANSWER_YES);
    assert_int_equal(forum_seat_conduct(room->forum, 1).defection, 1);
}

static void a_voided_seat_stays_voided_under_a_new_text(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room_open(room, 3);
    room_put(room, 0, false);
    struct hash twice = room_ballot(room, 1, 1, ANSWER_YES)->id;
    show(room, 2, 1, room->seqs[1], twice);
    room_block(room);
    struct act *act = room_say(room, 0, ACT_AMEND);
    act->as.amend.proposal = forum_proposal(room->forum, 1)->id;
    act->as.amend.base_text = forum_proposal(room->forum, 1)->text.hash;
    act->as.amend.operation = AMEND_ADD;
    act->as.amend.clause = 1;
    act->text = bytes_of_text("More.");
    room_block(room);
    room_assert_accepted(room);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void a_slots_evidence_counts_once_and_must_be_two_acts(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 2");
    room_open(room, 2);
    struct hash some = {{5}};
    show(room, 0, 1, 1, some);
    room_block(room);
    room_assert_accepted(room);
    show(room, 0, 1, 1, some)->as.evidence.first.bytes[1] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    room_put(room, 0, false);
    show(room, 0, 1, 1000, (struct hash){{0}}); /* No act's id: it voids no silence. */
    room_block(room);
    assert_int_equal(room_told(room, OUTCOME_VOIDED), 0);
    struct act *act = show(room, 0, 1, 2, some);
    act->as.evidence.second = act->as.evidence.first;
    room_block(room);
    room_assert_refused(room, COMITY_INVALID);
    show(room, 0, 7, 2, some);
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
    for (uint64_t seq = 2; seq <= 63; seq++)
        show(room, 0, 1, seq, some);
    room_block(room);
    room_assert_accepted(room);
    show(room, 0, 1, 65, some);
    room_block(room);
    room_assert_refused(room, COMITY_LIMIT);
    assert_int_equal(forum_seat_conduct(room->forum, 1).defection, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(evidence_before_the_verdict_voids_the_answer),
        room_test(who_was_voided_can_change_nothing_any_more),
        room_test(evidence_after_the_verdict_is_conduct_alone),
        room_test(evidence_in_the_grace_still_voids),
        room_test(evidence_that_comes_before_its_ballot_voids_it_too),
        room_test(evidence_of_an_older_answer_leaves_the_newer_one),
        room_test(a_voided_seat_stays_voided_under_a_new_text),
        room_test(a_slots_evidence_counts_once_and_must_be_two_acts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
