/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - an instrument, checked with nothing but the file (and the keys one trusts), and what
 * it proves: who agreed to what, under which rule, with what arithmetic. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "commands.h"
#include "instrument/instrument.h"
#include "model/verdict.h"
#include "table.h"
#include "verify.h"

enum { VERIFY_BYTES_MAX = 256 << 20 };

struct verification {
    struct arena arena;
    struct buffer file;
    struct buffer keys_file;
    struct instrument_keys keys;
    struct instrument_report report;
};

/* What a verdict was not given, a ballot may have been. */
static const char *answer_shown(const struct instrument_report *report, uint32_t seat)
{
    const struct instrument_seat *is = &report->seats[seat];
    if (report->charter->seats[seat].role != SEAT_MEMBER)
        return report->charter->seats[seat].role == SEAT_CHAIR ? "(chair)" : "(observer)";
    if (report->proposal->voided[seat])
        return "voided";
    if (is->ballot != NULL)
        return answer_word(is->ballot->as.ballot.answer);
    return is->in_roll ? "silent" : "not on the roll";
}

static void add_party(struct table *table, const struct instrument_report *report, uint32_t seat)
{
    const struct record_party *party = &report->agreement->parties[seat];
    const struct act *consent = report->seats[seat].consent;
    char note[96];
    (void)snprintf(note, sizeof note, "%s%s%s",
                   party->home == HOME_YES  ? "home verdict: yes"
                   : party->home == HOME_NO ? "home verdict: no"
                                            : "",
                   party->home != HOME_UNTOLD && party->defection != DEFECTION_NONE ? ", " : "",
                   defection_word(party->defection));
    table_add_styled(table, party->status == PARTY_BOUND ? STYLE_GOOD : STYLE_NONE,
                     party->status == PARTY_NONE ? "" : party_status_word(party->status));
    table_add(table, consent != NULL ? act_kind_word(consent->kind) : "");
    table_add_time(table, party->since_ms == INT64_MAX ? 0 : party->since_ms);
    table_add_time(table, party->until_ms == INT64_MAX ? 0 : party->until_ms);
    table_add(table, note);
}

static void add_seats(struct page *page, const struct instrument_report *report)
{
    static const char *const headers[] = {"seat",  "",       "fingerprint", "ordering", "answer",
                                          "party", "signed", "since",       "until",    ""};
    struct table table;
    bool parties = report->agreement != NULL;
    table_init(&table, headers, parties ? 10 : 5);
    for (uint32_t i = 0; i < report->charter->seats_count; i++) {
        const struct instrument_seat *seat = &report->seats[i];
        const char *known = !report->has_keys ? ""
                            : seat->confirmed ? "as you know it"
                                              : "not among your keys";
        table_add_styled(&table, STYLE_BOLD, report->charter->seats[i].name);
        table_add_styled(&table, seat->confirmed ? STYLE_GOOD : STYLE_WAITING, known);
        table_add(&table, seat->fingerprint);
        table_add(&table, seat->signed_order ? "signed" : "");
        table_add(&table, answer_shown(report, i));
        if (parties)
            add_party(&table, report, i);
    }
    table_print(&table, page, 2);
    table_free(&table);
}

static void add_identities(struct page *page, const struct instrument_report *report)
{
    if (!report->has_keys) {
        page_styled(page, STYLE_WAITING, "Self-consistent, identities unchecked:");
        page_add(page, " compare the fingerprints, or give --keys FILE.\n\n");
        return;
    }
    page_format(page,
                "Self-consistent; %" PRIu32 " of %" PRIu32 " seats are who your keys say.\n\n",
                report->confirmed_count, report->charter->seats_count);
}

static void add_rule(struct page *page, const struct instrument_report *report)
{
    char words[1024];
    page_add(page, "  rule       ");
    page_plain(page, report->rule->name);
    page_add(page, ": ");
    page_plain(page, report->rule->sentence);
    if (verify_rule_in_words(report->rule->sentence, sizeof words, words)) {
        page_add(page, "\n             ");
        page_plain(page, words);
    }
    page_add(page, report->rule->binds == BINDS_ALL ? "; it binds all who signed the charter\n"
                                                    : "; it binds who consents\n");
    if (report->rule->has_in_force) {
        page_add(page, "             in force: ");
        page_plain(page, report->rule->in_force.sentence);
        page_add(page, "\n");
    }
}

static void add_verdict(struct page *page, const struct instrument_report *report)
{
    const struct record_proposal *proposal = report->proposal;
    const char *word = verdict_word(proposal->verdict);
    page_add(page, "  verdict    ");
    if (strncmp(proposal->line, word, strlen(word)) != 0)
        page_format(page, "%s: ", word);
    page_plain(page, proposal->line);
    if (proposal->undone != NULL) {
        page_add(page, "; not done: ");
        page_plain(page, proposal->undone);
    }
    page_add(page, "\n  decided    ");
    page_time(page, proposal->decided_ms);
    page_format(page, ", in block %" PRIu64 " of ", proposal->decided_height);
    page_time(page, proposal->decided_block_ms);
    page_format(page,
                "\n  proved by  %" PRIu32 " of %" PRIu32 " orderers, %" PRIu32
                " must, over block %" PRIu64 "\n",
                report->signatures_count, report->charter->orderers_count, report->quorum,
                report->header.height);
}

