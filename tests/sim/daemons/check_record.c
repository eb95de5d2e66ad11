/* SPDX-License-Identifier: Apache-2.0 */
/* check_record.c - after every turn: one record, one state at each height, nobody bound without
 * an own act, nothing acknowledged lost, feeds without gap or repeat, memory within bounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/act.h"
#include "codec/block.h"
#include "node/session_state.h"
#include "sim/daemons/world.h"
#include "store/journal_file.h"

enum { JOURNAL_BOUND = 8 << 20, UNSTORED_BOUND = 256 };

static struct record_height *height_of(struct world *world, uint64_t height)
{
    world->heights = world_grow(world->heights, &world->heights_capacity, (size_t)height + 1,
                                sizeof *world->heights);
    if (height >= world->heights_count)
        world->heights_count = (size_t)height + 1;
    return &world->heights[height];
}

static void check_states(struct daemon *daemon, const struct chain *chain)
{
    struct world *world = daemon->world;
    for (uint64_t h = daemon->seen_height; h <= chain->now.height; h++) {
        struct chain_point point;
        if (chain_point_at(chain, h, &point) != COMITY_OK)
            continue;
        struct record_height *known = height_of(world, h);
        if (!known->state_known) {
            known->state_known = true;
            known->state_hash = point.state_hash;
            known->outcomes_root = point.outcomes_root;
        } else if (!hash_equal(&known->state_hash, &point.state_hash) ||
                   !hash_equal(&known->outcomes_root, &point.outcomes_root)) {
            world_fail(world, "seat %u has another state of height %llu", daemon->index,
                       (unsigned long long)h);
        }
    }
    daemon->seen_height = chain->now.height;
}

static void take_act(struct world *world, const struct signed_act *signed_act)
{
    const struct act *act = &signed_act->act;
    struct record_act made = {
        .id = act->id, .seat = act->seat, .seq = act->seq, .kind = (uint8_t)act->kind};
    if (act->kind == ACT_BALLOT) {
        made.target = act->as.ballot.proposal;
        made.yes = act->as.ballot.answer == ANSWER_YES;
    } else if (act->kind == ACT_RATIFY || act->kind == ACT_ACCEDE) {
        made.target = act->as.consent.proposal;
    } else if (act->kind == ACT_NOTE && act->has_text) {
        memcpy(&made.mark, act->text_hash.bytes, sizeof made.mark);
    } else if (act->kind == ACT_PROPOSE) {
        made.mark = mix_bytes(7, act->as.propose.title, strlen(act->as.propose.title));
    }
    uint64_t last = 0;
    bool honest = is_honest(&world->daemons[act->seat]);
    for (size_t i = 0; i < world->acts_count; i++) {
        const struct record_act *before = &world->acts[i];
        if (before->seat != act->seat)
            continue;
        last = before->seq;
        if (honest && made.mark != 0 && before->mark == made.mark)
            world_fail(world, "what seat %u asked once is in the record twice", act->seat);
    }
    if (act->seq != last + 1)
        world_fail(world, "act %llu of seat %u follows %llu in the record",
                   (unsigned long long)act->seq, act->seat, (unsigned long long)last);
    if (honest && !check_was_signed(world, &act->id))
        world_fail(world, "the record has an act that seat %u never signed", act->seat);
    if (act->kind == ACT_EVIDENCE && is_honest(&world->daemons[act->as.evidence.seat]))
        world_fail(world, "the record has evidence against honest seat %u", act->as.evidence.seat);
    world->acts =
        world_grow(world->acts, &world->acts_capacity, world->acts_count + 1, sizeof *world->acts);
    world->acts[world->acts_count++] = made;
}

static void take_block(struct world *world, uint64_t height, const struct store_block *block,
                       struct arena *arena)
{
    struct record_height *known = height_of(world, height);
    struct block_header header;
    const struct bytes *acts;
    size_t count = 0;
    struct outcomes outcomes = {0};
    known->block_known = true;
    known->block_hash = block->hash;
    known->first_act = (uint32_t)world->acts_count;
    if (block_header_decode(block->header, &header) != COMITY_OK ||
        block_body_decode(block->body, arena, &acts, &count, NULL) != COMITY_OK ||
        outcomes_decode(block->outcomes, arena, &outcomes) != COMITY_OK) {
        world_fail(world, "block %llu does not decode", (unsigned long long)height);
        return;
    }
    const struct record_height *parent = height_of(world, height - 1);
    const struct record_height *stated = height_of(world, header.state_height);
    if (height > 1 && !hash_equal(&header.parent_hash, &parent->block_hash))
        world_fail(world, "block %llu does not follow its parent", (unsigned long long)height);
    if (header.state_height >= height || !stated->state_known ||
        !hash_equal(&stated->state_hash, &header.state_hash) ||
        !hash_equal(&stated->outcomes_root, &header.outcomes_root))
        world_fail(world, "block %llu commits to a state nobody has", (unsigned long long)height);
    uint32_t seat = 0;
    for (size_t i = 0; i < count; i++) {
        struct signed_act act;
        if (signed_act_decode(acts[i], arena, &act, NULL) != COMITY_OK ||
            act.act.seat >= world->plan.n || act.act.seat < seat) {
            world_fail(world, "block %llu has acts out of order", (unsigned long long)height);
            return;
        }
        seat = act.act.seat;
        take_act(world, &act);
    }
    known = height_of(world, height);
    known->acts_count = (uint32_t)count;
    known->words_count = outcomes.count;
    known->words = calloc(outcomes.count + 1, sizeof *known->words);
    for (uint32_t i = 0; i < outcomes.count && known->words != NULL; i++) {
        const char *word = outcome_word(outcomes.items[i].kind);
        known->words[i] = mix_bytes(1, word, strlen(word));
    }
}

static void check_blocks(struct daemon *daemon, const struct chain *chain)
{
    struct world *world = daemon->world;
    uint64_t stored = chain->now.height - chain->unstored_count;
    struct arena arena;
    arena_init(&arena, 0);
    for (uint64_t h = daemon->stored_height + 1; h <= stored; h++) {
        struct store_block block;
        if (store_get_block(daemon->node->store, &world->forum, h, &arena, &block) != COMITY_OK) {
            world_fail(world, "seat %u cannot read block %llu", daemon->index,
                       (unsigned long long)h);
            break;
        }
        const struct record_height *known = height_of(world, h);
        if (h > world->record_height) {
            take_block(world, h, &block, &arena);
            world->record_height = h;
        } else if (!hash_equal(&known->block_hash, &block.hash)) {
            world_fail(world, "seat %u has another block %llu", daemon->index,
                       (unsigned long long)h);
        }
        daemon->stored_height = h;
        arena_reset(&arena);
    }
    const struct record_height *tip = height_of(world, chain->now.height);
    if (tip->block_known && !hash_equal(&tip->block_hash, &chain->block_hash))
        world_fail(world, "seat %u stands on another block %llu", daemon->index,
                   (unsigned long long)chain->now.height);
    arena_free(&arena);
}

/* --- Consent --- */

