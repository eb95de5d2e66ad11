/* SPDX-License-Identifier: Apache-2.0 */
/* drafts.c - an act of the scenario as the request its own daemon gets. */
#include <stdio.h>
#include <string.h>

#include "codec/act.h"
#include "scenario/link.h"

struct drafting {
    struct cluster *cluster;
    const struct scenario_act *from;
    const struct stage_label *labels;
    struct arena *arena;
    Comity__V1__Submit *submit;
    struct fault *fault;
};

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)(text ? text : "");
}

/* As people name it: P3; an act alone as the daemon numbers it: D1. */
static char *name_of(struct drafting *self, uint32_t label)
{
    char name[16];
    uint32_t number;
    if (label == SCENARIO_NONE)
        return text_of("");
    if (self->labels[label].proposal)
        (void)snprintf(name, sizeof name, "P%u", self->labels[label].proposal);
    else if (inspect_declaration(self->cluster, self->from->act.seat, &self->labels[label].id,
                                 &number, self->fault))
        return NULL;
    else
        (void)snprintf(name, sizeof name, "D%u", number);
    return arena_text(self->arena, bytes_of_text(name));
}

/* `A1`, of the agreement the proposal became; the proposal's name where it did not: the daemon
 * then says why it refuses. */
static char *agreement_of(struct drafting *self, uint32_t label)
{
    char name[16];
    struct stage_proposal view;
    if (label == SCENARIO_NONE || !self->labels[label].proposal)
        return name_of(self, label);
    if (inspect_proposal(self->cluster, self->labels[label].proposal, &view, self->fault))
        return NULL;
    if (!view.agreement)
        return name_of(self, label);
    (void)snprintf(name, sizeof name, "A%u", view.agreement);
    return arena_text(self->arena, bytes_of_text(name));
}

/* Of an act that people know by no P, A or D. */
static char *hex_of(struct drafting *self, uint32_t label)
{
    char id[HASH_HEX_SIZE];
    if (label == SCENARIO_NONE)
        return text_of("");
    hash_to_hex(&self->labels[label].id, id);
    return arena_text(self->arena, bytes_of_text(id));
}

static enum comity_error draft_terms(struct drafting *self, Comity__V1__DraftPropose *draft)
{
    const struct act *act = &self->from->act;
    uint32_t count = act->as.propose.terms_count;
    Comity__V1__Term *terms = arena_array(self->arena, count, sizeof *terms);
    draft->terms = arena_array(self->arena, count, sizeof *draft->terms);
    if (!terms || !draft->terms)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        const struct term *term = &act->as.propose.terms[i];
        comity__v1__term__init(&terms[i]);
        terms[i].issue = text_of(term->issue);
        terms[i].kind = (Comity__V1__Term__Kind)term->kind;
        terms[i].number = term->number;
        terms[i].of = term->of;
        terms[i].unit = text_of(term->unit);
        terms[i].text = text_of(term->text);
        draft->terms[draft->n_terms++] = &terms[i];
    }
    return COMITY_OK;
}

static enum comity_error draft_pledges(struct drafting *self, Comity__V1__DraftPropose *draft)
{
    const struct act *act = &self->from->act;
    uint32_t count = act->as.propose.pledges_count;
    Comity__V1__Pledge *pledges = arena_array(self->arena, count, sizeof *pledges);
    draft->pledges = arena_array(self->arena, count, sizeof *draft->pledges);
    if (!pledges || !draft->pledges)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        const struct pledge *pledge = &act->as.propose.pledges[i];
        comity__v1__pledge__init(&pledges[i]);
        pledges[i].seat = pledge->seat;
        pledges[i].issue = text_of(pledge->issue);
        pledges[i].quantity = pledge->quantity;
        pledges[i].unit = text_of(pledge->unit);
        pledges[i].due_ms = pledge->due_ms;
        draft->pledges[draft->n_pledges++] = &pledges[i];
    }
    return COMITY_OK;
}

