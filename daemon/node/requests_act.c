/* SPDX-License-Identifier: Apache-2.0 */
/* requests_act.c - requests that act: take a seat, sign and hand in an act. */
#include <assert.h>
#include <string.h>

#include "api/view.h"
#include "charter/charter.h"
#include "node/chain.h"
#include "node/drafts.h"
#include "node/node_state.h"

enum { WAIT_MS_MAX = 600000 };

/* --- Drafts into acts: names become ids --- */

/* Seats by name. */
static enum comity_error draft_seats(const struct session *session, char *const *names,
                                     size_t count, uint64_t ret_mask[SEATS_MAX / 64],
                                     struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        int32_t seat = charter_find_seat(session_charter(session), names[i]);
        if (seat < 0)
            return fault_set(fault, COMITY_NOT_FOUND, "there is no seat \"%s\"", names[i]);
        ret_mask[seat / 64] |= (uint64_t)1 << (seat % 64);
    }
    return COMITY_OK;
}

static enum comity_error draft_goals(struct arena *arena, const Comity__V1__DraftPropose *draft,
                                     struct act *act)
{
    struct goal *goals = arena_array(arena, draft->n_goals, sizeof *goals);
    if (goals == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < draft->n_goals; i++) {
        const Comity__V1__Goal *goal = draft->goals[i];
        goals[i] = (struct goal){.issue = goal->issue,
                                 .quantity = goal->quantity,
                                 .unit = goal->unit,
                                 .due_ms = goal->due_ms};
    }
    act->as.propose.goals = goals;
    act->as.propose.goals_count = (uint32_t)draft->n_goals;
    return COMITY_OK;
}

static bool draft_hash(const ProtobufCBinaryData *data, struct hash *ret_hash)
{
    if (data->len != HASH_SIZE)
        return false;
    memcpy(ret_hash->bytes, data->data, HASH_SIZE);
    return true;
}

static enum comity_error draft_propose(const struct session *session, struct arena *arena,
                                       const Comity__V1__DraftPropose *draft, struct act *act,
                                       struct fault *fault)
{
    const struct charter *charter = session_charter(session);
    act->kind = ACT_PROPOSE;
    act->as.propose.title = draft->title;
    act->as.propose.rule = draft->rule;
    act->as.propose.topic = draft->topic;
    act->as.propose.binding = draft->binding;
    act->as.propose.closes_ms = draft->closes_ms;
    if (draft->rule[0] == '\0' && charter->rules_count == 1)
        act->as.propose.rule = charter->rules[0].name;
    if (draft->rule[0] == '\0' && charter->rules_count != 1)
        return fault_set(fault, COMITY_INVALID,
                         "name the rule it is decided by: the charter has %u (`comity show "
                         "charter`)",
                         (unsigned)charter->rules_count);
    struct term *terms = arena_array(arena, draft->n_terms, sizeof *terms);
    struct pledge *pledges = arena_array(arena, draft->n_pledges, sizeof *pledges);
    if (terms == NULL || pledges == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < draft->n_terms; i++) {
        const Comity__V1__Term *term = draft->terms[i];
        terms[i] = (struct term){.issue = term->issue,
                                 .kind = (enum term_kind)term->kind,
                                 .number = term->number,
                                 .of = term->of,
                                 .unit = term->unit,
                                 .text = term->text};
    }
    for (size_t i = 0; i < draft->n_pledges; i++) {
        const Comity__V1__Pledge *pledge = draft->pledges[i];
        pledges[i] = (struct pledge){.seat = pledge->seat,
                                     .issue = pledge->issue,
                                     .quantity = pledge->quantity,
                                     .unit = pledge->unit,
                                     .due_ms = pledge->due_ms};
    }
    if (draft->carried_forum.len > 0 || draft->carried_proposal.len > 0) {
        act->as.propose.has_carried = true;
        if (!draft_hash(&draft->carried_forum, &act->as.propose.carried_forum) ||
            !draft_hash(&draft->carried_proposal, &act->as.propose.carried_proposal))
            return fault_set(fault, COMITY_INVALID, "carried: two ids of %d bytes", HASH_SIZE);
    }
    act->as.propose.reservable = draft->reservable;
    act->as.propose.reservable_count = (uint32_t)draft->n_reservable;
    act->as.propose.terms = terms;
    act->as.propose.terms_count = (uint32_t)draft->n_terms;
    act->as.propose.pledges = pledges;
    act->as.propose.pledges_count = (uint32_t)draft->n_pledges;
    enum comity_error error = draft_goals(arena, draft, act);
    if (error == COMITY_OK)
        error = draft_effect(session, draft->effect, arena, &act->as.propose.effect, fault);
    if (error != COMITY_OK)
        return error;
    return draft_seats(session, draft->must_abstain, draft->n_must_abstain,
                       act->as.propose.must_abstain, fault);
}

