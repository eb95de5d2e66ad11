/* SPDX-License-Identifier: Apache-2.0 */
/* charters.c - charter check, compile and print; convene and join; show charter. */
#include "charters.h"

#include <inttypes.h>
#include <limits.h>
#include <sodium/randombytes.h>
#include <string.h>
#include <unistd.h>

#include "comity_json.h"
#include "charter.pb-c.h"
#include "coalition.h"
#include "codec/strict.h"
#include "commands.h"
#include "identity/identity.h"
#include "institutions.h"
#include "keys.h"
#include "rule_words.h"
#include "lobby.h"
#include "show_charter.h"

enum { CHARTER_ITEMS_MAX = 1 << 16, NONCE_SIZE = 16 };

struct warning_sink {
    struct cli *cli;
    const char *path;
    unsigned count;
};

static void warn(void *context, const char *warning)
{
    struct warning_sink *sink = context;
    sink->count++;
    cli_note(sink->cli, "%.200s: warning: %s", sink->path, warning);
}

/* Compiled bytes begin with the tag of their first field; no YAML begins with a backspace. */
static bool is_compiled(const struct buffer *file)
{
    return file->size > 1 && file->data[0] == 0x08 && file->data[1] == 0x01;
}

struct key_search {
    struct cli *cli;
    const struct arguments *arguments; /* NULL: there are no options. */
    bool template;
    charter_edit *edit; /* NULL: as written. */
    void *context;
    unsigned keyless;
    struct fault *fault;
};

/* A key nobody holds, so that a template can be looked at: never used for more. */
static enum comity_error make_key(const char *seat_name, uint8_t ret_key[KEY_SIZE])
{
    struct identity *identity = NULL;
    struct hash seed = hash_of("comity/template-seat/v1", bytes_of_text(seat_name));
    enum comity_error error = identity_from_seed(seed.bytes, &identity);
    if (error != COMITY_OK)
        return error;
    memcpy(ret_key, identity_key(identity), KEY_SIZE);
    identity_close(&identity);
    return COMITY_OK;
}

static enum comity_error find_key(void *context, const char *seat_name, uint8_t ret_key[KEY_SIZE])
{
    struct key_search *search = context;
    size_t size = strlen(seat_name);
    const char *word;
    for (size_t i = 0; search->arguments != NULL; i++) {
        word = options_value_at(search->arguments, "key", i);
        if (word == NULL)
            break;
        if (strncmp(word, seat_name, size) == 0 && word[size] == '=')
            return key_read(search->cli, word + size + 1, ret_key, search->fault);
    }
    if (!search->template)
        return COMITY_NOT_FOUND;
    search->keyless++;
    return make_key(seat_name, ret_key);
}

static enum comity_error compile(struct cli *cli, const char *path, const struct buffer *text,
                                 struct key_search *search, struct charter_file *self)
{
    uint8_t nonce[NONCE_SIZE];
    randombytes_buf(nonce, sizeof nonce);
    struct yaml_node *root = NULL;
    enum comity_error error =
        yaml_parse(path, buffer_bytes(text), &self->arena, &root, search->fault);
    if (error == COMITY_OK && search->edit != NULL)
        error = search->edit(search->context, root, &self->arena, search->fault);
    if (error != COMITY_OK)
        return error;
    self->fresh = root->kind == YAML_MAP && yaml_get(root, "nonce") == NULL;
    struct charter_options options = {.key_source = find_key, .context = search, .nonce = nonce};
    struct warning_sink sink = {cli, path, 0};
    error = charter_compile(root, &options, warn, &sink, &self->bytes, search->fault);
    self->warnings = sink.count;
    self->keyless = search->keyless;
    return error;
}

