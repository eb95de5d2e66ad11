/* SPDX-License-Identifier: Apache-2.0 */
/* session_acts.c - acts on their way into the record: of the own seat and of others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "node/session_state.h"

static void submit_evidence(struct session *self, const struct pool_act *first,
                            const struct signed_act *second)
{
    char what[96];
    (void)snprintf(what, sizeof what,
                   "signed two different acts in slot %llu: handing in the evidence",
                   (unsigned long long)second->act.seq);
    session_report(self, self->peer_of_seat[second->act.seat], what);
    if (self->seat < 0 || !forum_seat_joined(self->chain.forum, (uint32_t)self->seat))
        return;
    struct act act = {.kind = ACT_EVIDENCE};
    act.as.evidence.seat = second->act.seat;
    act.as.evidence.seq = second->act.seq;
    act.as.evidence.first = first->id;
    act.as.evidence.second = second->act.id;
    act.as.evidence.first_signed = first->encoded;
    act.as.evidence.second_signed = second->encoded;
    /* One slot, one piece of evidence from here, however often the second act is sent. */
    uint8_t key[SESSION_KEY_MAX] = "evidence";
    struct writer writer;
    writer_init(&writer, key + 8, sizeof key - 8);
    writer_u32(&writer, second->act.seat);
    writer_u64(&writer, second->act.seq);
    struct hash id;
    uint64_t seq;
    struct fault fault = {{0}};
    enum comity_error error =
        session_submit(self, &act, bytes_of(NULL, 0), bytes_of(key, 8 + writer.size), self->time,
                       &id, &seq, &fault);
    if (error != COMITY_OK)
        log_line(LOG_DEBUG, "forum", "forum=%s evidence not handed in: %s", self->name, fault.text);
}

/* The record or a peer shows a signed act of this key that our files do not know: they are older
 * than the key's last act. Votes may be forgotten too, so this key votes no more in this epoch
 * (CONSENSUS.md 1.6 rule 7); acts wait until f+1 orderers have told what they know of it. */
void session_rolled_back(struct session *self, const char *why)
{
    bool known = self->observing && self->acts_held;
    self->acts_held = true;
    if (known)
        return;
    if (!self->observing) {
        log_line(LOG_ERROR, "ordering",
                 "forum=%s %s: the files are older than the key's last word; from here on this "
                 "daemon orders nothing",
                 self->name, why);
        self->observing = true;
        consensus_forbid_votes(self->consensus);
    }
    if (session_remember_observing(self->env.store, &self->charter->id, true) != COMITY_OK)
        log_line(LOG_ERROR, "store", "forum=%s this could not be written down", self->name);
}

static void observing_key(const struct hash *forum, char ret_key[16 + HASH_HEX_SIZE])
{
    memcpy(ret_key, "observing:", sizeof "observing:");
    hash_to_hex(forum, ret_key + strlen(ret_key));
}

enum comity_error session_remember_observing(struct store *store, const struct hash *forum,
                                             bool acts_held)
{
    char key[16 + HASH_HEX_SIZE];
    observing_key(forum, key);
    return store_put_setting(store, key, acts_held ? bytes_of("held", 4) : bytes_of("free", 4));
}

void session_restore_observing(struct session *self)
{
    char key[16 + HASH_HEX_SIZE];
    struct bytes value;
    observing_key(&self->charter->id, key);
    enum comity_error error = store_get_setting(self->env.store, key, &self->scratch, &value);
    self->observing = self->observing || self->env.observing || error != COMITY_NOT_FOUND;
    if (error != COMITY_NOT_FOUND &&
        !(error == COMITY_OK && bytes_equal(value, bytes_of("free", 4))))
        self->acts_held = true; /* Noticed in an earlier run, and not resolved in it. */
    if (self->observing)
        consensus_forbid_votes(self->consensus);
}

/* An act of our own seat that came from a peer. */
static void take_own_act(struct session *self, uint64_t seq)
{
    if (seq < self->next_seq)
        return;
    session_rolled_back(self, "a peer holds an act of this key that is not in the journal");
    while (pool_find(self->pool, (uint32_t)self->seat, self->next_seq) != NULL)
        self->next_seq++;
    self->sent_seq = self->next_seq - 1;
    self->durable_seq = self->next_seq - 1;
}