static enum comity_error draft_amend(const struct session *session,
                                     const Comity__V1__DraftAmend *draft, struct act *act,
                                     struct fault *fault)
{
    const struct forum_proposal *proposal =
        view_find_proposal(session_forum(session), draft->proposal, fault);
    if (proposal == NULL)
        return COMITY_NOT_FOUND;
    act->kind = ACT_AMEND;
    act->as.amend.proposal = proposal->id;
    act->as.amend.base_text = proposal->text.hash;
    act->as.amend.operation = (enum amend_operation)draft->operation;
    act->as.amend.clause = draft->clause;
    act->as.amend.to = draft->to;
    return COMITY_OK;
}

static enum comity_error draft_ballot(const struct session *session,
                                      const Comity__V1__DraftBallot *draft, struct act *act,
                                      struct fault *fault)
{
    const struct forum_proposal *proposal =
        view_find_proposal(session_forum(session), draft->proposal, fault);
    if (proposal == NULL)
        return COMITY_NOT_FOUND;
    if (draft->if_text.len > 0 && !bytes_equal(bytes_of(draft->if_text.data, draft->if_text.len),
                                               bytes_of(proposal->text.hash.bytes, HASH_SIZE)))
        return fault_set(fault, COMITY_CONFLICT,
                         "P%u has another text by now: read it again (`comity show P%u`)",
                         (unsigned)proposal->number, (unsigned)proposal->number);
    act->kind = ACT_BALLOT;
    act->as.ballot.proposal = proposal->id;
    act->as.ballot.text_hash = proposal->text.hash;
    act->as.ballot.rule_hash = proposal->rule->hash;
    if (!answer_from_number((uint32_t)draft->answer, &act->as.ballot.answer))
        return fault_set(fault, COMITY_INVALID, "it is no answer a seat may give");
    return COMITY_OK;
}

static enum comity_error draft_consent(const struct session *session, enum act_kind kind,
                                       const Comity__V1__DraftConsent *draft, struct act *act,
                                       struct fault *fault)
{
    const struct forum *forum = session_forum(session);
    const struct forum_agreement *agreement = view_find_agreement(forum, draft->agreement, fault);
    if (agreement == NULL)
        return COMITY_NOT_FOUND;
    const struct forum_proposal *proposal = forum_proposal(forum, agreement->proposal);
    act->kind = kind;
    act->as.consent.proposal = proposal->id;
    act->as.consent.text_hash = proposal->text.hash;
    act->as.consent.home = (enum home_verdict)draft->home;
    return COMITY_OK;
}

static enum comity_error draft_withdraw(const struct session *session,
                                        const Comity__V1__DraftWithdraw *draft, struct act *act,
                                        struct fault *fault)
{
    const struct forum *forum = session_forum(session);
    const struct forum_agreement *agreement = view_find_agreement(forum, draft->agreement, fault);
    if (agreement == NULL)
        return COMITY_NOT_FOUND;
    act->kind = ACT_WITHDRAW;
    act->as.withdraw.proposal = forum_proposal(forum, agreement->proposal)->id;
    act->as.withdraw.taken_back = draft->taken_back;
    act->as.withdraw.effect_ms = draft->effect_ms;
    return COMITY_OK;
}

static enum comity_error draft_alone(const struct session *session, struct arena *arena,
                                     const Comity__V1__DraftAlone *draft, struct act *act,
                                     struct fault *fault)
{
    const struct forum *forum = session_forum(session);
    struct hash *relies_on = arena_array(arena, draft->n_relies_on, sizeof *relies_on);
    if (relies_on == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < draft->n_relies_on; i++) {
        const struct forum_agreement *agreement =
            view_find_agreement(forum, draft->relies_on[i], fault);
        if (agreement == NULL)
            return COMITY_NOT_FOUND;
        relies_on[i] = forum_proposal(forum, agreement->proposal)->id;
    }
    act->kind = ACT_ALONE;
    act->as.alone.title = draft->title;
    act->as.alone.topic = draft->topic;
    act->as.alone.relies_on = relies_on;
    act->as.alone.relies_on_count = (uint32_t)draft->n_relies_on;
    return COMITY_OK;
}

