/* SPDX-License-Identifier: Apache-2.0 */
/* What a seat does is counted by its kind, and a class is the sum of its kinds. */
#include "said.h"

#include "forum/state.h"
#include "model/limits.h"

static uint32_t kind_of(const struct room *room, uint32_t seat, enum conduct_kind kind)
{
    return forum_seat_conduct(room->forum, seat).kinds[kind];
}

static void every_kind_has_a_word_of_its_own_and_a_class(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CONDUCT_KINDS_COUNT; i++) {
        enum conduct_kind kind = (enum conduct_kind)i;
        assert_int_equal(conduct_from_word(conduct_word(kind)), kind);
        assert_in_range(conduct_class_of(kind), CLASS_JOINED, CLASS_ACTIVITY);
    }
    assert_int_equal(conduct_from_word("treason"), CONDUCT_KINDS_COUNT);
    assert_null(conduct_word(CONDUCT_KINDS_COUNT));
    assert_null(conduct_class_word(CONDUCT_CLASSES_COUNT));
}

/* Answers A to D, then the kinds A to D are counted once for; a yes also joins. */
static void an_objection_breaks_silence_only_where_silence_consents(void **state)
{
    struct room *room = *state;
    static const struct {
        enum charter_silence silence;
        enum conduct_kind objected, silent;
    } rows[] = {{CHARTER_SILENCE_IGNORE, CONDUCT_OBJECTED, CONDUCT_MISSED},
                {CHARTER_SILENCE_NO, CONDUCT_OBJECTED, CONDUCT_MISSED},
                {CHARTER_SILENCE_YES, CONDUCT_BROKE_SILENCE, CONDUCT_KEPT_SILENCE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        room_plan(room, 4, "objections = 0");
        room->rules[0].closes = CLOSES_AFTER;
        room->rules[0].closes_ms = DAY;
        room->rules[0].silence = rows[i].silence;
        room_open(room, 4);
        uint32_t number = room_put(room, 0, false);
        room_ballot(room, 0, number, ANSWER_YES);
        room_ballot(room, 1, number, ANSWER_ABSTAIN);
        room_block(room);
        room_ballot(room, 2, number, ANSWER_OBJECT)->signed_ms = room->now_ms;
        room_block(room);
        room_block_at(room, room->now_ms + 2 * DAY);
        assert_int_equal(forum_proposal(room->forum, number)->verdict, VERDICT_REJECTED);
        assert_int_equal(kind_of(room, 0, CONDUCT_SAID_YES), 1);
        assert_int_equal(kind_of(room, 0, CONDUCT_PROPOSED), 1);
        assert_int_equal(kind_of(room, 1, CONDUCT_SAID_ABSTAIN), 1);
        assert_int_equal(kind_of(room, 2, rows[i].objected), 1);
        assert_int_equal(kind_of(room, 2, CONDUCT_SAID_OBJECT), 1);
        assert_int_equal(kind_of(room, 3, rows[i].silent), 1);
        assert_int_equal(forum_seat_conduct(room->forum, 2).dissent, 1);
        assert_int_equal(forum_seat_conduct(room->forum, 3).dissent, 0);
        forum_check(room->forum);
    }
}

static void who_was_overtaken_by_the_verdict_missed_nothing(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room->rules[0].revise_never = true;
    room_open(room, 2); /* C has not joined: nobody asked it. */
    uint32_t number = room_put(room, 0, false);
    room_ballot(room, 0, number, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, number)->status, PROPOSAL_DECIDED);
    assert_int_equal(kind_of(room, 1, CONDUCT_OVERTAKEN), 1);
    assert_int_equal(kind_of(room, 1, CONDUCT_MISSED), 0);
    assert_int_equal(kind_of(room, 2, CONDUCT_OVERTAKEN), 0);
}

static void acting_alone_on_agreements_of_others_is_a_kind_of_its_own(void **state)
{
    struct room *room = *state;
    struct hash relied = {{3}};
    room_plan(room, 2, "yes >= 1");
    room_open(room, 2);
    for (uint32_t i = 0; i < 3; i++) {
        struct act *act = room_say(room, 1, ACT_ALONE);
        act->as.alone.title = "flies over";
        act->as.alone.topic = "";
        act->as.alone.relies_on = &relied;
        act->as.alone.relies_on_count = i == 0 ? 1 : 0;
    }
    room_say(room, 0, ACT_NOTE);
    room_block(room);
    assert_int_equal(kind_of(room, 1, CONDUCT_ALONE_RELYING), 1);
    assert_int_equal(kind_of(room, 1, CONDUCT_ALONE), 2);
    assert_int_equal(forum_seat_conduct(room->forum, 1).alone, 3);
    assert_int_equal(kind_of(room, 0, CONDUCT_NOTED), 1);
}

/* 195 delegations and 64 topics: what nobody did takes no room. */
static void a_room_for_the_world_keeps_only_what_was_done(void **state)
{
    struct room *room = *state;
    static const char *topics[TOPICS_MAX];
    static char names[TOPICS_MAX][8];
    room_plan(room, 195, "yes >= 1");
    room_open(room, 195);
    size_t without = room->arena.used;
    for (uint32_t i = 0; i < TOPICS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "t%u", (unsigned)i);
        topics[i] = names[i];
    }
    room_plan(room, 195, "yes >= 1");
    room->charter.topics = topics;
    room->charter.topics_count = TOPICS_MAX;
    room_open(room, 195);
    assert_in_range(room->arena.used - without, 1, 192 * 1024); /* Mostly the table of rows. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_word_of_its_own_and_a_class),
        room_test(an_objection_breaks_silence_only_where_silence_consents),
        room_test(who_was_overtaken_by_the_verdict_missed_nothing),
        room_test(acting_alone_on_agreements_of_others_is_a_kind_of_its_own),
        room_test(a_room_for_the_world_keeps_only_what_was_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
