/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - an instrument, checked with nothing but the file (and the keys one trusts). */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "commands.h"
#include "identity/identity.h"
#include "instrument/instrument.h"
#include "model/verdict.h"
#include "table.h"

enum { VERIFY_BYTES_MAX = 256 << 20 };

struct verification {
    struct arena arena;
    struct buffer file;
    struct buffer keys_file;
    struct instrument_report report;
};

static const char *seat_name(const struct instrument_report *report, uint32_t seat)
{
    return report->charter->seats[seat].name;
}

static void add_seats(struct page *page, const struct instrument_report *report)
{
    static const char *const headers[] = {"seat",   "",      "fingerprint", "ordering",
                                          "answer", "party", "since"};
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof headers[0]);
    for (uint32_t i = 0; i < report->charter->seats_count; i++) {
        const struct instrument_seat *seat = &report->seats[i];
        const struct record_agreement *agreement = report->agreement;
        bool party = agreement != NULL && i < agreement->seats_count && seat->consent != NULL;
        const char *known = !report->has_keys ? "" : seat->confirmed ? "as you know it"
                                                                     : "not among your keys";
        table_add_styled(&table, STYLE_BOLD, seat_name(report, i));
        table_add_styled(&table, seat->confirmed ? STYLE_GOOD : STYLE_WAITING, known);
        table_add(&table, seat->fingerprint);
        table_add(&table, seat->signed_order ? "signed" : "");
        table_add(&table, seat->ballot != NULL ? answer_word(seat->ballot->as.ballot.answer) : "");
        table_add(&table, party ? act_kind_word(seat->consent->kind) : "");
        table_add_time(&table, party ? agreement->parties[i].since_ms : 0);
    }
    table_print(&table, page, 2);
    table_free(&table);
}

static void add_identities(struct page *page, const struct instrument_report *report)
{
    if (!report->has_keys) {
        page_styled(page, STYLE_WAITING, "Self-consistent; identities unchecked.");
        page_add(page, " Compare the fingerprints, or give --keys FILE.\n\n");
        return;
    }
    page_format(page, "Self-consistent; %" PRIu32 " of %" PRIu32 " seats are who your keys say.\n\n",
                report->confirmed_count, report->charter->seats_count);
}

static void add_report(struct page *page, const struct instrument_report *report)
{
    const struct record_proposal *proposal = report->proposal;
    char id[HASH_HEX_SIZE];
    hash_to_hex(&report->charter->id, id);
    page_styled(page, STYLE_GOOD, "It verifies.");
    page_add(page, " ");
    add_identities(page, report);
    page_format(page, "P%" PRIu32 "  ", proposal->number);
    page_styled(page, STYLE_BOLD, report->propose->as.propose.title);
    page_add(page, "\n  ");
    page_plain(page, report->charter->title);
    page_format(page, " (%s)\n  ", id);
    page_plain(page, report->rule->name);
    page_add(page, ": ");
    page_plain(page, report->rule->sentence);
    page_add(page, "\n  ");
    if (strncmp(proposal->line, verdict_word(proposal->verdict),
                strlen(verdict_word(proposal->verdict))) != 0)
        page_format(page, "%s: ", verdict_word(proposal->verdict));
    page_plain(page, proposal->line);
    page_add(page, "\n  decided ");
    page_time(page, proposal->decided_ms);
    page_format(page, "; %" PRIu32 " orderers signed, %" PRIu32 " must\n",
                report->signatures_count, report->quorum);
    if (report->agreement != NULL) {
        page_format(page, "  agreement A%" PRIu32 ": ", report->agreement->number);
        page_plain(page, report->agreement->line);
        page_format(page, "; %" PRIu32 " parties\n", report->agreement->parties_count);
    }
    page_add(page, "\n");
    add_seats(page, report);
    page_add(page, "\n");
    char *text = strndup((const char *)report->text.data, report->text.size);
    if (text == NULL && report->text.size > 0)
        page->failed = true;
    page_lines(page, text, 2, 80);
    free(text);
}

static json_t *time_json(int64_t ms)
{
    char text[CALENDAR_TEXT_SIZE] = "";
    if (ms != 0)
        calendar_format(ms, text);
    return ms != 0 ? json_string(text) : json_null();
}

