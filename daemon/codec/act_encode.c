/* SPDX-License-Identifier: Apache-2.0 */
/* act_encode.c - from struct act to the bytes that are signed. */
#include <string.h>

#include "codec/act_body.h"
#include "codec/strict.h"

/* A body's message, whichever it is; only one is used. */
union body {
    Comity__V1__Convene convene;
    Comity__V1__Join join;
    Comity__V1__Propose propose;
    Comity__V1__Amend amend;
    Comity__V1__Cosponsor cosponsor;
    Comity__V1__Ballot ballot;
    Comity__V1__Retract retract;
    Comity__V1__Ratify ratify;
    Comity__V1__Accede accede;
    Comity__V1__Withdraw withdraw;
    Comity__V1__Note note;
    Comity__V1__ActAlone act_alone;
    Comity__V1__Endorse endorse;
    Comity__V1__Condemn condemn;
    Comity__V1__Procedure procedure;
    Comity__V1__Evidence evidence;
    Comity__V1__Receipt receipt;
    union life_body life;
};

char *text_of(const char *text)
{
    static char empty[1];
    return text == NULL ? empty : (char *)(uintptr_t)text;
}

static enum comity_error terms_write(const struct act *act, struct arena *arena,
                                     Comity__V1__Propose *message)
{
    size_t count = act->as.propose.terms_count;
    Comity__V1__Term *terms = arena_array(arena, count, sizeof *terms);
    message->terms = arena_array(arena, count, sizeof *message->terms);
    if (terms == NULL || message->terms == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct term *term = &act->as.propose.terms[i];
        comity__v1__term__init(&terms[i]);
        terms[i].issue = text_of(term->issue);
        terms[i].kind = (Comity__V1__Term__Kind)term->kind;
        terms[i].number = term->number;
        terms[i].of = term->of;
        terms[i].unit = text_of(term->unit);
        terms[i].text = text_of(term->text);
        message->terms[i] = &terms[i];
    }
    message->n_terms = count;
    return COMITY_OK;
}

static enum comity_error pledges_write(const struct act *act, struct arena *arena,
                                       Comity__V1__Propose *message)
{
    size_t count = act->as.propose.pledges_count;
    Comity__V1__Pledge *pledges = arena_array(arena, count, sizeof *pledges);
    message->pledges = arena_array(arena, count, sizeof *message->pledges);
    if (pledges == NULL || message->pledges == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct pledge *pledge = &act->as.propose.pledges[i];
        comity__v1__pledge__init(&pledges[i]);
        pledges[i].seat = pledge->seat;
        pledges[i].issue = text_of(pledge->issue);
        pledges[i].quantity = pledge->quantity;
        pledges[i].unit = text_of(pledge->unit);
        pledges[i].due_ms = pledge->due_ms;
        message->pledges[i] = &pledges[i];
    }
    message->n_pledges = count;
    return COMITY_OK;
}

static enum comity_error seats_write(const uint64_t mask[SEATS_MAX / 64], struct arena *arena,
                                     uint32_t **ret_seats, size_t *ret_count)
{
    uint32_t *seats = arena_array(arena, SEATS_MAX, sizeof *seats);
    size_t count = 0;
    if (seats == NULL)
        return COMITY_MEMORY;
    for (uint32_t seat = 0; seat < SEATS_MAX; seat++) {
        if ((mask[seat / 64] >> (seat % 64) & 1) != 0)
            seats[count++] = seat;
    }
    *ret_seats = seats;
    *ret_count = count;
    return COMITY_OK;
}

static enum comity_error propose_write(const struct act *act, struct arena *arena,
                                       Comity__V1__Propose *message)
{
    comity__v1__propose__init(message);
    message->title = text_of(act->as.propose.title);
    message->rule = text_of(act->as.propose.rule);
    message->topic = text_of(act->as.propose.topic);
    message->binding = act->as.propose.binding;
    message->closes_ms = act->as.propose.closes_ms;
    enum comity_error error = seats_write(act->as.propose.must_abstain, arena,
                                          &message->must_abstain, &message->n_must_abstain);
    if (error == COMITY_OK)
        error = terms_write(act, arena, message);
    if (error == COMITY_OK)
        error = pledges_write(act, arena, message);
    return error != COMITY_OK ? error : extras_write(act, arena, message);
}

