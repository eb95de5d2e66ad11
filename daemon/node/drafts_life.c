/* SPDX-License-Identifier: Apache-2.0 */
/* drafts_life.c - drafts of what follows the signing. */
#include "node/drafts.h"

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

/* An agreement, or the id of an act. */
static enum comity_error find_subject(const struct session *session, const char *name,
                                      struct hash *ret_id, struct fault *fault)
{
    if (hex_to_bytes(name, ret_id->bytes, HASH_SIZE) == COMITY_OK)
        return COMITY_OK;
    return find_agreement(session, name, ret_id, fault);
}

enum comity_error draft_effect(const struct session *session, const Comity__V1__DraftEffect *draft,
                               struct effect *ret_effect, struct fault *fault)
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
        int32_t seat = charter_find_seat(session_charter(session), draft->seat);
        if (seat < 0)
            return fault_set(fault, COMITY_NOT_FOUND, "there is no seat \"%s\"", draft->seat);
        effect.seat = (uint32_t)seat;
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
