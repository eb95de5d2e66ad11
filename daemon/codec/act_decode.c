/* SPDX-License-Identifier: Apache-2.0 */
/* act_decode.c - from an act's protobuf message to struct act. */
#include <string.h>

#include "codec/act_body.h"
#include "codec/strict.h"

enum comity_error hash_from_data(const ProtobufCBinaryData *data, const char *name,
                                 struct hash *ret_hash, struct fault *fault)
{
    if (data->len != HASH_SIZE)
        return fault_set(fault, COMITY_INVALID, "%s: %zu bytes, expected 32", name, data->len);
    memcpy(ret_hash->bytes, data->data, HASH_SIZE);
    return COMITY_OK;
}

/* As hash_from_data, but empty is allowed and leaves the hash as it is. */
static enum comity_error hash_if_any(const ProtobufCBinaryData *data, const char *name,
                                     struct hash *ret_hash, bool *ret_has, struct fault *fault)
{
    *ret_has = data->len > 0;
    return *ret_has ? hash_from_data(data, name, ret_hash, fault) : COMITY_OK;
}

/* Seats of a list that must ascend, so that each set has one encoding. */
static enum comity_error seats_read(const uint32_t *seats, size_t count, const char *name,
                                    uint64_t ret_mask[SEATS_MAX / 64], struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (seats[i] >= SEATS_MAX || (i > 0 && seats[i] <= seats[i - 1]))
            return fault_set(fault, COMITY_INVALID, "%s: expected seats in ascending order", name);
        ret_mask[seats[i] / 64] |= (uint64_t)1 << (seats[i] % 64);
    }
    return COMITY_OK;
}

static enum comity_error propose_read(const Comity__V1__Propose *message, struct arena *arena,
                                      struct act *act, struct fault *fault)
{
    struct term *terms = arena_array(arena, message->n_terms, sizeof *terms);
    struct pledge *pledges = arena_array(arena, message->n_pledges, sizeof *pledges);
    if (terms == NULL || pledges == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < message->n_terms; i++) {
        const Comity__V1__Term *term = message->terms[i];
        terms[i] = (struct term){.issue = term->issue,
                                 .kind = (enum term_kind)term->kind,
                                 .number = term->number,
                                 .of = term->of,
                                 .unit = term->unit,
                                 .text = term->text};
    }
    for (size_t i = 0; i < message->n_pledges; i++) {
        const Comity__V1__Pledge *pledge = message->pledges[i];
        pledges[i] = (struct pledge){.seat = pledge->seat,
                                     .issue = pledge->issue,
                                     .quantity = pledge->quantity,
                                     .unit = pledge->unit,
                                     .due_ms = pledge->due_ms};
    }
    act->as.propose.title = message->title;
    act->as.propose.rule = message->rule;
    act->as.propose.topic = message->topic;
    act->as.propose.binding = message->binding != 0;
    act->as.propose.closes_ms = message->closes_ms;
    act->as.propose.terms = terms;
    act->as.propose.terms_count = (uint32_t)message->n_terms;
    act->as.propose.pledges = pledges;
    act->as.propose.pledges_count = (uint32_t)message->n_pledges;
    enum comity_error error =
        seats_read(message->must_abstain, message->n_must_abstain, "propose.must_abstain",
                   act->as.propose.must_abstain, fault);
    return error != COMITY_OK ? error : extras_read(message, arena, act, fault);
}

static enum comity_error amend_read(const Comity__V1__Amend *message, struct act *act,
                                    struct fault *fault)
{
    act->as.amend.operation = (enum amend_operation)message->operation;
    act->as.amend.clause = message->clause;
    act->as.amend.to = message->to;
    enum comity_error error =
        hash_from_data(&message->proposal, "amend.proposal", &act->as.amend.proposal, fault);
    if (error != COMITY_OK)
        return error;
    return hash_from_data(&message->base_text, "amend.base_text", &act->as.amend.base_text, fault);
}

static enum comity_error ballot_read(const Comity__V1__Ballot *message, struct act *act,
                                     struct fault *fault)
{
    if (!answer_from_number((uint32_t)message->answer, &act->as.ballot.answer))
        return out_of_limits(fault, "ballot.answer", "yes, no, object, abstain or pass");
    enum comity_error error =
        hash_from_data(&message->proposal, "ballot.proposal", &act->as.ballot.proposal, fault);
    if (error == COMITY_OK)
        error = hash_from_data(&message->text_hash, "ballot.text_hash", &act->as.ballot.text_hash,
                               fault);
    if (error == COMITY_OK)
        error = hash_from_data(&message->rule_hash, "ballot.rule_hash", &act->as.ballot.rule_hash,
                               fault);
    return error;
}

