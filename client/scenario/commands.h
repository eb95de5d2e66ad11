/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the commands that play scenario files (comity-scenario(5)): `replay` in one process,
 * `cluster` with a real daemon per delegation, `play` for a lesson. Each gets the arguments from
 * its own name on and returns the program's exit code: 0 as expected, 1 something differs from
 * what the scenario expects, 2 wrong use or a file that does not read, 3 the machinery failed. */
#ifndef COMITY_SCENARIO_COMMANDS_H
#define COMITY_SCENARIO_COMMANDS_H

#include "base/error.h"

/* The file of a lesson: a path that is there, or the name of one that came with Comity.
 * COMITY_NOT_FOUND. */
COMITY_MUST_CHECK enum comity_error pack_find(const char *pack, char *ret_path, size_t size,
                                              struct fault *fault);

int command_replay(int argc, char **argv);
int command_cluster(int argc, char **argv);
int command_play(int argc, char **argv);

#endif