static enum comity_error draft_goals(struct drafting *self, Comity__V1__DraftPropose *draft)
{
    const struct act *act = &self->from->act;
    uint32_t count = act->as.propose.goals_count;
    Comity__V1__Goal *goals = arena_array(self->arena, count, sizeof *goals);
    draft->goals = arena_array(self->arena, count, sizeof *draft->goals);
    if (!goals || !draft->goals)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        const struct goal *goal = &act->as.propose.goals[i];
        comity__v1__goal__init(&goals[i]);
        goals[i].issue = text_of(goal->issue);
        goals[i].quantity = goal->quantity;
        goals[i].unit = text_of(goal->unit);
        goals[i].due_ms = goal->due_ms;
        draft->goals[draft->n_goals++] = &goals[i];
    }
    return COMITY_OK;
}

static enum comity_error draft_effect(struct drafting *self, Comity__V1__DraftPropose *draft)
{
    const struct effect *effect = &self->from->act.as.propose.effect;
    if (effect->kind == EFFECT_NONE)
        return COMITY_OK;
    draft->effect = arena_alloc(self->arena, sizeof *draft->effect);
    if (!draft->effect)
        return COMITY_MEMORY;
    comity__v1__draft_effect__init(draft->effect);
    draft->effect->kind = (Comity__V1__Effect__Kind)effect->kind;
    draft->effect->response = (Comity__V1__BreachResponse)effect->response;
    draft->effect->quantity = effect->quantity;
    draft->effect->name = text_of(effect->name);
    draft->effect->values = (uint64_t *)(uintptr_t)effect->values;
    draft->effect->n_values = effect->values_count;
    draft->effect->subject = effect->kind == EFFECT_BREACH
                                 ? hex_of(self, self->from->subject)
                                 : agreement_of(self, self->from->subject);
    if (effect->kind == EFFECT_SPEND || effect->kind == EFFECT_SUSPEND_VOTES ||
        effect->kind == EFFECT_RESTORE || effect->kind == EFFECT_EXPEL)
        draft->effect->seat = text_of(scenario_seat_name(self->cluster->scenario, effect->seat));
    return draft->effect->subject ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_propose(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftPropose *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_propose__init(draft);
    draft->title = text_of(act->as.propose.title);
    draft->rule = text_of(act->as.propose.rule);
    draft->topic = text_of(act->as.propose.topic);
    draft->binding = act->as.propose.binding;
    draft->closes_ms = act->as.propose.closes_ms;
    draft->reservable = (uint32_t *)(uintptr_t)act->as.propose.reservable;
    draft->n_reservable = act->as.propose.reservable_count;
    if (act->as.propose.has_carried) {
        draft->carried_forum.data = (uint8_t *)(uintptr_t)act->as.propose.carried_forum.bytes;
        draft->carried_proposal.data = (uint8_t *)(uintptr_t)act->as.propose.carried_proposal.bytes;
        draft->carried_forum.len = draft->carried_proposal.len = HASH_SIZE;
    }
    const struct charter *charter = self->cluster->scenario->charter;
    draft->must_abstain =
        arena_array(self->arena, charter->seats_count, sizeof *draft->must_abstain);
    if (!draft->must_abstain)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < charter->seats_count; i++)
        if (act->as.propose.must_abstain[i / 64] >> (i % 64) & 1)
            draft->must_abstain[draft->n_must_abstain++] = text_of(charter->seats[i].name);
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_PROPOSE;
    self->submit->propose = draft;
    enum comity_error error = draft_terms(self, draft);
    if (!error)
        error = draft_goals(self, draft);
    if (!error)
        error = draft_effect(self, draft);
    return error ? error : draft_pledges(self, draft);
}

