/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule says around its sentence: who may answer what, receipts, ties, rules in stages. */
#include "settings.h"

static void only_the_answers_of_the_rule_are_taken(void **state)
{
    struct room *room = *state;
    plan(room, "objections = 0");
    room->rules[0].answers = ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_OBJECT);
    room_open(room, 5);
    room_put(room, 0, false);
    answer(room, 0, ANSWER_NO);
    room_assert_refused(room, COMITY_REFUSED);
    answer(room, 0, ANSWER_ABSTAIN);
    room_assert_refused(room, COMITY_REFUSED);
    answer(room, 0, ANSWER_PASS);
    room_assert_refused(room, COMITY_REFUSED);
    answer(room, 0, ANSWER_OBJECT);
    room_assert_accepted(room);
}

/* Two thirds of the members, two of whom may not abstain: with both silent all is open. */
static void who_may_not_abstain_answers_or_is_silent(void **state)
{
    struct room *room = *state;
    plan(room, "yes >= 1 and abstain in G = 0");
    room->rules[0].no_abstain = "G";
    room->rules[0].revise_never = true;
    room_open(room, 5);
    room_put(room, 0, false);
    answer(room, 0, ANSWER_ABSTAIN);
    room_assert_refused(room, COMITY_REFUSED);
    answer(room, 2, ANSWER_ABSTAIN);
    room_assert_accepted(room);
    answer(room, 2, ANSWER_YES);
    answer(room, 3, ANSWER_YES);
    /* Decided while A and B are silent: neither can abstain any more. */
    assert_verdict(room, VERDICT_ADOPTED, "1 yes");
}

static struct act *propose_about(struct room *room, uint64_t parties)
{
    struct act *act = room_propose(room, 2, "1. Peace.\n", false);
    act->as.propose.must_abstain[0] = parties;
    return act;
}

static void a_party_to_a_dispute_can_only_abstain(void **state)
{
    struct room *room = *state;
    plan(room, "yes >= 3 and no in G = 0");
    room->rules[0].must_abstain = "G";
    room->rules[0].no_abstain = "members"; /* The duty of a party goes before. */
    room_open(room, 5);
    static const uint64_t wrong[] = {4, 5, 16, 1 << 5, (uint64_t)1 << 63};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        propose_about(room, wrong[i]);
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
        if (i == 0) /* Seat 2, by its name. */
            assert_string_equal(room_outcome(room, OUTCOME_REFUSED)->line,
                                "under rule rule C cannot be made to abstain");
    }
    propose_about(room, 1);
    room_block(room);
    room_assert_accepted(room);
    reload(room);
    answer(room, 0, ANSWER_YES);
    room_assert_refused(room, COMITY_REFUSED);
    answer(room, 0, ANSWER_NO);
    room_assert_refused(room, COMITY_REFUSED);
    answer(room, 1, ANSWER_YES);
    answer(room, 2, ANSWER_YES);
    answer(room, 0, ANSWER_ABSTAIN);
    room_assert_accepted(room);
    assert_int_equal(p1(room)->verdict, VERDICT_OPEN);
    answer(room, 3, ANSWER_NO);
    assert_verdict(room, VERDICT_REJECTED, "2 of the 3 yes needed");
}

static void the_silence_of_a_party_is_no_consent(void **state)
{
    struct room *room = *state;
    plan(room, "yes >= 3");
    room->rules[0].must_abstain = "members";
    room->rules[0].silence = CHARTER_SILENCE_YES;
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = DAY;
    room_open(room, 5);
    propose_about(room, 3);
    room_block(room);
    /* Two cannot say yes, and three are needed: certain at once. */
    assert_verdict(room, VERDICT_REJECTED, "yes");
}

static void a_pass_is_one_deferral_then_yes_or_no(void **state)
{
    struct room *room = *state;
    plan(room, "yes >= 3");
    room->rules[0].pass_turns = 1;
    room_open(room, 5);
    room_put(room, 0, false);
    answer(room, 0, ANSWER_PASS);
    room_assert_accepted(room);
    assert_int_equal(room_outcome(room, OUTCOME_BALLOT)->value, ANSWER_PASS);
    assert_int_equal(p1(room)->ballots[0].answer, ANSWER_SILENT);
    assert_true(p1(room)->ballots[0].passed);
    reload(room);
    static const enum answer refused[] = {ANSWER_PASS, ANSWER_ABSTAIN, ANSWER_OBJECT};
    for (size_t i = 0; i < 3; i++) {
        answer(room, 0, refused[i]);
        room_assert_refused(room, COMITY_REFUSED);
    }
    answer(room, 1, ANSWER_YES);
    answer(room, 1, ANSWER_PASS);
    room_assert_refused(room, COMITY_REFUSED); /* Too late. */
    answer(room, 2, ANSWER_YES);
    answer(room, 3, ANSWER_ABSTAIN);
    assert_int_equal(p1(room)->verdict, VERDICT_OPEN); /* A has not answered. */
    answer(room, 0, ANSWER_YES);
    assert_verdict(room, VERDICT_ADOPTED, "3 yes");
}

