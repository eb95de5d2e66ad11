/* SPDX-License-Identifier: Apache-2.0 */
/* session_build.c - builds blocks from the pool and validates those of other leaders. Both are
 * functions of the parent chain: no clock, no order of arrival decides what is valid. */
#include <string.h>

#include "base/log.h"
#include "codec/block.h"
#include "node/session_state.h"

/* Last seq of each seat on the chain that ends at `parent`. False: an ancestor is missing. */
bool session_last_seqs(const struct session *self, const struct hash *parent,
                       uint64_t ret_last[SEATS_MAX])
{
    const struct body *path[SESSION_VIEWS_MAX];
    uint32_t depth = 0;
    struct hash at = *parent;
    while (!hash_equal(&at, &self->chain.block_hash)) {
        const struct body *body = bodies_find(&self->bodies, &at);
        if (body == NULL || depth == SESSION_VIEWS_MAX)
            return false;
        path[depth++] = body;
        at = body->block.header.parent_hash;
    }
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++)
        ret_last[seat] = forum_seat_seq(self->chain.forum, seat);
    while (depth > 0) {
        const struct body *body = path[--depth];
        for (uint32_t i = 0; i < body->acts_count; i++)
            ret_last[body->acts[i].act.seat] = body->acts[i].act.seq;
    }
    return true;
}

bool session_has_work(const struct session *self, const struct hash *tip)
{
    uint64_t last[SEATS_MAX];
    if (pool_count(self->pool) == 0 || !session_last_seqs(self, tip, last))
        return false;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (pool_find(self->pool, seat, last[seat] + 1) != NULL)
            return true;
    }
    return false;
}

/* An empty block that lets a deadline pass is worth finalizing for that alone. */
void session_flag_tick(const struct session *self, struct body *body)
{
    if (body->acts_count == 0 && body->block.header.time_ms >= forum_due(self->chain.forum))
        body->block.flags |= BLOCK_IS_TICK;
}

static enum consensus_validity check_state(struct session *self, const struct block_header *header,
                                           uint64_t parent_state_height)
{
    struct chain_point point;
    if (header->state_height >= header->height || header->state_height < parent_state_height)
        return VALIDITY_INVALID;
    if (chain_point_at(&self->chain, header->state_height, &point) != COMITY_OK)
        return VALIDITY_PENDING;
    if (hash_equal(&point.state_hash, &header->state_hash) &&
        hash_equal(&point.outcomes_root, &header->outcomes_root))
        return VALIDITY_OK;
    self->drift_height = header->state_height;
    log_line(LOG_ERROR, "ordering",
             "forum=%s a proposal of view %llu commits to another state of height %llu than ours",
             self->name, (unsigned long long)header->view,
             (unsigned long long)header->state_height);
    return VALIDITY_INVALID;
}

enum consensus_validity session_validate(struct session *self, const struct body *body)
{
    const struct block_header *header = &body->block.header;
    if (!body->is_sound || !hash_equal(&header->forum, &self->charter->id) ||
        header->protocol != PROTOCOL_VERSION || header->epoch != 0)
        return VALIDITY_INVALID;
    uint64_t parent_state_height = 0;
    if (hash_equal(&header->parent_hash, &self->chain.block_hash)) {
        parent_state_height = self->chain.header.state_height;
    } else {
        const struct body *parent = bodies_find(&self->bodies, &header->parent_hash);
        if (parent == NULL)
            return VALIDITY_PENDING;
        parent_state_height = parent->block.header.state_height;
    }
    uint64_t last[SEATS_MAX];
    if (!session_last_seqs(self, &header->parent_hash, last))
        return VALIDITY_PENDING;
    for (uint32_t i = 0; i < body->acts_count; i++) {
        const struct act *act = &body->acts[i].act;
        if (act->seq != last[act->seat] + 1)
            return VALIDITY_INVALID;
        last[act->seat] = act->seq;
    }
    return check_state(self, header, parent_state_height);
}

