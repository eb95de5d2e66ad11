/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/reservation.h"

#include <string.h>

#include "forum/agreement.h"
#include "forum/clauses.h"
#include "forum/clock.h"
#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"

enum { WINDOW_MONTHS_DEFAULT = 12 }; /* Vienna Convention, article 20(5). */

struct forum_reservation *reservation_find(const struct forum *self, const struct hash *id)
{
    struct index_entry entry = index_find(self, id);
    return entry.kind == INDEX_RESERVATION ? self->reservations[entry.number - 1] : NULL;
}

static bool is_live(const struct forum_reservation *reservation)
{
    return reservation->status == RESERVATION_MADE || reservation->status == RESERVATION_EFFECTIVE;
}

static struct forum_reservation *find_live(const struct proposal *proposal, uint32_t seat,
                                           uint32_t clause)
{
    for (uint32_t i = 0; i < proposal->reservations_count; i++) {
        struct forum_reservation *is = proposal->reservations[i];
        if (is_live(is) && is->seat == seat && is->clause == clause)
            return is;
    }
    return NULL;
}

static struct agreement *agreement_of(const struct forum *self, const struct proposal *proposal)
{
    return proposal->is.agreement == 0 ? NULL : self->agreements[proposal->is.agreement - 1];
}

static bool is_listed(const struct forum_proposal *is, uint32_t clause)
{
    for (uint32_t i = 0; i < is->reservable_count; i++) {
        if (is->reservable[i] == clause)
            return true;
    }
    return false;
}

static uint32_t count_live(const struct proposal *proposal, uint32_t seat)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < proposal->reservations_count; i++)
        count += is_live(proposal->reservations[i]) && proposal->reservations[i]->seat == seat;
    return count;
}

/* What the text and its rule allow. */
static enum comity_error check_allowed(const struct proposal *proposal, const struct act *act,
                                       struct fault *fault)
{
    const struct forum_proposal *is = &proposal->is;
    const struct charter_rule *rule = is->rule;
    uint32_t clause = act->as.reserve.clause;
    if (rule->reservations == RESERVATIONS_NONE)
        return fault_set(fault, COMITY_REFUSED, "rule %s allows no reservation", rule->name);
    if (rule->binds == BINDS_ALL)
        return fault_set(fault, COMITY_REFUSED,
                         "under rule %s adoption binds all: there is no consent to reserve with",
                         rule->name);
    if (!clauses_have(is->text.bytes, clause))
        return fault_set(fault, COMITY_NOT_FOUND, "P%u has no operative clause %u",
                         (unsigned)is->number, (unsigned)clause);
    if (rule->reservations == RESERVATIONS_LISTED && !is_listed(is, clause))
        return fault_set(fault, COMITY_REFUSED, "P%u allows no reservation to %s",
                         (unsigned)is->number, clause == 0 ? "the whole" : "that clause");
    return COMITY_OK;
}

static enum comity_error check_maker(const struct forum *self, const struct proposal *proposal,
                                     const struct act *act, struct fault *fault)
{
    const struct agreement *agreement = agreement_of(self, proposal);
    if (!forum_is_member(self, act->seat))
        return fault_set(fault, COMITY_REFUSED, "only a member can be a party");
    if (agreement != NULL) {
        enum party_status status = agreement->is.parties[act->seat].status;
        if (status != PARTY_NONE && status != PARTY_LEFT)
            return fault_set(fault, COMITY_REFUSED,
                             "it has consented to A%u: a reservation comes before or with consent",
                             (unsigned)agreement->is.number);
    }
    if (count_live(proposal, act->seat) >= RESERVATIONS_PER_SEAT_MAX)
        return fault_set(fault, COMITY_LIMIT, "the seat has %d reservations to P%u already",
                         (int)RESERVATIONS_PER_SEAT_MAX, (unsigned)proposal->is.number);
    return COMITY_OK;
}

