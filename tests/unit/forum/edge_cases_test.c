/* SPDX-License-Identifier: Apache-2.0 */
/* The edge cases of the rules whose results are known, numbered as they are there. A row says which
 * case it is, and either what a room answers and what comes of it, or a play of several blocks. */
#include "edge_days.h"
#include "edge_life.h"
#include "edge_texts.h"
#include "rules/lint.h"
#include "rules/verdict.h"
#include "said.h"

enum { CASE_SEATS_MAX = 30 };

struct edge_case {
    int number;
    const char *claim;
    const char *sentence;
    const char
        *answers; /* A letter a member: y n o a; p passes; . silent; - absent; x not joined. */
    const uint64_t *weights; /* Of `w`, by member; NULL: none. */
    enum verdict verdict;
    const char *words;  /* In the verdict's line; `!word`: not in it. NULL: whatever. */
    const char *quorum; /* quorum.decide */
    bool open;          /* Look before the close. */
    bool absent_blocks;
    uint32_t nominal;
    uint64_t must_abstain; /* Members that are parties to the dispute. */
    void (*play)(struct room *room);
};

/* The members, and the chair behind them; P5 is the first five. */
static void plan(struct room *room, const char *sentence, uint32_t members)
{
    room_plan(room, members + 1, sentence);
    room->seats[members].role = SEAT_CHAIR;
    room->groups[0] = (struct charter_group){.name = "P5", .seats = {31}};
    room->charter.groups_count = members >= 5 ? 1 : 0;
    room->rules[0].closes = CLOSES_PRESIDING;
}

static void join_and_call_the_roll(struct room *room, const char *answers)
{
    uint32_t members = (uint32_t)strlen(answers);
    uint64_t present = (uint64_t)1 << members;
    room_open(room, 0);
    for (uint32_t seat = 0; seat <= members; seat++) {
        if (seat < members && answers[seat] != '-')
            present |= (uint64_t)1 << seat;
        if (answers[seat] != 'x')
            room_join(room, seat);
    }
    room_block(room);
    if (strchr(answers, '-') == NULL)
        return;
    room_rule(room, members, RULING_ROLL_CALL)->as.procedure.present[0] = present;
    room_block(room);
}

static void give_answers(struct room *room, const char *answers)
{
    static const char letters[] = ".ynoa";
    for (uint32_t seat = 0; answers[seat] != '\0'; seat++) {
        const char *letter = strchr(letters + 1, answers[seat]);
        if (letter != NULL)
            room_ballot(room, seat, 1, (enum answer)(letter - letters));
        else if (answers[seat] == 'p')
            room_ballot(room, seat, 1, ANSWER_PASS);
    }
    room_block(room);
    room_assert_accepted(room);
}

static void close_it(struct room *room, uint32_t chair)
{
    if (forum_proposal(room->forum, 1)->status != PROPOSAL_OPEN)
        return;
    room_rule(room, chair, RULING_CLOSE)->as.procedure.proposal =
        forum_proposal(room->forum, 1)->id;
    room_block(room);
    room_assert_accepted(room);
}

static void play_row(struct room *room, const struct edge_case *row)
{
    uint64_t weights[CASE_SEATS_MAX + 1] = {0};
    uint32_t members = (uint32_t)strlen(row->answers);
    assert_true(members <= CASE_SEATS_MAX);
    plan(room, row->sentence, members);
    if (row->weights != NULL) {
        memcpy(weights, row->weights, members * sizeof *weights);
        room->weights[0] = (struct charter_weight){.name = "w", .values = weights};
        room->charter.weights_count = 1;
    }
    room->charter.nominal = row->nominal;
    room->rules[0].quorum_decide = row->quorum;
    room->rules[0].absent_blocks = row->absent_blocks;
    room->rules[0].pass_turns = 1;
    room->rules[0].must_abstain = "members";
    join_and_call_the_roll(room, row->answers);
    room_propose(room, 0, "1. Peace.\n", false)->as.propose.must_abstain[0] = row->must_abstain;
    room_block(room);
    room_assert_accepted(room);
    if (forum_proposal(room->forum, 1)->status == PROPOSAL_OPEN) /* No quorum can come any more. */
        give_answers(room, row->answers);
    if (!row->open)
        close_it(room, members);
    const struct forum_proposal *proposal = forum_proposal(room->forum, 1);
    bool absent = row->words != NULL && row->words[0] == '!';
    if (proposal->verdict != row->verdict ||
        (row->words != NULL && (strstr(proposal->line, row->words + absent) == NULL) != absent))
        fail_msg("%d, %s: %s (%s)", row->number, row->claim, verdict_word(proposal->verdict),
                 proposal->line);
}

