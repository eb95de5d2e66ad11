/* SPDX-License-Identifier: Apache-2.0 */
/* lobby.c - the convener's desk: open a lobby, invite, admit, refuse, begin. */
#include "lobby.h"

#include <sodium/randombytes.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "charter/charter.h"
#include "commands.h"
#include "host.h"
#include "institutions.h"
#include "qr.h"
#include "roster.h"
#include "start.h"
#include "table.h"

#define LOBBY_LISTEN "tcp://0.0.0.0:4751"
#define DAEMON_LISTEN "tcp://0.0.0.0:4750"

enum cli_exit lobby_ask(struct cli *cli, Comity__V1__Request *request,
                        Comity__V1__Response__ResponseCase expected, struct comity_reply *ret_reply)
{
    struct fault fault = {{0}};
    enum comity_error error = comity_ask(cli->daemon, request, expected, ret_reply, &fault);
    return error == COMITY_OK ? CLI_OK : cli_fail(cli, error, &fault);
}

static enum cli_exit ask_lobby(struct cli *cli, Comity__V1__Request *request,
                               struct comity_reply *ret_reply)
{
    return lobby_ask(cli, request, COMITY__V1__RESPONSE__RESPONSE_LOBBY, ret_reply);
}

static enum cli_exit get_lobby(struct cli *cli, struct comity_reply *ret_reply)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetLobby body = COMITY__V1__GET_LOBBY__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_LOBBY;
    request.get_lobby = &body;
    return ask_lobby(cli, &request, ret_reply);
}

static void add_applicants(struct page *page, const Comity__V1__LobbyInfo *info)
{
    static const char *const headers[] = {"seat", "fingerprint", "", ""};
    struct table table;
    table_init(&table, headers, 4);
    for (size_t i = 0; i < info->n_applicants; i++) {
        const Comity__V1__LobbyApplicantInfo *one = info->applicants[i];
        enum style style = strcmp(one->standing, "waiting") == 0    ? STYLE_WAITING
                           : strcmp(one->standing, "admitted") == 0 ? STYLE_GOOD
                                                                    : STYLE_BAD;
        table_add(&table, one->seat);
        table_add(&table, one->fingerprint);
        table_add_styled(&table, style, one->standing);
        table_add(&table, one->line);
    }
    table_print(&table, page, 2);
    table_free(&table);
}

static bool is_taken(const Comity__V1__LobbyInfo *info, const char *seat)
{
    for (size_t i = 0; i < info->n_applicants; i++) {
        if (strcmp(info->applicants[i]->seat, seat) == 0 &&
            strcmp(info->applicants[i]->standing, "admitted") == 0)
            return true;
    }
    return false;
}

static void add_free(struct page *page, const Comity__V1__LobbyInfo *info)
{
    size_t count = 0;
    for (size_t i = 0; i < info->n_seats; i++) {
        if (is_taken(info, info->seats[i]->name))
            continue;
        page_add(page, count++ == 0 ? "  Free: " : ", ");
        page_plain(page, info->seats[i]->name);
    }
    if (count > 0)
        page_add(page, "\n");
}

static void add_lobby(struct page *page, const Comity__V1__LobbyInfo *info)
{
    size_t waiting = 0, admitted = 0;
    for (size_t i = 0; i < info->n_applicants; i++) {
        waiting += strcmp(info->applicants[i]->standing, "waiting") == 0 ? 1 : 0;
        admitted += strcmp(info->applicants[i]->standing, "admitted") == 0 ? 1 : 0;
    }
    page_add(page, "The lobby of ");
    page_styled(page, STYLE_BOLD, info->forum);
    page_format(page,
                info->sealed ? " has closed: the forum has begun.\n"
                             : " is open: %zu of %zu seats are given, %zu wait.\n",
                admitted, info->n_seats, waiting);
    if (info->endpoint[0] == '\0')
        page_add(page, "  Its door is shut: the address cannot be listened at (see the log).\n");
    add_applicants(page, info);
    if (info->sealed)
        return;
    add_free(page, info);
    page_add(page, "  comity invite [SEAT]   write an invitation\n");
    if (waiting > 0)
        page_add(page,
                 "  comity admit SEAT|all  compare the fingerprint first: it is all there is\n");
    page_add(page, "  comity begin           seal the charter with those who are admitted\n");
}

static void add_asking(struct page *page, const Comity__V1__LobbyInfo *info)
{
    page_add(page, "You ask for a seat in ");
    page_styled(page, STYLE_BOLD, info->asking_forum);
    page_add(page, ": ");
    page_plain(page, info->asking_line[0] != '\0' ? info->asking_line : "no answer yet");
    page_add(page, "\n");
}

