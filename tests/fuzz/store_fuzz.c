/* SPDX-License-Identifier: Apache-2.0 */
/* A database whose bytes were changed on disk: it does not open, or what is read from it is what
 * was written, or is refused. An input is a list of changes {place u24, count u8, bytes}, made to
 * a small database of ours. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "fuzz/fuzz.h"
#include "model/block.h"
#include "store/store.h"

enum { HEIGHTS = 6 };

static char path[512];
static struct buffer template;
static const struct hash forum = {{42}};

static void remove_files(void)
{
    char name[600];
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, ends[i]);
        (void)unlink(name);
    }
}

static struct store_block block_at(uint64_t height)
{
    static uint8_t header[BLOCK_HEADER_SIZE];
    static uint8_t body[700];
    memset(header, (int)height, sizeof header);
    memset(body, (int)height + 1, sizeof body);
    struct store_block block = {.height = height,
                                .view = height + 3,
                                .header = bytes_of(header, sizeof header),
                                .body = bytes_of(body, sizeof body),
                                .outcomes = bytes_of(header, 40)};
    block.hash = hash_of("fuzz/store", block.header);
    block.state_hash = hash_of("fuzz/store", block.body);
    if (height % 2 == 0)
        block.cert = bytes_of(body, 300);
    return block;
}

static void make_template(void)
{
    struct store *store;
    struct fault fault;
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/comity-fuzz-%ld.sqlite",
                   temporary != NULL ? temporary : "/tmp", (long)getpid());
    claim(atexit(remove_files) == 0);
    claim(store_open(path, &store, &fault) == COMITY_OK);
    claim(store_put_forum(store, &forum, "garden", bytes_of("charter", 7)) == COMITY_OK);
    for (uint64_t height = 1; height <= HEIGHTS; height++) {
        struct store_block block = block_at(height);
        claim(store_put_block(store, &forum, &block) == COMITY_OK);
    }
    claim(store_put_view_cert(store, &forum, 0, 9, 2, bytes_of("nullified", 9)) == COMITY_OK);
    claim(store_put_snapshot(store, &forum, 4, bytes_of("state", 5)) == COMITY_OK);
    claim(store_put_setting(store, "journal-instance", bytes_of("instance", 8)) == COMITY_OK);
    claim(store_put_request(store, &forum, bytes_of("key", 3), &forum, 5) == COMITY_OK);
    store_close(&store);
    template = fuzz_read(path);
}

static void write_changed(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(template.size);
    claim(bytes != NULL);
    memcpy(bytes, template.data, template.size);
    for (size_t at = 0; size - at >= 4;) {
        size_t place = (size_t)data[at] << 16 | (size_t)data[at + 1] << 8 | data[at + 2];
        size_t count = data[at + 3];
        at += 4;
        count = count > size - at ? size - at : count;
        for (size_t i = 0; i < count; i++)
            bytes[(place + i) % template.size] = data[at + i];
        at += count;
    }
    remove_files();
    FILE *file = fopen(path, "wbe");
    claim(file != NULL && fwrite(bytes, 1, template.size, file) == template.size);
    claim(fclose(file) == 0);
    free(bytes);
}

static enum comity_error see_cert(void *context, uint64_t view, uint8_t kind, struct bytes cert)
{
    (void)context, (void)view, (void)kind;
    claim(cert.data != NULL || cert.size == 0);
    return COMITY_OK;
}

static enum comity_error see_forum(void *context, const struct hash *hash, const char *name,
                                   struct bytes charter)
{
    (void)context, (void)hash, (void)charter;
    claim(strlen(name) < 1 << 20);
    return COMITY_OK;
}

/* A checksum stands over every block: whatever comes back is what was put. */
static void read_all(struct store *store, struct arena *arena)
{
    struct store_block got;
    struct hash act;
    struct bytes bytes;
    uint64_t number = 0;
    (void)!store_each_forum(store, see_forum, NULL);
    (void)!store_last_height(store, &forum, &number);
    for (uint64_t height = 1; height <= HEIGHTS; height++) {
        struct store_block put = block_at(height);
        if (store_get_block(store, &forum, height, arena, &got) == COMITY_OK) {
            claim(got.height == height && got.view == put.view);
            claim(hash_equal(&got.hash, &put.hash) && bytes_equal(got.body, put.body));
            claim(bytes_equal(got.header, put.header) && bytes_equal(got.outcomes, put.outcomes));
        }
        (void)!store_find_block(store, &forum, &put.hash, arena, &got);
        (void)!store_find_cert(store, &forum, height, &number);
    }
    (void)!store_each_view_cert(store, &forum, 0, 0, see_cert, NULL);
    (void)!store_get_snapshot(store, &forum, arena, &number, &bytes);
    (void)!store_get_setting(store, "journal-instance", arena, &bytes);
    (void)!store_get_request(store, &forum, bytes_of("key", 3), &act, &number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store *store = NULL;
    struct arena arena;
    struct fault fault = {{0}};
    if (template.size == 0)
        make_template();
    write_changed(data, size);
    arena_init(&arena, 64 * 1024 * 1024);
    enum comity_error error = store_open(path, &store, &fault);
    claim(error == COMITY_OK || fault.text[0] != '\0');
    if (error == COMITY_OK) {
        struct store_block more = block_at(HEIGHTS + 1);
        read_all(store, &arena);
        (void)!store_put_block(store, &forum, &more);
        store_close(&store);
    }
    arena_free(&arena);
    return 0;
}
