/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/breach.h"

#include <string.h>

#include "forum/agreement.h"
#include "forum/clauses.h"
#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/reservation.h"
#include "forum/membership.h"

static struct allegation *find_allegation(const struct forum *self, const struct hash *id)
{
    struct index_entry entry = index_find(self, id);
    return entry.kind == INDEX_ALLEGATION ? self->allegations[entry.number - 1] : NULL;
}

static bool was_bound(const struct forum_party *party)
{
    return party->status != PARTY_NONE && party->status != PARTY_CONSENTED;
}

static bool may_allege(const struct forum *self, const struct agreement *agreement, uint32_t seat)
{
    const struct forum_party *party = &agreement->is.parties[seat];
    if (was_bound(party) && party->status != PARTY_LEFT)
        return true;
    return agreement->proposal->is.rule->breach.alleged_by == ALLEGED_BY_MEMBERS &&
           forum_is_member(self, seat);
}

static enum comity_error check_subject(const struct forum *self, const struct agreement *agreement,
                                       const struct act *act, struct fault *fault)
{
    unsigned number = agreement->is.number;
    uint32_t accused = act->as.allege.seat;
    if (accused >= self->charter->seats_count || !was_bound(&agreement->is.parties[accused]))
        return fault_set(fault, COMITY_REFUSED, "%s is and was no party to A%u",
                         accused < self->charter->seats_count ? self->names[accused] : "it",
                         number);
    if (accused == act->seat)
        return fault_set(fault, COMITY_REFUSED, "no seat accuses itself");
    if (!clauses_have(agreement->proposal->is.text.bytes, act->as.allege.clause))
        return fault_set(fault, COMITY_NOT_FOUND, "A%u has no operative clause %u", number,
                         (unsigned)act->as.allege.clause);
    if (!act->as.allege.has_reservation)
        return COMITY_OK;
    const struct forum_reservation *reservation =
        reservation_find(self, &act->as.allege.reservation);
    if (reservation == NULL || reservation->proposal != agreement->is.proposal ||
        reservation->seat != accused || reservation->status != RESERVATION_EFFECTIVE)
        return fault_set(fault, COMITY_NOT_FOUND, "%s has no such reservation to A%u",
                         self->names[accused], number);
    return COMITY_OK;
}

/* Several may stand side by side; the same one by the same seat need not. */
static const struct allegation *find_same(const struct agreement *agreement, const struct act *act)
{
    for (uint32_t i = 0; i < agreement->allegations_count; i++) {
        const struct forum_allegation *is = &agreement->allegations[i]->is;
        if (is->status == ALLEGATION_OPEN && is->by == act->seat &&
            is->accused == act->as.allege.seat && is->clause == act->as.allege.clause &&
            (is->reservation != 0) == act->as.allege.has_reservation)
            return agreement->allegations[i];
    }
    return NULL;
}

enum comity_error allege_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = index_find_proposal(self, &act->as.allege.proposal);
    if (proposal == NULL || proposal->is.agreement == 0)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such agreement");
    step->proposal = proposal;
    step->agreement = self->agreements[proposal->is.agreement - 1];
    const struct charter_rule *rule = proposal->is.rule;
    unsigned number = step->agreement->is.number;
    if (!rule->has_breach)
        return fault_set(step->fault, COMITY_REFUSED, "rule %s says nothing of a breach of A%u",
                         rule->name, number);
    if (!may_allege(self, step->agreement, act->seat))
        return fault_set(step->fault, COMITY_REFUSED, "only %s may allege a breach of A%u",
                         rule->breach.alleged_by == ALLEGED_BY_MEMBERS ? "a member or party"
                                                                       : "a party",
                         number);
    enum comity_error error = check_subject(self, step->agreement, act, step->fault);
    if (error != COMITY_OK)
        return error;
    const struct allegation *same = find_same(step->agreement, act);
    if (same != NULL)
        return fault_set(step->fault, COMITY_EXISTS, "the seat has alleged this: L%u",
                         (unsigned)same->is.number);
    return COMITY_OK;
}

struct allegation *allegation_add(struct forum *self, struct agreement *agreement)
{
    struct allegation *allegation = pool_keep(&self->pool, sizeof *allegation);
    if (allegation == NULL ||
        !pool_vector(&self->pool, (void **)&agreement->allegations, agreement->allegations_count,
                     &agreement->allegations_capacity, sizeof allegation))
        return NULL;
    agreement->allegations[agreement->allegations_count++] = allegation;
    allegation->is.agreement = agreement->is.number;
    return allegation;
}

static const char *allegation_line(struct forum *self, const struct forum_allegation *is,
                                   const char *what)
{
    char buffer[160];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    text_format(&line, "L%u", (unsigned)is->number);
    if (is->clause != 0)
        text_format(&line, ", clause %u", (unsigned)is->clause);
    if (is->reservation != 0)
        text_format(&line, ", reservation R%u", (unsigned)is->reservation);
    text_add(&line, what);
    return forum_line(self, buffer);
}

