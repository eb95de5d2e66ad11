/* SPDX-License-Identifier: Apache-2.0 */
#include "room.inc.c"

#include <fcntl.h>

#include "node/session_state.h"

static const char charter_text[] = "name: room\n"
                                   "title: A room\n"
                                   "pace: 100ms\n"
                                   "grace: 0s\n"
                                   "seats:\n"
                                   "  - {name: S0, title: Zero}\n"
                                   "  - {name: S1, title: One}\n"
                                   "  - {name: S2, title: Two}\n"
                                   "  - {name: S3, title: Three}\n"
                                   "rules:\n"
                                   "  most: {sentence: \"yes > 1/2 of members\", revise: never,\n"
                                   "         exit: {notice: 30 days}}\n"
                                   "topics: [climate]\n";

static struct act propose(const char *title)
{
    struct act act = {.kind = ACT_PROPOSE};
    act.as.propose.title = title;
    act.as.propose.rule = "most";
    act.as.propose.topic = "";
    act.as.propose.binding = true;
    return act;
}

static struct act ballot(struct room *room, uint32_t seat, uint32_t number, enum answer answer)
{
    const struct forum_proposal *proposal = forum_proposal(room_forum(room, seat), number);
    struct act act = {.kind = ACT_BALLOT};
    act.as.ballot.proposal = proposal->id;
    act.as.ballot.text_hash = proposal->text.hash;
    act.as.ballot.rule_hash = proposal->rule->hash;
    act.as.ballot.answer = answer;
    return act;
}

static void open_with_proposal(struct room *room)
{
    room_open(room, 4, charter_text);
    room_join_all(room);
    (void)room_submit(room, 0, propose("First"), "We agree:\n\n1. To agree.\n");
    room_run(room, 1000);
    assert_int_equal(forum_proposals_count(room_forum(room, 3)), 1);
}

static void four_daemons_reach_one_verdict(void **state)
{
    struct room room;
    (void)state;
    open_with_proposal(&room);
    for (uint32_t i = 0; i < 3; i++)
        (void)room_submit(&room, i, ballot(&room, i, 1, ANSWER_YES), "");
    room_run(&room, 3000);
    assert_true(room_same_record(&room) > 0);
    const struct forum_proposal *proposal = forum_proposal(room_forum(&room, 3), 1);
    assert_int_equal(proposal->verdict, VERDICT_ADOPTED);
    assert_false(chain_is_uncommitted(session_chain(room.seats[3].session)));
    room_close(&room);
}

static void a_room_with_nothing_to_decide_makes_no_blocks(void **state)
{
    struct room room;
    (void)state;
    open_with_proposal(&room);
    room_run(&room, 5000);
    uint64_t height = room_same_record(&room);
    room_run(&room, 60000);
    assert_int_equal(room_same_record(&room), height);
    room_close(&room);
}

static void a_killed_daemon_comes_back_with_the_same_record(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    (void)state;
    open_with_proposal(&room);
    for (uint32_t victim = 0; victim < 4; victim++) {
        (void)room_submit(&room, victim, (struct act){.kind = ACT_NOTE}, "on my way");
        room_run(&room, 20);
        room_kill(&room, victim);
        (void)room_submit(&room, (victim + 1) % 4, (struct act){.kind = ACT_NOTE}, "meanwhile");
        room_run(&room, 5000);
        if (room_start(&room, victim, &fault) != COMITY_OK)
            fail_msg("%s", fault.text);
        room_run(&room, 10000);
        (void)room_same_record(&room);
        assert_int_equal(pool_count(session_pool(room.seats[victim].session)), 0);
    }
    room_close(&room);
}

static void all_daemons_may_be_killed_at_once(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    (void)state;
    open_with_proposal(&room);
    (void)room_submit(&room, 2, ballot(&room, 2, 1, ANSWER_YES), "");
    room_run(&room, 10);
    for (uint32_t i = 0; i < 4; i++)
        room_kill(&room, i);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(room_start(&room, i, &fault), COMITY_OK);
    room_run(&room, 10000);
    (void)room_same_record(&room);
    assert_int_equal(forum_proposal(room_forum(&room, 0), 1)->ballots[2].answer, ANSWER_YES);
    room_close(&room);
}

