/* SPDX-License-Identifier: Apache-2.0 */
/* proposal.h - a question before the forum, draft or amendment, from its opening to its verdict.
 * Pure.
 *
 * Open: ballots come in. Closed: balloting is over, ballots signed by the close still arrive until
 * the grace is past. Then decided. A rule that can be decided early is, when the block ends in
 * which that became certain; so the order of acts within a block never hides an answer. */
#ifndef COMITY_FORUM_PROPOSAL_H
#define COMITY_FORUM_PROPOSAL_H

#include "forum/state.h"

/* When a question opened now under this rule would close, in forum time; asked_ms 0: as the rule
 * says. COMITY_REFUSED, COMITY_LIMIT: the rule leaves more time, or less. */
enum comity_error proposal_closes(const struct forum *self, const struct charter_rule *rule,
                                  int64_t asked_ms, struct fault *fault, int64_t *ret_closes_ms);
/* May the seat open one more question? COMITY_REFUSED, COMITY_LIMIT. */
enum comity_error proposal_may_open(const struct forum *self, uint32_t seat,
                                    const struct forum_rule *rule, struct fault *fault);
/* Open a question with this roll and deadline; the caller fills in what it is about. NULL when
 * memory is out. */
struct proposal *proposal_open(struct forum *self, const struct act *act, uint32_t rule_index,
                               int64_t closes_ms);
/* A new text: ballots on the old one are cleared, what was written against it is moot. */
void proposal_set_text(struct forum *self, struct proposal *proposal, struct forum_text text);

enum comity_error propose_check(const struct forum *self, struct step *step);
void propose_apply(struct forum *self, struct step *step);
enum comity_error cosponsor_check(const struct forum *self, struct step *step);
void cosponsor_apply(struct forum *self, struct step *step);
enum comity_error retract_check(const struct forum *self, struct step *step);
void retract_apply(struct forum *self, struct step *step);

/* decision.c */
/* Where its next deadline lies on the clock's axis; FORUM_NEVER: none. */
int64_t proposal_due(const struct forum *self, const struct proposal *proposal);
void proposal_pass_deadline(struct forum *self, struct proposal *proposal);
/* Balloting ends now; close_ms in block time. Decided at once if there is no grace. */
void proposal_close(struct forum *self, struct proposal *proposal, int64_t close_ms);
/* After the close: the chair has ruled on a tie. */
void proposal_settle_tie(struct forum *self, struct proposal *proposal, enum answer casting);
/* Refresh the arithmetic and decide if nothing can change the verdict any more. */
void proposal_settle(struct forum *self, struct proposal *proposal);
void proposal_decide(struct forum *self, struct proposal *proposal, enum verdict verdict,
                     const char *line);
/* It is off the table without a verdict. */
void proposal_retract(struct forum *self, struct proposal *proposal, const char *line);
/* It is no question any more: forget what only a question needs. */
void proposal_retire(struct forum *self, struct proposal *proposal, const char *line);

/* stages.c */
/* The rule of the next ballot after this verdict, or RULE_LAST. */
int32_t stage_after(const struct forum *self, const struct proposal *proposal,
                    enum verdict verdict);
/* Ask again under that rule: a new roll, new ballots, its own time. `line` is the verdict's. */
void stage_begin(struct forum *self, struct proposal *proposal, int32_t rule_index,
                 enum verdict verdict, const char *line);
/* The first tie: every answer stands, and may be changed for so long. */
void revote_begin(struct forum *self, struct proposal *proposal);

/* receipt.c */
enum comity_error receipt_check(const struct forum *self, struct step *step);
void receipt_apply(struct forum *self, struct step *step);
/* The seat has signed something about the text it has now. */
void proposal_receive(struct forum *self, struct proposal *proposal, uint32_t seat);

/* paper.c */
/* It has fewer sponsors than its rule asks for, and nobody has answered it. */
bool proposal_is_paper(const struct forum *self, const struct proposal *proposal);
void proposal_paper_line(const struct proposal *proposal, struct text *out);
/* COMITY_REFUSED: it is a working paper, which nobody answers and nobody closes. */
enum comity_error proposal_refuse_paper(const struct forum *self, const struct proposal *proposal,
                                        struct fault *fault);

/* ballot.c */
/* The ANSWER_BITs a seat may give now; a pass apart. */
uint32_t ballot_allowed(const struct forum *self, const struct proposal *proposal, uint32_t seat);
enum comity_error ballot_check(const struct forum *self, struct step *step);
void ballot_apply(struct forum *self, struct step *step);
/* Was the refused ballot signed in time, and held back past the grace? */
bool ballot_is_late(const struct step *step);
/* The answer no longer counts, and none of this seat may. */
void ballot_void(struct forum *self, struct proposal *proposal, uint32_t seat);

#endif
