/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - comityd: arguments, passphrase, signals; the rest is the node's. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/log.h"
#include "node/node.h"
#include "system/limits.h"
#include "system/notify.h"
#include "system/sandbox.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif
/* AddressSanitizer looks for leaks at the end, as a debugger would. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { MAY_TRACE = 1 };
#else
enum { MAY_TRACE = 0 };
#endif

static int stop_pipe[2] = {-1, -1};

/* The first signal is a request, the second one an order; and stopping takes no longer than this.
 * What was promised is on disk at any moment. */
enum { STOP_S_MAX = 10 };

static void on_signal(int number)
{
    static volatile sig_atomic_t asked;
    int saved = errno;
    if (asked != 0)
        _exit(128 + number);
    asked = 1;
    (void)alarm(STOP_S_MAX);
    ssize_t ignored = write(stop_pipe[1], "x", 1);
    (void)ignored;
    errno = saved;
}

static void on_alarm(int number)
{
    static const char text[] = "comityd: stopping took too long: ended as it was\n";
    (void)number;
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(1);
}

static void print_usage(FILE *out)
{
    (void)fprintf(out,
                  "usage: comityd [-n] [-p FD] [--log LEVEL] [--no-sandbox] CONFIG\n"
                  "       comityd --restore BACKUP CONFIG\n"
                  "       comityd --help | --version\n\n"
                  "Serves one delegation. CONFIG is a YAML file, see comityd(8).\n\n"
                  "  -n, --check           check the configuration, print it back, exit\n"
                  "  -p, --passphrase-fd FD  read the key's passphrase from this descriptor\n"
                  "      --log LEVEL       debug, info, warning or error; overrides the file\n"
                  "      --restore BACKUP  put a backup where CONFIG has its files, exit\n"
                  "      --no-sandbox      for debuggers: no landlock, no seccomp, core dumps\n");
}

struct arguments {
    const char *config;
    bool check;
    int passphrase_fd;
    int log_level; /* -1: as the file says. */
    bool no_sandbox;
    const char *restore;
};

static int parse_level(const char *word)
{
    static const char *const words[] = {"debug", "info", "warning", "error"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(word, words[i]) == 0)
            return i;
    }
    return -1;
}

/* 0: go on; else the exit code plus one. */
static int parse_arguments(int argc, char **argv, struct arguments *ret)
{
    static const struct option options[] = {
        {"check", no_argument, NULL, 'n'},         {"passphrase-fd", required_argument, NULL, 'p'},
        {"log", required_argument, NULL, 'l'},     {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},       {"no-sandbox", no_argument, NULL, 'S'},
        {"restore", required_argument, NULL, 'R'}, {NULL, 0, NULL, 0},
    };
    *ret = (struct arguments){.passphrase_fd = -1, .log_level = -1};
    int option;
    while ((option = getopt_long(argc, argv, "np:hV", options, NULL)) != -1) {
        switch (option) {
        case 'n':
            ret->check = true;
            break;
        case 'p': {
            char *end;
            long fd = strtol(optarg, &end, 10);
            if (*optarg == '\0' || *end != '\0' || fd < 0 || fd > 1024) {
                (void)fprintf(stderr,
                              "comityd: --passphrase-fd wants a descriptor number, not "
                              "\"%s\"\n",
                              optarg);
                return 3;
            }
            ret->passphrase_fd = (int)fd;
            break;
        }
        case 'l':
            ret->log_level = parse_level(optarg);
            if (ret->log_level < 0) {
                (void)fprintf(stderr,
                              "comityd: --log wants debug, info, warning or error, not "
                              "\"%s\"\n",
                              optarg);
                return 3;
            }
            break;
        case 'R':
            ret->restore = optarg;
            break;
        case 'S':
            ret->no_sandbox = true;
            break;
        case 'h':
            print_usage(stdout);
            return 1;
        case 'V':
            (void)printf("comityd %s\n", COMITY_VERSION);
            return 1;
        default:
            print_usage(stderr);
            return 3;
        }
    }
    if (optind + 1 != argc) {
        print_usage(stderr);
        return 3;
    }
    ret->config = argv[optind];
    return 0;
}

/* One line from the descriptor, into locked memory that the caller frees (sodium_free). */
static char *read_passphrase(int fd, size_t *ret_size)
{
    enum { PASSPHRASE_MAX = 1024 };
    char *passphrase = sodium_malloc(PASSPHRASE_MAX);
    size_t size = 0;
    while (passphrase != NULL && size < PASSPHRASE_MAX) {
        ssize_t got = read(fd, passphrase + size, 1);
        if (got <= 0 || passphrase[size] == '\n')
            break;
        size++;
    }
    *ret_size = size;
    return passphrase;
}

static enum comity_error load_identity(const struct config *config, int passphrase_fd,
                                       struct identity **ret_identity, struct fault *fault)
{
    struct bytes passphrase = {0};
    char *memory = NULL;
    if (passphrase_fd >= 0) {
        size_t size;
        memory = read_passphrase(passphrase_fd, &size);
        passphrase = bytes_of(memory, memory == NULL ? 0 : size);
    }
    enum comity_error error = identity_load(config->key_path, passphrase, ret_identity, fault);
    if (memory != NULL)
        sodium_free(memory);
    return error;
}

