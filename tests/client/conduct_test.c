/* SPDX-License-Identifier: Apache-2.0 */
/* What `comity conduct` and `comity stance` print of a class of thirty. */
#include "fake.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { SEATS = 30, KINDS = 6 };

static const struct {
    const char *kind, *of;
} kinds[KINDS] = {{"consented", "joined"},   {"declined", "dissent"},
                  {"withdrew", "exit"},      {"alone", "alone"},
                  {"breached", "defection"}, {"of-a-later-daemon", "later"}};

static struct {
    Comity__V1__Conduct conduct;
    Comity__V1__SeatConduct seats[SEATS], *seat_list[SEATS];
    Comity__V1__ConductCount counts[SEATS][KINDS], *count_list[SEATS][KINDS];
    char names[SEATS][16];
    char asked[64];
    bool no_topic;
} room;

/* Seat i did each kind i times. */
static void fill(void)
{
    comity__v1__conduct__init(&room.conduct);
    room.conduct.seats = room.seat_list;
    room.conduct.n_seats = SEATS;
    room.conduct.topic = (char *)"";
    for (size_t i = 0; i < SEATS; i++) {
        Comity__V1__SeatConduct *seat = room.seat_list[i] = &room.seats[i];
        comity__v1__seat_conduct__init(seat);
        (void)snprintf(room.names[i], sizeof room.names[i], i == 0 ? "S\x1b[2J" : "Delegation%zu",
                       i);
        seat->seat = room.names[i];
        seat->title = (char *)"a title";
        seat->role = (char *)"member";
        seat->joined = true;
        seat->counts = room.count_list[i];
        for (size_t j = 0; j < KINDS && i > 0; j++) {
            Comity__V1__ConductCount *count = &room.counts[i][j];
            comity__v1__conduct_count__init(count);
            count->kind = (char *)(uintptr_t)kinds[j].kind;
            count->of = (char *)(uintptr_t)kinds[j].of;
            count->count = (uint32_t)i;
            room.count_list[i][seat->n_counts++] = count;
        }
    }
}

static enum fake_act answer(void *context, unsigned n, const Comity__V1__Request *request,
                            Comity__V1__Response *response, struct bytes *raw)
{
    (void)context;
    (void)n;
    (void)raw;
    fill();
    if (request->request_case != COMITY__V1__REQUEST__REQUEST_GET_CONDUCT)
        return FAKE_STAY_SILENT;
    (void)snprintf(room.asked, sizeof room.asked, "%s", request->get_conduct->topic);
    room.no_topic = request->get_conduct->no_topic;
    response->response_case = COMITY__V1__RESPONSE__RESPONSE_CONDUCT;
    response->conduct = &room.conduct;
    return FAKE_SEND;
}

static void a_class_of_thirty_fits_eighty_columns(void **state)
{
    (void)state;
    static const char *const lines[] = {"conduct", "stance", "conduct --topic climate",
                                        "conduct --defection withdrew"};
    struct fake *fake = fake_start(answer, NULL);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct run run = fake_run(fake, lines[i], "");
        assert_int_equal(run.end, CLI_OK);
        assert_null(strchr(run.out, '\x1b'));
        for (const char *line = run.out; *line != '\0';) {
            size_t size = strcspn(line, "\n");
            char copy[512];
            assert_true(size < sizeof copy);
            memcpy(copy, line, size);
            copy[size] = '\0';
            if (plain_width(copy) > 80)
                fail_msg("%s: %s", lines[i], copy);
            line += size + (line[size] == '\n' ? 1 : 0);
        }
        run_free(&run);
    }
    fake_stop(&fake);
}

static void what_is_asked_is_the_topic_or_none(void **state)
{
    (void)state;
    static const struct {
        const char *line, *topic;
        bool no_topic;
    } rows[] = {{"conduct", "", false},
                {"conduct --topic climate", "climate", false},
                {"stance --topic -", "", true}};
    struct fake *fake = fake_start(answer, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run run = fake_run(fake, rows[i].line, "");
        assert_int_equal(run.end, CLI_OK);
        assert_string_equal(room.asked, rows[i].topic);
        assert_int_equal(room.no_topic, rows[i].no_topic);
        run_free(&run);
    }
    fake_stop(&fake);
}

/* Line of `--csv` for this seat, without its seat. */
static void assert_row(const struct fake *fake, const char *line, const char *seat,
                       const char *ends)
{
    struct run run = fake_run(fake, line, "");
    assert_int_equal(run.end, CLI_OK);
    const char *at = strstr(run.out, seat);
    assert_non_null(at);
    size_t size = strcspn(at, "\n");
    assert_true(size > strlen(ends));
    if (memcmp(at + size - strlen(ends), ends, strlen(ends)) != 0)
        fail_msg("%s: %.*s does not end with %s", line, (int)size, at, ends);
    run_free(&run);
}

static void a_recoding_moves_kinds_and_drops_what_it_does_not_name(void **state)
{
    (void)state;
    struct fake *fake = fake_start(answer, NULL);
    assert_row(fake, "conduct --csv", "\"Delegation2\"", ",2,2,2,2,2");
    assert_row(fake, "conduct --csv --defection withdrew,alone", "\"Delegation2\"", ",2,2,0,0,4");
    assert_row(fake, "conduct --csv --defection breached", "\"Delegation3\"", ",3,3,3,3,3");
    struct run wrong = fake_run(fake, "conduct --defection treason", "");
    assert_int_equal(wrong.end, CLI_USAGE);
    assert_non_null(strstr(wrong.err, "treason"));
    run_free(&wrong);
    fake_stop(&fake);
}

/* One joined, one dissent at a half, one exit and one alone at none: 3/8 for any count. */
static void the_fraction_is_exact_and_says_how_it_came(void **state)
{
    (void)state;
    struct fake *fake = fake_start(answer, NULL);
    assert_row(fake, "stance --csv", "\"Delegation1\"", ",4,3,8,0.375");
    assert_row(fake, "stance --csv", "\"Delegation29\"", ",116,3,8,0.375");
    struct run run = fake_run(fake, "stance", "");
    static const char *const told[] = {"3/8", "too few acts", "sum of the places", "1/2 for",
                                       "does not measure"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        assert_non_null(strstr(run.out, told[i]));
    run_free(&run);
    run = fake_run(fake, "stance --json", "");
    json_t *json = json_loads(run.out, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(json, "seats")), SEATS);
    assert_true(json_is_null(json_object_get(json_object_get(json, "weights"), "breached")));
    json_decref(json);
    run_free(&run);
    run = fake_run(fake, "stance --weights -", "alone 1\nwithdrew 1 # kinder\n");
    assert_non_null(strstr(run.out, "7/8"));
    run_free(&run);
    run = fake_run(fake, "stance --weights -", "alone 1\n\nalone 3/2\n");
    assert_int_equal(run.end, CLI_REFUSED);
    assert_non_null(strstr(run.err, "-:3: alone: a place is a fraction from 0 to 1"));
    run_free(&run);
    fake_stop(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_of_thirty_fits_eighty_columns),
        cmocka_unit_test(what_is_asked_is_the_topic_or_none),
        cmocka_unit_test(a_recoding_moves_kinds_and_drops_what_it_does_not_name),
        cmocka_unit_test(the_fraction_is_exact_and_says_how_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
