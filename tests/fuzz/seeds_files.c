/* SPDX-License-Identifier: Apache-2.0 */
/* seeds_files.c - what a daemon reads back from its own disk. */
#include <string.h>
#include <unistd.h>

#include "charter/charter.h"
#include "forum/forum.h"
#include "fuzz/seeds.h"
#include "store/journal_file.h"

static const char *const charters[] = {"bilateral", "classroom", "g7", "nato", "paris-agreement"};

static void write_charters(void)
{
    static const uint8_t nonce[16] = {1};
    const struct charter_options options = {.key_source = fuzz_key, .nonce = nonce};
    for (size_t i = 0; i < sizeof charters / sizeof *charters; i++) {
        struct arena arena;
        struct yaml_node *root;
        struct buffer bytes = {0};
        char path[1024];
        arena_init(&arena, 0);
        (void)snprintf(path, sizeof path, "%s/configs/forums/%s.yaml", COMITY_SOURCE_DIR,
                       charters[i]);
        claim(yaml_read(path, &arena, &root, NULL) == COMITY_OK);
        claim(charter_compile(root, &options, NULL, NULL, &bytes, NULL) == COMITY_OK);
        seed_write("charter", charters[i], -1, buffer_bytes(&bytes));
        buffer_free(&bytes);
        arena_free(&arena);
    }
}

/* Two batches as journal_sync lays them out, with records of every kind. */
static void write_journals(void)
{
    struct buffer file = {0};
    uint8_t header[JOURNAL_HEADER_SIZE];
    const uint8_t instance[JOURNAL_INSTANCE_SIZE] = {1, 2, 3};
    uint32_t chain = journal_header_write(instance, header);
    claim(buffer_append(&file, header, sizeof header) == COMITY_OK);
    seed_write("journal", "empty", 0, buffer_bytes(&file));
    for (int batch = 0; batch < 2; batch++) {
        struct buffer bytes = {0};
        uint8_t mark[JOURNAL_MARK_SIZE] = {0};
        claim(buffer_append(&bytes, mark, sizeof mark) == COMITY_OK);
        for (int kind = JOURNAL_VOTE; kind <= JOURNAL_FINAL; kind++) {
            uint8_t head[JOURNAL_HEAD_SIZE] = {0};
            struct writer writer;
            writer_init(&writer, head, sizeof head);
            writer_u32(&writer, 12);
            writer_u8(&writer, (uint8_t)kind);
            claim(buffer_append(&bytes, head, sizeof head) == COMITY_OK);
            claim(buffer_append(&bytes, "twelve bytes", 12) == COMITY_OK);
        }
        chain = journal_seal_batch(&bytes, file.size, chain);
        claim(buffer_append(&file, bytes.data, bytes.size) == COMITY_OK);
        buffer_free(&bytes);
    }
    seed_write("journal", "two-batches", 0, buffer_bytes(&file));
    seed_write("journal", "two-batches-made-right", 1, buffer_bytes(&file));
    seed_write("journal", "torn", 0, bytes_of(file.data, file.size - 5));
    static const uint8_t zeros[2000];
    claim(buffer_append(&file, zeros, sizeof zeros) == COMITY_OK);
    seed_write("journal", "preallocated", 0, buffer_bytes(&file));
    file.data[200] ^= 1;
    seed_write("journal", "damaged", 0, buffer_bytes(&file));
    buffer_free(&file);
}

struct room {
    struct arena arena;
    const struct charter *charter;
    struct forum *forum;
    struct act acts[8];
    uint32_t acts_count;
    uint64_t seqs[SEATS_MAX], ids, height;
};

static struct act *say(struct room *self, uint32_t seat, enum act_kind kind)
{
    struct act *act = &self->acts[self->acts_count++];
    *act = (struct act){.forum = self->charter->id,
                        .seat = seat,
                        .seq = ++self->seqs[seat],
                        .signed_ms = 1000,
                        .kind = kind};
    act->id.bytes[0] = (uint8_t)++self->ids;
    return act;
}

static void apply(struct room *self)
{
    struct outcomes outcomes;
    struct forum_block block = {++self->height, (int64_t)self->height * 100, self->acts,
                                self->acts_count};
    claim(forum_apply(self->forum, &block, &outcomes) == COMITY_OK);
    self->acts_count = 0;
}

static void save(const struct room *self, const char *name)
{
    struct writer writer;
    size_t size = forum_save_size(self->forum);
    uint8_t *data = malloc(size);
    claim(data != NULL);
    writer_init(&writer, data, size);
    forum_save(self->forum, &writer);
    claim(!writer.failed && writer.size == size);
    seed_write("snapshot", name, -1, bytes_of(data, size));
    free(data);
}

static void propose_and_answer(struct room *self)
{
    struct act *act = say(self, 0, ACT_PROPOSE);
    act->as.propose.title = "a draft";
    act->as.propose.rule = self->charter->rules[1].name;
    act->as.propose.topic = "fish";
    act->as.propose.binding = true;
    act->has_text = true;
    act->text = bytes_of_text("Whereas.\n1. One.\n");
    act->text_hash = hash_of("comity/text/v1", act->text);
    struct act *alone = say(self, 1, ACT_ALONE);
    alone->as.alone.title = "alone";
    alone->as.alone.topic = "cables";
    apply(self);
    save(self, "open");
    const struct forum_proposal *is = forum_proposal(self->forum, 1);
    claim(is != NULL);
    for (uint32_t seat = 0; seat < 2; seat++) {
        act = say(self, seat, ACT_BALLOT);
        act->as.ballot.proposal = is->id;
        act->as.ballot.text_hash = is->text.hash;
        act->as.ballot.rule_hash = is->rule->hash;
        act->as.ballot.answer = ANSWER_YES;
    }
    apply(self);
    apply(self);
    save(self, "answered");
}

static void write_snapshots(void)
{
    struct room room = {0};
    struct buffer hex = fuzz_read(COMITY_SOURCE_DIR "/tests/golden/charter/crisis.hex");
    while (hex.size > 0 && hex.data[hex.size - 1] <= ' ')
        hex.size--;
    claim(buffer_append(&hex, "", 1) == COMITY_OK);
    size_t size = (hex.size - 1) / 2;
    arena_init(&room.arena, 0);
    uint8_t *bytes = arena_alloc(&room.arena, size);
    claim(hex_to_bytes((const char *)hex.data, bytes, size) == COMITY_OK);
    claim(charter_decode(bytes_of(bytes, size), &room.arena, &room.charter, NULL) == COMITY_OK);
    claim(forum_create(&room.arena, room.charter, &room.forum, NULL) == COMITY_OK);
    save(&room, "new");
    for (uint32_t seat = 0; seat < room.charter->seats_count; seat++)
        say(&room, seat, ACT_JOIN)->as.join.charter_hash = room.charter->id;
    struct act *roll = say(&room, 3, ACT_PROCEDURE);
    roll->as.procedure.ruling = RULING_ROLL_CALL;
    roll->as.procedure.present[0] = 3;
    apply(&room);
    propose_and_answer(&room);
    buffer_free(&hex);
    arena_free(&room.arena);
}

void seeds_files(void)
{
    write_charters();
    write_journals();
    write_snapshots();
    static const uint8_t flip[] = {0x00, 0x20, 0x10, 1, 0xff, 0x00, 0x40, 0x00, 2, 1, 2};
    seed_write("store", "unchanged", -1, bytes_of(NULL, 0));
    seed_write("store", "two-places", -1, bytes_of(flip, sizeof flip));
}
