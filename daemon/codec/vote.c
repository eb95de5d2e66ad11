/* SPDX-License-Identifier: Apache-2.0 */
/* vote.c - votes and certificates about order, between bytes and structs. */
#include <assert.h>
#include <string.h>

#include "codec/act_body.h"
#include "codec/block_parts.h"
#include "codec/strict.h"

static bool kind_is_valid(uint32_t kind)
{
    return kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE;
}

/* NULLIFY names no block; the others do. */
static bool hash_fits(uint32_t kind, const struct hash *hash)
{
    return kind != VOTE_NULLIFY || hash_is_zero(hash);
}

static enum comity_error hash_read(uint32_t kind, const ProtobufCBinaryData *data, const char *name,
                                   struct hash *ret_hash, struct fault *fault)
{
    if (kind != VOTE_NULLIFY)
        return hash_from_data(data, name, ret_hash, fault);
    if (data->len != 0)
        return fault_set(fault, COMITY_INVALID, "%s: expected none for a nullify", name);
    *ret_hash = (struct hash){0};
    return COMITY_OK;
}

enum comity_error vote_to_message(const struct vote *vote, uint32_t n,
                                  Comity__V1__Vote *ret_message)
{
    if (!kind_is_valid(vote->kind) || !hash_fits(vote->kind, &vote->hash) || vote->signer >= n)
        return COMITY_INVALID;
    comity__v1__vote__init(ret_message);
    ret_message->kind = vote->kind;
    ret_message->view = vote->view;
    if (vote->kind != VOTE_NULLIFY)
        ret_message->hash = data_from_hash(&vote->hash);
    ret_message->signer = vote->signer;
    ret_message->signature = data_from_bytes(bytes_of(vote->signature, SIGNATURE_SIZE));
    return COMITY_OK;
}

enum comity_error vote_from_message(const Comity__V1__Vote *message, uint32_t n,
                                    struct vote *ret_vote, struct fault *fault)
{
    if (!kind_is_valid(message->kind))
        return fault_set(fault, COMITY_INVALID, "Vote.kind: expected 1, 2 or 3");
    if (message->signer >= n)
        return fault_set(fault, COMITY_INVALID, "Vote.signer: no such orderer");
    if (message->signature.len != SIGNATURE_SIZE)
        return fault_set(fault, COMITY_INVALID, "Vote.signature: expected 64 bytes");
    struct vote vote = {
        .kind = (enum vote_kind)message->kind, .view = message->view, .signer = message->signer};
    enum comity_error error =
        hash_read(message->kind, &message->hash, "Vote.hash", &vote.hash, fault);
    if (error != COMITY_OK)
        return error;
    memcpy(vote.signature, message->signature.data, SIGNATURE_SIZE);
    *ret_vote = vote;
    return COMITY_OK;
}

enum comity_error vote_encode(const struct vote *vote, struct buffer *ret_bytes)
{
    Comity__V1__Vote message;
    enum comity_error error = vote_to_message(vote, SEATS_MAX, &message);
    return error != COMITY_OK ? error : strict_pack(&message.base, ret_bytes);
}

enum comity_error vote_decode(struct bytes bytes, struct vote *ret_vote, struct fault *fault)
{
    struct arena arena;
    ProtobufCMessage *message = NULL;
    arena_init(&arena, 0);
    enum comity_error error =
        strict_borrow(&comity__v1__vote__descriptor, bytes, 0, &arena, &message, fault);
    if (error == COMITY_OK)
        error = vote_from_message((const Comity__V1__Vote *)message, SEATS_MAX, ret_vote, fault);
    arena_free(&arena);
    return error;
}

enum comity_error cert_to_message(const struct cert *cert, uint32_t n,
                                  struct cert_message *ret_message)
{
    assert(n >= 1 && n <= SEATS_MAX);
    uint32_t count = 0;
    uint8_t signers[SEATS_MAX / 8] = {0};
    for (uint32_t i = 0; i < SEATS_MAX; i++) {
        if (!cert_has_signer(cert, i))
            continue;
        if (i >= n)
            return COMITY_INVALID;
        signers[i / 8] |= (uint8_t)(1u << (i % 8));
        count++;
    }
    if (!kind_is_valid(cert->kind) || !hash_fits(cert->kind, &cert->hash) || count == 0 ||
        count != cert->signatures_count)
        return COMITY_INVALID;
    memcpy(ret_message->signers, signers, sizeof signers);
    Comity__V1__Cert *message = &ret_message->message;
    comity__v1__cert__init(message);
    message->kind = cert->kind;
    message->view = cert->view;
    if (cert->kind != VOTE_NULLIFY)
        message->hash = data_from_hash(&cert->hash);
    message->signers = data_from_bytes(bytes_of(ret_message->signers, (n + 7) / 8));
    message->signatures =
        data_from_bytes(bytes_of(cert->signatures, (size_t)count * SIGNATURE_SIZE));
    return COMITY_OK;
}

enum comity_error cert_from_message(const Comity__V1__Cert *message, uint32_t n,
                                    struct cert *ret_cert, struct fault *fault)
{
    assert(n >= 1 && n <= SEATS_MAX);
    if (!kind_is_valid(message->kind))
        return fault_set(fault, COMITY_INVALID, "Cert.kind: expected 1, 2 or 3");
    if (message->signers.len != (n + 7) / 8)
        return fault_set(fault, COMITY_INVALID, "Cert.signers: %zu bytes for %u orderers",
                         message->signers.len, n);
    struct cert cert = {.kind = (enum vote_kind)message->kind, .view = message->view};
    for (uint32_t i = 0; i < 8 * message->signers.len; i++) {
        if ((message->signers.data[i / 8] >> (i % 8) & 1) == 0)
            continue;
        if (i >= n)
            return fault_set(fault, COMITY_INVALID, "Cert.signers: no such orderer");
        cert.signers[i / 64] |= (uint64_t)1 << (i % 64);
        cert.signatures_count++;
    }
    if (cert.signatures_count == 0 ||
        message->signatures.len != (size_t)cert.signatures_count * SIGNATURE_SIZE)
        return fault_set(fault, COMITY_INVALID, "Cert.signatures: %zu bytes for %u signers",
                         message->signatures.len, cert.signatures_count);
    enum comity_error error =
        hash_read(message->kind, &message->hash, "Cert.hash", &cert.hash, fault);
    if (error != COMITY_OK)
        return error;
    cert.signatures = (const uint8_t(*)[SIGNATURE_SIZE])message->signatures.data;
    *ret_cert = cert;
    return COMITY_OK;
}

enum comity_error cert_encode(const struct cert *cert, uint32_t n, struct buffer *ret_bytes)
{
    struct cert_message message;
    enum comity_error error = cert_to_message(cert, n, &message);
    return error != COMITY_OK ? error : strict_pack(&message.message.base, ret_bytes);
}

enum comity_error cert_decode(struct bytes bytes, uint32_t n, struct arena *arena,
                              struct cert *ret_cert, struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    enum comity_error error =
        strict_borrow(&comity__v1__cert__descriptor, bytes, 0, arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    return cert_from_message((const Comity__V1__Cert *)message, n, ret_cert, fault);
}
