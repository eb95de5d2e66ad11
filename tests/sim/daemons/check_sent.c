/* SPDX-License-Identifier: Apache-2.0 */
/* check_sent.c - what an honest daemon signs and what leaves it: nothing before it is durable,
 * and never two words that contradict each other, over all restarts. */
#include <stdlib.h>
#include <string.h>

#include "codec/act.h"
#include "codec/block.h"
#include "codec/peer.h"
#include "sim/daemons/world.h"

enum { NOTARIZED = 1, NULLIFIED = 2, FINALIZED = 4 };

/* --- Acts that honest keys signed: an open hash set --- */

static uint64_t slot_of(const struct world *world, const struct hash *id)
{
    uint64_t start;
    memcpy(&start, id->bytes, sizeof start);
    uint64_t slot = start % world->signed_capacity;
    while (!hash_is_zero(&world->signed_acts[slot]) && !hash_equal(&world->signed_acts[slot], id))
        slot = (slot + 1) % world->signed_capacity;
    return slot;
}

static void remember(struct world *world, struct hash id)
{
    if (world->signed_count * 2 >= world->signed_capacity) {
        struct hash *old = world->signed_acts;
        size_t old_capacity = world->signed_capacity;
        world->signed_capacity = old_capacity == 0 ? 1024 : old_capacity * 2;
        world->signed_acts = calloc(world->signed_capacity, sizeof *world->signed_acts);
        if (world->signed_acts == NULL)
            abort();
        for (size_t i = 0; i < old_capacity; i++) {
            if (!hash_is_zero(&old[i]))
                world->signed_acts[slot_of(world, &old[i])] = old[i];
        }
        free(old);
    }
    uint64_t slot = slot_of(world, &id);
    if (hash_is_zero(&world->signed_acts[slot]))
        world->signed_count++;
    world->signed_acts[slot] = id;
}

/* One entry for "this seat consented to this proposal". */
static struct hash consent_id(uint32_t seat, const struct hash *proposal)
{
    struct hash id = *proposal;
    id.bytes[0] ^= (uint8_t)(seat + 1);
    id.bytes[HASH_SIZE - 1] ^= 0x5a;
    return id;
}

/* An act that this daemon signs: what it binds its seat to, nothing else ever may. */
void check_signed(struct daemon *daemon, const char *tag, struct bytes message)
{
    struct world *world = daemon->world;
    struct buffer encoded = {0};
    struct signed_act act;
    struct arena arena;
    static const uint8_t signature[SIGNATURE_SIZE];
    if (strcmp(tag, ACT_SIGN_TAG) != 0)
        return;
    arena_init(&arena, 0);
    if (signed_act_encode(message, signature, bytes_of(NULL, 0), &encoded) == COMITY_OK &&
        signed_act_decode(buffer_bytes(&encoded), &arena, &act, NULL) == COMITY_OK &&
        act.act.seat == daemon->index) {
        remember(world, act.act.id);
        if (act.act.kind == ACT_BALLOT && act.act.as.ballot.answer == ANSWER_YES)
            remember(world, consent_id(daemon->index, &act.act.as.ballot.proposal));
        if (act.act.kind == ACT_RATIFY || act.act.kind == ACT_ACCEDE)
            remember(world, consent_id(daemon->index, &act.act.as.consent.proposal));
        if (act.act.kind == ACT_JOIN)
            remember(world, consent_id(daemon->index, &world->forum));
    }
    arena_free(&arena);
    buffer_free(&encoded);
}

bool check_has_consented(const struct world *world, uint32_t seat, const struct hash *proposal)
{
    struct hash id = consent_id(seat, proposal);
    return check_was_signed(world, &id);
}

bool check_was_signed(const struct world *world, const struct hash *id)
{
    return world->signed_capacity > 0 && !hash_is_zero(&world->signed_acts[slot_of(world, id)]);
}

/* --- Votes and acts that leave --- */

/* Of whoever lost its files it is written down; of anybody else it is a failure. */
static void contradicts(struct daemon *daemon, const char *what, uint64_t number)
{
    daemon->contradicted = true;
    if (is_honest(daemon))
        world_fail(daemon->world, "seat %u %s %llu", daemon->index, what,
                   (unsigned long long)number);
}

