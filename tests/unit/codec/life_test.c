/* SPDX-License-Identifier: Apache-2.0 */
/* Acts of an agreement's life: what is written comes back, and limits hold both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "codec/act.h"

static struct arena arena;
static const uint8_t signature[SIGNATURE_SIZE] = {7};

static enum comity_error act_decode(struct bytes bytes, struct act *ret_act)
{
    struct buffer encoded = {0};
    struct signed_act back;
    assert_int_equal(signed_act_encode(bytes, signature, bytes_of(NULL, 0), &encoded), COMITY_OK);
    uint8_t *kept = arena_alloc(&arena, encoded.size); /* What is decoded points into it. */
    memcpy(kept, encoded.data, encoded.size);
    enum comity_error error = signed_act_decode(bytes_of(kept, encoded.size), &arena, &back, NULL);
    *ret_act = back.act;
    buffer_free(&encoded);
    return error;
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
        .kind = kind, .forum = hash_filled(1), .seat = 3, .seq = 5, .signed_ms = 1466769600000};
}

static const struct goal goals[] = {
    {.issue = "CO2", .quantity = -40, .unit = "Mt", .due_ms = 1893456000000},
    {.issue = "CO2", .quantity = INT64_MIN, .unit = ""},
};
static const uint32_t reservable[] = {1, 2, UINT32_MAX};
static const uint64_t values[] = {0, UINT64_MAX - 1, 1};

static struct act proposal_with(enum effect_kind kind)
{
    struct act act = act_of(ACT_PROPOSE);
    act.as.propose.title = "A title";
    act.as.propose.rule = "rule";
    act.as.propose.effect.kind = kind;
    switch (kind) {
    case EFFECT_BREACH:
        act.as.propose.effect.response = RESPONSE_EXPEL;
        act.as.propose.effect.subject = hash_filled(2);
        break;
    case EFFECT_SPEND:
        act.as.propose.effect.quantity = UINT64_MAX;
        act.as.propose.effect.seat = 255;
        act.as.propose.effect.subject = hash_filled(2);
        break;
    case EFFECT_SUSPEND:
    case EFFECT_RESUME:
    case EFFECT_END:
        act.as.propose.effect.subject = hash_filled(2);
        break;
    case EFFECT_REWEIGH:
        act.as.propose.effect.name = "quota";
        act.as.propose.effect.values = values;
        act.as.propose.effect.values_count = 3;
        break;
    case EFFECT_NONE:
        act.as.propose.goals = goals;
        act.as.propose.goals_count = 2;
        act.as.propose.reservable = reservable;
        act.as.propose.reservable_count = 3;
        act.as.propose.has_carried = true;
        act.as.propose.carried_forum = hash_filled(8);
        act.as.propose.carried_proposal = hash_filled(9);
        break;
    default:
        act.as.propose.effect.seat = 255;
        break;
    }
    return act;
}

enum { PLAIN_COUNT = 12, SAMPLES_COUNT = PLAIN_COUNT + EFFECT_KINDS_COUNT };

static struct act plain(size_t index)
{
    static const enum act_kind kinds[PLAIN_COUNT] = {
        ACT_RESERVE, ACT_RESERVE,    ACT_OBJECT_RESERVATION,
        ACT_PLEDGE,  ACT_CONTRIBUTE, ACT_REPORT,
        ACT_ATTEST,  ACT_ALLEGE,     ACT_ALLEGE,
        ACT_LEAVE,   ACT_SHIFT,      ACT_WITHDRAW};
    struct act act = act_of(kinds[index]);
    switch (act.kind) {
    case ACT_RESERVE:
        act.as.reserve.proposal = hash_filled(2);
        act.as.reserve.clause = index == 0 ? 4 : 0;
        act.as.reserve.taken_back = index == 1;
        act.has_text = index == 0;
        act.text_hash = hash_filled(3);
        break;
    case ACT_OBJECT_RESERVATION:
        act.as.objection.refuses_relations = true;
        break;
    case ACT_PLEDGE:
    case ACT_REPORT:
        act.as.pledge.issue = "CO2";
        act.as.pledge.unit = act.kind == ACT_PLEDGE ? "Mt" : "";
        act.as.pledge.quantity = -7;
        act.as.pledge.due_ms = 1893456000000;
        break;
    case ACT_CONTRIBUTE:
        act.as.contribute.quantity = UINT64_MAX;
        break;
    case ACT_ATTEST:
        act.as.attest.disputes = true;
        break;
    case ACT_ALLEGE:
        act.as.allege.seat = 255;
        act.as.allege.clause = 3;
        act.as.allege.has_reservation = index == 8;
        act.as.allege.reservation = hash_filled(6);
        break;
    case ACT_SHIFT:
        act.as.shift.forum = hash_filled(5);
        act.as.shift.name = "coalition";
        break;
    case ACT_WITHDRAW:
        act.as.withdraw.effect_ms = 1893456000000;
        break;
    default:
        break;
    }
    return act;
}

static struct act sample(size_t index)
{
    return index < PLAIN_COUNT ? plain(index)
                               : proposal_with((enum effect_kind)(index - PLAIN_COUNT));
}

