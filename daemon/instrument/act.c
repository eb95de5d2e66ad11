/* SPDX-License-Identifier: Apache-2.0 */
/* act.c - every act the records name is in the file, exactly those, in that order, each signed by
 * its seat; and what belongs there besides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/identity.h"
#include "instrument/proof.h"

static enum comity_error refuse(struct proof *self, enum comity_error error, const char *name,
                                const char *why)
{
    return fault_set(self->fault, error, "%s %s", name, why);
}

enum comity_error proof_decode_act(struct proof *self, struct bytes encoded, const char *name,
                                   struct signed_act *ret_act)
{
    struct signed_act act;
    enum comity_error error = signed_act_decode(encoded, self->arena, &act, self->fault);
    if (error != COMITY_OK)
        return fault_prefix(self->fault, error, "%s: ", name);
    if (!hash_equal(&act.act.forum, &self->charter->id))
        return refuse(self, COMITY_FOREIGN, name, "was signed for another forum");
    if (act.act.seat >= self->charter->seats_count)
        return refuse(self, COMITY_INVALID, name, "is of a seat the charter has not");
    if (identity_verify(self->charter->seats[act.act.seat].key, ACT_SIGN_TAG, act.act_bytes,
                        act.signature) != COMITY_OK)
        return fault_set(self->fault, COMITY_SIGNATURE,
                         "%s, a %s of %s, is not signed by that seat's key", name,
                         act_kind_word(act.act.kind), proof_seat_name(self, act.act.seat));
    *ret_act = act;
    return COMITY_OK;
}

/* The records' ids, one list after the other. */
static const struct hash *named_id(const struct proof *self, uint32_t index)
{
    uint32_t first = proof_agreement_first(self);
    return index < first ? &self->proposal->acts.ids[index]
                         : &self->agreement->acts.ids[index - first];
}

static bool is_elsewhere(const struct proof *self, const struct hash *id, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (hash_equal(named_id(self, i), id))
            return true;
    }
    return false;
}

static enum comity_error check_named(struct proof *self, uint32_t index, uint32_t count)
{
    char name[32];
    char hex[HASH_HEX_SIZE];
    (void)snprintf(name, sizeof name, "act %u", (unsigned)index + 1);
    const struct hash *id = named_id(self, index);
    hash_to_hex(id, hex);
    if (index >= self->acts_count)
        return fault_set(self->fault, COMITY_NOT_FOUND,
                         "an act was left out: the record names %.16s, and the file ends", hex);
    struct signed_act *act = &self->acts[index];
    enum comity_error error = proof_decode_act(self, self->file->acts[index], name, act);
    if (error != COMITY_OK)
        return error;
    if (hash_equal(&act->act.id, id))
        return COMITY_OK;
    if (is_elsewhere(self, &act->act.id, count))
        return fault_set(self->fault, COMITY_NOT_FOUND,
                         "an act was left out or moved: the record names %.16s where a %s of %s "
                         "stands",
                         hex, act_kind_word(act->act.kind), proof_seat_name(self, act->act.seat));
    return fault_set(self->fault, COMITY_CONFLICT, "%s, a %s of %s, is none that the record names",
                     name, act_kind_word(act->act.kind), proof_seat_name(self, act->act.seat));
}

/* In a record each seat's acts stand by their seq; a ruling stands where it was decided, and what a
 * departure needs where that is told. */
static enum comity_error check_order(struct proof *self, uint32_t first, uint32_t count)
{
    uint64_t last[SEATS_MAX] = {0};
    for (uint32_t i = first; i < first + count; i++) {
        const struct act *act = &self->acts[i].act;
        if (first > 0 && (act->kind == ACT_PROPOSE || proof_is_elsewhere(self, i - first)))
            continue;
        if (act->seq <= last[act->seat])
            return fault_set(self->fault, COMITY_CONFLICT,
                             "act %u: the acts of %s are not in the order it signed them",
                             (unsigned)i + 1, proof_seat_name(self, act->seat));
        last[act->seat] = act->seq;
    }
    return COMITY_OK;
}

static int compare_slots(const void *left, const void *right)
{
    const struct act *a = *(const struct act *const *)left;
    const struct act *b = *(const struct act *const *)right;
    if (a->seat != b->seat)
        return a->seat < b->seat ? -1 : 1;
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    return hash_compare(&a->id, &b->id);
}

/* A slot has one act in a record; an endorsement may stand in both lists. */
static enum comity_error check_slots(struct proof *self)
{
    uint32_t count = self->acts_count;
    const struct act **sorted = arena_array(self->arena, count, sizeof *sorted);
    if (sorted == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = &self->acts[i].act;
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, compare_slots);
    for (uint32_t i = 1; i < count; i++) {
        if (sorted[i]->seat == sorted[i - 1]->seat && sorted[i]->seq == sorted[i - 1]->seq &&
            !hash_equal(&sorted[i]->id, &sorted[i - 1]->id))
            return fault_set(self->fault, COMITY_CONFLICT, "two different acts of %s with seq %llu",
                             proof_seat_name(self, sorted[i]->seat),
                             (unsigned long long)sorted[i]->seq);
    }
    return COMITY_OK;
}

static enum comity_error check_join(struct proof *self, uint32_t index, uint32_t seat)
{
    const char *name = proof_seat_name(self, seat);
    if (index >= self->acts_count)
        return fault_set(self->fault, COMITY_NOT_FOUND,
                         "%s is shown as a party without an act of its own: its signature on the "
                         "charter was left out",
                         name);
    char place[32];
    (void)snprintf(place, sizeof place, "act %u", (unsigned)index + 1);
    struct signed_act *act = &self->acts[index];
    enum comity_error error = proof_decode_act(self, self->file->acts[index], place, act);
    if (error != COMITY_OK)
        return error;
    if (act->act.seat != seat || (act->act.kind != ACT_JOIN && act->act.kind != ACT_CONVENE) ||
        !hash_equal(&act->act.as.join.charter_hash, &self->charter->id))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "%s is not the signature of %s on the charter, without which it is no "
                         "party",
                         place, name);
    return COMITY_OK;
}

enum comity_error proof_check_acts(struct proof *self)
{
    uint32_t first = proof_agreement_first(self);
    uint32_t of_agreement = self->agreement == NULL ? 0 : self->agreement->acts.count;
    uint32_t count = first + of_agreement;
    uint32_t of_rulings = 0;
    enum comity_error error = proof_rulings_size(self, &of_rulings);
    if (error != COMITY_OK)
        return error;
    if (of_rulings > self->file->acts_count)
        return fault_set(self->fault, COMITY_NOT_FOUND, "acts of rulings were left out");
    self->acts_count = self->file->acts_count - of_rulings;
    self->acts = arena_array(self->arena, self->acts_count, sizeof *self->acts);
    if (self->acts == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; error == COMITY_OK && i < count; i++)
        error = check_named(self, i, count);
    if (error == COMITY_OK)
        error = check_order(self, 0, first);
    if (error == COMITY_OK)
        error = check_order(self, first, of_agreement);
    self->charter_acts_first = count;
    for (uint32_t seat = 0; error == COMITY_OK && seat < self->charter->seats_count; seat++) {
        if (proof_is_bound_by_charter(self, seat))
            error = check_join(self, count++, seat);
    }
    if (error != COMITY_OK)
        return error;
    if (count != self->acts_count)
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the file holds %u acts, and the records call for %u",
                         (unsigned)self->acts_count, (unsigned)count);
    return check_slots(self);
}
