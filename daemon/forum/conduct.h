/* SPDX-License-Identifier: Apache-2.0 */
/* conduct.h - what each seat did, in classes (RULES.md section 5). Pure. The classes count:
 *
 *   joined     a yes to an adopted draft that does not bind, a ratification or accession, being
 *              bound by adoption unless it answered no; coming back counts again
 *   dissent    a no to an adopted draft, an objection to any draft
 *   exit       notice of withdrawal outside the lock, a consent taken back before it bound;
 *              not if the notice is taken back
 *   alone      each unilateral act
 *   defection  notice inside the lock (not if taken back), each slot signed twice
 *
 * Silence, abstention and amendments count as nothing: they commit nobody and break nothing. */
#ifndef COMITY_FORUM_CONDUCT_H
#define COMITY_FORUM_CONDUCT_H

#include "forum/state.h"

/* Where the seat's acts on a topic are counted; a topic the charter does not list counts as
 * none. */
struct forum_conduct *conduct_of(struct forum *self, uint32_t seat, const char *topic);
/* A draft was decided. */
void conduct_count_verdict(struct forum *self, const struct proposal *draft);

#endif
