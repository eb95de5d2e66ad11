/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "scenario/link.h"
#include "scenario/view.h"

enum { SCALED_WAIT_MAX_MS = 600000 };

static void tell(const struct cluster_progress *progress, const char *line)
{
    if (progress && progress->tell)
        progress->tell(progress->context, line);
}

/* Hand the charter to a daemon; the first seat's convenes. */
static enum comity_error take_seat(struct cluster *self, uint32_t seat, bool convene,
                                   struct fault *fault)
{
    struct comity_reply reply;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__AddForum body = COMITY__V1__ADD_FORUM__INIT;
    body.charter.data = self->scenario->charter_bytes.data;
    body.charter.len = self->scenario->charter_bytes.size;
    body.convene = convene;
    request.request_case = COMITY__V1__REQUEST__REQUEST_ADD_FORUM;
    request.add_forum = &body;
    enum comity_error error =
        link_ask(self, seat, &request, COMITY__V1__RESPONSE__RESPONSE_ADDED, &reply, fault);
    if (error)
        return error;
    comity_reply_free(&reply);
    self->seated[seat] = true;
    return COMITY_OK;
}

/* Until one daemon's record shows these seats. */
static enum comity_error wait_joined(struct cluster *self, const struct seat_set *seats,
                                     struct fault *fault)
{
    int64_t end_ms = clock_steady_ms() + LINK_PATIENCE_MS;
    uint32_t reader = link_reader(self);
    for (;;) {
        struct comity_reply reply;
        enum comity_error error = link_status(self, reader, &reply, fault);
        if (error)
            return error;
        const Comity__V1__ForumStatus *forum = link_forum(self, &reply);
        uint32_t missing = 0;
        uint64_t height = forum ? forum->height : 0;
        char waiting[256];
        view_copy(waiting, sizeof waiting, forum ? forum->waiting : "");
        for (size_t i = 0; forum && i < forum->n_seats; i++)
            missing += !forum->seats[i]->joined && seat_set_has(seats, (uint32_t)i);
        comity_reply_free(&reply);
        if (forum && missing == 0)
            return link_reach(self, height, fault);
        if (clock_steady_ms() >= end_ms)
            return fault_set(fault, COMITY_PENDING, "%u seats have not joined: %s", missing,
                             waiting);
        error = link_wait_event(self, reader, height, UINT32_MAX, 500, fault);
        if (error)
            return error;
    }
}

static enum comity_error wait_seat(struct cluster *self, uint32_t seat, struct fault *fault)
{
    struct seat_set only = {0};
    seat_set_add(&only, seat);
    return wait_joined(self, &only, fault);
}

/* Who does not join by an act of its own takes its seat; the first convenes. */
static enum comity_error convene_all(struct cluster *self, struct fault *fault)
{
    uint32_t convener = SCENARIO_NONE;
    struct seat_set joining = {0};
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < self->scenario->charter->seats_count; i++) {
        if (seat_set_has(&self->scenario->unjoined, i))
            continue;
        seat_set_add(&joining, i);
        error = take_seat(self, i, convener == SCENARIO_NONE, fault);
        convener = convener == SCENARIO_NONE ? i : convener;
    }
    return error ? error : wait_joined(self, &joining, fault);
}

static enum comity_error start_all(struct cluster *self, const struct cluster_progress *progress,
                                   struct fault *fault)
{
    uint32_t count = self->scenario->charter->seats_count;
    char line[128];
    enum comity_error error = COMITY_OK;
    int64_t started_ms = clock_steady_ms();
    (void)snprintf(line, sizeof line, "starting %u daemons", count);
    tell(progress, line);
    for (uint32_t i = 0; !error && i < count; i++)
        error = machine_start(self->machine, i, fault);
    for (uint32_t i = 0; !error && i < count; i++)
        error = link_open(self, i, fault);
    (void)snprintf(line, sizeof line, "%u daemons answer after %lld ms; they take their seats",
                   count, (long long)(clock_steady_ms() - started_ms));
    if (!error)
        tell(progress, line);
    if (!error)
        error = convene_all(self, fault);
    (void)snprintf(line, sizeof line, "the forum \"%s\" is convened after %lld ms",
                   self->scenario->charter->name, (long long)(clock_steady_ms() - started_ms));
    if (!error)
        tell(progress, line);
    return error;
}

/* The same daemons in another forum. */
static enum comity_error enter(struct cluster *self, struct fault *fault)
{
    const struct charter *charter = self->scenario->charter;
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < charter->seats_count; i++) {
        self->daemons[i] =
            (uint32_t)charter_find_seat(self->scenario->main->charter, charter->seats[i].name);
        error = link_open(self, i, fault);
    }
    return error ? error : convene_all(self, fault);
}

