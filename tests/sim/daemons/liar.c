/* SPDX-License-Identifier: Apache-2.0 */
/* liar.c - a liar runs the same daemon, but what it sends passes here: changed, held back, sent
 * twice with two meanings, or made up. It has its own key and nobody else's. */
#include <stdlib.h>
#include <string.h>

#include "codec/act.h"
#include "codec/block.h"
#include "codec/peer.h"
#include "sim/daemons/world.h"

struct lie {
    struct daemon *daemon;
    struct world *world;
    struct chance *chance;
    struct arena arena;
    uint32_t to, lies;
};

static void post(struct lie *self, const struct peer_message *message)
{
    struct buffer frame = {0};
    struct peer_message tagged = *message;
    forum_tag(&self->world->forum, 0, tagged.forum_tag);
    if (peer_message_encode(&tagged, self->world->plan.orderers, &frame) == COMITY_OK)
        world_post(self->world, self->daemon->index, self->to, frame.data, frame.size);
    buffer_free(&frame);
}

static void sign_vote(struct lie *self, struct vote *vote)
{
    uint8_t message[VOTE_SIGN_SIZE];
    vote_sign_bytes(&self->world->domain, vote->kind, vote->view, &vote->hash, message);
    identity_sign(self->daemon->identity, "vote", bytes_of(message, sizeof message),
                  vote->signature);
}

static void random_bytes(struct lie *self, void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)data)[i] = (uint8_t)chance_next(self->chance);
}

/* An act in the arena; signed by our key, or with a made-up signature. */
static struct bytes make_act(struct lie *self, struct act *act, struct bytes text, bool sign)
{
    struct buffer bytes = {0};
    struct buffer encoded = {0};
    uint8_t signature[SIGNATURE_SIZE];
    struct bytes made = {0};
    act->forum = self->world->forum;
    act->has_text = text.size > 0;
    act->text = text;
    if (act->has_text)
        act->text_hash = act_text_hash(text);
    if (act_encode(act, &bytes) == COMITY_OK) {
        random_bytes(self, signature, sizeof signature);
        if (sign)
            identity_sign(self->daemon->identity, ACT_SIGN_TAG, buffer_bytes(&bytes), signature);
        act->id = act_id(buffer_bytes(&bytes));
        if (signed_act_encode(buffer_bytes(&bytes), signature, text, &encoded) == COMITY_OK)
            made = arena_bytes(&self->arena, buffer_bytes(&encoded));
    }
    buffer_free(&bytes);
    buffer_free(&encoded);
    return made;
}

static uint64_t next_seq(const struct lie *self, uint32_t seat)
{
    const struct session *session = daemon_session(self->daemon);
    return session == NULL ? 1 : forum_seat_seq(session_forum(session), seat) + 1;
}

/* A note that another seat never wrote. */
static struct bytes forged_note(struct lie *self, uint32_t seat, uint64_t seq, int64_t signed_ms,
                                struct hash *ret_id)
{
    struct act act = {.kind = ACT_NOTE, .seat = seat, .seq = seq, .signed_ms = signed_ms};
    struct bytes encoded =
        make_act(self, &act, bytes_of_text("forged"), chance_hit(self->chance, 500));
    *ret_id = act.id;
    return encoded;
}

static struct bytes forged_evidence(struct lie *self, uint32_t victim)
{
    struct hash first, second;
    uint64_t slot = 1 + chance_below(self->chance, 4);
    struct act act = {.kind = ACT_EVIDENCE,
                      .seat = self->daemon->index,
                      .seq = next_seq(self, self->daemon->index),
                      .signed_ms = 1700000000000};
    act.as.evidence.seat = victim;
    act.as.evidence.seq = slot;
    act.as.evidence.first_signed = forged_note(self, victim, slot, 1700000000001, &first);
    act.as.evidence.second_signed = forged_note(self, victim, slot, 1700000000002, &second);
    act.as.evidence.first = first;
    act.as.evidence.second = second;
    return make_act(self, &act, bytes_of(NULL, 0), true);
}

