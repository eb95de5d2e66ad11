/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <sodium.h>
#include <stdlib.h>
#include <zmq.h>

#define ANYWHERE "tcp://127.0.0.1:*"

/* Two daemons that know each other; node 1 dials node 0. */
static void open_pair(void)
{
    node_open(0, ANYWHERE, 0);
    node_open(1, NULL, 0);
    node_add(0, 1, NULL);
    node_add(1, 0, wire_endpoint(nodes[0].wire));
}

static void two_that_dial_each_other_exchange_frames(void **state)
{
    (void)state;
    node_open(0, ANYWHERE, 0);
    node_open(1, ANYWHERE, 0);
    node_add(0, 1, wire_endpoint(nodes[1].wire));
    node_add(1, 0, wire_endpoint(nodes[0].wire));
    deliver(0, 1, "from zero");
    deliver(1, 0, "from one");
    struct wire_link link;
    assert_int_equal(wire_link_at(nodes[0].wire, 0, clock_steady_ms(), &link), COMITY_OK);
    assert_true(link.up && link.received_bytes > 0 && link.sent_bytes > 0);
    assert_memory_equal(link.key, node_key(1), KEY_SIZE);
    assert_int_equal(wire_link_at(nodes[0].wire, 1, clock_steady_ms(), &link), COMITY_NOT_FOUND);
    assert_int_equal(wire_refused_count(nodes[0].wire), 0);
}

static void who_cannot_be_dialled_is_answered_over_its_own_link(void **state)
{
    (void)state;
    open_pair();
    deliver(1, 0, "hello");
    deliver(0, 1, "answer");
}

static void a_silent_dialler_can_be_spoken_to_first(void **state)
{
    (void)state;
    open_pair();
    heard(0, 1); /* Its greeting alone. */
    deliver(0, 1, "unasked");
}

/* The address of node 1 leads nowhere: node 0 must find the way back. */
static void a_wrong_address_does_not_hide_the_way_back(void **state)
{
    (void)state;
    node_open(0, ANYWHERE, 0);
    node_open(1, NULL, 0);
    node_add(0, 1, "127.0.0.1:1");
    node_add(1, 0, wire_endpoint(nodes[0].wire));
    deliver(1, 0, "hello");
    deliver(0, 1, "answer");
}

static void frames_keep_their_order_and_their_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 4000, 63, 70000, FRAME_SIZE_MAX, 2, 65536, 5, 1000};
    enum { SIZES = sizeof sizes / sizeof *sizes, ROUNDS = 30 };
    static uint8_t frame[FRAME_SIZE_MAX];
    open_pair();
    deliver(1, 0, "hello");
    nodes[0].inbox_count = 0;
    int64_t deadline_ms = clock_steady_ms() + WAIT_MS;
    for (size_t sent = 0; nodes[0].inbox_count < (size_t)SIZES * ROUNDS;) {
        assert_true(clock_steady_ms() < deadline_ms);
        while (sent < (size_t)SIZES * ROUNDS) {
            (void)snprintf((char *)frame, sizeof frame, "%zu", sent);
            struct bytes bytes = bytes_of(frame, sizes[sent % SIZES]);
            if (wire_send(nodes[1].wire, node_key(0), WIRE_BULK, bytes) != COMITY_OK)
                break;
            sent++;
        }
        turn(20);
    }
    for (size_t i = 0; i < nodes[0].inbox_count; i++)
        assert_int_equal(nodes[0].inbox[i].size, sizes[i % SIZES]);
}

static void frames_of_no_size_and_above_the_limit_are_refused(void **state)
{
    (void)state;
    uint8_t *frame = calloc(1, FRAME_SIZE_MAX + 1);
    uint8_t other[KEY_SIZE];
    open_pair();
    memcpy(other, node_key(3), KEY_SIZE);
    assert_non_null(frame);
    assert_int_equal(
        wire_send(nodes[1].wire, node_key(0), WIRE_BULK, bytes_of(frame, FRAME_SIZE_MAX + 1)),
        COMITY_LIMIT);
    assert_int_equal(wire_send(nodes[1].wire, node_key(0), WIRE_BULK, bytes_of(frame, 0)),
                     COMITY_LIMIT);
    assert_int_equal(wire_send(nodes[1].wire, other, WIRE_BULK, bytes_of(frame, 1)),
                     COMITY_NOT_FOUND);
    free(frame);
}