static json_t *seat_json(const struct instrument_report *report, uint32_t i)
{
    const struct instrument_seat *seat = &report->seats[i];
    bool party = report->agreement != NULL && seat->consent != NULL;
    char key[2 * KEY_SIZE + 1];
    hex_from_bytes(report->charter->seats[i].key, KEY_SIZE, key);
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:b, s:o, s:o, s:o}", "seat", seat_name(report, i), "key", key,
        "fingerprint", seat->fingerprint, "confirmed",
        report->has_keys ? json_boolean(seat->confirmed) : json_null(), "signed_order",
        (int)seat->signed_order, "answer",
        seat->ballot != NULL ? json_string(answer_word(seat->ballot->as.ballot.answer))
                             : json_null(),
        "consent", party ? json_string(act_kind_word(seat->consent->kind)) : json_null(),
        "since_at", time_json(party ? report->agreement->parties[i].since_ms : 0));
}

static enum cli_exit print_json(struct cli *cli, const struct instrument_report *report)
{
    const struct record_proposal *proposal = report->proposal;
    char id[HASH_HEX_SIZE], text_hash[HASH_HEX_SIZE];
    hash_to_hex(&report->charter->id, id);
    hash_to_hex(&proposal->text_hash, text_hash);
    json_t *seats = json_array();
    for (uint32_t i = 0; i < report->charter->seats_count; i++)
        (void)json_array_append_new(seats, seat_json(report, i));
    json_t *json = json_pack(
        "{s:b, s:s, s:s, s:i, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:i, s:i, s:o}", "verified", 1,
        "forum", id, "title", report->propose->as.propose.title, "proposal",
        (int)proposal->number, "text_hash", text_hash, "rule", report->rule->sentence, "verdict",
        verdict_word(proposal->verdict), "decided_at", time_json(proposal->decided_ms), "line",
        proposal->line, "identities", report->has_keys ? "checked" : "unchecked",
        "agreement_line", report->agreement != NULL ? report->agreement->line : "", "signatures",
        (int)report->signatures_count, "quorum", (int)report->quorum, "seats", seats);
    char *text = json != NULL ? json_dumps(json, JSON_INDENT(2) | JSON_ENSURE_ASCII) : NULL;
    json_decref(json);
    if (text == NULL)
        return cli_fail(cli, COMITY_MEMORY, NULL);
    bool written = fputs(text, cli->out) >= 0 && fputc('\n', cli->out) != EOF;
    free(text);
    return written ? CLI_OK : cli_fail(cli, COMITY_IO, NULL);
}

static enum comity_error verify(struct cli *cli, const struct arguments *arguments,
                                struct verification *self, struct fault *fault)
{
    struct instrument *instrument = NULL;
    struct instrument_keys keys = {NULL, 0};
    const char *path = options_value(arguments, "keys");
    enum comity_error error = identity_setup();
    if (error == COMITY_OK && path != NULL)
        error = cli_read_file(cli, path, &self->keys_file, fault);
    if (error == COMITY_OK && path != NULL)
        error = instrument_keys_read(buffer_bytes(&self->keys_file), &self->arena, &keys, fault);
    if (error == COMITY_OK)
        error = instrument_read(buffer_bytes(&self->file), &self->arena, &instrument, fault);
    if (error == COMITY_OK)
        error = instrument_verify(instrument, path != NULL ? &keys : NULL, &self->arena,
                                  &self->report, fault);
    return error;
}

enum cli_exit command_verify(struct cli *cli, const struct arguments *arguments)
{
    struct verification self = {.file = {0}};
    struct fault fault = {{0}};
    enum comity_error error = cli_read_file(cli, arguments->words[0], &self.file, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, COMITY_IO, &fault);
    arena_init(&self.arena, VERIFY_BYTES_MAX);
    error = verify(cli, arguments, &self, &fault);
    enum cli_exit end = CLI_UNVERIFIED;
    if (error != COMITY_OK) {
        (void)fault_prefix(&fault, error, "%.200s does not verify: ", arguments->words[0]);
        (void)cli_fail(cli, error, &fault);
    } else if (cli->json) {
        end = print_json(cli, &self.report);
    } else {
        struct page page;
        page_init(&page, cli->color);
        add_report(&page, &self.report);
        end = cli_print(cli, &page, CLI_OK);
    }
    arena_free(&self.arena);
    buffer_free(&self.file);
    buffer_free(&self.keys_file);
    return end;
}