static uint32_t victim_of(struct lie *self)
{
    return chance_below(self->chance, self->world->plan.n);
}

/* Put an act where its seat and number belong. */
static size_t insert_act(struct lie *self, struct bytes *acts, size_t count, struct bytes made)
{
    struct hash id;
    uint32_t seat = 0, own = 0;
    uint64_t seq = 0, own_seq = 0;
    size_t at = 0;
    if (made.size == 0 || signed_act_peek(made, &self->arena, &id, &own, &own_seq) != COMITY_OK)
        return count;
    while (at < count && signed_act_peek(acts[at], &self->arena, &id, &seat, &seq) == COMITY_OK &&
           (seat < own || (seat == own && seq < own_seq)))
        at++;
    memmove(acts + at + 1, acts + at, (count - at) * sizeof *acts);
    acts[at] = made;
    return count + 1;
}

/* Another body: an act too many, a pair exchanged, one twice, or the first left out. */
static size_t change_acts(struct lie *self, struct bytes *acts, size_t count)
{
    struct hash id;
    uint32_t victim = victim_of(self);
    struct buffer *old = &self->world->old_act;
    bool both = (self->lies & LIE_FORGE) && (self->lies & LIE_ORDER);
    if ((self->lies & LIE_FORGE) && victim != self->daemon->index &&
        (!both || chance_hit(self->chance, 500)))
        return insert_act(
            self, acts, count,
            chance_hit(self->chance, 300)
                ? forged_evidence(self, victim)
                : forged_note(self, victim, next_seq(self, victim), 1700000000000, &id));
    if (!(self->lies & LIE_ORDER))
        return count;
    if (old->size > 0 && chance_hit(self->chance, 400)) /* Final long ago. */
        return insert_act(self, acts, count, arena_bytes(&self->arena, buffer_bytes(old)));
    if (count == 0)
        return 0;
    if (chance_hit(self->chance, old->size == 0 ? 1000 : 200)) {
        buffer_clear(old);
        (void)!buffer_append(old, acts[0].data, acts[0].size);
    }
    switch (chance_below(self->chance, 3)) {
    case 0:
        acts[count] = acts[count - 1];
        return count + 1;
    case 1:
        if (count > 1) {
            struct bytes first = acts[0];
            acts[0] = acts[1];
            acts[1] = first;
        }
        return count;
    default:
        memmove(acts, acts + 1, (count - 1) * sizeof *acts);
        return count - 1;
    }
}

static bool roots(struct lie *self, const struct bytes *acts, size_t count, struct hash *ret_root)
{
    struct hash *ids = arena_array(&self->arena, count + 1, sizeof *ids);
    const uint8_t **signatures = arena_array(&self->arena, count + 1, sizeof *signatures);
    for (size_t i = 0; i < count; i++) {
        struct signed_act act;
        if (signed_act_decode(acts[i], &self->arena, &act, NULL) != COMITY_OK)
            return false;
        ids[i] = act.act.id;
        signatures[i] = act.signature;
    }
    return block_acts_root(ids, signatures, count, ret_root) == COMITY_OK;
}

/* Other times, parents, views and heights. */
static void change_header(struct lie *self, struct block_header *header)
{
    static const int64_t times[] = {1, 9000, 11000, 3600000, INT64_MAX / 4};
    if ((self->lies & LIE_TIME) && chance_hit(self->chance, 500)) {
        int64_t by = times[chance_below(self->chance, 5)];
        header->time_ms += chance_hit(self->chance, 500) ? by : -by;
    }
    if ((self->lies & LIE_PARENT) && chance_hit(self->chance, 500)) {
        switch (chance_below(self->chance, 3)) {
        case 0:
            random_bytes(self, &header->parent_hash, sizeof header->parent_hash);
            break;
        case 1: /* An older one, skipping what was not nullified. */
            header->parent_view = header->parent_view > 0 ? header->parent_view - 1 : 0;
            break;
        default:
            header->height += chance_hit(self->chance, 500) ? 1 : (uint64_t)-1;
            break;
        }
    }
    if ((self->lies & LIE_FUTURE) && chance_hit(self->chance, 300)) {
        header->view += self->world->plan.orderers * (uint64_t)(1 + chance_below(self->chance, 99));
        header->height += chance_below(self->chance, 1000);
    }
}

