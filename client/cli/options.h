/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - command lines, read by tables that also write the help and the completion. */
#ifndef COMITY_CLI_OPTIONS_H
#define COMITY_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct option_spec {
    const char *name;  /* Without dashes; NULL ends a table. */
    char letter;       /* 0: none. */
    const char *value; /* What it takes, `FILE`; NULL: it is a flag. */
    const char *help;  /* One line. */
};

enum { ARGUMENTS_MAX = 512 };

struct arguments {
    const char *words[ARGUMENTS_MAX]; /* What is no option, in order. */
    size_t count;
    struct {
        const struct option_spec *spec;
        const char *value; /* NULL for a flag. */
    } options[ARGUMENTS_MAX];
    size_t options_count;
};

/* Options stand anywhere; `--` ends them; `--name=value` and `--name value`, `-fvalue` and
 * `-f value`; `-` and negative numbers are words. Strings are borrowed from argv. `stop_at_word`:
 * what follows the first word is not read; ret_rest is its index in argv (or argc).
 * COMITY_USAGE: the fault names the option. */
COMITY_MUST_CHECK enum comity_error options_parse(const struct option_spec *const *tables, int argc,
                                                  char **argv, bool stop_at_word,
                                                  struct arguments *ret_arguments, int *ret_rest,
                                                  struct fault *fault);
/* The last value given; NULL if none was. */
const char *options_value(const struct arguments *self, const char *name);
/* The index-th value of an option that may be repeated; NULL when there are no more. */
const char *options_value_at(const struct arguments *self, const char *name, size_t index);
bool options_has(const struct arguments *self, const char *name);

#endif
