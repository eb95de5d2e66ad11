/* SPDX-License-Identifier: Apache-2.0 */
/* A breach: alleged, ruled on, and the four things that may follow; seats that lose their votes or
 * their place; agreements that are suspended and ended. */
#include "life.h"

static void an_allegation_alone_is_no_conduct_of_the_accused(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x7);
    life_allege(room, A, B);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_allegations_count(room->forum), 1);
    assert_int_equal(forum_allegation(room->forum, 1)->status, ALLEGATION_OPEN);
    assert_int_equal(forum_seat_conduct(room->forum, B).defection, 0);
    assert_int_equal(life_party(room, B)->defection, DEFECTION_NONE);
}

static const struct {
    uint32_t by, accused, clause;
    enum comity_error error;
} wrong[] = {
    {D, B, 2, COMITY_REFUSED},   /* No party. */
    {A, D, 2, COMITY_REFUSED},   /* Neither is the accused. */
    {A, A, 2, COMITY_REFUSED},   /* Itself. */
    {A, B, 4, COMITY_NOT_FOUND}, /* No such clause. */
};

static void who_is_no_party_accuses_nobody_and_is_accused_of_nothing(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x7);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        life_allege(room, wrong[i].by, wrong[i].accused)->as.allege.clause = wrong[i].clause;
        room_block(room);
        room_assert_refused(room, wrong[i].error);
    }
    life_allege(room, A, B);
    life_allege(room, C, B);
    room_block(room);
    room_assert_accepted(room); /* Side by side. */
    life_allege(room, A, B);
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
}

/* What the finding makes of B, by the response. */
static const struct {
    enum response response;
    enum party_status party;
    enum seat_standing standing;
    bool has_votes;
    uint32_t parties_count;
} responses[] = {
    {RESPONSE_NONE, PARTY_BOUND, STANDING_MEMBER, true, 3},
    {RESPONSE_SUSPEND_VOTES, PARTY_BOUND, STANDING_MEMBER, false, 3},
    {RESPONSE_SUSPEND, PARTY_SUSPENDED, STANDING_MEMBER, true, 2},
    {RESPONSE_END, PARTY_LEFT, STANDING_MEMBER, true, 2},
    {RESPONSE_EXPEL, PARTY_LEFT, STANDING_EXPELLED, false, 2},
};

static void a_finding_counts_once_and_brings_what_it_says(void **state)
{
    struct room *room = *state;
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++) {
        life_plan(room);
        life_treaty(room, 0x7);
        life_allege(room, A, B);
        room_block(room);
        uint32_t ruling =
            life_adopt(room, life_effect(room, A, life_breach(room, 1, responses[i].response)),
                       1 << A | 1 << C | 1 << D);
        const struct forum_allegation *is = forum_allegation(room->forum, 1);
        assert_int_equal(is->status, ALLEGATION_FOUND);
        assert_int_equal(is->ruling, ruling);
        assert_int_equal(is->response, responses[i].response);
        assert_int_equal(life_party(room, B)->defection, DEFECTION_BREACHED);
        assert_int_equal(forum_seat_conduct(room->forum, B).kinds[CONDUCT_BREACHED], 1);
        assert_int_equal(life_party(room, B)->status, responses[i].party);
        assert_int_equal(forum_seat_standing(room->forum, B), responses[i].standing);
        assert_int_equal(forum_seat_has_votes(room->forum, B), responses[i].has_votes);
        assert_int_equal(forum_agreement(room->forum, 1)->parties_count,
                         responses[i].parties_count);
        forum_check(room->forum);
    }
}

static void the_accused_does_not_vote_on_its_own_case(void **state)
{
    struct room *room = *state;
    for (int votes = 0; votes < 2; votes++) {
        life_plan(room);
        room->rules[0].breach.accused_votes = votes == 1;
        life_treaty(room, 0x7);
        life_allege(room, A, B);
        room_block(room);
        life_effect(room, A, life_breach(room, 1, RESPONSE_NONE));
        room_block(room);
        room_ballot(room, B, 2, ANSWER_NO);
        room_block(room);
        if (votes == 1) {
            room_assert_accepted(room);
            continue;
        }
        room_assert_refused(room, COMITY_REFUSED);
        assert_true(listed(forum_proposal(room->forum, 2)->must_abstain, B));
        /* Nobody waits for it: the others have answered, and that closes the question. */
        for (uint32_t seat = 0; seat < LIFE_SEATS; seat++) {
            if (seat != B)
                room_ballot(room, seat, 2, seat < D ? ANSWER_YES : ANSWER_NO);
        }
        room_block(room);
        assert_int_equal(forum_proposal(room->forum, 2)->verdict, VERDICT_REJECTED);
    }
}

