/* SPDX-License-Identifier: Apache-2.0 */
/* The Paris Agreement from its dated events, through acts in a record: at least 55 parties that
 * account for at least 55 % of emissions, thirty days, three years' lock, a year's notice. */
#include "said.h"

/* Party, day of its (first) deposit, Gg of CO2 equivalent (FCCC/CP/2015/10). EUU is the European
 * Union, whose instrument adds nothing to its members'. */
static const struct {
    const char *code;
    const char *deposit; /* "": none by 2023. */
    uint64_t emissions;
} parties[] = {
    {"AFG", "2017-02-15", 19328},
    {"AGO", "2020-11-16", 61611},
    {"ALB", "2016-09-21", 6717},
    {"AND", "2017-03-24", 522},
    {"ARE", "2016-09-21", 195308},
    {"ARG", "2016-09-21", 332499},
    {"ARM", "2017-03-23", 7464},
    {"ATG", "2016-09-21", 598},
    {"AUS", "2016-11-09", 541924},
    {"AUT", "2016-10-05", 79599},
    {"AZE", "2017-01-09", 48209},
    {"BDI", "2018-01-17", 26474},
    {"BEL", "2017-04-06", 119424},
    {"BEN", "2016-10-31", 6251},
    {"BFA", "2016-11-11", 21593},
    {"BGD", "2016-09-21", 99442},
    {"BGR", "2016-11-29", 55893},
    {"BHR", "2016-12-23", 22373},
    {"BHS", "2016-08-22", 688},
    {"BIH", "2017-03-16", 31095},
    {"BLR", "2016-09-21", 89283},
    {"BLZ", "2016-04-22", 1133},
    {"BOL", "2016-10-05", 43665},
    {"BRA", "2016-09-21", 923544},
    {"BRB", "2016-04-22", 4056},
    {"BRN", "2016-09-21", 0},
    {"BTN", "2017-09-19", 1556},
    {"BWA", "2016-11-11", 6140},
    {"CAF", "2016-10-11", 5225},
    {"CAN", "2016-10-05", 726051},
    {"CHE", "2017-10-06", 52561},
    {"CHL", "2017-02-10", 91576},
    {"CHN", "2016-09-03", 7465862},
    {"CIV", "2016-10-25", 271198},
    {"CMR", "2016-07-29", 165725},
    {"COD", "2017-12-13", 22434},
    {"COG", "2017-04-21", 2065},
    {"COK", "2016-09-01", 70},
    {"COL", "2018-07-12", 153885},
    {"COM", "2016-11-23", 551},
    {"CPV", "2017-09-21", 448},
    {"CRI", "2016-10-13", 12384},
    {"CUB", "2016-12-28", 36340},
    {"CYP", "2017-01-04", 8319},
    {"CZE", "2017-10-05", 127144},
    {"DEU", "2016-10-05", 950673},
    {"DJI", "2016-11-11", 1072},
    {"DMA", "2016-09-21", 182},
    {"DNK", "2016-11-01", 56001},
    {"DOM", "2017-09-21", 26433},
    {"DZA", "2016-10-20", 111023},
    {"ECU", "2017-09-20", 247990},
    {"EGY", "2017-06-29", 193238},
    {"ERI", "2023-02-07", 3934},
    {"ESP", "2017-01-12", 322003},
    {"EST", "2016-11-04", 21741},
    {"ETH", "2017-03-09", 47745},
    {"EUU", "2016-10-05", 4488404},
    {"FIN", "2016-11-14", 62989},
    {"FJI", "2016-04-22", 2710},
    {"FRA", "2016-10-05", 496761},
    {"FSM", "2016-09-15", 174},
    {"GAB", "2016-11-02", 6160},
    {"GBR", "2016-11-18", 575696},
    {"GEO", "2017-05-08", 12219},
    {"GHA", "2016-09-21", 33660},
    {"GIN", "2016-09-21", 5058},
    {"GMB", "2016-11-07", 19383},
    {"GNB", "2018-10-22", 6078},
    {"GNQ", "2018-10-30", 0},
    {"GRC", "2016-10-14", 105111},
    {"GRD", "2016-04-22", 1607},
    {"GTM", "2017-01-25", 14742},
    {"GUY", "2016-05-20", 3072},
    {"HND", "2016-09-21", 10298},
    {"HRV", "2017-05-24", 24493},
    {"HTI", "2017-07-31", 6683},
    {"HUN", "2016-10-05", 57428},
    {"IDN", "2016-10-31", 554334},
    {"IND", "2016-10-02", 1523767},
    {"IRL", "2016-11-04", 58755},
    {"IRN", "", 483669},
    {"IRQ", "2021-11-01", 72658},
    {"ISL", "2016-09-21", 4731},
    {"ISR", "2016-11-22", 75416},
    {"ITA", "2016-11-11", 437268},
    {"JAM", "2017-04-10", 14314},
    {"JOR", "2016-11-04", 27752},
    {"JPN", "2016-11-08", 1407800},
    {"KAZ", "2016-12-06", 313442},
    {"KEN", "2016-12-28", 21466},
    {"KGZ", "2020-02-18", 12017},
    {"KHM", "2017-02-06", 12763},
    {"KIR", "2016-09-21", 170},
    {"KNA", "2016-04-22", 164},
    {"KOR", "2016-11-03", 688300},
    {"KWT", "2018-04-23", 32373},
    {"LAO", "2016-09-07", 8898},
    {"LBN", "2020-02-05", 24653},
    {"LBR", "2018-08-27", 8022},
    {"LBY", "", 0},
    {"LCA", "2016-04-22", 551},
    {"LIE", "2017-09-20", 225},
    {"LKA", "2016-09-21", 18797},
    {"LSO", "2017-01-20", 3513},
    {"LTU", "2017-02-02", 19946},
    {"LUX", "2016-11-04", 11142},
    {"LVA", "2017-03-16", 10914},
    {"MAR", "2016-09-21", 59700},
    {"MCO", "2016-10-24", 93},
    {"MDA", "2017-06-20", 13276},
    {"MDG", "2016-09-21", 29344},
    {"MDV", "2016-04-22", 153},
    {"MEX", "2016-09-21", 632880},
    {"MHL", "2016-04-22", 170},
    {"MKD", "2018-01-09", 12265},
    {"MLI", "2016-09-23", 11742},
    {"MLT", "2016-10-05", 2788},
    {"MMR", "2017-09-19", 38375},
    {"MNE", "2017-12-20", 3865},
    {"MNG", "2016-09-21", 17711},
    {"MOZ", "2018-06-04", 8224},
    {"MRT", "2017-02-27", 6863},
    {"MUS", "2016-04-22", 4758},
    {"MWI", "2017-06-29", 24959},
    {"MYS", "2016-11-16", 193397},
    {"NAM", "2016-09-21", 5180},
    {"NER", "2016-09-21", 13627},
    {"NGA", "2017-05-16", 212444},
    {"NIC", "2017-10-23", 11981},
    {"NIU", "2016-10-28", 4422},
    {"NLD", "2017-07-28", 195807},
    {"NOR", "2016-06-20", 53716},
    {"NPL", "2016-10-05", 24541},
    {"NRU", "2016-04-22", 19},
    {"NZL", "2016-10-04", 80962},
    {"OMN", "2019-05-22", 20879},
    {"PAK", "2016-11-10", 160589},
    {"PAN", "2016-09-21", 9708},
    {"PER", "2016-07-25", 80591},
    {"PHL", "2017-03-23", 126879},
    {"PLW", "2016-04-22", 93},
    {"PNG", "2016-09-21", 5012},
    {"POL", "2016-10-07", 394892},
    {"PRK", "2016-08-01", 87330},
    {"PRT", "2016-10-05", 65071},
    {"PRY", "2016-10-14", 23430},
    {"PSE", "2016-04-22", 0},
    {"QAT", "2017-06-23", 61593},
    {"ROU", "2017-06-01", 110928},
    {"RUS", "2019-10-07", 2799434},
    {"RWA", "2016-10-06", 6180},
    {"SAU", "2016-11-03", 296060},
    {"SDN", "2017-08-02", 67840},
    {"SEN", "2016-09-21", 16882},
    {"SGP", "2016-09-21", 46832},
    {"SLB", "2016-09-21", 294},
    {"SLE", "2016-11-01", 365107},
    {"SLV", "2017-03-27", 11069},
    {"SMR", "2018-09-26", 267},
    {"SOM", "2016-04-22", 0},
    {"SRB", "2017-07-25", 66342},
    {"SSD", "2021-02-23", 0},
    {"STP", "2016-11-02", 99},
    {"SUR", "2019-02-13", 3330},
    {"SVK", "2016-10-05", 43679},
    {"SVN", "2016-12-16", 18166},
    {"SWE", "2016-10-13", 55774},
    {"SWZ", "2016-09-21", 18658},
    {"SYC", "2016-04-29", 330},
    {"SYR", "2017-11-13", 79070},
    {"TCD", "2017-01-12", 23427},
    {"TGO", "2017-06-28", 6248},
    {"THA", "2016-09-21", 236947},
    {"TJK", "2017-03-22", 8184},
    {"TKM", "2016-10-20", 75409},
    {"TLS", "2017-08-16", 1277},
    {"TON", "2016-09-21", 245},
    {"TTO", "2018-02-22", 16006},
    {"TUN", "2017-02-10", 39342},
    {"TUR", "2021-10-11", 459102},
    {"TUV", "2016-04-22", 6},
    {"TZA", "2018-05-18", 40506},
    {"UGA", "2016-09-21", 27560},
    {"UKR", "2016-09-19", 385933},
    {"URY", "2016-10-19", 18237},
    {"USA", "2016-09-03", 6649700},
    {"UZB", "2018-11-09", 199837},
    {"VAT", "2022-09-04", 0},
    {"VCT", "2016-06-29", 410},
    {"VEN", "2017-07-21", 192192},
    {"VNM", "2016-11-03", 266049},
    {"VUT", "2016-09-21", 299},
    {"WSM", "2016-04-22", 352},
    {"YEM", "", 25742},
    {"ZAF", "2016-11-01", 544314},
    {"ZMB", "2016-12-09", 14405},
    {"ZWE", "2017-08-07", 68541},
};
enum { PARTIES_COUNT = sizeof parties / sizeof *parties, CHAIR = PARTIES_COUNT };