/* Acts are passed on by those who checked them: what is wrong with one is the bringer's doing. */
static void drop_act(struct session *self, uint32_t peer, uint32_t seat, enum comity_error error,
                     struct fault *fault)
{
    char what[FAULT_TEXT_MAX + 64];
    const char *name = self->charter->seats[seat].name;
    if (error == COMITY_MEMORY)
        return;
    if (error == COMITY_SIGNATURE)
        (void)snprintf(what, sizeof what, "sent an act of %s with a forged signature", name);
    else
        (void)snprintf(what, sizeof what, "sent an act of %s that was dropped: %s", name,
                       fault->text[0] != '\0' ? fault->text : error_text(error));
    session_offend(self, peer, what);
}

void session_take_act(struct session *self, uint32_t peer, struct bytes encoded, bool own)
{
    uint32_t seat;
    uint64_t seq;
    if (signed_act_slot(encoded, &self->scratch, &seat, &seq) != COMITY_OK ||
        seat >= self->charter->seats_count) {
        session_offend(self, peer, "sent an act that is none");
        return;
    }
    const struct pool_act *held = pool_find(self->pool, seat, seq);
    if (held != NULL ? bytes_equal(held->encoded, encoded) : !pool_wants(self->pool, seat, seq))
        return;
    struct signed_act act;
    struct fault fault = {{0}};
    enum comity_error error = signed_act_decode(encoded, &self->scratch, &act, &fault);
    if (error == COMITY_OK && !hash_equal(&act.act.forum, &self->charter->id))
        error = COMITY_FOREIGN;
    if (error == COMITY_OK && !own)
        error = identity_verify(self->charter->seats[seat].key, ACT_SIGN_TAG, act.act_bytes,
                                act.signature);
    if (error == COMITY_OK && act.act.kind == ACT_EVIDENCE &&
        !evidence_is_sound(self->charter, &act.act, &self->scratch))
        error = COMITY_INVALID;
    if (error != COMITY_OK) {
        drop_act(self, peer, seat, error, &fault);
        return;
    }
    const struct pool_act *other;
    error = pool_add(self->pool, &act, own, &other);
    bool ours = self->seat >= 0 && seat == (uint32_t)self->seat;
    if (error == COMITY_CONFLICT && ours)
        session_rolled_back(self, "a peer holds another act of this key in a slot of ours");
    else if (error == COMITY_CONFLICT)
        submit_evidence(self, other, &act);
    /* Others may have passed it on in good faith. */
    else if (error == COMITY_LIMIT && seat == self->peers[peer].seat)
        session_offend(self, peer, "sends more acts than its share");
    if (error != COMITY_OK)
        return;
    if (ours && !own)
        take_own_act(self, seq);
}

/* Keys are random as a rule: their first bytes tell nearly all of them apart at once. */
static uint64_t key_head(struct bytes key)
{
    uint64_t head = 0;
    memcpy(&head, key.data, key.size < sizeof head ? key.size : sizeof head);
    return head;
}

static struct session_request *find_request(const struct session *self, struct bytes key)
{
    uint64_t head = key.size == 0 ? 0 : key_head(key);
    uint32_t used =
        self->requests_count < SESSION_REQUESTS_MAX ? self->requests_count : SESSION_REQUESTS_MAX;
    for (uint32_t i = 0; key.size > 0 && i < used; i++) {
        struct session_request *request = &self->requests[i];
        if (request->head == head && bytes_equal(key, bytes_of(request->key, request->key_size)))
            return request;
    }
    return NULL;
}

void session_remember_request(struct session *self, struct bytes key, const struct hash *id,
                              uint64_t seq)
{
    if (key.size == 0)
        return;
    struct session_request *request =
        &self->requests[self->requests_count++ % SESSION_REQUESTS_MAX];
    *request = (struct session_request){
        .head = key_head(key), .key_size = (uint8_t)key.size, .act = *id, .seq = seq};
    memcpy(request->key, key.data, key.size);
}