static void peers_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "example.org:4750", "127.0.0.1",     "127.0.0.1:",      "127.0.0.1:0", "127.0.0.1:65536",
        "ipc:///tmp/x",     "127.0.0.1:x",   "[::1:4750",       "::1:4750",    "inproc://x:1",
        "127.0.0.1:1;2:3",  "999.0.0.1:475", "udp://1.2.3.4:5",
    };
    struct fault fault;
    uint8_t mirrored[KEY_SIZE];
    uint8_t zero[KEY_SIZE] = {0};
    node_open(0, NULL, 0);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        assert_int_equal(wire_add_peer(nodes[0].wire, node_key(1), addresses[i], &fault),
                         COMITY_INVALID);
    assert_int_equal(wire_add_peer(nodes[0].wire, node_key(0), NULL, &fault), COMITY_INVALID);
    assert_int_equal(wire_add_peer(nodes[0].wire, zero, NULL, &fault), COMITY_INVALID);
    /* The point and its negative are two identities with one transport key. */
    memcpy(mirrored, node_key(1), KEY_SIZE);
    mirrored[KEY_SIZE - 1] ^= 0x80;
    node_add(0, 1, "[::1]:4750");
    assert_int_equal(wire_add_peer(nodes[0].wire, mirrored, NULL, &fault), COMITY_CONFLICT);
    node_add(0, 1, "tcp://127.0.0.1:4751");
    node_add(0, 1, NULL);
    struct wire_link link;
    assert_int_equal(wire_link_at(nodes[0].wire, 0, 0, &link), COMITY_OK);
    assert_string_equal(link.address, "");
    assert_false(link.up);
}

static void a_busy_port_is_a_fault_that_names_it(void **state)
{
    (void)state;
    struct fault fault = {""};
    struct wire *second = NULL;
    node_open(0, ANYWHERE, 0);
    struct wire_config config = {
        .identity = nodes[1].identity,
        .listen = wire_endpoint(nodes[0].wire),
    };
    assert_int_equal(wire_open(&config, &second, &fault), COMITY_NETWORK);
    assert_null(second);
    assert_true(strstr(fault.text, wire_endpoint(nodes[0].wire)) != NULL);
}

/* A client made by hand. */
struct stranger {
    void *context;
    void *socket;
};
enum stranger_kind { STRANGER_NULL, STRANGER_PLAIN, STRANGER_KEY, STRANGER_WRONG_SERVER, PEER_ONE };

static struct stranger stranger_open(enum stranger_kind kind)
{
    struct stranger self = {.context = zmq_ctx_new()};
    uint8_t secret[CURVE_KEY_SIZE];
    uint8_t curve[CURVE_KEY_SIZE];
    uint8_t server[CURVE_KEY_SIZE];
    int zero = 0;
    self.socket = zmq_socket(self.context, ZMQ_DEALER);
    assert_int_equal(zmq_setsockopt(self.socket, ZMQ_LINGER, &zero, sizeof zero), 0);
    randombytes_buf(secret, sizeof secret);
    if (kind == PEER_ONE)
        identity_curve_secret(nodes[1].identity, secret);
    assert_int_equal(crypto_scalarmult_base(curve, secret), 0);
    assert_int_equal(identity_curve_key(node_key(kind == STRANGER_WRONG_SERVER ? 3 : 0), server),
                     COMITY_OK);
    if (kind == STRANGER_PLAIN) {
        assert_int_equal(zmq_setsockopt(self.socket, ZMQ_PLAIN_USERNAME, "admin", 5), 0);
        assert_int_equal(zmq_setsockopt(self.socket, ZMQ_PLAIN_PASSWORD, "admin", 5), 0);
    } else if (kind != STRANGER_NULL) {
        assert_int_equal(zmq_setsockopt(self.socket, ZMQ_CURVE_SERVERKEY, server, 32), 0);
        assert_int_equal(zmq_setsockopt(self.socket, ZMQ_CURVE_PUBLICKEY, curve, 32), 0);
        assert_int_equal(zmq_setsockopt(self.socket, ZMQ_CURVE_SECRETKEY, secret, 32), 0);
    }
    assert_int_equal(zmq_connect(self.socket, wire_endpoint(nodes[0].wire)), 0);
    return self;
}

