/* SPDX-License-Identifier: Apache-2.0 */
/* view_weights.c - what weights were at the founding, what they are, and which decisions changed
 * them; and what a proposal would change. */
#include "api/view_parts.h"

#include <string.h>

#include "base/text.h"

enum { WEIGHTS_CHANGES_MAX = 256, WEIGHTS_LINE_SEATS_MAX = 4 };

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* The seats whose value differs. */
static bool add_changes(const struct charter *charter, const uint64_t *before,
                        const uint64_t *after, Comity__V1__WeightChange ***ret_changes,
                        size_t *ret_count, struct arena *arena)
{
    Comity__V1__WeightChange **changes = arena_array(arena, charter->seats_count, sizeof *changes);
    size_t count = 0;
    for (uint32_t seat = 0; changes != NULL && seat < charter->seats_count; seat++) {
        if (before[seat] == after[seat])
            continue;
        Comity__V1__WeightChange *change = arena_alloc(arena, sizeof *change);
        if (change == NULL)
            return false;
        comity__v1__weight_change__init(change);
        change->seat = text_of(charter->seats[seat].name);
        change->before = before[seat];
        change->after = after[seat];
        changes[count++] = change;
    }
    *ret_changes = changes;
    *ret_count = count;
    return changes != NULL;
}

/* NULL: the effect is no reweighing. */
static const uint64_t *values_before(const struct forum *forum,
                                     const struct forum_proposal *proposal)
{
    const struct charter *charter = forum_charter(forum);
    for (uint32_t i = 0; i < charter->weights_count; i++) {
        if (proposal->effect.kind == EFFECT_REWEIGH &&
            strcmp(charter->weights[i].name, proposal->effect.name) == 0)
            return forum_weight_values(forum, i, forum_weights_before(forum, proposal));
    }
    return NULL;
}

bool view_add_changes(const struct forum *forum, const struct forum_proposal *proposal,
                      Comity__V1__EffectInfo *info, struct arena *arena)
{
    const uint64_t *before = values_before(forum, proposal);
    return before == NULL || add_changes(forum_charter(forum), before, proposal->effect.values,
                                         &info->changes, &info->n_changes, arena);
}

void view_changes_line(const struct forum *forum, const struct forum_proposal *proposal,
                       struct text *line)
{
    const struct charter *charter = forum_charter(forum);
    const uint64_t *before = values_before(forum, proposal);
    const uint64_t *after = proposal->effect.values;
    unsigned count = 0;
    for (uint32_t seat = 0; before != NULL && seat < charter->seats_count; seat++) {
        if (before[seat] == after[seat] || ++count > WEIGHTS_LINE_SEATS_MAX)
            continue;
        text_format(line, "%s%s %llu (was %llu)", count == 1 ? "" : ", ", charter->seats[seat].name,
                    (unsigned long long)after[seat], (unsigned long long)before[seat]);
    }
    if (count > WEIGHTS_LINE_SEATS_MAX)
        text_format(line, ", and %u more", count - WEIGHTS_LINE_SEATS_MAX);
    if (count == 0)
        text_add(line, "every seat keeps what it has");
}

static bool add_seats(const struct forum *forum, uint32_t weight, Comity__V1__WeightInfo *info,
                      struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    info->seats = arena_array(arena, charter->seats_count, sizeof *info->seats);
    for (uint32_t seat = 0; info->seats != NULL && seat < charter->seats_count; seat++) {
        Comity__V1__WeightSeat *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__weight_seat__init(copy);
        copy->seat = text_of(charter->seats[seat].name);
        copy->founding = forum_weight_values(forum, weight, 0)[seat];
        copy->now = forum_weight(forum, weight, seat);
        info->seats[info->n_seats++] = copy;
    }
    return info->seats != NULL;
}

static bool add_history(const struct forum *forum, uint32_t weight, Comity__V1__WeightInfo *info,
                        struct arena *arena)
{
    uint32_t count = forum_reweighs_count(forum);
    uint32_t first = count > WEIGHTS_CHANGES_MAX ? count - WEIGHTS_CHANGES_MAX : 0;
    info->changes = arena_array(arena, count - first, sizeof *info->changes);
    for (uint32_t i = first; info->changes != NULL && i < count; i++) {
        struct forum_reweigh is = forum_reweigh(forum, i);
        if (is.weight != weight)
            continue;
        Comity__V1__Reweighed *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__reweighed__init(copy);
        copy->proposal = is.proposal;
        copy->title = text_of(forum_proposal(forum, is.proposal)->title);
        copy->forum_ms = is.time_ms;
        if (!add_changes(forum_charter(forum), forum_weight_values(forum, weight, i),
                         forum_weight_values(forum, weight, i + 1), &copy->changes,
                         &copy->n_changes, arena))
            return false;
        info->changes[info->n_changes++] = copy;
    }
    return info->changes != NULL;
}

Comity__V1__Weights *view_weights(const struct forum *forum, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    Comity__V1__Weights *weights = arena_alloc(arena, sizeof *weights);
    if (weights == NULL)
        return NULL;
    comity__v1__weights__init(weights);
    weights->weights = arena_array(arena, charter->weights_count, sizeof *weights->weights);
    for (uint32_t i = 0; weights->weights != NULL && i < charter->weights_count; i++) {
        Comity__V1__WeightInfo *info = arena_alloc(arena, sizeof *info);
        if (info == NULL)
            return NULL;
        comity__v1__weight_info__init(info);
        info->name = text_of(charter->weights[i].name);
        if (!add_seats(forum, i, info, arena) || !add_history(forum, i, info, arena))
            return NULL;
        weights->weights[weights->n_weights++] = info;
    }
    return weights->weights != NULL ? weights : NULL;
}
