/* SPDX-License-Identifier: Apache-2.0 */
/* rulings.c - the proposals that ruled on an agreement, or changed the weights something was
 * decided by: each is proved like a verdict that stands alone, and what it did is then known. */
#include <string.h>

#include "instrument/proof.h"

static uint32_t first_ruling(const struct proof *self)
{
    return self->agreement != NULL ? 2 : 1;
}

enum comity_error proof_rulings_size(struct proof *self, uint32_t *ret_acts)
{
    uint32_t first = first_ruling(self);
    uint32_t count = self->file->records_count - first;
    uint64_t acts = 0;
    self->rulings = arena_array(self->arena, count, sizeof *self->rulings);
    if (self->rulings == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        struct record_proposal *record = arena_alloc(self->arena, sizeof *record);
        if (record == NULL)
            return COMITY_MEMORY;
        enum comity_error error = record_proposal_read(self->file->records[first + i].record,
                                                       self->arena, record, self->fault);
        if (error != COMITY_OK)
            return fault_prefix(self->fault, error, "ruling %u: ", (unsigned)i + 1);
        self->rulings[i].record = record;
        acts += record->acts.count;
    }
    self->rulings_count = count;
    *ret_acts = acts > UINT32_MAX ? UINT32_MAX : (uint32_t)acts;
    return COMITY_OK;
}

/* As if it were an instrument of its own, under the same header. */
static enum comity_error check_alone(const struct proof *self, uint32_t index, uint32_t acts_first,
                                     const struct weights *weights,
                                     struct instrument_ruling *ruling)
{
    struct instrument *file = arena_alloc(self->arena, sizeof *file);
    struct proof *alone = arena_alloc(self->arena, sizeof *alone);
    if (file == NULL || alone == NULL)
        return COMITY_MEMORY;
    *file = *self->file;
    file->records[0] = self->file->records[first_ruling(self) + index];
    file->records_count = 1;
    file->acts = self->file->acts + acts_first;
    file->acts_count = ruling->record->acts.count;
    *alone = (struct proof){.file = file,
                            .arena = self->arena,
                            .fault = self->fault,
                            .charter = self->charter,
                            .header = self->header,
                            .cert = self->cert,
                            .weights = weights};
    enum comity_error error = proof_read_records(alone);
    if (error == COMITY_OK)
        error = proof_check_acts(alone);
    if (error == COMITY_OK)
        error = proof_replay(alone);
    if (error == COMITY_OK)
        error = proof_check_verdict(alone);
    if (error != COMITY_OK)
        return fault_prefix(self->fault, error,
                            "the ruling P%u: ", (unsigned)ruling->record->number);
    ruling->propose = &alone->acts[0].act;
    ruling->rule = alone->first_rule != NULL ? alone->first_rule : alone->rule;
    return COMITY_OK;
}

static struct hash hash_of_weights(const struct proof *self, const struct charter_weight *weights)
{
    struct hasher hasher;
    hasher_init(&hasher, "comity/weights/v1");
    for (uint32_t i = 0; i < self->charter->weights_count; i++) {
        hasher_add(&hasher, weights[i].name, strlen(weights[i].name) + 1);
        for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
            uint8_t bytes[8];
            for (uint32_t byte = 0; byte < 8; byte++)
                bytes[byte] = (uint8_t)(weights[i].values[seat] >> (56 - 8 * byte));
            hasher_add(&hasher, bytes, sizeof bytes);
        }
    }
    return hasher_finish(&hasher);
}

