/* SPDX-License-Identifier: Apache-2.0 */
#include "instrument/record.h"

#include <string.h>

/* Agreements of the first kind had no accounts; what was handed out then verifies still. */
enum {
    RECORD_PROPOSAL = 1,
    RECORD_AGREEMENT_FIRST = 2,
    RECORD_AGREEMENT = 3,
    RECORD_PROPOSAL_MORE = 4,
    RECORD_PROPOSAL_UNDONE
};

/* Reads on after a mistake, so that it is asked for once, at the end. */
struct record_reader {
    struct reader reader;
    struct arena *arena;
    bool failed;
    bool memory;
};

static void begin(struct record_reader *self, struct bytes bytes, struct arena *arena, uint8_t kind)
{
    *self = (struct record_reader){.arena = arena};
    reader_init(&self->reader, bytes);
    if (reader_u8(&self->reader) != kind)
        self->failed = true;
}

static enum comity_error end(const struct record_reader *self, const char *what,
                             struct fault *fault)
{
    if (self->memory)
        return COMITY_MEMORY;
    if (self->failed || !reader_done(&self->reader))
        return fault_set(fault, COMITY_INVALID, "the %s record is not in its canonical form", what);
    return COMITY_OK;
}

static uint32_t word(struct record_reader *self, uint32_t last)
{
    uint8_t value = reader_u8(&self->reader);
    if (value > last)
        self->failed = true;
    return value > last ? 0 : value;
}

static struct hash hash(struct record_reader *self)
{
    struct hash value;
    reader_raw(&self->reader, value.bytes, HASH_SIZE);
    return value;
}

static const char *text(struct record_reader *self)
{
    struct bytes bytes = reader_bytes(&self->reader);
    if (!utf8_is_valid(bytes)) {
        self->failed = true;
        return "";
    }
    const char *copy = arena_text(self->arena, bytes);
    self->memory = self->memory || copy == NULL;
    return copy == NULL ? "" : copy;
}

static void mask(struct record_reader *self, uint64_t ret_mask[SEATS_MAX / 64])
{
    for (size_t i = 0; i < SEATS_MAX / 64; i++)
        ret_mask[i] = reader_u64(&self->reader);
}

static uint32_t seats(struct record_reader *self)
{
    uint32_t count = reader_u32(&self->reader);
    if (count > SEATS_MAX)
        self->failed = true;
    return count > SEATS_MAX ? 0 : count;
}

/* What a mask names beyond the seats would be shown to nobody. */
static void check_mask(struct record_reader *self, const uint64_t *seats_mask, uint32_t count)
{
    for (uint32_t seat = count; seat < SEATS_MAX; seat++)
        self->failed = self->failed || record_has(seats_mask, seat);
}

static struct record_acts acts(struct record_reader *self)
{
    uint32_t count = reader_u32(&self->reader);
    if (count > (self->reader.size - self->reader.at) / HASH_SIZE) {
        self->failed = true;
        return (struct record_acts){0};
    }
    struct hash *ids = arena_array(self->arena, count, sizeof *ids);
    if (ids == NULL) {
        self->memory = true;
        return (struct record_acts){0};
    }
    for (uint32_t i = 0; i < count; i++)
        ids[i] = hash(self);
    return (struct record_acts){.ids = ids, .count = count};
}

static void read_dates(struct record_reader *self, struct record_proposal *record)
{
    record->opened_ms = reader_i64(&self->reader);
    record->closes_ms = reader_i64(&self->reader);
    record->closed_ms = reader_i64(&self->reader);
    record->decided_ms = reader_i64(&self->reader);
    record->decided_block_ms = reader_i64(&self->reader);
    record->decided_height = reader_u64(&self->reader);
}

static void read_reservation(struct record_reader *self, uint32_t seats_count,
                             struct record_reservation *is)
{
    is->number = reader_u32(&self->reader);
    is->id = hash(self);
    is->seat = reader_u32(&self->reader);
    is->clause = reader_u32(&self->reader);
    is->status = (enum reservation_status)word(self, RESERVATION_LAPSED);
    is->effective_ms = reader_i64(&self->reader);
    mask(self, is->objected);
    mask(self, is->refused);
    check_mask(self, is->objected, seats_count);
    check_mask(self, is->refused, seats_count);
    self->failed = self->failed || is->seat >= seats_count;
}

static void read_more(struct record_reader *self, struct record_proposal *record)
{
    enum { RESERVATION_SIZE = 4 + HASH_SIZE + 4 + 4 + 1 + 8 + 2 * SEATS_MAX / 8 };
    mask(self, record->members);
    check_mask(self, record->members, record->seats_count);
    record->accused = reader_u32(&self->reader);
    record->weights = hash(self);
    uint32_t count = reader_u32(&self->reader);
    if ((record->accused != OUTCOME_NONE && record->accused >= record->seats_count) ||
        count > (self->reader.size - self->reader.at) / RESERVATION_SIZE) {
        self->failed = true;
        return;
    }
    struct record_reservation *items = arena_array(self->arena, count, sizeof *items);
    self->memory = self->memory || items == NULL;
    for (uint32_t i = 0; items != NULL && i < count; i++)
        read_reservation(self, record->seats_count, &items[i]);
    record->reservations = items;
    record->reservations_count = items == NULL ? 0 : count;
}

