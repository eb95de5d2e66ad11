/* SPDX-License-Identifier: Apache-2.0 */
/* completion.c - a script for bash, written from the table. */
#include <ctype.h>
#include <string.h>

#include "commands.h"

static void add_option_names(struct page *page, const struct option_spec *options)
{
    for (; options != NULL && options->name != NULL; options++)
        page_format(page, " --%s", options->name);
}

/* The words a usage offers literally: lower case, in `a|b|c` or alone. */
static void add_literals(struct page *page, const char *usage)
{
    while (*usage != '\0') {
        size_t size = strcspn(usage, " |[]\n.");
        bool literal = size > 1;
        for (size_t i = 0; i < size; i++)
            literal = literal && (islower((unsigned char)usage[i]) != 0 || usage[i] == '-');
        if (literal && usage[0] != '-')
            page_format(page, " %.*s", (int)size, usage);
        usage += size;
        usage += strspn(usage, " |[]\n.");
    }
}

static const char before[] = "# bash completion for comity; written by `comity completion bash`.\n"
                             "_comity() {\n"
                             "    local word=${COMP_WORDS[COMP_CWORD]} command= words= i\n"
                             "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                             "        case ${COMP_WORDS[i]} in\n"
                             "        -f|-d|--forum|--daemon|--wait) ((i++)) ;;\n"
                             "        -*) ;;\n"
                             "        *) command=${COMP_WORDS[i]}; break ;;\n"
                             "        esac\n"
                             "    done\n"
                             "    case $command in\n";

static const char after[] =
    "    esac\n"
    "    case $command in\n"
    "    "
    "amend|cosponsor|vote|retract|ratify|accede|withdraw|reserve|reservations|allege|endorse|"
    "condemn|show|diff|export|"
    "procedure)\n"
    "        words+=\" $(comity docket --names 2>/dev/null | tr '\\n' ' ')\" ;;\n"
    "    esac\n"
    "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
    "    [[ -n $command && ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$word\"))\n"
    "    return 0\n"
    "}\n"
    "complete -o filenames -F _comity comity\n";

enum cli_exit command_completion(struct cli *cli, const struct arguments *arguments)
{
    if (strcmp(arguments->words[0], "bash") != 0)
        return cli_usage(cli, "only bash is known here, not `%.40s`", arguments->words[0]);
    struct page page;
    page_init(&page, false);
    page_add(&page, before);
    page_add(&page, "    '') words=\"");
    for (const struct command *command = commands_table(); command->name != NULL; command++)
        page_format(&page, "%s ", command->name);
    page_add(&page, "\" ;;\n");
    for (const struct command *command = commands_table(); command->name != NULL; command++) {
        page_format(&page, "    %s) words=\"", command->name);
        add_literals(&page, command->usage);
        if (strcmp(command->name, "help") == 0) {
            for (const struct command *other = commands_table(); other->name != NULL; other++)
                page_format(&page, " %s", other->name);
        }
        add_option_names(&page, command->options);
        add_option_names(&page, commands_global_options);
        page_add(&page, "\" ;;\n");
    }
    page_add(&page, after);
    return cli_print(cli, &page, CLI_OK);
}
