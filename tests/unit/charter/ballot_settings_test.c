/* SPDX-License-Identifier: Apache-2.0 */
/* What a charter says of a ballot: who may answer what, receipts, ties, rules in stages. */
#include "made.h"

#define HEAD \
    "name: f\nnonce: 000102030405060708090a0b0c0d0e0f\n" \
    "seats: [A, B, {name: S, role: chair}]\n"
#define GROUP HEAD "groups: {G: [A]}\n"
#define RULE GROUP "rules:\n  r:\n    sentence: yes >= 1\n" /* The next line is the eighth. */
#define TWO GROUP "rules:\n  a: yes >= 2\n  b: yes >= 1\n"  /* And here too. */

static const struct {
    const char *yaml;
    const char *fault;
} wrong[] = {
    {RULE "    answers: []\n", "c:8:14: answers: expected at least one"},
    {RULE "    answers: [yes, maybe]\n",
     "c:8:20: expected answers, yes, no, object or abstain, found \"maybe\""},
    {RULE "    answers: [yes, no, yes]\n", "c:8:24: answers: yes is there twice"},
    {RULE "    answers: [yes, abstain]\n",
     "c:6:3: rule \"r\": `answers` must hold yes, and no or object"},
    {RULE "    answers: no\n", "c:6:3: rule \"r\": `answers` must hold yes, and no or object"},
    {RULE "    no-abstain: H\n", "c:8:17: no-abstain: no group is called \"H\""},
    {RULE "    must-abstain: H\n", "c:8:19: must-abstain: no group is called \"H\""},
    {RULE "    must-abstain: G\n    answers: [yes, no]\n",
     "c:6:3: rule \"r\": `must-abstain` needs abstain among its `answers`"},
    {RULE "    pass-turns: 2\n",
     "c:8:17: expected pass-turns, a whole number from 0 to 1, found \"2\""},
    {RULE "    pass-turns: 1\n    answers: [yes, object]\n",
     "c:6:3: rule \"r\": who passed answers yes or no: `answers` must hold both"},
    {RULE "    receipt: maybe\n", "c:8:14: expected receipt, none or required, found \"maybe\""},
    {RULE "    tie: again\n", "c:8:10: expected tie, reject or presiding, found \"again\""},
    {RULE "    revote: 0ms\n", "c:8:13: revote: expected a length from 1ms to a hundred years"},
    {RULE "    freeze: never\n", "c:8:13: freeze: expected opening, adoption or a date"},
    {"name: f\nnonce: 000102030405060708090a0b0c0d0e0f\nseats: [A]\n"
     "rules: {r: {sentence: yes >= 1, tie: presiding}}\n",
     "c:4:9: rule \"r\": `tie: presiding` needs a chair"},
    {TWO "  c: {first: [a]}\n", "c:8:14: first: expected two rules, as in [consensus, vote]"},
    {TWO "  c: {first: [x, b]}\n", "c:8:3: rule \"c\": no rule with one ballot is called \"x\""},
    {TWO "  c: {first: [a, x]}\n",
     "c:8:3: rule \"c\": it names a rule the charter lacks, or one that is decided in stages "
     "itself"},
    {TWO "  c: {first: [a, a]}\n", "c:8:3: rule \"c\": `first` names one rule twice"},
    {TWO "  c: {first: [a, b], if: [adopted]}\n",
     "c:8:27: expected if, rejected, lapsed or inquorate, found \"adopted\""},
    {TWO "  c: {first: [a, b], tie: reject}\n",
     "c:8:22: unknown key \"tie\"; known here: first, if"},
    {TWO "  c: {class-by: a}\n", "c:8:6: class-by: expected `classes`, the rule if it adopts and "
                                 "the rule if not"},
    {TWO "  c: {first: [a, b]}\n  d: {first: [c, b]}\n",
     "c:9:3: rule \"d\": no rule with one ballot is called \"c\""},
    {TWO "nominal: 0\n", "c:8:10: expected nominal, a whole number from 1 to 65536, found \"0\""},
};

static void every_mistake_is_named_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct buffer bytes = {0};
        fault.text[0] = '\0';
        enum comity_error error = compile(wrong[i].yaml, &bytes);
        if (error != COMITY_INVALID || strcmp(fault.text, wrong[i].fault) != 0)
            fail_msg("row %zu: %d\n got: %s\nwant: %s", i, error, fault.text, wrong[i].fault);
        assert_int_equal(bytes.size, 0);
    }
}

static const char every_setting[] =
    GROUP "nominal: 15\n"
          "rules:\n"
          "  all: {first: [consensus, vote], if: [lapsed, inquorate]}\n"
          "  consensus: {sentence: objections = 0, answers: [yes, object, abstain]}\n"
          "  vote:\n"
          "    sentence: yes > 1/2 of voting\n"
          "    no-abstain: members\n"
          "    must-abstain: G\n"
          "    pass-turns: 1\n"
          "    receipt: required\n"
          "    tie: presiding\n"
          "    revote: 48h\n"
          "    freeze: 2020-01-02\n"
          "  matter: {class-by: vote, classes: [consensus, vote]}\n";

