/* SPDX-License-Identifier: Apache-2.0 */
#include "journal_harness.h"

enum { IMAGE_SIZE_MAX = 16384 };

static uint8_t *read_image(size_t *ret_size)
{
    struct stat status;
    int file = open(path, O_RDONLY);
    assert_true(file >= 0);
    assert_int_equal(fstat(file, &status), 0);
    *ret_size = (size_t)status.st_size;
    if (*ret_size > IMAGE_SIZE_MAX)
        *ret_size = IMAGE_SIZE_MAX; /* Only preallocated zeros follow. */
    uint8_t *image = malloc(*ret_size);
    assert_non_null(image);
    assert_int_equal(read(file, image, *ret_size), *ret_size);
    assert_int_equal(close(file), 0);
    return image;
}

static void write_image(const uint8_t *image, size_t size, size_t file_size)
{
    (void)unlink(path); /* Truncating a file makes some file systems wait for the disk. */
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, image, size), size);
    assert_int_equal(ftruncate(file, (off_t)file_size), 0);
    assert_int_equal(close(file), 0);
}

/* Records 0..1 in one batch, 2..5 in the next. Returns the used size; batches begin at
 * ret_starts[0] and [1]. */
static uint64_t make_two_batches(uint64_t ret_starts[2])
{
    struct journal *journal = NULL;
    struct seen seen;
    (void)unlink(path);
    assert_int_equal(open_path(&journal, &seen), COMITY_OK);
    ret_starts[0] = journal_size(journal);
    assert_int_equal(append(journal, 0, 100), COMITY_OK);
    assert_int_equal(append(journal, 1, 8), COMITY_OK);
    assert_int_equal(journal_sync(journal), COMITY_OK);
    ret_starts[1] = journal_size(journal);
    for (uint64_t i = 2; i < 6; i++)
        assert_int_equal(append(journal, i, i == 3 ? 1500 : 300), COMITY_OK);
    assert_int_equal(journal_sync(journal), COMITY_OK);
    uint64_t size = journal_size(journal);
    journal_close(&journal);
    return size;
}

static void both_checksums_agree_with_the_published_value(void **state)
{
    (void)state;
    uint8_t data[64];
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 37);
    for (size_t size = 0; size <= sizeof data; size++) {
        assert_int_equal(crc32c(7, data, size), crc32c_portable(7, data, size));
        assert_int_equal(crc32c(crc32c(7, data, size / 2), data + size / 2, size - size / 2),
                         crc32c(7, data, size));
    }
}

static void what_was_synced_comes_back_and_what_was_not_does_not(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    struct seen seen;
    uint8_t instance[2][16];
    memset(&seen, 0, sizeof seen);
    assert_int_equal(journal_open(path, remember, &seen, &journal, NULL), COMITY_OK);
    expect_consecutive(&seen, 0);
    journal_instance(journal, instance[0]);
    for (uint64_t i = 0; i < 40; i++) {
        assert_int_equal(append(journal, i, 8 + i * 131), COMITY_OK);
        assert_true(journal_is_dirty(journal));
        if (i % 3 == 0)
            assert_int_equal(journal_sync(journal), COMITY_OK);
    }
    assert_int_equal(journal_sync(journal), COMITY_OK);
    assert_false(journal_is_dirty(journal));
    assert_int_equal(journal_sync(journal), COMITY_OK);
    assert_int_equal(append(journal, 40, 8), COMITY_OK);
    journal_close(&journal);
    assert_int_equal(open_path(&journal, &seen), COMITY_OK);
    expect_consecutive(&seen, 40);
    assert_int_equal(seen.sizes[39], 8 + 39 * 131);
    journal_instance(journal, instance[1]);
    assert_memory_equal(instance[0], instance[1], 16);
    journal_close(&journal);
    assert_null(journal);
    journal_close(&journal);
    journal_close(NULL);
}

static void the_largest_payload_fits_and_a_larger_one_is_refused(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    struct seen seen;
    assert_int_equal(open_path(&journal, &seen), COMITY_OK);
    assert_int_equal(append(journal, 0, JOURNAL_PAYLOAD_MAX + 1), COMITY_LIMIT);
    assert_false(journal_is_dirty(journal));
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(append(journal, i, JOURNAL_PAYLOAD_MAX), COMITY_OK);
    assert_int_equal(journal_sync(journal), COMITY_OK);
    journal_close(&journal);
    assert_int_equal(open_path(&journal, &seen), COMITY_OK);
    expect_consecutive(&seen, 3);
    journal_close(&journal);
}

