/* SPDX-License-Identifier: Apache-2.0 */
/* What an agreement lives through, and what proposals do besides adopting a text. */
#include <string.h>

#include "forum/breach.h"
#include "forum/index.h"
#include "forum/reservation.h"
#include "forum/snapshot.h"
#include "forum/membership.h"

/* A fixed array: room for it when reading. */
static void *room_for(struct archive *archive, const void *items, uint32_t *count, size_t size,
                      size_t least)
{
    archive_count(archive, count, least);
    if (archive->reader == NULL || *count == 0)
        return (void *)(uintptr_t)items;
    void *room = pool_keep(archive->pool, *count * size);
    if (room == NULL)
        *count = 0;
    return room;
}

static void archive_goals(struct archive *archive, struct forum_proposal *is)
{
    struct goal *goals =
        room_for(archive, is->goals, &is->goals_count, sizeof *goals, 4 + 8 + 4 + 8);
    for (uint32_t i = 0; i < is->goals_count; i++) {
        archive_text(archive, &goals[i].issue);
        archive_i64(archive, &goals[i].quantity);
        archive_text(archive, &goals[i].unit);
        archive_i64(archive, &goals[i].due_ms);
    }
    is->goals = goals;
}

static void archive_effect(struct archive *archive, const struct forum *forum,
                           struct effect *effect)
{
    effect->kind = (enum effect_kind)archive_word(archive, effect->kind, EFFECT_KINDS_COUNT - 1);
    if (effect->kind == EFFECT_NONE) {
        effect->name = "";
        return;
    }
    archive_raw(archive, &effect->subject, sizeof effect->subject);
    archive_u32(archive, &effect->seat);
    effect->response = (enum response)archive_word(archive, effect->response, RESPONSES_COUNT - 1);
    archive_u64(archive, &effect->quantity);
    archive_text(archive, &effect->name);
    uint64_t *values =
        room_for(archive, effect->values, &effect->values_count, sizeof *values, sizeof *values);
    for (uint32_t i = 0; i < effect->values_count; i++)
        archive_u64(archive, &values[i]);
    effect->values = values;
    if (effect->seat >= SEATS_MAX ||
        (effect->kind == EFFECT_REWEIGH && effect->values_count != forum->charter->seats_count))
        archive->failed = true;
}

static void archive_undone(struct archive *archive, struct forum_proposal *is)
{
    bool undone = is->undone != NULL;
    archive_bool(archive, &undone);
    if (undone)
        archive_text(archive, &is->undone);
}

/* A charter whose rules have no stages saves nothing of it. */
static void archive_first(struct archive *archive, const struct forum *forum,
                          struct forum_proposal *is)
{
    const struct charter *charter = forum->charter;
    struct forum_first first = is->first != NULL ? *is->first : (struct forum_first){.line = ""};
    uint8_t *answers = (uint8_t *)(uintptr_t)first.answers;
    bool any = false;
    bool has = is->first != NULL;
    for (uint32_t i = 0; i < charter->rules_count; i++)
        any = any || charter->rules[i].has_stages;
    if (any)
        archive_bool(archive, &has);
    if (!has)
        return;
    uint32_t rule = first.rule != NULL ? (uint32_t)(first.rule - charter->rules) : 0;
    if (archive->reader != NULL)
        answers = pool_keep(archive->pool, charter->seats_count);
    archive_u32(archive, &rule);
    first.verdict = (enum verdict)archive_word(archive, first.verdict, VERDICTS_COUNT - 1);
    archive_text(archive, &first.line);
    archive_i64(archive, &first.decided_ms);
    for (uint32_t seat = 0; answers != NULL && seat < charter->seats_count; seat++)
        answers[seat] = (uint8_t)archive_word(archive, answers[seat], ANSWER_NOT_MEMBER);
    if (archive->reader == NULL)
        return;
    struct forum_first *kept = pool_keep(archive->pool, sizeof *kept);
    if (kept == NULL || answers == NULL || rule >= charter->rules_count) {
        archive->failed = true;
        return;
    }
    first.rule = &charter->rules[rule];
    first.answers = answers;
    *kept = first;
    is->first = kept;
}

