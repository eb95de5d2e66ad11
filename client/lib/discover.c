/* SPDX-License-Identifier: Apache-2.0 */
/* discover.c - where the daemon listens. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "comity.h"
#include "parts.h"

enum { PLACES = 3, PATH_SIZE = 4096 };

struct places {
    char paths[PLACES][PATH_SIZE]; /* "" where the environment names none. */
};

static void places_init(struct places *self)
{
    *self = (struct places){0};
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (runtime != NULL && runtime[0] == '/')
        (void)snprintf(self->paths[0], PATH_SIZE, "%s/comity", runtime);
    (void)snprintf(self->paths[1], PATH_SIZE, "/run/comity");
    const char *home = getenv("HOME");
    if (home != NULL && home[0] == '/')
        (void)snprintf(self->paths[2], PATH_SIZE, "%s/.comity", home);
}

static enum comity_error from_path(const char *path, char *ret_endpoint, struct fault *fault)
{
    struct sockaddr_un address;
    if (strlen(path) >= sizeof address.sun_path)
        return fault_set(fault, COMITY_LIMIT,
                         "the socket path %s is longer than the system's %zu characters: "
                         "put it in a shorter directory",
                         path, sizeof address.sun_path - 1);
    (void)snprintf(ret_endpoint, COMITY_ENDPOINT_MAX, "ipc://%s", path);
    return COMITY_OK;
}

/* How many `*.sock` there are; the last one seen goes to ret_path. */
static size_t count_sockets(const char *directory, char *ret_path)
{
    DIR *handle = directory[0] == '\0' ? NULL : opendir(directory);
    if (handle == NULL)
        return 0;
    size_t count = 0;
    for (struct dirent *entry = readdir(handle); entry != NULL; entry = readdir(handle)) {
        size_t size = strlen(entry->d_name);
        if (size <= 5 || strcmp(entry->d_name + size - 5, ".sock") != 0)
            continue;
        int written = snprintf(ret_path, PATH_SIZE, "%s/%s", directory, entry->d_name);
        if (written > 0 && written < PATH_SIZE)
            count++;
    }
    closedir(handle);
    return count;
}

static enum comity_error from_bare_name(const struct places *places, const char *name,
                                        char *ret_endpoint, struct fault *fault)
{
    for (size_t i = 0; i < PLACES; i++) {
        char path[PATH_SIZE];
        if (places->paths[i][0] == '\0')
            continue;
        int written = snprintf(path, sizeof path, "%s/%s.sock", places->paths[i], name);
        if (written > 0 && written < PATH_SIZE && access(path, F_OK) == 0)
            return from_path(path, ret_endpoint, fault);
    }
    return fault_set(fault, COMITY_NOT_FOUND,
                     "no daemon's socket is called %s.sock in $XDG_RUNTIME_DIR/comity, "
                     "/run/comity or ~/.comity: name it by its path, as in -d ./%s.sock",
                     name, name);
}

enum comity_error comity_discover(const char *name, char ret_endpoint[COMITY_ENDPOINT_MAX],
                                  struct fault *fault)
{
    struct places places;
    places_init(&places);
    if (name == NULL || name[0] == '\0')
        name = getenv("COMITY_SOCKET");
    if (name != NULL && name[0] != '\0') {
        if (strstr(name, "://") != NULL) {
            if (strlen(name) >= COMITY_ENDPOINT_MAX)
                return fault_set(fault, COMITY_LIMIT, "the endpoint %.40s... is too long", name);
            (void)snprintf(ret_endpoint, COMITY_ENDPOINT_MAX, "%s", name);
            return COMITY_OK;
        }
        if (strchr(name, '/') != NULL || strstr(name, ".sock") != NULL)
            return from_path(name, ret_endpoint, fault);
        return from_bare_name(&places, name, ret_endpoint, fault);
    }
    for (size_t i = 0; i < PLACES; i++) {
        char path[PATH_SIZE];
        size_t count = count_sockets(places.paths[i], path);
        if (count == 1)
            return from_path(path, ret_endpoint, fault);
        if (count > 1)
            return fault_set(fault, COMITY_CONFLICT,
                             "%zu daemons have a socket in %s: say which with -d NAME or "
                             "COMITY_SOCKET",
                             count, places.paths[i]);
    }
    return fault_set(fault, COMITY_NOT_FOUND,
                     "no daemon was found (no *.sock in $XDG_RUNTIME_DIR/comity, /run/comity or "
                     "~/.comity): start comityd, or name its socket with -d PATH or "
                     "COMITY_SOCKET");
}

/* libzmq connects later and says nothing, so a plain connection first tells who is there. */
enum comity_error discover_probe(const char *endpoint, struct fault *fault)
{
    if (strncmp(endpoint, "ipc://", 6) != 0 || endpoint[6] == '@')
        return COMITY_OK;
    const char *path = endpoint + 6;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return fault_set(fault, COMITY_LIMIT, "the socket path %.60s... is too long", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fault_set(fault, COMITY_IO, "cannot make a socket: %s", strerror(errno));
    int failed = connect(fd, (const struct sockaddr *)&address, sizeof address);
    int number = errno;
    close(fd);
    if (failed == 0 || number == EAGAIN)
        return COMITY_OK;
    if (number == EACCES || number == EPERM)
        return fault_set(fault, COMITY_REFUSED,
                         "the socket %s belongs to somebody else: run as the user comityd runs as",
                         path);
    if (number == ENOENT || number == ENOTDIR)
        return fault_set(fault, COMITY_NETWORK,
                         "no daemon listens at %s (there is no such file): start comityd, or name "
                         "another socket with -d PATH",
                         path);
    if (number == ECONNREFUSED)
        return fault_set(fault, COMITY_NETWORK,
                         "no daemon listens at %s (it was left behind): start comityd again", path);
    return fault_set(fault, COMITY_NETWORK, "cannot reach %s: %s", path, strerror(number));
}
