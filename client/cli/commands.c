/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - the table, and how a command line finds its way into it. */
#include "commands.h"

#include <string.h>

#include "base/calendar.h"
#ifdef COMITY_HAVE_SCENARIO
#include "scenario/commands.h"
#endif

#define END \
    { \
        NULL, 0, NULL, NULL \
    }

const struct option_spec commands_global_options[] = {
    {"forum", 'f', "NAME", "which forum, if you sit in several (COMITY_FORUM)"},
    {"daemon", 'd', "SOCKET", "which daemon: a path, a name, ipc://... (COMITY_SOCKET)"},
    {"json", 0, NULL, "machine-readable output, with hashes"},
    {"no-color", 0, NULL, "no colours, also on a terminal"},
    {"wait", 0, "TIME", "how long to wait until an act is final; 10s unless told"},
    {"no-wait", 0, NULL, "hand the act in and return at once"},
    {"help", 'h', NULL, "help on the command"},
    {"version", 0, NULL, "print the version"},
    END,
};

static const struct option_spec keygen_options[] = {
    {"passphrase-fd", 0, "N", "read the passphrase from this file descriptor"},
    {"no-passphrase", 0, NULL, "store the key in clear, do not ask"},
    END,
};
static const struct option_spec chartering_options[] = {
    {"output", 'o', "FILE", "for compile: where to write it; - is standard output"},
    {"key", 0, "SEAT=KEY", "a seat's key (hex, or a key file), if the charter has none for it"},
    END,
};
static const struct option_spec convene_options[] = {
    {"key", 0, "SEAT=KEY", "a seat's key (hex, or a key file), if the charter has none for it"},
    {"from", 0, "P3", "a coalition from inside a forum: it takes this proposal along"},
    {"with", 0, "SEATS", "with --from: who sits in it, FRA,GBR,USA, you among them"},
    {"name", 0, "NAME", "with --from: its name; the charter's unless told"},
    {"rule", 0, "NAME", "with --from: by which of its rules the proposal is decided"},
    END,
};
static const struct option_spec join_options[] = {
    {"observe", 0, NULL, "only read along, take no seat"},
    {"address", 0, "HOST:PORT", "by invitation: where your daemon can be dialled; `:4750`"},
    END,
};
static const struct option_spec start_options[] = {
    {"listen", 0, "ADDRESS", "for a new configuration: tcp://0.0.0.0:4750; without, it only dials"},
    END,
};
static const struct option_spec lobby_options[] = {
    {"as", 0, "SEAT", "your own seat in the template; the chair's unless told"},
    {"listen", 0, "ADDRESS", "where newcomers come in; tcp://0.0.0.0:4751 unless told"},
    {"admit-all", 0, NULL, "whoever comes with an invitation has its seat at once"},
    END,
};
static const struct option_spec invite_options[] = {
    {"host", 0, "ADDRESS", "how others reach this machine, if not by its first address"},
    {"expires", 0, "TIME", "how long it is good, such as 2h; else as long as the lobby"},
    {"png", 0, "FILE", "the QR code as a picture"},
    {"no-qr", 0, NULL, "the line only"},
    END,
};
static const struct option_spec begin_options[] = {
    {"host", 0, "ADDRESS", "how others reach this machine, if not by its first address"},
    END,
};
static const struct option_spec propose_options[] = {
    {"title", 0, "TITLE", "the title, if the text does not begin with `# Title`"},
    {"rule", 0, "NAME", "by which of the charter's rules it is decided"},
    {"topic", 0, "TOPIC", "what it is about, from the charter's list"},
    {"binding", 0, NULL, "adopted, it becomes an agreement"},
    {"closes", 0, "TIME", "forum time, 2016-10-05T12:30Z, or a length from now, 72h"},
    {"term", 0, "ISSUE=VALUE", "a term: cap=1200Mt, tariff=5%, from=2030-01-01, seat=Geneva"},
    {"goal", 0, "AMOUNT", "what all mean to reach: \"100 Mt of CO2 by 2030-01-01\"; repeatable"},
    {"pledge", 0, "SEAT:AMOUNT", "a pledge: \"CHN: -200 Mt of coal by 2030-12-31\"; repeatable"},
    {"spend", 0, "A1:N:SEAT", "adopted, it spends N of the fund of A1 on the seat"},
    {"must-abstain", 0, "SEAT", "a party to the dispute, if the rule lets it be named; repeatable"},
    {"reservable", 0, "2,5", "clauses open to reservations, where the rule lists them"},
    {"find", 0, "L1", "adopted, it finds the breach that was alleged"},
    {"respond", 0, "WORD", "with --find: none, suspend-votes, suspend, end or expel"},
    {"suspend-votes", 0, "SEAT", "adopted, the seat answers no more questions"},
    {"restore", 0, "SEAT", "adopted, what was suspended of the seat is so no more"},
    {"expel", 0, "SEAT", "adopted, the seat is no member any more"},
    {"suspend", 0, "A1", "adopted, the agreement is suspended"},
    {"resume", 0, "A1", "adopted, it goes on"},
    {"end", 0, "A1", "adopted, it ends for all"},
    {"reweigh", 0, "WEIGHT=SEAT:N,...", "adopted, these seats' weights change; or WEIGHT=FILE"},
    END,
};
static const struct option_spec amend_options[] = {
    {"to", 0, "N", "for move: the clause's new number"},
    END,
};
static const struct option_spec vote_options[] = {
    {"if-text", 0, "HASH", "refuse if the text has changed since you read it"},
    END,
};
static const struct option_spec consent_options[] = {
    {"home", 0, "yes|no", "what parliament said"},
    END,
};
static const struct option_spec withdraw_options[] = {
    {"take-back", 0, NULL, "take the notice back before it takes effect"},
    {"on", 0, "DATE", "a later day than the earliest; later still puts a notice off"},
    END,
};
static const struct option_spec reserve_options[] = {
    {"clause", 0, "N", "an operative clause; the whole unless told"},
    {"take-back", 0, NULL, "take the reservation back"},
    END,
};
static const struct option_spec objection_options[] = {
    {"refuse", 0, NULL, "no relations at all with its maker by this agreement"},
    {"take-back", 0, NULL, "take the objection back"},
    END,
};
static const struct option_spec reservations_options[] = {
    {"csv", 0, NULL, "a pair a line"},
    END,
};
static const struct option_spec allege_options[] = {
    {"clause", 0, "N", "which operative clause; the agreement as a whole unless told"},
    {"reservation", 0, "R1", "a reservation that is said to be hollow"},
    END,
};
static const struct option_spec note_options[] = {
    {"about", 0, "P3|A1|D1", "what it speaks to"},
    END,
};
static const struct option_spec alone_options[] = {
    {"topic", 0, "TOPIC", "what it is about, from the charter's list"},
    {"relies-on", 0, "A1", "an agreement it relies on; may be repeated"},
    END,
};
static const struct option_spec delivery_options[] = {
    {"quantity", 0, "N", "instead of words: how much, a whole number"},
    {"unit", 0, "UNIT", "of what unit"},
    {"issue", 0, "ISSUE", "of what"},
    {"due", 0, "DAY", "by when"},
    END,
};
static const struct option_spec attest_options[] = {
    {"dispute", 0, NULL, "it is not so"},
    END,
};
static const struct option_spec compliance_options[] = {
    {"csv", 0, NULL, "a goal, pledge or share a line"},
    END,
};
static const struct option_spec watch_options[] = {
    {"from", 0, "start|now|HEIGHT", "where to begin; now unless told"},
    {"count", 0, "N", "end after so many events"},
    {"for", 0, "TIME", "end after so long, as in 90s"},
    END,
};
static const struct option_spec docket_options[] = {
    {"names", 0, NULL, "only the names, P1 A1 D1, a line each"},
    END,
};
static const struct option_spec show_options[] = {
    {"format", 0, "text|html|markdown", "html is a page to print, as a UN resolution"},
    END,
};
static const struct option_spec diff_options[] = {
    {"lines", 0, NULL, "whole lines, not the words in them"},
    END,
};
static const struct option_spec record_options[] = {
    {"csv", 0, NULL, "an act a line, for a spreadsheet"},
    {"raw", 0, NULL, "also the signed bytes, in hex"},
    {"from", 0, "HEIGHT", "where to begin"},
    END,
};
static const struct option_spec conduct_options[] = {
    {"topic", 0, "TOPIC", "only acts on this topic; - is acts on none"},
    {"defection", 0, "KINDS", "which kinds count as defection, for a study: breached,withdrew"},
    {"csv", 0, NULL, "a seat a line, every kind a column"},
    {"by-topic", 0, NULL, "with --csv: a line for each seat and topic"},
    END,
};
static const struct option_spec stance_options[] = {
    {"topic", 0, "TOPIC", "only acts on this topic; - is acts on none"},
    {"weights", 0, "FILE", "other places for kinds of acts, lines such as `alone 1/3`"},
    {"csv", 0, NULL, "a seat a line, the fraction's two numbers as columns"},
    END,
};
static const struct option_spec rule_options[] = {
    {"charter", 0, "FILE", "whose seats, groups, weights and rules are meant"},
    END,
};
/* These read their arguments themselves; here is what help and completion say of them. */
static const struct option_spec play_options[] = {
    {"choose", 'c', "CHOICE", "tell this choice; all are compared"},
    {"roles", 'r', NULL, "only the role sheets"},
    {"brief", 'b', NULL, "only the comparison"},
    {"json", 'j', NULL, "machine-readable output"},
    END,
};
static const struct option_spec replay_options[] = {
    {"choice", 'c', "CHOICE", "play this choice of the scenario"},
    {"narrate", 'n', NULL, "tell the story day by day"},
    {"verbose", 'v', NULL, "every party and every delegation"},
    {"json", 'j', NULL, "machine-readable output"},
    END,
};
static const struct option_spec cluster_options[] = {
    {"choice", 0, "CHOICE", "play this choice of the scenario"},
    {"narrate", 0, NULL, "tell the story day by day"},
    {"verbose", 0, NULL, "every party and every delegation"},
    {"json", 0, NULL, "machine-readable output"},
    {"keep", 0, "DIR", "keys, configurations, records and logs go there and stay"},
    {"base-port", 0, "N", "ports from N on; else whatever is free"},
    {"daemons", 0, "PATH", "the comityd to run"},
    END,
};
static const struct option_spec output_options[] = {
    {"output", 'o', "FILE", "where to write it; - is standard output"},
    END,
};
static const struct option_spec verify_options[] = {
    {"keys", 0, "FILE", "whom you know: lines `NAME FINGERPRINT` or `NAME HEXKEY`"},
    END,
};
static const struct option_spec bot_options[] = {
    {"from", 0, "start|now", "which events to write; now unless told"},
    END,
};

