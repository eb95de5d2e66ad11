/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/measures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forum/clauses.h"
#include "forum/compliance.h"

struct taking {
    const struct forum *forum;
    const struct play *play;
    const struct scenario *scenario;
    struct measures *to;
    struct seat_set bound, alone;
    int64_t burdens[SEATS_MAX];
    bool has_burden[SEATS_MAX];
};

static uint32_t count_mask(const uint64_t mask[SEATS_MAX / 64])
{
    uint32_t count = 0;
    for (int i = 0; i < SEATS_MAX / 64; i++)
        count += (uint32_t)__builtin_popcountll(mask[i]);
    return count;
}

/* Sums that would not fit stay at the end of the range. */
static int64_t add_up(int64_t left, int64_t right)
{
    int64_t sum;
    if (__builtin_add_overflow(left, right, &sum))
        return right < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

static void note_effect(struct measures *to, int64_t ms, char letter, uint32_t number)
{
    if (ms >= to->effect_ms)
        return;
    to->effect_ms = ms;
    (void)snprintf(to->effect, sizeof to->effect, "%c%u", letter, number % 100000);
}

static bool party_is_bound(const struct forum_party *party)
{
    return party->status == PARTY_BOUND || party->status == PARTY_LEAVING;
}

static uint32_t clauses_of(const struct forum_proposal *proposal)
{
    struct clauses *clauses = malloc(sizeof *clauses);
    uint32_t count = 0;
    if (clauses && clauses_parse(proposal->text.bytes, clauses, NULL) == COMITY_OK)
        count = clauses->count;
    free(clauses);
    return count ? count : 1; /* A text without numbers says one thing. */
}

static void take_party(struct taking *self, uint32_t seat, const struct forum_party *party,
                       uint32_t clauses)
{
    struct measures *to = self->to;
    if (party->status != PARTY_NONE) {
        to->consents++;
        to->home_told += party->home != HOME_UNTOLD;
        to->home_yes += party->home == HOME_YES;
    }
    if (!party_is_bound(party))
        return;
    if (scenario_seat_is_member(self->scenario, seat))
        seat_set_add(&self->bound, seat);
    to->obligations += clauses;
}

/* What was pledged under it, in the text or by acts, and what of that is confirmed. */
static enum comity_error take_accounts(struct taking *self, const struct forum_agreement *agreement)
{
    const struct lesson *lesson = self->scenario->lesson;
    struct compliance *compliance;
    struct arena arena;
    arena_init(&arena, 0);
    enum comity_error error = forum_compliance(self->forum, agreement, &arena, &compliance);
    for (uint32_t i = 0; error == COMITY_OK && i < compliance->pledges_count; i++) {
        const struct compliance_pledge *one = &compliance->pledges[i];
        uint32_t seat = one->pledge->seat;
        if (!one->counts || strcmp(one->pledge->issue, lesson->issue) != 0 ||
            strcmp(one->pledge->unit, lesson->unit) != 0)
            continue;
        self->burdens[seat] = add_up(self->burdens[seat], one->pledge->quantity);
        self->has_burden[seat] = true;
        if (one->pledge->report == 0)
            continue;
        self->to->has_reached = true;
        self->to->reached = add_up(self->to->reached, one->delivery.confirmed);
    }
    arena_free(&arena);
    return error;
}

/* Made since the decision, or named by the lesson. */
static bool agreement_counts(const struct taking *self, const struct forum_proposal *proposal)
{
    const struct lesson *lesson = self->scenario->lesson;
    if (proposal->opened_ms >= lesson->decide_ms)
        return true;
    for (uint32_t i = 0; i < lesson->agreements_count; i++) {
        const struct stage_label *label = &self->play->labels[lesson->agreements[i]];
        if (label->known && label->proposal == proposal->number)
            return true;
    }
    return false;
}

static enum comity_error take_agreements(struct taking *self)
{
    uint32_t seats = forum_charter(self->forum)->seats_count;
    for (uint32_t number = 1; number <= forum_agreements_count(self->forum); number++) {
        const struct forum_agreement *agreement = forum_agreement(self->forum, number);
        const struct forum_proposal *proposal = forum_proposal(self->forum, agreement->proposal);
        for (uint32_t seat = 0; seat < seats; seat++) /* What was broken, whenever it was made. */
            self->to->broken += agreement->parties[seat].defection != DEFECTION_NONE;
        if (!agreement_counts(self, proposal))
            continue;
        if (proposal->opened_ms >= self->scenario->lesson->decide_ms &&
            agreement->in_force_ms <= forum_now(self->forum))
            note_effect(self->to, agreement->in_force_ms, 'A', number);
        self->to->endorsed += count_mask(agreement->endorsed);
        self->to->condemned += count_mask(agreement->condemned);
        uint32_t clauses = clauses_of(proposal);
        for (uint32_t seat = 0; seat < seats; seat++)
            take_party(self, seat, &agreement->parties[seat], clauses);
        if (take_accounts(self, agreement) != COMITY_OK)
            return COMITY_MEMORY;
    }
    return COMITY_OK;
}

static void take_declarations(struct taking *self)
{
    for (uint32_t i = 0; i < forum_declarations_count(self->forum); i++) {
        const struct forum_declaration *declaration = forum_declaration(self->forum, i);
        if (declaration->time_ms < self->scenario->lesson->decide_ms)
            continue;
        note_effect(self->to, declaration->time_ms, 'D', i + 1);
        self->to->endorsed += count_mask(declaration->endorsed);
        self->to->condemned += count_mask(declaration->condemned);
        if (scenario_seat_is_member(self->scenario, declaration->seat))
            seat_set_add(&self->alone, declaration->seat);
    }
}

static void take_cover(struct taking *self)
{
    const struct lesson *lesson = self->scenario->lesson;
    const struct charter *charter = self->scenario->charter;
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        if (!scenario_seat_is_member(self->scenario, seat))
            continue;
        uint64_t weight =
            lesson->weight == SCENARIO_NONE ? 1 : charter->weights[lesson->weight].values[seat];
        self->to->members++;
        self->to->covered_of += weight;
        if (seat_set_has(&self->bound, seat) || seat_set_has(&self->alone, seat))
            self->to->covered += weight;
    }
}

