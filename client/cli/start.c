/* SPDX-License-Identifier: Apache-2.0 */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "commands.h"
#include "identity/identity.h"

enum { START_MS_MAX = 10000, START_LOOK_MS = 50 };

struct home {
    char folder[PATH_MAX / 2];
    char key[PATH_MAX], config[PATH_MAX], log[PATH_MAX], socket[PATH_MAX], program[PATH_MAX];
};

static enum comity_error find_home(struct home *self, struct fault *fault)
{
    const char *home = getenv("HOME");
    if (home == NULL || home[0] != '/' || strlen(home) > sizeof self->folder - 16)
        return fault_set(fault, COMITY_NOT_FOUND, "HOME is not set: start comityd by hand");
    (void)snprintf(self->folder, sizeof self->folder, "%s/.comity", home);
    (void)snprintf(self->key, sizeof self->key, "%s/key", self->folder);
    (void)snprintf(self->config, sizeof self->config, "%s/comityd.yaml", self->folder);
    (void)snprintf(self->log, sizeof self->log, "%s/comityd.log", self->folder);
    (void)snprintf(self->socket, sizeof self->socket, "%s/comityd.sock", self->folder);
    return COMITY_OK;
}

/* Beside this program, as it is built; in sbin beside its bin, as installed; or in the PATH. */
static void find_program(struct home *self)
{
    static const char *const places[] = {"comityd", "../sbin/comityd"};
    char own[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
    own[size > 0 ? size : 0] = '\0';
    char *slash = strrchr(own, '/');
    for (int i = 0; slash != NULL && i < 2; i++) {
        *slash = '\0';
        if (strlen(own) + 20 < sizeof self->program) {
            (void)snprintf(self->program, sizeof self->program, "%.4000s/%s", own, places[i]);
            if (access(self->program, X_OK) == 0)
                return;
        }
    }
    (void)snprintf(self->program, sizeof self->program, "comityd");
}

static enum comity_error make_key(const struct home *self, struct fault *fault)
{
    struct identity *identity = NULL;
    if (access(self->key, F_OK) == 0)
        return COMITY_OK;
    enum comity_error error = identity_generate(&identity);
    if (error == COMITY_OK)
        error = identity_save(identity, self->key, bytes_of(NULL, 0), fault);
    identity_close(&identity);
    return error;
}

static enum comity_error make_config(struct cli *cli, const struct home *self, const char *listen,
                                     struct fault *fault)
{
    char text[1024];
    if (access(self->config, F_OK) == 0)
        return COMITY_OK;
    int size = snprintf(text, sizeof text,
                        "# Made by comity; see comityd(8).\n"
                        "key: key\ndata: data\nsocket: comityd.sock\n%s%s%s",
                        listen != NULL ? "listen: " : "", listen != NULL ? listen : "",
                        listen != NULL ? "\n" : "");
    if (size < 0 || (size_t)size >= sizeof text)
        return fault_set(fault, COMITY_LIMIT, "the address to listen at is too long");
    return cli_write_file(cli, self->config, bytes_of(text, (size_t)size), fault);
}

/* A session of its own: closing the terminal does not take the daemon along. */
static pid_t launch(const struct home *self)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    int log = open(self->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int none = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (log < 0 || none < 0 || setsid() < 0 || dup2(none, 0) < 0 || dup2(log, 1) < 0 ||
        dup2(log, 2) < 0)
        _exit(127);
    (void)execlp(self->program, "comityd", self->config, (char *)NULL);
    _exit(127);
}

static void last_line(const char *path, char *ret_line, size_t size)
{
    char line[512];
    FILE *file = fopen(path, "re");
    ret_line[0] = '\0';
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        (void)snprintf(ret_line, size, "%.300s", line);
    }
    if (file != NULL)
        (void)fclose(file);
}

static enum comity_error await(struct cli *cli, const struct home *self, pid_t child,
                               struct fault *fault)
{
    int64_t until_ms = clock_steady_ms() + START_MS_MAX;
    while (clock_steady_ms() < until_ms) {
        int status;
        struct comity_reply reply;
        if (comity_open(self->socket, &cli->daemon, NULL) == COMITY_OK) {
            if (comity_get_status(cli->daemon, &reply, NULL) == COMITY_OK) {
                comity_reply_free(&reply);
                return COMITY_OK;
            }
            comity_close(&cli->daemon);
        }
        if (waitpid(child, &status, WNOHANG) == child) {
            char line[320];
            last_line(self->log, line, sizeof line);
            return fault_set(fault, COMITY_NETWORK, "comityd did not start: %s",
                             line[0] != '\0' ? line : self->log);
        }
        struct timespec pause = {.tv_nsec = START_LOOK_MS * 1000000L};
        (void)nanosleep(&pause, NULL);
    }
    return fault_set(fault, COMITY_PENDING, "comityd does not answer yet: see %s", self->log);
}

static enum comity_error start(struct cli *cli, const char *listen, struct fault *fault)
{
    struct home *home = malloc(sizeof *home);
    if (home == NULL)
        return COMITY_MEMORY;
    enum comity_error error = identity_setup();
    if (error == COMITY_OK)
        error = find_home(home, fault);
    if (error == COMITY_OK && mkdir(home->folder, 0700) != 0 && errno != EEXIST)
        error = fault_set(fault, COMITY_IO, "%s: %s", home->folder, strerror(errno));
    if (error == COMITY_OK)
        error = make_key(home, fault);
    if (error == COMITY_OK)
        error = make_config(cli, home, listen, fault);
    pid_t child = -1;
    if (error == COMITY_OK) {
        find_program(home);
        child = launch(home);
        if (child < 0)
            error = fault_set(fault, COMITY_IO, "cannot start comityd: %s", strerror(errno));
    }
    if (error == COMITY_OK)
        error = await(cli, home, child, fault);
    if (error == COMITY_OK)
        cli_note(cli, "comityd is running now; its files and its log are in %s", home->folder);
    free(home);
    return error;
}

enum cli_exit start_or_connect(struct cli *cli, const char *listen)
{
    char endpoint[COMITY_ENDPOINT_MAX];
    struct fault fault = {{0}};
    if (cli->daemon != NULL)
        return CLI_OK;
    enum comity_error found = comity_discover(cli->socket, endpoint, NULL);
    if (cli->socket != NULL || getenv("COMITY_SOCKET") != NULL || found == COMITY_CONFLICT)
        return cli_connect(cli);
    if (found == COMITY_OK && comity_open(NULL, &cli->daemon, NULL) == COMITY_OK) {
        comity_close(&cli->daemon);
        return cli_connect(cli);
    }
    enum comity_error error = start(cli, listen, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    return CLI_OK;
}

enum cli_exit command_start(struct cli *cli, const struct arguments *arguments)
{
    enum cli_exit end = start_or_connect(cli, options_value(arguments, "listen"));
    return end != CLI_OK ? end : command_overview(cli, arguments);
}
