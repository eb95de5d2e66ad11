/* SPDX-License-Identifier: Apache-2.0 */
/* made.h - instruments made in a world. */
#ifndef COMITY_TESTS_INSTRUMENT_MADE_H
#define COMITY_TESTS_INSTRUMENT_MADE_H

#include "world.h"

static inline struct bytes world_find_act(void *context, const struct hash *id)
{
    const struct world *self = context;
    for (uint32_t i = 0; i < self->said_count; i++) {
        if (hash_equal(&self->said[i].act.id, id))
            return self->said[i].encoded;
    }
    return (struct bytes){0};
}

static inline struct bytes world_find_join(void *context, uint32_t seat)
{
    const struct world *self = context;
    for (uint32_t i = 0; i < self->said_count; i++) {
        const struct act *act = &self->said[i].act;
        if (act->seat == seat && (act->kind == ACT_JOIN || act->kind == ACT_CONVENE))
            return self->said[i].encoded;
    }
    return (struct bytes){0};
}

/* Orderers whose bit is set finalize this header. */
static inline struct bytes world_finalize(struct world *self, const struct block_header *header,
                                          uint32_t signers)
{
    uint8_t signatures[8][SIGNATURE_SIZE];
    uint8_t message[VOTE_SIGN_SIZE];
    struct buffer bytes = {0};
    struct hasher hasher;
    hasher_init(&hasher, "comity/roster/v1");
    uint32_t n = self->charter->orderers_count;
    for (uint32_t i = 0; i < n; i++)
        hasher_add(&hasher, self->charter->seats[self->charter->orderers[i]].key, KEY_SIZE);
    struct vote_domain domain = {.forum = self->charter->id, .roster_hash = hasher_finish(&hasher)};
    struct cert cert = {.kind = VOTE_FINALIZE,
                        .view = header->view,
                        .hash = block_header_hash(header),
                        .signers = {signers},
                        .signatures = (const uint8_t(*)[SIGNATURE_SIZE])signatures};
    vote_sign_bytes(&domain, VOTE_FINALIZE, cert.view, &cert.hash, message);
    for (uint32_t i = 0; i < n; i++) {
        if ((signers >> i & 1) != 0)
            identity_sign(self->keys[self->charter->orderers[i]], "vote",
                          bytes_of(message, sizeof message), signatures[cert.signatures_count++]);
    }
    assert_int_equal(cert_encode(&cert, n, &bytes), COMITY_OK);
    struct bytes kept = arena_bytes(&self->arena, buffer_bytes(&bytes));
    buffer_free(&bytes);
    return kept;
}

static inline struct instrument_record world_record(struct world *self, uint32_t index)
{
    size_t size = forum_record_size(self->forum, index);
    uint8_t *bytes = arena_alloc(&self->arena, size);
    struct hash *path = arena_array(&self->arena, MERKLE_LEVELS_MAX, sizeof *path);
    struct writer writer;
    assert_non_null(bytes);
    assert_non_null(path);
    writer_init(&writer, bytes, size);
    forum_record_encode(self->forum, index, &writer);
    return (struct instrument_record){.record = bytes_of(bytes, size),
                                      .index = index,
                                      .count = merkle_count(&self->records),
                                      .path = path,
                                      .path_count =
                                          (uint32_t)merkle_path(&self->records, index, path)};
}

static inline void world_commit(struct world *self, struct instrument *instrument, struct hash root,
                                uint32_t signers)
{
    struct block_header header = {.forum = self->charter->id,
                                  .protocol = PROTOCOL_VERSION,
                                  .view = self->height + 5,
                                  .height = self->height + 1,
                                  .time_ms = self->now_ms,
                                  .parent_view = self->height + 4,
                                  .parent_hash = {{3}},
                                  .state_height = self->height,
                                  .state_hash = {{4}},
                                  .outcomes_root = root,
                                  .acts_root = {{5}}};
    uint8_t *bytes = arena_alloc(&self->arena, BLOCK_HEADER_SIZE);
    block_header_encode(&header, bytes);
    instrument->header = bytes_of(bytes, BLOCK_HEADER_SIZE);
    instrument->cert = world_finalize(self, &header, signers);
}

/* Of P`number`, as a daemon hands it out and a client completes it. */
static inline struct instrument world_export(struct world *self, uint32_t number)
{
    struct fault fault = {""};
    const struct forum_proposal *proposal = forum_proposal(self->forum, number);
    struct instrument instrument = {.charter = buffer_bytes(&self->charter_bytes)};
    instrument.records[instrument.records_count++] =
        world_record(self, forum_proposal_record(self->forum, number));
    if (proposal->agreement != 0)
        instrument.records[instrument.records_count++] =
            world_record(self, forum_agreement_record(self->forum, proposal->agreement));
    uint32_t rulings[INSTRUMENT_RECORDS_MAX - 2];
    uint32_t rulings_count =
        forum_record_rulings(self->forum, number, rulings, INSTRUMENT_RECORDS_MAX - 2);
    for (uint32_t i = 0; i < rulings_count; i++)
        instrument.records[instrument.records_count++] =
            world_record(self, forum_proposal_record(self->forum, rulings[i]));
    uint32_t n = self->charter->orderers_count;
    world_commit(self, &instrument, merkle_root(&self->records), n == 4 ? 0xd : (1u << n) - 1);
    struct instrument_source source = {
        .context = self, .find_act = world_find_act, .find_join = world_find_join};
    if (instrument_complete(&instrument, &source, &self->arena, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    return instrument;
}

/* To bytes, back, and checked: what somebody who gets the file does. */
static inline enum comity_error world_check(const struct instrument *instrument,
                                            struct arena *arena,
                                            struct instrument_report *ret_report,
                                            struct fault *fault)
{
    struct buffer bytes = {0};
    struct instrument *read;
    assert_int_equal(instrument_write(instrument, &bytes), COMITY_OK);
    struct bytes kept = arena_bytes(arena, buffer_bytes(&bytes));
    buffer_free(&bytes);
    enum comity_error error = instrument_read(kept, arena, &read, fault);
    return error != COMITY_OK ? error : instrument_verify(read, NULL, arena, ret_report, fault);
}

static inline struct instrument_report world_proves(const struct instrument *instrument,
                                                    struct arena *arena)
{
    struct fault fault = {""};
    struct instrument_report report;
    if (world_check(instrument, arena, &report, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    return report;
}

#endif
