/* SPDX-License-Identifier: Apache-2.0 */
/* verify_json.c - an instrument's report as JSON, and the pieces of it that are text in both. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/calendar.h"
#include "identity/identity.h"
#include "model/verdict.h"
#include "rules/rule.h"
#include "verify.h"

bool verify_rule_in_words(const char *sentence, size_t size, char *ret_words)
{
    struct arena arena;
    struct text text;
    const struct rule *rule;
    arena_init(&arena, 0);
    text_init(&text, ret_words, size);
    bool parsed = rule_parse(&arena, bytes_of_text(sentence), NULL, &rule, NULL) == COMITY_OK;
    if (parsed)
        rule_explain(rule, &text);
    arena_free(&arena);
    return parsed && !text.cut;
}

static void add_value(struct page *page, const struct term *term)
{
    char date[CALENDAR_TEXT_SIZE];
    switch (term->kind) {
    case TERM_CHOICE:
        page_plain(page, term->text);
        return;
    case TERM_INTEGER:
        page_format(page, "%" PRId64 "%s", term->number, term->unit[0] != '\0' ? " " : "");
        page_plain(page, term->unit);
        return;
    case TERM_DATE:
        calendar_format(term->number, date);
        page_add(page, date);
        return;
    case TERM_SHARE:
        page_format(page, "%" PRId64 "/%" PRIu64, term->number, term->of);
        return;
    }
}

void verify_add_terms(struct page *page, const struct instrument_report *report)
{
    const struct act *act = report->propose;
    for (uint32_t i = 0; i < act->as.propose.terms_count; i++) {
        page_add(page, i == 0 ? "\n  terms\n    " : "    ");
        page_plain(page, act->as.propose.terms[i].issue);
        page_add(page, ": ");
        add_value(page, &act->as.propose.terms[i]);
        page_add(page, "\n");
    }
    for (uint32_t i = 0; i < act->as.propose.pledges_count; i++) {
        const struct pledge *pledge = &act->as.propose.pledges[i];
        page_add(page, i == 0 ? "\n  pledges\n    " : "    ");
        page_plain(page, pledge->seat < report->charter->seats_count
                             ? report->charter->seats[pledge->seat].name
                             : "?");
        page_add(page, ": ");
        page_plain(page, pledge->issue);
        page_format(page, " %" PRId64 " ", pledge->quantity);
        page_plain(page, pledge->unit);
        page_add(page, pledge->due_ms != 0 ? " by " : "");
        if (pledge->due_ms != 0)
            page_time(page, pledge->due_ms);
        page_add(page, "\n");
    }
}

static json_t *time_json(int64_t ms)
{
    char text[CALENDAR_TEXT_SIZE] = "";
    if (ms == 0 || ms == INT64_MAX)
        return json_null();
    calendar_format(ms, text);
    return json_string(text);
}

static json_t *word_json(const char *word)
{
    return word != NULL && word[0] != '\0' ? json_string(word) : json_null();
}

static json_t *party_json(const struct instrument_report *report, uint32_t seat)
{
    if (report->agreement == NULL || report->agreement->parties[seat].status == PARTY_NONE)
        return json_null();
    const struct record_party *party = &report->agreement->parties[seat];
    const struct act *consent = report->seats[seat].consent;
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "status", party_status_word(party->status),
        "signed", word_json(consent != NULL ? act_kind_word(consent->kind) : NULL), "consent_at",
        time_json(party->consent_ms), "since_at", time_json(party->since_ms), "notice_at",
        time_json(party->notice_ms), "until_at", time_json(party->until_ms), "home",
        word_json(party->home == HOME_YES  ? "yes"
                  : party->home == HOME_NO ? "no"
                                           : NULL),
        "defection", word_json(defection_word(party->defection)));
}

static json_t *seat_json(const struct instrument_report *report, uint32_t i)
{
    const struct instrument_seat *seat = &report->seats[i];
    const struct act *ballot = seat->ballot;
    char key[2 * KEY_SIZE + 1];
    hex_from_bytes(report->charter->seats[i].key, KEY_SIZE, key);
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:b, s:b, s:o, s:b, s:o, s:o}", "seat",
        report->charter->seats[i].name, "key", key, "fingerprint", seat->fingerprint, "confirmed",
        report->has_keys ? json_boolean(seat->confirmed) : json_null(), "signed_order",
        (int)seat->signed_order, "in_roll", (int)seat->in_roll, "answer",
        word_json(ballot != NULL ? answer_word(ballot->as.ballot.answer) : NULL), "voided",
        (int)report->proposal->voided[i], "answered_at",
        time_json(ballot != NULL ? ballot->signed_ms : 0), "party", party_json(report, i));
}

static json_t *agreement_json(const struct record_agreement *agreement)
{
    if (agreement == NULL)
        return json_null();
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:I}", "number", (json_int_t)agreement->number,
                     "status", agreement_status_word(agreement->status), "line", agreement->line,
                     "threshold_at", time_json(agreement->threshold_ms), "in_force_at",
                     time_json(agreement->in_force_ms), "parties_count",
                     (json_int_t)agreement->parties_count);
}

static json_t *report_json(const struct instrument_report *report)
{
    const struct record_proposal *proposal = report->proposal;
    char forum[HASH_HEX_SIZE], text_hash[HASH_HEX_SIZE], block[HASH_HEX_SIZE], words[1024];
    struct hash block_hash = block_header_hash(&report->header);
    hash_to_hex(&report->charter->id, forum);
    hash_to_hex(&proposal->text_hash, text_hash);
    hash_to_hex(&block_hash, block);
    if (!verify_rule_in_words(report->rule->sentence, sizeof words, words))
        words[0] = '\0';
    json_t *seats = json_array();
    for (uint32_t i = 0; i < report->charter->seats_count; i++)
        (void)json_array_append_new(seats, seat_json(report, i));
    return json_pack(
        "{s:b, s:s, s:s, s:s, s:I, s:s, s:b, s:s, s:s%, s:s, s:s, s:s, s:s, s:s, s:o, s:I, s:o,"
        " s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o}",
        "verified", 1, "identities", report->has_keys ? "checked" : "unchecked", "forum", forum,
        "forum_title", report->charter->title, "proposal", (json_int_t)proposal->number, "title",
        report->propose->as.propose.title, "binding", (int)proposal->binding, "text_hash",
        text_hash, "text", report->text.size > 0 ? (const char *)report->text.data : "",
        report->text.size, "rule", report->rule->name, "rule_sentence", report->rule->sentence,
        "rule_in_words", words, "verdict", verdict_word(proposal->verdict), "line", proposal->line,
        "decided_at", time_json(proposal->decided_ms), "decided_height",
        (json_int_t)proposal->decided_height, "agreement", agreement_json(report->agreement),
        "block", block, "height", (json_int_t)report->header.height, "signatures",
        (json_int_t)report->signatures_count, "quorum", (json_int_t)report->quorum, "seats", seats,
        "rulings", verify_rulings_json(report), "reservations", verify_reservations_json(report),
        "compliance", verify_compliance_json(report));
}

enum cli_exit verify_print_json(struct cli *cli, const struct instrument_report *report)
{
    json_t *json = report_json(report);
    char *text = json != NULL ? json_dumps(json, JSON_INDENT(2) | JSON_ENSURE_ASCII) : NULL;
    json_decref(json);
    if (text == NULL)
        return cli_fail(cli, COMITY_MEMORY, NULL);
    bool written = fputs(text, cli->out) >= 0 && fputc('\n', cli->out) != EOF;
    free(text);
    return written ? CLI_OK : cli_fail(cli, COMITY_IO, NULL);
}
