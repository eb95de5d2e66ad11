/* SPDX-License-Identifier: Apache-2.0 */
/* backup.c - the record of a running daemon into one file, whole or not at all. The daemon hands
 * it out in parts, so that it need not write where we may. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"

struct target {
    char path[PATH_MAX];
    char part[PATH_MAX + 8];
    int file;
};

static enum comity_error fail(const char *path, struct fault *fault)
{
    return fault_set(fault, errno == EEXIST ? COMITY_EXISTS : COMITY_IO, "cannot write %.400s: %s",
                     path, strerror(errno));
}

/* A directory gets a file named by the time. */
static enum comity_error choose_path(const char *word, char ret_path[PATH_MAX], struct fault *fault)
{
    struct stat status;
    char name[40] = "";
    time_t now = time(NULL);
    struct tm parts;
    if (stat(word, &status) == 0 && S_ISDIR(status.st_mode) && gmtime_r(&now, &parts) != NULL)
        (void)strftime(name, sizeof name, "/comity-%Y%m%dT%H%M%SZ.backup", &parts);
    int size = snprintf(ret_path, PATH_MAX, "%s%s", word, name);
    if (size < 0 || size >= PATH_MAX)
        return fault_set(fault, COMITY_LIMIT, "the path %.60s... is too long", word);
    return COMITY_OK;
}

static enum comity_error open_target(struct target *self, const char *word, struct fault *fault)
{
    enum comity_error error = choose_path(word, self->path, fault);
    if (error != COMITY_OK)
        return error;
    if (access(self->path, F_OK) == 0)
        return fault_set(fault, COMITY_EXISTS, "%.400s is there already and stays as it is",
                         self->path);
    (void)snprintf(self->part, sizeof self->part, "%s.part", self->path);
    self->file = open(self->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    return self->file < 0 ? fail(self->part, fault) : COMITY_OK;
}

static enum comity_error append(struct target *self, const ProtobufCBinaryData *data,
                                struct fault *fault)
{
    for (size_t at = 0; at < data->len;) {
        ssize_t done = write(self->file, data->data + at, data->len - at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return fail(self->path, fault);
        at += (size_t)done;
    }
    return COMITY_OK;
}

/* Durable, then named; a link refuses what has the name meanwhile. */
static enum comity_error settle(struct target *self, struct fault *fault)
{
    char copy[PATH_MAX];
    if (fsync(self->file) != 0 || link(self->part, self->path) != 0)
        return fail(self->path, fault);
    (void)snprintf(copy, sizeof copy, "%s", self->path);
    int place = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place >= 0) {
        (void)fsync(place);
        (void)close(place);
    }
    return COMITY_OK;
}

static enum comity_error receive(struct cli *cli, struct target *target, uint64_t *ret_size,
                                 struct fault *fault)
{
    Comity__V1__GetBackup body = COMITY__V1__GET_BACKUP__INIT;
    enum comity_error error = COMITY_OK;
    bool whole = false;
    while (error == COMITY_OK && !whole) {
        struct comity_reply reply;
        Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
        request.request_case = COMITY__V1__REQUEST__REQUEST_GET_BACKUP;
        request.get_backup = &body;
        error =
            comity_ask(cli->daemon, &request, COMITY__V1__RESPONSE__RESPONSE_BACKUP, &reply, fault);
        if (error != COMITY_OK)
            return error;
        const Comity__V1__BackupPart *part = reply.response->backup;
        body.id = part->id;
        if (part->size > 0 && (part->offset != body.offset || part->data.len == 0))
            error = fault_set(fault, COMITY_INVALID, "the daemon sent another part than asked");
        if (error == COMITY_OK)
            error = append(target, &part->data, fault);
        body.offset += part->data.len;
        whole = part->size > 0 && body.offset >= part->size;
        comity_reply_free(&reply);
    }
    *ret_size = body.offset;
    return error;
}

enum cli_exit command_backup(struct cli *cli, const struct arguments *arguments)
{
    struct fault fault = {{0}};
    struct target target = {.file = -1};
    uint64_t size = 0;
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    enum comity_error error = open_target(&target, arguments->words[0], &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    error = receive(cli, &target, &size, &fault);
    if (error == COMITY_OK)
        error = settle(&target, &fault);
    (void)close(target.file);
    (void)unlink(target.part);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    cli_note(cli,
             "%llu bytes in %.400s. The key is not in it: keep a copy of the key file elsewhere. "
             "A daemon that starts from it observes, see comityd(8).",
             (unsigned long long)size, target.path);
    return CLI_OK;
}