static void stranger_close(struct stranger *self)
{
    assert_int_equal(zmq_close(self->socket), 0);
    assert_int_equal(zmq_ctx_term(self->context), 0);
}

static void stranger_send(const struct stranger *self, const void *data, size_t size, int flags)
{
    assert_int_equal(zmq_send(self->socket, data, size, flags), (int)size);
}

static void strangers_are_refused_whatever_they_show(void **state)
{
    (void)state;
    static const enum stranger_kind kinds[] = {
        STRANGER_NULL,
        STRANGER_PLAIN,
        STRANGER_KEY,
        STRANGER_WRONG_SERVER,
    };
    open_pair();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct stranger stranger = stranger_open(kinds[i]);
        void *monitor = zmq_socket(stranger.context, ZMQ_PAIR);
        uint8_t event[64];
        int zero = 0;
        assert_int_equal(zmq_setsockopt(monitor, ZMQ_LINGER, &zero, sizeof zero), 0);
        assert_int_equal(zmq_socket_monitor(stranger.socket, "inproc://m",
                                            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                                                ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                                                ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                                                ZMQ_EVENT_HANDSHAKE_FAILED_AUTH),
                         0);
        assert_int_equal(zmq_connect(monitor, "inproc://m"), 0);
        stranger_send(&stranger, "\0\0\0\1x", 5, 0);
        int64_t deadline_ms = clock_steady_ms() + WAIT_MS;
        int size = -1;
        while (size < 0 && clock_steady_ms() < deadline_ms) {
            turn(10);
            size = zmq_recv(monitor, event, sizeof event, ZMQ_DONTWAIT);
        }
        assert_true(size > 0);
        uint16_t number = 0;
        memcpy(&number, event, sizeof number);
        assert_int_not_equal(number, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
        if (kinds[i] == STRANGER_KEY) {
            assert_true(wire_refused_count(nodes[0].wire) > 0);
            assert_true(strstr(wire_refused_reason(nodes[0].wire), "127.0.0.1") != NULL);
        }
        assert_int_equal(zmq_socket_monitor(stranger.socket, NULL, 0), 0);
        assert_int_equal(zmq_close(monitor), 0);
        stranger_close(&stranger);
    }
    assert_int_equal(nodes[0].inbox_count, 0);
    deliver(1, 0, "still here");
}

/* libzmq does not dial again after every kind of refusal. */
static void who_came_before_it_was_known_gets_in_later(void **state)
{
    (void)state;
    node_open(0, ANYWHERE, 0);
    node_open(1, NULL, 0);
    node_add(1, 0, wire_endpoint(nodes[0].wire));
    int64_t deadline_ms = clock_steady_ms() + WAIT_MS;
    while (wire_refused_count(nodes[0].wire) == 0 && clock_steady_ms() < deadline_ms)
        turn(10);
    assert_true(wire_refused_count(nodes[0].wire) > 0);
    node_add(0, 1, NULL);
    deliver(1, 0, "at last");
    deliver(0, 1, "welcome");
}

/* Node 2 sits where node 1 looks for node 0, for a while: its key is another, and libzmq gives such
 * a connection up for good. */
