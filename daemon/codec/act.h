/* SPDX-License-Identifier: Apache-2.0 */
/* act.h - acts between bytes (proto/acts.proto) and struct act. What was received is hashed and
 * handed on as received; nothing is re-encoded. */
#ifndef COMITY_CODEC_ACT_H
#define COMITY_CODEC_ACT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/act.h"

#define ACT_SIGN_TAG "act" /* For identity_sign: "comity/act/v1". */

enum {
    /* Signed bytes of every kind but evidence, so that evidence about any two of them fits. */
    ACT_SIGNED_MAX = 30 * 1024,
    ACT_RELIES_ON_MAX = 16,
};
/* Every time in an act lies in the years 0 to 9999, so that adding to one cannot overflow. */
#define ACT_TIME_MIN ((int64_t)-62167219200000)
#define ACT_TIME_MAX ((int64_t)253402300799999)

/* An answer's number in acts.proto, and back; none is silence. false: no such number. */
uint32_t answer_number(enum answer answer);
bool answer_from_number(uint32_t number, enum answer *ret_answer);

struct signed_act {
    struct act act;           /* Strings point into the arena. */
    struct bytes act_bytes;   /* The signed bytes; borrowed from `encoded`. */
    struct bytes encoded;     /* The whole SignedAct as received; borrowed from the caller. */
    const uint8_t *signature; /* SIGNATURE_SIZE bytes, borrowed. */
};

/* Do its fields keep to acts.proto's limits? COMITY_INVALID, COMITY_LIMIT with the field. */
COMITY_MUST_CHECK enum comity_error act_check(const struct act *act, struct fault *fault);
/* Encode the part that is signed; act->id and act->text need not be set. has_text: text_hash
 * enters. Evidence: the texts of first_signed and second_signed are left out, its other fields
 * need not be set. COMITY_MEMORY; COMITY_INVALID: out of the limits in acts.proto; COMITY_LIMIT:
 * above ACT_SIGNED_MAX. Nothing was appended. */
COMITY_MUST_CHECK enum comity_error act_encode(const struct act *act, struct buffer *ret_bytes);
/* Append. COMITY_LIMIT: above ACT_SIZE_MAX; COMITY_MEMORY. Nothing was appended. */
COMITY_MUST_CHECK enum comity_error signed_act_encode(struct bytes act_bytes,
                                                      const uint8_t signature[SIGNATURE_SIZE],
                                                      struct bytes text, struct buffer *ret_bytes);
/* Strict; checks sizes, lengths, ranges, that one-line texts have no control characters, that the
 * text has the hash the act names (or is empty: purged), and fills act.id. Does not verify the
 * signature: that needs the seat's key. `encoded` must outlive ret_act. COMITY_INVALID,
 * COMITY_LIMIT, COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error signed_act_decode(struct bytes encoded, struct arena *arena,
                                                      struct signed_act *ret_act,
                                                      struct fault *fault);
/* The same for bytes that were decoded before and are known to be those of `id`: nothing is hashed
 * again. */
COMITY_MUST_CHECK enum comity_error
signed_act_decode_known(struct bytes encoded, const struct hash *id, struct arena *arena,
                        struct signed_act *ret_act, struct fault *fault);
/* Only the slot, nothing hashed: to see whether the bytes are worth decoding. */
COMITY_MUST_CHECK enum comity_error signed_act_slot(struct bytes encoded, struct arena *arena,
                                                    uint32_t *ret_seat, uint64_t *ret_seq);
struct hash act_id(struct bytes act_bytes);   /* "comity/act/v1" */
struct hash act_text_hash(struct bytes text); /* "comity/text/v1" */
/* Only the slot and id, for pools. Same checks of the envelope; the act is well-formed, but its
 * body's lengths and ranges were not looked at. */
COMITY_MUST_CHECK enum comity_error signed_act_peek(struct bytes encoded, struct arena *arena,
                                                    struct hash *ret_id, uint32_t *ret_seat,
                                                    uint64_t *ret_seq);

#endif
