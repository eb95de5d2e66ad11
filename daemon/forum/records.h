/* SPDX-License-Identifier: Apache-2.0 */
/* records.h - a forum's state as the leaves of the Merkle tree that block headers commit to, so
 * that one proposal or agreement can be proven without the rest. Part of forum.h. Pure. */
#ifndef COMITY_FORUM_RECORDS_H
#define COMITY_FORUM_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct forum;

/* Records: the Merkle leaves that `outcomes_root` commits to: one per proposal (index number-1
 * interleaved by creation: proposals and agreements share one sequence in order of creation).
 * Canonical bytes; a proposal's name its id, text and rule hash, verdict, line, tally, the ids of
 * every act that touched it; an agreement's its proposal, status, dates, each party's dates, and
 * the ids of the acts that touched it. A record changes as long as its subject does. */
uint32_t forum_records_count(const struct forum *self);
/* Which records changed in the last forum_apply: their indexes; valid until the next call. */
const uint32_t *forum_records_changed(const struct forum *self, uint32_t *ret_count);
/* Of a decided proposal, or of an agreement: what an instrument may be asked for. */
bool forum_record_is_settled(const struct forum *self, uint32_t index);
size_t forum_record_size(const struct forum *self, uint32_t index);
void forum_record_encode(const struct forum *self, uint32_t index, struct writer *writer);
/* What an instrument of this proposal, and of its agreement, must also prove: the proposals that
 * changed the weights anything in it was decided by, in their order, then those the agreement's
 * acts name, in theirs. P numbers; how many there are, of which at most `most` are written. */
uint32_t forum_record_rulings(const struct forum *self, uint32_t proposal, uint32_t *ret_numbers,
                              uint32_t most);
uint32_t forum_proposal_record(const struct forum *self, uint32_t number);
uint32_t forum_agreement_record(const struct forum *self, uint32_t number);

#endif