struct paris {
    struct room room;
    uint64_t emissions[PARTIES_COUNT + 1];
};

static uint32_t seat_of(const char *code)
{
    for (uint32_t i = 0; i < PARTIES_COUNT; i++) {
        if (strcmp(parties[i].code, code) == 0)
            return i;
    }
    fail_msg("no party %s", code);
    return 0;
}

static int paris_setup(void **state)
{
    struct paris *paris = calloc(1, sizeof *paris);
    *state = paris;
    struct room *room = &paris->room;
    room_plan(room, PARTIES_COUNT + 1, "yes >= 1");
    for (uint32_t i = 0; i < PARTIES_COUNT; i++) {
        snprintf(room->names[i], sizeof room->names[i], "%s", parties[i].code);
        paris->emissions[i] = parties[i].emissions;
    }
    room->seats[CHAIR].role = SEAT_CHAIR;
    room->groups[0].name = "eu-members";
    room->groups[0].seats[0] = 1;
    room->charter.groups_count = 1;
    room->seats[seat_of("EUU")].represents = 0;
    room->weights[0] = (struct charter_weight){.name = "ghg", .values = paris->emissions};
    room->charter.weights_count = 1;
    struct charter_rule *rule = &room->rules[0];
    rule->closes = CLOSES_PRESIDING;
    rule->has_in_force = true;
    rule->in_force.sentence = "yes >= 55 and yes by ghg >= 55% of members";
    rule->in_force.delay.days = 30;
    rule->in_force.late.days = 30;
    rule->has_exit = true;
    rule->exit.lock_months = 36;
    rule->exit.notice_months = 12;
    room->charter.clock = CLOCK_PRESIDED;
    room->charter.clock_starts_ms = day("2015-12-12");
    room_open(room, PARTIES_COUNT + 1);
    room_put(room, 0, true);
    room_ballot(room, 0, 1, ANSWER_YES);
    room_rule(room, CHAIR, RULING_CLOSE)->as.procedure.proposal =
        forum_proposal(room->forum, 1)->id;
    room_block(room);
    assert_int_equal(forum_proposal(room->forum, 1)->agreement, 1);
    return 0;
}

