/* SPDX-License-Identifier: Apache-2.0 */
/* coalition.h - a forum convened from inside another, with a text that did not pass there. */
#ifndef COMITY_CLI_COALITION_H
#define COMITY_CLI_COALITION_H

#include "cli.h"

/* `comity convene coalition --from P3 --with FRA,GBR,USA`: a charter of these seats, with the keys
 * they have here; the shift in this forum's record; the proposal in the other's. */
enum cli_exit coalition_convene(struct cli *cli, const struct arguments *arguments);

#endif