enum comity_error record_proposal_read(struct bytes bytes, struct arena *arena,
                                       struct record_proposal *ret_record, struct fault *fault)
{
    struct record_reader self;
    struct record_proposal record = {0};
    uint8_t kind = bytes.size > 0 ? bytes.data[0] : 0;
    bool undone = kind == RECORD_PROPOSAL_UNDONE;
    bool more = kind == RECORD_PROPOSAL_MORE || undone;
    begin(&self, bytes, arena, more ? kind : RECORD_PROPOSAL);
    record.number = reader_u32(&self.reader);
    record.amends = reader_u32(&self.reader);
    record.id = hash(&self);
    record.proposer = reader_u32(&self.reader);
    record.title = text(&self);
    record.binding = word(&self, 1) != 0;
    record.text_hash = hash(&self);
    record.text_version = reader_u32(&self.reader);
    record.rule_hash = hash(&self);
    record.status = (enum proposal_status)word(&self, PROPOSAL_RETRACTED);
    record.verdict = (enum verdict)word(&self, VERDICTS_COUNT - 1);
    record.line = text(&self);
    read_dates(&self, &record);
    record.agreement = reader_u32(&self.reader);
    mask(&self, record.sponsors);
    mask(&self, record.roll);
    mask(&self, record.endorsed);
    mask(&self, record.condemned);
    record.seats_count = seats(&self);
    for (uint32_t seat = 0; seat < record.seats_count; seat++) {
        record.answers[seat] = (uint8_t)word(&self, ANSWERS_COUNT - 1);
        record.voided[seat] = word(&self, 1) != 0;
    }
    record.acts = acts(&self);
    check_mask(&self, record.sponsors, record.seats_count);
    check_mask(&self, record.roll, record.seats_count);
    check_mask(&self, record.endorsed, record.seats_count);
    check_mask(&self, record.condemned, record.seats_count);
    record.accused = OUTCOME_NONE;
    record.has_more = more;
    if (more)
        read_more(&self, &record);
    if (undone)
        record.undone = text(&self);
    enum comity_error error = end(&self, "proposal", fault);
    if (error == COMITY_OK)
        *ret_record = record;
    return error;
}

static struct record_party party(struct record_reader *self)
{
    struct record_party value = {0};
    value.status = (enum party_status)word(self, PARTY_SUSPENDED);
    value.home = (enum home_verdict)word(self, HOME_NO);
    value.defection = (enum defection)word(self, DEFECTION_HOLLOW_RESERVATION);
    value.consent_ms = reader_i64(&self->reader);
    value.since_ms = reader_i64(&self->reader);
    value.notice_ms = reader_i64(&self->reader);
    value.until_ms = reader_i64(&self->reader);
    return value;
}

/* Room for as many as may follow. */
static void *items(struct record_reader *self, uint32_t *ret_count, size_t size, size_t least)
{
    uint32_t count = reader_u32(&self->reader);
    void *room = NULL;
    if (count > (self->reader.size - self->reader.at) / least)
        self->failed = true;
    else if ((room = arena_array(self->arena, count, size)) == NULL)
        self->memory = true;
    *ret_count = room == NULL ? 0 : count;
    return room;
}

static void accounts(struct record_reader *self, struct record_agreement *record)
{
    record->accounts = hash(self);
    struct record_review *reviews = items(self, &record->reviews_count, sizeof *reviews, 4 + 1 + 8);
    for (uint32_t i = 0; i < record->reviews_count; i++) {
        reviews[i].pledge = reader_u32(&self->reader);
        reviews[i].review = (enum review)word(self, REVIEW_RESTED);
        reviews[i].confirmed = reader_i64(&self->reader);
    }
    record->reviews = reviews;
    struct forum_spending *spendings =
        items(self, &record->spendings_count, sizeof *spendings, 4 + HASH_SIZE + 4 + 8);
    for (uint32_t i = 0; i < record->spendings_count; i++) {
        spendings[i].proposal = reader_u32(&self->reader);
        spendings[i].ruling = hash(self);
        spendings[i].seat = reader_u32(&self->reader);
        spendings[i].quantity = reader_u64(&self->reader);
    }
    record->spendings = spendings;
}

enum comity_error record_agreement_read(struct bytes bytes, struct arena *arena,
                                        struct record_agreement *ret_record, struct fault *fault)
{
    struct record_reader self;
    struct record_agreement record = {0};
    bool first = bytes.size > 0 && bytes.data[0] == RECORD_AGREEMENT_FIRST;
    begin(&self, bytes, arena, first ? RECORD_AGREEMENT_FIRST : RECORD_AGREEMENT);
    record.number = reader_u32(&self.reader);
    record.proposal = reader_u32(&self.reader);
    record.id = hash(&self);
    record.text_hash = hash(&self);
    record.rule_hash = hash(&self);
    record.status = (enum agreement_status)word(&self, AGREEMENT_SUSPENDED);
    record.threshold_ms = reader_i64(&self.reader);
    record.in_force_ms = reader_i64(&self.reader);
    record.line = text(&self);
    record.parties_count = reader_u32(&self.reader);
    record.seats_count = seats(&self);
    for (uint32_t seat = 0; seat < record.seats_count; seat++)
        record.parties[seat] = party(&self);
    record.acts = acts(&self);
    record.has_accounts = !first;
    if (!first)
        accounts(&self, &record);
    enum comity_error error = end(&self, "agreement", fault);
    if (error == COMITY_OK)
        *ret_record = record;
    return error;
}
