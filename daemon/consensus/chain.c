/* SPDX-License-Identifier: Apache-2.0 */
/* chain.c - what the held blocks and certificates mean: the tip, the fate of the current
 * proposal, whether there is work (CONSENSUS.md 1.4). Questions only, but for chain_validate. */
#include "consensus/rules.h"

#include <string.h>

enum { EARLY_MAX_MS = 3600 * 1000 }; /* Look again after an hour at the latest. */

/* The parent's block if we hold it, whatever is known of its validity. */
static const struct consensus_block *parent_of(const struct consensus *self,
                                               const struct consensus_block *block, bool *ret_valid)
{
    const struct block_header *header = &block->header;
    *ret_valid = false;
    if (header->parent_view == self->final.view) {
        if (!self->final.known || !hash_equal(&header->parent_hash, &self->final.hash))
            return NULL;
        *ret_valid = final_is_delivered(self);
        return &self->final.block;
    }
    if (header->parent_view < self->final.view)
        return NULL;
    const struct held_block *parent =
        views_block(&self->views, header->parent_view, &header->parent_hash);
    if (parent == NULL)
        return NULL;
    *ret_valid = parent->check == CHECK_OK;
    return &parent->block;
}

static bool fits_parent(const struct consensus_block *block, const struct consensus_block *parent)
{
    return block->header.height == parent->header.height + 1 &&
           block->header.time_ms >= parent->header.time_ms &&
           block->header.state_height <= parent->header.height;
}

/* Who does not vote builds nothing: to it the tip is simply what is final. */
struct tip chain_tip(const struct consensus *self)
{
    if (!is_voter(self))
        return (struct tip){TIP_READY, self->final.delivered.header.view, &self->final.delivered};
    for (uint64_t view = self->view - 1; view > self->final.view; view--) {
        const struct view_record *record = views_find(&self->views, view);
        bool skipped = views_has(&self->views, VOTE_NULLIFY, view);
        if (record != NULL && record->notarization.held) {
            const struct held_block *block =
                views_block(&self->views, view, &record->notarization.hash);
            if (block != NULL && block->check == CHECK_OK)
                return (struct tip){TIP_READY, view, &block->block};
            if (!skipped)
                return (struct tip){block == NULL ? TIP_NO_BODY : TIP_UNCHECKED, view, NULL};
        }
        if (!skipped)
            return (struct tip){TIP_NO_CERT, view, NULL};
    }
    if (!final_is_delivered(self))
        return (struct tip){TIP_NO_BODY, self->final.view, NULL};
    return (struct tip){TIP_READY, self->final.view, &self->final.block};
}

const struct held_block *chain_proposed(const struct consensus *self)
{
    const struct view_record *record = views_find(&self->views, self->view);
    if (record == NULL || !record->proposed)
        return NULL;
    return views_block(&self->views, self->view, &record->proposal);
}

static struct proposal missing_certs(const struct consensus *self, struct proposal proposal,
                                     uint64_t view)
{
    proposal.state = PROPOSAL_NO_CERT;
    proposal.first_view = proposal.last_view = view;
    while (proposal.last_view + 1 < self->view && proposal.last_view - view < RANGE_MAX - 1 &&
           !views_has(&self->views, VOTE_NULLIFY, proposal.last_view + 1))
        proposal.last_view++;
    return proposal;
}

