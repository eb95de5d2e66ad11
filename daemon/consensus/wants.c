/* SPDX-License-Identifier: Apache-2.0 */
/* wants.c - which messages are worth the verification of a signature (CONSENSUS.md 1.8). A stale
 * message is, when its sender has not been answered lately: the answer brings it forward. */
#include "consensus/rules.h"

#include <string.h>

/* Beyond what we can use: the sender is ahead of us and should hear so. */
static bool is_ahead(const struct consensus *self, uint64_t view)
{
    return view > self->view &&
           (view - self->view > 1 || !views_fits(&self->views, view, self->final.view));
}

static bool is_stale(const struct consensus *self, enum vote_kind kind, uint64_t view)
{
    return kind == VOTE_NULLIFY ? view < self->view : view < self->view - 1;
}

static bool conflicts_with_counted(const struct tally *tally, const struct vote *vote)
{
    if (bit_get(tally->exposed, vote->signer))
        return false;
    if (vote->kind != VOTE_NULLIFY && tally_has(tally, vote->kind, vote->signer))
        return !hash_equal(&tally->boxes[vote->kind - 1].hashes[vote->signer], &vote->hash);
    return (vote->kind == VOTE_NULLIFY && tally_has(tally, VOTE_FINALIZE, vote->signer)) ||
           (vote->kind == VOTE_FINALIZE && tally_has(tally, VOTE_NULLIFY, vote->signer));
}

static bool is_vote(const struct consensus *self, const struct vote *vote)
{
    return vote->kind >= VOTE_NOTARIZE && vote->kind <= VOTE_FINALIZE && vote->view > 0 &&
           vote->signer < self->n && (vote->kind != VOTE_NULLIFY || hash_is_zero(&vote->hash));
}

bool consensus_wants_vote(const struct consensus *self, uint32_t peer, const struct vote *vote)
{
    if (!is_vote(self, vote) || self->halt != HALT_NONE)
        return false;
    if (vote->signer == self->config.self)
        return self->may_vote && own_is_unknown(self, vote);
    if (is_ahead(self, vote->view))
        return sync_may_status(self, peer);
    if (is_stale(self, vote->kind, vote->view) && sync_may_reply(self, peer))
        return true;
    if (vote->view <= self->final.view)
        return false;
    const struct tally *tally = tally_find(&self->views, vote->view);
    if (tally != NULL && conflicts_with_counted(tally, vote))
        return true;
    if (vote->kind != VOTE_FINALIZE && views_has(&self->views, vote->kind, vote->view))
        return false;
    return tally == NULL || !tally_has(tally, vote->kind, vote->signer);
}

bool consensus_wants_proposal(const struct consensus *self, uint32_t peer,
                              const struct consensus_block *block, const struct vote *vote)
{
    uint64_t view = block->header.view;
    if (!is_vote(self, vote) || self->halt != HALT_NONE || vote->kind != VOTE_NOTARIZE ||
        vote->view != view || !hash_equal(&vote->hash, &block->hash) ||
        vote->signer != consensus_leader(self, view))
        return false;
    if (vote->signer == self->config.self)
        return consensus_wants_vote(self, peer, vote);
    if (is_ahead(self, view))
        return sync_may_status(self, peer);
    if (view < self->view && sync_may_reply(self, peer))
        return true;
    if (view <= self->final.view)
        return false;
    const struct view_record *record = views_find(&self->views, view);
    if (record == NULL || !record->proposed)
        return true;
    if (record->notarization.held && hash_equal(&record->notarization.hash, &block->hash))
        return views_block(&self->views, view, &block->hash) == NULL;
    return !record->equivocated && !hash_equal(&record->proposal, &block->hash);
}

static bool is_news(const struct consensus *self, const struct cert *cert)
{
    const struct finality *final = &self->final;
    if (cert->view < final->view || (cert->view == final->view && cert->kind != VOTE_FINALIZE))
        return cert->kind == VOTE_FINALIZE && !final_is_delivered(self) &&
               final->range_proven == 0 && final_find_range(self, cert) >= 0;
    if (cert->view == final->view)
        return !hash_equal(&cert->hash, &final->hash);
    if (cert->kind == VOTE_FINALIZE)
        return true;
    bool past = views_is_past(&self->views, cert->view, final->view);
    if (cert->kind == VOTE_NULLIFY && past)
        return !views_has(&self->views, VOTE_NULLIFY, cert->view);
    if (!views_fits(&self->views, cert->view, final->view))
        return false;
    const struct view_record *record = views_find(&self->views, cert->view);
    if (record == NULL)
        return true;
    if (cert->kind == VOTE_NULLIFY)
        return !views_has(&self->views, VOTE_NULLIFY, cert->view);
    return !record->notarization.held || !hash_equal(&record->notarization.hash, &cert->hash);
}

bool consensus_wants_cert(const struct consensus *self, const struct cert *cert,
                          uint64_t ret_verify[SEATS_MAX / 64])
{
    if (self->halt != HALT_NONE || !certs_is_sound(self, cert) || !is_news(self, cert))
        return false;
    memcpy(ret_verify, cert->signers, sizeof(cert->signers));
    const struct tally *tally = tally_find(&self->views, cert->view);
    if (tally == NULL || cert->view <= self->final.view)
        return true;
    const struct vote_box *box = &tally->boxes[cert->kind - 1];
    for (uint32_t i = 0; i < self->n; i++)
        if (bit_get(box->signers, i) && hash_equal(&box->hashes[i], &cert->hash))
            ret_verify[i / 64] &= ~((uint64_t)1 << (i % 64));
    return true;
}
