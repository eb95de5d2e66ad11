/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - comity: the command delegations use. */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* For the width of characters alone. */
    (void)signal(SIGPIPE, SIG_DFL);
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    struct cli cli = {
        .in = stdin,
        .out = stdout,
        .err = stderr,
        .socket = getenv("COMITY_SOCKET"),
        .forum = getenv("COMITY_FORUM"),
        .wait_ms = CLI_WAIT_MS,
        .color = isatty(STDOUT_FILENO) != 0 && (no_color == NULL || no_color[0] == '\0') &&
                 (terminal == NULL || strcmp(terminal, "dumb") != 0),
    };
    enum cli_exit end = commands_main(&cli, argc - 1, argv + 1);
    comity_close(&cli.daemon);
    return (int)end;
}