/* CONSENSUS.md 1.5 try_notarize: what still stands between the proposal and our NOTARIZE. */
struct proposal chain_proposal(const struct consensus *self)
{
    const struct held_block *held = chain_proposed(self);
    struct proposal proposal = {.state = PROPOSAL_NONE};
    if (held == NULL)
        return proposal;
    const struct block_header *header = &held->block.header;
    uint64_t parent_view = header->parent_view;
    proposal.block = &held->block;
    proposal.first_view = proposal.last_view = parent_view;
    proposal.state = PROPOSAL_BAD;
    if (parent_view >= header->view || parent_view < self->final.view ||
        held->check == CHECK_INVALID)
        return proposal;
    if (parent_view == self->final.view) {
        if (!hash_equal(&header->parent_hash, &self->final.hash))
            return proposal;
    } else {
        const struct view_record *parent = views_find(&self->views, parent_view);
        if (parent == NULL || !parent->notarization.held) {
            proposal.state = PROPOSAL_NO_CERT;
            return proposal;
        }
        if (!hash_equal(&header->parent_hash, &parent->notarization.hash))
            return proposal;
    }
    for (uint64_t view = parent_view + 1; view < header->view; view++)
        if (!views_has(&self->views, VOTE_NULLIFY, view))
            return missing_certs(self, proposal, view);
    bool valid = false;
    const struct consensus_block *parent = parent_of(self, &held->block, &valid);
    if (parent == NULL) {
        proposal.state = PROPOSAL_NO_BODY;
        return proposal;
    }
    if (!fits_parent(&held->block, parent))
        return proposal;
    int64_t latest_ms = self->utc_ms + self->config.tolerance_ms;
    if (!valid || held->check != CHECK_OK) {
        proposal.state = PROPOSAL_UNCHECKED;
    } else if (header->time_ms > latest_ms && header->time_ms > parent->header.time_ms) {
        proposal.state = PROPOSAL_EARLY;
        int64_t early_ms = header->time_ms - latest_ms;
        proposal.wait_ms = self->now_ms + (early_ms < EARLY_MAX_MS ? early_ms : EARLY_MAX_MS);
    } else {
        proposal.state = PROPOSAL_GOOD;
    }
    return proposal;
}

bool chain_lookup(const struct consensus *self, const struct hash *hash,
                  struct consensus_block *ret_block)
{
    const struct consensus_block *block = final_find(self, hash);
    uint64_t base = self->final.delivered.header.view; /* Below F too, while a gap is open. */
    for (uint32_t i = 0; block == NULL && i < views_records(&self->views); i++) {
        const struct view_record *record = views_record(&self->views, i);
        const struct held_block *held =
            record->view > base ? views_block(&self->views, record->view, hash) : NULL;
        if (held != NULL)
            block = &held->block;
    }
    if (block != NULL)
        *ret_block = *block;
    return block != NULL;
}

/* Ask the application about one body, once its parent is held and valid. */
static void validate_block(struct consensus *self, struct held_block *held)
{
    if (held->check == CHECK_OK || held->check == CHECK_INVALID || held->check == CHECK_ASKED)
        return;
    bool valid = false;
    const struct consensus_block *parent = parent_of(self, &held->block, &valid);
    if (parent == NULL || !valid)
        return;
    int64_t again_ms = held->answered_ms + self->config.delta_ms / 2 + 1;
    if (held->check == CHECK_PENDING && self->now_ms < again_ms) {
        if (again_ms < self->recheck_ms)
            self->recheck_ms = again_ms;
        return;
    }
    if (!fits_parent(&held->block, parent)) {
        held->check = CHECK_INVALID;
        return;
    }
    if (self->effects.validates_count == EFFECT_VALIDATES_MAX) {
        self->effects.more = true;
        return;
    }
    held->check = CHECK_ASKED;
    self->effects.validates[self->effects.validates_count++] = held->block.hash;
}

static bool is_notarized(const struct view_record *record, const struct held_block *held)
{
    return record->notarization.held && hash_equal(&held->block.hash, &record->notarization.hash);
}

static bool is_proposed_now(const struct consensus *self, const struct view_record *record,
                            const struct held_block *held)
{
    return record->view == self->view && record->proposed &&
           hash_equal(&held->block.hash, &record->proposal);
}

