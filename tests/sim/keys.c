/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/keys.h"

#include <stdlib.h>

static uint64_t seal(const struct vote_domain *domain, const struct vote *vote, uint64_t nonce)
{
    uint8_t bytes[VOTE_SIGN_SIZE];
    vote_sign_bytes(domain, vote->kind, vote->view, &vote->hash, bytes);
    return mix_bytes(mix64(vote->signer + 77) ^ nonce, bytes, sizeof bytes);
}

static void sign(const struct vote_domain *domain, struct vote *vote, uint64_t nonce)
{
    uint64_t sum = seal(domain, vote, nonce);
    memset(vote->signature, 0, sizeof vote->signature);
    memcpy(vote->signature, &nonce, sizeof nonce);
    memcpy(vote->signature + sizeof nonce, &sum, sizeof sum);
}

void sim_sign(const struct sim_world *world, struct vote *vote, uint64_t nonce)
{
    sign(&world->domain, vote, nonce);
}

void sim_sign_elsewhere(const struct sim_world *world, struct vote *vote)
{
    struct vote_domain domain = world->domain;
    if (vote->view % 2)
        domain.epoch++;
    else
        domain.forum.bytes[0] ^= 1;
    sign(&domain, vote, 0);
}

bool sim_verify(const struct sim_world *world, const struct vote *vote)
{
    uint64_t nonce, sum;
    memcpy(&nonce, vote->signature, sizeof nonce);
    memcpy(&sum, vote->signature + sizeof nonce, sizeof sum);
    return vote->signer < world->plan.orderers_count && sum == seal(&world->domain, vote, nonce);
}

static void judge(const struct sim_world *world, struct sim_cert *self)
{
    uint32_t at = 0, valid = 0, bad = 0;
    struct vote vote = {.kind = self->cert.kind, .view = self->cert.view, .hash = self->cert.hash};
    for (uint32_t i = 0; i < SEATS_MAX; i++) {
        if (!cert_has_signer(&self->cert, i))
            continue;
        vote.signer = i;
        memcpy(vote.signature, self->cert.signatures[at++], SIGNATURE_SIZE);
        if (sim_verify(world, &vote)) {
            self->valid[i / 64] |= UINT64_C(1) << i % 64;
            valid++;
        } else {
            bad++;
        }
    }
    self->whole = bad == 0 && valid >= quorum_size(world->plan.orderers_count);
}

struct sim_cert *sim_cert_intern(struct sim_world *world, const struct cert *cert)
{
    uint64_t digest = mix_bytes((uint64_t)cert->kind ^ cert->view << 8, &cert->hash, HASH_SIZE);
    digest = mix_bytes(digest, cert->signers, sizeof cert->signers);
    digest = mix_bytes(digest, cert->signatures, cert->signatures_count * SIGNATURE_SIZE);
    struct sim_cert **bucket = &world->cert_buckets[digest % 1024];
    for (struct sim_cert *it = *bucket; it; it = it->next)
        if (it->digest == digest)
            return it;
    struct sim_cert *self = arena_alloc(&world->arena, sizeof *self);
    uint8_t(*copy)[SIGNATURE_SIZE] =
        arena_array(&world->arena, cert->signatures_count, SIGNATURE_SIZE);
    if (!self || !copy)
        abort();
    memcpy(copy, cert->signatures, cert->signatures_count * SIGNATURE_SIZE);
    self->cert = *cert;
    self->cert.signatures = (const uint8_t(*)[SIGNATURE_SIZE])copy;
    self->digest = digest;
    self->next = *bucket;
    *bucket = self;
    judge(world, self);
    return self;
}

bool sim_cert_verifies(const struct sim_world *world, const struct sim_cert *cert,
                       const uint64_t wanted[SEATS_MAX / 64])
{
    if (cert->cert.signatures_count < quorum_size(world->plan.orderers_count))
        return false;
    for (uint32_t i = 0; i < SEATS_MAX / 64; i++)
        if (wanted[i] & cert->cert.signers[i] & ~cert->valid[i])
            return false;
    return true;
}
