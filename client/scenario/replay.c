/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "codec/act.h"
#include "forum/forum.h"
#include "scenario/view.h"

struct replay {
    const struct scenario *scenario;
    struct arena arena;
    struct forum *forum;
    uint64_t height;
    int64_t block_ms, first_ms;
    uint64_t seqs[SEATS_MAX];
    struct act acts[SEATS_MAX]; /* Of the block being made. */
    struct buffer bytes;
};

/* Give the act its slot and the id its bytes would have. */
static enum comity_error finish_act(struct replay *self, struct act *act, struct fault *fault)
{
    act->forum = self->scenario->charter->id;
    act->seq = self->seqs[act->seat] + 1;
    act->signed_ms = self->block_ms;
    act->has_text = act->text.size > 0;
    if (act->has_text)
        act->text_hash = act_text_hash(act->text);
    buffer_clear(&self->bytes);
    enum comity_error error = act_check(act, fault);
    if (error)
        return error;
    error = act_encode(act, &self->bytes);
    if (error == COMITY_LIMIT)
        return fault_set(fault, error, "what is signed has at most %d bytes, its text apart",
                         (int)ACT_SIGNED_MAX);
    if (error)
        return fault_set(fault, error, "%s", error_text(error));
    act->id = act_id(buffer_bytes(&self->bytes));
    self->seqs[act->seat]++;
    return COMITY_OK;
}

static enum comity_error apply(struct replay *self, uint32_t acts_count,
                               struct outcomes *ret_outcomes)
{
    struct forum_block block = {.height = ++self->height,
                                .time_ms = self->block_ms,
                                .acts = self->acts,
                                .acts_count = acts_count};
    return forum_apply(self->forum, &block, ret_outcomes);
}

/* A block with nothing in it, because something is due. */
static enum comity_error tick(struct replay *self, int64_t block_ms)
{
    struct outcomes outcomes;
    if (block_ms > self->block_ms)
        self->block_ms = block_ms;
    return apply(self, 0, &outcomes);
}

static enum comity_error join_all(struct replay *self, struct fault *fault)
{
    const struct charter *charter = self->scenario->charter;
    uint32_t seat = 0;
    while (seat < charter->seats_count && seat_set_has(&self->scenario->unjoined, seat))
        seat++;
    for (uint32_t first = seat, round = 0; round < 2; round++) {
        uint32_t count = 0;
        struct outcomes outcomes;
        for (seat = 0; seat < charter->seats_count; seat++) {
            if ((seat == first) != (round == 0) || seat_set_has(&self->scenario->unjoined, seat))
                continue;
            self->acts[count] =
                (struct act){.seat = seat, .kind = round == 0 ? ACT_CONVENE : ACT_JOIN};
            self->acts[count].as.join.charter_hash = charter->id;
            enum comity_error error = finish_act(self, &self->acts[count++], fault);
            if (error)
                return error;
        }
        enum comity_error error = apply(self, count, &outcomes);
        if (error)
            return error;
        for (uint32_t i = 0; i < outcomes.count; i++)
            if (outcomes.items[i].kind == OUTCOME_REFUSED)
                return fault_set(fault, COMITY_REFUSED, "the forum could not be convened: %s",
                                 outcomes.items[i].line);
    }
    return COMITY_OK;
}

enum comity_error replay_open(const struct scenario *scenario, struct replay **ret_replay,
                              struct fault *fault)
{
    struct replay *self = calloc(1, sizeof *self);
    if (!self)
        return COMITY_MEMORY;
    self->scenario = scenario;
    arena_init(&self->arena, 0);
    const struct charter *charter = scenario->charter;
    if (charter->clock == CLOCK_REAL)
        self->block_ms = scenario->steps_count ? scenario->steps[0].time_ms : 0;
    else
        self->block_ms = charter->clock_starts_ms;
    self->first_ms = self->block_ms;
    enum comity_error error = forum_create(&self->arena, charter, &self->forum, fault);
    if (!error)
        error = join_all(self, fault);
    if (error)
        replay_close(&self);
    else
        *ret_replay = self;
    return error;
}

void replay_close(struct replay **self)
{
    if (!self || !*self)
        return;
    arena_free(&(*self)->arena);
    buffer_free(&(*self)->bytes);
    free(*self);
    *self = NULL;
}

const struct forum *replay_forum(const struct replay *self)
{
    return self->forum;
}

uint64_t replay_blocks(const struct replay *self)
{
    return self->height;
}

/* The chair moves a presided clock. */
static enum comity_error preside(struct replay *self, int64_t time_ms, struct fault *fault)
{
    struct outcomes outcomes;
    if (time_ms <= forum_now(self->forum))
        return COMITY_OK;
    if (self->scenario->chair == SCENARIO_NONE)
        return fault_set(fault, COMITY_REFUSED,
                         "the charter's clock is presided and there is no chair to move it");
    self->acts[0] = (struct act){.seat = self->scenario->chair, .kind = ACT_PROCEDURE};
    self->acts[0].as.procedure.ruling = RULING_ADVANCE;
    self->acts[0].as.procedure.time_ms = time_ms;
    enum comity_error error = finish_act(self, &self->acts[0], fault);
    if (!error)
        error = apply(self, 1, &outcomes);
    for (uint32_t i = 0; !error && i < outcomes.count; i++)
        if (outcomes.items[i].kind == OUTCOME_REFUSED)
            return fault_set(fault, COMITY_REFUSED, "the clock does not move: %s",
                             outcomes.items[i].line);
    return error;
}