static void without_a_quorum_acts_are_kept_and_go_on_when_it_returns(void **state)
{
    struct room room;
    struct session_state described;
    (void)state;
    open_with_proposal(&room);
    room.cut[2] = room.cut[3] = true;
    room_run(&room, 1000);
    uint64_t height = forum_height(room_forum(&room, 0));
    struct act alone = {.kind = ACT_ALONE};
    alone.as.alone.title = "A tariff of our own";
    alone.as.alone.topic = "climate";
    (void)room_submit(&room, 0, alone, "");
    room_run(&room, 5000);
    assert_int_equal(forum_height(room_forum(&room, 0)), height);
    /* Declared, not yet in the record: at every daemon it reaches. */
    const struct pool_act *held = pool_find(session_pool(room.seats[1].session), 0, 3);
    assert_non_null(held);
    assert_int_equal(held->kind, ACT_ALONE);
    session_describe(room.seats[0].session, room_time(&room), &described);
    assert_non_null(strstr(described.waiting, "S2"));
    assert_non_null(strstr(described.waiting, "S3"));
    room.cut[2] = room.cut[3] = false;
    room_run(&room, 20000);
    (void)room_same_record(&room);
    assert_int_equal(forum_declarations_count(room_forum(&room, 3)), 1);
    session_describe(room.seats[0].session, room_time(&room), &described);
    assert_string_equal(described.waiting, "");
    room_close(&room);
}

/* Bodies put the acts they bring into the pool: an old proposal may be how an act comes. */
static void an_act_is_work_whichever_way_it_came(void **state)
{
    struct room room;
    (void)state;
    open_with_proposal(&room);
    uint64_t height = room_same_record(&room);
    room.cut[1] = true;
    (void)room_submit(&room, 1, propose("Alone"), "We agree:\n\n1. Alone.\n");
    room_run(&room, 100);
    const struct pool_act *act = pool_find(room.seats[1].session->pool, 1, 2);
    assert_non_null(act);
    for (uint32_t i = 0; i < 4; i++) {
        struct session *session = room.seats[i].session;
        struct signed_act decoded;
        struct arena arena;
        const struct pool_act *other;
        if (i == 1)
            continue;
        arena_init(&arena, 0);
        assert_int_equal(signed_act_decode(act->encoded, &arena, &decoded, NULL), COMITY_OK);
        assert_int_equal(pool_add(session->pool, &decoded, false, &other), COMITY_OK);
        arena_free(&arena);
    }
    room_run(&room, 5000);
    assert_true(forum_height(room_forum(&room, 0)) > height);
    assert_int_equal(forum_seat_seq(room_forum(&room, 0), 1), 2);
    room.cut[1] = false;
    room_run(&room, 5000);
    (void)room_same_record(&room);
    room_close(&room);
}

static void a_daemon_away_for_many_blocks_catches_up(void **state)
{
    struct room room;
    (void)state;
    open_with_proposal(&room);
    room.cut[1] = true;
    for (int i = 0; i < 150; i++) {
        (void)room_submit(&room, 0, (struct act){.kind = ACT_NOTE}, "one more");
        room_run(&room, 400);
    }
    room.cut[1] = false;
    room_run(&room, 30000);
    assert_true(room_same_record(&room) > 100);
    room_close(&room);
}

static void a_retry_with_the_same_key_is_the_same_act_also_after_a_restart(void **state)
{
    struct room room;
    struct hash ids[3];
    uint64_t seqs[3];
    struct fault fault = {{0}};
    (void)state;
    open_with_proposal(&room);
    struct act act = {.kind = ACT_NOTE};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(session_submit(room.seats[1].session, &act, bytes_of_text("once"),
                                        bytes_of_text("key-1"), room_time(&room), &ids[i], &seqs[i],
                                        &fault),
                         COMITY_OK);
        if (i == 1) {
            room_run(&room, 20);
            room_kill(&room, 1);
            assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
        }
    }
    assert_true(hash_equal(&ids[0], &ids[1]) && hash_equal(&ids[0], &ids[2]));
    room_close(&room);
}

