/* SPDX-License-Identifier: Apache-2.0 */
/* show.h - one proposal, agreement or declaration as a page: for a terminal, as Markdown, as
 * HTML to print. Everything in it is other people's text and is printed as such. */
#ifndef COMITY_CLI_SHOW_H
#define COMITY_CLI_SHOW_H

#include "client.pb-c.h"
#include "page.h"

/* The forum a thing belongs to, for titles and fingerprints; may be NULL. */
typedef Comity__V1__ForumStatus show_forum;

void show_proposal(struct page *page, const Comity__V1__ProposalInfo *proposal);
void show_proposal_markdown(struct page *page, const Comity__V1__ProposalInfo *proposal,
                            const show_forum *forum);
void show_proposal_html(struct page *page, const Comity__V1__ProposalInfo *proposal,
                        const show_forum *forum);
void show_agreement(struct page *page, const Comity__V1__AgreementInfo *agreement);
void show_declaration(struct page *page, const Comity__V1__DeclarationInfo *declaration);

/* show_effect.c: what adoption does besides adopting the text; nothing where there is no effect.
 * Below the text, the new values of a weight. */
void show_effect(struct page *page, const Comity__V1__ProposalInfo *proposal);
void show_changes(struct page *page, const Comity__V1__ProposalInfo *proposal);
void show_effect_html(struct page *page, const Comity__V1__ProposalInfo *proposal);
void show_effect_markdown(struct page *page, const Comity__V1__ProposalInfo *proposal);

/* show_stage.c: of a question asked twice, what is asked now and how the first ballot ended. */
void show_stage(struct page *page, const Comity__V1__ProposalInfo *proposal);
void show_stage_html(struct page *page, const Comity__V1__ProposalInfo *proposal);
void show_stage_markdown(struct page *page, const Comity__V1__ProposalInfo *proposal);
/* `by rule simple, adopted: 2 of the 2 yes needed` */
void show_first(struct page *page, const Comity__V1__FirstBallot *first,
                void (*add)(struct page *page, const char *foreign));

/* The four columns of a roll call. */
enum roll_column { ROLL_FAVOUR, ROLL_AGAINST, ROLL_ABSTAINING, ROLL_NOT_VOTING, ROLL_COLUMNS };
enum roll_column roll_column_of(const Comity__V1__SeatAnswer *ballot);
const char *roll_title(enum roll_column column);
/* `5%`, `1200 Mt`, `2030-01-01`, `Geneva`. */
void show_term_value(struct page *page, const Comity__V1__Term *term);
/* Ends `adopted: 9 of the 9 yes needed`, whether or not the line says the verdict itself. */
void show_verdict(struct page *page, const Comity__V1__ProposalInfo *proposal,
                  void (*add)(struct page *page, const char *foreign));

#endif
