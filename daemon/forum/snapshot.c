/* SPDX-License-Identifier: Apache-2.0 */
/* The whole state as canonical bytes, and back. What can be derived is not saved: the open list,
 * the waiting list, the index, the answers a question holds and when a date is next. */
#include <string.h>

#include "forum/agreement.h"
#include "forum/pieces.h"
#include "forum/pledge.h"
#include "forum/index.h"
#include "forum/roll.h"
#include "forum/snapshot.h"

/* "Comity forum state, layout 3". */
static const char snapshot_magic[16] = "comity-forum-4";

static uint32_t mask_words(const struct charter *charter)
{
    return (charter->seats_count + 63) / 64;
}

bool archive_has_failed(const struct archive *archive)
{
    return archive->failed ||
           (archive->reader != NULL && (archive->reader->failed || archive->pool->failed));
}

/* When reading: room for `count` items. */
void archive_vector(struct archive *archive, void **items, uint32_t *count, uint32_t *capacity,
                    size_t size, size_t least)
{
    archive_count(archive, count, least);
    if (archive->reader == NULL || *count == 0)
        return;
    *items = pool_alloc(archive->pool, (size_t)*count * size);
    *capacity = *items == NULL ? 0 : *count;
    if (*items == NULL)
        *count = 0;
}

static void archive_acts(struct archive *archive, struct hash **acts, uint32_t *count,
                         uint32_t *capacity)
{
    archive_vector(archive, (void **)acts, count, capacity, sizeof **acts, sizeof **acts);
    if (*count > 0)
        archive_raw(archive, *acts, (size_t)*count * sizeof **acts);
}

static void archive_seat(struct archive *archive, struct seat *seat)
{
    archive_bool(archive, &seat->joined);
    seat->standing = (enum seat_standing)archive_word(archive, seat->standing, STANDING_LEFT);
    archive_bool(archive, &seat->votes_suspended);
    archive_u64(archive, &seat->seq);
}

static void archive_terms(struct archive *archive, struct forum_proposal *is)
{
    archive_count(archive, &is->terms_count, 4 + 1 + 8 + 8 + 4 + 4);
    struct term *terms = (struct term *)(uintptr_t)is->terms;
    if (archive->reader != NULL && is->terms_count > 0) {
        terms = pool_keep(archive->pool, is->terms_count * sizeof *terms);
        is->terms = terms;
        is->terms_count = terms == NULL ? 0 : is->terms_count;
    }
    for (uint32_t i = 0; i < is->terms_count; i++) {
        archive_text(archive, &terms[i].issue);
        terms[i].kind = (enum term_kind)archive_word(archive, terms[i].kind, TERM_SHARE);
        archive_i64(archive, &terms[i].number);
        archive_u64(archive, &terms[i].of);
        archive_text(archive, &terms[i].unit);
        archive_text(archive, &terms[i].text);
    }
}

static void archive_pledges(struct archive *archive, struct forum_proposal *is)
{
    archive_count(archive, &is->pledges_count, 4 + 4 + 8 + 4 + 8);
    struct pledge *pledges = (struct pledge *)(uintptr_t)is->pledges;
    if (archive->reader != NULL && is->pledges_count > 0) {
        pledges = pool_keep(archive->pool, is->pledges_count * sizeof *pledges);
        is->pledges = pledges;
        is->pledges_count = pledges == NULL ? 0 : is->pledges_count;
    }
    for (uint32_t i = 0; i < is->pledges_count; i++) {
        archive_u32(archive, &pledges[i].seat);
        archive_text(archive, &pledges[i].issue);
        archive_i64(archive, &pledges[i].quantity);
        archive_text(archive, &pledges[i].unit);
        archive_i64(archive, &pledges[i].due_ms);
    }
}

static void archive_ballot(struct archive *archive, struct forum_ballot *ballot)
{
    ballot->answer = (uint8_t)archive_word(archive, ballot->answer, ANSWER_ABSTAIN);
    archive_bool(archive, &ballot->voided);
    archive_bool(archive, &ballot->passed);
    if (ballot->answer == ANSWER_SILENT)
        return;
    archive_i64(archive, &ballot->signed_ms);
    archive_raw(archive, &ballot->act, sizeof ballot->act);
}