static enum cli_exit print_lobby(struct cli *cli, const Comity__V1__LobbyInfo *info)
{
    if (cli->json)
        return cli_print_json(cli, &info->base, CLI_OK);
    struct page page;
    page_init(&page, cli->color);
    if (info->open)
        add_lobby(&page, info);
    if (info->asking)
        add_asking(&page, info);
    if (!info->open && !info->asking)
        page_add(&page, "No lobby is open here: `comity lobby open TEMPLATE`.\n");
    return cli_print(cli, &page, CLI_OK);
}

/* Ask, print what the lobby then is. */
static enum cli_exit do_and_print(struct cli *cli, Comity__V1__Request *request)
{
    struct comity_reply reply;
    enum cli_exit end = ask_lobby(cli, request, &reply);
    if (end != CLI_OK)
        return end;
    end = print_lobby(cli, reply.response->lobby);
    comity_reply_free(&reply);
    return end;
}

struct opening {
    struct arena arena;
    struct buffer text;
    struct roster roster;
    Comity__V1__LobbySeatInfo seats[SEATS_MAX], *list[SEATS_MAX];
    size_t count;
};

/* Everything without a key but the convener's own seat can be asked for. */
static enum comity_error choose_seats(struct opening *self, const char *own, struct fault *fault)
{
    const char *mine = own;
    for (uint32_t i = 0; mine == NULL && i < self->roster.count; i++) {
        if (self->roster.seats[i].presides && !self->roster.seats[i].has_key)
            mine = self->roster.seats[i].name;
    }
    if (mine == NULL)
        return fault_set(fault, COMITY_USAGE, "which seat is yours? say it with --as SEAT");
    bool found = false;
    for (uint32_t i = 0; i < self->roster.count; i++) {
        const struct roster_seat *seat = &self->roster.seats[i];
        if (strcmp(seat->name, mine) == 0)
            found = true;
        if (strcmp(seat->name, mine) == 0 || seat->has_key)
            continue;
        comity__v1__lobby_seat_info__init(&self->seats[self->count]);
        self->seats[self->count].name = (char *)(uintptr_t)seat->name;
        self->seats[self->count].title = (char *)(uintptr_t)seat->title;
        self->list[self->count] = &self->seats[self->count];
        self->count++;
    }
    return found ? COMITY_OK
                 : fault_set(fault, COMITY_USAGE, "the template has no seat %.40s", mine);
}

static enum comity_error read_template(struct cli *cli, const char *word, const char *own,
                                       struct opening *self, struct fault *fault)
{
    char path[4096];
    struct yaml_node *root = NULL;
    enum comity_error error = institution_find(word, path, sizeof path, fault);
    if (error == COMITY_OK)
        error = cli_read_text(cli, path, &self->text, fault);
    if (error == COMITY_OK)
        error = yaml_parse(path, buffer_bytes(&self->text), &self->arena, &root, fault);
    if (error == COMITY_OK)
        error = roster_read(root, &self->roster, fault);
    return error == COMITY_OK ? choose_seats(self, own, fault) : error;
}

static enum cli_exit open_lobby(struct cli *cli, const struct arguments *arguments)
{
    struct opening *self = calloc(1, sizeof *self);
    struct fault fault = {{0}};
    if (self == NULL)
        return cli_fail(cli, COMITY_MEMORY, NULL);
    arena_init(&self->arena, 64 << 20);
    enum comity_error error =
        read_template(cli, arguments->words[1], options_value(arguments, "as"), self, &fault);
    enum cli_exit end =
        error == COMITY_OK ? start_or_connect(cli, DAEMON_LISTEN) : cli_fail(cli, error, &fault);
    if (end == CLI_OK) {
        const char *listen = options_value(arguments, "listen");
        Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
        Comity__V1__OpenLobby body = COMITY__V1__OPEN_LOBBY__INIT;
        body.forum = (char *)(uintptr_t)self->roster.forum;
        body.title = (char *)(uintptr_t)self->roster.title;
        body.rules = (char *)self->text.data;
        body.seats = self->list;
        body.n_seats = self->count;
        body.listen = (char *)(uintptr_t)(listen != NULL ? listen : LOBBY_LISTEN);
        body.admits_all = options_has(arguments, "admit-all");
        request.request_case = COMITY__V1__REQUEST__REQUEST_OPEN_LOBBY;
        request.open_lobby = &body;
        end = do_and_print(cli, &request);
    }
    buffer_free(&self->text);
    arena_free(&self->arena);
    free(self);
    return end;
}