static void who_found_a_stranger_at_the_address_dials_again(void **state)
{
    char endpoint[256];
    (void)state;
    node_open(2, ANYWHERE, 0);
    node_open(1, NULL, 0);
    (void)snprintf(endpoint, sizeof endpoint, "%s", wire_endpoint(nodes[2].wire));
    node_add(2, 1, NULL);
    node_add(1, 0, endpoint);
    for (int i = 0; i < 20; i++)
        turn(10);
    wire_close(&nodes[2].wire);
    turn(0);
    node_open(0, endpoint, 0);
    node_add(0, 1, NULL);
    turn(10);
    skipped_ms = 60000; /* The time of patience is over. */
    deliver(1, 0, "there you are");
    deliver(0, 1, "here I am");
    skipped_ms = 0;
}

/* Nobody turns the first wire until its peers are known; the other dials from the start. */
static void who_knocks_while_the_door_is_hung_is_let_in(void **state)
{
    char endpoint[256];
    (void)state;
    node_open(0, ANYWHERE, 0);
    (void)snprintf(endpoint, sizeof endpoint, "%s", wire_endpoint(nodes[0].wire));
    wire_close(&nodes[0].wire);
    node_open(1, NULL, 0);
    node_add(1, 0, endpoint);
    for (int round = 0; round < 3; round++) {
        node_open(0, endpoint, 0);
        node_add(0, 1, NULL);
        heard(0, 1);
        assert_int_equal(wire_refused_count(nodes[0].wire), 0);
        wire_close(&nodes[0].wire);
        turn(0);
    }
}

static void a_removed_peer_is_not_heard_on_its_open_link(void **state)
{
    (void)state;
    open_pair();
    deliver(1, 0, "before");
    wire_remove_peer(nodes[0].wire, node_key(1));
    nodes[0].inbox_count = 0;
    /* A third proves that what the second sent had its time to arrive. */
    node_open(2, NULL, 0);
    node_add(0, 2, NULL);
    node_add(2, 0, wire_endpoint(nodes[0].wire));
    assert_int_equal(say(1, 0, WIRE_URGENT, "after"), COMITY_OK);
    turn(0);
    assert_int_equal(say(1, 0, WIRE_URGENT, "after"), COMITY_OK);
    deliver(2, 0, "third");
    deliver(2, 0, "and again");
    assert_false(has(0, 1, "after"));
    assert_int_equal(say(0, 1, WIRE_URGENT, "x"), COMITY_NOT_FOUND);
    /* And welcome again later. */
    node_add(0, 1, NULL);
    deliver(1, 0, "back");
}

static void a_peer_removed_in_the_middle_of_its_message_is_cut_off(void **state)
{
    (void)state;
    uint8_t key[KEY_SIZE];
    struct bytes frame;
    open_pair();
    heard(0, 1);
    assert_int_equal(say(1, 0, WIRE_URGENT, "first"), COMITY_OK);
    assert_int_equal(say(1, 0, WIRE_URGENT, "second"), COMITY_OK);
    wire_flush(nodes[1].wire, clock_steady_ms());
    int64_t deadline_ms = clock_steady_ms() + WAIT_MS;
    enum comity_error error = COMITY_PENDING;
    while (error == COMITY_PENDING && clock_steady_ms() < deadline_ms) {
        struct pollfd file = {.events = POLLIN};
        assert_int_equal(wire_fds(nodes[0].wire, &file.fd, 1), 1);
        (void)poll(&file, 1, 20);
        error = wire_receive(nodes[0].wire, key, &frame);
    }
    assert_int_equal(error, COMITY_OK);
    wire_remove_peer(nodes[0].wire, key);
    assert_memory_equal(frame.data, "first", 5); /* Still borrowed. */
    assert_int_equal(wire_receive(nodes[0].wire, key, &frame), COMITY_PENDING);
}