static void archive_proposal(struct archive *archive, const struct forum *forum,
                             struct proposal *self)
{
    struct forum_proposal *is = &self->is;
    archive_u32(archive, &is->number);
    archive_u32(archive, &is->amends);
    archive_raw(archive, &is->id, sizeof is->id);
    archive_u32(archive, &is->proposer);
    archive_text(archive, &is->title);
    archive_text(archive, &is->topic);
    archive_u32(archive, &self->rule_index);
    archive_bool(archive, &is->binding);
    is->status = (enum proposal_status)archive_word(archive, is->status, PROPOSAL_RETRACTED);
    archive_bytes(archive, &is->text.bytes);
    archive_raw(archive, &is->text.hash, sizeof is->text.hash);
    archive_u32(archive, &is->text.version);
    archive_vector(archive, (void **)&self->texts, &is->texts_count, &self->texts_capacity,
                   sizeof *self->texts, 4);
    for (uint32_t i = 0; i < is->texts_count; i++)
        archive_bytes(archive, &self->texts[i]);
    is->texts = self->texts;
    if (is->amends != 0) {
        archive_raw(archive, &self->base_text, sizeof self->base_text);
        archive_bool(archive, &is->by_part);
    }
    archive_terms(archive, is);
    archive_pledges(archive, is);
    archive_extras(archive, forum, is);
    archive_mask(archive, is->sponsors);
    archive_mask(archive, is->roll);
    archive_mask(archive, is->must_abstain);
    archive_mask(archive, is->members);
    archive_u32(archive, &is->accused);
    archive_u32(archive, &self->weights);
    archive_raw(archive, &is->weights, sizeof is->weights);
    if (is->status == PROPOSAL_OPEN || is->status == PROPOSAL_CLOSED) {
        archive_mask(archive, self->unasked);
        archive_mask(archive, self->received);
        archive_bool(archive, &self->revoted);
        archive_bool(archive, &is->tied);
    }
    archive_mask(archive, is->endorsed);
    archive_mask(archive, is->condemned);
    for (uint32_t seat = 0; seat < forum->charter->seats_count; seat++)
        archive_ballot(archive, &is->ballots[seat]);
    archive_i64(archive, &is->opened_ms);
    archive_i64(archive, &is->closes_ms);
    archive_i64(archive, &is->closed_ms);
    archive_i64(archive, &is->decided_ms);
    archive_i64(archive, &is->decided_block_ms);
    archive_u64(archive, &is->decided_height);
    archive_i64(archive, &self->close_ms);
    is->verdict = (enum verdict)archive_word(archive, is->verdict, VERDICTS_COUNT - 1);
    archive_text(archive, &is->line);
    archive_bool(archive, &is->can_change);
    archive_acts(archive, &self->acts, &is->acts_count, &self->acts_capacity);
    is->acts = self->acts;
    archive_reservations(archive, (struct forum *)(uintptr_t)forum, self);
}

static void archive_party(struct archive *archive, struct forum_party *party)
{
    party->status = (enum party_status)archive_word(archive, party->status, PARTY_SUSPENDED);
    if (party->status == PARTY_NONE)
        return;
    archive_i64(archive, &party->consent_ms);
    archive_i64(archive, &party->since_ms);
    archive_i64(archive, &party->notice_ms);
    archive_i64(archive, &party->until_ms);
    archive_u32(archive, &party->defections);
    party->home = (enum home_verdict)archive_word(archive, party->home, HOME_NO);
    if (party->defections >= 2 * DEFECTION_BIT(DEFECTION_HOLLOW_RESERVATION))
        archive->failed = true;
    party_show_defection(party);
}

static void archive_agreement(struct archive *archive, const struct forum *forum,
                              struct agreement *self)
{
    struct forum_agreement *is = &self->is;
    archive_u32(archive, &is->proposal);
    is->status = (enum agreement_status)archive_word(archive, is->status, AGREEMENT_SUSPENDED);
    archive_i64(archive, &is->threshold_ms);
    archive_i64(archive, &is->in_force_ms);
    archive_text(archive, &is->line);
    for (uint32_t seat = 0; seat < forum->charter->seats_count; seat++)
        archive_party(archive, &is->parties[seat]);
    archive_acts(archive, &self->acts, &is->acts_count, &self->acts_capacity);
    is->acts = self->acts;
    archive_accounts(archive, forum, &self->accounts);
    is->accounts = &self->accounts.is;
    archive_u32(archive, &self->weights);
}