static enum comity_error read_file(struct key_search *search, const char *word,
                                   struct charter_file *ret_file)
{
    struct charter_file self = {0};
    struct buffer file = {0};
    struct cli *cli = search->cli;
    struct fault *fault = search->fault;
    arena_init(&self.arena, 64 << 20);
    char path[PATH_MAX];
    enum comity_error error = identity_setup();
    if (error == COMITY_OK)
        error = institution_find(word, path, sizeof path, fault);
    if (error == COMITY_OK)
        error = cli_read_file(cli, path, &file, fault);
    if (error == COMITY_OK && search->edit != NULL && is_compiled(&file))
        error = fault_set(fault, COMITY_INVALID,
                          "%.200s is compiled: a template is a written charter", path);
    if (error == COMITY_OK && is_compiled(&file)) {
        self.bytes = file;
        file = (struct buffer){0};
    } else if (error == COMITY_OK) {
        error = compile(cli, path, &file, search, &self);
    }
    buffer_free(&file);
    if (error == COMITY_OK)
        error = charter_decode(buffer_bytes(&self.bytes), &self.arena, &self.charter, fault);
    if (error != COMITY_OK)
        charter_file_free(&self);
    else
        *ret_file = self;
    return error;
}

enum comity_error charter_file_read(struct cli *cli, const char *word,
                                    const struct arguments *arguments, bool template,
                                    struct charter_file *ret_file, struct fault *fault)
{
    struct key_search search = {
        .cli = cli, .arguments = arguments, .template = template, .fault = fault};
    return read_file(&search, word, ret_file);
}

enum comity_error charter_file_edit(struct cli *cli, const char *word, charter_edit *edit,
                                    void *context, struct charter_file *ret_file,
                                    struct fault *fault)
{
    struct key_search search = {.cli = cli, .edit = edit, .context = context, .fault = fault};
    return read_file(&search, word, ret_file);
}

void charter_file_free(struct charter_file *self)
{
    buffer_free(&self->bytes);
    arena_free(&self->arena);
}

static enum cli_exit print_json(struct cli *cli, struct bytes bytes)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    ProtobufCMessage *message = NULL;
    struct fault fault = {{0}};
    enum comity_error error = strict_unpack(&comity__v1__charter__descriptor, bytes,
                                            CHARTER_ITEMS_MAX, &arena, &message, &fault);
    enum cli_exit end =
        error == COMITY_OK ? cli_print_json(cli, message, CLI_OK) : cli_fail(cli, error, &fault);
    arena_free(&arena);
    return end;
}

/* `weights`, or NULL: where it stands in a forum that lives. */
static enum cli_exit print_yaml(struct cli *cli, const struct charter *charter,
                                const Comity__V1__Weights *weights)
{
    struct buffer text = {0};
    enum comity_error error = charter_print(charter, &text);
    if (error == COMITY_OK)
        error = buffer_append(&text, "", 1);
    struct page page;
    page_init(&page, false);
    if (error == COMITY_OK)
        page_lines(&page, (const char *)text.data, 0, 0);
    show_reweighed(&page, weights);
    buffer_free(&text);
    if (error == COMITY_OK)
        return cli_print(cli, &page, CLI_OK);
    page_free(&page);
    return cli_fail(cli, error, NULL);
}

static enum cli_exit print_summary(struct cli *cli, const struct charter_file *file)
{
    const struct charter *charter = file->charter;
    char id[HASH_HEX_SIZE];
    hash_to_hex(&charter->id, id);
    struct page page;
    page_init(&page, cli->color);
    page_styled(&page, STYLE_BOLD, charter->name);
    page_add(&page, "  ");
    page_plain(&page, charter->title);
    page_format(&page,
                "\n  %" PRIu32 " seats, %" PRIu32 " of them order the record; %" PRIu32
                " rules; %u warnings\n",
                charter->seats_count, charter->orderers_count, charter->rules_count,
                file->warnings);
    for (uint32_t i = 0; i < charter->rules_count; i++) {
        page_add(&page, "  ");
        page_styled(&page, STYLE_BOLD, charter->rules[i].name);
        page_add(&page, ": ");
        page_plain(&page, charter->rules[i].sentence);
        page_add(&page, "\n");
        rule_words(&charter->rules[i], &page);
    }
    if (file->keyless > 0)
        page_format(&page, "  A template: %u seats have no key yet; `--key SEAT=KEY` gives one.\n",
                    file->keyless);
    if (file->fresh)
        page_add(&page, "  It has no nonce: `comity convene` draws one, and so names the forum.\n");
    else
        page_format(&page, "  forum id %s\n", id);
    return cli_print(cli, &page, CLI_OK);
}