enum cli_exit command_lobby(struct cli *cli, const struct arguments *arguments)
{
    const char *what = arguments->count > 0 ? arguments->words[0] : "";
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetLobby get = COMITY__V1__GET_LOBBY__INIT;
    Comity__V1__CloseLobby shut = COMITY__V1__CLOSE_LOBBY__INIT;
    if (strcmp(what, "open") == 0 && arguments->count == 2)
        return open_lobby(cli, arguments);
    if (what[0] != '\0' && (strcmp(what, "close") != 0 || arguments->count != 1))
        return cli_usage(cli, "a lobby is opened with a template, shown, or closed");
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    request.request_case = what[0] == '\0' ? COMITY__V1__REQUEST__REQUEST_GET_LOBBY
                                           : COMITY__V1__REQUEST__REQUEST_CLOSE_LOBBY;
    if (what[0] == '\0')
        request.get_lobby = &get;
    else
        request.close_lobby = &shut;
    return do_and_print(cli, &request);
}

static enum cli_exit print_invitation(struct cli *cli, const struct arguments *arguments,
                                      const char *seat, const Comity__V1__InvitationLine *info)
{
    const char *png = options_value(arguments, "png");
    struct fault fault = {{0}};
    struct page page;
    enum comity_error error = png != NULL ? qr_write_png(png, info->line, &fault) : COMITY_OK;
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    if (cli->json)
        return cli_print_json(cli, &info->base, CLI_OK);
    page_init(&page, cli->color);
    if (!options_has(arguments, "no-qr"))
        error = qr_add(&page, info->line, cli->color);
    if (error == COMITY_MEMORY)
        page.failed = true;
    page_format(&page,
                "Whoever has this line may ask for %s%s; give it to nobody else:\n\n  comity join ",
                seat[0] != '\0' ? "the seat " : "a seat", seat);
    page_plain(&page, info->line);
    page_format(&page, "%s\n\n", seat[0] != '\0' ? "" : " SEAT");
    return cli_print(cli, &page, CLI_OK);
}

enum cli_exit command_invite(struct cli *cli, const struct arguments *arguments)
{
    char host[HOST_SIZE];
    int64_t length_ms = 0;
    struct fault fault = {{0}};
    struct comity_reply reply;
    const char *seat = arguments->count > 0 ? arguments->words[0] : "";
    const char *wanted = options_value(arguments, "host");
    const char *expires = options_value(arguments, "expires");
    if (expires != NULL &&
        (calendar_parse_length(expires, &length_ms) != COMITY_OK || length_ms <= 0))
        return cli_usage(cli, "--expires wants a length such as 2h, not `%.40s`", expires);
    enum comity_error error = host_choose(wanted, host, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__Invite body = COMITY__V1__INVITE__INIT;
    body.seat = (char *)(uintptr_t)seat;
    body.host = host;
    body.expires_ms = expires == NULL ? 0 : clock_utc_ms() + length_ms;
    request.request_case = COMITY__V1__REQUEST__REQUEST_INVITE;
    request.invite = &body;
    enum cli_exit end = cli_connect(cli);
    if (end == CLI_OK)
        end = lobby_ask(cli, &request, COMITY__V1__RESPONSE__RESPONSE_INVITATION, &reply);
    if (end != CLI_OK)
        return end;
    end = print_invitation(cli, arguments, seat, reply.response->invitation);
    comity_reply_free(&reply);
    return end;
}

static enum cli_exit decide_one(struct cli *cli, const char *who, bool admit, const char *why,
                                struct comity_reply *ret_reply)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__DecideSeat body = COMITY__V1__DECIDE_SEAT__INIT;
    body.who = (char *)(uintptr_t)who;
    body.admit = admit;
    body.why = (char *)(uintptr_t)why;
    request.request_case = COMITY__V1__REQUEST__REQUEST_DECIDE_SEAT;
    request.decide_seat = &body;
    return ask_lobby(cli, &request, ret_reply);
}

/* How many wait for this seat? */
static size_t count_waiting(const Comity__V1__LobbyInfo *info, const char *seat)
{
    size_t count = 0;
    for (size_t i = 0; i < info->n_applicants; i++) {
        if (strcmp(info->applicants[i]->seat, seat) == 0 &&
            strcmp(info->applicants[i]->standing, "waiting") == 0)
            count++;
    }
    return count;
}

/* Whoever waits alone for its seat. */
static enum cli_exit admit_all(struct cli *cli)
{
    struct comity_reply all, one;
    enum cli_exit end = get_lobby(cli, &all);
    if (end != CLI_OK)
        return end;
    const Comity__V1__LobbyInfo *info = all.response->lobby;
    for (size_t i = 0; end == CLI_OK && i < info->n_applicants; i++) {
        if (strcmp(info->applicants[i]->standing, "waiting") != 0 ||
            is_taken(info, info->applicants[i]->seat))
            continue;
        size_t waiting = count_waiting(info, info->applicants[i]->seat);
        if (waiting > 1) {
            cli_note(cli, "%zu ask for %s: say which by its fingerprint", waiting,
                     info->applicants[i]->seat);
            continue;
        }
        end = decide_one(cli, info->applicants[i]->fingerprint, true, "", &one);
        if (end == CLI_OK)
            comity_reply_free(&one);
    }
    comity_reply_free(&all);
    return end;
}