/* One more version: the last one, with what this ruling says. */
static enum comity_error change_weights(const struct proof *self,
                                        const struct instrument_ruling *ruling,
                                        struct weights *weights)
{
    const struct effect *effect = &ruling->propose->as.propose.effect;
    uint32_t count = self->charter->weights_count;
    struct charter_weight *values = arena_array(self->arena, count, sizeof *values);
    if (values == NULL)
        return COMITY_MEMORY;
    memcpy(values, weights->values[weights->count - 1], count * sizeof *values);
    uint32_t changed = 0;
    while (changed < count && strcmp(values[changed].name, effect->name) != 0)
        changed++;
    if (changed == count || effect->values_count != self->charter->seats_count ||
        ruling->record->verdict != VERDICT_ADOPTED || (ruling->rule->may & MAY_REWEIGH) == 0)
        return fault_set(self->fault, COMITY_CONFLICT, "the ruling P%u changes no weight",
                         (unsigned)ruling->record->number);
    values[changed].values = effect->values;
    weights->values[weights->count] = values;
    weights->hashes[weights->count] = hash_of_weights(self, values);
    weights->decided_heights[weights->count] = ruling->record->decided_height;
    weights->count++;
    return COMITY_OK;
}

static enum comity_error begin_weights(struct proof *self, struct weights **ret_weights)
{
    uint32_t most = self->rulings_count + 1;
    struct weights *weights = arena_alloc(self->arena, sizeof *weights);
    if (weights == NULL)
        return COMITY_MEMORY;
    weights->values = arena_array(self->arena, most, sizeof *weights->values);
    weights->hashes = arena_array(self->arena, most, sizeof *weights->hashes);
    weights->decided_heights = arena_array(self->arena, most, sizeof *weights->decided_heights);
    if (weights->values == NULL || weights->hashes == NULL || weights->decided_heights == NULL)
        return COMITY_MEMORY;
    weights->count = 1;
    weights->values[0] = self->charter->weights;
    weights->hashes[0] = hash_of_weights(self, self->charter->weights);
    weights->decided_heights[0] = 0;
    *ret_weights = weights;
    return COMITY_OK;
}

const struct instrument_ruling *proof_find_ruling(const struct proof *self, const struct hash *id)
{
    for (uint32_t i = 0; i < self->rulings_count; i++) {
        if (hash_equal(&self->rulings[i].record->id, id))
            return &self->rulings[i];
    }
    return NULL;
}

/* Those the agreement's acts name, in their order, and no other. */
static enum comity_error check_named(const struct proof *self, uint32_t first)
{
    uint32_t next = first;
    uint32_t count = self->agreement == NULL ? 0 : self->agreement->acts.count;
    for (uint32_t i = 0; i < count; i++) {
        const struct act *act = &self->acts[proof_agreement_first(self) + i].act;
        if (act->kind != ACT_PROPOSE)
            continue;
        if (next == self->rulings_count || !hash_equal(&self->rulings[next].record->id, &act->id))
            return fault_set(self->fault, COMITY_NOT_FOUND,
                             "the ruling \"%.80s\" that A%u names was left out or moved",
                             act->as.propose.title, (unsigned)self->agreement->number);
        next++;
    }
    if (next != self->rulings_count)
        return fault_set(self->fault, COMITY_CONFLICT,
                         "nothing here calls for the ruling P%u that is in the file",
                         (unsigned)self->rulings[next].record->number);
    return COMITY_OK;
}

enum comity_error proof_check_rulings(struct proof *self)
{
    struct weights *weights = NULL;
    enum comity_error error = begin_weights(self, &weights);
    uint32_t acts_first = self->acts_count;
    uint32_t changes = 0;
    for (uint32_t i = 0; error == COMITY_OK && i < self->rulings_count; i++) {
        struct instrument_ruling *ruling = &self->rulings[i];
        error = check_alone(self, i, acts_first, weights, ruling);
        acts_first += ruling->record->acts.count;
        if (error != COMITY_OK || changes < i ||
            ruling->propose->as.propose.effect.kind != EFFECT_REWEIGH)
            continue;
        error = change_weights(self, ruling, weights);
        changes++;
    }
    if (error == COMITY_OK)
        error = check_named(self, changes);
    self->weights = weights;
    return error;
}
