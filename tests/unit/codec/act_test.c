/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/act.h"

static const uint8_t signature[SIGNATURE_SIZE] = {1, 2, 3};
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct hash hash_filled(uint8_t byte)
{
    struct hash hash;
    memset(hash.bytes, byte, sizeof hash.bytes);
    return hash;
}

static struct act act_of(enum act_kind kind)
{
    return (struct act){
        .forum = hash_filled(7), .seat = 3, .seq = 5, .signed_ms = 1466683200000, .kind = kind};
}

static struct buffer signed_from(const struct act *act, const char *text)
{
    struct buffer bytes = {0};
    struct buffer encoded = {0};
    assert_int_equal(act_encode(act, &bytes), COMITY_OK);
    assert_int_equal(
        signed_act_encode(buffer_bytes(&bytes), signature, bytes_of_text(text), &encoded),
        COMITY_OK);
    buffer_free(&bytes);
    return encoded;
}

static const struct term terms[] = {
    {.issue = "tariff", .kind = TERM_INTEGER, .number = -12, .unit = "USD", .text = ""},
    {.issue = "port", .kind = TERM_CHOICE, .unit = "", .text = "Marseille"},
    {.issue = "start", .kind = TERM_DATE, .number = 1466683200000, .unit = "", .text = ""},
    {.issue = "part", .kind = TERM_SHARE, .number = 2, .of = 3, .unit = "", .text = ""},
};
static const struct pledge pledges[] = {
    {.seat = 0, .issue = "CO2", .quantity = -40, .unit = "Mt", .due_ms = 1893456000000},
    {.seat = 255, .issue = "CO2", .quantity = INT64_MIN, .unit = ""},
};

static void fill_propose(struct act *act)
{
    act->as.propose.title = "Cut emissions \xc3\xa0 Paris";
    act->as.propose.rule = "substantive";
    act->as.propose.topic = "climate";
    act->as.propose.binding = true;
    act->as.propose.closes_ms = 1466769600000;
    act->as.propose.terms = terms;
    act->as.propose.terms_count = 4;
    act->as.propose.pledges = pledges;
    act->as.propose.pledges_count = 2;
}

static void fill_ruling(struct act *act, enum ruling ruling)
{
    act->as.procedure.ruling = ruling;
    if (act->as.procedure.ruling == RULING_TIE)
        act->as.procedure.answer = ANSWER_NO;
    if (act->as.procedure.ruling == RULING_CLOSE || act->as.procedure.ruling == RULING_TIE)
        act->as.procedure.proposal = hash_filled(6);
    if (act->as.procedure.ruling == RULING_ADVANCE)
        act->as.procedure.time_ms = -1;
    if (act->as.procedure.ruling == RULING_ROLL_CALL) {
        act->as.procedure.present[0] = 0x8000000000000005;
        act->as.procedure.present[3] = 0x8000000000000000;
    }
}

enum { SAMPLES_COUNT = 24 };

