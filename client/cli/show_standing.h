/* SPDX-License-Identifier: Apache-2.0 */
/* show_standing.h - how a thing stands with others, line by line below what show.h prints. */
#ifndef COMITY_CLI_SHOW_STANDING_H
#define COMITY_CLI_SHOW_STANDING_H

#include "cli.h"
#include "page.h"

void show_label(struct page *page, const char *label);
/* Two figures and their arithmetic: at home, abroad. */
void show_legitimacy(struct page *page, const Comity__V1__Legitimacy *legitimacy);
void show_relied_on(struct page *page, const Comity__V1__AgreementInfo *agreement);
void show_relies(struct page *page, const Comity__V1__DeclarationInfo *declaration);
/* Where the question was carried from and taken to; asks the daemon about its other forums. */
void show_moves(struct cli *cli, struct page *page, const Comity__V1__ProposalInfo *proposal);

#endif
