/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot.h - the layout of a snapshot, part by part: each file saves and loads what it owns.
 * Pure. */
#ifndef COMITY_FORUM_SNAPSHOT_H
#define COMITY_FORUM_SNAPSHOT_H

#include "forum/archive.h"
#include "forum/state.h"

/* snapshot.c */
bool archive_has_failed(const struct archive *archive);
/* The count of a vector, and room for so many when reading; *count is 0 if memory is out. */
void archive_vector(struct archive *archive, void **items, uint32_t *count, uint32_t *capacity,
                    size_t size, size_t least);

/* snapshot_life.c */
/* What a proposal carries besides its text, terms and pledges. */
void archive_standing(struct archive *archive, struct forum *self);
/* Reservations of a proposal; allegations of an agreement. Numbers are the forum's: whole when all
 * records are read. */
void archive_reservations(struct archive *archive, struct forum *forum, struct proposal *self);
void archive_allegations(struct archive *archive, struct forum *forum, struct agreement *self);
bool life_is_whole(const struct forum *self);
void archive_extras(struct archive *archive, const struct forum *forum, struct forum_proposal *is);

/* snapshot_conduct.c */
/* Every row of counts. */
void archive_conduct(struct archive *archive, struct forum *self);
void archive_shifts(struct archive *archive, struct forum *self);
/* snapshot_pledges.c */
/* An agreement's pledges, reports and fund. */
void archive_accounts(struct archive *archive, const struct forum *forum,
                      struct accounts *accounts);

#endif
