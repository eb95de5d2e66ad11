/* SPDX-License-Identifier: Apache-2.0 */
/* life.c - what follows the signing: reserve, object-reservation, reservations, allege, leave. */
#include "life.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "sheet.h"
#include "show_standing.h"
#include "table.h"

static enum comity_error read_clause(const struct arguments *arguments, uint32_t *ret_clause,
                                     struct fault *fault)
{
    const char *word = options_value(arguments, "clause");
    *ret_clause = 0;
    if (word == NULL)
        return COMITY_OK;
    if (word[0] < '1' || word[0] > '9' || strspn(word, "0123456789") != strlen(word) ||
        strlen(word) > 5)
        return fault_set(fault, COMITY_USAGE,
                         "--clause takes the number of an operative clause, not `%.40s`", word);
    *ret_clause = (uint32_t)strtoul(word, NULL, 10);
    return COMITY_OK;
}

/* The words after the first as one text; `-` reads it. */
static enum comity_error read_words(struct cli *cli, const struct arguments *arguments,
                                    size_t first, struct buffer *ret_text, struct fault *fault)
{
    if (arguments->count == first + 1 && strcmp(arguments->words[first], "-") == 0)
        return cli_read_text(cli, "-", ret_text, fault);
    for (size_t i = first; i < arguments->count; i++) {
        const char *word = arguments->words[i];
        if (!utf8_is_valid(bytes_of_text(word)))
            return fault_set(fault, COMITY_USAGE, "the text is not UTF-8");
        if ((i > first && buffer_append(ret_text, " ", 1) != COMITY_OK) ||
            buffer_append(ret_text, word, strlen(word)) != COMITY_OK)
            return fault_set(fault, COMITY_MEMORY, "out of memory");
    }
    return buffer_append(ret_text, "", 1) == COMITY_OK
               ? COMITY_OK
               : fault_set(fault, COMITY_MEMORY, "out of memory");
}

