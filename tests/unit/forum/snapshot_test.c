/* SPDX-License-Identifier: Apache-2.0 */
/* Random histories: whatever seats say, a forum keeps what is always true of it, and one that was
 * saved and loaded goes on exactly as the one that was not. */
#include "said.h"

#include "forum/pieces.h"
#include "forum/state.h"

enum { SEATS = 7, CHAIR = 6, RULES = 7, BLOCKS = 120 };

struct chance {
    uint64_t state;
};

/* splitmix64 */
static uint32_t below(struct chance *chance, uint32_t limit)
{
    uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % limit);
}

static uint32_t any_proposal(const struct room *room, struct chance *chance);

#include "random_life.h"

static const uint64_t weights[SEATS] = {10, 20, 30, 5, 1, 12, 100};

/* Who may answer what, receipts and ties. */
static void plan_ballot(struct charter_rule *rule, struct chance *chance)
{
    static const char *const groups[] = {NULL, NULL, "big", CHARTER_MEMBERS};
    rule->answers = 0;
    if (below(chance, 4) == 0)
        rule->answers = ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_NO) | ANSWER_BIT(ANSWER_ABSTAIN);
    rule->no_abstain = groups[below(chance, 4)];
    rule->must_abstain = groups[below(chance, 4)];
    rule->pass_turns = below(chance, 2);
    rule->receipt_required = below(chance, 3) == 0;
    rule->tie = below(chance, 5) == 0 ? TIE_REJECT : TIE_PRESIDING;
    rule->revote_ms = below(chance, 3) == 0 ? DAY : 0;
}

/* A fund, and what becomes of a pledge that is not kept. */
static void plan_pledges(struct charter_rule *rule, struct chance *chance)
{
    rule->has_fund = below(chance, 3) > 0;
    rule->fund.spent_by = "r0";
    rule->fund.issue = "fund";
    rule->fund.unit = "USD";
    rule->fund.by = below(chance, 2) == 0 ? "ghg" : NULL;
    rule->breach.shortfall = below(chance, 5) > 0;
    rule->breach.review_days = below(chance, 3);
    rule->attestations = below(chance, 4) / 2;
}

static void plan(struct room *room, struct chance *chance)
{
    room_plan(room, SEATS, "yes >= 3");
    room->seats[CHAIR].role = SEAT_CHAIR;
    room->seats[5].represents = 0;
    room->groups[0] = (struct charter_group){.name = "big", .seats = {0x7}};
    room->charter.groups_count = 1;
    room->weights[0] = (struct charter_weight){.name = "ghg", .values = weights};
    room->charter.weights_count = 1;
    static const char *const sentences[RULES] = {"yes >= 3",
                                                 "objections = 0",
                                                 "yes > 1/2 of voting and no in big = 0",
                                                 "yes = all members",
                                                 "yes by ghg >= 55% of members",
                                                 "objections = 0",
                                                 "yes >= 2"};
    static const char *const names[RULES] = {"r0", "r1", "r2", "r3", "r4", "r5", "r6"};
    for (uint32_t i = 0; i < RULES; i++) {
        struct charter_rule *rule = &room->rules[i];
        *rule = room->rules[0];
        rule->name = names[i];
        rule->sentence = sentences[i];
        rule->hash.bytes[1] = (uint8_t)i;
        rule->closes = (enum charter_closes)(CLOSES_ALL_ANSWERED + below(chance, 3));
        rule->closes_ms = rule->closes == CLOSES_AFTER ? (1 + below(chance, 5)) * DAY
                                                       : below(chance, 4) * 2 * DAY;
        rule->silence = (enum charter_silence)(CHARTER_SILENCE_IGNORE + below(chance, 3));
        rule->absent_blocks = below(chance, 3) == 0;
        rule->revise_never = below(chance, 2) == 0;
        rule->binds = below(chance, 3) == 0 ? BINDS_ALL : BINDS_CONSENTING;
        rule->quorum_open = below(chance, 4) == 0 ? "present >= 2" : NULL;
        rule->quorum_decide = below(chance, 3) == 0 ? "present >= 1/2 of members" : NULL;
        rule->has_in_force = below(chance, 2) == 0;
        rule->in_force.sentence = "yes >= 2 and yes by ghg >= 10% of members";
        rule->in_force.delay = (struct charter_delay){below(chance, 10), below(chance, 2), 0};
        rule->in_force.late = (struct charter_delay){0, below(chance, 2), below(chance, 5)};
        rule->has_exit = below(chance, 2) == 0;
        rule->exit.lock_days = below(chance, 8);
        rule->exit.notice_days = below(chance, 4);
        plan_ballot(rule, chance);
        plan_life(rule, chance);
        plan_pledges(rule, chance);
    }
    room->seats[4].carries = below(chance, 3) == 0 ? 0 : -1;
    room->rules[5].has_stages = true; /* r1, else r2. */
    room->rules[5].stages.first = "r1";
    room->rules[5].stages.failed = "r2";
    room->rules[5].stages.failed_if = 1 + below(chance, VERDICT_FAILURES);
    room->rules[6].has_stages = true; /* Of the class of r0, or of r4. */
    room->rules[6].stages.first = "r3";
    room->rules[6].stages.adopted = "r0";
    room->rules[6].stages.failed = "r4";
    room->rules[6].stages.failed_if = VERDICT_FAILURES;
    room->charter.rules_count = RULES;
    room->charter.clock = (enum charter_clock)(CLOCK_REAL + below(chance, 3));
    room->charter.clock_starts_ms = day("1962-10-16");
    room->charter.clock_day_ms = 1 + below(chance, 100000000);
    room->charter.grace_ms = below(chance, 2) * DAY / 2;
}

