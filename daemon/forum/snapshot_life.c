/* SPDX-License-Identifier: Apache-2.0 */
/* What an agreement lives through, and what proposals do besides adopting a text. */
#include <string.h>

#include "forum/snapshot.h"

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

void archive_extras(struct archive *archive, const struct forum *forum, struct forum_proposal *is)
{
    archive_goals(archive, is);
    uint32_t *reservable = room_for(archive, is->reservable, &is->reservable_count,
                                    sizeof *reservable, sizeof *reservable);
    for (uint32_t i = 0; i < is->reservable_count; i++)
        archive_u32(archive, &reservable[i]);
    is->reservable = reservable;
    archive_effect(archive, forum, &is->effect);
    archive_bool(archive, &is->has_carried);
    if (is->has_carried) {
        archive_raw(archive, &is->carried_forum, sizeof is->carried_forum);
        archive_raw(archive, &is->carried_proposal, sizeof is->carried_proposal);
    }
}