static void one_lying_status_silences_nobody(void **state)
{
    struct room room;
    (void)state;
    open_with_proposal(&room);
    struct peer_message lie = {.kind = PEER_STATUS};
    struct buffer frame = {0};
    session_tag(room.seats[0].session, lie.forum_tag);
    lie.as.status.last_seen_view = (uint64_t)1 << 60;
    lie.as.status.your_seq = UINT64_MAX;
    assert_int_equal(peer_message_encode(&lie, 4, &frame), COMITY_OK);
    for (uint32_t i = 0; i < 3; i++)
        session_receive(room.seats[i].session, identity_key(room.seats[3].identity),
                        buffer_bytes(&frame), room_time(&room));
    buffer_free(&frame);
    uint64_t height = room_same_record(&room);
    (void)room_submit(&room, 0, (struct act){.kind = ACT_NOTE}, "we go on");
    room_run(&room, 5000);
    assert_true(room_same_record(&room) > height);
    assert_false(room.seats[0].session->observing);
    room_close(&room);
}

static void evidence_with_a_forged_signature_makes_a_block_unsound(void **state)
{
    struct room room;
    struct arena arena;
    (void)state;
    open_with_proposal(&room);
    arena_init(&arena, 0);
    struct session *session = room.seats[0].session;
    struct signed_act acts[2];
    struct buffer encoded[2] = {{0}};
    for (int i = 0; i < 2; i++) {
        struct act act = ballot(&room, 2, 1, i == 0 ? ANSWER_YES : ANSWER_NO);
        struct buffer bytes = {0};
        uint8_t signature[SIGNATURE_SIZE] = {1};
        act.forum = session_charter(session)->id;
        act.seat = 2;
        act.seq = 2;
        act.signed_ms = room_time(&room).utc_ms;
        assert_int_equal(act_encode(&act, &bytes), COMITY_OK);
        if (i == 0)
            identity_sign(room.seats[2].identity, ACT_SIGN_TAG, buffer_bytes(&bytes), signature);
        assert_int_equal(
            signed_act_encode(buffer_bytes(&bytes), signature, bytes_of(NULL, 0), &encoded[i]),
            COMITY_OK);
        assert_int_equal(signed_act_decode(buffer_bytes(&encoded[i]), &arena, &acts[i], NULL),
                         COMITY_OK);
        buffer_free(&bytes);
    }
    struct act evidence = {.kind = ACT_EVIDENCE};
    evidence.as.evidence.seat = 2;
    evidence.as.evidence.seq = 2;
    evidence.as.evidence.first = acts[0].act.id;
    evidence.as.evidence.second = acts[1].act.id;
    evidence.as.evidence.first_signed = buffer_bytes(&encoded[0]);
    evidence.as.evidence.second_signed = buffer_bytes(&encoded[1]);
    assert_false(evidence_is_sound(session_charter(session), &evidence, &arena));
    evidence.as.evidence.second = acts[0].act.id;
    evidence.as.evidence.second_signed = buffer_bytes(&encoded[0]);
    assert_false(evidence_is_sound(session_charter(session), &evidence, &arena));
    buffer_free(&encoded[0]);
    buffer_free(&encoded[1]);
    arena_free(&arena);
    room_close(&room);
}

static void an_old_copy_of_the_files_is_noticed_by_the_record(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    char command[900];
    (void)state;
    open_with_proposal(&room);
    room_kill(&room, 1);
    (void)snprintf(command, sizeof command, "cp -r %s %s.old", room.seats[1].directory,
                   room.seats[1].directory);
    assert_int_equal(system(command), 0);
    assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
    room_run(&room, 3000);
    for (int i = 0; i < 3; i++)
        (void)room_submit(&room, 1, (struct act){.kind = ACT_NOTE}, "after the copy");
    room_run(&room, 5000);
    room_kill(&room, 1);
    (void)snprintf(command, sizeof command, "rm -r %s && mv %s.old %s", room.seats[1].directory,
                   room.seats[1].directory, room.seats[1].directory);
    assert_int_equal(system(command), 0);
    assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
    room_run(&room, 20000);
    (void)room_same_record(&room);
    assert_true(room.seats[1].session->observing);
    /* Votes are over, acts are not: the others told what they know of them. */
    (void)room_submit(&room, 1, (struct act){.kind = ACT_NOTE}, "I may still speak");
    room_run(&room, 10000);
    (void)room_same_record(&room);
    assert_int_equal(forum_seat_conduct(room_forum(&room, 0), 1).defection, 0);
    room_kill(&room, 1);
    assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
    assert_true(room.seats[1].session->observing); /* Also after another start. */
    room_close(&room);
}

static void flip(const char *directory, const char *name, long at)
{
    char path[400];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    uint8_t byte;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    assert_int_equal(close(fd), 0);
}

