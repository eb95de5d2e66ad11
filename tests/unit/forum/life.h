/* SPDX-License-Identifier: Apache-2.0 */
/* life.h - a room of five with a treaty, a court that rules on its breach, and effects. */
#ifndef COMITY_TESTS_FORUM_LIFE_H
#define COMITY_TESTS_FORUM_LIFE_H

#include "forum/state.h"
#include "said.h"

enum { A, B, C, D, E, LIFE_SEATS };

/* rules[0] "treaty": yes >= 2, binds who consents, by ratification; rules[1] "court": yes >= 3,
 * which may do everything. */
static inline void life_plan(struct room *room)
{
    room_plan(room, LIFE_SEATS, "yes >= 2");
    struct charter_rule *treaty = &room->rules[0];
    treaty->name = "treaty";
    treaty->revise_never = true; /* So that the second yes decides. */
    treaty->reservations = RESERVATIONS_ANY;
    treaty->window_months = 12;
    treaty->has_breach = true;
    treaty->breach.ruled_by = "court";
    treaty->breach.responses = RESPONSE_BITS;
    room->rules[1] = *treaty;
    struct charter_rule *court = &room->rules[1];
    court->name = "court";
    court->sentence = "yes >= 3";
    court->hash.bytes[1] = 1;
    court->may = MAY_BITS;
    room->charter.rules_count = 2;
}

/* The draft just said, put and adopted with the yes of these seats; its P number. */
static inline uint32_t life_adopt(struct room *room, const struct act *draft, uint32_t yes)
{
    assert_int_equal(draft->kind, ACT_PROPOSE);
    room_block(room);
    room_assert_accepted(room);
    uint32_t number = forum_proposals_count(room->forum);
    for (uint32_t seat = 0; seat < LIFE_SEATS; seat++) {
        if ((yes >> seat & 1) != 0)
            room_ballot(room, seat, number, ANSWER_YES);
    }
    room_block(room);
    room_assert_accepted(room);
    return number;
}

/* A1, in force for these seats. */
static inline void life_treaty(struct room *room, uint32_t parties)
{
    room_open(room, LIFE_SEATS);
    uint32_t number =
        life_adopt(room, room_propose(room, A, "1. Peace.\n2. Trade.\n3. Fish.\n", true), 3);
    for (uint32_t seat = 0; seat < LIFE_SEATS; seat++) {
        if ((parties >> seat & 1) != 0 && seat > B)
            room_consent(room, seat, number);
    }
    room_block(room);
    room_block(room);
    room_assert_accepted(room);
}

static inline struct act *life_allege(struct room *room, uint32_t by, uint32_t accused)
{
    struct act *act = room_say(room, by, ACT_ALLEGE);
    act->as.allege.proposal = forum_proposal(room->forum, 1)->id;
    act->as.allege.seat = accused;
    act->as.allege.clause = 2;
    return act;
}

static inline struct act *life_effect(struct room *room, uint32_t seat, struct effect effect)
{
    struct act *act = room_propose(room, seat, "1. So be it.\n", false);
    act->as.propose.rule = "court";
    act->as.propose.effect = effect;
    if (effect.name == NULL)
        act->as.propose.effect.name = "";
    return act;
}

static inline struct effect life_breach(const struct room *room, uint32_t number,
                                        enum response response)
{
    return (struct effect){.kind = EFFECT_BREACH,
                           .subject = forum_allegation(room->forum, number)->id,
                           .response = response};
}

static inline struct effect life_of_treaty(const struct room *room, enum effect_kind kind)
{
    return (struct effect){.kind = kind, .subject = forum_proposal(room->forum, 1)->id};
}

static inline const struct forum_party *life_party(const struct room *room, uint32_t seat)
{
    return &forum_agreement(room->forum, 1)->parties[seat];
}

#endif
