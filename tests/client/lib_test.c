/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the fake does with each request. */
struct script {
    enum fake_act acts[8];
    Comity__V1__Response__ResponseCase answer;
    struct bytes raw;
    uint64_t id_offset;
    char key[8][COMITY_KEY_SIZE]; /* Idempotency keys seen. */
};

static Comity__V1__DaemonStatus status;
static Comity__V1__Submitted submitted;
static Comity__V1__Failure failure;
static Comity__V1__Events events;

static enum fake_act answer(void *context, unsigned n, const Comity__V1__Request *request,
                            Comity__V1__Response *response, struct bytes *raw)
{
    struct script *script = context;
    fake_fill_status(&status);
    comity__v1__submitted__init(&submitted);
    comity__v1__failure__init(&failure);
    comity__v1__events__init(&events);
    failure.code = "COMITY_CLOSED";
    failure.text = "P3 is closed";
    events.height = 9;
    events.index = 2;
    response->response_case = script->answer;
    switch (script->answer) {
    case COMITY__V1__RESPONSE__RESPONSE_STATUS:
        response->status = &status;
        break;
    case COMITY__V1__RESPONSE__RESPONSE_SUBMITTED:
        response->submitted = &submitted;
        break;
    case COMITY__V1__RESPONSE__RESPONSE_EVENTS:
        response->events = &events;
        break;
    default:
        response->failure = &failure;
    }
    if (request->request_case == COMITY__V1__REQUEST__REQUEST_SUBMIT &&
        request->submit->key.len == COMITY_KEY_SIZE && n < 8)
        memcpy(script->key[n], request->submit->key.data, COMITY_KEY_SIZE);
    response->id += script->id_offset;
    *raw = script->raw;
    return n < 8 ? script->acts[n] : FAKE_SEND;
}

static struct comity *open_fake(const struct fake *fake, int64_t timeout_ms)
{
    struct comity *self = NULL;
    struct fault fault;
    assert_int_equal(comity_open(fake_path(fake), &self, &fault), COMITY_OK);
    comity_set_timeout(self, timeout_ms);
    return self;
}

static enum comity_error ask_status(struct script *script, int64_t timeout_ms, struct fault *fault)
{
    struct fake *fake = fake_start(answer, script);
    struct comity *self = open_fake(fake, timeout_ms);
    struct comity_reply reply;
    enum comity_error error = comity_get_status(self, &reply, fault);
    if (error == COMITY_OK) {
        assert_string_equal(reply.response->status->forums[0]->name, "unsc");
        comity_reply_free(&reply);
    }
    comity_close(&self);
    fake_stop(&fake);
    return error;
}

static void a_question_gets_its_answer(void **state)
{
    (void)state;
    struct script script = {.answer = COMITY__V1__RESPONSE__RESPONSE_STATUS};
    assert_int_equal(ask_status(&script, 5000, NULL), COMITY_OK);
}

static void a_refusal_carries_the_daemons_code_and_sentence(void **state)
{
    (void)state;
    struct fault fault;
    struct script script = {.answer = COMITY__V1__RESPONSE__RESPONSE_FAILURE};
    assert_int_equal(ask_status(&script, 5000, &fault), COMITY_CLOSED);
    assert_string_equal(fault.text, "P3 is closed");
}

static void a_refusal_without_an_id_ends_the_question_that_waits(void **state)
{
    (void)state;
    struct fault fault;
    struct script script = {.answer = COMITY__V1__RESPONSE__RESPONSE_FAILURE};
    script.id_offset -= 1; /* Of the first request. */
    assert_int_equal(ask_status(&script, 5000, &fault), COMITY_CLOSED);
    assert_string_equal(fault.text, "P3 is closed");
}

static void an_answer_of_another_kind_is_refused(void **state)
{
    (void)state;
    struct script script = {.answer = COMITY__V1__RESPONSE__RESPONSE_EVENTS};
    assert_int_equal(ask_status(&script, 5000, NULL), COMITY_INVALID);
}