static void a_new_text_gives_the_pass_back(void **state)
{
    struct room *room = *state;
    plan(room, "yes >= 3");
    room->rules[0].pass_turns = 1;
    room_open(room, 5);
    room_put(room, 0, false);
    answer(room, 1, ANSWER_PASS);
    struct act *act = room_say(room, 0, ACT_AMEND);
    act->as.amend.proposal = p1(room)->id;
    act->as.amend.base_text = p1(room)->text.hash;
    act->as.amend.operation = AMEND_ADD;
    act->as.amend.clause = 1;
    act->text = bytes_of_text("And quiet.");
    room_block(room);
    room_assert_accepted(room);
    answer(room, 1, ANSWER_PASS);
    room_assert_accepted(room);
}

static void plan_receipts(struct room *room)
{
    plan(room, "objections = 0");
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = DAY;
    room->rules[0].silence = CHARTER_SILENCE_YES;
    room->rules[0].receipt_required = true;
    room_open(room, 5);
    room_put(room, 0, false);
}

static struct act *receipt(struct room *room, uint32_t seat)
{
    struct act *act = room_say(room, seat, ACT_RECEIPT);
    act->as.cosponsor.proposal = p1(room)->id;
    act->as.cosponsor.text_hash = p1(room)->text.hash;
    return act;
}

static void silence_consents_only_with_a_receipt_20(void **state)
{
    struct room *room = *state;
    for (uint32_t given = 0; given < 8; given++) {
        plan_receipts(room);
        for (uint32_t seat = 1; seat < 4; seat++) {
            assert_true(forum_wants_receipt(room->forum, 1, seat));
            if ((given >> (seat - 1) & 1) == 0)
                continue;
            receipt(room, seat);
            room_block(room);
            room_assert_accepted(room);
            assert_int_equal(room_told(room, OUTCOME_RECEIPT), 1);
        }
        reload(room);
        room_block_at(room, forum_due(room->forum));
        assert_int_equal(p1(room)->verdict, given == 7 ? VERDICT_ADOPTED : VERDICT_LAPSED);
    }
}

static void a_receipt_names_the_text_and_is_given_once(void **state)
{
    struct room *room = *state;
    plan_receipts(room);
    receipt(room, 1)->as.cosponsor.text_hash.bytes[0] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_CONFLICT);
    receipt(room, 1)->as.cosponsor.proposal.bytes[9] ^= 1;
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
    receipt(room, CHAIR);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    receipt(room, 0); /* Who proposed it has it. */
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    answer(room, 1, ANSWER_ABSTAIN); /* An answer names the text, too. */
    receipt(room, 1);
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    room_block_at(room, forum_due(room->forum));
    receipt(room, 2);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
}

