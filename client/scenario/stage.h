/* SPDX-License-Identifier: Apache-2.0 */
/* stage.h - where a scenario is played: in this process (replay.h) or by daemons (cluster.h). The
 * player (play.h) and the checks know only this, so both give the same table from one text.
 *
 * Views are copies; strings in them live until the next call of the same function. */
#ifndef COMITY_SCENARIO_STAGE_H
#define COMITY_SCENARIO_STAGE_H

#include "base/error.h"
#include "base/hash.h"
#include "model/conduct.h"
#include "scenario/scenario.h"

enum { STAGE_LINE_MAX = 2048, STAGE_TEXT_MAX = 8192 };

/* What a label stands for, once its act is in the record. */
struct stage_label {
    bool known;
    struct hash id;
    uint32_t proposal; /* P number; 0 for an act alone. */
};

struct stage_result {
    bool accepted;
    struct hash id;
    uint32_t proposal; /* That it made or touched, or 0. */
    char line[512];    /* Why it was refused. */
};

struct stage_proposal {
    uint32_t number;
    char title[TITLE_MAX + 1];
    char rule[NAME_MAX_SIZE + 1];
    char status[12]; /* open closed decided retracted */
    char verdict[12];
    char line[STAGE_LINE_MAX];     /* Its arithmetic. */
    int64_t opened_ms, decided_ms; /* Forum time; 0: not decided. */
    uint32_t agreement;
    struct seat_set formed, stayed_out, defected;
    char first_rule[NAME_MAX_SIZE + 1]; /* Of the ballot before this one; "": there was none. */
    char first_verdict[12];
    char first_line[STAGE_LINE_MAX];
};

struct stage_party {
    char status[12]; /* none consented bound leaving left */
    char defection[20];
    int64_t since_ms, until_ms; /* INT64_MAX: not known, no end in sight. */
};
struct stage_agreement {
    uint32_t number, proposal;
    char status[12];
    char line[STAGE_LINE_MAX];
    int64_t threshold_ms, in_force_ms; /* INT64_MAX: not yet. */
    uint32_t parties_count;
    struct stage_party parties[SEATS_MAX];
};

struct stage_conduct {
    uint32_t classes[CONDUCT_CLASSES_COUNT];
    uint32_t kinds[CONDUCT_KINDS_COUNT];
};

struct stage_ops {
    /* The forum's clock shows at least this, and what was due has happened. */
    enum comity_error (*advance)(void *self, int64_t time_ms, struct fault *fault);
    /* Hand in these acts and see them final; ret_results is one for each. */
    enum comity_error (*perform)(void *self, const struct scenario_act *acts, uint32_t count,
                                 const struct stage_label *labels, struct stage_result *ret_results,
                                 struct fault *fault);
    /* No question is left between its close and its verdict. */
    enum comity_error (*settle)(void *self, struct fault *fault);
    enum comity_error (*proposals)(void *self, uint32_t *ret_proposals, uint32_t *ret_agreements,
                                   struct fault *fault);
    enum comity_error (*proposal)(void *self, uint32_t number, struct stage_proposal *ret_view,
                                  struct fault *fault);
    enum comity_error (*agreement)(void *self, uint32_t number, struct stage_agreement *ret_view,
                                   struct fault *fault);
    enum comity_error (*conduct)(void *self, uint32_t seat, struct stage_conduct *ret_view,
                                 struct fault *fault);
    /* Of an agreement, by its number. */
    enum comity_error (*figures)(void *self, uint32_t agreement, const struct figure_query *query,
                                 struct figures *ret_figures, struct fault *fault);
    /* NULL where there are no daemons. */
    enum comity_error (*kill)(void *self, const struct seat_set *seats, struct fault *fault);
    enum comity_error (*start)(void *self, const struct seat_set *seats, struct fault *fault);
    /* Export and verify the instrument of a proposal or its agreement: what that prints. */
    enum comity_error (*verify)(void *self, uint32_t proposal, uint32_t agreement,
                                char ret_text[STAGE_TEXT_MAX], struct fault *fault);
    /* Compare what there is to compare at the end; COMITY_DIVERGED with what differs. */
    enum comity_error (*compare)(void *self, char ret_line[STAGE_LINE_MAX], struct fault *fault);
};

struct stage {
    const struct stage_ops *ops;
    void *self;
};

#endif
