/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - what is told of the block being applied, which questions it touched, which records
 * it changed. Pure. */
#ifndef COMITY_FORUM_JOURNAL_H
#define COMITY_FORUM_JOURNAL_H

#include "forum/state.h"

/* One more outcome, at forum time now, its line empty; the caller fills in the rest. Valid until
 * the next is told. */
struct outcome *forum_tell(struct forum *self, enum outcome_kind kind, uint32_t seat,
                           const struct proposal *proposal, const struct agreement *agreement);
const char *forum_line(struct forum *self, const char *line); /* Copy, valid as outcomes are. */
/* Its record changes, and the block's end looks at its verdict. */
void forum_touch(struct forum *self, struct proposal *proposal);
void forum_change_record(struct forum *self, uint32_t record);
uint32_t forum_add_record(struct forum *self, uint32_t proposal, uint32_t agreement);
/* An act that touched it. */
void forum_note_act(struct forum *self, struct proposal *proposal, const struct hash *act);
void forum_note_agreement_act(struct forum *self, struct agreement *agreement,
                              const struct hash *act);
void forum_block_begin(struct forum *self);

#endif
