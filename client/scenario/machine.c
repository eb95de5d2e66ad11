/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { POLITE_MS = 5000, LOG_TAIL = 300 };

volatile sig_atomic_t machine_signal;

static void catch_signal(int number)
{
    machine_signal = number;
}

void machine_catch_signals(void)
{
    struct sigaction action = {.sa_handler = catch_signal};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
}

static enum comity_error write_path(const struct machine *self, const char *name,
                                    const char *suffix, char ret_path[PATH_MAX])
{
    int size = snprintf(ret_path, PATH_MAX, "%s/%s%s", self->folder, name, suffix);
    return size > 0 && size < PATH_MAX ? COMITY_OK : COMITY_LIMIT;
}

void machine_socket(const struct machine *self, uint32_t seat, char ret_path[PATH_MAX])
{
    if (write_path(self, self->daemons[seat].name, ".sock", ret_path))
        ret_path[0] = '\0';
}

enum comity_error machine_make_key(void *context, const char *seat_name, uint8_t ret_key[KEY_SIZE])
{
    struct machine *self = context;
    struct identity *identity = NULL;
    char path[PATH_MAX];
    if (self->daemons_count == SEATS_MAX || strlen(seat_name) > SEAT_NAME_MAX)
        return COMITY_LIMIT;
    enum comity_error error = write_path(self, seat_name, ".key", path);
    if (!error)
        error = identity_generate(&identity);
    if (!error)
        error = identity_save(identity, path, bytes_of(NULL, 0), NULL);
    if (!error)
        memcpy(ret_key, identity_key(identity), KEY_SIZE);
    identity_close(&identity);
    return error;
}

static enum comity_error write_peers(const struct machine *self, const struct scenario *scenario,
                                     const bool *orders, uint32_t seat, FILE *file)
{
    bool any = false;
    for (uint32_t i = 0; i < self->daemons_count; i++) {
        char hex[2 * KEY_SIZE + 1];
        /* Who orders is linked with everybody; who follows, with those who order. */
        if (i == seat || (!orders[i] && !orders[seat]))
            continue;
        hex_from_bytes(scenario->charter->seats[i].key, KEY_SIZE, hex);
        (void)fprintf(file, "%s  - {key: %s, name: %s", any ? "" : "peers:\n", hex,
                      self->daemons[i].name);
        if (i < seat) /* The later one calls the earlier one. */
            (void)fprintf(file, ", address: \"127.0.0.1:%u\"", self->daemons[i].port);
        (void)fputs("}\n", file);
        any = true;
    }
    return ferror(file) ? COMITY_IO : COMITY_OK;
}

static enum comity_error write_config(const struct machine *self, const struct scenario *scenario,
                                      const bool *orders, uint32_t seat, struct fault *fault)
{
    char path[PATH_MAX];
    const char *name = self->daemons[seat].name;
    enum comity_error error = write_path(self, name, ".yaml", path);
    FILE *file = error ? NULL : fopen(path, "we");
    if (!file)
        return fault_set(fault, COMITY_IO, "%s: %s", path, strerror(errno));
    (void)fprintf(file, "# %s in the forum %s\nkey: %s.key\ndata: %s.d\nsocket: %s.sock\n", name,
                  scenario->charter->name, name, name, name);
    (void)fprintf(file, "listen: tcp://127.0.0.1:%u\nlog: info\n", self->daemons[seat].port);
    error = write_peers(self, scenario, orders, seat, file);
    if (fclose(file) != 0 || error)
        return fault_set(fault, COMITY_IO, "%s: %s", path, strerror(errno));
    return COMITY_OK;
}

static enum comity_error write_charter(const struct machine *self, const struct scenario *scenario,
                                       struct fault *fault)
{
    char path[PATH_MAX];
    enum comity_error error = write_path(self, scenario->charter->name, ".charter", path);
    FILE *file = error ? NULL : fopen(path, "we");
    if (!file)
        return fault_set(fault, COMITY_IO, "%s: %s", path, strerror(errno));
    size_t written = fwrite(scenario->charter_bytes.data, 1, scenario->charter_bytes.size, file);
    if (fclose(file) != 0 || written != scenario->charter_bytes.size)
        return fault_set(fault, COMITY_IO, "%s: %s", path, strerror(errno));
    return COMITY_OK;
}

enum comity_error machine_configure(struct machine *self, const struct scenario *scenario,
                                    struct fault *fault)
{
    const struct charter *charter = scenario->charter;
    bool orders[SEATS_MAX] = {false};
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; i < charter->orderers_count; i++)
        orders[charter->orderers[i]] = true;
    for (uint32_t i = 0; !error && i < charter->seats_count; i++) {
        struct machine_daemon *daemon = &self->daemons[i];
        (void)snprintf(daemon->name, sizeof daemon->name, "%s", charter->seats[i].name);
        memcpy(daemon->key, charter->seats[i].key, KEY_SIZE);
        error = machine_take_port(self, i, fault);
        self->daemons_count = i + 1;
    }
    for (uint32_t i = 0; !error && i < self->daemons_count; i++)
        error = write_config(self, scenario, orders, i, fault);
    return error ? error : write_charter(self, scenario, fault);
}

