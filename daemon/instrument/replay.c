/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - from a proposal's acts alone to its text, its sponsors, and who answered what.
 *
 * The acts show every change of the text but one: an amendment put to the floor was adopted at
 * some time after it was moved. The next act that names the new text tells; where none does, the
 * record's count of texts tells at least that there was a change, and an answer it no longer shows
 * may have been to a text before it. */
#include <string.h>

#include "forum/clauses.h"
#include "instrument/proof.h"

struct replay {
    struct proof *proof;
    const struct record_proposal *record;
    struct proof_text *texts; /* The first is the proposed one. */
    uint32_t texts_count;
    uint32_t current;
    uint32_t changes; /* Of the text, seen. */
    bool on_floor;    /* An amendment was put to the floor: sponsors are an upper bound. */
    uint64_t sponsors[SEATS_MAX / 64];
    uint64_t endorsed[SEATS_MAX / 64], condemned[SEATS_MAX / 64];
    const struct act *ballots[SEATS_MAX];
    struct hash signed_text[SEATS_MAX]; /* The last text each seat signed anything about. */
    bool voided[SEATS_MAX];
    struct clauses clauses; /* Of the amendment at hand. */
};

static void add(uint64_t *mask, uint32_t seat)
{
    mask[seat / 64] |= UINT64_C(1) << (seat % 64);
}

static void take(uint64_t *mask, uint32_t seat)
{
    mask[seat / 64] &= ~(UINT64_C(1) << (seat % 64));
}

static enum comity_error refuse(struct replay *self, const struct act *act, const char *why)
{
    return fault_set(self->proof->fault, COMITY_CONFLICT, "the %s of %s (seq %llu) %s",
                     act_kind_word(act->kind), proof_seat_name(self->proof, act->seat),
                     (unsigned long long)act->seq, why);
}

static void text_change(struct replay *self, uint32_t text)
{
    self->current = text;
    self->changes++;
    memset(self->ballots, 0, sizeof self->ballots);
    memset(self->proof->passed, 0, sizeof self->proof->passed);
}

/* The act names the text as it was then. */
static enum comity_error meet_text(struct replay *self, const struct act *act,
                                   const struct hash *hash)
{
    if (hash_equal(hash, &self->texts[self->current].hash))
        return COMITY_OK;
    for (uint32_t i = self->texts_count; self->on_floor && i-- > 0;) {
        if (hash_equal(hash, &self->texts[i].hash)) {
            text_change(self, i);
            return COMITY_OK;
        }
    }
    return refuse(self, act, "names a text that none of the acts before it makes");
}

/* The first ballot led to another rule: which ones may follow is the charter's word. That it did
 * lead there is the orderers': they signed the record that names the second. */
static void take_second_rule(struct proof *proof, const struct record_proposal *record)
{
    const char *names[] = {proof->rule->stages.adopted, proof->rule->stages.failed};
    const struct charter_rule *first = proof->rule;
    for (uint32_t i = 0; i < 2 * proof->charter->rules_count; i++) {
        const struct charter_rule *rule = &proof->charter->rules[i / 2];
        if (names[i % 2] == NULL || strcmp(rule->name, names[i % 2]) != 0 ||
            !hash_equal(&rule->hash, &record->rule_hash))
            continue;
        proof->rule = rule;
        proof->first_rule = first;
    }
}

static enum comity_error on_propose(struct replay *self, const struct act *act, uint32_t index)
{
    const struct record_proposal *record = self->record;
    struct proof *proof = self->proof;
    if (index != 0)
        return refuse(self, act, "stands among the acts of another proposal");
    if (!hash_equal(&act->id, &record->id) || act->seat != record->proposer ||
        strcmp(act->as.propose.title, record->title) != 0 ||
        act->as.propose.binding != record->binding)
        return refuse(self, act, "is not the proposal the record shows");
    if (act->has_text && act->text.size == 0)
        return fault_set(proof->fault, COMITY_NOT_FOUND, "the text of the proposal was left out");
    for (uint32_t i = 0; i < proof->charter->rules_count; i++) {
        if (strcmp(proof->charter->rules[i].name, act->as.propose.rule) == 0)
            proof->rule = &proof->charter->rules[i];
    }
    if (proof->rule != NULL && proof->rule->has_stages &&
        !hash_equal(&proof->rule->hash, &record->rule_hash))
        take_second_rule(proof, record);
    if (proof->rule == NULL || !hash_equal(&proof->rule->hash, &record->rule_hash))
        return refuse(self, act, "asks for another rule than the record shows");
    self->texts[self->texts_count++] =
        (struct proof_text){.bytes = act->text, .hash = act->text_hash};
    if (record->accused != OUTCOME_NONE && act->as.propose.effect.kind != EFFECT_BREACH)
        return refuse(self, act, "rules on no breach, and the record has somebody accused");
    add(self->sponsors, act->seat);
    memcpy(proof->must_abstain, act->as.propose.must_abstain, sizeof proof->must_abstain);
    self->signed_text[act->seat] = act->text_hash;
    return COMITY_OK;
}