static enum comity_error draft_shift(const struct session *session,
                                     const Comity__V1__DraftShift *draft, struct act *act,
                                     struct fault *fault)
{
    const struct forum_proposal *proposal =
        view_find_proposal(session_forum(session), draft->proposal, fault);
    if (proposal == NULL)
        return COMITY_NOT_FOUND;
    act->kind = ACT_SHIFT;
    act->as.shift.proposal = proposal->id;
    act->as.shift.name = draft->name;
    if (!draft_hash(&draft->forum, &act->as.shift.forum))
        return fault_set(fault, COMITY_INVALID, "the other forum's id has %d bytes", HASH_SIZE);
    return COMITY_OK;
}

static enum comity_error draft_procedure(const struct session *session,
                                         const Comity__V1__DraftProcedure *draft, struct act *act,
                                         struct fault *fault)
{
    act->kind = ACT_PROCEDURE;
    act->as.procedure.ruling = (enum ruling)draft->ruling;
    act->as.procedure.time_ms = draft->time_ms;
    if (draft->ruling == COMITY__V1__PROCEDURE__RULING__RULING_CLOSE ||
        draft->ruling == COMITY__V1__PROCEDURE__RULING__RULING_TIE) {
        const struct forum_proposal *proposal =
            view_find_proposal(session_forum(session), draft->proposal, fault);
        if (proposal == NULL)
            return COMITY_NOT_FOUND;
        act->as.procedure.proposal = proposal->id;
    }
    if (!answer_from_number((uint32_t)draft->answer, &act->as.procedure.answer))
        return fault_set(fault, COMITY_INVALID, "a tie is decided by yes or no");
    return draft_seats(session, draft->present, draft->n_present, act->as.procedure.present, fault);
}

/* Acts whose draft is a single name. */
static enum comity_error draft_target(const struct session *session, enum act_kind kind,
                                      const Comity__V1__DraftTarget *draft, struct act *act,
                                      struct fault *fault)
{
    const struct forum *forum = session_forum(session);
    const struct forum_proposal *proposal;
    act->kind = kind;
    switch (kind) {
    case ACT_JOIN:
        act->as.join.charter_hash = session_charter(session)->id;
        return COMITY_OK;
    case ACT_NOTE:
        act->as.note.has_about = draft->target[0] != '\0';
        return act->as.note.has_about
                   ? view_find_act(forum, draft->target, &act->as.note.about, fault)
                   : COMITY_OK;
    case ACT_ENDORSE:
    case ACT_CONDEMN:
        return view_find_act(forum, draft->target, &act->as.opinion.target, fault);
    default:
        proposal = view_find_proposal(forum, draft->target, fault);
        if (proposal == NULL)
            return COMITY_NOT_FOUND;
        act->as.cosponsor.proposal = proposal->id; /* Retract's only field lies there too. */
        if (kind == ACT_COSPONSOR || kind == ACT_RECEIPT)
            act->as.cosponsor.text_hash = proposal->text.hash;
        return COMITY_OK;
    }
}

