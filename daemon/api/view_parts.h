/* SPDX-License-Identifier: Apache-2.0 */
/* view_parts.h - what the views are put together from. As in view.h: all in the arena, NULL or
 * false when it is full. */
#ifndef COMITY_API_VIEW_PARTS_H
#define COMITY_API_VIEW_PARTS_H

#include "api/view.h"
#include "base/text.h"

/* view_compliance.c */
Comity__V1__Compliance *view_compliance(const struct forum *forum,
                                        const struct forum_agreement *agreement,
                                        struct arena *arena);
/* What waits for a party: reports on its pledges whose day is past, and others' reports that want a
 * word. At most VIEW_DELIVERIES_MAX of them; the docket has room. */
enum { VIEW_DELIVERIES_MAX = 8 };
void view_add_deliveries(const struct forum *forum, const struct forum_agreement *agreement,
                         uint32_t seat, Comity__V1__Docket *docket, struct arena *arena);
/* `A1/r3`; "" for report 0. */
char *view_report_name(uint32_t agreement, uint32_t report, struct arena *arena);

/* view_effect.c: goals of a draft, and what its adoption does. */
bool view_add_goals(const struct forum_proposal *proposal, Comity__V1__ProposalInfo *info,
                    struct arena *arena);
bool view_add_effect(const struct forum *forum, const struct forum_proposal *proposal,
                     Comity__V1__ProposalInfo *info, struct arena *arena);
/* `suspends the votes of DEU`, as it reads after `if adopted, it`; nothing if it has no effect. */
void view_effect_line(const struct forum *forum, const struct forum_proposal *proposal,
                      struct text *line);

/* view_stage.c: what the first of two ballots asks, and how it ended. */
bool view_add_stage(const struct forum *forum, const struct forum_proposal *proposal, bool full,
                    Comity__V1__ProposalInfo *info, struct arena *arena);

/* view_weights.c: every seat whose value the proposal changes; the first few, in words. */
bool view_add_changes(const struct forum *forum, const struct forum_proposal *proposal,
                      Comity__V1__EffectInfo *info, struct arena *arena);
void view_changes_line(const struct forum *forum, const struct forum_proposal *proposal,
                       struct text *line);

/* view_life.c: reservations of a text; reservations, relations and allegations of an agreement. */
bool view_add_reservations(const struct forum *forum, const struct forum_proposal *proposal,
                           Comity__V1__ProposalInfo *info, struct arena *arena);
bool view_add_life(const struct forum *forum, const struct forum_agreement *agreement,
                   Comity__V1__AgreementInfo *info, struct arena *arena);
/* Allegations to rule on, windows that end: a sentence each, at most one of each allegation and
 * reservation. */
size_t view_life_todo(const struct forum *forum, uint32_t seat, struct arena *arena,
                      char **ret_lines);

#endif
