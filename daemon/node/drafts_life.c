/* SPDX-License-Identifier: Apache-2.0 */
/* drafts_life.c - drafts of what follows the signing. */
#include "node/drafts.h"

#include <string.h>

#include "api/view.h"
#include "charter/charter.h"

static enum comity_error find_agreement(const struct session *session, const char *name,
                                        struct hash *ret_id, struct fault *fault)
{
    const struct forum *forum = session_forum(session);
    const struct forum_agreement *agreement = view_find_agreement(forum, name, fault);
    if (agreement == NULL)
        return COMITY_NOT_FOUND;
    *ret_id = forum_proposal(forum, agreement->proposal)->id;
    return COMITY_OK;
}

/* An agreement, an allegation, or the id of an act. */
static enum comity_error find_subject(const struct session *session, const char *name,
                                      struct hash *ret_id, struct fault *fault)
{
    if (hex_to_bytes(name, ret_id->bytes, HASH_SIZE) == COMITY_OK)
        return COMITY_OK;
    if (name[0] == 'L' || name[0] == 'l')
        return view_find_allegation(session_forum(session), name, ret_id, fault);
    return find_agreement(session, name, ret_id, fault);
}

static enum comity_error find_seat(const struct session *session, const char *name,
                                   uint32_t *ret_seat, struct fault *fault)
{
    int32_t seat = charter_find_seat(session_charter(session), name);
    if (seat < 0)
        return fault_set(fault, COMITY_NOT_FOUND, "there is no seat \"%s\"", name);
    *ret_seat = (uint32_t)seat;
    return COMITY_OK;
}

/* The weight as it is now, but for the seats that are named. */
static enum comity_error name_values(const struct session *session,
                                     const Comity__V1__DraftEffect *draft, struct arena *arena,
                                     struct effect *effect, struct fault *fault)
{
    const struct charter *charter = session_charter(session);
    uint32_t weight = 0;
    while (weight < charter->weights_count &&
           strcmp(charter->weights[weight].name, draft->name) != 0)
        weight++;
    if (weight == charter->weights_count)
        return fault_set(fault, COMITY_NOT_FOUND, "the charter has no weight \"%s\"", draft->name);
    uint64_t *values = arena_array(arena, charter->seats_count, sizeof *values);
    if (values == NULL)
        return COMITY_MEMORY;
    for (uint32_t seat = 0; seat < charter->seats_count; seat++)
        values[seat] = forum_weight(session_forum(session), weight, seat);
    for (size_t i = 0; i < draft->n_seats; i++) {
        uint32_t seat = 0;
        enum comity_error error = find_seat(session, draft->seats[i], &seat, fault);
        if (error != COMITY_OK)
            return error;
        if (i >= draft->n_values)
            return fault_set(fault, COMITY_INVALID, "%s has no value", draft->seats[i]);
        values[seat] = draft->values[i];
    }
    effect->values = values;
    effect->values_count = charter->seats_count;
    return COMITY_OK;
}

enum comity_error draft_effect(const struct session *session, const Comity__V1__DraftEffect *draft,
                               struct arena *arena, struct effect *ret_effect, struct fault *fault)
{
    struct effect effect = {.name = ""};
    if (draft != NULL) {
        effect.kind = (enum effect_kind)draft->kind;
        effect.response = (enum response)draft->response;
        effect.quantity = draft->quantity;
        effect.name = draft->name;
        effect.values = draft->values;
        effect.values_count = (uint32_t)draft->n_values;
    }
    if (draft != NULL && draft->seat[0] != '\0') {
        enum comity_error error = find_seat(session, draft->seat, &effect.seat, fault);
        if (error != COMITY_OK)
            return error;
    }
    if (draft != NULL && draft->n_seats > 0) {
        enum comity_error error = name_values(session, draft, arena, &effect, fault);
        if (error != COMITY_OK)
            return error;
    }
    if (draft != NULL && draft->subject[0] != '\0') {
        enum comity_error error = find_subject(session, draft->subject, &effect.subject, fault);
        if (error != COMITY_OK)
            return error;
    }
    *ret_effect = effect;
    return COMITY_OK;
}

enum comity_error draft_delivery(const struct session *session, enum act_kind kind,
                                 const Comity__V1__DraftDelivery *draft, struct act *act,
                                 struct fault *fault)
{
    act->kind = kind;
    act->as.pledge.issue = draft->issue;
    act->as.pledge.quantity = draft->quantity;
    act->as.pledge.unit = draft->unit;
    act->as.pledge.due_ms = draft->due_ms;
    return find_agreement(session, draft->agreement, &act->as.pledge.proposal, fault);
}

enum comity_error draft_contribute(const struct session *session,
                                   const Comity__V1__DraftContribute *draft, struct act *act,
                                   struct fault *fault)
{
    act->kind = ACT_CONTRIBUTE;
    act->as.contribute.quantity = draft->quantity;
    return find_agreement(session, draft->agreement, &act->as.contribute.proposal, fault);
}

enum comity_error draft_attest(const struct session *session, const Comity__V1__DraftAttest *draft,
                               struct act *act, struct fault *fault)
{
    act->kind = ACT_ATTEST;
    act->as.attest.disputes = draft->disputes != 0;
    return view_find_report(session_forum(session), draft->report, &act->as.attest.report, fault);
}

enum comity_error draft_reserve(const struct session *session,
                                const Comity__V1__DraftReserve *draft, struct act *act,
                                struct fault *fault)
{
    act->kind = ACT_RESERVE;
    act->as.reserve.clause = draft->clause;
    act->as.reserve.taken_back = draft->taken_back;
    return view_find_act(session_forum(session), draft->target, &act->as.reserve.proposal, fault);
}

enum comity_error draft_objection(const struct session *session,
                                  const Comity__V1__DraftObjection *draft, struct act *act,
                                  struct fault *fault)
{
    act->kind = ACT_OBJECT_RESERVATION;
    act->as.objection.refuses_relations = draft->refuses_relations;
    act->as.objection.taken_back = draft->taken_back;
    return view_find_reservation(session_forum(session), draft->reservation,
                                 &act->as.objection.reservation, fault);
}

enum comity_error draft_allege(const struct session *session, const Comity__V1__DraftAllege *draft,
                               struct act *act, struct fault *fault)
{
    act->kind = ACT_ALLEGE;
    act->as.allege.clause = draft->clause;
    act->as.allege.has_reservation = draft->reservation[0] != '\0';
    enum comity_error error = find_seat(session, draft->seat, &act->as.allege.seat, fault);
    if (error == COMITY_OK)
        error = find_agreement(session, draft->agreement, &act->as.allege.proposal, fault);
    if (error != COMITY_OK || !act->as.allege.has_reservation)
        return error;
    return view_find_reservation(session_forum(session), draft->reservation,
                                 &act->as.allege.reservation, fault);
}
