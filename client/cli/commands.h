/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the one table of commands: what runs, what helps, what completes. */
#ifndef COMITY_CLI_COMMANDS_H
#define COMITY_CLI_COMMANDS_H

#include <stddef.h>

#include "cli.h"
#include "options.h"

/* Said wherever it would seem that one may propose and vote. */
#define DOCKET_SUSPENDED \
    "The chair has suspended it: its time stands still, nothing is proposed or answered.\n"

typedef enum cli_exit command_run(struct cli *cli, const struct arguments *arguments);

struct command {
    const char *group; /* Heading in the help; NULL: not listed. */
    const char *name;
    const char *summary;               /* One line, no full stop. */
    const char *usage;                 /* What follows the name; lines for several forms. */
    const struct option_spec *options; /* NULL: none of its own. */
    size_t words_least, words_most;
    command_run *run;                  /* Or: */
    int (*raw)(int argc, char **argv); /* Reads its arguments itself. */
};

/* Ends with an entry without name. */
const struct command *commands_table(void);
const struct command *commands_find(const char *name);
/* Understood by every command. */
extern const struct option_spec commands_global_options[];

/* The whole program but for the streams: arguments after the program's name. */
enum cli_exit commands_main(struct cli *cli, int argc, char **argv);

command_run command_overview, command_status, command_docket, command_watch, command_record;
command_run command_conduct, command_stance, command_shift;
command_run command_show, command_diff, command_export, command_verify;
command_run command_propose, command_amend, command_cosponsor, command_receipt;
command_run command_retract;
command_run command_vote, command_ratify, command_accede, command_withdraw;
command_run command_reserve, command_object_reservation, command_reservations;
command_run command_allege, command_leave;
command_run command_note, command_act_alone, command_endorse, command_condemn;
command_run command_pledge, command_contribute, command_report, command_attest;
command_run command_compliance;
command_run command_procedure, command_keygen, command_fingerprint;
command_run command_charter, command_convene, command_join, command_rule;
command_run command_help, command_completion, command_bot, command_backup;
command_run command_start, command_lobby, command_invite, command_admit;
command_run command_refuse, command_begin;

#endif