static uint32_t any_proposal(const struct room *room, struct chance *chance)
{
    uint32_t count = forum_proposals_count(room->forum);
    /* Mostly a recent one: the others are closed. */
    uint32_t back = below(chance, count < 6 || below(chance, 8) == 0 ? count : 6);
    return count - back;
}

static void say_draft(struct room *room, struct chance *chance, uint32_t seat)
{
    struct act *act =
        room_propose(room, seat, "Whereas.\n1. One.\n2. Two.\n3. Three.\n", below(chance, 3) > 0);
    static const struct term terms[] = {{"tariff", TERM_INTEGER, 5, 0, "USD", ""},
                                        {"method", TERM_CHOICE, 0, 0, "", "quota"}};
    static const struct pledge pledges[] = {{0, "ghg", -40, "Mt", 0}, {1, "fund", 7, "USD", 0}};
    static const struct goal goals[] = {{"ghg", -100, "Mt", 0}, {"fund", 50, "USD", 0}};
    act->as.propose.rule = room->rules[below(chance, RULES)].name;
    act->as.propose.terms = terms;
    act->as.propose.terms_count = below(chance, 3);
    act->as.propose.pledges = pledges;
    act->as.propose.pledges_count = below(chance, 3);
    act->as.propose.goals = goals;
    act->as.propose.goals_count = below(chance, 3);
    act->as.propose.must_abstain[0] = below(chance, 3) == 0 ? below(chance, 8) : 0;
    carry_effect(room, chance, act);
    if (below(chance, 4) == 0)
        act->as.propose.closes_ms = forum_now(room->forum) + below(chance, 6) * DAY;
}