static void a_setting_is_in_the_bytes_and_in_the_print(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    struct buffer text = {0};
    struct buffer again = {0};
    if (compile(every_setting, &bytes) != COMITY_OK)
        fail_msg("%s", fault.text);
    const struct charter *charter = decoded(&bytes);
    assert_int_equal(charter->nominal, 15);
    const struct charter_rule *vote = &charter->rules[2];
    assert_string_equal(vote->no_abstain, CHARTER_MEMBERS);
    assert_string_equal(vote->must_abstain, "G");
    assert_int_equal(vote->pass_turns, 1);
    assert_true(vote->receipt_required);
    assert_int_equal(vote->tie, TIE_PRESIDING);
    assert_true(vote->revote_ms == 48 * (int64_t)3600000);
    assert_int_equal(vote->freeze, FREEZE_DATE);
    assert_true(vote->freeze_ms == (int64_t)1577923200000);
    assert_int_equal(charter->rules[1].answers, ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_OBJECT) |
                                                    ANSWER_BIT(ANSWER_ABSTAIN));
    const struct charter_rule *all = &charter->rules[0];
    assert_string_equal(all->sentence, "objections = 0");
    assert_string_equal(all->stages.first, "consensus");
    assert_null(all->stages.adopted);
    assert_string_equal(all->stages.failed, "vote");
    assert_int_equal(all->stages.failed_if, 6);
    assert_false(hash_equal(&all->hash, &charter->rules[1].hash));
    assert_string_equal(charter->rules[3].stages.adopted, "consensus");
    assert_int_equal(charter->rules[3].stages.failed_if, VERDICT_FAILURES);
    assert_int_equal(charter_print(charter, &text), COMITY_OK);
    assert_int_equal(buffer_append(&text, "", 1), COMITY_OK);
    if (compile((const char *)text.data, &again) != COMITY_OK)
        fail_msg("%s in\n%s", fault.text, (const char *)text.data);
    assert_true(bytes_equal(buffer_bytes(&bytes), buffer_bytes(&again)));
    buffer_free(&bytes);
    buffer_free(&text);
    buffer_free(&again);
}

static void what_is_not_said_leaves_no_trace_in_the_bytes(void **state)
{
    (void)state;
    struct buffer plain = {0};
    struct buffer said = {0};
    assert_int_equal(compile(RULE, &plain), COMITY_OK);
    assert_int_equal(compile(RULE "    answers: [abstain, object, no, yes]\n    pass-turns: 0\n"
                                  "    receipt: none\n    tie: reject\n    freeze: opening\n",
                             &said),
                     COMITY_OK);
    assert_true(bytes_equal(buffer_bytes(&plain), buffer_bytes(&said)));
    buffer_free(&plain);
    buffer_free(&said);
}

/* A flipped byte is another charter, or none; never a crash, and never the same rules. */
static void bytes_that_say_nonsense_are_refused(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    assert_int_equal(compile(every_setting, &bytes), COMITY_OK);
    struct hash id = decoded(&bytes)->id;
    for (size_t i = 0; i < bytes.size; i++) {
        struct arena scratch;
        const struct charter *charter = NULL;
        arena_init(&scratch, 0);
        bytes.data[i] ^= 5;
        if (charter_decode(buffer_bytes(&bytes), &scratch, &charter, &fault) == COMITY_OK)
            assert_false(hash_equal(&id, &charter->id));
        bytes.data[i] ^= 5;
        arena_free(&scratch);
    }
    buffer_free(&bytes);
}

static const struct {
    const char *yaml;
    const char *warning;
} doubtful[] = {
    {RULE "    no-abstain: G\n    answers: [yes, no]\n", "`no-abstain` adds nothing"},
    {RULE "    must-abstain: members\n", "who proposes says who is a party"},
    {RULE "    pass-turns: 1\n    silence: yes\n", "a pass that is left at the close"},
    {RULE "    receipt: required\n", "who signs none is not even present"},
    {RULE "    revote: 1h\n    silence: yes\n", "end without a tie"},
    {RULE "    freeze: adoption\n", "`freeze` changes nothing: the rule counts no weights"},
    {HEAD "weights: {w: {A: 1, B: 2}}\nrules:\n  r: {sentence: yes by w > 1/2 of voting, "
          "freeze: adoption}\n",
     "`freeze` changes nothing: no rule may change a weight"},
    {RULE "  s: {sentence: objections = 0, answers: [yes, no]}\n", "nobody may object"},
    {HEAD "weights: {w: {A: 1, B: 2}}\nrules:\n  r: {sentence: yes by w > 1/2 of voting, "
          "tie: presiding}\n",
     "a tie is counted by seats"},
    {TWO "  c: yes >= 2\n  d: {first: [a, c]}\n", "both of its rules say the same"},
    {TWO "  v: yes >= 1 and no in G = 0\n  d: {class-by: v, classes: [b, v]}\n", "the double veto"},
    {TWO "nominal: 2\n", "`nominal` is no more than the members"},
};

static void what_was_probably_not_meant_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++) {
        struct buffer bytes = {0};
        warnings[0] = '\0';
        if (compile(doubtful[i].yaml, &bytes) != COMITY_OK)
            fail_msg("row %zu: %s", i, fault.text);
        if (strstr(warnings, doubtful[i].warning) == NULL)
            fail_msg("row %zu: %s", i, warnings);
        buffer_free(&bytes);
    }
}

static void a_receipt_answers_the_warning_of_silence(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    assert_int_equal(compile(RULE "    silence: yes\n", &bytes), COMITY_OK);
    assert_non_null(strstr(warnings, "may never have heard"));
    buffer_free(&bytes);
    warnings[0] = '\0';
    assert_int_equal(compile(RULE "    silence: yes\n    receipt: required\n", &bytes), COMITY_OK);
    assert_null(strstr(warnings, "may never have heard"));
    buffer_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_mistake_is_named_with_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_setting_is_in_the_bytes_and_in_the_print, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_said_leaves_no_trace_in_the_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(bytes_that_say_nonsense_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_probably_not_meant_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_receipt_answers_the_warning_of_silence, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