static void what_is_not_found_may_be_alleged_anew(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x7);
    life_allege(room, A, B);
    room_block(room);
    life_effect(room, A, life_breach(room, 1, RESPONSE_EXPEL));
    room_block(room);
    for (uint32_t seat = C; seat < LIFE_SEATS; seat++)
        room_ballot(room, seat, 2, ANSWER_NO);
    room_block(room);
    assert_int_equal(forum_allegation(room->forum, 1)->status, ALLEGATION_NOT_FOUND);
    assert_int_equal(forum_seat_conduct(room->forum, B).defection, 0);
    life_effect(room, A, life_breach(room, 1, RESPONSE_NONE));
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED); /* It is ruled on. */
    life_allege(room, A, B);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_allegations_count(room->forum), 2);
}

static void of_two_rulings_on_one_allegation_the_second_does_nothing(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x7);
    life_allege(room, A, B);
    room_block(room);
    life_effect(room, A, life_breach(room, 1, RESPONSE_NONE));
    life_effect(room, C, life_breach(room, 1, RESPONSE_EXPEL));
    room_block(room);
    for (uint32_t number = 2; number <= 3; number++) {
        for (uint32_t seat = C; seat < LIFE_SEATS; seat++)
            room_ballot(room, seat, number, ANSWER_YES);
    }
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 3)->verdict, VERDICT_ADOPTED);
    assert_int_equal(forum_seat_standing(room->forum, B), STANDING_MEMBER);
    assert_string_equal(room_outcome(room, OUTCOME_NO_EFFECT)->line, "L1 is ruled on already");
    /* Not only where it is told: it stays with the proposal. */
    assert_null(forum_proposal(room->forum, 2)->undone);
    assert_string_equal(forum_proposal(room->forum, 3)->undone, "L1 is ruled on already");
    forum_check(room->forum);
    static uint8_t bytes[65536];
    struct fault fault;
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    forum_save(room->forum, &writer);
    assert_int_equal(forum_load(&room->arena, &room->charter, bytes_of(bytes, writer.size),
                                &room->forum, &fault),
                     COMITY_OK);
    assert_null(forum_proposal(room->forum, 2)->undone);
    assert_string_equal(forum_proposal(room->forum, 3)->undone, "L1 is ruled on already");
}

static void a_ruling_keeps_to_the_rule_and_the_responses_the_charter_names(void **state)
{
    struct room *room = *state;
    life_plan(room);
    room->rules[0].breach.responses = RESPONSE_BIT(RESPONSE_SUSPEND);
    room->rules[1].may = MAY_RESTORE;
    life_treaty(room, 0x7);
    life_allege(room, A, B);
    room_block(room);
    life_effect(room, A, life_breach(room, 1, RESPONSE_EXPEL));
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    life_effect(room, A, life_breach(room, 1, RESPONSE_SUSPEND))->as.propose.rule = "treaty";
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    life_effect(room, A, (struct effect){.kind = EFFECT_EXPEL, .seat = B});
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* `may` does not list it. */
    life_effect(room, A, life_breach(room, 1, RESPONSE_SUSPEND))->as.propose.binding = true;
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void suspended_votes_are_in_no_base_until_restored(void **state)
{
    struct room *room = *state;
    life_plan(room);
    room->rules[0].sentence = "yes = all members";
    room_open(room, LIFE_SEATS);
    life_effect(room, A, (struct effect){.kind = EFFECT_SUSPEND_VOTES, .seat = E});
    room_propose(room, A, "1. Before.\n", false);
    room_block(room);
    for (uint32_t seat = A; seat < D; seat++)
        room_ballot(room, seat, 1, ANSWER_YES);
    room_block(room);
    assert_int_equal(room_told(room, OUTCOME_VOTES_SUSPENDED), 1);
    room_propose(room, E, "1. After.\n", false); /* It may do everything else. */
    room_block(room);
    room_assert_accepted(room);
    room_ballot(room, E, 2, ANSWER_YES); /* Opened before: its roll stands. */
    room_block(room);
    room_assert_accepted(room);
    room_ballot(room, E, 3, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    for (uint32_t seat = A; seat < E; seat++)
        room_ballot(room, seat, 3, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 3)->verdict, VERDICT_ADOPTED);
    life_adopt(room, life_effect(room, A, (struct effect){.kind = EFFECT_RESTORE, .seat = E}), 0x7);
    assert_true(forum_seat_has_votes(room->forum, E));
    forum_check(room->forum);
}

static void restoring_brings_back_what_was_suspended_towards_a_party(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x7);
    room_withdraw(room, B, 1, false);
    life_allege(room, A, B);
    room_block(room);
    life_adopt(room, life_effect(room, A, life_breach(room, 1, RESPONSE_SUSPEND)), 0xd);
    assert_int_equal(life_party(room, B)->status, PARTY_SUSPENDED);
    life_adopt(room, life_effect(room, A, (struct effect){.kind = EFFECT_RESTORE, .seat = B}), 0xd);
    assert_int_equal(life_party(room, B)->status, PARTY_LEAVING); /* Its notice ran on. */
    assert_int_equal(life_party(room, B)->defection, DEFECTION_BREACHED);
    life_effect(room, A, (struct effect){.kind = EFFECT_RESTORE, .seat = B});
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void who_left_the_forum_does_only_what_its_agreements_need(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x7);
    room_propose(room, A, "1. Open.\n", false);
    room_block(room);
    room_say(room, C, ACT_LEAVE);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_seat_conduct(room->forum, C).kinds[CONDUCT_LEFT], 1);
    assert_int_equal(life_party(room, C)->status, PARTY_BOUND);
    room_ballot(room, C, 2, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_say(room, C, ACT_LEAVE);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_withdraw(room, C, 1, false);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(life_party(room, C)->status, PARTY_LEAVING);
    forum_check(room->forum);
}