static int paris_teardown(void **state)
{
    arena_free(&((struct paris *)*state)->room.arena);
    free(*state);
    return 0;
}

static void advance(struct room *room, const char *date)
{
    room_rule(room, CHAIR, RULING_ADVANCE)->as.procedure.time_ms = day(date);
    room_block(room);
    room_assert_accepted(room);
}

/* Every deposit up to and on this day, in order of dates; of one seat's, none. */
static void deposit_without(struct room *room, const char *last, uint32_t missing)
{
    if (forum_now(room->forum) > day("2015-12-12")) { /* That day's are in already. */
        room_rule(room, CHAIR, RULING_ADVANCE)->as.procedure.time_ms = forum_now(room->forum) + DAY;
        room_block(room);
    }
    for (;;) {
        for (uint32_t i = 0; i < PARTIES_COUNT; i++) {
            if (i != missing && parties[i].deposit[0] != '\0' &&
                day(parties[i].deposit) == forum_now(room->forum))
                room_consent(room, i, 1);
        }
        room_block(room);
        room_assert_accepted(room);
        if (forum_now(room->forum) == day(last))
            return;
        room_rule(room, CHAIR, RULING_ADVANCE)->as.procedure.time_ms = forum_now(room->forum) + DAY;
        room_block(room);
    }
}