static void after_a_start_acts_wait_until_enough_others_have_told(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    (void)state;
    open_with_proposal(&room);
    assert_false(session_is_asking(room.seats[1].session)); /* It knows of no act before these. */
    room_kill(&room, 1);
    assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
    assert_true(session_is_asking(room.seats[1].session));
    room_run(&room, 100); /* There and back. */
    assert_false(session_is_asking(room.seats[1].session));
    room_kill(&room, 1);
    for (uint32_t i = 0; i < 4; i++)
        room.cut[i] = i != 1;
    assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
    room.now_ms += 5000; /* So long the files took. */
    session_begin(room.seats[1].session, room_time(&room));
    room_run(&room, 190); /* Nobody is there to ask: two paces, and it may act alone. */
    assert_true(session_is_asking(room.seats[1].session));
    room_run(&room, 20);
    assert_false(session_is_asking(room.seats[1].session));
    room_close(&room);
}

static void the_fate_of_an_old_act_is_told_also_while_blocks_wait_for_the_disk(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    struct session_fate fate = {0};
    (void)state;
    open_with_proposal(&room);
    (void)room_submit(&room, 1, ballot(&room, 1, 1, ANSWER_YES), "");
    room_run(&room, 2000);
    room_kill(&room, 1);
    assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
    room_run(&room, 2000);
    (void)room_submit(&room, 0, (struct act){.kind = ACT_NOTE}, "meanwhile");
    struct session *session = room.seats[1].session;
    struct chain *chain = &session->chain;
    uint64_t stored = chain->now.height;
    for (int turn = 0; turn < 200 && chain->unstored_count == 0; turn++) {
        deliver_frames(&room);
        for (uint32_t i = 0; i < 4; i++) {
            if (i != 1)
                seat_turn(&room, &room.seats[i]);
        }
        session_tick(session, room_time(&room)); /* As seat_turn, but the disk is not reached. */
        session_settle(session, room_time(&room));
        room.now_ms += 10;
    }
    assert_int_equal(chain->unstored_count, 1);
    assert_int_equal(session_stored_height(session), stored);
    assert_int_equal(session_act_fate(session, 2, &fate), COMITY_NOT_FOUND);
    assert_int_equal(session_find_old_fate(session, 2, &fate), COMITY_OK);
    assert_true(fate.accepted);
    assert_int_equal(fate.height, stored);
    assert_int_equal(session_find_old_fate(session, 9, &fate), COMITY_NOT_FOUND);
    room_close(&room);
}

/* Else a status sent to all would tell a daemon with old files that its next slot is free. */
static void whoever_starts_or_leaves_tells_each_what_it_knows_of_its_acts(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    (void)state;
    open_with_proposal(&room);
    struct session *told = room.seats[0].session;
    struct session_peer *teller = &told->peers[told->peer_of_seat[2]];
    uint64_t known = forum_seat_seq(room_forum(&room, 0), 0);
    assert_int_equal(known, 2);
    room_kill(&room, 2);
    teller->told_seq = 0;
    assert_int_equal(room_start(&room, 2, &fault), COMITY_OK);
    room_run(&room, 10); /* The first word after a start goes to all. */
    assert_int_equal(teller->told_seq, known);
    teller->told_seq = 0;
    session_say_farewell(room.seats[2].session, room.seats[2].session->time);
    room_run(&room, 20);
    assert_int_equal(teller->told_seq, known);
    room_close(&room);
}

static void a_damaged_journal_makes_an_observer_that_follows_and_signs_nothing(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    struct hash id;
    uint64_t seq;
    (void)state;
    open_with_proposal(&room);
    room_kill(&room, 1);
    flip(room.seats[1].directory, "votes.journal", 200);
    assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
    struct act act = {.kind = ACT_NOTE};
    assert_int_equal(session_submit(room.seats[1].session, &act, bytes_of_text("x"),
                                    bytes_of(NULL, 0), room_time(&room), &id, &seq, &fault),
                     COMITY_REFUSED);
    (void)room_submit(&room, 0, act, "the others go on");
    room_run(&room, 10000);
    (void)room_same_record(&room);
    assert_int_equal(room.seats[1].session->signed_count, 0);
    assert_true(room.seats[1].session->observing);
    room_close(&room);
}

