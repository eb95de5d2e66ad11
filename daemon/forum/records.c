/* SPDX-License-Identifier: Apache-2.0 */
/* The leaves outcomes_root commits to: everything a verifier needs to know of one proposal or one
 * agreement, in a fixed order, big-endian, texts with a length of 32 bits in front.
 *
 * Proposal: u8 1; u32 number, amends; id; u32 proposer; title; u8 binding; text hash; u32 text
 * version; rule hash; u8 status, verdict; line; i64 opened, closes, closed, decided (forum time),
 * decided (block time); u64 decided height; u32 agreement; masks (4 u64 each) sponsors, roll,
 * endorsed, condemned; u32 seats, then by seat u8 answer, u8 voided; u32 acts, then their ids.
 * It is u8 4 and goes on where there is more to say, and only there (not every member was asked,
 * somebody was accused, other weights than the charter's decided, or there are reservations): mask
 * of who was asked; u32 accused, all ones if nobody; hash of the weights; u32 reservations, each
 * u32 number, id, u32 seat, clause, u8 status, i64 effective, masks objected, refused. It is u8 5
 * where its effect was not done, and ends with why.
 *
 * Agreement: u8 3; u32 number, proposal; id of the proposal; text hash; rule hash; u8 status; i64
 * threshold, in force; line; u32 parties; u32 seats, then by seat u8 status, home, defection, i64
 * consent, since, notice, until; u32 acts, then their ids; the hash of what those make of the
 * accounts (accounts.h); u32 reviews, each the u32 place of its pledge, u8 review, i64 confirmed
 * then; u32 spendings, each u32 P number, id of the ruling proposal, u32 seat, u64 quantity. Under
 * u8 2 it ended with the ids of its acts: such records are read still (instrument/record.c). */
#include "forum/accounts.h"
#include "forum/archive.h"
#include "forum/membership.h"
#include "forum/state.h"

enum {
    RECORD_PROPOSAL = 1,
    RECORD_AGREEMENT = 3,
    RECORD_PROPOSAL_MORE = 4,
    RECORD_PROPOSAL_UNDONE
};

static void acts_record(struct archive *archive, const struct hash *acts, uint32_t count)
{
    archive_u32(archive, &count);
    if (archive->writer != NULL && count > 0)
        writer_raw(archive->writer, acts, (size_t)count * sizeof *acts);
    archive->size += (size_t)count * sizeof *acts;
}

/* Whether there is anything to tell that most proposals do not have. */
static bool has_more(const struct forum *self, const struct proposal *proposal)
{
    const struct forum_proposal *is = &proposal->is;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (mask_has(is->members, seat) != membership_was_member(self, seat))
            return true;
    }
    return is->undone != NULL || is->accused != OUTCOME_NONE || proposal->reservations_count > 0 ||
           (!hash_is_zero(&is->weights) && !hash_equal(&is->weights, &self->weights_hash));
}

static void more_record(struct archive *archive, const struct proposal *proposal)
{
    struct forum_proposal is = proposal->is;
    uint32_t count = proposal->reservations_count;
    archive_mask(archive, is.members);
    archive_u32(archive, &is.accused);
    archive_raw(archive, &is.weights, sizeof is.weights);
    archive_u32(archive, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct forum_reservation reservation = *proposal->reservations[i];
        archive_u32(archive, &reservation.number);
        archive_raw(archive, &reservation.id, sizeof reservation.id);
        archive_u32(archive, &reservation.seat);
        archive_u32(archive, &reservation.clause);
        archive_word(archive, reservation.status, RESERVATION_LAPSED);
        archive_i64(archive, &reservation.effective_ms);
        archive_mask(archive, reservation.objected);
        archive_mask(archive, reservation.refused);
    }
    if (is.undone != NULL)
        archive_text(archive, &is.undone);
}

/* The archive only measures or writes here, so copies serve as fields. */
static void proposal_record(struct archive *archive, const struct forum *self,
                            const struct proposal *proposal)
{
    struct forum_proposal is = proposal->is;
    uint32_t seats_count = self->charter->seats_count;
    struct hash rule_hash = is.rule->hash;
    bool more = has_more(self, proposal);
    archive_word(archive,
                 is.undone != NULL ? RECORD_PROPOSAL_UNDONE
                 : more            ? RECORD_PROPOSAL_MORE
                                   : RECORD_PROPOSAL,
                 RECORD_PROPOSAL_UNDONE);
    archive_u32(archive, &is.number);
    archive_u32(archive, &is.amends);
    archive_raw(archive, &is.id, sizeof is.id);
    archive_u32(archive, &is.proposer);
    archive_text(archive, &is.title);
    archive_bool(archive, &is.binding);
    archive_raw(archive, &is.text.hash, sizeof is.text.hash);
    archive_u32(archive, &is.text.version);
    archive_raw(archive, &rule_hash, sizeof rule_hash);
    archive_word(archive, is.status, PROPOSAL_RETRACTED);
    archive_word(archive, is.verdict, VERDICTS_COUNT - 1);
    archive_text(archive, &is.line);
    archive_i64(archive, &is.opened_ms);
    archive_i64(archive, &is.closes_ms);
    archive_i64(archive, &is.closed_ms);
    archive_i64(archive, &is.decided_ms);
    archive_i64(archive, &is.decided_block_ms);
    archive_u64(archive, &is.decided_height);
    archive_u32(archive, &is.agreement);
    archive_mask(archive, is.sponsors);
    archive_mask(archive, is.roll);
    archive_mask(archive, is.endorsed);
    archive_mask(archive, is.condemned);
    archive_u32(archive, &seats_count);
    for (uint32_t seat = 0; seat < seats_count; seat++) {
        archive_word(archive, is.ballots[seat].answer, ANSWERS_COUNT - 1);
        archive_word(archive, is.ballots[seat].voided, 1);
    }
    acts_record(archive, is.acts, is.acts_count);
    if (more)
        more_record(archive, proposal);
}