static void note_missing(struct consensus *self, uint64_t view, const struct hash *hash,
                         const uint64_t *signers)
{
    self->missing = true;
    self->missing_view = view;
    self->missing_hash = *hash;
    memset(self->missing_signers, 0, sizeof(self->missing_signers));
    if (signers != NULL)
        memcpy(self->missing_signers, signers, sizeof(self->missing_signers));
}

/* The parent of a block that matters matters, certificate held or not: who was away may hold a
 * notarized block and nothing of what lies below it. Also where the block is known to be valid: a
 * crash leaves what we voted for, and not always what that was built on. */
static void mark_parent(struct consensus *self, const struct held_block *held)
{
    const struct block_header *header = &held->block.header;
    if (header->parent_view <= self->final.view || header->parent_view >= header->view)
        return;
    struct held_block *parent =
        views_block(&self->views, header->parent_view, &header->parent_hash);
    if (parent != NULL)
        parent->ancestor = true;
    else
        note_missing(self, header->parent_view, &header->parent_hash, NULL);
}

/* What a proposal builds on was notarized only if we hold the certificate: a leader can name an
 * invalid block of its own, and judging that one as notarized would stop us for ever. */
static void need_parent(struct consensus *self, const struct held_block *held)
{
    const struct block_header *header = &held->block.header;
    const struct view_record *parent = views_find(&self->views, header->parent_view);
    if (held->check == CHECK_OK || header->parent_view <= self->final.view || parent == NULL ||
        !parent->notarization.held || !hash_equal(&parent->notarization.hash, &header->parent_hash))
        return;
    if (views_block(&self->views, header->parent_view, &header->parent_hash) == NULL)
        note_missing(self, header->parent_view, &header->parent_hash, parent->notarization.signers);
}

/* Downwards: which bodies matter, and the lowest of those that are missing. A nullified view's
 * body matters only as an ancestor. */
static void mark_ancestors(struct consensus *self)
{
    self->missing = false;
    for (uint64_t view = self->view; view > self->final.view; view--) {
        struct view_record *record = views_find(&self->views, view);
        if (record == NULL)
            continue;
        if (record->notarization.held && !views_has(&self->views, VOTE_NULLIFY, view) &&
            views_block(&self->views, view, &record->notarization.hash) == NULL)
            note_missing(self, view, &record->notarization.hash, record->notarization.signers);
        for (uint32_t i = 0; i < VIEW_BLOCKS_MAX; i++) {
            struct held_block *held = &record->blocks[i];
            if (held->held && (held->ancestor || is_notarized(record, held)))
                mark_parent(self, held);
            else if (held->held && is_proposed_now(self, record, held))
                need_parent(self, held);
        }
    }
}

void chain_validate(struct consensus *self)
{
    self->recheck_ms = INT64_MAX;
    mark_ancestors(self);
    for (uint64_t view = self->final.view + 1; view <= self->view; view++) {
        struct view_record *record = views_find(&self->views, view);
        for (uint32_t i = 0; record != NULL && i < VIEW_BLOCKS_MAX; i++) {
            struct held_block *held = &record->blocks[i];
            bool notarized = held->held && (held->ancestor || is_notarized(record, held));
            if (notarized || (held->held && is_proposed_now(self, record, held)))
                validate_block(self, held);
            if (notarized && held->check == CHECK_INVALID)
                effects_halt(self, HALT_INVALID_NOTARIZED);
        }
    }
}

/* Own clock, but not beyond the q-th largest clock heard, its own included: a lying clock can
 * neither carry a forum into the future nor stop it. With fewer than q heard: its own. */