#define BEGIN "Begin"
#define NEGOTIATE "Negotiate"
#define COMMIT "Commit, or do not"
#define DELIVER "Deliver, and be seen to"
#define LOOK "Look"
#define PRESIDE "Preside"
#define PROVE "Prove"
#define KEEP "Keep"
#define EXPERIMENT "Experiment"

static const struct command table[] = {
    {BEGIN, "keygen", "make your delegation's key", "[PATH]", keygen_options, 0, 1, command_keygen,
     NULL},
    {BEGIN, "fingerprint", "what others compare aloud: of a key file, a key, or your daemon",
     "[KEYFILE|HEX]", NULL, 0, 1, command_fingerprint, NULL},
    {BEGIN, "charter", "list the institutions that come with Comity; check, compile or print one",
     "list\ncheck|print CHARTER\ncompile CHARTER [-o OUT]", chartering_options, 1, 2,
     command_charter, NULL},
    {BEGIN, "convene", "found the forum of a charter: a file, or an institution's name",
     "CHARTER\nCHARTER --from P3 --with FRA,GBR,USA [--name NAME]", convene_options, 1, 1,
     command_convene, NULL},
    {BEGIN, "join", "take your seat in a forum", "CHARTER [--observe]\nINVITATION [SEAT]",
     join_options, 1, 2, command_join, NULL},
    {BEGIN, "start", "start a daemon for you, in ~/.comity", "", start_options, 0, 0, command_start,
     NULL},
    {BEGIN, "lobby", "gather delegations before a forum begins", "[open TEMPLATE|close]",
     lobby_options, 0, 2, command_lobby, NULL},
    {BEGIN, "invite", "write an invitation: a line and a QR code", "[SEAT]", invite_options, 0, 1,
     command_invite, NULL},
    {BEGIN, "admit", "give the seat that was asked for", "SEAT|FINGERPRINT|all...", NULL, 1,
     ARGUMENTS_MAX, command_admit, NULL},
    {BEGIN, "refuse", "say no to who asks for a seat", "SEAT|FINGERPRINT [WHY]", NULL, 1, 2,
     command_refuse, NULL},
    {BEGIN, "begin", "seal the charter with those admitted, and begin", "", begin_options, 0, 0,
     command_begin, NULL},
    {NEGOTIATE, "propose", "put a text (Markdown) to the forum", "FILE|-", propose_options, 1, 1,
     command_propose, NULL},
    {NEGOTIATE, "amend", "change a clause of a proposal",
     "P3 add|replace N TEXT|-\nP3 strike N\nP3 move N --to M\nP3 part N", amend_options, 3, 4,
     command_amend, NULL},
    {NEGOTIATE, "cosponsor", "sign a proposal or an amendment as a sponsor", "P3", NULL, 1, 1,
     command_cosponsor, NULL},
    {NEGOTIATE, "vote", "answer a proposal", "P3 yes|no|object|abstain|pass", vote_options, 2, 2,
     command_vote, NULL},
    {NEGOTIATE, "receipt", "sign that a proposal's text has reached you", "P3", NULL, 1, 1,
     command_receipt, NULL},
    {NEGOTIATE, "retract", "take back your proposal or sponsorship", "P3", NULL, 1, 1,
     command_retract, NULL},
    {NEGOTIATE, "note", "say something to the floor", "TEXT...|-", note_options, 1, ARGUMENTS_MAX,
     command_note, NULL},
    {COMMIT, "ratify", "consent to be bound by an agreement", "A1 [--home yes|no]", consent_options,
     1, 1, command_ratify, NULL},
    {COMMIT, "accede", "join an agreement later", "A1 [--home yes|no]", consent_options, 1, 1,
     command_accede, NULL},
    {COMMIT, "withdraw", "give notice of withdrawal, put it off or take it back",
     "A1 [--on DATE]\nA1 --take-back", withdraw_options, 1, 1, command_withdraw, NULL},
    {COMMIT, "reserve", "exclude for yourself what a clause says, before you consent",
     "A1|P3 --clause N TEXT|-\nA1|P3 --clause N --take-back", reserve_options, 1, ARGUMENTS_MAX,
     command_reserve, NULL},
    {COMMIT, "object-reservation", "object to another's reservation; silence accepts it",
     "R1 [--refuse]\nR1 --take-back", objection_options, 1, 1, command_object_reservation, NULL},
    {COMMIT, "allege", "say that a party broke an agreement", "A1 SEAT [--clause N] [TEXT|-]",
     allege_options, 2, ARGUMENTS_MAX, command_allege, NULL},
    {COMMIT, "leave", "leave the forum; agreements bind you until you withdraw", "", NULL, 0, 0,
     command_leave, NULL},
    {COMMIT, "act-alone", "declare what you do without asking", "TITLE [TEXT|-]", alone_options, 1,
     ARGUMENTS_MAX, command_act_alone, NULL},
    {COMMIT, "shift", "say that you take a proposal that did not pass to another forum of yours",
     "P3 FORUM", NULL, 2, 2, command_shift, NULL},
    {COMMIT, "endorse", "speak for somebody's act or agreement", "P3|A1|D1", NULL, 1, 1,
     command_endorse, NULL},
    {COMMIT, "condemn", "speak against it", "P3|A1|D1", NULL, 1, 1, command_condemn, NULL},
    {DELIVER, "pledge", "pledge under an agreement, or anew", "A1 \"40 Mt of CO2 by 2030-01-01\"",
     delivery_options, 1, ARGUMENTS_MAX, command_pledge, NULL},
    {DELIVER, "contribute", "pay into the fund of an agreement", "A1 500", NULL, 2, 2,
     command_contribute, NULL},
    {DELIVER, "report", "say what you have delivered of a pledge so far, in all",
     "A1 \"30 Mt of CO2 by 2030-01-01\"", delivery_options, 1, ARGUMENTS_MAX, command_report, NULL},
    {DELIVER, "attest", "vouch for another's report, or dispute it", "A1/r1 [--dispute]",
     attest_options, 1, 1, command_attest, NULL},
    {DELIVER, "compliance", "goal, pledges, deliveries and both gaps", "A1 [--csv]",
     compliance_options, 1, 1, command_compliance, NULL},
    {LOOK, "status", "your daemon, the forums, who is here", "", NULL, 0, 0, command_status, NULL},
    {LOOK, "docket", "everything on the table", "", docket_options, 0, 0, command_docket, NULL},
    {LOOK, "show", "one proposal, agreement, declaration, the charter, its weights",
     "P3|A1|D1|charter|weights", show_options, 1, 1, command_show, NULL},
    {LOOK, "reservations", "what parties are to each other by their reservations", "A1 [--csv]",
     reservations_options, 1, 1, command_reservations, NULL},
    {LOOK, "diff", "what amendments changed in a text", "P3 [FROM TO]", diff_options, 1, 3,
     command_diff, NULL},
    {LOOK, "watch", "what happens, as it happens", "", watch_options, 0, 0, command_watch, NULL},
    {LOOK, "record", "the minutes, act by act", "", record_options, 0, 0, command_record, NULL},
    {LOOK, "conduct", "what each delegation did, and in which class it counts",
     "[SEAT] [--topic T] [--csv]", conduct_options, 0, 1, command_conduct, NULL},
    {LOOK, "stance", "where each delegation stands between alone and together",
     "[--topic T] [--weights FILE] [--csv]", stance_options, 0, 0, command_stance, NULL},
    {LOOK, "rule", "try a rule before a charter depends on it",
     "check|explain RULE [--charter FILE]\nevaluate RULE yes=9 no=2 [members=15]\n"
     "evaluate RULE --charter FILE FRA=yes RUS=no others=abstain\n"
     "power RULE --charter FILE\npower RULE members=15",
     rule_options, 2, ARGUMENTS_MAX, command_rule, NULL},
    {PRESIDE, "procedure", "the chair's rulings",
     "close P3\nadvance 2016-10-05\nroll-call SEAT...\nsuspend\nresume\ntie P3 yes|no", NULL, 1,
     ARGUMENTS_MAX, command_procedure, NULL},
    {PROVE, "export", "write the instrument that proves an agreement", "A1 [-o FILE]",
     output_options, 1, 1, command_export, NULL},
    {PROVE, "verify", "check an instrument, without network, daemon or trust", "FILE [--keys FILE]",
     verify_options, 1, 1, command_verify, NULL},
    {KEEP, "backup", "copy the record of your running daemon into a new file", "FILE|DIRECTORY",
     NULL, 1, 1, command_backup, NULL},
#ifdef COMITY_HAVE_SCENARIO
    {EXPERIMENT, "replay", "play a scenario and compare with what history says", "SCENARIO...",
     replay_options, 0, 0, NULL, command_replay},
    {EXPERIMENT, "play", "a lesson: decide, then compare what each choice comes to", "PACK",
     play_options, 0, 0, NULL, command_play},
    {EXPERIMENT, "cluster", "run real daemons on this machine", "run SCENARIO", cluster_options, 0,
     0, NULL, command_cluster},
#endif
    {EXPERIMENT, "bot", "JSON lines: requests on standard input, events on standard output", "",
     bot_options, 0, 0, command_bot, NULL},
    {EXPERIMENT, "completion", "completion for your shell", "bash", NULL, 1, 1, command_completion,
     NULL},
    {EXPERIMENT, "help", "this list, or how to use one command", "[COMMAND]", NULL, 0, 1,
     command_help, NULL},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};