static void archive_declaration(struct archive *archive, struct forum_declaration *declaration)
{
    archive_raw(archive, &declaration->id, sizeof declaration->id);
    archive_u32(archive, &declaration->seat);
    archive_text(archive, &declaration->title);
    archive_text(archive, &declaration->topic);
    archive_count(archive, &declaration->relies_on_count, HASH_SIZE);
    struct hash *relies_on = (struct hash *)(uintptr_t)declaration->relies_on;
    if (archive->reader != NULL && declaration->relies_on_count > 0) {
        relies_on = pool_keep(archive->pool, declaration->relies_on_count * sizeof *relies_on);
        declaration->relies_on = relies_on;
        declaration->relies_on_count = relies_on == NULL ? 0 : declaration->relies_on_count;
    }
    if (declaration->relies_on_count > 0)
        archive_raw(archive, relies_on, declaration->relies_on_count * sizeof *relies_on);
    archive_i64(archive, &declaration->signed_ms);
    archive_i64(archive, &declaration->time_ms);
    archive_mask(archive, declaration->endorsed);
    archive_mask(archive, declaration->condemned);
}

static void archive_head(struct archive *archive, struct forum *self)
{
    char magic[sizeof snapshot_magic];
    struct hash id = self->charter->id;
    memcpy(magic, snapshot_magic, sizeof magic);
    archive_raw(archive, magic, sizeof magic);
    archive_raw(archive, &id, sizeof id);
    if (memcmp(magic, snapshot_magic, sizeof magic) != 0 || !hash_equal(&id, &self->charter->id))
        archive->failed = true;
    archive_bool(archive, &self->started);
    archive_i64(archive, &self->first_ms);
    archive_i64(archive, &self->block_ms);
    archive_i64(archive, &self->now_ms);
    archive_bool(archive, &self->suspended);
    archive_i64(archive, &self->suspended_ms);
    archive_i64(archive, &self->paused_ms);
    archive_u64(archive, &self->height);
    archive_mask(archive, self->present);
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++)
        archive_seat(archive, &self->seats[seat]);
    archive_standing(archive, self);
    archive_conduct(archive, self);
    archive_shifts(archive, self);
    archive_vector(archive, (void **)&self->evidence, &self->evidence_count,
                   &self->evidence_capacity, sizeof *self->evidence, 4 + 8);
    for (uint32_t i = 0; i < self->evidence_count; i++) {
        archive_u32(archive, &self->evidence[i].seat);
        archive_u64(archive, &self->evidence[i].seq);
    }
    archive_vector(archive, (void **)&self->declarations, &self->declarations_count,
                   &self->declarations_capacity, sizeof *self->declarations, HASH_SIZE);
    for (uint32_t i = 0; i < self->declarations_count; i++)
        archive_declaration(archive, &self->declarations[i]);
    archive_vector(archive, (void **)&self->aliases, &self->aliases_count, &self->aliases_capacity,
                   sizeof *self->aliases, HASH_SIZE);
    for (uint32_t i = 0; i < self->aliases_count; i++) {
        archive_raw(archive, &self->aliases[i].id, HASH_SIZE);
        archive_u32(archive, &self->aliases[i].proposal);
    }
}

static void save_agreement(struct archive *archive, struct forum *self, struct agreement *agreement)
{
    archive_agreement(archive, self, agreement);
    archive_allegations(archive, self, agreement);
}

static void write_piece(const struct forum *const_self, uint32_t piece, struct archive *archive)
{
    /* The one description also reads; measuring and writing change no field. */
    struct forum *self = (struct forum *)(uintptr_t)const_self;
    if (piece == 0) {
        archive_head(archive, self);
        archive_u32(archive, &self->records_count);
        return;
    }
    const struct record *record = &self->records[piece - 1];
    archive_word(archive, record->agreement != 0, 1);
    if (record->proposal != 0)
        archive_proposal(archive, self, self->proposals[record->proposal - 1]);
    else
        save_agreement(archive, self, self->agreements[record->agreement - 1]);
}

