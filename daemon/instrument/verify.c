/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - from the charter to the report, one step after the other; each says in its own words
 * what is wrong. */
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "charter/charter.h"
#include "codec/block.h"
#include "identity/identity.h"
#include "instrument/proof.h"

static enum comity_error check_header(struct proof *self)
{
    enum comity_error error =
        charter_decode(self->file->charter, self->arena, &self->charter, self->fault);
    if (error != COMITY_OK)
        return fault_prefix(self->fault, error, "the charter cannot be read: ");
    if (block_header_decode(self->file->header, &self->header) != COMITY_OK)
        return fault_set(self->fault, COMITY_INVALID, "the header is malformed");
    if (!hash_equal(&self->header.forum, &self->charter->id))
        return fault_set(self->fault, COMITY_FOREIGN,
                         "the header is of another forum than the charter's");
    if (self->header.protocol != PROTOCOL_VERSION || self->header.epoch != 0)
        return fault_set(self->fault, COMITY_FOREIGN,
                         "the header is of protocol %u, epoch %llu: this program knows protocol "
                         "%d, epoch 0",
                         (unsigned)self->header.protocol, (unsigned long long)self->header.epoch,
                         (int)PROTOCOL_VERSION);
    return COMITY_OK;
}

static struct vote_domain domain_of(const struct charter *charter)
{
    struct hasher hasher;
    hasher_init(&hasher, "comity/roster/v1");
    for (uint32_t i = 0; i < charter->orderers_count; i++)
        hasher_add(&hasher, charter->seats[charter->orderers[i]].key, KEY_SIZE);
    return (struct vote_domain){.forum = charter->id, .roster_hash = hasher_finish(&hasher)};
}

static enum comity_error check_signatures(struct proof *self)
{
    struct vote_domain domain = domain_of(self->charter);
    uint8_t message[VOTE_SIGN_SIZE];
    vote_sign_bytes(&domain, VOTE_FINALIZE, self->cert.view, &self->cert.hash, message);
    uint32_t place = 0;
    for (uint32_t i = 0; i < self->charter->orderers_count; i++) {
        if (!cert_has_signer(&self->cert, i))
            continue;
        uint32_t seat = self->charter->orderers[i];
        if (identity_verify(self->charter->seats[seat].key, "vote",
                            bytes_of(message, sizeof message),
                            self->cert.signatures[place++]) != COMITY_OK)
            return fault_set(self->fault, COMITY_SIGNATURE,
                             "the finalization's signature of %s does not verify",
                             proof_seat_name(self, seat));
    }
    return COMITY_OK;
}

static enum comity_error check_finalization(struct proof *self)
{
    uint32_t n = self->charter->orderers_count;
    enum comity_error error =
        cert_decode(self->file->cert, n, self->arena, &self->cert, self->fault);
    if (error != COMITY_OK)
        return fault_prefix(self->fault, error, "the finalization cannot be read: ");
    struct hash hash = block_header_hash(&self->header);
    if (self->cert.kind != VOTE_FINALIZE || self->cert.view != self->header.view ||
        !hash_equal(&self->cert.hash, &hash))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the finalization is of another block than this header's");
    if (self->cert.signatures_count < quorum_size(n))
        return fault_set(
            self->fault, COMITY_SIGNATURE, "%u of %u orderers finalized the header; %u must",
            (unsigned)self->cert.signatures_count, (unsigned)n, (unsigned)quorum_size(n));
    return check_signatures(self);
}

static enum comity_error check_path(struct proof *self, uint32_t index)
{
    const struct instrument_record *record = &self->file->records[index];
    const char *name = index == 0                                    ? "proposal"
                       : index == 1 && self->file->records_count > 1 ? "second"
                                                                     : "ruling's";
    struct hash root;
    if (record->path_count >= MERKLE_LEVELS_MAX ||
        record->count != UINT64_C(1) << record->path_count || record->index >= record->count)
        return fault_set(self->fault, COMITY_INVALID,
                         "the place of the %s record is not in its one form", name);
    if (merkle_root_from_path(merkle_leaf(record->record), (size_t)record->index,
                              (size_t)record->count, record->path, record->path_count,
                              &root) != COMITY_OK ||
        !hash_equal(&root, &self->header.outcomes_root))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the header does not commit to the %s record: its path leads elsewhere",
                         name);
    return COMITY_OK;
}