int64_t chain_clock(const struct consensus *self)
{
    uint32_t known = 1, later = 0;
    for (uint32_t i = 0; i < self->n; i++)
        known += i != self->config.self && self->peers[i].clock_known;
    if (known < self->q)
        return self->utc_ms;
    /* The q-th largest is the largest value that q clocks reach. */
    int64_t best = INT64_MIN;
    for (uint32_t i = 0; i < self->n; i++) {
        if (i == self->config.self || !self->peers[i].clock_known)
            continue;
        int64_t at_ms = self->peers[i].clock_offset_ms + self->now_ms;
        uint32_t reached = self->utc_ms >= at_ms;
        for (uint32_t j = 0; j < self->n; j++)
            reached += j != self->config.self && self->peers[j].clock_known &&
                       self->peers[j].clock_offset_ms + self->now_ms >= at_ms;
        if (reached >= self->q && at_ms > best)
            best = at_ms;
        later += at_ms >= self->utc_ms;
    }
    return later + 1 >= self->q || best > self->utc_ms ? self->utc_ms : best;
}

uint32_t chain_nullify_count(const struct consensus *self, uint64_t view)
{
    static const struct hash none;
    const struct tally *tally = tally_find(&self->views, view);
    return tally == NULL ? 0 : tally_count(tally, VOTE_NULLIFY, &none);
}

/* P1 */
static bool has_acts(const struct consensus *self, const struct tip *tip)
{
    return tip->state == TIP_READY && self->work_known && self->has_work &&
           hash_equal(&self->work_hash, &tip->block->hash);
}

/* P2 */
static bool has_unfinished(const struct consensus *self)
{
    for (uint64_t view = self->final.view + 1; view < self->view; view++) {
        const struct view_record *record = views_find(&self->views, view);
        if (record == NULL || !record->notarization.held)
            continue;
        const struct held_block *held = views_block(&self->views, view, &record->notarization.hash);
        if (held != NULL && held->block.flags != 0)
            return true;
    }
    return false;
}

/* P3; what the application has not yet told after the last delivery is not believed twice. */
static bool is_due(const struct consensus *self)
{
    if (self->due_ms > self->utc_ms || self->due_ms > chain_clock(self))
        return false;
    return self->app_fresh || self->final.delivered.header.time_ms < self->due_ms;
}

/* P4 */
static bool is_uncommitted(const struct consensus *self)
{
    return self->uncommitted && (self->app_fresh || self->final.delivered.header.state_height <
                                                        self->uncommitted_height);
}

bool chain_has_work(const struct consensus *self)
{
    struct tip tip = chain_tip(self);
    if (!is_voter(self))
        return has_acts(self, &tip);
    return has_acts(self, &tip) || has_unfinished(self) || is_due(self) || is_uncommitted(self) ||
           chain_nullify_count(self, self->view) >= self->f + 1;
}

bool chain_is_active(const struct consensus *self)
{
    const struct view_record *record = views_find(&self->views, self->view);
    bool begun = record != NULL && (record->proposed || record->own[VOTE_NOTARIZE - 1].asked) &&
                 !record->own[VOTE_NULLIFY - 1].asked;
    return begun || chain_has_work(self);
}

/* A tick or a commitment that the tip's chain already carries only needs to become final: an
 * empty block at once would double the traffic and walk into sleeping leaders' slots. */
enum chain_task chain_task(const struct consensus *self, const struct tip *tip)
{
    bool ahead = tip->view > self->final.view;
    bool due = is_due(self);
    bool uncommitted = is_uncommitted(self);
    bool due_ahead = due && ahead && tip->block->header.time_ms >= self->due_ms;
    bool committed_ahead =
        uncommitted && ahead && tip->block->header.state_height >= self->uncommitted_height;
    if (has_acts(self, tip))
        return TASK_ACTS;
    if ((due && !due_ahead) || (uncommitted && !committed_ahead))
        return TASK_EMPTY;
    bool waited = self->now_ms - self->entered_ms >= grown(self, self->config.delta_ms);
    if (!waited && (!self->work_known || !hash_equal(&self->work_hash, &tip->block->hash)))
        return TASK_ASK;
    if (due || uncommitted || has_unfinished(self))
        return waited ? TASK_EMPTY : TASK_EMPTY_LATER;
    return TASK_NOTHING;
}