static bool is_only_sponsor(const struct replay *self, uint32_t seat)
{
    uint64_t only[SEATS_MAX / 64] = {0};
    add(only, seat);
    return memcmp(only, self->sponsors, sizeof only) == 0;
}

static enum comity_error on_amend(struct replay *self, const struct act *act)
{
    struct proof *proof = self->proof;
    enum comity_error error = meet_text(self, act, &act->as.amend.base_text);
    if (error != COMITY_OK)
        return error;
    if (act->has_text && act->text.size == 0)
        return refuse(self, act, "has lost its text: it was left out");
    struct clauses *clauses = &self->clauses;
    struct clause_change change = {.operation = act->as.amend.operation,
                                   .clause = act->as.amend.clause,
                                   .to = act->as.amend.to,
                                   .text = act->text};
    error = clauses_parse(self->texts[self->current].bytes, clauses, proof->fault);
    if (error == COMITY_OK)
        error = clauses_change(clauses, &change, proof->fault);
    if (error != COMITY_OK)
        return fault_prefix(proof->fault, COMITY_CONFLICT, "an amendment does not apply: ");
    size_t size = clauses_size(clauses);
    if (size > 4 * (size_t)ACT_SIZE_MAX)
        return refuse(self, act, "makes the text too long");
    uint8_t *data = arena_alloc(proof->arena, size);
    if (data == NULL)
        return COMITY_MEMORY;
    struct writer writer;
    writer_init(&writer, data, size);
    clauses_write(clauses, &writer);
    struct bytes bytes = bytes_of(data, size);
    self->texts[self->texts_count++] =
        (struct proof_text){.bytes = bytes, .hash = act_text_hash(bytes)};
    self->signed_text[act->seat] = self->texts[self->texts_count - 1].hash;
    /* A draft's only sponsor changes it at once; any other amendment goes to the floor. */
    if (!self->on_floor && act->as.amend.operation != AMEND_PART &&
        is_only_sponsor(self, act->seat))
        text_change(self, self->texts_count - 1);
    else
        self->on_floor = true;
    return COMITY_OK;
}

static enum comity_error on_ballot(struct replay *self, const struct act *act)
{
    struct proof *proof = self->proof;
    if (proof->first_rule != NULL &&
        hash_equal(&act->as.ballot.rule_hash, &proof->first_rule->hash))
        return COMITY_OK; /* It answered the first ballot. */
    if (!hash_equal(&act->as.ballot.rule_hash, &self->record->rule_hash))
        return refuse(self, act, "answers under another rule");
    if (!record_has(proof->members, act->seat))
        return refuse(self, act, "does not count: the seat was not asked");
    if (!record_has(self->record->roll, act->seat))
        return refuse(self, act, "does not count: the seat is not on the roll");
    if (proof->charter->clock == CLOCK_REAL && !proof->resumed &&
        act->signed_ms > self->record->closes_ms)
        return refuse(self, act, "was signed after the close");
    enum comity_error error = meet_text(self, act, &act->as.ballot.text_hash);
    if (error != COMITY_OK)
        return error;
    self->signed_text[act->seat] = act->as.ballot.text_hash;
    if (act->as.ballot.answer == ANSWER_PASS && proof->rule->pass_turns == 1) {
        add(proof->passed, act->seat);
        return COMITY_OK;
    }
    if (act->as.ballot.answer < ANSWER_YES || act->as.ballot.answer > ANSWER_ABSTAIN ||
        (proof_allowed(proof, act->seat) & ANSWER_BIT(act->as.ballot.answer)) == 0)
        return refuse(self, act, "is no answer the seat may give");
    if (proof->rule->revise_never && proof->rule->revote_ms == 0 &&
        self->ballots[act->seat] != NULL && !self->on_floor)
        return refuse(self, act, "revises an answer, which the rule forbids");
    self->ballots[act->seat] = act;
    return COMITY_OK;
}