/* --- What takes more than one ballot --- */

static void nobody_is_present(struct room *room)
{
    uint8_t answers[3] = {ANSWER_ABSENT, ANSWER_ABSENT, ANSWER_ABSENT};
    struct rule_roster roster = {.seats_count = 3, .members = {{7}}};
    struct rule_settings settings = {.revise_until_close = true};
    struct verdict_question question = {.answers = answers, .closed = true};
    struct verdict_result result;
    arena_init(&room->arena, 0);
    assert_int_equal(rule_parse(&room->arena, bytes_of_text("yes > 1/2 of voting"), &roster,
                                &settings.rule, NULL),
                     COMITY_OK);
    verdict_settle(&settings, &roster, &question, &result);
    assert_int_equal(result.verdict, VERDICT_INQUORATE);
}

static void a_veto_is_final_and_nine_yes_are_not(struct room *room)
{
    plan(room, "yes >= 9 and no in P5 = 0", 15);
    room->rules[0].revise_never = true;
    join_and_call_the_roll(room, "yyyyyyyyyyyyyyy");
    room_put(room, 5, false);
    give_answers(room, "....yyyyyyyyy..");
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_OPEN);
    give_answers(room, "n");
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_REJECTED);
    assert_non_null(strstr(forum_proposal(room->forum, 1)->line, "veto"));
    room_ballot(room, 1, 1, ANSWER_YES);
    room_block(room);
    room_assert_refused(room, COMITY_CLOSED);
}

static void who_passed_or_votes_present_never_abstains(struct room *room)
{
    plan(room, "yes > 1/2 of voting", 5);
    room->rules[0].pass_turns = 1;
    room->rules[0].no_abstain = "P5";
    join_and_call_the_roll(room, "yyyyy");
    room_put(room, 0, false);
    room_ballot(room, 0, 1, ANSWER_ABSTAIN);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    give_answers(room, "p");
    static const enum answer refused[] = {ANSWER_PASS, ANSWER_ABSTAIN, ANSWER_OBJECT};
    for (size_t i = 0; i < 3; i++) {
        room_ballot(room, 0, 1, refused[i]);
        room_block(room);
        room_assert_refused(room, COMITY_REFUSED);
    }
    give_answers(room, "n");
    assert_int_equal(forum_proposal(room->forum, 1)->ballots[0].answer, ANSWER_NO);
}

static void the_last_ballot_counts_and_two_in_one_slot_count_for_none(struct room *room)
{
    plan(room, "yes >= 2", 3);
    join_and_call_the_roll(room, "yyy");
    room_put(room, 0, false);
    give_answers(room, "nn");
    give_answers(room, "yy");
    const struct forum_proposal *proposal = forum_proposal(room->forum, 1);
    assert_int_equal(proposal->ballots[1].answer, ANSWER_YES);
    struct act *act = room_say(room, 2, ACT_EVIDENCE);
    act->as.evidence.seat = 1;
    act->as.evidence.seq = room->seqs[1];
    act->as.evidence.first = proposal->ballots[1].act;
    act->as.evidence.second = (struct hash){{99}};
    room_block(room);
    room_assert_accepted(room);
    assert_true(proposal->ballots[1].voided);
    assert_int_equal(proposal->ballots[1].answer, ANSWER_SILENT);
    close_it(room, 3);
    assert_int_equal(proposal->verdict, VERDICT_REJECTED);
}