static void a_lost_journal_is_noticed_from_what_peers_remember(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    char path[400];
    (void)state;
    open_with_proposal(&room);
    room.cut[2] = room.cut[3] = true; /* So that votes are out and not final. */
    (void)room_submit(&room, 0, (struct act){.kind = ACT_NOTE}, "x");
    room_run(&room, 5000);
    room_kill(&room, 1);
    (void)snprintf(path, sizeof path, "%s/votes.journal", room.seats[1].directory);
    assert_int_equal(remove(path), 0);
    assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
    room_run(&room, 10000);
    assert_true(room.seats[1].session->observing);
    room_close(&room);
}

static void two_acts_of_one_slot_end_as_evidence(void **state)
{
    struct room room;
    (void)state;
    open_with_proposal(&room);
    /* Seat 2 signs a second act for the slot it used for joining next: by hand. */
    struct act acts[2] = {ballot(&room, 2, 1, ANSWER_YES), ballot(&room, 2, 1, ANSWER_NO)};
    for (int i = 0; i < 2; i++) {
        struct buffer bytes = {0};
        struct buffer encoded = {0};
        uint8_t signature[SIGNATURE_SIZE];
        acts[i].forum = session_charter(room.seats[2].session)->id;
        acts[i].seat = 2;
        acts[i].seq = 2;
        acts[i].signed_ms = room_time(&room).utc_ms;
        assert_int_equal(act_encode(&acts[i], &bytes), COMITY_OK);
        identity_sign(room.seats[2].identity, ACT_SIGN_TAG, buffer_bytes(&bytes), signature);
        assert_int_equal(
            signed_act_encode(buffer_bytes(&bytes), signature, bytes_of(NULL, 0), &encoded),
            COMITY_OK);
        /* Each reaches another daemon first, then both reach daemon 0. */
        session_take_act(room.seats[0].session, 0, buffer_bytes(&encoded), false);
        session_take_act(room.seats[1 + 2 * (uint32_t)i].session, 0, buffer_bytes(&encoded), false);
        buffer_free(&bytes);
        buffer_free(&encoded);
    }
    room_run(&room, 10000);
    (void)room_same_record(&room);
    const struct forum_proposal *proposal = forum_proposal(room_forum(&room, 3), 1);
    assert_true(proposal->ballots[2].voided);
    assert_int_equal(forum_seat_conduct(room_forum(&room, 3), 2).defection, 1);
    room_close(&room);
}

static void a_record_with_a_flipped_byte_is_not_opened(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    (void)state;
    open_with_proposal(&room);
    room_kill(&room, 0);
    assert_int_equal(truncate(room.seats[0].directory, 0), -1); /* A directory: stays. */
    char path[400];
    (void)snprintf(path, sizeof path, "%s/record.sqlite", room.seats[0].directory);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    for (long at = 0; at < 64; at += 16)
        flip(room.seats[0].directory, "record.sqlite", at);
    enum comity_error error = room_start(&room, 0, &fault);
    assert_true(error == COMITY_DAMAGED || error == COMITY_FOREIGN);
    assert_non_null(strstr(fault.text, "record.sqlite"));
    room_close(&room);
}

static void a_snapshot_is_used_and_can_be_deleted_or_damaged(void **state)
{
    struct room room;
    struct fault fault = {{0}};
    (void)state;
    open_with_proposal(&room);
    while (forum_height(room_forum(&room, 0)) < CHAIN_SNAPSHOT_BLOCKS + 4) {
        (void)room_submit(&room, 0, (struct act){.kind = ACT_NOTE}, "on and on");
        room_run(&room, 200);
    }
    room_run(&room, 5000);
    uint64_t height = room_same_record(&room);
    static const char *const ways[] = {"as it is", "deleted", "damaged"};
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        struct arena arena;
        uint64_t snapshot_height;
        struct bytes snapshot;
        const struct hash forum = session_charter(room.seats[1].session)->id;
        struct store *store = room.seats[1].store;
        arena_init(&arena, 0);
        assert_int_equal(store_get_snapshot(store, &forum, &arena, &snapshot_height, &snapshot),
                         COMITY_OK);
        assert_int_equal(snapshot_height, CHAIN_SNAPSHOT_BLOCKS);
        if (way == 1)
            assert_int_equal(store_drop_snapshot(store, &forum), COMITY_OK);
        if (way == 2) {
            ((uint8_t *)(uintptr_t)snapshot.data)[snapshot.size / 2] ^= 1;
            assert_int_equal(store_put_snapshot(store, &forum, snapshot_height, snapshot),
                             COMITY_OK);
        }
        room_kill(&room, 1);
        assert_int_equal(room_start(&room, 1, &fault), COMITY_OK);
        /* Blocks before the snapshot are remembered only if they were replayed. */
        struct chain_point point;
        enum comity_error early = chain_point_at(session_chain(room.seats[1].session), 5, &point);
        assert_int_equal(early, way == 0 ? COMITY_NOT_FOUND : COMITY_OK);
        assert_int_equal(room_same_record(&room), height);
        if (way == 1) /* Back again for the next way. */
            assert_int_equal(
                store_put_snapshot(room.seats[1].store, &forum, snapshot_height, snapshot),
                COMITY_OK);
        arena_free(&arena);
    }
    room_close(&room);
}

