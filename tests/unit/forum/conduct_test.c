/* SPDX-License-Identifier: Apache-2.0 */
/* What a seat does is counted by its kind, and a class is the sum of its kinds. */
#include "said.h"

#include "forum/standing.h"
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

/* P1 of both seats, binding, becomes A1. */
static uint32_t adopt(struct room *room)
{
    room_plan(room, 2, "yes >= 2");
    room->rules[0].revise_never = true;
    room->rules[0].has_exit = true; /* No lock, no notice. */
    room_open(room, 2);
    uint32_t number = room_put(room, 0, true);
    room_ballot(room, 0, number, ANSWER_YES);
    room_ballot(room, 1, number, ANSWER_YES);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, number)->agreement, 1);
    return number;
}

static void say_alone(struct room *room, uint32_t seat, const struct hash *relies_on)
{
    struct act *act = room_say(room, seat, ACT_ALONE);
    act->as.alone.title = "Flies over";
    act->as.alone.topic = "";
    act->as.alone.relies_on = relies_on;
    act->as.alone.relies_on_count = relies_on == NULL ? 0 : 1;
}

static void acting_alone_on_agreements_of_others_is_a_kind_of_its_own(void **state)
{
    struct room *room = *state;
    uint32_t number = adopt(room);
    struct hash unknown = {{3}};
    const struct hash *relied[] = {&forum_proposal(room->forum, number)->id, &unknown, NULL};
    for (uint32_t i = 0; i < 3; i++)
        say_alone(room, 1, relied[i]);
    room_say(room, 0, ACT_NOTE);
    room_block(room);
    assert_int_equal(kind_of(room, 1, CONDUCT_ALONE_RELYING), 1);
    assert_int_equal(kind_of(room, 1, CONDUCT_ALONE), 2);
    assert_int_equal(forum_seat_conduct(room->forum, 1).alone, 3);
    assert_int_equal(kind_of(room, 0, CONDUCT_NOTED), 1);
}

/* The block's outcomes of this kind that name D1 or D2, and their lines. */
static void assert_relied(const struct room *room, uint32_t count, const char *line)
{
    assert_int_equal(room_told(room, OUTCOME_RELIED_ON), count);
    if (count > 0)
        assert_string_equal(room_outcome(room, OUTCOME_RELIED_ON)->line, line);
}

static void who_leaves_what_it_relied_on_is_told_so_and_everybody_when_it_ends(void **state)
{
    struct room *room = *state;
    uint32_t number = adopt(room);
    say_alone(room, 0, &forum_proposal(room->forum, number)->id);
    say_alone(room, 1, &forum_proposal(room->forum, number)->id);
    say_alone(room, 1, NULL);
    room_block(room);
    assert_relied(room, 0, "");
    assert_true(forum_relies(room->forum, 0, 1) && forum_relies(room->forum, 1, 1));
    assert_false(forum_relies(room->forum, 2, 1));
    room_withdraw(room, 0, number, false);
    room_block(room);
    assert_relied(room, 1, "D1 \"Flies over\" relied on A1, which it has left");
    assert_int_equal(room_outcome(room, OUTCOME_RELIED_ON)->seat, 0);
    assert_int_equal(room_outcome(room, OUTCOME_RELIED_ON)->value, 1);
    room_withdraw(room, 1, number, false);
    room_block(room);
    assert_int_equal(forum_agreement(room->forum, 1)->status, AGREEMENT_ENDED);
    assert_relied(room, 2, "D1 \"Flies over\" relied on A1, which has ended");
    /* An agreement that has ended is nothing to rely on. */
    say_alone(room, 1, &forum_proposal(room->forum, number)->id);
    room_block(room);
    assert_int_equal(kind_of(room, 1, CONDUCT_ALONE), 2);
    forum_check(room->forum);
}

static void legitimacy_is_two_figures_of_seats(void **state)
{
    struct room *room = *state;
    room_plan(room, 4, "yes >= 1");
    room->rules[0].has_in_force = true;
    room->rules[0].in_force.sentence = "yes >= 3";
    room->rules[0].revise_never = true;
    room_open(room, 4);
    uint32_t number = room_put(room, 0, true);
    room_ballot(room, 0, number, ANSWER_YES);
    room_block(room);
    room_consent(room, 0, number)->as.consent.home = HOME_YES;
    room_consent(room, 1, number)->as.consent.home = HOME_NO;
    room_consent(room, 2, number);
    room_say(room, 0, ACT_ENDORSE)->as.opinion.target = forum_proposal(room->forum, number)->id;
    room_say(room, 3, ACT_CONDEMN)->as.opinion.target = forum_proposal(room->forum, number)->id;
    room_block(room);
    room_assert_accepted(room);
    struct forum_legitimacy is = forum_agreement_legitimacy(room->forum, 1);
    assert_true(is.home_yes == 1 && is.home_no == 1 && is.home_untold == 1);
    assert_true(is.endorsed == 1 && is.condemned == 1 && is.own == 1);
    say_alone(room, 3, NULL);
    room_block(room);
    room_say(room, 3, ACT_ENDORSE)->as.opinion.target = forum_declaration(room->forum, 0)->id;
    room_say(room, 2, ACT_ENDORSE)->as.opinion.target = forum_declaration(room->forum, 0)->id;
    room_block(room);
    is = forum_declaration_legitimacy(room->forum, 0);
    assert_true(is.home_yes == 0 && is.endorsed == 2 && is.condemned == 0 && is.own == 1);
    assert_int_equal(kind_of(room, 3, CONDUCT_ENDORSED), 1);
    assert_int_equal(kind_of(room, 3, CONDUCT_CONDEMNED), 1);
}

