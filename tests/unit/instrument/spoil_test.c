/* SPDX-License-Identifier: Apache-2.0 */
/* What must be refused, each with its reason: a good instrument spoiled by its bearer, who can
 * change the file but sign for nobody; and records made by lying orderers, who can sign anything
 * but the acts of others. */
#include "council.h"

/* The acts of the instrument that `adopt` makes, in order. */
enum { PROPOSE, C_ABSTAINS, D_SAYS_NO, C_REVISES, A_SAYS_YES, B_SAYS_YES };

static struct bytes *own_acts(struct world *self, struct instrument *instrument)
{
    struct bytes *acts = arena_array(&self->arena, instrument->acts_count + 1, sizeof *acts);
    memcpy(acts, instrument->acts, instrument->acts_count * sizeof *acts);
    instrument->acts = acts;
    return acts;
}

static void leave_out(struct world *self, struct instrument *instrument, uint32_t index)
{
    struct bytes *acts = own_acts(self, instrument);
    instrument->acts_count--;
    memmove(&acts[index], &acts[index + 1], (instrument->acts_count - index) * sizeof *acts);
}

static void leave_out_the_no(struct world *self, struct instrument *instrument)
{
    leave_out(self, instrument, D_SAYS_NO);
}

static void leave_out_the_revision(struct world *self, struct instrument *instrument)
{
    leave_out(self, instrument, C_REVISES);
}

static void leave_out_the_last(struct world *self, struct instrument *instrument)
{
    leave_out(self, instrument, instrument->acts_count - 1);
}

static void leave_out_the_text(struct world *self, struct instrument *instrument)
{
    struct buffer bytes = {0};
    const struct signed_act *act = &self->said[4];
    assert_int_equal(act->act.kind, ACT_PROPOSE);
    assert_int_equal(signed_act_encode(act->act_bytes, act->signature, bytes_of(NULL, 0), &bytes),
                     COMITY_OK);
    own_acts(self, instrument)[PROPOSE] = arena_bytes(&self->arena, buffer_bytes(&bytes));
    buffer_free(&bytes);
}

static void swap(struct world *self, struct instrument *instrument)
{
    struct bytes *acts = own_acts(self, instrument);
    struct bytes first = acts[C_ABSTAINS];
    acts[C_ABSTAINS] = acts[C_REVISES];
    acts[C_REVISES] = first;
}

static void add_one(struct world *self, struct instrument *instrument)
{
    own_acts(self, instrument)[instrument->acts_count] = self->said[0].encoded;
    instrument->acts_count++;
}

/* A says no in the place of its yes: signed well, but never in the record. */
static void put_another(struct world *self, struct instrument *instrument)
{
    struct act act = self->said[8].act;
    assert_int_equal(act.seat, 0);
    act.as.ballot.answer = ANSWER_NO;
    own_acts(self, instrument)[A_SAYS_YES] = world_sign(self, act, NULL).encoded;
}

static void forge_a_signature(struct world *self, struct instrument *instrument)
{
    struct buffer bytes = {0};
    struct signed_act act;
    uint8_t signature[SIGNATURE_SIZE];
    struct bytes *acts = own_acts(self, instrument);
    assert_int_equal(signed_act_decode(acts[D_SAYS_NO], &self->arena, &act, NULL), COMITY_OK);
    identity_sign(self->keys[0], ACT_SIGN_TAG, act.act_bytes, signature);
    assert_int_equal(signed_act_encode(act.act_bytes, signature, act.act.text, &bytes), COMITY_OK);
    acts[D_SAYS_NO] = arena_bytes(&self->arena, buffer_bytes(&bytes));
    buffer_free(&bytes);
}

static struct block_header header_of(const struct instrument *instrument)
{
    struct block_header header;
    assert_int_equal(block_header_decode(instrument->header, &header), COMITY_OK);
    return header;
}

