/* SPDX-License-Identifier: Apache-2.0 */
/* pieces.h - the snapshot in pieces, so that saving a long record costs what changed and not what
 * is there. The snapshot of forum_save is the pieces one after another: piece 0, the head, may
 * change with every block; piece i + 1 changes only when record i does (forum_records_changed).
 * Pure. */
#ifndef COMITY_FORUM_PIECES_H
#define COMITY_FORUM_PIECES_H

#include "forum/forum.h"

uint32_t forum_pieces_count(const struct forum *self); /* Records and one. */
size_t forum_piece_size(const struct forum *self, uint32_t piece);
void forum_piece_save(const struct forum *self, uint32_t piece, struct writer *writer);

#endif
