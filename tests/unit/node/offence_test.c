/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever sends what no honest daemon sends is named and counted, and after a burst of it not
 * listened to. */
#include "room.inc.c"

#include "codec/act.h"
#include "codec/peer.h"
#include "node/session_state.h"

static const char charter[] = "name: room\ntitle: A room\n"
                              "seats: [S0, S1, S2, S3]\n"
                              "rules:\n  most: {sentence: \"yes >= 2\", binds: consenting}\n"
                              "topics: [t]\npace: 250ms\n";

static struct {
    uint32_t count;
    uint8_t key[KEY_SIZE];
    int64_t until_ms;
} ignored;

static void note_ignored(void *context, const uint8_t key[KEY_SIZE], int64_t until_ms)
{
    (void)context;
    ignored.count++;
    memcpy(ignored.key, key, KEY_SIZE);
    ignored.until_ms = until_ms;
}

static void open_four(struct room *room)
{
    memset(&ignored, 0, sizeof ignored);
    room_open(room, 4, charter);
    room->seats[0].session->env.ignore = note_ignored;
}

/* From seat 3's link to seat 0. */
static void send_frame(struct room *room, const struct peer_message *message)
{
    struct buffer frame = {0};
    struct peer_message tagged = *message;
    session_tag(room->seats[0].session, tagged.forum_tag);
    assert_int_equal(peer_message_encode(&tagged, 4, &frame), COMITY_OK);
    session_receive(room->seats[0].session, identity_key(room->seats[3].identity),
                    buffer_bytes(&frame), room_time(room));
    buffer_free(&frame);
}

static void assert_offences(struct room *room, uint64_t expected, const char *said)
{
    uint64_t count;
    const char *offence = session_seat_offence(room->seats[0].session, 3, &count);
    assert_int_equal(count, expected);
    if (strstr(offence, said) == NULL)
        fail_msg("it says: %s", offence);
    for (uint32_t seat = 0; seat < 3; seat++) {
        assert_string_equal(session_seat_offence(room->seats[0].session, seat, &count), "");
        assert_int_equal(count, 0);
    }
}

static void send_forged_vote(struct room *room, uint32_t signer)
{
    struct peer_message message = {.kind = PEER_VOTE};
    message.as.vote = (struct vote){.kind = VOTE_NULLIFY, .view = 1, .signer = signer};
    send_frame(room, &message);
}

static void who_brings_a_forged_vote_is_named_not_in_whose_name_it_is(void **state)
{
    struct room room;
    (void)state;
    open_four(&room);
    send_forged_vote(&room, 1);
    assert_offences(&room, 1, "vote with a forged signature");
    assert_int_equal(ignored.count, 0);
    room_close(&room);
}

static void a_burst_is_not_listened_to_and_longer_each_time(void **state)
{
    struct room room;
    (void)state;
    open_four(&room);
    int64_t waits[] = {1000, 2000, 4000, 8000, 16000, 16000};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        for (int k = 0; k < 16; k++) {
            assert_int_equal(ignored.count, i);
            send_forged_vote(&room, 2);
        }
        assert_int_equal(ignored.count, i + 1);
        assert_memory_equal(ignored.key, identity_key(room.seats[3].identity), KEY_SIZE);
        assert_int_equal(ignored.until_ms, room.now_ms + waits[i]);
        room.now_ms += waits[i];
    }
    /* After a good minute it begins small again. */
    room.now_ms += 61000;
    for (int k = 0; k < 16; k++)
        send_forged_vote(&room, 2);
    assert_int_equal(ignored.until_ms, room.now_ms + 1000);
    /* One now and then is no burst. */
    uint32_t before = ignored.count;
    for (int k = 0; k < 100; k++) {
        room.now_ms += 2000;
        send_forged_vote(&room, 2);
    }
    assert_int_equal(ignored.count, before);
    room_close(&room);
}

static void every_kind_of_rubbish_is_an_offence(void **state)
{
    struct room room;
    (void)state;
    open_four(&room);
    struct session *session = room.seats[0].session;
    const uint8_t *key = identity_key(room.seats[3].identity);
    session_receive(session, key, bytes_of("rubbish", 7), room_time(&room));
    assert_offences(&room, 1, "frame that was dropped");
    session_note_junk(session, key, room_time(&room));
    assert_offences(&room, 2, "no frame");
    /* Orderers are pushed nothing. */
    uint8_t header[BLOCK_HEADER_SIZE] = {0};
    struct peer_block block = {.header = bytes_of(header, sizeof header)};
    struct peer_message message = {.kind = PEER_BLOCKS};
    message.as.blocks.blocks = &block;
    message.as.blocks.count = 1;
    send_frame(&room, &message);
    assert_offences(&room, 3, "nobody asked for");
    struct act act = {.forum = session_charter(session)->id,
                      .seat = 1,
                      .seq = 5,
                      .signed_ms = 1,
                      .kind = ACT_RETRACT};
    struct buffer bytes = {0};
    struct buffer encoded = {0};
    const uint8_t signature[SIGNATURE_SIZE] = {1};
    assert_int_equal(act_encode(&act, &bytes), COMITY_OK);
    assert_int_equal(
        signed_act_encode(buffer_bytes(&bytes), signature, bytes_of(NULL, 0), &encoded), COMITY_OK);
    struct bytes one = buffer_bytes(&encoded);
    message = (struct peer_message){.kind = PEER_ACTS};
    message.as.acts.acts = &one;
    message.as.acts.count = 1;
    send_frame(&room, &message);
    assert_offences(&room, 4, "act of S1 with a forged signature");
    message = (struct peer_message){.kind = PEER_FETCH};
    message.as.fetch.kind = 3;
    message.as.fetch.first = 1;
    for (int i = 0; i < 21; i++)
        send_frame(&room, &message);
    assert_offences(&room, 5, "ration");
    buffer_free(&encoded);
    buffer_free(&bytes);
    room_close(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_brings_a_forged_vote_is_named_not_in_whose_name_it_is),
        cmocka_unit_test(a_burst_is_not_listened_to_and_longer_each_time),
        cmocka_unit_test(every_kind_of_rubbish_is_an_offence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