static enum comity_error draft_act(const struct session *session, struct arena *arena,
                                   const Comity__V1__Submit *submit, struct act *act,
                                   struct fault *fault)
{
    switch (submit->act_case) {
    case COMITY__V1__SUBMIT__ACT_PROPOSE:
        return draft_propose(session, arena, submit->propose, act, fault);
    case COMITY__V1__SUBMIT__ACT_AMEND:
        return draft_amend(session, submit->amend, act, fault);
    case COMITY__V1__SUBMIT__ACT_COSPONSOR:
        return draft_target(session, ACT_COSPONSOR, submit->cosponsor, act, fault);
    case COMITY__V1__SUBMIT__ACT_BALLOT:
        return draft_ballot(session, submit->ballot, act, fault);
    case COMITY__V1__SUBMIT__ACT_RETRACT:
        return draft_target(session, ACT_RETRACT, submit->retract, act, fault);
    case COMITY__V1__SUBMIT__ACT_RATIFY:
        return draft_consent(session, ACT_RATIFY, submit->ratify, act, fault);
    case COMITY__V1__SUBMIT__ACT_ACCEDE:
        return draft_consent(session, ACT_ACCEDE, submit->accede, act, fault);
    case COMITY__V1__SUBMIT__ACT_WITHDRAW:
        return draft_withdraw(session, submit->withdraw, act, fault);
    case COMITY__V1__SUBMIT__ACT_NOTE:
        return draft_target(session, ACT_NOTE, submit->note, act, fault);
    case COMITY__V1__SUBMIT__ACT_ACT_ALONE:
        return draft_alone(session, arena, submit->act_alone, act, fault);
    case COMITY__V1__SUBMIT__ACT_ENDORSE:
        return draft_target(session, ACT_ENDORSE, submit->endorse, act, fault);
    case COMITY__V1__SUBMIT__ACT_CONDEMN:
        return draft_target(session, ACT_CONDEMN, submit->condemn, act, fault);
    case COMITY__V1__SUBMIT__ACT_PROCEDURE:
        return draft_procedure(session, submit->procedure, act, fault);
    case COMITY__V1__SUBMIT__ACT_RECEIPT:
        return draft_target(session, ACT_RECEIPT, submit->receipt, act, fault);
    case COMITY__V1__SUBMIT__ACT_RESERVE:
        return draft_reserve(session, submit->reserve, act, fault);
    case COMITY__V1__SUBMIT__ACT_OBJECT_RESERVATION:
        return draft_objection(session, submit->object_reservation, act, fault);
    case COMITY__V1__SUBMIT__ACT_ALLEGE:
        return draft_allege(session, submit->allege, act, fault);
    case COMITY__V1__SUBMIT__ACT_LEAVE:
        act->kind = ACT_LEAVE;
        return COMITY_OK;
    case COMITY__V1__SUBMIT__ACT_PLEDGE:
        return draft_delivery(session, ACT_PLEDGE, submit->pledge, act, fault);
    case COMITY__V1__SUBMIT__ACT_REPORT:
        return draft_delivery(session, ACT_REPORT, submit->report, act, fault);
    case COMITY__V1__SUBMIT__ACT_CONTRIBUTE:
        return draft_contribute(session, submit->contribute, act, fault);
    case COMITY__V1__SUBMIT__ACT_ATTEST:
        return draft_attest(session, submit->attest, act, fault);
    case COMITY__V1__SUBMIT__ACT_SHIFT:
        return draft_shift(session, submit->shift, act, fault);
    case COMITY__V1__SUBMIT__ACT_JOIN:
        return draft_target(session, ACT_JOIN, submit->join, act, fault);
    default:
        return fault_set(fault, COMITY_INVALID, "the request carries no act");
    }
}

/* --- Submit --- */

bool request_answer_submit(struct node *self, const struct parked *parked, bool even_if_pending)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Submitted submitted = COMITY__V1__SUBMITTED__INIT;
    struct session_fate fate;
    enum comity_error error = session_act_fate(parked->session, parked->seq, &fate);
    if (error == COMITY_PENDING && !even_if_pending)
        return false;
    if (parked->seq > session_durable_seq(parked->session)) {
        api_fail(self->api, &parked->route, COMITY_FULL,
                 "the journal cannot be written: the act was not sent, and will be once it can");
        return true;
    }
    if (error == COMITY_NOT_FOUND)
        error = session_find_old_fate(parked->session, parked->seq, &fate);
    if (error != COMITY_OK && error != COMITY_PENDING) {
        api_fail(self->api, &parked->route, error,
                 "the act is in the record, but the block that has it cannot be read");
        return true;
    }
    submitted.act =
        (ProtobufCBinaryData){.len = HASH_SIZE, .data = (uint8_t *)(uintptr_t)parked->act.bytes};
    submitted.seq = parked->seq;
    submitted.final = error != COMITY_PENDING;
    if (error == COMITY_OK && !hash_equal(&fate.id, &parked->act)) {
        submitted.line = (char *)(uintptr_t) "another act of this key took its place in the record";
        submitted.height = fate.height;
    } else if (error == COMITY_OK) {
        submitted.accepted = fate.accepted;
        submitted.line = fate.line;
        submitted.height = fate.height;
        submitted.proposal = fate.proposal;
        submitted.agreement = fate.agreement;
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_SUBMITTED;
    response.submitted = &submitted;
    api_reply(self->api, &parked->route, &response);
    return true;
}

