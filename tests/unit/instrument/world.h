/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - a forum with real keys and signatures, and the record as a daemon keeps it (a Merkle
 * tree over the forum's records, headers that commit to it, finalizations), so that instruments
 * can be made in a test as daemons make them. Seats are numbered as in the charter. */
#ifndef COMITY_TESTS_INSTRUMENT_WORLD_H
#define COMITY_TESTS_INSTRUMENT_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "charter/charter.h"
#include "codec/act.h"
#include "codec/block.h"
#include "forum/forum.h"
#include "identity/identity.h"
#include "instrument/instrument.h"

enum { WORLD_ACTS_MAX = 256 };
#define DAY CALENDAR_DAY_MS

struct world {
    struct arena arena;
    struct identity *keys[8];
    struct buffer charter_bytes;
    const struct charter *charter;
    struct forum *forum;
    struct merkle records;
    struct signed_act said[WORLD_ACTS_MAX]; /* The whole record. */
    uint32_t said_count, block_first;
    uint64_t seqs[8], height;
    int64_t now_ms;
};

static inline enum comity_error world_key(void *context, const char *name,
                                          uint8_t ret_key[KEY_SIZE])
{
    struct world *self = context;
    memcpy(ret_key, identity_key(self->keys[name[0] - 'A']), KEY_SIZE);
    return COMITY_OK;
}

/* Seats are named A, B ... ; `yaml` is the rest of the charter. */
static inline void world_open(struct world *self, const char *yaml)
{
    struct fault fault = {""};
    static const uint8_t nonce[16] = {7};
    struct yaml_node *root;
    arena_init(&self->arena, 0);
    assert_int_equal(identity_setup(), COMITY_OK);
    for (uint8_t i = 0; i < 8; i++) {
        uint8_t seed[32] = {i, 1};
        assert_int_equal(identity_from_seed(seed, &self->keys[i]), COMITY_OK);
    }
    struct charter_options options = {.key_source = world_key, .context = self, .nonce = nonce};
    if (yaml_parse("test", bytes_of_text(yaml), &self->arena, &root, &fault) != COMITY_OK ||
        charter_compile(root, &options, NULL, NULL, &self->charter_bytes, &fault) != COMITY_OK ||
        charter_decode(buffer_bytes(&self->charter_bytes), &self->arena, &self->charter, &fault) !=
            COMITY_OK ||
        forum_create(&self->arena, self->charter, &self->forum, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(calendar_parse("2026-03-01", &self->now_ms), COMITY_OK);
}

static inline void world_close(struct world *self)
{
    for (int i = 0; i < 8; i++)
        identity_close(&self->keys[i]);
    buffer_free(&self->charter_bytes);
    merkle_free(&self->records);
    arena_free(&self->arena);
}

/* Sign, encode and read back, as a daemon gets it. */
static inline struct signed_act world_sign(struct world *self, struct act act, const char *text)
{
    struct buffer bytes = {0};
    struct buffer encoded = {0};
    struct signed_act signed_act;
    struct fault fault = {""};
    uint8_t signature[SIGNATURE_SIZE];
    act.forum = self->charter->id;
    if (act.signed_ms == 0)
        act.signed_ms = self->now_ms;
    if (text != NULL) {
        act.has_text = true;
        act.text_hash = act_text_hash(bytes_of_text(text));
    }
    assert_int_equal(act_encode(&act, &bytes), COMITY_OK);
    identity_sign(self->keys[act.seat], ACT_SIGN_TAG, buffer_bytes(&bytes), signature);
    assert_int_equal(signed_act_encode(buffer_bytes(&bytes), signature,
                                       bytes_of_text(text == NULL ? "" : text), &encoded),
                     COMITY_OK);
    struct bytes kept = arena_bytes(&self->arena, buffer_bytes(&encoded));
    if (signed_act_decode(kept, &self->arena, &signed_act, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    buffer_free(&bytes);
    buffer_free(&encoded);
    return signed_act;
}

static inline struct hash world_say_text(struct world *self, uint32_t seat, struct act act,
                                         const char *text)
{
    assert_true(self->said_count < WORLD_ACTS_MAX);
    act.seat = seat;
    act.seq = ++self->seqs[seat];
    self->said[self->said_count] = world_sign(self, act, text);
    return self->said[self->said_count++].act.id;
}

static inline struct hash world_say(struct world *self, uint32_t seat, struct act act)
{
    return world_say_text(self, seat, act, NULL);
}

/* Every leaf as its record is now. */
static inline void world_refresh(struct world *self)
{
    for (uint32_t i = 0; i < forum_records_count(self->forum); i++) {
        uint8_t bytes[16384];
        struct writer writer;
        writer_init(&writer, bytes, sizeof bytes);
        forum_record_encode(self->forum, i, &writer);
        assert_false(writer.failed);
        assert_int_equal(merkle_set(&self->records, i, merkle_leaf(bytes_of(bytes, writer.size))),
                         COMITY_OK);
    }
}

/* The next block, `later` milliseconds after the last, of what was said since. */
static inline void world_block(struct world *self, int64_t later)
{
    struct act acts[WORLD_ACTS_MAX];
    struct outcomes outcomes;
    uint32_t count = 0;
    self->now_ms += later;
    for (; self->block_first < self->said_count; self->block_first++)
        acts[count++] = self->said[self->block_first].act;
    struct forum_block block = {
        .height = ++self->height, .time_ms = self->now_ms, .acts = acts, .acts_count = count};
    assert_int_equal(forum_apply(self->forum, &block, &outcomes), COMITY_OK);
    for (uint32_t i = 0; i < outcomes.count; i++) {
        if (outcomes.items[i].kind == OUTCOME_REFUSED)
            fail_msg("refused: %s", outcomes.items[i].line);
    }
    world_refresh(self);
}

static inline struct hash world_propose(struct world *self, uint32_t seat, const char *rule,
                                        bool binding, const char *text)
{
    return world_say_text(self, seat,
                          (struct act){.kind = ACT_PROPOSE,
                                       .as.propose = {.title = "A common fund",
                                                      .rule = rule,
                                                      .topic = "",
                                                      .binding = binding}},
                          text);
}

static inline void world_vote(struct world *self, uint32_t seat, uint32_t number,
                              enum answer answer)
{
    const struct forum_proposal *proposal = forum_proposal(self->forum, number);
    world_say(self, seat,
              (struct act){.kind = ACT_BALLOT,
                           .as.ballot = {.proposal = proposal->id,
                                         .text_hash = proposal->text.hash,
                                         .rule_hash = proposal->rule->hash,
                                         .answer = answer}});
}

static inline void world_join(struct world *self, uint32_t count)
{
    for (uint32_t seat = 0; seat < count; seat++)
        world_say(self, seat,
                  (struct act){.kind = seat == 0 ? ACT_CONVENE : ACT_JOIN,
                               .as.join.charter_hash = self->charter->id});
    world_block(self, 1000);
}

#endif
