/* SPDX-License-Identifier: Apache-2.0 */
#include "system/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* `@name` is an abstract one. */
static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t size = strlen(path);
    if ((path[0] != '/' && path[0] != '@') || size >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, size);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file >= 0 && connect(file, (const struct sockaddr *)&address, length) != 0) {
        (void)close(file);
        return -1;
    }
    return file;
}

void notify_open(struct notify *self)
{
    const char *path = getenv("NOTIFY_SOCKET");
    const char *interval = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    *self = (struct notify){.socket = path == NULL ? -1 : connect_to(path)};
    if (interval != NULL && (pid == NULL || strtoll(pid, NULL, 10) == getpid()))
        self->interval_ms = strtoll(interval, NULL, 10) / 3000; /* A third of its patience. */
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

/* Lossy on purpose: a manager that does not listen must not hold up the daemon. */
static void say(struct notify *self, const char *text)
{
    if (self->socket >= 0)
        (void)!send(self->socket, text, strlen(text), MSG_NOSIGNAL);
}

void notify_ready(struct notify *self, const char *status)
{
    char text[256];
    (void)snprintf(text, sizeof text, "READY=1\nSTATUS=%.200s", status);
    say(self, text);
}

void notify_alive(struct notify *self, int64_t now_ms)
{
    if (self->interval_ms <= 0 || now_ms - self->last_ms < self->interval_ms)
        return;
    self->last_ms = now_ms;
    say(self, "WATCHDOG=1");
}

void notify_stopping(struct notify *self)
{
    say(self, "STOPPING=1");
}

void notify_close(struct notify *self)
{
    if (self->socket >= 0)
        (void)close(self->socket);
    self->socket = -1;
}
