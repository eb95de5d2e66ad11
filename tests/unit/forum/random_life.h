/* SPDX-License-Identifier: Apache-2.0 */
/* random_life.h - what agreements live through, by chance: settings and acts for random histories.
 * The includer has `struct chance`, below() and any_proposal(). */
#ifndef COMITY_TESTS_FORUM_RANDOM_LIFE_H
#define COMITY_TESTS_FORUM_RANDOM_LIFE_H

#include "said.h"

static inline void plan_life(struct charter_rule *rule, struct chance *chance)
{
    rule->exit.final = below(chance, 4) == 0;
    rule->exit.no_later = below(chance, 4) == 0;
    rule->reservations = (enum charter_reservations)(below(chance, 5) % 4);
    rule->window_days = below(chance, 20);
    rule->window_months = below(chance, 3);
    rule->has_breach = below(chance, 4) > 0;
    rule->breach.ruled_by = below(chance, 8) == 0 ? "r6" : "r0";
    rule->breach.alleged_by = (enum charter_alleged_by)below(chance, 2);
    rule->breach.responses = below(chance, 3) == 0 ? below(chance, 16) : RESPONSE_BITS;
    rule->breach.accused_votes = below(chance, 3) == 0;
    rule->may = below(chance, 3) == 0 ? below(chance, 64) : MAY_BITS;
    rule->freeze = (enum charter_freeze)below(chance, 3);
    rule->freeze_ms = day("1962-10-16") + below(chance, 30) * DAY;
}

static inline void any_effect(struct room *room, struct chance *chance, struct effect *effect)
{
    static uint64_t values[SEATS_MAX];
    static const char *const names[] = {"ghg", "ghg", "ghg", "nothing"};
    uint32_t allegations = forum_allegations_count(room->forum);
    uint32_t agreements = forum_agreements_count(room->forum);
    effect->kind = (enum effect_kind)below(chance, EFFECT_KINDS_COUNT);
    /* Without members a forum says nothing more. */
    if (effect->kind == EFFECT_EXPEL && below(chance, 8) > 0)
        effect->kind = EFFECT_RESTORE;
    if (allegations > 0 && below(chance, 2) == 0)
        effect->kind = EFFECT_BREACH;
    effect->name = "";
    uint32_t suspended = agreements;
    while (suspended > 0 && forum_agreement(room->forum, suspended)->status != AGREEMENT_SUSPENDED)
        suspended--;
    if (suspended > 0 && below(chance, 3) > 0)
        effect->kind = EFFECT_RESUME;
    switch (effect->kind) {
    case EFFECT_BREACH:
        effect->response = (enum response)below(chance, RESPONSES_COUNT);
        if (effect->response == RESPONSE_EXPEL && below(chance, 4) > 0)
            effect->response = RESPONSE_SUSPEND;
        if (allegations > 0)
            effect->subject = forum_allegation(room->forum, 1 + below(chance, allegations))->id;
        break;
    case EFFECT_SUSPEND_VOTES:
    case EFFECT_RESTORE:
    case EFFECT_EXPEL:
        effect->seat = below(chance, room->charter.seats_count + 1);
        for (uint32_t i = 0; effect->kind == EFFECT_RESTORE && i < 6; i++) {
            if (!forum_seat_has_votes(room->forum, i) && below(chance, 2) == 0)
                effect->seat = i;
        }
        break;
    case EFFECT_REWEIGH:
        effect->name = names[below(chance, 4)];
        effect->values = values;
        effect->values_count = room->charter.seats_count;
        for (uint32_t i = 0; i < effect->values_count; i++)
            values[i] = below(chance, 50);
        break;
    default:
        if (agreements > 0) {
            uint32_t number = 1 + below(chance, agreements);
            if (effect->kind == EFFECT_RESUME && suspended > 0)
                number = suspended;
            for (uint32_t i = 1; effect->kind == EFFECT_SUSPEND && i <= agreements; i++) {
                if (forum_agreement(room->forum, i)->status == AGREEMENT_IN_FORCE)
                    number = i;
            }
            uint32_t of = forum_agreement(room->forum, number)->proposal;
            effect->subject = forum_proposal(room->forum, of)->id;
        }
    }
}

static inline void say_reserve(struct room *room, struct chance *chance, uint32_t seat)
{
    uint32_t number = any_proposal(room, chance);
    uint32_t agreements = forum_agreements_count(room->forum);
    if (agreements > 0 && below(chance, 2) == 0)
        number = forum_agreement(room->forum, 1 + below(chance, agreements))->proposal;
    struct act *act = room_say(room, seat, ACT_RESERVE);
    act->as.reserve.proposal = forum_proposal(room->forum, number)->id;
    act->as.reserve.clause = below(chance, 4);
    act->as.reserve.taken_back = below(chance, 4) == 0;
    act->text = bytes_of_text("Not for us.");
    if (forum_proposal(room->forum, number)->agreement != 0 && below(chance, 2) == 0)
        room_consent(room, seat, number);
}

