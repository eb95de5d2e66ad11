/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"

/* A daemon with one proposal, whose title is the context; acts are accepted. */
struct room {
    const char *title;
    const char *text;
    const char *seat_title;
    const char *standing; /* Of its seat. */
    bool suspended;       /* The forum is. */
    bool not_final, refused;
    Comity__V1__Submit__ActCase act;
    char said[512]; /* The act that was handed in, in words. */
};

static Comity__V1__ProposalInfo proposal;
static Comity__V1__ProposalInfo *proposal_list[] = {&proposal};
static Comity__V1__DaemonStatus status;
static Comity__V1__Docket docket;
static Comity__V1__Submitted submitted;
static Comity__V1__RecordPage record;
static Comity__V1__Events events;
static Comity__V1__Failure failure;
static char *todo[] = {"vote on P3: Moving together"};

static void note_act(struct room *room, const Comity__V1__Submit *submit)
{
    room->act = submit->act_case;
    switch (submit->act_case) {
    case COMITY__V1__SUBMIT__ACT_BALLOT:
        (void)snprintf(room->said, sizeof room->said, "%s %d", submit->ballot->proposal,
                       (int)submit->ballot->answer);
        break;
    case COMITY__V1__SUBMIT__ACT_PROPOSE:
        (void)snprintf(room->said, sizeof room->said, "%s|%s|%d|%lld|%s|%zu",
                       submit->propose->title, submit->propose->topic, submit->propose->binding,
                       (long long)submit->propose->closes_ms, submit->text,
                       submit->propose->n_terms);
        break;
    case COMITY__V1__SUBMIT__ACT_AMEND:
        (void)snprintf(room->said, sizeof room->said, "%s %d %u %u %s", submit->amend->proposal,
                       (int)submit->amend->operation, submit->amend->clause, submit->amend->to,
                       submit->text);
        break;
    case COMITY__V1__SUBMIT__ACT_NOTE:
        (void)snprintf(room->said, sizeof room->said, "%s|%s", submit->note->target, submit->text);
        break;
    case COMITY__V1__SUBMIT__ACT_PROCEDURE:
        (void)snprintf(room->said, sizeof room->said, "%d %zu %s %d",
                       (int)submit->procedure->ruling, submit->procedure->n_present,
                       submit->procedure->proposal, (int)submit->procedure->answer);
        break;
    case COMITY__V1__SUBMIT__ACT_RECEIPT:
        (void)snprintf(room->said, sizeof room->said, "%s", submit->receipt->target);
        break;
    default:
        break;
    }
}

/* Two blocks of one act each, a page each. */
static void fill_record(uint64_t height)
{
    static Comity__V1__RecordAct act;
    static Comity__V1__RecordAct *acts[] = {&act};
    static Comity__V1__RecordBlock block;
    static Comity__V1__RecordBlock *blocks[] = {&block};
    comity__v1__record_act__init(&act);
    comity__v1__record_block__init(&block);
    act.seat = "FRA";
    act.seq = height;
    act.kind = "note";
    act.line = height == 1 ? "=HYPERLINK(\"x\")" : "says \x1b[2J";
    act.accepted = true;
    block.height = height;
    block.time_ms = 1475625600000;
    block.n_acts = 1;
    block.acts = acts;
    record.n_blocks = 1;
    record.blocks = blocks;
    record.last_height = 2;
}