static void a_daemon_whose_state_drifted_stops_and_says_so(void **state)
{
    struct room room;
    struct session_state described;
    (void)state;
    open_with_proposal(&room);
    room_run(&room, 5000);
    struct chain *chain = &room.seats[1].session->chain;
    chain->now.state_hash.bytes[7] ^= 1; /* As a bug or a bad memory cell would. */
    chain->recent[chain->now.height % CHAIN_RECENT] = chain->now;
    uint64_t height = chain->now.height;
    for (int i = 0; i < 3; i++) {
        (void)room_submit(&room, 0, (struct act){.kind = ACT_NOTE}, "we go on");
        room_run(&room, 3000);
    }
    session_describe(room.seats[1].session, room_time(&room), &described);
    assert_non_null(strstr(described.alarm, "commits to another state"));
    assert_int_equal(described.height, height);
    assert_true(forum_height(room_forum(&room, 0)) > height);
    room_close(&room);
}

static void strange_frames_change_nothing(void **state)
{
    struct room room;
    uint32_t seed = 20261124;
    (void)state;
    open_with_proposal(&room);
    uint64_t height = room_same_record(&room);
    print_message("seed %u\n", seed);
    for (int i = 0; i < 2000; i++) {
        uint8_t noise[200];
        for (size_t k = 0; k < sizeof noise; k++) {
            seed = seed * 1664525 + 1013904223;
            noise[k] = (uint8_t)(seed >> 24);
        }
        session_receive(room.seats[0].session, identity_key(room.seats[1].identity),
                        bytes_of(noise, (size_t)i % sizeof noise), room_time(&room));
    }
    room_run(&room, 2000);
    assert_int_equal(room_same_record(&room), height);
    room_close(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_daemons_reach_one_verdict),
        cmocka_unit_test(a_room_with_nothing_to_decide_makes_no_blocks),
        cmocka_unit_test(a_killed_daemon_comes_back_with_the_same_record),
        cmocka_unit_test(all_daemons_may_be_killed_at_once),
        cmocka_unit_test(without_a_quorum_acts_are_kept_and_go_on_when_it_returns),
        cmocka_unit_test(an_act_is_work_whichever_way_it_came),
        cmocka_unit_test(a_daemon_away_for_many_blocks_catches_up),
        cmocka_unit_test(a_retry_with_the_same_key_is_the_same_act_also_after_a_restart),
        cmocka_unit_test(after_a_start_acts_wait_until_enough_others_have_told),
        cmocka_unit_test(whoever_starts_or_leaves_tells_each_what_it_knows_of_its_acts),
        cmocka_unit_test(the_fate_of_an_old_act_is_told_also_while_blocks_wait_for_the_disk),
        cmocka_unit_test(a_damaged_journal_makes_an_observer_that_follows_and_signs_nothing),
        cmocka_unit_test(a_lost_journal_is_noticed_from_what_peers_remember),
        cmocka_unit_test(one_lying_status_silences_nobody),
        cmocka_unit_test(evidence_with_a_forged_signature_makes_a_block_unsound),
        cmocka_unit_test(an_old_copy_of_the_files_is_noticed_by_the_record),
        cmocka_unit_test(two_acts_of_one_slot_end_as_evidence),
        cmocka_unit_test(a_record_with_a_flipped_byte_is_not_opened),
        cmocka_unit_test(a_snapshot_is_used_and_can_be_deleted_or_damaged),
        cmocka_unit_test(a_daemon_whose_state_drifted_stops_and_says_so),
        cmocka_unit_test(strange_frames_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