static int64_t block_time(const struct replay *self, int64_t forum_ms)
{
    const struct charter *charter = self->scenario->charter;
    if (charter->clock == CLOCK_REAL)
        return forum_ms;
    __int128 passed = (__int128)(forum_ms - charter->clock_starts_ms) * charter->clock_day_ms;
    return self->first_ms + (int64_t)((passed + CALENDAR_DAY_MS - 1) / CALENDAR_DAY_MS);
}

static enum comity_error replay_advance(void *context, int64_t time_ms, struct fault *fault)
{
    struct replay *self = context;
    enum comity_error error = COMITY_OK;
    if (self->scenario->charter->clock == CLOCK_PRESIDED)
        return preside(self, time_ms, fault);
    if (forum_is_suspended(self->forum))
        return fault_set(fault, COMITY_REFUSED,
                         "the forum is suspended and its time stands still: resume it first");
    int64_t target_ms = block_time(self, time_ms);
    /* What it was suspended before, its clock is behind. */
    for (int64_t then_ms; (then_ms = forum_time(self->forum, target_ms)) < time_ms;)
        target_ms += 1 + block_time(self, time_ms) - block_time(self, then_ms + 1);
    while (!error && forum_due(self->forum) <= target_ms)
        error = tick(self, forum_due(self->forum));
    return error || target_ms <= self->block_ms ? error : tick(self, target_ms);
}

static bool is_settled(const struct replay *self)
{
    /* New questions are the last ones: look from there, and not past many decided ones. */
    uint32_t decided = 0;
    for (uint32_t number = forum_proposals_count(self->forum); number > 0 && decided < 64;
         number--) {
        enum proposal_status status = forum_proposal(self->forum, number)->status;
        if (status == PROPOSAL_CLOSED)
            return false;
        decided += status == PROPOSAL_DECIDED;
    }
    return true;
}

static enum comity_error replay_settle(void *context, struct fault *fault)
{
    struct replay *self = context;
    enum comity_error error = COMITY_OK;
    (void)fault;
    while (!error && !is_settled(self) && forum_due(self->forum) != INT64_MAX)
        error = tick(self, forum_due(self->forum));
    return error;
}

/* What follows the signing, and effects. */
static void bind_life(const struct scenario_act *from, const struct stage_label *labels,
                      struct hash id, struct act *act)
{
    switch (act->kind) {
    case ACT_PLEDGE:
    case ACT_REPORT:
        act->as.pledge.proposal = id;
        break;
    case ACT_CONTRIBUTE:
        act->as.contribute.proposal = id;
        break;
    case ACT_ATTEST:
        act->as.attest.report = id;
        break;
    case ACT_RESERVE:
        act->as.reserve.proposal = id;
        break;
    case ACT_OBJECT_RESERVATION:
        act->as.objection.reservation = id;
        break;
    case ACT_ALLEGE:
        act->as.allege.proposal = id;
        if (from->subject != SCENARIO_NONE)
            act->as.allege.reservation = labels[from->subject].id;
        break;
    case ACT_SHIFT:
        act->as.shift.proposal = id;
        break;
    case ACT_PROPOSE:
        if (act->as.propose.effect.kind != EFFECT_NONE && from->subject != SCENARIO_NONE)
            act->as.propose.effect.subject = labels[from->subject].id;
        break;
    default:
        break;
    }
}

/* The ids and hashes that the act's labels stand for. */
static enum comity_error bind_labels(struct replay *self, const struct scenario_act *from,
                                     const struct stage_label *labels, struct act *act)
{
    const struct stage_label *target = from->target == SCENARIO_NONE ? NULL : &labels[from->target];
    const struct forum_proposal *proposal = NULL;
    struct hash id = {0}, text = {0};
    if (target)
        id = target->id;
    if (target && target->proposal) {
        proposal = forum_proposal(self->forum, target->proposal);
        text = proposal->text.hash;
    }
    switch (act->kind) {
    case ACT_CONVENE:
    case ACT_JOIN:
        act->as.join.charter_hash = self->scenario->charter->id;
        break;
    case ACT_AMEND:
        act->as.amend.proposal = id;
        act->as.amend.base_text = text;
        break;
    case ACT_COSPONSOR:
    case ACT_RECEIPT:
        act->as.cosponsor.proposal = id;
        act->as.cosponsor.text_hash = text;
        break;
    case ACT_BALLOT:
        act->as.ballot.proposal = id;
        act->as.ballot.text_hash = text;
        if (proposal)
            act->as.ballot.rule_hash = proposal->rule->hash;
        break;
    case ACT_RATIFY:
    case ACT_ACCEDE:
        act->as.consent.proposal = id;
        act->as.consent.text_hash = text;
        break;
    case ACT_RETRACT:
        act->as.retract.proposal = id;
        break;
    case ACT_WITHDRAW:
        act->as.withdraw.proposal = id;
        break;
    case ACT_ENDORSE:
    case ACT_CONDEMN:
        act->as.opinion.target = id;
        break;
    case ACT_PROCEDURE:
        act->as.procedure.proposal = id;
        break;
    case ACT_ALONE: {
        struct hash *ids = arena_array(&self->arena, act->as.alone.relies_on_count, sizeof *ids);
        if (!ids)
            return COMITY_MEMORY;
        for (uint32_t i = 0; i < act->as.alone.relies_on_count; i++)
            ids[i] = labels[from->relies_on[i]].id;
        act->as.alone.relies_on = ids;
        break;
    }
    default:
        bind_life(from, labels, id, act);
        break;
    }
    return COMITY_OK;
}