static void fill_events(uint64_t height)
{
    enum { KINDS = 6 };
    static const char *const kinds[KINDS][3] = {
        {"accepted", "ballot", ""},
        {"ballot", "yes", ""},
        {"verdict", "adopted", "adopted: 9 of the 9 yes needed"},
        {"bound", "", ""},
        {"accepted", "note", ""},
        {"of-a-later-daemon", "", "x\x1b[2J"},
    };
    static Comity__V1__Event items[KINDS];
    static Comity__V1__Event *list[KINDS];
    for (uint32_t i = 0; i < KINDS; i++) {
        comity__v1__event__init(&items[i]);
        items[i].height = 8;
        items[i].index = i + 1;
        items[i].seat = "FRA";
        items[i].proposal = 3;
        items[i].agreement = i == 3 ? 1 : 0;
        items[i].forum_ms = 1475625600000;
        items[i].kind = (char *)(uintptr_t)kinds[i][0];
        items[i].word = (char *)(uintptr_t)kinds[i][1];
        items[i].line = (char *)(uintptr_t)kinds[i][2];
        list[i] = &items[i];
    }
    comity__v1__events__init(&events);
    events.n_events = height < 8 ? KINDS : 0;
    events.events = list;
    events.height = 8;
    events.index = KINDS;
}

static enum fake_act answer(void *context, unsigned n, const Comity__V1__Request *request,
                            Comity__V1__Response *response, struct bytes *raw)
{
    struct room *room = context;
    (void)n;
    (void)raw;
    fake_fill_proposal(&proposal);
    proposal.title = (char *)(uintptr_t)(room->title != NULL ? room->title : "Moving together");
    if (room->text != NULL)
        proposal.text = (char *)(uintptr_t)room->text;
    fake_fill_status(&status);
    if (room->seat_title != NULL)
        status.forums[0]->seats[0]->title = (char *)(uintptr_t)room->seat_title;
    if (room->standing != NULL)
        status.forums[0]->seats[0]->standing = (char *)(uintptr_t)room->standing;
    status.forums[0]->suspended = room->suspended;
    comity__v1__docket__init(&docket);
    docket.suspended = room->suspended;
    comity__v1__submitted__init(&submitted);
    comity__v1__record_page__init(&record);
    comity__v1__failure__init(&failure);
    switch (request->request_case) {
    case COMITY__V1__REQUEST__REQUEST_GET_STATUS:
        response->response_case = COMITY__V1__RESPONSE__RESPONSE_STATUS;
        response->status = &status;
        break;
    case COMITY__V1__REQUEST__REQUEST_GET_DOCKET:
        docket.forum_ms = 1000;
        docket.n_proposals = 1;
        docket.proposals = proposal_list;
        docket.n_todo = 1;
        docket.todo = todo;
        response->response_case = COMITY__V1__RESPONSE__RESPONSE_DOCKET;
        response->docket = &docket;
        break;
    case COMITY__V1__REQUEST__REQUEST_GET_PROPOSAL:
        response->response_case = COMITY__V1__RESPONSE__RESPONSE_PROPOSAL;
        response->proposal = &proposal;
        break;
    case COMITY__V1__REQUEST__REQUEST_SUBMIT:
        note_act(room, request->submit);
        submitted.final = !room->not_final;
        submitted.accepted = !room->refused;
        submitted.seq = 12;
        submitted.height = 8;
        submitted.line = room->refused ? "P3 is closed" : "";
        response->response_case = COMITY__V1__RESPONSE__RESPONSE_SUBMITTED;
        response->submitted = &submitted;
        break;
    case COMITY__V1__REQUEST__REQUEST_GET_RECORD:
        fill_record(request->get_record->from_height);
        response->response_case = COMITY__V1__RESPONSE__RESPONSE_RECORD;
        response->record = &record;
        break;
    case COMITY__V1__REQUEST__REQUEST_GET_EVENTS:
        fill_events(request->get_events->height);
        response->response_case = COMITY__V1__RESPONSE__RESPONSE_EVENTS;
        response->events = &events;
        break;
    default:
        failure.code = "COMITY_NOT_FOUND";
        failure.text = "no such \x1b[2Jthing";
        response->response_case = COMITY__V1__RESPONSE__RESPONSE_FAILURE;
        response->failure = &failure;
    }
    return FAKE_SEND;
}

