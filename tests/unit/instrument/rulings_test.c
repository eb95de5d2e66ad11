/* SPDX-License-Identifier: Apache-2.0 */
/* An instrument proves what rulings made of an agreement, reservations and who objects to them:
 * from the acts alone; and what its bearer leaves out or moves is missed. */
#include "base/calendar.h"
#include "made.h"

enum { A, B, C, D, SEATS };

static const char charter[] =
    "name: treaty\n"
    "title: Test treaty\n"
    "seats: [A, B, C, D]\n"
    "weights: {quota: {A: 40, B: 30, C: 20, D: 10}}\n"
    "rules:\n"
    "  treaty: {sentence: \"yes >= 2\", closes: all-answered, binds: consenting,\n"
    "    reservations: {allowed: any, window: 12 months},\n"
    "    breach: {ruled-by: court, responses: [suspend, end]}}\n"
    "  court: {sentence: \"yes by quota >= 50% of members\", closes: all-answered, revise: never,\n"
    "    may: [restore, suspend, end, reweigh]}\n"
    "grace: 1ms\n"
    "pace: 250ms\n";

static int setup(void **state)
{
    struct world *self = calloc(1, sizeof *self);
    *state = self;
    if (self == NULL)
        return -1;
    world_open(self, charter);
    world_join(self, SEATS);
    world_propose(self, A, "treaty", true, "1. Peace.\n2. Trade.\n3. Fish.\n");
    world_block(self, 1000);
    struct act reserve = {
        .kind = ACT_RESERVE,
        .as.reserve = {.proposal = forum_proposal(self->forum, 1)->id, .clause = 3}};
    world_say_text(self, C, reserve, "Not our fish.");
    world_block(self, 1000);
    for (uint32_t seat = A; seat < SEATS; seat++)
        world_vote(self, seat, 1, ANSWER_YES);
    world_block(self, 1000);
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}
#define world_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void object_to(struct world *self, uint32_t seat, bool refuses)
{
    world_say(self, seat,
              (struct act){.kind = ACT_OBJECT_RESERVATION,
                           .as.objection = {.reservation = forum_reservation(self->forum, 1)->id,
                                            .refuses_relations = refuses}});
    world_block(self, 1000);
}

static void allege(struct world *self, uint32_t by, uint32_t accused)
{
    world_say_text(self, by,
                   (struct act){.kind = ACT_ALLEGE,
                                .as.allege = {.proposal = forum_proposal(self->forum, 1)->id,
                                              .seat = accused,
                                              .clause = 2}},
                   "Look at its ports.");
    world_block(self, 1000);
}

/* Put by A under the court's rule; A and B say yes: 70 of 100. */
static void rule_on(struct world *self, struct effect effect)
{
    if (effect.name == NULL)
        effect.name = "";
    world_say_text(
        self, A,
        (struct act){
            .kind = ACT_PROPOSE,
            .as.propose = {.title = "A ruling", .rule = "court", .topic = "", .effect = effect}},
        "1. So be it.\n");
    world_block(self, 1000);
    uint32_t number = forum_proposals_count(self->forum);
    world_vote(self, B, number, ANSWER_YES);
    world_vote(self, A, number, ANSWER_YES);
    world_block(self, 1000);
    assert_int_equal(forum_proposal(self->forum, number)->verdict, VERDICT_ADOPTED);
}

static void find_breach(struct world *self, enum response response)
{
    uint32_t last = forum_allegations_count(self->forum);
    rule_on(self, (struct effect){.kind = EFFECT_BREACH,
                                  .subject = forum_allegation(self->forum, last)->id,
                                  .response = response});
}

static void of_treaty(struct world *self, enum effect_kind kind)
{
    rule_on(self, (struct effect){.kind = kind, .subject = forum_proposal(self->forum, 1)->id});
}

static void reservations_and_objections_are_proved(void **state)
{
    struct world *self = *state;
    object_to(self, A, false);
    object_to(self, B, true);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.proposal->reservations_count, 1);
    assert_true(record_has(report.proposal->reservations[0].objected, A));
    assert_true(record_has(report.proposal->reservations[0].refused, B));
}