static void a_forum_that_everybody_left_decides_nothing(void **state)
{
    struct room *room = *state;
    life_plan(room);
    room->rules[0].sentence = "yes = all members";
    room_open(room, LIFE_SEATS);
    room_propose(room, A, "1. Stay.\n", false);
    room_block(room);
    for (uint32_t seat = A; seat < LIFE_SEATS; seat++)
        room_say(room, seat, ACT_LEAVE);
    room_block(room);
    room_assert_accepted(room);
    assert_int_not_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_ADOPTED);
    forum_check(room->forum);
}

/* Weights are those of the adoption, whoever goes. */
static void an_in_force_rule_counts_nobody_who_is_no_member_any_more(void **state)
{
    static const uint64_t quota[SEATS_MAX] = {10, 10, 10, 10, 60};
    static const struct charter_weight weight = {.name = "quota", .values = quota};
    struct room *room = *state;
    life_plan(room);
    room->charter.weights = &weight;
    room->charter.weights_count = 1;
    room->rules[0].has_in_force = true;
    room->rules[0].in_force.sentence = "yes = all members and yes by quota >= 75% of members";
    room_open(room, LIFE_SEATS);
    room_say(room, E, ACT_LEAVE);
    uint32_t treaty = life_adopt(room, room_propose(room, A, "1. Peace.\n", true), 0x3);
    life_adopt(room, life_effect(room, A, (struct effect){.kind = EFFECT_SUSPEND_VOTES, .seat = C}),
               0x7);
    for (uint32_t seat = A; seat <= C; seat++)
        room_consent(room, seat, treaty);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_agreement(room->forum, 1)->status, AGREEMENT_PENDING);
    assert_non_null(strstr(forum_agreement(room->forum, 1)->line, "all 4 needed"));
    room_say(room, D, ACT_LEAVE);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(room_told(room, OUTCOME_THRESHOLD), 1);
    assert_int_equal(forum_agreement(room->forum, 1)->status, AGREEMENT_IN_FORCE);
    forum_check(room->forum);
}

static void a_treaty_is_suspended_resumed_and_ended_by_rulings(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x7);
    life_effect(room, A, life_of_treaty(room, EFFECT_RESUME));
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    life_adopt(room, life_effect(room, A, life_of_treaty(room, EFFECT_SUSPEND)), 0x7);
    assert_int_equal(forum_agreement(room->forum, 1)->status, AGREEMENT_SUSPENDED);
    room_consent(room, D, 1); /* It can be joined all the same. */
    room_block(room);
    room_assert_accepted(room);
    life_adopt(room, life_effect(room, A, life_of_treaty(room, EFFECT_RESUME)), 0x7);
    assert_int_equal(forum_agreement(room->forum, 1)->status, AGREEMENT_IN_FORCE);
    uint32_t end = life_adopt(room, life_effect(room, A, life_of_treaty(room, EFFECT_END)), 0x7);
    const struct forum_agreement *is = forum_agreement(room->forum, 1);
    assert_int_equal(is->status, AGREEMENT_ENDED);
    assert_int_equal(is->parties_count, 0);
    assert_int_equal(life_party(room, A)->status, PARTY_LEFT);
    /* The acts of the agreement name the ruling. */
    assert_true(hash_equal(&is->acts[is->acts_count - 1], &forum_proposal(room->forum, end)->id));
    forum_check(room->forum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(an_allegation_alone_is_no_conduct_of_the_accused),
        room_test(who_is_no_party_accuses_nobody_and_is_accused_of_nothing),
        room_test(a_finding_counts_once_and_brings_what_it_says),
        room_test(the_accused_does_not_vote_on_its_own_case),
        room_test(what_is_not_found_may_be_alleged_anew),
        room_test(of_two_rulings_on_one_allegation_the_second_does_nothing),
        room_test(a_ruling_keeps_to_the_rule_and_the_responses_the_charter_names),
        room_test(suspended_votes_are_in_no_base_until_restored),
        room_test(restoring_brings_back_what_was_suspended_towards_a_party),
        room_test(who_left_the_forum_does_only_what_its_agreements_need),
        room_test(a_forum_that_everybody_left_decides_nothing),
        room_test(an_in_force_rule_counts_nobody_who_is_no_member_any_more),
        room_test(a_treaty_is_suspended_resumed_and_ended_by_rulings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