static enum comity_error read_proposal(struct proof *self)
{
    const struct record_proposal *record = self->proposal;
    enum comity_error error = record_proposal_read(self->file->records[0].record, self->arena,
                                                   self->proposal, self->fault);
    if (error != COMITY_OK)
        return error;
    if (record->seats_count != self->charter->seats_count ||
        record->proposer >= record->seats_count)
        return fault_set(self->fault, COMITY_FOREIGN,
                         "the proposal record is of a forum with other seats");
    if (record->amends != 0)
        return fault_set(self->fault, COMITY_INVALID,
                         "P%u amends P%u: the instrument of P%u proves what came of it",
                         (unsigned)record->number, (unsigned)record->amends,
                         (unsigned)record->amends);
    bool forms = record->verdict == VERDICT_ADOPTED && record->binding;
    if (forms != (record->agreement != 0))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "P%u's record contradicts itself about an agreement",
                         (unsigned)record->number);
    if (record->agreement != 0 && self->file->records_count < 2)
        return fault_set(self->fault, COMITY_NOT_FOUND, "the record of the agreement was left out");
    for (uint32_t seat = 0; seat < self->charter->seats_count && !record->has_more; seat++) {
        if (self->charter->seats[seat].role == SEAT_MEMBER)
            self->members[seat / 64] |= UINT64_C(1) << (seat % 64);
    }
    if (record->has_more)
        memcpy(self->members, record->members, sizeof self->members);
    return COMITY_OK;
}

static enum comity_error read_agreement(struct proof *self)
{
    const struct record_proposal *proposal = self->proposal;
    self->agreement = arena_alloc(self->arena, sizeof *self->agreement);
    if (self->agreement == NULL)
        return COMITY_MEMORY;
    const struct record_agreement *record = self->agreement;
    enum comity_error error = record_agreement_read(self->file->records[1].record, self->arena,
                                                    self->agreement, self->fault);
    if (error != COMITY_OK)
        return error;
    if (record->number != proposal->agreement || record->proposal != proposal->number ||
        record->seats_count != proposal->seats_count || !hash_equal(&record->id, &proposal->id) ||
        !hash_equal(&record->text_hash, &proposal->text_hash) ||
        !hash_equal(&record->rule_hash, &proposal->rule_hash))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the agreement record is of another proposal");
    return COMITY_OK;
}

enum comity_error proof_read_records(struct proof *self)
{
    self->proposal = arena_alloc(self->arena, sizeof *self->proposal);
    if (self->proposal == NULL)
        return COMITY_MEMORY;
    enum comity_error error = read_proposal(self);
    if (error == COMITY_OK && self->proposal->agreement != 0)
        error = read_agreement(self);
    return error;
}

static bool key_is(const uint8_t key[KEY_SIZE], const char *written)
{
    char hex[2 * KEY_SIZE + 1];
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    hex_from_bytes(key, KEY_SIZE, hex);
    fingerprint_format(key, fingerprint);
    return strcasecmp(written, hex) == 0 || strcasecmp(written, fingerprint) == 0;
}

static enum comity_error check_keys(struct proof *self, const struct instrument_keys *keys,
                                    struct instrument_seat *seats, uint32_t *ret_confirmed)
{
    uint32_t confirmed = 0;
    for (uint32_t i = 0; keys != NULL && i < keys->count; i++) {
        int32_t seat = charter_find_seat(self->charter, keys->items[i].name);
        if (seat < 0)
            continue; /* Somebody we know, who sits elsewhere. */
        if (!key_is(self->charter->seats[seat].key, keys->items[i].key))
            return fault_set(self->fault, COMITY_SIGNATURE,
                             "the key of %s in this charter is not the one you know: %s",
                             keys->items[i].name, seats[seat].fingerprint);
        confirmed += !seats[seat].confirmed;
        seats[seat].confirmed = true;
    }
    *ret_confirmed = confirmed;
    return COMITY_OK;
}

