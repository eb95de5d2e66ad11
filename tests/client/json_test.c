/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comity_json.h"
#include "base/bytes.h"

/* What the golden file holds. To write it anew: COMITY_GOLDEN=write. */
static void assert_golden(const char *name, const char *text)
{
    char path[512], golden[16384];
    (void)snprintf(path, sizeof path, "%s/%s", COMITY_GOLDEN_DIR, name);
    if (getenv("COMITY_GOLDEN") != NULL) {
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        assert_true(fputs(text, out) >= 0);
        assert_int_equal(fclose(out), 0);
    }
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(golden, 1, sizeof golden - 1, file);
    golden[size] = '\0';
    (void)fclose(file);
    assert_string_equal(text, golden);
}

static char *dump(const ProtobufCMessage *message)
{
    json_t *json = NULL;
    assert_int_equal(comity_json_from(message, &json), COMITY_OK);
    char *text = json_dumps(json, JSON_INDENT(2));
    assert_non_null(text);
    json_decref(json);
    return text;
}

static void a_proposal_has_this_json(void **state)
{
    (void)state;
    Comity__V1__ProposalInfo proposal;
    fake_fill_proposal(&proposal);
    char *text = dump(&proposal.base);
    char with_end[16384];
    (void)snprintf(with_end, sizeof with_end, "%s\n", text);
    assert_golden("proposal.json", with_end);
    free(text);
}

static void times_enums_and_bytes_are_for_people(void **state)
{
    (void)state;
    uint8_t key[2] = {0x00, 0xff};
    Comity__V1__DraftProcedure draft = COMITY__V1__DRAFT_PROCEDURE__INIT;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    draft.ruling = COMITY__V1__PROCEDURE__RULING__RULING_ROLL_CALL;
    draft.time_ms = 1475625600000;
    submit.key = (ProtobufCBinaryData){sizeof key, key};
    submit.wait_ms = 5;
    submit.text = "\"\x1b";
    submit.act_case = COMITY__V1__SUBMIT__ACT_PROCEDURE;
    submit.procedure = &draft;
    char *text = dump(&submit.base);
    assert_string_equal(text, "{\n  \"key\": \"00ff\",\n  \"wait_ms\": 5,\n"
                              "  \"text\": \"\\\"\\u001B\",\n  \"procedure\": {\n"
                              "    \"ruling\": \"roll-call\",\n    \"proposal\": \"\",\n"
                              "    \"time_at\": \"2016-10-05T00:00:00Z\",\n"
                              "    \"present\": [],\n    \"answer\": null\n  }\n}");
    free(text);
}

static void what_is_not_set_is_null_or_left_out(void **state)
{
    (void)state;
    Comity__V1__Term term = COMITY__V1__TERM__INIT;
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    char *text = dump(&response.base);
    assert_string_equal(text, "{\n  \"id\": 0\n}");
    free(text);
    term.of = UINT64_MAX;
    text = dump(&term.base);
    assert_non_null(strstr(text, "\"kind\": null"));
    assert_non_null(strstr(text, "\"of\": \"18446744073709551615\""));
    free(text);
}

static enum comity_error read_text(const char *text, struct arena *arena,
                                   Comity__V1__Request **ret_request, struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    enum comity_error error =
        comity_json_to(json, &comity__v1__request__descriptor, arena, &message, fault);
    json_decref(json);
    if (error == COMITY_OK)
        *ret_request = (Comity__V1__Request *)message;
    return error;
}

static void json_is_read_back_into_the_same_message(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"forum\": \"unsc\", \"submit\": {\"text\": \"T\", \"propose\": {\"title\": \"A\","
        " \"closes_at\": \"2016-10-05\", \"binding\": true, \"terms\": [{\"issue\": \"cap\","
        " \"kind\": \"integer\", \"number\": 5, \"unit\": \"Mt\"}], \"pledges\": [{\"seat\": 2,"
        " \"issue\": \"coal\", \"quantity\": -200}]}}}",
        "{\"submit\": {\"procedure\": {\"ruling\": \"roll-call\", \"present\": [\"FRA\","
        " \"USA\"]}}}",
        "{\"submit\": {\"key\": \"00ff\", \"ballot\": {\"proposal\": \"P3\","
        " \"answer\": \"yes\"}}}",
        "{\"get_events\": {\"height\": \"18446744073709551615\", \"index\": 4294967295}}",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct fault fault;
        arena_init(&arena, 0);
        Comity__V1__Request *request = NULL, *again = NULL;
        assert_int_equal(read_text(rows[i], &arena, &request, &fault), COMITY_OK);
        char *text = dump(&request->base);
        assert_int_equal(read_text(text, &arena, &again, &fault), COMITY_OK);
        char *second = dump(&again->base);
        assert_string_equal(text, second);
        free(text);
        free(second);
        arena_free(&arena);
    }
}

static void json_that_does_not_fit_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"{\"nonsense\": 1}", "no \"nonsense\" in Request"},
        {"{\"submit\": []}", "in \"submit\": expected an object"},
        {"{\"submit\": {\"ballot\": {\"answer\": \"maybe\"}}}", "one of yes no object abstain"},
        {"{\"submit\": {\"ballot\": {\"proposal\": 3}}}", "\"proposal\": expected a string"},
        {"{\"submit\": {\"key\": \"0g\"}}", "hexadecimal"},
        {"{\"submit\": {\"key\": \"000\"}}", "hexadecimal"},
        {"{\"submit\": {\"wait_ms\": -1}}", "not negative"},
        {"{\"submit\": {\"wait_ms\": 4294967296}}", "too large"},
        {"{\"submit\": {\"propose\": {\"binding\": 1}}}", "true or false"},
        {"{\"submit\": {\"propose\": {\"closes_at\": \"soon\"}}}", "a time such as"},
        {"{\"submit\": {\"propose\": {\"terms\": {}}}}", "a list"},
        {"{\"get_status\": {}, \"get_docket\": {}}", "only one thing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct fault fault;
        Comity__V1__Request *request = NULL;
        arena_init(&arena, 0);
        assert_int_equal(read_text(rows[i].text, &arena, &request, &fault), COMITY_INVALID);
        assert_non_null(strstr(fault.text, rows[i].fault));
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proposal_has_this_json),
        cmocka_unit_test(times_enums_and_bytes_are_for_people),
        cmocka_unit_test(what_is_not_set_is_null_or_left_out),
        cmocka_unit_test(json_is_read_back_into_the_same_message),
        cmocka_unit_test(json_that_does_not_fit_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
