/* SPDX-License-Identifier: Apache-2.0 */
/* Weights that change: a version for each change, so that a question, an agreement, a verdict can
 * say which values it was counted with. */
#include <string.h>

#include "base/hash.h"
#include "forum/journal.h"
#include "forum/membership.h"

int weights_find(const struct forum *self, const char *name)
{
    for (uint32_t i = 0; i < self->charter->weights_count; i++) {
        if (strcmp(self->charter->weights[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static const uint64_t *values_at(const struct forum *self, uint32_t weight, uint32_t version)
{
    while (version > 0) {
        version--;
        if (self->reweighs[version].weight == weight)
            return self->reweighs[version].values;
    }
    return self->charter->weights[weight].values;
}

const uint64_t *weights_now(const struct forum *self, const char *name)
{
    int weight = weights_find(self, name);
    return weight < 0 ? NULL : values_at(self, (uint32_t)weight, self->reweighs_count);
}

/* H("comity/weights/v1", each weight's name and its values by seat). */
static struct hash hash_at(const struct forum *self, uint32_t version)
{
    struct hash none = {{0}};
    if (self->charter->weights_count == 0)
        return none;
    struct hasher hasher;
    hasher_init(&hasher, "comity/weights/v1");
    for (uint32_t i = 0; i < self->charter->weights_count; i++) {
        const char *name = self->charter->weights[i].name;
        const uint64_t *values = values_at(self, i, version);
        hasher_add(&hasher, name, strlen(name) + 1);
        for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
            uint8_t bytes[8];
            for (uint32_t byte = 0; byte < 8; byte++)
                bytes[byte] = (uint8_t)(values[seat] >> (56 - 8 * byte));
            hasher_add(&hasher, bytes, sizeof bytes);
        }
    }
    return hasher_finish(&hasher);
}

void weights_init(struct forum *self)
{
    self->weights_hash = hash_at(self, 0);
}

struct hash weights_hash(const struct forum *self, uint32_t version)
{
    return version == 0 ? self->weights_hash : self->reweighs[version - 1].hash;
}

uint32_t weights_version_at(const struct forum *self, int64_t forum_ms)
{
    uint32_t version = self->reweighs_count;
    while (version > 0 && self->reweighs[version - 1].time_ms > forum_ms)
        version--;
    return version;
}

uint32_t weights_version_of(const struct forum *self, const struct proposal *proposal)
{
    const struct charter_rule *rule = proposal->is.rule;
    switch (rule->freeze) {
    case FREEZE_OPENING:
        return proposal->weights;
    case FREEZE_ADOPTION:
        return self->reweighs_count;
    case FREEZE_DATE:
        return weights_version_at(self, rule->freeze_ms);
    }
    return proposal->weights;
}

const struct rule_roster *weights_roster(const struct forum *self, const struct rule_roster *base,
                                         const uint64_t *members, uint32_t version,
                                         struct rule_roster *scratch)
{
    if (version == self->reweighs_count &&
        memcmp(base->members.bits, members, sizeof base->members.bits) == 0)
        return base;
    *scratch = *base;
    memcpy(scratch->members.bits, members, sizeof scratch->members.bits);
    for (uint32_t i = 0; i < scratch->weights_count; i++)
        scratch->weights[i].values = values_at(self, i, version);
    return scratch;
}

bool weights_are_valid(const struct forum *self, const uint64_t *values)
{
    uint64_t sum = 0;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (__builtin_add_overflow(sum, values[seat], &sum))
            return false;
    }
    return true;
}

void weights_add(struct forum *self, uint32_t weight, const uint64_t *values, uint32_t proposal,
                 int64_t time_ms)
{
    if (!pool_vector(&self->pool, (void **)&self->reweighs, self->reweighs_count,
                     &self->reweighs_capacity, sizeof *self->reweighs))
        return;
    struct reweigh *reweigh = &self->reweighs[self->reweighs_count++];
    *reweigh = (struct reweigh){
        .weight = weight, .proposal = proposal, .time_ms = time_ms, .values = values};
    reweigh->hash = hash_at(self, self->reweighs_count);
    self->roster.weights[weight].values = values;
    self->consents.weights[weight].values = values;
}

static enum comity_error reweigh_check(const struct forum *self, const struct effect *effect,
                                       const struct charter_rule *rule, struct fault *fault)
{
    (void)rule;
    if (weights_find(self, effect->name) < 0)
        return fault_set(fault, COMITY_NOT_FOUND, "the charter has no weight %s", effect->name);
    if (effect->values_count != self->charter->seats_count)
        return fault_set(fault, COMITY_REFUSED, "%u values of %s for %u seats",
                         (unsigned)effect->values_count, effect->name,
                         (unsigned)self->charter->seats_count);
    if (!weights_are_valid(self, effect->values))
        return fault_set(fault, COMITY_LIMIT, "the sum of %s does not fit 64 bits", effect->name);
    return COMITY_OK;
}

static void reweigh_apply(struct forum *self, struct proposal *ruling)
{
    const struct effect *effect = &ruling->is.effect;
    int weight = weights_find(self, effect->name);
    weights_add(self, (uint32_t)weight, effect->values, ruling->is.number, self->now_ms);
    forum_tell(self, OUTCOME_REWEIGHED, OUTCOME_NONE, ruling, NULL)->line = effect->name;
    self->recount = true; /* Questions under way may follow the current values. */
}

const struct effect_row weights_reweigh_row = {MAY_REWEIGH, reweigh_check, reweigh_apply};

uint64_t forum_weight(const struct forum *self, uint32_t weight, uint32_t seat)
{
    if (weight >= self->charter->weights_count || seat >= self->charter->seats_count)
        return 0;
    return values_at(self, weight, self->reweighs_count)[seat];
}

uint32_t forum_reweighs_count(const struct forum *self)
{
    return self->reweighs_count;
}

struct forum_reweigh forum_reweigh(const struct forum *self, uint32_t index)
{
    const struct reweigh *reweigh = &self->reweighs[index];
    return (struct forum_reweigh){reweigh->weight, reweigh->proposal, reweigh->time_ms};
}

const uint64_t *forum_weight_values(const struct forum *self, uint32_t weight, uint32_t changes)
{
    return values_at(self, weight, changes);
}

uint32_t forum_weights_before(const struct forum *self, const struct forum_proposal *proposal)
{
    for (uint32_t i = 0; i < self->reweighs_count; i++) {
        if (self->reweighs[i].proposal == proposal->number)
            return i;
    }
    return proposal->status == PROPOSAL_DECIDED ? weights_version_at(self, proposal->decided_ms)
                                                : self->reweighs_count;
}
