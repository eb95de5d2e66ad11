/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - the columns of the record that say what an act spoke of and what came of it, for who
 * reads it with a program (docs/codebook.md). */
#include <string.h>

#include "api/view.h"
#include "base/text.h"

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* What the outcomes of an act name. */
struct touched {
    uint32_t proposal;
    uint32_t agreement;
    int64_t forum_ms;
};

/* An act's own outcomes come first; a proposal it made is named by one of the later ones. */
static struct touched find_touched(const struct outcomes *outcomes, uint32_t index)
{
    struct touched found = {0, 0, 0};
    for (uint32_t i = 0; i < outcomes->count; i++) {
        const struct outcome *outcome = &outcomes->items[i];
        if (outcome->act != index)
            continue;
        if (outcome->kind == OUTCOME_ACCEPTED || outcome->kind == OUTCOME_REFUSED)
            found.forum_ms = outcome->time_ms;
        if (found.proposal == 0)
            found.proposal = outcome->proposal;
        if (found.agreement == 0)
            found.agreement = outcome->agreement;
    }
    return found;
}

static bool speaks_of_agreement(enum act_kind kind)
{
    switch (kind) {
    case ACT_RATIFY:
    case ACT_ACCEDE:
    case ACT_WITHDRAW:
    case ACT_RESERVE:
    case ACT_OBJECT_RESERVATION:
    case ACT_PLEDGE:
    case ACT_CONTRIBUTE:
    case ACT_REPORT:
    case ACT_ATTEST:
    case ACT_ALLEGE:
        return true;
    default:
        return false;
    }
}

/* The declaration it is, or gives an opinion of; UINT32_MAX: none. */
static uint32_t find_declaration(const struct forum *forum, const struct act *act)
{
    const struct hash *id = act->kind == ACT_ALONE ? &act->id : &act->as.opinion.target;
    if (act->kind != ACT_ALONE && act->kind != ACT_ENDORSE && act->kind != ACT_CONDEMN)
        return UINT32_MAX;
    for (uint32_t i = 0; i < forum_declarations_count(forum); i++) {
        if (hash_equal(&forum_declaration(forum, i)->id, id))
            return i;
    }
    return UINT32_MAX;
}

/* An opinion's outcome names no proposal, and a refused act's may not. */
static const struct forum_proposal *find_proposal(const struct forum *forum, const struct act *act,
                                                  const struct touched *touched)
{
    if (touched->proposal != 0)
        return forum_proposal(forum, touched->proposal);
    if (act->kind == ACT_ENDORSE || act->kind == ACT_CONDEMN)
        return forum_find_proposal(forum, &act->as.opinion.target);
    return NULL;
}

static char *name_of(char letter, uint32_t number, struct arena *arena)
{
    char data[16];
    struct text text;
    text_init(&text, data, sizeof data);
    text_format(&text, "%c%u", letter, (unsigned)number);
    return arena_text(arena, bytes_of_text(data));
}

static void add_verdict(const struct outcomes *outcomes, uint32_t proposal,
                        Comity__V1__RecordAct *record)
{
    for (uint32_t i = 0; i < outcomes->count; i++) {
        const struct outcome *outcome = &outcomes->items[i];
        if (outcome->kind == OUTCOME_VERDICT && outcome->proposal == proposal)
            record->verdict = text_of(verdict_word((enum verdict)outcome->value));
    }
}

/* The last act of a block on a question whose first ballot the block ended says so. */
static bool add_stage(const struct outcomes *outcomes, uint32_t index, uint32_t proposal,
                      Comity__V1__RecordAct *record, struct arena *arena)
{
    const struct outcome *stage = NULL;
    for (uint32_t i = 0; i < outcomes->count; i++) {
        const struct outcome *outcome = &outcomes->items[i];
        if (outcome->proposal != proposal)
            continue;
        if (outcome->kind == OUTCOME_STAGE)
            stage = outcome;
        else if (outcome->act != OUTCOME_NONE && outcome->act > index)
            return true;
    }
    if (stage == NULL)
        return true;
    char data[4096];
    struct text text;
    text_init(&text, data, sizeof data);
    text_format(&text, "%s; first ballot %s", record->line, stage->line);
    record->line = arena_text(arena, bytes_of_text(data));
    return record->line != NULL;
}

bool view_record_act(const struct forum *forum, const struct act *act, uint32_t index,
                     const struct outcomes *outcomes, Comity__V1__RecordAct *record,
                     struct arena *arena)
{
    struct touched touched = find_touched(outcomes, index);
    const struct forum_proposal *proposal = find_proposal(forum, act, &touched);
    uint32_t declaration = find_declaration(forum, act);
    record->forum_ms = touched.forum_ms;
    if (act->kind == ACT_BALLOT)
        record->answer = text_of(answer_word(act->as.ballot.answer));
    if (declaration != UINT32_MAX) {
        const struct forum_declaration *is = forum_declaration(forum, declaration);
        record->target = name_of('D', declaration + 1, arena);
        record->topic = text_of(is->topic);
        record->title = text_of(is->title);
    } else if (proposal != NULL) {
        bool agreed = speaks_of_agreement(act->kind) && proposal->agreement != 0;
        record->target = agreed ? name_of('A', proposal->agreement, arena)
                                : name_of('P', proposal->number, arena);
        record->topic = text_of(proposal->topic);
        record->title = text_of(proposal->title);
        record->rule = text_of(proposal->rule->name);
        add_verdict(outcomes, proposal->number, record);
        if (!add_stage(outcomes, index, proposal->number, record, arena))
            return false;
    } else if (act->kind == ACT_PROPOSE) { /* Refused: what it would have been. */
        record->topic = arena_text(arena, bytes_of_text(act->as.propose.topic));
        record->title = arena_text(arena, bytes_of_text(act->as.propose.title));
        record->rule = arena_text(arena, bytes_of_text(act->as.propose.rule));
    }
    return record->target != NULL && record->topic != NULL && record->title != NULL &&
           record->rule != NULL;
}
