/* SPDX-License-Identifier: Apache-2.0 */
/* lobby.h - what the two sides of a lobby share. */
#ifndef COMITY_CLI_LOBBY_H
#define COMITY_CLI_LOBBY_H

#include "cli.h"

/* Ask the daemon; complains itself. */
COMITY_MUST_CHECK enum cli_exit lobby_ask(struct cli *cli, Comity__V1__Request *request,
                                          Comity__V1__Response__ResponseCase expected,
                                          struct comity_reply *ret_reply);
/* `comity join LINE [SEAT]`: ask, wait, take the seat. */
enum cli_exit newcomer_join(struct cli *cli, const struct arguments *arguments);
bool newcomer_is_meant(const char *word); /* Is it an invitation? */

#endif
