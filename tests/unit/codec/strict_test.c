/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "acts.pb-c.h"
#include "charter.pb-c.h"
#include "client.pb-c.h"
#include "codec/strict.h"
#include "consensus.pb-c.h"

static struct arena arena;
static struct fault fault;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    memset(&fault, 0, sizeof fault);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

#define ACT &comity__v1__act__descriptor
#define NOTE &comity__v1__note__descriptor
#define TERM &comity__v1__term__descriptor
#define GROUP &comity__v1__group__descriptor
#define CERT &comity__v1__cert__descriptor
#define RATIFY &comity__v1__ratify__descriptor
#define STATUS &comity__v1__status__descriptor
#define BODY &comity__v1__block_body__descriptor
#define WITHDRAW &comity__v1__withdraw__descriptor
#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static void what_is_not_the_one_encoding_is_refused_and_named(void **state)
{
    (void)state;
    static const struct {
        const ProtobufCMessageDescriptor *descriptor;
        const uint8_t *data;
        size_t size;
        const char *fault;
    } rows[] = {
        {ACT, BYTES("\x08\x01\x08\x01"), "Act.protocol: twice"},
        {ACT, BYTES("\x18\x01\x08\x01"), "Act.protocol: out of order"},
        {ACT, BYTES("\x08\x00"), "Act.protocol: its default, which is left out"},
        {ACT, BYTES("\x08\x81\x00"), "Act.protocol: cut off, or not the shortest varint"},
        {ACT, BYTES("\x08"), "Act.protocol: cut off, or not the shortest varint"},
        {ACT, BYTES("\x08\x80\x80\x80\x80\x10"), "Act.protocol: above 32 bits"},
        {ACT, BYTES("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
         "Act.seq: cut off, or not the shortest varint"},
        {ACT, BYTES("\x0a\x01x"), "Act.protocol: the wrong wire type"},
        {ACT, BYTES("\x12\x05xx"), "Act.forum: runs past the end"},
        {ACT, BYTES("\x12\x00"), "Act.forum: its default, which is left out"},
        {ACT, BYTES("\xf8\x03\x01"), "Act: unknown field 63"},
        {ACT, BYTES("\x00"), "Act: unknown field 0"},
        {ACT, BYTES("\x88\x00\x01"), "Act: a malformed tag"},
        {ACT, BYTES("\x52\x00\x5a\x00"), "Act.join: a second member of a oneof"},
        {ACT, BYTES("\x52\x00\x52\x00"), "Act.convene: twice"},
        {ACT, BYTES("\x52\x02\x12\x00"), "Convene: unknown field 2"},
        {NOTE, BYTES("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
         "Note.about: runs past the end"},
        {TERM, BYTES("\x0a\x02\xc3\x28"), "Term.issue: not UTF-8, or with a zero byte"},
        {TERM, BYTES("\x0a\x02x\0"), "Term.issue: not UTF-8, or with a zero byte"},
        {TERM, BYTES("\x10\x05"), "Term.kind: a value this version does not know"},
        {RATIFY, BYTES("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
         "Ratify.home: a value this version does not know"},
        {WITHDRAW, BYTES("\x10\x02"), "Withdraw.taken_back: neither true nor false"},
        {GROUP, BYTES("\x12\x00"), "Group.seats: runs past the end, or is empty"},
        {GROUP, BYTES("\x10\x01"), "Group.seats: the wrong wire type"},
        {GROUP, BYTES("\x12\x02\x01\x81"), "Group.seats: runs past the end"},
        {GROUP, BYTES("\x12\x01\x01\x12\x01\x02"), "Group.seats: twice"},
        {BODY, BYTES("\x0a\x01x\x0a\x02x"), "BlockBody.acts: twice"},
        {BODY, BYTES("\x0a\x02x"), "BlockBody.acts: runs past the end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ProtobufCMessage *untouched = NULL;
        uint8_t *copy = malloc(rows[i].size);
        memcpy(copy, rows[i].data, rows[i].size);
        assert_int_equal(strict_unpack(rows[i].descriptor, bytes_of(copy, rows[i].size), 100,
                                       &arena, &untouched, &fault),
                         COMITY_INVALID);
        assert_string_equal(fault.text, rows[i].fault);
        assert_null(untouched);
        free(copy);
    }
}

static void numbers_come_as_protobuf_writes_them(void **state)
{
    (void)state;
    Comity__V1__Status status = COMITY__V1__STATUS__INIT;
    static const int64_t times[] = {1, -1, INT64_MAX, INT64_MIN, 1466683200000};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct buffer bytes = {0};
        ProtobufCMessage *message;
        status.final_view = UINT64_MAX - i;
        status.utc_ms = times[i];
        status.going_away = i % 2 == 0;
        assert_int_equal(strict_pack(&status.base, &bytes), COMITY_OK);
        assert_int_equal(strict_unpack(STATUS, buffer_bytes(&bytes), 0, &arena, &message, &fault),
                         COMITY_OK);
        const Comity__V1__Status *back = (const Comity__V1__Status *)message;
        assert_true(back->final_view == UINT64_MAX - i);
        assert_true(back->utc_ms == times[i]);
        assert_int_equal(back->going_away, i % 2 == 0);
        assert_int_equal(back->view, 0);
        buffer_free(&bytes);
    }
}

static void an_empty_message_is_one_with_all_defaults(void **state)
{
    (void)state;
    ProtobufCMessage *message;
    assert_int_equal(strict_unpack(TERM, bytes_of(NULL, 0), 0, &arena, &message, &fault),
                     COMITY_OK);
    const Comity__V1__Term *term = (const Comity__V1__Term *)message;
    assert_string_equal(term->issue, "");
    assert_int_equal(term->of, 0);
}

static void repeated_elements_are_counted_in_all(void **state)
{
    (void)state;
    ProtobufCMessage *message;
    uint32_t seats[40];
    for (uint32_t i = 0; i < 40; i++)
        seats[i] = i * 100;
    Comity__V1__Group group = COMITY__V1__GROUP__INIT;
    group.name = (char[]){"P5"};
    group.n_seats = 40;
    group.seats = seats;
    struct buffer bytes = {0};
    assert_int_equal(strict_pack(&group.base, &bytes), COMITY_OK);
    assert_int_equal(strict_unpack(GROUP, buffer_bytes(&bytes), 39, &arena, &message, &fault),
                     COMITY_LIMIT);
    assert_string_equal(fault.text, "Group.seats: too many elements");
    assert_int_equal(strict_unpack(GROUP, buffer_bytes(&bytes), 40, &arena, &message, &fault),
                     COMITY_OK);
    const Comity__V1__Group *back = (const Comity__V1__Group *)message;
    assert_int_equal(back->n_seats, 40);
    assert_memory_equal(back->seats, seats, sizeof seats);
    buffer_free(&bytes);
}

static void borrowed_bytes_point_into_what_came_and_others_do_not(void **state)
{
    (void)state;
    static const uint8_t data[] = {0x0a, 2, 'a', 'b', 0x0a, 0, 0x0a, 1, 'c'};
    struct bytes bytes = bytes_of(data, sizeof data);
    ProtobufCMessage *message;
    assert_int_equal(strict_borrow(BODY, bytes, 3, &arena, &message, &fault), COMITY_OK);
    const Comity__V1__BlockBody *body = (const Comity__V1__BlockBody *)message;
    assert_int_equal(body->n_acts, 3);
    assert_ptr_equal(body->acts[0].data, data + 2);
    assert_int_equal(body->acts[1].len, 0);
    assert_ptr_equal(body->acts[2].data, data + 8);
    assert_int_equal(strict_unpack(BODY, bytes, 3, &arena, &message, &fault), COMITY_OK);
    body = (const Comity__V1__BlockBody *)message;
    assert_ptr_not_equal(body->acts[0].data, data + 2);
    assert_memory_equal(body->acts[0].data, "ab", 2);
}

/* Whatever message of the protocol: bytes that unpack are the bytes that pack again, and
 * protobuf-c reads the same from them. */
static void random_bytes_unpack_only_if_they_pack_to_the_same(void **state)
{
    (void)state;
    static const ProtobufCMessageDescriptor *const descriptors[] = {
        ACT,
        TERM,
        GROUP,
        CERT,
        STATUS,
        BODY,
        &comity__v1__charter__descriptor,
        &comity__v1__peer_message__descriptor,
        &comity__v1__request__descriptor,
        &comity__v1__response__descriptor,
    };
    uint64_t random = 20260101;
    uint32_t accepted = 0;
    for (uint32_t round = 0; round < 60000; round++) {
        uint8_t data[24];
        random = random * 6364136223846793005u + 1442695040888963407u;
        size_t size = (size_t)(random >> 60);
        for (size_t i = 0; i < size; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            /* Small numbers are likely tags and lengths. */
            data[i] = (uint8_t)((random >> 40 & 3) != 0 ? random >> 56 & 0x1F : random >> 56);
        }
        const ProtobufCMessageDescriptor *descriptor = descriptors[round % 10];
        ProtobufCMessage *message;
        struct buffer again = {0};
        if (strict_borrow(descriptor, bytes_of(data, size), 64, &arena, &message, NULL) ==
            COMITY_OK) {
            accepted++;
            assert_int_equal(strict_pack(message, &again), COMITY_OK);
            assert_true(bytes_equal(buffer_bytes(&again), bytes_of(data, size)));
            ProtobufCMessage *other = protobuf_c_message_unpack(descriptor, NULL, size, data);
            assert_non_null(other);
            buffer_clear(&again);
            assert_int_equal(strict_pack(other, &again), COMITY_OK);
            assert_true(bytes_equal(buffer_bytes(&again), bytes_of(data, size)));
            protobuf_c_message_free_unpacked(other, NULL);
        }
        buffer_free(&again);
        arena_reset(&arena);
    }
    assert_true(accepted > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(what_is_not_the_one_encoding_is_refused_and_named),
        T(numbers_come_as_protobuf_writes_them),
        T(an_empty_message_is_one_with_all_defaults),
        T(repeated_elements_are_counted_in_all),
        T(borrowed_bytes_point_into_what_came_and_others_do_not),
        T(random_bytes_unpack_only_if_they_pack_to_the_same),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
