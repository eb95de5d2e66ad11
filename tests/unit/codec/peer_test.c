/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "codec/block.h"
#include "codec/peer.h"

enum { N = 10 };

static struct arena arena;
static struct fault fault;
static const uint8_t signatures[3][SIGNATURE_SIZE] = {{1}, {2}, {3}};
static const uint8_t header[BLOCK_HEADER_SIZE] = {1, 2, 3};

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct vote vote_of(enum vote_kind kind)
{
    struct vote vote = {.kind = kind, .view = 12, .signer = 9, .signature = {4}};
    if (kind != VOTE_NULLIFY)
        vote.hash.bytes[0] = 5;
    return vote;
}

static struct cert cert_of(enum vote_kind kind)
{
    struct cert cert = {.kind = kind,
                        .view = 12,
                        .signers = {0x211},
                        .signatures_count = 3,
                        .signatures = signatures};
    if (kind != VOTE_NULLIFY)
        cert.hash.bytes[31] = 5;
    return cert;
}

static struct bytes body_of_two(void)
{
    static struct buffer body;
    const struct bytes acts[2] = {bytes_of_text("first"), bytes_of_text("second")};
    buffer_clear(&body);
    assert_int_equal(block_body_encode(acts, 2, &body), COMITY_OK);
    return buffer_bytes(&body);
}

enum { SAMPLES_COUNT = 12 };

static struct peer_message sample(size_t index)
{
    static struct peer_block blocks[2];
    static struct bytes acts[2];
    struct peer_message message = {.kind = (enum peer_kind)(index < 7   ? index + 1
                                                            : index < 9 ? index - 5
                                                                        : index - 1),
                                   .forum_tag = {0xFE, 1}};
    switch (message.kind) {
    case PEER_PROPOSAL:
        message.as.proposal.header = bytes_of(header, sizeof header);
        message.as.proposal.body = body_of_two();
        message.as.proposal.vote = vote_of(VOTE_NOTARIZE);
        break;
    case PEER_VOTE:
        message.as.vote = vote_of(index == 1 ? VOTE_FINALIZE : VOTE_NULLIFY);
        break;
    case PEER_CERT:
        message.as.cert = cert_of(index == 2 ? VOTE_NOTARIZE : VOTE_NULLIFY);
        break;
    case PEER_STATUS:
        message.as.status.final_view = 3;
        message.as.status.view = 4;
        message.as.status.height = 2;
        message.as.status.last_seen_view = 1;
        message.as.status.utc_ms = 1466683200000;
        message.as.status.going_away = true;
        message.as.status.your_seq = UINT64_MAX;
        break;
    case PEER_FETCH:
        message.as.fetch.kind = 2;
        message.as.fetch.hash.bytes[7] = 7;
        message.as.fetch.id = 99;
        break;
    case PEER_BLOCKS:
        blocks[0] = (struct peer_block){.header = bytes_of(header, sizeof header),
                                        .body = body_of_two(),
                                        .has_cert = true,
                                        .cert = cert_of(VOTE_FINALIZE)};
        blocks[1] = (struct peer_block){.header = bytes_of(header, sizeof header)};
        message.as.blocks.id = 98;
        message.as.blocks.blocks = blocks;
        message.as.blocks.count = 2;
        break;
    case PEER_ACTS:
        acts[0] = bytes_of_text("one");
        acts[1] = bytes_of_text("two");
        message.as.acts.acts = acts;
        message.as.acts.count = 2;
        break;
    case PEER_RELAY:
        message.as.relay.origin = 255;
        message.as.relay.id = UINT64_MAX;
        message.as.relay.to[0] = 5;
        message.as.relay.to[3] = (uint64_t)1 << 63;
        message.as.relay.hops = PEER_HOPS_MAX - 1;
        message.as.relay.frame = bytes_of_text("a frame");
        message.as.relay.signature = header; /* Any bytes will do. */
        break;
    case PEER_ROUTES_WANTED:
    case PEER_ROUTES:
        message.as.routes.peers[1] = 9;
        if (message.kind == PEER_ROUTES) {
            message.as.routes.hops[64] = 1;
            message.as.routes.hops[67] = PEER_HOPS_MAX - 1;
        }
        break;
    }
    return message;
}

static struct buffer frame_of(const struct peer_message *message)
{
    struct buffer frame = {0};
    assert_int_equal(peer_message_encode(message, N, &frame), COMITY_OK);
    return frame;
}

