/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure.h"

enum { SILENCE_MS = 30 };

void sample_add(struct sample *self, double value)
{
    if (self->count < self->capacity)
        self->values[self->count++] = value;
}

static int compare(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

double sample_at(struct sample *self, double share)
{
    if (self->count == 0)
        return 0;
    qsort(self->values, self->count, sizeof *self->values, compare);
    return self->values[(size_t)(share * (double)(self->count - 1) + 0.5)];
}

struct round {
    struct parley *parley;
    uint32_t number;           /* Of the proposal. */
    uint32_t seen[SEATS_MAX];  /* Ballots, by feed. */
    bool verdict[SEATS_MAX];   /* In the feed. */
    uint32_t heard, submitted; /* Feeds with the verdict; acts answered. */
    double first_s, last_s;    /* When. */
};

static void read_events(struct round *self, uint32_t seat, const Comity__V1__Events *events)
{
    for (size_t i = 0; i < events->n_events; i++) {
        const Comity__V1__Event *event = events->events[i];
        if (event->proposal != self->number)
            continue;
        self->seen[seat] += strcmp(event->kind, "ballot") == 0;
        if (strcmp(event->kind, "verdict") != 0 || self->verdict[seat])
            continue;
        self->verdict[seat] = true;
        self->last_s = bench_now_s();
        if (self->heard++ == 0)
            self->first_s = self->last_s;
    }
}

/* One answer, of a feed or to an act. Feeds are asked again. */
static enum comity_error take(struct round *self, struct fault *fault)
{
    struct parley_answer answer;
    enum comity_error error = parley_receive(self->parley, &answer, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__Response *response = answer.response;
    if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_EVENTS) {
        read_events(self, answer.seat, response->events);
        return self->verdict[answer.seat] ? COMITY_OK
                                          : parley_listen(self->parley, answer.seat, fault);
    }
    error = parley_check_final(&answer, fault);
    if (error != COMITY_OK)
        return error;
    if (self->number == 0)
        self->number = response->submitted->proposal;
    self->submitted++;
    return COMITY_OK;
}

static enum comity_error propose(struct round *self, uint32_t seat, struct fault *fault)
{
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    Comity__V1__DraftPropose draft = COMITY__V1__DRAFT_PROPOSE__INIT;
    static char title[] = "That this be measured";
    static char rule[] = "most-of-members";
    static char text[] = "1. Measures what an agreement costs.\n";
    draft.title = title;
    draft.rule = rule;
    draft.binding = true;
    submit.act_case = COMITY__V1__SUBMIT__ACT_PROPOSE;
    submit.propose = &draft;
    submit.text = text;
    enum comity_error error = parley_submit(self->parley, seat, 0, &submit, fault);
    return error != COMITY_OK ? error : take(self, fault);
}

static enum comity_error ballot(struct round *self, uint32_t seat, struct fault *fault)
{
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    Comity__V1__DraftBallot draft = COMITY__V1__DRAFT_BALLOT__INIT;
    char name[16] = "P";
    uint32_t digits = 1;
    for (uint32_t rest = self->number; rest >= 10; rest /= 10)
        digits++;
    for (uint32_t rest = self->number, at = digits; at > 0; rest /= 10)
        name[at--] = (char)('0' + rest % 10);
    draft.proposal = name;
    draft.answer = COMITY__V1__ANSWER__ANSWER_YES;
    submit.act_case = COMITY__V1__SUBMIT__ACT_BALLOT;
    submit.ballot = &draft;
    return parley_submit(self->parley, seat, 0, &submit, fault);
}

static bool all_but_one_seen(const struct round *self)
{
    for (uint32_t seat = 0; seat < self->parley->count; seat++) {
        if (self->seen[seat] + 1 < self->parley->count)
            return false;
    }
    return self->submitted == self->parley->count;
}

/* A daemon that has not executed the proposal yet would not know what is balloted. */
static enum comity_error wait_proposed(struct round *self, uint64_t height, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t seat = 0; error == COMITY_OK && seat < self->parley->count; seat++) {
        uint64_t reached = 0;
        while (error == COMITY_OK && reached < height)
            error = parley_height(self->parley, seat, &reached, fault);
    }
    return error;
}

static enum comity_error round_run(struct parley *parley, uint32_t turn, struct rounds *rounds,
                                   struct fault *fault)
{
    struct round self = {.parley = parley};
    uint32_t last = turn % parley->count;
    uint64_t height = 0;
    enum comity_error error = propose(&self, (turn + 1) % parley->count, fault);
    if (error == COMITY_OK)
        error = parley_height(parley, (turn + 1) % parley->count, &height, fault);
    if (error == COMITY_OK)
        error = wait_proposed(&self, height, fault);
    for (uint32_t seat = 0; error == COMITY_OK && seat < parley->count; seat++)
        error = parley_listen(parley, seat, fault);
    for (uint32_t seat = 0; error == COMITY_OK && seat < parley->count; seat++) {
        if (seat != last)
            error = ballot(&self, seat, fault);
    }
    while (error == COMITY_OK && !all_but_one_seen(&self))
        error = take(&self, fault);
    /* The record goes quiet; rounds begin at no particular phase of anything. */
    (void)poll(NULL, 0, SILENCE_MS + (int)(turn * 7 % 20));
    double start_s = bench_now_s();
    if (error == COMITY_OK)
        error = ballot(&self, last, fault);
    while (error == COMITY_OK && (self.heard < parley->count || self.submitted <= parley->count))
        error = take(&self, fault);
    if (error == COMITY_OK) {
        sample_add(&rounds->first_ms, (self.first_s - start_s) * 1e3);
        sample_add(&rounds->every_ms, (self.last_s - start_s) * 1e3);
        rounds->acts += parley->count + 1;
    }
    (void)poll(NULL, 0, SILENCE_MS); /* The block that seals the verdict. */
    return error;
}

enum comity_error rounds_run(struct parley *parley, uint32_t count, struct rounds *ret,
                             struct fault *fault)
{
    uint64_t before = 0;
    uint64_t after = 0;
    enum comity_error error = parley_height(parley, 0, &before, fault);
    double cpu_s = parley_cpu_s(parley);
    for (uint32_t turn = 0; error == COMITY_OK && turn < count; turn++)
        error = round_run(parley, turn, ret, fault);
    ret->cpu_s += parley_cpu_s(parley) - cpu_s;
    if (error == COMITY_OK)
        error = parley_height(parley, 0, &after, fault);
    ret->blocks += after - before;
    return error;
}