static void a_breach_and_what_followed_are_proved_with_the_ruling(void **state)
{
    struct world *self = *state;
    allege(self, A, D);
    find_breach(self, RESPONSE_SUSPEND);
    struct instrument instrument = world_export(self, 1);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(instrument.records_count, 3);
    assert_int_equal(report.agreement->parties[D].status, PARTY_SUSPENDED);
    assert_int_equal(report.agreement->parties[D].defection, DEFECTION_BREACHED);
    rule_on(self, (struct effect){.kind = EFFECT_RESTORE, .seat = D});
    allege(self, B, C);
    find_breach(self, RESPONSE_END);
    instrument = world_export(self, 1);
    report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.agreement->parties[D].status, PARTY_BOUND);
    assert_int_equal(report.agreement->parties[C].status, PARTY_LEFT);
    /* The ruling proves itself, too. */
    instrument = world_export(self, 2);
    report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.proposal->accused, D);
}

static void an_effect_that_was_not_done_is_told_with_its_verdict(void **state)
{
    struct world *self = *state;
    allege(self, A, D);
    struct hash allegation = forum_allegation(self->forum, 1)->id;
    for (uint32_t number = 2; number <= 3; number++) {
        struct effect effect = {.kind = EFFECT_BREACH,
                                .subject = allegation,
                                .response = number == 2 ? RESPONSE_SUSPEND : RESPONSE_END,
                                .name = ""};
        world_say_text(self, A,
                       (struct act){.kind = ACT_PROPOSE,
                                    .as.propose = {.title = "A ruling",
                                                   .rule = "court",
                                                   .topic = "",
                                                   .effect = effect}},
                       "1. So be it.\n");
    }
    world_block(self, 1000);
    for (uint32_t number = 2; number <= 3; number++) {
        world_vote(self, B, number, ANSWER_YES);
        world_vote(self, A, number, ANSWER_YES);
        world_block(self, 1000);
    }
    struct instrument instrument = world_export(self, 2);
    assert_null(world_proves(&instrument, &self->arena).proposal->undone);
    instrument = world_export(self, 3);
    struct instrument_report report = world_proves(&instrument, &self->arena);
    assert_int_equal(report.proposal->verdict, VERDICT_ADOPTED);
    assert_string_equal(report.proposal->undone, "L1 is ruled on already");
}

static void a_treaty_suspended_and_ended_is_proved(void **state)
{
    struct world *self = *state;
    of_treaty(self, EFFECT_SUSPEND);
    struct instrument instrument = world_export(self, 1);
    assert_int_equal(world_proves(&instrument, &self->arena).agreement->status,
                     AGREEMENT_SUSPENDED);
    of_treaty(self, EFFECT_RESUME);
    of_treaty(self, EFFECT_END);
    instrument = world_export(self, 1);
    assert_int_equal(world_proves(&instrument, &self->arena).agreement->status, AGREEMENT_ENDED);
}

static const uint64_t quotas[SEATS] = {10, 10, 60, 20};

static void reweigh(struct world *self)
{
    rule_on(self,
            (struct effect){
                .kind = EFFECT_REWEIGH, .name = "quota", .values = quotas, .values_count = SEATS});
}

static void a_verdict_by_new_weights_brings_the_ruling_that_made_them(void **state)
{
    struct world *self = *state;
    reweigh(self);
    world_propose(self, A, "court", false, "1. By the new quotas.\n");
    world_block(self, 1000);
    world_vote(self, C, 3, ANSWER_YES);
    world_block(self, 1000);
    assert_int_equal(forum_proposal(self->forum, 3)->verdict, VERDICT_ADOPTED);
    struct instrument instrument = world_export(self, 3);
    assert_int_equal(instrument.records_count, 2);
    world_proves(&instrument, &self->arena);
    instrument.records_count = 1;
    instrument.acts_count -= forum_proposal(self->forum, 2)->acts_count;
    struct fault fault = {""};
    struct instrument_report report;
    assert_int_equal(world_check(&instrument, &self->arena, &report, &fault), COMITY_NOT_FOUND);
    assert_non_null(strstr(fault.text, "the ruling that changed them was left out"));
}

