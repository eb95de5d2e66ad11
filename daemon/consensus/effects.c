/* SPDX-License-Identifier: Apache-2.0 */
/* effects.c - the one place that writes effects. A send that does not fit is lost like any other
 * on a network; a vote that does not fit is not asked for, and `more` brings the next step. */
#include "consensus/rules.h"

#include <assert.h>
#include <string.h>

void effects_reset(struct consensus *self)
{
    struct consensus_effects *effects = &self->effects;
    effects->bodies_count = 0;
    effects->certs_count = 0;
    effects->votes_count = 0;
    effects->sends_count = 0;
    effects->delivers_count = 0;
    effects->validates_count = 0;
    effects->evidence_count = 0;
    effects->build = false;
    effects->more = false;
    effects->deadline_ms = INT64_MAX;
    effects->halt = self->halt;
}

bool effects_ask_vote(struct consensus *self, enum vote_kind kind, uint64_t view,
                      const struct hash *hash)
{
    struct consensus_effects *effects = &self->effects;
    assert(is_sending(self) && view > self->final.view);
    if (effects->votes_count == EFFECT_VOTES_MAX ||
        (kind != VOTE_NULLIFY && effects->bodies_count == EFFECT_BODIES_MAX)) {
        effects->more = true;
        return false;
    }
    struct view_record *record = views_make(&self->views, view, self->final.view);
    if (record == NULL)
        return false; /* What we could not remember we do not say. */
    struct own_vote *own = &record->own[kind - 1];
    assert(!own->asked);
    own->asked = true;
    own->hash = *hash;
    if (kind != VOTE_NULLIFY)
        effects_keep_body(self, hash);
    effects->votes[effects->votes_count++] =
        (struct vote){.kind = kind, .view = view, .hash = *hash, .signer = self->config.self};
    return true;
}

void effects_keep_body(struct consensus *self, const struct hash *hash)
{
    struct consensus_effects *effects = &self->effects;
    for (uint32_t i = 0; i < effects->bodies_count; i++)
        if (hash_equal(&effects->bodies[i], hash))
            return;
    if (effects->bodies_count < EFFECT_BODIES_MAX)
        effects->bodies[effects->bodies_count++] = *hash;
}

void effects_keep_cert(struct consensus *self, const struct cert *cert)
{
    struct consensus_effects *effects = &self->effects;
    if (effects->certs_count < EFFECT_CERTS_MAX)
        effects->certs[effects->certs_count++] = *cert;
}

void effects_expose(struct consensus *self, const struct vote *first, const struct vote *second)
{
    struct consensus_effects *effects = &self->effects;
    if (effects->evidence_count < EFFECT_EVIDENCE_MAX)
        effects->evidence[effects->evidence_count++] =
            (struct consensus_evidence){.first = *first, .second = *second};
}

/* NULL when there is no room, and for a message to nobody. */
static struct consensus_send *next_send(struct consensus *self, enum consensus_send_kind kind,
                                        uint32_t to)
{
    struct consensus_effects *effects = &self->effects;
    bool to_self =
        to == CONSENSUS_TO_ALL ? self->n == 1 && is_voter(self) : to == self->config.self;
    if (effects->sends_count == EFFECT_SENDS_MAX || to_self)
        return NULL;
    struct consensus_send *send = &effects->sends[effects->sends_count++];
    memset(send, 0, sizeof(*send));
    send->kind = kind;
    send->to = to;
    return send;
}

void effects_send_vote(struct consensus *self, uint32_t to, const struct vote *vote)
{
    struct consensus_send *send = next_send(self, SEND_VOTE, to);
    if (send != NULL) {
        send->vote = *vote;
        send->hash = vote->hash;
    }
}

void effects_send_cert(struct consensus *self, uint32_t to, const struct cert *cert)
{
    struct consensus_send *send = next_send(self, SEND_CERT, to);
    if (send != NULL) {
        send->cert = *cert;
        send->hash = cert->hash;
    }
}

/* The body of vote->hash goes along. */
void effects_send_proposal(struct consensus *self, uint32_t to, const struct vote *vote)
{
    struct consensus_send *send = next_send(self, SEND_PROPOSAL, to);
    if (send != NULL) {
        send->vote = *vote;
        send->hash = vote->hash;
    }
}

void effects_send_block(struct consensus *self, uint32_t to, const struct hash *hash,
                        const struct cert *finalization)
{
    struct consensus_send *send = next_send(self, SEND_BLOCK, to);
    if (send != NULL) {
        send->hash = *hash;
        send->cert = *finalization;
    }
}

void effects_send_acts(struct consensus *self)
{
    (void)next_send(self, SEND_ACTS, CONSENSUS_TO_ALL);
}

void effects_send_status(struct consensus *self, uint32_t to)
{
    struct consensus_send *send = next_send(self, SEND_STATUS, to);
    if (send != NULL)
        send->status = consensus_own_status(self, to, self->utc_ms);
}

void effects_send_fetch(struct consensus *self, uint32_t to, const struct consensus_fetch *fetch)
{
    struct consensus_send *send = next_send(self, SEND_FETCH, to);
    if (send != NULL)
        send->fetch = *fetch;
}

void effects_halt(struct consensus *self, enum consensus_halt halt)
{
    if (self->halt == HALT_NONE)
        self->halt = halt;
    self->effects.halt = self->halt;
}