static void party_record(struct archive *archive, struct forum_party party)
{
    archive_word(archive, party.status, PARTY_SUSPENDED);
    archive_word(archive, party.home, HOME_NO);
    archive_word(archive, party.defection, DEFECTION_HOLLOW_RESERVATION);
    archive_i64(archive, &party.consent_ms);
    archive_i64(archive, &party.since_ms);
    archive_i64(archive, &party.notice_ms);
    archive_i64(archive, &party.until_ms);
}

static void accounts_record(struct archive *archive, uint32_t seats_count,
                            const struct forum_accounts *accounts)
{
    struct hash hash = {{0}};
    if (archive->writer != NULL)
        hash = accounts_hash(accounts, seats_count);
    archive_raw(archive, &hash, sizeof hash);
    uint32_t count = 0;
    for (uint32_t i = 0; i < accounts->pledges_count; i++)
        count += accounts->pledges[i].review != REVIEW_NONE;
    archive_u32(archive, &count);
    for (uint32_t i = 0; i < accounts->pledges_count; i++) {
        int64_t reviewed = accounts->pledges[i].reviewed;
        if (accounts->pledges[i].review == REVIEW_NONE)
            continue;
        uint32_t place = i;
        archive_u32(archive, &place);
        archive_word(archive, accounts->pledges[i].review, REVIEW_RESTED);
        archive_i64(archive, &reviewed);
    }
    count = accounts->spendings_count;
    archive_u32(archive, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct forum_spending spending = accounts->spendings[i];
        archive_u32(archive, &spending.proposal);
        archive_raw(archive, &spending.ruling, sizeof spending.ruling);
        archive_u32(archive, &spending.seat);
        archive_u64(archive, &spending.quantity);
    }
}

static void agreement_record(struct archive *archive, uint32_t seats_count,
                             struct forum_agreement is, const struct forum_proposal *proposal)
{
    struct hash id = proposal->id;
    struct hash text_hash = proposal->text.hash;
    struct hash rule_hash = proposal->rule->hash;
    archive_word(archive, RECORD_AGREEMENT, RECORD_AGREEMENT);
    archive_u32(archive, &is.number);
    archive_u32(archive, &is.proposal);
    archive_raw(archive, &id, sizeof id);
    archive_raw(archive, &text_hash, sizeof text_hash);
    archive_raw(archive, &rule_hash, sizeof rule_hash);
    archive_word(archive, is.status, AGREEMENT_SUSPENDED);
    archive_i64(archive, &is.threshold_ms);
    archive_i64(archive, &is.in_force_ms);
    archive_text(archive, &is.line);
    archive_u32(archive, &is.parties_count);
    archive_u32(archive, &seats_count);
    for (uint32_t seat = 0; seat < seats_count; seat++)
        party_record(archive, is.parties[seat]);
    acts_record(archive, is.acts, is.acts_count);
    accounts_record(archive, seats_count, is.accounts);
}

static void record_write(const struct forum *self, uint32_t index, struct archive *archive)
{
    const struct record *record = &self->records[index];
    uint32_t seats_count = self->charter->seats_count;
    if (record->proposal != 0) {
        proposal_record(archive, self, self->proposals[record->proposal - 1]);
    } else {
        const struct agreement *agreement = self->agreements[record->agreement - 1];
        agreement_record(archive, seats_count, agreement->is, &agreement->proposal->is);
    }
}

uint32_t forum_records_count(const struct forum *self)
{
    return self->records_count;
}

const uint32_t *forum_records_changed(const struct forum *self, uint32_t *ret_count)
{
    *ret_count = self->changed_count;
    return self->changed;
}

bool forum_record_is_settled(const struct forum *self, uint32_t index)
{
    const struct record *record = &self->records[index];
    return record->proposal == 0 ||
           self->proposals[record->proposal - 1]->is.status == PROPOSAL_DECIDED;
}

size_t forum_record_size(const struct forum *self, uint32_t index)
{
    struct archive archive = {.mask_words = SEAT_WORDS};
    record_write(self, index, &archive);
    return archive.size;
}

void forum_record_encode(const struct forum *self, uint32_t index, struct writer *writer)
{
    struct archive archive = {.writer = writer, .mask_words = SEAT_WORDS};
    record_write(self, index, &archive);
}
