/* SPDX-License-Identifier: Apache-2.0 */
/* The lobby's door: strangers come in there and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/door.h"

enum { PATIENCE_MS = 20000 };

struct pair {
    struct identity *convener, *newcomer;
    struct wire *here, *there;
};

static int set_up(void **state)
{
    static struct pair pair;
    struct wire_config config = {.listen = "tcp://127.0.0.1:*"};
    assert_int_equal(identity_generate(&pair.convener), COMITY_OK);
    assert_int_equal(identity_generate(&pair.newcomer), COMITY_OK);
    config.identity = pair.convener;
    assert_int_equal(wire_open(&config, &pair.here, NULL), COMITY_OK);
    config = (struct wire_config){.identity = pair.newcomer};
    assert_int_equal(wire_open(&config, &pair.there, NULL), COMITY_OK);
    *state = &pair;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;
    wire_close(&pair->there);
    wire_close(&pair->here);
    identity_close(&pair->convener);
    identity_close(&pair->newcomer);
    return 0;
}

/* One turn of both loops; waits for either to have something. */
static void turn(struct pair *pair)
{
    struct pollfd files[2];
    uint8_t key[KEY_SIZE];
    struct bytes frame;
    int file;
    assert_int_equal(wire_fds(pair->here, &file, 1), 1);
    files[0] = (struct pollfd){.fd = file, .events = POLLIN};
    assert_int_equal(wire_fds(pair->there, &file, 1), 1);
    files[1] = (struct pollfd){.fd = file, .events = POLLIN};
    (void)poll(files, 2, 50);
    assert_int_equal(wire_receive(pair->here, key, &frame), COMITY_PENDING);
    assert_int_equal(wire_receive(pair->there, key, &frame), COMITY_PENDING);
}

static const char *address_of(const char *endpoint)
{
    return endpoint + strlen("tcp://");
}

static void a_stranger_is_heard_at_the_door_with_the_key_it_has_proven(void **state)
{
    struct pair *pair = *state;
    struct wire_caller caller;
    struct bytes request, answer;
    uint8_t curve[CURVE_KEY_SIZE];
    int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
    assert_int_equal(wire_door_open(pair->here, "tcp://127.0.0.1:*", NULL), COMITY_OK);
    assert_int_equal(wire_knock(pair->there, identity_key(pair->convener),
                                address_of(wire_door_endpoint(pair->here)), NULL),
                     COMITY_OK);
    while (wire_knock_ask(pair->there, bytes_of_text("may I?")) != COMITY_OK) {
        assert_true(clock_steady_ms() < until_ms);
        turn(pair);
    }
    while (wire_door_receive(pair->here, &caller, &request) != COMITY_OK) {
        assert_true(clock_steady_ms() < until_ms);
        turn(pair);
    }
    assert_true(bytes_equal(request, bytes_of_text("may I?")));
    assert_int_equal(identity_curve_key(identity_key(pair->newcomer), curve), COMITY_OK);
    assert_memory_equal(caller.curve, curve, sizeof curve);
    assert_string_equal(caller.host, "127.0.0.1");
    wire_door_answer(pair->here, &caller, bytes_of_text("come in"));
    while (wire_knock_receive(pair->there, &answer) != COMITY_OK) {
        assert_true(clock_steady_ms() < until_ms);
        turn(pair);
    }
    assert_true(bytes_equal(answer, bytes_of_text("come in")));
    assert_int_equal(wire_refused_count(pair->here), 0);
    wire_door_close(pair->here);
    assert_string_equal(wire_door_endpoint(pair->here), "");
    assert_int_equal(wire_door_receive(pair->here, &caller, &request), COMITY_PENDING);
}

static void an_open_door_opens_nothing_else(void **state)
{
    struct pair *pair = *state;
    int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
    assert_int_equal(wire_door_open(pair->here, "tcp://127.0.0.1:*", NULL), COMITY_OK);
    assert_int_equal(
        wire_add_peer(pair->there, identity_key(pair->convener), wire_endpoint(pair->here), NULL),
        COMITY_OK);
    while (wire_refused_count(pair->here) == 0) {
        assert_true(clock_steady_ms() < until_ms);
        (void)!wire_send(pair->there, identity_key(pair->convener), WIRE_URGENT,
                         bytes_of_text("hello"));
        wire_flush(pair->there, clock_steady_ms());
        turn(pair);
    }
}

static void a_knock_at_a_door_of_another_key_comes_to_nothing(void **state)
{
    struct pair *pair = *state;
    struct identity *other;
    assert_int_equal(identity_generate(&other), COMITY_OK);
    assert_int_equal(wire_door_open(pair->here, "tcp://127.0.0.1:*", NULL), COMITY_OK);
    assert_int_equal(wire_knock(pair->there, identity_key(other),
                                address_of(wire_door_endpoint(pair->here)), NULL),
                     COMITY_OK);
    for (int i = 0; i < 40; i++) {
        struct wire_caller caller;
        struct bytes request;
        turn(pair);
        assert_int_equal(wire_knock_ask(pair->there, bytes_of_text("x")), COMITY_BUSY);
        assert_int_equal(wire_door_receive(pair->here, &caller, &request), COMITY_PENDING);
    }
    assert_int_equal(wire_knock(pair->there, identity_key(other), "example.org:4751", NULL),
                     COMITY_INVALID);
    identity_close(&other);
}

/* Raw connections that say nothing. */
static void a_flood_shuts_the_listener_until_it_has_passed(void **state)
{
    (void)state;
    enum { BOUND = 64, FLOOD = 60 };
    int files[FLOOD];
    struct wire *wire;
    struct identity *identity;
    struct sockaddr_in address = {.sin_family = AF_INET};
    assert_int_equal(identity_generate(&identity), COMITY_OK);
    struct wire_config config = {
        .identity = identity, .listen = "tcp://127.0.0.1:*", .files_max = BOUND};
    assert_int_equal(wire_open(&config, &wire, NULL), COMITY_OK);
    address.sin_port = htons((uint16_t)atoi(strrchr(wire_endpoint(wire), ':') + 1));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < FLOOD; i++) {
        files[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(files[i] >= 0);
        (void)!connect(files[i], (struct sockaddr *)&address, sizeof address);
    }
    int64_t until_ms = clock_steady_ms() + 20000;
    for (int phase = 0; phase < 2; phase++) {
        while (wire_is_shut(wire) != (phase == 0)) {
            uint8_t key[KEY_SIZE];
            struct bytes frame;
            struct pollfd poll_file = {.events = POLLIN};
            assert_true(clock_steady_ms() < until_ms);
            assert_int_equal(wire_fds(wire, &poll_file.fd, 1), 1);
            (void)poll(&poll_file, 1, 20);
            assert_int_equal(wire_receive(wire, key, &frame), COMITY_PENDING);
            wire_flush(wire, clock_steady_ms());
        }
        for (int i = 0; i < FLOOD && phase == 0; i++)
            (void)close(files[i]);
    }
    int again = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(again, (struct sockaddr *)&address, sizeof address), 0);
    (void)close(again);
    wire_close(&wire);
    identity_close(&identity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_stranger_is_heard_at_the_door_with_the_key_it_has_proven,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_open_door_opens_nothing_else, set_up, tear_down),
        cmocka_unit_test(a_flood_shuts_the_listener_until_it_has_passed),
        cmocka_unit_test_setup_teardown(a_knock_at_a_door_of_another_key_comes_to_nothing, set_up,
                                        tear_down),
    };
    return identity_setup() == COMITY_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