static void say_of_draft(struct room *room, struct chance *chance, uint32_t seat)
{
    uint32_t number = any_proposal(room, chance);
    const struct forum_proposal *is = forum_proposal(room->forum, number);
    uint32_t what = below(chance, 20);
    struct act *act;
    if (what < 10) {
        act = room_ballot(room, seat, number, (enum answer)(ANSWER_YES + below(chance, 4)));
        if (below(chance, 8) == 0)
            act->as.ballot.answer = ANSWER_PASS;
        act->signed_ms += (int64_t)below(chance, 3) * MINUTE - MINUTE;
    } else if (what < 13) {
        act = room_say(room, seat, ACT_AMEND);
        act->as.amend.proposal = is->id;
        act->as.amend.base_text = is->text.hash;
        act->as.amend.operation = (enum amend_operation)(AMEND_ADD + below(chance, 5));
        act->as.amend.clause = below(chance, 5);
        act->as.amend.to = below(chance, 4);
        act->text = bytes_of_text("Another clause.");
    } else if (what < 16) {
        act = room_say(room, seat, below(chance, 3) == 0 ? ACT_COSPONSOR : ACT_RECEIPT);
        act->as.cosponsor.proposal = is->id;
        act->as.cosponsor.text_hash = is->text.hash;
    } else if (what < 17) {
        room_say(room, seat, ACT_RETRACT)->as.retract.proposal = is->id;
    } else {
        act = room_say(room, seat, what == 19 ? ACT_CONDEMN : ACT_ENDORSE);
        act->as.opinion.target = is->id;
    }
}

static void say_of_agreement(struct room *room, struct chance *chance, uint32_t seat)
{
    uint32_t count = forum_agreements_count(room->forum);
    if (count == 0)
        return;
    const struct forum_agreement *is = forum_agreement(room->forum, 1 + below(chance, count));
    bool leaving = is->parties[seat].status == PARTY_LEAVING;
    if (below(chance, leaving ? 5 : 2) == 0)
        room_consent(room, seat, is->proposal);
    else
        room_withdraw(room, seat, is->proposal, below(chance, 5) < (leaving ? 3 : 1));
    struct act *act = &room->acts[room->acts_count - 1];
    if (act->kind == ACT_WITHDRAW && !act->as.withdraw.taken_back && below(chance, 3) == 0)
        act->as.withdraw.effect_ms = forum_now(room->forum) + below(chance, 500) * DAY;
}

static void say_spend(struct room *room, struct chance *chance, uint32_t seat,
                      const struct forum_agreement *is)
{
    struct act *act = room_propose(room, seat, "Spend it.", false);
    act->as.propose.rule = "r0";
    act->as.propose.effect =
        (struct effect){.kind = EFFECT_SPEND,
                        .subject = forum_proposal(room->forum, is->proposal)->id,
                        .seat = below(chance, SEATS),
                        .quantity = 1 + below(chance, 8),
                        .name = ""};
}

/* Mostly a party: the others' pledges are refused. */
static uint32_t any_party(struct chance *chance, const struct forum_agreement *is, uint32_t seat)
{
    for (int i = 0; i < 8 && is->parties[seat].status == PARTY_NONE; i++)
        seat = below(chance, SEATS);
    return seat;
}

static void say_of_accounts(struct room *room, struct chance *chance, uint32_t seat)
{
    uint32_t count = forum_agreements_count(room->forum);
    if (count == 0)
        return;
    const struct forum_agreement *is = forum_agreement(room->forum, 1 + below(chance, count));
    const struct forum_accounts *accounts = is->accounts;
    struct hash id = forum_proposal(room->forum, is->proposal)->id;
    uint32_t what = below(chance, 13);
    struct act *act;
    if (what < 3 || (what < 6 && accounts->pledges_count == 0)) {
        static const struct pledge kinds[] = {{0, "ghg", 0, "Mt", 0}, {0, "fund", 0, "USD", 0}};
        const struct pledge *kind = &kinds[below(chance, 2)];
        act = room_say(room, any_party(chance, is, seat), what == 0 ? ACT_REPORT : ACT_PLEDGE);
        act->as.pledge.proposal = id;
        act->as.pledge.issue = kind->issue;
        act->as.pledge.unit = kind->unit;
        act->as.pledge.quantity = (int64_t)below(chance, 9) - 4;
        if (below(chance, 3) > 0)
            act->as.pledge.due_ms = forum_now(room->forum) + ((int64_t)below(chance, 6) - 1) * DAY;
    } else if (what < 6) {
        const struct forum_pledge *pledge =
            &accounts->pledges[below(chance, accounts->pledges_count)];
        act = room_say(room, pledge->seat, ACT_REPORT);
        act->as.pledge.proposal = id;
        act->as.pledge.issue = pledge->issue;
        act->as.pledge.unit = pledge->unit;
        act->as.pledge.due_ms = pledge->due_ms;
        act->as.pledge.quantity = (int64_t)below(chance, 120) - 60;
    } else if (what < 8 && accounts->reports_count > 0) {
        act = room_say(room, seat, ACT_ATTEST);
        act->as.attest.report = accounts->reports[below(chance, accounts->reports_count)].id;
        act->as.attest.disputes = below(chance, 3) == 0;
    } else if (what < 11) {
        say_spend(room, chance, seat, is);
    } else {
        act = room_say(room, seat, ACT_CONTRIBUTE);
        act->as.contribute.proposal = id;
        act->as.contribute.quantity = below(chance, 20) == 0 ? UINT64_MAX / 3 : below(chance, 30);
    }
}