/* One act of every kind, with something in every field. Evidence is about two ballots. */
static struct act sample(size_t index)
{
    static const struct hash relied[2] = {{{9}}, {{8}}};
    static struct buffer first, second;
    static const enum act_kind kinds[] = {
        ACT_CONVENE, ACT_JOIN,      ACT_PROPOSE,   ACT_AMEND,     ACT_COSPONSOR, ACT_BALLOT,
        ACT_RETRACT, ACT_RATIFY,    ACT_ACCEDE,    ACT_WITHDRAW,  ACT_NOTE,      ACT_ALONE,
        ACT_ENDORSE, ACT_CONDEMN,   ACT_PROCEDURE, ACT_PROCEDURE, ACT_PROCEDURE, ACT_EVIDENCE,
        ACT_RECEIPT, ACT_PROCEDURE, ACT_PROCEDURE, ACT_PROCEDURE, ACT_BALLOT,    ACT_PROPOSE,
    };
    struct act act = act_of(kinds[index]);
    switch (act.kind) {
    case ACT_PROPOSE:
        fill_propose(&act);
        act.as.propose.must_abstain[3] = index == 2 ? 0 : 0x8000000000000001;
        break;
    case ACT_AMEND:
        act.as.amend.operation = AMEND_MOVE;
        act.as.amend.clause = 2;
        act.as.amend.to = 4;
        act.as.amend.base_text = hash_filled(4);
        break;
    case ACT_BALLOT:
        act.as.ballot.proposal = hash_filled(1);
        act.as.ballot.text_hash = hash_filled(2);
        act.as.ballot.rule_hash = hash_filled(3);
        act.as.ballot.answer = index == 5 ? ANSWER_OBJECT : ANSWER_PASS;
        break;
    case ACT_RECEIPT:
        act.as.cosponsor.proposal = hash_filled(1);
        act.as.cosponsor.text_hash = hash_filled(2);
        break;
    case ACT_RATIFY:
    case ACT_ACCEDE:
        act.as.consent.text_hash = hash_filled(2);
        act.as.consent.home = HOME_NO;
        break;
    case ACT_WITHDRAW:
        act.as.withdraw.taken_back = true;
        break;
    case ACT_NOTE:
        act.as.note.has_about = true;
        break;
    case ACT_ALONE:
        act.as.alone.title = "Open the port";
        act.as.alone.topic = "";
        act.as.alone.relies_on = relied;
        act.as.alone.relies_on_count = 2;
        break;
    case ACT_PROCEDURE:
        fill_ruling(&act, (enum ruling)(index < 17 ? index - 13 : index - 15));
        break;
    case ACT_EVIDENCE: {
        struct act ballot = sample(5);
        buffer_free(&first);
        buffer_free(&second);
        first = signed_from(&ballot, "");
        ballot.as.ballot.answer = ANSWER_YES;
        second = signed_from(&ballot, "");
        act.as.evidence.first_signed = buffer_bytes(&first);
        act.as.evidence.second_signed = buffer_bytes(&second);
        break;
    }
    default:
        break;
    }
    return act;
}

static void every_kind_comes_back_as_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES_COUNT; i++) {
        struct act act = sample(i);
        struct signed_act back;
        struct buffer again = {0};
        struct buffer encoded = signed_from(&act, "");
        assert_int_equal(signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL), COMITY_OK);
        assert_int_equal(back.act.kind, act.kind);
        assert_int_equal(back.act.seat, 3);
        assert_int_equal(back.act.seq, 5);
        assert_int_equal(back.act.signed_ms, act.signed_ms);
        assert_memory_equal(back.signature, signature, SIGNATURE_SIZE);
        if (act.kind == ACT_BALLOT)
            assert_int_equal(back.act.as.ballot.answer, act.as.ballot.answer);
        if (act.kind == ACT_PROPOSE)
            assert_memory_equal(back.act.as.propose.must_abstain, act.as.propose.must_abstain,
                                sizeof act.as.propose.must_abstain);
        if (act.kind == ACT_PROCEDURE)
            assert_int_equal(back.act.as.procedure.answer, act.as.procedure.answer);
        assert_int_equal(act_encode(&back.act, &again), COMITY_OK);
        assert_true(bytes_equal(buffer_bytes(&again), back.act_bytes));
        struct hash id = act_id(back.act_bytes);
        assert_true(hash_equal(&id, &back.act.id));
        buffer_free(&again);
        buffer_free(&encoded);
    }
}

static void a_proposal_keeps_its_terms_and_pledges(void **state)
{
    (void)state;
    struct act act = sample(2);
    struct signed_act back;
    struct buffer encoded = signed_from(&act, "");
    assert_int_equal(signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL), COMITY_OK);
    buffer_free(&encoded);
    assert_string_equal(back.act.as.propose.title, act.as.propose.title);
    assert_int_equal(back.act.as.propose.terms_count, 4);
    assert_int_equal(back.act.as.propose.terms[0].number, -12);
    assert_string_equal(back.act.as.propose.terms[1].text, "Marseille");
    assert_int_equal(back.act.as.propose.terms[3].of, 3);
    assert_int_equal(back.act.as.propose.pledges[1].quantity, INT64_MIN);
    assert_int_equal(back.act.as.propose.pledges[1].seat, 255);
}

static void evidence_names_the_slot_and_both_ids(void **state)
{
    (void)state;
    struct act act = sample(17);
    struct signed_act back;
    struct signed_act first;
    struct buffer encoded = signed_from(&act, "");
    assert_int_equal(signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL), COMITY_OK);
    assert_int_equal(back.act.as.evidence.seat, 3);
    assert_int_equal(back.act.as.evidence.seq, 5);
    assert_int_equal(signed_act_decode(back.act.as.evidence.first_signed, &arena, &first, NULL),
                     COMITY_OK);
    assert_true(hash_equal(&first.act.id, &back.act.as.evidence.first));
    assert_false(hash_equal(&back.act.as.evidence.second, &back.act.as.evidence.first));
    buffer_free(&encoded);
    act.as.evidence.second_signed = act.as.evidence.first_signed;
    struct buffer bytes = {0};
    assert_int_equal(act_encode(&act, &bytes), COMITY_INVALID);
}