static void every_message_comes_back_as_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES_COUNT; i++) {
        struct peer_message message = sample(i);
        struct peer_message back;
        uint8_t tag[FORUM_TAG_SIZE];
        struct buffer frame = frame_of(&message);
        assert_int_equal(peer_message_tag(buffer_bytes(&frame), tag), COMITY_OK);
        assert_memory_equal(tag, message.forum_tag, sizeof tag);
        assert_int_equal(peer_message_decode(buffer_bytes(&frame), N, &arena, &back, &fault),
                         COMITY_OK);
        assert_int_equal(back.kind, message.kind);
        struct buffer again = frame_of(&back);
        assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&frame)));
        buffer_free(&again);
        buffer_free(&frame);
    }
}

static void a_block_is_borrowed_from_its_frame(void **state)
{
    (void)state;
    struct peer_message message = sample(5);
    struct peer_message back;
    struct buffer frame = frame_of(&message);
    assert_int_equal(peer_message_decode(buffer_bytes(&frame), N, &arena, &back, &fault),
                     COMITY_OK);
    const struct peer_block *block = &back.as.blocks.blocks[0];
    assert_true(block->body.data > frame.data && block->body.data < frame.data + frame.size);
    assert_int_equal(block->cert.signatures_count, 3);
    assert_memory_equal(block->cert.signatures[2], signatures[2], SIGNATURE_SIZE);
    assert_true(cert_has_signer(&block->cert, 9));
    assert_false(back.as.blocks.blocks[1].has_cert);
    const struct bytes *acts;
    size_t count;
    assert_int_equal(block_body_decode(block->body, &arena, &acts, &count, &fault), COMITY_OK);
    assert_int_equal(count, 2);
    assert_true(bytes_equal(acts[1], bytes_of_text("second")));
    buffer_free(&frame);
}

static void no_flipped_bit_and_no_cut_passes_for_something_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES_COUNT; i++) {
        struct peer_message message = sample(i);
        struct peer_message back;
        struct buffer frame = frame_of(&message);
        for (size_t size = 0; size < frame.size; size++) {
            uint8_t *cut = malloc(size > 0 ? size : 1);
            memcpy(cut, frame.data, size);
            assert_int_not_equal(peer_message_decode(bytes_of(cut, size), N, &arena, &back, &fault),
                                 COMITY_OK);
            free(cut);
        }
        for (size_t bit = 0; bit < 8 * frame.size; bit++) {
            frame.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            if (peer_message_decode(buffer_bytes(&frame), N, &arena, &back, NULL) == COMITY_OK) {
                struct buffer again = frame_of(&back);
                assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&frame)));
                buffer_free(&again);
            }
            frame.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            arena_reset(&arena);
        }
        buffer_free(&frame);
    }
}

static void a_certificate_has_as_many_signatures_as_signers(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    struct cert cert = cert_of(VOTE_FINALIZE);
    cert.signatures_count = 2;
    assert_int_equal(cert_encode(&cert, N, &bytes), COMITY_INVALID);
    cert.signatures_count = 3;
    assert_int_equal(cert_encode(&cert, 9, &bytes), COMITY_INVALID); /* Orderer 9 of nine. */
    assert_int_equal(cert_encode(&cert, N, &bytes), COMITY_OK);
    struct cert back;
    assert_int_equal(cert_decode(buffer_bytes(&bytes), N, &arena, &back, &fault), COMITY_OK);
    assert_int_equal(cert_decode(buffer_bytes(&bytes), 9, &arena, &back, &fault), COMITY_INVALID);
    assert_string_equal(fault.text, "Cert.signers: no such orderer");
    assert_int_equal(cert_decode(buffer_bytes(&bytes), 17, &arena, &back, &fault), COMITY_INVALID);
    assert_string_equal(fault.text, "Cert.signers: 2 bytes for 17 orderers");
    buffer_free(&bytes);
}

static void a_nullify_names_no_block(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    struct vote vote = vote_of(VOTE_NULLIFY);
    struct vote back;
    vote.hash.bytes[3] = 1;
    assert_int_equal(vote_encode(&vote, &bytes), COMITY_INVALID);
    vote = vote_of(VOTE_NULLIFY);
    assert_int_equal(vote_encode(&vote, &bytes), COMITY_OK);
    assert_int_equal(vote_decode(buffer_bytes(&bytes), &back, &fault), COMITY_OK);
    assert_true(hash_is_zero(&back.hash));
    assert_int_equal(back.signer, 9);
    buffer_free(&bytes);
}