/* An admitted peer that misbehaves: each of these costs it, not us. */
static void nonsense_from_a_peer_is_survived(void **state)
{
    (void)state;
    static uint8_t giant[FRAME_SIZE_MAX * 2];
    node_open(0, ANYWHERE, 0);
    node_add(0, 1, NULL);
    node_open(2, NULL, 0);
    node_add(0, 2, NULL);
    node_add(2, 0, wire_endpoint(nodes[0].wire));
    deliver(2, 0, "before");
    struct stranger peer = stranger_open(PEER_ONE);
    stranger_send(&peer, "\0\0\0\2ok\xff\xff\xff\xffrest", 14, 0);
    stranger_send(&peer, "", 0, 0);
    stranger_send(&peer, "\0\0\0", 3, 0);
    stranger_send(&peer, "\0\0\0\0\0\0\0\1x", 9, 0);
    stranger_send(&peer, "\0\0\0\4many", 8, ZMQ_SNDMORE);
    stranger_send(&peer, "\0\0\0\4part", 8, ZMQ_SNDMORE);
    stranger_send(&peer, "\0\0\0\4last", 8, 0);
    int64_t deadline_ms = clock_steady_ms() + WAIT_MS;
    while (!has(0, 1, "many") && clock_steady_ms() < deadline_ms)
        turn(20);
    assert_true(has(0, 1, "ok") && has(0, 1, "many"));
    assert_int_equal(nodes[0].inbox_count, 3);
    stranger_send(&peer, giant, sizeof giant, 0); /* Disconnected for this, and free to return. */
    for (int64_t again_ms = 0; !has(0, 1, "again") && clock_steady_ms() < deadline_ms; turn(20)) {
        if (clock_steady_ms() < again_ms)
            continue;
        /* What stood behind the giant may be lost with it. */
        (void)zmq_send(peer.socket, "\0\0\0\5again", 9, ZMQ_DONTWAIT);
        again_ms = clock_steady_ms() + 50;
    }
    assert_true(has(0, 1, "again"));
    for (size_t i = 0; i < nodes[0].inbox_count; i++)
        assert_true(nodes[0].inbox[i].size < 10);
    deliver(2, 0, "after");
    stranger_close(&peer);
}

static void a_queue_is_bounded_and_votes_displace_bulk(void **state)
{
    (void)state;
    enum { QUEUE_MAX = 256 * 1024, FRAME = 10 * 1024 };
    static uint8_t bulk[FRAME];
    struct wire_link link;
    size_t bulk_count = 0;
    node_open(0, ANYWHERE, 0);
    node_open(1, NULL, QUEUE_MAX);
    node_add(0, 1, NULL);
    node_add(1, 0, "127.0.0.1:1"); /* Nobody there. */
    while (wire_send(nodes[1].wire, node_key(0), WIRE_BULK, bytes_of(bulk, FRAME)) == COMITY_OK) {
        bulk_count++;
        assert_true(bulk_count * FRAME <= QUEUE_MAX);
    }
    assert_true(bulk_count >= QUEUE_MAX / FRAME - 1);
    /* Twenty votes where there was no room. */
    for (int i = 0; i < 20; i++)
        assert_int_equal(wire_send(nodes[1].wire, node_key(0), WIRE_URGENT, bytes_of(bulk, 1024)),
                         COMITY_OK);
    assert_int_equal(wire_link_at(nodes[1].wire, 0, 0, &link), COMITY_OK);
    uint64_t dropped = link.dropped_frames;
    assert_true(dropped > 1 && dropped < bulk_count);
    /* Now there is a way: votes come first, then the bulk that is left. */
    node_add(1, 0, wire_endpoint(nodes[0].wire));
    int64_t deadline_ms = clock_steady_ms() + WAIT_MS;
    while (nodes[0].inbox_count < bulk_count + 1 - dropped + 20 && clock_steady_ms() < deadline_ms)
        turn(20);
    assert_int_equal(nodes[0].inbox_count, bulk_count + 1 - dropped + 20);
    size_t first_vote = 0;
    while (nodes[0].inbox[first_vote].size == FRAME)
        first_vote++;
    assert_true(first_vote * FRAME <= 64 * 1024); /* At most one block was in hand. */
    for (size_t i = 0; i < 20; i++)
        assert_int_not_equal(nodes[0].inbox[first_vote + i].size, FRAME);
}