static void wrong_use_is_named_and_ends_with_two(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"voet P3 yes", "did you mean `comity vote`"},
        {"xyzzy", "no command `xyzzy`"},
        {"vote", "something is missing: comity vote P3 yes|no|object|abstain"},
        {"vote P3 maybe", "`maybe` is no answer"},
        {"vote P3 yes please", "`please` is one word too many"},
        {"vote D3 yes", "`D3` names nothing here"},
        {"vote P0 yes", "`P0` names nothing here"},
        {"vote P3 yes --loud", "no option --loud"},
        {"vote P3 yes -x", "no option -x"},
        {"vote P3 yes --forum", "--forum needs a value"},
        {"vote P3 yes --json=1", "--json takes no value"},
        {"vote P3 yes --if-text 12", "64 hex digits"},
        {"--wait soon vote P3 yes", "--wait takes a length"},
        {"amend P3 burn 1", "`burn` is no amendment"},
        {"amend P3 add x text", "no clause's number"},
        {"amend P3 add 1", "text is missing"},
        {"amend P3 strike 1 text", "no text belongs here"},
        {"amend P3 move 1", "names both places"},
        {"ratify A1 --home perhaps", "yes or no"},
        {"show P3 --format pdf", "text, html or markdown"},
        {"watch --from yesterday", "start, now or a height"},
        {"watch --count 0", "--count takes"},
        {"record --from 0", "--from takes a height"},
        {"procedure dance", "a ruling is"},
        {"procedure advance tomorrow", "no date"},
        {"procedure tie P3 maybe", "decided by yes or no"},
        {"rule evaluate yes>=2 nonsense", "neither a count"},
        {"rule power yes>=2", "whose power?"},
        {"rule dance yes>=2", "its power measured"},
        {"completion fish", "only bash"},
        {"help nonsense", "no command"},
        {"charter burn x", "checked, compiled or printed"},
    };
    struct room room = {0};
    struct fake *fake = fake_start(answer, &room);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct run run = fake_run(fake, rows[i].line, "");
        if (strstr(run.err, rows[i].says) == NULL)
            print_error("%s: %s", rows[i].line, run.err);
        assert_non_null(strstr(run.err, rows[i].says));
        assert_int_equal(run.end, CLI_USAGE);
        assert_int_equal(room.act, 0);
        run_free(&run);
    }
    fake_stop(&fake);
}

static void acts_are_what_was_typed(void **state)
{
    (void)state;
    static const struct {
        const char *line, *input, *said;
    } rows[] = {
        {"vote P3 yes", "", "P3 1"},
        {"vote 3 object", "", "P3 3"},
        {"--no-wait vote p3 abstain", "", "P3 4"},
        {"propose - --topic climate --binding --term cap=1200Mt", "# T\n\nRecalling,\n",
         "T|climate|1|0|Recalling,\n|1"},
        {"propose - --title 'My title' --closes 1h", "Body", "My title||0|3601000|Body|0"},
        {"amend P3 add 2 'Decides to go'", "", "P3 1 2 0 Decides to go"},
        {"amend P3 replace 2 -", "Decides", "P3 3 2 0 Decides"},
        {"amend P3 move 1 --to 4", "", "P3 4 1 4 "},
        {"note well said --about P3", "", "P3|well said"},
        {"procedure roll-call FRA USA", "", "3 2  0"},
        {"vote P3 pass", "", "P3 5"},
        {"receipt P3", "", "P3"},
        {"procedure resume", "", "5 0  0"},
        {"procedure tie P3 yes", "", "6 0 P3 1"},
    };
    struct room room = {0};
    struct fake *fake = fake_start(answer, &room);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct run run = fake_run(fake, rows[i].line, rows[i].input);
        assert_string_equal(run.err, "");
        assert_int_equal(run.end, CLI_OK);
        assert_string_equal(room.said, rows[i].said);
        run_free(&run);
    }
    fake_stop(&fake);
}

