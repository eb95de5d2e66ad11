/* SPDX-License-Identifier: Apache-2.0 */
/* show_charter.h - the charter of the forum one sits in. */
#ifndef COMITY_CLI_SHOW_CHARTER_H
#define COMITY_CLI_SHOW_CHARTER_H

#include "cli.h"

/* Asks the daemon, checks the bytes, prints them as YAML (or as JSON). */
enum cli_exit show_charter(struct cli *cli);

#endif
