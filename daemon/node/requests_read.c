/* SPDX-License-Identifier: Apache-2.0 */
/* requests_read.c - requests that only look. */
#include <string.h>

#include "api/view.h"
#include "base/log.h"
#include "codec/block.h"
#include "node/chain.h"
#include "node/node_state.h"
#include "node/pool.h"

enum {
    FEED_WAIT_MS_MAX = 60000,
    RECORD_BYTES_MAX = 256 * 1024,
    RECORD_BLOCKS_MAX = 256,
    RECORD_ACT_SIZE = 512, /* About what an act takes in an answer. */
    EVENTS_MAX = 1024
};

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static ProtobufCBinaryData data_of(const void *data, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = (uint8_t *)(uintptr_t)data};
}

static void fail_memory(struct node *self, const struct api_call *call)
{
    api_fail(self->api, &call->route, COMITY_MEMORY, "");
}

/* --- Status --- */

static const char *standing_of(const struct forum *forum, uint32_t seat)
{
    switch (forum_seat_standing(forum, seat)) {
    case STANDING_EXPELLED:
        return "expelled";
    case STANDING_LEFT:
        return "left";
    case STANDING_MEMBER:
        break;
    }
    bool member = forum_charter(forum)->seats[seat].role == SEAT_MEMBER;
    return member && !forum_seat_has_votes(forum, seat) ? "votes suspended" : "";
}

static Comity__V1__SeatStatus *seat_status(struct node *self, const struct session *session,
                                           uint32_t index)
{
    static const char *const roles[] = {"", "member", "chair", "observer"};
    const struct charter *charter = session_charter(session);
    const struct charter_seat *seat = &charter->seats[index];
    const struct forum *forum = session_forum(session);
    Comity__V1__SeatStatus *status = arena_alloc(&self->scratch, sizeof *status);
    char *fingerprint = arena_alloc(&self->scratch, FINGERPRINT_TEXT_SIZE);
    if (status == NULL || fingerprint == NULL)
        return NULL;
    comity__v1__seat_status__init(status);
    fingerprint_format(seat->key, fingerprint);
    struct forum_conduct conduct = forum_seat_conduct(forum, index);
    status->name = text_of(seat->name);
    status->title = text_of(seat->title);
    status->fingerprint = fingerprint;
    status->role = text_of(roles[seat->role]);
    status->standing = text_of(standing_of(forum, index));
    status->joined = forum_seat_joined(forum, index);
    status->up = session_seat_is_up(session, index);
    status->seq = forum_seat_seq(forum, index);
    for (uint32_t i = 0; i < charter->orderers_count; i++)
        status->orders = status->orders || charter->orderers[i] == index;
    status->joined_count = conduct.joined;
    status->dissent = conduct.dissent;
    status->exit = conduct.exit;
    status->alone = conduct.alone;
    status->defection = conduct.defection;
    uint64_t offences;
    status->offence = text_of(session_seat_offence(session, index, &offences));
    status->offences = offences;
    return status;
}

static Comity__V1__ForumStatus *forum_status(struct node *self, const struct session *session)
{
    const struct charter *charter = session_charter(session);
    Comity__V1__ForumStatus *status = arena_alloc(&self->scratch, sizeof *status);
    struct session_state *state = arena_alloc(&self->scratch, sizeof *state);
    if (status == NULL || state == NULL)
        return NULL;
    comity__v1__forum_status__init(status);
    session_describe(session, self->time, state);
    int32_t seat = session_seat(session);
    status->name = text_of(session_name(session));
    status->title = text_of(charter->title);
    status->id = data_of(charter->id.bytes, HASH_SIZE);
    status->seat = text_of(seat < 0 ? "" : charter->seats[seat].name);
    status->height = state->height;
    status->block_hash = data_of(state->block_hash.bytes, HASH_SIZE);
    status->state_hash = data_of(state->state_hash.bytes, HASH_SIZE);
    status->outcomes_root = data_of(state->outcomes_root.bytes, HASH_SIZE);
    status->forum_ms = state->forum_ms;
    status->block_ms = state->block_ms;
    status->view = state->view;
    status->pending_acts = state->pending_acts;
    status->waiting = state->waiting;
    status->observing = state->observing;
    status->suspended = state->suspended;
    status->due_ms = state->due_ms == INT64_MAX ? 0 : state->due_ms;
    status->alarm = state->alarm;
    status->orderers = state->orderers;
    status->quorum = state->quorum;
    status->seats = arena_array(&self->scratch, charter->seats_count, sizeof *status->seats);
    for (uint32_t i = 0; status->seats != NULL && i < charter->seats_count; i++) {
        status->seats[i] = seat_status(self, session, i);
        if (status->seats[i] == NULL)
            return NULL;
        status->n_seats++;
    }
    return status->seats == NULL ? NULL : status;
}