static void a_second_daemon_is_turned_away(void **state)
{
    (void)state;
    struct journal *first = NULL;
    struct journal *second = NULL;
    struct seen seen;
    assert_int_equal(open_path(&first, &seen), COMITY_OK);
    assert_int_equal(open_path(&second, &seen), COMITY_BUSY);
    assert_int_equal(journal_rotate(first, NULL, 0), COMITY_OK);
    assert_int_equal(open_path(&second, &seen), COMITY_BUSY);
    assert_null(second);
    journal_close(&first);
    assert_int_equal(open_path(&second, &seen), COMITY_OK);
    journal_close(&second);
}

static void rotation_keeps_the_given_records_and_the_instance(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    struct seen seen;
    uint8_t instance[2][16];
    uint8_t payload[8] = {0};
    assert_int_equal(open_path(&journal, &seen), COMITY_OK);
    journal_instance(journal, instance[0]);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(append(journal, i, 500), COMITY_OK);
    struct journal_record kept = {.kind = JOURNAL_VOTE, .payload = bytes_of(payload, 8)};
    kept.forum.bytes[7] = 0x77;
    assert_int_equal(journal_rotate(journal, &kept, 1), COMITY_BUSY);
    assert_int_equal(journal_sync(journal), COMITY_OK);
    uint64_t before = journal_size(journal);
    assert_int_equal(journal_rotate(journal, &kept, 1), COMITY_OK);
    assert_true(journal_size(journal) < before);
    assert_int_equal(append(journal, 1, 20), COMITY_OK);
    assert_int_equal(journal_sync(journal), COMITY_OK);
    journal_close(&journal);
    assert_int_equal(open_path(&journal, &seen), COMITY_OK);
    expect_consecutive(&seen, 2);
    journal_instance(journal, instance[1]);
    assert_memory_equal(instance[0], instance[1], 16);
    journal_close(&journal);
    assert_int_equal(access(new_path, F_OK), -1);
}

/* Each prefix of the file, with and without preallocated zeros behind it. */
static void a_tail_cut_anywhere_is_torn_and_appending_goes_on(void **state)
{
    (void)state;
    uint64_t starts[2];
    size_t image_size = 0;
    size_t used = (size_t)make_two_batches(starts);
    uint8_t *image = read_image(&image_size);
    for (size_t cut = starts[1]; cut <= used; cut += cut + 7 < used ? 7 : 1) {
        struct journal *journal = NULL;
        struct seen seen;
        write_image(image, cut, cut % 2 == 0 ? cut : used + 4096);
        assert_int_equal(open_path(&journal, &seen), COMITY_OK);
        assert_true(seen.count >= 2 && (cut == used) == (seen.count == 6));
        expect_consecutive(&seen, seen.count);
        size_t count = seen.count;
        assert_int_equal(append(journal, count, 30), COMITY_OK);
        assert_int_equal(journal_sync(journal), COMITY_OK);
        journal_close(&journal);
        assert_int_equal(open_path(&journal, &seen), COMITY_OK);
        expect_consecutive(&seen, count + 1);
        journal_close(&journal);
    }
    free(image);
}

/* A disk may write the sectors of the last batch in any order, or not at all. */
static void any_sectors_missing_from_the_last_batch_are_a_torn_tail(void **state)
{
    (void)state;
    uint64_t starts[2];
    size_t image_size = 0;
    size_t used = (size_t)make_two_batches(starts);
    uint8_t *image = read_image(&image_size);
    size_t first = starts[1] / JOURNAL_SECTOR_SIZE;
    size_t sectors = (used - 1) / JOURNAL_SECTOR_SIZE - first + 1;
    assert_true(sectors >= 4 && sectors < 12);
    for (size_t missing = 1; missing < (size_t)1 << sectors; missing++) {
        uint8_t *changed = malloc(used);
        assert_non_null(changed);
        memcpy(changed, image, used);
        for (size_t at = starts[1]; at < used; at++) {
            if (missing >> (at / JOURNAL_SECTOR_SIZE - first) & 1)
                changed[at] = 0;
        }
        struct journal *journal = NULL;
        struct seen seen;
        write_image(changed, used, image_size);
        assert_int_equal(open_path(&journal, &seen), COMITY_OK);
        assert_true(seen.count >= 2 && seen.count < 6);
        expect_consecutive(&seen, seen.count);
        journal_close(&journal);
        free(changed);
    }
    free(image);
}