static void say_of_chair(struct room *room, struct chance *chance)
{
    uint32_t tied = forum_proposals_count(room->forum);
    while (tied > 0 && !forum_proposal(room->forum, tied)->tied)
        tied--;
    if (forum_is_suspended(room->forum) && below(chance, 3) > 0) {
        room_rule(room, CHAIR, RULING_RESUME);
        return;
    }
    if (tied > 0 && below(chance, 2) == 0) {
        struct act *casting = room_rule(room, CHAIR, RULING_TIE);
        casting->as.procedure.proposal = forum_proposal(room->forum, tied)->id;
        casting->as.procedure.answer = below(chance, 2) == 0 ? ANSWER_YES : ANSWER_NO;
        return;
    }
    struct act *act = room_rule(room, CHAIR, (enum ruling)(RULING_CLOSE + below(chance, 4)));
    act->as.procedure.proposal = forum_proposal(room->forum, any_proposal(room, chance))->id;
    act->as.procedure.time_ms = forum_now(room->forum) + below(chance, 4) * DAY / 2;
    act->as.procedure.present[0] = below(chance, 1u << SEATS) | 3;
}

static void say_something(struct room *room, struct chance *chance)
{
    uint32_t seat = below(chance, SEATS);
    uint32_t what = below(chance, 100);
    if (forum_proposals_count(room->forum) == 0 || what < 10) {
        say_draft(room, chance, seat);
    } else if (what < 45) {
        say_of_draft(room, chance, seat);
    } else if (what < 54) {
        say_for_it(room, chance, seat);
    } else if (what < 68) {
        say_of_life(room, chance, seat);
    } else if (what < 74) {
        say_of_agreement(room, chance, seat);
    } else if (what < 87) {
        say_of_accounts(room, chance, seat);
    } else if (what < 92) {
        say_of_chair(room, chance);
    } else if (what < 94) {
        room_join(room, seat);
    } else if (what < 96) {
        struct act *act = room_say(room, seat, ACT_ALONE);
        act->as.alone.title = "alone";
        act->as.alone.topic = "";
        act->as.alone.relies_on = &forum_proposal(room->forum, any_proposal(room, chance))->id;
        act->as.alone.relies_on_count = below(chance, 2);
    } else if (what < 97) {
        struct act *act = room_say(room, seat, ACT_SHIFT);
        act->as.shift.proposal = forum_proposal(room->forum, any_proposal(room, chance))->id;
        act->as.shift.forum.bytes[0] = (uint8_t)below(chance, 3);
        act->as.shift.name = "elsewhere";
    } else {
        const struct forum_proposal *is = forum_proposal(room->forum, any_proposal(room, chance));
        struct act *act = room_say(room, seat, ACT_EVIDENCE);
        uint32_t guilty = below(chance, SEATS);
        act->as.evidence.seat = guilty;
        act->as.evidence.seq = 1 + below(chance, 40);
        act->as.evidence.first = is->ballots[guilty].act;
        act->as.evidence.second.bytes[0] = 1;
    }
}

