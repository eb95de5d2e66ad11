/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lobby/lobby.h"

enum { PEOPLE = 4, CONVENER = 0 };
static struct identity *people[PEOPLE];
static struct lobby *lobby;
static struct arena arena;
static int64_t now_ms = 1000;

static int set_up(void **state)
{
    (void)state;
    static const struct lobby_seat seats[] = {{"FRA", "France"}, {"RUS", "Russia"}};
    struct lobby_template from = {.forum = "class",
                                  .title = "A class",
                                  .rules = "rules:\n  simple: yes > no\n",
                                  .listen = "tcp://0.0.0.0:4751",
                                  .seats = seats,
                                  .seats_count = 2};
    arena_init(&arena, 0);
    for (int i = 0; i < PEOPLE; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        assert_int_equal(identity_from_seed(seed, &people[i]), COMITY_OK);
    }
    assert_int_equal(lobby_open(&from, &lobby, NULL), COMITY_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lobby_close(&lobby);
    for (int i = 0; i < PEOPLE; i++)
        identity_close(&people[i]);
    arena_free(&arena);
    return 0;
}

static struct lobby_invitation invite(uint8_t number, const char *seat, int64_t expires_ms)
{
    struct lobby_invitation invitation = {.address = "127.0.0.1:4751",
                                          .id = {number},
                                          .secret = {number, 7},
                                          .forum = "class",
                                          .expires_ms = expires_ms};
    memcpy(invitation.key, identity_key(people[CONVENER]), KEY_SIZE);
    memcpy(invitation.seat, seat, strlen(seat) + 1);
    assert_int_equal(lobby_invite(lobby, &invitation, NULL), COMITY_OK);
    return invitation;
}

/* Person `who` asks, over a link that has proven the transport key of `over`. */
static struct lobby_reply ask_over(int who, int over, const struct lobby_invitation *invitation,
                                   const char *seat)
{
    struct buffer request = {0}, answer = {0};
    uint8_t curve[CURVE_KEY_SIZE];
    struct lobby_reply reply;
    bool changed;
    assert_int_equal(lobby_request(people[who], invitation, seat, ":4750", &request), COMITY_OK);
    assert_int_equal(identity_curve_key(identity_key(people[over]), curve), COMITY_OK);
    assert_true(lobby_answer(lobby, identity_key(people[CONVENER]), buffer_bytes(&request), curve,
                             "192.0.2.7", now_ms, &answer, &changed));
    uint8_t *kept = arena_alloc(&arena, answer.size);
    memcpy(kept, answer.data, answer.size);
    assert_int_equal(lobby_reply_read(bytes_of(kept, answer.size), &arena, &reply, NULL),
                     COMITY_OK);
    buffer_free(&request);
    buffer_free(&answer);
    return reply;
}

static struct lobby_reply ask(int who, const struct lobby_invitation *invitation, const char *seat)
{
    return ask_over(who, who, invitation, seat);
}

static void is_refused(struct lobby_reply reply, const char *why)
{
    assert_int_equal(reply.state, LOBBY_REFUSES);
    if (strstr(reply.line, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", reply.line, why);
}

static void who_is_admitted_gets_the_charter_and_the_others_do_not(void **state)
{
    (void)state;
    struct lobby_invitation open = invite(1, "", 0);
    struct lobby_reply reply = ask(1, &open, "FRA");
    assert_int_equal(reply.state, LOBBY_WAITS);
    assert_string_equal(reply.seat, "FRA");
    assert_string_equal(reply.rules, "rules:\n  simple: yes > no\n");
    assert_int_equal(reply.charter.size, 0);
    assert_int_equal(ask(2, &open, "FRA").state, LOBBY_WAITS); /* Both ask; one will be told no. */
    assert_int_equal(lobby_admit(lobby, identity_key(people[1]), NULL), COMITY_OK);
    assert_int_equal(ask(1, &open, "FRA").state, LOBBY_ADMITS);
    assert_int_equal(lobby_admit(lobby, identity_key(people[2]), NULL), COMITY_CONFLICT);
    assert_int_equal(lobby_refuse(lobby, identity_key(people[2]), "", NULL), COMITY_OK);
    is_refused(ask(2, &open, "FRA"), "the convener said no");
    assert_int_equal(lobby_seal(lobby, bytes_of_text("CHARTER"), "192.0.2.1:4750", NULL),
                     COMITY_OK);
    reply = ask(1, &open, "FRA");
    assert_int_equal(reply.state, LOBBY_SEALS);
    assert_true(bytes_equal(reply.charter, bytes_of_text("CHARTER")));
    assert_int_equal(reply.peers_count, 2);
    assert_string_equal(reply.peers[0].address, "192.0.2.1:4750");
    assert_memory_equal(reply.peers[0].key, identity_key(people[CONVENER]), KEY_SIZE);
    assert_string_equal(reply.peers[1].address, "192.0.2.7:4750"); /* A port, where it came from. */
    is_refused(ask(2, &open, "FRA"), "the convener said no");
    is_refused(ask(3, &open, "RUS"), "the forum has begun");
    assert_int_equal(lobby_admit(lobby, identity_key(people[2]), NULL), COMITY_CLOSED);
}

static void what_is_wrong_with_an_invitation_is_said(void **state)
{
    (void)state;
    struct lobby_invitation single = invite(1, "FRA", 0), late = invite(2, "", 999);
    struct lobby_invitation open = invite(3, "", 0);
    is_refused(ask(1, &single, "RUS"), "for the seat FRA only");
    is_refused(ask(1, &late, "RUS"), "expired");
    is_refused(ask(1, &open, "XYZ"), "there is no seat XYZ");
    struct lobby_invitation forged = open;
    forged.secret[0] ^= 1;
    is_refused(ask(1, &forged, "RUS"), "not known here");
    forged = open;
    forged.id[0] = 9;
    is_refused(ask(1, &forged, "RUS"), "not known here");
    is_refused(ask_over(1, 2, &open, "RUS"), "not signed by the key it came with");
    assert_int_equal(lobby_applicants_count(lobby), 0); /* Nothing of it left a trace. */
    assert_int_equal(ask(1, &single, "").state, LOBBY_WAITS);
    is_refused(ask(2, &single, ""), "used by another key");
    assert_int_equal(ask(1, &single, "").state, LOBBY_WAITS); /* Its own, again. */
    assert_int_equal(lobby_admit(lobby, identity_key(people[1]), NULL), COMITY_OK);
    is_refused(ask(2, &open, "FRA"), "FRA is taken");
    assert_string_equal(ask(2, &open, "").seat, "RUS"); /* The first that is free. */
    is_refused(ask(3, &open, ""), "every seat is taken");
}

static void a_lobby_that_was_kept_goes_on_the_same(void **state)
{
    (void)state;
    struct buffer first = {0}, second = {0};
    struct lobby *again;
    struct lobby_invitation open = invite(1, "", 0), single = invite(2, "RUS", 5000);
    (void)ask(1, &open, "FRA");
    (void)ask(2, &single, "");
    assert_int_equal(lobby_admit(lobby, identity_key(people[1]), NULL), COMITY_OK);
    assert_int_equal(lobby_save(lobby, &first), COMITY_OK);
    assert_int_equal(lobby_load(buffer_bytes(&first), &again, NULL), COMITY_OK);
    lobby_close(&lobby);
    lobby = again;
    assert_int_equal(lobby_save(lobby, &second), COMITY_OK);
    assert_true(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    assert_int_equal(ask(1, &open, "FRA").state, LOBBY_ADMITS);
    is_refused(ask(3, &single, ""), "used by another key");
    for (size_t size = 0; size < first.size; size++)
        if (lobby_load(bytes_of(first.data, size), &again, NULL) == COMITY_OK)
            lobby_close(&again);
    buffer_free(&first);
    buffer_free(&second);
}

static void an_invitation_survives_its_line_and_a_changed_line_is_no_invitation(void **state)
{
    (void)state;
    char line[LOBBY_LINE_MAX + 1], spaced[LOBBY_LINE_MAX + 16];
    struct lobby_invitation invitation = invite(1, "FRA", 1893456000000), back;
    assert_int_equal(lobby_line_write(&invitation, line), COMITY_OK);
    (void)strcpy(spaced, "  ");
    (void)strcat(strcat(spaced, line), "\r\n");
    assert_int_equal(lobby_line_read(spaced, &back, NULL), COMITY_OK);
    assert_memory_equal(back.key, invitation.key, KEY_SIZE);
    assert_memory_equal(back.secret, invitation.secret, LOBBY_SECRET_SIZE);
    assert_string_equal(back.seat, "FRA");
    assert_string_equal(back.address, "127.0.0.1:4751");
    assert_true(back.expires_ms == invitation.expires_ms);
    assert_int_equal(lobby_line_read("comity2:AAAA", &back, NULL), COMITY_INVALID);
    for (size_t cut = 0; cut < strlen(line); cut++) {
        char part[LOBBY_LINE_MAX + 1];
        memcpy(part, line, cut);
        part[cut] = '\0';
        assert_int_not_equal(lobby_line_read(part, &back, NULL), COMITY_OK);
    }
}

static void bytes_of_a_stranger_are_answered_only_if_they_are_a_request(void **state)
{
    (void)state;
    struct lobby_invitation open = invite(1, "", 0);
    struct buffer request = {0}, answer = {0};
    uint8_t curve[CURVE_KEY_SIZE];
    bool changed;
    assert_int_equal(lobby_request(people[1], &open, "FRA", "", &request), COMITY_OK);
    assert_int_equal(identity_curve_key(identity_key(people[1]), curve), COMITY_OK);
    for (size_t bit = 0; bit < 8 * request.size; bit++) {
        request.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        buffer_clear(&answer);
        (void)lobby_answer(lobby, identity_key(people[CONVENER]), buffer_bytes(&request), curve,
                           "::1", now_ms, &answer, &changed);
        assert_int_equal(lobby_applicants_count(lobby), 0); /* None of them asks for a seat. */
        request.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_false(lobby_answer(lobby, identity_key(people[CONVENER]), bytes_of_text("hello"), curve,
                              "", now_ms, &answer, &changed));
    buffer_free(&request);
    buffer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_is_admitted_gets_the_charter_and_the_others_do_not,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_an_invitation_is_said, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_lobby_that_was_kept_goes_on_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            an_invitation_survives_its_line_and_a_changed_line_is_no_invitation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_of_a_stranger_are_answered_only_if_they_are_a_request,
                                        set_up, tear_down),
    };
    return identity_setup() == COMITY_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