/* Encode, sign and journal; on success `payload` holds {key size, key, encoded act}. */
static enum comity_error sign_act(struct session *self, struct act *act, struct bytes text,
                                  struct bytes key, size_t *ret_at)
{
    struct buffer bytes = {0};
    enum comity_error error = act_encode(act, &bytes);
    buffer_clear(&self->payload);
    uint8_t key_size = (uint8_t)key.size;
    if (error == COMITY_OK)
        error = buffer_append(&self->payload, &key_size, 1);
    if (error == COMITY_OK)
        error = buffer_append(&self->payload, key.data, key.size);
    *ret_at = self->payload.size;
    if (error == COMITY_OK) {
        uint8_t signature[SIGNATURE_SIZE];
        identity_sign(self->env.identity, ACT_SIGN_TAG, buffer_bytes(&bytes), signature);
        error = signed_act_encode(buffer_bytes(&bytes), signature, text, &self->payload);
        act->id = act_id(buffer_bytes(&bytes));
    }
    buffer_free(&bytes);
    return error;
}

static enum comity_error submit_allowed(const struct session *self, const struct act *act,
                                        struct bytes key, struct fault *fault)
{
    if (self->seat < 0)
        return fault_set(fault, COMITY_REFUSED, "this daemon has no seat in forum %s", self->name);
    if (self->env.observing)
        return fault_set(fault, COMITY_REFUSED,
                         "this daemon only observes forum %s: its journal was lost or damaged",
                         self->name);
    if (self->acts_held)
        return fault_set(fault, COMITY_BUSY,
                         "this daemon's files are older than its last act in %s: it signs nothing "
                         "until %u orderers have told what they hold of this key; %u of them have",
                         self->name, quorum_faults(self->charter->orderers_count) + 1,
                         session_tellers(self));
    if (key.size > SESSION_KEY_MAX)
        return fault_set(fault, COMITY_LIMIT, "an idempotency key has at most %d bytes",
                         SESSION_KEY_MAX);
    /* Acts of ours that wait come first and may make this one right (a join, say): then only the
     * record can tell. */
    bool first = act->seq == pool_final_seq(self->pool, act->seat) + 1;
    if (act->kind == ACT_EVIDENCE || !first)
        return COMITY_OK;
    return forum_check_act(self->chain.forum, act, fault);
}

bool session_find_submitted(const struct session *self, struct bytes key, struct hash *ret_id,
                            uint64_t *ret_seq)
{
    const struct session_request *before = find_request(self, key);
    if (before != NULL) {
        *ret_id = before->act;
        *ret_seq = before->seq;
        return true;
    }
    return key.size > 0 && store_get_request(self->env.store, &self->charter->id, key, ret_id,
                                             ret_seq) == COMITY_OK;
}

enum comity_error session_submit(struct session *self, const struct act *act, struct bytes text,
                                 struct bytes key, struct session_time time, struct hash *ret_id,
                                 uint64_t *ret_seq, struct fault *fault)
{
    if (session_find_submitted(self, key, ret_id, ret_seq))
        return COMITY_OK;
    struct act own = *act;
    own.forum = self->charter->id;
    own.seat = self->seat < 0 ? 0 : (uint32_t)self->seat;
    own.seq = self->next_seq;
    own.signed_ms = time.utc_ms;
    own.has_text = text.size > 0;
    own.text = text;
    if (own.has_text)
        own.text_hash = act_text_hash(text);
    enum comity_error error = act_check(&own, fault);
    if (error == COMITY_OK)
        error = submit_allowed(self, &own, key, fault);
    if (error != COMITY_OK)
        return error;
    bool crowded = key.size > 0 && self->requests_count - self->noted_count >= SESSION_REQUESTS_MAX;
    if (crowded || !pool_wants(self->pool, own.seat, own.seq) ||
        !pool_has_room(self->pool, own.seat))
        return fault_set(fault, COMITY_BUSY,
                         "too many acts of this seat are not in the record yet: wait for %s",
                         self->name);
    size_t at;
    error = sign_act(self, &own, text, key, &at);
    if (error == COMITY_LIMIT || (error == COMITY_OK && self->payload.size - at > ACT_SIZE_MAX))
        return fault_set(fault, COMITY_LIMIT,
                         "an act has at most %d bytes, its text and signature included, and %d "
                         "without the text; this text has %zu",
                         ACT_SIZE_MAX, ACT_SIGNED_MAX, text.size);
    if (error == COMITY_OK)
        error = session_journal(self, JOURNAL_ACT, 0, own.seq, buffer_bytes(&self->payload));
    if (error != COMITY_OK)
        return fault_set(fault, error, "the act could not be journaled: %s", error_text(error));
    self->next_seq = own.seq + 1;
    self->journaled_seq = own.seq;
    session_remember_request(self, key, &own.id, own.seq);
    struct bytes encoded = bytes_of(self->payload.data + at, self->payload.size - at);
    session_take_act(self, self->self, encoded, true);
    *ret_id = own.id;
    *ret_seq = own.seq;
    return COMITY_OK;
}