/* Two different acts in one slot, both signed by the seat. */
static enum comity_error on_evidence(struct replay *self, const struct act *act)
{
    uint32_t seat = act->as.evidence.seat;
    const struct bytes encoded[2] = {act->as.evidence.first_signed, act->as.evidence.second_signed};
    const struct hash *ids[2] = {&act->as.evidence.first, &act->as.evidence.second};
    bool about_ballot = false;
    for (int i = 0; i < 2; i++) {
        struct signed_act shown;
        enum comity_error error =
            proof_decode_act(self->proof, encoded[i], "an act shown as evidence", &shown);
        if (error != COMITY_OK)
            return error;
        if (shown.act.seat != seat || shown.act.seq != act->as.evidence.seq ||
            !hash_equal(&shown.act.id, ids[i]))
            return refuse(self, act, "shows other acts than it names");
        about_ballot = about_ballot || (self->ballots[seat] != NULL &&
                                        hash_equal(&self->ballots[seat]->id, ids[i]));
    }
    if (self->proof->first_rule != NULL && !about_ballot)
        return COMITY_OK; /* It voided an answer to the first ballot. */
    if (hash_equal(ids[0], ids[1]) || !about_ballot)
        return refuse(self, act, "voids no answer to this proposal");
    self->voided[seat] = true;
    self->ballots[seat] = NULL;
    return COMITY_OK;
}

static enum comity_error on_opinion(struct replay *self, const struct act *act)
{
    bool endorses = act->kind == ACT_ENDORSE;
    add(endorses ? self->endorsed : self->condemned, act->seat);
    take(endorses ? self->condemned : self->endorsed, act->seat);
    return COMITY_OK;
}

static const struct hash *target_of(const struct act *act)
{
    switch (act->kind) {
    case ACT_PROPOSE:
        return &act->id;
    case ACT_AMEND:
        return &act->as.amend.proposal;
    case ACT_COSPONSOR:
    case ACT_RECEIPT:
        return &act->as.cosponsor.proposal;
    case ACT_BALLOT:
        return &act->as.ballot.proposal;
    case ACT_RETRACT:
        return &act->as.retract.proposal;
    case ACT_RESERVE:
        return &act->as.reserve.proposal;
    case ACT_ENDORSE:
    case ACT_CONDEMN:
        return &act->as.opinion.target;
    case ACT_SHIFT:
        return &act->as.shift.proposal;
    case ACT_PROCEDURE:
        return act->as.procedure.ruling == RULING_RESUME ? NULL : &act->as.procedure.proposal;
    default:
        return NULL;
    }
}

/* An opinion may name an amendment that was made at once: it is of the draft. */
static bool is_about(const struct replay *self, const struct act *act, uint32_t index)
{
    const struct hash *target = target_of(act);
    if (target == NULL || hash_equal(target, &self->record->id))
        return true;
    for (uint32_t i = 0; i < index && (act->kind == ACT_ENDORSE || act->kind == ACT_CONDEMN); i++) {
        const struct act *amend = &self->proof->acts[i].act;
        if (amend->kind == ACT_AMEND && hash_equal(target, &amend->id))
            return true;
    }
    return false;
}

static enum comity_error on_ruling(struct replay *self, const struct act *act)
{
    enum seat_role role = self->proof->charter->seats[act->seat].role;
    switch (act->as.procedure.ruling) {
    case RULING_CLOSE:
        return COMITY_OK;
    case RULING_RESUME:
        return role == SEAT_CHAIR ? COMITY_OK : refuse(self, act, "is not the chair's");
    case RULING_TIE:
        if (role != SEAT_CHAIR)
            return refuse(self, act, "decides a tie, and is not the chair's");
        self->proof->casting = act->as.procedure.answer;
        return COMITY_OK;
    default:
        return refuse(self, act, "is about no proposal");
    }
}

static enum comity_error step(struct replay *self, const struct act *act, uint32_t index)
{
    enum comity_error error;
    if (!is_about(self, act, index))
        return refuse(self, act, "is about something else");
    if (index == 0 && act->kind != ACT_PROPOSE)
        return refuse(self, act, "stands where the proposal itself must");
    switch (act->kind) {
    case ACT_PROPOSE:
        return on_propose(self, act, index);
    case ACT_AMEND:
        return on_amend(self, act);
    case ACT_COSPONSOR:
        error = meet_text(self, act, &act->as.cosponsor.text_hash);
        add(self->sponsors, act->seat);
        self->signed_text[act->seat] = act->as.cosponsor.text_hash;
        return error;
    case ACT_RECEIPT:
        self->signed_text[act->seat] = act->as.cosponsor.text_hash;
        return meet_text(self, act, &act->as.cosponsor.text_hash);
    case ACT_BALLOT:
        return on_ballot(self, act);
    case ACT_RETRACT:
        if (act->seat == self->record->proposer)
            return refuse(self, act, "ended the proposal, and the record shows a verdict");
        take(self->sponsors, act->seat);
        return COMITY_OK;
    case ACT_ENDORSE:
    case ACT_CONDEMN:
        return on_opinion(self, act);
    case ACT_SHIFT: /* It says where the question went, and decides nothing here. */
        return self->proof->charter->seats[act->seat].role == SEAT_MEMBER
                   ? COMITY_OK
                   : refuse(self, act, "is of no member");
    case ACT_PROCEDURE:
        return on_ruling(self, act);
    case ACT_EVIDENCE:
        return on_evidence(self, act);
    case ACT_RESERVE:
        return COMITY_OK; /* reservations.c looks at it. */
    default:
        return refuse(self, act, "does not belong to a proposal");
    }
}