enum comity_error cluster_open_other(struct cluster *main, const struct scenario *scenario,
                                     const struct cluster_progress *progress,
                                     struct cluster **ret_cluster, struct fault *fault)
{
    char line[128];
    struct cluster *self = calloc(1, sizeof *self);
    if (!self)
        return COMITY_MEMORY;
    self->machine = main->machine;
    self->scenario = scenario;
    enum comity_error error = enter(self, fault);
    if (error) {
        cluster_close(&self);
        return error;
    }
    main->others[main->others_count++] = self;
    (void)snprintf(line, sizeof line, "the forum \"%s\" is convened too", scenario->charter->name);
    tell(progress, line);
    *ret_cluster = self;
    return COMITY_OK;
}

enum comity_error cluster_open(struct machine *machine, const struct scenario *scenario,
                               const struct cluster_progress *progress,
                               struct cluster **ret_cluster, struct fault *fault)
{
    if (scenario->charter->clock == CLOCK_REAL)
        return fault_set(fault, COMITY_INVALID,
                         "%s: a cluster plays a presided or a scaled clock; history does not wait "
                         "for a real one (comity replay does)",
                         scenario->path);
    struct cluster *self = calloc(1, sizeof *self);
    if (!self)
        return COMITY_MEMORY;
    self->machine = machine;
    self->scenario = scenario;
    for (uint32_t i = 0; i < SEATS_MAX; i++)
        self->daemons[i] = i;
    enum comity_error error = start_all(self, progress, fault);
    if (error)
        cluster_close(&self);
    else
        *ret_cluster = self;
    return error;
}

void cluster_close(struct cluster **self)
{
    if (!self || !*self)
        return;
    for (uint32_t i = 0; i < SEATS_MAX; i++)
        comity_close(&(*self)->links[i]);
    free(*self);
    *self = NULL;
}

/* One act on its way. */
enum way { WAY_SENT, WAY_JOINING /* By taking the charter. */, WAY_NOWHERE /* Never handed in. */ };
struct handed_in {
    uint64_t id;
    enum way way;
};

static enum comity_error hand_in(struct cluster *self, const struct scenario_act *act,
                                 const struct stage_label *labels, struct handed_in *ret_handed,
                                 struct fault *fault)
{
    struct arena arena;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__Submit submit;
    uint32_t seat = act->act.seat;
    if (act->act.kind == ACT_JOIN && !self->seated[seat]) {
        ret_handed->way = WAY_JOINING;
        return take_seat(self, seat, false, fault);
    }
    if (!self->seated[seat] || (act->target != SCENARIO_NONE && !labels[act->target].known)) {
        ret_handed->way = WAY_NOWHERE;
        return COMITY_OK;
    }
    arena_init(&arena, 0);
    enum comity_error error = draft_submit(self, act, labels, &arena, &submit, fault);
    submit.wait_ms = LINK_PATIENCE_MS - 5000;
    request.request_case = COMITY__V1__REQUEST__REQUEST_SUBMIT;
    request.submit = &submit;
    if (!error)
        error = link_send(self, seat, &request, &ret_handed->id, fault);
    ret_handed->way = WAY_SENT;
    arena_free(&arena);
    return error;
}

/* A daemon that refuses to sign has refused the act, as the record would. */
static bool is_refusal(enum comity_error error)
{
    return error == COMITY_INVALID || error == COMITY_LIMIT || error == COMITY_CLOSED ||
           error == COMITY_NOT_FOUND || error == COMITY_EXISTS || error == COMITY_REFUSED ||
           error == COMITY_CONFLICT;
}

static enum comity_error see_final(struct cluster *self, const struct scenario_act *act,
                                   const struct handed_in *handed, struct stage_result *result,
                                   uint64_t *height, struct fault *fault)
{
    struct comity_reply reply;
    struct fault refusal = {""};
    *result = (struct stage_result){.accepted = handed->way == WAY_JOINING};
    if (handed->way == WAY_NOWHERE)
        view_copy(result->line, sizeof result->line,
                  self->seated[act->act.seat] ? "there is no such proposal: it was not accepted"
                                              : "the seat has not joined");
    if (handed->way == WAY_JOINING)
        return wait_seat(self, act->act.seat, fault);
    if (handed->way == WAY_NOWHERE)
        return COMITY_OK;
    enum comity_error error =
        link_receive(self, act->act.seat, handed->id, COMITY__V1__RESPONSE__RESPONSE_SUBMITTED,
                     &reply, &refusal);
    if (is_refusal(error) && !machine_signal) {
        view_copy(result->line, sizeof result->line, refusal.text);
        return COMITY_OK;
    }
    if (error) {
        *fault = refusal;
        return error;
    }
    const Comity__V1__Submitted *submitted = reply.response->submitted;
    if (!submitted->final)
        error =
            fault_set(fault, COMITY_PENDING, "an act of %s is not final after %d s",
                      scenario_seat_name(self->scenario, act->act.seat), LINK_PATIENCE_MS / 1000);
    result->accepted = submitted->accepted;
    result->proposal = submitted->proposal;
    if (!submitted->accepted)
        view_copy(result->line, sizeof result->line, submitted->line);
    if (submitted->act.len == HASH_SIZE)
        memcpy(result->id.bytes, submitted->act.data, HASH_SIZE);
    if (submitted->height > *height)
        *height = submitted->height;
    comity_reply_free(&reply);
    return error;
}