static void the_frozen_roll_stands(struct room *room)
{
    plan(room, "yes > 1/2 of present", 3);
    join_and_call_the_roll(room, "yy-");
    room_put(room, 0, false);
    room_rule(room, 3, RULING_ROLL_CALL)->as.procedure.present[0] = 1 << 0 | 1 << 2;
    room_block(room);
    room_ballot(room, 2, 1, ANSWER_NO);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED); /* It arrived during the ballot. */
    room_ballot(room, 1, 1, ANSWER_NO);
    room_block(room);
    room_assert_accepted(room); /* It left, and answers all the same. */
    room_put(room, 0, false);
    room_ballot(room, 1, 2, ANSWER_NO);
    room_block(room);
    room_assert_refused(room, COMITY_REFUSED);
    room_ballot(room, 2, 2, ANSWER_NO);
    room_block(room);
    room_assert_accepted(room);
}

static void plan_silence(struct room *room, bool receipt)
{
    plan(room, "objections = 0", 3);
    room->rules[0].closes = CLOSES_AFTER;
    room->rules[0].closes_ms = DAY;
    room->rules[0].silence = CHARTER_SILENCE_YES;
    room->rules[0].receipt_required = receipt;
    room->charter.grace_ms = MINUTE;
}

static void silence_objection_and_receipt(struct room *room)
{
    plan_silence(room, false);
    join_and_call_the_roll(room, "yyy");
    room_put(room, 0, false);
    int64_t close = forum_proposal(room->forum, 1)->closes_ms;
    room_ballot(room, 2, 1, ANSWER_OBJECT)->signed_ms = close; /* At the deadline, to the ms. */
    room_block_at(room, close + MINUTE);
    room_assert_accepted(room);
    room_block_at(room, close + MINUTE + 1);
    assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_REJECTED);
    for (int way = 0; way < 2; way++) { /* No receipt; not joined. */
        plan_silence(room, way == 0);
        join_and_call_the_roll(room, way == 0 ? "yyy" : "yyx");
        room_put(room, 0, false);
        close = forum_proposal(room->forum, 1)->closes_ms;
        room_block_at(room, close + 1);
        assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_OPEN);
        room_block_at(room, close + MINUTE + 1);
        assert_int_equal(forum_proposal(room->forum, 1)->verdict, VERDICT_LAPSED);
    }
}

static void all_of_an_empty_group_is_false(struct room *room)
{
    uint8_t answers[3] = {ANSWER_YES, ANSWER_YES, ANSWER_YES};
    struct rule_roster roster = {
        .seats_count = 3, .members = {{7}}, .groups_count = 1, .groups = {{.name = "G"}}};
    const struct rule *rule = NULL;
    struct rule_outcome outcome;
    struct rule_warnings warnings = {0};
    arena_init(&room->arena, 0);
    assert_int_equal(
        rule_parse(&room->arena, bytes_of_text("yes in G = all members"), &roster, &rule, NULL),
        COMITY_OK);
    rule_evaluate(rule, &roster, answers, NULL, &outcome);
    assert_false(outcome.holds);
    rule_lint(rule, &roster, &warnings); /* A charter's reader takes this one for an error. */
    assert_int_equal(warnings.items[0].kind, RULE_WARNS_EMPTY_GROUP);
}

#define UNSC "yes >= 9 and no in P5 = 0"
#define SIMPLE "yes > 1/2 of voting"
#define EU "yes >= 55% of members and (yes by w >= 65% of members or not-yes < 4)"