/* `comity` alone. */
static const struct command overview = {
    NULL, "", "", "", NULL, 0, 0, command_overview, NULL,
};

const struct command *commands_table(void)
{
    return table;
}

const struct command *commands_find(const char *name)
{
    for (const struct command *command = table; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0)
            return command;
    }
    return NULL;
}

/* How many changes of a letter lead from one word to the other, up to 3. */
static unsigned distance(const char *left, const char *right, unsigned most)
{
    if (*left == '\0' || *right == '\0')
        return (unsigned)(strlen(left) + strlen(right));
    if (*left == *right)
        return distance(left + 1, right + 1, most);
    if (most == 0)
        return 1;
    unsigned least = distance(left + 1, right + 1, most - 1);
    unsigned skip_left = distance(left + 1, right, most - 1);
    unsigned skip_right = distance(left, right + 1, most - 1);
    least = skip_left < least ? skip_left : least;
    return 1 + (skip_right < least ? skip_right : least);
}

static enum cli_exit unknown_command(struct cli *cli, const char *name)
{
    const struct command *nearest = NULL;
    unsigned least = 3;
    for (const struct command *command = table; command->name != NULL; command++) {
        unsigned here = distance(name, command->name, 2);
        if (here < least) {
            least = here;
            nearest = command;
        }
    }
    if (nearest != NULL)
        return cli_usage(cli, "there is no command `%.40s`; did you mean `comity %s`?", name,
                         nearest->name);
    return cli_usage(cli, "there is no command `%.40s`", name);
}

