/* SPDX-License-Identifier: Apache-2.0 */
/* folder.c - the machine's place: a folder, a program, free ports. */
#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenario/machine.h"

/* What the folder of a cluster may be called at most: sockets beside it have short paths. */
enum { FOLDER_MAX = 80 };

static enum comity_error find_program(const char *program, char ret_path[PATH_MAX],
                                      struct fault *fault)
{
    char self[PATH_MAX], candidate[PATH_MAX];
    if (program) {
        (void)snprintf(ret_path, PATH_MAX, "%s", program);
        return access(program, X_OK) == 0
                   ? COMITY_OK
                   : fault_set(fault, COMITY_NOT_FOUND, "%s: %s", program, strerror(errno));
    }
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    if (size > 0) {
        static const char *const beside[] = {"comityd", "../sbin/comityd"};
        self[size] = '\0';
        const char *folder = dirname(self);
        for (int i = 0; i < 2; i++) {
            int written = snprintf(candidate, sizeof candidate, "%s/%s", folder, beside[i]);
            if (written < PATH_MAX && access(candidate, X_OK) == 0) {
                (void)snprintf(ret_path, PATH_MAX, "%s", candidate);
                return COMITY_OK;
            }
        }
    }
    (void)snprintf(ret_path, PATH_MAX, "comityd"); /* execvp looks in PATH. */
    return COMITY_OK;
}

enum comity_error machine_open(struct machine *self, const char *folder, const char *program,
                               uint16_t base_port, struct fault *fault)
{
    memset(self, 0, sizeof *self);
    for (int i = 0; i < SEATS_MAX; i++)
        self->ports_fds[i] = -1;
    self->base_port = base_port;
    enum comity_error error = find_program(program, self->program, fault);
    if (error)
        return error;
    if (folder) {
        self->keep = true;
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return fault_set(fault, COMITY_IO, "%s: %s", folder, strerror(errno));
        if (!realpath(folder, self->folder))
            return fault_set(fault, COMITY_IO, "%s: %s", folder, strerror(errno));
    } else {
        const char *place = getenv("TMPDIR");
        (void)snprintf(self->folder, sizeof self->folder, "%s/comity-XXXXXX",
                       place && place[0] ? place : "/tmp");
        if (!mkdtemp(self->folder)) {
            error = fault_set(fault, COMITY_IO, "%s: %s", self->folder, strerror(errno));
            self->folder[0] = '\0';
            return error;
        }
    }
    if (strlen(self->folder) > FOLDER_MAX)
        return fault_set(fault, COMITY_LIMIT, "%s: the folder's path is longer than %d characters",
                         self->folder, FOLDER_MAX);
    return COMITY_OK;
}

/* Bound and not listening: nobody is given this port by the system, also not while its daemon is
 * killed and started again; and the daemon, which sets SO_REUSEADDR as we do, may bind it too. */
enum comity_error machine_take_port(struct machine *self, uint32_t seat, struct fault *fault)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint32_t wanted = self->base_port ? self->base_port + seat : 0;
    if (wanted > UINT16_MAX)
        return fault_set(fault, COMITY_LIMIT, "there is no port %u", wanted);
    address.sin_port = htons((uint16_t)wanted);
    socklen_t size = sizeof address;
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        enum comity_error error =
            fault_set(fault, COMITY_BUSY, "port %u of 127.0.0.1: %s", wanted, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return error;
    }
    self->ports_fds[seat] = fd;
    self->daemons[seat].port = ntohs(address.sin_port);
    return COMITY_OK;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    (void)remove(path);
    return 0;
}

void machine_remove_folder(const char *folder)
{
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
