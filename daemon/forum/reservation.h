/* SPDX-License-Identifier: Apache-2.0 */
/* reservation.h - what a party excludes for itself (Vienna Convention, articles 19 to 23), who
 * accepts it, and what two parties are to each other then. Pure.
 *
 * Made before consent, effective with it. Within the rule's window after that, or after its own
 * consent if later, another party may object; then silence accepts. A reservation lapses with a
 * new text, and when its maker is no party any more. */
#ifndef COMITY_FORUM_RESERVATION_H
#define COMITY_FORUM_RESERVATION_H

#include "forum/state.h"

enum { RESERVATIONS_PER_SEAT_MAX = 64 }; /* In one text, not counting what is past. */

enum comity_error reserve_check(const struct forum *self, struct step *step);
void reserve_apply(struct forum *self, struct step *step);
enum comity_error objection_check(const struct forum *self, struct step *step);
void objection_apply(struct forum *self, struct step *step);

/* NULL: there is no such reservation. */
struct forum_reservation *reservation_find(const struct forum *self, const struct hash *id);
/* The seat has consented: what it reserved counts from now on. */
void reservations_take_effect(struct forum *self, struct agreement *agreement, uint32_t seat);
/* The seat is no party any more. */
void reservations_lapse(struct forum *self, struct agreement *agreement, uint32_t seat);
/* The draft has a new text. */
void reservations_moot(struct forum *self, struct proposal *proposal);
/* One more of the proposal, its number not set; NULL when memory is out. */
struct forum_reservation *reservation_add(struct forum *self, struct proposal *proposal);

#endif
