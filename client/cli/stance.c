/* SPDX-License-Identifier: Apache-2.0 */
/* stance.c - where each delegation stands between alone and together: an exact fraction, how it
 * was reckoned, and what it does not measure. */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "commands.h"
#include "conduct.h"
#include "model/stance.h"
#include "sheet.h"
#include "table.h"

static const char formula[] =
    "Stance = the sum of the places of a delegation's counted acts / the number of these acts: "
    "1 is together with others, 0 is alone. Below three acts nothing is said.";
static const char footer[] =
    "It does not measure whether a delegation keeps its word (defection is another axis: `comity "
    "conduct`), whether it was right, how much an act weighed, what it did outside this forum, or "
    "why. Acts of one day and of ten years count alike. Compare delegations that had the same "
    "choices.";

/* One place a line. */
static enum comity_error read_places(struct cli *cli, const char *path,
                                     struct stance_places *places, struct fault *fault)
{
    struct buffer text = {0};
    enum comity_error error = cli_read_text(cli, path, &text, fault);
    unsigned number = 1;
    for (char *at = (char *)text.data; error == COMITY_OK && at != NULL; number++) {
        char *next = strchr(at, '\n');
        if (next != NULL)
            *next = '\0';
        error = stance_read_line(places, at, fault);
        at = next == NULL ? NULL : next + 1;
        if (error != COMITY_OK)
            error = fault_prefix(fault, error, "%.200s:%u: ", path, number);
    }
    buffer_free(&text);
    return error;
}

static void add_place(struct page *page, const struct stance_place *place)
{
    if (place->of == 1)
        page_format(page, "%" PRIu32, place->number);
    else
        page_format(page, "%" PRIu32 "/%" PRIu32, place->number, place->of);
}

/* `1: consented, adopted-yes; 1/2: objected ...; not counted: ...` by place, as they are now. */
static void add_places(struct page *page, const struct stance_places *places)
{
    bool told[CONDUCT_KINDS_COUNT] = {false};
    page_add(page, "Places: ");
    for (uint32_t i = 0; i < CONDUCT_KINDS_COUNT; i++) {
        if (told[i] || !places->of[i].counted)
            continue;
        add_place(page, &places->of[i]);
        page_add(page, " for");
        const char *before = " ";
        for (uint32_t j = i; j < CONDUCT_KINDS_COUNT; j++) {
            if (!places->of[j].counted || places->of[j].number != places->of[i].number ||
                places->of[j].of != places->of[i].of)
                continue;
            page_format(page, "%s%s", before, conduct_word((enum conduct_kind)j));
            before = ", ";
            told[j] = true;
        }
        page_add(page, "; ");
    }
    page_add(page, "every other kind is not counted.");
}

static void add_words(struct page *page, const char *words)
{
    page_add(page, "\n");
    page_lines(page, words, 0, 80);
}

static void add_decimal(struct page *page, const struct stance *stance)
{
    /* Rounded to thousandths, for the eye alone. */
    uint64_t thousandths = (2000 * stance->number + stance->of) / (2 * stance->of);
    page_format(page, "%" PRIu64 ".%03" PRIu64, thousandths / 1000, thousandths % 1000);
}

static void add_row(struct table *table, const Comity__V1__SeatConduct *seat,
                    const struct stance *stance)
{
    struct page cell;
    table_add_styled(table, STYLE_BOLD, seat->seat);
    table_add_u64(table, stance->acts);
    page_init(&cell, false);
    if (stance->enough)
        page_format(&cell, "%" PRIu64 "/%" PRIu64, stance->number, stance->of);
    else
        page_add(&cell, "too few acts");
    table_add(table, page_text(&cell));
    page_free(&cell);
    page_init(&cell, false);
    if (stance->enough)
        add_decimal(&cell, stance);
    table_add(table, page_text(&cell));
    page_free(&cell);
    char scale[] = "|.........|"; /* Alone on the left, together on the right. */
    if (stance->enough)
        scale[(20 * stance->number + stance->of) / (2 * stance->of)] = 'o';
    table_add(table, stance->enough ? scale : "");
}

static void sheet_row(struct page *page, const Comity__V1__SeatConduct *seat, const char *topic,
                      const struct stance *stance)
{
    sheet_text(page, seat->seat, false);
    sheet_text(page, topic, false);
    sheet_u64(page, stance->acts, false);
    if (!stance->enough) {
        page_add(page, ",,\n");
        return;
    }
    sheet_u64(page, stance->number, false);
    sheet_u64(page, stance->of, false);
    add_decimal(page, stance);
    page_add(page, "\n");
}