uint32_t forum_pieces_count(const struct forum *self)
{
    return self->records_count + 1;
}

size_t forum_piece_size(const struct forum *self, uint32_t piece)
{
    struct archive archive = {.mask_words = mask_words(self->charter)};
    write_piece(self, piece, &archive);
    return archive.size;
}

void forum_piece_save(const struct forum *self, uint32_t piece, struct writer *writer)
{
    struct archive archive = {.writer = writer, .mask_words = mask_words(self->charter)};
    write_piece(self, piece, &archive);
}

size_t forum_save_size(const struct forum *self)
{
    size_t size = 0;
    for (uint32_t piece = 0; piece < forum_pieces_count(self); piece++)
        size += forum_piece_size(self, piece);
    return size;
}

void forum_save(const struct forum *self, struct writer *writer)
{
    for (uint32_t piece = 0; piece < forum_pieces_count(self); piece++)
        forum_piece_save(self, piece, writer);
}

/* A question holds what is derived from ballots, roll and seats. */
static bool revive_question(struct forum *self, struct proposal *proposal)
{
    struct forum_proposal *is = &proposal->is;
    struct question *question = pool_alloc(&self->pool, sizeof *question);
    if (question == NULL || !pool_vector(&self->pool, (void **)&self->open, self->open_count,
                                         &self->open_capacity, sizeof *self->open))
        return false;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        uint8_t answer = is->ballots[seat].answer;
        question->answers[seat] =
            answer == ANSWER_SILENT ? (uint8_t)roll_answer_to(self, proposal, seat) : answer;
    }
    struct text line;
    text_init(&line, question->line, sizeof question->line);
    text_add(&line, is->line);
    is->line = question->line;
    proposal->question = question;
    self->open[self->open_count++] = is->number;
    self->seats[is->proposer].questions_count++;
    return true;
}

static bool load_proposal(struct archive *archive, struct forum *self)
{
    struct proposal *proposal = pool_keep(&self->pool, sizeof *proposal);
    struct forum_ballot *ballots =
        pool_keep(&self->pool, self->charter->seats_count * sizeof *ballots);
    if (proposal == NULL || ballots == NULL ||
        !pool_vector(&self->pool, (void **)&self->proposals, self->proposals_count,
                     &self->proposals_capacity, sizeof(struct proposal *)))
        return false;
    proposal->is.ballots = ballots;
    archive_proposal(archive, self, proposal);
    struct forum_proposal *is = &proposal->is;
    if (archive_has_failed(archive) || is->number != self->proposals_count + 1 ||
        is->amends >= is->number || is->proposer >= self->charter->seats_count ||
        proposal->rule_index >= self->charter->rules_count ||
        proposal->weights > self->reweighs_count ||
        (is->accused != OUTCOME_NONE && is->accused >= self->charter->seats_count))
        return false;
    is->rule = &self->charter->rules[proposal->rule_index];
    proposal->record = self->records_count;
    self->proposals[self->proposals_count++] = proposal;
    index_add(self, INDEX_PROPOSAL, is->number);
    bool asks = is->status == PROPOSAL_OPEN || is->status == PROPOSAL_CLOSED;
    return !asks || revive_question(self, proposal);
}

/* A line that is written anew as consents come needs its whole room. */
static bool revive_line(struct forum *self, struct agreement *agreement)
{
    if (self->rules[agreement->proposal->rule_index].in_force == NULL)
        return true;
    agreement->line = pool_keep(&self->pool, RULE_LINE_MAX);
    if (agreement->line == NULL)
        return false;
    struct text line;
    text_init(&line, agreement->line, RULE_LINE_MAX);
    text_add(&line, agreement->is.line);
    agreement->is.line = agreement->line;
    return true;
}

