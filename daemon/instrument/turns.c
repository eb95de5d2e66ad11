/* SPDX-License-Identifier: Apache-2.0 */
/* turns.c - what the rulings among an agreement's acts did to it and to each party. */
#include <string.h>

#include "instrument/proof.h"

static const struct act *agreement_act(const struct proof *self, uint32_t index)
{
    return &self->acts[proof_agreement_first(self) + index].act;
}

/* The allegation a ruling speaks of: among the acts before it. */
static const struct act *find_allegation(const struct proof *self, uint32_t index,
                                         const struct hash *id)
{
    for (uint32_t i = 0; i < index; i++) {
        const struct act *act = agreement_act(self, i);
        if (act->kind == ACT_ALLEGE && hash_equal(&act->id, id))
            return act;
    }
    return NULL;
}

/* An allegation about another agreement. */
static bool is_foreign(const struct proof *self, const struct act *act)
{
    return act->kind == ACT_ALLEGE && !hash_equal(&act->as.allege.proposal, &self->proposal->id);
}

bool proof_is_elsewhere(const struct proof *self, uint32_t index)
{
    const struct act *act = agreement_act(self, index);
    if (act->kind != ACT_PROPOSE || act->as.propose.effect.kind != EFFECT_BREACH)
        return is_foreign(self, act);
    const struct act *allegation = find_allegation(self, index, &act->as.propose.effect.subject);
    return allegation != NULL && is_foreign(self, allegation);
}

uint32_t proof_departure(const struct proof *self, uint32_t index)
{
    const struct act *act = agreement_act(self, index);
    if (act->kind == ACT_LEAVE)
        return act->seat;
    const struct instrument_ruling *ruling =
        act->kind == ACT_PROPOSE ? proof_find_ruling(self, &act->id) : NULL;
    if (ruling == NULL || ruling->record->verdict != VERDICT_ADOPTED)
        return OUTCOME_NONE;
    const struct effect *effect = &act->as.propose.effect;
    if (effect->kind == EFFECT_EXPEL)
        return effect->seat;
    if (effect->kind != EFFECT_BREACH || effect->response != RESPONSE_EXPEL)
        return OUTCOME_NONE;
    const struct act *allegation = find_allegation(self, index, &effect->subject);
    return allegation == NULL ? OUTCOME_NONE : allegation->as.allege.seat;
}

struct turn proof_turn(const struct proof *self, uint32_t index, uint32_t seat)
{
    const struct act *act = agreement_act(self, index);
    struct turn turn = {.kind = TURN_NONE};
    const struct instrument_ruling *ruling =
        act->kind == ACT_PROPOSE ? proof_find_ruling(self, &act->id) : NULL;
    if (ruling == NULL || ruling->record->verdict != VERDICT_ADOPTED)
        return turn;
    const struct effect *effect = &act->as.propose.effect;
    turn.time_ms = ruling->record->decided_ms;
    if (effect->kind == EFFECT_END)
        turn.kind = TURN_END;
    if (effect->kind == EFFECT_RESTORE && effect->seat == seat)
        turn.kind = TURN_RESTORE;
    if (effect->kind != EFFECT_BREACH || proof_is_elsewhere(self, index))
        return turn;
    const struct act *allegation = find_allegation(self, index, &effect->subject);
    if (allegation == NULL || allegation->as.allege.seat != seat)
        return turn;
    turn.found = !allegation->as.allege.has_reservation;
    turn.hollow = allegation->as.allege.has_reservation;
    if (effect->response == RESPONSE_SUSPEND)
        turn.kind = TURN_SUSPEND;
    if (effect->response == RESPONSE_END || effect->response == RESPONSE_EXPEL)
        turn.kind = TURN_LEAVE;
    return turn;
}

enum effect_kind proof_last_turn(const struct proof *self)
{
    enum effect_kind last = EFFECT_NONE;
    for (uint32_t i = 0; i < self->agreement->acts.count; i++) {
        const struct act *act = agreement_act(self, i);
        enum effect_kind kind =
            act->kind == ACT_PROPOSE ? act->as.propose.effect.kind : EFFECT_NONE;
        if (kind == EFFECT_SUSPEND || kind == EFFECT_RESUME || kind == EFFECT_END)
            last = kind;
    }
    return last;
}

static enum comity_error refuse(const struct proof *self, const struct instrument_ruling *ruling,
                                const char *why)
{
    return fault_set(self->fault, COMITY_CONFLICT, "the ruling P%u on A%u %s",
                     (unsigned)ruling->record->number, (unsigned)self->agreement->number, why);
}