static void the_end_says_what_became_of_an_act(void **state)
{
    (void)state;
    static const struct {
        struct room room;
        const char *line, *out;
        int end;
    } rows[] = {
        {{.title = NULL}, "vote P3 yes", "Final at height 8: yes to P3\n", CLI_OK},
        {{.refused = true}, "vote P3 yes", "Refused at height 8: P3 is closed\n", CLI_REFUSED},
        {{.not_final = true}, "vote P3 yes", "Handed in as your act 12", CLI_PENDING},
        {{.not_final = true}, "vote P3 yes --no-wait", "Handed in as your act 12", CLI_OK},
        {{.refused = true}, "vote P3 yes --json", "\"accepted\": false", CLI_REFUSED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct room room = rows[i].room;
        struct fake *fake = fake_start(answer, &room);
        struct run run = fake_run(fake, rows[i].line, "");
        assert_non_null(strstr(run.out, rows[i].out));
        assert_int_equal(run.end, rows[i].end);
        run_free(&run);
        fake_stop(&fake);
    }
}

static void no_daemon_is_said_plainly(void **state)
{
    (void)state;
    static const char *const lines[] = {"", "status", "docket", "vote P3 yes", "watch", "bot"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct run run = fake_run(NULL, lines[i], "");
        assert_int_equal(run.end, CLI_UNREACHABLE);
        assert_non_null(strstr(run.err, "no daemon listens at /nonexistent/x.sock"));
        run_free(&run);
    }
}

static void who_may_not_propose_is_not_told_to(void **state)
{
    (void)state;
    static const struct {
        const char *standing;
        bool suspended;
        bool may;
        const char *said;
    } rows[] = {
        {"", false, true, "You sit as FRA"},
        {"votes suspended", false, true, "Your votes are suspended"},
        {"left", false, false, "You have left it"},
        {"expelled", false, false, "You were expelled from it"},
        {"", true, false, "The chair has suspended it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct room room = {.standing = rows[i].standing, .suspended = rows[i].suspended};
        struct fake *fake = fake_start(answer, &room);
        struct run run = fake_run(fake, "", "");
        assert_non_null(strstr(run.out, rows[i].said));
        assert_int_equal(strstr(run.out, "comity propose FILE") != NULL, rows[i].may);
        run_free(&run);
        run = fake_run(fake, "docket", "");
        assert_int_equal(strstr(run.out, "suspended") != NULL, rows[i].suspended);
        run_free(&run);
        run = fake_run(fake, "status", "");
        assert_non_null(strstr(run.out, rows[i].standing));
        run_free(&run);
        fake_stop(&fake);
    }
}

static void nothing_foreign_reaches_the_terminal_raw(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",       "status",         "docket",      "show P3", "show P3 --format markdown",
        "diff 3", "show P3 --json", "vote P3 yes", "show A1",
    };
    struct room room = {
        .title = "T\x1b[2J\xc2\x9b", .text = "x\x1b]0;title\x07", .seat_title = "F\x1b[31m"};
    struct fake *fake = fake_start(answer, &room);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct run run = fake_run(fake, lines[i], "");
        assert_null(strchr(run.out, '\x1b'));
        assert_null(strchr(run.err, '\x1b'));
        assert_null(strchr(run.out, '\x07'));
        assert_null(strstr(run.out, "\xc2\x9b"));
        run_free(&run);
    }
    fake_stop(&fake);
}

static void the_printed_page_escapes_every_name_and_text(void **state)
{
    (void)state;
    struct room room = {.title = "<img src=x onerror=alert(1)>",
                        .text = "<script>alert(1)</script>\n\n1. Decides <b>x</b>\n",
                        .seat_title = "Fr\"><script>ance"};
    struct fake *fake = fake_start(answer, &room);
    struct run run = fake_run(fake, "show P3 --format html", "");
    assert_int_equal(run.end, CLI_OK);
    assert_null(strstr(run.out, "<script"));
    assert_null(strstr(run.out, "<img"));
    assert_non_null(strstr(run.out, "&lt;img src=x"));
    assert_non_null(strstr(run.out, "Fr&quot;&gt;&lt;script&gt;ance"));
    assert_non_null(strstr(run.out, "default-src 'none'"));
    assert_non_null(strstr(run.out, "In favour: 1"));
    assert_non_null(strstr(run.out, "Against: 1"));
    assert_non_null(strstr(run.out, "rejected: 1 yes, 9 needed; veto by RUS"));
    run_free(&run);
    fake_stop(&fake);
}