static void fill_seats(const struct proof *self, struct instrument_seat *seats)
{
    static_assert(sizeof seats->fingerprint == FINGERPRINT_TEXT_SIZE, "a fingerprint fits");
    for (uint32_t i = 0; i < self->charter->seats_count; i++) {
        fingerprint_format(self->charter->seats[i].key, seats[i].fingerprint);
        seats[i].in_roll = record_has(self->proposal->roll, i);
        seats[i].ballot = self->ballots[i];
        seats[i].consent = self->consents[i];
    }
    for (uint32_t i = 0; i < self->charter->orderers_count; i++) {
        seats[self->charter->orderers[i]].orders = true;
        seats[self->charter->orderers[i]].signed_order = cert_has_signer(&self->cert, i);
    }
}

static enum comity_error report_fill(struct proof *self, const struct instrument_keys *keys,
                                     struct instrument_report *ret_report)
{
    struct instrument_seat *seats =
        arena_array(self->arena, self->charter->seats_count, sizeof *seats);
    uint32_t confirmed;
    if (seats == NULL)
        return COMITY_MEMORY;
    fill_seats(self, seats);
    struct compliance *compliance = NULL;
    enum comity_error error = check_keys(self, keys, seats, &confirmed);
    if (error == COMITY_OK && self->agreement != NULL && self->agreement->has_accounts)
        error = proof_compliance(self, &compliance);
    if (error != COMITY_OK)
        return error;
    *ret_report = (struct instrument_report){
        .charter = self->charter,
        .header = self->header,
        .signatures_count = self->cert.signatures_count,
        .quorum = quorum_size(self->charter->orderers_count),
        .proposal = self->proposal,
        .agreement = self->agreement,
        .propose = &self->acts[0].act,
        .rule = self->rule,
        .text = self->text,
        .seats = seats,
        .rulings = self->rulings,
        .rulings_count = self->rulings_count,
        .compliance = compliance,
        .accounts = &self->accounts.is,
        .knows_time = proof_knows_time(self),
        .has_keys = keys != NULL,
        .confirmed_count = confirmed,
    };
    return COMITY_OK;
}

enum comity_error instrument_verify(const struct instrument *instrument,
                                    const struct instrument_keys *keys, struct arena *arena,
                                    struct instrument_report *ret_report, struct fault *fault)
{
    struct proof *self = arena_alloc(arena, sizeof *self);
    if (self == NULL)
        return COMITY_MEMORY;
    *self = (struct proof){.file = instrument, .arena = arena, .fault = fault};
    enum comity_error error = identity_setup();
    if (error == COMITY_OK)
        error = check_header(self);
    if (error == COMITY_OK)
        error = check_finalization(self);
    for (uint32_t i = 0; error == COMITY_OK && i < instrument->records_count; i++)
        error = check_path(self, i);
    if (error == COMITY_OK)
        error = proof_read_records(self);
    if (error == COMITY_OK)
        error = proof_check_acts(self);
    if (error == COMITY_OK)
        error = proof_check_rulings(self);
    if (error == COMITY_OK)
        error = proof_replay(self);
    if (error == COMITY_OK)
        error = proof_check_verdict(self);
    if (error == COMITY_OK)
        error = proof_check_reservations(self);
    if (error == COMITY_OK)
        error = proof_check_accounts(self);
    if (error == COMITY_OK)
        error = proof_check_parties(self);
    if (error == COMITY_OK)
        error = report_fill(self, keys, ret_report);
    return error == COMITY_MEMORY ? fault_set(fault, error, "%s", error_text(error)) : error;
}
