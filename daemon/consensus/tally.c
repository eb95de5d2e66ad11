/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c - counting votes: one per (kind, view, signer), compared by meaning and never by the
 * bytes of a signature (a signer can make two valid signatures of one vote). */
#include "consensus/views.h"

#include <assert.h>
#include <string.h>

struct tally *tally_find(const struct views *self, uint64_t view)
{
    for (uint32_t i = 0; view != 0 && i < self->tallies_count; i++)
        if (self->tallies[i].view == view)
            return (struct tally *)&self->tallies[i];
    return NULL;
}

/* A view that was only skipped needs no more counting; a notarized one waits for FINALIZE. */
static bool is_settled(const struct views *self, uint64_t view)
{
    return views_has(self, VOTE_NULLIFY, view) && !views_has(self, VOTE_NOTARIZE, view);
}

static bool needs_less(const struct views *self, uint64_t view, uint64_t other)
{
    bool view_settled = is_settled(self, view);
    bool other_settled = is_settled(self, other);
    return view_settled != other_settled ? view_settled : view < other;
}

struct tally *tally_make(struct views *self, uint64_t view, uint64_t final_view)
{
    struct tally *chosen = tally_find(self, view);
    if (chosen != NULL)
        return chosen;
    for (uint32_t i = 0; i < self->tallies_count; i++) {
        struct tally *other = &self->tallies[i];
        if (other->view <= final_view) {
            chosen = other;
            break;
        }
        if (chosen == NULL || needs_less(self, other->view, chosen->view))
            chosen = other;
    }
    if (chosen->view > final_view && needs_less(self, view, chosen->view))
        return NULL;
    chosen->view = view;
    memset(chosen->exposed, 0, sizeof(chosen->exposed));
    for (uint32_t kind = 0; kind < VOTE_KINDS; kind++)
        memset(chosen->boxes[kind].signers, 0, sizeof(chosen->boxes[kind].signers));
    return chosen;
}

bool tally_has(const struct tally *tally, enum vote_kind kind, uint32_t signer)
{
    return bit_get(tally->boxes[kind - 1].signers, signer);
}

struct vote tally_vote(const struct tally *tally, enum vote_kind kind, uint32_t signer)
{
    assert(tally_has(tally, kind, signer));
    const struct vote_box *box = &tally->boxes[kind - 1];
    struct vote vote = {
        .kind = kind, .view = tally->view, .hash = box->hashes[signer], .signer = signer};
    memcpy(vote.signature, box->signatures[signer], SIGNATURE_SIZE);
    return vote;
}

void tally_put(struct tally *tally, const struct vote *vote)
{
    assert(tally->view == vote->view && !tally_has(tally, vote->kind, vote->signer));
    struct vote_box *box = &tally->boxes[vote->kind - 1];
    bit_set(box->signers, vote->signer);
    box->hashes[vote->signer] = vote->hash;
    memcpy(box->signatures[vote->signer], vote->signature, SIGNATURE_SIZE);
}

uint32_t tally_count(const struct tally *tally, enum vote_kind kind, const struct hash *hash)
{
    const struct vote_box *box = &tally->boxes[kind - 1];
    uint32_t count = 0;
    for (uint32_t word = 0; word < SIGNER_WORDS; word++) {
        for (uint64_t left = box->signers[word]; left != 0; left &= left - 1) {
            uint32_t signer = word * 64 + (uint32_t)__builtin_ctzll(left);
            if (hash_equal(&box->hashes[signer], hash))
                count++;
        }
    }
    return count;
}