enum comity_error reserve_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = index_find_proposal(self, &act->as.reserve.proposal);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    step->proposal = proposal;
    step->agreement = agreement_of(self, proposal);
    unsigned number = proposal->is.number;
    if (!proposal->is.binding || proposal->is.amends != 0)
        return fault_set(step->fault, COMITY_REFUSED, "P%u will bind nobody", number);
    if (step->agreement == NULL ? proposal->question == NULL
                                : step->agreement->is.status == AGREEMENT_ENDED)
        return fault_set(step->fault, COMITY_CLOSED, "P%u is closed, or its agreement ended",
                         number);
    if (act->as.reserve.taken_back)
        return find_live(proposal, act->seat, act->as.reserve.clause) != NULL
                   ? COMITY_OK
                   : fault_set(step->fault, COMITY_NOT_FOUND,
                               "the seat has no reservation to clause %u of P%u",
                               (unsigned)act->as.reserve.clause, number);
    enum comity_error error = check_allowed(proposal, act, step->fault);
    return error != COMITY_OK ? error : check_maker(self, proposal, act, step->fault);
}

struct forum_reservation *reservation_add(struct forum *self, struct proposal *proposal)
{
    struct forum_reservation *reservation = pool_keep(&self->pool, sizeof *reservation);
    if (reservation == NULL ||
        !pool_vector(&self->pool, (void **)&proposal->reservations, proposal->reservations_count,
                     &proposal->reservations_capacity, sizeof reservation))
        return NULL;
    proposal->reservations[proposal->reservations_count++] = reservation;
    reservation->proposal = proposal->is.number;
    return reservation;
}

static void end_reservation(struct forum *self, struct proposal *proposal,
                            struct forum_reservation *reservation, enum reservation_status status,
                            const char *why)
{
    reservation->status = status;
    reservation->ended_ms = self->now_ms;
    struct outcome *outcome = forum_tell(self, OUTCOME_RESERVATION_OUT, reservation->seat, proposal,
                                         agreement_of(self, proposal));
    outcome->value = reservation->number;
    outcome->line = why;
}

/* What one party reserved covers every operative clause: it has signed an empty page. */
static bool is_hollow(const struct proposal *proposal, uint32_t seat)
{
    struct clauses clauses;
    uint32_t covered = 0;
    if (clauses_parse(proposal->is.text.bytes, &clauses, NULL) != COMITY_OK)
        return false;
    for (uint32_t i = 0; i < proposal->reservations_count; i++) {
        const struct forum_reservation *is = proposal->reservations[i];
        if (is->status != RESERVATION_EFFECTIVE || is->seat != seat)
            continue;
        if (is->clause == 0)
            return true;
        covered++; /* At most one is effective of each clause. */
    }
    return clauses.count > 0 && covered == clauses.count;
}

/* A ruling that said so stands, whatever is taken back later. */
static bool was_ruled_hollow(const struct agreement *agreement, uint32_t seat)
{
    for (uint32_t i = 0; i < agreement->allegations_count; i++) {
        const struct forum_allegation *is = &agreement->allegations[i]->is;
        if (is->status == ALLEGATION_FOUND && is->accused == seat && is->reservation != 0)
            return true;
    }
    return false;
}

static void judge_hollow(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    bool hollow = is_hollow(agreement->proposal, seat);
    bool was =
        (agreement->is.parties[seat].defections & DEFECTION_BIT(DEFECTION_HOLLOW_RESERVATION)) != 0;
    if (hollow && !was)
        party_defect(self, agreement, seat, DEFECTION_HOLLOW_RESERVATION,
                     "reserved every operative clause");
    else if (!hollow && was && !was_ruled_hollow(agreement, seat))
        party_undo_defection(self, agreement, seat, DEFECTION_HOLLOW_RESERVATION);
}

static void note(struct forum *self, struct step *step)
{
    if (step->agreement != NULL)
        forum_note_agreement_act(self, step->agreement, &step->act->id);
    else
        forum_note_act(self, step->proposal, &step->act->id);
    forum_change_record(self, step->proposal->record);
}

static const char *clause_line(struct forum *self, uint32_t clause)
{
    char buffer[32];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    if (clause == 0)
        text_add(&line, "the whole");
    else
        text_format(&line, "clause %u", (unsigned)clause);
    return forum_line(self, buffer);
}