static void amend_write(const struct act *act, Comity__V1__Amend *message)
{
    comity__v1__amend__init(message);
    message->proposal = data_from_hash(&act->as.amend.proposal);
    message->base_text = data_from_hash(&act->as.amend.base_text);
    message->operation = (Comity__V1__Amend__Operation)act->as.amend.operation;
    message->clause = act->as.amend.clause;
    message->to = act->as.amend.to;
}

static void ballot_write(const struct act *act, Comity__V1__Ballot *message)
{
    comity__v1__ballot__init(message);
    message->proposal = data_from_hash(&act->as.ballot.proposal);
    message->text_hash = data_from_hash(&act->as.ballot.text_hash);
    message->rule_hash = data_from_hash(&act->as.ballot.rule_hash);
    message->answer = (Comity__V1__Answer)answer_number(act->as.ballot.answer);
}

static enum comity_error alone_write(const struct act *act, struct arena *arena,
                                     Comity__V1__ActAlone *message)
{
    size_t count = act->as.alone.relies_on_count;
    comity__v1__act_alone__init(message);
    message->title = text_of(act->as.alone.title);
    message->topic = text_of(act->as.alone.topic);
    message->relies_on = arena_array(arena, count, sizeof *message->relies_on);
    if (message->relies_on == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++)
        message->relies_on[i] = data_from_hash(&act->as.alone.relies_on[i]);
    message->n_relies_on = count;
    return COMITY_OK;
}

static enum comity_error procedure_write(const struct act *act, struct arena *arena,
                                         Comity__V1__Procedure *message)
{
    comity__v1__procedure__init(message);
    message->ruling = (Comity__V1__Procedure__Ruling)act->as.procedure.ruling;
    if (!hash_is_zero(&act->as.procedure.proposal))
        message->proposal = data_from_hash(&act->as.procedure.proposal);
    message->time_ms = act->as.procedure.time_ms;
    message->answer = (Comity__V1__Answer)answer_number(act->as.procedure.answer);
    return seats_write(act->as.procedure.present, arena, &message->present, &message->n_present);
}

static enum comity_error evidence_write(const struct act *act, struct arena *arena,
                                        Comity__V1__Evidence *message)
{
    const struct bytes both[2] = {act->as.evidence.first_signed, act->as.evidence.second_signed};
    struct act_parts parts[2] = {{.signature = NULL}};
    Comity__V1__SignedAct *signed_acts = arena_array(arena, 2, sizeof *signed_acts);
    if (signed_acts == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < 2; i++) {
        enum comity_error error = act_parts_read(both[i], arena, &parts[i], NULL);
        if (error != COMITY_OK)
            return error;
        comity__v1__signed_act__init(&signed_acts[i]);
        signed_acts[i].act = data_from_bytes(parts[i].act);
        signed_acts[i].signature = data_from_bytes(bytes_of(parts[i].signature, SIGNATURE_SIZE));
    }
    comity__v1__evidence__init(message);
    message->first = &signed_acts[0];
    message->second = &signed_acts[1];
    struct act copy = *act;
    return act_evidence_read(&copy, parts[0].act, parts[1].act, arena, NULL);
}