void archive_extras(struct archive *archive, const struct forum *forum, struct forum_proposal *is)
{
    archive_goals(archive, is);
    uint32_t *reservable = room_for(archive, is->reservable, &is->reservable_count,
                                    sizeof *reservable, sizeof *reservable);
    for (uint32_t i = 0; i < is->reservable_count; i++)
        archive_u32(archive, &reservable[i]);
    is->reservable = reservable;
    archive_effect(archive, forum, &is->effect);
    archive_undone(archive, is);
    archive_bool(archive, &is->has_carried);
    if (is->has_carried) {
        archive_raw(archive, &is->carried_forum, sizeof is->carried_forum);
        archive_raw(archive, &is->carried_proposal, sizeof is->carried_proposal);
    }
    archive_first(archive, forum, is);
}

/* Every seat that is no member any more went once. */
static void archive_departures(struct archive *archive, struct forum *self)
{
    uint32_t gone = 0;
    uint64_t known[SEAT_WORDS] = {0};
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++)
        gone += self->seats[seat].standing != STANDING_MEMBER;
    self->departures_count = gone;
    for (uint32_t i = 0; i < gone && !archive_has_failed(archive); i++) {
        struct departure *departure = &self->departures[i];
        archive_u32(archive, &departure->seat);
        archive_raw(archive, &departure->act, sizeof departure->act);
        archive_bool(archive, &departure->is_breach);
        archive_raw(archive, &departure->allegation, sizeof departure->allegation);
        if (departure->seat >= self->charter->seats_count || mask_has(known, departure->seat) ||
            self->seats[departure->seat].standing == STANDING_MEMBER) {
            archive->failed = true;
            return;
        }
        mask_add(known, departure->seat);
    }
}

/* Read after the seats: whom questions count follows from them. */
void archive_standing(struct archive *archive, struct forum *self)
{
    archive_departures(archive, self);
    uint32_t count = self->reweighs_count;
    uint32_t seats_count = self->charter->seats_count;
    archive_count(archive, &count, 4 + 4 + 8);
    for (uint32_t i = 0; i < count && !archive_has_failed(archive); i++) {
        struct reweigh reweigh = {0};
        if (archive->reader == NULL)
            reweigh = self->reweighs[i];
        uint64_t *values = (uint64_t *)(uintptr_t)reweigh.values;
        archive_u32(archive, &reweigh.weight);
        archive_u32(archive, &reweigh.proposal);
        archive_i64(archive, &reweigh.time_ms);
        if (archive->reader != NULL)
            values = pool_keep(archive->pool, seats_count * sizeof *values);
        for (uint32_t seat = 0; seat < seats_count && values != NULL; seat++)
            archive_u64(archive, &values[seat]);
        if (archive->reader == NULL || values == NULL)
            continue;
        if (reweigh.weight >= self->charter->weights_count || !weights_are_valid(self, values))
            archive->failed = true;
        else
            weights_add(self, reweigh.weight, values, reweigh.proposal, reweigh.time_ms);
    }
    if (archive->reader != NULL)
        membership_refresh(self);
}

/* Things are saved where they belong and numbered by the forum: place n - 1 of its list, once. */
static bool place(struct archive *archive, void ***items, uint32_t *count, uint32_t *capacity,
                  uint32_t number, void *item)
{
    if (number == 0 || number > archive->reader->size / HASH_SIZE)
        return false;
    while (*count < number) {
        if (!pool_vector(archive->pool, (void **)items, *count, capacity, sizeof **items))
            return false;
        (*items)[(*count)++] = NULL;
    }
    if ((*items)[number - 1] != NULL)
        return false;
    (*items)[number - 1] = item;
    return true;
}