/* The outcome that tells most of an act: its refusal, or the first thing it did. */
static void note_outcome(struct session_fate *fate, const struct outcome *outcome)
{
    if (outcome->kind == OUTCOME_REFUSED)
        fate->accepted = false;
    /* An amendment is first noted of its draft; what it made is the question of its own. */
    if (fate->proposal == 0 || outcome->kind == OUTCOME_PROPOSED)
        fate->proposal = outcome->proposal;
    if (fate->agreement == 0)
        fate->agreement = outcome->agreement;
    if (outcome->line[0] != '\0' && (fate->line[0] == '\0' || !fate->accepted)) {
        struct text line;
        text_init(&line, fate->line, sizeof fate->line);
        text_add(&line, outcome->line);
    }
}

void session_read_fate(const struct outcomes *outcomes, uint32_t index, struct session_fate *fate)
{
    for (uint32_t i = 0; i < outcomes->count; i++) {
        if (outcomes->items[i].act == index)
            note_outcome(fate, &outcomes->items[i]);
    }
}

/* Keys of acts that are final now: the journal may forget those acts, a client may not. */
static void note_requests(struct session *self)
{
    uint64_t final_seq = self->seat < 0 ? 0 : pool_final_seq(self->pool, (uint32_t)self->seat);
    for (; self->noted_count < self->requests_count; self->noted_count++) {
        const struct session_request *request =
            &self->requests[self->noted_count % SESSION_REQUESTS_MAX];
        struct chain_request note = {
            .key_size = request->key_size, .act = request->act, .seq = request->seq};
        if (request->seq > final_seq)
            return; /* Kept in order of seq: the rest is not final either. */
        memcpy(note.key, request->key, request->key_size);
        if (chain_note_request(&self->chain, &note) != COMITY_OK)
            return;
    }
}

void session_acts_final(struct session *self, const struct body *body,
                        const struct outcomes *outcomes)
{
    for (uint32_t i = 0; i < body->acts_count; i++) {
        const struct act *act = &body->acts[i].act;
        const struct pool_act *mine = pool_find(self->pool, act->seat, act->seq);
        bool held = mine != NULL && hash_equal(&mine->id, &act->id);
        pool_finalize(self->pool, act->seat, act->seq);
        if (self->seat < 0 || act->seat != (uint32_t)self->seat)
            continue;
        self->fates[act->seq % SESSION_FATES_MAX] = (struct session_fate_slot){
            .seq = act->seq,
            .fate = {.id = act->id, .accepted = true, .height = self->chain.now.height}};
        if (act->seq >= self->next_seq || (mine != NULL && !held))
            session_rolled_back(self,
                                "the record has an act of this key that is not in the journal");
        if (act->seq >= self->next_seq) {
            self->next_seq = act->seq + 1;
            self->sent_seq = act->seq;
            self->durable_seq = act->seq;
        }
    }
    note_requests(self);
    for (uint32_t i = 0; i < outcomes->count; i++) {
        const struct outcome *outcome = &outcomes->items[i];
        if (outcome->act >= body->acts_count)
            continue;
        const struct act *act = &body->acts[outcome->act].act;
        if (self->seat >= 0 && act->seat == (uint32_t)self->seat)
            note_outcome(&self->fates[act->seq % SESSION_FATES_MAX].fate, outcome);
    }
}

enum comity_error session_act_fate(const struct session *self, uint64_t seq,
                                   struct session_fate *ret_fate)
{
    if (self->seat < 0 || seq > pool_final_seq(self->pool, (uint32_t)self->seat))
        return COMITY_PENDING;
    const struct session_fate_slot *slot = &self->fates[seq % SESSION_FATES_MAX];
    if (slot->seq != seq)
        return COMITY_NOT_FOUND;
    *ret_fate = slot->fate;
    return COMITY_OK;
}