static void sizes_above_the_limits_are_refused(void **state)
{
    (void)state;
    static uint8_t big[FRAME_SIZE_MAX + 1];
    struct peer_message message = sample(6);
    struct peer_message back;
    struct buffer frame = {0};
    struct bytes many[6];
    for (size_t i = 0; i < 6; i++)
        many[i] = bytes_of(big, ACT_SIZE_MAX);
    message.as.acts.acts = many;
    message.as.acts.count = 5;
    assert_int_equal(peer_message_encode(&message, N, &frame), COMITY_LIMIT);
    assert_int_equal(frame.size, 0);
    assert_int_equal(block_body_encode(many, 4, &frame), COMITY_LIMIT);
    assert_int_equal(block_body_encode(many, 3, &frame), COMITY_OK);
    buffer_free(&frame);
    assert_int_equal(peer_message_decode(bytes_of(big, sizeof big), N, &arena, &back, &fault),
                     COMITY_LIMIT);
    const struct bytes *acts;
    size_t count;
    assert_int_equal(
        block_body_decode(bytes_of(big, BLOCK_SIZE_MAX + 1), &arena, &acts, &count, &fault),
        COMITY_LIMIT);
    struct bytes *small = calloc(BLOCK_ACTS_MAX + 1, sizeof *small);
    for (size_t i = 0; i <= BLOCK_ACTS_MAX; i++)
        small[i] = bytes_of(big, 1);
    assert_int_equal(block_body_encode(small, BLOCK_ACTS_MAX + 1, &frame), COMITY_LIMIT);
    assert_int_equal(block_body_encode(small, BLOCK_ACTS_MAX, &frame), COMITY_OK);
    assert_int_equal(block_body_decode(buffer_bytes(&frame), &arena, &acts, &count, &fault),
                     COMITY_OK);
    assert_int_equal(count, BLOCK_ACTS_MAX);
    assert_int_equal(buffer_append(&frame, "\x0a\x01x", 3), COMITY_OK);
    assert_int_equal(block_body_decode(buffer_bytes(&frame), &arena, &acts, &count, &fault),
                     COMITY_LIMIT);
    small[1] = bytes_of(big, 0);
    assert_int_equal(block_body_encode(small, 2, &frame), COMITY_INVALID);
    buffer_free(&frame);
    free(small);
}

static void another_version_is_foreign_and_a_relayed_frame_invalid(void **state)
{
    (void)state;
    struct peer_message message = sample(1);
    struct peer_message back;
    struct buffer frame = frame_of(&message);
    frame.data[1] = 2;
    assert_int_equal(peer_message_decode(buffer_bytes(&frame), N, &arena, &back, &fault),
                     COMITY_FOREIGN);
    assert_string_equal(fault.text, "Envelope.version: 2, expected 1");
    buffer_free(&frame);
    static const uint8_t relayed[] = {8, 1, 0x12, 16, 0, 0, 0, 0, 0, 0,    0,
                                      0, 0, 0,    0,  0, 0, 0, 0, 0, 0x30, 1};
    assert_int_equal(
        peer_message_decode(bytes_of(relayed, sizeof relayed), N, &arena, &back, &fault),
        COMITY_INVALID);
    assert_string_equal(fault.text, "Envelope: a relayed one; this link is direct");
}

/* The root does not see texts, so a purged text changes nothing; order and signatures it sees. */
static void the_root_covers_ids_and_signatures_in_order(void **state)
{
    (void)state;
    struct hash ids[2] = {{{1}}, {{2}}};
    const uint8_t *both[2] = {signatures[0], signatures[1]};
    const uint8_t *crossed[2] = {signatures[1], signatures[0]};
    struct hash root, other, empty;
    assert_int_equal(block_acts_root(ids, both, 2, &root), COMITY_OK);
    assert_int_equal(block_acts_root(ids, crossed, 2, &other), COMITY_OK);
    assert_false(hash_equal(&root, &other));
    assert_int_equal(block_acts_root(ids, both, 1, &other), COMITY_OK);
    assert_false(hash_equal(&root, &other));
    assert_int_equal(block_acts_root(NULL, NULL, 0, &empty), COMITY_OK);
    struct hash expected = hash_of("comity/merkle-empty/v1", bytes_of(NULL, 0));
    assert_true(hash_equal(&empty, &expected));
}

static void a_forum_has_another_tag_in_every_epoch(void **state)
{
    (void)state;
    uint8_t tags[2][FORUM_TAG_SIZE];
    struct hash forum = {{1}};
    forum_tag(&forum, 0, tags[0]);
    forum_tag(&forum, 1, tags[1]);
    assert_memory_not_equal(tags[0], tags[1], FORUM_TAG_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(every_message_comes_back_as_it_was),
        T(a_block_is_borrowed_from_its_frame),
        T(no_flipped_bit_and_no_cut_passes_for_something_else),
        T(a_certificate_has_as_many_signatures_as_signers),
        T(a_nullify_names_no_block),
        T(sizes_above_the_limits_are_refused),
        T(another_version_is_foreign_and_a_relayed_frame_invalid),
        T(the_root_covers_ids_and_signatures_in_order),
        T(a_forum_has_another_tag_in_every_epoch),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
