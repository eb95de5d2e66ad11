/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - whole files in and out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const char *shown(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static enum comity_error read_all(FILE *file, const char *path, struct buffer *buffer,
                                  struct fault *fault)
{
    char part[8192];
    size_t size;
    while ((size = fread(part, 1, sizeof part, file)) > 0) {
        if (buffer->size + size > CLI_FILE_MAX)
            return fault_set(fault, COMITY_LIMIT, "%s has more than %d bytes", shown(path),
                             CLI_FILE_MAX);
        if (buffer_append(buffer, part, size) != COMITY_OK)
            return fault_set(fault, COMITY_MEMORY, "out of memory");
    }
    if (ferror(file) != 0)
        return fault_set(fault, COMITY_IO, "cannot read %s: %s", shown(path), strerror(errno));
    if (buffer_append(buffer, "", 1) != COMITY_OK)
        return fault_set(fault, COMITY_MEMORY, "out of memory");
    buffer->size--;
    return COMITY_OK;
}

enum comity_error cli_read_file(struct cli *self, const char *path, struct buffer *ret_bytes,
                                struct fault *fault)
{
    struct buffer buffer = {0};
    FILE *file = strcmp(path, "-") == 0 ? self->in : fopen(path, "rbe");
    if (file == NULL)
        return fault_set(fault, errno == ENOENT ? COMITY_NOT_FOUND : COMITY_IO,
                         "cannot open `%s`: %s", path, strerror(errno));
    enum comity_error error = read_all(file, path, &buffer, fault);
    if (file != self->in)
        (void)fclose(file);
    if (error != COMITY_OK) {
        buffer_free(&buffer);
        return error;
    }
    *ret_bytes = buffer;
    return COMITY_OK;
}

enum comity_error cli_read_text(struct cli *self, const char *path, struct buffer *ret_text,
                                struct fault *fault)
{
    struct buffer buffer = {0};
    enum comity_error error = cli_read_file(self, path, &buffer, fault);
    if (error != COMITY_OK)
        return error;
    if (!utf8_is_valid(buffer_bytes(&buffer))) {
        buffer_free(&buffer);
        return fault_set(fault, COMITY_INVALID, "%s is not text in UTF-8: save it again as UTF-8",
                         shown(path));
    }
    *ret_text = buffer;
    return COMITY_OK;
}

enum comity_error cli_write_file(struct cli *self, const char *path, struct bytes bytes,
                                 struct fault *fault)
{
    bool to_out = strcmp(path, "-") == 0;
    char temporary[4096];
    int size = snprintf(temporary, sizeof temporary, "%s.part", path);
    if (size < 0 || (size_t)size >= sizeof temporary)
        return fault_set(fault, COMITY_LIMIT, "the path %.60s... is too long", path);
    FILE *file = to_out ? self->out : fopen(temporary, "wbe");
    if (file == NULL)
        return fault_set(fault, COMITY_IO, "cannot write %s: %s", path, strerror(errno));
    bool good = bytes.size == 0 || fwrite(bytes.data, 1, bytes.size, file) == bytes.size;
    good = fflush(file) == 0 && good;
    if (!to_out) {
        good = good && fsync(fileno(file)) == 0;
        good = fclose(file) == 0 && good;
        good = good && rename(temporary, path) == 0;
    }
    if (good)
        return COMITY_OK;
    enum comity_error error =
        fault_set(fault, COMITY_IO, "cannot write %s: %s", path, strerror(errno));
    if (!to_out)
        (void)unlink(temporary);
    return error;
}
