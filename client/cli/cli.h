/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what every command is given, and how it ends. */
#ifndef COMITY_CLI_CLI_H
#define COMITY_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "comity.h"
#include "options.h"
#include "page.h"

/* name, number, for the manual */
#define CLI_EXITS(X) \
    X(CLI_OK, 0, "done; or true") \
    X(CLI_REFUSED, 1, "refused, not found, or false") \
    X(CLI_USAGE, 2, "wrong use of a command") \
    X(CLI_UNREACHABLE, 3, "no daemon was reached") \
    X(CLI_PENDING, 4, "not final yet, or no answer in time") \
    X(CLI_UNVERIFIED, 5, "an instrument or a signature does not verify") \
    X(CLI_FAILED, 6, "a file or an answer cannot be read or written")

enum cli_exit {
#define X(name, number, text) name = number,
    CLI_EXITS(X)
#undef X
};

enum { CLI_WAIT_MS = 10000, CLI_FILE_MAX = 4 << 20 };

struct command;
struct cli {
    FILE *in, *out, *err; /* Borrowed; the standard streams outside tests. */
    const char *socket;   /* -d; NULL: discover. */
    const char *forum;    /* -f; NULL: the only one. */
    bool json;
    bool color;
    uint32_t wait_ms; /* For an act to be final; 0: do not wait. */
    const struct command *command;
    struct comity *daemon; /* Opened by cli_connect, closed by the program. */
};

/* Once connected nothing happens again. Complains itself; CLI_OK or how to end. */
COMITY_MUST_CHECK enum cli_exit cli_connect(struct cli *self);
/* One sentence on err, with the next step: `comity vote: ...`. Returns how to end. */
enum cli_exit cli_fail(struct cli *self, enum comity_error error, const struct fault *fault);
/* Wrong use: the sentence, then the command's usage. */
enum cli_exit cli_usage(struct cli *self, const char *format, ...) COMITY_PRINTF(2, 3);
/* A remark on err that is no failure. The arguments may be other people's. */
void cli_note(struct cli *self, const char *format, ...) COMITY_PRINTF(2, 3);
/* Write and free the page. Returns `end`, or CLI_FAILED if writing failed. */
enum cli_exit cli_print(struct cli *self, struct page *page, enum cli_exit end);
/* The message as JSON on out, one object. */
enum cli_exit cli_print_json(struct cli *self, const ProtobufCMessage *message, enum cli_exit end);
/* As cli_print_json on a single line, for streams. */
enum cli_exit cli_print_json_line(struct cli *self, const ProtobufCMessage *message);
/* Hand in an act, wait, say what became of it. `what` is said first: `yes to P3`. */
enum cli_exit cli_submit(struct cli *self, Comity__V1__Submit *submit, const char *what);

/* The whole file (`-`: in), at most CLI_FILE_MAX bytes, zero-terminated behind its end. */
COMITY_MUST_CHECK enum comity_error cli_read_file(struct cli *self, const char *path,
                                                  struct buffer *ret_bytes, struct fault *fault);
/* The same, and it must be UTF-8 text. */
COMITY_MUST_CHECK enum comity_error cli_read_text(struct cli *self, const char *path,
                                                  struct buffer *ret_text, struct fault *fault);
/* Write a file that must not be half there; `-`: out. */
COMITY_MUST_CHECK enum comity_error cli_write_file(struct cli *self, const char *path,
                                                   struct bytes bytes, struct fault *fault);
/* `p3`, `P3` and, for the first of `kinds`, `3` become `P3`; a hex id stays. `kinds` are the
 * letters allowed here, "PA". COMITY_USAGE: it names nothing of these kinds. */
enum { CLI_NAME_SIZE = 72 };
COMITY_MUST_CHECK enum comity_error cli_target(const char *word, const char *kinds,
                                               char ret_name[CLI_NAME_SIZE], struct fault *fault);

#endif