static void deposit_until(struct room *room, const char *last)
{
    deposit_without(room, last, PARTIES_COUNT);
}

static void sixty_parties_without_the_emissions_are_not_enough(void **state)
{
    struct room *room = *state;
    deposit_until(room, "2016-09-21");
    const struct forum_agreement *agreement = forum_agreement(room->forum, 1);
    uint32_t consents = 0;
    for (uint32_t i = 0; i < PARTIES_COUNT; i++)
        consents += agreement->parties[i].status == PARTY_CONSENTED ? 1 : 0;
    assert_int_equal(consents, 60);
    assert_int_equal(agreement->status, AGREEMENT_PENDING);
    assert_true(agreement->threshold_ms == INT64_MAX);
    assert_int_equal(agreement->parties_count, 0);
}

static void both_thresholds_are_met_on_the_fifth_of_october(void **state)
{
    struct room *room = *state;
    deposit_until(room, "2016-10-04");
    const struct forum_agreement *agreement = forum_agreement(room->forum, 1);
    assert_true(agreement->threshold_ms == INT64_MAX);
    deposit_until(room, "2016-10-05");
    assert_true(agreement->threshold_ms == day("2016-10-05"));
    assert_true(agreement->in_force_ms == day("2016-11-04"));
    assert_int_equal(room_told(room, OUTCOME_THRESHOLD), 1);
    deposit_until(room, "2016-11-03");
    assert_int_equal(agreement->status, AGREEMENT_PENDING);
    assert_int_equal(agreement->parties_count, 0);
    deposit_until(room, "2016-11-04");
    assert_int_equal(agreement->status, AGREEMENT_IN_FORCE);
    /* A party from that day: who had deposited by the fifth of October, the Union not counted. */
    assert_int_equal(agreement->parties_count, 73);
}

/* A status table of 2023 shows only the second American acceptance, of 2021. */
static void a_status_table_of_later_years_tells_another_day_7(void **state)
{
    struct room *room = *state;
    const struct forum_agreement *agreement = forum_agreement(room->forum, 1);
    deposit_without(room, "2016-11-07", seat_of("USA"));
    assert_true(agreement->threshold_ms == INT64_MAX);
    deposit_without(room, "2016-11-08", seat_of("USA"));
    assert_true(agreement->threshold_ms == day("2016-11-08"));
}

