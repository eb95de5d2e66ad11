/* SPDX-License-Identifier: Apache-2.0 */
/* edge_life.h - the edge cases of changing weights and of reservations, as plays in the room of
 * life.h. */
#ifndef COMITY_TESTS_FORUM_EDGE_LIFE_H
#define COMITY_TESTS_FORUM_EDGE_LIFE_H

#include "life.h"

/* While P1 is open a decision takes the votes from A: its yes then adopts or not. */
static inline void reweigh_in_between(struct room *room, enum charter_freeze freeze,
                                      const char *freeze_day, enum verdict expected,
                                      struct hash *ret_weights)
{
    static const uint64_t before[LIFE_SEATS] = {60, 10, 10, 10, 10};
    static const uint64_t after[LIFE_SEATS] = {10, 60, 10, 10, 10};
    life_plan(room);
    room->weights[0] = (struct charter_weight){.name = "votes", .values = before};
    room->charter.weights_count = 1;
    room->rules[0].sentence = "yes by votes > 50% of members";
    room->rules[0].freeze = freeze;
    room->rules[0].freeze_ms = freeze_day == NULL ? 0 : day(freeze_day);
    room_open(room, LIFE_SEATS);
    room_put(room, A, false);
    struct effect effect = {.kind = EFFECT_REWEIGH, .name = "votes", .values_count = LIFE_SEATS};
    effect.values = (uint64_t *)(uintptr_t)after;
    life_adopt(room, life_effect(room, A, effect), 0x7);
    room_ballot(room, A, 1, ANSWER_YES);
    for (uint32_t seat = B; seat < LIFE_SEATS; seat++)
        room_ballot(room, seat, 1, ANSWER_NO);
    room_block(room);
    room_assert_accepted(room);
    assert_string_equal(verdict_word(forum_proposal(room->forum, 1)->verdict),
                        verdict_word(expected));
    *ret_weights = forum_proposal(room->forum, 1)->weights;
}

static inline void weights_are_frozen_as_it_says(struct room *room)
{
    struct hash opening, adoption, date;
    reweigh_in_between(room, FREEZE_OPENING, NULL, VERDICT_ADOPTED, &opening);
    reweigh_in_between(room, FREEZE_ADOPTION, NULL, VERDICT_REJECTED, &adoption);
    reweigh_in_between(room, FREEZE_DATE, "2016-01-01", VERDICT_ADOPTED, &date);
    assert_true(hash_equal(&opening, &date)); /* Kept with the verdict: which they were. */
    assert_false(hash_equal(&opening, &adoption));
}

static inline struct act *object_to_first(struct room *room, uint32_t seat, bool refuses)
{
    struct act *act = room_say(room, seat, ACT_OBJECT_RESERVATION);
    act->as.objection.reservation = forum_reservation(room->forum, 1)->id;
    act->as.objection.refuses_relations = refuses;
    return act;
}

static inline void reservations_are_pairwise(struct room *room)
{
    life_plan(room);
    life_treaty(room, 1 << A | 1 << B);
    struct act *act = room_say(room, C, ACT_RESERVE);
    act->as.reserve.proposal = forum_proposal(room->forum, 1)->id;
    act->as.reserve.clause = 3;
    act->has_text = true;
    act->text = bytes_of_text("Not as regards fish.");
    room_consent(room, C, 1);
    room_consent(room, D, 1);
    room_block(room);
    object_to_first(room, A, false);
    object_to_first(room, B, true);
    room_block(room);
    room_assert_accepted(room);
    const struct {
        uint32_t other, clause;
        enum relation expected;
    } pairs[] = {
        {A, 3, RELATION_REST}, /* An objection alone: bound on the rest. */
        {A, 1, RELATION_FULL},     {B, 1, RELATION_NONE}, /* Relations refused. */
        {D, 3, RELATION_MODIFIED}, {D, 1, RELATION_FULL},
    };
    int64_t until = forum_objection_until(room->forum, forum_reservation(room->forum, 1), D);
    for (int later = 0; later < 2; later++) {
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            uint32_t other = pairs[i].other, clause = pairs[i].clause;
            assert_int_equal(forum_relation(room->forum, 1, C, other, clause), pairs[i].expected);
            assert_int_equal(forum_relation(room->forum, 1, other, C, clause), pairs[i].expected);
        }
        assert_int_equal(forum_relation(room->forum, 1, A, B, 3), RELATION_FULL);
        room_block_at(room, until + 1);
    }
    object_to_first(room, D, false);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED); /* Its silence has accepted. */
}

#endif