/* A decoded act is always the one encoding of itself; nothing else is let through. */
static void no_flipped_bit_and_no_cut_passes_for_something_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES_COUNT; i++) {
        struct act act = sample(i);
        struct buffer encoded = signed_from(&act, "");
        for (size_t size = 0; size < encoded.size; size++) {
            struct signed_act back;
            uint8_t *cut = malloc(size + 1); /* So that a read past the end is seen. */
            memcpy(cut, encoded.data, size);
            cut = realloc(cut, size > 0 ? size : 1);
            assert_int_not_equal(signed_act_decode(bytes_of(cut, size), &arena, &back, NULL),
                                 COMITY_OK);
            free(cut);
        }
        for (size_t bit = 0; bit < 8 * encoded.size; bit++) {
            struct signed_act back;
            struct buffer again = {0};
            encoded.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            enum comity_error error =
                signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL);
            if (error == COMITY_OK) {
                assert_int_equal(act_encode(&back.act, &again), COMITY_OK);
                assert_true(bytes_equal(buffer_bytes(&again), back.act_bytes));
            }
            buffer_free(&again);
            encoded.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            arena_reset(&arena);
        }
        buffer_free(&encoded);
    }
}

static void a_text_is_bound_by_its_hash_and_may_be_purged(void **state)
{
    (void)state;
    static const char text[] = "1. Decides to meet again.\n";
    struct act act = sample(10);
    struct signed_act back;
    act.has_text = true;
    act.text_hash = act_text_hash(bytes_of_text(text));
    static const struct {
        const char *text;
        enum comity_error error;
    } rows[] = {{text, COMITY_OK}, {"", COMITY_OK}, {"1. Decides.\n", COMITY_INVALID}};
    for (size_t i = 0; i < 3; i++) {
        struct buffer encoded = signed_from(&act, rows[i].text);
        assert_int_equal(signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL),
                         rows[i].error);
        if (i == 0)
            assert_true(bytes_equal(back.act.text, bytes_of_text(text)));
        buffer_free(&encoded);
    }
    act.has_text = false;
    struct buffer encoded = signed_from(&act, text);
    assert_int_equal(signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL),
                     COMITY_INVALID);
    buffer_free(&encoded);
    act.has_text = true;
    act.text_hash = act_text_hash(bytes_of_text("\xff"));
    encoded = signed_from(&act, "\xff");
    assert_int_equal(signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL),
                     COMITY_INVALID);
    buffer_free(&encoded);
}

static void refuses(const struct act *act)
{
    struct buffer bytes = {0};
    struct fault fault = {""};
    assert_int_equal(act_encode(act, &bytes), COMITY_INVALID);
    assert_int_equal(bytes.size, 0);
    /* Which field, and what it should have been. */
    assert_int_equal(act_check(act, &fault), COMITY_INVALID);
    assert_non_null(strstr(fault.text, ": "));
    assert_null(strstr(fault.text, "limits"));
}

static void limits_are_refused_when_we_write(void **state)
{
    (void)state;
    struct act act = sample(5);
    act.seat = SEATS_MAX;
    refuses(&act);
    act = sample(5);
    act.seq = 0;
    refuses(&act);
    act = sample(5);
    act.signed_ms = ACT_TIME_MAX + 1;
    refuses(&act);
    static const enum answer answers[] = {ANSWER_SILENT, ANSWER_ABSENT};
    for (size_t i = 0; i < 2; i++) {
        act = sample(5);
        act.as.ballot.answer = answers[i];
        refuses(&act);
    }
    static const char *const titles[] = {"", "two\nlines", "\x1b[2J", "\xc2\x9b", "\xc3", "\x7f"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        act = sample(2);
        act.as.propose.title = titles[i];
        refuses(&act);
    }
    act = sample(2);
    act.as.propose.terms_count = TERMS_MAX + 1;
    refuses(&act);
    struct term twice[2] = {terms[0], terms[0]};
    act.as.propose.terms = twice;
    act.as.propose.terms_count = 2;
    refuses(&act);
    act = sample(3);
    act.as.amend.operation = AMEND_STRIKE; /* `to` is for a move alone. */
    refuses(&act);
    act = sample(14);
    act.as.procedure.time_ms = 1;
    refuses(&act);
    static const enum answer castings[] = {ANSWER_SILENT, ANSWER_ABSTAIN, ANSWER_PASS};
    for (size_t i = 0; i < 3; i++) {
        act = sample(21); /* A tie is decided by yes or no, */
        act.as.procedure.answer = castings[i];
        refuses(&act);
    }
    act = sample(19); /* and nothing else is. */
    act.as.procedure.answer = ANSWER_YES;
    refuses(&act);
    act = sample(20);
    act.as.procedure.proposal = hash_filled(6);
    refuses(&act);
    act = act_of((enum act_kind)9);
    refuses(&act);
}