/* `dir/g7.yaml` becomes `g7.charter`, in the working directory. */
static void compiled_name(const char *name, char *ret_path, size_t capacity)
{
    (void)snprintf(ret_path, capacity, "%.*s.charter", NAME_MAX_SIZE, name);
}

/* A nonce that was drawn is in this file alone: another charter's file must not be lost to it. */
static enum comity_error write_new(struct cli *cli, const char *path,
                                   const struct charter_file *file, struct fault *fault)
{
    if (file->fresh && access(path, F_OK) == 0)
        return fault_set(fault, COMITY_EXISTS,
                         "%s is there already: it may be the charter of a forum that was "
                         "convened before; `comity join %s` joins that one, else move it away",
                         path, path);
    return cli_write_file(cli, path, buffer_bytes(&file->bytes), fault);
}

static enum cli_exit write_compiled(struct cli *cli, const struct arguments *arguments,
                                    const struct charter_file *file)
{
    char path[NAME_MAX_SIZE + 16];
    struct fault fault = {{0}};
    const char *output = options_value(arguments, "output");
    compiled_name(file->charter->name, path, sizeof path);
    enum comity_error error = output != NULL
                                  ? cli_write_file(cli, output, buffer_bytes(&file->bytes), &fault)
                                  : write_new(cli, path, file, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    if (output == NULL || strcmp(output, "-") != 0)
        cli_note(cli, "%zu bytes in %.200s: every delegation joins with this file",
                 file->bytes.size, output != NULL ? output : path);
    return CLI_OK;
}

enum cli_exit command_charter(struct cli *cli, const struct arguments *arguments)
{
    const char *what = arguments->words[0];
    if (strcmp(what, "list") == 0)
        return arguments->count == 1 ? institutions_list(cli)
                                     : cli_usage(cli, "`charter list` takes no more words");
    if (arguments->count != 2)
        return cli_usage(cli, "which charter? A file, or a name that `comity charter list` prints");
    if (strcmp(what, "check") != 0 && strcmp(what, "compile") != 0 && strcmp(what, "print") != 0)
        return cli_usage(cli, "charters can be listed, checked, compiled or printed, not `%.40s`",
                         what);
    struct charter_file file;
    struct fault fault = {{0}};
    enum comity_error error = charter_file_read(cli, arguments->words[1], arguments,
                                                strcmp(what, "check") == 0, &file, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end;
    if (strcmp(what, "compile") == 0)
        end = write_compiled(cli, arguments, &file);
    else if (cli->json)
        end = print_json(cli, buffer_bytes(&file.bytes));
    else if (strcmp(what, "print") == 0)
        end = print_yaml(cli, file.charter, NULL);
    else
        end = print_summary(cli, &file);
    charter_file_free(&file);
    return end;
}

/* A fresh nonce is in nobody else's hands: keep the compiled charter before anything is sent. If
 * the daemon then refuses, nothing came of it and settle_compiled takes it away again. */
static enum comity_error keep_compiled(struct cli *cli, const struct charter_file *file,
                                       struct fault *fault)
{
    char path[NAME_MAX_SIZE + 16];
    if (!file->fresh)
        return COMITY_OK;
    compiled_name(file->charter->name, path, sizeof path);
    return write_new(cli, path, file, fault);
}

static void settle_compiled(struct cli *cli, const struct charter_file *file, enum cli_exit end)
{
    char path[NAME_MAX_SIZE + 16];
    compiled_name(file->charter->name, path, sizeof path);
    if (end == CLI_REFUSED)
        (void)unlink(path);
    else
        cli_note(cli, "the charter with its nonce is in %s: the others say `comity join %s`", path,
                 path);
}

static enum cli_exit add_forum(struct cli *cli, const struct charter_file *file, bool convene,
                               bool observe)
{
    Comity__V1__AddForum body = COMITY__V1__ADD_FORUM__INIT;
    body.charter = (ProtobufCBinaryData){file->bytes.size, file->bytes.data};
    body.convene = convene;
    body.observe = observe;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_ADD_FORUM;
    request.add_forum = &body;
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error =
        comity_ask(cli->daemon, &request, COMITY__V1__RESPONSE__RESPONSE_ADDED, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end;
    if (cli->json) {
        end = cli_print_json(cli, &reply.response->added->base, CLI_OK);
    } else {
        struct page page;
        page_init(&page, cli->color);
        page_add(&page, convene ? "Convened " : observe ? "Reading along in " : "Joining ");
        page_styled(&page, STYLE_BOLD, reply.response->added->name);
        page_add(&page, ". `comity` shows where you sit.\n");
        end = cli_print(cli, &page, CLI_OK);
    }
    comity_reply_free(&reply);
    return end;
}

enum cli_exit charter_file_enter(struct cli *cli, const struct charter_file *file, bool convene,
                                 bool observe)
{
    struct fault fault = {{0}};
    enum comity_error error = keep_compiled(cli, file, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end = add_forum(cli, file, convene, observe);
    if (file->fresh)
        settle_compiled(cli, file, end);
    return end;
}

static enum cli_exit enter(struct cli *cli, const struct arguments *arguments, bool convene)
{
    struct charter_file file;
    struct fault fault = {{0}};
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    enum comity_error error =
        charter_file_read(cli, arguments->words[0], arguments, false, &file, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    if (file.fresh && !convene) {
        error = fault_set(&fault, COMITY_INVALID,
                          "%.200s has no nonce, so it names no forum yet: ask the convener for "
                          "the compiled charter (%s.charter)",
                          arguments->words[0], file.charter->name);
        end = cli_fail(cli, error, &fault);
    } else {
        end = charter_file_enter(cli, &file, convene, options_has(arguments, "observe"));
    }
    charter_file_free(&file);
    return end;
}

enum cli_exit command_convene(struct cli *cli, const struct arguments *arguments)
{
    if (options_has(arguments, "from"))
        return coalition_convene(cli, arguments);
    if (options_has(arguments, "with") || options_has(arguments, "name") ||
        options_has(arguments, "rule"))
        return cli_usage(cli, "--with, --name and --rule go with --from P3");
    return enter(cli, arguments, true);
}

enum cli_exit command_join(struct cli *cli, const struct arguments *arguments)
{
    if (newcomer_is_meant(arguments->words[0]))
        return newcomer_join(cli, arguments);
    if (arguments->count > 1)
        return cli_usage(cli, "a seat is asked for with an invitation; a charter names its own");
    return enter(cli, arguments, false);
}

enum cli_exit show_charter(struct cli *cli)
{
    struct comity_reply reply;
    struct fault fault = {{0}};
    enum comity_error error = comity_get_weights(cli->daemon, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const ProtobufCBinaryData *data = &reply.response->charter->charter;
    struct bytes bytes = bytes_of(data->data, data->len);
    struct arena arena;
    arena_init(&arena, 64 << 20);
    const struct charter *charter = NULL;
    enum cli_exit end;
    error = charter_decode(bytes, &arena, &charter, &fault);
    if (error != COMITY_OK)
        end = cli_fail(cli, error, &fault);
    else
        end = cli->json ? print_json(cli, bytes)
                        : print_yaml(cli, charter, reply.response->charter->weights);
    arena_free(&arena);
    comity_reply_free(&reply);
    return end;
}