static bool add_links(struct node *self, Comity__V1__DaemonStatus *status)
{
    struct wire_link link;
    size_t count = 0;
    while (wire_link_at(self->wire, count, self->time.now_ms, &link) == COMITY_OK)
        count++;
    status->links = arena_array(&self->scratch, count, sizeof *status->links);
    if (status->links == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (wire_link_at(self->wire, i, self->time.now_ms, &link) != COMITY_OK)
            break;
        Comity__V1__LinkStatus *copy = arena_alloc(&self->scratch, sizeof *copy);
        char *fingerprint = arena_alloc(&self->scratch, FINGERPRINT_TEXT_SIZE);
        char *address = arena_text(&self->scratch, bytes_of_text(link.address));
        if (copy == NULL || fingerprint == NULL || address == NULL)
            return false;
        comity__v1__link_status__init(copy);
        fingerprint_format(link.key, fingerprint);
        copy->fingerprint = fingerprint;
        copy->address = address;
        copy->up = link.up;
        copy->heard_ms_ago = link.heard_ms == 0 ? -1 : self->time.now_ms - link.heard_ms;
        copy->sent_bytes = link.sent_bytes;
        copy->received_bytes = link.received_bytes;
        copy->dropped_frames = link.dropped_frames;
        status->links[status->n_links++] = copy;
    }
    return true;
}

void request_status(struct node *self, const struct api_call *call)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__DaemonStatus status = COMITY__V1__DAEMON_STATUS__INIT;
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    fingerprint_format(identity_key(self->identity), fingerprint);
    status.version = text_of(COMITY_VERSION);
    status.key = data_of(identity_key(self->identity), KEY_SIZE);
    status.fingerprint = fingerprint;
    status.refused_handshakes = wire_refused_count(self->wire);
    status.forums = arena_array(&self->scratch, self->sessions_count, sizeof *status.forums);
    for (uint32_t i = 0; status.forums != NULL && i < self->sessions_count; i++) {
        status.forums[i] = forum_status(self, self->sessions[i]);
        if (status.forums[i] == NULL) {
            fail_memory(self, call);
            return;
        }
        status.n_forums++;
    }
    if (status.forums == NULL || !add_links(self, &status)) {
        fail_memory(self, call);
        return;
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_STATUS;
    response.status = &status;
    api_reply(self->api, &call->route, &response);
}

/* --- Docket, proposal, agreement --- */

/* Acts alone and notices that this daemon holds and the record does not: declared all the same. */
static Comity__V1__DeclarationInfo *declared_act(struct node *self, const struct session *session,
                                                 const struct pool_act *held)
{
    struct signed_act act;
    if ((held->kind != ACT_ALONE && held->kind != ACT_WITHDRAW) ||
        signed_act_decode(held->encoded, &self->scratch, &act, NULL) != COMITY_OK)
        return NULL;
    Comity__V1__DeclarationInfo *info = arena_alloc(&self->scratch, sizeof *info);
    struct hash *id = arena_alloc(&self->scratch, sizeof *id);
    if (info == NULL || id == NULL)
        return NULL;
    comity__v1__declaration_info__init(info);
    *id = held->id;
    bool alone = held->kind == ACT_ALONE;
    info->id = data_of(id->bytes, HASH_SIZE);
    info->seat = text_of(session_charter(session)->seats[held->seat].name);
    info->kind = text_of(act_kind_word(held->kind));
    info->title = text_of(alone ? act.act.as.alone.title
                                : view_act_line(session_forum(session), &act.act, &self->scratch));
    info->topic = text_of(alone ? act.act.as.alone.topic : "");
    info->signed_ms = held->signed_ms;
    return info;
}

static bool add_declared(struct node *self, const struct session *session,
                         Comity__V1__Docket *docket)
{
    const struct pool *pool = session_pool(session);
    size_t before = docket->n_declarations;
    Comity__V1__DeclarationInfo **all =
        arena_array(&self->scratch, before + pool_count(pool), sizeof *all);
    if (all == NULL)
        return false;
    if (before > 0)
        memcpy(all, docket->declarations, before * sizeof *all);
    docket->declarations = all;
    uint64_t cursor = 0;
    const struct pool_act *held;
    while ((held = pool_next(pool, &cursor)) != NULL) {
        Comity__V1__DeclarationInfo *info = declared_act(self, session, held);
        if (info != NULL)
            docket->declarations[docket->n_declarations++] = info;
    }
    return true;
}

void request_docket(struct node *self, const struct api_call *call, struct session *session)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Docket *docket =
        view_docket(session_forum(session), session_seat(session), &self->scratch);
    if (docket == NULL || !add_declared(self, session, docket)) {
        fail_memory(self, call);
        return;
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_DOCKET;
    response.docket = docket;
    api_reply(self->api, &call->route, &response);
}