/* What a seat's own key signed, or the charter whose rule binds all, by joining. A liar's own
 * daemon is asked too: it signs what it then sends. */
static bool has_consented(const struct world *world, uint32_t seat,
                          const struct forum_proposal *proposal)
{
    bool all = proposal->rule->binds != BINDS_CONSENTING;
    return check_has_consented(world, seat, all ? &world->forum : &proposal->id);
}

static void check_consent(struct daemon *daemon, const struct forum *forum)
{
    struct world *world = daemon->world;
    for (uint32_t a = 1; a <= forum_agreements_count(forum); a++) {
        const struct forum_agreement *agreement = forum_agreement(forum, a);
        const struct forum_proposal *proposal = forum_proposal(forum, agreement->proposal);
        for (uint32_t seat = 0; seat < world->plan.n; seat++) {
            const struct forum_party *party = &agreement->parties[seat];
            if (party->status != PARTY_NONE && !has_consented(world, seat, proposal))
                world_fail(world, "seat %u is bound by A%u without an act of its own", seat, a);
            if (party->defection == DEFECTION_EQUIVOCATED && is_honest(&world->daemons[seat]))
                world_fail(world, "honest seat %u stands there as an equivocator", seat);
        }
    }
    for (uint32_t p = 1; p <= forum_proposals_count(forum); p++) {
        const struct forum_proposal *proposal = forum_proposal(forum, p);
        for (uint32_t seat = 0; seat < world->plan.n; seat++) {
            if (proposal->ballots[seat].voided && is_honest(&world->daemons[seat]))
                world_fail(world, "a ballot of honest seat %u was voided", seat);
        }
    }
}