static void archive_reservation(struct archive *archive, struct forum_reservation *is)
{
    archive_u32(archive, &is->number);
    archive_raw(archive, &is->id, sizeof is->id);
    archive_u32(archive, &is->seat);
    archive_u32(archive, &is->clause);
    archive_bytes(archive, &is->text);
    is->status = (enum reservation_status)archive_word(archive, is->status, RESERVATION_LAPSED);
    archive_i64(archive, &is->made_ms);
    archive_i64(archive, &is->effective_ms);
    archive_i64(archive, &is->ended_ms);
    archive_mask(archive, is->objected);
    archive_mask(archive, is->refused);
}

void archive_reservations(struct archive *archive, struct forum *forum, struct proposal *self)
{
    uint32_t count = self->reservations_count;
    archive_count(archive, &count, HASH_SIZE);
    for (uint32_t i = 0; i < count && !archive_has_failed(archive); i++) {
        struct forum_reservation *is =
            archive->reader == NULL ? self->reservations[i] : reservation_add(forum, self);
        if (is == NULL)
            return;
        archive_reservation(archive, is);
        if (archive->reader == NULL || archive_has_failed(archive))
            continue;
        if (is->seat >= forum->charter->seats_count ||
            !place(archive, (void ***)&forum->reservations, &forum->reservations_count,
                   &forum->reservations_capacity, is->number, is))
            archive->failed = true;
        else
            index_add(forum, INDEX_RESERVATION, is->number);
    }
}

static void archive_allegation(struct archive *archive, struct forum_allegation *is)
{
    archive_u32(archive, &is->number);
    archive_raw(archive, &is->id, sizeof is->id);
    archive_u32(archive, &is->by);
    archive_u32(archive, &is->accused);
    archive_u32(archive, &is->clause);
    archive_u32(archive, &is->reservation);
    archive_bytes(archive, &is->text);
    is->status = (enum allegation_status)archive_word(archive, is->status, ALLEGATION_NOT_FOUND);
    archive_u32(archive, &is->ruling);
    is->response = (enum response)archive_word(archive, is->response, RESPONSES_COUNT - 1);
    archive_i64(archive, &is->made_ms);
    archive_i64(archive, &is->ruled_ms);
}

void archive_allegations(struct archive *archive, struct forum *forum, struct agreement *self)
{
    uint32_t count = self->allegations_count;
    uint32_t seats_count = forum->charter->seats_count;
    archive_count(archive, &count, HASH_SIZE);
    for (uint32_t i = 0; i < count && !archive_has_failed(archive); i++) {
        struct allegation *allegation =
            archive->reader == NULL ? self->allegations[i] : allegation_add(forum, self);
        if (allegation == NULL)
            return;
        struct forum_allegation *is = &allegation->is;
        archive_allegation(archive, is);
        if (archive->reader == NULL || archive_has_failed(archive))
            continue;
        if (is->by >= seats_count || is->accused >= seats_count ||
            !place(archive, (void ***)&forum->allegations, &forum->allegations_count,
                   &forum->allegations_capacity, is->number, allegation))
            archive->failed = true;
        else
            index_add(forum, INDEX_ALLEGATION, is->number);
    }
}

bool life_is_whole(const struct forum *self)
{
    for (uint32_t i = 0; i < self->reservations_count; i++) {
        if (self->reservations[i] == NULL)
            return false;
    }
    for (uint32_t i = 0; i < self->allegations_count; i++) {
        const struct allegation *allegation = self->allegations[i];
        if (allegation == NULL || allegation->is.reservation > self->reservations_count ||
            allegation->is.ruling > self->proposals_count)
            return false;
    }
    for (uint32_t i = 0; i < self->proposals_count; i++) {
        const struct effect *effect = &self->proposals[i]->is.effect;
        if (effect->kind == EFFECT_BREACH &&
            index_find(self, &effect->subject).kind != INDEX_ALLEGATION)
            return false;
    }
    return true;
}
