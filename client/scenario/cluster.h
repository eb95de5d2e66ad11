/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.h - the stage of real daemons: one for each seat, on this machine, each told of its own
 * delegation's acts by libcomity and of nobody else's. */
#ifndef COMITY_SCENARIO_CLUSTER_H
#define COMITY_SCENARIO_CLUSTER_H

#include "scenario/machine.h"
#include "scenario/stage.h"

struct cluster;

struct cluster_progress {
    void *context;
    void (*tell)(void *context, const char *line); /* While it starts; NULL: nobody listens. */
};

/* Starts the daemons of a configured machine and waits until every seat has joined. `machine` and
 * `scenario` outlive it. What the daemons or libcomity say; COMITY_REFUSED: interrupted. */
COMITY_MUST_CHECK enum comity_error cluster_open(struct machine *machine,
                                                 const struct scenario *scenario,
                                                 const struct cluster_progress *progress,
                                                 struct cluster **ret_cluster, struct fault *fault);
/* The same daemons take their seats in a forum beside the main one; closed before that. */
COMITY_MUST_CHECK enum comity_error cluster_open_other(struct cluster *main,
                                                       const struct scenario *scenario,
                                                       const struct cluster_progress *progress,
                                                       struct cluster **ret_cluster,
                                                       struct fault *fault);
void cluster_close(struct cluster **self); /* Connections only; NULL-safe and nulling. */
struct stage cluster_stage(struct cluster *self);

#endif