static bool load_agreement(struct archive *archive, struct forum *self)
{
    struct agreement *agreement = pool_keep(&self->pool, sizeof *agreement);
    struct forum_party *parties =
        pool_keep(&self->pool, self->charter->seats_count * sizeof *parties);
    if (agreement == NULL || parties == NULL ||
        !pool_vector(&self->pool, (void **)&self->agreements, self->agreements_count,
                     &self->agreements_capacity, sizeof(struct agreement *)))
        return false;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++)
        parties[seat] = (struct forum_party){.since_ms = FORUM_NEVER, .until_ms = FORUM_NEVER};
    struct forum_agreement *is = &agreement->is;
    is->parties = parties;
    archive_agreement(archive, self, agreement);
    if (archive_has_failed(archive) || is->proposal == 0 || is->proposal > self->proposals_count ||
        agreement->weights > self->reweighs_count)
        return false;
    agreement->proposal = forum_get_proposal(self, is->proposal);
    if (agreement->proposal->is.agreement != 0 || !revive_line(self, agreement))
        return false;
    is->number = self->agreements_count + 1;
    agreement->proposal->is.agreement = is->number;
    agreement->record = self->records_count;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        enum party_status status = parties[seat].status;
        if ((status == PARTY_BOUND || status == PARTY_LEAVING) && agreement_counts(self, seat))
            is->parties_count++;
    }
    memcpy(is->endorsed, agreement->proposal->is.endorsed, sizeof is->endorsed);
    memcpy(is->condemned, agreement->proposal->is.condemned, sizeof is->condemned);
    self->agreements[self->agreements_count++] = agreement;
    archive_allegations(archive, self, agreement);
    for (uint32_t i = 1; i <= agreement->accounts.is.reports_count; i++) {
        if (!reports_add(self, is->number, i))
            return false;
    }
    agreement_find_next(self, agreement);
    return !archive_has_failed(archive);
}

static bool load_record(struct archive *archive, struct forum *self)
{
    bool is_agreement = archive_word(archive, 0, 1) != 0;
    if (archive_has_failed(archive) ||
        !pool_vector(&self->pool, (void **)&self->records, self->records_count,
                     &self->records_capacity, sizeof *self->records))
        return false;
    if (is_agreement ? !load_agreement(archive, self) : !load_proposal(archive, self))
        return false;
    self->records[self->records_count++] =
        is_agreement ? (struct record){.agreement = self->agreements_count}
                     : (struct record){.proposal = self->proposals_count};
    return true;
}

/* The index, and what is counted by seat. */
static bool load_index(struct forum *self)
{
    for (uint32_t i = 0; i < self->evidence_count; i++) {
        if (self->evidence[i].seat >= self->charter->seats_count)
            return false;
        self->seats[self->evidence[i].seat].evidence_count++;
    }
    for (uint32_t i = 0; i < self->declarations_count; i++) {
        if (self->declarations[i].seat >= self->charter->seats_count)
            return false;
        index_add(self, INDEX_DECLARATION, i);
    }
    return true;
}

static bool load_aliases(struct forum *self)
{
    for (uint32_t i = 0; i < self->aliases_count; i++) {
        uint32_t proposal = self->aliases[i].proposal;
        if (proposal == 0 || proposal > self->proposals_count)
            return false;
        index_add(self, INDEX_ALIAS, i);
    }
    return true;
}

static bool load_state(struct archive *archive, struct forum *self)
{
    archive_head(archive, self);
    if (archive_has_failed(archive) || !load_index(self))
        return false;
    uint32_t count = 0;
    archive_count(archive, &count, HASH_SIZE);
    for (uint32_t i = 0; i < count; i++) {
        if (!load_record(archive, self))
            return false;
    }
    return !archive_has_failed(archive) && load_aliases(self) && life_is_whole(self) &&
           reader_done(archive->reader);
}

enum comity_error forum_load(struct arena *arena, const struct charter *charter,
                             struct bytes snapshot, struct forum **ret_forum, struct fault *fault)
{
    struct forum *self;
    enum comity_error error = forum_create(arena, charter, &self, fault);
    if (error != COMITY_OK)
        return error;
    struct reader reader;
    reader_init(&reader, snapshot);
    struct archive archive = {
        .reader = &reader, .pool = &self->pool, .mask_words = mask_words(charter)};
    bool loaded = load_state(&archive, self);
    if (self->pool.failed)
        return COMITY_MEMORY;
    if (!loaded)
        return fault_set(fault, COMITY_DAMAGED, "the snapshot is damaged near byte %lu of %lu",
                         (unsigned long)reader.at, (unsigned long)snapshot.size);
    *ret_forum = self;
    return COMITY_OK;
}
