/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a lobby: an invitation's line, a newcomer's request, the desk's answer, a lobby
 * that was kept. The first byte says which. Nothing a stranger sends gives it a seat; what reads
 * back writes the same. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "lobby/lobby.h"

static struct identity *convener;
static struct lobby *lobby;

static void set_up(void)
{
    static const struct lobby_seat seats[] = {{"FRA", "France"}, {"RUS", "Russia"}};
    const struct lobby_template from = {.forum = "class",
                                        .title = "A class",
                                        .rules = "rules: {}\n",
                                        .listen = "tcp://0.0.0.0:4751",
                                        .seats = seats,
                                        .seats_count = 2};
    struct lobby_invitation open = {.address = "127.0.0.1:4751", .forum = "class", .id = {1}};
    uint8_t seed[32] = {1};
    claim(identity_setup() == COMITY_OK && identity_from_seed(seed, &convener) == COMITY_OK);
    claim(lobby_open(&from, &lobby, NULL) == COMITY_OK);
    memcpy(open.key, identity_key(convener), KEY_SIZE);
    claim(lobby_invite(lobby, &open, NULL) == COMITY_OK);
}

static void try_line(const uint8_t *data, size_t size)
{
    char text[LOBBY_LINE_MAX + 8], again[LOBBY_LINE_MAX + 1];
    struct lobby_invitation invitation;
    struct fault fault = {{0}};
    size_t used = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, used);
    text[used] = '\0';
    if (lobby_line_read(text, &invitation, &fault) != COMITY_OK) {
        claim(fault.text[0] != '\0');
        return;
    }
    claim(lobby_line_write(&invitation, again) == COMITY_OK);
    claim(strstr(text, again) != NULL);
}

/* The link proved this key; the signature of a real request over it is in the corpus. */
static void try_request(const uint8_t *data, size_t size)
{
    uint8_t curve[CURVE_KEY_SIZE];
    struct buffer answer = {0};
    bool changed;
    uint32_t before = lobby_applicants_count(lobby);
    claim(identity_curve_key(identity_key(convener), curve) == COMITY_OK);
    bool answers = lobby_answer(lobby, identity_key(convener), bytes_of(data, size), curve, "::1",
                                1, &answer, &changed);
    claim(answers == (answer.size > 0));
    claim(lobby_applicants_count(lobby) == before + (changed ? 1 : 0) && before < 2);
    buffer_free(&answer);
    if (changed) { /* Somebody holds the secret: begin anew. */
        lobby_close(&lobby);
        identity_close(&convener);
        set_up();
    }
}

static void try_answer(const uint8_t *data, size_t size)
{
    struct lobby_reply reply;
    struct arena arena;
    arena_init(&arena, 4 << 20);
    if (lobby_reply_read(bytes_of(data, size), &arena, &reply, NULL) == COMITY_OK)
        claim(reply.state >= LOBBY_WAITS && reply.state <= LOBBY_SEALS);
    arena_free(&arena);
}

static void try_kept(const uint8_t *data, size_t size)
{
    struct lobby *kept;
    struct buffer again = {0};
    if (lobby_load(bytes_of(data, size), &kept, NULL) != COMITY_OK)
        return;
    claim(lobby_save(kept, &again) == COMITY_OK);
    claim(bytes_equal(buffer_bytes(&again), bytes_of(data, size)));
    buffer_free(&again);
    lobby_close(&kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (lobby == NULL)
        set_up();
    if (size == 0)
        return 0;
    switch (data[0] % 4) {
    case 0:
        try_line(data + 1, size - 1);
        break;
    case 1:
        try_request(data + 1, size - 1);
        break;
    case 2:
        try_answer(data + 1, size - 1);
        break;
    default:
        try_kept(data + 1, size - 1);
        break;
    }
    return 0;
}
