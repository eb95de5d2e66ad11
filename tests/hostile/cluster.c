/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.c - starts three real daemons on loopback, hears what they say, and looks at them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "charter/charter.h"
#include "hostile/hostile.h"

enum { START_MS_MAX = 60000 };

static const char *const names[SEATS] = {"A", "B", "C", "EVE"};

static const char charter_text[] =
    "name: keep\n"
    "title: A keep under siege\n"
    "seats: [A, B, C, EVE]\n"
    "rules:\n"
    "  most: {sentence: \"yes >= 3\", binds: consenting, revise: never}\n"
    "topics: [walls]\n"
    "pace: 250ms\n";

static struct cluster *open_cluster; /* For the clean-up when the program dies. */

void die(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)fputs("hostile: ", stderr);
    (void)vfprintf(stderr, format, list);
    (void)fputc('\n', stderr);
    va_end(list);
    if (open_cluster != NULL) {
        for (int i = 0; i < HONEST; i++) {
            struct buffer *said = &open_cluster->daemons[i].said;
            size_t from = said->size > 3000 ? said->size - 3000 : 0;
            (void)fprintf(stderr, "--- the daemon of %s said last:\n%.*s", names[i],
                          (int)(said->size - from), (const char *)said->data + from);
        }
        cluster_close(open_cluster);
    }
    exit(1);
}

int64_t now_ms(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool read_line_of(pid_t process, const char *file, char *ret_text, size_t size)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%ld/%s", (long)process, file);
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return false;
    size_t got = fread(ret_text, 1, size - 1, stream);
    ret_text[got] = '\0';
    (void)fclose(stream);
    return got > 0;
}

