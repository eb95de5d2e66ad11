/* SPDX-License-Identifier: Apache-2.0 */
/* bot.c - JSON lines, for programs in any language.
 *
 * In, one request a line (bot_line.h): {"id": 1, "ballot": {"proposal": "P3", "answer": "yes"}}.
 * Out, an answer with the same id, {"id": 1, "ok": true, "submitted": {...}}
 * or {"id": 1, "ok": false, "code": "COMITY_CLOSED", "text": "..."}, and events as they happen,
 * {"event": {...}}. Requests are answered as they are done, not necessarily in order. It ends
 * when its input ends and everything is answered. */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bot_line.h"
#include "comity_json.h"
#include "commands.h"

enum { OPEN_MAX = 64, LINE_MAX_BYTES = 512 * 1024, EVENTS_WAIT_MS = 10000, SILENCE_MS = 30000 };

struct bot {
    struct cli *cli;
    struct {
        uint64_t request; /* 0: free. */
        json_t *id;
    } open[OPEN_MAX]; /* Requests that are not answered yet. */
    size_t open_count;
    struct buffer input; /* Not yet a whole line. */
    bool input_ended;
    struct comity_feed feed;
    uint64_t feed_request; /* 0: the next events are not asked for. */
    bool failed;
};

/* One line out; takes the value. */
static void say(struct bot *self, json_t *json)
{
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (text == NULL || fputs(text, self->cli->out) < 0 || fputc('\n', self->cli->out) == EOF ||
        fflush(self->cli->out) != 0)
        self->failed = true;
    free(text);
    json_decref(json);
}

/* Takes the id, which may be NULL. */
static void say_failure(struct bot *self, json_t *id, enum comity_error error,
                        const struct fault *fault)
{
    const char *text = fault->text[0] != '\0' ? fault->text : error_text(error);
    say(self, json_pack("{s:o, s:b, s:s, s:s}", "id", id != NULL ? id : json_null(), "ok", 0,
                        "code", error_name(error), "text", text));
}

static enum comity_error send_line(struct bot *self, const char *text, size_t size, json_t **ret_id,
                                   uint64_t *ret_request, struct fault *fault)
{
    struct arena arena;
    arena_init(&arena, 8 << 20);
    Comity__V1__Request *request = NULL;
    enum comity_error error = bot_line_read(text, size, &arena, ret_id, &request, fault);
    if (error == COMITY_OK) {
        error = comity_send(self->cli->daemon, request, fault);
        *ret_request = request->id;
    }
    arena_free(&arena);
    return error;
}

/* One line of input. */
static void take_line(struct bot *self, const char *text, size_t size)
{
    struct fault fault = {{0}};
    uint64_t request = 0;
    json_t *id = NULL;
    if (strspn(text, " \t\r") == size)
        return;
    enum comity_error error = send_line(self, text, size, &id, &request, &fault);
    if (error != COMITY_OK) {
        say_failure(self, id, error, &fault);
        return;
    }
    for (size_t i = 0; i < OPEN_MAX; i++) {
        if (self->open[i].request != 0)
            continue;
        self->open[i].request = request;
        self->open[i].id = id != NULL ? id : json_null();
        self->open_count++;
        return;
    }
}

/* Whole lines, as long as there is room for their answers. */
static void take_lines(struct bot *self)
{
    size_t from = 0;
    while (self->open_count < OPEN_MAX && from < self->input.size) {
        char *start = (char *)self->input.data + from;
        char *end = memchr(start, '\n', self->input.size - from);
        if (end == NULL)
            break;
        *end = '\0';
        take_line(self, start, (size_t)(end - start));
        from += (size_t)(end - start) + 1;
    }
    if (from > 0)
        memmove(self->input.data, self->input.data + from, self->input.size - from);
    self->input.size -= from;
}

static void read_input(struct bot *self)
{
    char part[16384];
    ssize_t size = read(fileno(self->cli->in), part, sizeof part);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (size <= 0) {
        self->input_ended = true;
        if (self->input.size > 0 && buffer_append(&self->input, "\n", 1) != COMITY_OK)
            self->failed = true; /* A last line may lack its end. */
        return;
    }
    if (self->input.size + (size_t)size > LINE_MAX_BYTES) {
        struct fault fault = {{0}};
        say_failure(
            self, NULL,
            fault_set(&fault, COMITY_LIMIT, "a line has more than %d bytes", LINE_MAX_BYTES),
            &fault);
        self->failed = true;
    } else if (buffer_append(&self->input, part, (size_t)size) != COMITY_OK) {
        self->failed = true;
    }
}

