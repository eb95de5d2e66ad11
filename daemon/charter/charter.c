/* SPDX-License-Identifier: Apache-2.0 */
/* charter.c - what others ask of a charter they hold. */
#include "charter/charter.h"

#include <string.h>

#include "charter/parts.h"

struct hash charter_id(struct bytes bytes)
{
    return hash_of("comity/charter/v1", bytes);
}

int32_t charter_find_seat(const struct charter *charter, const char *name)
{
    for (uint32_t i = 0; i < charter->seats_count; i++) {
        if (strcmp(charter->seats[i].name, name) == 0)
            return (int32_t)i;
    }
    return -1;
}

int32_t charter_find_key(const struct charter *charter, const uint8_t key[KEY_SIZE])
{
    for (uint32_t i = 0; i < charter->seats_count; i++) {
        if (memcmp(charter->seats[i].key, key, KEY_SIZE) == 0)
            return (int32_t)i;
    }
    return -1;
}

enum comity_error charter_roster(const struct charter *charter, struct arena *arena,
                                 const struct rule_roster **ret_roster)
{
    struct rule_roster *roster = arena_alloc(arena, sizeof *roster);
    if (roster == NULL)
        return COMITY_MEMORY;
    roster->seats_count = charter->seats_count;
    for (uint32_t i = 0; i < charter->seats_count; i++) {
        if (charter->seats[i].role == SEAT_MEMBER)
            seat_set_add(&roster->members, i);
    }
    roster->groups_count = charter->groups_count;
    for (uint32_t i = 0; i < charter->groups_count; i++) {
        struct rule_group *group = &roster->groups[i];
        memcpy(group->name, charter->groups[i].name, strlen(charter->groups[i].name));
        memcpy(group->seats.bits, charter->groups[i].seats, sizeof group->seats.bits);
    }
    roster->weights_count = charter->weights_count;
    for (uint32_t i = 0; i < charter->weights_count; i++) {
        struct rule_weight *weight = &roster->weights[i];
        memcpy(weight->name, charter->weights[i].name, strlen(charter->weights[i].name));
        weight->values = charter->weights[i].values;
    }
    roster->nominal = charter->nominal;
    *ret_roster = roster;
    return COMITY_OK;
}

void charter_order_by_all(struct charter *self)
{
    self->orderers_count = 0;
    for (uint32_t i = 0; i < self->seats_count; i++) {
        if (self->seats[i].role == SEAT_MEMBER)
            self->orderers[self->orderers_count++] = i;
    }
}

bool charter_ordered_by_all(const struct charter *self)
{
    uint32_t members = 0;
    for (uint32_t i = 0; i < self->seats_count; i++) {
        if (self->seats[i].role != SEAT_MEMBER)
            continue;
        if (members >= self->orderers_count || self->orderers[members] != i)
            return false;
        members++;
    }
    return members == self->orderers_count;
}