static enum comity_error replay_perform(void *context, const struct scenario_act *acts,
                                        uint32_t count, const struct stage_label *labels,
                                        struct stage_result *ret_results, struct fault *fault)
{
    struct replay *self = context;
    struct outcomes outcomes;
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < count; i++) {
        struct fault why = {""};
        self->acts[i] = acts[i].act;
        error = bind_labels(self, &acts[i], labels, &self->acts[i]);
        if (!error)
            error = finish_act(self, &self->acts[i], &why);
        if (error)
            return fault_set(fault, error, "%s:%u: the act of %s cannot be written down: %s",
                             acts[i].place.file, acts[i].place.line,
                             scenario_seat_name(self->scenario, acts[i].act.seat),
                             why.text[0] ? why.text : error_text(error));
        ret_results[i] = (struct stage_result){.id = self->acts[i].id};
    }
    error = apply(self, count, &outcomes);
    for (uint32_t i = 0; !error && i < outcomes.count; i++) {
        const struct outcome *outcome = &outcomes.items[i];
        if (outcome->act >= count)
            continue;
        struct stage_result *result = &ret_results[outcome->act];
        if (outcome->kind == OUTCOME_ACCEPTED)
            result->accepted = true;
        if (outcome->kind == OUTCOME_REFUSED)
            view_copy(result->line, sizeof result->line, outcome->line);
        if (outcome->kind == OUTCOME_ACCEPTED || outcome->kind == OUTCOME_PROPOSED)
            result->proposal = outcome->proposal ? outcome->proposal : result->proposal;
    }
    return error;
}

static enum comity_error replay_proposals(void *context, uint32_t *ret_proposals,
                                          uint32_t *ret_agreements, struct fault *fault)
{
    struct replay *self = context;
    (void)fault;
    *ret_proposals = forum_proposals_count(self->forum);
    *ret_agreements = forum_agreements_count(self->forum);
    return COMITY_OK;
}

static enum comity_error replay_proposal(void *context, uint32_t number,
                                         struct stage_proposal *ret_view, struct fault *fault)
{
    struct replay *self = context;
    (void)fault;
    view_proposal(self->forum, forum_proposal(self->forum, number), ret_view);
    return COMITY_OK;
}

static enum comity_error replay_agreement(void *context, uint32_t number,
                                          struct stage_agreement *ret_view, struct fault *fault)
{
    struct replay *self = context;
    (void)fault;
    view_agreement(self->forum, forum_agreement(self->forum, number), ret_view);
    return COMITY_OK;
}

static enum comity_error replay_conduct(void *context, uint32_t seat,
                                        struct stage_conduct *ret_view, struct fault *fault)
{
    struct replay *self = context;
    (void)fault;
    struct forum_conduct conduct = forum_seat_conduct(self->forum, seat);
    *ret_view = (struct stage_conduct){{0}, {0}};
    for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++) {
        ret_view->kinds[kind] = conduct.kinds[kind];
        ret_view->classes[conduct_class_of((enum conduct_kind)kind)] += conduct.kinds[kind];
    }
    return COMITY_OK;
}

static enum comity_error replay_figures(void *context, uint32_t agreement,
                                        const struct figure_query *query,
                                        struct figures *ret_figures, struct fault *fault)
{
    struct replay *self = context;
    struct arena arena;
    struct compliance *compliance;
    (void)fault;
    arena_init(&arena, 0);
    enum comity_error error =
        forum_compliance(self->forum, forum_agreement(self->forum, agreement), &arena, &compliance);
    if (!error)
        figures_of_forum(compliance, query, ret_figures);
    arena_free(&arena);
    return error;
}

struct stage replay_stage(struct replay *self)
{
    static const struct stage_ops ops = {
        .advance = replay_advance,
        .perform = replay_perform,
        .settle = replay_settle,
        .proposals = replay_proposals,
        .proposal = replay_proposal,
        .agreement = replay_agreement,
        .conduct = replay_conduct,
        .figures = replay_figures,
    };
    return (struct stage){&ops, self};
}