int64_t read_ticks(pid_t process)
{
    char text[2048];
    long user = 0;
    long system = 0;
    if (!read_line_of(process, "stat", text, sizeof text))
        return 0;
    const char *at = strrchr(text, ')');
    if (at == NULL ||
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system) != 2)
        return 0;
    return (user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

int64_t read_anonymous_kib(pid_t process)
{
    char text[8192];
    long kib = 0;
    if (!read_line_of(process, "status", text, sizeof text))
        return 0;
    const char *at = strstr(text, "RssAnon:");
    return at != NULL && sscanf(at, "RssAnon: %ld", &kib) == 1 ? kib : 0;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        die("cannot write %s: %s", path, strerror(errno));
}

/* Ports below those that systems give out by themselves, and not the same in two runs at once. */
static uint16_t choose_port(int index)
{
    return (uint16_t)(12000 + getpid() % 1900 * 8 + index);
}

static enum comity_error key_of(void *context, const char *seat_name, uint8_t ret_key[KEY_SIZE])
{
    const struct cluster *self = context;
    for (int i = 0; i < SEATS; i++) {
        if (strcmp(names[i], seat_name) == 0) {
            memcpy(ret_key, identity_key(self->identities[i]), KEY_SIZE);
            return COMITY_OK;
        }
    }
    return COMITY_NOT_FOUND;
}

static void make_charter(struct cluster *self)
{
    static const uint8_t nonce[16] = {5};
    const struct charter_options options = {.key_source = key_of, .context = self, .nonce = nonce};
    struct yaml_node *root;
    struct fault fault = {{0}};
    struct hasher hasher;
    arena_init(&self->arena, 0);
    if (yaml_parse("keep", bytes_of_text(charter_text), &self->arena, &root, &fault) != COMITY_OK ||
        charter_compile(root, &options, NULL, NULL, &self->charter_bytes, &fault) != COMITY_OK ||
        charter_decode(buffer_bytes(&self->charter_bytes), &self->arena, &self->charter, &fault) !=
            COMITY_OK)
        die("%s", fault.text);
    hasher_init(&hasher, "comity/roster/v1");
    for (uint32_t i = 0; i < self->charter->orderers_count; i++)
        hasher_add(&hasher, self->charter->seats[self->charter->orderers[i]].key, KEY_SIZE);
    self->domain =
        (struct vote_domain){.forum = self->charter->id, .roster_hash = hasher_finish(&hasher)};
}

static void configure(struct cluster *self, int index)
{
    struct daemon *daemon = &self->daemons[index];
    char path[400];
    char text[2048];
    char hex[2 * KEY_SIZE + 1];
    struct fault fault;
    char directory[sizeof daemon->directory];
    (void)snprintf(directory, sizeof directory, "%.255s/%s", self->directory, names[index]);
    (void)snprintf(daemon->socket, sizeof daemon->socket, "%s/s", directory);
    (void)snprintf(path, sizeof path, "%s/key", directory);
    memcpy(daemon->directory, directory, sizeof directory);
    if (mkdir(daemon->directory, 0700) != 0 ||
        identity_save(self->identities[index], path, bytes_of(NULL, 0), &fault) != COMITY_OK)
        die("cannot make %s", daemon->directory);
    int size = snprintf(text, sizeof text,
                        "key: key\ndata: d\nsocket: s\nlisten: tcp://127.0.0.1:%u\npeers:\n",
                        daemon->port);
    for (int i = 0; i < SEATS; i++) {
        if (i == index)
            continue;
        hex_from_bytes(identity_key(self->identities[i]), KEY_SIZE, hex);
        size += snprintf(text + size, sizeof text - (size_t)size,
                         "  - {key: %s, address: \"127.0.0.1:%u\"}\n", hex,
                         i == EVE ? self->eve_port : self->daemons[i].port);
    }
    (void)snprintf(path, sizeof path, "%s/c.yaml", daemon->directory);
    write_text(path, text);
}

static void start(struct cluster *self, int index)
{
    struct daemon *daemon = &self->daemons[index];
    char path[400];
    int ends[2];
    (void)snprintf(path, sizeof path, "%s/c.yaml", daemon->directory);
    if (pipe2(ends, O_CLOEXEC) != 0)
        die("cannot make a pipe: %s", strerror(errno));
    daemon->process = fork();
    if (daemon->process < 0)
        die("cannot fork: %s", strerror(errno));
    if (daemon->process == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)dup2(ends[1], STDERR_FILENO);
        /* Memory that was given back is not held against a daemon, also where a sanitizer keeps
         * it for a while to find late users. */
        (void)setenv("ASAN_OPTIONS", "quarantine_size_mb=1:thread_local_quarantine_size_kb=64", 1);
        (void)execl(self->program, self->program, path, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    daemon->log = ends[0];
    (void)fcntl(daemon->log, F_SETFL, O_NONBLOCK);
}

static void hear(struct daemon *daemon)
{
    char part[65536];
    ssize_t size;
    while ((size = read(daemon->log, part, sizeof part)) > 0) {
        if (daemon->said.size + (size_t)size > LOG_MAX)
            die("a daemon's log has more than %d bytes: it can be made to fill a disk", LOG_MAX);
        if (buffer_append(&daemon->said, part, (size_t)size) != COMITY_OK)
            die("out of memory");
    }
}

static bool holds(const struct daemon *daemon, size_t from, const char *text)
{
    return daemon->said.size > from &&
           memmem(daemon->said.data + from, daemon->said.size - from, text, strlen(text)) != NULL;
}

static void await_line(struct daemon *daemon, const char *text)
{
    int64_t end = now_ms() + START_MS_MAX;
    while (!holds(daemon, 0, text)) {
        struct pollfd file = {.fd = daemon->log, .events = POLLIN};
        int64_t left = end - now_ms();
        if (left <= 0 || poll(&file, 1, (int)left) < 0)
            die("a daemon did not say \"%s\"", text);
        hear(daemon);
        if ((file.revents & POLLHUP) != 0 && !holds(daemon, 0, text))
            die("a daemon ended before it said \"%s\"", text);
    }
}

static void take_seat(struct cluster *self, int index)
{
    struct daemon *daemon = &self->daemons[index];
    Comity__V1__AddForum body = COMITY__V1__ADD_FORUM__INIT;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    struct comity_reply reply;
    struct fault fault = {{0}};
    body.charter = (ProtobufCBinaryData){self->charter_bytes.size, self->charter_bytes.data};
    body.convene = index == 0;
    request.request_case = COMITY__V1__REQUEST__REQUEST_ADD_FORUM;
    request.add_forum = &body;
    if (comity_open(daemon->socket, &daemon->client, &fault) != COMITY_OK)
        die("%s", fault.text);
    comity_set_timeout(daemon->client, 60000);
    if (comity_ask(daemon->client, &request, COMITY__V1__RESPONSE__RESPONSE_ADDED, &reply,
                   &fault) != COMITY_OK)
        die("%s", fault.text);
    comity_reply_free(&reply);
}

void cluster_open(struct cluster *self, const char *program)
{
    *self = (struct cluster){.program = program, .eve_port = choose_port(HONEST)};
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(self->directory, sizeof self->directory, "%s/hostile.XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    if (identity_setup() != COMITY_OK || mkdtemp(self->directory) == NULL)
        die("cannot make a folder: %s", strerror(errno));
    open_cluster = self;
    for (int i = 0; i < SEATS; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        if (identity_from_seed(seed, &self->identities[i]) != COMITY_OK)
            die("out of memory");
    }
    for (int i = 0; i < HONEST; i++)
        self->daemons[i].port = choose_port(i);
    make_charter(self);
    for (int i = 0; i < HONEST; i++)
        configure(self, i);
    for (int i = 0; i < HONEST; i++)
        start(self, i);
    for (int i = 0; i < HONEST; i++)
        await_line(&self->daemons[i], "clients at");
    for (int i = 0; i < HONEST; i++)
        take_seat(self, i);
}

void cluster_close(struct cluster *self)
{
    char command[320];
    open_cluster = NULL;
    for (int i = 0; i < HONEST; i++) {
        struct daemon *daemon = &self->daemons[i];
        comity_close(&daemon->client);
        if (daemon->process > 0) {
            (void)kill(daemon->process, SIGKILL);
            (void)waitpid(daemon->process, NULL, 0);
            (void)close(daemon->log);
        }
        buffer_free(&daemon->said);
    }
    for (int i = 0; i < SEATS; i++)
        identity_close(&self->identities[i]);
    buffer_free(&self->charter_bytes);
    arena_free(&self->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", self->directory);
    if (system(command) != 0)
        (void)fprintf(stderr, "hostile: %s stays\n", self->directory);
}

void cluster_look(struct cluster *self)
{
    for (int i = 0; i < HONEST; i++) {
        struct daemon *daemon = &self->daemons[i];
        int status = 0;
        hear(daemon);
        if (waitpid(daemon->process, &status, WNOHANG) != 0) {
            daemon->process = 0;
            die("the daemon of %s died (status %x)", names[i], (unsigned)status);
        }
        int64_t kib = read_anonymous_kib(daemon->process);
        if (kib > daemon->anonymous_most)
            daemon->anonymous_most = kib;
    }
}

bool cluster_said(struct cluster *self, const size_t from[HONEST], const char *one,
                  const char *other)
{
    for (int i = 0; i < HONEST; i++) {
        const struct buffer *said = &self->daemons[i].said;
        const uint8_t *at = said->data + from[i];
        const uint8_t *end = said->data + said->size;
        while (at < end) {
            const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
            size_t size = stop == NULL ? (size_t)(end - at) : (size_t)(stop - at);
            if (memmem(at, size, one, strlen(one)) != NULL &&
                memmem(at, size, other, strlen(other)) != NULL)
                return true;
            at += size + 1;
        }
    }
    return false;
}
