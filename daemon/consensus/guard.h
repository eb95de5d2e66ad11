/* SPDX-License-Identifier: Apache-2.0 */
/* guard.h - the last check before an own vote is signed (CONSENSUS.md 1.6 rule 2): a table of
 * the votes in the journal that refuses whatever would contradict one. It is independent of the
 * state machine on purpose: a bug there cannot make this key sign twice. Pure. */
#ifndef COMITY_CONSENSUS_GUARD_H
#define COMITY_CONSENSUS_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/block.h"

struct guard;

/* Room for `views_max` views from the arena; when votes span more, the oldest views are closed
 * for ever. COMITY_MEMORY, COMITY_INVALID (0). */
COMITY_MUST_CHECK enum comity_error guard_init(struct arena *arena, uint32_t views_max,
                                               struct guard **ret_guard);
/* May this vote be signed? The same vote again may (a re-send is signed alike).
 * COMITY_CONFLICT: contradicts a recorded vote. COMITY_CLOSED: view at or below the final one.
 * COMITY_LIMIT: so old that its room went to later views; never again. Nothing changed. */
COMITY_MUST_CHECK enum comity_error guard_check(const struct guard *self, enum vote_kind kind,
                                                uint64_t view, const struct hash *hash);
/* Check and remember; call before signing, and for each vote replayed from the journal, where
 * CLOSED and LIMIT only say that the vote is old. */
COMITY_MUST_CHECK enum comity_error guard_record(struct guard *self, enum vote_kind kind,
                                                 uint64_t view, const struct hash *hash);
/* Forget views up to `final_view`, which stays forbidden for ever. Never decreases. */
void guard_finalize(struct guard *self, uint64_t final_view);

#endif
