/* SPDX-License-Identifier: Apache-2.0 */
/* Instruments that must verify, in all the ways a proposal can go, and every way to spoil one. */
#include <stdio.h>

#include "council.h"

static void an_agreement_verifies_and_says_who_agreed(void **state)
{
    struct world *self = *state;
    adopt(self);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.proposal->verdict, VERDICT_ADOPTED);
    assert_string_equal(report.rule->name, "substantive");
    assert_int_equal(report.signatures_count, 3);
    assert_int_equal(report.quorum, 3);
    assert_int_equal(report.agreement->parties_count, 3);
    assert_true(bytes_equal(report.text, bytes_of_text(draft)));
    for (uint32_t seat = 0; seat < 3; seat++) {
        assert_int_equal(report.seats[seat].ballot->as.ballot.answer, ANSWER_YES);
        assert_ptr_equal(report.seats[seat].consent, report.seats[seat].ballot);
    }
    assert_int_equal(report.seats[3].ballot->as.ballot.answer, ANSWER_NO);
    assert_null(report.seats[3].consent);
    assert_false(report.seats[1].signed_order);
    assert_true(report.seats[3].signed_order);
}

static void a_veto_verifies_as_rejected(void **state)
{
    struct world *self = *state;
    world_propose(self, 2, "substantive", false, draft);
    world_block(self, 10);
    world_vote(self, 0, 1, ANSWER_YES);
    world_vote(self, 1, 1, ANSWER_NO);
    world_vote(self, 2, 1, ANSWER_YES);
    world_vote(self, 3, 1, ANSWER_YES);
    world_block(self, 10);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.proposal->verdict, VERDICT_REJECTED);
    assert_non_null(strstr(report.proposal->line, "veto"));
    assert_null(report.agreement);
}

/* An own amendment, a friendly one, one voted by the floor, and one that stays unanswered. */
static void the_text_is_followed_through_amendments(void **state)
{
    struct world *self = *state;
    struct hash id = world_propose(self, 0, "substantive", true, draft);
    world_block(self, 10);
    world_vote(self, 1, 1, ANSWER_YES); /* To a text that goes. */
    struct act amend = {.kind = ACT_AMEND,
                        .as.amend = {.proposal = id,
                                     .base_text = forum_proposal(self->forum, 1)->text.hash,
                                     .operation = AMEND_REPLACE,
                                     .clause = 2}};
    world_say_text(self, 0, amend, "Asks for nothing.");
    world_block(self, 10);
    assert_int_equal(forum_proposal(self->forum, 1)->text.version, 2);
    amend.as.amend.base_text = forum_proposal(self->forum, 1)->text.hash;
    amend.as.amend.operation = AMEND_ADD;
    world_say_text(self, 2, amend, "Thanks everybody.");
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 4; seat++)
        world_vote(self, seat, 2, ANSWER_YES);
    world_block(self, 10);
    assert_int_equal(forum_proposal(self->forum, 1)->text.version, 3);
    amend.as.amend.base_text = forum_proposal(self->forum, 1)->text.hash;
    amend.as.amend.operation = AMEND_STRIKE;
    amend.as.amend.clause = 1;
    world_say(self, 3, amend);
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 4; seat++)
        world_vote(self, seat, 1, ANSWER_YES);
    world_block(self, 10);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.proposal->text_version, 3);
    assert_true(bytes_equal(report.text, forum_proposal(self->forum, 1)->text.bytes));
    assert_non_null(strstr((const char *)report.text.data, "Thanks"));
}

static void a_rule_that_binds_all_needs_their_signatures_on_the_charter(void **state)
{
    struct world *self = *state;
    struct fault fault;
    struct instrument_report report;
    world_propose(self, 0, "binding-all", true, draft);
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 4; seat++)
        world_vote(self, seat, 1, seat == 3 ? ANSWER_NO : ANSWER_YES);
    world_block(self, 10);
    struct instrument instrument = world_export(self, 1);
    report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.agreement->parties_count, 4);
    assert_int_equal(report.seats[3].consent->kind, ACT_JOIN);
    assert_int_equal(report.seats[2].consent->kind, ACT_BALLOT);
    instrument.acts_count--;
    assert_int_equal(world_check(&instrument, &self->arena, &report, &fault), COMITY_NOT_FOUND);
    assert_non_null(strstr(fault.text, "D is shown as a party without an act of its own"));
}