/* --- Feeds --- */

static void check_feed(struct daemon *daemon)
{
    struct world *world = daemon->world;
    struct client *client = &daemon->client;
    size_t i = 0;
    for (; i < client->feed_count; i++) {
        const struct feed_event *event = &client->feed[i];
        struct feed_event *last = &client->checked;
        if (event->height > world->record_height)
            break; /* No store has it yet. */
        bool follows = event->height == last->height && event->index == last->index + 1;
        if (event->height > last->height) {
            follows =
                event->index == 1 &&
                (last->height == 0 || last->index == world->heights[last->height].words_count);
            for (uint64_t h = last->height + 1; h < event->height; h++)
                follows = follows && world->heights[h].words_count == 0;
        }
        const struct record_height *known = &world->heights[event->height];
        if (!follows)
            world_fail(world, "the feed of seat %u goes from %llu.%u to %llu.%u", daemon->index,
                       (unsigned long long)last->height, last->index,
                       (unsigned long long)event->height, event->index);
        else if (event->index > known->words_count || known->words[event->index - 1] != event->word)
            world_fail(world, "the feed of seat %u tells another event %llu.%u", daemon->index,
                       (unsigned long long)event->height, event->index);
        *last = *event;
    }
    if (i == 0)
        return;
    client->feed_count -= i;
    memmove(client->feed, client->feed + i, client->feed_count * sizeof *client->feed);
}

/* --- Each turn --- */

/* Where more lie than safety bears, each record is its own; nobody may be bound in any. */
static void check_promises(struct daemon *daemon, struct session *session)
{
    struct world *world = daemon->world;
    const struct chain *chain = session_chain(session);
    bool moved = chain->now.height != daemon->seen_height;
    if (world->plan.promise == PROMISE_CONSENT) {
        daemon->seen_height = chain->now.height;
        if (moved)
            check_consent(daemon, session_forum(session));
        return;
    }
    if (session->halted && !daemon->node->journal->broken)
        world_fail(world, "seat %u halted: %s", daemon->index, session->alarm);
    if (session->observing && daemon->forgot == FORGOT_NOTHING)
        world_fail(world, "honest seat %u only observes", daemon->index);
    if (daemon->must_observe && !session->observing)
        world_fail(world, "seat %u lost its journal and still votes", daemon->index);
    check_states(daemon, chain);
    check_blocks(daemon, chain);
    if (moved)
        check_consent(daemon, session_forum(session));
    check_feed(daemon);
}

