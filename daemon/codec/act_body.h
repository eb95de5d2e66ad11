/* SPDX-License-Identifier: Apache-2.0 */
/* act_body.h - the steps between an act's protobuf message and struct act, shared inside codec. */
#ifndef COMITY_CODEC_ACT_BODY_H
#define COMITY_CODEC_ACT_BODY_H

#include "acts.pb-c.h"
#include "codec/act.h"

/* The parts of an encoded SignedAct, borrowed from it. */
struct act_parts {
    struct bytes act;
    struct bytes text;
    const uint8_t *signature; /* SIGNATURE_SIZE bytes. */
};

/* Terms, pledges, seats, goals, clauses and values of a proposal together. */
enum { ACT_ITEMS_MAX = 960 };

/* Split and check sizes. COMITY_INVALID, COMITY_LIMIT, COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error act_parts_read(struct bytes encoded, struct arena *arena,
                                                   struct act_parts *ret_parts,
                                                   struct fault *fault);
/* The message as struct act, but for its id and text. Calls act_check. */
COMITY_MUST_CHECK enum comity_error act_from_message(const Comity__V1__Act *message,
                                                     struct arena *arena, struct act *ret_act,
                                                     struct fault *fault);
/* Two signed acts of one slot of `act->forum` that differ: fills as.evidence but its bytes. */
COMITY_MUST_CHECK enum comity_error act_evidence_read(struct act *act, struct bytes first_act,
                                                      struct bytes second_act, struct arena *arena,
                                                      struct fault *fault);
/* act_life.c: what an agreement lives through, from adoption to its end. `life_` is for the kinds
 * from ACT_RESERVE on, `extras_` for what a proposal carries besides text, terms and pledges. */
union life_body {
    Comity__V1__Reserve reserve;
    Comity__V1__ObjectReservation object_reservation;
    Comity__V1__Undertake undertake;
    Comity__V1__Contribute contribute;
    Comity__V1__Report report;
    Comity__V1__Attest attest;
    Comity__V1__Allege allege;
    Comity__V1__Leave leave;
    Comity__V1__Shift shift;
};
COMITY_MUST_CHECK enum comity_error life_read(const Comity__V1__Act *message, struct act *act,
                                              struct fault *fault);
void life_write(const struct act *act, union life_body *body);
COMITY_MUST_CHECK enum comity_error life_check(const struct act *act, struct fault *fault);
COMITY_MUST_CHECK enum comity_error extras_read(const Comity__V1__Propose *message,
                                                struct arena *arena, struct act *act,
                                                struct fault *fault);
COMITY_MUST_CHECK enum comity_error extras_write(const struct act *act, struct arena *arena,
                                                 Comity__V1__Propose *message);
COMITY_MUST_CHECK enum comity_error extras_check(const struct act *act, struct fault *fault);
/* Inside ACT_TIME_MIN and ACT_TIME_MAX? */
bool time_is_valid(int64_t ms);
/* COMITY_INVALID, naming the field. */
enum comity_error out_of_limits(struct fault *fault, const char *what, const char *expected);
/* protobuf-c has no const; packing only reads. NULL becomes "". */
char *text_of(const char *text);
/* 32 bytes. COMITY_INVALID: another size. */
COMITY_MUST_CHECK enum comity_error hash_from_data(const ProtobufCBinaryData *data,
                                                   const char *name, struct hash *ret_hash,
                                                   struct fault *fault);

static inline struct bytes bytes_from_data(const ProtobufCBinaryData *data)
{
    return bytes_of(data->data, data->len);
}
/* protobuf-c has no const; packing only reads. */
static inline ProtobufCBinaryData data_from_bytes(struct bytes bytes)
{
    return (ProtobufCBinaryData){.len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data};
}
static inline ProtobufCBinaryData data_from_hash(const struct hash *hash)
{
    return data_from_bytes(bytes_of(hash->bytes, HASH_SIZE));
}

#endif