static void add_agreement(struct page *page, const struct instrument_report *report)
{
    const struct record_agreement *agreement = report->agreement;
    page_format(page, "  agreement  A%" PRIu32 ", %s", agreement->number,
                agreement_status_word(agreement->status));
    if (agreement->in_force_ms != INT64_MAX) {
        page_add(page, agreement->status == AGREEMENT_PENDING ? " until " : " since ");
        page_time(page, agreement->in_force_ms);
    }
    page_format(page, ", %" PRIu32 " %s: ", agreement->parties_count,
                agreement->parties_count == 1 ? "party" : "parties");
    page_plain(page, agreement->line);
    page_add(page, "\n");
}

static void add_report(struct page *page, const struct instrument_report *report)
{
    char id[HASH_HEX_SIZE];
    hash_to_hex(&report->charter->id, id);
    page_styled(page, STYLE_GOOD, "It verifies.");
    page_add(page, " ");
    add_identities(page, report);
    page_format(page, "P%" PRIu32 "  ", report->proposal->number);
    page_styled(page, STYLE_BOLD, report->propose->as.propose.title);
    page_add(page, report->proposal->binding ? " (binding)\n  forum      "
                                             : " (not binding)\n  forum      ");
    page_plain(page,
               report->charter->title[0] != '\0' ? report->charter->title : report->charter->name);
    page_format(page, " (%s)\n", id);
    add_rule(page, report);
    add_verdict(page, report);
    if (report->agreement != NULL)
        add_agreement(page, report);
    page_add(page, "\n");
    add_seats(page, report);
    verify_add_terms(page, report);
    verify_add_life(page, report);
    verify_add_compliance(page, report);
    page_add(page, "\n");
    char *text = strndup((const char *)report->text.data, report->text.size);
    if (text == NULL && report->text.size > 0)
        page->failed = true;
    page_lines(page, text, 2, 80);
    free(text);
}

/* What was asked for, before anything is proved. */
static enum comity_error read_files(struct cli *cli, const struct arguments *arguments,
                                    struct verification *self, struct fault *fault)
{
    const char *keys = options_value(arguments, "keys");
    enum comity_error error = cli_read_file(cli, arguments->words[0], &self->file, fault);
    if (error != COMITY_OK || keys == NULL)
        return error;
    error = cli_read_file(cli, keys, &self->keys_file, fault);
    if (error != COMITY_OK)
        return error;
    error = instrument_keys_read(buffer_bytes(&self->keys_file), &self->arena, &self->keys, fault);
    return error == COMITY_OK ? COMITY_OK : fault_prefix(fault, error, "%.200s: ", keys);
}

static enum comity_error verify(struct verification *self, const char *path, bool has_keys,
                                struct fault *fault)
{
    struct instrument *instrument = NULL;
    enum comity_error error =
        instrument_read(buffer_bytes(&self->file), &self->arena, &instrument, fault);
    if (error == COMITY_OK)
        error = instrument_verify(instrument, has_keys ? &self->keys : NULL, &self->arena,
                                  &self->report, fault);
    return error == COMITY_OK ? COMITY_OK
                              : fault_prefix(fault, error, "%.200s does not verify: ", path);
}

static enum cli_exit verified(struct cli *cli, const struct verification *self)
{
    if (cli->json)
        return verify_print_json(cli, &self->report);
    struct page page;
    page_init(&page, cli->color);
    add_report(&page, &self->report);
    return cli_print(cli, &page, CLI_OK);
}

enum cli_exit command_verify(struct cli *cli, const struct arguments *arguments)
{
    struct verification self = {.file = {0}};
    struct fault fault = {{0}};
    enum cli_exit end = CLI_UNVERIFIED;
    arena_init(&self.arena, VERIFY_BYTES_MAX);
    enum comity_error error = read_files(cli, arguments, &self, &fault);
    if (error != COMITY_OK) {
        end = cli_fail(cli, COMITY_IO, &fault);
    } else {
        error = verify(&self, arguments->words[0], options_has(arguments, "keys"), &fault);
        if (error == COMITY_OK)
            end = verified(cli, &self);
        else if (error == COMITY_MEMORY)
            end = cli_fail(cli, error, &fault);
        else
            (void)cli_fail(cli, error, &fault);
    }
    arena_free(&self.arena);
    buffer_free(&self.file);
    buffer_free(&self.keys_file);
    return end;
}