static void without_the_setting_nobody_signs_receipts(void **state)
{
    struct room *room = *state;
    plan(room, "yes >= 1");
    room_open(room, 5);
    room_put(room, 0, false);
    receipt(room, 1);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

static void plan_tie(struct room *room, const char *sentence)
{
    plan(room, sentence);
    room->rules[0].closes = CLOSES_PRESIDING;
    room->rules[0].tie = TIE_PRESIDING;
}

/* Two and two, and closed. */
static void tie(struct room *room)
{
    room_open(room, 5);
    room_put(room, 0, false);
    for (uint32_t seat = 0; seat < 4; seat++)
        room_ballot(room, seat, 1, seat % 2 == 0 ? ANSWER_YES : ANSWER_NO);
    room_block(room);
    assert_int_equal(p1(room)->verdict, VERDICT_OPEN);
    room_rule(room, CHAIR, RULING_CLOSE)->as.procedure.proposal = p1(room)->id;
    room_block(room);
    room_assert_accepted(room);
}

static struct act *rule_tie(struct room *room, uint32_t seat, enum answer answer)
{
    struct act *act = room_rule(room, seat, RULING_TIE);
    act->as.procedure.proposal = p1(room)->id;
    act->as.procedure.answer = answer;
    return act;
}

static void the_chairs_ruling_decides_a_tie(void **state)
{
    struct room *room = *state;
    for (int yes = 0; yes < 2; yes++) {
        plan_tie(room, "yes > 1/2 of voting");
        tie(room);
        assert_true(p1(room)->tied);
        assert_verdict(room, VERDICT_OPEN, "a tie: the chair decides");
        assert_int_equal(room_told(room, OUTCOME_TIE), 1);
        assert_true(forum_due(room->forum) == INT64_MAX);
        reload(room);
        answer(room, 1, ANSWER_YES);
        room_assert_refused(room, COMITY_CLOSED);
        rule_tie(room, 0, ANSWER_YES);
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
        rule_tie(room, CHAIR, ANSWER_ABSTAIN);
        room_block(room);
        room_assert_refused(room, COMITY_INVALID);
        rule_tie(room, CHAIR, yes ? ANSWER_YES : ANSWER_NO);
        room_block(room);
        room_assert_accepted(room);
        assert_verdict(room, yes ? VERDICT_ADOPTED : VERDICT_REJECTED,
                       yes ? "a tie: the chair decided yes" : "a tie: the chair decided no");
        rule_tie(room, CHAIR, ANSWER_YES);
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
    }
}

static void two_to_two_is_no_tie_where_two_thirds_are_needed(void **state)
{
    struct room *room = *state;
    plan_tie(room, "yes >= 2/3 of voting");
    tie(room);
    assert_verdict(room, VERDICT_REJECTED, "");
    rule_tie(room, CHAIR, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
}

/* Two yes, one no, one to come, three needed: without the tie rule it would be rejected once two
 * said no; with it the last answer may still make the tie the chair decides. */
static void no_rejection_is_given_while_a_tie_is_possible(void **state)
{
    struct room *room = *state;
    for (int presiding = 0; presiding < 2; presiding++) {
        plan_tie(room, "yes > 1/2 of members");
        room->rules[0].tie = presiding ? TIE_PRESIDING : TIE_REJECT;
        room->rules[0].revise_never = true;
        room_open(room, 5);
        room_put(room, 0, false);
        answer(room, 0, ANSWER_YES);
        answer(room, 1, ANSWER_NO);
        answer(room, 2, ANSWER_NO);
        assert_int_equal(p1(room)->verdict, presiding ? VERDICT_OPEN : VERDICT_REJECTED);
        if (!presiding)
            continue;
        answer(room, 3, ANSWER_YES);
        assert_true(p1(room)->tied);
        rule_tie(room, CHAIR, ANSWER_YES);
        room_block(room);
        assert_int_equal(p1(room)->verdict, VERDICT_ADOPTED);
    }
}

static void after_a_tie_the_ballot_is_open_once_more(void **state)
{
    struct room *room = *state;
    for (int again = 0; again < 2; again++) {
        plan_tie(room, "yes > 1/2 of voting");
        room->rules[0].revise_never = true;
        room->rules[0].tie = TIE_REJECT;
        room->rules[0].revote_ms = 2 * DAY;
        room_open(room, 5);
        room_put(room, 0, false);
        for (uint32_t seat = 0; seat < 4; seat++)
            room_ballot(room, seat, 1, seat % 2 == 0 ? ANSWER_YES : ANSWER_NO);
        room_block(room); /* Nobody may revise: tied at once. */
        assert_int_equal(room_told(room, OUTCOME_REVOTE), 1);
        assert_int_equal(p1(room)->status, PROPOSAL_OPEN);
        assert_true(p1(room)->closes_ms == room->now_ms + 2 * DAY);
        reload(room);
        if (!again)
            answer(room, 1, ANSWER_YES);
        room_assert_accepted(room);
        assert_int_equal(p1(room)->status, PROPOSAL_OPEN);
        room_block_at(room, forum_due(room->forum));
        assert_verdict(room, again ? VERDICT_REJECTED : VERDICT_ADOPTED,
                       again ? "rejected" : "3 yes");
        assert_int_equal(room_told(room, OUTCOME_REVOTE), 0);
    }
}

static void a_charter_that_names_what_is_not_there_founds_nothing(void **state)
{
    struct room *room = *state;
    struct forum *forum;
    struct fault fault;
    plan(room, "yes >= 1");
    room->rules[0].no_abstain = "H";
    assert_int_equal(forum_create(&room->arena, &room->charter, &forum, &fault), COMITY_INVALID);
    plan(room, "yes >= 1");
    room->rules[0].has_stages = true;
    room->rules[0].stages.first = "rule";
    room->rules[0].stages.failed = "rule"; /* It has stages itself. */
    assert_int_equal(forum_create(&room->arena, &room->charter, &forum, &fault), COMITY_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(only_the_answers_of_the_rule_are_taken),
        room_test(who_may_not_abstain_answers_or_is_silent),
        room_test(a_party_to_a_dispute_can_only_abstain),
        room_test(the_silence_of_a_party_is_no_consent),
        room_test(a_pass_is_one_deferral_then_yes_or_no),
        room_test(a_new_text_gives_the_pass_back),
        room_test(silence_consents_only_with_a_receipt_20),
        room_test(a_receipt_names_the_text_and_is_given_once),
        room_test(without_the_setting_nobody_signs_receipts),
        room_test(the_chairs_ruling_decides_a_tie),
        room_test(two_to_two_is_no_tie_where_two_thirds_are_needed),
        room_test(no_rejection_is_given_while_a_tie_is_possible),
        room_test(after_a_tie_the_ballot_is_open_once_more),
        room_test(a_charter_that_names_what_is_not_there_founds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
