/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/play.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum comity_error play_open(const struct scenario *scenario, struct stage stage,
                            const struct play_watch *watch, struct play *ret_play)
{
    struct play play = {.scenario = scenario, .stage = stage, .stop_ms = INT64_MAX};
    if (watch)
        play.watch = *watch;
    play.labels = calloc(scenario->labels_count + 1, sizeof *play.labels);
    play.pending = calloc((size_t)scenario->acts_count + 1, sizeof *play.pending);
    play.first_told = calloc((size_t)scenario->acts_count + 1, sizeof *play.first_told);
    if (!play.labels || !play.pending || !play.first_told) {
        play_close(&play);
        return COMITY_MEMORY;
    }
    *ret_play = play;
    return COMITY_OK;
}

void play_close(struct play *self)
{
    for (uint32_t i = 0; i < self->differences_count; i++)
        free(self->differences[i].text);
    free(self->differences);
    free(self->labels);
    free(self->pending);
    free(self->first_told);
    free(self->before);
    *self = (struct play){0};
}

enum comity_error play_differ(struct play *self, struct scenario_place place, const char *format,
                              ...)
{
    if (self->differences_count == self->differences_capacity) {
        uint32_t capacity = self->differences_capacity ? 2 * self->differences_capacity : 16;
        void *more = reallocarray(self->differences, capacity, sizeof *self->differences);
        if (!more)
            return COMITY_MEMORY;
        self->differences = more;
        self->differences_capacity = capacity;
    }
    struct play_difference *difference = &self->differences[self->differences_count];
    *difference = (struct play_difference){.place = place};
    va_list list;
    va_start(list, format);
    int size = vasprintf(&difference->text, format, list);
    va_end(list);
    if (size < 0)
        return COMITY_MEMORY;
    self->differences_count++;
    return COMITY_OK;
}

/* Was an act taken or refused as the scenario says? */
static enum comity_error check_result(struct play *self, const struct scenario_act *act,
                                      const struct stage_result *result)
{
    const char *seat = scenario_seat_name(self->scenario, act->act.seat);
    const char *word = act->act.kind == ACT_BALLOT ? answer_word(act->act.as.ballot.answer)
                                                   : act_kind_word(act->act.kind);
    if (act->refused)
        self->checks_count++;
    if (!act->refused && !result->accepted)
        return play_differ(self, act->place,
                           "%s: %s %s: expected it to be accepted, got refused: %s", seat, word,
                           scenario_label_name(self->scenario, act->target), result->line);
    if (act->refused && result->accepted)
        return play_differ(self, act->place, "%s: %s %s: expected a refusal (%s), got accepted",
                           seat, word, scenario_label_name(self->scenario, act->target),
                           act->refused);
    if (act->refused && !strstr(result->line, act->refused))
        return play_differ(self, act->place,
                           "%s: %s: expected the refusal to say \"%s\", got \"%s\"", seat, word,
                           act->refused, result->line);
    return COMITY_OK;
}

static bool is_carried(const struct scenario_act *act)
{
    return act->act.kind == ACT_PROPOSE && act->act.as.propose.has_carried;
}

/* A copy of the step's acts; what is carried from the main forum has its id by now, or its text
 * never got there. */
static struct scenario_act *carry_acts(const struct play *self, const struct scenario_step *step)
{
    struct scenario_act *acts = calloc(step->acts_count, sizeof *acts);
    for (uint32_t i = 0; acts && i < step->acts_count; i++) {
        acts[i] = step->acts[i];
        if (!is_carried(&acts[i]))
            continue;
        const struct stage_label *label = &self->main->labels[acts[i].carried];
        acts[i].act.as.propose.has_carried = label->known;
        acts[i].act.as.propose.carried_forum = self->main->scenario->charter->id;
        acts[i].act.as.propose.carried_proposal = label->id;
    }
    return acts;
}