static enum comity_error set_globals(struct cli *cli, const struct arguments *arguments,
                                     struct fault *fault)
{
    const char *wait = options_value(arguments, "wait");
    int64_t wait_ms = 0;
    if (options_has(arguments, "forum"))
        cli->forum = options_value(arguments, "forum");
    if (options_has(arguments, "daemon"))
        cli->socket = options_value(arguments, "daemon");
    cli->json = cli->json || options_has(arguments, "json");
    if (options_has(arguments, "no-color") || cli->json)
        cli->color = false;
    if (wait != NULL &&
        (calendar_parse_length(wait, &wait_ms) != COMITY_OK || wait_ms <= 0 || wait_ms > INT32_MAX))
        return fault_set(fault, COMITY_USAGE, "--wait takes a length such as 30s, not `%.40s`",
                         wait);
    if (wait != NULL)
        cli->wait_ms = (uint32_t)wait_ms;
    if (options_has(arguments, "no-wait"))
        cli->wait_ms = 0;
    return COMITY_OK;
}

/* A command that reads its arguments itself is still told of --json. */
static enum cli_exit run_raw(struct cli *cli, int argc, char **argv)
{
    static char json[] = "--json";
    char *words[ARGUMENTS_MAX + 2];
    int count = 0;
    if (argc > ARGUMENTS_MAX)
        return cli_usage(cli, "more than %d words", ARGUMENTS_MAX);
    for (; count < argc; count++)
        words[count] = argv[count];
    if (cli->json)
        words[count++] = json;
    words[count] = NULL;
    (void)fflush(cli->out);
    return (enum cli_exit)cli->command->raw(count, words);
}

