/* SPDX-License-Identifier: Apache-2.0 */
/* Conduct and forum shifts in a snapshot. Of the rows of counts those in which something was
 * counted, each as its place, the set of kinds that are not zero, and their counts in the kinds'
 * order. */
#include "forum/conduct.h"
#include "forum/snapshot.h"

static uint64_t kinds_counted(const struct conduct_row *row)
{
    uint64_t kinds = 0;
    for (uint32_t kind = 0; row != NULL && kind < CONDUCT_KINDS_COUNT; kind++)
        kinds |= row->counts[kind] == 0 ? 0 : UINT64_C(1) << kind;
    return kinds;
}

static void archive_row(struct archive *archive, struct conduct_row *row, uint64_t kinds)
{
    for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++) {
        if ((kinds >> kind & 1) == 0)
            continue;
        archive_u32(archive, &row->counts[kind]);
        if (row->counts[kind] == 0)
            archive->failed = true; /* One way to write it. */
    }
}

static void write_rows(struct archive *archive, struct forum *self, uint32_t cells)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < cells; i++)
        count += kinds_counted(self->conduct[i]) == 0 ? 0 : 1;
    archive_u32(archive, &count);
    for (uint32_t i = 0; i < cells; i++) {
        uint64_t kinds = kinds_counted(self->conduct[i]);
        if (kinds == 0)
            continue;
        archive_u32(archive, &i);
        archive_u64(archive, &kinds);
        archive_row(archive, self->conduct[i], kinds);
    }
}

static void read_rows(struct archive *archive, struct forum *self, uint32_t cells)
{
    uint32_t count = 0;
    uint32_t next = 0;
    archive_count(archive, &count, 4 + 8 + 4);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = 0;
        uint64_t kinds = 0;
        archive_u32(archive, &place);
        archive_u64(archive, &kinds);
        if (place < next || place >= cells || kinds == 0 || kinds >> CONDUCT_KINDS_COUNT != 0) {
            archive->failed = true;
            return;
        }
        next = place + 1;
        self->conduct[place] = pool_keep(archive->pool, sizeof **self->conduct);
        if (self->conduct[place] == NULL)
            return;
        archive_row(archive, self->conduct[place], kinds);
    }
}

void archive_conduct(struct archive *archive, struct forum *self)
{
    uint32_t cells = self->charter->seats_count * (self->charter->topics_count + 1);
    if (archive->reader == NULL)
        write_rows(archive, self, cells);
    else
        read_rows(archive, self, cells);
}

void archive_shifts(struct archive *archive, struct forum *self)
{
    archive_vector(archive, (void **)&self->shifts, &self->shifts_count, &self->shifts_capacity,
                   sizeof *self->shifts, 4 + 4 + HASH_SIZE + 4 + 8);
    for (uint32_t i = 0; i < self->shifts_count; i++) {
        struct forum_shift *shift = &self->shifts[i];
        archive_u32(archive, &shift->proposal);
        archive_u32(archive, &shift->seat);
        archive_raw(archive, &shift->forum, sizeof shift->forum);
        archive_text(archive, &shift->name);
        archive_i64(archive, &shift->time_ms);
        if (shift->proposal == 0 || shift->seat >= self->charter->seats_count)
            archive->failed = true;
    }
}
