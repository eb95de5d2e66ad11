/* SPDX-License-Identifier: Apache-2.0 */
/* view_effect.c - what a draft means to reach, and what its adoption does besides. */
#include "api/view_parts.h"
#include "base/text.h"

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

bool view_add_goals(const struct forum_proposal *proposal, Comity__V1__ProposalInfo *info,
                    struct arena *arena)
{
    info->goals = arena_array(arena, proposal->goals_count, sizeof *info->goals);
    for (uint32_t i = 0; info->goals != NULL && i < proposal->goals_count; i++) {
        const struct goal *goal = &proposal->goals[i];
        Comity__V1__Goal *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__goal__init(copy);
        copy->issue = text_of(goal->issue);
        copy->quantity = goal->quantity;
        copy->unit = text_of(goal->unit);
        copy->due_ms = goal->due_ms;
        info->goals[info->n_goals++] = copy;
    }
    return info->goals != NULL;
}

/* `A1`, `L1`, or the hex of an id that is neither's. */
static char *subject_name(const struct forum *forum, const struct hash *id, struct arena *arena)
{
    char data[HASH_HEX_SIZE];
    const struct forum_proposal *subject = forum_find_proposal(forum, id);
    if (subject != NULL && subject->agreement != 0) {
        struct text text;
        text_init(&text, data, sizeof data);
        text_format(&text, "A%u", (unsigned)subject->agreement);
    } else {
        hash_to_hex(id, data);
    }
    for (uint32_t i = 1; i <= forum_allegations_count(forum); i++) {
        struct text text;
        if (!hash_equal(&forum_allegation(forum, i)->id, id))
            continue;
        text_init(&text, data, sizeof data);
        text_format(&text, "L%u", (unsigned)i);
    }
    return arena_text(arena, bytes_of_text(data));
}

static void add_line(const struct forum *forum, const struct effect *effect,
                     const Comity__V1__EffectInfo *info, struct text *line)
{
    const struct forum_proposal *subject = forum_find_proposal(forum, &effect->subject);
    if (effect->kind == EFFECT_SPEND && subject != NULL) {
        text_format(
            line, "spends %llu %s of the fund of %s on %s", (unsigned long long)effect->quantity,
            subject->rule->has_fund ? subject->rule->fund.unit : "", info->subject, info->seat);
        return;
    }
    text_add(line, info->kind);
    const char *const more[] = {info->seat, info->subject, info->name, info->response};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (more[i][0] != '\0')
            text_format(line, " %s", more[i]);
    }
}

bool view_add_effect(const struct forum *forum, const struct forum_proposal *proposal,
                     Comity__V1__ProposalInfo *info, struct arena *arena)
{
    const struct effect *effect = &proposal->effect;
    const struct charter *charter = forum_charter(forum);
    if (effect->kind == EFFECT_NONE)
        return true;
    Comity__V1__EffectInfo *copy = arena_alloc(arena, sizeof *copy);
    if (copy == NULL)
        return false;
    comity__v1__effect_info__init(copy);
    copy->kind = text_of(effect_word(effect->kind));
    copy->subject = hash_is_zero(&effect->subject) ? copy->subject
                                                   : subject_name(forum, &effect->subject, arena);
    bool has_seat = effect->kind == EFFECT_SPEND || effect->kind == EFFECT_SUSPEND_VOTES ||
                    effect->kind == EFFECT_RESTORE || effect->kind == EFFECT_EXPEL;
    if (has_seat && effect->seat < charter->seats_count)
        copy->seat = text_of(charter->seats[effect->seat].name);
    if (effect->kind == EFFECT_BREACH)
        copy->response = text_of(response_word(effect->response));
    copy->quantity = effect->quantity;
    copy->name = text_of(effect->name);
    char data[512];
    struct text line;
    text_init(&line, data, sizeof data);
    if (copy->subject != NULL)
        add_line(forum, effect, copy, &line);
    copy->line = arena_text(arena, bytes_of_text(data));
    info->effect = copy;
    return copy->subject != NULL && copy->line != NULL;
}