/* --- What must be refused --- */

static uint32_t find_kind(const struct world *self, const struct instrument *instrument,
                          enum act_kind kind, uint32_t seat)
{
    for (uint32_t i = 0; i < instrument->acts_count; i++) {
        for (uint32_t k = 0; k < self->said_count; k++) {
            if (bytes_equal(instrument->acts[i], self->said[k].encoded) &&
                self->said[k].act.kind == kind && self->said[k].act.seat == seat)
                return i;
        }
    }
    fail_msg("there is no such act in it");
    return 0;
}

static void leave_out_act(struct world *self, struct instrument *instrument, enum act_kind kind,
                          uint32_t seat)
{
    uint32_t index = find_kind(self, instrument, kind, seat);
    struct bytes *acts = arena_array(&self->arena, instrument->acts_count, sizeof *acts);
    memcpy(acts, instrument->acts, instrument->acts_count * sizeof *acts);
    instrument->acts_count--;
    memmove(&acts[index], &acts[index + 1], (instrument->acts_count - index) * sizeof *acts);
    instrument->acts = acts;
}

static void without_the_reservation(struct world *self, struct instrument *instrument)
{
    leave_out_act(self, instrument, ACT_RESERVE, C);
}

static void without_the_objection(struct world *self, struct instrument *instrument)
{
    leave_out_act(self, instrument, ACT_OBJECT_RESERVATION, A);
}

static void without_the_allegation(struct world *self, struct instrument *instrument)
{
    leave_out_act(self, instrument, ACT_ALLEGE, A);
}

static void without_the_ruling(struct world *self, struct instrument *instrument)
{
    instrument->records_count--;
    instrument->acts_count -= forum_proposal(self->forum, 3)->acts_count;
}

static void without_its_votes(struct world *self, struct instrument *instrument)
{
    (void)self;
    instrument->acts_count--;
}

static void rulings_swapped(struct world *self, struct instrument *instrument)
{
    uint32_t first = forum_proposal(self->forum, 2)->acts_count;
    uint32_t second = forum_proposal(self->forum, 3)->acts_count;
    uint32_t from = instrument->acts_count - first - second;
    struct instrument_record record = instrument->records[2];
    struct bytes *acts = arena_array(&self->arena, instrument->acts_count, sizeof *acts);
    memcpy(acts, instrument->acts, instrument->acts_count * sizeof *acts);
    memcpy(&acts[from], &instrument->acts[from + first], second * sizeof *acts);
    memcpy(&acts[from + second], &instrument->acts[from], first * sizeof *acts);
    instrument->acts = acts;
    instrument->records[2] = instrument->records[3];
    instrument->records[3] = record;
}

static void a_ruling_twice(struct world *self, struct instrument *instrument)
{
    uint32_t more = forum_proposal(self->forum, 3)->acts_count;
    uint32_t count = instrument->acts_count;
    struct bytes *acts = arena_array(&self->arena, count + more, sizeof *acts);
    memcpy(acts, instrument->acts, count * sizeof *acts);
    memcpy(&acts[count], &instrument->acts[count - more], more * sizeof *acts);
    instrument->acts = acts;
    instrument->acts_count += more;
    instrument->records[instrument->records_count] =
        instrument->records[instrument->records_count - 1];
    instrument->records_count++;
}

static const struct {
    void (*spoil)(struct world *self, struct instrument *instrument);
    const char *reason;
} spoils[] = {
    {without_the_reservation, "left out or moved"},
    {without_the_objection, "left out or moved"},
    {without_the_allegation, "left out or moved"},
    {without_the_ruling, "was left out or moved"},
    {without_its_votes, "left out"},
    {rulings_swapped, "was left out or moved"},
    {a_ruling_twice, "nothing here calls for the ruling P3"},
};

