/* SPDX-License-Identifier: Apache-2.0 */
/* The journal above a disk whose k-th call fails, for every k. */
#include "journal_harness.h"

/* Faults: the call number `fail_at` of a scenario fails, in one of four ways. */
enum failure { FAIL_IO, FAIL_FULL, FAIL_SHORT_THEN_FULL, FAIL_FOREVER, FAILURES_COUNT };
static struct {
    enum failure failure;
    int fail_at;
    int calls;
    bool short_done;
} faults;

static bool failing(void)
{
    int call = faults.calls++;
    bool now = faults.failure == FAIL_FOREVER ? call >= faults.fail_at : call == faults.fail_at;
    if (now)
        errno = faults.failure == FAIL_FULL ? ENOSPC : EIO;
    return now;
}

static int faulty_open(const char *name, int flags, mode_t mode)
{
    return failing() ? -1 : open(name, flags, mode);
}

static ssize_t faulty_pread(int file, void *data, size_t size, off_t offset)
{
    return failing() ? -1 : pread(file, data, size, offset);
}

static ssize_t faulty_pwrite(int file, const void *data, size_t size, off_t offset)
{
    if (!failing())
        return pwrite(file, data, size, offset);
    if (faults.failure == FAIL_SHORT_THEN_FULL && size > 1) {
        faults.fail_at++; /* And the next call says why. */
        return pwrite(file, data, size / 2, offset);
    }
    return -1;
}

static int faulty_allocate(int file, off_t offset, off_t size)
{
    return failing() ? errno : posix_fallocate(file, offset, size);
}

static int faulty_truncate(int file, off_t size)
{
    return failing() ? -1 : ftruncate(file, size);
}

static int faulty_fdatasync(int file)
{
    return failing() ? -1 : at_once(file);
}

static int faulty_fsync(int file)
{
    return failing() ? -1 : at_once(file);
}

static int faulty_rename(const char *from, const char *to)
{
    return failing() ? -1 : rename(from, to);
}

static const struct journal_io faulty_io = {
    .open = faulty_open,
    .pread = faulty_pread,
    .pwrite = faulty_pwrite,
    .allocate = faulty_allocate,
    .truncate = faulty_truncate,
    .fdatasync = faulty_fdatasync,
    .fsync = faulty_fsync,
    .rename = faulty_rename,
};

/* Appends and syncs, rotating in the middle; sets how many records are durable for certain and
 * how many were handed in. */
static void run_scenario(size_t *ret_durable, size_t *ret_appended)
{
    struct journal *journal = NULL;
    struct seen seen = {0};
    struct fault fault;
    *ret_durable = *ret_appended = 0;
    enum comity_error error =
        journal_open_with(&faulty_io, path, remember, &seen, &journal, &fault);
    if (error != COMITY_OK) {
        assert_true(error == COMITY_IO || error == COMITY_FULL);
        assert_null(journal);
        return;
    }
    for (uint64_t i = 0; i < 6; i++) {
        error = append(journal, i, i == 2 ? 900000 : 700);
        assert_true(error == COMITY_OK || error == COMITY_DAMAGED);
        if (error == COMITY_OK)
            (*ret_appended)++;
        error = journal_sync(journal);
        if (error == COMITY_OK)
            *ret_durable = *ret_appended;
        else
            assert_true(journal_is_dirty(journal) || error == COMITY_DAMAGED);
        if (i == 3 && error == COMITY_OK) {
            uint8_t numbers[4][8] = {{0}};
            struct journal_record kept[4];
            for (uint8_t k = 0; k < 4; k++) {
                numbers[k][7] = k;
                kept[k] = (struct journal_record){.kind = (enum journal_kind)(1 + k % 5),
                                                  .epoch = k * 3u,
                                                  .payload = bytes_of(numbers[k], 8)};
                kept[k].forum.bytes[7] = 0x77;
            }
            error = journal_rotate(journal, kept, 4);
            assert_true(error == COMITY_OK || error == COMITY_IO || error == COMITY_FULL ||
                        error == COMITY_DAMAGED);
        }
    }
    journal_close(&journal);
}

static void any_call_may_fail_and_nothing_durable_is_lost(void **state)
{
    (void)state;
    for (int failure = 0; failure < FAILURES_COUNT; failure++) {
        bool reached = true;
        for (int k = 0; reached; k++) {
            size_t durable = 0;
            size_t appended = 0;
            struct journal *journal = NULL;
            struct seen seen;
            (void)unlink(path);
            (void)unlink(new_path);
            memset(&faults, 0, sizeof faults);
            faults.failure = (enum failure)failure;
            faults.fail_at = k;
            run_scenario(&durable, &appended);
            reached = faults.calls > k;
            assert_int_equal(open_path(&journal, &seen), COMITY_OK);
            expect_consecutive(&seen, seen.count);
            assert_true(seen.count >= durable && seen.count <= appended);
            assert_int_equal(append(journal, seen.count, 64), COMITY_OK);
            assert_int_equal(journal_sync(journal), COMITY_OK);
            journal_close(&journal);
            assert_true(k < 200);
        }
    }
}

static void a_full_disk_is_over_when_there_is_space(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    struct seen seen = {0};
    memset(&faults, 0, sizeof faults);
    faults.fail_at = -1;
    assert_int_equal(journal_open_with(&faulty_io, path, remember, &seen, &journal, NULL),
                     COMITY_OK);
    assert_int_equal(append(journal, 0, 64), COMITY_OK);
    faults.failure = FAIL_FULL;
    faults.fail_at = faults.calls;
    assert_int_equal(journal_sync(journal), COMITY_FULL);
    assert_int_equal(append(journal, 1, 64), COMITY_OK);
    assert_int_equal(journal_sync(journal), COMITY_OK);
    journal_close(&journal);
    assert_int_equal(open_path(&journal, &seen), COMITY_OK);
    expect_consecutive(&seen, 2);
    journal_close(&journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEAN_TEST(any_call_may_fail_and_nothing_durable_is_lost),
        CLEAN_TEST(a_full_disk_is_over_when_there_is_space),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