void reserve_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = step->proposal;
    struct forum_reservation *old = find_live(proposal, act->seat, act->as.reserve.clause);
    note(self, step);
    if (act->as.reserve.taken_back) {
        end_reservation(self, proposal, old, RESERVATION_TAKEN_BACK, "taken back");
        if (step->agreement != NULL)
            judge_hollow(self, step->agreement, act->seat);
        return;
    }
    if (old != NULL)
        end_reservation(self, proposal, old, RESERVATION_REPLACED, "replaced by another");
    if (!pool_vector(&self->pool, (void **)&self->reservations, self->reservations_count,
                     &self->reservations_capacity, sizeof *self->reservations))
        return;
    struct forum_reservation *reservation = reservation_add(self, proposal);
    if (reservation == NULL)
        return;
    reservation->number = self->reservations_count + 1;
    reservation->id = act->id;
    reservation->seat = act->seat;
    reservation->clause = act->as.reserve.clause;
    reservation->text = pool_bytes(&self->pool, act->text);
    reservation->made_ms = self->now_ms;
    reservation->effective_ms = FORUM_NEVER;
    self->reservations[self->reservations_count++] = reservation;
    conduct_count(self, act->seat, proposal->is.topic, CONDUCT_RESERVED, 1);
    index_add(self, INDEX_RESERVATION, reservation->number);
    struct outcome *outcome =
        forum_tell(self, OUTCOME_RESERVED, act->seat, proposal, step->agreement);
    outcome->value = reservation->number;
    outcome->line = clause_line(self, reservation->clause);
}

void reservations_take_effect(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct proposal *proposal = agreement->proposal;
    bool any = false;
    for (uint32_t i = 0; i < proposal->reservations_count; i++) {
        struct forum_reservation *is = proposal->reservations[i];
        if (is->seat != seat || is->status != RESERVATION_MADE)
            continue;
        is->status = RESERVATION_EFFECTIVE;
        is->effective_ms = self->now_ms;
        any = true;
    }
    if (any) {
        forum_change_record(self, proposal->record);
        judge_hollow(self, agreement, seat);
    }
}

void reservations_lapse(struct forum *self, struct agreement *agreement, uint32_t seat)
{
    struct proposal *proposal = agreement->proposal;
    for (uint32_t i = 0; i < proposal->reservations_count; i++) {
        struct forum_reservation *is = proposal->reservations[i];
        if (is->seat != seat || is->status != RESERVATION_EFFECTIVE)
            continue;
        end_reservation(self, proposal, is, RESERVATION_LAPSED, "its maker is no party any more");
        forum_change_record(self, proposal->record);
    }
}

void reservations_moot(struct forum *self, struct proposal *proposal)
{
    for (uint32_t i = 0; i < proposal->reservations_count; i++) {
        struct forum_reservation *is = proposal->reservations[i];
        if (is->status == RESERVATION_MADE)
            end_reservation(self, proposal, is, RESERVATION_LAPSED, "the text has changed");
    }
}

static bool is_party(const struct forum_party *party)
{
    return party->status != PARTY_NONE && party->status != PARTY_LEFT;
}

static int64_t window_end(const struct charter_rule *rule, int64_t from_ms)
{
    bool none = rule->reservations == 0 && rule->window_days == 0 && rule->window_months == 0;
    return time_clamp(
        date_after(from_ms, rule->window_days, none ? WINDOW_MONTHS_DEFAULT : rule->window_months));
}

int64_t forum_objection_until(const struct forum *self, const struct forum_reservation *reservation,
                              uint32_t seat)
{
    const struct forum_proposal *proposal = forum_proposal(self, reservation->proposal);
    if (proposal->agreement == 0 || reservation->status != RESERVATION_EFFECTIVE ||
        seat == reservation->seat)
        return INT64_MIN;
    const struct forum_party *party = &forum_agreement(self, proposal->agreement)->parties[seat];
    if (!is_party(party))
        return INT64_MIN;
    int64_t from_ms = reservation->effective_ms > party->consent_ms ? reservation->effective_ms
                                                                    : party->consent_ms;
    return window_end(proposal->rule, from_ms);
}

