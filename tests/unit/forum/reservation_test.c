/* SPDX-License-Identifier: Apache-2.0 */
/* Reservations, who objects to them, what two parties are to each other then; exit put off;
 * weights that change; organisations that answer for others. */
#include "life.h"

static struct act *reserve(struct room *room, uint32_t seat, uint32_t clause)
{
    struct act *act = room_say(room, seat, ACT_RESERVE);
    act->as.reserve.proposal = forum_proposal(room->forum, 1)->id;
    act->as.reserve.clause = clause;
    act->has_text = true;
    act->text = bytes_of_text("Not as regards fish.");
    return act;
}

static struct act *object_to(struct room *room, uint32_t seat, uint32_t number, bool refuses)
{
    struct act *act = room_say(room, seat, ACT_OBJECT_RESERVATION);
    act->as.objection.reservation = forum_reservation(room->forum, number)->id;
    act->as.objection.refuses_relations = refuses;
    return act;
}

/* A and B are parties; C comes in with a reservation to clause 3; D too, without. */
static void with_reservation(struct room *room)
{
    life_plan(room);
    life_treaty(room, 0x3);
    reserve(room, C, 3);
    room_consent(room, C, 1);
    room_consent(room, D, 1);
    room_block(room);
    room_assert_accepted(room);
    room_block(room);
}

static enum relation relation(const struct room *room, uint32_t a, uint32_t b, uint32_t clause)
{
    return forum_relation(room->forum, 1, a, b, clause);
}

static void relations_are_pairwise_and_as_bad_as_the_worse_direction(void **state)
{
    struct room *room = *state;
    with_reservation(room);
    object_to(room, A, 1, false);
    object_to(room, B, 1, true);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(relation(room, C, A, 0), RELATION_REST);
    assert_int_equal(relation(room, A, C, 3), RELATION_REST);
    assert_int_equal(relation(room, A, C, 1), RELATION_FULL);
    assert_int_equal(relation(room, B, C, 0), RELATION_NONE);
    assert_int_equal(relation(room, B, C, 1), RELATION_NONE);
    assert_int_equal(relation(room, D, C, 3), RELATION_MODIFIED);
    assert_int_equal(relation(room, D, C, 1), RELATION_FULL);
    assert_int_equal(relation(room, A, B, 0), RELATION_FULL);
    assert_int_equal(relation(room, A, E, 0), RELATION_OUT);
}

static void silence_accepts_when_the_window_is_past(void **state)
{
    struct room *room = *state;
    with_reservation(room);
    int64_t until = forum_objection_until(room->forum, forum_reservation(room->forum, 1), A);
    assert_true(until == day("2017-04-22"));
    room_consent(room, E, 1);
    room_block_at(room, until + 1);
    object_to(room, A, 1, false);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
    object_to(room, E, 1, false); /* A year from its own consent. */
    room_block(room);
    room_assert_accepted(room);
}

static void a_reservation_comes_before_consent_and_never_after(void **state)
{
    struct room *room = *state;
    with_reservation(room);
    reserve(room, C, 1);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    reserve(room, E, 4);
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
    reserve(room, E, 2);
    room_block(room);
    reserve(room, E, 2); /* It replaces the first. */
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(forum_reservation(room->forum, 2)->status, RESERVATION_REPLACED);
    assert_int_equal(forum_reservation(room->forum, 3)->status, RESERVATION_MADE);
    object_to(room, A, 3, false);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* Not in effect yet. */
    reserve(room, C, 3)->as.reserve.taken_back = true;
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(relation(room, C, D, 0), RELATION_FULL);
}

static void rules_may_allow_none_or_those_the_text_lists(void **state)
{
    struct room *room = *state;
    static const uint32_t listed_clauses[] = {2};
    for (int i = 0; i < 3; i++) {
        life_plan(room);
        room->rules[0].reservations = i == 0 ? RESERVATIONS_NONE : RESERVATIONS_LISTED;
        if (i == 2)
            room->rules[0].binds = BINDS_ALL;
        room_open(room, LIFE_SEATS);
        struct act *draft = room_propose(room, A, "1. Peace.\n2. Trade.\n", true);
        draft->as.propose.reservable = listed_clauses;
        draft->as.propose.reservable_count = 1;
        room_block(room);
        reserve(room, B, 1);
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
        reserve(room, B, 2);
        room_block(room);
        if (i == 1)
            room_assert_accepted(room);
        else
            room_assert_refused(room, COMITY_REFUSED);
    }
}

static void a_text_lists_clauses_it_has(void **state)
{
    struct room *room = *state;
    static const uint32_t clauses[] = {2, 9};
    for (uint32_t i = 0; i < 2; i++) {
        life_plan(room);
        room->rules[0].reservations = RESERVATIONS_LISTED;
        room_open(room, LIFE_SEATS);
        struct act *draft = room_propose(room, A, "1. Peace.\n2. Trade.\n", true);
        draft->as.propose.reservable = clauses;
        draft->as.propose.reservable_count = 1 + i;
        room_block(room);
        if (i == 0) {
            room_assert_accepted(room);
            continue;
        }
        room_assert_refused(room, COMITY_NOT_FOUND);
        assert_string_equal(room_outcome(room, OUTCOME_REFUSED)->line,
                            "reservable: the text has no operative clause 9");
    }
}