void allege_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct agreement *agreement = step->agreement;
    if (!pool_vector(&self->pool, (void **)&self->allegations, self->allegations_count,
                     &self->allegations_capacity, sizeof(struct allegation *)))
        return;
    struct allegation *allegation = allegation_add(self, agreement);
    if (allegation == NULL)
        return;
    struct forum_allegation *is = &allegation->is;
    is->number = self->allegations_count + 1;
    is->id = act->id;
    is->by = act->seat;
    is->accused = act->as.allege.seat;
    is->clause = act->as.allege.clause;
    if (act->as.allege.has_reservation)
        is->reservation = reservation_find(self, &act->as.allege.reservation)->number;
    is->text = pool_bytes(&self->pool, act->text);
    is->made_ms = self->now_ms;
    self->allegations[self->allegations_count++] = allegation;
    index_add(self, INDEX_ALLEGATION, is->number);
    forum_note_agreement_act(self, agreement, &act->id);
    conduct_count(self, act->seat, agreement->proposal->is.topic, CONDUCT_ALLEGED, 1);
    struct outcome *outcome =
        forum_tell(self, OUTCOME_ALLEGED, is->accused, agreement->proposal, agreement);
    outcome->value = is->number;
    outcome->line = allegation_line(self, is, "");
}

static enum comity_error breach_check(const struct forum *self, const struct effect *effect,
                                      const struct charter_rule *rule, struct fault *fault)
{
    const struct allegation *allegation = find_allegation(self, &effect->subject);
    if (allegation == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "there is no such allegation");
    if (allegation->is.status != ALLEGATION_OPEN)
        return fault_set(fault, COMITY_CLOSED, "L%u is ruled on already",
                         (unsigned)allegation->is.number);
    if (rule == NULL)
        return COMITY_OK;
    const struct agreement *agreement = self->agreements[allegation->is.agreement - 1];
    const struct charter_rule *broken = agreement->proposal->is.rule;
    if (strcmp(rule->name, broken->breach.ruled_by) != 0)
        return fault_set(fault, COMITY_REFUSED, "a breach of A%u is found by rule %s",
                         (unsigned)agreement->is.number, broken->breach.ruled_by);
    if (effect->response != RESPONSE_NONE &&
        (broken->breach.responses & RESPONSE_BIT(effect->response)) == 0)
        return fault_set(fault, COMITY_REFUSED, "rule %s answers no breach with %s", broken->name,
                         response_word(effect->response));
    return COMITY_OK;
}

uint32_t breach_accused(const struct forum *self, const struct effect *effect)
{
    if (effect->kind != EFFECT_BREACH)
        return OUTCOME_NONE;
    const struct allegation *allegation = find_allegation(self, &effect->subject);
    const struct agreement *agreement = self->agreements[allegation->is.agreement - 1];
    return agreement->proposal->is.rule->breach.accused_votes ? OUTCOME_NONE
                                                              : allegation->is.accused;
}

static void rule_on(struct forum *self, struct allegation *allegation, struct proposal *ruling,
                    enum allegation_status status)
{
    struct agreement *agreement = self->agreements[allegation->is.agreement - 1];
    allegation->is.status = status;
    allegation->is.ruling = ruling->is.number;
    allegation->is.response =
        status == ALLEGATION_FOUND ? ruling->is.effect.response : RESPONSE_NONE;
    allegation->is.ruled_ms = self->now_ms;
    forum_note_agreement_act(self, agreement, &ruling->is.id);
    struct outcome *outcome =
        forum_tell(self, OUTCOME_RULED, allegation->is.accused, ruling, agreement);
    outcome->value = allegation->is.number;
    outcome->line = allegation_line(self, &allegation->is,
                                    status == ALLEGATION_FOUND ? ": found" : ": not found");
}

void breach_dismiss(struct forum *self, struct proposal *ruling)
{
    if (ruling->is.effect.kind != EFFECT_BREACH)
        return;
    struct allegation *allegation = find_allegation(self, &ruling->is.effect.subject);
    if (allegation->is.status == ALLEGATION_OPEN)
        rule_on(self, allegation, ruling, ALLEGATION_NOT_FOUND);
}

static void respond(struct forum *self, struct agreement *agreement, uint32_t seat,
                    struct proposal *ruling)
{
    switch (ruling->is.effect.response) {
    case RESPONSE_NONE:
    case RESPONSES_COUNT:
        return;
    case RESPONSE_SUSPEND_VOTES:
        membership_suspend_votes(self, seat, ruling);
        return;
    case RESPONSE_SUSPEND:
        party_suspend(self, agreement, seat);
        return;
    case RESPONSE_END:
        party_end(self, agreement, seat);
        return;
    case RESPONSE_EXPEL:
        membership_expel(self, seat, ruling);
        party_end(self, agreement, seat);
        return;
    }
}

static void breach_apply(struct forum *self, struct proposal *ruling)
{
    struct allegation *allegation = find_allegation(self, &ruling->is.effect.subject);
    struct agreement *agreement = self->agreements[allegation->is.agreement - 1];
    uint32_t seat = allegation->is.accused;
    bool hollow = allegation->is.reservation != 0;
    rule_on(self, allegation, ruling, ALLEGATION_FOUND);
    party_defect(self, agreement, seat, hollow ? DEFECTION_HOLLOW_RESERVATION : DEFECTION_BREACHED,
                 allegation_line(self, &allegation->is, ": found"));
    respond(self, agreement, seat, ruling);
    agreement_refresh(self, agreement);
}

const struct effect_row breach_row = {0, breach_check, breach_apply};

uint32_t forum_allegations_count(const struct forum *self)
{
    return self->allegations_count;
}

const struct forum_allegation *forum_allegation(const struct forum *self, uint32_t number)
{
    return number == 0 || number > self->allegations_count ? NULL
                                                           : &self->allegations[number - 1]->is;
}
