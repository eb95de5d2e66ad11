/* SPDX-License-Identifier: Apache-2.0 */
/* journal_harness.h - numbered records in a journal of a directory of its own. */
#ifndef COMITY_TESTS_JOURNAL_HARNESS_H
#define COMITY_TESTS_JOURNAL_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/crc32c.h"
#include "store/journal_file.h"

enum { SEEN_MAX = 256 };

static char directory[64];
static char path[96];
static char new_path[104];

/* What a replay showed: each record's payload begins with its number. */
struct seen {
    size_t count;
    uint64_t numbers[SEEN_MAX];
    size_t sizes[SEEN_MAX];
};

static inline enum comity_error remember(void *context, const struct journal_record *record)
{
    struct seen *seen = context;
    struct reader reader;
    reader_init(&reader, record->payload);
    assert_true(seen->count < SEEN_MAX);
    seen->numbers[seen->count] = reader_u64(&reader);
    seen->sizes[seen->count++] = record->payload.size;
    assert_int_equal(record->kind, 1 + seen->numbers[seen->count - 1] % 5);
    assert_int_equal(record->epoch, seen->numbers[seen->count - 1] * 3);
    assert_int_equal(record->forum.bytes[7], 0x77);
    return COMITY_OK;
}

static inline enum comity_error append(struct journal *journal, uint64_t number, size_t size)
{
    uint8_t *payload = malloc(size);
    assert_non_null(payload);
    for (size_t i = 0; i < size; i++)
        payload[i] = (uint8_t)(i * 7 + number + 1);
    struct writer writer;
    writer_init(&writer, payload, size);
    writer_u64(&writer, number);
    struct journal_record record = {
        .kind = (enum journal_kind)(1 + number % 5),
        .epoch = number * 3,
        .payload = bytes_of(payload, size),
    };
    record.forum.bytes[7] = 0x77;
    enum comity_error error = journal_append(journal, &record);
    free(payload);
    return error;
}

static inline int file_opened(const char *name, int flags, mode_t mode)
{
    return open(name, flags, mode);
}

/* What a disk does with a sync is not tested here, only what we do: no need to wait for it. */
static inline int at_once(int file)
{
    (void)file;
    return 0;
}

static const struct journal_io quick_io = {
    .open = file_opened,
    .pread = pread,
    .pwrite = pwrite,
    .allocate = posix_fallocate,
    .truncate = ftruncate,
    .fdatasync = at_once,
    .fsync = at_once,
    .rename = rename,
};

static inline enum comity_error open_path(struct journal **ret_journal, struct seen *ret_seen)
{
    struct fault fault = {""};
    memset(ret_seen, 0, sizeof *ret_seen);
    enum comity_error error =
        journal_open_with(&quick_io, path, remember, ret_seen, ret_journal, &fault);
    if (error != COMITY_OK)
        assert_true(strstr(fault.text, path) != NULL);
    return error;
}

static inline void expect_consecutive(const struct seen *seen, size_t count)
{
    assert_int_equal(seen->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(seen->numbers[i], i);
}

static inline int setup(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/comity-journal-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/votes.journal", directory);
    (void)snprintf(new_path, sizeof new_path, "%s.new", path);
    return 0;
}

static inline int clean(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(new_path);
    return 0;
}

static inline int teardown(void **state)
{
    (void)clean(state);
    return rmdir(directory);
}

#define CLEAN_TEST(name) cmocka_unit_test_setup(name, clean)

#endif