enum cli_exit command_reserve(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    struct buffer text = {0};
    Comity__V1__DraftReserve draft = COMITY__V1__DRAFT_RESERVE__INIT;
    enum comity_error error = cli_target(arguments->words[0], "AP", name, &fault);
    if (error == COMITY_OK)
        error = read_clause(arguments, &draft.clause, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    draft.taken_back = options_has(arguments, "take-back");
    if (draft.taken_back != (arguments->count == 1))
        return cli_usage(cli, draft.taken_back
                                  ? "no text belongs to a reservation taken back"
                                  : "say what is reserved, in quotes, or - to read it");
    error = read_words(cli, arguments, 1, &text, &fault);
    if (error != COMITY_OK) {
        buffer_free(&text);
        return cli_fail(cli, error, &fault);
    }
    draft.target = name;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_RESERVE;
    submit.reserve = &draft;
    submit.text = draft.taken_back ? submit.text : (char *)text.data;
    char what[CLI_NAME_SIZE + 48];
    (void)snprintf(what, sizeof what, "%s %s",
                   draft.taken_back ? "takes back its reservation to" : "makes a reservation to",
                   name);
    enum cli_exit end = cli_submit(cli, &submit, what);
    buffer_free(&text);
    return end;
}

enum cli_exit command_object_reservation(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    Comity__V1__DraftObjection draft = COMITY__V1__DRAFT_OBJECTION__INIT;
    enum comity_error error = cli_target(arguments->words[0], "R", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    draft.reservation = name;
    draft.refuses_relations = options_has(arguments, "refuse");
    draft.taken_back = options_has(arguments, "take-back");
    if (draft.refuses_relations && draft.taken_back)
        return cli_usage(cli, "--refuse and --take-back say two different things");
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_OBJECT_RESERVATION;
    submit.object_reservation = &draft;
    char what[CLI_NAME_SIZE + 48];
    (void)snprintf(what, sizeof what, "%s %s",
                   draft.taken_back ? "takes back its objection to" : "objects to", name);
    return cli_submit(cli, &submit, what);
}

enum cli_exit command_allege(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    char reservation[CLI_NAME_SIZE] = "";
    struct fault fault = {{0}};
    struct buffer text = {0};
    const char *word = options_value(arguments, "reservation");
    Comity__V1__DraftAllege draft = COMITY__V1__DRAFT_ALLEGE__INIT;
    enum comity_error error = cli_target(arguments->words[0], "A", name, &fault);
    if (error == COMITY_OK)
        error = read_clause(arguments, &draft.clause, &fault);
    if (error == COMITY_OK && word != NULL)
        error = cli_target(word, "R", reservation, &fault);
    if (error == COMITY_OK)
        error = read_words(cli, arguments, 2, &text, &fault);
    if (error != COMITY_OK) {
        buffer_free(&text);
        return cli_fail(cli, error, &fault);
    }
    draft.agreement = name;
    draft.seat = (char *)(uintptr_t)arguments->words[1];
    draft.reservation = reservation;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_ALLEGE;
    submit.allege = &draft;
    submit.text = (char *)text.data;
    char what[CLI_NAME_SIZE + 64];
    (void)snprintf(what, sizeof what, "says that %.24s broke %s", arguments->words[1], name);
    enum cli_exit end = cli_submit(cli, &submit, what);
    buffer_free(&text);
    return end;
}

enum cli_exit command_leave(struct cli *cli, const struct arguments *arguments)
{
    (void)arguments;
    Comity__V1__DraftTarget draft = COMITY__V1__DRAFT_TARGET__INIT;
    Comity__V1__Submit submit = COMITY__V1__SUBMIT__INIT;
    submit.act_case = COMITY__V1__SUBMIT__ACT_LEAVE;
    submit.leave = &draft;
    return cli_submit(cli, &submit, "leaves the forum");
}

static void add_seats(struct page *page, const char *label, char *const *names, size_t count)
{
    if (count == 0)
        return;
    page_add(page, label);
    for (size_t i = 0; i < count; i++) {
        page_add(page, i > 0 ? ", " : "");
        page_plain(page, names[i]);
    }
}

void life_add_reservations(struct page *page, Comity__V1__ReservationInfo *const *items,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Comity__V1__ReservationInfo *is = items[i];
        if (i == 0)
            page_add(page, "\n");
        page_style(page, STYLE_BOLD);
        page_format(page, "R%" PRIu32 "  ", is->number);
        page_plain(page, is->seat);
        page_style(page, STYLE_NONE);
        if (is->clause == 0)
            page_add(page, " to the whole");
        else
            page_format(page, " to clause %" PRIu32, is->clause);
        page_add(page, ", ");
        page_plain(page, is->status);
        add_seats(page, "; objections of ", is->objected_by, is->n_objected_by);
        add_seats(page, "; relations refused by ", is->refused_by, is->n_refused_by);
        page_add(page, "\n");
        page_lines(page, is->text, 4, 80);
    }
}

void life_add_allegations(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    for (size_t i = 0; i < agreement->n_allegations; i++) {
        const Comity__V1__AllegationInfo *is = agreement->allegations[i];
        if (i == 0)
            page_add(page, "\n");
        page_style(page, STYLE_BOLD);
        page_format(page, "L%" PRIu32 "  ", is->number);
        page_plain(page, is->by);
        page_style(page, STYLE_NONE);
        page_add(page, " says that ");
        page_plain(page, is->accused);
        if (is->reservation != 0)
            page_format(page, " made a hollow reservation, R%" PRIu32, is->reservation);
        else if (is->clause != 0)
            page_format(page, " broke clause %" PRIu32, is->clause);
        else
            page_add(page, " broke it");
        page_add(page, ": ");
        page_plain(page, is->status);
        if (is->ruling != 0)
            page_format(page, " by P%" PRIu32, is->ruling);
        if (strcmp(is->status, "found") == 0) {
            page_add(page, ", response: ");
            page_plain(page, is->response);
        }
        page_add(page, "\n");
        page_lines(page, is->text, 4, 80);
    }
}

/* --- The matrix --- */

static const char *relation_between(const Comity__V1__AgreementInfo *agreement, const char *a,
                                    const char *b)
{
    for (size_t i = 0; i < agreement->n_relations; i++) {
        const Comity__V1__RelationInfo *is = agreement->relations[i];
        if ((strcmp(is->a, a) == 0 && strcmp(is->b, b) == 0) ||
            (strcmp(is->a, b) == 0 && strcmp(is->b, a) == 0))
            return is->relation;
    }
    return "full";
}

static bool is_inside(const Comity__V1__PartyInfo *party)
{
    return strcmp(party->status, "left") != 0;
}

/* One letter a pair, so that twenty parties fit a terminal. */
static char letter_of(const char *relation)
{
    return strcmp(relation, "full") == 0       ? '.'
           : strcmp(relation, "modified") == 0 ? 'm'
           : strcmp(relation, "rest") == 0     ? 'r'
                                               : 'x';
}

static void print_matrix(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    size_t count = 0;
    for (size_t i = 0; i < agreement->n_parties; i++)
        count += is_inside(agreement->parties[i]);
    if (count < 2 || agreement->n_reservations == 0) {
        page_add(page, "No reservations: every pair of parties is bound by the whole.\n");
        return;
    }
    page_add(page, "         ");
    for (size_t i = 0; i < agreement->n_parties; i++) {
        if (is_inside(agreement->parties[i]))
            page_format(page, " %-3.3s", agreement->parties[i]->seat);
    }
    page_add(page, "\n");
    for (size_t a = 0; a < agreement->n_parties; a++) {
        if (!is_inside(agreement->parties[a]))
            continue;
        page_format(page, "%-8.8s ", agreement->parties[a]->seat);
        for (size_t b = 0; b < agreement->n_parties; b++) {
            if (!is_inside(agreement->parties[b]))
                continue;
            char letter = a == b
                              ? ' '
                              : letter_of(relation_between(agreement, agreement->parties[a]->seat,
                                                           agreement->parties[b]->seat));
            page_format(page, " %c  ", letter);
        }
        page_add(page, "\n");
    }
    page_add(page, "\n. bound by the whole   m as the reservation modifies it   "
                   "r by the rest   x by nothing\n");
}

static void print_sheet(struct page *page, const Comity__V1__AgreementInfo *agreement)
{
    page_add(page, "a,b,relation\n");
    for (size_t a = 0; a < agreement->n_parties; a++) {
        for (size_t b = a + 1; b < agreement->n_parties; b++) {
            const char *names[] = {agreement->parties[a]->seat, agreement->parties[b]->seat};
            if (!is_inside(agreement->parties[a]) || !is_inside(agreement->parties[b]))
                continue;
            sheet_text(page, names[0], false);
            sheet_text(page, names[1], false);
            sheet_text(page, relation_between(agreement, names[0], names[1]), true);
        }
    }
}

enum cli_exit command_reservations(struct cli *cli, const struct arguments *arguments)
{
    char name[CLI_NAME_SIZE];
    struct fault fault = {{0}};
    struct comity_reply reply;
    enum comity_error error = cli_target(arguments->words[0], "A", name, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end = cli_connect(cli);
    if (end != CLI_OK)
        return end;
    error = comity_get_agreement(cli->daemon, name, &reply, &fault);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    const Comity__V1__AgreementInfo *agreement = reply.response->agreement;
    if (cli->json) {
        end = cli_print_json(cli, &agreement->base, CLI_OK);
    } else {
        struct page page;
        page_init(&page, cli->color);
        if (options_has(arguments, "csv")) {
            print_sheet(&page, agreement);
        } else {
            print_matrix(&page, agreement);
            life_add_reservations(&page, agreement->reservations, agreement->n_reservations);
        }
        end = cli_print(cli, &page, CLI_OK);
    }
    comity_reply_free(&reply);
    return end;
}