static void what_is_left_out_or_moved_is_missed(void **state)
{
    struct world *self = *state;
    object_to(self, A, false);
    allege(self, A, D);
    find_breach(self, RESPONSE_SUSPEND);
    rule_on(self, (struct effect){.kind = EFFECT_RESTORE, .seat = D});
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++) {
        struct instrument instrument = world_export(self, 1);
        struct fault fault = {""};
        struct instrument_report report;
        world_proves(&instrument, &self->arena);
        spoils[i].spoil(self, &instrument);
        if (world_check(&instrument, &self->arena, &report, &fault) == COMITY_OK)
            fail_msg("spoil %u is taken for true", (unsigned)i);
        if (strstr(fault.text, spoils[i].reason) == NULL)
            fail_msg("spoil %u: %s", (unsigned)i, fault.text);
    }
}

/* --- Whatever happens is proved as the forum has it --- */

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

/* Said if the forum would take it. */
static bool say_if_fit(struct world *self, uint32_t seat, struct act act, const char *text,
                       int64_t later)
{
    struct act asked = act;
    asked.seat = seat;
    asked.forum = self->charter->id;
    asked.signed_ms = self->now_ms + later;
    world_block(self, later);
    if (forum_check_act(self->forum, &asked, NULL) != COMITY_OK)
        return false;
    world_say_text(self, seat, act, text);
    world_block(self, 0);
    return true;
}

static void say_anything(struct world *self, struct chance *chance)
{
    const struct forum_proposal *treaty = forum_proposal(self->forum, 1);
    uint32_t seat = below(chance, SEATS);
    struct act act = {0};
    const char *text = NULL;
    switch (below(chance, 6)) {
    case 0:
        act.kind = below(chance, 2) == 0 ? ACT_RATIFY : ACT_ACCEDE;
        act.as.consent.proposal = treaty->id;
        act.as.consent.text_hash = treaty->text.hash;
        break;
    case 1:
        act.kind = ACT_WITHDRAW;
        act.as.withdraw.proposal = treaty->id;
        act.as.withdraw.taken_back = below(chance, 3) == 0;
        if (!act.as.withdraw.taken_back && below(chance, 2) == 0)
            act.as.withdraw.effect_ms =
                forum_now(self->forum) + (int64_t)below(chance, 800) * CALENDAR_DAY_MS;
        break;
    case 2:
        act.kind = ACT_RESERVE;
        act.as.reserve.proposal = treaty->id;
        act.as.reserve.clause = below(chance, 4);
        act.as.reserve.taken_back = below(chance, 3) == 0;
        text = act.as.reserve.taken_back ? NULL : "Not for us.";
        break;
    case 3:
        act.kind = ACT_OBJECT_RESERVATION;
        act.as.objection.reservation =
            forum_reservation(self->forum, 1 + below(chance, forum_reservations_count(self->forum)))
                ->id;
        act.as.objection.taken_back = below(chance, 3) == 0;
        act.as.objection.refuses_relations = !act.as.objection.taken_back && below(chance, 2) == 0;
        break;
    default:
        act.kind = ACT_ALLEGE;
        act.as.allege.proposal = treaty->id;
        act.as.allege.seat = below(chance, SEATS);
        act.as.allege.clause = below(chance, 4);
        act.as.allege.has_reservation = below(chance, 4) == 0;
        if (act.as.allege.has_reservation)
            act.as.allege.reservation =
                forum_reservation(self->forum,
                                  1 + below(chance, forum_reservations_count(self->forum)))
                    ->id;
        text = "It did not.";
    }
    static const int64_t steps[] = {1000, 1000, CALENDAR_DAY_MS, 100 * CALENDAR_DAY_MS};
    (void)say_if_fit(self, seat, act, text, steps[below(chance, 4)]);
}

