/* SPDX-License-Identifier: Apache-2.0 */
/* conduct.c - what each delegation did: a table for a class, details of a seat, a sheet. */
#include "conduct.h"

#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "model/limits.h"
#include "sheet.h"
#include "table.h"

/* Which class each kind counts in; --defection gives another answer than the house's. */
struct recoding {
    uint8_t classes[CONDUCT_KINDS_COUNT]; /* enum conduct_class. */
    bool other;                           /* Than the house's. */
};

void conduct_counts(const Comity__V1__SeatConduct *seat, uint32_t ret_counts[CONDUCT_KINDS_COUNT])
{
    memset(ret_counts, 0, CONDUCT_KINDS_COUNT * sizeof *ret_counts);
    for (size_t i = 0; i < seat->n_counts; i++) {
        enum conduct_kind kind = conduct_from_word(seat->counts[i]->kind);
        if (kind < CONDUCT_KINDS_COUNT)
            ret_counts[kind] = seat->counts[i]->count;
    }
}

static const char *topic_of(const struct arguments *arguments)
{
    const char *topic = options_value(arguments, "topic");
    if (topic == NULL)
        return "";
    return strcmp(topic, "-") == 0 ? NULL : topic;
}

static enum cli_exit ask(struct cli *cli, const char *topic, struct comity_reply *ret_reply)
{
    struct fault fault = {{0}};
    enum comity_error error = comity_get_conduct(cli->daemon, topic, ret_reply, &fault);
    return error == COMITY_OK ? CLI_OK : cli_fail(cli, error, &fault);
}

enum cli_exit conduct_ask(struct cli *cli, const struct arguments *arguments,
                          struct comity_reply *ret_reply)
{
    enum cli_exit end = cli_connect(cli);
    return end == CLI_OK ? ask(cli, topic_of(arguments), ret_reply) : end;
}

void conduct_add_topic(struct page *page, const struct arguments *arguments)
{
    const char *topic = topic_of(arguments);
    page_add(page, topic == NULL ? "acts on no topic" : topic[0] == '\0' ? "all topics" : "topic ");
    page_plain(page, topic);
}

/* `breached,withdrew`: these alone are defection; what was, and is not named, is in no class. */
static enum comity_error recode(const char *kinds, struct recoding *ret_recoding,
                                struct fault *fault)
{
    struct recoding self = {.other = kinds != NULL};
    for (uint32_t i = 0; i < CONDUCT_KINDS_COUNT; i++) {
        enum conduct_class class = conduct_class_of((enum conduct_kind)i);
        bool was = class == CLASS_DEFECTION && kinds != NULL;
        self.classes[i] = (uint8_t)(was ? CLASS_ACTIVITY : class);
    }
    for (const char *at = kinds; at != NULL && *at != '\0';) {
        size_t size = strcspn(at, ",");
        char word[64];
        if (size == 0 || size >= sizeof word)
            return fault_set(fault, COMITY_USAGE,
                             "--defection takes kinds, as in breached,withdrew");
        memcpy(word, at, size);
        word[size] = '\0';
        enum conduct_kind kind = conduct_from_word(word);
        if (kind == CONDUCT_KINDS_COUNT)
            return fault_set(fault, COMITY_USAGE,
                             "there is no kind of conduct `%s`; `comity conduct --csv` names all",
                             word);
        self.classes[kind] = CLASS_DEFECTION;
        at += size + (at[size] == ',' ? 1 : 0);
    }
    *ret_recoding = self;
    return COMITY_OK;
}

static uint64_t class_count(const struct recoding *recoding, const uint32_t *counts,
                            enum conduct_class class)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < CONDUCT_KINDS_COUNT; i++)
        sum += recoding->classes[i] == (uint8_t) class ? counts[i] : 0;
    return sum;
}

/* Columns of the table that fit 80 characters for a class of thirty. */
static const struct column {
    const char *header, *meaning;
    enum conduct_kind kinds[4];
    unsigned kinds_count;
} columns[] = {
    {"prop", "proposed", {CONDUCT_PROPOSED}, 1},
    {"amd", "amended", {CONDUCT_AMENDED}, 1},
    {"spon", "sponsored", {CONDUCT_SPONSORED}, 1},
    {"ans",
     "answered",
     {CONDUCT_SAID_YES, CONDUCT_SAID_NO, CONDUCT_SAID_OBJECT, CONDUCT_SAID_ABSTAIN},
     4},
    {"miss", "missed", {CONDUCT_MISSED}, 1},
    {"rat", "ratified or acceded", {CONDUCT_CONSENTED}, 1},
    {"plg", "pledged", {CONDUCT_PLEDGED}, 1},
    {"dlv", "delivered: reports and payments", {CONDUCT_REPORTED, CONDUCT_CONTRIBUTED}, 2},
};
enum { COLUMNS = sizeof columns / sizeof *columns, NAME_WIDTH = 8 };