static void peek_sees_the_slot_that_decode_sees(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES_COUNT; i++) {
        struct act act = sample(i);
        struct buffer encoded = signed_from(&act, "");
        struct signed_act back;
        struct hash id;
        uint32_t seat;
        uint64_t seq;
        assert_int_equal(signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL), COMITY_OK);
        assert_int_equal(signed_act_peek(buffer_bytes(&encoded), &arena, &id, &seat, &seq),
                         COMITY_OK);
        assert_true(hash_equal(&id, &back.act.id));
        assert_int_equal(seat, 3);
        assert_int_equal(seq, 5);
        buffer_free(&encoded);
    }
}

/* Otherwise a delegation could equivocate with acts too large to be laid side by side. */
static void evidence_about_the_two_largest_acts_fits(void **state)
{
    (void)state;
    static struct term many[TERMS_MAX];
    static char names[TERMS_MAX][8];
    static char long_text[256];
    memset(long_text, 'x', 255);
    for (size_t i = 0; i < TERMS_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "i%zu", i);
        many[i] = (struct term){.issue = names[i], .kind = TERM_CHOICE, .text = long_text};
    }
    static struct pledge most[PLEDGES_MAX];
    for (size_t i = 0; i < PLEDGES_MAX; i++)
        most[i] = (struct pledge){.issue = "a-rather-long-issue", .quantity = 1, .unit = ""};
    struct act act = sample(2);
    act.as.propose.terms = many;
    act.as.propose.terms_count = TERMS_MAX;
    act.as.propose.pledges = most;
    act.as.propose.pledges_count = PLEDGES_MAX;
    struct buffer first = signed_from(&act, "");
    assert_true(first.size > 20000);
    act.signed_ms++;
    struct buffer second = signed_from(&act, "");
    struct act evidence = sample(17);
    evidence.as.evidence.first_signed = buffer_bytes(&first);
    evidence.as.evidence.second_signed = buffer_bytes(&second);
    struct buffer encoded = signed_from(&evidence, "");
    struct signed_act back;
    assert_int_equal(signed_act_decode(buffer_bytes(&encoded), &arena, &back, NULL), COMITY_OK);
    buffer_free(&encoded);
    buffer_free(&first);
    buffer_free(&second);
    for (size_t i = 0; i < PLEDGES_MAX; i++)
        most[i].unit = "a-unit-of-some-thirty-letters";
    struct buffer bytes = {0};
    assert_int_equal(act_encode(&act, &bytes), COMITY_LIMIT);
    assert_int_equal(bytes.size, 0);
}

static void an_arena_that_is_full_is_an_error_of_memory(void **state)
{
    (void)state;
    struct act act = sample(2);
    struct buffer encoded = signed_from(&act, "");
    enum comity_error error = COMITY_MEMORY;
    for (size_t limit = 16; error == COMITY_MEMORY; limit += 16) {
        struct arena small;
        struct signed_act back;
        arena_init(&small, limit);
        error = signed_act_decode(buffer_bytes(&encoded), &small, &back, NULL);
        arena_free(&small);
        assert_true(limit < 100000);
    }
    assert_int_equal(error, COMITY_OK);
    buffer_free(&encoded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(every_kind_comes_back_as_it_was),
        T(a_proposal_keeps_its_terms_and_pledges),
        T(evidence_names_the_slot_and_both_ids),
        T(no_flipped_bit_and_no_cut_passes_for_something_else),
        T(a_text_is_bound_by_its_hash_and_may_be_purged),
        T(limits_are_refused_when_we_write),
        T(peek_sees_the_slot_that_decode_sees),
        T(evidence_about_the_two_largest_acts_fits),
        T(an_arena_that_is_full_is_an_error_of_memory),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
