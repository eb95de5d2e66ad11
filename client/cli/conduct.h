/* SPDX-License-Identifier: Apache-2.0 */
/* conduct.h - counts of what seats did, as the daemon tells them. */
#ifndef COMITY_CLI_CONDUCT_H
#define COMITY_CLI_CONDUCT_H

#include "cli.h"
#include "model/conduct.h"

/* By kind; what this program does not know is left out. */
void conduct_counts(const Comity__V1__SeatConduct *seat, uint32_t ret_counts[CONDUCT_KINDS_COUNT]);
/* Ask for --topic, or all; the reply is the caller's. CLI_OK or how to end. */
enum cli_exit conduct_ask(struct cli *cli, const struct arguments *arguments,
                          struct comity_reply *ret_reply);
/* "all topics", "topic climate", "acts on no topic". */
void conduct_add_topic(struct page *page, const struct arguments *arguments);

#endif