static enum comity_error play_acts(struct play *self, const struct scenario_step *step,
                                   struct fault *fault)
{
    struct stage_result *results = calloc(step->acts_count, sizeof *results);
    struct scenario_act *acts = carry_acts(self, step);
    enum comity_error error = !results || !acts ? COMITY_MEMORY : COMITY_OK;
    if (!error)
        error = self->stage.ops->perform(self->stage.self, acts, step->acts_count, self->labels,
                                         results, fault);
    for (uint32_t i = 0; !error && i < step->acts_count; i++) {
        const struct scenario_act *act = &step->acts[i];
        if (act->label != SCENARIO_NONE && results[i].accepted)
            self->labels[act->label] = (struct stage_label){
                .known = true,
                .id = results[i].id,
                .proposal = act->act.kind == ACT_REPORT ? 0 : results[i].proposal};
        error = check_result(self, act, &results[i]);
        if (!error && is_carried(act) && !is_carried(&acts[i]))
            error = play_differ(self, act->place, "\"%s\" is not in the main forum's record yet",
                                scenario_label_name(self->main->scenario, act->carried));
        self->acts_done++;
        if (!error && self->watch.act)
            self->watch.act(self->watch.context, act, &results[i]);
    }
    free(results);
    free(acts);
    return error;
}

/* Tell the watch of verdicts that were open when last looked at. */
static enum comity_error tell_verdicts(struct play *self, uint32_t proposals_count,
                                       struct fault *fault)
{
    struct stage_proposal view;
    uint32_t kept = 0;
    while (self->proposals_seen < proposals_count &&
           self->pending_count < self->scenario->acts_count) {
        self->first_told[self->pending_count] = false;
        self->pending[self->pending_count++] = ++self->proposals_seen;
    }
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; i < self->pending_count; i++) {
        uint32_t number = self->pending[i];
        if (!error)
            error = self->stage.ops->proposal(self->stage.self, number, &view, fault);
        bool told = self->first_told[i];
        if (!error && view.first_rule[0] && !told) {
            struct stage_proposal first = view;
            (void)snprintf(first.status, sizeof first.status, "open");
            self->watch.verdict(self->watch.context, &first);
            told = true;
        }
        if (!error && strcmp(view.status, "decided") == 0) {
            self->watch.verdict(self->watch.context, &view);
        } else if (error || strcmp(view.status, "retracted") != 0) {
            self->first_told[kept] = told;
            self->pending[kept++] = number;
        }
    }
    self->pending_count = kept;
    return error;
}

static enum comity_error tell_agreements(struct play *self, uint32_t count, struct fault *fault)
{
    if (count > self->before_count) {
        void *more = reallocarray(self->before, count, sizeof *self->before);
        if (!more)
            return COMITY_MEMORY;
        self->before = more;
        memset(&self->before[self->before_count], 0,
               (count - self->before_count) * sizeof *self->before);
        self->before_count = count;
    }
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < count; i++) {
        struct stage_agreement now;
        struct stage_proposal proposal;
        error = self->stage.ops->agreement(self->stage.self, i + 1, &now, fault);
        if (error || memcmp(&now, &self->before[i], sizeof now) == 0)
            continue;
        error = self->stage.ops->proposal(self->stage.self, now.proposal, &proposal, fault);
        if (error)
            break;
        self->watch.agreement(self->watch.context, &proposal, &self->before[i], &now);
        self->before[i] = now;
    }
    return error;
}

static enum comity_error tell(struct play *self, struct fault *fault)
{
    uint32_t proposals, agreements;
    if (self->watch.progress)
        self->watch.progress(self->watch.context, self->acts_done);
    if (!self->watch.verdict && !self->watch.agreement)
        return COMITY_OK;
    enum comity_error error =
        self->stage.ops->proposals(self->stage.self, &proposals, &agreements, fault);
    if (!error && self->watch.verdict)
        error = tell_verdicts(self, proposals, fault);
    if (!error && self->watch.agreement)
        error = tell_agreements(self, agreements, fault);
    return error;
}

