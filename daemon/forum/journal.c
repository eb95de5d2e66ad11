/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of the block being applied, which proposals it touched, which records changed. */
#include <string.h>

#include "forum/journal.h"

struct outcome *forum_tell(struct forum *self, enum outcome_kind kind, uint32_t seat,
                           const struct proposal *proposal, const struct agreement *agreement)
{
    if (!pool_vector(&self->pool, (void **)&self->outcomes, self->outcomes_count,
                     &self->outcomes_capacity, sizeof *self->outcomes))
        return &self->lost; /* forum_apply will show none of them. */
    struct outcome *outcome = &self->outcomes[self->outcomes_count++];
    *outcome = (struct outcome){
        .kind = kind,
        .act = self->act_index,
        .seat = seat,
        .proposal = proposal == NULL ? 0 : proposal->is.number,
        .agreement = agreement == NULL ? 0 : agreement->is.number,
        .time_ms = self->now_ms,
        .line = "",
    };
    return outcome;
}

const char *forum_line(struct forum *self, const char *line)
{
    size_t size = strlen(line) + 1;
    if (size > sizeof self->line->data)
        return pool_text(&self->pool, line); /* Longer than any line we write. */
    if (self->line == NULL || size > sizeof self->line->data - self->line->used) {
        struct line_chunk *next = self->line == NULL ? self->lines : self->line->next;
        if (next == NULL) {
            next = pool_keep(&self->pool, sizeof *next);
            if (next == NULL)
                return "";
            if (self->line == NULL)
                self->lines = next;
            else
                self->line->next = next;
        }
        next->used = 0;
        self->line = next;
    }
    char *copy = self->line->data + self->line->used;
    memcpy(copy, line, size);
    self->line->used += (uint32_t)size;
    return copy;
}

void forum_change_record(struct forum *self, uint32_t record)
{
    if (record >= self->records_count || self->records[record].changed)
        return; /* None: memory was exhausted, and forum_apply will say so. */
    if (!pool_vector(&self->pool, (void **)&self->changed, self->changed_count,
                     &self->changed_capacity, sizeof *self->changed))
        return;
    self->records[record].changed = true;
    self->changed[self->changed_count++] = record;
}

uint32_t forum_add_record(struct forum *self, uint32_t proposal, uint32_t agreement)
{
    if (!pool_vector(&self->pool, (void **)&self->records, self->records_count,
                     &self->records_capacity, sizeof *self->records))
        return 0;
    uint32_t record = self->records_count++;
    self->records[record] = (struct record){.proposal = proposal, .agreement = agreement};
    forum_change_record(self, record);
    return record;
}

void forum_touch(struct forum *self, struct proposal *proposal)
{
    forum_change_record(self, proposal->record);
    if (proposal->touched || proposal->question == NULL)
        return;
    if (!pool_vector(&self->pool, (void **)&self->touched, self->touched_count,
                     &self->touched_capacity, sizeof *self->touched))
        return;
    proposal->touched = true;
    self->touched[self->touched_count++] = proposal->is.number;
}

void forum_note_act(struct forum *self, struct proposal *proposal, const struct hash *act)
{
    if (pool_vector(&self->pool, (void **)&proposal->acts, proposal->is.acts_count,
                    &proposal->acts_capacity, sizeof *proposal->acts)) {
        proposal->is.acts = proposal->acts;
        proposal->acts[proposal->is.acts_count++] = *act;
    }
    forum_touch(self, proposal);
}

void forum_note_agreement_act(struct forum *self, struct agreement *agreement,
                              const struct hash *act)
{
    if (pool_vector(&self->pool, (void **)&agreement->acts, agreement->is.acts_count,
                    &agreement->acts_capacity, sizeof *agreement->acts)) {
        agreement->is.acts = agreement->acts;
        agreement->acts[agreement->is.acts_count++] = *act;
    }
    forum_change_record(self, agreement->record);
}

void forum_block_begin(struct forum *self)
{
    for (uint32_t i = 0; i < self->changed_count; i++)
        self->records[self->changed[i]].changed = false;
    self->changed_count = 0;
    self->outcomes_count = 0;
    self->line = self->lines;
    if (self->line != NULL)
        self->line->used = 0;
}