static void ask_events(struct bot *self)
{
    Comity__V1__GetEvents body = COMITY__V1__GET_EVENTS__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    body.height = self->feed.height;
    body.index = self->feed.index;
    body.wait_ms = EVENTS_WAIT_MS;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_EVENTS;
    request.get_events = &body;
    if (comity_send(self->cli->daemon, &request, NULL) == COMITY_OK)
        self->feed_request = request.id;
}

static void take_events(struct bot *self, const Comity__V1__Response *response)
{
    self->feed_request = 0;
    if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_FAILURE) {
        struct fault fault = {{0}};
        say_failure(self, NULL, comity_failure(response->failure, &fault), &fault);
        self->failed = true;
    }
    if (response->response_case != COMITY__V1__RESPONSE__RESPONSE_EVENTS)
        return;
    const Comity__V1__Events *events = response->events;
    for (size_t i = 0; i < events->n_events; i++) {
        json_t *event = NULL;
        if (comity_json_from(&events->events[i]->base, &event) != COMITY_OK)
            self->failed = true;
        else
            say(self, json_pack("{s:o}", "event", event));
    }
    self->feed.height = events->height;
    self->feed.index = events->index;
}

static void take_answer(struct bot *self, const Comity__V1__Response *response)
{
    if (response->id == self->feed_request && self->feed_request != 0) {
        take_events(self, response);
        return;
    }
    for (size_t i = 0; i < OPEN_MAX; i++) {
        if (self->open[i].request == 0 || self->open[i].request != response->id)
            continue;
        json_t *id = self->open[i].id;
        self->open[i].request = 0;
        self->open[i].id = NULL;
        self->open_count--;
        struct fault fault = {{0}};
        json_t *json = NULL;
        if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_FAILURE) {
            say_failure(self, id, comity_failure(response->failure, &fault), &fault);
        } else if (comity_json_from(&response->base, &json) != COMITY_OK ||
                   json_object_set_new(json, "id", id) != 0 ||
                   json_object_set_new(json, "ok", json_true()) != 0) {
            json_decref(json);
            self->failed = true;
        } else {
            say(self, json);
        }
        return;
    }
}

/* One turn: whatever is there, from either side. */
static enum comity_error turn(struct bot *self, struct fault *fault)
{
    bool answer = false, input = false;
    bool reads = !self->input_ended && self->open_count < OPEN_MAX;
    if (self->feed_request == 0 && !self->input_ended)
        ask_events(self);
    enum comity_error error = comity_wait(self->cli->daemon, reads ? fileno(self->cli->in) : -1,
                                          SILENCE_MS, &answer, &input, fault);
    if (error != COMITY_OK)
        return error;
    if (input)
        read_input(self);
    if (answer) {
        struct comity_reply reply;
        error = comity_receive(self->cli->daemon, 0, &reply, fault);
        if (error != COMITY_OK)
            return error;
        take_answer(self, reply.response);
        comity_reply_free(&reply);
    }
    take_lines(self);
    return COMITY_OK;
}

/* Events from now on, unless told otherwise. */
static enum comity_error find_start(struct bot *self, const char *from, struct fault *fault)
{
    if (from != NULL && strcmp(from, "start") == 0)
        return COMITY_OK;
    if (from != NULL && strcmp(from, "now") != 0)
        return fault_set(fault, COMITY_USAGE, "--from takes start or now, not `%.40s`", from);
    return comity_feed_from_now(self->cli->daemon, &self->feed, fault);
}

enum cli_exit command_bot(struct cli *cli, const struct arguments *arguments)
{
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    struct bot *bot = calloc(1, sizeof *bot);
    if (bot == NULL)
        return cli_fail(cli, COMITY_MEMORY, NULL);
    bot->cli = cli;
    struct fault fault = {{0}};
    enum comity_error error = find_start(bot, options_value(arguments, "from"), &fault);
    while (error == COMITY_OK && !bot->failed &&
           !(bot->input_ended && bot->open_count == 0 && bot->input.size == 0))
        error = turn(bot, &fault);
    if (error != COMITY_OK)
        end = cli_fail(cli, error, &fault);
    else if (bot->failed)
        end = CLI_FAILED;
    for (size_t i = 0; i < OPEN_MAX; i++)
        json_decref(bot->open[i].id);
    buffer_free(&bot->input);
    free(bot);
    return end;
}