static const struct {
    const char *header;
    enum conduct_class class;
} classes[] = {{"join", CLASS_JOINED},
               {"dis", CLASS_DISSENT},
               {"exit", CLASS_EXIT},
               {"alone", CLASS_ALONE},
               {"def", CLASS_DEFECTION}};
enum { CLASSES = sizeof classes / sizeof *classes };

/* Nothing is shown as nothing, so that what there is stands out. */
static void add_number(struct table *table, uint64_t number, enum style style)
{
    if (number > 0 && style == STYLE_NONE) {
        table_add_u64(table, number);
        return;
    }
    char text[24] = ".";
    if (number > 0)
        (void)snprintf(text, sizeof text, "%" PRIu64, number);
    table_add_right(table, number > 0 ? style : STYLE_DIM, text);
}

static void add_name(struct table *table, const char *name)
{
    char text[SEAT_NAME_MAX + 8];
    (void)snprintf(text, sizeof text, "%.*s", (int)SEAT_NAME_MAX, name);
    if (strlen(name) > NAME_WIDTH)
        (void)snprintf(text, sizeof text, "%.*s~", NAME_WIDTH - 1, name);
    table_add_styled(table, STYLE_BOLD, text);
}

static void add_row(struct table *table, const struct recoding *recoding,
                    const Comity__V1__SeatConduct *seat)
{
    uint32_t counts[CONDUCT_KINDS_COUNT];
    conduct_counts(seat, counts);
    add_name(table, seat->seat);
    for (unsigned i = 0; i < COLUMNS; i++) {
        uint64_t sum = 0;
        for (unsigned j = 0; j < columns[i].kinds_count; j++)
            sum += counts[columns[i].kinds[j]];
        add_number(table, sum, STYLE_NONE);
    }
    for (unsigned i = 0; i < CLASSES; i++)
        add_number(table, class_count(recoding, counts, classes[i].class),
                   classes[i].class == CLASS_DEFECTION ? STYLE_BAD : STYLE_NONE);
}

static void add_legend(struct page *page, const struct recoding *recoding, const char *kinds)
{
    struct page text;
    page_init(&text, false);
    for (unsigned i = 0; i < COLUMNS; i++)
        page_format(&text, "%s%s %s", i > 0 ? ", " : "", columns[i].header, columns[i].meaning);
    page_add(&text, "; then the classes joined, dissent, exit, alone, defection. "
                    "`comity conduct SEAT` tells them by kind, `--csv` all of it.");
    if (recoding->other) {
        page_add(&text, " Recoded: defection is ");
        page_add(&text, kinds[0] == '\0' ? "nothing" : kinds);
        page_add(&text, "; what it was else, and is not named, is in no class.");
    }
    page_add(page, "\n");
    page_lines(page, page_text(&text), 0, 80);
    page_free(&text);
}

static void add_table(struct page *page, const Comity__V1__Conduct *conduct,
                      const struct recoding *recoding)
{
    const char *headers[1 + COLUMNS + CLASSES] = {"seat"};
    for (unsigned i = 0; i < COLUMNS; i++)
        headers[1 + i] = columns[i].header;
    for (unsigned i = 0; i < CLASSES; i++)
        headers[1 + COLUMNS + i] = classes[i].header;
    struct table table;
    table_init(&table, headers, sizeof headers / sizeof *headers);
    for (size_t i = 0; i < conduct->n_seats; i++)
        add_row(&table, recoding, conduct->seats[i]);
    table_print(&table, page, 0);
    table_free(&table);
}

static void add_seat(struct page *page, const Comity__V1__SeatConduct *seat,
                     const struct recoding *recoding)
{
    uint32_t counts[CONDUCT_KINDS_COUNT];
    conduct_counts(seat, counts);
    page_styled(page, STYLE_BOLD, seat->seat);
    page_add(page, "  ");
    page_plain(page, seat->title);
    page_add(page, seat->joined ? "\n" : " (has not joined)\n");
    for (unsigned class = 0; class < CONDUCT_CLASSES_COUNT; class ++) {
        uint64_t sum = class_count(recoding, counts, (enum conduct_class) class);
        page_format(page, "  %-10s %4" PRIu64, conduct_class_word((enum conduct_class) class), sum);
        const char *before = "   ";
        for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++) {
            if (recoding->classes[kind] != class || counts[kind] == 0)
                continue;
            page_format(page, "%s%s %" PRIu32, before, conduct_word((enum conduct_kind)kind),
                        counts[kind]);
            before = ", ";
        }
        page_add(page, "\n");
    }
}

/* --- As a sheet --- */

static void sheet_header(struct page *page)
{
    page_add(page, "seat,title,role,joined_forum,topic");
    for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++)
        page_format(page, ",%s", conduct_word((enum conduct_kind)kind));
    for (unsigned i = 0; i < CLASSES; i++)
        page_format(page, ",class_%s", conduct_class_word(classes[i].class));
    page_add(page, "\n");
}

