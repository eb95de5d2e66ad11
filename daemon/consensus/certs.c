/* SPDX-License-Identifier: Apache-2.0 */
/* certs.c - from counted votes to certificates, and what a certificate moves. Both kinds are
 * kept where a view has both: a peer that holds one may need the other (split healing). */
#include "consensus/rules.h"

#include <assert.h>
#include <string.h>

/* Count one vote, ours or a peer's, in the tally of its view. */
void certs_count(struct consensus *self, const struct vote *vote)
{
    struct tally *known = tally_find(&self->views, vote->view);
    struct tally *tally = tally_make(&self->views, vote->view, self->final.view);
    if (tally == NULL)
        return;
    if (known == NULL && is_voter(self)) {
        /* A tally taken anew: our own votes belong in it first. */
        for (uint32_t kind = VOTE_NOTARIZE; kind <= VOTE_KINDS; kind++) {
            struct vote own;
            if (own_sendable(self, (enum vote_kind)kind, vote->view, &own))
                tally_put(tally, &own);
        }
    }
    if (!tally_has(tally, vote->kind, vote->signer))
        tally_put(tally, vote);
    certs_certify(self, vote->kind, vote->view, &vote->hash);
}

static bool is_counted(const struct tally *tally, enum vote_kind kind, const struct hash *hash,
                       uint32_t signer)
{
    return tally != NULL && tally_has(tally, kind, signer) &&
           hash_equal(&tally->boxes[kind - 1].hashes[signer], hash);
}

/* The first q signatures of what we counted and what the certificate brings. Where both have a
 * signer ours is taken: the other's bytes were not verified (consensus_wants_cert). */
static void collect(const struct consensus *self, enum vote_kind kind, uint64_t view,
                    const struct hash *hash, const struct cert *cert, uint64_t *ret_signers,
                    uint8_t (*ret_signatures)[SIGNATURE_SIZE])
{
    const struct tally *tally = tally_find(&self->views, view);
    uint32_t count = 0, at = 0;
    memset(ret_signers, 0, SIGNER_WORDS * sizeof(*ret_signers));
    for (uint32_t i = 0; i < self->n && count < self->q; i++) {
        bool brought = cert != NULL && cert_has_signer(cert, i);
        const uint8_t *signature = brought ? cert->signatures[at] : NULL;
        at += brought;
        if (is_counted(tally, kind, hash, i))
            signature = tally->boxes[kind - 1].signatures[i];
        if (signature == NULL)
            continue;
        memcpy(ret_signatures[count++], signature, SIGNATURE_SIZE);
        bit_set(ret_signers, i);
    }
    assert(count == self->q);
}

static void take_final(struct consensus *self, uint64_t view, const struct hash *hash,
                       const struct cert *cert)
{
    struct finality *final = &self->final;
    struct cert taken = {
        .kind = VOTE_FINALIZE, .view = view, .hash = *hash, .signatures_count = self->q};
    uint32_t spare = 1 - final->buffer;
    collect(self, VOTE_FINALIZE, view, hash, cert, taken.signers, final->buffers[spare]);
    taken.signatures = (const uint8_t(*)[SIGNATURE_SIZE]) final->buffers[spare];
    final->buffer = spare;
    final_take(self, &taken);
}

/* A view whose leader spoke failed, or was given up by us: the pace is too quick for these
 * links. Once per view, and also for a proposal that comes after its view, else a delay above
 * 2Δ would fail every view at the same pace for ever; also when the notarization won after all,
 * else a delay near 3Δ would notarize for ever and finalize never. Views of absent or lying
 * leaders say nothing about the pace. */
void certs_pace(struct consensus *self, struct view_record *record)
{
    bool given_up = record->own[VOTE_NULLIFY - 1].asked && record->view < self->view;
    if (record->paced || !record->proposed || record->equivocated ||
        !(record->nullification.held || given_up))
        return;
    record->paced = true;
    self->grow = self->grow * 13 / 10;
    self->grow = self->grow > GROW_MAX ? GROW_MAX : self->grow;
}

/* A nullification of a view that has shrunk to a bit: kept in the caller's store alone. */
static void take_past(struct consensus *self, const struct cert *cert)
{
    struct cert taken = *cert;
    memcpy(self->final.past_signatures, cert->signatures,
           (size_t)cert->signatures_count * SIGNATURE_SIZE);
    taken.signatures = (const uint8_t(*)[SIGNATURE_SIZE])self->final.past_signatures;
    effects_keep_cert(self, &taken);
    views_skip(&self->views, cert->view);
}