static enum comity_error check_breach(const struct proof *self, uint32_t index,
                                      const struct instrument_ruling *ruling)
{
    const struct effect *effect = &agreement_act(self, index)->as.propose.effect;
    const struct act *allegation = find_allegation(self, index, &effect->subject);
    const struct charter_rule *rule = self->rule;
    if (allegation == NULL)
        return refuse(self, ruling, "finds what nobody alleged before it");
    if (!rule->has_breach || strcmp(rule->breach.ruled_by, ruling->rule->name) != 0)
        return refuse(self, ruling, "was not put under the rule that rules on a breach");
    if (effect->response != RESPONSE_NONE &&
        (rule->breach.responses & RESPONSE_BIT(effect->response)) == 0)
        return refuse(self, ruling, "answers as the charter lets nobody answer");
    if (ruling->record->accused !=
        (rule->breach.accused_votes ? OUTCOME_NONE : allegation->as.allege.seat))
        return refuse(self, ruling, "has somebody else abstain than who is accused");
    return COMITY_OK;
}

/* The breach of another agreement, whose rule the file does not name: some rule of the charter is
 * ruled on so, and answers so. */
static enum comity_error check_expulsion(const struct proof *self, uint32_t index,
                                         const struct instrument_ruling *ruling)
{
    const struct effect *effect = &agreement_act(self, index)->as.propose.effect;
    const struct act *allegation = find_allegation(self, index, &effect->subject);
    uint32_t accused = ruling->record->accused;
    bool known = false;
    for (uint32_t i = 0; i < self->charter->rules_count && !known; i++) {
        const struct charter_rule *rule = &self->charter->rules[i];
        known = rule->has_breach && strcmp(rule->breach.ruled_by, ruling->rule->name) == 0 &&
                (rule->breach.responses & RESPONSE_BIT(RESPONSE_EXPEL)) != 0 &&
                accused == (rule->breach.accused_votes ? OUTCOME_NONE : allegation->as.allege.seat);
    }
    if (effect->response != RESPONSE_EXPEL || ruling->record->verdict != VERDICT_ADOPTED || !known)
        return refuse(self, ruling, "is about another agreement");
    return COMITY_OK;
}

enum comity_error proof_check_turn(struct proof *self, uint32_t index)
{
    static const uint32_t may[EFFECT_KINDS_COUNT] = {[EFFECT_RESTORE] = MAY_RESTORE,
                                                     [EFFECT_EXPEL] = MAY_EXPEL,
                                                     [EFFECT_SUSPEND] = MAY_SUSPEND,
                                                     [EFFECT_RESUME] = MAY_SUSPEND,
                                                     [EFFECT_END] = MAY_END};
    const struct act *act = agreement_act(self, index);
    const struct effect *effect = &act->as.propose.effect;
    const struct instrument_ruling *ruling = proof_find_ruling(self, &act->id);
    if (ruling == NULL)
        return fault_set(self->fault, COMITY_NOT_FOUND, "a ruling on A%u was left out",
                         (unsigned)self->agreement->number);
    if (effect->kind == EFFECT_BREACH)
        return proof_is_elsewhere(self, index) ? check_expulsion(self, index, ruling)
                                               : check_breach(self, index, ruling);
    if (may[effect->kind] == 0 || (ruling->rule->may & may[effect->kind]) == 0)
        return refuse(self, ruling, "does what its rule does not let it do");
    if (ruling->record->verdict != VERDICT_ADOPTED)
        return refuse(self, ruling, "was not adopted");
    if (effect->kind != EFFECT_RESTORE && effect->kind != EFFECT_EXPEL &&
        !hash_equal(&effect->subject, &self->proposal->id))
        return refuse(self, ruling, "is about another agreement");
    return COMITY_OK;
}

/* An allegation names this agreement, an operative clause of its or a reservation of who it
 * accuses. */
enum comity_error proof_check_allegation(struct proof *self, const struct act *act)
{
    bool known = !act->as.allege.has_reservation;
    for (uint32_t i = 0; !known && i < self->proposal->reservations_count; i++)
        known = hash_equal(&self->proposal->reservations[i].id, &act->as.allege.reservation) &&
                self->proposal->reservations[i].seat == act->as.allege.seat;
    if (!hash_equal(&act->as.allege.proposal, &self->proposal->id) || !known ||
        act->as.allege.seat >= self->charter->seats_count || act->as.allege.seat == act->seat)
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the allegation of %s (seq %llu) does not belong to A%u",
                         proof_seat_name(self, act->seat), (unsigned long long)act->seq,
                         (unsigned)self->agreement->number);
    return COMITY_OK;
}