struct chosen {
    struct bytes encoded[BLOCK_ACTS_MAX];
    const struct pool_act *acts[BLOCK_ACTS_MAX];
    size_t count;
};

/* Fair: one act of each seat in turn until the block is full; listed by seat, then seq. */
static void choose_acts(const struct session *self, uint64_t last[SEATS_MAX],
                        struct chosen *ret_chosen)
{
    uint32_t taken[SEATS_MAX] = {0};
    size_t size = 64;
    bool took = true;
    size_t count = 0;
    while (took) {
        took = false;
        for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
            const struct pool_act *act = pool_find(self->pool, seat, last[seat] + 1 + taken[seat]);
            if (act == NULL || count == BLOCK_ACTS_MAX ||
                size + act->encoded.size + 8 > BLOCK_SIZE_MAX)
                continue;
            size += act->encoded.size + 8;
            taken[seat]++;
            count++;
            took = true;
        }
    }
    ret_chosen->count = 0;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        for (uint32_t i = 0; i < taken[seat]; i++) {
            const struct pool_act *act = pool_find(self->pool, seat, last[seat] + 1 + i);
            ret_chosen->encoded[ret_chosen->count] = act->encoded;
            ret_chosen->acts[ret_chosen->count++] = act;
        }
    }
}

static enum comity_error acts_root(struct session *self, const struct chosen *chosen,
                                   struct hash *ret_root)
{
    struct hash *ids = arena_array(&self->scratch, chosen->count, sizeof *ids);
    const uint8_t **signatures = arena_array(&self->scratch, chosen->count, sizeof *signatures);
    if (ids == NULL || signatures == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < chosen->count; i++) {
        struct signed_act act;
        enum comity_error error = signed_act_decode_known(chosen->encoded[i], &chosen->acts[i]->id,
                                                          &self->scratch, &act, NULL);
        if (error != COMITY_OK)
            return error;
        ids[i] = act.act.id;
        signatures[i] = act.signature;
    }
    return block_acts_root(ids, signatures, chosen->count, ret_root);
}

static enum comity_error build_body(struct session *self, struct body **ret_body)
{
    const struct consensus_block *parent = &self->build_parent;
    uint64_t last[SEATS_MAX];
    static struct chosen chosen; /* 64 KiB; one loop, one thread. */
    chosen.count = 0;
    if (!session_last_seqs(self, &parent->hash, last))
        return COMITY_PENDING;
    if (!self->build_empty)
        choose_acts(self, last, &chosen);
    struct block_header header = {
        .forum = self->charter->id,
        .protocol = PROTOCOL_VERSION,
        .view = self->build_view,
        .height = parent->header.height + 1,
        .time_ms = self->build_time_ms,
        .parent_view = parent->header.view,
        .parent_hash = parent->hash,
        .state_height = self->chain.now.height,
        .state_hash = self->chain.now.state_hash,
        .outcomes_root = self->chain.now.outcomes_root,
    };
    enum comity_error error = acts_root(self, &chosen, &header.acts_root);
    buffer_clear(&self->payload);
    if (error == COMITY_OK)
        error = block_body_encode(chosen.encoded, chosen.count, &self->payload);
    if (error != COMITY_OK)
        return error;
    uint8_t bytes[BLOCK_HEADER_SIZE];
    block_header_encode(&header, bytes);
    error = bodies_add(&self->bodies, self->charter, self->pool, bytes_of(bytes, sizeof bytes),
                       buffer_bytes(&self->payload), ret_body, NULL);
    return error == COMITY_EXISTS ? COMITY_OK : error;
}

void session_build(struct session *self)
{
    struct body *body;
    self->build = false;
    enum comity_error error = build_body(self, &body);
    arena_reset(&self->scratch);
    if (error != COMITY_OK) {
        log_line(LOG_WARNING, "ordering", "forum=%s no block for view %llu: %s", self->name,
                 (unsigned long long)self->build_view, error_text(error));
        return;
    }
    session_flag_tick(self, body);
    struct consensus_event event = {.kind = EVENT_BUILT, .block = &body->block};
    session_step(self, &event);
}