static void bytes_that_are_no_answer_are_refused(void **state)
{
    (void)state;
    static const uint8_t unknown_field[] = {0x08, 0x01, 0xa0, 0x3f, 0x01};
    static const uint8_t cut[] = {0x08, 0x01, 0x52, 0x7f, 0x0a};
    const struct bytes rows[] = {bytes_of(unknown_field, sizeof unknown_field),
                                 bytes_of(cut, sizeof cut), bytes_of("\xff\xff\xff", 3)};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault;
        struct script script = {.acts = {FAKE_SEND_RAW}, .raw = rows[i]};
        assert_int_equal(ask_status(&script, 5000, &fault), COMITY_INVALID);
        assert_non_null(strstr(fault.text, "malformed"));
    }
}

static void a_second_frame_is_refused(void **state)
{
    (void)state;
    struct script script = {.acts = {FAKE_SEND_TWO_FRAMES},
                            .answer = COMITY__V1__RESPONSE__RESPONSE_STATUS};
    assert_int_equal(ask_status(&script, 5000, NULL), COMITY_INVALID);
}

static void an_oversized_answer_is_refused_without_being_read(void **state)
{
    (void)state;
    size_t size = COMITY_ANSWER_SIZE_MAX + 1;
    uint8_t *data = calloc(1, size);
    assert_non_null(data);
    struct script script = {.acts = {FAKE_SEND_RAW}, .raw = bytes_of(data, size)};
    assert_int_equal(ask_status(&script, 5000, NULL), COMITY_LIMIT);
    free(data);
}

static void silence_is_a_timeout_and_answers_to_others_are_passed_over(void **state)
{
    (void)state;
    struct fault fault;
    struct script silent = {.acts = {FAKE_STAY_SILENT}};
    assert_int_equal(ask_status(&silent, 50, &fault), COMITY_PENDING);
    assert_non_null(strstr(fault.text, "no answer"));
    struct script other = {.answer = COMITY__V1__RESPONSE__RESPONSE_STATUS, .id_offset = 5};
    assert_int_equal(ask_status(&other, 50, NULL), COMITY_PENDING);
}

static void an_act_without_answer_is_sent_again_with_the_same_key(void **state)
{
    (void)state;
    struct script script = {.acts = {FAKE_STAY_SILENT, FAKE_STAY_SILENT, FAKE_SEND},
                            .answer = COMITY__V1__RESPONSE__RESPONSE_SUBMITTED};
    struct fake *fake = fake_start(answer, &script);
    struct comity *self = open_fake(fake, 200);
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    struct comity_reply reply;
    assert_int_equal(comity_submit(self, &submit, &reply, NULL), COMITY_OK);
    comity_reply_free(&reply);
    static const char zeros[COMITY_KEY_SIZE];
    assert_int_equal(fake_requests(fake), 3);
    assert_memory_not_equal(script.key[0], zeros, COMITY_KEY_SIZE);
    assert_memory_equal(script.key[0], script.key[1], COMITY_KEY_SIZE);
    assert_memory_equal(script.key[0], script.key[2], COMITY_KEY_SIZE);
    comity_close(&self);
    fake_stop(&fake);
}

static void the_cursor_moves_with_an_answer_and_stays_without(void **state)
{
    (void)state;
    struct script script = {.acts = {FAKE_STAY_SILENT, FAKE_SEND},
                            .answer = COMITY__V1__RESPONSE__RESPONSE_EVENTS};
    struct fake *fake = fake_start(answer, &script);
    struct comity *self = open_fake(fake, 200);
    struct comity_feed feed = {.height = 4, .index = 1};
    struct comity_reply reply;
    assert_int_equal(comity_feed_next(self, &feed, &reply, NULL), COMITY_PENDING);
    assert_int_equal(feed.height, 4);
    assert_int_equal(feed.index, 1);
    assert_int_equal(comity_feed_next(self, &feed, &reply, NULL), COMITY_OK);
    comity_reply_free(&reply);
    assert_int_equal(feed.height, 9);
    assert_int_equal(feed.index, 2);
    comity_close(&self);
    fake_stop(&fake);
}