static inline void say_objection(struct room *room, struct chance *chance, uint32_t seat)
{
    uint32_t count = forum_reservations_count(room->forum);
    while (count > 1 && below(chance, 8) > 0 &&
           forum_reservation(room->forum, count)->status != RESERVATION_EFFECTIVE)
        count--;
    struct act *act = room_say(room, seat, ACT_OBJECT_RESERVATION);
    if (count > 0)
        act->as.objection.reservation = forum_reservation(room->forum, count)->id;
    act->as.objection.taken_back = below(chance, 3) == 0;
    act->as.objection.refuses_relations = !act->as.objection.taken_back && below(chance, 2) == 0;
}

static inline void say_allege(struct room *room, struct chance *chance, uint32_t seat)
{
    uint32_t agreements = forum_agreements_count(room->forum);
    uint32_t reservations = forum_reservations_count(room->forum);
    struct act *act = room_say(room, seat, ACT_ALLEGE);
    if (agreements > 0) {
        uint32_t of = forum_agreement(room->forum, 1 + below(chance, agreements))->proposal;
        act->as.allege.proposal = forum_proposal(room->forum, of)->id;
    }
    act->as.allege.seat = below(chance, room->charter.seats_count);
    act->as.allege.clause = below(chance, 5);
    const struct forum_proposal *of = forum_find_proposal(room->forum, &act->as.allege.proposal);
    for (uint32_t i = 0; of != NULL && i < 6 && below(chance, 3) > 0; i++) {
        if (forum_agreement(room->forum, of->agreement)->parties[i].status == PARTY_BOUND)
            act->as.allege.seat = i;
    }
    act->as.allege.has_reservation = reservations > 0 && below(chance, 3) == 0;
    if (act->as.allege.has_reservation) {
        const struct forum_reservation *is =
            forum_reservation(room->forum, 1 + below(chance, reservations));
        act->as.allege.reservation = is->id;
        act->as.allege.seat = is->seat;
        act->as.allege.proposal = forum_proposal(room->forum, is->proposal)->id;
    }
    act->text = bytes_of_text("It did not.");
}

/* A third of the drafts do something. */
static inline void carry_effect(struct room *room, struct chance *chance, struct act *act)
{
    static const uint32_t reservable[] = {1, 3};
    act->as.propose.effect = (struct effect){.name = ""};
    act->as.propose.reservable = reservable;
    act->as.propose.reservable_count = below(chance, 3);
    if (below(chance, 2) > 0)
        return;
    act->as.propose.binding = below(chance, 12) == 0;
    any_effect(room, chance, &act->as.propose.effect);
    /* Two may ask for the same; the second then comes too late. */
    for (uint32_t i = 0; i < room->forum->open_count && below(chance, 3) == 0; i++) {
        const struct forum_proposal *other = forum_proposal(room->forum, room->forum->open[i]);
        if (other->effect.kind != EFFECT_NONE)
            act->as.propose.effect = other->effect;
    }
    if (act->as.propose.effect.kind == EFFECT_BREACH)
        act->as.propose.rule = below(chance, 8) == 0 ? "r6" : "r0";
    else if (below(chance, 2) == 0)
        act->as.propose.rule = "r0";
}

/* What would never come about if everybody only said what comes to mind: an answer yes to what a
 * proposal does, a consent to an agreement. */
static inline void say_for_it(struct room *room, struct chance *chance, uint32_t seat)
{
    uint32_t number = forum_proposals_count(room->forum);
    while (number > 0 && (forum_proposal(room->forum, number)->effect.kind == EFFECT_NONE ||
                          forum_proposal(room->forum, number)->status != PROPOSAL_OPEN))
        number--;
    uint32_t agreements = forum_agreements_count(room->forum);
    if (number > 0 && (agreements == 0 || below(chance, 3) > 0))
        for (uint32_t i = 0; i < 6 && room->acts_count < 32; i++)
            room_ballot(room, i, number, below(chance, 8) == 0 ? ANSWER_NO : ANSWER_YES);
    else if (agreements > 0)
        room_consent(room, seat,
                     forum_agreement(room->forum, 1 + below(chance, agreements))->proposal);
}

static inline void say_of_life(struct room *room, struct chance *chance, uint32_t seat)
{
    uint32_t what = below(chance, 100);
    if (what < 25)
        say_reserve(room, chance, seat);
    else if (what < 60)
        say_objection(room, chance, seat);
    else if (what < 99 || below(chance, 6) > 0)
        say_allege(room, chance, seat);
    else
        room_say(room, seat, ACT_LEAVE);
}

#endif