static enum comity_error cluster_perform(void *context, const struct scenario_act *acts,
                                         uint32_t count, const struct stage_label *labels,
                                         struct stage_result *ret_results, struct fault *fault)
{
    struct cluster *self = context;
    uint64_t height = self->height;
    struct handed_in *handed = calloc(count, sizeof *handed);
    if (!handed)
        return COMITY_MEMORY;
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < count; i++)
        error = hand_in(self, &acts[i], labels, &handed[i], fault);
    for (uint32_t i = 0; !error && i < count; i++)
        error = see_final(self, &acts[i], &handed[i], &ret_results[i], &height, fault);
    free(handed);
    return error ? error : link_reach(self, height, fault);
}

/* How long until the clock shows this day, in UTC; 0 or less: it does, and what was due by then has
 * happened. While a deadline that has passed is not in the record the answer is a moment. */
static int64_t until_day_ms(const struct charter *charter, const Comity__V1__ForumStatus *forum,
                            int64_t time_ms)
{
    __int128 left = (__int128)(time_ms - forum->forum_ms) * charter->clock_day_ms;
    int64_t left_ms = (int64_t)((left + CALENDAR_DAY_MS - 1) / CALENDAR_DAY_MS);
    if (left > 0)
        return left_ms;
    int64_t day_ms = clock_utc_ms() + (int64_t)(left / CALENDAR_DAY_MS);
    return forum->due_ms != 0 && forum->due_ms <= day_ms ? 50 : 0;
}

/* A scaled clock goes by itself: the feed is asked to hold back its answer until the day. */
static enum comity_error await_day(struct cluster *self, int64_t time_ms, struct fault *fault)
{
    int64_t end_ms = clock_steady_ms() + SCALED_WAIT_MAX_MS;
    for (;;) {
        struct comity_reply reply;
        enum comity_error error = link_status(self, link_reader(self), &reply, fault);
        if (error)
            return error;
        const Comity__V1__ForumStatus *forum = link_forum(self, &reply);
        int64_t left_ms = forum ? until_day_ms(self->scenario->charter, forum, time_ms) : 1;
        uint64_t height = forum ? forum->height : 0;
        comity_reply_free(&reply);
        if (left_ms <= 0)
            return COMITY_OK;
        if (clock_steady_ms() >= end_ms)
            return fault_set(fault, COMITY_PENDING, "the forum's clock is still %lld s away",
                             (long long)(left_ms / 1000));
        error = link_wait_event(self, link_reader(self), height, UINT32_MAX,
                                (uint32_t)(left_ms < 1000 ? left_ms : 1000), fault);
        if (error)
            return error;
    }
}

static enum comity_error cluster_advance(void *context, int64_t time_ms, struct fault *fault)
{
    struct cluster *self = context;
    struct comity_reply reply;
    if (self->scenario->charter->clock != CLOCK_PRESIDED)
        return await_day(self, time_ms, fault);
    if (self->scenario->chair == SCENARIO_NONE)
        return fault_set(fault, COMITY_REFUSED,
                         "the charter's clock is presided and there is no chair to move it");
    enum comity_error error = link_status(self, self->scenario->chair, &reply, fault);
    if (error)
        return error;
    int64_t now_ms = link_forum(self, &reply) ? link_forum(self, &reply)->forum_ms : 0;
    comity_reply_free(&reply);
    if (time_ms <= now_ms)
        return COMITY_OK;
    struct scenario_act act = {.label = SCENARIO_NONE, .target = SCENARIO_NONE};
    struct stage_result result;
    act.act.kind = ACT_PROCEDURE;
    act.act.seat = self->scenario->chair;
    act.act.as.procedure.ruling = RULING_ADVANCE;
    act.act.as.procedure.time_ms = time_ms;
    error = cluster_perform(self, &act, 1, NULL, &result, fault);
    if (!error && !result.accepted)
        error = fault_set(fault, COMITY_REFUSED, "the clock does not move: %s", result.line);
    return error;
}