static void what_an_agreement_lives_through_comes_back_as_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES_COUNT; i++) {
        struct act act = sample(i), back;
        struct buffer bytes = {0}, again = {0};
        assert_int_equal(act_encode(&act, &bytes), COMITY_OK);
        assert_int_equal(act_decode(buffer_bytes(&bytes), &back), COMITY_OK);
        assert_int_equal(back.kind, act.kind);
        assert_int_equal(act_encode(&back, &again), COMITY_OK);
        assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&bytes)));
        if (act.kind == ACT_PROPOSE) {
            const struct effect *effect = &back.as.propose.effect;
            assert_int_equal(effect->kind, act.as.propose.effect.kind);
            assert_int_equal(effect->seat, act.as.propose.effect.seat);
            assert_int_equal(effect->response, act.as.propose.effect.response);
            assert_true(effect->quantity == act.as.propose.effect.quantity);
            assert_true(hash_equal(&effect->subject, &act.as.propose.effect.subject));
            assert_int_equal(back.as.propose.goals_count, act.as.propose.goals_count);
            assert_int_equal(back.as.propose.has_carried, act.as.propose.has_carried);
        }
        if (act.kind == ACT_WITHDRAW)
            assert_true(back.as.withdraw.effect_ms == act.as.withdraw.effect_ms);
        if (act.kind == ACT_ALLEGE)
            assert_int_equal(back.as.allege.has_reservation, act.as.allege.has_reservation);
        buffer_free(&bytes);
        buffer_free(&again);
    }
}

static void every_cut_and_every_flipped_bit_is_refused_or_says_something_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES_COUNT; i++) {
        struct act act = sample(i), back;
        struct buffer bytes = {0};
        assert_int_equal(act_encode(&act, &bytes), COMITY_OK);
        for (size_t size = 0; size < bytes.size; size++)
            assert_int_not_equal(act_decode(bytes_of(bytes.data, size), &back), COMITY_OK);
        for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
            struct buffer again = {0};
            bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (act_decode(buffer_bytes(&bytes), &back) == COMITY_OK) {
                assert_int_equal(act_encode(&back, &again), COMITY_OK);
                assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&bytes)));
            }
            bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            buffer_free(&again);
            arena_reset(&arena);
        }
        buffer_free(&bytes);
    }
}

static void is_refused(const struct act *act, const char *why)
{
    struct buffer bytes = {0};
    print_message("%s\n", why);
    assert_int_equal(act_encode(act, &bytes), COMITY_INVALID);
    assert_int_equal(bytes.size, 0);
}

static void what_exceeds_the_limits_is_refused(void **state)
{
    (void)state;
    struct act act = plain(0);
    act.has_text = false;
    is_refused(&act, "a reservation without a text");
    act = plain(1);
    act.has_text = true;
    is_refused(&act, "a reservation taken back with a text");
    act = plain(2);
    act.as.objection.taken_back = true;
    is_refused(&act, "an objection that is taken back and refuses relations");
    act = plain(3);
    act.as.pledge.issue = "";
    is_refused(&act, "a pledge of nothing");
    act = plain(4);
    act.as.contribute.quantity = 0;
    is_refused(&act, "a contribution of nothing");
    act = plain(7);
    act.as.allege.seat = SEATS_MAX;
    is_refused(&act, "an allegation against nobody");
    act = plain(10);
    act.as.shift.name = "";
    is_refused(&act, "a shift to a forum without a name");
    act = plain(11);
    act.as.withdraw.taken_back = true;
    is_refused(&act, "a notice taken back with a day");

    act = proposal_with(EFFECT_NONE);
    static const struct goal twice[2] = {{.issue = "a", .unit = "b"}, {.issue = "a", .unit = "b"}};
    act.as.propose.goals = twice;
    is_refused(&act, "a goal twice");
    act = proposal_with(EFFECT_NONE);
    static const uint32_t unordered[] = {2, 1, 3};
    act.as.propose.reservable = unordered;
    is_refused(&act, "clauses out of order");
    act = proposal_with(EFFECT_SPEND);
    act.as.propose.effect.quantity = 0;
    is_refused(&act, "spending nothing");
    act = proposal_with(EFFECT_EXPEL);
    act.as.propose.effect.subject = hash_filled(1);
    is_refused(&act, "an expulsion with a subject");
    act = proposal_with(EFFECT_END);
    act.as.propose.effect.subject = (struct hash){{0}};
    is_refused(&act, "an end of nothing");
    act = proposal_with(EFFECT_BREACH);
    act.as.propose.effect.response = RESPONSES_COUNT;
    is_refused(&act, "an unknown response");
    act = proposal_with(EFFECT_REWEIGH);
    static const uint64_t too_much[] = {UINT64_MAX, 1, 0};
    act.as.propose.effect.values = too_much;
    is_refused(&act, "weights whose sum overflows");
    act = proposal_with(EFFECT_KINDS_COUNT);
    is_refused(&act, "an unknown effect");
}

static void words_lead_back_to_their_effects_and_responses(void **state)
{
    (void)state;
    for (int i = 0; i < EFFECT_KINDS_COUNT; i++)
        assert_int_equal(effect_from_word(effect_word((enum effect_kind)i)), i);
    for (int i = 0; i < RESPONSES_COUNT; i++)
        assert_int_equal(response_from_word(response_word((enum response)i)), i);
    assert_int_equal(effect_from_word("nothing"), EFFECT_KINDS_COUNT);
    assert_int_equal(response_from_word(""), RESPONSES_COUNT);
    assert_null(effect_word(EFFECT_KINDS_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_agreement_lives_through_comes_back_as_it_was),
        cmocka_unit_test(every_cut_and_every_flipped_bit_is_refused_or_says_something_else),
        cmocka_unit_test(what_exceeds_the_limits_is_refused),
        cmocka_unit_test(words_lead_back_to_their_effects_and_responses),
    };
    arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
