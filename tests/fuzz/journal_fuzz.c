/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are a journal, a damaged one, or none. What was read once is read again, after a torn
 * tail was cut just as before, and a journal that opened takes another record and gives it back.
 * The first byte says whether sizes, marks and checksums are made right first, so that what lies
 * behind them is reached. The file is in memory; syncing it is nothing. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "store/crc32c.h"
#include "store/journal_file.h"

static int memory = -1;
static char name[64];

static int open_memory(const char *path, int flags, mode_t mode)
{
    (void)flags, (void)mode;
    return open(path, O_RDWR | O_CLOEXEC); /* A description of its own, for the lock. */
}

static int sync_nothing(int file)
{
    (void)file;
    return 0;
}

static int rename_nothing(const char *from, const char *to)
{
    (void)from, (void)to;
    return 0;
}

static const struct journal_io io = {.open = open_memory,
                                     .pread = pread,
                                     .pwrite = pwrite,
                                     .allocate = posix_fallocate,
                                     .truncate = ftruncate,
                                     .fdatasync = sync_nothing,
                                     .fsync = sync_nothing,
                                     .rename = rename_nothing};

struct seen {
    uint64_t count;
    struct hash hash; /* Of everything so far. */
};

static enum comity_error see(void *context, const struct journal_record *record)
{
    struct seen *seen = context;
    struct hasher hasher;
    hasher_init(&hasher, "fuzz/journal");
    hasher_add(&hasher, seen->hash.bytes, HASH_SIZE);
    hasher_add(&hasher, record->forum.bytes, HASH_SIZE);
    hasher_add(&hasher, &record->epoch, sizeof record->epoch);
    hasher_add(&hasher, record->payload.data, record->payload.size);
    claim(record->kind >= JOURNAL_VOTE && record->kind <= JOURNAL_FINAL);
    claim(record->payload.size <= JOURNAL_PAYLOAD_MAX);
    seen->hash = hasher_finish(&hasher);
    seen->count++;
    return COMITY_OK;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    struct writer writer;
    writer_init(&writer, at, 4);
    writer_u32(&writer, value);
}

/* Header and records get right checksums, as far as their sizes lead. */
static void make_right(uint8_t *data, size_t size)
{
    if (size < JOURNAL_HEADER_SIZE)
        return;
    memcpy(data, JOURNAL_MAGIC, 8);
    put_u32(data + 8, JOURNAL_VERSION);
    uint32_t chain = crc32c(0, data, JOURNAL_HEADER_SIZE - 4);
    put_u32(data + JOURNAL_HEADER_SIZE - 4, chain);
    for (size_t at = JOURNAL_HEADER_SIZE; size - at >= JOURNAL_HEAD_SIZE;) {
        struct reader reader;
        reader_init(&reader, bytes_of(data + at, 5));
        size_t payload = reader_u32(&reader);
        uint8_t kind = reader_u8(&reader);
        uint8_t *body = data + at + JOURNAL_HEAD_SIZE;
        if (payload > size - at - JOURNAL_HEAD_SIZE || kind == 0)
            return;
        if (kind == JOURNAL_MARK && payload == JOURNAL_MARK_PAYLOAD_SIZE) {
            put_u32(body, 0);
            put_u32(body + 4, (uint32_t)at);
            put_u32(body + 16, crc32c(JOURNAL_VERSION, body, 16));
        }
        chain = crc32c(chain, data + at, JOURNAL_CHAIN_AT);
        chain = crc32c(chain, body, payload);
        put_u32(data + at + JOURNAL_CHAIN_AT, chain);
        at += JOURNAL_HEAD_SIZE + payload;
    }
}

static enum comity_error read_all(struct journal **ret_journal, struct seen *seen)
{
    struct fault fault = {{0}};
    *seen = (struct seen){0};
    *ret_journal = NULL;
    enum comity_error error = journal_open_with(&io, name, see, seen, ret_journal, &fault);
    claim(error == COMITY_OK || fault.text[0] != '\0');
    claim(error == COMITY_OK || error == COMITY_DAMAGED || error == COMITY_FOREIGN);
    claim((*ret_journal != NULL) == (error != COMITY_FOREIGN));
    return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct journal *journal;
    struct seen first, second;
    struct journal_record more = {.kind = JOURNAL_VOTE, .epoch = 7, .payload = bytes_of("vote", 4)};
    if (size == 0)
        return 0;
    if (memory < 0) {
        memory = memfd_create("journal", MFD_CLOEXEC);
        (void)snprintf(name, sizeof name, "/proc/self/fd/%d", memory);
    }
    struct bytes copy = fuzz_copy(data + 1, size - 1);
    if (data[0] % 2 == 1)
        make_right((uint8_t *)(uintptr_t)copy.data, copy.size);
    claim(ftruncate(memory, 0) == 0 &&
          pwrite(memory, copy.data, copy.size, 0) == (ssize_t)copy.size);
    enum comity_error error = read_all(&journal, &first);
    bool appends = error == COMITY_OK;
    if (journal != NULL)
        claim((journal_append(journal, &more) == COMITY_OK) == appends);
    if (appends)
        claim(journal_sync(journal) == COMITY_OK);
    journal_close(&journal);
    claim(read_all(&journal, &second) == error);
    if (appends)
        claim(see(&first, &more) == COMITY_OK);
    claim(first.count == second.count && hash_equal(&first.hash, &second.hash));
    journal_close(&journal);
    fuzz_drop(&copy);
    return 0;
}