static struct act *say_shift(struct room *room, uint32_t seat, struct hash proposal)
{
    struct act *act = room_say(room, seat, ACT_SHIFT);
    act->as.shift.proposal = proposal;
    act->as.shift.forum = (struct hash){{77}};
    act->as.shift.name = "willing";
    return act;
}

static void a_question_that_did_not_pass_can_be_taken_elsewhere(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 2");
    room->rules[0].revise_never = true;
    room->seats[2].role = SEAT_CHAIR;
    room_open(room, 3);
    uint32_t lost = room_put(room, 0, false);
    struct hash id = forum_proposal(room->forum, lost)->id;
    say_shift(room, 0, (struct hash){{5}});
    room_block(room);
    room_assert_refused(room, COMITY_NOT_FOUND);
    say_shift(room, 2, id); /* The chair puts and takes nothing. */
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    say_shift(room, 0, id)->as.shift.forum = room->charter.id;
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_ballot(room, 1, lost, ANSWER_NO);
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, lost)->verdict, VERDICT_REJECTED);
    say_shift(room, 0, id);
    room_block(room);
    room_assert_accepted(room);
    assert_string_equal(room_outcome(room, OUTCOME_SHIFTED)->line, "willing");
    assert_int_equal(forum_shifts_count(room->forum), 1);
    assert_int_equal(forum_shift(room->forum, 0)->proposal, lost);
    assert_null(forum_shift(room->forum, 1));
    assert_int_equal(kind_of(room, 0, CONDUCT_SHIFTED), 1);
    assert_int_equal(forum_seat_conduct(room->forum, 0).exit, 1);
    say_shift(room, 0, id);
    room_block(room);
    room_assert_refused(room, COMITY_EXISTS);
    say_shift(room, 1, id); /* It goes along, and says so itself. */
    room_block(room);
    room_assert_accepted(room);
    forum_check(room->forum);
}

static void a_loaded_forum_knows_counts_and_shifts_again(void **state)
{
    struct room *room = *state;
    static uint8_t data[1 << 16];
    struct writer writer;
    struct forum *loaded;
    room_plan(room, 2, "yes >= 2");
    room_open(room, 2);
    uint32_t number = room_put(room, 0, false);
    say_shift(room, 1, forum_proposal(room->forum, number)->id);
    say_alone(room, 0, NULL);
    room_block_at(room, room->now_ms + DAY);
    writer_init(&writer, data, sizeof data);
    forum_save(room->forum, &writer);
    assert_false(writer.failed);
    assert_int_equal(
        forum_load(&room->arena, &room->charter, bytes_of(data, writer.size), &loaded, NULL),
        COMITY_OK);
    const struct forum_shift *before = forum_shift(room->forum, 0), *after = forum_shift(loaded, 0);
    assert_true(before->time_ms == after->time_ms && before->time_ms == room->now_ms);
    assert_true(hash_equal(&before->forum, &after->forum));
    assert_string_equal(before->name, after->name);
    assert_true(before->seat == after->seat && before->proposal == after->proposal);
    for (uint32_t seat = 0; seat < 2; seat++) {
        struct forum_conduct saved = forum_seat_conduct(room->forum, seat);
        struct forum_conduct again = forum_seat_conduct(loaded, seat);
        assert_memory_equal(&saved, &again, sizeof saved);
    }
    assert_int_equal(forum_seat_conduct(loaded, 0).kinds[CONDUCT_ALONE], 1);
}

static void a_consent_taken_back_is_an_exit_and_no_withdrawal(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room->rules[0].has_in_force = true;
    room->rules[0].in_force.sentence = "yes >= 3";
    room->rules[0].revise_never = true;
    room_open(room, 3);
    uint32_t number = room_put(room, 0, true);
    room_ballot(room, 0, number, ANSWER_YES);
    room_block(room);
    room_consent(room, 0, number);
    room_withdraw(room, 0, number, false);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(kind_of(room, 0, CONDUCT_TOOK_BACK), 1);
    assert_int_equal(kind_of(room, 0, CONDUCT_WITHDREW), 0);
    assert_int_equal(kind_of(room, 0, CONDUCT_CONSENTED), 1);
    assert_int_equal(forum_seat_conduct(room->forum, 0).exit, 1);
}

static void what_was_adopted_stays(void **state)
{
    struct room *room = *state;
    uint32_t number = adopt(room);
    say_shift(room, 0, forum_proposal(room->forum, number)->id);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    assert_int_equal(forum_shifts_count(room->forum), 0);
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
        room_test(who_leaves_what_it_relied_on_is_told_so_and_everybody_when_it_ends),
        room_test(legitimacy_is_two_figures_of_seats),
        room_test(a_question_that_did_not_pass_can_be_taken_elsewhere),
        room_test(a_loaded_forum_knows_counts_and_shifts_again),
        room_test(a_consent_taken_back_is_an_exit_and_no_withdrawal),
        room_test(what_was_adopted_stays),
        room_test(a_room_for_the_world_keeps_only_what_was_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