static struct bytes saved(const struct forum *forum)
{
    size_t size = forum_save_size(forum);
    uint8_t *data = malloc(size);
    struct writer writer;
    writer_init(&writer, data, size);
    forum_save(forum, &writer);
    assert_false(writer.failed);
    assert_int_equal(writer.size, size);
    return bytes_of(data, size);
}

static void assert_same(const struct forum *left, const struct forum *right)
{
    struct bytes bytes[2] = {saved(left), saved(right)};
    assert_true(bytes_equal(bytes[0], bytes[1]));
    assert_int_equal(forum_records_count(left), forum_records_count(right));
    for (uint32_t i = 0; i < forum_records_count(left); i++) {
        uint8_t records[2][16384];
        struct writer writers[2];
        const struct forum *forums[2] = {left, right};
        for (int side = 0; side < 2; side++) {
            writer_init(&writers[side], records[side], sizeof records[side]);
            forum_record_encode(forums[side], i, &writers[side]);
            assert_int_equal(writers[side].size, forum_record_size(forums[side], i));
        }
        assert_int_equal(writers[0].size, writers[1].size);
        assert_memory_equal(records[0], records[1], writers[0].size);
    }
    for (uint32_t number = 1; number <= forum_agreements_count(left); number++) {
        const struct forum_agreement *is[2] = {forum_agreement(left, number),
                                               forum_agreement(right, number)};
        assert_memory_equal(is[0]->endorsed, is[1]->endorsed, sizeof is[0]->endorsed);
        assert_memory_equal(is[0]->condemned, is[1]->condemned, sizeof is[0]->condemned);
    }
    free((void *)(uintptr_t)bytes[0].data);
    free((void *)(uintptr_t)bytes[1].data);
}

/* Apply the block to the second forum as well: it must tell the same. */
static void apply_to(struct forum *other, const struct room *room, uint32_t acts_count)
{
    struct forum_block block = {room->height, room->now_ms, room->acts, acts_count};
    struct outcomes outcomes;
    assert_int_equal(forum_apply(other, &block, &outcomes), COMITY_OK);
    static uint8_t told[2][1 << 20];
    struct writer writers[2];
    writer_init(&writers[0], told[0], sizeof told[0]);
    writer_init(&writers[1], told[1], sizeof told[1]);
    outcomes_encode(&room->outcomes, &writers[0]);
    outcomes_encode(&outcomes, &writers[1]);
    assert_false(writers[0].failed);
    assert_int_equal(writers[0].size, writers[1].size);
    assert_memory_equal(told[0], told[1], writers[0].size);
    uint32_t counts[2];
    const uint32_t *changed[2] = {forum_records_changed(room->forum, &counts[0]),
                                  forum_records_changed(other, &counts[1])};
    assert_int_equal(counts[0], counts[1]);
    assert_memory_equal(changed[0], changed[1], counts[0] * sizeof(uint32_t));
    assert_true(forum_due(room->forum) == forum_due(other));
}

/* What a daemon keeps that saves no piece again unless its record changed. */
struct pieces {
    struct bytes *items;
    uint32_t count;
};

static void keep_piece(struct pieces *pieces, const struct forum *forum, uint32_t index)
{
    size_t size = forum_piece_size(forum, index);
    struct writer writer;
    uint8_t *data = malloc(size);
    writer_init(&writer, data, size);
    forum_piece_save(forum, index, &writer);
    assert_false(writer.failed);
    assert_int_equal(writer.size, size);
    free((void *)(uintptr_t)pieces->items[index].data);
    pieces->items[index] = bytes_of(data, size);
}