/* Kinds whose body is one or two hashes. */
static void hashes_write(const struct act *act, union body *body)
{
    switch (act->kind) {
    case ACT_CONVENE:
        comity__v1__convene__init(&body->convene);
        body->convene.charter_hash = data_from_hash(&act->as.join.charter_hash);
        break;
    case ACT_JOIN:
        comity__v1__join__init(&body->join);
        body->join.charter_hash = data_from_hash(&act->as.join.charter_hash);
        break;
    case ACT_COSPONSOR:
        comity__v1__cosponsor__init(&body->cosponsor);
        body->cosponsor.proposal = data_from_hash(&act->as.cosponsor.proposal);
        body->cosponsor.text_hash = data_from_hash(&act->as.cosponsor.text_hash);
        break;
    case ACT_RECEIPT:
        comity__v1__receipt__init(&body->receipt);
        body->receipt.proposal = data_from_hash(&act->as.cosponsor.proposal);
        body->receipt.text_hash = data_from_hash(&act->as.cosponsor.text_hash);
        break;
    case ACT_RETRACT:
        comity__v1__retract__init(&body->retract);
        body->retract.proposal = data_from_hash(&act->as.retract.proposal);
        break;
    case ACT_WITHDRAW:
        comity__v1__withdraw__init(&body->withdraw);
        body->withdraw.proposal = data_from_hash(&act->as.withdraw.proposal);
        body->withdraw.taken_back = act->as.withdraw.taken_back;
        body->withdraw.effect_ms = act->as.withdraw.effect_ms;
        break;
    case ACT_NOTE:
        comity__v1__note__init(&body->note);
        if (act->as.note.has_about)
            body->note.about = data_from_hash(&act->as.note.about);
        break;
    case ACT_ENDORSE:
        comity__v1__endorse__init(&body->endorse);
        body->endorse.target = data_from_hash(&act->as.opinion.target);
        break;
    case ACT_CONDEMN:
        comity__v1__condemn__init(&body->condemn);
        body->condemn.target = data_from_hash(&act->as.opinion.target);
        break;
    default:
        life_write(act, &body->life);
        break;
    }
}

static enum comity_error body_write(const struct act *act, struct arena *arena, union body *body)
{
    switch (act->kind) {
    case ACT_PROPOSE:
        return propose_write(act, arena, &body->propose);
    case ACT_AMEND:
        amend_write(act, &body->amend);
        return COMITY_OK;
    case ACT_BALLOT:
        ballot_write(act, &body->ballot);
        return COMITY_OK;
    case ACT_RATIFY:
        comity__v1__ratify__init(&body->ratify);
        body->ratify.proposal = data_from_hash(&act->as.consent.proposal);
        body->ratify.text_hash = data_from_hash(&act->as.consent.text_hash);
        body->ratify.home = (Comity__V1__HomeVerdict)act->as.consent.home;
        return COMITY_OK;
    case ACT_ACCEDE:
        comity__v1__accede__init(&body->accede);
        body->accede.proposal = data_from_hash(&act->as.consent.proposal);
        body->accede.text_hash = data_from_hash(&act->as.consent.text_hash);
        body->accede.home = (Comity__V1__HomeVerdict)act->as.consent.home;
        return COMITY_OK;
    case ACT_ALONE:
        return alone_write(act, arena, &body->act_alone);
    case ACT_PROCEDURE:
        return procedure_write(act, arena, &body->procedure);
    case ACT_EVIDENCE:
        return evidence_write(act, arena, &body->evidence);
    default:
        hashes_write(act, body);
        return COMITY_OK;
    }
}

static enum comity_error encode(const struct act *act, struct arena *arena,
                                struct buffer *ret_bytes)
{
    union body body;
    Comity__V1__Act message = COMITY__V1__ACT__INIT;
    enum comity_error error = body_write(act, arena, &body);
    if (error != COMITY_OK)
        return error;
    message.protocol = PROTOCOL_VERSION;
    message.forum = data_from_hash(&act->forum);
    message.seat = act->seat;
    message.seq = act->seq;
    message.signed_ms = act->signed_ms;
    if (act->has_text)
        message.text_hash = data_from_hash(&act->text_hash);
    message.body_case = (Comity__V1__Act__BodyCase)act->kind;
    message.convene = &body.convene; /* Every member of both unions is one address. */
    size_t size = protobuf_c_message_get_packed_size(&message.base);
    if (size > (act->kind == ACT_EVIDENCE ? ACT_SIZE_MAX : ACT_SIGNED_MAX))
        return COMITY_LIMIT;
    return strict_pack(&message.base, ret_bytes);
}

enum comity_error act_encode(const struct act *act, struct buffer *ret_bytes)
{
    enum comity_error error = act_check(act, NULL);
    if (error != COMITY_OK)
        return error;
    struct arena arena;
    arena_init(&arena, 0);
    error = encode(act, &arena, ret_bytes);
    arena_free(&arena);
    return error;
}