static void finalize_with_two(struct world *self, struct instrument *instrument)
{
    struct block_header header = header_of(instrument);
    instrument->cert = world_finalize(self, &header, 0x3);
}

static void finalize_another_block(struct world *self, struct instrument *instrument)
{
    struct block_header header = header_of(instrument);
    header.acts_root.bytes[0] ^= 1;
    instrument->cert = world_finalize(self, &header, 0xf);
}

static void sign_with_a_foreign_key(struct world *self, struct instrument *instrument)
{
    struct block_header header = header_of(instrument);
    struct identity *key = self->keys[2];
    self->keys[2] = self->keys[6];
    instrument->cert = world_finalize(self, &header, 0xf);
    self->keys[2] = key;
}

static void take_another_leafs_path(struct world *self, struct instrument *instrument)
{
    (void)self;
    instrument->records[0].path = instrument->records[1].path;
}

static void claim_another_place(struct world *self, struct instrument *instrument)
{
    (void)self;
    instrument->records[0].count++;
}

static void change_the_record(struct world *self, struct instrument *instrument)
{
    struct bytes record = arena_bytes(&self->arena, instrument->records[0].record);
    ((uint8_t *)(uintptr_t)record.data)[60] ^= 1;
    instrument->records[0].record = record;
}

static void leave_out_the_agreement(struct world *self, struct instrument *instrument)
{
    (void)self;
    instrument->records_count = 1;
}

/* The same course of things in a forum of the same seats, founded by another charter. */
static void take_another_forums(struct instrument *instrument, struct world *other, bool charter)
{
    adopt(other);
    struct instrument theirs = world_export(other, 1);
    if (charter)
        instrument->charter = arena_bytes(&other->arena, theirs.charter);
    else
        memcpy(instrument->records, theirs.records, sizeof theirs.records);
}

static struct world *other_world(struct world *self)
{
    struct world *other = arena_alloc(&self->arena, sizeof *other);
    char *yaml = arena_text(&self->arena, bytes_of_text(council));
    assert_non_null(yaml);
    *strstr(yaml, "council") = 'k';
    world_open(other, yaml);
    world_join(other, 4);
    return other;
}

static void take_another_forums_record(struct world *self, struct instrument *instrument)
{
    struct world *other = other_world(self);
    take_another_forums(instrument, other, false);
    for (uint32_t i = 0; i < 2; i++) {
        instrument->records[i].record = arena_bytes(&self->arena, instrument->records[i].record);
        struct hash *path = arena_array(&self->arena, MERKLE_LEVELS_MAX, sizeof *path);
        memcpy(path, instrument->records[i].path, instrument->records[i].path_count * sizeof *path);
        instrument->records[i].path = path;
    }
    world_close(other);
}

static void take_another_forums_charter(struct world *self, struct instrument *instrument)
{
    struct world *other = other_world(self);
    take_another_forums(instrument, other, true);
    instrument->charter = arena_bytes(&self->arena, instrument->charter);
    world_close(other);
}

