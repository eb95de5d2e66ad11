/* SPDX-License-Identifier: Apache-2.0 */
/* room.h - a small forum for tests: a charter built from a few words, acts said by seats, blocks
 * applied at chosen times. Included by each test of this folder. */
#ifndef COMITY_TESTS_FORUM_ROOM_H
#define COMITY_TESTS_FORUM_ROOM_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "forum/forum.h"

enum { ROOM_ACTS_MAX = 4096 };
#define MINUTE ((int64_t)60000)
#define DAY CALENDAR_DAY_MS

struct room {
    struct arena arena;
    struct charter charter;
    struct charter_seat seats[SEATS_MAX];
    char names[SEATS_MAX][SEAT_NAME_MAX + 1];
    struct charter_rule rules[RULES_MAX];
    struct charter_group groups[GROUPS_MAX];
    struct charter_weight weights[WEIGHTS_MAX];
    struct forum *forum;
    uint64_t seqs[SEATS_MAX];
    struct act acts[ROOM_ACTS_MAX];
    uint32_t acts_count;
    uint64_t ids;
    uint64_t height;
    int64_t now_ms; /* Block time. */
    struct outcomes outcomes;
};

/* `seats` members named A, B ... and one rule, `sentence`, that closes when all have answered. */
static inline void room_plan(struct room *self, uint32_t seats, const char *sentence)
{
    arena_free(&self->arena); /* A test may plan again. */
    arena_init(&self->arena, 0);
    memset(self->seqs, 0, sizeof self->seqs);
    self->acts_count = 0;
    for (uint32_t i = 0; i < seats; i++) {
        if (i < 26)
            snprintf(self->names[i], sizeof self->names[i], "%c", (char)('A' + i));
        else
            snprintf(self->names[i], sizeof self->names[i], "S%u", (unsigned)i);
        self->seats[i] = (struct charter_seat){.name = self->names[i],
                                               .title = "",
                                               .role = SEAT_MEMBER,
                                               .represents = -1,
                                               .carries = -1};
    }
    self->rules[0] = (struct charter_rule){
        .name = "rule",
        .sentence = sentence,
        .closes = CLOSES_ALL_ANSWERED,
        .silence = CHARTER_SILENCE_IGNORE,
        .binds = BINDS_CONSENTING,
        .hash = {{7}},
    };
    self->charter = (struct charter){
        .id = {{42}},
        .name = "room",
        .title = "",
        .seats_count = seats,
        .seats = self->seats,
        .groups = self->groups,
        .weights = self->weights,
        .rules = self->rules,
        .rules_count = 1,
        .procedure = "open-floor",
        .clock = CLOCK_REAL,
        .grace_ms = 0,
        .notes = NOTES_FLOOR,
    };
    assert_int_equal(calendar_parse("2016-04-22", &self->now_ms), COMITY_OK);
}

/* Each test gets a room of its own: `struct room *room = *state`. */
static inline int room_setup(void **state)
{
    *state = calloc(1, sizeof(struct room));
    return *state == NULL ? -1 : 0;
}

static inline int room_teardown(void **state)
{
    struct room *self = *state;
    arena_free(&self->arena);
    free(self);
    return 0;
}
#define room_test(name) cmocka_unit_test_setup_teardown(name, room_setup, room_teardown)

/* Apply what was said, at this block time; ids stay valid in `acts` until the next say. */
static inline void room_block_at(struct room *self, int64_t time_ms)
{
    self->now_ms = time_ms;
    struct forum_block block = {.height = ++self->height,
                                .time_ms = time_ms,
                                .acts = self->acts,
                                .acts_count = self->acts_count};
    assert_int_equal(forum_apply(self->forum, &block, &self->outcomes), COMITY_OK);
    self->acts_count = 0;
}

static inline void room_block(struct room *self)
{
    room_block_at(self, self->now_ms + 1);
}

/* The next act of a seat; the caller fills in the body. */
static inline struct act *room_say(struct room *self, uint32_t seat, enum act_kind kind)
{
    assert_true(self->acts_count < ROOM_ACTS_MAX);
    struct act *act = &self->acts[self->acts_count++];
    *act = (struct act){.seat = seat,
                        .kind = kind,
                        .forum = self->charter.id,
                        .seq = ++self->seqs[seat],
                        .signed_ms = self->now_ms};
    self->ids++;
    memcpy(act->id.bytes, &self->ids, sizeof self->ids);
    act->id.bytes[31] = 1;
    return act;
}

static inline void room_join(struct room *self, uint32_t seat)
{
    room_say(self, seat, ACT_JOIN)->as.join.charter_hash = self->charter.id;
}

/* Create the forum; every seat below `joined` joins. */
static inline void room_open(struct room *self, uint32_t joined)
{
    struct fault fault = {""};
    enum comity_error error = forum_create(&self->arena, &self->charter, &self->forum, &fault);
    if (error != COMITY_OK)
        fail_msg("%s", fault.text);
    for (uint32_t i = 0; i < joined; i++)
        room_join(self, i);
    room_block(self);
}

static inline int64_t day(const char *text)
{
    int64_t ms = 0;
    assert_int_equal(calendar_parse(text, &ms), COMITY_OK);
    return ms;
}

static inline bool listed(const uint64_t *mask, uint32_t seat)
{
    return (mask[seat / 64] >> (seat % 64) & 1) != 0;
}

#endif
