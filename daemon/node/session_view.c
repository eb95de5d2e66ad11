/* SPDX-License-Identifier: Apache-2.0 */
/* session_view.c - what the client API may ask a session. */
#include <string.h>

#include "base/text.h"
#include "charter/charter.h"
#include "codec/act.h"
#include "codec/block.h"
#include "node/session_state.h"

const char *session_name(const struct session *self)
{
    return self->name;
}

struct bytes session_charter_bytes(const struct session *self)
{
    return self->charter_bytes;
}

const struct charter *session_charter(const struct session *self)
{
    return self->charter;
}

const struct forum *session_forum(const struct session *self)
{
    return self->chain.forum;
}

int32_t session_seat(const struct session *self)
{
    return self->seat;
}

bool session_is_admitted(const struct session *self, const uint8_t key[KEY_SIZE])
{
    return charter_find_key(self->charter, key) >= 0;
}

void session_tag(const struct session *self, uint8_t ret_tag[16])
{
    memcpy(ret_tag, self->tag, FORUM_TAG_SIZE);
}

const struct pool *session_pool(const struct session *self)
{
    return self->pool;
}

const struct chain *session_chain(const struct session *self)
{
    return &self->chain;
}

uint64_t session_stored_height(const struct session *self)
{
    return self->chain.now.height - self->chain.unstored_count;
}

bool session_seat_is_up(const struct session *self, uint32_t seat)
{
    return self->seat == (int32_t)seat || self->peers[self->peer_of_seat[seat]].up;
}

/* One block; COMITY_NOT_FOUND: the act is not in it. */
static enum comity_error find_fate_at(struct session *self, uint64_t height, uint64_t seq,
                                      struct session_fate *ret_fate)
{
    struct store_block stored;
    const struct bytes *acts;
    size_t count;
    struct outcomes outcomes;
    struct signed_act act;
    enum comity_error error =
        store_get_block(self->env.store, &self->charter->id, height, &self->scratch, &stored);
    if (error == COMITY_OK)
        error = block_body_decode(stored.body, &self->scratch, &acts, &count, NULL);
    if (error == COMITY_OK)
        error = outcomes_decode(stored.outcomes, &self->scratch, &outcomes);
    if (error != COMITY_OK)
        return error == COMITY_NOT_FOUND ? COMITY_DAMAGED : error;
    for (size_t i = 0; i < count; i++) {
        if (signed_act_decode(acts[i], &self->scratch, &act, NULL) != COMITY_OK ||
            act.act.seat != (uint32_t)self->seat || act.act.seq != seq)
            continue;
        *ret_fate = (struct session_fate){.id = act.act.id, .accepted = true, .height = height};
        session_read_fate(&outcomes, (uint32_t)i, ret_fate);
        return COMITY_OK;
    }
    return COMITY_NOT_FOUND;
}

enum comity_error session_find_old_fate(struct session *self, uint64_t seq,
                                        struct session_fate *ret_fate)
{
    /* Blocks that the store has not taken yet were executed since the start, and their acts are
     * remembered by session_act_fate. */
    uint64_t height = session_stored_height(self);
    enum comity_error error = COMITY_NOT_FOUND;
    for (; height > 0 && error == COMITY_NOT_FOUND; height--) {
        error = find_fate_at(self, height, seq, ret_fate);
        arena_reset(&self->scratch);
    }
    return error;
}

static void describe_waiting(const struct session *self, struct text *line)
{
    uint64_t missing[SEATS_MAX / 64];
    uint32_t short_of = consensus_waiting_for(self->consensus, missing);
    if (self->halted)
        return;
    if (self->acts_held)
        text_format(line,
                    "acts of this seat wait until %u orderers have told what they hold of its key: "
                    "%u of them have%s",
                    (unsigned)quorum_faults(self->charter->orderers_count) + 1,
                    (unsigned)session_tellers(self), short_of == 0 ? "" : "; ");
    if (short_of == 0)
        return;
    text_format(line, "waiting for %u more of: ", (unsigned)short_of);
    bool first = true;
    for (uint32_t i = 0; i < self->charter->orderers_count; i++) {
        if ((missing[i / 64] >> (i % 64) & 1) == 0)
            continue;
        text_add(line, first ? "" : ", ");
        text_add(line, self->charter->seats[self->charter->orderers[i]].name);
        first = false;
    }
    uint32_t held = pool_count(self->pool);
    if (held > 0)
        text_format(line, "; %u %s kept until then", (unsigned)held,
                    held == 1 ? "act is" : "acts are");
}

void session_describe(const struct session *self, struct session_time time,
                      struct session_state *ret_state)
{
    uint32_t n = self->charter->orderers_count;
    *ret_state = (struct session_state){
        .height = self->chain.now.height,
        .view = consensus_view(self->consensus),
        .block_hash = self->chain.block_hash,
        .state_hash = self->chain.now.state_hash,
        .outcomes_root = self->chain.now.outcomes_root,
        .block_ms = self->chain.header.time_ms,
        .forum_ms = self->chain.now.height == 0 ? forum_now(self->chain.forum)
                                                : forum_time(self->chain.forum, time.utc_ms),
        .pending_acts = pool_count(self->pool),
        .orderers = n,
        .quorum = quorum_size(n),
        .observing = self->observing,
        .suspended = forum_is_suspended(self->chain.forum),
        .due_ms = forum_due(self->chain.forum),
    };
    memcpy(ret_state->alarm, self->alarm, sizeof self->alarm);
    struct text line;
    text_init(&line, ret_state->waiting, sizeof ret_state->waiting);
    describe_waiting(self, &line);
}