static enum comity_error consent_read(const ProtobufCBinaryData *proposal,
                                      const ProtobufCBinaryData *text_hash, uint32_t home,
                                      struct act *act, struct fault *fault)
{
    act->as.consent.home = (enum home_verdict)home;
    enum comity_error error =
        hash_from_data(proposal, "ratify.proposal", &act->as.consent.proposal, fault);
    if (error != COMITY_OK)
        return error;
    return hash_from_data(text_hash, "ratify.text_hash", &act->as.consent.text_hash, fault);
}

static enum comity_error alone_read(const Comity__V1__ActAlone *message, struct arena *arena,
                                    struct act *act, struct fault *fault)
{
    if (message->n_relies_on > ACT_RELIES_ON_MAX)
        return out_of_limits(fault, "act_alone.relies_on", "at most 16 acts");
    struct hash *relies_on = arena_array(arena, message->n_relies_on, sizeof *relies_on);
    if (relies_on == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < message->n_relies_on; i++) {
        enum comity_error error =
            hash_from_data(&message->relies_on[i], "act_alone.relies_on", &relies_on[i], fault);
        if (error != COMITY_OK)
            return error;
    }
    act->as.alone.title = message->title;
    act->as.alone.topic = message->topic;
    act->as.alone.relies_on = relies_on;
    act->as.alone.relies_on_count = (uint32_t)message->n_relies_on;
    return COMITY_OK;
}

static enum comity_error procedure_read(const Comity__V1__Procedure *message, struct act *act,
                                        struct fault *fault)
{
    bool has_proposal = false;
    act->as.procedure.ruling = (enum ruling)message->ruling;
    act->as.procedure.time_ms = message->time_ms;
    if (!answer_from_number((uint32_t)message->answer, &act->as.procedure.answer))
        return out_of_limits(fault, "procedure.answer", "yes or no where a tie is decided");
    enum comity_error error = seats_read(message->present, message->n_present, "procedure.present",
                                         act->as.procedure.present, fault);
    if (error != COMITY_OK)
        return error;
    error = hash_if_any(&message->proposal, "procedure.proposal", &act->as.procedure.proposal,
                        &has_proposal, fault);
    if (error == COMITY_OK && has_proposal && hash_is_zero(&act->as.procedure.proposal))
        return fault_set(fault, COMITY_INVALID, "procedure.proposal: zeros stand for none");
    return error;
}