static void check_vote(struct daemon *daemon, const struct vote *vote)
{
    struct world *world = daemon->world;
    if (vote->view > 1000000) {
        world_fail(world, "seat %u votes in view %llu", daemon->index,
                   (unsigned long long)vote->view);
        return;
    }
    daemon->votes = world_grow(daemon->votes, &daemon->votes_count, (size_t)vote->view + 1,
                               sizeof *daemon->votes);
    struct sent_view *sent = &daemon->votes[vote->view];
    uint8_t kind = vote->kind == VOTE_NOTARIZE   ? NOTARIZED
                   : vote->kind == VOTE_FINALIZE ? FINALIZED
                                                 : NULLIFIED;
    struct hash *hash = kind == NOTARIZED ? &sent->notarize : &sent->finalize;
    if (kind != NULLIFIED && (sent->kinds & kind) && !hash_equal(hash, &vote->hash))
        contradicts(daemon, "signed two blocks in view", vote->view);
    if (!(sent->kinds & kind) && is_honest(daemon) &&
        !disk_has_durable(&daemon->disk, "votes.journal",
                          bytes_of(vote->signature, SIGNATURE_SIZE)))
        world_fail(world, "seat %u sent a vote of view %llu before it was durable", daemon->index,
                   (unsigned long long)vote->view);
    sent->kinds |= kind;
    if (kind != NULLIFIED)
        *hash = vote->hash;
    if ((sent->kinds & NULLIFIED) && (sent->kinds & FINALIZED))
        contradicts(daemon, "nullified and finalized view", vote->view);
}

static void check_act(struct daemon *daemon, struct bytes encoded, struct arena *arena)
{
    struct hash id;
    uint32_t seat;
    uint64_t seq;
    struct world *world = daemon->world;
    if (signed_act_peek(encoded, arena, &id, &seat, &seq) != COMITY_OK || seat != daemon->index ||
        seq > 100000)
        return;
    daemon->acts_sent = world_grow(daemon->acts_sent, &daemon->acts_sent_count, (size_t)seq + 1,
                                   sizeof *daemon->acts_sent);
    struct hash *sent = &daemon->acts_sent[seq];
    if (!hash_is_zero(sent) && !hash_equal(sent, &id))
        contradicts(daemon, "sent two acts of slot", seq);
    /* What is final needs the journal no more. */
    if (hash_is_zero(sent) && daemon->node != NULL && is_honest(daemon) &&
        daemon_session(daemon) != NULL &&
        forum_seat_seq(session_forum(daemon_session(daemon)), seat) < seq &&
        !disk_has_durable(&daemon->disk, "votes.journal", encoded))
        world_fail(world, "seat %u sent act %llu before it was durable", daemon->index,
                   (unsigned long long)seq);
    *sent = id;
}

static void trace_message(struct daemon *daemon, const struct peer_message *message)
{
    struct world *world = daemon->world;
    static const char *const kinds[] = {"?",      "proposal",      "vote",   "cert",
                                        "status", "fetch",         "blocks", "acts",
                                        "relay",  "routes-wanted", "routes"};
    uint64_t view = 0, height = 0;
    if (message->kind == PEER_VOTE) {
        view = message->as.vote.view;
        height = message->as.vote.kind;
    } else if (message->kind == PEER_CERT) {
        view = message->as.cert.view;
        height = message->as.cert.kind;
    } else if (message->kind == PEER_STATUS) {
        view = message->as.status.view;
        height = message->as.status.height;
    } else if (message->kind == PEER_FETCH) {
        view = message->as.fetch.kind;
        height = message->as.fetch.first;
    }
    world_trace(world, "%u sends %s %llu %llu", daemon->index, kinds[message->kind],
                (unsigned long long)view, (unsigned long long)height);
}

void check_sent(struct daemon *daemon, struct bytes frame)
{
    struct world *world = daemon->world;
    uint64_t print = mix_bytes(daemon->index, frame.data, frame.size);
    if (print == daemon->last_frame)
        return; /* The same to the next peer. */
    daemon->last_frame = print;
    world_digest(world, print);
    struct arena arena;
    struct peer_message message;
    arena_init(&arena, 0);
    if (peer_message_decode(frame, world->plan.orderers, &arena, &message, NULL) != COMITY_OK) {
        world_fail(world, "seat %u sent a frame that does not decode", daemon->index);
        arena_free(&arena);
        return;
    }
    if (world->print)
        trace_message(daemon, &message);
    if (message.kind == PEER_VOTE || message.kind == PEER_PROPOSAL) {
        const struct vote *vote =
            message.kind == PEER_VOTE ? &message.as.vote : &message.as.proposal.vote;
        if (vote->signer == daemon->index)
            check_vote(daemon, vote);
    } else if (message.kind == PEER_RELAY && message.as.relay.origin == daemon->index) {
        check_sent(daemon, message.as.relay.frame);
    } else if (message.kind == PEER_ACTS) {
        for (size_t i = 0; i < message.as.acts.count; i++)
            check_act(daemon, message.as.acts.acts[i], &arena);
    }
    arena_free(&arena);
}