static void consent_say(struct world *self, uint32_t seat, enum act_kind kind)
{
    const struct forum_proposal *proposal = forum_proposal(self->forum, 1);
    world_say(self, seat,
              (struct act){.kind = kind,
                           .as.consent = {.proposal = proposal->id,
                                          .text_hash = proposal->text.hash,
                                          .home = seat == 1 ? HOME_YES : HOME_UNTOLD}});
}

static void withdraw_say(struct world *self, uint32_t seat, bool taken_back)
{
    world_say(self, seat,
              (struct act){.kind = ACT_WITHDRAW,
                           .as.withdraw = {.proposal = forum_proposal(self->forum, 1)->id,
                                           .taken_back = taken_back}});
}

/* Every step of a treaty's life is proved by an instrument of its own. */
static void deposits_dates_and_withdrawals_are_replayed(void **state)
{
    struct world *self = *state;
    struct hash id = world_propose(self, 0, "treaty", true, draft);
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 4; seat++)
        world_vote(self, seat, 1, ANSWER_YES);
    world_block(self, 10);
    static const struct {
        uint32_t seat;
        int what;
        int64_t days;
    } steps[] = {
        {1, ACT_RATIFY, 1},    {1, ACT_WITHDRAW, 1},  {1, ACT_RATIFY, 1},   {2, ACT_RATIFY, 5},
        {3, ACT_ACCEDE, 3},    {0, ACT_ENDORSE, 40},  {2, ACT_WITHDRAW, 3}, {2, -1, 20},
        {3, ACT_WITHDRAW, 10}, {0, ACT_CONDEMN, 200}, {3, ACT_ACCEDE, 5},   {0, ACT_ENDORSE, 30},
        {1, ACT_WITHDRAW, 10},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i].what == ACT_RATIFY || steps[i].what == ACT_ACCEDE)
            consent_say(self, steps[i].seat, (enum act_kind)steps[i].what);
        else if (steps[i].what == ACT_ENDORSE || steps[i].what == ACT_CONDEMN)
            world_say(self, steps[i].seat,
                      (struct act){.kind = (enum act_kind)steps[i].what, .as.opinion.target = id});
        else
            withdraw_say(self, steps[i].seat, steps[i].what < 0);
        world_block(self, steps[i].days * DAY);
        struct instrument instrument = world_export(self, 1);
        struct instrument_report report = world_proves(&instrument, &self->arena);
        if (i == 3)
            assert_int_equal(report.agreement->status, AGREEMENT_PENDING);
    }
    assert_int_equal(forum_agreement(self->forum, 1)->status, AGREEMENT_IN_FORCE);
    assert_int_equal(forum_agreement(self->forum, 1)->parties[1].status, PARTY_LEAVING);
}

static void an_answer_voided_by_evidence_is_shown_with_the_proof(void **state)
{
    struct world *self = *state;
    world_propose(self, 0, "substantive", false, draft);
    world_block(self, 10);
    world_vote(self, 1, 1, ANSWER_NO);
    world_block(self, 10);
    struct signed_act first = self->said[self->said_count - 1];
    struct act other = first.act;
    other.as.ballot.answer = ANSWER_YES;
    struct signed_act second = world_sign(self, other, NULL);
    world_say(self, 2,
              (struct act){
                  .kind = ACT_EVIDENCE,
                  .as.evidence = {.first_signed = first.encoded, .second_signed = second.encoded}});
    world_vote(self, 0, 1, ANSWER_YES);
    world_vote(self, 2, 1, ANSWER_YES);
    world_vote(self, 3, 1, ANSWER_YES);
    world_block(self, 10);
    assert_true(forum_proposal(self->forum, 1)->ballots[1].voided);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.proposal->verdict, VERDICT_ADOPTED);
    assert_null(report.seats[1].ballot);
}

