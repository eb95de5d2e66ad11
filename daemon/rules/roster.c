/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/roster.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "rules/rule.h"

void seat_set_add(struct seat_set *self, uint32_t seat)
{
    assert(seat < SEATS_MAX);
    self->bits[seat / 64] |= (uint64_t)1 << (seat % 64);
}

uint32_t seat_set_count(const struct seat_set *self)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < ROSTER_WORDS; i++) {
        for (uint64_t bits = self->bits[i]; bits != 0; bits &= bits - 1)
            count++;
    }
    return count;
}

static bool name_equals(const char *name, struct bytes other)
{
    return strlen(name) == other.size && memcmp(name, other.data, other.size) == 0;
}

int rule_roster_find_group(const struct rule_roster *self, struct bytes name)
{
    for (uint32_t i = 0; i < self->groups_count; i++) {
        if (name_equals(self->groups[i].name, name))
            return (int)i;
    }
    return ROSTER_NONE;
}

int rule_roster_find_weight(const struct rule_roster *self, struct bytes name)
{
    for (uint32_t i = 0; i < self->weights_count; i++) {
        if (name_equals(self->weights[i].name, name))
            return (int)i;
    }
    return ROSTER_NONE;
}

uint32_t rule_roster_count(const struct rule_roster *self, int group)
{
    struct seat_set seats = self->members;
    for (uint32_t i = 0; group != ROSTER_NONE && i < ROSTER_WORDS; i++)
        seats.bits[i] &= self->groups[group].seats.bits[i];
    return seat_set_count(&seats);
}

bool rule_name_is_valid(struct bytes name)
{
    static const char *const reserved[] = {"or", "and", "not", "in", "by", "of", "all"};
    if (name.size == 0 || name.size > NAME_MAX_SIZE)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '_')))
            return false;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (name_equals(reserved[i], name))
            return false;
    }
    for (int i = 0; i < RULE_CLASSES_COUNT; i++) {
        if (name_equals(rule_class_word((enum rule_class)i), name))
            return false;
    }
    return true;
}
