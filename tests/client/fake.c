/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"

#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "commands.h"

struct fake {
    char directory[32];
    char path[64];
    fake_answer *answer;
    void *context;
    void *zmq;
    void *router;
    void *stop[2]; /* A pair: a word on it ends the thread. */
    pthread_t thread;
    atomic_uint requests;
};

static void send_part(void *socket, const void *data, size_t size, int flags)
{
    if (zmq_send(socket, data, size, flags) < 0)
        (void)fprintf(stderr, "fake: %s\n", zmq_strerror(zmq_errno()));
}

static void answer_one(struct fake *self, zmq_msg_t *from, zmq_msg_t *body)
{
    Comity__V1__Request *request =
        comity__v1__request__unpack(NULL, zmq_msg_size(body), zmq_msg_data(body));
    Comity__V1__Response response = COMITY__V1__RESPONSE__INIT;
    struct bytes raw = {NULL, 0};
    if (request == NULL)
        abort();
    response.id = request->id;
    enum fake_act act =
        self->answer(self->context, atomic_fetch_add(&self->requests, 1), request, &response, &raw);
    comity__v1__request__free_unpacked(request, NULL);
    if (act == FAKE_STAY_SILENT)
        return;
    send_part(self->router, zmq_msg_data(from), zmq_msg_size(from), ZMQ_SNDMORE);
    if (act == FAKE_SEND_RAW) {
        send_part(self->router, raw.data, raw.size, 0);
        return;
    }
    size_t size = comity__v1__response__get_packed_size(&response);
    uint8_t *data = malloc(size + 1);
    if (data == NULL)
        abort();
    (void)comity__v1__response__pack(&response, data);
    send_part(self->router, data, size, act == FAKE_SEND_TWO_FRAMES ? ZMQ_SNDMORE : 0);
    if (act == FAKE_SEND_TWO_FRAMES)
        send_part(self->router, "more", 4, 0);
    free(data);
}

static void *serve(void *context)
{
    struct fake *self = context;
    for (;;) {
        zmq_pollitem_t items[2] = {{.socket = self->router, .events = ZMQ_POLLIN},
                                   {.socket = self->stop[1], .events = ZMQ_POLLIN}};
        if (zmq_poll(items, 2, -1) < 0 || items[1].revents != 0)
            return NULL;
        zmq_msg_t from, body;
        (void)zmq_msg_init(&from);
        (void)zmq_msg_init(&body);
        if (zmq_msg_recv(&from, self->router, 0) >= 0 && zmq_msg_recv(&body, self->router, 0) >= 0)
            answer_one(self, &from, &body);
        (void)zmq_msg_close(&from);
        (void)zmq_msg_close(&body);
    }
}

