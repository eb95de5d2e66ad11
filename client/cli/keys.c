/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - keygen and fingerprint. */
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "commands.h"
#include "identity/identity.h"
#include "keys.h"

enum { PASSPHRASE_MAX = 1024, PATH_SIZE = 4096 };

/* In locked memory (sodium_malloc; its size keeps what is in it aligned), wiped when it goes. */
struct passphrase {
    char text[PASSPHRASE_MAX];
    size_t size;
    size_t in_clear; /* Nobody was there to be asked. */
};

static struct passphrase *passphrase_new(void)
{
    struct passphrase *self = sodium_malloc(sizeof *self);
    if (self != NULL)
        memset(self, 0, sizeof *self);
    return self;
}

/* Up to the first line break or the end. false: too long, or unreadable. */
static bool read_passphrase(int fd, struct passphrase *ret_passphrase)
{
    size_t size = 0;
    for (;;) {
        char c = '\0';
        ssize_t count = read(fd, &c, 1);
        if (count < 0)
            return false;
        if (count == 0 || c == '\n')
            break;
        if (size == sizeof ret_passphrase->text)
            return false;
        ret_passphrase->text[size++] = c;
    }
    ret_passphrase->size = size;
    return true;
}

static void interrupt(int number)
{
    (void)number; /* Only so that read() returns, and the terminal echoes again. */
}

static bool ask_passphrase(struct cli *cli, const char *question, struct passphrase *ret_pass)
{
    struct termios before;
    struct sigaction after, action = {.sa_handler = interrupt};
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)fputs(question, cli->err);
    (void)fflush(cli->err);
    (void)sigaction(SIGINT, &action, &after);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    bool good = read_passphrase(STDIN_FILENO, ret_pass);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    (void)sigaction(SIGINT, &after, NULL);
    (void)fputs("\n", cli->err);
    if (!good && errno == EINTR)
        (void)raise(SIGINT);
    return good;
}

/* From the descriptor named, or asked twice on a terminal, or none. */
static enum comity_error find_passphrase(struct cli *cli, const struct arguments *arguments,
                                         struct passphrase *ret_pass, struct fault *fault)
{
    const char *word = options_value(arguments, "passphrase-fd");
    if (word != NULL) {
        char *end = NULL;
        long fd = strtol(word, &end, 10);
        if (*end != '\0' || word[0] == '\0' || fd < 0 || fd > 1023 ||
            !read_passphrase((int)fd, ret_pass))
            return fault_set(fault, COMITY_USAGE,
                             "no passphrase can be read from descriptor `%.20s`", word);
        return COMITY_OK;
    }
    if (options_has(arguments, "no-passphrase"))
        return COMITY_OK;
    if (cli->in != stdin || isatty(STDIN_FILENO) == 0) {
        ret_pass->in_clear = 1;
        return COMITY_OK;
    }
    struct passphrase *again = passphrase_new();
    if (again == NULL)
        return COMITY_MEMORY;
    bool good = ask_passphrase(cli, "Passphrase (empty for none): ", ret_pass) &&
                (ret_pass->size == 0 || ask_passphrase(cli, "Again: ", again));
    bool same =
        ret_pass->size == 0 || (ret_pass->size == again->size &&
                                sodium_memcmp(ret_pass->text, again->text, again->size) == 0);
    sodium_free(again); /* Wipes. */
    if (!good || !same)
        return fault_set(fault, COMITY_PASSPHRASE, "the two passphrases differ: try again");
    return COMITY_OK;
}