static void lie_proposal(struct lie *self, struct peer_message *message)
{
    struct block_header header;
    const struct bytes *decoded;
    size_t count;
    struct buffer body = {0};
    if (block_header_decode(message->as.proposal.header, &header) != COMITY_OK ||
        block_body_decode(message->as.proposal.body, &self->arena, &decoded, &count, NULL) !=
            COMITY_OK)
        return;
    struct bytes *acts = arena_array(&self->arena, count + 2, sizeof *acts);
    for (size_t i = 0; i < count; i++)
        acts[i] = decoded[i];
    if ((self->lies & LIE_EQUIVOCATE) && (self->to + header.view) % 2 == 0)
        header.time_ms++;
    if ((self->lies & LIE_STATE) && chance_hit(self->chance, 500)) {
        header.state_hash.bytes[3] ^= 1;
        if (chance_hit(self->chance, 300))
            header.outcomes_root.bytes[3] ^= 1;
    }
    count = change_acts(self, acts, count);
    change_header(self, &header);
    message->as.proposal.vote.view = header.view;
    if (roots(self, acts, count, &header.acts_root) &&
        block_body_encode(acts, count, &body) == COMITY_OK) {
        uint8_t bytes[BLOCK_HEADER_SIZE];
        block_header_encode(&header, bytes);
        message->as.proposal.header = bytes_of(bytes, sizeof bytes);
        message->as.proposal.body = buffer_bytes(&body);
        message->as.proposal.vote.hash = block_header_hash(&header);
        sign_vote(self, &message->as.proposal.vote);
        post(self, message);
    }
    buffer_free(&body);
}

static void lie_vote(struct lie *self, struct peer_message *message)
{
    struct vote *vote = &message->as.vote;
    vote->kind = (enum vote_kind)(1 + chance_below(self->chance, 3));
    if (vote->kind == VOTE_NULLIFY)
        memset(&vote->hash, 0, sizeof vote->hash);
    else if (hash_is_zero(&vote->hash) || chance_hit(self->chance, 200))
        random_bytes(self, &vote->hash, sizeof vote->hash);
    if (chance_hit(self->chance, 100))
        vote->view += chance_below(self->chance, 1000);
    if ((self->lies & LIE_FORGE) && chance_hit(self->chance, 300))
        vote->signer = chance_below(self->chance, self->world->plan.orderers);
    sign_vote(self, vote);
    post(self, message);
}

static void lie_acts(struct lie *self, const struct peer_message *message)
{
    struct peer_message made = {.kind = PEER_ACTS};
    struct bytes other = {0};
    struct hash id;
    uint32_t victim = victim_of(self);
    made.as.acts.acts = &other;
    made.as.acts.count = 1;
    if ((self->lies & LIE_FORGE) && victim != self->daemon->index) {
        other = chance_hit(self->chance, 300)
                    ? forged_evidence(self, victim)
                    : forged_note(self, victim, next_seq(self, victim), 1700000000000, &id);
        if (other.size > 0)
            post(self, &made);
    }
    for (size_t i = 0; message != NULL && i < message->as.acts.count; i++) {
        struct signed_act act;
        if (!(self->lies & LIE_EQUIVOCATE) || self->to % 2 != 0 ||
            signed_act_decode(message->as.acts.acts[i], &self->arena, &act, NULL) != COMITY_OK ||
            act.act.seat != self->daemon->index || act.act.kind == ACT_EVIDENCE)
            continue;
        act.act.signed_ms++;
        other = make_act(self, &act.act, act.act.text, true);
        if (other.size > 0)
            post(self, &made);
    }
}