static void sheet_rows(struct page *page, const Comity__V1__Conduct *conduct, const char *topic,
                       const struct recoding *recoding, const char *only)
{
    for (size_t i = 0; i < conduct->n_seats; i++) {
        const Comity__V1__SeatConduct *seat = conduct->seats[i];
        if (only != NULL && strcmp(seat->seat, only) != 0)
            continue;
        uint32_t counts[CONDUCT_KINDS_COUNT];
        conduct_counts(seat, counts);
        sheet_text(page, seat->seat, false);
        sheet_text(page, seat->title, false);
        sheet_text(page, seat->role, false);
        page_add(page, seat->joined ? "yes," : "no,");
        sheet_text(page, topic, false);
        for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++)
            sheet_u64(page, counts[kind], false);
        for (unsigned j = 0; j < CLASSES; j++)
            sheet_u64(page, class_count(recoding, counts, classes[j].class), j + 1 == CLASSES);
    }
}

/* Each topic, then what is of none. */
static enum cli_exit sheet_by_topic(struct cli *cli, struct page *page,
                                    const Comity__V1__Conduct *all, const struct recoding *recoding,
                                    const char *only)
{
    for (size_t i = 0; i <= all->n_topics; i++) {
        const char *topic = i < all->n_topics ? all->topics[i] : NULL;
        struct comity_reply reply;
        enum cli_exit end = ask(cli, topic, &reply);
        if (end != CLI_OK)
            return end;
        sheet_rows(page, reply.response->conduct, topic == NULL ? "" : topic, recoding, only);
        comity_reply_free(&reply);
    }
    return CLI_OK;
}

static enum cli_exit print_sheet(struct cli *cli, const struct arguments *arguments,
                                 const Comity__V1__Conduct *conduct,
                                 const struct recoding *recoding)
{
    struct page page;
    const char *topic = topic_of(arguments);
    const char *only = arguments->count > 0 ? arguments->words[0] : NULL;
    page_init(&page, false);
    sheet_header(&page);
    enum cli_exit end = CLI_OK;
    if (options_has(arguments, "by-topic"))
        end = sheet_by_topic(cli, &page, conduct, recoding, only);
    else
        sheet_rows(&page, conduct,
                   topic == NULL      ? ""
                   : topic[0] == '\0' ? "all topics"
                                      : topic,
                   recoding, only);
    if (end == CLI_OK)
        return cli_print(cli, &page, CLI_OK);
    page_free(&page);
    return end;
}

static const Comity__V1__SeatConduct *find_seat(const Comity__V1__Conduct *conduct,
                                                const char *name)
{
    for (size_t i = 0; i < conduct->n_seats; i++) {
        if (strcmp(conduct->seats[i]->seat, name) == 0)
            return conduct->seats[i];
    }
    return NULL;
}

static enum cli_exit print(struct cli *cli, const struct arguments *arguments,
                           const Comity__V1__Conduct *conduct, const struct recoding *recoding)
{
    const Comity__V1__SeatConduct *seat = NULL;
    if (arguments->count > 0) {
        struct fault fault = {{0}};
        seat = find_seat(conduct, arguments->words[0]);
        if (seat == NULL)
            return cli_fail(cli,
                            fault_set(&fault, COMITY_NOT_FOUND, "there is no seat `%.40s`",
                                      arguments->words[0]),
                            &fault);
    }
    if (cli->json)
        return cli_print_json(cli, seat != NULL ? &seat->base : &conduct->base, CLI_OK);
    if (options_has(arguments, "csv"))
        return print_sheet(cli, arguments, conduct, recoding);
    struct page page;
    page_init(&page, cli->color);
    if (seat != NULL) {
        add_seat(&page, seat, recoding);
        return cli_print(cli, &page, CLI_OK);
    }
    page_add(&page, "Conduct, ");
    conduct_add_topic(&page, arguments);
    page_format(&page, ", at height %" PRIu64 "\n\n", conduct->height);
    add_table(&page, conduct, recoding);
    add_legend(&page, recoding, options_value(arguments, "defection"));
    return cli_print(cli, &page, CLI_OK);
}

enum cli_exit command_conduct(struct cli *cli, const struct arguments *arguments)
{
    struct recoding recoding;
    struct fault fault = {{0}};
    struct comity_reply reply;
    enum comity_error error = recode(options_value(arguments, "defection"), &recoding, &fault);
    if (error != COMITY_OK)
        return cli_usage(cli, "%s", fault.text);
    if (options_has(arguments, "by-topic") &&
        (!options_has(arguments, "csv") || options_has(arguments, "topic")))
        return cli_usage(cli, "--by-topic goes with --csv, and without --topic");
    enum cli_exit end = conduct_ask(cli, arguments, &reply);
    if (end != CLI_OK)
        return end;
    end = print(cli, arguments, reply.response->conduct, &recoding);
    comity_reply_free(&reply);
    return end;
}
