/* SPDX-License-Identifier: Apache-2.0 */
/* attack_acts.c - a seat's key: too many acts, acts with gaps before them, two acts in one slot. */
#include <stdlib.h>
#include <string.h>

#include "codec/act.h"
#include "hostile/hostile.h"

static void add_act(struct eve *eve, struct act *act, const char *text)
{
    struct bytes encoded = eve_act(eve, act, text);
    struct peer_message message = {.kind = PEER_ACTS};
    message.as.acts.acts = &encoded;
    message.as.acts.count = 1;
    eve_add(eve, &message);
}

static void join(struct eve *eve)
{
    struct act act = {.seat = EVE, .seq = 1, .signed_ms = 1500000000000, .kind = ACT_JOIN};
    act.as.join.charter_hash = eve->cluster->charter->id;
    add_act(eve, &act, "");
    eve_send_all(eve);
}

static void note(struct eve *eve, uint64_t seq, const char *text, int64_t time_ms)
{
    struct act act = {.seat = EVE, .seq = seq, .signed_ms = time_ms, .kind = ACT_NOTE};
    add_act(eve, &act, text);
}

static char *long_text(void)
{
    enum { SIZE = 60000 };
    char *text = malloc(SIZE + 1);
    if (text == NULL)
        die("out of memory");
    memset(text, 'x', SIZE);
    text[SIZE] = '\0';
    return text;
}

/* Every slot but the next: nothing of it can ever be ordered, all of it must be kept or refused. */
void acts_gaps(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    char *text = long_text();
    eve_open(&eve, cluster, counts);
    for (uint64_t turn = 0;; turn++) {
        uint64_t view = 0, height = 0, seq = 0;
        if (turn % 64 == 0)
            eve_spy(&eve, &view, &height, &seq);
        for (uint64_t i = 0; i < 5; i++)
            note(&eve, 3 + (turn * 5 + i) % 4094, text, 1500000000000);
        eve_send_all(&eve);
        eve_nap(4);
        counts->ready = counts->sent > 900; /* A hundred MiB and more, if they are all kept. */
    }
}

/* Notes that are all in order: the record grows, and others must still be heard. */
void acts_notes(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    char *text = long_text();
    text[20000] = '\0';
    eve_open(&eve, cluster, counts);
    uint64_t view = 0, height = 0, seq = 0;
    for (uint64_t turn = 0;; turn++) {
        eve_spy(&eve, &view, &height, &seq);
        if (seq == 0) {
            join(&eve);
            eve_nap(20);
            continue;
        }
        for (uint64_t batch = 0; batch < 4; batch++) {
            for (uint64_t i = 0; i < 12; i++)
                note(&eve, seq + 1 + batch * 12 + i, text, 1500000000000);
            eve_send_all(&eve);
        }
        eve_nap(20);
        counts->ready = seq > 12;
    }
}

/* Two acts in every slot, one to each daemon and then both to all. */
void acts_two(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    uint64_t view = 0, height = 0, seq = 0;
    for (uint64_t turn = 0;; turn++) {
        eve_spy(&eve, &view, &height, &seq);
        for (uint64_t i = 0; i < 40; i++) {
            for (int which = 0; which < 2; which++) {
                note(&eve, seq + 1 + i, which == 0 ? "yes" : "no", 1500000000000 + which);
                eve_send(&eve, (uint32_t)(turn + (uint64_t)which) % HONEST);
            }
        }
        for (uint64_t i = 0; i < 40; i++) {
            note(&eve, seq + 1 + i, "yes", 1500000000000);
            note(&eve, seq + 1 + i, "no", 1500000000001);
        }
        eve_send_all(&eve);
        eve_nap(10);
        counts->ready = counts->sent > 200;
    }
}