/* Put by whoever may, answered by chance, until all have: an accused abstains. */
static void rule_by_chance(struct world *self, struct chance *chance)
{
    static const enum effect_kind kinds[] = {EFFECT_BREACH,  EFFECT_BREACH,  EFFECT_BREACH,
                                             EFFECT_RESTORE, EFFECT_RESTORE, EFFECT_SUSPEND,
                                             EFFECT_RESUME,  EFFECT_REWEIGH};
    struct effect effect = {.kind = kinds[below(chance, 8)], .name = ""};
    uint32_t allegations = forum_allegations_count(self->forum);
    uint64_t values[SEATS];
    if (effect.kind == EFFECT_BREACH && allegations == 0)
        return;
    if (effect.kind == EFFECT_BREACH) {
        static const enum response responses[] = {RESPONSE_NONE, RESPONSE_SUSPEND, RESPONSE_END};
        effect.subject = forum_allegation(self->forum, 1 + below(chance, allegations))->id;
        effect.response = responses[below(chance, 3)];
    } else if (effect.kind == EFFECT_RESTORE) {
        effect.seat = below(chance, SEATS);
    } else if (effect.kind == EFFECT_REWEIGH) {
        effect.name = "quota";
        for (uint32_t seat = 0; seat < SEATS; seat++)
            values[seat] = 1 + below(chance, 50);
        effect.values = values;
        effect.values_count = SEATS;
    } else {
        effect.subject = forum_proposal(self->forum, 1)->id;
    }
    struct act act = {
        .kind = ACT_PROPOSE,
        .as.propose = {.title = "A ruling", .rule = "court", .topic = "", .effect = effect}};
    if (!say_if_fit(self, A, act, "1. So be it.\n", 1000))
        return;
    uint32_t number = forum_proposals_count(self->forum);
    for (uint32_t seat = 0; seat < SEATS; seat++) {
        const struct forum_proposal *is = forum_proposal(self->forum, number);
        struct act ballot = {
            .kind = ACT_BALLOT,
            .as.ballot = {.proposal = is->id,
                          .text_hash = is->text.hash,
                          .rule_hash = is->rule->hash,
                          .answer = below(chance, 4) == 0 ? ANSWER_NO : ANSWER_YES}};
        (void)say_if_fit(self, seat, ballot, NULL, 1000);
    }
}

static void whatever_happens_is_proved_as_the_forum_has_it(void **state)
{
    struct world *self = *state;
    uint32_t statuses = 0;
    uint32_t defections = 0;
    uint32_t rulings = 0;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        struct chance chance = {seed};
        void *again = NULL;
        assert_int_equal(setup(&again), 0);
        self = again;
        for (int i = 0; i < 30 && self->said_count < 200; i++) {
            say_anything(self, &chance);
            if (below(&chance, 2) == 0)
                rule_by_chance(self, &chance);
            if (below(&chance, 3) > 0)
                continue;
            struct instrument instrument = world_export(self, 1);
            struct fault fault = {""};
            struct instrument_report report;
            if (world_check(&instrument, &self->arena, &report, &fault) != COMITY_OK)
                fail_msg("seed %lu, turn %d: %s", (unsigned long)seed, i, fault.text);
            rulings += instrument.records_count - 2;
            for (uint32_t seat = 0; seat < SEATS; seat++) {
                statuses |= 1u << report.agreement->parties[seat].status;
                defections |= 1u << report.agreement->parties[seat].defection;
            }
        }
        teardown(&again);
    }
    /* Worth the name only if it all happened. */
    assert_int_equal(statuses & (1u << PARTY_SUSPENDED | 1u << PARTY_LEFT | 1u << PARTY_LEAVING),
                     1u << PARTY_SUSPENDED | 1u << PARTY_LEFT | 1u << PARTY_LEAVING);
    assert_int_equal(
        defections &
            (DEFECTION_BIT(DEFECTION_BREACHED) | DEFECTION_BIT(DEFECTION_HOLLOW_RESERVATION)),
        DEFECTION_BIT(DEFECTION_BREACHED) | DEFECTION_BIT(DEFECTION_HOLLOW_RESERVATION));
    assert_true(rulings > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(reservations_and_objections_are_proved),
        world_test(a_breach_and_what_followed_are_proved_with_the_ruling),
        world_test(an_effect_that_was_not_done_is_told_with_its_verdict),
        world_test(a_treaty_suspended_and_ended_is_proved),
        world_test(a_verdict_by_new_weights_brings_the_ruling_that_made_them),
        world_test(what_is_left_out_or_moved_is_missed),
        world_test(whatever_happens_is_proved_as_the_forum_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