/* In the child: never returns. */
static void become_daemon(const struct machine *self, const char *config, const char *log,
                          pid_t parent)
{
    (void)setpgid(0, self->group);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127); /* The parent died before it could be watched. */
    int in = open("/dev/null", O_RDONLY);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(127);
    for (int number = 1; number < 32; number++)
        (void)signal(number, SIG_DFL);
    for (int fd = 3; fd < 1024; fd++)
        (void)close(fd);
    char *const arguments[] = {(char *)(uintptr_t)self->program, (char *)(uintptr_t)config, NULL};
    (void)execvp(self->program, arguments);
    static const char text[] = "cannot execute comityd\n";
    (void)!write(2, text, sizeof text - 1);
    _exit(127);
}

enum comity_error machine_start(struct machine *self, uint32_t seat, struct fault *fault)
{
    struct machine_daemon *daemon = &self->daemons[seat];
    char config[PATH_MAX], log[PATH_MAX];
    enum comity_error error = write_path(self, daemon->name, ".yaml", config);
    if (!error)
        error = write_path(self, daemon->name, ".log", log);
    if (error)
        return error;
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return fault_set(fault, COMITY_IO, "cannot start another process: %s", strerror(errno));
    if (pid == 0)
        become_daemon(self, config, log, parent);
    if (self->group == 0)
        self->group = pid;
    (void)setpgid(pid, self->group); /* Also here: whichever comes first. */
    daemon->pid = pid;
    return COMITY_OK;
}

void machine_kill(struct machine *self, uint32_t seat)
{
    struct machine_daemon *daemon = &self->daemons[seat];
    if (daemon->pid <= 0)
        return;
    (void)kill(daemon->pid, SIGKILL);
    while (waitpid(daemon->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    daemon->pid = 0;
}

static void read_log_end(const struct machine *self, uint32_t seat, char ret_text[LOG_TAIL + 1])
{
    char path[PATH_MAX];
    ret_text[0] = '\0';
    if (write_path(self, self->daemons[seat].name, ".log", path))
        return;
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    if (fseek(file, -LOG_TAIL, SEEK_END) != 0)
        rewind(file);
    size_t size = fread(ret_text, 1, LOG_TAIL, file);
    while (size > 0 && ret_text[size - 1] == '\n')
        size--;
    ret_text[size] = '\0';
    (void)fclose(file);
}

enum comity_error machine_check(struct machine *self, struct fault *fault)
{
    if (machine_signal)
        return fault_set(fault, COMITY_REFUSED, "interrupted");
    for (uint32_t i = 0; i < self->daemons_count; i++) {
        int status;
        pid_t pid = self->daemons[i].pid;
        char tail[LOG_TAIL + 1];
        if (pid <= 0 || waitpid(pid, &status, WNOHANG) != pid)
            continue;
        self->daemons[i].pid = 0;
        read_log_end(self, i, tail);
        return fault_set(fault, COMITY_NETWORK, "the daemon of %s ended (%s %d): %s",
                         self->daemons[i].name, WIFSIGNALED(status) ? "signal" : "exit code",
                         WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), tail);
    }
    return COMITY_OK;
}

void machine_wait_folder(const struct machine *self, int timeout_ms)
{
    char events[4096];
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd >= 0)
        (void)inotify_add_watch(fd, self->folder, IN_CREATE | IN_MOVED_TO | IN_ATTRIB);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    (void)poll(&wait, 1, timeout_ms);
    if (fd >= 0) {
        (void)!read(fd, events, sizeof events);
        (void)close(fd);
    }
}

void machine_close(struct machine *self)
{
    int64_t end_ms = clock_steady_ms() + POLITE_MS;
    uint32_t running = 0;
    for (uint32_t i = 0; i < self->daemons_count; i++) {
        if (self->ports_fds[i] >= 0)
            (void)close(self->ports_fds[i]);
        self->ports_fds[i] = -1;
        running += self->daemons[i].pid > 0;
        if (self->daemons[i].pid > 0)
            (void)kill(self->daemons[i].pid, SIGTERM);
    }
    while (running > 0 && clock_steady_ms() < end_ms) {
        running = 0;
        for (uint32_t i = 0; i < self->daemons_count; i++) {
            struct machine_daemon *daemon = &self->daemons[i];
            if (daemon->pid > 0 && waitpid(daemon->pid, NULL, WNOHANG) == daemon->pid)
                daemon->pid = 0;
            running += daemon->pid > 0;
        }
        if (running > 0)
            (void)poll(NULL, 0, 10); /* Until its end is told: there is no event to wait for. */
    }
    for (uint32_t i = 0; i < self->daemons_count; i++)
        machine_kill(self, i);
    self->daemons_count = 0;
    if (!self->keep && self->folder[0])
        machine_remove_folder(self->folder);
    self->folder[0] = '\0';
}