void request_proposal(struct node *self, const struct api_call *call, struct session *session)
{
    struct fault fault = {{0}};
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    const struct forum *forum = session_forum(session);
    const struct forum_proposal *proposal =
        view_find_proposal(forum, call->request->get_proposal->proposal, &fault);
    if (proposal == NULL) {
        api_fail(self->api, &call->route, COMITY_NOT_FOUND, fault.text);
        return;
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_PROPOSAL;
    response.proposal = view_proposal(forum, proposal, true, &self->scratch);
    if (response.proposal == NULL)
        fail_memory(self, call);
    else
        api_reply(self->api, &call->route, &response);
}

void request_agreement(struct node *self, const struct api_call *call, struct session *session)
{
    struct fault fault = {{0}};
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    const struct forum *forum = session_forum(session);
    const struct forum_agreement *agreement =
        view_find_agreement(forum, call->request->get_agreement->agreement, &fault);
    if (agreement == NULL) {
        api_fail(self->api, &call->route, COMITY_NOT_FOUND, fault.text);
        return;
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_AGREEMENT;
    response.agreement = view_agreement(forum, agreement, true, &self->scratch);
    if (response.agreement == NULL)
        fail_memory(self, call);
    else
        api_reply(self->api, &call->route, &response);
}

/* --- Record and feed --- */

/* The files are no longer what was written: say where, to the client and in the log. */
static void fail_damaged(struct node *self, const struct api_route *route, struct session *session,
                         uint64_t height)
{
    struct fault fault = {{0}};
    (void)fault_set(&fault, COMITY_DAMAGED,
                    "block %llu of this daemon's record is damaged on its disk: it waits for a "
                    "peer that sends it again; ask again then",
                    (unsigned long long)height);
    session_found_damaged(session, height);
    api_fail(self->api, route, COMITY_DAMAGED, fault.text);
}

static Comity__V1__RecordAct *record_act(struct node *self, const struct session *session,
                                         struct bytes encoded, uint32_t index,
                                         const struct outcomes *outcomes, bool raw)
{
    struct signed_act act;
    if (signed_act_decode(encoded, &self->scratch, &act, NULL) != COMITY_OK)
        return NULL;
    Comity__V1__RecordAct *copy = arena_alloc(&self->scratch, sizeof *copy);
    struct hash *id = arena_alloc(&self->scratch, sizeof *id);
    if (copy == NULL || id == NULL)
        return NULL;
    comity__v1__record_act__init(copy);
    *id = act.act.id;
    copy->seat = text_of(session_charter(session)->seats[act.act.seat].name);
    copy->seq = act.act.seq;
    copy->kind = text_of(act_kind_word(act.act.kind));
    copy->id = data_of(id->bytes, HASH_SIZE);
    copy->signed_ms = act.act.signed_ms;
    copy->line = text_of(view_act_line(session_forum(session), &act.act, &self->scratch));
    copy->accepted = true;
    for (uint32_t i = 0; i < outcomes->count; i++) {
        if (outcomes->items[i].act == index && outcomes->items[i].kind == OUTCOME_REFUSED) {
            copy->accepted = false;
            copy->outcome = text_of(outcomes->items[i].line);
        }
    }
    if (raw)
        copy->signed_act = data_of(encoded.data, encoded.size);
    return view_record_act(session_forum(session), &act.act, index, outcomes, copy, &self->scratch)
               ? copy
               : NULL;
}

static Comity__V1__RecordBlock *record_block(struct node *self, const struct session *session,
                                             uint64_t height, bool raw, size_t *size)
{
    struct store_block stored;
    struct block_header header;
    struct outcomes outcomes;
    const struct bytes *acts;
    size_t count;
    const struct hash *forum = &session_charter(session)->id;
    if (store_get_block(self->store, forum, height, &self->scratch, &stored) != COMITY_OK ||
        block_header_decode(stored.header, &header) != COMITY_OK ||
        outcomes_decode(stored.outcomes, &self->scratch, &outcomes) != COMITY_OK ||
        block_body_decode(stored.body, &self->scratch, &acts, &count, NULL) != COMITY_OK)
        return NULL;
    Comity__V1__RecordBlock *block = arena_alloc(&self->scratch, sizeof *block);
    struct store_block *kept = arena_alloc(&self->scratch, sizeof *kept);
    if (block == NULL || kept == NULL)
        return NULL;
    comity__v1__record_block__init(block);
    *kept = stored;
    block->height = height;
    block->hash = data_of(kept->hash.bytes, HASH_SIZE);
    block->time_ms = header.time_ms;
    block->view = header.view;
    block->state_hash = data_of(kept->state_hash.bytes, HASH_SIZE);
    block->acts = arena_array(&self->scratch, count, sizeof *block->acts);
    for (size_t i = 0; block->acts != NULL && i < count; i++) {
        block->acts[i] = record_act(self, session, acts[i], (uint32_t)i, &outcomes, raw);
        if (block->acts[i] == NULL)
            return NULL;
        block->n_acts++;
    }
    *size += stored.body.size + RECORD_ACT_SIZE * count + RECORD_ACT_SIZE;
    return block->acts == NULL ? NULL : block;
}

void request_record(struct node *self, const struct api_call *call, struct session *session)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__RecordPage page = COMITY__V1__RECORD_PAGE__INIT;
    const Comity__V1__GetRecord *get = call->request->get_record;
    uint64_t first = get->from_height == 0 ? 1 : get->from_height;
    uint32_t max = get->max_blocks == 0 || get->max_blocks > RECORD_BLOCKS_MAX ? RECORD_BLOCKS_MAX
                                                                               : get->max_blocks;
    size_t size = 0;
    /* The newest blocks may not be in the store yet, for as long as a disk is full. */
    uint64_t stored = session_stored_height(session);
    page.last_height = forum_height(session_forum(session));
    page.blocks = arena_array(&self->scratch, max, sizeof *page.blocks);
    for (uint32_t i = 0; page.blocks != NULL && i < max && size < RECORD_BYTES_MAX; i++) {
        if (first + i > stored)
            break;
        Comity__V1__RecordBlock *block = record_block(self, session, first + i, get->raw, &size);
        if (block == NULL && page.n_blocks > 0)
            break; /* What comes before the damage is still good. */
        if (block == NULL) {
            fail_damaged(self, &call->route, session, first + i);
            return;
        }
        page.blocks[page.n_blocks++] = block;
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_RECORD;
    response.record = &page;
    api_reply(self->api, &call->route, &response);
}

bool request_answer_events(struct node *self, const struct api_route *route,
                           struct session *session, uint64_t height, uint32_t index, uint32_t max,
                           bool even_if_none)
{
    const struct forum *forum = session_forum(session);
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Events events = COMITY__V1__EVENTS__INIT;
    uint64_t last = forum_height(forum);
    events.height = height;
    events.index = index;
    events.events = arena_array(&self->scratch, max, sizeof *events.events);
    if (events.events == NULL)
        return false;
    uint64_t at = height == 0 ? 1 : height;
    uint32_t from = height == 0 ? 0 : index;
    for (; at <= last && events.n_events < max; at++, from = 0) {
        struct outcomes outcomes;
        enum comity_error error =
            chain_outcomes(session_chain(session), at, &self->scratch, &outcomes);
        if (error != COMITY_OK && events.n_events > 0)
            break; /* These first. */
        if (error == COMITY_DAMAGED || error == COMITY_INVALID || error == COMITY_NOT_FOUND) {
            fail_damaged(self, route, session, at);
            return true;
        }
        if (error != COMITY_OK)
            break; /* The store is busy or full: the cursor stays, the next call goes on. */
        for (uint32_t i = from; i < outcomes.count && events.n_events < max; i++) {
            Comity__V1__Event *event =
                view_event(forum, at, i + 1, &outcomes.items[i], &self->scratch);
            if (event == NULL)
                return false;
            events.events[events.n_events++] = event;
            events.height = at;
            events.index = i + 1;
        }
    }
    if (events.n_events == 0 && !even_if_none)
        return false;
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_EVENTS;
    response.events = &events;
    api_reply(self->api, route, &response);
    return true;
}

void request_events(struct node *self, const struct api_call *call, struct session *session)
{
    const Comity__V1__GetEvents *get = call->request->get_events;
    uint32_t max = get->max == 0 ? 256 : get->max > EVENTS_MAX ? EVENTS_MAX : get->max;
    uint32_t wait_ms = get->wait_ms > FEED_WAIT_MS_MAX ? FEED_WAIT_MS_MAX : get->wait_ms;
    requests_drop_feed(self, call, session);
    if (request_answer_events(self, &call->route, session, get->height, get->index, max,
                              get->wait_ms == 0))
        return;
    struct parked *parked = requests_park(self, call, session, wait_ms);
    if (parked == NULL) {
        api_fail(self->api, &call->route, COMITY_BUSY, "too many clients wait for events");
        return;
    }
    parked->height = get->height;
    parked->index = get->index;
    parked->max = max;
}

void request_charter(struct node *self, const struct api_call *call, struct session *session)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__CharterFile file = COMITY__V1__CHARTER_FILE__INIT;
    struct bytes bytes = session_charter_bytes(session);
    file.charter = data_of(bytes.data, bytes.size);
    if (call->request->get_charter->weights) {
        file.weights = view_weights(session_forum(session), &self->scratch);
        if (file.weights == NULL) {
            fail_memory(self, call);
            return;
        }
    }
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_CHARTER;
    response.charter = &file;
    api_reply(self->api, &call->route, &response);
}