void request_submit(struct node *self, const struct api_call *call, struct session *session)
{
    const Comity__V1__Submit *submit = call->request->submit;
    struct fault fault = {{0}};
    struct act act = {0};
    if (self->time.now_ms < self->journal_retry_ms || session_is_stalled(session)) {
        api_fail(self->api, &call->route, COMITY_FULL,
                 "the disk is full or failing: nothing can be signed until it can be written");
        return;
    }
    if (!requests_may_park(self, call)) {
        api_fail(self->api, &call->route, COMITY_BUSY,
                 "too many requests wait for an answer: read some before you send more");
        return;
    }
    struct hash id;
    uint64_t seq;
    struct bytes key = bytes_of(submit->key.data, submit->key.len);
    /* A retry first: what its names meant then may not be known here now. */
    enum comity_error error = COMITY_OK;
    if (!session_find_submitted(session, key, &id, &seq)) {
        error = draft_act(session, &self->scratch, submit, &act, &fault);
        if (error == COMITY_OK)
            error = session_submit(session, &act, bytes_of_text(submit->text), key, self->time, &id,
                                   &seq, &fault);
    }
    if (error != COMITY_OK) {
        api_fail(self->api, &call->route, error, fault.text);
        return;
    }
    uint32_t wait_ms = submit->wait_ms > WAIT_MS_MAX ? WAIT_MS_MAX : submit->wait_ms;
    /* Also without waiting the answer comes after this turn's sync: handed in means durable. */
    struct parked *parked = requests_park(self, call, session, wait_ms);
    assert(parked != NULL);
    parked->is_submit = true;
    parked->seq = seq;
    parked->act = id;
}

/* --- Taking a seat --- */

enum comity_error request_take_seat(struct node *self, const Comity__V1__AddForum *add,
                                    const struct charter **ret_charter, struct fault *fault)
{
    struct bytes bytes = bytes_of(add->charter.data, add->charter.len);
    struct session *session = NULL;
    const struct charter *charter;
    enum comity_error error = charter_decode(bytes, &self->scratch, &charter, fault);
    for (uint32_t i = 0; error == COMITY_OK && i < self->sessions_count; i++) {
        if (hash_equal(&session_charter(self->sessions[i])->id, &charter->id))
            session = self->sessions[i];
    }
    if (error == COMITY_OK && session == NULL &&
        charter_find_key(charter, identity_key(self->identity)) < 0 && !add->observe)
        return fault_set(fault, COMITY_REFUSED,
                         "the charter of %s has no seat for this daemon's key", charter->name);
    if (error == COMITY_OK && session == NULL) {
        error = node_add_session(self, charter->name, bytes, &session, fault);
        if (error != COMITY_OK)
            return error;
        error = store_put_forum(self->store, &charter->id, charter->name, bytes);
        if (error == COMITY_OK)
            error = store_sync(self->store); /* Before the seat signs anything there. */
        if (error != COMITY_OK)
            node_drop_last_session(self);
        if (error == COMITY_EXISTS)
            return fault_set(fault, error, "this daemon sits in another forum named \"%s\"",
                             charter->name);
    }
    if (error != COMITY_OK)
        return error;
    *ret_charter = session_charter(session);
    int32_t seat = session_seat(session);
    if (add->observe || seat < 0 || forum_seat_joined(session_forum(session), (uint32_t)seat))
        return COMITY_OK;
    struct act act = {.kind = add->convene ? ACT_CONVENE : ACT_JOIN};
    act.as.join.charter_hash = session_charter(session)->id;
    struct hash id;
    uint64_t seq;
    return session_submit(session, &act, bytes_of(NULL, 0), bytes_of("join", 4), self->time, &id,
                          &seq, fault);
}

void request_add_forum(struct node *self, const struct api_call *call)
{
    struct fault fault = {{0}};
    const struct charter *charter = NULL;
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Added added = COMITY__V1__ADDED__INIT;
    enum comity_error error = request_take_seat(self, call->request->add_forum, &charter, &fault);
    if (error != COMITY_OK) {
        api_fail(self->api, &call->route, error, fault.text);
        return;
    }
    added.name = (char *)(uintptr_t)charter->name;
    added.id =
        (ProtobufCBinaryData){.len = HASH_SIZE, .data = (uint8_t *)(uintptr_t)charter->id.bytes};
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_ADDED;
    response.added = &added;
    api_reply(self->api, &call->route, &response);
}