static bool objects(const struct forum_reservation *reservation, uint32_t seat)
{
    return mask_has(reservation->objected, seat) || mask_has(reservation->refused, seat);
}

enum comity_error objection_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    const struct forum_reservation *is = reservation_find(self, &act->as.objection.reservation);
    if (is == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such reservation");
    step->proposal = forum_get_proposal(self, is->proposal);
    step->agreement = agreement_of(self, step->proposal);
    unsigned number = is->number;
    if (is->status != RESERVATION_EFFECTIVE)
        return fault_set(step->fault, COMITY_REFUSED, "R%u is not in effect", number);
    if (is->seat == act->seat)
        return fault_set(step->fault, COMITY_REFUSED, "it is the seat's own reservation");
    if (!is_party(&step->agreement->is.parties[act->seat]))
        return fault_set(step->fault, COMITY_REFUSED, "the seat has not consented to A%u",
                         (unsigned)step->agreement->is.number);
    if (act->as.objection.taken_back)
        return objects(is, act->seat) ? COMITY_OK
                                      : fault_set(step->fault, COMITY_NOT_FOUND,
                                                  "the seat has made no objection to R%u", number);
    if (mask_has(act->as.objection.refuses_relations ? is->refused : is->objected, act->seat))
        return fault_set(step->fault, COMITY_EXISTS, "the seat has said so of R%u already", number);
    if (self->now_ms > forum_objection_until(self, is, act->seat))
        return fault_set(step->fault, COMITY_CLOSED, "its silence has accepted R%u", number);
    return COMITY_OK;
}

void objection_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct forum_reservation *is = reservation_find(self, &act->as.objection.reservation);
    mask_remove(is->objected, act->seat);
    mask_remove(is->refused, act->seat);
    if (!act->as.objection.taken_back)
        mask_add(act->as.objection.refuses_relations ? is->refused : is->objected, act->seat);
    note(self, step);
    struct outcome *outcome =
        forum_tell(self, act->as.objection.taken_back ? OUTCOME_OBJECTION_OUT : OUTCOME_OBJECTED,
                   act->seat, step->proposal, step->agreement);
    outcome->value = is->number;
    outcome->line = act->as.objection.refuses_relations ? "refuses relations" : "";
}

uint32_t forum_reservations_count(const struct forum *self)
{
    return self->reservations_count;
}

const struct forum_reservation *forum_reservation(const struct forum *self, uint32_t number)
{
    return number == 0 || number > self->reservations_count ? NULL : self->reservations[number - 1];
}

/* What `a`'s reservations make of it with `b`. */
static enum relation one_way(const struct proposal *proposal, uint32_t a, uint32_t b,
                             uint32_t clause)
{
    enum relation worst = RELATION_FULL;
    for (uint32_t i = 0; i < proposal->reservations_count; i++) {
        const struct forum_reservation *is = proposal->reservations[i];
        if (is->status != RESERVATION_EFFECTIVE || is->seat != a)
            continue;
        enum relation made = mask_has(is->refused, b)    ? RELATION_NONE
                             : mask_has(is->objected, b) ? RELATION_REST
                                                         : RELATION_MODIFIED;
        bool touches = clause == 0 || is->clause == 0 || is->clause == clause;
        if ((touches || made == RELATION_NONE) && made > worst)
            worst = made;
    }
    return worst;
}

enum relation forum_relation(const struct forum *self, uint32_t agreement, uint32_t a, uint32_t b,
                             uint32_t clause)
{
    const struct agreement *of = self->agreements[agreement - 1];
    if (a == b || !is_party(&of->is.parties[a]) || !is_party(&of->is.parties[b]))
        return RELATION_OUT;
    enum relation there = one_way(of->proposal, a, b, clause);
    enum relation back = one_way(of->proposal, b, a, clause);
    return there > back ? there : back;
}
