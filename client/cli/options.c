/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <string.h>

static const struct option_spec *find_long(const struct option_spec *const *tables,
                                           const char *name, size_t size)
{
    for (; *tables != NULL; tables++) {
        for (const struct option_spec *spec = *tables; spec->name != NULL; spec++) {
            if (strlen(spec->name) == size && strncmp(spec->name, name, size) == 0)
                return spec;
        }
    }
    return NULL;
}

static const struct option_spec *find_letter(const struct option_spec *const *tables, char letter)
{
    for (; *tables != NULL; tables++) {
        for (const struct option_spec *spec = *tables; spec->name != NULL; spec++) {
            if (spec->letter == letter)
                return spec;
        }
    }
    return NULL;
}

static enum comity_error add_option(struct arguments *self, const struct option_spec *spec,
                                    const char *value, struct fault *fault)
{
    if (self->options_count == ARGUMENTS_MAX)
        return fault_set(fault, COMITY_USAGE, "more than %d options", ARGUMENTS_MAX);
    self->options[self->options_count].spec = spec;
    self->options[self->options_count++].value = value;
    return COMITY_OK;
}

static enum comity_error parse_long(const struct option_spec *const *tables, int argc, char **argv,
                                    int *index, struct arguments *self, struct fault *fault)
{
    const char *name = argv[*index] + 2;
    size_t size = strcspn(name, "=");
    const struct option_spec *spec = find_long(tables, name, size);
    if (spec == NULL)
        return fault_set(fault, COMITY_USAGE, "there is no option --%.*s here",
                         (int)(size < 60 ? size : 60), name);
    const char *value = name[size] == '=' ? name + size + 1 : NULL;
    if (spec->value == NULL && value != NULL)
        return fault_set(fault, COMITY_USAGE, "--%s takes no value", spec->name);
    if (spec->value != NULL && value == NULL) {
        if (*index + 1 >= argc)
            return fault_set(fault, COMITY_USAGE, "--%s needs a value: --%s %s", spec->name,
                             spec->name, spec->value);
        value = argv[++*index];
    }
    return add_option(self, spec, value, fault);
}

static enum comity_error parse_letters(const struct option_spec *const *tables, int argc,
                                       char **argv, int *index, struct arguments *self,
                                       struct fault *fault)
{
    const char *at = argv[*index] + 1;
    while (*at != '\0') {
        const struct option_spec *spec = find_letter(tables, *at);
        if (spec == NULL)
            return fault_set(fault, COMITY_USAGE, "there is no option -%c here",
                             *at >= ' ' && *at <= '~' ? *at : '?');
        at++;
        const char *value = NULL;
        if (spec->value != NULL) {
            value = at;
            at = "";
            if (*value == '\0' && *index + 1 >= argc)
                return fault_set(fault, COMITY_USAGE, "-%c needs a value: -%c %s", spec->letter,
                                 spec->letter, spec->value);
            if (*value == '\0')
                value = argv[++*index];
        }
        enum comity_error error = add_option(self, spec, value, fault);
        if (error != COMITY_OK)
            return error;
    }
    return COMITY_OK;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && !(word[1] >= '0' && word[1] <= '9');
}

enum comity_error options_parse(const struct option_spec *const *tables, int argc, char **argv,
                                bool stop_at_word, struct arguments *ret_arguments, int *ret_rest,
                                struct fault *fault)
{
    bool ended = false;
    int i = 0;
    for (; i < argc; i++) {
        enum comity_error error = COMITY_OK;
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }
        if (!ended && is_option(argv[i])) {
            error = argv[i][1] == '-' ? parse_long(tables, argc, argv, &i, ret_arguments, fault)
                                      : parse_letters(tables, argc, argv, &i, ret_arguments, fault);
        } else if (stop_at_word) {
            break;
        } else if (ret_arguments->count == ARGUMENTS_MAX) {
            error = fault_set(fault, COMITY_USAGE, "more than %d words", ARGUMENTS_MAX);
        } else {
            ret_arguments->words[ret_arguments->count++] = argv[i];
        }
        if (error != COMITY_OK)
            return error;
    }
    if (ret_rest != NULL)
        *ret_rest = i;
    return COMITY_OK;
}

const char *options_value(const struct arguments *self, const char *name)
{
    for (size_t i = self->options_count; i > 0; i--) {
        if (strcmp(self->options[i - 1].spec->name, name) == 0)
            return self->options[i - 1].value;
    }
    return NULL;
}

const char *options_value_at(const struct arguments *self, const char *name, size_t index)
{
    for (size_t i = 0; i < self->options_count; i++) {
        if (strcmp(self->options[i].spec->name, name) == 0 && index-- == 0)
            return self->options[i].value;
    }
    return NULL;
}

bool options_has(const struct arguments *self, const char *name)
{
    for (size_t i = 0; i < self->options_count; i++) {
        if (strcmp(self->options[i].spec->name, name) == 0)
            return true;
    }
    return false;
}