void check_daemon(struct daemon *daemon)
{
    struct world *world = daemon->world;
    struct session *session = daemon_session(daemon);
    if (is_liar(daemon) || session == NULL || world->failed)
        return;
    const struct chain *chain = session_chain(session);
    if (pool_count(session->pool) > POOL_ACTS_MAX || session->bodies.count > BODIES_MAX ||
        chain->unstored_count > UNSTORED_BOUND ||
        daemon->node->journal->pending.size > JOURNAL_BOUND)
        world_fail(world, "seat %u holds %u acts, %u bodies, %u blocks, %zu bytes of journal",
                   daemon->index, pool_count(session->pool), session->bodies.count,
                   chain->unstored_count, daemon->node->journal->pending.size);
    check_promises(daemon, session);
    world_digest(world, chain->now.height << 8 | daemon->index);
}

/* --- Clients --- */

void check_answer(struct daemon *daemon, struct op *op, const Comity__V1__Submitted *answer)
{
    struct world *world = daemon->world;
    if (!is_honest(daemon))
        return;
    if (answer->act.len != HASH_SIZE ||
        (op->known &&
         (memcmp(op->act.bytes, answer->act.data, HASH_SIZE) != 0 || op->seq != answer->seq)))
        world_fail(world, "seat %u: one key, two acts (%llu and %llu)", daemon->index,
                   (unsigned long long)op->seq, (unsigned long long)answer->seq);
    if (answer->line != NULL && strstr(answer->line, "took its place") != NULL)
        world_fail(world, "seat %u: act %llu was replaced", daemon->index,
                   (unsigned long long)answer->seq);
    if (!op->known)
        world->acked++;
    op->known = true;
    op->seq = answer->seq;
    memcpy(op->act.bytes, answer->act.data, HASH_SIZE);
}

void check_refusal(struct daemon *daemon, const struct op *op, const char *code)
{
    if (is_honest(daemon) && op->known)
        world_fail(daemon->world, "seat %u: an act was handed in, its key says now %s",
                   daemon->index, code);
}

bool check_converged(struct world *world, char *ret_why, size_t size)
{
    for (uint32_t i = 0; i < world->plan.n; i++) {
        struct daemon *daemon = &world->daemons[i];
        struct session *session = daemon_session(daemon);
        if (is_liar(daemon) || daemon->refuses)
            continue;
        uint64_t height = session == NULL ? 0 : session_chain(session)->now.height;
        bool holds = session != NULL && height == world->record_height &&
                     session_chain(session)->unstored_count == 0;
        if (holds && daemon->forgot != FORGOT_NOTHING)
            continue; /* It follows; what it may sign is another matter. */
        if (holds && client_is_done(daemon) &&
            pool_final_seq(session->pool, i) + 1 == session->next_seq)
            continue;
        struct session_state state = {.waiting = "no forum"};
        if (session != NULL)
            session_describe(session, daemon->node->time, &state);
        (void)snprintf(ret_why, size,
                       "seat %u at height %llu of %llu, %u blocks not stored, next act %llu of "
                       "%llu, client %s: %s",
                       i, (unsigned long long)height, (unsigned long long)world->record_height,
                       session == NULL ? 0 : session_chain(session)->unstored_count,
                       session == NULL ? 0 : (unsigned long long)session->next_seq,
                       session == NULL ? 0
                                       : (unsigned long long)pool_final_seq(session->pool, i) + 1,
                       client_is_done(daemon) ? "done" : "waits", state.waiting);
        return false;
    }
    return true;
}

/* Every act that a client was told of stands in the record, in its slot. */
void check_end(struct world *world)
{
    for (uint32_t i = 0; i < world->plan.n; i++) {
        struct daemon *daemon = &world->daemons[i];
        for (uint32_t k = 0; k < daemon->client.ops_count && is_honest(daemon); k++) {
            const struct op *op = &daemon->client.ops[k];
            bool found = !op->known;
            for (size_t a = 0; a < world->acts_count && !found; a++)
                found = world->acts[a].seat == i && world->acts[a].seq == op->seq &&
                        hash_equal(&world->acts[a].id, &op->act);
            if (!found)
                world_fail(world, "act %llu of seat %u was acknowledged and is lost",
                           (unsigned long long)op->seq, i);
        }
    }
}
