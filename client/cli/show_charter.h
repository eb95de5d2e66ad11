/* SPDX-License-Identifier: Apache-2.0 */
/* show_charter.h - the charter of the forum one sits in. */
#ifndef COMITY_CLI_SHOW_CHARTER_H
#define COMITY_CLI_SHOW_CHARTER_H

#include "cli.h"
#include "page.h"

/* Asks the daemon, checks the bytes, prints them as YAML (or as JSON). */
enum cli_exit show_charter(struct cli *cli);
/* show_weights.c: what its weights were, what they are, and by which decisions. */
enum cli_exit show_weights(struct cli *cli);
/* A comment below a charter that says which weights are other ones by now. */
void show_reweighed(struct page *page, const Comity__V1__Weights *weights);

#endif
