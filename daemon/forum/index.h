/* SPDX-License-Identifier: Apache-2.0 */
/* index.h - proposals, amendments, reservations and so on by the ids of their acts. Pure. */
#ifndef COMITY_FORUM_INDEX_H
#define COMITY_FORUM_INDEX_H

#include "forum/state.h"

/* kind INDEX_NONE: there is no such act. */
struct index_entry index_find(const struct forum *self, const struct hash *id);
/* The thing is in place already: its id is read there. */
void index_add(struct forum *self, enum index_kind kind, uint32_t number);
/* A proposal or amendment that has a number; NULL if there is none. */
struct proposal *index_find_proposal(const struct forum *self, const struct hash *id);

#endif
