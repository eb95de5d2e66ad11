/* SPDX-License-Identifier: Apache-2.0 */
/* charters.h - a charter from a file, written (YAML) or compiled. */
#ifndef COMITY_CLI_CHARTERS_H
#define COMITY_CLI_CHARTERS_H

#include "charter/charter.h"
#include "cli.h"
#include "yaml/yaml.h"

struct charter_file {
    struct arena arena;
    struct buffer bytes;           /* Compiled. */
    const struct charter *charter; /* In the arena. */
    bool fresh;                    /* The YAML had no nonce; one was drawn. */
    unsigned warnings;
    unsigned keyless; /* Seats that got a key nobody has, to be able to look at a template. */
};

/* `word` is a file or the name of an institution. Keys of seats the YAML gives none come from
 * `--key SEAT=KEY` in the arguments (may be NULL); with `template` every other seat may lack one.
 * Warnings go to err. The fault names file, line and what was expected. */
COMITY_MUST_CHECK enum comity_error charter_file_read(struct cli *cli, const char *word,
                                                      const struct arguments *arguments,
                                                      bool template, struct charter_file *ret_file,
                                                      struct fault *fault);
void charter_file_free(struct charter_file *self);

/* Change a charter's YAML before it is compiled; what is added to it is the arena's. */
typedef enum comity_error charter_edit(void *context, struct yaml_node *root, struct arena *arena,
                                       struct fault *fault);
/* A written charter of this name or path, changed so. */
COMITY_MUST_CHECK enum comity_error charter_file_edit(struct cli *cli, const char *word,
                                                      charter_edit *edit, void *context,
                                                      struct charter_file *ret_file,
                                                      struct fault *fault);
/* Take the own seat in its forum; a nonce that was drawn is kept in a file first. Complains
 * itself. */
enum cli_exit charter_file_enter(struct cli *cli, const struct charter_file *file, bool convene,
                                 bool observe);

#endif
