/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/report.h"

#include <string.h>

#include "base/calendar.h"
#include "base/text.h"

#define BOLD "\033[1m"
#define GREEN "\033[32m"
#define RED "\033[31m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

void report_seats(const struct scenario *scenario, const struct seat_set *set, char *out,
                  size_t size)
{
    struct text text;
    text_init(&text, out, size);
    for (uint32_t i = 0; i < scenario->charter->seats_count; i++)
        if (seat_set_has(set, i))
            text_format(&text, "%s%s", text.size ? ", " : "", scenario->charter->seats[i].name);
}

void report_day(int64_t ms, char *out, size_t size)
{
    char date[CALENDAR_TEXT_SIZE] = "-";
    if (ms != INT64_MAX)
        calendar_format_date(ms, date);
    (void)snprintf(out, size, "%s", date);
}

const char *report_label(const struct play *play, uint32_t proposal)
{
    for (uint32_t i = 0; i < play->scenario->labels_count; i++)
        if (play->labels[i].known && play->labels[i].proposal == proposal && proposal)
            return play->scenario->labels[i].name;
    return "";
}

/* Columns a terminal shows: bytes that continue a character count for nothing. */
static int columns_of(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* The text in exactly so many columns, cut with an ellipsis. */
static void print_cell(FILE *out, const char *text, int columns)
{
    int used = 0, wanted = columns_of(text);
    int shown = wanted > columns ? columns - 1 : wanted;
    for (; *text && used < shown + 1; text++) {
        used += ((unsigned char)*text & 0xc0) != 0x80;
        if (used <= shown)
            (void)fputc(*text, out);
    }
    if (wanted > columns)
        (void)fputs("…", out);
    (void)fprintf(out, "%*s", columns > wanted ? columns - wanted : 0, "");
}

static const char *colour_of(struct report_style style, const char *word)
{
    if (!style.colour)
        return "";
    if (strcmp(word, "adopted") == 0 || strcmp(word, "in-force") == 0)
        return GREEN;
    if (strcmp(word, "rejected") == 0 || strcmp(word, "ended") == 0)
        return RED;
    return DIM;
}

/* The lists of a decided proposal are long in big rooms: then their lengths tell enough. */
static void print_lists(const struct play *play, const struct stage_proposal *view, FILE *out)
{
    const struct {
        const char *word;
        const struct seat_set *set;
    } lists[] = {{"formed by", &view->formed},
                 {"stayed out", &view->stayed_out},
                 {"defected", &view->defected}};
    bool any = false;
    for (size_t i = 0; i < 3; i++) {
        char names[1024];
        uint32_t count = seat_set_count(lists[i].set);
        if (count == 0)
            continue;
        report_seats(play->scenario, lists[i].set, names, sizeof names);
        (void)fprintf(out, "%s%s ", any ? "; " : "       ", lists[i].word);
        if (count == seat_set_count(&play->scenario->roster->members))
            (void)fprintf(out, "all %u", count);
        else if (count > 20)
            (void)fprintf(out, "%u", count);
        else
            (void)fputs(names, out);
        any = true;
    }
    if (any)
        (void)fputc('\n', out);
}

static enum comity_error print_proposals(struct play *play, struct report_style style,
                                         uint32_t count, FILE *out, struct fault *fault)
{
    bool brief = count > 40 && !style.verbose;
    uint32_t verdicts[5] = {0};
    static const char *const words[] = {"adopted", "rejected", "lapsed", "inquorate", "open"};
    enum comity_error error = COMITY_OK;
    if (!brief)
        (void)fprintf(out, "%s%-6s%-30s %-10s %-11s arithmetic%s\n", style.colour ? BOLD : "", "",
                      "proposal", "verdict", "decided", style.colour ? PLAIN : "");
    for (uint32_t number = 1; !error && number <= count; number++) {
        struct stage_proposal view;
        char day[16], name[8];
        error = play->stage.ops->proposal(play->stage.self, number, &view, fault);
        if (error)
            break;
        for (int i = 0; i < 5; i++)
            verdicts[i] += strcmp(view.verdict, words[i]) == 0;
        if (brief)
            continue;
        report_day(view.decided_ms ? view.decided_ms : INT64_MAX, day, sizeof day);
        (void)snprintf(name, sizeof name, "P%u", number);
        (void)fprintf(out, "%-6s", name);
        print_cell(out, view.title, 30);
        const char *word = strcmp(view.status, "retracted") == 0 ? view.status : view.verdict;
        (void)fprintf(out, " %s%-10s%s %-11s %s\n", colour_of(style, word), word,
                      style.colour ? PLAIN : "", day, view.line);
        if (view.first_rule[0])
            (void)fprintf(out, "       first ballot, by rule %s: %s; then by rule %s\n",
                          view.first_rule, view.first_line, view.rule);
        print_lists(play, &view, out);
    }
    if (brief && !error) {
        (void)fprintf(out, "%u proposals:", count);
        for (int i = 0; i < 5; i++)
            if (verdicts[i])
                (void)fprintf(out, " %u %s", verdicts[i], words[i]);
        (void)fputs("  (--verbose shows each)\n", out);
    }
    return error;
}

static void print_parties(const struct play *play, const struct stage_agreement *view, bool all,
                          FILE *out)
{
    const struct charter *charter = play->scenario->charter;
    for (uint32_t i = 0; i < charter->seats_count; i++) {
        const struct stage_party *party = &view->parties[i];
        char since[16], until[16];
        bool left = party->until_ms != INT64_MAX;
        if (strcmp(party->status, "none") == 0 || (!all && !left))
            continue;
        report_day(party->since_ms, since, sizeof since);
        report_day(party->until_ms, until, sizeof until);
        (void)fprintf(out, "       %-15s %-10s party from %s%s%s%s%s\n", charter->seats[i].name,
                      party->status, since, left ? ", not from " : "", left ? until : "",
                      strcmp(party->defection, "none") == 0 ? "" : "; ",
                      strcmp(party->defection, "none") == 0 ? "" : party->defection);
    }
}

static enum comity_error print_agreements(struct play *play, struct report_style style,
                                          uint32_t count, FILE *out, struct fault *fault)
{
    enum comity_error error = COMITY_OK;
    if (count)
        (void)fprintf(out, "%s%-6s%-30s %-10s %-11s %-11s parties%s\n", style.colour ? BOLD : "",
                      "", "agreement", "status", "threshold", "in force",
                      style.colour ? PLAIN : "");
    for (uint32_t number = 1; !error && number <= count; number++) {
        struct stage_agreement view;
        struct stage_proposal proposal;
        char threshold[16], in_force[16], name[8];
        error = play->stage.ops->agreement(play->stage.self, number, &view, fault);
        if (!error)
            error = play->stage.ops->proposal(play->stage.self, view.proposal, &proposal, fault);
        if (error)
            break;
        report_day(view.threshold_ms, threshold, sizeof threshold);
        report_day(view.in_force_ms, in_force, sizeof in_force);
        (void)snprintf(name, sizeof name, "A%u", number);
        (void)fprintf(out, "%-6s", name);
        print_cell(out, proposal.title, 30);
        (void)fprintf(out, " %s%-10s%s %-11s %-11s %u\n", colour_of(style, view.status),
                      view.status, style.colour ? PLAIN : "", threshold, in_force,
                      view.parties_count);
        if (view.line[0])
            (void)fprintf(out, "       %s\n", view.line);
        print_parties(play, &view, style.verbose || play->scenario->charter->seats_count <= 20,
                      out);
    }
    return error;
}

static enum comity_error print_conduct(struct play *play, struct report_style style, FILE *out,
                                       struct fault *fault)
{
    const struct charter *charter = play->scenario->charter;
    bool brief = charter->seats_count > 20 && !style.verbose;
    (void)fprintf(out, "%s%-15s %7s %8s %5s %6s %10s%s\n", style.colour ? BOLD : "", "conduct",
                  "joined", "dissent", "exit", "alone", "defection", style.colour ? PLAIN : "");
    uint32_t hidden = 0;
    for (uint32_t i = 0; i < charter->seats_count; i++) {
        struct stage_conduct conduct;
        if (!scenario_seat_is_member(play->scenario, i))
            continue;
        enum comity_error error = play->stage.ops->conduct(play->stage.self, i, &conduct, fault);
        if (error)
            return error;
        if (brief && !conduct.classes[CLASS_EXIT] && !conduct.classes[CLASS_ALONE] &&
            !conduct.classes[CLASS_DEFECTION] && !conduct.classes[CLASS_DISSENT]) {
            hidden++;
            continue;
        }
        (void)fprintf(out, "%-15s %7u %8u %5u %6u %10u\n", charter->seats[i].name,
                      conduct.classes[CLASS_JOINED], conduct.classes[CLASS_DISSENT],
                      conduct.classes[CLASS_EXIT], conduct.classes[CLASS_ALONE],
                      conduct.classes[CLASS_DEFECTION]);
    }
    if (hidden)
        (void)fprintf(
            out, "%u others: no dissent, exit, act alone or defection (--verbose: each)\n", hidden);
    return COMITY_OK;
}

void report_differences(const struct play *play, FILE *out)
{
    for (uint32_t i = 0; i < play->differences_count; i++)
        (void)fprintf(out, "differs %s:%u: %s\n", play->differences[i].place.file,
                      play->differences[i].place.line, play->differences[i].text);
}

enum comity_error report_print(struct play *play, struct report_style style, const char *footer,
                               FILE *out, struct fault *fault)
{
    uint32_t proposals, agreements;
    enum comity_error error =
        play->stage.ops->proposals(play->stage.self, &proposals, &agreements, fault);
    if (!error)
        error = print_proposals(play, style, proposals, out, fault);
    if (!error && agreements)
        (void)fputc('\n', out);
    if (!error)
        error = print_agreements(play, style, agreements, out, fault);
    (void)fputc('\n', out);
    if (!error)
        error = print_conduct(play, style, out, fault);
    (void)fputc('\n', out);
    if (footer)
        (void)fprintf(out, "%s\n", footer);
    if (!error)
        report_differences(play, out);
    if (!error && play->differences_count)
        (void)fprintf(out, "%u of %u expectations met, %u differences\n",
                      play->checks_count > play->differences_count
                          ? play->checks_count - play->differences_count
                          : 0,
                      play->checks_count, play->differences_count);
    else if (!error)
        (void)fprintf(out, "%s%s%u expectations met%s\n", style.colour ? GREEN : "",
                      play->checks_count ? "all " : "", play->checks_count,
                      style.colour ? PLAIN : "");
    return error;
}