static void keep_changed(struct pieces *pieces, const struct forum *forum)
{
    uint32_t count = forum_pieces_count(forum);
    if (count > pieces->count) {
        pieces->items = realloc(pieces->items, count * sizeof *pieces->items);
        memset(pieces->items + pieces->count, 0, (count - pieces->count) * sizeof *pieces->items);
        pieces->count = count;
    }
    uint32_t changed_count;
    const uint32_t *changed = forum_records_changed(forum, &changed_count);
    keep_piece(pieces, forum, 0);
    for (uint32_t i = 0; i < changed_count; i++)
        keep_piece(pieces, forum, changed[i] + 1);
}

/* The kept pieces are the snapshot. */
static void assert_pieces(const struct pieces *pieces, struct bytes snapshot)
{
    size_t at = 0;
    for (uint32_t i = 0; i < pieces->count; i++) {
        assert_true(pieces->items[i].size <= snapshot.size - at);
        assert_memory_equal(snapshot.data + at, pieces->items[i].data, pieces->items[i].size);
        at += pieces->items[i].size;
    }
    assert_int_equal(at, snapshot.size);
}

static void free_pieces(struct pieces *pieces)
{
    for (uint32_t i = 0; i < pieces->count; i++)
        free((void *)(uintptr_t)pieces->items[i].data);
    free(pieces->items);
}

static uint32_t told_by_kind[64];

static void run(struct room *room, uint64_t seed)
{
    struct chance chance = {seed};
    plan(room, &chance);
    struct arena arena;
    arena_init(&arena, 0);
    struct forum *other = NULL;
    struct pieces pieces = {NULL, 0};
    room_open(room, 4);
    room_join(room, CHAIR);
    for (int i = 0; i < BLOCKS; i++) {
        uint32_t acts_count = below(&chance, 8);
        for (uint32_t k = 0; k < acts_count; k++)
            say_something(room, &chance);
        acts_count = room->acts_count;
        int64_t due = forum_due(room->forum);
        bool hurries = below(&chance, 3) == 0 && due != INT64_MAX && due > room->now_ms;
        room_block_at(room, hurries ? due : room->now_ms + below(&chance, 4) * DAY / 8);
        forum_check(room->forum);
        keep_changed(&pieces, room->forum);
        assert_true(forum_due(room->forum) > room->now_ms);
        for (uint32_t k = 0; k < room->outcomes.count; k++)
            told_by_kind[room->outcomes.items[k].kind]++;
        if (other != NULL)
            apply_to(other, room, acts_count);
        if (below(&chance, 10) == 0) {
            struct bytes bytes = saved(room->forum);
            struct fault fault = {""};
            assert_pieces(&pieces, bytes);
            arena_reset(&arena);
            if (forum_load(&arena, &room->charter, bytes, &other, &fault) != COMITY_OK)
                fail_msg("seed %lu: %s", (unsigned long)seed, fault.text);
            free((void *)(uintptr_t)bytes.data);
            assert_same(room->forum, other);
        }
    }
    if (other != NULL)
        assert_same(room->forum, other);
    free_pieces(&pieces);
    arena_free(&arena);
}

static void a_loaded_forum_goes_on_as_the_saved_one(void **state)
{
    struct room *room = *state;
    for (uint64_t seed = 1; seed <= 900; seed++)
        run(room, seed);
    /* The histories are worth the name only if everything happens in them. */
    for (int kind = OUTCOME_ACCEPTED; kind <= OUTCOME_KEPT; kind++) {
        if (told_by_kind[kind] < 4)
            fail_msg("%s happened %u times", outcome_word((enum outcome_kind)kind),
                     (unsigned)told_by_kind[kind]);
    }
}

/* A history under a limit of memory: it ends with an error, and never in between. */
static enum comity_error run_limited(struct room *room, size_t limit)
{
    struct chance chance = {11};
    plan(room, &chance);
    room->arena.limit = limit;
    enum comity_error error = forum_create(&room->arena, &room->charter, &room->forum, NULL);
    for (uint32_t seat = 0; error == COMITY_OK && seat < 4; seat++)
        room_join(room, seat);
    for (int i = 0; error == COMITY_OK && i < BLOCKS; i++) {
        struct forum_block block = {++room->height, room->now_ms += DAY / 8, room->acts,
                                    room->acts_count};
        error = forum_apply(room->forum, &block, &room->outcomes);
        room->acts_count = 0;
        for (int k = 0; error == COMITY_OK && k < 8; k++)
            say_something(room, &chance);
    }
    return error;
}

