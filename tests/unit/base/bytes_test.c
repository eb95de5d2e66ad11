/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/bytes.h"

static void what_a_writer_wrote_a_reader_reads(void **state)
{
    (void)state;
    uint8_t data[64];
    struct writer writer;
    struct reader reader;
    writer_init(&writer, data, sizeof data);
    writer_u8(&writer, 0x01);
    writer_u16(&writer, 0x0203);
    writer_u32(&writer, 0x04050607);
    writer_u64(&writer, 0x08090a0b0c0d0e0f);
    writer_i64(&writer, -2);
    writer_text(&writer, "abc");
    writer_text(&writer, NULL);
    writer_raw(&writer, "xy", 2);
    assert_false(writer.failed);
    for (uint8_t i = 0; i < 15; i++)
        assert_int_equal(data[i], i + 1); /* Big-endian. */
    reader_init(&reader, bytes_of(data, writer.size));
    assert_int_equal(reader_u8(&reader), 0x01);
    assert_int_equal(reader_u16(&reader), 0x0203);
    assert_int_equal(reader_u32(&reader), 0x04050607);
    assert_true(reader_u64(&reader) == 0x08090a0b0c0d0e0f);
    assert_true(reader_i64(&reader) == -2);
    assert_true(bytes_equal(reader_bytes(&reader), bytes_of_text("abc")));
    assert_int_equal(reader_bytes(&reader).size, 0);
    assert_false(reader_done(&reader));
    assert_true(bytes_equal(reader_take(&reader, 2), bytes_of_text("xy")));
    assert_true(reader_done(&reader));
    assert_int_equal(reader_u8(&reader), 0);
    assert_true(reader.failed && !reader_done(&reader));
}

/* Whatever size of memory: nothing is written behind it, and failing once is failing. */
static void a_full_writer_fails_and_stays_so(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity < 12; capacity++) {
        uint8_t data[16];
        struct writer writer;
        memset(data, 0xee, sizeof data);
        writer_init(&writer, data, capacity);
        writer_u64(&writer, 1);
        writer_u32(&writer, 2);
        assert_true(writer.failed);
        assert_true(writer.size == (capacity < 8 ? 0u : 8u));
        writer_raw(&writer, "", 0);
        writer_u8(&writer, 3);
        assert_true(writer.failed && writer.size <= capacity);
        for (size_t i = capacity; i < sizeof data; i++)
            assert_int_equal(data[i], 0xee);
    }
}

static void a_reader_never_reads_past_its_end(void **state)
{
    (void)state;
    static const uint8_t lying[] = {0xff, 0xff, 0xff, 0xff, 1, 2};
    struct reader reader;
    reader_init(&reader, bytes_of(lying, sizeof lying));
    struct bytes taken = reader_bytes(&reader);
    assert_true(reader.failed && taken.size == 0 && taken.data == NULL);
    assert_int_equal(reader_u16(&reader), 0);
    for (size_t size = 0; size < 8; size++) {
        uint8_t raw[8];
        memset(raw, 7, sizeof raw);
        reader_init(&reader, bytes_of(lying, size < 6 ? size : 6));
        assert_true(reader_u64(&reader) == 0 && reader.failed);
        reader_raw(&reader, raw, sizeof raw);
        for (size_t i = 0; i < sizeof raw; i++)
            assert_int_equal(raw[i], 0);
    }
    reader_init(&reader, bytes_of(lying, 6));
    assert_int_equal(reader_take(&reader, SIZE_MAX).size, 0);
    assert_true(reader.failed);
    reader_init(&reader, bytes_of(NULL, 0));
    assert_true(reader_done(&reader));
}