static enum cli_exit run(struct cli *cli, int argc, char **argv, struct arguments *arguments)
{
    const struct command *command = cli->command;
    const struct option_spec *const tables[] = {
        commands_global_options, command->options != NULL ? command->options : NULL, NULL};
    struct fault fault = {{0}};
    enum comity_error error = options_parse(tables, argc, argv, false, arguments, NULL, &fault);
    if (error == COMITY_OK)
        error = set_globals(cli, arguments, &fault);
    if (error != COMITY_OK)
        return cli_usage(cli, "%s", fault.text);
    if (options_has(arguments, "help")) {
        *arguments = (struct arguments){.words = {command->name}, .count = 1};
        return command_help(cli, arguments);
    }
    if (arguments->count < command->words_least)
        return cli_usage(cli, "something is missing: comity %s %.*s", command->name,
                         (int)strcspn(command->usage, "\n"), command->usage);
    if (arguments->count > command->words_most)
        return cli_usage(cli, "`%.60s` is one word too many",
                         arguments->words[command->words_most]);
    return command->run(cli, arguments);
}

enum cli_exit commands_main(struct cli *cli, int argc, char **argv)
{
    static const struct option_spec *const tables[] = {commands_global_options, NULL};
    struct arguments arguments = {.count = 0};
    struct fault fault = {{0}};
    int rest = 0;
    enum comity_error error = options_parse(tables, argc, argv, true, &arguments, &rest, &fault);
    if (error == COMITY_OK)
        error = set_globals(cli, &arguments, &fault);
    if (error != COMITY_OK)
        return cli_usage(cli, "%s", fault.text);
    if (options_has(&arguments, "version")) {
        (void)fprintf(cli->out, "comity %s\n", COMITY_VERSION);
        return CLI_OK;
    }
    bool help = options_has(&arguments, "help");
    arguments = (struct arguments){.count = 0};
    if (rest == argc) {
        cli->command = help ? commands_find("help") : &overview;
        return cli->command->run(cli, &arguments);
    }
    cli->command = commands_find(argv[rest]);
    if (cli->command == NULL)
        return unknown_command(cli, argv[rest]);
    if (cli->command->raw != NULL && !help)
        return run_raw(cli, argc - rest, argv + rest);
    if (help) {
        arguments.words[arguments.count++] = argv[rest];
        return command_help(cli, &arguments);
    }
    return run(cli, argc - rest - 1, argv + rest + 1, &arguments);
}
