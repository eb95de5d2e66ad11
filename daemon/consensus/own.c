/* SPDX-License-Identifier: Apache-2.0 */
/* own.c - what this orderer itself says: proposals, NOTARIZE, NULLIFY, FINALIZE. Each function
 * may be called at any time; it asks for a vote only when every rule allows it, and once. */
#include "consensus/rules.h"

#include <assert.h>
#include <string.h>

struct own_vote *own_find(const struct consensus *self, enum vote_kind kind, uint64_t view)
{
    struct view_record *record = views_find(&self->views, view);
    return record == NULL ? NULL : &record->own[kind - 1];
}

bool own_asked(const struct consensus *self, enum vote_kind kind, uint64_t view)
{
    const struct own_vote *own = own_find(self, kind, view);
    if (own == NULL) /* Bars the other two as well. */
        return kind == VOTE_NULLIFY && views_is_closed(&self->views, view);
    return own->asked;
}

bool own_sendable(const struct consensus *self, enum vote_kind kind, uint64_t view,
                  struct vote *ret_vote)
{
    const struct own_vote *own = own_find(self, kind, view);
    if (own == NULL || !own->durable || view <= self->final.view)
        return false;
    *ret_vote =
        (struct vote){.kind = kind, .view = view, .hash = own->hash, .signer = self->config.self};
    memcpy(ret_vote->signature, own->signature, SIGNATURE_SIZE);
    return true;
}

/* A vote of our own key that our journal does not know: the key spoke elsewhere, or the journal
 * was rolled back. It must not vote again in this epoch (1.6 rule 7). Of a view whose record
 * was dropped we no longer know what we said. */
bool own_is_unknown(const struct consensus *self, const struct vote *vote)
{
    const struct own_vote *own = own_find(self, vote->kind, vote->view);
    if (vote->view <= self->final.view ||
        (vote->view - self->final.view <= SPAN_MAX && views_is_closed(&self->views, vote->view)))
        return false;
    return own == NULL || !own->asked || !hash_equal(&own->hash, &vote->hash);
}

/* Allowed after an own NOTARIZE of this view, never after an own FINALIZE. A view that holds a
 * certificate is left already, so no needless NULLIFY follows one. */
void own_nullify(struct consensus *self)
{
    static const struct hash none;
    uint64_t view = self->view;
    if (!is_sending(self) || own_asked(self, VOTE_NULLIFY, view) ||
        own_asked(self, VOTE_FINALIZE, view) || !views_fits(&self->views, view, self->final.view))
        return;
    if (!effects_ask_vote(self, VOTE_NULLIFY, view, &none))
        return;
    self->armed = true;
    self->lead_ms = self->view_ms = INT64_MAX;
    self->retry_interval_ms = 2 * self->config.delta_ms;
    self->retry_ms = self->now_ms + self->retry_interval_ms;
}

void own_notarize(struct consensus *self)
{
    if (!is_sending(self) || own_asked(self, VOTE_NOTARIZE, self->view) ||
        own_asked(self, VOTE_NULLIFY, self->view))
        return;
    const struct view_record *record = views_find(&self->views, self->view);
    if (record == NULL || record->equivocated)
        return;
    struct proposal proposal = chain_proposal(self);
    if (proposal.state == PROPOSAL_BAD)
        own_nullify(self);
    else if (proposal.state == PROPOSAL_GOOD)
        (void)effects_ask_vote(self, VOTE_NOTARIZE, self->view, &proposal.block->hash);
}

/* For every view above F, not only the last: a body or a verdict may come late, and a restart
 * runs this again. */
void own_finalize(struct consensus *self)
{
    if (!is_sending(self))
        return;
    for (uint64_t view = self->final.view + 1; view < self->view; view++) {
        const struct view_record *record = views_find(&self->views, view);
        if (record == NULL || !record->notarization.held)
            continue;
        if (record->own[VOTE_NULLIFY - 1].asked || record->own[VOTE_FINALIZE - 1].asked)
            continue;
        const struct held_block *held = views_block(&self->views, view, &record->notarization.hash);
        if (held == NULL || held->check != CHECK_OK)
            continue;
        if (!effects_ask_vote(self, VOTE_FINALIZE, view, &record->notarization.hash))
            return;
    }
}

/* Once per view: a persisted own proposal is only sent again, never made again. */
void own_propose(struct consensus *self)
{
    uint64_t view = self->view;
    if (!is_sending(self) || consensus_leader(self, view) != self->config.self ||
        !views_fits(&self->views, view, self->final.view) || self->build_view == view ||
        own_asked(self, VOTE_NULLIFY, view) || own_asked(self, VOTE_NOTARIZE, view) ||
        !chain_is_active(self))
        return;
    struct tip tip = chain_tip(self);
    if (tip.state != TIP_READY)
        return;
    enum chain_task task = chain_task(self, &tip);
    if (task == TASK_NOTHING)
        own_nullify(self);
    if (task != TASK_ACTS && task != TASK_EMPTY)
        return;
    int64_t clock_ms = chain_clock(self);
    int64_t parent_ms = tip.block->header.time_ms;
    self->build_view = view;
    self->build_parent = tip.block->hash;
    self->effects.build = true;
    self->effects.build_view = view;
    self->effects.build_parent = *tip.block;
    self->effects.build_time_ms = clock_ms > parent_ms ? clock_ms : parent_ms;
    self->effects.build_empty = task == TASK_EMPTY;
}

/* The answer to effects.build. It may come late, when the view has passed or was nullified. */
void own_built(struct consensus *self, const struct consensus_block *block)
{
    const struct block_header *header = &block->header;
    if (!is_sending(self) || header->view != self->view || self->build_view != self->view ||
        consensus_leader(self, self->view) != self->config.self ||
        !hash_equal(&header->parent_hash, &self->build_parent) ||
        header->parent_view < self->final.view || own_asked(self, VOTE_NULLIFY, self->view) ||
        own_asked(self, VOTE_NOTARIZE, self->view))
        return;
    struct view_record *record = views_make(&self->views, self->view, self->final.view);
    struct held_block *held =
        record == NULL || record->proposed ? NULL : views_keep_block(record, block);
    if (held == NULL)
        return;
    held->check = CHECK_OK; /* Made by our own application on this very parent. */
    record->proposed = true;
    record->proposal = block->hash;
    self->lead_ms = INT64_MAX;
    (void)effects_ask_vote(self, VOTE_NOTARIZE, self->view, &block->hash);
}
