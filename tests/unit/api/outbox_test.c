/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that wait for clients that do not read: kept in order, bounded, never lost silently. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/outbox.h"

/* A socket that takes `room` more messages. */
struct socket {
    const char *gone; /* This client is. */
    size_t room;
    uint64_t sent;
    uint64_t refused;
    uint64_t unnamed;
    uint64_t next; /* Frames and refusals must come as they were asked for. */
};

static enum outbox_sent take(struct socket *self, struct bytes client)
{
    if (self->gone != NULL && bytes_equal(client, bytes_of_text(self->gone)))
        return OUTBOX_GONE;
    if (self->room == 0)
        return OUTBOX_FULL;
    self->room--;
    return OUTBOX_SENT;
}

static enum outbox_sent send_frame(void *context, struct bytes client, struct bytes frame)
{
    struct socket *self = context;
    enum outbox_sent sent = take(self, client);
    uint64_t number;
    if (sent == OUTBOX_SENT) {
        memcpy(&number, frame.data, sizeof number);
        assert_int_equal(number, self->next);
        self->next++;
        self->sent++;
    }
    return sent;
}

static enum outbox_sent send_refusal(void *context, struct bytes client, uint64_t request_id,
                                     uint64_t unnamed)
{
    struct socket *self = context;
    enum outbox_sent sent = take(self, client);
    if (sent == OUTBOX_SENT && unnamed > 0) {
        assert_int_equal(request_id, 0);
        self->unnamed += unnamed;
    } else if (sent == OUTBOX_SENT) {
        assert_int_equal(request_id, self->next);
        self->next++;
        self->refused++;
    }
    return sent;
}

static void set_up(struct outbox *outbox, struct socket *socket)
{
    outbox_init(outbox, &(struct outbox_door){send_frame, send_refusal, socket});
}

static void ask(struct outbox *outbox, const char *name, uint64_t number, size_t size)
{
    uint8_t *frame = calloc(1, size);
    assert_non_null(frame);
    memcpy(frame, &number, sizeof number);
    struct bytes client = bytes_of_text(name);
    if (outbox_is_full(outbox, client))
        outbox_refuse(outbox, client, number);
    else
        outbox_put(outbox, client, number, bytes_of(frame, size));
    free(frame);
}

static void a_client_that_reads_late_gets_every_answer_in_order(void **state)
{
    struct socket socket = {.room = 10};
    struct outbox outbox;
    (void)state;
    set_up(&outbox, &socket);
    for (uint64_t i = 0; i < 5000; i++)
        ask(&outbox, "deaf", i, 300);
    assert_int_equal(socket.sent, 10);
    assert_false(outbox_flush(&outbox));
    for (int i = 0; i < 4990; i += 10) {
        socket.room = 10;
        assert_true(outbox_flush(&outbox));
    }
    assert_int_equal(socket.sent, 5000);
    assert_int_equal(outbox.bytes, 0);
    socket.room = 1; /* The last flush could not know that nothing more comes. */
    assert_false(outbox_flush(&outbox));
    assert_null(outbox.clients);
    outbox_free(&outbox);
}

static void what_is_beyond_the_bound_is_refused_by_its_id_and_the_rest_is_counted(void **state)
{
    enum { ASKED = 60000 };
    struct socket socket = {0};
    struct outbox outbox;
    (void)state;
    set_up(&outbox, &socket);
    for (uint64_t i = 0; i < ASKED; i++) {
        ask(&outbox, "deaf", i, 1000);
        assert_in_range(outbox.bytes, 0, OUTBOX_CLIENT_BYTES);
    }
    socket.room = SIZE_MAX;
    assert_true(outbox_flush(&outbox));
    assert_in_range(socket.sent, 4000, 4200);
    assert_int_equal(socket.refused, OUTBOX_REFUSED);
    assert_int_equal(socket.sent + socket.refused + socket.unnamed, ASKED);
    assert_null(outbox.clients);
    ask(&outbox, "deaf", socket.next, 1000); /* And it is served again. */
    assert_int_equal(socket.sent + socket.refused + socket.unnamed, ASKED + 1);
    outbox_free(&outbox);
}

static void a_client_with_refusals_left_reads_them_before_it_is_served_again(void **state)
{
    struct socket socket = {0};
    struct outbox outbox;
    (void)state;
    set_up(&outbox, &socket);
    uint64_t number = 0;
    while (number < 1000 && !outbox_is_full(&outbox, bytes_of_text("deaf")))
        ask(&outbox, "deaf", number++, 100000);
    ask(&outbox, "deaf", number++, 100000);
    socket.room = 1;
    assert_true(outbox_flush(&outbox));
    assert_true(outbox_is_full(&outbox, bytes_of_text("deaf")));
    ask(&outbox, "deaf", number++, 100000);
    socket.room = SIZE_MAX;
    assert_true(outbox_flush(&outbox));
    assert_int_equal(socket.next, number);
    assert_false(outbox_is_full(&outbox, bytes_of_text("deaf")));
    outbox_free(&outbox);
}

static void many_deaf_clients_share_one_bound_and_others_are_served(void **state)
{
    struct socket socket = {0};
    struct outbox outbox;
    char name[24];
    (void)state;
    set_up(&outbox, &socket);
    for (int k = 0; k < 20; k++) {
        (void)snprintf(name, sizeof name, "deaf %d", k);
        for (int i = 0; i < 100; i++)
            ask(&outbox, name, 0, 60000);
        assert_in_range(outbox.bytes, 0, OUTBOX_BYTES);
    }
    assert_in_range(outbox.bytes, OUTBOX_BYTES - OUTBOX_CLIENT_BYTES, OUTBOX_BYTES);
    assert_false(outbox_is_full(&outbox, bytes_of_text("other")));
    socket.room = 1;
    ask(&outbox, "other", 0, 60000);
    assert_int_equal(socket.sent, 1);
    outbox_free(&outbox);
    assert_int_equal(outbox.bytes, 0);
}

static void what_waits_for_a_client_that_is_gone_is_dropped(void **state)
{
    struct socket socket = {.gone = "gone"};
    struct outbox outbox;
    (void)state;
    set_up(&outbox, &socket);
    ask(&outbox, "gone", 0, 100);
    assert_null(outbox.clients);
    ask(&outbox, "leaves", 0, 100);
    ask(&outbox, "stays", 0, 100);
    size_t both = outbox.bytes;
    socket.gone = "leaves";
    assert_false(outbox_flush(&outbox));
    assert_int_equal(outbox.bytes, both / 2);
    socket.room = 1;
    assert_true(outbox_flush(&outbox));
    assert_null(outbox.clients);
    outbox_free(&outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_reads_late_gets_every_answer_in_order),
        cmocka_unit_test(what_is_beyond_the_bound_is_refused_by_its_id_and_the_rest_is_counted),
        cmocka_unit_test(a_client_with_refusals_left_reads_them_before_it_is_served_again),
        cmocka_unit_test(many_deaf_clients_share_one_bound_and_others_are_served),
        cmocka_unit_test(what_waits_for_a_client_that_is_gone_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
