/* SPDX-License-Identifier: Apache-2.0 */
/* seeds_client.c - requests as clients pack them, answers as a daemon does, lines of bots. */
#include <string.h>

#include "bot_line.h"
#include "codec/strict.h"
#include "fuzz/seeds.h"

/* One line for each request and each act; the encoded request is a seed of its own. */
static const char *const lines[] = {
    "{\"get_status\": {}}",
    "{\"id\": 7, \"get_docket\": {}, \"forum\": \"garden\"}",
    "{\"get_proposal\": {\"proposal\": \"P3\"}}",
    "{\"get_agreement\": {\"agreement\": \"A1\"}}",
    "{\"get_record\": {\"from_height\": 4, \"max_blocks\": 9, \"raw\": true}}",
    "{\"get_events\": {\"height\": 4, \"index\": 2, \"max\": 9, \"wait_ms\": 100}}",
    "{\"get_instrument\": {\"subject\": \"A1\"}}",
    "{\"get_charter\": {}}",
    "{\"add_forum\": {\"charter\": \"00ff\", \"convene\": true}}",
    "{\"id\": \"x\", \"ballot\": {\"proposal\": \"P3\", \"answer\": \"yes\"}}",
    "{\"submit\": {\"ballot\": {\"proposal\": \"P3\", \"answer\": \"object\", \"if_text\": "
    "\"00\"}, "
    "\"text\": \"Why.\", \"key\": \"0011\", \"wait_ms\": 5000}}",
    "{\"propose\": {\"title\": \"A well\", \"rule\": \"most\", \"topic\": \"water\", "
    "\"binding\": true, \"closes_at\": \"2030-01-01T12:30:00Z\", "
    "\"terms\": [{\"issue\": \"tariff\", \"kind\": \"integer\", \"number\": -5, "
    "\"unit\": \"USD\"}], "
    "\"pledges\": [{\"seat\": 1, \"issue\": \"CO2\", \"quantity\": -40}], "
    "\"must_abstain\": [\"FRA\"]}, \"text\": \"1. One.\"}",
    "{\"amend\": {\"proposal\": \"P1\", \"operation\": \"move\", \"clause\": 1, \"to\": 2}}",
    "{\"ratify\": {\"agreement\": \"A1\", \"home\": \"yes\"}}",
    "{\"withdraw\": {\"agreement\": \"A1\", \"taken_back\": true}}",
    "{\"act_alone\": {\"title\": \"Alone\", \"topic\": \"water\", \"relies_on\": [\"A1\"]}}",
    "{\"procedure\": {\"ruling\": \"roll-call\", \"present\": [\"FRA\", \"DEU\"]}}",
    "{\"note\": {\"target\": \"P1\"}, \"text\": \"A note.\"}",
};

static void write_requests(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char name[32];
        struct arena arena;
        struct buffer packed = {0};
        struct fault fault = {{0}};
        json_t *id = NULL;
        Comity__V1__Request *request = NULL;
        (void)snprintf(name, sizeof name, "%02zu", i);
        seed_text("bot", name, -1, lines[i]);
        arena_init(&arena, 0);
        if (bot_line_read(lines[i], strlen(lines[i]), &arena, &id, &request, &fault) != COMITY_OK) {
            fprintf(stderr, "%s: %s\n", lines[i], fault.text);
            exit(1);
        }
        request->id = i + 1;
        claim(strict_pack(&request->base, &packed) == COMITY_OK);
        seed_write("request", name, -1, buffer_bytes(&packed));
        buffer_free(&packed);
        json_decref(id);
        arena_free(&arena);
    }
}

static char *text(const char *words)
{
    return (char *)(uintptr_t)words;
}

static void write_answer(const char *name, Comity__V1__Response *response)
{
    struct buffer packed = {0};
    response->id = 9;
    claim(strict_pack(&response->base, &packed) == COMITY_OK);
    seed_write("answer", name, -1, buffer_bytes(&packed));
    buffer_free(&packed);
}

static void write_status(void)
{
    static uint8_t key[32] = {1, 2, 3};
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__DaemonStatus status = COMITY__V1__DAEMON_STATUS__INIT;
    Comity__V1__ForumStatus forum = COMITY__V1__FORUM_STATUS__INIT;
    Comity__V1__SeatStatus seat = COMITY__V1__SEAT_STATUS__INIT;
    Comity__V1__LinkStatus link = COMITY__V1__LINK_STATUS__INIT;
    Comity__V1__ForumStatus *forums[] = {&forum};
    Comity__V1__SeatStatus *seats[] = {&seat};
    Comity__V1__LinkStatus *links[] = {&link};
    seat.name = seat.title = text("FRA");
    seat.joined = seat.up = true;
    seat.seq = 5;
    link.address = text("127.0.0.1:4751");
    link.heard_ms_ago = -1;
    link.sent_bytes = UINT64_MAX;
    forum.name = text("garden");
    forum.id = (ProtobufCBinaryData){sizeof key, key};
    forum.height = 7;
    forum.forum_ms = forum.block_ms = 1893456000123;
    forum.n_seats = 1;
    forum.seats = seats;
    status.version = text("0.1.0");
    status.key = (ProtobufCBinaryData){sizeof key, key};
    status.n_forums = 1;
    status.forums = forums;
    status.n_links = 1;
    status.links = links;
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_STATUS;
    response.status = &status;
    write_answer("status", &response);
}

static void write_docket(void)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Docket docket = COMITY__V1__DOCKET__INIT;
    Comity__V1__ProposalInfo proposal = COMITY__V1__PROPOSAL_INFO__INIT;
    Comity__V1__SeatAnswer ballot = COMITY__V1__SEAT_ANSWER__INIT;
    Comity__V1__ProposalInfo *proposals[] = {&proposal};
    Comity__V1__SeatAnswer *ballots[] = {&ballot};
    char *todo[] = {text("answer P1"), text("")};
    ballot.seat = text("FRA");
    ballot.answer = text("yes");
    proposal.number = 1;
    proposal.title = text("A well \xc3\xa0 trois");
    proposal.closes_ms = -5;
    proposal.n_ballots = 1;
    proposal.ballots = ballots;
    docket.n_proposals = 1;
    docket.proposals = proposals;
    docket.n_todo = 2;
    docket.todo = todo;
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_DOCKET;
    response.docket = &docket;
    write_answer("docket", &response);
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_PROPOSAL;
    response.proposal = &proposal;
    write_answer("proposal", &response);
}

static void write_rest(void)
{
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    Comity__V1__Failure failure = COMITY__V1__FAILURE__INIT;
    Comity__V1__Events events = COMITY__V1__EVENTS__INIT;
    Comity__V1__Event event = COMITY__V1__EVENT__INIT;
    Comity__V1__Event *list[] = {&event};
    Comity__V1__Submitted submitted = COMITY__V1__SUBMITTED__INIT;
    write_answer("nothing", &response);
    failure.code = text("COMITY_CLOSED");
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_FAILURE;
    response.failure = &failure;
    write_answer("failure", &response);
    event.height = 3;
    event.kind = text("ballot");
    event.line = text("yes to P1");
    events.n_events = 1;
    events.events = list;
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_EVENTS;
    response.events = &events;
    write_answer("events", &response);
    submitted.seq = 4;
    submitted.final = submitted.accepted = true;
    response.response_case = COMITY__V1__RESPONSE__RESPONSE_SUBMITTED;
    response.submitted = &submitted;
    write_answer("submitted", &response);
}

void seeds_client(void)
{
    write_requests();
    write_status();
    write_docket();
    write_rest();
}