struct fake *fake_start(fake_answer *answer, void *context)
{
    struct fake *self = calloc(1, sizeof *self);
    assert_non_null(self);
    (void)unsetenv("COMITY_SOCKET"); /* What whoever runs the tests works with. */
    (void)unsetenv("COMITY_FORUM");
    (void)snprintf(self->directory, sizeof self->directory, "/tmp/comity-fake-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    (void)snprintf(self->path, sizeof self->path, "%s/fake.sock", self->directory);
    char endpoint[96];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", self->path);
    self->answer = answer;
    self->context = context;
    self->zmq = zmq_ctx_new();
    self->router = zmq_socket(self->zmq, ZMQ_ROUTER);
    self->stop[0] = zmq_socket(self->zmq, ZMQ_PAIR);
    self->stop[1] = zmq_socket(self->zmq, ZMQ_PAIR);
    assert_int_equal(zmq_bind(self->router, endpoint), 0);
    assert_int_equal(zmq_bind(self->stop[0], "inproc://stop"), 0);
    assert_int_equal(zmq_connect(self->stop[1], "inproc://stop"), 0);
    assert_int_equal(pthread_create(&self->thread, NULL, serve, self), 0);
    return self;
}

const char *fake_path(const struct fake *self)
{
    return self->path;
}

unsigned fake_requests(const struct fake *self)
{
    return atomic_load(&self->requests);
}

void fake_stop(struct fake **self)
{
    int linger = 0;
    send_part((*self)->stop[0], "x", 1, 0);
    (void)pthread_join((*self)->thread, NULL);
    (void)zmq_setsockopt((*self)->router, ZMQ_LINGER, &linger, sizeof linger);
    (void)zmq_close((*self)->router);
    (void)zmq_close((*self)->stop[0]);
    (void)zmq_close((*self)->stop[1]);
    (void)zmq_ctx_term((*self)->zmq);
    (void)unlink((*self)->path);
    (void)rmdir((*self)->directory);
    free(*self);
    *self = NULL;
}

/* Words of the line, in place. */
static int split(char *line, char **ret_words)
{
    int count = 0;
    while (*line != '\0') {
        line += strspn(line, " ");
        if (*line == '\0')
            break;
        char end = *line == '\'' ? '\'' : ' ';
        if (end == '\'')
            line++;
        ret_words[count++] = line;
        line += strcspn(line, end == '\'' ? "'" : " ");
        if (*line != '\0')
            *line++ = '\0';
    }
    return count;
}

struct run fake_run(const struct fake *self, const char *line, const char *input)
{
    struct run run = {0};
    size_t out_size = 0, err_size = 0;
    char *copy = strdup(line);
    char *words[64];
    int count = split(copy, words);
    FILE *in = input != NULL && input[0] != '\0'
                   ? fmemopen((void *)(uintptr_t)input, strlen(input), "r")
                   : fopen("/dev/null", "r");
    struct cli cli = {.in = in,
                      .out = open_memstream(&run.out, &out_size),
                      .err = open_memstream(&run.err, &err_size),
                      .socket = self != NULL ? self->path : "/nonexistent/x.sock",
                      .wait_ms = 100};
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    run.end = (int)commands_main(&cli, count, words);
    comity_close(&cli.daemon);
    (void)fclose(in);
    (void)fclose(cli.out);
    (void)fclose(cli.err);
    free(copy);
    return run;
}

void run_free(struct run *run)
{
    free(run->out);
    free(run->err);
}

static Comity__V1__SeatAnswer ballots[3];
static Comity__V1__SeatAnswer *ballot_list[3];
static Comity__V1__Term term;
static Comity__V1__Term *term_list[1];
static char *sponsors[] = {"FRA", "GBR"};
static char *versions[] = {"Recalling peace,\n\n1. Decides to meet;\n",
                           "Recalling peace,\n\n1. Decides to meet weekly;\n2. Stays seized.\n"};
static uint8_t hash[32];

void fake_fill_proposal(Comity__V1__ProposalInfo *ret_proposal)
{
    static const char *const seats[] = {"FRA", "RUS", "CHN"};
    static const char *const words[] = {"yes", "object", "silent"};
    comity__v1__proposal_info__init(ret_proposal);
    for (size_t i = 0; i < 3; i++) {
        comity__v1__seat_answer__init(&ballots[i]);
        ballots[i].seat = (char *)(uintptr_t)seats[i];
        ballots[i].answer = (char *)(uintptr_t)words[i];
        ballot_list[i] = &ballots[i];
    }
    comity__v1__term__init(&term);
    term.issue = "cap";
    term.kind = COMITY__V1__TERM__KIND__TERM_INTEGER;
    term.number = 1200;
    term.unit = "Mt";
    term_list[0] = &term;
    memset(hash, 0xab, sizeof hash);
    ret_proposal->number = 3;
    ret_proposal->proposer = "FRA";
    ret_proposal->title = "Moving together";
    ret_proposal->rule = "substantive";
    ret_proposal->rule_sentence = "yes >= 9 and no in P5 = 0";
    ret_proposal->status = "decided";
    ret_proposal->verdict = "rejected";
    ret_proposal->line = "rejected: 1 yes, 9 needed; veto by RUS";
    ret_proposal->opened_ms = 1475625600000;
    ret_proposal->decided_ms = 1475668800500;
    ret_proposal->text = versions[1];
    ret_proposal->text_version = 2;
    ret_proposal->text_hash = (ProtobufCBinaryData){sizeof hash, hash};
    ret_proposal->n_sponsors = 2;
    ret_proposal->sponsors = sponsors;
    ret_proposal->n_ballots = 3;
    ret_proposal->ballots = ballot_list;
    ret_proposal->n_terms = 1;
    ret_proposal->terms = term_list;
    ret_proposal->n_text_versions = 2;
    ret_proposal->text_versions = versions;
}

static Comity__V1__ForumStatus forum;
static Comity__V1__ForumStatus *forum_list[1];
static Comity__V1__SeatStatus seat;
static Comity__V1__SeatStatus *seat_list[1];

void fake_fill_status(Comity__V1__DaemonStatus *ret_status)
{
    comity__v1__daemon_status__init(ret_status);
    comity__v1__forum_status__init(&forum);
    comity__v1__seat_status__init(&seat);
    seat.name = "FRA";
    seat.title = "France";
    seat.role = "member";
    seat.joined = true;
    seat.up = true;
    seat.fingerprint = "WRT1-8CZ5";
    seat_list[0] = &seat;
    forum.name = "unsc";
    forum.title = "Security Council";
    forum.seat = "FRA";
    forum.height = 7;
    forum.waiting = "";
    forum.n_seats = 1;
    forum.seats = seat_list;
    forum_list[0] = &forum;
    ret_status->version = "0.1.0";
    ret_status->fingerprint = "WRT1-8CZ5";
    ret_status->n_forums = 1;
    ret_status->forums = forum_list;
}