static void post_vote(struct lie *self, enum vote_kind kind, uint64_t view, const struct hash *hash)
{
    struct peer_message made = {.kind = PEER_VOTE};
    struct vote *vote = &made.as.vote;
    *vote = (struct vote){.kind = kind, .view = view, .signer = self->daemon->index};
    if (kind != VOTE_NULLIFY)
        vote->hash = *hash;
    sign_vote(self, vote);
    post(self, &made);
}

/* Blocks nobody asked for, as a push to a follower would come, and answers with something else. */
static void lie_blocks(struct lie *self, const struct block_header *like)
{
    struct peer_message made = {.kind = PEER_BLOCKS};
    struct peer_block blocks[4] = {{.has_cert = false}};
    uint8_t headers[4][BLOCK_HEADER_SIZE];
    struct buffer body = {0};
    struct block_header header = *like;
    bool sound =
        roots(self, NULL, 0, &header.acts_root) && block_body_encode(NULL, 0, &body) == COMITY_OK;
    for (uint32_t i = 0; i < 4 && sound; i++) {
        random_bytes(self, &header.state_hash, sizeof header.state_hash);
        header.height += chance_below(self->chance, 3);
        header.view += chance_below(self->chance, 3);
        block_header_encode(&header, headers[i]);
        blocks[i].header = bytes_of(headers[i], BLOCK_HEADER_SIZE);
        blocks[i].body = buffer_bytes(&body);
    }
    made.as.blocks.blocks = blocks;
    made.as.blocks.count = sound ? 4 : 0;
    made.as.blocks.id = chance_below(self->chance, 4);
    if (sound)
        post(self, &made);
    buffer_free(&body);
}

static void forge_cert(struct lie *self, uint64_t view, const struct hash *hash)
{
    uint32_t n = self->world->plan.orderers;
    uint8_t(*signatures)[SIGNATURE_SIZE] = arena_array(&self->arena, n, SIGNATURE_SIZE);
    struct peer_message made = {.kind = PEER_CERT};
    struct cert *cert = &made.as.cert;
    *cert = (struct cert){.kind = (enum vote_kind)(1 + chance_below(self->chance, 3)),
                          .view = view,
                          .hash = *hash,
                          .signatures_count = quorum_size(n)};
    if (cert->kind == VOTE_NULLIFY)
        memset(&cert->hash, 0, sizeof cert->hash);
    for (uint32_t i = 0; i < cert->signatures_count; i++) {
        cert->signers[i / 64] |= (uint64_t)1 << (i % 64);
        random_bytes(self, signatures[i], SIGNATURE_SIZE);
    }
    cert->signatures = (const uint8_t(*)[SIGNATURE_SIZE])signatures;
    post(self, &made);
}

static void lie_status(struct lie *self, struct peer_message *message)
{
    message->as.status.final_view += chance_below(self->chance, 50);
    message->as.status.view += chance_below(self->chance, 1000);
    message->as.status.height += chance_below(self->chance, 50);
    message->as.status.last_seen_view += chance_below(self->chance, 1000);
    message->as.status.utc_ms += chance_between(self->chance, -10000000, 10000000);
    message->as.status.going_away = chance_hit(self->chance, 200);
    message->as.status.your_seq = chance_below(self->chance, 100);
    message->as.status.asks_votes = chance_hit(self->chance, 500);
    post(self, message);
}

static void disturb(struct lie *self, struct bytes frame)
{
    struct world *world = self->world;
    if ((self->lies & LIE_GARBAGE) && chance_hit(self->chance, 50)) {
        uint8_t *copy = arena_alloc(&self->arena, frame.size + 1);
        memcpy(copy, frame.data, frame.size);
        size_t at = chance_below(self->chance, (uint32_t)frame.size);
        copy[at] ^= (uint8_t)chance_next(self->chance);
        world_post(world, self->daemon->index, self->to, copy,
                   frame.size - chance_below(self->chance, 2));
    }
    if (!(self->lies & LIE_REPLAY))
        return;
    struct frame **slot = &world->old[chance_below(self->chance, 16)];
    if (*slot != NULL && chance_hit(self->chance, 100))
        world_post(world, self->daemon->index, self->to, (*slot)->data, (*slot)->size);
    if (*slot == NULL || chance_hit(self->chance, 30)) {
        free(*slot);
        *slot = malloc(sizeof **slot + frame.size);
        if (*slot == NULL)
            abort();
        (*slot)->size = frame.size;
        memcpy((*slot)->data, frame.data, frame.size);
    }
}