static void every_party_has_its_own_day(void **state)
{
    struct room *room = *state;
    deposit_until(room, "2023-03-31");
    const struct forum_agreement *agreement = forum_agreement(room->forum, 1);
    for (uint32_t i = 0; i < PARTIES_COUNT; i++) {
        const struct forum_party *party = &agreement->parties[i];
        if (parties[i].deposit[0] == '\0') {
            assert_int_equal(party->status, PARTY_NONE);
            continue;
        }
        int64_t own = day(parties[i].deposit) + 30 * DAY;
        int64_t expected = own > day("2016-11-04") ? own : day("2016-11-04");
        assert_true(party->since_ms == expected);
        assert_int_equal(party->status, PARTY_BOUND);
    }
    assert_true(agreement->parties[seat_of("RWA")].since_ms == day("2016-11-05"));
    assert_int_equal(agreement->parties_count, 194); /* And the Union. */
    assert_int_equal(agreement->parties[seat_of("EUU")].status, PARTY_BOUND);
}

static void the_united_states_leave_come_back_and_leave(void **state)
{
    struct room *room = *state;
    uint32_t usa = seat_of("USA");
    deposit_until(room, "2016-11-04");
    const struct forum_agreement *agreement = forum_agreement(room->forum, 1);
    const struct forum_party *party = &agreement->parties[usa];
    assert_int_equal(party->status, PARTY_BOUND);
    assert_true(party->since_ms == day("2016-11-04"));
    advance(room, "2019-11-04");
    room_withdraw(room, usa, 1, false);
    room_block(room);
    room_assert_accepted(room);
    assert_int_equal(party->status, PARTY_LEAVING);
    assert_true(party->until_ms == day("2020-11-04"));
    assert_int_equal(party->defection, DEFECTION_NONE); /* The day the lock opens. */
    advance(room, "2020-11-03");
    assert_int_equal(party->status, PARTY_LEAVING);
    advance(room, "2020-11-04");
    assert_int_equal(party->status, PARTY_LEFT);
    assert_int_equal(agreement->status, AGREEMENT_IN_FORCE);
    advance(room, "2021-01-20");
    room_consent(room, usa, 1);
    room_block(room);
    room_assert_accepted(room);
    assert_true(party->since_ms == day("2021-02-19"));
    advance(room, "2021-02-18");
    assert_int_equal(party->status, PARTY_CONSENTED);
    advance(room, "2021-02-19");
    assert_int_equal(party->status, PARTY_BOUND);
    advance(room, "2025-01-27");
    room_withdraw(room, usa, 1, false);
    room_block(room);
    assert_true(party->until_ms == day("2026-01-27"));
    advance(room, "2026-01-27");
    assert_int_equal(party->status, PARTY_LEFT);
    assert_int_equal(forum_seat_conduct(room->forum, usa).exit, 2);
    assert_int_equal(forum_seat_conduct(room->forum, usa).joined, 2);
    assert_int_equal(forum_seat_conduct(room->forum, usa).defection, 0);
    struct forum_lists lists;
    forum_proposal_lists(room->forum, forum_proposal(room->forum, 1), &lists);
    assert_true(listed(lists.stayed_out, usa));
    assert_true(listed(lists.formed, seat_of("FRA")));
}

static void the_union_adds_no_party_and_no_emissions(void **state)
{
    struct room *room = *state;
    /* Without Canada, Nepal and the European members that came on the fifth of October, the share
     * is 52.13 %; the Union's 12 % would lift it over the line. */
    deposit_until(room, "2016-10-04");
    room_consent(room, seat_of("EUU"), 1);
    room_block(room);
    room_assert_accepted(room);
    const struct forum_agreement *agreement = forum_agreement(room->forum, 1);
    assert_true(agreement->threshold_ms == INT64_MAX);
    assert_int_equal(agreement->parties[seat_of("EUU")].status, PARTY_CONSENTED);
}

#define paris_test(name) cmocka_unit_test_setup_teardown(name, paris_setup, paris_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        paris_test(sixty_parties_without_the_emissions_are_not_enough),
        paris_test(both_thresholds_are_met_on_the_fifth_of_october),
        paris_test(a_status_table_of_later_years_tells_another_day_7),
        paris_test(every_party_has_its_own_day),
        paris_test(the_united_states_leave_come_back_and_leave),
        paris_test(the_union_adds_no_party_and_no_emissions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