static void a_changed_byte_before_the_last_record_is_damage_and_stops_appends(void **state)
{
    (void)state;
    uint64_t starts[2];
    size_t image_size = 0;
    size_t used = (size_t)make_two_batches(starts);
    uint8_t *image = read_image(&image_size);
    size_t last = used - JOURNAL_HEAD_SIZE - 300;
    for (size_t at = 8; at < last; at += 3) {
        struct journal *journal = NULL;
        struct seen seen;
        image[at] ^= 0x10;
        write_image(image, used, image_size);
        assert_int_equal(open_path(&journal, &seen), COMITY_DAMAGED);
        assert_non_null(journal);
        expect_consecutive(&seen, seen.count);
        assert_true(seen.count < 6 && (at < starts[1] ? seen.count <= 2 : seen.count >= 2));
        assert_int_equal(append(journal, 9, 8), COMITY_DAMAGED);
        assert_int_equal(journal_sync(journal), COMITY_DAMAGED);
        assert_int_equal(journal_rotate(journal, NULL, 0), COMITY_DAMAGED);
        journal_close(&journal);
        size_t kept_size = 0;
        uint8_t *kept = read_image(&kept_size);
        assert_int_equal(kept_size, image_size);
        assert_memory_equal(kept, image, used);
        free(kept);
        image[at] ^= 0x10;
    }
    free(image);
}

static void a_zeroed_sector_of_an_earlier_batch_is_damage(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    struct seen seen;
    size_t image_size = 0;
    assert_int_equal(open_path(&journal, &seen), COMITY_OK);
    for (uint64_t i = 0; i < 4; i++) {
        assert_int_equal(append(journal, i, 2000), COMITY_OK);
        assert_int_equal(journal_sync(journal), COMITY_OK);
    }
    journal_close(&journal);
    uint8_t *image = read_image(&image_size);
    memset(image + 1024, 0, JOURNAL_SECTOR_SIZE);
    write_image(image, image_size, image_size);
    assert_int_equal(open_path(&journal, &seen), COMITY_DAMAGED);
    journal_close(&journal);
    free(image);
}

static void other_files_and_newer_versions_are_foreign(void **state)
{
    (void)state;
    uint64_t starts[2];
    size_t image_size = 0;
    struct journal *journal = NULL;
    struct seen seen;
    uint8_t header[JOURNAL_HEADER_SIZE];
    (void)make_two_batches(starts);
    uint8_t *image = read_image(&image_size);
    write_image((const uint8_t *)"SQLite format 3", 16, 4096);
    assert_int_equal(open_path(&journal, &seen), COMITY_FOREIGN);
    assert_null(journal);
    memcpy(header, image, sizeof header);
    header[11] = JOURNAL_VERSION + 1;
    uint32_t crc = crc32c(0, header, sizeof header - 4);
    struct writer writer;
    writer_init(&writer, header + sizeof header - 4, 4);
    writer_u32(&writer, crc);
    write_image(header, sizeof header, 4096);
    assert_int_equal(open_path(&journal, &seen), COMITY_FOREIGN);
    assert_null(journal);
    /* An emptied file is a loss, not a new beginning. */
    write_image(image, 0, 0);
    assert_int_equal(open_path(&journal, &seen), COMITY_DAMAGED);
    journal_close(&journal);
    write_image(image, 0, 8192);
    assert_int_equal(open_path(&journal, &seen), COMITY_DAMAGED);
    journal_close(&journal);
    free(image);
}

static enum comity_error refuse(void *context, const struct journal_record *record)
{
    (void)context;
    return record->payload.size == 8 ? COMITY_CONFLICT : COMITY_OK;
}

static void a_visitor_can_stop_the_replay(void **state)
{
    (void)state;
    uint64_t starts[2];
    struct journal *journal = NULL;
    struct fault fault;
    (void)make_two_batches(starts);
    assert_int_equal(journal_open(path, refuse, NULL, &journal, &fault), COMITY_CONFLICT);
    assert_null(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEAN_TEST(both_checksums_agree_with_the_published_value),
        CLEAN_TEST(what_was_synced_comes_back_and_what_was_not_does_not),
        CLEAN_TEST(the_largest_payload_fits_and_a_larger_one_is_refused),
        CLEAN_TEST(a_second_daemon_is_turned_away),
        CLEAN_TEST(rotation_keeps_the_given_records_and_the_instance),
        CLEAN_TEST(a_tail_cut_anywhere_is_torn_and_appending_goes_on),
        CLEAN_TEST(any_sectors_missing_from_the_last_batch_are_a_torn_tail),
        CLEAN_TEST(a_changed_byte_before_the_last_record_is_damage_and_stops_appends),
        CLEAN_TEST(a_zeroed_sector_of_an_earlier_batch_is_damage),
        CLEAN_TEST(other_files_and_newer_versions_are_foreign),
        CLEAN_TEST(a_visitor_can_stop_the_replay),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
