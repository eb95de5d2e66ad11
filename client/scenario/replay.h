/* SPDX-License-Identifier: Apache-2.0 */
/* replay.h - the stage in this process: acts become blocks of one forum, with no network, no
 * signatures and no clock but the scenario's. */
#ifndef COMITY_SCENARIO_REPLAY_H
#define COMITY_SCENARIO_REPLAY_H

#include "scenario/stage.h"

struct replay;

/* Opens the record: the first seat convenes, the others join, unless the scenario says that they
 * do not. `scenario` outlives it. COMITY_MEMORY, COMITY_INVALID. */
COMITY_MUST_CHECK enum comity_error replay_open(const struct scenario *scenario,
                                                struct replay **ret_replay, struct fault *fault);
void replay_close(struct replay **self); /* NULL-safe and nulling. */
struct stage replay_stage(struct replay *self);
/* Its state now; until the stage's next call. */
const struct forum *replay_forum(const struct replay *self);
uint64_t replay_blocks(const struct replay *self);

#endif