static enum comity_error cluster_settle(void *context, struct fault *fault)
{
    struct cluster *self = context;
    int64_t end_ms = clock_steady_ms() + LINK_PATIENCE_MS;
    for (;;) {
        uint32_t proposals, agreements;
        bool closing;
        struct comity_reply reply;
        if (self->scenario->charter->clock == CLOCK_PRESIDED)
            return COMITY_OK; /* It has no grace. */
        enum comity_error error = inspect_count(self, &proposals, &agreements, &closing, fault);
        if (error || !closing)
            return error;
        if (clock_steady_ms() >= end_ms)
            return fault_set(fault, COMITY_PENDING, "a verdict does not come after its grace");
        error = link_status(self, link_reader(self), &reply, fault);
        if (error)
            return error;
        uint64_t height = link_forum(self, &reply) ? link_forum(self, &reply)->height : 0;
        comity_reply_free(&reply);
        error = link_wait_event(self, link_reader(self), height, UINT32_MAX, 500, fault);
        if (error)
            return error;
    }
}

static enum comity_error cluster_kill(void *context, const struct seat_set *seats,
                                      struct fault *fault)
{
    struct cluster *self = context;
    (void)fault;
    for (uint32_t i = 0; i < self->machine->daemons_count; i++) {
        if (!seat_set_has(seats, i))
            continue;
        machine_kill(self->machine, i);
        comity_close(&self->links[i]);
        for (uint32_t j = 0; j < self->others_count; j++) {
            uint32_t seat = link_seat_of(self->others[j], i);
            if (seat != SCENARIO_NONE)
                comity_close(&self->others[j]->links[seat]);
        }
    }
    return COMITY_OK;
}

/* Links of this forum to daemons that run again. */
static enum comity_error reopen(struct cluster *self, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < self->scenario->charter->seats_count; i++)
        if (!self->links[i] && self->machine->daemons[self->daemons[i]].pid > 0)
            error = link_open(self, i, fault);
    return error ? error : link_reach(self, self->height, fault);
}

static enum comity_error cluster_start(void *context, const struct seat_set *seats,
                                       struct fault *fault)
{
    struct cluster *self = context;
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < self->machine->daemons_count; i++)
        if (seat_set_has(seats, i) && !self->links[i])
            error = machine_start(self->machine, i, fault);
    for (uint32_t i = 0; !error && i < self->machine->daemons_count; i++)
        if (seat_set_has(seats, i) && !self->links[i])
            error = link_open(self, i, fault);
    for (uint32_t j = 0; !error && j < self->others_count; j++)
        error = reopen(self->others[j], fault);
    return error ? error : link_reach(self, self->height, fault);
}

static enum comity_error cluster_proposals(void *context, uint32_t *ret_proposals,
                                           uint32_t *ret_agreements, struct fault *fault)
{
    bool closing;
    return inspect_count(context, ret_proposals, ret_agreements, &closing, fault);
}

static enum comity_error cluster_proposal(void *context, uint32_t number,
                                          struct stage_proposal *ret_view, struct fault *fault)
{
    return inspect_proposal(context, number, ret_view, fault);
}

static enum comity_error cluster_agreement(void *context, uint32_t number,
                                           struct stage_agreement *ret_view, struct fault *fault)
{
    return inspect_agreement(context, number, ret_view, fault);
}

static enum comity_error cluster_figures(void *context, uint32_t agreement,
                                         const struct figure_query *query,
                                         struct figures *ret_figures, struct fault *fault)
{
    return inspect_figures(context, agreement, query, ret_figures, fault);
}

static enum comity_error cluster_conduct(void *context, uint32_t seat,
                                         struct stage_conduct *ret_view, struct fault *fault)
{
    return inspect_conduct(context, seat, ret_view, fault);
}

static enum comity_error cluster_compare(void *context, char ret_line[STAGE_LINE_MAX],
                                         struct fault *fault)
{
    return inspect_compare(context, ret_line, fault);
}

static enum comity_error cluster_verify(void *context, uint32_t proposal, uint32_t agreement,
                                        char ret_text[STAGE_TEXT_MAX], struct fault *fault)
{
    return prove_instrument(context, proposal, agreement, ret_text, fault);
}

struct stage cluster_stage(struct cluster *self)
{
    static const struct stage_ops ops = {
        .advance = cluster_advance,
        .perform = cluster_perform,
        .settle = cluster_settle,
        .proposals = cluster_proposals,
        .proposal = cluster_proposal,
        .agreement = cluster_agreement,
        .conduct = cluster_conduct,
        .figures = cluster_figures,
        .kill = cluster_kill,
        .start = cluster_start,
        .verify = cluster_verify,
        .compare = cluster_compare,
    };
    return (struct stage){&ops, self};
}