static enum comity_error set_up_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return COMITY_IO;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    action.sa_handler = on_alarm;
    (void)sigaction(SIGALRM, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
    return COMITY_OK;
}

/* Nothing that others wrote has been read yet, but the configuration and the key. */
static void enter_sandbox(const struct config *config, const struct arguments *arguments)
{
    struct sandbox_plan plan = {.data_path = config->data_path,
                                .socket_path = config->socket_path,
                                .looks_up_names = config->looks_up_names,
                                .may_trace = MAY_TRACE};
    struct sandbox_state state;
    if (arguments->no_sandbox) {
        log_line(LOG_WARNING, "node", "no sandbox, as told: this daemon may do all its user may");
        return;
    }
    sandbox_enter(&plan, &state);
    log_line(state.landlock_abi > 0 ? LOG_INFO : LOG_WARNING, "node", "sandbox: %s",
             state.landlock_text);
    log_line(state.seccomp ? LOG_INFO : LOG_WARNING, "node", "sandbox: %s", state.seccomp_text);
}

static void alive(void *context, int64_t now_ms)
{
    notify_alive(context, now_ms);
}

static enum comity_error run(const struct config *config, const struct identity *identity,
                             struct notify *notify, struct fault *fault)
{
    struct node *node;
    char fingerprint[FINGERPRINT_TEXT_SIZE];
    enum comity_error error = node_open(config, identity, &node, fault);
    if (error != COMITY_OK)
        return error;
    fingerprint_format(identity_key(identity), fingerprint);
    log_line(LOG_INFO, "node", "comityd %s serves %s, clients at %s", COMITY_VERSION, fingerprint,
             config->socket_path);
    notify_ready(notify, fingerprint);
    error = node_run(node, stop_pipe[0], alive, notify);
    notify_stopping(notify);
    node_close(&node);
    log_line(LOG_INFO, "node", "stopped");
    return error;
}

static enum comity_error serve(const struct config *config, const struct arguments *arguments,
                               struct fault *fault)
{
    struct identity *identity;
    struct notify notify;
    uint64_t lockable = 0;
    int key_file = -1; /* Held until the end of the process. */
    limits_survive_full_files();
    if (!arguments->no_sandbox)
        limits_hide_memory();
    enum comity_error error = set_up_signals();
    if (error == COMITY_OK)
        error = limits_open_files(config->peers_count, fault);
    if (error == COMITY_OK)
        error = node_make_data(config, fault);
    if (error == COMITY_OK && !limits_lock_memory(&lockable))
        log_line(LOG_WARNING, "node",
                 "the key cannot be locked in memory (RLIMIT_MEMLOCK is %llu bytes) and may reach "
                 "the swap: raise it (ulimit -l, LimitMEMLOCK=) or encrypt the swap",
                 (unsigned long long)lockable);
    if (error == COMITY_OK)
        error = identity_file_hold(config->key_path, &key_file, fault);
    if (error == COMITY_OK)
        error = load_identity(config, arguments->passphrase_fd, &identity, fault);
    if (error != COMITY_OK)
        return error;
    notify_open(&notify);
    enter_sandbox(config, arguments);
    error = run(config, identity, &notify, fault);
    notify_close(&notify);
    identity_close(&identity);
    return error;
}

static enum comity_error check(const struct config *config)
{
    struct buffer text = {0};
    enum comity_error error = config_print(config, &text);
    if (error == COMITY_OK)
        (void)fwrite(text.data, 1, text.size, stdout);
    buffer_free(&text);
    return error;
}

static enum comity_error restore(const struct config *config, const char *backup,
                                 struct fault *fault)
{
    char day[CALENDAR_TEXT_SIZE];
    int64_t taken_ms;
    enum comity_error error = node_restore(config, backup, &taken_ms, fault);
    if (error != COMITY_OK)
        return error;
    calendar_format(taken_ms, day);
    (void)printf("%s holds the record of %s now. A daemon that starts there observes: it votes no "
                 "more, and acts once other daemons have told what they hold of its key.\n",
                 config->data_path, day);
    return COMITY_OK;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct config config;
    struct arena arena;
    struct fault fault = {{0}};
    int stop = parse_arguments(argc, argv, &arguments);
    if (stop != 0)
        return stop - 1;
    arena_init(&arena, 64 << 20);
    enum comity_error error = identity_setup();
    if (error == COMITY_OK)
        error = config_read(arguments.config, &arena, &config, &fault);
    if (error == COMITY_OK) {
        if (arguments.log_level >= 0)
            config.log_level = (enum log_level)arguments.log_level;
        log_setup(config.log_level, config.log_json);
    }
    if (error == COMITY_OK && arguments.check)
        error = check(&config);
    else if (error == COMITY_OK && arguments.restore != NULL)
        error = restore(&config, arguments.restore, &fault);
    else if (error == COMITY_OK)
        error = serve(&config, &arguments, &fault);
    arena_free(&arena);
    if (error != COMITY_OK)
        (void)fprintf(stderr, "comityd: %s\n",
                      fault.text[0] != '\0' ? fault.text : error_text(error));
    return error == COMITY_OK ? 0 : 1;
}
