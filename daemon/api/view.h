/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - a forum's state as the messages clients read (proto/client.proto). What is returned
 * lives in the arena and borrows strings from the forum: pack it before the next block. NULL:
 * out of memory. */
#ifndef COMITY_API_VIEW_H
#define COMITY_API_VIEW_H

#include "base/arena.h"
#include "client.pb-c.h"
#include "forum/forum.h"

/* `full`: with text, ballots, lists (GetProposal); else a line of the docket. */
Comity__V1__ProposalInfo *view_proposal(const struct forum *forum,
                                        const struct forum_proposal *proposal, bool full,
                                        struct arena *arena);
Comity__V1__AgreementInfo *view_agreement(const struct forum *forum,
                                          const struct forum_agreement *agreement, bool full,
                                          struct arena *arena);
Comity__V1__DeclarationInfo *view_declaration(const struct forum *forum, uint32_t index,
                                              struct arena *arena);
/* own_seat: for the list of what waits for it; -1: none. */
Comity__V1__Docket *view_docket(const struct forum *forum, int32_t own_seat, struct arena *arena);
Comity__V1__Event *view_event(const struct forum *forum, uint64_t height, uint32_t index,
                              const struct outcome *outcome, struct arena *arena);
/* What every seat did: on the charter's topic of this place (topics_count: on none), or, with
 * `all`, on any. */
Comity__V1__Conduct *view_conduct(const struct forum *forum, uint32_t topic, bool all,
                                  struct arena *arena);
Comity__V1__Weights *view_weights(const struct forum *forum, struct arena *arena);
/* The parts of an agreement, a declaration and a proposal that tell how they stand with others;
 * false: out of memory. `full`: also what relies on it. */
bool view_agreement_standing(const struct forum *forum, uint32_t number, bool full,
                             Comity__V1__AgreementInfo *info, struct arena *arena);
bool view_declaration_standing(const struct forum *forum, uint32_t index,
                               Comity__V1__DeclarationInfo *info, struct arena *arena);
bool view_proposal_shifts(const struct forum *forum, const struct forum_proposal *proposal,
                          Comity__V1__ProposalInfo *info, struct arena *arena);
/* What the act of this index did, with the outcomes of its block: columns of the record. */
bool view_record_act(const struct forum *forum, const struct act *act, uint32_t index,
                     const struct outcomes *outcomes, Comity__V1__RecordAct *record,
                     struct arena *arena);
/* `FRA proposes "Title"`, `GBR answers yes to P3`: an act in words. */
const char *view_act_line(const struct forum *forum, const struct act *act, struct arena *arena);

/* `P3`, `p3`, `3` or the hex of an id. NULL: none; the fault says what was looked for. */
const struct forum_proposal *view_find_proposal(const struct forum *forum, const char *name,
                                                struct fault *fault);
const struct forum_agreement *view_find_agreement(const struct forum *forum, const char *name,
                                                  struct fault *fault);
/* `R1`, `L1`, or the hex of the act's id. COMITY_NOT_FOUND. */
COMITY_MUST_CHECK enum comity_error view_find_reservation(const struct forum *forum,
                                                          const char *name, struct hash *ret_id,
                                                          struct fault *fault);
COMITY_MUST_CHECK enum comity_error view_find_allegation(const struct forum *forum,
                                                         const char *name, struct hash *ret_id,
                                                         struct fault *fault);
/* `A1/r3`, or the hex of a report act's id. COMITY_NOT_FOUND. */
COMITY_MUST_CHECK enum comity_error view_find_report(const struct forum *forum, const char *name,
                                                     struct hash *ret_id, struct fault *fault);
/* P, A or D, or the hex of an id: the act it stands for. */
COMITY_MUST_CHECK enum comity_error view_find_act(const struct forum *forum, const char *name,
                                                  struct hash *ret_id, struct fault *fault);

/* An array of names of the seats in a bitmap. */
char **view_seats(const struct charter *charter, const uint64_t bits[SEATS_MAX / 64],
                  struct arena *arena, size_t *ret_count);

#endif
