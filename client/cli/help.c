/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - written from the table. */
#include <string.h>

#include "commands.h"

enum { HELP_WIDTH = 80, HELP_COLUMN = 31 };

/* Our own words, from column `at` on; what does not fit goes on below, from `indent` on. */
static void add_wrapped(struct page *page, const char *words, size_t indent, size_t at)
{
    bool first = true;
    while (*words != '\0') {
        size_t size = strcspn(words, " ");
        if (!first && at + 1 + size > HELP_WIDTH) {
            page_add(page, "\n");
            page_spaces(page, indent);
            at = indent;
        } else if (!first) {
            page_add(page, " ");
            at++;
        }
        page_format(page, "%.*s", (int)size, words);
        at += size;
        words += size + strspn(words + size, " ");
        first = false;
    }
    page_add(page, "\n");
}

static void add_options(struct page *page, const struct option_spec *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        char left[64];
        (void)snprintf(left, sizeof left, "--%s%s%s", options->name,
                       options->value != NULL ? " " : "",
                       options->value != NULL ? options->value : "");
        if (options->letter != 0)
            page_format(page, "  -%c, ", options->letter);
        else
            page_add(page, "      ");
        page_format(page, "%-24s ", left);
        size_t size = strlen(left);
        add_wrapped(page, options->help, HELP_COLUMN,
                    size > 24 ? HELP_COLUMN + size - 24 : HELP_COLUMN);
    }
}

static enum cli_exit help_on(struct cli *cli, const struct command *command)
{
    struct page page;
    page_init(&page, cli->color);
    const char *form = command->usage;
    for (const char *label = "usage: "; form != NULL; label = "       ") {
        size_t size = strcspn(form, "\n");
        char line[512];
        (void)snprintf(line, sizeof line, "comity %s %.*s%s", command->name, (int)size, form,
                       command->options != NULL ? " [OPTION...]" : "");
        page_add(&page, label);
        add_wrapped(&page, line, 11, 7);
        form = form[size] == '\n' ? form + size + 1 : NULL;
    }
    page_format(&page, "\n  %s.\n", command->summary);
    if (command->options != NULL) {
        page_add(&page, "\n");
        add_options(&page, command->options);
    }
    if (command->raw == NULL) {
        page_add(&page, "\n");
        add_options(&page, commands_global_options);
    }
    return cli_print(cli, &page, CLI_OK);
}

enum cli_exit command_help(struct cli *cli, const struct arguments *arguments)
{
    if (arguments->count > 0) {
        const struct command *command = commands_find(arguments->words[0]);
        if (command != NULL)
            return help_on(cli, command);
        return cli_usage(cli, "there is no command `%.40s`", arguments->words[0]);
    }
    struct page page;
    page_init(&page, cli->color);
    page_add(&page,
             "usage: comity [COMMAND [ARGUMENT...]]\n\n"
             "Alone, comity says where you sit, what waits for you, what you may do next.\n");
    const char *group = "";
    for (const struct command *command = commands_table(); command->name != NULL; command++) {
        if (strcmp(group, command->group) != 0) {
            group = command->group;
            page_add(&page, "\n");
            page_styled(&page, STYLE_BOLD, group);
            page_add(&page, "\n");
        }
        size_t size = strlen(command->name);
        page_format(&page, "  %-12s ", command->name);
        add_wrapped(&page, command->summary, 15, size > 12 ? 3 + size : 15);
    }
    page_add(&page, "\n");
    page_styled(&page, STYLE_BOLD, "With every command");
    page_add(&page, "\n");
    add_options(&page, commands_global_options);
    page_add(&page, "\n");
    page_styled(&page, STYLE_BOLD, "It ends with");
    page_add(&page, "\n");
#define X(name, number, text) page_format(&page, "  %-12d %s\n", number, text);
    CLI_EXITS(X)
#undef X
    return cli_print(cli, &page, CLI_OK);
}