static enum comity_error add_seats(struct cli *cli, struct page *page,
                                   const Comity__V1__Conduct *conduct,
                                   const struct arguments *arguments,
                                   const struct stance_places *places, struct fault *fault)
{
    static const char *const headers[] = {"seat", "acts", "stance", "", "alone...together"};
    bool csv = options_has(arguments, "csv");
    const char *topic = options_value(arguments, "topic");
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof *headers);
    enum comity_error error = COMITY_OK;
    for (size_t i = 0; i < conduct->n_seats && error == COMITY_OK; i++) {
        uint32_t counts[CONDUCT_KINDS_COUNT];
        struct stance stance;
        conduct_counts(conduct->seats[i], counts);
        error = stance_compute(places, counts, &stance, fault);
        if (error == COMITY_OK && csv)
            sheet_row(page, conduct->seats[i], topic == NULL ? "all topics" : topic, &stance);
        else if (error == COMITY_OK && strcmp(conduct->seats[i]->role, "member") == 0)
            add_row(&table, conduct->seats[i], &stance);
    }
    if (!csv)
        table_print(&table, page, 0);
    table_free(&table);
    (void)cli;
    return error;
}

static json_t *json_place(const struct stance_place *place)
{
    return place->counted ? json_pack("{s:I, s:I}", "numerator", (json_int_t)place->number,
                                      "denominator", (json_int_t)place->of)
                          : json_null();
}

static json_t *json_seat(const Comity__V1__SeatConduct *seat, const struct stance *stance)
{
    if (!stance->enough)
        return json_pack("{s:s, s:I, s:n}", "seat", seat->seat, "acts", (json_int_t)stance->acts,
                         "stance");
    return json_pack("{s:s, s:I, s:{s:I, s:I}}", "seat", seat->seat, "acts",
                     (json_int_t)stance->acts, "stance", "numerator", (json_int_t)stance->number,
                     "denominator", (json_int_t)stance->of);
}

static enum cli_exit print_stance_json(struct cli *cli, const Comity__V1__Conduct *conduct,
                                       const struct stance_places *places)
{
    json_t *weights = json_object(), *seats = json_array();
    struct fault fault = {{0}};
    enum comity_error error = COMITY_OK;
    for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++)
        (void)json_object_set_new(weights, conduct_word((enum conduct_kind)kind),
                                  json_place(&places->of[kind]));
    for (size_t i = 0; i < conduct->n_seats && error == COMITY_OK; i++) {
        uint32_t counts[CONDUCT_KINDS_COUNT];
        struct stance stance;
        conduct_counts(conduct->seats[i], counts);
        error = stance_compute(places, counts, &stance, &fault);
        if (error == COMITY_OK)
            (void)json_array_append_new(seats, json_seat(conduct->seats[i], &stance));
    }
    json_t *root = json_pack("{s:s, s:I, s:s, s:s, s:o, s:o}", "topic", conduct->topic, "height",
                             (json_int_t)conduct->height, "formula", formula, "caution", footer,
                             "weights", weights, "seats", seats);
    bool printed = root != NULL && json_dumpf(root, cli->out, JSON_INDENT(2)) == 0 &&
                   fputc('\n', cli->out) != EOF;
    json_decref(root);
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    return printed ? CLI_OK : cli_fail(cli, COMITY_IO, NULL);
}

enum cli_exit command_stance(struct cli *cli, const struct arguments *arguments)
{
    struct stance_places places = stance_places_default;
    struct comity_reply reply;
    struct fault fault = {{0}};
    struct page page;
    const char *path = options_value(arguments, "weights");
    bool csv = options_has(arguments, "csv");
    enum comity_error error = path != NULL ? read_places(cli, path, &places, &fault) : COMITY_OK;
    if (error != COMITY_OK)
        return cli_fail(cli, error, &fault);
    enum cli_exit end = conduct_ask(cli, arguments, &reply);
    if (end != CLI_OK)
        return end;
    if (cli->json) {
        end = print_stance_json(cli, reply.response->conduct, &places);
        comity_reply_free(&reply);
        return end;
    }
    page_init(&page, cli->color);
    if (csv) {
        page_add(&page, "seat,topic,acts,numerator,denominator,stance\n");
    } else {
        page_add(&page, "Stance, ");
        conduct_add_topic(&page, arguments);
        page_add(&page, "\n\n");
    }
    error = add_seats(cli, &page, reply.response->conduct, arguments, &places, &fault);
    comity_reply_free(&reply);
    if (error != COMITY_OK) {
        page_free(&page);
        return cli_fail(cli, error, &fault);
    }
    if (!csv) {
        struct page words;
        page_init(&words, false);
        add_places(&words, &places);
        add_words(&page, formula);
        add_words(&page, page_text(&words));
        add_words(&page, footer);
        page_free(&words);
    }
    return cli_print(cli, &page, CLI_OK);
}
