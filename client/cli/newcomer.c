/* SPDX-License-Identifier: Apache-2.0 */
/* newcomer.c - join by invitation: ask for the seat, wait for the charter, sign it. */
#include <string.h>

#include "charter/charter.h"
#include "commands.h"
#include "lobby.h"
#include "start.h"

enum { LOOK_AGAIN_MS = 300 };

bool newcomer_is_meant(const char *word)
{
    return strncmp(word, "comity1:", 8) == 0;
}

static enum cli_exit look(struct cli *cli, struct comity_reply *ret_reply)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetLobby body = COMITY__V1__GET_LOBBY__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_LOBBY;
    request.get_lobby = &body;
    return lobby_ask(cli, &request, COMITY__V1__RESPONSE__RESPONSE_LOBBY, ret_reply);
}

static enum cli_exit ask(struct cli *cli, const char *line, const char *seat, const char *address)
{
    struct comity_reply reply;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__AskSeat body = COMITY__V1__ASK_SEAT__INIT;
    body.line = (char *)(uintptr_t)line;
    body.seat = (char *)(uintptr_t)seat;
    body.address = (char *)(uintptr_t)address;
    request.request_case = COMITY__V1__REQUEST__REQUEST_ASK_SEAT;
    request.ask_seat = &body;
    enum cli_exit end = lobby_ask(cli, &request, COMITY__V1__RESPONSE__RESPONSE_LOBBY, &reply);
    if (end == CLI_OK)
        comity_reply_free(&reply);
    return end;
}

static void tell(struct cli *cli, const Comity__V1__LobbyInfo *info, char told[256])
{
    if (strcmp(told, info->asking_line) == 0)
        return;
    (void)snprintf(told, 256, "%s", info->asking_line);
    cli_note(cli, "%s: %s", info->asking_forum, info->asking_line);
}

/* Until there is a charter or a refusal; Ctrl-C ends the waiting, the daemon goes on asking. */
static enum cli_exit wait_for_charter(struct cli *cli, struct comity_reply *ret_reply,
                                      bool *ret_answered)
{
    char told[256] = "";
    for (;;) {
        struct comity_reply reply;
        bool answer, file;
        enum cli_exit end = look(cli, &reply);
        if (end != CLI_OK)
            return end;
        const Comity__V1__LobbyInfo *info = reply.response->lobby;
        tell(cli, info, told);
        if (info->asking_charter.len > 0 || strcmp(info->asking_state, "refused") == 0 ||
            !info->asking) {
            *ret_reply = reply;
            *ret_answered = true;
            return info->asking_charter.len > 0 ? CLI_OK : CLI_REFUSED;
        }
        comity_reply_free(&reply);
        (void)!comity_wait(cli->daemon, -1, LOOK_AGAIN_MS, &answer, &file, NULL);
    }
}

static void add_rules(struct page *page, const struct charter *charter)
{
    for (uint32_t i = 0; i < charter->rules_count; i++) {
        page_add(page, "  ");
        page_styled(page, STYLE_BOLD, charter->rules[i].name);
        page_add(page, ": ");
        page_plain(page, charter->rules[i].sentence);
        page_add(page, "\n");
    }
}

/* What was signed: shown, because nobody should sign what was not read. */
static enum cli_exit show(struct cli *cli, const ProtobufCBinaryData *bytes)
{
    struct arena arena;
    struct page page;
    const struct charter *charter;
    struct fault fault = {{0}};
    arena_init(&arena, 64 << 20);
    enum comity_error error =
        charter_decode(bytes_of(bytes->data, bytes->len), &arena, &charter, &fault);
    enum cli_exit end = CLI_OK;
    if (error != COMITY_OK) {
        end = cli_fail(cli, error, &fault);
    } else if (!cli->json) {
        page_init(&page, cli->color);
        page_styled(&page, STYLE_BOLD, charter->name);
        page_format(&page, ", %u seats. Its rules, which joining signs:\n",
                    (unsigned)charter->seats_count);
        add_rules(&page, charter);
        end = cli_print(cli, &page, CLI_OK);
    }
    arena_free(&arena);
    return end;
}

static enum cli_exit take_seat(struct cli *cli, const Comity__V1__LobbyInfo *info)
{
    struct comity_reply reply;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__AddForum body = COMITY__V1__ADD_FORUM__INIT;
    enum cli_exit end = show(cli, &info->asking_charter);
    if (end != CLI_OK)
        return end;
    body.charter = info->asking_charter;
    request.request_case = COMITY__V1__REQUEST__REQUEST_ADD_FORUM;
    request.add_forum = &body;
    end = lobby_ask(cli, &request, COMITY__V1__RESPONSE__RESPONSE_ADDED, &reply);
    if (end != CLI_OK)
        return end;
    if (cli->json) {
        end = cli_print_json(cli, &reply.response->added->base, CLI_OK);
    } else {
        struct page page;
        page_init(&page, cli->color);
        page_add(&page, "Joining as ");
        page_styled(&page, STYLE_BOLD, info->asking_seat);
        page_add(&page, ". `comity` shows where you sit.\n");
        end = cli_print(cli, &page, CLI_OK);
    }
    comity_reply_free(&reply);
    return end == CLI_OK ? ask(cli, "", "", "") : end;
}

enum cli_exit newcomer_join(struct cli *cli, const struct arguments *arguments)
{
    struct comity_reply reply;
    const char *address = options_value(arguments, "address");
    enum cli_exit end = start_or_connect(cli, NULL);
    if (end == CLI_OK)
        end = ask(cli, arguments->words[0], arguments->count > 1 ? arguments->words[1] : "",
                  address != NULL ? address : "");
    if (end != CLI_OK)
        return end;
    bool answered = false;
    end = wait_for_charter(cli, &reply, &answered);
    if (!answered)
        return end;
    if (end == CLI_OK)
        end = take_seat(cli, reply.response->lobby);
    else /* It was told already: nobody need ask again. */
        (void)ask(cli, "", "", "");
    comity_reply_free(&reply);
    return end;
}