static void take_burdens(struct taking *self, const struct lesson_choice *choice)
{
    struct measures *to = self->to;
    for (uint32_t i = 0; i < choice->burdens_count; i++) {
        uint32_t seat = choice->burdens[i].seat;
        self->burdens[seat] = add_up(self->burdens[seat], choice->burdens[i].quantity);
        self->has_burden[seat] = true;
        to->burden_assumed = true;
    }
    for (uint32_t seat = 0; seat < SEATS_MAX; seat++) {
        if (!self->has_burden[seat])
            continue;
        int64_t burden = self->burdens[seat];
        if (to->burdens_count == 0 || burden < to->burden_least)
            to->burden_least = burden;
        if (to->burdens_count == 0 || burden > to->burden_most)
            to->burden_most = burden;
        to->pledged = add_up(to->pledged, burden);
        to->burdens_count++;
    }
    if (!choice->has_reached)
        return;
    to->has_reached = to->reached_assumed = true;
    to->reached = add_up(to->reached, choice->reached);
}

enum comity_error measures_take(const struct forum *forum, const struct play *play,
                                const struct lesson_choice *choice, struct measures *ret_measures)
{
    *ret_measures = (struct measures){.effect_ms = INT64_MAX};
    struct taking self = {
        .forum = forum, .play = play, .scenario = play->scenario, .to = ret_measures};
    if (take_agreements(&self) != COMITY_OK)
        return COMITY_MEMORY;
    take_declarations(&self);
    take_cover(&self);
    take_burdens(&self, choice);
    ret_measures->bound = seat_set_count(&self.bound);
    ret_measures->alone = seat_set_count(&self.alone);
    return COMITY_OK;
}
