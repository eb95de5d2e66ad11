/* SPDX-License-Identifier: Apache-2.0 */
/* start.h - a daemon for whoever has none: a key, a configuration and a data directory in
 * ~/.comity, and comityd behind them. */
#ifndef COMITY_CLI_START_H
#define COMITY_CLI_START_H

#include "cli.h"

/* Connect; if no daemon answers and none was named, make what is missing in ~/.comity and start
 * one. What was there is never changed. `listen`: used for a configuration that is made now; NULL:
 * it only dials. Complains itself. */
COMITY_MUST_CHECK enum cli_exit start_or_connect(struct cli *cli, const char *listen);

#endif
