/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/floor.h"

#include <string.h>

#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/standing.h"

enum comity_error alone_check(const struct forum *self, struct step *step)
{
    (void)self;
    (void)step;
    return COMITY_OK; /* Acting alone needs nobody, not even a seat that was taken. */
}

void alone_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    if (!pool_vector(&self->pool, (void **)&self->declarations, self->declarations_count,
                     &self->declarations_capacity, sizeof *self->declarations))
        return;
    struct forum_declaration *declaration = &self->declarations[self->declarations_count];
    *declaration = (struct forum_declaration){
        .id = act->id,
        .seat = act->seat,
        .title = pool_text(&self->pool, act->as.alone.title),
        .topic = pool_text(&self->pool, act->as.alone.topic),
        .signed_ms = act->signed_ms,
        .time_ms = self->now_ms,
    };
    uint32_t relies_on = act->as.alone.relies_on_count;
    struct bytes ids = bytes_of(act->as.alone.relies_on, relies_on * sizeof(struct hash));
    declaration->relies_on = (const void *)pool_bytes(&self->pool, ids).data;
    declaration->relies_on_count = declaration->relies_on == NULL ? 0 : relies_on;
    index_add(self, INDEX_DECLARATION, self->declarations_count++);
    conduct_count(self, act->seat, declaration->topic,
                  standing_relies_on_any(self, act) ? CONDUCT_ALONE_RELYING : CONDUCT_ALONE, 1);
    forum_tell(self, OUTCOME_ALONE, act->seat, NULL, NULL)->line = declaration->title;
}

/* The two sets an opinion of this target goes to. */
struct opinions {
    uint64_t *endorsed;
    uint64_t *condemned;
    struct proposal *proposal; /* NULL: a declaration. */
    const char *topic;
};

static bool find_opinions(const struct forum *self, const struct hash *target,
                          struct opinions *ret_opinions)
{
    struct index_entry entry = index_find(self, target);
    if (entry.kind != INDEX_PROPOSAL && entry.kind != INDEX_DECLARATION &&
        entry.kind != INDEX_ALIAS)
        return false;
    if (entry.kind == INDEX_DECLARATION) {
        struct forum_declaration *declaration = &self->declarations[entry.number];
        *ret_opinions = (struct opinions){declaration->endorsed, declaration->condemned, NULL,
                                          declaration->topic};
        return true;
    }
    uint32_t number =
        entry.kind == INDEX_ALIAS ? self->aliases[entry.number].proposal : entry.number;
    struct proposal *proposal = forum_get_proposal(self, number);
    *ret_opinions = (struct opinions){proposal->is.endorsed, proposal->is.condemned, proposal,
                                      proposal->is.topic};
    return true;
}

enum comity_error opinion_check(const struct forum *self, struct step *step)
{
    struct opinions opinions;
    if (!find_opinions(self, &step->act->as.opinion.target, &opinions))
        return fault_set(step->fault, COMITY_NOT_FOUND,
                         "there is no such proposal or unilateral act");
    bool endorses = step->act->kind == ACT_ENDORSE;
    if (mask_has(endorses ? opinions.endorsed : opinions.condemned, step->act->seat))
        return fault_set(step->fault, COMITY_EXISTS, "the seat has said so already");
    return COMITY_OK;
}

void opinion_apply(struct forum *self, struct step *step)
{
    struct opinions opinions;
    uint32_t seat = step->act->seat;
    if (!find_opinions(self, &step->act->as.opinion.target, &opinions))
        return;
    bool endorses = step->act->kind == ACT_ENDORSE;
    mask_add(endorses ? opinions.endorsed : opinions.condemned, seat);
    mask_remove(endorses ? opinions.condemned : opinions.endorsed, seat);
    conduct_count(self, seat, opinions.topic, endorses ? CONDUCT_ENDORSED : CONDUCT_CONDEMNED, 1);
    struct proposal *proposal = opinions.proposal;
    if (proposal == NULL)
        return;
    forum_note_act(self, proposal, &step->act->id);
    if (proposal->is.agreement == 0)
        return;
    struct agreement *agreement = self->agreements[proposal->is.agreement - 1];
    memcpy(agreement->is.endorsed, opinions.endorsed, sizeof agreement->is.endorsed);
    memcpy(agreement->is.condemned, opinions.condemned, sizeof agreement->is.condemned);
    forum_note_agreement_act(self, agreement, &step->act->id);
}

enum comity_error note_check(const struct forum *self, struct step *step)
{
    if (self->charter->notes != NOTES_FLOOR)
        return fault_set(step->fault, COMITY_REFUSED, "the charter allows no notes");
    return COMITY_OK;
}

void note_apply(struct forum *self, struct step *step)
{
    /* The record keeps it; nothing here depends on what it says. */
    conduct_count(self, step->act->seat, "", CONDUCT_NOTED, 1);
}

uint32_t forum_declarations_count(const struct forum *self)
{
    return self->declarations_count;
}

const struct forum_declaration *forum_declaration(const struct forum *self, uint32_t index)
{
    return index >= self->declarations_count ? NULL : &self->declarations[index];
}
