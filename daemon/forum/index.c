/* SPDX-License-Identifier: Apache-2.0 */
/* Acts by their ids: an open-addressing table over ids, which are hashes already. */
#include <assert.h>
#include <string.h>

#include "forum/index.h"
#include "forum/pledge.h"

static const struct hash *entry_id(const struct forum *self, struct index_entry entry)
{
    switch ((enum index_kind)entry.kind) {
    case INDEX_PROPOSAL:
        return &self->proposals[entry.number - 1]->is.id;
    case INDEX_DECLARATION:
        return &self->declarations[entry.number].id;
    case INDEX_ALIAS:
        return &self->aliases[entry.number].id;
    case INDEX_REPORT:
        return &report_at(self, entry.number)->id;
    case INDEX_RESERVATION:
        return &self->reservations[entry.number - 1]->id;
    case INDEX_ALLEGATION:
        return &self->allegations[entry.number - 1]->is.id;
    case INDEX_NONE:
        break;
    }
    assert(false);
    return NULL;
}

static uint32_t first_place(const struct forum *self, const struct hash *id)
{
    uint32_t place;
    memcpy(&place, id->bytes, sizeof place); /* Its order in memory matters to nobody. */
    return place & (self->index_size - 1);
}

struct index_entry index_find(const struct forum *self, const struct hash *id)
{
    if (self->index_size == 0)
        return (struct index_entry){.kind = INDEX_NONE};
    uint32_t place = first_place(self, id);
    while (self->index[place].kind != INDEX_NONE) {
        if (hash_equal(entry_id(self, self->index[place]), id))
            return self->index[place];
        place = (place + 1) & (self->index_size - 1);
    }
    return (struct index_entry){.kind = INDEX_NONE};
}

static void put(struct forum *self, struct index_entry entry)
{
    uint32_t place = first_place(self, entry_id(self, entry));
    while (self->index[place].kind != INDEX_NONE)
        place = (place + 1) & (self->index_size - 1);
    self->index[place] = entry;
}

static bool grow(struct forum *self)
{
    uint32_t old_size = self->index_size;
    struct index_entry *old = self->index;
    uint32_t size = old_size == 0 ? 64 : old_size * 2;
    struct index_entry *index = pool_alloc(&self->pool, (size_t)size * sizeof *index);
    if (index == NULL)
        return false;
    self->index = index;
    self->index_size = size;
    for (uint32_t i = 0; i < old_size; i++) {
        if (old[i].kind != INDEX_NONE)
            put(self, old[i]);
    }
    pool_free(&self->pool, old, (size_t)old_size * sizeof *old);
    return true;
}

void index_add(struct forum *self, enum index_kind kind, uint32_t number)
{
    if (self->index_count >= self->index_size / 2 && !grow(self))
        return;
    put(self, (struct index_entry){.kind = (uint32_t)kind, .number = number});
    self->index_count++;
}

struct proposal *index_find_proposal(const struct forum *self, const struct hash *id)
{
    struct index_entry entry = index_find(self, id);
    return entry.kind == INDEX_PROPOSAL ? forum_get_proposal(self, entry.number) : NULL;
}
