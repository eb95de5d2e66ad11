/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c - export and verify by the program itself, run as anybody would run it: the verifier gets
 * a file, and no daemon to ask. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "scenario/link.h"

/* Everything the program wrote, and its exit code. */
static enum comity_error run(char *const *arguments, struct text *output, int *ret_code,
                             struct fault *fault)
{
    int ends[2];
    if (pipe(ends) != 0)
        return fault_set(fault, COMITY_IO, "pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(ends[1], 1);
        (void)dup2(ends[1], 2);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execv("/proc/self/exe", arguments);
        _exit(127);
    }
    (void)close(ends[1]);
    char part[1024];
    ssize_t size = 0;
    while (pid > 0 && ((size = read(ends[0], part, sizeof part)) > 0 ||
                       (size < 0 && errno == EINTR && !machine_signal)))
        if (size > 0)
            text_add_part(output, part, (size_t)size);
    (void)close(ends[0]);
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (pid < 0)
        return fault_set(fault, COMITY_IO, "cannot start another process: %s", strerror(errno));
    *ret_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return COMITY_OK;
}

/* Who is who, as somebody who compared fingerprints would write it down. */
static enum comity_error write_keys(const struct cluster *self, char path[PATH_MAX + 32],
                                    struct fault *fault)
{
    (void)snprintf(path, PATH_MAX + 32, "%s/known-keys", self->machine->folder);
    FILE *file = fopen(path, "we");
    if (!file)
        return fault_set(fault, COMITY_IO, "%s: %s", path, strerror(errno));
    for (uint32_t i = 0; i < self->machine->daemons_count; i++) {
        char hex[2 * KEY_SIZE + 1];
        hex_from_bytes(self->machine->daemons[i].key, KEY_SIZE, hex);
        (void)fprintf(file, "%s %s\n", self->machine->daemons[i].name, hex);
    }
    return fclose(file) == 0 ? COMITY_OK
                             : fault_set(fault, COMITY_IO, "%s: %s", path, strerror(errno));
}

enum comity_error prove_instrument(struct cluster *self, uint32_t proposal, uint32_t agreement,
                                   char ret_text[STAGE_TEXT_MAX], struct fault *fault)
{
    char name[16], forum[NAME_MAX_SIZE + 1], socket[PATH_MAX], file[PATH_MAX + 96],
        keys[PATH_MAX + 32];
    char output[STAGE_TEXT_MAX], shown[NAME_MAX_SIZE + 20];
    struct text text;
    int code;
    (void)snprintf(name, sizeof name, "%c%u", agreement ? 'A' : 'P',
                   agreement ? agreement : proposal);
    machine_socket(self->machine, self->daemons[link_reader(self)], socket);
    (void)snprintf(forum, sizeof forum, "%s", self->scenario->charter->name);
    (void)snprintf(shown, sizeof shown, "%s%s%s", self->scenario->main ? forum : "",
                   self->scenario->main ? "-" : "", name);
    (void)snprintf(file, sizeof file, "%s/%s.instrument", self->machine->folder, shown);
    (void)unlink(file);
    char *const export_words[] = {"comity", "-d", socket, "-f", forum,
                                  "export", name, "-o",   file, NULL};
    char *const verify_words[] = {"comity", "verify", file, "--keys", keys, NULL};
    text_init(&text, output, sizeof output);
    enum comity_error error = write_keys(self, keys, fault);
    if (error)
        return error;
    error = run(export_words, &text, &code, fault);
    if (!error && code != 0)
        return fault_set(fault, COMITY_REFUSED, "comity export %s: %s", name, output);
    text_init(&text, output, sizeof output);
    if (!error)
        error = run(verify_words, &text, &code, fault);
    if (!error && code != 0)
        return fault_set(fault, COMITY_SIGNATURE, "comity verify %s: %s", name, output);
    while (text.size > 0 && output[text.size - 1] == '\n')
        output[--text.size] = '\0';
    if (!error)
        (void)snprintf(ret_text, STAGE_TEXT_MAX,
                       "$ comity verify %s.instrument --keys known-keys\n%.*s", shown,
                       STAGE_TEXT_MAX - 160, output);
    return error;
}
