/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "model/act.h"
#include "model/block.h"
#include "model/verdict.h"

#define GOLDEN COMITY_SOURCE_DIR "/tests/golden/block.txt"

static struct hash filled(uint8_t byte)
{
    struct hash hash;
    memset(hash.bytes, byte, sizeof hash.bytes);
    return hash;
}

static struct block_header example(void)
{
    return (struct block_header){
        .forum = filled(1),
        .protocol = PROTOCOL_VERSION,
        .epoch = 2,
        .view = 3,
        .height = 4,
        .time_ms = 1475625600000,
        .parent_view = 2,
        .parent_hash = filled(5),
        .state_height = 3,
        .state_hash = filled(6),
        .outcomes_root = filled(7),
        .acts_root = filled(8),
    };
}

static void expect_golden(const char *name, const void *data, size_t size)
{
    char line[1024];
    char hex[1024];
    FILE *file = fopen(GOLDEN, "r");
    assert_non_null(file);
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        found = strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ' ';
    }
    (void)fclose(file);
    assert_true(found);
    hex_from_bytes(data, size, hex);
    assert_string_equal(line + strlen(name) + 1, hex);
}

static void the_layout_and_hash_of_a_header_never_change(void **state)
{
    (void)state;
    uint8_t bytes[BLOCK_HEADER_SIZE];
    struct block_header header = example();
    struct hash hash = block_header_hash(&header);
    block_header_encode(&header, bytes);
    expect_golden("header", bytes, sizeof bytes);
    expect_golden("hash", hash.bytes, sizeof hash.bytes);
}

static void a_header_comes_back_from_its_bytes_and_from_no_others(void **state)
{
    (void)state;
    uint8_t bytes[BLOCK_HEADER_SIZE + 1] = {0};
    uint8_t again[BLOCK_HEADER_SIZE];
    struct block_header header = example();
    struct block_header back;
    block_header_encode(&header, bytes);
    assert_int_equal(block_header_decode(bytes_of(bytes, BLOCK_HEADER_SIZE), &back), COMITY_OK);
    block_header_encode(&back, again);
    assert_memory_equal(bytes, again, sizeof again);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        if (size != BLOCK_HEADER_SIZE)
            assert_int_equal(block_header_decode(bytes_of(bytes, size), &back), COMITY_INVALID);
    }
    bytes[BLOCK_HEADER_SIZE - 1] = 1; /* Reserved. */
    assert_int_equal(block_header_decode(bytes_of(bytes, BLOCK_HEADER_SIZE), &back),
                     COMITY_INVALID);
    assert_int_equal(back.height, 4);
}

/* Otherwise two headers would share a signature. */
static void every_byte_of_a_header_is_in_its_hash(void **state)
{
    (void)state;
    uint8_t bytes[BLOCK_HEADER_SIZE];
    struct block_header header = example();
    struct hash hash = block_header_hash(&header);
    block_header_encode(&header, bytes);
    for (size_t i = 0; i < BLOCK_HEADER_SIZE - 8; i++) {
        struct block_header changed;
        bytes[i] ^= 1;
        assert_int_equal(block_header_decode(bytes_of(bytes, sizeof bytes), &changed), COMITY_OK);
        struct hash other = block_header_hash(&changed);
        assert_false(hash_equal(&hash, &other));
        bytes[i] ^= 1;
    }
}

static void what_votes_sign_never_changes(void **state)
{
    (void)state;
    static const struct {
        enum vote_kind kind;
        const char *name;
        uint8_t hash;
    } rows[] = {
        {VOTE_NOTARIZE, "vote-notarize", 5},
        {VOTE_NULLIFY, "vote-nullify", 0},
        {VOTE_FINALIZE, "vote-finalize", 5},
    };
    struct vote_domain domain = {.forum = filled(1), .epoch = 2, .roster_hash = filled(9)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[VOTE_SIGN_SIZE];
        struct hash hash = filled(rows[i].hash);
        vote_sign_bytes(&domain, rows[i].kind, 3, &hash, bytes);
        expect_golden(rows[i].name, bytes, sizeof bytes);
    }
}

static void two_quorums_share_an_honest_orderer(void **state)
{
    (void)state;
    static const struct {
        uint32_t n, f, q;
    } rows[] = {{1, 0, 1}, {2, 0, 2}, {3, 0, 3}, {4, 1, 3}, {6, 1, 5}, {7, 2, 5}, {256, 85, 171}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(quorum_faults(rows[i].n), rows[i].f);
        assert_int_equal(quorum_size(rows[i].n), rows[i].q);
    }
    for (uint32_t n = 1; n <= SEATS_MAX; n++) {
        uint32_t f = quorum_faults(n);
        uint32_t q = quorum_size(n);
        assert_true(2 * q >= n + f + 1 && n > 3 * f && q <= n - f);
    }
}

static void a_certificate_knows_its_signers(void **state)
{
    (void)state;
    struct cert cert = {0};
    cert.signers[3] = (uint64_t)1 << 63;
    cert.signers[0] = 2;
    for (uint32_t i = 0; i < SEATS_MAX; i++)
        assert_int_equal(cert_has_signer(&cert, i), i == 1 || i == 255);
}

static void every_number_has_its_word(void **state)
{
    (void)state;
    assert_string_equal(act_kind_word(ACT_BALLOT), "ballot");
    assert_null(act_kind_word((enum act_kind)9));
    assert_string_equal(verdict_word(VERDICT_INQUORATE), "inquorate");
    assert_string_equal(verdict_word(VERDICTS_COUNT), "unknown");
    static const struct {
        const char *word;
        enum answer answer;
    } rows[] = {
        {"yes", ANSWER_YES},           {"no", ANSWER_NO},         {"object", ANSWER_OBJECT},
        {"abstain", ANSWER_ABSTAIN},   {"silent", ANSWERS_COUNT}, {"absent", ANSWERS_COUNT},
        {"not-member", ANSWERS_COUNT}, {"Yes", ANSWERS_COUNT},    {"", ANSWERS_COUNT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(answer_from_word(rows[i].word), rows[i].answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layout_and_hash_of_a_header_never_change),
        cmocka_unit_test(a_header_comes_back_from_its_bytes_and_from_no_others),
        cmocka_unit_test(every_byte_of_a_header_is_in_its_hash),
        cmocka_unit_test(what_votes_sign_never_changes),
        cmocka_unit_test(two_quorums_share_an_honest_orderer),
        cmocka_unit_test(a_certificate_knows_its_signers),
        cmocka_unit_test(every_number_has_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