/* The slot of an act somebody signed, whatever else it says. */
static enum comity_error slot_read(struct bytes bytes, const struct act *about, struct arena *arena,
                                   uint32_t *ret_seat, uint64_t *ret_seq, struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    enum comity_error error =
        strict_borrow(&comity__v1__act__descriptor, bytes, ACT_ITEMS_MAX, arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__Act *act = (const Comity__V1__Act *)message;
    if (act->protocol != PROTOCOL_VERSION || act->seat >= SEATS_MAX || act->seq == 0 ||
        !bytes_equal(bytes_from_data(&act->forum), bytes_of(about->forum.bytes, HASH_SIZE)))
        return fault_set(fault, COMITY_INVALID, "evidence: expected an act of the same forum");
    *ret_seat = act->seat;
    *ret_seq = act->seq;
    return COMITY_OK;
}

enum comity_error act_evidence_read(struct act *act, struct bytes first_act,
                                    struct bytes second_act, struct arena *arena,
                                    struct fault *fault)
{
    uint32_t seats[2] = {0, 0};
    uint64_t seqs[2] = {0, 0};
    enum comity_error error = slot_read(first_act, act, arena, &seats[0], &seqs[0], fault);
    if (error == COMITY_OK)
        error = slot_read(second_act, act, arena, &seats[1], &seqs[1], fault);
    if (error != COMITY_OK)
        return error;
    if (seats[0] != seats[1] || seqs[0] != seqs[1] || bytes_equal(first_act, second_act))
        return fault_set(fault, COMITY_INVALID,
                         "evidence: expected two different acts of one slot");
    act->as.evidence.seat = seats[0];
    act->as.evidence.seq = seqs[0];
    act->as.evidence.first = act_id(first_act);
    act->as.evidence.second = act_id(second_act);
    return COMITY_OK;
}

/* Packed again: a strictly decoded message has one encoding. */
static enum comity_error evidence_part(const Comity__V1__SignedAct *part, struct arena *arena,
                                       struct bytes *ret_signed, struct fault *fault)
{
    if (part == NULL || part->act.len == 0 || part->signature.len != SIGNATURE_SIZE ||
        part->text.len != 0)
        return fault_set(fault, COMITY_INVALID,
                         "evidence: expected two acts with signatures and without texts");
    size_t size = comity__v1__signed_act__get_packed_size(part);
    uint8_t *data = arena_alloc(arena, size);
    if (data == NULL)
        return COMITY_MEMORY;
    *ret_signed = bytes_of(data, comity__v1__signed_act__pack(part, data));
    return COMITY_OK;
}

static enum comity_error evidence_read(const Comity__V1__Evidence *message, struct arena *arena,
                                       struct act *act, struct fault *fault)
{
    enum comity_error error =
        evidence_part(message->first, arena, &act->as.evidence.first_signed, fault);
    if (error == COMITY_OK)
        error = evidence_part(message->second, arena, &act->as.evidence.second_signed, fault);
    if (error != COMITY_OK)
        return error;
    return act_evidence_read(act, bytes_from_data(&message->first->act),
                             bytes_from_data(&message->second->act), arena, fault);
}

/* A proposal and one of its texts. */
static enum comity_error text_read(const ProtobufCBinaryData *proposal,
                                   const ProtobufCBinaryData *text_hash, const char *name,
                                   struct act *act, struct fault *fault)
{
    enum comity_error error = hash_from_data(proposal, name, &act->as.cosponsor.proposal, fault);
    if (error != COMITY_OK)
        return error;
    return hash_from_data(text_hash, name, &act->as.cosponsor.text_hash, fault);
}

static enum comity_error body_read(const Comity__V1__Act *message, struct arena *arena,
                                   struct act *act, struct fault *fault)
{
    switch (message->body_case) {
    case COMITY__V1__ACT__BODY_CONVENE:
        return hash_from_data(&message->convene->charter_hash, "convene.charter_hash",
                              &act->as.join.charter_hash, fault);
    case COMITY__V1__ACT__BODY_JOIN:
        return hash_from_data(&message->join->charter_hash, "join.charter_hash",
                              &act->as.join.charter_hash, fault);
    case COMITY__V1__ACT__BODY_PROPOSE:
        return propose_read(message->propose, arena, act, fault);
    case COMITY__V1__ACT__BODY_AMEND:
        return amend_read(message->amend, act, fault);
    case COMITY__V1__ACT__BODY_COSPONSOR:
        return text_read(&message->cosponsor->proposal, &message->cosponsor->text_hash, "cosponsor",
                         act, fault);
    case COMITY__V1__ACT__BODY_RECEIPT:
        return text_read(&message->receipt->proposal, &message->receipt->text_hash, "receipt", act,
                         fault);
    case COMITY__V1__ACT__BODY_BALLOT:
        return ballot_read(message->ballot, act, fault);
    case COMITY__V1__ACT__BODY_RETRACT:
        return hash_from_data(&message->retract->proposal, "retract.proposal",
                              &act->as.retract.proposal, fault);
    case COMITY__V1__ACT__BODY_RATIFY:
        return consent_read(&message->ratify->proposal, &message->ratify->text_hash,
                            message->ratify->home, act, fault);
    case COMITY__V1__ACT__BODY_ACCEDE:
        return consent_read(&message->accede->proposal, &message->accede->text_hash,
                            message->accede->home, act, fault);
    case COMITY__V1__ACT__BODY_WITHDRAW:
        act->as.withdraw.taken_back = message->withdraw->taken_back != 0;
        act->as.withdraw.effect_ms = message->withdraw->effect_ms;
        return hash_from_data(&message->withdraw->proposal, "withdraw.proposal",
                              &act->as.withdraw.proposal, fault);
    case COMITY__V1__ACT__BODY_NOTE:
        return hash_if_any(&message->note->about, "note.about", &act->as.note.about,
                           &act->as.note.has_about, fault);
    case COMITY__V1__ACT__BODY_ACT_ALONE:
        return alone_read(message->act_alone, arena, act, fault);
    case COMITY__V1__ACT__BODY_ENDORSE:
        return hash_from_data(&message->endorse->target, "endorse.target", &act->as.opinion.target,
                              fault);
    case COMITY__V1__ACT__BODY_CONDEMN:
        return hash_from_data(&message->condemn->target, "condemn.target", &act->as.opinion.target,
                              fault);
    case COMITY__V1__ACT__BODY_PROCEDURE:
        return procedure_read(message->procedure, act, fault);
    case COMITY__V1__ACT__BODY_EVIDENCE:
        return evidence_read(message->evidence, arena, act, fault);
    default:
        return life_read(message, act, fault);
    }
}

enum comity_error act_from_message(const Comity__V1__Act *message, struct arena *arena,
                                   struct act *ret_act, struct fault *fault)
{
    struct act act = {.seat = message->seat,
                      .seq = message->seq,
                      .signed_ms = message->signed_ms,
                      .kind = (enum act_kind)message->body_case};
    if (message->protocol != PROTOCOL_VERSION)
        return fault_set(fault, COMITY_INVALID, "act.protocol: expected 1");
    enum comity_error error = hash_from_data(&message->forum, "act.forum", &act.forum, fault);
    if (error == COMITY_OK)
        error =
            hash_if_any(&message->text_hash, "act.text_hash", &act.text_hash, &act.has_text, fault);
    if (error == COMITY_OK)
        error = body_read(message, arena, &act, fault);
    if (error == COMITY_OK)
        error = act_check(&act, fault);
    if (error == COMITY_OK)
        *ret_act = act;
    return error;
}