static void a_yes_that_binds_takes_its_reservation_along_unless_the_text_changed(void **state)
{
    struct room *room = *state;
    for (int amended = 0; amended < 2; amended++) {
        life_plan(room);
        room_open(room, LIFE_SEATS);
        room_propose(room, A, "1. Peace.\n2. Trade.\n", true);
        room_block(room);
        reserve(room, B, 2);
        room_block(room);
        if (amended == 1) {
            struct act *act = room_say(room, A, ACT_AMEND);
            act->as.amend.proposal = forum_proposal(room->forum, 1)->id;
            act->as.amend.base_text = forum_proposal(room->forum, 1)->text.hash;
            act->as.amend.operation = AMEND_STRIKE;
            act->as.amend.clause = 1;
            room_block(room);
            room_assert_accepted(room);
        }
        room_ballot(room, A, 1, ANSWER_YES);
        room_ballot(room, B, 1, ANSWER_YES);
        room_block(room);
        assert_int_equal(forum_reservation(room->forum, 1)->status,
                         amended == 1 ? RESERVATION_LAPSED : RESERVATION_EFFECTIVE);
        forum_check(room->forum);
    }
}

static void who_reserves_everything_has_signed_nothing(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x3);
    for (uint32_t clause = 1; clause <= 3; clause++)
        reserve(room, C, clause);
    room_block(room);
    assert_int_equal(forum_seat_conduct(room->forum, C).defection, 0);
    room_consent(room, C, 1);
    room_block(room);
    assert_int_equal(life_party(room, C)->defection, DEFECTION_HOLLOW_RESERVATION);
    assert_int_equal(forum_seat_conduct(room->forum, C).kinds[CONDUCT_HOLLOW_RESERVATION], 1);
    reserve(room, C, 1)->as.reserve.taken_back = true;
    room_block(room);
    assert_int_equal(life_party(room, C)->defection, DEFECTION_NONE);
    assert_int_equal(forum_seat_conduct(room->forum, C).kinds[CONDUCT_HOLLOW_RESERVATION], 0);
}

static void a_court_may_call_one_reservation_hollow_for_good(void **state)
{
    struct room *room = *state;
    with_reservation(room);
    struct act *act = life_allege(room, A, C);
    act->as.allege.has_reservation = true;
    act->as.allege.reservation = forum_reservation(room->forum, 1)->id;
    room_block(room);
    life_adopt(room, life_effect(room, A, life_breach(room, 1, RESPONSE_NONE)), 0xb);
    assert_int_equal(life_party(room, C)->defection, DEFECTION_HOLLOW_RESERVATION);
    reserve(room, C, 3)->as.reserve.taken_back = true;
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(life_party(room, C)->defection, DEFECTION_HOLLOW_RESERVATION);
}

static struct act *leave_on(struct room *room, const char *date)
{
    struct act *act = room_withdraw(room, B, 1, false);
    act->as.withdraw.effect_ms = day(date);
    return act;
}

static void a_notice_may_be_put_off_never_brought_forward(void **state)
{
    struct room *room = *state;
    life_plan(room);
    life_treaty(room, 0x7);
    leave_on(room, "2016-12-01"); /* Twelve months' notice. */
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    leave_on(room, "2018-01-01");
    room_block(room);
    room_assert_accepted(room);
    assert_true(life_party(room, B)->until_ms == day("2018-01-01"));
    leave_on(room, "2018-06-01");
    room_block(room);
    room_assert_accepted(room);
    leave_on(room, "2018-03-01");
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_block_at(room, day("2018-05-31"));
    assert_int_equal(life_party(room, B)->status, PARTY_LEAVING);
    room_block_at(room, day("2018-06-01"));
    assert_int_equal(life_party(room, B)->status, PARTY_LEFT);
}