/* True: the frame itself stays here. */
static bool tell(struct lie *self, struct peer_message *message)
{
    struct block_header header;
    if ((self->lies & LIE_WITHHOLD) && chance_hit(self->chance, 200))
        return true;
    switch (message->kind) {
    case PEER_PROPOSAL:
        if (self->lies & LIE_NULLIFY)
            post_vote(self, VOTE_NULLIFY, message->as.proposal.vote.view, NULL);
        if ((self->lies & LIE_FETCH) &&
            block_header_decode(message->as.proposal.header, &header) == COMITY_OK)
            lie_blocks(self, &header);
        if (!(self->lies & (LIE_EQUIVOCATE | LIE_STATE | LIE_FORGE | LIE_ORDER | LIE_TIME |
                            LIE_PARENT | LIE_FUTURE)) ||
            chance_hit(self->chance, 400))
            return false;
        lie_proposal(self, message);
        return true;
    case PEER_VOTE:
        if ((self->lies & LIE_FUTURE) && chance_hit(self->chance, 200))
            post_vote(self, message->as.vote.kind,
                      message->as.vote.view + (uint64_t)1 * chance_below(self->chance, UINT32_MAX),
                      &message->as.vote.hash);
        if ((self->lies & LIE_RESIGN) && !self->world->plan.real_signatures) {
            message->as.vote.signature[SIGNATURE_SIZE - 1] = (uint8_t)chance_next(self->chance);
            post(self, message);
            return chance_hit(self->chance, 500);
        }
        if ((self->lies & LIE_FORGE) && chance_hit(self->chance, 100))
            forge_cert(self, message->as.vote.view, &message->as.vote.hash);
        if ((self->lies & LIE_FORGE) && chance_hit(self->chance, 200))
            lie_acts(self, NULL);
        if ((self->lies & LIE_EQUIVOCATE) && chance_hit(self->chance, 500))
            lie_vote(self, message);
        return false;
    case PEER_STATUS:
        if (!(self->lies & LIE_STATUS))
            return false;
        lie_status(self, message);
        return true;
    case PEER_ACTS:
        lie_acts(self, message);
        return self->lies & LIE_EQUIVOCATE && self->to % 2 == 0;
    case PEER_BLOCKS:
        if (!(self->lies & LIE_FETCH) || message->as.blocks.count == 0 ||
            block_header_decode(message->as.blocks.blocks[0].header, &header) != COMITY_OK)
            return false;
        lie_blocks(self, &header);
        return chance_hit(self->chance, 500); /* And keeps what was asked for. */
    default:
        return false;
    }
}

/* For seconds on end it talks to some only. */
static bool is_shunned(const struct lie *self)
{
    uint64_t when = (uint64_t)self->world->now_ms / 8192;
    return (self->lies & LIE_SELECTIVE) != 0 &&
           (mix64(self->world->plan.seed ^ when << 16 ^ self->to << 8 ^ self->daemon->index) & 1);
}

void liar_send(struct daemon *daemon, uint32_t to, struct bytes frame)
{
    struct world *world = daemon->world;
    struct lie self = {.daemon = daemon,
                       .world = world,
                       .chance = &daemon->lie_chance,
                       .to = to,
                       .lies = world->plan.lies[daemon->index]};
    struct peer_message message;
    if (is_shunned(&self))
        return;
    arena_init(&self.arena, 0);
    disturb(&self, frame);
    if (peer_message_decode(frame, world->plan.orderers, &self.arena, &message, NULL) !=
            COMITY_OK ||
        !tell(&self, &message))
        world_post(world, daemon->index, to, frame.data, frame.size);
    arena_free(&self.arena);
}