static const uint64_t sixty_five[] = {650, 350};
static const uint64_t less[] = {649999, 350001};
static const uint64_t thirds[] = {3333, 3333, 3333};
/* The three largest hold half of the population. */
static const uint64_t eu[] = {8, 8, 8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                              1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static const uint64_t imf[] = {165, 209, 209, 209, 208};
static const uint64_t governors[] = {60, 10, 10, 10, 10};

static const struct edge_case cases[] = {
    {1, "5-5 of 10 is no majority", SIMPLE, "yyyyynnnnn", .verdict = VERDICT_REJECTED,
     .words = "5 yes"},
    {1, "5-4-1 is one", SIMPLE, "yyyyynnnna", .verdict = VERDICT_ADOPTED},
    {1, "0-0-10 adopts nothing", SIMPLE, "aaaaaaaaaa", .verdict = VERDICT_REJECTED},
    {1, "nobody present", .play = nobody_is_present},
    {2, "2-1-7 of those voting", "yes >= 2/3 of voting", "yynaaaaaaa", .verdict = VERDICT_ADOPTED},
    {2, "2-1-7 of those present", "yes >= 2/3 of present", "yynaaaaaaa",
     .verdict = VERDICT_REJECTED},
    {3, "at least 55 %, exactly", "yes >= 55% of members", "yyyyyyyyyyynnnnnnnnn",
     .verdict = VERDICT_ADOPTED},
    {3, "more than half, exactly", "yes > 1/2 of members", "yyyyyyyyyynnnnnnnnnn",
     .verdict = VERDICT_REJECTED},
    {3, "65.0 % of the population", "yes by w >= 65% of members", "yn", .weights = sixty_five,
     .verdict = VERDICT_ADOPTED},
    {3, "a millionth less", "yes by w >= 65% of members", "yn", .weights = less,
     .verdict = VERDICT_REJECTED},
    {4, "55 % of 27 is 15", "yes >= 55% of members", "yyyyyyyyyyyyyynnnnnnnnnnnnn",
     .verdict = VERDICT_REJECTED, .words = "14 yes, 15 of 27 needed"},
    {4, "72 % of 27 is 20", "yes >= 72% of members", "yyyyyyyyyyyyyyyyyyynnnnnnnn",
     .verdict = VERDICT_REJECTED, .words = "19 yes, 20 of 27 needed"},
    {4, "2/3 of 10 is 7", "yes >= 2/3 of members", "yyyyyynnnn", .verdict = VERDICT_REJECTED,
     .words = "6 yes, 7 of 10 needed"},
    {4, "and never a fraction", "yes >= 2/3 of members", "yyyyyynnnn", .verdict = VERDICT_REJECTED,
     .words = "!66."},
    {5, "raw amounts, not their published shares", "yes by w >= 100% of members", "yyy",
     .weights = thirds, .verdict = VERDICT_ADOPTED},
    {6, "weights change, and are frozen as the rule says", .play = weights_are_frozen_as_it_says},
    {7, "a log, not a table", .play = a_log_of_events_keeps_the_day},
    {8, "the union's instrument", .play = an_organisation_adds_nothing},
    {9, "Rwanda", .play = who_comes_between_has_its_own_thirty_days},
    {10, "fewer than there were", .play = falling_below_ends_nothing},
    {11, "treaties' days", .play = days_are_of_the_calendar_whatever_the_clock},
    {12, "9-0-6, all permanent members abstaining", UNSC, "aaaaayyyyyyyyya",
     .verdict = VERDICT_ADOPTED},
    {12, "14-1, the one permanent: a veto, named", UNSC, "yynyyyyyyyyyyyy",
     .verdict = VERDICT_REJECTED, .words = "veto by C"},
    {12, "8-0-7: too few", UNSC, "aaaaayyyyyyyyaa", .verdict = VERDICT_REJECTED,
     .words = "8 of the 9 yes needed"},
    {12, "procedural: no veto", "yes >= 9", "nyyyyyyyyyaaaaa", .verdict = VERDICT_ADOPTED},
    {12, "8-1, the one permanent: too few, no veto", UNSC, "nyyyyyyyyaaaaaa",
     .verdict = VERDICT_REJECTED, .words = "!veto"},
    {13, "nine yes, a permanent member silent: open", UNSC, ".yyyyyyyyyaaaaa",
     .verdict = VERDICT_OPEN, .open = true},
    {13, "a veto is final", .play = a_veto_is_final_and_nine_yes_are_not},
    {14, "a party abstains: nine others", UNSC, "ayyyyyyyyyaaaaa", .verdict = VERDICT_ADOPTED,
     .must_abstain = 1},
    {14, "a party abstains: nine are needed still", UNSC, "ayyyyyyyynnnnnn",
     .verdict = VERDICT_REJECTED, .words = "8 of the 9 yes needed", .must_abstain = 1},
    {15, "24 yes, half the people: three do not block", EU, "nnnyyyyyyyyyyyyyyyyyyyyyyyy",
     .weights = eu, .verdict = VERDICT_ADOPTED},
    {15, "a fourth no blocks", EU, "nnnnyyyyyyyyyyyyyyyyyyyyyyy", .weights = eu,
     .verdict = VERDICT_REJECTED},
    {15, "and so does a fourth abstention", EU, "nnnayyyyyyyyyyyyyyyyyyyyyyy", .weights = eu,
     .verdict = VERDICT_REJECTED},
    {16, "16.5 % alone block 85 %", "yes by w >= 85% of members", "nyyyy", .weights = imf,
     .verdict = VERDICT_REJECTED},
    {16, "and not 70 %", "yes by w >= 70% of members", "nyyyy", .weights = imf,
     .verdict = VERDICT_ADOPTED},
    {16, "four of five governors with 40 %", SIMPLE, "yyyy-",
     .weights = (const uint64_t[]){10, 10, 10, 10, 60}, .verdict = VERDICT_INQUORATE,
     .quorum = "present > 1/2 of members and present by w >= 2/3 of members"},
    {16, "two with 70 % are half of five at most", SIMPLE, "yy---", .weights = governors,
     .verdict = VERDICT_INQUORATE,
     .quorum = "present > 1/2 of members and present by w >= 2/3 of members"},
    {17, "a pass left at the close is silent", SIMPLE, "yynp.", .verdict = VERDICT_ADOPTED,
     .words = "2 yes"},
    {17, "and no abstention", "abstain = 0 and yes > 0", "ynp", .verdict = VERDICT_ADOPTED},
    {17, "yes or no only", .play = who_passed_or_votes_present_never_abstains},
    {18, "the last answer, and equivocation",
     .play = the_last_ballot_counts_and_two_in_one_slot_count_for_none},
    {19, "arriving and leaving", .play = the_frozen_roll_stands},
    {20, "silence, to the millisecond", .play = silence_objection_and_receipt},
    {21, "the WTO: absence cannot block", "objections = 0", "yyy-", .verdict = VERDICT_ADOPTED},
    {21, "NATO: absence cannot be ignored", "objections = 0", "yyy-", .verdict = VERDICT_LAPSED,
     .words = "no answer from D", .absent_blocks = true},
    {22, "all of an empty group", .play = all_of_an_empty_group_is_false},
    {23, "an amendment makes another text", .play = a_new_text_and_no_signature_moves},
    {24, "reservations, pairwise", .play = reservations_are_pairwise},
    {25, "by parts", .play = rejected_parts_leave_the_text},
    {26, "competing texts", .play = an_adopted_text_makes_the_next_moot},
    {27, "sponsors", .play = a_sponsor_leaves_before_and_after_the_first_answer},
    {28, "observers", .play = observers_speak_and_are_never_members},
    {29, "twelve laptops: 55 of 197 are 4", "yes >= 55", "yyyynnnnnnnn", .verdict = VERDICT_ADOPTED,
     .words = "55 scaled from 197 seats", .nominal = 197},
    {29, "and three are too few", "yes >= 55", "yyynnnnnnnnn", .verdict = VERDICT_REJECTED,
     .words = "55 scaled from 197 seats", .nominal = 197},
    {29, "a veto is never scaled", "yes >= 55 and no = 0", "yyyyyynaaaaa",
     .verdict = VERDICT_REJECTED, .words = "veto by G", .nominal = 197},
    {29, "nor is a share", "yes >= 55% of members", "yyyyyynnnnnn", .verdict = VERDICT_REJECTED,
     .words = "6 yes, 7 of 12 needed", .nominal = 197},
};

static void every_case_has_its_known_result(void **state)
{
    struct room *room = *state;
    int last = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].play != NULL)
            cases[i].play(room);
        else
            play_row(room, &cases[i]);
        arena_free(&room->arena);
        assert_true(cases[i].number == last || cases[i].number == last + 1);
        last = cases[i].number;
    }
    assert_int_equal(last, 29); /* In order, and none is left out. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {room_test(every_case_has_its_known_result)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