/* Store a certificate whose signatures are known to be good, tell it on, and move. */
static void take(struct consensus *self, enum vote_kind kind, uint64_t view,
                 const struct hash *hash, const struct cert *cert)
{
    struct cert taken;
    struct view_record *record =
        kind == VOTE_FINALIZE ? NULL : views_make(&self->views, view, self->final.view);
    if (kind != VOTE_FINALIZE && record == NULL)
        return; /* No room for its view yet: it is fetched again when there is. */
    if (view > self->top_cert)
        self->top_cert = view;
    if (kind == VOTE_FINALIZE) {
        take_final(self, view, hash, cert);
        taken = self->final.cert;
    } else {
        struct held_cert *held =
            kind == VOTE_NOTARIZE ? &record->notarization : &record->nullification;
        collect(self, kind, view, hash, cert, held->signers, held->signatures);
        held->held = true;
        held->hash = *hash;
        (void)views_cert(&self->views, kind, view, &taken);
        if (kind == VOTE_NOTARIZE && views_block(&self->views, view, hash) != NULL)
            effects_keep_body(self, hash);
        certs_pace(self, record);
    }
    effects_keep_cert(self, &taken);
    if (kind == VOTE_FINALIZE || view + 1 >= self->view) /* What was fetched is no news. */
        sync_push(self, &taken);
    certs_enter(self);
}

/* Two certificates that cannot both exist while at most f orderers lie. */
static bool contradicts(const struct consensus *self, enum vote_kind kind, uint64_t view,
                        const struct hash *hash)
{
    if (view == self->final.view)
        return kind == VOTE_FINALIZE && view > 0 && !hash_equal(hash, &self->final.hash);
    if (kind == VOTE_NULLIFY)
        return false; /* Against a finalization: its view is not above F any more. */
    const struct view_record *record = views_find(&self->views, view);
    return (record != NULL && record->notarization.held &&
            !hash_equal(hash, &record->notarization.hash)) ||
           (kind == VOTE_FINALIZE && views_has(&self->views, VOTE_NULLIFY, view));
}

void certs_certify(struct consensus *self, enum vote_kind kind, uint64_t view,
                   const struct hash *hash)
{
    const struct tally *tally = tally_find(&self->views, view);
    if (tally == NULL || view <= self->final.view || tally_count(tally, kind, hash) < self->q)
        return;
    if (contradicts(self, kind, view, hash)) {
        effects_halt(self, HALT_CONFLICTING_CERTS);
        return;
    }
    if (kind == VOTE_FINALIZE || !views_has(&self->views, kind, view))
        take(self, kind, view, hash, NULL);
}

/* q known signers, each once, as many signatures as bits. */
bool certs_is_sound(const struct consensus *self, const struct cert *cert)
{
    static const struct hash none;
    uint32_t count = 0;
    for (uint32_t i = 0; i < SEATS_MAX; i++) {
        if (!cert_has_signer(cert, i))
            continue;
        if (i >= self->n)
            return false;
        count++;
    }
    return count >= self->q && count == cert->signatures_count && cert->signatures != NULL &&
           cert->view > 0 && cert->view < UINT64_MAX / 2 &&
           (cert->kind != VOTE_NULLIFY || hash_equal(&cert->hash, &none)) &&
           cert->kind >= VOTE_NOTARIZE && cert->kind <= VOTE_FINALIZE;
}

/* A verified certificate of a peer. */
void certs_take(struct consensus *self, const struct cert *cert)
{
    if (contradicts(self, cert->kind, cert->view, &cert->hash)) {
        effects_halt(self, HALT_CONFLICTING_CERTS);
        return;
    }
    if (cert->view <= self->final.view) {
        if (cert->kind == VOTE_FINALIZE)
            final_take_range_cert(self, cert);
        return;
    }
    if (cert->kind != VOTE_FINALIZE) {
        if (views_has(&self->views, cert->kind, cert->view))
            return;
        if (cert->kind == VOTE_NULLIFY &&
            views_is_past(&self->views, cert->view, self->final.view)) {
            take_past(self, cert);
            return;
        }
        if (!views_fits(&self->views, cert->view, self->final.view))
            return;
    }
    take(self, cert->kind, cert->view, &cert->hash, cert);
}

/* Both notarization and nullification advance. A view that there is no room to hold is not
 * entered: a notarized view above F is never forgotten. But what is final is left behind, room or
 * not: where there is none we only do not vote. */
void certs_enter(struct consensus *self)
{
    uint64_t view = self->top_cert + 1;
    if (!views_fits(&self->views, view, self->final.view))
        view = self->final.view + 1;
    if (view <= self->view)
        return;
    struct view_record *left = views_find(&self->views, self->view);
    self->view = view;
    self->entered_ms = self->now_ms;
    timers_disarm(self);
    if (left != NULL && left->view > self->final.view)
        certs_pace(self, left);
}
