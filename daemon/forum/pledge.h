/* SPDX-License-Identifier: Apache-2.0 */
/* pledge.h - acts that change an agreement's accounts: pledges, reports and what others say of
 * them, payments and spendings; and the review of what was pledged when its time is past. Pure. */
#ifndef COMITY_FORUM_PLEDGE_H
#define COMITY_FORUM_PLEDGE_H

#include "base/text.h"
#include "forum/state.h"

/* pledge.c */
/* What a draft pledges and means to reach. COMITY_NOT_FOUND, COMITY_INVALID. */
enum comity_error pledges_check_draft(const struct forum *self, const struct charter_rule *rule,
                                      const struct act *act, struct fault *fault);
enum comity_error pledge_check(const struct forum *self, struct step *step);
void pledge_apply(struct forum *self, struct step *step);
/* Nobody pledges by another's text: a seat's pledges in it are in force once it has consented. */
void pledges_enter(struct forum *self, struct agreement *agreement);
/* "40 Mt of CO2 by 2030-01-01" */
void pledge_words(struct text *text, int64_t quantity, const char *unit, const char *issue,
                  int64_t due_ms);

/* review.c */
/* When what was pledged now is reviewed; FORUM_NEVER: never. */
int64_t review_day(const struct forum *self, const struct charter_rule *rule, int64_t due_ms);
/* Forum time of the agreement's next review; FORUM_NEVER: none. */
int64_t reviews_next(const struct agreement *agreement);
void reviews_pass(struct forum *self, struct agreement *agreement);

/* report.c */
/* The agreement of a propose act, for its accounts. COMITY_NOT_FOUND, COMITY_REFUSED. */
enum comity_error accounts_of(const struct forum *self, struct step *step, const struct hash *id);
/* By place in forum.reports. */
const struct forum_report *report_at(const struct forum *self, uint32_t index);
/* Reports of all agreements, by their acts. False: memory is out. */
bool reports_add(struct forum *self, uint32_t agreement, uint32_t report);
enum comity_error report_check(const struct forum *self, struct step *step);
void report_apply(struct forum *self, struct step *step);
enum comity_error attest_check(const struct forum *self, struct step *step);
void attest_apply(struct forum *self, struct step *step);

/* fund.c */
enum comity_error contribute_check(const struct forum *self, struct step *step);
void contribute_apply(struct forum *self, struct step *step);
/* Of a proposal with EFFECT_SPEND; see effect.h. */
enum comity_error spend_check(const struct forum *self, const struct effect *effect,
                              const struct charter_rule *rule, struct fault *fault);
void spend_apply(struct forum *self, struct proposal *ruling);

/* check_pledges.c: asserts what is always true. */
void accounts_check(const struct forum *self, const struct agreement *agreement);

#endif