static const struct {
    const char *name;
    void (*spoil)(struct world *self, struct instrument *instrument);
    enum comity_error error;
    const char *reason;
} spoilings[] = {
    {"a left-out veto", leave_out_the_no, COMITY_NOT_FOUND, "an act was left out"},
    {"a left-out revision", leave_out_the_revision, COMITY_NOT_FOUND, "an act was left out"},
    {"a left-out last act", leave_out_the_last, COMITY_NOT_FOUND, "an act was left out"},
    {"a left-out text", leave_out_the_text, COMITY_NOT_FOUND, "text of the proposal was left out"},
    {"a swapped order", swap, COMITY_NOT_FOUND, "left out or moved"},
    {"an act too many", add_one, COMITY_CONFLICT, "holds 7 acts, and the records call for 6"},
    {"another act", put_another, COMITY_CONFLICT, "a ballot of A, is none that the record names"},
    {"a forged signature", forge_a_signature, COMITY_SIGNATURE, "not signed by that seat's key"},
    {"a quorum missed", finalize_with_two, COMITY_SIGNATURE, "2 of 4 orderers finalized"},
    {"another block's", finalize_another_block, COMITY_CONFLICT, "of another block"},
    {"a foreign key", sign_with_a_foreign_key, COMITY_SIGNATURE, "signature of C does not"},
    {"another leaf's path", take_another_leafs_path, COMITY_CONFLICT, "its path leads elsewhere"},
    {"another place", claim_another_place, COMITY_INVALID, "not in its one form"},
    {"a changed record", change_the_record, COMITY_CONFLICT, "its path leads elsewhere"},
    {"no agreement", leave_out_the_agreement, COMITY_NOT_FOUND, "agreement was left out"},
    {"a foreign record", take_another_forums_record, COMITY_CONFLICT, "its path leads elsewhere"},
    {"a foreign charter", take_another_forums_charter, COMITY_FOREIGN, "of another forum"},
};

static void what_the_bearer_changes_is_refused(void **state)
{
    struct world *self = *state;
    adopt(self);
    for (size_t i = 0; i < sizeof spoilings / sizeof *spoilings; i++) {
        struct instrument instrument = world_export(self, 1);
        struct instrument_report report;
        struct fault fault = {""};
        (void)world_proves(&instrument, &self->arena);
        spoilings[i].spoil(self, &instrument);
        enum comity_error error = world_check(&instrument, &self->arena, &report, &fault);
        if (error != spoilings[i].error || strstr(fault.text, spoilings[i].reason) == NULL)
            fail_msg("%s: %s: %s", spoilings[i].name, error_name(error), fault.text);
    }
}

/* Lies are told in the forum's own state, whose records the orderers then sign. */
static void all_yes(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->ballots[3].answer = ANSWER_YES;
}

static void first_answer(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->ballots[2].answer = ANSWER_ABSTAIN;
}

static void no_answer(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->ballots[3].answer = ANSWER_SILENT;
}

static void voided(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->ballots[0].voided = true;
}

static void a_line(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->line = "adopted: everybody is happy";
}

static void another_text(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->text.hash.bytes[3] ^= 1;
}

static void a_sponsor(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->sponsors[0] |= 8;
}

static void off_the_roll(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->roll[0] &= ~(uint64_t)8;
}

static void a_party(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)proposal;
    agreement->parties[3] = agreement->parties[0];
    agreement->parties_count++;
}

static void a_party_less(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)proposal;
    agreement->parties[1] = (struct forum_party){.since_ms = INT64_MAX, .until_ms = INT64_MAX};
    agreement->parties_count--;
}

static void an_earlier_day(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)proposal;
    agreement->in_force_ms -= DAY;
}

static void a_partys_day(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)proposal;
    agreement->parties[1].since_ms -= DAY;
}

static void a_home_verdict(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)proposal;
    agreement->parties[1].home = HOME_YES;
}

static void more_parties(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)proposal;
    agreement->parties_count = 4;
}

static void no_time(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->opened_ms = INT64_MIN;
}

static void no_partys_time(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)proposal;
    agreement->parties[1].status = PARTY_LEAVING;
    agreement->parties[1].notice_ms = INT64_MAX;
}

static void no_threshold(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)proposal;
    agreement->threshold_ms = INT64_MIN;
}

static void too_late(struct forum_proposal *proposal, struct forum_agreement *agreement)
{
    (void)agreement;
    proposal->decided_height = 1000;
}

