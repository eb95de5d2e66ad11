/* SPDX-License-Identifier: Apache-2.0 */
/* reservations.c - from the acts to the reservations the record shows: who made them, to which
 * clause, taken back or not, and who objects. When each came into effect is the orderers' word, as
 * every date is; that its maker had consented by then is not. */
#include <string.h>

#include "forum/clauses.h"
#include "forum/mask.h"
#include "instrument/proof.h"

struct made {
    const struct act *act;
    bool taken_back, replaced;
    uint64_t objected[SEATS_MAX / 64], refused[SEATS_MAX / 64];
};

struct notes {
    struct proof *proof;
    struct made *items;
    uint32_t count;
};

static enum comity_error refuse(const struct notes *self, const struct act *act, const char *why)
{
    return fault_set(self->proof->fault, COMITY_CONFLICT, "the %s of %s (seq %llu) %s",
                     act_kind_word(act->kind), proof_seat_name(self->proof, act->seat),
                     (unsigned long long)act->seq, why);
}

/* The last one of the seat to that clause that stands. */
static struct made *find_live(struct notes *self, uint32_t seat, uint32_t clause)
{
    for (uint32_t i = self->count; i-- > 0;) {
        struct made *made = &self->items[i];
        if (made->act->seat == seat && made->act->as.reserve.clause == clause &&
            !made->taken_back && !made->replaced)
            return made;
    }
    return NULL;
}

static enum comity_error on_reserve(struct notes *self, const struct act *act)
{
    struct made *old = find_live(self, act->seat, act->as.reserve.clause);
    if (!hash_equal(&act->as.reserve.proposal, &self->proof->proposal->id))
        return refuse(self, act, "is to another text");
    if (act->as.reserve.taken_back) {
        if (old == NULL)
            return refuse(self, act, "takes back a reservation that nobody made");
        old->taken_back = true;
        return COMITY_OK;
    }
    if (self->proof->rule->reservations == RESERVATIONS_NONE)
        return refuse(self, act, "is made where the rule allows none");
    if (old != NULL)
        old->replaced = true;
    self->items[self->count++] = (struct made){.act = act};
    return COMITY_OK;
}

static enum comity_error on_objection(struct notes *self, const struct act *act)
{
    struct made *made = NULL;
    for (uint32_t i = 0; i < self->count; i++) {
        if (hash_equal(&self->items[i].act->id, &act->as.objection.reservation))
            made = &self->items[i];
    }
    if (made == NULL || made->act->seat == act->seat)
        return refuse(self, act, "is to no reservation that another seat made before it");
    mask_remove(made->objected, act->seat);
    mask_remove(made->refused, act->seat);
    if (!act->as.objection.taken_back)
        mask_add(act->as.objection.refuses_relations ? made->refused : made->objected, act->seat);
    return COMITY_OK;
}

static enum comity_error read_acts(struct notes *self)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; error == COMITY_OK && i < self->proof->acts_count; i++) {
        const struct act *act = &self->proof->acts[i].act;
        if (act->kind == ACT_RESERVE)
            error = on_reserve(self, act);
        else if (act->kind == ACT_OBJECT_RESERVATION)
            error = on_objection(self, act);
    }
    return error;
}

/* Those that are in effect are of parties; what was taken back or replaced is shown as such. */
static bool status_fits(const struct proof *self, const struct made *made,
                        const struct record_reservation *is)
{
    enum party_status status =
        self->agreement == NULL ? PARTY_NONE : self->agreement->parties[is->seat].status;
    if (made->taken_back || made->replaced)
        return is->status == (made->taken_back ? RESERVATION_TAKEN_BACK : RESERVATION_REPLACED) ||
               is->status == RESERVATION_LAPSED;
    if (is->status == RESERVATION_EFFECTIVE)
        return status != PARTY_NONE && status != PARTY_LEFT && proof_is_time(is->effective_ms);
    return is->status == RESERVATION_MADE || is->status == RESERVATION_LAPSED;
}

enum comity_error proof_check_reservations(struct proof *self)
{
    const struct record_proposal *record = self->proposal;
    struct notes notes = {.proof = self};
    notes.items = arena_array(self->arena, self->acts_count, sizeof *notes.items);
    if (notes.items == NULL)
        return COMITY_MEMORY;
    enum comity_error error = read_acts(&notes);
    if (error != COMITY_OK)
        return error;
    if (notes.count != record->reservations_count)
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the acts make %u reservations, and the record shows %u",
                         (unsigned)notes.count, (unsigned)record->reservations_count);
    for (uint32_t i = 0; i < notes.count; i++) {
        const struct record_reservation *is = &record->reservations[i];
        const struct made *made = &notes.items[i];
        if (!hash_equal(&is->id, &made->act->id) || is->seat != made->act->seat ||
            is->clause != made->act->as.reserve.clause || !status_fits(self, made, is) ||
            memcmp(is->objected, made->objected, sizeof is->objected) != 0 ||
            memcmp(is->refused, made->refused, sizeof is->refused) != 0)
            return fault_set(self->fault, COMITY_CONFLICT,
                             "R%u is not what the acts of %s and of those who object make of it",
                             (unsigned)is->number, proof_seat_name(self, made->act->seat));
    }
    return COMITY_OK;
}

bool proof_is_hollow(const struct proof *self, uint32_t seat)
{
    struct clauses clauses;
    uint32_t covered = 0;
    if (clauses_parse(self->text, &clauses, NULL) != COMITY_OK)
        return false;
    for (uint32_t i = 0; i < self->proposal->reservations_count; i++) {
        const struct record_reservation *is = &self->proposal->reservations[i];
        if (is->seat != seat || is->status != RESERVATION_EFFECTIVE)
            continue;
        if (is->clause == 0)
            return true;
        covered++;
    }
    return clauses.count > 0 && covered == clauses.count;
}

bool proof_has_reserved(const struct proof *self, uint32_t seat)
{
    for (uint32_t i = 0; i < self->proposal->reservations_count; i++) {
        if (self->proposal->reservations[i].seat == seat)
            return true;
    }
    return false;
}
