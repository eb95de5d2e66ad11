/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - a room whose rule has settings, and what these tests ask it. */
#ifndef COMITY_TESTS_FORUM_SETTINGS_H
#define COMITY_TESTS_FORUM_SETTINGS_H

#include "said.h"

enum { CHAIR = 4 };

/* Members A to D and, last, a chair. Group 0, G, is A and B. */
static inline void plan(struct room *room, const char *sentence)
{
    room_plan(room, 5, sentence);
    room->seats[CHAIR].role = SEAT_CHAIR;
    room->groups[0] = (struct charter_group){.name = "G", .seats = {3}};
    room->charter.groups_count = 1;
}

static inline const struct forum_proposal *p1(const struct room *room)
{
    return forum_proposal(room->forum, 1);
}

static inline void answer(struct room *room, uint32_t seat, enum answer answer)
{
    room_ballot(room, seat, 1, answer);
    room_block(room);
}

static inline void assert_verdict(const struct room *room, enum verdict verdict, const char *words)
{
    assert_string_equal(verdict_word(p1(room)->verdict), verdict_word(verdict));
    if (strstr(p1(room)->line, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, p1(room)->line);
}

/* Save, load, go on with the copy: whatever a setting remembers is in the snapshot. */
static inline void reload(struct room *room)
{
    static uint8_t bytes[65536];
    struct fault fault = {""};
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    forum_save(room->forum, &writer);
    assert_false(writer.failed);
    if (forum_load(&room->arena, &room->charter, bytes_of(bytes, writer.size), &room->forum,
                   &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
}

#endif