static void whatever_allocation_fails_memory_is_what_is_told(void **state)
{
    struct room *room = *state;
    assert_int_equal(run_limited(room, 0), COMITY_OK);
    size_t used = room->arena.used;
    struct bytes bytes = saved(room->forum);
    int failed = 0;
    for (size_t limit = used / 150; limit < used; limit += used / 150) {
        room->height = 0;
        enum comity_error error = run_limited(room, limit);
        assert_true(error == COMITY_OK || error == COMITY_MEMORY);
        failed += error == COMITY_MEMORY ? 1 : 0;
    }
    assert_true(failed > 100);
    struct arena arena;
    struct forum *forum;
    arena_init(&arena, 0);
    assert_int_equal(forum_load(&arena, &room->charter, bytes, &forum, NULL), COMITY_OK);
    used = arena.used;
    arena_free(&arena);
    for (size_t limit = used / 150; limit < used; limit += used / 150) {
        arena_init(&arena, limit);
        enum comity_error error = forum_load(&arena, &room->charter, bytes, &forum, NULL);
        assert_true(error == COMITY_OK || error == COMITY_MEMORY);
        arena_free(&arena);
    }
    free((void *)(uintptr_t)bytes.data);
}

static void a_damaged_snapshot_is_refused_or_harmless(void **state)
{
    struct room *room = *state;
    struct chance chance = {7};
    run(room, 3);
    struct bytes bytes = saved(room->forum);
    uint8_t *data = malloc(bytes.size);
    struct arena arena;
    arena_init(&arena, 0);
    struct forum *forum;
    for (size_t size = 0; size < bytes.size; size += 1 + below(&chance, 97)) {
        arena_reset(&arena);
        memcpy(data, bytes.data, size);
        uint8_t *exact = malloc(size + 1); /* So that a sanitizer sees the end. */
        memcpy(exact, data, size);
        assert_int_equal(forum_load(&arena, &room->charter, bytes_of(exact, size), &forum, NULL),
                         COMITY_DAMAGED);
        free(exact);
    }
    for (int i = 0; i < 1000; i++) {
        arena_reset(&arena);
        memcpy(data, bytes.data, bytes.size);
        data[below(&chance, (uint32_t)bytes.size)] ^= (uint8_t)(1u << below(&chance, 8));
        enum comity_error error =
            forum_load(&arena, &room->charter, bytes_of(data, bytes.size), &forum, NULL);
        if (error != COMITY_OK) {
            assert_int_equal(error, COMITY_DAMAGED);
            continue;
        }
        struct forum_block block = {room->height + 1, room->now_ms + 400 * DAY, NULL, 0};
        struct outcomes outcomes;
        assert_int_equal(forum_apply(forum, &block, &outcomes), COMITY_OK);
    }
    arena_free(&arena);
    free(data);
    free((void *)(uintptr_t)bytes.data);
}

static void a_snapshot_belongs_to_its_charter(void **state)
{
    struct room *room = *state;
    room_plan(room, 3, "yes >= 1");
    room_open(room, 3);
    struct bytes bytes = saved(room->forum);
    room->charter.id.bytes[0] ^= 1;
    struct forum *forum;
    struct fault fault = {""};
    assert_int_equal(forum_load(&room->arena, &room->charter, bytes, &forum, &fault),
                     COMITY_DAMAGED);
    assert_string_not_equal(fault.text, "");
    free((void *)(uintptr_t)bytes.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        room_test(a_loaded_forum_goes_on_as_the_saved_one),
        room_test(whatever_allocation_fails_memory_is_what_is_told),
        room_test(a_damaged_snapshot_is_refused_or_harmless),
        room_test(a_snapshot_belongs_to_its_charter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