static enum comity_error compare_answer(struct replay *self, uint32_t seat)
{
    struct proof *proof = self->proof;
    const struct record_proposal *record = self->record;
    const struct act *ballot = self->ballots[seat];
    enum answer shown = (enum answer)record->answers[seat];
    const char *name = proof_seat_name(proof, seat);
    if (self->voided[seat] && !record->voided[seat])
        return fault_set(proof->fault, COMITY_CONFLICT,
                         "the answer of %s was voided, and the record does not say so", name);
    if (record->voided[seat]) {
        /* Evidence that came before the ballot is not among this proposal's acts. */
        if (shown != ANSWER_SILENT || (!self->voided[seat] && ballot == NULL))
            return fault_set(proof->fault, COMITY_CONFLICT,
                             "no act shows why the answer of %s was voided", name);
        return COMITY_OK;
    }
    bool unseen = record->text_version - 1 > self->changes;
    if (ballot == NULL ? shown != ANSWER_SILENT
                       : shown != ballot->as.ballot.answer && !(shown == ANSWER_SILENT && unseen))
        return fault_set(proof->fault, COMITY_CONFLICT,
                         "the record shows %s for %s, whose last act says %s", answer_word(shown),
                         name, ballot == NULL ? "nothing" : answer_word(ballot->as.ballot.answer));
    if (shown != ANSWER_SILENT)
        proof->ballots[seat] = ballot;
    return COMITY_OK;
}

static bool masks_agree(const struct replay *self)
{
    const struct record_proposal *record = self->record;
    for (size_t i = 0; i < SEATS_MAX / 64; i++) {
        uint64_t missing = record->sponsors[i] & ~self->sponsors[i];
        if (missing != 0 || (!self->on_floor && record->sponsors[i] != self->sponsors[i]) ||
            record->endorsed[i] != self->endorsed[i] || record->condemned[i] != self->condemned[i])
            return false;
    }
    return true;
}

static enum comity_error finish(struct replay *self)
{
    struct proof *proof = self->proof;
    const struct record_proposal *record = self->record;
    if (!hash_equal(&record->text_hash, &self->texts[self->current].hash)) {
        uint32_t text = self->on_floor ? self->texts_count : 0;
        while (text > 0 && !hash_equal(&record->text_hash, &self->texts[text - 1].hash))
            text--;
        if (text == 0)
            return fault_set(proof->fault, COMITY_CONFLICT,
                             "the acts do not make the text the record shows");
        text_change(self, text - 1);
    }
    if (record->text_version < 1 || self->changes > record->text_version - 1 ||
        (!self->on_floor && self->changes != record->text_version - 1))
        return fault_set(proof->fault, COMITY_CONFLICT,
                         "the record counts %u texts, the acts make %u",
                         (unsigned)record->text_version, (unsigned)self->changes + 1);
    if (!masks_agree(self))
        return fault_set(proof->fault, COMITY_CONFLICT,
                         "the acts give other sponsors or opinions than the record");
    proof->text = self->texts[self->current].bytes;
    memcpy(proof->received, record->sponsors, sizeof proof->received);
    for (uint32_t seat = 0; seat < record->seats_count; seat++) {
        if (hash_equal(&self->signed_text[seat], &record->text_hash))
            add(proof->received, seat);
    }
    for (uint32_t seat = 0; seat < record->seats_count; seat++) {
        enum comity_error error = compare_answer(self, seat);
        if (error != COMITY_OK)
            return error;
    }
    return COMITY_OK;
}

static bool is_resume(const struct act *act)
{
    return act->kind == ACT_PROCEDURE && act->as.procedure.ruling == RULING_RESUME;
}

enum comity_error proof_replay(struct proof *proof)
{
    const struct record_proposal *record = proof->proposal;
    struct replay *self = arena_alloc(proof->arena, sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    self->proof = proof;
    self->record = record;
    self->texts = arena_array(proof->arena, (size_t)record->acts.count + 1, sizeof *self->texts);
    if (self->texts == NULL)
        return COMITY_MEMORY;
    if (record->acts.count == 0)
        return fault_set(proof->fault, COMITY_CONFLICT, "the record names no act");
    for (uint32_t i = 0; i < record->acts.count; i++)
        proof->resumed = proof->resumed || is_resume(&proof->acts[i].act);
    for (uint32_t i = 0; i < record->acts.count; i++) {
        enum comity_error error = step(self, &proof->acts[i].act, i);
        if (error != COMITY_OK)
            return error;
    }
    return finish(self);
}