static void a_daemon_that_left_is_named_and_found_again(void **state)
{
    (void)state;
    struct fault fault;
    struct comity *self = NULL;
    struct script script = {.answer = COMITY__V1__RESPONSE__RESPONSE_STATUS};
    assert_int_equal(comity_open("/nonexistent/fra.sock", &self, &fault), COMITY_NETWORK);
    assert_non_null(strstr(fault.text, "/nonexistent/fra.sock"));
    struct fake *fake = fake_start(answer, &script);
    self = open_fake(fake, 100);
    char path[128];
    (void)snprintf(path, sizeof path, "%s", fake_path(fake));
    fake_stop(&fake);
    struct comity_reply reply;
    assert_int_equal(comity_get_status(self, &reply, &fault), COMITY_NETWORK);
    assert_non_null(strstr(fault.text, path));
    assert_int_equal(comity_get_status(self, &reply, &fault), COMITY_NETWORK);
    comity_close(&self);
}

static void the_only_socket_is_found_and_two_are_a_question(void **state)
{
    (void)state;
    char root[] = "/tmp/comity-run-XXXXXX", directory[64], path[96], endpoint[COMITY_ENDPOINT_MAX];
    struct fault fault;
    assert_non_null(mkdtemp(root));
    (void)snprintf(directory, sizeof directory, "%s/comity", root);
    assert_int_equal(mkdir(directory, 0700), 0);
    assert_int_equal(setenv("XDG_RUNTIME_DIR", root, 1), 0);
    (void)unsetenv("COMITY_SOCKET");
    (void)snprintf(path, sizeof path, "%s/fra.sock", directory);
    assert_int_equal(fclose(fopen(path, "w")), 0);
    assert_int_equal(comity_discover(NULL, endpoint, &fault), COMITY_OK);
    assert_string_equal(endpoint + 6, path);
    assert_int_equal(comity_discover("fra", endpoint, &fault), COMITY_OK);
    assert_string_equal(endpoint + 6, path);
    assert_int_equal(comity_discover("gbr", endpoint, &fault), COMITY_NOT_FOUND);
    char second[96];
    (void)snprintf(second, sizeof second, "%s/gbr.sock", directory);
    assert_int_equal(fclose(fopen(second, "w")), 0);
    assert_int_equal(comity_discover("", endpoint, &fault), COMITY_CONFLICT);
    assert_non_null(strstr(fault.text, "-d NAME"));
    assert_int_equal(setenv("COMITY_SOCKET", "fra", 1), 0);
    assert_int_equal(comity_discover(NULL, endpoint, &fault), COMITY_OK);
    assert_string_equal(endpoint + 6, path);
    (void)unsetenv("COMITY_SOCKET");
    (void)unlink(path);
    (void)unlink(second);
    (void)rmdir(directory);
    (void)rmdir(root);
    (void)unsetenv("XDG_RUNTIME_DIR");
    char long_path[300];
    memset(long_path, 'x', sizeof long_path);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = '\0';
    assert_int_equal(comity_discover(long_path, endpoint, NULL), COMITY_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_gets_its_answer),
        cmocka_unit_test(a_refusal_carries_the_daemons_code_and_sentence),
        cmocka_unit_test(a_refusal_without_an_id_ends_the_question_that_waits),
        cmocka_unit_test(an_answer_of_another_kind_is_refused),
        cmocka_unit_test(bytes_that_are_no_answer_are_refused),
        cmocka_unit_test(a_second_frame_is_refused),
        cmocka_unit_test(an_oversized_answer_is_refused_without_being_read),
        cmocka_unit_test(silence_is_a_timeout_and_answers_to_others_are_passed_over),
        cmocka_unit_test(an_act_without_answer_is_sent_again_with_the_same_key),
        cmocka_unit_test(the_cursor_moves_with_an_answer_and_stays_without),
        cmocka_unit_test(a_daemon_that_left_is_named_and_found_again),
        cmocka_unit_test(the_only_socket_is_found_and_two_are_a_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