/* ~/.comity/identity.key, its directory made if need be. */
static enum comity_error default_path(char ret_path[PATH_SIZE], struct fault *fault)
{
    const char *home = getenv("HOME");
    if (home == NULL || home[0] != '/' || strlen(home) > PATH_SIZE - 64)
        return fault_set(fault, COMITY_USAGE, "say where to put the key: comity keygen PATH");
    (void)snprintf(ret_path, PATH_SIZE, "%s/.comity", home);
    if (mkdir(ret_path, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, COMITY_IO, "cannot make %s: %s", ret_path, strerror(errno));
    (void)snprintf(ret_path, PATH_SIZE, "%s/.comity/identity.key", home);
    return COMITY_OK;
}

static enum cli_exit print_key(struct cli *cli, const uint8_t key[KEY_SIZE], const char *path)
{
    char hex[2 * KEY_SIZE + 1];
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    hex_from_bytes(key, KEY_SIZE, hex);
    fingerprint_format(key, fingerprint);
    struct page page;
    page_init(&page, cli->color);
    if (cli->json) {
        page_format(&page, "{\n  \"key\": \"%s\",\n  \"fingerprint\": \"%s\"\n}\n", hex,
                    fingerprint);
        return cli_print(cli, &page, CLI_OK);
    }
    page_add(&page, "fingerprint  ");
    page_styled(&page, STYLE_BOLD, fingerprint);
    page_format(&page, "\nkey          %s\n", hex);
    if (path != NULL) {
        page_add(&page, "file         ");
        page_plain(&page, path);
        page_add(&page, "\nTell others the key (a charter names it) and compare fingerprints "
                        "aloud. Keep the file secret.\n");
    }
    return cli_print(cli, &page, CLI_OK);
}

enum cli_exit command_keygen(struct cli *cli, const struct arguments *arguments)
{
    char path[PATH_SIZE] = "";
    struct fault fault = {{0}};
    struct passphrase *passphrase = NULL;
    struct identity *identity = NULL;
    enum cli_exit end;
    enum comity_error error = identity_setup();
    if (error == COMITY_OK && (passphrase = passphrase_new()) == NULL)
        error = COMITY_MEMORY;
    if (error == COMITY_OK && arguments->count == 0)
        error = default_path(path, &fault);
    else if (error == COMITY_OK && strlen(arguments->words[0]) < PATH_SIZE)
        (void)snprintf(path, sizeof path, "%s", arguments->words[0]);
    if (error == COMITY_OK && access(path, F_OK) == 0)
        error = fault_set(&fault, COMITY_EXISTS,
                          "%.400s is there already and stays as it is: a lost key cannot be "
                          "made again",
                          path);
    if (error == COMITY_OK)
        error = find_passphrase(cli, arguments, passphrase, &fault);
    if (error == COMITY_OK)
        error = identity_generate(&identity);
    if (error == COMITY_OK)
        error = identity_save(identity, path, bytes_of(passphrase->text, passphrase->size), &fault);
    if (error == COMITY_OK && passphrase->in_clear != 0)
        cli_note(cli,
                 "there is no terminal to ask for a passphrase, so the key is stored in clear: "
                 "--passphrase-fd FD gives one, --no-passphrase says that you mean it");
    sodium_free(passphrase); /* Wipes. */
    if (error == COMITY_OK)
        end = print_key(cli, identity_key(identity), path);
    else
        end = cli_fail(cli, error, &fault);
    identity_close(&identity);
    return end;
}

/* The public key stands in a key file in clear, also in one under a passphrase. */
static enum comity_error key_from_file(struct cli *cli, const char *path, uint8_t ret_key[KEY_SIZE],
                                       struct fault *fault)
{
    struct buffer text = {0};
    enum comity_error error = cli_read_file(cli, path, &text, fault);
    if (error != COMITY_OK)
        return error;
    const char *line = strstr((const char *)text.data, "\nkey ");
    bool good = strncmp((const char *)text.data, "comity identity, version ", 25) == 0 &&
                line != NULL && strlen(line) > 5 + 2 * KEY_SIZE && line[5 + 2 * KEY_SIZE] == '\n';
    char hex[2 * KEY_SIZE + 1] = "";
    if (good)
        (void)snprintf(hex, sizeof hex, "%.*s", 2 * KEY_SIZE, line + 5);
    sodium_memzero(text.data, text.size);
    buffer_free(&text);
    if (!good || hex_to_bytes(hex, ret_key, KEY_SIZE) != COMITY_OK)
        return fault_set(fault, COMITY_FOREIGN, "%.200s is not a comity key file", path);
    return COMITY_OK;
}

enum comity_error key_read(struct cli *cli, const char *word, uint8_t ret_key[KEY_SIZE],
                           struct fault *fault)
{
    if (strlen(word) == 2 * KEY_SIZE && hex_to_bytes(word, ret_key, KEY_SIZE) == COMITY_OK)
        return COMITY_OK;
    return key_from_file(cli, word, ret_key, fault);
}

static enum cli_exit print_own(struct cli *cli)
{
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    enum comity_error error = comity_get_status(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const ProtobufCBinaryData *key = &reply.response->status->key;
    if (key->len == KEY_SIZE)
        end = print_key(cli, key->data, NULL);
    else
        end = cli_fail(cli, COMITY_INVALID, NULL);
    comity_reply_free(&reply);
    return end;
}

enum cli_exit command_fingerprint(struct cli *cli, const struct arguments *arguments)
{
    uint8_t key[KEY_SIZE];
    struct fault fault = {{0}};
    enum comity_error error = identity_setup();
    if (error != COMITY_OK)
        return cli_fail(cli, error, NULL);
    if (arguments->count == 0)
        return print_own(cli);
    error = key_read(cli, arguments->words[0], key, &fault);
    return error == COMITY_OK ? print_key(cli, key, NULL) : cli_fail(cli, error, &fault);
}