static const struct {
    const char *name;
    void (*lie)(struct forum_proposal *proposal, struct forum_agreement *agreement);
    const char *reason;
} lies[] = {
    {"a no shown as yes", all_yes, "shows yes for D, whose last act says no"},
    {"the answer before", first_answer, "shows abstain for C, whose last act says yes"},
    {"a no not shown", no_answer, "shows silent for D, whose last act says no"},
    {"a yes voided", voided, "no act shows why the answer of A was voided"},
    {"another arithmetic", a_line, "the record says \"adopted: everybody is happy\""},
    {"another text", another_text, "the acts do not make the text the record shows"},
    {"a sponsor", a_sponsor, "other sponsors or opinions"},
    {"another roll", off_the_roll, "the seat is not on the roll"},
    {"a party that said no", a_party, "D is shown as a party otherwise than by its own acts"},
    {"a party not shown", a_party_less, "B signed as a party, and the record does not show it"},
    {"an earlier day", an_earlier_day, "the day A1 enters into force is not the one"},
    {"a party's earlier day", a_partys_day, "the dates of B as a party"},
    {"a home verdict", a_home_verdict, "the dates of B as a party"},
    {"more parties", more_parties, "status and number of parties"},
    {"no time", no_time, "the dates of P1's record contradict each other"},
    {"no party's time", no_partys_time, "B is shown as a party otherwise than by its own acts"},
    {"no threshold", no_threshold, "the in-force rule says"},
    {"a later block", too_late, "the dates of P1's record contradict each other"},
};

static void what_lying_orderers_sign_is_refused(void **state)
{
    struct world *self = *state;
    adopt(self);
    /* Nothing but the record is theirs; the forum's state is only a way to write it. */
    struct forum_proposal *proposal =
        (struct forum_proposal *)(uintptr_t)forum_proposal(self->forum, 1);
    struct forum_agreement *agreement =
        (struct forum_agreement *)(uintptr_t)forum_agreement(self->forum, 1);
    struct forum_proposal kept = *proposal;
    struct forum_agreement kept_agreement = *agreement;
    struct forum_ballot ballots[4];
    struct forum_party parties[4];
    memcpy(ballots, proposal->ballots, sizeof ballots);
    memcpy(parties, agreement->parties, sizeof parties);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct instrument_report report;
        struct fault fault = {""};
        lies[i].lie(proposal, agreement);
        world_refresh(self);
        struct instrument instrument = world_export(self, 1);
        enum comity_error error = world_check(&instrument, &self->arena, &report, &fault);
        if (error == COMITY_OK || strstr(fault.text, lies[i].reason) == NULL)
            fail_msg("%s: %s: %s", lies[i].name, error_name(error), fault.text);
        *proposal = kept;
        *agreement = kept_agreement;
        memcpy(proposal->ballots, ballots, sizeof ballots);
        memcpy(agreement->parties, parties, sizeof parties);
    }
    world_refresh(self);
    struct instrument instrument = world_export(self, 1);
    (void)world_proves(&instrument, &self->arena);
}

/* The verdict is worked out again: D's no, left out of record and acts by orderers who could,
 * changes nothing; but A's and B's are great, and their no would. */
static void a_verdict_against_the_rule_is_refused(void **state)
{
    struct world *self = *state;
    struct instrument_report report;
    struct fault fault = {""};
    world_propose(self, 2, "substantive", false, draft);
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 4; seat++)
        world_vote(self, seat, 1, seat == 1 ? ANSWER_NO : ANSWER_YES);
    world_block(self, 10);
    struct forum_proposal *proposal =
        (struct forum_proposal *)(uintptr_t)forum_proposal(self->forum, 1);
    assert_int_equal(proposal->verdict, VERDICT_REJECTED);
    proposal->verdict = VERDICT_ADOPTED;
    world_refresh(self);
    struct instrument instrument = world_export(self, 1);
    assert_int_equal(world_check(&instrument, &self->arena, &report, &fault), COMITY_CONFLICT);
    assert_non_null(strstr(fault.text, "these answers give rejected"));
    assert_non_null(strstr(fault.text, "the record says adopted"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_the_bearer_changes_is_refused),
        test(what_lying_orderers_sign_is_refused),
        test(a_verdict_against_the_rule_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