static void a_buffer_grows_and_refuses_the_impossible(void **state)
{
    (void)state;
    struct buffer buffer = {0};
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(buffer_append(&buffer, &i, sizeof i), COMITY_OK);
    assert_int_equal(buffer.size, 4000);
    uint32_t last = 0;
    memcpy(&last, buffer.data + 3996, sizeof last);
    assert_int_equal(last, 999);
    assert_int_equal(buffer_append(&buffer, NULL, 0), COMITY_OK);
    assert_int_equal(buffer_reserve(&buffer, SIZE_MAX), COMITY_MEMORY);
    assert_int_equal(buffer_reserve(&buffer, SIZE_MAX / 2), COMITY_MEMORY);
    assert_int_equal(buffer_bytes(&buffer).size, 4000);
    buffer_clear(&buffer);
    assert_int_equal(buffer_bytes(&buffer).size, 0);
    buffer_free(&buffer);
    assert_null(buffer.data);
    buffer_free(&buffer);
    buffer_free(NULL);
}

static void hexadecimal_is_exact(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "0", "0a0", "0a0g", "0a0b0", "0a0b0c", " a0b", "0x0a"};
    uint8_t raw[2] = {9, 9};
    char text[5];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(hex_to_bytes(wrong[i], raw, 2), COMITY_INVALID);
        assert_true(raw[0] == 9 && raw[1] == 9);
    }
    assert_int_equal(hex_to_bytes("fE0a", raw, 2), COMITY_OK);
    hex_from_bytes(raw, 2, text);
    assert_string_equal(text, "fe0a");
    assert_int_equal(hex_to_bytes("", raw, 0), COMITY_OK);
}

static void only_well_formed_text_is_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        bool valid;
    } rows[] = {
        {"", 0, true},
        {"plain", 5, true},
        {"\x7f", 1, true},
        {"\xc2\x80", 2, true},
        {"\xdf\xbf", 2, true},
        {"\xe0\xa0\x80", 3, true},
        {"\xed\x9f\xbf", 3, true},
        {"\xee\x80\x80", 3, true},
        {"\xef\xbf\xbf", 3, true},
        {"\xf0\x90\x80\x80", 4, true},
        {"\xf4\x8f\xbf\xbf", 4, true},
        {"a\0b", 3, false},     /* A zero byte. */
        {"\x80", 1, false},     /* A continuation first. */
        {"\xc0\xaf", 2, false}, /* Overlong. */
        {"\xc1\xbf", 2, false},
        {"\xe0\x9f\xbf", 3, false},
        {"\xf0\x8f\xbf\xbf", 4, false},
        {"\xed\xa0\x80", 3, false}, /* Surrogates. */
        {"\xed\xbf\xbf", 3, false},
        {"\xf4\x90\x80\x80", 4, false}, /* Above U+10FFFF. */
        {"\xf5\x80\x80\x80", 4, false},
        {"\xff", 1, false},
        {"\xc2", 1, false}, /* Cut short. */
        {"\xe2\x82", 2, false},
        {"\xf0\x9f\x98", 3, false},
        {"\xe2\x28\xa1", 3, false}, /* Interrupted. */
        {"\xc2\x80\x80", 3, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(utf8_is_valid(bytes_of(rows[i].bytes, rows[i].size)), rows[i].valid);
}

static void equal_bytes_are_equal(void **state)
{
    (void)state;
    assert_true(bytes_equal(bytes_of(NULL, 0), bytes_of_text("")));
    assert_true(bytes_equal(bytes_of_text("ab"), bytes_of("abc", 2)));
    assert_false(bytes_equal(bytes_of_text("ab"), bytes_of_text("abc")));
    assert_false(bytes_equal(bytes_of_text("ab"), bytes_of_text("ac")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_writer_wrote_a_reader_reads),
        cmocka_unit_test(a_full_writer_fails_and_stays_so),
        cmocka_unit_test(a_reader_never_reads_past_its_end),
        cmocka_unit_test(a_buffer_grows_and_refuses_the_impossible),
        cmocka_unit_test(hexadecimal_is_exact),
        cmocka_unit_test(only_well_formed_text_is_utf8),
        cmocka_unit_test(equal_bytes_are_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
