/* SPDX-License-Identifier: Apache-2.0 */
/* view_effect.c - what a draft means to reach, and what its adoption does besides. */
#include "api/view_parts.h"
#include "base/text.h"
#include "rules/verdict.h"

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
static void add_subject(const struct forum *forum, const struct hash *id, struct text *text)
{
    char hex[HASH_HEX_SIZE];
    const struct forum_proposal *subject = forum_find_proposal(forum, id);
    for (uint32_t i = 1; i <= forum_allegations_count(forum); i++) {
        if (hash_equal(&forum_allegation(forum, i)->id, id)) {
            text_format(text, "L%u", (unsigned)i);
            return;
        }
    }
    hash_to_hex(id, hex);
    if (subject != NULL && subject->agreement != 0)
        text_format(text, "A%u", (unsigned)subject->agreement);
    else
        text_add(text, hex);
}

static const char *seat_of(const struct forum *forum, uint32_t seat)
{
    const struct charter *charter = forum_charter(forum);
    return seat < charter->seats_count ? charter->seats[seat].name : "";
}

/* `finds L1: DEU broke clause 2 of A1, and expels DEU from the forum` */
static void add_ruling(const struct forum *forum, const struct effect *effect, struct text *line)
{
    const struct forum_allegation *is = NULL;
    for (uint32_t i = 1; i <= forum_allegations_count(forum); i++) {
        if (hash_equal(&forum_allegation(forum, i)->id, &effect->subject))
            is = forum_allegation(forum, i);
    }
    if (is == NULL) {
        text_add(line, "finds a breach");
        return;
    }
    const char *accused = seat_of(forum, is->accused);
    text_format(line, "finds L%u: %s broke ", (unsigned)is->number, accused);
    if (is->reservation != 0)
        text_format(line, "A%u by its reservation R%u", (unsigned)is->agreement,
                    (unsigned)is->reservation);
    else if (is->clause != 0)
        text_format(line, "clause %u of A%u", (unsigned)is->clause, (unsigned)is->agreement);
    else
        text_format(line, "A%u", (unsigned)is->agreement);
    switch (effect->response) {
    case RESPONSE_NONE:
    case RESPONSES_COUNT:
        text_add(line, ", with no response");
        return;
    case RESPONSE_SUSPEND_VOTES:
        text_format(line, ", and suspends the votes of %s", accused);
        return;
    case RESPONSE_SUSPEND:
        text_format(line, ", and suspends A%u towards %s", (unsigned)is->agreement, accused);
        return;
    case RESPONSE_END:
        text_format(line, ", and ends A%u for %s", (unsigned)is->agreement, accused);
        return;
    case RESPONSE_EXPEL:
        text_format(line, ", and expels %s from the forum", accused);
        return;
    }
}

static void add_spending(const struct forum *forum, const struct effect *effect, struct text *line)
{
    const struct forum_proposal *subject = forum_find_proposal(forum, &effect->subject);
    bool has_unit = subject != NULL && subject->rule->has_fund;
    text_format(line, "spends %llu%s%s of the fund of ", (unsigned long long)effect->quantity,
                has_unit ? " " : "", has_unit ? subject->rule->fund.unit : "");
    add_subject(forum, &effect->subject, line);
    text_format(line, " on %s", seat_of(forum, effect->seat));
}

void view_effect_line(const struct forum *forum, const struct forum_proposal *proposal,
                      struct text *line)
{
    const struct effect *effect = &proposal->effect;
    const char *seat = seat_of(forum, effect->seat);
    switch (effect->kind) {
    case EFFECT_NONE:
    case EFFECT_KINDS_COUNT:
        return;
    case EFFECT_BREACH:
        add_ruling(forum, effect, line);
        return;
    case EFFECT_SPEND:
        add_spending(forum, effect, line);
        return;
    case EFFECT_SUSPEND_VOTES:
        text_format(line, "suspends the votes of %s", seat);
        return;
    case EFFECT_RESTORE:
        text_format(line, "restores the votes of %s, and what was suspended towards it", seat);
        return;
    case EFFECT_EXPEL:
        text_format(line, "expels %s from the forum", seat);
        return;
    case EFFECT_SUSPEND:
    case EFFECT_RESUME:
    case EFFECT_END:
        text_add(line, effect->kind == EFFECT_SUSPEND  ? "suspends "
                       : effect->kind == EFFECT_RESUME ? "resumes "
                                                       : "ends ");
        add_subject(forum, &effect->subject, line);
        return;
    case EFFECT_REWEIGH:
        text_format(line, "changes the weight %s: ", effect->name);
        view_changes_line(forum, proposal, line);
        return;
    }
}

/* It looks done to who reads the arithmetic alone. */
static char *view_line(const struct forum_proposal *proposal, struct arena *arena)
{
    char data[VERDICT_LINE_MAX + sizeof(struct fault) + 32];
    struct text line;
    text_init(&line, data, sizeof data);
    text_add(&line, proposal->line);
    text_add(&line, "; not done: ");
    text_add(&line, proposal->undone);
    return arena_text(arena, bytes_of_text(data));
}

bool view_add_effect(const struct forum *forum, const struct forum_proposal *proposal,
                     Comity__V1__ProposalInfo *info, struct arena *arena)
{
    const struct effect *effect = &proposal->effect;
    if (effect->kind == EFFECT_NONE)
        return true;
    Comity__V1__EffectInfo *copy = arena_alloc(arena, sizeof *copy);
    if (copy == NULL)
        return false;
    comity__v1__effect_info__init(copy);
    char data[1024];
    struct text text;
    text_init(&text, data, sizeof data);
    if (!hash_is_zero(&effect->subject))
        add_subject(forum, &effect->subject, &text);
    copy->kind = text_of(effect_word(effect->kind));
    copy->subject = arena_text(arena, bytes_of_text(data));
    bool has_seat = effect->kind == EFFECT_SPEND || effect->kind == EFFECT_SUSPEND_VOTES ||
                    effect->kind == EFFECT_RESTORE || effect->kind == EFFECT_EXPEL;
    if (has_seat)
        copy->seat = text_of(seat_of(forum, effect->seat));
    if (effect->kind == EFFECT_BREACH)
        copy->response = text_of(response_word(effect->response));
    copy->quantity = effect->quantity;
    copy->name = text_of(effect->name);
    text_init(&text, data, sizeof data);
    view_effect_line(forum, proposal, &text);
    copy->line = arena_text(arena, bytes_of_text(data));
    info->effect = copy;
    if (proposal->undone != NULL) {
        copy->undone = text_of(proposal->undone);
        info->line = view_line(proposal, arena);
        if (info->line == NULL)
            return false;
    }
    return copy->subject != NULL && copy->line != NULL &&
           view_add_changes(forum, proposal, copy, arena);
}