static enum comity_error draft_amend(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftAmend *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_amend__init(draft);
    draft->proposal = name_of(self, self->from->target);
    draft->operation = (Comity__V1__Amend__Operation)act->as.amend.operation;
    draft->clause = act->as.amend.clause;
    draft->to = act->as.amend.to;
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_AMEND;
    self->submit->amend = draft;
    return draft->proposal ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_ballot(struct drafting *self)
{
    Comity__V1__DraftBallot *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_ballot__init(draft);
    draft->proposal = name_of(self, self->from->target);
    draft->answer = (Comity__V1__Answer)answer_number(self->from->act.as.ballot.answer);
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_BALLOT;
    self->submit->ballot = draft;
    return draft->proposal ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_consent(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftConsent *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_consent__init(draft);
    draft->agreement = agreement_of(self, self->from->target);
    draft->home = (Comity__V1__HomeVerdict)act->as.consent.home;
    if (act->kind == ACT_RATIFY) {
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_RATIFY;
        self->submit->ratify = draft;
    } else {
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_ACCEDE;
        self->submit->accede = draft;
    }
    return draft->agreement ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_withdraw(struct drafting *self)
{
    Comity__V1__DraftWithdraw *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_withdraw__init(draft);
    draft->agreement = agreement_of(self, self->from->target);
    draft->taken_back = self->from->act.as.withdraw.taken_back;
    draft->effect_ms = self->from->act.as.withdraw.effect_ms;
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_WITHDRAW;
    self->submit->withdraw = draft;
    return draft->agreement ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_alone(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftAlone *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_alone__init(draft);
    draft->title = text_of(act->as.alone.title);
    draft->topic = text_of(act->as.alone.topic);
    draft->relies_on =
        arena_array(self->arena, act->as.alone.relies_on_count, sizeof *draft->relies_on);
    if (!draft->relies_on)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < act->as.alone.relies_on_count; i++)
        draft->relies_on[draft->n_relies_on++] = agreement_of(self, self->from->relies_on[i]);
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_ACT_ALONE;
    self->submit->act_alone = draft;
    return COMITY_OK;
}

static enum comity_error draft_procedure(struct drafting *self)
{
    const struct act *act = &self->from->act;
    const struct charter *charter = self->cluster->scenario->charter;
    Comity__V1__DraftProcedure *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_procedure__init(draft);
    draft->ruling = (Comity__V1__Procedure__Ruling)act->as.procedure.ruling;
    draft->proposal = name_of(self, self->from->target);
    draft->time_ms = act->as.procedure.time_ms;
    draft->answer = (Comity__V1__Answer)answer_number(act->as.procedure.answer);
    draft->present = arena_array(self->arena, charter->seats_count, sizeof *draft->present);
    if (!draft->proposal || !draft->present)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < charter->seats_count; i++)
        if (act->as.procedure.present[i / 64] >> (i % 64) & 1)
            draft->present[draft->n_present++] = text_of(charter->seats[i].name);
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_PROCEDURE;
    self->submit->procedure = draft;
    return COMITY_OK;
}

static enum comity_error draft_delivery(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftDelivery *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_delivery__init(draft);
    draft->agreement = agreement_of(self, self->from->target);
    draft->issue = text_of(act->as.pledge.issue);
    draft->quantity = act->as.pledge.quantity;
    draft->unit = text_of(act->as.pledge.unit);
    draft->due_ms = act->as.pledge.due_ms;
    self->submit->act_case =
        act->kind == ACT_PLEDGE ? COMITY__V1__SUBMIT__ACT_PLEDGE : COMITY__V1__SUBMIT__ACT_REPORT;
    self->submit->pledge = draft; /* A report lies in the same place of the union. */
    return draft->agreement ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_shift(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftShift *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_shift__init(draft);
    draft->proposal = name_of(self, self->from->target);
    draft->forum.data = (uint8_t *)(uintptr_t)act->as.shift.forum.bytes;
    draft->forum.len = HASH_SIZE;
    draft->name = text_of(act->as.shift.name);
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_SHIFT;
    self->submit->shift = draft;
    return draft->proposal ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_contribute(struct drafting *self)
{
    Comity__V1__DraftContribute *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_contribute__init(draft);
    draft->agreement = agreement_of(self, self->from->target);
    draft->quantity = self->from->act.as.contribute.quantity;
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_CONTRIBUTE;
    self->submit->contribute = draft;
    return draft->agreement ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_attest(struct drafting *self)
{
    Comity__V1__DraftAttest *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_attest__init(draft);
    draft->report = hex_of(self, self->from->target);
    draft->disputes = self->from->act.as.attest.disputes;
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_ATTEST;
    self->submit->attest = draft;
    return draft->report ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_reserve(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftReserve *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_reserve__init(draft);
    draft->target = agreement_of(self, self->from->target);
    draft->clause = act->as.reserve.clause;
    draft->taken_back = act->as.reserve.taken_back;
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_RESERVE;
    self->submit->reserve = draft;
    return draft->target ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_objection(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftObjection *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_objection__init(draft);
    draft->reservation = hex_of(self, self->from->target);
    draft->refuses_relations = act->as.objection.refuses_relations;
    draft->taken_back = act->as.objection.taken_back;
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_OBJECT_RESERVATION;
    self->submit->object_reservation = draft;
    return draft->reservation ? COMITY_OK : COMITY_MEMORY;
}

static enum comity_error draft_allege(struct drafting *self)
{
    const struct act *act = &self->from->act;
    Comity__V1__DraftAllege *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_allege__init(draft);
    draft->agreement = agreement_of(self, self->from->target);
    draft->seat = text_of(scenario_seat_name(self->cluster->scenario, act->as.allege.seat));
    draft->clause = act->as.allege.clause;
    draft->reservation = hex_of(self, self->from->subject);
    self->submit->act_case = COMITY__V1__SUBMIT__ACT_ALLEGE;
    self->submit->allege = draft;
    return draft->agreement && draft->reservation ? COMITY_OK : COMITY_MEMORY;
}

/* Acts that say no more than of what they speak. */
static enum comity_error draft_target(struct drafting *self)
{
    Comity__V1__DraftTarget *draft = arena_alloc(self->arena, sizeof *draft);
    if (!draft)
        return COMITY_MEMORY;
    comity__v1__draft_target__init(draft);
    draft->target = name_of(self, self->from->target);
    switch (self->from->act.kind) {
    case ACT_COSPONSOR:
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_COSPONSOR;
        break;
    case ACT_RECEIPT:
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_RECEIPT;
        break;
    case ACT_RETRACT:
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_RETRACT;
        break;
    case ACT_NOTE:
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_NOTE;
        break;
    case ACT_ENDORSE:
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_ENDORSE;
        break;
    case ACT_CONDEMN:
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_CONDEMN;
        break;
    case ACT_LEAVE:
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_LEAVE;
        break;
    default:
        self->submit->act_case = COMITY__V1__SUBMIT__ACT_JOIN;
    }
    self->submit->cosponsor = draft; /* All of them lie in the same place of the union. */
    return draft->target ? COMITY_OK : COMITY_MEMORY;
}

enum comity_error draft_submit(struct cluster *self, const struct scenario_act *act,
                               const struct stage_label *labels, struct arena *arena,
                               Comity__V1__Submit *submit, struct fault *fault)
{
    struct drafting drafting = {self, act, labels, arena, submit, fault};
    comity__v1__submit__init(submit);
    submit->text = arena_text(arena, act->act.text);
    if (!submit->text)
        return COMITY_MEMORY;
    switch (act->act.kind) {
    case ACT_PROPOSE:
        return draft_propose(&drafting);
    case ACT_AMEND:
        return draft_amend(&drafting);
    case ACT_BALLOT:
        return draft_ballot(&drafting);
    case ACT_RATIFY:
    case ACT_ACCEDE:
        return draft_consent(&drafting);
    case ACT_WITHDRAW:
        return draft_withdraw(&drafting);
    case ACT_ALONE:
        return draft_alone(&drafting);
    case ACT_PROCEDURE:
        return draft_procedure(&drafting);
    case ACT_PLEDGE:
    case ACT_REPORT:
        return draft_delivery(&drafting);
    case ACT_SHIFT:
        return draft_shift(&drafting);
    case ACT_CONTRIBUTE:
        return draft_contribute(&drafting);
    case ACT_ATTEST:
        return draft_attest(&drafting);
    case ACT_RESERVE:
        return draft_reserve(&drafting);
    case ACT_OBJECT_RESERVATION:
        return draft_objection(&drafting);
    case ACT_ALLEGE:
        return draft_allege(&drafting);
    default:
        return draft_target(&drafting);
    }
}
