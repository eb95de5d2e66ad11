/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fuzz/seeds.h"
#include "lobby/lobby.h"

enum { LINE, REQUEST, ANSWER, KEPT };

/* As lobby_fuzz.c sets up its desk: the newcomer there has the convener's own key. */
static void answer_and_keep(const struct lobby_invitation *open, const struct identity *convener)
{
    static const struct lobby_seat seats[] = {{"FRA", "France"}, {"RUS", "Russia"}};
    const struct lobby_template from = {.forum = "class",
                                        .title = "A class",
                                        .rules = "rules: {}\n",
                                        .listen = "tcp://0.0.0.0:4751",
                                        .seats = seats,
                                        .seats_count = 2};
    struct lobby *lobby;
    struct buffer request = {0}, answer = {0}, kept = {0};
    uint8_t curve[CURVE_KEY_SIZE];
    bool changed;
    claim(lobby_open(&from, &lobby, NULL) == COMITY_OK);
    claim(lobby_invite(lobby, open, NULL) == COMITY_OK);
    claim(lobby_request(convener, open, "FRA", ":4750", &request) == COMITY_OK);
    seed_write("lobby", "request", REQUEST, buffer_bytes(&request));
    claim(identity_curve_key(identity_key(convener), curve) == COMITY_OK);
    claim(lobby_answer(lobby, identity_key(convener), buffer_bytes(&request), curve, "192.0.2.7", 1,
                       &answer, &changed));
    seed_write("lobby", "answer-waiting", ANSWER, buffer_bytes(&answer));
    claim(lobby_admit(lobby, identity_key(convener), NULL) == COMITY_OK);
    claim(lobby_seal(lobby, bytes_of_text("a charter"), "192.0.2.1:4750", NULL) == COMITY_OK);
    buffer_clear(&answer);
    claim(lobby_answer(lobby, identity_key(convener), buffer_bytes(&request), curve, "192.0.2.7", 1,
                       &answer, &changed));
    seed_write("lobby", "answer-sealed", ANSWER, buffer_bytes(&answer));
    claim(lobby_save(lobby, &kept) == COMITY_OK);
    seed_write("lobby", "kept", KEPT, buffer_bytes(&kept));
    lobby_close(&lobby);
    buffer_free(&request);
    buffer_free(&answer);
    buffer_free(&kept);
}

void seeds_lobby(void)
{
    struct lobby_invitation open = {.address = "127.0.0.1:4751", .forum = "class", .id = {1}};
    struct identity *convener;
    char line[LOBBY_LINE_MAX + 1];
    uint8_t seed[32] = {1};
    claim(identity_setup() == COMITY_OK && identity_from_seed(seed, &convener) == COMITY_OK);
    memcpy(open.key, identity_key(convener), KEY_SIZE);
    claim(lobby_line_write(&open, line) == COMITY_OK);
    seed_text("lobby", "line", LINE, line);
    answer_and_keep(&open, convener);
    identity_close(&convener);
}