static void a_key_is_made_once_and_kept_from_others(void **state)
{
    (void)state;
    char directory[] = "/tmp/comity-key-XXXXXX", line[128], path[64];
    struct stat info;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/fra.key", directory);
    (void)snprintf(line, sizeof line, "keygen %s", path);
    struct run first = fake_run(NULL, line, "");
    assert_int_equal(first.end, CLI_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    struct run second = fake_run(NULL, line, "");
    assert_int_equal(second.end, CLI_REFUSED);
    assert_non_null(strstr(second.err, "stays as it is"));
    (void)snprintf(line, sizeof line, "fingerprint %s", path);
    struct run shown = fake_run(NULL, line, "");
    assert_int_equal(shown.end, CLI_OK);
    assert_memory_equal(shown.out, first.out, strlen(shown.out));
    run_free(&first);
    run_free(&second);
    run_free(&shown);
    (void)unlink(path);
    (void)rmdir(directory);
}

static void the_record_is_read_page_by_page_and_harmless_in_a_spreadsheet(void **state)
{
    (void)state;
    struct room room = {0};
    struct fake *fake = fake_start(answer, &room);
    struct run csv = fake_run(fake, "record --csv", "");
    assert_string_equal(csv.out,
                        "height,block_time,seat,seq,kind,signed,accepted,line,outcome,id,"
                        "forum_time,target,answer,topic,rule,verdict,title\n"
                        "1,2016-10-05,\"FRA\",1,\"note\",,yes,\"'=HYPERLINK(\"\"x\"\")\",\"\","
                        ",,\"\",\"\",\"\",\"\",\"\",\"\"\n"
                        "2,2016-10-05,\"FRA\",2,\"note\",,yes,\"says \xe2\x90\x9b[2J\",\"\","
                        ",,\"\",\"\",\"\",\"\",\"\",\"\"\n");
    struct run text = fake_run(fake, "record --from 2", "");
    assert_string_equal(text.out, "2  2016-10-05\n  FRA  2  says \xe2\x90\x9b[2J\n");
    run_free(&csv);
    run_free(&text);
    fake_stop(&fake);
}

static void events_are_sentences_for_people_and_lines_for_programs(void **state)
{
    (void)state;
    struct room room = {0};
    struct fake *fake = fake_start(answer, &room);
    struct run text = fake_run(fake, "watch --from start --count 5", "");
    assert_int_equal(text.end, CLI_OK);
    assert_string_equal(
        text.out, "    8  2016-10-05               FRA answers yes to P3\n"
                  "    8  2016-10-05               P3 adopted: 9 of the 9 yes needed\n"
                  "    8                           FRA is bound by A1 from 2016-10-05\n"
                  "    8  2016-10-05               FRA: note P3\n"
                  "    8  2016-10-05               FRA: of-a-later-daemon P3: x\xe2\x90\x9b[2J\n");
    struct run json = fake_run(fake, "watch --from start --count 1 --json", "");
    assert_non_null(strstr(json.out, "\"kind\":\"accepted\""));
    struct run none = fake_run(fake, "watch --from 9 --count 1 --for 100ms", "");
    assert_int_equal(none.end, CLI_PENDING);
    run_free(&text);
    run_free(&json);
    run_free(&none);
    fake_stop(&fake);
}

static void rules_can_be_tried(void **state)
{
    (void)state;
    static const char unsc[] = COMITY_SOURCE_DIR "/configs/forums/un-security-council.yaml";
    static const struct {
        const char *words, *out;
        bool charter;
        int end;
    } rows[] = {
        {"evaluate 'yes >= 9' yes=9 no=2", "holds: 9 of the 9 yes needed", false, CLI_OK},
        {"evaluate 'yes >= 2/3 of voting' yes=2 no=1 abstain=7", "holds", false, CLI_OK},
        {"evaluate 'yes >= 2/3 of members' yes=2 members=10", "does not hold", false, CLI_REFUSED},
        {"evaluate substantive RUS=no others=yes", "veto by RUS", true, CLI_REFUSED},
        {"evaluate substantive others=yes RUS=abstain", "holds", true, CLI_OK},
        {"explain 'yes >= 9 and no in P5 = 0'", "at least 9 yes", false, CLI_OK},
        {"check 'yes>=9'", "yes >= 9\n", false, CLI_OK},
        {"check 'yes >> 9'", "", false, CLI_REFUSED},
        {"power substantive", "CHN   0.196270        0.166929\n", true, CLI_OK},
        {"power substantive", "SOM   0.001865        0.016535\n", true, CLI_OK},
        {"power substantive --json", "{\"value\": 0.196270, \"fraction\": \"421/2145\"}", true,
         CLI_OK},
        {"power 'yes > 1/2 of members' members=3", "seat 2  0.333333        0.333333\n", false,
         CLI_OK},
        {"power 'yes >= 9' members=3", "no seat has power", false, CLI_OK},
        {"power 'yes <= 2' members=3", "", false, CLI_REFUSED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[512];
        (void)snprintf(line, sizeof line, "rule %s%s%s", rows[i].words,
                       rows[i].charter ? " --charter " : "", rows[i].charter ? unsc : "");
        struct run run = fake_run(NULL, line, "");
        if (strstr(run.out, rows[i].out) == NULL)
            print_error("%s: %s%s", line, run.out, run.err);
        assert_non_null(strstr(run.out, rows[i].out));
        assert_int_equal(run.end, rows[i].end);
        run_free(&run);
    }
}

static void every_command_has_help_and_is_completed_and_is_in_the_manual(void **state)
{
    (void)state;
    static char manual[131072];
    char macro[64];
    FILE *file = fopen(COMITY_SOURCE_DIR "/docs/man/comity.1", "r");
    assert_non_null(file);
    manual[fread(manual, 1, sizeof manual - 1, file)] = '\0';
    (void)fclose(file);
    struct run completion = fake_run(NULL, "completion bash", "");
    for (const struct command *command = commands_table(); command->name != NULL; command++) {
        char line[64], form[80];
        (void)snprintf(line, sizeof line, "help %s", command->name);
        struct run run = fake_run(NULL, line, "");
        assert_int_equal(run.end, CLI_OK);
        (void)snprintf(form, sizeof form, "usage: comity %s", command->name);
        assert_memory_equal(run.out, form, strlen(form));
        (void)snprintf(form, sizeof form, "    %s) words=", command->name);
        assert_non_null(strstr(completion.out, form));
        (void)snprintf(macro, sizeof macro, ".It Ic %s", command->name);
        assert_non_null(strstr(manual, macro));
        run_free(&run);
    }
    run_free(&completion);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_use_is_named_and_ends_with_two),
        cmocka_unit_test(acts_are_what_was_typed),
        cmocka_unit_test(the_end_says_what_became_of_an_act),
        cmocka_unit_test(no_daemon_is_said_plainly),
        cmocka_unit_test(who_may_not_propose_is_not_told_to),
        cmocka_unit_test(nothing_foreign_reaches_the_terminal_raw),
        cmocka_unit_test(the_printed_page_escapes_every_name_and_text),
        cmocka_unit_test(a_key_is_made_once_and_kept_from_others),
        cmocka_unit_test(the_record_is_read_page_by_page_and_harmless_in_a_spreadsheet),
        cmocka_unit_test(events_are_sentences_for_people_and_lines_for_programs),
        cmocka_unit_test(rules_can_be_tried),
        cmocka_unit_test(every_command_has_help_and_is_completed_and_is_in_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
