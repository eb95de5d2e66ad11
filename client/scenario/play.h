/* SPDX-License-Identifier: Apache-2.0 */
/* play.h - plays a scenario on a stage, step by step, and notes what differs from `expect`. */
#ifndef COMITY_SCENARIO_PLAY_H
#define COMITY_SCENARIO_PLAY_H

#include "scenario/scenario.h"
#include "scenario/stage.h"

/* Who watches; every function may be NULL. */
struct play_watch {
    void *context;
    void (*day)(void *context, int64_t time_ms);
    void (*say)(void *context, const char *text);
    void (*act)(void *context, const struct scenario_act *act, const struct stage_result *result);
    /* Also of the first of two ballots: then its status is not "decided". */
    void (*verdict)(void *context, const struct stage_proposal *proposal);
    void (*agreement)(void *context, const struct stage_proposal *proposal,
                      const struct stage_agreement *before, const struct stage_agreement *now);
    void (*machine)(void *context, const struct scenario_step *step);
    void (*progress)(void *context, uint32_t acts_done);
};

/* Something is not as expected. */
struct play_difference {
    struct scenario_place place;
    char *text; /* malloc. */
};

struct play {
    const struct scenario *scenario;
    struct stage stage;
    struct play_watch watch;
    struct stage_label *labels; /* By label of the scenario. */
    const struct play *main;    /* NULL: of the main forum. */
    uint32_t next;              /* Step to play. */
    int64_t stop_ms; /* Steps of this time and later are not played, nor the end's checks; */
                     /* INT64_MAX, as opened: all are. */
    struct play_difference *differences;
    uint32_t differences_count, differences_capacity;
    uint32_t checks_count; /* Expectations looked at, refusals among them. */
    uint32_t acts_done;
    struct stage_agreement *before; /* Of each agreement, as last told to the watch. */
    uint32_t before_count;
    uint32_t *pending; /* Numbers of proposals whose verdict is not told yet, ... */
    bool *first_told;  /* ... and by place there: that of their first ballot is. */
    uint32_t pending_count;
    uint32_t proposals_seen;
};

/* COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error play_open(const struct scenario *scenario, struct stage stage,
                                              const struct play_watch *watch,
                                              struct play *ret_play);
void play_close(struct play *self);
/* COMITY_OK also when something differs: see differences_count. Otherwise the stage's error. */
COMITY_MUST_CHECK enum comity_error play_run(struct play *self, struct fault *fault);
/* Several forums side by side, the main one first: day by day, and on one day in this order. */
COMITY_MUST_CHECK enum comity_error play_run_all(struct play *const *plays, uint32_t count,
                                                 struct fault *fault);
/* Expected, got: one sentence. COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error play_differ(struct play *self, struct scenario_place place,
                                                const char *format, ...) COMITY_PRINTF(3, 4);
/* check.c: the expectations of this day (INT64_MAX: the end). */
COMITY_MUST_CHECK enum comity_error play_check(struct play *self, int64_t when_ms,
                                               struct fault *fault);
/* The instruments the scenario wants verified; each sentence goes to `tell`. */
COMITY_MUST_CHECK enum comity_error play_verify(struct play *self,
                                                void (*tell)(void *context, const char *line),
                                                void *context, struct fault *fault);

#endif