static void a_queue_of_votes_alone_is_bounded_too(void **state)
{
    (void)state;
    enum { QUEUE_MAX = 64 * 1024 };
    size_t count = 0;
    node_open(1, NULL, QUEUE_MAX);
    node_add(1, 0, NULL);
    while (say(1, 0, WIRE_URGENT, "a vote of twenty-four bytes") == COMITY_OK)
        assert_true(++count < QUEUE_MAX / 20);
    assert_true(count > QUEUE_MAX / 40);
}

static void what_found_no_way_for_long_is_dropped(void **state)
{
    (void)state;
    struct wire_link link;
    node_open(1, NULL, 0);
    node_add(1, 0, NULL);
    for (int64_t now_ms = 1000; now_ms < 8000; now_ms += 500) {
        if (now_ms == 1000)
            assert_int_equal(say(1, 0, WIRE_BULK, "stale"), COMITY_OK);
        wire_flush(nodes[1].wire, now_ms);
        assert_int_equal(wire_link_at(nodes[1].wire, 0, now_ms, &link), COMITY_OK);
        assert_int_equal(link.dropped_frames, now_ms > 6000 ? 1 : 0);
    }
}

static void a_restarted_peer_is_found_again(void **state)
{
    (void)state;
    char endpoint[64];
    open_pair();
    (void)snprintf(endpoint, sizeof endpoint, "%s", wire_endpoint(nodes[0].wire));
    deliver(1, 0, "one");
    deliver(0, 1, "two");
    for (int round = 0; round < 2; round++) {
        char words[32];
        wire_close(&nodes[0].wire);
        turn(0);
        node_open(0, endpoint, 0);
        node_add(0, 1, NULL);
        (void)snprintf(words, sizeof words, "to new %d", round);
        deliver(1, 0, words);
        (void)snprintf(words, sizeof words, "from new %d", round);
        deliver(0, 1, words);
    }
    /* And the one that dials. */
    wire_close(&nodes[1].wire);
    node_open(1, NULL, 0);
    node_add(1, 0, endpoint);
    deliver(0, 1, "to the dialler");
    deliver(1, 0, "from the dialler");
}

#define WIRE_TEST(name) cmocka_unit_test_setup_teardown(name, nodes_setup, nodes_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIRE_TEST(two_that_dial_each_other_exchange_frames),
        WIRE_TEST(who_cannot_be_dialled_is_answered_over_its_own_link),
        WIRE_TEST(a_silent_dialler_can_be_spoken_to_first),
        WIRE_TEST(a_wrong_address_does_not_hide_the_way_back),
        WIRE_TEST(frames_keep_their_order_and_their_size),
        WIRE_TEST(frames_of_no_size_and_above_the_limit_are_refused),
        WIRE_TEST(peers_that_make_no_sense_are_refused),
        WIRE_TEST(a_busy_port_is_a_fault_that_names_it),
        WIRE_TEST(strangers_are_refused_whatever_they_show),
        WIRE_TEST(who_came_before_it_was_known_gets_in_later),
        WIRE_TEST(who_found_a_stranger_at_the_address_dials_again),
        WIRE_TEST(who_knocks_while_the_door_is_hung_is_let_in),
        WIRE_TEST(a_removed_peer_is_not_heard_on_its_open_link),
        WIRE_TEST(a_peer_removed_in_the_middle_of_its_message_is_cut_off),
        WIRE_TEST(nonsense_from_a_peer_is_survived),
        WIRE_TEST(a_queue_is_bounded_and_votes_displace_bulk),
        WIRE_TEST(a_queue_of_votes_alone_is_bounded_too),
        WIRE_TEST(what_found_no_way_for_long_is_dropped),
        WIRE_TEST(a_restarted_peer_is_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