static void a_rule_may_say_that_a_notice_is_final_and_not_put_off(void **state)
{
    struct room *room = *state;
    life_plan(room);
    room->rules[0].has_exit = true;
    room->rules[0].exit.notice_months = 6;
    room->rules[0].exit.final = true;
    room->rules[0].exit.no_later = true;
    life_treaty(room, 0x7);
    leave_on(room, "2017-01-01");
    room_block(room);
    room_assert_accepted(room);
    room_withdraw(room, B, 1, true);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    leave_on(room, "2018-01-01");
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static const uint64_t quotas[] = {60, 10, 10, 10, 10};
static uint64_t new_quotas[] = {10, 30, 30, 10, 10};

/* P1 is opened, P2 changes the quotas, then A alone says yes to P1. */
static enum verdict reweighed(struct room *room, enum charter_freeze freeze, int64_t freeze_ms)
{
    life_plan(room);
    room->weights[0] = (struct charter_weight){.name = "quota", .values = quotas};
    room->charter.weights_count = 1;
    room->rules[0].sentence = "yes by quota >= 50% of members";
    room->rules[0].freeze = freeze;
    room->rules[0].freeze_ms = freeze_ms;
    room_open(room, LIFE_SEATS);
    struct hash before = forum_proposal(room->forum, room_put(room, A, true))->weights;
    assert_true(hash_is_zero(&before));
    life_adopt(room,
               life_effect(room, A,
                           (struct effect){.kind = EFFECT_REWEIGH,
                                           .name = "quota",
                                           .values = new_quotas,
                                           .values_count = LIFE_SEATS}),
               0x7);
    assert_int_equal(forum_weight(room->forum, 0, B), 30);
    room_ballot(room, A, 1, ANSWER_YES);
    for (uint32_t seat = B; seat < LIFE_SEATS; seat++)
        room_ballot(room, seat, 1, ANSWER_NO);
    room_block(room);
    forum_check(room->forum);
    return forum_proposal(room->forum, 1)->verdict;
}

static void a_rule_says_which_weights_decide_and_their_hash_stays_with_the_verdict(void **state)
{
    struct room *room = *state;
    struct hash hashes[3];
    assert_int_equal(reweighed(room, FREEZE_OPENING, 0), VERDICT_ADOPTED);
    hashes[0] = forum_proposal(room->forum, 1)->weights;
    assert_int_equal(reweighed(room, FREEZE_ADOPTION, 0), VERDICT_REJECTED);
    hashes[1] = forum_proposal(room->forum, 1)->weights;
    assert_int_equal(reweighed(room, FREEZE_DATE, day("2016-01-01")), VERDICT_ADOPTED);
    hashes[2] = forum_proposal(room->forum, 1)->weights;
    assert_true(hash_equal(&hashes[0], &hashes[2]));
    assert_false(hash_equal(&hashes[0], &hashes[1]));
}

static void new_weights_fit_the_seats_and_64_bits(void **state)
{
    struct room *room = *state;
    static const uint64_t huge[LIFE_SEATS] = {UINT64_MAX, 1};
    struct effect effect = {
        .kind = EFFECT_REWEIGH, .name = "quota", .values = huge, .values_count = LIFE_SEATS};
    life_plan(room);
    room->weights[0] = (struct charter_weight){.name = "quota", .values = quotas};
    room->charter.weights_count = 1;
    room_open(room, LIFE_SEATS);
    life_effect(room, A, effect);
    room_block(room);
    room_assert_refused(room, COMITY_LIMIT);
    effect.values = new_quotas;
    effect.values_count = 4;
    life_effect(room, A, effect);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    effect.name = "votes";
    life_effect(room, A, effect);
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
}

static void an_organisation_that_answered_answers_for_its_members(void **state)
{
    struct room *room = *state;
    for (int answers = 0; answers < 2; answers++) {
        life_plan(room);
        room->seats[E].carries = 0;
        room->groups[0] = (struct charter_group){.name = "union", .seats = {1 << A | 1 << B}};
        room->charter.groups_count = 1;
        room->rules[0].sentence = "yes >= 2";
        room_open(room, LIFE_SEATS);
        room_put(room, C, false);
        room_ballot(room, A, 1, ANSWER_NO);
        room_ballot(room, B, 1, ANSWER_NO);
        room_ballot(room, C, 1, ANSWER_NO);
        room_block(room);
        /* Not lost yet: the organisation may still speak for two. */
        assert_int_equal(forum_proposal(room->forum, 1)->status, PROPOSAL_OPEN);
        room_ballot(room, D, 1, ANSWER_NO);
        if (answers == 1)
            room_ballot(room, E, 1, ANSWER_YES);
        else
            room_ballot(room, E, 1, ANSWER_NO);
        room_block(room);
        assert_int_equal(forum_proposal(room->forum, 1)->verdict,
                         answers == 1 ? VERDICT_ADOPTED : VERDICT_REJECTED);
        assert_int_equal(forum_carried_by(room->forum, 1, A), E);
        assert_int_equal(forum_carried_by(room->forum, 1, C), OUTCOME_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(relations_are_pairwise_and_as_bad_as_the_worse_direction),
        room_test(silence_accepts_when_the_window_is_past),
        room_test(a_reservation_comes_before_consent_and_never_after),
        room_test(rules_may_allow_none_or_those_the_text_lists),
        room_test(a_text_lists_clauses_it_has),
        room_test(a_yes_that_binds_takes_its_reservation_along_unless_the_text_changed),
        room_test(who_reserves_everything_has_signed_nothing),
        room_test(a_court_may_call_one_reservation_hollow_for_good),
        room_test(a_notice_may_be_put_off_never_brought_forward),
        room_test(a_rule_may_say_that_a_notice_is_final_and_not_put_off),
        room_test(a_rule_says_which_weights_decide_and_their_hash_stays_with_the_verdict),
        room_test(new_weights_fit_the_seats_and_64_bits),
        room_test(an_organisation_that_answered_answers_for_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
