/* SPDX-License-Identifier: Apache-2.0 */
/* agreement.h - an adopted proposal that binds: when it enters into force, for whom, until when.
 * Pure. All dates are forum time; party.c has what each party does. */
#ifndef COMITY_FORUM_AGREEMENT_H
#define COMITY_FORUM_AGREEMENT_H

#include "forum/state.h"

/* The proposal was adopted and binds. */
void agreement_form(struct forum *self, struct proposal *proposal);
/* Something changed: count consents if the threshold is not met yet, let pass what is due by now,
 * find the next date. */
void agreement_refresh(struct forum *self, struct agreement *agreement);
/* A seat is no member any more: agreements that wait for their in-force rule wait for it no longer,
 * and may enter into force by that. */
void agreements_depart(struct forum *self, const struct departure *departure);
/* Counts its parties as the in-force rule counts: organisations add nothing. */
bool agreement_counts(const struct forum *self, uint32_t seat);
/* For loading: put it among the waiting if it has a date to come. */
void agreement_find_next(struct forum *self, struct agreement *agreement);

/* party.c */
/* ratify and accede. */
enum comity_error consent_check(const struct forum *self, struct step *step);
void consent_apply(struct forum *self, struct step *step);
enum comity_error withdraw_check(const struct forum *self, struct step *step);
void withdraw_apply(struct forum *self, struct step *step);
void party_bind(struct forum *self, struct agreement *agreement, uint32_t seat);
void party_leave(struct forum *self, struct agreement *agreement, uint32_t seat);
/* By a ruling, from now on: it does not run towards the party; it runs again; it ends for it. Does
 * nothing if the seat is not bound. */
void party_suspend(struct forum *self, struct agreement *agreement, uint32_t seat);
void party_restore(struct forum *self, struct agreement *agreement, uint32_t seat);
void party_end(struct forum *self, struct agreement *agreement, uint32_t seat);
/* It had consented, and is bound by nothing. */
void party_forget(struct forum *self, struct agreement *agreement, uint32_t seat);
/* One more thing it is said to have broken, or one less. */
void party_defect(struct forum *self, struct agreement *agreement, uint32_t seat,
                  enum defection defection, const char *line);
void party_undo_defection(struct forum *self, struct agreement *agreement, uint32_t seat,
                          enum defection defection);
/* Set what is shown from what there is. */
void party_show_defection(struct forum_party *party);

#endif
