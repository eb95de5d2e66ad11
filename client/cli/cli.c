/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "comity_json.h"
#include "commands.h"

enum cli_exit cli_connect(struct cli *self)
{
    if (self->daemon != NULL)
        return CLI_OK;
    struct fault fault = {{0}};
    enum comity_error error = comity_open(self->socket, &self->daemon, &fault);
    if (error == COMITY_OK)
        error = comity_set_forum(self->daemon, self->forum, &fault);
    if (error == COMITY_OK)
        return CLI_OK;
    (void)cli_fail(self, error, &fault);
    return CLI_UNREACHABLE;
}

static void complain(struct cli *self, const char *text, const char *hint)
{
    struct page page;
    page_init(&page, false);
    const char *name = self->command != NULL ? self->command->name : "";
    page_format(&page, "comity%s%s: ", name[0] != '\0' ? " " : "", name);
    page_plain(&page, text);
    if (hint != NULL)
        page_format(&page, "\n  %s", hint);
    page_add(&page, "\n");
    (void)fflush(self->out);
    if (page_write(&page, self->err) != COMITY_OK)
        (void)fputs("comity: out of memory\n", self->err);
    page_free(&page);
}

/* What to do next, where the sentence itself cannot know. */
static const char *next_step(enum comity_error error)
{
    switch (error) {
    case COMITY_NOT_FOUND:
        return "`comity docket` lists what there is.";
    case COMITY_CLOSED:
        return "`comity docket` says what is still open.";
    case COMITY_PENDING:
        return "`comity status` says what the daemon waits for, and for whom.";
    case COMITY_BUSY:
    case COMITY_FULL:
        return "Try again in a moment; `comity status` says what the daemon waits for.";
    case COMITY_DIVERGED:
        return "Its record is kept; see `comity status` and the daemon's log.";
    default:
        return NULL;
    }
}

enum cli_exit cli_fail(struct cli *self, enum comity_error error, const struct fault *fault)
{
    const char *text = fault != NULL && fault->text[0] != '\0' ? fault->text : error_text(error);
    bool knows = strchr(text, '`') != NULL || self->daemon == NULL;
    complain(self, text, knows ? NULL : next_step(error));
    switch (error) {
    case COMITY_USAGE:
        return CLI_USAGE;
    case COMITY_NETWORK:
        return CLI_UNREACHABLE;
    case COMITY_PENDING:
    case COMITY_BUSY:
        return CLI_PENDING;
    case COMITY_SIGNATURE:
        return CLI_UNVERIFIED;
    case COMITY_IO:
    case COMITY_FULL:
    case COMITY_MEMORY:
    case COMITY_DAMAGED:
    case COMITY_FOREIGN:
        return CLI_FAILED;
    default:
        return CLI_REFUSED;
    }
}

enum cli_exit cli_usage(struct cli *self, const char *format, ...)
{
    char text[FAULT_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char hint[256];
    const char *name = self->command != NULL ? self->command->name : "";
    (void)snprintf(hint, sizeof hint, "`comity help%s%s` shows how.", name[0] != '\0' ? " " : "",
                   name);
    complain(self, text, hint);
    return CLI_USAGE;
}

void cli_note(struct cli *self, const char *format, ...)
{
    char text[FAULT_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    complain(self, text, NULL);
}

enum cli_exit cli_print(struct cli *self, struct page *page, enum cli_exit end)
{
    enum comity_error error = page_write(page, self->out);
    page_free(page);
    return error == COMITY_OK ? end : cli_fail(self, error, NULL);
}

static enum cli_exit print_json(struct cli *self, const ProtobufCMessage *message, size_t flags,
                                enum cli_exit end)
{
    json_t *json = NULL;
    enum comity_error error = comity_json_from(message, &json);
    if (error != COMITY_OK)
        return cli_fail(self, error, NULL);
    char *text = json_dumps(json, flags);
    if (text != NULL && !plain_is_harmless(text)) {
        free(text); /* JSON can name any character without containing it. */
        text = json_dumps(json, flags | JSON_ENSURE_ASCII);
    }
    json_decref(json);
    if (text == NULL)
        return cli_fail(self, COMITY_MEMORY, NULL);
    bool written =
        fputs(text, self->out) >= 0 && fputc('\n', self->out) != EOF && fflush(self->out) == 0;
    free(text);
    return written ? end : cli_fail(self, COMITY_IO, NULL);
}

enum cli_exit cli_print_json(struct cli *self, const ProtobufCMessage *message, enum cli_exit end)
{
    return print_json(self, message, JSON_INDENT(2), end);
}

enum cli_exit cli_print_json_line(struct cli *self, const ProtobufCMessage *message)
{
    return print_json(self, message, JSON_COMPACT, CLI_OK);
}

/* Digits after one of the letters, without zeros in front. */
static bool is_number(const char *text)
{
    if (text[0] < '1' || text[0] > '9' || strlen(text) > 9)
        return false;
    return strspn(text, "0123456789") == strlen(text);
}

enum comity_error cli_target(const char *word, const char *kinds, char ret_name[CLI_NAME_SIZE],
                             struct fault *fault)
{
    char letter = (char)toupper((unsigned char)word[0]);
    if (letter != '\0' && strchr(kinds, letter) != NULL && is_number(word + 1)) {
        (void)snprintf(ret_name, CLI_NAME_SIZE, "%c%s", letter, word + 1);
        return COMITY_OK;
    }
    if (is_number(word)) {
        (void)snprintf(ret_name, CLI_NAME_SIZE, "%c%s", kinds[0], word);
        return COMITY_OK;
    }
    if (strlen(word) == 64 && strspn(word, "0123456789abcdefABCDEF") == 64) {
        (void)snprintf(ret_name, CLI_NAME_SIZE, "%s", word);
        return COMITY_OK;
    }
    char list[64] = "";
    for (const char *kind = kinds; *kind != '\0'; kind++)
        (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%s%c1",
                       kind == kinds     ? ""
                       : kind[1] == '\0' ? " or "
                                         : ", ",
                       *kind);
    return fault_set(fault, COMITY_USAGE,
                     "`%.40s` names nothing here: write it as %s; `comity docket` lists them", word,
                     list);
}