static enum comity_error play_step(struct play *self, const struct scenario_step *step,
                                   struct fault *fault)
{
    const struct stage_ops *ops = self->stage.ops;
    enum comity_error error = COMITY_OK;
    switch (step->kind) {
    case STEP_SAY:
        if (self->watch.say)
            self->watch.say(self->watch.context, step->text);
        return COMITY_OK;
    case STEP_ACTS:
        error = play_acts(self, step, fault);
        break;
    case STEP_KILL:
    case STEP_START:
        if (ops->kill && self->watch.machine)
            self->watch.machine(self->watch.context, step);
        if (ops->kill)
            error = step->kind == STEP_KILL ? ops->kill(self->stage.self, &step->seats, fault)
                                            : ops->start(self->stage.self, &step->seats, fault);
        return error;
    case STEP_CHECK:
        return COMITY_OK;
    }
    if (!error)
        error = ops->settle(self->stage.self, fault);
    return error ? error : tell(self, fault);
}

/* The day ends: whatever is expected of it must be so before the clock moves. */
static enum comity_error end_day(struct play *self, int64_t time_ms, struct fault *fault)
{
    enum comity_error error = self->stage.ops->settle(self->stage.self, fault);
    if (!error)
        error = tell(self, fault);
    return error ? error : play_check(self, time_ms, fault);
}

/* Every step of the next day. */
static enum comity_error play_day(struct play *self, struct fault *fault)
{
    const struct scenario *scenario = self->scenario;
    int64_t time_ms = scenario->steps[self->next].time_ms;
    enum comity_error error = self->stage.ops->advance(self->stage.self, time_ms, fault);
    if (!error)
        error = self->stage.ops->settle(self->stage.self, fault);
    if (!error && self->watch.day)
        self->watch.day(self->watch.context, time_ms);
    if (!error)
        error = tell(self, fault);
    while (!error && self->next < scenario->steps_count &&
           scenario->steps[self->next].time_ms == time_ms)
        error = play_step(self, &scenario->steps[self->next++], fault);
    return error ? error : end_day(self, time_ms, fault);
}

/* The play whose next day comes first; NULL: none has any. */
static struct play *find_next(struct play *const *plays, uint32_t count)
{
    struct play *found = NULL;
    int64_t found_ms = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct scenario *scenario = plays[i]->scenario;
        if (plays[i]->next == scenario->steps_count)
            continue;
        int64_t time_ms = scenario->steps[plays[i]->next].time_ms;
        if (!found || time_ms < found_ms) {
            found = plays[i];
            found_ms = time_ms;
        }
    }
    return found;
}

enum comity_error play_run_all(struct play *const *plays, uint32_t count, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (struct play *next; !error && (next = find_next(plays, count));) {
        if (next->scenario->steps[next->next].time_ms >= plays[0]->stop_ms)
            return COMITY_OK;
        error = play_day(next, fault);
    }
    for (uint32_t i = 0; !error && i < count; i++)
        error = play_check(plays[i], INT64_MAX, fault);
    return error;
}

enum comity_error play_run(struct play *self, struct fault *fault)
{
    return play_run_all(&self, 1, fault);
}

enum comity_error play_verify(struct play *self, void (*tell_line)(void *context, const char *line),
                              void *context, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && self->stage.ops->verify && i < self->scenario->verify_count;
         i++) {
        const struct stage_label *label = &self->labels[self->scenario->verify[i]];
        struct stage_proposal proposal;
        char line[STAGE_TEXT_MAX];
        if (!label->known)
            continue; /* Its refusal is a difference already. */
        error = self->stage.ops->proposal(self->stage.self, label->proposal, &proposal, fault);
        if (!error)
            error = self->stage.ops->verify(self->stage.self, label->proposal, proposal.agreement,
                                            line, fault);
        if (!error)
            tell_line(context, line);
    }
    return error;
}
