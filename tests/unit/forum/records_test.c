/* SPDX-License-Identifier: Apache-2.0 */
/* The leaves of outcomes_root: their bytes, their order, and when they change. */
#include "said.h"

static bool has_changed(const struct room *room, uint32_t record)
{
    uint32_t count;
    const uint32_t *changed = forum_records_changed(room->forum, &count);
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        found += changed[i] == record ? 1 : 0;
    assert_true(found <= 1); /* Named once. */
    return found == 1;
}

static void records_are_numbered_as_their_subjects_are_created(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 2");
    room_open(room, 2);
    room_put(room, 0, true);
    room_put(room, 0, true);
    for (uint32_t number = 2; number >= 1; number--) {
        room_ballot(room, 0, number, ANSWER_YES);
        room_ballot(room, 1, number, ANSWER_YES);
        room_block(room);
    }
    room_put(room, 0, false);
    assert_int_equal(forum_records_count(room->forum), 5);
    assert_int_equal(forum_proposal_record(room->forum, 1), 0);
    assert_int_equal(forum_proposal_record(room->forum, 2), 1);
    assert_int_equal(forum_agreement_record(room->forum, 1), 2);
    assert_int_equal(forum_agreement(room->forum, 1)->proposal, 2);
    assert_int_equal(forum_agreement_record(room->forum, 2), 3);
    assert_int_equal(forum_proposal_record(room->forum, 3), 4);
}

static void a_record_changes_when_its_subject_does_and_only_then(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room_open(room, 3);
    room_put(room, 0, true);
    assert_true(has_changed(room, 0));
    assert_false(forum_record_is_settled(room->forum, 0));
    room_block(room);
    assert_false(has_changed(room, 0));
    room_ballot(room, 0, 1, ANSWER_YES);
    room_ballot(room, 1, 1, ANSWER_YES);
    room_block(room);
    assert_true(has_changed(room, 0));
    room_ballot(room, 2, 1, ANSWER_YES);
    room_block(room);
    assert_true(has_changed(room, 0) && has_changed(room, 1));
    assert_true(forum_record_is_settled(room->forum, 0));
    assert_true(forum_record_is_settled(room->forum, 1));
    room_withdraw(room, 1, 1, false);
    room_block(room);
    assert_true(has_changed(room, 1));
    assert_false(has_changed(room, 0));
    room_ballot(room, 2, 1, ANSWER_YES); /* Refused: nothing changes. */
    room_block(room);
    assert_false(has_changed(room, 0) || has_changed(room, 1));
    room_block_at(room, room->now_ms + 366 * DAY); /* The notice's end. */
    assert_true(has_changed(room, 1));
}

static void a_draft_whose_text_an_amendment_changes_has_a_new_record(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 2");
    room_open(room, 2);
    room_put(room, 0, false);
    struct act *act = room_say(room, 1, ACT_AMEND);
    act->as.amend.proposal = forum_proposal(room->forum, 1)->id;
    act->as.amend.base_text = forum_proposal(room->forum, 1)->text.hash;
    act->as.amend.operation = AMEND_ADD;
    act->as.amend.clause = 1;
    act->text = bytes_of_text("More.");
    room_block(room);
    assert_true(has_changed(room, 0) && has_changed(room, 1));
    room_ballot(room, 0, 2, ANSWER_YES);
    room_ballot(room, 1, 2, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->text.version, 2);
    assert_true(has_changed(room, 0));
}

/* Read a decided proposal's record by hand, as records.c describes it. */
static void a_proposals_record_says_what_was_decided_by_whom(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    struct hash ids[3];
    ids[0] = room_propose(room, 0, "1. Peace.", false)->id;
    room_block(room);
    ids[1] = room_ballot(room, 1, 1, ANSWER_NO)->id;
    ids[2] = room_ballot(room, 0, 1, ANSWER_YES)->id;
    room_block(room);
    const struct forum_proposal *is = forum_proposal(room->forum, 1);
    uint8_t bytes[1024];
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    forum_record_encode(room->forum, 0, &writer);
    assert_int_equal(writer.size, forum_record_size(room->forum, 0));
    struct reader reader;
    reader_init(&reader, bytes_of(bytes, writer.size));
    assert_int_equal(reader_u8(&reader), 1);
    assert_int_equal(reader_u32(&reader), 1);
    assert_int_equal(reader_u32(&reader), 0);
    assert_memory_equal(reader_take(&reader, 32).data, ids[0].bytes, 32);
    assert_int_equal(reader_u32(&reader), 0);
    assert_true(bytes_equal(reader_bytes(&reader), bytes_of_text("a draft")));
    assert_int_equal(reader_u8(&reader), 0);
    assert_memory_equal(reader_take(&reader, 32).data, is->text.hash.bytes, 32);
    assert_int_equal(reader_u32(&reader), 1);
    assert_memory_equal(reader_take(&reader, 32).data, is->rule->hash.bytes, 32);
    assert_int_equal(reader_u8(&reader), PROPOSAL_DECIDED);
    assert_int_equal(reader_u8(&reader), VERDICT_ADOPTED);
    assert_true(bytes_equal(reader_bytes(&reader), bytes_of_text(is->line)));
    assert_true(reader_i64(&reader) == is->opened_ms);
    assert_true(reader_i64(&reader) == INT64_MAX);
    assert_true(reader_i64(&reader) == room->now_ms);
    assert_true(reader_i64(&reader) == room->now_ms);
    assert_true(reader_i64(&reader) == room->now_ms);
    assert_true(reader_u64(&reader) == room->height);
    assert_int_equal(reader_u32(&reader), 0);
    assert_true(reader_u64(&reader) == 1);
    reader_take(&reader, 3 * 8);
    assert_true(reader_u64(&reader) == 3);
    reader_take(&reader, 3 * 8 + 2 * 32);
    assert_int_equal(reader_u32(&reader), 2);
    assert_int_equal(reader_u8(&reader), ANSWER_YES);
    assert_int_equal(reader_u8(&reader), 0);
    assert_int_equal(reader_u8(&reader), ANSWER_NO);
    assert_int_equal(reader_u8(&reader), 0);
    assert_int_equal(reader_u32(&reader), 3);
    for (int i = 0; i < 3; i++)
        assert_memory_equal(reader_take(&reader, 32).data, ids[i].bytes, 32);
    assert_true(reader_done(&reader));
}

static void a_record_that_does_not_fit_says_so(void **state)
{
    struct room *room = *state;
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    room_put(room, 0, false);
    uint8_t bytes[64];
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    forum_record_encode(room->forum, 0, &writer);
    assert_true(writer.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(records_are_numbered_as_their_subjects_are_created),
        room_test(a_record_changes_when_its_subject_does_and_only_then),
        room_test(a_draft_whose_text_an_amendment_changes_has_a_new_record),
        room_test(a_proposals_record_says_what_was_decided_by_whom),
        room_test(a_record_that_does_not_fit_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
