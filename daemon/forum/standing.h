/* SPDX-License-Identifier: Apache-2.0 */
/* standing.h - how what was done stands with others: its legitimacy at home and abroad, and what
 * acts alone rely on it. Pure. */
#ifndef COMITY_FORUM_STANDING_H
#define COMITY_FORUM_STANDING_H

#include "forum/forum.h"

/* Two figures, never one: counts of seats. */
struct forum_legitimacy {
    /* Of the parties, and of who has consented: what their parliaments said. */
    uint32_t home_yes, home_no, home_untold;
    uint32_t endorsed, condemned;
    uint32_t own; /* Of these opinions, those of parties, or of who acted alone. */
};
struct forum_legitimacy forum_agreement_legitimacy(const struct forum *self, uint32_t number);
struct forum_legitimacy forum_declaration_legitimacy(const struct forum *self, uint32_t index);
/* Does the act alone name this agreement as what it relies on? */
bool forum_relies(const struct forum *self, uint32_t declaration, uint32_t agreement);

/* Inside the room: did this act rely on an agreement that had not ended? */
bool standing_relies_on_any(const struct forum *self, const struct act *act);
/* When a block ends: of each agreement that has ended, and each party that has left one, the acts
 * alone that relied on it. */
void standing_tell_lost(struct forum *self);

#endif