/* The whole file, bit by bit. */
static void every_changed_byte_is_refused(void **state)
{
    struct world *self = *state;
    struct buffer bytes = {0};
    world_propose(self, 0, "substantive", true, draft);
    world_propose(self, 1, "substantive", true, draft);
    world_block(self, 10);
    adopt(self);
    struct instrument instrument = world_export(self, 1);
    (void)world_proves(&instrument, &self->arena);
    assert_int_equal(instrument_write(&instrument, &bytes), COMITY_OK);
    for (size_t at = 0; at < bytes.size; at++) {
        for (int bit = 0; bit < 8; bit++) {
            struct arena arena;
            struct instrument *read;
            struct instrument_report report;
            struct fault fault = {""};
            uint8_t kept = bytes.data[at];
            bytes.data[at] = (uint8_t)(kept ^ 1 << bit);
            arena_init(&arena, 0);
            enum comity_error error = instrument_read(buffer_bytes(&bytes), &arena, &read, &fault);
            if (error == COMITY_OK)
                error = instrument_verify(read, NULL, &arena, &report, &fault);
            if (error == COMITY_OK || fault.text[0] == '\0')
                fail_msg("bit %d of byte %zu of %zu changed: %s", bit, at, bytes.size,
                         error == COMITY_OK ? "verifies" : "no reason");
            bytes.data[at] = kept;
            arena_free(&arena);
        }
    }
    buffer_free(&bytes);
}

static void every_shortened_file_is_refused(void **state)
{
    struct world *self = *state;
    struct buffer bytes = {0};
    adopt(self);
    struct instrument instrument = world_export(self, 1);
    assert_int_equal(instrument_write(&instrument, &bytes), COMITY_OK);
    for (size_t size = 0; size < bytes.size; size++) {
        struct instrument *read;
        struct instrument_report report;
        struct fault fault;
        struct arena arena;
        arena_init(&arena, 0);
        enum comity_error error =
            instrument_read(bytes_of(bytes.data, size), &arena, &read, &fault);
        if (error == COMITY_OK)
            error = instrument_verify(read, NULL, &arena, &report, &fault);
        assert_int_not_equal(error, COMITY_OK);
        arena_free(&arena);
    }
    buffer_free(&bytes);
}

static void known_keys_confirm_or_refuse(void **state)
{
    struct world *self = *state;
    struct instrument_keys keys;
    struct instrument_report report;
    struct fault fault;
    char text[512];
    char print[FINGERPRINT_TEXT_SIZE];
    char hex[65];
    adopt(self);
    struct instrument instrument = world_export(self, 1);
    fingerprint_format(self->charter->seats[0].key, print);
    hex_from_bytes(self->charter->seats[1].key, KEY_SIZE, hex);
    (void)snprintf(text, sizeof text, "# ours\nA %s\n\n B\t%s # France\nZZ %s\n", print, hex,
                   print);
    assert_int_equal(instrument_keys_read(bytes_of_text(text), &self->arena, &keys, &fault),
                     COMITY_OK);
    assert_int_equal(keys.count, 3);
    assert_int_equal(instrument_verify(&instrument, &keys, &self->arena, &report, &fault),
                     COMITY_OK);
    assert_int_equal(report.confirmed_count, 2);
    assert_true(report.seats[1].confirmed);
    assert_false(report.seats[2].confirmed);
    (void)snprintf(text, sizeof text, "B %s", print);
    assert_int_equal(instrument_keys_read(bytes_of_text(text), &self->arena, &keys, &fault),
                     COMITY_OK);
    assert_int_equal(instrument_verify(&instrument, &keys, &self->arena, &report, &fault),
                     COMITY_SIGNATURE);
    assert_non_null(strstr(fault.text, "the key of B"));
    assert_int_equal(instrument_keys_read(bytes_of_text("A what"), &self->arena, &keys, &fault),
                     COMITY_INVALID);
    assert_non_null(strstr(fault.text, "line 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(an_agreement_verifies_and_says_who_agreed),
        test(a_veto_verifies_as_rejected),
        test(the_text_is_followed_through_amendments),
        test(a_rule_that_binds_all_needs_their_signatures_on_the_charter),
        test(deposits_dates_and_withdrawals_are_replayed),
        test(an_answer_voided_by_evidence_is_shown_with_the_proof),
        test(every_changed_byte_is_refused),
        test(every_shortened_file_is_refused),
        test(known_keys_confirm_or_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