enum cli_exit command_admit(struct cli *cli, const struct arguments *arguments)
{
    struct comity_reply reply;
    enum cli_exit end = cli_connect(cli);
    for (size_t i = 0; end == CLI_OK && i < arguments->count; i++) {
        if (strcmp(arguments->words[i], "all") == 0) {
            end = admit_all(cli);
            continue;
        }
        end = decide_one(cli, arguments->words[i], true, "", &reply);
        if (end == CLI_OK)
            comity_reply_free(&reply);
    }
    if (end != CLI_OK)
        return end;
    end = get_lobby(cli, &reply);
    if (end != CLI_OK)
        return end;
    end = print_lobby(cli, reply.response->lobby);
    comity_reply_free(&reply);
    return end;
}

enum cli_exit command_refuse(struct cli *cli, const struct arguments *arguments)
{
    struct comity_reply reply;
    enum cli_exit end = cli_connect(cli);
    if (end == CLI_OK)
        end = decide_one(cli, arguments->words[0], false,
                         arguments->count > 1 ? arguments->words[1] : "", &reply);
    if (end != CLI_OK)
        return end;
    end = print_lobby(cli, reply.response->lobby);
    comity_reply_free(&reply);
    return end;
}

struct sealing {
    const Comity__V1__LobbyInfo *info;
    uint8_t own[KEY_SIZE];
};

/* The key of who was admitted; the seat nobody can ask for is our own. */
static enum comity_error find_key(void *context, const char *seat, uint8_t ret_key[KEY_SIZE])
{
    const struct sealing *self = context;
    for (size_t i = 0; i < self->info->n_applicants; i++) {
        const Comity__V1__LobbyApplicantInfo *one = self->info->applicants[i];
        if (strcmp(one->seat, seat) != 0 || strcmp(one->standing, "admitted") != 0 ||
            one->key.len != KEY_SIZE)
            continue;
        memcpy(ret_key, one->key.data, KEY_SIZE);
        return COMITY_OK;
    }
    memcpy(ret_key, self->own, KEY_SIZE);
    return COMITY_OK;
}

static enum comity_error make_charter(struct cli *cli, const struct sealing *self,
                                      struct buffer *ret_charter, struct fault *fault)
{
    uint8_t nonce[16];
    struct arena arena;
    struct yaml_node *root = NULL;
    struct charter_options options = {
        .key_source = find_key, .context = (void *)(uintptr_t)self, .nonce = nonce};
    (void)cli;
    randombytes_buf(nonce, sizeof nonce);
    arena_init(&arena, 64 << 20);
    enum comity_error error =
        yaml_parse("the lobby's template", bytes_of_text(self->info->rules), &arena, &root, fault);
    for (size_t i = 0; error == COMITY_OK && i < self->info->n_seats; i++) {
        if (!is_taken(self->info, self->info->seats[i]->name))
            roster_strike(root, self->info->seats[i]->name);
    }
    if (error == COMITY_OK)
        error = charter_compile(root, &options, NULL, NULL, ret_charter, fault);
    arena_free(&arena);
    return error;
}

static enum cli_exit send_charter(struct cli *cli, const struct sealing *self, const char *host)
{
    struct buffer charter = {0};
    struct fault fault = {{0}};
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__SealLobby body = COMITY__V1__SEAL_LOBBY__INIT;
    enum comity_error error = make_charter(cli, self, &charter, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    body.charter = (ProtobufCBinaryData){charter.size, charter.data};
    body.host = (char *)(uintptr_t)host;
    request.request_case = COMITY__V1__REQUEST__REQUEST_SEAL_LOBBY;
    request.seal_lobby = &body;
    enum cli_exit end = do_and_print(cli, &request);
    buffer_free(&charter);
    return end;
}

enum cli_exit command_begin(struct cli *cli, const struct arguments *arguments)
{
    char host[HOST_SIZE];
    struct fault fault = {{0}};
    struct comity_reply status, reply;
    struct sealing self = {0};
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    enum comity_error error = host_choose(options_value(arguments, "host"), host, &fault);
    if (error == COMITY_OK)
        error = comity_get_status(cli->daemon, &status, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    if (status.response->status->key.len == KEY_SIZE)
        memcpy(self.own, status.response->status->key.data, KEY_SIZE);
    comity_reply_free(&status);
    end = get_lobby(cli, &reply);
    if (end != CLI_OK)
        return end;
    self.info = reply.response->lobby;
    if (self.info->open) {
        end = send_charter(cli, &self, host);
    } else {
        (void)fault_set(&fault, COMITY_NOT_FOUND, "no lobby is open here: `comity lobby open`");
        end = cli_fail(cli, COMITY_NOT_FOUND, &fault);
    }
    comity_reply_free(&reply);
    return end;
}
